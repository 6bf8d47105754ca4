"""The embedded mock: a request in, a response out, no port and no clock."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from ..messages import Headers, Request, Response, header
from ..openapi import Description, MediaType, Operation
from ..values import JSON, MISSING, Missing
from .answers import Bodies, Chosen, choose, choose_media_type, content_type_of, has_body
from .bodies import write_body
from .checks import Refusal, check_body, parameter_problems, refusal_of
from .exchange import Exchange
from .faults import Fault, malformed
from .matching import fitting_example
from .parameters import Sent
from .prefer import Preference, read_preference
from .refusals import make_response, refuse
from .routing import Found, NotFound, Routes
from .schemas import Schemas
from .things import Path, Things
from .tokens import Tokens, challenge

_NO_SERVERS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class _Api:
    """What mocks of the same descriptions share: all of it depends on the descriptions and the options only."""

    routes: Routes
    schemas: Schemas
    bodies: Bodies
    require_auth: bool
    strict: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """A response, what it is an answer of, and why the request was refused."""

    response: Response
    source: str = ""
    operation: Operation | None = None
    refusal: Refusal | None = None

    @property
    def problems(self) -> tuple[str, ...]:
        """What was wrong with the request."""
        return () if self.refusal is None else self.refusal.errors or (self.refusal.detail,)


class Mock:
    """Answers requests from OpenAPI descriptions, by source name. Safe to share between threads.

    `servers` replaces the servers of a source, as the host program does. With `require_auth`, a request without the
    credentials its operation asks for gets 401, and bearer tokens are looked at (`Tokens`; those in `known_tokens` are
    always accepted). With `strict` nothing exists that was not created. Another `seed` gives other values.
    """

    def __init__(
        self,
        descriptions: Mapping[str, Description],
        *,
        servers: Mapping[str, str] = _NO_SERVERS,
        require_auth: bool = False,
        known_tokens: Collection[str] = (),
        strict: bool = False,
        seed: int = 0,
    ) -> None:
        schemas = Schemas()
        self._api = _Api(Routes(descriptions, servers), schemas, Bodies(schemas, seed), require_auth, strict)
        self._things = Things()
        self._tokens = Tokens(known_tokens)
        self._fresh_tokens = self._tokens.copy()
        self._lock = threading.Lock()

    def anew(self) -> Mock:
        """The same API with nothing created yet; routes, compiled schemas and bodies are shared."""
        return self._with(Things(), self._fresh_tokens.copy())

    def forked(self) -> Mock:
        """The same API with a copy of what was created so far."""
        with self._lock:
            return self._with(self._things.copy(), self._tokens.copy())

    def _with(self, things: Things, tokens: Tokens) -> Mock:
        other = Mock.__new__(Mock)
        other._api, other._things, other._tokens, other._lock = self._api, things, tokens, threading.Lock()
        other._fresh_tokens = self._fresh_tokens
        return other

    def respond(self, request: Request) -> Response:
        """The answer to a request: the documented success, or a refusal that names the reason.

        `Prefer: code=404`, `example=NAME` and `dynamic=true` ask for another documented answer (RFC 7240); what is not
        documented is refused with 400. An error that is asked for comes whatever the request, and changes nothing.
        """
        return self.answer(request).response

    def answer(self, request: Request, fault: Fault | None = None) -> Answered:
        """As `respond`, with what there is to log; a status of a fault is answered as documented, and changes nothing.

        The delay and the drop of a fault are not for here.
        """
        with self._lock:
            answered = self._answered(request, fault.status if fault is not None else None)
        if fault is not None and fault.malformed:
            return replace(answered, response=malformed(answered.response))
        return answered

    def refused(self, request: Request, refusal: Refusal, headers: Headers = ()) -> Answered:
        """The answer where a request is refused for a reason that is not in the description; nothing changes."""
        found = self.operation_of(request)
        source, operation = found or ("", None)
        return Answered(refuse(self._api.bodies, operation, request, refusal, headers), source, operation, refusal)

    def refusal(self, request: Request) -> Refusal | None:
        """What is wrong with a request, None where it is right; nothing is answered and nothing changes."""
        found = self._api.routes.find(request.method, request.url, request.source)
        if isinstance(found, NotFound):
            return _no_route(request, found)
        return self._judged(request, found)[1]

    def operation_of(self, request: Request) -> tuple[str, Operation] | None:
        """The source and operation a request is for."""
        found = self._api.routes.find(request.method, request.url, request.source)
        return None if isinstance(found, NotFound) else (found.route.source, found.route.operation)

    def _judged(self, request: Request, found: Found) -> tuple[JSON | Missing, Refusal | None]:
        """The value of the body, and what is wrong with the request."""
        operation, schemas, source = found.route.operation, self._api.schemas, found.route.source
        refusal = self._tokens.refusal(operation, request, source) if self._api.require_auth else None
        if refusal is not None:
            return MISSING, refusal
        problems = tuple(parameter_problems(operation, Sent(request, found.raw_values), schemas))
        if problems:
            return MISSING, refusal_of(operation, "parameters", problems[0], problems)
        return check_body(operation, request, schemas)

    def _answered(self, request: Request, status: int | None) -> Answered:
        found = self._api.routes.find(request.method, request.url, request.source)
        if isinstance(found, NotFound):
            allow = (("Allow", ", ".join(found.allow)),) if found.allow else ()
            missing = _no_route(request, found)
            return Answered(refuse(self._api.bodies, None, request, missing, allow), refusal=missing)
        response, refusal = self._routed(request, found, status)
        return Answered(response, found.route.source, found.route.operation, refusal)

    def _routed(self, request: Request, found: Found, status: int | None) -> tuple[Response, Refusal | None]:
        operation, preference = found.route.operation, read_preference(request.headers)
        if status is not None:
            return self._failed(request, found, status), self._judged(request, found)[1]
        chosen = choose(operation, preference, header(request.headers, "accept"))
        if isinstance(chosen, str):
            undocumented = Refusal(400, chosen)
            return refuse(self._api.bodies, None, request, undocumented), undocumented
        refusal: Refusal | None
        sent, refusal = self._judged(request, found)
        if chosen.status >= 400 and preference.code is not None:
            return self._answer(request, found, chosen, MISSING), refusal
        absent = self._absent(request, found, preference) if refusal is None else None
        if absent is not None:
            refusal = refusal_of(operation, "gone", absent)
        if refusal is not None:
            asked = (("WWW-Authenticate", challenge(operation)),) if refusal.status == 401 else ()
            return refuse(self._api.bodies, operation, request, refusal, asked), refusal
        self._tokens.accept(request)
        return self._answer(request, found, self._created(request, found, chosen), sent), None

    def _failed(self, request: Request, found: Found, status: int) -> Response:
        """The answer of a fault: as documented, else a problem; what Retry-After says is a time."""
        declared = found.route.operation.response(status)
        if declared is None or not declared.media_types:
            refusal = Refusal(status, "this fault was asked for")
            return refuse(self._api.bodies, found.route.operation if declared else None, request, refusal)
        response = self._answer(request, found, Chosen(status, declared), MISSING)
        headers = tuple(
            (name, value if name.lower() != "retry-after" or value.isdecimal() else "1")
            for name, value in response.headers
        )
        return replace(response, headers=headers)

    # What is not there

    def _absent(self, request: Request, found: Found, preference: Preference) -> str | None:
        """Why the thing of a path is not there, unless something else is asked for."""
        if preference.code is not None or preference.example is not None:
            return None
        source, path, method = found.route.source, found.segments, request.method
        deleted = self._things.deleted_at(source, path)
        if deleted is not None and not (deleted == path and self._makes(found, method)):
            return f"/{'/'.join(deleted)} was deleted"
        if not self._api.strict:
            return None
        unknown = next(self._unknown(found, method), None)
        return f"/{'/'.join(unknown)} was never created" if unknown is not None else None

    def _makes(self, found: Found, method: str) -> bool:
        """Whether a request makes what its path is about: PUT does, POST where the path is that of no item."""
        return method == "PUT" or (method == "POST" and not found.route.template.ends_with_parameter)

    def _unknown(self, found: Found, method: str) -> Iterator[Path]:
        """The things along a path that could have been created and were not."""
        route, path, routes = found.route, found.segments, self._api.routes
        for index, segment in enumerate(route.template.segments):
            if isinstance(segment, str) or self._things.at(found.route.source, path[: index + 1]) is not None:
                continue
            put = routes.at(route, index + 1, "PUT")
            created_by_put = put is not None and ("201" in put.operation.responses or not self._has_post(found, index))
            if index == len(path) - 1 and method == "PUT" and created_by_put:
                continue
            if created_by_put or self._has_post(found, index):
                yield path[: index + 1]

    def _has_post(self, found: Found, length: int) -> bool:
        return self._api.routes.at(found.route, length, "POST") is not None

    def _created(self, request: Request, found: Found, chosen: Chosen) -> Chosen:
        """With `strict` a PUT of what is not there yet is the documented 201."""
        created = found.route.operation.responses.get("201")
        if not self._api.strict or request.method != "PUT" or created is None or chosen.applied:
            return chosen
        if self._things.at(found.route.source, found.segments) is None:
            return Chosen(201, created)
        others = [key for key in found.route.operation.responses if key in ("200", "202", "204")]
        return Chosen(int(others[0]), found.route.operation.responses[others[0]]) if others else chosen

    # The answer

    def _answer(self, request: Request, found: Found, chosen: Chosen, sent: JSON | Missing) -> Response:
        """The chosen response; a success echoes what was sent, and is remembered."""
        api = self._api
        if chosen.status >= 400:
            number, collection, exchange = 0, "", None
        else:
            things = self._things
            exchange = Exchange(api.routes, api.bodies, things, request, found, sent, strict=api.strict)
            number, collection = exchange.number, exchange.collection_name
        declared = chosen.declared
        headers = api.bodies.headers(declared.headers, number) if declared is not None else ()
        if chosen.applied:
            headers = (*headers, ("Preference-Applied", chosen.applied))
        media_types = declared.media_types if declared is not None else {}
        name = chosen.media_type or choose_media_type(media_types, header(request.headers, "accept"))
        if name is None or not has_body("", chosen.status):
            if exchange is not None:
                exchange.finish(None)
            return make_response(request, chosen.status, _located(headers, exchange), b"")
        media_type = media_types[name]
        value = self._value(request, found, chosen, media_type, sent, number, collection)
        if exchange is not None:
            value = exchange.echoed(value, media_type.schema) if chosen.example is MISSING else value
            exchange.finish(value)
            if api.require_auth:
                self._tokens.learn(found.route.source, value)
        content_type = content_type_of(name, value)
        headers = (("Content-Type", content_type), *_located(headers, exchange))
        return make_response(request, chosen.status, headers, write_body(content_type, value, media_type))

    def _value(
        self,
        request: Request,
        found: Found,
        chosen: Chosen,
        media_type: MediaType,
        sent: JSON | Missing,
        number: int,
        collection: str,
    ) -> JSON:
        """The example that was named, or that fits the request; else the first, or a sample."""
        if not isinstance(chosen.example, Missing):
            return chosen.example
        if len(media_type.examples) > 1 and not chosen.dynamic:
            places = Sent(request, found.raw_values)
            fitting = fitting_example(found.route.operation, media_type.examples, places, sent)
            return self._api.bodies.with_example(media_type, fitting, number, collection)
        return self._api.bodies.value(media_type, number, collection, examples=not chosen.dynamic)


def _located(headers: Headers, exchange: Exchange | None) -> Headers:
    """A documented Location header says where the created thing is."""
    location = exchange.location if exchange is not None else None
    if location is None:
        return headers
    return tuple((name, location if name.lower() == "location" else value) for name, value in headers)


def _no_route(request: Request, missing: NotFound) -> Refusal:
    if missing.allow:
        return Refusal(405, f"this path has no {request.method}, it has {', '.join(missing.allow)}")
    return Refusal(404, f"no operation is {request.method} {urlsplit(request.url).path or '/'}")

"""The embedded mock: a request in, a response out, no port and no clock."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from ..messages import Headers, Request, Response, header
from ..openapi import Description, Operation
from ..values import JSON, MISSING, Missing, dumps
from .answers import Bodies, Chosen, choose, choose_media_type, content_type_of, has_body, problem
from .bodies import write_body
from .checks import Refusal, check_body, missing_credentials, parameter_problems, refusal_of
from .exchange import Exchange
from .parameters import Sent
from .prefer import Preference, read_preference
from .routing import Found, NotFound, Routes
from .schemas import Schemas
from .things import Things

_NO_SERVERS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class _Api:
    """What mocks of the same descriptions share: all of it depends on the descriptions only."""

    routes: Routes
    schemas: Schemas
    bodies: Bodies
    require_auth: bool


class Mock:
    """Answers requests from OpenAPI descriptions, by source name. Safe to share between threads.

    `servers` replaces the servers of a source, as the host program does. With `require_auth`, a request without the
    credentials its operation asks for gets 401. Another `seed` gives other values.
    """

    def __init__(
        self,
        descriptions: Mapping[str, Description],
        *,
        servers: Mapping[str, str] = _NO_SERVERS,
        require_auth: bool = False,
        seed: int = 0,
    ) -> None:
        schemas = Schemas()
        self._api = _Api(Routes(descriptions, servers), schemas, Bodies(schemas, seed), require_auth)
        self._things = Things()
        self._lock = threading.Lock()

    def anew(self) -> Mock:
        """The same API with nothing created yet; routes, compiled schemas and bodies are shared."""
        return self._with(Things())

    def forked(self) -> Mock:
        """The same API with a copy of what was created so far."""
        with self._lock:
            return self._with(self._things.copy())

    def _with(self, things: Things) -> Mock:
        other = Mock.__new__(Mock)
        other._api, other._things, other._lock = self._api, things, threading.Lock()
        return other

    def respond(self, request: Request) -> Response:
        """The answer to a request: the documented success, or a problem that names the reason.

        `Prefer: code=404`, `example=NAME` and `dynamic=true` ask for another documented answer (RFC 7240); what is not
        documented is refused with 400. An error that is asked for comes whatever the request, and changes nothing.
        """
        with self._lock:
            return self._respond(request)

    def refusal(self, request: Request) -> Refusal | None:
        """What is wrong with a request, None where it is right; nothing is answered and nothing changes."""
        found = self._api.routes.find(request.method, request.url, request.source)
        if isinstance(found, NotFound):
            return _no_route(request, found)
        return self._judged(request, found)[1]

    def _judged(self, request: Request, found: Found) -> tuple[JSON | Missing, Refusal | None]:
        """The value of the body, and what is wrong with the request."""
        operation, schemas = found.route.operation, self._api.schemas
        missing = missing_credentials(operation, request) if self._api.require_auth else None
        if missing is not None:
            return MISSING, missing
        problems = tuple(parameter_problems(operation, Sent(request, found.raw_values), schemas))
        if problems:
            return MISSING, refusal_of(operation, "parameters", problems[0], problems)
        return check_body(operation, request, schemas)

    def _respond(self, request: Request) -> Response:
        found = self._api.routes.find(request.method, request.url, request.source)
        if isinstance(found, NotFound):
            allow = (("Allow", ", ".join(found.allow)),) if found.allow else ()
            return _refuse(request, _no_route(request, found), allow)
        operation, preference = found.route.operation, read_preference(request.headers)
        chosen = choose(operation, preference, header(request.headers, "accept"))
        if isinstance(chosen, str):
            return _refuse(request, Refusal(400, chosen))
        if chosen.status >= 400 and preference.code is not None:
            return self._answer(request, found, chosen, MISSING)
        sent, refusal = self._judged(request, found)
        if refusal is not None:
            challenge = (("WWW-Authenticate", _challenge(operation)),) if refusal.status == 401 else ()
            return _refuse(request, refusal, challenge)
        return self._answer(request, found, self._gone(request, found, preference) or chosen, sent)

    def _gone(self, request: Request, found: Found, preference: Preference) -> Chosen | None:
        """The documented 404 for a thing that was deleted, unless something else is asked for."""
        if preference.code is not None or preference.example is not None:
            return None
        if request.method not in ("GET", "HEAD", "DELETE", "PATCH"):
            return None
        if not self._things.is_deleted(found.route.source, found.segments):
            return None
        responses = found.route.operation.responses
        gone = responses.get("404") or responses.get("4XX")
        return Chosen(404, gone) if gone is not None else None

    def _answer(self, request: Request, found: Found, chosen: Chosen, sent: JSON | Missing) -> Response:
        """The chosen response; a success echoes what was sent, and is remembered."""
        if chosen.status >= 400:
            number, collection, exchange = 0, "", None
        else:
            exchange = Exchange(self._api.routes, self._api.bodies, self._things, request, found, sent)
            number, collection = exchange.number, exchange.collection_name
        declared = chosen.declared
        headers = self._api.bodies.headers(declared.headers, number) if declared is not None else ()
        if chosen.applied:
            headers = (*headers, ("Preference-Applied", chosen.applied))
        media_types = declared.media_types if declared is not None else {}
        name = chosen.media_type or choose_media_type(media_types, header(request.headers, "accept"))
        if name is None or not has_body("", chosen.status):
            if exchange is not None:
                exchange.finish(None)
            return _response(request, chosen.status, _located(headers, exchange), b"")
        media_type = media_types[name]
        value = self._api.bodies.chosen(media_type, chosen, number, collection)
        if exchange is not None:
            value = exchange.echoed(value, media_type.schema) if chosen.example is MISSING else value
            exchange.finish(value)
        content_type = content_type_of(name, value)
        headers = (("Content-Type", content_type), *_located(headers, exchange))
        return _response(request, chosen.status, headers, write_body(content_type, value, media_type))


def _located(headers: Headers, exchange: Exchange | None) -> Headers:
    """A documented Location header says where the created thing is."""
    location = exchange.location if exchange is not None else None
    if location is None:
        return headers
    return tuple((name, location if name.lower() == "location" else value) for name, value in headers)


def _challenge(operation: Operation) -> str:
    for alternative in operation.security:
        for requirement in alternative:
            if str(requirement.scheme.get("scheme", "")).lower() == "basic":
                return 'Basic realm="mock"'
    return 'Bearer realm="mock"'


def _no_route(request: Request, missing: NotFound) -> Refusal:
    if missing.allow:
        return Refusal(405, f"this path has no {request.method}, it has {', '.join(missing.allow)}")
    return Refusal(404, f"no description has a path for {request.method} {request.url}")


def _refuse(request: Request, refusal: Refusal, headers: Headers = ()) -> Response:
    title = HTTPStatus(refusal.status).phrase
    members = {"errors": list(refusal.errors)} if refusal.errors else {}
    body = dumps(problem(refusal.status, title, refusal.detail, **members)).encode()
    return _response(request, refusal.status, (("Content-Type", "application/problem+json"), *headers), body)


def _response(request: Request, status: int, headers: Headers, body: bytes) -> Response:
    try:
        reason = HTTPStatus(status).phrase
    except ValueError:
        reason = ""
    shown = body if has_body(request.method, status) else b""
    return Response(status, headers, shown, url=request.url, reason=reason)

"""How a refusal is answered: with the documented body where the reason fits into it, else as a problem (RFC 9457)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from http import HTTPStatus
from typing import Any

from ..messages import Headers, Request, Response, header
from ..openapi import MediaType, Operation, SchemaView
from ..openapi.media_type import essence, is_json
from ..values import JSON, dumps
from .answers import Bodies, choose_media_type, content_type_of, has_body, problem
from .bodies import write_body
from .checks import Refusal
from .echo import Accepts, put
from .things import plain

_REASONS = (
    "detail", "message", "errormessage", "errordescription", "description", "reason", "msg", "title", "error", "text",
)  # fmt: skip
_STATUSES = ("status", "statuscode", "code", "httpstatus")
_LISTS = ("errors", "messages", "details")
_DEPTH = 3


def refuse(
    bodies: Bodies | None, operation: Operation | None, request: Request, refusal: Refusal, headers: Headers = ()
) -> Response:
    """The answer to a request that is refused; a problem where no operation documents it."""
    documented = None
    if bodies is not None and operation is not None:
        documented = _documented(bodies, operation, request, refusal)
    if documented is None:
        members = {"errors": list(refusal.errors)} if refusal.errors else {}
        body = dumps(problem(refusal.status, phrase(refusal.status), refusal.detail, **members)).encode()
        documented = "application/problem+json", body, ()
    content_type, body, declared = documented
    given = {name.lower() for name, _ in headers}
    kept = tuple((name, value) for name, value in declared if name.lower() not in given)
    return make_response(request, refusal.status, (("Content-Type", content_type), *kept, *headers), body)


def _documented(
    bodies: Bodies, operation: Operation, request: Request, refusal: Refusal
) -> tuple[str, bytes, Headers] | None:
    """Content type, body and headers as documented for the status; None where the reason has no place there."""
    declared = operation.response(refusal.status)
    name = choose_media_type(declared.media_types, header(request.headers, "accept")) if declared is not None else None
    if declared is None or name is None:
        return None
    media_type = declared.media_types[name]
    value = _with_reason(bodies, media_type, name, refusal)
    if value is None:
        return None
    content_type = content_type_of(name, value)
    headers = bodies.headers(declared.headers, 0)
    return content_type, write_body(content_type, value, media_type), headers


def _with_reason(bodies: Bodies, media_type: MediaType, name: str, refusal: Refusal) -> JSON:
    schema = media_type.schema
    if essence(name) == "text/plain":
        return refusal.detail if bodies.accepts(schema, refusal.detail) else None
    value = bodies.value(media_type, 0, "")
    if not is_json(essence(content_type_of(name, value))) or not isinstance(value, dict | list):
        return None
    accepts = partial(_accepts, bodies, schema, value)
    told = False
    for target, view in _objects(value, schema, 0):
        _put_status(target, refusal.status, accepts)
        told = told or _put_reason(target, view, refusal, accepts)
    return value if told else None


def _accepts(bodies: Bodies, schema: SchemaView | None, body: JSON, _: JSON) -> bool:
    """Whether the whole body is valid, whatever part of it was changed in place."""
    return bodies.accepts(schema, body)


def _objects(value: JSON, schema: SchemaView | None, depth: int) -> Iterator[tuple[dict[str, Any], SchemaView | None]]:
    """The objects of a body, the outer ones first."""
    if depth > _DEPTH:
        return
    if isinstance(value, dict):
        yield value, schema
        declared = schema.properties() if schema is not None else {}
        for name, member in list(value.items()):
            yield from _objects(member, declared.get(name), depth + 1)
    elif isinstance(value, list) and value:
        yield from _objects(value[0], schema.items() if schema is not None else None, depth + 1)


def _put_reason(target: dict[str, Any], view: SchemaView | None, refusal: Refusal, accepts: Accepts) -> bool:
    names = {plain(name): name for name in (*(view.properties() if view is not None else ()), *target)}
    texts = (names[key] for key in _REASONS if key in names and isinstance(target.get(names[key], ""), str))
    if any(put(target, target, name, refusal.detail, accepts) for name in texts):
        return True
    lists = (names[key] for key in _LISTS if key in names and _is_texts(target.get(names[key])))
    return any(put(target, target, name, list(refusal.errors or (refusal.detail,)), accepts) for name in lists)


def _is_texts(value: JSON) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _put_status(target: dict[str, Any], status: int, accepts: Accepts) -> None:
    for name, value in list(target.items()):
        if plain(name) in _STATUSES and isinstance(value, int) and not isinstance(value, bool):
            put(target, target, name, status, accepts)


def phrase(status: int) -> str:
    """The reason phrase of a status, empty for one that has none."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def make_response(request: Request, status: int, headers: Headers, body: bytes) -> Response:
    """A response, without a body where there may be none."""
    shown = body if has_body(request.method, status) else b""
    return Response(status, headers, shown, url=request.url, reason=phrase(status))

"""What is wrong with a request: its parameters and its body, each as a line for a person.

jsonschema-rs decides, by the bundled schema; what it refuses of a JSON body is put into words by openapi-core, which
reads the description itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ..messages import Request, header
from ..openapi import MediaType, Operation, SchemaView
from ..openapi.contract_core import CheckedBody
from ..openapi.contract_schema import as_on_the_wire
from ..openapi.declarations import ParameterDeclaration
from ..openapi.media_type import find, is_json
from ..values import JSON, MISSING, Missing
from .bodies import UnreadableBody, read_body
from .parameters import Sent, readings
from .schemas import Schemas, problem_text

_HEADERS_OF_HTTP = frozenset({"accept", "content-type", "authorization"})

Kind = Literal["credentials", "parameters", "body", "unreadable", "media type", "gone", "rate"]
_STATUSES: dict[Kind, tuple[int, ...]] = {
    "credentials": (401, 403, 401),
    "parameters": (400, 422, 400),
    "body": (422, 400),
    "unreadable": (400, 422, 400),
    "media type": (415, 400, 422, 415),
    "gone": (404, 410, 404),
    "rate": (429,),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is refused; `status` is the first documented one of those that fit."""

    status: int
    detail: str
    errors: tuple[str, ...] = ()


def refusal_of(operation: Operation, kind: Kind, detail: str, errors: tuple[str, ...] = ()) -> Refusal:
    """A refusal with the first status of its kind that the operation documents, else the last."""
    statuses = _STATUSES[kind]
    documented = (status for status in statuses if str(status) in operation.responses)
    return Refusal(next(documented, statuses[-1]), detail, errors)


# Parameters


def parameter_problems(operation: Operation, sent: Sent, schemas: Schemas) -> Iterator[str]:
    """Missing required parameters, and values that break their schemas."""
    credentials = {
        (str(item.scheme.get("in")), str(item.scheme.get("name")).lower())
        for alternative in operation.security
        for item in alternative
        if item.scheme.get("type") == "apiKey"
    }
    for declared in operation.parameters:
        if declared.in_ == "header" and declared.name.lower() in _HEADERS_OF_HTTP:
            continue
        found = readings(declared, sent, operation)
        if found:
            yield from _value_problems(declared, found, schemas)
        elif declared.required and (declared.in_, declared.name.lower()) not in credentials:
            yield f"the {declared.in_} parameter '{declared.name}' is required"


def _value_problems(declared: ParameterDeclaration, found: list[JSON], schemas: Schemas) -> Iterator[str]:
    schema = declared.schema
    if declared.content is not None:
        schema = declared.content[1].schema if is_json(declared.content[0]) else None
    if schema is None or declared.in_ == "querystring" or (found[0] == "" and declared.allow_empty_value):
        return
    validator = schemas.compiled(schema, "request").validator
    if validator is None or not _is_telling(declared, schema):
        return
    told = [as_on_the_wire(validator, value)[1] for value in found]
    if all(told):
        for error in told[0]:
            yield f"the {declared.in_} parameter '{declared.name}': {problem_text(error)}"


def _is_telling(declared: ParameterDeclaration, schema: SchemaView) -> bool:
    """Whether the text of a parameter says what its value is: not where nothing says what type it has."""
    if declared.content is not None or schema.types():
        inner = schema.items() if "array" in schema.types() else None
        return inner is None or not inner.types() & {"array", "object"} or declared.style == "deepObject"
    return schema.keyword("enum") is not None


# The body


def check_body(operation: Operation, request: Request, schemas: Schemas) -> tuple[JSON | Missing, Refusal | None]:
    """The value of the body, and a refusal where it is missing, undeclared, unreadable or breaks its schema."""
    declared = operation.request_body
    if declared is None:
        return MISSING, None
    if not request.body:
        missing = refusal_of(operation, "unreadable", "a request body is required")
        return MISSING, missing if declared.required else None
    content_type = header(request.headers, "content-type") or ""
    if not content_type and len(declared.media_types) == 1:
        content_type = next(iter(declared.media_types))
    media_type = find(declared.media_types, content_type)
    if media_type is None:
        if not declared.media_types:
            return MISSING, None
        said = f"'{content_type}'" if content_type else "without a Content-Type"
        detail = f"the body is {said}, the description has {', '.join(declared.media_types)}"
        return MISSING, refusal_of(operation, "media type", detail)
    try:
        value = read_body(content_type, request.body, media_type)
    except UnreadableBody as error:
        return MISSING, refusal_of(operation, "unreadable", str(error))
    if value is MISSING or media_type.schema is None:
        return value, None
    return _judged(operation, request.body, content_type, value, media_type, schemas)


def _judged(
    operation: Operation, data: bytes, content_type: str, value: JSON, media_type: MediaType, schemas: Schemas
) -> tuple[JSON, Refusal | None]:
    """JSON is judged as it is; forms and text are read as the declared types where they can be."""
    assert media_type.schema is not None, "without a schema nothing is judged"
    compiled = schemas.compiled(media_type.schema, "request")
    if compiled.validator is None:
        return value, None
    exact = is_json(content_type.partition(";")[0].strip().lower())
    if exact:
        errors = [] if compiled.accepts(value) else list(compiled.validator.iter_errors(value))
    else:
        value, errors = as_on_the_wire(compiled.validator, value)
    if not errors or not compiled.can_be_met():
        return value, None
    lines = _explained(operation, data, content_type, media_type, schemas) if exact else []
    told = tuple(lines or map(problem_text, errors))
    return value, refusal_of(operation, "body", f"the body breaks its schema: {told[0]}", told)


def _explained(
    operation: Operation, data: bytes, content_type: str, media_type: MediaType, schemas: Schemas
) -> list[str]:
    """The words of openapi-core; [] where it sees nothing, or cannot read the description."""
    assert operation.request_body is not None, "there was a body to judge"
    name = next(key for key, value in operation.request_body.media_types.items() if value is media_type)
    body = CheckedBody("request", content_type, name, media_type, data, MISSING)
    found = schemas.core(operation.description).violations(operation, body, 0) or []
    return [f"{one.pointer}: {one.message}" if one.pointer else one.message for one in found]

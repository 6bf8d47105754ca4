"""What is wrong with a request: parameters, body and credentials, each as a line for a person.

Values come as text, so a text that reads as the declared type is taken for it; styles whose text is ambiguous
(objects other than deepObject) are not judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ..messages import Request, SecurityRequirement, header
from ..openapi import Operation, SchemaView
from ..openapi.contract_schema import as_on_the_wire
from ..openapi.declarations import ParameterDeclaration
from ..openapi.media_type import find, is_json
from ..values import JSON, MISSING, Missing, loads
from .bodies import UnreadableBody, read_body
from .schemas import Schemas, problem_text

_HEADERS_OF_HTTP = frozenset({"accept", "content-type", "authorization"})
_DELIMITERS = {"spaceDelimited": " ", "pipeDelimited": "|"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is refused."""

    status: int
    detail: str
    errors: tuple[str, ...] = ()


def missing_credentials(operation: Operation, request: Request) -> Refusal | None:
    """A refusal unless the credentials of one alternative are present; their values are not looked at."""
    alternatives = operation.security
    if not alternatives or any(all(_present(item, request) for item in one) for one in alternatives):
        return None
    wanted = " or ".join(" and ".join(item.name for item in one) for one in alternatives)
    return Refusal(401, f"the request has no credentials for {wanted}")


def _present(requirement: SecurityRequirement, request: Request) -> bool:
    scheme = requirement.scheme
    match scheme.get("type"):
        case "apiKey":
            sent = _sent(str(scheme.get("in")), str(scheme.get("name")), request)
            return bool(sent)
        case "mutualTLS":
            return True
        case "http":
            authorization = header(request.headers, "authorization") or ""
            return authorization.lower().startswith(f"{str(scheme.get('scheme', '')).lower()} ")
        case _:
            return bool(header(request.headers, "authorization"))


def _sent(place: str, name: str, request: Request) -> list[str]:
    """Every value of a query, header or cookie parameter."""
    if place == "query":
        return [value for key, value in _query(request) if key == name]
    if place == "header":
        return [value for key, value in request.headers if key.lower() == name.lower()]
    if place == "cookie":
        return [value for key, value in _cookies(request) if key == name]
    return []


def _query(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(request.url).query, keep_blank_values=True)


def _cookies(request: Request) -> list[tuple[str, str]]:
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(header(request.headers, "cookie") or "")
    except CookieError:
        return []
    return [(name, morsel.value) for name, morsel in cookies.items()]


# Parameters


def parameter_problems(
    operation: Operation, request: Request, path_values: dict[str, str], schemas: Schemas
) -> Iterator[str]:
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
        value = read_parameter(declared, request, path_values)
        if value is MISSING:
            if declared.required and (declared.in_, declared.name.lower()) not in credentials:
                yield f"the {declared.in_} parameter '{declared.name}' is required"
            continue
        yield from _value_problems(declared, value, schemas)


def _value_problems(declared: ParameterDeclaration, value: JSON, schemas: Schemas) -> Iterator[str]:
    schema = declared.schema
    if declared.content is not None:
        schema = declared.content[1].schema if is_json(declared.content[0]) else None
    if schema is None or (value == "" and declared.allow_empty_value) or _ambiguous(declared):
        return
    validator = schemas.compiled(schema, "request").validator
    if validator is None:
        return
    _, errors = as_on_the_wire(validator, value)
    for error in errors:
        yield f"the {declared.in_} parameter '{declared.name}': {problem_text(error)}"


def _ambiguous(declared: ParameterDeclaration) -> bool:
    if declared.in_ == "querystring":
        return True
    types = declared.schema.types() if declared.schema is not None else frozenset()
    return declared.content is None and declared.style != "deepObject" and (not types or "object" in types)


def read_parameter(declared: ParameterDeclaration, request: Request, path_values: dict[str, str]) -> JSON | Missing:
    """The value of a parameter as the request has it, MISSING where it has none."""
    if declared.style == "deepObject" and declared.in_ == "query":
        return _deep_object(declared.name, request)
    if declared.in_ == "path":
        texts = [_unstyled(declared, path_values[declared.name])] if declared.name in path_values else []
    else:
        texts = _sent(declared.in_, declared.name, request)
        texts = texts or _sent(declared.in_, declared.name + "[]", request)
    if not texts:
        return MISSING if not _may_be_spread(declared, request) else {}
    if declared.content is not None and is_json(declared.content[0]):
        try:
            return loads(texts[0])  # type: ignore[no-any-return]
        except ValueError:
            return texts[0]
    types = declared.schema.types() if declared.schema is not None else frozenset()
    if "array" in types:
        return _array(declared, texts)
    return texts[0]


def _may_be_spread(declared: ParameterDeclaration, request: Request) -> bool:
    """An exploded object stands in the query under the names of its properties."""
    if declared.in_ not in ("query", "cookie", "querystring") or declared.schema is None:
        return False
    if declared.in_ == "querystring":
        return bool(_query(request))
    names = declared.schema.properties()
    return declared.explode and any(_sent(declared.in_, name, request) for name in names)


def _unstyled(declared: ParameterDeclaration, text: str) -> str:
    """A path value without what label and matrix style put before it."""
    if declared.style == "label":
        return text.removeprefix(".")
    if declared.style == "matrix":
        return text.removeprefix(f";{declared.name}=")
    return text


def _array(declared: ParameterDeclaration, texts: list[str]) -> list[str]:
    if len(texts) > 1:
        return texts
    if declared.style == "label" and declared.explode:
        return texts[0].split(".")
    if declared.style == "matrix" and declared.explode:
        return texts[0].split(f";{declared.name}=")
    if declared.collection_format == "tsv":
        return texts[0].split("\t")
    delimiter = _DELIMITERS.get(declared.style, ",")
    if declared.explode and declared.style == "form":
        return texts
    return texts[0].split(delimiter)


def _deep_object(name: str, request: Request) -> JSON | Missing:
    pattern = re.compile(re.escape(name) + r"\[([^\[\]]*)\]")
    members: dict[str, Any] = {}
    for key, value in _query(request):
        found = pattern.fullmatch(key)
        if found:
            members[found[1]] = value
    return members or MISSING


# The body


def check_body(operation: Operation, request: Request, schemas: Schemas) -> tuple[JSON | Missing, Refusal | None]:
    """The value of the body, and a refusal where it is missing, undeclared, unreadable or breaks its schema."""
    declared = operation.request_body
    if declared is None:
        return MISSING, None
    if not request.body:
        return MISSING, Refusal(400, "a request body is required") if declared.required else None
    content_type = header(request.headers, "content-type") or ""
    if not content_type and len(declared.media_types) == 1:
        content_type = next(iter(declared.media_types))
    media_type = find(declared.media_types, content_type)
    if media_type is None:
        if not declared.media_types:
            return MISSING, None
        allowed = ", ".join(declared.media_types)
        return MISSING, Refusal(415, f"the body is '{content_type}', the description has {allowed}")
    try:
        value = read_body(content_type, request.body, media_type)
    except UnreadableBody as error:
        return MISSING, Refusal(400, str(error))
    if value is MISSING or media_type.schema is None:
        return value, None
    return _judged(value, is_json(content_type.partition(";")[0].strip().lower()), media_type.schema, schemas)


def _judged(value: JSON, exact: bool, schema: SchemaView, schemas: Schemas) -> tuple[JSON, Refusal | None]:
    """JSON is judged as it is; forms and text are read as the declared types where they can be."""
    compiled = schemas.compiled(schema, "request")
    if compiled.validator is None:
        return value, None
    if exact:
        errors = list(compiled.validator.iter_errors(value))
    else:
        value, errors = as_on_the_wire(compiled.validator, value)
    if not errors or not compiled.can_be_met():
        return value, None
    lines = tuple(map(problem_text, errors))
    return value, Refusal(400, f"the body breaks its schema: {lines[0]}", lines)

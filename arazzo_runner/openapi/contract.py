"""Contract checks: does a request, and does its answer, keep what the description says?

Bodies in JSON go through openapi-core for OpenAPI 3.0, 3.1 and 3.2 (2.0 is mapped to 3.0 in memory); what it cannot
read, and everything else, is judged by the bundled schema: jsonschema-rs says whether, jsonschema says what.
Parameters are judged as values, before they are serialized. What cannot be judged is reported as not checked, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from ..messages import Request, Response, header
from ..values import JSON, MISSING, Value, loads
from .contract_core import CheckedBody, OpenApiCore
from .contract_schema import JudgedSchema, as_on_the_wire
from .declarations import HeaderDeclaration, MediaType, ParameterDeclaration
from .media_type import essence, find, is_json, is_range, parameter
from .schema import Direction, SchemaView

if TYPE_CHECKING:
    from .arguments import Argument
    from .description import Description
    from .operation import Operation

ViolationKind = Literal["status", "header", "media-type", "body", "parameter"]

_HEADERS_OF_HTTP = frozenset({"accept", "content-type", "authorization"})
_WITHOUT_BODY = frozenset({204, 205, 304})


@dataclass(frozen=True, slots=True)
class Violation:
    """What breaks the contract: where ("response body"), what, and the JSON Pointer inside it."""

    where: str
    message: str
    pointer: str = ""
    kind: ViolationKind = "body"

    def __str__(self) -> str:
        return f"{self.where}{' at ' + self.pointer if self.pointer else ''}: {self.message}"


@dataclass(frozen=True, slots=True)
class NotChecked:
    """What could not be judged, and why: never a violation."""

    why: str

    def __str__(self) -> str:
        return f"not checked: {self.why}"


class ContractChecker:
    """Checks requests and responses of one description; keeps what it compiles."""

    def __init__(self, description: Description) -> None:
        self._description = description
        self._schemas: dict[tuple[int, Direction], tuple[SchemaView, JudgedSchema | None]] = {}
        self._seen: set[NotChecked] = set()
        self._waiting: list[NotChecked] = []

    def take_not_checked(self) -> list[NotChecked]:
        """What could not be judged since the last call; each is reported once in the life of the checker."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def check_request(
        self, operation: Operation, request: Request, arguments: Sequence[Argument], body_value: Value = MISSING
    ) -> list[Violation]:
        """Check arguments by value, and the body; `body_value` is what the body was written from."""
        return [
            *(replace(found, kind="parameter") for found in self._parameter_violations(operation, arguments)),
            *self._request_body_violations(operation, request, body_value),
        ]

    def check_response(self, operation: Operation, response: Response) -> list[Violation]:
        """Check status, headers, media type and body."""
        declared = operation.response(response.status)
        if declared is None:
            known = ", ".join(operation.responses) or "none"
            return [Violation("response status", f"{response.status} is not documented ({known})", kind="status")]
        return [
            *(replace(found, kind="header") for found in self._header_violations(declared.headers, response)),
            *self._response_body_violations(operation, response, declared.media_types),
        ]

    # Parameters

    def _parameter_violations(self, operation: Operation, arguments: Sequence[Argument]) -> Iterator[Violation]:
        given = {_key(argument.in_, argument.name): argument.value for argument in arguments}
        by_credentials = {
            _key(str(item.scheme.get("in")), str(item.scheme.get("name")))
            for alternative in operation.security
            for item in alternative
            if item.scheme.get("type") == "apiKey"
        }
        for declared in operation.parameters:
            if declared.in_ == "header" and declared.name.lower() in _HEADERS_OF_HTTP:
                continue
            value = given.get(declared.key, MISSING)
            where = f"{declared.in_} parameter '{declared.name}'"
            if value is MISSING or (value is None and declared.in_ != "path"):
                if declared.required and declared.key not in by_credentials:
                    yield Violation(where, "is required")
                continue
            if not isinstance(value, bytes):
                yield from self._parameter_value(declared, value, where)

    def _parameter_value(self, declared: ParameterDeclaration, value: JSON, where: str) -> Iterator[Violation]:
        schema = declared.schema
        if declared.content is not None:
            name, media_type = declared.content
            schema = media_type.schema
            if not is_json(essence(name)):
                self._not_checked(f"{where} is written as {name}")
                return
        if schema is not None and not (value == "" and declared.allow_empty_value):
            yield from self._judge(schema, "request", value, where, on_the_wire=True)

    # Bodies

    def _request_body_violations(self, operation: Operation, request: Request, value: Value) -> Iterator[Violation]:
        declared = operation.request_body
        where = "request body"
        if declared is None:
            return
        if not request.body:
            if declared.required:
                yield Violation(where, "is required")
            return
        content_type = header(request.headers, "content-type") or ""
        name = _declared_name(declared.media_types, content_type)
        if name is None:
            if declared.media_types:
                yield _undocumented(where, content_type, declared.media_types)
            return
        body = CheckedBody("request", content_type, name, declared.media_types[name], request.body, value)
        yield from self._body_violations(operation, body, 0)

    def _response_body_violations(
        self, operation: Operation, response: Response, declared: Mapping[str, MediaType]
    ) -> Iterator[Violation]:
        if not declared or operation.method == "HEAD" or response.status in _WITHOUT_BODY:
            return
        if not response.body:
            yield Violation("response body", f"is empty, {' or '.join(declared)} is documented")
            return
        content_type = header(response.headers, "content-type") or ""
        name = _declared_name(declared, content_type)
        if name is None:
            yield _undocumented("response body", content_type, declared)
            return
        body = CheckedBody("response", content_type, name, declared[name], response.body, MISSING)
        yield from self._body_violations(operation, body, response.status)

    def _body_violations(self, operation: Operation, body: CheckedBody, status: int) -> Iterator[Violation]:
        schema = body.media_type.schema
        if schema is None:
            if body.media_type.item_schema is not None:
                self._not_checked(f"{body.where} is a stream of {body.name} (itemSchema)")
            return
        if not is_json(essence(body.content_type)):
            yield from self._other_body(schema, body)
            return
        try:
            value = loads(body.data)
        except (ValueError, RecursionError) as error:
            yield Violation(body.where, f"is not JSON: {error}")
            return
        # What is no JSON Schema, or a tangled one, is not judged by openapi-core either.
        by_core = not is_range(body.name) and self._schema(schema, body.direction) is not None
        found = self._core.violations(operation, body, status) if by_core else None
        # openapi-core asks for writeOnly properties in 3.1 responses; the bundle knows that they are not there.
        if found is None or any(violation.keyword == "required" for violation in found):
            yield from self._judge(schema, body.direction, value, body.where)
        else:
            yield from (Violation(body.where, violation.message, violation.pointer) for violation in found)

    def _other_body(self, schema: SchemaView, body: CheckedBody) -> Iterator[Violation]:
        """Forms by the value they were written from, text as it reads; XML and octets have no JSON Schema."""
        kind = essence(body.content_type)
        if kind == "application/x-www-form-urlencoded" or kind.startswith("multipart/"):
            if isinstance(body.value, dict):
                yield from self._judge(schema, body.direction, body.value, body.where, on_the_wire=True)
            else:
                self._not_checked(f"{body.where} in {kind}")
        elif kind.startswith("text/") and kind != "text/xml" and "object" not in schema.types():
            charset = parameter(body.content_type, "charset") or "utf-8"
            try:
                text = body.data.decode(charset)
            except (LookupError, UnicodeError):
                self._not_checked(f"{body.where} is not text in {charset}")
                return
            yield from self._judge(schema, body.direction, text, body.where, on_the_wire=True)
        elif schema.keyword("format") != "binary":
            self._not_checked(f"{body.where} in {kind}")

    # Headers

    def _header_violations(self, declared: Mapping[str, HeaderDeclaration], response: Response) -> Iterator[Violation]:
        for name, declaration in declared.items():
            if name.lower() == "content-type":
                continue
            where = f"response header '{name}'"
            text = response.header(name)
            if text is None:
                if declaration.required:
                    yield Violation(where, "is required")
            elif declaration.schema is not None:
                types = declaration.schema.types()
                if "object" not in types:
                    value: JSON = [item.strip() for item in text.split(",")] if "array" in types else text
                    yield from self._judge(declaration.schema, "response", value, where, on_the_wire=True)

    # Judging

    def _judge(
        self, view: SchemaView, direction: Direction, value: JSON, where: str, *, on_the_wire: bool = False
    ) -> Iterator[Violation]:
        schema = self._schema(view, direction)
        if schema is None:
            self._not_checked(f"{where}: its schema {view.node.location} is not a JSON Schema, or a tangled one")
            return
        if schema.validator.is_valid(value):
            return
        if on_the_wire:
            value, errors = as_on_the_wire(schema.validator, value)
            if not errors:
                return
        for message, pointer in schema.explain(value):
            yield Violation(where, message, pointer)

    def _schema(self, view: SchemaView, direction: Direction) -> JudgedSchema | None:
        known = self._schemas.get((id(view), direction))
        if known is None:
            # The view is kept beside it, so that its id stays taken.
            known = self._schemas[id(view), direction] = (view, JudgedSchema.compile(view.bundle(direction)))
        return known[1]

    def _not_checked(self, why: str) -> None:
        entry = NotChecked(why)
        if entry not in self._seen:
            self._seen.add(entry)
            self._waiting.append(entry)

    @cached_property
    def _core(self) -> OpenApiCore:
        return OpenApiCore(self._description)


def _key(place: str, name: str) -> tuple[str, str]:
    return place, name.lower() if place == "header" else name


def _declared_name(declared: Mapping[str, MediaType], content_type: str) -> str | None:
    """The documented media type a Content-Type belongs to; documented parameters are no demand."""
    found = find(declared, content_type) if content_type else None
    return next((name for name, media_type in declared.items() if media_type is found), None) if found else None


def _undocumented(where: str, content_type: str, declared: Iterable[str]) -> Violation:
    what = f"'{content_type}' is not documented" if content_type else "there is no Content-Type"
    return Violation(where, f"{what} ({', '.join(declared)})", kind="media-type")

"""Contract checks: does a request, and does its answer, keep what the description says?

Bodies in JSON go through openapi-core for OpenAPI 3.0, 3.1 and 3.2 (2.0 is mapped to 3.0 in memory); what it cannot
read, and everything else, is judged by the bundled schema: jsonschema-rs says whether, jsonschema says what.
Parameters are judged as values, before they are serialized. What cannot be judged is reported as not checked, once.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..messages import Request, Response, header
from ..values import JSON, MISSING, Value, format_pointer, loads, parse_pointer, text_of
from .declarations import HeaderDeclaration, MediaType, ParameterDeclaration
from .media_type import essence, find, is_json, is_range, parameter
from .schema import Direction, SchemaView

if TYPE_CHECKING:
    from .description import Description
    from .operation import Operation
    from .request import Argument

_HEADERS_OF_HTTP = frozenset({"accept", "content-type", "authorization"})
_WITHOUT_BODY = frozenset({204, 205, 304})


@dataclass(frozen=True, slots=True)
class Violation:
    """What breaks the contract: where ("response body"), what, and the JSON Pointer inside it."""

    where: str
    message: str
    pointer: str = ""

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
        self._schemas: dict[tuple[int, Direction], tuple[SchemaView, _Schema | None]] = {}
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
            *self._parameter_violations(operation, arguments),
            *self._request_body_violations(operation, request, body_value),
        ]

    def check_response(self, operation: Operation, response: Response) -> list[Violation]:
        """Check status, headers, media type and body."""
        declared = operation.response(response.status)
        if declared is None:
            known = ", ".join(operation.responses) or "none"
            return [Violation("response status", f"{response.status} is not documented ({known})")]
        return [
            *self._header_violations(declared.headers, response),
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
        body = _Body("request", content_type, name, declared.media_types[name], request.body, value)
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
        body = _Body("response", content_type, name, declared[name], response.body, MISSING)
        yield from self._body_violations(operation, body, response.status)

    def _body_violations(self, operation: Operation, body: _Body, status: int) -> Iterator[Violation]:
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
        found = None if is_range(body.name) else self._core.violations(operation, body, status)
        if found is None:
            yield from self._judge(schema, body.direction, value, body.where)
        else:
            yield from (Violation(body.where, message, pointer) for message, pointer in found)

    def _other_body(self, schema: SchemaView, body: _Body) -> Iterator[Violation]:
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
            except (LookupError, UnicodeDecodeError):
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
            self._not_checked(f"{where}: its schema {view.node.location} is not a JSON Schema")
            return
        if schema.validator.is_valid(value):
            return
        if on_the_wire:
            value, errors = as_on_the_wire(schema.validator, value)
            if not errors:
                return
        for message, pointer in schema.explain(value):
            yield Violation(where, message, pointer)

    def _schema(self, view: SchemaView, direction: Direction) -> _Schema | None:
        known = self._schemas.get((id(view), direction))
        if known is None:
            # The view is kept beside it, so that its id stays taken.
            known = self._schemas[id(view), direction] = (view, _Schema.compile(view.bundle(direction)))
        return known[1]

    def _not_checked(self, why: str) -> None:
        entry = NotChecked(why)
        if entry not in self._seen:
            self._seen.add(entry)
            self._waiting.append(entry)

    @cached_property
    def _core(self) -> _Core:
        return _Core(self._description)


@dataclass(frozen=True, slots=True)
class _Body:
    """A body to check: `name` is the media type as documented, `value` what a request body was written from."""

    direction: Direction
    content_type: str
    name: str
    media_type: MediaType
    data: bytes
    value: Value

    @property
    def where(self) -> str:
        return f"{self.direction} body"


def _key(place: str, name: str) -> tuple[str, str]:
    return place, name.lower() if place == "header" else name


def _declared_name(declared: Mapping[str, MediaType], content_type: str) -> str | None:
    """The documented media type a Content-Type belongs to; documented parameters are no demand."""
    found = find(declared, content_type) if content_type else None
    return next((name for name, media_type in declared.items() if media_type is found), None) if found else None


def _undocumented(where: str, content_type: str, declared: Iterable[str]) -> Violation:
    what = f"'{content_type}' is not documented" if content_type else "there is no Content-Type"
    return Violation(where, f"{what} ({', '.join(declared)})")


# Schemas


@dataclass(frozen=True, slots=True)
class _Schema:
    """A bundled schema and its validator."""

    schema: dict[str, Any]
    validator: Any

    @staticmethod
    def compile(schema: dict[str, Any]) -> _Schema | None:
        import jsonschema_rs

        try:
            return _Schema(schema, jsonschema_rs.Draft202012Validator(schema, validate_formats=True, offline=True))
        except (ValueError, jsonschema_rs.ReferencingError):
            return None

    def explain(self, value: JSON) -> list[tuple[str, str]]:
        """What breaks the schema as (message, pointer), in the words of jsonschema where it sees it too."""
        from jsonschema import Draft202012Validator

        try:
            found = [_told(error) for error in _exact(Draft202012Validator)(self.schema).iter_errors(value)]
        except _failures():
            found = []
        return found or [
            (_short(error.message), format_pointer(list(error.instance_path)))
            for error in self.validator.iter_errors(value)
        ]


def _told(error: Any) -> tuple[str, str]:
    """The most telling part of an error of jsonschema, as (message, pointer)."""
    from jsonschema.exceptions import best_match

    best = best_match([error]) or error
    return _short(best.message), format_pointer(list(best.absolute_path))


def _failures() -> tuple[type[Exception], ...]:
    """How jsonschema and openapi-core fail over a description that is not well-formed, or that they cannot read."""
    import jsonschema.exceptions
    import referencing.exceptions
    from openapi_core.exceptions import OpenAPIError

    return (
        OpenAPIError,
        referencing.exceptions.Unresolvable,
        jsonschema.exceptions.SchemaError,
        jsonschema.exceptions.UnknownType,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
        AssertionError,
        RecursionError,
    )


def _exact(validator: Any) -> Any:
    """A validator class of jsonschema without its traps.

    Patterns are ECMA-262 with bounded backtracking and multiples are exact, both by jsonschema-rs; readOnly and
    writeOnly are no violations: such properties "SHOULD NOT" be sent (3.0.4, Schema Object), but may.
    """
    from jsonschema.validators import extend

    return extend(
        validator,
        {
            "pattern": _judged_by("pattern", "does not match the pattern"),
            "multipleOf": _judged_by("multipleOf", "is not a multiple of"),
            "readOnly": _no_violation,
            "writeOnly": _no_violation,
        },
    )


def _judged_by(keyword: str, words: str) -> Callable[..., Iterator[Any]]:
    def check(_validator: Any, wanted: Any, instance: Any, _schema: Any) -> Iterator[Any]:
        from jsonschema.exceptions import ValidationError

        known = _Schema.compile({keyword: wanted})
        if known is not None and not known.validator.is_valid(instance):
            yield ValidationError(f"{instance!r} {words} {wanted!r}")

    return check


def _no_violation(*_: Any) -> Iterator[Any]:
    return iter(())


def _short(message: str) -> str:
    return message if len(message) <= 300 else message[:297] + "..."


def as_on_the_wire(validator: Any, value: JSON) -> tuple[JSON, list[Any]]:
    """The value as its schema reads it, and what is wrong with it all the same.

    A parameter or form field is text when it is sent, so "5" and 5 are one: each leaf the validator (of jsonschema-rs)
    complains about is read the other way, once.
    """
    errors = list(validator.iter_errors(value))
    if not errors:
        return value, []
    mended = copy.deepcopy(value)
    for path in dict.fromkeys(tuple(error.instance_path) for error in errors):
        mended = _read_otherwise(mended, list(path))
    return (mended, []) if validator.is_valid(mended) else (value, errors)


def _read_otherwise(value: JSON, path: list[str | int]) -> JSON:
    if not path:
        return _other_reading(value)
    parent: Any = value
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = _other_reading(parent[path[-1]])
    return value


def _other_reading(value: JSON) -> JSON:
    if not isinstance(value, str):
        return value if isinstance(value, dict | list) or value is None else text_of(value)
    try:
        read: JSON = loads(value)
    except ValueError:
        return value
    return value if isinstance(read, dict | list) else read


# openapi-core


class _Core:
    """openapi-core, told the operation instead of looking for it by URL."""

    def __init__(self, description: Description) -> None:
        self._description = description

    def violations(self, operation: Operation, body: _Body, status: int) -> list[tuple[str, str]] | None:
        """What openapi-core says about a JSON body, as (message, pointer); None where it cannot say anything."""
        if "#" in operation.pointer:
            return None
        failures = _failures()
        try:
            if body.direction == "request":
                errors = self._app.iter_request_errors(_CoreRequest(operation, body))
            else:
                errors = self._app.iter_response_errors(_CoreRequest(operation, None), _CoreResponse(body, status))
            return self._read(errors)
        except failures:
            return None

    def _read(self, errors: Iterable[Any]) -> list[tuple[str, str]] | None:
        from openapi_core.validation.schemas.exceptions import InvalidSchemaValue

        found: list[tuple[str, str]] = []
        for error in errors:
            cause = error if isinstance(error, InvalidSchemaValue) else error.__cause__
            if not isinstance(cause, InvalidSchemaValue):
                return None
            found.extend(map(_told, cause.schema_errors))
        return found

    @cached_property
    def _app(self) -> Any:
        from jsonschema_path import SchemaPath
        from openapi_core import Config, OpenAPI
        from openapi_core.validation.request import validators as requests
        from openapi_core.validation.response import validators as responses

        version = {"2.0": "30", "3.0": "30", "3.1": "31", "3.2": "32"}[self._description.version]
        document = self._description.document
        root = swagger_as_openapi(self._description) if self._description.version == "2.0" else document.root
        load = self._description.root.references.load
        spec = SchemaPath.from_dict(root, base_uri=document.base_uri, handlers=_Handlers(lambda uri: load(uri).root))
        config = Config(
            spec_validator_cls=None,
            path_finder_cls=_OperationFinder,
            request_validator_cls=_with_exact_schemas(getattr(requests, f"V{version}RequestBodyValidator")),
            response_validator_cls=_with_exact_schemas(getattr(responses, f"V{version}ResponseDataValidator")),
            extra_media_type_deserializers=_JsonDeserializers(),
        )
        return OpenAPI(spec, config=config)


def _with_exact_schemas(validator: Any) -> Any:
    """A validator class of openapi-core whose schemas are judged without the traps of jsonschema."""
    from openapi_core.validation.schemas.factories import SchemaValidatorsFactory

    factory = validator.schema_validators_factory
    exact = SchemaValidatorsFactory(_exact(factory.schema_validator_cls), format_checker=factory.format_checker)
    return type(validator.__name__, (validator,), {"schema_validators_factory": exact})


class _OperationFinder:
    """A path finder for openapi-core (`path_finder_cls`): the "path" is the operation's pointer."""

    def __init__(self, spec: Any, base_url: str | None = None) -> None:
        self._spec = spec

    def find(self, method: str, name: str) -> Any:
        from openapi_core.templating.paths.datatypes import PathOperationServer

        path = operation = self._spec
        for token in parse_pointer(name):
            path, operation = operation, operation / token
        return PathOperationServer(path, operation, None, None, None)


class _CoreRequest:
    """The request protocol of openapi-core."""

    host_url = ""

    def __init__(self, operation: Operation, body: _Body | None) -> None:
        from openapi_core.datatypes import RequestParameters

        self.method = operation.method.lower()
        self.path = self.path_pattern = operation.pointer
        self.parameters = RequestParameters()
        self.body = body.data if body is not None else None
        self.content_type = body.name if body is not None else ""


@dataclass(frozen=True, slots=True)
class _CoreResponse:
    """The response protocol of openapi-core."""

    content: _Body
    status_code: int

    @property
    def data(self) -> bytes:
        return self.content.data

    @property
    def content_type(self) -> str:
        return self.content.name

    @property
    def headers(self) -> dict[str, Any]:
        return {}


class _JsonDeserializers(dict[str, Callable[..., Any]]):
    """Reads every JSON media type: openapi-core knows two by name."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and is_json(essence(name))

    def __missing__(self, name: str) -> Callable[..., Any]:
        return _read_json

    def __bool__(self) -> bool:
        return True


def _read_json(data: bytes, **_: str) -> Any:
    import json

    # Without Decimal: jsonschema computes with floats.
    return json.loads(data)


class _Handlers(dict[str, Callable[[str], Any]]):
    """Loads every `$ref` of openapi-core through our registry: it opens no file and no connection itself."""

    def __init__(self, read: Callable[[str], Any]) -> None:
        super().__init__()
        self._read = read

    def __contains__(self, scheme: object) -> bool:
        return True

    def __missing__(self, scheme: str) -> Callable[[str], Any]:
        return self._read

    def __bool__(self) -> bool:
        return True


# Swagger 2.0


def swagger_as_openapi(description: Description) -> dict[str, Any]:
    """The operations of a 2.0 description with their bodies as OpenAPI 3.0 has them; nothing else is in it."""
    root = description.document.root
    definitions = root.get("definitions") if isinstance(root, dict) else None
    paths: dict[str, Any] = {}
    for operation in description.operations():
        mapped: dict[str, Any] = {"responses": {}}
        body = operation.request_body
        if body is not None:
            mapped["requestBody"] = {"required": body.required, "content": _content(body.media_types)}
        for status, response in operation.responses.items():
            mapped["responses"][status] = {"description": "", "content": _content(response.media_types)}
        paths.setdefault(operation.path, {})[operation.method.lower()] = mapped
    return {
        "openapi": "3.0.3",
        "info": {"title": "", "version": ""},
        "paths": paths,
        "components": {"schemas": _modern(definitions) if isinstance(definitions, dict) else {}},
    }


def _content(media_types: Mapping[str, MediaType]) -> dict[str, Any]:
    return {
        name: {} if media_type.schema is None else {"schema": _modern(media_type.schema.value)}
        for name, media_type in media_types.items()
    }


def _modern(value: Any) -> Any:
    """A 2.0 schema as 3.0 writes it."""
    if isinstance(value, list):
        return [_modern(item) for item in value]
    if not isinstance(value, dict):
        return value
    result = {
        key: _modern(item) for key, item in value.items() if not (key == "discriminator" and isinstance(item, str))
    }
    reference = result.get("$ref")
    if isinstance(reference, str):
        result["$ref"] = reference.replace("#/definitions/", "#/components/schemas/", 1)
    if result.get("type") == "file":
        result.update({"type": "string", "format": "binary"})
    if result.get("x-nullable") is True:
        result["nullable"] = True
    return result

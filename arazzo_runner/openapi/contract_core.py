"""openapi-core as the judge of JSON bodies: told the operation instead of looking for it by URL.

It validates against the description itself, not against our bundle, so it is a second reader. It is given every
`$ref` through our registry, every JSON media type, exact patterns and multiples, and 2.0 as 3.0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from ..values import Value, parse_pointer
from .contract_schema import exact_validator, told, ways_to_fail
from .declarations import MediaType
from .media_type import essence, is_json

if TYPE_CHECKING:
    from .description import Description
    from .operation import Operation


@dataclass(frozen=True, slots=True)
class CheckedBody:
    """A body to check: `name` is the media type as documented, `value` what a request body was written from."""

    direction: Literal["request", "response"]
    content_type: str
    name: str
    media_type: MediaType
    data: bytes
    value: Value

    @property
    def where(self) -> str:
        return f"{self.direction} body"


@dataclass(frozen=True, slots=True)
class CoreViolation:
    """An error of openapi-core: what, where in the body, and the keyword that is broken."""

    message: str
    pointer: str
    keyword: str


class OpenApiCore:
    """openapi-core, told the operation instead of looking for it by URL."""

    def __init__(self, description: Description) -> None:
        self._description = description

    def violations(self, operation: Operation, body: CheckedBody, status: int) -> list[CoreViolation] | None:
        """What openapi-core says about a JSON body; None where it cannot say anything."""
        if "#" in operation.pointer:
            return None
        try:
            if body.direction == "request":
                errors = self._app.iter_request_errors(_CoreRequest(operation, body))
            else:
                errors = self._app.iter_response_errors(_CoreRequest(operation, None), _CoreResponse(body, status))
            return self._read(errors)
        except ways_to_fail():
            return None

    def _read(self, errors: Iterable[Any]) -> list[CoreViolation] | None:
        from openapi_core.validation.schemas.exceptions import InvalidSchemaValue

        found: list[CoreViolation] = []
        for error in errors:
            cause = error if isinstance(error, InvalidSchemaValue) else error.__cause__
            if not isinstance(cause, InvalidSchemaValue):
                return None
            schema_errors: Iterable[Any] = cause.schema_errors
            found.extend(CoreViolation(*told(item), str(item.validator)) for item in schema_errors)
        return found

    @cached_property
    def _app(self) -> Any:
        import openapi_core
        from jsonschema_path import SchemaPath
        from openapi_core.validation.request import validators as requests
        from openapi_core.validation.response import validators as responses

        version = {"2.0": "30", "3.0": "30", "3.1": "31", "3.2": "32"}[self._description.version]
        document = self._description.document
        root: Any = swagger_as_openapi(self._description) if self._description.version == "2.0" else document.root
        load = self._description.root.references.load
        spec = SchemaPath.from_dict(root, base_uri=document.base_uri, handlers=_Handlers(lambda uri: load(uri).root))
        # Its annotations know neither None, which means "do not validate the description", nor other path finders.
        configure: Any = openapi_core.Config
        config = configure(
            spec_validator_cls=None,
            path_finder_cls=_OperationFinder,
            request_validator_cls=_with_exact_schemas(getattr(requests, f"V{version}RequestBodyValidator")),
            response_validator_cls=_with_exact_schemas(getattr(responses, f"V{version}ResponseDataValidator")),
            extra_media_type_deserializers=_JsonDeserializers(),
        )
        return openapi_core.OpenAPI(spec, config=config)


def _with_exact_schemas(validator: Any) -> Any:
    """A validator class of openapi-core whose schemas are judged without the traps of jsonschema."""
    from openapi_core.validation.schemas.factories import SchemaValidatorsFactory

    factory = validator.schema_validators_factory
    judge = exact_validator(factory.schema_validator_cls)
    exact = SchemaValidatorsFactory(judge, format_checker=factory.format_checker)
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

    def __init__(self, operation: Operation, body: CheckedBody | None) -> None:
        from openapi_core.datatypes import RequestParameters

        self.method = operation.method.lower()
        self.path = self.path_pattern = operation.pointer
        self.parameters = RequestParameters()
        self.body = body.data if body is not None else None
        self.content_type = body.name if body is not None else ""


@dataclass(frozen=True, slots=True)
class _CoreResponse:
    """The response protocol of openapi-core."""

    content: CheckedBody
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

"""Inputs schemas made self-contained: what their `$ref`s reach is copied into `$defs` (Arazzo 1.1.0, "Parsing
Documents", "Resolving URI fragments"; JSON Schema 2020-12, sections 8.2 and 9).

A reference is resolved against the base URI of the schema resource it stands in: that of the nearest `$id`, else that
of the document. Its fragment is a JSON Pointer or an `$anchor`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from ..document import Document, resolve_uri
from ..errors import DocumentError
from ..values import MISSING, PointerSyntaxError, format_pointer, get_pointer, parse_pointer

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCHEMA_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
SCHEMA_MAPS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
SCHEMAS = (
    "items",
    "additionalProperties",
    "unevaluatedProperties",
    "unevaluatedItems",
    "contains",
    "not",
    "if",
    "then",
    "else",
    "propertyNames",
)
_RANGES = {"int32": 2**31, "int64": 2**63}
_Pointer = tuple[str, ...]


def bundle(schema: Any, pointer: _Pointer, document: Document, load: Callable[[str], Document]) -> Any:
    """A self-contained copy of the schema that stands at `pointer`.

    Raises:
        DocumentError: a `$ref` that reaches nothing, with its location.
    """
    return _Bundler(load).bundle(schema, document, pointer)


@dataclass(frozen=True, slots=True)
class _Resource:
    """A schema resource: the document itself, or a schema of it with an `$id`."""

    document: Document
    pointer: _Pointer
    base: str

    def inside(self, schema: Any, pointer: _Pointer) -> _Resource:
        """The resource of a schema that stands in this one."""
        identifier = schema.get("$id") if isinstance(schema, dict) else None
        if not isinstance(identifier, str):
            return self
        return _Resource(self.document, pointer, resolve_uri(identifier, self.base).partition("#")[0])


class _Bundler:
    def __init__(self, load: Callable[[str], Document]) -> None:
        self.load = load
        self.names: dict[tuple[str, str], str] = {}
        self.definitions: dict[str, Any] = {}

    def bundle(self, schema: Any, document: Document, pointer: _Pointer) -> Any:
        root = self._copy(schema, _resource_at(document, pointer), pointer)
        if isinstance(root, dict):
            root.setdefault("$schema", DIALECT)
            if self.definitions:
                own = root.get("$defs")
                root["$defs"] = {**(own if isinstance(own, dict) else {}), **self.definitions}
        return root

    def _copy(self, schema: Any, resource: _Resource, pointer: _Pointer) -> Any:
        if not isinstance(schema, dict):
            return schema
        resource = resource.inside(schema, pointer)
        result: dict[str, Any] = {}
        for key, value in schema.items():
            here = (*pointer, key)
            if key == "$ref" and isinstance(value, str):
                result[key] = self._reference(value, resource, here)
            elif key in SCHEMA_MAPS and isinstance(value, dict):
                result[key] = {n: self._copy(s, resource, (*here, n)) for n, s in value.items()}
            elif key in SCHEMA_LISTS and isinstance(value, list):
                result[key] = [self._copy(s, resource, (*here, str(i))) for i, s in enumerate(value)]
            elif key in SCHEMAS:
                result[key] = self._copy(value, resource, here)
            elif key not in ("$id", "$anchor"):
                result[key] = value
        return _in_range(result)

    def _reference(self, reference: str, resource: _Resource, pointer: _Pointer) -> str:
        found = self._target(reference, resource)
        if found is None:
            raise DocumentError(
                f"'$ref: {reference}' reaches nothing",
                location=resource.document.location(pointer),
                hint="inputs are referred to as '#/components/inputs/<name>'",
            )
        document, where = found
        key = (document.uri, format_pointer(where))
        if key not in self.names:
            name = f"r{len(self.names)}"
            self.names[key] = name
            self.definitions[name] = True
            value = get_pointer(document.root, where)
            self.definitions[name] = self._copy(value, _resource_at(document, where[:-1]), where)
        return f"#/$defs/{self.names[key]}"

    def _target(self, reference: str, resource: _Resource) -> tuple[Document, _Pointer] | None:
        uri, _, fragment = resolve_uri(reference, resource.base).partition("#")
        if uri != resource.base:
            resource = _embedded(resource.document, uri) or _whole(self.load(uri))
        where = _place(resource, fragment)
        return None if where is None else (resource.document, where)


def _whole(document: Document) -> _Resource:
    return _Resource(document, (), document.base_uri)


def _resource_at(document: Document, pointer: _Pointer) -> _Resource:
    """The resource a place of a document belongs to."""
    resource = _whole(document)
    for length in range(1, len(pointer) + 1):
        resource = resource.inside(get_pointer(document.root, pointer[:length]), pointer[:length])
    return resource


def _embedded(document: Document, uri: str) -> _Resource | None:
    """The resource of a document with this URI: itself, or one of its schemas by `$id`."""
    whole = _whole(document)
    if uri in (document.base_uri, document.uri):
        return whole
    found = (resource for resource, _, _ in _objects(document.root, whole, ()) if resource.base == uri)
    return next(found, None)


def _place(resource: _Resource, fragment: str) -> _Pointer | None:
    """Where a fragment leads, from the start of the document; a pointer may be percent-encoded."""
    if fragment and not fragment.startswith("/"):
        return _anchor(resource, fragment)
    for text in dict.fromkeys((fragment, unquote(fragment))):
        try:
            tokens = parse_pointer(text)
        except PointerSyntaxError:
            continue
        for start in dict.fromkeys((resource.pointer, ())):
            if get_pointer(resource.document.root, (*start, *tokens)) is not MISSING:
                return (*start, *tokens)
    return None


def _anchor(resource: _Resource, name: str) -> _Pointer | None:
    start = get_pointer(resource.document.root, resource.pointer)
    for inner, pointer, value in _objects(start, resource, resource.pointer):
        if inner.base == resource.base and value.get("$anchor") == name:
            return pointer
    return None


def _objects(
    value: Any, resource: _Resource, pointer: _Pointer
) -> Iterator[tuple[_Resource, _Pointer, dict[str, Any]]]:
    """Every object of a tree, each with its resource and its place."""
    if isinstance(value, dict):
        resource = resource.inside(value, pointer)
        yield resource, pointer, value
        children = list(value.items())
    elif isinstance(value, list):
        children = [(str(i), item) for i, item in enumerate(value)]
    else:
        return
    for key, child in children:
        if isinstance(child, (dict, list)):
            yield from _objects(child, resource, (*pointer, key))


def _in_range(schema: dict[str, Any]) -> dict[str, Any]:
    """The formats int32 and int64 are checked (decision 55); every other format is an annotation."""
    limit = _RANGES.get(str(schema.get("format")))
    if limit:
        own = schema.get("allOf")
        schema["allOf"] = [*(own if isinstance(own, list) else ()), {"minimum": -limit, "maximum": limit - 1}]
    return schema

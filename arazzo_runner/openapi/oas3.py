"""OpenAPI 3.0, 3.1 and 3.2: Parameter, Request Body, Media Type, Header and Response Objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from .declarations import (
    Encoding,
    HeaderDeclaration,
    MediaType,
    ParameterDeclaration,
    RequestBodyDeclaration,
    ResponseDeclaration,
)
from .reference import DanglingReference, Node
from .schema import SchemaView

_DEFAULT_STYLE = {"path": "simple", "query": "form", "header": "simple", "cookie": "form", "querystring": "form"}
_Declared = TypeVar("_Declared")


def read_parameter(node: Node, version: str) -> ParameterDeclaration | None:
    """A Parameter Object; None where it has no name or place."""
    name, place = node.get("name"), node.get("in")
    if not isinstance(name, str) or not isinstance(place, str):
        return None
    style = node.get("style")
    if not isinstance(style, str):
        style = _DEFAULT_STYLE.get(place, "form")
    explode = node.get("explode")
    return ParameterDeclaration(
        name=name,
        in_=place,
        required=node.get("required") is True or place == "path",
        schema=_schema(node, version),
        style=style,
        explode=explode if isinstance(explode, bool) else style in ("form", "cookie"),
        node=node,
        allow_reserved=node.get("allowReserved") is True,
        allow_empty_value=node.get("allowEmptyValue") is True,
        content=_content(node, version),
        deprecated=node.get("deprecated") is True,
        examples=read_examples(node),
    )


def read_request_body(node: Node, version: str) -> RequestBodyDeclaration:
    """A Request Body Object."""
    return RequestBodyDeclaration(
        required=node.get("required") is True, media_types=_media_types(node, version), node=node
    )


def read_response(node: Node, version: str) -> ResponseDeclaration:
    """A Response Object."""
    return ResponseDeclaration(
        description=str(node.get("description") or ""),
        headers=_each(node.members("headers"), lambda header: _header(header, version)),
        media_types=_media_types(node, version),
        node=node,
    )


def read_examples(node: Node) -> Mapping[str, Any]:
    """`example` and `examples` of a parameter, header or media type; external ones are left out."""
    examples: dict[str, Any] = {}
    if isinstance(node.value, dict) and "example" in node.value:
        examples["default"] = node.value["example"]
    for name, example in _resolved(node.members("examples")):
        for field in ("dataValue", "value"):
            if isinstance(example.value, dict) and field in example.value:
                examples[name] = example.value[field]
                break
    return examples


def _media_types(node: Node, version: str) -> Mapping[str, MediaType]:
    return _each(node.members("content"), lambda media_type: _media_type(media_type, version))


def _media_type(node: Node, version: str) -> MediaType:
    item = node.child("itemSchema")
    return MediaType(
        schema=_schema(node, version),
        encoding={name: _encoding(encoding, version) for name, encoding in node.members("encoding")},
        examples=read_examples(node),
        item_schema=None if item is None else SchemaView(item, version),
        version=version,
    )


def _encoding(node: Node, version: str) -> Encoding:
    content_type, style = node.get("contentType"), node.get("style")
    explode, allow_reserved = node.get("explode"), node.get("allowReserved")
    return Encoding(
        content_type=content_type if isinstance(content_type, str) else None,
        headers=_each(node.members("headers"), lambda header: _header(header, version)),
        style=style if isinstance(style, str) else None,
        explode=explode if isinstance(explode, bool) else None,
        allow_reserved=allow_reserved if isinstance(allow_reserved, bool) else None,
    )


def _header(node: Node, version: str) -> HeaderDeclaration:
    return HeaderDeclaration(
        required=node.get("required") is True,
        schema=_schema(node, version),
        explode=node.get("explode") is True,
        content=_content(node, version),
    )


def _schema(node: Node, version: str) -> SchemaView | None:
    schema = node.child("schema")
    return None if schema is None else SchemaView(schema, version)


def _content(node: Node, version: str) -> tuple[str, MediaType] | None:
    """The only entry of a parameter's `content` map."""
    for name, media_type in _resolved(node.members("content")):
        return name, _media_type(media_type, version)
    return None


def _each(members: Iterable[tuple[str, Node]], read: Callable[[Node], _Declared]) -> dict[str, _Declared]:
    return {name: read(node) for name, node in _resolved(members)}


def _resolved(members: Iterable[tuple[str, Node]]) -> Iterator[tuple[str, Node]]:
    """Members with `$ref` followed; a dangling one counts as not declared."""
    for name, node in members:
        try:
            yield name, node.resolve()
        except DanglingReference:
            continue

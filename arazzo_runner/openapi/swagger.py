"""OpenAPI 2.0 (Swagger), read into the forms of 3.x: parameters, bodies, responses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .declarations import (
    Encoding,
    HeaderDeclaration,
    MediaType,
    ParameterDeclaration,
    RequestBodyDeclaration,
    ResponseDeclaration,
)
from .media_type import essence
from .reference import Node
from .schema import SchemaView

_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_NOT_SCHEMA = frozenset(
    {"name", "in", "required", "description", "collectionFormat", "allowEmptyValue", "schema", "deprecated"}
)
# Collection formats that 3.x has a style for; "tsv" has none and is written by its delimiter.
_STYLES = {"ssv": "spaceDelimited", "pipes": "pipeDelimited"}


def read_parameter(node: Node) -> ParameterDeclaration | None:
    """A Parameter Object in path, query or header; None for body and formData, which make the request body."""
    name, place = node.get("name"), node.get("in")
    if not isinstance(name, str) or place not in ("path", "query", "header"):
        return None
    collection = _collection_format(node.value)
    style = "simple" if place != "query" else _STYLES.get(collection, "form")
    return ParameterDeclaration(
        name=name,
        in_=place,
        required=node.get("required") is True or place == "path",
        schema=_schema(node),
        style=style,
        explode=collection == "multi",
        node=node,
        allow_empty_value=node.get("allowEmptyValue") is True,
        collection_format=collection,
    )


def read_request_body(parameters: Iterable[Node], consumes: Sequence[str]) -> RequestBodyDeclaration | None:
    """The body that `in: body` or the `in: formData` parameters describe, by `consumes`."""
    nodes = list(parameters)
    for node in nodes:
        if node.get("in") == "body":
            return _body(node, consumes)
    fields = [node for node in nodes if node.get("in") == "formData" and isinstance(node.get("name"), str)]
    return _form(fields, consumes) if fields else None


def read_response(node: Node, produces: Sequence[str]) -> ResponseDeclaration:
    """A Response Object: its schema under every media type of `produces`."""
    schema = node.child("schema")
    view = None if schema is None else SchemaView(schema, "2.0")
    examples = node.get("examples")
    examples = examples if isinstance(examples, dict) else {}
    names = list(produces) or (["application/json"] if view is not None or not examples else list(examples))
    media_types = {
        name: MediaType(
            schema=view,
            examples={"default": examples[name]} if name in examples else {},
            version="2.0",
        )
        for name in names
        if view is not None or name in examples
    }
    return ResponseDeclaration(
        description=str(node.get("description") or ""),
        headers={name: _header(header) for name, header in node.members("headers")},
        media_types=media_types,
        node=node,
    )


def _body(node: Node, consumes: Sequence[str]) -> RequestBodyDeclaration:
    schema = node.child("schema")
    media_type = MediaType(schema=None if schema is None else SchemaView(schema, "2.0"), version="2.0")
    return RequestBodyDeclaration(
        required=node.get("required") is True,
        media_types=dict.fromkeys(consumes or ("application/json",), media_type),
        node=node,
    )


def _form(fields: Sequence[Node], consumes: Sequence[str]) -> RequestBodyDeclaration:
    has_file = any(field.get("type") == "file" for field in fields)
    names = [name for name in consumes if essence(name) in ((_MULTIPART,) if has_file else (_MULTIPART, _FORM))]
    required = [field.get("name") for field in fields if field.get("required") is True]
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {field.get("name"): _simple_schema(field.value) for field in fields},
    }
    if required:
        schema["required"] = required
    first = fields[0]
    # The schema is ours; it stands where the first field stands.
    view = SchemaView(Node(first.references, first.document, first.tokens, schema), "2.0")
    media_type = MediaType(schema=view, encoding=_encodings(fields), version="2.0")
    return RequestBodyDeclaration(
        required=bool(required),
        media_types=dict.fromkeys(names or (_MULTIPART if has_file else _FORM,), media_type),
        node=first,
    )


def _encodings(fields: Sequence[Node]) -> Mapping[str, Encoding]:
    return {
        field.get("name"): Encoding(collection_format=_collection_format(field.value))
        for field in fields
        if field.get("type") == "array"
    }


def _header(node: Node) -> HeaderDeclaration:
    return HeaderDeclaration(required=False, schema=_schema(node), collection_format=_collection_format(node.value))


def _schema(node: Node) -> SchemaView:
    return SchemaView(Node(node.references, node.document, node.tokens, _simple_schema(node.value)), "2.0")


def _simple_schema(value: Any) -> dict[str, Any]:
    """The schema keywords that 2.0 writes directly into a parameter or header."""
    if not isinstance(value, dict):
        return {}
    return {key: member for key, member in value.items() if key not in _NOT_SCHEMA}


def _collection_format(value: Any) -> str:
    written = value.get("collectionFormat") if isinstance(value, dict) else None
    return written if isinstance(written, str) else "csv"

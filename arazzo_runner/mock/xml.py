"""JSON values as XML, by the XML Object of their schemas (OpenAPI 3.1.1, "XML Object")."""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from ..openapi import SchemaView
from ..values import JSON, text_of

_NOT_A_NAME = re.compile(r"[^A-Za-z0-9_.-]")


def to_xml(value: JSON, schema: SchemaView | None) -> str:
    """A document; its root is named by `xml.name`, else by the name of the schema."""
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + _element(_name(_root_name(schema), schema), value, schema)


def _element(name: str, value: JSON, schema: SchemaView | None) -> str:
    if isinstance(value, list):
        return _list(name, value, schema)
    tag = _tag(name, schema)
    if not isinstance(value, dict):
        return (
            f"<{tag}{_namespace(schema)}/>" if value is None else f"<{tag}{_namespace(schema)}>{_text(value)}</{tag}>"
        )
    attributes, content = _namespace(schema), ""
    properties = schema.properties() if schema is not None else {}
    for key, item in value.items():
        member = properties.get(key)
        if _xml(member).get("attribute") is True and not isinstance(item, dict | list):
            attributes += f" {_name(key, member)}={quoteattr('' if item is None else text_of(item))}"
        else:
            content += _element(_name(key, member), item, member)
    return f"<{tag}{attributes}>{content}</{tag}>"


def _list(name: str, value: list[Any], schema: SchemaView | None) -> str:
    """The items one after the other; inside an element of their own where `wrapped` says so."""
    items = schema.items() if schema is not None else None
    item_name = _xml(items).get("name")
    content = "".join(_element(item_name if isinstance(item_name, str) else name, item, items) for item in value)
    return f"<{_tag(name, schema)}>{content}</{_tag(name, schema)}>" if _xml(schema).get("wrapped") is True else content


def _text(value: JSON) -> str:
    return escape(text_of(value))


def _xml(schema: SchemaView | None) -> dict[str, Any]:
    declared = schema.keyword("xml") if schema is not None else None
    return declared if isinstance(declared, dict) else {}


def _name(key: str, schema: SchemaView | None) -> str:
    declared = _xml(schema).get("name")
    # The name of an array is that of its wrapper; without one, the items keep the property's name.
    name = declared if isinstance(declared, str) else key
    name = _NOT_A_NAME.sub("_", name) or "_"
    return name if name[0].isalpha() or name[0] == "_" else "_" + name


def _tag(name: str, schema: SchemaView | None) -> str:
    """A prefix is only written where its namespace is declared too, so that the document stays well-formed."""
    declared = _xml(schema)
    prefix = declared.get("prefix")
    return (
        f"{prefix}:{name}"
        if isinstance(prefix, str) and prefix and isinstance(declared.get("namespace"), str)
        else name
    )


def _namespace(schema: SchemaView | None) -> str:
    declared = _xml(schema)
    namespace, prefix = declared.get("namespace"), declared.get("prefix")
    if not isinstance(namespace, str):
        return ""
    return f" xmlns{':' + prefix if isinstance(prefix, str) and prefix else ''}={quoteattr(namespace)}"


def _root_name(schema: SchemaView | None) -> str:
    reference = schema.value.get("$ref") if schema is not None and isinstance(schema.value, dict) else None
    return reference.rpartition("/")[2] if isinstance(reference, str) else "root"

"""XML from structures, by the XML Objects of a schema.

OpenAPI 3.1.1 and 3.2.0, "XML Object": `name`, `namespace`, `prefix`, `attribute`, `wrapped`, 3.2 `nodeType`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import RequestError
from ..values import MISSING
from .schema import SchemaView
from .style import text

_NAME = re.compile(r"[^\W\d][\w.\-]*(:[^\W\d][\w.\-]*)?")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_COMPONENTS = frozenset({"schemas", "definitions"})


@dataclass(slots=True)
class _Element:
    """An element while it is written."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    content: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        attributes = "".join(f' {name}="{_escape(value, quoted=True)}"' for name, value in self.attributes.items())
        if not self.content:
            return f"<{self.name}{attributes}/>"
        return f"<{self.name}{attributes}>{''.join(self.content)}</{self.name}>"


def xml_text(value: Any, schema: SchemaView | None, version: str) -> str:
    """An XML document (without declaration, in UTF-8) for a structure.

    Raises:
        RequestError: the root element has no name, or a name or character is none of XML.
    """
    name = _root_name(schema)
    if name is None and isinstance(value, dict) and len(value) == 1:
        # Nothing declares a root element: the only member is one.
        name, value = next(iter(value.items()))
        schema = schema.properties().get(name) if schema is not None else None
    if name is None:
        raise RequestError(
            "the XML root element has no name", hint="give the schema an xml.name, or the payload as a string"
        )
    if isinstance(value, list):
        element = _Element(_check_name(name))
        _items(element, name, value, schema)
        return str(element)
    return str(_element(name, value, schema))


def _root_name(schema: SchemaView | None) -> str | None:
    """`xml.name`, else the name of the component that is referenced."""
    if schema is None:
        return None
    declared = _xml(schema).get("name")
    if isinstance(declared, str):
        return declared
    view = schema.resolved()
    tokens = view.node.tokens if view is not None else ()
    return tokens[-1] if len(tokens) >= 2 and tokens[-2] in _COMPONENTS else None


def _element(name: str, value: Any, schema: SchemaView | None) -> _Element:
    xml = _xml(schema)
    element = _Element(_qualified(name, xml))
    _declare_namespace(element, xml)
    if isinstance(value, dict):
        properties = schema.properties() if schema is not None else {}
        for key, member in value.items():
            _member(element, key, member, properties.get(key))
    elif isinstance(value, list):
        _items(element, name, value, schema)
    elif value is not None:
        element.content.append(_escape(_text(value)))
    return element


def _member(parent: _Element, key: str, value: Any, schema: SchemaView | None) -> None:
    """A property: an attribute, text, a child element, or several; null and absent ones are left out."""
    if value is None or value is MISSING:
        return
    xml = _xml(schema)
    name = str(xml["name"]) if isinstance(xml.get("name"), str) else key
    kind = xml.get("nodeType")
    if kind == "attribute" or xml.get("attribute") is True:
        _declare_namespace(parent, xml)
        parent.attributes[_qualified(name, xml)] = _text(value)
    elif kind == "text":
        parent.content.append(_escape(_text(value)))
    elif kind == "cdata":
        parent.content.append("<![CDATA[" + _checked(_text(value)).replace("]]>", "]]]]><![CDATA[>") + "]]>")
    elif isinstance(value, list):
        _array(parent, name, key, value, schema, xml)
    elif kind == "none" and isinstance(value, dict):
        properties = schema.properties() if schema is not None else {}
        for inner, member in value.items():
            _member(parent, inner, member, properties.get(inner))
    else:
        parent.content.append(str(_element(name, value, schema)))


def _array(
    parent: _Element, name: str, key: str, value: list[Any], schema: SchemaView | None, xml: Mapping[str, Any]
) -> None:
    """A wrapped array is an element of its own; otherwise the name of the array itself means nothing (XML Object)."""
    if xml.get("wrapped") is True or xml.get("nodeType") == "element":
        wrapper = _Element(_qualified(name, xml))
        _declare_namespace(wrapper, xml)
        _items(wrapper, name, value, schema)
        parent.content.append(str(wrapper))
    else:
        _items(parent, key, value, schema)


def _items(parent: _Element, name: str, value: list[Any], schema: SchemaView | None) -> None:
    items = schema.items() if schema is not None else None
    declared = _xml(items).get("name")
    for item in value:
        if item is not None:
            parent.content.append(str(_element(declared if isinstance(declared, str) else name, item, items)))


def _xml(schema: SchemaView | None) -> Mapping[str, Any]:
    """The XML Object of a schema, beside a `$ref` or where it leads, or of an `allOf` member."""
    for view in _with_all_of(schema):
        declared = view.keyword("xml")
        if isinstance(declared, dict):
            return declared
    return {}


def _with_all_of(schema: SchemaView | None) -> Iterator[SchemaView]:
    view = schema.resolved() if schema is not None else None
    if schema is None or view is None:
        return
    yield schema
    for member in view.node.items("allOf"):
        yield SchemaView(member, view.version)


def _qualified(name: str, xml: Mapping[str, Any]) -> str:
    prefix = xml.get("prefix")
    return _check_name(f"{prefix}:{name}" if isinstance(prefix, str) and prefix and ":" not in name else name)


def _declare_namespace(element: _Element, xml: Mapping[str, Any]) -> None:
    namespace, prefix = xml.get("namespace"), xml.get("prefix")
    if isinstance(namespace, str) and namespace:
        element.attributes[f"xmlns:{prefix}" if isinstance(prefix, str) and prefix else "xmlns"] = namespace


def _check_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise RequestError(f"'{name}' is not the name of an XML element or attribute")
    return name


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        raise RequestError("binary content cannot be written as XML")
    return text(value)


def _checked(value: str) -> str:
    if _FORBIDDEN.search(value):
        raise RequestError("a value holds a character that XML cannot carry")
    return value


def _escape(value: str, *, quoted: bool = False) -> str:
    escaped = _checked(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if quoted:
        return escaped.replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;").replace("\r", "&#13;")
    return escaped.replace("\r", "&#13;")

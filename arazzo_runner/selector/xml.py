"""XML documents as the context of XPath: hardened reading, and writing back with declaration and encoding."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..errors import SelectorError, Unavailable
from ..values import JSON, Value, text_of
from .selector import kind_of

if TYPE_CHECKING:
    from lxml.etree import _Element, _ElementTree

_DECLARATION = re.compile(r"\ufeff?<\?xml\s[^>]*\?>\s*")
_PROLOG = re.compile(r"(?:\s|\ufeff|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)


def read_xml(context: Value) -> _ElementTree:
    """Parse an XML text without DTD, entities or network (decision 38).

    Raises:
        SelectorError: the context is not XML, or has a DOCTYPE.
    """
    if not isinstance(context, str | bytes):
        raise SelectorError(f"XPath is applied to XML text, not to {kind_of(context)}")
    if _has_doctype(context):
        raise SelectorError("XML with a DOCTYPE is refused")
    etree = lxml_etree()
    try:
        data = context.encode() if isinstance(context, str) else context
        parser = etree.XMLParser(
            encoding="utf-8" if isinstance(context, str) else None,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        )
        tree: _ElementTree = etree.ElementTree(etree.fromstring(data, parser))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SelectorError(f"the context is not XML: {error}") from error
    if tree.docinfo.internalDTD is not None:
        raise SelectorError("XML with a DOCTYPE is refused")
    return tree


def write_xml(tree: _ElementTree, original: str | bytes) -> str | bytes:
    """The text of a tree: a str keeps its declaration as written, bytes keep encoding and declaration."""
    etree = lxml_etree()
    if isinstance(original, str):
        declaration = _DECLARATION.match(original)
        text: str = etree.tostring(tree, encoding="unicode")
        return declaration[0] + text if declaration else text
    declared = original.removeprefix(b"\xef\xbb\xbf").startswith(b"<?xml")
    info = tree.docinfo
    result: bytes = etree.tostring(
        tree, encoding=info.encoding or "UTF-8", xml_declaration=declared, standalone=info.standalone or None
    )
    return result


def namespaces_of(tree: _ElementTree) -> dict[str, str]:
    """The prefixes declared on the document element; no default element namespace (decision 38)."""
    return {prefix: uri for prefix, uri in tree.getroot().nsmap.items() if prefix}


def set_text(element: _Element, value: JSON) -> None:
    """Make this the text, and the only content, of an element."""
    text = _xml_text(value)
    del element[:]
    _assign(element, "text", text)


def set_attribute(element: _Element, name: str, value: JSON) -> None:
    """Set an attribute."""
    try:
        element.set(name, _xml_text(value))
    except ValueError as error:
        raise SelectorError(f"an XML attribute cannot hold {value!r}: {error}") from error


def set_text_node(parent: _Element, before: _Element | None, value: JSON) -> None:
    """Replace one text node: the text of `parent` before its children, or what follows the child `before`."""
    if before is None:
        _assign(parent, "text", _xml_text(value))
    else:
        _assign(before, "tail", _xml_text(value))


def _assign(element: _Element, place: str, text: str) -> None:
    try:
        setattr(element, place, text)
    except ValueError as error:
        raise SelectorError(f"XML cannot hold {text!r}: {error}") from error


def _xml_text(value: JSON) -> str:
    """Text as expressions embed it: strings verbatim, the rest as JSON text (decision 21)."""
    return text_of(value)


def _has_doctype(context: str | bytes) -> bool:
    """Whether the prolog has a DOCTYPE, seen before the parser acts on it; other encodings are seen after it."""
    text = context if isinstance(context, str) else context[:65536].decode("latin-1").removeprefix("ï»¿")
    prolog = _PROLOG.match(text)
    return prolog is not None and text.startswith("<!DOCTYPE", prolog.end())


def lxml_etree() -> Any:
    """lxml, imported when the first XML is read."""
    try:
        from lxml import etree
    except ImportError as error:
        raise Unavailable("XPath needs lxml: pip install lxml") from error
    return etree

"""XPath, the selector type `xpath`: 1.0 in libxml2 through lxml, 2.0, 3.0 and 3.1 in elementpath on the same tree.

Decision 38: the context is XML text without a DTD; the prefixes of its document element are in scope, without a default
element namespace; a criterion passes by the effective boolean value of the selected version. Decision 59: an atomic
result is that value, one node its string value, several an array, none absent. Decision 45: every match is set.
"""

from __future__ import annotations

import importlib
import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal, TypeAlias

from ..errors import SelectorError, Unavailable
from ..values import JSON, MISSING, Value
from .bounded import Job, Operation, evaluate_apart, in_helper
from .selector import SelectorSyntaxError
from .xml import lxml_etree, namespaces_of, read_xml, set_attribute, set_text, set_text_node, write_xml
from .xpathcost import may_be_slow
from .xpathregex import bounded_parser, deadline

Version: TypeAlias = Literal["xpath-10", "xpath-20", "xpath-30", "xpath-31"]

# What elementpath may raise beside its own errors, for operands of types it does not expect.
_LEAKS = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_CODEPOINTS = "http://www.w3.org/2005/xpath-functions/collation/codepoint"  # and not this machine's locale
_PREFIX = re.compile(r"""'[^']*'|"[^"]*"|Q\{[^}]*\}|([^\W\d][\w.\-]*):(?=[^\W\d]|\*)""")


def compile_xpath10(query: str, limit_s: float = 1.0) -> XPath:
    """Compile an XPath 1.0 expression."""
    return _compile("xpath-10", query, limit_s)


def compile_xpath20(query: str, limit_s: float = 1.0) -> XPath:
    """Compile an XPath 2.0 expression."""
    return _compile("xpath-20", query, limit_s)


def compile_xpath30(query: str, limit_s: float = 1.0) -> XPath:
    """Compile an XPath 3.0 expression."""
    return _compile("xpath-30", query, limit_s)


def compile_xpath31(query: str, limit_s: float = 1.0) -> XPath:
    """Compile an XPath 3.1 expression."""
    return _compile("xpath-31", query, limit_s)


@lru_cache(maxsize=256)
def _compile(version: Version, query: str, limit_s: float) -> XPath:
    prefixes = frozenset(prefix for prefix in _PREFIX.findall(query) if prefix)
    # The prefixes are those of a document yet to come: for the grammar, any namespace will do.
    _parse(version, query, {prefix: f"urn:{prefix}" for prefix in prefixes - _known_prefixes(version)})
    return XPath(version, query, limit_s, prefixes)


@dataclass(frozen=True, slots=True)
class XPath:
    """A compiled XPath expression; where it may be slow, a helper process evaluates it."""

    version: Version
    query: str
    limit_s: float
    prefixes: frozenset[str]

    def value(self, context: Value) -> Value:
        """Decision 59: an atomic value, the string value of one node, an array of several, or MISSING."""
        if self._goes_apart(context):
            return self._apart("value", context)
        return self._parsed(tree := read_xml(context), tree).value()

    def matches(self, context: Value) -> bool:
        """The effective boolean value of the version in use."""
        if self._goes_apart(context):
            return bool(self._apart("matches", context))
        return self._parsed(tree := read_xml(context), tree).boolean()

    def set(self, document: Value, value: JSON, *, create_parents: bool = False) -> Value:
        """The XML text with every selected element, attribute or text set (decision 45)."""
        if self._goes_apart(document):
            return self._apart("set", document, value)
        tree = read_xml(document)
        places = self._parsed(tree, tree).places()
        if not places:
            raise SelectorError(f"{self.query} selects nothing to set")
        for place in places:
            place(value)
        assert isinstance(document, str | bytes)
        return write_xml(tree, document)

    def _goes_apart(self, context: Value) -> bool:
        if in_helper() or not isinstance(context, str | bytes):
            return False
        return may_be_slow(self.version, self.query, context, self.limit_s)

    def _apart(self, operation: Operation, context: Value, value: JSON = None) -> Value:
        read_xml(context)  # what is not XML needs no process to say so
        job = Job("xpath", self.version, self.query, operation, context, value)
        result: Value = evaluate_apart(job, self.limit_s)
        return result

    def _parsed(self, tree: Any, document: Any) -> _Result1 | _Result2:
        """The result over a document; parsed again where its prefixes give the names their namespaces."""
        namespaces = namespaces_of(tree) if self.prefixes else {}
        try:
            parsed = _parse(self.version, self.query, {p: namespaces[p] for p in self.prefixes if p in namespaces})
        except SelectorSyntaxError as error:  # a prefix that this document does not declare
            raise SelectorError(error.message) from error
        if self.version == "xpath-10":
            return _Result1(self.query, parsed, document)
        deadline.start(self.limit_s)
        return _Result2(self.query, parsed, document)


# --- XPath 1.0: libxml2 -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Result1:
    """The result of an XPath 1.0 expression: a boolean, a float, a text or a list of nodes."""

    query: str
    expression: Any
    tree: Any

    def value(self) -> Value:
        result = self._evaluate()
        if isinstance(result, bool | str):
            return str(result) if isinstance(result, str) else result
        if isinstance(result, float):
            return _number(result)
        return _one_or_several([_string_value(node) for node in result])

    def boolean(self) -> bool:
        """XPath 1.0, section 4.3, boolean()."""
        result = self._evaluate()
        return result != 0 and not math.isnan(result) if isinstance(result, float) else bool(result)

    def places(self) -> list[Callable[[JSON], None]]:
        result = self._evaluate()
        if not isinstance(result, list):
            raise SelectorError(f"{self.query} gives a value; a replacement needs a place")
        return [self._place(node) for node in result]

    def _place(self, node: Any) -> Callable[[JSON], None]:
        if getattr(node, "is_attribute", False):
            return lambda value: set_attribute(node.getparent(), node.attrname, value)
        if getattr(node, "is_text", False):
            return lambda value: set_text_node(node.getparent(), None, value)
        if getattr(node, "is_tail", False):
            return lambda value: set_text_node(node.getparent(), node.getparent(), value)
        if isinstance(getattr(node, "tag", None), str):
            return lambda value: set_text(node, value)
        raise _no_place(self.query)

    def _evaluate(self) -> Any:
        try:
            return self.expression(self.tree)
        except lxml_etree().XPathError as error:
            raise SelectorError(f"{self.query}: {error}") from error


def _string_value(node: Any) -> str:
    """XPath 1.0, section 5: of an element its whole text, of a namespace its URI."""
    if isinstance(node, str):
        return str(node)
    if isinstance(node, tuple):
        return str(node[1])
    return str(node.xpath("string()"))


# --- XPath 2.0, 3.0, 3.1: elementpath -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Result2:
    """The result of a later XPath expression: a sequence of nodes and atomic values."""

    query: str
    expression: Any
    tree: Any

    def value(self) -> Value:
        return _one_or_several([self._json(item) for item in self._items()])

    def boolean(self) -> bool:
        """XPath 2.0 and later, section 2.4.3: effective boolean value."""
        items = self._items()
        with _translated(self.query):
            return bool(self.expression.boolean_value(items))

    def places(self) -> list[Callable[[JSON], None]]:
        return [self._place(item) for item in self._items()]

    def _items(self) -> list[Any]:
        from elementpath import XPathContext

        with _translated(self.query):
            return list(self.expression.select(XPathContext(self.tree)))

    def _json(self, item: Any) -> Any:
        """An item as JSON: numbers and booleans as such, maps and arrays of 3.1, anything else its string."""
        from elementpath import XPathNode
        from elementpath.xpath_tokens import XPathArray, XPathFunction, XPathMap

        if isinstance(item, bool):
            return item
        if isinstance(item, int | float | Decimal):
            return _number(item)
        if isinstance(item, XPathNode):
            return item.string_value
        if isinstance(item, XPathMap):
            return {str(self._json(key)): self._member(member) for key, member in item.items()}
        if isinstance(item, XPathArray):
            return [self._member(member) for member in item.items()]
        if isinstance(item, XPathFunction):
            raise SelectorError(f"{self.query} gives a function, which is no value")
        return str(item)

    def _member(self, member: Any) -> Any:
        if not isinstance(member, list):
            return self._json(member)
        value = _one_or_several([self._json(item) for item in member])
        return None if value is MISSING else value

    def _place(self, item: Any) -> Callable[[JSON], None]:
        nodes: Any = importlib.import_module("elementpath")

        if isinstance(item, nodes.AttributeNode) and item.parent is not None:
            element, name = item.parent.value, item.name
            return lambda value: set_attribute(element, name, value)
        if isinstance(item, nodes.TextNode) and item.parent is not None:
            parent, before = item.parent.value, _element_before(item)
            return lambda value: set_text_node(parent, before, value)
        if isinstance(item, nodes.ElementNode):
            return lambda value: set_text(item.value, value)
        raise _no_place(self.query)


def _element_before(text: Any) -> Any:
    """The element, comment or instruction a text node follows, or None where it comes first in its parent."""
    siblings = text.parent.children
    position = next(index for index, node in enumerate(siblings) if node is text)
    return siblings[position - 1].value if position else None


def _no_place(query: str) -> SelectorError:
    return SelectorError(f"{query} selects what cannot be set; a replacement sets an element, an attribute or text")


@contextmanager
def _translated(query: str) -> Iterator[None]:
    """Errors of elementpath as SelectorError."""
    from elementpath import ElementPathError

    try:
        yield
    except (ElementPathError, *_LEAKS) as error:
        raise SelectorError(f"{query}: {error}") from error


# --- what both share ----------------------------------------------------------------------------------------------


def _one_or_several(values: list[Any]) -> Value:
    if not values:
        return MISSING
    result: Value = values[0] if len(values) == 1 else values
    return result


def _number(number: int | float | Decimal) -> int | float | Decimal:
    """A number of XPath as JSON has it: integral ones as int, else float where nothing is lost."""
    if not math.isfinite(number):
        raise SelectorError(f"the result is {_special(number)}, which JSON has no number for")
    if isinstance(number, int):
        return int(number)
    if -(10**18) < number < 10**18 and number == int(number):
        return int(number)
    if isinstance(number, Decimal) and Decimal(repr(float(number))) != number:
        return number
    return float(number)


def _special(number: int | float | Decimal) -> str:
    return "NaN" if math.isnan(number) else "INF" if number > 0 else "-INF"


def _parse(version: Version, query: str, namespaces: dict[str, str]) -> Any:
    if in_helper():  # maps, arrays and functions keep what they were evaluated to, so they are used once
        return _parse_anew(version, query, namespaces)
    return _cached_parse(version, query, tuple(sorted(namespaces.items())))


@lru_cache(maxsize=256)
def _cached_parse(version: Version, query: str, namespaces: tuple[tuple[str, str], ...]) -> Any:
    return _parse_anew(version, query, dict(namespaces))


def _parse_anew(version: Version, query: str, namespaces: dict[str, str]) -> Any:
    return _parse10(query, namespaces) if version == "xpath-10" else _parse20(version, query, namespaces)


def _parse10(query: str, namespaces: dict[str, str]) -> Any:
    etree = lxml_etree()
    try:
        # Without EXSLT's regular expressions: they are not XPath 1.0, and nothing bounds them.
        return etree.XPath(query, namespaces=namespaces, regexp=False, smart_strings=True)
    except (etree.XPathError, ValueError, TypeError) as error:
        raise SelectorSyntaxError(f"{query!r} is not XPath 1.0: {error}") from error


def _parse20(version: Version, query: str, namespaces: dict[str, str]) -> Any:
    classes = _parsers()
    from elementpath import ElementPathError
    from elementpath.tdop import Parser

    try:
        parser = classes[version](namespaces=namespaces, default_collation=_CODEPOINTS)
        parser.tokenizer = parser.tokenizer or parser.create_tokenizer(parser.symbol_table)
        # The grammar only: the parser's own parse() evaluates what does not need a document, without a time bound.
        root = Parser.parse(parser, query)
    except (ElementPathError, *_LEAKS) as error:
        reason = getattr(error, "message", str(error)) or type(error).__name__
        offset = _offset(error)
        raise SelectorSyntaxError(f"{query!r} is not {_title(version)}: {reason}", offset=offset) from error
    if root.label in ("sequence type", "function test"):
        raise SelectorSyntaxError(f"{query!r} is a type, not an expression of {_title(version)}")
    return root


def _offset(error: BaseException) -> int:
    span = getattr(getattr(error, "token", None), "span", (0, 0))
    return int(span[0])


def _title(version: Version) -> str:
    return f"XPath {version[-2]}.{version[-1]}"


@lru_cache(maxsize=1)
def _parsers() -> dict[str, Any]:
    lxml_etree()
    try:
        from elementpath import XPath2Parser
        from elementpath.xpath3 import XPath3Parser
        from elementpath.xpath30 import XPath30Parser
    except ImportError as error:
        raise Unavailable("XPath 2.0 and later need elementpath: pip install elementpath") from error
    found = {"xpath-20": XPath2Parser, "xpath-30": XPath30Parser, "xpath-31": XPath3Parser}
    return {version: bounded_parser(parser) for version, parser in found.items()}


def _known_prefixes(version: Version) -> frozenset[str]:
    """Prefixes of the language itself (XPath 2.0 and later, "statically known namespaces")."""
    if version == "xpath-10":
        return frozenset({"xml"})
    return frozenset(_parsers()[version].DEFAULT_NAMESPACES)

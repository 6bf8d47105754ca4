"""JSONPath (RFC 9535), the selector type `jsonpath`: read, type-checked and evaluated by jsonpath-rfc9535.

Some nodes of its compiled queries are replaced by ours, because in its 1.0.1 an existence test fails on `0`, `false`
and `""` (RFC 9535, section 2.3.5.2.1), `[true]` equals `[1]`, `$` inside a nested filter is not the root, Decimals are
never less than anything, `match()` runs for minutes on `(a|aa)+b`, and nothing bounds the time.

Decision 59: a singular query gives its value or MISSING, any other an array. Decision 45: every match is set.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeAlias

from ..errors import SelectorError, Unavailable
from ..values import JSON, MISSING, Value, loads, same
from .bounded import Deadline, too_slow
from .replacement import set_at
from .selector import SelectorSyntaxError, kind_of, structured

MAX_DEPTH = 500  # of a value under `..`; documents are read to depth 200, responses deeper

Location: TypeAlias = tuple[str | int, ...]
"""The normalized path of a node (RFC 9535, section 2.7): member names and indices."""

_deadline = Deadline()


@lru_cache(maxsize=256)
def compile_jsonpath(query: str, limit_s: float = 1.0) -> JsonPath:
    """Compile an RFC 9535 query.

    Raises:
        SelectorSyntaxError: it is not well-formed and valid (RFC 9535, section 2.1).
    """
    library = _library()
    try:
        compiled = _environment().compile(query)
        segments = _ours(compiled)
    except library.JSONPathError as error:
        offset = error.token.index if error.token else 0
        raise SelectorSyntaxError(f"{query!r} is not JSONPath: {error.args[0]}", offset=offset) from error
    except (ValueError, OverflowError) as error:  # numbers of thousands of digits
        raise SelectorSyntaxError(f"{query!r} is not JSONPath: a number is out of range") from error
    except (IndexError, AssertionError) as error:
        raise SelectorSyntaxError(f"{query!r} is not JSONPath: unexpected end or token") from error
    except RecursionError as error:
        raise SelectorSyntaxError("the JSONPath is nested too deep") from error
    keys = _singular_keys(compiled) if compiled.singular_query() else None
    return JsonPath(query, limit_s, keys, segments)


@dataclass(frozen=True, slots=True)
class JsonPath:
    """A compiled RFC 9535 query; `keys` are the steps of a singular one."""

    query: str
    limit_s: float
    keys: Location | None
    segments: tuple[Any, ...]

    @property
    def is_singular(self) -> bool:
        """Whether it reaches at most one value, step by step (RFC 9535, section 2.3.5.1)."""
        return self.keys is not None

    def value(self, context: Value) -> Value:
        """The value of a singular query or MISSING; the array of values of any other (decision 59)."""
        structured(context, "JSONPath")
        if self.keys is not None:
            return _reach(context, self.keys)
        return list(self.values(context))

    def matches(self, context: Value) -> bool:
        """Whether the nodelist is not empty (1.1.0, "Condition Evaluation")."""
        if context is MISSING or context is None or isinstance(context, str | bytes):
            raise SelectorError(f"JSONPath is not applied to {kind_of(context)}")
        if self.keys is not None:
            return _reach(context, self.keys) is not MISSING
        return next(self.nodes(context), None) is not None

    def set(self, document: Value, value: JSON, *, create_parents: bool = False) -> Value:
        """A copy with every match set; a query without a match creates nothing (decision 45)."""
        structured(document, "JSONPath")
        locations = [location for location, _ in self.nodes(document)]
        if not locations:
            raise SelectorError(f"{self.query} selects nothing to set")
        return set_at(document, locations, value)

    def values(self, context: Value) -> Iterator[Any]:
        """The values of the nodelist, one after the other."""
        return (value for _, value in self.nodes(context))

    def nodes(self, root: Value) -> Iterator[tuple[Location, Any]]:
        """The nodelist: locations and values, in the order of RFC 9535.

        Raises:
            SelectorError: it takes longer than the limit, or the value is too deep.
        """
        _deadline.start(self.limit_s)
        try:
            for node in _resolved(self.segments, root, root):
                yield node.location, node.value
        except _library().JSONPathError as error:
            raise SelectorError(f"{self.query}: {error.args[0]}") from error
        except RecursionError as error:
            raise SelectorError(f"{self.query}: the value is nested too deep") from error


def _reach(value: Any, keys: Location) -> Value:
    """Follow a singular query: member names into objects, indices (from the end if negative) into arrays."""
    for key in keys:
        if isinstance(key, str):
            if not isinstance(value, dict) or key not in value:
                return MISSING
        elif not isinstance(value, list) or not -len(value) <= key < len(value):
            return MISSING
        value = value[key]
    result: Value = value
    return result


def _resolved(segments: tuple[Any, ...], start: Any, root: Any) -> Iterable[Any]:
    nodes: Iterable[Any] = [_library().JSONPathNode(value=start, location=(), parent=None, root=root)]
    for segment in segments:
        nodes = segment.resolve(nodes)
    return nodes


@lru_cache(maxsize=1)
def _library() -> Any:
    """The library, imported when the first query is compiled."""
    try:
        import jsonpath_rfc9535
    except ImportError as error:
        raise Unavailable("JSONPath needs jsonpath-rfc9535: pip install jsonpath-rfc9535") from error
    return jsonpath_rfc9535


@lru_cache(maxsize=1)
def _environment() -> Any:
    environment = _library().JSONPathEnvironment()
    environment.max_recursion_depth = MAX_DEPTH
    return environment


def _singular_keys(compiled: Any) -> Location:
    selectors = [segment.selectors[0] for segment in compiled.segments]
    return tuple(selector.name if hasattr(selector, "name") else selector.index for selector in selectors)


# --- nodes of a compiled query that are replaced by ours ----------------------------------------------------------


def _ours(query: Any) -> tuple[Any, ...]:
    """The segments of a query (or of one inside a filter), ours where the library's would be wrong or unbounded."""
    from jsonpath_rfc9535.segments import JSONPathRecursiveDescentSegment as Descent
    from jsonpath_rfc9535.selectors import FilterSelector

    for segment in query.segments:
        for selector in segment.selectors:
            if isinstance(selector, FilterSelector):
                test = selector.expression
                test.expression = _our_expression(test.expression)
    return tuple(
        _Descendants(segment) if isinstance(segment, Descent) else _Children(segment.selectors)
        for segment in query.segments
    )


def _our_expression(node: Any) -> Any:
    from jsonpath_rfc9535 import filter_expressions as library

    match node:
        case library.ComparisonExpression():
            return _Comparison(_our_expression(node.left), node.operator, _our_expression(node.right))
        case library.LogicalExpression():
            node.left, node.right = _our_expression(node.left), _our_expression(node.right)
        case library.PrefixExpression():
            node.right = _our_expression(node.right)
        case library.RelativeFilterQuery() | library.RootFilterQuery():
            absolute = isinstance(node, library.RootFilterQuery)
            return _Query(absolute, _ours(node.query))
        case library.IntegerLiteral() | library.FloatLiteral():
            return _Number(_number(node.token.value))
        case library.FunctionExtension():
            node.args = [_our_expression(argument) for argument in node.args]
            if node.name in ("match", "search"):
                return _Regexp(node.name == "match", *node.args)
    return node


def _number(text: str) -> int | float | Decimal:
    """A number literal, as exact as the values it is compared with."""
    if re.fullmatch(r"-?[0-9]+", text):
        return int(text)
    number: int | float | Decimal = loads(text)
    return number


@dataclass(frozen=True, slots=True)
class _Children:
    """A child segment (RFC 9535, section 2.5.1) that looks at the time."""

    selectors: tuple[Any, ...]

    def resolve(self, nodes: Iterable[Any]) -> Iterator[Any]:
        for node in nodes:
            _deadline.check()
            for selector in self.selectors:
                yield from selector.resolve(node)


@dataclass(frozen=True, slots=True)
class _Descendants:
    """A descendant segment (RFC 9535, section 2.5.2) that looks at the time."""

    segment: Any

    def resolve(self, nodes: Iterable[Any]) -> Iterator[Any]:
        for node in nodes:
            for visited in self.segment._visit(node):
                _deadline.check()
                for selector in self.segment.selectors:
                    yield from selector.resolve(visited)


@dataclass(frozen=True, slots=True)
class _Query:
    """A query inside a filter; `$` stays the root of the whole value, however deep the filter is nested."""

    absolute: bool
    segments: tuple[Any, ...]

    def evaluate(self, context: Any) -> Any:
        _deadline.check()
        start = context.root if self.absolute else context.current
        return _library().JSONPathNodeList(_resolved(self.segments, start, context.root))


@dataclass(frozen=True, slots=True)
class _Number:
    value: int | float | Decimal

    def evaluate(self, context: Any) -> int | float | Decimal:
        return self.value


@dataclass(frozen=True, slots=True)
class _Comparison:
    """RFC 9535, section 2.3.5.2.2: "Nothing" equals only itself, only numbers and strings are ordered."""

    left: Any
    operator: str
    right: Any

    def evaluate(self, context: Any) -> bool:
        left, right = _comparable(self.left, context), _comparable(self.right, context)
        match self.operator:
            case "==":
                return _equal(left, right)
            case "!=":
                return not _equal(left, right)
            case "<":
                return _less(left, right)
            case ">":
                return _less(right, left)
            case "<=":
                return _less(left, right) or _equal(left, right)
            case _:
                return _less(right, left) or _equal(left, right)


def _comparable(expression: Any, context: Any) -> Any:
    """The value of one side; MISSING for "Nothing"."""
    library = _library()
    value = expression.evaluate(context)
    if isinstance(value, library.JSONPathNodeList):
        return value[0].value if value else MISSING
    return MISSING if value is library.filter_expressions.NOTHING else value


def _equal(left: Any, right: Any) -> bool:
    if left is MISSING or right is MISSING:
        return left is right
    return same(left, right)


def _less(left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left < right
    if _is_number(left) and _is_number(right):
        return bool(_exact(left) < _exact(right))
    return False


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _exact(number: int | float | Decimal) -> int | Decimal:
    """A number as it was written: 0.1 is a tenth, and not the binary fraction next to it."""
    return Decimal(repr(number)) if isinstance(number, float) else number


@dataclass(frozen=True, slots=True)
class _Regexp:
    """`match()` and `search()` (RFC 9535, sections 2.4.6 and 2.4.7) with an I-Regexp (RFC 9485), within the time."""

    whole: bool
    subject: Any
    pattern: Any

    def evaluate(self, context: Any) -> bool:
        import regex

        subject, pattern = _comparable(self.subject, context), _comparable(self.pattern, context)
        if not isinstance(subject, str) or not isinstance(pattern, str):
            return False
        compiled = _regexp(pattern)
        if compiled is None:
            return False
        try:
            search = compiled.fullmatch if self.whole else compiled.search
            return search(subject, timeout=_deadline.remaining()) is not None
        except TimeoutError:
            raise too_slow(_deadline.limit_s) from None
        except regex.error:
            return False


@lru_cache(maxsize=64)
def _regexp(pattern: str) -> Any:
    """The compiled I-Regexp, or None for a text that is none: then nothing matches."""
    import regex
    from iregexp_check import check

    if not check(pattern):
        return None
    try:
        return regex.compile(_DOT.sub(_dot, pattern))
    except regex.error:
        return None


# RFC 9485, section 5: a dot outside a character class is any character but the ends of a line.
_DOT = re.compile(r"\\.|\[(?:\\.|[^\\\]])*\]|\.", re.DOTALL)


def _dot(found: re.Match[str]) -> str:
    return r"[^\n\r]" if found[0] == "." else found[0]

"""What a JSONPath can find in values of a shape (RFC 9535; Goessner's draft where it reads the same).

The answers are proofs: False where no value of the shape has what a query looks for. A filter is decided for every
child there can be, as true, false, or it depends (RFC 9535, section 2.3.5.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias

from ..condition import Literal
from ..errors import Unavailable
from ..expression import Expression
from ..selector import DEFAULT_SELECTORS, SelectorSyntaxError
from ..values import JSON, same
from .shapes import UNKNOWN, Shape, array_of, conflict, of_constant, of_types, union
from .ways import has_items, pointed

_SHAPES = 1000  # shapes that one step of a query may lead to; beyond that nothing is proven

_INTEGER: Final = of_types("integer")
_ORDERED: Final = (of_types("number"), of_types("string"))
_SIZED: Final = of_types("string", "array", "object")
_TEXT: Final = of_types("string")
Truth: TypeAlias = "bool | None"


def reaches(query: str, shape: Shape, version: str | None = None) -> Truth:
    """Whether a JSONPath can find something in a value of this shape.

    False only when it certainly cannot: a name that no alternative declares, an index into what is no array, a filter
    that is false for every child. None when the shape is not known there, or the text is no JSONPath of this version.
    """
    compiled = _compiled(query, version)
    if compiled is None:
        return None
    try:
        found = _selected(compiled.segments, shape, shape)
    except _TooMany:
        return None
    if not found:
        return False
    return True if any(each != UNKNOWN for each in found) else None


def leading_filter_over_object(query: str, shape: Shape, version: str | None = None) -> bool:
    """Whether a query starts with a filter and the value is certainly an object.

    Such a filter tests the members of the object, not the object itself (decision 36).
    """
    compiled = _compiled(query, version)
    if compiled is None or not compiled.segments or shape.types is None:
        return False
    first = compiled.segments[0]
    return not _is_descendant(first) and _is_filter(first.selectors[0]) and shape.types - {"null"} == {"object"}


@dataclass(frozen=True, slots=True)
class DeadEnd:
    """Where a query certainly goes no further: at values of this shape, which have none of the names it asks for."""

    shape: Shape
    names: tuple[str, ...]


def dead_end(query: str, shape: Shape, version: str | None = None) -> DeadEnd | None:
    """Why `reaches` is False; None where it is not."""
    compiled = _compiled(query, version)
    if compiled is None or reaches(query, shape, version) is not False:
        return None
    found: tuple[Shape, ...] = (shape,)
    for segment in compiled.segments:
        further = _steps(segment, found, shape)
        if not further:
            return _where_lost(segment, found)
        found = further
    return None


def _where_lost(segment: Any, found: tuple[Shape, ...]) -> DeadEnd:
    from jsonpath_rfc9535.selectors import NameSelector

    names = tuple(each.name for each in segment.selectors if isinstance(each, NameSelector))
    children = [child for shape in found for child in shape.children()]
    asked = [name for each in segment.selectors if _is_filter(each) for name in _asked(each.expression.expression)]
    missing = tuple(dict.fromkeys(name for name in asked if not any(child.child(name) for child in children)))
    return DeadEnd(union(*children), missing) if missing and children else DeadEnd(union(*found), names)


def asks_for_members(query: str, shape: Shape, version: str | None = None) -> bool:
    """Whether a leading filter over an object asks for members that the object itself declares."""
    if not leading_filter_over_object(query, shape, version):
        return False
    asked = set(_asked(_compiled(query, version).segments[0].selectors[0].expression.expression))
    return bool(asked) and asked <= shape.properties.keys()


def counted_lists(query: str, shape: Shape, version: str | None = None) -> tuple[str, ...]:
    """The calls `count(@.items)` over one value that is a list, or not known: they come to 0 or 1 (RFC 9535, 2.4.5)."""
    compiled = _compiled(query, version)
    if compiled is None:
        return ()
    counted: dict[str, None] = {}
    found: tuple[Shape, ...] = (shape,)
    try:
        for segment in compiled.segments:
            current = (*(child for each in found for child in each.children()), *found)
            for selector in filter(_is_filter, segment.selectors):
                counted |= dict.fromkeys(_counted(selector.expression.expression, current, shape))
            found = _steps(segment, found, shape)
    except _TooMany:
        return ()
    return tuple(counted)


def _counted(test: Any, current: Iterable[Shape], root: Shape) -> Iterator[str]:
    for node in _within(test):
        query = node.args[0] if _is_call(node, "count") else None
        if query is not None and query.query.singular_query() and not query.query.empty():
            found = [shape for each in current for shape in _found(query, each, root)]
            if found and all(each.types is None or each.types - {"null"} == {"array"} for each in found):
                yield str(node)


def as_condition(query: str, context: Expression, version: str | None = None) -> str | None:
    """The simple condition over an object that a leading filter was meant to be; None where there is no certain one."""
    compiled = _compiled(query, version)
    if compiled is None or len(compiled.segments) != 1 or len(compiled.segments[0].selectors) != 1:
        return None
    selector = compiled.segments[0].selectors[0]
    return _condition(selector.expression.expression, context) if _is_filter(selector) else None


def result_shape(query: str, shape: Shape, version: str | None = None) -> Shape:
    """The shape of what a query gives: the value of a singular one, the array of values of any other (decision 59)."""
    compiled = _compiled(query, version)
    if compiled is None:
        return UNKNOWN
    try:
        result = union(*_selected(compiled.segments, shape, shape))
    except _TooMany:
        result = UNKNOWN
    return result if compiled.singular_query() else array_of(result)


@lru_cache(maxsize=256)
def _compiled(query: str, version: str | None) -> Any:
    """The query as jsonpath-rfc9535 compiles it; None where the engine of this version refuses it or is another."""
    from ..selector.jsonpath import JsonPath

    try:
        selector: Any = DEFAULT_SELECTORS.compile("jsonpath", version, query)
    except (SelectorSyntaxError, Unavailable):
        return None
    engine = getattr(selector, "engine", selector)
    if not isinstance(engine, JsonPath):
        return None
    import jsonpath_rfc9535

    # Not the engine's own segments: parts of those are replaced for evaluation.
    return jsonpath_rfc9535.compile(engine.query)


# --- segments and selectors -------------------------------------------------------------------------------------------


class _TooMany(Exception):
    """A query leads to more shapes than are worth a look."""


def _selected(segments: Iterable[Any], start: Shape, root: Shape) -> tuple[Shape, ...]:
    """The shapes of the nodes a query may find."""
    found: tuple[Shape, ...] = (start,)
    for segment in segments:
        found = _steps(segment, found, root)
    return found


def _steps(segment: Any, found: tuple[Shape, ...], root: Shape) -> tuple[Shape, ...]:
    """The shapes of the nodes that a segment selects of these."""
    visited = _descendants(found) if _is_descendant(segment) else found
    return _distinct(
        child for shape in visited for selector in segment.selectors for child in _children(selector, shape, root)
    )


def _children(selector: Any, shape: Shape, root: Shape) -> Iterator[Shape]:
    from jsonpath_rfc9535 import selectors as library

    match selector:
        case library.NameSelector(name=key) | library.IndexSelector(index=key):
            child = shape.child(key)
            if child is not None:
                yield child
        case library.SliceSelector():
            if shape.items is not None and selector.slice.step != 0:
                yield shape.items
        case library.WildcardSelector():
            yield from shape.children()
        case library.FilterSelector():
            test = selector.expression.expression
            yield from (child for child in shape.children() if _truth(test, child, root) is not False)
        case _:
            yield UNKNOWN


def _descendants(starts: Iterable[Shape]) -> tuple[Shape, ...]:
    """The shapes themselves and all below them (RFC 9535, section 2.5.2)."""
    found = dict.fromkeys(starts)
    waiting = list(found)
    while waiting:
        for child in waiting.pop().children():
            if child not in found:
                found[child] = None
                waiting.append(child)
                _limit(found)
    return tuple(found)


def _distinct(shapes: Iterable[Shape]) -> tuple[Shape, ...]:
    found: dict[Shape, None] = {}
    for shape in shapes:
        found[shape] = None
        _limit(found)
    return tuple(found)


def _limit(found: dict[Shape, None]) -> None:
    if len(found) > _SHAPES:
        raise _TooMany


def _is_descendant(segment: Any) -> bool:
    from jsonpath_rfc9535.segments import JSONPathRecursiveDescentSegment

    return isinstance(segment, JSONPathRecursiveDescentSegment)


def _is_filter(selector: Any) -> bool:
    from jsonpath_rfc9535.selectors import FilterSelector

    return isinstance(selector, FilterSelector)


# --- filters ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Operand:
    """One side of a comparison: its shape, None where it is certainly "Nothing"; it may also be absent."""

    shape: Shape | None
    may_be_absent: bool = True


_NOTHING: Final = _Operand(None)


def _truth(test: Any, current: Shape, root: Shape) -> Truth:
    """Whether a test holds for every value of the shape `current`, for none, or it depends."""
    from jsonpath_rfc9535 import filter_expressions as library

    match test:
        case library.LogicalExpression(operator="&&"):
            return _and(_truth(test.left, current, root), _truth(test.right, current, root))
        case library.LogicalExpression():
            return _or(_truth(test.left, current, root), _truth(test.right, current, root))
        case library.PrefixExpression():
            return _not(_truth(test.right, current, root))
        case library.ComparisonExpression():
            left, right = _operand(test.left, current, root), _operand(test.right, current, root)
            return _compared(left, test.operator, right)
        case library.FilterQuery():
            if not _found(test, current, root):
                return False
            return True if test.query.empty() else None
        case library.FunctionExtension(name="match" | "search"):
            texts = [_operand(argument, current, root).shape for argument in test.args]
            return None if all(text is not None and not conflict(text, _TEXT) for text in texts) else False
        case _:
            return None


def _within(test: Any) -> Iterator[Any]:
    """The nodes of a filter, queries inside it included."""
    from jsonpath_rfc9535 import filter_expressions as library

    yield test
    match test:
        case library.LogicalExpression() | library.ComparisonExpression():
            yield from (*_within(test.left), *_within(test.right))
        case library.PrefixExpression():
            yield from _within(test.right)
        case library.FunctionExtension():
            for argument in test.args:
                yield from _within(argument)
        case _:
            return


def _asked(test: Any) -> Iterator[str]:
    """The members that a filter asks of the current node."""
    from jsonpath_rfc9535.filter_expressions import RelativeFilterQuery
    from jsonpath_rfc9535.selectors import NameSelector

    for node in _within(test):
        if isinstance(node, RelativeFilterQuery) and node.query.segments:
            first = node.query.segments[0].selectors[0]
            if isinstance(first, NameSelector):
                yield first.name


def _is_call(node: Any, name: str) -> bool:
    from jsonpath_rfc9535.filter_expressions import FilterQuery, FunctionExtension

    return isinstance(node, FunctionExtension) and node.name == name and isinstance(node.args[0], FilterQuery)


def _and(left: Truth, right: Truth) -> Truth:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def _or(left: Truth, right: Truth) -> Truth:
    return _not(_and(_not(left), _not(right)))


def _not(value: Truth) -> Truth:
    return None if value is None else not value


def _found(query: Any, current: Shape, root: Shape) -> tuple[Shape, ...]:
    """What a query inside a filter may find."""
    from jsonpath_rfc9535.filter_expressions import RootFilterQuery

    return _selected(query.query.segments, root if isinstance(query, RootFilterQuery) else current, root)


def _operand(node: Any, current: Shape, root: Shape) -> _Operand:
    from jsonpath_rfc9535 import filter_expressions as library

    match node:
        case library.FilterExpressionLiteral():
            return _Operand(of_constant(node.value), may_be_absent=False)
        case library.FilterQuery():
            found = _found(node, current, root)
            return _Operand(union(*found), not node.query.empty()) if found else _NOTHING
        case library.FunctionExtension(name="count", args=[library.FilterQuery() as query]):
            return _Operand(_count(query, _found(query, current, root)), may_be_absent=False)
        case library.FunctionExtension(name="value", args=[library.FilterQuery() as query]):
            found = _found(query, current, root)
            return _Operand(union(*found)) if found else _NOTHING
        case library.FunctionExtension(name="length", args=[argument]):
            return _length(_operand(argument, current, root))
        case _:
            return _Operand(UNKNOWN)


def _count(query: Any, found: tuple[Shape, ...]) -> Shape:
    """How many nodes a query finds: not how many items an array has, which is what authors mean (decision 36)."""
    if not found:
        return of_constant(0)
    if query.query.empty():
        return of_constant(1)
    return union(of_constant(0), of_constant(1)) if query.query.singular_query() else _INTEGER


def _length(of: _Operand) -> _Operand:
    """RFC 9535, section 2.4.4: a number for a string, an array or an object, else "Nothing"."""
    if of.shape is None or conflict(of.shape, _SIZED):
        return _NOTHING
    return _Operand(_INTEGER)


def _compared(left: _Operand, operator: str, right: _Operand) -> Truth:
    """RFC 9535, section 2.3.5.2.2."""
    match operator:
        case "==":
            return _equal(left, right)
        case "!=":
            return _not(_equal(left, right))
        case "<":
            return _less(left, right)
        case ">":
            return _less(right, left)
        case "<=":
            return _or(_less(left, right), _equal(left, right))
        case _:
            return _or(_less(right, left), _equal(left, right))


def _equal(left: _Operand, right: _Operand) -> Truth:
    if left.shape is None and right.shape is None:
        return True
    if left.may_be_absent and right.may_be_absent:
        return None
    if left.shape is None or right.shape is None or conflict(left.shape, right.shape):
        return False
    pairs = _pairs(left.shape, right.shape)
    return None if pairs is None else _always(left, right, [same(a, b) for a, b in pairs])


def _less(left: _Operand, right: _Operand) -> Truth:
    if left.shape is None or right.shape is None:
        return False
    if all(conflict(left.shape, kind) or conflict(right.shape, kind) for kind in _ORDERED):
        return False
    pairs = _pairs(left.shape, right.shape)
    return None if pairs is None else _always(left, right, [_is_less(a, b) for a, b in pairs])


def _pairs(left: Shape, right: Shape) -> list[tuple[JSON, JSON]] | None:
    """The values that may meet, where both sides have only a few."""
    a, b = left.constants, right.constants
    return None if a is None or b is None else [(x, y) for x in a for y in b]


def _always(left: _Operand, right: _Operand, outcomes: list[bool]) -> Truth:
    if not any(outcomes):
        return False
    return True if all(outcomes) and not left.may_be_absent and not right.may_be_absent else None


def _is_less(left: Any, right: Any) -> bool:
    if isinstance(left, str) or isinstance(right, str):
        return isinstance(left, str) and isinstance(right, str) and left < right
    return not any(isinstance(each, bool | list | dict | None) for each in (left, right)) and bool(left < right)


# --- as a simple condition --------------------------------------------------------------------------------------------

_MIRRORED: Final = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _condition(test: Any, context: Expression) -> str | None:
    from jsonpath_rfc9535 import filter_expressions as library

    match test:
        case library.LogicalExpression(operator=operator):
            left, right = _condition(test.left, context), _condition(test.right, context)
            inner = (test.left, test.right)
            if left is None or right is None or any(isinstance(each, library.LogicalExpression) for each in inner):
                return None
            return f"{left} {operator} {right}"
        case library.PrefixExpression(right=library.FilterQuery() as query):
            return _member_condition(query, "==", "null", context)
        case library.FilterQuery():
            return _member_condition(test, "!=", "null", context)
        case library.ComparisonExpression(left=library.FilterExpressionLiteral() as literal):
            return _comparison(test.right, _MIRRORED[test.operator], literal.value, context)
        case library.ComparisonExpression(right=library.FilterExpressionLiteral() as literal):
            return _comparison(test.left, test.operator, literal.value, context)
        case _:
            return None


def _comparison(operand: Any, operator: str, value: Any, context: Expression) -> str | None:
    from jsonpath_rfc9535.filter_expressions import FilterQuery

    if isinstance(operand, FilterQuery):
        return _member_condition(operand, operator, str(Literal(value)), context)
    if _is_call(operand, "count") or _is_call(operand, "length"):
        way = _way(operand.args[0])
        return None if way is None else has_items(context, way, operator, value)
    return None


def _member_condition(query: Any, operator: str, value: str, context: Expression) -> str | None:
    way = _way(query)
    member = None if way is None else pointed(context, way)
    return None if member is None else f"{member} {operator} {value}"


def _way(query: Any) -> tuple[str | int, ...] | None:
    """The names and indexes of a singular query on the current node."""
    from jsonpath_rfc9535.filter_expressions import RelativeFilterQuery
    from jsonpath_rfc9535.selectors import NameSelector

    if not isinstance(query, RelativeFilterQuery) or not query.query.singular_query():
        return None
    selectors: list[Any] = [segment.selectors[0] for segment in query.query.segments]
    return tuple(each.name if isinstance(each, NameSelector) else each.index for each in selectors)

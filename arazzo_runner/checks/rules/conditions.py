"""Conditions whose operands decide nothing: by their types, the values they can have, or as no truth value at all.

Arazzo 1.1.0, "Criterion Object"; decisions 18, 31, 32, 35. A schema is taken at its word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from ...condition import (
    COMPARE,
    And,
    BareComparison,
    Comparison,
    ContextOperand,
    ExpressionOperand,
    Literal,
    Node,
    Not,
    Or,
    RegexCondition,
    comparison_of,
    compile_pattern,
    walk,
)
from ...condition.lexer import number_value
from ...diagnostics import Diagnostic, did_you_mean
from ...errors import LanguageSyntaxError
from ...expression import Response, StatusCode, parts
from ...values import JSON, text_of
from ..misfits import type_of
from ..places import CriterionPlace, of_criteria
from ..registry import rule
from ..shapes import COUNTED, UNKNOWN, Shape, of_constant, of_types, union
from ..subject import Subject, finding
from ..ways import has_items
from ..words import some


@rule("ARZ410")
def operands_never_equal(subject: Subject) -> Iterator[Diagnostic]:
    """A comparison whose operands can never be equal, or have no order, by their documented types or values (32)."""
    return of_criteria(subject, lambda place: comparisons(subject, place))


@rule("ARZ420")
def operand_is_no_truth_value(subject: Subject) -> Iterator[Diagnostic]:
    """Only `true` passes: a text, a number or an object in place of a condition never does (decision 31)."""
    return of_criteria(subject, lambda place: _truth_values(subject, place))


@rule("ARZ424")
def pattern_matches_nothing(subject: Subject) -> Iterator[Diagnostic]:
    """A pattern in the slashes of JavaScript, one that fits no value there can be, or one that fits every text."""
    return of_criteria(subject, lambda place: _patterns(subject, place))


# Comparisons ----------------------------------------------------------------------------------------------------------


def comparisons(subject: Subject, place: CriterionPlace) -> Iterator[tuple[str, Diagnostic]]:
    """What is wrong with the comparisons of a condition, each by its text."""
    root = _root(place)
    for node in walk(root) if root is not None else ():
        if isinstance(node, Comparison):
            for operand, shape, other, other_shape in _sides(subject, place, node):
                found = _by_type(place, node, operand, shape, other, other_shape) or _by_value(
                    node, operand, shape, other, other_shape
                )
                if found is not None:
                    message, hint = found
                    yield str(node), finding("ARZ410", message, place.criterion.location, hint)
                    break


def _root(place: CriterionPlace) -> Node | None:
    compared = comparison_of(place.criterion.condition)
    return None if compared is None else compared[0]


def _sides(subject: Subject, place: CriterionPlace, node: Comparison) -> Iterator[tuple[Node, Shape, Node, Shape]]:
    """What a run reads, and what it is compared with; from the right, too, where that is no constant."""
    left, right = _shape(subject, place, node.left), _shape(subject, place, node.right)
    if not isinstance(node.left, Literal):
        yield node.left, left, node.right, right
    if not isinstance(node.right, Literal):
        yield node.right, right, node.left, left


def _shape(subject: Subject, place: CriterionPlace, node: Node) -> Shape:
    """What an operand can be; UNKNOWN where nothing is known, or where that it is absent is another finding."""
    expected = subject.expected(place.step.workflow)
    match node:
        case Literal(value=value):
            return of_constant(value)
        case ExpressionOperand(expression=expression):
            if _is_unforeseen(place, expression):
                return UNKNOWN
            return expected.shape(expression, place.step, place.which) or UNKNOWN
        case ContextOperand(accessors=accessors):
            condition = place.criterion.condition
            if not isinstance(condition, BareComparison) or _is_unforeseen(place, condition.context.expression):
                return UNKNOWN
            return _accessed(expected.shape(condition.context.expression, place.step, place.which), accessors)
        case Comparison() | Not() | And() | Or():
            return of_types("boolean")
        case _:
            return UNKNOWN


def _is_unforeseen(place: CriterionPlace, expression: object) -> bool:
    """Whether a response is read of which the operation documents none: it is asked for by another status."""
    return (
        place.outcome is not None
        and any(isinstance(part, Response) for part in parts(expression))  # type: ignore[arg-type]
        and not place.is_foreseen
    )


def _accessed(shape: Shape | None, accessors: tuple[str | int, ...]) -> Shape:
    """`.length` is the size of an array or a text, unless there is such a member (decision 0)."""
    for accessor in accessors:
        if shape is None:
            return UNKNOWN
        child = shape.child(accessor)
        counted = accessor == "length" and (shape.types is None or bool(shape.types & COUNTED))
        sizes = [of_types("integer")] if counted else []
        found = [*([child] if child is not None else []), *sizes]
        shape = union(*found) if found else None
    return shape or UNKNOWN


def _by_type(
    place: CriterionPlace, node: Comparison, operand: Node, shape: Shape, other: Node, other_shape: Shape
) -> tuple[str, str | None] | None:
    """What is wrong where no value of one type compares with one of the other; null compares with what is absent."""
    types, others = _kinds(shape), _kinds(other_shape)
    if not types or not others or any(_compare(node, a, b, shape, other_shape) for a in types for b in others):
        return None
    hint = _instead(place, node, operand, shape, other)
    if node.operator not in ("==", "!="):
        return f"{operand} is {shape.describe()}, which has no order with {_told(other, other_shape)}", hint
    if isinstance(other, Literal):
        verb = "never equals" if node.operator == "==" else "always differs from"
        return f"{operand} is {shape.describe()} and {verb} {_told(other, other_shape)}", hint
    what = f"{operand} is {shape.describe()}, {other} is {other_shape.describe()}"
    return f"{what}: they are never equal", hint


def _kinds(shape: Shape) -> frozenset[str]:
    """The types a value can have, for comparisons; none where that is not known, or where it is only null."""
    types = (shape.types or frozenset()) - {"null"}
    return frozenset("number" if each == "integer" else each for each in types)


def _compare(node: Comparison, left: str, right: str, shape: Shape, other: Shape) -> bool:
    """Whether values of two types can be equal, or be in order."""
    if {left, right} == {"number", "string"}:
        return _may_be_numeric(shape if left == "string" else other)
    return left == right and (node.operator in ("==", "!=") or left in ("number", "string"))


def _may_be_numeric(text: Shape) -> bool:
    """Whether one of these texts can be that of a number (decision 32)."""
    values = text.constants
    return values is None or any(isinstance(each, str) and number_value(each) is not None for each in values)


def _told(node: Node, shape: Shape) -> str:
    if isinstance(node, Literal):
        return f"{node}, {of_types(type_of(node.value)).describe()}"
    return f"{node}, {shape.describe()}"


def _by_value(
    node: Comparison, operand: Node, shape: Shape, other: Node, other_shape: Shape
) -> tuple[str, str | None] | None:
    """What is wrong where none of the only values there are equals one of the other's (without regard to case)."""
    values, others = shape.constants, other_shape.constants
    if node.operator not in ("==", "!=") or not values or not others or None in others:
        return None
    if isinstance(operand, Literal) or any(COMPARE["=="](a, b) for a in values for b in others):
        return None
    verb = "is never" if node.operator == "==" else "always differs from"
    if isinstance(other, Literal):
        return f"{operand} {verb} {other}: it is {shape.describe()}", _nearest(other.value, values)
    what = f"{operand} is {shape.describe()}, {other} is {other_shape.describe()}"
    return f"{what}: they are never equal", None


def _nearest(value: JSON, known: Iterable[JSON]) -> str | None:
    texts = [each for each in known if isinstance(each, str)]
    if not isinstance(value, str):
        return None
    return did_you_mean(value, texts) or did_you_mean(value.lower(), [each.lower() for each in texts])


# What to write instead ------------------------------------------------------------------------------------------------


def _instead(place: CriterionPlace, node: Comparison, operand: Node, shape: Shape, other: Node) -> str | None:
    if not isinstance(other, Literal):
        return None
    value, types = other.value, _kinds(shape)
    if isinstance(operand, ExpressionOperand) and isinstance(operand.expression, StatusCode):
        return _class_of_statuses(value)
    if types == {"boolean"} and isinstance(value, str) and value.lower() in ("true", "false"):
        return f"write {value.lower()} without quotes"
    if types == {"string"} and isinstance(value, bool):
        return f"write '{text_of(value)}' in quotes"
    if types == {"array"} and isinstance(value, int) and not isinstance(value, bool):
        return _first_item(place, operand, node.operator, value)
    if types == {"object"} and shape.properties:
        return f"it has {some(tuple(shape.properties))}; compare one of these"
    return None


def _class_of_statuses(value: JSON) -> str | None:
    """`$statusCode == '2XX'`"""
    found = re.fullmatch(r"([1-5])xx", value, re.IGNORECASE) if isinstance(value, str) else None
    if found is None:
        return None
    first = int(found[1]) * 100
    return f"write $statusCode >= {first} && $statusCode < {first + 100}"


def _first_item(place: CriterionPlace, operand: Node, operator: str, value: int) -> str | None:
    """An array compared with a number: whether it has items is asked of the first one."""
    condition, test = place.criterion.condition, None
    if isinstance(operand, ExpressionOperand):
        test = has_items(operand.expression, (), operator, value)
    if isinstance(operand, ContextOperand) and isinstance(condition, BareComparison):
        test = has_items(condition.context.expression, operand.accessors, operator, value)
    return f"ask for the first item: {test}" if test else None


# Truth values ---------------------------------------------------------------------------------------------------------


def _truth_values(subject: Subject, place: CriterionPlace) -> Iterator[tuple[str, Diagnostic]]:
    for node, negated in _bare(_root(place)):
        shape = _shape(subject, place, node)
        types = _kinds(shape)
        if not types or "boolean" in types:
            continue
        if negated:
            message, how = f"'!' fails for what is neither true, false nor null, and {node} is {shape.describe()}", "=="
        else:
            message, how = f"{node} is {shape.describe()} where a condition stands, and only true passes", "!="
        yield str(node), finding("ARZ420", message, place.criterion.location, f"compare it: {node} {how} null")


def _bare(node: Node | None, negated: bool = False) -> Iterator[tuple[Node, bool]]:
    """The operands that stand where a truth value is wanted, and whether after a `!`."""
    match node:
        case ExpressionOperand() | ContextOperand():
            yield node, negated
        case Not(operand=operand):
            yield from _bare(operand, True)
        case And(operands=operands) | Or(operands=operands):
            for operand in operands:
                yield from _bare(operand)
        case _:
            return


# Patterns -------------------------------------------------------------------------------------------------------------

_SLASHES: Final = re.compile(r"/(?P<pattern>.+)/(?P<flags>[dgimsuvy]*)", re.DOTALL)


def _patterns(subject: Subject, place: CriterionPlace) -> Iterator[tuple[str, Diagnostic]]:
    condition = place.criterion.condition
    if not isinstance(condition, RegexCondition) or not condition.template.is_literal:
        return
    pattern, context = condition.template.text, condition.context
    shape = _shape(subject, place, ExpressionOperand(context.expression, context.text))
    for message, hint in filter(None, (_slashed(pattern) or _unfit(pattern, context.text, shape),)):
        yield pattern, finding("ARZ424", message, place.criterion.location, hint)


def is_slashed(pattern: str) -> bool:
    """Whether a pattern is written between the slashes of JavaScript, where a path would not be."""
    found = _SLASHES.fullmatch(pattern)
    return found is not None and (bool(found["flags"]) or bool(re.search(r"^\^|(?<!\\)\$$|\\[dwsb]", found["pattern"])))


def _slashed(pattern: str) -> tuple[str, str] | None:
    found = _SLASHES.fullmatch(pattern)
    if found is None or not is_slashed(pattern):
        return None
    what = f"the slashes{' and flags' if found['flags'] else ''} of '{pattern}' are part of the pattern"
    heed = ", and [Aa] for a letter in either case" if "i" in found["flags"] else ""
    return f"{what}, and are looked for as they stand", f"write {found['pattern']}{heed}"


def _unfit(pattern: str, context: str, shape: Shape) -> tuple[str, str | None] | None:
    """A pattern that finds nothing, or something whatever the text is."""
    values = tuple(value for value in shape.constants or () if value is not None)
    if values and not any(_finds(pattern, text_of(value)) for value in values):
        near = did_you_mean(pattern.strip("^$"), [each for each in values if isinstance(each, str)])
        return f"'{pattern}' finds nothing in {context}, which is {shape.describe()}", near
    if _kinds(shape) == {"number"} and re.fullmatch(r"\^?[A-Za-z]*[A-DF-Za-df-z][A-Za-z]*\$?", pattern):
        return f"'{pattern}' finds nothing in {context}, which is {shape.describe()}", None
    if not values and _finds_all(pattern) and context != "$statusCode":
        what = f"'{pattern}' finds something in every text: this only asks whether {context} is there"
        return what, f"write the condition {context} != null, without type and context"
    return None


def _finds_all(pattern: str) -> bool:
    """Whether a pattern without groups and classes, anchored at one end at most, is found in an empty text."""
    loose = pattern.removeprefix("^") if pattern.startswith("^") else pattern.removesuffix("$")
    return re.search(r"[\\^$(\[]", loose) is None and _finds(loose, "")


def _finds(pattern: str, text: str) -> bool:
    try:
        return compile_pattern(pattern)(text, 1.0)
    except (LanguageSyntaxError, TimeoutError):
        return True

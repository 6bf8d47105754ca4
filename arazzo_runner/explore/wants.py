"""What conditions look at, and the values of it that they tell apart: the way from a verdict back to an answer.

Simple conditions are read from their tree; of patterns and queries the texts are taken that stand in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeAlias

from ..condition import (
    Comparison,
    Condition,
    ContextOperand,
    ExpressionOperand,
    Literal,
    Node,
    QueryCondition,
    RegexCondition,
    comparison_of,
    walk,
)
from ..expression import Alternatives, Expression, StatusCode, Tokens, split
from ..sample.draw import Draw
from ..sample.pattern import texts
from ..values import JSON, MISSING, Missing

_TEXTS: Final = 3  # made for a pattern
_WORD: Final = re.compile(
    r"'(?P<single>(?:[^'\\]|\\.)*)'|\"(?P<double>(?:[^\"\\]|\\.)*)\"|(?P<number>(?<![\w.])-?\d+(?:\.\d+)?(?![\w.]))"
    r"|(?P<name>[A-Za-z_][\w-]*)"
)
_CONSTANTS: Final[dict[str, JSON]] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Look:
    """An operand: what it reads, and values that matter there; MISSING is to take it away.

    `others` are what it is compared with where that is no constant. With `counted`, values are numbers of items or
    characters of what it reads.
    """

    expression: Expression
    tokens: Tokens
    values: tuple[JSON | Missing, ...]
    others: tuple[Expression, ...] = ()
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """A query over what an expression reads: the names it goes through and the constants in it."""

    expression: Expression
    tokens: Tokens
    names: frozenset[str]
    constants: tuple[JSON, ...]


Want: TypeAlias = Look | Search


def wants(condition: Condition) -> Iterator[Want]:
    """What a condition looks at."""
    compared = comparison_of(condition)
    if compared is not None:
        yield from _of_comparison(*compared)
        return
    match condition:
        case RegexCondition(context=context, template=template):
            found = tuple(texts(template.text, 0, None, Draw(0, ("regex",)))) if template.is_literal else ()
            for base, tokens in _bases(context.expression):
                yield Look(base, tokens, (*found[:_TEXTS], "", "?", MISSING))
        case QueryCondition(context=context, template=template):
            names, constants = _words(template.text)
            for base, tokens in _bases(context.expression):
                yield Search(base, tokens, names, constants)
        case _:
            return


def presence(expression: Expression) -> Iterator[Look]:
    """What has to be there so that an expression has a value."""
    for base, tokens in _bases(expression):
        yield Look(base, tokens, ())


def mentioned_statuses(condition: Condition) -> frozenset[int]:
    """The statuses that a condition tells apart, and those beside them."""
    found = [
        value
        for want in wants(condition)
        if isinstance(want, Look) and isinstance(want.expression, StatusCode)
        for value in want.values
    ]
    return frozenset(int(value) for value in found if isinstance(value, int) and not isinstance(value, bool))


def _bases(expression: Expression) -> Iterator[tuple[Expression, Tokens]]:
    """What an expression may read; of several readings of one text each."""
    base, tokens = split(expression)
    if isinstance(base, Alternatives):
        for candidate in base.candidates:
            inner, way = split(candidate)
            yield inner, (*way, *tokens)
    else:
        yield base, tokens


def _of_comparison(root: Node, context: Expression | None) -> Iterator[Look]:
    compared: set[int] = set()
    for node in walk(root):
        if isinstance(node, Comparison):
            compared.update((id(node.left), id(node.right)))
            yield from _sides(node, context)
        elif id(node) not in compared:
            for base, tokens in _read(node, context):
                yield Look(base, tokens, (True, False, MISSING))


def _sides(node: Comparison, context: Expression | None) -> Iterator[Look]:
    for side, other in ((node.left, node.right), (node.right, node.left)):
        for base, tokens in _read(side, context):
            if isinstance(other, Literal):
                values = tuple(_around(other.value, ordered=node.operator not in ("==", "!=")))
                yield Look(base, tokens, values)
                if tokens[-1:] == ("length",) and isinstance(other.value, int):
                    yield Look(base, tokens[:-1], values, counted=True)
            else:
                others = tuple(expression for expression in _expressions(other, context))
                yield Look(base, tokens, (), others)


def _read(node: Node, context: Expression | None) -> Iterator[tuple[Expression, Tokens]]:
    match node:
        case ExpressionOperand(expression=expression):
            yield from _bases(expression)
        case ContextOperand(accessors=accessors) if context is not None:
            for base, tokens in _bases(context):
                yield base, (*tokens, *map(str, accessors))
        case _:
            return


def _expressions(node: Node, context: Expression | None) -> Iterator[Expression]:
    match node:
        case ExpressionOperand(expression=expression):
            yield expression
        case ContextOperand() if context is not None:
            yield context
        case _:
            return


def _around(value: JSON, *, ordered: bool) -> Iterator[JSON | Missing]:
    """The constant, and values that differ from it."""
    yield value
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value - 1)
    elif isinstance(value, float | Decimal):
        yield from (int(value) + 1, int(value) - 1)
    elif isinstance(value, str):
        yield from (value + "x", *(("", "~") if ordered else ()))
    else:
        yield from ("example", 1, True, {}, [])
    yield MISSING


def _words(query: str) -> tuple[frozenset[str], tuple[JSON, ...]]:
    """The names and the constants of a JSONPath or XPath query; a quoted text may be either."""
    names: dict[str, None] = {}
    constants: dict[str, JSON] = {}
    for match in _WORD.finditer(query):
        quoted = match["single"] if match["single"] is not None else match["double"]
        if quoted is not None:
            names[quoted] = None
            constants[f"'{quoted}"] = quoted
        elif match["number"] is not None:
            number = float(match["number"]) if "." in match["number"] else int(match["number"])
            constants[match["number"]] = number
        elif match["name"] in _CONSTANTS:
            constants[match["name"]] = _CONSTANTS[match["name"]]
        else:
            names[match["name"]] = None
    return frozenset(names), tuple(constants.values())

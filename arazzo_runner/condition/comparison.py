"""The comparisons of simple conditions: loose, and case-insensitive for strings.

Arazzo 1.1.0, "Simple Conditions"; decisions 18 (absent behaves as null), 32 (coercion) and 33 (null).
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeAlias

from ..values import MISSING, Value, same
from .lexer import number_value
from .nodes import ComparisonOperator

Compare: TypeAlias = "Callable[[Value, Value], bool]"


def equal(left: Value, right: Value) -> bool:
    """`==`: number with numeric string by value, strings by case-folded text, structures all the way down."""
    kind = type(left)
    if kind is type(right) and (kind is int or kind is bool):
        return left == right
    if isinstance(left, str) and isinstance(right, str):
        return left == right or left.casefold() == right.casefold()
    left, right = _null(left), _null(right)
    if left is None or right is None:
        return left is right
    numbers = _numbers(left, right)
    return same(*numbers) if numbers is not None else same(left, right)


def unequal(left: Value, right: Value) -> bool:
    """`!=`"""
    return not equal(left, right)


def _null(value: Value) -> Value:
    return None if value is MISSING else value


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _numbers(left: Value, right: Value) -> tuple[Any, Any] | None:
    """Both as numbers, where one is a number and the other a number or the text of one."""
    if _is_number(left):
        other = number_value(right) if isinstance(right, str) else right
        return (left, other) if _is_number(other) else None
    if _is_number(right) and isinstance(left, str):
        number = number_value(left)
        return None if number is None else (number, right)
    return None


def _ordering(holds: Callable[[Any, Any], bool]) -> Compare:
    def compare(left: Value, right: Value) -> bool:
        if isinstance(left, str) and isinstance(right, str):
            return holds(left.casefold(), right.casefold())
        numbers = _numbers(left, right)
        return numbers is not None and holds(*map(_exact, numbers))

    return compare


def _exact(number: int | float | Decimal) -> int | Decimal:
    """A float by its shortest text, so that 0.1 and the Decimal of "0.1" are one number."""
    return Decimal(repr(number)) if isinstance(number, float) else number


def orderable(left: Value, right: Value) -> bool:
    """Whether `<` and its like can be true of these values at all."""
    return (isinstance(left, str) and isinstance(right, str)) or _numbers(left, right) is not None


COMPARE: dict[ComparisonOperator, Compare] = {
    "==": equal,
    "!=": unequal,
    "<": _ordering(operator.lt),
    "<=": _ordering(operator.le),
    ">": _ordering(operator.gt),
    ">=": _ordering(operator.ge),
}

"""The texts of expressions that go on from another one."""

from __future__ import annotations

from ..condition.portable import FIRST_ITEM, point_into
from ..expression import Expression, split


def pointed(expression: Expression, way: tuple[str | int, ...]) -> str | None:
    """The text of the expression that goes on from another one; None where that is not certain to be there."""
    base, tokens = split(expression)
    found = point_into(base, (*(int(token) if token.isdecimal() else token for token in tokens), *way))
    return None if found is None else str(found)


def has_items(expression: Expression, way: tuple[str | int, ...], operator: str, number: object) -> str | None:
    """The condition that asks of a list what comparing its size with a number would: whether there is a first item."""
    how = FIRST_ITEM.get((operator, number)) if type(number) is int else None
    first = pointed(expression, (*way, 0))
    return f"{first} {how} null" if first is not None and how is not None else None

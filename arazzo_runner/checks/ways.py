"""Expressions as a root and the way from there: `$response.body#/items/0` is `items`, `0` from `$response.body`."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from ..condition.portable import FIRST_ITEM, point_into
from ..expression import (
    BodyReference,
    Dereference,
    Expression,
    InputsReference,
    OutputsReference,
    Response,
    Rewritten,
    StepsReference,
    WorkflowsReference,
)
from ..values import PointerSyntaxError, parse_pointer

Tokens: TypeAlias = "tuple[str, ...]"


def tokens_of(pointer: str) -> Tokens:
    """The reference tokens of a JSON Pointer; none where it is no pointer, which is a finding of its own."""
    try:
        return parse_pointer(pointer)
    except PointerSyntaxError:
        return ()


def split(expression: Expression) -> tuple[Expression, Tokens]:
    """What an expression reads, and the way from there."""
    match expression:
        case Rewritten(expression=inner):
            return split(inner)
        case Dereference(expression=inner, accessors=accessors):
            base, tokens = split(inner)
            return base, (*tokens, *map(str, accessors))
        case Response(source=BodyReference(pointer=pointer)):
            return Response(BodyReference()), pointer or ()
        case (
            InputsReference(pointer=pointer)
            | OutputsReference(pointer=pointer)
            | StepsReference(pointer=pointer)
            | WorkflowsReference(pointer=pointer)
        ):
            return replace(expression, pointer=None), pointer or ()
        case _:
            return expression, ()


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

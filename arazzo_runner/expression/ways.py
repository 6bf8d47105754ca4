"""Expressions as a root and the way from there: `$response.body#/items/0` is `items`, `0` from `$response.body`."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from ..values import PointerSyntaxError, parse_pointer
from .nodes import (
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

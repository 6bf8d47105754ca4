"""The simple condition that a bare comparison under type jsonpath stands for (decision 0).

Its paths become JSON Pointers into the context: `$.items[0].id` over `$response.body` is `$response.body#/items/0/id`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, assert_never

from ..expression import (
    BodyReference,
    Expression,
    InputsReference,
    Message,
    OutputsReference,
    PayloadReference,
    Request,
    Response,
    StepsReference,
    WorkflowsReference,
)
from ..values import MISSING, array_index
from .nodes import (
    Access,
    And,
    Comparison,
    ContextOperand,
    ExpressionOperand,
    Literal,
    Node,
    Not,
    Or,
    TextOperand,
)
from .partial import UNKNOWN, passes


def point_into(context: Expression, accessors: tuple[str | int, ...]) -> Expression | None:
    """The expression that reaches what these accessors reach in a context; None where it may reach something else.

    `.length` is a size unless there is such a member, and `.0` a member that a JSON Pointer takes for an item, too.
    """
    if not accessors:
        return context
    if any(item == "length" or (isinstance(item, str) and array_index(item) is not None) for item in accessors):
        return None
    tokens = tuple(map(str, accessors))
    match context:
        case InputsReference() | OutputsReference() | StepsReference() | WorkflowsReference():
            return replace(context, pointer=(*(context.pointer or ()), *tokens))
        case Request(source=source) | Response(source=source) | Message(source=source):
            if isinstance(source, BodyReference | PayloadReference):
                return replace(context, source=replace(source, pointer=(*(source.pointer or ()), *tokens)))
            return None
        case _:
            return None


def with_context(node: Node, context: Expression) -> Node | None:
    """The condition with expressions in the place of paths into the context; None where a part has no such form."""
    match node:
        case Literal():
            return node
        case ExpressionOperand(expression=expression):
            return ExpressionOperand(expression, str(expression))
        case ContextOperand(accessors=accessors):
            pointed = point_into(context, accessors)
            return None if pointed is None else ExpressionOperand(pointed, str(pointed))
        case TextOperand():
            return None
        case Access(operand=operand, accessors=accessors):
            inner = with_context(operand, context)
            return None if inner is None else Access(inner, accessors)
        case Not(operand=operand):
            inner = with_context(operand, context)
            return None if inner is None else Not(inner)
        case Comparison(operator=operator, left=left, right=right):
            sides = _all_with_context((left, right), context)
            return None if sides is None else Comparison(operator, *sides)
        case And(operands=operands):
            parts = _all_with_context(operands, context)
            return None if parts is None else And(parts)
        case Or(operands=operands):
            parts = _all_with_context(operands, context)
            return None if parts is None else Or(parts)
        case _:
            assert_never(node)


def _all_with_context(nodes: tuple[Node, ...], context: Expression) -> tuple[Node, ...] | None:
    found = tuple(part for node in nodes if (part := with_context(node, context)) is not None)
    return found if len(found) == len(nodes) else None


def guarded(root: Node, context: Expression) -> And:
    """`<context> != null && <condition>`"""
    there = Comparison("!=", ExpressionOperand(context, str(context)), Literal(None))
    return And((there, *(root.operands if isinstance(root, And) else (root,))))


def may_pass_without(root: Node, context: Expression) -> bool:
    """Whether the condition, read as a simple one, could pass although its context is absent.

    A query fails then, and a simple condition takes what is absent for null (decision 18).
    """
    return passes(root, lambda read, _: MISSING if read == context else UNKNOWN, context) is not False


# What to write where nothing is certain. ------------------------------------------------------------------------------


def suggestion(root: Node, context: Expression) -> str:
    """Which form to write instead of a bare comparison that has no certain rewrite."""
    sized = _size_compared(root, context)
    if sized is not None:
        return f"of a list, write condition: {sized}, without type and context"
    return "write a simple condition, without type and context, or a query that finds something"


# How the first item compares with null where the size of a list is compared with a number.
FIRST_ITEM: Final[Mapping[tuple[str, int], str]] = {
    (">", 0): "!=",
    (">=", 1): "!=",
    ("!=", 0): "!=",
    ("==", 0): "==",
    ("<", 1): "==",
    ("<=", 0): "==",
}


def _size_compared(root: Node, context: Expression) -> str | None:
    """`$.a.length > 0`, of a list, is whether there is an item 0 (1.1.0, the example `$response.body#/0 == null`)."""
    match root:
        case Comparison(
            operator=operator,
            left=ContextOperand(accessors=(*path, "length")),
            right=Literal(value=int() as size),
        ) if not isinstance(size, bool):
            return _by_items(context, tuple(path), operator, size)
        case _:
            return None


def _by_items(context: Expression, path: tuple[str | int, ...], operator: str, size: int) -> str | None:
    def item(index: int) -> str:
        return str(point_into(context, (*path, index)))

    if point_into(context, (*path, 0)) is None:
        return None
    if (how := FIRST_ITEM.get((operator, size))) is not None:
        return f"{item(0)} {how} null"
    match operator, size:
        case ("==", size) if size > 0:
            return f"{item(size - 1)} != null && {item(size)} == null"
        case (">" | "<=", size) if size > 0:
            return f"{item(size)} {'!=' if operator == '>' else '=='} null"
        case (">=" | "<", size) if size > 0:
            return f"{item(size - 1)} {'!=' if operator == '>=' else '=='} null"
        case _:
            return None

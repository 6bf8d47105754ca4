"""What a compiled condition reads, for those who analyse a plan without running it."""

from __future__ import annotations

from ..expression import Expression
from .nodes import Node, expressions_of
from .pattern import RegexCondition
from .query import BareComparison, QueryCondition
from .simple import SimpleCondition
from .verdict import Condition


def operand_expressions(condition: Condition) -> tuple[Expression, ...]:
    """The runtime expressions of a condition: its context first, then from left to right; () for a plugged-in one."""
    match condition:
        case SimpleCondition(root=root):
            return tuple(expressions_of(root))
        case BareComparison(context=context, root=root):
            return (context.expression, *expressions_of(root))
        case RegexCondition(context=context, template=template) | QueryCondition(context=context, template=template):
            return (context.expression, *template.expressions)
        case _:
            return ()


def comparison_of(condition: Condition) -> tuple[Node, Expression | None] | None:
    """A simple condition with the context it is over, which only a bare comparison has; None for another language."""
    match condition:
        case SimpleCondition(root=root):
            return root, None
        case BareComparison(context=context, root=root):
            return root, context.expression
        case _:
            return None

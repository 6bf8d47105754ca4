"""What a condition comes to where only some of its operands are known: true, false, or it depends (decisions 30-33).

Who asks says what is known of an operand; whatever else a condition reads is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias, assert_never

from ..expression import Expression
from ..values import MISSING, Value
from .comparison import COMPARE
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


class Unknown:
    """A value that only a run has."""


UNKNOWN: Final = Unknown()
_MAY_FAIL: Final = Unknown()  # as `!x` of an unknown x: then the whole condition fails
Known: TypeAlias = "Value | Unknown"
Way: TypeAlias = "tuple[str | int, ...]"  # accessors
# What is known of an expression, or of what accessors reach in it: `$.a.length` of a bare comparison.
Read: TypeAlias = "Callable[[Expression, Way], Known]"


class _Fails(Exception):
    """The condition cannot be evaluated, and fails (1.1.0, "Evaluation Errors")."""


def passes(node: Node, read: Read, context: Expression | None = None) -> bool | None:
    """Whether a simple condition passes, over a context if it is a bare comparison; None where that depends on more."""
    if isinstance(node, And):
        return conjunction(passes(operand, read, context) for operand in node.operands)
    try:
        value = _value(node, read, context)
    except _Fails:
        return False
    return None if isinstance(value, Unknown) else value is True


def conjunction(verdicts: Iterable[bool | None]) -> bool | None:
    """Whether all of several conditions pass."""
    found = list(verdicts)
    if False in found:
        return False
    return None if None in found else True


def is_absent(value: Known) -> bool:
    """Whether a value is certainly null, or absent, which counts as null (decision 18)."""
    return value is None or value is MISSING


def _value(node: Node, read: Read, context: Expression | None) -> Known:
    match node:
        case Literal(value=value):
            return value
        case ExpressionOperand(expression=expression):
            return read(expression, ())
        case ContextOperand(accessors=accessors):
            return UNKNOWN if context is None else read(context, accessors)
        case TextOperand():
            return UNKNOWN
        case Access(operand=operand):
            return MISSING if is_absent(_value(operand, read, context)) else UNKNOWN
        case Not(operand=operand):
            return _negated(operand, _value(operand, read, context))
        case Comparison():
            return _compared(node, _value(node.left, read, context), _value(node.right, read, context))
        case And(operands=operands):
            return _all([_lazily(operand, read, context) for operand in operands])
        case Or(operands=operands):
            return _any([_lazily(operand, read, context) for operand in operands])
        case _:
            assert_never(node)


def _lazily(node: Node, read: Read, context: Expression | None) -> Callable[[], Known]:
    return lambda: _value(node, read, context)


def _compared(node: Comparison, left: Known, right: Known) -> Known:
    if _MAY_FAIL in (left, right):
        return _MAY_FAIL
    if node.operator not in ("==", "!=") and (is_absent(left) or is_absent(right)):
        return False  # null has no order with anything
    if isinstance(left, Unknown) or isinstance(right, Unknown) or _differ(node.left, node.right):
        return UNKNOWN
    return COMPARE[node.operator](left, right)


def _differ(left: Node, right: Node) -> bool:
    """Whether two operands of a run are compared: what is known of each says nothing of the two together."""
    operands = (ExpressionOperand, ContextOperand)
    return isinstance(left, operands) and isinstance(right, operands) and left != right


def _negated(operand: Node, value: Known) -> Known:
    if isinstance(value, Unknown):
        return value if isinstance(operand, Comparison | Not | And | Or) else _MAY_FAIL
    if isinstance(value, bool):
        return not value
    if is_absent(value):
        return True
    raise _Fails


def _all(operands: Sequence[Callable[[], Known]]) -> Known:
    """From the left, up to the first that does not pass."""
    return _first(operands, lambda value: value is not True, False, True)


def _any(operands: Sequence[Callable[[], Known]]) -> Known:
    """From the left, up to the first that passes."""
    return _first(operands, lambda value: value is True, True, False)


def _first(
    operands: Sequence[Callable[[], Known]], settles: Callable[[Known], bool], settled: bool, otherwise: bool
) -> Known:
    """`settled` at the first operand that settles it; one that fails before fails the condition."""
    result: Known = otherwise
    for operand in operands:
        try:
            value = operand()
        except _Fails:
            if isinstance(result, Unknown):
                return _MAY_FAIL
            raise
        if isinstance(value, Unknown):
            result = _MAY_FAIL if _MAY_FAIL in (value, result) else UNKNOWN
        elif settles(value):
            return _MAY_FAIL if result is _MAY_FAIL else settled
    return result

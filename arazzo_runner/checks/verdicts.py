"""What a criterion comes to, as far as the document alone can tell: true, false, or it depends (decisions 1, 30-33).

Who asks says what is known of the operands; whatever else a condition reads is unknown.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, TypeAlias, assert_never

from ..condition import (
    COMPARE,
    Access,
    And,
    BareComparison,
    Comparison,
    Condition,
    ContextOperand,
    ExpressionOperand,
    Literal,
    Node,
    Not,
    Or,
    QueryCondition,
    RegexCondition,
    SimpleCondition,
    TextOperand,
    compile_pattern,
)
from ..condition.lexer import number_value
from ..errors import LanguageSyntaxError
from ..expression import Expression, StatusCode
from ..plan import LinkedCriterion, ListedStep, WorkflowCall
from ..values import MISSING, Missing, Value, text_of


class _Unknown:
    """A value that only a run has."""


UNKNOWN: Final = _Unknown()
_MAY_FAIL: Final = _Unknown()  # as `!x` of an unknown x: then the whole condition fails
Known: TypeAlias = "Value | _Unknown"
Way: TypeAlias = "tuple[str | int, ...]"  # accessors
# What is known of an expression, or of what accessors reach in it: `$.a.length` of a bare comparison.
Read: TypeAlias = "Callable[[Expression, Way], Known]"

# No answer came: `$statusCode` is absent then (decision 14).
NO_ANSWER: Final = MISSING
Status: TypeAlias = "int | Missing"


class _Fails(Exception):
    """The condition cannot be evaluated, and fails (1.1.0, "Evaluation Errors")."""


def decide(condition: Condition, read: Read) -> bool | None:
    """Whether a condition passes with these operands; None where that depends on more."""
    match condition:
        case SimpleCondition(root=root):
            return _passes(root, read, None)
        case BareComparison(context=context, root=root):
            value = read(context.expression, ())
            if value is None or value is MISSING:
                return False
            passed = _passes(root, read, context.expression)
            return None if passed and isinstance(value, _Unknown) else passed
        case RegexCondition(context=context, template=template):
            value = read(context.expression, ())
            if value is None or value is MISSING:
                return False
            if isinstance(value, _Unknown) or not template.is_literal or not isinstance(context.expression, StatusCode):
                return None  # a value that stands for others does so for comparisons
            return _searched(template.text, text_of(value))
        case QueryCondition(context=context):
            value = read(context.expression, ())
            return False if value is None or value is MISSING else None
        case _:  # AlwaysFails, of which link has said why, and plugged-in languages
            return None


def verdict(criterion: LinkedCriterion, status: Status | _Unknown = UNKNOWN) -> bool | None:
    """Whether a criterion passes when `$statusCode` is `status`; None where that depends on more."""
    return decide(criterion.condition, lambda expression, _: _of_status(expression, status))


def _of_status(expression: Expression, status: Known) -> Known:
    return status if isinstance(expression, StatusCode) else UNKNOWN


def passes_all(criteria: Iterable[LinkedCriterion], status: Status) -> bool | None:
    """Whether all criteria pass with this status."""
    return conjunction(verdict(criterion, status) for criterion in criteria)


def conjunction(verdicts: Iterable[bool | None]) -> bool | None:
    """Whether all of several conditions pass."""
    found = list(verdicts)
    if False in found:
        return False
    return None if None in found else True


def step_succeeds(step: ListedStep, status: Status) -> bool | None:
    """Whether a step whose call was answered with this status is successful; without criteria any 2xx is."""
    if step.criteria:
        return passes_all(step.criteria, status)
    if isinstance(step, WorkflowCall):
        return None
    return isinstance(status, int) and 200 <= status <= 299


@lru_cache(maxsize=1024)
def _searched(pattern: str, text: str) -> bool | None:
    try:
        return compile_pattern(pattern)(text, 1.0)
    except (LanguageSyntaxError, TimeoutError):
        return None


def _passes(node: Node, read: Read, context: Expression | None) -> bool | None:
    if isinstance(node, And):
        return conjunction(_passes(operand, read, context) for operand in node.operands)
    try:
        value = _value(node, read, context)
    except _Fails:
        return False
    return None if isinstance(value, _Unknown) else value is True


def _value(node: Node, read: Read, context: Expression | None) -> Known:
    match node:
        case Literal(value=value):
            return value
        case ExpressionOperand(expression=expression):
            return read(expression, ())
        case ContextOperand(accessors=accessors):
            return UNKNOWN if context is None else read(context, accessors)
        case TextOperand() | Access():
            return UNKNOWN
        case Not(operand=operand):
            return _negated(operand, _value(operand, read, context))
        case Comparison(operator=operator, left=left, right=right):
            a, b = _value(left, read, context), _value(right, read, context)
            if isinstance(a, _Unknown) or isinstance(b, _Unknown) or _differ(left, right):
                return _MAY_FAIL if _MAY_FAIL in (a, b) else UNKNOWN
            return COMPARE[operator](a, b)
        case And(operands=operands):
            return _all([_lazily(operand, read, context) for operand in operands])
        case Or(operands=operands):
            return _any([_lazily(operand, read, context) for operand in operands])
        case _:
            assert_never(node)


def _lazily(node: Node, read: Read, context: Expression | None) -> Callable[[], Known]:
    return lambda: _value(node, read, context)


def _differ(left: Node, right: Node) -> bool:
    """Whether two operands of a run are compared: what is known of each says nothing of the two together."""
    operands = (ExpressionOperand, ContextOperand)
    return isinstance(left, operands) and isinstance(right, operands) and left != right


def _negated(operand: Node, value: Known) -> Known:
    if isinstance(value, _Unknown):
        return value if isinstance(operand, Comparison | Not | And | Or) else _MAY_FAIL
    if isinstance(value, bool):
        return not value
    if value is None or value is MISSING:
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
            if isinstance(result, _Unknown):
                return _MAY_FAIL
            raise
        if isinstance(value, _Unknown):
            result = _MAY_FAIL if _MAY_FAIL in (value, result) else UNKNOWN
        elif settles(value):
            return _MAY_FAIL if result is _MAY_FAIL else settled
    return result


# Statuses to try: one of every kind that some condition tells apart. --------------------------------------------------


def statuses_of(step: ListedStep) -> tuple[int, ...]:
    """Statuses that stand for all: each one a condition of the step mentions, its neighbours, and both ends of a class.

    A regular expression over the status may tell any two apart: then they are all here.
    """
    mentioned = statuses_in(_criteria(step))
    ends = {status for hundred in range(100, 600, 100) for status in (hundred, hundred + 1, hundred + 99)}
    return tuple(sorted(mentioned | ends))


def statuses_in(criteria: Iterable[LinkedCriterion]) -> frozenset[int]:
    """Statuses between any two of which no criterion tells a difference that these do not show."""
    mentioned: set[int] = set()
    for criterion in criteria:
        match criterion.condition:
            case SimpleCondition(root=root) | BareComparison(root=root):
                mentioned.update(_numbers(root))
            case RegexCondition(context=context) if isinstance(context.expression, StatusCode):
                return frozenset(range(100, 600))
            case _:
                pass
    near = {status + delta for status in mentioned for delta in (-1, 0, 1)}
    return frozenset(status for status in near | {100, 599} if 100 <= status <= 599)


def _criteria(step: ListedStep) -> Iterator[LinkedCriterion]:
    yield from step.criteria
    for action in (*step.success_actions, *step.failure_actions):
        yield from action.criteria


def _numbers(node: Node) -> Iterator[int]:
    match node:
        case Literal(value=bool() | None):
            return
        case Literal(value=value):
            number = number_value(value) if isinstance(value, str) else value
            if number is not None and 0 <= number < 1000:
                yield from (math.floor(number), math.ceil(number))
        case ExpressionOperand() | ContextOperand() | TextOperand():
            return
        case Not(operand=operand) | Access(operand=operand):
            yield from _numbers(operand)
        case Comparison(left=left, right=right):
            yield from _numbers(left)
            yield from _numbers(right)
        case And(operands=operands) | Or(operands=operands):
            for operand in operands:
                yield from _numbers(operand)
        case _:
            assert_never(node)

"""What a criterion comes to, as far as the document alone can tell: true, false, or it depends (decisions 1, 30-33).

Only the status code varies: a condition is decided for one status at a time, and whatever else it reads is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, TypeAlias, assert_never

from ..condition import (
    COMPARE,
    Access,
    AlwaysFails,
    And,
    BareComparison,
    Comparison,
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
from ..errors import LanguageSyntaxError
from ..expression import StatusCode
from ..plan import LinkedCriterion, ListedStep, WorkflowCall
from ..values import MISSING, Missing, Value


class _Unknown:
    """A value that only a run has."""


UNKNOWN: Final = _Unknown()
Known: TypeAlias = "Value | _Unknown"

# No answer came: `$statusCode` is absent then (decision 14).
NO_ANSWER: Final = MISSING
Status: TypeAlias = "int | Missing"


class _Fails(Exception):
    """The condition cannot be evaluated, and fails (1.1.0, "Evaluation Errors")."""


def verdict(criterion: LinkedCriterion, status: Status | _Unknown = UNKNOWN) -> bool | None:
    """Whether a criterion passes when `$statusCode` is `status`; None where that depends on more."""
    match criterion.condition:
        case SimpleCondition(root=root):
            return node_verdict(root, status)
        case RegexCondition(context=context, template=template):
            if isinstance(context.expression, StatusCode) and template.is_literal and not isinstance(status, _Unknown):
                return _searched(template.text, status)
            return None
        case AlwaysFails():  # link has said why; what was meant is not known
            return None
        case BareComparison() | QueryCondition():
            return None
        case _:
            return None


def node_verdict(node: Node, status: Status | _Unknown = UNKNOWN) -> bool | None:
    """`verdict` of (a part of) a simple condition."""
    try:
        value = _value(node, status)
    except _Fails:
        return False
    return None if isinstance(value, _Unknown) else value is True


def passes_all(criteria: Iterable[LinkedCriterion], status: Status) -> bool | None:
    """Whether all criteria pass with this status."""
    verdicts = [verdict(criterion, status) for criterion in criteria]
    if False in verdicts:
        return False
    return None if None in verdicts else True


def step_succeeds(step: ListedStep, status: Status) -> bool | None:
    """Whether a step whose call was answered with this status is successful; without criteria any 2xx is."""
    if step.criteria:
        return passes_all(step.criteria, status)
    if isinstance(step, WorkflowCall):
        return None
    return isinstance(status, int) and 200 <= status <= 299


@lru_cache(maxsize=512)
def _searched(pattern: str, status: Status) -> bool:
    try:
        return status is not MISSING and compile_pattern(pattern)(str(status), 1.0)
    except (LanguageSyntaxError, TimeoutError):
        return False


def _value(node: Node, status: Known) -> Known:
    match node:
        case Literal(value=value):
            return value
        case ExpressionOperand(expression=StatusCode()):
            return status
        case ExpressionOperand() | ContextOperand() | TextOperand() | Access():
            return UNKNOWN
        case Not(operand=operand):
            return _negated(_value(operand, status))
        case Comparison(operator=operator, left=left, right=right):
            a, b = _value(left, status), _value(right, status)
            return UNKNOWN if isinstance(a, _Unknown) or isinstance(b, _Unknown) else COMPARE[operator](a, b)
        case And(operands=operands):
            return _all(operands, status)
        case Or(operands=operands):
            return _any(operands, status)
        case _:
            assert_never(node)


def _negated(value: Known) -> Known:
    if isinstance(value, (_Unknown, bool)):
        return value if isinstance(value, _Unknown) else not value
    if value is None or value is MISSING:
        return True
    raise _Fails


def _all(operands: Sequence[Node], status: Known) -> Known:
    """From the left, up to the first that does not pass; one that fails to evaluate does not pass either."""
    result: Known = True
    for operand in operands:
        value = _value(operand, status)
        if isinstance(value, _Unknown):
            result = UNKNOWN
        elif value is not True:
            return False
    return result


def _any(operands: Sequence[Node], status: Known) -> Known:
    """From the left, up to the first that passes; one that fails to evaluate before it fails the condition."""
    result: Known = False
    for operand in operands:
        try:
            value = _value(operand, status)
        except _Fails:
            if isinstance(result, _Unknown):
                return UNKNOWN
            raise
        if value is True:
            return True
        if isinstance(value, _Unknown):
            result = UNKNOWN
    return result


# Statuses to try: one of every kind that some condition of the step tells apart. --------------------------------------


def statuses_of(step: ListedStep) -> tuple[int, ...]:
    """Statuses that stand for all: each one a condition of the step mentions, its neighbours, and both ends of a class.

    A regular expression over the status may tell any two apart: then they are all here.
    """
    mentioned: set[int] = set()
    for criterion in _criteria(step):
        match criterion.condition:
            case SimpleCondition(root=root):
                mentioned.update(_numbers(root))
            case RegexCondition(context=context) if isinstance(context.expression, StatusCode):
                return tuple(range(100, 600))
            case _:
                pass
    near = {status + delta for status in mentioned for delta in (-1, 0, 1)}
    ends = {status for hundred in range(100, 600, 100) for status in (hundred, hundred + 1, hundred + 99)}
    return tuple(sorted(status for status in near | ends if 100 <= status <= 599))


def _criteria(step: ListedStep) -> Iterator[LinkedCriterion]:
    yield from step.criteria
    for action in (*step.success_actions, *step.failure_actions):
        yield from action.criteria


def _numbers(node: Node) -> Iterator[int]:
    match node:
        case Literal(value=int() as number):
            yield number
        case Literal(value=str() as text) if text.isdecimal() and len(text) == 3:
            yield int(text)
        case Literal() | ExpressionOperand() | ContextOperand() | TextOperand():
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

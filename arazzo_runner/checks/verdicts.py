"""What a criterion comes to, as far as the document alone can tell: true, false, or it depends (decisions 14, 30-33).

Who asks says what is known of the operands; whatever else a condition reads is unknown.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, TypeAlias

from ..condition import (
    BareComparison,
    Condition,
    Literal,
    Node,
    QueryCondition,
    RegexCondition,
    SimpleCondition,
    Unknown,
    comparison_of,
    compile_pattern,
    is_absent,
    passes,
    walk,
)
from ..condition.lexer import number_value
from ..condition.partial import Read
from ..errors import LanguageSyntaxError
from ..expression import StatusCode
from ..plan import LinkedCriterion, ListedStep
from ..values import MISSING, Missing, text_of

# No answer came: `$statusCode` is absent then (decision 14).
NO_ANSWER: Final = MISSING
Status: TypeAlias = "int | Missing"


def decide(condition: Condition, read: Read) -> bool | None:
    """Whether a condition passes with these operands; None where that depends on more."""
    match condition:
        case SimpleCondition(root=root):
            return passes(root, read)
        case BareComparison(context=context, root=root):
            value = read(context.expression, ())
            if is_absent(value):
                return False
            passed = passes(root, read, context.expression)
            return None if passed and isinstance(value, Unknown) else passed
        case RegexCondition(context=context, template=template):
            value = read(context.expression, ())
            if value is None or value is MISSING:
                return False
            if isinstance(value, Unknown) or not template.is_literal or not isinstance(context.expression, StatusCode):
                return None  # a value that stands for others does so for comparisons
            return _searched(template.text, text_of(value))
        case QueryCondition(context=context):
            return False if is_absent(read(context.expression, ())) else None
        case _:  # AlwaysFails, of which link has said why, and plugged-in languages
            return None


@lru_cache(maxsize=1024)
def _searched(pattern: str, text: str) -> bool | None:
    try:
        return compile_pattern(pattern)(text, 1.0)
    except (LanguageSyntaxError, TimeoutError):
        return None


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
        condition = criterion.condition
        if isinstance(condition, RegexCondition) and isinstance(condition.context.expression, StatusCode):
            return frozenset(range(100, 600))
        compared = comparison_of(condition)
        if compared is not None:
            mentioned.update(_numbers(compared[0]))
    near = {status + delta for status in mentioned for delta in (-1, 0, 1)}
    return frozenset(status for status in near | {100, 599} if 100 <= status <= 599)


def _criteria(step: ListedStep) -> Iterator[LinkedCriterion]:
    yield from step.criteria
    for action in (*step.success_actions, *step.failure_actions):
        yield from action.criteria


def _numbers(node: Node) -> Iterator[int]:
    for part in walk(node):
        value = part.value if isinstance(part, Literal) else None
        number = number_value(value) if isinstance(value, str) else value
        if number is not None and not isinstance(number, bool) and 0 <= number < 1000:
            yield from (math.floor(number), math.ceil(number))

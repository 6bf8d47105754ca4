"""The cases that criteria tell apart: what holds in all of them holds of every answer.

A condition compares what it reads with constants, so that one value of each kind stands for all of that kind
(decisions 18, 30-33). What is read only once can contradict nothing, and is left unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise, product
from typing import Final, TypeAlias

from ..condition import (
    UNKNOWN,
    Comparison,
    ContextOperand,
    ExpressionOperand,
    Known,
    Literal,
    Node,
    Way,
    comparison_of,
    conjunction,
    operand_expressions,
    walk,
)
from ..condition.lexer import number_value
from ..expression import Expression, Response, StatusCode, StepsReference, Tokens, parts, split
from ..plan import LinkedCriterion, ListedStep, WorkflowCall
from ..values import JSON, MISSING, Number
from .flow import Outcome
from .verdicts import NO_ANSWER, Status, decide, statuses_in

_MOST: Final = 300  # cases; with more operands than that some are left unknown
_STRUCTURE: Final[JSON] = {"": ""}  # stands for what equals no scalar
_TEXT: Final = "\uffff"  # stands for any other text

_Operand: TypeAlias = "tuple[Expression, Tokens]"


@dataclass(frozen=True, slots=True)
class Case:
    """What an attempt of a step may meet: a status, and values of what its criteria read; the rest is not known."""

    status: Status | None = None  # not known
    values: Mapping[_Operand, JSON] = field(default_factory=dict)

    def passes(self, criterion: LinkedCriterion) -> bool | None:
        """Whether a criterion passes; None where that depends on more."""
        return decide(criterion.condition, self._read)

    def passes_all(self, criteria: Iterable[LinkedCriterion]) -> bool | None:
        """Whether all of these criteria pass."""
        return conjunction(map(self.passes, criteria))

    def _read(self, expression: Expression, way: Way) -> Known:
        if isinstance(expression, StatusCode):
            return UNKNOWN if self.status is None else self.status
        if self.status is NO_ANSWER and any(isinstance(part, Response) for part in parts(expression)):
            return MISSING
        return self.values.get(_operand(expression, way), UNKNOWN)


def cases(step: ListedStep, criteria: Sequence[LinkedCriterion], *, unanswered: bool = False) -> tuple[Case, ...]:
    """All cases that these criteria of a step tell apart; with `unanswered` also that no answer comes."""
    statuses = _statuses(step, criteria, unanswered)
    kinds = _kinds(step, criteria, _MOST // len(statuses))
    values = [dict(zip(kinds, chosen, strict=True)) for chosen in product(*kinds.values())]
    return tuple(Case(status, chosen) for status in statuses for chosen in values)


def cases_of(step: ListedStep, outcome: Outcome, criteria: Sequence[LinkedCriterion] = ()) -> tuple[Case, ...]:
    """The cases in which a step may succeed, or fail, told apart by its own criteria and these.

    A step that calls a workflow also fails when that does (decision 15).
    """
    failure = outcome == "failure"
    found = cases(step, (*step.criteria, *criteria), unanswered=failure)
    if failure and isinstance(step, WorkflowCall):
        return found
    return tuple(case for case in found if succeeds(step, case) is not failure)


def succeeds(step: ListedStep, case: Case) -> bool | None:
    """Whether a step is successful; without criteria with any 2xx (decisions 1, 14)."""
    if case.status is NO_ANSWER and not isinstance(step, WorkflowCall):
        return False
    if step.criteria:
        return case.passes_all(step.criteria)
    if isinstance(step, WorkflowCall):
        return True
    return isinstance(case.status, int) and 200 <= case.status <= 299


def _statuses(step: ListedStep, criteria: Sequence[LinkedCriterion], unanswered: bool) -> tuple[Status | None, ...]:
    """A step that calls a workflow may have no status; its success is not a matter of that."""
    is_read = any(map(reads_status, criteria))
    absent: tuple[Status, ...] = (NO_ANSWER,) if unanswered or (is_read and isinstance(step, WorkflowCall)) else ()
    if not is_read and (step.criteria or isinstance(step, WorkflowCall)):
        return (None, *absent)
    by_default = () if step.criteria else (199, 200, 299, 300)
    return (*sorted(statuses_in(criteria).union(by_default)), *absent)


def reads_status(criterion: LinkedCriterion) -> bool:
    """Whether a criterion reads `$statusCode`."""
    return any(isinstance(expression, StatusCode) for expression in operand_expressions(criterion.condition))


# What is read, and the values that stand for all ----------------------------------------------------------------------


def _kinds(step: ListedStep, criteria: Sequence[LinkedCriterion], most: int) -> dict[_Operand, list[JSON]]:
    """A value of each kind for what is read more than once, as long as there are not too many together."""
    read = Counter(
        _operand(expression, way)
        for criterion in criteria
        for expression, way in _reads(criterion)
        if not isinstance(expression, StatusCode) and not _is_own(expression, step)
    )
    constants: dict[_Operand, list[Literal]] = {}
    ordered: set[_Operand] = set()
    for criterion in criteria:
        for operand, literal, in_order in _compared(criterion):
            constants.setdefault(operand, []).append(literal)
            ordered.update([operand] if in_order else ())
    kinds: dict[_Operand, list[JSON]] = {}
    for operand, times in read.items():
        values = _values([each.value for each in constants.get(operand, ())], operand in ordered) if times > 1 else []
        if values and len(values) <= most:
            kinds[operand] = values
            most //= len(values)
    return kinds


def _is_own(expression: Expression, step: ListedStep) -> bool:
    """Whether it is an output of the step itself: the criteria read that of an earlier visit, the actions the new."""
    base, _ = split(expression)
    return isinstance(base, StepsReference) and base.step_id == step.step_id


def _values(constants: list[JSON], ordered: bool) -> list[JSON]:
    """Values that differ in how they compare with constants; none where that depends on texts read as numbers."""
    numbers = [each for each in constants if isinstance(each, int | float | Decimal) and not isinstance(each, bool)]
    texts = [each for each in constants if isinstance(each, str)]
    numeric = [number for each in texts if (number := number_value(each)) is not None]
    if (numeric and (numbers or ordered)) or (numbers and texts and ordered):
        return []
    return [None, True, False, _STRUCTURE, *_numbers(numbers + numeric, ordered), *_texts(texts, ordered)]


def _numbers(constants: list[Number], ordered: bool) -> list[JSON]:
    exact = sorted({Decimal(str(each)) for each in constants})
    if not exact:
        return [0]
    between = [(a + b) / 2 for a, b in pairwise(exact)] if ordered else []
    return [*exact, *between, exact[0] - 1, exact[-1] + 1]


def _texts(constants: list[str], ordered: bool) -> list[JSON]:
    """Texts compare without regard to case; just above a text is the same with one more character."""
    exact = sorted({each.casefold() for each in constants})
    above = [each + "\0" for each in exact] if ordered else []
    return [*exact, *above, *([""] if ordered and "" not in exact else []), _TEXT]


def _reads(criterion: LinkedCriterion) -> Iterator[tuple[Expression, Way]]:
    """The operands of a criterion, as often as they are there; what patterns and queries look into is left out."""
    compared = comparison_of(criterion.condition)
    if compared is not None:
        yield from _operands(*compared)


def _operands(node: Node, context: Expression | None) -> Iterator[tuple[Expression, Way]]:
    for part in walk(node):
        match part:
            case ExpressionOperand(expression=expression):
                yield expression, ()
            case ContextOperand(accessors=accessors) if context is not None:
                yield context, accessors


def _compared(criterion: LinkedCriterion) -> Iterator[tuple[_Operand, Literal, bool]]:
    """The constants that operands are compared with, and whether by their order."""
    compared = comparison_of(criterion.condition)
    root, context = compared if compared is not None else (None, None)
    for node in walk(root) if root is not None else ():
        if isinstance(node, Comparison):
            in_order = node.operator not in ("==", "!=")
            for side, other in ((node.left, node.right), (node.right, node.left)):
                if isinstance(other, Literal):
                    for expression, way in _operands(side, context):
                        yield _operand(expression, way), other, in_order


def _operand(expression: Expression, way: Way) -> _Operand:
    base, tokens = split(expression)
    return base, (*tokens, *map(str, way))

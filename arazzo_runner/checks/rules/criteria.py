"""Criteria that no answer satisfies, or every answer, or none that the operation documents.

Arazzo 1.1.0, "Criterion Object" and "Multiple Criteria"; OpenAPI 3.1.1, "Responses Object"; decisions 1, 2, 14.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from ...condition import And, Comparison, Node, Or, RegexCondition, SimpleCondition
from ...diagnostics import Diagnostic, Severity
from ...plan import LinkedCriterion
from ..cases import Case, cases, reads_status
from ..places import CriterionPlace, of_actions, of_criteria
from ..registry import rule
from ..subject import StepSubject, Subject, finding
from .conditions import comparisons, is_slashed

_LONGEST = 80  # characters of a condition in a message


@rule("ARZ411")
def status_not_documented(subject: Subject) -> Iterator[Diagnostic]:
    """A status the operation documents neither by itself nor by its range or `default`."""
    return of_criteria(subject, _undocumented)


@rule("ARZ412")
def criterion_always_true(subject: Subject) -> Iterator[Diagnostic]:
    """A criterion that passes whatever the response is asserts nothing."""
    return of_criteria(subject, _always_true)


@rule("ARZ413")
def criterion_always_false(subject: Subject) -> Iterator[Diagnostic]:
    """A criterion that no response can satisfy."""
    return of_criteria(subject, lambda place: _always_false(subject, place))


@rule("ARZ414")
def criteria_exclude_each_other(subject: Subject) -> Iterator[Diagnostic]:
    """All criteria of a list have to pass (Multiple Criteria); with these that cannot be."""
    for workflow in subject.workflows:
        for step in workflow.steps:
            found = _exclusion(step, step.step.criteria, f"step '{step.step.step_id}' never succeeds", False)
            if found is not None:
                yield found
    yield from of_actions(
        subject,
        lambda place: _exclusion(
            place.step, place.action.criteria, f"'{place.action.name}' never applies", place.outcome == "failure"
        ),
    )


def shown(criterion: LinkedCriterion) -> str:
    """A criterion in a message."""
    text = " ".join(criterion.text.split())
    return f"'{text}'" if len(text) <= _LONGEST else "this criterion"


# Statuses -------------------------------------------------------------------------------------------------------------


def _undocumented(place: CriterionPlace) -> Iterator[tuple[str, Diagnostic]]:
    step, criterion = place.step, place.criterion
    documented = [status for status in step.statuses if step.documents(status)]
    if not documented or not place.is_own or not reads_status(criterion) or is_misread(criterion):
        return
    if any(Case(status).passes(criterion) is not False for status in documented):
        return
    statuses = step.failure_statuses if place.outcome == "failure" else step.success_statuses
    asked = [s for s in (statuses if place.action else step.statuses) if Case(s).passes(criterion) is not False]
    if asked:  # else no status at all is asked for, or none that comes up here
        statuses_of = f"{step.step.target} documents ({', '.join(step.responses)})"
        hint = None if place.action else _instead(step, criterion)
        severity: Severity = "info" if place.action else "warning"
        message = f"{shown(criterion)} is met by no status that {statuses_of}"
        yield "", finding("ARZ411", message, criterion.location, hint, severity=severity)


def _instead(step: StepSubject, criterion: LinkedCriterion) -> str:
    """What to write where a success is meant and there is one."""
    successes = [key for key in step.responses if key.startswith("2") and key.isdecimal()]
    if len(successes) == 1 and re.fullmatch(r"\$statusCode\s*==\s*'?2\d\d'?", criterion.text.strip()):
        return f"write $statusCode == {successes[0]}, or correct the OpenAPI description"
    return "if it does answer so, the OpenAPI description should say it"


# Whatever the answer is -----------------------------------------------------------------------------------------------


def _always_true(place: CriterionPlace) -> Iterator[tuple[str, Diagnostic]]:
    criterion = place.criterion
    if all(case.passes(criterion) is True for case in place.cases()):
        hint = "write && where all of them are meant" if _is_joined(criterion, Or, "!=") else None
        message = f"{shown(criterion)} passes whatever the answer is"
        yield (
            "",
            finding("ARZ412", message, criterion.location, hint or "remove it, or write what the answer has to be"),
        )


def _always_false(subject: Subject, place: CriterionPlace) -> Iterator[tuple[str, Diagnostic]]:
    criterion = place.criterion
    if any(case.passes(criterion) is not False for case in place.cases()):
        return
    if is_misread(criterion) or any(comparisons(subject, place)):
        return  # why is another finding
    hint = "write || where one of them is enough" if _is_joined(criterion, And, "==") else None
    yield "", finding("ARZ413", f"no answer satisfies {shown(criterion)}", criterion.location, hint)


def _is_joined(criterion: LinkedCriterion, by: type[And | Or], operator: str) -> bool:
    """Whether a condition joins comparisons of one operand: `x == 1 && x == 2`."""
    condition = criterion.condition
    if not isinstance(condition, SimpleCondition) or not isinstance(condition.root, by):
        return False
    compared = [node for node in condition.root.operands if _is_comparison(node, operator)]
    return len(compared) > 1 and len({str(node.left) for node in compared if isinstance(node, Comparison)}) == 1


def _is_comparison(node: Node, operator: str) -> bool:
    return isinstance(node, Comparison) and node.operator == operator


def is_misread(criterion: LinkedCriterion) -> bool:
    """Whether a criterion is a pattern in slashes, of which that is the finding."""
    condition = criterion.condition
    return isinstance(condition, RegexCondition) and is_slashed(condition.template.text)


# Together -------------------------------------------------------------------------------------------------------------


def _exclusion(
    step: StepSubject, criteria: tuple[LinkedCriterion, ...], consequence: str, unanswered: bool
) -> Diagnostic | None:
    """Criteria each of which can pass, and not all of them: the first two, or all."""
    if len(criteria) < 2 or not all(_may_pass(step, (each,), unanswered) for each in criteria):
        return None
    for first, second in combinations(criteria, 2):
        if not _may_pass(step, (first, second), unanswered):
            both = f"{shown(first)} and {shown(second)}"
            hint = "all criteria have to pass; if one is enough, join them with || in one condition"
            return finding("ARZ414", f"{consequence}: {both} exclude each other", second.location, hint)
    if _may_pass(step, criteria, unanswered):
        return None
    return finding("ARZ414", f"{consequence}: its criteria exclude each other", criteria[-1].location)


def _may_pass(step: StepSubject, criteria: tuple[LinkedCriterion, ...], unanswered: bool) -> bool:
    found = cases(step.step, criteria, unanswered=unanswered)
    return any(case.passes_all(criteria) is not False for case in found)

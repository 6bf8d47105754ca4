"""Actions that are never taken, and those whose criteria or retries are not what they seem.

Arazzo 1.1.0, "Success Action Object" and "Failure Action Object"; decisions 2, 3, 7, 8, 10.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...diagnostics import Diagnostic
from ...plan import LinkedAction, LinkedCriterion, Retry
from ...values import MISSING, Value, get_pointer, parse_pointer
from ..cases import Case, cases, cases_of
from ..flow import Outcome
from ..places import ActionPlace, actions, of_actions
from ..registry import rule
from ..subject import StepSubject, Subject, finding
from ..words import conjoined, quoted
from .criteria import is_misread, shown


@rule("ARZ415")
def action_never_applies(subject: Subject) -> Iterator[Diagnostic]:
    """Success actions come up when the step succeeds, failure actions when it fails: these criteria contradict that."""
    return of_actions(subject, _contradiction)


@rule("ARZ416")
def action_never_comes_up(subject: Subject) -> Iterator[Diagnostic]:
    """The first action that applies is taken; those before leave nothing over for this one."""
    return of_actions(subject, _hidden)


@rule("ARZ423")
def retry_without_pause(subject: Subject) -> Iterator[Diagnostic]:
    """Several retries at once rarely help a server that has just failed; a Retry-After it sends is still heeded."""
    return of_actions(subject, lambda place: _hurried(subject, place))


@rule("ARZ425")
def empty_criteria(subject: Subject) -> Iterator[Diagnostic]:
    """An empty list of criteria applies always, as no list does (decision 2)."""
    for action in _each(subject):
        if _field(subject, action, "criteria") == []:
            yield finding(
                "ARZ425",
                f"the criteria of '{action.name}' are empty: it always applies",
                action.location,
                "remove 'criteria', or say when it applies",
            )


@rule("ARZ426")
def retry_that_never_repeats(subject: Subject) -> Iterator[Diagnostic]:
    """`retryLimit: 0` is exhausted before the first retry (decision 7)."""
    for action in _each(subject):
        if isinstance(action, Retry) and _field(subject, action, "retryLimit") == 0:
            yield finding(
                "ARZ426",
                f"'{action.name}' never retries: its retryLimit is 0",
                action.location,
                "retryLimit counts the retries after the first attempt; without it there is one",
            )


# Never taken ----------------------------------------------------------------------------------------------------------


def _contradiction(place: ActionPlace) -> Diagnostic | None:
    if not _is_contradicted(place):
        return None
    action, step = place.action, place.step
    alone = [each for each in action.criteria if _never_passes(step, (each,), place.outcome)]
    asked = shown(alone[0]) if len(alone) == 1 else "what its criteria ask for"
    if place.outcome == "success":
        why = f"with {asked} the step does not succeed: that takes {_success(step)}"
    else:
        why = f"with {asked} the step succeeds"
    return finding("ARZ415", f"'{action.name}' never applies: {why}", action.location, _elsewhere(place))


def _is_contradicted(place: ActionPlace) -> bool:
    """Whether criteria that could pass never do when the action's turn comes."""
    listed = place.action.criteria
    if not listed or any(map(is_misread, listed)):
        return False
    possible = cases(place.step.step, listed, unanswered=place.outcome == "failure")
    return any(case.passes_all(listed) is not False for case in possible) and _never_passes(
        place.step, listed, place.outcome
    )


def _never_passes(step: StepSubject, criteria: tuple[LinkedCriterion, ...], outcome: Outcome) -> bool:
    found = cases_of(step.step, outcome, criteria)
    return bool(found) and all(case.passes_all(criteria) is False for case in found)


def _success(step: StepSubject) -> str:
    """What makes a step succeed."""
    criteria = step.step.criteria
    if not criteria:
        return "a 2xx status where there are no successCriteria"
    return shown(criteria[0]) if len(criteria) == 1 else "all of its successCriteria"


def _elsewhere(place: ActionPlace) -> str:
    other: Outcome = "failure" if place.outcome == "success" else "success"
    if _never_passes(place.step, place.action.criteria, other):
        return "change its criteria"
    return f"move it to {'onFailure' if other == 'failure' else 'onSuccess'}, or change the successCriteria"


def _hidden(place: ActionPlace) -> Diagnostic | None:
    before = [action for action in place.before if not isinstance(action, Retry)]
    if not before or _is_helper(place):
        return None
    listed = place.action.criteria
    open_ = [case for case in place.cases() if case.passes_all(listed) is not False]
    if not open_ or not all(_is_taken(case, before) for case in open_):
        return None
    hiding = [action for action in before if all(_is_taken(case, [action]) for case in open_)]
    if not hiding:
        names = conjoined(quoted(action.name for action in before))
        why = f"{names} before it leave nothing over"
    else:
        when = "applies whenever this does" if hiding[0].criteria else "always applies"
        why = f"'{hiding[0].name}' before it {when}"
    hint = _order(place.action, hiding[0]) if hiding else None
    return finding("ARZ416", f"'{place.action.name}' is never taken: {why}", place.action.location, hint)


def _order(action: LinkedAction, hiding: LinkedAction) -> str:
    if not action.criteria:
        return f"remove it, or give '{hiding.name}' criteria"
    same = {each.text for each in action.criteria} == {each.text for each in hiding.criteria}
    return "give the two different criteria" if same else f"put it before '{hiding.name}'"


def _is_taken(case: Case, before: Sequence[LinkedAction]) -> bool:
    return any(case.passes_all(action.criteria) is True for action in before)


def _is_helper(place: ActionPlace) -> bool:
    """Whether a retry runs the step before its own: only retries are followed there (decision 9)."""
    edges = place.step.workflow.flow.edges.values()
    return isinstance(place.action, Retry) and any(
        place.step.step.step_id in edge.between for some in edges for edge in some
    )


# Fields ---------------------------------------------------------------------------------------------------------------


def _hurried(subject: Subject, place: ActionPlace) -> Diagnostic | None:
    action = place.action
    if not isinstance(action, Retry) or action.retry_limit < 2:
        return None
    if action.workflow or action.step_id not in (None, place.step.step.step_id):
        return None  # what runs first may well change the answer
    if _field(subject, action, "retryAfter") is not MISSING or _is_told_to_wait(place):
        return None
    return finding(
        "ARZ423",
        f"'{action.name}' repeats the step up to {action.retry_limit} times without a pause",
        action.location,
        "add retryAfter, in seconds",
    )


def _is_told_to_wait(place: ActionPlace) -> bool:
    """Whether the answers that are documented for this action have a Retry-After."""
    step = place.step
    statuses = [
        status
        for status in step.failure_statuses
        if isinstance(status, int) and step.documents(status) and Case(status).passes_all(place.action.criteria)
    ]
    return bool(statuses) and all(_has_retry_after(step, status) for status in statuses)


def _has_retry_after(step: StepSubject, status: int) -> bool:
    declared = step.call.operation.response(status) if step.call else None
    return declared is not None and any(name.lower() == "retry-after" for name in declared.headers)


def _each(subject: Subject) -> Iterator[LinkedAction]:
    """Each action once, whatever number of steps share it."""
    yield from {place.action.location: place.action for place in actions(subject)}.values()


def _field(subject: Subject, action: LinkedAction, name: str) -> Value:
    """A field of an action as it is written; MISSING also where it stands in another document."""
    document = subject.description.document
    if action.location.document != document.name:
        return MISSING
    return get_pointer(document.root, (*parse_pointer(action.location.pointer), name))

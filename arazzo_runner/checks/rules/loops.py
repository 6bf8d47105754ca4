"""Loops without an end or a pause (Arazzo 1.1.0, "Success Action Object"; decisions 4, 5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ...diagnostics import Diagnostic
from ...expression import StepsReference, parts
from ...plan import GotoStep, GotoWorkflow, expressions_in
from ..cases import Case
from ..flow import Edge, Outcome
from ..registry import rule
from ..subject import StepSubject, Subject, WorkflowSubject, finding
from ..words import conjoined, quoted

_READING: Final = ("GET", "HEAD", "OPTIONS", "QUERY")
_WAITING: Final = re.compile(r"wait|delay|sleep|timeout|poll", re.IGNORECASE)
_GONE: Final = (404, 410)
_TOLD: Final = {
    "success": ("at once", "let the successCriteria fail until it is done, and retry with retryAfter"),
    "failure": ("as soon as it fails", "write a retry instead, with retryAfter and retryLimit"),
}


@rule("ARZ421")
def loop_without_exit(subject: Subject) -> Iterator[Diagnostic]:
    """A goto that goes back, and no success leads out: the steps repeat until one fails, or the limit of steps."""
    for workflow in subject.workflows:
        for group in workflow.flow.loops:
            back = _way_back(workflow, group)
            if back is None or back.outcome == "failure" or _leads_out(workflow, group):
                continue
            names = conjoined(quoted(name for name in workflow.flow.steps if name in group))
            yield finding(
                "ARZ421",
                f"'{back.action.name}' makes a loop of {names} that only a failure or the limit of steps ends",
                back.action.location,
                "give it criteria, so that the run goes on when they do not pass",
            )


@rule("ARZ422")
def loop_without_pause(subject: Subject) -> Iterator[Diagnostic]:
    """A loop that sends the same requests again at once: a goto does not wait, a retry has retryAfter."""
    for workflow in subject.workflows:
        for group in workflow.flow.loops:
            back = _way_back(workflow, group)
            if back is None or not _leads_out(workflow, group):
                continue
            if all(_is_repeated(workflow.step(name), group) for name in group):
                when, hint = _TOLD[back.outcome]
                message = f"'{back.action.name}' sends the same again {when}, without a pause"
                yield finding("ARZ422", message, back.action.location, hint)


def _leads_out(workflow: WorkflowSubject, group: frozenset[str]) -> bool:
    return any(_is_exit(edge, group) for name in group for edge in workflow.flow.edges[name])


def _is_exit(edge: Edge, group: frozenset[str]) -> bool:
    """Whether an edge leaves a loop as planned: by success, or because what was asked for is gone."""
    if edge.target in group:
        return False
    if edge.outcome == "success" or isinstance(edge.action, GotoWorkflow):
        return True
    criteria = edge.action.criteria if edge.action else ()
    return edge.target is not None and any(Case(status).passes_all(criteria) for status in _GONE)


@dataclass(frozen=True, slots=True)
class _Back:
    """What closes a loop, and the outcome after which it does."""

    action: GotoStep
    outcome: Outcome


def _way_back(workflow: WorkflowSubject, group: frozenset[str]) -> _Back | None:
    """The goto to its own step or an earlier one; after success, if there is such a one."""
    order = {name: index for index, name in enumerate(workflow.flow.steps)}
    found = [
        _Back(edge.action, edge.outcome)
        for name in order
        if name in group
        for edge in workflow.flow.edges[name]
        if isinstance(edge.action, GotoStep) and edge.target in group and order[edge.action.step_id] <= order[name]
    ]
    return min(found, key=lambda back: back.outcome == "failure", default=None)


def _is_repeated(step: StepSubject | None, group: frozenset[str]) -> bool:
    """Whether a step only reads, does not wait at the server, and asks for nothing that the loop changes."""
    if step is None or step.call is None or step.call.operation.method not in _READING:
        return False
    names = (step.call.operation.operation_id or "", *(parameter.name for parameter in step.call.parameters))
    if any(map(_WAITING.search, names)):
        return False
    read = (part for written in step.sent() for expression, _ in expressions_in(written) for part in parts(expression))
    return not any(isinstance(part, StepsReference) and part.step_id in group for part in read)

"""Loops without an end or a pause (Arazzo 1.1.0, "Success Action Object"; decision 5)."""

from __future__ import annotations

from collections.abc import Iterator

from ...diagnostics import Diagnostic
from ...expression import StepsReference, parts
from ...plan import GotoStep, LinkedAction, expressions_in
from ..flow import Edge
from ..registry import rule
from ..subject import StepSubject, Subject, WorkflowSubject, finding

_READING = ("GET", "HEAD", "OPTIONS", "QUERY")


@rule("ARZ421")
def loop_without_exit(subject: Subject) -> Iterator[Diagnostic]:
    """A goto that goes back, and no success leads out: the steps repeat until one fails, or the limit of steps."""
    for workflow in subject.workflows:
        for group in workflow.flow.loops:
            back = _way_back(workflow, group)
            if back is not None and not _success_leads_out(workflow, group):
                names = ", ".join(f"'{name}'" for name in workflow.flow.steps if name in group)
                yield finding(
                    "ARZ421",
                    f"the action '{back.name}' makes a loop of {names} that only a failure or --max-steps ends",
                    back.location,
                    "give it criteria, so that the steps after the loop are reached",
                )


@rule("ARZ422")
def loop_without_pause(subject: Subject) -> Iterator[Diagnostic]:
    """A loop that sends the same requests again at once: a goto does not wait, a retry has retryAfter."""
    for workflow in subject.workflows:
        for group in workflow.flow.loops:
            back = _way_back(workflow, group)
            if back is None or not _success_leads_out(workflow, group):
                continue
            if all(_is_repeated(workflow.step(name), group) for name in group):
                yield finding(
                    "ARZ422",
                    f"the action '{back.name}' asks the same again at once, without a pause",
                    back.location,
                    "let the step fail by its successCriteria until it is done, and retry it with retryAfter",
                )


def _success_leads_out(workflow: WorkflowSubject, group: frozenset[str]) -> bool:
    return any(edge.target not in group for edge in _successes(workflow, group))


def _successes(workflow: WorkflowSubject, group: frozenset[str]) -> Iterator[Edge]:
    for name in group:
        yield from (edge for edge in workflow.flow.edges[name] if edge.outcome == "success")


def _way_back(workflow: WorkflowSubject, group: frozenset[str]) -> LinkedAction | None:
    """The success action that closes the loop: the one that goes to this step or an earlier one."""
    order = list(workflow.flow.steps)
    for edge in sorted(_successes(workflow, group), key=lambda edge: order.index(edge.source)):
        if isinstance(edge.action, GotoStep) and order.index(edge.action.step_id) <= order.index(edge.source):
            return edge.action if edge.target in group else None
    return None


def _is_repeated(step: StepSubject | None, group: frozenset[str]) -> bool:
    """Whether a step of a loop only reads, and its request depends on nothing that the loop changes."""
    if step is None or step.call is None or step.call.operation.method not in _READING:
        return False
    read = (part for written in step.sent() for expression, _ in expressions_in(written) for part in parts(expression))
    return not any(isinstance(part, StepsReference) and part.step_id in group for part in read)

"""The outline of a plan: what reports know of it, so that they can draw what a run did not take."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import Literal, assert_never

from ..events import ActionOutline, PrerequisiteOutline, StepOutline, WorkflowOutline
from ..plan import (
    End,
    GotoStep,
    GotoWorkflow,
    LinkedAction,
    LinkedWorkflow,
    ListedStep,
    OperationCall,
    Plan,
    Prerequisite,
    Retry,
    WorkflowCall,
)

_OUTLINES: dict[int, tuple[WorkflowOutline, ...]] = {}  # by the identity of plans that are alive


def outline(plan: Plan) -> tuple[WorkflowOutline, ...]:
    """The workflows of a plan for reports, the selected one first; made once for all runs of a plan."""
    identity = id(plan)
    known = _OUTLINES.get(identity)
    if known is None:
        known = _OUTLINES[identity] = _workflows(plan)
        weakref.finalize(plan, _OUTLINES.pop, identity, None).atexit = False
    return known


def _workflows(plan: Plan) -> tuple[WorkflowOutline, ...]:
    others = [w for key, w in plan.workflows.items() if key != plan.entry]
    keys = {key: _key(workflow) for key, workflow in plan.workflows.items()}
    return tuple(_outline(workflow, keys) for workflow in (plan.workflow, *others))


def _key(workflow: LinkedWorkflow) -> str:
    """As it is named in an outline: the names of documents are shown, their URIs are not."""
    own, document = workflow.workflow_id, workflow.document
    return own if workflow.key == own else f"{document.name}#{own}"


def _outline(workflow: LinkedWorkflow, keys: Mapping[str, str]) -> WorkflowOutline:
    return WorkflowOutline(
        workflow_id=workflow.workflow_id,
        summary=workflow.summary,
        steps=tuple([_step_outline(step, keys) for step in workflow.listed]),
        location=workflow.location,
        key=keys.get(workflow.key, ""),
        depends_on=tuple([keys.get(key, key) for key in workflow.depends_on]),
        outputs=tuple([output.name for output in workflow.outputs]),
    )


def _step_outline(step: ListedStep, keys: Mapping[str, str]) -> StepOutline:
    called = step.workflow if isinstance(step, WorkflowCall) else None
    return StepOutline(
        step_id=step.step_id,
        kind="operation" if isinstance(step, OperationCall) else "unknown" if called is None else "workflow",
        target=step.target,
        description=step.description,
        location=step.location,
        workflow=None if called is None else keys.get(called, called),
        criteria=tuple([criterion.text for criterion in step.criteria]),
        actions=(
            *[_action_outline(action, "success", keys) for action in step.success_actions],
            *[_action_outline(action, "failure", keys) for action in step.failure_actions],
        ),
        depends_on=tuple([_prerequisite_outline(each, keys) for each in step.depends_on]),
        timeout=step.timeout,
        outputs=tuple([output.name for output in step.outputs]),
    )


def _prerequisite_outline(prerequisite: Prerequisite, keys: Mapping[str, str]) -> PrerequisiteOutline:
    workflow = prerequisite.workflow
    return PrerequisiteOutline(prerequisite.step_id, None if workflow is None else keys.get(workflow, workflow))


def _action_outline(action: LinkedAction, on: Literal["success", "failure"], keys: Mapping[str, str]) -> ActionOutline:
    criteria = tuple([criterion.text for criterion in action.criteria])
    match action:
        case End():
            return ActionOutline(action.name, on, "end", action.location, criteria=criteria)
        case GotoStep():
            return ActionOutline(action.name, on, "goto", action.location, step_id=action.step_id, criteria=criteria)
        case GotoWorkflow():
            target = keys.get(action.workflow, action.workflow)
            return ActionOutline(action.name, on, "goto", action.location, workflow=target, criteria=criteria)
        case Retry():
            return ActionOutline(
                action.name,
                on,
                "retry",
                action.location,
                step_id=action.step_id,
                workflow=None if action.workflow is None else keys.get(action.workflow, action.workflow),
                criteria=criteria,
                retry_after=action.retry_after,
                retry_limit=action.retry_limit,
            )
        case _:
            assert_never(action)

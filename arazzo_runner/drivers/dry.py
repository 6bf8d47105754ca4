"""The dry driver: every request of the straight path is built and none is sent.

What only a run would know stands as its own expression in braces: `{$steps.x.outputs.y}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import RequestError
from ..events import SecretMarked
from ..interpreter.prepare import Unpreparable, call_of, inputs_of, request_of
from ..interpreter.scope import RunScope
from ..interpreter.state import Completed, Frame
from ..messages import Request
from ..plan import LinkedWorkflow, OperationCall, Plan, WorkflowCall
from .session import Sign


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One step of the straight path: its request, or why there is none."""

    step_id: str
    depth: int
    target: str
    request: Request | None = None
    refused: str | None = None
    secrets: tuple[SecretMarked, ...] = ()
    unsatisfied: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    note: str | None = None


class _Unknown(dict[str, Any]):
    """Outputs nobody knows yet: each name has its own expression as value."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._prefix = prefix

    def __missing__(self, name: str) -> str:
        return f"{{{self._prefix}.{name}}}"

    def get(self, name: str, default: Any = None) -> Any:
        """Every name is there."""
        return self[name]

    def __contains__(self, name: object) -> bool:
        return True


class _UnknownSteps(dict[str, Any]):
    def __missing__(self, step_id: str) -> _Unknown:
        return _Unknown(f"$steps.{step_id}.outputs")

    def get(self, step_id: str, default: Any = None) -> Any:
        """Every step has run."""
        return self[step_id]

    def __contains__(self, step_id: object) -> bool:
        return True


def dry_run(plan: Plan, inputs: Mapping[str, Any], *, sign: Sign | None = None) -> Iterator[Shown]:
    """The requests of the plan's workflow, as if every step succeeded."""
    yield from _workflow(plan, plan.workflow, inputs, sign, 0, frozenset())


def _workflow(
    plan: Plan,
    workflow: LinkedWorkflow,
    inputs: Mapping[str, Any],
    sign: Sign | None,
    depth: int,
    above: frozenset[str],
) -> Iterator[Shown]:
    for key in workflow.depends_on:
        dependency = plan.workflows[key]
        yield Shown(step_id=f"(dependsOn) {dependency.workflow_id}", depth=depth, target="workflow")
        yield from _workflow(plan, dependency, inputs, sign, depth + 1, above | {workflow.key})
    frame = Frame(
        workflow=workflow.key,
        path="",
        purpose="run",
        inputs=workflow.inputs.with_defaults(inputs),
        steps=_UnknownSteps(),
    )
    completed = {
        key: Completed(inputs={}, outputs=_Unknown(f"$workflows.{linked.workflow_id}.outputs"), succeeded=True)
        for key, linked in plan.workflows.items()
    }
    scope = RunScope(frame, workflow, completed)
    for step in workflow.steps:
        if isinstance(step, OperationCall):
            yield _operation(step, scope, sign, depth)
        else:
            yield Shown(step_id=step.step_id, depth=depth, target=f"workflow {step.target}")
            yield from _child(plan, step, scope, sign, depth, above | {workflow.key})


def _operation(step: OperationCall, scope: RunScope, sign: Sign | None, depth: int) -> Shown:
    try:
        arguments, body = call_of(step, scope)
        request = request_of(step, scope, arguments, body, timeout=step.timeout)
    except (Unpreparable, RequestError) as error:
        return Shown(step_id=step.step_id, depth=depth, target=step.target, refused=f"cannot be built: {error}")
    if sign is None or not request.security:
        return Shown(step_id=step.step_id, depth=depth, target=step.target, request=request)
    signed = sign(request)
    return Shown(
        step_id=step.step_id,
        depth=depth,
        target=step.target,
        request=signed.request,
        secrets=tuple(SecretMarked(label, value) for label, value in signed.secrets),
        unsatisfied=tuple(getattr(signed, "unsatisfied", ())),
        later=tuple(getattr(signed, "later", ())),
    )


def _child(
    plan: Plan, step: WorkflowCall, scope: RunScope, sign: Sign | None, depth: int, above: frozenset[str]
) -> Iterator[Shown]:
    if step.workflow in above:
        return
    try:
        inputs = inputs_of(step.parameters, scope)
    except Unpreparable as error:
        yield Shown(step_id=step.step_id, depth=depth + 1, target=step.target, refused=str(error))
        return
    yield from _workflow(plan, plan.workflows[step.workflow], inputs, sign, depth + 1, above)

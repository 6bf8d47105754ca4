"""What there is to bring about in a workflow: steps, criteria both ways, actions, exhausted retries, timeouts, outputs.

A test reaches an aim where an event of some run shows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from ..events import ActionTaken, CriterionChecked, Event, RunFinished, StepFinished, StepStarted, WorkflowFinished
from ..location import Location
from ..plan import LinkedAction, LinkedCriterion, LinkedOutput, LinkedStep, LinkedWorkflow, Plan, Retry
from ..verdict import CoverageKind
from .origins import StepKey

_SUCCESS: Final = "success"
_FAILURE: Final = "failure"


class AimKey(NamedTuple):
    """One aim. `name` and `place` tell those of a step apart."""

    kind: CoverageKind
    step: StepKey
    name: str = ""
    place: str = ""
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Target:
    """An aim with what it is about."""

    key: AimKey
    location: Location
    text: str
    action: str | None = None
    criterion: LinkedCriterion | None = None
    of_action: LinkedAction | None = None


def targets(plan: Plan) -> tuple[Target, ...]:
    """All aims of a plan, in the order of the document."""
    return tuple(target for workflow in plan.workflows.values() for target in _of_workflow(workflow))


def _of_workflow(workflow: LinkedWorkflow) -> Iterator[Target]:
    for step in workflow.steps:
        yield from _of_step((workflow.key, step.step_id), step)
    yield from _outputs((workflow.key, ""), workflow.outputs)


def _of_step(key: StepKey, step: LinkedStep) -> Iterator[Target]:
    yield Target(AimKey("step", key), step.location, step.step_id)
    for criterion in step.criteria:
        yield from _both_ways(key, criterion, None)
    for side, actions in ((_SUCCESS, step.success_actions), (_FAILURE, step.failure_actions)):
        for action in actions:
            yield from _of_action(key, side, action)
    if step.timeout is not None:
        yield Target(AimKey("timeout", key), step.location, f"timeout after {step.timeout:g} s")
    yield from _outputs(key, step.outputs)


def _both_ways(key: StepKey, criterion: LinkedCriterion, action: LinkedAction | None) -> Iterator[Target]:
    place = _place(criterion.location, action.name if action else None)
    for wanted in (True, False):
        text = f"{criterion.text} is {'true' if wanted else 'false'}"
        aim = AimKey("criterion", key, criterion.text, place, wanted)
        yield Target(aim, criterion.location, text, action.name if action else None, criterion, action)


def _of_action(key: StepKey, side: str, action: LinkedAction) -> Iterator[Target]:
    for criterion in action.criteria:
        yield from _both_ways(key, criterion, action)
    text = f"{action.name} ({side})"
    yield Target(AimKey("action", key, action.name, side), action.location, text, of_action=action)
    if isinstance(action, Retry):
        aim = AimKey("exhausted", key, action.name, side)
        yield Target(aim, action.location, f"{action.name} exhausted", of_action=action)


def _outputs(key: StepKey, outputs: tuple[LinkedOutput, ...]) -> Iterator[Target]:
    for output in outputs:
        yield Target(AimKey("output", key, output.name), output.location, output.name)


def _place(location: Location | None, action: str | None) -> str:
    return f"{location}|{action or ''}"


@dataclass(slots=True)
class Reached:
    """The aims that events have shown. `answered` are the steps that got an answer, or none in time, in some run."""

    keys: set[AimKey] = field(default_factory=set)
    answered: set[StepKey] = field(default_factory=set)
    _succeeded: bool = True

    def note(self, event: Event, key: StepKey) -> None:
        """Take note of an event that happened in a step, or (stepId "") to a workflow."""
        match event:
            case StepStarted():
                self.keys.add(AimKey("step", key))
            case CriterionChecked(condition=text, location=location, action=action, passed=passed):
                self.keys.add(AimKey("criterion", key, text, _place(location, action), passed))
            case StepFinished(status=status, reason=reason, outputs=outputs):
                self._succeeded = status == "succeeded"
                if reason == "timeout":
                    self.keys.add(AimKey("timeout", key))
                if self._succeeded:
                    self.keys.update(AimKey("output", key, name) for name in outputs)
            case ActionTaken(name=str(name)):
                self.keys.add(AimKey("action", key, name, _SUCCESS if self._succeeded else _FAILURE))
            case (
                WorkflowFinished(status="succeeded", outputs=outputs) | RunFinished(status="succeeded", outputs=outputs)
            ):
                self.keys.update(AimKey("output", (key[0], ""), name) for name in outputs)
            case _:
                pass

    def exhausted(self, key: StepKey, name: str, *, succeeded: bool) -> None:
        """A retry applied once more than it may."""
        self.keys.add(AimKey("exhausted", key, name, _SUCCESS if succeeded else _FAILURE))

"""A run as the page tells it: what was planned, what happened, and the colours of its graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ...diagnostics import Diagnostic
from ...events import (
    Event,
    RunFinished,
    RunStarted,
    StepOutline,
    Waiting,
    Warned,
    WorkflowFinished,
    WorkflowOutline,
    WorkflowStarted,
)
from ...location import Location
from ...verdict import Aim, CoverageKind
from ..attempts import Attempt, Attempts
from .graph import Graph, Walk, graph_of, show_run
from .markup import lasted


class RunView:
    """A fold over the events of one run."""

    def __init__(self) -> None:
        self.started: RunStarted | None = None
        self.finished: RunFinished | None = None
        self.entered: dict[str, WorkflowStarted] = {}  # by path
        self.left: dict[str, WorkflowFinished] = {}
        self.waits: list[Waiting] = []
        self.warnings: list[Diagnostic] = []
        self._walk = Walk(Graph([]))

    @classmethod
    def of(cls, events: Iterable[Event]) -> RunView:
        """The view of a whole run."""
        view = cls()
        for event in events:
            view.observe(event)
        return view

    def observe(self, event: Event) -> None:
        """Add one event."""
        match event:
            case RunStarted():
                self.started = event
                self._walk = Walk(graph_of(event.outline))
            case RunFinished():
                self.finished = event
            case WorkflowStarted():
                self.entered[event.path] = event
            case WorkflowFinished():
                self.left[event.path] = event
            case Waiting():
                self.waits.append(event)
            case Warned():
                self.warnings.append(event.diagnostic)
            case _:
                pass
        self._walk.observe(event)

    @property
    def attempts(self) -> Attempts:
        return self._walk.attempts

    @property
    def seconds(self) -> float:
        """How long it took, as far as it came."""
        if self.started is None:
            return 0.0
        times = [a.received.at for a in self.attempts if a.received] + [
            a.refused.at for a in self.attempts if a.refused
        ]
        end = self.finished.at if self.finished else max(times, default=self.started.at)
        return max(0.0, end - self.started.at)

    def graph(self) -> Graph:
        """The graph, coloured by this run."""
        show_run(self._walk, self._note)
        return self._walk.graph

    def link(self, ids: dict[str, str]) -> None:
        """Let each step of the graph lead to its last attempt; `ids` are anchors by attempt."""
        for attempt in self.attempts:
            node = self._walk.node_of(attempt.started)
            if node is not None:
                node.href = f"#{ids[attempt.started.id]}"

    def _note(self, id: str) -> str:
        attempt = self.attempts.get(id)
        if attempt is None:
            return ""
        told = [str(attempt.response.status)] if attempt.response else ["no answer"] if attempt.failure else []
        if attempt.duration_s:
            told.append(lasted(attempt.duration_s))
        return " · ".join(told)

    def aims(self) -> list[Aim]:
        """What there was to reach in the outline, and whether this run did."""
        return [aim for lane in self._walk.graph.lanes for aim in self._aims(lane.outline)]

    def _aims(self, workflow: WorkflowOutline) -> Iterator[Aim]:
        own = [a for a in self.attempts if (lane := self._walk.lane_of(a.started)) and lane.outline is workflow]
        for step in workflow.steps:
            attempts = [attempt for attempt in own if attempt.started.step_id == step.step_id]
            yield from _step_aims(workflow.workflow_id, step, attempts)


def _step_aims(workflow_id: str, step: StepOutline, attempts: Sequence[Attempt]) -> Iterator[Aim]:
    def aim(kind: CoverageKind, name: str, reached: bool, location: Location, action: str | None = None) -> Aim:
        return Aim(
            kind=kind,
            workflow_id=workflow_id,
            step_id=step.step_id,
            name=name,
            reached=reached,
            location=location,
            action=action,
        )

    yield aim("step", step.step_id, bool(attempts), step.location)
    verdicts = {(check.action, check.condition, check.passed) for attempt in attempts for check in attempt.checks}
    conditions: list[tuple[str | None, str, Location]] = [(None, text, step.location) for text in step.criteria]
    conditions += [(each.name, text, each.location) for each in step.actions for text in each.criteria]
    for action, text, location in dict.fromkeys(conditions):
        for wanted in (True, False):
            told = f"{text} is {'true' if wanted else 'false'}"
            yield aim("criterion", told, (action, text, wanted) in verdicts, location, action)
    taken = {(attempt.action.name, attempt.action.location) for attempt in attempts if attempt.action}
    for each in step.actions:
        yield aim("action", each.name, (each.name, each.location) in taken, each.location)
    given = {name for attempt in attempts if attempt.finished for name in attempt.finished.outputs}
    for name in step.outputs:
        yield aim("output", name, name in given, step.location)


def state_of(attempt: Attempt) -> str:
    """succeeded, handled (failed, and an action went on), failed, or interrupted."""
    if attempt.finished is None:
        return "interrupted"
    return "succeeded" if attempt.succeeded else "handled" if attempt.handled else "failed"

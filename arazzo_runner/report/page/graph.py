"""A description as a graph: workflows, steps, and where each step can lead; and how often a run went there.

Only what the outline says is drawn, and what a run did besides: the default break after a failure (decision 2) is
drawn where it was taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ...events import (
    ActionOutline,
    ActionTaken,
    Event,
    RunFinished,
    RunStarted,
    StepFinished,
    StepOutline,
    StepStarted,
    WorkflowFinished,
    WorkflowOutline,
    WorkflowStarted,
)
from ...verdict import Aim
from ..attempts import Attempts

State: TypeAlias = Literal["plain", "untaken", "succeeded", "failed", "handled", "reached"]
ExitKind: TypeAlias = Literal["call", "needs", "end", "goto", "retry", "break"]


@dataclass(slots=True)
class Exit:
    """One way out of a step beside the next step; `step` is an index in its lane, `lane` that of another workflow."""

    kind: ExitKind
    label: str
    title: str
    on: Literal["success", "failure"] | None = None
    step: int | None = None
    lane: int | None = None
    taken: int = 0
    state: State = "plain"
    limit: int | None = None  # of a retry

    @property
    def text(self) -> str:
        """The label with how often it was taken, or may be."""
        if self.limit is not None:
            return f"{self.label} ({f'{self.taken} of' if self.taken else 'max'} {self.limit})"
        return f"{self.label} ×{self.taken}" if self.taken > 1 else self.label


@dataclass(slots=True)
class Node:
    """A step. `exits` are its call and its actions; `goes_on` is false where an action always leaves it."""

    step: StepOutline
    exits: list[Exit] = field(default_factory=list)
    goes_on: bool = True
    waits_for: tuple[int, ...] = ()  # steps of this lane
    waits_elsewhere: tuple[str, ...] = ()
    runs: int = 0
    on: int = 0  # how often the next step followed
    state: State = "plain"
    on_state: State = "plain"
    note: str = ""  # "200 · 12 ms"
    href: str | None = None


@dataclass(slots=True)
class Lane:
    """A workflow. `needs` are the workflows of its dependsOn; `entered` is how often a run entered it."""

    outline: WorkflowOutline
    nodes: list[Node]
    needs: list[Exit]
    entered: int = 0
    ended: int = 0
    state: State = "plain"
    end_state: State = "plain"

    @property
    def has_end(self) -> bool:
        """Whether a run can come to the end of its steps."""
        return not self.nodes or self.nodes[-1].goes_on


@dataclass(slots=True)
class Graph:
    lanes: list[Lane]
    mode: Literal["plain", "run", "coverage"] = "plain"


def graph_of(outline: Sequence[WorkflowOutline]) -> Graph:
    """The graph of what could happen."""
    index = {workflow.key or workflow.workflow_id: number for number, workflow in enumerate(outline)}
    return Graph([_lane(workflow, index) for workflow in outline])


def _lane(outline: WorkflowOutline, lanes: dict[str, int]) -> Lane:
    positions = {step.step_id: number for number, step in enumerate(outline.steps)}
    needs = [
        Exit("needs", f"needs {_name(key)}", f"dependsOn {key}", lane=lanes.get(key)) for key in outline.depends_on
    ]
    return Lane(outline, [_node(step, positions, lanes) for step in outline.steps], needs)


def _node(step: StepOutline, positions: dict[str, int], lanes: dict[str, int]) -> Node:
    own = tuple(positions[p.step_id] for p in step.depends_on if not p.workflow and p.step_id in positions)
    exits = []
    if step.workflow is not None:
        lane = lanes.get(step.workflow)
        exits.append(Exit("call", f"runs {_name(step.workflow)}", f"calls the workflow {step.workflow}", lane=lane))
    exits += [_exit(action, positions, lanes) for action in step.actions]
    always = [a for a in step.actions if a.on == "success" and a.type != "retry" and not a.criteria]
    return Node(
        step,
        exits,
        goes_on=not always,
        waits_for=own,
        waits_elsewhere=tuple(f"{_name(p.workflow)}/{p.step_id}" for p in step.depends_on if p.workflow),
    )


def _exit(action: ActionOutline, positions: dict[str, int], lanes: dict[str, int]) -> Exit:
    return Exit(
        action.type,
        action_label(action),
        action_title(action),
        action.on,
        step=None if action.step_id is None else positions.get(action.step_id),
        lane=None if action.workflow is None else lanes.get(action.workflow),
        limit=action.retry_limit,
    )


def action_label(action: ActionOutline) -> str:
    """The action in a few words: `again after login`."""
    after = f" after {action.step_id or _name(action.workflow)}" if action.step_id or action.workflow else ""
    match action.type:
        case "retry":
            return f"{action.name}{after}"
        case "goto" if action.workflow is not None:
            return f"{action.name}: {_name(action.workflow)}"
        case _:
            return action.name


def action_title(action: ActionOutline) -> str:
    """The whole action, in one line."""
    target = f" {action.step_id or action.workflow}" if action.step_id or action.workflow else ""
    before = " first" if action.type == "retry" and target else ""
    often = f", at most {action.retry_limit} times" if action.retry_limit is not None else ""
    wait = f", {action.retry_after:g} s apart" if action.retry_after else ""
    when = f", if {' and '.join(action.criteria)}" if action.criteria else ""
    return f"after {action.on}: {action.type}{target}{before} ({action.name}){often}{wait}{when}"


def _name(key: str | None) -> str:
    return (key or "").rpartition("#")[2]


# -- what a run did -------------------------------------------------------------------------------------------------


class Walk:
    """A fold: how often each step, exit and way on of a graph was taken by a run."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.attempts = Attempts()
        self._by_place = {
            (lane.outline.location.document, lane.outline.workflow_id): lane for lane in reversed(graph.lanes)
        }
        self._by_id = {lane.outline.workflow_id: lane for lane in reversed(graph.lanes)}
        self._frames: dict[str, Lane] = {"": graph.lanes[0]} if graph.lanes else {}
        self._last: dict[str, str] = {}  # by frame, the attempt that succeeded and took no action

    def observe(self, event: Event) -> None:
        """Follow one event."""
        self.attempts.observe(event)
        match event:
            case RunStarted() if self.graph.lanes:
                self.graph.lanes[0].entered += 1
            case WorkflowStarted():
                self._enter(event)
            case StepStarted():
                self._step(event)
            case StepFinished(status="succeeded"):
                self._last[event.path] = event.id
            case ActionTaken():
                self._action(event)
            case WorkflowFinished():
                self._leave(event.path, event.status == "succeeded")
            case RunFinished():
                self._leave("", event.status == "succeeded")
            case _:
                pass

    def lane_of(self, started: StepStarted) -> Lane | None:
        return self._by_place.get((started.location.document, started.workflow_id)) or self._by_id.get(
            started.workflow_id
        )

    def node_of(self, started: StepStarted) -> Node | None:
        lane = self.lane_of(started)
        return next((n for n in lane.nodes if n.step.step_id == started.step_id), None) if lane else None

    def _enter(self, event: WorkflowStarted) -> None:
        lane = self._by_place.get((event.location.document, event.workflow_id)) or self._by_id.get(event.workflow_id)
        if lane is None:
            return
        lane.entered += 1
        self._frames[event.path] = lane
        if event.purpose == "dependency":
            number = self.graph.lanes.index(lane)
            for each in (each for other in self.graph.lanes for each in other.needs if each.lane == number):
                each.taken += 1
        elif event.purpose == "step" and (caller := self.attempts.get(event.path)):
            node = self.node_of(caller.started)
            for each in node.exits if node else ():
                each.taken += each.kind == "call"

    def _step(self, event: StepStarted) -> None:
        node = self.node_of(event)
        if node is None:
            return
        node.runs += 1
        before = self._last.pop(event.path, None)
        if before is not None:
            self._on(before)

    def _on(self, attempt_id: str) -> None:
        attempt = self.attempts.get(attempt_id)
        node = self.node_of(attempt.started) if attempt else None
        if node is not None:
            node.on += 1

    def _action(self, event: ActionTaken) -> None:
        attempt = self.attempts.get(event.id)
        node = self.node_of(attempt.started) if attempt else None
        if attempt is None or node is None:
            return
        self._last.pop(attempt.started.path, None)
        on: Literal["success", "failure"] = "success" if attempt.succeeded else "failure"
        found = next((each for each in _matching(node, event, on)), None)
        if found is None:
            if event.type != "break":
                return
            found = next((each for each in node.exits if each.kind == "break"), None)
            if found is None:
                found = Exit("break", "failed: stops here", event.reason or "no action applies", "failure")
                node.exits.append(found)
        found.taken += 1

    def _leave(self, path: str, succeeded: bool) -> None:
        lane, before = self._frames.get(path), self._last.pop(path, None)
        if lane is not None and before is not None and succeeded:
            self._on(before)
            lane.ended += 1


def _matching(node: Node, event: ActionTaken, on: Literal["success", "failure"]) -> Iterable[Exit]:
    """The exits an event can be about; two actions of one name are told apart by their place."""
    offset = len(node.exits) - len(node.step.actions) - sum(each.kind == "break" for each in node.exits)
    named = [
        (action, node.exits[offset + number])
        for number, action in enumerate(node.step.actions)
        if action.on == on and action.name == event.name and action.type == event.type
    ]
    yield from (each for action, each in named if action.location == event.location)
    yield from (each for _, each in named)


def show_run(walk: Walk, note: Callable[[str], str]) -> None:
    """Colour a graph by a run; `note` says in a few words how the last attempt of an id ended."""
    graph = walk.graph
    graph.mode = "run"
    for attempt in walk.attempts:
        node = walk.node_of(attempt.started)
        if node is not None:
            node.note = note(attempt.started.id)
            failed: State = "handled" if attempt.handled else "failed"
            node.state = "succeeded" if attempt.succeeded else failed
    for lane in graph.lanes:
        lane.state = "succeeded" if lane.entered else "untaken"
        lane.end_state = "succeeded" if lane.ended else "untaken"
        for node in lane.nodes:
            node.state = node.state if node.runs else "untaken"
            node.on_state = "succeeded" if node.on else "untaken"
        for each in exits(lane):
            each.state = _taken_state(each) if each.taken else "untaken"


def _taken_state(taken: Exit) -> State:
    if taken.kind == "break":
        return "failed"
    return "handled" if taken.on == "failure" else "succeeded"


def exits(lane: Lane) -> Iterable[Exit]:
    yield from lane.needs
    for node in lane.nodes:
        yield from node.exits


def show_coverage(graph: Graph, aims: Sequence[Aim]) -> None:
    """Colour a graph by what any run of a test reached. A way on counts where both its ends were reached.

    An action is named as it is, or with what it follows on: `again (failure)`.
    """
    graph.mode = "coverage"
    steps = {(aim.workflow_id, aim.step_id) for aim in aims if aim.kind == "step" and aim.reached}
    actions = {(aim.workflow_id, aim.step_id, aim.name) for aim in aims if aim.kind == "action" and aim.reached}
    for lane in graph.lanes:
        workflow = lane.outline.workflow_id
        met = [(workflow, node.step.step_id) in steps or bool(node.runs) for node in lane.nodes]
        lane.state = "reached" if any(met) else "untaken"
        for number, node in enumerate(lane.nodes):
            node.state = "reached" if met[number] else "untaken"
            followed = node.on or (met[number] and number + 1 < len(met) and met[number + 1])
            node.on_state = "reached" if followed else "untaken"
            for each, action in _with_actions(node):
                named = action is not None and any(
                    (workflow, node.step.step_id, name) in actions
                    for name in (action.name, f"{action.name} ({action.on})")
                )
                called = each.kind == "call" and met[number]
                each.state = "reached" if each.taken or named or called else "untaken"
                if each.kind == "break":
                    each.state = "failed"
        lane.end_state = "reached" if lane.ended else "untaken"
        for each in lane.needs:
            each.state = "reached" if each.taken or any(met) else "untaken"


def _with_actions(node: Node) -> Iterable[tuple[Exit, ActionOutline | None]]:
    actions = iter(node.step.actions)
    for each in node.exits:
        yield each, None if each.kind in ("call", "break") else next(actions, None)

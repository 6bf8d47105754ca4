"""A run whose answers are chosen one by one: it stands still at every request, and can be gone on with twice.

The interpreter is pure and its state a value, so that a fork costs no more than copying a reference. Time is virtual.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from ..errors import ExecutionError
from ..events import CriterionChecked, Event, StepFinished, StepStarted, WorkflowFinished
from ..expression import Expression, compile_expression
from ..interpreter import (
    Call,
    Delay,
    Effect,
    Exchange,
    Outcome,
    Refused,
    State,
    Waited,
    advance,
    begin,
    conclude,
    prepare,
)
from ..interpreter.scope import RunScope
from ..messages import Request, Response, TransportFailure
from ..mock import Mock
from ..plan import OperationCall, Plan, Retry
from ..values import JSON, MISSING, Missing
from .aims import Reached
from .origins import StepKey

ROUND_TRIP: Final = 0.01  # seconds an answer takes
STARTED_AT: Final = 1_700_000_000.0  # seconds since the epoch: every exploration begins at the same time

Received: TypeAlias = Response | TransportFailure


@dataclass(frozen=True, slots=True)
class Exchanged:
    """One answer of a run, with the request it answers: enough to repeat the run. Times in seconds."""

    id: str
    request: Request
    received: Received
    at: float
    duration_s: float


@dataclass(frozen=True, slots=True)
class Point:
    """A run that waits for the answer to a request."""

    key: StepKey
    step: OperationCall
    effect: Call
    request: Request


@dataclass(frozen=True, slots=True)
class Concluded:
    """What an answer would come to: the outcome, what would happen, and the state after it."""

    received: Received
    exchange: Exchange
    outcome: Outcome
    events: tuple[Event, ...]


@dataclass(slots=True, eq=False)
class Run:
    """A run under way. `refused` are the requests that could not be made, why, and the state there.

    `trouble` is the last step that failed, with the success criteria that did not hold.
    """

    plan: Plan
    inputs: Mapping[str, Any]
    reached: Reached
    state: State
    effects: tuple[Effect, ...]
    mock: Mock
    exchanged: tuple[Exchanged, ...] = ()
    refused: tuple[tuple[StepKey, Refused, State], ...] = ()
    trouble: tuple[StepKey, tuple[str, ...]] | None = None
    _outputs: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    _steps: dict[str, StepKey] = field(default_factory=dict)

    def fork(self) -> Run:
        """The same run once more."""
        return Run(
            self.plan,
            self.inputs,
            self.reached,
            self.state,
            self.effects,
            self.mock.forked(),
            self.exchanged,
            self.refused,
            self.trouble,
            dict(self._outputs),
            dict(self._steps),
        )

    def evaluated(self, expression: Expression) -> JSON | bytes | Missing:
        """The value of an expression where the run stands, before any answer."""
        return evaluated_in(self.plan, self.state, expression)

    def point(self) -> Point | None:
        """Where the run waits for an answer; None where it has ended."""
        while self.effects:
            effect = self.effects[0]
            prepared = prepare(self.plan, self.state, effect)
            if isinstance(prepared, Delay):
                self._go_on(Waited(effect=effect.id, received_at=self.state.now + prepared.seconds))
                continue
            assert isinstance(effect, Call), "a Wait is prepared as a Delay"
            key, step = self._current()
            if isinstance(prepared, Request):
                return Point(key, step, effect, prepared)
            self.refused = (*self.refused, (key, prepared, self.state))
            self.trouble = key, ()
            now = self.state.now
            exchange = Exchange(request=None, sent_at=now, received_at=now, refused=prepared)
            outcome, events = conclude(self.plan, self.state, effect, exchange)
            self._tell(events)
            self._go_on(outcome)
        return None

    def conclude(self, point: Point, received: Received) -> Concluded:
        """What an answer would come to; the run stays where it is."""
        took = ROUND_TRIP
        if isinstance(received, TransportFailure) and received.kind == "timeout":
            bounds = (point.request.timeout, self.plan.bounds.timeout)
            took = min(bound for bound in bounds if bound is not None)
        sent_at, received_at = self.state.now, self.state.now + took
        exchange = Exchange(
            request=point.request,
            sent_at=sent_at,
            received_at=received_at,
            response=received if isinstance(received, Response) else None,
            failure=received if isinstance(received, TransportFailure) else None,
        )
        outcome, events = conclude(self.plan, self.state, point.effect, exchange)
        return Concluded(received, exchange, outcome, tuple(events))

    def after(self, concluded: Concluded) -> State:
        """The state after an answer; the run stays where it is."""
        return advance(self.plan, self.state, concluded.outcome)[0]

    def give(self, point: Point, concluded: Concluded) -> None:
        """Go on with an answer."""
        self.reached.answered.add(point.key)
        exchange = concluded.exchange
        took = exchange.received_at - exchange.sent_at
        self.exchanged = (
            *self.exchanged,
            Exchanged(point.effect.id, point.request, concluded.received, exchange.received_at, took),
        )
        if not concluded.outcome.succeeded:
            self.trouble = point.key, _failed(concluded.events)
        self._tell(concluded.events)
        self._go_on(concluded.outcome)

    def _go_on(self, outcome: Outcome | Waited) -> None:
        if isinstance(outcome, Outcome):
            self._note_exhausted(outcome)
        self.state, self.effects, events = advance(self.plan, self.state, outcome)
        self._tell(events)
        failed = next(
            (e for e in events if isinstance(e, CriterionChecked) and not e.passed and e.action is None), None
        )
        if failed is not None:  # of a step that calls a workflow: it is concluded on the way
            self.trouble = self._key(failed), _failed(events)

    def outputs_of(self, effect: str) -> Mapping[str, Any]:
        """The outputs of an attempt that succeeded."""
        return self._outputs.get(effect, {})

    def _current(self) -> tuple[StepKey, OperationCall]:
        frame = self.state.frames[-1]
        step = self.plan.workflows[frame.workflow].steps[frame.position]
        assert isinstance(step, OperationCall), "only operations have effects"
        return (frame.workflow, step.step_id), step

    def _note_exhausted(self, outcome: Outcome) -> None:
        """Retries that apply once more than they may: no event tells of them."""
        key, step = self._current()
        budgets = self.state.frames[-1].budgets
        actions = step.success_actions if outcome.succeeded else step.failure_actions
        for matched in outcome.actions:
            action = actions[matched.index]
            if isinstance(action, Retry) and budgets.get(action.name, 0) >= action.retry_limit:
                self.reached.exhausted(key, action.name, succeeded=outcome.succeeded)

    def _tell(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, StepFinished) and event.status == "succeeded":
                self._outputs[event.id] = event.outputs
            if isinstance(event, StepStarted):
                self._steps[event.id] = (_key_of(self.plan, event.workflow_id), event.step_id)
            self.reached.note(event, self._key(event))

    def _key(self, event: Event) -> StepKey:
        if isinstance(event, WorkflowFinished):
            return _key_of(self.plan, event.workflow_id), ""
        return self._steps.get(getattr(event, "id", None) or "", (self.plan.entry, ""))


def _failed(events: Iterable[Event]) -> tuple[str, ...]:
    """The success criteria that did not hold."""
    checks = (event for event in events if isinstance(event, CriterionChecked))
    return tuple(check.condition for check in checks if not check.passed and check.action is None)


def start(plan: Plan, inputs: Mapping[str, Any], mock: Mock, reached: Reached) -> Run:
    """A run of the plan's workflow, from its beginning."""
    state, effects, events = begin(plan, inputs, now=STARTED_AT)
    run = Run(plan, inputs, reached, state, effects, mock)
    run._tell(events)
    return run


def _key_of(plan: Plan, workflow_id: str) -> str:
    """The key of a workflow that an event names by its id."""
    if plan.workflow.workflow_id == workflow_id:
        return plan.entry
    return next((key for key, each in plan.workflows.items() if each.workflow_id == workflow_id), plan.entry)


def evaluated_in(plan: Plan, state: State, expression: Expression) -> JSON | bytes | Missing:
    """The value of an expression in a state, before any answer."""
    frame = state.frames[-1]
    scope = RunScope(frame, plan.workflows[frame.workflow], state.completed)
    try:
        return compile_expression(expression)(scope)
    except ExecutionError:
        return MISSING

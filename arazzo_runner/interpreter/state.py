"""The state of a run: an immutable value that JSON can hold (design; reference of durable runs).

A run can be stopped after any outcome, stored, and gone on with elsewhere: `to_json` and `from_json` are inverse, and
folding the recorded outcomes over the first state gives every later one.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from ..errors import Phase
from ..events import Reason, Status
from .effects import Call, Effect, Wait

Purpose = Literal["run", "step", "dependency", "retry", "retry-step"]
Values: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A workflow under way. `path` is structural and unique in the run; `position` indexes the plan's steps.

    `steps` has the outputs of steps that ran, `done` whether their latest visit succeeded, `budgets` the retries used
    in this visit by action name, `pending` the dependencies still to run, `ready_at` when the next attempt may begin.
    `hops` counts the gotos that led here, `called` is the workflow they set out from.
    """

    workflow: str
    path: str
    purpose: Purpose
    inputs: Values
    position: int = 0
    steps: Mapping[str, Values] = field(default_factory=dict)
    done: Mapping[str, bool] = field(default_factory=dict)
    visits: Mapping[str, int] = field(default_factory=dict)
    attempt: int = 0
    budgets: Mapping[str, int] = field(default_factory=dict)
    pending: tuple[str, ...] = ()
    ready_at: float = 0.0
    started_at: float = 0.0
    deadline: float | None = None
    hops: int = 0
    called: str = ""
    last_status: int | None = None


_FIELDS = tuple(Frame.__dataclass_fields__)


def changed(frame: Frame, changes: Mapping[str, Any]) -> Frame:
    """The frame with other values in some fields: `dataclasses.replace` at a fraction of its cost, once per turn."""
    new: Frame = object.__new__(Frame)
    fill = object.__setattr__
    for name in _FIELDS:
        fill(new, name, changes[name] if name in changes else getattr(frame, name))
    return new


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """The latest execution of a workflow that ended in this run; `steps` are those that succeeded in it."""

    inputs: Values
    outputs: Values
    succeeded: bool
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    status: Status
    reason: Reason | None
    ended_by: str | None
    outputs: Values
    missing_outputs: tuple[str, ...]
    message: str | None = None
    phase: Phase | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """`now` is the time of the last outcome (seconds since the epoch), the only clock; `inputs` are the run's."""

    frames: tuple[Frame, ...]
    inputs: Values = field(default_factory=dict)
    outstanding: tuple[Effect, ...] = ()
    completed: Mapping[str, Completed] = field(default_factory=dict)
    executed: int = 0
    delayed: float = 0.0
    now: float = 0.0
    end: Ended | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedAction:
    """An action whose criteria hold: its index in the step's list, and the inputs it passes on."""

    index: int
    inputs: Values | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a step came to. Small: never the body, because `$response` is visible to its own step only."""

    effect: str
    succeeded: bool
    phase: Phase
    received_at: float
    status: int | None = None
    reason: Reason | None = None
    message: str | None = None
    verdicts: tuple[tuple[bool, str | None], ...] = ()
    outputs: Values | None = None  # None: nothing was received, earlier outputs stay
    missing_outputs: tuple[str, ...] = ()
    actions: tuple[MatchedAction, ...] = ()
    retry_after: float | None = None
    duration_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """A delay is over."""

    effect: str
    received_at: float


def to_json(state: State) -> dict[str, Any]:
    """The state as JSON values only (bytes and Decimal in wrappers of their own)."""
    return {
        "frames": [_fields(frame) for frame in state.frames],
        "inputs": _plain(state.inputs),
        "outstanding": [_effect(effect) for effect in state.outstanding],
        "completed": {key: _fields(done) for key, done in state.completed.items()},
        "executed": state.executed,
        "delayed": state.delayed,
        "now": state.now,
        "end": _fields(state.end) if state.end else None,
    }


def from_json(data: Mapping[str, Any]) -> State:
    """The state that `to_json` wrote."""
    return State(
        frames=tuple(Frame(**_restored(frame, ("pending",))) for frame in data["frames"]),
        inputs=_value(data["inputs"]),
        outstanding=tuple(_restore_effect(effect) for effect in data["outstanding"]),
        completed={key: Completed(**_restored(done, ("steps",))) for key, done in data["completed"].items()},
        executed=data["executed"],
        delayed=data["delayed"],
        now=data["now"],
        end=Ended(**_restored(data["end"], ("missing_outputs",))) if data["end"] else None,
    )


def outcome_to_json(outcome: Outcome | Waited) -> dict[str, Any]:
    """An outcome as JSON values only."""
    result = _fields(outcome)
    if isinstance(outcome, Outcome):
        result["actions"] = [_fields(action) for action in outcome.actions]
        result["verdicts"] = [list(verdict) for verdict in outcome.verdicts]
    return result


def outcome_from_json(data: Mapping[str, Any]) -> Outcome | Waited:
    """The outcome that `outcome_to_json` wrote."""
    if "succeeded" not in data:
        return Waited(**data)
    fields = _restored({key: data[key] for key in data if key not in ("actions", "verdicts")}, ("missing_outputs",))
    fields["actions"] = tuple(MatchedAction(**_restored(action, ())) for action in data["actions"])
    fields["verdicts"] = tuple((passed, reason) for passed, reason in data["verdicts"])
    return Outcome(**fields)


def _fields(value: Any) -> dict[str, Any]:
    return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}


def _plain(value: Any) -> Any:
    match value:
        case bytes():
            return {"$bytes": base64.b64encode(value).decode("ascii")}
        case Decimal():
            return {"$decimal": str(value)}
        case dict():
            plain = {key: _plain(item) for key, item in value.items()}
            return {"$object": plain} if any(key.startswith("$") for key in plain) else plain
        case list() | tuple():
            return [_plain(item) for item in value]
        case _:
            return value


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        if len(value) == 1:
            ((key, inner),) = value.items()
            match key:
                case "$bytes":
                    return base64.b64decode(inner)
                case "$decimal":
                    return Decimal(inner)
                case "$object":
                    return {name: _value(item) for name, item in inner.items()}
        return {key: _value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_value(item) for item in value]
    return value


def _restored(data: Mapping[str, Any], tuples: tuple[str, ...]) -> dict[str, Any]:
    return {key: tuple(value) if key in tuples else _value(value) for key, value in data.items()}


def _effect(effect: Effect) -> dict[str, Any]:
    return {"type": "wait" if isinstance(effect, Wait) else "call", **_fields(effect)}


def _restore_effect(data: Mapping[str, Any]) -> Effect:
    fields = {key: value for key, value in data.items() if key != "type"}
    return Wait(**fields) if data["type"] == "wait" else Call(**fields)

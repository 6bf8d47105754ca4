"""What happened in each attempt of a step, gathered from the events that share its id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..events import (
    ActionTaken,
    CriterionChecked,
    Event,
    RequestFailed,
    RequestResent,
    RequestSent,
    ResponseReceived,
    StepFinished,
    StepStarted,
)
from ..messages import Request, Response, TransportFailure
from .criteria import failure_of


@dataclass(slots=True)
class Attempt:
    """One attempt of a step, as far as it has come: `finished` is None while it runs, or where it was interrupted."""

    started: StepStarted
    sent: RequestSent | None = None
    resent: RequestResent | None = None
    received: ResponseReceived | None = None
    refused: RequestFailed | None = None
    checks: list[CriterionChecked] = field(default_factory=list)
    action: ActionTaken | None = None
    finished: StepFinished | None = None

    @property
    def request(self) -> Request | None:
        """The request that was answered in the end."""
        if self.resent:
            return self.resent.request
        if self.sent:
            return self.sent.request
        return self.refused.request if self.refused else None

    @property
    def response(self) -> Response | None:
        return self.received.response if self.received else None

    @property
    def failure(self) -> TransportFailure | None:
        return self.refused.failure if self.refused else None

    @property
    def succeeded(self) -> bool:
        return self.finished is not None and self.finished.status == "succeeded"

    @property
    def criteria(self) -> Iterator[CriterionChecked]:
        """The checks of the step itself; those of its actions are left out."""
        return (check for check in self.checks if check.action is None)

    @property
    def handled(self) -> bool:
        """Whether an action carries the run on after this attempt."""
        return self.action is not None and self.action.type in ("goto", "retry", "next")

    @property
    def message(self) -> str | None:
        """Why it failed, in one line."""
        if self.succeeded:
            return None
        if self.finished and self.finished.message:
            return self.finished.message
        if self.refused:
            return self.refused.reason
        return next((failure_of(check) for check in self.criteria if not check.passed), None)

    @property
    def duration_s(self) -> float:
        """Never negative, though a clock may have been set back."""
        if self.finished and self.finished.duration_s:
            return max(0.0, self.finished.duration_s)
        return max(0.0, self.received.duration_s) if self.received else 0.0

    @property
    def name(self) -> str:
        """Its step with the frames above it: `login/getToken`."""
        return qualified(self.started.path, self.started.step_id)


def frames_of(path: str) -> list[str]:
    """The steps whose workflows (or retries) a frame stands in; a goto (`~1`) is no deeper than where it came from."""
    steps = [frame.partition("#")[0].partition("~")[0] for frame in path.split("/")]
    return [step for step in steps if step]


def qualified(path: str, step_id: str) -> str:
    """A step's id with those of the steps it runs in: `login/getToken`."""
    return "/".join([*frames_of(path), step_id])


class Attempts:
    """A fold: the attempts of a run in the order in which they started."""

    def __init__(self) -> None:
        self._by_id: dict[str, Attempt] = {}

    def __iter__(self) -> Iterator[Attempt]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def get(self, id: str) -> Attempt | None:
        return self._by_id.get(id)

    def observe(self, event: Event) -> None:
        """Add an event to the attempt it belongs to."""
        if isinstance(event, StepStarted):
            self._by_id[event.id] = Attempt(event)
            return
        attempt = self._by_id.get(getattr(event, "id", None) or "")
        if attempt is not None:
            _add(attempt, event)


def _add(attempt: Attempt, event: Event) -> None:
    match event:
        case RequestSent():
            attempt.sent = event
        case RequestResent():
            attempt.resent = event
        case ResponseReceived():
            attempt.received = event
        case RequestFailed():
            attempt.refused = event
        case CriterionChecked():
            attempt.checks.append(event)
        case ActionTaken():
            attempt.action = event
        case StepFinished():
            attempt.finished = event
        case _:
            pass

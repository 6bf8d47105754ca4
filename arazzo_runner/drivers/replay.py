"""Replay: a run whose answers come from a script, and where it goes another way (interface, "Options of a run").

Needs no network, and time is virtual. Each request is compared with what is expected of it; verdicts that read a secret
are taken from the record, because a replay computes with placeholders.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from ..interpreter import State
from ..messages import Request, Response, TransportFailure
from .asks import Answer, Ask, Send
from .session import Session

Given: TypeAlias = "Response | TransportFailure | Callable[[Request], Response]"


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a run differs from its case; `place` is the JSON Pointer of what was expected, in the case.

    `missing` is a request that was not sent, `unexpected` one that the case does not list, `refused` one that the
    description does not allow.
    """

    step: str
    what: str
    recorded: str
    now: str
    place: str = ""
    kind: Literal["value", "missing", "unexpected", "refused"] = "value"

    def __str__(self) -> str:
        if self.kind == "refused":
            return f"{self.step}: {self.now}"
        return f"{self.step}: {self.what} was {self.recorded} in the record and is {self.now}"


class Expected(Protocol):
    """What is expected of a request."""

    def differences(self, step: str, sent: Request) -> Iterable[Difference]:
        """Where the request that is sent differs."""

    def __str__(self) -> str:
        """The request in a few words: `POST http://...`."""


@dataclass(frozen=True, slots=True)
class Scripted:
    """One exchange of a step: what is expected (None: nothing), and what the answer is or is made by.

    `at` is when it came, in seconds since the epoch, where that is known.
    """

    step: str
    expected: Expected | None
    answer: Given
    duration_s: float = 0.0
    at: float | None = None
    place: str = ""


class Script(Protocol):
    """Who answers each request, in order for each step."""

    def take(self, effect_id: str) -> Scripted | None:
        """The exchange of an attempt; None where there is none, and none is made up."""

    def left(self) -> Iterable[Scripted]:
        """The exchanges that nobody took."""

    def begins(self) -> float | None:
        """When the first request was sent, where that is known."""


class Replay:
    """Answers from the script; `differences` says where the run went another way."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self.differences: list[Difference] = []
        self._now = script.begins()

    def run(self, session: Session) -> State:
        """Run to the end without waiting and without a connection."""
        clock = session.clock
        if self._now is None:
            self._now = clock()
        session.clock = self._clock
        asks = session.asks()
        try:
            ask = next(asks)
            while True:
                ask = asks.send(self._answer(ask))
        except StopIteration:
            pass
        self.differences.extend(map(not_sent, self._script.left()))
        return session.state

    def _clock(self) -> float:
        assert self._now is not None, "the run has begun"
        return self._now

    def _pass(self, ask: Send, exchange: Scripted, answer: Response | TransportFailure) -> None:
        """Let the time pass that it took; a time-out has used up what it was given, so that it ends what it ended."""
        took = exchange.duration_s
        if isinstance(answer, TransportFailure) and answer.kind == "timeout":
            took = max(took, ask.timeout)
        self._now = max(self._clock() + took, exchange.at or 0.0)

    def _answer(self, ask: Ask) -> Answer:
        if not isinstance(ask, Send):
            self._now = self._clock() + ask.seconds
            return None
        exchange = self._script.take(ask.id)
        if exchange is None:
            self.differences.append(not_listed(ask.id, ask.request))
            return TransportFailure("closed", f"the record has no answer for {ask.id}", "not_sent")
        if exchange.expected is not None:
            self.differences.extend(exchange.expected.differences(ask.id, ask.request))
        given = exchange.answer
        answer = given if isinstance(given, (Response, TransportFailure)) else given(ask.request)
        self._pass(ask, exchange, answer)
        return answer


def not_listed(step: str, sent: Request) -> Difference:
    """A request that a complete case does not have."""
    return Difference(step, "the request", "not sent", f"{sent.method} {sent.url}", kind="unexpected")


def not_sent(exchange: Scripted) -> Difference:
    """An exchange that did not take place."""
    sent = str(exchange.expected) if exchange.expected is not None else "sent"
    return Difference(exchange.step, "the request", sent, "not sent any more", exchange.place, "missing")


def step_of(effect_id: str) -> str:
    """The stepId in an effect's id."""
    return effect_id.rpartition("/")[2].partition("#")[0]

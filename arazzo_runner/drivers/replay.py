"""Replay: a run whose answers come from a record, and where it now differs from it (interface, "Options of a run").

Needs no network. Each request is compared with the recorded one of the same step; verdicts that read a secret are taken
from the record, because a replay computes with placeholders.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain

from ..interpreter import State
from ..messages import Request, Response, TransportFailure
from .session import Answer, Ask, Send, Session


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded exchange of a step: what was sent (None: nothing to compare with) and what came of it."""

    step: str
    id: str | None
    request: Request | None
    answer: Response | TransportFailure
    duration_s: float = 0.0
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a run differs from its record."""

    step: str
    what: str
    recorded: str
    now: str

    def __str__(self) -> str:
        return f"{self.step}: {self.what} was {self.recorded} in the record and is {self.now}"


Compare = Callable[[Request, Request], "Iterable[tuple[str, str, str]]"]


class Replay:
    """Answers from the record, in order for each step; `differences` says where the run went another way."""

    def __init__(self, recorded: Iterable[Recorded], *, compare: Compare) -> None:
        self._by_id: dict[str, Recorded] = {}
        self._by_step: dict[str, deque[Recorded]] = defaultdict(deque)
        for exchange in recorded:
            if exchange.id is not None:
                self._by_id[exchange.id] = exchange
            else:
                self._by_step[exchange.step].append(exchange)
        self._compare = compare
        self.differences: list[Difference] = []
        self._now = self._beginning()

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
        self._unused()
        return session.state

    def _beginning(self) -> float | None:
        """When the first recorded request was sent, where the record says so."""
        recorded = (*self._by_id.values(), *chain(*self._by_step.values()))
        return min((e.at - e.duration_s for e in recorded if e.at is not None), default=None)

    def _clock(self) -> float:
        assert self._now is not None, "the run has begun"
        return self._now

    def _pass(self, ask: Send, exchange: Recorded) -> None:
        """Let the time pass that it took; a time-out has used up what it was given, so that it ends what it ended."""
        took = exchange.duration_s
        if isinstance(exchange.answer, TransportFailure) and exchange.answer.kind == "timeout":
            took = max(took, ask.timeout)
        self._now = max(self._clock() + took, exchange.at or 0.0)

    def _answer(self, ask: Ask) -> Answer:
        if not isinstance(ask, Send):
            self._now = self._clock() + ask.seconds
            return None
        step = step_of(ask.id)
        exchange = self._by_id.pop(ask.id, None)
        if exchange is None and self._by_step[step]:
            exchange = self._by_step[step].popleft()
        if exchange is None:
            self.differences.append(
                Difference(ask.id, "the request", "not sent", f"{ask.request.method} {ask.request.url}")
            )
            return TransportFailure("closed", f"the record has no answer for {ask.id}", "not_sent")
        if exchange.request is not None:
            for what, recorded, sent in self._compare(exchange.request, ask.request):
                self.differences.append(Difference(ask.id, what, recorded, sent))
        self._pass(ask, exchange)
        return exchange.answer

    def _unused(self) -> None:
        left = [*self._by_id.values(), *(e for queue in self._by_step.values() for e in queue)]
        for exchange in left:
            sent = f"{exchange.request.method} {exchange.request.url}" if exchange.request else "sent"
            self.differences.append(Difference(exchange.id or exchange.step, "the request", sent, "not sent any more"))


def step_of(effect_id: str) -> str:
    """The stepId in an effect's id."""
    return effect_id.rpartition("/")[2].partition("#")[0]

"""One run, driven: the loop around the interpreter that every driver shares.

The loop asks for what it cannot do itself (`Send`, `Sleep`; `Join`, `SignIn` and `ShowCode` for a credential) and is
told what came of it, so that blocking and asynchronous drivers, replay and tests carry out the same semantics.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Mapping
from functools import partial
from typing import Any, Protocol, TypeAlias

from ..credentials.conversation import Conversation
from ..errors import TransportError
from ..events import (
    Event,
    RequestFailed,
    RequestSent,
    ResponseReceived,
    RunStarted,
    SecretMarked,
)
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
    interrupt,
    prepare,
)
from ..limits import Limits
from ..messages import Request, Response, TransportFailure
from ..plan import Plan
from .asks import Answer, Ask, Send, Sleep, Work, failure_of
from .conversing import Conversing
from .outline import outline

Emit: TypeAlias = Callable[[Event], None]


class Signed(Protocol):
    """A request with its credentials, and the secrets among them as (label, value)."""

    @property
    def request(self) -> Request:
        """What to send."""

    @property
    def secrets(self) -> Iterable[tuple[str, str]]:
        """What reports have to mask."""

    @property
    def conversation(self) -> Conversation | None:
        """What it takes beyond that: tokens to fetch, a challenge to answer; None where the request is complete."""


Sign: TypeAlias = Callable[[Request], Signed]


class Clock:
    """Seconds since the epoch that never run backwards."""

    __slots__ = ("_offset",)

    def __init__(self) -> None:
        self._offset = time.time() - time.perf_counter()

    def __call__(self) -> float:
        return self._offset + time.perf_counter()


class Session:
    """A run under way. `state` is the interpreter's, after the last outcome."""

    def __init__(
        self,
        plan: Plan,
        inputs: Mapping[str, Any],
        emit: Emit,
        *,
        sign: Sign | None = None,
        limits: Limits | None = None,
        clock: Callable[[], float] | None = None,
        outcomes: Callable[[Outcome | Waited], None] | None = None,
    ) -> None:
        self.plan = plan
        self.inputs = inputs
        self.emit = emit
        self.sign = sign
        self.timeout = (limits or Limits()).timeout
        self.clock = clock or Clock()
        self.outcomes = outcomes
        self.state = State(frames=())

    def asks(self) -> Generator[Ask, Answer, State]:
        """The run as a conversation: what is yielded has to be done, and its answer sent back in."""
        conversation: Generator[Any, Any, State] = self._conversation(works=False)
        return conversation

    def asks_and_work(self) -> Generator[Ask | Work, Any, State]:
        """`asks` for those who must not be kept waiting: what the plan's queries may take long over is asked for."""
        return self._conversation(works=self.plan.has_queries)

    def _conversation(self, *, works: bool) -> Generator[Ask | Work, Any, State]:
        plan, now = self.plan, self.clock()
        self.emit(
            RunStarted(
                workflow_id=plan.workflow.workflow_id,
                inputs=self.inputs,
                outline=outline(plan),
                location=plan.workflow.location,
                document=plan.workflow.document.name,
                at=now,
            )
        )
        first = partial(begin, plan, self.inputs, now=now)
        self.state, effects, events = (yield Work(first)) if works else first()
        self._tell(events)
        while effects:
            outcome = yield from self._carry_out(effects[0], works=works)
            if self.outcomes is not None:
                self.outcomes(outcome)
            following = partial(advance, plan, self.state, outcome)
            self.state, effects, events = (yield Work(following)) if works else following()
            self._tell(events)
        return self.state

    def interrupt(self, message: str) -> State:
        """End the run from outside; what ran is reported."""
        if self.state.frames and self.state.end is None:
            self.state, events = interrupt(self.plan, self.state, now=self.clock(), message=message)
            self._tell(events)
        return self.state

    def _tell(self, events: Iterable[Event]) -> None:
        for event in events:
            self.emit(event)

    def _carry_out(self, effect: Effect, *, works: bool) -> Generator[Ask | Work, Any, Outcome | Waited]:
        preparing = partial(prepare, self.plan, self.state, effect)
        prepared = (yield Work(preparing)) if works else preparing()
        if isinstance(prepared, Delay):
            yield Sleep(prepared.seconds)
            return Waited(effect=effect.id, received_at=self.clock())
        assert isinstance(effect, Call), "a Wait is prepared as a Delay"
        if isinstance(prepared, Refused):
            exchange = self._refused(effect, prepared)
        else:
            exchange = yield from self._exchange(effect, prepared)
        concluding = partial(conclude, self.plan, self.state, effect, exchange)
        outcome, events = (yield Work(concluding)) if works else concluding()
        self._tell(events)
        return outcome

    def _refused(self, effect: Call, refused: Refused) -> Exchange:
        now = self.clock()
        self.emit(
            RequestFailed(
                id=effect.id, request=None, failure=None, reason=refused.reason, location=refused.location, at=now
            )
        )
        return Exchange(request=None, sent_at=now, received_at=now, refused=refused)

    def _exchange(self, effect: Call, request: Request) -> Generator[Ask, Answer, Exchange]:
        conversation = None
        if self.sign is not None and request.security:
            try:
                signed = self.sign(request)
            except TransportError as error:
                now = self.clock()
                return self._failed(effect, request, failure_of(error), now, now)
            for label, value in signed.secrets:
                self.emit(SecretMarked(label, value))
            request, conversation = signed.request, signed.conversation
        bound = self.timeout if request.timeout is None else min(request.timeout, self.timeout)
        if conversation is not None:
            return (yield from self._converse(effect, request, bound, conversation))
        sent_at = self.clock()
        self.emit(RequestSent(id=effect.id, request=request, at=sent_at))
        answer = yield Send(effect.id, request, bound)
        return self._answered(effect, request, answer, sent_at)

    def _converse(
        self, effect: Call, request: Request, bound: float, conversation: Conversation
    ) -> Generator[Ask, Answer, Exchange]:
        """An exchange that takes more than one request: it is one to the interpreter."""
        conversing = Conversing(effect.id, request, timeout=self.timeout, bound=bound, clock=self.clock, emit=self.emit)
        answer = yield from conversing.talk(conversation)
        sent_at = self.clock() if conversing.sent_at is None else conversing.sent_at
        return self._answered(effect, conversing.sent, answer, sent_at)

    def _answered(self, effect: Call, request: Request, answer: Answer, sent_at: float) -> Exchange:
        received_at = self.clock()
        if isinstance(answer, Response):
            self.emit(ResponseReceived(id=effect.id, response=answer, duration_s=received_at - sent_at, at=received_at))
            return Exchange(request=request, sent_at=sent_at, received_at=received_at, response=answer)
        assert isinstance(answer, TransportFailure), "a Send is answered"
        return self._failed(effect, request, answer, sent_at, received_at)

    def _failed(
        self, effect: Call, request: Request, failure: TransportFailure, sent_at: float, received_at: float
    ) -> Exchange:
        self.emit(RequestFailed(id=effect.id, request=request, failure=failure, reason=failure.message, at=received_at))
        return Exchange(request=request, sent_at=sent_at, received_at=received_at, failure=failure)

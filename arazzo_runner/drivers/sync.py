"""The blocking driver: one run in the calling thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from ..errors import TransportError
from ..interpreter import State
from ..limits import Limits
from .session import Answer, Ask, Send, Session, failure_of
from .transports import Transport


def run(
    session: Session, transport: Transport, *, limits: Limits, sleep: Callable[[float], None] = time.sleep
) -> State:
    """Run to the end. Ctrl-C ends the run with reason "interrupted"; what ran is in the events."""
    for _ in steps(session, transport, limits=limits, sleep=sleep):
        pass
    return session.state


def steps(
    session: Session, transport: Transport, *, limits: Limits, sleep: Callable[[float], None] = time.sleep
) -> Iterator[None]:
    """Run, pausing after whatever was done outside; the events of each stretch have been emitted by then."""
    asks = session.asks()
    try:
        ask = next(asks)
        while True:
            yield None
            ask = asks.send(_answer(ask, transport, limits, sleep))
    except StopIteration:
        return
    except KeyboardInterrupt:
        asks.close()
        session.interrupt("interrupted")


def _answer(ask: Ask, transport: Transport, limits: Limits, sleep: Callable[[float], None]) -> Answer:
    if not isinstance(ask, Send):
        sleep(ask.seconds)
        return None
    try:
        return transport.send(ask.request, timeout=ask.timeout, limits=limits)
    except TransportError as error:
        return failure_of(error)

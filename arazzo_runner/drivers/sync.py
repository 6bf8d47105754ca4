"""The blocking driver: one run in the calling thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ..credentials.conversation import Join, ShowCode, SignIn
from ..errors import TransportError
from ..interpreter import State
from ..limits import Limits
from .asks import Answer, Ask, Send, Sleep, failure_of, nobody
from .session import Session
from .transports import Transport

if TYPE_CHECKING:
    from .interaction import Interaction


def run(
    session: Session,
    transport: Transport,
    *,
    limits: Limits,
    sleep: Callable[[float], None] = time.sleep,
    interaction: Interaction | None = None,
) -> State:
    """Run to the end. Ctrl-C ends the run with reason "interrupted"; what ran is in the events."""
    for _ in steps(session, transport, limits=limits, sleep=sleep, interaction=interaction):
        pass
    return session.state


def steps(
    session: Session,
    transport: Transport,
    *,
    limits: Limits,
    sleep: Callable[[float], None] = time.sleep,
    interaction: Interaction | None = None,
) -> Iterator[None]:
    """Run, pausing after whatever was done outside; the events of each stretch have been emitted by then."""
    asks = session.asks()
    try:
        ask = next(asks)
        while True:
            yield None
            ask = asks.send(_answer(ask, transport, limits, sleep, interaction))
    except StopIteration:
        return
    except KeyboardInterrupt:
        asks.close()
        session.interrupt("interrupted")
    finally:
        asks.close()


def _answer(
    ask: Ask, transport: Transport, limits: Limits, sleep: Callable[[float], None], interaction: Interaction | None
) -> Answer:
    if isinstance(ask, Send):
        try:
            return transport.send(ask.request, timeout=ask.timeout, limits=limits)
        except TransportError as error:
            return failure_of(error)
    match ask:
        case Sleep(seconds=seconds):
            sleep(seconds)
        case Join():
            from concurrent.futures import wait

            wait((ask.future,), ask.seconds)
        case SignIn():
            import threading

            return interaction.sign_in(ask, threading.Event()) if interaction is not None else nobody(ask)
        case ShowCode():
            if interaction is not None:
                interaction.show_code(ask)
    return None

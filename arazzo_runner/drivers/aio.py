"""The asynchronous driver: one run in a task."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from ..errors import TransportError
from ..interpreter import State
from ..limits import Limits
from .session import Answer, Ask, Send, Session, Work, failure_of
from .transports import AsyncTransport


async def run(session: Session, transport: AsyncTransport, *, limits: Limits) -> State:
    """Run to the end. Cancelling the task ends the run with reason "interrupted", then goes on cancelling."""
    async for _ in steps(session, transport, limits=limits):
        pass
    return session.state


async def steps(session: Session, transport: AsyncTransport, *, limits: Limits) -> AsyncIterator[None]:
    """Run, pausing after whatever was done outside."""
    asks = session.asks_and_work()
    try:
        ask = next(asks)
        while True:
            if isinstance(ask, Work):  # the event loop goes on meanwhile
                ask = asks.send(await asyncio.to_thread(ask.compute))
                continue
            yield None
            ask = asks.send(await _answer(ask, transport, limits))
    except StopIteration:
        return
    except (asyncio.CancelledError, KeyboardInterrupt):
        asks.close()
        session.interrupt("interrupted")
        raise


async def _answer(ask: Ask, transport: AsyncTransport, limits: Limits) -> Answer:
    if not isinstance(ask, Send):
        await asyncio.sleep(ask.seconds)
        return None
    try:
        return await transport.send(ask.request, timeout=ask.timeout, limits=limits)
    except TransportError as error:
        return failure_of(error)

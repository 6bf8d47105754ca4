"""The asynchronous driver: one run in a task."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from ..credentials.conversation import Join, ShowCode, SignIn
from ..errors import TransportError
from ..interpreter import State
from ..limits import Limits
from .asks import Answer, Ask, Send, Sleep, Work, failure_of, nobody
from .session import Session
from .transports import AsyncTransport

if TYPE_CHECKING:
    from .interaction import Interaction


async def run(
    session: Session, transport: AsyncTransport, *, limits: Limits, interaction: Interaction | None = None
) -> State:
    """Run to the end. Cancelling the task ends the run with reason "interrupted", then goes on cancelling."""
    async for _ in steps(session, transport, limits=limits, interaction=interaction):
        pass
    return session.state


async def steps(
    session: Session, transport: AsyncTransport, *, limits: Limits, interaction: Interaction | None = None
) -> AsyncIterator[None]:
    """Run, pausing after whatever was done outside."""
    asks = session.asks_and_work()
    try:
        ask = next(asks)
        while True:
            if isinstance(ask, Work):  # the event loop goes on meanwhile
                ask = asks.send(await asyncio.to_thread(ask.compute))
                continue
            yield None
            ask = asks.send(await _answer(ask, transport, limits, interaction))
    except StopIteration:
        return
    except (asyncio.CancelledError, KeyboardInterrupt):
        asks.close()
        session.interrupt("interrupted")
        raise
    finally:
        asks.close()


async def _answer(ask: Ask, transport: AsyncTransport, limits: Limits, interaction: Interaction | None) -> Answer:
    if isinstance(ask, Send):
        try:
            return await transport.send(ask.request, timeout=ask.timeout, limits=limits)
        except TransportError as error:
            return failure_of(error)
    match ask:
        case Sleep(seconds=seconds):
            await asyncio.sleep(seconds)
        case Join():
            await _joined(ask)
        case SignIn():
            return await _signed_in(ask, interaction) if interaction is not None else nobody(ask)
        case ShowCode():
            if interaction is not None:
                interaction.show_code(ask)
    return None


async def _joined(ask: Join) -> None:
    """Wait for what another thread or task is fetching; giving up here leaves it to the others."""
    loop = asyncio.get_running_loop()
    done = asyncio.Event()

    def wake(_: object) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(done.set)

    ask.future.add_done_callback(wake)
    try:
        await asyncio.wait_for(done.wait(), ask.seconds)
    except TimeoutError:
        return


async def _signed_in(ask: SignIn, interaction: Interaction) -> Answer:
    """A person is waited for in a thread; who gives up here ends that soon."""
    import threading

    cancelled = threading.Event()
    try:
        return await asyncio.to_thread(interaction.sign_in, ask, cancelled)
    finally:
        cancelled.set()

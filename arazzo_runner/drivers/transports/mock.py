"""The embedded mock as a transport: in process, no port; and with faults that were asked for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, Protocol

from ...errors import TransportError
from ...events import Event, RequestSent, StepStarted
from ...limits import Limits
from ...messages import Request, Response
from .protocol import Supports, origin, timed_out


class Responder(Protocol):
    """Anything that answers requests, such as `mock.Mock`."""

    def respond(self, request: Request) -> Response:
        """The answer."""


class MockTransport:
    """Sends every request to a responder in process."""

    supports = Supports(network=False)

    def __init__(self, responder: Responder) -> None:
        self._responder = responder

    def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
        """As `Transport.send`; nothing can go wrong on the way."""
        return self._responder.respond(request)

    def close(self) -> None:
        """Nothing is open."""


class FaultyMock(Protocol):
    """A mock that can do what a fault asks for, such as `mock.Mock`."""

    def answer(self, request: Request, fault: Any) -> Any:
        """Something whose `response` is the answer."""


class Faults(Protocol):
    """Counts the requests of each step, such as `mock.Faults`."""

    def next(self, *names: str) -> Any:
        """The fault of the next request of a step (`delay_s`, `drop`), or None."""


class FaultyRun:
    """The faults of one run, and its transport: the events say which step a request belongs to."""

    supports = Supports(network=False)

    def __init__(self, mock: FaultyMock, faults: Faults) -> None:
        self._mock = mock
        self._faults = faults
        self._steps: dict[str, str] = {}
        self._step = ""

    def watching(self, emit: Callable[[Event], None]) -> Callable[[Event], None]:
        """`emit`, with an ear for the steps of the run."""

        def watched(event: Event) -> None:
            if isinstance(event, StepStarted):
                self._steps[event.id] = event.step_id
            elif isinstance(event, RequestSent):
                self._step = self._steps.get(event.id, "")
            emit(event)

        return watched

    def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
        """As `Transport.send`."""
        fault = self.next()
        time.sleep(delay(fault, timeout))
        return self.answer(request, fault, timeout)

    def close(self) -> None:
        """Nothing is open."""

    def next(self) -> Any:
        """The fault of the request that is being sent, or None."""
        return self._faults.next(self._step)

    def answer(self, request: Request, fault: Any, timeout: float) -> Response:
        """The answer after the delay.

        Raises:
            TransportError: the delay was longer than the timeout, or the connection is dropped.
        """
        if fault is not None and fault.delay_s >= timeout:
            raise timed_out(request, timeout, sent=True)
        if fault is not None and fault.drop:
            raise TransportError(
                f"{origin(request.url)} closed the connection without an answer (--fault)",
                kind="closed",
                phase="maybe_sent",
            )
        response: Response = self._mock.answer(request, fault).response
        return response


class AsyncFaultyRun:
    """`FaultyRun` for asyncio."""

    supports = Supports(network=False)

    def __init__(self, run: FaultyRun) -> None:
        self._run = run

    async def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
        """As `AsyncTransport.send`."""
        fault = self._run.next()
        await asyncio.sleep(delay(fault, timeout))
        return self._run.answer(request, fault, timeout)

    async def aclose(self) -> None:
        """Nothing is open."""


def delay(fault: Any, timeout: float) -> float:
    """The seconds to wait: never longer than anybody waits for the answer."""
    return min(fault.delay_s, timeout) if fault is not None else 0.0

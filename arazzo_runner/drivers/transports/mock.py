"""The embedded mock as a transport: in process, no port."""

from __future__ import annotations

from typing import Protocol

from ...limits import Limits
from ...messages import Request, Response


class Responder(Protocol):
    """Anything that answers requests, such as `mock.Mock`."""

    def respond(self, request: Request) -> Response:
        """The answer."""


class MockTransport:
    """Sends every request to a responder in process."""

    def __init__(self, responder: Responder) -> None:
        self._responder = responder

    def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
        """As `Transport.send`; nothing can go wrong on the way."""
        return self._responder.respond(request)

    def close(self) -> None:
        """Nothing is open."""

"""The protocol of transports, and what implementations share."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol
from urllib.parse import urlsplit

from ...errors import TransportError
from ...limits import Limits
from ...messages import Headers, Request, Response


class Transport(Protocol):
    """Sends requests, blocking; usable from many threads."""

    def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
        """Send and receive. `timeout` is the total time in seconds, slow bodies included.

        Raises:
            TransportError: no answer; its phase says whether the request may have been received.
        """

    def close(self) -> None:
        """Close what this transport opened itself."""


class AsyncTransport(Protocol):
    """`Transport` for asyncio."""

    async def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
        """As `Transport.send`."""

    async def aclose(self) -> None:
        """As `Transport.close`."""


class DeferredTransport:
    """A transport that is made when it is first needed."""

    def __init__(self, make: Callable[[], Transport]) -> None:
        self._make = make
        self._made: Transport | None = None
        self._lock = threading.Lock()

    def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
        """Send by the real transport."""
        with self._lock:
            if self._made is None:
                self._made = self._make()
        return self._made.send(request, timeout=timeout, limits=limits)

    def close(self) -> None:
        """Close the real one, if there is one."""
        if self._made is not None:
            self._made.close()
            self._made = None


def origin(url: str) -> str:
    """Scheme, host and port of a URL, as people write them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def check_request(request: Request) -> None:
    """Refuse what no client should be asked to send.

    Raises:
        TransportError: a scheme that is not HTTP, no host, or a header that would break the message.
    """
    scheme, _, rest = request.url.partition("://")
    if scheme.lower() not in ("http", "https") or not rest or rest[0] in "/?#":
        raise TransportError(
            f"{request.url[:200]} is not an http(s) URL", kind="policy", hint="name the server with -s URL"
        )
    for name, value in request.headers:
        if "\r" in value or "\n" in value or "\0" in value or not name:
            raise TransportError(f"the header {name} holds a line break", kind="policy")


def check_headers(headers: Headers, limits: Limits) -> None:
    """Refuse a response whose headers are larger than the bound."""
    size = sum(len(name) + len(value) + 4 for name, value in headers)
    if size > limits.max_headers:
        raise TransportError(
            f"the response's headers are larger than {limits.max_headers} bytes",
            kind="too-large",
            phase="answered",
            hint="Limits(max_headers=...)",
        )


def too_large(limits: Limits) -> TransportError:
    """The body is larger than the bound."""
    return TransportError(
        f"the response's body is larger than {limits.max_body} bytes",
        kind="too-large",
        phase="answered",
        hint="Limits(max_body=...)",
    )


def timed_out(request: Request, seconds: float, *, sent: bool) -> TransportError:
    """No (whole) answer within the time."""
    return TransportError(
        f"no answer from {origin(request.url)} within {seconds:g} s",
        kind="timeout",
        phase="maybe_sent" if sent else "not_sent",
        hint="--timeout allows more",
    )

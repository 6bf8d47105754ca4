"""One deadline for everything a blocking request does on the network.

httpx bounds each read and write by itself, so that a server which sends a byte now and then is never cut off. The
connections of our own clients are made by a network backend that never waits beyond the deadline of its thread.
"""

from __future__ import annotations

import threading
import time
from typing import Any


class Deadline(threading.local):
    """The end of the calling thread's request."""

    at: float | None = None

    def start(self, seconds: float) -> None:
        """Set it."""
        self.at = time.monotonic() + seconds

    def clear(self) -> None:
        """No request is under way."""
        self.at = None

    def remaining(self) -> float:
        """Seconds left; below zero when it has passed."""
        return float("inf") if self.at is None else self.at - time.monotonic()

    def within(self, timeout: float | None) -> float | None:
        """A time-out that does not go beyond the deadline."""
        if self.at is None:
            return timeout
        left = max(self.remaining(), 0.000_001)  # 0 would make the socket non-blocking.
        return left if timeout is None else min(timeout, left)


def bounded(backend: Any, deadline: Deadline, core: Any) -> Any:
    """A network backend of httpcore (`core`) whose connections keep to the deadline."""
    return _Backend(backend, deadline, core)


class _Backend:
    """A network backend of httpcore under the deadline."""

    def __init__(self, inner: Any, deadline: Deadline, core: Any) -> None:
        self._inner = inner
        self._deadline = deadline
        self._core = core

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, **more: Any) -> Any:
        within = self._deadline.within(timeout)
        return _Stream(self._inner.connect_tcp(host, port, timeout=within, **more), self._deadline, self._core)

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


class _Stream:
    """A network stream of httpcore under the deadline."""

    __slots__ = ("_core", "_deadline", "_inner")

    def __init__(self, inner: Any, deadline: Deadline, core: Any) -> None:
        self._inner = inner
        self._deadline = deadline
        self._core = core

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._deadline.remaining() <= 0:
            raise self._core.ReadTimeout("the deadline has passed")
        data: bytes = self._inner.read(max_bytes, timeout=self._deadline.within(timeout))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout=self._deadline.within(timeout))

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> Any:
        within = self._deadline.within(timeout)
        secured = self._inner.start_tls(ssl_context, server_hostname=server_hostname, timeout=within)
        return _Stream(secured, self._deadline, self._core)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def close(self) -> None:
        self._inner.close()

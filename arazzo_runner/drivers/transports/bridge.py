"""A blocking transport over an asynchronous one: one event loop, in one background thread."""

from __future__ import annotations

import asyncio
import threading

from ...limits import Limits
from ...messages import Request, Response
from .protocol import AsyncTransport


class AsyncToSync:
    """Runs every request of an AsyncTransport in a loop of its own; closed with the transport."""

    def __init__(self, inner: AsyncTransport) -> None:
        self._inner = inner
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
        """As `Transport.send`."""
        future = asyncio.run_coroutine_threadsafe(
            self._inner.send(request, timeout=timeout, limits=limits), self._running()
        )
        try:
            return future.result()
        except KeyboardInterrupt:
            future.cancel()
            raise

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="arazzo-run", daemon=True)
                self._thread.start()
            return self._loop

    def close(self) -> None:
        """Close the transport, then stop the loop."""
        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._inner.aclose(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class SyncToAsync:
    """An asynchronous transport over a blocking one: each request in a worker thread."""

    def __init__(self, inner: object) -> None:
        self._inner = inner

    async def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
        """As `Transport.send`."""
        return await asyncio.to_thread(self._inner.send, request, timeout=timeout, limits=limits)  # type: ignore[attr-defined]

    async def aclose(self) -> None:
        """Close the blocking one."""
        await asyncio.to_thread(self._inner.close)  # type: ignore[attr-defined]

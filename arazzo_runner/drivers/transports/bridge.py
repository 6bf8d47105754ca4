"""Blocking transports over asynchronous ones, and the other way round."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor
from functools import partial

from ...errors import TransportError
from ...limits import Limits
from ...messages import Request, Response
from ...policy import Reach
from .protocol import AsyncTransport, Transport, proxy_of, reaching, supports_of

_THREADS = 64  # requests in flight; a thread that waits costs next to nothing


class AsyncToSync:
    """Runs every request of an AsyncTransport in one event loop of its own, in one background thread."""

    def __init__(self, inner: AsyncTransport) -> None:
        self._inner = inner
        self.supports = supports_of(inner)
        self.proxy_for = partial(proxy_of, inner)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._closed = False
        self._lock = threading.Lock()

    def send(self, request: Request, *, timeout: float, limits: Limits, reach: Reach | None = None) -> Response:
        """As `Transport.send`."""
        sending = self._inner.send(request, timeout=timeout, limits=limits, **reaching(reach))
        try:
            loop = self._running()
        except TransportError:
            sending.close()
            raise
        future = asyncio.run_coroutine_threadsafe(sending, loop)
        try:
            return future.result()
        except CancelledError:
            raise TransportError("the transport was closed", kind="closed", phase="maybe_sent") from None
        except BaseException:
            future.cancel()  # Ctrl-C while waiting; nothing happens where the request itself ended so.
            raise

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._closed:
                raise TransportError("the transport is closed", kind="closed")
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="arazzo-run", daemon=True)
                self._thread.start()
            return self._loop

    def close(self) -> None:
        """Close the transport, then stop the loop and its thread."""
        with self._lock:
            self._closed = True
            loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._end(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    async def _end(self) -> None:
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        await self._inner.aclose()
        await asyncio.get_running_loop().shutdown_asyncgens()


class SyncToAsync:
    """An asynchronous transport over a blocking one: each request in a thread of a pool of its own."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.supports = supports_of(inner)
        self.proxy_for = partial(proxy_of, inner)
        self._threads: ThreadPoolExecutor | None = None

    async def send(self, request: Request, *, timeout: float, limits: Limits, reach: Reach | None = None) -> Response:
        """As `Transport.send`; a request whose task is cancelled goes on in its thread until it ends."""
        if self._threads is None:
            self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="arazzo-run")
        sending = partial(self._inner.send, request, timeout=timeout, limits=limits, **reaching(reach))
        return await asyncio.get_running_loop().run_in_executor(self._threads, sending)

    async def aclose(self) -> None:
        """Close the blocking one."""
        threads, self._threads = self._threads, None
        if threads is not None:
            await asyncio.get_running_loop().run_in_executor(None, threads.shutdown)
        self._inner.close()

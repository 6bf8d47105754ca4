"""pyreqwest as an asynchronous transport: as `pyreqwest_`, for asyncio."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from ...errors import TransportError
from ...limits import Limits
from ...messages import Request, Response
from ...policy import Reach
from .body import Body
from .connecting import addresses_of
from .httpx_async import AsyncHttpxTransport
from .options import ClientOptions
from .protocol import check_request, origin, timed_out, unknown_host
from .pyreqwest_ import Shared, Way, error_of, headers_of, host_and_port, is_unconnected, response_of


class AsyncPyreqwestTransport(Shared):
    """The same for asyncio."""

    def __init__(self, *, options: ClientOptions | None = None) -> None:
        super().__init__(options)
        self._other = AsyncHttpxTransport(options=self._options)

    async def send(self, request: Request, *, timeout: float, limits: Limits, reach: Reach | None = None) -> Response:
        """As `PyreqwestTransport.send`."""
        check_request(request)
        proxy = self.proxy_for(request.url)
        if not self.fits(request, proxy):
            return await self._other.send(request, timeout=timeout, limits=limits, reach=reach)
        if proxy is not None or reach is None:
            return await self._send(Way(limits.connect_timeout, proxy), request, timeout, limits, reach)
        end = time.monotonic() + timeout
        host, found = await self._found(request, timeout, limits)
        for way, is_last in self.ways(host, found, reach, limits.connect_timeout):
            try:
                response = await self._send(way, request, max(end - time.monotonic(), 0.001), limits, reach)
            except TransportError as error:
                if error.kind == "timeout" and error.phase != "not_sent":
                    raise timed_out(request, timeout, sent=True) from None
                if is_last or not is_unconnected(error):
                    raise
            else:
                self.came_by(way)
                return response
        raise AssertionError("there is a way")

    async def _found(self, request: Request, timeout: float, limits: Limits) -> tuple[str, Sequence[str]]:
        host, port = host_and_port(request.url)
        found = self.known.get(host)
        if found is not None:
            return host, found
        seconds = min(timeout, limits.connect_timeout)
        try:
            async with asyncio.timeout(seconds):
                return host, self.known.keep(host, await addresses_of(self.resolve, host, port))
        except TimeoutError:
            raise timed_out(request, seconds, sent=False) from None
        except OSError:
            raise unknown_host(request) from None

    async def _send(self, way: Way, request: Request, timeout: float, limits: Limits, reach: Reach | None) -> Response:
        from pyreqwest.exceptions import PyreqwestError

        client = self.client("ClientBuilder", way)
        try:
            async with asyncio.timeout(timeout), self.built(client.request, request, timeout) as response:
                headers = headers_of(response, limits)
                body = Body(headers, origin(request.url), limits)
                while (chunk := await response.body_reader.read_chunk()) is not None:
                    body.feed(bytes(chunk))
                return response_of(response, request, headers, body.finish())
        except PyreqwestError as error:
            failure = error_of(error, request, timeout, limits)
            if failure.kind == "tls" and self._options.names_authorities:
                return await self._other.send(request, timeout=timeout, limits=limits, reach=reach)
            raise failure from error
        except TimeoutError:
            raise timed_out(request, timeout, sent=True) from None

    async def aclose(self) -> None:
        """Close the clients."""
        with self._lock:
            clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.close()
        await self._other.aclose()

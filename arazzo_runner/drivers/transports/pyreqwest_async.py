"""pyreqwest as an asynchronous transport: as `pyreqwest_`, for asyncio."""

from __future__ import annotations

import asyncio

from ...limits import Limits
from ...messages import Request, Response
from .body import Body
from .httpx_async import AsyncHttpxTransport
from .options import ClientOptions
from .protocol import check_request, origin, timed_out
from .pyreqwest_ import Shared, error_of, headers_of, response_of


class AsyncPyreqwestTransport(Shared):
    """The same for asyncio."""

    def __init__(self, *, options: ClientOptions | None = None) -> None:
        super().__init__(options)
        self._other = AsyncHttpxTransport(options=self._options)

    async def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
        """As `Transport.send`."""
        from pyreqwest.exceptions import PyreqwestError

        check_request(request)
        if not self.fits(request):
            return await self._other.send(request, timeout=timeout, limits=limits)
        client = self.client("ClientBuilder", limits.connect_timeout)
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
                return await self._other.send(request, timeout=timeout, limits=limits)
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

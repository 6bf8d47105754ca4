"""httpx (and httpx2) as an asynchronous transport: as `httpx_`, for asyncio."""

from __future__ import annotations

import asyncio
from types import ModuleType
from typing import Any

from ...errors import TransportError
from ...limits import Limits
from ...messages import Request, Response
from ...policy import Reach
from .body import Body
from .connecting import bind, system_addresses
from .httpx_ import (
    DEFAULT_HEADERS,
    PoolKey,
    auth_for,
    build_request,
    default_headers,
    error_of,
    headers_of,
    import_httpx,
    make_pool,
    module_of,
    pool_key,
    response_of,
    supports_of_httpx,
    whole_body,
)
from .options import ClientOptions
from .protocol import check_request, origin, timed_out
from .quiet import unlogged


class AsyncHttpxTransport:
    """The same over an httpx.AsyncClient; ASGITransport and MockTransport work."""

    def __init__(
        self, client: Any = None, *, options: ClientOptions | None = None, owned: bool = False, network: bool = True
    ) -> None:
        self._options = options or ClientOptions()
        self._given = client
        self._owned = owned
        self.supports = supports_of_httpx(client is None, network)
        self._pools: dict[PoolKey, Any] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    async def send(self, request: Request, *, timeout: float, limits: Limits, reach: Reach | None = None) -> Response:
        """As `HttpxTransport.send`."""
        check_request(request)
        httpx = import_httpx() if self._given is None else module_of(self._given)
        try:
            with unlogged(self._given is None):
                async with asyncio.timeout(timeout):
                    return await self._exchange(httpx, request, timeout, limits, reach)
        except TimeoutError:
            raise timed_out(request, timeout, sent=True) from None
        except (
            httpx.RequestError,
            httpx.StreamError,
            OSError,
        ) as error:  # httpcore lets TLS alerts through as they are
            raise error_of(httpx, error, request, timeout, limits) from error

    def proxy_for(self, url: str) -> str | None:
        """As `HttpxTransport.proxy_for`."""
        return self._options.proxy_for(url) if self._given is None else None

    async def _exchange(
        self, httpx: ModuleType, request: Request, timeout: float, limits: Limits, reach: Reach | None
    ) -> Response:
        response = await self._open(httpx, request, timeout, limits, reach)
        try:
            return await self._received(response, request, limits)
        finally:
            await response.aclose()

    async def _open(
        self, httpx: ModuleType, request: Request, timeout: float, limits: Limits, reach: Reach | None
    ) -> Any:
        client = self._given
        if client is None:
            built = build_request(httpx, request, DEFAULT_HEADERS, timeout, limits)
            return await self._pool(httpx, request.url, reach).handle_async_request(built)
        if client.is_closed:
            raise TransportError("the client is closed", kind="closed")
        built = build_request(httpx, request, default_headers(client), timeout, limits)
        return await client.send(built, stream=True, auth=auth_for(httpx, client, request), follow_redirects=False)

    async def _received(self, response: Any, request: Request, limits: Limits) -> Response:
        headers = headers_of(response, limits)
        if response.is_stream_consumed:
            return response_of(response, request, headers, whole_body(response, limits))
        body = Body(headers, origin(request.url), limits)
        async for chunk in response.aiter_raw():
            body.feed(chunk)
        return response_of(response, request, headers, body.finish())

    def _pool(self, httpx: ModuleType, url: str, reach: Reach | None) -> Any:
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            # Connections belong to the loop they were made in; those of a loop that ended are gone with it.
            self._loop, self._pools = loop, {}
        key = pool_key(self._options, url, reach)
        if key not in self._pools:
            pool = make_pool(httpx.AsyncHTTPTransport, httpx, self._options, key)
            bind(pool, key[2], self._options.resolve or system_addresses, None)
            self._pools[key] = pool
        return self._pools[key]

    async def aclose(self) -> None:
        """As `HttpxTransport.close`."""
        pools, self._pools = list(self._pools.values()), {}
        if asyncio.get_running_loop() is self._loop:
            for pool in pools:
                await pool.aclose()
        if self._given is not None and self._owned:
            await self._given.aclose()

"""httpx (and httpx2, which has the same API) as a transport, blocking and asynchronous.

The client's cookies, authentication and redirects are left out on purpose: a request is built as `httpx.Request` and
sent with `client.send`, so that no state is shared between runs. Only the client's default headers are merged in, and
the request's own win.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import ModuleType
from typing import Any

from ..._version import __version__
from ...errors import TransportError
from ...limits import Limits
from ...messages import Request, Response
from .options import ClientOptions
from .protocol import check_headers, check_request, origin, timed_out, too_large

USER_AGENT = f"arazzo-run/{__version__}"
_NOT_DEFAULTS = frozenset(("host", "content-length", "content-type", "transfer-encoding", "cookie"))


def import_httpx() -> ModuleType:
    """httpx without its command line, which would load click and rich (45 ms)."""
    if "httpx" not in sys.modules:
        sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
    import httpx

    return httpx


class _Client:
    """What both kinds share: building a request, reading a response, naming an error."""

    def __init__(self, client: Any, module: ModuleType, *, owned: bool) -> None:
        self.client = client
        self.httpx = module
        self.owned = owned

    def build(self, client: Any, request: Request, timeout: float, limits: Limits) -> Any:
        check_request(request)
        given = {name.lower() for name, _ in request.headers}
        headers = [
            (name, value)
            for name, value in client.headers.items()
            if name.lower() not in given and name.lower() not in _NOT_DEFAULTS
        ]
        if "user-agent" not in given and str(client.headers.get("user-agent", "")).startswith("python-httpx"):
            headers = [(n, v) for n, v in headers if n.lower() != "user-agent"] + [("user-agent", USER_AGENT)]
        bounds = {
            "connect": min(limits.connect_timeout, timeout),
            "read": timeout,
            "write": timeout,
            "pool": timeout,
        }
        try:
            return self.httpx.Request(
                request.method,
                request.url,
                headers=[(n, v.encode("utf-8")) for n, v in (*headers, *request.headers)],
                content=request.body,
                extensions={"timeout": bounds},
            )
        except (self.httpx.InvalidURL, ValueError, UnicodeError) as error:
            raise TransportError(f"{request.url[:200]} is not a URL: {error}", kind="policy") from None

    def response(self, response: Any, body: bytes) -> Response:
        return Response(
            status=response.status_code,
            headers=tuple((n.decode("latin-1"), v.decode("latin-1")) for n, v in response.headers.raw),
            body=body,
            url=str(response.url),
            http_version=response.http_version,
            reason=response.reason_phrase,
        )

    @contextmanager
    def errors(self, request: Request, timeout: float, connect: float) -> Iterator[None]:
        """Every error of the client as one of ours."""
        httpx = self.httpx
        try:
            yield
        except httpx.ConnectTimeout:
            raise timed_out(request, min(timeout, connect), sent=False) from None
        except httpx.PoolTimeout:
            raise timed_out(request, timeout, sent=False) from None
        except httpx.TimeoutException:
            raise timed_out(request, timeout, sent=True) from None
        except httpx.ConnectError as error:
            raise connect_error(request, str(error), error) from None
        except httpx.UnsupportedProtocol as error:
            raise TransportError(f"{request.url[:200]}: {error}", kind="policy") from None
        except httpx.ProxyError as error:
            raise TransportError(f"the proxy refused: {error}", kind="connect") from None
        except httpx.DecodingError as error:
            raise TransportError(
                f"the response of {origin(request.url)} cannot be decompressed: {error}",
                kind="protocol",
                phase="answered",
            ) from None
        except (httpx.TransportError, httpx.StreamError) as error:
            raise TransportError(
                f"{origin(request.url)} broke off: {error or type(error).__name__}", kind="protocol", phase="maybe_sent"
            ) from None
        except RuntimeError as error:
            if "closed" in str(error):
                raise TransportError("the client is closed", kind="closed") from None
            raise


def connect_error(request: Request, text: str, error: BaseException) -> TransportError:
    """Why no connection was made, in plain words."""
    where, lowered = origin(request.url), text.lower()
    if "certificate" in lowered or "ssl" in lowered or "tls" in lowered:
        return TransportError(
            f"TLS with {where} failed: {text}", kind="tls", hint="--insecure skips the check, SSL_CERT_FILE names a CA"
        )
    if "refused" in lowered:
        return TransportError(f"{where} refused the connection", kind="connect", hint="is the server running?")
    if "name or service" in lowered or "getaddrinfo" in lowered or "nodename" in lowered or "resolution" in lowered:
        return TransportError(f"the host of {where} is not known", kind="dns", hint="check the name, or -s URL")
    return TransportError(f"no connection to {where}: {text or type(error).__name__}", kind="connect")


class HttpxTransport:
    """A transport over an httpx.Client: a given one, or two of our own (TLS is set up at the first https request)."""

    def __init__(self, client: Any = None, *, options: ClientOptions | None = None) -> None:
        self._options = options or ClientOptions()
        self._given = client
        self._clients: dict[bool, _Client] = {}
        self._lock = threading.Lock()

    def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
        """As `Transport.send`."""
        check_request(request)
        shared = self._client(request.url[:6].lower() == "https:")
        built = shared.build(shared.client, request, timeout, limits)
        deadline = time.monotonic() + timeout
        with shared.errors(request, timeout, limits.connect_timeout):
            response = shared.client.send(built, stream=True, auth=_unsigned, follow_redirects=False)
            try:
                return shared.response(response, self._read(response, request, timeout, deadline, limits))
            finally:
                response.close()

    def _read(self, response: Any, request: Request, timeout: float, deadline: float, limits: Limits) -> bytes:
        check_headers(tuple(response.headers.items()), limits)
        chunks, size = [], 0
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > limits.max_body:
                raise too_large(limits)
            chunks.append(chunk)
            if time.monotonic() > deadline:
                raise timed_out(request, timeout, sent=True)
        return b"".join(chunks)

    def _client(self, https: bool) -> _Client:
        with self._lock:
            key = https or self._given is not None
            if key not in self._clients:
                self._clients[key] = self._make(https)
            return self._clients[key]

    def _make(self, https: bool) -> _Client:
        if self._given is not None:
            return _Client(self._given, module_of(self._given), owned=False)
        httpx = import_httpx()
        return _Client(httpx.Client(**self._options.httpx(https)), httpx, owned=True)

    def close(self) -> None:
        """Close our own clients."""
        with self._lock:
            for made in self._clients.values():
                if made.owned:
                    made.client.close()
            self._clients.clear()


class AsyncHttpxTransport:
    """The same over an httpx.AsyncClient; ASGITransport and MockTransport work."""

    def __init__(self, client: Any = None, *, options: ClientOptions | None = None) -> None:
        self._options = options or ClientOptions()
        self._given = client
        self._clients: dict[bool, _Client] = {}

    async def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
        """As `Transport.send`."""
        check_request(request)
        shared = self._client(request.url[:6].lower() == "https:")
        built = shared.build(shared.client, request, timeout, limits)
        with shared.errors(request, timeout, limits.connect_timeout):
            try:
                async with asyncio.timeout(timeout), self._open(shared.client, built) as response:
                    return shared.response(response, await self._read(response, limits))
            except TimeoutError:
                raise timed_out(request, timeout, sent=True) from None

    @asynccontextmanager
    async def _open(self, client: Any, built: Any) -> AsyncIterator[Any]:
        response = await client.send(built, stream=True, auth=_unsigned, follow_redirects=False)
        try:
            yield response
        finally:
            await response.aclose()

    async def _read(self, response: Any, limits: Limits) -> bytes:
        check_headers(tuple(response.headers.items()), limits)
        chunks, size = [], 0
        async for chunk in response.aiter_bytes():
            size += len(chunk)
            if size > limits.max_body:
                raise too_large(limits)
            chunks.append(chunk)
        return b"".join(chunks)

    def _client(self, https: bool) -> _Client:
        key = https or self._given is not None
        if key not in self._clients:
            if self._given is not None:
                self._clients[key] = _Client(self._given, module_of(self._given), owned=False)
            else:
                httpx = import_httpx()
                self._clients[key] = _Client(httpx.AsyncClient(**self._options.httpx(https)), httpx, owned=True)
        return self._clients[key]

    async def aclose(self) -> None:
        """Close our own clients."""
        for made in self._clients.values():
            if made.owned:
                await made.client.aclose()
        self._clients.clear()


def _unsigned(request: Any) -> Any:
    """An httpx auth that adds nothing: credentials are the driver's, never the client's nor .netrc's."""
    return request


def module_of(client: Any) -> ModuleType:
    """httpx or httpx2, whichever a client (or a subclass of one) comes from."""
    for base in type(client).__mro__:
        name = base.__module__.partition(".")[0]
        if name in ("httpx", "httpx2"):
            return sys.modules[name]
    raise TypeError(f"{type(client).__name__} is not a client of httpx")

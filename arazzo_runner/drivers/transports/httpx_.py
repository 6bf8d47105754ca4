"""httpx (and httpx2, which has the same API) as a transport.

Without a client given, requests go straight to `httpx.HTTPTransport`: no redirects, cookies, authentication or `.netrc`
are involved, and what patches httpx (respx, pytest-httpx, OpenTelemetry) still sees them.

A client that is given keeps its transport, proxies, TLS, event hooks and default headers (the request's own win).
Its redirects are not followed and its cookies not sent, so that runs share no state. Its `auth` is used only for a
request that has no Authorization of its own, whose server was not named by a document that came by URL, and which was
not redirected to another origin.
"""

from __future__ import annotations

import sys
import threading
from types import ModuleType
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from ..._version import __version__
from ...errors import TransportError, UsageError
from ...limits import Limits
from ...messages import Headers, Request, Response
from ...policy import Reach
from .body import ACCEPT_ENCODING, Body, too_large
from .connecting import bind, system_addresses
from .deadline import Deadline
from .options import Certificate, ClientOptions
from .protocol import (
    Supports,
    broken_off,
    check_headers,
    check_request,
    large_headers,
    origin,
    text_of_header,
    timed_out,
)
from .quiet import unlogged

USER_AGENT = f"arazzo-run/{__version__}"
DEFAULT_HEADERS: Headers = (("Accept", "*/*"), ("Accept-Encoding", ACCEPT_ENCODING), ("User-Agent", USER_AGENT))
_NOT_FROM_CLIENT = frozenset(
    ("host", "content-length", "content-type", "transfer-encoding", "cookie", "accept-encoding", "connection")
)
_SOONER = 0.05  # seconds; a connect time-out is told from the total one by coming first


def import_httpx() -> ModuleType:
    """httpx without its command line, which would load click and rich (45 ms)."""
    if "httpx" not in sys.modules:
        sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
    import httpx

    return httpx


def module_of(client: Any) -> ModuleType:
    """httpx or httpx2, whichever a client (or a subclass of one) comes from."""
    for base in type(client).__mro__:
        name = base.__module__.partition(".")[0]
        if name in ("httpx", "httpx2"):
            return sys.modules[name]
    raise TypeError(f"{type(client).__name__} is not a client of httpx")


class HttpxTransport:
    """A transport over an httpx.Client: a given one, or httpx's own transports, made when they are first needed.

    With our own the deadline is exact; with a given client it is looked at after each chunk of the body, and a single
    wait on the network may last for the whole time-out again. `owned` says that `close` closes the given client,
    `network` False that it answers within this process.
    """

    def __init__(
        self, client: Any = None, *, options: ClientOptions | None = None, owned: bool = False, network: bool = True
    ) -> None:
        self._options = options or ClientOptions()
        self._given = client
        self._owned = owned
        self.supports = supports_of_httpx(client is None, network)
        self._deadline = Deadline()
        self._pools: dict[PoolKey, Any] = {}
        self._lock = threading.Lock()

    def send(self, request: Request, *, timeout: float, limits: Limits, reach: Reach | None = None) -> Response:
        """As `Transport.send`; `reach` is for clients of our own, and not heeded on the way through a proxy."""
        check_request(request)
        httpx = import_httpx() if self._given is None else module_of(self._given)
        self._deadline.start(timeout)
        try:
            with unlogged(self._given is None):
                return self._exchange(httpx, request, timeout, limits, reach)
        except (httpx.RequestError, httpx.StreamError) as error:
            raise error_of(httpx, error, request, timeout, limits) from error
        finally:
            self._deadline.clear()

    def proxy_for(self, url: str) -> str | None:
        """The proxy on the way to a URL, as far as it is known."""
        return self._options.proxy_for(url) if self._given is None else None

    def _exchange(
        self, httpx: ModuleType, request: Request, timeout: float, limits: Limits, reach: Reach | None
    ) -> Response:
        response = self._open(httpx, request, timeout, limits, reach)
        try:
            return self._received(response, request, timeout, limits)
        finally:
            response.close()

    def _open(self, httpx: ModuleType, request: Request, timeout: float, limits: Limits, reach: Reach | None) -> Any:
        client = self._given
        if client is None:
            built = build_request(httpx, request, DEFAULT_HEADERS, timeout, limits)
            return self._pool(httpx, request.url, reach).handle_request(built)
        if client.is_closed:
            raise TransportError("the client is closed", kind="closed")
        built = build_request(httpx, request, default_headers(client), timeout, limits)
        return client.send(built, stream=True, auth=auth_for(httpx, client, request), follow_redirects=False)

    def _received(self, response: Any, request: Request, timeout: float, limits: Limits) -> Response:
        headers = headers_of(response, limits)
        if response.is_stream_consumed:
            return response_of(response, request, headers, whole_body(response, limits))
        body = Body(headers, origin(request.url), limits)
        for chunk in response.iter_raw():
            body.feed(chunk)
            if self._deadline.remaining() < 0:
                raise timed_out(request, timeout, sent=True)
        return response_of(response, request, headers, body.finish())

    def _pool(self, httpx: ModuleType, url: str, reach: Reach | None) -> Any:
        key = pool_key(self._options, url, reach)
        with self._lock:
            pool = self._pools.get(key)
            if pool is None:
                pool = make_pool(httpx.HTTPTransport, httpx, self._options, key)
                bind(pool, key[2], self._options.resolve or system_addresses, self._deadline)
                self._pools[key] = pool
            return pool

    def close(self) -> None:
        """Close our own connections; a client that was given stays open unless it is ours to close."""
        with self._lock:
            pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            pool.close()
        if self._given is not None and self._owned:
            self._given.close()


def supports_of_httpx(is_ours: bool, network: bool) -> Supports:
    """A client that is given resolves and connects as it was made to."""
    return Supports(addresses=is_ours, certificate=is_ours, socks=is_ours, network=network)


PoolKey: TypeAlias = "tuple[bool, str | None, Reach | None, Certificate | None]"


def pool_key(options: ClientOptions, url: str, reach: Reach | None) -> PoolKey:
    """What requests have to have in common to share connections: nobody gets one that others were allowed."""
    proxy = options.proxy_for(url)
    return url[:6].lower() == "https:", proxy, reach if proxy is None else None, options.cert_for(url)


def make_pool(kind: Any, httpx: ModuleType, options: ClientOptions, key: PoolKey) -> Any:
    """A transport of httpx: HTTP/1.1, as many connections as are asked for."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=100, keepalive_expiry=5.0)
    https, proxy, _, cert = key
    verify = options.tls(cert) if https else False
    try:
        return kind(verify=verify, proxy=proxy, limits=limits, trust_env=False)
    except (ValueError, httpx.InvalidURL) as error:
        raise UsageError(f"the proxy cannot be used: {error}", hint="--proxy http://HOST:PORT") from None
    except ImportError as error:
        raise UsageError(f"the proxy cannot be used: {error}", hint="pip install 'httpx[socks]'") from None


def build_request(httpx: ModuleType, request: Request, defaults: Headers, timeout: float, limits: Limits) -> Any:
    given = {name.lower() for name, _ in request.headers}
    headers = [(n.encode(), v.encode()) for n, v in defaults if n.lower() not in given]
    headers += [(n.encode(), v.encode()) for n, v in request.headers]
    extensions: dict[str, Any] = {
        "timeout": {
            "connect": min(limits.connect_timeout, max(timeout - _SOONER, timeout / 2)),
            "read": timeout,
            "write": timeout,
            "pool": timeout,
        }
    }
    if "/." in request.url and request.url.isascii():
        # httpx would take dot segments away; what was written is what is sent.
        extensions["target"] = _target(request.url)
    try:
        return httpx.Request(request.method, request.url, headers=headers, content=request.body, extensions=extensions)
    except (httpx.InvalidURL, ValueError) as error:
        raise TransportError(f"{request.url[:200]} is not a URL: {error}", kind="policy") from None


def _target(url: str) -> bytes:
    """The request target in origin form (RFC 9112, section 3.2.1), as it stands in the URL."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query or "?" in url.partition("#")[0] else ""
    return f"{parts.path or '/'}{query}".encode("ascii")


def default_headers(client: Any) -> Headers:
    """A client's default headers, the ones that can be meant for every request; ours where it has httpx's own."""
    headers = [(n, v) for n, v in client.headers.multi_items() if n.lower() not in _NOT_FROM_CLIENT]
    merged = [(n, USER_AGENT if n.lower() == "user-agent" and v.startswith("python-httpx") else v) for n, v in headers]
    return (("Accept-Encoding", ACCEPT_ENCODING), *merged)


def auth_for(httpx: ModuleType, client: Any, request: Request) -> Any:
    """The client's own authentication, or one that adds nothing."""
    if client.auth is None or request.remote or ("header", "authorization") in request.supplied:
        return _unsigned
    if any(name.lower() == "authorization" for name, _ in request.headers):
        return _unsigned
    return httpx.USE_CLIENT_DEFAULT


def _unsigned(request: Any) -> Any:
    return request


def headers_of(response: Any, limits: Limits) -> Headers:
    headers = tuple((text_of_header(name), text_of_header(value)) for name, value in response.headers.raw)
    check_headers(headers, limits)
    return headers


def whole_body(response: Any, limits: Limits) -> bytes:
    """The body of a response that was made in process and never streamed."""
    content: bytes = response.content
    if len(content) > limits.max_body:
        raise too_large(limits)
    return content


def response_of(response: Any, request: Request, headers: Headers, body: bytes) -> Response:
    return Response(
        status=response.status_code,
        headers=headers,
        body=body,
        url=request.url,
        http_version=response.http_version,
        reason=response.reason_phrase,
    )


def error_of(httpx: ModuleType, error: Exception, request: Request, timeout: float, limits: Limits) -> TransportError:
    """An error of httpx as one of ours, in plain words, with what is known of the request's fate."""
    where, text = origin(request.url), str(error).rstrip(".")
    match error:
        case httpx.ConnectTimeout():
            return timed_out(request, min(timeout, limits.connect_timeout), sent=False)
        case httpx.PoolTimeout():
            return timed_out(request, timeout, sent=False)
        case httpx.TimeoutException():
            return timed_out(request, timeout, sent=True)
        case httpx.ConnectError():
            from .causes import connect_error

            return connect_error(request, error)
        case httpx.UnsupportedProtocol() | httpx.LocalProtocolError():
            return TransportError(f"the request to {where} cannot be sent: {text}", kind="protocol")
        case httpx.ProxyError():
            return TransportError(f"the proxy on the way to {where} refused: {text}", kind="connect")
        case httpx.DecodingError():
            return TransportError(
                f"the response of {where} cannot be decompressed: {text}", kind="protocol", phase="answered"
            )
        case httpx.RemoteProtocolError() if "too long" in text or "too large" in text:
            return large_headers(limits)
        case httpx.RemoteProtocolError() if "disconnected" in text:
            return broken_off(request, "closed the connection without an answer")
        case httpx.RemoteProtocolError() if "closed connection" in text:
            return broken_off(request, "closed the connection in the middle of its answer")
        case httpx.RemoteProtocolError():
            return broken_off(request, f"did not answer in HTTP: {text}")
        case _:
            from .causes import wants_certificate

            asked = wants_certificate(request, error)
            return asked or broken_off(request, f"broke off: {text or type(error).__name__}")

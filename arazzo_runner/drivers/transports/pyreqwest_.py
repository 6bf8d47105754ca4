"""pyreqwest as a transport (extra `speed`): a client in Rust, a tenth of the processor time of httpx.

What it cannot do as we promise goes through httpx: URLs it would rewrite (`%2E%2E`, `'` in a query), a client
certificate, a self-signed certificate that SSL_CERT_FILE names, a SOCKS proxy, hosts in another form than plain ASCII
names and addresses. Where addresses are checked, we resolve the host and the client is given the address, so that it
asks nobody. Its bounds: a response may have 100 headers, and the value of a header that is not ASCII is seen as U+FFFD.
"""

from __future__ import annotations

import ipaddress
import re
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ...errors import TransportError, UsageError
from ...limits import Limits
from ...messages import Headers, Request, Response
from ...policy import Reach, literal_of
from .body import Body
from .connecting import SHARE, Known, addresses_within, admitted, system_addresses
from .httpx_ import DEFAULT_HEADERS, HttpxTransport
from .options import ClientOptions
from .protocol import (
    Supports,
    broken_off,
    check_headers,
    check_request,
    large_headers,
    not_connected,
    origin,
    refused,
    timed_out,
    tls_failed,
    unknown_host,
)

if TYPE_CHECKING:
    from pyreqwest.exceptions import PyreqwestError

_UNREADABLE = "\N{REPLACEMENT CHARACTER}"
# What the URL Standard (WHATWG), which pyreqwest follows, leaves alone; dot segments it takes away, encoded ones too.
_KEPT = re.compile(
    r"https?://([A-Za-z0-9._-]*[A-Za-z0-9_]|\[[0-9A-Fa-f:.]+\])(?::\d+)?(/[A-Za-z0-9\-._~!$&'()*+,;=:@/%|\[\]^]*)?(\?[A-Za-z0-9\-._~!$&()*+,;=:@/?%|\[\]^`{}]*)?"
)
_PUNYCODE = re.compile(r"(?:^|\.)xn--", re.IGNORECASE)
_MOST_CLIENTS = 64
SUPPORTS = Supports(addresses=True)
_DOTS = re.compile(r"/(?:\.|%2[Ee]){1,2}(?:[/?]|$)")


@dataclass(frozen=True, slots=True)
class Way:
    """What requests have to have in common to share a client: the host's address where it was checked, the proxy."""

    connect_timeout: float
    proxy: str | None = None
    host: str = ""
    address: str = ""


class Shared:
    """What the blocking and the asynchronous transport share."""

    supports = SUPPORTS

    def __init__(self, options: ClientOptions | None) -> None:
        self._options = options or ClientOptions()
        self._clients: dict[Way, Any] = {}
        self._lock = threading.Lock()
        self.known = Known()
        self.resolve = self._options.resolve or system_addresses

    def proxy_for(self, url: str) -> str | None:
        """The proxy on the way to a URL."""
        return self._options.proxy_for(url)

    def fits(self, request: Request, proxy: str | None) -> bool:
        url, options = request.url, self._options
        match = _KEPT.fullmatch(url)
        if match is None or _DOTS.search(url) is not None or not _is_plain(match[1]):
            return False
        if proxy is not None and not proxy.startswith(("http://", "https://")):
            return False
        return options.cert_for(url) is None

    def ways(self, host: str, addresses: Sequence[str], reach: Reach, timeout: float) -> Iterator[tuple[Way, bool]]:
        """How to reach a host by each of its addresses that may be connected to, and whether it is the last."""
        allowed = admitted(host, addresses, reach)
        if literal_of(host) is not None:
            yield Way(timeout), True
            return
        for index, address in enumerate(allowed):
            is_last = index == len(allowed) - 1
            # As few clients as there are ways: each keeps its own connections, and takes 10 ms to make.
            seconds = timeout if len(allowed) == 1 else min(SHARE, timeout / len(allowed))
            yield Way(seconds, None, host, address), is_last

    def came_by(self, way: Way) -> None:
        """Remember which address of a host answered."""
        if way.address:
            self.known.prefer(way.host, way.address)

    def built(self, builder: Any, request: Request, timeout: float) -> Any:
        given = {name.lower() for name, _ in request.headers}
        headers = [(n, v) for n, v in DEFAULT_HEADERS if n.lower() not in given]
        headers += request.headers
        if not request.body and request.method in ("POST", "PUT", "PATCH") and "content-length" not in given:
            headers.append(("Content-Length", "0"))  # RFC 9110, section 8.6.
        builder = builder(request.method, request.url).timeout(timedelta(seconds=timeout)).headers(headers)
        if request.body is not None:
            builder = builder.body_bytes(request.body)
        return builder.build_streamed()

    def client(self, kind: str, way: Way) -> Any:
        with self._lock:
            if way not in self._clients:
                if len(self._clients) >= _MOST_CLIENTS:
                    self._clients.pop(next(iter(self._clients)))  # closed when its last request has ended
                self._clients[way] = self._make(kind, way)
            return self._clients[way]

    def _make(self, kind: str, way: Way) -> Any:
        from pyreqwest import client, proxy

        builder = (
            getattr(client, kind)()
            .follow_redirects(False)
            .referer(False)
            .gzip(False)
            .deflate(False)
            .brotli(False)
            .zstd(False)
            .connect_timeout(timedelta(seconds=way.connect_timeout))
            .danger_accept_invalid_certs(self._options.insecure)
        )
        if way.address:
            builder = builder.resolve(way.host, way.address, 0)
        if way.proxy is None:
            return builder.no_proxy().build()
        try:
            return builder.proxy(proxy.ProxyBuilder.all(way.proxy)).build()
        except ValueError as error:
            raise UsageError(f"the proxy cannot be used: {error}", hint="--proxy http://HOST:PORT") from None


def _is_plain(host: str) -> bool:
    """Whether the URL Standard takes a host as it stands, so that it is the name we resolve: no rewriting, no IDNA."""
    if host.startswith("["):
        return True
    literal = literal_of(host)
    if literal is not None:
        return isinstance(literal, ipaddress.IPv4Address) and str(literal) == host
    return not _PUNYCODE.search(host) and not host.rpartition(".")[2].isdigit()


def host_and_port(url: str) -> tuple[str, int]:
    """Of a URL that fits."""
    parts = urlsplit(url)
    return (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)


class PyreqwestTransport(Shared):
    """A blocking transport over pyreqwest; connections are pooled and shared by threads."""

    def __init__(self, *, options: ClientOptions | None = None) -> None:
        super().__init__(options)
        self._other = HttpxTransport(options=self._options)

    def send(self, request: Request, *, timeout: float, limits: Limits, reach: Reach | None = None) -> Response:
        """As `Transport.send`; `reach` is not heeded on the way through a proxy."""
        check_request(request)
        proxy = self.proxy_for(request.url)
        if not self.fits(request, proxy):
            return self._other.send(request, timeout=timeout, limits=limits, reach=reach)
        if proxy is not None or reach is None:
            return self._send(Way(limits.connect_timeout, proxy), request, timeout, limits, reach)
        end = time.monotonic() + timeout
        host, found = self._found(request, timeout, limits)
        for way, is_last in self.ways(host, found, reach, limits.connect_timeout):
            try:
                response = self._send(way, request, max(end - time.monotonic(), 0.001), limits, reach)
            except TransportError as error:
                if error.kind == "timeout" and error.phase != "not_sent":
                    raise timed_out(request, timeout, sent=True) from None
                if is_last or not is_unconnected(error):
                    raise
            else:
                self.came_by(way)
                return response
        raise AssertionError("there is a way")

    def _found(self, request: Request, timeout: float, limits: Limits) -> tuple[str, Sequence[str]]:
        host, port = host_and_port(request.url)
        found = self.known.get(host)
        if found is not None:
            return host, found
        seconds = min(timeout, limits.connect_timeout)
        try:
            return host, self.known.keep(host, addresses_within(self.resolve, host, port, seconds))
        except TimeoutError:
            raise timed_out(request, seconds, sent=False) from None
        except OSError:
            raise unknown_host(request) from None

    def _send(self, way: Way, request: Request, timeout: float, limits: Limits, reach: Reach | None) -> Response:
        from pyreqwest.exceptions import PyreqwestError

        client = self.client("SyncClientBuilder", way)
        try:
            with self.built(client.request, request, timeout) as response:
                headers = headers_of(response, limits)
                body = Body(headers, origin(request.url), limits)
                while (chunk := response.body_reader.read_chunk()) is not None:
                    body.feed(bytes(chunk))
                return response_of(response, request, headers, body.finish())
        except PyreqwestError as error:
            failure = error_of(error, request, timeout, limits)
            if failure.kind == "tls" and self._options.names_authorities:
                # rustls takes no authority's own certificate for a server's, OpenSSL does; nothing has been sent yet.
                return self._other.send(request, timeout=timeout, limits=limits, reach=reach)
            raise failure from error

    def close(self) -> None:
        """Close the clients."""
        with self._lock:
            clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            client.close()
        self._other.close()


def is_unconnected(error: TransportError) -> bool:
    """Whether another address may do: no connection came about."""
    return error.phase == "not_sent" and error.kind in ("connect", "timeout")


def headers_of(response: Any, limits: Limits) -> Headers:
    try:
        headers = tuple((str(name), str(value)) for name, value in response.headers.items())
    except ValueError:
        headers = _readable(response.headers)
    check_headers(headers, limits)
    return headers


def _readable(headers: Any) -> Headers:
    """The headers where one of them is not ASCII: pyreqwest gives no way to its bytes."""
    found: list[tuple[str, str]] = []
    for name in dict.fromkeys(headers.keys()):
        try:
            found += [(str(name), str(value)) for value in headers.getall(name)]
        except ValueError:
            found.append((str(name), _UNREADABLE))
    return tuple(found)


def response_of(response: Any, request: Request, headers: Headers, body: bytes) -> Response:
    return Response(
        status=response.status,
        headers=headers,
        body=body,
        url=request.url,
        http_version=str(response.version),
    )


def error_of(error: PyreqwestError, request: Request, timeout: float, limits: Limits) -> TransportError:
    """An error of pyreqwest as one of ours. Its classes do not tell connecting from reading; its causes do."""
    causes = _causes(error)
    text = causes[-1]
    connecting = any("(Connect)" in cause for cause in causes)
    if isinstance(error, TimeoutError):
        seconds = min(timeout, limits.connect_timeout) if connecting else timeout
        return timed_out(request, seconds, sent=not connecting)
    if "client was closed" in text.lower():
        return TransportError(
            f"the client was closed during the request to {origin(request.url)}", kind="closed", phase="maybe_sent"
        )
    if connecting:
        return _connect_error(request, causes)
    if any("head is too large" in cause for cause in causes):
        return large_headers(limits)
    if any("builder error" in cause for cause in causes):
        return TransportError(f"the request to {origin(request.url)} cannot be sent: {text}", kind="protocol")
    if any("connection closed" in cause or "end of file" in cause or "reset" in cause for cause in causes):
        early = any("before message completed" in cause or "(SendRequest)" in cause for cause in causes)
        what = "without an answer" if early else "in the middle of its answer"
        return broken_off(request, f"closed the connection {what}")
    if any("parsed" in cause or "invalid" in cause.lower() for cause in causes):
        return broken_off(request, f"did not answer in HTTP: {text}")
    return broken_off(request, f"broke off: {text}")


def _connect_error(request: Request, causes: list[str]) -> TransportError:
    lowered = " / ".join(causes).lower()
    if "dns error" in lowered:
        return unknown_host(request)
    if "connection refused" in lowered:
        return refused(request)
    if "tcp connect" in lowered or "tunnel" in lowered or "proxy" in lowered or not request.url.startswith("https:"):
        return not_connected(request, causes[-1])
    return tls_failed(request, causes[-1])


def _causes(error: PyreqwestError) -> list[str]:
    details = getattr(error, "details", None)
    causes = details.get("causes") if isinstance(details, dict) else None
    # The first one names the URL, whose text must not decide anything.
    return [str(cause["message"]) for cause in (causes or ())][1:] or [str(getattr(error, "message", error))]

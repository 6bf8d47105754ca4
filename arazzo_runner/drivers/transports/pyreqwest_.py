"""pyreqwest as a transport (extra `speed`): a client in Rust, a tenth of the processor time of httpx.

What it cannot do as we promise goes through httpx: URLs it would rewrite (`%2E%2E`, `'` in a query), a client
certificate, a self-signed certificate that SSL_CERT_FILE names, a SOCKS proxy. Its bounds: a response may have 100
headers, and the value of a header that is not ASCII is seen as U+FFFD.
"""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ...errors import TransportError, UsageError
from ...limits import Limits
from ...messages import Headers, Request, Response
from .body import Body
from .httpx_ import DEFAULT_HEADERS, HttpxTransport
from .options import ClientOptions
from .protocol import (
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
    r"https?://[^/?#]+(/[A-Za-z0-9\-._~!$&'()*+,;=:@/%|\[\]^]*)?(\?[A-Za-z0-9\-._~!$&()*+,;=:@/?%|\[\]^`{}]*)?"
)
_DOTS = re.compile(r"/(?:\.|%2[Ee]){1,2}(?:[/?]|$)")


class Shared:
    """What the blocking and the asynchronous transport share."""

    def __init__(self, options: ClientOptions | None) -> None:
        self._options = options or ClientOptions()
        self._clients: dict[float, Any] = {}
        self._lock = threading.Lock()

    def fits(self, request: Request) -> bool:
        url, options = request.url, self._options
        if _KEPT.fullmatch(url) is None or _DOTS.search(url) is not None:
            return False
        if options.proxy is not None and not options.proxy.startswith(("http://", "https://")):
            return False
        return not (options.cert is not None and url.startswith("https:"))

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

    def client(self, kind: str, connect_timeout: float) -> Any:
        with self._lock:
            if connect_timeout not in self._clients:
                self._clients[connect_timeout] = self._make(kind, connect_timeout)
            return self._clients[connect_timeout]

    def _make(self, kind: str, connect_timeout: float) -> Any:
        from pyreqwest import client, proxy

        builder = (
            getattr(client, kind)()
            .follow_redirects(False)
            .referer(False)
            .gzip(False)
            .deflate(False)
            .brotli(False)
            .zstd(False)
            .connect_timeout(timedelta(seconds=connect_timeout))
            .danger_accept_invalid_certs(self._options.insecure)
        )
        if self._options.proxy is not None:
            try:
                builder = builder.proxy(proxy.ProxyBuilder.all(self._options.proxy))
            except ValueError as error:
                raise UsageError(f"the proxy cannot be used: {error}", hint="--proxy http://HOST:PORT") from None
        return builder.build()


class PyreqwestTransport(Shared):
    """A blocking transport over pyreqwest; connections are pooled and shared by threads."""

    def __init__(self, *, options: ClientOptions | None = None) -> None:
        super().__init__(options)
        self._other = HttpxTransport(options=self._options)

    def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
        """As `Transport.send`."""
        from pyreqwest.exceptions import PyreqwestError

        check_request(request)
        if not self.fits(request):
            return self._other.send(request, timeout=timeout, limits=limits)
        client = self.client("SyncClientBuilder", limits.connect_timeout)
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
                return self._other.send(request, timeout=timeout, limits=limits)
            raise failure from error

    def close(self) -> None:
        """Close the clients."""
        with self._lock:
            clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            client.close()
        self._other.close()


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

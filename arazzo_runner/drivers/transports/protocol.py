"""The protocol of transports, and what implementations share."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from ...errors import TransportError
from ...limits import Limits
from ...messages import Headers, Request, Response
from ...policy import Reach

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110, section 5.6.2
_BREAKS = re.compile(r"[\r\n\0]")
# No backslash in the authority: the URL Standard (WHATWG) takes it for a slash, and so for the end of another host.
_URL = re.compile(r"(?i:https?)://(?P<authority>[\w\-.~%!$&'()*+,;=:@\[\]]+)(?:[/?#][^\s\x00-\x1f\x7f]*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Supports:
    """What a transport declares: its attribute `supports`; without one, nothing beyond sending.

    `addresses`: `send` takes a `reach` and connects to no other address. `certificate`: client certificates. `socks`:
    SOCKS proxies. `network`: False where requests are answered within this process.
    """

    addresses: bool = False
    certificate: bool = False
    socks: bool = False
    network: bool = True


def supports_of(transport: Any) -> Supports:
    """What a transport declares."""
    found = getattr(transport, "supports", None)
    return found if isinstance(found, Supports) else Supports()


def proxy_of(transport: Any, url: str) -> str | None:
    """The proxy on the way to a URL, as far as a transport knows it."""
    found: str | None = transport.proxy_for(url) if hasattr(transport, "proxy_for") else None
    return found


class Transport(Protocol):
    """Sends requests, blocking; usable from many threads."""

    def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
        """Send and receive. `timeout` is the total time in seconds, slow bodies included.

        Raises:
            TransportError: no answer; its phase says whether the request may have been received.
        """

    def close(self) -> None:
        """Close what this transport opened itself."""


class AsyncTransport(Protocol):
    """`Transport` for asyncio."""

    async def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
        """As `Transport.send`."""

    async def aclose(self) -> None:
        """As `Transport.close`."""


class DeferredTransport:
    """A transport that is made for each request and closed after it: for the few documents that are fetched."""

    def __init__(
        self,
        make: Callable[[], Transport],
        supports: Supports | None = None,
        proxy_for: Callable[[str], str | None] = lambda url: None,
    ) -> None:
        self._make = make
        self.supports = supports or Supports()
        self.proxy_for = proxy_for

    def send(self, request: Request, *, timeout: float, limits: Limits, reach: Reach | None = None) -> Response:
        """Send by the real transport."""
        made = self._make()
        try:
            return made.send(request, timeout=timeout, limits=limits, **reaching(reach))
        finally:
            made.close()

    def close(self) -> None:
        """Nothing stays open."""


def reaching(reach: Reach | None) -> dict[str, Any]:
    """The argument of `send` for the addresses that may be connected to: only for transports that check them."""
    return {} if reach is None else {"reach": reach}


def origin(url: str) -> str:
    """Scheme, host and port of a URL, as people write them; no user information."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url[:200]
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def check_request(request: Request) -> None:
    """Refuse what no client should be asked to send.

    Raises:
        TransportError: a URL that is not http(s) or not encoded, credentials within it, or a header or method that
            would break the message.
    """
    match = _URL.fullmatch(request.url)
    if match is None:
        raise TransportError(
            f"{request.url[:200]!r} is not an http(s) URL", kind="policy", hint="name the server with -s URL"
        )
    try:
        urlsplit(request.url).port  # noqa: B018  (raises where the port or an IPv6 address is none)
    except ValueError as error:
        raise TransportError(f"{request.url[:200]} is not a URL: {error}", kind="policy") from None
    if "@" in match["authority"]:
        raise TransportError(
            f"the URL of {origin(request.url)} holds a user name or password", kind="policy", hint="use --auth"
        )
    if not _TOKEN.fullmatch(request.method):
        raise TransportError(f"{request.method!r} is not a method", kind="policy")
    for name, value in request.headers:
        if not _TOKEN.fullmatch(name):
            raise TransportError(f"{name!r} is not the name of a header", kind="policy")
        if _BREAKS.search(value):
            raise TransportError(f"the header {name} holds a line break", kind="policy")


def check_headers(headers: Headers, limits: Limits) -> None:
    """Refuse a response whose headers are larger than the bound."""
    if sum(len(name) + len(value) + 4 for name, value in headers) > limits.max_headers:
        raise large_headers(limits)


def large_headers(limits: Limits) -> TransportError:
    """The headers are larger than the bound."""
    return TransportError(
        f"the response's headers are larger than {limits.max_headers} bytes",
        kind="too-large",
        phase="answered",
        hint="Limits(max_headers=...)",
    )


def timed_out(request: Request, seconds: float, *, sent: bool) -> TransportError:
    """No (whole) answer within the time."""
    if not sent:
        return TransportError(f"no connection to {origin(request.url)} within {seconds:g} s", kind="timeout")
    return TransportError(
        f"no answer from {origin(request.url)} within {seconds:g} s",
        kind="timeout",
        phase="maybe_sent",
        hint="--timeout allows more",
    )


def refused(request: Request) -> TransportError:
    """Nobody listens there."""
    return TransportError(
        f"connection refused by {origin(request.url)}", kind="connect", hint="is the server running? -s names another"
    )


def unknown_host(request: Request) -> TransportError:
    """DNS has no such name."""
    return TransportError(
        f"the host of {origin(request.url)} is not known", kind="dns", hint="check the name, or name a server with -s"
    )


def tls_failed(request: Request, why: str) -> TransportError:
    """The TLS handshake failed; nothing of the request was sent."""
    return TransportError(
        f"TLS with {origin(request.url)} failed: {why}",
        kind="tls",
        hint="SSL_CERT_FILE=FILE trusts another CA, --insecure checks nothing",
    )


def not_connected(request: Request, why: str) -> TransportError:
    """Any other reason why there is no connection."""
    return TransportError(f"no connection to {origin(request.url)}: {why}", kind="connect")


def broken_off(request: Request, why: str) -> TransportError:
    """The connection ended, or what came is not HTTP, after the request had been (or may have been) sent."""
    return TransportError(f"{origin(request.url)} {why}", kind="protocol", phase="maybe_sent")


def text_of_header(value: bytes) -> str:
    """A header's text: UTF-8 where it is that, else Latin-1 (RFC 9110, section 5.5)."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")

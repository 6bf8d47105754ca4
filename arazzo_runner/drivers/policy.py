"""What a run may do on the network: schemes and hosts, redirects only when asked for, cookies only when asked for.

Written once, as a conversation (`exchange` yields requests and is sent responses), for blocking and asynchronous
transports. Decision 16; interface, "Options of a run".
"""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urljoin, urlsplit

from ..credentials import is_allowed
from ..errors import TransportError
from ..limits import Limits
from ..messages import Request, Response, header
from .transports import AsyncTransport, Transport, check_request

if TYPE_CHECKING:
    from email.message import Message
    from http.cookiejar import CookieJar

_REDIRECTS = (301, 302, 303, 307, 308)
# What another origin may see of a request: how to answer, and what the body is. Any other header may be a credential,
# whatever its name.
_IMPERSONAL = frozenset(
    (
        "accept", "accept-charset", "accept-encoding", "accept-language", "user-agent", "range", "prefer",
        "cache-control", "content-type", "content-encoding", "content-language", "content-disposition",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """`allow_hosts` empty allows every host; `follow_redirects` and `cookies` are off unless asked for."""

    allow_hosts: Sequence[str] = ()
    follow_redirects: bool = False
    cookies: bool = False


@dataclass
class _Jar:
    """Cookies of one run, a jar for each origin (RFC 6265 as http.cookiejar has it)."""

    jars: dict[tuple[str, str, int | None], CookieJar] = field(default_factory=dict)

    def add_to(self, request: Request) -> Request:
        from urllib.request import Request as Shadow

        shadow = Shadow(request.url)
        self._of(request).add_cookie_header(shadow)
        kept = shadow.get_header("Cookie")
        if not kept:
            return request
        own = header(request.headers, "cookie")
        names = {pair.partition("=")[0].strip() for pair in (own or "").split(";")}
        fresh = [pair.strip() for pair in kept.split(";") if pair.partition("=")[0].strip() not in names]
        joined = "; ".join([*([own] if own else []), *fresh])
        headers = tuple((n, v) for n, v in request.headers if n.lower() != "cookie")
        return replace(request, headers=(*headers, ("Cookie", joined)))

    def keep(self, request: Request, response: Response) -> None:
        from email.message import Message
        from urllib.request import Request as Shadow

        message = Message()
        for name, value in response.headers:
            if name.lower() == "set-cookie":
                message["Set-Cookie"] = value
        self._of(request).extract_cookies(cast(Any, _Answer(message)), Shadow(request.url))

    def _of(self, request: Request) -> CookieJar:
        from http.cookiejar import CookieJar, DefaultCookiePolicy

        return self.jars.setdefault(_origin(request.url), CookieJar(DefaultCookiePolicy(rfc2965=False)))


@dataclass(frozen=True, slots=True)
class _Answer:
    """What http.cookiejar wants of a response."""

    message: Message

    def info(self) -> Message:
        """The headers."""
        return self.message


class _Guard:
    """The policy of one run."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._jar = _Jar() if policy.cookies else None

    def exchange(self, request: Request, limits: Limits) -> Generator[Request, Response, Response]:
        """Yields each request to send, returns the response that counts."""
        for hop in range(limits.max_redirects + 1):
            self._check(request, first=hop == 0)
            sent = self._jar.add_to(request) if self._jar else request
            response = yield sent
            if self._jar:
                self._jar.keep(request, response)
            target = self._redirected(request, response)
            if target is None:
                return response
            request = target
        raise TransportError(
            f"more than {limits.max_redirects} redirects",
            kind="redirect",
            phase="answered",
            hint="Limits(max_redirects=...)",
        )

    def _check(self, request: Request, *, first: bool) -> None:
        check_request(request)
        if self._policy.allow_hosts and not is_allowed(request.url, self._policy.allow_hosts):
            where = urlsplit(request.url).netloc.rpartition("@")[2]
            raise TransportError(
                f"the host {where} is not allowed",
                kind="policy",
                phase="not_sent" if first else "answered",
                hint=f"--allow-host {where} allows it",
            )

    def _redirected(self, request: Request, response: Response) -> Request | None:
        location = response.header("location")
        if not (self._policy.follow_redirects and request.follow) or response.status not in _REDIRECTS or not location:
            return None
        url = _target(request.url, location)
        headers, supplied = request.headers, request.supplied
        if _origin(url) != _origin(request.url):
            headers = tuple((n, v) for n, v in headers if n.lower() in _IMPERSONAL)
            supplied = supplied | {("header", "authorization")}  # The client's own credentials stay behind as well.
        method, body = request.method, request.body
        if response.status == 303 or (response.status in (301, 302) and method == "POST"):
            if method != "HEAD":
                method = "GET"
            body = None
            headers = tuple((n, v) for n, v in headers if not n.lower().startswith("content-"))
        if body and request.url.startswith("https:") and url.startswith("http:"):
            raise TransportError(
                f"the redirect to {_shown(location)} would send the body without TLS", kind="redirect", phase="answered"
            )
        return replace(request, method=method, url=url, headers=headers, body=body, supplied=supplied)


def _target(url: str, location: str) -> str:
    """Where a Location leads, encoded as a URL has to be.

    Raises:
        TransportError: nowhere that HTTP goes.
    """
    try:
        target = quote(urljoin(url, location.strip()), safe="!#$%&'()*+,/:;=?@[]~|")
        _origin(target)
    except ValueError:
        target = ""
    if not target.startswith(("http://", "https://")):
        raise TransportError(
            f"the redirect to {_shown(location)} cannot be followed", kind="redirect", phase="answered"
        )
    return target.partition("#")[0]


def _shown(location: str) -> str:
    """A Location whole or not at all, since nothing masks the first half of a secret."""
    return repr(location) if len(location) <= 200 else f"a Location of {len(location)} characters"


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    default = 443 if parts.scheme == "https" else 80
    return parts.scheme, (parts.hostname or "").lower(), parts.port or default


class _Bound:
    """The time of one request, redirects included; an error after the first answer says that something was sent."""

    def __init__(self, timeout: float) -> None:
        self._end = time.monotonic() + timeout
        self._timeout = timeout
        self._hops = 0

    def next(self) -> float:
        """The seconds of the next hop."""
        self._hops += 1
        left = self._end - time.monotonic()
        if left <= 0:
            raise TransportError(
                f"no answer within {self._timeout:g} s, redirects included",
                kind="timeout",
                phase="maybe_sent",
                hint="--timeout allows more",
            )
        return left

    def error(self, error: TransportError) -> TransportError:
        """The error as that of the whole request."""
        if self._hops < 2 or error.phase != "not_sent":
            return error
        return TransportError(f"after a redirect: {error.message}", kind=error.kind, phase="answered", hint=error.hint)


class GuardedTransport:
    """A transport under a policy, for one run."""

    def __init__(self, inner: Transport, policy: Policy) -> None:
        self._inner = inner
        self._guard = _Guard(policy)

    def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
        """As `Transport.send`."""
        talk, bound = self._guard.exchange(request, limits), _Bound(timeout)
        try:
            asked = next(talk)
            while True:
                try:
                    response = self._inner.send(asked, timeout=bound.next(), limits=limits)
                except TransportError as error:
                    raise bound.error(error) from None
                asked = talk.send(response)
        except StopIteration as done:
            return cast(Response, done.value)

    def close(self) -> None:
        """Close the inner one."""
        self._inner.close()


class AsyncGuardedTransport:
    """The same for asyncio."""

    def __init__(self, inner: AsyncTransport, policy: Policy) -> None:
        self._inner = inner
        self._guard = _Guard(policy)

    async def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
        """As `AsyncTransport.send`."""
        talk, bound = self._guard.exchange(request, limits), _Bound(timeout)
        try:
            asked = next(talk)
            while True:
                try:
                    response = await self._inner.send(asked, timeout=bound.next(), limits=limits)
                except TransportError as error:
                    raise bound.error(error) from None
                asked = talk.send(response)
        except StopIteration as done:
            return cast(Response, done.value)

    async def aclose(self) -> None:
        """Close the inner one."""
        await self._inner.aclose()

"""What a run may do on the network: schemes and hosts, redirects only when asked for, cookies only when asked for.

Written once, as a conversation (`exchange` yields requests and is sent responses), for blocking and asynchronous
transports. Decision 16; interface, "Options of a run".
"""

from __future__ import annotations

import email.message
import urllib.request
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

from ..errors import TransportError
from ..limits import Limits
from ..messages import Request, Response, header
from ..secrets import is_secret_name
from .transports import AsyncTransport, Transport

_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """`allow_hosts` empty allows every host; `follow_redirects` and `cookies` are off unless asked for."""

    allow_hosts: Sequence[str] = ()
    follow_redirects: bool = False
    cookies: bool = False


@dataclass
class _Jar:
    """Cookies of one run, kept by host and path (RFC 6265 as http.cookiejar has it)."""

    jar: CookieJar = field(default_factory=lambda: CookieJar(DefaultCookiePolicy(rfc2965=False)))

    def add_to(self, request: Request) -> Request:
        shadow = urllib.request.Request(request.url)
        self.jar.add_cookie_header(shadow)
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
        message = email.message.Message()
        for name, value in response.headers:
            if name.lower() == "set-cookie":
                message["Set-Cookie"] = value
        self.jar.extract_cookies(cast(Any, _Answer(message)), urllib.request.Request(request.url))


@dataclass(frozen=True, slots=True)
class _Answer:
    """What http.cookiejar wants of a response."""

    message: email.message.Message

    def info(self) -> email.message.Message:
        """The headers."""
        return self.message


class _Guard:
    """The policy of one run."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._jar = _Jar() if policy.cookies else None

    def exchange(self, request: Request, limits: Limits) -> Generator[Request, Response, Response]:
        """Yields each request to send, returns the response that counts."""
        for _ in range(limits.max_redirects + 1):
            self._check(request)
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

    def _check(self, request: Request) -> None:
        allowed = self._policy.allow_hosts
        if not allowed:
            return
        parts = urlsplit(request.url)
        host = (parts.hostname or "").lower()
        if not any(_fits(host, parts.netloc.lower(), pattern.lower()) for pattern in allowed):
            raise TransportError(
                f"the host {parts.netloc} is not allowed", kind="policy", hint=f"--allow-host {parts.netloc} allows it"
            )

    def _redirected(self, request: Request, response: Response) -> Request | None:
        location = response.header("location")
        if not self._policy.follow_redirects or response.status not in _REDIRECTS or not location:
            return None
        url = urljoin(request.url, location)
        same = _origin(url) == _origin(request.url)
        headers = request.headers if same else _without_credentials(request)
        method, body = request.method, request.body
        if response.status == 303 or (response.status in (301, 302) and method == "POST"):
            if method != "HEAD":
                method = "GET"
            body = None
            headers = tuple((n, v) for n, v in headers if not n.lower().startswith("content-"))
        return replace(request, method=method, url=url, headers=headers, body=body)


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    default = 443 if parts.scheme == "https" else 80
    return parts.scheme, (parts.hostname or "").lower(), parts.port or default


def _without_credentials(request: Request) -> tuple[tuple[str, str], ...]:
    """The headers that may go to another origin: no credential, whatever its header is called."""
    named = {
        str(requirement.scheme.get("name", "")).lower()
        for alternative in request.security
        for requirement in alternative
        if requirement.scheme.get("in") == "header"
    }
    return tuple(
        (n, v)
        for n, v in request.headers
        if n.lower() not in named and n.lower() not in ("authorization", "cookie") and not is_secret_name(n)
    )


def _fits(host: str, netloc: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:])
    return pattern in (host, netloc)


class GuardedTransport:
    """A transport under a policy, for one run."""

    def __init__(self, inner: Transport, policy: Policy) -> None:
        self._inner = inner
        self._guard = _Guard(policy)

    def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
        """As `Transport.send`."""
        talk = self._guard.exchange(request, limits)
        try:
            asked = next(talk)
            while True:
                asked = talk.send(self._inner.send(asked, timeout=timeout, limits=limits))
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
        talk = self._guard.exchange(request, limits)
        try:
            asked = next(talk)
            while True:
                asked = talk.send(await self._inner.send(asked, timeout=timeout, limits=limits))
        except StopIteration as done:
            return cast(Response, done.value)

    async def aclose(self) -> None:
        """Close the inner one."""
        await self._inner.aclose()

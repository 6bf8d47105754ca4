"""The policy carried out: every request and every redirect is judged, redirects and cookies only when asked for.

Written once, as a conversation (`exchange` yields requests and is sent responses), for blocking and asynchronous
transports. Decision 16; interface, "Options of a run"; the rules themselves are in `arazzo_runner.policy`.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, unquote_plus, urljoin, urlsplit

from ..errors import TransportError
from ..limits import Limits
from ..messages import Request, Response, header
from ..policy import Policy, Reach, Refusal, host_of
from .transports import AsyncTransport, Transport, check_request, proxy_of, reaching, supports_of

if TYPE_CHECKING:
    from email.message import Message
    from http.cookiejar import CookieJar

__all__ = ["AsyncGuardedTransport", "GuardedTransport", "Policy", "carries_credential"]

_REDIRECTS = (301, 302, 303, 307, 308)
_CREDENTIALS = frozenset(("authorization", "proxy-authorization"))
_VERDICTS = 1000  # kept: servers, methods
# What another origin may see of a request: how to answer, and what the body is. Any other header may be a credential,
# whatever its name.
_IMPERSONAL = frozenset(
    (
        "accept", "accept-charset", "accept-encoding", "accept-language", "user-agent", "range", "prefer",
        "cache-control", "content-type", "content-encoding", "content-language", "content-disposition",
    )
)  # fmt: skip


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
    """The policy of one run, over a transport."""

    def __init__(self, policy: Policy, transport: Any) -> None:
        self._policy = policy
        # Whose servers they are has been looked at already, and a provider may have its endpoints anywhere.
        self._for_tokens = replace(policy.for_tokens(), default_hosts=())
        self._transport = transport
        self._supports = supports_of(transport)
        self._jar = _Jar() if policy.cookies else None
        self._verdicts: dict[tuple[str, str, bool, bool], Refusal | Reach | None] = {}

    def exchange(self, request: Request, limits: Limits) -> Generator[tuple[Request, Reach | None], Response, Response]:
        """Yields each request to send with the addresses it may reach, returns the response that counts."""
        for hop in range(limits.max_redirects + 1):
            reach = self._admitted(request, first=hop == 0)
            sent = self._jar.add_to(request) if self._jar else request
            response = yield sent, reach
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

    def _admitted(self, request: Request, *, first: bool) -> Reach | None:
        """The addresses the request may reach, as far as the transport can tell.

        Raises:
            TransportError: it may not be sent.
        """
        check_request(request)
        url = request.url
        signed = url[:6].lower() != "https:" and (request.for_credential or carries_credential(request))
        key = (_authority(url), "" if request.for_credential else request.method, signed, request.remote)
        try:
            verdict = self._verdicts[key]
        except KeyError:
            if len(self._verdicts) > _VERDICTS:
                self._verdicts.clear()
            verdict = self._verdicts[key] = self._judged(request, signed)
        if isinstance(verdict, Refusal):
            raise verdict.error("not_sent" if first else "answered")
        return verdict

    def _judged(self, request: Request, signed: bool) -> Refusal | Reach | None:
        policy = self._for_tokens if request.for_credential else self._policy
        refusal = policy.check(
            request.url,
            method=None if request.for_credential else request.method,
            signed=signed,
            remote=request.remote,
            proxied=proxy_of(self._transport, request.url) is not None,
            network=self._supports.network,
        )
        if refusal is not None:
            return refusal
        return self._policy.reach(request.url, remote=request.remote) if self._supports.addresses else None

    def _redirected(self, request: Request, response: Response) -> Request | None:
        location = response.header("location")
        if (
            not (self._policy.follow_redirects and not request.for_credential)
            or response.status not in _REDIRECTS
            or not location
        ):
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
        # Another host is named by an answer, not by whoever named this one.
        remote = request.remote or host_of(url) != host_of(request.url)
        return replace(request, method=method, url=url, headers=headers, body=body, supplied=supplied, remote=remote)


def carries_credential(request: Request) -> bool:
    """Whether there is a credential in a request: it was signed, or the step itself fills a credential's place."""
    names = {name.lower() for name, _ in request.headers}
    if not names.isdisjoint(_CREDENTIALS):
        return True
    return any(_is_filled(scheme, request, names) for scheme in _keys(request))


def _keys(request: Request) -> list[tuple[str, str]]:
    schemes = [requirement.scheme for alternative in request.security for requirement in alternative]
    keys = [scheme for scheme in schemes if str(scheme.get("type", "")).lower() == "apikey"]
    return [(str(scheme.get("in", "header")), str(scheme.get("name", ""))) for scheme in keys]


def _is_filled(key: tuple[str, str], request: Request, headers: set[str]) -> bool:
    place, name = key
    if place == "header":
        return name.lower() in headers
    if place == "query":
        written = urlsplit(request.url).query.split("&")
        return any(unquote_plus(pair.partition("=")[0]) == name for pair in written)
    pairs = (header(request.headers, "cookie") or "").split(";")
    return any(pair.partition("=")[0].strip() == name for pair in pairs)


def _authority(url: str) -> str:
    """Scheme and authority, with whatever follows where there is no path."""
    end = url.find("/", 8)
    return url if end < 0 else url[:end]


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
        if self._hops == 1:
            return self._timeout
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
        self.supports = supports_of(inner)
        self._guard = _Guard(policy, inner)

    def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
        """As `Transport.send`."""
        talk, bound = self._guard.exchange(request, limits), _Bound(timeout)
        try:
            asked, reach = next(talk)
            while True:
                try:
                    response = self._inner.send(asked, timeout=bound.next(), limits=limits, **reaching(reach))
                except TransportError as error:
                    raise bound.error(error) from None
                asked, reach = talk.send(response)
        except StopIteration as done:
            return cast(Response, done.value)

    def close(self) -> None:
        """Close the inner one."""
        self._inner.close()


class AsyncGuardedTransport:
    """The same for asyncio."""

    def __init__(self, inner: AsyncTransport, policy: Policy) -> None:
        self._inner = inner
        self.supports = supports_of(inner)
        self._guard = _Guard(policy, inner)

    async def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
        """As `AsyncTransport.send`."""
        talk, bound = self._guard.exchange(request, limits), _Bound(timeout)
        try:
            asked, reach = next(talk)
            while True:
                try:
                    response = await self._inner.send(asked, timeout=bound.next(), limits=limits, **reaching(reach))
                except TransportError as error:
                    raise bound.error(error) from None
                asked, reach = talk.send(response)
        except StopIteration as done:
            return cast(Response, done.value)

    async def aclose(self) -> None:
        """Close the inner one."""
        await self._inner.aclose()

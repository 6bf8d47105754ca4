"""Sign a request as its operation's `security` says (OpenAPI Security Requirement and Security Scheme Objects).

`values` says where values come from. What a step supplies itself is never replaced
(decision 47). Values from the environment do not go to a server named by a document that came by URL.
"""

from __future__ import annotations

import base64
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, urlsplit

from ..errors import TransportError
from ..messages import Request, SecurityRequirement
from ..openapi import advice
from .values import Given, Values, Variables

_COOKIE = "!#$%&'()*+-./:<=>?@[]^_`{|}~"  # RFC 6265, section 4.1.1, cookie-octet


@dataclass(frozen=True, slots=True)
class Signed:
    """The request with its credentials; the secrets in it as (label, value); what no value was found for."""

    request: Request
    secrets: tuple[tuple[str, str], ...] = ()
    unsatisfied: tuple[str, ...] = ()


class Credentials:
    """The values a host has, by scheme."""

    def __init__(
        self,
        values: Mapping[str, str] | Values | None = None,
        *,
        env: Mapping[str, str] | None = None,
        allow_hosts: Sequence[str] = (),
    ) -> None:
        """`values` go by `SCHEME` or `SCHEME.FIELD`, then come the variables `env`; or it is all that a host has."""
        ordered = values if isinstance(values, Values) else Values((Given(values or {}), Variables(env or {})))
        self.values = ordered
        self._allowed = tuple(allow_hosts)

    def sign(self, request: Request) -> Signed:
        """The request with the first alternative applied whose schemes all have values; `{}`, anonymous, is the last.

        Raises:
            TransportError: a credential of which only a part is given.
        """
        missing: list[str] = []
        for alternative in sorted(request.security, key=lambda requirements: not requirements):
            filled = [self._fill(requirement, request) for requirement in alternative]
            lacking = [r.name for r, f in zip(alternative, filled, strict=True) if f is None]
            if not lacking:
                return self._applied(request, [f for f in filled if f is not None])
            missing += lacking
        return Signed(request, (), tuple(dict.fromkeys(missing)))

    def value(self, requirement: SecurityRequirement, field: str | None, request: Request) -> str | None:
        """The value for a scheme (or one field of it) in a request's context."""
        if requirement.values is None and request.remote and not is_allowed(request.url, self._allowed):
            return None  # bound to origins: a document that came by URL gets nothing until its host is named
        return self.values.lookup(requirement, field, url=request.url)

    def advice(self, request: Request) -> str | None:
        """What to do about a 401 or 403: how to supply a credential, or how to have one that is there sent."""
        if request.remote and not is_allowed(request.url, self._allowed):
            for requirement in (r for alternative in request.security for r in alternative):
                held = self.held(requirement, request.url)
                if held is not None:
                    where = urlsplit(request.url).netloc
                    return (
                        f"{held} was not sent to {where}, which only a document that came by URL names: "
                        f"--allow-host {where} sends it"
                    )
        return advice(tuple(each for each in request.security if all(r.values is None for r in each)))

    def held(self, requirement: SecurityRequirement, url: str = "") -> str | None:
        """The name of a value that is there for a scheme: an option, a variable, a profile (for requests to `url`)."""
        return self.values.held(requirement, url=url)

    def is_sent(self, url: str, *, remote: bool) -> bool:
        """Whether requests to `url` get values; `remote` as in `Request`."""
        return not remote or is_allowed(url, self._allowed)

    def unknown_names(self, known_schemes: Iterable[str]) -> tuple[str, ...]:
        """The schemes given with --auth that no description declares."""
        return self.values.unknown(known_schemes)

    def _fill(self, requirement: SecurityRequirement, request: Request) -> _Filled | None:
        scheme = requirement.scheme
        match str(scheme.get("type", "")).lower():
            case "apikey":
                place = (str(scheme.get("in", "header")), str(scheme.get("name", "")))
                value = self.value(requirement, None, request)
                return self._placed(requirement, request, place, value, ())
            case "http":
                return self._http(requirement, request)
            case "oauth2" | "openidconnect":
                token = self.value(requirement, None, request)
                shown = None if token is None else f"Bearer {token}"
                return self._placed(
                    requirement, request, ("header", "Authorization"), shown, _token(requirement, token)
                )
            case "mutualtls":  # the client's certificate (--cert), nothing in the request
                return _Filled("tls", requirement.name, None, ())
            case _:
                return None

    def _http(self, requirement: SecurityRequirement, request: Request) -> _Filled | None:
        kind = str(requirement.scheme.get("scheme", "")).lower()
        place = ("header", "Authorization")
        if kind == "basic":
            pair = self._basic(requirement, request)
            if pair is None:
                return self._placed(requirement, request, place, None, ())
            encoded = base64.b64encode(":".join(pair).encode()).decode("ascii")
            # Without a password the user name is the secret: `--auth basic=KEY:`.
            field, secret = ("password", pair[1]) if pair[1] else ("username", pair[0])
            secrets = ((f"{requirement.name}.{field}", secret), (requirement.name, encoded))
            return self._placed(requirement, request, place, f"Basic {encoded}", secrets)
        token = self.value(requirement, None, request)
        word = "Bearer" if kind == "bearer" else str(requirement.scheme.get("scheme", ""))
        value = None if token is None else f"{word} {token}".strip()
        return self._placed(requirement, request, place, value, _token(requirement, token))

    def _basic(self, requirement: SecurityRequirement, request: Request) -> tuple[str, str] | None:
        user = self.value(requirement, "username", request)
        password = self.value(requirement, "password", request)
        if user is not None and password is not None:
            return user, password
        whole = self.value(requirement, None, request)
        if whole is not None and ":" in whole:
            user, _, password = whole.partition(":")
            return user, password
        if user is None and password is None and whole is None:
            return None
        lacking = "a user name and a password" if whole is not None else "a password" if user else "a user name"
        raise TransportError(
            f"the credential '{requirement.name}' needs {lacking}",
            kind="credential",
            hint=None
            if requirement.values is not None
            else f"--auth {shlex.quote(f'{requirement.name}=USER:PASSWORD')}",
        )

    def _placed(
        self,
        requirement: SecurityRequirement,
        request: Request,
        place: tuple[str, str],
        value: str | None,
        secrets: tuple[tuple[str, str], ...],
    ) -> _Filled | None:
        in_, name = place
        key = (in_, name.lower() if in_ == "header" else name)
        if key in request.supplied:
            return _Filled(in_, name, None, ())
        if value is None:
            return None
        return _Filled(in_, name, value, secrets or ((requirement.name, value),))

    def _applied(self, request: Request, filled: list[_Filled]) -> Signed:
        url, headers = request.url, list(request.headers)
        cookies = []
        for item in filled:
            if item.value is None:
                continue
            if item.in_ == "header":
                headers.append((item.name, item.value))
            elif item.in_ == "query":
                url = _with_query(url, f"{quote(item.name, safe='')}={quote(item.value, safe='')}")
            else:
                cookies.append(f"{item.name}={quote(item.value, safe=_COOKIE)}")
        if cookies:
            own = [value for name, value in headers if name.lower() == "cookie"]
            headers = [(n, v) for n, v in headers if n.lower() != "cookie"]
            headers.append(("Cookie", "; ".join([*own, *cookies])))
        secrets = tuple(secret for item in filled for secret in item.secrets)
        return Signed(replace(request, url=url, headers=tuple(headers)), secrets)


@dataclass(frozen=True, slots=True)
class _Filled:
    """A credential and where it goes; value None: the step has filled the place itself."""

    in_: str
    name: str
    value: str | None
    secrets: tuple[tuple[str, str], ...]


def _token(requirement: SecurityRequirement, token: str | None) -> tuple[tuple[str, str], ...]:
    return () if token is None else ((requirement.name, token),)


def _with_query(url: str, pair: str) -> str:
    base, hash_, fragment = url.partition("#")
    return f"{base}{'&' if '?' in base else '?'}{pair}{hash_}{fragment}"


def is_allowed(url: str, hosts: Iterable[str]) -> bool:
    """Whether a URL goes to one of these: `host`, `host:port` or `*.domain`."""
    parts = urlsplit(url)
    if "\\" in parts.netloc:  # clients do not agree where such a host ends
        return False
    host, netloc = (parts.hostname or "").lower(), parts.netloc.rpartition("@")[2].lower()
    usual = f"{host}:{443 if parts.scheme == 'https' else 80}" if parts.port is None else netloc
    return any(_fits(host, (host, netloc, usual), pattern.lower()) for pattern in hosts)


def _fits(host: str, names: tuple[str, ...], pattern: str) -> bool:
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else pattern in names

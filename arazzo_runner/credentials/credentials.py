"""Sign a request as its operation's `security` says (OpenAPI Security Requirement and Security Scheme Objects).

Values come from `--auth SCHEME[.FIELD]=VALUE`, then from `ARAZZO_AUTH_<SOURCE>__<SCHEME>[_<FIELD>]` and
`ARAZZO_AUTH_<SCHEME>[_<FIELD>]` in the environment and `.env`. What a step supplies itself is never replaced
(decision 47). Values from the environment do not go to a server named by a document that came by URL.

A key, a user name with a password and a token are put in place at once. What has to be fetched first (OAuth 2.0, OpenID
Connect) or is asked for by the server (digest) is a conversation, which the driver has.
"""

from __future__ import annotations

import base64
import shlex
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from ..errors import TransportError
from ..messages import Request, SecurityRequirement
from ..openapi import advice, variable_names
from ..policy import is_allowed
from ..secrets import is_secret_name
from .conversation import Conversation

if TYPE_CHECKING:
    from .digest import Digests
    from .grants import Grant
    from .oauth import OAuth
    from .tokens import TokenStore

_GRANTING = ("clientId", "clientSecret", "username", "password", "refreshToken")  # fields that lead to a token
_COOKIE = "!#$%&'()*+-./:<=>?@[]^_`{|}~"  # RFC 6265, section 4.1.1, cookie-octet


@dataclass(frozen=True, slots=True)
class Signed:
    """The request with its credentials; the secrets in it as (label, value); what no value was found for.

    With a `conversation` the request lacks what only that brings: the credentials named in `later`. It has done
    nothing yet, and may be left alone.
    """

    request: Request
    secrets: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    unsatisfied: tuple[str, ...] = ()
    conversation: Conversation | None = None
    later: tuple[str, ...] = ()


class Credentials:
    """The values a host has, by scheme, and the tokens that were got with them."""

    def __init__(
        self,
        values: Mapping[str, str] | None = None,
        *,
        env: Mapping[str, str] | None = None,
        allow_hosts: Sequence[str] = (),
        interactive: bool = False,
        store: TokenStore | None = None,
        certificate: bool | None = None,
        pretended: str | None = None,
    ) -> None:
        """`values` go by `SCHEME` or `SCHEME.FIELD`; `env` are variables, those of `.env` among them.

        `interactive` says that somebody can be asked to sign in. `certificate` says whether clients have one of their
        own (mutualTLS), None where that is not known. `pretended` takes the place of every token that would have to be
        got: with a mock nobody is asked for any.
        """
        self._values = dict(values or {})
        self._by_name = {_name(name): value for name, value in reversed(self._values.items())}
        self._env = {name: value for name, value in (env or {}).items() if value}
        self._allowed = tuple(allow_hosts)
        self._interactive = interactive
        self._store = store
        self._certificate = certificate
        self._pretended = pretended
        self._made_oauth: OAuth | None = None
        self._made_digests: Digests | None = None
        self._lock = threading.Lock()

    def sign(self, request: Request) -> Signed:
        """The request with the first alternative applied whose schemes all have values; `{}`, anonymous, is the last.

        Nobody is asked to sign in where another alternative will do.

        Raises:
            TransportError: a credential of which only a part is given, or that needs a person, and nobody is there.
        """
        missing: list[str] = []
        asking: list[_Filled] | None = None
        for alternative in sorted(request.security, key=lambda requirements: not requirements):
            if not alternative and asking is not None and self._interactive:
                break
            filled = [self._fill(requirement, request) for requirement in alternative]
            lacking = [r.name for r, f in zip(alternative, filled, strict=True) if f is None]
            missing += lacking
            if lacking:
                continue
            found = [f for f in filled if f is not None]
            if all(f.grant is None or self._oauth().is_ready(f.grant) for f in found):
                return self._applied(request, found)
            asking = asking or found
        if asking is not None:
            return self._applied(request, asking)
        return Signed(request, (), tuple(dict.fromkeys(missing)))

    def value(self, requirement: SecurityRequirement, field: str | None, request: Request) -> str | None:
        """The value for a scheme (or one field of it) in a request's context."""
        if request.remote and not is_allowed(request.url, self._allowed):
            return None  # bound to origins: a document that came by URL gets nothing until its host is named
        if self._by_name:
            key = requirement.name if field is None else f"{requirement.name}.{field}"
            value = self._by_name.get(_name(key))
            if value is not None:
                return value
        for variable in variable_names(requirement.source, requirement.name, field):
            if variable in self._env:
                return self._env[variable]
        return None

    def advice(self, request: Request) -> str | None:
        """What to do about a 401 or 403: how to supply a credential, or how to have one that is there sent."""
        if request.remote and not is_allowed(request.url, self._allowed):
            for requirement in (r for alternative in request.security for r in alternative):
                held = self.held(requirement)
                if held is not None:
                    where = urlsplit(request.url).netloc
                    return (
                        f"{held} was not sent to {where}, which only a document that came by URL names: "
                        f"--allow-host {where} sends it"
                    )
        return self._held_back(request) or advice(request.security)

    def _held_back(self, request: Request) -> str | None:
        """The credential that would have been sent to a token endpoint, were it not for who names that."""
        from .grants import servers_of

        for requirement in (r for alternative in request.security for r in alternative if r.remote):
            held = self.held(requirement)
            for url in servers_of(requirement.scheme) if held is not None else ():
                if not self.trusts(url, requirement, request):
                    where = urlsplit(url).netloc
                    return (
                        f"{held} was not sent to {where}, which only a document that came by URL names: "
                        f"--allow-host {where} sends it"
                    )
        return None

    def held(self, requirement: SecurityRequirement) -> str | None:
        """The name of a value that is there for a scheme: an option or a variable."""
        for name in self._values:
            if name.lower() == requirement.name.lower() or name.lower().startswith(f"{requirement.name.lower()}."):
                return f"--auth {name}"
        for variable in variable_names(requirement.source, requirement.name, None):
            if any(name == variable or name.startswith(f"{variable}_") for name in self._env):
                return variable
        return None

    def held_secrets(self, requirements: Iterable[SecurityRequirement]) -> Iterator[tuple[str, str]]:
        """The secrets among the values that are there for schemes, sent or not, as (label, value)."""
        for name, value in self._values.items():
            scheme, dot, field = name.rpartition(".")
            if not dot or is_secret_name(field):
                yield from _parts(scheme or name, value)
        for requirement in requirements:
            for variable in variable_names(requirement.source, requirement.name, None):
                for name, value in self._env.items():
                    rest = name.removeprefix(variable)
                    if name == variable or (name != rest and rest[0] == "_" and is_secret_name(rest)):
                        yield from _parts(requirement.name, value)

    def unknown_names(self, known_schemes: Iterable[str]) -> tuple[str, ...]:
        """The schemes given with --auth that no description declares."""
        known = {name.lower() for name in known_schemes}
        return tuple(n for n in self._values if not known & {n.lower(), n.lower().rpartition(".")[0]})

    def unknown_fields(self, known_schemes: Iterable[str]) -> tuple[str, ...]:
        """The names given with --auth whose field no scheme has."""
        if not self._values:
            return ()
        from .grants import FIELDS

        known, fields = {name.lower() for name in known_schemes}, {field.lower() for field in FIELDS}
        return tuple(
            name
            for name in self._values
            if name.lower() not in known
            and name.lower().rpartition(".")[0] in known
            and _name(name).rpartition(".")[2] not in fields
        )

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
                return self._bearer(requirement, request)
            case "mutualtls":  # the client's certificate (--cert), nothing in the request
                return None if self._certificate is False else _Filled("tls", requirement.name, None, ())
            case _:
                return None

    def _bearer(self, requirement: SecurityRequirement, request: Request) -> _Filled | None:
        """A token that is given, or a grant that brings one; with both, the grant renews the token."""
        place = ("header", "Authorization")
        if (place[0], "authorization") in request.supplied:
            return _Filled(*place, None, ())
        token = self.value(requirement, None, request) or self.value(requirement, "token", request)
        grant = self._grant(requirement, request, token)
        if grant is not None and self._pretended is not None:
            token, grant = self._pretended, None
        if grant is not None:
            return _Filled(*place, None, (), grant=grant)
        shown = None if token is None else f"Bearer {token}"
        return self._placed(requirement, request, place, shown, _token(requirement, token))

    def _grant(self, requirement: SecurityRequirement, request: Request, token: str | None) -> Grant | None:
        """What gets a token: nothing where a token is given that nothing can renew."""
        if token is not None:
            if self.value(requirement, "refreshToken", request) is None:
                return None
        elif all(self.value(requirement, field, request) is None for field in _GRANTING):
            return None
        from .grants import grant_for

        def value(field: str) -> str | None:
            return token if field == "token" else self.value(requirement, field, request)

        return grant_for(requirement, request, value, lambda url: self.trusts(url, requirement, request))

    def trusts(self, url: str, requirement: SecurityRequirement, request: Request) -> bool:
        """Whether a scheme's own server may be asked with the values that are there (decision 124).

        One that only a document that came by URL names gets none, unless it is the server that the request goes to.
        """
        if not requirement.remote or is_allowed(url, self._allowed):
            return True
        return not request.remote and _origin(url) == _origin(request.url)

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
        if kind == "digest" and ("header", "authorization") not in request.supplied:
            pair = self._pair(requirement, request)
            if pair is not None and self._pretended is None:
                return _Filled(*place, None, (), digest=(requirement.name, *pair))
            if pair is not None:
                return _Filled(*place, f'Digest username="{pair[0]}"', ())
        token = self.value(requirement, None, request)
        word = "Bearer" if kind == "bearer" else str(requirement.scheme.get("scheme", ""))
        value = None if token is None else f"{word} {token}".strip()
        return self._placed(requirement, request, place, value, _token(requirement, token))

    def _pair(self, requirement: SecurityRequirement, request: Request) -> tuple[str, str] | None:
        """A user name and a password, from two fields or from one value."""
        user = self.value(requirement, "username", request)
        password = self.value(requirement, "password", request)
        if user is not None and password is not None:
            return user, password
        whole = self.value(requirement, None, request)
        if whole is None or ":" not in whole:
            return None
        user, _, password = whole.partition(":")
        return user, password

    def _basic(self, requirement: SecurityRequirement, request: Request) -> tuple[str, str] | None:
        pair = self._pair(requirement, request)
        if pair is not None:
            return pair
        user = self.value(requirement, "username", request)
        whole = self.value(requirement, None, request)
        if user is None and whole is None and self.value(requirement, "password", request) is None:
            return None
        lacking = "a user name and a password" if whole is not None else "a password" if user else "a user name"
        raise TransportError(
            f"the credential '{requirement.name}' needs {lacking}",
            kind="credential",
            hint=f"--auth {shlex.quote(f'{requirement.name}=USER:PASSWORD')}",
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
        signed = replace(request, url=url, headers=tuple(headers))
        later = tuple([item.later for item in filled if item.later is not None])
        return Signed(signed, secrets, (), self._conversation(request, signed, filled) if later else None, later)

    def _conversation(self, request: Request, signed: Request, filled: list[_Filled]) -> Conversation | None:
        """What the rest of an alternative takes, for a request that has all that was at hand."""
        for item in filled:
            if item.digest is not None:
                scheme, username, password = item.digest
                return self._digests().converse(signed, username, password, scheme)
        grants = [item.grant for item in filled if item.grant is not None]
        if not grants:
            return None

        def with_tokens(tokens: Sequence[str]) -> Request:
            return replace(signed, headers=(*signed.headers, *(("Authorization", f"Bearer {t}") for t in tokens)))

        def trusts(url: str) -> bool:
            return all(self.trusts(url, grant.requirement, request) for grant in grants)

        return self._oauth().converse(grants, with_tokens, trusts)

    def _oauth(self) -> OAuth:
        from .oauth import OAuth
        from .tokens import TokenCache

        with self._lock:
            if self._made_oauth is None:
                self._made_oauth = OAuth(TokenCache(self._store), interactive=self._interactive)
            return self._made_oauth

    def _digests(self) -> Digests:
        from .digest import Digests

        with self._lock:
            if self._made_digests is None:
                self._made_digests = Digests()
            return self._made_digests


@dataclass(frozen=True, slots=True)
class _Filled:
    """A credential and where it goes; value None: the step has filled the place itself, or a conversation does."""

    in_: str
    name: str
    value: str | None = field(repr=False)
    secrets: tuple[tuple[str, str], ...] = field(repr=False)
    grant: Grant | None = None
    digest: tuple[str, str, str] | None = field(default=None, repr=False)  # scheme, user name, password

    @property
    def later(self) -> str | None:
        """The scheme, where a conversation brings the credential."""
        if self.grant is not None:
            return self.grant.requirement.name
        return self.digest[0] if self.digest is not None else None


def _parts(label: str, value: str) -> Iterator[tuple[str, str]]:
    """A value, and the password of what may be a user's name and password."""
    yield label, value
    password = value.partition(":")[2]
    if password:
        yield f"{label}.password", password


def _token(requirement: SecurityRequirement, token: str | None) -> tuple[tuple[str, str], ...]:
    return () if token is None else ((requirement.name, token),)


@lru_cache(maxsize=1024)
def _name(key: str) -> str:
    """How names are compared: in any case, a field as `clientId`, `client_id` or `client-id`."""
    scheme, dot, field = key.lower().rpartition(".")
    return scheme + dot + field.replace("_", "").replace("-", "") if dot else key.lower()


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower()


def _with_query(url: str, pair: str) -> str:
    base, hash_, fragment = url.partition("#")
    return f"{base}{'&' if '?' in base else '?'}{pair}{hash_}{fragment}"

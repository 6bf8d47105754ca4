"""Sign a request as its operation's `security` says (OpenAPI Security Requirement and Security Scheme Objects).

`values` says where values come from. What a step supplies itself is never replaced (decision 47). Values do not go to a
server named by a document that came by URL, unless they are the document's own.

A key, a user name with a password and a token are put in place at once. What has to be fetched first (OAuth 2.0, OpenID
Connect) or is asked for by the server (digest) is a conversation, which the driver has.
"""

from __future__ import annotations

import base64
import shlex
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from ..errors import TransportError
from ..messages import Request, SecurityRequirement
from ..openapi import advice
from ..policy import is_allowed
from .conversation import Conversation
from .values import Given, Values, Variables

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
        values: Mapping[str, str] | Values | None = None,
        *,
        env: Mapping[str, str] | None = None,
        allow_hosts: Sequence[str] = (),
        interactive: bool = False,
        store: TokenStore | None = None,
        certificate: bool | None = None,
        pretended: str | None = None,
    ) -> None:
        """`values` go by `SCHEME` or `SCHEME.FIELD`, then come the variables `env`; or it is all that a host has.

        `interactive` says that somebody can be asked to sign in. `certificate` says whether clients have one of their
        own (mutualTLS), None where that is not known. `pretended` takes the place of every token that would have to be
        got: with a mock nobody is asked for any.
        """
        ordered = values if isinstance(values, Values) else Values((Given(values or {}), Variables(env or {})))
        self.values = ordered
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
        if requirement.values is None and not self.is_sent(request.url, remote=request.remote):
            return None  # bound to origins: a document that came by URL gets nothing until its host is named
        return self.values.lookup(requirement, field, url=request.url)

    def is_sent(self, url: str, *, remote: bool) -> bool:
        """Whether requests to `url` get values; `remote` as in `Request`."""
        return not remote or is_allowed(url, self._allowed)

    def advice(self, request: Request) -> str | None:
        """What to do about a 401 or 403: how to supply a credential, or how to have one that is there sent."""
        open_ = tuple(each for each in request.security if all(r.values is None for r in each))
        request = replace(request, security=open_)  # nothing is to be done about what the document itself gives
        if not self.is_sent(request.url, remote=request.remote):
            for requirement in (r for alternative in request.security for r in alternative):
                held = self.held(requirement, request.url)
                if held is not None:
                    return _not_sent(held, request.url)
        return self._held_back(request) or advice(request.security)

    def _held_back(self, request: Request) -> str | None:
        """The credential that would have been sent to a token endpoint, were it not for who names that."""
        from .grants import servers_of

        for requirement in (r for alternative in request.security for r in alternative if r.remote):
            held = self.held(requirement, request.url)
            if held is None:
                continue
            for url in servers_of(requirement.scheme):
                if not self.trusts(url, requirement, request):
                    return _not_sent(held, url)
        return None

    def held(self, requirement: SecurityRequirement, url: str = "") -> str | None:
        """The name of a value that is there for a scheme: an option, a variable, a profile (for requests to `url`)."""
        return self.values.held(requirement, url=url)

    def held_secrets(self, requirements: Iterable[SecurityRequirement]) -> Iterator[tuple[str, str]]:
        """The secrets among the values that are there for schemes, sent or not, as (label, value)."""
        for label, value in self.values.secrets(requirements):
            yield from _parts(label, value)

    def unknown_names(self, known_schemes: Iterable[str]) -> tuple[str, ...]:
        """The schemes given with --auth that no description declares."""
        return self.values.unknown(known_schemes)

    def unknown_fields(self, known_schemes: Iterable[str]) -> tuple[str, ...]:
        """The names given with --auth whose field no scheme has."""
        return self.values.unknown_fields(known_schemes)

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
        way = f"--auth {shlex.quote(f'{requirement.name}=USER:PASSWORD')}"
        raise TransportError(
            f"the credential '{requirement.name}' needs {lacking}",
            kind="credential",
            hint=way if requirement.values is None else None,
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


def _not_sent(held: str, url: str) -> str:
    where = urlsplit(url).netloc
    who = "which only a document that came by URL names"
    return f"{held} was not sent to {where}, {who}: --allow-host {where} sends it"


def _parts(label: str, value: str) -> Iterator[tuple[str, str]]:
    """A value, and the password of what may be a user's name and password."""
    yield label, value
    password = value.partition(":")[2]
    if password:
        yield f"{label}.password", password


def _token(requirement: SecurityRequirement, token: str | None) -> tuple[tuple[str, str], ...]:
    return () if token is None else ((requirement.name, token),)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower()


def _with_query(url: str, pair: str) -> str:
    base, hash_, fragment = url.partition("#")
    return f"{base}{'&' if '?' in base else '?'}{pair}{hash_}{fragment}"

"""Which grants a scheme allows with the values that are there (OpenAPI OAuth Flows Object; RFC 6749, RFC 8628).

Those that need nobody come first: a refresh token, a user's password where one is given, client credentials; then
device code and authorization code.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias
from urllib.parse import urlsplit

from ..errors import TransportError
from ..messages import Request, SecurityRequirement
from .tokens import TokenKey

Value: TypeAlias = Callable[[str], "str | None"]

# Which fields an `oauth2` or `openIdConnect` scheme takes beside the token itself.
FIELDS = (
    "token", "clientId", "clientSecret", "username", "password", "refreshToken", "scope", "audience", "tokenUrl",
    "redirectUri", "flow",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Where an authorization server is asked. `methods` are how a client may authenticate, () where nobody said."""

    token: str | None = None
    authorization: str | None = None
    device: str | None = None
    refresh: str | None = None
    methods: tuple[str, ...] = ()
    grants: frozenset[str] | None = None
    issuer: str | None = None

    @property
    def urls(self) -> tuple[str, ...]:
        """Those that a secret is sent to, or where a person enters one."""
        found = (self.token, self.refresh, self.device, self.authorization)
        return tuple(url for url in found if url is not None)


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """RFC 6749, section 4.4."""

    NAME: ClassVar[str] = "client_credentials"
    endpoints: Endpoints


@dataclass(frozen=True, slots=True)
class Password:
    """RFC 6749, section 4.3."""

    NAME: ClassVar[str] = "password"
    endpoints: Endpoints
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """RFC 8628."""

    NAME: ClassVar[str] = "urn:ietf:params:oauth:grant-type:device_code"
    endpoints: Endpoints


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    """RFC 6749, section 4.1, with PKCE (RFC 7636) and a loopback redirect (RFC 8252)."""

    NAME: ClassVar[str] = "authorization_code"
    endpoints: Endpoints
    redirect_uri: str | None


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """RFC 6749, section 6: nothing but a refresh token."""

    NAME: ClassVar[str] = "refresh_token"
    endpoints: Endpoints


Kind: TypeAlias = ClientCredentials | Password | DeviceCode | AuthorizationCode | RefreshToken


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What is needed to get a token for a scheme: `kinds` in the order to try; `token` is one given with a refresh."""

    requirement: SecurityRequirement
    key: TokenKey
    scopes: tuple[str, ...]
    kinds: tuple[Kind, ...]
    discovery: str | None
    client_id: str | None
    client_secret: str | None
    refresh_token: str | None
    token: str | None
    audience: str | None

    @property
    def needs_person(self) -> bool:
        """Whether somebody has to sign in."""
        return self.refresh_token is None and all(
            isinstance(kind, (DeviceCode, AuthorizationCode)) for kind in self.kinds
        )

    def __repr__(self) -> str:
        return f"Grant({self.requirement.name!r}, {[kind.NAME for kind in self.kinds]})"


def grant_for(
    requirement: SecurityRequirement, request: Request, value: Value, trusts: Callable[[str], bool]
) -> Grant | None:
    """The grant for a requirement that some value is there for; None where its servers are not trusted with it.

    Raises:
        TransportError: some of what a grant needs is there, and some is missing.
    """
    given = {field: found for field in FIELDS if (found := value(field)) is not None}
    discovery = _discovery(requirement.scheme)
    flows = _flows(requirement.scheme, given.get("tokenUrl"), only=given.get("flow"))
    possible = tuple(_kinds(flows, given))
    if not possible:
        raise _lacking(requirement, flows, given)

    def vouched(kind: Kind) -> bool:
        asked = kind.endpoints.urls or ((discovery,) if discovery else ())
        return all(url == given.get("tokenUrl") or trusts(url) for url in asked)

    kinds = tuple(kind for kind in possible if vouched(kind))
    if not kinds:
        return None
    return Grant(
        requirement=requirement,
        key=TokenKey(
            origin=_origin(kinds[0].endpoints.token or discovery or ""),
            scheme=requirement.name,
            source=requirement.source,
            grant=kinds[0].NAME,
            client_id=given.get("clientId", ""),
            subject=given.get("username", "") if isinstance(kinds[0], Password) else "",
            audience=given.get("audience", ""),
        ),
        scopes=tuple(given["scope"].split()) if "scope" in given else requirement.scopes,
        kinds=kinds,
        discovery=discovery,
        client_id=given.get("clientId"),
        client_secret=given.get("clientSecret"),
        refresh_token=given.get("refreshToken"),
        token=given.get("token"),
        audience=given.get("audience"),
    )


def servers_of(scheme: Mapping[str, Any]) -> tuple[str, ...]:
    """The URLs that a scheme's secrets would be sent to, or that name such URLs."""
    discovery = _discovery(scheme)
    flows = _flows(scheme, None, only=None).values()
    return (*(url for endpoints in flows for url in endpoints.urls), *((discovery,) if discovery else ()))


def _discovery(scheme: Mapping[str, Any]) -> str | None:
    """Where an authorization server describes itself: OpenID Connect Discovery, or RFC 8414 (OpenAPI 3.2)."""
    for name in ("openIdConnectUrl", "oauth2MetadataUrl"):
        url = scheme.get(name)
        if isinstance(url, str) and url:
            return url
    return None


def _flows(scheme: Mapping[str, Any], token_url: str | None, *, only: str | None) -> dict[str, Endpoints]:
    """The flows by name. An OpenID Provider may allow any but the implicit one: it says so itself when it is asked."""
    if str(scheme.get("type", "")).lower() == "openidconnect":
        anything = Endpoints(token=token_url)
        names = ("clientCredentials", "password", "deviceAuthorization", "authorizationCode")
        return {name: anything for name in names if only in (None, name)}
    flows = scheme.get("flows")
    found = {}
    for name, flow in flows.items() if isinstance(flows, dict) else ():
        if isinstance(flow, dict) and only in (None, name):
            found[name] = Endpoints(
                token=token_url or _text(flow, "tokenUrl"),
                authorization=_text(flow, "authorizationUrl"),
                device=_text(flow, "deviceAuthorizationUrl"),
                refresh=_text(flow, "refreshUrl"),
            )
    return found


def _text(flow: Mapping[str, Any], name: str) -> str | None:
    value = flow.get(name)
    return value if isinstance(value, str) and value else None


def _kinds(flows: Mapping[str, Endpoints], given: Mapping[str, str]) -> list[Kind]:
    kinds: list[Kind] = []
    client, secret = "clientId" in given, "clientSecret" in given
    if "username" in given and "password" in given and "password" in flows:
        kinds.append(Password(flows["password"], given["username"], given["password"]))
    if client and secret and "clientCredentials" in flows:
        kinds.append(ClientCredentials(flows["clientCredentials"]))
    if client and "deviceAuthorization" in flows:
        kinds.append(DeviceCode(flows["deviceAuthorization"]))
    if client and "authorizationCode" in flows:
        kinds.append(AuthorizationCode(flows["authorizationCode"], given.get("redirectUri")))
    if not kinds and "refreshToken" in given:
        kinds += [RefreshToken(endpoints) for name, endpoints in flows.items() if name != "implicit"][:1]
    return kinds


def _lacking(
    requirement: SecurityRequirement, flows: Mapping[str, Endpoints], given: Mapping[str, str]
) -> TransportError:
    """What has to be given as well, for the flow that lacks least."""
    name = requirement.name
    needs = {
        "clientCredentials": ("clientId", "clientSecret"),
        "password": ("username", "password"),
        "deviceAuthorization": ("clientId",),
        "authorizationCode": ("clientId",),
    }
    wanted = [tuple(field for field in needs[flow] if field not in given) for flow in flows if flow in needs]
    missing = min(wanted, key=len, default=())
    if not missing:
        declared = f"declares the flow {' and '.join(flows)}" if flows else "declares no flow"
        if "flow" in given and not flows:
            declared = f"has no flow '{given['flow']}'"
        return TransportError(
            f"the credential '{name}' {declared}: there is no way to get a token with what is given",
            kind="credential",
            hint=f"give a token: --auth {shlex.quote(f'{name}=TOKEN')}",
        )
    return TransportError(
        f"the credential '{name}' lacks {' and '.join(missing)}",
        kind="credential",
        hint=" ".join(f"--auth {shlex.quote(f'{name}.{field}=VALUE')}" for field in missing),
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme.lower()}://{parts.netloc.rpartition('@')[2].lower()}"

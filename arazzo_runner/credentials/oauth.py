"""OAuth 2.0 (RFC 6749, 7636, 8252, 8628) and OpenID Connect Discovery, as conversations.

oauthlib builds requests and parses what comes back; nothing here opens a connection.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, TypeVar
from urllib.parse import quote_plus, urlsplit

from ..errors import TransportError
from ..messages import Request, Response, TransportFailure
from ..values import loads
from .conversation import (
    Conversation,
    Deliver,
    Fetch,
    Granted,
    Join,
    Mark,
    Obtained,
    Pause,
    Resend,
    ShowCode,
    SignIn,
    Warn,
    Wish,
)
from .grants import (
    AuthorizationCode,
    ClientCredentials,
    DeviceCode,
    Endpoints,
    Grant,
    Kind,
    Password,
    RefreshToken,
)
from .tokens import Claim, Token, TokenCache, renewal

T = TypeVar("T")
Talk: TypeAlias = Generator[Wish, Granted, T]

SIGN_IN = 300.0  # seconds a person has to sign in
PATIENCE = 120.0  # seconds to wait for a token that another run is fetching
_LONGEST_DEVICE = 1800.0  # seconds a device code is polled for at most
_SHOWN = 200  # characters of what a server says
_ANYWHERE = "https://x/"  # oauthlib wants a URL where only the query is of interest


class Refusal(TransportError):
    """An authorization server said no; `error` is its code (RFC 6749, section 5.2), "" where it gave none."""

    def __init__(self, message: str, *, error: str, hint: str | None = None) -> None:
        super().__init__(message, kind="credential", hint=hint)
        self.error = error


class OAuth:
    """Gets tokens; one for all runs that share its cache. `trusts` says whether a URL may get a grant's credentials."""

    def __init__(self, cache: TokenCache, *, interactive: bool) -> None:
        self.cache = cache
        self.interactive = interactive
        self._discovered: dict[str, Mapping[str, Any]] = {}
        self._methods: dict[str, str] = {}

    def is_ready(self, grant: Grant) -> bool:
        """Whether a token can be had without asking a person."""
        return not grant.needs_person or self.cache.held(grant.key, frozenset(grant.scopes)) is not None

    def converse(
        self, grants: Sequence[Grant], sign: Callable[[Sequence[str]], Request], trusts: Callable[[str], bool]
    ) -> Conversation:
        """Get a token for each grant, send the request, and once more with new ones if it is answered by a 401.

        A token that came just now is not replaced: another one would fare no better.
        """
        held = []
        for grant in grants:
            held.append((yield from self._marked(grant, trusts)))
        answer = yield Deliver(sign([token.value for token, _ in held]))
        assert isinstance(answer, (Response, TransportFailure)), "a delivery is answered"
        if isinstance(answer, TransportFailure) or answer.status != 401 or all(new for _, new in held):
            return answer
        values = []
        try:
            for grant, (token, new) in zip(grants, held, strict=True):
                values.append(token.value if new else (yield from self._renewed(grant, token, trusts)))
        except TransportError as error:
            yield Warn(str(error))
            return answer
        names = " and ".join(
            f"'{grant.requirement.name}'" for grant, (_, new) in zip(grants, held, strict=True) if not new
        )
        again = yield Resend(sign(values), f"answered by a 401, and the token of {names} was renewed")
        assert isinstance(again, (Response, TransportFailure)), "a delivery is answered"
        return again

    def _renewed(self, grant: Grant, token: Token, trusts: Callable[[str], bool]) -> Talk[str]:
        self.cache.reject(grant.key, frozenset(grant.scopes), token.value)
        renewed, _ = yield from self._marked(grant, trusts, token.value)
        return renewed.value

    def _marked(
        self, grant: Grant, trusts: Callable[[str], bool], rejected: str | None = None
    ) -> Talk[tuple[Token, bool]]:
        token, new = yield from self.token(grant, trusts, rejected)
        yield Mark(grant.requirement.name, token.value)
        return token, new

    def token(
        self, grant: Grant, trusts: Callable[[str], bool], rejected: str | None = None
    ) -> Talk[tuple[Token, bool]]:
        """A token that is good, and whether it was fetched just now: by this run, or by another one that it waited for.

        Raises:
            TransportError: there is none to be had, and why.
        """
        scopes, waited, gone = frozenset(grant.scopes), False, None
        while True:
            found = self.cache.claim(grant.key, scopes, rejected, gone)
            if isinstance(found, Token):
                return found, waited
            if isinstance(found, Claim):
                return (yield from self._claimed(found, grant, trusts, rejected))
            yield Join(found, SIGN_IN if grant.needs_person else PATIENCE)
            waited = True
            if not found.done():
                gone = found
            elif (error := found.result()) is not None:
                raise error

    def _claimed(
        self, claim: Claim, grant: Grant, trusts: Callable[[str], bool], rejected: str | None
    ) -> Talk[tuple[Token, bool]]:
        """Fetch it for everybody. However this run ends, the others learn of it, or take over."""
        failed: TransportError | None = None
        try:
            kept = self.cache.held(grant.key, frozenset(grant.scopes))
            if kept is None and grant.token is not None and grant.token != rejected:
                token, new = Token(value=grant.token, scopes=frozenset(grant.scopes)), False
            else:
                token, new = (yield from self._fetched(grant, trusts, kept)), True
            claim.fulfil(token)
        except TransportError as error:
            failed = error
            raise
        finally:
            claim.release(failed)
        return token, new

    def _fetched(self, grant: Grant, trusts: Callable[[str], bool], kept: Token | None) -> Talk[Token]:
        refresh = (kept.refresh_token if kept else None) or grant.refresh_token
        if refresh is not None:
            try:
                return (yield from self._refresh(grant, trusts, refresh))
            except Refusal as refusal:
                if isinstance(grant.kinds[0], RefreshToken) or refusal.error != "invalid_grant":
                    raise
                yield Warn(str(refusal))
        kind, endpoints = yield from self._chosen(grant, trusts)
        match kind:
            case ClientCredentials():
                return (yield from self._ask(grant, kind, endpoints, {"scope": list(grant.scopes)}))
            case Password(username=username, password=password):
                yield Mark(f"{grant.requirement.name}.password", password)
                fields = {"username": username, "password": password, "scope": list(grant.scopes)}
                return (yield from self._ask(grant, kind, endpoints, fields))
            case DeviceCode():
                return (yield from self._by_device(grant, kind, endpoints))
            case AuthorizationCode():
                return (yield from self._by_code(grant, kind, endpoints))
            case RefreshToken():
                raise AssertionError("it was refreshed")

    # -- where to ask -------------------------------------------------------------------------------------------------

    def _chosen(self, grant: Grant, trusts: Callable[[str], bool]) -> Talk[tuple[Kind, Endpoints]]:
        """The first kind of grant that the server knows and that somebody is there for."""
        alone = []
        for kind in grant.kinds:
            endpoints = yield from self._endpoints(grant, kind, trusts)
            if not _is_supported(kind, endpoints):
                continue
            if self.interactive or not isinstance(kind, (DeviceCode, AuthorizationCode)):
                return kind, endpoints
            alone.append(endpoints)
        name = grant.requirement.name
        if alone:
            where = alone[-1].authorization or alone[-1].device or alone[-1].token or ""
            raise TransportError(
                f"the credential '{name}' needs somebody to sign in at {_shown(where)}, and nobody can be asked",
                kind="credential",
                hint=f"run it in a terminal without --no-input, or give a token: --auth {name}=TOKEN",
            )
        raise TransportError(
            f"the credential '{name}': {_shown(grant.discovery or '')} offers none of the grants"
            f" {', '.join(kind.NAME for kind in grant.kinds)}",
            kind="credential",
            hint=f"give a token: --auth {name}=TOKEN",
        )

    def _endpoints(self, grant: Grant, kind: Kind, trusts: Callable[[str], bool]) -> Talk[Endpoints]:
        declared = kind.endpoints
        if grant.discovery is None or (declared.token and (declared.authorization or declared.device)):
            return declared
        if declared.token and isinstance(kind, (ClientCredentials, Password, RefreshToken)):
            return declared
        described = yield from self._discover(grant, grant.discovery)
        found = _described(described)
        for url in found.urls:
            if not (trusts(url) or _origin(url) == _origin(grant.discovery)):
                raise TransportError(
                    f"the credential '{grant.requirement.name}' was not sent to {_origin(url)}, which only a document"
                    " that came by URL names",
                    kind="credential",
                    hint=f"--allow-host {urlsplit(url).netloc} sends it",
                )
        return replace(
            found,
            token=declared.token or found.token,
            authorization=declared.authorization or found.authorization,
            device=declared.device or found.device,
            refresh=declared.refresh,
        )

    def _discover(self, grant: Grant, url: str) -> Talk[Mapping[str, Any]]:
        if url in self._discovered:
            return self._discovered[url]
        request = Request(
            "GET",
            url,
            headers=(("Accept", "application/json"),),
            supplied=frozenset((("header", "authorization"),)),
            source=grant.requirement.source,
            remote=_is_remote(grant, url),
            for_credential=True,
        )
        answer = yield Fetch(request, grant.requirement.name, "", "discovery")
        response = _answered(answer, grant)
        document = _json_object(response)
        if response.status != 200 or document is None or not isinstance(document.get("token_endpoint"), str):
            raise TransportError(
                f"the credential '{grant.requirement.name}': {_shown(url)} does not describe an authorization server"
                f" (it answered {response.status})",
                kind="credential",
                hint=f"--auth {grant.requirement.name}.tokenUrl=URL names the endpoint",
            )
        _check_downgrade(url, document)
        self._discovered[url] = document
        return document

    # -- grants -------------------------------------------------------------------------------------------------------

    def _refresh(self, grant: Grant, trusts: Callable[[str], bool], refresh_token: str) -> Talk[Token]:
        kind = grant.kinds[0]
        endpoints = yield from self._endpoints(grant, kind, trusts)
        yield Mark(f"{grant.requirement.name}.refreshToken", refresh_token)
        fields = {"refresh_token": refresh_token}  # without a scope: those that were granted
        where = replace(endpoints, token=endpoints.refresh or endpoints.token)
        token = yield from self._ask(grant, RefreshToken(where), where, fields)
        return token if token.refresh_token else replace(token, refresh_token=refresh_token)

    def _by_code(self, grant: Grant, kind: AuthorizationCode, endpoints: Endpoints) -> Talk[Token]:
        from oauthlib.common import generate_token
        from oauthlib.oauth2 import OAuth2Error, WebApplicationClient
        from oauthlib.oauth2.rfc6749.parameters import parse_authorization_code_response, prepare_grant_uri

        url, name = endpoints.authorization or "", grant.requirement.name
        _check_browsable(url, name)
        client = WebApplicationClient(grant.client_id)
        verifier, state = client.create_code_verifier(64), generate_token()
        challenge = client.create_code_challenge(verifier, "S256")
        yield Mark(f"{name}.codeVerifier", verifier)

        def url_for(redirect_uri: str) -> str:
            built: str = prepare_grant_uri(
                _ANYWHERE,
                grant.client_id,
                "code",
                redirect_uri=redirect_uri,
                scope=_interactive_scopes(grant),
                state=state,
                code_challenge=challenge,
                code_challenge_method="S256",
                audience=grant.audience,
            )
            return f"{url}{'&' if '?' in url else '?'}{built.partition('?')[2]}"

        answer = yield SignIn(
            scheme=name,
            url=_shown(url),
            url_for=url_for,
            state=state,
            redirect_uri=kind.redirect_uri,
            seconds=SIGN_IN,
        )
        if not isinstance(answer, str):
            raise _failed(answer, grant)
        redirect_uri, _, query = answer.partition("?")
        try:
            found = parse_authorization_code_response(f"{_ANYWHERE}?{query}", state=state)
        except OAuth2Error as error:
            raise self._refusal(grant, kind, url, str(error.error), error.description) from None
        if endpoints.issuer and found.get("iss", endpoints.issuer) != endpoints.issuer:  # RFC 9207
            raise self._refusal(grant, kind, url, "", "the answer is that of another server")
        yield Mark(f"{name}.code", found["code"])
        fields = {"code": found["code"], "redirect_uri": redirect_uri, "code_verifier": verifier}
        return (yield from self._ask(grant, kind, endpoints, fields))

    def _by_device(self, grant: Grant, kind: DeviceCode, endpoints: Endpoints) -> Talk[Token]:
        url, name = endpoints.device or "", grant.requirement.name
        fields = {"client_id": grant.client_id or "", "scope": " ".join(_interactive_scopes(grant))}
        response = yield from self._post(grant, kind, url, endpoints, fields, "device-code")
        answer = _json_object(response)
        if response.status != 200 or answer is None or not isinstance(answer.get("device_code"), str):
            error, said = _error_of(answer, response)
            raise self._refusal(grant, kind, url, error, said)
        device_code, code = answer["device_code"], str(answer.get("user_code", ""))
        yield Mark(f"{name}.deviceCode", device_code)
        seconds = min(_seconds(answer.get("expires_in"), _LONGEST_DEVICE), _LONGEST_DEVICE)
        page = answer.get("verification_uri") or answer.get("verification_url")
        complete = answer.get("verification_uri_complete")
        yield ShowCode(
            scheme=name,
            url=_page(page),
            complete_url=_page(complete) or None,
            code=_printable(code),
            seconds=seconds,
        )
        return (yield from self._polled(grant, kind, endpoints, device_code, answer, seconds))

    def _polled(
        self,
        grant: Grant,
        kind: DeviceCode,
        endpoints: Endpoints,
        device_code: str,
        answer: Mapping[str, Any],
        seconds: float,
    ) -> Talk[Token]:
        """RFC 8628, section 3.5."""
        interval, passed = max(1.0, _seconds(answer.get("interval"), 5.0)), 0.0
        while passed + interval <= seconds:
            yield Pause(interval)
            passed += interval
            try:
                return (yield from self._ask(grant, kind, endpoints, {"device_code": device_code}))
            except Refusal as refusal:
                if refusal.error not in ("authorization_pending", "slow_down"):
                    raise
                interval += 5.0 * (refusal.error == "slow_down")
        raise self._refusal(grant, kind, endpoints.token or "", "expired_token", "nobody entered the code in time")

    # -- the token endpoint -------------------------------------------------------------------------------------------

    def _ask(self, grant: Grant, kind: Kind, endpoints: Endpoints, fields: Mapping[str, Any]) -> Talk[Token]:
        """A token request and its answer."""
        from oauthlib.oauth2.rfc6749.parameters import prepare_token_request

        url = endpoints.token or ""
        body = prepare_token_request(kind.NAME, include_client_id=False, audience=grant.audience, **fields)
        response = yield from self._post(grant, kind, url, endpoints, body, "token")
        parsed = self._parsed(grant, kind, url, response)
        name = grant.requirement.name
        yield Mark(name, parsed["access_token"])
        refresh = parsed.get("refresh_token")
        if isinstance(refresh, str) and refresh:
            yield Mark(f"{name}.refreshToken", refresh)
        if isinstance(parsed.get("id_token"), str):
            yield Mark(f"{name}.idToken", parsed["id_token"])
        expires_in = parsed.get("expires_in")
        granted = parsed.scopes if parsed.get("scope") else grant.scopes
        yield Obtained(name, kind.NAME, expires_in, tuple(sorted(granted)))
        return Token(
            value=parsed["access_token"],
            # A server that grants less than it was asked for would grant no more the next time.
            scopes=frozenset((*grant.scopes, *granted)),
            renew_at=renewal(self.cache.clock(), expires_in),
            refresh_token=refresh if isinstance(refresh, str) and refresh else None,
        )

    def _post(
        self, grant: Grant, kind: Kind, url: str, endpoints: Endpoints, fields: Mapping[str, str] | str, purpose: Any
    ) -> Talk[Response]:
        """POST a form as the client; RFC 6749, section 2.3.1: basic first, in the body where that is refused."""
        from urllib.parse import urlencode

        name = grant.requirement.name
        if not url:
            raise TransportError(
                f"the credential '{name}' declares no URL to ask for a token at",
                kind="credential",
                hint=f"--auth {name}.tokenUrl=URL names it",
            )
        body = fields if isinstance(fields, str) else urlencode({k: v for k, v in fields.items() if v})
        methods = self._methods_for(grant, endpoints)
        for method in methods:
            request, secrets = _form(url, body, grant, method)
            for label, secret in secrets:
                yield Mark(f"{name}.{label}" if label else name, secret)
            answer = yield Fetch(request, name, kind.NAME, purpose)
            response = _answered(answer, grant)
            error, _ = _error_of(_json_object(response), response)
            if method == methods[-1] or not (error == "invalid_client" or (response.status == 401 and not error)):
                break
        if response.status < 400:
            self._methods[url] = method
        return response

    def _methods_for(self, grant: Grant, endpoints: Endpoints) -> tuple[str, ...]:
        if not grant.client_secret:
            return ("none",)
        known = self._methods.get(endpoints.token or "")
        if known in ("client_secret_basic", "client_secret_post"):
            return (known,)
        both = ("client_secret_basic", "client_secret_post")
        return tuple(method for method in both if method in endpoints.methods) or both

    def _parsed(self, grant: Grant, kind: Kind, url: str, response: Response) -> Any:
        from oauthlib.oauth2 import MissingTokenError, OAuth2Error
        from oauthlib.oauth2.rfc6749.parameters import parse_token_response

        document = _json_object(response)
        if response.status >= 400 or response.status in range(300, 400):
            error, said = _error_of(document, response)
            raise self._refusal(grant, kind, url, error, said)
        try:
            parsed = parse_token_response(response.body.decode("utf-8", "replace"))
        except MissingTokenError:
            parsed = {}
        except OAuth2Error as error:
            raise self._refusal(grant, kind, url, str(error.error), error.description) from None
        except (ValueError, TypeError, AttributeError, RecursionError):
            parsed = {}
        if not isinstance(parsed.get("access_token"), str) or not parsed["access_token"]:
            raise self._refusal(grant, kind, url, "", "its answer is no token")
        return parsed

    def _refusal(self, grant: Grant, kind: Kind, url: str, error: str, said: str) -> Refusal:
        why = ": ".join(text for text in (_printable(error), _printable(said)) if text) or "no reason given"
        return Refusal(
            f"{_shown(url)} gave no token for '{grant.requirement.name}': {why}",
            error=error,
            hint=_hint(grant, kind, error),
        )


def _form(url: str, body: str, grant: Grant, method: str) -> tuple[Request, Iterator[tuple[str, str]]]:
    """A form, and the secrets in it."""
    from urllib.parse import urlencode

    headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")]
    client, secret = grant.client_id or "", grant.client_secret or ""
    secrets = [("clientSecret", secret)] if secret else []
    if method == "client_secret_basic":
        pair = base64.b64encode(f"{quote_plus(client)}:{quote_plus(secret)}".encode()).decode("ascii")
        headers.append(("Authorization", f"Basic {pair}"))
        secrets.append(("client", pair))
    elif client and "client_id=" not in body:
        fields = {"client_id": client} if method == "none" else {"client_id": client, "client_secret": secret}
        body = "&".join((body, urlencode(fields)))
    elif secret and method == "client_secret_post":
        body = "&".join((body, urlencode({"client_secret": secret})))
    request = Request(
        "POST",
        url,
        headers=tuple(headers),
        body=body.encode(),
        # A client that somebody gave us is not to sign this one with its own credentials.
        supplied=frozenset((("header", "authorization"),)),
        source=grant.requirement.source,
        remote=_is_remote(grant, url),
        for_credential=True,
    )
    return request, iter(secrets)


def _is_remote(grant: Grant, url: str) -> bool:
    """Whether a document that came by URL names this host: the description, or that of the provider itself."""
    elsewhere = grant.discovery is not None and urlsplit(url).hostname != urlsplit(grant.discovery).hostname
    return grant.requirement.remote or elsewhere


def _answered(answer: Granted, grant: Grant) -> Response:
    if isinstance(answer, Response):
        return answer
    raise _failed(answer, grant)


def _failed(answer: Granted, grant: Grant) -> TransportError:
    assert isinstance(answer, TransportFailure), "it was answered, or it failed"
    return TransportError(f"no token for '{grant.requirement.name}': {answer.message}", kind=answer.kind)


def _described(document: Mapping[str, Any]) -> Endpoints:
    """The members of a discovery document (RFC 8414, section 2; RFC 8628, section 4)."""
    methods, grants = document.get("token_endpoint_auth_methods_supported"), document.get("grant_types_supported")
    return Endpoints(
        token=_url(document, "token_endpoint"),
        authorization=_url(document, "authorization_endpoint"),
        device=_url(document, "device_authorization_endpoint"),
        methods=tuple(map(str, methods)) if isinstance(methods, list) else (),
        grants=frozenset(map(str, grants)) if isinstance(grants, list) else None,
        issuer=document.get("issuer") if isinstance(document.get("issuer"), str) else None,
    )


def _url(document: Mapping[str, Any], name: str) -> str | None:
    value = document.get(name)
    return value if isinstance(value, str) and value.startswith(("https://", "http://")) else None


def _check_downgrade(url: str, document: Mapping[str, Any]) -> None:
    found = _described(document)
    for endpoint in (found.token, found.authorization, found.device):
        if url.startswith("https:") and endpoint is not None and endpoint.startswith("http:"):
            raise TransportError(f"{_shown(url)} names {_shown(endpoint)}, which has no TLS", kind="policy")


def _is_supported(kind: Kind, endpoints: Endpoints) -> bool:
    if isinstance(kind, DeviceCode) and not endpoints.device:
        return False
    if isinstance(kind, AuthorizationCode) and not endpoints.authorization:
        return False
    return endpoints.grants is None or kind.NAME in endpoints.grants


def _interactive_scopes(grant: Grant) -> list[str]:
    """OpenID Connect Core, section 3.1.2.1: a request without `openid` is none of OpenID Connect."""
    if str(grant.requirement.scheme.get("type", "")).lower() == "openidconnect" and "openid" not in grant.scopes:
        return ["openid", *grant.scopes]
    return list(grant.scopes)


def _json_object(response: Response) -> Mapping[str, Any] | None:
    try:
        value = loads(response.body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _error_of(document: Mapping[str, Any] | None, response: Response) -> tuple[str, str]:
    """The error of a response (RFC 6749, section 5.2), else its status."""
    error = document.get("error") if document is not None else None
    if not isinstance(error, str):
        return "", f"it answered {response.status} {response.reason}".rstrip()
    said = document.get("error_description") if document is not None else None
    return error, said if isinstance(said, str) else ""


def _printable(text: str | None) -> str:
    """What a server says, whole or not at all: nothing masks the first half of a secret."""
    shown = "".join(char if char.isprintable() else " " for char in text or "").strip()
    return shown if len(shown) <= _SHOWN else "(a long text)"


def _hint(grant: Grant, kind: Kind, error: str) -> str | None:
    name = grant.requirement.name
    match error, kind:
        case "invalid_client", _:
            return f"check --auth {name}.clientId and --auth {name}.clientSecret"
        case "invalid_grant", Password():
            return f"check --auth {name}.username and --auth {name}.password"
        case "invalid_grant", RefreshToken():
            return f"the refresh token is no longer good: --auth {name}.refreshToken gives another"
        case "invalid_scope", _:
            return f"it was asked for '{' '.join(grant.scopes)}'; --auth {name}.scope='...' asks for others"
        case (("unauthorized_client" | "unsupported_grant_type"), _):
            return f"the client may not use the grant {kind.NAME}: --auth {name}.flow=FLOW takes another"
        case _:
            return None


def _check_browsable(url: str, name: str) -> None:
    parts = urlsplit(url if url.isprintable() and " " not in url else "")
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname)):
        return
    raise TransportError(
        f"the credential '{name}': {_shown(url) or 'no URL'} is no place to sign in, it is not https", kind="policy"
    )


def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine, by its name."""
    return (
        host == "localhost"
        or host == "::1"
        or bool(host and host.startswith("127.") and host.replace(".", "").isdigit())
    )


def _page(value: Any) -> str:
    text = value if isinstance(value, str) else ""
    return text if text.startswith(("https://", "http://")) and text.isprintable() else ""


def _seconds(value: Any, default: float) -> float:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0 else default


def _shown(url: str) -> str:
    """A URL without its query, as a message shows it."""
    return _printable(url.partition("?")[0].partition("#")[0][:_SHOWN])


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}"

"""An OAuth 2.0 authorization server and OpenID Provider on loopback, of Authlib, and an API that wants its tokens."""

from __future__ import annotations

import logging
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector
from authlib.oauth2.rfc6749 import ClientMixin, TokenMixin, grants
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc8628 import DEVICE_CODE_GRANT_TYPE, DeviceAuthorizationEndpoint, DeviceCredentialDict
from authlib.oauth2.rfc8628 import DeviceCodeGrant as BaseDeviceCodeGrant
from flask import Flask, jsonify, request
from werkzeug.serving import make_server

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # loopback has no TLS

SECRET = "client-secret-Zx81"
PASSWORD = "pass-word-Qy27"
GRANTS = ("client_credentials", "password", "authorization_code", "refresh_token", DEVICE_CODE_GRANT_TYPE)


class Client(ClientMixin):
    """The one client there is; a public one has no secret."""

    def __init__(self, provider: Provider, *, public: bool) -> None:
        self.provider = provider
        self.public = public

    def get_client_id(self) -> str:
        return "public" if self.public else "app"

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        return " ".join(s for s in (scope or "").split() if s in ("read", "write", "openid", "offline_access"))

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return urlsplit(redirect_uri).hostname in ("127.0.0.1", "localhost")

    def check_client_secret(self, client_secret: str) -> bool:
        return not self.public and client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "none" if self.public else method in self.provider.auth_methods

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in GRANTS


class IssuedToken(dict[str, Any], TokenMixin):
    def check_client(self, client: Client) -> bool:
        return bool(self["client_id"] == client.get_client_id())

    def get_scope(self) -> str:
        return str(self.get("scope") or "")

    def get_expires_in(self) -> int:
        return int(self["expires_in"])

    def is_expired(self) -> bool:
        return bool(self["issued_at"] + self["expires_in"] < time.time())

    def is_revoked(self) -> bool:
        return bool(self.get("revoked"))

    def get_user(self) -> str:
        return "somebody"

    def get_client(self) -> None:
        return None


class Code(dict[str, Any]):
    def get_redirect_uri(self) -> str:
        return str(self["redirect_uri"])

    def get_scope(self) -> str:
        return str(self["scope"])

    @property
    def code_challenge(self) -> str | None:
        return self["code_challenge"]

    @property
    def code_challenge_method(self) -> str | None:
        return self["code_challenge_method"]


class Provider:
    """The server. `token_requests` are the grant types asked for; `auth_methods` how clients may authenticate."""

    def __init__(self) -> None:
        self.token_requests: list[str] = []
        self.auth_methods = ["client_secret_basic", "client_secret_post"]
        self.expires_in = 3600
        self.delay = 0.0
        self.issued: list[IssuedToken] = []
        self.codes: dict[str, Code] = {}
        self.devices: list[DeviceCredentialDict] = []
        self.allowed_codes: set[str] = set()
        self.slow_downs = 0
        self.api_requests: list[tuple[str, str]] = []  # path, Authorization
        self.broken_token: tuple[int, str, str] | None = None
        self.discovered: list[str] = []
        self.grants = list(GRANTS)
        self.url = ""
        self.app = self._app()

    def revoke(self) -> None:
        """Nobody gets in any more with a token that was issued so far."""
        for token in self.issued:
            token["revoked"] = True

    def revoke_refresh_tokens(self) -> None:
        for token in self.issued:
            token["refresh_token"] = None

    def _app(self) -> Flask:
        app = Flask("provider")
        app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True
        app.config["OAUTH2_SCOPES_SUPPORTED"] = ["read", "write", "openid", "offline_access"]
        app.config["OAUTH2_TOKEN_EXPIRES_IN"] = dict.fromkeys(GRANTS, self.expires_in)
        clients = {"app": Client(self, public=False), "public": Client(self, public=True)}
        server = AuthorizationServer(app, query_client=clients.get, save_token=self._save)
        self.server = server
        for grant, extensions in _grants(self):
            server.register_grant(grant, extensions)
        server.register_endpoint(_device_endpoint(self))
        protector = ResourceProtector()
        protector.register_token_validator(_validator(self))

        @app.post("/token")
        def token() -> Any:
            time.sleep(self.delay)
            self.token_requests.append(request.form.get("grant_type", ""))
            if self.broken_token is not None:
                status, kind, body = self.broken_token
                return body, status, {"Content-Type": kind}
            return server.create_token_response()

        @app.get("/authorize")
        def authorize() -> Any:
            person = None if "deny" in self.allowed_codes else "somebody"
            asked = server.create_oauth2_request(request)
            return server.create_authorization_response(
                asked, grant_user=person, grant=server.get_authorization_grant(asked)
            )

        @app.post("/device")
        def device() -> Any:
            return server.create_endpoint_response("device_authorization")

        @app.get("/.well-known/openid-configuration")
        def discovery() -> Any:
            self.discovered.append(request.path)
            return jsonify(
                issuer=self.url,
                authorization_endpoint=f"{self.url}/authorize",
                token_endpoint=f"{self.url}/token",
                device_authorization_endpoint=f"{self.url}/device",
                grant_types_supported=self.grants,
                token_endpoint_auth_methods_supported=self.auth_methods,
            )

        @app.route("/api/<path:name>", methods=["GET", "POST"])
        def api(name: str) -> Any:
            self.api_requests.append((name, request.headers.get("Authorization", "")))
            with protector.acquire():
                if name == "revoke":
                    self.revoke()
                return jsonify(name=name)

        return app

    def _save(self, token: dict[str, Any], request_: Any) -> None:
        token["expires_in"] = self.expires_in
        issued = IssuedToken(token, client_id=request_.client.get_client_id(), issued_at=time.time())
        self.issued.append(issued)


def _grants(provider: Provider) -> list[Any]:
    class Secretive:
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post", "none"]  # noqa: RUF012

    class ClientCredentials(grants.ClientCredentialsGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]  # noqa: RUF012

    class Password(Secretive, grants.ResourceOwnerPasswordCredentialsGrant):
        def authenticate_user(self, username: str, password: str) -> str | None:
            return "me" if (username, password) == ("me", PASSWORD) else None

    class AuthorizationCode(Secretive, grants.AuthorizationCodeGrant):
        def save_authorization_code(self, code: str, request_: Any) -> None:
            data = request_.payload.data
            provider.codes[code] = Code(
                redirect_uri=data.get("redirect_uri"),
                scope=request_.scope,
                client_id=request_.client.get_client_id(),
                code_challenge=data.get("code_challenge"),
                code_challenge_method=data.get("code_challenge_method"),
            )

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, code: Code) -> None:
            provider.codes = {k: v for k, v in provider.codes.items() if v is not code}

        def authenticate_user(self, code: Code) -> str:
            return "somebody"

    class Refresh(Secretive, grants.RefreshTokenGrant):
        INCLUDE_NEW_REFRESH_TOKEN = True

        def authenticate_refresh_token(self, refresh_token: str) -> IssuedToken | None:
            return next((t for t in provider.issued if t.get("refresh_token") == refresh_token), None)

        def authenticate_user(self, refresh_token: IssuedToken) -> str:
            return "somebody"

        def revoke_old_credential(self, refresh_token: IssuedToken) -> None:
            refresh_token["revoked"] = True
            refresh_token["refresh_token"] = None

    class DeviceCode(Secretive, BaseDeviceCodeGrant):
        def query_device_credential(self, device_code: str) -> DeviceCredentialDict | None:
            return next((d for d in provider.devices if d["device_code"] == device_code), None)

        def query_user_grant(self, user_code: str) -> Any:
            if "deny" in provider.allowed_codes:
                return "somebody", False
            return ("somebody", True) if user_code in provider.allowed_codes else None

        def should_slow_down(self, credential: DeviceCredentialDict) -> bool:
            provider.slow_downs -= 1
            return provider.slow_downs >= 0

    return [
        (ClientCredentials, None),
        (Password, None),
        (AuthorizationCode, [CodeChallenge(required=True)]),
        (Refresh, None),
        (DeviceCode, None),
    ]


def _device_endpoint(provider: Provider) -> Any:
    class Device(DeviceAuthorizationEndpoint):
        CLIENT_AUTH_METHODS = ["client_secret_basic", "client_secret_post", "none"]  # noqa: RUF012
        INTERVAL = 1

        def get_verification_uri(self) -> str:
            return f"{provider.url}/enter"

        def save_device_credential(self, client_id: str, scope: str, data: dict[str, Any]) -> None:
            provider.devices.append(
                DeviceCredentialDict(data, client_id=client_id, scope=scope, expires_at=time.time() + 60)
            )

    return Device


def _validator(provider: Provider) -> BearerTokenValidator:
    class Validator(BearerTokenValidator):
        def authenticate_token(self, token_string: str) -> IssuedToken | None:
            return next((t for t in provider.issued if t["access_token"] == token_string), None)

    return Validator()


@contextmanager
def running_provider() -> Iterator[Provider]:
    """A provider at `provider.url`, its API under `/api`."""
    provider = Provider()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, provider.app, threaded=True)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def flow_urls(provider: Provider, *names: str) -> dict[str, Any]:
    """The `flows` of a security scheme with the provider's URLs."""
    urls = {
        "tokenUrl": f"{provider.url}/token",
        "authorizationUrl": f"{provider.url}/authorize",
        "deviceAuthorizationUrl": f"{provider.url}/device",
        "scopes": {"read": "", "write": ""},
    }
    return dict.fromkeys(names, urls)


def code_of(text: str) -> str:
    """The code that a person is shown."""
    found = re.search(r"enter the code (\S+)", text)
    assert found is not None, text
    return found[1]

"""OAuth 2.0 and OpenID Connect against a real provider (RFC 6749, 7636, 8252, 8628; OpenID Connect Discovery)."""

from __future__ import annotations

import base64
import io
import json
import threading
import time
from typing import Any

import pytest
from credentials_desk import Desk, Happened, visit
from provider import GRANTS, PASSWORD, SECRET, Provider

from arazzo_runner import run
from arazzo_runner.credentials.conversation import ShowCode, SignIn
from arazzo_runner.document import read
from arazzo_runner.drivers.interaction import Browser
from arazzo_runner.events import (
    RequestFailed,
    RequestResent,
    RequestSent,
    SecretMarked,
    SignInAsked,
    StepStarted,
    TokenReceived,
    TokenRefused,
    TokenRequested,
)
from arazzo_runner.messages import TransportFailure
from arazzo_runner.policy import Policy

CLIENT = {"clientId": "app", "clientSecret": SECRET}
PERSON = {"username": "me", "password": PASSWORD}


class Person:
    """Somebody who signs in, and enters the codes that are shown."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.browser = Browser(io.StringIO(), open=visit)
        self.asked: list[SignIn | ShowCode] = []

    def sign_in(self, ask: SignIn, cancelled: threading.Event) -> str | TransportFailure:
        self.asked.append(ask)
        return self.browser.sign_in(ask, cancelled)

    def show_code(self, ask: ShowCode) -> None:
        self.asked.append(ask)
        self.provider.allowed_codes.add(ask.code)


@pytest.fixture
def person(provider: Provider) -> Person:
    return Person(provider)


def failure(desk: Desk) -> str:
    """Why nothing was sent."""
    (failed,) = desk.events.of(RequestFailed)
    assert failed.failure is not None
    assert failed.failure.phase == "not_sent"
    return failed.failure.message


# -- each grant -----------------------------------------------------------------------------------------------------


def test_client_credentials_get_a_token_for_the_whole_run(desk: Desk):
    result = desk.run("things", "things", auth=CLIENT)

    assert result.status == "succeeded"
    assert desk.provider.token_requests == ["client_credentials"]
    assert [t.scopes for t in desk.events.of(TokenReceived)] == [("read",)]
    assert len({authorization for _, authorization in desk.provider.api_requests}) == 1


@pytest.mark.parametrize("client", [{}, {"clientId": "public"}, CLIENT])
def test_a_password_gets_a_token(desk: Desk, client: dict[str, str]):
    desk.schemes["oauth"] = desk.flows("password", "authorizationCode")

    result = desk.run(auth={**PERSON, **client})

    assert (result.status == "succeeded") == bool(client)  # this provider knows no user without a client
    assert desk.provider.token_requests == ["password"]


def test_a_person_signs_in_with_the_browser_and_proves_it_with_pkce(desk: Desk, person: Person):
    desk.schemes["oauth"] = desk.flows("authorizationCode")

    result = desk.run("things", "things", auth={"clientId": "public"}, interaction=person)

    assert result.status == "succeeded"
    assert desk.provider.token_requests == ["authorization_code"]
    assert len(person.asked) == 1
    (asked,) = desk.events.of(SignInAsked)
    assert (asked.url, asked.code) == (f"{desk.provider.url}/authorize", None)


def test_a_redirect_uri_that_is_registered_is_listened_at(desk: Desk, person: Person):
    desk.schemes["oauth"] = desk.flows("authorizationCode")
    seen: list[str] = []
    person.browser = Browser(io.StringIO(), open=lambda url: (seen.append(url), visit(url)))

    result = desk.run(
        auth={**CLIENT, "redirectUri": "http://localhost/back", "flow": "authorizationCode"}, interaction=person
    )

    assert result.status == "succeeded"
    assert "redirect_uri=http%3A%2F%2Flocalhost%3A" in seen[0]
    assert "%2Fback" in seen[0]


def test_a_person_enters_a_code_on_another_device(desk: Desk, person: Person):
    desk.schemes["oauth"] = desk.flows("deviceAuthorization")

    result = desk.run(auth={"clientId": "public"}, interaction=person)

    assert result.status == "succeeded"
    assert [r.purpose for r in desk.events.of(TokenRequested)] == ["device-code", "token"]
    (asked,) = desk.events.of(SignInAsked)
    assert asked.code in desk.provider.allowed_codes
    assert asked.url == f"{desk.provider.url}/enter"


def test_a_refresh_token_needs_nobody(desk: Desk, person: Person):
    desk.schemes["oauth"] = desk.flows("authorizationCode")
    desk.run(auth={"clientId": "public", "scope": "read offline_access"}, interaction=person)
    refresh_token = desk.provider.issued[-1]["refresh_token"]

    result = desk.run(auth={"clientId": "public", "refreshToken": refresh_token})

    assert result.status == "succeeded"
    assert desk.provider.token_requests == ["authorization_code", "refresh_token"]


def test_a_token_that_is_given_is_sent_as_it_is(desk: Desk):
    desk.run(auth={"oauth": "given-token"})
    desk.run(auth={"oauth.token": "given-token"})

    assert desk.provider.token_requests == []
    assert desk.provider.api_requests == [("things", "Bearer given-token")] * 2


# -- OpenID Connect -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("auth", "supported", "asked"),
    [
        (CLIENT, GRANTS, "client_credentials"),
        ({**PERSON, "clientId": "public"}, GRANTS, "password"),
        ({"clientId": "public"}, ("authorization_code",), "authorization_code"),
        (CLIENT, ("authorization_code",), "authorization_code"),
        ({"clientId": "public"}, GRANTS, GRANTS[-1]),
    ],
)
def test_a_provider_says_itself_what_it_offers(desk: Desk, person: Person, auth: Any, supported: Any, asked: str):
    desk.schemes["oauth"] = desk.oidc()
    desk.provider.grants = list(supported)

    result = desk.run("things", "things", auth=auth, interaction=person)

    assert result.status == "succeeded"
    assert desk.provider.token_requests == [asked]
    assert len(desk.provider.discovered) == 1
    if asked == "authorization_code":
        assert "openid" in desk.provider.issued[-1]["scope"]


def test_a_provider_that_offers_none_of_it_is_told_apart(one_desk: Desk):
    one_desk.schemes["oauth"] = one_desk.oidc()
    one_desk.provider.grants = ["implicit"]

    one_desk.run(auth=CLIENT)

    assert "offers none of the grants client_credentials" in failure(one_desk)


def test_what_does_not_describe_a_provider_is_told(one_desk: Desk):
    one_desk.schemes["oauth"] = {"type": "openIdConnect", "openIdConnectUrl": f"{one_desk.provider.url}/nothing"}

    result = one_desk.run(auth=CLIENT)

    assert result.exit_code == 4
    assert "does not describe an authorization server (it answered 404)" in failure(one_desk)


def test_a_server_that_describes_itself_needs_no_urls_in_the_description(one_desk: Desk):
    """OpenAPI 3.2, `oauth2MetadataUrl`."""
    metadata = f"{one_desk.provider.url}/.well-known/openid-configuration"
    one_desk.schemes["oauth"] = {
        "type": "oauth2",
        "oauth2MetadataUrl": metadata,
        "flows": {"clientCredentials": {"scopes": {}}},
    }

    assert one_desk.run(auth=CLIENT).status == "succeeded"


# -- the client's authentication ------------------------------------------------------------------------------------


def test_a_client_is_known_by_basic_and_where_that_is_refused_by_the_body(desk: Desk):
    desk.provider.auth_methods = ["client_secret_post"]

    result = desk.run("revoke", "things", auth=CLIENT)

    assert desk.provider.token_requests == ["client_credentials"] * 3  # basic, body; then it is known: body
    assert result.status == "succeeded"


def test_a_provider_that_says_which_way_is_asked_that_way(one_desk: Desk):
    one_desk.schemes["oauth"] = one_desk.oidc()
    one_desk.provider.auth_methods = ["client_secret_post"]

    assert one_desk.run(auth=CLIENT).status == "succeeded"
    assert one_desk.provider.token_requests == ["client_credentials"]


# -- a 401 ----------------------------------------------------------------------------------------------------------


def test_a_401_renews_the_token_and_sends_the_request_once_more(desk: Desk):
    result = desk.run("things", "revoke", "things", auth=CLIENT)

    assert result.status == "succeeded"
    assert desk.provider.token_requests == ["client_credentials"] * 2
    (resent,) = desk.events.of(RequestResent)
    assert resent.id == "things3#1.1"
    assert resent.response.status == 401
    assert resent.reason == "answered by a 401, and the token of 'oauth' was renewed"
    assert [name for name, _ in desk.provider.api_requests] == ["things", "revoke", "things", "things"]


def test_that_costs_no_retry_of_the_workflow(desk: Desk):
    retry = {"onFailure": [{"name": "again", "type": "retry", "retryLimit": 1, "retryAfter": 0}]}

    result = desk.run("revoke", "things", auth=CLIENT, fields=retry)

    assert result.status == "succeeded"
    assert [(s.id, s.attempt) for s in desk.events.of(StepStarted)] == [("revoke1#1.1", 1), ("things2#1.1", 1)]
    assert [s.id for s in desk.events.of(RequestSent)] == ["revoke1#1.1", "things2#1.1"]


def test_a_refresh_token_that_was_granted_is_used_and_replaced_by_the_next(desk: Desk):
    desk.schemes["oauth"] = desk.flows("password")
    auth = {**PERSON, "clientId": "public"}

    result = desk.run("revoke", "revoke", "things", auth=auth)

    assert result.status == "succeeded"
    assert desk.provider.token_requests == ["password", "refresh_token", "refresh_token"]


def test_where_it_is_no_longer_good_the_grant_is_asked_for_again(one_desk: Desk):
    one_desk.schemes["oauth"] = one_desk.flows("password")
    auth = {**PERSON, "clientId": "public"}
    with one_desk.runner("things", auth=auth) as runner:
        runner.run(observers=[one_desk.events.append])
        one_desk.provider.revoke()
        one_desk.provider.revoke_refresh_tokens()
        result = runner.run(observers=[one_desk.events.append])

    assert result.status == "succeeded"
    assert one_desk.provider.token_requests == ["password", "refresh_token", "password"]
    assert "invalid_grant" in one_desk.events.of(TokenRefused)[0].message


def test_a_given_token_is_renewed_with_the_refresh_token_beside_it(one_desk: Desk, person: Person):
    one_desk.schemes["oauth"] = one_desk.flows("authorizationCode")
    one_desk.run(auth={"clientId": "public", "scope": "read"}, interaction=person)
    refresh_token = one_desk.provider.issued[-1]["refresh_token"]

    result = one_desk.run(auth={"oauth": "stale", "clientId": "public", "refreshToken": refresh_token})

    assert result.status == "succeeded"
    assert [authorization for _, authorization in one_desk.provider.api_requests][-2] == "Bearer stale"
    assert len(one_desk.events.of(RequestResent)) == 1


def test_a_401_for_a_token_that_just_came_is_the_answer(desk: Desk):
    desk.provider.expires_in = -1  # expired when it comes

    result = desk.run(auth=CLIENT)

    assert (result.status, result.exit_code) == ("failed", 1)
    assert len(desk.provider.token_requests) == 1
    assert desk.events.of(RequestResent) == []


def test_where_no_other_token_is_to_be_had_the_401_stands(one_desk: Desk):
    with one_desk.runner("things", auth=CLIENT) as runner:
        runner.run()
        one_desk.provider.revoke()
        one_desk.provider.broken_token = (500, "text/plain", "no")
        result = runner.run(observers=[one_desk.events.append])

    assert (result.exit_code, result.steps[0].response.status) == (1, 401)
    assert "it answered 500 INTERNAL SERVER ERROR" in one_desk.events.of(TokenRefused)[0].message


# -- time -----------------------------------------------------------------------------------------------------------


def test_a_token_is_renewed_before_it_expires(desk: Desk):
    desk.provider.expires_in = 1

    with desk.runner("things", auth=CLIENT) as runner:
        runner.run()
        runner.run()
        time.sleep(1)
        runner.run()

    assert len(desk.provider.token_requests) == 2


# -- descriptions ---------------------------------------------------------------------------------------------------


def test_urls_are_relative_to_the_server(one_desk: Desk):
    """OpenAPI 3.1.1, "Relative References in API URLs"."""
    one_desk.schemes["oauth"]["flows"]["clientCredentials"] = {"tokenUrl": "/token"}

    assert one_desk.run(auth=CLIENT).status == "succeeded"


@pytest.mark.parametrize(
    ("flow", "auth", "grant"),
    [
        ("application", CLIENT, "client_credentials"),
        ("password", {**PERSON, "clientId": "public"}, "password"),
        ("accessCode", {"clientId": "public"}, "authorization_code"),
    ],
)
def test_a_description_of_version_2_names_its_flows_otherwise(
    one_desk: Desk, person: Person, flow: str, auth: dict[str, str], grant: str
):
    urls = {"tokenUrl": f"{one_desk.provider.url}/token", "authorizationUrl": f"{one_desk.provider.url}/authorize"}
    swagger = {
        "swagger": "2.0",
        "info": {"title": "t", "version": "1"},
        "host": one_desk.provider.url.partition("//")[2],
        "schemes": ["http"],
        "basePath": "/api",
        "paths": {"/things": {"get": {"operationId": "things", "responses": {"200": {"description": "ok"}}}}},
        "security": [{"oauth": ["read"]}],
        "securityDefinitions": {"oauth": {"type": "oauth2", "flow": flow, "scopes": {"read": ""}, **urls}},
    }

    result = run(
        one_desk.workflow("things"),
        documents=[read(json.dumps(swagger).encode(), uri="memory:/api.json", name="api.json")],
        auth={f"oauth.{name}": value for name, value in auth.items()},
        env={},
        interaction=person,
    )

    assert result.status == "succeeded"
    assert one_desk.provider.token_requests == [grant]


# -- what goes wrong ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("auth", "said"),
    [
        ({**CLIENT, "clientSecret": "wrong-secret"}, ("invalid_client", "check --auth oauth.clientId")),
        ({**CLIENT, "scope": "everything"}, ("invalid_scope", "--auth oauth.scope='...' asks for others")),
        ({"clientId": "app"}, ("lacks clientSecret", "--auth oauth.clientSecret=VALUE")),
        ({"clientSecret": SECRET}, ("lacks clientId",)),
        ({**CLIENT, "flow": "password"}, ("has no flow 'password'",)),
        (
            {"refreshToken": "unheard-of", "clientId": "public"},
            ("invalid_grant", "the refresh token is no longer good"),
        ),
    ],
)
def test_what_a_server_says_is_one_line(one_desk: Desk, auth: dict[str, str], said: tuple[str, ...]):
    result = one_desk.run(auth=auth)

    assert result.exit_code == 4
    message = failure(one_desk)
    assert all(text in message for text in said), message
    assert "'oauth'" in message
    assert "\n" not in message
    assert one_desk.provider.api_requests == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((200, "text/html", "<p>Welcome</p>"), "its answer is no token"),
        ((200, "application/json", "[1]"), "its answer is no token"),
        ((200, "application/json", '{"access_token": 5}'), "its answer is no token"),
        ((200, "application/json", '{"access_token": "x", "expires_in": {}}'), "its answer is no token"),
        ((200, "application/json", '{"error": "invalid_scope"}'), "invalid_scope"),
        ((200, "application/json", "[" * 100_000), "its answer is no token"),
        ((503, "text/plain", "busy"), "it answered 503"),
        ((400, "application/json", '{"error": "odd", "error_description": "a\\nb"}'), "odd: a b"),
        ((302, "text/plain", ""), "it answered 302"),
    ],
)
def test_an_answer_that_is_no_token_is_told(one_desk: Desk, answer: tuple[int, str, str], said: str):
    one_desk.provider.broken_token = answer

    result = one_desk.run(auth=CLIENT)

    assert result.exit_code == 4
    assert said in failure(one_desk)


def test_a_token_in_a_form_is_read_as_well(one_desk: Desk):
    """As GitHub answers without an Accept."""
    one_desk.provider.broken_token = (200, "application/x-www-form-urlencoded", "access_token=abc&token_type=bearer")

    one_desk.run(auth=CLIENT)

    assert one_desk.provider.api_requests == [("things", "Bearer abc")]


def test_an_authorization_server_that_is_not_there_is_told(desk: Desk):
    desk.schemes["oauth"]["flows"]["clientCredentials"] = {"tokenUrl": "http://127.0.0.1:1/token"}

    result = desk.run(auth=CLIENT)

    assert result.exit_code == 4
    assert failure(desk).startswith("no token for 'oauth': connection refused by http://127.0.0.1:1")


def test_without_a_person_there_is_a_line_that_says_what_to_do(desk: Desk):
    desk.schemes["oauth"] = desk.flows("authorizationCode")

    result = desk.run(auth={"clientId": "public"})

    assert result.exit_code == 4
    message = failure(desk)
    assert f"needs somebody to sign in at {desk.provider.url}/authorize" in message
    assert "--auth oauth=TOKEN" in message


def test_a_person_who_denies_it_is_heard(desk: Desk, person: Person):
    desk.schemes["oauth"] = desk.flows("authorizationCode")
    desk.provider.allowed_codes.add("deny")

    desk.run(auth={"clientId": "public"}, interaction=person)

    assert "access_denied" in failure(desk)


def test_a_device_that_is_denied_is_heard(desk: Desk, person: Person):
    desk.schemes["oauth"] = desk.flows("deviceAuthorization")
    desk.provider.allowed_codes.add("deny")

    desk.run(auth={"clientId": "public"}, interaction=person)

    assert "access_denied" in failure(desk)


def test_an_implicit_flow_wants_a_token_from_its_user(one_desk: Desk):
    one_desk.schemes["oauth"] = one_desk.flows("implicit")

    one_desk.run(auth={"clientId": "public"})

    assert "declares the flow implicit" in failure(one_desk)
    assert "give a token: --auth oauth=TOKEN" in failure(one_desk)


def test_a_place_to_sign_in_without_tls_is_refused(one_desk: Desk, person: Person):
    flows = one_desk.flows("authorizationCode")
    flows["flows"]["authorizationCode"]["authorizationUrl"] = "http://auth.example/authorize"
    one_desk.schemes["oauth"] = flows

    one_desk.run(auth={"clientId": "public"}, interaction=person)

    assert "is no place to sign in, it is not https" in failure(one_desk)
    assert person.asked == []


# -- alternatives ---------------------------------------------------------------------------------------------------

KEY = {"type": "apiKey", "in": "header", "name": "X-Key"}


def test_nobody_is_asked_where_another_alternative_will_do(one_desk: Desk, person: Person):
    one_desk.schemes = {"oauth": one_desk.flows("authorizationCode"), "key": KEY}
    one_desk.security = [{"oauth": []}, {"key": []}]

    one_desk.run(auth={"clientId": "public", "key": "k-123456"}, interaction=person)

    assert person.asked == []
    assert one_desk.events.of(RequestSent)[0].request.headers[-1] == ("X-Key", "k-123456")


def test_a_token_and_a_key_go_together(desk: Desk):
    desk.schemes = {"oauth": desk.flows("clientCredentials"), "key": KEY}
    desk.security = [{"oauth": ["read"], "key": []}]

    result = desk.run(auth={**CLIENT, "key": "k-123456"})

    assert result.status == "succeeded"
    names = [name for name, _ in desk.events.of(RequestSent)[0].request.headers]
    assert names[-2:] == ["X-Key", "Authorization"]


@pytest.mark.parametrize("security", [[], [{}]])
def test_an_operation_without_security_gets_no_token(one_desk: Desk, security: Any):
    one_desk.security = security

    one_desk.run(auth=CLIENT)

    assert one_desk.provider.token_requests == []
    assert one_desk.provider.api_requests == [("things", "")]


def test_an_optional_token_is_fetched_where_there_is_a_way(one_desk: Desk):
    one_desk.security = [{}, {"oauth": ["read"]}]

    one_desk.run(auth=CLIENT)
    anonymous = one_desk.run()

    assert one_desk.provider.token_requests == ["client_credentials"]
    assert anonymous.steps[0].response is not None, one_desk.events.of(RequestFailed)
    assert one_desk.provider.api_requests[-1] == ("things", "")


def test_each_operation_gets_the_scopes_it_declares(one_desk: Desk):
    one_desk.security = [{"oauth": ["read", "write"]}]

    one_desk.run(auth=CLIENT)

    assert one_desk.provider.issued[0]["scope"] == "read write"


# -- where values come from, and where they go ----------------------------------------------------------------------


def test_fields_come_from_variables(desk: Desk):
    env = {"ARAZZO_AUTH_OAUTH_CLIENT_ID": "app", "ARAZZO_AUTH_API__OAUTH_CLIENT_SECRET": SECRET}

    assert desk.run(env=env).status == "succeeded"


def test_a_token_endpoint_that_only_a_remote_document_names_gets_nothing(one_desk: Desk):
    """Decision 124: the server was named, the token's was not."""
    other = one_desk.provider.url.replace("127.0.0.1", "localhost")
    one_desk.schemes["oauth"]["flows"]["clientCredentials"] = {"tokenUrl": f"{other}/token"}
    remote = {"uri": "https://example.org/api.json", "servers": {"api": f"{one_desk.provider.url}/api"}}

    one_desk.run(auth=CLIENT, **remote)
    assert one_desk.provider.token_requests == []

    result = one_desk.run(auth=CLIENT, trusted_hosts=[other.partition("//")[2], "127.0.0.1"], **remote)
    assert (result.status, one_desk.provider.token_requests) == ("succeeded", ["client_credentials"])


def test_the_same_server_as_the_one_that_was_named_is_trusted(one_desk: Desk):
    remote = {"uri": "https://example.org/api.json", "servers": {"api": f"{one_desk.provider.url}/api"}}

    assert one_desk.run(auth=CLIENT, **remote).status == "succeeded"


def test_a_run_that_only_reads_may_fetch_a_token_by_post(desk: Desk):
    assert desk.run(auth=CLIENT, policy=Policy(read_only=True)).status == "succeeded"


def test_a_token_endpoint_without_tls_on_another_machine_is_refused(one_desk: Desk):
    one_desk.schemes["oauth"]["flows"]["clientCredentials"] = {"tokenUrl": "http://auth.example/token"}

    result = one_desk.run(auth=CLIENT)

    assert result.exit_code == 4
    assert "a credential is not sent to" in failure(one_desk)
    assert "--allow-http" in failure(one_desk)


def test_a_host_that_is_not_allowed_is_asked_for_no_token(one_desk: Desk):
    other = one_desk.provider.url.replace("127.0.0.1", "localhost")
    one_desk.schemes["oauth"]["flows"]["clientCredentials"] = {"tokenUrl": f"{other}/token"}

    one_desk.run(auth=CLIENT, allow_hosts=["127.0.0.1"])

    assert "the host localhost" in failure(one_desk)
    assert one_desk.provider.token_requests == []


# -- masking --------------------------------------------------------------------------------------------------------


def test_every_secret_is_marked_before_it_can_be_seen(desk: Desk, person: Person):
    desk.schemes["oauth"] = desk.flows("authorizationCode")

    desk.run(auth={**CLIENT, "flow": "authorizationCode"}, interaction=person)

    issued = desk.provider.issued[-1]
    marked = {mark.value for mark in desk.events.of(SecretMarked)}
    pair = base64.b64encode(f"app:{SECRET}".encode()).decode()
    assert {SECRET, pair, issued["access_token"], issued["refresh_token"]} <= marked
    told = [e.value if isinstance(e, SecretMarked) else type(e).__name__ for e in desk.events]
    assert told.index(SECRET) < told.index(pair) < told.index("TokenRequested")
    assert told.index(issued["access_token"]) < told.index("TokenReceived") < told.index("RequestSent")


# -- many runs ------------------------------------------------------------------------------------------------------


def test_many_threads_make_one_token_request(one_desk: Desk):
    one_desk.provider.delay = 0.2
    with one_desk.runner("things", auth=CLIENT) as runner:
        results: list[str] = []
        threads = [threading.Thread(target=lambda: results.append(runner.run().status)) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert results == ["succeeded"] * 12
    assert one_desk.provider.token_requests == ["client_credentials"]


def test_many_threads_renew_a_token_once(one_desk: Desk):
    with one_desk.runner("things", auth=CLIENT) as runner:
        runner.run()
        one_desk.provider.revoke()
        one_desk.provider.delay = 0.2
        results: list[str] = []
        threads = [threading.Thread(target=lambda: results.append(runner.run().status)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert results == ["succeeded"] * 8
    assert one_desk.provider.token_requests == ["client_credentials"] * 2


def test_many_tasks_make_one_token_request(one_desk: Desk):
    import asyncio

    one_desk.provider.delay = 0.2

    async def runs() -> list[str]:
        async with one_desk.runner("things", auth=CLIENT) as runner:
            return [result.status for result in await asyncio.gather(*(runner.run_async() for _ in range(12)))]

    assert asyncio.run(runs()) == ["succeeded"] * 12
    assert one_desk.provider.token_requests == ["client_credentials"]


def test_one_failure_is_that_of_all_who_wait_and_is_not_kept(one_desk: Desk):
    one_desk.provider.delay = 0.3
    one_desk.provider.broken_token = (400, "application/json", '{"error": "invalid_scope"}')
    events = Happened()
    with one_desk.runner("things", auth=CLIENT) as runner:
        threads = [threading.Thread(target=runner.run, kwargs={"observers": [events.append]}) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        failed = len(one_desk.provider.token_requests)
        one_desk.provider.broken_token = None
        result = runner.run()

    assert failed == 1
    messages = [failed.failure and failed.failure.message for failed in events.of(RequestFailed)]
    assert (len(messages), len(set(messages))) == (6, 1)
    assert result.status == "succeeded"


def test_a_task_that_is_cancelled_stops_waiting_for_a_person(one_desk: Desk):
    import asyncio

    one_desk.schemes["oauth"] = one_desk.flows("authorizationCode")
    nobody = Browser(io.StringIO(), open=lambda url: None)

    async def runs() -> None:
        async with one_desk.runner("things", auth={"clientId": "public"}, interaction=nobody) as runner:
            task = asyncio.create_task(runner.run_async())
            await asyncio.sleep(0.3)
            task.cancel()
            await asyncio.wait([task])

    began = time.monotonic()
    asyncio.run(runs())

    assert time.monotonic() - began < 10


def test_a_run_that_is_cancelled_hands_over(one_desk: Desk):
    import asyncio

    one_desk.provider.delay = 0.4

    async def runs() -> tuple[str, bool]:
        async with one_desk.runner("things", auth=CLIENT) as runner:
            first = asyncio.create_task(runner.run_async())
            await asyncio.sleep(0.1)
            second = asyncio.create_task(runner.run_async())
            await asyncio.sleep(0.1)
            first.cancel()
            await asyncio.wait([first])
            return (await second).status, first.cancelled()

    assert asyncio.run(runs()) == ("succeeded", True)
    assert one_desk.provider.token_requests == ["client_credentials"] * 2

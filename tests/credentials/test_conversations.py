"""Conversations without a network: what they wish for, in which order, and what they make of the answers."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from typing import Any

import pytest

from arazzo_runner.credentials import Credentials
from arazzo_runner.credentials.conversation import (
    Conversation,
    Deliver,
    Fetch,
    Granted,
    Join,
    Mark,
    Pause,
    Resend,
    ShowCode,
    SignIn,
    Warn,
)
from arazzo_runner.credentials.tokens import Claim, MemoryTokens, Token, TokenCache, TokenKey, renewal
from arazzo_runner.drivers.interaction import Browser
from arazzo_runner.errors import TransportError
from arazzo_runner.messages import Request, Response, SecurityRequirement, TransportFailure

OK = Response(200, (), b"{}")
UNAUTHORIZED = Response(401)
DEVICE = {"tokenUrl": "https://auth.example/token", "deviceAuthorizationUrl": "https://auth.example/device"}


def answer(status: int = 200, **fields: Any) -> Response:
    return Response(status, (("Content-Type", "application/json"),), json.dumps(fields).encode())


def request(scheme: dict[str, Any], **fields: Any) -> Request:
    requirement = SecurityRequirement("s", scheme, ("read",), "api")
    return Request("GET", "https://api.example/x", security=((requirement,),), **fields)


def oauth(**flows: dict[str, Any]) -> dict[str, Any]:
    return {"type": "oauth2", "flows": flows}


def converse(conversation: Conversation | None, *answers: Granted) -> tuple[list[Any], Any]:
    """The wishes that want an answer, the answers given in turn, and how it ended."""
    assert conversation is not None
    wishes: list[Any] = []
    left = list(answers)
    try:
        wish = next(conversation)
        while True:
            if isinstance(wish, (Deliver, Resend, Fetch, SignIn)):
                wishes.append(wish)
                wish = conversation.send(left.pop(0))
            else:
                wishes += [] if isinstance(wish, Mark) else [wish]
                wish = next(conversation)
    except StopIteration as done:
        return wishes, done.value
    except TransportError as error:
        return wishes, error


def kinds(wishes: list[Any]) -> list[str]:
    return [type(wish).__name__ for wish in wishes]


def test_a_device_is_asked_about_less_often_where_the_server_wants_it():
    """RFC 8628, section 3.5: `slow_down` adds five seconds, for good."""
    credentials = Credentials({"s.clientId": "c"}, interactive=True)

    wishes, end = converse(
        credentials.sign(request(oauth(deviceAuthorization=DEVICE))).conversation,
        answer(device_code="d-1", user_code="AB-CD", verification_uri="https://auth.example/enter", expires_in=60),
        answer(400, error="authorization_pending"),
        answer(400, error="slow_down"),
        answer(400, error="authorization_pending"),
        answer(access_token="t-1", token_type="bearer"),
        OK,
    )

    assert end == OK
    assert [wish.seconds for wish in wishes if isinstance(wish, Pause)] == [5.0, 5.0, 10.0, 10.0]
    (shown,) = [wish for wish in wishes if isinstance(wish, ShowCode)]
    assert (shown.code, shown.url, shown.seconds) == ("AB-CD", "https://auth.example/enter", 60.0)


def test_a_device_code_that_nobody_enters_ends():
    credentials = Credentials({"s.clientId": "c"}, interactive=True)

    _, end = converse(
        credentials.sign(request(oauth(deviceAuthorization=DEVICE))).conversation,
        answer(device_code="d-1", user_code="AB-CD", verification_uri="https://auth.example/enter", expires_in=12),
        answer(400, error="authorization_pending"),
        answer(400, error="authorization_pending"),
    )

    assert "expired_token: nobody entered the code in time" in str(end)


@pytest.mark.parametrize("url", ["https://auth.example/\x1b[2J", "file:///etc/passwd", "https://a b/", "javascript:1"])
def test_a_place_to_sign_in_that_is_no_web_page_is_not_opened(url: str):
    flow = {"authorizationUrl": url, "tokenUrl": "https://auth.example/token"}
    credentials = Credentials({"s.clientId": "c"}, interactive=True)

    wishes, end = converse(credentials.sign(request(oauth(authorizationCode=flow))).conversation)

    assert wishes == []
    assert "is no place to sign in" in str(end)
    assert "\x1b" not in str(end)


def test_a_place_to_enter_a_code_that_is_no_web_page_is_not_shown():
    credentials = Credentials({"s.clientId": "c"}, interactive=True)

    wishes, _ = converse(
        credentials.sign(request(oauth(deviceAuthorization=DEVICE))).conversation,
        answer(device_code="d-1", user_code="A", verification_uri="file:///etc/passwd", expires_in=5),
        answer(400, error="access_denied"),
    )

    (shown,) = [wish for wish in wishes if isinstance(wish, ShowCode)]
    assert shown.url == ""


def test_a_provider_that_leaves_tls_is_refused():
    scheme = {"type": "openIdConnect", "openIdConnectUrl": "https://auth.example/.well-known/openid-configuration"}
    credentials = Credentials({"s.clientId": "c", "s.clientSecret": "secret"})

    _, end = converse(
        credentials.sign(request(scheme)).conversation, answer(token_endpoint="http://auth.example/token")
    )

    assert "has no TLS" in str(end)


def test_the_answer_of_another_server_is_refused():
    """RFC 9207."""
    scheme = {"type": "openIdConnect", "openIdConnectUrl": "https://auth.example/.well-known/openid-configuration"}
    credentials = Credentials({"s.clientId": "c"}, interactive=True)
    talk = credentials.sign(request(scheme)).conversation
    assert talk is not None
    wish = next(talk)
    discovered = answer(
        token_endpoint="https://auth.example/token",
        authorization_endpoint="https://auth.example/authorize",
        issuer="https://auth.example",
    )
    wish = talk.send(discovered)
    while not isinstance(wish, SignIn):
        wish = next(talk)

    with pytest.raises(TransportError, match="that of another server"):
        talk.send(f"http://127.0.0.1:1/?code=x&state={wish.state}&iss=https%3A%2F%2Fevil.example")


def test_another_state_is_no_answer():
    flow = {"authorizationUrl": "https://auth.example/authorize?tenant=1", "tokenUrl": "https://auth.example/token"}
    credentials = Credentials({"s.clientId": "c"}, interactive=True)

    wishes, end = converse(
        credentials.sign(request(oauth(authorizationCode=flow))).conversation, "http://127.0.0.1:1/?code=x&state=other"
    )

    assert "mismatching_state" in str(end)
    (asked,) = wishes
    url = asked.url_for("http://127.0.0.1:1/")
    assert url.startswith("https://auth.example/authorize?tenant=1&response_type=code&client_id=c&")
    assert "code_challenge_method=S256" in url


def test_a_refresh_has_its_own_url_where_one_is_declared():
    flow = {"tokenUrl": "https://auth.example/token", "refreshUrl": "https://auth.example/refresh"}
    credentials = Credentials({"s.clientId": "c", "s.refreshToken": "r-1"})

    wishes, end = converse(
        credentials.sign(request(oauth(clientCredentials=flow))).conversation, answer(access_token="t-1"), OK
    )

    assert end == OK
    assert wishes[0].request.url == "https://auth.example/refresh"
    assert wishes[0].request.body == b"grant_type=refresh_token&refresh_token=r-1&client_id=c"


def test_an_audience_is_asked_for():
    flow = {"tokenUrl": "https://auth.example/token"}
    credentials = Credentials({"s.clientId": "c", "s.clientSecret": "a b", "s.audience": "https://api"})

    wishes, _ = converse(
        credentials.sign(request(oauth(clientCredentials=flow))).conversation, answer(access_token="t-1"), OK
    )

    assert wishes[0].request.body == b"grant_type=client_credentials&audience=https%3A%2F%2Fapi&scope=read"
    assert dict(wishes[0].request.headers)["Authorization"] == "Basic YzphK2I="  # RFC 6749, 2.3.1: c:a+b


def test_a_token_request_follows_no_redirect_and_takes_no_credential_of_a_client():
    credentials = Credentials({"s.clientId": "c", "s.clientSecret": "x"})
    flow = {"tokenUrl": "https://auth.example/token"}

    wishes, _ = converse(
        credentials.sign(request(oauth(clientCredentials=flow))).conversation, answer(access_token="t-1"), OK
    )

    asked = wishes[0].request
    assert asked.for_credential
    assert ("header", "authorization") in asked.supplied


def test_a_conversation_that_is_never_begun_asks_for_nothing():
    flow = {"tokenUrl": "https://auth.example/token"}

    signed = Credentials({"s.clientId": "c", "s.clientSecret": "x"}).sign(request(oauth(clientCredentials=flow)))

    assert signed.later == ("s",)
    assert signed.request.headers == ()


def test_what_a_step_fills_itself_asks_for_no_token():
    flow = {"tokenUrl": "https://auth.example/token"}
    filled = request(oauth(clientCredentials=flow), supplied=frozenset((("header", "authorization"),)))

    signed = Credentials({"s.clientId": "c", "s.clientSecret": "x"}).sign(filled)

    assert (signed.conversation, signed.unsatisfied) == (None, ())


@pytest.mark.parametrize("certificate", [True, None])
def test_a_certificate_satisfies_mutual_tls(certificate: bool | None):
    assert Credentials(certificate=certificate).sign(request({"type": "mutualTLS"})).unsatisfied == ()


def test_mutual_tls_without_a_certificate_leaves_the_alternative():
    mutual = SecurityRequirement("tls", {"type": "mutualTLS"})
    key = SecurityRequirement("k", {"type": "apiKey", "in": "header", "name": "X-Key"})
    asked = Request("GET", "https://api.example/x", security=((mutual,), (key,)))

    assert Credentials({"k": "v"}, certificate=False).sign(asked).request.headers == (("X-Key", "v"),)
    assert Credentials({"k": "v"}, certificate=True).sign(asked).request.headers == ()


def remote(flows: dict[str, Any]) -> Request:
    """An operation of a description that came by URL, whose server was named."""
    requirement = SecurityRequirement("s", oauth(**flows), ("read",), "api", remote=True)
    return Request("GET", "https://api.example/x", security=((requirement,),))


@pytest.mark.parametrize(
    ("url", "vouched"),
    [
        ("https://api.example/token", True),
        ("https://auth.example/token", False),
        ("https://api.example:444/token", False),
        ("http://api.example/token", False),
        ("https://api.example@evil.example/token", False),
    ],
)
def test_a_remote_document_may_only_name_the_server_that_was_named(url: str, vouched: bool):
    credentials = Credentials({"s.clientId": "c", "s.clientSecret": "x"})
    asked = remote({"clientCredentials": {"tokenUrl": url}})

    signed = credentials.sign(asked)

    assert (signed.conversation is not None) == vouched
    assert ("--allow-host" in (credentials.advice(asked) or "")) != vouched


def test_a_flow_that_nobody_vouches_for_leaves_the_others():
    flows = {
        "clientCredentials": {"tokenUrl": "https://api.example/token"},
        "authorizationCode": {"tokenUrl": "https://api.example/token", "authorizationUrl": "https://evil.example/"},
    }

    both = Credentials({"s.clientId": "c", "s.clientSecret": "x"}, interactive=True).sign(remote(flows))
    person_only = Credentials({"s.clientId": "c"}, interactive=True).sign(remote(flows))

    assert both.later == ("s",)
    assert (person_only.conversation, person_only.unsatisfied) == (None, ("s",))


def test_a_token_url_that_is_given_needs_nobody_to_vouch_for_it():
    flows = {"clientCredentials": {"tokenUrl": "https://evil.example/token"}}
    values = {"s.clientId": "c", "s.clientSecret": "x", "s.tokenUrl": "https://auth.example/token"}

    wishes, _ = converse(Credentials(values).sign(remote(flows)).conversation, answer(access_token="t-1"), OK)

    assert wishes[0].request.url == "https://auth.example/token"


# -- the cache ------------------------------------------------------------------------------------------------------

KEY = TokenKey(origin="https://auth.example", scheme="s", source="api", grant="password")
READ = frozenset({"read"})


def test_one_run_fetches_and_the_others_wait():
    cache = TokenCache()

    mine = cache.claim(KEY, READ)
    theirs = cache.claim(KEY, READ)

    assert isinstance(mine, Claim)
    assert theirs is mine.future
    mine.fulfil(Token(value="t", scopes=READ))
    assert theirs.result() is None
    assert cache.claim(KEY, READ) == Token(value="t", scopes=READ)


def test_a_claim_of_somebody_who_takes_too_long_is_taken_over():
    cache = TokenCache()
    first = cache.claim(KEY, READ)
    assert isinstance(first, Claim)

    second = cache.claim(KEY, READ, gone=first.future)

    assert isinstance(second, Claim)
    assert second is not first
    first.release()
    assert cache.claim(KEY, READ) is second.future


def test_a_waiting_run_takes_over_when_its_patience_ends():
    flow = {"tokenUrl": "https://auth.example/token"}
    credentials = Credentials({"s.clientId": "c", "s.clientSecret": "x"})
    slow = credentials.sign(request(oauth(clientCredentials=flow))).conversation
    assert slow is not None
    while not isinstance(next(slow), Fetch):
        pass

    wishes, end = converse(
        credentials.sign(request(oauth(clientCredentials=flow))).conversation, answer(access_token="t-1"), OK
    )

    assert kinds(wishes) == ["Join", "Fetch", "Obtained", "Deliver"]
    assert isinstance(wishes[0], Join)
    assert end == OK
    slow.close()


def test_a_conversation_that_is_closed_lets_the_others_go_on():
    flow = {"tokenUrl": "https://auth.example/token"}
    credentials = Credentials({"s.clientId": "c", "s.clientSecret": "x"})
    first, second = (credentials.sign(request(oauth(clientCredentials=flow))).conversation for _ in range(2))
    assert first is not None
    assert second is not None
    while not isinstance(next(first), Fetch):
        pass
    waiting = next(second)
    assert isinstance(waiting, Join)

    first.close()

    assert waiting.future.result(0) is None
    assert isinstance(second.send(None), Mark)  # it fetches the token itself


def test_a_token_with_more_scopes_serves():
    store = MemoryTokens()
    store.put(KEY, Token(value="both", scopes=frozenset({"read", "write"})))

    assert TokenCache(store).claim(KEY, READ) == Token(value="both", scopes=frozenset({"read", "write"}))
    assert isinstance(TokenCache(store).claim(KEY, frozenset({"admin"})), Claim)


def test_a_token_is_renewed_a_little_before_its_end():
    assert renewal(1000.0, 3600) == 4570.0
    assert renewal(1000.0, 10) == 1009.0
    assert renewal(1000.0, None) is None


def test_a_store_that_is_given_is_asked_and_told():
    store = MemoryTokens()
    flow = {"tokenUrl": "https://auth.example/token"}
    values = {"s.clientId": "c", "s.clientSecret": "x"}
    converse(
        Credentials(values, store=store).sign(request(oauth(clientCredentials=flow))).conversation,
        answer(access_token="t-1"),
        OK,
    )

    wishes, _ = converse(Credentials(values, store=store).sign(request(oauth(clientCredentials=flow))).conversation, OK)

    assert kinds(wishes) == ["Deliver"]


def test_a_token_that_somebody_else_renewed_is_taken_without_another_request():
    flow = {"tokenUrl": "https://auth.example/token"}
    credentials = Credentials({"s.clientId": "c", "s.clientSecret": "x"})
    asked = request(oauth(clientCredentials=flow))
    converse(credentials.sign(asked).conversation, answer(access_token="t-1"), OK)
    slow = credentials.sign(asked).conversation
    assert slow is not None
    while not isinstance(next(slow), Deliver):
        pass
    converse(credentials.sign(asked).conversation, UNAUTHORIZED, answer(access_token="t-2"), OK)

    wish = slow.send(UNAUTHORIZED)
    while isinstance(wish, Mark):
        wish = next(slow)

    assert isinstance(wish, Resend)
    assert wish.request.headers == (("Authorization", "Bearer t-2"),)


def test_a_token_does_not_show_itself():
    assert "t-secret" not in repr(Token(value="t-secret", refresh_token="r-secret"))
    assert "r-secret" not in repr(Token(value="t-secret", refresh_token="r-secret"))


def test_a_renewal_that_fails_is_told_and_the_401_stands():
    flow = {"tokenUrl": "https://auth.example/token"}
    credentials = Credentials({"s.clientId": "c", "s.clientSecret": "x"})
    asked = request(oauth(clientCredentials=flow))
    converse(credentials.sign(asked).conversation, answer(access_token="t-1"), OK)

    wishes, end = converse(credentials.sign(asked).conversation, UNAUTHORIZED, answer(400, error="invalid_scope"))

    assert end == UNAUTHORIZED
    assert isinstance(wishes[-1], Warn)


# -- the listener ---------------------------------------------------------------------------------------------------


class Stream:
    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        pass


def sign_in(seconds: float = 5.0, redirect_uri: str | None = None) -> SignIn:
    return SignIn(
        scheme="s",
        url="https://auth.example/authorize",
        url_for=lambda uri: uri,
        state="right",
        redirect_uri=redirect_uri,
        seconds=seconds,
    )


def test_only_the_answer_to_the_question_is_heard():
    statuses: list[int] = []

    def visit(uri: str) -> None:
        for query in ("favicon.ico", "?code=evil&state=wrong", "?code=evil", "?code=good&state=right"):
            try:
                with urllib.request.urlopen(uri + query) as response:
                    statuses.append(response.status)
            except urllib.error.HTTPError as error:
                statuses.append(error.code)

    stream: Any = Stream()
    answered = Browser(stream, open=visit).sign_in(sign_in(), threading.Event())

    assert isinstance(answered, str)
    assert answered.endswith("/?code=good&state=right")
    assert statuses[:3] == [404, 404, 404]
    assert "sign in with your browser" in stream.text


def test_who_signs_in_too_late_is_told():
    stream: Any = Stream()

    answered = Browser(stream, open=lambda url: None).sign_in(sign_in(0.3), threading.Event())

    assert isinstance(answered, TransportFailure)
    assert "nobody signed in within 0.3 s at https://auth.example/authorize" in answered.message


def test_waiting_ends_when_nobody_waits_any_more():
    stream: Any = Stream()
    cancelled = threading.Event()
    threading.Timer(0.1, cancelled.set).start()
    began = time.monotonic()

    Browser(stream, open=lambda url: None).sign_in(sign_in(30.0), cancelled)

    assert time.monotonic() - began < 5


@pytest.mark.parametrize("uri", ["https://127.0.0.1/", "http://example.com/", "http://0.0.0.0:1/", "http://[::1]:0/"])
def test_only_this_machine_is_listened_at(uri: str):
    stream: Any = Stream()

    answered = Browser(stream, open=lambda url: None).sign_in(sign_in(redirect_uri=uri), threading.Event())

    assert isinstance(answered, TransportFailure)
    assert "cannot be listened at" in answered.message

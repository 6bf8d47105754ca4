"""What a run may do on the network: redirects, cookies and hosts (decision 16; interface, "Options of a run")."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest
from scripted import Answer, ScriptedServer
from wires import free_port

from arazzo_runner.drivers.policy import AsyncGuardedTransport, GuardedTransport, Policy
from arazzo_runner.drivers.transports import Transport
from arazzo_runner.drivers.transports.bridge import AsyncToSync, SyncToAsync
from arazzo_runner.drivers.transports.httpx_ import HttpxTransport
from arazzo_runner.errors import TransportError
from arazzo_runner.limits import Limits
from arazzo_runner.messages import Request, Response, SecurityRequirement

FOLLOW = Policy(follow_redirects=True)
KEY = SecurityRequirement("key", {"type": "apiKey", "in": "header", "name": "X-My-Access"})


@pytest.fixture
def client() -> Iterator[HttpxTransport]:
    transport = HttpxTransport()
    yield transport
    transport.close()


@pytest.fixture
def other() -> Iterator[ScriptedServer]:
    """A second server: another origin."""
    scripted = ScriptedServer()
    yield scripted
    scripted.close()


@pytest.fixture(params=["blocking", "asyncio"])
def guarded(request: pytest.FixtureRequest, client: HttpxTransport) -> Any:
    """Makes the transport of one run under a policy."""

    def make(policy: Policy) -> Transport:
        if request.param == "blocking":
            return GuardedTransport(client, policy)
        bridge = AsyncToSync(AsyncGuardedTransport(SyncToAsync(client), policy))
        request.addfinalizer(bridge.close)
        return bridge

    return make


def send(transport: Transport, request: Request, *, timeout: float = 5, **limits: Any) -> Response:
    return transport.send(request, timeout=timeout, limits=Limits(**limits))


def to(location: str, status: int = 302) -> Answer:
    return Answer(status, headers={"Location": location})


# -- redirects ------------------------------------------------------------------------------------------------------


def test_a_redirect_is_an_answer_like_any_other(client: HttpxTransport, server: ScriptedServer):
    server.on("GET /a", to("/b"))

    response = send(client, Request("GET", f"{server.url}/a"))

    assert (response.status, response.header("location")) == (302, "/b")
    assert server.lines == ["GET /a"]


@pytest.mark.parametrize(
    ("status", "method", "followed_by", "with_body"),
    [
        (301, "GET", "GET", False),
        (301, "POST", "GET", False),
        (302, "POST", "GET", False),
        (302, "PUT", "PUT", True),
        (302, "HEAD", "HEAD", False),
        (303, "POST", "GET", False),
        (303, "DELETE", "GET", False),
        (303, "HEAD", "HEAD", False),
        (307, "POST", "POST", True),
        (308, "PATCH", "PATCH", True),
    ],
)
def test_the_method_after_a_redirect_is_that_of_rfc_9110(
    guarded: Any, server: ScriptedServer, status: int, method: str, followed_by: str, with_body: bool
):
    server.on(f"{method} /a", to("/b?x=1", status)).on(f"{followed_by} /b", 200)
    body = b"{}" if method not in ("GET", "HEAD", "DELETE") else None
    headers = (("Content-Type", "application/json"), ("X-Keep", "1"))

    response = send(guarded(FOLLOW), Request(method, f"{server.url}/a", headers, body))

    assert response.status == 200
    assert server.lines == [f"{method} /a", f"{followed_by} /b?x=1"]
    assert server.requests[1].body == (b"{}" if with_body else b"")
    assert server.requests[1].headers["x-keep"] == "1"
    assert ("content-type" in server.requests[1].headers) == (with_body or (status in (301, 302) and method != "POST"))


def test_what_is_for_one_server_only_is_not_redirected(guarded: Any, server: ScriptedServer):
    """A token request holds the client's secret in its body."""
    server.on("POST /token", to("/elsewhere", 307))

    response = send(guarded(FOLLOW), Request("POST", f"{server.url}/token", body=b"secret", for_credential=True))

    assert response.status == 307
    assert server.lines == ["POST /token"]


@pytest.mark.parametrize("status", [200, 300, 304, 305])
def test_other_answers_with_a_location_are_not_followed(guarded: Any, server: ScriptedServer, status: int):
    server.on("GET /a", to("/b", status))

    assert send(guarded(FOLLOW), Request("GET", f"{server.url}/a")).status == status
    assert server.lines == ["GET /a"]


def test_a_redirect_without_location_is_the_answer(guarded: Any, server: ScriptedServer):
    server.on("GET /a", Answer(302))

    assert send(guarded(FOLLOW), Request("GET", f"{server.url}/a")).status == 302


def test_credentials_stay_with_their_origin(guarded: Any, server: ScriptedServer, other: ScriptedServer):
    server.on("GET /a", to(f"{other.url}/b"))
    other.on("GET /b", to(f"{server.url}/c"))
    server.on("GET /c", 200)
    headers = (
        ("Authorization", "Bearer x"),
        ("Cookie", "session=1"),
        ("X-Api-Key", "k"),
        ("X-My-Access", "m"),
        ("Accept", "text/x"),
    )

    send(guarded(FOLLOW), Request("GET", f"{server.url}/a", headers, security=((KEY,),)))

    for received in (other.requests[0], server.requests[1]):
        assert not {"authorization", "cookie", "x-api-key", "x-my-access"} & received.headers.keys()
        assert received.headers["accept"] == "text/x"


def test_credentials_go_on_within_their_origin(guarded: Any, server: ScriptedServer):
    server.on("GET /a", to("/b")).on("GET /b", 200)

    send(guarded(FOLLOW), Request("GET", f"{server.url}/a", (("Authorization", "Bearer x"),)))

    assert server.requests[1].headers["authorization"] == "Bearer x"


def test_redirects_are_bounded(guarded: Any, server: ScriptedServer):
    server.on("GET /a", to("/a"))

    with pytest.raises(TransportError) as caught:
        send(guarded(FOLLOW), Request("GET", f"{server.url}/a"), max_redirects=3)

    assert (caught.value.kind, caught.value.phase) == ("redirect", "answered")
    assert "max_redirects" in str(caught.value)
    assert len(server.requests) == 4


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://x/", "http://[bad", "http://h:99999999/", "//"])
def test_a_redirect_to_nowhere_is_refused(guarded: Any, server: ScriptedServer, location: str):
    server.on("GET /a", to(location))

    with pytest.raises(TransportError) as caught:
        send(guarded(FOLLOW), Request("GET", f"{server.url}/a"))

    assert caught.value.phase == "answered"


def test_a_location_is_encoded_where_it_has_to_be_and_loses_its_fragment(guarded: Any, server: ScriptedServer):
    server.on("GET /a", to("/b c/%2F/|?q=a b#part"))

    send(guarded(FOLLOW), Request("GET", f"{server.url}/a"))

    assert server.lines[1] == "GET /b%20c/%2F/|?q=a%20b"


def test_a_server_that_is_gone_after_a_redirect_may_have_done_something(guarded: Any, server: ScriptedServer):
    server.on("POST /a", to(f"http://127.0.0.1:{free_port()}/b", 307))

    with pytest.raises(TransportError) as caught:
        send(guarded(FOLLOW), Request("POST", f"{server.url}/a"))

    assert (caught.value.kind, caught.value.phase) == ("connect", "answered")


def test_the_time_of_a_request_includes_its_redirects(guarded: Any, server: ScriptedServer):
    server.on("GET /a", Answer(302, headers={"Location": "/a"}, delay=0.15))

    started = time.monotonic()
    with pytest.raises(TransportError) as caught:
        send(guarded(FOLLOW), Request("GET", f"{server.url}/a"), timeout=0.4)

    assert caught.value.kind == "timeout"
    assert caught.value.phase != "not_sent"
    assert time.monotonic() - started < 1


# -- cookies --------------------------------------------------------------------------------------------------------


def cookie(text: str) -> Answer:
    return Answer(200, {}, headers={"Set-Cookie": text})


def cookies(server: ScriptedServer) -> list[str | None]:
    return [request.headers.get("cookie") for request in server.requests]


def test_cookies_are_not_carried_on(client: HttpxTransport, server: ScriptedServer):
    server.on("GET /a", cookie("s=1; Path=/"))

    for _ in range(2):
        send(client, Request("GET", f"{server.url}/a"))

    assert cookies(server) == [None, None]


def test_cookies_are_kept_for_a_run_when_asked_for(guarded: Any, server: ScriptedServer):
    server.on("GET /a", cookie("s=1; Path=/"), cookie("s=2; Path=/"))
    run = guarded(Policy(cookies=True))

    for _ in range(3):
        send(run, Request("GET", f"{server.url}/a"))
    send(guarded(Policy(cookies=True)), Request("GET", f"{server.url}/a"))

    assert cookies(server) == [None, "s=1", "s=2", None]


def test_what_a_step_sends_itself_wins_over_a_kept_cookie(guarded: Any, server: ScriptedServer):
    server.on("GET /a", cookie("s=1; Path=/"))
    run = guarded(Policy(cookies=True))
    send(run, Request("GET", f"{server.url}/a"))

    send(run, Request("GET", f"{server.url}/a", (("Cookie", "s=mine"),)))
    send(run, Request("GET", f"{server.url}/a", (("Cookie", "t=2"),)))

    assert cookies(server) == [None, "s=mine", "t=2; s=1"]


@pytest.mark.parametrize("text", ["s=1; Path=/elsewhere", "s=1; Path=/; Max-Age=0", "s=1; Path=/; Secure"])
def test_the_attributes_of_a_cookie_hold(guarded: Any, server: ScriptedServer, text: str):
    server.on("GET /a", cookie(text))
    run = guarded(Policy(cookies=True))

    for _ in range(2):
        send(run, Request("GET", f"{server.url}/a"))

    assert cookies(server) == [None, None]


def test_an_origin_does_not_get_the_cookies_of_another(guarded: Any, server: ScriptedServer, other: ScriptedServer):
    server.on("GET /a", cookie("s=1; Path=/"))
    other.on("GET /a", 200)
    run = guarded(Policy(cookies=True))

    send(run, Request("GET", f"{server.url}/a"))
    send(run, Request("GET", f"{other.url}/a"))

    assert cookies(other) == [None]


def test_a_cookie_set_by_a_redirect_goes_with_the_next_request(guarded: Any, server: ScriptedServer):
    server.on("GET /a", Answer(302, headers={"Location": "/b", "Set-Cookie": "s=1; Path=/"})).on("GET /b", 200)

    send(guarded(Policy(follow_redirects=True, cookies=True)), Request("GET", f"{server.url}/a"))

    assert cookies(server) == [None, "s=1"]


# -- hosts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pattern", ["127.0.0.1", "HOST:PORT"])
def test_an_allowed_host_is_sent_to(guarded: Any, server: ScriptedServer, pattern: str):
    server.on("GET /a", 200)
    pattern = pattern.replace("HOST:PORT", server.url.removeprefix("http://"))

    assert send(guarded(Policy(allow_hosts=("example.com", pattern))), Request("GET", f"{server.url}/a")).status == 200


@pytest.mark.parametrize("pattern", ["example.com", "127.0.0.1:1", "*.0.1.example", "127.0.0.10"])
def test_any_other_host_is_refused_before_a_connection(guarded: Any, server: ScriptedServer, pattern: str):
    with pytest.raises(TransportError) as caught:
        send(guarded(Policy(allow_hosts=(pattern,))), Request("GET", f"{server.url}/a"))

    assert (caught.value.kind, caught.value.phase) == ("policy", "not_sent")
    assert "--allow-host" in str(caught.value)
    assert server.requests == []


def test_a_redirect_to_another_host_is_refused_too(guarded: Any, server: ScriptedServer):
    server.on("GET /a", to("http://example.com/"))
    policy = Policy(allow_hosts=("127.0.0.1",), follow_redirects=True)

    with pytest.raises(TransportError) as caught:
        send(guarded(policy), Request("GET", f"{server.url}/a"))

    assert (caught.value.kind, caught.value.phase) == ("policy", "answered")


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://api.example.com/", True),
        ("http://API.EXAMPLE.com/", True),
        ("http://a.b.example.com:81/", True),
        ("http://example.com/", False),
        ("http://badexample.com/", False),
        ("http://example.com.evil.org/", False),
        ("http://evil.org/?.example.com", False),
        ("http://evil.org#.example.com", False),
        ("http://evil.org\\.example.com/", False),
    ],
)
def test_a_star_stands_for_the_domains_below(url: str, allowed: bool):
    class Deaf:
        def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
            return Response(200)

        def close(self) -> None:
            pass

    guarded = GuardedTransport(Deaf(), Policy(allow_hosts=("*.example.com",)))

    try:
        result = send(guarded, Request("GET", url)).status == 200
    except TransportError:
        result = False
    assert result is allowed


def test_an_asynchronous_transport_is_closed_with_its_guard():
    closed = []

    class Inner:
        async def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
            return Response(200)

        async def aclose(self) -> None:
            closed.append(True)

    asyncio.run(AsyncGuardedTransport(Inner(), FOLLOW).aclose())

    assert closed == [True]

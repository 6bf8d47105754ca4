"""The rules carried out on every request of a run, redirects included (docs/policy.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from raw_server import RawServer, answer

from arazzo_runner.drivers.policy import AsyncGuardedTransport, GuardedTransport, Policy, carries_credential
from arazzo_runner.drivers.transports import Supports, Transport
from arazzo_runner.drivers.transports.bridge import AsyncToSync, SyncToAsync
from arazzo_runner.errors import TransportError
from arazzo_runner.limits import Limits
from arazzo_runner.messages import Request, Response, SecurityRequirement
from arazzo_runner.policy import Reach

Serve = Callable[..., RawServer]
Make = Callable[..., Transport]
KEY = SecurityRequirement("key", {"type": "apiKey", "in": "header", "name": "X-My-Access"})
QUERY_KEY = SecurityRequirement("key", {"type": "apiKey", "in": "query", "name": "api key"})
COOKIE_KEY = SecurityRequirement("key", {"type": "apiKey", "in": "cookie", "name": "sid"})
BEARER = SecurityRequirement("token", {"type": "http", "scheme": "bearer"})


class Deaf:
    """Sends nothing and remembers everything."""

    def __init__(self, supports: Supports | None = None) -> None:
        self.supports = supports or Supports()
        self.sent: list[tuple[Request, Reach | None]] = []

    def send(self, request: Request, *, timeout: float, limits: Limits, reach: Reach | None = None) -> Response:
        self.sent.append((request, reach))
        return Response(200)

    def close(self) -> None:
        pass


@pytest.fixture(params=["blocking", "asyncio"])
def guarded(request: pytest.FixtureRequest) -> Any:
    """Puts a policy before a transport."""

    def make(inner: Transport, policy: Policy) -> Transport:
        if request.param == "blocking":
            return GuardedTransport(inner, policy)
        bridge = AsyncToSync(AsyncGuardedTransport(SyncToAsync(inner), policy))
        request.addfinalizer(bridge.close)
        return bridge

    return make


def send(transport: Transport, method: str, url: str, *headers: tuple[str, str], **more: Any) -> Response:
    return transport.send(Request(method, url, headers, **more), timeout=5, limits=Limits())


def test_a_method_that_is_refused_is_named_and_not_sent(guarded: Any):
    inner = Deaf()

    with pytest.raises(TransportError, match="DELETE is not sent: --read-only") as caught:
        send(guarded(inner, Policy(read_only=True)), "DELETE", "https://a.example/")

    assert (caught.value.kind, caught.value.phase) == ("policy", "not_sent")
    assert inner.sent == []


@pytest.mark.parametrize(
    ("url", "headers", "more"),
    [
        ("http://a.example/", [("Authorization", "Basic x")], {}),
        ("http://a.example/", [("X-MY-ACCESS", "k")], {"security": ((KEY,),)}),
        ("http://a.example/?api%20key=1", [], {"security": ((BEARER,), (QUERY_KEY,))}),
        ("http://a.example/", [("Cookie", "a=1; sid=2")], {"security": ((COOKIE_KEY,),)}),
    ],
)
def test_a_credential_is_not_sent_without_tls(guarded: Any, url: str, headers: Any, more: Any):
    inner = Deaf()

    with pytest.raises(TransportError, match=r"a\.example over http, without TLS \(--allow-http allows it\)") as caught:
        send(guarded(inner, Policy()), "GET", url, *headers, **more)
    send(guarded(inner, Policy(allow_http=True)), "GET", url, *headers, **more)
    send(guarded(inner, Policy()), "GET", url.replace("http:", "https:"), *headers, **more)

    assert caught.value.phase == "not_sent"
    assert len(inner.sent) == 2


@pytest.mark.parametrize("security", [((KEY,),), ((QUERY_KEY,),), ((COOKIE_KEY,),), ((BEARER,),), ()])
def test_a_request_without_its_credential_carries_none(security: Any):
    assert not carries_credential(Request("GET", "http://a.example/?x=1", (("Cookie", "a=1"),), security=security))


def test_a_transport_that_checks_addresses_is_told_which(guarded: Any):
    inner = Deaf(Supports(addresses=True))
    run = guarded(inner, Policy())

    send(run, "GET", "https://a.example/")
    send(run, "GET", "https://a.example/", remote=True)

    reaches = [reach for _, reach in inner.sent]
    assert [reach.private if reach else None for reach in reaches] == [True, False]


def test_a_transport_that_does_not_is_asked_as_ever(guarded: Any):
    class Plain:
        def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
            return Response(200)

        def close(self) -> None:
            pass

    assert send(guarded(Plain(), Policy()), "GET", "https://a.example/", remote=True).status == 200
    with pytest.raises(TransportError, match="a private host"):
        send(guarded(Plain(), Policy()), "GET", "http://localhost/", remote=True)


def test_within_the_process_only_hosts_and_methods_count(guarded: Any):
    inner = Deaf(Supports(network=False))
    run = guarded(inner, Policy(deny_private=True, default_hosts=("testserver",), read_only=True))

    assert send(run, "GET", "http://testserver/", ("Authorization", "x"), remote=True).status == 200
    for method, url in (("GET", "http://other/"), ("POST", "http://testserver/")):
        with pytest.raises(TransportError):
            send(run, method, url)


# -- redirects, over every transport --------------------------------------------------------------------------------


def to(url: str, status: str = "302 Found") -> bytes:
    return answer(b"", status, Location=url)


def test_a_redirect_to_another_host_needs_that_host_to_be_allowed(transport: Transport, serve: Serve, guarded: Any):
    second = serve(answer(b"second"), host="127.0.0.2")
    first = serve(to(f"{second.origin}/b"))
    policies = [
        Policy(follow_redirects=True, default_hosts=("127.0.0.1",)),
        Policy(follow_redirects=True, allow_hosts=("127.0.0.1",)),
        Policy(follow_redirects=True, within_hosts=("127.0.0.1",)),
    ]

    for policy in policies:
        with pytest.raises(TransportError, match=r"--allow-host 127\.0\.0\.2:\d+ allows it") as caught:
            send(guarded(transport, policy), "GET", f"{first.origin}/a", ("Authorization", "Bearer x"))
        assert (caught.value.kind, caught.value.phase) == ("policy", "answered")
    assert second.connections == 0
    both = Policy(follow_redirects=True, allow_hosts=("127.0.0.1", "127.0.0.2"))
    assert send(guarded(transport, both), "GET", first.origin, ("Authorization", "Bearer x")).body == b"second"
    assert "authorization" not in second.headers()


def test_an_answer_does_not_name_a_private_host(transport: Transport, serve: Serve, guarded: Any):
    """A local document may name private hosts, the server that it names may not send it to others."""
    second = serve(answer(), host="127.0.0.2")
    first = serve(to(f"{second.origin}/b"))

    with pytest.raises(TransportError, match=r"127\.0\.0\.2 is a private address, and only what came by URL") as caught:
        send(guarded(transport, Policy(follow_redirects=True)), "GET", first.origin)

    assert caught.value.phase == "answered"
    assert second.connections == 0


def test_an_answer_does_not_lead_to_a_metadata_service(transport: Transport, serve: Serve, guarded: Any):
    first = serve(to("http://169.254.169.254/latest/meta-data/"))

    with pytest.raises(TransportError, match="link-local or metadata"):
        send(guarded(transport, Policy(follow_redirects=True, default_hosts=())), "GET", first.origin)


def test_a_redirect_may_change_the_method_to_one_that_only_reads(transport: Transport, serve: Serve, guarded: Any):
    first = serve(to("/b", "303 See Other"))

    with pytest.raises(TransportError, match="GET is not sent") as caught:
        send(guarded(transport, Policy(follow_redirects=True, methods=("POST",))), "POST", first.origin, body=b"x")

    assert caught.value.phase == "answered"
    assert len(first.requests) == 1


def test_endless_redirects_end(transport: Transport, serve: Serve, guarded: Any):
    first = serve(to("/again"))

    with pytest.raises(TransportError, match="more than 10 redirects") as caught:
        send(guarded(transport, Policy(follow_redirects=True)), "GET", first.origin)

    assert (caught.value.kind, caught.value.hint) == ("redirect", "Limits(max_redirects=...)")
    assert len(first.requests) == 11

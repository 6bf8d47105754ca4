"""Connections go to addresses that were checked, whatever a name leads to the next time (docs/policy.md)."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from ipaddress import ip_address

import pytest
from raw_server import Certificate, RawServer, answer

from arazzo_runner.drivers.policy import GuardedTransport, Policy
from arazzo_runner.drivers.transports import Transport
from arazzo_runner.drivers.transports.httpx_ import HttpxTransport
from arazzo_runner.errors import TransportError
from arazzo_runner.limits import Limits
from arazzo_runner.messages import Request, Response
from arazzo_runner.policy import Reach

Serve = Callable[..., RawServer]
Make = Callable[..., Transport]
PUBLIC = Reach(private=False, why="only what came by URL names it")
NAMED = Reach(private=False, named=frozenset({ip_address("127.0.0.1")}), why="it is not named")


class Resolver:
    """Answers with one list of addresses after the other, the last one again and again."""

    def __init__(self, *answers: Sequence[str], delay: float = 0) -> None:
        self.asked: list[str] = []
        self._answers = list(answers)
        self._delay = delay

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        time.sleep(self._delay)
        found = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return found


def send(transport: Transport, url: str, reach: Reach | None = None, timeout: float = 5, **limits: float) -> Response:
    more = {} if reach is None else {"reach": reach}
    return transport.send(Request("GET", url), timeout=timeout, limits=Limits(**limits), **more)  # type: ignore[arg-type]


def refusal(transport: Transport, url: str, reach: Reach, **more: float) -> TransportError:
    with pytest.raises(TransportError) as caught:
        send(transport, url, reach, **more)
    return caught.value


def test_a_name_is_resolved_once_and_stays_the_name_of_the_host(make_ours: Make, serve: Serve):
    server, resolver = serve(answer()), Resolver(["127.0.0.1"])

    send(make_ours(resolve=resolver), f"http://Pinned.test:{server.port}/a", Reach())

    assert server.line() == "GET /a HTTP/1.1"
    assert server.headers()["host"].lower() == f"pinned.test:{server.port}"
    assert resolver.asked == ["pinned.test"]


def test_a_private_address_behind_a_public_name_is_not_connected_to(make_ours: Make, serve: Serve):
    server, resolver = serve(answer()), Resolver(["127.0.0.1"])

    error = refusal(make_ours(resolve=resolver), f"http://public.example:{server.port}/", PUBLIC)

    assert (error.kind, error.phase) == ("policy", "not_sent")
    assert error.message == "public.example is 127.0.0.1, a private address, and only what came by URL names it"
    assert error.hint == "--allow-host public.example allows it"
    assert server.connections == 0


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "fd00:ec2::254", "::ffff:169.254.169.254"])
def test_a_link_local_address_is_not_connected_to(make_ours: Make, address: str):
    error = refusal(make_ours(resolve=Resolver([address])), "http://public.example/", Reach())

    assert error.kind == "policy"
    assert "a link-local or metadata address" in error.message


def test_a_name_that_leads_elsewhere_the_second_time_does_not_lead_there(make_ours: Make, serve: Serve):
    good = serve(lambda connection, raw: connection.sendall(answer(Connection="close")))
    inside = serve(answer(b"inside"), host="127.0.0.2", port=good.port)
    transport = make_ours(resolve=Resolver(["127.0.0.1"], ["127.0.0.2"]))
    url = f"http://rebinding.example:{good.port}/"

    assert send(transport, url, NAMED).body == b"ok"
    time.sleep(0.05)
    try:
        assert send(transport, url, NAMED).body == b"ok"
    except TransportError as error:
        assert error.kind == "policy"  # noqa: PT017

    assert inside.connections == 0


def test_what_was_checked_is_what_is_connected_to(make_ours: Make, serve: Serve):
    """A resolver that answers differently the second time is not asked a second time."""
    good = serve(answer())
    inside = serve(answer(b"inside"), host="127.0.0.2", port=good.port)
    resolver = Resolver(["127.0.0.1"], ["127.0.0.2"])

    response = send(make_ours(resolve=resolver), f"http://rebinding.example:{good.port}/", NAMED)

    assert response.body == b"ok"
    assert len(resolver.asked) == 1
    assert inside.connections == 0


def test_connections_are_not_shared_with_those_who_may_not_go_there(make_ours: Make, serve: Serve):
    server = serve(answer())
    transport = make_ours(resolve=Resolver(["127.0.0.1"]))
    url = f"http://shared.example:{server.port}/"
    send(transport, url, Reach())

    assert refusal(transport, url, PUBLIC).kind == "policy"
    assert len(server.requests) == 1


def test_of_several_addresses_one_that_answers_is_taken(make_ours: Make, serve: Serve):
    server = serve(answer())
    transport = make_ours(resolve=Resolver(["127.0.0.3", "127.0.0.1"]))

    for _ in range(2):
        assert send(transport, f"http://two.example:{server.port}/", Reach()).status == 200


def test_of_several_addresses_those_that_are_refused_are_left_out(make_ours: Make, serve: Serve):
    server = serve(answer())
    transport = make_ours(resolve=Resolver(["169.254.169.254", "127.0.0.1"]))

    assert send(transport, f"http://two.example:{server.port}/", Reach(), timeout=2).status == 200


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "127%2e0.0.1", "１２７.0.0.1"])
def test_no_spelling_of_an_address_gets_around(make_ours: Make, serve: Serve, host: str):
    server = serve(answer())
    guarded = GuardedTransport(make_ours(), Policy())

    for reach in (PUBLIC, Reach(private=False)):
        with pytest.raises(TransportError):
            make_ours().send(
                Request("GET", f"http://{host}:{server.port}/"), timeout=2, limits=Limits(), reach=reach  # type: ignore[call-arg]
            )  # fmt: skip
    with pytest.raises(TransportError) as caught:
        guarded.send(Request("GET", f"http://{host}:{server.port}/", remote=True), timeout=2, limits=Limits())

    assert caught.value.kind == "policy"
    assert server.connections == 0


def test_a_name_nobody_knows_is_an_error_of_dns(make_ours: Make):
    error = refusal(make_ours(resolve=Resolver([])), "http://unknown.example/", Reach())

    assert (error.kind, error.phase) == ("dns", "not_sent")
    assert error.message == "the host of http://unknown.example is not known"


def test_a_resolver_has_the_time_of_a_connection(make_ours: Make):
    started = time.monotonic()

    error = refusal(
        make_ours(resolve=Resolver(["127.0.0.1"], delay=0.8)), "http://slow.example/", Reach(), connect_timeout=0.2
    )

    assert time.monotonic() - started < 0.7
    assert (error.kind, error.phase) == ("timeout", "not_sent")


def test_the_certificate_is_that_of_the_name(
    make_ours: Make, serve: Serve, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    server = serve(answer(), certificate.server())
    transport = make_ours(resolve=Resolver(["127.0.0.1"]))

    assert send(transport, server.origin, Reach()).status == 200
    error = refusal(transport, f"https://other.example:{server.port}/", Reach())

    assert error.kind == "tls"


def test_a_proxy_is_given_the_name(make_ours: Make, serve: Serve):
    proxy = serve(answer(b"by proxy"))
    resolver = Resolver(["127.0.0.1"])

    response = send(make_ours(proxy=proxy.origin, resolve=resolver), "http://inside.example/x", PUBLIC)

    assert response.body == b"by proxy"
    assert proxy.line() == "GET http://inside.example/x HTTP/1.1"
    assert resolver.asked == []


def test_a_refusal_by_name_on_the_way_through_a_proxy_says_so(make_ours: Make, serve: Serve):
    proxy = serve(answer())
    guarded = GuardedTransport(make_ours(proxy=proxy.origin), Policy())

    with pytest.raises(TransportError, match="through a proxy its address cannot be checked"):
        guarded.send(Request("GET", "http://nas.local/", remote=True), timeout=2, limits=Limits())

    assert proxy.requests == []


def test_an_ipv6_host_is_reached(make_ours: Make, serve: Serve):
    try:
        server = serve(answer(), host="::1")
    except OSError:
        pytest.skip("no IPv6 here")

    assert send(make_ours(), server.origin, Reach()).status == 200
    assert refusal(make_ours(), server.origin, PUBLIC).kind == "policy"
    assert len(server.requests) == 1


def test_a_client_that_cannot_be_made_to_check_is_not_used_unchecked(serve: Serve, monkeypatch: pytest.MonkeyPatch):
    import httpx

    class Opaque(httpx.HTTPTransport):
        @property
        def _pool(self):  # type: ignore[no-untyped-def]
            return None

        @_pool.setter
        def _pool(self, pool) -> None:  # type: ignore[no-untyped-def]
            pass

    server = serve(answer())
    monkeypatch.setattr(httpx, "HTTPTransport", Opaque)

    error = refusal(HttpxTransport(), server.origin, Reach())

    assert error.message == "addresses cannot be checked with this version of httpx"
    assert server.connections == 0

"""Connections that end between requests, and waits that are ended from outside, for every transport."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from wires import Wire, answer

from arazzo_runner import __version__
from arazzo_runner.drivers.transports import Transport
from arazzo_runner.errors import TransportError
from arazzo_runner.limits import Limits
from arazzo_runner.messages import Request, Response

LIMITS = Limits()


@pytest.fixture
def hanging_up() -> Iterator[Wire]:
    """A server that promises to keep its connections and closes them a little later."""
    wire = Wire(answer(b"x"), hang_up=0.05)
    yield wire
    wire.close()


def send(transport: Transport, request: Request, timeout: float = 5) -> Response:
    return transport.send(request, timeout=timeout, limits=LIMITS)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_connection_the_server_has_closed_meanwhile_fails_no_request(
    transport: Transport, hanging_up: Wire, method: str
):
    body = b"{}" if method == "POST" else None

    for _ in range(3):
        assert send(transport, Request(method, f"{hanging_up.url}/a", body=body)).body == b"x"
        time.sleep(0.15)

    assert len(hanging_up.requests) == 3
    assert hanging_up.connections == 3


def test_a_request_that_may_have_arrived_is_never_sent_again(transport: Transport):
    wire = Wire(answer(b"x"), b"", answer(b"y"), keep_alive=True)
    half = Wire(answer(b"x"), b"HTTP/1.1 200 OK\r\n", hang_up=0)
    try:
        send(transport, Request("POST", f"{wire.url}/a", body=b"1"))
        with pytest.raises(TransportError) as silent:
            send(transport, Request("POST", f"{wire.url}/a", body=b"2"), timeout=0.3)
        send(transport, Request("POST", f"{half.url}/a", body=b"1"))
        time.sleep(0.1)
        with pytest.raises(TransportError) as broken:
            send(transport, Request("POST", f"{half.url}/a", body=b"2"))
    finally:
        wire.close()
        half.close()

    assert silent.value.phase == broken.value.phase == "maybe_sent"
    assert [wire.body(i) for i in range(len(wire.requests))] == [b"1", b"2"]
    assert [half.body(i) for i in range(len(half.requests))] == [b"1", b"2"]


def test_closing_our_own_transport_ends_what_waits(ours: Transport):
    """How Ctrl-C ends a wait outside of Python (cli/interrupt.py); a client within Python may wait on."""
    wire = Wire([5.0], keep_alive=True)
    timer = threading.Timer(0.2, ours.close)
    timer.start()
    try:
        with pytest.raises(TransportError):
            send(ours, Request("GET", f"{wire.url}/a"), timeout=1)
    finally:
        timer.join()
        wire.close()


def test_the_user_agent_is_ours(ours: Transport):
    wire = Wire(keep_alive=True)
    try:
        send(ours, Request("GET", f"{wire.url}/a"))
        send(ours, Request("GET", f"{wire.url}/a", (("User-Agent", "mine"),)))
    finally:
        wire.close()

    sent = [[v for n, v in wire.headers(i) if n == "user-agent"] for i in range(2)]
    assert sent == [[f"arazzo-run/{__version__}"], ["mine"]]


@pytest.mark.parametrize("url", ["http://evil.org\\.example.com/", "http://user:pass@h/", "http://h:port/"])
def test_a_host_that_clients_read_differently_is_refused(transport: Transport, url: str):
    with pytest.raises(TransportError) as caught:
        send(transport, Request("GET", url))

    assert caught.value.phase == "not_sent"

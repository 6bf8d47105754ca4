"""The scripted server: what clients get, and what it keeps of them."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from conformance.harness.conversation import UNEXPECTED, Conversation
from conformance.harness.scenario import Scenario
from conformance.harness.witness import Witness


@pytest.fixture
def witness() -> Iterator[Witness]:
    with Witness() as server:
        yield server


def script(witness: Witness, **response: object) -> Conversation:
    """One exchange, `POST /pets`."""
    exchange = {"request": {"method": "POST", "path": "/pets"}, "response": response}
    scenario = Scenario("a/b", "1.0.1", {"exchanges": [exchange], "level": "required"})
    witness.conversation = Conversation(scenario)
    return witness.conversation


def send(witness: Witness, method: str = "POST", body: object = None, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(urlsplit(witness.place.origin).netloc, timeout=10)
    connection.request(method, "/pets?a=%2f", body, headers, encode_chunked="Transfer-Encoding" in headers)  # type: ignore[arg-type]
    response = connection.getresponse()
    connection.close()
    return response


def test_an_answer_is_given_as_written(witness: Witness) -> None:
    script(witness, status=201, headers={"X-Tag": ["a", "b"]}, body={"ok": True})

    response = send(witness)

    assert response.status == 201
    assert response.headers.get_all("X-Tag") == ["a", "b"]
    assert response.headers["Content-Type"] == "application/json"
    assert response.read() == b'{"ok": true}'


def test_what_arrives_is_kept_as_it_stands_on_the_wire(witness: Witness) -> None:
    conversation = script(witness, status=204)

    send(witness, body=b"x=1")

    (seen,) = conversation.seen
    assert (seen.received.method, seen.received.target, seen.received.body) == ("POST", "/pets?a=%2f", b"x=1")


def test_a_chunked_body_is_put_together(witness: Witness) -> None:
    conversation = script(witness, status=204)

    send(witness, body=iter([b"ab", b"c"]), **{"Transfer-Encoding": "chunked"})

    assert conversation.seen[0].received.body == b"abc"


def test_a_request_too_many_is_answered_599(witness: Witness) -> None:
    script(witness, status=204)
    send(witness)

    assert send(witness).status == UNEXPECTED


def test_a_dropped_connection_has_no_answer(witness: Witness) -> None:
    script(witness, drop=True)

    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        send(witness)


def test_an_answer_waits_for_its_delay(witness: Witness) -> None:
    script(witness, status=204, delay=0.2)
    started = time.monotonic()

    send(witness)

    assert time.monotonic() - started >= 0.2


def test_nobody_listens_at_the_address_that_is_down(witness: Witness) -> None:
    connection = http.client.HTTPConnection(urlsplit(witness.place.down).netloc, timeout=10)

    with pytest.raises(ConnectionRefusedError):
        connection.request("GET", "/")


def test_a_witness_that_is_closed_does_not_wait_for_answers_that_are_due() -> None:
    with Witness() as server:
        script(server, status=204, delay=20)
        connection = http.client.HTTPConnection(urlsplit(server.place.origin).netloc, timeout=10)
        connection.request("POST", "/pets")
        started = time.monotonic()
    connection.close()

    assert time.monotonic() - started < 5

"""No answer: every error of every client becomes ours, with what is known of the request's fate."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator

import pytest
from raw_server import Certificate, RawServer, answer, drips, is_silent, says

from arazzo_runner.drivers.transports import Transport
from arazzo_runner.errors import TransportError
from arazzo_runner.limits import Limits
from arazzo_runner.messages import Request

Serve = Callable[..., RawServer]
Make = Callable[..., Transport]


def failure(transport: Transport, url: str, timeout: float = 5, limits: Limits | None = None) -> TransportError:
    with pytest.raises(TransportError) as caught:
        transport.send(Request("GET", url), timeout=timeout, limits=limits or Limits())
    return caught.value


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def full_port() -> Iterator[int]:
    """A port whose queue is full: connecting neither succeeds nor fails."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
        yield int(listener.getsockname()[1])
        for one in waiting:
            one.close()


@pytest.mark.requirement("step.transport-error")
def test_a_refused_connection_names_the_server_and_was_not_sent(transport: Transport, closed_port: int):
    error = failure(transport, f"http://127.0.0.1:{closed_port}/secret?token=1")

    assert error.message == f"connection refused by http://127.0.0.1:{closed_port}"
    assert (error.kind, error.phase) == ("connect", "not_sent")


def test_an_unknown_host_is_an_error_of_dns(transport: Transport):
    error = failure(transport, "http://no-such-host.invalid/")

    assert error.message == "the host of http://no-such-host.invalid is not known"
    assert (error.kind, error.phase) == ("dns", "not_sent")


def test_a_connection_that_does_not_come_about_in_time_was_not_sent(transport: Transport, full_port: int):
    error = failure(transport, f"http://127.0.0.1:{full_port}/", limits=Limits(connect_timeout=0.2))

    assert error.message == f"no connection to http://127.0.0.1:{full_port} within 0.2 s"
    assert (error.kind, error.phase) == ("timeout", "not_sent")


def test_silence_is_a_timeout_and_the_request_may_have_been_received(transport: Transport, serve: Serve):
    server = serve(is_silent)
    started = time.monotonic()

    error = failure(transport, server.origin, timeout=0.2)

    assert time.monotonic() - started < 0.6
    assert error.message == f"no answer from {server.origin} within 0.2 s"
    assert (error.kind, error.phase) == ("timeout", "maybe_sent")


@pytest.mark.parametrize(
    "head",
    [b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1."],
    ids=["body", "header", "status"],
)
def test_the_time_is_a_total_however_slowly_the_answer_drips(ours: Transport, serve: Serve, head: bytes):
    server = serve(drips(head))
    started = time.monotonic()

    error = failure(ours, server.origin, timeout=0.2)

    assert time.monotonic() - started < 0.6
    assert (error.kind, error.phase) == ("timeout", "maybe_sent")


def test_the_time_is_a_total_for_the_body_with_a_client_that_is_given(transport: Transport, serve: Serve):
    server = serve(drips(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"))
    started = time.monotonic()

    error = failure(transport, server.origin, timeout=0.2)

    assert time.monotonic() - started < 1.2
    assert error.kind == "timeout"


def test_a_request_after_a_timeout_is_not_answered_by_the_late_answer(transport: Transport, serve: Serve):
    def slow_once(connection: socket.socket, raw: bytes) -> None:
        if raw.startswith(b"GET /slow"):
            time.sleep(0.3)
        connection.sendall(answer(raw.split(b" ")[1]))

    server = serve(slow_once)
    failure(transport, f"{server.origin}/slow", timeout=0.15)

    response = transport.send(Request("GET", f"{server.origin}/quick"), timeout=5, limits=Limits())

    assert response.body == b"/quick"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "closed the connection without an answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "closed the connection in the middle of its answer"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "in the middle of its answer"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "did not answer in HTTP"),
    ],
    ids=["nothing", "short body", "short chunk", "not HTTP"],
)
def test_an_answer_that_breaks_off_may_have_been_received(transport: Transport, serve: Serve, data: bytes, words: str):
    server = serve(says(data, close=True))

    error = failure(transport, server.origin)

    assert error.message.startswith(server.origin)
    assert words in error.message
    assert (error.kind, error.phase) == ("protocol", "maybe_sent")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://example.com/x", "is not an http(s) URL"),
        ("file:///etc/passwd", "is not an http(s) URL"),
        ("/pets", "is not an http(s) URL"),
        ("http:///pets", "is not an http(s) URL"),
        ("http://example.com/a b", "is not an http(s) URL"),
        ("http://example.com/\r\nX: 1", "is not an http(s) URL"),
        ("http://user:hunter2@example.com/", "holds a user name or password"),
        ("http://[::1/", "http://[::1/"),
        ("http://evil.example\\.good.example/", "is not an http(s) URL"),
        ("http://localhost:99999/", "localhost:99999"),
    ],
)
def test_what_is_no_url_is_refused_and_not_sent(transport: Transport, url: str, words: str):
    error = failure(transport, url)

    assert words in error.message
    assert "hunter2" not in str(error)
    assert error.phase == "not_sent"


@pytest.mark.parametrize("header", [("X-A", "1\r\nX-B: 2"), ("X-A", "1\n"), ("X A", "1"), ("", "1"), ("X-A", "\0")])
def test_a_header_that_would_break_the_message_is_refused(transport: Transport, serve: Serve, header: tuple[str, str]):
    server = serve(answer())

    with pytest.raises(TransportError) as caught:
        transport.send(Request("GET", server.origin, (header,)), timeout=5, limits=Limits())

    assert caught.value.phase == "not_sent"
    assert server.requests == []


def test_a_certificate_nobody_vouches_for_is_refused_with_a_hint(
    transport: Transport, serve: Serve, certificate: Certificate
):
    server = serve(answer(), certificate.server())

    error = failure(transport, server.origin)

    assert error.message.startswith(f"TLS with {server.origin} failed: ")
    assert "certificate" in error.message
    assert error.hint == "SSL_CERT_FILE=FILE trusts another CA, --insecure checks nothing"
    assert (error.kind, error.phase) == ("tls", "not_sent")
    assert server.requests == []


def test_insecure_checks_no_certificate(make: Make, serve: Serve, certificate: Certificate):
    server = serve(answer(), certificate.server())

    response = make(insecure=True).send(Request("GET", server.origin), timeout=5, limits=Limits())

    assert response.body == b"ok"


def test_another_authority_can_be_trusted(
    make: Make, serve: Serve, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    server = serve(answer(), certificate.server())

    response = make().send(Request("GET", server.origin), timeout=5, limits=Limits())

    assert response.body == b"ok"


def test_a_client_certificate_is_shown(make_ours: Make, serve: Serve, certificate: Certificate):
    server = serve(answer(), certificate.server(client=certificate.file))
    transport = make_ours(insecure=True, cert=(str(certificate.file), str(certificate.key)))

    response = transport.send(Request("GET", server.origin), timeout=5, limits=Limits())

    assert response.body == b"ok"


def test_https_to_a_server_that_speaks_http_fails_in_tls(transport: Transport, serve: Serve):
    server = serve(answer())

    error = failure(transport, server.origin.replace("http:", "https:"))

    assert (error.kind, error.phase) == ("tls", "not_sent")


def test_a_proxy_is_used_for_every_request(make_ours: Make, serve: Serve):
    proxy = serve(answer(b"from the proxy"))

    response = make_ours(proxy=proxy.origin).send(Request("GET", "http://api.invalid/x"), timeout=5, limits=Limits())

    assert response.body == b"from the proxy"
    assert proxy.line() == "GET http://api.invalid/x HTTP/1.1"


def test_a_proxy_that_is_not_there_is_a_failed_connection(make_ours: Make, closed_port: int):
    transport = make_ours(proxy=f"http://127.0.0.1:{closed_port}")

    error = failure(transport, "http://api.invalid/x")

    assert (error.kind, error.phase) == ("connect", "not_sent")


def test_the_environment_names_proxies_and_exceptions(make_ours: Make, serve: Serve, monkeypatch: pytest.MonkeyPatch):
    proxy, direct = serve(answer(b"proxy")), serve(answer(b"direct"))
    monkeypatch.setenv("http_proxy", proxy.origin)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    transport = make_ours()

    bodies = [
        transport.send(Request("GET", url), timeout=5, limits=Limits()).body
        for url in (f"{direct.origin}/", "http://api.invalid/")
    ]

    assert bodies == [b"direct", b"proxy"]


def test_a_closed_transport_can_be_used_again(ours: Transport, serve: Serve):
    server = serve(answer())
    ours.send(Request("GET", server.origin), timeout=5, limits=Limits())

    ours.close()

    if type(ours).__name__ != "AsyncToSync":
        assert ours.send(Request("GET", server.origin), timeout=5, limits=Limits()).body == b"ok"
    else:
        assert failure(ours, server.origin).kind == "closed"

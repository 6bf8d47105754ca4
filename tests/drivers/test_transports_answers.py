"""Every transport sends the request as it is and gives the answer as it is."""

from __future__ import annotations

import gzip
import socket
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from raw_server import RawServer, answer

from arazzo_runner.drivers.transports import Transport
from arazzo_runner.errors import TransportError
from arazzo_runner.limits import Limits
from arazzo_runner.messages import Request, Response

Serve = Callable[..., RawServer]
LIMITS = Limits()
TARGETS = [
    "/a%2Fb%3F%23/c",
    "/a|b[0];x,y+z'(1)*!~@:$&=",
    "/%2E%2E/%2e/x",
    "/a/../b/./c",
    "//double//slashes/",
    "/?",
    "/p?q=a+b%20c%2F&empty=&flag",
    "/p?q='x'|[y]{z}^`",
    "/p?a=1?b=2/c",
    "/p%zz",
    "/%E2%82%AC?%E2%82%AC=%E2%82%AC",
]


def send(transport: Transport, url: str, method: str = "GET", **more: object) -> Response:
    return transport.send(Request(method, url, **more), timeout=5, limits=LIMITS)  # type: ignore[arg-type]


@pytest.mark.parametrize("target", TARGETS)
def test_an_encoded_url_reaches_the_wire_unchanged(ours: Transport, serve: Serve, target: str):
    server = serve(answer())

    response = send(ours, server.origin + target)

    assert server.line() == f"GET {target} HTTP/1.1"
    assert response.url == server.origin + target


@pytest.mark.parametrize("target", [t for t in TARGETS if not set(t) & set("{}^`")])
def test_a_client_that_is_given_sends_it_unchanged_too(transport: Transport, serve: Serve, target: str):
    server = serve(answer())

    send(transport, server.origin + target)

    assert server.line() == f"GET {target} HTTP/1.1"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"])
def test_method_headers_and_body_arrive(transport: Transport, serve: Serve, method: str):
    server = serve(answer())

    send(transport, server.origin, method, headers=(("X-Key", "é"), ("Content-Type", "text/x")), body=b"\0\xff")

    assert server.line() == f"{method} / HTTP/1.1"
    assert server.headers()["x-key"] == "é"
    assert server.headers()["content-type"] == "text/x"
    assert server.body() == b"\0\xff"


@pytest.mark.parametrize("body", [None, b""])
def test_a_post_without_a_body_says_that_it_has_none(transport: Transport, serve: Serve, body: bytes | None):
    server = serve(answer())

    send(transport, server.origin, "POST", body=body)

    assert server.headers()["content-length"] == "0"
    assert "content-type" not in server.headers()


def test_only_a_few_headers_are_added_and_the_requests_own_win(transport: Transport, serve: Serve):
    server = serve(answer())

    send(transport, server.origin)
    send(transport, server.origin, headers=(("user-agent", "me"), ("ACCEPT", "a/b")))

    assert set(server.headers(0)) <= {"host", "accept", "accept-encoding", "user-agent", "connection"}
    assert server.headers(0)["accept-encoding"] == "gzip, deflate"
    assert server.headers(0)["user-agent"].startswith("arazzo-run/")
    assert (server.headers(1)["user-agent"], server.headers(1)["accept"]) == ("me", "a/b")


def test_the_answer_is_given_as_it_came(transport: Transport, serve: Serve):
    server = serve(answer(b"\x00{}", "418 Short and Stout", X_One="1", Set_Cookie="a=1; Path=/"))

    response = send(transport, server.origin)

    assert (response.status, response.body) == (418, b"\x00{}")
    assert response.header("x-one") == "1"
    assert response.header("set-cookie") == "a=1; Path=/"
    assert response.http_version == "HTTP/1.1"


def test_repeated_headers_are_kept_apart_in_order(transport: Transport, serve: Serve):
    server = serve(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2, c\r\nContent-Length: 0\r\n\r\n")

    response = send(transport, server.origin)

    assert [v for n, v in response.headers if n.lower() == "set-cookie"] == ["a=1", "b=2, c"]


def test_header_text_is_utf_8(transport: Transport, serve: Serve, request: pytest.FixtureRequest):
    """pyreqwest gives no way to the bytes of a header that is not ASCII."""
    server = serve("HTTP/1.1 200 OK\r\nX-Name: Žluť\r\nContent-Length: 0\r\n\r\n".encode())

    response = send(transport, server.origin)

    assert response.header("x-name") == ("\ufffd" if "pyreqwest" in request.node.name else "Žluť")


def test_header_text_in_latin_1_does_not_fail_the_request(transport: Transport, serve: Serve):
    server = serve(b"HTTP/1.1 200 OK\r\nX-Name: caf\xe9\r\nX-Two: 2\r\nContent-Length: 0\r\n\r\n")

    response = send(transport, server.origin)

    assert response.header("x-name") in ("café", "\ufffd")
    assert response.header("x-two") == "2"


@pytest.mark.requirement("request.redirects")
@pytest.mark.parametrize("location", ["/elsewhere", "https://other.example/", "myapp://callback?code=1", ""])
def test_a_redirect_is_an_answer_like_any_other(transport: Transport, serve: Serve, location: str):
    server = serve(answer(b"", "302 Found", Location=location))

    response = send(transport, server.origin)

    assert (response.status, response.header("location")) == (302, location)
    assert len(server.requests) == 1


def test_cookies_are_not_kept(transport: Transport, serve: Serve):
    server = serve(answer(Set_Cookie="session=1; Path=/"))

    send(transport, server.origin)
    send(transport, server.origin)

    assert "cookie" not in server.headers()


def test_connections_are_kept_alive(transport: Transport, serve: Serve):
    server = serve(answer())

    for _ in range(5):
        send(transport, server.origin)

    assert (len(server.requests), server.connections) == (5, 1)


def test_one_transport_serves_many_threads(transport: Transport, serve: Serve):
    def echo(connection: socket.socket, raw: bytes) -> None:
        connection.sendall(answer(raw.split(b" ")[1]))

    server = serve(echo)

    with ThreadPoolExecutor(8) as pool:
        bodies = list(pool.map(lambda n: send(transport, f"{server.origin}/{n}").body, range(40)))

    assert bodies == [f"/{n}".encode() for n in range(40)]


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_an_answer_that_has_no_body_has_none(transport: Transport, serve: Serve, status: str):
    server = serve(f"HTTP/1.1 {status}\r\nContent-Encoding: gzip\r\n\r\n".encode())

    assert send(transport, server.origin).body == b""


def test_the_answer_to_head_has_no_body(transport: Transport, serve: Serve):
    server = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Encoding: gzip\r\n\r\n")

    response = send(transport, server.origin, "HEAD")

    assert (response.status, response.body) == (200, b"")


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(b"hello " * 50_000, mtime=0)),
        ("GZIP", gzip.compress(b"hello " * 50_000, mtime=0)),
        ("x-gzip", gzip.compress(b"hello " * 20_000, mtime=0) + gzip.compress(b"hello " * 30_000, mtime=0)),
        ("deflate", zlib.compress(b"hello " * 50_000)),
        ("deflate", raw_deflate(b"hello " * 50_000)),
        ("deflate, gzip", gzip.compress(zlib.compress(b"hello " * 50_000), mtime=0)),
        ("identity", b"hello " * 50_000),
    ],
)
def test_bodies_are_decompressed(transport: Transport, serve: Serve, coding: str, packed: bytes):
    server = serve(answer(packed, Content_Encoding=coding))

    assert send(transport, server.origin).body == b"hello " * 50_000


def test_a_chunked_body_is_put_together(transport: Transport, serve: Serve):
    server = serve(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n")

    assert send(transport, server.origin).body == b"abcde"


def test_a_coding_nobody_asked_for_is_left_as_it_came(transport: Transport, serve: Serve):
    server = serve(answer(b"\x0b\x02\x80", Content_Encoding="br"))

    response = send(transport, server.origin)

    assert (response.body, response.header("content-encoding")) == (b"\x0b\x02\x80", "br")


@pytest.mark.parametrize("packed", [b"not gzip at all", gzip.compress(b"hello" * 1000, mtime=0)[:-10]])
def test_a_body_that_cannot_be_decompressed_is_an_error(transport: Transport, serve: Serve, packed: bytes):
    server = serve(answer(packed, Content_Encoding="gzip"))

    with pytest.raises(TransportError, match="cannot be decompressed") as caught:
        send(transport, server.origin)

    assert (caught.value.kind, caught.value.phase) == ("protocol", "answered")


def test_a_body_beyond_the_bound_is_an_error(transport: Transport, serve: Serve):
    server = serve(answer(b"x" * 2000))

    with pytest.raises(TransportError, match="larger than 1999 bytes") as caught:
        transport.send(Request("GET", server.origin), timeout=5, limits=Limits(max_body=1999))

    assert (caught.value.kind, caught.value.phase) == ("too-large", "answered")
    assert transport.send(Request("GET", server.origin), timeout=5, limits=Limits(max_body=2000)).body == b"x" * 2000


@pytest.mark.parametrize("layers", [1, 2])
def test_a_bomb_is_stopped_before_it_has_gone_off(ours: Transport, serve: Serve, layers: int):
    import tracemalloc

    bomb = gzip.compress(b"\0" * 40_000_000, 9, mtime=0)
    if layers == 2:
        bomb = gzip.compress(bomb, mtime=0)
    server = serve(answer(bomb, Content_Encoding=", ".join(["gzip"] * layers)))
    tracemalloc.start()

    with pytest.raises(TransportError, match="larger than") as caught:
        ours.send(Request("GET", server.origin), timeout=10, limits=Limits(max_body=1_000_000))

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.kind == "too-large"
    assert peak < 8_000_000


@pytest.mark.parametrize("size", [70_000, 300_000, 2_000_000])
def test_headers_beyond_the_bound_are_an_error(transport: Transport, serve: Serve, size: int):
    server = serve(b"HTTP/1.1 200 OK\r\nX: " + b"a" * size + b"\r\nContent-Length: 0\r\n\r\n")

    with pytest.raises(TransportError, match="headers are larger than 65536 bytes") as caught:
        send(transport, server.origin)

    assert caught.value.kind == "too-large"

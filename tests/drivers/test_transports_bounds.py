"""What a hostile server sends is bounded on every transport, with one clear error each."""

from __future__ import annotations

import socket
import time
import zlib
from collections.abc import Callable
from gzip import compress

import pytest
from raw_server import RawServer, answer

from arazzo_runner.drivers.transports import Transport
from arazzo_runner.errors import TransportError
from arazzo_runner.limits import Limits
from arazzo_runner.messages import Request

Serve = Callable[..., RawServer]
ZEROS = b"\0" * 20_000_000


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def failure(transport: Transport, url: str, timeout: float = 5, **limits: float) -> TransportError:
    with pytest.raises(TransportError) as caught:
        transport.send(Request("GET", url), timeout=timeout, limits=Limits(**limits))  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize(
    ("coding", "bomb"),
    [
        ("gzip", compress(ZEROS, 9, mtime=0)),
        ("deflate", zlib.compress(ZEROS, 9)),
        ("deflate", raw_deflate(ZEROS)),
        ("gzip, gzip", compress(compress(ZEROS, 9, mtime=0), mtime=0)),
        ("gzip, deflate", zlib.compress(compress(ZEROS, 9, mtime=0))),
    ],
    ids=["gzip", "zlib", "deflate", "twice", "both"],
)
def test_a_bomb_is_one_clear_error(transport: Transport, serve: Serve, coding: str, bomb: bytes):
    server = serve(answer(bomb, Content_Encoding=coding))

    error = failure(transport, server.origin, max_body=1_000_000)

    assert (error.kind, error.phase) == ("too-large", "answered")
    assert str(error) == "the response's body is larger than 1000000 bytes (Limits(max_body=...))"


def test_a_brotli_bomb_is_not_unpacked(transport: Transport, serve: Serve):
    """Nobody asked for brotli, and nothing undoes it: the body stays as it came."""
    bomb = b"\x1b\xff\xff\xff\x8f\xff\xff\xff\x0f\x00" * 10
    server = serve(answer(bomb, Content_Encoding="br"))

    response = transport.send(Request("GET", server.origin), timeout=5, limits=Limits(max_body=1000))

    assert response.body == bomb


def test_an_endless_body_ends_at_the_bound(transport: Transport, serve: Serve):
    def endless(connection: socket.socket, raw: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")

    error = failure(transport, serve(endless).origin, max_body=100_000)

    assert error.kind == "too-large"


def test_endless_headers_end_at_a_bound(transport: Transport, serve: Serve):
    def endless(connection: socket.socket, raw: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.sendall(b"X-More: " + b"y" * 1000 + b"\r\n")

    started = time.monotonic()
    error = failure(transport, serve(endless).origin)

    assert time.monotonic() - started < 3
    assert error.kind in ("too-large", "protocol")


def test_endless_interim_answers_end_with_the_time(ours: Transport, serve: Serve):
    def interim(connection: socket.socket, raw: bytes) -> None:
        while True:
            connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
            time.sleep(0.01)

    started = time.monotonic()
    error = failure(ours, serve(interim).origin, timeout=0.3)

    assert time.monotonic() - started < 1.5
    assert error.kind == "timeout"


@pytest.mark.parametrize("value", ["a\r\nX-Injected: 1", "a\nb", "a\rb", "a\0b"])
def test_a_line_break_in_a_header_is_not_sent(transport: Transport, serve: Serve, value: str):
    server = serve(answer())

    with pytest.raises(TransportError, match="the header X-A holds a line break") as caught:
        transport.send(Request("GET", server.origin, (("X-A", value),)), timeout=5, limits=Limits())

    assert (caught.value.kind, caught.value.phase) == ("policy", "not_sent")
    assert server.requests == []

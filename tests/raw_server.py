"""A server on loopback that answers with bytes exactly as they are given: slow, broken, closing, huge, over TLS."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

Script = Callable[[socket.socket, bytes], None]


@dataclass
class RawServer:
    """Reads one request after the other from each connection and hands the connection to the script."""

    script: Script
    context: ssl.SSLContext | None = None
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    host: str = "127.0.0.1"
    port: int = 0

    def __post_init__(self) -> None:
        self._socket = socket.create_server(
            (self.host, self.port), family=socket.AF_INET6 if ":" in self.host else socket.AF_INET, backlog=128
        )
        self.port = self._socket.getsockname()[1]
        self._stopped = threading.Event()
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def origin(self) -> str:
        scheme = "https" if self.context else "http"
        host = "localhost" if self.context else f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}"

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            if self.context is not None:
                connection = self.context.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            self.connections += 1
            with connection:
                while (raw := _read(connection)) is not None:
                    self.requests.append(raw)
                    self.script(connection, raw)

    def close(self) -> None:
        self._stopped.set()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def line(self, index: int = -1) -> str:
        """The request line of a request."""
        return self.requests[index].split(b"\r\n", 1)[0].decode()

    def headers(self, index: int = -1) -> dict[str, str]:
        """The headers of a request, lower-case names; repeated ones joined."""
        found: dict[str, str] = {}
        for line in self.requests[index].split(b"\r\n\r\n", 1)[0].split(b"\r\n")[1:]:
            name, _, value = line.decode().partition(":")
            key = name.lower()
            found[key] = f"{found[key]}, {value.strip()}" if key in found else value.strip()
        return found

    def body(self, index: int = -1) -> bytes:
        return self.requests[index].split(b"\r\n\r\n", 1)[1]


def _read(connection: socket.socket) -> bytes | None:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return None
        data += more
        if data[0] == 0x16:  # a TLS handshake, at a server that does not speak it
            return data
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answer(body: bytes = b"ok", status: str = "200 OK", **headers: str) -> bytes:
    """A whole response; names of headers with `_` for `-`."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def says(data: bytes, *, close: bool = False) -> Script:
    """Always these bytes."""

    def script(connection: socket.socket, raw: bytes) -> None:
        connection.sendall(data)
        if close:
            connection.shutdown(socket.SHUT_RDWR)

    return script


def drips(head: bytes, *, every: float = 0.05, times: int = 100) -> Script:
    """These bytes, then one byte after the other."""

    def script(connection: socket.socket, raw: bytes) -> None:
        connection.sendall(head)
        for _ in range(times):
            time.sleep(every)
            connection.sendall(b"x")

    return script


def is_silent(connection: socket.socket, raw: bytes) -> None:
    """Nothing, for longer than the time-outs of the tests."""
    time.sleep(0.4)


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate for localhost and its key."""

    file: Path
    key: Path

    def server(self, *, client: Path | None = None) -> ssl.SSLContext:
        """The context of a server; with `client`, certificates signed by that file are required of clients."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        if client is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(client)
        return context

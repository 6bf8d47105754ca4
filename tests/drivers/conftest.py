"""A loopback server that answers with bytes as they are given, and every transport there is."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from arazzo_runner.drivers.transports import AsyncTransport, ClientOptions, Transport
from arazzo_runner.drivers.transports.bridge import AsyncToSync

Script = Callable[[socket.socket, bytes], None]


@dataclass
class RawServer:
    """Reads one request after the other from each connection and hands the connection to the script."""

    script: Script
    context: ssl.SSLContext | None = None
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._stopped = threading.Event()
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def origin(self) -> str:
        scheme = "https" if self.context else "http"
        host = "localhost" if self.context else "127.0.0.1"
        return f"{scheme}://{host}:{self._socket.getsockname()[1]}"

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
    """Nothing, for a while."""
    time.sleep(1.5)


@pytest.fixture
def serve() -> Iterator[Callable[..., RawServer]]:
    """Start servers; they are stopped after the test."""
    servers: list[RawServer] = []

    def start(script: Script | bytes, context: ssl.SSLContext | None = None) -> RawServer:
        servers.append(RawServer(says(script) if isinstance(script, bytes) else script, context))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever proxy this machine uses, loopback is not behind it."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)




def _httpx(options: ClientOptions) -> Transport:
    from arazzo_runner.drivers.transports.httpx_ import HttpxTransport

    return HttpxTransport(options=options)


def _async_httpx(options: ClientOptions) -> Transport:
    from arazzo_runner.drivers.transports.httpx_async import AsyncHttpxTransport

    return AsyncToSync(AsyncHttpxTransport(options=options))


def _pyreqwest(options: ClientOptions) -> Transport:
    pytest.importorskip("pyreqwest")
    from arazzo_runner.drivers.transports.pyreqwest_ import PyreqwestTransport

    return PyreqwestTransport(options=options)


def _async_pyreqwest(options: ClientOptions) -> Transport:
    pytest.importorskip("pyreqwest")
    from arazzo_runner.drivers.transports.pyreqwest_async import AsyncPyreqwestTransport

    return AsyncToSync(AsyncPyreqwestTransport(options=options))


def _client(module: str) -> Callable[[ClientOptions], Transport]:
    def make(options: ClientOptions) -> Transport:
        from arazzo_runner.drivers.transports.httpx_ import HttpxTransport

        httpx = pytest.importorskip(module)
        return HttpxTransport(httpx.Client(verify=_verify(options), proxy=options.proxy), owned=True)

    return make


def _async_client(module: str) -> Callable[[ClientOptions], Transport]:
    def make(options: ClientOptions) -> Transport:
        from arazzo_runner.drivers.transports.httpx_async import AsyncHttpxTransport

        httpx = pytest.importorskip(module)
        client = httpx.AsyncClient(verify=_verify(options), proxy=options.proxy)
        return AsyncToSync(AsyncHttpxTransport(client, owned=True))

    return make


def _verify(options: ClientOptions) -> Any:
    return options.tls() if options.insecure or options.has_own_trust else True


OURS: dict[str, Callable[[ClientOptions], Transport]] = {
    "httpx": _httpx,
    "async httpx": _async_httpx,
    "pyreqwest": _pyreqwest,
    "async pyreqwest": _async_pyreqwest,
}
GIVEN: dict[str, Callable[[ClientOptions], Transport]] = {
    "httpx.Client": _client("httpx"),
    "httpx.AsyncClient": _async_client("httpx"),
    "httpx2.Client": _client("httpx2"),
    "httpx2.AsyncClient": _async_client("httpx2"),
}


@pytest.fixture(params=[*OURS, *GIVEN])
def make(request: pytest.FixtureRequest) -> Iterator[Callable[..., Transport]]:
    """Make the transport under test with these options; it is closed after the test."""
    yield from _making((OURS | GIVEN)[request.param])


@pytest.fixture(params=[*OURS])
def make_ours(request: pytest.FixtureRequest) -> Iterator[Callable[..., Transport]]:
    """The same for the transports over clients of our own."""
    yield from _making(OURS[request.param])


def _making(kind: Callable[[ClientOptions], Transport]) -> Iterator[Callable[..., Transport]]:
    made: list[Transport] = []

    def transport(**options: Any) -> Transport:
        made.append(kind(ClientOptions(**options)))
        return made[-1]

    yield transport
    for one in made:
        one.close()


@pytest.fixture
def transport(make: Callable[..., Transport]) -> Transport:
    """The transport under test, as it comes."""
    return make()


@pytest.fixture
def ours(make_ours: Callable[..., Transport]) -> Transport:
    """The transport of our own under test, as it comes."""
    return make_ours()


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


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Made with `cryptography`, valid for a day."""
    x509 = pytest.importorskip("cryptography.x509")
    import datetime
    import ipaddress

    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(made.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return Certificate(folder / "cert.pem", folder / "key.pem")

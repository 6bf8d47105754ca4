"""Servers that answer with bytes as they are given, and every transport there is."""

from __future__ import annotations

import functools
import ssl
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from raw_server import Certificate, RawServer, Script, says

from arazzo_runner.drivers.transports import ClientOptions, Transport
from arazzo_runner.drivers.transports.bridge import AsyncToSync


@pytest.fixture
def serve() -> Iterator[Callable[..., RawServer]]:
    """Start servers; they are stopped after the test."""
    servers: list[RawServer] = []

    def start(script: Script | bytes, context: ssl.SSLContext | None = None, **more: Any) -> RawServer:
        servers.append(RawServer(says(script) if isinstance(script, bytes) else script, context, **more))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever proxies and authorities this machine names, the tests do without."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
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
    return options.tls() if options.insecure or options.names_authorities else _authorities()


@functools.cache
def _authorities() -> Any:
    """Read once: it takes 50 ms."""
    return ClientOptions().tls()


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

"""Mutual TLS: a client certificate for every host, or for one (`--cert [HOST=]FILE[,KEY]`)."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from raw_server import RawServer

from arazzo_runner.cli.arguments import options_of, run_parser
from arazzo_runner.drivers.transports import Transport
from arazzo_runner.errors import TransportError
from arazzo_runner.limits import Limits
from arazzo_runner.messages import Request

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture
def demanding(certificate: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[RawServer]:
    """A server that talks to nobody without the certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.file, certificate.key)
    context.load_verify_locations(certificate.file)
    context.verify_mode = ssl.CERT_REQUIRED
    server = RawServer(lambda connection, request: connection.sendall(OK), context)
    yield server
    server.close()


def get(transport: Transport, url: str) -> int:
    return transport.send(Request("GET", f"{url}/"), timeout=5, limits=Limits()).status


def test_the_certificate_is_shown(demanding: RawServer, certificate: Any, make_ours: Callable[..., Transport]):
    transport = make_ours(cert=(str(certificate.file), str(certificate.key)))

    assert get(transport, demanding.origin) == 200


def test_without_it_nothing_is_answered(demanding: RawServer, make_ours: Callable[..., Transport]):
    with pytest.raises(TransportError) as caught:
        get(make_ours(), demanding.origin)

    # A server that closes at once may take back what it said: then the connection is only broken off.
    assert (caught.value.kind, caught.value.hint) in [("tls", "--cert [HOST=]FILE[,KEY]"), ("protocol", None)]


@pytest.mark.parametrize("host", ["localhost", "localhost:{port}", ""])
def test_it_may_be_for_one_host(demanding: RawServer, certificate: Any, make_ours: Callable[..., Transport], host: str):
    named = host.format(port=demanding.port)

    transport = make_ours(cert={named: (str(certificate.file), str(certificate.key)), "other.example": "/nowhere"})

    assert get(transport, demanding.origin) == 200


def test_it_is_shown_to_no_other_host(demanding: RawServer, certificate: Any, make_ours: Callable[..., Transport]):
    transport = make_ours(cert={"other.example": (str(certificate.file), str(certificate.key))})

    with pytest.raises(TransportError):
        get(transport, demanding.origin)


def test_the_command_takes_certificates_by_host(tmp_path: Path):
    own = tmp_path / "a=b.pem"
    own.touch()

    def certificates(*arguments: str) -> Any:
        return options_of(run_parser().parse_args(["x.yml", *arguments])).cert

    assert certificates() is None
    assert certificates("--cert", "c.pem") == {"": "c.pem"}
    assert certificates("--cert", "c.pem,k.pem", "--cert", "api.example:8443=d.pem") == {
        "": ("c.pem", "k.pem"),
        "api.example:8443": "d.pem",
    }
    assert certificates("--cert", str(own)) == {"": str(own)}

"""What goes to another origin when a redirect leads there: nothing that could be a credential (decision 16)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from raw_server import Certificate, RawServer, answer

from arazzo_runner.drivers.policy import GuardedTransport, Policy
from arazzo_runner.drivers.transports import ClientOptions
from arazzo_runner.drivers.transports.httpx_ import HttpxTransport
from arazzo_runner.errors import TransportError
from arazzo_runner.limits import Limits
from arazzo_runner.messages import Request

Serve = Callable[..., RawServer]
FOLLOW = Policy(follow_redirects=True)


@pytest.fixture
def transport() -> Iterator[HttpxTransport]:
    made = HttpxTransport(options=ClientOptions(insecure=True))
    yield made
    made.close()


def test_a_header_of_any_name_stays_behind_and_how_to_answer_goes_on(transport: HttpxTransport, serve: Serve):
    second = serve(answer())
    first = serve(answer(b"", "307 Temporary Redirect", Location=f"{second.origin}/b"))
    headers = (
        ("X-Tenant-Signature", "s"),
        ("X-Anything", "1"),
        ("Accept-Language", "cs"),
        ("Content-Type", "text/x"),
        ("User-Agent", "me"),
    )

    GuardedTransport(transport, FOLLOW).send(
        Request("POST", f"{first.origin}/a", headers, b"body"), timeout=5, limits=Limits()
    )

    sent = second.headers()
    assert not {"x-tenant-signature", "x-anything"} & sent.keys()
    assert (sent["accept-language"], sent["content-type"], sent["user-agent"]) == ("cs", "text/x", "me")
    assert second.body() == b"body"


def test_the_authentication_of_a_given_client_stays_behind(serve: Serve):
    second = serve(answer())
    first = serve(answer(b"", "302 Found", Location=f"{second.origin}/b"))
    client = HttpxTransport(httpx.Client(auth=("user", "pass")), owned=True)

    GuardedTransport(client, FOLLOW).send(Request("GET", f"{first.origin}/a"), timeout=5, limits=Limits())

    client.close()
    assert first.headers()["authorization"].startswith("Basic ")
    assert "authorization" not in second.headers()


def test_a_body_is_not_sent_on_without_tls(transport: HttpxTransport, serve: Serve, certificate: Certificate):
    plain = serve(answer())
    secure = serve(answer(b"", "307 Temporary Redirect", Location=f"{plain.origin}/b"), certificate.server())

    with pytest.raises(TransportError, match="would send the body without TLS") as caught:
        GuardedTransport(transport, FOLLOW).send(
            Request("POST", f"{secure.origin}/a", body=b"secret"), timeout=5, limits=Limits()
        )

    assert (caught.value.kind, caught.value.phase) == ("redirect", "answered")
    assert plain.requests == []

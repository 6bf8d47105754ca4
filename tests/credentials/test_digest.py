"""HTTP Digest against a server that computes it by itself (RFC 7616)."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from digest_server import PASSWORD, USER, DigestServer, expected, running_digest_server

from arazzo_runner import Result, Runner
from arazzo_runner.credentials.digest import challenges_of
from arazzo_runner.document import read
from arazzo_runner.events import Event, RequestFailed, RequestResent, RequestSent, SecretMarked
from arazzo_runner.messages import Response

AUTH = {"login.username": USER, "login.password": PASSWORD}


@pytest.fixture
def server() -> Iterator[DigestServer]:  # type: ignore[override]
    with running_digest_server() as running:
        yield running


def runner_for(server: DigestServer, *operations: str, **options: Any) -> Runner:
    openapi = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "servers": [{"url": server.url}],
        "security": [{"login": []}],
        "paths": {
            "/things/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "get": {"operationId": "get", "responses": {"200": {"description": "ok"}}},
                "post": {
                    "operationId": "post",
                    "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
                    "responses": {"200": {"description": "ok"}},
                },
            }
        },
        "components": {"securitySchemes": {"login": {"type": "http", "scheme": "Digest"}}},
    }
    steps = [
        {
            "stepId": f"{operation}{number}",
            "operationId": operation,
            "parameters": [
                {"name": "id", "in": "path", "value": "a b/ü?"},
                {"name": "q", "in": "query", "value": "x&y"},
            ],
            "successCriteria": [{"condition": "$statusCode == 200"}],
            **({"requestBody": {"payload": {"name": "thing"}}} if operation == "post" else {}),
        }
        for number, operation in enumerate(operations, 1)
    ]
    document = {
        "arazzo": "1.0.1",
        "info": {"title": "t", "version": "1"},
        "sourceDescriptions": [{"name": "api", "url": "./api.json", "type": "openapi"}],
        "workflows": [{"workflowId": "w", "steps": steps}],
    }
    described = read(json.dumps(openapi).encode(), uri="memory:/api.json", name="api.json")
    return Runner(document, documents=[described], **{"auth": AUTH, "env": {}, **options})


def run(server: DigestServer, *operations: str, **options: Any) -> tuple[Result, list[Event]]:
    events: list[Event] = []
    with runner_for(server, *operations, **options) as runner:
        return runner.run(observers=[events.append]), events


def outcomes(server: DigestServer) -> list[str]:
    return [line.rpartition(" ")[2] for line in server.lines]


def test_the_server_of_these_tests_computes_as_the_rfc_does():
    """RFC 7616, section 3.9.1."""
    fields = {
        "realm": "http-auth@example.org",
        "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        "uri": "/dir/index.html",
        "nc": "00000001",
        "cnonce": "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
        "qop": "auth",
    }

    def response(algorithm: str) -> str:
        return expected({**fields, "algorithm": algorithm}, "Mufasa", "Circle of Life", "GET", b"")

    assert response("MD5") == "8ca523f5e9506fed4657c9700eebdbec"
    assert response("SHA-256") == "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"


@pytest.mark.parametrize("qop", ["auth", "auth-int", "auth, auth-int", None])
@pytest.mark.parametrize("algorithm", ["MD5", "MD5-sess", "SHA-256", "SHA-256-sess", "SHA-512-256", ""])
@pytest.mark.parametrize("operation", ["get", "post"])
def test_a_challenge_is_answered(server: DigestServer, algorithm: str, qop: str | None, operation: str):
    if qop is None and algorithm.endswith("-sess"):
        pytest.skip("a session needs a cnonce, which RFC 2069 does not have")
    server.algorithms, server.qop = [algorithm], qop

    result, events = run(server, operation)

    assert result.status == "succeeded", server.lines
    assert outcomes(server) == ["challenged", "accepted"]
    (resent,) = [event for event in events if isinstance(event, RequestResent)]
    assert resent.reason == "challenged: the server wants a digest of 'login'"


def test_quotes_in_a_realm_are_escaped(server: DigestServer):
    server.realm = 'things "of" mine'

    assert run(server, "get")[0].status == "succeeded"


@pytest.mark.parametrize("qop", ["auth", "auth-int"])
def test_a_nonce_serves_all_requests_of_a_run_and_is_counted(server: DigestServer, qop: str):
    server.qop = qop

    result, _ = run(server, "post", "get", "post")

    assert result.status == "succeeded"
    assert outcomes(server) == ["challenged", "accepted", "accepted", "accepted"]
    assert server.counts == ["00000001", "00000002", "00000003"]


def test_a_stale_nonce_is_replaced(server: DigestServer):
    server.uses = 1

    result, _ = run(server, "get", "get")

    assert result.status == "succeeded"
    assert outcomes(server) == ["challenged", "accepted", "stale", "accepted"]


def test_of_several_challenges_the_first_that_is_known_is_answered(server: DigestServer):
    server.algorithms = ["ODD-9", "SHA-256", "MD5"]

    result, events = run(server, "get")

    assert result.status == "succeeded"
    (resent,) = [event for event in events if isinstance(event, RequestResent)]
    assert "algorithm=SHA-256" in resent.request.headers[-1][1]


def test_a_challenge_that_nobody_knows_is_told(server: DigestServer):
    server.algorithms = ["ODD-9"]

    result, events = run(server, "get")

    (failed,) = [event for event in events if isinstance(event, RequestFailed)]
    assert "cannot be answered (algorithm ODD-9)" in failed.reason
    assert result.exit_code == 4


def test_a_wrong_password_is_a_401(server: DigestServer):
    result, events = run(server, "get", auth={"login": f"{USER}:wrong"})

    assert (result.exit_code, result.steps[0].response.status) == (1, 401)
    assert outcomes(server) == ["challenged", "wrong"]
    assert len([event for event in events if isinstance(event, RequestSent)]) == 1


def test_it_is_the_same_with_asyncio(server: DigestServer):
    async def go() -> Result:
        async with runner_for(server, "get", "post") as runner:
            return await runner.run_async()

    assert asyncio.run(go()).status == "succeeded"
    assert outcomes(server) == ["challenged", "accepted", "accepted"]


def test_runs_at_the_same_time_never_use_a_count_twice(server: DigestServer):
    with runner_for(server, "get", "get") as runner:
        runner.run()
        threads = [threading.Thread(target=runner.run) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert set(outcomes(server)[1:]) == {"accepted"}
    assert len(set(server.counts)) == 18


def test_the_password_is_marked_and_never_sent(server: DigestServer):
    _, events = run(server, "get")

    assert ("login.password", PASSWORD) in [(e.label, e.value) for e in events if isinstance(e, SecretMarked)]
    sent = [e.request for e in events if isinstance(e, (RequestSent, RequestResent))]
    assert PASSWORD not in str(sent)


def test_challenges_are_told_apart_in_one_header():
    header = 'Basic realm="x, y", Digest realm="a\\"b", nonce="n=1", qop="auth,auth-int", Digest realm="c", nonce="2"'

    found = challenges_of(Response(401, (("WWW-Authenticate", header), ("www-authenticate", "Negotiate"))))

    assert [challenge.fields for challenge in found] == [
        {"realm": 'a"b', "nonce": "n=1", "qop": "auth,auth-int"},
        {"realm": "c", "nonce": "2"},
    ]
    assert found[0].qops == ("auth", "auth-int")

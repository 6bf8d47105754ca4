"""Whatever a caller gives becomes a transport: clients, applications in process, transports of their own."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from raw_server import RawServer, answer, is_silent

from arazzo_runner.drivers.transports import (
    AsyncTransport,
    ClientOptions,
    DeferredTransport,
    Transport,
    async_transport_for,
    default_async_transport,
    default_transport,
    transport_for,
)
from arazzo_runner.drivers.transports.bridge import AsyncToSync
from arazzo_runner.drivers.transports.httpx_ import HttpxTransport
from arazzo_runner.drivers.transports.httpx_async import AsyncHttpxTransport
from arazzo_runner.errors import TransportError, UsageError
from arazzo_runner.limits import Limits
from arazzo_runner.messages import Request, Response

Serve = Callable[..., RawServer]
OPTIONS = ClientOptions()
REQUEST = Request("POST", "https://api.example/pets?x=%2F", (("X-Key", "k"),), b'{"a":1}')


def wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    start_response("201 Created", [("X-Key", environ["HTTP_X_KEY"]), ("X-Query", environ["QUERY_STRING"])])
    return [b"wsgi ", body]


async def asgi(scope: dict[str, Any], receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
    body = (await receive())["body"]
    headers = [(b"x-key", dict(scope["headers"])[b"x-key"]), (b"x-query", scope["query_string"])]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": b"asgi " + body})


class AsgiObject:
    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        await asgi(scope, receive, send)


class PlainAsgiObject:
    """An application whose call is a plain function that gives a coroutine, as wrappers do."""

    def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        return asgi(scope, receive, send)


def wsgi_factory(prefix: str, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    return wsgi(environ, start_response)


def answers(request: httpx.Request) -> httpx.Response:
    headers = {"X-Key": request.headers["x-key"], "X-Query": request.url.query.decode()}
    return httpx.Response(201, headers=headers, content=b"mock " + request.content)


APPLICATIONS = [
    (wsgi, b"wsgi"),
    (functools.partial(wsgi_factory, "p"), b"wsgi"),
    (asgi, b"asgi"),
    (AsgiObject(), b"asgi"),
    (PlainAsgiObject(), b"asgi"),
    (functools.partial(asgi), b"asgi"),
]


@pytest.mark.parametrize(("application", "kind"), APPLICATIONS)
def test_an_application_answers_in_process(application: Any, kind: bytes):
    transport = transport_for(application, OPTIONS)

    response = transport.send(REQUEST, timeout=5, limits=Limits())

    transport.close()
    assert (response.status, response.body) == (201, kind + b' {"a":1}')
    assert (response.header("x-key"), response.header("x-query")) == ("k", "x=%2F")


@pytest.mark.parametrize(("application", "kind"), APPLICATIONS)
def test_an_application_answers_an_asynchronous_run(application: Any, kind: bytes):
    async def run() -> Response:
        transport = async_transport_for(application, OPTIONS)
        response = await transport.send(REQUEST, timeout=5, limits=Limits())
        await transport.aclose()
        return response

    assert asyncio.run(run()).body == kind + b' {"a":1}'


def test_frameworks_are_told_apart():
    fastapi, flask = pytest.importorskip("fastapi"), pytest.importorskip("flask")
    modern, classic = fastapi.FastAPI(), flask.Flask("classic")
    modern.post("/pets")(lambda: {"by": "fastapi"})
    classic.post("/pets")(lambda: {"by": "flask"})

    bodies = []
    for application in (modern, classic):
        transport = transport_for(application, OPTIONS)
        bodies.append(transport.send(REQUEST, timeout=5, limits=Limits()).body)
        transport.close()

    assert b"fastapi" in bodies[0]
    assert b"flask" in bodies[1]


def test_an_error_within_an_asgi_application_is_a_500_as_a_server_has_it():
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise ValueError("a bug")

    transport = transport_for(broken, OPTIONS)

    response = transport.send(REQUEST, timeout=5, limits=Limits())

    transport.close()
    assert response.status == 500


def test_an_asgi_application_that_hangs_runs_into_the_timeout():
    async def hangs(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(60)

    transport = transport_for(hangs, OPTIONS)

    with pytest.raises(TransportError, match=r"no answer from https://api\.example within 0\.1 s"):
        transport.send(REQUEST, timeout=0.1, limits=Limits())

    transport.close()


@pytest.mark.parametrize("module", ["httpx", "httpx2"])
def test_clients_with_a_mock_transport_work(module: str):
    library = pytest.importorskip(module)
    mock = library.MockTransport(lambda request: library.Response(201, json={"url": str(request.url)}))
    client = library.Client(transport=mock)

    response = transport_for(client, OPTIONS).send(REQUEST, timeout=5, limits=Limits())

    assert response.body == b'{"url":"https://api.example/pets?x=%2F"}'
    with pytest.raises(TransportError, match="larger than 5 bytes"):
        transport_for(client, OPTIONS).send(REQUEST, timeout=5, limits=Limits(max_body=5))


def test_an_asynchronous_client_serves_a_blocking_run_in_a_thread_of_its_own():
    client = httpx.AsyncClient(transport=httpx.MockTransport(answers))
    before = threading.active_count()
    transport = transport_for(client, OPTIONS)

    bodies = [transport.send(REQUEST, timeout=5, limits=Limits()).body for _ in range(3)]

    during = threading.active_count()
    transport.close()
    assert bodies == [b'mock {"a":1}'] * 3
    assert (during, threading.active_count()) == (before + 1, before)
    assert not client.is_closed


def test_a_blocking_client_serves_an_asynchronous_run():
    client = httpx.Client(transport=httpx.MockTransport(answers))

    async def run() -> list[Response]:
        transport = async_transport_for(client, OPTIONS)
        sends = (transport.send(REQUEST, timeout=5, limits=Limits()) for _ in range(5))
        responses = await asyncio.gather(*sends)
        await transport.aclose()
        return responses

    assert [r.body for r in asyncio.run(run())] == [b'mock {"a":1}'] * 5
    assert not client.is_closed


def test_the_clients_default_headers_are_sent_and_the_requests_own_win(serve: Serve):
    server = serve(answer())
    client = httpx.Client(headers={"X-Key": "client", "X-Tenant": "t"}, cookies={"c": "1"}, base_url="http://x.invalid")

    transport_for(client, OPTIONS).send(Request("GET", server.origin, (("x-key", "step"),)), timeout=5, limits=Limits())

    client.close()
    assert (server.headers()["x-key"], server.headers()["x-tenant"]) == ("step", "t")
    assert server.headers()["user-agent"].startswith("arazzo-run/")
    assert "cookie" not in server.headers()


def test_a_client_that_follows_redirects_does_not_for_us(serve: Serve):
    server = serve(answer(b"", "302 Found", Location="/next"))
    client = httpx.Client(follow_redirects=True)

    response = transport_for(client, OPTIONS).send(Request("GET", server.origin), timeout=5, limits=Limits())

    client.close()
    assert (response.status, len(server.requests)) == (302, 1)


@pytest.mark.parametrize(
    ("request_", "sent"),
    [
        (Request("GET", ""), "Basic Y2xpZW50OnBhc3M="),
        (Request("GET", "", (("Authorization", "Bearer step"),)), "Bearer step"),
        (Request("GET", "", supplied=frozenset({("header", "authorization")})), None),
        (Request("GET", "", remote=True), None),
    ],
    ids=["nothing else", "the step's own", "the step's own, left out", "a server of a remote document"],
)
@pytest.mark.parametrize("kind", [httpx.Client, httpx.AsyncClient])
def test_the_clients_authentication_never_replaces_and_never_leaks(
    serve: Serve, kind: Any, request_: Request, sent: str | None
):
    server = serve(answer())
    client = kind(auth=("client", "pass"))
    transport: Transport
    if kind is httpx.Client:
        transport = HttpxTransport(client, owned=True)
    else:
        transport = AsyncToSync(AsyncHttpxTransport(client, owned=True))

    transport.send(replace(request_, url=server.origin), timeout=5, limits=Limits())

    transport.close()
    assert server.headers().get("authorization") == sent


def test_a_netrc_file_is_not_read(serve: Serve, tmp_path: Any, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HOME", str(tmp_path))
    server = serve(answer())
    transport = default_transport(OPTIONS)

    transport.send(Request("GET", server.origin), timeout=5, limits=Limits())

    transport.close()
    assert "authorization" not in server.headers()


def test_a_closed_client_is_an_error_in_plain_words():
    client = httpx.Client(transport=httpx.MockTransport(answers))
    client.close()

    with pytest.raises(TransportError, match="the client is closed") as caught:
        transport_for(client, OPTIONS).send(REQUEST, timeout=5, limits=Limits())

    assert (caught.value.kind, caught.value.phase) == ("closed", "not_sent")


class Own:
    """A transport of the caller's."""

    def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
        return Response(200, body=b"own")

    def close(self) -> None:
        pass


class OwnAsync:
    async def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
        return Response(200, body=b"own")

    async def aclose(self) -> None:
        pass


def test_a_transport_is_taken_as_it_is():
    own, own_async = Own(), OwnAsync()

    assert transport_for(own, OPTIONS) is own
    assert async_transport_for(own_async, OPTIONS) is own_async


@pytest.mark.parametrize("given", [Own, OwnAsync])
def test_a_transport_serves_the_other_kind_of_run_too(given: Any):
    blocking = transport_for(given(), OPTIONS)
    body = blocking.send(REQUEST, timeout=5, limits=Limits()).body
    blocking.close()

    async def run() -> bytes:
        transport: AsyncTransport = async_transport_for(given(), OPTIONS)
        response = await transport.send(REQUEST, timeout=5, limits=Limits())
        await transport.aclose()
        return response.body

    assert body == asyncio.run(run()) == b"own"


@pytest.mark.parametrize("given", ["https://api.example", 5, object(), dict])
def test_what_is_no_client_is_refused(given: Any):
    with pytest.raises(UsageError, match="is no client"):
        transport_for(given, OPTIONS)
    with pytest.raises(UsageError, match="is no client"):
        async_transport_for(given, OPTIONS)


def test_our_own_default_is_httpx_and_the_fast_one_where_it_is_wanted_and_installed(monkeypatch: pytest.MonkeyPatch):
    names = [type(make(OPTIONS)).__name__ for make in (default_transport, default_async_transport)]
    fast = [type(make(OPTIONS, speed=True)).__name__ for make in (default_transport, default_async_transport)]
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    absent = [type(make(OPTIONS, speed=True)).__name__ for make in (default_transport, default_async_transport)]

    assert names == absent == ["HttpxTransport", "AsyncHttpxTransport"]
    assert fast == ["PyreqwestTransport", "AsyncPyreqwestTransport"]


def test_a_transport_in_a_second_event_loop_makes_new_connections(serve: Serve):
    server = serve(answer())
    transport = default_async_transport(OPTIONS)

    async def run(last: bool) -> bytes:
        response = await transport.send(Request("GET", server.origin), timeout=5, limits=Limits())
        if last:
            await transport.aclose()
        return response.body

    async def first() -> bytes:
        body = await run(False)
        await transport.aclose()
        return body

    assert [asyncio.run(first()), asyncio.run(run(True))] == [b"ok", b"ok"]


def test_cancelling_an_asynchronous_request_ends_it_at_once(serve: Serve):
    server = serve(is_silent)

    async def run() -> None:
        transport = default_async_transport(OPTIONS)
        task = asyncio.create_task(transport.send(Request("GET", server.origin), timeout=5, limits=Limits()))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await transport.aclose()

    asyncio.run(asyncio.wait_for(run(), 0.35))


def test_closing_a_fast_transport_ends_what_is_under_way(serve: Serve):
    """So that Ctrl-C need not wait: no signal interrupts a wait outside of Python."""
    server = serve(is_silent)
    transport = default_transport(OPTIONS, speed=True)
    threading.Timer(0.1, transport.close).start()

    with pytest.raises(TransportError, match="closed during the request") as caught:
        transport.send(Request("GET", server.origin), timeout=5, limits=Limits())

    assert (caught.value.kind, caught.value.phase) == ("closed", "maybe_sent")


def test_a_deferred_transport_is_made_for_each_request_and_closed_after_it():
    made: list[bool] = []

    class Counted(Own):
        def __init__(self) -> None:
            made.append(True)

        def close(self) -> None:
            made.pop()

    transport = DeferredTransport(Counted)

    response = transport.send(REQUEST, timeout=5, limits=Limits())

    transport.close()
    assert (response.body, made) == (b"own", [])


@pytest.mark.parametrize("cert", ["/nowhere/cert.pem", ("/nowhere/cert.pem", "/nowhere/key.pem")])
def test_a_certificate_that_cannot_be_loaded_is_an_error_of_usage(cert: Any):
    transport = default_transport(ClientOptions(cert=cert))

    with pytest.raises(UsageError, match=r"the certificate /nowhere/cert\.pem cannot be loaded"):
        transport.send(Request("GET", "https://127.0.0.1:1/"), timeout=5, limits=Limits())


@pytest.mark.parametrize("speed", [True, False])
def test_a_proxy_that_is_no_url_is_an_error_of_usage(speed: bool):
    transport = default_transport(ClientOptions(proxy="nonsense://x"), speed=speed)

    with pytest.raises(UsageError, match="the proxy cannot be used"):
        transport.send(Request("GET", "http://127.0.0.1:1/"), timeout=5, limits=Limits())


def test_no_tls_is_set_up_for_http(serve: Serve, monkeypatch: pytest.MonkeyPatch):
    server = serve(answer())
    monkeypatch.setattr(ClientOptions, "tls", lambda self: pytest.fail("TLS was set up"))
    transport = default_transport(OPTIONS)

    assert transport.send(Request("GET", server.origin), timeout=5, limits=Limits()).status == 200
    transport.close()

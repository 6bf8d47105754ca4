"""Runs against applications in process and through clients of the caller's own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from json import dumps, loads
from typing import Any

import pytest
from scripted import arazzo_of, openapi_of
from workflow_parts import retry, step

import arazzo_runner
from arazzo_runner.document import Document, read

ARAZZO = arazzo_of(
    {
        "inputs": {"type": "object", "properties": {"name": {"type": "string"}}},
        "steps": [
            step(
                "create",
                requestBody={"payload": {"name": "$inputs.name"}},
                successCriteria=[{"condition": "$statusCode == 201"}],
                outputs={"id": "$response.body#/id"},
                onFailure=[retry(after=0.01)],
            ),
            step(
                "show",
                parameters=[{"name": "id", "in": "path", "value": "$steps.create.outputs.id"}],
                outputs={"name": "$response.body#/name"},
            ),
        ],
        "outputs": {"name": "$steps.show.outputs.name"},
    }
)
OPENAPI = openapi_of("create POST /things", "show GET /things/{id}", servers=[{"url": "http://app.invalid"}])
INPUTS = {"name": "Zoë"}


def described(openapi: Mapping[str, Any] = OPENAPI) -> Document:
    return read(dumps(openapi).encode(), uri="memory:/openapi.json", name="openapi.json")


def options(**more: Any) -> dict[str, Any]:
    return {"inputs": INPUTS, "documents": (described(),), "cache": False, "env": {}, **more}


def fastapi_app() -> Any:
    fastapi = pytest.importorskip("fastapi")
    pytest.importorskip("fastapi.responses")
    app = fastapi.FastAPI(servers=[{"url": "http://app.invalid"}])
    things: dict[str, str] = {}
    calls: list[str] = []

    @app.post("/things", status_code=201, operation_id="create", response_model=None)
    async def create(body: dict[str, str]) -> Any:
        calls.append("create")
        if len(calls) == 1:
            return fastapi.responses.JSONResponse({}, 503)
        things["t 1"] = body["name"]
        return {"id": "t 1"}

    @app.get("/things/{id}", operation_id="show")
    def show(id: str) -> dict[str, str]:
        return {"name": things[id]}

    return app


def flask_app() -> Any:
    flask = pytest.importorskip("flask")
    app = flask.Flask("things")
    things: dict[str, str] = {}

    @app.post("/things")
    def create() -> Any:
        things["t 1"] = flask.request.get_json()["name"]
        return {"id": "t 1"}, 201

    @app.get("/things/<id>")
    def show(id: str) -> Any:
        return {"name": things[id]}

    return app


def handler() -> Any:
    import httpx

    things: dict[str, str] = {}

    def handle(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            things["t 1"] = loads(request.content)["name"]
            return httpx.Response(201, json={"id": "t 1"})
        assert request.url.raw_path == b"/things/t%201"
        return httpx.Response(200, json={"name": things["t 1"]})

    return handle


def check(result: Any) -> None:
    assert result.status == "succeeded", result.message
    assert result.outputs == {"name": "Zoë"}


# -- FastAPI ----------------------------------------------------------------------------------------------------------


def test_an_asgi_application_runs_in_process_asynchronously():
    check(asyncio.run(arazzo_runner.run_async(ARAZZO, client=fastapi_app(), **options())))


def test_an_asgi_application_runs_in_process_blocking():
    result = arazzo_runner.run(ARAZZO, client=fastapi_app(), **options())

    check(result)
    assert [s.attempt for s in result.steps] == [1, 2, 1]


def test_an_async_client_over_an_application_is_used_in_its_own_loop():
    import httpx

    async def run() -> Any:
        transport = httpx.ASGITransport(app=fastapi_app())
        async with httpx.AsyncClient(transport=transport, headers={"X-Mine": "1"}) as client:
            result = await arazzo_runner.run_async(ARAZZO, client=client, **options())
            assert not client.is_closed
            return result

    check(asyncio.run(run()))


def test_an_async_client_serves_a_blocking_run_from_a_background_loop():
    import httpx

    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=fastapi_app()))

    with arazzo_runner.Runner(ARAZZO, client=client, documents=(described(),), cache=False, env={}) as runner:
        check(runner.run(INPUTS))
        check(runner.run(INPUTS))

    asyncio.run(client.aclose())


def test_the_description_of_a_fastapi_application_is_the_source():
    app = fastapi_app()
    document = described(app.openapi())

    check(arazzo_runner.run(ARAZZO, client=app, **options(documents=(document,))))


# -- Flask ------------------------------------------------------------------------------------------------------------


def test_a_wsgi_application_runs_in_process():
    check(arazzo_runner.run(ARAZZO, client=flask_app(), **options()))


def test_a_wsgi_application_runs_in_process_asynchronously():
    check(asyncio.run(arazzo_runner.run_async(ARAZZO, client=flask_app(), **options())))


def test_a_client_over_a_wsgi_application_stays_open():
    import httpx

    with httpx.Client(transport=httpx.WSGITransport(app=flask_app())) as client:
        check(arazzo_runner.run(ARAZZO, client=client, **options()))
        assert not client.is_closed


# -- httpx's own mock -------------------------------------------------------------------------------------------------


def test_a_mock_transport_of_httpx_answers():
    import httpx

    with httpx.Client(transport=httpx.MockTransport(handler())) as client:
        check(arazzo_runner.run(ARAZZO, client=client, **options()))


def test_a_mock_transport_of_httpx_answers_an_asynchronous_run():
    import httpx

    async def run() -> Any:
        async with httpx.AsyncClient(transport=httpx.MockTransport(handler())) as client:
            return await arazzo_runner.run_async(ARAZZO, client=client, **options())

    check(asyncio.run(run()))


def test_a_blocking_client_serves_an_asynchronous_run():
    import httpx

    with httpx.Client(transport=httpx.MockTransport(handler())) as client:
        check(asyncio.run(arazzo_runner.run_async(ARAZZO, client=client, **options())))


@pytest.mark.parametrize("servers", [[], [{"url": "/"}], [{"url": "/v1/.."}]])
def test_an_application_is_the_server_that_a_relative_one_means(servers: list[dict[str, str]]):
    document = described({**OPENAPI, "servers": servers})

    result = arazzo_runner.run(ARAZZO, client=flask_app(), **options(documents=(document,)))

    check(result)
    assert [s.request.url for s in result.steps if s.request] == [
        "http://testserver/things",
        "http://testserver/things/t%201",
    ]


def test_the_path_of_a_relative_server_is_kept():
    document = described({**OPENAPI, "servers": [{"url": "v1"}]})
    with arazzo_runner.Runner(ARAZZO, client=flask_app(), documents=(document,), cache=False, env={}) as runner:
        (create, *_) = runner.run(INPUTS).steps

    assert create.request is not None
    assert create.request.url == "http://testserver/v1/things"
    assert create.response is not None
    assert create.response.status == 404


def test_the_name_of_the_application_may_be_another_one():
    document = described({**OPENAPI, "servers": []})

    result = arazzo_runner.run(
        ARAZZO, client=flask_app(), base_server="http://shop.test", **options(documents=(document,))
    )

    check(result)
    assert result.steps[0].request is not None
    assert result.steps[0].request.url == "http://shop.test/things"


def test_a_server_of_its_own_or_a_given_one_goes_before_the_application():
    check(arazzo_runner.run(ARAZZO, client=flask_app(), **options()))
    result = arazzo_runner.run(ARAZZO, client=flask_app(), servers={"": "http://given.test"}, **options())

    assert result.steps[0].request is not None
    assert result.steps[0].request.url == "http://given.test/things"


def test_a_client_that_is_no_application_needs_the_name_of_a_server():
    import httpx

    document = described({**OPENAPI, "servers": []})
    with (
        httpx.Client(transport=httpx.MockTransport(handler())) as client,
        pytest.raises(arazzo_runner.DocumentError, match="relative"),
    ):
        arazzo_runner.run(ARAZZO, client=client, **options(documents=(document,)))


def test_what_is_no_client_is_told():
    with pytest.raises(arazzo_runner.UsageError, match="no client"):
        arazzo_runner.run(ARAZZO, client=object(), **options())


def test_a_transport_of_ones_own_is_used():
    from arazzo_runner import Limits
    from arazzo_runner.messages import Request, Response

    sent: list[str] = []

    class Mine:
        def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
            sent.append(f"{request.method} {request.url}")
            body = b'{"id": "t 1", "name": "Zo\xc3\xab"}'
            return Response(201, (("content-type", "application/json"),), body)

        def close(self) -> None:
            sent.append("closed")

    check(arazzo_runner.run(ARAZZO, client=Mine(), **options()))
    assert sent[:2] == ["POST http://app.invalid/things", "GET http://app.invalid/things/t%201"]

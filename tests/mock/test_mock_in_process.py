"""The mock in process, from the library: faults of steps, blocking and asynchronous; one mock for all runs."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from arazzo_runner import Runner
from arazzo_runner.document import read
from arazzo_runner.errors import UsageError
from arazzo_runner.messages import Request

API = b"""
openapi: 3.0.3
info: {title: Things, version: "1"}
servers: [{url: https://api.example.com}]
paths:
  /things:
    post:
      operationId: create
      responses:
        "201":
          description: ""
          content:
            application/json: {schema: &thing {type: object, required: [id], properties: {id: {type: integer}}}}
    get:
      operationId: list
      responses: {"200": {description: "", content: {application/json: {schema: {type: array, items: *thing}}}}}
    delete: {operationId: clear, responses: {"204": {description: ""}}}
  /things/{id}:
    get:
      operationId: one
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses: {"200": {description: "", content: {application/json: {schema: *thing}}}}
"""
FLOW = b"""
arazzo: 1.0.1
info: {title: t, version: "1"}
sourceDescriptions: [{name: api, url: api.yaml, type: openapi}]
workflows:
  - workflowId: main
    steps:
      - stepId: make
        operationId: create
        outputs: {id: $response.body#/id}
        onFailure: [{name: again, type: retry, retryAfter: 0, retryLimit: 2}]
      - stepId: all
        operationId: list
        outputs: {things: $response.body}
    outputs: {id: $steps.make.outputs.id, things: $steps.all.outputs.things}
"""


def runner(**options: Any) -> Runner:
    document = read(API, uri="memory:/api.yaml", name="api.yaml")
    return Runner(FLOW, base_uri="memory:/flow.yaml", documents=[document], cache=False, **options)


def statuses(result: Any) -> list[int | None]:
    return [step.response.status if step.response is not None else None for step in result.steps]


def test_faults_are_counted_for_each_run() -> None:
    with runner(mock=True, faults=["make=503x1", "all=malformed"]) as made:
        results = [made.run(), made.run()]

    assert [statuses(result) for result in results] == [[503, 201, 200]] * 2


def test_an_asynchronous_run_has_the_same_faults() -> None:
    async def run() -> tuple[Any, float]:
        async with runner(mock=True, faults=["make#1=drop", "all=delay=100ms"]) as made:
            started = time.monotonic()
            return await made.run_async(), time.monotonic() - started

    result, seconds = asyncio.run(run())

    assert (result.status, statuses(result)) == ("succeeded", [None, 201, 200])
    assert seconds >= 0.1


def test_a_fault_that_was_dropped_created_nothing() -> None:
    with runner(mock=True, faults=["make#1=drop"]) as made:
        outputs = made.run().outputs

    assert outputs == {"id": 1, "things": [{"id": 1}]}


def test_all_runs_of_a_runner_meet_the_same_things() -> None:
    with runner(mock=True) as made:
        made.run()
        second = made.run().outputs
        third = asyncio.run(made.run_async()).outputs

    assert second == {"id": 2, "things": [{"id": 1}, {"id": 2}]}
    assert third["id"] == 3


def test_faults_without_the_mock_are_refused() -> None:
    with pytest.raises(UsageError, match=r"--fault is for the mock \(add --mock \(library: mock=True\)\)"):
        runner(faults=["make=503"])


def test_a_collection_is_emptied() -> None:
    mock = runner(mock=True).new_mock()
    mock.respond(Request("POST", "https://api.example.com/things"))

    emptied = mock.respond(Request("DELETE", "https://api.example.com/things"))

    assert emptied.status == 204
    assert mock.respond(Request("GET", "https://api.example.com/things")).body == b"[]"
    assert mock.respond(Request("GET", "https://api.example.com/things/1")).status == 404

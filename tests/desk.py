"""A workflow that places an order and reads it back, beside its cases; and an application for the bundled workflow."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from arazzo_runner.api import run_case
from arazzo_runner.options import Options
from arazzo_runner.verdict import Verdict

OPENAPI = """
openapi: 3.1.0
info: {title: Orders, version: "1"}
servers: [{url: https://orders.test/v1}]
paths:
  /orders:
    post:
      operationId: placeOrder
      parameters:
      - {name: notify, in: query, schema: {type: boolean}}
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [item]
              properties: {item: {type: string}, count: {type: integer, minimum: 1}}
      responses:
        "201":
          description: placed
          headers:
            Location: {required: true, schema: {type: string}}
          content:
            application/json:
              schema: {$ref: "#/components/schemas/Order"}
              examples:
                usual: {value: {id: o-1, item: tea, status: open}}
                rushed: {value: {id: o-9, item: tea, status: sent}}
        "503": {description: busy}
  /orders/{id}:
    get:
      operationId: getOrder
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        "200":
          description: the order
          content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}
        "404":
          description: no such order
          content:
            application/json:
              schema: {type: object, required: [reason], properties: {reason: {type: string, const: gone}}}
components:
  schemas:
    Order:
      type: object
      required: [id, item, status]
      properties:
        id: {type: string}
        item: {type: string}
        status: {type: string, enum: [open, sent]}
        lines: {type: array, items: {type: object}}
"""

WORKFLOW = """
arazzo: 1.0.1
info: {title: Orders, version: "1"}
sourceDescriptions: [{name: orders, url: openapi.yaml, type: openapi}]
workflows:
- workflowId: order
  inputs:
    type: object
    required: [item]
    properties: {item: {type: string, minLength: 2}, count: {type: integer, default: 1}, password: {type: string}}
  steps:
  - stepId: place
    operationId: placeOrder
    parameters: [{name: notify, in: query, value: true}]
    requestBody:
      contentType: application/json
      payload: {item: $inputs.item, count: $inputs.count}
    successCriteria: [{condition: $statusCode == 201}]
    onFailure:
    - {name: again, type: retry, retryAfter: 30, retryLimit: 2, criteria: [{condition: $statusCode == 503}]}
    outputs: {id: $response.body#/id}
  - stepId: read
    operationId: getOrder
    parameters: [{name: id, in: path, value: $steps.place.outputs.id}]
    successCriteria: [{condition: $statusCode == 200}]
    outputs: {status: $response.body#/status, reason: $response.body#/reason}
    onFailure:
    - {name: gone, type: end, criteria: [{condition: $statusCode == 404}]}
  outputs: {id: $steps.place.outputs.id, status: $steps.read.outputs.status}
"""

HEAD = """
arazzo-test: 1
document: orders.arazzo.yaml
inputs: {item: tea}
"""


class Desk:
    """A folder with the workflow, its description and cases."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("openapi.yaml", OPENAPI)
        self.write("orders.arazzo.yaml", WORKFLOW)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip(), encoding="utf-8")
        return path

    def run(self, text: str, *, head: str = HEAD, options: dict[str, Any] | None = None, **given: Any) -> Verdict:
        """The verdict of a case with this text, after a head that names the document and its inputs."""
        path = self.write("a.arazzo-test.yaml", dedent(head).lstrip() + dedent(text))
        return run_case(path, Options(env={}, cache=False, **(options or {})), **given)


def lines(verdict: Verdict) -> list[tuple[str, str | None, int, str]]:
    """The problems as (kind, step, line, message)."""
    return [
        (problem.kind, problem.step, problem.location.line if problem.location else 0, problem.message)
        for problem in verdict.problems
    ]


KNOWN = {
    "id": "8a2f5d0e-3c2e-4f5b-9d53-0d6c1f0f7a11",
    "name": "demo",
    "clientId": "2f6c1f0f-7a11-4f5b-9d53-8a2f5d0e3c2e",
    "clientSecret": "real-s3cret-value",
    "createdAt": 5,
}
GRANTED = {"access_token": "t-real-token", "token_type": "Bearer", "expires_in": 60}


def airbyte_app(**changed: Any) -> Any:
    """The API of the bundled workflow as an application, with data of its own."""
    fastapi = pytest.importorskip("fastapi")
    app = fastapi.FastAPI()

    @app.post("/v1/applications")
    async def create(body: dict[str, Any] = fastapi.Body()) -> Any:  # noqa: B008
        return {**KNOWN, **changed, "name": body["name"]}

    @app.get("/v1/applications/{identity}")
    async def read(identity: str) -> Any:
        return {**KNOWN, **changed} if identity == KNOWN["id"] else fastapi.Response(status_code=404)

    @app.post("/v1/applications/token")
    async def token(body: dict[str, Any] = fastapi.Body()) -> Any:  # noqa: B008
        right = body["client_secret"] == KNOWN["clientSecret"]
        return GRANTED if right else fastapi.Response(status_code=401)

    return app

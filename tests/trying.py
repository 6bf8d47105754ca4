"""Workflows written as YAML, tried against an API written as YAML."""

from __future__ import annotations

from textwrap import dedent, indent
from typing import Any

import yaml
from linking import loaded

from arazzo_runner.api import verify_with
from arazzo_runner.testing import Tryout
from arazzo_runner.verdict import Aim, Verdict

ORDER = """\
type: object
required: [id, status]
properties:
  id: {type: string}
  status: {type: string, enum: [open, paid, shipped]}
  total: {type: integer}
  items:
    type: array
    items: {type: object, required: [sku], properties: {sku: {type: string}, count: {type: integer}}}
"""
API = """\
openapi: 3.1.0
info: {title: Orders, version: 1.0.0}
servers: [{url: https://orders.example}]
paths:
  /orders:
    post:
      operationId: createOrder
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, required: [sku], properties: {sku: {type: string, minLength: 3}}}
      responses:
        "201": {description: "", content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}
        "409":
          description: ""
          content: {application/json: {schema: {type: object, properties: {reason: {type: string}}}}}
  /orders/{id}:
    get:
      operationId: getOrder
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        "200":
          description: ""
          headers: {X-Left: {schema: {type: integer}}}
          content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}
        "404": {description: ""}
  /ping:
    get:
      operationId: ping
      responses: {"200": {description: ""}, default: {description: ""}}
components:
  schemas:
    Order:
"""


def api() -> Any:
    """The description of a small shop."""
    return yaml.safe_load(API + indent(ORDER, "      "))


def arazzo(workflows: str, version: str = "1.0.1") -> str:
    """A description with these workflows, as YAML text."""
    head = f"arazzo: {version}\ninfo: {{title: t, version: 1.0.0}}\n"
    sources = "sourceDescriptions:\n- {name: api, url: ./openapi.json, type: openapi}\n"
    return head + sources + "workflows:\n" + dedent(workflows).strip("\n") + "\n"


def workflow(steps: str, fields: str = "", version: str = "1.0.1") -> str:
    """A description with one workflow `w` of these steps."""
    body = "- workflowId: w\n" + indent(dedent(fields).strip("\n"), "  ")
    return arazzo(body.rstrip("\n ") + "\n  steps:\n" + indent(dedent(steps).strip("\n"), "  "), version)


def try_out(
    text: str, *, description: Any = None, compat: str = "auto", name: str | None = None, **tryout: Any
) -> Verdict:
    """The verdict on the first workflow, or on the one that is named."""
    described = loaded(text, {"memory:/openapi.json": description or api()}, servers={}, compat=compat, fetch=False)
    tried = Tryout(assume=compat == "lenient", **tryout)
    return next(iter(verify_with(described, tried, name or described.workflows[0].workflow_id)))


def missing(verdict: Verdict) -> list[str]:
    """`kind name` of every aim that was not reached."""
    return [f"{aim.kind} {aim.name}" for aim in verdict.coverage if not aim.reached]


def aim(verdict: Verdict, name: str, kind: str | None = None) -> Aim:
    """The aim of a name."""
    return next(each for each in verdict.coverage if each.name == name and kind in (None, each.kind))


def problems(verdict: Verdict) -> list[str]:
    """`kind step` of every problem."""
    return [f"{problem.kind} {problem.step or ''}".rstrip() for problem in verdict.problems]

"""Forms as the mock reads them: brackets, lists and objects."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from linking import loaded

from arazzo_runner.mock.bodies import read_body

API = """\
openapi: 3.1.0
info: {title: t, version: 1.0.0}
servers: [{url: https://api.example}]
paths:
  /orders:
    post:
      operationId: create
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              properties:
                items: {type: array, items: {type: object, properties: {price: {type: string}}}}
                tags: {type: array, items: {type: string}}
                meta: {type: object}
      responses: {"200": {description: ""}}
"""
DOCUMENT = """\
arazzo: 1.0.1
info: {title: t, version: 1.0.0}
sourceDescriptions: [{name: api, url: ./openapi.json, type: openapi}]
workflows: [{workflowId: w, steps: [{stepId: s, operationId: create}]}]
"""


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("items[0][price]=a&items[1][price]=b", {"items": [{"price": "a"}, {"price": "b"}]}),
        ("items[1][price]=b", {"items": {"1": {"price": "b"}}}),
        ("tags[0]=a&tags[1]=b", {"tags": ["a", "b"]}),
        ("tags=a&tags=b", {"tags": ["a", "b"]}),
        ("meta[0]=a", {"meta": {"0": "a"}}),
        ('items={"price":"a","count":1}', {"items": [{"price": "a", "count": 1}]}),
    ],
)
def test_brackets_with_indices_are_lists_where_the_schema_says_so(form: str, value: Any) -> None:
    plan = loaded(DOCUMENT, {"memory:/openapi.json": yaml.safe_load(API)}, servers={}, fetch=False).link("w")
    step: Any = plan.workflow.steps[0]
    kind = "application/x-www-form-urlencoded"

    assert read_body(kind, form.encode(), step.operation.request_body.media_types[kind]) == value

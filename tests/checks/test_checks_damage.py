"""A damaged file never hides the rest: what is found of each damage alone is found of many together, in one pass."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linking import supplied

from arazzo_runner.api import Checked, check_with
from arazzo_runner.options import Options

RIGHT = """\
arazzo: 1.0.1
info:
  title: Pets
  version: 1.0.0
  summary: Some
sourceDescriptions:
- name: api
  url: ./openapi.json
  type: openapi
- name: store
  url: ./store.json
  type: openapi
workflows:
- workflowId: adopt
  summary: Adopt a pet
  inputs:
    type: object
    properties:
      petId: {type: string}
      limit: {type: integer}
  parameters:
  - reference: $components.parameters.trace
  successActions:
  - name: done
    type: end
    criteria:
    - condition: $inputs.limit == 1
  failureActions:
  - reference: $components.failureActions.again
  steps:
  - stepId: list
    operationId: $sourceDescriptions.api.listPets
    parameters:
    - name: limit
      in: query
      value: $inputs.limit
    successCriteria:
    - condition: $statusCode == 200
    - context: $response.body
      condition: $.pets[*]
      type: jsonpath
    onSuccess:
    - name: found
      type: goto
      stepId: get
      criteria:
      - condition: $response.body#/count > 0
    onFailure:
    - name: later
      type: retry
      retryAfter: 2
      retryLimit: 3
      criteria:
      - condition: $statusCode == 503
    outputs:
      first: $response.body#/pets/0/id
      count: $response.body#/count
  - stepId: get
    operationId: $sourceDescriptions.api.getPet
    parameters:
    - name: id
      in: path
      value: $inputs.petId
    successCriteria:
    - condition: $statusCode == 200
    outputs:
      name: $response.body#/name
  - stepId: create
    operationId: $sourceDescriptions.api.createPet
    requestBody:
      contentType: application/json
      payload:
        name: $steps.get.outputs.name
        note: from {$inputs.petId}
      replacements:
      - target: /owner
        value: $steps.get.outputs.name
    successCriteria:
    - condition: $statusCode == 201
    outputs:
      id: $response.body#/id
  - stepId: buy
    workflowId: order
    parameters:
    - name: pet
      value: $steps.create.outputs.id
    outputs:
      order: $outputs.id
  outputs:
    order: $steps.buy.outputs.order
- workflowId: order
  dependsOn:
  - adopt2
  inputs:
    type: object
    properties:
      pet: {type: string}
  steps:
  - stepId: place
    operationId: $sourceDescriptions.store.placeOrder
    requestBody:
      payload: {pet: $inputs.pet}
    outputs:
      id: $response.body#/id
  outputs:
    id: $steps.place.outputs.id
- workflowId: adopt2
  steps:
  - stepId: only
    operationPath: '{$sourceDescriptions.store.url}#/paths/~1orders/post'
components:
  parameters:
    trace:
      name: trace
      in: header
      value: $inputs.petId
  failureActions:
    again:
      name: again
      type: retry
      retryAfter: 1
      criteria:
      - condition: $statusCode == 429
"""

# What is written, and what is written instead.
DAMAGES: tuple[tuple[str, str], ...] = (
    # the text
    ("  title: Pets\n", "  title: Pets\n  title: Animals\n"),
    ("  summary: Some\n", "  summary: so: me\n"),
    ("  summary: Adopt a pet\n", "  summary: {$inputs.x} and more\n"),
    ("      limit: {type: integer}\n", "      limit: {type: integer, type: integer}\n"),
    ("    - name: pet\n", "    - name: pet\n      name: pet\n"),
    ("      retryAfter: 2\n", "      retryAfter: !seconds 2\n"),
    ("      order: $outputs.id\n", "      order: @outputs.id\n"),
    # the root, sources
    ("arazzo: 1.0.1\n", "arazzo: 1.0\n"),
    ("  version: 1.0.0\n", "  version: 1.0\n"),
    ("- name: store\n", "- name: my store\n"),
    ("  url: ./store.json\n", "  uri: ./store.json\n"),
    ("  type: openapi\n- name: store", "  type: opnapi\n- name: store"),
    # workflows
    ("- workflowId: adopt\n", "- workflow: adopt\n"),
    ("- workflowId: adopt2\n", "- workflowId: order\n"),
    ("  - adopt2\n", "  - 7\n"),
    ("      petId: {type: string}\n", "      petId: {type: text}\n"),
    ("  - reference: $components.parameters.trace\n", "  - reference: $components.parameters.tracer\n"),
    ("  - name: done\n", "  - nam: done\n"),
    ("    type: end\n", "    type: ende\n"),
    ("    - condition: $inputs.limit == 1\n", "    - condition: $inputs.limit = 1\n"),
    # the first step
    ("  - stepId: list\n", "  - id: list\n"),
    ("    operationId: $sourceDescriptions.api.listPets\n", "    operationId: $sourceDescriptions.api.listPet\n"),
    ("    - name: limit\n", "    - names: limit\n"),
    ("      in: query\n", "      in: qury\n"),
    ("      value: $inputs.limit\n", "      value: $inputs.limits\n"),
    ("    - condition: $statusCode == 200\n    - context", "    - contidion: $statusCode == 200\n    - context"),
    ("      condition: $.pets[*]\n", "      condition: $.pets[\n"),
    ("    - context: $response.body\n", "    - context: $respone.body\n"),
    ("      type: jsonpath\n", "      type: jsonpth\n"),
    ("    - name: found\n", "    - name: 5\n"),
    ("      type: goto\n", "      type: gto\n"),
    ("      stepId: get\n", "      stepId: gett\n"),
    ("      - condition: $response.body#/count > 0\n", "      - condition: $response.body#/count >> 0\n"),
    ("      retryLimit: 3\n", "      retryLimit: -3\n"),
    ("      - condition: $statusCode == 503\n", "      - condition: $statusCod == 503\n"),
    ("      first: $response.body#/pets/0/id\n", "      first: {$response.body#/pets/0/id}\n"),
    ("      count: $response.body#/count\n", "      'c o': $response.body#/count\n"),
    # the others
    ("    - name: id\n      in: path\n", "    - name: id\n      in: 4\n"),
    ("      value: $inputs.petId\n    successCriteria:", "      valeu: $inputs.petId\n    successCriteria:"),
    ("      contentType: application/json\n", "      contentTyp: application/json\n"),
    ("        name: $steps.get.outputs.name\n", "        name: $steps.get.outputs.nam\n"),
    ("        note: from {$inputs.petId}\n", "        note: from {$inputs.petIdd}\n"),
    ("      - target: /owner\n", "      - traget: /owner\n"),
    ("        value: $steps.get.outputs.name\n", "        value: $steps.gett.outputs.name\n"),
    ("    - condition: $statusCode == 201\n", "    - condition: {$statusCode == 201}\n"),
    ("    workflowId: order\n", "    workflowId: ordr\n"),
    ("      value: $steps.create.outputs.id\n", "      value: $steps.create.outputs.idd\n"),
    ("    order: $steps.buy.outputs.order\n", "    order: $steps.buy.output.order\n"),
    ("      payload: {pet: $inputs.pet}\n", "      payload: {pet: {$inputs.pet}}\n"),
    ("    operationPath: '{$sourceDescriptions.store.url}#", "    operationPath: '{$sourceDescriptions.sto.url}#"),
    ("      in: header\n", "      in: heder\n"),
    ("      value: $inputs.petId\n  failureActions:", "      value: $inputs.peId\n  failureActions:"),
    ("      type: retry\n      retryAfter: 1\n", "      type: retri\n      retryAfter: 1\n"),
    ("      - condition: $statusCode == 429\n", "      - condition: $statusCode == 429 &&\n"),
)


def operation(operation_id: str, *, status: str = "200", body: bool = False, **more: object) -> dict[str, object]:
    pet = {
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "name": {"type": "string"},
            "count": {"type": "integer"},
            "last": {"type": "boolean"},
            "note": {"type": "string"},
            "owner": {"type": "string"},
            "pet": {"type": "string"},
            "pets": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}}}},
        },
    }
    content = {"application/json": {"schema": pet}}
    responses = {code: {"description": "", "content": content} for code in (status, "429", "503")}
    trace = {"name": "trace", "in": "header", "schema": {"type": "string"}}
    request = {"requestBody": {"content": content}} if body else {}
    parameters = [trace, *more.pop("parameters", ())]  # type: ignore[misc]
    return {"operationId": operation_id, "responses": responses, **request, "parameters": parameters}


LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer"}}
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
SOURCES = {
    "openapi.json": {
        "/pets": {
            "get": operation("listPets", parameters=[LIMIT]),
            "post": operation("createPet", status="201", body=True),
        },
        "/pets/{id}": {"get": operation("getPet", parameters=[ID])},
    },
    "store.json": {"/orders": {"post": operation("placeOrder", body=True)}},
}


def checked(text: str) -> Checked:
    documents = [
        supplied(
            f"memory:/{name}",
            {
                "openapi": "3.0.3",
                "info": {"title": "", "version": ""},
                "servers": [{"url": "https://api.example.com"}],
                "paths": paths,
            },
        )
        for name, paths in SOURCES.items()
    ]
    return check_with(text.encode(), Options(documents=documents, fetch=False, env={}, cache=False))


def damaged(damages: Iterable[tuple[str, str]]) -> str:
    text = RIGHT
    for right, wrong in sorted(damages, key=lambda damage: -len(damage[0])):  # the longer one may hold the other
        assert text.count(right) == 1, right
        text = text.replace(right, wrong)
    return text


def found(text: str) -> set[str]:
    """The code and the source line of each error."""
    lines = text.splitlines()
    return {
        f"{d.code} {lines[d.location.line - 1].strip()}"
        for d in checked(text).diagnostics
        if d.location is not None and d.severity == "error"
    }


# Of these only one is done at a time: the one makes the other something else.
EITHER = (
    {"- name: my store\n", "    operationPath: '{$sourceDescriptions.sto.url}#"},
    {"- workflowId: order\n", "  - 7\n"},
    {"  - reference: $components.parameters.tracer\n", "      value: $inputs.peId\n  failureActions:"},
    {"      condition: $.pets[\n", "      type: jsonpth\n"},
)


def clash(damages: Iterable[tuple[str, str]]) -> bool:
    done = {wrong for _, wrong in damages}
    return any(len(done & either) > 1 for either in EITHER)


def test_the_right_description_has_no_error() -> None:
    assert found(RIGHT) == set()
    assert checked(RIGHT).readable


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damage_is_found(damage: tuple[str, str]) -> None:
    assert found(damaged([damage])) != set()


def test_all_damages_are_found_in_one_pass() -> None:
    together = [damage for damage in DAMAGES if not any(damage[1] in sorted(either)[:1] for either in EITHER)]

    assert found(damaged(together)) == set().union(*(found(damaged([damage])) for damage in together))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(DAMAGES), unique=True, min_size=3, max_size=12).filter(lambda some: not clash(some)))
def test_some_damages_together_are_what_each_is_alone(damages: list[tuple[str, str]]) -> None:
    assert found(damaged(damages)) == set().union(*(found(damaged([damage])) for damage in damages))

"""A damaged file never hides the rest: what is found of each damage alone is found of many together, in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from json import dumps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linking import supplied

import arazzo_runner
from arazzo_runner.api import Checked, check_with
from arazzo_runner.document import read
from arazzo_runner.errors import UnreadableDocument
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


# Versions -------------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("root.arazzo.required", "version.arazzo-field-drives-interpretation")
@pytest.mark.parametrize(
    ("version", "code", "readable"),
    [
        ("arazzo: 1.0", "ARZ102", True),
        ("arazzo: v1.0.1", "ARZ102", True),
        ("arazzo: null", "ARZ102", True),
        ("arazzo: 1.3.0", "ARZ102", True),
        ("x-arazo: 1.0.1", "ARZ101", False),
    ],
)
def test_a_version_we_do_not_know_hides_nothing(version: str, code: str, readable: bool) -> None:
    text = RIGHT.replace("arazzo: 1.0.1", version).replace("operationId: $sourceDescriptions.api.getPet\n", "x-y: 1\n")

    result = checked(text)

    assert code in {d.code for d in result.diagnostics}
    assert "ARZ110 - stepId: get" in found(text)
    assert result.readable is readable


def test_what_only_another_version_could_tell_is_not_said() -> None:
    text = RIGHT.replace("arazzo: 1.0.1", "arazzo: 1.9.0").replace("  summary: Some\n", "  sumary: Some\n")
    timed = RIGHT.replace("arazzo: 1.0.1", "arazzo: one").replace(
        "  - stepId: get\n", "  - stepId: get\n    timeout: 5\n"
    )

    assert not any("sumary" in line for line in found(text))
    assert not any("timeout" in line for line in found(timed))


@pytest.mark.parametrize("text", ["arazzo: 2.0.0\nworkflows: 5\n", "openapi: 3.1.0\n", "- a\n", "a: 1\n"])
def test_what_is_no_description_that_we_know_is_not_looked_into(text: str) -> None:
    result = checked(text)

    assert [d.code for d in result.diagnostics] in (["ARZ101"], ["ARZ102"])
    assert not result.readable


# Whole documents ------------------------------------------------------------------------------------------------------


def test_a_text_that_had_to_be_mended_is_not_readable_and_one_with_duplicate_keys_is() -> None:
    mended = damaged([("  summary: Some\n", "  summary: so: me\n")])
    duplicate = damaged([("  title: Pets\n", "  title: Pets\n  title: Animals\n")])

    assert not checked(mended).readable
    assert checked(duplicate).readable


def test_a_text_that_ends_in_the_middle_tells_what_was_found_before() -> None:
    result = checked("arazzo: 1.0.1\narazzo: 1.0.1\ninfo: {title: a\n")

    assert [d.code for d in result.diagnostics] == ["ARZ105", "ARZ103"]
    assert not result.readable


def test_two_workflows_of_one_name_are_both_looked_into() -> None:
    text = damaged([("- workflowId: adopt2\n", "- workflowId: order\n")])
    text = text.replace("#/paths/~1orders/post", "#/paths/~1order/post")

    assert "ARZ203 operationPath: '{$sourceDescriptions.store.url}#/paths/~1order/post'" in found(text)


def test_a_description_without_workflows_is_looked_into() -> None:
    assert found(RIGHT[: RIGHT.index("workflows:")]) == {"ARZ110 arazzo: 1.0.1"}


def test_a_damaged_source_is_read_on_too() -> None:
    api = """
openapi: 3.0.3
info: {title: a, title: b, version: '1'}
paths:
  /pets:
    get: {operationId: listPets, operationId: listPets, responses: {'200': {description: ok}}}
"""
    text = """
arazzo: 1.0.1
info: {title: t, version: '1'}
sourceDescriptions: [{name: api, url: ./api.yaml, type: openapi}]
workflows:
- workflowId: w
  steps: [{stepId: a, operationId: listPets}, {stepId: b, operationId: listPet}]
"""
    with TemporaryDirectory() as folder:
        Path(folder, "api.yaml").write_text(api)
        Path(folder, "flow.yaml").write_text(text)

        result = check_with(Path(folder, "flow.yaml"), Options(fetch=False, env={}, cache=False))

    errors = [(Path(d.location.document).name, d.location.line, d.code) for d in result.diagnostics
              if d.severity == "error" and d.location]  # fmt: skip
    assert sorted(errors) == [("api.yaml", 3, "ARZ105"), ("api.yaml", 6, "ARZ105"), ("flow.yaml", 7, "ARZ203")]
    assert result.readable


def test_a_run_refuses_what_a_check_reads_on() -> None:
    with pytest.raises(UnreadableDocument, match="stands twice"):
        arazzo_runner.load(damaged([("  title: Pets\n", "  title: Pets\n  title: Animals\n")]).encode())


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_value_anywhere_is_checked_to_the_end(data: st.DataObject) -> None:
    """One value of the right description is replaced by any other: every rule copes with it."""
    root = read(RIGHT.encode(), uri="memory:/flow.yaml", name="flow.yaml").root
    *parents, last = data.draw(st.sampled_from(list(places(root))))
    holder: Any = root
    for token in parents:
        holder = holder[token]
    scalars = st.one_of(
        st.none(), st.booleans(), st.integers(-2, 2), st.sampled_from(["", "$inputs.a", "{$", "$ref", "a b", "get"])
    )
    holder[last] = data.draw(
        st.one_of(
            scalars, st.lists(scalars, max_size=2), st.dictionaries(st.sampled_from(["a", "type", "$ref"]), scalars)
        )
    )

    assert all(d.location is not None and d.location.line > 0 for d in checked(dumps(root)).diagnostics)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value below the root."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in members:
        yield (*path, key)
        yield from places(item, (*path, key))

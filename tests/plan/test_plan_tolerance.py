"""Forms of published documents that the specification does not have: read or refused (decisions 0, 48, 49)."""

from __future__ import annotations

from typing import Any

import pytest
from linking import API, errors, lines, link, sources, step, steps
from scripted import arazzo_of, openapi_of

S = "/workflows/0/steps/0"
SHOP = {"memory:/shop.json": openapi_of("listPets GET /shop/pets", "buy POST /shop")}


def parameters(path: str) -> list[dict[str, str]]:
    """What a path template needs."""
    return [{"name": "id", "in": "path", "value": "1"}] if "{id}" in path else []


PATHS: list[Any] = [
    pytest.param("api#/paths/~1pets/get", "{$sourceDescriptions.api.url}#/paths/~1pets/get", id="source#pointer"),
    pytest.param(
        "$sourceDescriptions.api#/paths/~1pets/get",
        "{$sourceDescriptions.api.url}#/paths/~1pets/get",
        id="expression without url",
    ),
    pytest.param(
        "$sourceDescriptions.api.url#/paths/~1pets/get",
        "{$sourceDescriptions.api.url}#/paths/~1pets/get",
        id="expression without braces",
    ),
    pytest.param("POST /pets", "{$sourceDescriptions.api.url}#/paths/~1pets/post", id="method and path"),
    pytest.param("/pets/{id}", "{$sourceDescriptions.api.url}#/paths/~1pets~1{id}/get", id="path with one method"),
]


@pytest.mark.parametrize(("written", "portable"), PATHS)
def test_an_operation_path_of_1_0_is_read_as_its_author_meant(written: str, portable: str) -> None:
    plan = link(steps(step(operationPath=written, parameters=parameters(written))))

    assert lines(plan, "error") == []
    (warning,) = plan.diagnostics
    assert (warning.code, warning.location.pointer) == ("ARZ506", f"{S}/operationPath")
    assert portable in (warning.hint or "")


@pytest.mark.parametrize(("written", "portable"), PATHS)
def test_an_operation_path_is_exact_in_1_1_and_under_strict(written: str, portable: str) -> None:
    workflow = steps(step(operationPath=written, parameters=parameters(written)))

    assert errors(workflow, version="1.1.0") == [f"ARZ206 {S}/operationPath"]
    assert errors(workflow, compat="strict") == [f"ARZ206 {S}/operationPath"]
    assert errors(steps(step(operationPath=portable, parameters=parameters(written))), version="1.1.0") == []


@pytest.mark.parametrize(("written", "portable"), PATHS)
def test_lenient_reads_an_operation_path_of_1_1_as_that_of_1_0(written: str, portable: str) -> None:
    plan = link(steps(step(operationPath=written, parameters=parameters(written))), version="1.1.0", compat="lenient")

    assert [f"{d.severity} {d.code}" for d in plan.diagnostics] == ["warning ARZ506"]


def test_a_path_with_several_methods_names_no_operation() -> None:
    assert errors(steps(step(operationPath="/pets"))) == [f"ARZ204 {S}/operationPath"]
    assert errors(steps(step(operationPath="DELETE /pets"))) == [f"ARZ203 {S}/operationPath"]


OPERATION_IDS: list[Any] = [
    pytest.param("buy", "$sourceDescriptions.shop.buy", id="bare, one source has it"),
    pytest.param("shop.listPets", "$sourceDescriptions.shop.listPets", id="source.operationId"),
]


@pytest.mark.parametrize(("written", "portable"), OPERATION_IDS)
def test_a_bare_operation_id_that_one_source_has_is_read_in_1_0(written: str, portable: str) -> None:
    description = arazzo_of(
        steps(step(operationId=written)), sourceDescriptions=sources(api=API, shop="memory:/shop.json")
    )

    plan = link(description, SHOP)

    (warning,) = plan.diagnostics
    assert (warning.code, warning.severity) == ("ARZ507", "warning")
    assert portable in (warning.hint or "")
    assert errors(description, SHOP, compat="strict") == [f"ARZ205 {S}/operationId"]


def test_the_name_of_the_only_source_before_an_operation_id_is_read_in_1_0() -> None:
    workflow = steps(step(operationId="api.listPets"))

    assert [d.code for d in link(workflow).diagnostics] == ["ARZ507"]
    assert errors(workflow, compat="strict") == [f"ARZ203 {S}/operationId"]
    assert errors(workflow, version="1.1.0") == [f"ARZ203 {S}/operationId"]


VALUES: list[Any] = [
    pytest.param("Bearer $inputs.token", "ARZ502", id="unbraced expression"),
    pytest.param("$inputs.user.name", "ARZ503", id="member of an input"),
    pytest.param("$inputs.list[0].name", "ARZ503", id="item of an input"),
]


@pytest.mark.parametrize(("value", "code"), VALUES)
def test_a_value_of_1_0_is_read_as_its_author_meant(value: str, code: str) -> None:
    inputs = {"type": "object", "properties": {"token": {}, "user": {}, "list": {}}}
    workflow = steps(step(parameters=[{"name": "Authorization", "in": "header", "value": value}]), inputs=inputs)

    plan = link(workflow)

    assert [f"{d.severity} {d.code}" for d in plan.diagnostics] == [f"warning {code}"]
    assert plan.diagnostics[0].location.pointer == f"{S}/parameters/0/value"


def test_retry_as_a_success_action_is_read_in_1_0_only() -> None:
    workflow = steps(step(onSuccess=[{"name": "again", "type": "retry", "retryLimit": 2}]))

    assert [d.code for d in link(workflow).diagnostics] == ["ARZ510"]
    assert errors(workflow, version="1.1.0") == [f"ARZ116 {S}/onSuccess/0/type"]
    assert errors(workflow, compat="strict") == [f"ARZ116 {S}/onSuccess/0/type"]


def test_a_criterion_as_a_text_is_read_in_1_0_only() -> None:
    workflow = steps(step(successCriteria=["$statusCode == 200"]))

    assert [d.code for d in link(workflow).diagnostics] == ["ARZ509"]
    assert errors(workflow, version="1.1.0") == [f"ARZ111 {S}/successCriteria/0"]
    assert errors(workflow, compat="strict") == [f"ARZ111 {S}/successCriteria/0"]

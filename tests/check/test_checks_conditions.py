"""Criteria that decide nothing, can never pass, or ask for what is not documented; actions and loops behind them."""

from __future__ import annotations

from typing import Any

import pytest
from checking import at, check, found, of_steps
from linking import API

PET: dict[str, Any] = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string"},
        "alive": {"type": "boolean"},
        "state": {"type": "string", "enum": ["available", "sold"]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "owner": {"type": "object", "properties": {"name": {"type": "string"}}},
        "anything": {},
    },
}
OPENAPI: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "servers": [{"url": "https://api.invalid"}],
    "paths": {
        "/pet": {
            "get": {
                "operationId": "getPet",
                "responses": {
                    "200": {"description": "", "content": {"application/json": {"schema": PET}}},
                    "404": {"description": "", "content": {"application/json": {"schema": {"type": "object"}}}},
                },
            },
            "post": {
                "operationId": "createPet",
                "responses": {"2XX": {"description": ""}, "409": {"description": ""}},
            },
            "put": {"operationId": "putPet", "responses": {"default": {"description": ""}}},
        },
        "/pets": {
            "get": {
                "operationId": "listPets",
                "responses": {
                    "200": {
                        "description": "",
                        "content": {"application/json": {"schema": {"type": "array", "items": PET}}},
                    }
                },
            }
        },
    },
}
DOCUMENTS = {API: OPENAPI}


def criterion(condition: str, *, operation: str = "getPet", more: str = "", version: str = "1.0.1") -> str:
    """A step with one criterion, the text of which is `condition`, quoted so that YAML takes it as it is."""
    quoted = "'" + condition.replace("'", "''") + "'"
    return of_steps(
        f"- stepId: a\n  operationId: {operation}\n  successCriteria:\n  - condition: {quoted}\n{more}", version=version
    )


def typed(
    condition: str, kind: str, context: str = "$response.body", operation: str = "getPet", version: str = "1.1.0"
) -> str:
    return criterion(
        condition, operation=operation, more=f"    context: {context}\n    type: {kind}\n", version=version
    )


def codes(text: str, family: str = "ARZ4") -> list[str]:
    return found(text, family, DOCUMENTS)


def at_condition(text: str) -> str:
    """Where the text of the only criterion stands."""
    line, column = at(text, "condition: ").split(":")
    return f"{line}:{int(column) + len('condition: ')}"


# Comparisons by type (ARZ410, ARZ420) ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "condition",
    [
        "$response.body#/alive == 'true'",
        "$response.body#/id == 'x'",
        "$response.body#/owner == 'x'",
        "$response.body#/tags > 0",
        "$response.body#/alive > 0",
        "$response.body#/alive != 1",
        "$statusCode == 'OK'",
        "$response.body#/state == 'availble'",
        "'sold out' == $response.body#/state",
        "$response.body#/name == 'x' || $response.body#/id == true",
    ],
)
def test_operands_that_never_compare_are_told(condition: str) -> None:
    text = criterion(condition)

    assert f"{at_condition(text)} ARZ410" in codes(text)


@pytest.mark.parametrize(
    "condition",
    [
        "$response.body#/alive == true",
        "$response.body#/id == '7'",
        "$response.body#/id > 0",
        "$response.body#/name > 'a'",
        "$response.body#/name == 7",
        "$response.body#/owner == null",
        "$response.body#/alive != null",
        "$response.body#/state == 'AVAILABLE'",
        "$response.body#/anything == true",
        "$response.body#/owner.name == 'x'",
        "$statusCode == '200'",
    ],
)
def test_operands_that_may_compare_are_not(condition: str) -> None:
    assert codes(criterion(condition), "ARZ410") == []


def test_the_nearest_value_of_an_enum_is_named() -> None:
    (finding,) = (d for d in check(criterion("$response.body#/state == 'availble'"), DOCUMENTS) if d.code == "ARZ410")

    assert finding.hint == "did you mean 'available'?"


def test_a_bare_comparison_is_judged_by_its_context() -> None:
    wrong = typed("$.alive == 'yes'", "jsonpath", version="1.0.1")
    length = typed("$.tags.length > 0", "jsonpath", version="1.0.1")

    assert f"{at_condition(wrong)} ARZ410" in codes(wrong)
    assert codes(length, "ARZ410") == []


@pytest.mark.parametrize("condition", ["$response.body#/name", "$response.body#/id && true", "!$response.body#/owner"])
def test_a_value_that_is_no_truth_value_is_told(condition: str) -> None:
    text = criterion(condition)

    assert codes(text, "ARZ420") == [f"{at_condition(text)} ARZ420"]


@pytest.mark.parametrize("condition", ["$response.body#/alive", "!$response.body#/alive", "$response.body#/anything"])
def test_a_value_that_may_be_one_is_not(condition: str) -> None:
    assert codes(criterion(condition), "ARZ420") == []


# Statuses (ARZ411 to ARZ416) ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "condition"),
    [
        ("getPet", "$statusCode == 201"),
        ("getPet", "$statusCode >= 500"),
        ("createPet", "$statusCode == 404"),
        ("getPet", "$statusCode == 201 || $statusCode == 202"),
    ],
)
def test_a_status_that_is_not_documented_is_told(operation: str, condition: str) -> None:
    text = criterion(condition, operation=operation)

    assert codes(text, "ARZ411") == [f"{at_condition(text)} ARZ411"]


@pytest.mark.parametrize(
    ("operation", "condition"),
    [
        ("getPet", "$statusCode == 404"),
        ("createPet", "$statusCode == 202"),
        ("putPet", "$statusCode == 418"),
        ("getPet", "$statusCode == 200 || $statusCode == 201"),
        ("getPet", "$response.body#/id == 1"),
    ],
)
def test_a_documented_status_its_range_or_default_is_not(operation: str, condition: str) -> None:
    assert codes(criterion(condition, operation=operation), "ARZ411") == []


def test_an_undocumented_status_of_an_action_is_an_info() -> None:
    text = of_steps("""
    - stepId: a
      operationId: getPet
      onFailure:
      - {name: x, type: end, criteria: [{condition: $statusCode == 503}]}
    """)

    (finding,) = (d for d in check(text, DOCUMENTS) if d.code == "ARZ411")

    assert finding.severity == "info"


@pytest.mark.parametrize("condition", ["true", "1 == 1", "$statusCode == 200 || $statusCode != 200"])
def test_a_criterion_that_is_always_true_is_told(condition: str) -> None:
    text = criterion(condition)

    assert codes(text, "ARZ412") == [f"{at_condition(text)} ARZ412"]


@pytest.mark.parametrize(
    "condition", ["1 == 2", "false", "$statusCode == 999", "$statusCode == 200 && $statusCode == 404"]
)
def test_a_criterion_that_is_always_false_is_told(condition: str) -> None:
    text = criterion(condition)

    assert codes(text, "ARZ413") == [f"{at_condition(text)} ARZ413"]


def test_what_a_response_decides_is_neither() -> None:
    for condition in ("$response.body#/id == 1", "$statusCode < 400", "$statusCode != 200"):
        assert codes(criterion(condition), "ARZ412") == []
        assert codes(criterion(condition), "ARZ413") == []


def test_criteria_that_exclude_each_other_are_told_at_the_one_that_does() -> None:
    text = criterion(
        "$statusCode == 200", more="  - condition: $response.body#/id == 1\n  - condition: $statusCode == 404\n"
    )

    assert codes(text, "ARZ414") == [f"{at(text, '$statusCode == 404')} ARZ414"]
    assert codes(text.replace("== 404", "< 300"), "ARZ414") == []


def acting(kind: str, condition: str) -> str:
    return of_steps(f"""
    - stepId: a
      operationId: getPet
      successCriteria:
      - condition: $statusCode == 200
      {kind}:
      - name: x
        type: end
        criteria:
        - condition: {condition}
    """)


@pytest.mark.parametrize(
    ("kind", "condition"), [("onSuccess", "$statusCode == 404"), ("onFailure", "$statusCode == 200")]
)
def test_an_action_whose_criteria_contradict_its_outcome_is_told(kind: str, condition: str) -> None:
    text = acting(kind, condition)

    assert codes(text, "ARZ415") == [f"{at(text, 'name: x')} ARZ415"]


@pytest.mark.parametrize(
    ("kind", "condition"),
    [
        ("onSuccess", "$statusCode == 200"),
        ("onFailure", "$statusCode == 404"),
        ("onSuccess", "$response.body#/id == 1"),
    ],
)
def test_an_action_that_can_apply_is_not(kind: str, condition: str) -> None:
    assert codes(acting(kind, condition), "ARZ415") == []


def test_a_failure_action_for_the_status_of_success_may_apply_when_something_else_can_fail() -> None:
    text = acting("onFailure", "$statusCode == 200").replace(
        "- condition: $statusCode == 200\n",
        "- condition: $statusCode == 200\n    - condition: $response.body#/id == 1\n",
        1,
    )

    assert codes(text, "ARZ415") == []


def test_actions_behind_one_that_always_applies_are_told() -> None:
    text = of_steps("""
    - stepId: a
      operationId: getPet
      onFailure:
      - {name: first, type: retry, retryAfter: 1}
      - {name: second, type: end}
      - {name: third, type: end, criteria: [{condition: $statusCode == 404}]}
    """)

    assert codes(text, "ARZ416") == [f"{at(text, '{name: third')} ARZ416"]


# Queries and patterns (ARZ417 to ARZ419, ARZ424) ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "query"),
    [("getPet", "$.pets[*]"), ("getPet", "$.name[*]"), ("listPets", "$[?@.nme == 'x']"), ("listPets", "$.items[*]")],
)
def test_a_query_that_finds_nothing_is_told(operation: str, query: str) -> None:
    text = typed(query, "jsonpath", operation=operation)

    assert codes(text, "ARZ417") == [f"{at_condition(text)} ARZ417"]


@pytest.mark.parametrize(
    ("operation", "query"),
    [
        ("getPet", "$.tags[*]"),
        ("listPets", "$[?@.name == 'x']"),
        ("getPet", "$.anything.x"),
        ("listPets", "$[0].owner.name"),
    ],
)
def test_a_query_that_may_find_something_is_not(operation: str, query: str) -> None:
    assert codes(typed(query, "jsonpath", operation=operation), "ARZ417") == []


def test_a_leading_filter_over_an_object_looks_at_its_members() -> None:
    text = typed("$[?@.name == 'x']", "jsonpath")

    assert codes(text, "ARZ418") == [f"{at_condition(text)} ARZ418"]
    assert codes(typed("$[?@.name == 'x']", "jsonpath", operation="listPets"), "ARZ418") == []


def test_the_count_of_one_member_is_at_most_one() -> None:
    text = typed("$[?count(@.tags) > 0]", "jsonpath", operation="listPets")

    assert codes(text, "ARZ419") == [f"{at_condition(text)} ARZ419"]
    assert codes(typed("$[?count(@.tags[*]) > 0]", "jsonpath", operation="listPets"), "ARZ419") == []
    assert codes(typed("$[?length(@.tags) > 0]", "jsonpath", operation="listPets"), "ARZ419") == []


@pytest.mark.parametrize("pattern", ["/^2/", "/sold/i", "^pending$"])
def test_a_pattern_that_fits_nothing_is_told(pattern: str) -> None:
    text = typed(pattern, "regex", "$response.body#/state")

    assert codes(text, "ARZ424") == [f"{at_condition(text)} ARZ424"]


@pytest.mark.parametrize("pattern", ["^sold$", "a/b", "avail"])
def test_a_pattern_that_may_fit_is_not(pattern: str) -> None:
    context = "$response.body#/name" if "/" in pattern else "$response.body#/state"

    assert codes(typed(pattern, "regex", context), "ARZ424") == []


# Loops and retries (ARZ421 to ARZ423, ARZ425, ARZ426) -----------------------------------------------------------------

LOOP = """
- stepId: a
  operationId: getPet
  outputs: {id: $response.body#/id}
- stepId: b
  operationId: listPets
  onSuccess:
  - {name: back, type: goto, stepId: a}
"""


def test_a_loop_that_no_success_leaves_is_told_at_the_action_that_closes_it() -> None:
    text = of_steps(LOOP)

    assert codes(text, "ARZ421") == [f"{at(text, '{name: back')} ARZ421"]


def test_a_loop_that_a_success_leaves_is_not() -> None:
    for condition in ("$response.body#/0/id == 1", "$statusCode == 200"):
        leaving = LOOP.replace("stepId: a}", f"stepId: a, criteria: [{{condition: {condition}}}]}}")

        assert codes(of_steps(leaving), "ARZ421") == []


POLL = """
- stepId: a
  operationId: getPet
  onSuccess:
  - {name: again, type: goto, stepId: a, criteria: [{condition: $response.body#/state == 'sold'}]}
  outputs: {id: $response.body#/id}
"""


def test_a_loop_that_asks_the_same_again_at_once_is_told() -> None:
    text = of_steps(POLL)

    assert codes(text, "ARZ422") == [f"{at(text, '{name: again')} ARZ422"]


def test_a_loop_that_asks_for_the_next_page_or_changes_something_is_not() -> None:
    paging = POLL.replace(
        "  onSuccess", "  parameters: [{name: p, in: query, value: $steps.a.outputs.id}]\n  onSuccess"
    )

    assert codes(of_steps(paging), "ARZ422") == []
    assert codes(of_steps(POLL.replace("getPet", "createPet")), "ARZ422") == []


def retrying(fields: str) -> str:
    return of_steps(f"- stepId: a\n  operationId: getPet\n  onFailure:\n  - {{name: again, type: retry{fields}}}\n")


def test_several_retries_without_a_pause_are_told() -> None:
    text = retrying(", retryLimit: 5")

    assert codes(text, "ARZ423") == [f"{at(text, '{name: again')} ARZ423"]


@pytest.mark.parametrize(
    "fields", ["", ", retryLimit: 1", ", retryLimit: 5, retryAfter: 1", ", retryLimit: 5, retryAfter: 0"]
)
def test_one_retry_or_a_pause_that_is_written_down_is_not(fields: str) -> None:
    assert codes(retrying(fields), "ARZ423") == []


def test_a_retry_limit_of_zero_never_retries() -> None:
    text = retrying(", retryLimit: 0")

    assert codes(text, "ARZ426") == [f"{at(text, '{name: again')} ARZ426"]


def test_an_empty_list_of_criteria_always_applies() -> None:
    text = retrying(", criteria: []")

    assert codes(text, "ARZ425") == [f"{at(text, '{name: again')} ARZ425"]
    assert codes(retrying(""), "ARZ425") == []

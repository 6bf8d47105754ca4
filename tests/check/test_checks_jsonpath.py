"""JSONPath criteria and patterns that find nothing, or look where they were not meant to."""

from __future__ import annotations

from typing import Any

import pytest
from checking import at, of_steps
from linking import API
from shop import OPENAPI, PET, check, json, operation, places, step


def typed(
    condition: str,
    kind: str = "jsonpath",
    *,
    context: str = "$response.body",
    operation: str = "getPage",
    version: str = "1.1.0",
) -> str:
    """A step with one criterion of a type; its text is in single quotes."""
    quoted = "'" + condition.replace("'", "''") + "'"
    criterion = f"- context: {context}\n  type: {kind}\n  condition: {quoted}"
    return step(f"successCriteria:\n{criterion}", operation, version=version)


def the_text(text: str) -> str:
    """Where the text of the only criterion stands."""
    line, column = at(text, "condition: '").split(":")
    return f"{line}:{int(column) + len('condition: ')}"


# ARZ417 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "operation_id", "why", "hint"),
    [
        ("$.dat[*]", "getPage", "there is no 'dat' among data, total", "did you mean 'data'?"),
        ("$.data.name", "getPage", "an array of objects has no 'name'", "it is in the items: [*].name"),
        ("$.data[?@.naem == 'x']", "getPage", "there is no 'naem' among id, name, age, status, vaccinated, tags, owner",
         "did you mean 'name'?"),
        ("$.data[?@.status == 'gone']", "getPage", "it ends at an array of objects", None),
        ("$.total[*]", "getPage", "it ends at an integer", None),
        ("$.total.x", "getPage", "an integer has no 'x'", None),
        ("$[0].nickname", "listPets", "there is no 'nickname' among id, name, age, status, vaccinated, tags, owner",
         "did you mean 'name'?"),
    ],
)  # fmt: skip
def test_a_query_that_finds_nothing_says_where_it_ends(
    query: str, operation_id: str, why: str, hint: str | None
) -> None:
    text = typed(query, operation=operation_id)

    (finding,) = check(text, "ARZ417")

    assert f"{finding.location.line}:{finding.location.column}" == the_text(text)  # type: ignore[union-attr]
    assert finding.message == f"'{query}' finds nothing in $response.body: {why}"
    assert finding.hint == hint


@pytest.mark.parametrize(
    ("query", "operation_id"),
    [
        ("$.data[*]", "getPage"),
        ("$.data[?@.status == 'free']", "getPage"),
        ("$..name", "getPage"),
        ("$.x.y", "any"),
        ("$.dat[?@.id == '{$inputs.name}']", "getPage"),  # what is embedded is not known
        ("$.x", "export"),  # no JSON at all: another finding
    ],
)
def test_a_query_that_may_find_something_or_is_not_known_is_left_alone(query: str, operation_id: str) -> None:
    assert places(typed(query, operation=operation_id), "ARZ417") == []


def test_a_leading_filter_is_judged_by_both_readings_where_both_are_tried() -> None:
    wrong, right = "$[?@.totl > 0]", "$[?@.total > 0]"

    (finding,) = check(typed(wrong, version="1.0.1"), "ARZ417")

    assert finding.message.endswith("there is no 'totl' among data, total")
    assert places(typed(right, version="1.0.1"), "ARZ417") == []


def test_a_failure_action_looks_into_the_responses_of_failures() -> None:
    criteria = "[{context: $response.body, type: jsonpath, condition: $.QUERY}]"
    text = step(f"onFailure: [{{name: x, type: end, criteria: {criteria}}}]", "getPage")

    assert places(text.replace("QUERY", "message"), "ARZ417") == []
    assert len(check(text.replace("QUERY", "total"), "ARZ417")) == 1


# ARZ418 and ARZ419 ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "simple"),
    [
        ("$[?@.total > 0]", "$response.body#/total > 0"),
        ("$[?@['total'] == 3]", "$response.body#/total == 3"),
        ("$[?(@.total != null)]", "$response.body#/total != null"),
        ("$[?3 < @.total]", "$response.body#/total > 3"),
        ("$[?@.data]", "$response.body#/data != null"),
        ("$[?!@.data]", "$response.body#/data == null"),
        ("$[?count(@.data) > 0]", "$response.body#/data/0 != null"),
        ("$[?length(@.data) == 0]", "$response.body#/data/0 == null"),
        ("$[?@.data[0].name == 'it''s']".replace("''", "\\'"), "$response.body#/data/0/name == 'it''s'"),
        ("$[?@.total > 0 && @.data]", "$response.body#/total > 0 && $response.body#/data != null"),
    ],
)
def test_a_leading_filter_over_an_object_has_a_simple_condition_that_was_meant(query: str, simple: str) -> None:
    text = typed(query)

    (finding,) = check(text, "ARZ418")

    assert f"{finding.location.line}:{finding.location.column}" == the_text(text)  # type: ignore[union-attr]
    assert finding.hint == f"write the condition {simple}, without type and context"


@pytest.mark.parametrize("query", ["$[?length(@.data) > 3]", "$[?@.total == @.data[0].age]"])
def test_what_has_no_simple_form_is_told_without(query: str) -> None:
    (finding,) = check(typed(query), "ARZ418")

    assert finding.hint == "a simple condition tests members of an object"


def test_the_reading_that_is_tried_in_documents_of_1_0_is_named() -> None:
    (tried,), (exact,) = (check(typed("$[?@.total > 0]", version=version), "ARZ418") for version in ("1.0.1", "1.1.0"))

    message = "'$[?@.total > 0]' tests each member of $response.body, not the object itself"
    assert exact.message == message
    assert tried.message == f"{message}; where that finds nothing, a run tries the object"


def test_one_mistake_gives_one_finding() -> None:
    assert places(typed("$[?@.total > 0]"), "ARZ417") == []


BY_NAME: dict[str, Any] = {"type": "object", "additionalProperties": PET}


@pytest.mark.parametrize("query", ["$[?@.name == 'x']", "$[?@ == 'x']", "$[?@.total > 0]"])
def test_a_filter_over_the_values_of_a_map_or_a_list_is_meant_so(query: str) -> None:
    by_name = {**OPENAPI, "paths": {"/pets": {"get": operation("listPets", ("200", json(BY_NAME)))}}}

    assert places(typed(query, operation="listPets"), "ARZ418") == []
    assert places(typed(query, operation="listPets"), "ARZ418", by_name) == []


def test_a_count_of_a_list_asks_for_its_length() -> None:
    text = typed("$[?count(@.tags) > 0]", operation="listPets")

    (finding,) = check(text, "ARZ419")

    assert f"{finding.location.line}:{finding.location.column}" == the_text(text)  # type: ignore[union-attr]
    assert finding.message == "count(@['tags']) is 0 or 1: it counts the value, not the items in it"
    assert finding.hint == "write length(@['tags'])"


def test_a_count_inside_a_leading_filter_over_an_object_has_the_form_that_mends_both() -> None:
    (finding,) = check(typed("$[?count(@.data) > 0]"), "ARZ419")

    assert finding.hint == "write the condition $response.body#/data/0 != null, without type and context"


@pytest.mark.parametrize(
    ("query", "operation_id"),
    [
        ("$.data[?count(@.tags[*]) > 0]", "getPage"),
        ("$.data[?length(@.tags) > 0]", "getPage"),
        ("$.data[?count(@.name) == 1]", "getPage"),  # whether it is there
        ("$.data[?count(@..id) > 1]", "getPage"),
    ],
)
def test_a_count_of_several_nodes_or_of_what_is_no_list_is_left_alone(query: str, operation_id: str) -> None:
    assert places(typed(query, operation=operation_id), "ARZ419") == []


# ARZ424 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "context", "message", "hint"),
    [
        (
            "/^2/i",
            "$response.body#/name",
            "the slashes and flags of '/^2/i' are part of the pattern, and are looked for as they stand",
            "write ^2, and [Aa] for a letter in either case",
        ),
        (
            "/^2\\d+$/",
            "$response.body#/name",
            "the slashes of '/^2\\d+$/' are part of the pattern, and are looked for as they stand",
            "write ^2\\d+$",
        ),
        (
            "^Sold$",
            "$response.body#/status",
            "'^Sold$' finds nothing in $response.body#/status, which is one of 'free', 'sold'",
            "did you mean 'sold'?",
        ),
        (
            "^many$",
            "$response.body#/age",
            "'^many$' finds nothing in $response.body#/age, which is an integer",
            None,
        ),
        (
            ".*",
            "$response.body#/name",
            "'.*' finds something in every text: this only asks whether $response.body#/name is there",
            "write the condition $response.body#/name != null, without type and context",
        ),
    ],
)
def test_a_pattern_that_finds_nothing_or_everything_says_why(
    pattern: str, context: str, message: str, hint: str | None
) -> None:
    text = typed(pattern, "regex", context=context, operation="createPet")

    (finding,) = check(text, "ARZ424")

    assert f"{finding.location.line}:{finding.location.column}" == the_text(text)  # type: ignore[union-attr]
    assert (finding.message, finding.hint) == (message, hint)


@pytest.mark.parametrize(
    ("pattern", "context"),
    [
        ("/v1/pets/", "$response.header.Location"),
        ("^(free|sold)$", "$response.body#/status"),
        ("^.*$", "$response.body#/name"),  # not where there is a line break
        (".+", "$response.body#/name"),
        ("e", "$response.body#/age"),  # 1e3
        ("^{$inputs.name}$", "$response.body#/status"),
        ("x", "$response.body#/nothing"),
    ],
)
def test_a_pattern_that_an_answer_decides_is_left_alone(pattern: str, context: str) -> None:
    assert places(typed(pattern, "regex", context=context, operation="createPet"), "ARZ424") == []


def test_a_pattern_in_slashes_over_the_status_is_told_as_that_only() -> None:
    text = typed("/^2/", "regex", context="$statusCode")

    assert [places(text, code) for code in ("ARZ411", "ARZ413", "ARZ424")] == [[], [], [the_text(text)]]


def test_a_condition_of_a_step_without_a_source_is_not_judged_by_shapes() -> None:
    text = of_steps("""
    - stepId: a
      operationId: nothing
      successCriteria:
      - {context: $response.body, type: jsonpath, condition: $.x}
      - {context: $response.body, type: regex, condition: ^a$}
      - {condition: $response.body#/x == true}
    """)

    assert [places(text, code, {API: OPENAPI}) for code in ("ARZ410", "ARZ417", "ARZ424")] == [[], [], []]

"""What is read of responses, outputs and inputs and is nowhere documented."""

from __future__ import annotations

import pytest
from checking import at, description
from shop import ERROR, OPENAPI, check, json, operation, places, step

# ARZ601: members that nothing documents -------------------------------------------------------------------------------


def test_an_output_that_no_documented_response_has_is_found_where_it_is_written() -> None:
    text = step("outputs: {pet: $response.body#/0/naem}")

    (finding,) = check(text, "ARZ601")

    assert f"{finding.location.line}:{finding.location.column}" == at(text, "$response.body#/0/naem")  # type: ignore[union-attr]
    assert finding.message == (
        "$response.body#/0/naem is in no documented response of GET /pets (200): "
        "'/0' has id, name, age, status, vaccinated, tags, owner"
    )
    assert finding.hint == "did you mean 'name'?"
    assert finding.severity == "warning"


@pytest.mark.parametrize(
    "expression",
    [
        "$response.body",
        "$response.body#/0/name",
        "$response.body#/0/owner/email",
        "$response.body#/message",  # of a failure: outputs are computed for failed steps too
        "$response.header.X-Total",
    ],
)
def test_what_a_documented_response_has_is_no_finding(expression: str) -> None:
    assert places(step(f"outputs: {{x: '{expression}'}}"), "ARZ6") == []


def test_a_pointer_into_a_body_without_schema_is_not_judged() -> None:
    assert places(step("outputs: {x: $response.body#/a/b/c}", "any"), "ARZ601") == []


def test_a_step_whose_success_is_not_documented_is_not_judged() -> None:
    text = step("successCriteria: [{condition: $statusCode == 202}]\noutputs: {x: $response.body#/nothing}", "getPage")

    assert places(text, "ARZ601") == []


@pytest.mark.parametrize(
    ("pointer", "operation_id", "hint"),
    [
        ("/name", "listPets", "it is in the items: the first one is $response.body#/0/name"),
        ("/0/name", "getPage", None),
        ("/total/x", "getPage", None),
        ("/0/total", "getPage", "there is $response.body#/total"),
        ("/email", "getPet", "there is $response.body#/owner/email"),
        ("/name", "getPage", "there is $response.body#/data/0/name"),
    ],
)
def test_the_hint_says_where_the_member_is(pointer: str, operation_id: str, hint: str | None) -> None:
    parameters = "parameters: [{name: id, in: path, value: '1'}]\n" if operation_id == "getPet" else ""

    (finding,) = check(step(f"{parameters}outputs: {{x: '$response.body#{pointer}'}}", operation_id), "ARZ601")

    assert finding.hint == hint


def test_a_scalar_and_an_array_are_told_as_what_they_are() -> None:
    (finding,) = check(step("outputs: {x: $response.body#/total/x}", "getPage"), "ARZ601")

    assert finding.message.endswith("'/total' is an integer")


def test_a_criterion_that_reads_what_is_not_there_is_found() -> None:
    text = step("successCriteria: [{condition: $response.body#/totl == 3}]", "getPage")

    assert places(text, "ARZ601") == [at(text, "$response.body#/totl")]


@pytest.mark.parametrize("condition", ["$response.body#/error == null", "'!$response.body#/error'"])
def test_a_condition_may_ask_for_what_is_not_there(condition: str) -> None:
    text = step(f"successCriteria: [{{condition: {condition}}}]", "getPage")

    assert places(text, "ARZ601") == []


@pytest.mark.parametrize(
    ("member", "hint"),
    [
        ("pet_status", "did you mean 'status'?"),
        ("statuses", "did you mean 'status'?"),
        ("owner_id", "did you mean 'owner'?"),
        ("vaccines", None),
        ("tagging", None),
    ],
)
def test_the_hint_names_no_member_that_only_begins_alike(member: str, hint: str | None) -> None:
    (finding,) = check(step(f"outputs: {{pet: $response.body#/0/{member}}}"), "ARZ601")

    assert finding.hint == hint


def test_a_dereference_in_a_condition_is_followed() -> None:
    text = step(
        "successCriteria: [{condition: $statusCode == 200}, {condition: '$response.body.data[0].naem == 3'}]", "getPage"
    )

    (finding,) = check(text, "ARZ601")

    assert finding.message.startswith("$response.body.data[0].naem is in no documented response of GET /pages (200)")
    assert finding.hint == "did you mean 'name'?"


def test_an_array_has_no_length_in_a_condition() -> None:
    text = step("successCriteria: [{condition: $response.body.data.length > 0}]", "getPage")

    (finding,) = check(text, "ARZ601")

    assert finding.hint == (
        "there is no length here; ask for the first item: $response.body#/data/0 != null (== null: none)"
    )


@pytest.mark.parametrize(("condition", "found"), [("$.data.length > 0", 0), ("$.dat.length > 0", 1)])
def test_a_bare_comparison_is_followed_from_its_context(condition: str, found: int) -> None:
    text = step(f"successCriteria: [{{context: $response.body, type: jsonpath, condition: '{condition}'}}]", "getPage")

    assert len(check(text, "ARZ601")) == found


def test_a_failure_action_reads_the_responses_with_which_the_step_fails() -> None:
    text = step(
        """
        successCriteria: [{condition: $statusCode == 200}]
        onFailure:
        - {name: no, type: end, criteria: [{condition: $response.body#/total == 1}]}
        - {name: yes, type: end, criteria: [{condition: $response.body#/code == 1}]}
        """,
        "getPage",
    )

    (finding,) = check(text, "ARZ601")

    assert finding.location.line == int(at(text, "/total").partition(":")[0])  # type: ignore[union-attr]
    assert "no documented response of GET /pages that fails the step (404)" in finding.message


def test_an_action_that_steps_share_is_a_finding_only_where_no_step_has_the_member() -> None:
    shared = "successActions: [{name: x, type: end, criteria: [{condition: $response.body#/total == 1}]}]"
    steps = "steps: [{stepId: a, operationId: getPage}, {stepId: b, operationId: listPets}]"
    only_lists = steps.replace("getPage", "listPets")

    assert places(description(f"- workflowId: w\n  {shared}\n  {steps}"), "ARZ601") == []
    assert len(check(description(f"- workflowId: w\n  {shared}\n  {only_lists}"), "ARZ601")) == 1


def test_an_output_that_is_read_further_is_followed_and_a_lost_output_is_one_finding() -> None:
    text = step(
        "outputs: {pets: $response.body, lost: $response.body#/nothing}",
        more="""
        - stepId: b
          operationId: getPet
          parameters:
          - {name: id, in: path, value: $steps.a.outputs.pets#/0/idd}
          - {name: X-Lost, in: header, value: $steps.a.outputs.lost#/x}
        """,
    )

    found = check(text, "ARZ601")

    assert [d.message for d in found] == [
        "$response.body#/nothing is in no documented response of GET /pets (200): the body is an array of objects",
        "$steps.a.outputs.pets#/0/idd is not there: '/0' has id, name, age, status, vaccinated, tags, owner",
    ]


def test_an_input_is_followed_into_its_schema() -> None:
    text = step("parameters: [{name: status, in: query, value: $inputs.pet#/nam}]")

    (finding,) = check(text, "ARZ601")

    assert finding.message == "$inputs.pet#/nam is not there: the input 'pet' has name"


def test_a_selector_object_is_followed() -> None:
    text = step(
        """
        outputs:
          good: {context: $response.body, selector: '$.data[*].name', type: jsonpath}
          bad: {context: $response.body, selector: '$.items[*].name', type: jsonpath}
          off: {context: $response.body, selector: /totl, type: jsonpointer}
        """,
        "getPage",
        version="1.1.0",
    )

    found = check(text, "ARZ601")

    assert [d.message.partition(":")[0] for d in found] == [
        "'$.items[*].name' finds nothing in $response.body",
        "$response.body is in no documented response of GET /pages (200)",
    ]


def test_the_payload_of_the_step_is_what_the_request_has() -> None:
    text = step(
        "requestBody: {payload: {name: Rex}}\noutputs: {a: $request.body#/name, b: $request.body#/nam}", "createPet"
    )

    assert places(text, "ARZ601") == [at(text, "$request.body#/nam}")]


# ARZ602: no body ------------------------------------------------------------------------------------------------------

DELETE = "parameters: [{name: id, in: path, value: '1'}]\n"


def test_a_204_has_no_body() -> None:
    text = step(DELETE + "outputs: {x: $response.body#/id}", "deletePet")

    (finding,) = check(text, "ARZ602")

    assert f"{finding.location.line}:{finding.location.column}" == at(text, "$response.body#/id")  # type: ignore[union-attr]
    assert finding.severity == "warning"
    assert finding.message == "$response.body#/id is absent: DELETE /pets/{id} answers with 204, which has no body"


def test_a_description_that_says_nothing_of_a_body_is_one_info_for_the_operation() -> None:
    text = step("outputs: {x: $response.body, y: $response.body#/y}", "silent")

    (finding,) = check(text, "ARZ602")

    assert f"{finding.location.line}:{finding.location.column}" == at(text, "$response.body,")  # type: ignore[union-attr]
    assert finding.severity == "info"


def test_asking_whether_there_is_a_body_is_no_finding() -> None:
    text = step(DELETE + "successCriteria: [{condition: $response.body == null}]", "deletePet")

    assert places(text, "ARZ602") == []


def test_an_output_of_failures_is_no_finding_where_those_have_a_body() -> None:
    openapi = {
        **OPENAPI,
        "paths": {"/x": {"delete": operation("drop", ("204", {"description": ""}), ("409", json(ERROR)))}},
    }

    text = step("outputs: {why: $response.body#/message, id: $response.body#/id}", "drop")

    assert places(text, "ARZ602", openapi) == [at(text, "$response.body#/id")]


# ARZ603: no JSON ------------------------------------------------------------------------------------------------------


def test_a_pointer_finds_nothing_in_a_text() -> None:
    text = step("outputs: {x: $response.body#/0/name}", "export")

    (finding,) = check(text, "ARZ603")

    assert f"{finding.location.line}:{finding.location.column}" == at(text, "$response.body#/0/name")  # type: ignore[union-attr]
    assert finding.message.endswith("the response of GET /export (200) is text/csv, not JSON")
    assert check(text, "ARZ601") == []


def test_the_whole_text_can_be_read() -> None:
    assert places(step("outputs: {x: $response.body}", "export"), "ARZ603") == []


def test_a_jsonpath_needs_json() -> None:
    text = step(
        "successCriteria: [{context: $response.body, type: jsonpath, condition: '$[*]'}]", "export", version="1.1.0"
    )

    assert places(text, "ARZ603") == [at(text, "'$[*]'")]


def test_a_response_that_may_also_be_json_is_not_judged_as_text() -> None:
    both = json(ERROR)
    both["content"]["text/csv"] = {}
    openapi = {**OPENAPI, "paths": {"/x": {"get": operation("both", ("200", both))}}}

    assert places(step("outputs: {x: $response.body#/code}", "both"), "ARZ60", openapi) == []
    assert places(step("outputs: {x: $response.body#/code}", "both"), "ARZ603", openapi) == []


# ARZ604: headers ------------------------------------------------------------------------------------------------------


def test_a_header_near_a_documented_one_is_a_warning() -> None:
    text = step("outputs: {x: $response.header.X-Totals}")

    (finding,) = check(text, "ARZ604")

    assert f"{finding.location.line}:{finding.location.column}" == at(text, "$response.header.X-Totals")  # type: ignore[union-attr]
    assert (finding.severity, finding.hint) == ("warning", "did you mean 'X-Total'?")


def test_another_header_is_an_info() -> None:
    (finding,) = check(step("outputs: {x: $response.header.X-Shard}"), "ARZ604")

    assert (finding.severity, finding.hint) == ("info", None)


@pytest.mark.parametrize("name", ["x-total", "Location", "ETag", "RateLimit-Remaining", "X-RateLimit-Limit"])
def test_documented_headers_in_any_case_and_well_known_ones_are_no_finding(name: str) -> None:
    assert places(step(f"outputs: {{x: $response.header.{name}}}"), "ARZ604") == []

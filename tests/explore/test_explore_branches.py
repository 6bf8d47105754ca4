"""Every branch: for each criterion and action the documented answer that turns it."""

from __future__ import annotations

import pytest
from trying import aim, api, arazzo, missing, problems, try_out, workflow

GET = """
- stepId: get
  operationId: getOrder
  parameters: [{name: id, in: path, value: "1"}]
"""
PING = """
- stepId: ping
  operationId: ping
"""


def test_each_kind_of_action_is_taken_and_a_retry_exhausted():
    steps = (
        GET
        + """
  successCriteria: [{condition: $statusCode == 200}]
  onSuccess:
  - {name: paid, type: goto, stepId: last, criteria: [{condition: $response.body#/status == 'paid'}]}
  - {name: shipped, type: end, criteria: [{condition: $response.body#/status == 'shipped'}]}
  onFailure:
  - {name: again, type: retry, retryAfter: 5, retryLimit: 2, criteria: [{condition: $statusCode == 404}]}
  - {name: give-up, type: end}
- stepId: middle
  operationId: ping
- stepId: last
  operationId: ping
"""
    )

    verdict = try_out(workflow(steps))

    assert verdict.status == "passed"
    assert missing(verdict) == []
    assert [each.name for each in verdict.coverage if each.kind == "exhausted"] == ["again exhausted"]


def test_what_no_documented_answer_can_do_is_unreachable_with_the_reason():
    steps = (
        GET
        + """
  onFailure:
  - {name: teapot, type: end, criteria: [{condition: $statusCode == 418}]}
"""
    )

    verdict = try_out(workflow(steps))
    teapot = aim(verdict, "$statusCode == 418 is true")

    assert verdict.status == "passed"
    assert not teapot.reached
    assert teapot.proven
    assert "GET /orders/{id}" in teapot.reason
    assert "404" in teapot.reason
    assert not aim(verdict, "teapot (failure)").reached


def test_a_default_response_documents_every_status():
    steps = (
        PING
        + """
  onFailure:
  - {name: teapot, type: end, criteria: [{condition: $statusCode == 418}]}
"""
    )

    assert missing(try_out(workflow(steps))) == []


@pytest.mark.parametrize(
    "condition",
    [
        "$response.body#/status == 'paid'",
        "$response.body#/status != 'paid'",
        "$response.body#/total > 100",
        "$response.body#/total <= 0 || $response.body#/status == 'open'",
        "$response.body#/total != null",
        "$response.body#/items/0/count == 3",
        "!($response.body#/status == 'open')",
        "$response.header.X-Left == 0",
        "$response.body#/id == $inputs.wanted",
    ],
)
def test_a_simple_condition_is_turned_both_ways(condition: str):
    steps = GET + f'  onSuccess:\n  - {{name: a, type: end, criteria: [{{condition: "{condition}"}}]}}\n' + PING

    verdict = try_out(workflow(steps, "inputs: {type: object, properties: {wanted: {type: string}}}"))

    assert missing(verdict) == []


@pytest.mark.parametrize(
    ("type_", "context", "condition"),
    [
        ("regex", "$response.body#/id", "^[A-Z]{3}-\\\\d+$"),
        ("regex", "$statusCode", "^4"),
        ("jsonpath", "$response.body", "$.items[?@.sku == 'X' && @.count > 2]"),
        ("jsonpath", "$response.body", "$.items[?@.count == 7]"),
        ("jsonpath", "$response.body", "$[?count($.items[*]) > 2]"),
        ("jsonpath", "$response.body", "$.items.length > 1"),
        ("jsonpath", "$response.body", "$.status == 'shipped'"),
    ],
)
def test_other_criteria_are_turned_both_ways(type_: str, context: str, condition: str):
    criterion = f'{{type: {type_}, context: {context}, condition: "{condition}"}}'
    kind = "onFailure" if context == "$statusCode" else "onSuccess"
    steps = GET + f"  {kind}:\n  - {{name: a, type: end, criteria: [{criterion}]}}\n" + PING
    if kind == "onFailure":
        described = api()
        described["paths"]["/orders/{id}"]["get"]["responses"]["500"] = {"description": ""}
        verdict = try_out(workflow(steps), description=described)
    else:
        verdict = try_out(workflow(steps))

    assert missing(verdict) == []


def test_a_criterion_over_xml_is_turned_both_ways():
    described = api()
    described["paths"]["/ping"]["get"]["responses"]["200"] = {
        "description": "",
        "content": {
            "application/xml": {
                "schema": {
                    "type": "object",
                    "xml": {"name": "state"},
                    "properties": {"mode": {"type": "string"}, "load": {"type": "integer"}},
                }
            }
        },
    }
    criterion = "{type: xpath, context: $response.body, condition: \"/state[mode = 'up']\"}"
    steps = PING + f"  onSuccess:\n  - {{name: a, type: end, criteria: [{criterion}]}}\n" + GET

    assert missing(try_out(workflow(steps), description=described)) == []


def test_a_condition_on_an_earlier_answer_is_turned_both_ways():
    steps = (
        GET
        + "  outputs: {status: $response.body#/status}\n"
        + PING
        + """
  onSuccess:
  - {name: shipped, type: end, criteria: [{condition: $steps.get.outputs.status == 'shipped'}]}
- stepId: last
  operationId: ping
"""
    )

    assert missing(try_out(workflow(steps))) == []


def test_a_condition_on_an_input_is_turned_both_ways():
    steps = (
        PING
        + """
  onSuccess:
  - {name: dry, type: end, criteria: [{condition: $inputs.dry == true}]}
- stepId: last
  operationId: ping
"""
    )

    assert missing(try_out(workflow(steps, "inputs: {type: object, properties: {dry: {type: boolean}}}"))) == []


SUB = """
- workflowId: main
  steps:
  - stepId: call
    workflowId: sub
    parameters: [{name: id, value: "1"}]
    successCriteria: [{condition: $outputs.status != 'open'}]
    onFailure:
    - {name: back, type: goto, stepId: last}
    outputs: {status: $outputs.status}
  - stepId: middle
    operationId: ping
  - stepId: last
    operationId: ping
- workflowId: sub
  inputs: {type: object, required: [id], properties: {id: {type: string}}}
  steps:
  - stepId: get
    operationId: getOrder
    parameters: [{name: id, in: path, value: $inputs.id}]
    outputs: {status: $response.body#/status}
  outputs: {status: $steps.get.outputs.status}
"""


def test_a_called_workflow_is_explored_and_its_outputs_are_made_as_the_caller_needs_them():
    verdict = try_out(arazzo(SUB))

    assert verdict.status == "passed"
    assert missing(verdict) == []
    assert {each.workflow_id for each in verdict.coverage} == {"main", "sub"}


def test_a_goto_to_a_workflow_and_a_retry_through_one_are_taken():
    text = arazzo(
        """
        - workflowId: main
          steps:
          - stepId: get
            operationId: getOrder
            parameters: [{name: id, in: path, value: "1"}]
            onSuccess:
            - {name: on, type: goto, workflowId: other, criteria: [{condition: $response.body#/status == 'paid'}]}
            onFailure:
            - {name: renew, type: retry, retryLimit: 1, workflowId: other, criteria: [{condition: $statusCode == 404}]}
        - workflowId: other
          steps:
          - stepId: ping
            operationId: ping
        """
    )

    assert missing(try_out(text)) == []


def test_a_timeout_is_brought_about():
    steps = PING + "  timeout: 500\n  onFailure:\n  - {name: slow, type: end}\n"

    verdict = try_out(workflow(steps, version="1.1.0"))

    assert missing(verdict) == []
    assert aim(verdict, "timeout after 0.5 s").reached


def test_a_step_that_every_way_passes_over_is_not_reached():
    steps = (
        PING
        + "  onSuccess: [{name: over, type: goto, stepId: last}]\n  onFailure: [{name: stop, type: end}]\n"
        + """
- stepId: between
  operationId: ping
- stepId: last
  operationId: ping
"""
    )

    verdict = try_out(workflow(steps))

    assert "step between" in missing(verdict)
    assert "no run came" in aim(verdict, "between").reason or "ARZ" in aim(verdict, "between").reason


def test_a_loop_is_bounded_and_left():
    steps = (
        GET
        + """
  onSuccess:
  - {name: poll, type: goto, stepId: get, criteria: [{condition: $response.body#/status != 'shipped'}]}
- stepId: last
  operationId: ping
"""
    )

    verdict = try_out(workflow(steps))

    assert verdict.status == "passed"
    assert missing(verdict) == []


def test_two_deviations_are_combined():
    """The second request of a step is answered otherwise than the first."""
    steps = (
        GET
        + """
  outputs: {status: $response.body#/status}
  onFailure:
  - {name: gone, type: goto, stepId: again, criteria: [{condition: $statusCode == 404}]}
- stepId: middle
  operationId: ping
- stepId: again
  operationId: getOrder
  parameters: [{name: id, in: path, value: "2"}]
  onFailure:
  - name: both
    type: end
    criteria:
    - condition: $statusCode == 404
    - condition: $steps.get.outputs.status == null
"""
    )

    assert "action both (failure)" not in missing(try_out(workflow(steps)))


def test_an_action_behind_one_that_always_applies_is_not_reached():
    steps = GET + "  onFailure:\n  - {name: first, type: end}\n  - {name: second, type: end}\n"

    verdict = try_out(workflow(steps))

    assert missing(verdict) == ["action second (failure)"]


def test_coverage_stands_at_the_place_of_the_document():
    verdict = try_out(workflow(GET + "  successCriteria: [{condition: $statusCode == 200}]\n"))

    found = aim(verdict, "$statusCode == 200 is false")
    assert found.location.pointer == "/workflows/0/steps/0/successCriteria/0/condition"
    assert found.location.line > 0
    assert problems(verdict) == []


def test_what_stands_behind_a_criterion_that_is_never_met_is_not_called_unreachable():
    never = """
- stepId: {}
  operationId: getOrder
  parameters: [{{name: id, in: path, value: "1"}}]
  successCriteria: [{{condition: $statusCode == 299}}]
"""

    verdict = try_out(workflow(never.format("one") + never.format("two")))

    unreachable = [(aim.step_id, aim.name) for aim in verdict.coverage if aim.proven]
    assert unreachable == [("one", "$statusCode == 299 is true"), ("two", "$statusCode == 299 is true")]
    assert aim(verdict, "two", "step").reason == "no run came to this step"


def test_a_request_that_cannot_be_made_makes_no_criterion_unreachable():
    steps = """
- {stepId: ping, operationId: ping, outputs: {id: $response.body#/id}}
- stepId: get
  operationId: getOrder
  parameters: [{name: id, in: path, value: $steps.ping.outputs.id}]
  successCriteria: [{condition: $statusCode == 200}]
"""

    verdict = try_out(workflow(steps))

    assert "request get" in problems(verdict)
    assert not any(aim.proven for aim in verdict.coverage if aim.kind == "criterion")

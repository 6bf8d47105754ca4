"""Expressions without a value where they stand, and text that only looks like one."""

from __future__ import annotations

import pytest
from checking import at, check, description, found, of_steps

SKIP = """
- stepId: a
  operationId: listPets
  onSuccess:
  - {name: skip, type: goto, stepId: c, criteria: [{condition: $statusCode == 201}]}
- stepId: b
  operationId: listPets
  outputs: {id: $response.body#/id}
- stepId: c
  operationId: getPet
  parameters: [{name: id, in: path, value: $steps.b.outputs.id}]
"""


# ARZ310: what may not have run ----------------------------------------------------------------------------------------


def test_an_output_of_a_step_that_an_action_jumps_over_may_be_missing() -> None:
    text = of_steps(SKIP).replace("$statusCode == 201", "$response.body#/x == 1")

    (finding,) = [d for d in check(text) if d.code == "ARZ310"]

    assert f"{finding.location.line}:{finding.location.column}" == at(text, "$steps.b.outputs.id")  # type: ignore[union-attr]
    assert "'a' goes by 'skip' to 'c' when it succeeds" in finding.message


def test_the_action_that_is_named_is_the_one_that_leads_past_the_step() -> None:
    later = """- stepId: d
  operationId: getPet
  parameters: [{name: id, in: path, value: $steps.b.outputs.id}]
"""
    onward = "  onSuccess: [{name: onward, type: goto, stepId: d}]\n"
    text = of_steps(SKIP.replace("$steps.b.outputs.id", "x") + onward + later).replace(
        "$statusCode == 201", "$inputs.x"
    )

    (finding,) = [d for d in check(text) if d.code == "ARZ310"]

    assert finding.message.endswith("step 'b' has not run when 'a' goes by 'skip' to 'c' when it succeeds")


def test_an_action_that_can_never_apply_jumps_over_nothing() -> None:
    never = of_steps(SKIP).replace("$statusCode == 201", "$statusCode == 404")

    assert found(never, "ARZ310") == []


def test_a_step_that_every_way_comes_through_has_run() -> None:
    text = of_steps("""
    - stepId: a
      operationId: listPets
      onSuccess: [{name: on, type: goto, stepId: c, criteria: [{condition: $response.body#/x == 1}]}]
      outputs: {id: $response.body#/id}
    - stepId: b
      operationId: listPets
      onFailure: [{name: on, type: goto, stepId: c}]
    - stepId: c
      operationId: getPet
      parameters: [{name: id, in: path, value: $steps.a.outputs.id}]
    """)

    assert found(text, "ARZ310") == []


def test_a_loop_reads_what_its_earlier_round_left_and_the_first_round_has_none() -> None:
    text = of_steps("""
    - stepId: a
      operationId: getPet
      parameters: [{name: id, in: path, value: $steps.b.outputs.next}]
    - stepId: b
      operationId: listPets
      outputs: {next: $response.body#/next}
      onSuccess: [{name: again, type: goto, stepId: a, criteria: [{condition: $response.body#/next != null}]}]
    """)

    (finding,) = [d for d in check(text) if d.code == "ARZ310"]

    assert "it is reached for the first time" in finding.message


def test_the_step_a_retry_runs_first_sees_what_has_run_before_the_retry() -> None:
    text = of_steps("""
    - stepId: login
      operationId: listPets
      outputs: {token: $response.body#/token}
    - stepId: work
      operationId: getPet
      parameters: [{name: id, in: path, value: $steps.login.outputs.token}]
      onFailure: [{name: again, type: retry, stepId: refresh, retryAfter: 1}]
      onSuccess: [{name: done, type: end}]
    - stepId: refresh
      operationId: getPet
      parameters: [{name: id, in: path, value: $steps.login.outputs.token}]
      outputs: {token: $response.body#/token}
    """)

    assert found(text, "ARZ310") == []


def test_what_only_a_retry_runs_has_not_run_in_the_first_attempt() -> None:
    text = of_steps("""
    - stepId: work
      operationId: getPet
      parameters: [{name: id, in: path, value: $steps.refresh.outputs.token}]
      onFailure: [{name: again, type: retry, stepId: refresh, retryAfter: 1}]
      onSuccess: [{name: done, type: end}]
    - stepId: refresh
      operationId: listPets
      outputs: {token: $response.body#/token}
    """)

    assert found(text, "ARZ310") == [f"{at(text, '$steps.refresh')} ARZ310"]


def test_outputs_of_the_workflow_may_read_a_step_that_was_skipped() -> None:
    text = of_steps(SKIP.replace("value: $steps.b.outputs.id", "value: x"), fields="outputs: {id: $steps.b.outputs.id}")

    assert found(text, "ARZ310") == []


def test_a_prerequisite_that_a_goto_jumps_over_may_not_have_run() -> None:
    text = of_steps(
        """
    - stepId: a
      operationId: listPets
      onSuccess: [{name: on, type: goto, stepId: c, criteria: [{condition: $response.body#/x == 1}]}]
    - stepId: b
      operationId: listPets
    - stepId: c
      operationId: listPets
      dependsOn: [b]
    """,
        version="1.1.0",
    )

    assert found(text, "ARZ310") == [f"{at(text, 'b]')} ARZ310"]


# ARZ311: text that looks like an expression ---------------------------------------------------------------------------


def sent(value: str, version: str = "1.1.0") -> str:
    return of_steps(
        f"""
        - stepId: a
          operationId: listPets
          parameters:
          - name: X-Token
            in: header
            value: {value}
        """,
        fields="inputs: {type: object, properties: {token: {type: string}}}",
        version=version,
    )


@pytest.mark.parametrize(
    "value",
    [
        "Bearer $inputs.token",
        "'Bearer { $inputs.token }'",
        "'Bearer {{$inputs.token}}'",
        "'Bearer {{ inputs.token }}'",
        "'Bearer ${inputs.token}'",
        "id is $response.body#/id",
    ],
)
def test_an_expression_without_braces_inside_a_text_is_sent_as_it_stands(value: str) -> None:
    text = sent(value)

    assert found(text, "ARZ311") == [f"{at(text, value)} ARZ311"]


@pytest.mark.parametrize(
    "value", ["'Bearer {$inputs.token}'", "$inputs.token", "costs $5.00", "'$.items[0]'", "$inputs", "a $input.x"]
)
def test_expressions_in_their_form_and_other_dollars_are_left_alone(value: str) -> None:
    assert found(sent(value), "ARZ311") == []


def test_a_tolerated_place_is_told_once() -> None:
    text = sent("Bearer $inputs.token", "1.0.1")

    assert found(text, "ARZ502") == [f"{at(text, 'Bearer')} ARZ502"]
    assert found(text, "ARZ311") == []


def test_an_undeclared_name_inside_a_text_is_not_read_as_meant() -> None:
    text = sent("Bearer $inputs.tokn", "1.0.1")

    assert found(text, "ARZ311") == [f"{at(text, 'Bearer')} ARZ311"]


def test_a_text_deep_inside_a_constant_payload_is_found_at_its_own_place() -> None:
    text = of_steps("""
    - stepId: a
      operationId: createPet
      requestBody:
        payload:
          tags:
          - {name: 'of ${steps.a.outputs.x}'}
    """)

    assert found(text, "ARZ311") == [f"{at(text, chr(39) + 'of')} ARZ311"]


# ARZ312 to ARZ315 -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expression",
    ["$response.query.page", "$request.payload", "$components.parameters.x", "$sourceDescriptions.api.getPet"],
)
def test_an_expression_that_never_has_a_value_is_told(expression: str) -> None:
    text = of_steps(
        f"""
    - stepId: a
      operationId: listPets
      outputs: {{x: {expression}}}
    """,
        version="1.1.0",
    )

    assert found(text, "ARZ312") == [f"{at(text, expression)} ARZ312"]


def test_fields_of_a_source_have_values() -> None:
    text = of_steps("""
    - stepId: a
      operationId: listPets
      outputs: {x: $sourceDescriptions.api.url}
    """)

    assert found(text, "ARZ312") == []


def test_a_response_has_no_value_in_the_outputs_of_the_workflow() -> None:
    text = of_steps("- {stepId: a, operationId: listPets}", fields="outputs: {x: $response.body#/id}")

    assert found(text, "ARZ313") == [f"{at(text, '$response')} ARZ313"]


TWO = """
- workflowId: first
  steps: [{stepId: a, operationId: listPets}]
  outputs: {x: $steps.a.outputs.y}
- workflowId: second
  steps:
  - stepId: a
    operationId: getPet
    parameters: [{name: id, in: path, value: $workflows.first.outputs.x}]
"""


def test_a_workflow_that_nothing_runs_before_has_no_outputs_yet() -> None:
    text = description(TWO)

    assert found(text, "ARZ314") == [f"{at(text, '$workflows.first')} ARZ314"]


def test_a_workflow_named_in_depends_on_has_run() -> None:
    text = description(TWO.replace("- workflowId: second\n", "- workflowId: second\n  dependsOn: [first]\n"))

    assert found(text, "ARZ314") == []


def test_a_workflow_that_a_step_calls_has_run() -> None:
    text = description(
        TWO.replace("  - stepId: a\n    oper", "  - {stepId: c, workflowId: first}\n  - stepId: a\n    oper")
    )

    assert found(text, "ARZ314") == []


def test_a_workflow_that_another_one_calls_may_find_what_that_one_ran() -> None:
    third = "- workflowId: third\n  steps: [{stepId: x, workflowId: first}, {stepId: y, workflowId: second}]\n"

    assert found(description(TWO + third), "ARZ314") == []


def test_a_request_parameter_that_the_step_does_not_send_is_absent() -> None:
    text = of_steps("""
    - stepId: a
      operationId: listPets
      parameters: [{name: limit, in: query, value: 1}]
      outputs: {x: $request.query.limit, y: $request.query.page}
    """)

    assert found(text, "ARZ315") == [f"{at(text, '$request.query.page')} ARZ315"]

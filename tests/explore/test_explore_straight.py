"""The straight run: every step, with documented answers that let it succeed."""

from __future__ import annotations

from trying import api, missing, problems, try_out, workflow

CREATE = """
- stepId: create
  operationId: createOrder
  requestBody: {payload: {sku: $inputs.sku}}
  successCriteria: [{condition: $statusCode == 201}]
  outputs: {id: $response.body#/id}
"""
GET = """
- stepId: get
  operationId: getOrder
  parameters: [{name: id, in: path, value: $steps.create.outputs.id}]
"""
SKU = "inputs: {type: object, properties: {sku: {type: string}}}"


def test_a_workflow_that_fits_its_api_passes():
    verdict = try_out(workflow(CREATE + GET, SKU + "\noutputs: {id: $steps.create.outputs.id}"))

    assert verdict.status == "passed"
    assert verdict.problems == ()
    assert verdict.runs > 1


def test_inputs_are_made_as_the_api_wants_them_where_they_are_sent():
    verdict = try_out(workflow(CREATE, "inputs: {type: object, properties: {sku: {}}}"))

    assert problems(verdict) == []


def test_a_text_for_an_array_parameter_is_made_of_its_items():
    described = api()
    tag = {"type": "string", "pattern": "^[a-z]+$"}
    listed = {"name": "tags", "in": "query", "schema": {"type": "array", "items": tag}}
    described["paths"]["/ping"]["get"]["parameters"] = [listed]
    ping = "- {stepId: ping, operationId: ping, parameters: [{name: tags, in: query, value: $inputs.tags}]}"

    verdict = try_out(
        workflow(ping, "inputs: {type: object, properties: {tags: {type: string}}}"), description=described
    )

    assert problems(verdict) == []


def test_given_inputs_are_used_and_what_the_api_refuses_is_told():
    verdict = try_out(workflow(CREATE, SKU), given={"sku": "no"})

    assert problems(verdict) == ["request create"]
    assert "sku" in verdict.problems[0].message
    assert str(verdict.problems[0].location).endswith(":11:18"), "the body"


def test_inputs_that_break_their_schema_are_a_usage_error():
    verdict = try_out(workflow(CREATE, SKU), given={"sku": 7})

    assert problems(verdict) == ["inputs"]
    assert verdict.code == 2


def test_the_answer_is_made_to_meet_the_criteria():
    verdict = try_out(
        workflow(
            """
            - stepId: get
              operationId: getOrder
              parameters: [{name: id, in: path, value: "1"}]
              successCriteria:
              - condition: $response.body#/status == 'shipped' && $response.body#/total > 100
              - {type: jsonpath, context: $response.body, condition: "$.items[?@.sku == 'A-1']"}
              - {type: regex, context: $response.body#/id, condition: "^ord-[0-9]{4}$"}
              - condition: $response.header.X-Left == 0
            """
        )
    )

    assert problems(verdict) == []
    assert missing(verdict) == []


def test_a_criterion_that_no_documented_answer_meets_is_named():
    verdict = try_out(workflow(CREATE.replace("201", "200"), SKU))

    assert problems(verdict) == ["criterion create"]
    assert "$statusCode == 200" in verdict.problems[0].message
    assert verdict.problems[0].location.pointer == "/workflows/0/steps/0/successCriteria/0/condition"


def test_an_earlier_answer_is_made_as_a_later_criterion_needs_it():
    steps = """
    - stepId: get
      operationId: getOrder
      parameters: [{name: id, in: path, value: "1"}]
      outputs: {status: $response.body#/status}
    - stepId: ping
      operationId: ping
      successCriteria: [{condition: $steps.get.outputs.status == 'shipped'}]
    """

    verdict = try_out(workflow(steps))

    assert verdict.status == "passed"
    assert missing(verdict) == []


def test_an_input_is_chosen_as_a_criterion_needs_it():
    verdict = try_out(
        workflow(
            """
            - stepId: ping
              operationId: ping
              successCriteria: [{condition: $inputs.mode == 'fast'}]
            """,
            "inputs: {type: object, properties: {mode: {type: string, enum: [slow, fast]}}}",
        )
    )

    assert verdict.status == "passed"
    assert missing(verdict) == []


def test_the_forward_path_is_preferred_to_an_early_end():
    steps = """
    - stepId: get
      operationId: getOrder
      parameters: [{name: id, in: path, value: "1"}]
      onSuccess:
      - {name: done, type: end, criteria: [{condition: $response.body#/status == 'open'}]}
    - stepId: ping
      operationId: ping
    """

    verdict = try_out(workflow(steps), branches=False)

    assert [event.step_id for event in verdict.events if type(event).__name__ == "StepStarted"] == ["get", "ping"]


def test_an_output_that_no_answer_documents_is_a_problem_told_once():
    steps = CREATE.replace("outputs: {id: $response.body#/id}", "outputs: {id: $response.body#/orderId}")

    verdict = try_out(workflow(steps, SKU + "\noutputs: {id: $steps.create.outputs.id}"))

    assert problems(verdict) == ["output create"]
    assert "orderId" in verdict.problems[0].message


def test_a_member_that_is_optional_is_there_where_an_output_reads_it():
    verdict = try_out(
        workflow(
            """
            - stepId: get
              operationId: getOrder
              parameters: [{name: id, in: path, value: "1"}]
              outputs: {sku: $response.body#/items/0/sku}
            """
        )
    )

    assert problems(verdict) == []


def test_an_example_that_breaks_its_schema_is_told_where_an_output_reads_it():
    described = api()
    media = described["paths"]["/orders/{id}"]["get"]["responses"]["200"]["content"]["application/json"]
    media["schema"] = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"], "not": {}}
    media["example"] = {"id": 7}
    steps = """
    - stepId: get
      operationId: getOrder
      parameters: [{name: id, in: path, value: "1"}]
      outputs: {id: $response.body#/id}
    """

    verdict = try_out(workflow(steps), description=described)

    assert problems(verdict) == ["output get"]
    assert "string" in verdict.problems[0].message


def test_what_nothing_documents_is_assumed_when_reading_leniently_and_said():
    steps = """
    - stepId: ping
      operationId: ping
      successCriteria: [{condition: $response.body#/state == 'up'}]
      outputs: {state: $response.body#/state}
    """

    verdict = try_out(workflow(steps), compat="lenient")

    assert verdict.status == "passed"
    assert verdict.notes == ("assumed: the answer of GET /ping has what 'ping' reads, which is not documented",)


def test_a_failure_says_that_a_lenient_reading_gets_through():
    steps = """
    - stepId: ping
      operationId: ping
      outputs: {state: $response.body#/state}
    """

    verdict = try_out(workflow(steps))

    assert verdict.status == "failed"
    assert any(note.startswith("--lenient gets through") for note in verdict.notes)


def test_a_request_that_is_meant_to_be_refused_is_no_problem():
    described = api()
    described["paths"]["/orders"]["post"]["responses"]["400"] = {"description": ""}
    steps = CREATE.replace("$inputs.sku", "a").replace("201", "400").replace("outputs: {id: $response.body#/id}", "")

    verdict = try_out(workflow(steps, SKU), description=described)

    assert problems(verdict) == []


def test_a_request_that_cannot_be_made_names_what_is_missing():
    steps = CREATE.replace("outputs: {id: $response.body#/id}", "outputs: {id: $response.body#/nothing}") + GET

    verdict = try_out(workflow(steps, SKU))

    assert problems(verdict)[0] == "request get"
    assert "'id' has no value" in verdict.problems[0].message


def test_inputs_at_their_bounds_are_tried_when_asked_for():
    declared = "inputs: {type: object, properties: {sku: {type: string, minLength: 1, maxLength: 5}}}"

    usual = try_out(workflow(CREATE, declared))
    thorough = try_out(workflow(CREATE, declared), thorough=True)

    assert problems(usual) == []
    assert problems(thorough) == ["request create"]
    assert thorough.runs > usual.runs


def test_the_same_seed_gives_the_same_run():
    text = workflow(CREATE + GET, SKU)

    assert try_out(text).events == try_out(text).events


def test_no_transcript_or_message_holds_a_given_secret():
    declared = "inputs: {type: object, properties: {sku: {type: string}, password: {type: string}}}"
    steps = CREATE.replace("{sku: $inputs.sku}", "{sku: a, password: $inputs.password}")

    verdict = try_out(workflow(steps, declared), given={"password": "hunter2-hunter2"})

    told = "".join(f"{problem.message}{problem.transcript}" for problem in verdict.problems)
    assert verdict.problems
    assert "hunter2" not in told

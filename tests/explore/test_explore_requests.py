"""Requests that the explorer makes: why one cannot be made, what the API does not accept, and how values are chosen."""

from __future__ import annotations

from typing import Any

from trying import aim, api, problems, try_out, workflow

PING = """
- stepId: ping
  operationId: ping
  outputs: {%s}
"""
CREATE = """
- stepId: create
  operationId: createOrder
  requestBody: {payload: {sku: tea}}
  outputs: {id: $response.body#/id}
"""
STATUS = "  successCriteria: [{condition: $statusCode == 404}]\n"
GET = """
- stepId: get
  operationId: getOrder
  parameters: [{name: id, in: path, value: %s}]
"""


def with_pattern() -> Any:
    """The shop, where an order is asked for by `ord-` and four digits."""
    described = api()
    get = described["paths"]["/orders/{id}"]["get"]
    get["parameters"][0]["schema"] = {"type": "string", "pattern": "^ord-[0-9]{4}$"}
    return described


def test_a_request_that_cannot_be_made_names_the_output_it_waits_for():
    verdict = try_out(workflow(PING % "order: $response.body#/order" + GET % "$steps.ping.outputs.order"))

    assert problems(verdict) == ["request get"]
    assert verdict.problems[0].message.startswith(
        "the request cannot be made: the required path parameter 'id' has no value:"
        " the output 'order' of step 'ping' has no value: "
    )
    assert verdict.problems[0].location.pointer == "/workflows/0/steps/1/parameters/0"


def test_a_request_that_cannot_be_made_names_the_place_in_an_output():
    again = GET.replace("stepId: get", "stepId: again") % "$steps.get.outputs.order.number"

    verdict = try_out(workflow(GET % "'1'" + "  outputs: {order: $response.body}\n" + again))

    assert problems(verdict) == ["request again"]
    assert "outputs.order#/number finds nothing: the output 'order' is an object of" in verdict.problems[0].message


def test_an_earlier_answer_is_made_as_a_later_request_asks_for_it():
    verdict = try_out(workflow(CREATE + GET % "$steps.create.outputs.id"), description=with_pattern())

    assert problems(verdict) == []


def test_what_the_api_does_not_accept_is_told_at_the_parameter():
    verdict = try_out(workflow(GET % "'7'"), description=with_pattern())

    assert problems(verdict) == ["request get"]
    assert verdict.problems[0].location.pointer == "/workflows/0/steps/0/parameters/0"


def test_a_lenient_reading_assumes_what_later_requests_read_inside_an_output():
    steps = PING % "orders: $response.body#/orders" + GET % "$steps.ping.outputs.orders.first.id"

    verdict = try_out(workflow(steps), compat="lenient")

    assert problems(verdict) == []


def test_a_lenient_reading_assumes_documented_values_where_there_are_some():
    steps = GET % "'1'" + (
        "  successCriteria: [{condition: $response.body#/status != 'open'}]\n"
        "  outputs: {status: $response.body#/status, color: $response.body#/color}\n"
    )

    verdict = try_out(workflow(steps), compat="lenient")

    assert problems(verdict) == []
    assert verdict.notes


def test_a_list_of_one_is_sent_as_its_item_where_an_input_is_a_text():
    described = api()
    tags = {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}}
    described["paths"]["/ping"]["get"]["parameters"] = [{"name": "tags", "in": "query", "schema": tags}]
    step = "- {stepId: ping, operationId: ping, parameters: [{name: tags, in: query, value: $inputs.tags}]}"

    verdict = try_out(
        workflow(step, "inputs: {type: object, properties: {tags: {type: string}}}"), description=described
    )

    assert problems(verdict) == []


def test_an_output_that_an_example_leaves_out_gets_a_value_that_the_schema_allows():
    described = api()
    media_type = described["paths"]["/orders/{id}"]["get"]["responses"]["200"]["content"]["application/json"]
    media_type["example"] = {"id": "1", "status": "open"}
    step = GET % "'1'" + "  outputs: {total: $response.body#/total, sku: $response.body#/items/0/sku}\n"

    verdict = try_out(workflow(step), description=described)

    assert problems(verdict) == []


def test_what_a_dangling_reference_would_declare_may_be_there():
    described = api()
    media_type = described["paths"]["/orders/{id}"]["get"]["responses"]["200"]["content"]["application/json"]
    media_type["schema"] = {"allOf": [{"$ref": "#/components/schemas/Gone"}, {"properties": {"id": {}}}]}

    verdict = try_out(
        workflow(GET % "'1'" + "  successCriteria: [{condition: $response.body#/done == true}]\n"),
        description=described,
    )

    assert problems(verdict) == []


def test_nothing_is_said_of_the_answers_to_a_request_that_could_not_be_made():
    verdict = try_out(workflow(PING % "order: $response.body#/order" + GET % "$steps.ping.outputs.order" + STATUS))

    assert aim(verdict, "$statusCode == 404 is true").reason == "no request of its step could be made"
    assert not aim(verdict, "$statusCode == 404 is true").proven


def test_a_number_is_compared_with_an_input_both_ways():
    step = GET % "'1'" + "  successCriteria: [{condition: $response.body#/total <= $inputs.most}]\n"

    verdict = try_out(workflow(step, "inputs: {type: object, properties: {most: {type: integer, minimum: 10}}}"))

    assert aim(verdict, "$response.body#/total <= $inputs.most is false").reached


def test_an_input_is_made_as_all_the_places_want_it_that_it_is_sent_to():
    described = with_pattern()
    described["paths"]["/ping"]["get"]["parameters"] = [{"name": "q", "in": "query", "schema": {"type": "string"}}]
    step = "- {stepId: ping, operationId: ping, parameters: [{name: q, in: query, value: $inputs.id}]}"

    verdict = try_out(
        workflow(step + GET % "$inputs.id", "inputs: {type: object, properties: {id: {type: string}}}"),
        description=described,
    )

    assert problems(verdict) == []

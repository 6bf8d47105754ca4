"""Requirements of kind request-building, as seen by a real server."""

from __future__ import annotations

from typing import Any

import pytest
from scripted import Answer, Bench, ScriptedServer, arazzo_of, openapi_of

requirement = pytest.mark.requirement
OPENAPI = openapi_of(
    "get GET /x", "item GET /items/{id}", "post POST /x", "put PUT /x", "patch PATCH /x", "delete DELETE /x"
)


def step(step_id: str, operation_id: str, **fields: Any) -> dict[str, Any]:
    return {"stepId": step_id, "operationId": operation_id, **fields}


def query(name: str, value: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "value": value}


def header(name: str, value: Any) -> dict[str, Any]:
    return {"name": name, "in": "header", "value": value}


@requirement("workflow.parameters.apply-to-all-steps")
@requirement("workflow.parameters.must-be-passed")
def test_parameters_of_the_workflow_reach_every_step(bench: Bench, server: ScriptedServer):
    server.on("GET /x", {})
    workflow = {"parameters": [header("X-Tenant", "t1")], "steps": [step("a", "get"), step("b", "get")]}

    bench.run(arazzo_of(workflow), OPENAPI)

    assert [r.headers["x-tenant"] for r in server.requests] == ["t1", "t1"]


@requirement("workflow.parameters.override-not-remove")
@requirement("step.parameters.override-workflow")
def test_a_step_overrides_a_parameter_of_the_workflow_and_cannot_remove_it(bench: Bench, server: ScriptedServer):
    server.on("GET /x", {})
    workflow = {
        "parameters": [header("X-Tenant", "t1"), query("q", "w")],
        "steps": [step("a", "get", parameters=[header("x-tenant", "t2")]), step("b", "get", parameters=[])],
    }

    bench.run(arazzo_of(workflow), OPENAPI)

    assert [r.headers["x-tenant"] for r in server.requests] == ["t2", "t1"]
    assert server.lines == ["GET /x?q=w", "GET /x?q=w"]


@requirement("step.operationId.invoked")
def test_the_operation_that_is_named_is_the_one_that_is_called(bench: Bench, server: ScriptedServer):
    server.on("PATCH /x", {})

    bench.run(arazzo_of({"steps": [step("a", "patch", requestBody={"payload": {"v": 1}})]}), OPENAPI)

    assert server.lines == ["PATCH /x"]


@requirement("step.requestBody.methods")
@pytest.mark.parametrize("operation_id", ["post", "put", "patch"])
def test_a_body_is_sent_with_post_put_and_patch(bench: Bench, server: ScriptedServer, operation_id: str):
    server.on(f"{operation_id.upper()} /x", {})

    bench.run(arazzo_of({"steps": [step("a", operation_id, requestBody={"payload": {"v": 1}})]}), OPENAPI)

    assert server.requests[0].json == {"v": 1}
    assert server.requests[0].headers["content-type"] == "application/json"


@requirement("step.requestBody.get-head-delete")
@pytest.mark.parametrize("operation_id", ["get", "delete"])
def test_a_body_of_get_and_delete_is_sent_with_a_warning(bench: Bench, server: ScriptedServer, operation_id: str):
    server.on(f"{operation_id.upper()} /x", {})

    result = bench.run(arazzo_of({"steps": [step("a", operation_id, requestBody={"payload": {"v": 1}})]}), OPENAPI)

    assert server.requests[0].json == {"v": 1}
    assert [d.severity for d in result.diagnostics if d.code == "ARZ215"] == ["warning"]


@requirement("parameter.name.case-sensitive")
def test_parameter_names_keep_their_case(bench: Bench, server: ScriptedServer):
    server.on("GET /x", {})

    bench.run(arazzo_of({"steps": [step("a", "get", parameters=[query("Q", 1), query("q", 2)])]}), OPENAPI)

    assert server.lines == ["GET /x?Q=1&q=2"]


@requirement("parameter.in.workflow-step-maps-to-inputs")
def test_parameters_of_a_step_that_calls_a_workflow_are_its_inputs(bench: Bench, server: ScriptedServer):
    server.on("GET /items/7", {})
    parent = {
        "workflowId": "main",
        "steps": [{"stepId": "call", "workflowId": "child", "parameters": [{"name": "id", "value": 7}]}],
    }
    child = {
        "workflowId": "child",
        "inputs": {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]},
        "steps": [step("a", "item", parameters=[{"name": "id", "in": "path", "value": "$inputs.id"}])],
    }

    result = bench.run(arazzo_of(parent, child), OPENAPI, workflow="main")

    assert result.status == "succeeded"
    assert server.lines == ["GET /items/7"]


CHILD = {
    "workflowId": "other",
    "inputs": {"type": "object", "properties": {"id": {"type": "string"}}},
    "steps": [step("b", "item", parameters=[{"name": "id", "in": "path", "value": "$inputs.id"}])],
}


@requirement("successAction.parameters.passed")
@requirement("parameter.in.workflow-action-maps-to-inputs")
def test_parameters_of_a_success_action_are_inputs_of_the_workflow_it_goes_to(bench: Bench, server: ScriptedServer):
    server.on("GET /x", {"id": "s"}).on("GET /items/s", {})
    go = {
        "name": "go",
        "type": "goto",
        "workflowId": "other",
        "parameters": [{"name": "id", "value": "$response.body#/id"}],
    }
    main = {"workflowId": "main", "steps": [step("a", "get", onSuccess=[go])]}

    bench.run(arazzo_of(main, CHILD, version="1.1.0"), OPENAPI, workflow="main")

    assert server.lines == ["GET /x", "GET /items/s"]


@requirement("failureAction.parameters.passed")
def test_parameters_of_a_failure_action_are_inputs_of_the_workflow_it_goes_to(bench: Bench, server: ScriptedServer):
    server.on("GET /x", Answer(500, {"id": "f"})).on("GET /items/f", {})
    go = {
        "name": "go",
        "type": "goto",
        "workflowId": "other",
        "parameters": [{"name": "id", "value": "$response.body#/id"}],
    }
    main = {"workflowId": "main", "steps": [step("a", "get", onFailure=[go])]}

    bench.run(arazzo_of(main, CHILD, version="1.1.0"), OPENAPI, workflow="main")

    assert server.lines == ["GET /x", "GET /items/f"]


@requirement("parameter.value.expression")
def test_a_parameter_is_a_constant_or_an_expression(bench: Bench, server: ScriptedServer):
    server.on("GET /x", {})
    parameters = [query("a", "plain"), query("b", "$inputs.b"), query("c", "<{$inputs.b}>"), query("d", True)]

    bench.run(arazzo_of({"steps": [step("a", "get", parameters=parameters)]}), OPENAPI, {"b": "é&"})

    assert server.lines == ["GET /x?a=plain&b=%C3%A9%26&c=%3C%C3%A9%26%3E&d=true"]


@requirement("parameter.value.selector")
@requirement("selector.evaluated-where-allowed")
def test_a_parameter_may_be_a_selector_object(bench: Bench, server: ScriptedServer):
    server.on("GET /x", {})
    chosen = {"context": "$inputs.user", "selector": "$.names[1]", "type": "jsonpath"}

    bench.run(
        arazzo_of({"steps": [step("a", "get", parameters=[query("n", chosen)])]}, version="1.1.0"),
        OPENAPI,
        {"user": {"names": ["x", "y"]}},
    )

    assert server.lines == ["GET /x?n=y"]


@requirement("reusable.value.overrides-parameter")
def test_the_value_of_a_reusable_object_overrides_that_of_the_component(bench: Bench, server: ScriptedServer):
    server.on("GET /x", {})
    components = {"parameters": {"page": query("page", 1)}}
    parameters = [{"reference": "$components.parameters.page", "value": 2}]

    bench.run(arazzo_of({"steps": [step("a", "get", parameters=parameters)]}, components=components), OPENAPI)

    assert server.lines == ["GET /x?page=2"]


def posted(
    bench: Bench, server: ScriptedServer, body: dict[str, Any], inputs: dict[str, Any], version: str = "1.1.0"
) -> Any:
    """What the server receives for a request body."""
    server.on("POST /x", {})
    result = bench.run(arazzo_of({"steps": [step("a", "post", requestBody=body)]}, version=version), OPENAPI, inputs)
    assert result.status == "succeeded", result.message
    return server.requests[0]


@requirement("requestBody.payload.type-preserved")
@requirement("requestBody.payload.expressions-evaluated-first")
def test_expressions_in_a_payload_keep_their_types(bench: Bench, server: ScriptedServer):
    payload = {"n": "$inputs.n", "list": ["$inputs.flag", None], "text": "n={$inputs.n}", "big": "$inputs.big"}
    inputs = {"n": 3, "flag": False, "big": 12345678901234567890}

    request = posted(bench, server, {"payload": payload}, inputs)

    assert request.json == {"n": 3, "list": [False, None], "text": "n=3", "big": 12345678901234567890}


@requirement("requestBody.payload.whole-expression")
def test_a_payload_may_be_one_whole_expression(bench: Bench, server: ScriptedServer):
    assert posted(bench, server, {"payload": "$inputs.order"}, {"order": {"id": [1]}}).json == {"id": [1]}


@requirement("requestBody.payload.selectors")
def test_selector_objects_inside_a_payload_are_evaluated(bench: Bench, server: ScriptedServer):
    selector = {"context": "$inputs.order", "selector": "/lines/0/sku", "type": "jsonpointer"}
    literal = {"context": "$inputs.order", "selector": "/lines/0/sku"}

    request = posted(
        bench, server, {"payload": {"sku": selector, "near": literal}}, {"order": {"lines": [{"sku": "s1"}]}}
    )

    assert request.json == {"sku": "s1", "near": {**literal, "context": {"lines": [{"sku": "s1"}]}}}


@requirement("requestBody.replacements.applied")
@requirement("replacement.value.expression")
@requirement("replacement.default.json-pointer")
def test_replacements_set_values_by_json_pointer_in_list_order(bench: Bench, server: ScriptedServer):
    body = {
        "payload": {"id": 0, "tags": ["a"], "a-b": {"c.d": 1}},
        "replacements": [
            {"target": "/id", "value": "$inputs.id"},
            {"target": "/tags/-", "value": "b"},
            {"target": "/a-b/c.d", "value": 2},
            {"target": "/id", "value": 9},
        ],
    }

    assert posted(bench, server, body, {"id": 5}).json == {"id": 9, "tags": ["a", "b"], "a-b": {"c.d": 2}}


@requirement("replacement.value.selector")
def test_the_value_of_a_replacement_may_be_a_selector_object(bench: Bench, server: ScriptedServer):
    value = {"context": "$inputs.stock", "selector": "$.count", "type": "jsonpath"}
    replacement = {"target": "$.items[?(@.sku=='b')].n", "targetSelectorType": "jsonpath", "value": value}
    body = {"payload": {"items": [{"sku": "a", "n": 1}, {"sku": "b", "n": 1}]}, "replacements": [replacement]}

    request = posted(bench, server, body, {"stock": {"count": 7}})

    assert request.json == {"items": [{"sku": "a", "n": 1}, {"sku": "b", "n": 7}]}


@requirement("replacement.default.xpath")
def test_the_target_in_an_xml_payload_is_an_xpath(bench: Bench, server: ScriptedServer):
    body = {
        "contentType": "application/xml",
        "payload": "<order><id>0</id></order>",
        "replacements": [{"target": "/order/id", "value": "$inputs.id"}],
    }

    assert posted(bench, server, body, {"id": 5}).body == b"<order><id>5</id></order>"


def test_a_replacement_that_reaches_nothing_sends_nothing(bench: Bench, server: ScriptedServer):
    body = {"payload": {"a": 1}, "replacements": [{"target": "/b/c", "value": 1}]}

    result = bench.run(arazzo_of({"steps": [step("a", "post", requestBody=body)]}), OPENAPI)

    assert result.status == "failed"
    assert server.requests == []


def test_a_template_that_is_no_json_after_embedding_is_not_sent(bench: Bench, server: ScriptedServer):
    body = {"contentType": "application/json", "payload": '{"a": "{$inputs.a}"}'}

    result = bench.run(arazzo_of({"steps": [step("a", "post", requestBody=body)]}), OPENAPI, {"a": 'x"y'})

    assert result.status == "failed"
    assert server.requests == []


@requirement("request.redirects")
def test_a_redirect_is_an_answer_and_not_followed(bench: Bench, server: ScriptedServer):
    server.on("GET /x", Answer(302, headers={"Location": "/elsewhere"}))
    found = step("a", "get", successCriteria=[{"condition": "$statusCode == 302"}])

    result = bench.run(arazzo_of({"steps": [found]}), OPENAPI)

    assert result.status == "succeeded"
    assert server.lines == ["GET /x"]


def test_a_redirect_is_followed_when_asked_for(bench: Bench, server: ScriptedServer):
    server.on("GET /x", Answer(302, headers={"Location": "/elsewhere"})).on("GET /elsewhere", {"here": True})
    found = step("a", "get", outputs={"here": "$response.body#/here"})
    workflow = {"steps": [found], "outputs": {"here": "$steps.a.outputs.here"}}

    result = bench.run(arazzo_of(workflow), OPENAPI, follow_redirects=True)

    assert result.outputs == {"here": True}


def test_a_required_value_that_is_absent_sends_nothing_and_an_optional_one_is_left_out(
    bench: Bench, server: ScriptedServer
):
    server.on("GET /x", {})
    inputs = {"type": "object", "properties": {"id": {"type": "string"}, "q": {"type": "string"}}}
    optional = step("a", "get", parameters=[query("q", "$inputs.q")])
    required = step("b", "item", parameters=[{"name": "id", "in": "path", "value": "$inputs.id"}])

    result = bench.run(arazzo_of({"inputs": inputs, "steps": [optional, required]}), OPENAPI)

    assert server.lines == ["GET /x"]
    assert result.status == "failed"
    assert "'id' has no value" in result.message


# -- criteria that combine --------------------------------------------------------------------------------------------


@requirement("step.successCriteria.all-must-hold")
@requirement("criterion.multiple.and")
@pytest.mark.parametrize(("second", "status"), [("$response.body#/ok == true", "succeeded"), ("1 == 2", "failed")])
def test_every_success_criterion_has_to_hold(bench: Bench, server: ScriptedServer, second: str, status: str):
    server.on("GET /x", {"ok": True})
    criteria = [{"condition": "$statusCode == 200"}, {"condition": second}]

    assert bench.run(arazzo_of({"steps": [step("a", "get", successCriteria=criteria)]}), OPENAPI).status == status


@requirement("successAction.criteria.all-must-hold")
@requirement("successAction.criteria.step-context")
def test_every_criterion_of_a_success_action_has_to_hold_over_its_own_step(bench: Bench, server: ScriptedServer):
    server.on("GET /x", {"n": 1})
    both = [{"condition": "$statusCode == 200"}, {"condition": "$response.body#/n == 2"}]
    one = [{"condition": "$response.body#/n == 1"}]
    actions = [
        {"name": "no", "type": "goto", "stepId": "a", "criteria": both},
        {"name": "yes", "type": "end", "criteria": one},
    ]

    result = bench.run(arazzo_of({"steps": [step("a", "get", onSuccess=actions), step("b", "get")]}), OPENAPI)

    assert result.ended_by == "yes"
    assert len(server.requests) == 1


@requirement("failureAction.criteria.all-must-hold")
@requirement("failureAction.criteria.step-context")
def test_every_criterion_of_a_failure_action_has_to_hold_over_its_own_step(bench: Bench, server: ScriptedServer):
    server.on("GET /x", Answer(503, {"n": 1}))
    both = [{"condition": "$statusCode == 503"}, {"condition": "$response.body#/n == 2"}]
    actions = [
        {"name": "no", "type": "retry", "retryLimit": 3, "criteria": both},
        {"name": "yes", "type": "end", "criteria": [{"condition": "$statusCode == 503"}]},
    ]

    result = bench.run(arazzo_of({"steps": [step("a", "get", onFailure=actions)]}), OPENAPI)

    assert result.ended_by == "yes"
    assert len(server.requests) == 1

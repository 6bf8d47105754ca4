"""What link finds beyond references: order, parameters, bodies, values, and what never refuses a run."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from linking import API, errors, lines, link, loaded, step, steps, warnings
from scripted import ScriptedServer, arazzo_of, openapi_of

from arazzo_runner import Runner

requirement = pytest.mark.requirement
W = "/workflows/0"
S = "/workflows/0/steps/0"


def query(name: str, value: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "value": value}


def reads(*step_ids: str, **fields: Any) -> dict[str, Any]:
    """Fields of a step that reads the output `x` of these steps."""
    return {"parameters": [query(f"q{i}", f"$steps.{name}.outputs.x") for i, name in enumerate(step_ids)], **fields}


def writes(step_id: str, **fields: Any) -> dict[str, Any]:
    return step(step_id, outputs={"x": "$response.body"}, **fields)


def goto(step_id: str) -> dict[str, Any]:
    return {"name": f"to {step_id}", "type": "goto", "stepId": step_id}


# -- order ------------------------------------------------------------------------------------------------------------

ORDERS: list[Any] = [
    pytest.param(
        [step("a", **reads("b")), writes("b")],
        [f"ARZ303 {S}/parameters/0/value"],
        marks=requirement("deps.forward-reference-error"),
        id="an output of a later step",
    ),
    pytest.param([writes("a"), step("b", **reads("a"))], [], id="an output of an earlier step"),
    pytest.param([writes("a", **reads("a"))], [f"ARZ303 {S}/parameters/0/value"], id="its own output, before it ran"),
    pytest.param(
        [step("a", successCriteria=[{"condition": "$steps.b.outputs.x == 1"}]), writes("b")],
        [f"ARZ303 {S}/successCriteria/0/condition"],
        id="a later output in a condition",
    ),
    pytest.param(
        [writes("a", successCriteria=[{"condition": "$steps.a.outputs.x == 1"}])], [], id="its own output, after it ran"
    ),
    pytest.param([step("a", **reads("b")), writes("b", onSuccess=[goto("a")])], [], id="a later output, in a loop"),
    pytest.param(
        [step("a", **reads("b")), step("c"), writes("b", onFailure=[goto("c")])],
        [f"ARZ303 {S}/parameters/0/value"],
        id="a later output, outside of the loop",
    ),
    pytest.param(
        [writes("a", **reads("a"), onFailure=[{"name": "again", "type": "retry"}])], [], id="its own output, in a retry"
    ),
    pytest.param([writes("a", **reads("a"), onSuccess=[goto("a")])], [], id="its own output, in a goto to itself"),
    pytest.param(
        [step("a", onSuccess=[goto("c")]), step("b", **reads("c")), writes("c", onSuccess=[goto("b")])],
        [],
        id="a later output that a goto comes back from",
    ),
    pytest.param(
        [step("a", requestBody={"payload": {"deep": ["$steps.b.outputs.x"]}}), writes("b")],
        [f"ARZ303 {S}/requestBody/payload/deep/0"],
        id="a later output deep in a payload",
    ),
]


@pytest.mark.parametrize("version", ["1.0.1", "1.1.0"])
@pytest.mark.parametrize(("items", "expected"), ORDERS)
def test_an_output_is_read_only_where_its_step_can_have_run(
    items: list[dict[str, Any]], expected: list[str], version: str
) -> None:
    assert errors(steps(*items), version=version) == expected


def test_depends_on_puts_steps_in_a_stable_topological_order() -> None:
    items = [step("a", dependsOn=["c"]), step("b"), writes("d"), step("c"), step("e", **reads("d"))]

    plan = link(steps(*items), version="1.1.0")

    assert [call.step_id for call in plan.workflow.steps] == ["b", "d", "c", "a", "e"]


def test_with_depends_on_a_forward_reference_is_an_edge_not_an_error() -> None:
    items = [step("a", **reads("b")), writes("b"), step("c", dependsOn=["a"])]

    plan = link(steps(*items), version="1.1.0")

    assert lines(plan, "error") == []
    assert [call.step_id for call in plan.workflow.steps] == ["b", "a", "c"]


def test_steps_that_wait_for_each_other_are_refused() -> None:
    items = [writes("a", dependsOn=["b"]), step("b", **reads("a"))]

    assert errors(steps(*items), version="1.1.0") == [f"ARZ209 {W}"]


# -- parameters -------------------------------------------------------------------------------------------------------

P = {"name": "p", "value": 1}
HEADER = {"name": "X-A", "in": "header", "value": 1}
SHARED = {"components": {"parameters": {"q": query("limit", 1)}}}

PARAMETERS: list[Any] = [
    pytest.param([query("limit", 1), query("limit", 2)], [f"ARZ218 {S}/parameters/1"], id="same name and place"),
    pytest.param([query("limit", 1), {**P, "name": "limit", "in": "cookie"}], [], id="same name, other place"),
    pytest.param([HEADER, {**HEADER, "name": "x-a"}], [f"ARZ218 {S}/parameters/1"], id="header in another case"),
    pytest.param([query("Limit", 1), query("limit", 1)], [], id="query names in two cases"),
    pytest.param(
        [query("limit", 1), {"reference": "$components.parameters.q"}], [f"ARZ218 {S}/parameters/1"], id="reused twice"
    ),
    pytest.param([P], [f"ARZ213 {S}/parameters/0"], id="no place"),
    pytest.param(
        [{**P, "in": "channel"}], [f"ARZ213 {S}/parameters/0", f"ARZ222 {S}/operationId"], id="a place of AsyncAPI"
    ),
    pytest.param([{**P, "in": "body"}], [f"ARZ116 {S}/parameters/0/in"], id="a place there is not"),
    pytest.param(
        [query("a", 1), {"name": "q", "in": "querystring", "value": "b=2"}],
        [f"ARZ214 {S}/parameters/1"],
        id="query and querystring",
    ),
    pytest.param(
        [{**P, "in": "path", "name": "id"}],
        [f"ARZ222 {S}/operationId"],
        id="a path parameter without a place in the path",
    ),
]


@pytest.mark.parametrize(("parameters", "expected"), PARAMETERS)
def test_parameters_that_cannot_be_sent_refuse_the_run(parameters: list[Any], expected: list[str]) -> None:
    description = arazzo_of(steps(step(parameters=parameters)), version="1.1.0", **SHARED)

    found = [e for e in errors(description) if not (e.startswith("ARZ213") and "ARZ116" in " ".join(expected))]

    assert found == expected


def test_parameters_of_a_workflow_may_be_overridden() -> None:
    description = steps(step(parameters=[query("limit", 2)]), parameters=[query("limit", 1)])

    plan = link(description)

    assert lines(plan, "error") == []
    assert [(p.name, p.evaluate(None)) for p in plan.workflow.steps[0].parameters] == [("limit", 2)]


WARNED: list[Any] = [
    pytest.param(step(parameters=[query("limti", 1)]), [f"ARZ212 {S}/parameters/0"], id="undeclared parameter"),
    pytest.param(step(parameters=[{**HEADER, "name": "Authorization"}]), [], id="Authorization is never undeclared"),
    pytest.param(step(requestBody={"payload": 1}), [f"ARZ215 {S}/requestBody"], id="body of a GET"),
    pytest.param(
        step(operationId="createPet", requestBody={"payload": 1}), [f"ARZ215 {S}/requestBody"], id="undeclared body"
    ),
    pytest.param(
        step(workflowId="child", requestBody={"payload": 1}), [f"ARZ216 {S}/requestBody"], id="body for a workflow"
    ),
    pytest.param(
        step(workflowId="child", parameters=[query("n", 1)]), [f"ARZ216 {S}/parameters/0"], id="place for a workflow"
    ),
    pytest.param(step(outputs={"x": "text"}), [f"ARZ304 {S}/outputs/x"], id="text as output"),
    pytest.param(step(outputs={"x": "a {$statusCode}"}), [f"ARZ304 {S}/outputs/x"], id="text with an expression"),
    pytest.param(step(outputs={"x": True}), [f"ARZ304 {S}/outputs/x"], id="boolean as output"),
    pytest.param(step(outputs={"x": None}), [f"ARZ304 {S}/outputs/x"], id="null as output"),
    pytest.param(
        step(onSuccess=[{"name": "e", "type": "end", "stepId": "a"}]),
        [f"ARZ122 {S}/onSuccess/0/stepId"],
        marks=requirement("successAction.target.relevance"),
        id="end with a target (success)",
    ),
    pytest.param(
        step(onFailure=[{"name": "e", "type": "end", "stepId": "a"}]),
        [f"ARZ122 {S}/onFailure/0/stepId"],
        marks=requirement("failureAction.target.relevance"),
        id="end with a target (failure)",
    ),
    pytest.param(
        step(onFailure=[{"name": "e", "type": "end", "retryAfter": 60}]),
        [f"ARZ122 {S}/onFailure/0/retryAfter"],
        marks=requirement("failureAction.retryAfter.only-for-retry"),
        id="end with retryAfter",
    ),
    pytest.param(
        step("b", onFailure=[{"name": "g", "type": "goto", "stepId": "b", "retryLimit": 3}]),
        [f"ARZ122 {S}/onFailure/0/retryLimit"],
        marks=requirement("failureAction.retryLimit.only-for-retry"),
        id="goto with retryLimit",
    ),
]


@pytest.mark.parametrize(("item", "expected"), WARNED)
def test_what_may_still_work_is_a_warning(item: dict[str, Any], expected: list[str]) -> None:
    description = arazzo_of(steps(item), {"workflowId": "child", "steps": [step()]})

    assert warnings(description) == expected


@requirement(
    "successAction.target.relevance",
    "failureAction.target.relevance",
    "failureAction.retryAfter.only-for-retry",
    "failureAction.retryLimit.only-for-retry",
)
@pytest.mark.parametrize(("where", "status"), [("onSuccess", 200), ("onFailure", 500)])
def test_fields_that_end_does_not_have_change_nothing(server: ScriptedServer, where: str, status: int) -> None:
    server.on("GET /pets", status)
    fields = {"retryAfter": 60, "retryLimit": 5} if where == "onFailure" else {}
    action = {"name": "e", "type": "end", "stepId": "a", **fields}
    called = step(successCriteria=[{"condition": "$statusCode == 200"}], **{where: [action]})

    with Runner(loaded(arazzo_of(steps(called, step("b"))), servers={"": server.url})) as runner:
        result = runner.run()

    assert server.lines == ["GET /pets"]
    assert result.reason in (None, "action", "criteria")


def test_a_workflow_input_by_a_place_is_still_given() -> None:
    description = arazzo_of(
        steps(step(workflowId="child", parameters=[query("n", Decimal(1))])), {"workflowId": "child", "steps": [step()]}
    )

    (call,) = link(description).workflow.steps

    assert [(p.name, p.evaluate(None)) for p in call.parameters] == [("n", 1)]


@requirement("step.operationPath.prefer-operationId")
def test_an_operation_path_to_an_operation_with_an_id_runs(server: ScriptedServer) -> None:
    server.on("GET /pets", 200)
    called = step(operationPath="{$sourceDescriptions.api.url}#/paths/~1pets/get")

    with Runner(loaded(arazzo_of(steps(called)), servers={"": server.url})) as runner:
        result = runner.run()

    assert result.status == "succeeded"
    assert server.lines == ["GET /pets"]
    assert [(d.code, d.severity, d.hint) for d in result.diagnostics] == [
        ("ARZ223", "info", "write operationId: listPets")
    ]


@requirement("step.channelPath.prefer-operationId")
def test_a_channel_path_to_a_channel_of_an_operation_is_told_its_operation_id() -> None:
    asyncapi = {
        "asyncapi": "3.0.0",
        "channels": {"orders": {}},
        "operations": {"placeOrder": {"action": "send", "channel": {"$ref": "#/channels/orders"}}},
    }
    called = step(channelPath="{$sourceDescriptions.events.url}#/channels/orders", action="send")
    description = arazzo_of(
        steps(called),
        version="1.1.0",
        sourceDescriptions=[{"name": "events", "url": "memory:/events.json", "type": "asyncapi"}],
    )

    found = link(description, {"memory:/events.json": asyncapi}).diagnostics

    assert [(d.code, d.severity) for d in found] == [("ARZ223", "info"), ("ARZ211", "error")]
    assert found[0].hint == "write operationId: placeOrder"


# -- values -----------------------------------------------------------------------------------------------------------

VALUES: list[Any] = [
    pytest.param("$inputs.nope", ["ARZ302"], id="an undeclared input"),
    pytest.param("$steps.none.outputs.x", ["ARZ302"], id="an unknown step"),
    pytest.param("$steps.a.outputs.none", ["ARZ302"], id="an unknown output"),
    pytest.param("$workflows.none.outputs.x", ["ARZ302"], id="an unknown workflow"),
    pytest.param("$sourceDescriptions.none.url", ["ARZ302"], id="an unknown source"),
    pytest.param("$steps.a.x", ["ARZ301"], id="a step without outputs"),
    pytest.param("$.items", [], id="a JSONPath is a text"),
    pytest.param("$5.00", [], id="a price is a text"),
    pytest.param("{$inputs.name}", [], id="braces in a text"),
    pytest.param({"deep": ["$inputs.nope"]}, ["ARZ302"], id="deep in an object"),
]


@pytest.mark.parametrize(("value", "codes"), VALUES)
def test_values_are_expressions_of_declared_names_or_texts(value: Any, codes: list[str]) -> None:
    inputs = {"type": "object", "properties": {"name": {"type": "string"}}}
    called = step(parameters=[query("q", value)])

    plan = link(steps(called, inputs=inputs), version="1.1.0")

    assert [d.code for d in plan.diagnostics if d.severity == "error"] == codes


OPEN: list[Any] = [
    pytest.param({"type": "object", "properties": {"a": {}}}, True, id="properties"),
    pytest.param({"type": "object", "properties": {"a": {}}, "additionalProperties": True}, False, id="open"),
    pytest.param({"$ref": "#/components/inputs/open"}, False, id="open, by reference"),
    pytest.param({"$ref": "#/components/inputs/shut"}, True, id="shut, by reference"),
    pytest.param({"allOf": [{"$ref": "#/components/inputs/shut"}]}, True, id="all of"),
    pytest.param({"allOf": [{"$ref": "#/components/inputs/open"}]}, False, id="all of, open"),
    pytest.param({"properties": {"a": {}}, "anyOf": [{"required": ["b"]}]}, False, id="any of"),
    pytest.param({"type": "object"}, False, id="nothing said"),
    pytest.param(True, False, id="true"),
]


@pytest.mark.parametrize(("schema", "closed"), OPEN)
def test_an_input_that_may_be_given_may_be_read(schema: Any, closed: bool) -> None:
    inputs = {
        "open": {"properties": {"a": {}}, "additionalProperties": {"type": "string"}},
        "shut": {"properties": {"a": {}}},
    }
    called = step(parameters=[query("q", "$inputs.b"), query("r", "$inputs.a")])

    found = errors(arazzo_of(steps(called, inputs=schema), components={"inputs": inputs}))

    assert found == ([f"ARZ302 {S}/parameters/0/value"] if closed else [])


def test_the_portable_form_of_a_text_of_many_lines_is_shown_by_the_line_that_changes() -> None:
    text = '{\n  "a": 1,\n  "b": "{$inputs.pet.id}"\n}\n'
    called = step(requestBody={"contentType": "application/json", "payload": text})
    inputs = {"type": "object", "properties": {"pet": {}}}

    found = link(arazzo_of(steps(called, inputs=inputs))).diagnostics

    assert [d.hint for d in found if d.code == "ARZ503"] == ['portable form: "b": "{$inputs.pet#/id}"']


UNQUOTED = """\
arazzo: 1.0.1
info: {title: t, version: '1'}
sourceDescriptions: [{name: api, url: 'memory:/openapi.json', type: openapi}]
workflows:
- workflowId: main
  inputs: {type: object, properties: {x: {}}}
  steps:
  - stepId: a
    operationId: createPet
    parameters: [{name: q, in: query, value: {$inputs.x}}]
    requestBody: {payload: {id: {$inputs.x}, price: {$x: null}}}
    successCriteria: [{condition: {$statusCode == 200}}]
    outputs: {x: {$response.body}}
"""


@requirement("format.yaml-scalar-string-keys")
def test_an_expression_that_is_not_quoted_is_never_silently_sent() -> None:
    plan = link(UNQUOTED)

    found = [(d.code, d.location.line) for d in plan.diagnostics if d.severity == "error"]
    assert sorted(found) == [("ARZ120", 10), ("ARZ120", 11), ("ARZ120", 12), ("ARZ120", 13)]


@requirement("extensions.reserved-prefixes")
def test_prefixes_of_the_initiative_are_warned_of() -> None:
    description = arazzo_of(
        steps(step(**{"x-oai-foo": 1, "x-mine": 2}), **{"x-oas-foo": 1}), **{"x-arazzo-foo": 1, "x-other": 1}
    )

    assert sorted(warnings(description)) == [
        "ARZ123 /workflows/0/steps/0/x-oai-foo",
        "ARZ123 /workflows/0/x-oas-foo",
        "ARZ123 /x-arazzo-foo",
    ]


# -- what never refuses -----------------------------------------------------------------------------------------------

BROKEN: list[Any] = [
    pytest.param({"steps": [step(operationId="none")]}, id="an operation there is not"),
    pytest.param({"steps": [{"stepId": "a", "operatonId": "listPets"}]}, id="a misspelt field"),
    pytest.param({"steps": []}, id="no steps"),
    pytest.param({"steps": "none"}, id="steps of another type"),
    pytest.param({}, id="nothing but a name"),
    pytest.param({"steps": [step(), step()]}, id="two steps with one id"),
    pytest.param({"steps": [step(successCriteria=[{"condition": "!!"}])]}, id="a condition that is none"),
    pytest.param({"steps": [step()], "inputs": {"$ref": "#/none"}}, id="inputs that reach nothing"),
]


@pytest.mark.parametrize("broken", BROKEN)
def test_errors_of_a_workflow_that_is_not_reached_refuse_nothing(broken: dict[str, Any]) -> None:
    description = arazzo_of(steps(), {"workflowId": "broken", **broken})

    assert errors(description) == []
    assert errors(description, workflow="broken") != []


REACHED: list[Any] = [
    pytest.param(steps(step(workflowId="broken")), id="a step"),
    pytest.param(steps(dependsOn=["broken"]), id="dependsOn"),
    pytest.param(steps(step(onSuccess=[{"name": "g", "type": "goto", "workflowId": "broken"}])), id="goto"),
    pytest.param(steps(step(onFailure=[{"name": "r", "type": "retry", "workflowId": "broken"}])), id="retry"),
    pytest.param(
        steps(failureActions=[{"name": "g", "type": "goto", "workflowId": "broken"}]), id="a workflow's action"
    ),
]


@pytest.mark.parametrize("workflow", REACHED)
def test_errors_of_a_workflow_that_is_reached_refuse_the_run(workflow: dict[str, Any]) -> None:
    broken = {"workflowId": "broken", "steps": [step(operationId="none")]}

    assert errors(arazzo_of(workflow, broken)) == ["ARZ203 /workflows/1/steps/0/operationId"]


@requirement("components.no-effect-unless-referenced")
def test_components_that_nothing_refers_to_have_no_effect(server: ScriptedServer) -> None:
    server.on("GET /pets", 500)
    components = {
        "parameters": {"p": query("limit", 1)},
        "failureActions": {"f": {"name": "again", "type": "retry", "retryLimit": 3}},
    }
    called = step(successCriteria=[{"condition": "$statusCode == 200"}])

    with Runner(loaded(arazzo_of(steps(called), components=components), servers={"": server.url})) as runner:
        runner.run()

    assert server.lines == ["GET /pets"]


@requirement("reusable.reference.resolved-object-used", "expr.components.parameter", "expr.components.action")
def test_the_component_stands_in_for_the_reusable_object(server: ScriptedServer) -> None:
    server.on("GET /pets", 500)
    components = {
        "parameters": {"p": query("page", 1)},
        "failureActions": {"f": {"name": "again", "type": "retry", "retryLimit": 2}},
    }
    called = step(
        parameters=[{"reference": "$components.parameters.p"}],
        successCriteria=[{"condition": "$statusCode == 200"}],
        onFailure=[{"reference": "$components.failureActions.f"}],
    )
    description = arazzo_of(steps(called), version="1.1.0", components=components)

    with Runner(loaded(description, servers={"": server.url})) as runner:
        runner.run()

    assert server.lines == ["GET /pets?page=1"] * 3


def test_a_server_that_nobody_names_refuses_the_run() -> None:
    api = openapi_of("listPets GET /pets")
    api["servers"] = [{"url": "/v1"}]

    found = errors(steps(), {API: api}, servers={})

    assert found == [f"ARZ217 {S}/operationId"]
    assert errors(steps(), {API: api}, servers={"api": "http://s.invalid"}) == []

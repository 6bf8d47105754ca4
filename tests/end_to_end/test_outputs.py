"""Outputs of steps and of workflows: when they are computed, who sees them (decisions 26, 27, 57-59)."""

from __future__ import annotations

from typing import Any

import pytest
from scripted import Answer, Bench, ScriptedServer, arazzo_of, openapi_of
from workflow_parts import call, end, goto, retry, step, when

from arazzo_runner import DocumentError

requirement = pytest.mark.requirement
OPENAPI = openapi_of("a POST /a", "b POST /b", "c POST /c", "d POST /d")
VALUES: list[Any] = [7, 2.5, 12345678901234567890, "text", "", True, False, None, [1, [2]], {"k": {"l": []}}, {}]


@pytest.fixture(params=["1.0.1", "1.1.0"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def workflow(workflow_id: str, *steps: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"workflowId": workflow_id, "steps": list(steps), **fields}


def body(**payload: Any) -> dict[str, Any]:
    return {"payload": payload}


@requirement("step.outputs.expression-values", "workflow.outputs.expression-values", "expr.steps.outputs")
@pytest.mark.parametrize("value", VALUES)
def test_a_value_keeps_its_type_to_the_next_request_and_to_the_result(bench: Bench, server: ScriptedServer, value: Any):
    server.on("POST /a", {"v": value}).on("POST /b", 200)
    main = workflow(
        "main",
        step("a", outputs={"v": "$response.body#/v"}),
        step("b", requestBody=body(v="$steps.a.outputs.v")),
        outputs={"v": "$steps.a.outputs.v"},
    )

    result = bench.run(arazzo_of(main), OPENAPI)

    assert server.requests[1].json == {"v": value}
    assert result.outputs == {"v": value}
    assert type(result.outputs["v"]) is type(value)


@requirement("step.outputs.expression-or-selector", "workflow.outputs.expression-or-selector")
def test_in_1_1_outputs_may_be_selectors(bench: Bench, server: ScriptedServer):
    server.on("POST /a", {"items": [{"id": 1}, {"id": 2}]}).on("POST /b", 200)
    main = workflow(
        "main",
        step(
            "a",
            outputs={
                "first": {"context": "$response.body", "selector": "$.items[0].id", "type": "jsonpath"},
                "ids": {"context": "$response.body", "selector": "$.items[*].id", "type": "jsonpath"},
                "second": {"context": "$response.body", "selector": "/items/1/id", "type": "jsonpointer"},
                "body": "$response.body",
                "none": {"context": "$response.body", "selector": "$.nothing", "type": "jsonpath"},
            },
        ),
        step("b", requestBody=body(first="$steps.a.outputs.first", second="$steps.a.outputs.second")),
        outputs={
            "ids": "$steps.a.outputs.ids",
            "last": {"context": "$steps.a.outputs.body", "selector": "$.items[-1].id", "type": "jsonpath"},
            "none": "$steps.a.outputs.none",
        },
    )

    result = bench.run(arazzo_of(main, version="1.1.0"), OPENAPI)

    assert server.requests[1].json == {"first": 1, "second": 2}
    assert result.outputs == {"ids": [1, 2], "last": 2}
    assert result.missing_outputs == ("none",)
    assert result.status == "succeeded"


@requirement("outputs.step.visible-to-later-steps")
def test_an_output_reaches_a_header_of_a_later_step(bench: Bench, server: ScriptedServer, version: str):
    server.on("POST /a", {"token": "t0"}).on("POST /b", 200).on("POST /c", 200)
    parameters = [{"name": "X-Token", "in": "header", "value": "$steps.a.outputs.token"}]
    main = workflow(
        "main", step("a", outputs={"token": "$response.body#/token"}), step("b"), step("c", parameters=parameters)
    )

    bench.run(arazzo_of(main, version=version), OPENAPI)

    assert server.requests[2].headers["x-token"] == "t0"


@requirement("expr.steps.outputs")
def test_a_pointer_goes_into_an_output(bench: Bench, server: ScriptedServer, version: str):
    server.on("POST /a", {"list": [{"id": 5}]}).on("POST /b", 200)
    main = workflow(
        "main",
        step("a", outputs={"list": "$response.body#/list"}),
        step("b", requestBody=body(id="$steps.a.outputs.list#/0/id")),
    )

    bench.run(arazzo_of(main, version=version), OPENAPI)

    assert server.requests[1].json == {"id": 5}


@requirement("expr.outputs", "outputs.workflow.returned-to-caller")
def test_the_outputs_of_a_workflow_step_come_from_the_childs(bench: Bench, server: ScriptedServer, version: str):
    server.on("POST /a", {"id": 3}).on("POST /b", 200)
    child = workflow("child", step("a", outputs={"id": "$response.body#/id"}), outputs={"y": "$steps.a.outputs.id"})
    main = workflow(
        "main",
        call("sub", "child", outputs={"x": "$outputs.y", "z": "$workflows.child.outputs.y"}),
        step("b", requestBody=body(x="$steps.sub.outputs.x", z="$steps.sub.outputs.z", w="$workflows.child.outputs.y")),
        outputs={"x": "$steps.sub.outputs.x"},
    )

    result = bench.run(arazzo_of(main, child, version=version), OPENAPI, workflow="main")

    assert server.requests[1].json == {"x": 3, "z": 3, "w": 3}
    assert result.outputs == {"x": 3}


@requirement("expr.workflows.outputs")
def test_a_dependent_reads_the_outputs_of_its_dependency(bench: Bench, server: ScriptedServer, version: str):
    server.on("POST /a", {"token": "t"}).on("POST /b", 200)
    main = workflow("main", step("b", requestBody=body(token="$workflows.login.outputs.token")), dependsOn=["login"])
    login = workflow(
        "login", step("a", outputs={"token": "$response.body#/token"}), outputs={"token": "$steps.a.outputs.token"}
    )

    bench.run(arazzo_of(main, login, version=version), OPENAPI, workflow="main")

    assert server.requests[1].json == {"token": "t"}


@requirement("expr.workflows.outputs")
def test_a_workflow_that_has_not_run_has_no_outputs(bench: Bench, server: ScriptedServer, version: str):
    server.on("POST /b", 200)
    main = workflow("main", step("b", requestBody=body(token="$workflows.login.outputs.token")))
    login = workflow(
        "login", step("a", outputs={"token": "$response.body#/token"}), outputs={"token": "$steps.a.outputs.token"}
    )

    result = bench.run(arazzo_of(main, login, version=version), OPENAPI, workflow="main")

    assert server.requests == []
    assert (result.status, result.reason) == ("failed", "criteria")
    assert "login" in result.message


@requirement("outputs.step.only-declared-names")
def test_an_output_that_is_not_declared_is_refused(bench: Bench, server: ScriptedServer, version: str):
    main = workflow(
        "main",
        step("a", outputs={"declared": "$response.body#/id"}),
        step("b", requestBody=body(x="$steps.a.outputs.undeclared")),
    )

    with pytest.raises(DocumentError, match="undeclared"):
        bench.run(arazzo_of(main, version=version), OPENAPI)
    assert server.requests == []


@requirement("outputs.step.only-declared-names")
def test_the_response_of_another_step_is_not_available(bench: Bench, server: ScriptedServer, version: str):
    main = workflow("main", step("a"), step("b", requestBody=body(x="$steps.a.response.body")))

    with pytest.raises(DocumentError):
        bench.run(arazzo_of(main, version=version), OPENAPI)
    assert server.requests == []


@requirement("outputs.step.only-declared-names")
def test_the_childs_outputs_are_not_those_of_the_step_that_called_it(
    bench: Bench, server: ScriptedServer, version: str
):
    child = workflow("child", step("a", outputs={"id": "$response.body#/id"}), outputs={"y": "$steps.a.outputs.id"})
    main = workflow("main", call("sub", "child"), step("b", requestBody=body(x="$steps.sub.outputs.y")))

    with pytest.raises(DocumentError, match="y"):
        bench.run(arazzo_of(main, child, version=version), OPENAPI, workflow="main")
    assert server.requests == []


@requirement("outputs.step.scope-is-its-workflow")
def test_a_caller_does_not_see_the_steps_of_a_called_workflow(bench: Bench, server: ScriptedServer, version: str):
    child = workflow("child", step("inner", "a", outputs={"id": "$response.body#/id"}))
    main = workflow("main", call("sub", "child"), step("b", requestBody=body(x="$steps.inner.outputs.id")))

    with pytest.raises(DocumentError, match="inner"):
        bench.run(arazzo_of(main, child, version=version), OPENAPI, workflow="main")


@requirement("outputs.step.scope-is-its-workflow")
def test_a_called_workflow_does_not_see_the_steps_of_its_caller(bench: Bench, server: ScriptedServer, version: str):
    child = workflow("child", step("b", requestBody=body(x="$steps.outer.outputs.id")))
    main = workflow("main", step("outer", "a", outputs={"id": "$response.body#/id"}), call("sub", "child"))

    with pytest.raises(DocumentError, match="outer"):
        bench.run(arazzo_of(main, child, version=version), OPENAPI, workflow="main")


@requirement("outputs.step.scope-is-its-workflow")
def test_steps_of_the_same_name_in_caller_and_child_do_not_mix(bench: Bench, server: ScriptedServer, version: str):
    server.on("POST /a", {"id": "outer"}).on("POST /b", {"id": "inner"}).on("POST /c", 200)
    child = workflow("child", step("s", "b", outputs={"id": "$response.body#/id"}))
    main = workflow(
        "main",
        step("s", "a", outputs={"id": "$response.body#/id"}),
        call("sub", "child"),
        step("c", requestBody=body(x="$steps.s.outputs.id")),
    )

    bench.run(arazzo_of(main, child, version=version), OPENAPI, workflow="main")

    assert server.requests[-1].json == {"x": "outer"}


@requirement("outputs.step.latest-execution", "outputs.workflow.evaluated-at-end")
def test_a_step_that_is_visited_again_overwrites_its_outputs(bench: Bench, server: ScriptedServer, version: str):
    server.on("POST /a", {"id": 1}, {"id": 2}).on("POST /b", 200)
    again = [goto("a", criteria=when("$response.body#/id == 1"))]
    main = workflow(
        "main",
        step("a", outputs={"id": "$response.body#/id"}, onSuccess=again),
        step("b", requestBody=body(id="$steps.a.outputs.id")),
        outputs={"id": "$steps.a.outputs.id"},
    )

    result = bench.run(arazzo_of(main, version=version), OPENAPI)

    assert server.requests[-1].json == {"id": 2}
    assert result.outputs == {"id": 2}


@requirement("outputs.step.failed-step")
def test_a_failed_step_has_outputs_that_its_recovery_can_use(bench: Bench, server: ScriptedServer, version: str):
    server.on("POST /a", Answer(422, {"error": "bad"})).on("POST /c", 200)
    main = workflow(
        "main",
        step("a", outputs={"err": "$response.body#/error"}, onFailure=[goto("c")]),
        step("b"),
        step("c", requestBody=body(err="$steps.a.outputs.err")),
    )

    result = bench.run(arazzo_of(main, version=version), OPENAPI)

    assert server.requests[-1].json == {"err": "bad"}
    assert result.status == "succeeded"


@requirement("outputs.step.failed-step")
def test_an_attempt_without_a_response_keeps_the_outputs_of_the_one_before(bench: Bench, server: ScriptedServer):
    server.on("POST /a", Answer(503, {"id": "kept"}), Answer(drop=True)).on("POST /c", 200)
    main = workflow(
        "main",
        step("a", outputs={"id": "$response.body#/id"}, onFailure=[retry(), goto("c")]),
        step("b"),
        step("c", requestBody=body(id="$steps.a.outputs.id")),
    )

    bench.run(arazzo_of(main), OPENAPI)

    assert server.requests[-1].json == {"id": "kept"}


@requirement("outputs.workflow.evaluated-at-end")
def test_workflow_outputs_are_computed_from_the_final_state(bench: Bench, server: ScriptedServer, version: str):
    server.on("POST /a", {"id": 1}).on("POST /b", {"id": 2})
    main = workflow(
        "main",
        step("a", outputs={"id": "$response.body#/id"}),
        step("b", outputs={"id": "$response.body#/id"}),
        inputs={"type": "object", "properties": {"name": {"type": "string"}}},
        outputs={"last": "$steps.b.outputs.id", "name": "$inputs.name"},
    )

    result = bench.run(arazzo_of(main, version=version), OPENAPI, {"name": "n"})

    assert result.outputs == {"last": 2, "name": "n"}


@requirement("outputs.workflow.returned-to-caller")
def test_the_result_has_exactly_the_declared_outputs(bench: Bench, server: ScriptedServer, version: str):
    server.on("POST /a", {"id": 1, "other": 2})
    main = workflow(
        "main",
        step("a", outputs={"id": "$response.body#/id", "other": "$response.body#/other"}),
        outputs={"id": "$steps.a.outputs.id"},
    )

    result = bench.run(arazzo_of(main, version=version), OPENAPI)

    assert result.outputs == {"id": 1}
    assert bench.run(arazzo_of(workflow("main", step("a")), version=version), OPENAPI).outputs == {}


@requirement("outputs.workflow.unresolvable")
def test_outputs_of_steps_that_never_ran_are_left_out(bench: Bench, server: ScriptedServer, version: str):
    server.on("POST /a", {"id": 1})
    main = workflow(
        "main",
        step("a", outputs={"id": "$response.body#/id"}, onSuccess=[end("early")]),
        step("b"),
        step("c", outputs={"id": "$response.body#/id"}),
        outputs={"a": "$steps.a.outputs.id", "c": "$steps.c.outputs.id"},
    )

    result = bench.run(arazzo_of(main, version=version), OPENAPI)

    assert result.outputs == {"a": 1}
    assert result.status == "succeeded"
    assert result.missing_outputs == ("c",)
    assert [d.severity for d in result.diagnostics if "'c'" in d.message] == ["warning"]


@requirement("outputs.workflow.unresolvable")
def test_null_is_a_value_and_absent_is_not(bench: Bench, server: ScriptedServer, version: str):
    server.on("POST /a", {"null": None})
    main = workflow(
        "main",
        step("a", outputs={"null": "$response.body#/null", "absent": "$response.body#/absent"}),
        outputs={"null": "$steps.a.outputs.null", "absent": "$steps.a.outputs.absent"},
    )

    result = bench.run(arazzo_of(main, version=version), OPENAPI)

    assert result.outputs == {"null": None}
    assert result.steps[0].outputs == {"null": None}


@requirement("outputs.names-with-dots")
def test_an_output_name_with_a_dot_is_one_name(bench: Bench, server: ScriptedServer, version: str):
    server.on("POST /a", {"one": 1, "two": {"b": 2}}).on("POST /b", 200)
    main = workflow(
        "main",
        step("a", outputs={"a.b": "$response.body#/one", "a": "$response.body#/two"}),
        step("b", requestBody=body(x="$steps.a.outputs.a.b")),
        outputs={"x.y": "$steps.a.outputs.a.b"},
    )

    result = bench.run(arazzo_of(main, version=version), OPENAPI)

    assert server.requests[1].json == {"x": 1}
    assert result.outputs == {"x.y": 1}


def test_outputs_may_read_the_request_and_the_headers_of_the_response(bench: Bench, server: ScriptedServer):
    server.on("POST /a", Answer(200, {"id": 1}, headers={"X-Rate": "9"}))
    main = workflow(
        "main",
        step(
            "a",
            requestBody=body(name="n"),
            outputs={
                "rate": "$response.header.x-rate",
                "status": "$statusCode",
                "method": "$method",
                "url": "$url",
                "name": "$request.body#/name",
            },
        ),
        outputs={name: f"$steps.a.outputs.{name}" for name in ("rate", "status", "method", "url", "name")},
    )

    result = bench.run(arazzo_of(main), OPENAPI)

    assert result.outputs == {
        "rate": "9",
        "status": 200,
        "method": "POST",
        "url": f"{server.url}/a",
        "name": "n",
    }


def test_the_outputs_of_a_failed_child_reach_its_callers_outputs(bench: Bench, server: ScriptedServer):
    server.on("POST /a", {"id": 1}).on("POST /b", 500).on("POST /c", 200)
    child = workflow(
        "child", step("a", outputs={"id": "$response.body#/id"}), step("b"), outputs={"id": "$steps.a.outputs.id"}
    )
    main = workflow(
        "main",
        call("sub", "child", outputs={"id": "$outputs.id"}, onFailure=[goto("c")]),
        step("c", requestBody=body(id="$steps.sub.outputs.id")),
    )

    bench.run(arazzo_of(main, child), OPENAPI, workflow="main")

    assert server.requests[-1].json == {"id": 1}


def test_bytes_that_are_no_text_are_an_output_and_base64_in_reports(bench: Bench, server: ScriptedServer):
    server.on("GET /x", Answer(body=b"\xff\x00", headers={"Content-Type": "application/octet-stream"}))
    workflow = {
        "steps": [{"stepId": "get", "operationId": "get", "outputs": {"raw": "$response.body"}}],
        "outputs": {"raw": "$steps.get.outputs.raw"},
    }

    result = bench.run(arazzo_of(workflow), openapi_of("get GET /x"))

    assert result.outputs == {"raw": b"\xff\x00"}
    assert result.to_dict()["outputs"] == {"raw": "/wA="}

"""Workflows that call workflows and depend on workflows (Step Object `workflowId`, `dependsOn`; decisions 11, 15)."""

from __future__ import annotations

from typing import Any

import pytest
from scripted import Bench, ScriptedServer, arazzo_of, openapi_of
from workflow_parts import OPENAPI, all_ok, call, end, goto, retry, step, visited, when

from arazzo_runner import DocumentError, Limits

requirement = pytest.mark.requirement


@pytest.fixture(params=["1.0.1", "1.1.0"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def workflow(workflow_id: str, *steps: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"workflowId": workflow_id, "steps": list(steps), **fields}


@requirement("step.workflowId.child-execution")
def test_a_step_runs_a_workflow_and_then_the_caller_goes_on(bench: Bench, server: ScriptedServer, version: str):
    all_ok(server)
    main = workflow("main", call("sub", "child"), step("c"))

    result = bench.run(
        arazzo_of(main, workflow("child", step("a"), step("b")), version=version), OPENAPI, workflow="main"
    )

    assert visited(server) == "abc"
    assert [(s.path, s.step_id) for s in result.steps] == [
        ("", "sub"),
        ("sub#1.1", "a"),
        ("sub#1.1", "b"),
        ("", "c"),
    ]


@requirement("step.workflowId.child-execution")
def test_the_failure_of_a_called_workflow_is_the_steps_and_its_actions_decide(
    bench: Bench, server: ScriptedServer, version: str
):
    all_ok(server)
    server.on("GET /a", 500)
    main = workflow("main", call("sub", "child", onFailure=[goto("c")]), step("b"), step("c"))

    result = bench.run(
        arazzo_of(main, workflow("child", step("a"), step("d")), version=version), OPENAPI, workflow="main"
    )

    assert visited(server) == "ac"
    assert result.status == "succeeded"


def test_a_failed_child_fails_the_step_without_asking_its_criteria(bench: Bench, server: ScriptedServer):
    server.on("GET /a", 500)
    main = workflow("main", call("sub", "child", successCriteria=when("1 == 1")), step("b"))

    result = bench.run(arazzo_of(main, workflow("child", step("a"))), OPENAPI, workflow="main")

    assert visited(server) == "a"
    assert (result.status, result.reason) == ("failed", "criteria")


@requirement("expr.outputs")
def test_the_criteria_of_a_workflow_step_see_the_childs_outputs(bench: Bench, server: ScriptedServer, version: str):
    server.on("GET /a", {"n": 3}).on("GET /b", 200)
    child = workflow("child", step("a", outputs={"n": "$response.body#/n"}), outputs={"n": "$steps.a.outputs.n"})
    for condition, sent in (("$outputs.n == 3", "ab"), ("$workflows.child.outputs.n > 3", "a")):
        server.requests.clear()
        main = workflow("main", call("sub", "child", successCriteria=when(condition)), step("b"))

        bench.run(arazzo_of(main, child, version=version), OPENAPI, workflow="main")

        assert visited(server) == sent


def test_a_workflow_step_is_retried_as_a_whole(bench: Bench, server: ScriptedServer):
    all_ok(server)
    server.on("GET /b", 500, 200)
    main = workflow("main", call("sub", "child", onFailure=[retry()]), step("c"))

    result = bench.run(arazzo_of(main, workflow("child", step("a"), step("b"))), OPENAPI, workflow="main")

    assert visited(server) == "ababc"
    assert result.status == "succeeded"


def test_an_end_in_a_child_ends_the_child_only(bench: Bench, server: ScriptedServer):
    all_ok(server)
    main = workflow("main", call("sub", "child"), step("c"))

    result = bench.run(
        arazzo_of(main, workflow("child", step("a", onSuccess=[end("enough")]), step("b"))), OPENAPI, workflow="main"
    )

    assert visited(server) == "ac"
    assert (result.status, result.ended_by) == ("succeeded", None)


def test_parameters_of_a_workflow_step_are_the_childs_inputs(bench: Bench, server: ScriptedServer):
    openapi = openapi_of("a POST /a")
    server.on("POST /a", 200)
    inputs = {
        "type": "object",
        "properties": {"n": {"type": "integer"}, "extra": {"type": "string", "default": "d"}, "none": {}},
        "required": ["n"],
    }
    child = workflow(
        "child",
        step("a", requestBody={"payload": {"n": "$inputs.n", "extra": "$inputs.extra", "none": "$inputs.none"}}),
        inputs=inputs,
    )
    parameters = [{"name": "n", "value": "$inputs.number"}, {"name": "none", "value": "$inputs.absent"}]
    main = workflow(
        "main",
        call("sub", "child", parameters=parameters),
        inputs={"type": "object", "properties": {"number": {"type": "integer"}, "absent": {}}},
    )

    bench.run(arazzo_of(main, child), openapi, {"number": 5}, workflow="main")

    assert server.requests[0].json == {"n": 5, "extra": "d"}


def test_inputs_that_do_not_fit_fail_the_step_before_anything_is_sent(bench: Bench, server: ScriptedServer):
    all_ok(server)
    inputs = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    main = workflow("main", call("sub", "child", onFailure=[goto("c")]), step("b"), step("c"))

    result = bench.run(arazzo_of(main, workflow("child", step("a"), inputs=inputs)), OPENAPI, workflow="main")

    assert visited(server) == "c"
    assert result.status == "succeeded"


def test_a_workflow_that_calls_itself_ends_at_the_nesting_limit(bench: Bench, server: ScriptedServer):
    all_ok(server)
    main = workflow("main", step("a"), call("sub", "main"))

    result = bench.run(arazzo_of(main), OPENAPI, limits=Limits(max_nesting=5))

    assert visited(server) == "aaaaa"
    assert (result.status, result.reason) == ("failed", "limit-exceeded")


@pytest.mark.parametrize("outcome", [200, 500])
def test_a_deep_recursion_returns_however_it_ends(bench: Bench, server: ScriptedServer, outcome: int):
    openapi = openapi_of("a POST /a", "z POST /z")
    server.on("POST /a", *({"n": n} for n in range(300)), {"n": 300}).on("POST /z", outcome)
    deeper = when("$response.body#/n >= 300")
    main = workflow(
        "main", step("a", onSuccess=[goto("z", criteria=deeper)]), call("sub", "main", onSuccess=[end()]), step("z")
    )

    result = bench.run(arazzo_of(main), openapi, limits=Limits(max_nesting=1000))

    assert result.status == ("succeeded" if outcome == 200 else "failed")


def test_workflows_of_another_document_are_called_by_its_source(bench: Bench, server: ScriptedServer, tmp_path: Any):
    from json import dumps

    import arazzo_runner

    all_ok(server)
    (tmp_path / "openapi.json").write_text(dumps(OPENAPI))
    sources = [{"name": "api", "url": "openapi.json", "type": "openapi"}]
    other = {**arazzo_of(workflow("child", step("a"), step("b"))), "sourceDescriptions": sources}
    (tmp_path / "other.json").write_text(dumps(other))
    sources = [*sources, {"name": "other", "url": "other.json", "type": "arazzo"}]
    main = {
        **arazzo_of(workflow("main", call("sub", "$sourceDescriptions.other.child"), step("c"))),
        "sourceDescriptions": sources,
    }
    (tmp_path / "main.json").write_text(dumps(main))

    result = arazzo_runner.run(tmp_path / "main.json", servers={"": server.url}, env={}, cache=False)

    assert result.status == "succeeded"
    assert visited(server) == "abc"


# -- dependsOn --------------------------------------------------------------------------------------------------------


@requirement("workflow.dependsOn.completed-first")
def test_every_request_of_a_dependency_comes_first(bench: Bench, server: ScriptedServer, version: str):
    all_ok(server)
    main = workflow("main", step("c"), step("d"), dependsOn=["first"])

    result = bench.run(
        arazzo_of(main, workflow("first", step("a"), step("b")), version=version), OPENAPI, workflow="main"
    )

    assert visited(server) == "abcd"
    assert result.status == "succeeded"


@requirement("workflow.dependsOn.completed-first")
def test_when_a_dependency_fails_the_dependent_sends_nothing(bench: Bench, server: ScriptedServer, version: str):
    all_ok(server)
    server.on("GET /a", 500)
    main = workflow("main", step("c"), dependsOn=["first", "second"])

    result = bench.run(
        arazzo_of(main, workflow("first", step("a")), workflow("second", step("b")), version=version),
        OPENAPI,
        workflow="main",
    )

    assert visited(server) == "a"
    assert result.status == "failed"
    assert "first" in result.message


def test_dependencies_run_in_listed_order_transitively_and_once(bench: Bench, server: ScriptedServer):
    all_ok(server)
    arazzo = arazzo_of(
        workflow("main", step("d"), call("sub", "left"), dependsOn=["left", "right"]),
        workflow("left", step("b"), dependsOn=["base"]),
        workflow("right", step("c"), dependsOn=["base"]),
        workflow("base", step("a")),
    )

    bench.run(arazzo, OPENAPI, workflow="main")

    assert visited(server) == "abcdb"  # calling `left` as a step runs it again, but not what it depends on


def test_a_dependency_gets_the_inputs_of_the_run_that_it_declares(bench: Bench, server: ScriptedServer):
    openapi = openapi_of("a POST /a")
    server.on("POST /a", 200)
    one = {"type": "object", "properties": {"x": {"type": "integer"}}, "additionalProperties": False}
    both = {"type": "object", "properties": {"x": {"type": "integer"}, "y": {"type": "integer"}}}
    arazzo = arazzo_of(
        workflow("main", step("a", requestBody={"payload": {"y": "$inputs.y"}}), dependsOn=["first"], inputs=both),
        workflow("first", step("a", requestBody={"payload": {"x": "$inputs.x"}}), inputs=one),
    )

    bench.run(arazzo, openapi, {"x": 1, "y": 2}, workflow="main")

    assert [r.json for r in server.requests] == [{"x": 1}, {"y": 2}]


def test_dependencies_hold_when_a_workflow_is_entered_through_a_step_or_a_goto(bench: Bench, server: ScriptedServer):
    all_ok(server)
    for entered in (call("go", "target"), step("b", onSuccess=[goto(workflow="target")])):
        server.requests.clear()
        arazzo = arazzo_of(
            workflow("main", entered),
            workflow("target", step("c"), dependsOn=["first"]),
            workflow("first", step("a")),
        )

        bench.run(arazzo, OPENAPI, workflow="main")

        assert visited(server).endswith("ac")


def test_a_dependency_of_a_goto_target_gets_the_inputs_of_the_run(bench: Bench, server: ScriptedServer):
    openapi = openapi_of("a POST /a", "b POST /b")
    server.on("POST /a", 200).on("POST /b", 200)
    schema = {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]}
    arazzo = arazzo_of(
        workflow("main", step("b", onSuccess=[goto(workflow="target")]), inputs=schema),
        workflow("target", step("b"), dependsOn=["first"]),
        workflow("first", step("a", requestBody={"payload": {"x": "$inputs.x"}}), inputs=schema),
    )

    result = bench.run(arazzo, openapi, {"x": 1}, workflow="main")

    assert result.status == "succeeded"
    assert server.requests[1].json == {"x": 1}


def test_a_dependency_that_goes_to_another_workflow_has_that_ones_result(bench: Bench, server: ScriptedServer):
    openapi = openapi_of("a POST /a", "b POST /b", "c POST /c")
    server.on("POST /a", 200).on("POST /b", {"id": 9}).on("POST /c", 200)
    arazzo = arazzo_of(
        workflow(
            "main", step("c", requestBody={"payload": {"id": "$workflows.first.outputs.id"}}), dependsOn=["first"]
        ),
        workflow("first", step("a", onSuccess=[goto(workflow="other")]), outputs={"id": "$steps.a.outputs.id"}),
        workflow("other", step("b", outputs={"id": "$response.body#/id"}), outputs={"id": "$steps.b.outputs.id"}),
    )
    arazzo["workflows"][1]["steps"][0]["outputs"] = {"id": "$response.body#/id"}

    result = bench.run(arazzo, openapi, workflow="main")

    assert result.status == "succeeded"
    assert server.requests[-1].json == {"id": 9}


def test_a_dependency_that_failed_after_a_goto_still_blocks_a_later_dependent(bench: Bench, server: ScriptedServer):
    all_ok(server)
    server.on("GET /b", 500)
    arazzo = arazzo_of(
        workflow("main", call("one", "user", onFailure=[goto("two")]), call("two", "user")),
        workflow("user", step("c"), dependsOn=["first"]),
        workflow("first", step("a", onSuccess=[goto(workflow="other")])),
        workflow("other", step("b")),
    )

    result = bench.run(arazzo, OPENAPI, workflow="main")

    assert visited(server) == "ab"
    assert result.status == "failed"


@requirement("workflow.dependsOn.completed-first")
def test_a_cycle_of_workflows_is_refused(bench: Bench, server: ScriptedServer, version: str):
    arazzo = arazzo_of(
        workflow("main", step("a"), dependsOn=["other"]),
        workflow("other", step("b"), dependsOn=["main"]),
        version=version,
    )

    with pytest.raises(DocumentError, match="depends on itself"):
        bench.run(arazzo, OPENAPI, workflow="main")
    assert server.requests == []

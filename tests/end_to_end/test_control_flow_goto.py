"""goto: a one-way transfer to a step or a workflow (Success and Failure Action Objects; decisions 5, 6)."""

from __future__ import annotations

import pytest
from scripted import Answer, Bench, ScriptedServer, arazzo_of, openapi_of
from workflow_parts import OPENAPI, all_ok, call, end, goto, retry, step, visited, when

from arazzo_runner import DocumentError

requirement = pytest.mark.requirement
TOKEN = {"type": "object", "properties": {"token": {"type": "string"}}, "required": ["token"]}


@pytest.fixture(params=["1.0.1", "1.1.0"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@requirement("action.goto.continues-in-list-order", "successAction.goto.one-way")
def test_after_a_goto_the_run_goes_on_in_list_order(bench: Bench, server: ScriptedServer, version: str):
    all_ok(server)
    steps = [step("a"), step("b", onSuccess=[goto("d")]), step("c"), step("d"), step("e")]

    result = bench.run(arazzo_of({"steps": steps}, version=version), OPENAPI)

    assert visited(server) == "abde"
    assert result.status == "succeeded"
    assert (result.steps[1].action.type, result.steps[1].action.target) == ("goto", "d")


@requirement("failureAction.goto.one-way")
def test_a_goto_after_a_failure_goes_on_from_its_target(bench: Bench, server: ScriptedServer, version: str):
    all_ok(server)
    server.on("GET /a", 500)
    steps = [step("a", onFailure=[goto("c")]), step("b"), step("c"), step("d")]

    result = bench.run(arazzo_of({"steps": steps}, version=version), OPENAPI)

    assert visited(server) == "acd"
    assert result.status == "succeeded"


@requirement("action.goto.backward-allowed")
def test_a_step_polls_by_a_goto_to_itself(bench: Bench, server: ScriptedServer, version: str):
    server.on("GET /a", {"state": "new"}, {"state": "busy"}, {"state": "done"}).on("GET /b", 200)
    again = [goto("a", criteria=when("$response.body#/state != 'done'"))]

    result = bench.run(arazzo_of({"steps": [step("a", onSuccess=again), step("b")]}, version=version), OPENAPI)

    assert visited(server) == "aaab"
    assert result.status == "succeeded"
    assert [(s.visit, s.attempt) for s in result.steps] == [(1, 1), (2, 1), (3, 1), (1, 1)]


@requirement("action.goto.backward-allowed")
def test_an_earlier_step_may_be_the_target(bench: Bench, server: ScriptedServer):
    all_ok(server)
    server.on("GET /b", {"more": True}, {"more": False})
    again = [goto("a", criteria=when("$response.body#/more == true"))]

    bench.run(arazzo_of({"steps": [step("a"), step("b", onSuccess=again), step("c")]}), OPENAPI)

    assert visited(server) == "ababc"


@requirement("action.goto.backward-allowed")
def test_a_loop_without_an_exit_ends_at_the_step_budget(bench: Bench, server: ScriptedServer, version: str):
    from arazzo_runner import Limits

    all_ok(server)
    arazzo = arazzo_of({"steps": [step("a", onSuccess=[goto("a")]), step("b")]}, version=version)

    result = bench.run(arazzo, OPENAPI, limits=Limits(max_steps=7))

    assert visited(server) == "a" * 7
    assert (result.status, result.reason, result.exit_code) == ("failed", "limit-exceeded", 1)
    assert "--max-steps" in result.message


@requirement("action.goto.state-kept")
def test_inputs_and_outputs_survive_a_goto(bench: Bench, server: ScriptedServer, version: str):
    server.on("POST /a", {"id": 7}).on("POST /c", 200)
    openapi = openapi_of("a POST /a", "b POST /b", "c POST /c")
    payload = {"id": "$steps.a.outputs.id", "name": "$inputs.name"}
    workflow = {
        "inputs": {"type": "object", "properties": {"name": {"type": "string"}}},
        "steps": [
            step("a", outputs={"id": "$response.body#/id"}, onSuccess=[goto("c")]),
            step("b"),
            step("c", requestBody={"payload": payload}),
        ],
    }

    bench.run(arazzo_of(workflow, version=version), openapi, {"name": "x"})

    assert server.requests[-1].json == {"id": 7, "name": "x"}


def test_retry_budgets_are_fresh_on_every_visit(bench: Bench, server: ScriptedServer):
    server.on("GET /a", 503, {"n": 1}, 503, {"n": 2}).on("GET /b", {"id": "b"})
    again = [goto("a", criteria=when("$response.body#/n == 1"))]
    arazzo = arazzo_of({"steps": [step("a", onFailure=[retry(limit=1)], onSuccess=again), step("b")]})

    result = bench.run(arazzo, OPENAPI)

    assert visited(server) == "aaaab"
    assert result.status == "succeeded"


def test_a_goto_to_an_unknown_step_is_refused(bench: Bench, server: ScriptedServer):
    with pytest.raises(DocumentError, match="nowhere"):
        bench.run(arazzo_of({"steps": [step("a", onSuccess=[goto("nowhere")])]}), OPENAPI)

    assert server.requests == []


# -- to a workflow ----------------------------------------------------------------------------------------------------


@requirement("successAction.goto.one-way", "action.goto.workflow-result")
def test_after_a_goto_to_a_workflow_the_caller_never_resumes_and_the_result_is_the_targets(
    bench: Bench, server: ScriptedServer, version: str
):
    all_ok(server)
    main = {
        "steps": [step("a"), step("b", onSuccess=[goto(workflow="other")]), step("c")],
        "outputs": {"mine": "$steps.a.outputs.id"},
    }
    main["steps"][0]["outputs"] = {"id": "$response.body#/id"}
    other = {
        "workflowId": "other",
        "steps": [step("d", outputs={"id": "$response.body#/id"}), step("e")],
        "outputs": {"theirs": "$steps.d.outputs.id"},
    }

    result = bench.run(arazzo_of(main, other, version=version), OPENAPI, workflow="main")

    assert visited(server) == "abde"
    assert (result.status, result.outputs, result.workflow_id) == ("succeeded", {"theirs": "d"}, "main")


@requirement("failureAction.goto.one-way", "action.goto.workflow-result")
def test_a_goto_to_a_workflow_after_a_failure_gives_the_targets_result(
    bench: Bench, server: ScriptedServer, version: str
):
    all_ok(server)
    server.on("GET /a", 500)
    main = {"steps": [step("a", onFailure=[goto(workflow="other")]), step("b")]}
    other = {"workflowId": "other", "steps": [step("c")], "outputs": {"from": "$steps.c.outputs.id"}}
    other["steps"][0]["outputs"] = {"id": "$response.body#/id"}

    result = bench.run(arazzo_of(main, other, version=version), OPENAPI, workflow="main")

    assert visited(server) == "ac"
    assert (result.status, result.outputs) == ("succeeded", {"from": "c"})


@requirement("action.goto.workflow-result")
def test_the_failure_of_a_goto_target_is_the_failure_of_the_run(bench: Bench, server: ScriptedServer):
    all_ok(server)
    server.on("GET /b", 500)
    main = {"steps": [step("a", onSuccess=[goto(workflow="other")])]}

    result = bench.run(arazzo_of(main, {"workflowId": "other", "steps": [step("b")]}), OPENAPI, workflow="main")

    assert (result.status, result.reason) == ("failed", "criteria")


def test_in_1_1_a_goto_passes_its_parameters_as_inputs(bench: Bench, server: ScriptedServer):
    server.on("POST /a", {"token": "t0k3n"}).on("POST /b", 200)
    openapi = openapi_of("a POST /a", "b POST /b")
    parameters = [{"name": "token", "value": "$steps.a.outputs.token"}]
    main = {
        "steps": [
            step(
                "a",
                outputs={"token": "$response.body#/token"},
                onSuccess=[goto(workflow="other", parameters=parameters)],
            )
        ]
    }
    other = {
        "workflowId": "other",
        "inputs": TOKEN,
        "steps": [step("b", requestBody={"payload": {"token": "$inputs.token"}})],
    }

    result = bench.run(arazzo_of(main, other, version="1.1.0"), openapi, workflow="main")

    assert result.status == "succeeded"
    assert server.requests[-1].json == {"token": "t0k3n"}


def test_a_goto_without_the_inputs_its_target_requires_fails_the_run(bench: Bench, server: ScriptedServer):
    all_ok(server)
    main = {"inputs": TOKEN, "steps": [step("a", onSuccess=[goto(workflow="other")])]}
    other = {"workflowId": "other", "inputs": TOKEN, "steps": [step("b")]}

    result = bench.run(arazzo_of(main, other), OPENAPI, {"token": "mine"}, workflow="main")

    assert visited(server) == "a"
    assert result.status == "failed"
    assert "token" in result.message


def test_a_goto_target_takes_the_defaults_of_its_inputs(bench: Bench, server: ScriptedServer, version: str):
    server.on("POST /a", 200).on("POST /b", 200)
    openapi = openapi_of("a POST /a", "b POST /b")
    inputs = {"type": "object", "properties": {"size": {"type": "integer", "default": 3}}}
    main = {"steps": [step("a", onSuccess=[goto(workflow="other")])]}
    other = {
        "workflowId": "other",
        "inputs": inputs,
        "steps": [step("b", requestBody={"payload": {"size": "$inputs.size"}})],
    }

    bench.run(arazzo_of(main, other, version=version), openapi, workflow="main")

    assert server.requests[-1].json == {"size": 3}


def test_a_goto_in_a_called_workflow_returns_the_targets_outputs_to_the_caller(bench: Bench, server: ScriptedServer):
    all_ok(server)
    main = {
        "steps": [call("sub", "child", outputs={"x": "$outputs.x"}), step("c")],
        "outputs": {"x": "$steps.sub.outputs.x"},
    }
    child = {
        "workflowId": "child",
        "steps": [step("a", onSuccess=[goto(workflow="other")]), step("f")],
        "outputs": {"x": "$steps.a.outputs.id"},
    }
    child["steps"][0]["outputs"] = {"id": "$response.body#/id"}
    other = {"workflowId": "other", "steps": [step("b")], "outputs": {"x": "$steps.b.outputs.id"}}
    other["steps"][0]["outputs"] = {"id": "$response.body#/id"}

    result = bench.run(arazzo_of(main, child, other), OPENAPI, workflow="main")

    assert visited(server) == "abc"
    assert result.outputs == {"x": "b"}


def test_workflows_that_go_to_each_other_end_at_the_step_budget(bench: Bench, server: ScriptedServer):
    from arazzo_runner import Limits

    all_ok(server)
    one = {"steps": [step("a", onSuccess=[goto(workflow="two")])]}
    two = {"workflowId": "two", "steps": [step("b", onSuccess=[goto(workflow="main")])]}

    result = bench.run(arazzo_of(one, two), OPENAPI, workflow="main", limits=Limits(max_steps=9))

    assert visited(server) == "ababababa"
    assert result.reason == "limit-exceeded"


def test_an_end_in_a_goto_target_names_its_action(bench: Bench, server: ScriptedServer):
    all_ok(server)
    one = {"steps": [step("a", onSuccess=[goto(workflow="two")])]}
    two = {"workflowId": "two", "steps": [step("b", onSuccess=[end("there")]), step("c")]}

    result = bench.run(arazzo_of(one, two), OPENAPI, workflow="main")

    assert (result.status, result.ended_by) == ("succeeded", "there")


def test_the_frames_of_a_chain_of_gotos_do_not_nest(bench: Bench, server: ScriptedServer):
    from arazzo_runner import Limits

    server.on("GET /a", *({"n": n} for n in range(6)), Answer(200, {"n": 6}))
    again = [goto(workflow="main", criteria=when("$response.body#/n < 6"))]

    result = bench.run(arazzo_of({"steps": [step("a", onSuccess=again)]}), OPENAPI, limits=Limits(max_nesting=2))

    assert result.status == "succeeded"
    assert visited(server) == "a" * 7

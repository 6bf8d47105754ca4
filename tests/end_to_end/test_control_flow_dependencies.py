"""dependsOn of steps, and the order it makes (Step Object, "Step Dependencies and Execution Order"; decision 12)."""

from __future__ import annotations

from typing import Any

import pytest
from scripted import Bench, ScriptedServer, arazzo_of, openapi_of
from workflow_parts import OPENAPI, all_ok, call, goto, retry, step, visited

from arazzo_runner import DocumentError

requirement = pytest.mark.requirement
OPENAPI_POST = openapi_of("a POST /a", "b POST /b", "c POST /c")


def arazzo_of_steps(*steps: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return arazzo_of({"steps": list(steps), **fields}, version="1.1.0")


@requirement("step.dependsOn.completed-first", "deps.respect-declared", "deps.sequential-tools-order")
def test_a_prerequisite_that_is_listed_later_completes_first(bench: Bench, server: ScriptedServer):
    all_ok(server)

    result = bench.run(arazzo_of_steps(step("b", dependsOn=["a"]), step("a")), OPENAPI)

    assert visited(server) == "ab"
    assert result.status == "succeeded"


@requirement("deps.sequential-tools-order")
def test_the_order_satisfies_all_dependencies_and_is_that_of_the_list_otherwise(bench: Bench, server: ScriptedServer):
    all_ok(server)
    steps = [step("e"), step("d", dependsOn=["b", "c"]), step("c", dependsOn=["b"]), step("f"), step("b"), step("a")]

    bench.run(arazzo_of_steps(*steps), OPENAPI)

    assert visited(server) == "efbcda"


@requirement("deps.implicit-from-outputs")
def test_a_reference_to_an_output_is_a_dependency_too(bench: Bench, server: ScriptedServer):
    server.on("POST /a", {"id": 1}).on("POST /b", {"id": 2}).on("POST /c", 200)
    steps = [
        step("c", requestBody={"payload": {"id": "$steps.b.outputs.id"}}),
        step("b", dependsOn=["a"], outputs={"id": "$response.body#/id"}),
        step("a"),
    ]

    result = bench.run(arazzo_of_steps(*steps), OPENAPI_POST)

    assert server.lines == ["POST /a", "POST /b", "POST /c"]
    assert server.requests[-1].json == {"id": 2}
    assert result.status == "succeeded"


@requirement("deps.implicit-from-outputs")
def test_without_depends_on_a_reference_to_a_later_step_is_refused(bench: Bench, server: ScriptedServer):
    steps = [
        step("c", requestBody={"payload": {"id": "$steps.b.outputs.id"}}),
        step("b", outputs={"id": "$response.body#/id"}),
    ]

    with pytest.raises(DocumentError, match="'b', which runs later"):
        bench.run(arazzo_of_steps(*steps), OPENAPI_POST)
    assert server.requests == []


@requirement("deps.sync-ordering-recommended")
def test_a_dependency_that_list_order_satisfies_anyway_changes_nothing(bench: Bench, server: ScriptedServer):
    all_ok(server)

    result = bench.run(arazzo_of_steps(step("a"), step("b", dependsOn=["a"]), step("c")), OPENAPI)

    assert visited(server) == "abc"
    assert result.status == "succeeded"


@requirement("step.dependsOn.no-trigger")
def test_a_dependency_that_was_jumped_over_is_not_run_and_fails_the_dependent(bench: Bench, server: ScriptedServer):
    all_ok(server)
    steps = [step("a", onSuccess=[goto("c")]), step("b"), step("c", dependsOn=["b"])]

    result = bench.run(arazzo_of_steps(*steps), OPENAPI)

    assert visited(server) == "a"
    assert result.status == "failed"
    assert "'b'" in result.message


@requirement("step.dependsOn.no-trigger", "step.dependsOn.completed-first")
def test_the_failure_actions_of_a_dependent_apply_when_its_prerequisite_is_missing(
    bench: Bench, server: ScriptedServer
):
    all_ok(server)
    steps = [
        step("a", onSuccess=[goto("c")]),
        step("b"),
        step("c", dependsOn=["b"], onFailure=[retry(limit=3), goto("d")]),
        step("d"),
    ]

    result = bench.run(arazzo_of_steps(*steps), OPENAPI)

    assert visited(server) == "ad"
    assert result.status == "succeeded"
    assert [s.step_id for s in result.steps] == ["a", "c", "c", "c", "c", "d"]


@requirement("step.dependsOn.completed-first")
def test_a_prerequisite_that_failed_has_not_completed(bench: Bench, server: ScriptedServer):
    all_ok(server)
    server.on("GET /a", 500)

    result = bench.run(arazzo_of_steps(step("a", onFailure=[goto("b")]), step("b", dependsOn=["a"])), OPENAPI)

    assert visited(server) == "a"
    assert result.status == "failed"


@pytest.mark.parametrize("steps", [("a", "a"), ("b", "a")])
def test_a_cycle_of_steps_is_refused(bench: Bench, server: ScriptedServer, steps: tuple[str, str]):
    first, second = steps
    listed = [step("a", dependsOn=[first]), step("b", dependsOn=[second])]

    with pytest.raises(DocumentError, match="wait for each other"):
        bench.run(arazzo_of_steps(*listed), OPENAPI)


def test_an_unknown_prerequisite_is_refused(bench: Bench):
    with pytest.raises(DocumentError, match="nowhere"):
        bench.run(arazzo_of_steps(step("a", dependsOn=["nowhere"])), OPENAPI)


@pytest.mark.parametrize("order", [["sub", "b"], ["b", "sub"]])
def test_a_step_of_another_workflow_has_to_have_completed_earlier_in_the_run(
    bench: Bench, server: ScriptedServer, order: list[str]
):
    all_ok(server)
    steps = {"sub": call("sub", "child"), "b": step("b", dependsOn=["$workflows.child.steps.a"])}
    arazzo = arazzo_of(
        {"steps": [steps[name] for name in order]}, {"workflowId": "child", "steps": [step("a")]}, version="1.1.0"
    )

    result = bench.run(arazzo, OPENAPI, workflow="main")

    assert (visited(server), result.status) == (("ab", "succeeded") if order[0] == "sub" else ("", "failed"))


def test_positions_of_a_goto_are_those_of_the_order_of_execution(bench: Bench, server: ScriptedServer):
    all_ok(server)
    steps = [step("c", dependsOn=["b"]), step("b"), step("a", onSuccess=[goto("e")]), step("d"), step("e")]

    bench.run(arazzo_of_steps(*steps), OPENAPI)

    assert visited(server) == "bcae"

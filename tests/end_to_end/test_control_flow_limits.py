"""Time-outs of steps, requests without an answer, and the bounds of a run (decisions 5, 13, 14)."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest
from scripted import Answer, Bench, ScriptedServer, arazzo_of
from workflow_parts import OPENAPI, VirtualTime, all_ok, call, end, goto, retry, step, visited, when

from arazzo_runner import DocumentError, Limits

requirement = pytest.mark.requirement
SLOW = Answer(200, {"id": "late"}, delay=0.6)


def arazzo_of_steps(*steps: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return arazzo_of({"steps": list(steps), **fields}, version="1.1.0")


def closed_port() -> str:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{bound.getsockname()[1]}"


# -- step timeout -----------------------------------------------------------------------------------------------------


@requirement("step.timeout.milliseconds", "step.timeout.fails-workflow-unless-handled")
def test_a_step_is_aborted_after_its_milliseconds_and_the_workflow_fails(bench: Bench, server: ScriptedServer):
    server.on("GET /a", SLOW)
    began = time.monotonic()

    result = bench.run(arazzo_of_steps(step("a", timeout=100), step("b")), OPENAPI)

    assert 0.1 <= time.monotonic() - began < 0.5
    assert visited(server) == "a"
    assert (result.status, result.reason, result.exit_code) == ("failed", "timeout", 1)


@requirement("step.timeout.milliseconds")
@pytest.mark.parametrize("value", ["200", 0, -1, 1.5, True])
def test_a_timeout_that_is_no_positive_integer_is_refused(bench: Bench, server: ScriptedServer, value: Any):
    with pytest.raises(DocumentError, match="timeout"):
        bench.run(arazzo_of_steps(step("a", timeout=value)), OPENAPI)


@requirement("step.timeout.fails-step", "step.timeout.fails-workflow-unless-handled")
def test_the_failure_actions_of_a_step_that_timed_out_are_evaluated(bench: Bench, server: ScriptedServer):
    all_ok(server)
    server.on("GET /a", SLOW)
    late = step("a", timeout=60, onSuccess=[goto("b")], onFailure=[goto("c", "recover")])

    result = bench.run(arazzo_of_steps(late, step("b"), step("c")), OPENAPI)

    assert visited(server) == "ac"
    assert result.status == "succeeded"
    assert result.steps[0].action.name == "recover"


@requirement("step.timeout.fails-step")
def test_after_a_timeout_there_is_no_response_to_refer_to(bench: Bench, server: ScriptedServer):
    all_ok(server)
    server.on("GET /a", SLOW)
    actions = [goto("b", "answered", criteria=when("$statusCode == 200")), goto("c")]

    bench.run(arazzo_of_steps(step("a", timeout=60, onFailure=actions), step("b"), step("c")), OPENAPI)

    assert visited(server) == "ac"


@requirement("step.timeout.milliseconds")
def test_a_timeout_is_that_of_each_attempt_and_leaves_the_delay_out(bench: Bench, server: ScriptedServer):
    server.on("GET /a", SLOW, {"id": "a"})

    result = bench.run(arazzo_of_steps(step("a", timeout=100, onFailure=[retry(after=0.15)])), OPENAPI)

    assert visited(server) == "aa"
    assert result.status == "succeeded"


@requirement("step.timeout.fails-step")
def test_a_workflow_that_takes_longer_than_its_step_allows_is_aborted(bench: Bench, server: ScriptedServer):
    all_ok(server)
    server.on("GET /a", SLOW)
    child = {"workflowId": "child", "steps": [step("a", onFailure=[retry(limit=9), goto("b")]), step("b")]}
    main = {"steps": [call("sub", "child", timeout=100, onFailure=[goto("c")]), step("d"), step("c")]}

    result = bench.run(arazzo_of(main, child, version="1.1.0"), OPENAPI, workflow="main")

    assert visited(server) == "ac"
    assert result.status == "succeeded"
    assert [(s.step_id, s.status) for s in result.steps] == [("sub", "failed"), ("a", "failed"), ("c", "succeeded")]


def test_delays_within_a_called_workflow_end_with_its_timeout(bench: Bench, server: ScriptedServer):
    server.on("GET /a", 503)
    child = {"workflowId": "child", "steps": [step("a", onFailure=[retry(after=2, limit=9)])]}
    virtual = VirtualTime()

    result = virtual.run(
        bench,
        arazzo_of({"steps": [call("sub", "child", timeout=3000)]}, child, version="1.1.0"),
        OPENAPI,
        workflow="main",
    )

    assert virtual.slept == [2, 1]
    assert (result.status, result.reason) == ("failed", "timeout")
    assert "3 s" in result.message


def test_a_timeout_counts_on_when_the_called_workflow_goes_to_another_one(bench: Bench, server: ScriptedServer):
    server.on("GET /a", 503)
    child = {"workflowId": "child", "steps": [step("a", onFailure=[retry(after=1), goto(workflow="other")])]}
    other = {"workflowId": "other", "steps": [step("a", onFailure=[retry(after=5)])]}
    virtual = VirtualTime()

    result = virtual.run(
        bench,
        arazzo_of({"steps": [call("sub", "child", timeout=3000)]}, child, other, version="1.1.0"),
        OPENAPI,
        workflow="main",
    )

    assert virtual.slept == [1, 2]
    assert result.reason == "timeout"
    assert "timeout of 3 s" in result.message


# -- requests without an answer ---------------------------------------------------------------------------------------


@requirement("step.transport-error")
@pytest.mark.parametrize("version", ["1.0.1", "1.1.0"])
def test_a_refused_connection_takes_the_failure_actions(bench: Bench, server: ScriptedServer, version: str):
    all_ok(server)
    both = {**OPENAPI, "paths": {**OPENAPI["paths"]}}
    both["paths"]["/dead"] = {
        "servers": [{"url": closed_port()}],
        "get": {"operationId": "dead", "responses": {"200": {"description": "ok"}}},
    }
    both["servers"] = [{"url": server.url}]
    steps = [step("dead", onFailure=[goto("b", "recover")]), step("a"), step("b")]

    result = bench.run(arazzo_of({"steps": steps}, version=version), both, servers={})

    assert visited(server) == "b"
    assert result.status == "succeeded"
    assert result.steps[0].action.name == "recover"


@requirement("step.transport-error")
@pytest.mark.parametrize("condition", ["$statusCode == 200", "$statusCode != 200", "$statusCode == null"])
def test_a_criterion_over_the_status_fails_without_a_response(bench: Bench, server: ScriptedServer, condition: str):
    server.on("GET /a", Answer(drop=True))
    actions = [end("never", criteria=when(condition))]

    result = bench.run(
        arazzo_of_steps(step("a", successCriteria=when(condition), onFailure=actions), step("b")), OPENAPI
    )

    assert visited(server) == "a"
    assert (result.status, result.reason, result.ended_by, result.exit_code) == ("failed", "transport", None, 4)


@requirement("step.transport-error")
def test_a_dropped_connection_can_be_retried(bench: Bench, server: ScriptedServer):
    server.on("GET /a", Answer(drop=True), {"id": "a"})

    result = bench.run(arazzo_of_steps(step("a", onFailure=[retry()])), OPENAPI)

    assert visited(server) == "aa"
    assert result.status == "succeeded"


@requirement("step.transport-error")
def test_a_request_that_cannot_be_built_fails_the_step_and_its_actions_apply(bench: Bench, server: ScriptedServer):
    from scripted import openapi_of

    openapi = openapi_of("a GET /a/{id}", "b GET /b")
    server.on("GET /b", 200)
    parameters = [{"name": "id", "in": "path", "value": "$inputs.id"}]
    arazzo = arazzo_of_steps(
        step("a", parameters=parameters, onFailure=[goto("b")]),
        step("b"),
        inputs={"type": "object", "properties": {"id": {"type": "string"}}},
    )

    result = bench.run(arazzo, openapi)

    assert visited(server) == "b"
    assert result.status == "succeeded"


def test_an_end_that_handles_a_transport_error_decides_the_exit_code(bench: Bench, server: ScriptedServer):
    server.on("GET /a", Answer(drop=True))

    result = bench.run(arazzo_of_steps(step("a", onFailure=[end("handled")])), OPENAPI)

    assert (result.status, result.reason, result.ended_by, result.exit_code) == ("failed", "action", "handled", 1)


def test_the_timeout_of_every_request_is_the_engines(bench: Bench, server: ScriptedServer):
    server.on("GET /a", SLOW)

    result = bench.run(arazzo_of_steps(step("a")), OPENAPI, limits=Limits(timeout=0.1))

    assert (result.reason, result.exit_code) == ("transport", 4)


def test_a_transport_error_within_a_called_workflow_is_the_runs_reason(bench: Bench, server: ScriptedServer):
    from arazzo_runner.events import RunFinished

    server.on("GET /a", Answer(drop=True))
    child = {"workflowId": "child", "steps": [step("a")]}
    arazzo = arazzo_of({"steps": [call("sub", "child")]}, child)

    with bench.runner(arazzo, OPENAPI, workflow="main") as runner:
        end_ = list(runner.events())[-1]

    assert isinstance(end_, RunFinished)
    assert (end_.reason, end_.phase) == ("transport", "maybe_sent")


# -- bounds of the run ------------------------------------------------------------------------------------------------


def test_retries_count_as_steps(bench: Bench, server: ScriptedServer):
    server.on("GET /a", 503)

    result = bench.run(arazzo_of_steps(step("a", onFailure=[retry(limit=50)])), OPENAPI, limits=Limits(max_steps=3))

    assert visited(server) == "aaa"
    assert result.reason == "limit-exceeded"


def test_no_action_is_taken_once_a_limit_is_exceeded_and_outputs_are_what_resolves(
    bench: Bench, server: ScriptedServer
):
    all_ok(server)
    arazzo = arazzo_of_steps(
        step("a", outputs={"id": "$response.body#/id"}),
        step("b", onFailure=[goto("c")]),
        step("c", outputs={"id": "$response.body#/id"}),
        outputs={"a": "$steps.a.outputs.id", "c": "$steps.c.outputs.id"},
    )

    result = bench.run(arazzo, OPENAPI, limits=Limits(max_steps=2))

    assert visited(server) == "ab"
    assert result.outputs == {"a": "a"}
    assert result.ended_by is None


def test_max_time_bounds_the_requests_of_the_whole_run(bench: Bench, server: ScriptedServer):
    server.on("GET /a", Answer(200, {"id": "a"}, delay=0.06)).on("GET /b", SLOW)
    began = time.monotonic()

    result = bench.run(
        arazzo_of_steps(step("a"), step("b", onFailure=[retry(limit=9)])), OPENAPI, limits=Limits(max_time=0.15)
    )

    assert time.monotonic() - began < 0.5
    assert visited(server) == "ab"
    assert (result.status, result.reason) == ("failed", "limit-exceeded")
    assert "--max-time" in result.message


def test_max_time_bounds_the_delays(bench: Bench, server: ScriptedServer):
    server.on("GET /a", 503)
    virtual = VirtualTime()

    result = virtual.run(
        bench, arazzo_of_steps(step("a", onFailure=[retry(after=4, limit=9)])), OPENAPI, limits=Limits(max_time=10)
    )

    assert virtual.slept == [4, 4, 2]
    assert result.reason == "limit-exceeded"


def test_max_time_holds_after_a_goto_to_a_workflow(bench: Bench, server: ScriptedServer):
    all_ok(server)
    server.on("GET /b", 503)
    other = {"workflowId": "other", "steps": [step("b", onFailure=[retry(after=4, limit=9)])]}
    virtual = VirtualTime()

    result = virtual.run(
        bench,
        arazzo_of({"steps": [step("a", onSuccess=[goto(workflow="other")])]}, other, version="1.1.0"),
        OPENAPI,
        workflow="main",
        limits=Limits(max_time=6),
    )

    assert virtual.slept == [4, 2]
    assert result.reason == "limit-exceeded"


@pytest.mark.parametrize("max_nesting", [1, 2, 3])
def test_nesting_is_bounded_by_its_limit(bench: Bench, server: ScriptedServer, max_nesting: int):
    all_ok(server)
    arazzo = arazzo_of(
        {"steps": [step("a"), call("sub", "two")]},
        {"workflowId": "two", "steps": [step("b"), call("sub", "three")]},
        {"workflowId": "three", "steps": [step("c")]},
        version="1.1.0",
    )

    result = bench.run(arazzo, OPENAPI, workflow="main", limits=Limits(max_nesting=max_nesting))

    assert visited(server) == "abc"[:max_nesting]
    assert (result.status, result.reason) == (("succeeded", None) if max_nesting == 3 else ("failed", "limit-exceeded"))


def test_retries_whose_helpers_retry_each_other_are_bounded(bench: Bench, server: ScriptedServer):
    server.on("GET /a", 503).on("GET /b", 503)
    steps = [step("a", onFailure=[retry(step="b")]), step("b", onFailure=[retry(step="a")])]

    result = bench.run(arazzo_of_steps(*steps), OPENAPI, limits=Limits(max_nesting=6))

    assert (result.status, result.reason) == ("failed", "limit-exceeded")

"""Which step runs next where no action says otherwise, and which action applies (Step Object; decisions 1-4)."""

from __future__ import annotations

import pytest
from scripted import Answer, Bench, ScriptedServer, arazzo_of
from workflow_parts import OPENAPI, all_ok, end, goto, retry, step, visited, when

requirement = pytest.mark.requirement


@pytest.fixture(params=["1.0.1", "1.1.0"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@requirement("workflow.steps.ordered")
@requirement("step.onSuccess.default-next-step")
def test_steps_run_in_list_order_and_the_last_one_completes_the_workflow(
    bench: Bench, server: ScriptedServer, version: str
):
    all_ok(server)

    result = bench.run(arazzo_of({"steps": [step("c"), step("a"), step("b")]}, version=version), OPENAPI)

    assert visited(server) == "cab"
    assert (result.status, result.reason, result.ended_by) == ("succeeded", None, None)


@requirement("step.successCriteria.absent")
@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_without_criteria_a_2xx_is_success(bench: Bench, server: ScriptedServer, status: int):
    server.on("GET /a", status).on("GET /b", 200)

    result = bench.run(arazzo_of({"steps": [step("a"), step("b")]}), OPENAPI)

    assert result.status == "succeeded"
    assert visited(server) == "ab"


@requirement("step.successCriteria.absent")
@pytest.mark.parametrize("status", [302, 404, 500])
def test_without_criteria_another_status_is_failure(bench: Bench, server: ScriptedServer, status: int):
    server.on("GET /a", status).on("GET /b", 200)

    result = bench.run(arazzo_of({"steps": [step("a"), step("b")]}), OPENAPI)

    assert (result.status, result.reason) == ("failed", "criteria")
    assert visited(server) == "a"
    assert str(status) in result.message


@requirement("step.onFailure.default-break")
def test_a_failed_step_breaks_the_workflow_off(bench: Bench, server: ScriptedServer, version: str):
    server.on("GET /a", 200).on("GET /b", 200)
    arazzo = arazzo_of({"steps": [step("a", successCriteria=when("$statusCode == 201")), step("b")]}, version=version)

    result = bench.run(arazzo, OPENAPI)

    assert visited(server) == "a"
    assert (result.status, result.reason, result.ended_by) == ("failed", "criteria", None)
    assert result.steps[0].action.type == "break"


@requirement("step.onSuccess.first-match")
def test_the_first_success_action_that_matches_is_taken(bench: Bench, server: ScriptedServer, version: str):
    all_ok(server)
    actions = [
        goto("b", "no", criteria=when("$statusCode == 500")),
        goto("d", "first", criteria=when("$statusCode == 200")),
        goto("c", "second"),
    ]
    arazzo = arazzo_of({"steps": [step("a", onSuccess=actions), step("b"), step("c"), step("d")]}, version=version)

    result = bench.run(arazzo, OPENAPI)

    assert visited(server) == "ad"
    assert result.steps[0].action.name == "first"


@requirement("step.onFailure.first-match")
def test_the_first_failure_action_that_matches_is_taken(bench: Bench, server: ScriptedServer, version: str):
    all_ok(server)
    server.on("GET /a", 503)
    actions = [
        end("no", criteria=when("$statusCode == 500")),
        goto("c", "first", criteria=when("$statusCode == 503")),
        end("second"),
    ]
    arazzo = arazzo_of({"steps": [step("a", onFailure=actions), step("b"), step("c")]}, version=version)

    result = bench.run(arazzo, OPENAPI)

    assert visited(server) == "ac"
    assert result.status == "succeeded"


@requirement("step.onSuccess.no-match-default")
@pytest.mark.parametrize("actions", [[end(criteria=when("$statusCode == 201"))], []])
def test_without_a_matching_success_action_the_next_step_runs(
    bench: Bench, server: ScriptedServer, actions: list[dict[str, object]]
):
    all_ok(server)

    result = bench.run(arazzo_of({"steps": [step("a", onSuccess=actions), step("b")]}), OPENAPI)

    assert visited(server) == "ab"
    assert result.status == "succeeded"


@requirement("step.onFailure.no-match-default")
@pytest.mark.parametrize("actions", [[goto("b", criteria=when("$statusCode == 503"))], []])
def test_without_a_matching_failure_action_the_workflow_breaks_off(
    bench: Bench, server: ScriptedServer, actions: list[dict[str, object]]
):
    all_ok(server)
    server.on("GET /a", 400)

    result = bench.run(arazzo_of({"steps": [step("a", onFailure=actions), step("b")]}), OPENAPI)

    assert visited(server) == "a"
    assert (result.status, result.reason) == ("failed", "criteria")


@requirement("successAction.criteria.absent-is-unconditional")
def test_a_success_action_without_criteria_always_matches(bench: Bench, server: ScriptedServer, version: str):
    all_ok(server)
    actions = [end("always"), goto("c", criteria=when("$statusCode == 200"))]
    arazzo = arazzo_of({"steps": [step("a", onSuccess=actions), step("b"), step("c")]}, version=version)

    result = bench.run(arazzo, OPENAPI)

    assert visited(server) == "a"
    assert result.ended_by == "always"


@requirement("failureAction.criteria.absent-is-unconditional")
def test_a_failure_action_without_criteria_always_matches(bench: Bench, server: ScriptedServer, version: str):
    all_ok(server)
    server.on("GET /a", 418)
    actions = [end("always"), goto("c", criteria=when("$statusCode == 418"))]
    arazzo = arazzo_of({"steps": [step("a", onFailure=actions), step("b"), step("c")]}, version=version)

    result = bench.run(arazzo, OPENAPI)

    assert visited(server) == "a"
    assert result.ended_by == "always"


def test_every_criterion_of_an_action_has_to_hold(bench: Bench, server: ScriptedServer):
    all_ok(server)
    actions = [end("both", criteria=[*when("$statusCode == 200"), *when("$response.body#/id == 'z'")])]

    bench.run(arazzo_of({"steps": [step("a", onSuccess=actions), step("b")]}), OPENAPI)

    assert visited(server) == "ab"


# -- end --------------------------------------------------------------------------------------------------------------


@requirement("successAction.end")
def test_end_on_success_finishes_the_workflow_with_the_outputs_that_resolve(
    bench: Bench, server: ScriptedServer, version: str
):
    all_ok(server)
    arazzo = arazzo_of(
        {
            "steps": [
                step("a", outputs={"id": "$response.body#/id"}, onSuccess=[end("enough")]),
                step("b", outputs={"id": "$response.body#/id"}),
            ],
            "outputs": {"a": "$steps.a.outputs.id", "b": "$steps.b.outputs.id"},
        },
        version=version,
    )

    result = bench.run(arazzo, OPENAPI)

    assert visited(server) == "a"
    assert (result.status, result.reason, result.ended_by) == ("succeeded", None, "enough")
    assert result.outputs == {"a": "a"}
    assert result.missing_outputs == ("b",)


@requirement("failureAction.end")
def test_end_on_failure_finishes_the_workflow_with_the_outputs_that_resolve(
    bench: Bench, server: ScriptedServer, version: str
):
    all_ok(server)
    server.on("GET /b", 500)
    arazzo = arazzo_of(
        {
            "steps": [
                step("a", outputs={"id": "$response.body#/id"}),
                step("b", onFailure=[end("give up")], outputs={"id": "$response.body#/id"}),
                step("c"),
            ],
            "outputs": {"a": "$steps.a.outputs.id", "b": "$steps.b.outputs.id"},
        },
        version=version,
    )

    result = bench.run(arazzo, OPENAPI)

    assert visited(server) == "ab"
    assert (result.status, result.reason, result.ended_by) == ("failed", "action", "give up")
    assert result.outputs == {"a": "a"}
    assert result.exit_code == 1


# -- actions of the workflow ------------------------------------------------------------------------------------------


@requirement("workflow.successActions.apply-to-all-steps")
def test_the_success_actions_of_a_workflow_apply_to_every_step(bench: Bench, server: ScriptedServer, version: str):
    all_ok(server)
    server.on("GET /a", {"id": "a"}).on("GET /b", {"id": "stop"})
    workflow = {
        "successActions": [end("found", criteria=when("$response.body#/id == 'stop'"))],
        "steps": [step("a"), step("b"), step("c")],
    }

    result = bench.run(arazzo_of(workflow, version=version), OPENAPI)

    assert visited(server) == "ab"
    assert (result.status, result.ended_by) == ("succeeded", "found")


@requirement("workflow.successActions.apply-to-all-steps")
def test_an_unconditional_end_of_the_workflow_stops_after_the_first_step(bench: Bench, server: ScriptedServer):
    all_ok(server)

    bench.run(arazzo_of({"successActions": [end()], "steps": [step("a"), step("b")]}), OPENAPI)

    assert visited(server) == "a"


@requirement("workflow.failureActions.apply-to-all-steps")
def test_the_failure_actions_of_a_workflow_apply_to_every_step(bench: Bench, server: ScriptedServer, version: str):
    all_ok(server)
    server.on("GET /b", 500)
    workflow = {"failureActions": [goto("d")], "steps": [step("a"), step("b"), step("c"), step("d")]}

    result = bench.run(arazzo_of(workflow, version=version), OPENAPI)

    assert visited(server) == "abd"
    assert result.status == "succeeded"


@requirement("workflow.failureActions.apply-to-all-steps")
def test_an_unconditional_failure_end_of_the_workflow_stops_at_the_first_failure(bench: Bench, server: ScriptedServer):
    server.on("GET /a", 500)

    result = bench.run(arazzo_of({"failureActions": [end("quit")], "steps": [step("a"), step("b")]}), OPENAPI)

    assert visited(server) == "a"
    assert result.ended_by == "quit"


@requirement("workflow.successActions.override-not-remove")
@pytest.mark.parametrize("own", [[goto("c", "other", criteria=when("$statusCode == 500"))], []])
def test_a_step_cannot_remove_a_success_action_of_the_workflow(
    bench: Bench, server: ScriptedServer, own: list[dict[str, object]]
):
    all_ok(server)
    workflow = {"successActions": [end("shared")], "steps": [step("a", onSuccess=own), step("b"), step("c")]}

    result = bench.run(arazzo_of(workflow), OPENAPI)

    assert visited(server) == "a"
    assert result.ended_by == "shared"


@requirement("workflow.successActions.override-not-remove", "step.onSuccess.override-workflow")
def test_a_step_overrides_a_success_action_of_the_same_name(bench: Bench, server: ScriptedServer, version: str):
    all_ok(server)
    workflow = {
        "successActions": [end("after")],
        "steps": [step("a", onSuccess=[goto("c", "after")]), step("b"), step("c")],
    }

    result = bench.run(arazzo_of(workflow, version=version), OPENAPI)

    assert visited(server) == "ac"
    assert (result.status, result.ended_by) == ("succeeded", "after")


@requirement("step.onSuccess.override-workflow")
def test_an_overridden_action_does_not_come_back_where_its_override_does_not_match(
    bench: Bench, server: ScriptedServer
):
    all_ok(server)
    own = [goto("c", "after", criteria=when("$statusCode == 500"))]
    workflow = {"successActions": [end("after")], "steps": [step("a", onSuccess=own), step("b"), step("c")]}

    result = bench.run(arazzo_of(workflow), OPENAPI)

    assert visited(server) == "ab"
    assert result.ended_by == "after"


@requirement("workflow.failureActions.override-not-remove")
def test_a_step_cannot_remove_a_failure_action_of_the_workflow(bench: Bench, server: ScriptedServer):
    all_ok(server)
    server.on("GET /a", 500)
    own = [end("other", criteria=when("$statusCode == 503"))]
    workflow = {"failureActions": [goto("c", "shared")], "steps": [step("a", onFailure=own), step("b"), step("c")]}

    bench.run(arazzo_of(workflow), OPENAPI)

    assert visited(server) == "ac"


@requirement("workflow.failureActions.override-not-remove", "step.onFailure.override-workflow")
def test_a_step_overrides_a_failure_action_of_the_same_name(bench: Bench, server: ScriptedServer, version: str):
    server.on("GET /a", 503)
    workflow = {
        "failureActions": [retry("retryAll", limit=3)],
        "steps": [step("a", onFailure=[retry("retryAll", limit=1)])],
    }

    result = bench.run(arazzo_of(workflow, version=version), OPENAPI)

    assert visited(server) == "aa"
    assert result.status == "failed"


@requirement("failureAction.name.case-sensitive")
def test_names_of_failure_actions_are_case_sensitive(bench: Bench, server: ScriptedServer, version: str):
    server.on("GET /a", 503)
    workflow = {
        "failureActions": [retry("Retry", limit=2)],
        "steps": [step("a", onFailure=[retry("retry", limit=1)])],
    }

    result = bench.run(arazzo_of(workflow, version=version), OPENAPI)

    assert visited(server) == "aaaa"
    assert [s.action.name for s in result.steps] == ["retry", "Retry", "Retry", None]


@requirement("successAction.name.case-sensitive")
def test_names_of_success_actions_are_case_sensitive(bench: Bench, server: ScriptedServer, version: str):
    all_ok(server)
    own = [goto("c", "stop", criteria=when("$statusCode == 500"))]
    workflow = {"successActions": [end("Stop")], "steps": [step("a", onSuccess=own), step("b"), step("c")]}

    result = bench.run(arazzo_of(workflow, version=version), OPENAPI)

    assert visited(server) == "a"
    assert result.ended_by == "Stop"


def test_reusable_actions_of_components_work_at_both_levels(bench: Bench, server: ScriptedServer, version: str):
    all_ok(server)
    server.on("GET /a", 503, 200)
    workflow = {
        "successActions": [{"reference": "$components.successActions.finish"}],
        "steps": [step("a", onFailure=[{"reference": "$components.failureActions.again"}]), step("b")],
    }
    components = {"successActions": {"finish": end("finish")}, "failureActions": {"again": retry("again")}}

    result = bench.run(arazzo_of(workflow, version=version, components=components), OPENAPI)

    assert visited(server) == "aa"
    assert result.ended_by == "finish"


def test_actions_may_read_the_outputs_of_their_own_step(bench: Bench, server: ScriptedServer):
    server.on("GET /a", {"id": "x"}).on("GET /b", 200)
    actions = [end("seen", criteria=when("$steps.a.outputs.id == 'x'"))]

    result = bench.run(
        arazzo_of({"steps": [step("a", outputs={"id": "$response.body#/id"}, onSuccess=actions), step("b")]}), OPENAPI
    )

    assert result.ended_by == "seen"


def test_actions_never_see_outputs_of_an_earlier_visit_that_the_step_no_longer_has(
    bench: Bench, server: ScriptedServer
):
    server.on("GET /a", {"next": 1}, Answer(200, {}))
    actions = [goto("a", "more", criteria=when("$steps.a.outputs.next != null"))]
    arazzo = arazzo_of({"steps": [step("a", outputs={"next": "$response.body#/next"}, onSuccess=actions)]})

    result = bench.run(arazzo, OPENAPI)

    assert visited(server) == "aa"
    assert result.status == "succeeded"


# -- retry under onSuccess: a form of published documents (decision 0) -------------------------------------------------


def test_in_documents_of_1_0_retry_under_on_success_repeats_the_step_then_goes_on(bench: Bench, server: ScriptedServer):
    all_ok(server)
    own = [retry("poll", limit=2)]

    result = bench.run(arazzo_of({"steps": [step("a", onSuccess=own), step("b")]}), OPENAPI)

    assert visited(server) == "aaab"
    assert result.status == "succeeded"

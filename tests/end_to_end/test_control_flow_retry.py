"""retry: how often, after what, how late (Failure Action Object; decisions 7-10)."""

from __future__ import annotations

from email.utils import formatdate

import pytest
from scripted import Answer, Bench, ScriptedServer, arazzo_of, openapi_of
from workflow_parts import OPENAPI, VirtualTime, all_ok, end, goto, retry, step, visited, when

from arazzo_runner import Limits

requirement = pytest.mark.requirement


@pytest.fixture(params=["1.0.1", "1.1.0"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@requirement("failureAction.retry.current-step")
def test_a_retry_sends_the_same_request_again(bench: Bench, server: ScriptedServer, version: str):
    server.on("POST /a", 503, 200)
    openapi = openapi_of("a POST /a")
    arazzo = arazzo_of({"steps": [step("a", requestBody={"payload": {"x": 1}}, onFailure=[retry()])]}, version=version)

    result = bench.run(arazzo, openapi)

    assert server.lines == ["POST /a", "POST /a"]
    assert server.requests[0].body == server.requests[1].body
    assert result.status == "succeeded"
    assert [(s.visit, s.attempt, s.status) for s in result.steps] == [(1, 1, "failed"), (1, 2, "succeeded")]


@requirement("failureAction.retry.constrained", "failureAction.retryLimit.counts-retries")
@pytest.mark.parametrize("limit", [0, 1, 2, 3])
def test_retry_limit_counts_the_retries_after_the_first_attempt(bench: Bench, server: ScriptedServer, limit: int):
    server.on("GET /a", 503)

    result = bench.run(arazzo_of({"steps": [step("a", onFailure=[retry(limit=limit)]), step("b")]}), OPENAPI)

    assert visited(server) == "a" * (limit + 1)
    assert result.status == "failed"


@requirement("failureAction.retryLimit.default-one")
def test_without_a_limit_there_is_one_retry(bench: Bench, server: ScriptedServer, version: str):
    server.on("GET /a", 503)

    bench.run(arazzo_of({"steps": [step("a", onFailure=[retry()])]}, version=version), OPENAPI)

    assert visited(server) == "aa"


@requirement("failureAction.retry.fails-step-after-limit")
def test_when_the_limit_is_reached_the_step_fails(bench: Bench, server: ScriptedServer, version: str):
    server.on("GET /a", 503)

    result = bench.run(arazzo_of({"steps": [step("a", onFailure=[retry(limit=2)])]}, version=version), OPENAPI)

    assert visited(server) == "aaa"
    assert (result.status, result.reason, result.ended_by) == ("failed", "criteria", None)
    assert [s.action.type for s in result.steps] == ["retry", "retry", "break"]
    assert [(s.action.retry, s.action.retry_limit) for s in result.steps[:2]] == [(1, 2), (2, 2)]


@requirement("failureAction.retryLimit.exhausted-before-next")
def test_the_next_action_applies_when_the_retries_are_used_up(bench: Bench, server: ScriptedServer, version: str):
    all_ok(server)
    server.on("GET /a", 503)
    actions = [retry(limit=2), goto("c", "cleanup")]

    result = bench.run(
        arazzo_of({"steps": [step("a", onFailure=actions), step("b"), step("c")]}, version=version), OPENAPI
    )

    assert visited(server) == "aaac"
    assert result.status == "succeeded"


@requirement("failureAction.retryLimit.exhausted-before-next")
def test_the_next_action_is_never_taken_when_a_retry_succeeds(bench: Bench, server: ScriptedServer, version: str):
    all_ok(server)
    server.on("GET /a", 503, 200)

    result = bench.run(
        arazzo_of({"steps": [step("a", onFailure=[retry(limit=1), end("no")]), step("b")]}, version=version), OPENAPI
    )

    assert visited(server) == "aab"
    assert (result.status, result.ended_by) == ("succeeded", None)


def test_actions_are_chosen_anew_from_the_response_of_the_last_attempt(bench: Bench, server: ScriptedServer):
    all_ok(server)
    server.on("GET /a", 503, 401)
    actions = [retry(limit=5, criteria=when("$statusCode == 503")), goto("c", criteria=when("$statusCode == 401"))]

    bench.run(arazzo_of({"steps": [step("a", onFailure=actions), step("b"), step("c")]}), OPENAPI)

    assert visited(server) == "aac"


def test_each_retry_action_has_its_own_budget(bench: Bench, server: ScriptedServer):
    server.on("GET /a", 503, 429, 503, 429)
    actions = [
        retry("busy", limit=1, criteria=when("$statusCode == 503")),
        retry("slow", limit=2, criteria=when("$statusCode == 429")),
    ]

    result = bench.run(arazzo_of({"steps": [step("a", onFailure=actions)]}), OPENAPI)

    assert [s.action.name for s in result.steps] == ["busy", "slow", None]
    assert visited(server) == "aaa"


# -- delays -----------------------------------------------------------------------------------------------------------


@requirement("failureAction.retryAfter.seconds")
def test_retry_after_is_the_delay_in_seconds(bench: Bench, server: ScriptedServer, version: str):
    server.on("GET /a", 503)
    time = VirtualTime()

    time.run(bench, arazzo_of({"steps": [step("a", onFailure=[retry(after=2.5, limit=2)])]}, version=version), OPENAPI)

    assert time.slept == [2.5, 2.5]


@requirement("failureAction.retryAfter.seconds")
def test_the_delay_really_passes(bench: Bench, server: ScriptedServer):
    server.on("GET /a", 503, 200)

    result = bench.run(arazzo_of({"steps": [step("a", onFailure=[retry(after=0.1)])]}), OPENAPI)

    assert server.requests[1].at - server.requests[0].at >= 0.1
    assert result.steps[0].action.delay_s == 0.1


def test_without_retry_after_there_is_no_delay(bench: Bench, server: ScriptedServer):
    server.on("GET /a", 503, 200)
    time = VirtualTime()

    time.run(bench, arazzo_of({"steps": [step("a", onFailure=[retry()])]}), OPENAPI)

    assert time.slept == []


@requirement("failureAction.retryAfter.http-retry-after-overrules")
@pytest.mark.parametrize(("header", "slept"), [("3", [3.0]), ("0", []), (" 7 ", [7.0])])
def test_the_seconds_of_a_retry_after_header_replace_the_delay(
    bench: Bench, server: ScriptedServer, header: str, slept: list[float]
):
    server.on("GET /a", Answer(503, headers={"Retry-After": header}), 200)
    time = VirtualTime()

    result = time.run(bench, arazzo_of({"steps": [step("a", onFailure=[retry(after=1)])]}), OPENAPI)

    assert time.slept == slept
    assert result.status == "succeeded"


@requirement("failureAction.retryAfter.http-retry-after-overrules")
def test_the_date_of_a_retry_after_header_is_honoured(bench: Bench, server: ScriptedServer):
    time = VirtualTime()
    server.on("GET /a", Answer(503, headers={"Retry-After": formatdate(time.now + 42, usegmt=True)}), 200)

    time.run(bench, arazzo_of({"steps": [step("a", onFailure=[retry(after=1)])]}), OPENAPI)

    assert time.slept == [42.0]


def test_a_date_in_the_past_means_no_delay(bench: Bench, server: ScriptedServer):
    server.on("GET /a", Answer(503, headers={"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}), 200)
    time = VirtualTime()

    time.run(bench, arazzo_of({"steps": [step("a", onFailure=[retry(after=5)])]}), OPENAPI)

    assert time.slept == []


@pytest.mark.parametrize("header", ["soon", "-1", "1.5", "", "Fri, 99 Foo 1999 23:59:59 GMT", "²"])
def test_a_retry_after_header_that_is_not_valid_is_ignored(bench: Bench, server: ScriptedServer, header: str):
    server.on("GET /a", Answer(503, headers={"Retry-After": header}), 200)
    time = VirtualTime()

    time.run(bench, arazzo_of({"steps": [step("a", onFailure=[retry(after=5)])]}), OPENAPI)

    assert time.slept == [5]


def test_a_retry_after_header_concerns_its_own_failure_only(bench: Bench, server: ScriptedServer):
    server.on("GET /a", Answer(503, headers={"Retry-After": "3"}), 503, 200)
    time = VirtualTime()

    time.run(bench, arazzo_of({"steps": [step("a", onFailure=[retry(after=1, limit=2)])]}), OPENAPI)

    assert time.slept == [3.0, 1]


def test_a_retry_after_beyond_the_limit_counts_as_exhausted(bench: Bench, server: ScriptedServer):
    all_ok(server)
    server.on("GET /a", Answer(503, headers={"Retry-After": "301"}))
    time = VirtualTime()

    time.run(bench, arazzo_of({"steps": [step("a", onFailure=[retry(), goto("b")]), step("b")]}), OPENAPI)

    assert time.slept == []
    assert visited(server) == "ab"


def test_the_delays_of_a_run_add_up_to_max_delay_at_most(bench: Bench, server: ScriptedServer):
    server.on("GET /a", 503)
    time = VirtualTime()

    result = time.run(
        bench,
        arazzo_of({"steps": [step("a", onFailure=[retry(after=2, limit=10)])]}),
        OPENAPI,
        limits=Limits(max_delay=5),
    )

    assert time.slept == [2, 2]
    assert (result.status, result.reason) == ("failed", "limit-exceeded")


# -- with a step or a workflow ----------------------------------------------------------------------------------------


@requirement("failureAction.retry.with-reference", "failureAction.retry.context-returns")
def test_a_retry_with_a_workflow_runs_it_first_and_comes_back(bench: Bench, server: ScriptedServer, version: str):
    openapi = openapi_of("first POST /first", "a POST /a", "refresh POST /refresh")
    server.on("POST /first", {"id": 1}).on("POST /a", 401, 200).on("POST /refresh", 200)
    payload = {"id": "$steps.first.outputs.id", "name": "$inputs.name"}
    main = {
        "inputs": {"type": "object", "properties": {"name": {"type": "string"}}},
        "steps": [
            step("first", outputs={"id": "$response.body#/id"}),
            step("a", requestBody={"payload": payload}, onFailure=[retry(workflow="renew")]),
        ],
    }
    renew = {"workflowId": "renew", "steps": [step("refresh")]}

    result = bench.run(arazzo_of(main, renew, version=version), openapi, {"name": "x"}, workflow="main")

    assert server.lines == ["POST /first", "POST /a", "POST /refresh", "POST /a"]
    assert server.requests[1].json == server.requests[3].json == {"id": 1, "name": "x"}
    assert result.status == "succeeded"


@requirement("failureAction.retry.with-reference", "failureAction.retry.context-returns")
def test_a_retry_with_a_step_runs_it_once_and_comes_back(bench: Bench, server: ScriptedServer, version: str):
    openapi = openapi_of("login POST /login", "other POST /other", "a POST /a")
    server.on("POST /login", {"token": "old"}, {"token": "new"}).on("POST /other", 200).on("POST /a", 401, 200)
    steps = [
        step("login", outputs={"token": "$response.body#/token"}),
        step("other"),
        step(
            "a",
            requestBody={"payload": {"token": "$steps.login.outputs.token"}},
            onFailure=[retry(step="login")],
        ),
    ]

    result = bench.run(arazzo_of({"steps": steps}, version=version), openapi)

    assert server.lines == ["POST /login", "POST /other", "POST /a", "POST /login", "POST /a"]
    assert [server.requests[i].json["token"] for i in (2, 4)] == ["old", "new"]
    assert result.status == "succeeded"


def test_the_helper_runs_before_every_retry(bench: Bench, server: ScriptedServer):
    all_ok(server)
    server.on("GET /a", 401)
    main = {"steps": [step("a", onFailure=[retry(workflow="renew", limit=2)])]}

    bench.run(arazzo_of(main, {"workflowId": "renew", "steps": [step("b")]}), OPENAPI, workflow="main")

    assert visited(server) == "ababa"


def test_a_helper_that_fails_does_not_stop_the_retry(bench: Bench, server: ScriptedServer):
    server.on("GET /a", 401, 200).on("GET /b", 500)
    main = {"steps": [step("a", onFailure=[retry(workflow="renew")])]}

    result = bench.run(arazzo_of(main, {"workflowId": "renew", "steps": [step("b")]}), OPENAPI, workflow="main")

    assert visited(server) == "aba"
    assert result.status == "succeeded"


def test_the_delay_runs_while_the_helper_does(bench: Bench, server: ScriptedServer):
    server.on("GET /a", 401, 200).on("GET /b", 503, 200)
    main = {"steps": [step("a", onFailure=[retry(workflow="renew", after=5)])]}
    renew = {"workflowId": "renew", "steps": [step("b", onFailure=[retry(after=2)])]}
    time = VirtualTime()

    time.run(bench, arazzo_of(main, renew), OPENAPI, workflow="main")

    assert time.slept == [2, 3]


def test_the_own_goto_and_end_of_a_helper_step_are_not_followed_but_its_retries_are(
    bench: Bench, server: ScriptedServer
):
    all_ok(server)
    server.on("GET /a", {"id": "a"}, 503, {"id": "a"}).on("GET /b", 401, 200)
    steps = [
        step("a", onSuccess=[goto("b")], onFailure=[retry()]),
        step("c"),
        step("b", onFailure=[retry(step="a")]),
    ]

    result = bench.run(arazzo_of({"steps": steps}), OPENAPI)

    assert visited(server) == "abaab"
    assert result.status == "succeeded"


def test_in_1_1_a_retry_passes_its_parameters_to_the_workflow(bench: Bench, server: ScriptedServer):
    openapi = openapi_of("a GET /a", "refresh POST /refresh")
    server.on("GET /a", Answer(401, {"code": "c1"}), 200).on("POST /refresh", 200)
    action = retry(workflow="renew", parameters=[{"name": "code", "value": "$response.body#/code"}])
    renew = {
        "workflowId": "renew",
        "inputs": {"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]},
        "steps": [step("refresh", requestBody={"payload": {"code": "$inputs.code"}})],
    }

    bench.run(arazzo_of({"steps": [step("a", onFailure=[action])]}, renew, version="1.1.0"), openapi, workflow="main")

    assert server.requests[1].json == {"code": "c1"}


def test_what_a_helper_workflow_returns_is_there_for_the_retried_step(bench: Bench, server: ScriptedServer):
    openapi = openapi_of("a POST /a", "b GET /b")
    server.on("POST /a", 200).on("GET /b", {"token": "new"})
    body = {"payload": {"token": "$workflows.renew.outputs.token"}}
    main = {"steps": [step("a", requestBody=body, onFailure=[retry(workflow="renew")])]}
    renew = {
        "workflowId": "renew",
        "steps": [step("b", outputs={"token": "$response.body#/token"})],
        "outputs": {"token": "$steps.b.outputs.token"},
    }

    result = bench.run(arazzo_of(main, renew), openapi, workflow="main")

    # The first attempt refers to a workflow that has not run: it fails before anything is sent (decision 17).
    assert server.lines == ["GET /b", "POST /a"]
    assert server.requests[1].json == {"token": "new"}
    assert result.status == "succeeded"

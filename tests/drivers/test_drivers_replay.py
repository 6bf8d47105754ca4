"""Replay: a recorded run computes the same again without a network, and says where it differs (`--replay`)."""

from __future__ import annotations

import io
from email.utils import formatdate
from time import time
from typing import Any

import pytest
from scripted import Answer, Bench, ScriptedServer, arazzo_of, openapi_of
from workflow_parts import call, goto, retry, step, when

from arazzo_runner.api import replay_case
from arazzo_runner.document import read
from arazzo_runner.events import StepFinished
from arazzo_runner.report.case import Case, read_case
from arazzo_runner.report.redaction import Redactor
from arazzo_runner.report.transcript import TranscriptReport

OPENAPI = openapi_of("a POST /a", "b POST /b", "c POST /c", "login POST /login")


def record(runner: Any, inputs: dict[str, Any] | None = None, *, show_secrets: bool = True) -> tuple[Any, Case]:
    """A run, and the case that its transcript makes."""
    text = io.StringIO()
    transcript = TranscriptReport(text, redactor=Redactor(show_secrets=show_secrets))
    result = runner.run(inputs, observers=[transcript.observe])
    transcript.finish()
    document = read(text.getvalue().encode(), uri="memory:/case.yaml", name="case.yaml")
    return result, read_case(document.root, document.location)


def step_lines(result: Any) -> list[tuple[Any, ...]]:
    return [
        (s.path, s.step_id, s.visit, s.attempt, s.status, dict(s.outputs), s.action.type if s.action else None)
        for s in result.steps
    ]


def check_same(runner: Any, inputs: dict[str, Any] | None = None) -> Any:
    """Record, replay, compare; the replayed result."""
    result, case = record(runner, inputs)
    durations: list[float] = []

    def observe(event: Any) -> None:
        if isinstance(event, StepFinished):
            durations.append(event.duration_s)

    again, differences = replay_case(runner, case, observers=[observe])

    assert differences == ()
    assert (again.status, again.reason, again.ended_by) == (result.status, result.reason, result.ended_by)
    assert again.outputs == result.outputs
    assert step_lines(again) == step_lines(result)
    assert all(duration >= 0 for duration in durations)
    return again


ALL = [
    {
        "inputs": {"type": "object", "properties": {"name": {"type": "string"}}},
        "steps": [
            step(
                "a",
                requestBody={"payload": {"name": "$inputs.name"}},
                outputs={"id": "$response.body#/id"},
                onFailure=[retry(after=0.01, workflow="renew")],
            ),
            call("sub", "child", outputs={"x": "$outputs.x"}),
            step("c", requestBody={"payload": {"x": "$steps.sub.outputs.x"}}),
        ],
        "outputs": {"id": "$steps.a.outputs.id", "x": "$steps.sub.outputs.x"},
    },
    {"workflowId": "renew", "steps": [step("login")]},
    {
        "workflowId": "child",
        "steps": [
            step("b", outputs={"x": "$response.body#/x"}, onSuccess=[goto("b", criteria=when("$statusCode == 202"))])
        ],
        "outputs": {"x": "$steps.b.outputs.x"},
    },
]


def script(server: ScriptedServer) -> None:
    server.on("POST /a", 401, {"id": 7}).on("POST /login", 200)
    server.on("POST /b", Answer(202, {"x": 1}), {"x": 2.50}).on("POST /c", 200)


def test_a_replay_gives_the_same_result_without_a_request(bench: Bench, server: ScriptedServer):
    script(server)
    with bench.runner(arazzo_of(*ALL), OPENAPI, workflow="main") as runner:
        result, case = record(runner, {"name": "n"})
        sent = len(server.requests)

        again, differences = replay_case(runner, case)

    assert differences == ()
    assert len(server.requests) == sent == 6
    assert (again.status, again.outputs) == (result.status, result.outputs) == ("succeeded", {"id": 7, "x": 2.5})
    assert step_lines(again) == step_lines(result)


@pytest.mark.parametrize(
    "answers",
    [
        [500],
        [Answer(drop=True)],
        [Answer(drop=True), 503, {"id": 1}],
        [Answer(200, {"big": 123456789012345678901234567890, "f": 1.0, "id": None})],
        [Answer(200, body="<a>é</a>", headers={"Content-Type": "application/xml"})],
        [Answer(204)],
    ],
)
def test_failures_and_odd_bodies_are_replayed(bench: Bench, server: ScriptedServer, answers: list[Any]):
    server.on("POST /a", *answers)
    arazzo = arazzo_of(
        {
            "steps": [
                step("a", outputs={"body": "$response.body", "id": "$response.body#/id"}, onFailure=[retry(limit=2)])
            ],
            "outputs": {"body": "$steps.a.outputs.body", "id": "$steps.a.outputs.id"},
        }
    )

    with bench.runner(arazzo, OPENAPI) as runner:
        check_same(runner)


def test_a_body_of_bytes_is_replayed(bench: Bench, server: ScriptedServer):
    octets = Answer(200, body=b"\xff\x00", headers={"Content-Type": "application/octet-stream"})
    server.on("POST /a", octets).on("POST /b", 200)
    arazzo = arazzo_of({"steps": [step("a"), step("b")]})

    with bench.runner(arazzo, OPENAPI) as runner:
        again = check_same(runner)

    assert again.steps[0].response.body == b"\xff\x00"


def test_a_step_that_timed_out_is_replayed(bench: Bench, server: ScriptedServer):
    server.on("POST /a", Answer(200, delay=0.4)).on("POST /b", 200)
    arazzo = arazzo_of({"steps": [step("a", timeout=60, onFailure=[goto("b")]), step("b")]}, version="1.1.0")

    with bench.runner(arazzo, OPENAPI) as runner:
        again = check_same(runner)

    assert again.steps[0].action.type == "goto"


def test_a_workflow_that_timed_out_is_replayed(bench: Bench, server: ScriptedServer):
    server.on("POST /a", Answer(200, delay=0.4)).on("POST /b", 200).on("POST /c", 200)
    child = {"workflowId": "child", "steps": [step("a", onFailure=[goto("c")]), step("c")]}
    main = {"steps": [call("sub", "child", timeout=60, onFailure=[goto("b")]), step("b")]}

    with bench.runner(arazzo_of(main, child, version="1.1.0"), OPENAPI, workflow="main") as runner:
        check_same(runner)


def test_a_date_in_retry_after_counts_from_the_recorded_time(bench: Bench, server: ScriptedServer):
    from arazzo_runner.events import Waiting

    soon = formatdate(time() + 250, usegmt=True)
    server.on("POST /a", Answer(503, headers={"Retry-After": soon}), 200)
    arazzo = arazzo_of({"steps": [step("a", onFailure=[retry()])]})
    with bench.runner(arazzo, OPENAPI, limits=_small()) as runner:
        _, case = record(runner)
    case_exchange = case.exchanges[0]
    assert case_exchange.at is not None
    waits: list[float] = []
    with bench.runner(arazzo, OPENAPI) as runner:
        replay_case(runner, case, observers=[lambda e: waits.append(e.seconds) if isinstance(e, Waiting) else None])

    (waited,) = waits
    from email.utils import parsedate_to_datetime

    assert waited == pytest.approx(parsedate_to_datetime(soon).timestamp() - case_exchange.at, abs=0.001)


def _small() -> Any:
    from arazzo_runner import Limits

    return Limits(max_retry_after=1)


def test_a_transcript_with_its_secrets_masked_is_replayed_all_the_same(bench: Bench, server: ScriptedServer):
    server.on("POST /login", {"access_token": "s3cr3t-t0ken"}).on("POST /a", 200)
    parameters = [{"name": "Authorization", "in": "header", "value": "Bearer {$steps.login.outputs.access_token}"}]
    arazzo = arazzo_of(
        {
            "steps": [
                step(
                    "login",
                    outputs={"access_token": "$response.body#/access_token"},
                    successCriteria=when("$response.body#/access_token == 's3cr3t-t0ken'"),
                ),
                step("a", parameters=parameters),
            ]
        }
    )
    with bench.runner(arazzo, OPENAPI) as runner:
        result, case = record(runner, show_secrets=False)

        again, differences = replay_case(runner, case)

    assert result.status == again.status == "succeeded"
    assert differences == ()


# -- differences ------------------------------------------------------------------------------------------------------


def differences_after(bench: Bench, server: ScriptedServer, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What a replay says when the document has changed since."""
    with bench.runner(arazzo_of(before), OPENAPI) as runner:
        _, case = record(runner)
    with bench.runner(arazzo_of(after), OPENAPI) as runner:
        _, differences = replay_case(runner, case)
    return [f"{difference.step}: {difference.what}" for difference in differences]


def test_a_changed_body_is_a_difference(bench: Bench, server: ScriptedServer):
    server.on("POST /a", 200)

    found = differences_after(
        bench,
        server,
        {"steps": [step("a", requestBody={"payload": {"n": 1}})]},
        {"steps": [step("a", requestBody={"payload": {"n": 2}})]},
    )

    assert found == ["a#1.1: body"]


def test_a_changed_operation_is_a_difference(bench: Bench, server: ScriptedServer):
    server.on("POST /a", 200)

    found = differences_after(bench, server, {"steps": [step("a")]}, {"steps": [step("a", "b")]})

    assert found == ["a#1.1: URL"]


def test_a_step_that_is_new_has_no_answer(bench: Bench, server: ScriptedServer):
    server.on("POST /a", 200)

    found = differences_after(bench, server, {"steps": [step("a")]}, {"steps": [step("a"), step("b")]})

    assert found[0] == "b#1.1: the request"
    assert "run: the outcome" in found


def test_a_step_that_is_gone_is_a_difference(bench: Bench, server: ScriptedServer):
    server.on("POST /a", 200).on("POST /b", 200)

    found = differences_after(bench, server, {"steps": [step("a"), step("b")]}, {"steps": [step("a")]})

    assert found[0] == "b#1.1: the request"


def test_other_outputs_are_a_difference(bench: Bench, server: ScriptedServer):
    server.on("POST /a", {"x": 1, "y": 2})

    found = differences_after(
        bench,
        server,
        {"steps": [step("a", outputs={"v": "$response.body#/x"})], "outputs": {"v": "$steps.a.outputs.v"}},
        {"steps": [step("a", outputs={"v": "$response.body#/y"})], "outputs": {"v": "$steps.a.outputs.v"}},
    )

    assert found == ["run: outputs", "a: outputs"]


def test_a_difference_says_what_was_and_what_is(bench: Bench, server: ScriptedServer):
    server.on("POST /a", 200)
    with bench.runner(arazzo_of({"steps": [step("a")]}), OPENAPI) as runner:
        _, case = record(runner)
    with bench.runner(arazzo_of({"steps": [step("a", "b")]}), OPENAPI) as runner:
        _, (difference,) = replay_case(runner, case)

    assert str(difference) == f"a#1.1: URL was {server.url}/a in the record and is {server.url}/b"

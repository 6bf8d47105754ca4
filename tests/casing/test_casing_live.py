"""The same cases against a real server: contracts, drift, and what depends on the server's data left alone."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from desk import Desk, airbyte_app, lines
from scripted import Answer, ScriptedServer

from arazzo_runner import Runner
from arazzo_runner.api import run_case
from arazzo_runner.errors import InputError, UsageError
from arazzo_runner.options import Options
from arazzo_runner.report.redaction import Redactor
from arazzo_runner.report.transcript import TranscriptReport
from arazzo_runner.verdict import Verdict

AIRBYTE = Path(__file__).parents[2] / "workflows" / "airbyte-application-token-bootstrap-workflow.yml"
HERE = {"Location": "/orders/1"}


def order(identity: str = "o-77", **fields: Any) -> dict[str, Any]:
    return {"id": identity, "item": "tea", "status": "open", **fields}


def serve(server: ScriptedServer, placed: Any = None, read: Any = None, identity: str = "o-77") -> None:
    """Answers for the two requests; by default what is described, with an id of the server's own."""
    server.on("POST /orders", placed or Answer(201, order(identity), headers=HERE))
    server.on(f"GET /orders/{identity}", read or Answer(200, order(identity)))


def live(desk: Desk, server: ScriptedServer, text: str = "", **given: Any) -> Verdict:
    return desk.run(text, live=True, options={"servers": {"": server.url}}, **given)


RECORD = """
exchanges:
- step: place
  request: {method: POST, url: 'https://orders.test/v1/orders?notify=true', body: {item: tea, count: 1}}
  response: {status: 201, headers: {Location: /orders/o-1}, body: {id: o-1, item: tea, status: open}}
- step: read
  request: {method: GET, url: 'https://orders.test/v1/orders/o-1'}
  response: {status: 200, body: {id: o-1, item: tea, status: open}}
expect:
  outcome: success
  outputs: {id: o-1, status: open}
  steps: {place: {outcome: success, attempts: 1, outputs: {id: o-1}}}
"""


def test_a_live_case_sends_its_requests_and_passes_with_data_of_the_server(desk: Desk, server: ScriptedServer):
    serve(server)

    verdict = live(desk, server, RECORD)

    assert (verdict.status, verdict.problems, verdict.notes) == ("passed", (), ())
    assert server.lines == ["POST /orders?notify=true", "GET /orders/o-77"]
    assert verdict.runs == 1


def test_what_depends_on_no_answer_is_compared(desk: Desk, server: ScriptedServer):
    serve(server)
    changed = RECORD.replace("count: 1}", "count: 3}").replace("/orders/o-1'}", "/order/o-1'}")

    verdict = live(desk, server, changed.replace("status: open}\n  steps", "status: sent}\n  steps"))

    assert [(step, line) for _, step, line, _ in lines(verdict)] == [("place", 7), ("read", 10), (None, 14)]
    assert all(problem.command and problem.command.endswith(" --live") for problem in verdict.problems)


def test_other_inputs_take_the_place_of_those_of_the_case(desk: Desk, server: ScriptedServer):
    serve(server)

    verdict = live(desk, server, RECORD, inputs={"item": "coffee"})

    assert verdict.status == "passed", verdict.problems
    assert server.requests[0].json == {"item": "coffee", "count": 1}


def test_data_of_the_case_may_be_what_its_inputs_are(desk: Desk, server: ScriptedServer):
    serve(server)

    verdict = live(desk, server, RECORD.replace("o-1", "tea"))

    assert verdict.status == "passed", verdict.problems


def test_data_that_does_not_come_any_more_is_a_difference(desk: Desk, server: ScriptedServer):
    serve(server, read=Answer(200, {"id": "o-77", "item": "tea"}))

    verdict = live(desk, server, RECORD, severities={"body": "off"})

    assert [(kind, step, message) for kind, step, _, message in lines(verdict)] == [
        ("difference", None, 'outputs: expected {"id":"o-1","status":"open"}, got {"id":"o-77"}')
    ]


# -- contract ---------------------------------------------------------------------------------------------------------


VIOLATIONS = {
    "status": (Answer(202, order(), headers=HERE), None, "response status: 202 is not documented (201, 503)"),
    "header": (Answer(201, order()), None, "response header 'Location': is required"),
    "media-type": (
        None,
        Answer(200, body="id: 1", headers={"Content-Type": "application/yaml"}),
        "response body: 'application/yaml' is not documented (application/json)",
    ),
    "body": (None, Answer(200, order(status="closed")), "response body at /status: "),
}


@pytest.mark.parametrize("kind", VIOLATIONS)
def test_what_breaks_the_description_is_a_problem_a_note_or_nothing(desk: Desk, server: ScriptedServer, kind: str):
    placed, read, message = VIOLATIONS[kind]
    serve(server, placed, read)
    outcome = "failure" if kind == "status" else "success"
    text = f"exchanges:\n- step: place\n- step: read\nexpect: {{outcome: {outcome}}}\n"
    step, line = ("place", 5) if read is None else ("read", 6)

    failed = live(desk, server, text)
    told = live(desk, server, text, severities={kind: "warn"})
    silent = live(desk, server, text, severities={kind: "off"})

    found = [item for item in lines(failed) if item[3].startswith(message)]
    assert [item[:3] for item in found] == [("response", step, line)]
    assert not [problem for problem in told.problems if problem.message.startswith(message)]
    assert [note for note in told.notes if message in note]
    assert not [note for note in silent.notes if message in note]


def test_a_request_that_is_not_as_described_is_sent_and_told(desk: Desk, server: ScriptedServer):
    serve(server)

    verdict = live(
        desk, server, "inputs: {item: tea, count: 0}\n", head="arazzo-test: 1\ndocument: orders.arazzo.yaml\n"
    )

    assert [(problem.kind, problem.step) for problem in verdict.problems] == [("request", "place")]
    assert "minimum" in verdict.problems[0].message or "0 is less" in verdict.problems[0].message
    assert len(server.requests) == 2


def test_severities_that_are_none_are_refused(desk: Desk):
    with pytest.raises(UsageError, match=r"no kind of violation 'headers'.*did you mean 'header'"):
        desk.run("", severities={"headers": "off"})
    with pytest.raises(UsageError, match="error, warn, off, not 'no'"):
        desk.run("", severities={"header": "no"})


def test_what_the_description_says_nothing_of_is_a_note(desk: Desk, server: ScriptedServer):
    file = desk.folder / "openapi.yaml"
    described = (
        '"200":\n          description: the order\n          content: {application/xml: {schema: {type: object}}}\n'
    )
    start, end = file.read_text().split('"200":', 1)
    file.write_text(start + described + end[end.index('        "404":') :])
    serve(server, read=Answer(200, body="<a/>", headers={"Content-Type": "application/xml"}))

    verdict = live(desk, server)

    assert verdict.status == "passed", verdict.problems
    assert any("not checked" in note and "application/xml" in note for note in verdict.notes)


# -- drift ------------------------------------------------------------------------------------------------------------


def test_another_structure_than_that_of_the_record_is_told_as_a_diff(desk: Desk, server: ScriptedServer):
    serve(server, read=Answer(200, {"id": 77, "item": "tea", "status": "open", "lines": [{"n": 1}, {"n": None}]}))

    verdict = live(desk, server, RECORD, severities={"body": "off"})

    assert verdict.status == "passed", verdict.problems
    (note,) = verdict.notes
    assert note.splitlines() == [
        f"{desk.folder / 'a.arazzo-test.yaml'}:11:13: the answer has another structure",
        f"--- {desk.folder / 'a.arazzo-test.yaml'}:11:13",
        f"+++ {server.url}/orders/o-77",
        "@@ -3,4 +3,7 @@",
        " body object",
        "-body/id string",
        "+body/id number",
        " body/item string",
        "+body/lines array",
        "+body/lines/* object",
        "+body/lines/*/n null or number",
        " body/status string",
    ]


def test_drift_can_fail_a_case(desk: Desk, server: ScriptedServer):
    serve(server, read=Answer(200, order(lines=[])))

    verdict = live(desk, server, RECORD, severities={"drift": "error"})

    assert [(problem.kind, problem.step) for problem in verdict.problems] == [("response", "read")]
    assert "+body/lines array" in verdict.problems[0].message


def test_another_status_is_drift_and_whether_it_is_documented(desk: Desk, server: ScriptedServer):
    serve(server, placed=Answer(202, order(), headers=HERE))

    verdict = live(desk, server, RECORD)

    (note,) = verdict.notes
    assert "-status 201\n+status 202 (not documented)" in note


@pytest.mark.parametrize("recorded", ["[]", "[{n: 1}, {n: 2}]"])
def test_lists_drift_by_what_their_items_are(desk: Desk, server: ScriptedServer, recorded: str):
    serve(server, read=Answer(200, order(lines=[{"n": 5}])))
    text = RECORD.replace("{status: 200, body: {", f"{{status: 200, body: {{lines: {recorded}, ")

    verdict = live(desk, server, text)

    assert (verdict.status, verdict.notes) == ("passed", ()), verdict


# -- what a live server cannot be asked for ---------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["live: false\n", "exchanges:\n- {step: read, failure: {kind: timeout}}\n"])
def test_a_case_that_simulates_is_skipped(desk: Desk, server: ScriptedServer, text: str):
    verdict = live(desk, server, text)

    assert (verdict.status, verdict.problems, server.requests) == ("skipped", (), [])
    assert verdict.notes[0].startswith(f"{desk.folder / 'a.arazzo-test.yaml'}:")


def test_how_often_a_server_is_asked_is_a_note(desk: Desk, server: ScriptedServer):
    workflow = desk.folder / "orders.arazzo.yaml"
    workflow.write_text(workflow.read_text().replace("retryAfter: 30", "retryAfter: 0.01"))
    serve(server)
    server.on("POST /orders", Answer(503), Answer(201, order(), headers=HERE))

    verdict = live(desk, server, RECORD)

    assert verdict.status == "passed", verdict.problems
    assert any("attempts: expected 1, got 2" in note for note in verdict.notes)


def test_a_server_that_does_not_answer_is_a_problem_of_transport(desk: Desk, server: ScriptedServer):
    server.on("POST /orders", Answer(drop=True))

    verdict = live(desk, server)

    assert [problem.kind for problem in verdict.problems] == ["transport"]


def test_the_place_of_a_secret_has_to_be_given(desk: Desk, server: ScriptedServer):
    serve(server)
    head = "arazzo-test: 1\ndocument: orders.arazzo.yaml\ninputs: {item: tea, password: «secret:inputs.password»}\n"

    with pytest.raises(InputError, match="have to be given: password") as caught:
        live(desk, server, "", head=head)
    verdict = live(desk, server, "", head=head, inputs={"password": "real"})

    assert caught.value.problems == ("password is a placeholder",)
    assert verdict.status == "passed", verdict.problems
    assert desk.run("", head=head).status == "passed"


def test_secrets_of_a_live_server_are_not_told(desk: Desk, server: ScriptedServer):
    serve(server, read=Answer(200, order()))
    head = "arazzo-test: 1\ndocument: orders.arazzo.yaml\ninputs: {item: tea, password: hunter22}\n"
    workflow = desk.folder / "orders.arazzo.yaml"
    workflow.write_text(
        workflow.read_text().replace("payload: {item: $inputs.item", "payload: {item: $inputs.password")
    )

    verdict = live(desk, server, "exchanges: [{step: place, request: {bodyContains: {item: tea}}}]\n", head=head)

    (problem,) = verdict.problems
    assert problem.message == 'body at /item: expected "tea", got "***"'


# -- records ----------------------------------------------------------------------------------------------------------


def record(path: Path, document: Path = AIRBYTE, **options: Any) -> None:
    """The bundled workflow, recorded against the mock."""
    with Runner(document, mock=True, env={}, cache=False) as runner:
        report = TranscriptReport(path, redactor=Redactor(), **options)
        runner.run({"applicationName": "demo"}, observers=(report.observe,))
        report.finish()


def test_a_record_is_a_case_that_passes(tmp_path: Path):
    record(tmp_path / "airbyte.arazzo-test.yaml")

    verdict = run_case(tmp_path / "airbyte.arazzo-test.yaml", Options(env={}))

    assert (verdict.status, verdict.problems, verdict.notes) == ("passed", (), ())


def test_a_record_passes_against_an_application_with_other_data(tmp_path: Path):
    record(tmp_path / "airbyte.arazzo-test.yaml")

    verdict = run_case(tmp_path / "airbyte.arazzo-test.yaml", Options(env={}), live=True, client=airbyte_app())

    assert verdict.status == "passed", verdict.problems


def test_an_application_that_has_drifted_is_told_in_diff_and_violation(tmp_path: Path):
    record(tmp_path / "airbyte.arazzo-test.yaml")

    app = airbyte_app(createdAt="2026-01-01")
    verdict = run_case(tmp_path / "airbyte.arazzo-test.yaml", Options(env={}), live=True, client=app)

    assert {(problem.kind, problem.step) for problem in verdict.problems} == {
        ("response", "createApplication"),
        ("response", "getApplication"),
    }
    assert all("/createdAt" in problem.message for problem in verdict.problems)
    assert any("-body/createdAt number\n+body/createdAt string" in note for note in verdict.notes)
    told = " ".join([*verdict.notes, *(problem.message for problem in verdict.problems)])
    assert "real-s3cret-value" not in told


def test_replaced_sources_are_recorded_relative_to_the_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(AIRBYTE.parents[1])
    record(tmp_path / "airbyte.arazzo-test.yaml", sources={"airbyteApi": "openapi/airbyte-openapi.yml"})
    monkeypatch.chdir(tmp_path)

    verdict = run_case("airbyte.arazzo-test.yaml", Options(env={}))

    assert verdict.status == "passed", verdict.problems
    text = (tmp_path / "airbyte.arazzo-test.yaml").read_text()
    assert "/openapi/airbyte-openapi.yml" in text


def test_a_secret_that_the_document_has_as_a_literal_is_no_difference(desk: Desk):
    workflow = desk.folder / "orders.arazzo.yaml"
    literals = "payload: {item: $inputs.item, password: hidden-word, count: $inputs.count}"
    text = workflow.read_text().replace("payload: {item: $inputs.item, count: $inputs.count}", literals)
    workflow.write_text(
        text.replace("{name: notify, in: query, value: true}", "{name: pin, in: query, value: hidden-word}")
    )
    case = desk.folder / "b.arazzo-test.yaml"
    with Runner(workflow, mock=True, env={}, cache=False) as runner:
        report = TranscriptReport(case, redactor=Redactor())
        runner.run({"item": "tea"}, observers=(report.observe,))
        report.finish()

    verdict = run_case(case, Options(env={}, cache=False))

    assert "hidden-word" not in case.read_text()
    assert verdict.status == "passed", verdict.problems


def test_another_secret_than_the_one_that_was_computed_is_a_difference(tmp_path: Path):
    for name in ("workflows", "openapi"):
        shutil.copytree(AIRBYTE.parents[1] / name, tmp_path / name)
    document = tmp_path / "workflows" / AIRBYTE.name
    record(tmp_path / "airbyte.arazzo-test.yaml", document)
    secret = "client_secret: $steps.createApplication.outputs.clientSecret"
    document.write_text(document.read_text().replace(secret, "client_secret: a-literal"))

    verdict = run_case(tmp_path / "airbyte.arazzo-test.yaml", Options(env={}))

    assert [(problem.kind, problem.step) for problem in verdict.problems] == [("difference", "createAccessToken")]

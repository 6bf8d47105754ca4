"""Reports of a run, records and replays, dry runs, the mock, and secrets in all of them (interface, "Secrets")."""

from __future__ import annotations

import base64
import json
import os
import pty
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
import yaml
from command_line import OK, STEP, Command, Ran
from jsonschema import Draft202012Validator
from scripted import Answer, openapi_of

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = Draft202012Validator(json.loads((ROOT / "docs" / "result.schema.json").read_text()))
SECRETS = ("hunter22-password", "key-12345-abcdef", "token-98765-zyxwvu")
PASSWORD, KEY, TOKEN = SECRETS


def confidential(command: Command) -> str:
    """A workflow that sends a password and an API key, and is given a token which it sends on and puts out."""
    schemes = {"securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "api_key"}}}
    openapi = openapi_of("login POST /login", "use GET /use", components=schemes)
    openapi["paths"]["/use"]["get"]["security"] = [{"key": []}]
    command.server.on("POST /login", {"token": TOKEN, "name": "me", "expires": 60})
    command.server.on("GET /use", {"echo": TOKEN, "id": 1})
    password = {"type": "string", "format": "password"}
    login = {
        "stepId": "login",
        "operationId": "login",
        "requestBody": {"payload": {"user": "me", "password": "$inputs.password"}},
        "successCriteria": [{"condition": "$response.body#/token != null"}],
        "outputs": {"token": "$response.body#/token"},
    }
    use = {
        "stepId": "use",
        "operationId": "use",
        "parameters": [{"name": "Authorization", "in": "header", "value": "Bearer {$steps.login.outputs.token}"}],
        "successCriteria": OK,
        "outputs": {"id": "$response.body#/id"},
    }
    return command.workflow(
        {
            "inputs": {"type": "object", "required": ["password"], "properties": {"password": password}},
            "steps": [login, use],
            "outputs": {"token": "$steps.login.outputs.token", "id": "$steps.use.outputs.id"},
        },
        openapi=openapi,
    )


def run_confidential(command: Command, *options: str) -> Ran:
    return command.sent(confidential(command), "-i", f"password={PASSWORD}", "--auth", f"key={KEY}", *options)


def shows_a_secret(text: str) -> list[str]:
    encoded = [base64.b64encode(secret.encode()).decode().rstrip("=") for secret in SECRETS]
    return [secret for secret in (*SECRETS, *encoded) if secret in text]


# -- results --------------------------------------------------------------------------------------------------------


def test_json_on_stdout_takes_the_place_of_the_outputs_and_fits_its_schema(command: Command):
    command.server.on("GET /things", {"id": 1})

    ran = command.sent(command.simple(successCriteria=OK), "--json", "-")

    SCHEMA.validate(ran.json)
    assert ran.code == 0
    assert ran.json["outputs"] == {"id": 1}
    assert ran.json["status"] == "succeeded"
    assert [step["stepId"] for step in ran.json["steps"]] == ["get"]


def test_json_in_a_file_leaves_the_outputs_on_stdout(command: Command):
    command.server.on("GET /things", {"id": 1})

    ran = command.sent(command.simple(), "--json", "result.json")

    assert ran.json == {"id": 1}
    SCHEMA.validate(json.loads(Path("result.json").read_text()))


@pytest.mark.parametrize(
    ("answer", "reason", "code"),
    [
        (Answer(500, {"error": "x"}), "criteria", 1),
        (Answer(drop=True), "transport", 4),
        (Answer(200, body="<html>", headers={"Content-Type": "application/json"}), None, 0),
        (Answer(200, body=b"\xff\xfe\x00", headers={"Content-Type": "application/octet-stream"}), None, 0),
    ],
)
def test_json_of_every_kind_of_end_fits_its_schema(command: Command, answer: Answer, reason: str | None, code: int):
    command.server.on("GET /things", answer)

    ran = command.sent(command.simple(successCriteria=OK), "--json", "-")

    SCHEMA.validate(ran.json)
    assert ran.code == code
    assert ran.json["reason"] == reason


def test_events_are_lines_of_json_in_order(command: Command):
    command.server.on("GET /things", {"id": 1})

    ran = command.sent(command.simple(), "--events", "-")

    types = [json.loads(line)["type"] for line in ran.out.splitlines()]
    assert types[0] == "runStarted"
    assert types[-1] == "runFinished"
    assert types.index("requestSent") < types.index("responseReceived") < types.index("stepFinished")


def test_events_in_a_file_leave_the_outputs_on_stdout(command: Command):
    command.server.on("GET /things", {"id": 1})

    ran = command.sent(command.simple(), "--events", "events.ndjson")

    assert ran.json == {"id": 1}
    assert len(Path("events.ndjson").read_text().splitlines()) > 5


def test_stdout_takes_one_report(command: Command):
    ran = command.sent(command.simple(), "--events", "-", "--json", "-")

    assert ran.code == 2
    assert ran.out == ""
    assert "stdout" in ran.err
    assert command.server.requests == []


def test_har_and_junit_are_written_for_a_failed_run_too(command: Command):
    command.server.on("GET /things", Answer(500, {"error": "x"}))

    ran = command.sent(command.simple(successCriteria=OK), "--har", "run.har", "--junit", "run.xml")

    assert ran.code == 1
    entries = json.loads(Path("run.har").read_text())["log"]["entries"]
    assert [entry["response"]["status"] for entry in entries] == [500]
    suites = ET.parse("run.xml").getroot()
    assert suites.find(".//failure") is not None


@pytest.mark.parametrize("option", ["--json", "--events", "--har", "--junit", "--record"])
def test_a_report_that_cannot_be_written_is_told_before_the_run(command: Command, option: str):
    ran = command.sent(command.simple(), option, "no/such/folder/report")

    assert ran.code == 2
    assert ran.out == ""
    assert "no/such/folder/report" in ran.err
    assert len(ran.err.splitlines()) == 1
    assert command.server.requests == []


def test_a_report_that_cannot_be_written_leaves_no_other_file_behind(command: Command):
    ran = command.sent(command.simple(), "--json", "result.json", "--har", "no/such/folder/report")

    assert ran.code == 2
    assert sorted(os.listdir()) == ["main.arazzo.json", "openapi.json"]


# -- records --------------------------------------------------------------------------------------------------------


def test_a_record_replays_the_same_without_a_connection(command: Command):
    ran = run_confidential(command, "--record", "run.arazzo-test.yaml")
    seen = len(command.server.requests)

    again = command("main.arazzo.json", "--replay", "run.arazzo-test.yaml")

    assert ran.code == 0, ran.err
    assert again.code == 0, again.err
    assert len(command.server.requests) == seen
    assert "the same as run.arazzo-test.yaml" in again.err
    assert again.json["id"] == 1


def test_a_record_of_a_failed_run_replays_the_same(command: Command):
    command.server.on("GET /things", Answer(500, {"error": "x"}))
    ran = command.sent(command.simple(successCriteria=OK), "--record", "run.yaml")

    again = command("main.arazzo.json", "--replay", "run.yaml")

    assert ran.code == 1
    assert again.code == 0, again.err
    assert again.json == {}


def test_a_case_with_gaps_is_replayed_from_the_description(command: Command):
    file = command.simple()
    command.write("hand.arazzo-test.yaml", "arazzo-test: 1\ndocument: main.arazzo.json\n")

    ran = command(file, "--replay", "hand.arazzo-test.yaml")

    assert ran.code == 0, ran.err
    assert command.server.requests == []


def test_a_replay_tells_a_request_that_the_description_does_not_allow(command: Command):
    parameter = {"name": "n", "in": "query", "required": True, "schema": {"type": "integer"}}
    openapi = openapi_of("get GET /things")
    openapi["paths"]["/things"]["get"]["parameters"] = [parameter]
    file = command.workflow({"steps": [{"stepId": "get", "operationId": "get"}]}, openapi=openapi)
    command.write("hand.yaml", "arazzo-test: 1\ndocument: main.arazzo.json\nexpect: {outcome: failure}\n")

    ran = command(file, "--replay", "hand.yaml")

    assert ran.code == 1
    assert "differs: get#1.1: the description does not allow the request: " in ran.err


def test_a_replay_that_differs_says_where(command: Command):
    run_confidential(command, "--record", "run.yaml")
    file = Path("main.arazzo.json")
    file.write_text(file.read_text().replace('"user": "me"', '"user": "you"'))

    again = command(str(file), "--replay", "run.yaml")

    assert again.code == 1
    assert "login" in again.err
    assert "body" in again.err
    assert "you" in again.err


def test_a_replay_without_one_of_the_steps_differs(command: Command):
    run_confidential(command, "--record", "run.yaml")
    description = json.loads(Path("main.arazzo.json").read_text())
    del description["workflows"][0]["steps"][1]
    del description["workflows"][0]["outputs"]["id"]
    command.write("main.arazzo.json", description)

    again = command("main.arazzo.json", "--replay", "run.yaml")

    assert again.code == 1
    assert "use" in again.err


def test_a_replay_writes_the_reports_that_are_asked_for(command: Command):
    run_confidential(command, "--record", "run.yaml")

    again = command("main.arazzo.json", "--replay", "run.yaml", "--json", "-")

    assert again.code == 0, again.err
    SCHEMA.validate(again.json)


def test_the_inputs_of_a_replay_are_those_of_its_record(command: Command):
    run_confidential(command, "--record", "run.yaml")

    again = command("main.arazzo.json", "--replay", "run.yaml", "-i", "password=another")

    assert again.code == 2
    assert "-i" in again.err


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (None, 2, ["run.yaml"]),
        ("arazzo-test: [", 3, ["run.yaml:1:"]),
        ("arazzo: 1.0.1\n", 3, ["run.yaml", "arazzo-test"]),
        ("arazzo-test: 1\ndocument: x\nexchange: []\n", 3, ["run.yaml:3:1", "exchanges"]),
    ],
)
def test_a_record_that_cannot_be_read_is_told(command: Command, content: str | None, code: int, words: list[str]):
    file = command.simple()
    if content is not None:
        command.write("run.yaml", content)

    ran = command(file, "--replay", "run.yaml")

    assert ran.code == code, ran.err
    assert all(word in ran.err for word in words), ran.err
    assert "Traceback" not in ran.err
    assert ran.out == ""


# -- ways to run ----------------------------------------------------------------------------------------------------


def test_a_dry_run_shows_the_requests_and_sends_nothing(command: Command):
    ran = run_confidential(command, "--dry-run")

    assert ran.code == 0, ran.err
    assert command.server.requests == []
    assert ran.out == "{}\n"
    assert f"POST {command.server.url}/login" in ran.err
    assert f"GET {command.server.url}/use" in ran.err
    assert "Bearer {$steps.login.outputs.token}" in ran.err or "Bearer ***" in ran.err
    assert shows_a_secret(ran.err) == []


def test_a_dry_run_has_nothing_to_report_on(command: Command):
    ran = command.sent(command.simple(), "--dry-run", "--har", "x.har")

    assert ran.code == 2
    assert "--har" in ran.err
    assert not Path("x.har").exists()


def test_a_dry_run_names_what_is_not_known_yet(command: Command):
    openapi = openapi_of("get GET /things", "read GET /things/{id}")
    read = {
        "stepId": "read",
        "operationId": "read",
        "parameters": [{"name": "id", "in": "path", "value": "$steps.get.outputs.id"}],
    }
    file = command.workflow({"steps": [STEP, read]}, openapi=openapi)

    ran = command.sent(file, "--dry-run")

    assert ran.code == 0
    assert f"GET {command.server.url}/things/{{$steps.get.outputs.id}}" in ran.err


def test_a_dry_run_names_credentials_without_value(command: Command):
    ran = command.sent(confidential(command), "-i", f"password={PASSWORD}", "--dry-run")

    assert "'key'" in ran.err


def test_the_mock_answers_in_process(command: Command):
    openapi = openapi_of("get GET /things")
    schema = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "example": "abc"}}}
    openapi["paths"]["/things"]["get"]["responses"]["200"]["content"] = {"application/json": {"schema": schema}}
    file = command.workflow({"steps": [STEP], "outputs": {"id": "$steps.get.outputs.id"}}, openapi=openapi)

    ran = command(file, "--mock")

    assert ran.code == 0, ran.err
    assert ran.json == {"id": "abc"}
    assert command.server.requests == []


# -- secrets --------------------------------------------------------------------------------------------------------


def test_a_pipe_gets_the_real_outputs_and_the_server_the_real_values(command: Command):
    ran = run_confidential(command)

    assert ran.json == {"token": TOKEN, "id": 1}
    login, use = command.server.requests
    assert login.json["password"] == PASSWORD
    assert use.headers["authorization"] == f"Bearer {TOKEN}"
    assert use.path == f"/use?api_key={KEY}"


@pytest.mark.parametrize("options", [(), ("-v",), ("-q",)])
def test_stderr_shows_no_secret(command: Command, options: tuple[str, ...]):
    ran = run_confidential(command, *options)

    assert ran.code == 0
    assert shows_a_secret(ran.err) == []


def test_reports_show_no_secret(command: Command):
    files = {"--json": "a.json", "--events": "b.ndjson", "--har": "c.har", "--junit": "d.xml", "--record": "e.yaml"}

    ran = run_confidential(command, *(word for pair in files.items() for word in pair))

    assert ran.code == 0
    for file in files.values():
        text = Path(file).read_text()
        assert text
        assert shows_a_secret(text) == [], file
    record = yaml.safe_load(Path("e.yaml").read_text())
    assert record["exchanges"][0]["response"]["body"]["token"].startswith("«secret:")


def test_errors_show_no_secret(command: Command):
    file = confidential(command)
    command.server.on("GET /use", Answer(500, {"error": f"no such token {TOKEN}, key {KEY}"}))

    ran = command.sent(file, "-i", f"password={PASSWORD}", "--auth", f"key={KEY}", "-v", "--junit", "x.xml")

    assert ran.code == 1
    assert shows_a_secret(ran.err) == []
    assert shows_a_secret(Path("x.xml").read_text()) == []


def test_secrets_are_shown_when_asked_for_in_files_only_the_owner_reads(command: Command):
    ran = run_confidential(command, "--show-secrets", "-v", "--json", "a.json", "--har", "b.har")

    assert {PASSWORD, KEY, TOKEN} == set(shows_a_secret(ran.err))
    assert TOKEN in Path("a.json").read_text()
    assert [oct(os.stat(name).st_mode & 0o777) for name in ("a.json", "b.har")] == ["0o600", "0o600"]


def test_a_terminal_sees_masked_outputs_and_how_to_see_them(command: Command):
    arguments = [confidential(command), "-i", f"password={PASSWORD}", "--auth", f"key={KEY}", "-s", command.server.url]

    masked, shown = on_terminal(command, arguments), on_terminal(command, [*arguments, "--show-secrets"])

    assert '"id": 1' in masked
    assert shows_a_secret(masked) == []
    assert masked.rstrip().endswith("masked; pipe it or use --show-secrets")
    assert TOKEN in shown
    assert "masked;" not in shown


def on_terminal(command: Command, arguments: list[str]) -> str:
    controller, worker = pty.openpty()
    process: subprocess.Popen[str] = command.start(*arguments, stdout=worker, stderr=subprocess.PIPE)
    os.close(worker)
    shown = b""
    while True:
        try:
            data = os.read(controller, 4096)
        except OSError:
            break
        if not data:
            break
        shown += data
    os.close(controller)
    _, err = process.communicate(timeout=10)
    assert process.returncode == 0, err
    return shown.decode()


def test_github_is_told_each_secret_before_anything_else_shows_it(command: Command, monkeypatch: Any):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")

    ran = run_confidential(command)

    announced = [line.removeprefix("::add-mask::") for line in ran.err.splitlines() if line.startswith("::add-mask::")]
    assert set(SECRETS) <= set(announced)
    assert ran.json["token"] == TOKEN


def test_a_credential_comes_from_the_environment_or_the_env_file(command: Command, monkeypatch: Any):
    file = confidential(command)
    monkeypatch.setenv("ARAZZO_AUTH_KEY", "from-the-environment")
    command.write(".env", "ARAZZO_AUTH_KEY=from-dot-env\nARAZZO_AUTH_API__KEY=more-specific\n")
    command.write("other.env", "ARAZZO_AUTH_API__KEY='from another'\n")

    command.sent(file, "-i", f"password={PASSWORD}")
    command.sent(file, "-i", f"password={PASSWORD}", "--env-file", "other.env")
    Path(".env").unlink()
    command.sent(file, "-i", f"password={PASSWORD}")
    command.sent(file, "-i", f"password={PASSWORD}", "--auth", "key=from-option")

    keys = [r.path.partition("api_key=")[2] for r in command.server.requests if r.method == "GET"]
    assert keys == ["more-specific", "from%20another", "from-the-environment", "from-option"]


def test_a_wrong_env_file_is_one_line_with_its_place(command: Command):
    command.write(".env", "A=1\nwhat is this\n")

    ran = run_confidential(command)

    assert ran.code == 2
    assert ".env:2:1" in ran.err
    assert command.server.requests == []


def test_a_credential_for_no_scheme_is_refused_with_the_schemes_there_are(command: Command):
    ran = command.sent(confidential(command), "-i", f"password={PASSWORD}", "--auth", "kex=1")

    assert ran.code == 2
    assert "kex" in ran.err
    assert "key" in ran.err
    assert command.server.requests == []


# -- show -----------------------------------------------------------------------------------------------------------


def test_show_lists_what_a_file_holds_without_running_it(command: Command):
    ran = command("show", confidential(command))

    assert ran.code == 0
    for words in ("main", "password (string password, required)", "login: POST", "/use", "token:", "--auth key=KEY"):
        assert words in ran.out
    assert command.server.requests == []


@pytest.mark.parametrize("place", ["header", "cookie", "query"])
def test_a_replay_needs_no_credential_wherever_it_was_sent(command: Command, place: str):
    schemes = {"securitySchemes": {"access": {"type": "apiKey", "in": place, "name": "X-My-Access"}}}
    openapi = openapi_of("get GET /things", components=schemes, security=[{"access": []}])
    file = command.workflow({"steps": [STEP], "outputs": {"id": "$steps.get.outputs.id"}}, openapi=openapi)
    command.server.on("GET /things", {"id": 1})
    ran = command.sent(file, "--auth", f"access={KEY}", "--record", "run.yaml")

    again = command(file, "--replay", "run.yaml")

    assert ran.code == 0
    assert shows_a_secret(Path("run.yaml").read_text()) == []
    assert again.code == 0, again.err

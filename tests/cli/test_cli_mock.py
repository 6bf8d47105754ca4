"""`arazzo-run mock`, and `run --mock --fault`."""

from __future__ import annotations

import json
import re
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from command_line import OK, STEP, Command
from scripted import openapi_of

ROOT = Path(__file__).resolve().parents[2]
AIRBYTE = ROOT / "workflows" / "airbyte-application-token-bootstrap-workflow.yml"
TOKENS = {
    "openapi": "3.0.3",
    "info": {"title": "Tokens", "version": "1"},
    "servers": [{"url": "https://tokens.example.com/v1"}],
    "paths": {
        "/login": {
            "post": {
                "operationId": "login",
                "security": [],
                "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
                "responses": {
                    "200": {
                        "description": "",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["access_token"],
                                    "properties": {"access_token": {"type": "string", "minLength": 12}},
                                }
                            }
                        },
                    }
                },
            }
        },
        "/me": {"get": {"operationId": "me", "responses": {"200": {"description": ""}}}},
    },
    "security": [{"bearer": []}],
    "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
}


class Served:
    """A mock in a process of its own: what it said before it was ready, and its log."""

    def __init__(self, process: subprocess.Popen[str], log: Path, lines: list[str]) -> None:
        self.process = process
        self.log = log
        self.lines = lines

    @property
    def entries(self) -> list[Any]:
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]

    @property
    def sources(self) -> dict[str, str]:
        return dict(self.entries[0]["sources"])

    def requests(self, count: int) -> list[Any]:
        """The requests of the log, once there are so many."""
        deadline = time.monotonic() + 10
        while len(self.entries) <= count and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.entries[1:]

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        self.process.send_signal(number)
        _, err = self.process.communicate(timeout=20)
        return self.process.returncode, "\n".join([*self.lines, err])


@pytest.fixture
def mock(command: Command, tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Start `arazzo-run mock` and wait until it listens."""
    running: list[subprocess.Popen[str]] = []

    def start(*argv: str) -> Served:
        log = tmp_path / f"{len(running)}.ndjson"
        process = command.start("mock", *argv, "--log", str(log))
        running.append(process)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and process.poll() is None:
            if log.exists() and log.read_text("utf-8").endswith("\n"):
                return Served(process, log, [])
            time.sleep(0.02)
        raise AssertionError(process.communicate())

    yield start
    for process in running:
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


# -- the server -------------------------------------------------------------------------------------------------------


def test_a_workflow_runs_against_the_mock_of_its_sources_by_the_line_that_is_printed(
    command: Command, mock: Callable[..., Served]
) -> None:
    served = mock(str(AIRBYTE))

    _, err = served.end()
    line = re.search(r"^run it with: arazzo-run (.*)$", err, re.MULTILINE)
    assert line is not None, err
    again = mock(str(AIRBYTE), "--port", str(httpx.URL(served.entries[0]["url"]).port))
    ran = command(*shlex.split(line[1]), "-i", "applicationName=demo")

    assert ran.code == 0, ran.err
    assert ran.json["accessToken"]
    operations = [entry["operationId"] for entry in again.requests(3)]
    assert operations == ["createApplication", "getApplication", "createAccessToken"]


def test_openapi_files_and_workflows_are_served_together_under_their_names(
    command: Command, mock: Callable[..., Served]
) -> None:
    file = command.simple()
    command.write("pets.openapi.json", {**openapi_of("list GET /pets"), "servers": [{"url": "/base"}]})

    served = mock(file, "pets.openapi.json")

    url = served.entries[0]["url"]
    assert served.sources == {"api": f"{url}/api/unused", "pets-openapi": f"{url}/pets-openapi/base"}
    assert [httpx.get(served.sources["pets-openapi"] + path).status_code for path in ("/pets", "/things")] == [200, 404]
    assert httpx.get(served.sources["api"] + "/things").status_code == 200
    _, err = served.end()
    assert "serving pets-openapi (pets.openapi.json) at " in err
    assert f"run it with: arazzo-run {file} -s api={url}/api/unused" in err


def test_a_source_that_is_missing_is_told_and_left_out(command: Command, mock: Callable[..., Served]) -> None:
    file = command.simple()
    described = json.loads((command.folder / file).read_text("utf-8"))
    described["sourceDescriptions"].append({"name": "gone", "url": "gone.json", "type": "openapi"})
    command.write(file, described)

    served = mock(file)

    assert list(served.sources) == ["api"]
    assert "source 'gone' cannot be loaded: there is no file" in served.end()[1]


def test_without_any_source_nothing_is_served(command: Command) -> None:
    file = command.simple()
    (command.folder / "openapi.json").unlink()

    ran = command("mock", file)

    assert ran.code == 3
    assert "source 'api' cannot be loaded" in ran.err


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["nothing.yaml"], "there is no file nothing.yaml"),
        ([], "the following arguments are required: FILE"),
        (["FILE", "--port", "70000"], "argument --port"),
        (["FILE", "--port", "x"], "argument --port"),
        (["FILE", "--stateful", "often"], "argument --stateful"),
        (["FILE", "--fault", "gett=503"], "--fault gett: no operation has that name (did you mean 'get'"),
        (["FILE", "--fault", "get=soon"], "is not of the form"),
        (["FILE", "--rate-limit", "5"], "--rate-limit 5 is not of the form N/TIME"),
        (["FILE", "--latency", "slow"], "--latency: 'slow' is no time"),
        (["FILE", "--source", "other=x.json"], "--source other: no source description has that name"),
        (["FILE", "--host", "256.1.1.1"], "cannot listen on 256.1.1.1"),
        (["FILE", "--log", "no/such/folder"], "--log no/such/folder cannot be written"),
    ],
)
def test_what_cannot_be_served_is_one_line(command: Command, argv: list[str], message: str) -> None:
    file = command.simple()

    ran = command("mock", *(file if word == "FILE" else word for word in argv))

    assert ran.code == 2
    assert len(ran.err.splitlines()) == 1, ran.err
    assert message in ran.err


def test_a_port_in_use_is_one_line(command: Command) -> None:
    file = command.simple()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        ran = command("mock", file, "--port", str(taken.getsockname()[1]))

    assert ran.code == 2
    assert ran.err.endswith("in use (--port 0 takes a free one)\n")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_it_ends_cleanly(command: Command, mock: Callable[..., Served], number: int, code: int) -> None:
    served = mock(command.simple())
    httpx.get(served.sources["api"] + "/things")

    ended, err = served.end(number)

    assert ended == code
    assert "Traceback" not in err


def test_the_seed_decides_the_values_and_nothing_else_does(command: Command, mock: Callable[..., Served]) -> None:
    def answers(*argv: str) -> list[str]:
        served = mock("tokens.json", *argv)
        return [httpx.post(served.sources["tokens"] + "/login", json={}).text for _ in range(2)]

    command.write("tokens.json", TOKENS)

    assert answers("--seed", "7") == answers("--seed", "7")
    assert answers("--seed", "7") != answers()


def test_with_require_auth_a_minted_token_is_accepted_and_no_credentials_are_401(
    command: Command, mock: Callable[..., Served]
) -> None:
    command.write("tokens.json", TOKENS)
    served = mock("tokens.json", "--require-auth")
    url = served.sources["tokens"]

    token = httpx.post(url + "/login", json={}).json()["access_token"]
    statuses = [
        httpx.get(url + "/me", headers=headers).status_code
        for headers in ({}, {"Authorization": f"Bearer {token}"}, {"Authorization": "Bearer another"})
    ]

    assert statuses == [401, 200, 401]


def test_strict_and_faults_and_rates_are_taken_from_the_command_line(
    command: Command, mock: Callable[..., Served]
) -> None:
    command.write("api.json", openapi_of("get GET /things", "post POST /things", "one GET /things/{id}"))
    served = mock("api.json", "--stateful", "strict", "--fault", "get#1=503", "--rate-limit", "3/1h")
    url = served.sources["api"]

    answers = [httpx.get(url + path) for path in ("/things/1", "/things", "/things", "/things")]

    assert [answer.status_code for answer in answers] == [404, 503, 200, 429]
    assert int(answers[3].headers["Retry-After"]) in (3599, 3600)
    assert [entry["fault"] for entry in served.requests(4)] == [None, "503", None, None]


# -- its log ----------------------------------------------------------------------------------------------------------


def test_the_log_has_every_request_with_what_was_wrong_and_no_secrets(
    command: Command, mock: Callable[..., Served]
) -> None:
    command.write("tokens.json", TOKENS)
    served = mock("tokens.json", "-v")
    url = served.sources["tokens"]
    httpx.post(url + "/login", json={"password": "correct-horse"})
    httpx.get(url + "/me?api_key=abcdef123456", headers={"Authorization": "Bearer abcdef123456"})
    httpx.get(url + "/nowhere")

    first, second, third = served.requests(3)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first.pop("time"))
    assert first.pop("durationMs") < 5000
    assert first == {
        "type": "request",
        "method": "POST",
        "url": f"{url}/login",
        "source": "tokens",
        "operationId": "login",
        "path": "/login",
        "status": 200,
        "problems": [],
        "fault": None,
    }
    assert second["url"] == f"{url}/me?api_key=***"
    assert (third["operationId"], third["problems"]) == (None, ["no operation is GET /v1/nowhere"])
    assert "correct-horse" not in served.log.read_text("utf-8")
    _, err = served.end()
    assert "POST" in err
    assert "  no operation is GET /v1/nowhere" in err
    assert "correct-horse" not in err
    assert "abcdef123456" not in err


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded"])
def test_a_secret_that_a_problem_quotes_is_masked(
    command: Command, mock: Callable[..., Served], content_type: str
) -> None:
    described = json.loads(json.dumps(TOKENS))
    schema = {"type": "object", "properties": {"password": {"type": "string", "minLength": 20}}}
    described["paths"]["/login"]["post"]["requestBody"]["content"] = {content_type: {"schema": schema}}
    command.write("tokens.json", described)
    served = mock("tokens.json")
    body = {"json" if "json" in content_type else "data": {"password": "correct-horse"}}

    answer = httpx.post(served.sources["tokens"] + "/login", **body)  # type: ignore[arg-type]

    assert answer.status_code == 400
    (entry,) = served.requests(1)
    assert entry["problems"] == ["/password: '***' is too short"] or "***" in entry["problems"][0]
    assert "correct-horse" not in served.log.read_text("utf-8") + served.end()[1]


def test_a_log_with_secrets_shown_is_for_its_owner_only(command: Command, mock: Callable[..., Served]) -> None:
    served = mock(command.simple(), "--show-secrets")
    httpx.get(served.sources["api"] + "/things?api_key=abcdef123456")

    assert served.requests(1)[0]["url"].endswith("?api_key=abcdef123456")
    assert served.log.stat().st_mode & 0o077 == 0


def test_the_log_may_go_to_standard_output(command: Command) -> None:
    file = command.simple()
    process = command.start("mock", file, "--log", "-", "-q")
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        first = json.loads(process.stdout.readline())
        httpx.get(first["sources"]["api"] + "/things")
        second = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=20)
    finally:
        process.kill()

    assert (first["type"], second["status"]) == ("listening", 200)
    assert "-> 200" not in err


# -- in process -------------------------------------------------------------------------------------------------------

RETRYING = {
    "steps": [
        {
            **STEP,
            "successCriteria": OK,
            "onFailure": [{"name": "again", "type": "retry", "retryAfter": 0, "retryLimit": 2}],
        }
    ],
    "outputs": {"id": "$steps.get.outputs.id"},
}


def test_a_fault_of_a_step_is_retried_and_counted_for_each_run(command: Command) -> None:
    file = command.workflow(RETRYING)

    enough = command(file, "--mock", "--fault", "get=503x2")
    too_many = command(file, "--mock", "--fault", "get=503x3")
    second_only = command(file, "--mock", "--fault", "get#2=503")

    assert [ran.code for ran in (enough, too_many, second_only)] == [0, 1, 0]
    assert enough.err.count(" 503 ") >= 2
    assert " 503 " not in second_only.err


def test_a_dropped_connection_may_have_carried_out_the_request(command: Command) -> None:
    ran = command(command.simple(), "--mock", "--fault", "get=drop", "--json", "-")

    assert ran.code == 4
    assert ran.json["reason"] == "transport"
    assert "closed the connection without an answer (--fault)" in ran.err
    assert "the request may have been carried out" in ran.err


def test_a_delay_beyond_the_timeout_is_a_timeout_and_lasts_no_longer(command: Command) -> None:
    started = time.monotonic()

    ran = command(command.simple(), "--mock", "--timeout", "0.2", "--fault", "get=delay=1h")

    assert ran.code == 4
    assert "within 0.2 s" in ran.err
    assert time.monotonic() - started < 5


def test_a_delay_within_the_timeout_is_only_waited_for(command: Command) -> None:
    started = time.monotonic()

    assert command(command.simple(), "--mock", "--fault", "get=delay=200ms").code == 0
    assert time.monotonic() - started >= 0.2


def test_a_malformed_body_fails_what_reads_it(command: Command) -> None:
    ran = command(command.simple(), "--mock", "--fault", "get=malformed")

    assert "says it is JSON and is not" in ran.err
    assert ran.json == {}


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--fault", "get=503"], "--fault is for the mock (add --mock)"),
        (["--dry-run", "--fault", "get=503"], "--fault is for the mock (add --mock)"),
        (["--mock", "--fault", "gte=503"], "--fault gte: no step has that name (did you mean 'get'?)"),
        (["--mock", "--fault", "get"], "is not of the form"),
    ],
)
def test_a_fault_that_cannot_be_is_one_line(command: Command, argv: list[str], message: str) -> None:
    ran = command(command.simple(), *argv)

    assert ran.code == 2
    assert len(ran.err.splitlines()) == 1, ran.err
    assert message in ran.err

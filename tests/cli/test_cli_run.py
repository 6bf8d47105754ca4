"""What a run tells: outputs on stdout, exit codes, progress on stderr, limits, signals (interface, "Exit codes")."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from command_line import OK, STEP, Command
from scripted import Answer, openapi_of
from wires import Wire, free_port, self_signed, server_context

import arazzo_runner
from arazzo_runner.cli import main

FAILS = {"criteria": Answer(500, {"error": "broken"}), "action": Answer(404, {"error": "no"})}


# -- the command itself ---------------------------------------------------------------------------------------------


def test_version_and_help_are_on_stdout(command: Command):
    version, help_ = command("--version"), command("--help")

    assert (version.code, version.out) == (0, f"arazzo-run {arazzo_runner.__version__}\n")
    assert help_.code == 0
    assert all(option in help_.out for option in ("--dry-run", "--replay", "--show-secrets", "--follow-redirects"))


def test_version_after_other_words_is_the_version(command: Command):
    assert command("run", "--version").out == f"arazzo-run {arazzo_runner.__version__}\n"


def test_without_a_file_the_help_is_shown(command: Command):
    ran = command()

    assert ran.code == 2
    assert "usage: arazzo-run" in ran.err


def test_run_is_the_command_when_there_is_none(command: Command):
    file = command.simple()
    command.server.on("GET /things", {"id": 7})

    short, long = command.sent(file), command.sent("run", file)

    assert (short.code, long.code) == (0, 0)
    assert short.json == long.json == {"id": 7}


def test_a_file_with_the_name_of_a_command_is_reached_by_a_path(command: Command):
    command.simple(name="get")
    os.rename("main.arazzo.json", "check")
    command.server.on("GET /things", {"id": 7})

    assert command.sent("./check").json == {"id": 7}


@pytest.mark.parametrize(
    "argv",
    [
        ["FILE", "--nonsense"],
        ["FILE", "--timeout", "soon"],
        ["FILE", "--timeout", "0"],
        ["FILE", "--timeout", "nan"],
        ["FILE", "--max-steps", "0"],
        ["FILE", "--contract", "perhaps"],
        ["FILE", "--mock", "--dry-run"],
        ["FILE", "--strict", "--lenient"],
        ["FILE", "-s", "ftp://host/"],
        ["FILE", "-s", "host"],
        ["FILE", "--source", "justaname"],
        ["FILE", "--auth", "justascheme"],
        ["FILE", "second.yaml"],
        ["FILE", "-w"],
        ["FILE", "--time", "1"],
    ],
)
def test_a_wrong_option_is_one_line_and_sends_nothing(command: Command, argv: list[str]):
    file = command.simple()

    ran = command.sent(*(file if word == "FILE" else word for word in argv))

    assert ran.code == 2
    assert ran.out == ""
    assert len(ran.err.splitlines()) == 1, ran.err
    assert ran.err.startswith("arazzo-run: ")
    assert command.server.requests == []


def test_main_is_a_function_for_programs_too(command: Command):
    assert main(["--version"]) == 0


# -- outputs --------------------------------------------------------------------------------------------------------


def test_stdout_is_the_outputs_object_and_nothing_else(command: Command):
    file = command.simple()
    command.server.on("GET /things", {"id": {"deep": [1, None, "ü"]}})

    ran = command.spawn(file, "-s", command.server.url)

    assert ran.code == 0
    assert ran.json == {"id": {"deep": [1, None, "ü"]}}
    assert "get" in ran.err
    assert "GET" in ran.err
    assert "200" in ran.err


@pytest.mark.parametrize("kind", sorted(FAILS))
def test_a_failed_run_leaves_an_empty_object(command: Command, kind: str):
    fails = [{"name": "stop", "type": "end"}] if kind == "action" else []
    file = command.simple(successCriteria=OK, onFailure=fails)
    command.server.on("GET /things", FAILS[kind])

    ran = command.sent(file)

    assert ran.code == 1
    assert ran.json == {}
    assert "$statusCode == 200" in ran.err
    assert FAILS[kind].body.decode() in ran.err
    assert "Traceback" not in ran.err


def test_a_missing_output_is_left_out_and_said(command: Command):
    file = command.simple()
    command.server.on("GET /things", {"other": 1})

    ran = command.sent(file)

    assert ran.code == 0
    assert ran.json == {}
    assert "'id'" in ran.err


def test_quiet_says_nothing_of_a_run_that_succeeds_and_why_one_failed(command: Command):
    file = command.simple(successCriteria=OK)
    command.server.on("GET /things", {"id": 1}, Answer(500, {"error": "broken"}))

    good, bad = command.sent(file, "-q"), command.sent(file, "-q")

    assert (good.code, good.err, good.json) == (0, "", {"id": 1})
    assert (bad.code, bad.json) == (1, {})
    assert "$statusCode == 200" in bad.err


def test_verbose_shows_headers_and_bodies_cut_to_four_kilobytes(command: Command):
    body = {"text": "x" * 20_000}
    file = command.workflow(
        {"steps": [{"stepId": "post", "operationId": "post", "requestBody": {"payload": {"a": "sent"}}}]}
    )
    command.server.on("POST /things", Answer(200, body, headers={"X-Answer": "here"}))

    ran = command.sent(file, "-v")

    assert ran.code == 0
    assert "x-answer: here" in ran.err.lower()
    assert '"sent"' in ran.err
    assert "Content-Type: application/json" in ran.err
    assert 4000 < ran.err.count("x" * 1) < 5000


# -- exit codes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_credential_is_a_failed_run_with_advice(command: Command, status: int):
    schemes = {"components": {"securitySchemes": {"main key": {"type": "apiKey", "in": "header", "name": "X-Key"}}}}
    openapi = openapi_of("get GET /things", **schemes, security=[{"main key": []}])
    file = command.workflow({"steps": [{**STEP, "successCriteria": OK}]}, openapi=openapi)
    command.server.on("GET /things", Answer(status, {"error": "who?"}))

    ran = command.sent(file)

    assert ran.code == 1
    assert "'main key' (apiKey in header X-Key)" in ran.err
    assert "--auth 'main key=KEY'" in ran.err
    assert "ARAZZO_AUTH_MAIN_KEY=KEY" in ran.err


def test_nobody_listening_is_exit_4(command: Command):
    ran = command(command.simple(), "-s", f"http://127.0.0.1:{free_port()}")

    assert ran.code == 4
    assert ran.json == {}
    assert "refused" in ran.err
    assert "-s" in ran.err
    assert "Traceback" not in ran.err


def test_an_unknown_host_is_exit_4(command: Command):
    ran = command(command.simple(), "-s", "http://no-such-host.invalid")

    assert ran.code == 4
    assert "no-such-host.invalid" in ran.err


def test_a_slow_answer_is_exit_4_and_names_the_option(command: Command):
    command.server.on("GET /things", Answer(200, {}, delay=2))

    started = time.monotonic()
    ran = command.sent(command.simple(), "--timeout", "0.2")

    assert time.monotonic() - started < 1.5
    assert ran.code == 4
    assert "0.2 s" in ran.err
    assert "--timeout" in ran.err


def test_an_answer_that_breaks_off_is_exit_4(command: Command):
    command.server.on("GET /things", Answer(drop=True))

    ran = command.sent(command.simple())

    assert ran.code == 4
    assert "may have been carried out" in ran.err


def test_an_action_that_handles_the_missing_answer_decides_instead(command: Command):
    file = command.workflow(
        {
            "steps": [
                {**STEP, "onFailure": [{"name": "on", "type": "goto", "stepId": "second"}]},
                {"stepId": "second", "operationId": "post"},
            ]
        }
    )
    command.server.on("GET /things", Answer(drop=True))
    command.server.on("POST /things", {})

    assert command.sent(file).code == 0


def test_a_certificate_nobody_signed_is_exit_4_unless_insecure(command: Command, tmp_path: Path):
    wire = Wire(b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"id":1}', tls=server_context(self_signed(tmp_path)))
    file = command.simple()
    try:
        refused = command(file, "-s", wire.url)
        accepted = command(file, "-s", wire.url, "--insecure")
    finally:
        wire.close()

    assert refused.code == 4
    assert "certificate" in refused.err
    assert "--insecure" in refused.err
    assert accepted.code == 0, accepted.err
    assert accepted.json == {"id": 1}
    assert len(wire.requests) == 1


def test_a_certificate_for_the_client_that_cannot_be_loaded_is_a_wrong_option(command: Command):
    ran = command(command.simple(), "-s", "https://127.0.0.1:1", "--cert", "absent.pem")

    assert ran.code == 2
    assert "absent.pem" in ran.err
    assert "Traceback" not in ran.err


def test_a_body_above_the_bound_is_exit_4_and_says_which_bound(command: Command):
    command.write(".arazzo-run.toml", "max-body = 1000\n")
    command.server.on("GET /things", Answer(200, {"id": "x" * 2000}))

    ran = command.sent(command.simple())

    assert ran.code == 4
    assert "1000 bytes" in ran.err
    assert "max_body" in ran.err


def test_the_bound_on_steps_is_exit_1_and_names_its_option(command: Command):
    again = [{"name": "again", "type": "goto", "stepId": "get"}]
    command.server.on("GET /things", {})

    ran = command.sent(command.simple(onSuccess=again), "--max-steps", "3")

    assert ran.code == 1
    assert len(command.server.requests) == 3
    assert "--max-steps" in ran.err


def test_the_bound_on_time_is_exit_1_and_names_its_option(command: Command):
    again = [{"name": "again", "type": "retry", "retryAfter": 100, "retryLimit": 5}]
    command.server.on("GET /things", Answer(503))

    started = time.monotonic()
    ran = command.sent(command.simple(successCriteria=OK, onFailure=again), "--max-time", "0.5")

    assert time.monotonic() - started < 2
    assert ran.code == 1
    assert "--max-time" in ran.err


def test_an_answer_that_breaks_the_contract_warns_or_fails(command: Command):
    openapi = openapi_of("get GET /things")
    openapi["paths"]["/things"]["get"]["responses"]["200"]["content"] = {
        "application/json": {"schema": {"type": "object", "properties": {"id": {"type": "integer"}}}}
    }
    file = command.workflow({"steps": [STEP], "outputs": {"id": "$steps.get.outputs.id"}}, openapi=openapi)
    command.server.on("GET /things", {"id": "text"})

    plain, warned, failed = (
        command.sent(file, *options) for options in ((), ("--contract", "warn"), ("--contract", "error"))
    )

    assert (plain.code, warned.code, failed.code) == (0, 0, 1)
    assert "warning" in warned.err
    assert "id" in warned.err
    assert "warning" not in plain.err
    assert plain.json == warned.json == failed.json == {"id": "text"}


def test_an_internal_error_is_exit_70_without_a_traceback(command: Command, monkeypatch: pytest.MonkeyPatch):
    def broken(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("arazzo_runner.api.load_with", broken)
    monkeypatch.setattr("arazzo_runner.cli.run.load_with", broken)

    quiet, verbose = command("x.yaml"), command("x.yaml", "-v")

    assert quiet.code == verbose.code == 70
    assert "our bug" in quiet.err
    assert "Traceback" not in quiet.err
    assert len(quiet.err.splitlines()) == 1
    assert "Traceback" in verbose.err


# -- workflows ------------------------------------------------------------------------------------------------------


def test_one_of_several_workflows_has_to_be_named(command: Command):
    file = command.workflow({"steps": [STEP]}, {"workflowId": "other", "steps": [STEP]})
    command.server.on("GET /things", {})

    unnamed, wrong, named = command.sent(file), command.sent(file, "-w", "othr"), command.sent(file, "-w", "other")

    assert (unnamed.code, wrong.code, named.code) == (2, 2, 0)
    assert "main, other" in unnamed.err
    assert "-w" in unnamed.err
    assert "'other'" in wrong.err
    assert unnamed.out == wrong.out == ""
    assert len(command.server.requests) == 1


# -- servers --------------------------------------------------------------------------------------------------------


def test_a_server_is_replaced_by_name_or_by_variable(command: Command):
    openapi = openapi_of("get GET /things")
    openapi["servers"] = [{"url": "http://{host}/v1", "variables": {"host": {"default": "nowhere.invalid"}}}]
    file = command.workflow({"steps": [STEP]}, openapi=openapi)
    host = command.server.url.removeprefix("http://")
    command.server.on("GET /things", {})
    command.server.on("GET /v1/things", {})

    named = command(file, "-s", f"api={command.server.url}")
    variable = command(file, "-s", f"api.host={host}")

    assert (named.code, variable.code) == (0, 0)
    assert command.server.lines == ["GET /things", "GET /v1/things"]


@pytest.mark.parametrize("option", ["nosuch=http://127.0.0.1:1", "nosuch.host=x"])
def test_a_server_for_no_source_is_refused(command: Command, option: str):
    ran = command(command.simple(), "-s", option)

    assert ran.code == 2
    assert "nosuch" in ran.err
    assert "sources: api" in ran.err
    assert ran.out == ""


def test_a_server_for_two_sources_needs_a_name(command: Command):
    file = command.workflow({"steps": [STEP, {"stepId": "other", "operationId": "$sourceDescriptions.second.post"}]})
    description = json.loads(Path(file).read_text())
    description["sourceDescriptions"].append({"name": "second", "url": "openapi.json", "type": "openapi"})
    description["workflows"][0]["steps"][0]["operationId"] = "$sourceDescriptions.api.get"
    command.write(file, description)
    command.server.on("GET /things", {}).on("POST /b/things", {})
    url = command.server.url

    unnamed, named = command(file, "-s", url), command(file, "-s", f"api={url}", "-s", f"second={url}/b")

    assert unnamed.code == 2
    assert "api, second" in unnamed.err
    assert named.code == 0, named.err
    assert command.server.lines == ["GET /things", "POST /b/things"]


def test_a_server_with_an_equals_sign_in_its_query_is_a_url(command: Command):
    ran = command(command.simple(), "-s", f"{command.server.url}/base?x=1")

    assert ran.code in (1, 2, 4)
    assert "Traceback" not in ran.err


def test_a_source_that_moved_is_named(command: Command):
    file = command.simple()
    Path("elsewhere").mkdir()
    os.rename("openapi.json", "elsewhere/moved.json")
    command.server.on("GET /things", {"id": 1})

    missing, named = command.sent(file), command.sent(file, "--source", "api=elsewhere/moved.json")

    assert missing.code == 3
    assert "openapi.json" in missing.err
    assert "--source api=elsewhere/moved.json defines 1 of 1" in missing.err
    assert named.code == 0, named.err


def test_the_root_bounds_local_sources(command: Command, tmp_path: Path):
    outside = tmp_path / "outside.json"
    file = command.simple()
    os.rename("openapi.json", outside)
    command.server.on("GET /things", {"id": 1})

    Path(".git").mkdir()
    refused = command.sent(file, "--source", "api=../outside.json")
    allowed = command.sent(file, "--source", "api=../outside.json", "--root", str(tmp_path))

    assert refused.code == 3
    assert "outside.json" in refused.err
    assert "--root" in refused.err
    assert allowed.code == 0, allowed.err


# -- policy ---------------------------------------------------------------------------------------------------------


def test_redirects_are_followed_only_when_asked_for(command: Command):
    command.server.on("GET /things", Answer(302, headers={"Location": "/moved"}))
    command.server.on("GET /moved", {"id": 1})
    file = command.simple()

    plain, followed = command.sent(file), command.sent(file, "--follow-redirects")

    assert plain.json == {}
    assert followed.json == {"id": 1}
    assert command.server.lines == ["GET /things", "GET /things", "GET /moved"]


def test_cookies_are_kept_only_when_asked_for_and_only_within_a_run(command: Command):
    file = command.workflow({"steps": [STEP, {**STEP, "stepId": "again"}]})
    command.server.on("GET /things", Answer(200, {}, headers={"Set-Cookie": "session=abc; Path=/"}))

    command.sent(file)
    command.sent(file, "--cookies")

    assert [r.headers.get("cookie") for r in command.server.requests] == [None, None, None, "session=abc"]


def test_only_allowed_hosts_are_sent_to(command: Command):
    command.server.on("GET /things", {"id": 1})
    file = command.simple()

    refused, allowed = (
        command.sent(file, "--allow-host", "example.com"),
        command.sent(file, "--allow-host", "127.0.0.1"),
    )

    assert refused.code == 4
    assert "--allow-host 127.0.0.1" in refused.err
    assert allowed.code == 0
    assert len(command.server.requests) == 1


def test_a_proxy_gets_the_requests(command: Command):
    wire = Wire(b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"id":1}')
    try:
        ran = command(command.simple(), "-s", "http://api.invalid", "--proxy", wire.url)
    finally:
        wire.close()

    assert ran.json == {"id": 1}, ran.err
    assert wire.lines == ["GET http://api.invalid/things HTTP/1.1"]


# -- compatibility --------------------------------------------------------------------------------------------------


def test_a_common_form_outside_the_specification_warns_and_strict_refuses_it(command: Command):
    inputs = {"type": "object", "properties": {"token": {"type": "string"}}}
    step = {**STEP, "parameters": [{"name": "Authorization", "in": "header", "value": "Bearer $inputs.token"}]}
    file = command.workflow({"inputs": inputs, "steps": [step]})
    command.server.on("GET /things", {})

    auto, strict = (command.sent(file, "-i", "token=abcdef", *options) for options in ((), ("--strict",)))

    assert auto.code == 0, auto.err
    assert "warning" in auto.err
    assert "{$inputs.token}" in auto.err
    assert command.server.requests[0].headers["authorization"] == "Bearer abcdef"
    if strict.code == 0:  # read to the letter, it is a literal
        assert command.server.requests[1].headers["authorization"] == "Bearer $inputs.token"


# -- signals --------------------------------------------------------------------------------------------------------


def test_ctrl_c_ends_with_130_and_still_reports_what_ran(command: Command):
    file = command.workflow({"steps": [STEP, {"stepId": "slow", "operationId": "post"}]})
    command.server.on("GET /things", {"id": 1})
    command.server.on("POST /things", Answer(200, {}, delay=3))
    process = command.start(file, "-s", command.server.url, "--json", "report.json")
    deadline = time.monotonic() + 10
    while len(command.server.requests) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)

    process.send_signal(signal.SIGINT)
    started = time.monotonic()
    out, err = process.communicate(timeout=10)

    assert time.monotonic() - started < 2
    assert process.returncode == 130, err
    assert out == "{}\n"
    assert "interrupted" in err
    assert "slow" in err
    assert "Traceback" not in err
    assert '"interrupted"' in Path("report.json").read_text()


def test_ctrl_c_while_waiting_for_a_retry_ends_at_once(command: Command):
    again = [{"name": "again", "type": "retry", "retryAfter": 30, "retryLimit": 5}]
    command.server.on("GET /things", Answer(503))
    process = command.start(command.simple(successCriteria=OK, onFailure=again), "-s", command.server.url)
    deadline = time.monotonic() + 10
    while not command.server.requests and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.3)

    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=5)

    assert process.returncode == 130, err
    assert "Traceback" not in err


def test_a_reader_that_goes_away_is_no_error(command: Command):
    file = command.simple()
    command.server.on("GET /things", {"id": "x" * 500_000})
    process = command.start(file, "-s", command.server.url)

    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(timeout=10)

    assert process.returncode in (0, 1)
    assert "Traceback" not in err
    assert "internal error" not in err
    assert "Exception ignored" not in err


def test_the_command_is_installed_by_name():
    script = Path(sys.executable).with_name("arazzo-run")
    if not script.exists():
        pytest.skip("the package is not installed")

    ran = subprocess.run([script, "--version"], capture_output=True, text=True, timeout=20, check=False)

    assert ran.stdout.startswith("arazzo-run ")

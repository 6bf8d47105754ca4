"""Bad input: each kind is one clear line with its place, the right exit code, and nothing is sent."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from command_line import OK, STEP, Command, Ran
from scripted import Answer, openapi_of

PLACE = re.compile(r"^(?P<file>[^\s:]+):(?P<line>\d+):(?P<column>\d+): error( ARZ\d{3})?: .+")
VALID = """\
arazzo: 1.0.1
info: {title: t, version: "1"}
sourceDescriptions:
- {name: api, url: openapi.json, type: openapi}
workflows:
- workflowId: main
  steps:
  - stepId: get
    operationId: get
"""


def refused(ran: Ran, command: Command, place: str, *words: str) -> None:
    """One error, at this place, with these words; exit 3, nothing sent, nothing on stdout."""
    assert ran.code == 3, ran.err
    assert ran.out == ""
    assert command.server.requests == []
    assert "Traceback" not in ran.err
    errors = [line for line in ran.err.splitlines() if PLACE.match(line)]
    assert len(errors) == 1, ran.err
    assert errors[0].startswith(place), ran.err
    assert all(word in errors[0] for word in words), ran.err


def changed(command: Command, old: str, new: str, **parts: Any) -> Ran:
    """Run the valid description with one text replaced."""
    command.write("openapi.json", parts.get("openapi") or openapi_of("get GET /things", "post POST /things"))
    assert old in VALID
    command.write("main.yaml", VALID.replace(old, new))
    return command.sent("main.yaml")


def test_the_description_the_others_are_made_of_runs(command: Command):
    command.server.on("GET /things", {})

    assert changed(command, "t,", "t,").code == 0


# -- unreadable texts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("arazzo: 1.0.1\ninfo: {title: t\nworkflows: []\n", "main.yaml:3:", []),
        ("arazzo: 1.0.1\n\tinfo: x\n", "main.yaml:2:1", []),
        ("arazzo: 1.0.1\ninfo:\n  title: t\n  title: u\n", "main.yaml:4:3", ["title"]),
        ("arazzo: *nothing\n", "main.yaml:1:9", ["nothing"]),
        ("arazzo: !!python/object:os.system x\n", "main.yaml:1:9", []),
        ("", "main.yaml:1:1", []),
        ("just text\n", "main.yaml:1:1", []),
        ("- 1\n", "main.yaml:1:1", []),
        ("openapi: 3.1.0\n", "main.yaml:1:1", []),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b\n", "main.yaml:", []),
        ("arazzo: 1.0.1\n---\narazzo: 1.0.1\n", "main.yaml:2:1", []),
    ],
)
def test_malformed_yaml_is_told_with_its_place(command: Command, text: str, place: str, words: list[str]):
    command.write("main.yaml", text)

    refused(command.sent("main.yaml"), command, place, *words)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ('{"arazzo": "1.0.1",\n "info": }', "main.json:2:10", []),
        ('{"arazzo": "1.0.1",\n "arazzo": "1.0.1"}', "main.json:2:2", ["arazzo"]),
        ('{"arazzo": "1.0.1"', "main.json:1:", []),
        ('{"arazzo": "1.0.1"} x', "main.json:1:21", []),
    ],
)
def test_malformed_json_is_told_with_its_place(command: Command, text: str, place: str, words: list[str]):
    command.write("main.json", text)

    refused(command.sent("main.json"), command, place, *words)


@pytest.mark.parametrize("data", [b"arazzo: \xff\xfe\xfd\n", b"\x00\x01\x02", b"\x1f\x8b\x08\x00gzip"])
def test_a_file_that_is_no_text_is_told(command: Command, data: bytes):
    command.write("main.yaml", data)

    ran = command.sent("main.yaml")

    assert ran.code == 3
    assert "main.yaml" in ran.err
    assert "Traceback" not in ran.err


def test_a_file_that_is_nested_too_deep_is_told(command: Command):
    command.write("main.json", "[" * 100_000)

    ran = command.sent("main.json")

    assert ran.code == 3
    assert "main.json:1:" in ran.err
    assert "200" in ran.err


def test_a_file_that_expands_without_end_is_told(command: Command):
    lines = ["a0: &a0 [x]"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    command.write("main.yaml", "\n".join(lines))

    ran = command.sent("main.yaml")

    assert ran.code == 3
    assert "main.yaml:" in ran.err
    assert "alias" in ran.err


# -- missing and unreadable files -----------------------------------------------------------------------------------


def test_a_file_that_is_not_there_is_told_with_the_one_meant(command: Command):
    command.simple()

    ran = command.sent("main.arazzo.jsn")

    assert ran.code == 2
    assert "there is no file main.arazzo.jsn" in ran.err
    assert "main.arazzo.json" in ran.err.replace("main.arazzo.jsn ", "")
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize("name", [".", "openapi.json/x", "x" * 5000])
def test_a_file_that_cannot_be_opened_is_one_line(command: Command, name: str):
    command.simple()

    ran = command.sent(name)

    assert ran.code == 2, ran.err
    assert len(ran.err.splitlines()) == 1
    assert "Traceback" not in ran.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_without_permission_is_one_line(command: Command):
    file = command.simple()
    os.chmod(file, 0)

    ran = command.sent(file)

    assert ran.code == 2
    assert "Permission denied" in ran.err


def test_a_source_that_is_not_there_is_told_at_its_url(command: Command):
    ran = changed(command, "openapi.json", "elsewhere.json")

    refused(ran, command, "main.yaml:4:20", "api", "elsewhere.json")


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ('{"openapi": "3.1.0",}', "openapi.json:1:"),
        ('{"openapi": "3.1.0", "openapi": "3.1.0"}', "openapi.json:1:"),
        ("", "openapi.json:1:1"),
        ('{"swagger": "1.2"}', "openapi.json:1:"),
        ('{"openapi": "4.0.0", "paths": {}}', "openapi.json:1:"),
        ('{"hello": "world"}', "main.yaml:4:20"),
        ('{"asyncapi": "3.0.0"}', "main.yaml:4:"),
    ],
)
def test_a_source_that_cannot_be_used_is_told(command: Command, content: str, place: str):
    command.write("openapi.json", content)
    command.write("main.yaml", VALID)

    ran = command.sent("main.yaml")

    assert ran.code == 3, ran.err
    assert ran.err.splitlines()[0].startswith(place), ran.err
    assert command.server.requests == []
    assert "Traceback" not in ran.err


def test_a_remote_source_that_does_not_answer_is_exit_4(command: Command):
    url = f"{command.server.url}/openapi.json"
    ran = changed(command, "openapi.json", url)

    assert ran.code == 4
    assert ran.out == ""
    assert ran.err.startswith("main.yaml:4:20: ")
    assert "404" in ran.err
    assert command.server.lines == ["GET /openapi.json"]


def test_a_remote_source_is_fetched(command: Command):
    command.server.on("GET /openapi.json", openapi_of("get GET /things")).on("GET /things", {})

    ran = changed(command, "openapi.json", f"{command.server.url}/openapi.json")

    assert ran.code == 0, ran.err
    assert command.server.lines == ["GET /openapi.json", "GET /things"]


# -- what the description says --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("arazzo: 1.0.1", "arazzo: 2.0.0", "main.yaml:1:9", ["2.0.0"]),
        ("arazzo: 1.0.1", "arazzo: 1.0", "main.yaml:1:9", ["1.0"]),
        ("arazzo: 1.0.1", "arazzo: [1]", "main.yaml:1:9", []),
        ("operationId: get", "operationId: gte", "main.yaml:9:18", ["'gte'", "'get'"]),
        ("operationId: get", "operationPath: '{$sourceDescriptions.api.url}#/paths/~1thing/get'", "main.yaml:9:", []),
        ("operationId: get", "operationId: $sourceDescriptions.ape.get", "main.yaml:9:18", ["ape", "api"]),
        ("operationId: get", "workflowId: other", "main.yaml:9:17", ["other"]),
        ("operationId: get", "operatonId: get", "main.yaml:", []),
        (
            "operationId: get",
            "operationId: get\n    onSuccess: [{name: a, type: goto, stepId: gett}]",
            "main.yaml:10:",
            ["gett"],
        ),
        ("operationId: get", "operationId: get\n    onFailure: [{name: a, type: again}]", "main.yaml:10:", ["again"]),
        ("operationId: get", "operationId: get\n    outputs: {a: $steps.gte.outputs.b}", "main.yaml:10:", ["gte"]),
        ("operationId: get", "operationId: get\n    outputs: {a: $response.bdy}", "main.yaml:10:18", ["$response."]),
        (
            "operationId: get",
            "operationId: get\n    successCriteria: [{condition: $statusCode = 200}]",
            "main.yaml:10:",
            ["=="],
        ),
        (
            "operationId: get",
            "operationId: get\n    successCriteria: [{context: $response.body, type: regex, condition: '['}]",
            "main.yaml:10:",
            [],
        ),
        (
            "operationId: get",
            "operationId: get\n    successCriteria: [{context: $response.body, type: jsonpath, condition: '$['}]",
            "main.yaml:10:",
            [],
        ),
        ("- stepId: get\n", "- stepId: get\n    operationId: post\n  - stepId: get\n", "main.yaml:10:", ["get"]),
        ("stepId: get", "stepId: 7", "main.yaml:8:", []),
        ('info: {title: t, version: "1"}', "info: text", "main.yaml:2:7", []),
        ("  steps:\n  - stepId: get\n    operationId: get\n", "  steps: []\n", "main.yaml:7:", []),
    ],
)
def test_what_cannot_be_carried_out_is_refused_at_its_place(
    command: Command, old: str, new: str, place: str, words: list[str]
):
    ran = changed(command, old, new)

    assert ran.code == 3, ran.err
    assert ran.out == ""
    assert command.server.requests == []
    errors = [line for line in ran.err.splitlines() if PLACE.match(line)]
    assert errors, ran.err
    assert any(line.startswith(place) and all(word in line for word in words) for line in errors), ran.err
    assert re.search(r"refused, \d+ errors?; nothing was sent$", ran.err.strip())


def test_an_ambiguous_operation_id_is_refused_with_both_places(command: Command):
    openapi = openapi_of("get GET /things", "get GET /others")

    ran = changed(command, "t,", "t,", openapi=openapi)

    refused(ran, command, "main.yaml:9:18", "'get'")
    assert len(re.findall(r"openapi\.json:\d+:\d+", ran.err)) == 2


@pytest.mark.parametrize(
    "workflows",
    [
        [{"dependsOn": ["b"], "steps": [STEP]}, {"workflowId": "b", "dependsOn": ["main"], "steps": [STEP]}],
        [{"dependsOn": ["main"], "steps": [STEP]}],
    ],
)
def test_a_cycle_of_workflows_is_refused(command: Command, workflows: list[dict[str, Any]]):
    ran = command.sent(command.workflow(*workflows), "-w", "main")

    assert ran.code == 3
    assert "main" in ran.err
    assert command.server.requests == []


def test_workflows_that_call_each_other_end_at_the_bound(command: Command):
    file = command.workflow({"steps": [{"stepId": "again", "workflowId": "main"}]})

    ran = command.sent(file)

    assert ran.code in (1, 3)
    assert "Traceback" not in ran.err
    assert command.server.requests == []


def test_errors_elsewhere_do_not_refuse_the_workflow_that_is_run(command: Command):
    broken = {"workflowId": "broken", "steps": [{"stepId": "x", "operationId": "nothing"}]}
    command.server.on("GET /things", {})
    file = command.workflow({"steps": [STEP]}, broken)

    good, bad = command.sent(file, "-w", "main"), command.sent(file, "-w", "broken")

    assert good.code == 0, good.err
    assert bad.code == 3
    assert len(command.server.requests) == 1


def test_an_asyncapi_step_is_refused_by_name(command: Command):
    command.write("events.json", {"asyncapi": "3.0.0", "info": {"title": "t", "version": "1"}})
    description = {
        "arazzo": "1.1.0",
        "info": {"title": "t", "version": "1"},
        "sourceDescriptions": [{"name": "events", "url": "events.json", "type": "asyncapi"}],
        "workflows": [
            {"workflowId": "main", "steps": [{"stepId": "hear", "operationId": "hear", "action": "receive"}]}
        ],
    }
    command.write("main.json", description)

    ran = command.sent("main.json")

    assert ran.code == 3
    assert "AsyncAPI" in ran.err
    assert "main.json:" in ran.err


def test_a_syntax_of_inputs_that_is_no_schema_is_refused(command: Command):
    ran = command.sent(command.workflow({"inputs": {"type": "objet"}, "steps": [STEP]}))

    assert ran.code == 3
    assert "main.arazzo.json:" in ran.err
    assert "Traceback" not in ran.err


# -- answers --------------------------------------------------------------------------------------------------------


def test_html_where_json_was_promised_fails_the_criterion_that_reads_it(command: Command):
    command.server.on("GET /things", Answer(200, body="<html>no</html>", headers={"Content-Type": "application/json"}))

    ran = command.sent(command.simple(successCriteria=[{"condition": "$response.body#/id == 1"}]))

    assert ran.code == 1
    assert "Traceback" not in ran.err
    assert "$response.body#/id == 1" in ran.err
    assert "<html>no</html>" in ran.err


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[" * 50_000, b"NaN", b'{"id": 1e999999}', b'"\\ud800"'])
def test_no_body_breaks_the_command(command: Command, body: bytes):
    command.server.on("GET /things", Answer(200, body=body, headers={"Content-Type": "application/json"}))

    ran = command.sent(command.simple(), "-v", "--json", "out.json", "--har", "out.har", "--record", "out.yaml")

    assert ran.code in (0, 1), ran.err
    assert "internal error" not in ran.err
    json.loads(ran.out)
    json.loads(Path("out.json").read_text())
    json.loads(Path("out.har").read_text())


def test_nothing_a_server_says_moves_the_cursor_of_a_terminal(command: Command):
    command.server.on(
        "GET /things", Answer(500, body="\x1b[2J\x1b]0;owned\x07", headers={"Content-Type": "text/plain"})
    )

    ran = command.sent(command.simple(successCriteria=OK), "-v")

    assert ran.code == 1
    assert "\x1b" not in ran.err


@pytest.mark.parametrize("option", ["--strict", "--lenient"])
def test_a_project_file_that_is_wrong_is_one_line(command: Command, option: str):
    file = command.simple()
    command.write(".arazzo-run.toml", "timeout = \n")

    ran = command.sent(file, option)

    assert ran.code == 2
    assert ".arazzo-run.toml" in ran.err
    assert len(ran.err.splitlines()) == 1

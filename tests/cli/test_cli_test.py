"""`arazzo-run test`: verdicts on a terminal, in files, in exit codes."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from textwrap import dedent
from xml.etree import ElementTree

import jsonschema
import pytest
from command_line import Command
from trying import api, workflow

ROOT = Path(__file__).parent.parent.parent
GOOD = """
- stepId: get
  operationId: getOrder
  parameters: [{name: id, in: path, value: "1"}]
  outputs: {id: $response.body#/id}
"""
BAD = GOOD + "  successCriteria: [{condition: $statusCode == 204}]\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder with a workflow that passes, one that does not, and their description."""
    (tmp_path / "openapi.json").write_text(json.dumps(api()))
    inputs = "inputs: {type: object, additionalProperties: false, properties: {size: {type: integer}}}"
    (tmp_path / "good.arazzo.yaml").write_text(workflow(GOOD, inputs))
    (tmp_path / "bad.arazzo.yaml").write_text(workflow(BAD))
    return tmp_path


def test_the_bundled_workflow_passes_with_every_aim_reached(command: Command):
    ran = command("test", str(ROOT / "workflows"))

    assert ran.code == 0
    assert "bootstrap-application-token    3/3       6/6" in ran.out
    assert "1 passed" in ran.out


def test_a_failure_is_exit_1_and_says_where_what_and_how_to_see_it(command: Command, shop: Path):
    ran = command("test", str(shop / "bad.arazzo.yaml"), "--save", str(shop / "kept"))

    assert ran.code == 1
    first = ran.out.splitlines()[0]
    assert first.startswith(f"{shop}/bad.arazzo.yaml:12:35: criterion: get: ")
    assert "$statusCode is 200, not 204" in first
    assert "again: arazzo-run " in ran.out
    assert "1 failed" in ran.out


def test_the_counter_example_is_replayed_by_the_line_that_is_told(command: Command, shop: Path):
    command("test", str(shop / "bad.arazzo.yaml"), "--save", str(shop / "kept"))
    [kept] = (shop / "kept").iterdir()

    replayed = command(str(shop / "bad.arazzo.yaml"), "-w", "w", "--replay", str(kept))

    assert "the same as" in replayed.err
    assert replayed.code == 0


def test_the_line_that_is_told_shows_a_request_that_the_api_does_not_accept(command: Command, shop: Path):
    create = "- {stepId: new, operationId: createOrder, requestBody: {payload: {sku: no}}}"
    (shop / "bad.arazzo.yaml").write_text(workflow(create.replace("no", '"no"')))
    tested = command("test", str(shop / "bad.arazzo.yaml"), "--save", str(shop / "kept"))
    line = tested.out.partition("again: arazzo-run ")[2].partition("\n")[0]

    replayed = command(*shlex.split(line))

    assert "the API does not accept the request" in tested.out
    assert "warning ARZ810" in replayed.err
    assert "/sku" in replayed.err


def test_counter_examples_go_to_the_cache_unless_it_is_off(
    command: Command, shop: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(shop / "cache"))

    command("test", str(shop / "bad.arazzo.yaml"), "--no-cache")
    assert not (shop / "cache" / "arazzo-run" / "failures").exists()
    command("test", str(shop / "bad.arazzo.yaml"))

    assert len(list((shop / "cache" / "arazzo-run" / "failures").iterdir())) == 1


def test_a_folder_is_tested_whole_and_the_table_has_every_workflow(command: Command, shop: Path):
    ran = command("test", str(shop))

    assert ran.code == 1
    assert "1 passed, 1 failed" in ran.out
    assert f"{shop}/good.arazzo.yaml" in ran.out


def test_cases_beside_a_document_are_run_with_it(command: Command, shop: Path):
    case = """
        arazzo-test: 1
        document: good.arazzo.yaml
        exchanges: [{step: get, response: {status: 404}}]
        expect: {outcome: failure}
    """
    (shop / "gone.arazzo-test.yaml").write_text(dedent(case))

    ran = command("test", str(shop / "good.arazzo.yaml"))
    without = command("test", str(shop / "good.arazzo.yaml"), "--no-cases")
    alone = command("test", str(shop / "gone.arazzo-test.yaml"))

    assert (ran.code, without.code, alone.code) == (0, 0, 0)
    assert "2 passed" in ran.out
    assert "1 passed" in without.out
    assert "1 passed" in alone.out


def test_a_workflow_that_is_refused_is_exit_3(command: Command, shop: Path):
    (shop / "wrong.arazzo.yaml").write_text(workflow(GOOD.replace("getOrder", "getOrdre")))

    ran = command("test", str(shop / "wrong.arazzo.yaml"))

    assert ran.code == 3
    assert "wrong.arazzo.yaml:9:18: check: ARZ203" in ran.out
    assert "did you mean 'getOrder'" in ran.out


def test_a_file_that_is_no_description_is_exit_3_and_hides_no_other(command: Command, shop: Path):
    (shop / "broken.arazzo.yaml").write_text("arazzo: 1.0.1\ninfo: [\n")

    ran = command("test", str(shop))

    assert ran.code == 3
    assert "broken.arazzo.yaml" in ran.out
    assert "1 passed, 2 failed" in ran.out


def test_a_remote_source_is_not_fetched_unless_asked_for(command: Command, shop: Path):
    (shop / "far.arazzo.yaml").write_text(
        workflow(GOOD).replace("./openapi.json", "https://example.invalid/openapi.json")
    )

    ran = command("test", str(shop / "far.arazzo.yaml"))

    assert ran.code == 4
    assert "ARZ220" in ran.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name a file or a folder"),
        (("",), "name a file or a folder"),
        (("-",), "not standard input"),
        (("nowhere.yaml",), "there is no file"),
        (("https://example.invalid/a.yaml",), "--fetch allows it"),
        (("good.arazzo.yaml", "-w", "nothing"), "no workflow 'nothing'"),
        (("good.arazzo.yaml", "-i", "colour=red"), "has an input 'colour'"),
        (("good.arazzo.yaml", "--severity", "body=warn"), "--live"),
        (("good.arazzo.yaml", "--live"), "there are none"),
        (("good.arazzo.yaml", "--jobs", "0"), "at least one process"),
        (("good.arazzo.yaml", "--junit", "nowhere/x.xml"), "cannot be written"),
        (("good.arazzo.yaml", "--timeout", "0"), "argument --timeout: '0' is no number of seconds above 0"),
        (("good.arazzo.yaml", "--junit", "-"), "--junit does not go to stdout"),
        (("good.arazzo.yaml", "--save", "openapi.json"), "--save openapi.json cannot be made"),
        (("good.arazzo.yaml", "--source", "nope=x.json"), "no source description has that name"),
    ],
)
def test_what_cannot_be_meant_is_exit_2_and_one_line(
    command: Command, shop: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
):
    monkeypatch.chdir(shop)

    ran = command("test", *arguments)

    assert ran.code == 2
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1
    assert ran.out == ""


def test_files_without_the_named_workflow_are_left_out(command: Command, shop: Path):
    (shop / "other.arazzo.yaml").write_text(workflow(GOOD).replace("workflowId: w", "workflowId: other"))

    named = command("test", str(shop), "-w", "other")
    unknown = command("test", str(shop), "-w", "nothing")

    assert (named.code, named.err) == (0, "")
    assert "1 passed; " in named.out
    assert (unknown.code, unknown.out) == (2, "")
    assert unknown.err == "arazzo-run: no file has a workflow 'nothing'\n"


def test_json_keeps_its_schema(command: Command, shop: Path):
    schema = json.loads((ROOT / "docs" / "test.schema.json").read_text())

    told = command("test", str(shop), "--json", "-").json

    jsonschema.validate(told, schema)
    assert told["summary"]["failed"] == 1
    [bad] = [test for test in told["tests"] if test["status"] == "failed"]
    assert bad["problems"][0]["location"]["line"] == 12
    assert bad["problems"][0]["transcript"].startswith("arazzo-test: 1")


def test_junit_has_a_case_for_each_workflow(command: Command, shop: Path):
    command("test", str(shop), "--junit", str(shop / "junit.xml"), "-q")

    root = ElementTree.parse(shop / "junit.xml").getroot()
    assert root.get("tests") == "2"
    assert root.get("failures") == "1"
    [failure] = root.iter("failure")
    assert "again: arazzo-run" in (failure.text or "")


def test_github_annotates_the_line(command: Command, shop: Path):
    ran = command("test", str(shop / "bad.arazzo.yaml"), "--format", "github")

    assert "::error file=" in ran.out
    assert ",line=12,col=35,title=w%3A criterion::" in ran.out


def test_verbose_tells_every_aim_and_quiet_only_failures(command: Command, shop: Path):
    verbose = command("test", str(shop / "good.arazzo.yaml"), "-v")
    quiet = command("test", str(shop / "good.arazzo.yaml"), "-q")

    assert "✓ step get" in verbose.out
    assert "✓ get: output id" in verbose.out
    assert quiet.out == ""


def test_straight_makes_one_run(command: Command, shop: Path):
    ran = command("test", str(shop / "good.arazzo.yaml"), "--straight")

    assert ran.code == 0
    assert "1 passed; 1 run in" in ran.out


def test_many_files_are_tested_in_parallel_with_the_same_verdicts(command: Command, shop: Path):
    for number in range(8):
        (shop / f"more{number}.arazzo.yaml").write_text(workflow(GOOD))

    ran = command("test", str(shop), "--jobs", "2")

    assert ran.code == 1
    assert "9 passed, 1 failed" in ran.out


def test_the_page_has_every_verdict(command: Command, shop: Path):
    command("test", str(shop), "--html", str(shop / "page.html"), "-q")

    page = (shop / "page.html").read_text()
    assert "good.arazzo.yaml" in page
    assert "$statusCode == 204" in page


def test_nothing_is_sent_without_live(command: Command, shop: Path):
    ran = command.sent("test", str(shop / "good.arazzo.yaml"))

    assert ran.code == 0
    assert command.server.requests == []


CASE = """
arazzo-test: 1
document: good.arazzo.yaml
exchanges:
- step: get
  response: {body: {id: "1", status: open, total: 1}}
"""


def test_drift_is_told_as_a_diff_of_several_lines(command: Command, shop: Path):
    (shop / "a.arazzo-test.yaml").write_text(CASE)
    command.server.on("GET /orders/1", {"id": "1", "status": "open", "total": 1, "tag\n::error::": True})
    at = ("--live", "-s", command.server.url)

    noted = command("test", str(shop / "a.arazzo-test.yaml"), *at)
    failed = command("test", str(shop / "a.arazzo-test.yaml"), *at, "--severity", "drift=error")

    assert noted.code == 0
    assert "a.arazzo-test.yaml:6:13: the answer has another structure\n    | --- " in noted.out
    assert "\n    | +body/tag\\x0a::error:: boolean\n" in noted.out
    assert failed.code == 1
    assert f"-s {command.server.url} --live --severity drift=error\n" in failed.out


def test_a_live_server_that_does_not_answer_is_exit_4(command: Command, shop: Path):
    (shop / "a.arazzo-test.yaml").write_text(CASE)

    ran = command("test", str(shop / "a.arazzo-test.yaml"), "--live", "-s", "http://127.0.0.1:9")

    assert ran.code == 4
    assert "transport: " in ran.out

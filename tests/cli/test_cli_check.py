"""`arazzo-run check`: files, folders and standard input; what is told, and the exit code."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
import tomllib
from pathlib import Path

import pytest
from command_line import Command
from scripted import openapi_of

from arazzo_runner.checks.catalogue import RULES
from arazzo_runner.cli.explain import _FOLDERS  # where pages are looked for

ROOT = Path(__file__).resolve().parents[2]
CLEAN = """\
arazzo: 1.0.1
info: {title: t, version: "1"}
sourceDescriptions:
- {name: api, url: openapi.json, type: openapi}
workflows:
- workflowId: main
  steps:
  - stepId: get
    operationId: get
    successCriteria:
    - condition: $statusCode == 200
"""
ERROR = CLEAN.replace("operationId: get", "operationId: gett")
WARNING = CLEAN.replace("$statusCode == 200", '$response.body#/id != "x" && $statusCode == 200 # kept')
MENDED = WARNING.replace('"x"', "'x'")
INFO = CLEAN.replace("openapi.json", "https://api.example/openapi.json")
NO_ARAZZO = "arazzo: 1.0.1\ninfo: [\n"
API = openapi_of("get GET /things")
API["paths"]["/things"]["get"]["responses"] = {
    "200": {
        "description": "ok",
        "content": {"application/json": {"schema": {"type": "object", "properties": {"id": {"type": "string"}}}}},
    }
}


@pytest.fixture
def check(command: Command) -> Command:
    """`command` in a folder with `openapi.json` that has an absolute server."""
    command.write("openapi.json", {**API, "servers": [{"url": "https://api.example"}]})
    return command


# -- what is told ---------------------------------------------------------------------------------------------------


def test_a_clean_file_is_told_in_one_line(check: Command):
    check.write("main.yaml", CLEAN)

    ran = check("check", "main.yaml")

    assert (ran.code, ran.out, ran.err) == (0, "1 file, no findings\n", "")


def test_an_error_is_told_with_its_line_and_a_hint(check: Command):
    check.write("main.yaml", ERROR)

    ran = check("check", "main.yaml")

    assert ran.code == 1
    assert ran.err == ""
    place, line, caret, hint, summary = ran.out.splitlines()
    assert place.startswith("main.yaml:9:18: error ARZ203: ")
    assert line.endswith("operationId: gett")
    assert line[caret.index("^") :] == "gett"
    assert hint == "    hint: did you mean 'get'?"
    assert summary == "1 file, 1 error"


def test_nothing_is_sent_and_nothing_is_fetched(check: Command):
    check.write("main.yaml", CLEAN.replace("openapi.json", f"{check.server.url}/openapi.json"))

    ran = check("check", "main.yaml", "-v")

    assert ran.code == 0
    assert "info ARZ224: not checked: remote source" in ran.out
    assert check.server.requests == []


def test_a_remote_source_is_fetched_when_that_is_asked_for(check: Command):
    check.write("main.yaml", ERROR.replace("openapi.json", f"{check.server.url}/openapi.json"))
    check.server.on("GET /openapi.json", json.loads((check.folder / "openapi.json").read_text()))

    ran = check("check", "main.yaml", "--fetch")

    assert ran.code == 1
    assert "error ARZ203" in ran.out


def test_infos_are_counted_and_told_with_v(check: Command):
    check.write("main.yaml", INFO)

    normal, verbose = check("check", "main.yaml"), check("check", "main.yaml", "-v")

    assert normal.out == "1 file, 1 info (-v shows it)\n"
    assert "info ARZ224" in verbose.out
    assert verbose.out.endswith("1 file, 1 info\n")


def test_q_tells_only_what_fails(check: Command):
    check.write("bad.yaml", ERROR)
    check.write("stray.yaml", WARNING)

    quiet, strict = check("check", ".", "-q"), check("check", ".", "-q", "--fail-on", "warning")

    assert [line for line in quiet.out.splitlines() if line[0] != " "] == [quiet.out.splitlines()[0]]
    assert "ARZ203" in quiet.out
    assert "ARZ508" in strict.out


def test_the_command_in_a_process_of_its_own_is_the_same(check: Command):
    check.write("main.yaml", ERROR)

    ran = check.spawn("check", "main.yaml")

    assert (ran.code, ran.out) == (1, check("check", "main.yaml").out)


def test_what_is_in_another_checked_file_is_told_there(check: Command):
    check.write("b.yaml", ERROR)
    check.write(
        "a.yaml",
        CLEAN.replace("name: api, url: openapi.json, type: openapi", "name: b, url: b.yaml, type: arazzo").replace(
            "operationId: get", "workflowId: $sourceDescriptions.b.main"
        ),
    )

    alone, both = check("check", "a.yaml", "--format", "json"), check("check", ".", "--format", "json")

    assert [d["location"]["document"] for d in alone.json["files"][0]["diagnostics"] if d["code"] == "ARZ203"] == [
        "b.yaml"
    ]
    told = {file["file"]: [d["code"] for d in file["diagnostics"]] for file in both.json["files"]}
    assert "ARZ203" not in told["a.yaml"]
    assert "ARZ203" in told["b.yaml"]


# -- files, folders, standard input ---------------------------------------------------------------------------------


def test_a_folder_means_its_arazzo_files_in_order(check: Command):
    for name in ("b/two.yml", "a.json", "b/one.yaml", ".hidden/x.yaml", "node_modules/y.yaml"):
        check.write(name, CLEAN.replace("url: ", "url: /") if "/" in name else CLEAN)
    check.write("other.yaml", "openapi: 3.1.0\n")

    ran = check("check", ".", "--format", "json")

    assert [file["file"] for file in ran.json["files"]] == ["a.json", "b/one.yaml", "b/two.yml"]


def test_a_file_is_checked_once_however_often_it_is_named(check: Command):
    check.write("main.yaml", CLEAN)
    os.symlink("main.yaml", check.folder / "link.yaml")

    ran = check("check", "main.yaml", "./main.yaml", "link.yaml", ".")

    assert ran.out == "1 file, no findings\n"


def test_standard_input_is_checked_with_sources_beside_it(check: Command):
    ran = check("check", "-", stdin=ERROR)

    assert ran.code == 1
    assert ran.out.startswith("<stdin>:9:18: error ARZ203")
    assert ran.out.splitlines()[1].endswith("operationId: gett")


def test_a_folder_without_arazzo_files_is_told(check: Command):
    (check.folder / "empty").mkdir()

    ran = check("check", "empty")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "arazzo-run: the folder empty holds no Arazzo file (one has the root key 'arazzo')\n"


def test_a_file_that_is_not_there_is_told_before_anything_is_checked(check: Command):
    check.write("main.yaml", ERROR)

    ran = check("check", "main.yaml", "mian.yaml")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "arazzo-run: there is no file mian.yaml (did you mean 'main.yaml'?)\n"


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ([], "name a file or a folder"),
        ([""], "name a file or a folder"),
        (["-", "-"], "once only"),
        (["-", "--fix"], "cannot be mended in place"),
        (["main.yaml", "--diff", "--format", "json"], "--diff writes a diff"),
        (["main.yaml", "--diff", "--fix"], "not allowed with"),
        (["http://127.0.0.1:1/x.yaml"], "--fetch allows it"),
        (["http://127.0.0.1:1/x.yaml", "--fetch", "--fix"], "cannot be mended"),
        (["main.yaml", "--format", "html"], "invalid choice"),
        (["main.yaml", "--nonsense"], "--nonsense"),
        (["main.yaml", "--strict", "--lenient"], "not allowed with"),
        (["main.yaml", "--select", "ARZ2033"], "--select 'ARZ2033': no rule has that code (did you mean 'ARZ203'"),
        (["main.yaml", "--ignore", "unknown-operation"], "did you mean 'ARZ203'?"),
        (["main.yaml", "--select", ""], "--select ''"),
        (["main.yaml", "--source", "apo=openapi.json"], "did you mean 'api'?"),
        (["main.yaml", "-s", "apo=http://x"], "did you mean 'api'?"),
        (["--explain", "ARZ2033"], "did you mean 'ARZ203'"),
    ],
)
def test_a_wrong_command_line_is_one_line(check: Command, argv: list[str], said: str):
    check.write("main.yaml", CLEAN)

    ran = check("check", *argv, stdin="")

    assert ran.code == 2
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_file_named_like_the_command_is_run_with_its_folder(check: Command):
    check.write("check", CLEAN)

    assert check("check", "./check").out == "1 file, no findings\n"


def test_servers_and_sources_are_replaced_as_in_a_run(check: Command):
    check.write("elsewhere.json", openapi_of("get GET /things"))
    check.write("main.yaml", CLEAN.replace("openapi.json", "missing.json"))

    missing = check("check", "main.yaml")
    found = check("check", "main.yaml", "--source", "api=elsewhere.json", "-s", "https://api.example")

    assert "error ARZ201" in missing.out
    assert found.code == 0


# -- the exit code --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "argv", "code"),
    [
        ([CLEAN], [], 0),
        ([WARNING], [], 0),
        ([WARNING], ["--fail-on", "warning"], 1),
        ([WARNING], ["--strict"], 1),
        ([ERROR], [], 1),
        ([ERROR], ["--ignore", "ARZ203"], 0),
        ([ERROR], ["--select", "ARZ5"], 0),
        ([INFO], ["--fail-on", "warning"], 0),
        ([NO_ARAZZO], [], 3),
        (["openapi: 3.1.0\n"], [], 3),
        (["just text"], [], 3),
        ([""], [], 3),
        ([NO_ARAZZO], ["--select", "ARZ5"], 3),
        ([ERROR, NO_ARAZZO, CLEAN], [], 3),
        ([INFO.replace("https://api.example", "http://127.0.0.1:1")], ["--fetch"], 4),
        ([INFO.replace("https://api.example", "http://127.0.0.1:1"), NO_ARAZZO], ["--fetch"], 4),
    ],
)
def test_the_worst_file_decides(check: Command, texts: list[str], argv: list[str], code: int):
    names = [check.write(f"{number}.yaml", text) for number, text in enumerate(texts)]

    ran = check("check", *names, *argv)

    assert ran.code == code, ran.out
    assert ran.err == ""


def test_a_damaged_file_hides_neither_its_other_problems_nor_other_files(check: Command):
    check.write("a.yaml", NO_ARAZZO)
    check.write("b.yaml", ERROR)

    ran = check("check", "a.yaml", "b.yaml")

    assert ran.code == 3
    assert re.search(r"^a\.yaml:\d+:\d+: error ARZ10\d", ran.out, re.MULTILINE)
    assert "b.yaml:9:18: error ARZ203" in ran.out
    assert ran.out.endswith("2 files, 2 errors\n")


def test_a_remote_description_that_cannot_be_had_is_told_and_the_others_are_checked(check: Command):
    check.write("main.yaml", CLEAN)

    ran = check("check", "http://127.0.0.1:1/x.yaml", "main.yaml", "--fetch")

    assert ran.code == 4
    assert "127.0.0.1:1" in ran.err
    assert ran.out == "1 file, no findings\n"


# -- which findings -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "codes"),
    [
        ([], {"ARZ203", "ARZ508"}),
        (["--select", "ARZ5"], {"ARZ508"}),
        (["--select", "arz203,ARZ508"], {"ARZ203", "ARZ508"}),
        (["--select", "ARZ2", "--select", "ARZ508"], {"ARZ203", "ARZ508"}),
        (["--ignore", "ARZ5"], {"ARZ203"}),
        (["--select", "ARZ5", "--ignore", "ARZ508"], set()),
        (["--select", "ARZ508", "--ignore", "ARZ5"], {"ARZ508"}),
        (["--select", "ARZ508", "--ignore", "ARZ508"], set()),
        (["--ignore", "ARZ"], set()),
    ],
)
def test_codes_and_families_are_selected_and_ignored(check: Command, argv: list[str], codes: set[str]):
    check.write("main.yaml", WARNING.replace("operationId: get", "operationId: gett"))

    ran = check("check", "main.yaml", "--format", "json", *argv)

    assert {d["code"] for d in ran.json["files"][0]["diagnostics"]} == codes


@pytest.mark.parametrize(
    ("toml", "argv", "codes"),
    [
        ('ignore = ["ARZ5"]', [], {"ARZ203"}),
        ('select = ["ARZ5"]', [], {"ARZ508"}),
        ('select = ["ARZ5"]', ["--select", "ARZ2"], {"ARZ203"}),
        ('ignore = ["ARZ508"]', ["--select", "ARZ508"], {"ARZ508"}),
        ('ignore = ["ARZ508"]', ["--select", "ARZ5"], set()),
        ('select = ["ARZ5"]', ["--ignore", "ARZ508"], set()),
    ],
)
def test_what_is_configured_gives_way_to_the_command_line(check: Command, toml: str, argv: list[str], codes: set[str]):
    check.write("main.yaml", WARNING.replace("operationId: get", "operationId: gett"))
    check.write(".arazzo-run.toml", toml)

    ran = check("check", "main.yaml", "--format", "json", *argv)

    assert {d["code"] for d in ran.json["files"][0]["diagnostics"]} == codes


def test_each_file_is_judged_by_the_configuration_of_its_project(check: Command):
    for folder, level in (("a", "warning"), ("b", "error")):
        check.write(f"{folder}/pyproject.toml", f'[tool.arazzo-run]\nfail-on = "{level}"\nignore = ["ARZ2"]\n')
        check.write(f"{folder}/main.yaml", WARNING)
    check.write("a/openapi.json", API)
    check.write("b/openapi.json", API)

    assert check("check", "a").code == 1
    assert check("check", "b").code == 0
    assert check("check", "a", "b").code == 1
    assert check("check", "a", "--fail-on", "error").code == 0


@pytest.mark.parametrize("toml", ['ignore = ["ARZ9999"]', 'fail-on = "never"', "select = 1"])
def test_configuration_that_is_wrong_names_its_file(check: Command, toml: str):
    check.write("main.yaml", CLEAN)
    check.write(".arazzo-run.toml", toml)

    ran = check("check", "main.yaml")

    assert ran.code == 2
    assert ".arazzo-run.toml" in ran.err


def test_a_comment_with_a_reason_silences_a_finding(check: Command):
    check.write("main.yaml", ERROR.replace("gett", "gett # arazzo-run: ignore=ARZ203 it comes with the next release"))

    ran = check("check", "main.yaml")

    assert (ran.code, ran.out) == (0, "1 file, no findings\n")


def test_a_comment_without_a_reason_is_a_finding_of_its_own(check: Command):
    check.write("main.yaml", ERROR.replace("gett", "gett # arazzo-run: ignore=ARZ203"))

    ran = check("check", "main.yaml", "--format", "json")

    assert [d["code"] for d in ran.json["files"][0]["diagnostics"]] == ["ARZ203", "ARZ140"]


# -- formats --------------------------------------------------------------------------------------------------------


def test_sarif_holds_fixes_as_changes_of_the_text(check: Command):
    check.write("main.yaml", WARNING)

    ran = check("check", "main.yaml", "--format", "sarif")

    (result,) = ran.json["runs"][0]["results"]
    (change,) = result["fixes"][0]["artifactChanges"][0]["replacements"]
    region = change["deletedRegion"]
    lines = WARNING.splitlines()
    line = lines[region["startLine"] - 1]
    assert region["startLine"] == region["endLine"]
    changed = line[: region["startColumn"] - 1] + change["insertedContent"]["text"] + line[region["endColumn"] - 1 :]
    assert changed == MENDED.splitlines()[region["startLine"] - 1]


@pytest.mark.parametrize("format_", ["json", "sarif", "github", "junit"])
def test_every_format_tells_errors_on_stdout_and_nothing_else(check: Command, format_: str):
    check.write("main.yaml", ERROR)

    ran = check("check", "main.yaml", "--format", format_)

    assert ran.code == 1
    assert "ARZ203" in ran.out
    assert ran.err == ""


# -- mending --------------------------------------------------------------------------------------------------------


def test_fix_mends_the_file_in_place(check: Command):
    check.write("main.yaml", WARNING.replace("\n", "\r\n").encode())

    first, second = check("check", "main.yaml", "--fix"), check("check", "main.yaml", "--fix")

    assert (first.code, first.out) == (0, "1 file, 1 mended, nothing left\n")
    assert (check.folder / "main.yaml").read_bytes() == MENDED.replace("\n", "\r\n").encode()
    assert second.out == "1 file, no findings\n"


def test_fix_mends_what_strict_refuses(check: Command):
    check.write("main.yaml", WARNING)

    ran = check("check", "main.yaml", "--strict", "--fix")

    assert ran.code == 0, ran.out
    assert (check.folder / "main.yaml").read_text() == MENDED


def test_fix_leaves_what_is_ignored_silenced_or_unreadable(check: Command):
    silenced = WARNING.replace("# kept", "# arazzo-run: ignore=ARZ508 it is shown to somebody")
    check.write("a.yaml", WARNING)
    check.write("b.yaml", silenced)
    check.write("c.yaml", NO_ARAZZO)

    check("check", "a.yaml", "--fix", "--ignore", "ARZ508")
    check("check", "b.yaml", "c.yaml", "--fix")

    assert (check.folder / "a.yaml").read_text() == WARNING
    assert (check.folder / "b.yaml").read_text() == silenced
    assert (check.folder / "c.yaml").read_text() == NO_ARAZZO


def test_what_was_mended_is_counted_before_and_after(check: Command):
    check.write("main.yaml", WARNING)

    told = check("check", "main.yaml")
    mended = check("check", "main.yaml", "--fix", "--format", "json")

    assert told.out.endswith("1 file, 1 warning; 1 can be mended with --fix\n")
    assert mended.json["summary"]["mended"] == 1
    assert [d["code"] for d in mended.json["files"][0]["mended"]] == ["ARZ508"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_file_that_cannot_be_written_is_told(check: Command):
    check.write("main.yaml", WARNING)
    (check.folder / "main.yaml").chmod(0o444)

    ran = check("check", "main.yaml", "--fix")

    assert ran.code == 2
    assert ran.err == "arazzo-run: main.yaml cannot be written: Permission denied\n"


def test_diff_shows_what_fix_would_do_and_changes_nothing(check: Command):
    check.write("sub/main.yaml", WARNING.replace("url: openapi", "url: ../openapi"))
    check.write("clean.yaml", CLEAN)

    ran = check("check", ".", "--diff")

    assert ran.code == 1
    assert ran.err == "--fix would mend 1 in 1 file\n"
    lines = ran.out.splitlines()
    assert lines[:2] == ["--- a/sub/main.yaml", "+++ b/sub/main.yaml"]
    assert [line for line in lines[2:] if line[0] in "+-"] == [
        '-    - condition: $response.body#/id != "x" && $statusCode == 200 # kept',
        "+    - condition: $response.body#/id != 'x' && $statusCode == 200 # kept",
    ]
    assert (check.folder / "sub/main.yaml").read_text() == WARNING.replace("url: openapi", "url: ../openapi")


@pytest.mark.parametrize("text", [WARNING, WARNING.rstrip("\n"), WARNING.replace("\n", "\r\n")])
def test_a_diff_is_one_that_patch_applies(check: Command, text: str):
    check.write("main.yaml", text.encode())
    ran = check("check", "main.yaml", "--diff")
    (check.folder / "the.patch").write_bytes(ran.out.encode())

    subprocess.run(["git", "apply", "the.patch"], cwd=check.folder, check=True)

    assert (check.folder / "main.yaml").read_bytes() == text.replace('!= "x"', "!= 'x'").encode()


def test_a_diff_without_anything_to_mend_is_empty(check: Command):
    check.write("main.yaml", ERROR)

    ran = check("check", "main.yaml", "--diff")

    assert (ran.code, ran.out, ran.err) == (0, "", "nothing to mend with --fix\n")


def test_a_diff_of_standard_input_and_of_what_is_unreadable(check: Command):
    check.write("main.yaml", NO_ARAZZO)

    given, unreadable = check("check", "-", "--diff", stdin=WARNING), check("check", "main.yaml", "--diff")

    assert given.code == 1
    assert "+    - condition: $response.body#/id != 'x'" in given.out
    assert (unreadable.code, unreadable.out) == (3, "")
    assert "main.yaml:" in unreadable.err


# -- explain --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["ARZ310", "arz310", "step-may-not-have-run"])
def test_explain_prints_the_page_of_a_rule(command: Command, word: str):
    ran = command("check", "--explain", word)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (ROOT / "docs" / "rules" / "ARZ310.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", RULES)
def test_every_code_is_explained(command: Command, code: str):
    ran = command("check", "--explain", code)

    assert ran.out.startswith(f"# {code} {RULES[code].name}\n")


def test_an_installed_command_has_the_pages_with_it():
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]

    places = {source: (ROOT / target) for source, target in wheel["force-include"].items()}

    assert places == {"docs/rules": _FOLDERS[0]}
    assert _FOLDERS[1] == ROOT / "docs" / "rules"


# -- many files -----------------------------------------------------------------------------------------------------


def many(check: Command, count: int = 12) -> None:
    for number in range(count):
        check.write(f"many/{number:02}.yaml", (ERROR if number % 2 else CLEAN).replace("url: ", "url: ../"))


def test_many_files_are_told_in_order_whatever_ends_first(check: Command):
    many(check)

    ran = check.spawn("check", "many", "--format", "json")

    assert ran.code == 1
    files = ran.json["files"]
    assert [file["file"] for file in files] == [f"many/{number:02}.yaml" for number in range(12)]
    assert [len(file["diagnostics"]) for file in files] == [0, 1] * 6


def test_parallel_processes_say_what_one_says(check: Command, monkeypatch: pytest.MonkeyPatch):
    many(check)
    parallel = check.spawn("check", "many")
    monkeypatch.setattr(os, "cpu_count", lambda: 1)

    alone = check("check", "many")

    assert (alone.code, alone.out) == (parallel.code, parallel.out)


def test_parallel_processes_mend(check: Command):
    for number in range(9):
        check.write(f"many/{number}.yaml", WARNING.replace("url: ", "url: ../"))

    ran = check.spawn("check", "many", "--fix")

    assert (ran.code, ran.out, ran.err) == (0, "9 files, 9 mended, nothing left\n", "")


@pytest.mark.skipif(os.name != "posix", reason="signals of a process group")
def test_ctrl_c_ends_a_check_of_many_files(check: Command):
    many(check, 400)
    process = check.start("check", "many", start_new_session=True)
    assert process.stdout is not None
    process.stdout.readline()
    started = time.monotonic()

    os.killpg(process.pid, signal.SIGINT)

    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == "interrupted\n"
    assert "400 files" not in out
    assert time.monotonic() - started < 10


# -- run --check ----------------------------------------------------------------------------------------------------


def test_a_run_without_check_does_no_analysis(check: Command):
    check.server.on("GET /things", {"id": "1"})
    check.write("main.yaml", CLEAN + "    outputs: {nothing: $response.body#/nothing}\n")

    plain, checked = check.sent("main.yaml"), check.sent("main.yaml", "--check")

    assert "ARZ601" not in plain.err
    assert re.search(r"^main\.yaml:12:\d+: warning ARZ601: ", checked.err, re.MULTILINE)
    assert plain.out == checked.out == "{}\n"


def test_a_run_with_check_is_refused_by_an_error(check: Command):
    check.write("main.yaml", ERROR)

    ran = check.sent("main.yaml", "--check")

    assert ran.code == 3
    assert check.server.requests == []
    assert ran.err.splitlines()[-1] == "arazzo-run: refused, 1 error; nothing was sent"


def test_an_error_that_the_run_cannot_reach_does_not_refuse_it(check: Command):
    check.server.on("GET /things", {"id": "1"})
    other = "- workflowId: other\n  steps:\n  - {stepId: x, operationId: nothing}\n"
    check.write("main.yaml", CLEAN + other)

    ran = check.sent("main.yaml", "-w", "main", "--check")

    assert ran.code == 0, ran.err
    assert "error ARZ203" in ran.err


def test_infos_of_a_checked_run_are_told_with_v(check: Command):
    check.server.on("GET /things", {"id": "1"})
    check.write(
        "main.yaml",
        CLEAN.replace("operationId: get", "operationPath: '{$sourceDescriptions.api.url}#/paths/~1things/get'"),
    )

    normal, verbose = check.sent("main.yaml", "--check"), check.sent("main.yaml", "--check", "-v")

    assert "info ARZ223" not in normal.err
    assert "info ARZ223" in verbose.err


def test_comments_silence_in_a_checked_run_and_never_what_refuses_it(check: Command):
    check.server.on("GET /things", {"id": "1"})
    comment = " # arazzo-run: ignore=ARZ601,ARZ203 it is not documented"
    check.write("main.yaml", CLEAN + "    outputs: {nothing: $response.body#/nothing}" + comment + "\n")
    check.write("bad.yaml", ERROR.replace("gett", "gett" + comment))

    warned, refused = check.sent("main.yaml", "--check"), check.sent("bad.yaml", "--check")

    assert warned.code == 0
    assert "ARZ601" not in warned.err
    assert refused.code == 3
    assert "error ARZ203" in refused.err

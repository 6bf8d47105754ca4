"""Arazzo descriptions and cases as tests of pytest (docs/pytest.md)."""

from __future__ import annotations

import ast
import sys
from xml.etree import ElementTree

import pytest
from desk import HEAD, OPENAPI
from desk import WORKFLOW as ORDERS
from plugged import PLUGIN, Project
from scripted import Answer, ScriptedServer
from test_layers import FOUNDATION

WORKFLOW = ORDERS.lstrip().replace(", reason: $response.body#/reason", "")
WRONG = WORKFLOW.replace("body#/status}", "body#/state}")
OTHER = "- {workflowId: other, steps: [{stepId: a, workflowId: order}]}\n"
OUTPUT = "*workflows/orders.yaml:25:23: output: read: the output 'status' has no value*"
CASE = HEAD.replace("orders.arazzo.yaml", "orders.yaml")


# -- what is collected ------------------------------------------------------------------------------------------------


def test_each_workflow_and_each_case_is_a_test(project: Project) -> None:
    project.write("workflows/orders.yaml", WORKFLOW + OTHER)
    project.write("workflows/tea.arazzo-test.yaml", CASE)

    assert project.collected() == [
        "workflows/orders.yaml::order",
        "workflows/orders.yaml::other",
        "workflows/tea.arazzo-test.yaml::case",
    ]


def test_files_with_the_names_of_arazzo_are_collected_everywhere(project: Project) -> None:
    project.write("a/orders.arazzo.yml", WORKFLOW)
    project.write("a/ORDERS.Arazzo.YAML", WORKFLOW)
    project.write("b/tea.arazzo-test.json", "{}")

    assert project.collected() == [
        "a/ORDERS.Arazzo.YAML::order",
        "a/orders.arazzo.yml::order",
        "b/tea.arazzo-test.json::case",
    ]


@pytest.mark.parametrize("name", ["pets.arazzo.py", "pets.arazzo.yaml.bak", "arazzo.txt", "my.arazzo.schema.json"])
def test_other_names_are_left_alone(project: Project, name: str) -> None:
    project.write(f"a/{name}", "arazzo = 1\n")

    assert project.collected() == []


def test_other_names_count_only_in_the_folders_of_arazzo_paths(project: Project) -> None:
    for folder in ("workflows", "flows/deep", "other"):
        project.write(f"{folder}/orders.yaml", WORKFLOW)

    assert project.collected() == ["workflows/orders.yaml::order"]
    assert project.collected("-o", "arazzo_paths=flows other") == [
        "flows/deep/orders.yaml::order",
        "other/orders.yaml::order",
    ]
    assert project.collected("-o", "arazzo_paths=") == []


def test_arazzo_paths_are_relative_to_the_file_that_names_them(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("pyproject.toml", '[tool.pytest.ini_options]\narazzo_paths = ["flows"]\n')
    project.write("flows/orders.yaml", WORKFLOW)
    monkeypatch.chdir(project.folder / "flows")

    assert project.collected() == ["flows/orders.yaml::order"]


def test_a_file_that_is_named_is_looked_into_wherever_it_is(project: Project) -> None:
    project.write("other/orders.yaml", WORKFLOW)

    assert project.collected("other/orders.yaml") == ["other/orders.yaml::order"]
    assert project.collected("other/orders.yaml::order") == ["other/orders.yaml::order"]
    assert project.collected("other") == []


def test_other_yaml_in_a_folder_called_workflows_disturbs_nobody(project: Project) -> None:
    project.write("workflows/ci.yml", "name: ci\non: [push]\njobs: {arazzo: {steps: []}}\n")
    project.write("workflows/broken.yml", "{a: [\n")
    project.write("workflows/values.json", '{"a": {"arazzo": "1.0.0"}}')
    project.write("test_a.py", "def test_a(): pass\n")

    assert project.collected() == ["test_a.py::test_a"]


def test_hidden_folders_and_environments_are_skipped(project: Project) -> None:
    project.write(".github/workflows/orders.arazzo.yaml", WORKFLOW)
    project.write("node_modules/orders.arazzo.yaml", WORKFLOW)
    project.write("env/orders.arazzo.yaml", WORKFLOW)
    project.write("env/pyvenv.cfg", "")
    project.write("env/bin/activate", "")  # by which pytest 8.2 knows it

    assert project.collected() == []


def test_the_tests_are_chosen_by_name_and_by_marker(project: Project) -> None:
    project.write("workflows/orders.yaml", WORKFLOW)
    project.write("test_a.py", "def test_a(): pass\n")

    assert project.collected("-k", "order") == ["workflows/orders.yaml::order"]
    assert project.collected("--strict-markers", "-m", "arazzo") == ["workflows/orders.yaml::order"]
    assert project.collected("-m", "not arazzo") == ["test_a.py::test_a"]


def test_what_would_move_the_cursor_is_escaped_in_ids(project: Project) -> None:
    project.write("workflows/orders.yaml", WORKFLOW.replace("workflowId: order", 'workflowId: "a\\e[2Jb\\nc"'))

    assert project.collected() == [r"workflows/orders.yaml::a\x1b[2Jb\nc"]


def test_the_plugin_can_be_switched_off(project: Project) -> None:
    project.write("workflows/orders.yaml", WORKFLOW)

    ran = project.pytester.runpytest_subprocess("-p", "no:arazzo", "--collect-only")

    assert ran.ret == pytest.ExitCode.NO_TESTS_COLLECTED


# -- verdicts ---------------------------------------------------------------------------------------------------------


def test_workflows_and_cases_pass(project: Project) -> None:
    project.write("workflows/orders.yaml", WORKFLOW)
    project.write("workflows/tea.arazzo-test.yaml", CASE)

    project.run().assert_outcomes(passed=2)


def test_a_workflow_that_fails_says_where_and_what_and_how_to_see_it_again(project: Project) -> None:
    project.write("workflows/orders.yaml", WRONG)

    ran = project.run()

    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(
        [
            "*_ workflows/orders.yaml: order _*",
            OUTPUT,
            "    again: arazzo-run test workflows/orders.yaml -w order",
            "FAILED workflows/orders.yaml::order*",
        ]
    )
    ran.stdout.no_fnmatch_line("*Traceback*")
    ran.stdout.no_fnmatch_line("*pytest_plugin*")


def test_a_case_that_fails_says_where_and_what(project: Project) -> None:
    project.write("workflows/orders.yaml", WORKFLOW)
    project.write("workflows/tea.arazzo-test.yaml", CASE + "expect: {outputs: {id: o-9, status: open}}\n")

    ran = project.run()

    ran.assert_outcomes(passed=1, failed=1)
    ran.stdout.fnmatch_lines(
        [
            "*_ workflows/tea.arazzo-test.yaml: case _*",
            'workflows/tea.arazzo-test.yaml:4:*: difference: outputs: expected *"o-9"*, got *"o-1"*',
            "    again: arazzo-run test workflows/tea.arazzo-test.yaml",
        ]
    )


def test_a_failure_stands_at_the_line_of_its_workflow(project: Project) -> None:
    project.write("workflows/orders.yaml", WRONG)

    project.run("--junit-xml=junit.xml", "-o", "junit_family=xunit1")

    (case,) = ElementTree.parse(project.folder / "junit.xml").getroot().iter("testcase")
    failure = case.find("failure")
    assert case.get("file") == "workflows/orders.yaml"
    assert case.get("line") == "4"  # from 0
    assert failure is not None
    assert "has no value" in (failure.get("message") or "")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("arazzo: 1.0.1\nworkflows: [\n", "workflows/x.yaml:3:1: error ARZ103: this is not YAML: *"),
        ("arazzo: 1.0.1\narazzo: 1.0.1\n", "workflows/x.yaml:2:1: error ARZ*: *arazzo*twice*"),
        ("arazzo: 1.0.1\nworkflows: []\n", "workflows/x.yaml:*: error ARZ*: *"),
        ("arazzo: 1.0.1\nworkflows: [1, {workflowId: 2}]\n", "workflows/x.yaml:*: error ARZ*: *"),
        ("arazzo: 9.0.0\nworkflows: []\n", "workflows/x.yaml:1:*: error ARZ*: *9.0.0*"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_test_that_fails_in_a_line(project: Project, text: str, line: str) -> None:
    project.write("workflows/x.yaml", text)
    project.write("workflows/orders.yaml", WORKFLOW)

    ran = project.run()

    ran.assert_outcomes(passed=1, failed=1)
    ran.stdout.fnmatch_lines(["*_ workflows/x.yaml: description _*", line])
    ran.stdout.no_fnmatch_line("*Traceback*")


def test_what_has_the_name_and_is_no_description_fails(project: Project) -> None:
    project.write("x.arazzo.yaml", "openapi: 3.1.0\n")
    project.write("y.arazzo.yaml", "- 1\n")
    project.write("z.arazzo-test.yaml", "- 1\n")

    ran = project.run()

    ran.assert_outcomes(failed=3)
    ran.stdout.fnmatch_lines(
        [
            "x.arazzo.yaml:1:1: error ARZ101: *",
            "y.arazzo.yaml:1:1: error ARZ*",
            "z.arazzo-test.yaml:1:1: error ARZ950: *",
        ]
    )


def test_what_cannot_be_linked_fails_with_its_place(project: Project) -> None:
    project.write("workflows/orders.yaml", WORKFLOW.replace("operationId: getOrder", "operationId: getOrders"))

    ran = project.run()

    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(["workflows/orders.yaml:22:*: check: ARZ203: *getOrders*did you mean*"])


def test_a_case_of_a_document_that_is_not_there_fails(project: Project) -> None:
    project.write("tea.arazzo-test.yaml", CASE)

    ran = project.run()

    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(["tea.arazzo-test.yaml:2:*: check: there is no file orders.yaml"])


def test_a_remote_source_is_not_fetched_unless_the_project_says_so(project: Project, server: ScriptedServer) -> None:
    server.on("GET /openapi.yaml", Answer(body=OPENAPI, headers={"Content-Type": "application/yaml"}))
    project.write("workflows/orders.yaml", WORKFLOW.replace("url: openapi.yaml", f"url: {server.url}/openapi.yaml"))

    unread = project.run()

    unread.assert_outcomes(failed=1)
    unread.stdout.fnmatch_lines(["*is remote, and nothing may be fetched*"])
    assert server.requests == []
    project.run("-o", "arazzo_fetch=true").assert_outcomes(passed=1)


def test_descriptions_are_read_as_the_project_says(project: Project) -> None:
    project.write("workflows/orders.yaml", WORKFLOW.replace("$statusCode == 200", "$statusCode == 299"))

    strict = project.run("-o", "arazzo_compat=strict")

    strict.assert_outcomes(failed=1)
    strict.stdout.fnmatch_lines(["    again: arazzo-run test workflows/orders.yaml -w order --strict"])
    lenient = project.run("-o", "arazzo_compat=lenient", "-rP")
    lenient.assert_outcomes(passed=1)
    lenient.stdout.fnmatch_lines(["*Captured notes call*", "assumed: *299*"])


def test_the_configuration_of_the_project_counts(project: Project) -> None:
    project.write("workflows/orders.yaml", WORKFLOW)
    project.write(".arazzo-run.toml", "max_steps = 1\n")

    ran = project.run()

    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(["*bounds*"])


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["-o", "arazzo_compat=loose"], "*arazzo_compat is one of auto, strict, lenient, not 'loose'"),
        (["--arazzo-server", "orders"], "*--arazzo-server orders: not of the form ?NAME=?URL"),
        (["--arazzo-server", "orders=ftp://x"], "*--arazzo-server orders=ftp://x: not of the form ?NAME=?URL"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(project: Project, arguments: list[str], line: str) -> None:
    ran = project.run(*arguments)

    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stderr.fnmatch_lines([line])


# -- live cases -------------------------------------------------------------------------------------------------------

ORDER = {"id": "o-7", "item": "tea", "status": "open"}


def live(project: Project, server: ScriptedServer) -> list[str]:
    """A project with a case, and how to run it against a server."""
    server.on("POST /v1/orders", Answer(201, ORDER, headers={"Location": "/orders/o-7"}))
    project.write("workflows/orders.yaml", WORKFLOW)
    project.write("workflows/tea.arazzo-test.yaml", CASE)
    return ["--arazzo-live", "--arazzo-server", f"{server.url}/v1"]


def test_cases_run_live_against_a_server(project: Project, server: ScriptedServer) -> None:
    arguments = live(project, server)
    server.on("GET /v1/orders/o-7", ORDER)

    project.run(*arguments).assert_outcomes(passed=2)

    assert [f"{r.method} {r.path}" for r in server.requests] == ["POST /v1/orders?notify=true", "GET /v1/orders/o-7"]


def test_every_response_of_a_live_case_is_held_against_its_description(
    project: Project, server: ScriptedServer
) -> None:
    arguments = live(project, server)
    server.on("GET /v1/orders/o-7", {**ORDER, "status": "lost"})

    ran = project.run(*arguments)

    ran.assert_outcomes(passed=1, failed=1)
    ran.stdout.fnmatch_lines(
        [
            "*: response: *'lost' is not one of*",
            f"    again: arazzo-run test workflows/tea.arazzo-test.yaml --live -s {server.url}/v1",
        ]
    )


def test_severities_are_those_of_the_project(project: Project, server: ScriptedServer) -> None:
    arguments = live(project, server)
    server.on("GET /v1/orders/o-7", {**ORDER, "status": "lost"})
    project.write(".arazzo-run.toml", '[severities]\nbody = "off"\n')

    project.run(*arguments).assert_outcomes(passed=2)


def test_a_case_that_no_server_can_be_asked_for_is_skipped(project: Project, server: ScriptedServer) -> None:
    arguments = live(project, server)
    project.write("workflows/tea.arazzo-test.yaml", CASE + "live: false\n")

    ran = project.run(*arguments, "-rs")

    ran.assert_outcomes(passed=1, skipped=1)
    ran.stdout.fnmatch_lines(["SKIPPED*workflows/tea.arazzo-test.yaml:4:*: the case is not for a live server"])


# -- with the rest of pytest ------------------------------------------------------------------------------------------


def test_the_tests_run_in_parallel_processes(project: Project) -> None:
    pytest.importorskip("xdist")
    project.write("workflows/orders.yaml", WRONG)
    project.write("workflows/tea.arazzo-test.yaml", CASE)

    ran = project.pytester.runpytest_subprocess("-p", PLUGIN, "-n2")

    ran.assert_outcomes(passed=1, failed=1)
    ran.stdout.fnmatch_lines([OUTPUT])


def test_what_failed_last_runs_alone_and_the_first_failure_ends_a_run(project: Project) -> None:
    project.write("workflows/a.yaml", WRONG)
    project.write("workflows/b.yaml", WRONG)
    project.write("workflows/c.yaml", WORKFLOW)
    run = project.pytester.runpytest_inprocess

    run("-p", PLUGIN, "-x").assert_outcomes(failed=1)

    run("-p", PLUGIN).assert_outcomes(failed=2, passed=1)
    run("-p", PLUGIN, "--lf").assert_outcomes(failed=2)


def test_collecting_and_running_warn_of_nothing(project: Project) -> None:
    project.write("workflows/orders.yaml", WORKFLOW)

    project.run("-W", "error", "--strict-config", "--strict-markers").assert_outcomes(passed=1)


WATCH = """
import sys, pytest
code = pytest.main(sys.argv[1:])
watched = ("arazzo_runner", "httpx", "jsonschema", "rich", "yaml")
print([name for name in sorted(sys.modules) if name.partition(".")[0] in watched])
sys.exit(code)
"""


def loaded(project: Project) -> list[str]:
    """What a run of pytest loads of ours and of what we use."""
    project.write("test_a.py", "def test_a(): pass\n")
    ran = project.pytester.run(sys.executable, "-c", WATCH, "-p", PLUGIN, "-q")
    assert ran.ret == 0
    return list(ast.literal_eval(ran.outlines[-1]))


def test_without_a_file_to_look_into_nothing_is_loaded_but_the_plugin(project: Project) -> None:
    (project.folder / "workflows" / "openapi.yaml").rename(project.folder / "openapi.yaml")

    assert loaded(project) == ["arazzo_runner", "arazzo_runner._version", "arazzo_runner.pytest_plugin"]


def test_a_look_into_a_file_loads_no_library(project: Project) -> None:
    assert {".".join(name.split(".")[:2]) for name in loaded(project)} <= {
        "arazzo_runner",
        *(f"arazzo_runner.{room}" for room in (*FOUNDATION, "_version", "document", "pytest_plugin")),
    }

"""The harness gives deliberately bad engines exactly the verdicts they deserve."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from conformance.harness import report
from conformance.harness.engine import Engine
from conformance.harness.play import Result, play
from conformance.harness.scenario import Scenario

MINIATURES = Path(__file__).parent / "miniatures"


def engine(kind: str, **fields: Any) -> Engine:
    return Engine(
        kind,
        MINIATURES,
        name=kind,
        language="Python",
        version="1",
        command=("{python}", "miniature.py", kind),
        timeout=fields.pop("timeout", 20.0),
        **fields,
    )


def scenario(path: str = "parameters/query", version: str = "1.0.1", **fields: Any) -> Scenario:
    """The first pet of a list is the output, unless `fields` say otherwise."""
    tree = {
        "description": "the first pet is returned",
        "requirements": [],
        "features": ["parameters.query"],
        "arazzo": [version],
        "level": "required",
        "documents": {
            "arazzo.yaml": {"arazzo": "$version", "sourceDescriptions": [{"name": "pets", "url": "./openapi.yaml"}]},
            "openapi.yaml": {"openapi": "3.0.3", "servers": [{"url": "http://api.test"}]},
        },
        "run": {"workflowId": "list-pets"},
        "exchanges": [
            {"request": {"method": "GET", "path": "/pets"}, "response": {"status": 200, "body": ["Rex", "Tom"]}}
        ],
        "expect": {"outcome": "success", "outputs": {"first": "Rex"}, "steps": {"list": {"attempts": 1}}},
        **fields,
    }
    return Scenario(path, version, tree)


def results(kind: str, *scenarios: Scenario, **fields: Any) -> list[Result]:
    told: list[Result] = []
    play([engine(kind, **fields)], scenarios or [scenario()], told.append)
    return told


def result(kind: str, *scenarios: Scenario, **fields: Any) -> Result:
    (told,) = results(kind, *scenarios, **fields)
    return told


def test_an_engine_that_does_what_is_expected_passes() -> None:
    told = result("honest")

    assert told.verdict == "pass"
    assert told.problems == ()
    assert told.observed["outputs"] == {"first": "Rex"}
    assert [e["request"]["target"] for e in told.observed["exchanges"]] == ["/pets"]


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        ("always-success", "GET /pets is expected and not sent"),
        ("sends-nothing", "GET /pets is expected and not sent"),
        ("sends-twice", "request 2, GET /pets, is not expected here"),
        ("wrong-output", "output first: Rex is expected, Tom is reported"),
    ],
)
def test_an_engine_that_does_something_else_fails(kind: str, problem: str) -> None:
    told = result(kind)

    assert told.verdict == "fail"
    assert problem in told.problems


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        ("junk", "junk: this is no JSON: b'done!\\n'"),
        ("talks-on", "junk: a line nobody asked for: b'by the way\\n'"),
        ("wrong-seq", "sequence: 1 was asked, 2 is answered"),
        ("crashes", "crash: it ended with exit code 1"),
        ("breaks", "errored: KeyError: 'pets'"),
        ("never-starts", "crash: it ended with exit code 1"),
    ],
)
def test_an_engine_that_breaks_is_an_error(kind: str, problem: str) -> None:
    told = result(kind)

    assert told.verdict == "error"
    assert told.problems == (problem,)


def test_what_a_crashed_engine_wrote_on_stderr_is_kept() -> None:
    told = result("crashes")

    assert told.stderr == "a segment of my memory is at fault\n"


def test_an_engine_that_hangs_is_killed_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINIATURE_CHILD", str(tmp_path / "child"))

    told = result("hangs", timeout=1.0)

    assert told.verdict == "error"
    assert told.problems == ("timeout: there is no answer in time",)
    assert not _is_running(int((tmp_path / "child").read_text()))


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_what_an_engine_cannot_show_is_no_failure() -> None:
    told = result("no-outputs")

    assert told.verdict == "pass"


def test_an_engine_that_crashes_is_started_again_for_the_next_scenario() -> None:
    told = results("crashes", scenario("parameters/a"), scenario("parameters/b"))

    assert [(r.scenario, r.verdict) for r in told] == [("parameters/a@1.0", "error"), ("parameters/b@1.0", "error")]


def test_an_engine_may_skip_with_a_reason() -> None:
    told = result("skips")

    assert (told.verdict, told.problems) == ("skip", ("no time",))


def test_a_feature_that_is_declared_unsupported_is_not_asked_for() -> None:
    told = result("always-success", unsupported={"parameters": "there are none"})

    assert (told.verdict, told.problems) == ("skip", ("parameters.query: there are none",))


def test_a_version_that_is_not_declared_is_not_asked_for() -> None:
    told = result("honest", scenario(version="1.1.0"))

    assert (told.verdict, told.problems) == ("skip", ("the engine does not run Arazzo 1.1",))


def test_to_refuse_and_to_fail_without_a_request_are_the_same_on_the_wire() -> None:
    told = result("sends-nothing", scenario(expect={"outcome": "rejected"}))

    assert told.verdict == "pass"


def test_a_refusal_that_comes_after_a_request_fails() -> None:
    told = result("honest", scenario(expect={"outcome": "rejected"}))

    assert told.verdict == "fail"
    assert told.problems == (
        "no requests expected, 1 seen",
        "the outcome rejected is expected, success is reported",
    )


def test_any_of_several_expectations_will_do() -> None:
    told = result("honest", scenario(expect=[{"outcome": "rejected"}, {"outcome": "success", "exchanges": 1}]))

    assert told.verdict == "pass"


def test_without_an_expectation_there_is_a_comparison_and_no_verdict() -> None:
    tree = {key: value for key, value in scenario(level="unspecified").tree.items() if key != "expect"}

    told = result("honest", replace(scenario(), tree=tree))

    assert told.verdict == "compared"
    assert told.observed["outcome"] == "success"


def test_an_engine_that_fails_smoke_is_not_judged_further() -> None:
    told = results("always-success", scenario("smoke/first"), scenario("parameters/a"))

    assert [(r.scenario, r.verdict) for r in told] == [("smoke/first@1.0", "fail"), ("parameters/a@1.0", "skip")]
    assert told[1].problems == ("not judged: it fails smoke/first@1.0",)


def test_a_known_deviation_keeps_its_verdict_and_its_reason() -> None:
    told = result("sends-twice", known={"parameters/*": "it insists"})

    assert (told.verdict, told.known) == ("fail", "it insists")


def test_a_known_deviation_that_is_gone_is_an_error() -> None:
    told = result("honest", known={"parameters/query@1.0": "it forgets"})

    assert told.verdict == "error"
    assert told.problems == ("it passes, and known.yaml lists it as deviating (it forgets)",)


def test_every_scenario_is_told_once_with_several_processes() -> None:
    scenarios = [scenario(f"parameters/s{number}") for number in range(6)]
    told: list[Result] = []

    play([engine("honest"), engine("always-success")], scenarios, told.append, jobs=4)

    expected = {(s.id, e) for s in scenarios for e in ("honest", "always-success")}
    assert len(told) == 12
    assert {(r.scenario, r.engine) for r in told} == expected
    assert {r.verdict for r in told if r.engine == "honest"} == {"pass"}


def test_a_record_reads_back_and_is_complete_with_its_footer() -> None:
    stream = StringIO()
    engines, scenarios = [engine("honest"), engine("sends-twice")], [scenario()]
    writer = report.Writer(stream, engines, scenarios)
    writer.close(play(engines, scenarios, writer.result))

    record = report.read_lines(stream.getvalue().splitlines())

    assert record.footer is not None
    assert record.footer["counts"] == {"honest": {"pass": 1}, "sends-twice": {"fail": 1}}
    assert record.scenarios["parameters/query@1.0"]["documents"]["openapi.yaml"].endswith("url: http://api.test\n")
    assert record.results["parameters/query@1.0", "honest"]["verdict"] == "pass"


def test_the_harness_does_not_import_the_engine_it_comes_with() -> None:
    from subprocess import run

    code = (
        "import json, sys, conformance.harness.command, conformance.harness.play; print(json.dumps(list(sys.modules)))"
    )
    root = Path(__file__).resolve().parents[2]

    printed = run([sys.executable, "-c", code], cwd=root, env=dict(os.environ), capture_output=True, check=True).stdout

    assert not [name for name in json.loads(printed) if name.startswith("arazzo_runner")]

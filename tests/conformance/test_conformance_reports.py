"""What is made of a record: the matrix, Markdown, JSON, the page, and the archive of the suite."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from conformance.harness.command import main
from conformance.harness.dist import build
from conformance.harness.html import clusters, page
from conformance.harness.report import Record, read_lines
from conformance.harness.summary import as_json, markdown, matrix


def seen(target: str, outcome: str = "success", body: str = "") -> dict[str, Any]:
    request = {"method": "GET", "target": target, "headers": {"Host": "api.test"}, "body": body}
    exchange = {"request": request, "status": 200, "expected": True, "differences": []}
    return {"outcome": outcome, "exchanges": [exchange]}


def scenario_line(id_: str) -> dict[str, Any]:
    return {
        "id": id_,
        "path": id_.partition("@")[0],
        "arazzo": "1.0.1",
        "area": id_.partition("/")[0],
        "level": "required",
        "features": [],
        "requirements": ["step.operationId.invoked"],
        "description": "a </script> is text",
        "documents": {"a.yaml": "a: 1\n"},
        "run": {"entry": "a.yaml", "workflowId": "w", "inputs": {}},
    }


def record(*results: tuple[str, str, str, dict[str, Any]], complete: bool = True) -> Record:
    """A record of results (scenario, engine, verdict, observed) of the engines `one` and `two`."""
    engines = [
        {"id": id_, "name": id_.title(), "language": "C", "package": None, "pinned": "1", "homepage": None, "notes": ""}
        for id_ in ("one", "two")
    ]
    lines = [
        {"kind": "header", "started": "2026-11-25T10:00:00Z", "python": "3.11", "engines": engines, "untestable": {}}
    ]
    for id_ in dict.fromkeys(scenario for scenario, *_ in results):
        lines.append({"kind": "scenario", **scenario_line(id_)})
    for scenario, engine, verdict, observed in results:
        problems = ["it differs"] if verdict == "fail" else []
        line = {"scenario": scenario, "engine": engine, "verdict": verdict, "problems": problems, "seconds": 0.1}
        lines.append({"kind": "result", **line, "observed": observed, "known": None, "stderr": ""})
    if complete:
        lines.append({"kind": "footer", "finished": "2026-11-25T10:01:00Z", "engines": {}, "counts": {}})
    return read_lines(map(json.dumps, lines))


TWO = record(
    ("retry/a@1.0", "one", "pass", seen("/a")),
    ("retry/a@1.0", "two", "fail", seen("/b")),
    ("smoke/b@1.0", "one", "pass", seen("/b")),
    ("smoke/b@1.0", "two", "skip", {}),
)


def test_the_matrix_counts_passed_of_judged_by_area() -> None:
    assert matrix(TWO).splitlines() == [
        "       one  two",
        "retry  1/1  0/1",
        "smoke  1/1    -",
        "all    2/2  0/1",
        "error    -    -",
        "skip     -    1",
    ]


def test_a_record_without_footer_is_said_to_be_incomplete() -> None:
    partial = record(("retry/a@1.0", "one", "pass", seen("/a")), complete=False)

    assert matrix(partial).endswith("(the record is not complete)")


def test_a_record_without_header_is_none() -> None:
    with pytest.raises(ValueError, match="the first line is no header"):
        read_lines(['{"kind": "result"}'])


def test_markdown_has_the_levels_the_areas_and_the_date() -> None:
    text = markdown(TWO)

    assert "2 claims in 2 scenarios, 2 engines, on 2026-11-25" in text
    assert "| required | 2/2 | 0/1 |" in text
    assert "| retry | 1/1 | 0/1 |" in text


def test_json_has_the_deviations() -> None:
    told = as_json(TWO)["engines"]["two"]

    assert told["verdicts"] == {"fail": 1, "skip": 1}
    assert told["deviations"] == {"retry/a@1.0": ["it differs"]}


def test_engines_that_behave_alike_stand_together() -> None:
    alike = record(
        ("retry/a@1.0", "one", "pass", seen("/%61?x=%2f", body='{"a": 1, "b": 2}')),
        ("retry/a@1.0", "two", "fail", seen("/a?x=%2F", body='{"b":2,"a":1}')),
    )

    assert clusters(alike, "retry/a@1.0") == [["one", "two"]]
    assert clusters(TWO, "retry/a@1.0") == [["one"], ["two"]]
    assert clusters(TWO, "smoke/b@1.0") == [["one"]]


def test_to_refuse_and_to_fail_without_a_request_is_alike() -> None:
    both = record(
        ("retry/a@1.0", "one", "pass", {"outcome": "rejected", "exchanges": []}),
        ("retry/a@1.0", "two", "pass", {"outcome": "failure", "exchanges": []}),
    )

    assert clusters(both, "retry/a@1.0") == [["one", "two"]]


def test_the_page_is_one_file_whose_data_cannot_end_its_script() -> None:
    text = page(TWO)

    data = text.partition('id="data">')[2].partition("</script>")[0]
    assert json.loads(data)["scenarios"][0]["description"] == "a </script> is text"
    assert '<td data-engine="two" style="--share:0.000"><span><b>0</b>/1</span></td>' in text
    assert "src=" not in text
    assert "<link" not in text


def test_the_same_files_make_the_same_archive(tmp_path: Path) -> None:
    one, two = tmp_path / "one.zip", tmp_path / "two.zip"

    build(one)
    build(two)

    assert one.read_bytes() == two.read_bytes()
    names = zipfile.ZipFile(one).namelist()
    assert {"conformance/README.md", "conformance/scenarios/smoke/one-request.yaml", "conformance/LICENSE"} <= set(
        names
    )
    assert not [name for name in names if ".installed" in name or "__pycache__" in name]


def test_a_command_that_cannot_be_carried_out_says_why_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["run", "--engine", "steam"])

    assert code == 2
    assert capsys.readouterr().err.startswith(
        "conformance: there is no engine steam; there are arazzo-exec, arazzo-run"
    )


def test_the_adapter_of_our_engine_passes_the_smoke_scenarios(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["run", "--engine", "arazzo-run", "--select", "smoke", "--output", str(tmp_path / "record.ndjson")])

    assert code == 0
    assert "smoke         5/5" in capsys.readouterr().out

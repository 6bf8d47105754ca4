"""Reports of a check: text with carets, JSON, SARIF, workflow commands, JUnit XML."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from arazzo_runner.checks.catalogue import RULES
from arazzo_runner.diagnostics import Diagnostic, Fix, Quote, Remove, SetText, Severity, Wrap
from arazzo_runner.location import Location
from arazzo_runner.report.diagnostics import CheckedFile, DiagnosticsReport, Finding, Replacement, Summary
from arazzo_runner.report.diagnostics.github import GithubReport
from arazzo_runner.report.diagnostics.json_ import JsonReport
from arazzo_runner.report.diagnostics.junit import JunitReport
from arazzo_runner.report.diagnostics.sarif import SarifReport
from arazzo_runner.report.diagnostics.text import TextReport, excerpt

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "check.schema.json").read_text("utf-8"))
PLACE = Location("a.yaml", 3, 5, "/x")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def finding(
    severity: Severity = "error",
    code: str = "ARZ203",
    *,
    place: Location | None = PLACE,
    line: str | None = "  a: b",
    **fields: Any,
) -> Finding:
    replacement = fields.pop("replacement", None)
    return Finding(Diagnostic(code, severity, "it is wrong", place, **fields), line, replacement)


ERROR, WARNING, INFO = finding(), finding("warning", "ARZ502"), finding("info", "ARZ223")
FILE = CheckedFile("a.yaml", True, (ERROR, WARNING, INFO))
CLEAN = CheckedFile("b.yaml", True)


def fed(report: DiagnosticsReport, *files: CheckedFile) -> None:
    for file in files:
        report.observe(file)
    report.finish()


def text_of(*files: CheckedFile, stream: io.StringIO | None = None, environ: Any = None, **options: Any) -> str:
    stream = stream or io.StringIO()
    fed(TextReport(stream, environ=environ or {}, **options), *files)
    return stream.getvalue()


# -- text -----------------------------------------------------------------------------------------------------------


def test_a_finding_is_its_place_its_line_with_a_caret_and_a_hint():
    shown = text_of(CheckedFile("a.yaml", True, (finding(hint="write it right"),)))

    assert shown.splitlines() == [
        "a.yaml:3:5: error ARZ203: it is wrong",
        "      a: b",
        "        ^",
        "    hint: write it right",
        "1 file, 1 error",
    ]


def test_a_finding_without_a_place_names_the_file():
    shown = text_of(CheckedFile("a.yaml", False, (finding(place=None, line=None),)))

    assert shown.splitlines()[0] == "a.yaml: error ARZ203: it is wrong"


@pytest.mark.parametrize(
    ("verbosity", "failing", "codes"),
    [
        ("normal", ("error",), ["ARZ203", "ARZ502"]),
        ("verbose", ("error",), ["ARZ203", "ARZ502", "ARZ223"]),
        ("quiet", ("error",), ["ARZ203"]),
        ("quiet", ("error", "warning"), ["ARZ203", "ARZ502"]),
    ],
)
def test_infos_are_for_verbose_and_quiet_tells_what_fails(verbosity: str, failing: tuple[str, ...], codes: list[str]):
    lines = text_of(FILE, verbosity=verbosity, failing=failing).splitlines()

    assert [line.split()[2].rstrip(":") for line in lines if line.startswith("a.yaml:")] == codes
    assert any(line.startswith("1 file") for line in lines) is (verbosity != "quiet")


@pytest.mark.parametrize(
    ("files", "options", "line"),
    [
        ([CLEAN], {}, "1 file, no findings"),
        ([CLEAN, CLEAN], {}, "2 files, no findings"),
        ([FILE, CLEAN], {}, "2 files, 1 error, 1 warning, 1 info (-v shows it)"),
        ([FILE, FILE], {}, "2 files, 2 errors, 2 warnings, 2 infos (-v shows them)"),
        ([FILE], {"verbosity": "verbose"}, "1 file, 1 error, 1 warning, 1 info"),
        ([CheckedFile("a", True, (INFO,))], {}, "1 file, 1 info (-v shows it)"),
        ([CheckedFile("a", True, (finding(fix=Fix(())),) * 2)], {}, "1 file, 2 errors; 2 can be mended with --fix"),
        ([CheckedFile("a", True, (), (ERROR.diagnostic,))], {}, "1 file, 1 mended, nothing left"),
        ([CheckedFile("a", True, (WARNING,), (ERROR.diagnostic,) * 3)], {}, "1 file, 3 mended, 1 warning"),
    ],
)
def test_the_last_line_counts(files: list[CheckedFile], options: dict[str, Any], line: str):
    assert text_of(*files, **options).splitlines()[-1] == line


def test_what_was_mended_is_told_with_verbose():
    file = CheckedFile("a.yaml", True, (), (ERROR.diagnostic,))

    assert text_of(file, verbosity="verbose").splitlines()[0] == "a.yaml:3:5: mended ARZ203: it is wrong"


def test_colours_are_for_a_terminal_that_wants_them():
    coloured = text_of(FILE, stream=Terminal())

    assert "\x1b[1;31merror\x1b[0m" in coloured
    assert "\x1b" not in text_of(FILE)
    assert "\x1b" not in text_of(FILE, stream=Terminal(), environ={"NO_COLOR": "1"})
    assert "\x1b" not in text_of(FILE, stream=Terminal(), environ={"TERM": "dumb"})


def test_a_document_cannot_send_control_characters():
    shown = text_of(CheckedFile("a.yaml", True, (finding(line="\x1b[2Jb: \x07"),)), stream=Terminal())

    assert "\x1b[2J" not in shown
    assert "\\x1b[2Jb: \\x07" in shown


def test_lines_are_windowed_to_the_width_of_the_terminal():
    long = finding(line="x" * 500, place=Location("a.yaml", 1, 250))

    lines = text_of(CheckedFile("a.yaml", True, (long,)), stream=Terminal(), environ={"COLUMNS": "60", "NO_COLOR": "1"})

    shown, caret = lines.splitlines()[1:3]
    assert len(shown) == 60
    assert shown[caret.index("^")] == "x"


# -- the caret ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "column", "width", "expected"),
    [
        ("a: b", 4, 80, ("a: b", 3)),
        ("a: b", 5, 80, ("a: b", 4)),
        ("\ta:\tb", 5, 80, ("    a:    b", 10)),
        ("名: b", 4, 80, ("名: b", 4)),
        ("e\u0301: b", 5, 80, ("e\u0301: b", 3)),
        ("", 1, 80, ("", 0)),
        ("0123456789" * 5, 1, 20, ("01234567890123456...", 0)),
        ("0123456789" * 5, 31, 20, ("...01234567890123...", 13)),
        ("0123456789" * 5, 50, 20, ("...90123456789", 13)),
    ],
)
def test_the_caret_stands_under_the_column(line: str, column: int, width: int, expected: tuple[str, int]):
    shown, at = excerpt(line, column, width)

    assert (shown, at) == expected


@pytest.mark.parametrize("character", ["x", "名", "\t", "\x1b"])
@pytest.mark.parametrize("column", [1, 2, 17, 99, 200, 201])
def test_no_excerpt_is_wider_than_its_room(character: str, column: int):
    shown, at = excerpt(character * 200, column, 40)

    assert sum(2 if each == "名" else 1 for each in shown) <= 40
    assert at <= 40


# -- JSON -----------------------------------------------------------------------------------------------------------


def test_the_json_report_is_one_object_that_its_schema_describes():
    place = Location("a.yaml", 1, 1, "/a")
    fix = Fix((SetText(place, "x"), Remove(place), Quote(place), Wrap(place, "condition")))
    file = CheckedFile("a.yaml", True, (finding(fix=fix, hint="do"), WARNING, INFO), (ERROR.diagnostic,))
    stream = io.StringIO()

    fed(JsonReport(stream), file, CLEAN, CheckedFile("c", False, (finding(place=None),)))

    report = json.loads(stream.getvalue())
    jsonschema.Draft202012Validator(SCHEMA).validate(report)
    assert [told["file"] for told in report["files"]] == ["a.yaml", "b.yaml", "c"]
    assert report["files"][1] == {"file": "b.yaml", "readable": True, "diagnostics": []}
    assert report["files"][2]["readable"] is False
    assert report["files"][0]["mended"][0]["code"] == "ARZ203"
    assert report["summary"] == {
        "files": 3,
        "unreadable": 1,
        "errors": 2,
        "warnings": 1,
        "infos": 1,
        "fixable": 1,
        "mended": 1,
    }


def test_the_json_schema_is_a_schema_and_refuses_what_is_not_told():
    validator = jsonschema.Draft202012Validator(SCHEMA)

    validator.check_schema(SCHEMA)

    summary = dict.fromkeys(SCHEMA["$defs"]["summary"]["required"], 0)
    assert validator.is_valid({"schemaVersion": 1, "files": [], "summary": summary})
    assert not validator.is_valid({"schemaVersion": 2, "files": [], "summary": summary})
    assert not validator.is_valid({"schemaVersion": 1, "files": [{"file": "a", "readable": True}], "summary": summary})


# -- SARIF ----------------------------------------------------------------------------------------------------------


def sarif_of(*files: CheckedFile) -> Any:
    stream = io.StringIO()
    fed(SarifReport(stream, rules=RULES), *files)
    return json.loads(stream.getvalue())


def test_sarif_names_the_tool_and_every_rule_of_the_catalogue():
    log = sarif_of(CLEAN)

    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "arazzo-run"
    assert [rule["id"] for rule in driver["rules"]] == list(RULES)
    assert {rule["defaultConfiguration"]["level"] for rule in driver["rules"]} == {"error", "warning", "note"}
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["results"] == []


def test_a_sarif_result_points_to_its_rule_and_place():
    log = sarif_of(FILE)

    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == ["ARZ203", "ARZ502", "ARZ223"]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note"]
    assert run["results"][0]["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "a.yaml"},
                "region": {"startLine": 3, "startColumn": 5},
            }
        }
    ]


def test_a_sarif_result_has_the_fix_that_was_worked_out():
    told = finding(hint="write c", fix=Fix(()), replacement=Replacement((3, 6), (3, 7), "c"))

    (result,) = sarif_of(CheckedFile("a.yaml", True, (told,)))["runs"][0]["results"]

    (change,) = result["fixes"][0]["artifactChanges"]
    assert change == {
        "artifactLocation": {"uri": "a.yaml"},
        "replacements": [
            {
                "deletedRegion": {"startLine": 3, "startColumn": 6, "endLine": 3, "endColumn": 7},
                "insertedContent": {"text": "c"},
            }
        ],
    }
    assert result["message"]["text"] == "it is wrong (write c)"


def test_a_fingerprint_outlives_lines_put_in_above_and_tells_equal_ones_apart():
    moved = finding(place=Location("a.yaml", 9, 5, "/y"))

    before = sarif_of(CheckedFile("a.yaml", True, (ERROR,)))
    after = sarif_of(CheckedFile("a.yaml", True, (moved, moved)))

    prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in after["runs"][0]["results"]]
    (first,) = before["runs"][0]["results"]
    assert first["partialFingerprints"]["primaryLocationLineHash"] == prints[0]
    assert prints[0] != prints[1]


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("a b/ü.yaml", "a%20b/%C3%BC.yaml"),
        ("https://example.com/a.yaml", "https://example.com/a.yaml"),
        ("/elsewhere/a.yaml", "file:///elsewhere/a.yaml"),
    ],
)
def test_sarif_places_are_uris(name: str, uri: str):
    log = sarif_of(CheckedFile(name, True, (finding(place=None),)))

    assert log["runs"][0]["results"][0]["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": uri}}}]


def test_a_place_inside_the_working_directory_is_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    log = sarif_of(CheckedFile(str(tmp_path / "x" / "a.yaml"), True, (finding(place=None),)))

    (result,) = log["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "x/a.yaml"}


# -- workflow commands ----------------------------------------------------------------------------------------------


def github_of(*files: CheckedFile, infos: bool = False) -> list[str]:
    stream = io.StringIO()
    fed(GithubReport(stream, infos=infos), *files)
    return stream.getvalue().splitlines()


def test_findings_are_annotations_and_the_counts_a_line_of_the_log():
    assert github_of(FILE) == [
        "::error file=a.yaml,line=3,col=5,title=ARZ203::it is wrong",
        "::warning file=a.yaml,line=3,col=5,title=ARZ502::it is wrong",
        "1 file, 1 error, 1 warning, 1 info (-v shows it)",
    ]


def test_infos_are_notices_where_they_are_wanted():
    assert github_of(FILE, infos=True)[2] == "::notice file=a.yaml,line=3,col=5,title=ARZ223::it is wrong"


def test_an_annotation_cannot_be_forged_by_what_it_says():
    place = Location("a,b:c%.yaml", 0, 0)
    diagnostic = Diagnostic("ARZ203", "error", "100%\r\n::error::forged, it is", place, "do: this")

    (line, _) = github_of(CheckedFile("x", True, (Finding(diagnostic),)))

    assert line == ("::error file=a%2Cb%3Ac%25.yaml,title=ARZ203::100%25%0D%0A::error::forged, it is (do: this)")


# -- JUnit ----------------------------------------------------------------------------------------------------------


def junit_of(*files: CheckedFile) -> ElementTree.Element:
    stream = io.StringIO()
    fed(JunitReport(stream, rules=RULES), *files)
    return ElementTree.fromstring(stream.getvalue())


def test_a_file_is_a_suite_and_a_finding_a_failed_case():
    root = junit_of(FILE, CLEAN)

    suites = root.findall("testsuite")
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in suites] == [
        ("a.yaml", "2", "2"),
        ("b.yaml", "1", "0"),
    ]
    assert (root.get("tests"), root.get("failures")) == ("3", "2")
    case = suites[0][0]
    assert case.attrib == {
        "name": "ARZ203 unknown-operation 3:5",
        "classname": "a.yaml",
        "file": "a.yaml",
        "line": "3",
    }
    assert case[0].attrib == {"type": "error", "message": "it is wrong"}
    assert case[0].text == "a.yaml:3:5: error ARZ203: it is wrong"


def test_infos_fail_no_case():
    root = junit_of(CheckedFile("a.yaml", True, (INFO,)))

    assert [case.get("name") for case in root.iter("testcase")] == ["no findings"]


def test_xml_holds_what_a_document_holds():
    root = junit_of(CheckedFile("a\x00.yaml", True, (Finding(Diagnostic("ARZ203", "error", "<&\x1b>")),)))

    assert [failure.get("message") for failure in root.iter("failure")] == ["<&\ufffd>"]


# -- counts ---------------------------------------------------------------------------------------------------------


def test_a_summary_counts_over_files():
    summary = Summary()

    for file in (FILE, CLEAN, CheckedFile("c", False, (ERROR,))):
        summary.add(file)

    assert (summary.files, summary.unreadable, summary.errors, summary.warnings, summary.infos) == (3, 1, 2, 1, 1)

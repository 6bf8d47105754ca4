"""Reports in files and streams: outputs, --json, --events, --har, --junit, and how they are written."""

from __future__ import annotations

import io
import json
import os
import stat
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from arazzo_runner.errors import UsageError
from arazzo_runner.events import Event, RequestSent, ResponseReceived, SecretMarked
from arazzo_runner.messages import Request, Response
from arazzo_runner.report.announcements import SecretAnnouncer
from arazzo_runner.report.har import HarReport
from arazzo_runner.report.json_report import JsonReport
from arazzo_runner.report.junit import JunitReport
from arazzo_runner.report.ndjson import EventsReport
from arazzo_runner.report.outputs import HINT, OutputsReport
from arazzo_runner.report.redaction import Redactor
from arazzo_runner.report.tee import Tee

Events = Callable[[str], "list[Event]"]
Feed = Callable[[Any, Iterable[Event]], None]
RESULT_SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "result.schema.json").read_text("utf-8"))
HIDDEN = ("issued-token-0001", "nested-token-77", "eyJ", "abcdef123", "s3cr3t")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


# -- outputs --------------------------------------------------------------------------------------------------------


def test_a_pipe_gets_the_real_outputs(events: Events, feed: Feed):
    stream = io.StringIO()

    feed(OutputsReport(stream, redactor=Redactor()), events("bootstrap"))

    assert json.loads(stream.getvalue())["accessToken"] == "issued-token-0001"


@pytest.mark.requirement("security.password-hint")
def test_a_terminal_gets_masked_outputs_and_a_hint(events: Events, feed: Feed):
    stream = Terminal()

    feed(OutputsReport(stream, redactor=Redactor()), events("bootstrap"))

    shown, _, hint = stream.getvalue().rpartition("}\n")
    assert json.loads(shown + "}")["accessToken"] == "***"
    assert hint == HINT + "\n"


def test_a_terminal_gets_no_hint_where_nothing_was_masked(events: Events, feed: Feed):
    shown, real = Terminal(), Terminal()

    feed(OutputsReport(shown, redactor=Redactor()), events("retried"))
    feed(OutputsReport(real, redactor=Redactor(show_secrets=True)), events("bootstrap"))

    assert shown.getvalue() == "{}\n"
    assert "issued-token-0001" in real.getvalue()
    assert HINT not in real.getvalue()


def test_every_end_of_a_run_writes_outputs_and_no_run_writes_none(events: Events, feed: Feed):
    interrupted, refused = io.StringIO(), io.StringIO()

    feed(OutputsReport(interrupted, redactor=Redactor()), events("interrupted"))
    feed(OutputsReport(refused, redactor=Redactor()), [])

    assert interrupted.getvalue() == "{}\n"
    assert refused.getvalue() == ""


# -- json and events ------------------------------------------------------------------------------------------------


def test_the_json_report_fits_its_schema(any_run: list[Event], feed: Feed, tmp_path: Path):
    feed(JsonReport(tmp_path / "r.json", redactor=Redactor()), any_run)

    text = (tmp_path / "r.json").read_text("utf-8")
    jsonschema.validate(json.loads(text), RESULT_SCHEMA)
    assert not any(hidden in text for hidden in HIDDEN)


def test_the_json_report_can_show_secrets(events: Events, feed: Feed):
    stream = io.StringIO()

    feed(JsonReport(stream, redactor=Redactor(show_secrets=True)), events("bootstrap"))

    assert "issued-token-0001" in stream.getvalue()


def test_an_event_is_a_line_as_it_happens(any_run: list[Event]):
    stream = io.StringIO()
    report = EventsReport(stream, redactor=Redactor())

    for count, event in enumerate(any_run, 1):
        report.observe(event)
        assert stream.getvalue().count("\n") == count

    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert lines[0]["type"] == "runStarted"
    assert not any(hidden in stream.getvalue() for hidden in HIDDEN)


def test_events_are_written_in_camel_case(events: Events, feed: Feed):
    stream = io.StringIO()

    feed(EventsReport(stream, redactor=Redactor()), events("retried"))

    by_type = {line["type"]: line for line in map(json.loads, stream.getvalue().splitlines())}
    assert by_type["runStarted"]["outline"][0]["steps"][0]["stepId"] == "createApplication"
    assert by_type["stepFinished"]["missingOutputs"] == []
    assert by_type["criterionChecked"]["criterionType"] == "simple"
    assert by_type["actionTaken"]["actionType"] == "retry"
    assert by_type["actionTaken"]["delayS"] == 2.0
    assert by_type["secretMarked"] == {
        "type": "secretMarked",
        "label": "createApplication.clientSecret",
        "value": "***",
    }
    assert by_type["responseReceived"]["response"]["body"]["clientSecret"] == "***"


# -- har ------------------------------------------------------------------------------------------------------------

_NAMED = {"type": "array", "items": {"type": "object", "required": ["name", "value"]}}
HAR_ENTRY = {
    "type": "object",
    "required": ["startedDateTime", "time", "request", "response", "cache", "timings"],
    "properties": {
        "startedDateTime": {"type": "string"},
        "time": {"type": "number", "minimum": 0},
        "request": {
            "type": "object",
            "required": [
                "method",
                "url",
                "httpVersion",
                "cookies",
                "headers",
                "queryString",
                "headersSize",
                "bodySize",
            ],
            "properties": {
                "headers": _NAMED,
                "cookies": _NAMED,
                "queryString": _NAMED,
                "postData": {"type": "object", "required": ["mimeType", "text"]},
                "bodySize": {"type": "integer"},
            },
        },
        "response": {
            "type": "object",
            "required": [
                "status",
                "statusText",
                "httpVersion",
                "cookies",
                "headers",
                "content",
                "redirectURL",
                "headersSize",
                "bodySize",
            ],
            "properties": {
                "headers": _NAMED,
                "cookies": _NAMED,
                "content": {"type": "object", "required": ["size", "mimeType"]},
            },
        },
        "cache": {"type": "object"},
        "timings": {"type": "object", "required": ["send", "wait", "receive"]},
    },
}


def har_of(events: Iterable[Event], redactor: Redactor | None = None) -> Any:
    stream = io.StringIO()
    report = HarReport(stream, redactor=redactor or Redactor())
    for event in events:
        report.observe(event)
    report.finish()
    return json.loads(stream.getvalue())["log"]


def test_the_archive_has_what_har_1_2_asks_for(any_run: list[Event]):
    log = har_of(any_run)

    assert log["version"] == "1.2"
    assert log["creator"]["name"] == "arazzo-run"
    for entry in log["entries"]:
        jsonschema.validate(entry, HAR_ENTRY)
        assert datetime.fromisoformat(entry["startedDateTime"]).tzinfo is not None
        assert entry["time"] == sum(entry["timings"].values())
    assert not any(hidden in json.dumps(log) for hidden in HIDDEN)


def test_an_entry_is_made_for_every_request_answered_or_not(events: Events):
    (refused,) = har_of(events("transport"))["entries"]

    assert refused["response"]["status"] == 0
    assert refused["_error"] == "127.0.0.1:8000 refused the connection"
    assert len(har_of(events("retried"))["entries"]) == 2
    assert har_of(events("interrupted"))["entries"][1]["_error"] == "interrupted"


def test_cookies_and_query_are_listed_and_binary_bodies_are_base64(events: Events):
    request = Request("GET", "http://h.test/?a=1&a=2&token=x", (("Cookie", "sid=1"),))
    response = Response(200, (("Content-Type", "image/png"),), b"\x89PNG\xff")
    first = events("bootstrap")[:2]
    story = [*first, RequestSent("createApplication#1.1", request, at=1.0)]
    story.append(ResponseReceived("createApplication#1.1", response, 0.5))

    (entry,) = har_of(story)["entries"]

    assert entry["request"]["queryString"] == [
        {"name": "a", "value": "1"},
        {"name": "a", "value": "2"},
        {"name": "token", "value": "***"},
    ]
    assert entry["request"]["cookies"] == [{"name": "sid", "value": "***"}]
    assert (
        entry["response"]["content"]
        == {
            "size": 5,
            "mimeType": "image/png",
            "text": "iVBORw==",
            "encoding": "base64",
        }
        or entry["response"]["content"]["encoding"] == "base64"
    )
    assert entry["time"] == 500


# -- junit ----------------------------------------------------------------------------------------------------------


def junit_of(events: Iterable[Event]) -> ElementTree.Element:
    stream = io.StringIO()
    report = JunitReport(stream, redactor=Redactor())
    for event in events:
        report.observe(event)
    report.finish()
    assert not any(hidden in stream.getvalue() for hidden in HIDDEN)
    return ElementTree.fromstring(stream.getvalue())


def cases_of(root: ElementTree.Element) -> dict[str, list[str]]:
    return {case.get("name", ""): [child.tag for child in case] for case in root.iter("testcase")}


def test_a_suite_per_workflow_and_a_case_per_step(events: Events):
    root = junit_of(events("bootstrap"))

    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("3", "0", "0")
    assert [suite.get("name") for suite in root] == ["bootstrap-application-token"]
    assert cases_of(root) == {"createApplication": [], "getApplication": [], "createAccessToken": []}


def test_a_failure_has_details_and_steps_not_reached_are_skipped(events: Events):
    root = junit_of(events("failing"))

    assert cases_of(root) == {"createApplication": [], "getApplication": ["failure"], "createAccessToken": ["skipped"]}
    failure = root.find(".//failure")
    assert failure is not None
    assert failure.get("type") == "criteria"
    assert "$statusCode = 404" in (failure.text or "")
    assert (root.get("failures"), root.get("skipped")) == ("1", "1")


def test_a_step_that_a_retry_mended_is_no_failure(events: Events):
    root = junit_of(events("retried"))

    assert cases_of(root)["createApplication"] == ["system-out"]
    assert root.get("failures") == "0"


def test_no_answer_is_an_error_and_so_is_an_interrupt(events: Events):
    assert cases_of(junit_of(events("transport")))["createApplication"] == ["error"]
    interrupted = junit_of(events("interrupted"))
    assert cases_of(interrupted)["getApplication"] == ["error"]


def test_the_steps_of_a_called_workflow_are_a_suite_of_their_own(events: Events):
    root = junit_of(events("nested"))

    assert [suite.get("name") for suite in root] == ["bootstrap-application-token", "login"]
    assert "callLogin/getToken" in cases_of(root)


def test_a_run_that_failed_without_a_failed_step_is_an_error(events: Events):
    from arazzo_runner.events import RunFinished

    end = RunFinished("w", "failed", "limit-exceeded", None, message="more than 1000 steps\x00")
    root = junit_of([*events("bootstrap")[:-1], end])

    error = root.find(".//error")
    assert error is not None
    assert error.get("message") == "more than 1000 steps�"


# -- files ----------------------------------------------------------------------------------------------------------


def test_a_file_appears_whole_or_not_at_all(events: Events, tmp_path: Path):
    target = tmp_path / "events.ndjson"
    report = EventsReport(target, redactor=Redactor())

    for event in events("interrupted"):
        report.observe(event)
        assert not target.exists()
    report.finish()

    assert target.read_text("utf-8").count("\n") == len(events("interrupted"))
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_with_secrets_is_for_its_owner_only(events: Events, feed: Feed, tmp_path: Path):
    feed(HarReport(tmp_path / "x.har", redactor=Redactor(show_secrets=True)), events("bootstrap"))

    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "x.har").stat().st_mode) == 0o600


def test_a_file_that_cannot_be_written_is_told_before_the_run(tmp_path: Path):
    with pytest.raises(UsageError, match="cannot be written"):
        JunitReport(tmp_path / "absent" / "x.xml", redactor=Redactor())


@pytest.mark.skipif(not os.path.exists("/dev/null"), reason="there is no null device here")
def test_a_device_is_written_to_as_it_is(events: Events, feed: Feed):
    feed(JsonReport(os.devnull, redactor=Redactor()), events("bootstrap"))

    assert not Path(os.devnull).is_file()


# -- tee ------------------------------------------------------------------------------------------------------------


class Broken(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_a_reader_that_goes_away_does_not_stop_the_others(events: Events):
    stream = io.StringIO()
    broken = EventsReport(Broken(), redactor=Redactor())
    outputs = OutputsReport(Broken(), redactor=Redactor())
    tee = Tee(broken, EventsReport(stream, redactor=Redactor()), outputs)

    for event in events("bootstrap"):
        tee.observe(event)
    tee.finish()

    assert stream.getvalue().count("\n") == len(events("bootstrap"))
    assert tee.broken == [broken, outputs]


def test_one_report_that_cannot_be_finished_leaves_the_others_finished(events: Events, tmp_path: Path):
    folder = tmp_path / "gone"
    folder.mkdir()
    lost = JsonReport(folder / "r.json", redactor=Redactor())
    kept = JsonReport(tmp_path / "r.json", redactor=Redactor())
    tee = Tee(lost, kept)
    for event in events("bootstrap"):
        tee.observe(event)
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()

    with pytest.raises(UsageError):
        tee.finish()

    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["status"] == "succeeded"


# -- announcements --------------------------------------------------------------------------------------------------


def test_hosted_logs_are_told_every_secret_once():
    stream = io.StringIO()
    announcer = SecretAnnouncer(stream, {"GITHUB_ACTIONS": "true"})

    for value in ("one-secret", "100%-secret", "one-secret", "line one\nline two", "abc"):
        announcer.observe(SecretMarked("x", value))

    assert stream.getvalue().splitlines() == [
        "::add-mask::one-secret",
        "::add-mask::100%25-secret",
        "::add-mask::line one",
        "::add-mask::line two",
    ]


def test_nothing_is_announced_elsewhere():
    stream = io.StringIO()

    SecretAnnouncer(stream, {}).observe(SecretMarked("x", "one-secret"))

    assert stream.getvalue() == ""

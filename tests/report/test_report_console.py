"""Progress on stderr, as a person reads it."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable, Iterable
from typing import Any

from arazzo_runner.diagnostics import Diagnostic
from arazzo_runner.events import Event, RequestSent, ResponseReceived
from arazzo_runner.messages import Request, Response
from arazzo_runner.report.console import Console
from arazzo_runner.report.redaction import Redactor
from arazzo_runner.report.screen import printable

Events = Callable[[str], "list[Event]"]
Feed = Callable[[Any, Iterable[Event]], None]


class Terminal(io.StringIO):
    encoding = "utf-8"  # type: ignore[assignment]

    def isatty(self) -> bool:
        return True


def shown(
    events: Iterable[Event], stream: io.StringIO | None = None, environ: dict[str, str] | None = None, **options: Any
) -> str:
    stream = stream or io.StringIO()
    console = Console(stream, redactor=Redactor(), environ=environ or {}, **options)
    for event in events:
        console.observe(event)
    console.finish()
    return stream.getvalue()


def test_a_run_is_a_line_per_step_and_a_summary(events: Events):
    assert shown(events("bootstrap")).splitlines() == [
        "bootstrap-application-token  workflows/airbyte-application-token-bootstrap-workflow.yml",
        "  ✓ createApplication  POST http://127.0.0.1:8000/v1/applications  200  13 ms",
        "  ✓ getApplication  GET http://127.0.0.1:8000/v1/applications/app-1  200  13 ms",
        "  ✓ createAccessToken  POST http://127.0.0.1:8000/v1/applications/token  200  13 ms",
        "succeeded: 3 steps in 400 ms",
    ]


def test_a_failed_criterion_is_shown_with_its_operands_and_the_response(events: Events):
    text = shown(events("failing"))

    assert (
        "      workflows/airbyte-application-token-bootstrap-workflow.yml:53:7: '$statusCode == 200' does not hold"
        in text
    )
    assert "        $statusCode = 404" in text
    assert '        $response.body#/clientSecret = "***"' in text
    assert "        $response.body#/missing has no value" in text
    assert "      response 404 Not Found  application/json" in text
    assert '"message":"no such application"' in text
    assert "without value: " in text
    assert text.splitlines()[-2].startswith("failed: getApplication: ")
    assert text.splitlines()[-1] == "-v shows the headers and bodies of every request and response"


def test_no_secret_is_shown(any_run: list[Event], secret: str):
    text = shown(any_run, verbosity="verbose")

    for hidden in (secret, "issued-token-0001", "nested-token-77", "eyJ", "abcdef123"):
        assert hidden not in text


def test_a_retry_says_which_and_when(events: Events):
    lines = shown(events("retried")).splitlines()

    assert "      ↻ retry 1 of 3 in 2.00 s  (action 'again')" in lines
    assert any("✓ createApplication" in line and line.endswith("attempt 2") for line in lines)


def test_a_called_workflow_is_indented(events: Events):
    lines = shown(events("nested")).splitlines()

    assert lines[1] == "  → workflow login"
    assert lines[2].startswith("    ✓ getToken  POST ")
    assert lines[3].startswith("  ✓ callLogin  login")


def test_no_answer_says_why_and_what_to_do(events: Events):
    lines = shown(events("transport")).splitlines()

    assert "      no answer (connect): 127.0.0.1:8000 refused the connection" in lines
    assert lines[-2] == "failed: createApplication: 127.0.0.1:8000 refused the connection"
    assert lines[-1].startswith("nothing reached the server")


def test_an_interrupt_says_what_ran(events: Events):
    lines = shown(events("interrupted")).splitlines()

    assert lines[-2] == "interrupted: ran createApplication; getApplication was under way"
    assert lines[-1].startswith("the request of getApplication may have been carried out")


def test_quiet_shows_nothing_of_a_success(events: Events):
    assert shown(events("bootstrap"), verbosity="quiet") == ""
    assert shown(events("retried"), verbosity="quiet") == ""


def test_quiet_shows_why_a_run_failed(events: Events):
    lines = shown(events("failing"), verbosity="quiet").splitlines()

    assert lines[0].startswith("  ✗ getApplication")
    assert lines[-2].startswith("failed: getApplication")
    assert not any("ARZ514" in line for line in lines)


def test_verbose_adds_headers_and_bodies(events: Events):
    text = shown(events("bootstrap"), verbosity="verbose")

    assert "> POST http://127.0.0.1:8000/v1/applications\n" in text
    assert "    > Authorization: Bearer ***\n" in text
    assert "    < Set-Cookie: sid=***; Path=/; HttpOnly\n" in text
    assert '"clientSecret":"***"' in text


def test_a_body_is_cut_at_four_kilobytes():
    body = b"x" * 5000
    stories = [
        e
        if not isinstance(e, ResponseReceived)
        else ResponseReceived(e.id, Response(200, (("Content-Type", "text/plain"),), body), 0.1)
        for e in _one_step()
    ]

    text = shown(stories, verbosity="verbose")

    assert "x" * 4096 + "… (904 more characters)" in text


def _one_step() -> list[Event]:
    from arazzo_runner.events import RunStarted, StepStarted
    from arazzo_runner.location import Location

    here = Location("w.yaml", 1, 1)
    return [
        RunStarted("w", {}, (), here, "w.yaml"),
        StepStarted("a#1.1", "a", "", "w", 1, 1, here),
        RequestSent("a#1.1", Request("GET", "http://h.test/")),
        ResponseReceived("a#1.1", Response(401, (), b"\x1b[2J forged\r\n"), 0.1),
    ]


def test_a_401_carries_the_callers_advice():
    from arazzo_runner.events import StepFinished

    events = [*_one_step(), StepFinished("a#1.1", "a", "", "failed", "criteria", {}, message="the status is 401")]

    text = shown(events, advice=lambda request, response: f"set ARAZZO_AUTH_X for {request.url} ({response.status})")

    assert "      set ARAZZO_AUTH_X for http://h.test/ (401)\n" in text


def test_a_response_cannot_move_the_cursor():
    from arazzo_runner.events import StepFinished

    events = [*_one_step(), StepFinished("a#1.1", "a", "", "failed", "criteria", {}, message="no\x1b[31m")]

    assert "\x1b" not in shown(events)
    assert printable("a\x1b[2J\u202eb\n") == "a\\x1b[2J�b\\x0a"


def test_a_diagnostic_is_one_line():
    stream = io.StringIO()
    console = Console(stream, redactor=Redactor(), environ={}, verbosity="quiet")

    console.diagnostic(Diagnostic("ARZ101", "warning", "odd"))
    console.diagnostic(Diagnostic("ARZ102", "error", "wrong", hint="mend it"))

    assert stream.getvalue() == "error ARZ102: wrong (mend it)\n"


def test_a_terminal_gets_colours_and_lines_that_fit(events: Events):
    text = shown(events("failing"), Terminal(), {"TERM": "xterm-256color", "COLUMNS": "60"})

    assert "\x1b[" in text
    assert "404" in text


def test_no_color_is_respected(events: Events):
    text = shown(events("failing"), Terminal(), {"TERM": "xterm-256color", "NO_COLOR": "1", "COLUMNS": "60"})

    assert "\x1b[31m" not in text
    assert "\x1b[1;31m" not in text
    plain = [line for line in text.splitlines() if "\x1b" not in line]
    assert plain
    assert all(len(line) <= 60 for line in plain)


def test_a_dumb_terminal_gets_plain_lines(events: Events):
    assert shown(events("failing"), Terminal(), {"TERM": "dumb"}) == shown(events("failing"))


def test_a_stream_that_cannot_encode_signs_gets_words(events: Events):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")

    console = Console(stream, redactor=Redactor(), environ={})
    for event in events("bootstrap"):
        console.observe(event)
    console.finish()

    assert b"  ok createApplication" in raw.getvalue()


def test_a_pipe_does_not_import_rich():
    program = (
        "import io, sys\n"
        "from arazzo_runner.report.console import Console\n"
        "from arazzo_runner.report.redaction import Redactor\n"
        "from arazzo_runner.report import har, junit, json_report, ndjson, outputs, tee, transcript, announcements\n"
        "Console(io.StringIO(), redactor=Redactor(), environ={})\n"
        "print([m for m in ('rich', 'yaml', 'jsonpath_ng') if m in sys.modules])\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"

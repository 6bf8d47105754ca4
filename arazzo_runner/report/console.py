"""Progress for a person, on stderr: a line per step as it happens, why it failed, and how the run ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, TextIO, TypeAlias

from ..diagnostics import Diagnostic
from ..events import (
    ActionTaken,
    Event,
    RequestFailed,
    RequestResent,
    RequestSent,
    ResponseReceived,
    RunFinished,
    RunStarted,
    StepFinished,
    TokenRefused,
    TokenRequested,
    Waiting,
    Warned,
    WorkflowStarted,
)
from ..messages import Headers, Request, Response
from .advice import duration, summary, what_to_do
from .attempts import Attempt, Attempts, frames_of
from .criteria import failure_of, operand_lines
from .media import body_text, content_type_of
from .redaction import Redactor
from .screen import Segment, Style, screen

Verbosity = Literal["quiet", "normal", "verbose"]
Advice: TypeAlias = Callable[[Request, Response], "str | None"]

BODY_SHOWN = 4096  # characters of a body with -v
BODY_START = 500  # characters of the response of a failed step
VALUE_SHOWN = 300  # characters of an operand

_Line: TypeAlias = "tuple[int, tuple[Segment, ...]]"


class Console:
    """Writes progress as events come. `advice` is asked what to do about a 401 or 403.

    `quiet` shows errors only: those diagnostics, and of a failed run its last failed step and the reason.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        redactor: Redactor,
        environ: Mapping[str, str],
        verbosity: Verbosity = "normal",
        advice: Advice | None = None,
    ) -> None:
        self._screen = screen(stream, environ)
        self._redactor = redactor
        self._verbosity = verbosity
        self._advice = advice
        self._attempts = Attempts()
        self._started: RunStarted | None = None
        self._ended = False
        self._last_failed: list[_Line] = []

    def diagnostic(self, diagnostic: Diagnostic) -> None:
        """One line for one diagnostic; with `quiet` only an error's."""
        style: Style = {"error": "bad", "warning": "warning", "info": "faint"}[diagnostic.severity]  # type: ignore[assignment]
        if self._verbosity != "quiet" or diagnostic.severity == "error":
            self._write(0, (str(diagnostic), style))

    def note(self, text: str) -> None:
        """One line about how the run is carried out, with `verbose` only."""
        if self._verbosity == "verbose":
            self._write(0, (text, "faint"))

    def observe(self, event: Event) -> None:
        """Show one event."""
        self._redactor.observe(event)
        self._attempts.observe(event)
        match event:
            case RunStarted():
                self._started = event
                self._say(0, (event.workflow_id, "strong"), (f"  {event.document}", "faint"))
            case WorkflowStarted():
                self._workflow(event)
            case RequestSent():
                self._sent(event)
            case ResponseReceived():
                self._screen.idle()
                self._received(event)
            case RequestResent():
                self._resent(event)
            case TokenRequested():
                self._token(event)
            case TokenRefused():
                self._say(4, (event.message, "warning"))
            case RequestFailed():
                self._screen.idle()
            case StepFinished():
                self._step(event)
            case ActionTaken():
                self._action(event)
            case Waiting():
                if self._verbosity != "quiet":
                    self._screen.busy("waiting before the next attempt", seconds=event.seconds)
            case Warned():
                self.diagnostic(event.diagnostic)
            case RunFinished():
                self._end(event)
            case _:
                pass

    def finish(self) -> None:
        """Stop what moves; a run without an end was interrupted."""
        self._screen.idle()
        if self._started and not self._ended:
            self._end(RunFinished(self._started.workflow_id, "failed", "interrupted", None))

    # -- steps ------------------------------------------------------------------------------------------------------

    def _workflow(self, event: WorkflowStarted) -> None:
        why = {"dependency": "needed first", "goto": "goto", "retry": "before the retry"}.get(event.purpose)
        note = f"  ({why})" if why else ""
        self._say(2 * len(frames_of(event.path)), (f"→ workflow {event.workflow_id}", "strong"), (note, "faint"))

    def _sent(self, event: RequestSent) -> None:
        attempt = self._attempts.get(event.id)
        if attempt and self._verbosity == "verbose":
            request = event.request
            self._message(attempt, f"> {request.method} {self._redactor.url(request.url)}", request.headers, "> ")
            self._body(attempt, request.body or b"", request.headers)
        if attempt and self._verbosity != "quiet":
            url = self._redactor.url(event.request.url)
            self._screen.busy(f"{attempt.started.step_id}  {event.request.method} {url}")

    def _token(self, event: TokenRequested) -> None:
        """The URL alone with -v: what is sent there, and what comes back, is nothing but secrets."""
        attempt = self._attempts.get(event.id)
        if attempt and self._verbosity == "verbose":
            how = event.purpose if event.purpose != "token" else event.grant.rpartition(":")[2]
            line = f"{event.scheme}: {event.url} is asked ({how})"
            self._write(_indent(attempt) + 2, (line, "faint"))

    def _resent(self, event: RequestResent) -> None:
        attempt = self._attempts.get(event.id)
        if attempt and self._verbosity == "verbose":
            indent = _indent(attempt) + 2
            self._message(
                attempt, f"< {event.response.status} {event.response.reason}".rstrip(), event.response.headers, "< "
            )
            self._write(indent, (f"sent once more: {event.reason}", "faint"))
            self._message(
                attempt,
                f"> {event.request.method} {self._redactor.url(event.request.url)}",
                event.request.headers,
                "> ",
            )

    def _received(self, event: ResponseReceived) -> None:
        attempt = self._attempts.get(event.id)
        if attempt and self._verbosity == "verbose":
            response = event.response
            self._message(attempt, f"< {response.status} {response.reason}".rstrip(), response.headers, "< ")
            self._body(attempt, response.body, response.headers)

    def _message(self, attempt: Attempt, first: str, headers: Headers, mark: str) -> None:
        indent = _indent(attempt) + 2
        self._write(indent, (first, "faint"))
        for name, value in self._redactor.headers(headers):
            self._write(indent, (f"{mark}{name}: {value}", "faint"))

    def _body(self, attempt: Attempt, body: bytes, headers: Headers) -> None:
        for line in _lines(self._body_text(body, headers, BODY_SHOWN)):
            self._write(_indent(attempt) + 4, (line, "faint"))

    def _step(self, event: StepFinished) -> None:
        self._screen.idle()
        attempt = self._attempts.get(event.id)
        if attempt is None:
            return
        lines = [self._step_line(attempt)]
        if not attempt.succeeded:
            lines += self._failure(attempt)
            self._last_failed = lines
        if self._verbosity != "quiet":
            self._write_lines(lines)

    def _step_line(self, attempt: Attempt) -> _Line:
        glyph: Segment = ("✓ ", "good") if attempt.succeeded else ("✗ ", "bad")
        parts: list[Segment] = [glyph, (attempt.started.step_id, "strong"), (f"  {self._what(attempt)}", "plain")]
        if attempt.response:
            parts.append((f"  {attempt.response.status}", "good" if attempt.succeeded else "bad"))
        if attempt.duration_s:
            parts.append((f"  {duration(attempt.duration_s)}", "faint"))
        if attempt.started.attempt > 1:
            parts.append((f"  attempt {attempt.started.attempt}", "faint"))
        return _indent(attempt), tuple(parts)

    def _what(self, attempt: Attempt) -> str:
        if attempt.request:
            return f"{attempt.request.method} {self._redactor.url(attempt.request.url)}"
        return attempt.started.target

    # -- failures ---------------------------------------------------------------------------------------------------

    def _failure(self, attempt: Attempt) -> list[_Line]:
        indent = _indent(attempt) + 4
        lines: list[_Line] = []
        failed = [check for check in attempt.criteria if not check.passed]
        if attempt.refused or not failed:
            lines.append((indent, ((self._no_answer(attempt), "bad"),)))
        for check in failed:
            lines.append((indent, ((failure_of(check), "bad"),)))
            operands = operand_lines(check.operands, self._redactor)
            lines += [(indent + 2, ((_cut(operand, VALUE_SHOWN), "plain"),)) for operand in operands]
        return lines + list(self._response(attempt, indent))

    def _no_answer(self, attempt: Attempt) -> str:
        message = attempt.message or "it failed"
        if attempt.failure:
            return f"no answer ({attempt.failure.kind}): {message}"
        return f"nothing was sent: {message}" if attempt.refused else message

    def _response(self, attempt: Attempt, indent: int) -> Iterator[_Line]:
        response = attempt.response
        if response is None:
            return
        kind = content_type_of(response.headers)
        said = f"response {response.status} {response.reason}".rstrip() + (f"  {kind}" if kind else "")
        yield indent, ((said, "faint"),)
        if self._verbosity != "verbose":  # which has shown all of it already
            for line in _lines(self._body_text(response.body, response.headers, BODY_START)):
                yield indent + 2, ((line, "faint"),)
        if response.status in (401, 403) and self._advice and attempt.request:
            advice = self._advice(attempt.request, response)
            if advice:
                yield indent, ((advice, "warning"),)

    def _body_text(self, body: bytes, headers: Headers, shown: int) -> str:
        if not body:
            return ""
        content_type = content_type_of(headers)
        text = body_text(self._redactor.body(body, content_type), content_type)
        return f"({len(body)} bytes)" if text is None else _cut(text, shown)

    # -- where it goes on -------------------------------------------------------------------------------------------

    def _action(self, event: ActionTaken) -> None:
        attempt = self._attempts.get(event.id)
        said = _action_text(event)
        if attempt and said:
            by = f"  (action '{event.name}')" if event.name else ""
            self._say(_indent(attempt) + 4, (said, "warning"), (by, "faint"))

    def _end(self, event: RunFinished) -> None:
        self._screen.idle()
        self._ended = True
        succeeded = event.status == "succeeded"
        if event.missing_outputs and not succeeded:
            self._say(0, (f"without value: {', '.join(event.missing_outputs)}", "warning"))
        if self._verbosity == "quiet":
            if succeeded:
                return
            self._write_lines(self._last_failed)
        seconds = max(0.0, event.at - self._started.at) if self._started else 0.0
        self._write(0, (summary(event, self._attempts, seconds), "good" if succeeded else "bad"))
        hint = what_to_do(event, self._attempts, verbose=self._verbosity == "verbose") if not succeeded else None
        if hint:
            self._write(0, (hint, "plain"))

    # -- lines ------------------------------------------------------------------------------------------------------

    def _say(self, indent: int, *segments: Segment) -> None:
        if self._verbosity != "quiet":
            self._write(indent, *segments)

    def _write_lines(self, lines: list[_Line]) -> None:
        for indent, segments in lines:
            self._write(indent, *segments)

    def _write(self, indent: int, *segments: Segment) -> None:
        """Every text is masked once more on its way out, wherever it came from."""
        self._screen.line(*((self._redactor.text(text), style) for text, style in segments), indent=indent)


def _indent(attempt: Attempt) -> int:
    return 2 + 2 * len(frames_of(attempt.started.path))


def _action_text(event: ActionTaken) -> str | None:
    match event.type:
        case "retry":
            after = f" in {duration(event.delay_s)}" if event.delay_s else ""
            first = f", after '{event.target}'" if event.target else ""
            return f"↻ retry {event.retry} of {event.retry_limit}{after}{first}"
        case "goto":
            return f"→ goto {event.target}"
        case "end":
            return "■ end"
        case _:
            return None


def _lines(text: str) -> list[str]:
    return text.splitlines()


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]}… ({len(text) - length} more characters)"

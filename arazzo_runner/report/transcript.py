"""`--record`: a run as a case that can be replayed (arazzo_runner/report/case.py).

Secrets are stable placeholders, in responses and in what was computed from them, so that a replay computes with the
placeholder (interface, "Secrets"). A verdict that read a secret, or that was stopped at its time bound, is marked: a
replay takes it from the record.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from ..events import CriterionChecked, Event, RunFinished, RunStarted
from ..messages import Headers, Request, Response
from ..values import MISSING
from .attempts import Attempt, Attempts
from .case import CASE_VERSION
from .destination import destination
from .media import content, content_type_of
from .redaction import Redactor, place_of
from .yaml_text import yaml_text

_MEMBERS = {"json": "body", "text": "text", "base64": "base64"}


class TranscriptReport:
    """Writes the case at the end of a run. `sources` and `servers` are the replacements the run was started with."""

    def __init__(
        self,
        target: str | os.PathLike[str] | TextIO,
        *,
        redactor: Redactor,
        sources: Mapping[str, str] | None = None,
        servers: Mapping[str, str] | None = None,
    ) -> None:
        own = Redactor(show_secrets=redactor.show_secrets, placeholders=True, redact=redactor.redact)
        self._redactor = own.learned_from(redactor)
        self._folder = Path(target).resolve().parent if isinstance(target, (str, os.PathLike)) else None
        self._replaced = {"sources": dict(sources or {}), "servers": dict(servers or {})}
        self._attempts = Attempts()
        self._started: RunStarted | None = None
        self._finished: RunFinished | None = None
        self._destination = destination(target, private=redactor.show_secrets)

    def observe(self, event: Event) -> None:
        """Add one event."""
        self._redactor.observe(event)
        self._attempts.observe(event)
        match event:
            case RunStarted():
                self._started = event
            case RunFinished():
                self._finished = event
            case _:
                pass

    def finish(self) -> None:
        """Write the case; nothing is written of a run that did not start."""
        if self._started:
            self._destination.write(yaml_text(self._case(self._started)))
            self._destination.close()

    def _case(self, started: RunStarted) -> dict[str, Any]:
        return {
            "arazzo-test": CASE_VERSION,
            "document": self._document(started.document),
            "workflow": started.workflow_id,
            "inputs": self._redactor.mapping(started.inputs, "inputs"),
            **self._replacements(),
            "complete": True,
            "exchanges": [self._exchange(attempt) for attempt in self._attempts if self._is_recorded(attempt)],
            "expect": self._expectation(),
        }

    def _replacements(self) -> dict[str, dict[str, str]]:
        """The replaced sources, relative to the case's folder as the document is, and servers."""
        sources = self._replaced["sources"]
        servers = {name: self._redactor.url(url) for name, url in self._replaced["servers"].items()}
        given = {"sources": {name: self._document(place) for name, place in sources.items()}, "servers": servers}
        return {name: values for name, values in given.items() if values}

    def _document(self, name: str) -> str:
        """Relative to the case's folder, so that both can be moved together."""
        if self._folder is None or "://" in name:
            return name
        try:
            return Path(os.path.relpath(name, self._folder)).as_posix()
        except ValueError:  # another drive
            return name

    def _is_recorded(self, attempt: Attempt) -> bool:
        """A replay refuses again what could not be built, and an interrupted request has no answer to replay."""
        return bool(attempt.response or attempt.failure) or any(
            check.overrun or self._reads_secret(check) for check in attempt.checks
        )

    def _exchange(self, attempt: Attempt) -> dict[str, Any]:
        entry: dict[str, Any] = {"step": attempt.name, "id": attempt.started.id}
        prefix = attempt.started.step_id
        if attempt.request:
            entry["request"] = self._request(attempt.request, prefix)
        if attempt.received:
            entry["response"] = self._response(attempt.received.response, prefix)
            entry["at"] = attempt.received.at
            entry["duration"] = round(attempt.received.duration_s, 6)
        elif attempt.refused and attempt.failure:
            failure = attempt.failure
            message = self._redactor.text(failure.message)
            entry["failure"] = {"kind": failure.kind, "message": message, "phase": failure.phase}
            entry["at"] = attempt.refused.at
        if attempt.checks:
            entry["verdicts"] = [self._verdict(check) for check in attempt.checks]
        return entry

    def _request(self, request: Request, prefix: str) -> dict[str, Any]:
        return {
            "method": request.method,
            "url": self._redactor.url(request.url, prefix),
            **self._message(request.headers, request.body or b"", prefix),
        }

    def _response(self, response: Response, prefix: str) -> dict[str, Any]:
        """An empty body is written, too: without any, a replay would take the documented one."""
        message = self._message(response.headers, response.body, prefix)
        return {"status": response.status, **message, **({} if response.body else {"text": ""})}

    def _message(self, headers: Headers, body: bytes, prefix: str) -> dict[str, Any]:
        entry: dict[str, Any] = {}
        if headers:
            entry["headers"] = _header_map(self._redactor.headers(headers, prefix))
        if body:
            content_type = content_type_of(headers)
            kind, value = content(self._redactor.body(body, content_type, prefix), content_type)
            entry[_MEMBERS[kind]] = value
        return entry

    def _verdict(self, check: CriterionChecked) -> dict[str, Any]:
        entry: dict[str, Any] = {"condition": self._redactor.text(check.condition), "passed": check.passed}
        if self._reads_secret(check):
            entry["secret"] = True
        if check.overrun:
            entry["overrun"] = True
        if check.action is not None:
            entry["action"] = check.action
        if check.reason:
            entry["reason"] = self._redactor.text(check.reason)
        return entry

    def _reads_secret(self, check: CriterionChecked) -> bool:
        """Whether an operand is not what it will be in a replay."""
        for operand in check.operands:
            value = operand.value.decode("utf-8", "replace") if isinstance(operand.value, bytes) else operand.value
            if value is not MISSING and self._redactor.named(place_of(operand.expression), value) != value:
                return True
        return self._redactor.text(check.condition) != check.condition

    # -- what is expected of a replay -------------------------------------------------------------------------------

    def _expectation(self) -> dict[str, Any]:
        end = self._finished
        if end is None:
            return {"outcome": "failure", "reason": "interrupted"}
        expected: dict[str, Any] = {"outcome": _outcome(end.status == "succeeded")}
        if end.reason:
            expected["reason"] = end.reason
        if end.ended_by:
            expected["endedBy"] = end.ended_by
        expected["outputs"] = self._redactor.mapping(end.outputs, "outputs")
        expected["steps"] = self._steps()
        return expected

    def _steps(self) -> dict[str, Any]:
        steps: dict[str, Any] = {}
        for attempt in self._attempts:
            before = steps.get(attempt.name, {"attempts": 0})
            steps[attempt.name] = {
                "outcome": _outcome(attempt.succeeded),
                "attempts": before["attempts"] + 1,
                "outputs": self._redactor.mapping(attempt.finished.outputs if attempt.finished else {}, attempt.name),
            }
        return steps


def _outcome(succeeded: bool) -> str:
    return "success" if succeeded else "failure"


def _header_map(headers: Headers) -> dict[str, Any]:
    """Names as they first stand; a repeated header has a list of values."""
    spelled: dict[str, str] = {}
    values: dict[str, list[str]] = {}
    for name, value in headers:
        values.setdefault(spelled.setdefault(name.lower(), name), []).append(value)
    return {name: each[0] if len(each) == 1 else each for name, each in values.items()}

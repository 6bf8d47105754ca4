"""`--junit`: a test suite per workflow, a test case per visit of a step."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TextIO
from xml.etree.ElementTree import Element, SubElement

from ..events import Event, RunFinished, RunStarted
from .attempts import Attempt, Attempts
from .criteria import failure_of, operand_lines
from .destination import destination
from .redaction import Redactor
from .suites import written, xml_text


class JunitReport:
    """A step is a failure only where the run failed and no action carried on; no answer is an error.

    Earlier attempts of a retried step are told in its `system-out`; steps that were not reached are skipped.
    """

    def __init__(self, target: str | os.PathLike[str] | TextIO, *, redactor: Redactor) -> None:
        self._redactor = redactor
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
        """Write the suites."""
        root = Element("testsuites", name=self._started.workflow_id if self._started else "arazzo-run")
        for workflow_id in self._workflow_ids():
            self._suite(root, workflow_id)
        if not self._succeeded and all(root.find(f".//{tag}") is None for tag in ("failure", "error")):
            self._whole_run(root)
        self._destination.write(written(root))
        self._destination.close()

    @property
    def _succeeded(self) -> bool:
        return self._finished is not None and self._finished.status == "succeeded"

    def _workflow_ids(self) -> Iterator[str]:
        outlined = [outline.workflow_id for outline in self._started.outline] if self._started else []
        yield from dict.fromkeys([*outlined, *(attempt.started.workflow_id for attempt in self._attempts)])

    def _suite(self, root: Element, workflow_id: str) -> None:
        suite = SubElement(root, "testsuite", name=self._clean(workflow_id))
        if self._started:
            started_at = datetime.fromtimestamp(self._started.at, UTC)
            suite.set("timestamp", started_at.isoformat(timespec="seconds").removesuffix("+00:00"))
        own = [attempt for attempt in self._attempts if attempt.started.workflow_id == workflow_id]
        for visit in _visits(own):
            self._case(suite, visit)
        self._not_reached(suite, workflow_id, {attempt.started.step_id for attempt in own})

    def _case(self, suite: Element, attempts: list[Attempt]) -> None:
        last = attempts[-1]
        visit = f" (visit {last.started.visit})" if last.started.visit > 1 else ""
        case = SubElement(suite, "testcase", name=self._clean(last.name) + visit)
        case.set("classname", self._clean(last.started.workflow_id))
        case.set("time", f"{sum(attempt.duration_s for attempt in attempts):.3f}")
        case.set("file", last.started.location.document)
        case.set("line", str(last.started.location.line))
        told = attempts[:-1]
        if not last.succeeded:
            if self._succeeded or last.handled:
                told = attempts
            else:
                self._fault(case, last)
        if told:
            SubElement(case, "system-out").text = self._clean("\n\n".join(self._details(each) for each in told))

    def _fault(self, case: Element, attempt: Attempt) -> None:
        answered = attempt.response is not None or (attempt.finished is not None and attempt.failure is None)
        fault = SubElement(case, "failure" if answered else "error")
        fault.set("type", (attempt.finished and attempt.finished.reason) or "interrupted")
        fault.set("message", self._clean(attempt.message or "interrupted"))
        fault.text = self._clean(self._details(attempt))

    def _not_reached(self, suite: Element, workflow_id: str, reached: set[str]) -> None:
        for outline in self._started.outline if self._started else ():
            for step in outline.steps if outline.workflow_id == workflow_id else ():
                if step.step_id not in reached:
                    case = SubElement(suite, "testcase", name=self._clean(step.step_id), time="0.000")
                    case.set("classname", self._clean(workflow_id))
                    SubElement(case, "skipped", message="not reached")

    def _whole_run(self, root: Element) -> None:
        """A run that failed although no step did: a limit, an interrupt."""
        end = self._finished
        suite = SubElement(root, "testsuite", name="run")
        case = SubElement(suite, "testcase", name="the run", classname="run", time="0.000")
        reason = end.reason if end else "interrupted"
        SubElement(case, "error", type=reason or "failed", message=self._clean((end and end.message) or reason or ""))

    def _details(self, attempt: Attempt) -> str:
        lines = [f"attempt {attempt.started.attempt}: {attempt.message or _status(attempt)}"]
        if attempt.request:
            lines.append(f"{attempt.request.method} {self._redactor.url(attempt.request.url)}")
        if attempt.response:
            lines.append(f"response {attempt.response.status} {attempt.response.reason}".rstrip())
        for check in attempt.criteria:
            if not check.passed:
                lines.append(failure_of(check))
                lines += [f"  {text}" for text in operand_lines(check.operands, self._redactor)]
        return "\n".join(lines)

    def _clean(self, text: str) -> str:
        return xml_text(self._redactor.text(text))


def _status(attempt: Attempt) -> str:
    return attempt.finished.status if attempt.finished else "interrupted"


def _visits(attempts: Iterable[Attempt]) -> Iterable[list[Attempt]]:
    """The attempts of each visit of a step together, in the order in which they started."""
    visits: dict[tuple[str, str, int], list[Attempt]] = {}
    for attempt in attempts:
        started = attempt.started
        visits.setdefault((started.path, started.step_id, started.visit), []).append(attempt)
    return visits.values()

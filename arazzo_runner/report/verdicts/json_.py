"""`--json`: every verdict as one object (`docs/test.schema.json`)."""

from __future__ import annotations

import os
from typing import Any, Final, TextIO

from ...diagnostics import location_dict
from ...values import dumps
from ...verdict import Aim, Problem, Verdict
from ..destination import destination
from . import Tally, counts

SCHEMA_VERSION: Final = 1  # within one, fields are only added


class JsonReport:
    """Writes `{schemaVersion, tests, summary}` at the end."""

    def __init__(self, target: str | os.PathLike[str] | TextIO) -> None:
        self._destination = destination(target)
        self._tally = Tally()
        self._tests: list[dict[str, Any]] = []

    def observe(self, verdict: Verdict) -> None:
        """Add one verdict."""
        self._tally.add(verdict)
        self._tests.append(to_dict(verdict))

    def finish(self) -> None:
        """Write the report."""
        tally = self._tally
        summary = {
            "passed": tally.passed,
            "failed": tally.failed,
            "skipped": tally.skipped,
            "runs": tally.runs,
            "durationS": round(tally.seconds, 6),
        }
        report: Any = {"schemaVersion": SCHEMA_VERSION, "tests": self._tests, "summary": summary}
        self._destination.write(dumps(report, indent=2) + "\n")
        self._destination.close()


def to_dict(verdict: Verdict) -> dict[str, Any]:
    """A verdict with the names of JSON; its events are left out."""
    return {
        "name": verdict.name,
        "document": verdict.document,
        "kind": verdict.kind,
        "status": verdict.status,
        "problems": [_problem(problem) for problem in verdict.problems],
        "counts": {name: {"reached": reached, "of": of} for name, (reached, of) in counts(verdict).items()},
        "coverage": [_aim(aim) for aim in verdict.coverage],
        "notes": list(verdict.notes),
        "runs": verdict.runs,
        "durationS": round(verdict.duration_s, 6),
        "exitCode": verdict.exit_code,
    }


def _problem(problem: Problem) -> dict[str, Any]:
    told = {
        "kind": problem.kind,
        "message": problem.message,
        "stepId": problem.step,
        "location": location_dict(problem.location) if problem.location else None,
        "transcript": problem.transcript,
        "command": problem.command,
    }
    return {name: value for name, value in told.items() if value is not None}


def _aim(aim: Aim) -> dict[str, Any]:
    told = {
        "kind": aim.kind,
        "workflowId": aim.workflow_id,
        "stepId": aim.step_id,
        "action": aim.action,
        "name": aim.name,
        "reached": aim.reached,
        "location": location_dict(aim.location) if aim.location else None,
        "reason": aim.reason,
        "proven": aim.proven if not aim.reached else None,
    }
    return {name: value for name, value in told.items() if value is not None}

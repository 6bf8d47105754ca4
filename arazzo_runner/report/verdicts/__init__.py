"""Reports of tests: verdicts on workflows and cases, as text, JSON, JUnit XML or workflow commands.

Each report has `observe(verdict)`, called once for each in order, and `finish()`. They are imported one by one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from ...verdict import CoverageKind, Problem, Verdict

# What is counted together, and how it is called.
COUNTED: Final[dict[str, tuple[CoverageKind, ...]]] = {
    "steps": ("step",),
    "criteria": ("criterion",),
    "actions": ("action", "exhausted", "timeout"),
    "outputs": ("output",),
}


class VerdictsReport(Protocol):
    """One way to report."""

    def observe(self, verdict: Verdict) -> None:
        """Add one verdict."""

    def finish(self) -> None:
        """Write what is left to write."""


@dataclass(slots=True)
class Tally:
    """Counts over all verdicts."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    runs: int = 0
    seconds: float = 0.0

    def add(self, verdict: Verdict) -> None:
        """Count one verdict."""
        self.passed += verdict.status == "passed"
        self.failed += verdict.status == "failed"
        self.skipped += verdict.status == "skipped"
        self.runs += verdict.runs
        self.seconds += verdict.duration_s

    def line(self) -> str:
        """`12 passed, 1 failed; 345 runs in 2.1 s`."""
        counts = [
            f"{count} {word}"
            for count, word in ((self.passed, "passed"), (self.failed, "failed"), (self.skipped, "skipped"))
            if count
        ]
        took = f"{self.seconds * 1000:.0f} ms" if self.seconds < 1 else f"{self.seconds:.1f} s"
        return f"{', '.join(counts) or 'nothing to test'}; {self.runs} run{'' if self.runs == 1 else 's'} in {took}"


def counts(verdict: Verdict) -> dict[str, tuple[int, int]]:
    """How many aims were reached, of how many, by what they are."""
    return {name: _count(verdict, kinds) for name, kinds in COUNTED.items()}


def _count(verdict: Verdict, kinds: Iterable[CoverageKind]) -> tuple[int, int]:
    aims = [aim for aim in verdict.coverage if aim.kind in kinds]
    return sum(aim.reached for aim in aims), len(aims)


def problem_line(problem: Problem, document: str) -> str:
    """Where, what about, what: `pets.yml:12:9: output: ...`."""
    step = f" {problem.step}:" if problem.step else ""
    return f"{problem.location or document}: {problem.kind}:{step} {problem.message}"

"""Reports of a check: what was found in each file, as text, JSON, SARIF, workflow commands or JUnit XML.

Each report has `observe(file)`, called once for every file in order, and `finish()`. They are imported one by one, by
those who want them: `text`, `json_`, `sarif`, `github`, `junit`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ...diagnostics import Diagnostic, Severity


class RuleFacts(Protocol):
    """What a report tells of a rule: an entry of the catalogue."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def source(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Replacement:
    """A part of a text, from a line and column up to another (from 1, in code points), and what to put there."""

    start: tuple[int, int]
    end: tuple[int, int]
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A diagnostic, the text of the line it stands on, and its fix as far as it was worked out."""

    diagnostic: Diagnostic
    line: str | None = None
    replacement: Replacement | None = None


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """What was found in one file; `readable` is False where it is no Arazzo description.

    `mended` are the findings that are gone because their fix was applied.
    """

    name: str
    readable: bool
    findings: tuple[Finding, ...] = ()
    mended: tuple[Diagnostic, ...] = ()


class DiagnosticsReport(Protocol):
    """One way to report."""

    def observe(self, file: CheckedFile) -> None:
        """Add one file."""

    def finish(self) -> None:
        """Write what is left to write."""


@dataclass(slots=True)
class Summary:
    """Counts over all files."""

    files: int = 0
    unreadable: int = 0
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    fixable: int = 0
    mended: int = 0

    def add(self, file: CheckedFile) -> None:
        """Count one file."""
        self.files += 1
        self.unreadable += not file.readable
        self.mended += len(file.mended)
        for finding in file.findings:
            severity = finding.diagnostic.severity
            self.errors += severity == "error"
            self.warnings += severity == "warning"
            self.infos += severity == "info"
            self.fixable += finding.diagnostic.fix is not None

    def line(self, *, infos_hidden: bool = False) -> str:
        """One line: `2 files, 1 error, 3 infos (-v shows them); 4 can be mended with --fix`."""
        counts = [
            _count(number, word)
            for number, word in ((self.errors, "error"), (self.warnings, "warning"), (self.infos, "info"))
            if number
        ]
        if self.infos and infos_hidden:
            counts[-1] += " (-v shows them)" if self.infos > 1 else " (-v shows it)"
        parts = [_count(self.files, "file"), *([f"{self.mended} mended"] if self.mended else [])]
        said = ", ".join([*parts, *(counts or ["no findings" if not self.mended else "nothing left"])])
        return said + (f"; {self.fixable} can be mended with --fix" if self.fixable else "")


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def shown_path(name: str) -> str:
    """A document's name for tools that look for it in a working tree: relative to here where it is inside."""
    path = Path(name)
    if "://" in name:
        return name
    return (path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path).as_posix()

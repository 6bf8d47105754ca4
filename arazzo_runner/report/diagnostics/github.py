"""`--format github`: workflow commands, which a hosted run shows as annotations of the changed lines."""

from __future__ import annotations

from typing import Final, Literal, TextIO

from ...diagnostics import Diagnostic, Severity
from ..commands import annotation
from ..destination import destination
from . import CheckedFile, Summary

_COMMANDS: Final[dict[Severity, Literal["error", "warning", "notice"]]] = {
    "error": "error",
    "warning": "warning",
    "info": "notice",
}


class GithubReport:
    """Writes `::error file=...,line=...,col=...,title=CODE::message` lines as they come, and the counts at the end."""

    def __init__(self, stream: TextIO, *, infos: bool = False) -> None:
        self._destination = destination(stream)
        self._summary = Summary()
        self._infos = infos

    def observe(self, file: CheckedFile) -> None:
        """Write the findings of one file."""
        self._summary.add(file)
        for finding in file.findings:
            if finding.diagnostic.severity != "info" or self._infos:
                self._destination.write(_command(finding.diagnostic, file.name) + "\n")

    def finish(self) -> None:
        """Write the counts, as a line of the log."""
        self._destination.write(self._summary.line(infos_hidden=not self._infos) + "\n")
        self._destination.close()


def _command(diagnostic: Diagnostic, file: str) -> str:
    message = diagnostic.message + (f" ({diagnostic.hint})" if diagnostic.hint else "")
    command = _COMMANDS[diagnostic.severity]
    return annotation(command, message, file=file, location=diagnostic.location, title=diagnostic.code)

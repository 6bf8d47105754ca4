"""`--format github`: workflow commands, which a hosted run shows as annotations of the changed lines."""

from __future__ import annotations

from typing import Final, TextIO

from ...diagnostics import Diagnostic
from ..destination import destination
from . import CheckedFile, Summary, shown_path

_COMMANDS: Final = {"error": "error", "warning": "warning", "info": "notice"}
_OF_DATA: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_OF_PROPERTY: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


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
    where = diagnostic.location
    properties = {"file": shown_path(where.document if where else file)}
    if where is not None and where.line:
        properties |= {"line": str(where.line), "col": str(where.column)}
    properties["title"] = diagnostic.code
    told = ",".join(f"{name}={value.translate(_OF_PROPERTY)}" for name, value in properties.items())
    message = diagnostic.message + (f" ({diagnostic.hint})" if diagnostic.hint else "")
    return f"::{_COMMANDS[diagnostic.severity]} {told}::{message.translate(_OF_DATA)}"

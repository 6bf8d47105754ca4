"""`--format json`: everything that was found as one object (`docs/check.schema.json`)."""

from __future__ import annotations

from typing import Any, Final, TextIO

from ...values import dumps
from ..destination import destination
from . import CheckedFile, Summary

SCHEMA_VERSION: Final = 1  # within one, fields are only added


class JsonReport:
    """Writes `{schemaVersion, files, summary}` at the end."""

    def __init__(self, stream: TextIO) -> None:
        self._destination = destination(stream)
        self._summary = Summary()
        self._files: list[dict[str, Any]] = []

    def observe(self, file: CheckedFile) -> None:
        """Add one file."""
        self._summary.add(file)
        told: dict[str, Any] = {
            "file": file.name,
            "readable": file.readable,
            "diagnostics": [finding.diagnostic.to_dict() for finding in file.findings],
        }
        if file.mended:
            told["mended"] = [diagnostic.to_dict() for diagnostic in file.mended]
        self._files.append(told)

    def finish(self) -> None:
        """Write the report."""
        summary = self._summary
        counts = {
            "files": summary.files,
            "unreadable": summary.unreadable,
            "errors": summary.errors,
            "warnings": summary.warnings,
            "infos": summary.infos,
            "fixable": summary.fixable,
            "mended": summary.mended,
        }
        report: Any = {"schemaVersion": SCHEMA_VERSION, "files": self._files, "summary": counts}
        self._destination.write(dumps(report, indent=2) + "\n")
        self._destination.close()

"""`--format sarif`: the Static Analysis Results Interchange Format, version 2.1.0 (OASIS)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final, TextIO
from urllib.parse import quote

from ..._version import __version__
from ...diagnostics import Diagnostic
from ...values import dumps
from ..destination import destination
from . import CheckedFile, Finding, Replacement, RuleFacts, shown_path

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {"error": "error", "warning": "warning", "info": "note"}


class SarifReport:
    """Writes one run with every rule of the catalogue and a result for each finding, infos as notes."""

    def __init__(self, stream: TextIO, *, rules: Mapping[str, RuleFacts]) -> None:
        self._destination = destination(stream)
        self._rules = rules
        self._index = {code: number for number, code in enumerate(rules)}
        self._results: list[dict[str, Any]] = []
        self._seen: Counter[str] = Counter()

    def observe(self, file: CheckedFile) -> None:
        """Add one file."""
        self._results += (self._result(finding, file) for finding in file.findings)

    def finish(self) -> None:
        """Write the log."""
        driver = {
            "name": "arazzo-run",
            "version": __version__,
            "semanticVersion": __version__,
            "rules": [_descriptor(rule) for rule in self._rules.values()],
        }
        run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": self._results}
        self._destination.write(dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n")
        self._destination.close()

    def _result(self, finding: Finding, file: CheckedFile) -> dict[str, Any]:
        diagnostic = finding.diagnostic
        name = diagnostic.location.document if diagnostic.location else file.name
        hint = f" ({diagnostic.hint})" if diagnostic.hint else ""
        result: dict[str, Any] = {
            "ruleId": diagnostic.code,
            "level": _LEVELS[diagnostic.severity],
            "message": {"text": diagnostic.message + hint},
            "locations": [{"physicalLocation": _physical(diagnostic, name)}],
            "partialFingerprints": {"primaryLocationLineHash": self._fingerprint(finding, name)},
        }
        if diagnostic.code in self._index:
            result["ruleIndex"] = self._index[diagnostic.code]
        if finding.replacement is not None:
            result["fixes"] = [_fix(finding.replacement, diagnostic, file.name)]
        return result

    def _fingerprint(self, finding: Finding, name: str) -> str:
        """Of the code and the text of the line, and a number for equal ones: it outlives a line put in above."""
        text = f"{finding.diagnostic.code}\n{_uri(name)}\n{(finding.line or '').strip()}"
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        self._seen[digest] += 1
        return f"{digest}:{self._seen[digest]}"


def _descriptor(rule: RuleFacts) -> dict[str, Any]:
    title = rule.title[:1].upper() + rule.title[1:]
    explain = f"arazzo-run check --explain {rule.code}"
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": title},
        "fullDescription": {"text": f"{title} ({rule.source})"},
        "help": {
            "text": f"{title}. Source: {rule.source}. With examples: {explain}",
            "markdown": f"{title}.\n\nSource: {rule.source}.\n\nWith examples: `{explain}`",
        },
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _physical(diagnostic: Diagnostic, name: str) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(name)}}
    where = diagnostic.location
    if where is not None and where.line:
        physical["region"] = {"startLine": where.line, "startColumn": where.column}
    return physical


def _fix(replacement: Replacement, diagnostic: Diagnostic, name: str) -> dict[str, Any]:
    (line, column), (end_line, end_column) = replacement.start, replacement.end
    region = {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
    change = {"deletedRegion": region, "insertedContent": {"text": replacement.text}}
    return {
        "description": {"text": diagnostic.hint or "Write the portable form."},
        "artifactChanges": [{"artifactLocation": {"uri": _uri(name)}, "replacements": [change]}],
    }


def _uri(name: str) -> str:
    """A relative reference for what is in the working directory, else an absolute one."""
    path = shown_path(name)
    if "://" in path:
        return path
    return ("file://" if path.startswith("/") else "") + quote(path, safe="/")

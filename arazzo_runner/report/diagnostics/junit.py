"""`--format junit`: a test suite per file, a failed test case per error or warning; one that passes without any."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO
from xml.etree.ElementTree import Element, SubElement

from ...diagnostics import Diagnostic
from ..destination import destination
from ..suites import written, xml_text
from . import CheckedFile, RuleFacts


class JunitReport:
    """Writes the suites at the end."""

    def __init__(self, stream: TextIO, *, rules: Mapping[str, RuleFacts]) -> None:
        self._destination = destination(stream)
        self._rules = rules
        self._root = Element("testsuites", name="arazzo-run check")

    def observe(self, file: CheckedFile) -> None:
        """Add one file."""
        suite = SubElement(self._root, "testsuite", name=xml_text(file.name))
        told = [finding.diagnostic for finding in file.findings if finding.diagnostic.severity != "info"]
        for diagnostic in told:
            self._case(suite, file, diagnostic)
        if not told:
            SubElement(suite, "testcase", name="no findings", classname=xml_text(file.name), file=xml_text(file.name))

    def finish(self) -> None:
        """Write the report."""
        self._destination.write(written(self._root))
        self._destination.close()

    def _case(self, suite: Element, file: CheckedFile, diagnostic: Diagnostic) -> None:
        where, rule = diagnostic.location, self._rules.get(diagnostic.code)
        name = diagnostic.code + (f" {rule.name}" if rule else "")
        if where is not None and where.line:
            name += f" {where.line}:{where.column}"
        case = SubElement(suite, "testcase", name=name, classname=xml_text(file.name))
        case.set("file", xml_text(where.document if where else file.name))
        if where is not None and where.line:
            case.set("line", str(where.line))
        failure = SubElement(case, "failure", type=diagnostic.severity, message=xml_text(diagnostic.message))
        failure.text = xml_text(str(diagnostic))

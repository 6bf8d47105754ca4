"""`--junit`: a test suite per document, a test case per workflow or case."""

from __future__ import annotations

import os
from typing import TextIO
from xml.etree.ElementTree import Element, SubElement

from ...verdict import Verdict
from ..destination import destination
from ..suites import written, xml_text
from . import counts, problem_line


class JunitReport:
    """Writes the suites at the end. What a test could not begin with is an error, anything else a failure."""

    def __init__(self, target: str | os.PathLike[str] | TextIO) -> None:
        self._destination = destination(target)
        self._root = Element("testsuites", name="arazzo-run test")
        self._suites: dict[str, Element] = {}

    def observe(self, verdict: Verdict) -> None:
        """Add one verdict."""
        if verdict.document not in self._suites:
            suite = SubElement(self._root, "testsuite", name=xml_text(verdict.document))
            self._suites[verdict.document] = suite
        case = SubElement(self._suites[verdict.document], "testcase", name=xml_text(verdict.name))
        case.set("classname", xml_text(verdict.document))
        case.set("file", xml_text(verdict.document))
        case.set("time", f"{verdict.duration_s:.3f}")
        if verdict.status == "skipped":
            SubElement(case, "skipped", message=xml_text("; ".join(verdict.notes)))
        for problem in verdict.problems:
            fault = SubElement(case, "error" if verdict.code else "failure", type=problem.kind)
            fault.set("message", xml_text(problem.message))
            again = f"\nagain: {problem.command}" if problem.command else ""
            fault.text = xml_text(problem_line(problem, verdict.document) + again)
        told = [f"{name} {reached}/{of}" for name, (reached, of) in counts(verdict).items() if of]
        told += [f"not reached: {aim.name}: {aim.reason}" for aim in verdict.coverage if not aim.reached]
        if told:
            SubElement(case, "system-out").text = xml_text("\n".join(told))

    def finish(self) -> None:
        """Write the report."""
        self._destination.write(written(self._root))
        self._destination.close()

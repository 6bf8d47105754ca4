"""`--format github`: workflow commands, which a hosted run shows as annotations of the changed lines."""

from __future__ import annotations

from typing import TextIO

from ...verdict import Verdict
from ..commands import annotation
from ..destination import destination
from . import Tally


class GithubReport:
    """An error for each problem as it comes, with `notices` what nothing reaches as well; the counts at the end."""

    def __init__(self, stream: TextIO, *, notices: bool = False) -> None:
        self._destination = destination(stream)
        self._notices = notices
        self._tally = Tally()

    def observe(self, verdict: Verdict) -> None:
        """Write what is wrong."""
        self._tally.add(verdict)
        for problem in verdict.problems:
            title = f"{verdict.name}: {problem.kind}"
            message = f"{problem.step}: {problem.message}" if problem.step else problem.message
            self._write(annotation("error", message, file=verdict.document, location=problem.location, title=title))
        for aim in verdict.coverage if self._notices else ():
            if not aim.reached:
                message = f"not reached: {aim.name}: {aim.reason}"
                self._write(
                    annotation("notice", message, file=verdict.document, location=aim.location, title=verdict.name)
                )

    def finish(self) -> None:
        """Write the counts, as a line of the log."""
        self._write(self._tally.line())
        self._destination.close()

    def _write(self, line: str) -> None:
        self._destination.write(line + "\n")

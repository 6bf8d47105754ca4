"""One event stream for several reports."""

from __future__ import annotations

from typing import Protocol

from ..events import Event


class Report(Protocol):
    """A fold over the events of a run."""

    def observe(self, event: Event) -> None: ...

    def finish(self) -> None: ...


class Tee:
    """Gives every event to every report, in order; one whose reader went away (a broken pipe) is left out from then on.

    A streaming report can only mask what it knows: a SecretMarked comes before the event that shows the secret.
    """

    def __init__(self, *reports: Report) -> None:
        self._reports = list(reports)
        self.broken: list[Report] = []  # whose reader went away

    def observe(self, event: Event) -> None:
        """Pass one event on."""
        for report in tuple(self._reports):
            try:
                report.observe(event)
            except BrokenPipeError:
                self._drop(report)

    def finish(self) -> None:
        """Finish every report, after an interrupt as well.

        Raises:
            UsageError: a report could not be written; the others are finished all the same.
        """
        self._finish(list(self._reports))

    def _finish(self, reports: list[Report]) -> None:
        if not reports:
            return
        try:
            reports[0].finish()
        except BrokenPipeError:
            self._drop(reports[0])
        finally:
            self._finish(reports[1:])

    def _drop(self, report: Report) -> None:
        self._reports.remove(report)
        self.broken.append(report)

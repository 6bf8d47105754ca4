"""`--format text`: what failed and why, what was not reached, and a table of all workflows and cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal, TextIO

from ...verdict import Aim, Verdict
from ..screen import Screen, Style, screen
from . import COUNTED, Tally, counts, problem_line

Verbosity = Literal["quiet", "normal", "verbose"]

_MARKS: Final[Mapping[str, tuple[str, Style]]] = {
    "passed": ("✓", "good"),
    "failed": ("✗", "bad"),
    "skipped": ("-", "faint"),
}
_FEW: Final = 3  # verdicts whose unreached aims are told without being asked


class TextReport:
    """Tells failures as they come, the table and the counts at the end.

    `verbose` tells every aim that was not reached, and every note; without it those of a few verdicts.
    """

    def __init__(self, stream: TextIO, *, environ: Mapping[str, str], verbosity: Verbosity = "normal") -> None:
        self._screen: Screen = screen(stream, environ, moving=False)
        self._verbosity = verbosity
        self._tally = Tally()
        self._verdicts: list[Verdict] = []

    def observe(self, verdict: Verdict) -> None:
        """Tell what is wrong."""
        self._tally.add(verdict)
        self._verdicts.append(verdict)
        for problem in verdict.problems:
            self._told(problem_line(problem, verdict.document))
        if self._verbosity != "quiet":
            for command in commands(verdict):
                self._screen.line(("again: ", "strong"), (command, "plain"), indent=4)

    def finish(self) -> None:
        """Tell the rest."""
        if self._verbosity == "quiet":
            return
        if self._verbosity == "verbose" or len(self._verdicts) <= _FEW:
            for verdict in self._verdicts:
                self._details(verdict)
        for line in table(self._verdicts):
            self._screen.line(*line)
        if self._verbosity == "normal" and len(self._verdicts) > _FEW and (hidden := self._hidden()):
            self._screen.line((f"{hidden} not reached (-v says which, and why)", "faint"))
        self._screen.line((self._tally.line(), "bad" if self._tally.failed else "good"))

    def _told(self, text: str, *before: tuple[str, Style]) -> None:
        """A text of several lines, such as a diff, stands behind a bar: none of them passes for one of ours."""
        first, *others = text.split("\n")
        self._screen.line(*before, (first, "plain"))
        for line in others:
            style: Style = {"-": "bad", "+": "good"}.get(line[:1], "plain")  # type: ignore[assignment]
            self._screen.line(("| ", "faint"), (line, style), indent=4)

    def _hidden(self) -> int:
        return sum(not aim.reached for verdict in self._verdicts for aim in verdict.coverage)

    def _details(self, verdict: Verdict) -> None:
        for note in verdict.notes:
            known = note.startswith(verdict.name)  # the place in a case says which one
            self._told(note, *(() if known else ((f"{verdict.name}: ", "strong"),)))
        if self._verbosity == "verbose":
            for aim in verdict.coverage:
                if aim.reached:
                    self._screen.line(("  ✓ ", "good"), (_named(aim), "plain"))
        for aim in verdict.coverage:
            if not aim.reached:
                why: Style = "faint" if aim.proven else "warning"
                word = "unreachable" if aim.proven else "not reached"
                self._screen.line((f"  {word}: ", why), (_named(aim), "plain"), (f": {aim.reason}", "faint"))


def _named(aim: Aim) -> str:
    whose = f"{aim.step_id}: " if aim.step_id else ""
    of = f" (of {aim.action})" if aim.action else ""
    kind = f"{aim.kind} " if aim.kind in ("criterion", "action", "output") else ""
    return f"step {aim.name}" if aim.kind == "step" else f"{whose}{kind}{aim.name}{of}"


Line = list[tuple[str, Style]]


def table(verdicts: Sequence[Verdict]) -> Iterator[Line]:
    """A line for each verdict under the file it is about: how much was reached, and in how many runs."""
    if not verdicts:
        return
    names = max(len(verdict.name) for verdict in verdicts)
    columns = [[_cell(*counts(verdict)[name]) for name in COUNTED] for verdict in verdicts]
    widths = [max(len(name), *(len(row[index]) for row in columns)) for index, name in enumerate(COUNTED)]
    head = "  ".join(name.rjust(width) for name, width in zip(COUNTED, widths, strict=True))
    yield [(" " * (names + 4) + f"  {head}  runs", "faint")]
    document = None
    for verdict, row in zip(verdicts, columns, strict=True):
        if verdict.document != document:
            document = verdict.document
            yield [(document, "strong")]
        mark, style = _MARKS[verdict.status]
        cells = "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        yield [(f"  {mark} ", style), (verdict.name.ljust(names), "plain"), (f"  {cells}  {verdict.runs:4}", "plain")]


def _cell(reached: int, of: int) -> str:
    return f"{reached}/{of}" if of else "-"


def lines(verdict: Verdict) -> Iterable[str]:
    """What is wrong, for those who show text: a failed test of pytest, say."""
    yield from (problem_line(problem, verdict.document) for problem in verdict.problems)
    yield from (f"    again: {command}" for command in commands(verdict))


def commands(verdict: Verdict) -> Iterable[str]:
    """The lines that show what is wrong once more, each once."""
    return dict.fromkeys(problem.command for problem in verdict.problems if problem.command is not None)

"""`--format text`: for each finding where and what, the line with a caret under its column, and what to do."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Literal, TextIO

from ...diagnostics import Diagnostic
from ..redaction import MASK
from ..screen import Style, printable, screen
from . import CheckedFile, Finding, Summary

Verbosity = Literal["quiet", "normal", "verbose"]

_INDENT = 4
_IN_A_PIPE = 120  # columns of a line that is shown
_NARROWEST = 40
_CUT = "..."
SECRET_CODES = frozenset({"ARZ701", "ARZ707"})  # a secret is written in the document
_TAB = "    "
_STYLES: Mapping[str, Style] = {"error": "bad", "warning": "warning", "info": "faint"}


class TextReport:
    """Writes the findings of a file as it comes, and at the end one line with the counts.

    `quiet` writes what fails the check and nothing else (`failing` are those severities); infos are for `verbose`.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        environ: Mapping[str, str],
        verbosity: Verbosity = "normal",
        failing: tuple[str, ...] = ("error",),
    ) -> None:
        self._screen = screen(stream, environ, moving=False)
        self._width = max(_NARROWEST, _columns(stream, environ) - _INDENT)
        self._verbosity = verbosity
        self._shown = {"quiet": failing, "normal": ("error", "warning"), "verbose": tuple(_STYLES)}[verbosity]
        self._summary = Summary()
        self._secrets: dict[tuple[str, int], int] = {}

    def observe(self, file: CheckedFile) -> None:
        """Show one file."""
        self._summary.add(file)
        self._secrets = _secrets(file)
        for diagnostic in file.mended if self._verbosity == "verbose" else ():
            self._screen.line((_place(diagnostic, file), "plain"), ("mended", "good"), *_said(diagnostic))
        for finding in file.findings:
            if finding.diagnostic.severity in self._shown:
                self._finding(finding, file)

    def finish(self) -> None:
        """Show the counts."""
        if self._verbosity != "quiet":
            bad = self._summary.errors or self._summary.unreadable
            style: Style = "bad" if bad else "warning" if self._summary.warnings else "good"
            self._screen.line((self._summary.line(infos_hidden="info" not in self._shown), style))

    def _finding(self, finding: Finding, file: CheckedFile) -> None:
        diagnostic, where = finding.diagnostic, finding.diagnostic.location
        style = _STYLES[diagnostic.severity]
        self._screen.line((_place(diagnostic, file), "plain"), (diagnostic.severity, style), *_said(diagnostic))
        if finding.line is not None and where is not None:
            secret = self._secrets.get((where.document, where.line))
            line = finding.line if secret is None else finding.line[: secret - 1] + MASK
            shown, column = excerpt(line, where.column, self._width)
            if shown.strip():
                self._screen.line((shown, "plain"), indent=_INDENT)
                self._screen.line((" " * column, "plain"), ("^", style), indent=_INDENT)
        if diagnostic.hint:
            self._screen.line(("hint: ", "strong"), (diagnostic.hint, "plain"), indent=_INDENT)


def _secrets(file: CheckedFile) -> dict[tuple[str, int], int]:
    """The lines with a secret in them, and the column where the first one begins: a log is no place for it either."""
    found: dict[tuple[str, int], int] = {}
    for finding in file.findings:
        where = finding.diagnostic.location
        if finding.diagnostic.code in SECRET_CODES and where is not None:
            place = (where.document, where.line)
            found[place] = min(where.column, found.get(place, where.column))
    return found


def _place(diagnostic: Diagnostic, file: CheckedFile) -> str:
    return f"{diagnostic.location or file.name}: "


def _said(diagnostic: Diagnostic) -> Iterator[tuple[str, Style]]:
    yield f" {diagnostic.code}", "strong"
    yield f": {diagnostic.message}", "plain"


def _columns(stream: TextIO, environ: Mapping[str, str]) -> int:
    if not stream.isatty():
        return _IN_A_PIPE
    if environ.get("COLUMNS", "").isdecimal():
        return int(environ["COLUMNS"])
    try:
        return os.get_terminal_size(stream.fileno()).columns or _IN_A_PIPE
    except (OSError, ValueError):
        return _IN_A_PIPE


def excerpt(line: str, column: int, width: int) -> tuple[str, int]:
    """As much of a line as there is room for, and how many columns the one at `column` (from 1) is from its left.

    Tabs become spaces; what a terminal shows two columns wide counts twice.
    """
    before, after = _visible(line[: column - 1]), _visible(line[column - 1 :])
    if _width(before) + _width(after) <= width:
        return before + after, _width(before)
    if _width(before) > width * 2 // 3:
        before = _CUT + _end(before, width * 2 // 3 - len(_CUT))
    room = width - _width(before)
    if _width(after) > room:
        after = _start(after, room - len(_CUT)) + _CUT
    return before + after, _width(before)


def _visible(text: str) -> str:
    return printable(text.replace("\t", _TAB))


def _width(text: str) -> int:
    """Terminal columns of a text (Unicode Standard Annex #11)."""
    return len(text) if text.isascii() else sum(map(_character_width, text))


def _character_width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def _start(text: str, width: int) -> str:
    """The longest start of a text that is no wider."""
    taken = 0
    for index, character in enumerate(text):
        taken += _character_width(character)
        if taken > width:
            return text[:index]
    return text


def _end(text: str, width: int) -> str:
    """The longest end of a text that is no wider."""
    return _start(text[::-1], width)[::-1]

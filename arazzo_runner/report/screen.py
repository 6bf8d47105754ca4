"""Lines on a terminal or in a pipe. Rich is used, and imported, on a terminal only."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from typing import Any, Literal, Protocol, TextIO

Style = Literal["plain", "good", "bad", "warning", "faint", "strong"]
Segment = tuple[str, Style]

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_GLYPHS = {"✓": "ok", "✗": "failed", "↻": "again", "→": "->", "■": "end", "…": "..."}
_STYLES: Mapping[Style, str] = {
    "plain": "",
    "good": "green",
    "bad": "bold red",
    "warning": "yellow",
    "faint": "bright_black",
    "strong": "bold",
}
_SGR: Mapping[Style, str] = {
    "plain": "{}",
    "good": "\x1b[32m{}\x1b[0m",
    "bad": "\x1b[1;31m{}\x1b[0m",
    "warning": "\x1b[33m{}\x1b[0m",
    "faint": "\x1b[90m{}\x1b[0m",
    "strong": "\x1b[1m{}\x1b[0m",
}


class Screen(Protocol):
    """Where lines go."""

    def line(self, *segments: Segment, indent: int = 0) -> None:
        """Write one line."""

    def busy(self, text: str, *, seconds: float | None = None) -> None:
        """Show what is being waited for, until the next `idle`; `seconds` if it is known how long."""

    def idle(self) -> None:
        """Nothing is waited for."""


def screen(stream: TextIO, environ: Mapping[str, str], *, moving: bool = True) -> Screen:
    """The screen for a stream: TERM=dumb is as plain as a pipe; rich itself respects NO_COLOR and the width.

    Where nothing moves, colours alone are not worth the import of rich.
    """
    if is_plain(stream, environ):
        return PlainScreen(stream)
    if moving or os.name == "nt":
        return TerminalScreen(stream, environ)
    return PlainScreen(stream) if environ.get("NO_COLOR") else ColouredScreen(stream)


def is_plain(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether a stream shows text only: a pipe, a file, or a terminal that says so."""
    return not stream.isatty() or environ.get("TERM", "").lower() in ("dumb", "unknown")


def printable(text: str) -> str:
    """A text from outside without control characters: a response cannot move the cursor or forge a line."""
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}" if ord(match[0]) < 256 else "�", text)


class PlainScreen:
    """Plain lines, each complete; in the stream's encoding."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._encoding = getattr(stream, "encoding", None) or "utf-8"

    def line(self, *segments: Segment, indent: int = 0) -> None:
        text = " " * indent + "".join(printable(text) for text, _ in segments).rstrip()
        self._write(text)

    def _write(self, text: str) -> None:
        self._stream.write(self._encodable(text) + "\n")
        self._stream.flush()

    def busy(self, text: str, *, seconds: float | None = None) -> None:
        """Nothing moves in a pipe."""

    def idle(self) -> None:
        """Nothing moved."""

    def _encodable(self, text: str) -> str:
        try:
            text.encode(self._encoding)
        except UnicodeEncodeError:
            for glyph, word in _GLYPHS.items():
                text = text.replace(glyph, word)
            return text.encode(self._encoding, "backslashreplace").decode(self._encoding)
        return text


class ColouredScreen(PlainScreen):
    """Plain lines in colours (ECMA-48, SGR); the terminal folds them."""

    def line(self, *segments: Segment, indent: int = 0) -> None:
        self._write(" " * indent + "".join(_SGR[style].format(printable(text)) for text, style in segments))


class TerminalScreen:
    """Colours, lines folded to the width, and one moving line at the bottom while something is waited for."""

    def __init__(self, stream: TextIO, environ: Mapping[str, str]) -> None:
        from rich.console import Console

        self._console = Console(file=stream, highlight=False, markup=False, emoji=False, _environ=environ)
        self._live: Any = None

    def line(self, *segments: Segment, indent: int = 0) -> None:
        from rich.padding import Padding
        from rich.text import Text

        text = Text.assemble(*((printable(text), _STYLES[style]) for text, style in segments), overflow="fold")
        self._console.print(Padding(text, (0, 0, 0, indent), expand=False))

    def busy(self, text: str, *, seconds: float | None = None) -> None:
        from rich.live import Live

        self.idle()
        self._live = Live(_Busy(printable(text), seconds), console=self._console, transient=True, refresh_per_second=8)
        self._live.start()

    def idle(self) -> None:
        live, self._live = self._live, None
        if live is not None:
            live.stop()


class _Busy:
    """A spinner, or a bar where the end is known; redrawn by rich's own thread."""

    def __init__(self, text: str, seconds: float | None) -> None:
        from rich.spinner import Spinner

        self._text = text
        self._seconds = seconds
        self._since = time.monotonic()
        self._spinner = Spinner("dots")

    def __rich__(self) -> Any:
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        row = Table.grid(padding=(0, 1))
        text = Text(self._text, overflow="ellipsis", no_wrap=True)
        if self._seconds is None:
            row.add_row(self._spinner, text)
        else:
            elapsed = min(time.monotonic() - self._since, self._seconds)
            left = Text(f"{self._seconds - elapsed:.0f} s", style="bright_black")
            row.add_row(self._spinner, text, ProgressBar(self._seconds, elapsed, width=20), left)
        return row

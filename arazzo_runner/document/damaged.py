"""Reading on after what is no YAML: a value on one line is taken as the text its author meant (YAML 1.2.2, 7.3.3).

Most such errors are a text that needed quotes: `condition: {$statusCode} == 200`, `summary: a: b`, `name: @me`. With
the quotes put in, the rest of the document is read as if they were there; every other error ends the reading.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from typing import Final

from ..limits import Limits
from .positions import Positions
from .text import Problem
from .yaml_tree import SyntaxProblem, YamlTree, read_yaml

_LARGEST: Final = 1_000_000  # code points of a text that is worth reading again and again
_MOST: Final = 50  # texts to mend
_LINE: Final = re.compile(r"(?P<indent>[ ]*(?:-[ ]+)*)(?:(?P<key>[A-Za-z_$x][^\s:#'\"]*):[ ]+)?(?P<value>[^\s|>#'].*)")
_COMMENT: Final = re.compile(r"[ \t]#")
_INDENTED: Final = re.compile(r"( *)(\S)")


def read_on(text: str, limits: Limits, problems: list[Problem]) -> YamlTree:
    """`read_yaml` with positions; `problems` takes what is wrong and does not end the reading.

    Raises:
        Problem: what ends it.
    """
    mending = _Mending(text)
    syntax: list[Problem] = []
    found: list[Problem] = []
    try:
        while True:
            found.clear()
            try:
                tree = read_yaml(mending.text, limits, positions=True, problems=found)
                break
            except SyntaxProblem as problem:
                mended = mending.quoted(problem)
                placed = mending.placed(problem)
                if mended is None:
                    raise placed from None
                syntax.append(placed)
                mending = mended
            except Problem as problem:
                raise mending.placed(problem) from None
    finally:
        problems += sorted((*syntax, *map(mending.placed, found)), key=lambda problem: problem.offset)
    if tree.positions is not None:
        mending.place(tree.positions)
    return tree


class _Mending:
    """A text with some values put in quotes, and the way from its offsets back to those of the original."""

    def __init__(self, text: str, inserted: tuple[int, ...] = (), lines: frozenset[int] = frozenset()) -> None:
        self.text = text
        self._inserted = inserted  # the offsets of the characters that were put in
        self._lines = lines  # where the lines begin that are mended

    def quoted(self, problem: SyntaxProblem) -> _Mending | None:
        """With the value in quotes on whose line the problem is; None where that is not certain to be meant."""
        start = self.text.rfind("\n", 0, problem.offset) + 1
        within = problem.flow_start is not None and problem.flow_start < start
        if within or start in self._lines or len(self._lines) >= _MOST or len(self.text) > _LARGEST:
            return None
        end = self.text.find("\n", start)
        line = self.text[start : len(self.text) if end < 0 else end].rstrip("\r")
        match = _LINE.fullmatch(line)
        if match is None or not _is_a_text(match) or self._goes_on(start + len(line), match):
            return None
        value = match["value"] if match["value"][0] == '"' else _COMMENT.split(match["value"], maxsplit=1)[0]
        return self._quote(start, start + match.start("value"), value.rstrip())

    def _goes_on(self, end: int, match: re.Match[str]) -> bool:
        """Whether the next line continues the value, or belongs to it."""
        following = _INDENTED.search(self.text, self.text.find("\n", end) + 1 or len(self.text))
        if following is None:
            return False
        column = len(match["indent"]) if match["key"] else match["indent"].rfind("-")
        return len(following[1]) > column

    def _quote(self, line: int, start: int, value: str) -> _Mending:
        inserted = [start, *(start + 1 + at for at in _doubled(value)), start + 1 + len(value) + value.count("'")]
        text = self.text[:start] + "'" + value.replace("'", "''") + "'" + self.text[start + len(value) :]
        added = len(inserted)
        earlier = [at if at < start else at + added for at in self._inserted]
        lines = {at if at <= line else at + added for at in (*self._lines, line)}
        return _Mending(text, tuple(sorted((*earlier, *inserted))), frozenset(lines))

    def placed(self, problem: Problem) -> Problem:
        """The problem at its offset of the original text."""
        problem.offset = self._original(problem.offset)
        if problem.first is not None:
            problem.first = self._original(problem.first)
        return problem

    def place(self, positions: Positions) -> None:
        """Give the positions in the original text."""
        if not self._inserted:
            return
        for offsets in (positions.starts, positions.ends, positions.key_starts, positions.key_ends):
            offsets[:] = array("I", map(self._original, offsets))

    def _original(self, offset: int) -> int:
        return offset - bisect_right(self._inserted, offset - 1)


def _is_a_text(match: re.Match[str]) -> bool:
    """Whether the value of a line is nothing else: no quoted text that was never closed, no damaged collection."""
    value: str = match["value"]
    if not (match["key"] or "-" in match["indent"]) or value[0] == "[":
        return False
    return value.startswith("{$") if value[0] == "{" else value[0] != '"' or '"' in value[1:]


def _doubled(value: str) -> list[int]:
    """The offsets, in the quoted value, of the second one of each doubled quote."""
    found: list[int] = []
    for match in re.finditer("'", value):
        found.append(match.start() + len(found) + 1)
    return found

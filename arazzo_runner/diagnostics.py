"""What is wrong with a document, where, and how to mend it: data, not text on a terminal."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

from .location import Location

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class SetText:
    """The scalar at `location` becomes this text."""

    location: Location
    text: str


@dataclass(frozen=True, slots=True)
class Remove:
    """The member of a mapping at `location` goes, its key too."""

    location: Location


@dataclass(frozen=True, slots=True)
class Quote:
    """What YAML made a mapping, `{$inputs.x}` without quotes, becomes the text it was meant to be."""

    location: Location


@dataclass(frozen=True, slots=True)
class Wrap:
    """The scalar at `location`, an item of a list, becomes the only member `key` of a mapping."""

    location: Location
    key: str


Edit: TypeAlias = "SetText | Remove | Quote | Wrap"


@dataclass(frozen=True, slots=True)
class Fix:
    """A rewrite whose meaning is certain: all of its edits, or none. A place is given by document and pointer."""

    edits: tuple[Edit, ...]


def text_fix(location: Location, text: str) -> Fix:
    """The Fix that puts another text in the place of a scalar."""
    return Fix((SetText(location, text),))


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `code` is stable (`ARZ101`); `message` is one sentence, `hint` says what to do."""

    code: str
    severity: Severity
    message: str
    location: Location | None = None
    hint: str | None = None
    fix: Fix | None = None

    def __str__(self) -> str:
        where = f"{self.location}: " if self.location else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where}{self.severity} {self.code}: {self.message}{hint}"

    def to_dict(self) -> dict[str, object]:
        """The camelCase form of reports; absent fields are left out."""
        result: dict[str, object] = {"code": self.code, "severity": self.severity, "message": self.message}
        if self.location:
            result["location"] = location_dict(self.location)
        if self.hint:
            result["hint"] = self.hint
        if self.fix:
            result["fix"] = {"edits": [edit_dict(edit) for edit in self.fix.edits]}
        return result


def by_place(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings by document, line, column and code, each once."""
    return tuple(sorted(dict.fromkeys(found), key=_place))


def _place(finding: Diagnostic) -> tuple[str, int, int, str]:
    where = finding.location
    return (where.document, where.line, where.column, finding.code) if where else ("", 0, 0, finding.code)


def location_dict(location: Location) -> dict[str, object]:
    """A Location for a report."""
    return {
        "document": location.document,
        "line": location.line,
        "column": location.column,
        "pointer": location.pointer,
    }


def edit_dict(edit: Edit) -> dict[str, object]:
    """An edit for a report; `kind` tells which one it is."""
    where: dict[str, object] = {"location": location_dict(edit.location)}
    match edit:
        case SetText():
            return {"kind": "setText", **where, "text": edit.text}
        case Remove():
            return {"kind": "remove", **where}
        case Quote():
            return {"kind": "quote", **where}
        case Wrap():
            return {"kind": "wrap", **where, "key": edit.key}
        case _:
            assert_never(edit)


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A hint that names the nearest known words, or None."""
    names = list(dict.fromkeys(known))
    same = [name for name in names if name.casefold() == word.casefold()]
    close = same or difflib.get_close_matches(word, names, n=2, cutoff=0.6)
    if not close:
        return None
    return "did you mean " + " or ".join(f"'{name}'" for name in close) + "?"


def edit_distance(left: str, right: str, limit: int = 3) -> int:
    """The Levenshtein distance, or `limit` where it is that or more."""
    if abs(len(left) - len(right)) >= limit:
        return limit
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return min(row[-1], limit)

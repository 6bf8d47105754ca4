"""What an edit changes in the text of a document: comments, order, quoting and line endings stay.

Offsets count code points of `Document.text`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, assert_never

from ..diagnostics import Edit, Quote, Remove, SetText, Wrap
from ..document import Document, Entry
from ..values import get_pointer, parse_pointer
from .spelling import Setting, quoted, spell

_BREAK: Final = re.compile(r"\r\n|\n|\r")
_DASHES: Final = re.compile(r"[ \t]*(?:-[ \t]+)+")
_PROPERTY: Final = re.compile(r"(?:^|\s)[&!]\S*\s*\Z")
_COMMENT: Final = re.compile(r"#[^\r\n]*")


@dataclass(frozen=True, slots=True)
class Replacement:
    """A stretch of the text, and what comes in its place."""

    start: int
    end: int
    text: str


def replacements(document: Document, edit: Edit) -> tuple[Replacement, ...] | None:
    """What an edit changes; None where it cannot be made here: an alias, another value than expected."""
    place = _place(document, edit)
    if place is None:
        return None
    match edit:
        case SetText(text=text):
            return place.set_text(text)
        case Remove():
            return place.remove()
        case Quote():
            return place.quote()
        case Wrap(key=key):
            return place.wrap(key)
        case _:
            assert_never(edit)


def spliced(text: str, changes: Iterable[Replacement]) -> str | None:
    """The text with every change made; None where two of them overlap."""
    parts, at = [], 0
    for change in sorted(set(changes), key=lambda change: (change.start, change.end)):
        if change.start < at:
            return None
        parts += [text[at : change.start], change.text]
        at = change.end
    return "".join((*parts, text[at:]))


def _place(document: Document, edit: Edit) -> _Place | None:
    pointer = edit.location.pointer
    entry = document.entry(pointer)
    if entry is None:
        return None
    return _Place(document, document.text, pointer, parse_pointer(pointer), entry)


@dataclass(frozen=True, slots=True)
class _Place:
    """A member or item that is edited."""

    document: Document
    text: str
    pointer: str
    tokens: tuple[str, ...]
    entry: Entry

    @property
    def in_list(self) -> bool:
        return isinstance(get_pointer(self.document.root, self.tokens[:-1]), list)

    @property
    def setting(self) -> Setting:
        return Setting(self.entry.flow, self.in_list, self.column(self.entry.parent))

    def line_start(self, offset: int) -> int:
        return max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset)) + 1

    def column(self, offset: int) -> int:
        return offset - self.line_start(offset)

    def set_text(self, text: str) -> tuple[Replacement, ...] | None:
        scalar, before = self.document.scalar(self.pointer), get_pointer(self.document.root, self.tokens)
        if scalar is None or not isinstance(before, str):
            return None
        written = self.text[scalar.start : scalar.end]
        spelling = spell(text, scalar, written, before, self.setting)
        return None if spelling is None else (Replacement(scalar.start, scalar.end, spelling),)

    def quote(self) -> tuple[Replacement, ...] | None:
        """`{$inputs.x}` on one line, with nothing but the expression in its braces."""
        entry, value = self.entry, get_pointer(self.document.root, self.tokens)
        if self.document.format != "yaml" or not isinstance(value, dict) or len(value) != 1:
            return None
        name, written = next(iter(value)), self.text[entry.value : entry.end]
        if written[1:-1].strip(" ") != name or value[name] is not None:
            return None
        text = f"{{{name}}}"
        fitting = (s for s in quoted(text, '"') if self.setting.reads_as(s) == text)
        return tuple(Replacement(entry.value, entry.end, spelling) for spelling in fitting)[:1] or None

    def wrap(self, key: str) -> tuple[Replacement, ...] | None:
        scalar = self.document.scalar(self.pointer)
        if scalar is None or not self.in_list:
            return None
        written = self.text[scalar.start : scalar.end]
        if self.document.format == "json":
            return (Replacement(scalar.start, scalar.end, f'{{"{key}": {written}}}'),)
        if self.entry.flow:
            return (Replacement(scalar.start, scalar.end, f"{{{key}: {written}}}"),)
        if _PROPERTY.search(self.text[self.line_start(scalar.start) : scalar.start]):
            return None  # an anchor or tag would go to the key
        deeper = " " * (self.column(scalar.start) - self.column(self.entry.parent))
        shifted = re.sub(r"(\r\n|\n|\r)(?=[^\r\n])(?![ \t]*(?:[\r\n]|\Z))", lambda m: m[1] + deeper, written)
        return (Replacement(scalar.start, scalar.end, f"{key}: {shifted}"),)

    # -- removal ------------------------------------------------------------------------------------------------------

    def remove(self) -> tuple[Replacement, ...] | None:
        """A mapping keeps at least one member."""
        entry = self.entry
        if self.in_list or (entry.before is None and entry.after is None):
            return None
        if not entry.flow:
            return self.remove_lines()
        return self.remove_before_next(entry.after) if entry.after is not None else self.remove_last()

    def remove_lines(self) -> tuple[Replacement, ...] | None:
        """A member of a block mapping: its lines go, their comments stay on lines of their own."""
        entry, text = self.entry, self.text
        start = self.line_start(entry.start)
        prefix = text[start : entry.start]
        end, stop, line_break = self.line_end(entry.end)
        kept = (line_break or self.some_break()).join(self.kept_lines(end, prefix))
        kept += line_break if kept else ""
        if not prefix.strip(" "):
            if stop == len(text) and not line_break:
                return (self.without_last_break(start, stop, kept),)
            return (Replacement(start, stop, kept),)
        if entry.before is not None or entry.after is None or _DASHES.fullmatch(prefix) is None:
            return None
        between = text[stop : self.line_start(entry.after)]
        return (Replacement(start, entry.after, kept + between + prefix),)

    def line_end(self, offset: int) -> tuple[int, int, str]:
        """Where the line ends, where the next begins, and what is between them."""
        found = _BREAK.search(self.text, offset)
        if found is None:
            return len(self.text), len(self.text), ""
        return found.start(), found.end(), found.group()

    def some_break(self) -> str:
        found = _BREAK.search(self.text)
        return found.group() if found else "\n"

    def without_last_break(self, start: int, stop: int, kept: str) -> Replacement:
        """The last lines of a text that ends without a line break: it goes on ending without one."""
        if kept:
            return Replacement(start, stop, kept)
        line_break = 2 if self.text[start - 2 : start] == "\r\n" else 1
        return Replacement(start - line_break, stop, "")

    def kept_lines(self, end: int, prefix: str) -> Iterator[str]:
        indent = prefix[: len(prefix) - len(prefix.lstrip(" \t"))]
        for at, comment in self.comments(self.entry.start, end):
            own = self.text[self.line_start(at) : at]
            yield (indent if own.strip(" \t") else own) + comment

    def comments(self, start: int, end: int) -> Iterator[tuple[int, str]]:
        """The comments of a stretch of text: outside of keys and scalars, behind white space."""
        at, texts = start, self.entry.texts
        while self.document.format == "yaml" and (found := _COMMENT.search(self.text, at, end)) is not None:
            inside = next((stop for begin, stop in texts if begin <= found.start() < stop), None)
            if inside is not None:
                at = inside
            elif self.text[found.start() - 1 : found.start()] in (" ", "\t", "\n", "\r", ""):
                yield found.start(), found.group()
                at = found.end()
            else:
                at = found.start() + 1

    def remove_before_next(self, after: int) -> tuple[Replacement, ...]:
        """A member of a flow mapping: the next one comes to its place."""
        start = self.entry.start
        comments = [comment for _, comment in self.comments(start, after)]
        if not comments:
            return (Replacement(start, after, ""),)
        *_, line_break = self.line_end(self.entry.end)
        indent = self.text[self.line_start(after) : after]
        lead = "" if self.text[start - 1].isspace() else " "
        return (Replacement(start, after, lead + "".join(comment + line_break + indent for comment in comments)),)

    def remove_last(self) -> tuple[Replacement, ...] | None:
        entry, text = self.entry, self.text
        before = entry.before if entry.before is not None else entry.start
        if any(self.comments(entry.start, entry.end)):
            return None
        if not any(self.comments(before, entry.start)):
            return (Replacement(before, entry.end, ""),)
        comma = Replacement(
            before + text[before : entry.start].index(","), before + text[before : entry.start].index(",") + 1, ""
        )
        start, (end, stop, _) = self.line_start(entry.start), self.line_end(entry.end)
        alone = not text[start : entry.start].strip() and not text[entry.end : end].strip()
        return (comma, Replacement(start, stop, "") if alone else Replacement(entry.start, entry.end, ""))

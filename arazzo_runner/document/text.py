"""The text of a document: its encoding, its lines, and what is wrong at an offset of it.

YAML 1.2.2, 5.2 (character encodings): UTF-8, or what the byte order mark says. Offsets count code points.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from typing import Final

from ..errors import UnreadableDocument
from ..limits import Limits
from ..location import Location

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is the start of this one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BREAK: Final = re.compile(r"\r\n|\n|\r")


UNREADABLE: Final = "ARZ100"
SYNTAX: Final = "ARZ103"
NOT_JSON_DATA: Final = "ARZ104"
DUPLICATE_KEY: Final = "ARZ105"


class Problem(Exception):
    """What makes a text unreadable, at an offset of it; `first` is the offset of what it collides with.

    `code` is that of the finding: ARZ100 not readable, ARZ103 neither YAML nor JSON, ARZ104 YAML that JSON has no form
    for, ARZ105 a key that stands twice.
    """

    def __init__(
        self, message: str, offset: int, hint: str | None = None, *, first: int | None = None, code: str = UNREADABLE
    ) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.hint = hint
        self.first = first
        self.code = code

    def refusal(self, text: str, name: str) -> UnreadableDocument:
        """The error for a person: with the name of the document, line and column."""
        return self.placed(Lines(text), name)

    def placed(self, lines: Lines, name: str) -> UnreadableDocument:
        """`refusal` of a text whose lines are known."""
        message = self.message
        if self.first is not None:
            line, column = lines.place(self.first)
            message += f"; the first one is at {line}:{column}"
        line, column = lines.place(self.offset)
        return UnreadableDocument(message, location=Location(name, line, column), hint=self.hint, code=self.code)


class Lines:
    """Where the lines of a text begin."""

    __slots__ = ("_starts",)

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in _BREAK.finditer(text))]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def encoding_of(data: bytes) -> tuple[bytes, str]:
    """The byte order mark a document starts with (b"" when it has none) and its encoding.

    `bom + text.encode(encoding)` gives the bytes back, for edits.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return bom, encoding
    return b"", "utf-8"


def decode(data: bytes, name: str, limits: Limits) -> str:
    """The text of a document, without its byte order mark.

    Raises:
        UnreadableDocument: too large, or bytes that are not text in its encoding.
    """
    if len(data) > limits.max_document:
        raise UnreadableDocument(
            f"the document has {len(data):,} bytes, and at most {limits.max_document:,} are read",
            location=Location(name),
            hint="Limits(max_document=...) raises the bound",
        )
    bom, encoding = encoding_of(data)
    body = data[len(bom) :] if bom else data
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        before = body[: error.start].decode(encoding, "replace")
        message = f"byte 0x{body[error.start]:02x} is not {encoding.upper()} text"
        raise Problem(message, len(before), "save the file as UTF-8").refusal(before, name) from None

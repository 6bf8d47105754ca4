"""Where something stands: document, line, column and JSON Pointer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a document a user wrote.

    `document` is the name to show (a path as given, or a URL); `line` and `column` count from 1 in code points, 0 when
    unknown; `pointer` is the JSON Pointer of the value (RFC 6901).
    """

    document: str
    line: int = 0
    column: int = 0
    pointer: str = ""

    def __str__(self) -> str:
        if self.line:
            return f"{self.document}:{self.line}:{self.column}"
        return f"{self.document}#{self.pointer}" if self.pointer else self.document

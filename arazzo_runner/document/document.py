"""A document: a tree of JSON values that knows where each of them stands (1.1.0, "Establishing the Base URI")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from ..diagnostics import Diagnostic
from ..limits import Limits
from ..location import Location
from ..values import JSON, format_pointer, parse_pointer
from .entries import Entry, entry_at, texts_of
from .positions import ROOT, SCALAR_STYLES, Positions, ScalarStyle
from .reader import Format, locate_tree, read_damaged_tree, read_tree
from .text import Lines, decode, encoding_of
from .uri import resolve_uri

Kind = Literal["arazzo", "openapi", "swagger", "asyncapi"]

_KINDS: Final[tuple[Kind, ...]] = ("arazzo", "openapi", "swagger", "asyncapi")
_PLAIN: Final = SCALAR_STYLES.index("plain")
_WITHOUT_SELF: Final = {"arazzo": ("1.0",), "openapi": ("3.0", "3.1")}  # versions that do not have the field


@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar as written: its style, and where it begins and ends in `Document.text`, quotes included."""

    style: ScalarStyle
    start: int
    end: int


class Document:
    """A read document.

    `uri` is where it was retrieved, `name` what locations show, `root` its JSON value, `format` yaml or json, `kind`
    what its root key says it is. `self_uri` is `$self` made absolute, in the versions that have the field (Arazzo 1.1,
    OpenAPI 3.2), else None; `base_uri` is what its references are resolved against. `data` is the bytes.
    """

    __slots__ = ("_limits", "_lines", "_positions", "base_uri", "data", "format", "kind", "name", "root", "self_uri",
                 "uri")  # fmt: skip

    def __init__(
        self,
        root: JSON,
        *,
        uri: str,
        name: str,
        data: bytes,
        format: Format,
        limits: Limits,
        positions: Positions | None = None,
    ) -> None:
        self.root = root
        self.uri = uri
        self.name = name
        self.data = data
        self.format: Format = format
        self.kind = _kind(root)
        self.self_uri = _self_uri(root, self.kind, uri)
        self.base_uri = self.self_uri or uri
        self._limits = limits
        self._positions = positions
        self._lines: Lines | None = None

    def __repr__(self) -> str:
        return f"Document({self.name!r})"

    @property
    def text(self) -> str:
        """The text, with the line endings it has and without a byte order mark; `Scalar` counts in it."""
        return decode(self.data, self.name, self._limits)

    def with_text(self, text: str) -> bytes:
        """The bytes of this document with another text: the same encoding and byte order mark."""
        bom, encoding = encoding_of(self.data)
        return bom + text.encode(encoding)

    def edited(self, text: str) -> Document:
        """This document with another text, read anew.

        Raises:
            UnreadableDocument: it is not readable any more.
        """
        return read(self.with_text(text), uri=self.uri, name=self.name, limits=self._limits)

    def location(self, pointer: str | tuple[str, ...], *, key: bool = False) -> Location:
        """Where a value stands, or its key; what is absent has the place of its nearest ancestor that is there.

        The positions of a document loaded without them are read now.
        """
        tokens = parse_pointer(pointer) if isinstance(pointer, str) else tuple(pointer)
        positions = self._located()
        path = _walk(positions, tokens)
        node = path[-1]
        is_member = len(path) == len(tokens) + 1 and positions.keys[node] is not None
        offset = positions.key_starts[node] if key and is_member else positions.starts[node]
        return self._place(offset, tokens)

    def scalar(self, pointer: str | tuple[str, ...], *, key: bool = False) -> Scalar | None:
        """How a scalar, or the key of a member, is written; None where there is none.

        Also None for what is reached through an alias or a merge key, because an edit there changes other places too.
        """
        tokens = parse_pointer(pointer) if isinstance(pointer, str) else tuple(pointer)
        positions, node = self._located(), ROOT
        for token in tokens:
            member = positions.own_member(node, token)
            if member is None:
                return None
            node = member
        if key:
            if positions.keys[node] is None:
                return None
            style, start, end = positions.key_styles[node], positions.key_starts[node], positions.key_ends[node]
        else:
            style, start, end = positions.styles[node], positions.starts[node], positions.ends[node]
        return Scalar(SCALAR_STYLES[style], start, end) if style < len(SCALAR_STYLES) else None

    def entry(self, pointer: str | tuple[str, ...]) -> Entry | None:
        """How a member or item is written, key and value; None as for `scalar`, and for what an alias repeats."""
        tokens = parse_pointer(pointer) if isinstance(pointer, str) else tuple(pointer)
        return entry_at(self._located(), self.text, tokens)

    def texts(self) -> tuple[tuple[int, int], ...]:
        """The spans in `text` of all keys and scalars; what looks like a comment outside of them is one."""
        return texts_of(self._located(), self.text)

    def plain(self, pattern: re.Pattern[str]) -> Iterator[tuple[tuple[str, ...], bool, str]]:
        """The keys and scalars without quotes that match a pattern as a whole: pointer, whether it is the key, text."""
        if self.format == "json":
            return
        positions, text = self._located(), self.text
        for node, key in enumerate(positions.keys):
            if key is not None and positions.key_styles[node] == _PLAIN and pattern.fullmatch(key):
                yield positions.path(node), True, key
            written = text[positions.starts[node] : positions.ends[node]] if positions.styles[node] == _PLAIN else ""
            if pattern.fullmatch(written):
                yield positions.path(node), False, written

    def location_at(self, offset: int) -> Location:
        """The place of a character of the text; its pointer is that of the value around it."""
        positions = self._located()
        return self._place(offset, positions.path(positions.innermost(offset)))

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """Where a character of the text stands, both from 1."""
        if self._lines is None:
            self._lines = Lines(self.text)
        return self._lines.place(offset)

    def _place(self, offset: int, tokens: tuple[str, ...]) -> Location:
        line, column = self.line_and_column(offset)
        return Location(self.name, line, column, format_pointer(tokens))

    def _located(self) -> Positions:
        if self._positions is None:
            self._positions = locate_tree(self.text, self.name, self.format, self._limits)
        return self._positions


def _walk(positions: Positions, tokens: tuple[str, ...]) -> list[int]:
    """The nodes along a pointer, from the root to the last one that is there."""
    path = [ROOT]
    for token in tokens:
        node = positions.member(path[-1], token)
        if node is None:
            break
        path.append(node)
    return path


def _kind(root: JSON) -> Kind | None:
    if not isinstance(root, dict):
        return None
    return next((kind for kind in _KINDS if kind in root), None)


def _self_uri(root: Any, kind: Kind | None, uri: str) -> str | None:
    """The identity of a document (decision 51): 1.0 documents have none."""
    if kind not in _WITHOUT_SELF:
        return None
    written, version = root.get("$self"), str(root[kind])
    if not isinstance(written, str) or not written or version.startswith(_WITHOUT_SELF[kind]):
        return None
    return resolve_uri(written, uri).partition("#")[0]


def read(
    data: bytes,
    *,
    uri: str,
    name: str,
    positions: bool = True,
    limits: Limits | None = None,
    problems: list[Diagnostic] | None = None,
) -> Document:
    """Read a YAML or JSON document, with the positions of everything in it unless they are not wanted yet.

    Args:
        problems: Takes what is wrong with the text and leaves a sensible reading, instead of ending at the first: of a
            key that stands twice the last value is kept, a value on one line that is no YAML is read as the text that
            was meant. Such a document is for checking, not for running.

    Raises:
        UnreadableDocument: with its name, line and column.
    """
    limits = limits or Limits()
    text = decode(data, name, limits)
    if problems is None:
        tree = read_tree(text, name, uri, positions=positions, limits=limits)
    else:
        tree = read_damaged_tree(text, name, uri, limits, problems)
    return Document(
        tree.root, uri=uri, name=name, data=data, format=tree.format, limits=limits, positions=tree.positions
    )

"""A document: a tree of JSON values that knows where each of them stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, cast

from ..limits import Limits
from ..location import Location
from ..values import JSON, format_pointer, parse_pointer
from .reader import Tree, decode, read_tree
from .uri import resolve_uri

Kind = Literal["arazzo", "openapi", "swagger", "asyncapi"]
_KINDS: tuple[Kind, ...] = ("arazzo", "openapi", "swagger", "asyncapi")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar as written: its style and where its text begins and ends, in code points."""

    style: Literal["plain", "single", "double", "literal", "folded", "json"]
    start: int
    end: int


class Document:
    """A read document. `uri` is where it was retrieved, `name` what locations show, `root` its JSON value."""

    __slots__ = ("_data", "_limits", "_tree", "format", "name", "root", "uri")

    def __init__(
        self, root: JSON, *, uri: str, name: str, data: bytes, tree: Tree | None, format: str, limits: Limits
    ) -> None:
        self.root = root
        self.uri = uri
        self.name = name
        self.format = cast("Literal['yaml', 'json']", format)
        self._data = data
        self._tree = tree
        self._limits = limits

    def __repr__(self) -> str:
        return f"Document({self.name!r})"

    @property
    def data(self) -> bytes:
        """The bytes it was read from."""
        return self._data

    @property
    def kind(self) -> Kind | None:
        """What its root key says it is."""
        if isinstance(self.root, dict):
            for kind in _KINDS:
                if kind in self.root:
                    return kind
        return None

    @property
    def self_uri(self) -> str | None:
        """`$self` resolved to an absolute URI, in the versions that have the field (Arazzo 1.1, OpenAPI 3.2)."""
        if not isinstance(self.root, dict):
            return None
        written = self.root.get("$self")
        version = str(self.root.get("arazzo") or self.root.get("openapi") or "")
        if not isinstance(written, str) or not written or version.startswith(("1.0", "3.0", "3.1")):
            return None
        return resolve_uri(written, self.uri).partition("#")[0]

    @property
    def base_uri(self) -> str:
        """What relative references are resolved against (1.1.0, "Establishing the Base URI")."""
        return self.self_uri or self.uri

    def location(self, pointer: str | tuple[str, ...], *, key: bool = False) -> Location:
        """Where a value (or, with `key`, its key) stands; the nearest existing ancestor where it does not exist."""
        path = parse_pointer(pointer) if isinstance(pointer, str) else tuple(pointer)
        tree = self._positions()
        mark = tree.keys.get(path) if key else None
        at = path
        while mark is None and at:
            mark = tree.marks.get(at)
            at = at[:-1]
        if mark is None:
            mark = tree.marks.get(())
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return Location(self.name, line, column, format_pointer(path))

    def scalar(self, pointer: str | tuple[str, ...]) -> Scalar | None:
        """How a scalar is written, for edits; None where there is no scalar."""
        path = parse_pointer(pointer) if isinstance(pointer, str) else tuple(pointer)
        mark = self._positions().marks.get(path)
        if mark is None or not mark.style:
            return None
        style: Any = "json" if self.format == "json" else mark.style
        return Scalar(style, mark.start, mark.end)

    def _positions(self) -> Tree:
        """The marks; a document that was loaded without them is read again."""
        if self._tree is None or not self._tree.marks:
            text = decode(self._data, self.name, self._limits)
            self._tree = read_tree(text, self.name, positions=True, limits=self._limits)
        return self._tree


def read(data: bytes, *, uri: str, name: str, positions: bool = True, limits: Limits | None = None) -> Document:
    """Read a YAML or JSON document.

    Raises:
        UnreadableDocument: with file, line and column.
    """
    limits = limits or Limits()
    tree = read_tree(decode(data, name, limits), name, positions=positions, limits=limits)
    return Document(
        tree.root, uri=uri, name=name, data=data, tree=tree if positions else None, format=tree.format, limits=limits
    )

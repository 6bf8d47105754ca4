"""Where the nodes of a tree stand in its text, kept in arrays: about 25 bytes for each node.

Nodes are numbered in document order, a collection before its members, so that a subtree is a range of numbers.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import Final, Literal, NamedTuple

from ..values import array_index

ScalarStyle = Literal["plain", "single", "double", "literal", "folded", "json"]
SCALAR_STYLES: Final[tuple[ScalarStyle, ...]] = ("plain", "single", "double", "literal", "folded", "json")
MAPPING: Final = 6
SEQUENCE: Final = 7
ALIAS: Final = 8

ROOT: Final = 0


class Key(NamedTuple):
    """A key and where it is written."""

    text: str
    start: int
    end: int
    style: int


class Positions:
    """Start, end and style of every node and key. Offsets count code points of the text."""

    __slots__ = (
        "_members", "ends", "key_ends", "key_starts", "key_styles", "keys", "merges", "sizes", "starts", "styles",
        "targets",
    )  # fmt: skip

    def __init__(self) -> None:
        self.starts, self.ends = array("I"), array("I")
        self.key_starts, self.key_ends = array("I"), array("I")
        self.sizes = array("I")  # nodes of the subtree, itself included; 0 while it is open
        self.styles, self.key_styles = bytearray(), bytearray()
        self.keys: list[str | None] = []
        self.targets: dict[int, int] = {}  # an alias -> the node its anchor names
        self.merges: dict[int, int] = {}  # a mapping -> the value of its merge key
        self._members: dict[int, dict[str, int]] = {}

    def begin(self, key: Key | None, start: int, style: int) -> int:
        """The number of a node that starts here; `key` when it is the member of a mapping."""
        node = len(self.starts)
        self.starts.append(start)
        self.ends.append(start)
        self.sizes.append(0)
        self.styles.append(style)
        self.keys.append(key.text if key else None)
        self.key_starts.append(key.start if key else 0)
        self.key_ends.append(key.end if key else 0)
        self.key_styles.append(key.style if key else 0)
        return node

    def finish(self, node: int, end: int) -> None:
        """The node ends here."""
        self.ends[node] = end
        self.sizes[node] = len(self.starts) - node

    def add(self, key: Key | None, start: int, end: int, style: int) -> int:
        """A node without members."""
        node = self.begin(key, start, style)
        self.finish(node, end)
        return node

    def path(self, node: int) -> tuple[str, ...]:
        """The reference tokens that lead to a node where it is written."""
        tokens, current = [], ROOT
        while current != node:
            child, index = current + 1, 0
            while node >= child + self.sizes[child]:
                child += self.sizes[child]
                index += 1
            key = self.keys[child]
            tokens.append(str(index) if key is None else key)
            current = child
        return tuple(tokens)

    def innermost(self, offset: int) -> int:
        """The last node that starts at or before an offset, and the first around it that ends behind it."""
        node = max(bisect_right(self.starts, offset) - 1, ROOT)
        while node != ROOT and self.ends[node] <= offset:
            node -= 1  # a sibling, or the collection around both
        return node

    def key_starts_of(self, mapping: int) -> dict[str, int]:
        """Where the keys of a mapping stand that may still be open: of each the first."""
        found: dict[str, int] = {}
        node, end = mapping + 1, len(self.starts)
        while node < end:
            key = self.keys[node]
            if key is not None:
                found.setdefault(key, self.key_starts[node])
            node += self.sizes[node]
        return found

    def own_member(self, node: int, token: str) -> int | None:
        """The node one reference token reaches from a node, where it is written in that very node."""
        return self._table(node).get(token) if self.styles[node] in (MAPPING, SEQUENCE) else None

    def member(self, node: int, token: str) -> int | None:
        """The node one reference token reaches from a node; aliases and merge keys are followed."""
        node = self.targets.get(node, node)
        if self.styles[node] == MAPPING:
            return self._member(node, token)
        if self.styles[node] == SEQUENCE and array_index(token) is not None:
            return self._table(node).get(token)
        return None

    def _member(self, mapping: int, key: str) -> int | None:
        found = self._table(mapping).get(key)
        merge = self.merges.get(mapping)
        if merge is None or found is not None:
            return found
        source = self.targets.get(merge, merge)
        sources = self._table(source).values() if self.styles[source] == SEQUENCE else (source,)
        for each in sources:
            found = self._member(self.targets.get(each, each), key)
            if found is not None:
                return found
        return None

    def _table(self, node: int) -> dict[str, int]:
        """The members of a collection by token, made when first asked for."""
        table = self._members.get(node)
        if table is None:
            table = self._members[node] = {}
            merge = self.merges.get(node)
            child, end = node + 1, node + self.sizes[node]
            while child < end:
                key = self.keys[child]
                if child != merge:
                    table[str(len(table)) if key is None else key] = child
                child += self.sizes[child]
        return table

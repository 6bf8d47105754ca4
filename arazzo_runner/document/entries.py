"""How the members of a mapping and the items of a list are written, for edits of the text: offsets in code points."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .positions import ALIAS, MAPPING, ROOT, SCALAR_STYLES, SEQUENCE, Positions

_PROPERTIES: Final = re.compile(r"(?:[&!][^\s,\[\]{}]*\s+)*")  # anchor and tag
_BLOCK_SCALARS: Final = (SCALAR_STYLES.index("literal"), SCALAR_STYLES.index("folded"))


@dataclass(frozen=True, slots=True)
class Entry:
    """A member or an item as written.

    `start` is where it begins with its key, `value` where its value does (behind an anchor or tag), `end` where that
    ends. `before` is the end of the entry before it, `after` the start of the next; None where there is none. `parent`
    is the start of the collection; in a `flow` collection it is a bracket or brace. `texts` are the spans of the keys
    and scalars inside: what looks like a comment elsewhere is one.
    """

    start: int
    value: int
    end: int
    parent: int
    flow: bool
    before: int | None
    after: int | None
    texts: tuple[tuple[int, int], ...]


def entry_at(positions: Positions, text: str, tokens: tuple[str, ...]) -> Entry | None:
    """The entry that a pointer leads to.

    None where there is none, and for what an alias reaches or repeats, or a merge key brings: an edit there changes
    other places too.
    """
    parent, node = ROOT, ROOT
    for token in tokens:
        member = positions.own_member(node, token)
        if member is None:
            return None
        parent, node = node, member
    if node == ROOT or _is_repeated(positions, node):
        return None
    return _Written(positions, text).entry(parent, node)


def texts_of(positions: Positions, text: str) -> tuple[tuple[int, int], ...]:
    """The spans of all keys and scalars of a document."""
    return tuple(_Written(positions, text).texts(ROOT))


def _is_repeated(positions: Positions, node: int) -> bool:
    return any(0 <= target <= node < target + positions.sizes[target] for target in positions.targets.values())


@dataclass(frozen=True, slots=True)
class _Written:
    """A located text."""

    positions: Positions
    text: str

    def entry(self, parent: int, node: int) -> Entry:
        siblings = list(self.children(parent))
        at = siblings.index(node)
        return Entry(
            start=self.start(node),
            value=self.content_start(node),
            end=self.end(node),
            parent=self.content_start(parent),
            flow=self.is_flow(parent),
            before=self.end(siblings[at - 1]) if at else None,
            after=self.start(siblings[at + 1]) if at + 1 < len(siblings) else None,
            texts=tuple(self.texts(node)),
        )

    def children(self, node: int) -> Iterator[int]:
        child, end = node + 1, node + self.positions.sizes[node]
        while child < end:
            yield child
            child += self.positions.sizes[child]

    def start(self, node: int) -> int:
        positions = self.positions
        return positions.starts[node] if positions.keys[node] is None else positions.key_starts[node]

    def content_start(self, node: int) -> int:
        start = self.positions.starts[node]
        match = _PROPERTIES.match(self.text, start)
        return match.end() if match and self.positions.styles[node] in (MAPPING, SEQUENCE) else start

    def is_flow(self, node: int) -> bool:
        return self.text[self.content_start(node)] in "{["

    def end(self, node: int) -> int:
        """Where the value itself ends: libyaml has a block end where the next token begins."""
        positions, style = self.positions, self.positions.styles[node]
        start, end = positions.starts[node], positions.ends[node]
        if style in (MAPPING, SEQUENCE) and not self.is_flow(node):
            *_, last = self.children(node)
            return self.end(last)
        if style in _BLOCK_SCALARS:
            return start + len(self.text[start:end].rstrip())
        return max(end, positions.key_ends[node]) if style != ALIAS else end

    def texts(self, node: int) -> Iterator[tuple[int, int]]:
        """The spans of all keys and scalars, in order."""
        positions = self.positions
        for each in range(node, node + positions.sizes[node]):
            if positions.keys[each] is not None:
                yield positions.key_starts[each], positions.key_ends[each]
            if positions.styles[each] not in (MAPPING, SEQUENCE):
                yield self._text_start(each), self.end(each)

    def _text_start(self, node: int) -> int:
        """Of a block scalar, where its lines begin: a comment may follow on the line of its indicator."""
        start = self.positions.starts[node]
        if self.positions.styles[node] not in _BLOCK_SCALARS:
            return start
        match = re.compile("[\r\n]").search(self.text, start)
        return match.start() if match else start

"""Words of messages: lists of names, and the known name that a misspelt one is nearly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..diagnostics import edit_distance

_SHORT = 5  # letters; in names up to this length one slip makes another name, two make any

_SOME = 8  # names in a message


def conjoined(words: Sequence[str], last: str = "and") -> str:
    """ "a, b and c" """
    return f" {last} ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else "".join(words)


def some(names: Sequence[str]) -> str:
    """The first few of many names."""
    return ", ".join(names[:_SOME]) + (", ..." if len(names) > _SOME else "")


def quoted(names: Iterable[str]) -> tuple[str, ...]:
    """Each name in quotes."""
    return tuple(f"'{name}'" for name in names)


def misspelt(word: str, known: Iterable[str]) -> str | None:
    """A hint that names the known names from which a word differs by a slip, in case or in its separators only."""
    near = [name for name in known if _is_slip(_letters(word), _letters(name))]
    return f"did you mean {conjoined(quoted(near[:2]), 'or')}?" if near else None


def _letters(word: str) -> str:
    return re.sub(r"[\W_]", "", word).lower()


def _is_slip(word: str, name: str) -> bool:
    most = 1 if min(len(word), len(name)) <= _SHORT else 2
    return edit_distance(word, name) <= most

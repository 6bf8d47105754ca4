"""Whether a JSON Schema is out of proportion: references that lead to the same schema along a million ways.

A validator follows each of them (JSON Schema 2020-12, Core, 8.2.3.1): forty schemas that name the next one twice are
10^12 visits of one value, and nothing interrupts them. A cycle counts once: the value says how often it is followed.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import unquote

from ..values import MISSING, PointerSyntaxError, get_pointer, parse_pointer

MOST_WAYS: Final = 1_000_000
_DATA: Final = frozenset({"example", "examples", "default", "const", "enum"})


def is_tangled(schema: Any) -> bool:
    """Whether more than MOST_WAYS ways lead from the root of a self-contained schema to its parts."""
    try:
        return _Ways(schema).of(schema) > MOST_WAYS
    except RecursionError:  # a chain of a thousand references
        return True


class _Ways:
    """The number of ways from a schema down, each counted once and remembered."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._known: dict[int, int] = {}

    def of(self, part: Any) -> int:
        if not isinstance(part, (dict, list)):
            return 0
        known = self._known.get(id(part))
        if known is not None:
            return known
        self._known[id(part)] = 1  # while it is open: a cycle
        total = 1
        for inner in self._inside(part):
            total = min(total + self.of(inner), MOST_WAYS + 1)
        self._known[id(part)] = total
        return total

    def _inside(self, part: dict[str, Any] | list[Any]) -> list[Any]:
        if isinstance(part, list):
            return part
        inside = [value for key, value in part.items() if key not in _DATA]
        target = self._target(part.get("$ref"))
        return inside if target is MISSING else [*inside, target]

    def _target(self, reference: Any) -> Any:
        if not isinstance(reference, str) or not reference.startswith("#"):
            return MISSING
        try:
            return get_pointer(self._root, parse_pointer(unquote(reference[1:])))
        except PointerSyntaxError:
            return MISSING

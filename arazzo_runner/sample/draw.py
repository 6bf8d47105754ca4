"""Choices that look random and never change: a hash of the seed and of the place in the value."""

from __future__ import annotations

import hashlib


class Draw:
    """A stream of choices, the same on every machine for the same seed and path."""

    __slots__ = ("_count", "_key", "seed")

    def __init__(self, seed: int, path: tuple[str | int, ...]) -> None:
        self.seed = seed
        self._key = f"{seed}\x00" + "\x00".join(map(str, path))
        self._count = 0

    def below(self, bound: int) -> int:
        """The next choice, at least 0 and below `bound`."""
        return int.from_bytes(self.octets(8), "big") % bound

    def octets(self, count: int) -> bytes:
        """The next `count` octets, at most 32."""
        self._count += 1
        return hashlib.sha256(f"{self._key}\x00{self._count}".encode()).digest()[:count]

"""Values compared: all of one, or the members that are given, with what may differ left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from ..report.redaction import MASK, SHORTEST
from ..secrets import is_secret_name
from ..values import JSON, MISSING, Missing, dumps, format_pointer, same, text_of

PLACEHOLDER = re.compile("«secret:[^»]*»")
_LONGEST = 200  # characters of a value that is shown whole

Excuse: TypeAlias = "Callable[[JSON, JSON], bool]"


class Unlike(NamedTuple):
    """One place where two values differ; MISSING is absent."""

    pointer: str
    expected: JSON | Missing
    now: JSON | Missing


def never(expected: JSON, now: JSON) -> bool:
    """No difference is excused."""
    return False


def unlike(
    expected: JSON, now: JSON, *, part: bool = False, excused: Excuse = never, path: tuple[str | int, ...] = ()
) -> Iterator[Unlike]:
    """Where a value is not what is expected; with `part` its objects may have other members, too."""
    if isinstance(expected, dict) and isinstance(now, dict):
        for name, value in expected.items():
            if name not in now:
                yield Unlike(format_pointer((*path, name)), value, MISSING)
            else:
                yield from unlike(value, now[name], part=part, excused=excused, path=(*path, name))
        if not part:
            yield from (
                Unlike(format_pointer((*path, name)), MISSING, value)
                for name, value in now.items()
                if name not in expected
            )
    elif isinstance(expected, list) and isinstance(now, list) and len(expected) == len(now):
        for index, (left, right) in enumerate(zip(expected, now, strict=True)):
            yield from unlike(left, right, part=part, excused=excused, path=(*path, index))
    elif not same(expected, now) and not excused(expected, now):
        yield Unlike(format_pointer(path), expected, now)


def shown(value: JSON | Missing, pointer: str = "") -> str:
    """A value for a line of text; `pointer` ends in its name.

    A secret that is too short to be looked for is masked by its name; the others are by whoever tells the line.
    """
    if isinstance(value, Missing):
        return "absent"
    text = dumps(_masked(value, pointer.rpartition("/")[2]))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _masked(value: JSON, name: str) -> JSON:
    if isinstance(value, dict):
        return {key: _masked(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item, name) for item in value]
    is_short = value is not None and len(text_of(value)) < SHORTEST
    return MASK if name and is_short and is_secret_name(name) else value


def shown_pair(expected: JSON, now: JSON, found: Unlike) -> tuple[str, str]:
    """Both values; where they are long or deep, only what differs, and where."""
    whole = dumps(expected), dumps(now)
    if max(map(len, whole)) <= _LONGEST // 2 or not found.pointer:
        return shown(expected), shown(now)
    both = shown(found.expected, found.pointer), shown(found.now, found.pointer)
    return f"{both[0]} at {found.pointer}", f"{both[1]} at {found.pointer}"


def kind_of(value: JSON) -> str:
    """The JSON type of a value; whole numbers are numbers."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float() | Decimal():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


class Data:
    """The data that the answers of a case brought into its run: what is computed from it differs in another run.

    What was sent before it came back, an input or a text of the document, is no data.
    """

    def __init__(self) -> None:
        self._texts: set[str] = set()
        self._own: set[str] = set()

    def sent(self, value: JSON) -> None:
        """A request goes out with this."""
        self._own.update(text for text in _texts(value) if not self.holds(text))

    def came(self, value: JSON) -> None:
        """An answer brings this."""
        self._texts.update(text for text in _texts(value) if text not in self._own)

    def replaced(self, value: JSON) -> None:
        """Something else took the place of this."""
        self._texts.update(_texts(value))

    def holds(self, text: str) -> bool:
        """Whether a text is data, has data of some length in it, or is a placeholder."""
        if text in self._texts or PLACEHOLDER.search(text):
            return True
        return any(known in text for known in self._texts if len(known) >= 4)

    def excuses(self, expected: JSON, now: JSON) -> bool:
        """Whether an expected value is data, so that another one of its type is as good."""
        if isinstance(expected, str) and PLACEHOLDER.search(expected):
            return True
        if kind_of(expected) != kind_of(now):
            return False
        if isinstance(expected, (dict, list)):
            items = expected.values() if isinstance(expected, dict) else expected
            return all(self.excuses(item, item) for item in items)
        return expected is not None and not isinstance(expected, bool) and self.holds(text_of(expected))


def _texts(value: JSON) -> Iterator[str]:
    """Every text and number in a value."""
    if isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
    elif value is not None and not isinstance(value, bool):
        yield text_of(value)


def is_placeholder(expected: JSON, now: JSON) -> bool:
    """Whether a replay has the placeholder of a secret where a record has what was too short to be looked for."""
    return isinstance(now, str) and PLACEHOLDER.search(now) is not None

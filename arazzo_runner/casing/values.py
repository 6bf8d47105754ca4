"""Values compared: all of one, or the members that are given, with what may differ left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from ..report.redaction import MASK, SHORTEST
from ..secrets import is_secret_name
from ..values import JSON, MISSING, Missing, dumps, format_pointer, get_pointer, parse_pointer, same, text_of

PLACEHOLDER = re.compile("«secret:[^»]*»")
ABSENT = "absent"  # how what is not there is shown
_LONGEST = 200  # characters of a value that is shown whole


class Unlike(NamedTuple):
    """One place where two values differ; MISSING is absent."""

    pointer: str
    expected: JSON | Missing
    now: JSON | Missing


def unlike(expected: JSON, now: JSON, *, part: bool = False, path: tuple[str | int, ...] = ()) -> Iterator[Unlike]:
    """Where a value is not what is expected; with `part` its objects may have other members, too."""
    if isinstance(expected, dict) and isinstance(now, dict):
        for name, value in expected.items():
            if name not in now:
                yield Unlike(format_pointer((*path, name)), value, MISSING)
            else:
                yield from unlike(value, now[name], part=part, path=(*path, name))
        if not part:
            yield from (
                Unlike(format_pointer((*path, name)), MISSING, value)
                for name, value in now.items()
                if name not in expected
            )
    elif isinstance(expected, list) and isinstance(now, list) and len(expected) == len(now):
        for index, (left, right) in enumerate(zip(expected, now, strict=True)):
            yield from unlike(left, right, part=part, path=(*path, index))
    elif not same(expected, now):
        yield Unlike(format_pointer(path), expected, now)


def is_of_data(found: Unlike, before: JSON | Missing) -> bool:
    """Whether a difference comes from the data of a server: before, with the data of the case, there was none.

    What is absent now is told all the same.
    """
    if found.now is MISSING:
        return False
    own = get_pointer(before, parse_pointer(found.pointer))
    if found.expected is MISSING or own is MISSING or isinstance(own, bytes):
        return own is found.expected
    return same(own, found.expected) or is_masked(found._replace(now=own))


def is_masked(found: Unlike) -> bool:
    """Whether a replay has the placeholder of a secret where a record has what was too short to be looked for."""
    return isinstance(found.now, str) and PLACEHOLDER.search(found.now) is not None


def shown(value: JSON | Missing, pointer: str = "") -> str:
    """A value for a line of text; `pointer` ends in its name.

    A secret that is too short to be looked for is masked by its name; the others are by whoever tells the line.
    """
    if isinstance(value, Missing):
        return ABSENT
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

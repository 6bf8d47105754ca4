"""Drift: how the structure of an answer differs from the one a case has, as lines of a unified diff.

Structure is status, whether it is documented, media type, and the members of a JSON body with their types; values such
as ids and dates are none of it.
"""

from __future__ import annotations

from difflib import unified_diff

from ..messages import Response, header
from ..openapi import Operation
from ..report.media import content, media_type
from ..report.screen import printable
from ..values import JSON, format_pointer
from .values import PLACEHOLDER, kind_of

_MOST = 60  # lines of a diff


def drift(recorded: Response, now: Response, operation: Operation, *, before: str, after: str) -> tuple[str, ...]:
    """The lines of a diff, none where the structure is the same; `before` and `after` name the two answers."""
    left, right = _structure(recorded), _structure(now)
    _forgive(left, right)
    lines = list(
        unified_diff(
            [*_head(recorded, operation), *_lines(left)],
            [*_head(now, operation), *_lines(right)],
            before,
            after,
            n=1,
            lineterm="",
        )
    )
    return tuple(lines[:_MOST]) + ((f"... and {len(lines) - _MOST} lines more",) if len(lines) > _MOST else ())


def _head(response: Response, operation: Operation) -> list[str]:
    documented = "" if operation.response(response.status) is not None else " (not documented)"
    return [
        f"status {response.status}{documented}",
        f"content-type {media_type(header(response.headers, 'content-type')) or 'absent'}",
    ]


def _structure(response: Response) -> dict[str, set[str]]:
    """The types at each place of a JSON body; the items of a list are one place, `*`."""
    found: dict[str, set[str]] = {}
    kind, value = content(response.body, header(response.headers, "content-type"))
    if kind == "json":
        _note(value, (), found)
    elif response.body:
        found[""] = {"text" if kind == "text" else "octets"}
    return found


def _note(value: JSON, path: tuple[str, ...], found: dict[str, set[str]]) -> None:
    masked = isinstance(value, str) and PLACEHOLDER.search(value) is not None
    found.setdefault(format_pointer(path), set()).add("?" if masked else kind_of(value))
    if isinstance(value, dict):
        for name, item in value.items():
            _note(item, (*path, name), found)
    elif isinstance(value, list):
        for item in value:
            _note(item, (*path, "*"), found)


def _forgive(left: dict[str, set[str]], right: dict[str, set[str]]) -> None:
    """Take out what cannot be told: the type of a secret, and what the items of an empty list are."""
    for place, kinds in left.items():
        if "?" in kinds and place in right:
            left[place] = right[place] - {"object", "array"} or {"string"}
    for one, other in ((left, right), (right, left)):
        for place in [place for place, kinds in one.items() if "array" in kinds and f"{place}/*" not in one]:
            for inner in [inner for inner in other if f"{inner}/".startswith(f"{place}/*/")]:
                del other[inner]


def _lines(structure: dict[str, set[str]]) -> list[str]:
    # A name out of an answer begins no line of its own.
    return [f"body{printable(place)} {' or '.join(sorted(kinds))}" for place, kinds in sorted(structure.items())]

"""Setting a value at places of a JSON document, with jsonpath-ng's `update` (1.1.0, "Payload Replacement Object").

The places are normalized paths, whichever engine found them: jsonpath-ng's own reading of a query differs from
RFC 9535 in places, and its `update` does not set members of an object that a filter chose.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from ..errors import Unavailable
from ..values import JSON, Value


def set_at(document: Value, locations: Sequence[tuple[str | int, ...]], value: JSON) -> Value:
    """A copy of the document with the value at each location, outermost last: it replaces what is inside it."""
    changed: Any = _copied(document)
    for location in sorted(locations, key=len, reverse=True):
        # jsonpath-ng spreads a list over the items of an index (`val.pop(0)`), but takes what a function returns.
        replacement = (lambda *_: value) if isinstance(value, list) else value
        changed = value if not location else _path(location).update(changed, replacement)
    result: Value = changed
    return result


def _path(location: tuple[str | int, ...]) -> Any:
    try:
        import jsonpath_ng as ng
    except ImportError as error:
        raise Unavailable("JSONPath replacements need jsonpath-ng: pip install 'jsonpath-ng<2'") from error
    root: Any = ng.Root()
    return reduce(ng.Child, map(_step, location), root)


def _step(key: str | int) -> Any:
    from jsonpath_ng import Fields, Index
    from jsonpath_ng.ext.parser import parse

    if isinstance(key, int):
        return Index(key)
    return parse("'*'") if key == "*" else Fields(key)  # Fields("*") is every member; a quoted name is one


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_copied(item) for item in value]
    return value

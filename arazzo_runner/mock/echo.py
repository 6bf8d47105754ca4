"""Echo: values of the request go into fields of the same name of the response, where its schema allows it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..openapi import SchemaView
from ..values import JSON, loads, same, text_of

Accepts = Callable[[JSON], bool]


def echo(
    body: dict[str, Any],
    target: dict[str, Any],
    fields: Mapping[str, JSON],
    schema: SchemaView | None,
    accepts: Accepts,
) -> None:
    """Put each field into `target`, an object inside `body`, in place; the body stays as valid as it was.

    A field that is neither there nor declared is left out.
    """
    declared = schema.properties() if schema is not None else {}
    was_valid = accepts(body)
    for name, value in fields.items():
        if name in target or name in declared:
            _put(body, target, name, value, accepts if was_valid else None)


def _put(body: dict[str, Any], target: dict[str, Any], name: str, value: JSON, accepts: Accepts | None) -> bool:
    before = dict(target)
    for candidate in _readings(value, before.get(name)):
        target[name] = candidate
        if accepts(body) if accepts is not None else _alike(candidate, before.get(name)):
            return True
        target.clear()
        target.update(before)
    return False


def put(body: dict[str, Any], target: dict[str, Any], name: str, value: JSON, accepts: Accepts) -> bool:
    """Put one value into a field; False where the schema does not allow it."""
    return _put(body, target, name, value, accepts if accepts(body) else None)


def _readings(value: JSON, present: JSON) -> Iterator[JSON]:
    """What a value may mean here: objects keep the members the request does not have; a text may be a number."""
    if isinstance(value, dict) and isinstance(present, dict):
        yield _merged(present, value)
    if isinstance(value, str) and present is not None and not isinstance(present, str):
        try:
            read = loads(value)
        except ValueError:
            read = value
        if type(read) is type(present):
            yield read
    yield copy.deepcopy(value)
    if not isinstance(value, str | dict | list) and value is not None:
        yield text_of(value)


def _merged(present: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    result = dict(present)
    for name, item in value.items():
        there = result.get(name)
        result[name] = (
            _merged(there, item) if isinstance(there, dict) and isinstance(item, dict) else copy.deepcopy(item)
        )
    return result


def _alike(value: JSON, present: JSON) -> bool:
    """For a body without a usable schema: the same JSON type as what is there."""
    if present is None or same(value, present):
        return True
    if isinstance(value, bool) or isinstance(present, bool):
        return isinstance(value, bool) and isinstance(present, bool)
    numbers = isinstance(value, int | float) and isinstance(present, int | float)
    return numbers or type(value) is type(present)

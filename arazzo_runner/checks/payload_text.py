"""Payloads that are written as text: what JSON or which form they become once their expressions are filled in.

Arazzo 1.1.0, "Request Body Object"; decisions 21, 44: an expression is put in as it is, without quotes or escapes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote_plus

from ..expression import Expression, Template
from ..location import Location
from ..plan import Constant, Embedding, Items, Members, Whole, Written
from ..values import JSON, loads

_MARK = re.compile("\ue000([0-9]+)\ue001")  # stands for an expression
# What may stand where an expression is outside a string, when it is more or less than one value.
_FRAGMENTS: Final = ("1", "", '"x":1', ',"x":1', ",1", "{}")


class NotJson(ValueError):
    """The text never becomes JSON; `str()` says why."""


def json_of(template: Template, location: Location) -> Written | None:
    """The value a JSON text becomes; None where that depends on more than the values of its expressions.

    An expression outside a string stands for one value, a string with expressions in it is a text.

    Raises:
        NotJson
    """
    inside = _inside_strings(template)
    text = _filled(template, [_mark(i) if within else f'"{_mark(i)}"' for i, within in enumerate(inside)])
    try:
        value = loads(text)
    except (ValueError, RecursionError) as error:
        if all(inside) or not any(is_json(_fragments(template, inside, each)) for each in _FRAGMENTS):
            raise NotJson(_reason(error, text)) from None
        return None
    expressions = template.expressions
    if any(map(_MARK.search, _keys(value))):
        return None
    return _written(value, expressions, frozenset(i for i, within in enumerate(inside) if not within), location)


def form_of(template: Template, location: Location) -> Written | None:
    """The fields of a form that is written out; None where it is not plain pairs."""
    fields: dict[str, list[Written]] = {}
    expressions = template.expressions
    everywhere = frozenset(range(len(expressions)))
    for pair in _filled(template, [_mark(index) for index in range(len(expressions))]).split("&"):
        name, equals, value = pair.strip().partition("=")
        if not equals or _MARK.search(name):
            return None
        written = _written(unquote_plus(value), expressions, everywhere, location)
        fields.setdefault(unquote_plus(name), []).append(written)
    members = {name: each[0] if len(each) == 1 else Items(tuple(each), location) for name, each in fields.items()}
    return Members(members, location)


def _inside_strings(template: Template) -> list[bool]:
    """For each expression whether it stands inside a JSON string."""
    found: list[bool] = []
    quoted = escaped = False
    for part in template.parts:
        if not isinstance(part, str):
            found.append(quoted)
            escaped = False
            continue
        for character in part:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = quoted
            elif character == '"':
                quoted = not quoted
    return found


def _mark(index: int) -> str:
    return f"\ue000{index}\ue001"


def _filled(template: Template, stand_ins: list[str]) -> str:
    rest = iter(stand_ins)
    return "".join(part if isinstance(part, str) else next(rest) for part in template.parts)


def _fragments(template: Template, inside: list[bool], fragment: str) -> str:
    return _filled(template, ["x" if within else fragment for within in inside])


def is_json(text: str) -> bool:
    """Whether a text is JSON as it stands."""
    try:
        loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _reason(error: Exception, text: str) -> str:
    message, line = str(getattr(error, "msg", "it is nested too deep")), getattr(error, "lineno", 1)
    message = message[:1].lower() + message[1:]
    return f"{message} in its line {line}" if "\n" in text.strip() else message


def _keys(value: JSON) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for member in value.values():
            yield from _keys(member)
    elif isinstance(value, list):
        for item in value:
            yield from _keys(item)


def _written(value: Any, expressions: tuple[Expression, ...], whole: frozenset[int], location: Location) -> Written:
    """The value with its expressions in their places; `whole` are those that can be a value of their own."""
    if isinstance(value, dict):
        members = {name: _written(member, expressions, whole, location) for name, member in value.items()}
        return Members(members, location)
    if isinstance(value, list):
        return Items(tuple(_written(item, expressions, whole, location) for item in value), location)
    if not isinstance(value, str) or not _MARK.search(value):
        return Constant(value, location)
    alone = _MARK.fullmatch(value)
    if alone and int(alone[1]) in whole:
        return Whole(expressions[int(alone[1])], location)
    pieces = _MARK.split(value)
    parts = tuple(
        expressions[int(piece)] if index % 2 else piece for index, piece in enumerate(pieces) if index % 2 or piece
    )
    return Embedding(Template(parts, "".join(map(str, parts))), location)

"""Styles: how a value becomes text by `style`, `explode` or 2.0 `collectionFormat`.

OpenAPI 3.1.1, "Style Values" and "Style Examples"; RFC 6570. A member that is null is undefined and left out, as is an
empty array or object. What no style has a text for (a structure inside a structure) is written as JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from ..errors import RequestError
from ..values import JSON, dumps, number_text
from .percent import Encode

# The text of a value, None when nothing is to be written.
Write = Callable[[Any], "str | None"]

_DELIMITERS = {"csv": ",", "ssv": " ", "tsv": "\t", "pipes": "|", "multi": ","}


def text(value: Any) -> str:
    """A scalar as its text; a structure as JSON."""
    if value.__class__ is str:
        return str(value)
    if value is True:
        return "true"
    if value is False:
        return "false"
    try:
        if isinstance(value, int | float | Decimal):
            return number_text(value)
        return value if isinstance(value, str) else dumps(value)
    except (TypeError, ValueError) as error:
        raise RequestError(f"a parameter cannot be written: {error}") from error


def simple(explode: bool, encode: Encode) -> Write:
    """`simple`: blue,black,brown; R,100,G,200 or R=100,G=200."""
    return _expansion("", ",", explode, encode)


def label(explode: bool, encode: Encode) -> Write:
    """`label`: .blue,black,brown or .blue.black.brown (RFC 6570, section 3.2.5)."""
    return _expansion(".", "." if explode else ",", explode, encode)


def _expansion(prefix: str, separator: str, explode: bool, encode: Encode) -> Write:
    def write(value: Any) -> str | None:
        if value.__class__ is str:
            return prefix + encode(value)
        if isinstance(value, list | dict):
            items = flat(value, explode, encode)
            return prefix + separator.join(items) if items else None
        return prefix + encode(text(value))

    return write


def matrix(name: str, explode: bool, encode: Encode) -> Write:
    """`matrix`: ;color=blue,black or ;color=blue;color=black; an empty string is ;color."""
    key = encode(name)

    def pair(item: str) -> str:
        return f";{key}={item}" if item else f";{key}"

    def write(value: Any) -> str | None:
        if not isinstance(value, list | dict):
            return pair(encode(text(value)))
        items = flat(value, explode, encode)
        if not items:
            return None
        if not explode:
            return f";{key}=" + ",".join(items)
        return "".join(map(pair, items)) if isinstance(value, list) else ";" + ";".join(items)

    return write


def form(name: str, explode: bool, encode: Encode, *, separator: str = "&") -> Write:
    """`form`: color=blue,black or color=blue&color=black; cookies are separated by "; "."""
    key = encode(name)

    def write(value: Any) -> str | None:
        if value.__class__ is str:
            return f"{key}={encode(value)}"
        if not isinstance(value, list | dict):
            return f"{key}={encode(text(value))}"
        items = flat(value, explode, encode)
        if not items:
            return None
        if not explode:
            return f"{key}=" + ",".join(items)
        return separator.join(items if isinstance(value, dict) else [f"{key}={item}" for item in items])

    return write


def delimited(name: str, delimiter: str, encode: Encode) -> Write:
    """`spaceDelimited` and `pipeDelimited`: color=blue%20black, the delimiter percent-encoded (3.1.1, Appendix E)."""
    key = encode(name)

    def write(value: Any) -> str | None:
        if not isinstance(value, list | dict):
            return f"{key}={encode(text(value))}"
        items = flat(value, False, encode)
        return f"{key}=" + delimiter.join(items) if items else None

    return write


def deep_object(name: str, encode: Encode) -> Write:
    """`deepObject`: color[R]=100; further structures add further brackets, arrays their indices."""

    def write(value: Any) -> str | None:
        pairs = [f"{encode(key)}={encode(text(item))}" for key, item in _leaves(name, value)]
        return "&".join(pairs) or None

    return write


def _leaves(key: str, value: JSON) -> Iterator[tuple[str, JSON]]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _leaves(f"{key}[{name}]", member)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(f"{key}[{index}]", item)
    elif value is not None:
        yield key, value


def flat(value: list[Any] | dict[str, Any], explode: bool, encode: Encode) -> list[str]:
    """The items of an array; of an object its names and values in turn, or exploded as name=value."""
    if isinstance(value, list):
        return [encode(text(item)) for item in value if item is not None]
    if explode:
        return [f"{encode(key)}={encode(text(item))}" for key, item in value.items() if item is not None]
    return [encode(part) for key, item in value.items() if item is not None for part in (key, text(item))]


def collection(collection_format: str, items: Any, encode: Encode, encoded_delimiters: bool) -> Write:
    """2.0 `collectionFormat`, without the name; `items` is the Items Object, for arrays in arrays."""
    delimiter = _DELIMITERS.get(collection_format, ",")
    if encoded_delimiters and delimiter != ",":
        delimiter = encode(delimiter)
    inner = items.get("items") if isinstance(items, dict) else None
    inner_format = items.get("collectionFormat", "csv") if isinstance(items, dict) else "csv"

    def write(value: Any) -> str | None:
        if not isinstance(value, list):
            return encode(text(value))
        nested = collection(inner_format, inner, encode, encoded_delimiters)
        written = [nested(item) if isinstance(item, list) else encode(text(item)) for item in value if item is not None]
        return delimiter.join(item for item in written if item is not None) if written else None

    return write

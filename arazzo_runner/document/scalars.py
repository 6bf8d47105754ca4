"""YAML 1.2 core scalars, read as JSON values (YAML 1.2.2, 10.3.2; Arazzo, "Format"; decision 56).

Two readings are stricter than the core schema. Numbers with leading zeros (012) stay text, as in the JSON schema of
YAML and unlike both octal 10 and decimal 12. `.inf` and `.nan` stay text, because JSON has no such numbers.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from ..values import MAX_DIGITS, as_float, loads

Plain = str | int | float | Decimal | bool | None

_WORDS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMERIC: Final = frozenset("-+.0123456789")
_NUMBER: Final = re.compile(r"([-+]?)(0|[1-9][0-9]*|(?=\.[0-9]))(\.[0-9]*)?([eE][-+]?[0-9]+)?")
_RADIX: Final = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_TAG: Final = "tag:yaml.org,2002:"
_JSON_TAGS: Final = frozenset(("str", "int", "float", "bool", "null"))


class TagRefused(ValueError):
    """A tag that is none of JSON's, or does not fit its text."""


def plain(text: str) -> Plain:
    """The value of a plain (unquoted) scalar.

    Raises:
        ValueError: a number of thousands of digits.
        ArithmeticError: a number whose exponent has no representation.
    """
    if text in _WORDS:
        return _WORDS[text]
    return _number(text) if text[0] in _NUMERIC else text


def _number(text: str) -> Plain:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return _radix(text) if _RADIX.fullmatch(text) else text
    sign, whole, fraction, exponent = match.groups("")
    if fraction == ".":
        fraction = ".0"
    number: int | float | Decimal = loads(sign.replace("+", "") + (whole or "0") + fraction + exponent)
    return number


def _radix(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"{text[:40]} has more than {MAX_DIGITS} digits")
    number = int(text, 0)
    str(number)  # Python's own bound of the digits that can be written
    return number


def tagged(text: str, tag: str) -> Plain:
    """The value of a scalar with a tag: `!`, or one of the tags of JSON (`!!str`, `!!int`, ...).

    Raises:
        TagRefused: another tag, or one that does not fit the text; ValueError, ArithmeticError: as `plain`.
    """
    kind = tag.removeprefix(_TAG) if tag.startswith(_TAG) else tag
    if kind in ("!", "str"):
        return text
    if kind not in _JSON_TAGS:
        raise TagRefused(f"the tag '{shown_tag(tag)}' is none of JSON's")
    value = _decimal(text) if kind == "int" else plain(text)
    match kind, value:
        case ("null", None) | ("bool", bool()):
            return value
        case ("int" | "float", bool()):
            pass
        case ("int", int()):
            return value
        case ("float", int() | float() | Decimal()):
            return _nearest_float(value)
    raise TagRefused(f"'{text}' is no {shown_tag(tag)}")


def _nearest_float(value: int | float | Decimal) -> int | float | Decimal:
    return float(value) if isinstance(value, int) and as_float(value) == value else value


def _decimal(text: str) -> Plain:
    """An integer that is said to be one may have leading zeros."""
    return int(text) if re.fullmatch(r"[-+]?[0-9]+", text) else plain(text)


def collection_tag_fits(tag: str | None, kind: str) -> bool:
    """Whether a mapping ("map") or sequence ("seq") may have this tag."""
    return tag is None or tag in ("!", _TAG + kind)


def shown_tag(tag: str) -> str:
    """A tag as one writes it."""
    return "!!" + tag[len(_TAG) :] if tag.startswith(_TAG) else tag

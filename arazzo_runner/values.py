"""JSON values, MISSING, JSON Pointer (RFC 6901) and the one JSON codec of the engine.

Numbers are `int`; `float` where its shortest text is the number that was written; `Decimal` otherwise, so that
nothing is lost on the way from a response to the next request.
"""

from __future__ import annotations

import base64
import enum
import json
import math
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from json.encoder import encode_basestring as _quote
from typing import Any, Final, NamedTuple, TypeAlias

Number: TypeAlias = "int | float | Decimal"
MAX_DIGITS: Final = 4300
"""Digits of a number written without an exponent: Python's own bound for integers, here for every number."""
JSON: TypeAlias = "bool | int | float | Decimal | str | list[Any] | dict[str, Any] | None"


class Missing(enum.Enum):
    """The type of MISSING: absent is not null, and never the text "undefined"."""

    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing.MISSING
Value: TypeAlias = "JSON | bytes | Missing"


class Operand(NamedTuple):
    """One operand of a condition: its text as written and its value (MISSING when absent)."""

    expression: str
    value: Value


class PointerSyntaxError(ValueError):
    """A text that is not a JSON Pointer."""


def parse_pointer(text: str) -> tuple[str, ...]:
    """Split a JSON Pointer (RFC 6901, section 3) into its unescaped reference tokens; "" is the whole value."""
    if not text:
        return ()
    if text[0] != "/":
        raise PointerSyntaxError(f"a JSON Pointer is empty or starts with '/': {text!r}")
    tokens = text[1:].split("/")
    if "~" not in text:
        return tuple(tokens)
    return tuple(_unescape(token) for token in tokens)


def _unescape(token: str) -> str:
    for index, character in enumerate(token):
        if character == "~" and token[index + 1 : index + 2] not in ("0", "1"):
            raise PointerSyntaxError(f"'~' is followed by 0 or 1 in a JSON Pointer: {token!r}")
    return token.replace("~1", "/").replace("~0", "~")


def format_pointer(tokens: tuple[str | int, ...] | list[str | int] | tuple[str, ...]) -> str:
    """The JSON Pointer of these reference tokens."""
    return "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in tokens)


def get_pointer(value: Value, tokens: tuple[str, ...]) -> Value:
    """The value a pointer reaches, or MISSING (RFC 6901, section 4; "-" never reaches anything)."""
    for token in tokens:
        if isinstance(value, dict):
            value = value.get(token, MISSING)
        elif isinstance(value, list):
            index = array_index(token)
            if index is None or index >= len(value):
                return MISSING
            value = value[index]
        else:
            return MISSING
        if value is MISSING:
            return MISSING
    return value


def array_index(token: str) -> int | None:
    """The array index a reference token names: digits without leading zeros (RFC 6901, section 4)."""
    if token.isascii() and token.isdigit() and (token == "0" or token[0] != "0") and len(token) < 16:
        return int(token)
    return None


def _parse_float(text: str) -> float | Decimal:
    number = float(text)
    try:
        exact = Decimal(text)
    except InvalidOperation:
        raise _beyond(text) from None
    if len(text) > MAX_DIGITS or abs(exact.adjusted()) > MAX_DIGITS:
        raise _beyond(text)
    return exact if math.isinf(number) or Decimal(repr(number)) != exact else number


def as_float(number: Number) -> float:
    """The nearest float; an infinity where there is none."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _beyond(text: str) -> ValueError:
    return ValueError(f"{text[:40]} has more than {MAX_DIGITS} digits")


def _refuse_constant(text: str) -> Any:
    raise ValueError(f"{text} is not a JSON number")


_decoder = json.JSONDecoder(parse_float=_parse_float, parse_constant=_refuse_constant)
_strict_encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def loads(
    text: str | bytes, *, object_pairs_hook: Callable[[list[tuple[str, Any]]], dict[str, Any]] | None = None
) -> Any:
    """Read JSON text (RFC 8259); NaN and Infinity are refused. The hook makes each object from its members.

    Raises:
        ValueError: the text is not JSON (json.JSONDecodeError), or holds a number of more than MAX_DIGITS digits.
        RecursionError: it is nested too deep for this interpreter.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8-sig")
    if object_pairs_hook is None:
        return _decoder.decode(text)
    decoder = json.JSONDecoder(
        parse_float=_parse_float, parse_constant=_refuse_constant, object_pairs_hook=object_pairs_hook
    )
    return decoder.decode(text)


def dumps(value: Any, *, indent: int | None = None) -> str:
    """Write JSON text; a Decimal keeps its digits, text stays readable (no ASCII escapes).

    Raises:
        ValueError: NaN or an infinity, which JSON has no text for.
        TypeError: a value that is not JSON.
    """
    try:
        if indent is None:
            return _strict_encoder.encode(value)
        return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
    except TypeError:
        return _dumps(value, indent, "\n")


def _dumps(value: Any, indent: int | None, newline: str) -> str:
    match value:
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case str():
            return _quote(value)
        case Decimal():
            return number_text(value)
        case int() | float():
            return number_text(value)
        case dict():
            colon = ":" if indent is None else ": "
            inner = newline if indent is None else newline + " " * indent
            members = [_quote(str(key)) + colon + _dumps(item, indent, inner) for key, item in value.items()]
            return _bracket("{", members, "}", indent, newline, inner)
        case list() | tuple():
            inner = newline if indent is None else newline + " " * indent
            return _bracket("[", [_dumps(item, indent, inner) for item in value], "]", indent, newline, inner)
        case _:
            raise TypeError(f"{type(value).__name__} is not a JSON value")


def _bracket(start: str, items: list[str], end: str, indent: int | None, newline: str, inner: str) -> str:
    if not items:
        return start + end
    if indent is None:
        return start + ",".join(items) + end
    return start + inner + ("," + inner).join(items) + newline + end


def jsonable(value: Any) -> Any:
    """The value with bytes as base64 text, which is what JSON has for them."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, dict):
        return {key: jsonable(item) for key, item in value.items()}
    return [jsonable(item) for item in value] if isinstance(value, list) else value


def number_text(value: int | float | Decimal) -> str:
    """The shortest JSON text of a number: 3 and 3.0 stay apart, an exponent is kept only where it is shorter."""
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{value} is not a JSON number")
        return str(value).replace("E+", "e").replace("E", "e")
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} is not a JSON number")
        return repr(value)
    return int.__repr__(value)


def text_of(value: JSON | bytes) -> str:
    """A value as text: strings verbatim, scalars and structures as JSON (1.1.0, Runtime Expressions; decision 21)."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return dumps(value)


def same(left: Any, right: Any) -> bool:
    """JSON equality: 1 equals 1.0, true does not equal 1, members in any order, all the way down."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict):
        return (
            isinstance(right, dict)
            and left.keys() == right.keys()
            and all(same(item, right[key]) for key, item in left.items())
        )
    if isinstance(left, list):
        return isinstance(right, list) and len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float) and isinstance(right, Decimal):
        return Decimal(repr(left)) == right
    if isinstance(left, Decimal) and isinstance(right, float):
        return left == Decimal(repr(right))
    return bool(left == right)

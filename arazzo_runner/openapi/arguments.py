"""Arguments: one prepared writer for each parameter of a request, by place.

OpenAPI 3.1.1, "Parameter Object"; Arazzo 1.1.0, "Parameter Object"; decision 43: undeclared parameters are sent with
the default style of their place.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ..errors import RequestError
from ..values import Value
from . import style
from .content import content_text
from .declarations import ParameterDeclaration
from .media_type import essence
from .percent import (
    Encode,
    as_is,
    encode_cookie,
    encode_query_text,
    encode_reserved_path,
    encode_reserved_query,
    encode_value,
)

PLACES = ("path", "query", "querystring", "header", "cookie")

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_FIELD_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]*")
_COOKIE_OCTETS = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e\x80-\U0010ffff]*|\"[^\x00-\x20\x7f\",;\\]*\"")
# The connection's own headers: a value that a step gives could only break the framing of the message (RFC 9110, 7.6.1).
_FRAMING = frozenset(
    {"transfer-encoding", "connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade", "expect"}
)


class Argument(NamedTuple):
    """A value for a parameter of the operation; MISSING and null are not sent (decision 43)."""

    name: str
    in_: str
    value: Value


class Writer(NamedTuple):
    """A prepared parameter: `write` gives the finished text for its place, None when nothing is to be sent."""

    in_: str
    name: str
    write: style.Write


def writer(in_: str, name: str, declared: ParameterDeclaration | None) -> Writer:
    """Prepare one parameter.

    Raises:
        RequestError: its place or its name is none that a request has.
    """
    match in_:
        case "path":
            return Writer(in_, name, _path(name, declared))
        case "query":
            return Writer(in_, name, _query(name, declared))
        case "header":
            return _header(declared.name if declared is not None else name, declared)
        case "cookie":
            return Writer(in_, name, _cookie(name, declared))
        case "querystring":
            return Writer(in_, name, _querystring(name, declared))
        case _:
            raise RequestError(f"the parameter '{name}' is in '{in_}'", hint="one of " + ", ".join(PLACES))


def _path(name: str, declared: ParameterDeclaration | None) -> style.Write:
    if declared is None:
        return style.simple(False, encode_value)
    encode = encode_reserved_path if declared.allow_reserved else encode_value
    if declared.content is not None:
        return _content(declared, encode)
    if declared.collection_format is not None:
        return style.collection(declared.collection_format, _items(declared), encode, True)
    match declared.style:
        case "label":
            return style.label(declared.explode, encode)
        case "matrix":
            return style.matrix(name, declared.explode, encode)
        case _:
            return style.simple(declared.explode, encode)


def _query(name: str, declared: ParameterDeclaration | None) -> style.Write:
    if declared is None:
        return style.form(name, True, encode_value)
    encode = encode_reserved_query if declared.allow_reserved else encode_value
    write = _query_style(name, declared, encode)
    return _with_empty(name, write) if declared.allow_empty_value else write


def _query_style(name: str, declared: ParameterDeclaration, encode: Encode) -> style.Write:
    if declared.content is not None:
        return _named(name, _content(declared, encode))
    if declared.collection_format not in (None, "multi"):
        return _named(name, style.collection(declared.collection_format or "csv", _items(declared), encode, True))
    match declared.style:
        case "deepObject":
            return _deep_object(name, encode)
        # Exploded, these are "the same as form" (3.0.4, Style Values).
        case "spaceDelimited" if not declared.explode:
            return style.delimited(name, "%20", encode)
        case "pipeDelimited" if not declared.explode:
            return style.delimited(name, "%7C", encode)
        case _:
            return style.form(name, declared.explode, encode)


def _deep_object(name: str, encode: Encode) -> style.Write:
    deep, plain = style.deep_object(name, encode), style.form(name, True, encode)

    def write(value: Any) -> str | None:
        return deep(value) if isinstance(value, dict | list) else plain(value)

    return write


def _with_empty(name: str, write: style.Write) -> style.Write:
    """`allowEmptyValue`: an empty array or object is sent as the bare name, `a=`."""

    def write_empty(value: Any) -> str | None:
        written = write(value)
        return encode_value(name) + "=" if written is None and isinstance(value, list | dict) else written

    return write_empty


def _header(name: str, declared: ParameterDeclaration | None) -> Writer:
    if not _TOKEN.fullmatch(name):
        raise RequestError(f"'{name}' is not the name of a header")
    if name.lower() in _FRAMING:
        raise RequestError(f"the header '{name}' belongs to the connection and cannot be sent by a step")
    # Header values are not percent-encoded (3.1.1, "Style Values").
    if declared is None:
        write = style.simple(False, as_is)
    elif declared.content is not None:
        write = _content(declared, as_is)
    elif declared.collection_format is not None:
        write = style.collection(declared.collection_format, _items(declared), as_is, False)
    else:
        write = style.simple(declared.explode, as_is)

    def write_header(value: Any) -> str | None:
        written = write(value)
        return None if written is None else field_value(name, written)

    return Writer("header", name, write_header)


def field_value(name: str, value: str) -> str:
    """A header's value without white space round it (RFC 9110, section 5.5).

    Raises:
        RequestError: it holds a line break, another control character, or half of a surrogate pair.
    """
    if _FIELD_VALUE.fullmatch(value) is None:
        raise RequestError(f"the value of the header '{name}' holds a line break or another control character")
    return value.strip(" \t")


def _cookie(name: str, declared: ParameterDeclaration | None) -> style.Write:
    if not _TOKEN.fullmatch(name):
        raise RequestError(f"'{name}' is not the name of a cookie")
    if declared is None:
        return style.form(name, True, encode_cookie, separator="; ")
    if declared.content is not None:
        return _named(name, _content(declared, encode_cookie))
    if declared.style == "cookie":
        return _plain_cookie(name, style.form(name, declared.explode, as_is, separator="; "))
    return style.form(name, declared.explode, encode_cookie, separator="; ")


def _plain_cookie(name: str, write: style.Write) -> style.Write:
    """The 3.2 style `cookie` is not percent-encoded, so what would end a cookie cannot be sent."""

    def write_plain(value: Any) -> str | None:
        written = write(value)
        for pair in written.split("; ") if written is not None and not isinstance(value, str) else ():
            _check_cookie(name, pair.partition("=")[2].replace(",", ""))
        if isinstance(value, str):
            _check_cookie(name, value)
        return written

    return write_plain


def _check_cookie(name: str, value: str) -> None:
    if _COOKIE_OCTETS.fullmatch(value) is None:
        raise RequestError(
            f"the value of the cookie '{name}' holds a character that a cookie cannot carry",
            hint="style: form percent-encodes it",
        )


def _querystring(name: str, declared: ParameterDeclaration | None) -> style.Write:
    """The whole query as one string (Arazzo 1.1.0, `in: querystring`; OpenAPI 3.2), in the declared media type."""
    media_type = declared.content[0] if declared is not None and declared.content is not None else ""
    is_form = essence(media_type) in ("", "application/x-www-form-urlencoded")

    def write(value: Any) -> str | None:
        if not isinstance(value, str):
            raise RequestError(f"the querystring parameter '{name}' is the complete query string: a string")
        if is_form:
            return encode_query_text(value.removeprefix("?"))
        return encode_value(content_text(media_type, None, value, literal=True))

    return write


def _content(declared: ParameterDeclaration, encode: Encode) -> style.Write:
    """`content`: the value in a media type, then encoded for its place."""
    assert declared.content is not None
    name, media_type = declared.content
    # A text for what is not declared a string is a structure written out already.
    types = media_type.schema.types() if media_type.schema is not None else frozenset()
    written_out = bool(types) and "string" not in types

    def write(value: Any) -> str | None:
        return encode(content_text(name, media_type, value, literal=written_out and isinstance(value, str)))

    return write


def _named(name: str, write: style.Write) -> style.Write:
    key = encode_value(name)

    def write_named(value: Any) -> str | None:
        written = write(value)
        return None if written is None else f"{key}={written}"

    return write_named


def _items(declared: ParameterDeclaration) -> Any:
    return declared.schema.node.get("items") if declared.schema is not None else None

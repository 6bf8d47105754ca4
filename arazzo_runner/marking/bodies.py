"""The secrets in a message, by the names of what holds them: members, fields, elements, parameters, cookies."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from ..messages import Headers, header, text_codec
from ..secrets import (
    ATTRIBUTE,
    ELEMENT,
    PART_NAME,
    URL_HEADERS,
    is_secret_member,
    is_secret_name,
    is_secret_parameter,
    markup_text,
)
from ..values import loads

Found = tuple[str, Any]  # label and value


def in_headers(label: str, headers: Headers, names: frozenset[str]) -> Iterator[Found]:
    """Credentials, cookies, tokens in URLs, and the values of secret names; `names` are further ones, in lower case."""
    for name, value in headers:
        match name.lower():
            case "authorization" | "proxy-authorization":
                yield from _credentials(_join(label, name.lower()), value)
            case "cookie":
                for pair in value.split(";"):
                    yield from _cookie(label, pair)
            case "set-cookie":
                yield from _cookie(label, value.partition(";")[0])
            case lowered if lowered in URL_HEADERS:
                yield from in_query(label, value, frozenset())
            case lowered if is_secret_name(name) or lowered in names:
                yield _join(label, lowered), value


def _credentials(label: str, value: str) -> Iterator[Found]:
    scheme, space, rest = value.partition(" ")
    secret = rest if space else scheme
    yield label, secret
    if scheme.lower() == "basic":
        user, _, password = _decoded(secret).partition(":")
        yield f"{label}.password", password or user


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _cookie(label: str, pair: str) -> Iterator[Found]:
    name, equals, value = pair.strip().partition("=")
    if equals:
        yield _join(label, name), value.strip('"')
        if "%" in value:
            yield _join(label, name), unquote(value)


def in_query(label: str, url: str, names: frozenset[str]) -> Iterator[Found]:
    """The parameters of the query and of the fragment."""
    parts = urlsplit(url)
    for text in (parts.query, parts.fragment):
        for name, value in parse_qsl(text, keep_blank_values=True):
            if name in names or is_secret_parameter(name):
                yield _join(label, name), value


def in_path(label: str, url: str, template: str, names: frozenset[str]) -> Iterator[Found]:
    """The parameters of a path such as `/users/{token}`."""
    written = re.split(r"\{([^{}]*)\}", template)
    pattern = "".join(re.escape(part) if i % 2 == 0 else "([^/]*)" for i, part in enumerate(written))
    match = re.search(pattern + "$", urlsplit(url).path)
    for name, value in zip(written[1::2], match.groups(), strict=True) if match else ():
        if name in names or is_secret_name(name):
            yield _join(label, name), unquote(value)


def in_body(label: str, body: bytes | None, headers: Headers, names: frozenset[str]) -> Iterator[Found]:
    """The values of secret names and of `names`; the name "" stands for the whole of a body."""
    if not body:
        return
    content_type = header(headers, "content-type") or ""
    text = body.decode(text_codec(_parameter(content_type, "charset") or "utf-8"), "replace")
    if "" in names:
        yield label, text
    yield from _in_text(label, text, content_type, names)


def _in_text(label: str, text: str, content_type: str, names: frozenset[str]) -> Iterator[Found]:
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        yield from _fields(label, parse_qsl(text, keep_blank_values=True), names)
    elif kind.startswith("multipart/"):
        for name, value in _parts(text, _parameter(content_type, "boundary")):
            yield from _fields(label, [(name, value)], names)
            yield from _in_text(_join(label, name), value, "", names)
    elif text.lstrip()[:1] in ("{", "[", '"'):
        yield from in_value(_loaded(text), label, names)
    elif text.lstrip()[:1] == "<":
        found = [*ELEMENT.finditer(text), *ATTRIBUTE.finditer(text)]
        yield from _fields(
            label, [(m["name"].rpartition(":")[2], markup_text(m["text"]).strip()) for m in found], names
        )


def _fields(label: str, pairs: list[tuple[str, str]], names: frozenset[str]) -> Iterator[Found]:
    yield from ((_join(label, name), value) for name, value in pairs if name in names or is_secret_name(name))


def _parts(text: str, boundary: str | None) -> Iterator[tuple[str, str]]:
    """The fields of a form (RFC 7578)."""
    for part in text.split(f"--{boundary}") if boundary else ():
        head, separator, value = part.partition("\r\n\r\n")
        name = PART_NAME.search(head)
        if separator and name is not None:
            yield name[1], value.removesuffix("\r\n")


def in_value(value: Any, label: str, names: frozenset[str], *, secret: bool = False) -> Iterator[Found]:
    """The leaves that stand under a secret name, or one of `names`, in a JSON value; numbers and booleans too."""
    if isinstance(value, dict):
        for name, member in value.items():
            inner = name in names or is_secret_member(name, within_secret=secret)
            yield from in_value(member, _join(label, name), names, secret=inner)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from in_value(item, _join(label, str(index)), names, secret=secret)
    elif secret and value is not None:
        yield label, value


def _loaded(text: str) -> Any:
    try:
        return loads(text)
    except (ValueError, RecursionError):
        return None


def _parameter(content_type: str, name: str) -> str | None:
    match = re.search(rf"""(?i);\s*{name}\s*=\s*(?:"([^"]*)"|([^;\s]+))""", content_type)
    return (match[1] or match[2]) if match else None


def _join(label: str, name: str) -> str:
    return f"{label}.{name}" if label else name

"""How a request that arrived differs from the one that is expected: lines for a person, none where it does not."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from email.message import Message
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qsl, unquote
from xml.etree import ElementTree

_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_BODIES = ("body", "form", "multipart", "text", "xml", "base64", "empty")


@dataclass(frozen=True)
class Received:
    """A request as it arrived; `target` is path and query, `at` seconds on the clock of the conversation."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    at: float = field(default=0.0, compare=False)

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    def header(self, name: str) -> str | None:
        """The value of a header; repeated ones joined."""
        values = [value.strip() for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else None


def is_for(expected: Mapping[str, Any], received: Received) -> bool:
    """Whether a request is the expected one, whatever else it carries: method and path."""
    return expected["method"] == received.method and same_path(expected["path"], received.path)


def same_path(expected: str, received: str) -> bool:
    """Paths are the same segment by segment, decoded: %2F is no slash, %41 is A."""
    return [unquote(part) for part in expected.split("/")] == [unquote(part) for part in received.split("/")]


def differences(expected: Mapping[str, Any], received: Received) -> list[str]:
    """What is listed and differs."""
    return [
        *_line(expected, received),
        *_query(expected, received),
        *_headers(expected, received),
        *_body(expected, received),
    ]


def same(expected: Any, seen: Any) -> bool:
    """Whether two JSON values are the same: numbers by value, text and numbers apart, true and 1 apart."""
    if isinstance(expected, Mapping) and isinstance(seen, Mapping):
        return expected.keys() == seen.keys() and all(same(value, seen[key]) for key, value in expected.items())
    if isinstance(expected, (list, tuple)) and isinstance(seen, (list, tuple)):
        return len(expected) == len(seen) and all(same(e, s) for e, s in zip(expected, seen, strict=True))
    if isinstance(expected, bool) or isinstance(seen, bool):
        return expected is seen
    if isinstance(expected, (int, float, Decimal)) and isinstance(seen, (int, float, Decimal)):
        return _exact(expected) == _exact(seen)
    return type(expected) is type(seen) and bool(expected == seen)


def _exact(number: int | float | Decimal) -> int | Decimal:
    return Decimal(repr(number)) if isinstance(number, float) else number


def shown(value: Any) -> str:
    """A value on one line."""
    text = value if isinstance(value, str) and len(value) < 60 and value.isprintable() else _json(value)
    return text if len(text) <= 400 else text[:400] + "..."


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _line(expected: Mapping[str, Any], received: Received) -> Iterator[str]:
    if not is_for(expected, received):
        yield f"{expected['method']} {expected['path']} is expected, {received.method} {received.path} is seen"


def _query(expected: Mapping[str, Any], received: Received) -> Iterator[str]:
    if "query" in expected:
        wanted = _grouped((k, v) for k, vs in expected["query"].items() for v in ([vs] if isinstance(vs, str) else vs))
        seen = _grouped(parse_qsl(received.query, keep_blank_values=True))
        if wanted != seen:
            yield f"query: {_pairs(wanted)} is expected, {_pairs(seen)} is seen"
    if "queryString" in expected and normal(expected["queryString"]) != normal(received.query):
        yield f"query: ?{expected['queryString']} is expected, ?{received.query} is seen"


def _grouped(pairs: Any) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


def _pairs(grouped: Mapping[str, list[str]]) -> str:
    return "&".join(f"{name}={value}" for name, values in sorted(grouped.items()) for value in values) or "none"


def normal(text: str) -> str:
    """Percent-encoding in its normal form: upper case, unreserved characters as they are."""

    def one(match: re.Match[str]) -> str:
        character = chr(int(match[0][1:], 16))
        return character if character in _UNRESERVED else match[0].upper()

    return re.sub(r"%[0-9A-Fa-f]{2}", one, text)


def _headers(expected: Mapping[str, Any], received: Received) -> Iterator[str]:
    for name, wanted in expected.get("headers", {}).items():
        seen = received.header(name)
        if wanted is None:
            if seen is not None:
                yield f"header {name}: none is expected, {shown(seen)} is seen"
        elif seen is None:
            yield f"header {name}: {shown(wanted)} is expected, none is seen"
        elif not _header_is(name, wanted, seen):
            yield f"header {name}: {shown(wanted)} is expected, {shown(seen)} is seen"


def _header_is(name: str, wanted: Any, seen: str) -> bool:
    if isinstance(wanted, Mapping):
        return re.fullmatch(wanted["pattern"], seen) is not None
    if name.lower() == "content-type":
        given = seen if ";" in wanted else seen.partition(";")[0]
        return "".join(wanted.lower().split()) == "".join(given.lower().split())
    return bool(wanted == seen)


def _body(expected: Mapping[str, Any], received: Received) -> Iterator[str]:
    kind = next((kind for kind in _BODIES if kind in expected), None)
    if kind is None:
        return
    wanted = expected[kind]
    try:
        problem = _COMPARE[kind](wanted, received)
    except (ValueError, ElementTree.ParseError) as error:
        problem = f"body: {shown(wanted)} is expected, {shown(text_of(received.body))} is seen ({error})"
    if problem:
        yield problem


def text_of(body: bytes) -> str:
    """Octets as text, for a person."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return repr(body)


def _as_json(wanted: Any, received: Received) -> str | None:
    seen = json.loads(received.body, parse_float=Decimal)
    return None if same(wanted, seen) else f"body: {shown(wanted)} is expected, {shown(text_of(received.body))} is seen"


def _as_form(wanted: Any, received: Received) -> str | None:
    pairs = _grouped((k, v) for k, vs in wanted.items() for v in ([vs] if isinstance(vs, str) else vs))
    seen = _grouped(parse_qsl(received.body.decode(), keep_blank_values=True, strict_parsing=bool(received.body)))
    return None if pairs == seen else f"form: {_pairs(pairs)} is expected, {_pairs(seen)} is seen"


def _as_multipart(wanted: Any, received: Received) -> str | None:
    head = f"Content-Type: {received.header('Content-Type') or ''}\r\n\r\n".encode()
    message = BytesParser().parsebytes(head + received.body)
    if not message.is_multipart():
        raise ValueError("it is not multipart")
    parts = {str(part.get_param("name", header="content-disposition")): part for part in message.get_payload()}  # type: ignore[union-attr]
    if parts.keys() != wanted.keys():
        return f"multipart: the parts {', '.join(wanted)} are expected, {', '.join(parts)} are seen"
    problems = [p for name, part in wanted.items() for p in _part(name, part, parts[name])]  # type: ignore[arg-type]
    return "; ".join(problems) or None


def _part(name: str, wanted: Mapping[str, Any], seen: Message) -> Iterator[str]:
    payload = seen.get_payload(decode=True)
    body = payload if isinstance(payload, bytes) else b""
    if "contentType" in wanted and not _header_is(
        "content-type", wanted["contentType"], str(seen.get("Content-Type", ""))
    ):
        yield f"part {name}: {wanted['contentType']} is expected, {seen.get('Content-Type')} is seen"
    if "filename" in wanted and wanted["filename"] != seen.get_filename():
        yield f"part {name}: the file name {wanted['filename']} is expected, {seen.get_filename()} is seen"
    if "text" in wanted and wanted["text"] != text_of(body):
        yield f"part {name}: {shown(wanted['text'])} is expected, {shown(text_of(body))} is seen"
    if "body" in wanted and not same(wanted["body"], json.loads(body, parse_float=Decimal)):
        yield f"part {name}: {shown(wanted['body'])} is expected, {shown(text_of(body))} is seen"


def _as_text(wanted: Any, received: Received) -> str | None:
    seen = text_of(received.body)
    return None if wanted == seen else f"body: {shown(wanted)} is expected, {shown(seen)} is seen"


def _as_xml(wanted: Any, received: Received) -> str | None:
    if ElementTree.canonicalize(wanted, strip_text=True) == ElementTree.canonicalize(
        received.body.decode(), strip_text=True
    ):
        return None
    return f"body: {shown(wanted)} is expected, {shown(text_of(received.body))} is seen"


def _as_octets(wanted: Any, received: Received) -> str | None:
    seen = base64.b64encode(received.body).decode()
    return (
        None
        if base64.b64decode(wanted) == received.body
        else f"body: the octets {wanted} are expected, {seen} are seen"
    )


def _as_nothing(wanted: Any, received: Received) -> str | None:
    return f"body: none is expected, {shown(text_of(received.body))} is seen" if received.body else None


_COMPARE = {
    "body": _as_json,
    "form": _as_form,
    "multipart": _as_multipart,
    "text": _as_text,
    "xml": _as_xml,
    "base64": _as_octets,
    "empty": _as_nothing,
}

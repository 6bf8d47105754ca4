"""Strings: by format, by pattern, else words made from the name of the property; never anything real.

Names and addresses are those reserved for documentation (RFC 2606, RFC 5737, RFC 3849).
"""

from __future__ import annotations

import base64
import datetime
import re
import uuid
from collections.abc import Iterator
from typing import Any

from .draw import Draw
from .pattern import shortest_text, texts

_START = datetime.datetime(2026, 1, 15, 9, 30, tzinfo=datetime.UTC)
_SECRET_WORDS = frozenset({"secret", "password", "token", "key", "credential", "credentials", "passphrase", "jwt"})
_LINK_WORDS = frozenset({"url", "uri", "href", "link", "website", "endpoint"})
_ID_WORDS = frozenset({"id", "ids", "uuid", "guid", "identifier", "slug", "handle", "ref", "reference"})
_WHOLE_NAMES = {
    "email": "jane.doe@example.com",
    "email address": "jane.doe@example.com",
    "first name": "Jane",
    "given name": "Jane",
    "last name": "Doe",
    "family name": "Doe",
    "full name": "Jane Doe",
    "phone": "+1-555-0100",
    "phone number": "+1-555-0100",
    "ip": "192.0.2.1",
    "ip address": "192.0.2.1",
    "currency": "USD",
    "country": "US",
    "country code": "US",
    "city": "Exampleville",
    "street": "1 Example Street",
    "postal code": "00000",
    "zip": "00000",
    "language": "en",
    "locale": "en",
    "timezone": "UTC",
    "time zone": "UTC",
    "date": "2026-01-15",
    "timestamp": "2026-01-15T09:30:00Z",
}


_LONGEST = 1_000_000  # characters of an example, whatever minLength asks for


def strings(schema: dict[str, Any], name: str, draw: Draw) -> Iterator[str]:
    """Candidates for a string schema, the best first."""
    least, most = _length(schema.get("minLength"), 0), _length(schema.get("maxLength"), None)
    low = least or 0
    formatted = list(_by_format(str(schema.get("format", "")), name, draw))
    patterns = [text for text in schema.get("patterns", [schema.get("pattern")]) if isinstance(text, str)]
    fitting = [text for text in formatted if low <= len(text) and (most is None or len(text) <= most)]
    yield from fitting
    long_enough = max([low, *map(shortest_text, patterns)]) if len(patterns) > 1 else low
    for pattern in patterns:
        yield from texts(pattern, long_enough, most, draw)
    if not formatted or (not fitting and not patterns):
        yield _fit(words(name, draw), low, most)
    yield _fit("example", low, most)
    yield from formatted


def _length(value: Any, default: int | None) -> int | None:
    number = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    return int(min(value, _LONGEST)) if number else default


def _fit(text: str, least: int, most: int | None) -> str:
    if most is not None and len(text) > most:
        text = text[:most].rstrip(" -") if len(text[:most].rstrip(" -")) >= least else text[:most]
    return text + "x" * (least - len(text))


def words(name: str, draw: Draw) -> str:
    """A text that says what it is an example of."""
    parts = split_name(name)
    spoken = " ".join(parts)
    number = draw.seed + 1
    if not parts:
        return _numbered("example", " ", number)
    if spoken in _WHOLE_NAMES:
        return _WHOLE_NAMES[spoken]
    last = parts[-1]
    if last in _SECRET_WORDS:
        return _numbered("not-a-real-" + "-".join(parts), "-", number)
    if last in _LINK_WORDS:
        return f"https://example.com/{'-'.join(parts)}/{number}"
    if last in _ID_WORDS:
        return f"example-{'-'.join(parts)}-{number}"
    if last == "email":
        return _WHOLE_NAMES["email"]
    if last == "at" and len(parts) > 1:
        return _moment(draw).strftime("%Y-%m-%dT%H:%M:%SZ")
    if last == "date":
        return _moment(draw).date().isoformat()
    return _numbered("example " + spoken, " ", number)


def split_name(name: str) -> list[str]:
    """The words of a property name in any case: clientSecret, client_secret and client-secret are the same."""
    spaced = re.sub(r"([a-z0-9])([A-Z])|([A-Z]+)([A-Z][a-z])", r"\1\3 \2\4", name)
    return [word.lower() for word in re.findall(r"[A-Za-z0-9]+", spaced)]


def _numbered(text: str, joint: str, number: int) -> str:
    return text if number == 1 else f"{text}{joint}{number}"


def _moment(draw: Draw) -> datetime.datetime:
    return _START + datetime.timedelta(days=draw.seed % 3650)


def _by_format(format_: str, name: str, draw: Draw) -> Iterator[str]:
    number, moment = draw.seed + 1, _moment(draw)
    label = "-".join(split_name(name)) or "example"
    match format_:
        case "date-time" | "datetime":
            yield moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        case "date":
            yield moment.date().isoformat()
        case "time":
            yield moment.strftime("%H:%M:%SZ")
        case "duration":
            yield f"P{number}D"
        case "email" | "idn-email":
            yield _numbered("jane.doe", "+", number) + "@example.com"
            yield "a@example.com"
            yield "a@b.co"
        case "uuid" | "guid":
            yield str(uuid.UUID(bytes=draw.octets(16), version=4))
        case "uri" | "url" | "iri":
            yield f"https://example.com/{label}/{number}"
            yield "https://example.com"
        case "uri-reference" | "iri-reference":
            yield f"/{label}/{number}"
            yield "/"
        case "uri-template":
            yield f"/{label}/{{id}}"
        case "hostname" | "idn-hostname":
            yield _numbered("host", "-", number) + ".example.com"
            yield "a.test"
        case "ipv4":
            yield f"192.0.2.{number % 254 or 254}"
        case "ipv6":
            yield f"2001:db8::{number % 0xFFFF or 1:x}"
        case "byte" | "base64":
            yield base64.b64encode(_numbered("example", " ", number).encode()).decode()
            yield "ZXg="
        case "password":
            yield _numbered("not-a-real-" + ("password" if label == "example" else label), "-", number)
        case "json-pointer":
            yield f"/{label}"
        case "relative-json-pointer":
            yield "0"
        case "regex":
            yield "^example$"
        case "int32" | "int64" | "integer":
            yield str(number)
        case "float" | "double" | "decimal" | "number":
            yield f"{number}.50"
        case _:
            return

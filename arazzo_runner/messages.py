"""Requests, responses and messages as plain values: no client, no socket."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import Phase, TransportKind

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SecurityRequirement:
    """One scheme of a security alternative: its name, the Security Scheme Object, scopes and the source's name.

    `values` are those that the document itself gives for the request, by field, "" for the whole one (Respect's
    `x-security`); no others are looked for then.
    `remote` is true when the scheme was declared by a document that came by URL: nobody else vouches for its URLs.
    """

    name: str
    scheme: Mapping[str, Any]
    scopes: tuple[str, ...] = ()
    source: str = ""
    remote: bool = False
    values: Mapping[str, str] | None = field(default=None, repr=False)


# OpenAPI Security Requirement Objects: any alternative will do, all requirements of it are needed; () is anonymous.
Security = tuple[tuple[SecurityRequirement, ...], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """What to send. `url` is absolute and fully encoded; `security` names credentials and holds none.

    `supplied` are the places the step itself filled, as `(in, name)` with lower-case header names: a credential never
    replaces them (decision 47). `remote` is true when the operation's description came by URL and no server was named
    for it: its origin gets no credentials from the environment. `timeout` is in seconds, None for the default. One
    that is `for_credential` is no step's: it asks for a token, and what it holds is for this server only, so that a
    redirect is its answer.
    """

    method: str
    url: str
    headers: Headers = ()
    body: bytes | None = None
    security: Security = ()
    supplied: frozenset[tuple[str, str]] = frozenset()
    source: str = ""
    remote: bool = False
    timeout: float | None = None
    for_credential: bool = False

    def __repr__(self) -> str:
        """Described only: path, query, headers and body may hold secrets, and nothing here knows which."""
        return f"Request({self.method!r}, {_origin(self.url)!r}, {_described(self.headers, self.body)})"


@dataclass(frozen=True, slots=True)
class Response:
    """What came back; `headers` in order as received, names in any case; `body` is decompressed."""

    status: int
    headers: Headers = ()
    body: bytes = b""
    url: str = ""
    http_version: str = "HTTP/1.1"
    reason: str = ""

    def __repr__(self) -> str:
        """Described only, as a Request is."""
        return f"Response({self.status!r}, {_origin(self.url)!r}, {_described(self.headers, self.body)})"

    def header(self, name: str) -> str | None:
        """One header value: repeated headers joined with ", ", the first Set-Cookie alone (decision 25)."""
        return header(self.headers, name)


def _origin(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    return f"{scheme}{separator}{re.split('[/?#]', rest)[0].rpartition('@')[2]}" if separator else ""


def _described(headers: Headers, body: bytes | None) -> str:
    return f"headers=<{', '.join(dict.fromkeys(name for name, _ in headers))}>, body=<{len(body or b'')} bytes>"


def header(headers: Headers, name: str) -> str | None:
    """The value of a header by case-insensitive name, or None."""
    lowered = name.lower()
    values = [value for key, value in headers if key.lower() == lowered]
    if not values:
        return None
    return values[0] if lowered == "set-cookie" else ", ".join(values)


def text_codec(charset: str) -> str:
    """The codec of a charset that somebody named, UTF-8 where there is none of that name."""
    try:
        name = codecs.lookup(charset).name
        "x".encode(name)  # `hex` and the like are codecs, but not of text
    except (LookupError, ValueError):
        return "utf-8"
    return name


@dataclass(frozen=True, slots=True)
class TransportFailure:
    """A request without an answer: connection refused, time-out, TLS, policy."""

    kind: TransportKind
    message: str = field(repr=False)
    phase: Phase = "not_sent"


@dataclass(frozen=True, slots=True)
class Message:
    """An AsyncAPI message: what a channel carries."""

    channel: str
    payload: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

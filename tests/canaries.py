"""Secrets that change under every encoding, and a search for them, in whatever encoding, whole or in pieces."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape, quoteattr

PIECE = 10  # characters of a longer secret that are a leak by themselves ...
ESCAPED = 24  # ... and of one where a character may take many


def leaks(text: str, secrets: Mapping[str, str]) -> list[str]:
    """What a text gives away: `name (encoding): the piece`, sorted; [] for a text that is safe."""
    found = {f"{name} ({kind})": piece for name, secret in secrets.items() for kind, piece in _in(text, secret)}
    return [f"{where}: {piece!r}" for where, piece in sorted(found.items())]


def _in(text: str, secret: str) -> Iterator[tuple[str, str]]:
    for kind, form in forms(secret):
        if form in text:
            yield kind, form[:40]
        elif piece := next((piece for piece in _pieces(kind, form) if piece in text), None):
            yield f"piece, {kind}", piece


@cache
def _pieces(kind: str, form: str) -> tuple[str, ...]:
    """Every part that is long enough to be a leak by itself."""
    length = PIECE if kind == "raw" or kind.startswith("base64") else ESCAPED
    return tuple(dict.fromkeys(form[start : start + length] for start in range(len(form) - length + 1)))


@cache
def forms(secret: str) -> tuple[tuple[str, str], ...]:
    """A secret in every encoding that a report, or what it reports on, may use; each form once."""
    found: dict[str, str] = {}
    for kind, form in _forms(secret):
        found.setdefault(form, kind)
    return tuple((kind, form) for form, kind in found.items())


def _forms(secret: str) -> Iterator[tuple[str, str]]:
    yield "raw", secret
    for kind, encoded in (
        ("quote", quote(secret, safe="")),
        ("quote_plus", quote_plus(secret)),
        ("path", quote(secret)),
    ):
        yield kind, encoded
        yield f"{kind}, lower", re.sub("%..", lambda found: found[0].lower(), encoded)
    yield from _base64(secret)
    for ascii_ in (True, False):
        text = json.dumps(secret, ensure_ascii=ascii_)[1:-1]
        yield "json", text
        yield "json, slashes", text.replace("/", "\\/")
        yield "json in json", json.dumps(text)[1:-1]
        yield "html of json", html.escape(text)
    yield "html", html.escape(secret)
    yield "html, text", html.escape(secret, quote=False)
    yield "html of html", html.escape(html.escape(secret))
    yield "xml", escape(secret)
    yield "xml, attribute", quoteattr(secret)[1:-1]
    yield "yaml, single", secret.replace("'", "''")
    yield "yaml, lines", secret.replace("\n", "\n\n")
    yield "repr", repr(secret)[1:-1]
    yield "ascii", ascii(secret)[1:-1]
    yield "bytes", repr(secret.encode())[2:-1]
    yield "workflow command", secret.replace("%", "%25").replace("\n", "%0A")
    for line in secret.splitlines():
        if len(line) >= 4:
            yield "line", line


def _base64(secret: str) -> Iterator[tuple[str, str]]:
    """The characters that are the secret's alone, at each of the three places it may stand in what was encoded."""
    data = secret.encode()
    for offset in range(3):
        own = data[(3 - offset) % 3 :]
        encoded = base64.b64encode(own[: len(own) // 3 * 3])
        if len(encoded) >= 8:
            yield f"base64 +{offset}", encoded.decode()
            yield f"base64url +{offset}", encoded.translate(bytes.maketrans(b"+/", b"-_")).decode()


def assert_safe(outputs: Mapping[str, str], secrets: Mapping[str, str], *, known: Iterable[str] = ()) -> None:
    """No output gives anything away."""
    found = {name: leaks(text, secrets) for name, text in outputs.items() if name not in known}
    told = [f"{name}: {len(each)}: {'; '.join(each)}" for name, each in found.items() if each]

    assert not told, "\n".join(told)

"""One secret in every encoding it may leave in: as it is, URL-encoded, JSON- and HTML-escaped, base64 at any offset.

`Pattern.spans(text)` says where; what to put there is the redactor's business.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import Literal, NamedTuple

Encoding = Literal["plain", "url", "base64"]

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")  # RFC 3986, 2.3
_ENTITIES = {"&": "amp|#0*38|#x0*26", "<": "lt|#0*60|#x0*3c", ">": "gt|#0*62|#x0*3e", '"': "quot|#0*34|#x0*22"}
_ENTITIES["'"] = "apos|#0*39|#x0*27"


class Span(NamedTuple):
    start: int
    end: int
    encoding: Encoding


@dataclass(frozen=True)
class Pattern:
    """Finds one secret in some of its encodings. `needle` stands in every match: a cheap test before `spans`."""

    needle: str
    encoding: Encoding
    secret: str
    source: Callable[[], str]

    def spans(self, text: str) -> Iterator[Span]:
        """Every place where the secret stands; places of several patterns may overlap."""
        for match in self._expression.finditer(text):
            encoded = self.encoding == "plain" and "%" in match[0] and match[0] != self.secret
            yield Span(match.start(), match.end(), "url" if encoded else self.encoding)

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        return re.compile(self.source())


def patterns(secret: str) -> Iterator[Pattern]:
    """What finds a secret text in other texts: one pattern for all escapes, three for base64 at its three offsets."""
    runs = re.findall(r"[A-Za-z0-9._~-]+", secret)
    yield Pattern(max(runs, key=len, default=""), "plain", secret, lambda: "".join(map(_atom, secret)))
    data = secret.encode("utf-8", "surrogatepass")
    for offset in range(3):
        yield Pattern(_base64_needle(data, offset), "base64", secret, partial(_base64_source, data, offset))


def _atom(character: str) -> str:
    """An expression for one character in any of its escapes."""
    if character in _UNRESERVED:
        return re.escape(character)
    forms = [re.escape(character), *_url_forms(character), *_json_forms(character), *_quoted_forms(character)]
    if character in _ENTITIES:
        forms.append(f"(?i:&(?:{_ENTITIES[character]});)")
    return "(?:" + "|".join(forms) + ")"


def _url_forms(character: str) -> list[str]:
    octets = character.encode("utf-8", "surrogatepass")
    percent = "(?i:" + "".join(f"%{octet:02x}" for octet in octets) + ")"
    return [percent, r"\+"] if character == " " else [percent]


def _json_forms(character: str) -> list[str]:
    units = character.encode("utf-16-be", "surrogatepass")
    hexadecimal = "".join(rf"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
    forms = [f"(?i:{hexadecimal})"]
    short = json.dumps(character)[1:-1]
    if character == "/":
        short = "\\/"
    if len(short) == 2:
        forms.append(re.escape(short))
    return forms


def _quoted_forms(character: str) -> list[str]:
    """As Python quotes it, which is how validators name a value."""
    form = "\\'" if character == "'" else repr(character)[1:-1]
    return [] if form == character else [re.escape(form)]


def _base64_needle(data: bytes, offset: int) -> str:
    """Part of the base64 of data that stands `offset` octets (modulo 3) into what was encoded."""
    whole = data[(3 - offset) % 3 :]  # from the first group that is the secret's alone
    groups = base64.b64encode(whole[: len(whole) // 3 * 3]).decode("ascii")
    return max(re.findall("[A-Za-z0-9]+", groups), key=len, default="")


def _base64_source(data: bytes, offset: int) -> str:
    """Base64 of both alphabets (RFC 4648).

    The first and last character may share bits with the neighbours: any with the right other bits matches.
    """
    bits = "?" * (8 * offset) + "".join(f"{octet:08b}" for octet in data)
    bits += "?" * (-len(bits) % 6)
    sextets = [bits[i : i + 6] for i in range(0, len(bits), 6)]
    return "".join(_sextet_class(sextet) for sextet in sextets if sextet != "??????") + "={0,2}"


@cache
def _sextet_class(sextet: str) -> str:
    wanted = [i for i in range(64) if all(bit in ("?", own) for bit, own in zip(sextet, f"{i:06b}", strict=True))]
    letters = "".join({62: r"+\-", 63: "/_"}.get(i, _ALPHABET[i]) for i in wanted)
    return letters if len(letters) == 1 else f"[{letters}]"

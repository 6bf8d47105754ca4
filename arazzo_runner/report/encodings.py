"""One secret in every encoding it may leave in: as it is, URL-encoded, JSON- and HTML-escaped, base64 at any offset.

One encoding inside another as well, such as JSON in a URL, where it makes a difference. `Pattern.spans(text)` says
where; what to put there is the redactor's business.

Each pattern reads one encoding only, in which no two of its texts stand for the same secret: what a server answers
cannot make the search slow.
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
_ENTITIES = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}


class Span(NamedTuple):
    start: int
    end: int
    encoding: Encoding


@dataclass(frozen=True)
class Pattern:
    """Finds one secret in one encoding. `needle` stands in every match: a cheap test before `spans`."""

    needle: str
    encoding: Encoding
    secret: str
    source: Callable[[], str]

    def spans(self, text: str) -> Iterator[Span]:
        """Every place where the secret stands; places of several patterns may overlap."""
        for match in self._expression.finditer(text):
            yield Span(match.start(), match.end(), self.encoding)

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        return re.compile(self.source())


def patterns(secret: str) -> Iterator[Pattern]:
    """What finds a secret text in other texts."""
    needle = _needle(secret)
    if needle == secret:  # of characters that no escape changes
        yield Pattern(needle, "plain", secret, lambda: re.escape(secret))
    else:
        yield Pattern(needle, "plain", secret, lambda: re.escape(secret).replace("\\\n", "\r?\n"))
        yield from _escaped(secret, secret)
    yield from _encoded(secret, secret)
    for written in _as_json(secret):
        yield from _escaped(secret, written)
        yield from _encoded(secret, written)


def _needle(text: str) -> str:
    """The longest part of a text that stands unchanged in every escaped form of it."""
    return max(re.findall(r"[A-Za-z0-9._~-]+", text), key=len, default="")


def _as_json(secret: str) -> list[str]:
    """What stands between the quotes of a JSON text, where it is not the secret itself."""
    forms = (json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False))
    return [form for form in dict.fromkeys(forms) if form != secret]


def _escaped(secret: str, written: str) -> Iterator[Pattern]:
    needle = _needle(written)
    for atom, encoding in ((_url_atom, "url"), (_json_atom, "plain"), (_html_atom, "plain")):
        yield Pattern(needle, encoding, secret, partial(_source, atom, written))  # type: ignore[arg-type]


def _encoded(secret: str, written: str) -> Iterator[Pattern]:
    data = written.encode("utf-8", "surrogatepass")
    for offset in range(3):
        yield Pattern(_base64_needle(data, offset), "base64", secret, partial(_base64_source, data, offset))


def _source(atom: Callable[[str], str], written: str) -> str:
    return "".join(character if character in _WORD else atom(character) for character in written)


_WORD = _UNRESERVED - frozenset("-.~")


@cache
def _url_atom(character: str) -> str:
    """RFC 3986, 2.1, escaped once more where a URL stands in a URL; a form has + for a space."""
    octets = character.encode("utf-8", "surrogatepass")
    percent = "(?i:" + "".join(f"%(?:25)*{octet:02x}" for octet in octets) + ")"
    if character == "%":
        return "(?:%(?:25)+)"
    own = r"[ +]" if character == " " else re.escape(character)
    return f"(?:{own}|{percent})"


@cache
def _json_atom(character: str) -> str:
    """As JSON and Python escape it; a backslash is always escaped, else it would be the start of an escape."""
    units = character.encode("utf-16-be", "surrogatepass")
    forms = ["(?i:" + "".join(rf"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2)) + ")"]
    if character == "\\":
        return "(?:" + "|".join([r"\\\\", *forms]) + ")"
    short = "\\/" if character == "/" else json.dumps(character)[1:-1]
    quoted = "\\'" if character == "'" else repr(character)[1:-1]
    forms += [re.escape(form) for form in dict.fromkeys((short, quoted)) if form != character]
    forms += ["".join(re.escape(f"\\x{octet:02x}") for octet in character.encode("utf-8", "surrogatepass"))]
    return "(?:" + "|".join([re.escape(character), *dict.fromkeys(forms)]) + ")"


@cache
def _html_atom(character: str) -> str:
    """As HTML and XML escape it, once more where markup stands in markup."""
    number = f"#0*{ord(character)}|(?i:#x0*{ord(character):x})"
    name = _ENTITIES.get(character)
    entity = f"&(?:amp;)*(?:{f'{name}|' if name else ''}{number});"
    if character == "&":
        return f"(?:&(?:amp;)+|{entity})"
    return f"(?:{re.escape(character)}|{entity})"


def _base64_needle(data: bytes, offset: int) -> str:
    """Part of the base64 of data that stands `offset` octets (modulo 3) into what was encoded."""
    whole = data[(3 - offset) % 3 :]  # from the first group that is the secret's alone
    groups = base64.b64encode(whole[: len(whole) // 3 * 3]).decode("ascii")
    return max(re.findall("[A-Za-z0-9]+", groups), key=len, default="")


def _base64_source(data: bytes, offset: int) -> str:
    """Base64 of both alphabets (RFC 4648), URL-encoded or not.

    The first and last character may share bits with the neighbours: any with the right other bits matches.
    """
    bits = "?" * (8 * offset) + "".join(f"{octet:08b}" for octet in data)
    bits += "?" * (-len(bits) % 6)
    sextets = [bits[i : i + 6] for i in range(0, len(bits), 6)]
    body = "".join(_sextet_class(sextet) for sextet in sextets if sextet != "??????")
    return body + "(?:=|(?i:%3d)){0,2}"


@cache
def _sextet_class(sextet: str) -> str:
    wanted = [i for i in range(64) if all(bit in ("?", own) for bit, own in zip(sextet, f"{i:06b}", strict=True))]
    letters = "".join({62: r"+\-", 63: "/_"}.get(i, _ALPHABET[i]) for i in wanted)
    if len(letters) == 1:
        return letters
    escaped = [form for i, form in ((62, "(?i:%2b)"), (63, r"(?i:%2f)|\\/")) if i in wanted]
    return "(?:" + "|".join([f"[{letters}]", *escaped]) + ")" if escaped else f"[{letters}]"

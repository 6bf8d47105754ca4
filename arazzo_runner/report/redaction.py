"""Redaction, in one place: secrets are masked where they leave (interface, "Secrets").

A secret that was marked is masked by value, in every encoding. A value that stands under a secret's name is masked by
place, marked or not; values shorter than four characters, booleans and numbers are masked by place only.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import quote, unquote, unquote_plus

from ..errors import UsageError
from ..events import Event, SecretMarked
from ..messages import Headers
from ..secrets import ATTRIBUTE, ELEMENT, PART_NAME, URL_HEADERS, is_secret_member, is_secret_parameter, markup_text
from ..values import JSON, Value, dumps, loads, text_of
from .encodings import Encoding, Pattern, Span, patterns
from .media import charset_of, is_form, is_json, is_xml, media_type, parameter

MASK = "***"
SHORTEST = 4  # characters of a value that is masked wherever it stands

_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")
_TOKEN = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")


class Redactor:
    """Masks what leaves. It learns secrets by observing events, or from `mark`.

    With `placeholders` a mask is a stable name of its secret (`«secret:createApplication.clientSecret»`), encoded as
    the secret was, so that a replay computes with it; otherwise it is `***`. `redact` are JSONPath queries for places
    the user wants masked as well, such as `$..card.number`. With `show_secrets` nothing is masked.

    Raises:
        UsageError: a query of `redact` is not a JSONPath.
    """

    def __init__(self, *, show_secrets: bool = False, placeholders: bool = False, redact: Sequence[str] = ()) -> None:
        self.show_secrets = show_secrets
        self.placeholders = placeholders
        self.redact = tuple(redact)
        self._labels: dict[str, str] = {}  # secret text -> label
        self._taken: set[str] = set()
        self._places: set[str] = set()  # names whose short values were marked
        self._at_places: dict[str, str] = {}  # what was masked by place only -> label
        self._patterns: list[tuple[str, Pattern, str]] = []  # what stands in every match, the pattern, the secret
        if self.redact and not show_secrets:
            self._queries  # noqa: B018  a wrong query is told before the run

    def observe(self, event: Event) -> None:
        """Learn a secret; other events pass."""
        if isinstance(event, SecretMarked):
            self.mark(event.label, event.value)

    def finish(self) -> None:
        """Nothing is left to do: the redactor may stand among the reports."""

    def mark(self, label: str, value: str) -> None:
        """From here on `value` is a secret; one too short to be searched for marks the last name of its label.

        "" stands for a number or a boolean, which are masked by place only.
        """
        if len(value) < SHORTEST:
            self._places.add(place_name(label).lower())
        elif value not in self._labels:
            self._labels[value] = self._own_label(label)
            self._patterns += [(pattern.needle, pattern, value) for pattern in patterns(value)]

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that are searched for."""
        return tuple(self._labels)

    def learned_from(self, other: Redactor) -> Redactor:
        """Mark here what another redactor knows."""
        for value, label in other._labels.items():
            self.mark(label, value)
        self._places |= other._places
        return self

    # -- by value ---------------------------------------------------------------------------------------------------

    def text(self, text: str, *, encoding: Encoding = "plain") -> str:
        """Mask every marked secret in a text, in whatever encoding; `encoding` is that of the text itself."""
        if self.show_secrets or len(text) < SHORTEST:
            return text
        near = [(pattern, value) for needle, pattern, value in self._patterns if needle in text]
        found = [(span, value) for pattern, value in near for span in pattern.spans(text)]
        if not found:
            return text
        if self.placeholders and any(span.encoding == "base64" for span, _ in found):
            found = [self._reencodable(text, span, value) for span, value in found]
        return self._replace(text, found, encoding)

    def _replace(self, text: str, found: list[tuple[Span, str]], encoding: Encoding) -> str:
        found.sort(key=lambda pair: (pair[0].start, -pair[0].end))
        pieces: list[str] = []
        end = 0
        for span, value in found:
            if span.start >= end:
                pieces += [text[end : span.start], self._mask(span, value, text, encoding)]
            end = max(end, span.end)
        return "".join(pieces) + text[end:]

    def _mask(self, span: Span, value: str, text: str, encoding: Encoding) -> str:
        if not self.placeholders:
            return MASK
        placeholder = self._placeholder(self._labels[value])
        if span.encoding == "base64":
            return self._base64(text[span.start : span.end]) or placeholder
        return quote(placeholder, safe="") if "url" in (encoding, span.encoding) else placeholder

    def _reencodable(self, text: str, span: Span, value: str) -> tuple[Span, str]:
        """The whole base64 token around a find, if it can be decoded, changed and encoded again."""
        if span.encoding != "base64":
            return span, value
        start = span.start
        while start and text[start - 1] in _BASE64:
            start -= 1
        token = _TOKEN.match(text, start)
        if token is None or self._base64(token[0]) is None:
            return span, value
        return Span(token.start(), token.end(), "base64"), value

    def _base64(self, token: str) -> str | None:
        """A base64 text with the secrets in what it encodes replaced; None if it cannot be decoded or has none."""
        octets = _decode(token)
        if octets is None:
            return None
        try:
            inner = octets.decode("utf-8")
        except UnicodeDecodeError:
            return None
        masked = self.text(inner)
        return None if masked == inner else _encode(masked, like=token)

    # -- by place ---------------------------------------------------------------------------------------------------

    def json(self, value: JSON, prefix: str = "") -> JSON:
        """A copy of a JSON value with its secrets masked; `prefix` begins the labels of what is masked by place."""
        if self.show_secrets:
            return value
        masked = self._json(value, prefix, secret=False)
        return self._queried(masked, prefix) if self.redact else masked

    def named(self, name: str, value: Value, prefix: str = "") -> JSON:
        """A value that stands under a name: a header, an input, an output, the operand of a condition."""
        if not isinstance(value, (str, int, float, Decimal, list, dict, bytes)):
            return None
        value = text_of(value) if isinstance(value, bytes) else value
        return value if self.show_secrets else self._json(value, _join(prefix, name), secret=self._is_place(name))

    def mapping(self, values: Any, prefix: str = "") -> dict[str, Any]:
        """Inputs or outputs: the members of an object."""
        masked = self.json(dict(values), prefix)
        return masked if isinstance(masked, dict) else {}

    def _json(self, value: JSON, label: str, *, secret: bool) -> JSON:
        if isinstance(value, dict):
            return {
                self.text(name): self._json(member, _join(label, name), secret=self._is_place(name, secret))
                for name, member in value.items()
            }
        if isinstance(value, list):
            return [self._json(item, _join(label, str(index)), secret=secret) for index, item in enumerate(value)]
        if secret and value is not None:
            return self._at_place(value, label)
        return self.text(value) if isinstance(value, str) else value

    def _is_place(self, name: str, within_secret: bool = False) -> bool:
        return is_secret_member(name, within_secret=within_secret) or name.lower() in self._places

    def _at_place(self, value: JSON, label: str) -> JSON:
        text = text_of(value)
        if not text:
            return value
        if not self.placeholders:
            return MASK
        if not isinstance(value, str):  # a replay computes with it: the type stays
            return False if isinstance(value, bool) else 0
        masked = self.text(text)
        return masked if masked != text else self._placeholder(self._place_label(text, label))

    def _place_label(self, text: str, label: str) -> str:
        """One label for one text, wherever it stands next, so that a replay sees the same value travel."""
        if text not in self._at_places:
            self._at_places[text] = self._own_label(label)
        return self._at_places[text]

    def _own_label(self, label: str) -> str:
        """A label no other secret has: a token that was renewed is another secret."""
        stable = re.sub(r"[^\w.-]+", "_", label) or "value"
        own, number = stable, 1
        while own in self._taken:
            number += 1
            own = f"{stable}-{number}"
        self._taken.add(own)
        return own

    def _placeholder(self, label: str) -> str:
        return f"«secret:{label}»"

    def _queried(self, value: JSON, prefix: str) -> JSON:
        for query in self._queries:
            for match in query.find(value):
                path = str(match.full_path)
                if path == "$":
                    return self._at_place(match.value, prefix)
                value = match.full_path.update(value, self._at_place(match.value, _join(prefix, path)))
        return value

    @cached_property
    def _queries(self) -> list[Any]:
        from jsonpath_ng.exceptions import JSONPathError
        from jsonpath_ng.ext.parser import parse

        queries = []
        for text in self.redact:
            try:
                queries.append(parse(text))
            except JSONPathError as error:
                raise UsageError(f"'{text}' is not a JSONPath: {error}", hint="such as $..card.number") from None
        return queries

    # -- requests and responses -------------------------------------------------------------------------------------

    def headers(self, headers: Headers, prefix: str = "") -> Headers:
        """Header fields: credentials by place, with their scheme or cookie names left readable."""
        if self.show_secrets:
            return headers
        return tuple((name, self._header(name, value, prefix)) for name, value in headers)

    def _header(self, name: str, value: str, prefix: str) -> str:
        match name.lower():
            case "authorization" | "proxy-authorization":
                return self._authorization(name, value, prefix)
            case "cookie":
                return "; ".join(self._pair(pair.strip(), prefix) for pair in value.split(";"))
            case "set-cookie":
                pair, separator, attributes = value.partition(";")
                return self._pair(pair, prefix) + separator + self.text(attributes)
            case lowered if lowered in URL_HEADERS:
                return self.url(value, prefix)
        return text_of(self._json(value, _join(prefix, name.lower()), secret=self._is_place(name)))

    def _authorization(self, name: str, value: str, prefix: str) -> str:
        scheme, space, credentials = value.partition(" ")
        if not space:
            scheme, credentials = "", value
        masked = self._base64(credentials) if self.placeholders and scheme.lower() == "basic" else None
        return scheme + space + (masked or text_of(self._at_place(credentials, _join(prefix, name.lower()))))

    def _pair(self, pair: str, prefix: str) -> str:
        name, equals, value = pair.partition("=")
        return name + equals + text_of(self._at_place(value, _join(prefix, name))) if equals else self.text(pair)

    def url(self, url: str, prefix: str = "") -> str:
        """A URL: a password in front of the host, secret parameters of the query and the fragment, values anywhere."""
        if self.show_secrets:
            return url
        url = re.sub(r"(?<=://)([^/?#@:]*):[^/?#@]+@", rf"\1:{MASK}@", url)
        head, mark, query = url.partition("?")
        query, hash_, fragment = query.partition("#")
        masked = self.text(head, encoding="url") + mark + self._form(query, prefix)
        return masked + hash_ + self._form(fragment, prefix)

    def _form(self, text: str, prefix: str) -> str:
        return "&".join(self._form_pair(pair, prefix) for pair in text.split("&"))

    def _form_pair(self, pair: str, prefix: str) -> str:
        name, equals, value = pair.partition("=")
        plain = unquote(name)
        secret = self._is_place(plain) or is_secret_parameter(plain)
        if not (equals and value and secret):
            return self.text(pair, encoding="url")
        masked = self._at_place(unquote_plus(value), _join(prefix, plain))
        return name + equals + (quote(text_of(masked), safe="") if self.placeholders else MASK)

    def body(self, body: bytes, content_type: str | None, prefix: str = "") -> bytes:
        """A body by its media type; one without secrets comes back as it is, octet for octet."""
        if self.show_secrets or not body:
            return body
        charset = charset_of(content_type)
        text = body.decode(charset, "surrogateescape" if charset == "utf-8" else "replace")
        masked = self._body_text(text, content_type, prefix)
        if masked == text:
            return body
        return masked.encode(charset, "surrogateescape" if charset == "utf-8" else "replace")

    def _body_text(self, text: str, content_type: str | None, prefix: str) -> str:
        kind = media_type(content_type)
        if is_form(kind):
            return self._form(text, prefix)
        if is_json(kind) or text[:1] in ("{", "["):
            try:
                value = loads(text)
            except (ValueError, RecursionError):
                return self.text(text)
            masked = self.json(value, prefix)
            return text if masked == value else dumps(masked)
        if is_xml(kind):
            text = ATTRIBUTE.sub(self._attribute(prefix), ELEMENT.sub(self._element(prefix), text))
        elif kind.startswith("multipart/"):
            text = self._multipart(text, parameter(content_type, "boundary"), prefix)
        return self.text(text)

    def _element(self, prefix: str) -> Callable[[re.Match[str]], str]:
        return lambda match: match[1] + self._markup(match, prefix)

    def _attribute(self, prefix: str) -> Callable[[re.Match[str]], str]:
        return lambda match: (
            f"{match['name']}{match['is']}{match['quote']}{self._markup(match, prefix)}{match['quote']}"
        )

    def _markup(self, match: re.Match[str], prefix: str) -> str:
        name = match["name"].rpartition(":")[2]
        if not self._is_place(name) or not match["text"].strip():
            return match["text"]
        return text_of(self._at_place(markup_text(match["text"]), _join(prefix, name)))

    def _multipart(self, text: str, boundary: str | None, prefix: str) -> str:
        """The parts of a form (RFC 7578): each is a head, an empty line and the value of the field the head names."""
        if not boundary:
            return text
        delimiter = "--" + boundary
        return delimiter.join(self._part(part, prefix) for part in text.split(delimiter))

    def _part(self, part: str, prefix: str) -> str:
        head, separator, value = part.partition("\r\n\r\n")
        name = PART_NAME.search(head)
        if not separator or name is None or not self._is_place(name[1]):
            return part
        value = value.removesuffix("\r\n")
        return head + separator + text_of(self._at_place(value, _join(prefix, name[1]))) + "\r\n"


def place_name(label: str) -> str:
    """The name a label ends in; items of a list stand under the name of the list."""
    names = label.split(".")
    while len(names) > 1 and names[-1].isdigit():
        names.pop()
    return names[-1]


def place_of(expression: str) -> str:
    """The name a runtime expression ends in: `clientSecret` for `$response.body#/clientSecret`; "" for a literal."""
    if not expression.startswith("$"):
        return ""
    names = [name for name in re.split(r"[^\w-]+", expression) if name and not name.isdigit()]
    return names[-1] if names else ""


def _decode(token: str) -> bytes | None:
    padded = token.rstrip("=") + "=" * (-len(token.rstrip("=")) % 4)
    try:
        return base64.b64decode(padded.replace("-", "+").replace("_", "/"), validate=True)
    except binascii.Error:
        return None


def _encode(text: str, *, like: str) -> str:
    encode = base64.urlsafe_b64encode if ("-" in like or "_" in like) else base64.b64encode
    encoded = encode(text.encode("utf-8")).decode("ascii")
    return encoded if len(like) % 4 == 0 else encoded.rstrip("=")


def _join(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name

"""Percent-encoding, exact for each place (RFC 3986 section 2, RFC 6570 section 3.2.1, WHATWG URL for forms)."""

from __future__ import annotations

import re
from collections.abc import Callable

Encode = Callable[[str], str]

_ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_UNRESERVED = _ALPHANUMERIC + "-._~"
_RESERVED = ":/?#[]@!$&'()*+,;="
_TRIPLE = r"%[0-9A-Fa-f]{2}"


def _encoder(kept: str, space: str = "%20") -> Encode:
    """Encode every octet of the UTF-8 text but those of `kept`."""
    table = [chr(octet) if chr(octet) in kept else f"%{octet:02X}" for octet in range(256)]
    table[0x20] = space
    changes = re.compile(f"[^{re.escape(kept)}]").search

    def encode(text: str) -> str:
        if changes(text) is None:
            return text
        return "".join([table[octet] for octet in text.encode()])

    return encode


def _preserving(kept: str) -> Encode:
    """As `_encoder`, but what is a percent-encoded triple already stays (RFC 6570, section 3.2.3)."""
    encode = _encoder(kept)
    part = re.compile(f"(?:{_TRIPLE})+")

    def preserve(text: str) -> str:
        if "%" not in text:
            return encode(text)
        pieces: list[str] = []
        end = 0
        for match in part.finditer(text):
            pieces += (encode(text[end : match.start()]), match[0])
            end = match.end()
        return "".join((*pieces, encode(text[end:])))

    return preserve


def _without(characters: str, kept: str) -> str:
    return "".join(character for character in kept if character not in characters)


# Values and names in a path or query: RFC 6570 keeps the unreserved characters only.
encode_value: Encode = _encoder(_UNRESERVED)
# allowReserved: the reserved characters stay, except the one that would end the query, ...
encode_reserved_query: Encode = _preserving(_UNRESERVED + _without("#", _RESERVED))
# ... and in a path (3.2) those that would end a segment or the path (3.1.1, "Path Templating").
encode_reserved_path: Encode = _preserving(_UNRESERVED + _without("/?#", _RESERVED))
# A form field, where the separators of the media type have to be encoded all the same.
encode_form: Encode = _encoder(_ALPHANUMERIC + "*-._", space="+")
encode_reserved_form: Encode = _preserving(_UNRESERVED + _without("#&=+", _RESERVED))
# A cookie value: cookie-octets (RFC 6265, section 4.1.1) without the percent sign, so that both a server that decodes
# and one that does not read the usual token as it was.
encode_cookie: Encode = _encoder(_UNRESERVED + "!#$&'()*+/:<=>?@[]^`{|}")
# The literal text of a path template, a whole query string, a URL: only what a URL cannot hold is encoded.
encode_path_text: Encode = _preserving(_UNRESERVED + _without("?#[]", _RESERVED))
encode_query_text: Encode = _preserving(_UNRESERVED + _without("#", _RESERVED))
encode_url: Encode = _preserving(_UNRESERVED + _RESERVED)


def as_is(text: str) -> str:
    """No encoding: header values, and the 3.2 style `cookie`."""
    return text

"""Which names say that their value is a secret, and where a JSON value holds such members.

Secrets are marked where they enter (design, rule 9): security schemes, `format: password` (1.1.0, "Data Types") and
names such as `client_secret`. This module knows the names only.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from .values import JSON

# The last word of a name decides (`db_password`, `X-Auth-Token`): `tokenType` or `passwordPolicy` stay readable.
# fmt: off
_WORDS = frozenset({
    "password", "passwords", "passwd", "pwd", "passphrase", "passcode", "secret", "secrets", "token", "apikey", "jwt",
    "apitoken", "accesstoken", "refreshtoken", "idtoken", "authtoken", "bearertoken", "sessiontoken", "csrftoken",
    "clientsecret", "secretkey", "privatekey", "accesskey", "signingkey", "authkey", "authorization", "cookie",
    "credentials", "pin", "otp", "totp", "cvv", "cvc",
})
_KEYS = frozenset({  # words that make a `key` a secret one: api_key, Ocp-Apim-Subscription-Key
    "api", "access", "secret", "private", "signing", "encryption", "auth", "authorization", "subscription", "account",
    "master", "shared", "client",
})
_PAIRS = frozenset({
    ("code", "verifier"), ("client", "assertion"), ("saml", "assertion"), ("connection", "string"),
})
# `nextPageToken` is a place in a list, `isSecret` a flag.
_PAGING = frozenset({"page", "next", "previous", "prev", "continuation", "continue", "cursor", "sync", "pagination"})
_FLAGS = frozenset({"is", "has", "show", "hide", "use", "uses", "require", "requires", "needs", "allow", "with", "no"})
# Inside a member named `token` or `secrets`, these hold the secret itself.
_CARRIERS = frozenset({"value", "key", "text", "plaintext", "raw", "data"})
# fmt: on
# Headers that hold a URL, and parameters of URLs that are a signature.
URL_HEADERS = frozenset({"location", "content-location", "referer", "link"})
_SIGNATURES = frozenset({"sig", "signature", "xamzsignature", "xamzcredential", "xgoogsignature", "xgoogcredential"})

# Where a text that is no JSON names its values: elements and attributes of XML, the parts of a form (RFC 7578).
ELEMENT = re.compile(
    r"(<(?P<name>[A-Za-z_][\w.:-]*)(?:\s[^<>]*)?>)(?P<text>(?:<!\[CDATA\[[^\]]*\]\]>|[^<>])+)(?=</(?P=name)\s*>)"
)
ATTRIBUTE = re.compile(r"(?<=\s)(?P<name>[A-Za-z_][\w.:-]*)(?P<is>\s*=\s*)(?P<quote>[\"'])(?P<text>[^<]*?)(?P=quote)")
PART_NAME = re.compile(r'(?i)[;\s]name="([^"\r\n]*)"')
_CDATA = re.compile(r"<!\[CDATA\[([^\]]*)\]\]>")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def is_secret_name(name: str) -> bool:
    """Whether a field, header, parameter or property of this name holds a secret.

    `clientSecret`, `client_secret`, `X-API-Key`, `Set-Cookie` and `access_token` do; `tokenType`, `nextPageToken`,
    `public_key` and `maxTokens` do not.
    """
    words = [word.lower() for word in _WORD.findall(name)]
    while words and words[-1].isdigit():
        words.pop()
    if not words or (words[0] in _FLAGS and len(words) > 1):
        return False
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last == "token":
        return before not in _PAGING
    return last in _WORDS or (last == "key" and before in _KEYS) or (before, last) in _PAIRS


def is_secret_member(name: str, *, within_secret: bool) -> bool:
    """The same for a member of an object which itself is the value of a secret name (`token: {value: ...}`)."""
    return is_secret_name(name) or (within_secret and name.lower() in _CARRIERS)


def is_secret_parameter(name: str) -> bool:
    """The same for a parameter of a URL, where signatures are credentials."""
    return is_secret_name(name) or re.sub(r"[^a-z]", "", name.lower()) in _SIGNATURES


def markup_text(text: str) -> str:
    """What an element or an attribute says."""
    return html.unescape(_CDATA.sub(lambda found: html.escape(found[1]), text))


def secret_values(value: JSON, prefix: str) -> Iterator[tuple[str, str]]:
    """The texts that stand under secret names in a JSON value, as `(label, text)`; the label is `prefix` and the path.

    Numbers and booleans are not given: they are masked by place, never by value (interface, "Secrets").
    """
    yield from _walk(value, prefix, secret=False)


def _walk(value: JSON, label: str, *, secret: bool) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _walk(member, _join(label, name), secret=is_secret_member(name, within_secret=secret))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, _join(label, str(index)), secret=secret)
    elif secret and isinstance(value, str) and value:
        yield label, value


def _join(label: str, name: str) -> str:
    return f"{label}.{name}" if label else name

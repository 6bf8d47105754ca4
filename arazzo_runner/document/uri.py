"""References to URIs (RFC 3986, section 5), and when two URIs are one (section 6.2.2)."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

# RFC 3986, appendix B: every text matches.
_PARTS: Final = re.compile(
    r"(?:([A-Za-z][A-Za-z0-9+.\-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL
)
_NOT_IN_URIS: Final = re.compile(r'[^\x21-\x7e]|["<>\\^`]')
_ESCAPE: Final = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class _Parts(NamedTuple):
    """The five components of a reference; None is absent, which is not empty."""

    scheme: str | None
    authority: str | None
    path: str
    query: str | None = None
    fragment: str | None = None


def resolve_uri(reference: str, base: str) -> str:
    """The URI a reference means at a base (RFC 3986, 5.2.2).

    A base may also be a plain path, relative or absolute: the result is a path then. Characters that no URI has
    (spaces, non-ASCII letters) are percent-encoded in the path and query of what has a scheme.
    """
    own, at = _split(reference), _split(base)
    if own.scheme is not None:
        return _compose(own._replace(path=_without_dots(own.path)))
    if own.authority is not None:
        return _compose(own._replace(scheme=at.scheme, path=_without_dots(own.path)))
    if not own.path:
        query = at.query if own.query is None else own.query
        return _compose(at._replace(query=query, fragment=own.fragment))
    path = own.path if own.path.startswith("/") else _merged(at, own.path)
    return _compose(_Parts(at.scheme, at.authority, _without_dots(path), own.query, own.fragment))


def comparable(uri: str) -> str:
    """A URI without fragment, in the spelling that equal URIs share (RFC 3986, 6.2.2).

    The scheme and host in lower case, escapes in upper case and only where needed; `file:/x` and `file://localhost/x`
    are `file:///x` (RFC 8089).
    """
    parts = _split(uri)
    if parts.scheme is None:
        return _compose(parts._replace(fragment=None))
    scheme = parts.scheme.lower()
    authority = parts.authority.lower() if parts.authority is not None else None
    path = _normal_escapes(parts.path)
    query = None if parts.query is None else _normal_escapes(parts.query)
    if scheme in ("http", "https"):
        path = path or "/"
    if scheme == "file" and (authority == "localhost" or (authority is None and path.startswith("/"))):
        authority = ""
    return _compose(_Parts(scheme, authority, path, query))


def is_local(uri: str) -> bool:
    """Whether a URI is a path or a `file:` URI."""
    scheme = _split(uri).scheme
    return scheme is None or scheme.lower() == "file"


def _split(uri: str) -> _Parts:
    match = _PARTS.fullmatch(uri)
    assert match is not None, "every text matches (RFC 3986, appendix B)"
    return _Parts(match[1], match[2], match[3], match[4], match[5])


def _compose(parts: _Parts) -> str:
    """RFC 3986, 5.3; a path that starts with two slashes keeps an (empty) authority before it."""
    scheme, authority, path, query, fragment = parts
    if scheme is not None:
        path, query = _encoded(path), None if query is None else _encoded(query)
    if authority is None and path.startswith("//"):
        path = "/." + path
    return "".join(
        (
            "" if scheme is None else f"{scheme}:",
            "" if authority is None else f"//{authority}",
            path,
            "" if query is None else f"?{query}",
            "" if fragment is None else f"#{fragment}",
        )
    )


def _encoded(text: str) -> str:
    return _NOT_IN_URIS.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace")), text)


def _normal_escapes(text: str) -> str:
    """RFC 3986, 6.2.2.1 and 6.2.2.2."""
    return _ESCAPE.sub(_normal_escape, text)


def _normal_escape(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()


def _merged(base: _Parts, path: str) -> str:
    """RFC 3986, 5.2.3."""
    if base.authority is not None and not base.path:
        return "/" + path
    return base.path[: base.path.rfind("/") + 1] + path


def _without_dots(path: str) -> str:
    """Remove dot segments (RFC 3986, 5.2.4); a relative path, which no URI has, keeps the `..` it starts with."""
    if "." not in path:
        return path
    root, relative = ("/", path[1:]) if path.startswith("/") else ("", path)
    kept: list[str] = []
    for segment in relative.split("/"):
        if segment == ".." and kept and kept[-1] != "..":
            kept.pop()
        elif segment != "." and not (segment == ".." and root):
            kept.append(segment)
    is_folder = relative.rsplit("/", 1)[-1] in (".", "..")
    return root + "/".join(kept) + ("/" if is_folder and kept else "")

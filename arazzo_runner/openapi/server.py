"""Servers: the base URL of an operation (decision 47).

OpenAPI 3.1.1, "Server Object", "Server Variable Object", "Relative References in API URLs"; 2.0 `schemes`, `host`,
`basePath`. API URLs are relative to where the description was retrieved from, never to `$self`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..diagnostics import did_you_mean
from ..document import resolve_uri
from ..errors import RequestError
from .percent import encode_url
from .reference import Node

_VARIABLE = re.compile(r"\{([^{}]+)\}")
_ABSOLUTE = re.compile(r"https?://[^/?#\s]+", re.IGNORECASE)
_HINT = "name the server with -s URL"


def overriding_server(url: str) -> str:
    """A server named by the host program: it replaces the whole base.

    Raises:
        RequestError: it is not an absolute http or https URL.
    """
    if not _ABSOLUTE.match(url):
        raise RequestError(f"the server '{url}' is not an absolute http or https URL")
    return _trimmed(url)


def server_url(scopes: Sequence[Node], variables: Mapping[str, str], base: str | None = None) -> str:
    """The first server of the first scope that has any (operation, path item, root); without one, "/" (3.x).

    `base` is what relative servers of a local description are relative to.

    Raises:
        RequestError: a variable without a value or outside its enum, or no absolute URL comes out.
    """
    _check_names(scopes, variables)
    for scope in scopes:
        for server in scope.items("servers"):
            url = server.get("url")
            if isinstance(url, str):
                return _absolute(_substituted(url, server, variables), server, base)
    return _absolute("/", scopes[-1], base)


def swagger_url(operation: Node, root: Node, variables: Mapping[str, str], base: str | None = None) -> str:
    """`schemes` (the operation's first), `host` and `basePath` of 2.0; what is missing is the description's own."""
    if variables:
        name = next(iter(variables))
        raise RequestError(
            f"the server of an OpenAPI 2.0 description has no variable '{name}'", location=root.location, hint=_HINT
        )
    host, base = root.get("host"), root.get("basePath")
    path = "/" + base.lstrip("/") if isinstance(base, str) else "/"
    if not isinstance(host, str) or not host:
        return _absolute(path, root, base)
    return _absolute(f"{_scheme(operation, root)}://{host.rstrip('/')}{path}", root, base)


def _scheme(operation: Node, root: Node) -> str:
    for scope in (operation, root):
        schemes = scope.get("schemes")
        if isinstance(schemes, list):
            for scheme in schemes:
                if scheme in ("http", "https"):
                    return str(scheme)
    return "http" if root.document.uri.startswith("http:") else "https"


def _substituted(url: str, server: Node, variables: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        return _variable(match[1], url, server, variables)

    return _VARIABLE.sub(value, url)


def _variable(name: str, url: str, server: Node, variables: Mapping[str, str]) -> str:
    declared = server.child("variables", name)
    value: Any = variables.get(name)
    if value is None and declared is not None:
        value = declared.get("default")
    if value is None or isinstance(value, dict | list):
        raise RequestError(
            f"the variable '{name}' of the server {url} has no value",
            location=server.location,
            hint=f"give it with -s NAME.{name}=VALUE",
        )
    text = str(value)
    allowed = declared.get("enum") if declared is not None else None
    if isinstance(allowed, list) and allowed and text not in (str(item) for item in allowed):
        raise RequestError(
            f"'{text}' is not a value of the server variable '{name}'",
            location=server.location,
            hint="one of " + ", ".join(str(item) for item in allowed),
        )
    return text


def _check_names(scopes: Sequence[Node], variables: Mapping[str, str]) -> None:
    """A variable that no server of the operation, its path or the description has is a mistake."""
    if not variables:
        return
    known = set(_names(scopes))
    for name in variables:
        if name not in known:
            hint = did_you_mean(name, known) or (f"there are {', '.join(sorted(known))}" if known else None)
            raise RequestError(f"no server has the variable '{name}'", location=scopes[-1].location, hint=hint)


def _names(scopes: Sequence[Node]) -> Iterator[str]:
    for scope in scopes:
        for server in scope.items("servers"):
            url = server.get("url")
            if isinstance(url, str):
                yield from _VARIABLE.findall(url)
            declared = server.get("variables")
            if isinstance(declared, dict):
                yield from map(str, declared)


def _absolute(url: str, node: Node, base: str | None) -> str:
    absolute = url if _ABSOLUTE.match(url) else resolve_uri(url, node.document.uri)
    if base is not None and not _ABSOLUTE.match(absolute):
        absolute = resolve_uri(url, base)
    if not _ABSOLUTE.match(absolute):
        raise RequestError(
            f"the server '{url}' is relative and the description is a local file"
            if ":" not in url.partition("/")[0]
            else f"the server '{url}' is not an http or https URL",
            location=node.location,
            hint=_HINT,
        )
    return _trimmed(absolute)


def _trimmed(url: str) -> str:
    """Without the trailing slash (paths bring their own) and without a fragment; a query stays at the end."""
    base, mark, query = url.partition("#")[0].partition("?")
    return encode_url(base.rstrip("/") + mark + query)

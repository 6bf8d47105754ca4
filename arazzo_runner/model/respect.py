"""The extensions of Redocly Respect that change what is sent: `x-security`, `x-serverUrl`, `x-operation`.

https://redocly.com/docs/respect/extensions. Read where decision 0 tolerates published forms; else they are extensions
like any other, which mean nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .objects import DirectOperation, Raw, SecurityValues, Text

if TYPE_CHECKING:
    from .reader import _Node

FIELDS = {
    "x-security entry": {"schemeName": "", "scheme": "", "values": ""},
    "x-operation object": {"url": "", "method": ""},
}
_METHODS = ("GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE")


def read_security(node: _Node) -> tuple[SecurityValues, ...]:
    """The `x-security` of a step or a workflow."""
    return node.items("x-security", _security_entry)


def _security_entry(node: _Node) -> SecurityValues | None:
    node.object = "x-security entry"
    name, scheme = node.text("schemeName"), node.child("scheme", "object")
    values = node.child("values", "object", required=True)
    node.known()
    if (name is None) == (scheme is None):
        both = name is not None
        message = "'scheme' and 'schemeName' exclude each other" if both else "an entry of x-security names no scheme"
        hint = "keep one of them" if both else "add 'schemeName', or 'scheme' with a Security Scheme Object"
        node.reader.report("ARZ117" if both else "ARZ110", message, node.pointer, hint)
        return None
    if values is None:
        return None
    raws = {
        field: Raw(value, (*values.pointer, field), node.reader.document.location((*values.pointer, field)))
        for field, value in values.value.items()
    }
    return SecurityValues(
        scheme_name=name, scheme=scheme.value if scheme else None, values=raws, location=node.location
    )


def read_operation(node: _Node) -> DirectOperation | None:
    """The `x-operation` of a step."""
    inner = node.child("x-operation", "object")
    if inner is None:
        return None
    inner.object = "x-operation object"
    url, method = inner.text("url", required=True), inner.string("method", required=True)
    inner.known()
    if method is not None and method.upper() not in _METHODS:
        message = f"'method' is one of {', '.join(_METHODS)}, not '{method}'"
        inner.reader.report("ARZ116", message, (*inner.pointer, "method"))
        return None
    if url is None or method is None:
        return None
    return DirectOperation(url=Raw(url.value, (*inner.pointer, "url"), url.location), method=method.upper())


def read_server_url(node: _Node) -> Text | None:
    """The `x-serverUrl` of a source description; `$servers.0.url` is the description's own."""
    text = node.text("x-serverUrl")
    if text is None or text.value == "$servers.0.url":
        return None
    if not text.value.startswith(("http://", "https://")):
        message = f"x-serverUrl is an http(s) URL, not '{text.value}'; it is ignored"
        node.reader.report("ARZ116", message, (*node.pointer, "x-serverUrl"), None, "warning")
        return None
    return text

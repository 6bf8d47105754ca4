"""Media types: names, parameters, ranges, and which one a request body is written in (decision 44).

RFC 9110, section 8.3 (Content-Type) and 12.5.1 (ranges).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

from ..values import MISSING, Value

if TYPE_CHECKING:
    from .operation import Operation

_Declared = TypeVar("_Declared")
_PARAMETER = re.compile(r';\s*([^=;\s]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;\s]*)')


def essence(content_type: str) -> str:
    """`type/subtype` in lower case, without parameters."""
    return content_type.partition(";")[0].strip().lower()


def parameter(content_type: str, name: str) -> str | None:
    """The value of one parameter, unquoted."""
    for key, value in _PARAMETER.findall(content_type):
        if key.lower() == name:
            return re.sub(r"\\(.)", r"\1", value[1:-1]) if value[:1] == '"' else value
    return None


def is_json(media_type: str) -> bool:
    """application/json, text/json and everything that ends in +json, by essence."""
    return media_type in ("application/json", "text/json", "application/x-json") or media_type.endswith("+json")


def is_xml(media_type: str) -> bool:
    """application/xml, text/xml and everything that ends in +xml, by essence."""
    return media_type in ("application/xml", "text/xml") or media_type.endswith("+xml")


def is_range(content_type: str) -> bool:
    """A range such as `image/*`: nothing that a Content-Type header can say."""
    return "*" in essence(content_type)


def find(declared: Mapping[str, _Declared], content_type: str) -> _Declared | None:
    """The declaration for a media type: as written, by essence, then the narrowest range (3.1.1, Media Type Object)."""
    exact = declared.get(content_type)
    if exact is not None:
        return exact
    wanted = essence(content_type)
    main = wanted.partition("/")[0]
    for candidate in (wanted, f"{main}/*", "*/*"):
        for key, value in declared.items():
            if essence(key) == candidate:
                return value
    return None


def concrete(content_type: str, payload: Value) -> str:
    """What a range stands for in a Content-Type header; anything else is returned as it is."""
    if not is_range(content_type):
        return content_type
    main, _, subtype = essence(content_type).partition("/")
    if subtype.startswith("*+"):
        return f"{main}/{subtype[2:]}"
    if main == "text":
        return "text/plain"
    if main == "multipart":
        return "multipart/form-data"
    if main == "application":
        return "application/octet-stream" if isinstance(payload, bytes) else "application/json"
    if main == "*":
        return _by_payload(payload)
    return "application/octet-stream"


def choose_content_type(operation: Operation, content_type: str | None, payload: Value, literal: bool) -> str | None:
    """The Content-Type of a request body, None when there is no body (decision 44).

    The one that is given; else the only declared one, else application/json if declared, else the first declared, else
    application/json for structures and text/plain for strings. `literal` is a string written in the document.
    """
    if payload is MISSING:
        return None
    if content_type:
        return concrete(content_type, payload)
    body = operation.request_body
    declared = tuple(body.media_types) if body is not None else ()
    preferred = _preferred(declared)
    if preferred is None:
        return "text/plain" if literal else _by_payload(payload)
    return concrete(preferred, payload)


def _preferred(declared: Iterable[str]) -> str | None:
    names = tuple(declared)
    for name in names:
        if essence(name) == "application/json":
            return name
    return names[0] if names else None


def _by_payload(payload: Value) -> str:
    if isinstance(payload, bytes):
        return "application/octet-stream"
    return "text/plain" if isinstance(payload, str) else "application/json"

"""Bodies for a reader: by media type a JSON value, a text, or base64."""

from __future__ import annotations

import base64
import re
from typing import Literal, NamedTuple

from ..messages import Headers, header, text_codec
from ..values import JSON, loads

BodyKind = Literal["json", "text", "base64"]


class Content(NamedTuple):
    """A body as it stands in a report."""

    kind: BodyKind
    value: JSON


def content(body: bytes, content_type: str | None) -> Content:
    """A body by its content type: JSON as its value, what decodes as text, everything else as base64."""
    if is_json(media_type(content_type)):
        try:
            return Content("json", loads(body))
        except (ValueError, RecursionError):
            pass
    text = body_text(body, content_type)
    return Content("base64", base64.b64encode(body).decode("ascii")) if text is None else Content("text", text)


def body_text(body: bytes, content_type: str | None) -> str | None:
    """The text of a body, or None where it is not one."""
    try:
        text = body.decode(charset_of(content_type))
    except UnicodeError:
        return None
    return None if "\x00" in text else text


def content_type_of(headers: Headers) -> str | None:
    return header(headers, "content-type")


def media_type(content_type: str | None) -> str:
    """`application/json` of `application/JSON; charset=utf-8`."""
    return (content_type or "").partition(";")[0].strip().lower()


def charset_of(content_type: str | None) -> str:
    """The charset parameter, UTF-8 where it is absent or unknown."""
    return text_codec(parameter(content_type, "charset") or "utf-8")


def parameter(content_type: str | None, name: str) -> str | None:
    """A parameter of a content type (RFC 9110, 8.3.1)."""
    match = re.search(rf"""(?i);\s*{name}\s*=\s*(?:"([^"]*)"|([^;\s]+))""", content_type or "")
    return (match[1] or match[2]) if match else None


def is_json(kind: str) -> bool:
    return kind == "application/json" or kind.endswith("+json") or kind == "text/json"


def is_form(kind: str) -> bool:
    return kind == "application/x-www-form-urlencoded"


def is_xml(kind: str) -> bool:
    return kind in ("application/xml", "text/xml", "text/html") or kind.endswith("+xml")

"""Bodies: a payload as bytes in the chosen media type, with the Content-Type that says so (decision 44).

Arazzo 1.1.0, "Request Body Object"; OpenAPI 3.1.1, "Media Type Object".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from ..errors import RequestError
from ..values import JSON, Value, dumps
from .content import FORM, check_json, content_text, json_text
from .declarations import MediaType
from .media_type import essence, is_json, is_xml, parameter
from .multipart import multipart

# (payload, literal) -> (body, Content-Type)
WriteBody = Callable[[Value, bool], tuple[bytes, str]]

_TEXTUAL = frozenset(
    {
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/x-jsonlines",
        "application/json-seq",
    }
    | {"application/yaml", "application/x-yaml", "application/graphql", "application/sql", "application/javascript"}
)
_XML_ENCODING = re.compile(r"""\A<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z0-9._\-]+)["']""")


class Body(NamedTuple):
    """A payload; MISSING is no body. `literal` is a text template, to be sent as written once rendered."""

    payload: Value
    content_type: str | None = None
    literal: bool = False


def body_writer(content_type: str, media_type: MediaType | None) -> WriteBody:
    """Prepare bodies of one content type, `media_type` being what the operation declares for it."""
    name = essence(content_type)
    if is_json(name):
        return _json(content_type)
    if name.startswith("multipart/"):
        return lambda payload, literal: multipart(payload, content_type, media_type)
    if is_xml(name) or name == FORM or name.startswith("text/") or name in _TEXTUAL or name.endswith("+yaml"):
        return _text(content_type, media_type)
    return _binary(content_type)


def _json(content_type: str) -> WriteBody:
    def write(payload: Value, literal: bool) -> tuple[bytes, str]:
        if isinstance(payload, bytes):
            return payload, content_type
        if literal and isinstance(payload, str):
            check_json(payload)
            text = payload
        else:
            try:
                text = dumps(payload)
            except (TypeError, ValueError, RecursionError):
                text = json_text(payload, False)
        # Half of a surrogate pair is all that UTF-8 cannot hold, and its escape is what JSON writes for it.
        return text.encode("utf-8", "backslashreplace"), content_type

    return write


def _text(content_type: str, media_type: MediaType | None) -> WriteBody:
    charset = parameter(content_type, "charset")
    of_text = content_type.lstrip()[:5].lower() == "text/" and charset is None
    of_xml = is_xml(essence(content_type))

    def write(payload: Value, literal: bool) -> tuple[bytes, str]:
        if isinstance(payload, bytes):
            return payload, content_type
        text = content_text(content_type, media_type, payload, literal=literal)
        declared = _XML_ENCODING.match(text) if of_xml and charset is None else None
        body = encoded(text, charset or (declared[1] if declared else "utf-8"))
        # Without a charset, text is read as ASCII by some (RFC 2046, section 4.1.2): say what it is when it matters.
        if of_text and not of_xml and not text.isascii():
            return body, f"{content_type}; charset=utf-8"
        return body, content_type

    return write


def _binary(content_type: str) -> WriteBody:
    def write(payload: Value, literal: bool) -> tuple[bytes, str]:
        if isinstance(payload, bytes):
            return payload, content_type
        text: JSON = payload if isinstance(payload, str) else content_text(content_type, None, payload, literal=literal)
        return encoded(str(text), parameter(content_type, "charset") or "utf-8"), content_type

    return write


def encoded(text: str, charset: str) -> bytes:
    """Text in a charset.

    Raises:
        RequestError: there is no such charset, or it has no code for a character.
    """
    try:
        return text.encode(charset)
    except LookupError as error:
        raise RequestError(f"there is no charset '{charset}'") from error
    except UnicodeError as error:
        reason = error.reason if isinstance(error, UnicodeEncodeError) else error
        raise RequestError(f"the payload holds a character that {charset} has no code for: {reason}") from error

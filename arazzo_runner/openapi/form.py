"""application/x-www-form-urlencoded, by Encoding Objects.

OpenAPI 3.1.1, "Encoding the x-www-form-urlencoded Media Type" and "Encoding Object"; WHATWG URL, section 5.2. Without
an encoding an array is its items under one name, and a structure is JSON text (decision 44).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..errors import RequestError
from ..values import MISSING
from . import style
from .declarations import Encoding, MediaType
from .media_type import essence, is_json
from .percent import encode_form, encode_reserved_form
from .schema import SchemaView

_PLAIN = Encoding()


def form_text(value: Any, media_type: MediaType | None) -> str:
    """The form of an object; members that are null or absent are left out (decision 43).

    Raises:
        RequestError: it is not an object.
    """
    if not isinstance(value, dict):
        raise RequestError("a form is written from an object or a string")
    schemas = media_type.schema.properties() if media_type is not None and media_type.schema is not None else {}
    encodings = media_type.encoding if media_type is not None else {}
    pairs: list[str] = []
    for name, member in value.items():
        if member is not None and member is not MISSING:
            pairs += _pairs(name, member, encodings.get(name, _PLAIN), schemas.get(name))
    return "&".join(pairs)


def _pairs(name: str, value: Any, encoding: Encoding, schema: SchemaView | None) -> Iterator[str]:
    if isinstance(value, bytes):
        raise RequestError(f"the form field '{name}' is binary", hint="send it as multipart/form-data")
    if encoding.has_style:
        yield from _styled(name, value, encoding)
    elif encoding.collection_format not in (None, "multi") and isinstance(value, list):
        items = schema.node.get("items") if schema is not None else None
        written = style.collection(encoding.collection_format or "csv", items, encode_form, True)(value)
        if written is not None:
            yield f"{encode_form(name)}={written}"
    elif isinstance(value, list) and not _is_json(encoding):
        yield from (f"{encode_form(name)}={encode_form(style.text(item))}" for item in value if item is not None)
    else:
        text = value if isinstance(value, str) and not _is_json(encoding) else _text(value, encoding)
        yield f"{encode_form(name)}={encode_form(text)}"


def _text(value: Any, encoding: Encoding) -> str:
    from .content import content_text

    if encoding.content_type is None or (
        isinstance(value, list | dict) and essence(encoding.content_type) == "text/plain"
    ):
        return style.text(value)
    return content_text(encoding.content_type, None, value, literal=False)


def _is_json(encoding: Encoding) -> bool:
    return encoding.content_type is not None and is_json(essence(encoding.content_type))


def _styled(name: str, value: Any, encoding: Encoding) -> Iterator[str]:
    encode = encode_reserved_form if encoding.allow_reserved else encode_form
    kind = encoding.style or "form"
    explode = encoding.explode if encoding.explode is not None else kind == "form"
    if kind == "deepObject" and isinstance(value, list | dict):
        write = style.deep_object(name, encode)
    elif kind in ("spaceDelimited", "pipeDelimited") and not explode:
        write = style.delimited(name, "+" if kind == "spaceDelimited" else "%7C", encode)
    else:
        write = style.form(name, explode, encode)
    written = write(value)
    if written is not None:
        yield written

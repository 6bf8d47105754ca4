"""multipart bodies: parts by Encoding Objects, files, a boundary that depends on nothing but the content.

OpenAPI 3.1.1, "Encoding multipart Media Types" and "Encoding Object"; RFC 7578; RFC 2046, section 5.1.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..errors import RequestError
from ..values import MISSING
from . import style
from .content import content_text, json_text
from .declarations import Encoding, HeaderDeclaration, MediaType
from .media_type import essence, is_json, is_range, is_xml, parameter
from .percent import as_is
from .schema import SchemaView

_PLAIN = Encoding()
_BOUNDARY_LINE = re.compile(r"(?:\A|\n)--([0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?])\r?\n")


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    content: bytes
    content_type: str | None
    is_file: bool
    headers: tuple[tuple[str, str], ...] = ()


def multipart(value: Any, content_type: str, media_type: MediaType | None) -> tuple[bytes, str]:
    """The body, and the Content-Type with its boundary.

    Raises:
        RequestError: the payload has no parts, or a text without a boundary.
    """
    if isinstance(value, str | bytes):
        return _written(value, content_type)
    if not isinstance(value, dict):
        raise RequestError(f"a {essence(content_type)} body is written from an object or a string")
    parts = list(_parts(value, media_type))
    as_form = essence(content_type) == "multipart/form-data"
    boundary = parameter(content_type, "boundary")
    blocks = [_head(part, as_form) + part.content for part in parts]
    if boundary is None:
        boundary = hashlib.sha256(b"\0".join(blocks)).hexdigest()[:32]
        content_type = f"{content_type}; boundary={boundary}"
    line = b"--" + boundary.encode()
    body = b"".join(line + b"\r\n" + block + b"\r\n" for block in blocks)
    return body + line + b"--\r\n", content_type


def _written(value: str | bytes, content_type: str) -> tuple[bytes, str]:
    """A body written out by the author: its own boundary is found when the Content-Type does not name it."""
    body = value if isinstance(value, bytes) else value.encode()
    if parameter(content_type, "boundary") is not None:
        return body, content_type
    found = _BOUNDARY_LINE.search(body[:4096].decode("latin-1"))
    if found is None:
        raise RequestError(
            "a multipart payload given as a string has no boundary",
            hint="name it in the content type, or give an object with one member for each part",
        )
    boundary = found[1]
    quoted = boundary if re.fullmatch(r"[0-9A-Za-z'+_\-.]+", boundary) else f'"{boundary}"'
    return body, f"{content_type}; boundary={quoted}"


def _parts(value: dict[str, Any], media_type: MediaType | None) -> Iterator[_Part]:
    schemas = media_type.schema.properties() if media_type is not None and media_type.schema is not None else {}
    encodings = media_type.encoding if media_type is not None else {}
    version = media_type.version if media_type is not None else "3.1"
    for name, member in value.items():
        encoding, schema = encodings.get(name, _PLAIN), schemas.get(name)
        if member is None or member is MISSING:
            continue
        if isinstance(member, list) and not _is_one_part(encoding, version):
            items = schema.items() if schema is not None else None
            if encoding.collection_format not in (None, "multi"):
                yield from _collected(name, member, encoding, schema)
            else:
                yield from (_part(name, item, encoding, items) for item in member if item is not None)
        else:
            yield _part(name, member, encoding, schema)


def _is_one_part(encoding: Encoding, version: str) -> bool:
    """An array is one part for each item (3.0.4), but before 3.2 a JSON `contentType` is for the array itself."""
    return encoding.content_type is not None and version < "3.2" and is_json(essence(encoding.content_type))


def _collected(name: str, value: list[Any], encoding: Encoding, schema: SchemaView | None) -> Iterator[_Part]:
    """2.0 formData arrays joined by their collectionFormat."""
    items = schema.node.get("items") if schema is not None else None
    written = style.collection(encoding.collection_format or "csv", items, as_is, False)(value)
    if written is not None:
        yield _Part(name, _encode(written, None), None, False)


def _part(name: str, value: Any, encoding: Encoding, schema: SchemaView | None) -> _Part:
    headers = tuple(_headers(encoding))
    declared = _declared_type(encoding)
    if isinstance(value, bytes):
        if _is_base64(schema):
            return _Part(name, base64.b64encode(value), declared, False, headers)
        return _Part(name, value, declared or _media_type_of(schema) or "application/octet-stream", True, headers)
    if isinstance(value, str) and _is_file(schema, declared):
        content_type = declared or _media_type_of(schema) or "application/octet-stream"
        return _Part(name, _encode(value, content_type), content_type, True, headers)
    if declared is None:
        text = style.text(value)
        return _Part(
            name, _encode(text, None), "application/json" if isinstance(value, dict | list) else None, False, headers
        )
    return _Part(name, _encode(_text(declared, value, schema), declared), declared, False, headers)


def _text(content_type: str, value: Any, schema: SchemaView | None) -> str:
    name = essence(content_type)
    if is_json(name):
        # A text for what is not declared a string is a structure written out already.
        types = schema.types() if schema is not None else frozenset()
        return json_text(value, isinstance(value, str) and bool(types) and "string" not in types)
    if isinstance(value, str) and not is_xml(name):
        return value
    return content_text(content_type, MediaType(schema=schema), value, literal=isinstance(value, str))


def _declared_type(encoding: Encoding) -> str | None:
    """The first concrete media type of `contentType`, which may be a list."""
    for name in (encoding.content_type or "").split(","):
        if name.strip() and not is_range(name):
            return name.strip()
    return None


def _is_file(schema: SchemaView | None, declared: str | None) -> bool:
    """A string that is a file's content: `format: binary`, `contentMediaType`, `type: file`, a binary `contentType`."""
    if schema is not None and not _is_base64(schema):
        if schema.keyword("format") == "binary" or schema.keyword("type") == "file":
            return True
        if schema.keyword("contentMediaType") is not None:
            return True
    name = essence(declared or "")
    return name == "application/octet-stream" or name.startswith(("image/", "audio/", "video/"))


def _media_type_of(schema: SchemaView | None) -> str | None:
    media_type = schema.keyword("contentMediaType") if schema is not None else None
    return media_type if isinstance(media_type, str) else None


def _is_base64(schema: SchemaView | None) -> bool:
    if schema is None:
        return False
    return schema.keyword("format") in ("byte", "base64") or schema.keyword("contentEncoding") == "base64"


def _headers(encoding: Encoding) -> Iterator[tuple[str, str]]:
    """Part headers whose value the description fixes; Content-Type is not among them (Encoding Object)."""
    from .arguments import field_value

    for name, header in encoding.headers.items():
        value = _fixed(header)
        if name.lower() != "content-type" and value is not None:
            written = style.simple(header.explode, as_is)(value)
            if written is not None:
                yield name, field_value(name, written)


def _fixed(header: HeaderDeclaration) -> Any:
    schema = header.schema
    if schema is None:
        return None
    for keyword in ("const", "default"):
        value = schema.keyword(keyword)
        if value is not None:
            return value
    values = schema.keyword("enum")
    return values[0] if isinstance(values, list) and len(values) == 1 else None


def _head(part: _Part, as_form: bool) -> bytes:
    lines: list[str] = []
    own = {name.lower() for name, _ in part.headers}
    if as_form and "content-disposition" not in own:
        disposition = f'Content-Disposition: form-data; name="{_quoted(part.name)}"'
        lines.append(disposition + (f'; filename="{_quoted(part.name)}"' if part.is_file else ""))
    if part.content_type is not None:
        lines.append(f"Content-Type: {part.content_type}")
    lines.extend(f"{name}: {value}" for name, value in part.headers)
    return ("\r\n".join(lines) + "\r\n\r\n").encode() if lines else b"\r\n"


def _quoted(name: str) -> str:
    """As browsers do (WHATWG HTML, "multipart/form-data encoding algorithm")."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _encode(text: str, content_type: str | None) -> bytes:
    charset = parameter(content_type, "charset") if content_type is not None else None
    try:
        return text.encode(charset or "utf-8")
    except LookupError as error:
        raise RequestError(f"there is no charset '{charset}'") from error

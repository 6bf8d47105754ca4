"""Bodies by media type: what a request says, and how a value is sent.

JSON, form-urlencoded (with `a[b]=c`), multipart, XML, text, JSON lines, server-sent events, octets.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

from ..errors import RequestError
from ..openapi import MediaType, SchemaView
from ..openapi.media_type import essence, is_json, is_xml, parameter
from ..openapi.xml_text import xml_text
from ..values import JSON, MISSING, Missing, dumps, loads, text_of
from .parameters import with_arrays

_LINES = frozenset({"application/jsonl", "application/x-ndjson", "application/ndjson", "application/json-seq"})
# Names with more brackets than anybody nests structures are texts.
_BRACKETED = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\]){1,100})")


class UnreadableBody(ValueError):
    """A body that is not what its Content-Type says."""


def read_body(content_type: str, body: bytes, media_type: MediaType) -> JSON | Missing:
    """The value of a request body; MISSING where there is nothing a JSON Schema could judge.

    Raises:
        UnreadableBody: it cannot be read.
    """
    kind = essence(content_type)
    if is_json(kind):
        try:
            return loads(body)  # type: ignore[no-any-return]
        except (ValueError, RecursionError) as error:
            raise UnreadableBody(f"the body is not JSON: {error}") from None
    if kind == "application/x-www-form-urlencoded":
        return _form(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True), media_type.schema)
    if kind.startswith("multipart/"):
        return _form(_parts(content_type, body), media_type.schema)
    if kind.startswith("text/") and not is_xml(kind):
        return _text(content_type, body)
    return MISSING


def _text(content_type: str, body: bytes) -> str:
    try:
        return body.decode(parameter(content_type, "charset") or "utf-8", "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def _parts(content_type: str, body: bytes) -> list[tuple[str, str]]:
    """The named parts of a multipart body (RFC 7578), contents as text."""
    from email.parser import BytesParser
    from email.policy import HTTP

    message = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: " + content_type.encode("latin-1") + b"\r\n\r\n" + body
    )
    pairs: list[tuple[str, str]] = []
    for index, part in enumerate(message.iter_parts() if message.is_multipart() else ()):
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        text = content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
        pairs.append((str(name) if name else str(index), text))
    if not pairs and body.strip(b"-\r\n"):
        raise UnreadableBody("the body has no parts: does the boundary in Content-Type fit?")
    return pairs


def _form(pairs: list[tuple[str, str]], schema: SchemaView | None) -> dict[str, Any]:
    """Fields as an object: lists by repetition, declaration or `a[0]`, `a[b]` nests, objects are JSON."""
    properties = schema.properties() if schema is not None else {}
    result: dict[str, Any] = {}
    indexed: set[str] = set()
    for name, value in pairs:
        bracketed = _BRACKETED.fullmatch(name) if name not in properties else None
        if bracketed is not None:
            _nest(result, [bracketed[1], *re.findall(r"\[([^\[\]]*)\]", bracketed[2])], value)
            indexed.add(bracketed[1])
            continue
        read = _field(value, properties.get(name))
        if name not in result:
            result[name] = read
        elif isinstance(result[name], list):
            result[name].extend(read if isinstance(read, list) else [read])
        else:
            result[name] = [result[name], read]
    return {
        name: with_arrays(value, properties.get(name)) if name in indexed else value for name, value in result.items()
    }


def _field(text: str, schema: SchemaView | None) -> JSON:
    types = schema.types() if schema is not None else frozenset()
    if types & {"object", "array"} and "string" not in types:
        try:
            value = loads(text)
        except ValueError:
            value = text
        if "array" in types and not isinstance(value, list):
            return [value] if isinstance(value, dict) else text.split(",")
        return value  # type: ignore[no-any-return]
    return text


def _nest(result: dict[str, Any], keys: list[str], value: str) -> None:
    if len(keys) == 2 and not keys[1]:
        listed = result.setdefault(keys[0], [])
        if isinstance(listed, list):
            listed.append(value)
        return
    for key in keys[:-1]:
        inner = result.setdefault(key, {})
        if not isinstance(inner, dict):
            return
        result = inner
    result[keys[-1]] = value


def write_body(content_type: str, value: JSON, media_type: MediaType) -> bytes:
    """A value as the media type writes it."""
    kind = essence(content_type)
    if is_json(kind):
        return dumps(value).encode()
    if isinstance(value, str):
        return value.encode()
    if kind in _LINES:
        return "".join(dumps(item) + "\n" for item in (value if isinstance(value, list) else [value])).encode()
    if kind == "text/event-stream":
        return "".join(f"data: {dumps(item)}\n\n" for item in (value if isinstance(value, list) else [value])).encode()
    if is_xml(kind):
        return _xml(value, media_type).encode()
    if kind == "application/x-www-form-urlencoded" and isinstance(value, dict):
        return urlencode({name: text_of(item) for name, item in value.items()}).encode()
    return text_of(value).encode()


def _xml(value: JSON, media_type: MediaType) -> str:
    """As the XML Objects of the schema say; under a made-up root where nothing names one."""
    for root, schema in ((value, media_type.schema), ({"root": value}, None)):
        try:
            return xml_text(root, schema, media_type.version)
        except RequestError:
            continue
    return text_of(value)

"""Content: a value as text in a media type. JSON, XML, forms, plain text (decisions 21 and 44).

OpenAPI 3.1.1, "Media Type Object".
"""

from __future__ import annotations

from typing import Any
from xml.parsers import expat

from ..errors import RequestError
from ..values import dumps, loads, text_of
from .declarations import MediaType
from .form import form_text
from .media_type import essence, is_json, is_xml
from .xml_text import xml_text

_LINES = frozenset({"application/jsonl", "application/x-ndjson", "application/ndjson", "application/x-jsonlines"})
_YAML = frozenset({"application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"})
FORM = "application/x-www-form-urlencoded"


def content_text(content_type: str, media_type: MediaType | None, value: Any, *, literal: bool) -> str:
    """`value` written in a media type; `literal` is a string to be sent as written, if it is well-formed.

    Raises:
        RequestError: the media type has no text for it.
    """
    name = essence(content_type)
    if is_json(name):
        return json_text(value, literal)
    if is_xml(name):
        return xml_document(value, media_type)
    if name == FORM:
        return value if isinstance(value, str) else form_text(value, media_type)
    if name in _LINES or name == "application/json-seq":
        return _sequence(value, "\x1e" if name == "application/json-seq" else "")
    return _plain(name, value)


def json_text(value: Any, literal: bool) -> str:
    """JSON: a literal text as written, anything else encoded.

    Raises:
        RequestError: a text that is not JSON (decision 21), or a value that has no JSON.
    """
    if literal and isinstance(value, str):
        check_json(value)
        return value
    try:
        return dumps(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise RequestError(f"the payload cannot be written as JSON: {error}") from error


def check_json(text: str) -> None:
    """Refuse a text that is not JSON: a broken body helps nobody (decision 21)."""
    try:
        loads(text)
    except (ValueError, RecursionError) as error:
        raise RequestError(
            f"the payload is not well-formed JSON once its expressions are filled in: {error}",
            hint="an expression is inserted as it is: write a structure without quotes, or an object payload",
        ) from error


def xml_document(value: Any, media_type: MediaType | None) -> str:
    """XML: a text as written when well-formed, a structure by the schema's XML Objects."""
    if not isinstance(value, str):
        schema = media_type.schema if media_type is not None else None
        return xml_text(value, schema, media_type.version if media_type is not None else "3.1")
    parser = expat.ParserCreate()
    # Only well-formedness is asked: an entity of the document's own is not needed for it, and never expanded.
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(value, True)
    except expat.ExpatError as error:
        raise RequestError(f"the payload is not well-formed XML once its expressions are filled in: {error}") from error
    except UnicodeEncodeError as error:
        raise RequestError("the payload holds half of a surrogate pair, which is not text") from error
    return value


def _refuse_entity(*_: Any) -> None:
    raise RequestError("the XML payload declares entities, which is not supported")


def _sequence(value: Any, before: str) -> str:
    """JSON Lines and JSON text sequences (3.2, "Sequential Media Types"): an array is its items."""
    if isinstance(value, str):
        return value
    items = value if isinstance(value, list) else [value]
    return "".join(f"{before}{json_text(item, False)}\n" for item in items)


def _plain(name: str, value: Any) -> str:
    """Any other text: a string as it is, a scalar as its text; structures only where JSON can be read."""
    if isinstance(value, str):
        return value
    if name in _YAML or name.endswith("+yaml"):
        return json_text(value, False)  # JSON is YAML.
    if value is None or (isinstance(value, list | dict) and name != "text/plain"):
        kind = "null" if value is None else "an array" if isinstance(value, list) else "an object"
        raise RequestError(f"{kind} cannot be written as {name}", hint="give the payload as a string")
    try:
        return text_of(value)
    except (TypeError, ValueError) as error:
        raise RequestError(f"the payload cannot be written as {name}: {error}") from error

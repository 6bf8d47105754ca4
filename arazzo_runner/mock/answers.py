"""The answer an operation documents: status, media type by Accept, body by example or schema, headers."""

from __future__ import annotations

import copy
from typing import Any

from ..messages import Headers
from ..openapi import MediaType, Operation, SchemaView
from ..openapi.declarations import HeaderDeclaration, ResponseDeclaration
from ..openapi.media_type import concrete, essence, is_json, is_range
from ..sample import sample
from ..values import JSON, text_of
from .schemas import Schemas

_WITHOUT_BODY = frozenset({204, 205, 304})
# Framing is the transport's; Content-Type is the body's (3.1.1, Response Object: it "SHALL be ignored" here).
_NOT_OURS = frozenset(
    {"content-type", "content-length", "content-encoding", "transfer-encoding", "connection", "keep-alive", "trailer"}
)
_CONCRETE = {"image/*": "image/png", "audio/*": "audio/mpeg", "video/*": "video/mp4"}


def documented_success(operation: Operation) -> tuple[int, ResponseDeclaration | None]:
    """The first documented 2xx, else 2XX, default, the first redirect; 200 without a declaration."""
    responses = operation.responses
    for status, declared in responses.items():
        if status.isdigit() and status.startswith("2"):
            return int(status), declared
    for status, meant in (("2XX", 200), ("2xx", 200), ("default", 200)):
        if status in responses:
            return meant, responses[status]
    for status, declared in responses.items():
        if status.isdigit() and status.startswith("3"):
            return int(status), declared
    return 200, None


def has_body(method: str, status: int) -> bool:
    """Whether an answer may have a body at all (RFC 9110, sections 9.3.2, 15.3.5, 15.3.6, 15.4.5)."""
    return method != "HEAD" and status >= 200 and status not in _WITHOUT_BODY


def choose_media_type(declared: dict[str, MediaType], accept: str | None) -> str | None:
    """The documented media type the client likes best; JSON before others, then the first. None without any."""
    if not declared:
        return None
    ranges = _accepted(accept or "*/*")

    def liking(item: tuple[int, str]) -> tuple[float, bool, int]:
        order, name = item
        return (-_quality(essence(name), ranges), not is_json(essence(name)), order)

    return min(enumerate(declared), key=liking)[1]


def _accepted(accept: str) -> list[tuple[str, float]]:
    ranges: list[tuple[str, float]] = []
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
        try:
            ranges.append((name, float(quality)))
        except ValueError:
            ranges.append((name, 1.0))
    return ranges


def _quality(name: str, ranges: list[tuple[str, float]]) -> float:
    """The quality of the most specific range that fits (RFC 9110, section 12.5.1)."""
    main = name.partition("/")[0]
    for wanted in (name, f"{main}/*", "*/*"):
        for range_, quality in ranges:
            if range_ == wanted or (wanted == name and is_range(name) and range_.partition("/")[0] in (main, "*")):
                return quality
    return 0.0


def content_type_of(declared: str, value: JSON) -> str:
    """What a documented media type is in a Content-Type header; a range becomes a type inside it."""
    return _CONCRETE.get(essence(declared)) or concrete(declared, value)


class Bodies:
    """Values for media types: examples first where they keep their schema, else samples; made once for each seed 0."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._first: dict[int, tuple[MediaType, JSON]] = {}

    def value(self, media_type: MediaType, seed: int, name: str) -> JSON:
        """The value to answer with."""
        if seed:
            return self._made(media_type, seed, name)
        known = self._first.get(id(media_type))
        if known is None:
            known = self._first[id(media_type)] = (media_type, self._made(media_type, 0, name))
        return copy.deepcopy(known[1])

    def accepts(self, schema: SchemaView | None, value: JSON) -> bool:
        return schema is None or self._schemas.compiled(schema, "response").accepts(value)

    def fresh(self, schema: SchemaView, seed: int, name: str) -> JSON:
        """Another value of a schema, examples left out."""
        compiled = self._schemas.compiled(schema, "response")
        return sample(compiled.schema, seed=seed, examples=False, name=name, leave_out="writeOnly")

    def _made(self, media_type: MediaType, seed: int, name: str) -> JSON:
        schema = media_type.schema
        example = next((copy.deepcopy(value) for value in media_type.examples.values()), None)
        has_example = bool(media_type.examples)
        if has_example and (self.accepts(schema, example) or isinstance(example, str)):
            return example
        if schema is None:
            return example if has_example else self._items(media_type, seed, name)
        compiled = self._schemas.compiled(schema, "response")
        made = sample(compiled.schema, seed=seed, name=name, leave_out="writeOnly")
        return made if not has_example or compiled.accepts(made) else example

    def _items(self, media_type: MediaType, seed: int, name: str) -> JSON:
        """A stream of one item (3.2 itemSchema), or a word where nothing is said."""
        if media_type.item_schema is None:
            return {}
        compiled = self._schemas.compiled(media_type.item_schema, "response")
        return [sample(compiled.schema, seed=seed, name=name, leave_out="writeOnly")]

    def headers(self, declared: dict[str, HeaderDeclaration], seed: int) -> Headers:
        """A value for each documented header, in style simple."""
        pairs = []
        for name, header in declared.items():
            if name.lower() in _NOT_OURS:
                continue
            value = self._header(name, header, seed)
            text = _simple(value, header.explode)
            if text is not None:
                pairs.append((name, text))
        return tuple(pairs)

    def _header(self, name: str, header: HeaderDeclaration, seed: int) -> JSON:
        if header.content is not None:
            return text_of(self.value(header.content[1], seed, name))
        if header.schema is None:
            return sample({"type": "string"}, seed=seed, name=name)
        return sample(self._schemas.compiled(header.schema, "response").schema, seed=seed, name=name)


def _simple(value: JSON, explode: bool) -> str | None:
    """Style simple (3.1.1, Style Values); None for what a header cannot say."""
    if isinstance(value, list):
        text = ",".join(map(text_of, value))
    elif isinstance(value, dict):
        joint = "=" if explode else ","
        text = ",".join(f"{key}{joint}{text_of(item)}" for key, item in value.items())
    else:
        text = "" if value is None else text_of(value)
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        return None
    return text if text.isascii() else None


def problem(status: int, title: str, detail: str, **members: Any) -> dict[str, Any]:
    """A problem detail (RFC 9457)."""
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, **members}

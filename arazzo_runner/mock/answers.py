"""The answer an operation documents: status, media type by Accept, body by example or schema, headers."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..messages import Headers
from ..openapi import MediaType, Operation, SchemaView
from ..openapi.declarations import HeaderDeclaration, ResponseDeclaration
from ..openapi.media_type import concrete, essence, is_json, is_range
from ..sample import sample
from ..values import JSON, MISSING, Missing, text_of
from .prefer import NO_PREFERENCE, Preference
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


@dataclass(frozen=True, slots=True)
class Chosen:
    """What will be answered: a status as it is declared, and the example of a media type where one was named."""

    status: int
    declared: ResponseDeclaration | None
    media_type: str | None = None
    example: JSON | Missing = MISSING
    dynamic: bool = False
    applied: str = ""


def choose(operation: Operation, preference: Preference, accept: str | None) -> Chosen | str:
    """The documented success, or what the client prefers; a line for a person where that is not documented."""
    status, declared = documented_success(operation)
    if preference == NO_PREFERENCE:
        return Chosen(status, declared)
    applied = preference.applied
    if preference.code is not None and preference.code != status:
        status, declared = preference.code, operation.response(preference.code)
        if declared is None or status < 200:
            known = ", ".join(operation.responses) or "none"
            return f"Prefer: the status {status} is not documented for this operation ({known})"
    if preference.example is None:
        return Chosen(status, declared, dynamic=preference.dynamic, applied=applied)
    places = [(status, declared)]
    if preference.code is None:
        places += [(_status_of(key), other) for key, other in operation.responses.items() if other is not declared]
    names: list[str] = []
    for place, response in places:
        media_types = response.media_types if response is not None else {}
        liked = choose_media_type(media_types, accept)
        for name in sorted(media_types, key=lambda name: name != liked):
            examples = media_types[name].examples
            if preference.example in examples:
                return Chosen(place, response, name, copy.deepcopy(examples[preference.example]), applied=applied)
            names.extend(examples)
    known = ", ".join(dict.fromkeys(names)) or "none"
    return f"Prefer: there is no example '{preference.example}' ({known})"


def _status_of(key: str) -> int:
    """A status for a key of the responses: the first of a range, 500 for the default beside a success."""
    if key.isdigit():
        return int(key)
    return int(key[0]) * 100 if key[:1].isdigit() else 500


def has_body(method: str, status: int) -> bool:
    """Whether an answer may have a body at all (RFC 9110, sections 9.3.2, 15.3.5, 15.3.6, 15.4.5)."""
    return method != "HEAD" and status >= 200 and status not in _WITHOUT_BODY


def choose_media_type(declared: Mapping[str, MediaType], accept: str | None) -> str | None:
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
    """Values for media types: examples first where they keep their schema, else samples; the first is made once."""

    def __init__(self, schemas: Schemas, seed: int = 0) -> None:
        """`seed` moves every choice."""
        self._schemas = schemas
        self._seed = seed
        self._first: dict[tuple[int, bool], tuple[MediaType, JSON]] = {}

    def value(self, media_type: MediaType, number: int, name: str, *, examples: bool = True) -> JSON:
        """The value to answer with, for the nth thing; without `examples` only samples are."""
        if number:
            return self._made(media_type, number, name, examples)
        known = self._first.get((id(media_type), examples))
        if known is None:
            known = (media_type, self._made(media_type, 0, name, examples))
            self._first[id(media_type), examples] = known
        return copy.deepcopy(known[1])

    def with_example(self, media_type: MediaType, example: JSON, number: int, name: str) -> JSON:
        """One of several examples, unless it breaks its schema and a sample does not."""
        if self.accepts(media_type.schema, example) or isinstance(example, str):
            return copy.deepcopy(example)
        made = self.value(media_type, number, name, examples=False)
        return made if self.accepts(media_type.schema, made) else copy.deepcopy(example)

    def accepts(self, schema: SchemaView | None, value: JSON) -> bool:
        return schema is None or self._schemas.compiled(schema, "response").accepts(value)

    def fresh(self, schema: SchemaView, number: int, name: str) -> JSON:
        """Another value of a schema, examples left out."""
        return self._sampled(schema, number, name, examples=False)

    def _sampled(self, schema: SchemaView, number: int, name: str, *, examples: bool = True) -> JSON:
        compiled = self._schemas.compiled(schema, "response")
        seed = self._seed + number
        return compiled.sample(seed=seed, examples=examples, name=name, leave_out="writeOnly")

    def _made(self, media_type: MediaType, number: int, name: str, examples: bool) -> JSON:
        schema = media_type.schema
        has_example = bool(media_type.examples) and (examples or schema is None)
        example = copy.deepcopy(next(iter(media_type.examples.values()))) if has_example else None
        if has_example and (self.accepts(schema, example) or isinstance(example, str)):
            return example
        if schema is None:
            return example if has_example else self._items(media_type, number, name)
        made = self._sampled(schema, number, name, examples=examples)
        return made if not has_example or self.accepts(schema, made) else example

    def _items(self, media_type: MediaType, number: int, name: str) -> JSON:
        """A stream of one item (3.2 itemSchema), or a word where nothing is said."""
        if media_type.item_schema is None:
            return {}
        return [self._sampled(media_type.item_schema, number, name)]

    def headers(self, declared: Mapping[str, HeaderDeclaration], number: int) -> Headers:
        """A value for each documented header, in style simple."""
        pairs = []
        for name, header in declared.items():
            if name.lower() in _NOT_OURS:
                continue
            value = self._header(name, header, number)
            text = _simple(value, header.explode)
            if text is not None:
                pairs.append((name, text))
        return tuple(pairs)

    def _header(self, name: str, header: HeaderDeclaration, number: int) -> JSON:
        if header.content is not None:
            return text_of(self.value(header.content[1], number, name))
        if header.schema is None:
            return sample({"type": "string"}, seed=self._seed + number, name=name)
        return self._sampled(header.schema, number, name)


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

"""Parameters as a request has them: the inverse of the serializers, style by style.

OpenAPI 3.1.1, "Style Values"; 2.0 `collectionFormat`. Text is split before it is decoded, so that an encoded delimiter
is part of a value. Clients that encode the delimiters too are understood where the exact reading breaks the schema:
a parameter has readings, the exact one first. Leaves stay text; who judges reads them as the declared type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import unquote, unquote_plus, urlsplit

from ..messages import Request, header
from ..openapi import Operation, SchemaView
from ..openapi.declarations import ParameterDeclaration
from ..openapi.media_type import is_json
from ..values import JSON, loads

Pairs = list[tuple[str, str]]
Decode = Callable[[str], str]

_DELIMITERS = {"spaceDelimited": r"%20|\+| ", "pipeDelimited": r"%7[Cc]|\|"}
_PLAIN_DELIMITERS = {"spaceDelimited": " ", "pipeDelimited": "|"}
_BRACKETS = re.compile(r"(?:\[[^\[\]]*\]){1,100}")  # nobody nests structures deeper
_STRUCTURES = frozenset({"array", "object"})


@dataclass(frozen=True)
class Sent:
    """The places of a request where parameters stand, values not decoded yet. `path` is by name."""

    request: Request
    path: Mapping[str, str]

    @cached_property
    def query(self) -> Pairs:
        pairs = (part.partition("=") for part in urlsplit(self.request.url).query.split("&") if part)
        return [(unquote_plus(name), value) for name, _, value in pairs]

    @cached_property
    def cookies(self) -> Pairs:
        cookies: SimpleCookie = SimpleCookie()
        try:
            cookies.load(header(self.request.headers, "cookie") or "")
        except CookieError:
            return []
        return [(name, morsel.value) for name, morsel in cookies.items()]

    def values(self, place: str, name: str) -> list[str]:
        """Every value that stands there under a name."""
        match place:
            case "path":
                return [self.path[name]] if name in self.path else []
            case "query":
                return [value for key, value in self.query if key == name]
            case "header":
                return [value for key, value in self.request.headers if key.lower() == name.lower()]
            case "cookie":
                return [value for key, value in self.cookies if key == name]
        return []


def readings(declared: ParameterDeclaration, sent: Sent, operation: Operation) -> list[JSON]:
    """What a parameter may mean, the likeliest first; [] where the request does not have it."""
    if declared.in_ == "querystring":
        query = urlsplit(sent.request.url).query
        return [query] if query else []
    decode = _DECODE.get(declared.in_, _as_is)
    if declared.style == "deepObject" and declared.in_ == "query":
        deep = _deep_object(declared.name, sent.query, decode)
        if deep is not None:
            return [deep]
    texts = sent.values(declared.in_, declared.name) or sent.values(declared.in_, declared.name + "[]")
    if declared.content is not None:
        return [_content(declared.content[0], decode(texts[0]))] if texts else []
    types = declared.schema.types() if declared.schema is not None else frozenset()
    if "object" in types:
        found = list(_objects(declared, sent, operation, texts, decode))
        return found if "array" not in types and "string" not in types else [*found, *map(decode, texts)]
    if not texts:
        return []
    scalar = decode(_unprefixed(declared, texts[0]))
    if "array" in types:
        lists: list[JSON] = list(_arrays(declared, texts, decode))
        return [scalar, *lists] if types - {"array", "null"} and len(texts) == 1 else lists
    return [None, scalar] if "null" in types and scalar in ("", "null") else [scalar]


def _as_is(text: str) -> str:
    return text


# A "+" is a space in a query (decision 44 has forms so), nothing else in a path.
_DECODE: dict[str, Decode] = {"path": unquote, "query": unquote_plus, "cookie": unquote}


def _content(media_type: str, text: str) -> JSON:
    if is_json(media_type):
        try:
            return loads(text)  # type: ignore[no-any-return]
        except (ValueError, RecursionError):
            return text
    return text


# Arrays


def _arrays(declared: ParameterDeclaration, texts: list[str], decode: Decode) -> Iterator[list[Any]]:
    if len(texts) > 1:
        yield [decode(text) for text in texts]
        return
    text = _unprefixed(declared, texts[0])
    items = _items(declared, text)
    yield [decode(item) for item in items]
    if len(items) == 1:
        delimiter = _PLAIN_DELIMITERS.get(declared.style, ",")
        parts = decode(text).split(delimiter)
        if len(parts) > 1:
            yield parts
        elif not text:
            yield []


def _items(declared: ParameterDeclaration, text: str) -> list[str]:
    """The items of an array in one text, not decoded."""
    if declared.style == "label" and declared.explode:
        return text.split(".")
    if declared.style == "matrix" and declared.explode:
        return text.split(f";{declared.name}=")
    if declared.collection_format == "tsv":
        return re.split("%09|\t", text)
    if declared.in_ in ("query", "cookie") and declared.explode:
        return [text]
    delimiter = _DELIMITERS.get(declared.style)
    return re.split(delimiter, text) if delimiter is not None else text.split(",")


def _unprefixed(declared: ParameterDeclaration, text: str) -> str:
    """A path value without what label and matrix style put before it."""
    if declared.style == "label":
        return text.removeprefix(".")
    if declared.style == "matrix":
        return text.removeprefix(f";{declared.name}").removeprefix("=")
    return text


# Objects


def _objects(
    declared: ParameterDeclaration, sent: Sent, operation: Operation, texts: list[str], decode: Decode
) -> Iterator[JSON]:
    spread = declared.in_ in ("query", "cookie") and declared.explode and declared.style != "deepObject"
    if spread:
        members = _spread(declared, sent, operation, decode)
        if members:
            yield members
    if not texts:
        return
    text = texts[0]
    if not spread:
        yield _with_structures(dict(_members(declared, text, decode)), declared.schema)
    with suppress(ValueError, RecursionError):
        yield loads(decode(text))


def _spread(declared: ParameterDeclaration, sent: Sent, operation: Operation, decode: Decode) -> dict[str, JSON]:
    """An exploded object stands under the names of its properties, among those that no other parameter has."""
    pairs = sent.query if declared.in_ == "query" else sent.cookies
    own = declared.schema.properties() if declared.schema is not None else {}
    others = {other.name for other in operation.parameters if other is not declared and other.in_ == declared.in_}
    open_ = declared.schema is not None and declared.schema.keyword("additionalProperties") not in (None, False)
    members: dict[str, Any] = {}
    for name, text in pairs:
        if name not in own and (name in others or (own and not open_)):
            continue
        value = decode(text)
        if name in members:
            before = members[name]
            members[name] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            members[name] = value
    return _with_structures(members, declared.schema)


def _members(declared: ParameterDeclaration, text: str, decode: Decode) -> Iterator[tuple[str, JSON]]:
    """The members of an object in one text: `R,100,G,200`, exploded `R=100,G=200`, with `.` and `;` by style."""
    if not declared.explode:
        parts = _items(declared, _unprefixed(declared, text))
        for name, value in zip(parts[::2], parts[1::2], strict=False):
            yield decode(name), decode(value)
        return
    delimiter = {"label": ".", "matrix": ";"}.get(declared.style, ",")
    for pair in text.removeprefix(delimiter if delimiter != "," else "").split(delimiter):
        name, _, value = pair.partition("=")
        yield decode(name), decode(value)


def _with_structures(members: dict[str, JSON], schema: SchemaView | None) -> dict[str, JSON]:
    """Members declared as structures are written as JSON."""
    declared = schema.properties() if schema is not None else {}
    for name, value in members.items():
        if name in declared and isinstance(value, str) and declared[name].types() & _STRUCTURES:
            try:
                members[name] = loads(value)
            except (ValueError, RecursionError):
                if "array" in declared[name].types():
                    members[name] = [value]
    return members


def _deep_object(name: str, query: Pairs, decode: Decode) -> JSON:
    """`color[R]=100`; further brackets are further structures, those with indices or without a name are arrays."""
    members: dict[str, Any] = {}
    for key, text in query:
        if key.startswith(name) and _BRACKETS.fullmatch(key, len(name)):
            _put(members, re.findall(r"\[([^\[\]]*)\]", key[len(name) :]), decode(text))
    return with_arrays(members) if members else None


def _put(members: dict[str, Any], keys: list[str], value: str) -> None:
    for position, key in enumerate(keys):
        key = key or str(len(members))
        if position == len(keys) - 1:
            members[key] = value
            return
        inner = members.setdefault(key, {})
        if not isinstance(inner, dict):
            return
        members = inner


def with_arrays(value: Any, schema: SchemaView | None = None) -> JSON:
    """What is written by index as a list, in any order, unless the schema declares an object there and no array."""
    if isinstance(value, list):
        items = schema.items() if schema is not None else None
        return [with_arrays(item, items) for item in value]
    if not isinstance(value, dict):
        return value  # type: ignore[no-any-return]
    indices = [str(index) for index in range(len(value))]
    types = schema.types() if schema is not None else frozenset()
    if value and value.keys() == set(indices) and ("array" in types or "object" not in types):
        return with_arrays([value[index] for index in indices], schema)
    properties = schema.properties() if schema is not None else {}
    return {name: with_arrays(member, properties.get(name)) for name, member in value.items()}

"""JSON Pointer (RFC 6901), the selector type `jsonpointer`, and where a value is set in JSON (decision 45)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..errors import SelectorError
from ..values import JSON, MISSING, PointerSyntaxError, Value, array_index, format_pointer, get_pointer, parse_pointer
from .selector import SelectorSyntaxError, kind_of, structured


@lru_cache(maxsize=256)
def compile_jsonpointer(query: str, limit_s: float = 1.0) -> JsonPointer:
    """Compile a JSON Pointer; its evaluation is linear, so the limit is not needed."""
    try:
        return JsonPointer(query, parse_pointer(query))
    except PointerSyntaxError as error:
        raise SelectorSyntaxError(str(error)) from error


@dataclass(frozen=True, slots=True)
class JsonPointer:
    """A compiled JSON Pointer."""

    query: str
    tokens: tuple[str, ...]

    def value(self, context: Value) -> Value:
        """The value it reaches, or MISSING."""
        return get_pointer(structured(context, "a JSON Pointer"), self.tokens)

    def matches(self, context: Value) -> bool:
        """Whether it reaches a value."""
        return self.value(context) is not MISSING

    def set(self, document: Value, value: JSON, *, create_parents: bool = False) -> Value:
        """A copy with the value at this place: replaced, added to an object, or appended to an array."""
        if not (create_parents and document is MISSING):
            structured(document, "a JSON Pointer")
        changed: Value = _placed(document, self.tokens, 0, value, create_parents)
        return changed


def _placed(parent: Value, tokens: tuple[str, ...], depth: int, value: JSON, create: bool) -> Any:
    """A copy of `parent` with the value at tokens[depth:]; only the containers on the way are copied."""
    if depth == len(tokens):
        return value
    token = tokens[depth]
    if parent is MISSING:
        _require_creatable(tokens, depth, create)
        parent = {}
    if isinstance(parent, dict):
        return {**parent, token: _placed(parent.get(token, MISSING), tokens, depth + 1, value, create)}
    if isinstance(parent, list):
        index = _place_in(parent, tokens, depth)
        item = parent[index] if index < len(parent) else MISSING
        return [*parent[:index], _placed(item, tokens, depth + 1, value, create), *parent[index + 1 :]]
    raise SelectorError(f"{_place(tokens, depth)} is {kind_of(parent)}, which has no member '{token}'")


def _require_creatable(tokens: tuple[str, ...], depth: int, create: bool) -> None:
    if not create:
        raise SelectorError(f"nothing is at {_place(tokens, depth)}, so '{tokens[depth]}' cannot be set in it")
    if tokens[depth] == "-" or array_index(tokens[depth]) is not None:
        # Decision 45: an object or an array? The specification does not say, so neither is made.
        raise SelectorError(f"nothing is at {_place(tokens, depth)}, and '{tokens[depth]}' may mean an array's item")


def _place_in(array: list[Any], tokens: tuple[str, ...], depth: int) -> int:
    token = tokens[depth]
    index = len(array) if token == "-" else array_index(token)
    if index is None:
        raise SelectorError(f"'{token}' is not an index of the array at {_place(tokens, depth)}")
    if index > len(array):
        raise SelectorError(f"the array at {_place(tokens, depth)} has {len(array)} items, none at {token}")
    return index


def _place(tokens: tuple[str, ...], depth: int) -> str:
    return format_pointer(tokens[:depth]) or "the root"

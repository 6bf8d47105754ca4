"""What a self-contained JSON Schema says of a value inside the one it describes, found by JSON Pointer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from ..values import JSON, array_index
from .alternatives import Plain, alternatives, types_in
from .referee import ROOT, Referee

_DEEPEST = 12  # references and parts followed
_MOST = 12  # alternatives looked at on each level


def schemas_at(schema: Any, tokens: tuple[str, ...]) -> tuple[dict[str, Any], ...]:
    """Schemas that a value at the pointer may have, each self-contained; () where none is declared.

    Alternatives give several; what only `additionalProperties: true` lets through is not declared.
    """
    definitions = {"$defs": schema["$defs"]} if isinstance(schema, dict) and "$defs" in schema else {}
    referee = Referee(schema)
    level: list[Any] = [referee.root]
    for token in tokens:
        level = [child for each in level for child in _children(each, token, referee)][:_MOST]
    found = [plain.schema for each in level for plain in _plain(each, referee)]
    return tuple(_relative(each) | _relative(definitions) for each in found[:_MOST])


def listed_at(schema: Any, tokens: tuple[str, ...]) -> tuple[JSON, ...]:
    """The values that `enum`, `const` and `type: boolean` list for the place; () where any value may stand there."""
    found: list[JSON] = []
    for each in schemas_at(schema, tokens):
        listed = [each["const"]] if "const" in each else each.get("enum")
        if not isinstance(listed, list):
            types = types_in(each.get("type"))
            if "boolean" not in types:
                continue
            listed = [True, False, *([None] if "null" in types else [])]
        found += [value for value in listed if not any(value is other or value == other for other in found)]
    return tuple(found)


def is_closed_at(schema: Any, tokens: tuple[str, ...]) -> bool:
    """Whether every schema of the place lists its values, so that `listed_at` has all of them."""
    found = schemas_at(schema, tokens)
    return bool(found) and all(
        "const" in each or isinstance(each.get("enum"), list) or types_in(each.get("type")) == ["boolean"]
        for each in found
    )


def is_foreseen(schema: Any, tokens: tuple[str, ...]) -> bool:
    """Whether a schema foresees a value at the pointer: it declares one, or says nothing of what is inside there.

    Where other members are declared, one that is not counts as absent, although JSON Schema lets it through; but what
    a reference that leads nowhere would have declared is not known.
    """
    referee = Referee(schema)
    level: list[Any] = [referee.root]
    for token in tokens:
        if any(_is_silent(plain.schema) for each in level for plain in _plain(each, referee)):
            return True
        if any(_is_incomplete(each, referee) for each in level):
            return True
        level = [child for each in level for child in _children(each, token, referee)][:_MOST]
    return bool(level)


def _is_incomplete(schema: Any, referee: Referee, depth: int = 0) -> bool:
    """Whether a part that says nothing is joined to a schema: so the bundle writes a dangling reference."""
    if schema in (True, {}) and depth:
        return True
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return False
    parts = schema.get("allOf")
    joined = list(parts) if isinstance(parts, list) else []
    if isinstance(schema.get("$ref"), str):
        joined.append(referee.resolve(schema["$ref"]))
    return any(_is_incomplete(part, referee, depth + 1) for part in joined)


def _is_silent(schema: dict[str, Any]) -> bool:
    said = ("properties", "items", "prefixItems", "enum", "const")
    if any(keyword in schema for keyword in said) or schema.get("additionalProperties") is False:
        return False
    return not types_in(schema.get("type")) or bool({"object", "array"} & set(types_in(schema["type"])))


def _plain(schema: Any, referee: Referee) -> Iterator[Plain]:
    return islice(alternatives(schema, referee.resolve), _MOST)


def _children(schema: Any, token: str, referee: Referee) -> Iterator[Any]:
    for plain in _plain(schema, referee):
        properties = plain.schema.get("properties")
        if isinstance(properties, dict) and token in properties:
            yield properties[token]
        elif array_index(token) is not None and ("items" in plain.schema or "prefixItems" in plain.schema):
            yield _item(plain.schema, array_index(token) or 0)
        elif isinstance(plain.schema.get("additionalProperties"), dict):
            yield plain.schema["additionalProperties"]


def _item(schema: dict[str, Any], index: int) -> Any:
    prefix = schema.get("prefixItems")
    if isinstance(prefix, list) and index < len(prefix):
        return prefix[index]
    return schema.get("items", True)


def _relative(schema: Any) -> Any:
    """References to the root of a Referee as references to a root of one's own."""
    if isinstance(schema, list):
        return [_relative(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: value.removeprefix(ROOT) if key in ("$ref", "$dynamicRef") and isinstance(value, str) else _relative(value)
        for key, value in schema.items()
    }

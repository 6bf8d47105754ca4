"""One value for a schema: candidates in order of preference, the first the referee accepts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from ..values import JSON, same
from .alternatives import Plain, alternatives, types_in
from .draw import Draw
from .numeric import numbers
from .pattern import texts
from .referee import Referee
from .strings import strings

_MAX_DEPTH = 24  # nesting no sample goes beyond
_FULL_DEPTH = 5  # nesting to which optional properties are filled in
_FULL_STEPS = 800  # schemas visited before only required properties are filled in
_MAX_STEPS = 20_000
_MAX_CANDIDATES = 60
_TYPE_KEYWORDS = {
    "object": ("properties", "required", "additionalProperties", "patternProperties", "minProperties", "propertyNames"),
    "array": ("items", "prefixItems", "minItems", "contains", "uniqueItems", "maxItems"),
    "string": ("pattern", "minLength", "maxLength", "format"),
    "number": ("minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"),
}
_ANY_TYPE = ("string", "object", "integer", "boolean", "array", "null")
# What a value made from type and bounds alone may get wrong: only these are put before the referee.
_AMBIGUOUS = frozenset(
    {
        "example",
        "examples",
        "default",
        "not",
        "if",
        "allOf",
        "oneOf",
        "anyOf",
        "pattern",
        "format",
        "contains",
        "propertyNames",
        "patternProperties",
        "minProperties",
        "maxProperties",
        "dependentRequired",
        "dependentSchemas",
        "uniqueItems",
        "unevaluatedProperties",
        "unevaluatedItems",
        "multipleOf",
        "maxContains",
    }
)


class Unsatisfiable(Exception):
    """No value was found for a schema at its place."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the value a schema stands, and what it stands inside of."""

    path: tuple[str | int, ...] = ()
    ancestors: frozenset[str] = frozenset()
    optional: bool = False
    variant: int = 0

    @property
    def name(self) -> str:
        return next((step for step in reversed(self.path) if isinstance(step, str)), "")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A schema whose references were followed and whose validators are kept."""

    referee: Referee


def prepare(schema: Any) -> Prepared:
    """Prepare a schema for `sample`."""
    return Prepared(Referee(schema))


def sample(schema: Any, *, seed: int = 0, examples: bool = True, name: str = "", leave_out: str = "") -> JSON:
    """A value for a self-contained JSON Schema (draft 2020-12), the same for the same schema and seed.

    The value is valid where one could be found; else an example that is not, or the nearest value; else None.
    `examples=False` leaves example, examples and default out of account, so that `seed` always tells values apart.
    `name` is what the value is called, for words that say so. `leave_out` is a keyword ("writeOnly" for a response)
    whose properties are not there unless they are required. A schema that is sampled often is prepared once.
    """
    referee = schema.referee if isinstance(schema, Prepared) else Referee(schema)
    schema = referee.written
    start = Place(path=(name,) if name else ())
    nearest: list[JSON] = []
    # The first value of a quick walk, the fullest, is mostly right. The next ones leave out all that is optional, so
    # one careful walk, which finds what is wrong where it is, comes before them.
    for careful, most in ((False, 1), (True, _MAX_CANDIDATES), (False, _MAX_CANDIDATES)):
        sampler = _Sampler(referee, seed, examples, careful, leave_out)
        try:
            for candidate in islice(sampler.candidates(referee.root, start), most):
                if referee.accepts(referee.root, candidate):
                    return candidate
                nearest.append(candidate)
        except Unsatisfiable:
            continue
    if not nearest and (opened := _opened(schema)) != schema:
        nearest.append(sample(opened, seed=seed, examples=examples, name=name, leave_out=leave_out))
    given = [
        value for plain in islice(alternatives(referee.root, referee.resolve), 8) for value in _given(plain.schema)
    ]
    return next(iter([*given, *nearest]), None)


class _Sampler:
    """Walks a schema once. `careful` puts every ambiguous place before the referee, not only self-contained ones."""

    def __init__(self, referee: Referee, seed: int, examples: bool, careful: bool, leave_out: str) -> None:
        self._referee = referee
        self._seed = seed
        self._examples = examples
        self._careful = careful
        self._leave_out = leave_out
        self._steps = 0
        self._closed: dict[int, tuple[Any, bool]] = {}

    def value(self, schema: Any, place: Place) -> JSON:
        """The first candidate that is acceptable here."""
        for candidate in islice(self.candidates(schema, place), _MAX_CANDIDATES):
            if self._acceptable(schema, candidate):
                return candidate
        raise Unsatisfiable

    def candidates(self, schema: Any, place: Place) -> Iterator[JSON]:
        """Values in order of preference; alternatives that are null or lead back into an ancestor come last."""
        self._steps += 1
        if len(place.path) > _MAX_DEPTH or self._steps > _MAX_STEPS:
            raise Unsatisfiable
        later: list[Plain] = []
        for plain in islice(alternatives(schema, self._referee.resolve), _MAX_CANDIDATES):
            recursive = bool(plain.references & place.ancestors)
            if recursive and place.optional:
                continue
            if recursive or plain.schema.get("type") == "null":
                later.append(plain)
            else:
                yield from self._plain_candidates(plain, place)
        for plain in later:
            yield from self._plain_candidates(plain, place)

    def _plain_candidates(self, plain: Plain, place: Place) -> Iterator[JSON]:
        inside = replace(place, ancestors=place.ancestors | plain.references, optional=False)
        schema = plain.schema
        if self._examples:
            yield from _given(schema)
        if "const" in schema:
            yield schema["const"]
            return
        if isinstance(schema.get("enum"), list):
            yield from sorted(schema["enum"], key=lambda item: item is None)
            return
        for variant in range(4):
            varied = replace(inside, variant=place.variant + variant)
            for type_ in _types_of(schema):
                yield from self._typed(type_, schema, varied)

    def _typed(self, type_: str, schema: dict[str, Any], place: Place) -> Iterator[JSON]:
        seed = self._seed + place.variant
        match type_:
            case "object":
                yield from self._objects(schema, place)
            case "array":
                yield from self._arrays(schema, place)
            case "string":
                yield from strings(schema, place.name, Draw(seed, place.path))
            case "integer" | "number":
                yield from numbers(schema, place.name, seed, integer=type_ == "integer")
            case "boolean":
                yield from (True, False)
            case "null":
                yield None

    def _acceptable(self, schema: Any, candidate: JSON) -> bool:
        while isinstance(schema, dict) and set(schema) == {"$ref"}:
            schema = self._referee.resolve(schema["$ref"])
        if not isinstance(schema, dict) or not (self._careful or (_AMBIGUOUS & schema.keys())):
            return True
        return not (self._careful or self._stands_alone(schema)) or self._referee.accepts(schema, candidate)

    def _stands_alone(self, schema: Any) -> bool:
        known = self._closed.get(id(schema))
        if known is None:
            known = self._closed[id(schema)] = (schema, not _refers(schema))
        return known[1]

    # Objects

    def _objects(self, schema: dict[str, Any], place: Place) -> Iterator[JSON]:
        lean = len(place.path) > _FULL_DEPTH or self._steps > _FULL_STEPS
        for full in (False,) if lean else (True, False):
            try:
                yield self._object(schema, place, full)
            except Unsatisfiable:
                continue

    def _object(self, schema: dict[str, Any], place: Place, full: bool) -> dict[str, Any]:
        properties = _mapping(schema.get("properties"))
        required = _required(schema, properties if full else {})
        names = [name for name in properties if name in required or (full and self._is_there(properties[name]))]
        names += [name for name in required if name not in properties]
        most = schema.get("maxProperties")
        if isinstance(most, int) and len(names) > most:
            names = sorted(names, key=lambda name: name not in required)[:most]
        result: dict[str, Any] = {}
        for name in names:
            optional = name not in required
            inner = replace(place, path=(*place.path, name), optional=optional, variant=place.variant)
            try:
                result[name] = self.value(_property_schema(schema, name), inner)
            except Unsatisfiable:
                if not optional:
                    raise
        self._add_members(schema, place, result, full)
        return result

    def _is_there(self, schema: Any) -> bool:
        if not self._leave_out or not isinstance(schema, dict):
            return True
        for _ in range(_MAX_DEPTH):
            if not isinstance(schema, dict) or self._leave_out in schema or "$ref" not in schema:
                break
            schema = self._referee.resolve(schema["$ref"])
        return not (isinstance(schema, dict) and schema.get(self._leave_out) is True)

    def _add_members(self, schema: dict[str, Any], place: Place, result: dict[str, Any], full: bool) -> None:
        """Members nobody named: as many as minProperties asks for, and one to show what a map holds."""
        wanted = schema.get("minProperties", 0)
        open_map = (
            full
            and not result
            and (isinstance(schema.get("additionalProperties"), dict) or "patternProperties" in schema)
        )
        wanted = max(
            wanted if isinstance(wanted, int) else 0, 1 if open_map and schema.get("maxProperties") != 0 else 0
        )
        keys = self._member_names(schema, place)
        while len(result) < wanted:
            key = next((key for key in keys if key not in result), None)
            if key is None:
                return
            inner = replace(place, path=(*place.path, key), optional=len(result) >= schema.get("minProperties", 0))
            try:
                result[key] = self.value(_property_schema(schema, key), inner)
            except Unsatisfiable:
                if not inner.optional:
                    raise
                return

    def _member_names(self, schema: dict[str, Any], place: Place) -> Iterator[str]:
        yield from _mapping(schema.get("properties"))
        for number in range(40):
            draw = Draw(self._seed + number, (*place.path, "key"))
            for pattern in _mapping(schema.get("patternProperties")):
                yield next(texts(pattern, 1, None, draw), "example")
            if schema.get("additionalProperties") is False:
                continue
            if "propertyNames" in schema:
                name = self.value(
                    {"allOf": [{"type": "string"}, schema["propertyNames"]]}, replace(place, variant=number)
                )
                yield str(name)
            else:
                yield f"example{number + 1}" if number else "example"

    # Arrays

    def _arrays(self, schema: dict[str, Any], place: Place) -> Iterator[JSON]:
        least = schema.get("minItems", 0)
        least = least if isinstance(least, int) else 0
        most = schema.get("maxItems")
        needed = schema.get("minContains", 1) if "contains" in schema else 0
        prefix = schema.get("prefixItems") or []
        count = max(least, len(prefix) + needed, 1)
        if isinstance(most, int):
            count = min(count, most)
        for length in dict.fromkeys((count, least)):
            try:
                yield self._array(schema, place, length, least, needed)
            except Unsatisfiable:
                continue

    def _array(self, schema: dict[str, Any], place: Place, length: int, least: int, needed: int) -> list[Any]:
        prefix = schema.get("prefixItems") or []
        result: list[Any] = []
        for index in range(length):
            item = prefix[index] if index < len(prefix) else schema.get("items", True)
            if len(prefix) <= index < len(prefix) + needed or (not prefix and index < needed):
                item = {"allOf": [item, schema["contains"]]}
            optional = index >= max(least, needed)
            inner = replace(place, path=(*place.path, index), optional=optional, variant=place.variant + index)
            try:
                result.append(self._item(item, inner, result if schema.get("uniqueItems") else []))
            except Unsatisfiable:
                if not optional:
                    raise
                break
        return result

    def _item(self, schema: Any, place: Place, others: list[Any]) -> JSON:
        """An item that is none of the others."""
        if not others:
            return self.value(schema, place)
        for variant in range(16):
            for candidate in islice(
                self.candidates(schema, replace(place, variant=place.variant + variant)), _MAX_CANDIDATES
            ):
                if not any(same(candidate, other) for other in others) and self._acceptable(schema, candidate):
                    return candidate
        raise Unsatisfiable


def _opened(schema: Any) -> Any:
    """The schema without `additionalProperties: false`, which parts of an allOf turn against each other."""
    if isinstance(schema, list):
        return [_opened(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closing = ("additionalProperties", "unevaluatedProperties")
    return {key: _opened(value) for key, value in schema.items() if not (key in closing and value is False)}


def _given(schema: dict[str, Any]) -> Iterator[JSON]:
    """The values the schema's author wrote: example, examples, default."""
    if "example" in schema:
        yield schema["example"]
    examples = schema.get("examples")
    if isinstance(examples, list):
        yield from examples
    if schema.get("default") is not None:
        yield schema["default"]


def _types_of(schema: dict[str, Any]) -> list[str]:
    declared = types_in(schema.get("type"))
    if declared:
        return sorted(declared, key=lambda name: name == "null")
    implied = [name for name, keywords in _TYPE_KEYWORDS.items() if any(keyword in schema for keyword in keywords)]
    return [*implied, *(name for name in _ANY_TYPE if name not in implied)]


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _required(schema: dict[str, Any], present: dict[str, Any]) -> list[str]:
    """Required names, and those that the names present bring with them (dependentRequired)."""
    listed = schema.get("required")
    required = [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
    dependent = _mapping(schema.get("dependentRequired"))
    queue = [*required, *present]
    seen = set(queue)
    while queue:
        for name in dependent.get(queue.pop(), []):
            if name not in seen:
                seen.add(name)
                queue.append(name)
            if name not in required:
                required.append(name)
    return required


def _property_schema(schema: dict[str, Any], name: str) -> Any:
    """The schema of a member: of its name and of the patterns it matches, else that of additional properties."""
    import regex

    found = [_mapping(schema.get("properties"))[name]] if name in _mapping(schema.get("properties")) else []
    for pattern, member in _mapping(schema.get("patternProperties")).items():
        try:
            if regex.search(pattern, name, timeout=1.0):
                found.append(member)
        except (regex.error, TimeoutError):
            continue
    if not found:
        return schema.get("additionalProperties", True)
    return found[0] if len(found) == 1 else {"allOf": found}


def _refers(schema: Any) -> bool:
    if isinstance(schema, list):
        return any(map(_refers, schema))
    if isinstance(schema, dict):
        return "$ref" in schema or "$dynamicRef" in schema or any(map(_refers, schema.values()))
    return False

"""What a Schema Object says of one value; of a description of megabytes only what is walked is read.

JSON Schema 2020-12, and what OpenAPI 2.0 to 3.2 make of it (Schema Object).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from ..openapi import DanglingReference, SchemaView
from ..openapi.schema import Direction
from ..values import JSON
from .misfits import CLOSING, NOUNS, Fits, Misfit, fitting, is_of, type_of
from .parts import (
    ANYTHING,
    CLOSED,
    NEVER,
    NOTHING,
    SILENT,
    AllOf,
    Claim,
    Example,
    Joint,
    Key,
    OneOf,
    Part,
    Perhaps,
    Typed,
    Types,
    Wild,
    can_have,
    disjoint,
    either,
    member_of,
    narrowed,
    one_of,
)

_DEPTH = 25  # schemas that apply to one value through each other; published ones stay below 10
_SCHEMAS = 3000  # schemas that apply to one value in all, each counted as often as it is reached


@dataclass(slots=True)
class _Budget:
    """How many schemas may still be looked at for one value: references can double at each step."""

    left: int = _SCHEMAS

    def spend(self) -> bool:
        self.left -= 1
        return self.left >= 0


_NULL = Typed(frozenset(("null",)))
_Identity: TypeAlias = "tuple[str, tuple[str, ...]]"


@dataclass(frozen=True)
class Schema(Joint):
    """A Schema Object where it stands; what applies to the same value is looked at when somebody asks.

    A reference that reaches nothing is unknown, one that leads back to a schema of the same value adds nothing.
    `nullable` adds null in every version and beside everything: where it has no meaning it is left over and meant.
    """

    identity: _Identity
    version: str
    direction: Direction | None
    view: SchemaView = field(compare=False)
    above: frozenset[_Identity] = field(compare=False, default=frozenset())
    budget: _Budget = field(compare=False, default_factory=_Budget)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        value = self.view.value
        if not isinstance(value, dict):
            return (NOTHING,) if value is False else () if value is True else (ANYTHING,)
        if len(self.above) > _DEPTH or not self.budget.spend():
            return (ANYTHING,)
        parts = tuple(self._parts(value))
        if value.get("nullable") is True or value.get("x-nullable") is True:
            return (OneOf((AllOf(parts), _NULL)),)
        return parts

    def _parts(self, value: dict[str, Any]) -> Iterator[Part]:
        node = self.view.node
        if isinstance(value.get("$ref"), str):
            yield from self._target(value["$ref"])
            if self.view.version < "3.1":
                return
        if "$dynamicRef" in value or "$recursiveRef" in value:
            yield ANYTHING
        yield Keywords(self.view, self.direction)
        for member in node.items("allOf"):
            yield from self._inner(SchemaView(member, self.version))
        for keyword in ("oneOf", "anyOf"):
            alternatives = [
                part for item in node.items(keyword) for part in self._inner(SchemaView(item, self.version))
            ]
            choice = one_of(alternatives)
            if choice is not None:
                yield choice
        for conditional in self._conditionals(value):
            yield from map(Perhaps, self._inner(conditional))
        examples = value.get("examples")
        yield from structures((value.get("example"), *(examples if isinstance(examples, list) else ())))

    def _conditionals(self, value: dict[str, Any]) -> Iterator[SchemaView]:
        for keyword in ("if", "then", "else"):
            child = self.view.child(keyword)
            if child is not None:
                yield child
        for keyword in ("dependentSchemas", "dependencies"):
            for _, member in self.view.node.members(keyword):
                if isinstance(member.value, dict):
                    yield SchemaView(member, self.version)

    def _target(self, reference: str) -> Iterator[Part]:
        node = self.view.node
        try:
            target = node.references.follow(node, reference)
        except DanglingReference:
            yield ANYTHING
        else:
            yield from self._inner(SchemaView(target, self.version))

    def _inner(self, view: SchemaView) -> Iterator[Part]:
        """Another schema for the same value."""
        above = self.above | {self.identity}
        if view.node.identity not in above:
            yield Schema(view.node.identity, view.version, self.direction, view, above, self.budget)

    @cached_property
    def _fits(self) -> Fits | None:
        return fitting(self.view.bundle(self.direction))

    def misfits(self, value: JSON) -> tuple[Misfit, ...] | None:
        """By the bundled schema, except for what it only seems to forbid.

        Null where it is `nullable` in our reading, and members that another part of an `allOf` declares.
        """
        if value is None and self.types is not None and "null" in self.types:
            return ()
        if self._contradictory or self._fits is None:
            return None
        return tuple(misfit for misfit in self._fits(value) if not self._declares(misfit))

    def _declares(self, misfit: Misfit) -> bool:
        if not misfit.is_closed:
            return False
        part: Part | None = self
        for token in misfit.path:
            part = part and member_of(part, token)
        return part is not None


def schema(view: SchemaView, direction: Direction | None) -> Schema:
    """The part a Schema Object is."""
    return Schema(view.node.identity, view.version, direction, view)


def structures(examples: Iterable[JSON]) -> Iterator[Example]:
    """The examples that show members or items."""
    return (Example(example) for example in examples if isinstance(example, dict | list))


@dataclass(frozen=True, eq=False)
class Keywords(Part):
    """The keywords of one Schema Object, without those that bring in others for the same value.

    A schema with `properties` and no type is an object, one with `items` an array: that is what their authors mean.
    """

    view: SchemaView
    direction: Direction | None

    @property
    def _value(self) -> dict[str, Any]:
        value: dict[str, Any] = self.view.value
        return value

    @cached_property
    def _listed(self) -> tuple[JSON, ...] | None:
        value = self._value
        if "const" in value:
            return (value["const"],)
        values = value.get("enum")
        return tuple(values) if isinstance(values, list) and values else None

    @cached_property
    def _declared(self) -> Types | None:
        declared = self._value.get("type")
        names = [declared] if isinstance(declared, str) else declared if isinstance(declared, list) else []
        known = frozenset("string" if name == "file" else name for name in names if isinstance(name, str))
        return known if known and known <= NOUNS.keys() else None

    @cached_property
    def explicit(self) -> Types | None:
        """The `type`; also the types of an `enum` or of `properties` and `items` that do not go with it."""
        types = self._declared
        if self._listed is not None and (types is None or self.constants is None):
            types = narrowed(frozenset(map(type_of, self._listed)) | (types or frozenset()))
        return types | self.implied if types and self.implied and disjoint(types, self.implied) else types

    @cached_property
    def implied(self) -> Types | None:
        value = self._value
        types = {"object"} if isinstance(value.get("properties"), dict) else set()
        if "items" in value or "prefixItems" in value:
            types.add("array")
        return frozenset(types) or None

    @cached_property
    def constants(self) -> tuple[JSON, ...] | None:
        types, values = self._declared, self._listed
        if types == _NULL.of:
            return (None,)
        if values is None or (types and not all(value is None or is_of(value, types) for value in values)):
            return None
        return values

    @cached_property
    def required(self) -> frozenset[str] | None:
        if self.explicit is not None and "object" not in self.explicit:
            return None
        return frozenset(name for name in self._required if not self.hides(name))

    @cached_property
    def _required(self) -> tuple[str, ...]:
        listed = self._value.get("required")
        return tuple(name for name in listed if isinstance(name, str)) if isinstance(listed, list) else ()

    @cached_property
    def _properties(self) -> dict[str, Any]:
        properties = self._value.get("properties")
        return properties if isinstance(properties, dict) else {}

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self._properties, *self._required)))

    def claim(self, key: Key) -> Claim:
        if not can_have(self.explicit, key):
            return NEVER
        return self._member(key) if isinstance(key, str) or key is Wild.MEMBER else self._item(key)

    def hides(self, name: str) -> bool:
        if self.direction is None or name not in self._properties:
            return False
        marker = "readOnly" if self.direction == "request" else "writeOnly"
        child = self.view.child("properties", name)
        return child is not None and child.keyword(marker) is True

    def _member(self, name: Key) -> Claim:
        if name in self._properties:
            return self._child("properties", str(name))
        if name in self._required:
            return Claim(declared=ANYTHING)
        value = self._value
        for keyword in CLOSING:
            if value.get(keyword) is True or isinstance(value.get(keyword), dict):
                return Claim(open=schema_at(self.view, self.direction, keyword))
        if value.get("patternProperties") or self._has_subtypes:
            return Claim(open=ANYTHING)
        return CLOSED if self._properties or value.get("additionalProperties") is False else SILENT

    @property
    def _has_subtypes(self) -> bool:
        """Schemas elsewhere say that they are of this one, and have members of their own (Discriminator Object)."""
        value = self._value
        return value.get("discriminator") is not None and not ("oneOf" in value or "anyOf" in value)

    def _item(self, index: Key) -> Claim:
        items = self._value.get("items")
        # A list of schemas is `prefixItems` as earlier drafts wrote it.
        first, rest = ("items", "additionalItems") if isinstance(items, list) else ("prefixItems", "items")
        prefix = self._value.get(first)
        count = len(prefix) if isinstance(prefix, list) else 0
        if isinstance(index, int) and index < count:
            return self._child(first, str(index))
        beyond = self._child(rest) if rest in self._value else SILENT
        if isinstance(index, int):
            return beyond
        return either([*(self._child(first, str(each)) for each in range(count)), beyond])

    def _child(self, *keys: str) -> Claim:
        child = schema_at(self.view, self.direction, *keys)
        return CLOSED if child is None or child.view.value is False else Claim(declared=child)


def schema_at(view: SchemaView, direction: Direction | None, *keys: str) -> Schema | None:
    """The part a subschema is."""
    child = view.child(*keys)
    return None if child is None else schema(child, direction)

"""Schema Objects: a view that follows references, and `bundle`, one self-contained JSON Schema 2020-12.

OpenAPI 3.1.1, "Schema Object"; 3.0.4 and 2.0 keywords are translated (`nullable`, boolean `exclusiveMinimum`,
`example`, `type: file`); a dangling `$ref` allows anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

from ..document import Document
from .reference import DanglingReference, Node, Tokens

Direction = Literal["request", "response"]

_MAPS = frozenset({"properties", "patternProperties", "dependentSchemas"})
_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_SINGLE = frozenset(
    {
        "items",
        "additionalProperties",
        "not",
        "if",
        "then",
        "else",
        "contains",
        "propertyNames",
        "unevaluatedItems",
        "unevaluatedProperties",
        "contentSchema",
        "additionalItems",
    }
)
# Every reference is rewritten to the bundle's own $defs, so these would only mislead.
_DROPPED = frozenset(
    {"$id", "$schema", "$anchor", "$dynamicAnchor", "$vocabulary", "$defs", "definitions", "example", "nullable"}
    | {"x-nullable", "$ref", "$dynamicRef", "required"}
)
# Annotations: written as something else they assert nothing, but would make the whole schema none.
_ANNOTATIONS: dict[str, type] = {
    **dict.fromkeys(("title", "description", "$comment"), str),
    **dict.fromkeys(("deprecated", "readOnly", "writeOnly"), bool),
    "examples": list,
}
_ALL_OF = 100  # nested within each other: what is deeper is not looked at
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True, eq=False)
class SchemaView:
    """A Schema Object where it stands. `version` is the description's: "2.0", "3.0", "3.1", "3.2"."""

    node: Node
    version: str

    @property
    def value(self) -> Any:
        return self.node.value

    @property
    def document(self) -> Document:
        return self.node.document

    @property
    def pointer(self) -> str:
        return self.node.pointer

    def resolve(self) -> SchemaView:
        """The schema a `$ref` leads to, or this one.

        Raises:
            DanglingReference: it reaches nothing.
        """
        node = self.node.resolve()
        return self if node is self.node else SchemaView(node, self.version)

    def resolved(self) -> SchemaView | None:
        """As `resolve`, None for a dangling reference."""
        try:
            return self.resolve()
        except DanglingReference:
            return None

    def child(self, *keys: str) -> SchemaView | None:
        node = self.node.child(*keys)
        return None if node is None else SchemaView(node, self.version)

    def keyword(self, name: str) -> Any:
        """The value of a keyword here, beside a `$ref`, or where the `$ref` leads; None when absent."""
        value = self.node.get(name)
        if value is None and self.node.get("$ref") is not None:
            target = self.resolved()
            return None if target is None else target.node.get(name)
        return value

    def properties(self) -> Mapping[str, SchemaView]:
        """The declared properties by name, those of `allOf` included; an inner declaration wins over an outer."""
        return dict(self._properties(set(), 0))

    def _properties(self, seen: set[tuple[str, Tokens]], depth: int) -> Iterator[tuple[str, SchemaView]]:
        view = self.resolved()
        if view is None or view.node.identity in seen or depth > _ALL_OF:
            return
        seen.add(view.node.identity)
        for member in view.node.items("allOf"):
            yield from SchemaView(member, self.version)._properties(seen, depth + 1)
        for name, member in view.node.members("properties"):
            yield name, SchemaView(member, self.version)

    def items(self) -> SchemaView | None:
        """The schema of an array's items, when it has one for all."""
        view = self.resolved()
        return None if view is None else view.child("items")

    def types(self) -> frozenset[str]:
        """The types declared here or in `allOf`, empty when nothing is said."""
        return self._types(set(), 0)

    def _types(self, seen: set[tuple[str, Tokens]], depth: int) -> frozenset[str]:
        view = self.resolved()
        if view is None or view.node.identity in seen or depth > _ALL_OF:
            return frozenset()
        seen.add(view.node.identity)
        declared = view.node.get("type")
        if isinstance(declared, str):
            return frozenset((declared,))
        if isinstance(declared, list):
            return frozenset(item for item in declared if isinstance(item, str))
        for member in view.node.items("allOf"):
            found = SchemaView(member, self.version)._types(seen, depth + 1)
            if found:
                return found
        return frozenset(("object",)) if isinstance(view.node.get("properties"), dict) else frozenset()

    def bundle(self, direction: Direction | None = None) -> dict[str, Any]:
        """A self-contained JSON Schema 2020-12 with only the definitions it reaches, under `$defs`.

        With a direction, properties that cannot be there (`readOnly` in a request, `writeOnly` in a response) are not
        required (OpenAPI 3.0.4, "Fixed Fields" of the Schema Object).
        """
        return _Bundle(self, direction).build()


_Key = tuple[str, Tokens, frozenset[str]]


@dataclass(slots=True)
class _Bundle:
    """The state of one bundling: names given to the definitions reached, and those not written yet."""

    view: SchemaView
    direction: Direction | None
    names: dict[_Key, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    waiting: list[tuple[str, Node, frozenset[str]]] = field(default_factory=list)

    @property
    def modern(self) -> bool:
        return self.view.version >= "3.1"

    def build(self) -> dict[str, Any]:
        root = self.convert(self.view.node, frozenset())
        schema: dict[str, Any] = {"$schema": _DIALECT}
        schema.update(root if isinstance(root, dict) else {} if root else {"not": {}})
        definitions: dict[str, Any] = {}
        while self.waiting:
            name, node, absent = self.waiting.pop()
            definitions[name] = self.convert(node, absent)
        if definitions:
            schema["$defs"] = definitions
        return schema

    def convert(self, node: Node, absent: frozenset[str]) -> Any:
        """One schema; `absent` are names that `required` does not mean in this direction."""
        value = node.value
        if isinstance(value, bool):
            return value
        if not isinstance(value, dict):
            return True
        if isinstance(value.get("$ref"), str) and not self.modern:
            # 3.0 and 2.0: whatever stands beside $ref is ignored.
            return self.reference(node, value["$ref"], absent)
        if self.direction is not None:
            absent = absent | self.absent_names(node, set())
        schema: dict[str, Any] = {}
        for key, member in value.items():
            self.keyword(schema, node, key, member, absent)
        self.references(schema, node, absent)
        self.required(schema, value, absent)
        _translate_bounds(schema, value)
        if not self.modern:
            _translate(schema, value)
        if "examples" not in schema and "example" in value:
            schema["examples"] = [value["example"]]
        return schema

    def keyword(self, schema: dict[str, Any], node: Node, key: str, member: Any, absent: frozenset[str]) -> None:
        if key in _DROPPED or not isinstance(member, _ANNOTATIONS.get(key, object)):
            return
        if key in _MAPS and isinstance(member, dict):
            schema[key] = {name: self.convert(child, frozenset()) for name, child in node.members(key)}
        elif key in _LISTS and isinstance(member, list):
            schema[key] = [self.convert(child, absent) for child in node.items(key)]
        elif key in _SINGLE and isinstance(member, dict | bool):
            child = node.child(key)
            schema[key] = member if child is None else self.convert(child, frozenset())
        elif key == "discriminator" and isinstance(member, str):
            schema[key] = {"propertyName": member}
        else:
            schema[key] = member

    def references(self, schema: dict[str, Any], node: Node, absent: frozenset[str]) -> None:
        """`$ref` beside other keywords (3.1), and `$dynamicRef` by the outermost resource, then its own."""
        reference = node.get("$ref")
        dynamic = node.get("$dynamicRef")
        if isinstance(reference, str):
            schema.update(self.reference(node, reference, absent))
        elif isinstance(dynamic, str):
            name = dynamic.partition("#")[2]
            references = node.references
            target = references.dynamic(self.view.node, name) or references.dynamic(node, name)
            schema.update(self.reference(node, dynamic, absent) if target is None else self.define(target, absent))

    def reference(self, node: Node, reference: str, absent: frozenset[str]) -> dict[str, Any]:
        try:
            target = node.references.follow(node, reference)
        except DanglingReference:
            return {}
        return self.define(target, absent)

    def define(self, target: Node, absent: frozenset[str]) -> dict[str, Any]:
        key = (*target.identity, absent)
        name = self.names.get(key)
        if name is None:
            name = self.names[key] = self.name(target)
            self.waiting.append((name, target, absent))
        return {"$ref": "#/$defs/" + quote(name, safe="")}

    def name(self, target: Node) -> str:
        last = target.tokens[-1] if target.tokens else target.document.uri.rpartition("/")[2].partition(".")[0]
        stem = re.sub(r"[^A-Za-z0-9._-]", "_", last) or "schema"
        name, count = stem, 1
        while name in self.taken:
            count += 1
            name = f"{stem}_{count}"
        self.taken.add(name)
        return name

    def required(self, schema: dict[str, Any], value: dict[str, Any], absent: frozenset[str]) -> None:
        names = value.get("required")
        if isinstance(names, list):
            kept = [name for name in names if isinstance(name, str) and name not in absent]
            if kept:
                schema["required"] = kept

    def absent_names(self, node: Node, seen: set[tuple[str, Tokens]]) -> frozenset[str]:
        """Properties that are not there in this direction, those declared through `allOf` and `$ref` included."""
        marker = "readOnly" if self.direction == "request" else "writeOnly"
        try:
            node = node.resolve()
        except DanglingReference:
            return frozenset()
        if node.identity in seen or len(seen) > _MOST_PARTS:
            return frozenset()
        seen.add(node.identity)
        names = {
            name
            for name, child in node.members("properties")
            if SchemaView(child, self.view.version).keyword(marker) is True
        }
        return frozenset(names).union(*(self.absent_names(member, seen) for member in node.items("allOf")))


_MOST_PARTS = 150  # schemas that allOf puts together, looked at one inside the other


def _translate_bounds(schema: dict[str, Any], value: dict[str, Any]) -> None:
    """A boolean `exclusiveMinimum` is of 3.0 and 2.0; in 3.1 it has no other meaning and is often left over."""
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        flag = value.get(exclusive)
        if isinstance(flag, bool):
            schema.pop(exclusive, None)
            if flag and bound in schema:
                schema[exclusive] = schema.pop(bound)


def _translate(schema: dict[str, Any], value: dict[str, Any]) -> None:
    """The keywords of 3.0 and 2.0 that mean something else in 2020-12."""
    if schema.get("type") == "file":
        schema["type"] = "string"
        schema["format"] = "binary"
    declared = schema.get("type")
    if (value.get("nullable") is True or value.get("x-nullable") is True) and isinstance(declared, str):
        schema["type"] = [declared, "null"]

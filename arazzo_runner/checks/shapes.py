"""What a JSON value can look like, as an OpenAPI or JSON Schema, a constant or several of them tell.

A Shape is what published descriptions mean rather than all that JSON Schema lets through: a member that none of
the alternatives declares is not there, although a schema without `additionalProperties: false` allows it. What is not
known for sure is UNKNOWN.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from ..document import Document
from ..errors import SourceMissing
from ..limits import Limits
from ..openapi import SchemaView
from ..openapi.reference import Node, References
from ..openapi.schema import Direction
from ..values import JSON
from .misfits import NOUNS, Misfit, listed, named
from .parts import (
    ANYTHING,
    AllOf,
    Fixed,
    Items,
    OneOf,
    Part,
    Typed,
    Wild,
    child_of,
    disjoint,
    member_of,
    one_of,
)
from .schema_parts import schema as schema_part
from .schema_parts import structures

__all__ = [
    "COUNTED",
    "UNKNOWN",
    "Misfit",
    "Shape",
    "array_of",
    "conflict",
    "of_constant",
    "of_json_schema",
    "of_schema",
    "of_types",
    "union",
]


@dataclass(frozen=True)
class Shape:
    """What is known of a value; nothing is read before it is asked for. Equal when they stand for the same schemas."""

    part: Part

    @property
    def types(self) -> frozenset[str] | None:
        """The JSON types it can have, None where that is not known; "number" includes "integer"."""
        return self.part.types

    @property
    def constants(self) -> tuple[JSON, ...] | None:
        """The only values it can have, when each alternative is an `enum` or a `const`."""
        return self.part.constants

    @property
    def required(self) -> frozenset[str]:
        """The members it has to have when it is an object, in this direction (`readOnly`, `writeOnly`)."""
        return self.part.required or frozenset()

    @cached_property
    def properties(self) -> Mapping[str, Shape]:
        """The members that are declared, or required, by any alternative."""
        return {name: shape for name in self.part.names if (shape := self.child(name)) is not None}

    @cached_property
    def items(self) -> Shape | None:
        """Any item of it; None where it is no array."""
        return _shape(child_of(self.part, Wild.ITEM))

    @cached_property
    def others(self) -> Shape | None:
        """A member that is not declared; None where there is none, as far as is documented."""
        return _shape(child_of(self.part, Wild.MEMBER))

    @property
    def open(self) -> bool:
        """Whether members that are not declared are plausible: nothing is declared, more are foreseen, or not known."""
        return self.others is not None

    def child(self, key: str | int) -> Shape | None:
        """The member with this name, or the item with this index (from the end if negative).

        None where no alternative declares it.
        """
        return _shape(child_of(self.part, Wild.ITEM if isinstance(key, int) and key < 0 else key))

    def children(self) -> Iterator[Shape]:
        """Every child it can have."""
        yield from self.properties.values()
        yield from (shape for shape in (self.others, self.items) if shape is not None)

    def member(self, token: str) -> Shape | None:
        """What a reference token reaches (RFC 6901), a member or an item; None where no alternative declares it."""
        return _shape(member_of(self.part, token))

    def walk(self, tokens: Sequence[str]) -> Shape | None:
        """What the reference tokens of a JSON Pointer reach."""
        shape: Shape | None = self
        for token in tokens:
            if shape is None:
                return None
            shape = shape.member(token)
        return shape

    def problems(self, value: JSON) -> tuple[Misfit, ...] | None:
        """Why a value does not fit, () when it does; None where that cannot be judged, as by a broken schema."""
        return self.part.misfits(value)

    def describe(self) -> str:
        """In words, with its article: "a string", "an array of objects", "one of 'a', 'b'"."""
        constants = None if _is_written(self.part) else self.constants
        if constants is not None and constants != (None,):
            return listed(constants)
        types = self.types
        if types is None:
            return "any value"
        items = self.items if types == {"array"} else None
        kind = items.types if items is not None else None
        if kind is not None and len(kind) == 1 and (name := next(iter(kind))) != "null":
            return f"an array of {NOUNS[name].partition(' ')[2]}s"
        return named(types)


UNKNOWN: Final = Shape(ANYTHING)
COUNTED: Final = frozenset(("array", "string"))  # types that have a `length` in a bare comparison (decision 0)


def of_schema(
    view: SchemaView | None, direction: Direction | None = "response", examples: Iterable[JSON] = ()
) -> Shape:
    """The shape a Schema Object describes in a request or a response.

    What is in an example, its own or one beside it in the Media Type Object, is documented too.
    """
    if view is None:
        return UNKNOWN
    shown = tuple(structures(examples))
    part = schema_part(view, direction)
    return Shape(AllOf((part, *shown)) if shown else part)


def of_json_schema(schema: Any, root: Any) -> Shape:
    """The shape a schema describes that is (a part of) `root`, a self-contained JSON Schema 2020-12 (see `bundle`)."""
    uri = f"schema:{id(root)}"
    document = Document(root, uri=uri, name="", data=b"", format="json", limits=Limits())
    # Where it stands in the root is not known and does not matter, but no other schema may stand there.
    place = () if schema is root else ("", str(id(schema)))
    return of_schema(SchemaView(Node(References(_refuse), document, place, schema), "3.1"), None)


def of_constant(value: JSON) -> Shape:
    """The shape of one value; `describe` does not show it."""
    return Shape(Fixed(value))


def of_types(*names: str) -> Shape:
    """Any value of these JSON types."""
    return Shape(Typed(frozenset(names)))


def array_of(shape: Shape) -> Shape:
    """An array whose items all have this shape."""
    return Shape(Items(shape.part))


def union(*shapes: Shape) -> Shape:
    """One of these shapes; UNKNOWN when there is none."""
    return _shape(one_of(shape.part for shape in shapes)) or UNKNOWN


def conflict(given: Shape, wanted: Shape) -> bool:
    """Whether no value of one shape can be of a type of the other; what is not known conflicts with nothing."""
    return given.types is not None and wanted.types is not None and disjoint(given.types, wanted.types)


def _refuse(uri: str) -> Document:
    raise SourceMissing(f"{uri} is not part of this schema")


def _shape(part: Part | None) -> Shape | None:
    return None if part is None else Shape(part)


def _is_written(part: Part) -> bool:
    """Whether values in it were written by the author of a workflow, and may be secret."""
    return isinstance(part, Fixed) or (isinstance(part, OneOf) and any(map(_is_written, part.parts)))

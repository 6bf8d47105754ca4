"""What a description declares about requests and responses, in one form for all versions of OpenAPI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..location import Location
from .reference import Node
from .schema import SchemaView


@dataclass(frozen=True, slots=True, eq=False)
class Encoding:
    """An Encoding Object; None is what the description does not say, which the media types read differently."""

    content_type: str | None = None
    headers: Mapping[str, HeaderDeclaration] = field(default_factory=dict)
    style: str | None = None
    explode: bool | None = None
    allow_reserved: bool | None = None
    collection_format: str | None = None  # 2.0

    @property
    def has_style(self) -> bool:
        """Any of these makes `contentType` unused (3.1.1, Encoding Object)."""
        return self.style is not None or self.explode is not None or self.allow_reserved is not None


@dataclass(frozen=True, slots=True, eq=False)
class MediaType:
    """A Media Type Object. `examples` by name; a single `example` is called "default"."""

    schema: SchemaView | None
    encoding: Mapping[str, Encoding] = field(default_factory=dict)
    examples: Mapping[str, Any] = field(default_factory=dict)
    item_schema: SchemaView | None = None  # 3.2
    version: str = "3.1"


@dataclass(frozen=True, slots=True, eq=False)
class ParameterDeclaration:
    """A Parameter Object with its defaults filled in. `content` is (media type name, Media Type Object)."""

    name: str
    in_: str
    required: bool
    schema: SchemaView | None
    style: str
    explode: bool
    node: Node
    allow_reserved: bool = False
    allow_empty_value: bool = False
    content: tuple[str, MediaType] | None = None
    collection_format: str | None = None  # 2.0
    deprecated: bool = False
    examples: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        """The identity of a parameter: place and name, header names without regard to case (RFC 9110)."""
        return self.in_, self.name.lower() if self.in_ == "header" else self.name

    @property
    def location(self) -> Location:
        return self.node.location


@dataclass(frozen=True, slots=True, eq=False)
class RequestBodyDeclaration:
    """A Request Body Object; 2.0 `in: body` and `in: formData` parameters make one too."""

    required: bool
    media_types: Mapping[str, MediaType]
    node: Node

    @property
    def location(self) -> Location:
        return self.node.location


@dataclass(frozen=True, slots=True, eq=False)
class HeaderDeclaration:
    """A Header Object."""

    required: bool
    schema: SchemaView | None
    explode: bool = False
    content: tuple[str, MediaType] | None = None
    collection_format: str | None = None  # 2.0


@dataclass(frozen=True, slots=True, eq=False)
class ResponseDeclaration:
    """A Response Object; header names as written."""

    description: str
    headers: Mapping[str, HeaderDeclaration]
    media_types: Mapping[str, MediaType]
    node: Node

    @property
    def location(self) -> Location:
        return self.node.location

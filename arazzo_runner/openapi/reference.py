"""References: nodes of a description's documents, and `$ref` followed lazily, across files, by pointer or anchor.

OpenAPI 3.1.1, "Reference Object" and "Resolving References"; RFC 3986 section 5; JSON Schema 2020-12, `$id`,
`$anchor`, `$dynamicAnchor`. Nothing is followed before somebody asks, so a dangling reference elsewhere never hurts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from ..document import Document, resolve_uri
from ..errors import DocumentError, Unavailable
from ..location import Location
from ..values import array_index, format_pointer

Load = Callable[[str], Document]
Tokens = tuple[str, ...]


class DanglingReference(DocumentError):
    """A `$ref` that reaches nothing, or goes round in a circle.

    Its location is looked up when somebody asks: most are never shown, and positions cost a reading of the document.
    """

    def __init__(self, message: str, node: Node, *, hint: str | None = None) -> None:
        self._node = node
        super().__init__(message, hint=hint)

    @property
    def location(self) -> Location | None:
        return self._node.location

    @location.setter
    def location(self, location: Location | None) -> None:
        """The base class sets what is not known yet."""


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A value inside a document, with the way to it."""

    references: References
    document: Document
    tokens: Tokens
    value: Any

    @property
    def pointer(self) -> str:
        return format_pointer(self.tokens)

    @property
    def location(self) -> Location:
        return self.document.location(self.tokens)

    def child(self, *keys: str) -> Node | None:
        """The member some keys further in, without following references; None when absent."""
        value = self.value
        for key in keys:
            if isinstance(value, dict) and key in value:
                value = value[key]
            elif isinstance(value, list) and (index := array_index(key)) is not None and index < len(value):
                value = value[index]
            else:
                return None
        return Node(self.references, self.document, self.tokens + keys, value)

    def get(self, key: str) -> Any:
        """The value of a member, None when it is absent or this is not an object."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def members(self, key: str) -> Iterator[tuple[str, Node]]:
        """The members of the object under `key`, each with its name; extensions (`x-`) included."""
        value = self.get(key)
        if isinstance(value, dict):
            for name, member in value.items():
                yield str(name), Node(self.references, self.document, (*self.tokens, key, str(name)), member)

    def items(self, key: str) -> Iterator[Node]:
        """The items of the array under `key`."""
        value = self.get(key)
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield Node(self.references, self.document, (*self.tokens, key, str(index)), item)

    def resolve(self) -> Node:
        """Follow `$ref` to what is not a reference.

        Raises:
            DanglingReference: it reaches nothing, itself, or too many others in a row.
        """
        return self.references.resolve(self)

    @property
    def identity(self) -> tuple[str, Tokens]:
        return self.document.uri, self.tokens


_LONGEST_CHAIN = 100  # references that lead to references


@dataclass(frozen=True, slots=True)
class _Resources:
    """The embedded schema resources of one document: `$id` and the anchors under it."""

    by_id: dict[str, Tokens]
    anchors: dict[tuple[str, str], Tokens]


@dataclass(slots=True, eq=False)
class References:
    """Follows `$ref`; `embedded` says whether `$id` and anchors count (OpenAPI 3.1 and later)."""

    load: Load
    embedded: bool = False
    _resources: dict[str, _Resources] = field(default_factory=dict)

    def root(self, document: Document) -> Node:
        return Node(self, document, (), document.root)

    def resolve(self, node: Node) -> Node:
        seen: set[tuple[str, Tokens]] = set()
        while isinstance(node.value, dict) and isinstance(reference := node.value.get("$ref"), str):
            if node.identity in seen:
                raise DanglingReference(f"$ref '{reference}' leads back to itself", node)
            if len(seen) == _LONGEST_CHAIN:
                raise DanglingReference(f"$ref '{reference}' is one of more than {_LONGEST_CHAIN} in a row", node)
            seen.add(node.identity)
            node = self.follow(node, reference)
        return node

    def follow(self, node: Node, reference: str) -> Node:
        """What a URI reference written at `node` identifies; a reference there is not followed further.

        Raises:
            DanglingReference: nothing.
        """
        uri, _, fragment = reference.partition("#")
        base = self.base_of(node)
        start = self._resource(node, resolve_uri(uri, base) if uri else base, reference)
        target = self._fragment(start, fragment)
        if target is None and start.tokens:
            # A pointer written for the document inside a schema that has its own $id: the author's evident meaning.
            target = self._fragment(self.root(start.document), fragment)
        if target is None:
            raise DanglingReference(f"$ref '{reference}' reaches nothing", node)
        return target

    def base_of(self, node: Node) -> str:
        """The base URI at a node: the document's, changed by each `$id` on the way."""
        base = node.document.base_uri
        if not self.embedded:
            return base
        value = node.document.root
        for token in (*node.tokens, None):
            if isinstance(value, dict) and isinstance(identifier := value.get("$id"), str):
                base = resolve_uri(identifier, base).partition("#")[0]
            if token is not None:
                value = _step(value, token)
        return base

    def dynamic(self, node: Node, name: str) -> Node | None:
        """The schema with this `$dynamicAnchor` or `$anchor` in the resource a node belongs to."""
        tokens = self._index(node.document).anchors.get((self.base_of(node), name))
        return None if tokens is None else self.descend(self.root(node.document), tokens)

    def _resource(self, node: Node, uri: str, reference: str) -> Node:
        document = node.document
        uri = uri.partition("#")[0]
        if uri in (document.base_uri, document.uri):
            return self.root(document)
        if self.embedded and (tokens := self._index(document).by_id.get(uri)) is not None:
            found = self.descend(self.root(document), tokens)
            if found is not None:
                return found
        try:
            return self.root(self.load(uri))
        except (DocumentError, Unavailable) as error:
            raise DanglingReference(
                f"$ref '{reference}' cannot be read: {error.message}", node, hint=error.hint
            ) from error

    def _fragment(self, start: Node, fragment: str) -> Node | None:
        if not fragment:
            return start
        if not fragment.startswith("/"):
            tokens = self._index(start.document).anchors.get((self.base_of(start), unquote(fragment)))
            return None if tokens is None else self.descend(self.root(start.document), tokens)
        # A fragment is percent-encoded (RFC 6901, section 6); the raw text is tried for keys that hold a "%".
        found = self.descend(start, _tokens(unquote(fragment)))
        return found if found is not None or "%" not in fragment else self.descend(start, _tokens(fragment))

    def descend(self, node: Node, tokens: Tokens) -> Node | None:
        """Walk a pointer, through references on the way; None where it ends early."""
        for token in tokens:
            following = node.child(token)
            if following is None and isinstance(node.get("$ref"), str):
                try:
                    following = self.resolve(node).child(token)
                except DanglingReference:
                    return None
            if following is None:
                return None
            node = following
        return node

    def _index(self, document: Document) -> _Resources:
        known = self._resources.get(document.uri)
        if known is None:
            known = self._resources[document.uri] = _index_resources(document)
        return known


def _tokens(pointer: str) -> Tokens:
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:])


def _step(value: Any, token: str) -> Any:
    if isinstance(value, dict):
        return value.get(token)
    if isinstance(value, list) and (index := array_index(token)) is not None and index < len(value):
        return value[index]
    return None


def _index_resources(document: Document) -> _Resources:
    """Find every `$id`, `$anchor` and `$dynamicAnchor`; the first of two wins."""
    resources = _Resources({}, {})
    waiting: list[tuple[Any, Tokens, str]] = [(document.root, (), document.base_uri)]
    while waiting:
        value, tokens, base = waiting.pop()
        if isinstance(value, dict):
            if isinstance(identifier := value.get("$id"), str):
                base = resolve_uri(identifier, base).partition("#")[0]
                resources.by_id.setdefault(base, tokens)
            for keyword in ("$anchor", "$dynamicAnchor"):
                if isinstance(anchor := value.get(keyword), str):
                    resources.anchors.setdefault((base, anchor), tokens)
            waiting.extend(
                (member, (*tokens, key), base) for key, member in value.items() if isinstance(member, dict | list)
            )
        elif isinstance(value, list):
            waiting.extend(
                (item, (*tokens, str(index)), base) for index, item in enumerate(value) if isinstance(item, dict | list)
            )
    return resources

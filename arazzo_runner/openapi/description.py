"""A description: an OpenAPI document of version 2.0, 3.0, 3.1 or 3.2, and the operations under its paths.

OpenAPI 3.2.0, "OpenAPI Object", "Paths Object", "Path Item Object". Read lazily: only `paths` is walked, once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from ..diagnostics import did_you_mean
from ..document import Document
from ..errors import DocumentError
from ..values import PointerSyntaxError, format_pointer, parse_pointer
from .operation import AmbiguousOperation, Operation, UnknownOperation
from .reference import DanglingReference, Node, References, Tokens
from .security import read_api_keys, read_schemes

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
_METHODS_OF = {
    "2.0": _METHODS,
    "3.0": (*_METHODS, "trace"),
    "3.1": (*_METHODS, "trace"),
    "3.2": (*_METHODS, "trace", "query"),
}


class _PathItem:
    """A Path Item Object: the object itself, then what its `$ref` leads to (fields beside `$ref` come first)."""

    def __init__(self, path: str, node: Node) -> None:
        self.path = path
        self.node = node

    @property
    def is_elsewhere(self) -> bool:
        reference = self.node.get("$ref")
        return isinstance(reference, str) and not reference.startswith("#")

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        target = self.node.resolve()
        return (self.node,) if target is self.node else (self.node, target)

    def operations(self, methods: tuple[str, ...], additional: bool) -> Iterator[tuple[str, Tokens, Node]]:
        """Each operation as (method, way from the path item, node)."""
        for method in methods:
            node = self.field(method)
            if node is not None:
                yield method.upper(), (method,), node
        if additional:
            for item in self.nodes:
                for method, node in item.members("additionalOperations"):
                    if isinstance(node.value, dict):
                        yield method, ("additionalOperations", method), node

    def field(self, name: str) -> Node | None:
        for item in self.nodes:
            node = item.child(name)
            if node is not None and isinstance(node.value, dict):
                return node
        return None


class Description:
    """An OpenAPI description. `load(uri)` gives the documents that `$ref`s reach.

    Raises:
        DocumentError: it is not OpenAPI 2.0, 3.0, 3.1 or 3.2.
    """

    def __init__(self, document: Document, load: Callable[[str], Document]) -> None:
        self.document = document
        self.version = _version(document)
        self._references = References(load, embedded=self.version >= "3.1")
        self.root: Node = self._references.root(document)
        self._methods = _METHODS_OF[self.version]

    def __repr__(self) -> str:
        return f"<Description {self.document.name} OpenAPI {self.version}>"

    def operation(self, operation_id: str) -> Operation:
        """The operation with this id, compared exactly.

        Raises:
            UnknownOperation: none has it.
            AmbiguousOperation: several have it.
        """
        found = self._near.get(operation_id) or self._all.get(operation_id)
        if not found:
            raise self._unknown(operation_id)
        if len(found) > 1:
            raise AmbiguousOperation(operation_id, tuple(operation.location for operation in found))
        return found[0]

    def operation_at(self, pointer: str) -> Operation:
        """The operation a JSON Pointer leads to: as written, then percent-decoded (decision 49).

        Raises:
            UnknownOperation: something else stands there, or nothing.
        """
        for text in dict.fromkeys((pointer, unquote(pointer))):
            operation = self._operation_at(text)
            if operation is not None:
                return operation
        raise self._nothing_at(pointer)

    def defines(self, operation_ids: Iterable[str]) -> int:
        """How many of these operationIds the description declares."""
        return sum(1 for identifier in operation_ids if identifier in self._near or identifier in self._all)

    def operation_ids(self) -> Iterable[str]:
        """All operationIds, in the order of the document."""
        return tuple(self._all)

    def operations(self) -> Iterator[Operation]:
        """All operations, in the order of the document; path items that cannot be read are left out."""
        for item in self._path_items.values():
            yield from self._operations_of(item)

    def methods_of(self, path: str) -> tuple[str, ...]:
        """The methods of a path, upper case; () for a path that is not there."""
        item = self._path_items.get(path)
        return () if item is None else tuple(operation.method for operation in self._operations_of(item))

    @cached_property
    def security_schemes(self) -> Mapping[str, Mapping[str, Any]]:
        """The Security Scheme Objects by name, those of 2.0 as 3.x writes them."""
        return read_schemes(self.root, self.version)

    @cached_property
    def api_keys(self) -> frozenset[tuple[str, str]]:
        """Place and name of the API keys of all security schemes; header names in lower case."""
        return read_api_keys(self.root, self.version)

    @cached_property
    def _path_items(self) -> dict[str, _PathItem]:
        return {
            path: _PathItem(path, node)
            for path, node in self.root.members("paths")
            if not path.startswith("x-") and isinstance(node.value, dict)
        }

    @cached_property
    def _near(self) -> dict[str, list[Operation]]:
        """By operationId, without the path items that stand in other documents."""
        return _by_id(
            operation
            for item in self._path_items.values()
            if not item.is_elsewhere
            for operation in self._operations_of(item)
        )

    @cached_property
    def _all(self) -> dict[str, list[Operation]]:
        return _by_id(self.operations())

    def _operations_of(self, item: _PathItem) -> Iterator[Operation]:
        try:
            nodes = item.nodes
        except DanglingReference:
            return
        for method, tokens, node in item.operations(self._methods, self.version >= "3.2"):
            way = ("paths", item.path, *tokens)
            try:
                yield Operation(self, item.path, method, way, node.resolve(), nodes)
            except DanglingReference:
                continue

    def _operation_at(self, pointer: str) -> Operation | None:
        try:
            tokens = parse_pointer(pointer)
        except PointerSyntaxError:
            return None
        item = self._path_items.get(tokens[1]) if len(tokens) in (3, 4) and tokens[0] == "paths" else None
        if item is None:
            return None
        return next((operation for operation in self._operations_of(item) if operation._tokens == tokens), None)

    def _unknown(self, operation_id: str) -> UnknownOperation:
        hint = did_you_mean(operation_id, self._all) or self._unreadable()
        return UnknownOperation(
            f"no operation of {self.document.name} has the operationId '{operation_id}'",
            location=self.document.location(("paths",)),
            hint=hint,
        )

    def _unreadable(self) -> str | None:
        """Path items that could not be read: the operation may be there."""
        for item in self._path_items.values():
            try:
                _ = item.nodes
            except DanglingReference as error:
                return f"it may be under the path {item.path}: {error.message}"
        return None

    def _nothing_at(self, pointer: str) -> UnknownOperation:
        message, hint = f"the pointer '{pointer}' leads to no operation of {self.document.name}", None
        try:
            tokens = parse_pointer(unquote(pointer))
        except PointerSyntaxError as error:
            return UnknownOperation(f"{message}: {error}", location=self.document.location(()))
        if tokens[:1] != ("paths",):
            hint = "a pointer to an operation is /paths/<path>/<method>, with every '/' of the path as ~1"
        elif len(tokens) >= 2 and tokens[1] in self._path_items:
            message, hint = self._not_the_method(message, tokens)
        else:
            hint = self._unescaped(tokens) or self._similar_path(tokens)
        return UnknownOperation(message, location=self.document.location(tokens), hint=hint)

    def _not_the_method(self, message: str, tokens: Tokens) -> tuple[str, str]:
        path = tokens[1]
        try:
            _ = self._path_items[path].nodes
        except DanglingReference as error:
            return message, error.message
        methods = self.methods_of(path)
        if not methods:
            return message, f"the path {path} has no operations"
        there = ", ".join(method.lower() for method in methods)
        base = format_pointer(("paths", path))
        if len(tokens) == 2:
            return f"{message}: a Path Item Object is there", f"add a method: {base}/{methods[0].lower()} ({there})"
        if len(tokens) > 3 and tokens[2].upper() in methods:
            return f"{message}: it goes on after the operation", f"write {base}/{tokens[2].lower()}"
        return f"{message}: {path} has no '{tokens[2]}'", f"its methods are {there}"

    def _unescaped(self, tokens: Tokens) -> str | None:
        """The pointer that was meant when the slashes of the path were not written as ~1."""
        for end in range(len(tokens), 1, -1):
            path = "/" + "/".join(tokens[1:end]).lstrip("/")
            if path in self._path_items:
                return "write " + format_pointer(("paths", path, *tokens[end:]))
        return None

    def _similar_path(self, tokens: Tokens) -> str | None:
        return did_you_mean(tokens[1], self._path_items) if len(tokens) > 1 else None


def _by_id(operations: Iterable[Operation]) -> dict[str, list[Operation]]:
    index: dict[str, list[Operation]] = {}
    for operation in operations:
        if operation.operation_id is not None:
            index.setdefault(operation.operation_id, []).append(operation)
    return index


def _version(document: Document) -> str:
    root = document.root if isinstance(document.root, dict) else {}
    for key in ("openapi", "swagger"):
        if key in root:
            version = ".".join(str(root[key]).split(".")[:2])
            if version in _METHODS_OF and (version == "2.0") == (key == "swagger"):
                return version
            raise DocumentError(
                f"{key}: {root[key]} is not a version of OpenAPI that can be read",
                location=document.location((key,), key=True),
                hint="2.0, 3.0, 3.1 and 3.2 can",
            )
    raise DocumentError(
        f"{document.name} is not an OpenAPI description: it has neither 'openapi' nor 'swagger'",
        location=document.location(()),
    )

"""The documents of a description by URI: identity before location (1.1.0, "Identity-Based Referencing"; decision 51).

Retrieval is injected; without it only supplied documents are found.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from ..diagnostics import Diagnostic
from ..errors import DocumentError, SourceMissing, Unavailable, UnreadableDocument
from ..limits import Limits
from .cache import TreeCache
from .document import Document, read
from .uri import comparable, is_local


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What retrieval brings: the bytes, the URI they came from after redirects, and the name to show."""

    data: bytes
    uri: str
    name: str


class Registry:
    """Supplied and retrieved documents; each is read once.

    `retrieve` is called with a URI, and with True as well where a document that came by URL names it. For checking,
    `problems` takes what is wrong with a text and leaves a sensible reading (see `read`).
    """

    def __init__(
        self,
        retrieve: Callable[..., Retrieved] | None,
        *,
        limits: Limits | None = None,
        cache: TreeCache | None = None,
        problems: list[Diagnostic] | None = None,
    ) -> None:
        self._retrieve = retrieve
        self._problems = problems
        self._limits = limits or Limits()
        self._cache = cache
        self._by_identity: dict[str, Document] = {}
        self._by_location: dict[str, Document] = {}
        self._notes: dict[tuple[str, str], Diagnostic] = {}
        self._lock = threading.RLock()

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents known so far, each once."""
        with self._lock:
            known = (*self._by_identity.values(), *self._by_location.values())
            return tuple({id(document): document for document in known}.values())

    @property
    def notes(self) -> tuple[Diagnostic, ...]:
        """What works here and is not interoperable: documents referred to by another URI than their `$self`."""
        with self._lock:
            return tuple(self._notes.values())

    def add(self, document: Document) -> None:
        """Supply a document. The same one may be supplied again, or from two places.

        Raises:
            DocumentError: another document has the same `$self`.
        """
        with self._lock:
            self._index(document)

    def load(self, uri: str, *, positions: bool = False, remote: bool = False) -> Document:
        """The document with this URI: by `$self`, then by where it was retrieved, then retrieved now.

        `remote`: a document that came by URL names it.

        Raises:
            SourceMissing: a local document that is not there; Unavailable: a remote one that cannot be had.
            DocumentError: what reading raises, or two documents with one `$self`.
        """
        key = comparable(uri)
        with self._lock:
            found = self._by_identity.get(key)
            if found is not None:
                return found
            found = self._by_location.get(key)
            if found is None:
                found = self._fetch(uri.partition("#")[0], positions, remote)
                self._by_location[key] = found
            self._compare(found, key)
            return found

    def _index(self, document: Document) -> Document:
        """The document to use: this one, or the one with the same identity and content that is there already."""
        if document.self_uri is not None:
            other = self._by_identity.setdefault(comparable(document.self_uri), document)
            if other is not document and other.data != document.data:
                raise DocumentError(
                    f"two documents have the same $self '{document.self_uri}'",
                    location=document.location(("$self",)),
                    hint=f"the other one is {other.name}",
                )
            document = other
        return self._by_location.setdefault(comparable(document.uri), document)

    def _fetch(self, uri: str, positions: bool, remote: bool) -> Document:
        if self._retrieve is None:
            missing = SourceMissing if is_local(uri) else Unavailable
            raise missing(f"there is no document {uri}", hint="supply it, or allow it to be retrieved")
        retrieved = self._retrieve(uri, True) if remote else self._retrieve(uri)
        key = comparable(retrieved.uri)
        found = self._by_location.get(key)  # a redirect to, or another spelling of, one that is there
        if found is None:
            found = self._by_location[key] = self._index(self._read(retrieved, positions))
        return found

    def _read(self, retrieved: Retrieved, positions: bool) -> Document:
        data, uri, name = retrieved.data, retrieved.uri, retrieved.name
        try:
            if self._cache is None or positions:
                return read(data, uri=uri, name=name, positions=positions, limits=self._limits)
            return self._cache.read(data, uri=uri, name=name, limits=self._limits)
        except UnreadableDocument:
            if self._problems is None:
                raise
            return read(data, uri=uri, name=name, limits=self._limits, problems=self._problems)

    def _compare(self, document: Document, key: str) -> None:
        """Note a reference by location to a document that declares an identity."""
        identity = document.self_uri
        if identity is None or comparable(identity) == key or (identity, key) in self._notes:
            return
        self._notes[identity, key] = Diagnostic(
            "ARZ221",
            "warning",
            f"{document.name} calls itself '{identity}' and is referred to as '{key}'",
            document.location(("$self",)),
            "refer to it by its $self",
        )

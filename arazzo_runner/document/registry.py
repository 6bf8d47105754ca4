"""The documents of a description by URI: identity before location (1.1.0, "Identity-Based Referencing"; decision 51).

Retrieval is injected; without it only supplied documents are found.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from ..diagnostics import Diagnostic
from ..errors import DocumentError, SourceMissing
from ..limits import Limits
from .cache import TreeCache
from .document import Document, read


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What retrieval brings: the bytes, the URI they came from after redirects, and the name to show."""

    data: bytes
    uri: str
    name: str


class Registry:
    """Supplied and retrieved documents; each is read once. `notes` are warnings about identities."""

    def __init__(
        self,
        retrieve: Callable[[str], Retrieved] | None,
        *,
        limits: Limits | None = None,
        cache: TreeCache | None = None,
    ) -> None:
        self._retrieve = retrieve
        self._limits = limits or Limits()
        self._cache = cache
        self._by_identity: dict[str, Document] = {}
        self._by_location: dict[str, Document] = {}
        self._notes: list[Diagnostic] = []
        self._lock = threading.RLock()

    @property
    def notes(self) -> tuple[Diagnostic, ...]:
        """What is not wrong but not interoperable: documents whose `$self` is not the URI they were asked by."""
        return tuple(self._notes)

    def add(self, document: Document) -> None:
        """Supply a document.

        Raises:
            DocumentError: another one has the same `$self`.
        """
        with self._lock:
            identity = document.self_uri
            other = self._by_identity.get(identity) if identity else None
            if identity and other is not None and other.uri != document.uri:
                raise DocumentError(
                    f"two documents have the same $self '{identity}'",
                    location=document.location(("$self",)),
                    hint=f"the other one is {other.name}",
                )
            if identity:
                self._by_identity[identity] = document
            self._by_location[document.uri] = document

    def load(self, uri: str, *, positions: bool = False) -> Document:
        """The document with this URI: by `$self`, then by where it was retrieved, then retrieved now.

        Raises:
            SourceMissing: nothing retrieves it; DocumentError, Unavailable: what retrieval or reading raises.
        """
        uri = uri.partition("#")[0]
        with self._lock:
            found = self._by_identity.get(uri) or self._by_location.get(uri)
            if found is None:
                found = self._fetch(uri, positions)
                self._by_location[uri] = found
            return found

    def _fetch(self, uri: str, positions: bool) -> Document:
        if self._retrieve is None:
            raise SourceMissing(f"there is no document {uri}", hint="supply it, or allow it to be retrieved")
        retrieved = self._retrieve(uri)
        found = self._by_location.get(retrieved.uri)
        if found is not None:
            return found
        document = self._read(retrieved, positions)
        identity = document.self_uri
        if identity and identity != uri:
            self._note(document, identity, uri)
        self.add(document)
        return document

    def _read(self, retrieved: Retrieved, positions: bool) -> Document:
        if self._cache is None or positions:
            return read(
                retrieved.data, uri=retrieved.uri, name=retrieved.name, positions=positions, limits=self._limits
            )
        return self._cache.read(retrieved.data, uri=retrieved.uri, name=retrieved.name, limits=self._limits)

    def _note(self, document: Document, identity: str, uri: str) -> None:
        self._notes.append(
            Diagnostic(
                "ARZ221",
                "warning",
                f"{document.name} calls itself '{identity}' and was referred to as '{uri}'",
                document.location(("$self",)),
                "refer to it by its $self",
            )
        )

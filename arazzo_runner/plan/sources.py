"""Source descriptions of one Arazzo document: loaded when a workflow needs them, of the type they turn out to be.

Arazzo 1.1.0, "Source Description Object", "Identity-Based Referencing"; decisions 50, 51.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ..diagnostics import did_you_mean
from ..document import Document, Registry, resolve_uri
from ..errors import DocumentError, SourceMissing, Unavailable, UnreadableDocument
from ..location import Location
from ..model import ArazzoDescription, SourceDescription
from ..openapi import Description
from .findings import Findings

_TYPES = {"openapi": "openapi", "swagger": "openapi", "asyncapi": "asyncapi", "arazzo": "arazzo"}


@dataclass(frozen=True, slots=True)
class Source:
    """A loaded source description: its type, the document, and for OpenAPI the Description."""

    name: str
    type: str
    document: Document
    openapi: Description | None


class Sources:
    """The sources of one document by name; each is loaded once, and what is wrong with one is reported once."""

    def __init__(
        self,
        description: ArazzoDescription,
        registry: Registry,
        findings: Findings,
        *,
        replaced: dict[str, str],
        offline: bool,
        suggest: Callable[[str], str | None],
    ) -> None:
        self.description = description
        self._registry = registry
        self._findings = findings
        self._replaced = replaced
        self._offline = offline
        self._suggest = suggest
        self._loaded: dict[str, Source | None] = {}

    def get(self, name: str, location: Location) -> Source | None:
        """The source with this name; None (and a finding) when there is none or it cannot be loaded."""
        declared = self.description.source(name)
        if declared is None and not self.are_known:
            return None  # it may be one of those that cannot be read
        if declared is None:
            names = [s.name for s in self.description.source_descriptions]
            hint = did_you_mean(name, names) or f"declared: {', '.join(names) or 'none'}"
            self._findings.add("ARZ201", f"no source description is named '{name}'", location, hint)
            return None
        if name not in self._loaded:
            self._loaded[name] = self._load(declared) if declared.url else None
        return self._loaded[name]

    @property
    def are_known(self) -> bool:
        """Whether every source description could be read; what is wrong with the list has been said."""
        declared = self.description.source_descriptions
        return bool(declared) and not self.description.unread_sources and all(s.name for s in declared)

    def type_of(self, declared: SourceDescription) -> str | None:
        """The type of a source, loaded only where it is not declared (decision 50)."""
        if declared.type is not None:
            return declared.type
        source = self.get(declared.name, declared.location)
        return source.type if source else None

    def operations(self) -> list[SourceDescription]:
        """The sources that are not of type arazzo: those a bare operationId may mean (decision 48)."""
        return [s for s in self.description.source_descriptions if self.type_of(s) != "arazzo"]

    def uri(self, declared: SourceDescription) -> str:
        """The absolute URI of a source: replaced by the host, or resolved against the document's base URI."""
        replaced = self._replaced.get(declared.name)
        return replaced if replaced is not None else resolve_uri(declared.url, self.description.document.base_uri)

    def _load(self, declared: SourceDescription) -> Source | None:
        add, location = self._findings.add, declared.url_location
        uri = self.uri(declared)
        try:
            document = self._load_of(self.description.document, declared.name not in self._replaced)(
                uri, declared.type == "arazzo"
            )
        except Unavailable as error:
            if self._offline:
                add("ARZ224", f"not checked: remote source {uri}", location, "--fetch loads it", "info")
                return None
            add("ARZ220", f"source '{declared.name}' cannot be fetched: {error.message}", location, error.hint)
            return None
        except UnreadableDocument as error:
            self._findings.extend(error.diagnostics)
            if not error.diagnostics:
                add(
                    "ARZ201",
                    f"source '{declared.name}' is not readable: {error.message}",
                    error.location or location,
                    error.hint,
                )
            return None
        except DocumentError as error:
            hint = self._suggest(declared.name) or error.hint
            add("ARZ201", f"source '{declared.name}' cannot be loaded: {error.message}", location, hint)
            return None
        return self._typed(declared, document)

    def _load_of(self, referring: Document, guarded: bool = True) -> Callable[..., Document]:
        """How what a document refers to is loaded: nothing that came by URL reads a local file."""
        return partial(load_referred, self._registry, referring.uri if guarded else "")

    def _typed(self, declared: SourceDescription, document: Document) -> Source | None:
        found = _TYPES.get(document.kind or "")
        if found is None:
            self._findings.add(
                "ARZ202",
                f"source '{declared.name}' is no OpenAPI, AsyncAPI or Arazzo description",
                declared.url_location,
                f"read from {document.name}",
            )
            return None
        if declared.type is not None and declared.type != found:
            self._findings.add(
                "ARZ202",
                f"source '{declared.name}' is declared as {declared.type} and is {found}",
                declared.type_location,
                f"write 'type: {found}'",
            )
            return None
        openapi = None
        if found == "openapi":
            try:
                openapi = Description(document, self._load_of(document))
            except DocumentError as error:
                self._findings.add("ARZ202", error.message, error.location or declared.url_location, error.hint)
                return None
        return Source(declared.name, found, document, openapi)


def load_referred(registry: Registry, referring: str, uri: str, positions: bool = False) -> Document:
    """Load what the document at `referring` refers to.

    Raises:
        SourceMissing: a local file, and the document came by URL; else as `Registry.load`.
    """
    remote = referring.startswith(("http:", "https:"))
    if remote and uri.startswith("file:"):
        raise SourceMissing(
            f"{uri} is a local file, and {referring}, which refers to it, came by URL", hint="use --source"
        )
    return registry.load(uri, positions=positions, remote=remote)

"""What a mock on a port is made of: the OpenAPI descriptions of FILEs, each under a name.

A FILE is an Arazzo description, whose sources are served under their names, or an OpenAPI description, served under the
name of its file.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from .api import open_document, refused, replaced_sources
from .diagnostics import Diagnostic
from .document import Document, Registry
from .errors import DocumentError
from .mock import Faults, Mock, check_targets, read_faults
from .mock.pace import read_latency, read_rate
from .mock.routing import base_path
from .mock.serving import Behaviour, Handled, MockServer, is_loopback, names_of
from .model import ArazzoDescription, SourceDescription
from .model import read as read_description
from .openapi import Description
from .options import Options
from .plan.findings import Findings
from .plan.sources import Sources, load_referred

__all__ = ["Handled", "MockOptions", "MockServer", "Mocked", "is_loopback", "mock_server", "read_mocked"]

_NESTING = 16  # Arazzo descriptions that are sources of each other


@dataclass(frozen=True, slots=True, kw_only=True)
class MockOptions:
    """The options of a mock, as they are written on the command line."""

    host: str = "127.0.0.1"
    port: int = 0
    seed: int = 0
    strict: bool = False
    require_auth: bool = False
    faults: Sequence[str] = ()
    rate_limit: str | None = None
    latency: str | None = None


@dataclass
class Mocked:
    """Descriptions by name, the FILEs of workflows with the names each of them needs, and what is left out."""

    descriptions: dict[str, Description] = field(default_factory=dict)
    workflows: dict[str, tuple[str, ...]] = field(default_factory=dict)
    left_out: list[Diagnostic] = field(default_factory=list)
    declared: list[str] = field(default_factory=list)


def read_mocked(files: Sequence[str], options: Options) -> Mocked:
    """Read the descriptions that FILEs name.

    Raises:
        FileMissing: no such file.
        DocumentError: one that is not readable or of another kind, or nothing is left to serve; Unavailable: a URL that
            cannot be fetched.
    """
    mocked = Mocked()
    for file in files:
        document, registry, _ = open_document(file, options)
        if document.kind == "arazzo":
            _add_arazzo(mocked, file, document, registry, options)
        else:
            load = partial(load_referred, registry, document.uri)
            mocked.descriptions[_own_name(file, mocked.descriptions)] = Description(document, load)
    if not mocked.descriptions:
        if any(finding.severity == "error" for finding in mocked.left_out):
            raise refused(mocked.left_out, ", ".join(files))
        raise DocumentError(f"{', '.join(files)} has no OpenAPI description to serve")
    return mocked


def _add_arazzo(mocked: Mocked, file: str, document: Document, registry: Registry, options: Options) -> None:
    findings = Findings()
    sources = _ArazzoSources(mocked, registry, findings, options)
    description, _ = read_description(document, compat=options.compat)
    mocked.workflows[file] = tuple(dict.fromkeys(sources.names(description, replaced_sources(options))))
    mocked.left_out.extend(findings.all())


@dataclass(frozen=True, slots=True)
class _ArazzoSources:
    """Adds the OpenAPI sources of a description, and of the Arazzo descriptions among its sources."""

    mocked: Mocked
    registry: Registry
    findings: Findings
    options: Options

    def names(self, description: ArazzoDescription, replaced: dict[str, str], nesting: int = _NESTING) -> Iterator[str]:
        """The names of what was added."""
        offline = not self.options.fetch
        sources = Sources(
            description, self.registry, self.findings, replaced=replaced, offline=offline, suggest=lambda name: None
        )
        for declared in description.source_descriptions:
            self.mocked.declared.append(declared.name)
            source = sources.get(declared.name, declared.location)
            if source is not None and source.openapi is not None:
                if self._added(declared, source.openapi):
                    yield declared.name
            elif source is not None and source.type == "arazzo" and nesting:
                inner, _ = read_description(source.document, compat=self.options.compat)
                yield from self.names(inner, {}, nesting - 1)

    def _added(self, declared: SourceDescription, described: Description) -> bool:
        known = self.mocked.descriptions.setdefault(declared.name, described)
        if known.document.uri == described.document.uri:
            return True
        message = f"source '{declared.name}' is left out: another one has its name"
        self.findings.add("ARZ201", message, declared.location, "serve it by a command of its own")
        return False


def _own_name(file: str, taken: Collection[str]) -> str:
    """A name for an OpenAPI file, from its own."""
    stem = PurePosixPath(urlsplit(file).path if "://" in file else file.replace("\\", "/")).name
    stem = re.sub(r"\.(ya?ml|json)$", "", stem, flags=re.IGNORECASE)
    base = name = re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-") or "api"
    number = 1
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    return name


def mock_server(
    mocked: Mocked, options: Options, given: MockOptions, observe: Callable[[Handled], None] = lambda handled: None
) -> MockServer:
    """A server over what was read; it listens, and serves once it is started.

    Raises:
        UsageError: a fault, rate or latency that cannot be read, a target that there is not, a port in use.
    """
    rules = read_faults(given.faults)
    names = {
        name
        for source, description in mocked.descriptions.items()
        for operation in description.operations()
        for name in names_of(source, operation)
    }
    check_targets(
        rules, names, "operation", shown=sorted(name for name in names if "." not in name and " " not in name)
    )
    behaviour = Behaviour(
        faults=Faults(rules),
        rate=read_rate(given.rate_limit, time.monotonic) if given.rate_limit is not None else None,
        latency=read_latency(given.latency, given.seed) if given.latency is not None else None,
    )
    servers = _servers(mocked, options)
    mock = Mock(
        mocked.descriptions,
        servers=servers,
        require_auth=given.require_auth,
        strict=given.strict,
        seed=given.seed,
    )
    bases = {
        name: urlsplit(servers[name]).path.rstrip("/")
        if name in servers
        else base_path(description, options.server_variables.get(name))
        for name, description in mocked.descriptions.items()
    }
    return MockServer(
        mock,
        mocked.descriptions,
        bases=bases,
        host=given.host,
        port=given.port,
        behaviour=behaviour,
        observe=observe,
    )


def _servers(mocked: Mocked, options: Options) -> Mapping[str, str]:
    """The servers that were named in place of those of the descriptions; "" is that of an only one."""
    servers = {name: url for name, url in options.servers.items() if name}
    if "" in options.servers and len(mocked.descriptions) == 1:
        servers.setdefault(next(iter(mocked.descriptions)), options.servers[""])
    return servers

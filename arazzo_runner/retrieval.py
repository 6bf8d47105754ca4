"""Where documents come from: files under the root, and http(s) (interface, "Root", "Sources")."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from .document import Retrieved, walk
from .drivers.transports import Transport
from .errors import SourceMissing, TransportError, Unavailable
from .limits import Limits
from .messages import Request
from .policy import Policy, host_of, is_allowed, literal_origins

_MARKERS = (".git", "pyproject.toml", ".arazzo-run.toml")
_REDIRECTS = 5
_LOOKED_AT = 2000  # files, in the search for descriptions
_OPERATION_ID = re.compile(rb"""operationId["']?\s*:\s*["']?([^\s"',}#]+)""")


def find_root(document: Path) -> Path:
    """The folder local sources are read from: the nearest ancestor with a marker, else the parent of the folder."""
    folder = document.absolute().parent
    for ancestor in (folder, *folder.parents):
        if any((ancestor / marker).exists() for marker in _MARKERS):
            return ancestor
    return folder.parent


class Retriever:
    """Retrieves documents by URI: local files under the root; for a document that came by URL only `named` ones.

    URLs are fetched as the policy says. Those among `named`, which the user wrote, are not held against its lists of
    hosts.
    """

    def __init__(
        self,
        root: Path | None,
        *,
        fetch: Transport | None,
        remote_only: bool = False,
        named: Collection[str] = (),
        limits: Limits | None = None,
        policy: Policy | None = None,
    ) -> None:
        self._root = root.resolve() if root else None
        self._fetch = fetch
        self._remote_only = remote_only
        self._named = frozenset(Path(location).absolute() for location in named if "://" not in location)
        self._typed = frozenset(location.partition("#")[0] for location in named if "://" in location)
        self._limits = limits or Limits()
        self._policy = policy
        self._near: set[str] = set()  # origins that a local document, or the user, named

    def __call__(self, uri: str, remote: bool = False) -> Retrieved:
        """The bytes behind a URI; `remote` where a document that came by URL names it.

        Raises:
            SourceMissing: a local file that is not there or may not be read.
            Unavailable: a URL that cannot be fetched.
        """
        try:
            scheme = urlsplit(uri).scheme
        except ValueError as error:
            raise SourceMissing(f"{uri} is not a URL: {error}", hint="name another place with --source") from None
        if scheme in ("http", "https"):
            return self._remote(uri, remote and uri not in self._typed)
        if scheme == "file":
            return self._local(uri)
        raise SourceMissing(f"there is no document {uri}", hint="supply it, or name another place with --source")

    def _local(self, uri: str) -> Retrieved:
        path = Path(unquote(urlsplit(uri).path))
        shown = shown_path(path)
        if self._remote_only and path not in self._named:
            raise SourceMissing(
                f"{shown} is a local file, and this document came by URL", hint="--source NAME=PATH names it"
            )
        try:
            resolved = path.resolve(strict=True)
        except (OSError, RuntimeError, ValueError):
            raise SourceMissing(
                f"there is no file {shown}", hint="name another place with --source NAME=PATH"
            ) from None
        if self._root is not None and not resolved.is_relative_to(self._root):
            raise SourceMissing(f"{shown} is outside of {shown_path(self._root)}", hint="--root names a wider folder")
        if not resolved.is_file():
            raise SourceMissing(f"{shown} is not a file")
        try:
            if resolved.stat().st_size > self._limits.max_document:
                raise SourceMissing(
                    f"{shown} is larger than {self._limits.max_document} bytes", hint="Limits(max_document=...)"
                )
            return Retrieved(resolved.read_bytes(), uri, shown)
        except OSError as error:
            raise SourceMissing(f"{shown} cannot be read: {error.strerror}") from None

    def _remote(self, uri: str, remote: bool) -> Retrieved:
        if self._fetch is None:
            raise Unavailable(f"{uri} is remote, and nothing may be fetched")
        if not remote:
            self._near.update(literal_origins((uri,)))
        remote = remote and not is_allowed(uri, self._near)
        url, limits = uri, replace(self._limits, max_body=self._limits.max_document)
        for _ in range(_REDIRECTS + 1):
            request = Request("GET", url, (("Accept", "application/yaml, application/json, */*"),), remote=remote)
            try:
                response = self._sender(url, self._fetch).send(request, timeout=self._limits.timeout, limits=limits)
            except TransportError as error:
                if error.kind == "too-large" and error.hint == "Limits(max_body=...)":
                    raise Unavailable(
                        f"{url} is larger than {limits.max_body} bytes", hint="Limits(max_document=...)"
                    ) from None
                raise Unavailable(error.message, hint=error.hint) from None
            location = response.header("location")
            if response.status in (301, 302, 303, 307, 308) and location:
                try:
                    target = urljoin(url, location)
                    # Another host is named by an answer, not by whoever named this one.
                    url, remote = target, remote or host_of(target) != host_of(url)
                except ValueError:
                    raise Unavailable(f"{url} redirects to {location[:200]!r}, which is no URL") from None
                continue
            if response.status != 200:
                raise Unavailable(
                    f"{url} answered {response.status}", hint="name another place with --source NAME=PATH"
                )
            return Retrieved(response.body, url, url)
        raise Unavailable(f"{uri} redirects more than {_REDIRECTS} times")

    def _sender(self, url: str, fetch: Transport) -> Transport:
        """The transport under the policy."""
        policy = self._policy
        if policy is None:
            return fetch
        from .drivers.policy import GuardedTransport

        if url in self._typed:
            named = (*policy.allow_hosts, *policy.named_hosts)
            policy = replace(policy, allow_hosts=(), within_hosts=(), named_hosts=named)
        return GuardedTransport(fetch, policy)


def shown_path(path: Path) -> str:
    """A path as people write it from here, if that is shorter."""
    try:
        relative = os.path.relpath(path)
    except ValueError:
        return str(path)
    return relative if len(relative) < len(str(path)) else str(path)


def find_descriptions(root: Path, operation_ids: Sequence[str]) -> list[tuple[Path, int]]:
    """Descriptions under the root that define some of these operations, most first; a bounded search."""
    wanted = {operation_id.encode() for operation_id in operation_ids}
    found = []
    for seen, path in enumerate(walk(root)):
        if seen > _LOOKED_AT:
            break
        if path.suffix.lower() in (".yaml", ".yml", ".json") and (count := _defined(path, wanted)):
            found.append((path, count))
    return sorted(found, key=lambda item: (-item[1], str(item[0])))


def _defined(path: Path, wanted: set[bytes]) -> int:
    try:
        if path.stat().st_size > 20_000_000:
            return 0
        data = path.read_bytes()
    except OSError:
        return 0
    if not re.search(rb"""(?m)^\s*\{?\s*["']?(?:openapi|swagger)["']?\s*:""", data[:4000]):
        return 0
    return len(wanted & set(_OPERATION_ID.findall(data)))

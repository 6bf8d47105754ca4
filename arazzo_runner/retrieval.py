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
    """Retrieves documents by URI: local files under the root; for a document that came by URL only `named` ones."""

    def __init__(
        self,
        root: Path | None,
        *,
        fetch: Transport | None,
        remote_only: bool = False,
        named: Collection[str] = (),
        limits: Limits | None = None,
    ) -> None:
        self._root = root.resolve() if root else None
        self._fetch = fetch
        self._remote_only = remote_only
        self._named = frozenset(Path(location).absolute() for location in named if "://" not in location)
        self._limits = limits or Limits()

    def __call__(self, uri: str) -> Retrieved:
        """The bytes behind a URI.

        Raises:
            SourceMissing: a local file that is not there or may not be read.
            Unavailable: a URL that cannot be fetched.
        """
        try:
            scheme = urlsplit(uri).scheme
        except ValueError as error:
            raise SourceMissing(f"{uri} is not a URL: {error}", hint="name another place with --source") from None
        if scheme in ("http", "https"):
            return self._remote(uri)
        if scheme == "file":
            return self._local(uri)
        raise SourceMissing(f"there is no document {uri}", hint="supply it, or name another place with --source")

    def _local(self, uri: str) -> Retrieved:
        path = Path(unquote(urlsplit(uri).path))
        shown = _shown(path)
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
            raise SourceMissing(f"{shown} is outside of {_shown(self._root)}", hint="--root names a wider folder")
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

    def _remote(self, uri: str) -> Retrieved:
        if self._fetch is None:
            raise Unavailable(f"{uri} is remote, and nothing may be fetched")
        url, limits = uri, replace(self._limits, max_body=self._limits.max_document)
        for _ in range(_REDIRECTS + 1):
            request = Request("GET", url, (("Accept", "application/yaml, application/json, */*"),))
            try:
                response = self._fetch.send(request, timeout=self._limits.timeout, limits=limits)
            except TransportError as error:
                if error.kind == "too-large" and error.hint == "Limits(max_body=...)":
                    raise Unavailable(
                        f"{url} is larger than {limits.max_body} bytes", hint="Limits(max_document=...)"
                    ) from None
                raise Unavailable(error.message, hint=error.hint) from None
            location = response.header("location")
            if response.status in (301, 302, 303, 307, 308) and location:
                try:
                    url = urljoin(url, location)
                except ValueError:
                    raise Unavailable(f"{url} redirects to {location[:200]!r}, which is no URL") from None
                continue
            if response.status != 200:
                raise Unavailable(
                    f"{url} answered {response.status}", hint="name another place with --source NAME=PATH"
                )
            return Retrieved(response.body, url, url)
        raise Unavailable(f"{uri} redirects more than {_REDIRECTS} times")


def _shown(path: Path) -> str:
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

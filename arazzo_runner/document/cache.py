"""Parsed trees on disk, so that a big description costs its parse once (design, rule 3).

`$XDG_CACHE_HOME/arazzo-run`, mode 0700; keyed by content, reader version and bounds; at most 256 MiB, least recently
used first out. A file is JSON text of the engine's own codec, which keeps every type (42, 42.0 and a Decimal stay
apart) and cannot harm when damaged: it is either the tree that was kept, or an error that counts as absence. Stripe's
4.2 MB of YAML take 0.4 s to parse, and 35 ms from the cache; marshal would take 18 ms, and is not safe to read.
A cache that fails in any way is as if it were not there.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from pathlib import Path
from typing import Any, Final

from ..limits import Limits
from ..values import JSON, dumps, loads
from .document import Document
from .reader import READER_VERSION, collector_paused, is_named_json, read_tree
from .text import decode

SMALLEST: Final = 32 * 1024  # bytes of a document that is worth keeping
LARGEST: Final = 256 * 1024 * 1024  # bytes of the whole cache
_MOST_SHARED: Final = 100_000  # nodes behind aliases, which a tree on disk would repeat
_DIGEST: Final = hashlib.sha256().digest_size


class TreeCache:
    """Reads documents through the cache; `folder` replaces the user's."""

    def __init__(self, folder: Path | None = None, *, largest: int = LARGEST) -> None:
        self._folder = folder
        self._largest = largest

    def read(self, data: bytes, *, uri: str, name: str, limits: Limits | None = None) -> Document:
        """`document.read` without positions; the tree comes from the cache where it is there.

        Raises:
            UnreadableDocument: as `read`.
        """
        limits = limits or Limits()
        if not _is_worth_keeping(data, uri, limits):
            return self._read(data, uri, name, limits, None)
        path = self._path(data, limits)
        if path is None:
            return self._read(data, uri, name, limits, None)
        with collector_paused(len(data)):
            kept = _load(path)
        if kept is not None:
            return Document(kept[0], uri=uri, name=name, data=data, format="yaml", limits=limits)
        return self._read(data, uri, name, limits, path)

    def _read(self, data: bytes, uri: str, name: str, limits: Limits, path: Path | None) -> Document:
        tree = read_tree(decode(data, name, limits), name, uri, positions=False, limits=limits)
        if path is not None and tree.format == "yaml" and tree.expanded <= _MOST_SHARED:
            self._keep(path, tree.root)
        return Document(tree.root, uri=uri, name=name, data=data, format=tree.format, limits=limits)

    def _path(self, data: bytes, limits: Limits) -> Path | None:
        bounds = f"{READER_VERSION}:{limits.max_depth}:{limits.max_aliases}:"
        digest = hashlib.sha256(bounds.encode())
        digest.update(data)
        try:
            return (self._folder or cache_folder()) / f"{digest.hexdigest()}.tree"
        except RuntimeError:  # no home
            return None

    def _keep(self, path: Path, root: JSON) -> None:
        try:
            text = dumps(root).encode()
            if len(text) > self._largest:
                return
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _is_private(path.parent):
                return
            _write(path, hashlib.sha256(text).digest() + text)
            self._prune(path.parent)
        except (OSError, ValueError, TypeError, RecursionError, MemoryError):
            return

    def _prune(self, folder: Path) -> None:
        """Drop what was not used for longest, and what an interrupted write left."""
        with os.scandir(folder) as entries:
            files = [(entry.stat(), entry.path) for entry in entries if entry.is_file(follow_symlinks=False)]
        files.sort(key=lambda file: file[0].st_mtime_ns, reverse=True)
        total = 0
        for status, path in files:
            total += status.st_size
            if total > self._largest:
                Path(path).unlink(missing_ok=True)


def _is_worth_keeping(data: bytes, uri: str, limits: Limits) -> bool:
    """Large YAML; JSON is read from its own text as fast as from the cache."""
    return SMALLEST <= len(data) <= limits.max_document and not is_named_json(uri) and data[:1] not in (b"{", b"[")


def cache_folder() -> Path:
    """`$XDG_CACHE_HOME/arazzo-run`: what can be made again."""
    home = os.environ.get("XDG_CACHE_HOME", "")
    # XDG Base Directory Specification: a relative path is to be ignored.
    return (Path(home) if os.path.isabs(home) else Path.home() / ".cache") / "arazzo-run"


def _is_private(folder: Path) -> bool:
    """Whether nobody else can have put files there."""
    status = folder.stat()
    if not hasattr(os, "getuid"):
        return True
    return status.st_uid == os.getuid() and not stat.S_IMODE(status.st_mode) & 0o077


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: other processes read the same folder."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".new")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


def _load(path: Path) -> tuple[Any] | None:
    """The tree, in a tuple because a tree may be null."""
    try:
        if not _is_private(path.parent):
            return None
        content = path.read_bytes()
        if hashlib.sha256(content[_DIGEST:]).digest() != content[:_DIGEST]:
            return None
        root = loads(content[_DIGEST:])
        os.utime(path)
    except (OSError, ValueError, ArithmeticError, RecursionError, MemoryError):
        return None
    return (root,)

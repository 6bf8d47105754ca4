"""Parsed trees on disk, so that a big description costs its parse once (design, rule 3).

`$XDG_CACHE_HOME/arazzo-run`, mode 0700; keyed by content and reader version; at most 256 MiB, least recently used first
out. The files are marshalled JSON values (no pickle: marshal makes data only, and a damaged file is an error that is
ignored). A cache that fails is as if it were not there.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from ..limits import Limits
from .document import Document, read
from .reader import READER_VERSION

SMALLEST: Final = 32 * 1024  # bytes of a document that is worth keeping
LARGEST: Final = 256 * 1024 * 1024  # bytes of the whole cache


class TreeCache:
    """Reads documents through the cache."""

    def __init__(self, folder: Path | None = None, *, largest: int = LARGEST) -> None:
        self._folder = folder
        self._largest = largest

    def read(self, data: bytes, *, uri: str, name: str, limits: Limits | None = None) -> Document:
        """`document.read` without positions; the tree comes from the cache where it is there.

        Raises:
            UnreadableDocument: as `read`.
        """
        limits = limits or Limits()
        if len(data) < SMALLEST or len(data) > limits.max_document:
            return read(data, uri=uri, name=name, positions=False, limits=limits)
        path = self._path(data, limits)
        kept = _load(path)
        if kept is not None:
            format_, root = kept
            return Document(root, uri=uri, name=name, data=data, tree=None, format=format_, limits=limits)
        document = read(data, uri=uri, name=name, positions=False, limits=limits)
        self._keep(path, document)
        return document

    def _path(self, data: bytes, limits: Limits) -> Path:
        bounds = f"{READER_VERSION}:{sys.version_info[:2]}:{marshal.version}:{limits.max_depth}:{limits.max_aliases}"
        digest = hashlib.sha256(data + bounds.encode()).hexdigest()
        return (self._folder or _default_folder()) / f"{digest}.tree"

    def _keep(self, path: Path, document: Document) -> None:
        try:
            text = marshal.dumps((document.format, _packed(document.root)))
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(text)
            os.replace(temporary, path)
            self._prune(path.parent)
        except (OSError, ValueError, RecursionError):
            return

    def _prune(self, folder: Path) -> None:
        files = sorted(((p.stat().st_mtime, p.stat().st_size, p) for p in folder.glob("*.tree")), reverse=True)
        total = 0
        for _, size, path in files:
            total += size
            if total > self._largest:
                path.unlink(missing_ok=True)


def _default_folder() -> Path:
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path(os.path.expanduser("~")) / ".cache") / "arazzo-run"


def _load(path: Path) -> tuple[str, Any] | None:
    try:
        status = path.stat()
        if hasattr(os, "getuid") and status.st_uid != os.getuid():
            return None
        format_, root = marshal.loads(path.read_bytes())
        os.utime(path)
        return format_, _unpacked(root)
    except (OSError, ValueError, EOFError, TypeError, RecursionError):
        return None


def _packed(root: Any) -> Any:
    """The tree, with Decimals wrapped where there are any."""
    return (True, _wrap(root)) if _has_decimal(root) else (False, root)


def _unpacked(packed: Any) -> Any:
    wrapped, root = packed
    return _unwrap(root) if wrapped else root


def _has_decimal(value: Any) -> bool:
    todo = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, dict):
            todo.extend(item.values())
        elif isinstance(item, list):
            todo.extend(item)
        elif isinstance(item, Decimal):
            return True
    return False


def _wrap(value: Any) -> Any:
    if isinstance(value, Decimal):
        return ("decimal", str(value))
    if isinstance(value, dict):
        return {key: _wrap(item) for key, item in value.items()}
    return [_wrap(item) for item in value] if isinstance(value, list) else value


def _unwrap(value: Any) -> Any:
    if isinstance(value, tuple):
        return Decimal(value[1])
    if isinstance(value, dict):
        return {key: _unwrap(item) for key, item in value.items()}
    return [_unwrap(item) for item in value] if isinstance(value, list) else value

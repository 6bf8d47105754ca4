"""Which files are Arazzo descriptions: one bounded look at the start of a file (interface, "Words and files")."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from .text import encoding_of

_LOOK: Final = 64 * 1024  # bytes
_SUFFIXES: Final = (".yaml", ".yml", ".json")
_SKIPPED: Final = frozenset(("node_modules", "__pycache__", "site-packages", "venv", "virtualenv"))
_YAML_START: Final = re.compile(r"(?:[ \t]*(?:#.*)?\r?\n|%.*\n|---[ \t]*(?:#.*)?\r?\n)*(?:---[ \t]+)?( *)")
_QUOTED_OR_BRACKET: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|\'(?:[^\']|\'\')*\'|[{}\[\]]', re.DOTALL)
_PLAIN_NAME: Final = re.compile(r"(?<=[{,\s])arazzo\s*:\s")
_COLON: Final = re.compile(r"\s*:")


def looks_like_arazzo(path: Path) -> bool:
    """Whether a file has the name of YAML or JSON and, as far as its first 64 KiB tell, the root key `arazzo`."""
    if path.suffix.lower() not in _SUFFIXES:
        return False
    try:
        with path.open("rb") as file:
            start = file.read(_LOOK)
    except (OSError, ValueError):
        return False
    bom, encoding = encoding_of(start)
    return _has_root_key(start[len(bom) :].decode(encoding, "replace"))


def _has_root_key(text: str) -> bool:
    match = _YAML_START.match(text)
    start = match.end() if match else 0
    if text[start : start + 1] == "{":
        return _has_flow_key(text[start:])
    indent = match[1] if match else ""
    return re.search(rf"""^{indent}(?:arazzo|"arazzo"|'arazzo')[ \t]*:(?:\s|$)""", text, re.MULTILINE) is not None


def _has_flow_key(text: str) -> bool:
    """Whether the outermost braces of JSON, or of YAML in flow style, hold the key."""
    depth = at = 0
    for match in _QUOTED_OR_BRACKET.finditer(text):
        token = match[0]
        if depth == 1:
            if _PLAIN_NAME.search(text, at, match.start()):
                return True
            if token[1:-1] == "arazzo" and _COLON.match(text, match.end()):
                return True
        depth += 1 if token in "{[" else -1 if token in "}]" else 0
        at = match.end()
        if depth == 0:
            return False
    return depth == 1 and _PLAIN_NAME.search(text, at) is not None


def find_arazzo_files(folder: Path) -> Iterator[Path]:
    """The Arazzo files under a folder, sorted; hidden folders, node_modules and virtual environments are skipped."""
    return filter(looks_like_arazzo, walk(folder))


def walk(folder: Path) -> Iterator[Path]:
    """The files a person means when they name a folder; links to folders are not followed."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _is_skipped(parent, name))
        yield from (Path(parent, name) for name in sorted(files))


def _is_skipped(parent: str, name: str) -> bool:
    return (
        name.startswith(".")
        or name in _SKIPPED
        or os.path.lexists(os.path.join(parent, name, "pyvenv.cfg"))
        or os.path.isdir(os.path.join(parent, name, "conda-meta"))
    )

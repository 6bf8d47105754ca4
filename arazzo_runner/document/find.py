"""Which files are Arazzo descriptions: one bounded look at the start of a file (interface, "Words and files")."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

_LOOK = 64 * 1024
_SUFFIXES = (".yaml", ".yml", ".json")
_YAML_KEY = re.compile(rb"""^(?:arazzo|"arazzo"|'arazzo')\s*:""", re.MULTILINE)
_JSON_KEY = re.compile(rb"""^\s*\{(?:[^{}\[\]]*,)?\s*"arazzo"\s*:""")
_SKIPPED = frozenset(("node_modules", "__pycache__", "site-packages", "venv", "env"))


def looks_like_arazzo(path: Path) -> bool:
    """Whether a file's root has the key `arazzo`, as far as its first 64 kB tell."""
    if path.suffix.lower() not in _SUFFIXES:
        return False
    try:
        with path.open("rb") as file:
            start = file.read(_LOOK)
    except OSError:
        return False
    start = start.removeprefix(b"\xef\xbb\xbf")
    return bool(_YAML_KEY.search(start) or _JSON_KEY.search(start))


def find_arazzo_files(folder: Path) -> Iterator[Path]:
    """The Arazzo files under a folder, sorted; hidden folders, node_modules and virtual environments are skipped."""
    for path in walk(folder):
        if looks_like_arazzo(path):
            yield path


def walk(folder: Path) -> Iterator[Path]:
    """The files a person means when they name a folder."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(
            f
            for f in folders
            if not f.startswith(".") and f not in _SKIPPED and not os.path.exists(os.path.join(parent, f, "pyvenv.cfg"))
        )
        for name in sorted(files):
            yield Path(parent, name)

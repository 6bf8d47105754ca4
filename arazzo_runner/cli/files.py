"""The files that a command line names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..api import load
from ..document import find_arazzo_files
from ..errors import UsageError


def named_files(named: Sequence[str]) -> Iterator[str]:
    """Each file that is named, or stands in a folder that is named, once.

    Raises:
        UsageError: a folder without descriptions; FileMissing: no such file.
    """
    seen = set()
    for name in named:
        for file in _expanded(name):
            place = file if file == "-" or "://" in file else os.path.realpath(file)
            if place not in seen:
                seen.add(place)
                yield file


def _expanded(name: str) -> Iterator[str]:
    if name == "-" or "://" in name:
        yield name
    elif Path(name).is_dir():
        found = [str(path) for path in find_arazzo_files(Path(name))]
        if not found:
            raise UsageError(f"the folder {name} holds no Arazzo file", hint="one has the root key 'arazzo'")
        yield from found
    else:
        if not Path(name).exists():
            load(name)  # which says so, and names the file that may be meant
        yield name

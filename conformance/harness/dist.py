"""The suite as one archive of plain files; the same files give the same bytes."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from .scenario import ROOT

_SUFFIXES = frozenset({".yaml", ".json", ".py", ".mjs", ".html", ".md", ".txt", ""})
_FOLDERS = ("scenarios", "harness", "engines")
_WHEN = (1980, 1, 1, 0, 0, 0)  # the earliest that zip can say


def build(output: Path) -> None:
    """Write the archive."""
    output.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, file in contents():
            entry = zipfile.ZipInfo(f"conformance/{name}", _WHEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes())


def contents() -> Iterator[tuple[str, Path]]:
    """The files of the archive by name, in order: those of the suite, and what they refer to beside it."""
    files = [f for f in ROOT.iterdir() if f.is_file()]
    files += [f for folder in _FOLDERS for f in (ROOT / folder).rglob("*") if f.is_file()]
    for file in sorted(files):
        parts = file.relative_to(ROOT).parts
        if file.suffix in _SUFFIXES and not any(part.startswith(".") or part == "__pycache__" for part in parts):
            yield "/".join(parts), file
    for file in (ROOT.parent / "LICENSE", ROOT.parent / "docs" / "decisions.md"):
        if file.is_file() and not (ROOT / file.name).is_file():
            yield file.name, file

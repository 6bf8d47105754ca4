"""Case files: found beside a document or under a folder, and read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..document import Document, read
from ..document.find import walk
from ..errors import ArazzoError, FileMissing
from ..limits import Limits
from ..location import Location
from ..report.case import Case, read_case

SUFFIXES = (".arazzo-test.yaml", ".arazzo-test.yml", ".arazzo-test.json")


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case and the file it stands in."""

    path: Path
    text: Document
    case: Case

    def location(self, place: str) -> Location:
        """Where a JSON Pointer leads; the key stands for what is below it and not written."""
        return self.text.location(place)

    @property
    def document(self) -> str:
        """The Arazzo document as a path or a URL."""
        return self.resolved(self.case.document)

    @property
    def sources(self) -> dict[str, str]:
        """The replaced locations of source descriptions, as paths or URLs."""
        return {name: self.resolved(place) for name, place in self.case.sources.items()}

    def resolved(self, place: str) -> str:
        """A path relative to the case; a URL as it is."""
        return place if "://" in place else os.path.normpath(self.path.parent / place)


def read_case_file(path: Path, limits: Limits | None = None) -> CaseFile:
    """Read a case.

    Raises:
        FileMissing: there is no such file, or it cannot be read.
        DocumentError: it is not a case; with file, line and column of every finding.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileMissing(f"the record {path} cannot be read: {error.strerror}") from None
    text = read(data, uri=path.absolute().as_uri(), name=str(path), limits=limits)
    return CaseFile(path, text, read_case(text.root, text.location))


def is_case(path: Path) -> bool:
    """Whether a file has the name of a case."""
    return path.name.lower().endswith(SUFFIXES)


def find_cases(place: Path) -> list[Path]:
    """The cases under a folder; for a document those beside it that name it; a case itself.

    Hidden folders, node_modules and virtual environments are skipped. A file beside a document that cannot be read as a
    case is among them, so that it is told what is wrong with it.
    """
    if place.is_dir():
        return [path for path in walk(place) if is_case(path)]
    if is_case(place):
        return [place]
    return list(_beside(place))


def _beside(document: Path) -> Iterator[Path]:
    try:
        files = sorted(path for path in document.parent.iterdir() if is_case(path) and path.is_file())
    except OSError:
        return
    for path in files:
        try:
            named = read_case_file(path).document
        except ArazzoError:
            yield path
            continue
        if "://" not in named and Path(named).resolve() == document.resolve():
            yield path

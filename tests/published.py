"""The published OpenAPI descriptions of the corpus, those of moderate size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from arazzo_runner.document import Document, read
from arazzo_runner.errors import DocumentError, SourceMissing, UnreadableDocument
from arazzo_runner.openapi import Description, SchemaView

_HEAD = re.compile(rb"""^\s*["']?(openapi|swagger)["']?\s*:""", re.MULTILINE)
_BIG = 250_000


def descriptions(folder: Path) -> Iterator[tuple[str, Description]]:
    """Every description below a folder, with the name of its file."""
    for path in sorted(folder.resolve().rglob("*")):
        if path.suffix in (".yaml", ".yml", ".json") and path.is_file() and path.stat().st_size < _BIG:
            data = path.read_bytes()
            if _HEAD.search(data[:4096]):
                try:
                    document = read(data, uri=path.as_uri(), name=path.name, positions=False)
                    yield path.name, Description(document, _load)
                except (UnreadableDocument, DocumentError):
                    continue


def response_schemas(folder: Path) -> Iterator[tuple[str, SchemaView]]:
    """The schema of every response body, with the name of its file."""
    for name, description in descriptions(folder):
        for operation in description.operations():
            for response in operation.responses.values():
                for media in response.media_types.values():
                    if media.schema is not None:
                        yield name, media.schema


def _load(uri: str) -> Document:
    path = Path(uri.removeprefix("file://"))
    if not path.is_file():
        raise SourceMissing(f"{uri} is not there")
    return read(path.read_bytes(), uri=uri, name=path.name, positions=False)

"""Every published description: all operations are found and their requests prepared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from arazzo_runner.document import Document, read
from arazzo_runner.errors import ArazzoError, DocumentError, RequestError, SourceMissing, UnreadableDocument
from arazzo_runner.openapi import Argument, Body, Description
from arazzo_runner.openapi.media_type import is_range
from arazzo_runner.values import MISSING

_HEAD = re.compile(rb"""^\s*["']?(openapi|swagger)["']?\s*:""", re.MULTILINE)
_BIG = 600_000


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".yaml", ".yml", ".json") and path.is_file() and path.stat().st_size < _BIG:
            with path.open("rb") as file:
                if _HEAD.search(file.read(4096)):
                    yield path


def _read(path: Path) -> Document:
    return read(path.read_bytes(), uri=path.as_uri(), name=path.name, positions=False)


def _load(uri: str) -> Document:
    path = Path(uri.removeprefix("file://"))
    if not path.is_file():
        raise SourceMissing(f"{uri} is not there")
    return _read(path)


def _prepare(description: Description) -> int:
    count = 0
    for operation in description.operations():
        count += 1
        names = re.findall(r"\{([^{}]+)\}", operation.path.partition("?")[0])
        keys = {(name, "path"): 1 for name in names}
        keys |= {(declared.name, declared.in_): 1 for declared in operation.parameters if declared.in_ != "path"}
        body = operation.request_body
        content_type = next(iter(body.media_types), None) if body is not None else None
        try:
            builder = operation.builder(tuple(keys), None if content_type and is_range(content_type) else content_type)
            builder.build(
                [Argument(name, in_, value) for (name, in_), value in keys.items()],
                Body("1" if content_type else MISSING, content_type),
                server="https://h",
            )
        except RequestError:
            continue
        finally:
            _ = (operation.security, operation.responses, operation.dangling)
    return count


def test_every_operation_of_the_corpus_is_found_and_prepared(shared):
    prepared = 0
    for path in _files(shared / "corpus"):
        try:
            description = Description(_read(path), _load)
        except (UnreadableDocument, DocumentError):
            continue
        prepared += _prepare(description)
        for operation_id in description.operation_ids():
            try:
                assert description.operation(operation_id).operation_id == operation_id
            except ArazzoError:
                continue

    if not prepared:
        pytest.skip("the corpus holds no descriptions")
    assert prepared > 1000

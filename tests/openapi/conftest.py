"""Descriptions written in a few lines, and the requests they make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from arazzo_runner.document import Document, read
from arazzo_runner.errors import SourceMissing
from arazzo_runner.messages import Request
from arazzo_runner.openapi import Argument, Body, Description
from arazzo_runner.values import dumps

HOME = "https://api.example.com/openapi.yaml"
Describe = Callable[..., Description]
Send = Callable[..., Request]


def _document(root: Any, uri: str) -> Document:
    data = root if isinstance(root, str) else dumps(root)
    return read(data.encode(), uri=uri, name=uri.rpartition("/")[2])


@pytest.fixture
def describe() -> Describe:
    """A Description of an object or YAML text; `files` are the documents that its references reach, by URI."""

    def make(root: Any, *, uri: str = HOME, files: Mapping[str, Any] | None = None) -> Description:
        loaded = {name: _document(content, name) for name, content in (files or {}).items()}

        def load(wanted: str) -> Document:
            if wanted not in loaded:
                raise SourceMissing(f"{wanted} is not there")
            return loaded[wanted]

        return Description(_document(root, uri), load)

    return make


@pytest.fixture
def send(describe: Describe) -> Send:
    """The request of one operation, `POST /x` unless a path or method is given, with these arguments and this body."""

    def make(
        *arguments: tuple[str, str, Any],
        path: str = "/x",
        method: str = "post",
        operation: Mapping[str, Any] | None = None,
        root: Mapping[str, Any] | None = None,
        version: str = "3.1.1",
        body: Body | None = None,
        server: str = "https://h",
    ) -> Request:
        key = "swagger" if version == "2.0" else "openapi"
        description = describe(
            {key: version, "paths": {path: {method: {"responses": {}, **(operation or {})}}}, **(root or {})}
        )
        found = next(description.operations())
        given = [Argument(name, in_, value) for name, in_, value in arguments]
        builder = found.builder(tuple((item.name, item.in_) for item in given))
        return builder.build(given, body, server=server)

    return make

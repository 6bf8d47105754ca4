"""Descriptions as text, checked and mended; runs of the text before and after, to be compared."""

from __future__ import annotations

import re
from typing import Any

import yaml
from linking import loaded

from arazzo_runner import Result, Runner
from arazzo_runner.checks.fixing import Fixed, fix_text
from arazzo_runner.document import Document, read
from arazzo_runner.events import RequestSent


def document(text: str | bytes, name: str = "w.arazzo.yaml") -> Document:
    """A text as a document in memory, beside the source `api`."""
    data = text.encode() if isinstance(text, str) else text
    return read(data, uri=f"memory:/{name}", name=name)


def mended(
    text: str | bytes, documents: dict[str, Any] | None = None, *, name: str = "w.arazzo.yaml", **options: Any
) -> Fixed:
    """What `--fix` makes of a description."""
    options.setdefault("fetch", False)
    return fix_text(lambda version: loaded(version, documents, **options).check(), document(text, name))


def codes(fixed: Fixed) -> list[str]:
    """The codes of what was mended, each once, sorted."""
    return sorted({finding.code for finding in fixed.applied})


def comments(text: str) -> list[str]:
    """The comments of a YAML text, sorted: what a `#` begins outside of scalars."""
    masked = list(text)
    for token in yaml.scan(text):
        if isinstance(token, yaml.ScalarToken):
            start = token.start_mark.index
            if token.style in ("|", ">"):
                start = min(start + len(text[start:].splitlines()[0]), token.end_mark.index)
            for index in range(start, token.end_mark.index):
                masked[index] = "\n" if text[index] in "\r\n" else "x"
    return sorted(found[1].rstrip() for found in re.finditer(r"(?:^|(?<=\s))(#[^\r\n]*)", "".join(masked)))


def ran(
    text: str | Document, documents: dict[str, Any] | None = None, inputs: dict[str, Any] | None = None, **options: Any
) -> tuple[list[tuple[str, str, Any, Any]], Result]:
    """The requests of a run on the mock, and its result."""
    description = loaded(document(text) if isinstance(text, str) else text, documents, mock=True, **options)
    sent = []

    def note(event: object) -> None:
        if isinstance(event, RequestSent):
            request = event.request
            sent.append((request.method, request.url, sorted(request.headers), request.body))

    with Runner(description) as runner:
        result = runner.run(inputs or {}, observers=(note,))
    return sent, result

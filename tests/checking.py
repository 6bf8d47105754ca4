"""Descriptions as YAML text, checked; findings as short lines: `12:9 ARZ310`."""

from __future__ import annotations

from textwrap import dedent, indent
from typing import Any

from linking import loaded

from arazzo_runner.diagnostics import Diagnostic

HEAD = """\
arazzo: {version}
info: {{title: t, version: 1.0.0}}
sourceDescriptions:
- {{name: api, url: ./openapi.json, type: openapi}}
"""


def description(workflows: str, *, version: str = "1.0.1") -> str:
    """An Arazzo text with these workflows (the value of `workflows`, from column 1) over the source `api`."""
    return HEAD.format(version=version) + "workflows:\n" + dedent(workflows).strip("\n") + "\n"


def of_steps(steps: str, *, fields: str = "", version: str = "1.0.1") -> str:
    """An Arazzo text with one workflow `w` of these steps; `fields` are further fields of the workflow."""
    body = "- workflowId: w\n" + indent(dedent(fields).strip("\n"), "  ")
    body = body.rstrip("\n ") + "\n  steps:\n" + indent(dedent(steps).strip("\n"), "  ")
    return description(body, version=version)


def check(text: str, documents: dict[str, Any] | None = None, **options: Any) -> tuple[Diagnostic, ...]:
    """All findings on a text; the source `api` is `linking.PETS` unless `documents` say otherwise."""
    options.setdefault("fetch", False)
    return loaded(text, documents, **options).check()


def found(text: str, family: str, documents: dict[str, Any] | None = None, **options: Any) -> list[str]:
    """`line:column CODE` of the findings whose code starts with `family`, in the order of their places."""
    return [
        f"{d.location.line}:{d.location.column} {d.code}" if d.location else d.code
        for d in check(text, documents, **options)
        if d.code.startswith(family)
    ]


def at(text: str, part: str, occurrence: int = 1) -> str:
    """`line:column` of a part of a text, to compare places with."""
    offset = -1
    for _ in range(occurrence):
        offset = text.index(part, offset + 1)
    before = text[:offset]
    return f"{before.count(chr(10)) + 1}:{offset - before.rfind(chr(10))}"

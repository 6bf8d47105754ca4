"""Descriptions given in memory, linked; findings as short lines: `ARZ203 /workflows/0/steps/0/operationId`."""

from __future__ import annotations

from json import dumps
from typing import Any

from scripted import arazzo_of, openapi_of

import arazzo_runner
from arazzo_runner.document import Document, read
from arazzo_runner.plan import Plan

API = "memory:/openapi.json"
PETS = ("listPets GET /pets", "createPet POST /pets", "getPet GET /pets/{id}")


def step(step_id: str = "a", **fields: Any) -> dict[str, Any]:
    """A Step Object; it calls listPets unless it says otherwise."""
    targets = {"operationId", "operationPath", "workflowId", "channelPath"}
    called = {} if targets & fields.keys() else {"operationId": "listPets"}
    return {"stepId": step_id, **called, **fields}


def steps(*items: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A Workflow Object with these steps."""
    return {"steps": list(items) or [step()], **fields}


def sources(**urls: str) -> list[dict[str, str]]:
    """Source descriptions by name; those of `.arazzo.json` are of type arazzo."""
    return [
        {"name": name, "url": url, "type": "arazzo" if url.endswith(".arazzo.json") else "openapi"}
        for name, url in urls.items()
    ]


def supplied(uri: str, value: Any) -> Document:
    """A document as a host supplies it."""
    data = value if isinstance(value, bytes) else dumps(value).encode()
    return read(data, uri=uri, name=uri.rpartition("/")[2])


def loaded(arazzo: Any, documents: dict[str, Any] | None = None, **options: Any) -> arazzo_runner.Loaded:
    """The description with PETS as its source `api`, and other documents by URI."""
    given = {API: openapi_of(*PETS), **(documents or {})}
    options.setdefault("servers", {"": "http://server.invalid"})
    options.setdefault("env", {})
    source = arazzo.encode() if isinstance(arazzo, str) else arazzo
    return arazzo_runner.load(
        source, documents=[supplied(uri, value) for uri, value in given.items()], cache=False, **options
    )


def link(arazzo: Any, documents: dict[str, Any] | None = None, *, workflow: str | None = None, **options: Any) -> Plan:
    """The plan; a Workflow Object stands for a description with that workflow."""
    if isinstance(arazzo, dict) and "arazzo" not in arazzo:
        arazzo = arazzo_of(arazzo, version=options.pop("version", "1.0.1"))
    description = loaded(arazzo, documents, **options)
    return description.link(workflow or description.workflows[0].workflow_id)


def lines(plan: Plan, severity: str) -> list[str]:
    """`CODE pointer` of every finding of this severity, in order."""
    return [
        f"{d.code} {d.location.pointer if d.location else ''}".rstrip()
        for d in plan.diagnostics
        if d.severity == severity
    ]


def errors(arazzo: Any, documents: dict[str, Any] | None = None, **options: Any) -> list[str]:
    """The errors of the plan of the first workflow (or `workflow=`)."""
    return lines(link(arazzo, documents, **options), "error")


def warnings(arazzo: Any, documents: dict[str, Any] | None = None, **options: Any) -> list[str]:
    """Its warnings; there has to be no error."""
    plan = link(arazzo, documents, **options)
    assert lines(plan, "error") == []
    return lines(plan, "warning")


def hints(arazzo: Any, documents: dict[str, Any] | None = None, **options: Any) -> list[str | None]:
    """What to do about each error."""
    return [d.hint for d in link(arazzo, documents, **options).diagnostics if d.severity == "error"]

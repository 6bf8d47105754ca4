"""The record of a session: NDJSON with a header, scenarios, results and a footer; without the footer incomplete."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from .engine import Engine
from .lint import untestable
from .play import Result
from .scenario import Scenario

FORMAT = 1


@dataclass
class Record:
    """What a record says, read back."""

    header: dict[str, Any]
    scenarios: dict[str, dict[str, Any]] = field(default_factory=dict)
    results: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)  # by scenario and engine
    footer: dict[str, Any] | None = None

    @property
    def engines(self) -> list[dict[str, Any]]:
        """The engines in the order of the header, with what each said of itself."""
        said: Mapping[str, Any] = (self.footer or {}).get("engines", {})
        return [{**engine, **_version(said.get(engine["id"]))} for engine in self.header["engines"]]

    def of(self, engine: str) -> list[dict[str, Any]]:
        """The results of an engine in the order of the scenarios."""
        return [self.results[s, engine] for s in self.scenarios if (s, engine) in self.results]


def _version(said: Any) -> dict[str, Any]:
    if not said:
        return {}
    return {"version": said["engine"]["version"], "arazzo": said["arazzo"], "observes": said["observes"]}


class Writer:
    """Writes a record line by line, as it happens."""

    def __init__(self, stream: TextIO, engines: Sequence[Engine], scenarios: Sequence[Scenario]) -> None:
        self._stream = stream
        self._counts: dict[str, dict[str, int]] = {}
        self._line(
            "header",
            format=FORMAT,
            suite="arazzo-conformance",
            started=now(),
            python=sys.version.split()[0],
            engines=[_engine(engine) for engine in engines],
            scenarios=len(scenarios),
            untestable=untestable(),
        )
        for scenario in scenarios:
            self._line("scenario", **_scenario(scenario))

    def result(self, result: Result) -> None:
        """One result."""
        counts = self._counts.setdefault(result.engine, {})
        counts[result.verdict] = counts.get(result.verdict, 0) + 1
        self._line("result", **asdict(result))

    def close(self, started: Mapping[str, Any]) -> None:
        """The footer: the session is complete."""
        self._line("footer", finished=now(), engines=started, counts=self._counts)

    def _line(self, kind: str, **fields: Any) -> None:
        self._stream.write(json.dumps({"kind": kind, **fields}, ensure_ascii=False) + "\n")
        self._stream.flush()


def _engine(engine: Engine) -> dict[str, Any]:
    return {
        "id": engine.id,
        "name": engine.name,
        "language": engine.language,
        "package": engine.package,
        "pinned": engine.version,
        "homepage": engine.homepage,
        "notes": engine.notes,
    }


def _scenario(scenario: Scenario) -> dict[str, Any]:
    documents = {name: octets.decode("utf-8", "replace") for name, octets in scenario.documents().items()}
    kept = {name: scenario.tree[name] for name in ("note", "decisions", "exchanges", "expect") if name in scenario.tree}
    return {
        "id": scenario.id,
        "path": scenario.path,
        "arazzo": scenario.version,
        "area": scenario.area,
        "description": scenario.description,
        "level": scenario.level,
        "features": scenario.features,
        "requirements": scenario.requirements,
        "documents": documents,
        "run": {"entry": scenario.entry, "workflowId": scenario.workflow_id, "inputs": scenario.inputs},
        **kept,
    }


def now() -> str:
    """The time, to the second, in UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read(file: Path) -> Record:
    """A record from its file. Raises: ValueError if it is none."""
    return read_lines(file.read_text("utf-8").splitlines())


def read_lines(lines: Iterable[str]) -> Record:
    """A record from its lines."""
    record: Record | None = None
    for line in lines:
        entry = json.loads(line)
        kind = entry.pop("kind", None)
        if kind == "header":
            record = Record(entry)
        elif record is None:
            raise ValueError("the first line is no header")
        elif kind == "scenario":
            record.scenarios[entry["id"]] = entry
        elif kind == "result":
            record.results[entry["scenario"], entry["engine"]] = entry
        elif kind == "footer":
            record.footer = entry
    if record is None:
        raise ValueError("this is no record of a session: it is empty")
    return record

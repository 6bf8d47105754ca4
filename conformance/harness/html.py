"""The page: one self-contained HTML file that shows a record to people."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .compare import normal
from .lint import requirements
from .report import Record
from .summary import areas, tally

_TEMPLATE = Path(__file__).with_name("page.html")
# What every client sends in its own way and no scenario speaks about.
_NOISE = frozenset(
    {"host", "connection", "accept-encoding", "user-agent", "content-length", "accept-language", "sec-fetch-mode"}
)
_LONG = 4000


def page(record: Record) -> str:
    """The page of a record."""
    data = json.dumps(_data(record), ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return (
        _TEMPLATE.read_text("utf-8")
        .replace("<!--matrix-->", _matrix(record))
        .replace("<!--date-->", html.escape(record.header["started"][:10]))
        .replace('"DATA"', data.replace("<!--", "<\\u0021--"))
    )


def _data(record: Record) -> dict[str, Any]:
    return {
        "started": record.header["started"],
        "complete": record.footer is not None,
        "engines": record.engines,
        "areas": areas(record),
        "scenarios": list(record.scenarios.values()),
        "results": {e["id"]: {r["scenario"]: _result(r) for r in record.of(e["id"])} for e in record.engines},
        "clusters": {id_: found for id_ in record.scenarios if len(found := clusters(record, id_)) > 1},
        "requirements": _requirements(record),
    }


def _result(result: Mapping[str, Any]) -> dict[str, Any]:
    observed = dict(result["observed"])
    if result["verdict"] == "pass":
        observed.pop("message", None)
    if "exchanges" in observed:
        observed["exchanges"] = [_exchange(exchange) for exchange in observed["exchanges"]]
    kept = {
        "verdict": result["verdict"],
        "problems": result["problems"],
        "seconds": result["seconds"],
        "observed": observed,
    }
    if result.get("known"):
        kept["known"] = result["known"]
    if result["verdict"] == "error" and result.get("stderr"):
        kept["stderr"] = result["stderr"][-_LONG:]
    return kept


def _exchange(exchange: Mapping[str, Any]) -> dict[str, Any]:
    request = exchange["request"]
    headers = {
        name: value for name, value in request["headers"].items() if name.lower() not in _NOISE and value != "*/*"
    }
    return {**exchange, "request": {**request, "headers": headers, "body": request["body"][:_LONG]}}


def clusters(record: Record, scenario: str) -> list[list[str]]:
    """The engines of a scenario, those that behaved alike together; skipped ones are left out."""
    by_behaviour: dict[str, list[str]] = {}
    for engine in record.engines:
        result = record.results.get((scenario, engine["id"]))
        if result is not None and result["verdict"] != "skip":
            by_behaviour.setdefault(_behaviour(result), []).append(engine["id"])
    return sorted(by_behaviour.values(), key=lambda ids: -len(ids))


def _behaviour(result: Mapping[str, Any]) -> str:
    """What was sent, and how it ended, as a comparable text; to refuse is to fail without a request."""
    observed = result["observed"]
    sent = [
        [e["request"]["method"], normal(e["request"]["target"]), _value(e["request"]["body"])]
        for e in observed.get("exchanges", [])
    ]
    ended = "error" if result["verdict"] == "error" else observed.get("outcome")
    return json.dumps([sent, "failure" if ended == "rejected" else ended], sort_keys=True)


def _value(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body


def _requirements(record: Record) -> list[dict[str, Any]]:
    shown: dict[str, list[str]] = {}
    for scenario in record.scenarios.values():
        for id_ in scenario["requirements"]:
            shown.setdefault(id_, []).append(scenario["path"])
    untestable = record.header.get("untestable", {})
    return [
        {
            "id": id_,
            "level": entry["level"],
            "section": entry["section"],
            "text": entry["text"],
            "scenarios": sorted(set(shown.get(id_, ()))),
            "untestable": untestable.get(id_),
        }
        for id_, entry in requirements().items()
    ]


def _matrix(record: Record) -> str:
    """The matrix as a table; the script of the page adds to it."""
    engines = record.engines
    head = "".join(
        f'<th scope="col"><span class="name">{html.escape(e["name"])}</span>'
        f'<span class="version">{html.escape(str(e.get("version") or e["pinned"]))}</span></th>'
        for e in engines
    )
    rows = "".join(_row(record, engines, area, area) for area in areas(record))
    total = _row(record, engines, None, "all areas")
    return f'<thead><tr><th scope="col">Area</th>{head}</tr></thead><tbody>{rows}</tbody><tfoot>{total}</tfoot>'


def _row(record: Record, engines: list[dict[str, Any]], area: str | None, name: str) -> str:
    cells = "".join(_cell(record, e["id"], area) for e in engines)
    return f'<tr data-area="{html.escape(area or "")}"><th scope="row">{html.escape(name)}</th>{cells}</tr>'


def _cell(record: Record, engine: str, area: str | None) -> str:
    passed, total = tally(record, engine, area)
    if not total:
        return f'<td data-engine="{html.escape(engine)}" class="none"><span>not run</span></td>'
    share = passed / total
    return (
        f'<td data-engine="{html.escape(engine)}" style="--share:{share:.3f}"><span><b>{passed}</b>/{total}</span></td>'
    )

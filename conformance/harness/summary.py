"""Summaries of a record: a matrix for a terminal, Markdown, JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from . import yaml12
from .report import Record

LEVELS = ("required", "recommended", "profile")
_JUDGED = ("pass", "fail", "error")


def matrix(record: Record) -> str:
    """Areas by engines: passed of judged; then how many were skipped."""
    engines = [engine["id"] for engine in record.engines]
    rows = [["", *engines]]
    for area in areas(record):
        rows.append([area, *(_cell(record, engine, area) for engine in engines)])
    rows.append(["all", *(_cell(record, engine, None) for engine in engines)])
    for verdict in ("error", "skip"):
        rows.append([verdict, *(str(sum(r["verdict"] == verdict for r in record.of(e)) or "-") for e in engines)])
    text = _table(rows)
    return text if record.footer else f"{text}\n(the record is not complete)"


def areas(record: Record) -> list[str]:
    """The areas in order of first appearance."""
    return list(dict.fromkeys(scenario["area"] for scenario in record.scenarios.values()))


def tally(record: Record, engine: str, area: str | None = None, levels: Iterable[str] = ()) -> tuple[int, int]:
    """How many passed, of how many judged."""
    wanted = set(levels)
    results = [
        r
        for r in record.of(engine)
        if (area is None or record.scenarios[r["scenario"]]["area"] == area)
        and (not wanted or record.scenarios[r["scenario"]]["level"] in wanted)
        and r["verdict"] in _JUDGED
    ]
    return sum(r["verdict"] == "pass" for r in results), len(results)


def _cell(record: Record, engine: str, area: str | None) -> str:
    passed, total = tally(record, engine, area)
    return f"{passed}/{total}" if total else "-"


def _table(rows: list[list[str]]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join([row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    )


def conversation(scenario: Mapping[str, Any], observed: Mapping[str, Any], stderr: str = "") -> str:
    """Expected and seen, one below the other, for a terminal."""
    expected = {"exchanges": scenario.get("exchanges", []), "expect": scenario.get("expect")}
    parts = ["  expected:", _indented(yaml12.dump(expected)), "  seen:", _indented(yaml12.dump(dict(observed)))]
    if stderr.strip():
        parts += ["  stderr:", _indented(stderr[-2000:])]
    return "\n".join(parts)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.rstrip().splitlines())


def render(record: Record, form: str) -> str:
    """The record in one of the formats of `report`."""
    if form == "html":
        from .html import page

        return page(record)
    if form == "json":
        return json.dumps(as_json(record), indent=2, ensure_ascii=False)
    return markdown(record) if form == "markdown" else matrix(record)


def as_json(record: Record) -> dict[str, Any]:
    """The numbers and the deviations, for a program."""
    return {
        "started": record.header["started"],
        "complete": record.footer is not None,
        "engines": {engine["id"]: _numbers(record, engine) for engine in record.engines},
    }


def _numbers(record: Record, engine: Mapping[str, Any]) -> dict[str, Any]:
    results = record.of(engine["id"])
    return {
        "name": engine["name"],
        "version": engine.get("version"),
        "verdicts": dict(Counter(result["verdict"] for result in results)),
        "areas": {
            area: dict(zip(("pass", "of"), tally(record, engine["id"], area), strict=True)) for area in areas(record)
        },
        "levels": {
            lv: dict(zip(("pass", "of"), tally(record, engine["id"], levels=[lv]), strict=True)) for lv in LEVELS
        },
        "deviations": {r["scenario"]: r["problems"] for r in results if r["verdict"] in ("fail", "error")},
        "skipped": {r["scenario"]: r["problems"] for r in results if r["verdict"] == "skip"},
    }


def markdown(record: Record) -> str:
    """The results as a page of Markdown: levels, areas, engines, how to get it again."""
    engines = record.engines
    head = ["", *(f"{engine['name']} {engine.get('version') or engine['pinned']}" for engine in engines)]
    by_level = [[lv, *(_cell_of(*tally(record, e["id"], levels=[lv])) for e in engines)] for lv in LEVELS]
    by_area = [[area, *(_cell_of(*tally(record, e["id"], area)) for e in engines)] for area in areas(record)]
    total = ["**all**", *(f"**{_cell_of(*tally(record, e['id']))}**" for e in engines)]
    parts = [
        "# Results of the conformance suite",
        f"{_count(record)} on {record.header['started'][:10]}, with Python {record.header['python']}. "
        "Cells are passed/judged: what an engine declares unsupported, and versions it does not run, are not judged.",
        _rows(head, [*by_level, total]),
        "`required` is what the specification demands, `recommended` what it advises; `profile` scenarios follow a "
        "reading of a place that the text leaves open: to differ there is no non-conformance.",
        "## By area",
        _rows(head, [*by_area, *_verdict_rows(record), total]),
        "## The engines",
        "\n".join(_engine_line(engine) for engine in engines),
        "## Again",
        "```console\n$ python -m conformance install\n$ python -m conformance run --jobs 2\n"
        "$ python -m conformance report --format markdown --output conformance/RESULTS.md\n```",
        "`report --format html` makes a page with every scenario, its documents, and what was expected and seen.",
    ]
    return "\n\n".join(parts) + "\n"


def _count(record: Record) -> str:
    claims = len({scenario["path"] for scenario in record.scenarios.values()})
    return f"{claims} claims in {len(record.scenarios)} scenarios, {len(record.engines)} engines,"


def _verdict_rows(record: Record) -> list[list[str]]:
    rows = []
    for verdict, name in (("error", "errors"), ("skip", "skipped")):
        counts = [sum(r["verdict"] == verdict for r in record.of(e["id"])) for e in record.engines]
        if any(counts):
            rows.append([f"*{name}*", *(str(count) if count else "" for count in counts)])
    return rows


def _engine_line(engine: Mapping[str, Any]) -> str:
    where = f", {engine['package']}" if engine.get("package") else ""
    name = f"[{engine['name']}]({engine['homepage']})" if engine.get("homepage") else engine["name"]
    shows = f" Shows {', '.join(engine['observes'])}." if engine.get("observes") else ""
    notes = f" {engine['notes'].strip()}" if engine.get("notes") else ""
    return f"- **{name}** {engine.get('version') or engine['pinned']} ({engine['language']}{where}).{shows}{notes}"


def _cell_of(passed: int, total: int) -> str:
    return f"{passed}/{total}" if total else ""


def _rows(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)

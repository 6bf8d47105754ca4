"""Run Arazzo engines through the conformance suite."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .scenario import ROOT, BadScenario, Scenario

RECORD = ROOT / "results.ndjson"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 fine, 1 findings, 2 usage."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (BadScenario, ValueError) as error:
        print(f"conformance: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m conformance", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="run engines through scenarios")
    run.add_argument(
        "--engine", action="append", default=[], metavar="ID", help="one engine (repeat); all that are installed"
    )
    run.add_argument(
        "--select",
        action="append",
        default=[],
        metavar="WHAT",
        help="an area, area/claim (@1.0), a pattern or a file (repeat)",
    )
    run.add_argument("--jobs", type=int, default=1, metavar="N", help="processes at once, over all engines")
    run.add_argument("--output", type=Path, metavar="FILE", help="the record (NDJSON); conformance/results.ndjson")
    run.add_argument("--gate", metavar="ID", help="exit 1 if this engine has a fail or an error; the only one named")
    run.add_argument(
        "-v", "--verbose", action="store_true", help="show expected and seen conversation of what is not as expected"
    )
    run.set_defaults(run=_run)

    lint = commands.add_parser("lint", help="check scenarios against the format and its rules")
    lint.add_argument("select", nargs="*", metavar="SCENARIO", help="an area, area/claim, or a file")
    lint.add_argument(
        "--coverage", action="store_true", help="list requirements without a scenario, and unused features"
    )
    lint.set_defaults(run=_lint)

    report = commands.add_parser("report", help="show a record as text, Markdown, JSON or HTML")
    report.add_argument("record", nargs="?", type=Path, default=RECORD)
    report.add_argument("--format", choices=("text", "markdown", "json", "html"), default="text")
    report.add_argument("--output", type=Path, metavar="FILE", help="a file instead of stdout")
    report.set_defaults(run=_report)

    install = commands.add_parser("install", help="install the pinned versions of engines")
    install.add_argument("engine", nargs="*", metavar="ID", help="engines; all if none")
    install.set_defaults(run=_install)

    dist = commands.add_parser("dist", help="build the suite as one archive of plain files")
    dist.add_argument("--output", type=Path, default=ROOT / "dist" / "arazzo-conformance.zip", metavar="FILE")
    dist.set_defaults(run=_dist)
    return parser


def _run(options: argparse.Namespace) -> int:
    from .play import Result, play
    from .report import Writer, read
    from .scenario import load
    from .summary import conversation, matrix

    engines = _chosen(options.engine)
    scenarios = load(options.select)
    if not scenarios:
        raise ValueError(f"no scenario is selected by {', '.join(options.select) or 'nothing'}")
    gate = options.gate or (options.engine[0] if len(options.engine) == 1 else None)
    bad: list[Result] = []
    by_id: dict[str, Scenario] = {scenario.id: scenario for scenario in scenarios}

    output = options.output or _record(options)
    with output.open("w", encoding="utf-8") as stream:
        writer = Writer(stream, engines, scenarios)

        def tell(result: Result) -> None:
            writer.result(result)
            if result.engine == gate and result.verdict in ("fail", "error"):
                bad.append(result)
                print(f"{result.verdict} {result.scenario}: {by_id[result.scenario].description}", file=sys.stderr)
                for problem in result.problems:
                    print(f"  {problem}", file=sys.stderr)
                if options.verbose:
                    print(conversation(by_id[result.scenario].tree, result.observed, result.stderr), file=sys.stderr)

        writer.close(play(engines, scenarios, tell, jobs=options.jobs))
    print(matrix(read(output)))
    return 1 if bad else 0


def _record(options: argparse.Namespace) -> Path:
    """Where the record goes: a part of the scenarios does not replace the record of all."""
    if options.select or options.engine:
        return Path(tempfile.gettempdir()) / f"conformance-{os.getpid()}.ndjson"
    return RECORD


def _chosen(ids: Sequence[str]) -> list[Any]:
    from .engine import engines

    every = {engine.id: engine for engine in engines()}
    for id_ in ids:
        if id_ not in every:
            raise ValueError(f"there is no engine {id_}; there are {', '.join(every)}")
        if not every[id_].is_installed:
            raise ValueError(
                f"{id_} is not installed in version {every[id_].version}: python -m conformance install {id_}"
            )
    if ids:
        return [every[id_] for id_ in ids]
    missing = [engine.id for engine in every.values() if not engine.is_installed]
    if missing:
        print(f"not installed: {', '.join(missing)} (python -m conformance install)", file=sys.stderr)
    return [engine for engine in every.values() if engine.is_installed]


def _lint(options: argparse.Namespace) -> int:
    from .lint import lint

    problems = list(lint(options.select))
    for problem in problems:
        print(problem)
    if options.coverage:
        _coverage()
    print(f"{len(problems)} problems" if problems else "no problems", file=sys.stderr)
    return 1 if problems else 0


def _coverage() -> None:
    from .lint import features, requirements, uncovered
    from .scenario import load

    scenarios = load()
    for level in ("MUST", "SHOULD", "semantics", "MAY"):
        missing = uncovered(scenarios, level)
        print(f"{len(missing)} requirements of level {level} without a scenario: {' '.join(missing)}")
    unused = sorted(features() - {feature for scenario in scenarios for feature in scenario.features})
    print(f"{len(unused)} features without a scenario: {' '.join(unused)}")
    files = {scenario.path: scenario for scenario in scenarios}
    negative = sum(not any(e["outcome"] == "success" for e in s.expectations) for s in files.values())
    print(f"{len(files)} scenarios, {negative} of them expect no success; {len(requirements())} requirements")


def _report(options: argparse.Namespace) -> int:
    from .report import read
    from .summary import render

    text = render(read(options.record), options.format)
    if options.output:
        options.output.write_text(text, "utf-8")
    else:
        print(text)
    return 0


def _install(options: argparse.Namespace) -> int:
    from .engine import engines, install

    failed = 0
    for engine in engines():
        if (options.engine and engine.id not in options.engine) or not engine.install:
            continue
        if engine.is_installed:
            print(f"{engine.id}: {engine.version} is installed", file=sys.stderr)
            continue
        try:
            install(engine)
            print(f"{engine.id}: installed {engine.version}", file=sys.stderr)
        except (subprocess.CalledProcessError, OSError) as error:
            failed += 1
            print(f"{engine.id}: cannot be installed: {error}", file=sys.stderr)
    return 1 if failed else 0


def _dist(options: argparse.Namespace) -> int:
    from .dist import build

    build(options.output)
    print(options.output)
    return 0

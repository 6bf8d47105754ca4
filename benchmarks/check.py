"""Checking: a 6 kB description over a 200 kB source in process and as a command, and the corpus where it is at hand."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from arazzo_runner.api import check_with
from arazzo_runner.options import Options

from .engine import ROOT
from .loading import big_description

_ROUNDS = 15
_SIZE, _SOURCE_SIZE = 6_000, 200_000


def measure() -> Iterator[str]:
    """Medians; the command runs with compiled modules, as it is installed."""
    with tempfile.TemporaryDirectory() as folder:
        file = _description(Path(folder))
        environment = _environment(Path(folder))
        yield from _in_process(file)
        yield from _command(file, environment)
        yield from _corpus(environment)


def _in_process(file: Path) -> Iterator[str]:
    options = Options(fetch=False, cache=False)
    times = []
    for _ in range(_ROUNDS + 1):
        start = time.perf_counter()
        found = check_with(file, options).diagnostics
        times.append(time.perf_counter() - start)
    yield (
        f"{file.stat().st_size / 1000:.1f} kB over {_SOURCE_SIZE // 1000} kB, {len(found)} findings: first"
        f" {times[0] * 1000:.0f} ms, later {statistics.median(times[1:]) * 1000:.0f} ms (aim: 60)"
    )


def _command(file: Path, environment: dict[str, str]) -> Iterator[str]:
    lines = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "check": [sys.executable, "-m", "arazzo_runner", "check", "-q", str(file)],
        "check --no-cache": [sys.executable, "-m", "arazzo_runner", "check", "-q", "--no-cache", str(file)],
    }
    times: dict[str, list[float]] = {name: [] for name in lines}
    for _ in range(_ROUNDS + 1):
        for name, line in lines.items():
            times[name].append(_once(line, environment))
    for name, found in times.items():
        yield f"{name}: {statistics.median(found[1:]) * 1000:.0f} ms" + (" (aim: 200)" if name == "check" else "")


def _corpus(environment: dict[str, str]) -> Iterator[str]:
    corpus = Path(os.environ.get("ARAZZO_SHARED", ROOT.parent / "shared")) / "corpus"
    if not corpus.is_dir():
        yield "the corpus is not here (ARAZZO_SHARED)"
        return
    line = [sys.executable, "-m", "arazzo_runner", "check", "-q", str(corpus)]
    yield f"the corpus, {os.cpu_count()} cores: {_once(line, environment):.1f} s (aim: 60)"


def _once(line: list[str], environment: dict[str, str]) -> float:
    start = time.perf_counter()
    ended = subprocess.run(line, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode
    if ended not in (0, 1, 3):
        raise RuntimeError(f"{' '.join(line)} ended with {ended}")
    return time.perf_counter() - start


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(folder / "compiled"), "XDG_CACHE_HOME": str(folder / "cache")}


def _description(folder: Path) -> Path:
    (folder / "big.openapi.yaml").write_bytes(big_description(_SOURCE_SIZE))
    parts = [
        "arazzo: 1.0.1\ninfo: {title: Things, version: 1.0.0}\n"
        "sourceDescriptions:\n- {name: things, url: big.openapi.yaml, type: openapi}\n"
        "workflows:\n- workflowId: read-things\n"
        "  inputs:\n    type: object\n    properties:\n      id: {type: string}\n"
        "  steps:\n"
    ]
    number = 0
    while sum(map(len, parts)) < _SIZE:
        parts.append(_step(number))
        number += 1
    file = folder / "things.arazzo.yaml"
    file.write_text("".join(parts), encoding="utf-8")
    return file


def _step(number: int) -> str:
    value = f"$steps.read-{number - 1}.outputs.next" if number else "$inputs.id"
    return f"""\
  - stepId: read-{number}
    operationId: readThing{number}
    parameters:
    - {{name: id, in: path, value: {value}}}
    successCriteria:
    - condition: $statusCode == 200
    - condition: $response.body#/field_0 > 10 && $response.body#/field_1 != null
    - {{context: $response.body, type: jsonpath, condition: '$[?@.field_3 == "x"]'}}
    outputs:
      next: $response.body#/field_1
      absent: $response.body#/field_99
"""

"""Testing without the API: the bundled three-step workflow with all its branches in process, and the corpus."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Iterator

from arazzo_runner.api import load_with, verify_with
from arazzo_runner.options import Options
from arazzo_runner.testing import Tryout

from .corpus import PROCESSES, cold_cache, corpus_folder, survey
from .engine import ROOT

_ROUNDS = 9
_BUNDLED = ROOT / "workflows" / "airbyte-application-token-bootstrap-workflow.yml"


def measure() -> Iterator[str]:
    """Medians of one run of this measurement; the first round, which imports and prepares, beside the later ones."""
    loaded = load_with(_BUNDLED, Options(fetch=False))
    times, runs = [], 0
    for _ in range(_ROUNDS + 1):
        start = time.perf_counter()
        verdict = next(iter(verify_with(loaded, Tryout())))
        times.append(time.perf_counter() - start)
        runs = verdict.runs
    yield (
        f"three steps, all branches ({runs} runs): first {times[0] * 1000:.0f} ms, later"
        f" {statistics.median(times[1:]) * 1000:.0f} ms (aim: 100)"
    )
    yield from _corpus()


def _corpus() -> Iterator[str]:
    folder = corpus_folder()
    if folder is None:
        yield "the corpus is not here (ARAZZO_SHARED)"
        return
    with cold_cache():
        start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        found = survey(folder, modes=("auto",), branches=False, checked=False)
        took = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    workflows = sum(len(each.tried) for each in found)
    yield (
        f"the straight runs of {workflows} published workflows, {PROCESSES} processes: {took:.0f} s (aim: 120),"
        f" of which {used:.0f} s of processor time in both together"
    )

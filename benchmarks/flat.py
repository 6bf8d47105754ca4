"""Cost per run over 10,000 runs of one Runner: the last thousand beside the first, and the memory it keeps."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Iterator

from arazzo_runner import Runner

from .engine import INPUTS, WORKFLOW, NoTransport

_RUNS, _PART = 10_000, 1_000


def measure() -> Iterator[str]:
    """The ratio last/first of ten thousand runs."""
    with Runner(WORKFLOW, client=NoTransport(), env={}) as runner:
        for _ in range(200):
            runner.run(INPUTS)
        parts = []
        for _ in range(_RUNS // _PART):
            start = time.process_time()
            for _ in range(_PART):
                runner.run(INPUTS)
            parts.append(time.process_time() - start)
        yield f"last/first thousand of {_RUNS} runs: {parts[-1] / parts[0]:.3f} (aim: 1.05)"
        gc.collect()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(500):
            runner.run(INPUTS)
        gc.collect()
        kept = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        yield f"memory kept after 500 more runs: {kept / 1024:.1f} KiB"

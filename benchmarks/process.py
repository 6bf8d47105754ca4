"""Cold start and peak memory of the whole command on the Airbyte workflow, beside `python -c pass`."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from .engine import ROOT, WORKFLOW
from .server import serving

_ROUNDS = 15


def measure() -> Iterator[str]:
    """Medians of the whole process, in turns."""
    with serving() as url:
        command = [sys.executable, "-m", "arazzo_runner"]
        run = [*command, str(WORKFLOW), "-q", "-s", url, "-i", "applicationName=bench", "--no-input"]
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "--version": [*command, "--version"],
            "--help": [*command, "--help"],
            "run": run,
            "run without pyreqwest": run,
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        peaks: dict[str, float] = {}
        for _ in range(_ROUNDS):
            for name, line in commands.items():
                seconds, peak = _once(line, hide_speed=name.endswith("pyreqwest"))
                times[name].append(seconds)
                peaks[name] = max(peak, peaks.get(name, 0.0))
        base = statistics.median(times["python -c pass"])
        for name, found in times.items():
            middle = statistics.median(found)
            yield f"{name}: {middle * 1000:.0f} ms, {middle / base:.1f} times python -c pass, peak {peaks[name]:.0f} MiB"
        yield "aims: 14 times and 45 MiB with httpx, 6 times with pyreqwest"


def _once(command: Sequence[str], *, hide_speed: bool) -> tuple[float, float]:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    if hide_speed:
        environment["PYTHONPATH"] = str(Path(__file__).parent / "hidden")
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment, cwd=ROOT)
    assert process.stderr is not None, "it is a pipe"
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {said.decode()}")
    return seconds, usage.ru_maxrss / (1024 if resource.getpagesize() and sys.platform != "darwin" else 1024 * 1024)

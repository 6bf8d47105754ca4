"""Cold start and peak memory of the whole command on the Airbyte workflow, beside `python -c pass`."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
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
            ratio = middle / base
            yield f"{name}: {middle * 1000:.0f} ms, {ratio:.1f} times python -c pass, peak {peaks[name]:.0f} MiB"
        yield "aims: 14 times and 45 MiB with httpx, 6 times with pyreqwest"


# A small process of its own starts the command: what a big parent has in memory counts as the child's peak otherwise.
_LAUNCHER = """
import os, sys, time
start = time.perf_counter()
quiet = os.open(os.devnull, os.O_RDWR)
files = [(os.POSIX_SPAWN_DUP2, quiet, 0), (os.POSIX_SPAWN_DUP2, quiet, 1), (os.POSIX_SPAWN_DUP2, quiet, 2)]
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=files)
_, status, usage = os.wait4(child, 0)
print(time.perf_counter() - start, usage.ru_maxrss, os.waitstatus_to_exitcode(status))
"""


def _once(command: Sequence[str], *, hide_speed: bool) -> tuple[float, float]:
    """Seconds and peak memory in MiB of one command."""
    environment = dict(os.environ)
    if hide_speed:
        environment["PYTHONPATH"] = str(Path(__file__).parent / "hidden")
    line = [sys.executable, "-I", "-S", "-c", _LAUNCHER, *command]
    said = subprocess.run(line, env=environment, cwd=ROOT, capture_output=True, check=True).stdout.split()
    if int(said[2]):
        raise RuntimeError(f"{' '.join(command)} ended with {int(said[2])}")
    return float(said[0]), int(said[1]) / (1024 if sys.platform != "darwin" else 1024 * 1024)

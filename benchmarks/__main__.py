"""Run every measurement and print one table; the figures are ratios of things measured in this very run."""

from __future__ import annotations

import argparse
import sys

from . import check, engine, flat, loading, process, throughput, trying

_ALL = {
    "engine": engine.measure,
    "throughput": throughput.measure,
    "flat": flat.measure,
    "process": process.measure,
    "loading": loading.measure,
    "check": check.measure,
    "test": trying.measure,
}


def main() -> int:
    """Measure what is named, or everything."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*_ALL, []], help="measurements; all when none is named")
    names = parser.parse_args().names or list(_ALL)
    for name in names:
        print(f"## {name}")
        for line in _ALL[name]():
            print(f"  {line}")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())

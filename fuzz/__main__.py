"""`python -m fuzz [KIND ...] --minutes 3 --seed N`: look for inputs that break the engine, and keep what is found."""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hypothesis

from .inputs import KINDS
from .targets import TARGETS, signature

KEPT = Path(__file__).resolve().parent.parent / "tests" / "fuzz_cases"
PATIENCE_S = 30  # for one input
_ROUND = 60  # inputs


def main() -> int:
    """Exit code 1 where something was found."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"{', '.join(KINDS)}; all when none is named")
    parser.add_argument("--minutes", type=float, default=3.0, help="for all kinds together (default 3)")
    parser.add_argument("--seed", type=int, default=None, help="the same seed gives the same inputs")
    given = parser.parse_args()
    unknown = [kind for kind in given.kinds if kind not in KINDS]
    if unknown:
        parser.error(f"no kind {', '.join(unknown)}; there are {', '.join(KINDS)}")
    seed = random.randrange(2**32) if given.seed is None else given.seed
    print(f"seed {seed}, {given.minutes:g} minutes", flush=True)
    search = Search()
    search.look(given.kinds or list(KINDS), seed, time.monotonic() + given.minutes * 60)
    for line in search.summary():
        print(line)
    return 1 if search.found else 0


class Search:
    """What was tried and what was found; the same fault is kept once."""

    def __init__(self) -> None:
        self.found: dict[str, Path] = {}
        self.tried: dict[str, int] = {}

    def look(self, kinds: list[str], seed: int, until: float) -> None:
        """Take turns among the kinds until the time is over."""
        turn = 0
        while time.monotonic() < until:
            kind = kinds[turn % len(kinds)]
            self._round(kind, seed + turn, until)
            turn += 1

    def summary(self) -> Iterator[str]:
        """One line for each kind, one for each finding."""
        for kind, count in self.tried.items():
            yield f"{kind}: {count} inputs"
        for what, path in self.found.items():
            yield f"FOUND {path.name}: {what}"

    def _round(self, kind: str, seed: int, until: float) -> None:
        target, strategy = KINDS[kind]
        last: dict[str, Any] = {}

        @hypothesis.seed(seed)
        @hypothesis.settings(
            max_examples=_ROUND,
            deadline=None,
            database=None,
            print_blob=False,
            report_multiple_bugs=False,
            phases=[hypothesis.Phase.generate, hypothesis.Phase.shrink],
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(strategy)
        def attempt(case: dict[str, Any]) -> None:
            if time.monotonic() > until + PATIENCE_S:
                return
            self.tried[kind] = self.tried.get(kind, 0) + 1
            try:
                with _patience():
                    TARGETS[target](case)
            except Exception as error:
                what = signature(error)
                if what in self.found:
                    return
                last.update(case=case, what=what, said=str(error))
                raise

        try:
            attempt()
        except Exception:
            if not last:
                raise
            self._keep(kind, target, last)

    def _keep(self, kind: str, target: str, last: dict[str, Any]) -> None:
        text = json.dumps({"target": target, "found": last["said"][:300], "case": last["case"]}, indent=1)
        KEPT.mkdir(exist_ok=True)
        path = KEPT / f"{kind}-{hashlib.sha256(text.encode()).hexdigest()[:10]}.json"
        path.write_text(text + "\n", encoding="utf-8")
        self.found[last["what"]] = path
        print(f"FOUND {path.name}: {last['said'][:300]}", flush=True)


@contextmanager
def _patience() -> Iterator[None]:
    """An input that takes too long is a finding as well (where signals interrupt)."""
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def too_long(*_: object) -> None:
        raise TimeoutError(f"no end after {PATIENCE_S} s")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(PATIENCE_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


if __name__ == "__main__":
    sys.exit(main())

"""How fast a mock answers: durations, latency, and the rate it allows."""

from __future__ import annotations

import math
import re
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from ..errors import UsageError
from ..sample.draw import Draw

_DURATION = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ms|s|m|min|h)?")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_LONGEST = 86_400.0


def seconds_of(text: str, option: str) -> float:
    """`200ms`, `2s`, `1.5`: seconds without a unit.

    Raises:
        UsageError: it is no duration.
    """
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"{option}: '{text}' is no time", hint="such as 2s, 200ms or 0.5")
    seconds = float(found[1]) * _UNITS[found[2] or "s"]
    if seconds > _LONGEST:
        raise UsageError(f"{option}: {text} is longer than a day")
    return seconds


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds every answer takes at least; between two bounds drawn by seed and number of the request."""

    least: float
    most: float
    seed: int = 0

    def of(self, number: int) -> float:
        """The latency of the nth request."""
        share = Draw(self.seed, ("latency", number)).below(1_000_001) / 1_000_000
        return self.least + (self.most - self.least) * share


def read_latency(text: str, seed: int) -> Latency:
    """Read `50ms` or `50ms-200ms`.

    Raises:
        UsageError: it is neither, or the bounds are the wrong way round.
    """
    first, dash, second = text.partition("-")
    least = seconds_of(first, "--latency")
    most = seconds_of(second, "--latency") if dash else least
    if most < least:
        raise UsageError(f"--latency {text}: the second bound is smaller than the first")
    return Latency(least, most, seed)


class RateLimit:
    """At most so many requests within any stretch of time. Safe to share between threads."""

    def __init__(self, count: int, seconds: float, clock: Callable[[], float]) -> None:
        self.count = count
        self.seconds = seconds
        self._clock = clock
        self._times: deque[float] = deque(maxlen=count)
        self._lock = threading.Lock()

    def __str__(self) -> str:
        return f"{self.count} requests in {self.seconds:g} s"

    def wait(self) -> int | None:
        """None for a request within the limit, which counts; else the whole seconds after which one is again."""
        with self._lock:
            now = self._clock()
            if len(self._times) == self.count and now - self._times[0] < self.seconds:
                return max(1, math.ceil(self._times[0] + self.seconds - now))
            self._times.append(now)
            return None


def read_rate(text: str, clock: Callable[[], float]) -> RateLimit:
    """Read `10/1s`, `100/m`.

    Raises:
        UsageError: it is not of that form.
    """
    count, slash, per = text.partition("/")
    per = "1" + per if per in _UNITS else per
    if not slash or not count.strip().isdecimal() or not 1 <= int(count) <= 1_000_000:
        raise UsageError(f"--rate-limit {text} is not of the form N/TIME", hint="such as 10/1s or 100/m")
    seconds = seconds_of(per, "--rate-limit")
    if seconds <= 0:
        raise UsageError(f"--rate-limit {text}: the time is nothing")
    return RateLimit(int(count), seconds, clock)

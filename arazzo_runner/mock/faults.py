"""Faults on demand: `TARGET[#N]=FAULT[,FAULT...]`, such as `getApplication#1=503x2` or `POST /things=delay=2s,drop`."""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from ..diagnostics import did_you_mean
from ..errors import UsageError
from ..messages import Response
from .pace import seconds_of

_ONE = r"(?:[1-9][0-9]{2}|drop|malformed|delay=[0-9.]+(?:ms|s|m|min|h)?)(?:x[0-9]+)?"
_SPEC = re.compile(rf"(?P<target>.+?)(?:#(?P<number>[0-9]+))?=(?P<faults>{_ONE}(?:,{_ONE})*)", re.DOTALL)
_FAULT = re.compile(
    r"(?:(?P<status>[0-9]{3})|(?P<drop>drop)|(?P<malformed>malformed)|delay=(?P<delay>[0-9.]+(?:ms|s|m|min|h)?))"
    r"(?:x(?P<times>[0-9]+))?"
)
_FORM = "TARGET[#N]=FAULT[,FAULT...], where FAULT is a status (503), delay=2s, drop or malformed, and 503x2 is it twice"

Kind = Literal["status", "delay", "drop", "malformed"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One fault: of which requests of its target, and what. `count` None is all from `first` on."""

    target: str
    first: int
    count: int | None
    kind: Kind
    status: int = 0
    seconds: float = 0.0

    def concerns(self, number: int) -> bool:
        """Whether it is for the nth request, counted from 1."""
        return number >= self.first and (self.count is None or number < self.first + self.count)


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one request. `status` None is the answer there would be."""

    status: int | None = None
    delay_s: float = 0.0
    drop: bool = False
    malformed: bool = False

    def __str__(self) -> str:
        words = [f"delay {self.delay_s:g} s"] if self.delay_s else []
        words += [str(self.status)] if self.status is not None else []
        words += ["drop"] if self.drop else []
        return ", ".join([*words, *(["malformed"] if self.malformed else [])])


def read_faults(texts: Iterable[str]) -> tuple[Rule, ...]:
    """Read what `--fault` was given.

    Raises:
        UsageError: one that is not of the form.
    """
    return tuple(rule for text in texts for rule in _read(text))


def _read(text: str) -> Iterable[Rule]:
    found = _SPEC.fullmatch(text)
    if found is None:
        raise UsageError(f"--fault {text} is not of the form {_FORM}")
    number = int(found["number"]) if found["number"] else None
    if number == 0:
        raise UsageError(f"--fault {text}: requests are counted from 1")
    for part in found["faults"].split(","):
        one = _FAULT.fullmatch(part)
        assert one is not None, "the form was matched"
        yield _rule(text, found["target"].strip(), number, one)


def _rule(text: str, target: str, number: int | None, one: re.Match[str]) -> Rule:
    times = int(one["times"]) if one["times"] else None
    if times == 0:
        raise UsageError(f"--fault {text}: a fault comes at least once")
    count = times if times is not None or number is None else 1
    rule = partial(Rule, target, number or 1, count)
    if one["delay"]:
        return rule("delay", seconds=seconds_of(one["delay"], "--fault"))
    if one["drop"] or one["malformed"]:
        return rule("drop" if one["drop"] else "malformed")
    if not 200 <= int(one["status"]) <= 599:
        raise UsageError(f"--fault {text}: {one['status']} is no status of an answer", hint="200 to 599 are")
    return rule("status", status=int(one["status"]))


def check_targets(rules: Sequence[Rule], known: Collection[str], what: str, shown: Sequence[str] = ()) -> None:
    """Refuse a target that nothing has; `shown` are the names that are listed then.

    Raises:
        UsageError: with what was probably meant.
    """
    for rule in rules:
        if rule.target not in known:
            names = list(shown or sorted(known))
            listed = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
            hint = did_you_mean(rule.target, known) or (f"there are {listed}" if names else None)
            raise UsageError(f"--fault {rule.target}: no {what} has that name", hint=hint)


class Faults:
    """The faults of a server or a run: counts the requests of each target. Safe to share between threads."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = tuple(rules)
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()

    def next(self, *names: str) -> Fault | None:
        """What goes wrong with the next request of whoever has these names, None if nothing does."""
        targets = {rule.target for rule in self._rules}.intersection(names)
        if not targets:
            return None
        with self._lock:
            for target in targets:
                self._counts[target] = self._counts.get(target, 0) + 1
            here = [rule for rule in self._rules if rule.target in targets and rule.concerns(self._counts[rule.target])]
        if not here:
            return None
        return Fault(
            next((rule.status for rule in here if rule.kind == "status"), None),
            sum(rule.seconds for rule in here if rule.kind == "delay"),
            any(rule.kind == "drop" for rule in here),
            any(rule.kind == "malformed" for rule in here),
        )


def malformed(response: Response) -> Response:
    """The answer with a body that is not what its Content-Type says: JSON and XML that break off, text that is none."""
    kind = (response.header("content-type") or "").partition(";")[0]
    body = response.body[: max(len(response.body) // 2, 1)]
    headers = response.headers
    if "json" in kind and body[:1] in (b"{", b"["):
        pass
    elif "json" in kind or not body:
        body = b'{"broken": '
        headers = (("Content-Type", "application/json"), *(h for h in headers if h[0].lower() != "content-type"))
    elif "xml" not in kind:
        body = b"\xff\xfe" + body
    status = response.status if response.status not in (204, 205, 304) else 200
    return Response(status, headers, body, response.url, response.http_version, response.reason)

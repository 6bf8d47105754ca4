"""The conversation of a scenario: answers requests as written, and keeps what was seen. No socket."""

from __future__ import annotations

import base64
import json
import math
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

from .compare import Received, differences, is_for
from .scenario import Exchange, Scenario

UNEXPECTED = 599  # the answer to a request too many
_DATE = re.compile(r"\$httpdate\+(\d+)")  # a date so many seconds from now, in a header of an answer
_SLACK = 0.02  # clocks and timers of two processes do not agree to the millisecond


@dataclass(frozen=True)
class Answer:
    """What goes back, after `delay` seconds; `drop` closes the connection instead."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    delay: float = 0.0
    drop: bool = False


@dataclass
class Seen:
    """A request that arrived, the exchange it was taken for (None: none), and how it differs from that."""

    received: Received
    exchange: Exchange | None
    differences: list[str]
    answer: Answer
    answered_at: float | None = field(default=None, compare=False)


class Conversation:
    """Plays one scenario. Safe for requests that arrive at the same time."""

    def __init__(
        self,
        scenario: Scenario,
        served: Mapping[str, bytes] | None = None,
        *,
        epoch: Callable[[], float] = time.time,
    ) -> None:
        """`served` are documents by path; `epoch` is the time of day, for answers that tell a date."""
        self._epoch = epoch
        self._groups = [list(group) for group in scenario.groups]
        self._lenient = scenario.level == "unspecified"
        self._served = dict(served or {})
        self._lock = threading.Lock()
        self.seen: list[Seen] = []

    def receive(self, received: Received) -> tuple[Answer, Seen | None]:
        """The answer to a request; None beside it for a document that is served and no part of the conversation."""
        with self._lock:
            if received.method in ("GET", "HEAD") and received.path in self._served:
                return _document(self._served[received.path], received), None
            seen = self._take(received)
            self.seen.append(seen)
            return seen.answer, seen

    @property
    def matched(self) -> list[Seen]:
        """The requests that were taken for an exchange."""
        return [seen for seen in self.seen if seen.exchange is not None]

    @property
    def missing(self) -> list[Exchange]:
        """The exchanges that did not take place."""
        return [exchange for group in self._groups for exchange in group]

    def _take(self, received: Received) -> Seen:
        while self._groups and not self._groups[0]:
            self._groups.pop(0)
        group = self._candidates()
        named = [exchange for exchange in group if is_for(exchange.request, received)]
        if not named:
            return Seen(received, None, [], Answer(UNEXPECTED, (("Content-Type", "text/plain"),), b"not expected here"))
        exchange = min(named, key=lambda e: len(differences(e.request, received)))
        problems = [*differences(exchange.request, received), *self._timing(exchange, received)]
        for remaining in self._groups:
            if any(exchange is other for other in remaining):
                remaining[:] = [other for other in remaining if other is not exchange]
        return Seen(received, exchange, problems, answer_of(exchange, self._epoch()))

    def _candidates(self) -> list[Exchange]:
        if self._lenient:
            return self.missing
        return self._groups[0] if self._groups else []

    def _timing(self, exchange: Exchange, received: Received) -> list[str]:
        if not self.seen:
            return []
        last = self.seen[-1]
        waited = received.at - (last.answered_at if last.answered_at is not None else last.received.at)
        after, before = exchange.request.get("after", 0), exchange.request.get("before")
        if waited < after - _SLACK:
            return [f"it comes {waited:.3f} s after the previous answer, not before {after} s is expected"]
        if before is not None and waited > before:
            return [f"it comes {waited:.3f} s after the previous answer, before {before} s is expected"]
        return []


def answer_of(exchange: Exchange, now: float) -> Answer:
    """The answer an exchange gives at a time of day."""
    response = exchange.response
    if response.get("drop"):
        return Answer(drop=True, delay=response.get("delay", 0.0))
    listed = ((k, v) for k, vs in response.get("headers", {}).items() for v in ([vs] if isinstance(vs, str) else vs))
    headers = [(name, _dated(value, now)) for name, value in listed]
    body, media_type = _body(response)
    if media_type and not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", media_type))
    return Answer(response["status"], tuple(headers), body, response.get("delay", 0.0))


def _dated(value: str, now: float) -> str:
    return _DATE.sub(lambda match: formatdate(math.ceil(now) + int(match[1]), usegmt=True), value)


def _body(response: Mapping[str, Any]) -> tuple[bytes, str | None]:
    if "body" in response:
        return json.dumps(response["body"], ensure_ascii=False).encode(), "application/json"
    if "text" in response:
        return response["text"].encode(), "text/plain; charset=utf-8"
    if "base64" in response:
        return base64.b64decode(response["base64"]), "application/octet-stream"
    return b"", None


def _document(octets: bytes, received: Received) -> Answer:
    kind = "application/json" if received.path.endswith(".json") else "application/yaml"
    return Answer(200, (("Content-Type", kind),), octets)

"""The engine's own cost per step: the Airbyte workflow over a transport that answers at once, from memory."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from arazzo_runner import Limits, Runner
from arazzo_runner.drivers import sync
from arazzo_runner.messages import Request, Response

ROOT = Path(__file__).resolve().parent.parent
WORKFLOW = ROOT / "workflows" / "airbyte-application-token-bootstrap-workflow.yml"
INPUTS = {"applicationName": "bench"}
_JSON = (("content-type", "application/json"),)
_APPLICATION = Response(
    200,
    _JSON,
    b'{"id":"a1","name":"bench","clientId":"c1","clientSecret":"not-a-real-secret","createdAt":1767225600000}',
)
_TOKEN = Response(200, _JSON, b'{"access_token":"not-a-real-token","token_type":"Bearer","expires_in":180}')


class NoTransport:
    """Answers from memory."""

    def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
        """The answer to one of the workflow's three requests."""
        return _TOKEN if request.url.endswith("/token") else _APPLICATION

    def close(self) -> None:
        """Nothing is open."""


def best(function: Any, repeats: int = 7, runs: int = 300) -> float:
    """Seconds of processor time per call: the least of several rounds."""
    found = []
    for _ in range(repeats):
        start = time.process_time()
        for _ in range(runs):
            function()
        found.append((time.process_time() - start) / runs)
    return min(found)


def measure() -> Iterator[str]:
    """Microseconds per step: the engine alone, and with a Result."""
    with Runner(WORKFLOW, client=NoTransport(), env={}) as runner:
        inputs = runner.admit(INPUTS)
        transport, limits = NoTransport(), runner.options.limits

        def engine() -> None:
            sync.run(runner.session(inputs), transport, limits=limits)

        def with_result() -> None:
            runner.run(INPUTS)

        runner.run(INPUTS)
        yield f"engine alone: {best(engine) / 3 * 1e6:.0f} us per step (aim: 30)"
        yield f"with its Result: {best(with_result) / 3 * 1e6:.0f} us per step"

"""The parts of small workflows over the operations `GET /a` to `GET /f`, and runs whose time is virtual."""

from __future__ import annotations

from typing import Any

from scripted import Bench, ScriptedServer, openapi_of

LETTERS = "abcdef"
OPENAPI = openapi_of(*(f"{letter} GET /{letter}" for letter in LETTERS))
OK = {"condition": "$statusCode == 200"}


def step(step_id: str, operation: str | None = None, **fields: Any) -> dict[str, Any]:
    """A step that calls an operation, that of its own name unless another is given."""
    return {"stepId": step_id, "operationId": operation or step_id, **fields}


def call(step_id: str, workflow: str, **fields: Any) -> dict[str, Any]:
    """A step that calls a workflow."""
    return {"stepId": step_id, "workflowId": workflow, **fields}


def end(name: str = "stop", **fields: Any) -> dict[str, Any]:
    return {"name": name, "type": "end", **fields}


def goto(
    step_id: str | None = None, name: str = "jump", *, workflow: str | None = None, **fields: Any
) -> dict[str, Any]:
    target = {"workflowId": workflow} if workflow else {"stepId": step_id}
    return {"name": name, "type": "goto", **target, **fields}


def retry(name: str = "again", **fields: Any) -> dict[str, Any]:
    """A retry; `after`, `limit`, `step` and `workflow` stand for the longer names."""
    long = {"after": "retryAfter", "limit": "retryLimit", "step": "stepId", "workflow": "workflowId"}
    return {"name": name, "type": "retry", **{long.get(key, key): value for key, value in fields.items()}}


def when(condition: str) -> list[dict[str, str]]:
    return [{"condition": condition}]


def all_ok(server: ScriptedServer, letters: str = LETTERS) -> None:
    """Every operation answers 200 with its own letter as `id`."""
    for letter in letters:
        server.on(f"GET /{letter}", {"id": letter})


def visited(server: ScriptedServer) -> str:
    """The operations that were requested, in order: `abd`."""
    return "".join(received.path[1] for received in server.requests)


class VirtualTime:
    """A clock that only sleeping moves on."""

    def __init__(self, now: float = 1_900_000_000.0) -> None:
        self.now = now
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def run(self, bench: Bench, arazzo: Any, openapi: Any, inputs: dict[str, Any] | None = None, **options: Any) -> Any:
        """The Result of a run against the scripted server whose delays take no time."""
        from arazzo_runner.drivers import sync
        from arazzo_runner.drivers.session import Session
        from arazzo_runner.drivers.transports.httpx_ import HttpxTransport
        from arazzo_runner.report.result import ResultBuilder

        with bench.runner(arazzo, openapi, **options) as runner:
            builder = ResultBuilder()
            limits = runner.options.limits
            session = Session(runner.plan, runner.admit(inputs), builder.observe, limits=limits, clock=self)
            transport = HttpxTransport()
            try:
                sync.run(session, transport, limits=limits, sleep=self.sleep)
            finally:
                transport.close()
            return builder.result()

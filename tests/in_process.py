"""Scenarios through our engine in process: no socket, no waiting, the same conversation and the same judge."""

from __future__ import annotations

import importlib.util
import time
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import arazzo_runner
from arazzo_runner.document import read
from arazzo_runner.drivers.asks import Answer, Ask, Send
from arazzo_runner.drivers.session import Session
from arazzo_runner.errors import DocumentError, InputError, Unavailable, UsageError
from arazzo_runner.messages import Request, Response, TransportFailure
from arazzo_runner.report.result import ResultBuilder
from conformance.harness.compare import Received
from conformance.harness.conversation import Conversation
from conformance.harness.engine import ENGINES
from conformance.harness.judge import Judgement, Reply, judge
from conformance.harness.scenario import Scenario, is_served, write_documents

REFUSALS = (DocumentError, InputError, UsageError, Unavailable)


def play(scenario: Scenario, folder: Path) -> Judgement:
    """Run one scenario, its documents in `folder`, and judge it."""
    documents = scenario.documents()
    write_documents(documents, folder)
    served = [read(octets, uri=name, name=name) for name, octets in documents.items() if is_served(name)]
    player = Player(scenario)
    try:
        with arazzo_runner.Runner(
            folder / scenario.entry,
            workflow=scenario.workflow_id,
            documents=served,
            fetch=False,
            cache=False,
            env={},
            root=folder,
        ) as runner:
            builder = ResultBuilder(diagnostics=runner.plan.diagnostics)
            player.run(runner.session(runner.admit(scenario.inputs), builder.observe))
    except REFUSALS as error:
        return judge(scenario, player.conversation, Reply("rejected", message=str(error)))
    told = adapter().told(builder.result())
    return judge(scenario, player.conversation, Reply(**told))


@cache
def adapter() -> Any:
    """The adapter of our engine: a result is told in the same words."""
    spec = importlib.util.spec_from_file_location("arazzo_run_adapter", ENGINES / "arazzo-run" / "adapter.py")
    assert spec is not None, "the file is there"
    assert spec.loader is not None, "it is Python"
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Player:
    """A driver whose clock stands still between answers."""

    def __init__(self, scenario: Scenario) -> None:
        self.now = time.time()
        self.conversation = Conversation(scenario, epoch=lambda: self.now)

    def run(self, session: Session) -> None:
        """Run to the end."""
        session.clock = lambda: self.now
        asks = session.asks()
        try:
            ask = next(asks)
            while True:
                ask = asks.send(self._answer(ask))
        except StopIteration:
            return

    def _answer(self, ask: Ask) -> Answer:
        if not isinstance(ask, Send):
            self.now += ask.seconds
            return None
        if urlsplit(ask.request.url).hostname == "down.test":
            return TransportFailure("connect", "connection refused", "not_sent")
        answer, seen = self.conversation.receive(received(ask.request, self.now))
        self.now += min(answer.delay, ask.timeout)
        if seen is not None:
            seen.answered_at = self.now
        if answer.delay >= ask.timeout:
            return TransportFailure("timeout", "no answer in time", "maybe_sent")
        if answer.drop:
            return TransportFailure("closed", "the connection was closed", "maybe_sent")
        body = b"" if ask.request.method == "HEAD" or answer.status in (204, 304) else answer.body
        return Response(answer.status, answer.headers, body, ask.request.url)


def received(request: Request, at: float) -> Received:
    """A request as a server sees it."""
    parts = urlsplit(request.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Received(request.method, target, request.headers, request.body or b"", at)

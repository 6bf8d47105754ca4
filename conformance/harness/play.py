"""Plays scenarios with engines and tells each result as it comes."""

from __future__ import annotations

import queue
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from .compare import Received, text_of
from .conversation import Conversation, Seen
from .engine import Engine, EngineError, Process
from .judge import Judgement, Reply, Verdict, judge
from .scenario import SMOKE, Place, Scenario, write_documents
from .witness import Witness


@dataclass(frozen=True)
class Result:
    """One scenario with one engine: the verdict, and what was observed, addresses replaced by the reserved ones."""

    scenario: str
    engine: str
    verdict: Verdict
    problems: tuple[str, ...] = ()
    seconds: float = 0.0
    observed: Mapping[str, Any] = field(default_factory=dict)
    known: str | None = None
    stderr: str = ""


_KEPT = 30  # exchanges of one run; how many more there were is counted

Tell = Callable[[Result], None]


def play(engines: Sequence[Engine], scenarios: Sequence[Scenario], tell: Tell, *, jobs: int = 1) -> dict[str, Any]:
    """Run every engine through the scenarios, at most `jobs` processes at once.

    Returns:
        What each engine said of itself at its start, by id; None for one that did not start.
    """
    together = max(1, min(jobs, len(engines)))
    lock = threading.Lock()

    def told(result: Result) -> None:
        with lock:
            tell(result)

    def one(engine: Engine) -> Any:
        return _Play(engine, told, processes=max(1, jobs // together)).all(scenarios)

    with ThreadPoolExecutor(together) as pool:
        return dict(zip((e.id for e in engines), pool.map(one, engines), strict=True))


class _Play:
    """One engine: smoke first, in one process; the others over all its processes."""

    def __init__(self, engine: Engine, tell: Tell, processes: int) -> None:
        self._engine = engine
        self._tell = tell
        self._processes = processes

    def all(self, scenarios: Sequence[Scenario]) -> Any:
        smoke = [s for s in scenarios if s.area == SMOKE]
        others = [s for s in scenarios if s.area != SMOKE]
        worker = _Worker(self._engine)
        results = [worker.result(s) for s in smoke]
        for result in results:
            self._tell(result)
        failed = [r.scenario for r in results if r.verdict in ("fail", "error")]
        if failed:
            worker.close()
            for scenario in others:
                self._tell(Result(scenario.id, self._engine.id, "skip", (f"not judged: it fails {failed[0]}",)))
            return worker.started
        self._spread(others, worker)
        return worker.started

    def _spread(self, scenarios: Sequence[Scenario], first: _Worker) -> None:
        waiting: queue.SimpleQueue[Scenario] = queue.SimpleQueue()
        for scenario in scenarios:
            waiting.put(scenario)
        workers = [first, *(_Worker(self._engine) for _ in range(self._processes - 1))]

        def work(worker: _Worker) -> None:
            try:
                while True:
                    self._tell(worker.result(waiting.get_nowait()))
            except queue.Empty:
                pass
            finally:
                worker.close()

        with ThreadPoolExecutor(len(workers)) as pool:
            for finished in [pool.submit(work, worker) for worker in workers]:
                finished.result()


class _Worker:
    """One process of an engine, started again when it is gone."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._process: Process | None = None
        self._seq = 0
        self.started: Any = None

    def result(self, scenario: Scenario) -> Result:
        """Play one scenario."""
        started_at = time.monotonic()
        judgement, observed, stderr = self._judged(scenario)
        judgement, known = with_known(self._engine, scenario, judgement)
        return Result(
            scenario.id,
            self._engine.id,
            judgement.verdict,
            judgement.problems,
            round(time.monotonic() - started_at, 3),
            observed,
            known,
            stderr if judgement.verdict in ("fail", "error") else "",
        )

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.__exit__(None, None, None)
            self._process = None

    def _judged(self, scenario: Scenario) -> tuple[Judgement, Mapping[str, Any], str]:
        reason = self._engine.declines(scenario.features)
        if reason:
            return Judgement("skip", (reason,)), {}, ""
        try:
            process = self._ready()
        except EngineError as error:
            return Judgement("error", (str(error),)), {}, error.stderr
        if scenario.minor not in process.started["arazzo"]:
            return Judgement("skip", (f"the engine does not run Arazzo {scenario.minor}",)), {}, ""
        with Witness() as witness, _laid(scenario, witness.place) as (placed, folder, conversation):
            witness.conversation = conversation
            self._seq += 1
            try:
                reply = process.run(_command(self._seq, placed, folder, self._engine.timeout), self._engine.timeout)
            except EngineError as error:
                self._process = None
                return Judgement("error", (str(error),)), _observed({}, conversation, witness.place), error.stderr
            observed = _observed(reply, conversation, witness.place)
            return _judgement(placed, conversation, reply, process.started["observes"]), observed, process.stderr()

    def _ready(self) -> Process:
        if self._process is None:
            self._process = Process(self._engine)
            self.started = self._process.started
        else:
            self._process.forget_stderr()
        return self._process


@contextmanager
def _laid(scenario: Scenario, place: Place) -> Iterator[tuple[Scenario, Path, Conversation]]:
    """The scenario with real addresses, its documents in a folder."""
    placed = scenario.placed(place)
    with tempfile.TemporaryDirectory(prefix="scenario-") as folder:
        served = write_documents(placed.documents(), Path(folder))
        yield placed, Path(folder), Conversation(placed, served)


def _command(seq: int, scenario: Scenario, folder: Path, timeout: float) -> dict[str, Any]:
    return {
        "cmd": "run",
        "seq": seq,
        "folder": str(folder),
        "entry": str(folder / scenario.entry),
        "workflowId": scenario.workflow_id,
        "inputs": scenario.inputs,
        "arazzo": scenario.version,
        "servers": servers_of(scenario),
        "timeout": timeout,
    }


def servers_of(scenario: Scenario) -> dict[str, str]:
    """The server of each source of the entry document, where that can be told without an engine."""
    documents = scenario.tree["documents"]
    entry = documents.get(scenario.entry)
    found: dict[str, str] = {}
    sources = entry.get("sourceDescriptions") if isinstance(entry, Mapping) else None
    for source in sources if isinstance(sources, list) else []:
        if isinstance(source, Mapping) and isinstance(source.get("name"), str):
            description = documents.get(str(source.get("url", "")).removeprefix("./"))
            servers = description.get("servers") if isinstance(description, Mapping) else None
            if isinstance(servers, list) and servers and isinstance(servers[0], Mapping):
                found[source["name"]] = str(servers[0].get("url", ""))
    return found


def _judgement(scenario: Scenario, conversation: Conversation, reply: dict[str, Any], observes: list[str]) -> Judgement:
    if "skipped" in reply:
        return Judgement("skip", (reply["skipped"],))
    if "errored" in reply:
        return Judgement("error", (f"errored: {reply['message']}",))
    outputs = reply.get("outputs") if "outputs" in observes else None
    steps = reply.get("steps") if "steps" in observes else None
    return judge(scenario, conversation, Reply(reply["outcome"], outputs, steps, reply.get("message")))


def with_known(engine: Engine, scenario: Scenario, judgement: Judgement) -> tuple[Judgement, str | None]:
    """A deviation that is listed stays what it is, with its reason; one that is listed and gone is an error."""
    reason = next((r for pattern, r in engine.known.items() if fnmatchcase(scenario.id, pattern)), None)
    if reason and judgement.verdict == "pass":
        return Judgement("error", (f"it passes, and known.yaml lists it as deviating ({reason})",)), reason
    return judgement, reason


def _observed(reply: Mapping[str, Any], conversation: Conversation, place: Place) -> dict[str, Any]:
    kept = {name: reply[name] for name in ("outcome", "outputs", "steps", "message") if reply.get(name) is not None}
    kept["exchanges"] = [_exchange(seen) for seen in conversation.seen[:_KEPT]]
    if len(conversation.seen) > _KEPT:
        kept["more"] = len(conversation.seen) - _KEPT
    shown: dict[str, Any] = place.take(kept)
    return shown


def _exchange(seen: Seen) -> dict[str, Any]:
    return {
        "request": {
            **_line(seen.received),
            "headers": dict(seen.received.headers),
            "body": text_of(seen.received.body),
        },
        "status": None if seen.answer.drop else seen.answer.status,
        "expected": seen.exchange is not None,
        "differences": list(seen.differences),
    }


def _line(received: Received) -> dict[str, Any]:
    return {"method": received.method, "target": received.target}

"""One run, however it is driven: blocking, in asyncio, event by event, from many threads, interrupted."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from scripted import Answer, Bench, ScriptedServer, arazzo_of, openapi_of
from workflow_parts import call, goto, retry, step, visited, when

from arazzo_runner import api
from arazzo_runner.events import (
    Event,
    RequestSent,
    ResponseReceived,
    RunFinished,
    RunStarted,
    StepFinished,
    StepStarted,
    WorkflowFinished,
)

OPENAPI = openapi_of("a GET /a", "b GET /b", "c GET /c", "item GET /item/{id}")
MAIN = {
    "steps": [
        step("a", outputs={"id": "$response.body#/id"}, onFailure=[retry(after=0.01)]),
        call("sub", "child", outputs={"x": "$outputs.x"}),
        step("c", successCriteria=when("$statusCode == 200"), onFailure=[goto("a", criteria=when("1 == 2"))]),
    ],
    "outputs": {"a": "$steps.a.outputs.id", "x": "$steps.sub.outputs.x"},
}
CHILD = {
    "workflowId": "child",
    "steps": [step("b", outputs={"id": "$response.body#/id"})],
    "outputs": {"x": "$steps.b.outputs.id"},
}
EVERYTHING = arazzo_of(MAIN, CHILD)


def script(server: ScriptedServer) -> None:
    server.on("GET /a", Answer(503, headers={"Retry-After": "0"}), {"id": 1})
    server.on("GET /b", {"id": 2}).on("GET /c", 500)


def timeless(events: Iterable[Event]) -> list[Event]:
    """The events without what differs from run to run: times and the Date header."""
    result = []
    for event in events:
        if isinstance(event, ResponseReceived):
            headers = tuple((n, v) for n, v in event.response.headers if n.lower() != "date")
            event = replace(event, response=replace(event.response, headers=headers))
        changes = {name: 0.0 for name in ("at", "duration_s") if hasattr(event, name)}
        result.append(replace(event, **changes))
    return result


async def collected(events: Any) -> list[Event]:
    return [event async for event in events]


# -- the same semantics -----------------------------------------------------------------------------------------------


def test_blocking_and_asynchronous_runs_give_the_same_events(bench: Bench, server: ScriptedServer):
    with bench.runner(EVERYTHING, OPENAPI, workflow="main") as runner:
        script(server)
        blocking = timeless(runner.events())
        first = list(server.lines)
        server.requests.clear()

        async def run() -> list[Event]:
            script(server)
            async with bench.runner(EVERYTHING, OPENAPI, workflow="main") as other:
                return timeless(await collected(other.events_async()))

        asynchronous = asyncio.run(run())

    assert server.lines == first == ["GET /a", "GET /a", "GET /b", "GET /c"]
    assert asynchronous == blocking


def test_run_and_run_async_give_the_same_result_and_show_observers_the_same_events(
    bench: Bench, server: ScriptedServer
):
    seen: list[Event] = []
    seen_async: list[Event] = []
    script(server)
    with bench.runner(EVERYTHING, OPENAPI, workflow="main") as runner:
        result = runner.run(observers=[seen.append])

    async def run() -> Any:
        script(server)
        async with bench.runner(EVERYTHING, OPENAPI, workflow="main") as other:
            return await other.run_async(observers=[seen_async.append])

    result_async = asyncio.run(run())

    assert timeless(seen) == timeless(seen_async)
    assert (result.status, result.reason, result.outputs) == ("failed", "criteria", {"a": 1, "x": 2})
    assert (result_async.status, result_async.outputs) == (result.status, result.outputs)
    assert [s.step_id for s in result_async.steps] == [s.step_id for s in result.steps]


def test_the_events_of_a_run_come_in_order(bench: Bench, server: ScriptedServer):
    script(server)
    with bench.runner(EVERYTHING, OPENAPI, workflow="main") as runner:
        events = list(runner.events())

    assert isinstance(events[0], RunStarted)
    assert isinstance(events[-1], RunFinished)
    assert [e.id for e in events if isinstance(e, StepStarted)] == [
        "a#1.1",
        "a#1.2",
        "sub#1.1",
        "sub#1.1/b#1.1",
        "c#1.1",
    ]
    assert [e.at for e in events if isinstance(e, (StepStarted, RequestSent, ResponseReceived))] == sorted(
        e.at for e in events if isinstance(e, (StepStarted, RequestSent, ResponseReceived))
    )


def test_events_are_carried_out_as_they_are_asked_for(bench: Bench, server: ScriptedServer):
    server.on("GET /a", {"id": 1}).on("GET /b", {"id": 2})
    with bench.runner(arazzo_of({"steps": [step("a"), step("b")]}), OPENAPI) as runner:
        events = runner.events()
        before = list(server.requests)
        for event in events:
            if isinstance(event, StepFinished):
                break
        after_the_first_step = visited(server)
        events.close()

    assert before == []
    assert after_the_first_step == "a"
    assert visited(server) == "a"


def test_inputs_that_are_not_valid_are_told_before_anything_is_sent(bench: Bench, server: ScriptedServer):
    from arazzo_runner import InputError

    inputs = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    with (
        bench.runner(arazzo_of({"inputs": inputs, "steps": [step("a")]}), OPENAPI) as runner,
        pytest.raises(InputError, match="n"),
    ):
        runner.run({})

    assert server.requests == []


# -- many at once -----------------------------------------------------------------------------------------------------

ITEM = arazzo_of(
    {
        "inputs": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
        "steps": [
            step(
                "item",
                parameters=[{"name": "id", "in": "path", "value": "$inputs.id"}],
                outputs={"id": "$response.body#/id"},
            ),
            step("again", "item", parameters=[{"name": "id", "in": "path", "value": "$steps.item.outputs.id"}]),
        ],
        "outputs": {"id": "$steps.item.outputs.id"},
    }
)


def script_items(server: ScriptedServer, count: int) -> list[str]:
    ids = [f"i{n}" for n in range(count)]
    for id_ in ids:
        server.on(f"GET /item/{id_}", {"id": id_})
    return ids


def test_a_runner_is_used_by_eight_threads_at_once(bench: Bench, server: ScriptedServer):
    ids = script_items(server, 40)
    with bench.runner(ITEM, OPENAPI) as runner, ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda id_: runner.run({"id": id_}), ids))

    assert [r.outputs for r in results] == [{"id": id_} for id_ in ids]
    assert all(len(r.steps) == 2 and r.status == "succeeded" for r in results)


def test_threads_that_start_together_share_one_client(
    bench: Bench, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
):
    ids = script_items(server, 8)
    made = []
    real = api._make_transport

    def slowly(*arguments: Any) -> Any:
        time.sleep(0.02)
        made.append(real(*arguments))
        return made[-1]

    monkeypatch.setattr(api, "_make_transport", slowly)
    together = threading.Barrier(8)

    def run(id_: str) -> Any:
        together.wait()
        return runner.run({"id": id_})

    with bench.runner(ITEM, OPENAPI) as runner, ThreadPoolExecutor(8) as pool:
        list(pool.map(run, ids))

    assert len(made) == 1


def test_a_runner_is_used_by_many_tasks_at_once(bench: Bench, server: ScriptedServer):
    ids = script_items(server, 20)

    async def run() -> list[Any]:
        async with bench.runner(ITEM, OPENAPI) as runner:
            return await asyncio.gather(*(runner.run_async({"id": id_}) for id_ in ids))

    assert [r.outputs for r in asyncio.run(run())] == [{"id": id_} for id_ in ids]


def test_a_runner_is_used_in_one_event_loop_after_another(bench: Bench, server: ScriptedServer):
    script_items(server, 2)
    runner = bench.runner(ITEM, OPENAPI)

    async def run(id_: str) -> Any:
        async with runner:
            return await runner.run_async({"id": id_})

    assert [asyncio.run(run(id_)).outputs for id_ in ("i0", "i1")] == [{"id": "i0"}, {"id": "i1"}]


def test_a_runner_is_used_by_event_loops_in_several_threads(bench: Bench, server: ScriptedServer):
    ids = script_items(server, 8)
    runner = bench.runner(ITEM, OPENAPI)
    together = threading.Barrier(4)

    async def run(id_: str) -> Any:
        async with runner:
            first = await runner.run_async({"id": id_})
            together.wait()
            second = await runner.run_async({"id": id_})
            together.wait()
            return first, second

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda id_: asyncio.run(run(id_)), ids))

    assert [[r.outputs for r in pair] for pair in results] == [[{"id": id_}] * 2 for id_ in ids]


# -- interrupted ------------------------------------------------------------------------------------------------------

TWO = arazzo_of(
    {
        "steps": [step("a", outputs={"id": "$response.body#/id"}), step("b"), step("c")],
        "outputs": {"id": "$steps.a.outputs.id", "late": "$steps.a.outputs.id"},
    }
)


def check_interrupted(events: list[Event]) -> None:
    """What ran is reported, and the run has an end with the outputs that resolve."""
    end = events[-1]
    assert isinstance(end, RunFinished)
    assert (end.status, end.reason, end.outputs) == ("failed", "interrupted", {"id": 1, "late": 1})
    assert [e.step_id for e in events if isinstance(e, StepFinished)] == ["a"]
    assert [e.step_id for e in events if isinstance(e, StepStarted)] == ["a", "b"]
    assert sum(isinstance(e, RunFinished) for e in events) == 1


def test_a_cancelled_task_ends_its_run_as_interrupted(bench: Bench, server: ScriptedServer):
    server.on("GET /a", {"id": 1}).on("GET /b", Answer(200, delay=0.5))
    seen: list[Event] = []

    async def run() -> None:
        async with bench.runner(TWO, OPENAPI) as runner:
            task = asyncio.create_task(runner.run_async(observers=[seen.append]))
            while visited(server) != "ab":
                await asyncio.sleep(0.005)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(run())

    check_interrupted(seen)
    assert visited(server) == "ab"


def test_a_task_is_cancelled_during_a_delay(bench: Bench, server: ScriptedServer):
    server.on("GET /a", 503)
    seen: list[Event] = []

    async def run() -> None:
        arazzo = arazzo_of({"steps": [step("a", onFailure=[retry(after=60)])]})
        async with bench.runner(arazzo, OPENAPI) as runner:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(runner.run_async(observers=[seen.append]), 0.1)

    asyncio.run(run())

    assert isinstance(seen[-1], RunFinished)
    assert seen[-1].reason == "interrupted"


def test_ctrl_c_ends_a_run_as_interrupted(bench: Bench, server: ScriptedServer):
    server.on("GET /a", {"id": 1}).on("GET /b", Answer(200, delay=0.5))
    seen: list[Event] = []
    main_thread = threading.main_thread().ident

    def press() -> None:
        while visited(server) != "ab":
            time.sleep(0.005)
        signal.pthread_kill(main_thread, signal.SIGINT)

    with bench.runner(TWO, OPENAPI) as runner:
        threading.Thread(target=press, daemon=True).start()
        result = runner.run(observers=[seen.append])

    check_interrupted(seen)
    assert (result.status, result.reason, result.exit_code) == ("failed", "interrupted", 130)
    assert [(s.step_id, s.status) for s in result.steps] == [("a", "succeeded"), ("b", "failed")]
    assert result.steps[1].request is not None


def test_ctrl_c_within_a_called_workflow_ends_every_workflow(bench: Bench, server: ScriptedServer):
    server.on("GET /a", {"id": 1})
    seen: list[Event] = []

    def observe(event: Event) -> None:
        seen.append(event)
        if isinstance(event, RequestSent) and event.id.endswith("b#1.1"):
            raise KeyboardInterrupt

    with bench.runner(EVERYTHING, OPENAPI, workflow="main") as runner:
        result = runner.run(observers=[observe])

    assert (result.status, result.reason, result.outputs) == ("failed", "interrupted", {"a": 1})
    assert [e.workflow_id for e in seen if isinstance(e, WorkflowFinished)] == ["child"]
    assert [e.reason for e in seen if isinstance(e, WorkflowFinished)] == ["interrupted"]


def test_ctrl_c_during_a_delay_ends_the_run(bench: Bench, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch):
    from arazzo_runner.drivers import sync
    from arazzo_runner.drivers.transports.httpx_ import HttpxTransport

    server.on("GET /a", 503)
    seen: list[Event] = []

    def press(seconds: float) -> None:
        raise KeyboardInterrupt

    with bench.runner(arazzo_of({"steps": [step("a", onFailure=[retry(after=60)])]}), OPENAPI) as runner:
        from arazzo_runner.drivers.session import Session

        transport = HttpxTransport()
        state = sync.run(Session(runner.plan, {}, seen.append), transport, limits=runner.options.limits, sleep=press)
        transport.close()

    assert state.end is not None
    assert state.end.reason == "interrupted"
    assert isinstance(seen[-1], RunFinished)


def test_an_observer_that_raises_is_not_swallowed(bench: Bench, server: ScriptedServer):
    server.on("GET /a", 200)

    def observe(event: Event) -> None:
        if isinstance(event, StepFinished):
            raise ValueError("mine")

    with bench.runner(arazzo_of({"steps": [step("a")]}), OPENAPI) as runner, pytest.raises(ValueError, match="mine"):
        runner.run(observers=[observe])

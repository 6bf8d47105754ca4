"""Runs per second over loopback HTTP, beside a bare loop of the same client doing the same requests in the same run."""

from __future__ import annotations

import asyncio
import importlib.util
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from arazzo_runner import Limits, Runner
from arazzo_runner.drivers.transports import ClientOptions, Transport
from arazzo_runner.drivers.transports.httpx_ import import_httpx
from arazzo_runner.messages import Request

from .engine import INPUTS, WORKFLOW
from .server import serving

_BODY = b'{"name":"bench"}'
_GRANT = b'{"client_id":"c","client_secret":"s","grant-type":"client_credentials"}'
_TYPE = (("Content-Type", "application/json"),)


def measure() -> Iterator[str]:
    """Ratios to the bare loop, sequential and with 32 in flight."""
    with serving() as url:
        yield from _httpx(url)
        yield from _async(url)
        if importlib.util.find_spec("pyreqwest") is not None:
            from arazzo_runner.drivers.transports.pyreqwest_ import PyreqwestTransport

            yield from _transport("pyreqwest", PyreqwestTransport(options=ClientOptions()), url)


def _paired(first: Callable[[], Any], second: Callable[[], Any], runs: int, rounds: int = 5) -> tuple[float, float]:
    """Seconds per call of two functions, measured in turns; the least of each."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for function, found in zip((first, second), times, strict=True):
            start = time.perf_counter()
            for _ in range(runs):
                function()
            found.append((time.perf_counter() - start) / runs)
    return min(times[0]), min(times[1])


def _httpx(url: str) -> Iterator[str]:
    httpx = import_httpx()
    with httpx.Client(verify=False) as client:

        def bare() -> None:
            client.post(f"{url}/applications", content=_BODY, headers=_TYPE)
            client.get(f"{url}/applications/a1")
            client.post(f"{url}/applications/token", content=_GRANT, headers=_TYPE)

        with Runner(WORKFLOW, client=client, servers={"": url}, env={}) as runner:
            runner.run(INPUTS)
            ours, theirs = _paired(lambda: runner.run(INPUTS), bare, 60)
            yield f"httpx, sequential: {1 / ours:.0f} runs/s, {ours / theirs:.2f} times the bare loop (aim: 1.10)"
            yield from _threads("httpx", runner, bare)


def _threads(name: str, runner: Runner, bare: Callable[[], Any]) -> Iterator[str]:
    with ThreadPoolExecutor(32) as pool:

        def many(function: Callable[[], Any]) -> None:
            for future in [pool.submit(function) for _ in range(320)]:
                future.result()

        ours, theirs = _paired(lambda: many(lambda: runner.run(INPUTS)), lambda: many(bare), 1, 3)
    yield f"{name}, 32 threads: {320 / ours:.0f} runs/s, {ours / theirs:.2f} times the bare loop"


def _async(url: str) -> Iterator[str]:
    async def compare() -> tuple[float, float]:
        httpx = import_httpx()
        async with httpx.AsyncClient(verify=False) as client:

            async def bare() -> None:
                await client.post(f"{url}/applications", content=_BODY, headers=_TYPE)
                await client.get(f"{url}/applications/a1")
                await client.post(f"{url}/applications/token", content=_GRANT, headers=_TYPE)

            async with Runner(WORKFLOW, client=client, servers={"": url}, env={}) as runner:

                async def ours() -> None:
                    await runner.run_async(INPUTS)

                await ours()
                found: dict[str, list[float]] = {"ours": [], "bare": []}
                for _ in range(3):
                    for name, function in (("ours", ours), ("bare", bare)):
                        start = time.perf_counter()
                        gate = asyncio.Semaphore(32)

                        async def one(function: Any = function, gate: Any = gate) -> None:
                            async with gate:
                                await function()

                        await asyncio.gather(*(one() for _ in range(160)))
                        found[name].append((time.perf_counter() - start) / 160)
                return min(found["ours"]), min(found["bare"])

    ours, theirs = asyncio.run(compare())
    yield f"httpx.AsyncClient, 32 in flight: {1 / ours:.0f} runs/s, {ours / theirs:.2f} times the bare loop"


def _transport(name: str, transport: Transport, url: str) -> Iterator[str]:
    limits = Limits()
    requests = (
        Request("POST", f"{url}/applications", _TYPE, _BODY),
        Request("GET", f"{url}/applications/a1"),
        Request("POST", f"{url}/applications/token", _TYPE, _GRANT),
    )

    def bare() -> None:
        for request in requests:
            transport.send(request, timeout=30, limits=limits)

    with Runner(WORKFLOW, client=transport, servers={"": url}, env={}) as runner:
        runner.run(INPUTS)
        ours, theirs = _paired(lambda: runner.run(INPUTS), bare, 200)
        yield f"{name}, sequential: {1 / ours:.0f} runs/s (aim: 2000), {ours / theirs:.2f} times the bare loop"
        yield from _threads(name, runner, bare)

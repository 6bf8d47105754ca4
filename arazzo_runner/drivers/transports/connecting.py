"""Connections to addresses that were checked: a host is resolved once, and what was checked is what is connected to.

For httpx as a network backend of httpcore, for pyreqwest as addresses that its own resolver is given.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

from ...errors import TransportError
from ...policy import Reach, Refusal, literal_of
from .deadline import Deadline, bounded

Resolve: TypeAlias = Callable[[str, int], Sequence[str]]

SHARE = 2.0  # seconds for an address while others are left
_KEPT = 60.0  # seconds that the addresses of a host are kept where they are not part of a connection


def system_addresses(host: str, port: int) -> Sequence[str]:
    """The addresses of a host in the order to try them (RFC 6724). Raises: socket.gaierror where there are none."""
    import socket

    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def admitted(host: str, addresses: Sequence[str], reach: Reach) -> list[str]:
    """The addresses that may be connected to.

    Raises:
        TransportError: there is none.
    """
    refusals: list[Refusal] = []
    allowed: list[str] = []
    for address in addresses:
        refusal = reach.refusal(host, address)
        if refusal is None:
            allowed.append(address)
        else:
            refusals.append(refusal)
    if not allowed:
        raise (refusals[0] if refusals else Refusal(f"{host} has no address")).error()
    return allowed


def addresses_within(resolve: Resolve, host: str, port: int, seconds: float | None) -> Sequence[str]:
    """The addresses of a host, waiting no longer than this for them.

    Raises:
        OSError: there are none; a TimeoutError where they do not come in time.
    """
    literal = literal_of(host)
    if literal is not None:
        return (str(literal),)
    answers: list[Sequence[str] | OSError] = []

    def ask() -> None:
        try:
            answers.append(resolve(host, port))
        except OSError as error:
            answers.append(error)
        except UnicodeError as error:
            answers.append(_no_name(error))

    # In a thread that nobody has to wait for: a resolver takes the time it takes.
    asking = threading.Thread(target=ask, name="arazzo-run-resolve", daemon=True)
    asking.start()
    asking.join(seconds)
    if not answers:
        raise TimeoutError(f"{host} was not resolved in time")
    if isinstance(answers[0], OSError):
        raise answers[0]
    return answers[0]


async def addresses_of(resolve: Resolve, host: str, port: int) -> Sequence[str]:
    """The same for asyncio, whose time-outs end the waiting."""
    import asyncio

    literal = literal_of(host)
    if literal is not None:
        return (str(literal),)
    try:
        return await asyncio.to_thread(resolve, host, port)
    except UnicodeError as error:
        raise _no_name(error) from None


def _no_name(error: UnicodeError) -> OSError:
    """No name at all: a label that is empty or too long."""
    import socket

    return socket.gaierror(socket.EAI_NONAME, str(error))


def attempts(addresses: Sequence[str], timeout: float | None) -> Iterator[tuple[str, float | None, bool]]:
    """Each address with the seconds it may take, and whether it is the last one."""
    end = None if timeout is None else time.monotonic() + timeout
    for index, address in enumerate(addresses):
        left = len(addresses) - index
        if end is None:
            yield address, None if left == 1 else SHARE, left == 1
        else:
            seconds = max(end - time.monotonic(), 0.000_001)
            yield address, seconds if left == 1 else min(SHARE, seconds / left), left == 1


class Known:
    """Addresses of hosts, kept for a minute: for clients that are made for an address."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[float, Sequence[str]]] = {}

    def get(self, host: str) -> Sequence[str] | None:
        """Those that are known and not too old."""
        found = self._found.get(host)
        return found[1] if found is not None and found[0] > time.monotonic() else None

    def keep(self, host: str, addresses: Sequence[str]) -> Sequence[str]:
        """Know these."""
        self._found[host] = (time.monotonic() + _KEPT, addresses)
        return addresses

    def prefer(self, host: str, address: str) -> None:
        """Try this one first from now on: it answered."""
        found = self._found.get(host)
        if found is not None and found[1][0] != address:
            self._found[host] = (found[0], (address, *(other for other in found[1] if other != address)))


# -- httpx ----------------------------------------------------------------------------------------------------------


def bind(transport: Any, reach: Reach | None, resolve: Resolve, deadline: Deadline | None) -> None:
    """Have the connections of an httpx.HTTPTransport (or AsyncHTTPTransport, without `deadline`) made by these rules.

    httpx has no public place for a network backend (httpcore has). Without it, the deadline is looked at after each
    chunk of a body only.

    Raises:
        TransportError: addresses are to be checked, and there is no such place in this version of httpx.
    """
    pool = getattr(transport, "_pool", None)
    inner = getattr(pool, "_network_backend", None)
    if pool is None or inner is None:
        if reach is not None:
            raise TransportError("addresses cannot be checked with this version of httpx", kind="policy")
        return
    core = sys.modules[type(pool).__module__.partition(".")[0]]
    if deadline is None:
        if reach is not None:
            pool._network_backend = _AsyncBackend(inner, core, reach, resolve)
        return
    checked = inner if reach is None else _Backend(inner, core, reach, resolve, deadline)
    pool._network_backend = bounded(checked, deadline, core)


class _Backend:
    """A network backend of httpcore that connects to checked addresses."""

    def __init__(self, inner: Any, core: Any, reach: Reach, resolve: Resolve, deadline: Deadline) -> None:
        self._inner = inner
        self._core = core
        self._reach = reach
        self._resolve = resolve
        self._deadline = deadline

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, **more: Any) -> Any:
        started = time.monotonic()
        try:
            found = addresses_within(self._resolve, host, port, self._deadline.within(timeout))
        except TimeoutError as error:
            raise self._core.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise self._core.ConnectError(str(error)) from error
        left = None if timeout is None else max(timeout - (time.monotonic() - started), 0.000_001)
        for address, seconds, is_last in attempts(admitted(host, found, self._reach), left):
            try:
                return self._inner.connect_tcp(address, port, timeout=self._deadline.within(seconds), **more)
            except (self._core.ConnectError, self._core.ConnectTimeout):
                if is_last:
                    raise
        raise AssertionError("there is an address")

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


class _AsyncBackend:
    """The same for asyncio."""

    def __init__(self, inner: Any, core: Any, reach: Reach, resolve: Resolve) -> None:
        self._inner = inner
        self._core = core
        self._reach = reach
        self._resolve = resolve

    async def connect_tcp(self, host: str, port: int, timeout: float | None = None, **more: Any) -> Any:
        import asyncio

        started = time.monotonic()
        try:
            async with asyncio.timeout(timeout):
                found = await addresses_of(self._resolve, host, port)
        except TimeoutError as error:
            raise self._core.ConnectTimeout(f"{host} was not resolved in time") from error
        except OSError as error:
            raise self._core.ConnectError(str(error)) from error
        left = None if timeout is None else max(timeout - (time.monotonic() - started), 0.000_001)
        for address, seconds, is_last in attempts(admitted(host, found, self._reach), left):
            try:
                return await self._inner.connect_tcp(address, port, timeout=seconds, **more)
            except (self._core.ConnectError, self._core.ConnectTimeout):
                if is_last:
                    raise
        raise AssertionError("there is an address")

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)

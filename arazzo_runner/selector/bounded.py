"""Evaluation under a time bound (interface, "Limits": regex, XPath, JSONPath 1 s).

Two means. Pure Python that passes through our own steps looks at a `Deadline`. What cannot be interrupted in a thread
(libxml2, the `re` inside elementpath, a range of 100 million integers) is evaluated in a helper process, which ends
itself when its time is over; only queries that may be slow go there, and the process is kept for the next one.
"""

from __future__ import annotations

import atexit
import base64
import faulthandler
import importlib
import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import IO, Any, Literal

from ..errors import ArazzoError, SelectorError
from ..values import JSON, MISSING, Value, dumps, loads

Operation = Literal["value", "matches", "set"]
MEMORY = 1024**3  # bytes of address space of the helper process
_IDLE_MAX = 2  # helper processes kept for the next query

_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from arazzo_runner.selector.bounded import serve; serve()"
)


class Deadline(threading.local):
    """The moment at which the evaluation that runs in this thread ends."""

    at = float("inf")
    limit_s = float("inf")

    def start(self, limit_s: float) -> None:
        """Begin an evaluation."""
        self.limit_s = limit_s
        self.at = time.monotonic() + limit_s

    def check(self) -> None:
        """Raise SelectorError when the time is over."""
        if time.monotonic() > self.at:
            raise too_slow(self.limit_s)

    def remaining(self) -> float:
        """Seconds left, never quite zero."""
        return max(self.at - time.monotonic(), 0.001)


def too_slow(limit_s: float) -> SelectorError:
    """The error of an evaluation that did not end in time."""
    return SelectorError(f"it was not evaluated within {limit_s:g} s")


@dataclass(frozen=True, slots=True)
class Job:
    """One operation of one built-in selector, for the helper process."""

    type: str
    version: str
    query: str
    operation: Operation
    context: Value
    value: JSON = None
    create_parents: bool = False


def evaluate_apart(job: Job, limit_s: float) -> Any:
    """Carry out a job in a helper process.

    Raises:
        SelectorError: the query fails, takes longer than the limit, or needs too much memory.
    """
    message = _encode_job(job, limit_s)
    process = _take()
    began = time.monotonic()
    try:
        _send(process.stdin, message)
        reply = _receive(process.stdout)
    except (OSError, EOFError):
        _end(process)
        if time.monotonic() - began >= limit_s:
            raise too_slow(limit_s) from None
        raise SelectorError("its evaluation was stopped (out of memory, or from outside)") from None
    except BaseException:
        _end(process)
        raise
    _give_back(process)
    if "error" in reply:
        raise SelectorError(reply["error"])
    return _decode(reply["value"])


def in_helper() -> bool:
    """Whether this process is the helper, where every query is evaluated directly."""
    return _serving


_serving = False
_idle: list[tuple[int, subprocess.Popen[bytes]]] = []  # with the process that owns them: a fork shares the pipes
_lock = threading.Lock()


def _take() -> subprocess.Popen[bytes]:
    owner = os.getpid()
    with _lock:
        for entry in [entry for entry in _idle if entry[0] == owner]:
            _idle.remove(entry)
            if entry[1].poll() is None:
                return entry[1]
            _end(entry[1])
    return _start()


def _start() -> subprocess.Popen[bytes]:
    try:
        process = subprocess.Popen(
            [sys.executable or "python", "-c", _START, json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise SelectorError(f"no helper process for a query that may be slow: {error}") from error
    try:
        _receive(process.stdout)  # it is ready: its start does not count as evaluation
    except EOFError:
        _end(process)
        raise SelectorError("the helper process for a query that may be slow does not start") from None
    return process


def _give_back(process: subprocess.Popen[bytes]) -> None:
    with _lock:
        if len(_idle) < _IDLE_MAX:
            _idle.append((os.getpid(), process))
            return
    _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:  # what was still to be written to a process that is gone
                continue
    process.wait()


@atexit.register
def end_idle() -> None:
    """End the helper processes that wait for a next query."""
    owner = os.getpid()
    with _lock:
        mine = [entry for entry in _idle if entry[0] == owner]
        for entry in mine:
            _idle.remove(entry)
            _end(entry[1])


# --- messages: eight bytes of length, then JSON -------------------------------------------------------------------


def _encode_job(job: Job, limit_s: float) -> bytes:
    fields = {
        "type": job.type,
        "version": job.version,
        "query": job.query,
        "operation": job.operation,
        "context": _encode(job.context),
        "value": job.value,
        "create_parents": job.create_parents,
        "limit_s": limit_s,
    }
    return dumps(fields).encode("utf-8", "surrogatepass")


def _encode(value: Value) -> dict[str, Any]:
    if value is MISSING:
        return {}
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode("ascii")}
    return {"json": value}


def _decode(fields: dict[str, Any]) -> Any:
    if "bytes" in fields:
        return base64.b64decode(fields["bytes"])
    return fields.get("json", MISSING)


def _send(pipe: IO[bytes] | None, message: bytes) -> None:
    assert pipe is not None
    pipe.write(len(message).to_bytes(8, "big"))
    pipe.write(message)
    pipe.flush()


def _receive(pipe: IO[bytes] | None) -> dict[str, Any]:
    assert pipe is not None
    size = int.from_bytes(_read(pipe, 8), "big")
    message: dict[str, Any] = loads(_read(pipe, size).decode("utf-8", "surrogatepass"))
    return message


def _read(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data


# --- the helper process -------------------------------------------------------------------------------------------


def serve() -> None:
    """Answer jobs until the pipe closes. A job that is over its time ends this process (exit 1), C code included."""
    global _serving
    _serving = True
    requests, replies = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    _bound_memory()
    _send(replies, b"{}")
    with open(os.devnull, "w") as nowhere:
        while True:
            try:
                fields = _receive(requests)
            except EOFError:
                return
            _preload(fields["type"])
            faulthandler.dump_traceback_later(fields["limit_s"], exit=True, file=nowhere)
            reply = _carry_out(fields)
            faulthandler.cancel_dump_traceback_later()
            _send(replies, reply)


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows; there the time bound has to do
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _preload(type_: str) -> None:
    """Import what a job needs before its time begins."""
    for name in _LIBRARIES.get(type_, ()):
        importlib.import_module(name)


_LIBRARIES = {"xpath": ("lxml.etree", "elementpath.xpath31"), "jsonpath": ("jsonpath_rfc9535", "jsonpath_ng.ext")}


def _carry_out(fields: dict[str, Any]) -> bytes:
    from .registry import DEFAULT_SELECTORS

    try:
        selector = DEFAULT_SELECTORS.compile(fields["type"], fields["version"], fields["query"])
        context = _decode(fields["context"])
        result: Any
        match fields["operation"]:
            case "value":
                result = selector.value(context)
            case "matches":
                result = selector.matches(context)
            case _:
                result = selector.set(context, fields["value"], create_parents=fields["create_parents"])
        return dumps({"value": _encode(result)}).encode("utf-8", "surrogatepass")
    except ArazzoError as error:
        return dumps({"error": str(error)}).encode("utf-8", "surrogatepass")
    except ValueError as error:  # a result that JSON cannot hold, an integer of thousands of digits
        return dumps({"error": f"the result is not JSON: {error}"}).encode()
    except MemoryError:
        return dumps({"error": "it needs too much memory"}).encode()

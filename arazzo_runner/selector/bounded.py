"""Evaluation under a time bound (interface, "Limits": regex, XPath, JSONPath 1 s).

Two means. Pure Python that passes through our own steps looks at a `Deadline`. What cannot be interrupted in a thread
(libxml2, a range of 100 million integers), and every query of a document nobody vouches for, is evaluated by the
worker: one process, started by the first such query and kept for the next, which ends itself when its time is over.
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
from typing import IO, Any, Final, Literal

from ..errors import ArazzoError, Overrun, SelectorError
from ..values import JSON, MISSING, Value, dumps, loads

Operation = Literal["value", "matches", "set"]
MEMORY = 1024**3  # bytes of address space of the worker
_PATIENCE: Final = 30.0  # seconds beyond the limit, for the way there and back, until a worker is killed from outside

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


def too_slow(limit_s: float) -> Overrun:
    """The error of an evaluation that did not end in time."""
    return Overrun(f"it was not evaluated within {limit_s:g} s")


@dataclass(frozen=True, slots=True)
class Job:
    """One operation of one built-in selector, for the worker."""

    type: str
    version: str
    query: str
    operation: Operation
    context: Value
    value: JSON = None
    create_parents: bool = False


def evaluate_apart(job: Job, limit_s: float) -> Any:
    """Carry out a job in the worker. Jobs wait for each other; the wait is not part of their time.

    Raises:
        SelectorError: the query fails; Overrun where it takes longer than the limit, or too much memory.
    """
    reply = _worker.carry_out(_encode_job(job, limit_s), limit_s)
    if "error" in reply:
        raise (Overrun if reply.get("overrun") else SelectorError)(reply["error"])
    return _decode(reply["value"])


def in_helper() -> bool:
    """Whether this process is the worker, where every query is evaluated directly."""
    return _serving


class _Worker:
    """The worker of this process, shared by its threads; there is none until the first job, and after an overrun."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def carry_out(self, message: bytes, limit_s: float) -> dict[str, Any]:
        with self._lock:
            process = self._running()
            began = time.monotonic()
            last_resort = threading.Timer(limit_s + _PATIENCE, process.kill)
            last_resort.daemon = True
            last_resort.start()
            try:
                _send(process.stdin, message)
                reply = _receive(process.stdout)
            except (OSError, EOFError):
                self._end()
                if time.monotonic() - began >= limit_s:
                    raise too_slow(limit_s) from None
                raise Overrun("its evaluation was stopped (out of memory, or from outside)") from None
            except BaseException:
                self._end()
                raise
            finally:
                last_resort.cancel()
            if reply.get("overrun"):  # out of memory: nobody knows what is left of it
                self._end()
            return reply

    def end(self) -> None:
        with self._lock:
            self._end()

    def leave_to_parent(self) -> None:
        """In a forked process: the worker is the other one's, and so are the pipes."""
        process, self._process, self._lock = self._process, None, threading.Lock()
        if process is not None:
            process.returncode = 0  # not this process's child
            _close(process)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        self._process = _start()
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            _close(process)
            process.wait()


_serving = False
_worker = _Worker()
atexit.register(_worker.end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_worker.leave_to_parent)


def _start() -> subprocess.Popen[bytes]:
    path = json.dumps([entry for entry in sys.path if isinstance(entry, str)])
    try:
        process = subprocess.Popen(
            [sys.executable or "python", "-P", "-c", _START, path],  # -P: no module of the working directory
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # Ctrl-C is for us
        )
    except OSError as error:
        raise SelectorError(f"no helper process for a query that may be slow: {error}") from error
    try:
        _receive(process.stdout)  # it is ready: its start does not count as evaluation
    except (OSError, EOFError):
        process.kill()
        _close(process)
        process.wait()
        raise SelectorError("the helper process for a query that may be slow does not start") from None
    return process


def _close(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


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
    rest = memoryview(len(message).to_bytes(8, "big") + message)
    while rest:
        rest = rest[pipe.write(rest) :]
    pipe.flush()


def _receive(pipe: IO[bytes] | None) -> dict[str, Any]:
    assert pipe is not None
    size = int.from_bytes(_read(pipe, 8), "big")
    message: dict[str, Any] = loads(_read(pipe, size).decode("utf-8", "surrogatepass"))
    return message


def _read(pipe: IO[bytes], size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        part = pipe.read(min(size - len(data), _CHUNK))
        if not part:
            raise EOFError
        data += part
    return bytes(data)


_CHUNK: Final = 1024 * 1024


# --- the worker ---------------------------------------------------------------------------------------------------


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
        selector = DEFAULT_SELECTORS.compile(
            fields["type"], fields["version"], fields["query"], limit_s=fields["limit_s"]
        )
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
        overrun = isinstance(error, Overrun)
        return dumps({"error": str(error), "overrun": overrun}).encode("utf-8", "surrogatepass")
    except ValueError as error:  # a result that JSON cannot hold, an integer of thousands of digits
        return dumps({"error": f"the result is not JSON: {error}"}).encode()
    except MemoryError:
        return dumps({"error": "it needs too much memory", "overrun": True}).encode()

"""Engines: adapters as processes, each in a group of its own that is killed as a whole."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from . import protocol, yaml12
from .scenario import ROOT

ENGINES = ROOT / "engines"
_START = 60.0
_AFTERWARDS = 0.02  # seconds in which a line that nobody asked for is noticed at once
_KEPT = 20_000  # characters of stderr


class EngineError(Exception):
    """An engine that crashed, hung or spoke something else; `stderr` is what it wrote there."""

    def __init__(self, kind: str, message: str, stderr: str = "") -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.stderr = stderr


@dataclass(frozen=True)
class Engine:
    """What engines/<id>/engine.yaml says."""

    id: str
    folder: Path
    name: str
    language: str
    version: str
    command: tuple[str, ...]
    package: str | None = None
    homepage: str | None = None
    install: tuple[tuple[str, ...], ...] = ()
    needs: tuple[str, ...] = ()
    timeout: float = 30.0
    unsupported: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)
    notes: str = ""

    @property
    def installed(self) -> Path:
        """The engine's own folder of installed things."""
        return self.folder / ".installed"

    @property
    def is_installed(self) -> bool:
        """Whether it can be run: installed in this version, or nothing to install and all that it needs is here."""
        if any(importlib.util.find_spec(module) is None for module in self.needs):
            return False
        mark = self.installed / ".version"
        return not self.install or (mark.is_file() and mark.read_text("utf-8") == self.version)

    def filled(self, command: Sequence[str]) -> list[str]:
        """A command with {python} and {installed} filled in."""
        places = {"{python}": sys.executable, "{installed}": str(self.installed), "{version}": self.version}
        return [_replaced(part, places) for part in command]

    def declines(self, features: Iterable[str]) -> str | None:
        """Why the engine is not asked about these features, by its own declaration."""
        for feature in features:
            reason = self.unsupported.get(feature) or self.unsupported.get(feature.partition(".")[0])
            if reason:
                return f"{feature}: {reason}"
        return None


def _replaced(text: str, places: Mapping[str, str]) -> str:
    for name, value in places.items():
        text = text.replace(name, value)
    return text


def read_engine(folder: Path) -> Engine:
    """The engine of a folder. Raises: ValueError with what is wrong."""
    from jsonschema import Draft202012Validator

    tree = yaml12.load((folder / "engine.yaml").read_text("utf-8"))
    schema = json.loads((ROOT / "engine.schema.json").read_text("utf-8"))
    for error in Draft202012Validator(schema).iter_errors(tree):
        raise ValueError(f"{folder.name}/engine.yaml: {error.json_path}: {error.message}")
    known = folder / "known.yaml"
    return Engine(
        folder.name,
        folder,
        **{
            **tree,
            "command": tuple(tree["command"]),
            "needs": tuple(tree.get("needs", [])),
            "install": tuple(tuple(command) for command in tree.get("install", [])),
            "known": yaml12.load(known.read_text("utf-8")) or {} if known.is_file() else {},
        },
    )


def engines(folder: Path = ENGINES) -> list[Engine]:
    """Every engine there is an adapter for, ours not first: by id."""
    return [read_engine(file.parent) for file in sorted(folder.glob("*/engine.yaml"))]


def install(engine: Engine) -> None:
    """Fetch the pinned version into the engine's own folder. Raises: subprocess.CalledProcessError."""
    import shutil

    shutil.rmtree(engine.installed, ignore_errors=True)
    engine.installed.mkdir(parents=True)
    for command in engine.install:
        subprocess.run(engine.filled(command), cwd=engine.folder, check=True, stdin=subprocess.DEVNULL)
    (engine.installed / ".version").write_text(engine.version, "utf-8")


class Process:
    """A running adapter; a context manager. `started` is what it said at the start."""

    def __init__(self, engine: Engine) -> None:
        """Raises: EngineError."""
        self.engine = engine
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  # closed in kill
        self._lines: queue.Queue[bytes | None] = queue.Queue()
        self._popen = self._spawn()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self._send({"cmd": "start", "version": protocol.VERSION})
            self.started = self._receive("started", time.monotonic() + _START)
        except EngineError:
            self.kill()
            raise

    def run(self, command: dict[str, Any], timeout: float) -> dict[str, Any]:
        """One command and its reply. After an EngineError the process is gone."""
        try:
            self._send(command)
            reply = self._receive("reply", time.monotonic() + timeout)
            if reply["seq"] != command["seq"]:
                raise self._error("sequence", f"{command['seq']} was asked, {reply['seq']} is answered")
            self._nothing_more()
        except EngineError:
            self.kill()
            raise
        return reply

    def stop(self) -> None:
        """Ask it to end; kill it if it does not."""
        with contextlib.suppress(EngineError, subprocess.TimeoutExpired):
            self._send({"cmd": "stop"})
            self._popen.wait(5)
        self.kill()

    def kill(self) -> None:
        """End the whole group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._popen.pid, signal.SIGKILL)
        self._popen.wait()
        with contextlib.suppress(OSError):
            if self._popen.stdin is not None:
                self._popen.stdin.close()
        self._reader.join(5)
        self._stderr.close()

    def stderr(self) -> str:
        """The end of what it wrote on stderr."""
        self._stderr.seek(0)
        return self._stderr.read().decode("utf-8", "replace")[-_KEPT:]

    def forget_stderr(self) -> None:
        """What comes next belongs to the next scenario."""
        self._stderr.seek(0)
        self._stderr.truncate()

    def _spawn(self) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                self.engine.filled(self.engine.command),
                cwd=self.engine.folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._stderr,
                start_new_session=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"},
            )
        except OSError as error:
            raise EngineError("crash", f"it cannot be started: {error}") from None

    def _read(self) -> None:
        assert self._popen.stdout is not None, "it is a pipe"
        with self._popen.stdout as lines:
            for line in lines:
                self._lines.put(line)
        self._lines.put(None)

    def _send(self, command: dict[str, Any]) -> None:
        assert self._popen.stdin is not None, "it is a pipe"
        try:
            self._popen.stdin.write(protocol.encode(command))
            self._popen.stdin.flush()
        except OSError:
            raise self._error("crash", self._ending()) from None

    def _receive(self, kind: str, deadline: float) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise self._error("timeout", "there is no answer in time") from None
        if line is None:
            raise self._error("crash", self._ending())
        try:
            return protocol.decode(line, kind)
        except protocol.Junk as junk:
            raise self._error("junk", str(junk)) from None

    def _nothing_more(self) -> None:
        """A second line belongs to no command."""
        with contextlib.suppress(queue.Empty):
            line = self._lines.get(timeout=_AFTERWARDS)
            if line is not None:
                raise self._error("junk", f"a line nobody asked for: {line[:200]!r}")

    def _ending(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return f"it ended with exit code {self._popen.wait(2)}"
        return "it closed its output"

    def _error(self, kind: str, message: str) -> EngineError:
        return EngineError(kind, message, self.stderr())

    def __enter__(self) -> Process:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

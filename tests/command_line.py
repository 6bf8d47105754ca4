"""A command line in a folder of its own, against the scripted server."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from scripted import ScriptedServer, openapi_of

from arazzo_runner.cli import main

STEP = {"stepId": "get", "operationId": "get", "outputs": {"id": "$response.body#/id"}}
OK = [{"condition": "$statusCode == 200"}]


@dataclass(frozen=True)
class Ran:
    """What a command did: its exit code, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Command:
    """`command("main.yaml", "-i", "a=b")` runs arazzo-run in this process; `spawn` and `start` in one of its own."""

    def __init__(
        self, folder: Path, server: ScriptedServer, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch
    ) -> None:
        self.folder = folder
        self.server = server
        self._capsys = capsys
        self._patch = patch

    def __call__(self, *argv: str, stdin: str | bytes | None = None) -> Ran:
        if stdin is not None:
            data = stdin.encode() if isinstance(stdin, str) else stdin
            self._patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        self._capsys.readouterr()
        code = main(list(argv))
        out, err = self._capsys.readouterr()
        return Ran(code, out, err)

    def sent(self, *argv: str, stdin: str | None = None) -> Ran:
        """Run with `-s` naming the scripted server."""
        return self(*argv, "-s", self.server.url, stdin=stdin)

    def spawn(self, *argv: str, env: dict[str, str] | None = None, stdin: str = "") -> Ran:
        process = self.start(*argv, env=env, stdin=subprocess.PIPE)
        out, err = process.communicate(stdin, timeout=30)
        return Ran(process.returncode, out, err)

    def start(self, *argv: str, env: dict[str, str] | None = None, **streams: Any) -> subprocess.Popen[str]:
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
        return subprocess.Popen(
            [sys.executable, "-m", "arazzo_runner", *argv],
            cwd=self.folder,
            env={**os.environ, **(env or {})},
            text=True,
            encoding="utf-8",
            **streams,
        )

    def write(self, name: str, content: Any) -> str:
        """Write a file; what is no text is written as JSON."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content, indent=2), encoding="utf-8")
        return name

    def workflow(self, *workflows: dict[str, Any], openapi: Any = None, name: str = "main.arazzo.json") -> str:
        """Write a description over `openapi.json`, by default `GET /things` as `get` and `POST /things` as `post`."""
        self.write("openapi.json", openapi or openapi_of("get GET /things", "post POST /things"))
        return self.write(
            name,
            {
                "arazzo": "1.0.1",
                "info": {"title": "test", "version": "1"},
                "sourceDescriptions": [{"name": "api", "url": "openapi.json", "type": "openapi"}],
                "workflows": [{"workflowId": "main", **workflow} for workflow in workflows],
            },
        )

    def simple(self, **fields: Any) -> str:
        """One step, `GET /things`, whose `id` is the workflow's output."""
        return self.workflow({"steps": [{**STEP, **fields}], "outputs": {"id": "$steps.get.outputs.id"}})

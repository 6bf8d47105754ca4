"""The protocol's side of an adapter written in Python, for Python 3.9 and later: `speak(id, version, ..., run)`.

What the engine prints goes to stderr: stdout belongs to the protocol.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any


def speak(
    *,
    id: str,
    version: str,
    language: str,
    arazzo: list[str],
    observes: list[str],
    run: Callable[[dict[str, Any]], dict[str, Any]],
) -> None:
    """Answer commands until stop. `run` returns outcome, outputs, steps, message, or skipped; raising is a crash."""
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(value: dict[str, Any]) -> None:
        lines.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
        lines.flush()

    for line in sys.stdin:
        command = json.loads(line)
        if command["cmd"] == "start":
            engine = {"id": id, "version": version, "language": language}
            say({"version": 1, "engine": engine, "arazzo": arazzo, "observes": observes})
        elif command["cmd"] == "run":
            try:
                say({"seq": command["seq"], **run(command)})
            except Exception as error:  # noqa: BLE001  # whatever the engine raises is told to the harness
                message = f"{type(error).__name__}: {error}"
                say({"seq": command["seq"], "errored": True, "message": message, "traceback": traceback.format_exc()})
        else:
            return

"""The adapter of Redocly Respect: one process of its command for each scenario, and the JSON log it writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from speak import speak  # noqa: E402

COMMAND = HERE / ".installed" / "node_modules" / ".bin" / "redocly"
PACKAGE = HERE / ".installed" / "node_modules" / "@redocly" / "cli" / "package.json"


def run(command: dict[str, Any]) -> dict[str, Any]:
    """Run one workflow: `redocly respect FILE -w ID -i INPUTS`. Its exit code and its log tell the outcome."""
    folder = Path(command["folder"])
    log = folder / "respect-log.json"
    arguments = [str(COMMAND), "respect", os.path.relpath(command["entry"], folder), "-w", command["workflowId"]]
    arguments += ["--json-output", log.name, "--no-secrets-masking"]
    if command["inputs"]:
        arguments += ["--input", json.dumps(command["inputs"])]
    environment = {**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "CI": "true"}
    done = subprocess.run(
        arguments,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    print(done.stdout.decode("utf-8", "replace"), file=sys.stderr)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"redocly ended with exit code {done.returncode}")
    return {"outcome": "success" if done.returncode == 0 else "failure", "message": _message(log)}


def _message(log: Path) -> str | None:
    """The checks that were not met, from its log."""
    try:
        files = json.loads(log.read_text("utf-8"))["files"]
    except (OSError, ValueError, KeyError):
        return None
    messages = [
        str(check.get("message", "")).split("\n")[0]
        for file in files.values()
        for workflow in file.get("executedWorkflows", [])
        for step in workflow.get("executedSteps", [])
        for check in step.get("checks", [])
        if not check.get("passed", True)
    ]
    return "; ".join(messages)[:500] or None


if __name__ == "__main__":
    speak(
        id="redocly",
        version=json.loads(PACKAGE.read_text("utf-8"))["version"],
        language="JavaScript",
        arazzo=["1.0", "1.1"],
        observes=["outcome"],
        run=run,
    )

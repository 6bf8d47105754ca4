"""The adapter of Redocly Respect: one process of its command for each scenario, and the JSON log it writes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from speak import speak  # noqa: E402

# Its checks against the OpenAPI description are its own, Arazzo does not ask for them: they warn and decide nothing.
OWN_CHECKS = "STATUS_CODE_CHECK=warn,SCHEMA_CHECK=warn,CONTENT_TYPE_CHECK=warn"
COMMAND = HERE / ".installed" / "node_modules" / ".bin" / "redocly"
PACKAGE = HERE / ".installed" / "node_modules" / "@redocly" / "cli" / "package.json"


def run(command: dict[str, Any]) -> dict[str, Any]:
    """Run one workflow: `redocly respect FILE -w ID -i INPUTS`. Its exit code and its log tell the outcome."""
    folder = Path(command["folder"])
    log = folder / "respect-log.json"
    arguments = [str(COMMAND), "respect", os.path.relpath(command["entry"], folder), "-w", command["workflowId"]]
    arguments += ["--json-output", log.name, "--no-secrets-masking", "--severity", OWN_CHECKS]
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
    output = done.stdout.decode("utf-8", "replace")
    print(output, file=sys.stderr)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"redocly ended with exit code {done.returncode}")
    if done.returncode and "Found errors in Arazzo description" in output:
        return {"outcome": "rejected", "message": f"its lint refuses the document: {_refusals(output)}"}
    return {"outcome": "success" if done.returncode == 0 else "failure", "message": _message(log)}


def _refusals(output: str) -> str:
    """The messages of its lint: the paragraph below each `[1] file:line:column at pointer`."""
    paragraphs = [paragraph.strip() for paragraph in output.split("\n\n")]
    return "; ".join(b for a, b in pairwise(paragraphs) if re.match(r"\[\d+\] ", a))[:500]


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

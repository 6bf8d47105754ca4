"""The adapter of arazzo-exec: its documented function `run`."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parent.parent))

import arazzo_exec  # type: ignore
from speak import speak


def run(command: dict[str, Any]) -> dict[str, Any]:
    """Run one workflow; what it raises is a failed run, as for its command (exit code 1 or 2)."""
    try:
        result = arazzo_exec.run(command["entry"], workflow_id=command["workflowId"], inputs=command["inputs"])
    except arazzo_exec.core.errors.ArazzoValidationError as error:
        return {"outcome": "rejected", "message": str(error)}
    except Exception as error:  # noqa: BLE001  # its command catches the same
        return {"outcome": "failure", "message": f"{type(error).__name__}: {error}"}
    return {
        "outcome": "success" if result.success else "failure",
        "outputs": dict(result.outputs),
        "steps": {step_id: _step(step) for step_id, step in result.steps.items()},
        "message": result.error.message if result.error else None,
    }


def _step(step: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"outcome": "success" if step.success else "failure", "outputs": dict(step.outputs)}
    if step.attempts:
        told["attempts"] = len(step.attempts)
    return told


if __name__ == "__main__":
    speak(
        id="arazzo-exec",
        version=version("arazzo-exec"),
        language="Python",
        arazzo=["1.0", "1.1"],
        observes=["outcome", "outputs", "steps"],
        run=run,
    )

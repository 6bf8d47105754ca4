"""The adapter of arazzo-run: its public library with its defaults."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parent.parent), str(Path(__file__).resolve().parents[3])]

from speak import speak  # noqa: E402

import arazzo_runner  # noqa: E402
from arazzo_runner import DocumentError, InputError, Result, Unavailable, UsageError  # noqa: E402

_OUTCOMES = {"succeeded": "success", "failed": "failure"}


def run(command: dict[str, Any]) -> dict[str, Any]:
    """Run one workflow; what is refused was not sent."""
    try:
        result = arazzo_runner.run(
            command["entry"], workflow=command["workflowId"], inputs=command["inputs"], cache=False, env={}
        )
    except (DocumentError, InputError, UsageError, Unavailable) as error:
        return {"outcome": "rejected", "message": str(error)}
    return told(result)


def told(result: Result) -> dict[str, Any]:
    """A result in the words of the protocol."""
    return {
        "outcome": _OUTCOMES[result.status],
        "outputs": dict(result.outputs),
        "steps": _steps(result),
        "message": result.message,
    }


def _steps(result: Result) -> dict[str, Any]:
    """The steps of the workflow that was run, by their last visit."""
    steps: dict[str, Any] = {}
    for step in result.steps:
        if not step.path:
            steps[step.step_id] = {
                "outcome": _OUTCOMES[step.status],
                "attempts": step.attempt,
                "outputs": dict(step.outputs),
            }
    return steps


if __name__ == "__main__":
    speak(
        id="arazzo-run",
        version=arazzo_runner.__version__,
        language="Python",
        arazzo=["1.0", "1.1"],
        observes=["outcome", "outputs", "steps"],
        run=run,
    )

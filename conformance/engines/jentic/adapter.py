"""The adapter of Jentic's arazzo-runner: its library, judged as its own command judges (`execute-workflow`)."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

# Its import name is that of another engine: nothing but its own environment and the protocol is on the path.
sys.path = [p for p in sys.path if "site-packages" in p or "lib/python" in p or p.endswith(".zip")]
sys.path.append(str(Path(__file__).resolve().parent.parent))

from speak import speak  # noqa: E402

from arazzo_runner import ArazzoRunner, StepStatus, WorkflowExecutionStatus  # type: ignore  # noqa: E402


def run(command: dict[str, Any]) -> dict[str, Any]:
    """Run one workflow with a runner of its own; what it raises is a failed run, as for its command (exit code 1)."""
    try:
        runner = ArazzoRunner.from_arazzo_path(command["entry"])
        result = runner.execute_workflow(command["workflowId"], command["inputs"])
    except Exception as error:  # noqa: BLE001  # its command catches the same
        return {"outcome": "failure", "message": f"{type(error).__name__}: {error}"}
    state = next((s for s in runner.execution_states.values() if s.workflow_id == command["workflowId"]), None)
    statuses = list(state.status.values()) if state else []
    failed = result.status == WorkflowExecutionStatus.ERROR or (statuses and statuses[-1] == StepStatus.FAILURE)
    return {
        "outcome": "failure" if failed else "success",
        "outputs": dict(result.outputs or {}),
        "steps": _steps(state),
        "message": result.error,
    }


def _steps(state: Any) -> dict[str, Any]:
    return {
        step_id: {
            "outcome": "success" if status == StepStatus.SUCCESS else "failure",
            "outputs": state.step_outputs.get(step_id),
        }
        for step_id, status in (state.status.items() if state else ())
        if status in (StepStatus.SUCCESS, StepStatus.FAILURE)
    }


if __name__ == "__main__":
    speak(
        id="jentic",
        version=version("arazzo-runner"),
        language="Python",
        arazzo=["1.0", "1.1"],
        observes=["outcome", "outputs", "steps"],
        run=run,
    )

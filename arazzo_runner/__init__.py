"""arazzo-run: run Arazzo workflows exactly as the specification says.

>>> import arazzo_runner
>>> result = arazzo_runner.run("workflow.yml", inputs={"petId": 1})
>>> result.outputs
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from .api import Checked, Loaded, Runner, check, load, run, run_async, verify
    from .errors import ArazzoError, DocumentError, InputError, Unavailable, UsageError, WorkflowFailed
    from .limits import Limits
    from .policy import Policy
    from .report.result import Result
    from .verdict import Verdict

_WHERE = {
    "Checked": "api",
    "Loaded": "api",
    "Runner": "api",
    "check": "api",
    "load": "api",
    "run": "api",
    "run_async": "api",
    "verify": "api",
    "Verdict": "verdict",
    "Result": "report.result",
    "Limits": "limits",
    "Policy": "policy",
    "ArazzoError": "errors",
    "DocumentError": "errors",
    "InputError": "errors",
    "Unavailable": "errors",
    "UsageError": "errors",
    "WorkflowFailed": "errors",
}

__all__ = [
    "ArazzoError",
    "Checked",
    "DocumentError",
    "InputError",
    "Limits",
    "Loaded",
    "Policy",
    "Result",
    "Runner",
    "Unavailable",
    "UsageError",
    "Verdict",
    "WorkflowFailed",
    "__version__",
    "check",
    "load",
    "run",
    "run_async",
    "verify",
]


def __getattr__(name: str) -> Any:
    """The public names, loaded when they are first used."""
    if name not in _WHERE:
        raise AttributeError(f"module 'arazzo_runner' has no attribute '{name}'")
    import importlib

    value = getattr(importlib.import_module(f".{_WHERE[name]}", __name__), name)
    globals()[name] = value
    return value

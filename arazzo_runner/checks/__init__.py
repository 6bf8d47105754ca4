"""Check a description before its first request: link over all workflows, then the analysis, one function per rule.

What refuses a run is found by link and nowhere else; the analysis adds what a document, its flow and the OpenAPI
descriptions behind it tell without running (interface, "What refuses a run").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..diagnostics import Diagnostic, by_place
from ..messages import SecurityRequirement
from ..model import ArazzoDescription, Compat
from ..plan import Plan
from .catalogue import RULES, Rule
from .registry import analyse
from .subject import Subject, WorkflowSubject

__all__ = ["RULES", "Rule", "check"]


def check(
    description: ArazzoDescription,
    plan: Plan,
    *,
    compat: Compat = "auto",
    servers: Mapping[str, str] | None = None,
    held: Callable[[SecurityRequirement], bool] = lambda requirement: False,
) -> tuple[Diagnostic, ...]:
    """All findings on a description: those of `plan`, which links all its workflows, then those of the rules.

    Args:
        servers: What the host puts in place of the servers of a source, by name; "" for the only one.
        held: Whether a configured credential has a value for a security scheme.
    """
    at = {linked.location: linked for linked in plan.workflows.values()}
    workflows = tuple(
        WorkflowSubject(linked=linked, model=workflow)
        for workflow in description.workflows
        if (linked := at.get(workflow.location)) is not None
    )
    subject = Subject(
        description=description,
        plan=plan,
        compat=compat,
        servers=servers or {},
        held=held,
        workflows=workflows,
    )
    return by_place((*plan.diagnostics, *analyse(subject)))

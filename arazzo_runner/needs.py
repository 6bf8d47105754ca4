"""Which credentials the steps of a plan need: the schemes, their sources, and the origins that requests go to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .credentials import Scheme, origin_of
from .errors import UsageError
from .messages import Security
from .openapi.security import with_source
from .plan import LinkedWorkflow, OperationCall, Plan


@dataclass(frozen=True, slots=True)
class Need:
    """What a step's request has to be signed with: any of the alternatives of `security`, for `origin`.

    A requirement with `values` is one that the document itself fulfils.
    """

    workflow: LinkedWorkflow
    step: OperationCall
    security: Security
    origin: str


def needs_of(plan: Plan) -> Iterator[Need]:
    """The needs of every step that the plan reaches and that asks for a credential, in order."""
    for workflow in plan.workflows.values():
        for step in workflow.steps:
            if isinstance(step, OperationCall) and step.credentials:
                own = tuple(replace(each.requirement, values={}) for each in step.credentials)
                yield Need(workflow, step, (own,), _origin(step.server))
            elif isinstance(step, OperationCall) and any(step.operation.security):
                security = with_source(step.operation.security, step.source, step.server)
                yield Need(workflow, step, security, _origin(step.server))


def schemes_of(plan: Plan) -> tuple[Scheme, ...]:
    """The schemes by source and name, each once."""
    found: dict[tuple[str, str], Scheme] = {}
    for need in needs_of(plan):
        for requirement in (r for alternative in need.security for r in alternative if r.values is None):
            key = (requirement.source, requirement.name)
            before = found[key].origins if key in found else frozenset()
            found[key] = Scheme(requirement, before | {need.origin})
    return tuple(found.values())


def _origin(server: str) -> str:
    try:
        return origin_of(server)
    except UsageError:
        return ""  # a server that nothing can be sent to

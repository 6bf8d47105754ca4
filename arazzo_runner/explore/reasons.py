"""Why an aim was not reached, in words that name the cause where it is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from ..condition import operand_expressions
from ..diagnostics import Diagnostic
from ..expression import StatusCode
from ..plan import LinkedStep, OperationCall, Plan
from ..verdict import CoverageKind
from .aims import AimKey, Reached, Target
from .origins import step_of

# Findings of the analysis that say why something can never come about, by what it is.
_NO_VALUE: Final = frozenset({"ARZ310", "ARZ312", "ARZ313", "ARZ314", "ARZ315", "ARZ601", "ARZ602", "ARZ603", "ARZ604"})
_NOT_MET: Final = _NO_VALUE | {"ARZ410", "ARZ411", "ARZ413", "ARZ414", "ARZ417", "ARZ418", "ARZ420", "ARZ424"}
_TELLING: Final[dict[CoverageKind, frozenset[str]]] = {
    "step": frozenset({"ARZ231"}),
    "criterion": _NOT_MET,
    "action": _NOT_MET | {"ARZ415", "ARZ416"},
    "exhausted": _NOT_MET | {"ARZ415", "ARZ416"},
    "timeout": frozenset(),
    "output": _NO_VALUE,
}


class Reason(NamedTuple):
    """Why, and whether no documented answer can change it."""

    text: str
    proven: bool = False


def reason(plan: Plan, target: Target, reached: Reached, findings: Sequence[Diagnostic]) -> Reason:
    """Why an aim was not reached in any run."""
    found = _finding(target, reached, findings)
    if found is not None:
        return Reason(f"{found.message} ({found.code})", proven=True)
    key, step = target.key, step_of(plan, target.key.step)
    if key.kind == "step":
        return Reason("no run came to this step")
    if step is not None and AimKey("step", key.step) not in reached.keys:
        return Reason("no run came to its step")
    if isinstance(step, OperationCall) and key.step not in reached.answered:
        return Reason("no request of its step could be made")
    match key.kind:
        case "criterion" if target.of_action is None and _opposite(target) not in reached.keys:
            return Reason("no request of its step was answered")
        case "criterion":
            return _of_criterion(target, step)
        case "exhausted" if AimKey("action", key.step, key.name, key.place) not in reached.keys:
            return Reason("the retry was never taken")
        case "exhausted":
            return Reason("no run used up its retries")
        case "timeout":
            return Reason("the step always ended in time")
        case "output" if step is not None:
            return Reason("no documented answer has a value for it")
        case "output":
            return Reason("what it reads never had a value when the workflow succeeded")
        case _:
            return _of_action(target)


def _finding(target: Target, reached: Reached, findings: Iterable[Diagnostic]) -> Diagnostic | None:
    place, key = target.location, target.key
    if key.kind == "criterion" and not key.wanted and _opposite(target) not in reached.keys:
        return None  # what is never met tells nothing about why it was never judged
    telling = _TELLING[key.kind] | ({"ARZ412"} if key.kind == "criterion" and not key.wanted else frozenset())
    for finding in findings:
        where = finding.location
        if where is None or where.document != place.document or finding.code not in telling:
            continue
        if where.pointer == place.pointer or where.pointer.startswith(place.pointer + "/"):
            return finding
    return None


def _opposite(target: Target) -> AimKey:
    return target.key._replace(wanted=not target.key.wanted)


def _of_criterion(target: Target, step: LinkedStep | None) -> Reason:
    wanted = "true" if target.key.wanted else "false"
    before = " where the actions before it do not apply" if target.of_action is not None else ""
    if not isinstance(step, OperationCall) or target.criterion is None:
        return Reason(f"no run made it {wanted}")
    operation = f"{step.operation.method} {step.operation.path}"
    read = operand_expressions(target.criterion.condition)
    if read and all(isinstance(expression, StatusCode) for expression in read):
        documented = ", ".join(step.operation.responses) or "none"
        text = f"no documented answer of {operation} makes it {wanted}{before} (documented: {documented})"
        return Reason(text, proven=True)
    if not any(declared.media_types for declared in step.operation.responses.values()):
        return Reason(f"none of the answers of {operation} makes it {wanted}{before}: no body is documented for them")
    return Reason(f"none of the documented answers of {operation} that were tried makes it {wanted}{before}")


def _of_action(target: Target) -> Reason:
    if target.of_action is not None and not target.of_action.criteria:
        outcome = "succeeded" if target.key.place == "success" else "failed"
        return Reason(f"the step never {outcome} without an action before it applying")
    return Reason("its criteria did not hold together in any run, or an action before it applied")

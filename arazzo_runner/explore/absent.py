"""Which values a request that cannot be made waits for in vain: outputs of earlier steps, and places inside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..diagnostics import Diagnostic
from ..expression import Expression, StepsReference, split
from ..interpreter import Refused, State
from ..location import Location
from ..plan import LinkedStep, Plan
from ..plan.written import expressions_in
from ..values import MISSING
from .aims import Reached, targets
from .origins import StepKey, step_of
from .reasons import reason
from .runs import Run, evaluated_in


def unmade(run: Run, key: StepKey | None, findings: Sequence[Diagnostic]) -> tuple[str, Location] | None:
    """Why the last request of a step could not be made, and where; None where it was."""
    last = next((each for each in reversed(run.refused) if each[0] == key), None)
    if last is None:
        return None
    at, refused, state = last
    why = _absent(run.plan, at, refused, state, run.reached, findings)
    return refused.reason + (f": {why}" if why else ""), refused.location


def _absent(
    plan: Plan, key: StepKey, refused: Refused, state: State, reached: Reached, findings: Sequence[Diagnostic]
) -> str | None:
    """What of earlier steps has no value where a request was refused, and why; None where nothing of them is read."""
    step = step_of(plan, key)
    read = _read(step, refused.location) if step is not None else ()
    told = [text for each in read if (text := _of(plan, key, state, each, reached, findings)) is not None]
    return "; ".join(dict.fromkeys(told)) or None


def _read(step: LinkedStep, location: Location) -> Iterator[Expression]:
    """The expressions of the parameter at a place; those of all parameters in the path where no parameter is there."""
    own = [each for each in step.parameters if each.location == location]
    for parameter in own or (each for each in step.parameters if each.in_ == "path"):
        yield from (expression for expression, _ in expressions_in(parameter.written))


def _of(
    plan: Plan,
    key: StepKey,
    state: State,
    expression: Expression,
    reached: Reached,
    findings: Sequence[Diagnostic],
) -> str | None:
    base, _ = split(expression)
    if not isinstance(base, StepsReference) or evaluated_in(plan, state, expression) is not MISSING:
        return None
    source, name = (key[0], base.step_id), base.output_name
    value = evaluated_in(plan, state, base)
    if value is not MISSING:
        return f"{expression} finds nothing: the output '{name}' is {_kind(value)}"
    target = next((t for t in targets(plan) if (t.key.kind, t.key.step, t.key.name) == ("output", source, name)), None)
    if target is None:
        return f"step '{base.step_id}' has no output '{name}'"
    why = reason(plan, target, reached, findings).text
    return f"the output '{name}' of step '{base.step_id}' has no value: {why}"


def _kind(value: object) -> str:
    match value:
        case dict():
            return f"an object of {len(value)} members"
        case list():
            return f"an array of {len(value)} items"
        case str():
            return "a text"
        case _:
            return "null" if value is None else "no object"

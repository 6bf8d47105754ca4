"""What a case expects of a run as a whole and of its steps, and did not come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..drivers.replay import Difference
from ..report.attempts import qualified
from ..report.case import Case, ExpectedStep
from ..report.result import Result, StepResult
from ..values import format_pointer, jsonable
from .script import is_step
from .values import Unlike, is_masked, is_of_data, shown, shown_pair, unlike


def outcome_differences(case: Case, result: Result, before: Result | None = None) -> Iterator[Difference]:
    """Where the end of a run is not what its case expects.

    `before` is the result with the case's own answers: outputs that were right there are the server's data here.
    """
    expect = case.expect
    outcome = "success" if result.status == "succeeded" else "failure"
    if expect.outcome is not None and expect.outcome != outcome:
        yield Difference("run", "the outcome", expect.outcome, outcome, "/expect/outcome")
    if expect.reason is not None and expect.reason != result.reason:
        yield Difference("run", "the reason", expect.reason, str(result.reason), "/expect/reason")
    if expect.ended_by is not None and expect.ended_by != result.ended_by:
        yield Difference("run", "the action that ended it", expect.ended_by, str(result.ended_by), "/expect/endedBy")
    yield from _outputs(
        "run",
        "/expect",
        expect.outputs,
        expect.outputs_contain,
        result.outputs,
        before.outputs if before is not None else None,
    )
    for name, step in expect.steps.items():
        yield from _step(name, step, _attempts(name, result), _attempts(name, before) if before is not None else None)


def _attempts(name: str, result: Result) -> list[StepResult]:
    """Those of the step of this name; where it runs in other steps only, its own name will do."""
    by_name = [(qualified(step.path, step.step_id), step) for step in result.steps]
    own = [step for own_name, step in by_name if own_name == name]
    return own or [step for own_name, step in by_name if is_step(name, own_name)]


def _step(
    name: str, step: ExpectedStep, attempts: Sequence[StepResult], before: Sequence[StepResult] | None
) -> Iterator[Difference]:
    place = "/expect" + format_pointer(("steps", name))
    if step.attempts is not None and step.attempts != len(attempts):
        yield Difference(name, "attempts", str(step.attempts), str(len(attempts)), f"{place}/attempts")
    if not attempts:
        if step.attempts is None:
            yield Difference(name, "the step", "carried out", "not carried out", place, "missing")
        return
    now = "success" if attempts[-1].status == "succeeded" else "failure"
    if step.outcome is not None and step.outcome != now:
        yield Difference(name, "the outcome", step.outcome, now, f"{place}/outcome")
    yield from _outputs(
        name, place, step.outputs, step.outputs_contain, attempts[-1].outputs, before[-1].outputs if before else None
    )


def _outputs(
    step: str,
    place: str,
    outputs: Mapping[str, Any] | None,
    part: Mapping[str, Any] | None,
    now: Mapping[str, Any],
    before: Mapping[str, Any] | None,
) -> Iterator[Difference]:
    """All outputs, or one difference for each of those that are given."""
    came = jsonable(dict(now))
    own = jsonable(dict(before)) if before is not None else None

    def told(found: Unlike) -> bool:
        return not (is_masked(found) if own is None else is_of_data(found, own))

    if outputs is not None:
        expected = dict(outputs)
        found = next(filter(told, unlike(expected, came)), None)
        if found is not None:
            at = f"{place}/outputs{found.pointer}"
            yield Difference(step, "outputs", *shown_pair(expected, came, found), at)
    for found in filter(told, unlike(dict(part or {}), came, part=True)):
        name = f"output {found.pointer.removeprefix('/')}"
        values = shown(found.expected, found.pointer), shown(found.now, found.pointer)
        yield Difference(step, name, *values, f"{place}/outputsContain{found.pointer}")

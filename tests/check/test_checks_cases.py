"""Cases that stand for all answers: what holds in all of them is what the engine finds, whatever it meets."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from linking import link, step, steps
from points import Point

from arazzo_runner.checks.cases import cases, cases_of
from arazzo_runner.plan import ListedStep

A, B = "$response.body#/a", "$response.body.b"
CONSTANTS = ["true", "false", "null", "0", "1", "2.5", "200", "299", "404", "'1'", "'a'", "'B'", "'b'", "''"]
VALUES: list[Any] = [None, True, False, 0, 1, 2, 2.5, 3, 200, "1", "1.0", "a", "A", "ab", "B", "c", "", {}, ["a"]]

comparisons = st.builds(
    "{} {} {}".format,
    st.sampled_from([A, A, B, "$statusCode", "$statusCode"]),
    st.sampled_from(["==", "!=", "<", "<=", ">", ">="]),
    st.sampled_from([*CONSTANTS, A]),
)
bare = st.sampled_from([A, f"!{A}", f"!({B} == 'a')", "true", "!5", f"({A} == 1) == true"])
conditions = st.recursive(
    comparisons | bare,
    lambda inner: st.builds("({}) {} ({})".format, inner, st.sampled_from(["&&", "||"]), inner),
    max_leaves=4,
)
bodies = st.dictionaries(st.sampled_from("ab"), st.sampled_from(VALUES))


def step_with(*conditions: str, **fields: Any) -> ListedStep:
    """A step with these criteria."""
    criteria = [{"condition": condition} for condition in conditions]
    return link(steps(step(successCriteria=criteria, **fields))).workflow.steps[0]


def passes(a_step: ListedStep, status: int, body: Any) -> bool:
    """Whether all criteria of the step pass when this is the answer."""
    scope = Point(method="GET", status_code=status, response_body=body)
    return all(criterion.condition.check(scope).passed for criterion in a_step.criteria)


@settings(max_examples=300, deadline=None)
@given(st.lists(conditions, min_size=1, max_size=3), st.integers(100, 599), bodies)
@example([f"{A} == 1", f"{A} == '1'"], 200, {"a": 1})
@example([f"{A} > '1'", f"{A} < 'a'"], 200, {"a": 2})
@example([f"{A} == 'b'", f"{A} == 'B'"], 200, {"a": "B"})
@example([f"{A} == {A}"], 200, {})
@example([f"!({A} == 1 && !5)", f"{A} == 1"], 200, {"a": 0})
@example([f"!{A} || $statusCode != true"], 200, {"a": 0})
@example([f"({A} == 1 || !5) || true"], 200, {})
def test_what_is_certain_in_all_cases_is_what_the_engine_finds(
    listed: list[str], status: int, body: dict[str, Any]
) -> None:
    a_step = step_with(*listed)

    verdicts = {case.passes_all(a_step.criteria) for case in cases(a_step, a_step.criteria)}

    assert passes(a_step, status, body) in verdicts or None in verdicts


@pytest.mark.parametrize(
    ("listed", "verdicts"),
    [
        ([f"{A} == 'x'", f"{A} == 'y'"], {False}),
        ([f"{A} == 'x' || {A} != 'X'"], {True}),
        ([f"{A} > 1 && {A} <= 1"], {False}),
        ([f"{A} > 1", f"{A} < 2"], {True, False}),
        ([f"{A} > 'a' && {A} < 'a'"], {False}),
        ([f"{A} == 'x'", "$response.body.a == 'y'"], {False}),
        ([f"{A} == 'x'", f"{B} == 'y'"], {None}),
        ([f"{A} == 'x'", f"{A} == {B}"], {None, False}),
        (["$statusCode >= 200", "$statusCode < 300", "$statusCode == 404"], {False}),
        ([f"{A} == {A}"], {True}),
        ([f"{A} == 1", f"{A} == '1'"], {None}),
    ],
)
def test_cases_tell_apart_what_conditions_compare_with_constants(listed: list[str], verdicts: set[bool | None]) -> None:
    a_step = step_with(*listed)

    assert {case.passes_all(a_step.criteria) for case in cases(a_step, a_step.criteria)} == verdicts


def test_a_pattern_over_the_status_is_tried_on_every_status() -> None:
    criteria = [{"context": "$statusCode", "type": "regex", "condition": "^2"}, {"condition": "$statusCode >= 300"}]
    a_step = link(steps(step(successCriteria=criteria))).workflow.steps[0]

    assert {case.passes_all(a_step.criteria) for case in cases(a_step, a_step.criteria)} == {False}


def test_a_pattern_over_a_value_depends_on_more_than_its_case() -> None:
    criteria = [
        {"context": A, "type": "regex", "condition": "^b"},
        {"condition": f"{A} != 'x'"},
        {"condition": f"{A} != 'y'"},
    ]
    a_step = link(steps(step(successCriteria=criteria))).workflow.steps[0]

    assert None in {case.passes_all(a_step.criteria) for case in cases(a_step, a_step.criteria)}


def test_a_step_fails_without_an_answer_and_succeeds_only_with_one() -> None:
    a_step = step_with("$statusCode == 200", onFailure=[{"name": "x", "type": "end", "criteria": [{"condition": A}]}])
    action = a_step.failure_actions[0]

    failing = cases_of(a_step, "failure", action.criteria)
    succeeding = cases_of(a_step, "success", action.criteria)

    assert {case.passes_all(a_step.criteria) for case in failing} == {False}
    assert {case.status for case in succeeding} == {200}
    assert False in {case.passes_all(action.criteria) for case in failing if case.status not in range(100, 600)}


def test_what_a_response_would_have_is_absent_without_an_answer() -> None:
    listed = [{"condition": f"{A} == null"}, {"condition": "$statusCode == null"}]
    a_step = link(steps(step(onFailure=[{"name": "x", "type": "end", "criteria": listed}]))).workflow.steps[0]

    verdicts = {case.passes_all(a_step.failure_actions[0].criteria) for case in cases_of(a_step, "failure")}

    assert True in verdicts


def test_outputs_of_the_step_itself_change_between_its_criteria_and_its_actions() -> None:
    own = "$steps.a.outputs.x"
    a_step = step_with(
        f"{own} == 1",
        outputs={"x": A},
        onSuccess=[{"name": "x", "type": "end", "criteria": [{"condition": f"{own} == 2"}]}],
    )
    action = a_step.success_actions[0]

    assert {case.passes_all(action.criteria) for case in cases_of(a_step, "success", action.criteria)} == {None}


def test_many_operands_are_left_unknown_rather_than_tried_in_every_combination() -> None:
    names = [f"$response.body#/{name}" for name in "abcdefgh"]
    a_step = step_with(*(f"{name} == 1 && {name} == 2" for name in names))

    assert len(cases(a_step, a_step.criteria)) <= 300

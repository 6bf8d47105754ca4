"""What a criterion comes to without a run, one status at a time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from linking import link, step, steps

from arazzo_runner.checks.cases import Case, succeeds
from arazzo_runner.checks.verdicts import NO_ANSWER, statuses_of
from arazzo_runner.plan import LinkedCriterion, OperationCall


def criterion(condition: str, **fields: str) -> LinkedCriterion:
    plan = link(steps(step(successCriteria=[{"condition": condition, **fields}])))
    return plan.workflow.steps[0].criteria[0]


@pytest.mark.parametrize(
    ("condition", "status", "expected"),
    [
        ("$statusCode == 200", 200, True),
        ("$statusCode == 200", 404, False),
        ("$statusCode == '200'", 200, True),
        ("$statusCode == 200", NO_ANSWER, False),
        ("$statusCode >= 200 && $statusCode < 300", 204, True),
        ("$statusCode == 200 || $response.body#/x == 1", 200, True),
        ("$statusCode == 200 || $response.body#/x == 1", 404, None),
        ("$statusCode == 200 && $response.body#/x == 1", 200, None),
        ("$statusCode == 200 && $response.body#/x == 1", 404, False),
        ("!($statusCode == 200)", 404, True),
        ("$response.body#/x == 1", 200, None),
        ("true", 200, True),
        ("1 == 2", 200, False),
        ("5", 200, False),
        ("!5", 200, False),
        ("$response.body#/x == 1 || !5", 200, None),
        ("true || !5", 200, True),
    ],
)
def test_a_condition_is_decided_as_far_as_the_status_tells(condition: str, status: int, expected: bool | None) -> None:
    assert Case(status).passes(criterion(condition)) is expected


@pytest.mark.parametrize(("status", "expected"), [(200, True), (404, False), (NO_ANSWER, False)])
def test_a_pattern_over_the_status_is_decided_too(status: int, expected: bool) -> None:
    assert Case(status).passes(criterion("^2", context="$statusCode", type="regex")) is expected


def test_without_a_status_only_constants_are_decided() -> None:
    assert Case().passes(criterion("$statusCode == 200")) is None
    assert Case().passes(criterion("1 == 1")) is True


@pytest.mark.parametrize(("status", "expected"), [(200, True), (299, True), (304, False), (500, False)])
def test_a_step_without_criteria_succeeds_with_any_2xx(status: int, expected: bool) -> None:
    (call,) = link(steps(step())).workflow.steps

    assert succeeds(call, Case(status)) is expected


@given(st.integers(100, 599), st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), st.integers(100, 599))
def test_the_statuses_that_stand_for_all_tell_apart_what_any_status_does(
    status: int, operator: str, bound: int
) -> None:
    plan = link(steps(step(successCriteria=[{"condition": f"$statusCode {operator} {bound}"}])))
    (call,) = plan.workflow.steps
    assert isinstance(call, OperationCall)

    verdicts = {succeeds(call, Case(tried)) for tried in statuses_of(call)}

    assert succeeds(call, Case(status)) in verdicts

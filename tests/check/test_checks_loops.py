"""Loops without an end or a pause, and retries that do not wait or never come."""

from __future__ import annotations

import pytest
from checking import at, description, of_steps
from shop import OPENAPI, check, json, operation, places

# ARZ421 ---------------------------------------------------------------------------------------------------------------

ROUND = """
- stepId: list
  operationId: getPage
- stepId: show
  operationId: listPets
  onSuccess:
  - {name: back, type: goto, stepId: list}
"""


def test_a_loop_that_no_success_leaves_names_its_steps() -> None:
    text = of_steps(ROUND)

    (finding,) = check(text, "ARZ421")

    assert f"{finding.location.line}:{finding.location.column}" == at(text, "{name: back")  # type: ignore[union-attr]
    assert finding.message == "'back' makes a loop of 'list' and 'show' that only a failure or the limit of steps ends"


@pytest.mark.parametrize(
    "criteria",
    [
        ", criteria: [{condition: $response.body#/0/age > 1}]",
        ", criteria: [{condition: $statusCode == 200}]",  # and there are other 2xx
    ],
)
def test_a_loop_that_a_success_may_leave_has_an_exit(criteria: str) -> None:
    assert places(of_steps(ROUND.replace("stepId: list}", f"stepId: list{criteria}}}")), "ARZ421") == []


GONE = """
- stepId: wait
  operationId: getPage
  onSuccess: [{name: still, type: goto, stepId: wait}]
  onFailure: [{name: gone, type: goto, stepId: done, criteria: [{condition: $statusCode == STATUS}]}]
- stepId: done
  operationId: any
"""


@pytest.mark.parametrize(("status", "lost"), [("404", 0), ("503", 1)])
def test_waiting_until_something_is_gone_has_an_exit(status: str, lost: int) -> None:
    assert len(check(of_steps(GONE.replace("STATUS", status)), "ARZ421")) == lost


def test_steps_that_follow_a_loop_by_failure_only_are_no_exit() -> None:
    text = of_steps(GONE.replace("STATUS", "404").replace("type: goto, stepId: done", "type: end"))

    assert places(text, "ARZ421") == [at(text, "{name: still")]


# ARZ422 ---------------------------------------------------------------------------------------------------------------

POLL = """
- stepId: wait
  operationId: getPage
  onSuccess: [{name: again, type: goto, stepId: wait, criteria: [{condition: $response.body#/total < 5}]}]
  outputs: {total: $response.body#/total}
"""


def test_a_goto_to_its_own_step_asks_again_without_a_pause() -> None:
    text = of_steps(POLL)

    (finding,) = check(text, "ARZ422")

    assert f"{finding.location.line}:{finding.location.column}" == at(text, "{name: again")  # type: ignore[union-attr]
    assert finding.message == "'again' sends the same again at once, without a pause"
    assert finding.hint == "let the successCriteria fail until it is done, and retry with retryAfter"


def test_a_goto_after_a_failure_is_a_retry_without_a_pause_and_without_an_end() -> None:
    text = of_steps(POLL.replace("onSuccess", "onFailure").replace("$response.body#/total < 5", "$statusCode == 404"))

    (finding,) = check(text, "ARZ422")

    assert finding.message == "'again' sends the same again as soon as it fails, without a pause"
    assert finding.hint == "write a retry instead, with retryAfter and retryLimit"


def test_a_loop_over_several_steps_that_only_read_is_told_at_the_way_back() -> None:
    text = of_steps(POLL.replace("stepId: wait, crit", "stepId: first, crit"), fields="").replace(
        "  - stepId: wait", "  - {stepId: first, operationId: listPets}\n  - stepId: wait"
    )

    assert places(text, "ARZ422") == [at(text, "{name: again")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("getPage", "createPet"),  # something happens in each round
        ("  outputs", "  parameters: [{name: p, in: query, value: $steps.wait.outputs.total}]\n  outputs"),  # a cursor
        ("  outputs", "  parameters: [{name: waitSeconds, in: query, value: 20}]\n  outputs"),  # the server waits
    ],
)
def test_a_loop_that_changes_something_or_waits_is_left_alone(old: str, new: str) -> None:
    assert places(of_steps(POLL.replace(old, new)), "ARZ422") == []


def test_a_loop_without_exit_is_told_as_that_only() -> None:
    assert places(of_steps(ROUND), "ARZ422") == []


# ARZ423, ARZ425 and ARZ426 --------------------------------------------------------------------------------------------


def retrying(fields: str) -> str:
    """A step that is retried by an action with these further fields, and a step that can help."""
    return of_steps(f"""
    - stepId: a
      operationId: getPage
      onFailure: [{{name: again, type: retry{fields}}}]
      onSuccess: [{{name: done, type: end}}]
    - stepId: b
      operationId: any
    """)


def test_retries_without_a_pause_are_counted() -> None:
    text = retrying(", retryLimit: 5")

    (finding,) = check(text, "ARZ423")

    assert f"{finding.location.line}:{finding.location.column}" == at(text, "{name: again")  # type: ignore[union-attr]
    assert finding.message == "'again' repeats the step up to 5 times without a pause"
    assert finding.severity == "info"


def test_what_another_step_does_first_is_a_pause_and_the_step_itself_is_none() -> None:
    assert places(retrying(", retryLimit: 5, stepId: b"), "ARZ423") == []
    assert len(check(retrying(", retryLimit: 5, stepId: a"), "ARZ423")) == 1


def test_an_answer_that_is_documented_with_retry_after_says_how_long_to_wait() -> None:
    busy = json({}, headers={"Retry-After": {"schema": {"type": "integer"}}})
    openapi = {**OPENAPI, "paths": {"/x": {"get": operation("getPage", ("200", json({})), ("429", busy))}}}
    text = retrying(", retryLimit: 5, criteria: [{condition: $statusCode == 429}]")

    assert places(text, "ARZ423", openapi) == []
    assert len(check(text.replace("429", "503"), "ARZ423", openapi)) == 1


SHARED = """
- workflowId: w
  failureActions: [{name: again, type: retry, FIELDS}]
  steps: [{stepId: a, operationId: getPage}, {stepId: b, operationId: any}]
"""


@pytest.mark.parametrize(
    ("fields", "code"), [("retryLimit: 5", "ARZ423"), ("criteria: []", "ARZ425"), ("retryLimit: 0", "ARZ426")]
)
def test_an_action_that_several_steps_share_is_told_once(fields: str, code: str) -> None:
    text = description(SHARED.replace("FIELDS", fields))

    assert places(text, code) == [at(text, "{name: again")]


@pytest.mark.parametrize("fields", ["retryLimit: 1", "criteria: [{condition: $statusCode == 404}]", "retryAfter: 1"])
def test_fields_that_say_what_they_mean_are_left_alone(fields: str) -> None:
    text = description(SHARED.replace("FIELDS", fields))

    assert [places(text, code) for code in ("ARZ423", "ARZ425", "ARZ426")] == [[], [], []]


def test_a_negative_limit_is_a_finding_of_its_own() -> None:
    assert places(description(SHARED.replace("FIELDS", "retryLimit: -1")), "ARZ426") == []

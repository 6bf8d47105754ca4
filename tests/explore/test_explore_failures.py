"""Everything that fails: each documented error, a dropped connection and a time-out, at each step, from then on."""

from __future__ import annotations

from trying import aim, problems, try_out, workflow

LOOP = """
- stepId: ping
  operationId: ping
  onFailure:
  - {name: again, type: goto, stepId: ping}
"""


def test_a_workflow_that_goes_on_for_ever_when_the_api_is_down_fails():
    verdict = try_out(workflow(LOOP))

    assert problems(verdict) == ["bounds ping"]
    assert "does not end by itself" in verdict.problems[0].message
    assert "--max-steps" in verdict.problems[0].message


def test_a_bounded_retry_ends():
    steps = """
    - stepId: ping
      operationId: ping
      onFailure:
      - {name: again, type: retry, retryAfter: 30, retryLimit: 5}
    """

    verdict = try_out(workflow(steps))

    assert problems(verdict) == []
    assert aim(verdict, "again exhausted").reached


def test_a_retry_that_names_its_own_step_is_a_plain_retry():
    steps = """
    - stepId: ping
      operationId: ping
      onFailure:
      - {name: again, type: retry, stepId: ping, retryAfter: 1, retryLimit: 5}
    """

    assert problems(try_out(workflow(steps))) == []


def test_retries_that_wait_for_hours_are_told():
    steps = """
    - stepId: ping
      operationId: ping
      onFailure:
      - {name: again, type: retry, retryAfter: 600, retryLimit: 20}
    """

    verdict = try_out(workflow(steps))

    assert problems(verdict) == ["bounds ping"]
    assert "3600" in verdict.problems[0].message

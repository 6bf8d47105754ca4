"""The result of a run: its fields, its exit code, and that only the caller sees secrets."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from arazzo_runner.diagnostics import Diagnostic
from arazzo_runner.errors import WorkflowFailed
from arazzo_runner.events import Event
from arazzo_runner.report.result import Result, ResultBuilder, StepResult

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "result.schema.json").read_text("utf-8"))
Events = Callable[[str], "list[Event]"]


def result_of(events: list[Event]) -> Result:
    builder = ResultBuilder()
    for event in events:
        builder.observe(event)
    return builder.result()


def validate(report: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(report, SCHEMA)


@pytest.mark.parametrize("show_secrets", [False, True])
def test_every_report_fits_the_published_schema(any_run: list[Event], show_secrets: bool):
    validate(json.loads(json.dumps(result_of(any_run).to_dict(show_secrets=show_secrets))))


def test_the_schema_refuses_what_it_does_not_describe(events: Events):
    report = result_of(events("bootstrap")).to_dict()

    with pytest.raises(jsonschema.ValidationError):
        validate({**report, "surprise": 1})


def test_the_fields_are_those_of_the_interface():
    results = [field.name for field in fields(Result)][:8]
    steps = [field.name for field in fields(StepResult)]

    assert ", ".join(results) == ("workflow_id, status, reason, ended_by, outputs, missing_outputs, steps, diagnostics")
    assert ", ".join(steps) == (
        "step_id, path, visit, attempt, status, location, request, response, criteria, outputs, action, duration_s"
    )


def test_the_caller_gets_the_real_outputs_and_the_report_masked_ones(events: Events):
    result = result_of(events("bootstrap"))

    assert result.outputs["accessToken"] == "issued-token-0001"
    assert result.to_dict()["outputs"]["accessToken"] == "***"
    assert result.to_dict(show_secrets=True)["outputs"]["accessToken"] == "issued-token-0001"


def test_no_secret_is_in_a_masked_report_a_repr_or_an_error(any_run: list[Event], secret: str):
    result = result_of(any_run)

    told = json.dumps(result.to_dict()) + repr(result) + repr(result.steps)
    if result.status == "failed":
        with pytest.raises(WorkflowFailed) as caught:
            result.raise_for_status()
        told += str(caught.value) + repr(caught.value)

    for hidden in (secret, "issued-token-0001", "nested-token-77", "eyJ", "abcdef123"):
        assert hidden not in told


@pytest.mark.parametrize(
    ("run", "status", "reason", "code"),
    [
        ("bootstrap", "succeeded", None, 0),
        ("failing", "failed", "criteria", 1),
        ("transport", "failed", "transport", 4),
        ("handled_transport", "failed", "action", 1),
        ("interrupted", "failed", "interrupted", 130),
        ("retried", "succeeded", None, 0),
    ],
)
def test_the_exit_code_says_how_it_ended(events: Events, run: str, status: str, reason: str | None, code: int):
    result = result_of(events(run))

    assert (result.status, result.reason, result.exit_code) == (status, reason, code)


def test_a_success_does_not_raise_and_a_failure_carries_the_result(events: Events):
    failed = result_of(events("failing"))

    with pytest.raises(WorkflowFailed, match=r"getApplication: .*:53:7: '.statusCode == 200' does not hold") as caught:
        failed.raise_for_status()

    assert caught.value.result is failed
    assert result_of(events("bootstrap")).raise_for_status().status == "succeeded"


@pytest.mark.requirement("criterion.errors.reported")
def test_a_failed_criterion_keeps_its_condition_operands_and_location(events: Events):
    step = result_of(events("failing")).to_dict()["steps"][1]

    assert step["response"]["status"] == 404
    assert step["criteria"][0]["condition"] == "$statusCode == 200"
    assert step["criteria"][0]["operands"][0] == {"expression": "$statusCode", "value": 404}
    assert step["criteria"][0]["location"]["line"] == 53
    assert step["criteria"][1]["operands"] == [
        {"expression": "$response.body#/clientSecret", "value": "***"},
        {"expression": "$response.body#/missing"},
    ]


def test_every_attempt_is_a_step_of_its_own(events: Events):
    first, second = result_of(events("retried")).steps

    assert (first.attempt, first.status, second.attempt, second.status) == (1, "failed", 2, "succeeded")
    assert first.action
    assert (first.action.type, first.action.retry, first.action.retry_limit, first.action.delay_s) == ("retry", 1, 3, 2)


def test_criteria_of_actions_are_not_those_of_the_step(events: Events):
    assert [c.condition for c in result_of(events("retried")).steps[0].criteria] == ["$statusCode == 200"]


def test_the_steps_of_a_called_workflow_stand_where_they_started(events: Events):
    steps = result_of(events("nested")).steps

    assert [(step.path, step.step_id) for step in steps] == [("", "callLogin"), ("callLogin#1.1", "getToken")]


def test_bodies_are_json_text_or_base64_and_absent_when_empty(events: Events):
    first, second = result_of(events("bootstrap")).to_dict()["steps"][:2]

    assert first["request"]["body"] == {"name": "demo"}
    assert first["response"]["body"]["clientSecret"] == "***"
    assert first["request"]["bodyEncoding"] == "json"
    assert "body" not in second["request"]


def test_a_step_without_an_answer_says_why(events: Events):
    (step,) = result_of(events("transport")).to_dict()["steps"]

    assert step["response"] is None
    assert step["request"]["method"] == "POST"
    assert step["action"]["reason"] == "127.0.0.1:8000 refused the connection"


def test_diagnostics_of_the_link_come_before_those_of_the_run(events: Events):
    builder = ResultBuilder(diagnostics=[Diagnostic("ARZ101", "warning", "first")])
    for event in events("failing"):
        builder.observe(event)

    assert [diagnostic.code for diagnostic in builder.result().diagnostics] == ["ARZ101", "ARZ514"]

"""What is said of criteria and actions, of those that several steps share, and of what nearly is a finding."""

from __future__ import annotations

import pytest
from checking import at, description, found, of_steps
from linking import API
from shop import OPENAPI, check, places, step

DOCUMENTS = {API: OPENAPI}


def with_criterion(condition: str, operation: str = "getPage") -> str:
    """A step with one successCriterion."""
    return step(f"successCriteria:\n- condition: {condition}", operation)


def typed(condition: str, kind: str = "jsonpath", context: str = "$response.body", operation: str = "getPage") -> str:
    """A step with one criterion of a type; its text is in single quotes."""
    criterion = f"- context: {context}\n  type: {kind}\n  condition: '{condition}'"
    return step(f"successCriteria:\n{criterion}", operation, version="1.1.0")


def acting(actions: str, criteria: str = "", operation: str = "getPage", **options: str) -> str:
    """A step with these actions; `criteria` are its successCriteria."""
    return step((f"successCriteria: {criteria}\n" if criteria else "") + actions, operation, **options)


# ARZ410 and ARZ420 ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "condition", "message", "hint"),
    [
        (
            "createPet",
            "$response.body#/vaccinated == 'true'",
            "$response.body#/vaccinated is a boolean and never equals 'true', a string",
            "write true without quotes",
        ),
        (
            "createPet",
            "$response.body#/name != true",
            "$response.body#/name is a string and always differs from true, a boolean",
            "write 'true' in quotes",
        ),
        (
            "createPet",
            "$response.body#/tags > 0",
            "$response.body#/tags is an array of strings, which has no order with 0, an integer",
            "ask for the first item: $response.body#/tags/0 != null",
        ),
        (
            "getPage",
            "$response.body.data == 0",
            "$response.body.data is an array of objects and never equals 0, an integer",
            "ask for the first item: $response.body#/data/0 == null",
        ),
        (
            "createPet",
            "$response.body#/owner == 'Ann'",
            "$response.body#/owner is an object and never equals 'Ann', a string",
            "it has email, phone; compare one of these",
        ),
        (
            "getPage",
            "$statusCode == '2XX'",
            "$statusCode is an integer and never equals '2XX', a string",
            "write $statusCode >= 200 && $statusCode < 300",
        ),
        (
            "createPet",
            "$response.body#/vaccinated == $response.body#/name",
            "$response.body#/vaccinated is a boolean, $response.body#/name is a string: they are never equal",
            None,
        ),
        (
            "createPet",
            "$response.body#/status == 'slod'",
            "$response.body#/status is never 'slod': it is one of 'free', 'sold'",
            "did you mean 'sold'?",
        ),
        (
            "createPet",
            "$response.body#/status != 'gone'",
            "$response.body#/status always differs from 'gone': it is one of 'free', 'sold'",
            None,
        ),
        (
            "createPet",
            "$response.body#/status == 3",
            "$response.body#/status is one of 'free', 'sold' and never equals 3, an integer",
            None,
        ),
        (
            "getPage",
            "$inputs.count == 'many'",
            "$inputs.count is an integer and never equals 'many', a string",
            None,
        ),
    ],
)
def test_a_comparison_that_types_or_values_decide_says_how_to_write_it(
    operation: str, condition: str, message: str, hint: str | None
) -> None:
    text = with_criterion(condition, operation)

    (finding,) = check(text, "ARZ410")

    assert (finding.message, finding.hint) == (message, hint)
    assert f"{finding.location.line}:{finding.location.column}" == at(text, condition)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("operation", "condition"),
    [
        ("createPet", "$response.body#/age == '7'"),
        ("createPet", "$response.body#/name >= 7"),
        ("createPet", "$response.body#/owner == null"),
        ("createPet", "$response.body#/status == 'SOLD'"),
        ("createPet", "$response.body#/status == $inputs.name"),
        ("createPet", "$response.body#/nothing == true"),
        ("any", "$response.body#/x == true"),
        ("getPage", "$response.header.X-Total > 5"),
        ("getPage", "($response.body#/total == 1) == true"),
    ],
)
def test_a_comparison_that_a_run_decides_is_left_alone(operation: str, condition: str) -> None:
    assert places(with_criterion(condition, operation), "ARZ410") == []


def test_every_comparison_of_a_condition_is_judged() -> None:
    text = with_criterion("$response.body#/name == true || $response.body#/age == 'x'", "createPet")

    assert len(check(text, "ARZ410")) == 2


def test_the_size_of_a_list_in_a_bare_comparison_is_a_number() -> None:
    size, name = "$.data.length > 0", '$.data.length == "many"'
    text = step(f"successCriteria:\n- context: $response.body\n  type: jsonpath\n  condition: '{size}'", "getPage")

    assert places(text, "ARZ410") == []
    assert places(text.replace(size, name), "ARZ410") == [at(text, f"'{size}'")]


def test_a_body_that_comes_with_an_undocumented_status_is_not_judged() -> None:
    body = "{condition: $response.body#/message == true}"
    asked = "onFailure: [{name: x, type: end, criteria: [{condition: $statusCode == 422}, " + body + "]}]"

    assert places(acting(asked), "ARZ410") == []
    assert len(check(acting(asked.replace("422", "404")), "ARZ410")) == 1


def test_criteria_without_a_status_are_meant_for_the_body_of_a_success() -> None:
    assert len(check(with_criterion("$response.body#/total == true"), "ARZ410")) == 1
    assert places(with_criterion("$response.body#/message == true"), "ARZ410") == []


SHARED = """
- workflowId: w
  failureActions:
  - {name: stop, type: end, criteria: [{condition: $statusCode == 404}, {condition: $response.body#/code == true}]}
  steps:
  - {stepId: a, operationId: getPage}
  - {stepId: b, operationId: SECOND}
"""


def test_what_steps_share_is_told_once_and_only_if_it_is_wrong_for_all() -> None:
    both, one = description(SHARED.replace("SECOND", "getPage")), description(SHARED.replace("SECOND", "any"))

    assert places(both, "ARZ410") == [at(both, "$response.body#/code")]
    assert places(one, "ARZ410") == []  # what the other step is answered with is not known


@pytest.mark.parametrize(
    ("condition", "message", "hint"),
    [
        (
            "$response.body#/total",
            "$response.body#/total is an integer where a condition stands, and only true passes",
            "compare it: $response.body#/total != null",
        ),
        (
            "'!$response.body#/total'",
            "'!' fails for what is neither true, false nor null, and $response.body#/total is an integer",
            "compare it: $response.body#/total == null",
        ),
    ],
)
def test_a_value_in_place_of_a_condition_is_to_be_compared(condition: str, message: str, hint: str) -> None:
    (finding,) = check(with_criterion(condition), "ARZ420")

    assert (finding.message, finding.hint) == (message, hint)


# ARZ411 to ARZ414 -----------------------------------------------------------------------------------------------------


def test_the_documented_success_is_named_where_another_is_asked_for() -> None:
    text = with_criterion("$statusCode == 200", "createPet")

    (finding,) = check(text, "ARZ411")

    assert finding.message == "'$statusCode == 200' is met by no status that POST /pets documents (201, 409)"
    assert finding.hint == "write $statusCode == 201, or correct the OpenAPI description"


def test_a_pattern_over_the_status_is_compared_with_what_is_documented() -> None:
    text = typed("^3", "regex", "$statusCode")

    assert places(text, "ARZ411") == [at(text, "'^3'")]
    assert places(typed("^[24]", "regex", "$statusCode"), "ARZ411") == []


def test_an_action_of_the_workflow_may_ask_for_a_status_that_a_step_does_not_document() -> None:
    text = description(SHARED.replace("SECOND", "getPage").replace("404", "503"))

    assert places(text, "ARZ411") == []


def test_an_action_that_contradicts_the_success_of_its_step_is_told_as_that_only() -> None:
    text = acting(
        "onSuccess: [{name: x, type: end, criteria: [{condition: $statusCode == 418}]}]",
        "[{condition: $statusCode == 200}]",
    )

    assert places(text, "ARZ411") == []
    assert len(check(text, "ARZ415")) == 1


def test_alternatives_that_leave_nothing_out_are_meant_to_be_joined() -> None:
    text = with_criterion("$response.body#/total != 1 || $response.body#/total != 2")

    (finding,) = check(text, "ARZ412")

    assert finding.message == (
        "'$response.body#/total != 1 || $response.body#/total != 2' passes whatever the answer is"
    )
    assert finding.hint == "write && where all of them are meant"


def test_a_failure_action_may_ask_whether_there_was_an_answer() -> None:
    asked = "onFailure: [{name: x, type: end, criteria: [{condition: $statusCode >= 100}]}]"

    assert places(acting(asked), "ARZ412") == []
    assert len(check(acting(asked.replace("onFailure", "onSuccess")), "ARZ412")) == 1


def test_values_that_exclude_each_other_are_meant_as_alternatives() -> None:
    text = with_criterion("$response.body#/total == 1 && $response.body#/total == 2")

    (finding,) = check(text, "ARZ413")

    assert finding.message.startswith("no answer satisfies")
    assert finding.hint == "write || where one of them is enough"


def test_a_comparison_of_types_that_never_meet_is_told_as_that_only() -> None:
    assert places(with_criterion("$statusCode == 'OK'"), "ARZ413") == []


def test_a_long_condition_is_not_repeated() -> None:
    long = " && ".join(f"$statusCode == {status}" for status in range(200, 206))

    (finding,) = check(with_criterion(long), "ARZ413")

    assert finding.message == "no answer satisfies this criterion"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("$response.body#/total == 1", "$response.body.total == 2"),
        ("$response.body#/name == 'Rex'", "$response.body#/name != 'REX'"),
        ("$statusCode < 300", "$statusCode >= 300"),
    ],
)
def test_criteria_that_exclude_each_other_are_both_named(first: str, second: str) -> None:
    text = step(f"successCriteria:\n- condition: {first}\n- condition: {second}", "createPet")

    (finding,) = check(text, "ARZ414")

    assert f"{finding.location.line}:{finding.location.column}" == at(text, second)  # type: ignore[union-attr]
    assert finding.message == f"step 'a' never succeeds: '{first}' and '{second}' exclude each other"
    assert finding.hint is not None
    assert "||" in finding.hint


def test_criteria_that_exclude_each_other_only_together_are_told_at_the_last() -> None:
    text = step(
        "successCriteria:\n- condition: $statusCode != 200\n- condition: $statusCode >= 200\n"
        "- condition: $statusCode < 201",
        "getPage",
    )

    assert places(text, "ARZ414") == [at(text, "$statusCode < 201")]


def test_criteria_of_different_values_do_not_exclude_each_other() -> None:
    text = step(
        "successCriteria:\n- condition: $response.body#/total == 1\n- condition: $response.body#/data == 2", "getPage"
    )

    assert places(text, "ARZ414") == []


def test_the_criteria_of_an_action_can_exclude_each_other_too() -> None:
    criteria = "[{condition: $statusCode == 408}, {condition: $statusCode == 504}]"
    text = acting(f"onFailure: [{{name: x, type: end, criteria: {criteria}}}]")

    (finding,) = check(text, "ARZ414")

    assert finding.message == "'x' never applies: '$statusCode == 408' and '$statusCode == 504' exclude each other"
    assert places(text, "ARZ415") == []


# ARZ415 and ARZ416 ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "criteria", "condition", "message", "hint"),
    [
        (
            "onSuccess",
            "",
            "$statusCode == 302",
            "'x' never applies: with '$statusCode == 302' the step does not succeed: that takes a 2xx status where"
            " there are no successCriteria",
            "move it to onFailure, or change the successCriteria",
        ),
        (
            "onSuccess",
            "[{condition: $response.body#/total == 1}]",
            "$response.body#/total == 2",
            "'x' never applies: with '$response.body#/total == 2' the step does not succeed: that takes"
            " '$response.body#/total == 1'",
            "move it to onFailure, or change the successCriteria",
        ),
        (
            "onFailure",
            "[{condition: $statusCode == 200}]",
            "$statusCode == 200",
            "'x' never applies: with '$statusCode == 200' the step succeeds",
            "move it to onSuccess, or change the successCriteria",
        ),
    ],
)
def test_an_action_that_never_applies_says_why(
    kind: str, criteria: str, condition: str, message: str, hint: str
) -> None:
    text = acting(f"{kind}: [{{name: x, type: end, criteria: [{{condition: {condition}}}]}}]", criteria)

    (finding,) = check(text, "ARZ415")

    assert f"{finding.location.line}:{finding.location.column}" == at(text, "{name: x")  # type: ignore[union-attr]
    assert (finding.message, finding.hint) == (message, hint)


@pytest.mark.parametrize(
    ("kind", "criteria", "condition"),
    [
        ("onFailure", "[{condition: $statusCode == 200}]", "$statusCode == null"),  # no answer
        ("onFailure", "[{condition: $response.body#/total == 1}]", "$statusCode == 200"),
        ("onSuccess", "[{condition: $statusCode < 400}]", "$statusCode == 302"),
        ("onSuccess", "[{condition: $response.body#/total > 1}]", "$response.body#/total == 2"),
    ],
)
def test_an_action_that_some_answer_brings_up_may_apply(kind: str, criteria: str, condition: str) -> None:
    text = acting(f"{kind}: [{{name: x, type: end, criteria: [{{condition: {condition}}}]}}]", criteria)

    assert places(text, "ARZ415") == []


def test_a_step_that_calls_a_workflow_also_fails_with_it() -> None:
    text = description("""
    - workflowId: w
      steps:
      - stepId: a
        workflowId: child
        successCriteria: [{condition: $outputs.x == 1}]
        onFailure: [{name: x, type: end, criteria: [{condition: $outputs.x == 1}]}]
    - workflowId: child
      steps: [{stepId: a, operationId: getPage, outputs: {x: $response.body#/total}}]
      outputs: {x: $steps.a.outputs.x}
    """)

    assert places(text, "ARZ415") == []


ACTIONS = """
onSuccess:
- {{name: first, type: end{first}}}
- {{name: second, type: end{second}}}
- {{name: third, type: end{third}}}
"""


def listed(*conditions: str) -> str:
    """Three success actions with these conditions; "" is none."""
    names = ("first", "second", "third")
    given = {n: f", criteria: [{{condition: {c}}}]" if c else "" for n, c in zip(names, conditions, strict=True)}
    return acting(ACTIONS.format(**given))


def test_an_action_behind_one_with_the_same_criteria_is_never_taken() -> None:
    text = listed("$response.body#/total == 1", "$response.body#/total == 1", "$response.body#/total == 2")

    (finding,) = check(text, "ARZ416")

    assert f"{finding.location.line}:{finding.location.column}" == at(text, "{name: second")  # type: ignore[union-attr]
    assert finding.message == "'second' is never taken: 'first' before it applies whenever this does"
    assert finding.hint == "give the two different criteria"


def test_an_action_behind_two_that_leave_nothing_over_is_never_taken() -> None:
    text = listed("$response.body#/total > 1", "'!($response.body#/total > 1)'", "")

    (finding,) = check(text, "ARZ416")

    assert f"{finding.location.line}:{finding.location.column}" == at(text, "{name: third")  # type: ignore[union-attr]
    assert finding.message == "'third' is never taken: 'first' and 'second' before it leave nothing over"


def test_an_action_behind_a_wider_one_belongs_before_it() -> None:
    (finding,) = check(listed("$response.body#/total > 0", "$response.body#/total > 5", ""), "ARZ416")

    assert finding.hint == "put it before 'first'"


def test_a_second_action_without_criteria_is_one_too_many() -> None:
    (first, second) = check(listed("", "", "$response.body#/total == 2"), "ARZ416")

    assert first.message == "'second' is never taken: 'first' before it always applies"
    assert first.hint == "remove it, or give 'first' criteria"
    assert second.hint == "put it before 'first'"


@pytest.mark.parametrize(
    "conditions",
    [
        ("$response.body#/total > 1", "$response.body#/total < 1", ""),
        ("$response.body#/total > 5", "$response.body#/total > 0", ""),
        ("$response.body#/total == 1", "$response.body#/message == 1", ""),
    ],
)
def test_an_action_that_those_before_leave_something_for_is_taken(conditions: tuple[str, str, str]) -> None:
    assert places(listed(*conditions), "ARZ416") == []


def test_lists_that_may_be_absent_leave_something_over() -> None:
    text = acting("""
    onSuccess:
    - {name: some, type: end, criteria: [{context: $response.body, type: jsonpath, condition: $.data.length > 0}]}
    - {name: none, type: end, criteria: [{context: $response.body, type: jsonpath, condition: $.data.length == 0}]}
    - {name: else, type: end}
    """)

    assert places(text, "ARZ416") == []


def test_an_action_of_the_workflow_is_behind_those_of_one_step_only() -> None:
    own = "    onFailure: [{name: own, type: end}]\n"
    text = description(
        SHARED.replace("SECOND", "getPage").replace(
            "{stepId: a, operationId: getPage}", "stepId: a\n    operationId: getPage\n" + own.rstrip("\n")
        )
    )

    assert places(text, "ARZ416") == []


def test_a_retry_makes_way_for_the_next_action() -> None:
    text = acting("onFailure: [{name: again, type: retry, retryAfter: 1}, {name: stop, type: end}]")

    assert places(text, "ARZ416") == []


def test_a_retry_behind_an_end_is_followed_where_the_step_helps_another() -> None:
    text = of_steps("""
    - stepId: a
      operationId: getPage
      onFailure: [{name: again, type: retry, retryAfter: 1, stepId: b}]
    - stepId: b
      operationId: getPage
      onFailure: [{name: stop, type: end}, {name: again, type: retry, retryAfter: 1}]
    """)

    assert found(text, "ARZ416", DOCUMENTS) == []
    assert found(text.replace(", stepId: b", ""), "ARZ416", DOCUMENTS) == [f"{at(text, '{name: again', 2)} ARZ416"]

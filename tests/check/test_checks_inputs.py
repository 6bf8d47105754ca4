"""What workflows are given, and what they ask for."""

from __future__ import annotations

import pytest
from checking import at, description
from shop import check, places

CHILD = """
- workflowId: child
  inputs:
    type: object
    required: [name, count, extra]
    properties:
      name: {type: string}
      count: {type: integer}
      extra: {type: string, default: x}
      status: {type: string, enum: [free, sold]}
      owner: {type: object, required: [email], properties: {email: {type: string}}}
  steps: [{stepId: c, operationId: listPets}]
"""
INPUTS = "{type: object, properties: {text: {type: string}, number: {type: integer}, list: {type: array}}}"


def calling(parameters: str, *, child: str = CHILD, shared: str = "", version: str = "1.0.1") -> str:
    """A workflow with a step that calls `child` with these parameters."""
    return description(
        f"- workflowId: w\n  inputs: {INPUTS}\n{shared}  steps:\n"
        f"  - stepId: a\n    workflowId: child\n    parameters: [{parameters}]\n{child.strip()}\n",
        version=version,
    )


def acting(action: str, version: str = "1.1.0") -> str:
    """A workflow with a step whose success action is this."""
    caller = f"- workflowId: w\n  steps:\n  - stepId: a\n    operationId: listPets\n    onSuccess: [{action}]\n"
    return description(f"{caller}{CHILD.strip()}\n", version=version)


GIVEN = "{name: name, value: Rex}, {name: count, value: 5}"


# ARZ613 ---------------------------------------------------------------------------------------------------------------


def test_a_required_input_that_is_not_passed_is_told_where_the_workflow_is_called() -> None:
    text = calling("{name: name, value: Rex}")

    (finding,) = check(text, "ARZ613")

    assert f"{finding.location.line}:{finding.location.column}" == at(text, "child")  # type: ignore[union-attr]
    assert finding.message == "workflow 'child' requires the input 'count', which the step does not pass"
    assert finding.severity == "warning"


def test_inputs_that_are_passed_or_have_defaults_are_not_missing() -> None:
    assert places(calling(GIVEN), "ARZ613") == []


def test_parameters_of_the_workflow_are_passed_too() -> None:
    text = calling("{name: name, value: Rex}", shared="  parameters: [{name: count, value: 5}]\n")

    assert places(text, "ARZ613") == []


def test_a_goto_passes_what_its_parameters_say() -> None:
    bare = acting("{name: go, type: goto, workflowId: child}")
    full = acting(f"{{name: go, type: goto, workflowId: child, parameters: [{GIVEN}]}}")

    assert places(bare, "ARZ613") == [at(bare, "{name: go")]
    assert places(full, "ARZ613") == []


def test_a_retry_starts_its_workflow_without_inputs_too() -> None:
    text = acting("{name: end, type: end}").replace(
        "onSuccess:", "onFailure: [{name: again, type: retry, retryAfter: 1, workflowId: child}]\n    onSuccess:"
    )

    assert places(text, "ARZ613") == [at(text, "{name: again")]


def test_an_action_of_1_0_has_no_way_to_pass_inputs() -> None:
    (finding,) = check(acting("{name: go, type: goto, workflowId: child}", "1.0.1"), "ARZ613")

    assert finding.message == (
        "workflow 'child' requires the inputs 'name' and 'count', which the action 'go' does not pass"
    )
    assert finding.hint == "Arazzo 1.0 has no way to pass inputs in an action; give them defaults"


def test_a_misspelt_input_is_one_finding() -> None:
    text = calling("{name: name, value: Rex}, {name: cuont, value: 5}")

    assert places(text, "ARZ613") == []
    assert [d.hint for d in check(text, "ARZ614")] == ["did you mean 'count'?"]


# ARZ614 ---------------------------------------------------------------------------------------------------------------


def test_an_input_that_is_not_declared_is_an_info_and_a_warning_where_none_is_allowed() -> None:
    text = calling(f"{GIVEN}, {{name: colour, value: red}}")
    closed = text.replace("required: [name", "additionalProperties: false\n    required: [name")

    (finding,) = check(text, "ARZ614")

    assert f"{finding.location.line}:{finding.location.column}" == at(text, "{name: colour")  # type: ignore[union-attr]
    assert finding.severity == "info"
    assert [(d.severity, d.message) for d in check(closed, "ARZ614")] == [
        ("warning", "workflow 'child' allows no input 'colour'")
    ]


def test_a_workflow_without_a_schema_or_with_an_open_one_takes_any_input() -> None:
    without = "\n- workflowId: child\n  steps: [{stepId: c, operationId: listPets}]\n"
    opened = CHILD.replace("required: [name", "additionalProperties: true\n    required: [name")

    assert places(calling("{name: colour, value: red}", child=without), "ARZ614") == []
    assert places(calling(f"{GIVEN}, {{name: colour, value: red}}", child=opened), "ARZ614") == []


def test_a_parameter_that_all_steps_share_may_be_meant_for_others() -> None:
    text = calling(GIVEN, shared="  parameters: [{name: colour, value: red}]\n")

    assert places(text, "ARZ614") == []


# ARZ615 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "what", "hint"),
    [
        ("count", "'5'", "is a string, not an integer", "write 5 without quotes"),
        ("count", "$inputs.text", "is $inputs.text, a string, not an integer", None),
        ("count", "'{$inputs.number}'", "is a string, not an integer",
         "write $inputs.number without braces, which keeps its type"),
        ("name", "$inputs.list", "is $inputs.list, an array, not a string", None),
        ("status", "gone", "is not one of 'free', 'sold'", None),
        ("owner", "{phone: '1'}", "has no 'email', which its schema requires", None),
    ],
)  # fmt: skip
def test_an_input_keeps_its_type(name: str, value: str, what: str, hint: str | None) -> None:
    text = calling(f"{{name: {name}, value: {value}}}")

    (finding,) = check(text, "ARZ615")

    assert f"{finding.location.line}:{finding.location.column}" == at(text, f"{value}}}")  # type: ignore[union-attr]
    assert finding.message == f"the input '{name}' of workflow 'child' {what}"
    assert finding.hint == hint


@pytest.mark.parametrize(
    ("name", "value"),
    [("count", "5"), ("count", "$inputs.number"), ("name", "'{$inputs.number}'"), ("status", "$inputs.text"),
     ("owner", "{email: x, more: 1}")],
)  # fmt: skip
def test_an_input_that_fits_or_may_fit_is_no_finding(name: str, value: str) -> None:
    assert places(calling(f"{{name: {name}, value: {value}}}"), "ARZ615") == []


def test_an_output_of_the_step_is_what_its_operation_answers() -> None:
    action = "{name: go, type: goto, workflowId: child, parameters: [{name: name, value: %s}]}"

    assert len(check(acting(action % "$response.body"), "ARZ615")) == 1
    assert places(acting(action % "$response.body#/0/name"), "ARZ615") == []


# ARZ616 ---------------------------------------------------------------------------------------------------------------


def declaring(inputs: str, components: str = "") -> str:
    text = description(f"- workflowId: w\n  inputs: {inputs}\n  steps: [{{stepId: a, operationId: listPets}}]")
    return text + (f"components: {{inputs: {components}}}\n" if components else "")


@pytest.mark.parametrize(
    ("schema", "place", "what"),
    [
        ("{type: integer, default: five}", "five", "is a string, not an integer"),
        ("{type: integer, minimum: 3, default: 1}", "1}", "is less than the minimum of 3"),
        ("{type: string, enum: [a, b], default: c}", "c}", "is not one of 'a', 'b'"),
        ("{type: array, items: {type: string}, default: [a, 5]}", "5]", "is an integer, not a string"),
    ],
)
def test_a_default_that_does_not_fit_is_found_where_it_stands(schema: str, place: str, what: str) -> None:
    text = declaring(f"{{type: object, properties: {{n: {schema}}}}}")

    (finding,) = check(text, "ARZ616")

    assert f"{finding.location.line}:{finding.location.column}" == at(text, place)  # type: ignore[union-attr]
    assert finding.message.endswith(what)
    assert finding.message.startswith("the default of the input 'n")


def test_a_default_inside_an_input_and_one_in_a_component_are_found() -> None:
    nested = "{type: object, properties: {o: {type: object, properties: {n: {type: integer, default: x}}}}}"
    text = declaring("{$ref: '#/components/inputs/page'}", f"{{page: {nested}}}")

    (finding,) = check(text, "ARZ616")

    assert f"{finding.location.line}:{finding.location.column}" == at(text, "x}}")  # type: ignore[union-attr]
    assert finding.message == "the default of the input 'o.n' is a string, not an integer"


@pytest.mark.parametrize(
    "schema",
    ["{type: integer, default: 5}", "{type: [string, 'null'], default: null}", "{default: anything}", "{type: string}"],
)
def test_a_default_that_fits_is_no_finding(schema: str) -> None:
    assert places(declaring(f"{{type: object, properties: {{n: {schema}}}}}"), "ARZ616") == []


def test_a_required_name_that_is_not_declared_is_found_where_it_stands() -> None:
    text = declaring("{type: object, required: [petID], properties: {petId: {type: string}}}")

    (finding,) = check(text, "ARZ616")

    assert f"{finding.location.line}:{finding.location.column}" == at(text, "petID")  # type: ignore[union-attr]
    assert finding.hint == "did you mean 'petId'?"


@pytest.mark.parametrize(
    "inputs",
    [
        "{type: object, required: [a], properties: {a: {type: string}}}",
        "{type: object, required: [a]}",
        "{type: object, required: [a], properties: {b: {type: string}}, additionalProperties: true}",
        "{allOf: [{type: object, properties: {a: {type: string}}}], required: [a]}",
    ],
)
def test_a_required_name_that_is_declared_or_foreseen_is_no_finding(inputs: str) -> None:
    assert places(declaring(inputs), "ARZ616") == []

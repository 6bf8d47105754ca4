"""What stands in a description and nothing uses: components, steps, inputs, sources."""

from __future__ import annotations

from typing import Any

import pytest
from checking import at, check, found, of_steps
from scripted import openapi_of

requirement = pytest.mark.requirement

COMPONENTS = """\
components:
  parameters:
    limit: {name: limit, in: query, value: 1}
  successActions:
    done: {name: done, type: end}
  failureActions:
    again: {name: again, type: retry}
  inputs:
    pet: {type: object}
"""
REFERENCES = """
- stepId: a
  operationId: listPets
  parameters: [{reference: $components.parameters.limit}]
  onSuccess: [{reference: $components.successActions.done}]
  onFailure: [{reference: $components.failureActions.again}]
"""


def messages(text: str, code: str, documents: dict[str, Any] | None = None) -> list[str]:
    return [d.message for d in check(text, documents) if d.code == code]


# ARZ230: components ---------------------------------------------------------------------------------------------------


@requirement("components.no-effect-unless-referenced")
def test_a_component_that_nothing_refers_to_has_no_effect() -> None:
    text = of_steps("- {stepId: a, operationId: listPets}") + COMPONENTS

    assert found(text, "ARZ230") == [
        f"{at(text, name)} ARZ230" for name in ("limit: {", "done: {", "again: {", "pet: {")
    ]


def test_components_that_are_referred_to_are_used() -> None:
    text = of_steps(REFERENCES, fields="inputs: {$ref: '#/components/inputs/pet'}") + COMPONENTS

    assert found(text, "ARZ230") == []


def test_a_reference_from_a_workflow_is_one() -> None:
    fields = """
    parameters: [{reference: $components.parameters.limit}]
    successActions: [{reference: $components.successActions.done}]
    failureActions: [{reference: $components.failureActions.again}]
    inputs: {type: object, properties: {pet: {$ref: '#/components/inputs/pet/properties/x'}}}
    """
    text = of_steps("- {stepId: a, operationId: listPets}", fields=fields) + COMPONENTS

    assert found(text, "ARZ230") == []


def test_a_component_of_the_same_name_and_another_kind_is_another_one() -> None:
    text = of_steps(REFERENCES) + COMPONENTS + "# as long as\n"
    text = text.replace("    done: {name", "    limit: {name: l, type: end}\n    done: {name")

    assert messages(text, "ARZ230") == [
        "nothing refers to $components.successActions.limit",
        "no $ref in this document leads to the schema 'pet'",
    ]


def test_after_a_wrong_reference_nobody_knows_which_one_was_meant() -> None:
    text = of_steps(REFERENCES) + COMPONENTS
    text = text.replace("$components.parameters.limit", "$components.parameters.limits")

    assert [line for line in found(text, "ARZ2") if "ARZ208" in line or "ARZ230" in line] == [
        f"{at(text, '$components.parameters.limits')} ARZ208",
        f"{at(text, 'pet: {')} ARZ230",
    ]


def test_a_ref_where_a_reference_is_wanted_says_that_the_component_is_meant() -> None:
    text = of_steps(REFERENCES) + COMPONENTS
    text = text.replace("{reference: $components.parameters.limit}", "{$ref: '#/components/parameters/limit'}")

    assert messages(text, "ARZ230") == ["no $ref in this document leads to the schema 'pet'"]


def test_a_schema_with_an_anchor_may_be_meant_by_it() -> None:
    text = of_steps("- {stepId: a, operationId: listPets}") + COMPONENTS.replace("{type: object}", "{$anchor: pet}")

    assert "no $ref in this document leads to the schema 'pet'" not in messages(text, "ARZ230")


def test_a_reference_in_a_comment_is_none() -> None:
    text = of_steps("- {stepId: a, operationId: listPets} # $components.parameters.limit") + COMPONENTS

    assert f"{at(text, 'limit: {')} ARZ230" in found(text, "ARZ230")


# ARZ231: steps --------------------------------------------------------------------------------------------------------

SKIP = """
- stepId: a
  operationId: listPets
  onSuccess: [{name: skip, type: goto, stepId: d}]
- stepId: b
  operationId: listPets
- stepId: c
  operationId: listPets
- stepId: d
  operationId: listPets
"""


def test_steps_that_an_action_always_jumps_over_are_told_together() -> None:
    text = of_steps(SKIP)

    assert found(text, "ARZ231") == [f"{at(text, 'stepId: b')} ARZ231"]
    assert messages(text, "ARZ231") == [
        "steps 'b', 'c' are never reached: after 'a' the action 'skip' always goes to 'd', and nothing leads here"
    ]


def test_a_step_behind_an_unconditional_end_is_never_reached() -> None:
    text = of_steps(SKIP.replace("goto, stepId: d", "end"))

    assert messages(text, "ARZ231") == [
        "steps 'b', 'c', 'd' are never reached: after 'a' the action 'skip' always ends the workflow, "
        "and nothing leads here"
    ]


@pytest.mark.parametrize(
    "way",
    [
        "[{name: x, type: goto, stepId: b}]",
        "[{name: x, type: retry, stepId: b}, {name: y, type: goto, stepId: c}]",
    ],
)
def test_a_step_that_some_way_leads_to_is_reached(way: str) -> None:
    assert found(of_steps(SKIP + f"  onFailure: {way}\n"), "ARZ231") == []


def test_an_action_with_criteria_may_leave_the_way_to_the_next_step() -> None:
    text = of_steps(SKIP.replace("stepId: d}]", "stepId: d, criteria: [{condition: $response.body#/x == 1}]}]"))

    assert found(text, "ARZ231") == []


def test_an_action_that_never_applies_leads_nowhere_else() -> None:
    text = of_steps(SKIP.replace("stepId: d}]", "stepId: d, criteria: [{condition: $statusCode == 404}]}]"))

    assert found(text, "ARZ231") == []


def test_after_an_action_that_leads_nowhere_nobody_knows_what_was_to_be_reached() -> None:
    text = of_steps(SKIP.replace("stepId: d}]", "stepId: dd}]") + "  onSuccess: [{name: x, type: end}]\n")
    text += "  - {stepId: e, operationId: listPets}\n"

    assert found(text, "ARZ231") == []


def test_a_condition_that_cannot_be_read_decides_nothing() -> None:
    text = of_steps(SKIP.replace("stepId: d}]", "stepId: d, criteria: [{condition: $statusCode = 200}]}]"))

    assert found(text, "ARZ231") == []


# ARZ232: inputs -------------------------------------------------------------------------------------------------------


def with_inputs(steps: str, *names: str, more: str = "") -> str:
    fields = f"inputs: {{type: object, properties: {{{', '.join(f'{name}: {{type: string}}' for name in names)}}}}}"
    return of_steps(steps, fields=f"{fields}\n{more}".rstrip("\n"))


READ = "- {stepId: a, operationId: getPet, parameters: [{name: id, in: path, value: '%s'}]}"


def test_an_input_that_nothing_reads_is_told() -> None:
    text = with_inputs(READ % "$inputs.id", "id", "limit")

    assert found(text, "ARZ232") == [f"{at(text, 'limit')} ARZ232"]
    assert [d.severity for d in check(text) if d.code == "ARZ232"] == ["info"]


@pytest.mark.parametrize("value", ["$inputs.id", "x-{$inputs.id}-y", "x $inputs.id", "$inputs.id#/a", "$inputs.id.a"])
def test_an_input_is_read_in_every_form(value: str) -> None:
    assert found(with_inputs(READ % value, "id"), "ARZ232") == []


@pytest.mark.parametrize("value", ["$inputs.ids", "$inputs.id-x", "$steps.a.inputs.id"])
def test_another_name_that_begins_alike_is_another_input(value: str) -> None:
    text = with_inputs(READ % "1", "id", more=f"x-note: {value}")

    assert found(text, "ARZ232") == [f"{at(text, 'id: {type')} ARZ232"]


def test_an_input_that_a_component_or_another_workflow_reads_is_read() -> None:
    text = (
        with_inputs("- {stepId: a, operationId: listPets}", "one", "two", "three")
        + "- workflowId: v\n  dependsOn: [w]\n  steps:\n  - stepId: a\n    operationId: getPet\n"
        + "    parameters: [{name: id, in: path, value: $workflows.w.inputs.one}]\n"
        + "components: {parameters: {p: {name: x, in: query, value: $inputs.two}}}\n"
    )

    assert messages(text, "ARZ232") == ["nothing reads the input 'three'"]


def test_an_input_that_a_dependency_declares_is_handed_on_to_it() -> None:
    text = with_inputs("- {stepId: a, operationId: listPets}", "id", "other", more="dependsOn: [v]")
    text += "- workflowId: v\n  inputs: {type: object, properties: {id: {}}}\n  steps:\n  - "
    text += READ[2:] % "$inputs.id" + "\n"

    assert messages(text, "ARZ232") == ["nothing reads the input 'other'"]


def test_what_a_wrong_name_was_to_read_is_not_known() -> None:
    text = with_inputs(READ % "$inputs.idd", "id")

    assert [line for line in found(text, "ARZ") if "ARZ232" in line or "ARZ302" in line] == [
        f"{at(text, '$inputs.idd').split(':')[0]}:{int(at(text, '$inputs.idd').split(':')[1]) - 1} ARZ302"
    ]


def test_inputs_of_a_shared_schema_need_not_all_be_read() -> None:
    text = of_steps("- {stepId: a, operationId: listPets}", fields="inputs: {$ref: '#/components/inputs/pet'}")
    text += "components: {inputs: {pet: {type: object, properties: {id: {type: string}}}}}\n"

    assert found(text, "ARZ232") == []


# ARZ233: sources ------------------------------------------------------------------------------------------------------


def with_source(steps: str, **options: Any) -> str:
    return of_steps(steps, **options).replace(
        "workflows:", "- {name: other, url: ./other.json, type: openapi}\nworkflows:"
    )


OTHER = {"memory:/other.json": openapi_of("getOther GET /other")}


def test_a_source_that_nothing_uses_is_told() -> None:
    text = with_source("- {stepId: a, operationId: $sourceDescriptions.api.listPets}")

    assert found(text, "ARZ233", OTHER) == [f"{at(text, '{name: other')} ARZ233"]


@pytest.mark.parametrize(
    "step",
    [
        "{stepId: b, operationId: $sourceDescriptions.other.getOther}",
        "{stepId: b, operationId: getOther}",
        "{stepId: b, operationId: other.getOther}",
        "{stepId: b, operationPath: 'other#/paths/~1other/get'}",
        "{stepId: b, operationId: $sourceDescriptions.api.listPets, outputs: {u: $sourceDescriptions.other.url}}",
        "{stepId: b, operationId: getNothing}",
        "{stepId: b, operationId: $sourceDescriptions.other.getNothing}",
    ],
)
def test_a_source_that_a_step_means_or_may_mean_is_used(step: str) -> None:
    text = with_source(f"- {{stepId: a, operationId: $sourceDescriptions.api.listPets}}\n- {step}\n")

    assert found(text, "ARZ233", OTHER) == []

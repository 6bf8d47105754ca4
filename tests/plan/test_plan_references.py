"""What a workflow refers to is found before anything is sent, or named with its place (link phase)."""

from __future__ import annotations

from typing import Any

import pytest
from linking import API, errors, hints, link, sources, step, steps, supplied, warnings
from scripted import arazzo_of, openapi_of

requirement = pytest.mark.requirement
W = "/workflows/0"
S = "/workflows/0/steps/0"
OTHER = "memory:/other.arazzo.json"
ID = {"name": "id", "in": "path", "value": "1"}
GOTO = {"name": "go", "type": "goto"}


def imported(**parts: Any) -> dict[str, Any]:
    """An Arazzo description with the workflows `child` and `spare`."""
    return arazzo_of(
        {"workflowId": "child", "steps": [step("wait")]}, {"workflowId": "spare", "steps": [step()]}, **parts
    )


def with_other(*workflows: dict[str, Any], version: str = "1.0.1", **parts: Any) -> dict[str, Any]:
    """A description that has the imported one as its source `other`."""
    return arazzo_of(*workflows, version=version, sourceDescriptions=sources(api=API, other=OTHER), **parts)


def two_sources(*items: dict[str, Any], version: str = "1.0.1") -> dict[str, Any]:
    return arazzo_of(steps(*items), version=version, sourceDescriptions=sources(api=API, shop="memory:/shop.json"))


SHOP = {"memory:/shop.json": openapi_of("listPets GET /shop/pets", "buy POST /shop", "a.b GET /dots")}
DOCUMENTS = {OTHER: imported(), **SHOP}

REFUSED: list[Any] = [
    # operationId
    pytest.param(
        steps(step(operationId="listPet")),
        [f"ARZ203 {S}/operationId"],
        marks=requirement("step.operationId.resolvable"),
        id="unknown operationId",
    ),
    pytest.param(
        steps(step(operationId="LISTPETS")),
        [f"ARZ203 {S}/operationId"],
        marks=requirement("step.operationId.resolvable"),
        id="operationId in another case",
    ),
    pytest.param(
        two_sources(step(operationId="buy"), version="1.1.0"),
        [f"ARZ205 {S}/operationId"],
        marks=requirement("step.operationId.qualified-when-multiple-sources"),
        id="bare operationId, two sources (1.1)",
    ),
    pytest.param(two_sources(step()), [f"ARZ204 {S}/operationId"], id="bare operationId that two sources define"),
    pytest.param(two_sources(step(operationId="sell")), [f"ARZ203 {S}/operationId"], id="bare operationId of none"),
    pytest.param(
        steps(step(operationId="$sourceDescriptions.apis.listPets")), [f"ARZ201 {S}/operationId"], id="unknown source"
    ),
    pytest.param(steps(step(operationId="$source.listPets")), [f"ARZ203 {S}/operationId"], id="no expression for it"),
    pytest.param(
        with_other(steps(step(operationId="$sourceDescriptions.other.child"))),
        [f"ARZ203 {S}/operationId"],
        id="operationId in a source of type arazzo",
    ),
    # operationPath
    pytest.param(
        steps(step(operationPath="api#/paths/~1pets/get")),
        [f"ARZ206 {S}/operationPath"],
        marks=requirement("step.operationPath.runtime-expression"),
        id="operationPath without an expression (1.1)",
    ),
    pytest.param(
        steps(step(operationPath="https://x.invalid/y.yaml#/paths/~1pets/get")),
        [f"ARZ206 {S}/operationPath"],
        marks=requirement("step.operationPath.runtime-expression"),
        id="operationPath with a literal URL",
    ),
    pytest.param(
        steps(step(operationPath="{$sourceDescriptions.api.url}#/paths/~1dogs/get")),
        [f"ARZ203 {S}/operationPath"],
        marks=requirement("step.operationPath.described-operation"),
        id="operationPath to a path that is not there",
    ),
    pytest.param(
        steps(step(operationPath="{$sourceDescriptions.api.url}#/paths/~1pets")),
        [f"ARZ203 {S}/operationPath"],
        marks=requirement("step.operationPath.described-operation"),
        id="operationPath to a Path Item",
    ),
    pytest.param(
        steps(step(operationPath="{$sourceDescriptions.api.url}#/paths/pets/get")),
        [f"ARZ203 {S}/operationPath"],
        marks=requirement("step.operationPath.pointer-escapes"),
        id="operationPath with an unescaped slash",
    ),
    pytest.param(
        steps(step(operationPath="{$sourceDescriptions.shop.url}#/paths/~1pets/get")),
        [f"ARZ201 {S}/operationPath"],
        id="operationPath to an unknown source",
    ),
    # workflowId of a step
    pytest.param(
        steps(step(workflowId="nope")),
        [f"ARZ207 {S}/workflowId"],
        marks=requirement("step.workflowId.existing"),
        id="unknown workflowId",
    ),
    pytest.param(
        steps(step(workflowId="MAIN")),
        [f"ARZ207 {S}/workflowId"],
        marks=requirement("workflow.workflowId.case-sensitive"),
        id="workflowId in another case",
    ),
    pytest.param(
        with_other(steps(step(workflowId="child"))),
        [f"ARZ207 {S}/workflowId"],
        marks=requirement("step.workflowId.external-runtime-expression"),
        id="bare id of an imported workflow",
    ),
    pytest.param(
        steps(step(workflowId="$sourceDescriptions.other.child")),
        [f"ARZ201 {S}/workflowId"],
        marks=requirement("structure.external-workflow-needs-source"),
        id="workflow of an undeclared source",
    ),
    pytest.param(
        with_other(steps(step(workflowId="$sourceDescriptions.other.Child"))),
        [f"ARZ207 {S}/workflowId"],
        id="unknown imported workflow",
    ),
    pytest.param(
        steps(step(workflowId="$sourceDescriptions.api.child")),
        [f"ARZ207 {S}/workflowId"],
        id="workflow of an OpenAPI source",
    ),
    # dependsOn of a workflow
    pytest.param(
        steps(dependsOn=["missing"]),
        [f"ARZ207 {W}/dependsOn/0"],
        marks=requirement("workflow.dependsOn.values-are-workflowIds"),
        id="dependsOn an unknown workflow",
    ),
    pytest.param(
        steps(dependsOn=["a"]),
        [f"ARZ207 {W}/dependsOn/0"],
        marks=requirement("workflow.dependsOn.values-are-workflowIds"),
        id="dependsOn a stepId",
    ),
    pytest.param(
        steps(dependsOn=["$sourceDescriptions.other.child"]),
        [f"ARZ201 {W}/dependsOn/0"],
        marks=requirement("workflow.dependsOn.external-source-defined"),
        id="dependsOn an undeclared source",
    ),
    pytest.param(
        with_other(steps(dependsOn=["child"])),
        [f"ARZ207 {W}/dependsOn/0"],
        marks=requirement("workflow.dependsOn.external-runtime-expression"),
        id="dependsOn a bare imported id",
    ),
    pytest.param(
        arazzo_of(
            {"workflowId": "main", "steps": [step()], "dependsOn": ["b"]},
            {"workflowId": "b", "steps": [step()], "dependsOn": ["main"]},
        ),
        ["ARZ209 /workflows/0", "ARZ209 /workflows/1"],
        id="workflows that depend on each other",
    ),
    # goto and retry
    pytest.param(
        steps(step(onSuccess=[{**GOTO, "workflowId": "nope"}])),
        [f"ARZ207 {S}/onSuccess/0/workflowId"],
        marks=requirement("successAction.workflowId.existing"),
        id="onSuccess goto an unknown workflow",
    ),
    pytest.param(
        with_other(steps(step(onSuccess=[{**GOTO, "workflowId": "child"}]))),
        [f"ARZ207 {S}/onSuccess/0/workflowId"],
        marks=requirement("successAction.workflowId.external-runtime-expression"),
        id="onSuccess goto a bare imported id",
    ),
    pytest.param(
        arazzo_of(
            steps(step(onSuccess=[{**GOTO, "stepId": "elsewhere"}])), {"workflowId": "b", "steps": [step("elsewhere")]}
        ),
        [f"ARZ210 {S}/onSuccess/0/stepId"],
        marks=requirement("successAction.stepId.current-workflow"),
        id="onSuccess goto a step of another workflow",
    ),
    pytest.param(
        steps(step(onSuccess=[{**GOTO, "stepId": "A"}])),
        [f"ARZ210 {S}/onSuccess/0/stepId"],
        marks=requirement("step.stepId.case-sensitive"),
        id="goto a stepId in another case",
    ),
    pytest.param(
        steps(step(onFailure=[{**GOTO, "workflowId": "nope"}])),
        [f"ARZ207 {S}/onFailure/0/workflowId"],
        marks=requirement("failureAction.workflowId.existing"),
        id="onFailure goto an unknown workflow",
    ),
    pytest.param(
        with_other(steps(step(onFailure=[{"name": "r", "type": "retry", "workflowId": "child"}]))),
        [f"ARZ207 {S}/onFailure/0/workflowId"],
        marks=requirement("failureAction.workflowId.external-runtime-expression"),
        id="retry with a bare imported id",
    ),
    pytest.param(
        arazzo_of(
            steps(step(onFailure=[{**GOTO, "stepId": "elsewhere"}])), {"workflowId": "b", "steps": [step("elsewhere")]}
        ),
        [f"ARZ210 {S}/onFailure/0/stepId"],
        marks=requirement("failureAction.stepId.current-workflow"),
        id="onFailure goto a step of another workflow",
    ),
    pytest.param(
        steps(failureActions=[{**GOTO, "stepId": "b"}]),
        [f"ARZ210 {W}/failureActions/0/stepId"],
        id="a workflow's action to an unknown step",
    ),
]


@pytest.mark.parametrize(("description", "expected"), REFUSED)
def test_a_reference_to_nothing_refuses_the_run_at_its_place(description: dict[str, Any], expected: list[str]) -> None:
    if "arazzo" not in description:
        description = arazzo_of(description, version="1.1.0")

    assert errors(description, DOCUMENTS) == expected


ACCEPTED: list[Any] = [
    pytest.param(steps(step()), marks=requirement("step.operationId.resolvable"), id="operationId of the only source"),
    pytest.param(
        two_sources(step(operationId="$sourceDescriptions.shop.listPets"), version="1.1.0"),
        marks=requirement("step.operationId.qualified-when-multiple-sources"),
        id="qualified operationId, two sources",
    ),
    pytest.param(
        two_sources(step(operationId="$sourceDescriptions.shop.a.b"), version="1.1.0"), id="operationId with a dot"
    ),
    pytest.param(
        with_other(steps(step()), version="1.1.0"),
        marks=requirement("step.operationId.qualified-when-multiple-sources"),
        id="bare operationId beside an Arazzo source",
    ),
    pytest.param(
        steps(step(operationPath="{$sourceDescriptions.api.url}#/paths/~1pets/get")),
        marks=requirement("step.operationPath.source-plus-pointer"),
        id="operationPath",
    ),
    pytest.param(
        steps(step(operationPath="{$sourceDescriptions.api.url}#/paths/~1pets~1{id}/get", parameters=[ID])),
        marks=requirement("step.operationPath.pointer-escapes"),
        id="operationPath of a template",
    ),
    pytest.param(
        steps(step(operationPath="{$sourceDescriptions.api.url}#/paths/~1pets~1%7Bid%7D/get", parameters=[ID])),
        id="operationPath, percent-encoded",
    ),
    pytest.param(
        arazzo_of({"workflowId": "Login", "steps": [step()]}, {"workflowId": "login", "steps": [step()]}),
        marks=requirement("workflow.workflowId.case-sensitive"),
        id="Login and login",
    ),
    pytest.param(
        arazzo_of(steps(dependsOn=["login"]), {"workflowId": "login", "steps": [step()]}),
        marks=requirement("workflow.dependsOn.local-id"),
        id="dependsOn a local workflow",
    ),
    pytest.param(
        arazzo_of(steps(step(workflowId="later")), {"workflowId": "later", "steps": [step()]}, version="1.1.0"),
        marks=requirement("parsing.full-parse-before-resolution"),
        id="a workflow that stands later",
    ),
    pytest.param(
        steps(step("a"), step("b", dependsOn=["a"])),
        marks=requirement("step.dependsOn.local-form"),
        id="dependsOn a step of the workflow",
    ),
    pytest.param(
        arazzo_of(
            {"workflowId": "p", "steps": [step("wait")]},
            {"workflowId": "main", "dependsOn": ["p"], "steps": [step(dependsOn=["$workflows.p.steps.wait"])]},
            version="1.1.0",
        ),
        marks=requirement("step.dependsOn.other-workflow-form"),
        id="dependsOn a step of another workflow",
    ),
    pytest.param(
        with_other(steps(step(dependsOn=["$sourceDescriptions.other.child.steps.wait"])), version="1.1.0"),
        marks=requirement("step.dependsOn.other-document-form"),
        id="dependsOn a step of another document",
    ),
]


@pytest.mark.parametrize("description", ACCEPTED)
def test_a_reference_that_resolves_is_no_error(description: dict[str, Any]) -> None:
    if "arazzo" not in description:
        description = arazzo_of(description, version="1.1.0")
    last = description["workflows"][-1]["workflowId"]

    assert errors(description, DOCUMENTS) == []
    assert errors(description, DOCUMENTS, workflow=last) == []


DEPENDS_ON: list[Any] = [
    pytest.param(
        ["A"], f"ARZ209 {S}/dependsOn/0", marks=requirement("step.dependsOn.case-sensitive"), id="another case"
    ),
    pytest.param(
        ["$workflows.p.steps.missing"],
        f"ARZ209 {S}/dependsOn/0",
        marks=requirement("step.dependsOn.other-workflow-form"),
        id="unknown step of another workflow",
    ),
    pytest.param(["$workflows.q.steps.wait"], f"ARZ207 {S}/dependsOn/0", id="step of an unknown workflow"),
    pytest.param(
        ["$sourceDescriptions.none.child.steps.wait"],
        f"ARZ201 {S}/dependsOn/0",
        marks=requirement("step.dependsOn.other-document-form"),
        id="step of an unknown source",
    ),
    pytest.param(["$steps.b"], f"ARZ209 {S}/dependsOn/0", id="an expression for a step"),
    pytest.param(["a"], f"ARZ209 {W}", id="itself"),
]


@pytest.mark.parametrize(("depends_on", "expected"), DEPENDS_ON)
def test_depends_on_names_steps_that_exist(depends_on: list[str], expected: str) -> None:
    description = with_other(
        steps(step("a", dependsOn=depends_on), step("b")), {"workflowId": "p", "steps": [step("wait")]}, version="1.1.0"
    )

    assert errors(description, DOCUMENTS) == [expected]


CHANNELS: list[Any] = [
    pytest.param("orders", "ARZ206", marks=requirement("step.channelPath.runtime-expression"), id="no expression"),
    pytest.param(
        "{$sourceDescriptions.events.url}#/channels/none",
        "ARZ203",
        marks=requirement("step.channelPath.described"),
        id="no such channel",
    ),
    pytest.param(
        "{$sourceDescriptions.events.url}#/channels/orders",
        None,
        marks=requirement("uri.fragment-in-source-is-json-pointer"),
        id="a channel",
    ),
]


@pytest.mark.parametrize(("path", "code"), CHANNELS)
def test_a_channel_path_leads_to_a_channel_of_a_source(path: str, code: str | None) -> None:
    events = {"asyncapi": "3.0.0", "info": {"title": "e", "version": "1"}, "channels": {"orders": {"address": "o"}}}
    described = [{"name": "events", "url": "memory:/events.json", "type": "asyncapi"}]
    description = arazzo_of(steps(step(channelPath=path, action="send")), version="1.1.0", sourceDescriptions=described)

    found = errors(description, {"memory:/events.json": events})

    # Steps over channels are not carried out, so that ARZ211 stands beside what is wrong with the path.
    assert found == [f"{c} {S}/channelPath" for c in (code, "ARZ211") if c]


# -- Reusable Objects -------------------------------------------------------------------------------------------------

COMPONENTS = {
    "inputs": {"p": {"type": "object"}},
    "parameters": {"p": {"name": "x", "in": "query", "value": 1}},
    "successActions": {"s": {"name": "s", "type": "end"}},
    "failureActions": {"f": {"name": "f", "type": "retry"}},
}


def reusing(where: str, reference: str, **fields: Any) -> dict[str, Any]:
    reusable = {"reference": reference, **fields}
    holder = steps(**{where: [reusable]}) if where.endswith("Actions") else steps(step(**{where: [reusable]}))
    return arazzo_of(holder, components=COMPONENTS)


LINKS: list[Any] = [
    pytest.param(
        "successActions",
        "$components.parameters.p",
        False,
        marks=requirement("workflow.successActions.reusable-links-to-components"),
        id="a parameter as success action",
    ),
    pytest.param(
        "successActions",
        "$components.successActions.none",
        False,
        marks=requirement("workflow.successActions.reusable-links-to-components"),
        id="a missing success action",
    ),
    pytest.param(
        "successActions",
        "$components.successActions.s",
        True,
        marks=requirement("workflow.successActions.reusable-links-to-components"),
        id="a workflow's success action",
    ),
    pytest.param(
        "failureActions",
        "$components.parameters.p",
        False,
        marks=requirement("workflow.failureActions.reusable-links-to-components"),
        id="a parameter as failure action",
    ),
    pytest.param(
        "failureActions",
        "$components.failureActions.none",
        False,
        marks=requirement("workflow.failureActions.reusable-links-to-components"),
        id="a missing failure action",
    ),
    pytest.param(
        "failureActions",
        "$components.failureActions.f",
        True,
        marks=requirement("workflow.failureActions.reusable-links-to-components"),
        id="a workflow's failure action",
    ),
    pytest.param(
        "onSuccess",
        "$components.failureActions.f",
        False,
        marks=requirement("step.onSuccess.reusable-links-to-components"),
        id="a failure action as onSuccess",
    ),
    pytest.param(
        "onSuccess",
        "$components.successActions.s",
        True,
        marks=requirement("step.onSuccess.reusable-links-to-components"),
        id="onSuccess",
    ),
    pytest.param(
        "onFailure",
        "$components.successActions.s",
        False,
        marks=requirement("step.onFailure.reusable-links-to-components"),
        id="a success action as onFailure",
    ),
    pytest.param(
        "onFailure",
        "$components.failureActions.f",
        True,
        marks=requirement("step.onFailure.reusable-links-to-components", "expr.components.action"),
        id="onFailure",
    ),
    pytest.param(
        "parameters",
        "$sourceDescriptions.other.components.parameters.p",
        False,
        marks=requirement("step.parameters.reusable-links-to-components"),
        id="a parameter of another document",
    ),
    pytest.param(
        "parameters",
        "#/components/parameters/p",
        False,
        marks=requirement("reusable.reference.runtime-expression"),
        id="a JSON Pointer as reference",
    ),
    pytest.param(
        "parameters",
        "$components.parameters.p",
        True,
        marks=requirement("reusable.reference.runtime-expression", "expr.components.parameter"),
        id="a parameter",
    ),
]


@pytest.mark.parametrize(("where", "reference", "right"), LINKS)
def test_a_reusable_object_links_to_a_component_of_its_own_list(where: str, reference: str, right: bool) -> None:
    place = f"{W}/{where}/0" if where.endswith("Actions") else f"{S}/{where}/0"

    assert errors(reusing(where, reference)) == ([] if right else [f"ARZ208 {place}/reference"])


@requirement("workflow.parameters.reusable-links-to-components")
def test_parameters_of_a_workflow_link_to_component_parameters() -> None:
    reusable = [{"reference": "$components.successActions.s"}]

    found = errors(arazzo_of(steps(parameters=reusable), components=COMPONENTS))

    assert found == [f"ARZ208 {W}/parameters/0/reference"]


@requirement("reusable.value.parameters-only")
@pytest.mark.parametrize("where", ["onSuccess", "onFailure"])
def test_a_value_beside_a_reference_to_an_action_is_ignored_with_a_warning(where: str) -> None:
    kind = "successActions.s" if where == "onSuccess" else "failureActions.f"

    assert warnings(reusing(where, f"$components.{kind}", value=2)) == [f"ARZ122 {S}/{where}/0/value"]
    assert warnings(reusing("parameters", "$components.parameters.p", value=2)) == [f"ARZ212 {S}/parameters/0"]


@requirement(
    "successAction.parameters.reusable-links-to-components", "failureAction.parameters.reusable-links-to-components"
)
@pytest.mark.parametrize("where", ["onSuccess", "onFailure"])
def test_the_place_of_a_reused_parameter_has_no_meaning_for_an_action(where: str) -> None:
    action = {**GOTO, "workflowId": "next", "parameters": [{"reference": "$components.parameters.p"}]}
    workflows = steps(step(**{where: [action]})), {"workflowId": "next", "steps": [step()]}
    description = arazzo_of(*workflows, version="1.1.0", components=COMPONENTS)

    plan = link(description)

    key = "success_actions" if where == "onSuccess" else "failure_actions"
    (linked,) = getattr(plan.workflow.steps[0], key)
    assert [(p.name, p.evaluate(None)) for p in linked.parameters] == [("x", 1)]
    assert warnings(description) == [f"ARZ216 {S}/{where}/0/parameters/0"]


@requirement(
    "successAction.parameters.reusable-links-to-components", "failureAction.parameters.reusable-links-to-components"
)
def test_the_parameters_of_an_action_link_to_component_parameters() -> None:
    action = {**GOTO, "workflowId": "main", "parameters": [{"reference": "$components.successActions.s"}]}
    description = arazzo_of(steps(step(onSuccess=[action], onFailure=[action])), version="1.1.0", components=COMPONENTS)

    assert errors(description) == [
        f"ARZ208 {S}/onSuccess/0/parameters/0/reference",
        f"ARZ208 {S}/onFailure/0/parameters/0/reference",
    ]


@requirement("reusable.inputs-use-ref")
def test_json_schema_references_are_for_inputs_only() -> None:
    description = arazzo_of(steps(step(parameters=[{"$ref": "#/components/parameters/p"}])), components=COMPONENTS)

    assert errors(description) == [f"ARZ110 {S}/parameters/0", f"ARZ110 {S}/parameters/0"]


@requirement("workflow.inputs.ref-to-components")
def test_a_reusable_object_is_no_inputs_schema() -> None:
    description = arazzo_of(steps(inputs={"reference": "$components.inputs.p"}), components=COMPONENTS)

    assert warnings(description) == [f"ARZ122 {W}/inputs/reference"]


@requirement("components.document-scope")
def test_components_are_seen_in_their_own_document_only() -> None:
    child = arazzo_of({"workflowId": "child", "steps": [step(parameters=[{"reference": "$components.parameters.p"}])]})
    description = with_other(steps(step(workflowId="$sourceDescriptions.other.child")), components=COMPONENTS)

    plan = link(description, {OTHER: child})

    (error,) = [d for d in plan.diagnostics if d.severity == "error"]
    assert (error.code, error.location.document) == ("ARZ208", "other.arazzo.json")


# -- hints ------------------------------------------------------------------------------------------------------------

MEANT: list[Any] = [
    pytest.param(steps(step(operationId="listPet")), "did you mean 'listPets' or 'getPet'?", id="operationId"),
    pytest.param(
        steps(step("find"), step("b", onSuccess=[{**GOTO, "stepId": "fnd"}])), "did you mean 'find'?", id="stepId"
    ),
    pytest.param(steps(step(workflowId="mian")), "did you mean 'main'?", id="workflowId"),
    pytest.param(
        steps(step(operationId="$sourceDescriptions.apo.listPets")), "did you mean 'api'?", id="source description"
    ),
    pytest.param(
        steps(
            step("a", outputs={"id": "$response.body"}),
            step("b", parameters=[{"name": "q", "in": "query", "value": "$steps.a.outputs.ids"}]),
        ),
        "did you mean 'id'?",
        id="output",
    ),
    pytest.param(
        steps(
            step(parameters=[{"name": "q", "in": "query", "value": "$inputs.nmae"}]),
            inputs={"type": "object", "properties": {"name": {}}},
        ),
        "did you mean 'name'?",
        id="input",
    ),
    pytest.param(
        steps(step(operationPath="{$sourceDescriptions.api.url}#/paths/~1pets")),
        "add a method: /paths/~1pets/get (get, post)",
        id="method of an operationPath",
    ),
]


@pytest.mark.parametrize(("workflow", "hint"), MEANT)
def test_a_misspelt_name_is_answered_with_the_one_that_was_meant(workflow: dict[str, Any], hint: str) -> None:
    assert hints(workflow) == [hint]


def test_an_operation_id_that_a_source_has_twice_is_ambiguous() -> None:
    openapi = openapi_of("same GET /a", "same POST /a")

    plan = link(steps(step(operationId="same")), {API: openapi})

    (error,) = plan.diagnostics
    assert error.code == "ARZ204"
    assert "same" in error.message


def test_a_supplied_document_is_the_entry_of_a_host() -> None:
    document = supplied(
        "memory:/flows/main.json", arazzo_of(steps(), sourceDescriptions=sources(api="../openapi.json"))
    )

    assert errors(document) == []


def test_a_name_in_other_letters_is_what_was_meant() -> None:
    assert hints(steps(step(operationId="LISTPETS"))) == ["did you mean 'listPets'?"]


def test_a_step_that_comes_later_is_not_what_a_wrong_name_means() -> None:
    reading = step("get-comments-for-media", operationId="listPets", outputs={"x": "$steps.get-media.outputs.y"})

    assert hints(steps(step("a"), reading)) == [None]
    assert hints(steps(step("get-medium"), reading)) == ["did you mean 'get-medium'?"]

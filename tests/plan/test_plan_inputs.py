"""Inputs: defaults first, then JSON Schema 2020-12, nothing coerced (Workflow Object, `inputs`; decision 55)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from linking import link, loaded, step, steps
from scripted import ScriptedServer, arazzo_of

from arazzo_runner import InputError, Runner
from arazzo_runner.plan import InputsSchema

requirement = pytest.mark.requirement


def of(schema: Any, **components: Any) -> Any:
    """The inputs of a workflow with this schema."""
    return link(arazzo_of(steps(inputs=schema), components={"inputs": components})).workflow.inputs


def typed(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


FITS: list[Any] = [
    pytest.param({"type": "integer"}, 3, True, marks=requirement("datatypes.json-schema-2020-12"), id="an integer"),
    pytest.param({"type": "integer"}, 3.5, False, marks=requirement("datatypes.json-schema-2020-12"), id="a fraction"),
    pytest.param({"type": "integer"}, "3", False, id="a text is not coerced"),
    pytest.param({"type": "integer"}, True, False, id="a boolean is no integer"),
    pytest.param({"format": "int32"}, 2**31, False, marks=requirement("datatypes.formats"), id="beyond int32"),
    pytest.param({"format": "int32"}, -(2**31), True, marks=requirement("datatypes.formats"), id="the least int32"),
    pytest.param({"format": "int64"}, 2**63, False, marks=requirement("datatypes.formats"), id="beyond int64"),
    pytest.param({"format": "int64"}, 2**63 - 1, True, marks=requirement("datatypes.formats"), id="the greatest int64"),
    pytest.param({"format": "double"}, 1.5, True, marks=requirement("datatypes.formats"), id="double"),
    pytest.param({"format": "frobnicate"}, "x", True, marks=requirement("datatypes.formats"), id="an unknown format"),
    pytest.param({"type": "string", "format": "date"}, "no date", True, id="a format is an annotation"),
    pytest.param({"prefixItems": [{"type": "string"}], "items": False}, ["a"], True, id="2020-12 tuples"),
    pytest.param({"prefixItems": [{"type": "string"}], "items": False}, ["a", 1], False, id="2020-12 tuples, too long"),
    pytest.param({"const": 1.0}, 1, True, id="1 and 1.0 are equal"),
]


@pytest.mark.parametrize(("schema", "value", "fits"), FITS)
def test_an_input_fits_its_schema_or_not(schema: Any, value: Any, fits: bool) -> None:
    assert (of(typed(x=schema)).problems({"x": value}) == ()) is fits


@requirement("datatypes.formats")
def test_a_password_is_hidden_in_reports_and_sent_as_it_is(server: ScriptedServer) -> None:
    server.on("GET /pets", 200)
    called = step(parameters=[{"name": "X-Token", "in": "header", "value": "$inputs.token"}])
    inputs = typed(token={"type": "string", "format": "password"})

    with Runner(loaded(arazzo_of(steps(called, inputs=inputs)), servers={"": server.url})) as runner:
        result = runner.run({"token": "hunter2hunter2"})

    assert server.requests[0].headers["x-token"] == "hunter2hunter2"
    assert "hunter2hunter2" not in json.dumps(result.to_dict())


DEFAULTS: list[Any] = [
    pytest.param(typed(a={"default": 1}), {}, {"a": 1}, id="absent"),
    pytest.param(typed(a={"default": 1}), {"a": None}, {"a": None}, id="null is not absent"),
    pytest.param(typed(a=typed(b={"default": 1})), {"a": {}}, {"a": {"b": 1}}, id="nested"),
    pytest.param(typed(a=typed(b={"default": 1})), {}, {}, id="nested in what is absent"),
    pytest.param(typed(a={**typed(b={"default": 1}), "default": {}}), {}, {"a": {"b": 1}}, id="inside of a default"),
    pytest.param(typed(a={"items": typed(b={"default": 1})}), {"a": [{}]}, {"a": [{"b": 1}]}, id="items"),
    pytest.param({"allOf": [typed(a={"default": 1}), typed(b={"default": 2})]}, {}, {"a": 1, "b": 2}, id="allOf"),
    pytest.param({"$ref": "#/components/inputs/c"}, {}, {"c": 3}, id="$ref"),
    pytest.param(typed(), {"z": 1}, {"z": 1}, id="nothing is stripped"),
]


@pytest.mark.parametrize(("schema", "given", "expected"), DEFAULTS)
def test_defaults_stand_in_for_absent_inputs(schema: Any, given: dict[str, Any], expected: dict[str, Any]) -> None:
    before = json.dumps(given)

    assert of(schema, c=typed(c={"default": 3})).with_defaults(given) == expected
    assert json.dumps(given) == before


def test_every_problem_is_a_line() -> None:
    inputs = of(
        {**typed(a={"type": "string"}, b={"minimum": 1}), "required": ["c", "d"], "additionalProperties": False}
    )

    assert inputs.problems({"a": 1, "b": 0, "z": 1}) == (
        "required input is missing: c, d",
        "Additional properties are not allowed ('z' was unexpected)",
        "input 'a' is a number, not of type string",
        "input 'b' is less than the minimum of 1",
    )


def test_invalid_inputs_are_refused_before_the_first_request(server: ScriptedServer) -> None:
    description = arazzo_of(steps(inputs={**typed(a={"type": "integer"}), "required": ["a"]}))

    with (
        Runner(loaded(description, servers={"": server.url})) as runner,
        pytest.raises(InputError, match="required input is missing: a"),
    ):
        runner.run({})

    assert server.lines == []


def test_what_has_to_be_given_is_required_and_has_no_default() -> None:
    schema = {"allOf": [{**typed(a={}, b={"default": 1}), "required": ["a", "b"]}], "required": ["c", "a"]}

    assert of(schema).required == ("a", "c")


def test_schemas_that_hold_each_other_in_every_way_end() -> None:
    both = {"allOf": [{"$ref": "#/components/inputs/a"}, {"$ref": "#/components/inputs/b"}], **typed(x={"default": 1})}

    inputs = of(
        {"$ref": "#/components/inputs/tree"}, tree={**typed(t={"$ref": "#/components/inputs/tree"})}, a=both, b=both
    )

    assert inputs.with_defaults({"t": {}}) == {"t": {}}
    assert inputs.declared == {"t"}


@pytest.mark.parametrize(
    "schema",
    [
        {"maxLength": 3},
        {"pattern": "^x"},
        {"enum": ["x"]},
        {"const": "x"},
        {"not": {"type": "string"}},
        {"anyOf": [{"type": "integer"}, {"maxLength": 1}]},
        {"type": "array"},
    ],
)
@pytest.mark.parametrize("value", ["c4n4ry", "c4n4ry's \\"])
def test_a_problem_names_the_input_and_never_its_value(schema: Any, value: str):
    inputs = InputsSchema({"type": "object", "properties": {"password": schema}})

    (problem,) = inputs.problems({"password": value})

    assert "password" in problem
    assert "c4n4ry" not in problem


@pytest.mark.parametrize(
    "schema",
    [{"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, {"minProperties": 2}, {"properties": {"p": False}}],
)
def test_a_problem_of_the_whole_does_not_show_its_parts(schema: dict[str, Any]):
    inputs = InputsSchema({"type": "object", **schema})

    assert inputs.problems({"p": "c4n4ry"})
    assert "c4n4ry" not in "".join(inputs.problems({"p": "c4n4ry"}))

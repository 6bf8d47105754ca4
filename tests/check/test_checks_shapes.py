"""Shapes: what schemas, constants and unions of them say about a value."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from published import response_schemas

from arazzo_runner.checks.misfits import is_of
from arazzo_runner.checks.shapes import (
    UNKNOWN,
    Misfit,
    Shape,
    array_of,
    conflict,
    of_constant,
    of_json_schema,
    of_schema,
    of_types,
    union,
)
from arazzo_runner.document import Document, read
from arazzo_runner.errors import SourceMissing
from arazzo_runner.openapi import Description
from arazzo_runner.openapi.schema import Direction
from arazzo_runner.sample import sample
from arazzo_runner.values import JSON, dumps, same

PET = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}


def shape_of(
    schema: Any, *, version: str = "3.1.0", direction: Direction = "response", files: Any = None, **schemas: Any
) -> Shape:
    """The shape of a response schema; the other names are the schemas of the components."""
    media = {"application/json": {"schema": schema}}
    root: dict[str, Any] = {"openapi": version, "components": {"schemas": schemas}}
    response: dict[str, Any] = {"description": "", "content": media}
    if version == "2.0":
        root, response = {"swagger": version, "definitions": schemas}, {"description": "", "schema": schema}
        root["produces"] = ["application/json"]
    root["paths"] = {"/x": {"get": {"responses": {"200": response}}}}

    def load(uri: str) -> Document:
        if uri not in (files or {}):
            raise SourceMissing(f"{uri} is not there")
        return read(dumps(files[uri]).encode(), uri=uri, name=uri)

    description = Description(read(dumps(root).encode(), uri="https://h/openapi.json", name="openapi.json"), load)
    (operation,) = description.operations()
    (declared,) = operation.responses["200"].media_types.values()
    return of_schema(declared.schema, direction)


def types_of(shape: Shape | None) -> set[str] | None:
    assert shape is not None
    return None if shape.types is None else set(shape.types)


# Types ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "version", "types"),
    [
        ({"type": "string"}, "3.0.3", {"string"}),
        ({"type": "string", "nullable": True}, "3.0.3", {"string", "null"}),
        ({"type": "string", "x-nullable": True}, "2.0", {"string", "null"}),
        ({"type": ["string", "null"]}, "3.1.0", {"string", "null"}),
        ({"type": "file"}, "2.0", {"string"}),
        ({"type": ["integer", "number"]}, "3.1.0", {"number"}),
        ({"enum": ["a", 1, None]}, "3.1.0", {"string", "integer", "null"}),
        ({"const": 1.5}, "3.1.0", {"number"}),
        ({"properties": {"a": {}}}, "3.1.0", {"object"}),
        ({"items": {}}, "3.1.0", {"array"}),
        ({"prefixItems": [{}]}, "3.1.0", {"array"}),
        ({"required": ["a"]}, "3.1.0", None),
        ({}, "3.1.0", None),
        (True, "3.1.0", None),
        ({"type": "text"}, "3.0.3", None),
        ({"type": 1}, "3.0.3", None),
        ("no schema", "3.0.3", None),
        ({"allOf": [{"type": ["string", "number"]}, {"type": ["integer", "null"]}]}, "3.1.0", {"integer"}),
        ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, "3.0.3", {"string", "integer"}),
        ({"anyOf": [{"type": "string"}, {}]}, "3.0.3", None),
        ({"type": ["string", "object"], "anyOf": [{"required": ["a"]}, {}]}, "3.1.0", {"string", "object"}),
        ({"type": ["object", "null"], "anyOf": [{"properties": {"a": {}}}]}, "3.1.0", {"object", "null"}),
        ({"allOf": [{"type": "object"}], "nullable": True}, "3.0.3", {"object", "null"}),
        ({"not": {"type": "string"}}, "3.1.0", None),
        ({"if": {"type": "string"}, "then": {"type": "string"}}, "3.1.0", None),
    ],
)
def test_types_are_those_that_every_keyword_allows(schema: Any, version: str, types: set[str] | None) -> None:
    shape = shape_of(schema, version=version)

    assert types_of(shape) == types


def test_keywords_beside_a_reference_count_from_3_1_on() -> None:
    schema = {"$ref": "#/components/schemas/A", "properties": {"b": {"type": "integer"}}}
    a = {"type": "object", "properties": {"a": {"type": "string"}}}

    assert shape_of(schema, version="3.1.0", A=a).properties.keys() == {"a", "b"}
    assert shape_of(schema, version="3.0.3", A=a).properties.keys() == {"a"}


def test_nullable_beside_a_reference_is_taken_as_it_is_meant() -> None:
    shape = shape_of({"$ref": "#/components/schemas/A", "nullable": True}, version="3.0.3", A={"type": "object"})

    assert types_of(shape) == {"object", "null"}


@pytest.mark.parametrize(
    "contradiction",
    [
        {"allOf": [{"type": "string"}, {"type": "object", "properties": {"a": {}}}]},
        {"type": "integer", "allOf": [{"type": "array"}]},
    ],
)
def test_types_that_contradict_each_other_tell_nothing(contradiction: Any) -> None:
    shape = shape_of(contradiction)

    assert shape.types is None
    assert shape.member("b") == UNKNOWN
    assert shape.problems({"b": 1}) is None


def test_a_type_that_does_not_go_with_its_own_members_is_one_of_both() -> None:
    shape = shape_of({"type": "string", "properties": {"a": {"type": "integer"}}})

    assert types_of(shape) == {"string", "object"}
    assert types_of(shape.member("a")) == {"integer"}


@pytest.mark.parametrize("reference", ["#/components/schemas/No", "other.json", "#anchor"])
def test_a_reference_that_reaches_nothing_is_unknown(reference: str) -> None:
    shape = shape_of({"properties": {"a": {"$ref": reference}, "b": {"allOf": [{"$ref": reference}, PET]}}})

    assert types_of(shape.walk(["a", "x", "0"])) is None
    assert types_of(shape.walk(["b", "id"])) == {"integer"}
    assert shape.walk(["b", "other"]) == UNKNOWN


def test_references_are_followed_into_other_files() -> None:
    files = {"https://h/pet.json": {"defs": {"Id": {"type": "integer"}}, "properties": {"id": {"$ref": "#/defs/Id"}}}}

    shape = shape_of({"$ref": "pet.json"}, files=files)

    assert types_of(shape.member("id")) == {"integer"}


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#/components/schemas/A"},
        {"allOf": [{"$ref": "#/components/schemas/A"}, {"properties": {"a": {"type": "string"}}}]},
        {"anyOf": [{"$ref": "#/components/schemas/A"}, {"properties": {"a": {"type": "string"}}}]},
        {"if": {"$ref": "#/components/schemas/A"}},
    ],
)
def test_a_schema_that_leads_back_to_itself_adds_nothing(schema: Any) -> None:
    shape = shape_of({"$ref": "#/components/schemas/A"}, A=schema)

    assert shape.types in (None, {"object"})
    assert shape.required == frozenset()
    assert shape.constants is None
    assert shape.properties.keys() <= {"a"}
    assert shape.child("a") is not None


def test_a_schema_that_contains_itself_is_walked_as_far_as_anybody_goes() -> None:
    node = {
        "type": "object",
        "properties": {"next": {"$ref": "#/components/schemas/Node"}, "value": {"type": "integer"}},
    }
    shape = shape_of({"$ref": "#/components/schemas/Node"}, Node=node)

    assert types_of(shape.walk(["next"] * 300 + ["value"])) == {"integer"}
    assert shape.walk(["next"] * 300 + ["other"]) is None


def test_references_that_double_at_each_step_end_as_unknown() -> None:
    schemas = {f"A{n}": {"allOf": [{"$ref": f"#/components/schemas/{kind}{n}"} for kind in "BC"]} for n in range(40)}
    for n in range(40):
        for kind in "BC":
            schemas[f"{kind}{n}"] = {"allOf": [{"$ref": f"#/components/schemas/A{n + 1}"}]}

    shape = shape_of({"$ref": "#/components/schemas/A0"}, **schemas)

    assert shape.types is None
    assert shape.member("a") == UNKNOWN


@pytest.mark.parametrize("keyword", ["allOf", "anyOf"])
def test_references_without_end_in_sight_are_unknown(keyword: str) -> None:
    schemas = {f"A{n}": {keyword: [{"$ref": f"#/components/schemas/A{n + 1}"}, {"type": "object"}]} for n in range(300)}

    shape = shape_of({"$ref": "#/components/schemas/A0"}, **schemas)

    assert types_of(shape.member("a")) is None
    assert shape.required == frozenset()
    assert shape.constants is None


# Members and items ----------------------------------------------------------------------------------------------------


def test_a_member_that_is_not_declared_is_not_there() -> None:
    shape = shape_of(PET)

    assert types_of(shape.member("id")) == {"integer"}
    assert shape.member("Id") is None
    assert not shape.open


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object"},
        {"type": "object", "properties": {}},
        {"properties": {"a": {}}, "additionalProperties": True},
        {"properties": {"a": {}}, "patternProperties": {"^x": {}}},
        {"properties": {"a": {}}, "discriminator": {"propertyName": "a"}},
        {"properties": {"a": {}}, "unevaluatedProperties": True},
        {"properties": {"a": {}}, "allOf": [{"additionalProperties": True}]},
        {"oneOf": [{"properties": {"a": {}}}, {"type": "object"}]},
        {},
        True,
    ],
)
def test_a_member_that_is_not_declared_is_plausible_where_more_are_foreseen(schema: Any) -> None:
    shape = shape_of(schema)

    assert shape.open
    assert types_of(shape.member("b")) is None


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"a": {}}},
        {"properties": {"a": {}}, "additionalProperties": False},
        {"type": "object", "additionalProperties": False},
        {"allOf": [{"properties": {"a": {}}}, {"description": "says nothing of members"}]},
        {"properties": {"a": {}}, "anyOf": [{"required": ["a"]}, {"maxProperties": 1}]},
        {"oneOf": [{"properties": {"a": {}}}, {"type": "string"}, {"type": "array", "items": {}}]},
        {"discriminator": {"propertyName": "a"}, "oneOf": [{"properties": {"a": {}}}]},
        {"type": ["object", "null"], "properties": {"a": {}}},
        {"type": "string"},
        {"type": "array", "items": {"properties": {"b": {}}}},
        False,
    ],
)
def test_a_member_that_no_alternative_declares_is_not_there(schema: Any) -> None:
    shape = shape_of(schema)

    assert shape.member("b") is None
    assert not shape.open


def test_a_member_has_the_shape_of_additional_properties_where_it_is_not_declared() -> None:
    shape = shape_of({"properties": {"a": {"type": "integer"}}, "additionalProperties": {"type": "string"}})

    assert types_of(shape.member("a")) == {"integer"}
    assert types_of(shape.member("b")) == {"string"}
    assert types_of(shape.others) == {"string"}


def test_all_of_adds_members_and_narrows_those_declared_twice() -> None:
    schema = {
        "allOf": [
            {"properties": {"a": {"type": ["string", "null"]}, "b": {"properties": {"x": {"type": "string"}}}}},
            {"properties": {"a": {"type": "string"}, "b": {"properties": {"y": {"type": "integer"}}}}},
        ],
        "properties": {"c": {"type": "boolean"}},
    }

    shape = shape_of(schema)

    assert shape.properties.keys() == {"a", "b", "c"}
    assert types_of(shape.member("a")) == {"string"}
    assert types_of(shape.walk(["b", "x"])) == {"string"}
    assert types_of(shape.walk(["b", "y"])) == {"integer"}
    assert shape.walk(["b", "z"]) is None


def test_alternatives_declare_together() -> None:
    card = {"properties": {"id": {"type": "integer"}, "number": {"type": "string"}}}
    bank = {"properties": {"id": {"type": "string"}, "iban": {"type": "string"}}}

    shape = shape_of({"oneOf": [card, bank, {"type": "null"}], "properties": {"at": {"type": "string"}}})

    assert shape.properties.keys() == {"at", "id", "number", "iban"}
    assert types_of(shape.member("id")) == {"integer", "string"}
    assert shape.member("bic") is None


def test_what_two_choices_may_declare_is_declared() -> None:
    def perhaps(name: str) -> dict[str, Any]:
        return {
            "anyOf": [{"properties": {"a": {"type": "object", "properties": {name: {}}}}}, {"properties": {"c": {}}}]
        }

    shape = shape_of({"allOf": [perhaps("x"), perhaps("y")]})

    assert shape.walk(["a", "x"]) is not None
    assert shape.walk(["a", "y"]) is not None
    assert shape.walk(["a", "z"]) is None
    assert shape.member("b") is None


@pytest.mark.parametrize("keyword", ["if", "then", "else"])
def test_a_condition_may_add_members_and_takes_none_away(keyword: str) -> None:
    schema = {
        "properties": {"kind": {"type": "string"}, "b": {"properties": {"x": {}}}},
        keyword: {
            "type": "object",
            "required": ["extra"],
            "properties": {"kind": {"const": "card"}, "extra": {"type": "integer"}, "b": {"properties": {"y": {}}}},
        },
    }

    shape = shape_of(schema)

    assert types_of(shape.member("kind")) == {"string"}
    assert shape.member("kind").constants is None  # type: ignore[union-attr]
    assert types_of(shape.member("extra")) == {"integer"}
    assert shape.walk(["b", "y"]) is not None
    assert shape.member("other") is None
    assert shape.required == frozenset()


def test_dependent_schemas_may_add_members() -> None:
    shape = shape_of({"properties": {"a": {}}, "dependentSchemas": {"a": {"properties": {"b": {"type": "string"}}}}})

    assert types_of(shape.member("b")) == {"string"}


def test_many_conditions_on_one_member_stay_cheap() -> None:
    cases = [{"if": {"properties": {"kind": {"const": n}}}, "then": {"properties": {f"m{n}": {}}}} for n in range(200)]

    shape = shape_of({"type": "object", "properties": {"kind": {"type": "integer"}}, "allOf": cases})

    assert types_of(shape.member("kind")) == {"integer"}
    assert shape.member("m199") is not None
    assert shape.member("m200") is None


def test_a_member_that_is_required_is_declared() -> None:
    shape = shape_of({"properties": {"a": {}}, "required": ["b"]})

    assert shape.member("b") == UNKNOWN
    assert shape.member("c") is None


@pytest.mark.parametrize("examples", [{"example": {"b": {"c": 1}}}, {"examples": [{"a": 2}, {"b": {"c": 1}}]}])
def test_what_an_example_shows_is_documented(examples: Any) -> None:
    shape = shape_of({"type": "object", "properties": {"a": {"type": "integer"}}, **examples})

    assert types_of(shape.member("a")) == {"integer"}
    assert types_of(shape.walk(["b", "c"])) is None
    assert shape.member("d") is None


def test_what_an_example_beside_the_schema_shows_is_documented() -> None:
    inner = shape_of({"properties": {"items": {"type": "array", "items": PET}}}).part.view  # type: ignore[attr-defined]

    shape = of_schema(inner, examples=[{"items": [{"id": 1, "age": 3}]}, "text"])

    assert shape.walk(["items", "7", "age"]) is not None
    assert types_of(shape.walk(["items", "7", "id"])) == {"integer"}
    assert shape.walk(["items", "7", "size"]) is None


def test_a_member_whose_schema_is_false_is_not_there() -> None:
    shape = shape_of({"properties": {"a": False, "b": True}})

    assert shape.member("a") is None
    assert shape.properties.keys() == {"b"}


def test_items_are_reached_by_indices_only() -> None:
    shape = shape_of({"type": "array", "items": PET})

    assert types_of(shape.walk(["0", "id"])) == {"integer"}
    assert shape.walk(["0", "size"]) is None
    assert [shape.member(token) for token in ("-", "01", "-1", "id", "")] == [None] * 5


def test_the_first_items_have_their_own_schemas() -> None:
    pair = {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}]}

    closed = shape_of({**pair, "items": False})
    rest = shape_of({**pair, "items": {"type": "null"}})
    silent = shape_of(pair)

    assert types_of(closed.member("1")) == {"integer"}
    assert closed.member("2") is None
    assert types_of(rest.member("2")) == {"null"}
    assert silent.member("2") == UNKNOWN
    assert types_of(rest.items) == {"string", "integer", "null"}
    assert types_of(closed.child(-1)) == {"string", "integer"}


def test_a_list_of_items_is_read_as_earlier_drafts_wrote_it() -> None:
    shape = shape_of({"type": "array", "items": [{"type": "string"}], "additionalItems": {"type": "integer"}})

    assert types_of(shape.member("0")) == {"string"}
    assert types_of(shape.member("1")) == {"integer"}


def test_a_numeric_token_names_a_member_of_an_object() -> None:
    shape = shape_of({"type": "object", "properties": {"0": {"type": "string"}}})

    assert types_of(shape.member("0")) == {"string"}
    assert shape.child(0) is None
    assert shape.member("1") is None


def test_a_value_that_is_an_object_or_an_array_has_members_and_items() -> None:
    shape = shape_of({"oneOf": [PET, {"type": "array", "items": PET}]})

    assert types_of(shape.member("id")) == {"integer"}
    assert types_of(shape.walk(["3", "id"])) == {"integer"}
    assert shape.walk(["3", "3"]) is None


@pytest.mark.parametrize("types", ["string", "integer", "number", "boolean", "null"])
def test_scalars_have_no_members(types: str) -> None:
    shape = of_types(types)

    assert shape.member("length") is None
    assert shape.member("0") is None
    assert list(shape.children()) == []


def test_everything_below_the_unknown_is_unknown() -> None:
    assert UNKNOWN.walk(["a", "0", "-"]) == UNKNOWN
    assert UNKNOWN.types is None
    assert UNKNOWN.open
    assert UNKNOWN.problems({}) is None


# Required -------------------------------------------------------------------------------------------------------------


def test_required_members_add_up_in_all_of_and_are_those_common_to_alternatives() -> None:
    schema = {
        "allOf": [{"required": ["a"]}, {"required": ["b"]}],
        "oneOf": [{"required": ["c", "d"]}, {"required": ["d", "e"]}, {"type": "null"}],
        "required": ["f"],
    }

    assert shape_of(schema).required == {"a", "b", "d", "f"}


def test_a_nullable_object_requires_what_it_requires() -> None:
    shape = shape_of({**PET, "nullable": True}, version="3.0.3")

    assert shape.required == {"id"}


@pytest.mark.parametrize(("direction", "required"), [("request", {"secret", "name"}), ("response", {"id", "name"})])
def test_members_that_are_not_there_in_a_direction_are_not_required(direction: Direction, required: set[str]) -> None:
    schema = {
        "required": ["id", "secret", "name"],
        "allOf": [{"$ref": "#/components/schemas/Base"}],
        "properties": {"secret": {"type": "string", "writeOnly": True}, "name": {}},
    }
    base = {"properties": {"id": {"$ref": "#/components/schemas/Id"}}}

    shape = shape_of(schema, direction=direction, Base=base, Id={"type": "integer", "readOnly": True})

    assert shape.required == required


def test_a_scalar_and_a_list_written_wrongly_require_nothing() -> None:
    assert shape_of({"type": "string", "required": ["a"]}).required == frozenset()
    assert shape_of({"type": "object", "required": True}).required == frozenset()


# Constants ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "constants"),
    [
        ({"enum": ["a", "b"]}, ("a", "b")),
        ({"const": 1}, (1,)),
        ({"type": "string", "enum": ["a"], "nullable": True}, ("a", None)),
        ({"oneOf": [{"const": "a"}, {"enum": ["b", "a"]}]}, ("a", "b")),
        ({"oneOf": [{"enum": ["a"]}, {"type": "null"}]}, ("a", None)),
        ({"oneOf": [{"enum": ["a"]}, {"type": "string"}]}, None),
        ({"allOf": [{"enum": ["a", "b"]}, {"enum": ["b", "c"]}]}, ("b",)),
        ({"allOf": [{"enum": ["a"]}, {"enum": ["c"]}]}, None),
        ({"type": "string", "enum": [1, 2]}, None),
        ({"type": "string", "enum": []}, None),
        ({"type": "string"}, None),
    ],
)
def test_constants_are_known_when_every_alternative_is_one(schema: Any, constants: tuple[JSON, ...] | None) -> None:
    assert shape_of(schema).constants == constants


def test_an_enum_of_another_type_than_declared_may_be_of_either() -> None:
    shape = shape_of({"type": "string", "enum": [1, 2]})

    assert types_of(shape) == {"string", "integer"}
    assert shape.problems("1") == ()


# Other sources of shapes ----------------------------------------------------------------------------------------------


def test_a_self_contained_schema_finds_its_definitions_from_any_part_of_it() -> None:
    root = {
        "properties": {"pet": {"$ref": "#/$defs/Pet"}, "again": {"$ref": "#"}},
        "$defs": {"Pet": {**PET, "properties": {**PET["properties"], "mother": {"$ref": "#/$defs/Pet"}}}},  # type: ignore[dict-item]
    }

    whole, part = of_json_schema(root, root), of_json_schema(root["properties"]["pet"], root)

    assert types_of(whole.walk(["again", "pet", "mother", "id"])) == {"integer"}
    assert types_of(part.walk(["mother", "mother", "name"])) == {"string"}
    assert part.walk(["mother", "age"]) is None
    assert part.problems({"id": 1, "mother": {"id": "x"}}) == (
        Misfit(("mother", "id"), "type", "is a string, not an integer"),
    )


def test_two_parts_of_one_schema_are_not_taken_for_each_other() -> None:
    root = {"properties": {"a": {"type": "string"}, "b": {"type": "integer"}}}

    shape = union(*(of_json_schema(root["properties"][name], root) for name in "ab"))

    assert types_of(shape) == {"string", "integer"}


def test_a_constant_has_what_is_in_it() -> None:
    shape = of_constant({"a": [1, "x"], "b": None})

    assert types_of(shape) == {"object"}
    assert shape.constants == ({"a": [1, "x"], "b": None},)
    assert shape.required == {"a", "b"}
    assert types_of(shape.walk(["a", "1"])) == {"string"}
    assert types_of(shape.walk(["a"]).items) == {"integer", "string"}  # type: ignore[union-attr]
    assert shape.walk(["a", "2"]) is None
    assert shape.member("c") is None
    assert not shape.open


def test_an_array_of_a_shape_has_items_of_it() -> None:
    shape = array_of(of_types("string"))

    assert types_of(shape) == {"array"}
    assert types_of(shape.member("5")) == {"string"}
    assert shape.member("length") is None
    assert shape.problems(["a", 1]) == (Misfit(("1",), "type", "is an integer, not a string"),)
    assert shape.problems("a") == (Misfit((), "type", "is a string, not an array"),)


def test_a_union_is_any_of_its_shapes() -> None:
    shape = union(of_types("string"), shape_of(PET))

    assert types_of(shape) == {"string", "object"}
    assert types_of(shape.member("id")) == {"integer"}
    assert shape.member("size") is None
    assert union(shape, UNKNOWN).member("size") == UNKNOWN
    assert union() == UNKNOWN
    assert union(of_types("string")) == of_types("string")
    assert union(shape, of_types("string")) == shape


@pytest.mark.parametrize(
    ("given", "wanted", "conflicts"),
    [
        (of_types("string"), of_types("integer"), True),
        (of_types("integer"), of_types("number"), False),
        (of_types("number"), of_types("integer"), False),
        (of_types("string", "null"), of_types("null"), False),
        (of_constant(True), of_types("integer", "string"), True),
        (of_constant(1), of_types("boolean"), True),
        (UNKNOWN, of_types("string"), False),
        (of_types("string"), UNKNOWN, False),
        (of_types("array"), of_types("string"), True),
    ],
)
def test_types_without_a_common_value_conflict(given: Shape, wanted: Shape, conflicts: bool) -> None:
    assert conflict(given, wanted) is conflicts


# Fitting constants ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "value", "misfits"),
    [
        (PET, {"id": 1}, []),
        (PET, {"name": "x"}, [((), "has no 'id'")]),
        (PET, {"id": "s3cret"}, [(("id",), "is a string, not an integer")]),
        (PET, [1], [((), "is an array, not an object")]),
        ({"type": ["string", "null"]}, 1, [((), "is an integer, not a string or null")]),
        ({"enum": ["a", 1]}, "s3cret", [((), "is not one of 'a', 1")]),
        ({"enum": ["a"]}, "s3cret", [((), "is not 'a'")]),
        ({"maxLength": 2}, "s3cret", [((), "is longer than 2 characters")]),
        ({"pattern": "^a"}, "s3cret", [((), 'does not match "^a"')]),
        (
            {"oneOf": [{"type": "string"}, {"type": "null"}]},
            1,
            [((), "fits none of the 2 alternatives of its schema")],
        ),
        ({"oneOf": [{"type": "string"}, {"maxLength": 9}]}, "ab", []),
        ({"properties": {"a": {}}, "additionalProperties": False}, {"b": 1}, [(("b",), "is not declared")]),
        ({"format": "date"}, "s3cret", []),
        (True, 1, []),
    ],
)
def test_what_does_not_fit_is_told_without_the_value(schema: Any, value: JSON, misfits: list[Any]) -> None:
    problems = shape_of(schema).problems(value)

    assert problems is not None
    assert [(each.path, each.reason) for each in problems] == misfits


def test_members_that_another_part_declares_are_no_misfit() -> None:
    closed = {"properties": {"a": {}}, "additionalProperties": False}

    shape = shape_of({"allOf": [closed, {"properties": {"b": {}}}]})

    assert shape.problems({"a": 1, "b": 2}) == ()
    assert shape.problems({"c": 2}) == (Misfit(("c",), "additionalProperties", "is not declared"),)


@pytest.mark.parametrize("broken", [{"pattern": "("}, {"minimum": "one"}, {"oneOf": []}, {"type": "text"}])
def test_a_broken_schema_judges_nothing(broken: Any) -> None:
    assert shape_of(broken).problems("x") is None


def test_null_fits_where_it_is_meant() -> None:
    shape = shape_of({"$ref": "#/components/schemas/A", "nullable": True}, version="3.0.3", A=PET)

    assert shape.problems(None) == ()


def test_a_required_member_may_be_missing_in_the_direction_it_is_not_sent() -> None:
    schema = {"required": ["id"], "properties": {"id": {"readOnly": True}}}

    assert shape_of(schema, direction="request").problems({}) == ()
    assert shape_of(schema, direction="response").problems({}) == (Misfit((), "required", "has no 'id'"),)


def test_a_union_is_judged_by_the_alternative_that_is_near() -> None:
    shape = union(of_types("string"), shape_of(PET))

    assert shape.problems("x") == ()
    assert shape.problems({"id": "x"}) == (Misfit(("id",), "type", "is a string, not an integer"),)
    assert shape.problems(1) == (Misfit((), "type", "is an integer, not a string or an object"),)
    assert union(shape, UNKNOWN).problems(1) is None


# Words ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (UNKNOWN, "any value"),
        (of_types("string"), "a string"),
        (of_types("object", "null"), "an object or null"),
        (of_types("integer", "string", "null"), "a string, an integer or null"),
        (of_types("array"), "an array"),
        (array_of(of_types("object")), "an array of objects"),
        (array_of(of_types("object", "null")), "an array"),
        (of_constant("s3cret"), "a string"),
        (union(of_constant("s3cret"), of_constant(1)), "a string or an integer"),
        (of_types("null"), "null"),
    ],
)
def test_a_shape_is_told_in_words(shape: Shape, words: str) -> None:
    assert shape.describe() == words


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"enum": ["a", "b"]}, "one of 'a', 'b'"),
        ({"const": True}, "true"),
        ({"enum": list(range(9))}, "one of 0, 1, 2, 3, 4, 5, ... (9 values)"),
    ],
)
def test_the_values_a_schema_lists_are_told(schema: Any, words: str) -> None:
    assert shape_of(schema).describe() == words


# Properties of all schemas --------------------------------------------------------------------------------------------

Pair = tuple[dict[str, Any], Any]
_SCALARS = st.one_of(
    st.tuples(st.just({"type": "string"}), st.text(max_size=3)),
    st.tuples(st.just({"type": "integer"}), st.integers(-9, 9)),
    st.tuples(st.just({"type": "boolean"}), st.booleans()),
    st.tuples(st.just({"type": "string", "nullable": True}), st.none()),
    st.tuples(st.just({"enum": ["a", 1, None]}), st.sampled_from(["a", 1, None])),
)


def _object(members: dict[str, Pair]) -> Pair:
    schema = {"type": "object", "properties": {name: schema for name, (schema, _) in members.items()}}
    return schema, {name: value for name, (_, value) in members.items()}


def _split(pair: tuple[Pair, Pair]) -> Pair:
    (left, a), (right, b) = pair
    properties = {**left["properties"], **right["properties"]}
    first = {**left, "properties": {name: properties[name] for name in left["properties"]}}
    return {"allOf": [first], **right}, {**a, **b}


def _described(inner: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    """A schema, and a value somebody wrote it for."""
    objects = st.dictionaries(st.sampled_from("abc01"), inner, min_size=1, max_size=3).map(_object)
    return st.one_of(
        objects,
        st.tuples(objects, objects).map(_split),
        st.lists(inner, max_size=3).map(
            lambda pairs: ({"type": "array", "items": {"anyOf": [s for s, _ in pairs] or [{}]}}, [v for _, v in pairs])
        ),
        st.lists(inner, max_size=3).map(
            lambda pairs: (
                {"type": "array", "prefixItems": [s for s, _ in pairs], "items": False},
                [v for _, v in pairs],
            )
        ),
        st.tuples(inner, inner).map(lambda two: ({"oneOf": [two[0][0], two[1][0]]}, two[1][1])),
        objects.map(lambda pair: ({"additionalProperties": {}, "if": pair[0], "then": {"type": "object"}}, pair[1])),
    )


def paths(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Everything in a value with the tokens that lead to it."""
    yield path, value
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in members:
        yield from paths(item, (*path, str(key)))


def contradictions(shape: Shape, value: Any) -> list[tuple[tuple[str, ...], str]]:
    """What a shape denies of a value it is the shape of."""
    found = []
    for path, item in paths(value):
        part = shape.walk(path)
        if part is None:
            found.append((path, "not declared"))
        elif part.types is not None and not is_of(item, part.types):
            found.append((path, f"not one of {sorted(part.types)}"))
        elif not any(same(item, constant) for constant in part.constants or (item,)):
            found.append((path, f"not {part.describe()}"))
        elif isinstance(item, dict) and not part.required <= item.keys():
            found.append((path, "a required member is missing"))
    return found


@given(st.recursive(_SCALARS, _described, max_leaves=8))
def test_nothing_is_denied_of_a_value_that_a_schema_was_written_for(pair: Pair) -> None:
    schema, value = pair

    shape = of_json_schema(schema, schema)

    assert contradictions(shape, value) == []
    assert contradictions(union(of_types("string"), shape), value) == []


def test_nothing_is_denied_of_samples_of_published_responses(shared: Path) -> None:
    walked, denied = 0, []
    for name, schema in response_schemas(shared / "corpus"):
        walked += 1
        denied += [(name, *each) for each in contradictions(of_schema(schema), sample(schema.bundle("response")))]

    if not walked:
        pytest.skip("the corpus holds no descriptions")
    assert denied == []
    assert walked > 1000

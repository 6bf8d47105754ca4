"""Values from a JSON Schema: valid, deterministic, realistic and obviously made up."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arazzo_runner.sample import sample

TRICKY: dict[str, Any] = {
    "any": {},
    "true": True,
    "pattern": {"type": "string", "pattern": "^[A-Z]{3}-\\d{4}$"},
    "pattern of a known length": {"type": "string", "pattern": "^[a-z]+$", "minLength": 12, "maxLength": 12},
    "pattern with alternatives": {"type": "string", "pattern": "^(?:cat|dog){2}(-[0-9a-f]{2})?$", "minLength": 8},
    "pattern with a lookahead": {"type": "string", "pattern": "^(?=.*[A-Z])(?=.*\\d)[A-Za-z\\d]{8,}$"},
    "pattern with a reference back": {"type": "string", "pattern": "^(?<a>x|y)(?:-\\1){2}$"},
    "pattern with a property": {"type": "string", "pattern": "^\\p{Lu}\\p{Ll}+$"},
    "pattern with a negated class": {"type": "string", "pattern": "^[^a-z/]{4}$"},
    "unanchored pattern, padded": {"type": "string", "pattern": "^S", "minLength": 6},
    "two patterns": {"type": "string", "allOf": [{"pattern": "^ab"}, {"pattern": "^[a-z]{4}$"}]},
    "email": {"type": "string", "format": "email", "maxLength": 8},
    "long uri": {"type": "string", "format": "uri"},
    "exclusive bounds": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    "narrow bounds": {"type": "number", "exclusiveMinimum": 0.001, "exclusiveMaximum": 0.002},
    "multiple of a decimal": {"type": "number", "multipleOf": 0.01, "minimum": 9.991},
    "negative integer": {"type": "integer", "maximum": -5},
    "integer multiple of a fraction": {"type": "integer", "multipleOf": 1.5, "minimum": 4},
    "two multiples": {"allOf": [{"type": "integer", "multipleOf": 4}, {"multipleOf": 6, "minimum": 1}]},
    "unique enum items": {"type": "array", "items": {"enum": ["a", "b", "c"]}, "minItems": 3, "uniqueItems": True},
    "unique integers": {"type": "array", "items": {"type": "integer"}, "minItems": 5, "uniqueItems": True},
    "unique bounded": {
        "type": "array",
        "items": {"type": "integer", "minimum": 7, "maximum": 9},
        "minItems": 3,
        "uniqueItems": True,
    },
    "unique objects": {
        "type": "array",
        "minItems": 3,
        "uniqueItems": True,
        "items": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
    },
    "contains": {"type": "array", "items": {"type": "integer"}, "contains": {"minimum": 100}, "minContains": 2},
    "contains beside a prefix": {"type": "array", "prefixItems": [{"const": "p"}], "contains": {"const": "c"}},
    "prefix only": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False},
    "required beyond properties": {"type": "object", "required": ["x"], "additionalProperties": {"type": "integer"}},
    "pattern properties": {
        "type": "object",
        "patternProperties": {"^x-[a-z]{3}$": {"type": "integer"}},
        "additionalProperties": False,
        "minProperties": 2,
    },
    "minimum of properties": {"type": "object", "minProperties": 3, "additionalProperties": {"type": "string"}},
    "maximum of properties": {
        "type": "object",
        "maxProperties": 1,
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "required": ["b"],
    },
    "property names": {"type": "object", "propertyNames": {"pattern": "^k\\d$"}, "minProperties": 2},
    "dependent required": {
        "type": "object",
        "properties": {"card": {"type": "string"}},
        "dependentRequired": {"card": ["address"]},
        "required": ["card"],
    },
    "dependent schemas": {
        "type": "object",
        "required": ["card"],
        "dependentSchemas": {"card": {"required": ["cvc"], "properties": {"cvc": {"pattern": "^\\d{3}$"}}}},
    },
    "one of two objects": {
        "oneOf": [
            {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
            {"type": "object", "required": ["b"], "properties": {"b": {"type": "string"}}},
        ]
    },
    "one of overlapping": {"oneOf": [{"type": "number"}, {"type": "integer"}]},
    "not a string": {"not": {"type": "string"}},
    "not with a property": {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "required": ["a"],
        "not": {"required": ["b"]},
    },
    "not this integer": {"type": "integer", "minimum": 1, "not": {"enum": [1, 2]}},
    "if then": {
        "type": "object",
        "properties": {"kind": {"enum": ["a", "b"]}},
        "required": ["kind"],
        "if": {"properties": {"kind": {"const": "a"}}},
        "then": {"required": ["x"], "properties": {"x": {"type": "integer", "minimum": 10}}},
        "else": {"required": ["y"]},
    },
    "all of, closed by one": {
        "allOf": [
            {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False},
            {"properties": {"b": {"type": "string"}}},
        ]
    },
    "unevaluated": {
        "allOf": [{"type": "object", "properties": {"a": {"type": "string"}}}],
        "properties": {"b": {"type": "integer"}},
        "unevaluatedProperties": False,
    },
    "recursive": {
        "$ref": "#/$defs/Node",
        "$defs": {
            "Node": {
                "type": "object",
                "required": ["value", "children"],
                "properties": {
                    "value": {"type": "integer"},
                    "parent": {"$ref": "#/$defs/Node"},
                    "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
                },
            }
        },
    },
    "recursive through a choice": {
        "$ref": "#/$defs/Tree",
        "$defs": {
            "Tree": {
                "type": "object",
                "required": ["left"],
                "properties": {"left": {"anyOf": [{"$ref": "#/$defs/Tree"}, {"type": "null"}]}},
            }
        },
    },
    "anchor": {"$ref": "#here", "$defs": {"x": {"$anchor": "here", "type": "integer", "minimum": 5}}},
    "invalid example deep inside": {
        "type": "object",
        "properties": {"a": {"$ref": "#/$defs/A"}},
        "$defs": {"A": {"type": "object", "properties": {"n": {"type": "integer", "example": "three"}}}},
    },
    "invalid default": {"type": "integer", "default": "none"},
    "nullable first": {"anyOf": [{"type": "null"}, {"type": "string"}]},
}


def is_valid(schema: Any, value: Any) -> bool:
    return bool(jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid(value))


@pytest.mark.parametrize("schema", TRICKY.values(), ids=TRICKY.keys())
@pytest.mark.parametrize("seed", [0, 1, 7])
def test_the_value_is_valid_and_the_same_every_time(schema: Any, seed: int) -> None:
    value = sample(schema, seed=seed)

    assert is_valid(schema, value), value
    assert sample(schema, seed=seed) == value


@pytest.mark.parametrize(
    "format_",
    [
        "date-time",
        "date",
        "time",
        "duration",
        "email",
        "idn-email",
        "uuid",
        "uri",
        "uri-reference",
        "iri",
        "iri-reference",
        "uri-template",
        "hostname",
        "idn-hostname",
        "ipv4",
        "ipv6",
        "json-pointer",
        "relative-json-pointer",
        "regex",
    ],
)
@pytest.mark.parametrize("seed", [0, 3, 400])
def test_every_format_the_referee_knows_is_met(format_: str, seed: int) -> None:
    schema = {"type": "string", "format": format_}

    value = sample(schema, seed=seed)

    assert is_valid(schema, value), value


def test_the_example_comes_first_then_the_default_then_the_enum() -> None:
    assert sample({"type": "string", "example": "e", "default": "d", "enum": ["a", "e", "d"]}) == "e"
    assert sample({"type": "string", "examples": ["x", "y"], "default": "d"}) == "x"
    assert sample({"type": "string", "default": "d", "enum": ["a", "d"]}) == "d"
    assert sample({"type": ["string", "null"], "enum": [None, "a", "b"]}) == "a"
    assert sample({"const": {"k": 1}}) == {"k": 1}


def test_an_example_that_breaks_the_schema_is_used_only_where_nothing_else_is_found() -> None:
    assert sample({"type": "integer", "minimum": 3, "example": "three"}) == 3
    assert sample({"type": "integer", "minimum": 3, "maximum": 2, "example": "three"}) == "three"
    assert sample(False) is None


def test_examples_of_the_parts_of_an_all_of_are_put_together() -> None:
    schema = {
        "allOf": [
            {"type": "object", "properties": {"a": {"type": "string"}}, "example": {"a": "from the first"}},
            {"type": "object", "properties": {"b": {"type": "string"}}, "example": {"b": "from the second"}},
        ]
    }

    value = sample(schema)

    assert value == {"a": "from the first", "b": "from the second"}


def test_words_say_what_they_are_an_example_of() -> None:
    names = ["name", "firstName", "client_secret", "petId", "homepageUrl", "contactEmail", "createdAt", "description"]
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in names}}

    value = sample(schema)

    assert value == {
        "name": "example name",
        "firstName": "Jane",
        "client_secret": "not-a-real-client-secret",
        "petId": "example-pet-id-1",
        "homepageUrl": "https://example.com/homepage-url/1",
        "contactEmail": "jane.doe@example.com",
        "createdAt": "2026-01-15T09:30:00Z",
        "description": "example description",
    }


def test_seeds_tell_identifiers_apart_and_leave_enums_alone() -> None:
    schema = {
        "type": "object",
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "number": {"type": "integer"},
            "status": {"enum": ["new", "deleted"]},
        },
    }

    first, second = sample(schema, seed=0), sample(schema, seed=1)

    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert first["id"] != second["id"]
    assert first["number"] != second["number"]
    assert first["status"] == second["status"] == "new"


def test_examples_can_be_left_out_so_that_the_seed_decides() -> None:
    schema = {"type": "string", "format": "uuid", "example": "00000000-0000-4000-8000-000000000000"}

    values = {sample(schema, seed=seed, examples=False) for seed in range(5)}

    assert len(values) == 5


def test_an_optional_way_back_into_the_same_schema_is_not_taken() -> None:
    value = sample(TRICKY["recursive"])

    assert value == {"value": 1, "children": []}


def test_a_map_shows_one_entry() -> None:
    assert sample({"type": "object", "additionalProperties": {"type": "integer"}}) == {"example": 1}


def test_a_schema_that_cannot_be_compiled_still_gets_a_value() -> None:
    schema = {"type": "object", "properties": {"file": {"type": "file"}, "name": {"type": "string", "pattern": "[["}}}

    value = sample(schema)

    assert isinstance(value, dict)


def test_a_schema_without_end_gets_an_answer_in_bounded_time() -> None:
    schema = {
        "$ref": "#/$defs/A",
        "$defs": {
            "A": {
                "type": "object",
                "required": ["b", "c"],
                "properties": {"b": {"$ref": "#/$defs/B"}, "c": {"$ref": "#/$defs/B"}},
            },
            "B": {"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/$defs/A"}}},
        },
    }

    assert sample(schema) is None


def test_importing_the_room_loads_no_third_party_module() -> None:
    code = (
        "import sys, arazzo_runner.sample; print(sorted({'jsonschema_rs', 'jsonschema', 'regex'} & set(sys.modules)))"
    )

    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert output.strip() == "[]"


_leaves = st.sampled_from(
    [
        {"type": "string"},
        {"type": "integer", "minimum": -3, "maximum": 3},
        {"type": "number", "multipleOf": 0.25},
        {"type": "string", "minLength": 3, "maxLength": 5},
        {"type": "string", "pattern": "^[0-9a-f]{4}$"},
        {"enum": ["a", 1, None]},
        {"type": ["null", "boolean"]},
    ]
)


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    properties = st.dictionaries(st.sampled_from("abcd"), inner, max_size=3)
    return st.one_of(
        st.builds(lambda items, least: {"type": "array", "items": items, "minItems": least}, inner, st.integers(0, 3)),
        st.builds(
            lambda members, closed: {
                "type": "object",
                "properties": members,
                "required": sorted(members)[:1],
                "additionalProperties": closed,
            },
            properties,
            st.booleans(),
        ),
        st.builds(lambda options: {"anyOf": options}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(
            lambda members: {"allOf": [{"type": "object", "properties": members}, {"type": "object"}]}, properties
        ),
    )


@settings(max_examples=60, deadline=None)
@given(st.recursive(_leaves, _nested, max_leaves=8), st.integers(0, 3))
def test_a_schema_that_can_be_met_is_met(schema: Any, seed: int) -> None:
    assert is_valid(schema, sample(schema, seed=seed))


def test_properties_that_are_not_there_in_this_direction_are_left_out() -> None:
    schema = {
        "type": "object",
        "properties": {"id": {"type": "integer"}, "password": {"$ref": "#/$defs/Secret"}},
        "$defs": {"Secret": {"type": "string", "writeOnly": True}},
    }

    assert sample(schema, leave_out="writeOnly") == {"id": 1}
    assert sample(schema) == {"id": 1, "password": "not-a-real-password"}


def test_an_all_of_that_contradicts_itself_gets_the_nearest_value() -> None:
    schema = {
        "allOf": [
            {
                "type": "object",
                "required": ["a"],
                "properties": {"a": {"type": "string"}},
                "additionalProperties": False,
            },
            {"type": "object", "required": ["b"], "properties": {"b": {"type": "boolean"}}},
        ]
    }

    assert sample(schema) == {"a": "example a", "b": True}


def test_one_wrong_example_inside_does_not_cost_all_optional_members():
    schema = {
        "type": "object",
        "properties": {"result": {"type": "string"}, "run": {"$ref": "#/$defs/run"}},
        "$defs": {
            "run": {"type": "object", "properties": {"spec": {"$ref": "#/$defs/spec"}, "id": {"type": "integer"}}},
            "spec": {"type": "object", "properties": {"name": {"type": "string"}}, "example": "example_value"},
        },
    }

    value = sample(schema)

    assert value.keys() == {"result", "run"}
    assert value["run"]["spec"].keys() == {"name"}

"""Schema views and bundles: self-contained JSON Schema 2020-12 from every dialect of OpenAPI."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

HOME = "https://api.example.com/"


def _view(describe, schema, *, version="3.1.0", files=None, **schemas):
    root = {
        "openapi": version,
        "paths": {"/x": {"post": {"requestBody": {"content": {"application/json": {"schema": schema}}}}}},
        "components": {"schemas": schemas},
    }
    operation = next(describe(root, files=files).operations())
    return operation.request_body.media_types["application/json"].schema


def _bundle(describe, schema, direction=None, **options):
    bundle = _view(describe, schema, **options).bundle(direction)
    assert bundle.pop("$schema") == "https://json-schema.org/draft/2020-12/schema"
    return bundle


def _accepts(describe, schema, value, direction=None, **options):
    bundle = _view(describe, schema, **options).bundle(direction)
    Draft202012Validator.check_schema(bundle)
    return Draft202012Validator(bundle).is_valid(value)


def test_only_what_is_reached_is_bundled(describe):
    bundle = _bundle(
        describe,
        {"$ref": "#/components/schemas/A"},
        A={"properties": {"b": {"$ref": "#/components/schemas/B"}}},
        B={"type": "string"},
        C={"type": "integer"},
    )

    assert bundle == {
        "$ref": "#/$defs/A",
        "$defs": {"A": {"properties": {"b": {"$ref": "#/$defs/B"}}}, "B": {"type": "string"}},
    }


def test_schemas_that_contain_themselves_are_bundled_once(describe):
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}, "required": ["v"]}
    schema = {"$ref": "#/components/schemas/Node"}

    assert set(_bundle(describe, schema, Node=node)["$defs"]) == {"Node"}
    assert _accepts(describe, schema, {"v": 1, "next": {"v": 2}}, Node=node)
    assert not _accepts(describe, schema, {"v": 1, "next": {}}, Node=node)


def test_schemas_of_other_files_and_of_one_name_are_kept_apart(describe):
    files = {HOME + "pets.yaml": {"Pet": {"$ref": "#/defs/Pet"}, "defs": {"Pet": {"type": "integer"}}}}
    schema = {"anyOf": [{"$ref": "pets.yaml#/Pet"}, {"$ref": "#/components/schemas/Pet"}]}

    bundle = _bundle(describe, schema, files=files, Pet={"type": "string"})

    assert sorted(bundle["$defs"]) == ["Pet", "Pet_2", "Pet_3"]
    assert _accepts(describe, schema, 1, files=files, Pet={"type": "string"})
    assert not _accepts(describe, schema, True, files=files, Pet={"type": "string"})


def test_a_whole_file_may_be_a_schema(describe):
    files = {HOME + "schemas/pet.json": {"type": "object", "required": ["id"]}}

    assert not _accepts(describe, {"$ref": "schemas/pet.json"}, {}, files=files)


@pytest.mark.parametrize("reference", ["#/components/schemas/No", "missing.yaml", "#nope"])
def test_a_dangling_reference_allows_anything(describe, reference):
    assert _accepts(describe, {"properties": {"a": {"$ref": reference}}}, {"a": 1})


def test_keywords_beside_a_reference_count_in_3_1_and_not_in_3_0(describe):
    schema = {"$ref": "#/components/schemas/A", "minLength": 3}

    assert not _accepts(describe, schema, "ab", A={"type": "string"})
    assert _accepts(describe, schema, "ab", version="3.0.3", A={"type": "string"})


@pytest.mark.parametrize(
    ("schema", "valid", "invalid"),
    [
        ({"type": "string", "nullable": True}, [None, "a"], [1]),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": True}, [2], [1]),
        ({"type": "integer", "maximum": 1, "exclusiveMaximum": False}, [1], [2]),
        ({"type": "array", "items": {"type": "string", "nullable": True}}, [[None]], [[1]]),
        ({"properties": {"nullable": {"type": "string"}}}, [{"nullable": "x"}], [{"nullable": 1}]),
        ({"type": "object", "additionalProperties": False}, [{}], [{"a": 1}]),
        ({"properties": {"$ref": {"type": "string"}}}, [{"$ref": "x"}], [{"$ref": 1}]),
    ],
)
def test_the_keywords_of_3_0_are_translated(describe, schema, valid, invalid):
    assert all(_accepts(describe, schema, value, version="3.0.3") for value in valid)
    assert not any(_accepts(describe, schema, value, version="3.0.3") for value in invalid)


def test_a_boolean_exclusive_minimum_left_over_in_3_1_is_read_as_it_was_meant(describe):
    assert _bundle(describe, {"minimum": 1, "exclusiveMinimum": True}) == {"exclusiveMinimum": 1}


def test_examples_are_kept_in_the_form_of_2020_12(describe):
    assert _bundle(describe, {"type": "string", "example": "a"}, version="3.0.3") == {
        "type": "string",
        "examples": ["a"],
    }
    assert _bundle(describe, {"example": 1, "examples": [2]}) == {"examples": [2]}


def test_a_property_that_cannot_be_there_is_not_required(describe):
    pet = {
        "required": ["id", "secret", "name"],
        "properties": {"id": {"readOnly": True}, "secret": {"$ref": "#/components/schemas/Secret"}, "name": {}},
    }
    secret = {"type": "string", "writeOnly": True}

    def accepts(value, direction):
        return _accepts(describe, {"$ref": "#/components/schemas/Pet"}, value, direction, Pet=pet, Secret=secret)

    assert accepts({"secret": "s", "name": 1}, "request")
    assert accepts({"id": 1, "name": 1}, "response")
    assert not accepts({"id": 1, "name": 1}, "request")
    assert not accepts({"id": 1, "name": 1}, None)


def test_read_only_is_seen_through_all_of(describe):
    schema = {"allOf": [{"$ref": "#/components/schemas/Base"}, {"required": ["id", "name"]}], "required": ["id"]}
    base = {"properties": {"id": {"readOnly": True}}, "required": ["id"]}

    assert _accepts(describe, schema, {"name": 1}, "request", Base=base)
    assert not _accepts(describe, schema, {"name": 1}, "response", Base=base)


def test_anchors_and_embedded_resources_are_found(describe):
    schemas = {
        "A": {"$anchor": "a", "type": "integer"},
        "B": {"$id": "https://b.example/b", "$defs": {"C": {"$anchor": "c", "type": "string"}}, "$ref": "#c"},
    }
    schema = {
        "prefixItems": [{"$ref": "#a"}, {"$ref": "https://b.example/b"}, {"$ref": "https://b.example/b#/$defs/C"}]
    }

    assert _accepts(describe, schema, [1, "x", "y"], **schemas)
    assert not any(_accepts(describe, schema, value, **schemas) for value in (["1"], [1, 2], [1, "x", 3]))


def test_a_dynamic_reference_leads_to_its_anchor(describe):
    tree = {"$dynamicAnchor": "node", "type": "object", "properties": {"child": {"$dynamicRef": "#node"}}}

    assert _accepts(describe, {"$ref": "#/components/schemas/Tree"}, {"child": {"child": {}}}, Tree=tree)
    assert not _accepts(describe, {"$ref": "#/components/schemas/Tree"}, {"child": {"child": 1}}, Tree=tree)


def test_boolean_schemas_are_schemas(describe):
    assert _accepts(describe, True, 1)
    assert not _accepts(describe, False, 1)


def test_values_that_look_like_schemas_are_not_touched(describe):
    schema = {"enum": [{"$ref": "#/nowhere", "nullable": True}], "default": {"example": 1}}

    assert _bundle(describe, schema, version="3.0.3") == schema


def test_names_of_definitions_are_safe_in_a_pointer(describe):
    schema = {"$ref": "#/components/schemas/a~1b%20c%25"}

    assert _accepts(describe, schema, "x", **{"a/b c%": {"type": "string"}})
    assert not _accepts(describe, schema, 1, **{"a/b c%": {"type": "string"}})


def test_a_discriminator_is_left(describe):
    discriminator = {"propertyName": "kind"}

    assert _bundle(describe, {"discriminator": discriminator})["discriminator"] == discriminator


def test_properties_are_seen_through_references_and_all_of(describe):
    view = _view(
        describe,
        {"$ref": "#/components/schemas/Dog"},
        Dog={"allOf": [{"$ref": "#/components/schemas/Pet"}, {"properties": {"b": {"type": "integer"}}}]},
        Pet={"properties": {"a": {"type": "string"}, "b": {}}},
    )

    properties = view.properties()

    assert {name: sorted(schema.types()) for name, schema in properties.items()} == {"a": ["string"], "b": ["integer"]}
    assert view.resolve().pointer == "/components/schemas/Dog"


def test_a_schema_of_2_0_is_translated(describe):
    root = {
        "swagger": "2.0",
        "paths": {
            "/x": {
                "post": {
                    "parameters": [
                        {"name": "q", "in": "query", "type": "integer", "maximum": 3, "exclusiveMaximum": True},
                        {"name": "b", "in": "body", "schema": {"$ref": "#/definitions/Pet"}},
                    ],
                    "responses": {"200": {"description": "", "schema": {"type": "file"}}},
                }
            }
        },
        "definitions": {"Pet": {"type": "object", "discriminator": "kind", "x-nullable": True}},
    }
    operation = next(describe(root).operations())

    query = operation.parameter("query", "q").schema.bundle()
    body = operation.request_body.media_types["application/json"].schema.bundle()
    response = operation.response(200).media_types["application/json"].schema.bundle()

    assert (query["exclusiveMaximum"], "maximum" in query, "name" in query) == (3, False, False)
    assert body["$defs"]["Pet"] == {"type": ["object", "null"], "discriminator": {"propertyName": "kind"}}
    assert (response["type"], response["format"]) == ("string", "binary")

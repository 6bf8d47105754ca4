"""Finding operations: by operationId, by pointer, through references, in every version."""

from __future__ import annotations

import pytest

from arazzo_runner.errors import DocumentError
from arazzo_runner.openapi import AmbiguousOperation, DanglingReference, UnknownOperation


def _get(operation_id):
    return {"get": {"operationId": operation_id, "responses": {}}}


def _description(paths, version="3.1.0", **root):
    return {"openapi": version, "paths": paths, **root}


@pytest.mark.parametrize("version", ["3.0.3", "3.1.1", "3.2.0", "3.0", 3.1])
@pytest.mark.requirement("step.operationId.resolvable")
def test_an_operation_is_found_by_its_id_in_every_version(describe, version):
    operation = describe(_description({"/pets": _get("listPets")}, version)).operation("listPets")

    assert (operation.method, operation.path, operation.pointer) == ("GET", "/pets", "/paths/~1pets/get")


@pytest.mark.parametrize("version", ["2.0", 2.0])
def test_a_swagger_description_is_read(describe, version):
    description = describe({"swagger": version, "paths": {"/pets": _get("listPets")}})

    assert description.version == "2.0"
    assert description.operation("listPets").path == "/pets"


@pytest.mark.parametrize(
    "root", [{"openapi": "4.0.0"}, {"openapi": "2.0"}, {"swagger": "1.2"}, {"arazzo": "1.0.1"}, [], {"openapi": None}]
)
def test_what_is_no_readable_version_is_refused(describe, root):
    with pytest.raises(DocumentError):
        describe(root)


@pytest.mark.parametrize("operation_id", ["pets.list", "list pets", "pets/list", "{x}", "ünï", "url"])
def test_an_operation_id_may_hold_any_character(describe, operation_id):
    assert describe(_description({"/p": _get(operation_id)})).operation(operation_id).path == "/p"


def test_an_operation_id_is_compared_exactly_and_near_ones_are_suggested(describe):
    with pytest.raises(UnknownOperation) as caught:
        describe(_description({"/p": _get("listPets")})).operation("listpets")

    assert caught.value.hint == "did you mean 'listPets'?"


def test_an_operation_id_declared_twice_is_ambiguous_and_both_places_are_named(describe):
    description = describe(_description({"/a": _get("same"), "/b": _get("same")}))

    with pytest.raises(AmbiguousOperation) as caught:
        description.operation("same")

    assert [location.pointer for location in caught.value.locations] == ["/paths/~1a/get", "/paths/~1b/get"]


def test_a_description_counts_the_operations_it_defines(describe):
    description = describe(_description({"/a": _get("a"), "/b": _get("b")}))

    assert description.defines(["a", "b", "c"]) == 2
    assert list(description.operation_ids()) == ["a", "b"]


@pytest.mark.requirement("step.operationPath.pointer-escapes")
@pytest.mark.requirement("uri.fragment-json-pointer")
@pytest.mark.parametrize(
    "pointer",
    ["/paths/~1pets~1{id}/get", "/paths/~1pets~1%7Bid%7D/get", "%2Fpaths%2F~1pets~1%7Bid%7D%2Fget"],
)
def test_a_pointer_is_read_as_written_and_then_percent_decoded(describe, pointer):
    assert describe(_description({"/pets/{id}": _get("one")})).operation_at(pointer).operation_id == "one"


def test_a_path_that_holds_a_percent_sign_and_a_tilde_is_found_as_written(describe):
    assert (
        describe(_description({"/a~b/50%25": _get("one")})).operation_at("/paths/~1a~0b~150%25/get").path
        == "/a~b/50%25"
    )


@pytest.mark.requirement("step.operationPath.described-operation")
@pytest.mark.parametrize(
    ("pointer", "hint"),
    [
        ("/paths/~1pets", "add a method: /paths/~1pets/get (get, post)"),
        ("/paths/~1pets/delete", "its methods are get, post"),
        ("/paths/~1pets/get/responses", "write /paths/~1pets/get"),
        ("/paths/pets/get", "write /paths/~1pets/get"),
        ("/paths//pets/get", "write /paths/~1pets/get"),
        ("/paths/pet/{id}/find/get", "write /paths/~1pet~1{id}~1find/get"),
        ("/paths/~1pet/get", "did you mean '/pets'?"),
        ("/components/schemas/Pet", "a pointer to an operation is"),
        ("pets", None),
    ],
)
def test_a_pointer_to_something_else_says_what_is_there(describe, pointer, hint):
    paths = {"/pets": {**_get("a"), "post": {}, "parameters": []}, "/pet/{id}/find": _get("b")}

    with pytest.raises(UnknownOperation) as caught:
        describe(_description(paths)).operation_at(pointer)

    assert (caught.value.hint or "").startswith(hint or "")


def test_the_query_method_and_additional_operations_are_of_3_2(describe):
    item = {"query": {"operationId": "q"}, "additionalOperations": {"COPY": {"operationId": "c"}}}

    description = describe(_description({"/x": item}, "3.2.0"))

    assert description.methods_of("/x") == ("QUERY", "COPY")
    assert description.operation("c").pointer == "/paths/~1x/additionalOperations/COPY"
    assert description.operation_at("/paths/~1x/additionalOperations/COPY").method == "COPY"
    assert describe(_description({"/x": item}, "3.1.0")).methods_of("/x") == ()


def test_a_path_item_may_stand_in_another_file(describe):
    description = describe(
        _description({"/near": _get("near"), "/far": {"$ref": "paths/far.yaml#/item"}}),
        files={
            "https://api.example.com/paths/far.yaml": {
                "item": {"parameters": [{"$ref": "../common.yaml#/Trace"}], **_get("far")}
            },
            "https://api.example.com/common.yaml": {"Trace": {"name": "X-Trace", "in": "header"}},
        },
    )

    assert description.operation("far").path == "/far"
    assert description.operation_at("/paths/~1far/get").parameters[0].name == "X-Trace"


def test_an_operation_near_by_is_found_without_reading_other_files(describe):
    description = describe(_description({"/far": {"$ref": "missing.yaml"}, "/near": _get("near")}))

    assert description.operation("near").path == "/near"
    assert [operation.operation_id for operation in description.operations()] == ["near"]


def test_an_unknown_operation_may_stand_in_a_path_item_that_cannot_be_read(describe):
    with pytest.raises(UnknownOperation) as caught:
        describe(_description({"/far": {"$ref": "missing.yaml"}})).operation("far")

    assert "/far" in caught.value.hint
    assert "missing.yaml" in caught.value.hint


def test_components_path_items_are_reached_through_paths(describe):
    description = describe(
        _description({"/x": {"$ref": "#/components/pathItems/X"}}, components={"pathItems": {"X": _get("x")}})
    )

    assert description.operation("x").path == "/x"


def test_a_dangling_reference_elsewhere_never_hurts(describe):
    paths = {
        "/broken": {"get": {"operationId": "broken", "parameters": [{"$ref": "#/components/parameters/No"}]}},
        "/x": _get("x"),
    }

    description = describe(_description(paths, components={"schemas": {"A": {"$ref": "#/nowhere"}}}))

    assert description.operation("x").parameters == ()
    assert description.operation("broken").parameters == ()
    (dangling,) = description.operation("broken").dangling
    assert isinstance(dangling, DanglingReference)
    assert dangling.location.pointer == "/paths/~1broken/get/parameters/0"


def test_a_reference_that_goes_in_a_circle_is_dangling(describe):
    description = describe(
        _description({"/a": {"$ref": "#/paths/~1b"}, "/b": {"$ref": "#/paths/~1a"}, "/c": _get("c")})
    )

    assert description.operation("c").path == "/c"
    with pytest.raises(UnknownOperation):
        description.operation("a")


@pytest.mark.requirement("uri.source-internal-references")
def test_self_is_the_base_of_references(describe):
    root = _description({"/x": {"$ref": "item.yaml"}}, "3.2.0") | {"$self": "https://other.example/v1/api.yaml"}

    description = describe(root, files={"https://other.example/v1/item.yaml": _get("x")})

    assert description.operation("x").path == "/x"


def test_operation_parameters_override_those_of_the_path_and_header_names_have_no_case(describe):
    item = {
        "parameters": [
            {"name": "X-Key", "in": "header", "schema": {"type": "string"}},
            {"name": "limit", "in": "query", "schema": {"type": "string"}},
        ],
        "get": {"parameters": [{"name": "x-key", "in": "header", "required": True, "schema": {"type": "integer"}}]},
    }

    operation = next(describe(_description({"/x": item})).operations())

    assert [(p.name, p.required) for p in operation.parameters] == [("x-key", True), ("limit", False)]
    assert operation.parameter("header", "X-KEY").schema.value == {"type": "integer"}


def test_responses_are_found_exactly_then_by_range_then_by_default(describe):
    responses = {status: {"description": status} for status in ("200", "4XX", "default")}

    operation = next(describe(_description({"/x": {"get": {"responses": responses}}})).operations())

    assert [operation.response(status).description for status in (200, 201, 404, 500)] == [
        "200", "default", "4XX", "default",
    ]  # fmt: skip


def test_examples_are_read_with_their_names(describe):
    content = {
        "application/json": {
            "examples": {"one": {"$ref": "#/components/examples/One"}, "far": {"externalValue": "x.json"}}
        },
        "text/plain": {"example": "hello"},
    }
    paths = {"/x": {"post": {"requestBody": {"content": content}}}}

    operation = next(describe(_description(paths, components={"examples": {"One": {"value": 1}}})).operations())

    assert dict(operation.request_body.media_types["application/json"].examples) == {"one": 1}
    assert dict(operation.request_body.media_types["text/plain"].examples) == {"default": "hello"}

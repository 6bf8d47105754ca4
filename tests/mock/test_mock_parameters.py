"""What the mock reads from a request is what our serializers wrote into it, for every place and style."""

from __future__ import annotations

import json
from typing import Any

import pytest

from arazzo_runner.document import Document, read
from arazzo_runner.errors import DocumentError
from arazzo_runner.messages import Request
from arazzo_runner.mock import Mock
from arazzo_runner.mock.parameters import Sent, readings
from arazzo_runner.openapi import Argument, Body, Description
from arazzo_runner.values import MISSING

COLORS = ["blue", "a,b", "x y", "50%", "p|q", "é"]
PLAIN = ["blue", "black"]
RGB = {"R": "100", "G": "2,0 0", "B": "50%"}
TEXT = {"type": "string"}
LIST = {"type": "array", "items": TEXT}
OBJECT = {"type": "object", "properties": dict.fromkeys(RGB, TEXT)}


def described(parameter: dict[str, Any], version: str = "3.1.0") -> Description:
    path = "/x/{p}" if parameter["in"] == "path" else "/x"
    head = {"swagger": "2.0"} if version == "2.0" else {"openapi": version}
    operation = {"parameters": [parameter], "responses": {"200": {"description": ""}}}
    root = {**head, "info": {"title": "t", "version": "1"}, "paths": {path: {"get": operation}}}

    def load(uri: str) -> Document:
        raise DocumentError(f"no {uri} here")

    return Description(read(json.dumps(root).encode(), uri="file:///x.json", name="x.json"), load)


def written_and_read(parameter: dict[str, Any], value: Any, version: str = "3.1.0") -> Any:
    """The likeliest reading of what the serializer wrote, judged as right by the mock."""
    description = described(parameter, version)
    operation = next(description.operations())
    builder = operation.builder(((parameter["name"], parameter["in"]),))
    arguments = [Argument(parameter["name"], parameter["in"], value)]
    request = builder.build(arguments, Body(MISSING), server="http://localhost")
    mock = Mock({"x": description})
    found = mock._api.routes.find("GET", request.url)
    assert mock.refusal(request) is None, request
    return readings(operation.parameters[0], Sent(request, found.raw_values), operation)[0]


def parameter(place: str, style: str, explode: bool, schema: Any) -> dict[str, Any]:
    required = {"required": True} if place == "path" else {}
    return {"name": "p", "in": place, "style": style, "explode": explode, "schema": schema, **required}


STYLES = [
    ("path", "simple"),
    ("path", "label"),
    ("path", "matrix"),
    ("query", "form"),
    ("header", "simple"),
    ("cookie", "form"),
]


@pytest.mark.parametrize("explode", [True, False])
@pytest.mark.parametrize(("place", "style"), [*STYLES, ("query", "spaceDelimited"), ("query", "pipeDelimited")])
def test_arrays_come_back_as_they_were_sent(place: str, style: str, explode: bool) -> None:
    # A header is not encoded, and an exploded cookie array is one cookie of the name that the last one wins.
    value = COLORS if place in ("path", "query") and "Delimited" not in style else PLAIN
    if (place, explode) == ("cookie", True):
        value = ["blue"]

    assert written_and_read(parameter(place, style, explode, LIST), value) == value


@pytest.mark.parametrize("explode", [True, False])
@pytest.mark.parametrize(("place", "style"), STYLES)
def test_objects_come_back_as_they_were_sent(place: str, style: str, explode: bool) -> None:
    value = RGB if place != "header" else {"R": "100", "G": "200"}

    assert written_and_read(parameter(place, style, explode, OBJECT), value) == value


@pytest.mark.parametrize(("place", "style"), STYLES)
def test_texts_come_back_as_they_were_sent(place: str, style: str) -> None:
    value = "a b,c/d?&=+#%é" if place != "header" else "a, b"

    assert written_and_read(parameter(place, style, False, TEXT), value) == value


def test_a_deep_object_comes_back_with_what_is_inside_it() -> None:
    value = {"R": "100", "list": ["a", "b"], "deep": {"er": "1"}}

    assert written_and_read(parameter("query", "deepObject", True, {"type": "object"}), value) == value


def form_refusal(schema: dict[str, Any], body: str, encoding: dict[str, Any] | None = None) -> str | None:
    media_type = {"schema": {"type": "object", "properties": {"p": schema}}, "encoding": encoding or {}}
    content = {"application/x-www-form-urlencoded": media_type}
    operation = {"requestBody": {"content": content}, "responses": {"200": {"description": ""}}}
    root = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/x": {"post": operation}}}

    def load(uri: str) -> Document:
        raise DocumentError(f"no {uri} here")

    description = Description(read(json.dumps(root).encode(), uri="file:///x.json", name="x.json"), load)
    headers = (("Content-Type", "application/x-www-form-urlencoded"),)
    refusal = Mock({"x": description}).refusal(Request("POST", "http://localhost/x", headers, body.encode()))
    return refusal and refusal.detail


LINES = {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}}


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ("p[0][n]=1&p[1][n]=2", None),
        ("p[1][n]=2&p[0][n]=1", None),
        ("p[0][n]=many", "/p/0/n"),
        ("p=%7B%22n%22%3A1%2C%22m%22%3A2%7D", None),
        ("p=%7B%22n%22%3A1%7D&p=%7B%22n%22%3A2%7D", None),
        ("p[a][n]=1", "/p"),
    ],
)
def test_an_array_of_objects_is_read_from_a_form_by_index_and_as_json(body: str, wrong: str | None) -> None:
    detail = form_refusal(LINES, body)

    assert detail is None if wrong is None else wrong in (detail or "")


def test_an_object_with_numbers_for_names_stays_an_object_in_a_form() -> None:
    by_number = {"type": "object", "additionalProperties": {"type": "string"}}

    assert form_refusal(by_number, "p[0]=a&p[1]=b") is None
    assert form_refusal({"type": "object", "properties": {"p": by_number}}, "p[p][0]=a") is None


def test_brackets_beyond_all_nesting_are_answered_like_any_other_request() -> None:
    assert form_refusal({"type": "array"}, "p" + "[0]" * 50_000 + "=a") is None
    assert refused(parameter("query", "deepObject", True, {"type": "object"}), "p" + "[a]" * 20_000 + "=1") is None


@pytest.mark.parametrize("collection", ["csv", "ssv", "tsv", "pipes", "multi"])
def test_arrays_of_2_0_come_back_by_their_collection_format(collection: str) -> None:
    declared = {"name": "p", "in": "query", "type": "array", "items": TEXT, "collectionFormat": collection}

    assert written_and_read(declared, PLAIN, "2.0") == PLAIN


def test_a_json_parameter_is_read_as_json() -> None:
    declared = {"name": "p", "in": "query", "content": {"application/json": {"schema": {"type": "object"}}}}

    assert written_and_read(declared, {"a": [1]}) == {"a": [1]}


def refused(declared: dict[str, Any], query: str) -> str | None:
    refusal = Mock({"x": described(declared)}).refusal(Request("GET", f"http://localhost/x?{query}"))
    return refusal and refusal.detail


def test_a_client_that_encodes_the_delimiters_is_understood() -> None:
    numbers = {"type": "array", "items": {"type": "integer"}, "minItems": 2}

    assert refused(parameter("query", "form", False, numbers), "p=1%2C2") is None
    assert refused(parameter("query", "form", False, numbers), "p=1%2Cb") is not None


@pytest.mark.parametrize(
    ("query", "wrong"), [("R=100&G=2", None), ("R=100&G=many", "/G"), ("p=%7B%22R%22%3A1%7D", None), ("other=1", None)]
)
def test_objects_are_judged_member_by_member(query: str, wrong: str | None) -> None:
    schema = {"type": "object", "properties": {"R": {"type": "integer"}, "G": {"type": "integer"}}}

    detail = refused(parameter("query", "form", True, schema), query)

    assert (detail is None) if wrong is None else (wrong in str(detail))


def test_a_required_object_is_missed() -> None:
    declared = {**parameter("query", "form", True, OBJECT), "required": True}

    assert refused(declared, "") == "the query parameter 'p' is required"
    assert refused(declared, "R=1") is None


def test_a_number_out_of_bounds_is_told_as_a_number() -> None:
    detail = refused(parameter("query", "form", True, {"type": "integer", "minimum": 5}), "p=1")

    assert detail is not None
    assert "1 is less than the minimum of 5" in detail

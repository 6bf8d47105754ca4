"""Contract checks: what a request and its answer owe the description."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from typing import Any

import pytest

from arazzo_runner.document import Document, read
from arazzo_runner.errors import DocumentError
from arazzo_runner.messages import Request, Response
from arazzo_runner.mock import Mock
from arazzo_runner.openapi import Argument, Description
from arazzo_runner.openapi.contract import ContractChecker, NotChecked, Violation
from arazzo_runner.openapi.contract_core import CoreViolation, OpenApiCore
from arazzo_runner.values import MISSING

SCHEMAS = """
    Pet:
      type: object
      required: [id, name]
      properties:
        id: {type: integer, readOnly: true}
        name: {type: string, pattern: "^\\\\p{L}+$"}
        price: {type: number, multipleOf: 0.01}
        born: {type: string, format: date}
        friend: {$ref: "#/components/schemas/Pet"}
        secret: {type: string, writeOnly: true}
"""

PETS = (
    """
openapi: VERSION
info: {title: Pets, version: "1"}
servers: [{url: https://pets.example.com}]
paths:
  /pets/{petId}:
    parameters:
      - {name: petId, in: path, required: true, schema: {type: integer, minimum: 1}}
      - {name: tags, in: query, style: pipeDelimited, schema: {type: array, items: {type: integer}}}
      - {name: q, in: query, required: true, schema: {type: string, maxLength: 3}}
      - {name: X-Key, in: header, required: true, schema: {type: string}}
      - {name: Authorization, in: header, required: true, schema: {type: string}}
      - {name: filter, in: query, content: {application/json: {schema: {type: object, required: [a]}}}}
      - {name: old, in: query, content: {application/xml: {schema: {type: object}}}}
    put:
      operationId: put
      security: [{key: []}]
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: "#/components/schemas/Pet"}}
          application/merge-patch+json: {schema: {type: object, maxProperties: 1}}
          application/x-www-form-urlencoded: {schema: {type: object, required: [n], properties: {n: {type: integer}}}}
          application/xml: {schema: {$ref: "#/components/schemas/Pet"}}
          image/png: {schema: {type: string, format: binary}}
      responses:
        "200":
          description: ""
          headers:
            X-Rate: {required: true, schema: {type: integer}}
            X-List: {schema: {type: array, items: {type: integer}}}
            Content-Type: {required: true, schema: {type: integer}}
          content:
            application/json; charset=utf-8: {schema: {$ref: "#/components/schemas/Pet"}}
            text/plain: {schema: {type: integer}}
            "application/vnd.pets+json": {schema: {$ref: "#/components/schemas/Pet"}}
            "application/*": {schema: {$ref: "#/components/schemas/Pet"}}
        "204": {description: ""}
        4XX:
          description: ""
          content: {application/problem+json: {schema: {type: object, required: [title]}}}
        "500": {description: ""}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: x-key}}
  schemas:"""
    + SCHEMAS
)


def describe(text: str, others: dict[str, str] | None = None) -> Description:
    document = read(textwrap.dedent(text).encode(), uri="https://example.com/pets.yaml", name="pets.yaml")

    def load(uri: str) -> Document:
        name = uri.rpartition("/")[2]
        if name not in (others or {}):
            raise DocumentError(f"no {uri} here")
        return read(textwrap.dedent((others or {})[name]).encode(), uri=uri, name=name)

    return Description(document, load)


@pytest.fixture(scope="module", params=["3.0.3", "3.1.0", "3.2.0"])
def checker(request: pytest.FixtureRequest) -> ContractChecker:
    return ContractChecker(describe(PETS.replace("VERSION", request.param)))


@pytest.fixture(autouse=True)
def _nothing_is_left_over(request: pytest.FixtureRequest) -> None:
    if "checker" in request.fixturenames:
        request.getfixturevalue("checker").take_not_checked()


def operation(checker: ContractChecker) -> Any:
    return checker._description.operation("put")


def arguments(**values: Any) -> list[Argument]:
    places = {"petId": "path", "X-Key": "header"}
    given = {"petId": 7, "q": "abc", **{name.replace("_", "-"): value for name, value in values.items()}}
    return [Argument(name, places.get(name, "query"), value) for name, value in given.items()]


def request(value: Any, content_type: str = "application/json") -> Request:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return Request("PUT", "https://pets.example.com/pets/7", (("Content-Type", content_type),), data)


def response(value: Any, content_type: str = "application/json", status: int = 200, **headers: str) -> Response:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    named = {"X-Rate": "60", **{name.replace("_", "-"): text for name, text in headers.items()}}
    return Response(status, (("Content-Type", content_type), *named.items()), data)


def texts(violations: list[Violation]) -> list[str]:
    return [str(violation) for violation in violations]


REX = {"id": 1, "name": "Rex"}


# Requests


def test_a_request_that_keeps_the_description_has_no_violations(checker: ContractChecker) -> None:
    found = checker.check_request(operation(checker), request(REX), arguments(tags=[1, 2], filter={"a": 1}), REX)

    assert found == []
    assert checker.take_not_checked() == []


@pytest.mark.parametrize(
    ("given", "violation"),
    [
        ({"petId": 0}, "path parameter 'petId': 0 is less than the minimum of 1"),
        ({"petId": "seven"}, "path parameter 'petId': 'seven' is not of type 'integer'"),
        ({"q": "long"}, "query parameter 'q': 'long' is too long"),
        ({"q": MISSING}, "query parameter 'q': is required"),
        ({"q": None}, "query parameter 'q': is required"),
        ({"tags": [1, "x"]}, "query parameter 'tags' at /1: 'x' is not of type 'integer'"),
        ({"filter": {}}, "query parameter 'filter': 'a' is a required property"),
    ],
)
def test_parameters_are_judged_as_values_before_they_are_written(
    checker: ContractChecker, given: dict[str, Any], violation: str
) -> None:
    found = checker.check_request(operation(checker), request(REX), arguments(**given), REX)

    assert texts(found) == [violation]


def test_values_that_are_the_same_on_the_wire_are_the_same(checker: ContractChecker) -> None:
    found = checker.check_request(operation(checker), request(REX), arguments(petId="7", q=12, tags=["1", 2]), REX)

    assert found == []


def test_a_parameter_the_credentials_fill_is_not_missing(checker: ContractChecker) -> None:
    names = [declared.name for declared in operation(checker).parameters if declared.required]

    found = checker.check_request(operation(checker), request(REX), arguments(), REX)

    assert "X-Key" in names
    assert found == []


@pytest.mark.parametrize(
    ("value", "content_type", "violation"),
    [
        ({"id": 1}, "application/json", "request body: 'name' is a required property"),
        ({**REX, "born": "soon"}, "application/json", "request body at /born: 'soon' is not a 'date'"),
        (
            {**REX, "friend": {"id": 2, "name": 3}},
            "application/json",
            "request body at /friend/name: 3 is not of type 'string'",
        ),
        (
            {**REX, "name": "R2"},
            "application/json",
            "request body at /name: 'R2' does not match the pattern '^\\\\p{L}+$'",
        ),
        ({**REX, "price": 1.005}, "application/json", "request body at /price: 1.005 is not a multiple of 0.01"),
        ({"a": 1, "b": 2}, "application/merge-patch+json", "request body: {'a': 1, 'b': 2} has too many properties"),
        (b"{", "application/json", "request body: is not JSON: "),
        (b"x", "text/csv", "request body: 'text/csv' is not documented (application/json, "),
    ],
)
def test_bodies_are_judged_by_their_schemas(
    checker: ContractChecker, value: Any, content_type: str, violation: str
) -> None:
    found = checker.check_request(operation(checker), request(value, content_type), arguments())

    assert len(found) == 1
    assert str(found[0]).startswith(violation)


def test_a_required_body_that_is_missing_is_a_violation(checker: ContractChecker) -> None:
    found = checker.check_request(operation(checker), Request("PUT", "https://pets.example.com/pets/7"), arguments())

    assert texts(found) == ["request body: is required"]


def test_a_form_is_judged_by_the_value_it_was_written_from(checker: ContractChecker) -> None:
    form = request(b"n=many", "application/x-www-form-urlencoded")

    assert checker.check_request(operation(checker), form, arguments(), {"n": "7"}) == []
    assert texts(checker.check_request(operation(checker), form, arguments(), {"n": "many"})) == [
        "request body at /n: 'many' is not of type 'integer'"
    ]


def test_what_cannot_be_judged_is_told_once_and_is_no_violation(checker: ContractChecker) -> None:
    fresh = ContractChecker(checker._description)
    xml = request(b"<pet/>", "application/xml")

    first = fresh.check_request(operation(checker), xml, arguments(old={"a": 1}))
    told = fresh.take_not_checked()
    fresh.check_request(operation(checker), xml, arguments(old={"a": 1}))

    assert first == []
    assert told == [
        NotChecked("query parameter 'old' is written as application/xml"),
        NotChecked("request body in application/xml"),
    ]
    assert str(told[1]) == "not checked: request body in application/xml"
    assert fresh.take_not_checked() == []


def test_binary_bodies_are_anything(checker: ContractChecker) -> None:
    assert checker.check_request(operation(checker), request(b"\x89PNG", "image/png"), arguments()) == []
    assert checker.take_not_checked() == []


# Responses


@pytest.mark.parametrize(
    ("answer", "violation"),
    [
        (response(REX), None),
        (response(REX, "application/json;charset=UTF-8"), None),
        (response({**REX, "price": 19.99}), None),
        (response({**REX, "secret": "x"}), None),
        (response(REX, "application/vnd.pets+json"), None),
        (response({"id": 1}), "response body: 'name' is a required property"),
        (response({"id": 1}, "application/vnd.pets+json"), "response body: 'name' is a required property"),
        (response({"id": 1}, "application/hal+json"), "response body: 'name' is a required property"),
        (response({}, "application/problem+json", 404), "response body: 'title' is a required property"),
        (response({"title": "x"}, "application/problem+json", 404), None),
        (response(b"5", "text/plain"), None),
        (response(b"five", "text/plain"), "response body: 'five' is not of type 'integer'"),
        (response(b"", status=204), None),
        (response(b"anything", status=500), None),
        (response(b"", "application/json"), "response body: is empty, "),
        (response(REX, "text/html"), "response body: 'text/html' is not documented (application/json; charset=utf-8, "),
        (response(REX, status=302), "response status: 302 is not documented (200, 204, 4XX, 500)"),
        (response(REX, X_Rate="many"), "response header 'X-Rate': 'many' is not of type 'integer'"),
        (response(REX, X_List="1, 2"), None),
        (response(REX, X_List="1,b"), "response header 'X-List' at /1: 'b' is not of type 'integer'"),
        (
            Response(200, (("content-type", "application/json"),), b'{"id":1,"name":"Rex"}'),
            "response header 'X-Rate': is required",
        ),
        (Response(200, (("x-rate", "1"),), b"{}"), "response body: there is no Content-Type (application/json; "),
    ],
)
def test_responses_are_judged_by_status_headers_media_type_and_schema(
    checker: ContractChecker, answer: Response, violation: str | None
) -> None:
    found = texts(checker.check_response(operation(checker), answer))

    assert len(found) == (0 if violation is None else 1), found
    assert violation is None or found[0].startswith(violation)


def test_json_bodies_go_through_openapi_core(checker: ContractChecker, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[Any] = []
    original = OpenApiCore.violations

    def listen(self: OpenApiCore, *given: Any) -> Any:
        said.append(original(self, *given))
        return said[-1]

    monkeypatch.setattr(OpenApiCore, "violations", listen)

    checker.check_response(operation(checker), response({"id": 1}))
    checker.check_request(operation(checker), request({"id": 1}), arguments())

    assert said == [[CoreViolation("'name' is a required property", "", "required")]] * 2


# What openapi-core cannot read


@pytest.mark.parametrize(
    "schema",
    ["{$ref: '#pet'}", "{$ref: 'other.yaml#/Pet'}", "{$ref: 'https://example.com/ids/pet'}"],
    ids=["anchor", "another file", "$id"],
)
def test_references_of_every_kind_are_followed_without_opening_anything(schema: str) -> None:
    described = describe(
        """
        openapi: 3.1.0
        paths:
          /x: {get: {operationId: x, responses: {"200": {content: {application/json: {schema: SCHEMA}}}}}}
        components:
          schemas:
            Pet: {$anchor: pet, type: object, required: [name]}
            ById: {$id: "https://example.com/ids/pet", type: object, required: [name]}
        """.replace("SCHEMA", schema),
        {"other.yaml": "Pet: {type: object, required: [name]}"},
    )
    checker = ContractChecker(described)

    found = checker.check_response(described.operation("x"), response({}))

    assert texts(found) == ["response body: 'name' is a required property"]


def test_additional_operations_of_3_2_are_judged_and_streams_are_not_checked() -> None:
    described = describe("""
        openapi: 3.2.0
        paths:
          /x:
            additionalOperations:
              COPY:
                operationId: copy
                responses:
                  "200":
                    content:
                      application/json: {schema: {type: object, required: [name]}}
                      application/jsonl: {itemSchema: {type: object}}
    """)
    checker = ContractChecker(described)
    copying = described.operation("copy")

    assert texts(checker.check_response(copying, response({}))) == ["response body: 'name' is a required property"]
    assert checker.check_response(copying, response(b"{}", "application/jsonl")) == []
    assert [entry.why for entry in checker.take_not_checked()] == [
        "response body is a stream of application/jsonl (itemSchema)"
    ]


def test_a_schema_that_is_none_is_not_checked() -> None:
    described = describe("""
        openapi: 3.1.0
        paths:
          /x: {get: {operationId: x, responses: {"200": {content: {application/json: {schema: {type: thing}}}}}}}
    """)
    checker = ContractChecker(described)

    found = checker.check_response(described.operation("x"), response({}))

    assert found == []
    assert len(checker.take_not_checked()) == 1


def test_a_2_0_description_is_read_as_3_0() -> None:
    described = describe("""
        swagger: "2.0"
        consumes: [application/json]
        produces: [application/json]
        paths:
          /pets:
            post:
              operationId: post
              parameters:
                - {name: pet, in: body, required: true, schema: {$ref: "#/definitions/Pet"}}
                - {name: limit, in: query, type: integer}
              responses:
                "200":
                  schema: {type: array, items: {$ref: "#/definitions/Pet"}}
                  headers: {X-A: {type: integer}}
        definitions:
          Pet:
            type: object
            required: [name]
            discriminator: kind
            properties: {name: {type: string, x-nullable: true}}
    """)
    checker = ContractChecker(described)
    post = described.operation("post")

    assert checker.check_request(post, request({"name": None}), [Argument("limit", "query", 5)]) == []
    assert texts(checker.check_request(post, request({}), [Argument("limit", "query", "x")])) == [
        "query parameter 'limit': 'x' is not of type 'integer'",
        "request body: 'name' is a required property",
    ]
    assert checker.check_response(post, response([{"name": "Rex"}], X_A="1")) == []
    assert texts(checker.check_response(post, response([{}]))) == ["response body at /0: 'name' is a required property"]


def test_a_hostile_pattern_is_bounded() -> None:
    described = describe("""
        openapi: 3.1.0
        paths:
          /x: {get: {operationId: x, responses: {"200": {content: {application/json: {schema: {
            type: string, pattern: "^(a+)+$"}}}}}}}
    """)

    found = ContractChecker(described).check_response(described.operation("x"), response("a" * 40 + "!"))

    assert len(found) == 1


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_required_properties_are_not_asked_for_where_they_cannot_be(version: str) -> None:
    described = describe(
        """
        openapi: VERSION
        paths:
          /x:
            post:
              operationId: x
              requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/User"}}}}
              responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/User"}}}}}
        components:
          schemas:
            User:
              type: object
              required: [id, password]
              properties: {id: {type: integer, readOnly: true}, password: {type: string, writeOnly: true}}
    """.replace("VERSION", version)
    )
    checker = ContractChecker(described)
    post = described.operation("x")

    assert checker.check_request(post, request({"password": "x"}), []) == []
    assert checker.check_response(post, response({"id": 1})) == []
    assert texts(checker.check_request(post, request({}), [])) == ["request body: 'password' is a required property"]


def test_what_the_mock_answers_keeps_the_contract() -> None:
    described = describe(PETS.replace("VERSION", "3.1.0"))
    mock, checker = Mock({"pets": described}), ContractChecker(described)
    headers = (("Content-Type", "application/json"), ("X-Key", "k"))

    answer = mock.respond(Request("PUT", "https://pets.example.com/pets/7?q=a", headers, json.dumps(REX).encode()))

    assert answer.status == 200
    assert checker.check_response(described.operation("put"), answer) == []


def test_importing_the_checker_loads_no_third_party_module() -> None:
    code = (
        "import sys, arazzo_runner.openapi.contract; print(sorted({'openapi_core', 'jsonschema'} & set(sys.modules)))"
    )

    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert output.strip() == "[]"

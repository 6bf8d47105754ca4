"""`Prefer` (RFC 7240): the client asks the mock for another documented answer; and mocks that share what they read."""

from __future__ import annotations

import json
import textwrap
from typing import Any

import pytest

from arazzo_runner.document import Document, read
from arazzo_runner.errors import DocumentError
from arazzo_runner.messages import Request, Response
from arazzo_runner.mock import Mock
from arazzo_runner.mock.prefer import Preference, read_preference
from arazzo_runner.openapi import Description

PETS = """
openapi: 3.1.0
info: {title: Pets, version: "1"}
paths:
  /pets:
    get:
      operationId: listPets
      responses:
        "200":
          description: ""
          content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Pet"}}}}
    post:
      operationId: createPet
      requestBody:
        required: true
        content:
          application/json: {schema: {type: object, required: [name], properties: {name: {type: string}}}}
          text/plain: {schema: {type: string}}
      responses:
        "201":
          description: ""
          content:
            application/json:
              schema: {$ref: "#/components/schemas/Pet"}
              examples:
                cat: {value: {id: 1, name: Tom}}
                dog: {value: {id: 2, name: Rex}}
        "409": {description: taken, content: {application/json: {examples: {taken: {value: {error: taken}}}}}}
        5XX:
          description: ""
          content:
            application/json: {schema: {type: object, required: [why], properties: {why: {const: down}}}}
  /pets/{petId}:
    parameters: [{name: petId, in: path, required: true, schema: {type: integer}}]
    get:
      operationId: getPet
      responses:
        "200": {description: "", content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}
        "404": {description: "", content: {application/problem+json: {example: {title: no such pet}}}}
    delete:
      responses: {"204": {description: ""}, default: {description: "", content: {text/plain: {example: oh no}}}}
components:
  schemas:
    Pet: {type: object, required: [id, name], properties: {id: {type: integer}, name: {type: string}}}
"""


@pytest.fixture(scope="module")
def described() -> Description:
    document = read(textwrap.dedent(PETS).encode(), uri="file:///pets.yaml", name="pets.yaml")

    def load(uri: str) -> Document:
        raise DocumentError(f"no {uri} here")

    return Description(document, load)


@pytest.fixture
def pets(described: Description) -> Mock:
    return Mock({"pets": described})


def ask(mock: Mock, method: str, path: str, prefer: str | None = None, value: Any = None) -> Response:
    headers = [("Content-Type", "application/json")] if value is not None else []
    headers += [("Prefer", prefer)] if prefer is not None else []
    data = json.dumps(value).encode() if value is not None else None
    return mock.respond(Request(method, "http://localhost" + path, tuple(headers), data))


def body(response: Response) -> Any:
    return json.loads(response.body)


def test_a_preferred_code_is_answered_with_what_is_documented_for_it(pets: Mock) -> None:
    response = ask(pets, "GET", "/pets/7", "code=404")

    assert response.status == 404
    assert response.header("content-type") == "application/problem+json"
    assert body(response) == {"title": "no such pet"}
    assert response.header("Preference-Applied") == "code=404"


def test_a_code_is_looked_for_exactly_then_by_its_range_then_by_default(pets: Mock) -> None:
    ranged = ask(pets, "POST", "/pets", "code=503", {"name": "Rex"})
    default = ask(pets, "DELETE", "/pets/7", "code=418")

    assert (ranged.status, body(ranged)) == (503, {"why": "down"})
    assert (default.status, default.body) == (418, b"oh no")


def test_an_undocumented_code_is_400_and_says_which_there_are(pets: Mock) -> None:
    response = ask(pets, "GET", "/pets/7", "code=418")

    assert response.status == 400
    assert body(response)["detail"] == "Prefer: the status 418 is not documented for this operation (200, 404)"
    assert response.header("Preference-Applied") is None


def test_a_preferred_example_is_answered_as_it_is_written(pets: Mock) -> None:
    response = ask(pets, "POST", "/pets", "example=dog", {"name": "Bello"})

    assert (response.status, body(response)) == (201, {"id": 2, "name": "Rex"})
    assert body(ask(pets, "GET", "/pets/2")) == {"id": 2, "name": "Rex"}


def test_an_example_of_another_response_brings_its_status(pets: Mock) -> None:
    response = ask(pets, "POST", "/pets", "example=taken", {"name": "Rex"})

    assert (response.status, body(response)) == (409, {"error": "taken"})


def test_code_and_example_go_together(pets: Mock) -> None:
    both = ask(pets, "POST", "/pets", 'example="taken", code=409', {"name": "Rex"})
    apart = ask(pets, "POST", "/pets", "code=201, example=taken", {"name": "Rex"})

    assert (both.status, body(both)) == (409, {"error": "taken"})
    assert apart.status == 400
    assert body(apart)["detail"] == "Prefer: there is no example 'taken' (cat, dog)"


def test_dynamic_samples_where_there_is_an_example(pets: Mock) -> None:
    example = ask(pets, "POST", "/pets", None, {"name": "Tom"})
    dynamic = ask(pets.anew(), "POST", "/pets", "dynamic=true", {"name": "Rex"})

    assert body(example) == {"id": 1, "name": "Tom"}
    assert body(dynamic)["name"] == "Rex"
    assert dynamic.header("Preference-Applied") == "dynamic=true"


def test_a_preferred_error_comes_whatever_the_request_and_changes_nothing(pets: Mock) -> None:
    refused = ask(pets, "POST", "/pets", "code=409", {})
    ask(pets, "POST", "/pets", "code=409", {"name": "Rex"})

    assert refused.status == 409
    assert body(ask(pets, "POST", "/pets", None, {"name": "Tom"}))["id"] == 1


def test_a_preferred_success_is_for_right_requests(pets: Mock) -> None:
    assert ask(pets, "POST", "/pets", "code=201", {}).status == 400


@pytest.mark.parametrize(
    ("prefer", "preference"),
    [
        (None, Preference()),
        ("respond-async, wait=10", Preference()),
        ("code=404", Preference(404)),
        ('Code = "404" ; x=y , code=500', Preference(404)),
        ("wait=1, example=two words", Preference(example=None)),
        (r'example="a, \"b\""', Preference(example='a, "b"')),
        ("dynamic=true,code=200;foo,example=x", Preference(200, "x", True)),
        ("code=abc, dynamic=false", Preference()),
        ("code=", Preference()),
    ],
)
def test_prefer_is_read_as_the_rfc_writes_it(prefer: str | None, preference: Preference) -> None:
    assert read_preference((("Prefer", prefer),) if prefer is not None else ()) == preference


# Mocks that share what they read


def test_anew_has_nothing_created_and_forked_has_a_copy(pets: Mock) -> None:
    created = body(ask(pets, "POST", "/pets", None, {"name": "Rex"}))
    forked, anew = pets.forked(), pets.anew()
    ask(forked, "POST", "/pets", None, {"name": "Tom"})

    assert [pet["name"] for pet in body(ask(forked, "GET", "/pets"))] == ["Rex", "Tom"]
    assert body(ask(pets, "GET", "/pets")) == [created]
    assert body(ask(anew, "POST", "/pets", None, {"name": "Rex"})) == created


def test_a_refusal_is_told_without_an_answer(pets: Mock) -> None:
    def refusal(method: str, path: str, *headers: tuple[str, str], data: bytes | None = None) -> Any:
        found = pets.refusal(Request(method, "http://localhost" + path, headers, data))
        return found and (found.status, found.detail)

    assert refusal("GET", "/nothing") == (404, "no operation is GET /nothing")
    assert refusal("PUT", "/pets") == (405, "this path has no PUT, it has GET, POST")
    assert refusal("POST", "/pets") == (400, "a request body is required")
    assert refusal("POST", "/pets", ("Content-Type", "text/csv"), data=b"a")[0] == 415
    assert refusal("GET", "/pets/seven")[0] == 400
    assert refusal("POST", "/pets", ("Content-Type", "application/json"), data=b'{"name": "Rex"}') is None
    assert body(ask(pets, "GET", "/pets")) != [{"name": "Rex"}]

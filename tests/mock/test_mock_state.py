"""What the mock remembers, refuses and accepts: things, examples that fit, documented refusals, tokens."""

from __future__ import annotations

import json
import textwrap
from typing import Any

import pytest

from arazzo_runner.document import Document, read
from arazzo_runner.errors import DocumentError
from arazzo_runner.messages import Request, Response
from arazzo_runner.mock import Mock
from arazzo_runner.openapi import Description

BOOKS = """
openapi: 3.0.3
info: {title: Books, version: "1"}
security: [{bearer: []}]
paths:
  /login:
    post:
      operationId: login
      security: []
      responses:
        "200": {$ref: "#/components/responses/Token"}
  /books:
    get:
      operationId: listBooks
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1}}
        - {name: offset, in: query, schema: {type: integer}}
      responses:
        "200":
          description: ""
          content:
            application/json:
              schema:
                type: object
                required: [items, total]
                properties:
                  total: {type: integer}
                  items: {type: array, items: {$ref: "#/components/schemas/Book"}}
        "400": {$ref: "#/components/responses/Error"}
        "401": {$ref: "#/components/responses/Error"}
    post:
      operationId: createBook
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/NewBook"}}}
      responses:
        "201":
          description: ""
          headers: {Location: {schema: {type: string}}}
          content: {application/json: {schema: {$ref: "#/components/schemas/Book"}}}
        "422": {$ref: "#/components/responses/Nested"}
  /books/{bookId}:
    parameters: [{name: bookId, in: path, required: true, schema: {type: integer}}]
    get:
      operationId: getBook
      responses:
        "200": {$ref: "#/components/responses/Book"}
        "404": {$ref: "#/components/responses/Error"}
    put:
      operationId: putBook
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/NewBook"}}}}
      responses:
        "200": {$ref: "#/components/responses/Book"}
        "201": {$ref: "#/components/responses/Book"}
    patch:
      operationId: patchBook
      requestBody:
        content:
          application/json: {schema: {$ref: "#/components/schemas/Patch"}}
          application/merge-patch+json: {schema: {$ref: "#/components/schemas/Patch"}}
      responses:
        "200": {$ref: "#/components/responses/Book"}
    delete: {operationId: deleteBook, responses: {"204": {description: ""}}}
  /books/{bookId}/notes:
    parameters: [{name: bookId, in: path, required: true, schema: {type: integer}}]
    get:
      operationId: listNotes
      responses:
        "200":
          description: ""
          content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Note"}}}}
    post: {operationId: createNote, responses: {"201": {$ref: "#/components/responses/Note"}}}
  /notes/{noteId}:
    get:
      operationId: getNote
      parameters: [{name: noteId, in: path, required: true, schema: {type: string}}]
      responses: {"200": {$ref: "#/components/responses/Note"}}
  /settings:
    get: {responses: {"200": {$ref: "#/components/responses/Settings"}}}
    put:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Settings"}}}}
      responses: {"204": {description: ""}}
  /cities/{city}:
    parameters:
      - {name: city, in: path, required: true, schema: {}, examples: {north: {value: Oslo}, south: {value: Rome}}}
    get:
      security: []
      responses:
        "200":
          description: ""
          content:
            application/json:
              examples: {north: {value: {degrees: -5}}, south: {value: {degrees: 25}}}
  /people/{personId}:
    get:
      parameters: [{name: personId, in: path, required: true, schema: {type: integer}}]
      responses:
        "200":
          description: ""
          content:
            application/json:
              examples: {ann: {value: {id: 1, name: Ann}}, bob: {value: {id: 2, name: Bob}}}
  /jobs:
    post:
      responses: {"202": {description: "", headers: {Location: {schema: {type: string}}}}}
  /jobs/{jobId}:
    get:
      parameters: [{name: jobId, in: path, required: true, schema: {type: string}}]
      responses: {"200": {$ref: "#/components/responses/Job"}}
components:
  securitySchemes:
    bearer: {type: http, scheme: bearer}
  schemas:
    Token: {type: object, required: [access_token], properties: {access_token: {type: string}}}
    NewBook:
      type: object
      required: [title]
      properties: {title: {type: string, minLength: 2}, pages: {type: integer}}
    Patch: {type: object, properties: {title: {type: string}, pages: {type: integer, nullable: true}}}
    Book:
      type: object
      required: [id, title]
      properties:
        id: {type: integer, readOnly: true}
        title: {type: string}
        pages: {type: integer, nullable: true}
        created: {type: string, format: date, readOnly: true}
    Note: {type: object, required: [id], properties: {id: {type: string, format: uuid}, text: {type: string}}}
    Settings: {type: object, properties: {theme: {type: string}}}
    Error: {type: object, required: [code, message], properties: {code: {type: integer}, message: {type: string}}}
    Nested:
      type: object
      required: [error]
      properties:
        error:
          type: object
          required: [type, description]
          properties: {type: {enum: [validation]}, description: {type: string}}
    Job: {type: object, required: [jobId], properties: {jobId: {type: string}}}
  responses:
    Token: {description: "", content: {application/json: {schema: {$ref: "#/components/schemas/Token"}}}}
    Book: {description: "", content: {application/json: {schema: {$ref: "#/components/schemas/Book"}}}}
    Note: {description: "", content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}}
    Settings: {description: "", content: {application/json: {schema: {$ref: "#/components/schemas/Settings"}}}}
    Error: {description: "", content: {application/json: {schema: {$ref: "#/components/schemas/Error"}}}}
    Nested: {description: "", content: {application/json: {schema: {$ref: "#/components/schemas/Nested"}}}}
    Job: {description: "", content: {application/json: {schema: {$ref: "#/components/schemas/Job"}}}}
"""


@pytest.fixture(scope="module")
def described() -> Description:
    document = read(textwrap.dedent(BOOKS).encode(), uri="file:///books.yaml", name="books.yaml")

    def load(uri: str) -> Document:
        raise DocumentError(f"no {uri} here")

    return Description(document, load)


@pytest.fixture
def books(described: Description) -> Mock:
    return Mock({"books": described})


@pytest.fixture
def strict(described: Description) -> Mock:
    return Mock({"books": described}, strict=True)


def ask(mock: Mock, line: str, value: Any = None, *headers: tuple[str, str]) -> Response:
    method, _, path = line.partition(" ")
    given = list(headers)
    if value is not None and not any(name == "Content-Type" for name, _ in headers):
        given.append(("Content-Type", "application/json"))
    data = json.dumps(value).encode() if value is not None else None
    return mock.respond(Request(method, "http://localhost" + path, tuple(given), data))


def body(response: Response) -> Any:
    return json.loads(response.body)


# Things


def test_patch_changes_what_it_names_and_get_finds_it_so(books: Mock) -> None:
    created = body(ask(books, "POST /books", {"title": "Ulysses", "pages": 730}))

    patched = body(ask(books, f"PATCH /books/{created['id']}", {"pages": 732}))

    assert patched == {**created, "pages": 732}
    assert body(ask(books, f"GET /books/{created['id']}")) == patched
    assert body(ask(books, "GET /books"))["items"] == [patched]


def test_put_replaces_what_its_body_can_say_and_leaves_the_rest(books: Mock) -> None:
    created = body(ask(books, "POST /books", {"title": "Ulysses", "pages": 730}))

    replaced = body(ask(books, f"PUT /books/{created['id']}", {"title": "Dubliners"}))

    assert replaced["title"] == "Dubliners"
    assert replaced.get("pages") != 730
    assert (replaced["id"], replaced["created"]) == (created["id"], created["created"])
    assert body(ask(books, f"GET /books/{created['id']}")) == replaced


def test_a_merge_patch_removes_what_is_null(books: Mock) -> None:
    created = body(ask(books, "POST /books", {"title": "Ulysses", "pages": 730}))

    ask(books, f"PATCH /books/{created['id']}", {"pages": None}, ("Content-Type", "application/merge-patch+json"))

    assert body(ask(books, f"GET /books/{created['id']}")).get("pages") != 730


def test_an_id_that_was_never_created_answers_and_is_remembered(books: Mock) -> None:
    first = body(ask(books, "GET /books/77"))
    ask(books, "PATCH /books/77", {"title": "Changed"})

    assert first["id"] == 77
    assert body(ask(books, "GET /books/77")) == {**first, "title": "Changed"}
    assert 77 not in [book["id"] for book in body(ask(books, "GET /books"))["items"]]


def test_what_put_makes_stands_in_the_list(books: Mock) -> None:
    ask(books, "PUT /books/77", {"title": "Emma"})

    ask(books, "POST /books", {"title": "Persuasion"})

    assert [book["title"] for book in body(ask(books, "GET /books"))["items"]] == ["Emma", "Persuasion"]


def test_delete_is_followed_by_404_for_everything_but_making_it_again(books: Mock) -> None:
    note = body(ask(books, "POST /books/5/notes", {}))
    assert ask(books, "DELETE /books/5").status == 204

    gone = ask(books, "GET /books/5")

    assert (gone.status, body(gone)) == (404, {"code": 404, "message": "/books/5 was deleted"})
    assert [ask(books, f"{method} /books/5").status for method in ("DELETE", "PATCH")] == [404, 404]
    assert ask(books, "GET /books/5/notes").status == 404
    assert note["id"]
    assert ask(books, "PUT /books/5", {"title": "Again"}).status == 200
    assert body(ask(books, "GET /books/5"))["title"] == "Again"


def test_a_new_id_is_never_one_that_was_there(books: Mock) -> None:
    ids = [body(ask(books, "POST /books", {"title": "One"}))["id"] for _ in range(3)]
    ask(books, f"DELETE /books/{ids[1]}")

    later = [body(ask(books, "POST /books", {"title": "Two"}))["id"] for _ in range(3)]

    assert len({*ids, *later}) == 6


def test_lists_tell_their_total_and_give_the_page_that_is_asked_for(books: Mock) -> None:
    for title in ("One", "Two", "Three"):
        ask(books, "POST /books", {"title": title})

    page = body(ask(books, "GET /books?limit=1&offset=1"))

    assert (page["total"], [book["title"] for book in page["items"]]) == (3, ["Two"])
    assert body(ask(books, "GET /books?limit=2&offset=5"))["items"] == []


def test_a_thing_made_below_another_is_found_at_the_top(books: Mock) -> None:
    note = body(ask(books, "POST /books/5/notes", {}))

    assert body(ask(books, f"GET /notes/{note['id']}")) == note
    assert body(ask(books, "GET /books/5/notes")) == [note]


def test_a_single_document_is_as_it_was_put(books: Mock) -> None:
    assert ask(books, "PUT /settings", {"theme": "dark"}).status == 204

    assert body(ask(books, "GET /settings"))["theme"] == "dark"


def test_a_thing_that_only_its_location_names_is_found_there(books: Mock) -> None:
    location = ask(books, "POST /jobs").header("Location")

    assert location == "http://localhost/jobs/1"
    assert body(ask(books, "GET /jobs/1"))["jobId"] == "1"


def test_strict_knows_only_what_was_created(strict: Mock) -> None:
    assert ask(strict, "GET /books/1").status == 404
    assert body(ask(strict, "GET /books/1"))["message"] == "/books/1 was never created"
    assert body(ask(strict, "GET /books")) == {"total": 0, "items": []}
    assert ask(strict, "POST /books/1/notes", {}).status == 404

    created = body(ask(strict, "POST /books", {"title": "Ulysses"}))

    assert body(ask(strict, f"GET /books/{created['id']}")) == created
    assert body(ask(strict, "GET /books"))["items"] == [created]


def test_strict_creates_by_put_with_the_documented_201(strict: Mock) -> None:
    assert [ask(strict, "PUT /books/9", {"title": "Emma"}).status for _ in range(2)] == [201, 200]


def test_strict_answers_for_what_nothing_creates(strict: Mock) -> None:
    assert ask(strict, "GET /cities/Oslo").status == 200


# Examples that fit


def test_the_example_named_like_the_example_of_the_parameter_is_answered(books: Mock) -> None:
    assert [body(ask(books, f"GET /cities/{city}"))["degrees"] for city in ("Rome", "Oslo", "Bern")] == [25, -5, -5]


def test_the_example_with_the_values_of_the_request_is_answered(books: Mock) -> None:
    assert body(ask(books, "GET /people/2")) == {"id": 2, "name": "Bob"}
    assert body(ask(books, "GET /people/3")) == {"id": 3, "name": "Ann"}


# Refusals as they are documented


def test_the_reason_stands_in_the_documented_body(books: Mock) -> None:
    response = ask(books, "GET /books?limit=0")

    assert response.status == 400
    assert response.header("content-type") == "application/json"
    assert body(response)["code"] == 400
    assert body(response)["message"].startswith("the query parameter 'limit'")


def test_a_body_that_breaks_its_schema_is_422_where_that_is_documented(books: Mock) -> None:
    response = ask(books, "POST /books", {"title": "U"})

    assert response.status == 422
    assert body(response)["error"]["type"] == "validation"
    assert body(response)["error"]["description"] == "the body breaks its schema: /title: 'U' is too short"


def test_what_is_not_documented_is_a_problem(books: Mock) -> None:
    response = ask(books, "PATCH /books/5", {"pages": "many"})

    assert response.status == 400
    assert response.header("content-type") == "application/problem+json"


# Tokens


def bearer(token: str) -> tuple[str, str]:
    return "Authorization", f"Bearer {token}"


def test_a_token_that_was_minted_is_accepted_and_an_unknown_one_is_not(described: Description) -> None:
    mock = Mock({"books": described}, require_auth=True, known_tokens=["from-the-user"])
    assert ask(mock, "GET /books").status == 401
    assert ask(mock, "GET /books", None, bearer("before")).status == 200

    token = body(ask(mock, "POST /login"))["access_token"]
    refused = ask(mock, "GET /books", None, bearer("made-up"))

    assert ask(mock, "GET /books", None, bearer(token)).status == 200
    assert (refused.status, refused.header("WWW-Authenticate")) == (401, 'Bearer realm="mock"')
    assert body(refused)["message"] == "the bearer token is none that an operation of this mock answered"
    assert ask(mock, "GET /books", None, bearer("before")).status == 200
    assert ask(mock, "GET /books", None, bearer("from-the-user")).status == 200
    assert ask(mock.anew(), "GET /books", None, bearer("made-up")).status == 200


# Seeds


def test_a_seed_gives_other_values_and_always_the_same(described: Description) -> None:
    def first(seed: int) -> Any:
        return body(ask(Mock({"books": described}, seed=seed), "POST /books/1/notes", {}))["id"]

    assert first(1) == first(1)
    assert first(1) != first(0)

"""The embedded mock: answers from the description, echoes, remembers, refuses with reasons."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode
from xml.etree import ElementTree

import jsonschema_rs
import pytest

from arazzo_runner.document import Document, read
from arazzo_runner.errors import DocumentError
from arazzo_runner.messages import Request, Response
from arazzo_runner.mock import Mock
from arazzo_runner.openapi import Description, Operation
from arazzo_runner.sample import sample
from arazzo_runner.values import loads, text_of

ROOT = Path(__file__).resolve().parents[2]

SHOP = """
openapi: 3.1.0
info: {title: Shop, version: "1"}
servers:
  - url: https://shop.example.com/api/{version}
    variables: {version: {default: v2, enum: [v1, v2]}}
  - url: /local
paths:
  /orders:
    get:
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1}}
        - {name: tags, in: query, schema: {type: array, items: {type: integer}}}
        - {name: filter, in: query, style: deepObject, schema: {type: object, properties: {page: {type: integer}}}}
      responses:
        "200":
          description: ""
          content:
            application/json:
              schema:
                type: object
                properties:
                  items: {type: array, items: {$ref: "#/components/schemas/Order"}}
    post:
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: "#/components/schemas/NewOrder"}}
          application/x-www-form-urlencoded: {schema: {$ref: "#/components/schemas/NewOrder"}}
          multipart/form-data: {schema: {$ref: "#/components/schemas/NewOrder"}}
      responses:
        "400": {description: bad}
        "201":
          description: ""
          headers:
            Location: {schema: {type: string, format: uri}}
            X-Rate: {required: true, schema: {type: integer, examples: [60]}}
            Content-Length: {schema: {type: integer}}
          content:
            application/json: {schema: {$ref: "#/components/schemas/Order"}}
  /orders/{orderId}:
    parameters:
      - {name: orderId, in: path, required: true, schema: {type: integer}}
    get: &item
      responses:
        "200":
          description: ""
          content:
            application/json: {schema: {$ref: "#/components/schemas/Order"}}
        "404": {description: gone}
    put:
      requestBody:
        content:
          application/json: {schema: {$ref: "#/components/schemas/NewOrder"}}
      responses:
        "200":
          description: ""
          content:
            application/json: {schema: {$ref: "#/components/schemas/Order"}}
    delete:
      responses:
        "204": {description: deleted}
        "404": {description: gone}
  /orders/latest: {get: {responses: {"200": {description: "", content: {text/plain: {example: the latest}}}}}}
  /orders/{orderId}/cancel: {post: *item}
  /files/{folder}/{name}.{extension}:
    get:
      responses:
        "200":
          description: ""
          content:
            application/json:
              schema:
                type: object
                properties: {folder: {type: string}, name: {type: string}, extension: {type: string}}
  /secret:
    get:
      security: [{key: []}, {basic: [], token: []}]
      parameters: [{name: X-Tenant, in: header, required: true, schema: {type: string}}]
      responses: {"200": {description: ""}}
  /wrapped:
    post:
      responses:
        "200":
          description: ""
          content:
            application/json:
              schema:
                type: object
                required: [data]
                properties:
                  data:
                    type: object
                    required: [id, title]
                    properties: {id: {type: string, format: uuid}, title: {type: string}}
  /wrapped/{wrappedId}:
    get:
      responses:
        "200":
          description: ""
          content:
            application/json:
              schema:
                type: object
                properties: {data: {type: object, properties: {id: {type: string}, title: {type: string}}}}
  /default: {get: {responses: {default: {description: "", content: {application/json: {schema: {type: integer}}}}}}}
  /range:
    get: {responses: {4XX: {description: ""}, 2XX: {description: "", content: {"*/*": {schema: {type: object}}}}}}
  /moved: {get: {responses: {"302": {description: "", headers: {Location: {example: https://example.com/}}}}}}
  /errors-only: {get: {responses: {"404": {description: ""}}}}
  /kinds:
    get:
      responses:
        "200":
          description: ""
          content:
            application/xml: {schema: {$ref: "#/components/schemas/Order"}}
            application/json:
              schema: {$ref: "#/components/schemas/Order"}
              examples: {one: {value: {id: 7, status: new}}}
            text/csv: {example: "a,b"}
            application/problem+json: {schema: {type: object}}
components:
  securitySchemes:
    key: {type: apiKey, in: query, name: api_key}
    basic: {type: http, scheme: basic}
    token: {type: apiKey, in: cookie, name: sid}
  schemas:
    NewOrder:
      type: object
      required: [item]
      properties:
        item: {type: string, minLength: 2}
        count: {type: integer}
        address: {type: object, properties: {city: {type: string}}}
    Order:
      type: object
      required: [id, status]
      xml: {name: order}
      properties:
        id: {type: integer, xml: {attribute: true}}
        status: {enum: [new, paid]}
        item: {type: string}
        count: {type: integer, maximum: 10}
        note: {type: string, writeOnly: true}
        address:
          type: object
          required: [country]
          properties: {city: {type: string}, country: {type: string}}
        lines: {type: array, xml: {wrapped: true, name: lines}, items: {type: string, xml: {name: line}}}
"""


def description(text: str, name: str = "shop.yaml") -> Description:
    document = read(textwrap.dedent(text).encode(), uri=f"file:///{name}", name=name)

    def load(uri: str) -> Document:
        raise DocumentError(f"no {uri} here")

    return Description(document, load)


@pytest.fixture(scope="module")
def shop_description() -> Description:
    return description(SHOP)


@pytest.fixture
def shop(shop_description: Description) -> Mock:
    return Mock({"shop": shop_description})


def get(mock: Mock, path: str, *headers: tuple[str, str], method: str = "GET") -> Response:
    return mock.respond(Request(method, "https://shop.example.com/api/v2" + path, headers))


def send(mock: Mock, method: str, path: str, value: Any) -> Response:
    headers = (("Content-Type", "application/json"),)
    return mock.respond(Request(method, "https://shop.example.com/api/v2" + path, headers, json.dumps(value).encode()))


def body(response: Response) -> Any:
    return json.loads(response.body)


# The answer


def test_the_first_documented_success_is_answered(shop: Mock) -> None:
    response = send(shop, "POST", "/orders", {"item": "tea"})

    assert response.status == 201
    assert response.reason == "Created"
    assert response.header("content-type") == "application/json"


@pytest.mark.parametrize(
    ("path", "status"), [("/default", 200), ("/range", 200), ("/moved", 302), ("/errors-only", 200)]
)
def test_without_an_exact_success_a_range_then_default_then_a_redirect_is_answered(
    shop: Mock, path: str, status: int
) -> None:
    assert get(shop, path).status == status


def test_an_answer_without_content_has_no_body_and_no_content_type(shop: Mock) -> None:
    response = get(shop, "/orders/7", method="DELETE")

    assert (response.status, response.body, response.header("content-type")) == (204, b"", None)


def test_a_range_of_media_types_becomes_a_type(shop: Mock) -> None:
    response = get(shop, "/range")

    assert response.header("content-type") == "application/json"
    assert isinstance(body(response), dict)


def test_headers_come_from_examples_and_schemas_and_framing_is_left_alone(shop: Mock) -> None:
    response = send(shop, "POST", "/orders", {"item": "tea"})

    assert response.header("X-Rate") == "60"
    assert response.header("Content-Length") is None
    assert response.header("Location") == f"https://shop.example.com/api/v2/orders/{body(response)['id']}"


def test_write_only_properties_are_not_answered(shop: Mock) -> None:
    assert "note" not in body(get(shop, "/orders/7"))


def test_a_head_request_is_answered_as_get_without_a_body(shop: Mock) -> None:
    response = get(shop, "/orders/7", method="HEAD")

    assert (response.status, response.body) == (200, b"")


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/xml", "application/xml"),
        ("application/json;q=0.2, application/xml;q=0.8", "application/xml"),
        ("text/*", "text/csv"),
        ("application/problem+json", "application/problem+json"),
        ("image/png", "application/json"),
    ],
)
def test_the_media_type_is_the_one_the_client_likes_best(shop: Mock, accept: str | None, content_type: str) -> None:
    response = get(shop, "/kinds", *([("Accept", accept)] if accept else []))

    assert response.header("content-type") == content_type


def test_the_example_of_a_media_type_comes_before_its_schema(shop: Mock) -> None:
    assert body(get(shop, "/kinds")) == {"id": 7, "status": "new"}
    assert get(shop, "/kinds", ("Accept", "text/csv")).body == b"a,b"


def test_xml_follows_the_xml_object(shop: Mock) -> None:
    response = get(shop, "/kinds", ("Accept", "application/xml"))

    root = ElementTree.fromstring(response.body)
    assert root.tag == "order"
    assert root.attrib == {"id": "1"}
    assert [line.tag for line in root.findall("lines/*")] == ["line"]


def test_an_example_that_breaks_the_schema_gives_way_to_a_value_that_keeps_it() -> None:
    mock = Mock(
        {
            "one": description("""
        openapi: 3.0.3
        paths:
          /x: {get: {responses: {"200": {content: {application/json: {
            schema: {type: object, required: [n], properties: {n: {type: integer}}}, example: {n: one}}}}}}}
    """)
        }
    )

    assert body(mock.respond(Request("GET", "http://localhost/x"))) == {"n": 1}


def test_two_mocks_answer_the_same(shop_description: Description) -> None:
    def talk() -> list[Response]:
        mock = Mock({"shop": shop_description})
        return [send(mock, "POST", "/orders", {"item": "tea"}) for _ in range(3)] + [get(mock, "/orders")]

    assert talk() == talk()


# Echo and memory


def test_values_of_the_body_are_echoed_where_the_schema_allows_it(shop: Mock) -> None:
    sent = {"item": "tea", "count": 3, "address": {"city": "Rome"}, "unknown": 1}

    answer = body(send(shop, "POST", "/orders", sent))

    assert answer["item"] == "tea"
    assert answer["count"] == 3
    assert answer["address"]["city"] == "Rome"
    assert "country" in answer["address"]
    assert "unknown" not in answer


def test_a_value_that_would_break_the_response_is_not_echoed(shop: Mock) -> None:
    answer = body(send(shop, "POST", "/orders", {"item": "tea", "count": 11}))

    assert answer["count"] <= 10
    assert answer["item"] == "tea"


def test_path_values_are_echoed_decoded_and_as_the_declared_type(shop: Mock) -> None:
    assert body(get(shop, "/orders/42"))["id"] == 42
    assert body(get(shop, "/files/a%2Fb%20%3F/notes.txt")) == {"folder": "a/b ?", "name": "notes", "extension": "txt"}


def test_a_created_thing_is_found_again_by_its_id(shop: Mock) -> None:
    created = body(send(shop, "POST", "/orders", {"item": "tea", "count": 3}))
    other = body(send(shop, "POST", "/orders", {"item": "jam"}))

    assert created["id"] != other["id"]
    assert body(get(shop, f"/orders/{created['id']}")) == created
    assert body(get(shop, f"/orders/{other['id']}"))["item"] == "jam"


def test_a_thing_that_was_replaced_is_found_as_it_is_now(shop: Mock) -> None:
    created = body(send(shop, "POST", "/orders", {"item": "tea", "count": 3}))

    replaced = body(send(shop, "PUT", f"/orders/{created['id']}", {"item": "jam"}))

    assert replaced["item"] == "jam"
    assert body(get(shop, f"/orders/{created['id']}")) == replaced


def test_an_action_below_a_thing_answers_with_the_thing(shop: Mock) -> None:
    created = body(send(shop, "POST", "/orders", {"item": "tea"}))

    cancelled = body(send(shop, "POST", f"/orders/{created['id']}/cancel", {}))

    assert cancelled == created


def test_a_list_shows_what_was_created(shop: Mock) -> None:
    for item in ("tea", "jam", "oil"):
        send(shop, "POST", "/orders", {"item": item})

    assert [order["item"] for order in body(get(shop, "/orders"))["items"]] == ["tea", "jam", "oil"]


def test_what_a_list_showed_before_anything_was_created_stays_in_it_and_is_found_by_its_id(shop: Mock) -> None:
    (first,) = body(get(shop, "/orders"))["items"]

    created = body(send(shop, "POST", "/orders", {"item": "tea"}))

    assert created["id"] != first["id"]
    assert body(get(shop, "/orders"))["items"] == [first, created]
    assert body(get(shop, f"/orders/{first['id']}")) == first
    assert get(shop, f"/orders/{first['id']}", method="DELETE").status == 204
    assert body(get(shop, "/orders"))["items"] == [created]


def test_a_deleted_thing_is_gone_where_the_description_documents_404(shop: Mock) -> None:
    created = body(send(shop, "POST", "/orders", {"item": "tea"}))

    assert get(shop, f"/orders/{created['id']}", method="DELETE").status == 204
    assert get(shop, f"/orders/{created['id']}").status == 404
    assert body(get(shop, "/orders"))["items"] == []


def test_a_thing_inside_a_wrapper_is_found_again(shop: Mock) -> None:
    first = body(send(shop, "POST", "/wrapped", {"title": "one"}))["data"]
    second = body(send(shop, "POST", "/wrapped", {"title": "two"}))["data"]

    assert first["id"] != second["id"]
    assert body(get(shop, f"/wrapped/{second['id']}"))["data"]["id"] == second["id"]


def test_forms_are_echoed_too(shop: Mock) -> None:
    request = Request(
        "POST",
        "https://shop.example.com/api/v2/orders",
        (("Content-Type", "application/x-www-form-urlencoded"),),
        urlencode({"item": "tea", "count": "3", "address[city]": "Rome"}).encode(),
    )

    answer = body(shop.respond(request))

    assert (answer["item"], answer["count"], answer["address"]["city"]) == ("tea", 3, "Rome")


def test_multipart_bodies_are_read_part_by_part(shop: Mock) -> None:
    parts = '--B\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    data = (parts.format("item", "tea") + parts.format("count", 4) + "--B--\r\n").encode()
    headers = (("Content-Type", "multipart/form-data; boundary=B"),)

    answer = body(shop.respond(Request("POST", "https://shop.example.com/api/v2/orders", headers, data)))

    assert (answer["item"], answer["count"]) == ("tea", 4)


# Routes


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example.com/api/v1/orders/7",
        "http://127.0.0.1:9/api/v2/orders/7?x=1",
        "http://localhost/local/orders/7",
        "http://localhost/orders/7",
    ],
)
def test_the_base_paths_of_all_servers_are_known_and_the_host_does_not_matter(shop: Mock, url: str) -> None:
    assert body(shop.respond(Request("GET", url)))["id"] == 7


def test_a_server_variable_outside_its_enum_is_another_path(shop: Mock) -> None:
    assert shop.respond(Request("GET", "https://shop.example.com/api/v9/orders")).status == 404


def test_concrete_paths_come_before_templates(shop: Mock) -> None:
    assert get(shop, "/orders/latest").body == b"the latest"


def test_a_server_named_by_the_host_program_replaces_the_others(shop_description: Description) -> None:
    mock = Mock({"shop": shop_description}, servers={"shop": "http://localhost:8000/elsewhere"})

    assert mock.respond(Request("GET", "http://localhost:8000/elsewhere/orders")).status == 200
    assert mock.respond(Request("GET", "http://localhost:8000/local/orders")).status == 404


def test_the_source_of_a_request_decides_between_descriptions_with_one_path(shop_description: Description) -> None:
    other = description("""
        openapi: 3.0.0
        servers: [{url: https://other.example.com}]
        paths: {/orders: {get: {responses: {"200": {content: {text/plain: {example: other}}}}}}}
    """)
    mock = Mock({"shop": shop_description, "other": other})

    assert mock.respond(Request("GET", "http://localhost/orders", source="other")).body == b"other"
    assert mock.respond(Request("GET", "https://other.example.com/orders")).body == b"other"
    assert body(mock.respond(Request("GET", "http://localhost/orders", source="shop")))["items"]


def test_an_unknown_path_is_404_with_a_reason(shop: Mock) -> None:
    response = get(shop, "/nothing")

    assert response.status == 404
    assert response.header("content-type") == "application/problem+json"
    assert "/nothing" in body(response)["detail"]


def test_another_method_is_405_with_the_methods_there_are(shop: Mock) -> None:
    response = get(shop, "/orders/7", method="PATCH")

    assert response.status == 405
    assert response.header("Allow") == "DELETE, GET, PUT"


# Refusals


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({}, "'item' is a required property"),
        ({"item": "x"}, "/item"),
        ([], "object"),
        ({"item": "tea", "count": "3"}, "/count"),
    ],
)
def test_a_body_that_breaks_the_schema_is_400_with_the_reason(shop: Mock, value: Any, reason: str) -> None:
    response = send(shop, "POST", "/orders", value)

    assert response.status == 400
    assert reason in json.dumps(body(response), ensure_ascii=False).replace('\\"', '"')


def test_a_missing_an_unreadable_and_an_undocumented_body_are_refused(shop: Mock) -> None:
    url = "https://shop.example.com/api/v2/orders"

    missing = shop.respond(Request("POST", url))
    unreadable = shop.respond(Request("POST", url, (("Content-Type", "application/json"),), b"{"))
    undocumented = shop.respond(Request("POST", url, (("Content-Type", "text/csv"),), b"a"))

    assert (missing.status, body(missing)["detail"]) == (400, "a request body is required")
    assert (unreadable.status, undocumented.status) == (400, 400)
    assert "'text/csv'" in body(undocumented)["detail"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=5", 200),
        ("limit=0", 400),
        ("limit=many", 400),
        ("tags=1&tags=2", 200),
        ("tags=1&tags=b", 400),
        ("filter%5Bpage%5D=2", 200),
        ("filter%5Bpage%5D=two", 400),
    ],
)
def test_parameters_are_read_as_their_types(shop: Mock, query: str, status: int) -> None:
    assert get(shop, "/orders?" + query).status == status


def test_a_path_value_of_another_type_is_refused_by_name(shop: Mock) -> None:
    response = get(shop, "/orders/seven")

    assert response.status == 400
    assert "'orderId'" in body(response)["detail"]


def test_a_required_header_is_asked_for(shop: Mock) -> None:
    response = get(shop, "/secret")

    assert response.status == 400
    assert body(response)["detail"] == "the header parameter 'X-Tenant' is required"


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/secret", {}, 401),
        ("/secret?api_key=anything", {}, 200),
        ("/secret", {"Authorization": "Basic eDp5"}, 401),
        ("/secret", {"Authorization": "Basic eDp5", "Cookie": "sid=1"}, 200),
        ("/secret", {"Authorization": "Bearer x", "Cookie": "sid=1"}, 401),
        ("/orders", {}, 200),
    ],
)
def test_credentials_are_checked_for_presence_when_auth_is_given(
    shop_description: Description, path: str, headers: dict[str, str], status: int
) -> None:
    mock = Mock({"shop": shop_description}, require_auth=True)

    response = get(mock, path, ("X-Tenant", "t"), *headers.items())

    assert response.status == status
    assert (response.header("WWW-Authenticate") is not None) == (status == 401)


def test_a_body_is_not_refused_for_a_schema_that_no_body_can_keep() -> None:
    mock = Mock(
        {
            "one": description("""
        openapi: 3.0.3
        paths:
          /x:
            post:
              requestBody:
                content:
                  application/json:
                    schema:
                      allOf:
                        - {type: object, additionalProperties: false, required: [a], properties: {a: {type: string}}}
                        - {type: object, required: [b], properties: {b: {type: boolean}}}
              responses: {"204": {description: ""}}
    """)
        }
    )
    headers = (("Content-Type", "application/json"),)

    response = mock.respond(Request("POST", "http://localhost/x", headers, b'{"a": "x", "b": true}'))

    assert response.status == 204


# Swagger 2.0


def test_a_2_0_description_is_answered_from_too() -> None:
    mock = Mock(
        {
            "pets": description("""
        swagger: "2.0"
        host: pets.example.com
        basePath: /v1
        produces: [application/json, application/xml]
        paths:
          /pets:
            post:
              consumes: [application/json]
              parameters: [{name: pet, in: body, required: true, schema: {$ref: "#/definitions/Pet"}}]
              responses:
                "201": {description: "", schema: {$ref: "#/definitions/Pet"}, headers: {X-A: {type: integer}}}
          /pets/{id}:
            get:
              parameters: [{name: id, in: path, required: true, type: integer}]
              responses: {"200": {description: "", schema: {$ref: "#/definitions/Pet"}}}
        definitions:
          Pet:
            type: object
            required: [name]
            properties: {id: {type: integer, readOnly: true}, name: {type: string, x-nullable: true}}
    """)
        }
    )
    headers = (("Content-Type", "application/json"),)

    created = mock.respond(Request("POST", "https://pets.example.com/v1/pets", headers, b'{"name": "Rex"}'))
    found = mock.respond(Request("GET", f"https://pets.example.com/v1/pets/{body(created)['id']}"))

    assert (created.status, created.header("X-A")) == (201, "1")
    assert body(found) == body(created) == {"id": 1, "name": "Rex"}


# The Airbyte description, and the corpus


@pytest.fixture
def airbyte() -> Mock:
    path = ROOT / "openapi" / "airbyte-openapi.yml"
    return Mock({"airbyteApi": description(path.read_text("utf-8"), path.name)})


def test_the_airbyte_credentials_are_created_read_back_exchanged_and_deleted(airbyte: Mock) -> None:
    base = "https://api.airbyte.com/v1/applications"
    headers = (("Content-Type", "application/json"),)

    created = body(airbyte.respond(Request("POST", base, headers, b'{"name": "CI"}')))
    read_back = body(airbyte.respond(Request("GET", f"{base}/{created['id']}")))
    credentials = {
        "client_id": created["clientId"],
        "client_secret": created["clientSecret"],
        "grant-type": "client_credentials",
    }
    token = airbyte.respond(Request("POST", f"{base}/token", headers, json.dumps(credentials).encode()))
    listed = body(airbyte.respond(Request("GET", base)))
    deleted = airbyte.respond(Request("DELETE", f"{base}/{created['id']}"))

    assert created["name"] == "CI"
    assert read_back == created
    assert (token.status, body(token)["token_type"]) == (200, "Bearer")
    assert listed == {"applications": [created]}
    assert (deleted.status, body(deleted)) == (200, created)
    assert airbyte.respond(Request("GET", f"{base}/{created['id']}")).status == 404


def test_an_airbyte_application_without_a_name_is_refused(airbyte: Mock) -> None:
    headers = (("Content-Type", "application/json"),)

    response = airbyte.respond(Request("POST", "http://localhost:8000/api/public/v1/applications", headers, b"{}"))

    assert response.status == 400


def requests_for(operation: Operation, server: str) -> Request | None:
    """A request made from the description alone; None where a parameter's style is beyond this test."""
    path, _, fixed = operation.path.partition("#")[0].partition("?")
    query, headers = parse_qsl(fixed, keep_blank_values=True), []
    for declared in operation.parameters:
        if not declared.required or declared.name.lower() in ("content-type", "accept"):
            continue
        schema = declared.schema.bundle("request") if declared.schema is not None else {"type": "string"}
        value = sample(schema, name=declared.name)
        if isinstance(value, dict) or declared.content is not None or declared.in_ == "cookie":
            return None
        text = ",".join(map(text_of, value)) if isinstance(value, list) else text_of(value)
        if declared.in_ == "path":
            path = path.replace("{" + declared.name + "}", quote(text, safe="") or "x")
        elif declared.in_ == "query":
            query.append((declared.name, text))
        else:
            headers.append((declared.name, text))
    data = None
    if operation.request_body is not None:
        name = "application/json"
        media_type = operation.request_body.media_types.get(name)
        if media_type is None:
            return None
        value = sample(media_type.schema.bundle("request"), leave_out="readOnly") if media_type.schema else {}
        data = json.dumps(value, default=float).encode()
        headers.append(("Content-Type", name))
    return Request(operation.method, f"{server}{path}?{urlencode(query)}", tuple(headers), data)


def corpus_descriptions(shared: Path) -> Iterator[tuple[str, Description]]:
    """Small descriptions, at most two of each provider."""
    for provider in sorted((shared / "corpus").iterdir()):
        files = [file for file in sorted(provider.rglob("*")) if file.suffix in (".yml", ".yaml", ".json")]
        count = 0
        for file in files:
            if count == 2 or file.stat().st_size > 60_000:
                continue
            data = file.read_bytes()
            if not data.lstrip().startswith(
                (b"openapi:", b"swagger:", b'{"openapi', b'{\n  "openapi', b'{\n  "swagger')
            ):
                continue
            count += 1
            yield str(file.relative_to(shared)), description(data.decode("utf-8"), file.name)


def test_every_operation_of_corpus_descriptions_is_answered_with_a_body_valid_by_its_schema(shared: Path) -> None:
    answered, problems = 0, []
    for name, described in corpus_descriptions(shared):
        for operation in described.operations():
            request = requests_for(operation, "http://localhost")
            if request is None:
                continue
            response = Mock({"source": described}).respond(request)
            problem = wrong_answer(operation, response)
            answered += 1
            if problem:
                problems.append(f"{name} {operation.method} {operation.path}: {problem}")

    assert problems == []
    assert answered > 100


def wrong_answer(operation: Operation, response: Response) -> str | None:
    """Why an answer is not the documented success, None when it is or when no value keeps the schema."""
    if response.header("content-type") == "application/problem+json" and response.status >= 400:
        return str(body(response))
    declared = operation.response(response.status)
    media_types = declared.media_types if declared is not None else {}
    media_type = media_types.get(response.header("content-type") or "")
    if media_type is None or media_type.schema is None or "json" not in (response.header("content-type") or ""):
        return None
    schema = media_type.schema.bundle("response")
    try:
        validator = jsonschema_rs.Draft202012Validator(schema)
    except ValueError:
        return None
    if not validator.is_valid(sample(schema)):
        return None
    errors = [error.message for error in validator.iter_errors(loads(response.body))]
    return errors[0] if errors else None


def test_importing_the_mock_loads_no_third_party_module() -> None:
    code = "import sys, arazzo_runner.mock; print(sorted({'jsonschema_rs', 'openapi_core', 'yaml'} & set(sys.modules)))"

    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert output.strip() == "[]"

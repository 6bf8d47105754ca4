"""The Airbyte description: what the bundled workflow needs of it, and nothing that looks real."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from arazzo_runner.document import Document, read
from arazzo_runner.errors import DocumentError
from arazzo_runner.openapi import Description

PATH = Path(__file__).resolve().parents[1] / "openapi" / "airbyte-openapi.yml"


@pytest.fixture(scope="module")
def airbyte() -> Description:
    def load(uri: str) -> Document:
        raise DocumentError(f"the description needs no other document, {uri} was asked for")

    return Description(read(PATH.read_bytes(), uri=PATH.as_uri(), name=PATH.name), load)


def schemas(airbyte: Description) -> dict[str, Any]:
    root: Any = airbyte.document.root
    return root["components"]["schemas"]  # type: ignore[no-any-return]


def test_it_has_the_five_operations_at_their_places(airbyte: Description) -> None:
    found = {operation.operation_id: (operation.method, operation.path) for operation in airbyte.operations()}

    assert found == {
        "listApplications": ("GET", "/applications"),
        "createApplication": ("POST", "/applications"),
        "getApplication": ("GET", "/applications/{applicationId}"),
        "deleteApplication": ("DELETE", "/applications/{applicationId}"),
        "createAccessToken": ("POST", "/applications/token"),
    }


def test_the_cloud_is_the_first_server_and_a_self_managed_one_the_alternative(airbyte: Description) -> None:
    root: Any = airbyte.document.root

    assert [server["url"] for server in root["servers"]] == [
        "https://api.airbyte.com/v1",
        "http://localhost:8000/api/public/v1",
    ]
    assert airbyte.operation("createApplication").server_url() == "https://api.airbyte.com/v1"


def test_every_operation_but_the_token_one_asks_for_a_bearer_token(airbyte: Description) -> None:
    schemes = {
        operation.operation_id: [[item.scheme["scheme"] for item in one] for one in operation.security]
        for operation in airbyte.operations()
    }

    assert schemes.pop("createAccessToken") == []
    assert set(map(str, schemes.values())) == {"[['bearer']]"}


@pytest.mark.parametrize(
    ("operation_id", "statuses"),
    [
        ("createApplication", {"200", "400", "403"}),
        ("listApplications", {"200", "403"}),
        ("getApplication", {"200", "403", "404"}),
        ("deleteApplication", {"200", "403", "404"}),
        ("createAccessToken", {"200", "400", "403"}),
    ],
)
def test_the_documented_statuses(airbyte: Description, operation_id: str, statuses: set[str]) -> None:
    assert set(airbyte.operation(operation_id).responses) == statuses


def test_the_token_operation_takes_json_and_forms(airbyte: Description) -> None:
    body = airbyte.operation("createAccessToken").request_body

    assert body is not None
    assert body.required
    assert list(body.media_types) == ["application/json", "application/x-www-form-urlencoded"]


def test_required_properties_are_declared(airbyte: Description) -> None:
    for name, schema in schemas(airbyte).items():
        assert set(schema["required"]) <= set(schema["properties"]), name
    assert schemas(airbyte)["ClientCredentials"]["required"] == ["client_id", "client_secret"]
    assert list(schemas(airbyte)["ClientCredentials"]["properties"])[-1] == "grant-type"


def test_secrets_are_marked_and_examples_are_valid_and_obviously_made_up(airbyte: Description) -> None:
    secrets = {"clientSecret", "client_secret", "access_token"}
    for schema in schemas(airbyte).values():
        for name, member in schema["properties"].items():
            assert (member.get("format") == "password") == (name in secrets), name
            for example in member.get("examples", []):
                assert jsonschema_rs.Draft202012Validator(member, validate_formats=True).is_valid(example)
                assert name not in secrets or example.startswith("not-a-real-")
                assert member.get("format") != "uuid" or example.startswith("00000000-")

"""Which names say that their value is a secret."""

from __future__ import annotations

import pytest

from arazzo_runner.secrets import is_secret_name, secret_values


@pytest.mark.parametrize(
    "name",
    [
        "client_secret", "clientSecret", "password", "db_password", "userPassword", "token",
        "access_token", "accessToken", "refresh-token", "apiKey", "api_key", "X-API-Key",
        "x-api-key", "apikey", "authorization", "Proxy-Authorization", "cookie", "Set-Cookie",
        "X-Auth-Token", "Ocp-Apim-Subscription-Key", "private_key", "APIKey", "clientSecret2",
        "code_verifier", "client_assertion", "secrets", "pin", "jwt", "aws_secret_access_key",
        "connectionString", "credentials", "csrfToken",
    ],
)  # fmt: skip
def test_a_name_of_a_secret_is_known(name: str):
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "tokenType", "token_type", "token_count", "maxTokens", "nextPageToken", "next_token",
        "continuationToken", "public_key", "key", "name", "id", "passwordPolicy", "expires_in",
        "isSecret", "hasPassword", "requires_token", "clientId", "secretary", "broken", "keyboard",
        "1", "-", "author",
    ],
)  # fmt: skip
def test_other_names_are_not(name: str):
    assert not is_secret_name(name)


def test_the_secrets_of_a_value_are_labelled_by_where_they_stand():
    value = {"id": 1, "clientSecret": "abc", "items": [{"token": "t1"}, {"token": 5}], "secrets": ["x", "y"]}

    found = list(secret_values(value, "create"))

    assert found == [
        ("create.clientSecret", "abc"),
        ("create.items.0.token", "t1"),
        ("create.secrets.0", "x"),
        ("create.secrets.1", "y"),
    ]


def test_an_object_under_a_secret_name_gives_what_carries_the_secret_only():
    found = list(secret_values({"token": {"value": "abc", "kind": "Bearer"}}, "step"))

    assert found == [("step.token.value", "abc")]

"""Secrets in a description, credentials in URLs, plain http, operations without a credential."""

from __future__ import annotations

from typing import Any

import pytest
from checking import at, check, found, of_steps
from scripted import openapi_of

requirement = pytest.mark.requirement

BEARER = {"type": "http", "scheme": "bearer"}
KEY = {"type": "apiKey", "in": "query", "name": "api_key"}


def api(*, security: Any = None, schemes: Any = None, server: str = "https://api.invalid", **operation: Any) -> Any:
    """Documents whose source `api` has one operation, `call POST /call`."""
    described = openapi_of("call POST /call", "open GET /open")
    described["servers"] = [{"url": server}]
    described["components"] = {"securitySchemes": schemes or {"token": BEARER, "key": KEY}}
    call = described["paths"]["/call"]["post"]
    call |= operation
    if security is not None:
        call["security"] = security
    return {"memory:/openapi.json": described}


def findings(text: str, code: str, documents: Any = None, **options: Any) -> list[str]:
    """`line:column severity` of the findings with this code."""
    options.setdefault("servers", {})
    return [
        f"{d.location.line}:{d.location.column} {d.severity}"
        for d in check(text, documents or api(), **options)
        if d.code == code and d.location
    ]


def parameter(name: str, value: str, place: str = "header") -> str:
    return of_steps(
        f"""
        - stepId: a
          operationId: call
          parameters:
          - name: {name}
            in: {place}
            value: {value}
        """
    )


def body(payload: str) -> str:
    return of_steps(f"- {{stepId: a, operationId: call, requestBody: {{payload: {payload}}}}}")


# ARZ701: secrets by their name ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("Authorization", "header", "Bearer 9f8e7d6c5b4a"),
        ("authorization", "header", "Basic dXNlcjpwYXNz"),
        ("X-API-Key", "header", "k-81723"),
        ("access_token", "query", "'8d7f6a'"),
        ("client_secret", "cookie", "hunter22"),
    ],
)
def test_a_parameter_with_a_literal_secret_is_told_without_it(name: str, place: str, value: str) -> None:
    text = parameter(name, value, place)

    (told,) = [d for d in check(text, api()) if d.code == "ARZ701"]

    assert f"{told.location.line}:{told.location.column}" == at(text, value)  # type: ignore[union-attr]
    assert told.severity == "warning"
    assert told.message == f"a secret stands in the document: the {place} parameter '{name}'"
    assert value.strip("'").rpartition(" ")[2] not in str(told)


@pytest.mark.parametrize(
    "value",
    [
        "$inputs.token", "Bearer {$inputs.token}", "'{$steps.a.outputs.token}'", "Bearer $inputs.token", "12345678",
        "''", "Bearer", "none", "abc", "'Basic Og=='",
    ],
)  # fmt: skip
def test_an_expression_and_what_is_no_secret_is_none(value: str) -> None:
    text = parameter("Authorization", value)

    assert findings(text, "ARZ701") == []


@pytest.mark.parametrize("name", ["nextPageToken", "tokenType", "X-Request-Id", "maxTokens"])
def test_other_names_hold_no_secrets(name: str) -> None:
    assert findings(parameter(name, "k-81723"), "ARZ701") == []


@pytest.mark.parametrize(
    "payload",
    [
        "{user: u, client_secret: k-81723}",
        "{auth: {deep: [{apiKey: k-81723}]}}",
        "{token: {value: k-81723}}",
    ],
)
def test_a_secret_in_a_payload_is_told_at_its_own_place(payload: str) -> None:
    text = body(payload)

    assert findings(text, "ARZ701") == [f"{at(text, 'k-81723')} warning"]


@pytest.mark.parametrize(
    "payload", ["'grant_type=password&password=k-81723'", '\'{"user": "u", "api_key": "k-81723"}\'']
)
def test_a_secret_in_a_body_that_is_written_as_text_is_told(payload: str) -> None:
    text = body(payload)

    assert findings(text, "ARZ701") == [f"{at(text, payload)} warning"]


def test_a_replacement_and_a_default_may_be_secrets() -> None:
    text = of_steps(
        """
        - stepId: a
          operationId: call
          requestBody:
            payload: {}
            replacements: [{target: /auth/password, value: k-81723}]
        """,
        fields="inputs: {type: object, properties: {apiKey: {type: string, default: d-81723}, note: {default: n-8}}}",
    )

    assert findings(text, "ARZ701") == [f"{at(text, 'd-81723')} warning", f"{at(text, 'k-81723')} warning"]


def test_a_secret_in_a_component_is_told_once() -> None:
    text = of_steps(
        """
        - {stepId: a, operationId: call, parameters: [{reference: $components.parameters.auth}]}
        - {stepId: b, operationId: call, parameters: [{reference: $components.parameters.auth}]}
        """
    )
    text += "components: {parameters: {auth: {name: Authorization, in: header, value: Bearer k-81723}}}\n"

    assert findings(text, "ARZ701") == [f"{at(text, 'Bearer k-81723')} warning"]


# ARZ701: secrets by their form ----------------------------------------------------------------------------------------

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"


@pytest.mark.parametrize(
    "secret",
    [
        "sk_" + "live_4eC39HqLyjWDarjtT1zdp7dc",
        "gh" + "p_16C7e42F292c6912E7710c838347Ae178B4a",
        "xox" + "b-17653672481-19874698323-pdFZKVeTuE8sk7oOcHrzqqgy",
        "AKIA" + "2E0A8F3B244C9986",
        JWT,
        "Bearer 8d7f6a5b4c3d2e1f0a9b8c7d6e",
        "https://user:p4ssw0rd@api.invalid/x",
        "-----BEGIN RSA " + "PRIVATE KEY-----",
    ],
)
def test_a_text_of_the_form_of_a_secret_is_told_wherever_it_stands(secret: str) -> None:
    text = of_steps("- {stepId: a, operationId: open}", fields=f"description: 'see {secret}'")

    (told,) = [d for d in check(text, api()) if d.code == "ARZ701"]

    assert f"{told.location.line}:{told.location.column}" == at(text, secret)  # type: ignore[union-attr]
    assert told.location.pointer == "/workflows/0/description"  # type: ignore[union-attr]
    assert secret not in str(told)


def test_a_comment_is_no_place_for_a_secret_either() -> None:
    text = of_steps("- {stepId: a, operationId: open}") + f"# {JWT}\n"

    assert findings(text, "ARZ701") == [f"{at(text, JWT)} warning"]


def test_one_secret_is_told_once() -> None:
    text = parameter("Authorization", f"Bearer {JWT}")

    assert findings(text, "ARZ701") == [f"{at(text, 'Bearer eyJ')} warning"]


@pytest.mark.parametrize(
    "text",
    [
        "AKIA" + "IOSFODNN7EXAMPLE", "sk_live_xxxxxxxxxxxxxxxxxxxx", "Bearer <your token goes in here>",
        "Bearer authentication-token-of-the-user", "https://api.invalid/@user:name", "eyJhbGciOiJIUzI1NiJ9",
        "https://{user}:{password}@api.invalid",
    ],
)  # fmt: skip
def test_examples_and_prose_have_no_form(text: str) -> None:
    assert findings(of_steps("- {stepId: a, operationId: open}", fields=f"description: '{text}'"), "ARZ701") == []


# ARZ707: placeholders -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        "Bearer YOUR_TOKEN", "Bearer <token>", "Bearer xxx", "changeme", "string", "Bearer example", "test",
        "'${TOKEN}'", "'{{token}}'", "Bearer $token", "Bearer $dependencies.login.token", "authorization",
        "API_TOKEN",
    ],
)  # fmt: skip
def test_a_placeholder_is_sent_as_it_stands(value: str) -> None:
    text = parameter("Authorization", value)

    assert findings(text, "ARZ707") == [f"{at(text, value)} warning"]
    assert findings(text, "ARZ701") == []


def test_a_password_that_one_makes_up_may_be_any_text() -> None:
    text = body("{username: demo, password: test, otp: example}")

    assert [d.code for d in check(text, api()) if d.code in ("ARZ701", "ARZ707")] == []


def test_a_default_is_not_sent_if_somebody_gives_a_value() -> None:
    text = of_steps(
        "- {stepId: a, operationId: open}",
        fields="inputs: {type: object, properties: {token: {type: string, default: YOUR_TOKEN}}}",
    )

    assert findings(text, "ARZ707") == []


# ARZ702: credentials in URLs ------------------------------------------------------------------------------------------

IN_QUERY = """
- stepId: a
  operationId: call
  parameters: [{name: %s, in: query, value: %s}]
  outputs: {token: $response.body#/t, page: $response.body#/p}
- stepId: b
  operationId: call
  parameters: [{name: q, in: query, value: %s}]
"""
INPUTS = "inputs: {type: object, properties: {key: {type: string, format: password}, token: {}, id: {}}}"


@pytest.mark.parametrize(
    "value", ["$inputs.token", "x-{$inputs.key}", "$steps.a.outputs.token", "$steps.a.outputs.page#/access_token"]
)
def test_a_credential_in_a_query_that_nobody_asks_for_is_a_warning(value: str) -> None:
    text = of_steps(IN_QUERY % ("p", "1", f"'{value}'"), fields=INPUTS)

    assert findings(text, "ARZ702") == [f"{at(text, '{name: q')} warning"]


@pytest.mark.parametrize("value", ["$inputs.id", "1", "$steps.a.outputs.page", "token"])
def test_other_values_are_no_credentials(value: str) -> None:
    assert findings(of_steps(IN_QUERY % ("p", "1", value), fields=INPUTS), "ARZ702") == []


@pytest.mark.parametrize(
    "operation",
    [
        {"parameters": [{"name": "api_key", "in": "query", "schema": {"type": "string"}}]},
        {"security": [{"key": []}]},
    ],
)
def test_where_the_api_asks_for_it_the_author_has_no_choice(operation: Any) -> None:
    text = of_steps(IN_QUERY % ("api_key", "$inputs.id", "1"), fields=INPUTS)

    assert findings(text, "ARZ702", api(**operation)) == [f"{at(text, '{name: api_key')} info"]


@pytest.mark.parametrize(
    ("operation", "hint"),
    [
        ({"security": [{"key": []}]}, "the operation wants it there; keep the URL out of logs"),
        (
            {"security": [{"key": []}, {"key": [], "token": []}]},
            "the operation wants it there; keep the URL out of logs",
        ),
        ({"security": [{"token": []}, {"key": []}]}, "the operation also takes 'token', which is not in the URL"),
    ],
)
def test_a_scheme_that_goes_elsewhere_is_named(operation: Any, hint: str) -> None:
    text = of_steps(IN_QUERY % ("api_key", "$inputs.id", "1"), fields=INPUTS)

    assert [d.hint for d in check(text, api(**operation)) if d.code == "ARZ702"] == [hint]


def test_a_header_is_the_place_for_a_credential() -> None:
    assert findings(parameter("X-Token", "$inputs.token"), "ARZ702") == []


# ARZ703: plain http ---------------------------------------------------------------------------------------------------

OPEN = "- {stepId: a, operationId: open}\n"
CALL = "- {stepId: b, operationId: call}\n"
REMOTE = "http://api.acme.dev/v1"


def test_requests_without_encryption_are_told_once_for_a_server() -> None:
    text = of_steps(OPEN + OPEN.replace("stepId: a", "stepId: c"))

    assert findings(text, "ARZ703", api(server=REMOTE)) == [f"{at(text, 'open}')} info"]


@pytest.mark.parametrize("security", [[{"token": []}], [{"key": []}, {"token": []}]])
def test_a_credential_without_encryption_is_a_warning_where_it_is_sent(security: Any) -> None:
    text = of_steps(OPEN + CALL)

    assert findings(text, "ARZ703", api(server=REMOTE, security=security)) == [f"{at(text, 'call')} warning"]


def test_a_secret_in_a_header_or_a_body_counts_as_one() -> None:
    header = parameter("Authorization", "Bearer {$inputs.token}")
    payload = body("{x: $inputs.token}")

    assert findings(header, "ARZ703", api(server=REMOTE)) == [f"{at(header, 'call')} warning"]
    assert findings(payload, "ARZ703", api(server=REMOTE)) == [f"{at(payload, 'call')} warning"]


@pytest.mark.parametrize(
    "server",
    [
        "https://api.acme.dev", "http://localhost:8080", "http://127.0.0.1/x", "http://127.1.2.3", "http://[::1]:80",
        "http://api.example.com", "http://api.test", "http://app.localhost", "http://0.0.0.0:3000",
    ],
)  # fmt: skip
def test_what_is_encrypted_or_stays_on_the_machine_is_fine(server: str) -> None:
    assert findings(of_steps(CALL), "ARZ703", api(server=server, security=[{"token": []}])) == []


def test_a_server_that_the_host_names_is_its_own_choice() -> None:
    text = of_steps(CALL)

    assert findings(text, "ARZ703", api(server=REMOTE), servers={"api": "http://10.0.0.1"}) == []


def test_a_source_that_is_fetched_without_encryption_is_told() -> None:
    text = of_steps(OPEN).replace("./openapi.json", "http://api.acme.dev/openapi.json")

    assert findings(text, "ARZ703") == [f"{at(text, 'http://')} info"]


# ARZ704: no credential ------------------------------------------------------------------------------------------------


def test_an_operation_that_nothing_has_a_credential_for_is_told_with_what_to_type() -> None:
    text = of_steps(OPEN + CALL + CALL.replace("b", "c", 1))

    (told,) = [d for d in check(text, api(security=[{"token": []}]), env={}) if d.code == "ARZ704"]

    assert f"{told.location.line}:{told.location.column}" == at(text, "call")  # type: ignore[union-attr]
    assert (told.severity, told.message) == ("info", "POST /call needs a credential, and none is configured")
    assert told.hint == "'token' (http bearer): --auth token=TOKEN or ARAZZO_AUTH_TOKEN=TOKEN"


@pytest.mark.parametrize("security", [[], [{}], [{"token": []}, {}]])
def test_an_operation_that_anybody_may_call_needs_none(security: Any) -> None:
    assert findings(of_steps(CALL), "ARZ704", api(security=security)) == []


@pytest.mark.parametrize(
    ("name", "place", "scheme"),
    [
        ("authorization", "header", BEARER),
        ("Authorization", "header", {"type": "oauth2", "flows": {}}),
        ("api_key", "query", KEY),
        ("x-key", "header", {"type": "apiKey", "in": "header", "name": "X-Key"}),
        ("sid", "cookie", {"type": "apiKey", "in": "cookie", "name": "sid"}),
        ("Cookie", "header", {"type": "apiKey", "in": "cookie", "name": "sid"}),
        ("x", "query", {"type": "mutualTLS"}),
    ],
)
def test_a_step_that_gives_the_credential_itself_needs_none(name: str, place: str, scheme: Any) -> None:
    text = parameter(name, "$inputs.token", place)

    assert findings(text, "ARZ704", api(security=[{"s": []}], schemes={"s": scheme})) == []


def test_all_schemes_of_an_alternative_are_needed() -> None:
    text = parameter("Authorization", "$inputs.token")

    assert len(findings(text, "ARZ704", api(security=[{"token": [], "key": []}]))) == 1
    assert findings(text, "ARZ704", api(security=[{"token": [], "key": []}, {"token": []}])) == []


def test_the_hint_leaves_out_the_scheme_that_the_step_gives_itself() -> None:
    text = parameter("Authorization", "$inputs.token")

    (told,) = [d for d in check(text, api(security=[{"token": [], "key": []}]), env={}) if d.code == "ARZ704"]

    assert told.hint is not None
    assert told.hint.startswith("'key' (apiKey in query api_key): --auth key=KEY")
    assert "token" not in told.hint


def test_a_credential_that_a_step_sends_may_be_that_of_a_scheme_nobody_declares() -> None:
    secured = api(security=[{"lost": []}])

    assert findings(parameter("Private-Token", "$inputs.token"), "ARZ704", secured) == []
    assert len(findings(parameter("X-Trace", "$inputs.trace"), "ARZ704", secured)) == 1


@pytest.mark.parametrize(
    ("security", "hint"),
    [
        (
            [{"lost": [], "key": []}],
            "the description does not declare the security scheme 'lost'; send the credential as a parameter",
        ),
        ([{"lost": []}, {"token": []}], "'token' (http bearer): --auth token=TOKEN or ARAZZO_AUTH_TOKEN=TOKEN"),
    ],
)
def test_nothing_can_be_typed_for_a_scheme_nobody_declares(security: Any, hint: str) -> None:
    found = check(of_steps(CALL), api(security=security), auth={"lost": "x"}, env={})

    assert [d.hint for d in found if d.code == "ARZ704"] == [hint]


@pytest.mark.parametrize("options", [{"auth": {"token": "x"}}, {"env": {"ARAZZO_AUTH_TOKEN": "x"}}])
def test_a_configured_credential_is_enough(options: Any) -> None:
    assert findings(of_steps(CALL), "ARZ704", api(security=[{"token": []}]), **options) == []


# ARZ706: secrets nobody marked ----------------------------------------------------------------------------------------


@requirement("datatypes.formats")
def test_an_input_that_is_a_secret_by_its_name_is_to_say_so() -> None:
    text = of_steps(
        OPEN, fields="inputs: {type: object, properties: {apiKey: {type: string}, id: {type: string}, pageToken: {}}}"
    )

    assert findings(text, "ARZ706") == [f"{at(text, 'apiKey')} info"]


@pytest.mark.parametrize("value", ["$inputs.key", "Bearer {$inputs.key}"])
def test_an_input_that_is_sent_as_a_credential_is_a_secret_whatever_its_name(value: str) -> None:
    text = parameter("Authorization", f"'{value}'")
    text = text.replace("  steps:", "  inputs: {type: object, properties: {key: {}, id: {}}}\n  steps:")

    (told,) = [d for d in check(text, api()) if d.code == "ARZ706"]

    assert f"{told.location.line}:{told.location.column}" == at(text, "key: {}")  # type: ignore[union-attr]
    assert told.message == "the input 'key' is sent as a credential and does not say so"


@pytest.mark.parametrize(
    "schema", ["{type: string, format: password}", "{type: object}", "{type: boolean}", "{$ref: '#/x'}", "{enum: [a]}"]
)
def test_what_says_so_or_is_no_text_is_fine(schema: str) -> None:
    text = of_steps(OPEN, fields=f"inputs: {{type: object, properties: {{token: {schema}}}}}")

    assert findings(text, "ARZ706") == []


def test_no_message_of_a_security_rule_shows_a_value() -> None:
    text = parameter("Authorization", f"Bearer {JWT}")

    assert found(text, "ARZ7", api(server=REMOTE)) != []
    assert not any("eyJ" in str(d) for d in check(text, api(server=REMOTE)) if d.code.startswith("ARZ7"))

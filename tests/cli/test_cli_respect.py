"""Documents written for Redocly Respect: `x-security`, `x-serverUrl` and `x-operation` (docs/auth.md)."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from command_line import OK, Command
from scripted import openapi_of

SECRET = "s3cret-token"
INPUTS = {"type": "object", "properties": {"secret": {"type": "string", "default": SECRET}}}
KEY = {"type": "apiKey", "in": "header", "name": "X-Key"}
BEARER = {"type": "http", "scheme": "bearer"}
BASIC = {"type": "http", "scheme": "basic"}


def secured(command: Command, *entries: dict[str, Any], step: Any = None, workflow: Any = None, **parts: Any) -> str:
    """One step, `GET /things`, of an API with the scheme `key`; the entries are the step's `x-security`."""
    command.server.on("GET /things", {"id": 7})
    openapi = openapi_of(
        "get GET /things", servers=[{"url": command.server.url}], components={"securitySchemes": {"key": KEY}}, **parts
    )
    listed = {"x-security": list(entries)} if entries else {}
    return command.workflow(
        {
            "inputs": INPUTS,
            "steps": [{"stepId": "get", "operationId": "get", "successCriteria": OK, **listed, **(step or {})}],
            **(workflow or {}),
        },
        openapi=openapi,
    )


def headers(command: Command) -> Any:
    return command.server.requests[-1].headers


# -- x-security -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "name", "value"),
    [
        ({"schemeName": "key", "values": {"apiKey": "$inputs.secret"}}, "x-key", SECRET),
        ({"scheme": KEY, "values": {"apiKey": "$inputs.secret"}}, "x-key", SECRET),
        ({"scheme": BEARER, "values": {"token": "{$inputs.secret}!"}}, "authorization", f"Bearer {SECRET}!"),
        (
            {"scheme": {"type": "oauth2", "flows": {}}, "values": {"accessToken": SECRET, "clientId": 7}},
            "authorization",
            f"Bearer {SECRET}",
        ),
        ({"scheme": {"type": "openIdConnect"}, "values": {"accessToken": SECRET}}, "authorization", f"Bearer {SECRET}"),
        (
            {"scheme": BASIC, "values": {"username": "John", "password": "$inputs.secret"}},
            "authorization",
            "Basic " + base64.b64encode(f"John:{SECRET}".encode()).decode(),
        ),
        ({"scheme": {**KEY, "in": "cookie", "name": "sid"}, "values": {"apiKey": 42}}, "cookie", "sid=42"),
    ],
)
def test_a_scheme_gets_the_values_of_the_document_masked_everywhere(
    command: Command, entry: dict[str, Any], name: str, value: str
):
    file = secured(command, entry)

    ran = command(file, "-v", "--json", "result.json", "--events", "events.ndjson", "--har", "run.har")

    assert ran.code == 0, ran.err
    assert headers(command)[name] == value
    reports = ran.err + "".join((command.folder / n).read_text() for n in ("result.json", "events.ndjson", "run.har"))
    assert value not in reports
    assert SECRET not in reports.replace(f'"default": "{SECRET}"', "") or "$inputs" not in str(entry)


def test_values_may_come_from_an_earlier_step(command: Command):
    command.server.on("POST /things", {"token": SECRET})
    file = command.workflow(
        {
            "steps": [
                {"stepId": "login", "operationId": "post", "outputs": {"token": "$response.body#/token"}},
                {
                    "stepId": "get",
                    "operationId": "get",
                    "x-security": [{"scheme": BEARER, "values": {"token": "$steps.login.outputs.token"}}],
                },
            ]
        }
    )
    command.server.on("GET /things", {})

    ran = command.sent(file)

    assert ran.code == 0, ran.err
    assert headers(command)["authorization"] == f"Bearer {SECRET}"


def test_the_workflows_entries_hold_for_every_step_and_a_later_one_takes_the_place_of_an_earlier(command: Command):
    workflow = {
        "x-security": [
            {"scheme": BEARER, "values": {"token": "of the workflow"}},
            {"scheme": KEY, "values": {"apiKey": "of the workflow"}},
        ],
        "parameters": [{"name": "Authorization", "in": "header", "value": "a parameter"}],
    }
    file = secured(command, {"scheme": BEARER, "values": {"token": "of the step"}}, workflow=workflow)

    ran = command(file)

    assert ran.code == 0, ran.err
    assert headers(command)["authorization"] == "Bearer of the step"
    assert headers(command)["x-key"] == "of the workflow"


def test_the_document_decides_before_the_person_and_a_reference_in_it_is_text(command: Command):
    file = secured(command, {"schemeName": "key", "values": {"apiKey": "env:HOME"}}, security=[{"key": []}])

    ran = command(file, "--auth", "key=mine")

    assert ran.code == 2  # no step asks for the person's value
    assert command(file).code == 0
    assert headers(command)["x-key"] == "env:HOME"


def test_a_value_that_is_absent_leaves_the_request_without(command: Command):
    inputs = {"type": "object", "properties": {"secret": {"type": "string"}}}
    file = secured(command, {"schemeName": "key", "values": {"apiKey": "$inputs.secret"}}, workflow={"inputs": inputs})

    ran = command(file)

    assert ran.code == 0
    assert "x-key" not in headers(command)


@pytest.mark.parametrize(
    ("entry", "code", "words"),
    [
        ({"schemeName": "kex", "values": {"apiKey": "x"}}, 3, "ARZ203: openapi.json declares no security scheme 'kex'"),
        ({"schemeName": "key", "scheme": KEY, "values": {}}, 3, "ARZ117: 'scheme' and 'schemeName' exclude each other"),
        ({"values": {"apiKey": "x"}}, 3, "ARZ110: an entry of x-security names no scheme"),
        ({"schemeName": "key"}, 3, "ARZ110: the x-security entry has no 'values'"),
        ({"schemeName": "key", "values": {"apiKey": "$inputs.nowhere"}}, 3, "nowhere"),
        ({"schemeName": "key", "values": {"apiKey": {"a": 1}}}, 1, "x-security: 'the value' is no text"),
    ],
)
def test_what_is_wrong_with_an_entry_refuses_the_run(command: Command, entry: dict[str, Any], code: int, words: str):
    ran = command(secured(command, entry))

    assert ran.code == code
    assert words in ran.err
    assert command.server.requests == []


def test_half_of_a_pair_is_an_error_that_names_no_option(command: Command):
    ran = command(secured(command, {"scheme": BASIC, "values": {"username": "me"}}))

    assert ran.code == 4
    assert "needs a password" in ran.err
    assert "--auth" not in ran.err


@pytest.mark.parametrize(("version", "options", "read"), [("1.0.1", ["--strict"], False), ("1.1.0", [], False)])
def test_where_documents_are_read_exactly_it_means_nothing(
    command: Command, version: str, options: list[str], read: bool
):
    file = secured(command, {"schemeName": "key", "values": {"apiKey": SECRET}})
    path = command.folder / file
    path.write_text(path.read_text().replace("1.0.1", version))

    exact = command(file, *options)
    lenient = command(file, "--lenient")

    assert (exact.code, lenient.code) == (0, 0)
    assert ["x-key" in request.headers for request in command.server.requests] == [read, True]


def test_check_takes_the_values_for_credentials_and_for_uses_of_inputs(command: Command):
    inputs = {"type": "object", "properties": {"secret": {"type": "string", "format": "password"}}}
    file = secured(
        command,
        {"schemeName": "key", "values": {"apiKey": "$inputs.secret"}},
        workflow={"inputs": inputs},
        security=[{"key": []}],
    )

    ran = command("check", "-v", file)

    assert ran.code == 0
    assert "ARZ704" not in ran.out + ran.err
    assert "ARZ232" not in ran.out + ran.err


def test_show_says_that_the_document_has_the_value(command: Command):
    ran = command("show", "--credentials", secured(command, {"schemeName": "key", "values": {"apiKey": SECRET}}))

    assert (ran.code, "the document's own" in ran.out) == (0, True)
    assert SECRET not in ran.out


def test_a_dry_run_shows_where_the_value_goes(command: Command):
    ran = command(secured(command, {"schemeName": "key", "values": {"apiKey": SECRET}}), "--dry-run")

    assert ran.code == 0
    assert "X-Key: ***" in ran.err
    assert SECRET not in ran.err


# -- x-serverUrl ----------------------------------------------------------------------------------------------------


def with_server(command: Command, server: str) -> str:
    command.server.on("GET /v2/things", {"id": 7})
    command.server.on("GET /things", {"id": 8})
    file = command.simple()
    path = command.folder / file
    path.write_text(
        path.read_text().replace('"url": "openapi.json"', f'"url": "openapi.json", "x-serverUrl": "{server}"')
    )
    return file


def test_a_source_may_name_its_server(command: Command):
    ran = command(with_server(command, f"{command.server.url}/v2"))

    assert (ran.code, ran.json) == (0, {"id": 7})


def test_the_option_wins_over_the_document(command: Command):
    ran = command.sent(with_server(command, "http://127.0.0.1:9"))

    assert (ran.code, ran.json) == (0, {"id": 8})


@pytest.mark.parametrize(
    ("written", "warned"), [("$servers.0.url", False), ("$inputs.server", True), ("/v2", True), ("ftp://x", True)]
)
def test_what_is_no_url_leaves_the_descriptions_own_server(command: Command, written: str, warned: bool):
    ran = command(with_server(command, written), "--dry-run")

    assert ran.code == 0
    assert "GET http://127.0.0.1:9/unused/things" in ran.err
    assert ("x-serverUrl is an http(s) URL" in ran.err) is warned


def test_a_mock_answers_as_the_description_says(command: Command):
    assert command(with_server(command, "http://localhost:4000/_mock"), "--mock").code in (0, 1)


# -- x-operation ----------------------------------------------------------------------------------------------------


OUTPUT = {"outputs": {"id": "$response.body#/id"}}


def direct(command: Command, url: str, method: str = "get", **step: Any) -> str:
    return command.workflow(
        {
            "inputs": {"type": "object", "properties": {"base": {"type": "string", "default": command.server.url}}},
            "steps": [{"stepId": "call", "x-operation": {"url": url, "method": method}, **OUTPUT, **step}],
            "outputs": {"id": "$steps.call.outputs.id"},
        }
    )


def test_a_step_calls_a_url_that_no_description_has(command: Command):
    command.server.on("POST /a/b", {"id": 7})
    file = direct(
        command,
        f"{command.server.url}/a/b?x=1",
        "post",
        parameters=[
            {"name": "y", "in": "query", "value": "2 3"},
            {"name": "X-Own", "in": "header", "value": "mine"},
        ],
        requestBody={"payload": {"a": 1}},
        successCriteria=OK,
    )

    ran = command(file)

    assert (ran.code, ran.json) == (0, {"id": 7}), ran.err
    request = command.server.requests[0]
    assert request.path == "/a/b?x=1&y=2%203"
    assert request.headers["x-own"] == "mine"
    assert request.json == {"a": 1}
    assert "warning" not in ran.err


@pytest.mark.parametrize("url", ["{$inputs.base}/a?x=1", "$inputs.base"])
def test_the_url_may_be_an_expression(command: Command, url: str):
    command.server.on("GET /a", {"id": 7})
    command.server.on("GET /", {"id": 7})

    file = direct(command, url, parameters=[{"name": "y", "in": "query", "value": 2}])
    refused = command(file)
    ran = command(file, "--allow-host", "127.0.0.1")

    assert refused.code == 4, "no description names the host"
    assert "--allow-host 127.0.0.1" in refused.err
    assert (ran.code, ran.json) == (0, {"id": 7}), ran.err
    assert command.server.requests[0].path == ("/a?x=1&y=2" if "/a" in url else "/?y=2")


@pytest.mark.parametrize("value", ["ftp://x/y", "no url", "http://me:pw@127.0.0.1/", "http://x/\r\nA: b", ""])
def test_a_value_that_is_no_url_sends_nothing(command: Command, value: str):
    ran = command(direct(command, "$inputs.base"), "-i", f"base={value}")

    assert ran.code == 1
    assert "the url of x-operation has no http(s) URL as its value" in ran.err


def test_a_server_option_is_for_sources_and_not_for_the_url(command: Command):
    command.server.on("GET /a", {"id": 7})

    ran = command(direct(command, f"{command.server.url}/a"), "-s", "http://127.0.0.1:9")

    assert (ran.code, ran.json) == (0, {"id": 7}), ran.err


def test_x_security_signs_a_url_as_well(command: Command):
    command.server.on("GET /a", {})
    entry = {"scheme": KEY, "values": {"apiKey": SECRET}}

    ran = command(direct(command, f"{command.server.url}/a", **{"x-security": [entry]}))

    assert ran.code == 0, ran.err
    assert headers(command)["x-key"] == SECRET


@pytest.mark.parametrize(
    ("operation", "more", "words"),
    [
        ({"url": "/relative", "method": "get"}, {}, "ARZ116: 'url' is an http(s) URL, not '/relative'"),
        ({"url": "https://me@x/", "method": "get"}, {}, "ARZ116: 'url' is an http(s) URL"),
        ({"url": "https://x/", "method": "connect"}, {}, "ARZ116: 'method' is one of GET"),
        ({"url": "https://x/"}, {}, "ARZ110: the x-operation object has no 'method'"),
        ({"method": "get"}, {}, "ARZ110: the x-operation object has no 'url'"),
        ({"url": "https://x/", "method": "get"}, {"operationId": "get"}, "ARZ117: step 'call' has operationId and x-"),
    ],
)
def test_what_is_wrong_with_it_refuses_the_run(command: Command, operation: Any, more: Any, words: str):
    file = command.workflow({"steps": [{"stepId": "call", "x-operation": operation, **more}]})

    ran = command(file)

    assert ran.code == 3
    assert words in ran.err


def test_read_exactly_a_step_with_nothing_else_calls_nothing(command: Command):
    ran = command(direct(command, f"{command.server.url}/a"), "--strict")

    assert ran.code == 3
    assert "step 'call' names nothing to call" in ran.err
    assert "main.arazzo.json:" in ran.err


@pytest.mark.parametrize("command_line", [["show"], ["check"], ["run", "--mock"], ["show", "--diagram", "mermaid"]])
def test_every_command_takes_such_a_step(command: Command, command_line: list[str]):
    ran = command(*command_line, direct(command, "https://third.test/a"))

    assert ran.code == 0, ran.err


def test_a_record_of_such_a_run_replays(command: Command):
    command.server.on("GET /a", {"id": 7})
    file = direct(command, f"{command.server.url}/a", **{"x-security": [{"scheme": KEY, "values": {"apiKey": SECRET}}]})

    recorded = command(file, "--record", "run.arazzo-test.yaml")
    replayed = command(file, "--replay", "run.arazzo-test.yaml")

    assert (recorded.code, replayed.code) == (0, 0), replayed.err
    assert len(command.server.requests) == 1
    assert SECRET not in (command.folder / "run.arazzo-test.yaml").read_text()


# -- published documents --------------------------------------------------------------------------------------------

RESPECT = "corpus/redocly-cli-tests/arazzo"


@pytest.mark.parametrize(
    ("kind", "workflow", "inputs"),
    [
        ("api-key-auth", "api-key-auth-workflow", True),
        ("basic-auth", "basic-auth-workflow", True),
        ("bearer-auth", "bearer-auth-workflow", True),
        ("oauth2-auth", "oauth2-auth-workflow", False),
        ("open-id-connect-auth", "open-id-connect-auth-workflow", False),
        ("resolve-scheme-name", "menu-items", True),
        ("scheme-apply-order", "menu-items", False),
    ],
)
def test_the_documents_of_respects_own_tests_run(
    command: Command, shared: Path, kind: str, workflow: str, inputs: bool
):
    file = shared / RESPECT / f"tests/e2e/respect/x-security-{kind}/x-security-{kind}.arazzo.yaml"
    if not file.is_file():
        pytest.skip("this document is not here")
    source = f"cafe-api={shared / RESPECT / 'resources/cafe.yaml'}"
    given = ["-i", f"secret={SECRET}"] if inputs else []

    ran = command(str(file), "-w", workflow, "--mock", "-v", "--source", source, "--root", str(shared), *given)

    assert ran.code == 0, ran.err
    assert "***" in ran.err
    assert SECRET not in ran.err


def test_the_order_of_respect_decides_which_scheme_is_sent(command: Command, shared: Path):
    kind = "x-security-scheme-apply-order"
    file = shared / RESPECT / f"tests/e2e/respect/{kind}/{kind}.arazzo.yaml"
    if not file.is_file():
        pytest.skip("this document is not here")
    source = f"cafe-api={shared / RESPECT / 'resources/cafe.yaml'}"

    ran = command(str(file), "--dry-run", "--show-secrets", "--source", source, "--root", str(shared))

    basic = base64.b64encode(b"basic-auth-should-be-in-final-result:some-password").decode()
    assert f"Authorization: Basic {basic}" in ran.err
    assert "X-API-KEY: api-key-auth-should-be-in-final-result" in ran.err
    assert "X-API-KEY=cookie-api-key-auth-should-be-in-final-result" in ran.err
    assert "X-API-KEY-WORKFLOW=workflow-api-key-auth" in ran.err
    assert "overridden" not in ran.err

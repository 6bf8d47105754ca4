"""What a run may send and where to, from the command line: refusals are exit 4, say why, and which option allows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import STEP, Command
from scripted import Answer, ScriptedServer, openapi_of
from wires import Wire

import arazzo_runner
from arazzo_runner import Policy

POST = {"stepId": "create", "operationId": "post"}
SECURED = {
    "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    "security": [{"token": []}],
}


@pytest.fixture
def other() -> Iterator[ScriptedServer]:
    scripted = ScriptedServer()
    yield scripted
    scripted.close()


def served(command: Command, *lines: str, **parts: object) -> dict[str, object]:
    """A description whose server is the scripted one, without `-s`."""
    return {**openapi_of(*lines, **parts), "servers": [{"url": command.server.url}]}


def by_url(command: Command, file: str, server: ScriptedServer) -> str:
    """The description again, with its source on a server."""
    text = (command.folder / file).read_text().replace("openapi.json", f"{server.url}/openapi.json")
    command.write(file, text)
    return text


# -- methods --------------------------------------------------------------------------------------------------------


def test_a_run_that_only_reads_stops_at_the_first_step_that_writes(command: Command):
    command.server.on("GET /things", {"id": 1})
    file = command.workflow({"steps": [STEP, POST]})

    ran = command.sent(file, "--read-only")

    assert ran.code == 4
    assert "POST is not sent: --read-only allows GET, HEAD, OPTIONS, TRACE, QUERY only" in ran.err
    assert command.server.lines == ["GET /things"]


# -- hosts ----------------------------------------------------------------------------------------------------------


def test_a_redirect_stays_with_the_hosts_of_the_descriptions(command: Command):
    command.server.on("GET /things", Answer(302, headers={"Location": "http://127.0.0.2:9/x"}))

    ran = command.sent(command.simple(), "--follow-redirects")

    assert ran.code == 4
    assert "the host 127.0.0.2:9 is not allowed: the descriptions name 127.0.0.1" in ran.err
    assert "--allow-host 127.0.0.2:9 allows it" in ran.err


def test_private_hosts_are_refused_when_asked_for_unless_they_are_named(command: Command):
    command.server.on("GET /things", {"id": 1})
    file = command.workflow({"steps": [STEP]}, openapi=served(command, "get GET /things"))

    refused = command(file, "--deny-private")
    named = command(file, "--deny-private", "--allow-host", "127.0.0.1")
    by_server = command.sent(file, "--deny-private")
    without = command(file)

    assert [ran.code for ran in (refused, named, by_server, without)] == [4, 0, 0, 0]
    assert "127.0.0.1 is a private address, and --deny-private refuses those" in refused.err
    assert "(--allow-host 127.0.0.1 allows it)" in refused.err


def test_a_metadata_service_is_refused_whoever_names_it(command: Command):
    description = {**openapi_of("get GET /things"), "servers": [{"url": "http://169.254.169.254/latest"}]}

    ran = command(command.workflow({"steps": [STEP]}, openapi=description))

    assert ran.code == 4
    assert "169.254.169.254 is a link-local or metadata address (--allow-host 169.254.169.254 allows it)" in ran.err


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "[::1]", "nas.local"])
def test_a_source_that_came_by_url_names_no_private_host(command: Command, other: ScriptedServer, host: str):
    """The server of the description is another origin than the one that the local document names."""
    description = {**openapi_of("get GET /things"), "servers": [{"url": f"http://{host}:{command.server.url[17:]}"}]}
    other.on("GET /openapi.json", description)
    file = command.workflow({"steps": [STEP]})
    by_url(command, file, other)

    ran = command(file)

    assert ran.code == 4
    assert "only what came by URL names it" in ran.err
    assert command.server.requests == []


def test_it_does_once_its_host_is_named(command: Command, other: ScriptedServer):
    command.server.on("GET /things", {"id": 1})
    other.on("GET /openapi.json", served(command, "get GET /things"))
    file = command.workflow({"steps": [STEP]})
    by_url(command, file, other)

    assert [command(file, "--allow-host", "127.0.0.1").code, command.sent(file).code] == [0, 0]


def test_a_source_of_the_server_it_describes_needs_no_option(command: Command):
    """As frameworks serve their description at development time."""
    command.server.on("GET /things", {"id": 1}).on("GET /openapi.json", served(command, "get GET /things"))
    file = command.workflow({"steps": [STEP]})
    command.write(
        file, (command.folder / file).read_text().replace("openapi.json", f"{command.server.url}/openapi.json")
    )

    assert command(file).code == 0


def test_a_path_that_came_by_url_names_no_private_host_either(command: Command, other: ScriptedServer):
    """Although the description that refers to it is a local file."""
    item = {"servers": [{"url": command.server.url}], **openapi_of("get GET /things")["paths"]["/things"]}
    other.on("GET /item.json", item)
    description = {**openapi_of(), "paths": {"/things": {"$ref": f"{other.url}/item.json"}}}

    ran = command(command.workflow({"steps": [STEP]}, openapi=description))

    assert ran.code == 4
    assert "only what came by URL names it" in ran.err
    assert command.server.requests == []


# -- documents ------------------------------------------------------------------------------------------------------


def test_sources_are_fetched_from_allowed_hosts_only(command: Command, other: ScriptedServer):
    other.on("GET /openapi.json", openapi_of("get GET /things"))
    file = command.workflow({"steps": [STEP]})
    by_url(command, file, other)

    refused = command.sent(file, "--allow-host", "api.example")
    typed = command.sent(file, "--allow-host", "127.0.0.1", "--source", f"api={other.url}/openapi.json")

    assert refused.code == 4
    assert "is not allowed" in refused.err
    assert typed.code == 1
    assert other.lines == ["GET /openapi.json"]


def test_a_document_by_url_loads_no_source_from_another_private_host(command: Command, other: ScriptedServer):
    other.on("GET /openapi.json", openapi_of("get GET /things"))
    file = command.workflow({"steps": [STEP]})
    text = by_url(command, file, other)
    command.server.on("GET /main.json", Answer(200, body=text))

    url = f"{command.server.url}/main.json"
    run, checked = command(url), command("check", "--fetch", url)

    assert run.code == 4
    assert "only what came by URL names it" in run.err
    assert "only what came by URL names it" in checked.out
    assert other.requests == []


# -- credentials ----------------------------------------------------------------------------------------------------


def test_a_credential_goes_over_http_to_this_machine_only(command: Command):
    proxy = Wire(b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"id":1}')
    file = command.workflow({"steps": [STEP]}, openapi=openapi_of("get GET /things", **SECURED))
    command.server.on("GET /things", {"id": 1})
    given = ("--auth", "token=secret-token", "--proxy", proxy.url)

    here = command.sent(file, "--auth", "token=secret-token")
    refused = command(file, "-s", "http://api.example", *given)
    allowed = command(file, "-s", "http://api.example", *given, "--allow-http")
    without = command(file, "-s", "http://api.example", "--proxy", proxy.url)
    proxy.close()

    assert [ran.code for ran in (here, refused, allowed, without)] == [0, 4, 0, 0]
    assert "a credential is not sent to api.example over http, without TLS (--allow-http allows it)" in refused.err
    assert "secret-token" not in refused.err
    assert len(proxy.requests) == 2


def test_an_input_with_a_line_break_does_not_become_a_header(command: Command):
    description = openapi_of("get GET /things")
    description["paths"]["/things"]["get"]["parameters"] = [
        {"name": "X-A", "in": "header", "schema": {"type": "string"}}
    ]
    step = {**STEP, "parameters": [{"name": "X-A", "in": "header", "value": "$inputs.a"}]}
    inputs = {"type": "object", "properties": {"a": {"type": "string"}}}
    file = command.workflow({"inputs": inputs, "steps": [step]}, openapi=description)

    ran = command.sent(file, "-i", "a=x\r\nX-Injected: 1")

    assert ran.code in (1, 4)
    assert "X-A" in ran.err
    assert command.server.requests == []


# -- configuration --------------------------------------------------------------------------------------------------


def test_the_project_tightens(command: Command):
    command.server.on("GET /things", {"id": 1})
    file = command.workflow({"steps": [STEP, POST]}, openapi=served(command, "get GET /things", "post POST /things"))
    found = {}
    for name, line in {
        "read_only": "read-only = true",
        "methods": 'methods = ["get"]',
        "deny_private": "deny-private = true",
        "hosts": 'allow-hosts = ["api.example"]',
    }.items():
        command.write("pyproject.toml", f"[tool.arazzo-run.policy]\n{line}\n")
        found[name] = command(file)

    assert [ran.code for ran in found.values()] == [4, 4, 4, 4]
    assert "POST is not sent: --read-only" in found["read_only"].err
    assert "POST is not sent: the policy's methods are GET" in found["methods"].err
    assert "--deny-private" in found["deny_private"].err
    assert "the project's configuration does not allow the host 127.0.0.1" in found["hosts"].err


def test_the_project_adds_no_host(command: Command):
    command.write("pyproject.toml", '[tool.arazzo-run.policy]\nallow-hosts = ["127.0.0.1", "127.0.0.2"]\n')
    command.server.on("GET /things", Answer(302, headers={"Location": "http://127.0.0.2:9/x"}))
    file = command.workflow({"steps": [STEP]}, openapi=served(command, "get GET /things"))

    ran = command(file, "--follow-redirects")

    assert ran.code == 4
    assert "the host 127.0.0.2:9 is not allowed" in ran.err


def test_the_project_does_not_loosen_and_the_user_does(command: Command, tmp_path: Path):
    proxy = Wire(b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"id":1}')
    file = command.workflow({"steps": [STEP]}, openapi=openapi_of("get GET /things", **SECURED))
    given = (file, "-s", "http://api.example", "--auth", "token=secret-token", "--proxy", proxy.url)
    command.write("pyproject.toml", "[tool.arazzo-run.policy]\nallow-http = true\n")
    by_project = command(*given)
    (tmp_path / "config" / "arazzo-run").mkdir(parents=True)
    (tmp_path / "config" / "arazzo-run" / "config.toml").write_text("[policy]\nallow-http = true\n")
    by_user = command(*given)
    command.write("pyproject.toml", "[tool.arazzo-run.policy]\nallow-http = false\n")
    forbidden = command(*given)
    proxy.close()

    assert [by_project.code, by_user.code, forbidden.code] == [4, 0, 4]


# -- notes ----------------------------------------------------------------------------------------------------------


def test_verbose_says_when_another_client_is_used_and_when_addresses_are_not_checked(command: Command):
    pytest.importorskip("pyreqwest")
    command.server.on("GET /things", {"id": 1})
    file = command.simple()
    proxy = Wire(b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"id":1}')

    plain = command.sent(file, "-v")
    socks = command.sent(file, "-v", "--proxy", "socks5://127.0.0.1:9")
    by_proxy = command.sent(file, "-v", "--proxy", proxy.url)
    quiet = command.sent(file, "--proxy", proxy.url)
    proxy.close()

    assert "httpx" not in plain.err
    assert "requests are sent by httpx: pyreqwest does no SOCKS proxies" in socks.err
    assert "hosts are checked by name, their addresses cannot be checked" in by_proxy.err
    assert "hosts are checked by name" not in quiet.err


# -- the library ----------------------------------------------------------------------------------------------------


def test_the_library_takes_a_policy(command: Command):
    command.server.on("GET /things", {"id": 1})
    file = command.folder / command.workflow(
        {"steps": [STEP, POST]}, openapi=served(command, "get GET /things", "post POST /things")
    )

    result = arazzo_runner.run(file, policy=Policy(read_only=True), cache=False)

    assert (result.status, result.reason) == ("failed", "transport")
    assert command.server.lines == ["GET /things"]
    with arazzo_runner.Runner(file, policy=Policy(deny_private=True), cache=False) as runner:
        assert runner.policy.check(command.server.url) is not None
        assert runner.run().reason == "transport"
    assert command.server.lines == ["GET /things"]

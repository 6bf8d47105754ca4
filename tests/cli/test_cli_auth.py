"""`auth login|list|logout`, references, `.env`, `show --credentials` on the command line (docs/auth.md)."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from command_line import OK, Command
from keyrings_of_tests import MemoryKeyring
from scripted import openapi_of
from terminals import Terminal

KEY = {"type": "apiKey", "in": "header", "name": "X-Key"}
BEARER = {"type": "http", "scheme": "bearer"}
BASIC = {"type": "http", "scheme": "basic"}
SERVER = "https://api.example.com/v1"
HOST = "https://api.example.com"
SECRET = "s3cret-token"


@pytest.fixture(autouse=True)
def _without_keyring(no_keyring: None) -> None:
    """Unless a test has one of its own."""


def api(*lines: str, server: str = SERVER, security: Any = None, **schemes: Any) -> dict[str, Any]:
    """A description whose operations need each of the schemes, or what `security` says."""
    return openapi_of(
        *lines,
        security=security if security is not None else [{name: [] for name in schemes}],
        components={"securitySchemes": schemes},
        servers=[{"url": server}],
    )


def keyed(command: Command, server: str = SERVER, **schemes: Any) -> str:
    """One step, `GET /things`, that needs a key."""
    command.server.on("GET /things", {})
    return command.workflow(
        {"steps": [{"stepId": "get", "operationId": "get", "successCriteria": OK}]},
        openapi=api("get GET /things", server=server, **(schemes or {"key": KEY})),
    )


def two_sources(command: Command, *, server: str, other: str) -> str:
    """A step of each of two APIs, whose schemes have the same name and are not the same."""
    command.server.on("GET /a", {})
    command.server.on("GET /b", {})
    command.write("a.json", api("a GET /a", server=server, key=KEY))
    command.write("b.json", api("b GET /b", server=other, key=BEARER))
    return command.write(
        "two.arazzo.json",
        {
            "arazzo": "1.0.1",
            "info": {"title": "t", "version": "1"},
            "sourceDescriptions": [{"name": n, "url": f"{n}.json", "type": "openapi"} for n in ("a", "b")],
            "workflows": [
                {
                    "workflowId": "main",
                    "steps": [
                        {"stepId": n, "operationId": f"$sourceDescriptions.{n}.{n}", "successCriteria": OK}
                        for n in ("a", "b")
                    ],
                }
            ],
        },
    )


def kept(command: Command) -> Path:
    return command.folder.parent / "config" / "arazzo-run" / "credentials.json"


# -- login, list, logout --------------------------------------------------------------------------------------------


def test_a_token_from_standard_input_is_kept_and_sent(command: Command):
    file = keyed(command, command.server.url)

    login = command("auth", "login", file, "key", "--with-token", stdin=f"{SECRET}\n")
    ran = command(file)

    assert (login.code, login.out) == (0, "")
    assert f"'key' for {command.server.url} is kept in a file that only you can read" in login.err
    assert ran.code == 0, ran.err
    assert command.server.requests[0].headers["x-key"] == SECRET
    assert SECRET not in login.err + ran.err
    assert stat.S_IMODE(kept(command).stat().st_mode) == 0o600


def test_the_only_scheme_of_a_file_needs_no_name(command: Command):
    login = command("auth", "login", keyed(command), "--with-token", stdin=SECRET)

    assert (login.code, f"'key' for {HOST}" in login.err) == (0, True)


def test_with_a_keyring_no_file_has_the_value(command: Command, memory_keyring: MemoryKeyring):
    file = keyed(command, command.server.url)

    login = command("auth", "login", file, "--with-token", stdin=SECRET)
    ran = command(file)

    assert "the system keyring" in login.err
    assert SECRET not in kept(command).read_text()
    assert ran.code == 0
    assert command.server.requests[0].headers["x-key"] == SECRET


def test_a_profile_is_not_sent_to_another_origin(command: Command):
    file = keyed(command)
    command("auth", "login", file, "--with-token", stdin=SECRET)

    ran = command.sent(file)

    assert ran.code == 0
    assert "x-key" not in command.server.requests[0].headers


def test_list_shows_no_value(command: Command):
    command("auth", "login", "--host", "api.example.com", "key", "--with-token", stdin=SECRET)
    command("auth", "login", "--host", "http://localhost:8080", "pw", "--with-token", stdin="me:word")

    listed = command("auth", "list")

    assert listed.code == 0
    assert listed.out.splitlines() == [
        "http://localhost:8080    pw   value  file",
        "https://api.example.com  key  value  file",
    ]


def test_nothing_kept_is_said(command: Command):
    listed = command("auth", "list")

    assert (listed.code, listed.out, listed.err) == (0, "", "nothing is kept\n")


@pytest.mark.parametrize(
    ("options", "left"),
    [(["key"], {"other"}), (["--host", "one.test"], {"key"}), (["key", "--host", "one.test"], {"key", "other"})],
)
def test_logout_forgets_what_is_named(command: Command, options: list[str], left: set[str]):
    for host, scheme in (("one.test", "key"), ("one.test", "other"), ("two.test", "key")):
        command("auth", "login", "--host", host, scheme, "--with-token", stdin=SECRET)

    out = command("auth", "logout", *options)

    assert out.code == 0
    assert {line.split()[1] for line in command("auth", "list").out.splitlines()} == left


def test_logout_of_everything(command: Command, memory_keyring: MemoryKeyring):
    command("auth", "login", "--host", "one.test", "key", "--with-token", stdin=SECRET)

    assert command("auth", "logout", "--all").code == 0
    assert memory_keyring.entries == {}
    assert SECRET not in kept(command).read_text()


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["auth", "logout"], "nothing is named to forget"),
        (["auth", "logout", "key"], "nothing of that name is kept"),
        (["auth", "login", "main.arazzo.json", "kex"], "needs the scheme 'kex' (schemes: key)"),
        (["auth", "login", "main.arazzo.json", "key", "third"], "'third' is one name too many"),
        (["auth", "login", "--host", "ftp://x", "key"], "is no host"),
        (["auth", "login", "main.arazzo.json"], "no terminal to ask on (--with-token"),
        (["auth", "login", "--host", "x.test", "key", "--with-token"], "standard input is empty"),
        (["auth", "forget"], "invalid choice"),
    ],
)
def test_what_cannot_be_done_is_one_line(command: Command, argv: list[str], words: str):
    keyed(command)

    ran = command(*argv, stdin="")

    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err
    assert len(ran.err.splitlines()) == 1
    assert not kept(command).exists()


def test_a_scheme_that_goes_to_several_origins_needs_one_named(command: Command):
    file = two_sources(command, server="https://a.test", other="https://b.test")

    asked = command("auth", "login", file, "key", "--with-token", stdin=SECRET)
    named = command("auth", "login", file, "key", "--host", "b.test", "--with-token", stdin=SECRET)

    assert (asked.code, named.code) == (2, 0)
    assert "'key' goes to https://a.test, https://b.test (name one with --host)" in asked.err


def test_auth_alone_shows_its_help(command: Command):
    ran = command("auth")

    assert (ran.code, ran.out) == (2, "")
    assert "login" in ran.err


def test_a_person_is_asked_for_the_fields_and_sees_no_secret(command: Command):
    file = keyed(command, command.server.url, basic=BASIC)
    terminal = Terminal(command, "auth", "login", file)

    terminal.wait_for("user name:")
    terminal.type("me")
    terminal.wait_for("password (may be empty):")
    terminal.type(SECRET)
    code, out = terminal.end()

    assert (code, out) == (0, ""), terminal.shown
    assert SECRET not in terminal.shown
    assert json.loads(kept(command).read_text())["profiles"][0]["values"] == {"username": "me", "password": SECRET}
    assert command(file).code == 0
    assert command.server.requests[0].headers["authorization"].startswith("Basic ")


# -- references on the command line ---------------------------------------------------------------------------------


def test_a_reference_is_resolved_and_masked_and_what_it_says_is_not(command: Command):
    file = keyed(command)
    command.write("token.txt", f"{SECRET}\n")

    ran = command.sent(file, "--auth", "key=file:token.txt", "-v", "--events", "events.ndjson")

    assert ran.code == 0, ran.err
    assert command.server.requests[0].headers["x-key"] == SECRET
    assert SECRET not in ran.err + (command.folder / "events.ndjson").read_text()


def test_a_command_is_run_only_where_it_is_allowed(command: Command, monkeypatch: pytest.MonkeyPatch):
    file = keyed(command)
    monkeypatch.setenv("ARAZZO_AUTH_KEY", f"cmd:{sys.executable} -c 'print(\"{SECRET}\")'")

    refused = command.sent(file)
    allowed = command.sent(file, "--allow-commands")

    assert (refused.code, allowed.code) == (4, 0)
    assert "ARAZZO_AUTH_KEY: commands are not run unless allowed (--allow-commands)" in refused.err
    assert [request.headers["x-key"] for request in command.server.requests] == [SECRET]


def test_the_project_does_not_allow_commands_and_may_forbid_them(command: Command, monkeypatch: pytest.MonkeyPatch):
    file = keyed(command)
    monkeypatch.setenv("ARAZZO_AUTH_KEY", f"cmd:{sys.executable} -c 'print(1)'")
    command.write(".arazzo-run.toml", "allow-commands = true\n")
    by_project = command.sent(file)
    config = command.folder.parent / "config" / "arazzo-run" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("allow-commands = true\n")
    by_person = command.sent(file)
    command.write(".arazzo-run.toml", "allow-commands = false\n")

    forbidden = command.sent(file)

    assert (by_project.code, by_person.code, forbidden.code) == (4, 0, 4)


def test_a_dot_env_of_the_folder_does_not_reach_for_the_persons_secrets(
    command: Command, monkeypatch: pytest.MonkeyPatch
):
    file = keyed(command)
    monkeypatch.setenv("CLOUD_SECRET", SECRET)
    command.write(".env", "ARAZZO_AUTH_KEY=env:CLOUD_SECRET\n")

    found = command.sent(file)
    named = command.sent(file, "--env-file", ".env")

    assert (found.code, named.code) == (4, 0)
    assert "ARAZZO_AUTH_KEY in .env: env:CLOUD_SECRET reaches out" in found.err
    assert [request.headers["x-key"] for request in command.server.requests] == [SECRET]


# -- two schemes of one name ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["variable", "option"])
def test_one_name_for_two_schemes_is_refused_before_anything_is_sent(
    command: Command, monkeypatch: pytest.MonkeyPatch, way: str
):
    file = two_sources(command, server=command.server.url, other=command.server.url)
    if way == "variable":
        monkeypatch.setenv("ARAZZO_AUTH_KEY", SECRET)

    ran = command(file, *(["--auth", f"key={SECRET}"] if way == "option" else []))

    assert ran.code == 2
    assert "ARAZZO_AUTH_A__KEY" in ran.err
    assert "ARAZZO_AUTH_B__KEY" in ran.err
    assert SECRET not in ran.err
    assert command.server.requests == []


def test_the_long_names_tell_two_schemes_apart(command: Command, monkeypatch: pytest.MonkeyPatch):
    file = two_sources(command, server=command.server.url, other=command.server.url)
    monkeypatch.setenv("ARAZZO_AUTH_A__KEY", "for-a")

    ran = command(file, "--auth", "b.key=for-b")

    assert ran.code == 0, ran.err
    first, second = command.server.requests
    assert (first.headers["x-key"], second.headers["authorization"]) == ("for-a", "Bearer for-b")


def test_a_source_that_nothing_declares_is_refused(command: Command):
    ran = command(keyed(command), "--auth", "apy.key=x")

    assert ran.code == 2
    assert "--auth apy.key" in ran.err


# -- show --credentials ---------------------------------------------------------------------------------------------


def test_show_says_what_is_missing_and_how_to_set_it(command: Command):
    ran = command("show", "--credentials", keyed(command))

    assert ran.code == 4
    assert ran.out.splitlines() == [
        "main",
        "  source  scheme  kind                    steps  value",
        "  api     key     apiKey in header X-Key  get    missing",
        "  key: --auth key=KEY or ARAZZO_AUTH_KEY=KEY",
    ]


@pytest.mark.parametrize(
    ("options", "variable", "dotenv", "profile", "where"),
    [
        (["--auth", f"key={SECRET}"], True, True, True, "--auth key"),
        ([], True, True, True, "ARAZZO_AUTH_KEY"),
        ([], False, True, True, "ARAZZO_AUTH_KEY in .env"),
        ([], False, False, True, f"the profile of {HOST}"),
    ],
)
def test_show_says_where_a_value_is_and_never_the_value(
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    variable: bool,
    dotenv: bool,
    profile: bool,
    where: str,
):
    file = keyed(command)
    if variable:
        monkeypatch.setenv("ARAZZO_AUTH_KEY", SECRET)
    if dotenv:
        command.write(".env", f"ARAZZO_AUTH_KEY={SECRET}\n")
    if profile:
        command("auth", "login", file, "--with-token", stdin=SECRET)

    ran = command("show", "--credentials", file, *options)

    assert ran.code == 0
    assert ran.out.splitlines()[2].endswith(f"  {where}")
    assert SECRET not in ran.out + ran.err


def test_show_names_the_source_where_two_schemes_have_one_name(command: Command):
    file = two_sources(command, server="https://a.test", other="https://b.test")

    ran = command("show", "--credentials", file, "--auth", "a.key=x")

    assert ran.code == 4
    assert ran.out.splitlines()[1:] == [
        "  source  scheme  kind                    steps  value",
        "  a       key     apiKey in header X-Key  a      --auth a.key",
        "  b       key     http bearer             b      missing",
        "  key: --auth b.key=TOKEN or ARAZZO_AUTH_B__KEY=TOKEN",
    ]


def test_show_says_that_a_name_is_for_two_schemes(command: Command):
    file = two_sources(command, server="https://a.test", other="https://b.test")

    ran = command("show", "--credentials", file, "--auth", "key=x")

    assert ran.code == 2
    assert "ARAZZO_AUTH_A__KEY or ARAZZO_AUTH_B__KEY" in ran.err


def test_another_way_in_is_enough(command: Command, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARAZZO_AUTH_B", SECRET)
    file = command.workflow(
        {"steps": [{"stepId": "get", "operationId": "get"}]},
        openapi=api("get GET /things", security=[{"a": []}, {"b": []}], a=KEY, b=BEARER),
    )

    ran = command("show", "--credentials", file)

    assert ran.code == 0
    assert "none; there is another way" in ran.out


def test_what_a_step_sends_itself_is_there(command: Command):
    parameters = [{"name": "x-key", "in": "header", "value": "mine"}]
    file = command.workflow(
        {"steps": [{"stepId": "get", "operationId": "get", "parameters": parameters}]},
        openapi=api("get GET /things", key=KEY),
    )

    ran = command("show", "--credentials", file)

    assert (ran.code, "the step's own" in ran.out) == (0, True)


@pytest.mark.parametrize(("fields", "code"), [(["basic.username=me"], 4), (["basic=me:x"], 0)])
def test_half_of_a_pair_is_not_there(command: Command, fields: list[str], code: int):
    ran = command("show", "--credentials", keyed(command, basic=BASIC), *(f"--auth={each}" for each in fields))

    assert ran.code == code
    assert ("basic: --auth basic=USER:PASSWORD" in ran.out) is (code == 4)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        (["clientId=me"], 4),
        (["scope=read"], 4),
        (["clientId=me", "clientSecret=file:/not/read"], 0),
        (["token=x"], 0),
    ],
)
def test_what_gets_a_token_is_as_good_as_one(command: Command, fields: list[str], code: int):
    flows = {"clientCredentials": {"tokenUrl": "https://login.test/token", "scopes": {}}}
    file = keyed(command, oauth={"type": "oauth2", "flows": flows})

    ran = command("show", "--credentials", file, *(f"--auth=oauth.{each}" for each in fields))

    assert ran.code == code
    assert ("oauth: --auth oauth.clientId=ID --auth oauth.clientSecret=SECRET, or" in ran.out) is (code == 4)


def test_a_workflow_without_credentials_says_so(command: Command):
    ran = command("show", "--credentials", command.simple())

    assert (ran.code, ran.out) == (0, "main: no credentials\n")


def test_the_bundled_workflow_needs_what_its_api_declares(command: Command):
    bundled = Path(__file__).resolve().parents[2] / "workflows"
    (file,) = bundled.glob("*.yml")

    ran = command("show", "--credentials", str(file))

    assert ran.code == 4
    assert "bearerAuth: --auth bearerAuth=TOKEN or ARAZZO_AUTH_BEARERAUTH=TOKEN" in ran.out
    assert os.environ.get("ARAZZO_AUTH_BEARERAUTH") is None

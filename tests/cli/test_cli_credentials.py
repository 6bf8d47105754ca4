"""The command with credentials that have to be fetched: reports, exit codes, somebody at a terminal."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import Command
from credentials_desk import Desk
from provider import SECRET, Provider, running_provider

AUTH = ("--auth", "oauth.clientId=app", "--auth", f"oauth.clientSecret={SECRET}")
REPORTS = ("json", "events", "har", "junit", "html")


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running_provider() as running:
        yield running


@pytest.fixture
def desk(provider: Provider) -> Desk:
    return Desk(provider, asynchronous=False)


def written(command: Command, desk: Desk, *names: str, file: str = "main.arazzo.json") -> str:
    """A workflow that calls these operations, in files."""
    command.write("api.json", json.loads(json.dumps(desk.description(*dict.fromkeys(names)).root)))
    return command.write(file, desk.workflow(*names))


def test_a_token_is_fetched_and_a_401_is_mended(command: Command, desk: Desk):
    ran = command(written(command, desk, "revoke", "things"), *AUTH, "-v", "--har", "run.har")

    assert ran.code == 0, ran.err
    assert f"oauth: {desk.provider.url}/token is asked (client_credentials)" in ran.err
    assert "sent once more: answered by a 401, and the token of 'oauth' was renewed" in ran.err
    entries = json.loads((command.folder / "run.har").read_text())["log"]["entries"]
    assert [(e["request"]["url"].rpartition("/")[2], e["response"]["status"]) for e in entries] == [
        ("revoke", 200),
        ("things", 401),
        ("things", 200),
    ]
    assert "sent once more" in entries[2]["comment"]


def test_no_report_shows_a_secret(command: Command, desk: Desk):
    """The client's secret, its basic form, and every token that was issued."""
    files = [option for name in REPORTS for option in (f"--{name}", f"run.{name}")]

    ran = command(written(command, desk, "revoke", "things"), *AUTH, "-v", *files, "--record", "run.arazzo-test.yaml")

    secrets = [SECRET, base64.b64encode(f"app:{SECRET}".encode()).decode()]
    secrets += [token["access_token"] for token in desk.provider.issued]
    assert len(secrets) == 4
    places = {"stderr": ran.err, "stdout": ran.out}
    places |= {path.name: path.read_text() for path in command.folder.glob("run.*")}
    assert len(places) == 8
    assert [(name, secret) for name, text in places.items() for secret in secrets if secret in text] == []


def test_a_refused_client_is_exit_code_4_and_one_line(command: Command, desk: Desk):
    wrong = ("--auth", "oauth.clientId=app", "--auth", "oauth.clientSecret=not-the-secret")

    ran = command(written(command, desk, "things"), *wrong)

    assert ran.code == 4
    assert f"no answer (credential): {desk.provider.url}/token gave no token for 'oauth': invalid_client" in ran.err
    assert "not-the-secret" not in ran.err


def test_half_of_a_grant_is_exit_code_4(command: Command, desk: Desk):
    ran = command(written(command, desk, "things"), "--auth", "oauth.clientId=app")

    assert ran.code == 4
    assert "the credential 'oauth' lacks clientSecret (--auth oauth.clientSecret=VALUE)" in ran.err
    assert "nothing reached the server" not in ran.err


def test_a_401_says_which_fields_would_get_a_token(command: Command, desk: Desk):
    ran = command(written(command, desk, "things"))

    assert ran.code == 1
    assert (
        "'oauth' (oauth2 clientCredentials): --auth oauth.clientId=ID --auth oauth.clientSecret=SECRET,"
        " or a token: --auth oauth=TOKEN or ARAZZO_AUTH_OAUTH=TOKEN"
    ) in ran.err


def test_nobody_is_asked_without_a_terminal(command: Command, desk: Desk):
    desk.schemes["oauth"] = desk.flows("authorizationCode")

    ran = command(written(command, desk, "things"), "--auth", "oauth.clientId=public")

    assert ran.code == 4
    assert "needs somebody to sign in" in ran.err


def test_somebody_at_a_terminal_signs_in_with_the_browser(command: Command, desk: Desk):
    desk.schemes["oauth"] = desk.flows("authorizationCode")
    file = written(command, desk, "things")
    browser = command.write("browser.py", "import sys, urllib.request\nurllib.request.urlopen(sys.argv[1]).read()\n")

    code, shown = at_terminal(
        command, file, "--auth", "oauth.clientId=public", env={"BROWSER": f"{sys.executable} {browser} %s"}
    )

    assert code == 0, shown
    assert "oauth: sign in with your browser" in shown
    assert desk.provider.token_requests == ["authorization_code"]


def at_terminal(command: Command, *argv: str, env: dict[str, str]) -> tuple[int, str]:
    """The exit code, and what stands on the terminal."""
    ours, theirs = pytest.importorskip("pty").openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "arazzo_runner", *argv],
        cwd=command.folder,
        env={**os.environ, **env, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=theirs,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    shown: list[bytes] = []
    reading = threading.Thread(target=_drain, args=(ours, shown))
    reading.start()
    code = process.wait(timeout=30)
    reading.join()
    os.close(ours)
    return code, b"".join(shown).decode()


def _drain(descriptor: int, shown: list[bytes]) -> None:
    try:
        while data := os.read(descriptor, 4096):
            shown.append(data)
    except OSError:  # the other end is closed
        return


def test_with_the_mock_no_token_is_asked_for(command: Command, desk: Desk):
    ran = command(written(command, desk, "things"), *AUTH, "--mock")

    assert ran.code == 0, ran.err
    assert desk.provider.token_requests == []


def test_a_dry_run_asks_for_no_token_and_says_so(command: Command, desk: Desk):
    ran = command(written(command, desk, "things"), *AUTH, "--dry-run")

    assert ran.code == 0
    assert "(the credential 'oauth' is fetched when it is needed)" in ran.err
    assert desk.provider.token_requests == []


@pytest.mark.parametrize("field", ["clientid2", "secret"])
def test_a_field_that_no_scheme_has_is_refused(command: Command, desk: Desk, field: str):
    ran = command(written(command, desk, "things"), "--auth", f"oauth.{field}=x")

    assert ran.code == 2
    assert f"--auth oauth.{field}" in ran.err
    assert "clientId" in ran.err


def test_runs_of_one_process_share_a_token(command: Command, desk: Desk):
    file = written(command, desk, "things")

    codes = [command(file, *AUTH).code for _ in range(2)]

    assert codes == [0, 0]
    assert desk.provider.token_requests == ["client_credentials"]


def test_other_spellings_of_a_field_will_do(command: Command, desk: Desk):
    given: Any = ("--auth", "OAuth.client_id=app", "--auth", f"oauth.client-secret={SECRET}")

    assert command(written(command, desk, "things"), *given).code == 0

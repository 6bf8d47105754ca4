"""Canaries in what the other ways to run, and the other commands, show."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from canaries import assert_safe, leaks
from scripted import Answer
from vault import Secrets, Vault

FAILING, HAPPY = "main.arazzo.json", "happy.arazzo.json"


@pytest.mark.parametrize(
    "options", [("--json", "-"), ("--events", "-"), ("--dry-run",), ("--dry-run", "-v")], ids=" ".join
)
def test_what_takes_the_place_of_the_outputs_shows_no_secret(vault: Vault, options: tuple[str, ...]):
    vault.answer(refuse=True)

    ran = vault.run(FAILING, *options)

    assert "visible-text" in ran.out + ran.err
    assert_safe({"stdout": ran.out, "stderr": ran.err}, vault.secrets.every())


def test_a_pipe_gets_real_outputs(vault: Vault):
    ran = vault.run(HAPPY)

    assert ran.json["accessToken"] == vault.secrets.received["accessToken"]
    assert ran.json["minted"] == vault.secrets.received["minted"]


def test_show_secrets_shows_them(vault: Vault):
    ran = vault.run(HAPPY, "--show-secrets", "-v", "--json", "result.json")

    assert vault.secrets.received["xml"] in ran.err
    shown = json.loads((vault.folder / "result.json").read_text())
    assert shown["outputs"]["accessToken"] == vault.secrets.received["accessToken"]


@pytest.mark.parametrize("colours", ["1", ""])
def test_a_terminal_shows_masked_outputs_and_how_to_have_them(vault: Vault, colours: str):
    vault.write("inputs.json", vault.inputs)
    credentials = [f"--auth={name}={value}" for name, value in vault.auth.items()]
    server = f"vault.accessKey={vault.secrets.other['server']}"
    argv = [HAPPY, "-w", "main", "--inputs", "inputs.json", "-s", server, "--no-cache", "-v", *credentials]
    env = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}

    shown = _on_a_terminal(
        [sys.executable, "-m", "arazzo_runner", *argv], {**env, **({} if colours else {"NO_COLOR": "1"})}
    )

    assert "masked; pipe it or use --show-secrets" in shown
    assert "visible-text" in shown
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown).replace("\r\n", "\n")
    assert_safe({"shown": shown, "without colours": plain, "unwrapped": plain.replace("\n", "")}, vault.secrets.every())


ROOT = Path(__file__).resolve().parents[2]


def _on_a_terminal(argv: list[str], env: dict[str, str]) -> str:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        argv,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**env, "TERM": "xterm", "COLUMNS": "4000", "PYTHONPATH": str(ROOT)},
    )
    os.close(theirs)
    octets = b""
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not chunk:
            break
        octets += chunk
    process.wait(timeout=30)
    os.close(ours)
    return octets.decode("utf-8", "replace")


def test_a_hosted_run_announces_each_secret_before_anything_else(vault: Vault, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")

    ran = vault.run(HAPPY, "-v")

    lines = ran.err.splitlines()
    announced = [
        line.removeprefix("::add-mask::").replace("%25", "%") for line in lines if line.startswith("::add-mask::")
    ]
    secrets = vault.secrets.every()
    wanted = {line for secret in secrets.values() for line in secret.splitlines()}
    assert wanted <= set(announced)
    assert lines[0].startswith("::add-mask::")
    assert_safe({"rest": "\n".join(line for line in lines if not line.startswith("::add-mask::"))}, secrets)


@pytest.mark.parametrize("document", [HAPPY, FAILING])
def test_a_record_replays_the_same_with_other_secrets_since(vault: Vault, document: str):
    vault.answer(refuse=document == FAILING)
    vault.run(document, "--record", "run.arazzo-test.yaml")

    ran = vault.command(document, "--replay", "run.arazzo-test.yaml", "-w", "main", "--json", "replayed.json", "-v")

    assert "the same as run.arazzo-test.yaml" in ran.err, ran.err
    text = (vault.folder / "run.arazzo-test.yaml").read_text()
    assert_safe({"record": text, "replay": ran.err, "stdout": ran.out}, vault.secrets.every())
    assert "«secret:login.accessToken»" in text


def test_a_case_that_is_run_live_shows_no_secret_when_the_server_has_others(vault: Vault):
    vault.run(HAPPY, "--record", "run.arazzo-test.yaml")
    vault.secrets = Secrets("B")
    vault.answer(refuse=True)
    vault.write("inputs.json", vault.inputs)
    given = [f"--auth={name}={value}" for name, value in vault.auth.items()]
    reports = ["--json", "t.json", "--junit", "t.xml", "--html", "t.html", "--save", "kept"]
    server = f"vault.accessKey={vault.secrets.other['server']}"
    argv = ["test", "run.arazzo-test.yaml", "--live", "--inputs", "inputs.json", "-s", server, *given, *reports, "-v"]

    ran = vault.command(*argv)
    github = vault.command(*argv, "--format", "github")

    kept = {path.name: path.read_text() for path in vault.folder.glob("kept/*")}
    files = {name: (vault.folder / name).read_text() for name in ("t.json", "t.xml", "t.html")}
    both = {**Secrets("A").every(), **{f"{name} now": value for name, value in vault.secrets.every().items()}}
    assert ran.code == 1, ran.out
    assert_safe({"out": ran.out, "err": ran.err, "github": github.out, **files, **kept}, both)


def test_inputs_given_to_test_are_shown_nowhere(vault: Vault):
    vault.write("inputs.json", vault.inputs)
    reports = ["--json", "t.json", "--junit", "t.xml", "--html", "t.html", "--save", "kept"]

    ran = vault.command("test", FAILING, "--inputs", "inputs.json", "--no-cases", "-v", *reports)
    github = vault.command("test", FAILING, "--inputs", "inputs.json", "--no-cases", "--format", "github")

    kept = {path.name: path.read_text() for path in vault.folder.glob("kept/*")}
    files = {name: (vault.folder / name).read_text() for name in ("t.json", "t.xml", "t.html")}
    assert_safe({"out": ran.out, "err": ran.err, "github": github.out, **files, **kept}, vault.secrets.inputs)


LITERALS = {
    "bearer": "l1teral-Bear3r-t0ken-0a9b8c7d",
    "key": "l1teral-Ap1-key-9f8e7d6c",
    "password": "l1teral-Passw0rd-77",
}


@pytest.mark.parametrize("form", ["text", "json", "junit", "sarif", "github"])
def test_check_does_not_repeat_a_secret_that_is_written_in_the_document(vault: Vault, form: str):
    vault.write("literal.arazzo.json", _literal())

    ran = vault.command("check", "literal.arazzo.json", "--format", form)

    assert "ARZ" in ran.out + ran.err
    assert_safe({"out": ran.out, "err": ran.err}, LITERALS)


def _literal() -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {LITERALS['bearer']}", "X-API-Key": LITERALS["key"]}
    step = {
        "stepId": "one",
        "operationId": "check",
        "parameters": [{"name": name, "in": "header", "value": value} for name, value in headers.items()],
        "requestBody": {"contentType": "application/json", "payload": {"password": LITERALS["password"]}},
        "successCriteria": [{"condition": "$statusCode == 200"}],
    }
    return {
        "arazzo": "1.0.1",
        "info": {"title": "t", "version": "1"},
        "sourceDescriptions": [{"name": "vault", "url": "openapi.json", "type": "openapi"}],
        "workflows": [{"workflowId": "w", "steps": [step]}],
    }


def test_what_cannot_be_used_is_refused_without_its_secrets(vault: Vault):
    secrets = {"input": "b4dInputValue77", "auth": "b4dAuthValue88", "proxy": "b4dProxyPass99"}
    vault.command.write("in.json", {"pin": secrets["input"], "phrase": 5})
    lines = [
        vault.command(HAPPY, "-w", "main", "-i", f"pin={secrets['input']}"),
        vault.command(HAPPY, "-w", "main", "--inputs", "in.json", "--no-input"),
        vault.command(HAPPY, "-w", "main", f"--auth=nothing={secrets['auth']}"),
        vault.command(HAPPY, "-w", "main", f"--auth=basic={secrets['auth']}"),
        vault.command(HAPPY, "-w", "main", "--auth", secrets["auth"]),
        vault.command(HAPPY, "-w", "main", "--proxy", f"http://me:{secrets['proxy']}@127.0.0.1:9"),
        vault.command(HAPPY, "-w", "main", "--proxy", f"htp://me:{secrets['proxy']}@127.0.0.1:9"),
    ]

    assert all(ran.code for ran in lines)
    assert_safe({f"{i}": ran.out + ran.err for i, ran in enumerate(lines)}, secrets)


def test_a_server_that_cannot_be_reached_is_named_without_its_secrets(vault: Vault):
    vault.server.on(f"POST {vault.prefix}/login", Answer(drop=True))

    ran = vault.run(HAPPY, "-v", "--json", "r.json", "--har", "r.har")

    assert ran.code == 4
    files = {name: (vault.folder / name).read_text() for name in ("r.json", "r.har")}
    assert_safe({"err": ran.err, **files}, vault.secrets.every())


def test_show_tells_no_value(vault: Vault, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARAZZO_AUTH_BEARER", vault.secrets.credentials["bearer"])
    server = f"vault.accessKey={vault.secrets.other['server']}"

    told = {kind: vault.command("show", HAPPY, "-s", server, "--diagram", kind) for kind in ("mermaid", "svg", "html")}
    told["text"] = vault.command("show", HAPPY, "-s", server)

    assert_safe({kind: ran.out + ran.err for kind, ran in told.items()}, vault.secrets.every())


def test_credentials_from_the_environment_and_env_files_are_masked(vault: Vault, monkeypatch: pytest.MonkeyPatch):
    own = vault.secrets.credentials
    for name in ("bearer", "headerKey", "cookieKey"):
        monkeypatch.setenv(f"ARAZZO_AUTH_{name.upper()}", own[name])
    user, _, password = own["basic"].partition(":")
    vault.write(".env", f"ARAZZO_AUTH_QUERYKEY={json.dumps(own['queryKey'], ensure_ascii=False)}\n")
    monkeypatch.setenv("ARAZZO_AUTH_VAULT__BASIC_USERNAME", user)
    monkeypatch.setenv("ARAZZO_AUTH_VAULT__BASIC_PASSWORD", password)

    ran = vault.run(HAPPY, "-v", "--html", "page.html", auth=False)

    assert ran.code == 0, ran.err
    sent = next(r for r in vault.server.requests if "/reset/" in r.path)
    assert leaks(sent.path, {"queryKey": own["queryKey"]})
    assert_safe({"err": ran.err, "page": (vault.folder / "page.html").read_text()}, vault.secrets.every())
    assert user in ran.err or "Basic ***" in ran.err

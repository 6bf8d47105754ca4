"""Canaries in what the mock tells of its requests, and in redirects that are followed."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from canaries import assert_safe
from scripted import Answer
from vault import Vault

HAPPY = "happy.arazzo.json"


def test_the_mock_tells_no_secret_that_it_is_sent(vault: Vault, tmp_path: Path):
    log = tmp_path / "log.ndjson"
    process = vault.command.start("mock", "openapi.json", "--log", str(log), "-v")
    try:
        server = _served(log)
        vault.write("inputs.json", vault.inputs)
        given = [f"--auth={name}={value}" for name, value in vault.auth.items()]
        vault.command(HAPPY, "-w", "main", "--inputs", "inputs.json", "-s", server + vault.prefix, *given)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()

    told = log.read_text("utf-8")
    assert '"method":"POST"' in told.replace(" ", "")
    # That these are secrets only the workflow says; the API calls them blob, plain and the like.
    unknown = {"phrase", "notes", "long"}
    sent = {name: text for name, text in vault.secrets.inputs.items() if name not in unknown}
    sent |= vault.secrets.credentials
    assert_safe({"log": told, "stdout": out, "stderr": err}, sent)


@pytest.mark.parametrize("followed", [True, False])
def test_a_redirect_with_a_secret_tells_none(vault: Vault, followed: bool):
    code = vault.secrets.received["code"]
    inside = Answer(302, headers={"Location": f"/elsewhere?access_token={code}"})
    vault.server.on(f"POST {vault.prefix}/form", inside)
    vault.server.on("GET /elsewhere", Answer(json={"seen": code}))

    ran = vault.run(HAPPY, "-v", "--events", "events.ndjson", *(["--follow-redirects"] if followed else []))

    events = (vault.folder / "events.ndjson").read_text("utf-8")
    assert_safe({"stderr": ran.err, "events": events}, {"code": code})


def _served(log: Path) -> str:
    """The origin of a mock, once it is there."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if log.exists() and log.read_text("utf-8").endswith("\n"):
            sources = json.loads(log.read_text("utf-8").splitlines()[0])["sources"]
            parts = urlsplit(next(iter(sources.values())))
            return f"{parts.scheme}://{parts.netloc}"
        time.sleep(0.02)
    raise AssertionError("the mock does not listen")

"""The same canaries through the library: what `repr`, errors, tracebacks and loggers show."""

from __future__ import annotations

import logging
import traceback
from typing import Any

import pytest
from canaries import assert_safe
from vault import Vault

from arazzo_runner import Runner, WorkflowFailed
from arazzo_runner.options import Options


def _options(vault: Vault) -> dict[str, Any]:
    return {"auth": vault.auth, "server_variables": vault.variables, "env": {}, "cache": False, "workflow": "main"}


@pytest.mark.parametrize("document", ["happy.arazzo.json", "main.arazzo.json"])
@pytest.mark.parametrize("client", ["own", "fast", "httpx"])
def test_no_repr_and_no_log_record_shows_a_secret(
    vault: Vault, document: str, client: str, caplog: pytest.LogCaptureFixture
):
    httpx = pytest.importorskip("httpx")
    vault.answer(refuse=document.startswith("main"))
    seen: list[Any] = []
    given = {"client": httpx.Client()} if client == "httpx" else {"speed": client == "fast"}

    with caplog.at_level(logging.DEBUG), Runner(vault.folder / document, **given, **_options(vault)) as runner:
        result = runner.run(vault.inputs, observers=[seen.append])
        raw = list(runner.events(vault.inputs))
        shown = [runner, runner.options, runner.loaded, runner.credentials, runner.plan, result, result.steps]
        shown += [step.request for step in result.steps] + [step.response for step in result.steps]
    if client == "httpx":
        given["client"].close()

    logged = "\n".join(record.getMessage() for record in caplog.records)
    reprs = {f"{i} {type(value).__name__}": repr(value) for i, value in enumerate([*shown, *seen, *raw])}
    if client == "httpx":  # what a client of one's own logs is its owner's business
        logged = ""
    assert_safe({"log": logged, "to_dict": str(result.to_dict()), **reprs}, vault.secrets.every())


def test_a_failed_run_says_why_without_its_secrets(vault: Vault):
    vault.answer(refuse=True)
    with Runner(vault.folder / "main.arazzo.json", **_options(vault)) as runner:
        result = runner.run(vault.inputs)

    with pytest.raises(WorkflowFailed) as caught:
        result.raise_for_status()

    told = "".join(traceback.format_exception(caught.value))
    assert_safe({"traceback": told, "repr": repr(caught.value), "args": repr(caught.value.args)}, vault.secrets.every())


def test_options_do_not_show_credentials():
    secrets = {"a": "s3cret-of-auth", "b": "s3cret-of-env", "c": "s3cret-of-proxy", "d": "s3cret-of-server"}
    options = Options(
        auth={"key": secrets["a"]},
        env={"ARAZZO_AUTH_KEY": secrets["b"]},
        proxy=f"http://me:{secrets['c']}@proxy.test",
        server_variables={"api": {"token": secrets["d"]}},
        servers={"api": f"https://me:{secrets['d']}@api.test"},
    )

    assert_safe({"repr": repr(options)}, secrets)

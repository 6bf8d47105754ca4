"""Canaries in every place of a run, looked for in everything that leaves it (interface, "Secrets")."""

from __future__ import annotations

import pytest
from canaries import assert_safe
from vault import Vault

FILES = ("--json", "result.json", "--events", "events.ndjson", "--har", "run.har", "--junit", "junit.xml",
         "--html", "page.html", "--record", "run.arazzo-test.yaml")  # fmt: skip


@pytest.mark.parametrize("document", ["happy.arazzo.json", "main.arazzo.json"])
@pytest.mark.parametrize("more", [(), ("-v",), ("-q",), ("--contract", "warn", "-v")], ids=" ".join)
def test_no_report_of_a_run_shows_a_secret(vault: Vault, document: str, more: tuple[str, ...]):
    vault.answer(refuse=document.startswith("main"))

    ran = vault.run(document, *FILES, *more)

    assert ran.code == (1 if document.startswith("main") else 0), ran.err
    files = {name: (vault.folder / name).read_text() for name in FILES[1::2]}
    assert_safe({"stderr": ran.err, **files}, vault.secrets.every())

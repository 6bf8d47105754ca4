"""The vault: an API, a workflow and a command line, in a folder of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from command_line import Command
from scripted import ScriptedServer
from vault import Vault


@pytest.fixture
def vault(
    tmp_path: Path, server: ScriptedServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Vault:
    """A workflow that uses every place of a secret, its server, and the command line in its folder."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in list(os.environ):
        if name.startswith("ARAZZO_AUTH") or name in ("GITHUB_ACTIONS", "CI", "FORCE_COLOR"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("NO_COLOR", "1")
    return Vault(folder, server, Command(folder, server, capsys, monkeypatch))

"""Every test of the command line may use `command`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from command_line import Command
from scripted import ScriptedServer


@pytest.fixture
def command(
    tmp_path: Path,
    server: ScriptedServer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Command:
    """arazzo-run in an empty folder, with an environment that holds nothing of this machine's user."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in list(os.environ):
        unwanted = ("GITHUB_ACTIONS", "CI", "FORCE_COLOR", "SSL_CERT_FILE", "SSL_CERT_DIR")
        if name.startswith("ARAZZO_AUTH") or name in unwanted or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")  # for commands of their own process
    monkeypatch.setenv("NO_COLOR", "1")
    return Command(folder, server, capsys, monkeypatch)

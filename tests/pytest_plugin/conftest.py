"""Every test of the pytest plugin may use a project."""

from __future__ import annotations

from pathlib import Path

import pytest
from plugged import Project

import arazzo_runner

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session", autouse=True)
def _libraries_are_loaded() -> None:
    """Some cannot be loaded twice, and a run of pytest within a test forgets what it was the first to load."""
    arazzo_runner.verify(ROOT / "workflows" / "airbyte-application-token-bootstrap-workflow.yml", cache=False)


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """An empty project, but for a description of orders."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(pytester.path / ".cache"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return Project(pytester)

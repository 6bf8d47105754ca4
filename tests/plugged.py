"""A project in which pytest runs with our plugin."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path
from textwrap import dedent

import pytest
from desk import OPENAPI

IS_INSTALLED = any(plugin.name == "arazzo" for plugin in entry_points(group="pytest11"))
PLUGIN = "arazzo" if IS_INSTALLED else "arazzo_runner.pytest_plugin"


class Project:
    """A folder in which pytest runs with the plugin."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.folder = pytester.path
        self.write("workflows/openapi.yaml", OPENAPI)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip(), encoding="utf-8")
        return path

    def run(self, *arguments: str) -> pytest.RunResult:
        return self.pytester.runpytest_inprocess("-p", PLUGIN, "-p", "no:cacheprovider", *arguments)

    def collected(self, *arguments: str) -> list[str]:
        """The ids of the tests."""
        found = self.run("--collect-only", "-q", *arguments)
        return [line for line in found.outlines if "::" in line]

"""The page of the policy says what the command and the configuration know."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path

from arazzo_runner import Policy
from arazzo_runner.cli.arguments import run_parser
from arazzo_runner.config import project_configuration

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "policy.md").read_text(encoding="utf-8")


def test_the_options_of_the_page_are_options_of_the_command():
    known = {option for action in run_parser()._actions for option in action.option_strings}

    assert set(re.findall(r"--[a-z][a-z-]+", PAGE)) <= known


def test_the_configuration_of_the_page_is_one(tmp_path: Path):
    (text,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "pyproject.toml").write_text(text)
    table = tomllib.loads(text)["tool"]["arazzo-run"]["policy"]

    found = project_configuration(tmp_path)

    assert found.allow_hosts == tuple(table["allow-hosts"])
    assert {name.replace("-", "_") for name in table} <= {field.name for field in fields(Policy)}

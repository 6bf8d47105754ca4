"""The page of limits says what the code does."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from arazzo_runner import Limits

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "limits.md").read_text(encoding="utf-8")


def test_every_limit_and_its_default_stand_in_the_page():
    rows = dict(re.findall(r"^\| `(\w+)` \|[^|]*\| ([\w.]+) \|", PAGE, re.MULTILINE))

    assert rows == {field.name: "none" if field.default is None else str(field.default) for field in fields(Limits)}


def test_the_options_of_the_page_are_options_of_the_command():
    from arazzo_runner.cli.arguments import run_parser

    known = {option for action in run_parser()._actions for option in action.option_strings}

    assert set(re.findall(r"--[a-z][a-z-]+", PAGE)) <= known

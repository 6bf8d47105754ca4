"""What `make fuzz` found, kept: no input gives a traceback or exit code 70."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fuzz import targets
from fuzz.inputs import KINDS
from fuzz.targets import TARGETS

CASES = sorted((Path(__file__).parent / "fuzz_cases").glob("*.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_was_found_once_ends_as_it_should(path: Path):
    kept = json.loads(path.read_text("utf-8"))

    TARGETS[kept["target"]](kept["case"])


def test_every_kind_of_input_has_a_target():
    assert {target for target, _ in KINDS.values()} == set(TARGETS)


def test_a_command_that_ends_with_our_bug_is_a_finding(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(targets, "main", lambda argv: 70)

    with pytest.raises(targets.Broken, match="exit code 70"):
        targets.command({"files": {}, "argv": ["check", "x.yaml"]})

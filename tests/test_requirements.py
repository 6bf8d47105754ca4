"""The catalogue of requirements is well formed, and every requirement we claim to keep is shown by a test."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from arazzo_runner.document import read

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "conformance" / "requirements.yaml"
DECISIONS = ROOT / "docs" / "decisions.md"
FIELDS = {"id", "section", "versions", "level", "kind", "text", "test_ideas"}
LEVELS = {"MUST", "MUST NOT", "SHALL", "SHOULD", "SHOULD NOT", "MAY", "semantics"}
DEMANDED = (
    "document-validation",
    "reference-resolution",
    "request-building",
    "expression",
    "criterion",
    "control-flow",
    "outputs",
)
NOT_DEMANDED = ("async", "security")


@dataclass(frozen=True)
class Claim:
    """A test file says here that it shows a requirement; None is an id that cannot be read without running it."""

    id: str | None
    place: str


def catalogue() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = read(CATALOGUE.read_bytes(), uri=CATALOGUE.as_uri(), name=CATALOGUE.name).root
    return entries


def claims_of(source: str, name: str) -> Iterator[Claim]:
    """The arguments of every `pytest.mark.requirement(...)`, and of a name `requirement` that stands for it."""
    for node in ast.walk(ast.parse(source, name)):
        if isinstance(node, ast.Call) and _is_marker(node.func):
            for argument in node.args:
                constant = argument.value if isinstance(argument, ast.Constant) else None
                yield Claim(constant if isinstance(constant, str) else None, f"{name}:{argument.lineno}")


def _is_marker(function: ast.expr) -> bool:
    match function:
        case ast.Attribute(attr="requirement", value=ast.Attribute(attr="mark") | ast.Name(id="mark")):
            return True
        case ast.Name(id="requirement"):
            return True
        case _:
            return False


def claims() -> list[Claim]:
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return [claim for file in files for claim in claims_of(file.read_text("utf-8"), file.relative_to(ROOT).as_posix())]


def unshown(entries: Iterable[dict[str, Any]], shown: set[str | None]) -> dict[str, list[str]]:
    """The ids of the demanded kinds that no test claims, by kind."""
    by_kind: dict[str, list[str]] = {}
    for entry in entries:
        if entry["kind"] in DEMANDED and entry["id"] not in shown:
            by_kind.setdefault(entry["kind"], []).append(entry["id"])
    return by_kind


def test_no_test_claims_an_unknown_requirement() -> None:
    known = {entry["id"] for entry in catalogue()}

    unknown = [f"{claim.place}: {claim.id or 'not a literal'}" for claim in claims() if claim.id not in known]

    assert not unknown, "these ids are not in conformance/requirements.yaml:\n  " + "\n  ".join(unknown)


def test_every_demanded_requirement_is_shown_by_a_test() -> None:
    missing = unshown(catalogue(), {claim.id for claim in claims()})

    if missing:
        total = sum(map(len, missing.values()))
        lists = "\n".join(
            f"{kind} ({len(ids)}):\n  " + "\n  ".join(ids) for kind, ids in sorted(missing.items(), key=lambda i: i[0])
        )
        pytest.fail(f"{total} requirements have no test marked pytest.mark.requirement(id):\n{lists}", pytrace=False)


def test_the_catalogue_has_each_requirement_once() -> None:
    counted = Counter(entry["id"] for entry in catalogue())

    assert len(counted) == 469
    assert [id_ for id_, number in counted.items() if number > 1] == []


def test_the_entries_have_the_fields_their_header_explains() -> None:
    entries = catalogue()

    for entry in entries:
        assert entry.keys() - {"decisions"} == FIELDS, entry["id"]
        assert entry["kind"] in DEMANDED + NOT_DEMANDED, entry["id"]
        assert entry["level"] in LEVELS, entry["id"]
        assert entry["versions"] in (["1.0"], ["1.1"], ["1.0", "1.1"]), entry["id"]
        assert entry["text"], entry["id"]
        assert entry["test_ideas"], entry["id"]
        assert all(isinstance(idea, str) for idea in entry["test_ideas"]), entry["id"]


def test_the_decisions_an_entry_names_are_written_down() -> None:
    written = {int(number) for number in re.findall(r"^(\d+)\. ", DECISIONS.read_text("utf-8"), re.MULTILINE)}

    named = {number for entry in catalogue() for number in entry.get("decisions", [])}

    assert set(range(65)) <= written
    assert named <= written


def test_markers_are_found_however_they_are_written() -> None:
    source = """
import pytest
from pytest import mark
requirement = pytest.mark.requirement
pytestmark = [pytest.mark.requirement("a")]
@mark.requirement("b", "c")
@requirement("d")
@pytest.mark.parametrize("x", [pytest.param(1, marks=requirement("e"))])
@pytest.mark.requirement(SOMETHING)
@pytest.mark.other("f")
def test(): ...
"""

    found = [claim.id for claim in claims_of(source, "test_x.py")]

    assert sorted(id_ for id_ in found if id_) == ["a", "b", "c", "d", "e"]
    assert None in found


def test_kinds_that_are_not_demanded_are_not_missed() -> None:
    entries = [{"id": "a", "kind": "async"}, {"id": "b", "kind": "outputs"}, {"id": "c", "kind": "outputs"}]

    missing = unshown(entries, {"c"})

    assert missing == {"outputs": ["b"]}

"""The page about cases: its case passes, and fails and drifts as the page shows."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest
from desk import airbyte_app

from arazzo_runner.api import find_cases, run_case
from arazzo_runner.casing import DEFAULTS, severities_of
from arazzo_runner.options import Options

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "cases.md").read_text("utf-8")
DOCUMENT = "airbyte-application-token-bootstrap-workflow.yml"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The case of the page beside its document."""
    for name in ("workflows", "openapi"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "workflows" / "token.arazzo-test.yaml").write_text(blocks("yaml")[0])
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_case_of_the_page_passes(folder: Path):
    (path,) = find_cases("workflows")

    assert run_case(path, Options(env={})).status == "passed"


def test_the_case_of_the_page_fails_as_shown(folder: Path):
    document = folder / "workflows" / DOCUMENT
    client = "client_id: $steps.createApplication.outputs."
    document.write_text(document.read_text().replace(f"{client}clientId", f"{client}applicationId"))

    verdict = run_case("workflows/token.arazzo-test.yaml", Options(env={}))

    told = [f"{verdict.status} {verdict.name}", *(f"  {p.location}: {p.message}" for p in verdict.problems)]
    assert "\n".join(told) + "\n" == blocks("text")[0]


def test_the_case_of_the_page_drifts_as_shown(folder: Path):
    app = airbyte_app(createdAt="2026-01-01", owner={"email": "a@b.example"})
    verdict = run_case("workflows/token.arazzo-test.yaml", Options(env={}), live=True, client=app)

    told = [f"{verdict.status} {verdict.name}", *(f"  {p.location}: {p.message}" for p in verdict.problems)]
    assert "\n".join([*told, *(f"  {note}" for note in verdict.notes)]) + "\n" == blocks("text")[1]


def test_the_severities_of_the_page_are_the_defaults():
    table = re.findall(r"^\| `([a-z-]+)` \| (error|warn|off) \|", PAGE, re.MULTILINE)

    assert dict(table) == DEFAULTS
    assert severities_of(tomllib.loads(blocks("toml")[0])["tool"]["arazzo-run"]["severities"])["header"] == "off"

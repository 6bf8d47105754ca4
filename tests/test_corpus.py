"""Published descriptions: every one loads and links, or is refused with the place of what is wrong."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import shared_folder

import arazzo_runner
from arazzo_runner.diagnostics import Diagnostic
from arazzo_runner.document import looks_like_arazzo
from arazzo_runner.errors import DocumentError, TransportError

SHARED = shared_folder()
CORPUS = SHARED / "corpus" if SHARED else Path()


def corpus() -> dict[str, list[Path]]:
    """The Arazzo files of the corpus by provider."""
    index = CORPUS / "INDEX.csv"
    providers: dict[str, list[Path]] = {}
    if index.is_file():
        with index.open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                providers.setdefault(row["provider"], []).append(CORPUS / row["file"])
    return providers


PROVIDERS = corpus()


def diagnostics(file: Path) -> Iterator[Diagnostic]:
    """Everything that reading a file and linking each of its workflows finds."""
    try:
        loaded = arazzo_runner.load(file, cache=False)
    except DocumentError as error:
        yield from error.diagnostics or [Diagnostic("", "error", error.message, error.location)]
        return
    for workflow in loaded.workflows:
        yield from loaded.link(workflow.workflow_id).diagnostics


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A source that is remote is not to be had."""
    from arazzo_runner.drivers.transports import DeferredTransport

    def refuse(*_: object, **__: object) -> None:
        raise TransportError("no network in tests", kind="policy")

    monkeypatch.setattr(DeferredTransport, "send", refuse)


@pytest.mark.skipif(not PROVIDERS, reason="the corpus is not here (set ARAZZO_SHARED)")
@pytest.mark.parametrize("provider", sorted(PROVIDERS) or ["none"])
def test_every_published_description_links_or_says_where_it_is_wrong(provider: str) -> None:
    for file in PROVIDERS[provider]:
        assert looks_like_arazzo(file), file
        for diagnostic in diagnostics(file):
            assert diagnostic.location is not None, (file, diagnostic)
            assert diagnostic.location.line > 0, (file, diagnostic)


# Providers whose published workflows are all right and have their sources beside them.
RIGHT = (
    "airtable",
    "amadeus",
    "amazon-pinpoint",
    "amazon-s3",
    "convoy",
    "databricks",
    "docusign",
    "notion",
    "remote-com",
    "socure",
    "stripe",
    "svix",
    "ukg",
    "whatsapp",
)


@pytest.mark.skipif(not PROVIDERS, reason="the corpus is not here (set ARAZZO_SHARED)")
@pytest.mark.parametrize("provider", RIGHT)
def test_right_descriptions_are_not_refused(provider: str) -> None:
    refused = {
        f"{file.name}: {diagnostic}"
        for file in PROVIDERS[provider]
        for diagnostic in diagnostics(file)
        if diagnostic.severity == "error"
    }

    assert refused == set()


def official() -> list[Path]:
    """The examples and schema tests of the specification's own repository."""
    folder = SHARED / "reference" / "arazzo" if SHARED else Path("none")
    files = [*folder.glob("examples/**/*"), *folder.glob("schema-tests/**/*")]
    return sorted(file for file in files if file.is_file() and looks_like_arazzo(file))


@pytest.mark.skipif(not official(), reason="the specification's examples are not here (set ARAZZO_SHARED)")
def test_every_example_of_the_specification_links_or_says_where_it_is_wrong() -> None:
    for file in official():
        for diagnostic in diagnostics(file):
            assert diagnostic.location is not None, (file, diagnostic)
            assert diagnostic.location.line > 0, (file, diagnostic)

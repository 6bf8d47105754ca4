"""Published descriptions: every finding on the sample was looked at and is right, and none is missing or new."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from check_corpus import SHARED, findings, judged, record, sample

RECORD = record()
HERE = (SHARED / "corpus" / "INDEX.csv").is_file()


@pytest.mark.skipif(not HERE, reason="the corpus is not here (set ARAZZO_SHARED)")
@pytest.mark.parametrize("file", sorted(RECORD["files"]) or ["none"])
def test_check_says_of_a_published_description_what_was_judged_right(file: str) -> None:
    expected = [judged(entry)[0] for entry in RECORD["files"][file]]

    assert findings(Path(file)) == expected


@pytest.mark.skipif(not HERE, reason="the corpus is not here (set ARAZZO_SHARED)")
def test_the_sample_covers_every_folder_of_the_corpus() -> None:
    assert sorted(RECORD["files"]) == sorted(file.as_posix() for file in sample())
    assert len(RECORD["files"]) >= 100


def test_every_finding_has_a_reason() -> None:
    entries = [(file, judged(entry)) for file, listed in RECORD["files"].items() for entry in listed]

    unjudged = [f"{file}: {finding}" for file, (finding, reason) in entries if not reason]
    named = {name for _, (_, reason) in entries for name in re.findall(r"^<([\w-]+)>", reason)}

    assert unjudged == []
    assert "listed" not in named
    assert named <= RECORD["reasons"].keys()

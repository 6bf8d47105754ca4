"""What `check` says of published descriptions, and why each finding is right: `corpus_expectations.yaml`.

The sample is the first, the middle and the last file of every provider of the corpus, and the examples of the
specification. `python tests/check_corpus.py` writes the record anew: judgements of findings that are still there
stay, a new finding stands with an empty reason, which the test refuses until somebody has looked at it.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

import arazzo_runner

RECORD = Path(__file__).parent / "check" / "corpus_expectations.yaml"
SHARED = Path(os.environ.get("ARAZZO_SHARED", Path(__file__).resolve().parents[2] / "shared"))
_HEAD = """\
# What `arazzo-run check` says of a sample of published descriptions, and why it is right.
#
# The documents are not here: paths are those of the corpus and of the examples (see tests/check_corpus.py).
# Each finding is `line:column CODE reason`; the name in <> that a reason begins with stands under `reasons`. A reason
# says what was looked up in the document, or in the OpenAPI description it is about.
"""


def sample() -> list[Path]:
    """The files, relative to the shared folder."""
    index = SHARED / "corpus" / "INDEX.csv"
    providers: dict[str, list[str]] = {}
    if index.is_file():
        with index.open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                providers.setdefault(row["provider"], []).append(row["file"])
    chosen = [Path("corpus", name) for files in providers.values() for name in _three(sorted(files))]
    examples = (SHARED / "reference" / "arazzo" / "examples").rglob("*arazzo*.yaml")
    return [*chosen, *sorted(file.relative_to(SHARED) for file in examples)]


def _three(files: list[str]) -> list[str]:
    return list(dict.fromkeys((files[0], files[len(files) // 2], files[-1])))


def findings(file: Path) -> list[str]:
    """`line:column CODE` of everything that check finds in a file of the sample."""
    found = arazzo_runner.check(SHARED / file, cache=False, env={})
    name = os.path.basename(file)
    return [
        f"{'' if os.path.basename(d.location.document) == name else d.location.document + ':'}"
        f"{d.location.line}:{d.location.column} {d.code}"
        for d in found
        if d.location is not None
    ]


def record() -> dict[str, Any]:
    """The judgements: `files` by path, each a list of findings with their reasons, and `reasons` by name."""
    loaded = yaml.safe_load(RECORD.read_text("utf-8")) if RECORD.is_file() else None
    return loaded or {"reasons": {}, "files": {}}


def judged(entry: str) -> tuple[str, str]:
    """An entry as (finding, reason)."""
    at, code, *reason = entry.split(" ", 2)
    return f"{at} {code}", reason[0] if reason else ""


def rewritten() -> Iterator[str]:
    """The lines of the record for what check finds now."""
    known = record()
    yield _HEAD
    yield "reasons:"
    for name, reason in sorted(known["reasons"].items()):
        yield f"  {name}: {json.dumps(reason, ensure_ascii=False)}"
    yield "files:"
    for file in sample():
        reasons = dict(judged(entry) for entry in known["files"].get(file.as_posix()) or ())
        found = findings(file)
        yield f"  {json.dumps(file.as_posix())}:" + ("" if found else " []")
        for finding in found:
            yield "  - " + json.dumps(f"{finding} {reasons.get(finding, '')}".rstrip(), ensure_ascii=False)


if __name__ == "__main__":
    RECORD.write_text("\n".join(rewritten()) + "\n", "utf-8")

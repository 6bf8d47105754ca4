"""Published descriptions: every one is read, each value where it is written; JSON as the standard library reads it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from arazzo_runner.document import Document, read
from arazzo_runner.errors import UnreadableDocument


def files(shared: Path, *suffixes: str) -> list[Path]:
    found = [path for path in sorted((shared / "corpus").rglob("*")) if path.suffix in suffixes]
    assert found
    return found


def test_every_description_is_read_or_refused_with_a_place(shared: Path) -> None:
    refused = []
    for path in files(shared, ".yaml", ".yml", ".json"):
        try:
            read(path.read_bytes(), uri=path.as_uri(), name=path.name, positions=False)
        except UnreadableDocument as error:
            refused.append(error)

    assert all(error.location and error.location.line for error in refused)
    assert [str(error) for error in refused] == []  # today's corpus is readable throughout


def test_every_value_of_every_arazzo_description_has_a_place(shared: Path) -> None:
    for path in files(shared, ".yaml", ".yml", ".json"):
        if path.stat().st_size < 12_000:
            document = read(path.read_bytes(), uri=path.as_uri(), name=path.name)
            if document.kind == "arazzo":
                _check_scalars(document, document.text, document.root, ())


def _check_scalars(document: Document, text: str, value: Any, pointer: tuple[str, ...]) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            _check_scalars(document, text, item, (*pointer, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check_scalars(document, text, item, (*pointer, str(index)))
    else:
        scalar = document.scalar(pointer)
        assert scalar is not None, f"{document.name} {pointer}"
        if scalar.style == "plain" and isinstance(value, str) and "\n" not in text[scalar.start : scalar.end]:
            assert text[scalar.start : scalar.end] == value


def test_json_descriptions_equal_what_the_standard_library_reads(shared: Path) -> None:
    for path in files(shared, ".json"):
        data = path.read_bytes()

        assert read(data, uri=path.as_uri(), name=path.name, positions=False).root == json.loads(data)


def test_a_description_of_four_megabytes_loads_in_well_under_a_few_seconds() -> None:
    data = _like_stripe(4_200_000)
    started = time.perf_counter()

    document = read(data, uri="file:///big.yaml", name="big.yaml", positions=False)

    assert document.kind == "openapi"
    assert time.perf_counter() - started < 4  # 0.4 s on an idle machine; PyYAML's own loader takes more than 5


def _like_stripe(size: int) -> bytes:
    """An OpenAPI description in YAML of about this size: many small schemas, some text."""
    schema = (
        "    Schema{n}:\n      description: >-\n        An object of the number {n}, which represents something\n"
        "        that can be bought.\n      type: object\n      required:\n        - id\n        - amount\n"
        "      properties:\n        id:\n          type: string\n          maxLength: 5000\n"
        "        amount:\n          type: integer\n          nullable: true\n"
        "        created:\n          type: string\n          enum: ['2023-08-16', on, \"inf\"]\n"
        "        other:\n          $ref: '#/components/schemas/Schema{n}'\n      x-expansionResources: {{oneOf: []}}\n"
    )
    count = size // len(schema)
    text = "openapi: 3.0.0\ncomponents:\n  schemas:\n" + "".join(schema.format(n=n) for n in range(count))
    return text.encode()

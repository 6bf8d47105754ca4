"""A value that a published schema allows is nothing to find, in JSON, in forms and in parameters."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import jsonschema_rs
import pytest
from conftest import shared_folder
from published import descriptions

from arazzo_runner.checks.matching import Matching
from arazzo_runner.checks.shapes import UNKNOWN, of_schema
from arazzo_runner.location import Location
from arazzo_runner.openapi import Operation, SchemaView, media_type
from arazzo_runner.plan import Constant
from arazzo_runner.sample import sample

CORPUS = shared_folder()
HERE = Location("payload")
JSON_BODY = Matching(shape_of=lambda written: UNKNOWN, below=lambda location, token: location)
FORM_BODY = Matching(
    shape_of=lambda written: UNKNOWN, below=lambda location, token: location, as_text=True, as_json_text=True
)
PARAMETER = Matching(
    shape_of=lambda written: UNKNOWN, below=lambda location, token: location, as_text=True, joined=True
)


def bodies(operation: Operation) -> Iterator[tuple[Matching, SchemaView]]:
    """The schemas of what an operation is sent, each with how it is judged."""
    body = operation.request_body
    for name, media in body.media_types.items() if body else ():
        if media.schema is not None and media_type.is_json(media_type.essence(name)):
            yield JSON_BODY, media.schema
        elif media.schema is not None and media_type.essence(name) == "application/x-www-form-urlencoded":
            yield FORM_BODY, media.schema
    for parameter in operation.parameters:
        if parameter.schema is not None:
            yield PARAMETER, parameter.schema


def samples() -> Iterator[tuple[str, Matching, SchemaView, Any]]:
    """Values that keep the schemas of published operations, a few of each description."""
    for name, description in descriptions(CORPUS / "corpus") if CORPUS else ():
        found = ((matching, view) for operation in description.operations() for matching, view in bodies(operation))
        for matching, view in islice(found, 0, None, 5):
            schema = view.bundle("request")
            value = sample(schema, seed=1, examples=False)
            if _keeps(schema, value):
                yield name, matching, view, value


def _keeps(schema: dict[str, Any], value: Any) -> bool:
    try:
        return bool(jsonschema_rs.Draft202012Validator(schema, offline=True).is_valid(value))
    except (ValueError, jsonschema_rs.ReferencingError):
        return False


@pytest.mark.skipif(CORPUS is None, reason="the corpus is not here (set ARAZZO_SHARED)")
def test_what_a_schema_allows_matches_it() -> None:
    given = list(samples())

    found = [
        (name, view.pointer, mismatch)
        for name, matching, view, value in given
        for mismatch in matching.mismatches(Constant(value, HERE), of_schema(view, "request"))
    ]

    assert len(given) > 300
    assert found == []

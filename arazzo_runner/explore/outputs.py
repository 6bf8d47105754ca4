"""Whether an output is what the schema of its place says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..expression import BodyReference, Response, split
from ..messages import Response as Answer
from ..mock.schemas import compile_schema, problem_text
from ..openapi.media_type import find
from ..plan import LinkedOutput, OperationCall, Whole
from ..sample.within import schemas_at
from .runs import Received


def wrong_output(
    step: OperationCall, received: Received, output: LinkedOutput, values: Mapping[str, Any]
) -> str | None:
    """What is wrong with an output from the body of a documented answer, None where nothing is."""
    if output.name not in values or not isinstance(output.written, Whole) or not isinstance(received, Answer):
        return None
    base, tokens = split(output.written.expression)
    if base != Response(BodyReference()):
        return None
    declared = step.operation.response(received.status)
    media_type = find(declared.media_types, received.header("content-type") or "") if declared is not None else None
    if media_type is None or media_type.schema is None:
        return None
    wrong = None
    for schema in schemas_at(media_type.schema.bundle("response"), tokens):
        validator = compile_schema(schema, formats=False)
        error = next(iter(validator.iter_errors(values[output.name])), None) if validator is not None else None
        if error is None:
            return None
        wrong = f"the output '{output.name}' is not as its schema says: {problem_text(error)}"
    return wrong

"""What an expression reads: other steps' outputs, the request."""

from __future__ import annotations

from collections.abc import Iterator

from ..expression import (
    Expression,
    Message,
    Method,
    Request,
    Response,
    StatusCode,
    StepsReference,
    Url,
    parts,
)

# What has no value before a step's own call, and on a step that makes none.
WITHOUT_RESPONSE = (Request, Response, Message, StatusCode, Url, Method)
OF_HTTP = (Request, Response, Message, Url, Method)


def steps_read(expression: Expression) -> Iterator[str]:
    """The stepIds whose outputs an expression reads."""
    for part in parts(expression):
        if isinstance(part, StepsReference):
            yield part.step_id


def reads_request(expression: Expression) -> bool:
    """Whether an expression reads `$request`, `$url` or `$method`."""
    return any(isinstance(part, (Request, Url, Method)) for part in parts(expression))

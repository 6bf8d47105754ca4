"""What an expression reads: other steps' outputs, the request."""

from __future__ import annotations

from collections.abc import Iterator

from ..expression import (
    Alternatives,
    Dereference,
    Expression,
    Message,
    Method,
    Request,
    Response,
    Rewritten,
    StatusCode,
    StepsReference,
    Url,
)

# What has no value before a step's own call, and on a step that makes none.
WITHOUT_RESPONSE = (Request, Response, Message, StatusCode, Url, Method)
OF_HTTP = (Request, Response, Message, Url, Method)


def parts(expression: Expression) -> Iterator[Expression]:
    """The expression and those inside it."""
    yield expression
    match expression:
        case Dereference() | Rewritten():
            yield from parts(expression.expression)
        case Alternatives():
            for each in expression.candidates:
                yield from parts(each)
        case _:
            return


def steps_read(expression: Expression) -> Iterator[str]:
    """The stepIds whose outputs an expression reads."""
    for part in parts(expression):
        if isinstance(part, StepsReference):
            yield part.step_id


def reads_request(expression: Expression) -> bool:
    """Whether an expression reads `$request`, `$url` or `$method`."""
    return any(isinstance(part, (Request, Url, Method)) for part in parts(expression))

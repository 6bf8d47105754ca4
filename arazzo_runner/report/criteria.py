"""A criterion that did not hold, in lines for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..events import CriterionChecked
from ..values import MISSING, Operand, dumps
from .redaction import Redactor, place_of


def failure_of(check: CriterionChecked) -> str:
    """One line: where it stands, what it says, and why it could not be checked, if so."""
    why = f": {check.reason}" if check.reason else ""
    return f"{check.location}: '{check.condition}' does not hold{why}"


def operand_lines(operands: Sequence[Operand], redactor: Redactor) -> Iterator[str]:
    """`$statusCode = 404`: one line for each operand that is an expression; a literal says its value itself."""
    for operand in operands:
        expression = redactor.text(operand.expression)
        if operand.value is MISSING:
            yield f"{expression} has no value"
        elif operand.expression.startswith("$"):
            yield f"{expression} = {dumps(redactor.named(place_of(operand.expression), operand.value))}"

"""The `context` of a criterion: what a regex, jsonpath or xpath condition is applied to (1.1.0, "Criterion Object")."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import ConditionError
from ..expression import (
    Bound,
    Evaluation,
    Expression,
    ExpressionSyntaxError,
    Scope,
    Tolerated,
    UndeclaredName,
    compile_expression,
    parse_and_bind,
)
from ..values import JSON, MISSING, Operand
from .verdict import ContextSyntaxError, Criterion


@dataclass(frozen=True, slots=True)
class Context:
    """A bound context, its text and the closure that gives its value."""

    text: str
    expression: Expression
    evaluate: Evaluation
    tolerated: tuple[Tolerated, ...] = ()

    def value(self, scope: Scope, trace: list[Operand]) -> JSON | bytes:
        """The value, recorded as an operand.

        Raises:
            ConditionError: it is absent or null: such a criterion fails (1.1.0, "Condition Evaluation"; decision 18).
        """
        value = self.evaluate(scope)
        trace.append(Operand(self.text, value))
        if value is MISSING or value is None:
            raise ConditionError(f"the context {self.text} is {'null' if value is None else 'absent'}")
        return value


def read_context(criterion: Criterion) -> Context:
    """Parse and bind the context.

    Raises:
        ContextSyntaxError: it is missing, is no expression, or names what is not declared.
    """
    if criterion.context is None:
        missing = ContextSyntaxError(f"a {criterion.type} criterion needs a context")
        missing.hint = "write context: $response.body"
        raise missing
    bound = _bind(criterion.context, criterion)
    return Context(criterion.context, bound.expression, compile_expression(bound.expression), bound.tolerated)


def _bind(text: str, criterion: Criterion) -> Bound:
    try:
        return parse_and_bind(text, criterion.reading, criterion.names)
    except (ExpressionSyntaxError, UndeclaredName) as error:
        wrong = ContextSyntaxError(error.message, offset=error.offset, meant=error.meant)
        wrong.hint = error.hint
        raise wrong from error

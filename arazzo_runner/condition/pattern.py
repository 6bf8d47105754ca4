"""Criteria of type regex (Arazzo 1.1.0, "Regex Conditions"; decisions 35 and 37).

ECMA-262 patterns, searched anywhere in the text of the context, without flags, within a time limit. Embedded
expressions are inserted as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from ..errors import ExecutionError, Overrun
from ..expression import Scope, Template, parse_template
from ..values import Operand, text_of
from .context import Context, read_context
from .simple import render_recorded
from .verdict import Compiled, ConditionSyntaxError, Criterion, Verdict, broken, show

Search: TypeAlias = "Callable[[str, float], bool]"


def compile_regex(criterion: Criterion) -> Compiled:
    """Compile a regex criterion; a literal pattern outside ECMA-262 is a problem, found here.

    Raises:
        ContextSyntaxError: the context is missing or wrong.
        ExpressionSyntaxError, UndeclaredName: an embedded expression is.
    """
    context = read_context(criterion)
    template = parse_template(criterion.condition, criterion.reading, criterion.names)
    if template.is_literal:
        try:
            compile_pattern(criterion.condition)
        except ConditionSyntaxError as problem:
            return broken(problem)
    condition = RegexCondition(context, template, render_recorded(template), criterion.limit_s)
    return Compiled(condition, template.tolerated, context_tolerated=context.tolerated)


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> Search:
    """A search within a time limit in seconds; it raises TimeoutError.

    Raises:
        ConditionSyntaxError: the pattern is not one of ECMA-262.
    """
    import regex

    from .ecma import translate

    try:
        compiled = regex.compile(translate(pattern), regex.VERSION0)
    except (regex.error, OverflowError, RecursionError) as error:
        raise ConditionSyntaxError(f"not a regular expression: {error}") from error
    return lambda text, limit: compiled.search(text, timeout=limit) is not None


@dataclass(frozen=True, slots=True)
class RegexCondition:
    """A pattern, perhaps with embedded expressions, and the context it is searched in."""

    context: Context
    template: Template
    render: Callable[[Scope, list[Operand]], str]
    limit_s: float

    def check(self, scope: Scope) -> Verdict:
        operands: list[Operand] = []
        try:
            reason = self.refusal(scope, operands)
        except ExecutionError as error:
            return Verdict(False, tuple(operands), error.message, overrun=isinstance(error, Overrun))
        except ConditionSyntaxError as error:
            reason = f"with its expressions inserted the pattern is not valid: {error.message}"
        return Verdict(reason is None, tuple(operands), reason)

    def refusal(self, scope: Scope, operands: list[Operand]) -> str | None:
        """Why the pattern is not found, None where it is."""
        pattern = self.render(scope, operands)
        value = self.context.value(scope, operands)
        search = compile_pattern(pattern)
        try:
            found = search(text_of(value), self.limit_s)
        except TimeoutError:
            raise Overrun(f"the search took longer than {self.limit_s:g} s") from None
        return None if found else f"{self.context.text} is {show(value)}, in which {show(pattern)} finds nothing"

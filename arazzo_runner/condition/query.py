"""Criteria of type jsonpath and xpath (Arazzo 1.1.0, "JSONPath Conditions" and "XPath Conditions"; decisions 36-39).

The queries are those of `selector/`; embedded expressions are inserted as they are. Tolerated forms of decision 0: a
bare comparison in the place of a JSONPath query, and a leading filter over an object.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..errors import ExecutionError, LanguageSyntaxError, Overrun
from ..expression import Reading, Scope, Template, Tolerated, UndeclaredName, parse_template
from ..selector import Selector, Selectors, SelectorSyntaxError
from ..values import Operand, Value
from .context import Context, read_context
from .nodes import Node, Or
from .parser import Parsed, parse_bare_comparison, parse_simple
from .portable import guarded, may_pass_without, suggestion, with_context
from .simple import Check, compile_node, explain, render_recorded
from .verdict import Compiled, ConditionSyntaxError, Criterion, Verdict, broken, show

# Stands for an embedded expression where only the shape of the query is looked at.
_STAND_IN = "0"


def compile_query(criterion: Criterion) -> Compiled:
    """Compile a jsonpath or xpath criterion; a literal query outside its language is a problem, found here.

    Raises:
        ContextSyntaxError: the context is missing or wrong.
        ExpressionSyntaxError, UndeclaredName: an embedded expression is.
    """
    context = read_context(criterion)
    template = _template(criterion)
    query = Query(criterion.type, criterion.version, criterion.selectors, criterion.limit_s)
    shape = "".join(part if isinstance(part, str) else _STAND_IN for part in template.parts)
    selector: Selector | None = None
    try:
        selector = query.compile(shape)
    except SelectorSyntaxError as problem:
        bare = _bare_comparison(criterion, context)
        if bare is not None:
            return bare
        if template.is_literal or not criterion.selectors.supports(criterion.type, criterion.version):
            return broken(problem)
    condition = QueryCondition(
        context=context,
        query=query,
        template=template,
        selector=selector if template.is_literal else None,
        render=render_recorded(template),
        leading_filter=criterion.reading.tolerant and _is_rfc9535(criterion) and shape.lstrip().startswith("$[?"),
    )
    return Compiled(condition, template.tolerated, context_tolerated=context.tolerated)


def _is_rfc9535(criterion: Criterion) -> bool:
    return criterion.type == "jsonpath" and criterion.version in (None, "rfc9535")


def _template(criterion: Criterion) -> Template:
    return parse_template(criterion.condition, criterion.reading, criterion.names)


@dataclass(frozen=True, slots=True)
class Query:
    """The language of a criterion's queries."""

    type: str
    version: str | None
    selectors: Selectors
    limit_s: float

    def compile(self, text: str) -> Selector:
        return self.selectors.compile(self.type, self.version, text, limit_s=self.limit_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryCondition:
    """A query and the context it is applied to; `selector` is compiled already if nothing is embedded."""

    context: Context
    query: Query
    template: Template
    selector: Selector | None
    render: Callable[[Scope, list[Operand]], str]
    leading_filter: bool

    def check(self, scope: Scope) -> Verdict:
        operands: list[Operand] = []
        try:
            return self.decide(scope, operands)
        except ExecutionError as error:
            return Verdict(False, tuple(operands), error.message, overrun=isinstance(error, Overrun))
        except LanguageSyntaxError as error:
            reason = f"with its expressions inserted the query is not valid: {error.message}"
            return Verdict(False, tuple(operands), reason)

    def decide(self, scope: Scope, operands: list[Operand]) -> Verdict:
        text = self.render(scope, operands)
        value = self.context.value(scope, operands)
        selector = self.selector or self.query.compile(text)
        passed = selector.matches(value)
        note = None
        if not passed and self.leading_filter and isinstance(value, dict):
            passed, note = _as_only_item(selector, value)
        reason = None if passed else f"{show(text)} finds nothing in {self.context.text}, which is {show(value)}"
        return Verdict(passed, tuple(operands), reason, note)


def _as_only_item(selector: Selector, value: Value) -> tuple[bool, str]:
    """A filter looks at children; its author meant the object itself (decision 36, option c)."""
    passed = selector.matches([value])
    result = "something" if passed else "nothing"
    note = (
        "a leading filter over an object looks at its members, and found nothing;"
        f" with the object as the only item of a list it finds {result}"
    )
    return passed, note


# A bare comparison. ---------------------------------------------------------------------------------------------------


def _bare_comparison(criterion: Criterion, context: Context) -> Compiled | None:
    if not (criterion.reading.tolerant and _is_rfc9535(criterion)):
        return None
    try:
        parsed = parse_bare_comparison(criterion.condition, criterion.reading, criterion.names, context.expression)
    except (ConditionSyntaxError, UndeclaredName):
        return None
    simple = _as_simple(parsed, criterion, context)
    instead = f"portable form: {simple}, without type and context" if simple else None
    tolerated = Tolerated(
        "bare-comparison",
        "a comparison is no JSONPath query; write it as a simple condition, which has no type and no context",
        simple,
        0,
        instead or suggestion(parsed.root, context.expression),
    )
    evaluate = compile_node(parsed.root, context.evaluate)
    condition = BareComparison(context, parsed.root, evaluate)
    return Compiled(condition, (tolerated,), context_tolerated=context.tolerated)


def _as_simple(parsed: Parsed, criterion: Criterion, context: Context) -> str | None:
    """The simple condition that decides the same; None where it is not certain that there is one."""
    wanted = with_context(parsed.root, context.expression)
    if wanted is None or parsed.portable is None:
        return None
    text = parsed.portable
    if may_pass_without(parsed.root, context.expression):
        wanted = guarded(wanted, context.expression)
        text = f"{context.expression} != null && " + (f"({text})" if isinstance(parsed.root, Or) else text)
    try:
        found = parse_simple(text, Reading(criterion.reading.version), criterion.names)
    except (ConditionSyntaxError, UndeclaredName):
        return None
    return text if found.root == wanted else None


@dataclass(frozen=True, slots=True)
class BareComparison:
    """A simple condition over a context: `$.status == 'running'` (decision 0)."""

    context: Context
    root: Node
    evaluate: Check

    def check(self, scope: Scope) -> Verdict:
        operands: list[Operand] = []
        try:
            self.context.value(scope, operands)
            if self.evaluate(scope, operands) is True:
                return Verdict(True, tuple(operands))
            return Verdict(False, tuple(operands), explain(self.root, dict(operands)))
        except ExecutionError as error:
            return Verdict(False, tuple(operands), error.message)
        except RecursionError:
            return Verdict(False, tuple(operands), "a value is nested too deep to be compared")

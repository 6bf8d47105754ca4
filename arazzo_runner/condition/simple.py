"""Simple conditions, compiled to closures (Arazzo 1.1.0, "Simple Conditions"; decisions 18 and 30-33).

Only boolean true passes (decision 31). A failed check walks the tree once more, over the values it has recorded, to
say why.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from ..errors import ConditionError, ExecutionError
from ..expression import Evaluation, Scope, Template, access, compile_expression, render_expression
from ..values import MISSING, Operand, Value
from .comparison import COMPARE, Compare, orderable
from .nodes import (
    Access,
    And,
    Comparison,
    ContextOperand,
    ExpressionOperand,
    Literal,
    Node,
    Not,
    Or,
    TextOperand,
)
from .parser import parse_simple
from .verdict import Compiled, Criterion, Verdict, show

Trace: TypeAlias = "list[Operand]"
Check: TypeAlias = "Callable[[Scope, Trace], Value]"


def compile_simple(criterion: Criterion) -> Compiled:
    """Compile a simple condition.

    Raises:
        ConditionSyntaxError, UndeclaredName.
    """
    parsed = parse_simple(criterion.condition, criterion.reading, criterion.names)
    return Compiled(SimpleCondition(criterion.condition, parsed.root, compile_node(parsed.root)), parsed.tolerated)


@dataclass(frozen=True, slots=True)
class SimpleCondition:
    """A parsed condition and the closure that evaluates it."""

    text: str
    root: Node
    evaluate: Check

    def check(self, scope: Scope) -> Verdict:
        operands: Trace = []
        try:
            value = self.evaluate(scope, operands)
            if value is True:
                return Verdict(True, tuple(operands))
            return Verdict(False, tuple(operands), explain(self.root, dict(operands)))
        except ExecutionError as error:
            return Verdict(False, tuple(operands), error.message)
        except RecursionError:
            return Verdict(False, tuple(operands), "a value is nested too deep to be compared")


def compile_node(node: Node, context: Evaluation | None = None) -> Check:
    """A closure that evaluates a condition and records its operands; `context` is what `$` is in a bare comparison."""
    match node:
        case Literal(value=value):
            return lambda scope, trace: value
        case ExpressionOperand(expression=expression, text=text):
            return _recorded(text, compile_expression(expression))
        case ContextOperand(accessors=accessors, text=text):
            return _recorded(text, _from_context(context or _no_context, accessors))
        case TextOperand(template=template):
            return render_recorded(template)
        case Access(operand=operand, accessors=accessors):
            return _access(compile_node(operand, context), accessors)
        case Not():
            return _not(node, compile_node(node.operand, context))
        case Comparison(left=left, operator=operator, right=right):
            return _comparison(left, COMPARE[operator], right, context)
        case And(operands=operands):
            return _and(tuple(compile_node(part, context) for part in operands))
        case Or(operands=operands):
            return _or(tuple(compile_node(part, context) for part in operands))
        case _:
            assert_never(node)


def _no_context(scope: Scope) -> Value:
    return MISSING


def _recorded(text: str, read: Evaluation) -> Check:
    def value(scope: Scope, trace: Trace) -> Value:
        found = read(scope)
        trace.append(Operand(text, found))
        return found

    return value


def render_recorded(template: Template) -> Callable[[Scope, Trace], str]:
    """The rendered text of a template; the embedded expressions are recorded as operands."""
    parts = tuple(part if isinstance(part, str) else (str(part), render_expression(part)) for part in template.parts)

    def render(scope: Scope, trace: Trace) -> str:
        rendered: list[str] = []
        for part in parts:
            if isinstance(part, str):
                rendered.append(part)
                continue
            name, read = part
            text = read(scope)
            trace.append(Operand(name, text))
            rendered.append(text)
        return "".join(rendered)

    return render


def _from_context(context: Evaluation, accessors: tuple[str | int, ...]) -> Evaluation:
    """`.length` is the size of an array or a string unless such a member exists (decision 0)."""

    def value(scope: Scope) -> Value:
        return access_with_length(context(scope), accessors)

    return value


def access_with_length(value: Value, accessors: tuple[str | int, ...]) -> Value:
    """What a path reaches in a context; MISSING where it leads nowhere."""
    for accessor in accessors:
        if isinstance(accessor, str) and isinstance(value, dict):
            value = value.get(accessor, MISSING)
        elif accessor == "length" and isinstance(value, list | str):
            value = len(value)
        elif isinstance(accessor, int) and isinstance(value, list) and accessor < len(value):
            value = value[accessor]
        else:
            return MISSING
    return value


def _access(operand: Check, accessors: tuple[str | int, ...]) -> Check:
    return lambda scope, trace: access(operand(scope, trace), accessors)


def _not(node: Not, operand: Check) -> Check:
    """`!` is true of false, null and absent, and an error for what is no truth value (decision 31)."""

    def value(scope: Scope, trace: Trace) -> Value:
        found = operand(scope, trace)
        if isinstance(found, bool):
            return not found
        if found is None or found is MISSING:
            return True
        raise ConditionError(f"'!' needs true, false or null, and {node.operand} is {show(found)}")

    return value


def _comparison(left: Node, compare: Compare, right: Node, context: Evaluation | None) -> Check:
    read = compile_node(left, context)
    if isinstance(right, Literal):
        # The most frequent shape: one call less.
        literal = right.value
        return lambda scope, trace: compare(read(scope, trace), literal)
    other = compile_node(right, context)
    return lambda scope, trace: compare(read(scope, trace), other(scope, trace))


def _and(parts: tuple[Check, ...]) -> Check:
    def value(scope: Scope, trace: Trace) -> Value:
        return all(part(scope, trace) is True for part in parts)

    return value


def _or(parts: tuple[Check, ...]) -> Check:
    def value(scope: Scope, trace: Trace) -> Value:
        return any(part(scope, trace) is True for part in parts)

    return value


# Why a check failed. --------------------------------------------------------------------------------------------------

Recorded: TypeAlias = "dict[str, Value]"


def explain(node: Node, recorded: Recorded) -> str:
    """Why a condition is not true of the recorded values, in words one can act on."""
    match node:
        case Literal():
            return f"the condition is the literal {node}"
        case Comparison():
            return _explain_comparison(node, recorded)
        case And(operands=operands):
            failed = next((part for part in operands if settle(part, recorded) is not True), node)
            return f"{node} is not true" if failed is node else explain(failed, recorded)
        case Or(operands=operands):
            return " and ".join(explain(part, recorded) for part in operands)
        case Not(operand=operand):
            return f"{operand} is true"
        case ExpressionOperand() | ContextOperand() | TextOperand() | Access():
            value = settle(node, recorded)
            if value is None or value is False or value is MISSING:
                return f"{node} is {show(value)}"
            return f"{node} is {show(value)}, and only true passes"
        case _:
            assert_never(node)


_REFUSALS = {"==": "not", "<": "not <", "<=": "not <=", ">": "not >", ">=": "not >="}
_MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _explain_comparison(node: Comparison, recorded: Recorded) -> str:
    left, operator, right = node.left, str(node.operator), node.right
    if isinstance(left, Literal):
        if isinstance(right, Literal):
            return f"{node} is false"
        left, operator, right = right, _MIRRORED[operator], left
    actual, expected = settle(left, recorded), settle(right, recorded)
    if operator == "!=":
        return f"{left} is {show(actual)}, just what it must not be{_named(right)}"
    if operator != "==" and actual is not MISSING and not orderable(actual, expected):
        return f"{left} is {show(actual)}, which has no order with {show(expected)}{_named(right)}"
    return f"{left} is {show(actual)}, {_REFUSALS[operator]} {show(expected)}{_named(right)}"


def _named(node: Node) -> str:
    return "" if isinstance(node, Literal) else f" ({node})"


def settle(node: Node, recorded: Recorded) -> Value:
    """The value a condition came to, from the recorded values of its operands."""
    match node:
        case Literal(value=value):
            return value
        case ExpressionOperand(text=text) | ContextOperand(text=text):
            return recorded.get(text, MISSING)
        case TextOperand(template=template):
            return "".join(part if isinstance(part, str) else str(recorded.get(str(part))) for part in template.parts)
        case Access(operand=operand, accessors=accessors):
            return access(settle(operand, recorded), accessors)
        case Not(operand=operand):
            return settle(operand, recorded) is not True
        case Comparison(operator=operator, left=left, right=right):
            return COMPARE[operator](settle(left, recorded), settle(right, recorded))
        case And(operands=operands):
            return all(settle(part, recorded) is True for part in operands)
        case Or(operands=operands):
            return any(settle(part, recorded) is True for part in operands)
        case _:
            assert_never(node)

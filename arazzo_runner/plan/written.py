"""What a value of the document is made of: constants, expressions, texts, Selector Objects, members and items.

`ValueReader` makes these nodes, `compile_written` turns them into what a run evaluates; whoever analyses a plan without
running it reads the nodes (1.1.0, "Any | {expression} | Selector Object").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from ..errors import ExecutionError, LanguageSyntaxError
from ..expression import Expression, Scope, Template, compile_expression, compile_template
from ..location import Location
from ..selector import Selectors
from ..values import JSON, MISSING, Missing, Value

Evaluator: TypeAlias = Callable[[Scope], Value]


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that depends on nothing."""

    value: JSON | Missing
    location: Location


@dataclass(frozen=True, slots=True)
class Whole:
    """A text that is one expression: its value keeps its type (decision 19)."""

    expression: Expression
    location: Location


@dataclass(frozen=True, slots=True)
class Embedding:
    """A text with embedded expressions."""

    template: Template
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """A Selector Object; `context` is None where it is outside the grammar (a finding says so)."""

    type: str
    version: str | None
    query: Template
    context: Expression | None
    location: Location


@dataclass(frozen=True, slots=True)
class Members:
    """An object some of whose members depend on something."""

    members: Mapping[str, Written]
    location: Location


@dataclass(frozen=True, slots=True)
class Items:
    """An array some of whose items depend on something."""

    items: tuple[Written, ...]
    location: Location


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What an error finding stands for; evaluated, it is `instead`."""

    instead: JSON
    location: Location


Written: TypeAlias = "Constant | Whole | Embedding | Selected | Members | Items | Unreadable"


def expressions_in(written: Written) -> Iterator[tuple[Expression, Location]]:
    """Every runtime expression of a value, in the order of the document, with the place of the text it stands in."""
    match written:
        case Whole(expression=expression, location=location):
            yield expression, location
        case Embedding(template=template, location=location):
            yield from ((expression, location) for expression in template.expressions)
        case Selected(context=context, query=query, location=location):
            if context is not None:
                yield context, location
            yield from ((expression, location) for expression in query.expressions)
        case Members(members=members):
            for member in members.values():
                yield from expressions_in(member)
        case Items(items=items):
            for item in items:
                yield from expressions_in(item)
        case Constant() | Unreadable():
            return
        case _:
            assert_never(written)


def selectors_in(written: Written) -> Iterator[Selected]:
    """Every Selector Object of a value, in the order of the document."""
    match written:
        case Selected():
            yield written
        case Members(members=members):
            for member in members.values():
                yield from selectors_in(member)
        case Items(items=items):
            for item in items:
                yield from selectors_in(item)
        case _:
            return


def compile_written(written: Written, selectors: Selectors, limit_s: float) -> Evaluator:
    """A closure that evaluates a value in a Scope; absent members are left out, absent items are null (decision 17)."""
    match written:
        case Constant(value=value):
            return lambda scope: value
        case Unreadable(instead=instead):
            return lambda scope: instead
        case Whole(expression=expression):
            return compile_expression(expression)
        case Embedding(template=template):
            return compile_template(template)
        case Selected():
            return _selected(written, selectors, limit_s)
        case Members(members=members):
            return _members([(key, compile_written(m, selectors, limit_s)) for key, m in members.items()])
        case Items(items=items):
            return _items([compile_written(item, selectors, limit_s) for item in items])
        case _:
            assert_never(written)


def _members(members: list[tuple[str, Evaluator]]) -> Evaluator:
    def evaluate(scope: Scope) -> Value:
        result = {}
        for key, member in members:
            item = member(scope)
            if item is not MISSING:
                result[key] = item
        return result

    return evaluate


def _items(items: list[Evaluator]) -> Evaluator:
    def evaluate(scope: Scope) -> Value:
        return [None if (result := item(scope)) is MISSING else result for item in items]

    return evaluate


def _selected(selected: Selected, selectors: Selectors, limit_s: float) -> Evaluator:
    context = compile_expression(selected.context) if selected.context is not None else _absent
    if selected.query.is_literal:
        selector = selectors.compile(selected.type, selected.version, selected.query.text, limit_s=limit_s)
        return lambda scope: selector.value(context(scope))
    render = compile_template(selected.query)

    def evaluate(scope: Scope) -> Value:
        try:
            selector = selectors.compile(selected.type, selected.version, render(scope), limit_s=limit_s)
        except LanguageSyntaxError as error:
            raise ExecutionError(error.message) from None
        return selector.value(context(scope))

    return evaluate


def _absent(scope: Scope) -> Value:
    return MISSING

"""JSONPath criteria that find nothing, or look where their author did not mean to.

Arazzo 1.1.0, "JSONPath Conditions"; RFC 9535, 2.3.5 and 2.4.5; decision 36.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...condition import QueryCondition
from ...diagnostics import Diagnostic, did_you_mean
from ...expression import Response, parts
from ..places import CriterionPlace, of_criteria
from ..queries import DeadEnd, as_condition, asks_for_members, counted_lists, dead_end, reaches
from ..registry import rule
from ..shapes import Shape, array_of
from ..subject import Subject, finding
from ..words import conjoined, quoted, some
from .criteria import shown


@rule("ARZ417")
def query_never_matches(subject: Subject) -> Iterator[Diagnostic]:
    """A JSONPath that finds nothing in any documented response."""
    return of_criteria(subject, lambda place: _lost(subject, place))


@rule("ARZ418")
def leading_filter_over_an_object(subject: Subject) -> Iterator[Diagnostic]:
    """A filter selects among the children of a value; over an object those are its members, not the object (36)."""
    return of_criteria(subject, lambda place: _leading(subject, place))


@rule("ARZ419")
def count_of_one_member(subject: Subject) -> Iterator[Diagnostic]:
    """`count` counts the nodes a query finds; a path to one member finds one or none, whatever it holds (RFC 9535)."""
    return of_criteria(subject, lambda place: _counted(subject, place))


def _query(subject: Subject, place: CriterionPlace) -> tuple[QueryCondition, str, Shape] | None:
    """A JSONPath criterion without embedded expressions, its text and what it is applied to, where that is known."""
    condition = place.criterion.condition
    if not isinstance(condition, QueryCondition) or condition.query.type != "jsonpath":
        return None
    expression = condition.context.expression
    if not condition.template.is_literal:
        return None
    if place.outcome and any(isinstance(part, Response) for part in parts(expression)) and not place.is_foreseen:
        return None
    shape = subject.expected(place.step.workflow).shape(expression, place.step, place.which)
    if shape is None or not (shape.types or {"object"}) & {"object", "array"}:
        return None  # there is nothing, or no JSON, which is a finding of its own
    return condition, condition.template.text, shape


def _lost(subject: Subject, place: CriterionPlace) -> Iterator[tuple[str, Diagnostic]]:
    found = _query(subject, place)
    if found is None:
        return
    condition, query, shape = found
    version, context = condition.query.version, condition.context.text
    end = dead_end(query, shape, version)
    if end is None or asks_for_members(query, shape, version):
        return
    if condition.leading_filter and shape.types != frozenset(("array",)):
        # Where the exact reading finds nothing, a run tries the object as the only item of a list.
        wrapped = array_of(shape)
        if reaches(query, wrapped, version) is not False:
            return
        end = dead_end(query, wrapped, version) or end
    message = f"{shown(place.criterion)} finds nothing in {context}: {_why(end)}"
    yield "", finding("ARZ417", message, place.criterion.location, _meant(end))


def _why(end: DeadEnd) -> str:
    """What there is instead."""
    names, members = conjoined(quoted(end.names), "or"), tuple(end.shape.properties)
    if names and members:
        return f"there is no {names} among {some(members)}"
    return f"{end.shape.describe()} has no {names}" if names else f"it ends at {end.shape.describe()}"


def _meant(end: DeadEnd) -> str | None:
    if len(end.names) != 1:
        return None
    name, items = end.names[0], end.shape.items
    if items is not None and name in items.properties:
        return f"it is in the items: [*].{name}"
    return did_you_mean(name, end.shape.properties)


def _leading(subject: Subject, place: CriterionPlace) -> Iterator[tuple[str, Diagnostic]]:
    found = _query(subject, place)
    if found is None:
        return
    condition, query, shape = found
    if asks_for_members(query, shape, condition.query.version):
        tried = "; where that finds nothing, a run tries the object" if condition.leading_filter else ""
        message = (
            f"{shown(place.criterion)} tests each member of {condition.context.text}, not the object itself{tried}"
        )
        yield "", finding("ARZ418", message, place.criterion.location, _as_condition(condition, query))


def _as_condition(condition: QueryCondition, query: str) -> str:
    simple = as_condition(query, condition.context.expression, condition.query.version)
    if simple is not None:
        return f"write the condition {simple}, without type and context"
    return "a simple condition tests members of an object"


def _counted(subject: Subject, place: CriterionPlace) -> Iterator[tuple[str, Diagnostic]]:
    found = _query(subject, place)
    if found is None:
        return
    condition, query, shape = found
    version = condition.query.version
    for call in counted_lists(query, shape, version):
        instead = f"write {call.replace('count', 'length', 1)}"
        if asks_for_members(query, shape, version):
            instead = _as_condition(condition, query)
        message = f"{call} is 0 or 1: it counts the value, not the items in it"
        yield call, finding("ARZ419", message, place.criterion.location, instead)

"""Criteria that decide nothing, can never pass, or ask for what the operation does not document.

Arazzo 1.1.0, "Criterion Object"; decisions 2, 18, 31, 32, 35, 36.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ...condition import (
    Access,
    And,
    BareComparison,
    Comparison,
    ContextOperand,
    ExpressionOperand,
    Literal,
    Node,
    Not,
    Or,
    QueryCondition,
    RegexCondition,
    SimpleCondition,
    compile_pattern,
    operand_expressions,
)
from ...diagnostics import Diagnostic, did_you_mean
from ...errors import LanguageSyntaxError
from ...expression import StatusCode, parts
from ...plan import LinkedAction, LinkedCriterion
from ..flow import Outcome
from ..queries import leading_filter_over_object, reaches
from ..registry import rule
from ..shapes import UNKNOWN, Shape, array_of, of_constant, of_types
from ..subject import StepSubject, Subject, Which, WorkflowSubject, finding
from ..verdicts import NO_ANSWER, Status, passes_all, verdict


@dataclass(frozen=True, slots=True)
class _Place:
    """A criterion where it stands; `action` is None among the successCriteria."""

    criterion: LinkedCriterion
    step: StepSubject
    workflow: WorkflowSubject
    which: Which
    action: LinkedAction | None = None

    @property
    def reads_status(self) -> bool:
        found = operand_expressions(self.criterion.condition)
        return any(isinstance(part, StatusCode) for expression in found for part in parts(expression))

    def verdicts(self) -> set[bool | None]:
        """What it comes to over every status there can be, and without an answer."""
        statuses: tuple[Status, ...] = (*self.step.statuses, NO_ANSWER)
        return {verdict(self.criterion, status) for status in statuses}


def _places(subject: Subject) -> Iterator[_Place]:
    """Every criterion once: actions of the workflow, and those taken from components, are told at the first step."""
    told = set()
    for workflow in subject.workflows:
        for step in workflow.steps:
            for criterion in step.step.criteria:
                yield _Place(criterion, step, workflow, "all")
            for outcome, action in step.actions():
                for criterion in action.criteria:
                    if is_own(step, action) or criterion.location not in told:
                        told.add(criterion.location)
                        yield _Place(criterion, step, workflow, outcome, action)


def is_own(step: StepSubject, action: LinkedAction) -> bool:
    """Whether an action is written at the step, not at the workflow or in components: then the step decides it."""
    return action.location.pointer.startswith(step.step.location.pointer + "/")


@rule("ARZ411")
def status_not_documented(subject: Subject) -> Iterator[Diagnostic]:
    """A status the operation documents neither by itself nor by its range or `default`."""
    for place in _places(subject):
        documented = _documented(place.step)
        if not documented or not place.reads_status or place.verdicts() == {False}:
            continue
        if place.action is not None and not is_own(place.step, place.action):
            continue
        if all(verdict(place.criterion, status) is False for status in documented):
            known = ", ".join(place.step.responses)
            yield finding(
                "ARZ411",
                f"no documented status of {place.step.step.target} satisfies this: it documents {known}",
                place.criterion.location,
                None if place.action else "correct the status, or the OpenAPI description",
                severity="info" if place.action else "warning",
            )


def _documented(step: StepSubject) -> tuple[int, ...]:
    """The statuses, of those that stand for all, that the operation documents; () where it says nothing."""
    return tuple(status for status in step.statuses if step.documents(status))


@rule("ARZ412")
def criterion_always_true(subject: Subject) -> Iterator[Diagnostic]:
    """A criterion that passes whatever the response is asserts nothing."""
    for place in _places(subject):
        if place.verdicts() == {True}:
            yield finding("ARZ412", f"'{place.criterion.text}' is always true", place.criterion.location, "remove it")


@rule("ARZ413")
def criterion_always_false(subject: Subject) -> Iterator[Diagnostic]:
    """A criterion that no response can satisfy."""
    for place in _places(subject):
        if place.verdicts() == {False}:
            yield finding("ARZ413", f"'{place.criterion.text}' is always false", place.criterion.location)


@rule("ARZ414")
def criteria_exclude_each_other(subject: Subject) -> Iterator[Diagnostic]:
    """All criteria have to pass (Multiple Criteria); with these no status does, so the step can never succeed."""
    for workflow in subject.workflows:
        for step in workflow.steps:
            criteria = step.step.criteria
            if len(criteria) < 2 or step.success_statuses or _any_always_false(step, criteria):
                continue
            for count in range(2, len(criteria) + 1):
                if all(passes_all(criteria[:count], status) is False for status in step.statuses):
                    yield finding(
                        "ARZ414",
                        f"step '{step.step.step_id}' can never succeed: no status satisfies '{criteria[count - 1].text}'"
                        " and the criteria before it",
                        criteria[count - 1].location,
                        "all criteria have to pass; alternatives are written with || in one condition",
                    )
                    break


def _any_always_false(step: StepSubject, criteria: tuple[LinkedCriterion, ...]) -> bool:
    statuses: tuple[Status, ...] = (*step.statuses, NO_ANSWER)
    return any(all(verdict(criterion, status) is False for status in statuses) for criterion in criteria)


@rule("ARZ415")
def action_never_applies(subject: Subject) -> Iterator[Diagnostic]:
    """Success actions come up when the step succeeds, failure actions when it fails: the criteria contradict that."""
    for workflow in subject.workflows:
        for step in workflow.steps:
            for outcome, action in step.actions():
                if not is_own(step, action) or step.applies(action, outcome) is not False:
                    continue
                if not _any_always_false(step, action.criteria) and _can_end_so(step, outcome):
                    yield finding(
                        "ARZ415",
                        f"the action '{action.name}' can never apply: {_outcome_of(step, outcome)}",
                        action.location,
                        _other_list(step, action, outcome),
                    )


def _can_end_so(step: StepSubject, outcome: Outcome) -> bool:
    return bool(step.success_statuses) if outcome == "success" else True


def _outcome_of(step: StepSubject, outcome: Outcome) -> str:
    how = "successCriteria" if step.step.criteria else "no successCriteria (any 2xx is a success)"
    what = "succeeds" if outcome == "success" else "fails"
    return f"with its {how} the step never {what} with a status that satisfies the action's criteria".replace(
        "its no", "no"
    )


def _other_list(step: StepSubject, action: LinkedAction, outcome: Outcome) -> str | None:
    other: Outcome = "failure" if outcome == "success" else "success"
    if step.applies(action, other) is False:
        return None
    return f"move it to {'onFailure' if other == 'failure' else 'onSuccess'}, or change the criteria"


@rule("ARZ416")
def action_never_comes_up(subject: Subject) -> Iterator[Diagnostic]:
    """The first action that applies is taken; one that always applies hides all that follow it."""
    from ...plan import Retry

    for workflow in subject.workflows:
        for step in workflow.steps:
            hiding: dict[Outcome, LinkedAction] = {}
            for outcome, action in step.actions():
                if not is_own(step, action):
                    continue
                if outcome in hiding and step.applies(action, outcome) is not False:
                    yield finding(
                        "ARZ416",
                        f"the action '{action.name}' never comes up: '{hiding[outcome].name}' before it always applies",
                        action.location,
                        f"give '{hiding[outcome].name}' criteria, or put it last",
                    )
                elif step.applies(action, outcome) is True and not isinstance(action, Retry):
                    hiding.setdefault(outcome, action)


# Types. ---------------------------------------------------------------------------------------------------------------


@rule("ARZ410")
def operands_never_equal(subject: Subject) -> Iterator[Diagnostic]:
    """A comparison whose operands, by their documented types or values, can never be equal or have no order (32)."""
    for place in _places(subject):
        for node in _comparisons(place.criterion):
            left, right = (_shape(subject, place, operand) for operand in (node.left, node.right))
            why = _incomparable(node, left, right)
            if why is not None:
                yield finding("ARZ410", why[0], place.criterion.location, why[1])


def _root(criterion: LinkedCriterion) -> Node | None:
    match criterion.condition:
        case SimpleCondition(root=root) | BareComparison(root=root):
            return root
        case _:
            return None


def _nodes(node: Node | None) -> Iterator[Node]:
    if node is None:
        return
    yield node
    match node:
        case Not(operand=operand) | Access(operand=operand):
            yield from _nodes(operand)
        case Comparison(left=left, right=right):
            yield from _nodes(left)
            yield from _nodes(right)
        case And(operands=operands) | Or(operands=operands):
            for operand in operands:
                yield from _nodes(operand)
        case _:
            return


def _comparisons(criterion: LinkedCriterion) -> Iterator[Comparison]:
    return (node for node in _nodes(_root(criterion)) if isinstance(node, Comparison))


def _shape(subject: Subject, place: _Place, node: Node) -> Shape:
    """What an operand can be; UNKNOWN where nothing is known, or where another rule has it."""
    match node:
        case Literal(value=value):
            return of_constant(value)
        case ExpressionOperand(expression=expression):
            return subject.expected(place.workflow).shape(expression, place.step, place.which) or UNKNOWN
        case ContextOperand(accessors=accessors):
            condition = place.criterion.condition
            if not isinstance(condition, BareComparison):
                return UNKNOWN
            context = subject.expected(place.workflow).shape(condition.context.expression, place.step, place.which)
            return _accessed(context, accessors)
        case _:
            return UNKNOWN


def _accessed(shape: Shape | None, accessors: tuple[str | int, ...]) -> Shape:
    """`.length` is the size of an array or a text, unless there is such a member (decision 0)."""
    for accessor in accessors:
        if shape is None or shape.types is None:
            return UNKNOWN
        if accessor == "length" and not shape.types - {"array", "string", "null"}:
            shape = of_types("integer")
        else:
            shape = shape.member(str(accessor))
    return shape or UNKNOWN


_NUMERIC: Final = frozenset({"integer", "number"})


def _incomparable(node: Comparison, left: Shape, right: Shape) -> tuple[str, str | None] | None:
    """Why a comparison is decided by the types of its operands, and what to write; None where it is not."""
    if left.types is None or right.types is None or None in (_constant(node.left), _constant(node.right)):
        return None
    if isinstance(node.left, Literal) and isinstance(node.right, Literal):
        return None  # always true or false: another rule
    if not any(_comparable(node, a, b) for a in left.types - {"null"} for b in right.types - {"null"}):
        outcome = "true" if node.operator == "!=" else "false"
        told = f"'{node}' is always {outcome}: {_told(node.left, left)}, {_told(node.right, right)}"
        return told, _without_quotes(node, left, right)
    return _outside_enum(node, left, right) or _outside_enum(node, right, left)


def _constant(node: Node) -> object:
    """A literal's value, and something that is not null for all else."""
    return node.value if isinstance(node, Literal) else node


def _comparable(node: Comparison, left: str, right: str) -> bool:
    if left in _NUMERIC and right in _NUMERIC:
        return True
    if {left, right} & _NUMERIC and "string" in (left, right):
        return all(_numeric_text(operand) for operand in (node.left, node.right))
    return left == right and (node.operator in ("==", "!=") or left == "string")


def _numeric_text(node: Node) -> bool:
    """Whether an operand can be the text of a number: a literal says, of anything else it may."""
    if not isinstance(node, Literal) or not isinstance(node.value, str):
        return True
    return re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", node.value) is not None


def _told(node: Node, shape: Shape) -> str:
    if isinstance(node, Literal):
        return f"{node} is {of_types(*(shape.types or ())).describe()}"
    return f"{node} is {shape.describe()}"


def _without_quotes(node: Comparison, left: Shape, right: Shape) -> str | None:
    for literal, other in ((node.right, left), (node.left, right)):
        if isinstance(literal, Literal) and literal.value in ("true", "false") and other.types == {"boolean"}:
            return f"write {literal.value} without quotes"
    return None


def _outside_enum(node: Comparison, shape: Shape, other: Shape) -> tuple[str, str | None] | None:
    literal = node.right if isinstance(node.right, Literal) else node.left
    operand = node.left if literal is node.right else node.right
    constants = shape.constants
    if node.operator not in ("==", "!=") or not isinstance(literal, Literal) or isinstance(operand, Literal):
        return None
    if not isinstance(literal.value, str) or not constants or shape is other:
        return None
    texts = [value for value in constants if isinstance(value, str)]
    if len(texts) < len([value for value in constants if value is not None]):
        return None
    if literal.value.casefold() in {text.casefold() for text in texts}:
        return None
    outcome = "true" if node.operator == "!=" else "false"
    return f"'{node}' is always {outcome}: {operand} is {shape.describe()}", did_you_mean(literal.value, texts)


@rule("ARZ420")
def operand_is_no_truth_value(subject: Subject) -> Iterator[Diagnostic]:
    """Only `true` passes: a text, a number or an object in place of a condition never does (decision 31)."""
    for place in _places(subject):
        for node in _conditions(_root(place.criterion)):
            types = _shape(subject, place, node).types
            if types is None or "boolean" in types or not types - {"null"}:
                continue
            yield finding(
                "ARZ420",
                f"{node} is {_shape(subject, place, node).describe()} where a condition stands, and only true passes",
                place.criterion.location,
                f"compare it: {node} != null",
            )


def _conditions(node: Node | None) -> Iterator[Node]:
    """The operands that stand where a truth value is wanted."""
    match node:
        case ExpressionOperand() | ContextOperand():
            yield node
        case Not(operand=operand):
            yield from _conditions(operand)
        case And(operands=operands) | Or(operands=operands):
            for operand in operands:
                yield from _conditions(operand)
        case _:
            return


# Queries and patterns. ------------------------------------------------------------------------------------------------


def _queries(subject: Subject) -> Iterator[tuple[_Place, str, str | None, Shape]]:
    """JSONPath criteria without embedded expressions: the query, its version and what it is applied to."""
    for place in _places(subject):
        condition = place.criterion.condition
        if isinstance(condition, QueryCondition) and condition.query.type == "jsonpath":
            if not condition.template.is_literal:
                continue
            shape = subject.expected(place.workflow).shape(condition.context.expression, place.step, place.which)
            yield place, condition.template.text, condition.query.version, shape or UNKNOWN


@rule("ARZ417")
def query_never_matches(subject: Subject) -> Iterator[Diagnostic]:
    """A JSONPath that finds nothing in any documented response."""
    for place, query, version, shape in _queries(subject):
        if _finds_nothing(place, query, version, shape):
            yield finding(
                "ARZ417",
                f"'{query}' can find nothing: {place.criterion.context} is {_members(shape)}",
                place.criterion.location,
            )


def _finds_nothing(place: _Place, query: str, version: str | None, shape: Shape) -> bool:
    if reaches(query, shape, version) is not False:
        return False
    return not _is_tried_on_the_object(place, query) or reaches(query, array_of(shape), version) is False


def _members(shape: Shape) -> str:
    """A shape in words, with the members of an object."""
    names = list(shape.properties)
    if not names:
        return shape.describe()
    more = f", ... ({len(names)} members)" if len(names) > 8 else ""
    return f"{shape.describe()} with {', '.join(names[:8])}{more}"


def _is_tried_on_the_object(place: _Place, query: str) -> bool:
    condition = place.criterion.condition
    return isinstance(condition, QueryCondition) and condition.leading_filter and query.lstrip().startswith("$[?")


@rule("ARZ418")
def leading_filter_over_an_object(subject: Subject) -> Iterator[Diagnostic]:
    """A filter selects among the children of a value; over an object those are its members, not the object (36)."""
    for place, query, version, shape in _queries(subject):
        if leading_filter_over_object(query, shape, version) and not _finds_nothing(place, query, version, shape):
            on_object = _is_tried_on_the_object(place, query)
            tried = "; where that finds nothing, the object itself is tried" if on_object else ""
            yield finding(
                "ARZ418",
                f"'{query}' looks at the members of {place.criterion.context}, which is an object{tried}",
                place.criterion.location,
                f"test the object with a simple condition, such as {place.criterion.context}#/name != null",
            )


_COUNT: Final = re.compile(r"count\(\s*@((?:\.[A-Za-z_][A-Za-z0-9_]*|\['[^']*'\])+)\s*\)")


@rule("ARZ419")
def count_of_one_member(subject: Subject) -> Iterator[Diagnostic]:
    """`count` counts the nodes a query finds; a path to one member finds one or none, whatever it holds (RFC 9535)."""
    for place, query, _, _ in _queries(subject):
        found = _COUNT.search(query)
        if found is not None:
            yield finding(
                "ARZ419",
                f"{found[0]} is 0 or 1: it counts the member '{found[1].lstrip('.')}', not what is in it",
                place.criterion.location,
                f"write length(@{found[1]})",
            )


_SLASHES: Final = re.compile(r"/(.+)/([a-z]*)", re.DOTALL)


@rule("ARZ424")
def pattern_matches_nothing(subject: Subject) -> Iterator[Diagnostic]:
    """A pattern with its slashes, which belong to JavaScript and not to the pattern, or one that fits no value."""
    for place in _places(subject):
        condition = place.criterion.condition
        if not isinstance(condition, RegexCondition) or not condition.template.is_literal:
            continue
        pattern = condition.template.text
        slashes = _SLASHES.fullmatch(pattern)
        if slashes is not None and (slashes[1].startswith("^") or slashes[1].endswith("$") or slashes[2]):
            yield finding(
                "ARZ424",
                f"the slashes of '{pattern}' are part of the pattern, and it matches nothing",
                place.criterion.location,
                f"write {slashes[1]}" + (", which heeds case: there are no flags" if slashes[2] else ""),
            )
            continue
        shape = subject.expected(place.workflow).shape(condition.context.expression, place.step, place.which)
        texts = [value for value in (shape.constants or () if shape else ()) if isinstance(value, str)]
        if shape and texts and len(texts) == len(shape.constants or ()) and not any(_fits(pattern, t) for t in texts):
            yield finding(
                "ARZ424",
                f"'{pattern}' matches none of the values of {condition.context.text}: {shape.describe()}",
                place.criterion.location,
            )


def _fits(pattern: str, text: str) -> bool:
    try:
        return compile_pattern(pattern)(text, 1.0)
    except (LanguageSyntaxError, TimeoutError):
        return True

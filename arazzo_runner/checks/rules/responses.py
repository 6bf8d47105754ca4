"""What is read and is nowhere: undocumented members of responses, outputs and inputs, bodies and headers there are not.

Arazzo 1.1.0, "Runtime Expressions"; OpenAPI 3.1.1, "Response Object"; decisions 17, 18, 25. A step is expected to be
answered as its operation documents. Conditions that ask whether something is there at all may ask for what is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

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
    SimpleCondition,
    operand_expressions,
)
from ...diagnostics import Diagnostic, Severity, did_you_mean, edit_distance
from ...expression import (
    Alternatives,
    BodyReference,
    Expression,
    HeaderReference,
    InputsReference,
    Request,
    Response,
    StepsReference,
    WorkflowsReference,
    split,
    tokens_of,
)
from ...location import Location
from ...openapi import ResponseDeclaration, media_type
from ...plan import GotoWorkflow, LinkedCriterion, Retry, Selected, Written, expressions_in, selectors_in
from ...values import array_index, format_pointer
from ..expected import Expected
from ..queries import reaches
from ..registry import rule
from ..shapes import COUNTED, UNKNOWN, Shape
from ..subject import StepSubject, Subject, Which, WorkflowSubject, finding
from ..words import misspelt, some

_WITHOUT_CONTENT: Final = frozenset(("204", "205", "304"))
# Headers that are sent without being documented (RFC 9110 and others).
_WELL_KNOWN: Final = frozenset(
    {"location", "etag", "last-modified", "retry-after", "content-type", "content-length", "content-location", "link"}
    | {"content-disposition", "cache-control", "date", "expires", "server", "set-cookie", "www-authenticate", "allow"}
    | {"vary", "x-request-id", "x-correlation-id", "request-id"}
)
_RATE_LIMITS: Final = ("ratelimit", "x-ratelimit", "x-rate-limit")


@dataclass(frozen=True, slots=True)
class _Place:
    """Something that is read: an expression, or the accessors of a bare comparison behind its context.

    `which` responses it is read from; `asks` that it is asked for, as in `== null`.
    """

    expression: Expression
    location: Location
    which: Which
    asks: bool = False
    accessors: tuple[str | int, ...] = ()
    selected: Selected | None = None
    as_json: bool = False  # the context of a JSONPath
    condition: bool = False


@dataclass(frozen=True, slots=True)
class _Loss:
    """Why nothing is there. Losses of one `cause` are told once."""

    code: str
    message: str
    hint: str | None = None
    severity: Severity | None = None
    cause: str | None = None


_Verdicts: TypeAlias = "dict[tuple[Location, str], list[_Loss | None]]"


@rule("ARZ601")
def value_that_is_nowhere(subject: Subject) -> Iterator[Diagnostic]:
    """A member that nothing documents is absent: an output is left out, a step that needs it fails (decision 17)."""
    yield from _found(subject, "ARZ601")


@rule("ARZ602")
def body_of_an_empty_response(subject: Subject) -> Iterator[Diagnostic]:
    """An empty body is absent (decision 25)."""
    yield from _found(subject, "ARZ602")


@rule("ARZ603")
def pointer_into_text(subject: Subject) -> Iterator[Diagnostic]:
    """Only JSON is parsed; in a text a JSON Pointer finds nothing, and a JSONPath fails (decisions 25, 59)."""
    yield from _found(subject, "ARZ603")


@rule("ARZ604")
def header_that_is_not_documented(subject: Subject) -> Iterator[Diagnostic]:
    """A header that no response declares is likely not there; many are sent without being documented."""
    yield from _found(subject, "ARZ604")


def _found(subject: Subject, code: str) -> Iterator[Diagnostic]:
    for diagnostic in subject.once("responses", lambda: tuple(_all(subject))):
        if diagnostic.code == code:
            yield diagnostic


def _all(subject: Subject) -> Iterator[Diagnostic]:
    """One finding for each place: an action or a parameter that several steps share has to be lost in all of them."""
    verdicts: _Verdicts = {}
    for workflow in subject.workflows:
        expected = subject.expected(workflow)
        for step, place in _places(workflow):
            key = (place.location, f"{place.expression}{place.accessors}{place.selected and place.selected.query}")
            verdicts.setdefault(key, []).append(_judge(expected, step, place))
    told: set[str] = set()
    for (location, _), losses in verdicts.items():
        loss = losses[0]
        if loss is None or None in losses or loss.cause in told:
            continue
        told.update([loss.cause] if loss.cause else [])
        yield finding(loss.code, loss.message, location, loss.hint, severity=loss.severity)


# What is read ---------------------------------------------------------------------------------------------------------


def _places(workflow: WorkflowSubject) -> Iterator[tuple[StepSubject | None, _Place]]:
    for step in workflow.steps:
        yield from ((step, place) for place in _of_step(step))
    for output in workflow.linked.outputs:
        yield from ((None, place) for place in _of_written(output.written, "success"))


def _of_step(step: StepSubject) -> Iterator[_Place]:
    for written in step.sent():  # what is read of a call before it is made is an error of linking
        yield from (place for place in _of_written(written, "all") if not isinstance(place.expression, Response))
    for criterion in step.step.criteria:
        yield from _of_criterion(criterion, "success")
    for output in step.step.outputs:
        yield from _of_written(output.written, "success")
    for outcome, action in step.actions():
        for criterion in action.criteria:
            yield from _of_criterion(criterion, outcome)
        if isinstance(action, (GotoWorkflow, Retry)):
            for parameter in action.parameters:
                yield from _of_written(parameter.written, outcome)


def _of_written(written: Written, which: Which) -> Iterator[_Place]:
    for selected in selectors_in(written):
        if selected.context is not None and selected.query.is_literal:
            yield _Place(selected.context, selected.location, which, selected=selected)
    for expression, location in expressions_in(written):
        yield _Place(expression, location, which)


def _of_criterion(criterion: LinkedCriterion, which: Which) -> Iterator[_Place]:
    at = criterion.location
    match criterion.condition:
        case SimpleCondition(root=root):
            yield from _operands(root, None, at, which)
        case BareComparison(context=context, root=root):
            yield _Place(context.expression, at, which, as_json=True, condition=True)
            yield from _operands(root, context.expression, at, which)
        case QueryCondition(context=context, query=query):
            yield _Place(context.expression, at, which, as_json=query.type == "jsonpath")
        case condition:
            yield from (_Place(expression, at, which) for expression in operand_expressions(condition))


def _operands(
    node: Node, context: Expression | None, at: Location, which: Which, asks: bool = False
) -> Iterator[_Place]:
    """The operands of a condition; those compared with null or negated are asked for."""
    match node:
        case ExpressionOperand(expression=expression):
            yield _Place(expression, at, which, asks, condition=True)
        case ContextOperand(accessors=accessors) if context is not None:
            yield _Place(context, at, which, asks, accessors, condition=True)
        case Not(operand=operand):
            yield from _operands(operand, context, at, which, asks=True)
        case Access(operand=operand):
            yield from _operands(operand, context, at, which, asks)
        case Comparison(left=left, right=right):
            asks = any(isinstance(side, Literal) and side.value is None for side in (left, right))
            yield from _operands(left, context, at, which, asks)
            yield from _operands(right, context, at, which, asks)
        case And(operands=operands) | Or(operands=operands):
            for operand in operands:
                yield from _operands(operand, context, at, which)
        case _:
            return


# Whether it is there --------------------------------------------------------------------------------------------------


def _judge(expected: Expected, step: StepSubject | None, place: _Place) -> _Loss | None:
    if isinstance(place.expression, Alternatives):
        losses = [_judge(expected, step, replace(place, expression=each)) for each in place.expression.candidates]
        return None if None in losses else losses[-1]
    base, tokens = split(place.expression)
    tokens += tuple(map(str, place.accessors))
    if isinstance(base, Response) and isinstance(base.source, HeaderReference):
        return _header(expected, step, base.source.token, place)
    if isinstance(base, Request):
        return _of_request(expected, step, place)
    shape = expected.shape(base, step, place.which)
    if isinstance(base, Response) and isinstance(base.source, BodyReference) and step is not None and step.call:
        return _of_body(expected, step, shape, tokens, place)
    if shape is None:
        return None  # what it reads is a finding of its own
    lost = _lost(shape, tokens, place)
    return None if lost is None else _nowhere(place, "is not there", _name(base), lost)


@dataclass(frozen=True, slots=True)
class _Lost:
    """Where a way ends: at `way`, in what has this shape, before `token` and the `rest` (or a query finds nothing)."""

    way: tuple[str, ...]
    shape: Shape
    token: str | None
    rest: tuple[str, ...] = ()


def _lost(shape: Shape, tokens: Sequence[str], place: _Place) -> _Lost | None:
    """Where the way from a shape leads nowhere, along the tokens and then along a Selector Object."""
    way: tuple[str, ...] = ()
    selected = place.selected
    pointer = tokens_of(selected.query.text) if selected is not None and selected.type == "jsonpointer" else ()
    whole = (*tokens, *pointer)
    for index, token in enumerate(whole):
        child = shape.member(token)
        if child is None:
            counted = token == "length" and bool(place.accessors) and bool(COUNTED & (shape.types or frozenset()))
            return None if counted else _Lost(way, shape, token, whole[index + 1 :])
        way, shape = (*way, token), child
    if selected is None or selected.type != "jsonpath":
        return None
    return _Lost(way, shape, None) if reaches(selected.query.text, shape, selected.version) is False else None


def _of_body(
    expected: Expected, step: StepSubject, shape: Shape | None, tokens: tuple[str, ...], place: _Place
) -> _Loss | None:
    if place.asks:
        return None
    if shape is None:
        return None if _is_of_a_failure(expected, step, tokens, place) else _no_body(expected, step, place)
    lost = _lost(shape, tokens, place)
    responses = expected.responses(step, place.which)
    kinds = _kinds(responses)
    if kinds and not any(map(_may_be_json, kinds)) and (lost or _wants_json(place)):
        verdict = "is no JSON to look into" if _wants_json(place) else "finds nothing"
        what = f"the response of {step.step.target} ({', '.join(responses)}) is {' or '.join(kinds)}, not JSON"
        return _Loss("ARZ603", f"{place.expression} {verdict}: {what}")
    if lost is None or _is_of_a_failure(expected, step, tokens, place):
        return None
    statuses = ", ".join(key for key, response in responses.items() if response.media_types)
    which = " that fails the step" if place.which == "failure" else ""
    return _nowhere(place, f"is in no documented response of {step.step.target}{which} ({statuses})", "the body", lost)


def _wants_json(place: _Place) -> bool:
    return place.as_json or (place.selected is not None and place.selected.type in ("jsonpath", "jsonpointer"))


def _is_of_a_failure(expected: Expected, step: StepSubject, tokens: tuple[str, ...], place: _Place) -> bool:
    """Whether the responses with which the step fails declare it: outputs and criteria are evaluated with them too."""
    if place.which != "success":
        return False
    shape = expected.body(step, "failure")
    found = shape.walk(tokens) if shape is not None else None
    return found is not None and found != UNKNOWN and place.selected is None


def _no_body(expected: Expected, step: StepSubject, place: _Place) -> _Loss:
    """A description that says nothing of a body may only be sparing; some responses never have one (RFC 9110)."""
    statuses = ", ".join(expected.responses(step, place.which))
    if step.call is not None and step.call.operation.method == "HEAD":
        message = f"{place.expression} is absent: the answer to HEAD has no body"
        return _Loss("ARZ602", message, severity="warning")
    if expected.responses(step, place.which).keys() <= _WITHOUT_CONTENT:
        message = f"{place.expression} is absent: {step.step.target} answers with {statuses}, which has no body"
        return _Loss("ARZ602", message, severity="warning")
    return _Loss(
        "ARZ602",
        f"{place.expression} may be absent: no body is documented for the response of {step.step.target} ({statuses})",
        "if it has one, the OpenAPI description should say so",
        "info",
        step.step.target,
    )


def _kinds(responses: Mapping[str, ResponseDeclaration]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for response in responses.values() for name in response.media_types))


def _may_be_json(name: str) -> bool:
    return "*" in name or media_type.is_json(media_type.essence(name))


def _of_request(expected: Expected, step: StepSubject | None, place: _Place) -> _Loss | None:
    """The payload as the step writes it (decision 24)."""
    if step is None or step.call is None or place.asks or expected.shape(place.expression, step) is not None:
        return None
    return _Loss("ARZ601", f"{place.expression} is not there: the payload of the step does not have it")


def _header(expected: Expected, step: StepSubject | None, name: str, place: _Place) -> _Loss | None:
    if step is None or step.call is None or place.asks:
        return None
    responses = expected.responses(step, place.which)
    declared = [each for response in step.responses.values() for each in response.headers]
    known = name.lower() in _WELL_KNOWN or name.lower().startswith(_RATE_LIMITS)
    if not responses or known or name.lower() in map(str.lower, declared):
        return None
    near = misspelt(name, dict.fromkeys(declared))
    return _Loss(
        "ARZ604",
        f"no documented response of {step.call.target} ({', '.join(responses)}) has the header '{name}'",
        near,
        "warning" if near else "info",
    )


# How it is told -------------------------------------------------------------------------------------------------------


def _name(base: Expression) -> str:
    match base:
        case StepsReference(step_id=step_id, output_name=name):
            return f"the output '{name}' of step '{step_id}'"
        case InputsReference(name=name):
            return f"the input '{name}'"
        case WorkflowsReference(workflow_id=workflow_id, field=field, name=name):
            return f"the {field[:-1]} '{name}' of workflow '{workflow_id}'"
        case _:
            return str(base)


def _nowhere(place: _Place, verdict: str, root: str, lost: _Lost) -> _Loss:
    pointer = format_pointer(lost.way)
    container = f"'{pointer}'" if pointer else root
    what = str(place.expression) + "".join(f".{each}" for each in place.accessors)
    if lost.token is None and place.selected is not None:
        what, verdict = f"'{place.selected.query}'", f"finds nothing in {place.expression}"
    return _Loss("ARZ601", f"{what} {verdict}: {container} {_contents(lost.shape)}", _hint(place, lost))


def _contents(shape: Shape) -> str:
    """What there is instead."""
    names = tuple(shape.properties)
    if names:
        shown = some(names)
        return f"has {shown}" + (f" ({len(names)} members)" if shown.endswith("...") else "")
    return f"is {shape.describe()}"


def _hint(place: _Place, lost: _Lost) -> str | None:
    token, shape = lost.token, lost.shape
    if token is None:
        return None
    if token == "length" and place.condition and shape.types == frozenset(("array",)):
        return f"there is no length here; ask for the first item: {_at(place, lost, '0')} != null (== null: none)"
    if shape.items is not None and shape.items.member(token) not in (None, UNKNOWN):
        return f"it is in the items: the first one is {_at(place, lost, '0', token)}"
    if array_index(token) is not None and lost.rest and lost.rest[0] in shape.properties:
        return f"there is {_at(place, lost, *lost.rest)}"
    return _spelt_like(token, shape.properties) or _deeper(place, lost, token)


def _spelt_like(token: str, names: Iterable[str]) -> str | None:
    """The member of nearly that name; names that only begin alike, as `users` and `username`, are two things."""
    return did_you_mean(token, [name for name in names if _goes_on_alike(token, name)])


def _goes_on_alike(token: str, name: str) -> bool:
    """Whether a slip is between two names, or what they have behind their common beginning is alike."""
    pairs = enumerate(zip(token, name, strict=False))
    shared = next((at for at, (one, other) in pairs if one != other), min(len(token), len(name)))
    rest, other = token[shared:], name[shared:]
    return not rest or not other or edit_distance(rest, other) <= 2 or did_you_mean(rest, [other]) is not None


def _deeper(place: _Place, lost: _Lost, token: str) -> str | None:
    """A member of that name one level below."""
    for name, child in lost.shape.properties.items():
        if token in child.properties:
            return f"there is {_at(place, lost, name, token)}"
        if child.items is not None and token in child.items.properties:
            return f"there is {_at(place, lost, name, '0', token)}"
    return None


def _at(place: _Place, lost: _Lost, *tokens: str) -> str:
    """The expression that goes another way from where this one ends."""
    return f"{split(place.expression)[0]}#{format_pointer((*lost.way, *tokens))}"

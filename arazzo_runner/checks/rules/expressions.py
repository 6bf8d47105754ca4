"""Runtime expressions: what has no value where it stands, and text that only looks like one.

Arazzo 1.1.0, "Runtime Expressions"; decisions 17, 19, 20, 23, 24, 27.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ...condition import QueryCondition, RegexCondition
from ...diagnostics import Diagnostic
from ...errors import LanguageSyntaxError
from ...expression import (
    Expression,
    Message,
    Method,
    PathReference,
    QueryReference,
    Request,
    Response,
    SourceReference,
    StatusCode,
    StepsReference,
    Url,
    WorkflowsReference,
    meaningless,
    parse,
    parts,
)
from ...location import Location
from ...plan import (
    Constant,
    Embedding,
    GotoWorkflow,
    Items,
    LinkedCriterion,
    Members,
    Retry,
    Selected,
    WorkflowCall,
    Written,
    expressions_in,
)
from ..flow import Edge, Flow
from ..registry import rule
from ..subject import Read, StepSubject, Subject, WorkflowSubject, finding

_OF_A_CALL = (Request, Response, Message, StatusCode, Url, Method)
_SOURCE_FIELDS = ("name", "url", "type")


@rule("ARZ310")
def step_may_not_have_run(subject: Subject) -> Iterator[Diagnostic]:
    """An output of a step that some way to this one goes round: reading it fails the step (decision 17)."""
    for workflow in subject.workflows:
        for step in workflow.steps:
            certain = workflow.flow.certain.get(step.step.step_id)
            if certain is None:
                continue
            told: set[tuple[str, Location]] = set()
            for other, location, what in _needs(step):
                if other in certain or other == step.step.step_id or (other, location) in told:
                    continue
                told.add((other, location))
                way = workflow.flow.way_without(step.step.step_id, other)
                if way is not None and _may_come_first(workflow, other, step.step.step_id):
                    yield finding(
                        "ARZ310",
                        f"{what}, and step '{other}' has not run when {_tell(workflow.flow, way, other)}",
                        location,
                        f"read it only where '{other}' has run, or send every way through it",
                    )


def _needs(step: StepSubject) -> Iterator[tuple[str, Location, str]]:
    """The steps that have to have run for this one, each with the place that says so."""
    for read in step.reads:
        for part in parts(read.expression):
            if isinstance(part, StepsReference):
                yield part.step_id, read.location, f"{part} is read here"
    for prerequisite in step.step.depends_on:
        if prerequisite.workflow is None:
            what = f"step '{step.step.step_id}' depends on '{prerequisite.step_id}'"
            yield prerequisite.step_id, prerequisite.location, what


def _may_come_first(workflow: WorkflowSubject, other: str, step_id: str) -> bool:
    """Whether some way leads from `other` to the step; where none does, link has said so (ARZ303)."""
    flow = workflow.flow
    return _leads(flow, other, step_id) or any(other in e.between for edges in flow.edges.values() for e in edges)


def _leads(flow: Flow, start: str, goal: str, past: Iterable[str] = ()) -> bool:
    """Whether some way leads from one step to another, none of the steps `past` being on it."""
    todo, seen = [start], {start, *past}
    while todo:
        for edge in flow.edges.get(todo.pop(), ()):
            if goal in (edge.target, *edge.between):
                return True
            if edge.target and edge.target not in seen:
                seen.add(edge.target)
                todo.append(edge.target)
    return False


def _tell(flow: Flow, way: tuple[Edge, ...], other: str) -> str:
    """The turn that matters: the last action on the way in place of which another edge leads on to `other`.

    Where none does it is the last action, or the first visit when there is none.
    """
    turns = [(edge, {before.source for before in way[:n]}) for n, edge in enumerate(way) if edge.action is not None]
    if not turns:
        return "it is reached for the first time"
    return str(next((e for e, past in reversed(turns) if _leads(flow, e.source, other, past)), turns[-1][0]))


@rule("ARZ311")
def text_like_an_expression(subject: Subject) -> Iterator[Diagnostic]:
    """A text is an expression as a whole, or in braces inside a text; anything else is sent as it stands (19, 20)."""
    for workflow in subject.workflows:
        for text, location in _texts(subject, workflow):
            found = _LOOKS_LIKE.search(text)
            if found is not None:
                yield finding(
                    "ARZ311",
                    f"'{found[0]}' inside this text is no expression; it is taken as it stands",
                    location,
                    _form_meant("$" + next(part for part in found.groupdict().values() if part is not None), subject),
                )


_DOUBLED = re.compile(r"\{\{\$[^{}]+\}\}")  # the outer braces are text


def _form_meant(expression: str, subject: Subject) -> str:
    try:
        parse(expression, subject.description.version)
    except LanguageSyntaxError as error:
        return error.hint or "an expression is written like {$inputs.name} or {$steps.id.outputs.name} inside a text"
    return f"inside a text an expression stands in braces: {{{expression}}}"


_ROOTS = (
    r"(?:inputs|outputs|steps|workflows)\.[A-Za-z0-9_\-]+(?:\.[A-Za-z0-9_\-]+)*"
    r"|(?:request|response|message)\.(?:header|query|path|body|payload)\b(?:[.#][A-Za-z0-9_\-./~]*[A-Za-z0-9_\-])?"
)
_LOOKS_LIKE = re.compile(
    rf"""\{{\{{\s*\$?(?P<mustache>{_ROOTS})\s*\}}\}}|\$\{{\s*\$?(?P<shell>{_ROOTS})\s*\}}"""
    rf"""|\{{\s+\$(?P<spaced>{_ROOTS})\s*\}}|\{{\$(?P<trailing>{_ROOTS})\s+\}}|\$(?P<bare>{_ROOTS})"""
)


def _texts(subject: Subject, workflow: WorkflowSubject) -> Iterator[tuple[str, Location]]:
    """The literal texts of what is sent, kept and matched, each with its place."""
    for step in workflow.steps:
        for written in step.sent():
            yield from _literals(subject, written)
        for output in step.step.outputs:
            yield from _literals(subject, output.written)
        for _, action in step.actions():
            if isinstance(action, (GotoWorkflow, Retry)):
                for parameter in action.parameters:
                    yield from _literals(subject, parameter.written)
            yield from _patterns(action.criteria)
        yield from _patterns(step.step.criteria)
    for output in workflow.linked.outputs:
        yield from _literals(subject, output.written)


def _literals(subject: Subject, written: Written) -> Iterator[tuple[str, Location]]:
    match written:
        case Constant(value=value, location=location):
            yield from _strings(subject, value, location)
        case Embedding(template=template, location=location):
            yield from ((part, location) for part in template.parts if isinstance(part, str))
            yield from ((doubled[0], location) for doubled in _DOUBLED.finditer(template.text))
        case Selected(query=query, location=location):
            yield from ((part, location) for part in query.parts if isinstance(part, str))
        case Members(members=members):
            for member in members.values():
                yield from _literals(subject, member)
        case Items(items=items):
            for item in items:
                yield from _literals(subject, item)
        case _:
            return


def _strings(subject: Subject, value: Any, location: Location) -> Iterator[tuple[str, Location]]:
    if isinstance(value, str):
        yield value, location
        return
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in members:
        if isinstance(item, (str, dict, list)):
            yield from _strings(subject, item, subject.below(location, str(key)))


def _patterns(criteria: tuple[LinkedCriterion, ...]) -> Iterator[tuple[str, Location]]:
    for criterion in criteria:
        match criterion.condition:
            case RegexCondition(template=template) | QueryCondition(template=template):
                yield from ((part, criterion.location) for part in template.parts if isinstance(part, str))


@rule("ARZ312")
def expression_without_meaning(subject: Subject) -> Iterator[Diagnostic]:
    """The grammar derives it, and it can never have a value: `$response.query.x`, `$components.x.y` (decision 23)."""
    for workflow in subject.workflows:
        for expression, location in _everywhere(workflow):
            for part in parts(expression):
                why = meaningless(part) or _no_field(part)
                if why:
                    yield finding("ARZ312", f"{part} never has a value: {why}", location)
                    break


def _no_field(expression: Expression) -> str | None:
    if isinstance(expression, SourceReference) and expression.reference_id not in _SOURCE_FIELDS:
        return "as a value a source description has the fields name, url and type"
    return None


def _everywhere(workflow: WorkflowSubject) -> Iterator[tuple[Expression, Location]]:
    for step in workflow.steps:
        yield from ((read.expression, read.location) for read in step.reads)
    for output in workflow.linked.outputs:
        yield from expressions_in(output.written)


@rule("ARZ313")
def call_in_workflow_outputs(subject: Subject) -> Iterator[Diagnostic]:
    """Workflow outputs are computed when no call is at hand: `$response` and its like are absent (decision 123)."""
    for workflow in subject.workflows:
        for output in workflow.linked.outputs:
            for expression, location in expressions_in(output.written):
                if any(isinstance(part, _OF_A_CALL) for part in parts(expression)):
                    yield finding(
                        "ARZ313",
                        f"{expression} has no value in the outputs of a workflow",
                        location,
                        "keep it as an output of the step, and write $steps.<stepId>.outputs.<name>",
                    )


@rule("ARZ314")
def workflow_may_not_have_run(subject: Subject) -> Iterator[Diagnostic]:
    """`$workflows.<id>` is the latest execution in this run; one that nothing has run has no value (decision 27)."""
    for workflow in subject.workflows:
        if any(_calls(other, workflow.linked.key) for other in subject.workflows):
            continue  # its caller may have run the other one
        for expression, location in _everywhere(workflow):
            for part in parts(expression):
                if isinstance(part, WorkflowsReference) and not _may_have_run(subject, workflow, part):
                    yield finding(
                        "ARZ314",
                        f"{part} has no value: nothing runs workflow '{part.workflow_id}' before this one",
                        location,
                        f"name '{part.workflow_id}' in the workflow's dependsOn, or call it in a step",
                    )
                    break


def _may_have_run(subject: Subject, workflow: WorkflowSubject, reference: WorkflowsReference) -> bool:
    linked = workflow.linked
    if reference.workflow_id == linked.workflow_id:
        return True
    key = linked.document.workflow_keys.get(reference.workflow_id)
    return key is None or key in _run_by(subject, linked.key, set())


def _run_by(subject: Subject, key: str, seen: set[str]) -> set[str]:
    """The workflows that running one may run: those it depends on, those its steps and actions call, and theirs."""
    found = subject.workflow(key)
    for other in _called(found) if found else ():
        if other not in seen:
            seen.add(other)
            _run_by(subject, other, seen)
    return seen


def _called(workflow: WorkflowSubject) -> Iterator[str]:
    yield from workflow.linked.depends_on
    for step in workflow.steps:
        if isinstance(step.step, WorkflowCall):
            yield step.step.workflow
        for _, action in step.actions():
            if isinstance(action, (GotoWorkflow, Retry)) and action.workflow:
                yield action.workflow


def _calls(workflow: WorkflowSubject, key: str) -> bool:
    return key in _called(workflow)


@rule("ARZ315")
def parameter_not_sent(subject: Subject) -> Iterator[Diagnostic]:
    """`$request.query.<name>` is a parameter of the step; one that it does not have is absent (decision 24)."""
    for workflow in subject.workflows:
        for step in workflow.steps:
            for read in step.reads:
                name = _unsent(step, read)
                if name is not None:
                    yield finding(
                        "ARZ315",
                        f"{read.expression} is absent: step '{step.step.step_id}' has no such parameter",
                        read.location,
                        "declare it among the step's parameters" if step.step.parameters else None,
                    )


def _unsent(step: StepSubject, read: Read) -> str | None:
    for part in parts(read.expression):
        if isinstance(part, Request) and isinstance(part.source, (QueryReference, PathReference)):
            place = "query" if isinstance(part.source, QueryReference) else "path"
            names = {p.name for p in step.step.parameters if p.in_ == place}
            if part.source.name not in names and not any(p.in_ == "querystring" for p in step.step.parameters):
                return part.source.name
    return None

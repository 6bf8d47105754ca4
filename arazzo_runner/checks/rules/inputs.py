"""What workflows are given and what they ask for: required inputs, undeclared ones, values that do not fit, defaults.

Arazzo 1.1.0, "Workflow Object", `inputs`; decisions 6, 17, 41, 55: inputs are validated before a workflow starts, and
nothing is converted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from ...diagnostics import Diagnostic, Severity, did_you_mean
from ...location import Location
from ...plan import GotoWorkflow, InputsSchema, LinkedParameter, Retry, WorkflowCall
from ...values import MISSING, PointerSyntaxError, format_pointer, get_pointer, parse_pointer
from ..matching import Matching
from ..registry import rule
from ..shapes import of_json_schema
from ..subject import StepSubject, Subject, Which, WorkflowSubject, finding
from ..words import conjoined, misspelt, quoted

_DEPTH: Final = 20  # schemas below each other, references included; a schema may contain itself


@dataclass(frozen=True, slots=True)
class _Start:
    """A workflow that is started by a step or an action; `mute` is one that has no way to pass inputs (1.0)."""

    workflow_id: str
    inputs: InputsSchema
    given: Sequence[LinkedParameter]
    location: Location
    step: StepSubject
    by: str
    which: Which = "all"
    mute: bool = False


@rule("ARZ613")
def required_input_missing(subject: Subject) -> Iterator[Diagnostic]:
    """The inputs of a workflow are validated before it starts: without a required one it fails (decision 55)."""
    for start in _starts(subject):
        missing = _missing(start)
        meant = {name for name in missing if any(did_you_mean(p.name, [name]) for p in _undeclared(start))}
        names = quoted(name for name in missing if name not in meant)
        if names:
            yield finding(
                "ARZ613",
                f"workflow '{start.workflow_id}' requires the input{'s' if len(names) > 1 else ''} {conjoined(names)}, "
                f"which {start.by} does not pass",
                start.location,
                "Arazzo 1.0 has no way to pass inputs in an action; give them defaults" if start.mute else None,
            )


@rule("ARZ614")
def undeclared_input(subject: Subject) -> Iterator[Diagnostic]:
    """An input that the workflow does not declare cannot be read there, and is refused where it allows no others."""
    for start in _starts(subject):
        declared = start.inputs.declared or ()
        free = [name for name in declared if name not in {parameter.name for parameter in start.given}]
        for parameter in _undeclared(start):
            near = misspelt(parameter.name, free) or did_you_mean(parameter.name, _missing(start))
            closed = _refuses(start.inputs, parameter.name)
            severity: Severity = "warning" if closed or near else "info"
            verb = "allows no" if closed else "declares no"
            message = f"workflow '{start.workflow_id}' {verb} input '{parameter.name}'"
            yield finding("ARZ614", message, parameter.location, near, severity=severity)


@rule("ARZ615")
def input_of_another_kind(subject: Subject) -> Iterator[Diagnostic]:
    """Inputs keep their types, and nothing is converted: "5" is no integer (decision 55)."""
    for start in _starts(subject):
        judge = _matching(subject, start)
        for parameter in start.given:
            schema = start.inputs.properties.get(parameter.name)
            if schema is None:
                continue
            for mismatch in judge.mismatches(parameter.written, of_json_schema(schema, start.inputs.schema)):
                place = f"the input '{parameter.name}' of workflow '{start.workflow_id}'"
                where = f"'{format_pointer(mismatch.path)}' in {place}" if mismatch.path else place
                if mismatch.kind == "value":
                    yield finding("ARZ615", f"{where} {mismatch.what}", mismatch.location, mismatch.hint)
                elif mismatch.kind == "missing":
                    names = conjoined(quoted(mismatch.names))
                    yield finding("ARZ615", f"{where} has no {names}, which its schema requires", mismatch.location)


@rule("ARZ616")
def inputs_that_contradict_themselves(subject: Subject) -> Iterator[Diagnostic]:
    """A default is validated like a value that is given; a required name that is not declared is no name to read."""
    for workflow in subject.workflows:
        yield from _required(subject, workflow)
        yield from _defaults(subject, workflow)


# Starts ---------------------------------------------------------------------------------------------------------------


def _starts(subject: Subject) -> Iterator[_Start]:
    for workflow in subject.workflows:
        for step in workflow.steps:
            yield from _of_step(subject, step)


def _of_step(subject: Subject, step: StepSubject) -> Iterator[_Start]:
    called = subject.workflow(step.step.workflow) if isinstance(step.step, WorkflowCall) else None
    if called is not None:
        given = step.step.parameters
        yield _Start(called.linked.workflow_id, called.linked.inputs, given, step.named_at, step, "the step")
    for outcome, action in step.actions():
        if isinstance(action, (GotoWorkflow, Retry)) and action.workflow is not None:
            target = subject.workflow(action.workflow)
            if target is not None:
                yield _Start(
                    target.linked.workflow_id,
                    target.linked.inputs,
                    action.parameters,
                    action.location,
                    step,
                    f"the action '{action.name}'",
                    outcome,
                    mute=subject.description.version == "1.0",
                )


def _matching(subject: Subject, start: _Start) -> Matching:
    expected = subject.expected(start.step.workflow)
    return Matching(shape_of=lambda written: expected.written(written, start.step, start.which), below=subject.below)


def _missing(start: _Start) -> list[str]:
    given = {parameter.name for parameter in start.given}
    return [name for name in start.inputs.required if name not in given]


def _undeclared(start: _Start) -> Iterator[LinkedParameter]:
    """Parameters of the step itself that are no inputs; those all steps share are meant for others."""
    declared = start.inputs.declared
    if declared is None:
        return
    own = start.step.step.location.pointer + "/"
    for parameter in start.given:
        if parameter.name not in declared and (start.which != "all" or parameter.location.pointer.startswith(own)):
            yield parameter


def _refuses(inputs: InputsSchema, name: str) -> bool:
    misfits = of_json_schema(inputs.schema, inputs.schema).problems({name: None}) or ()
    return any(misfit.path == (name,) and misfit.is_closed for misfit in misfits)


# What a workflow says of its own inputs -------------------------------------------------------------------------------


def _required(subject: Subject, workflow: WorkflowSubject) -> Iterator[Diagnostic]:
    raw = workflow.model.inputs if workflow.model else None
    inputs, declared = workflow.linked.inputs, workflow.linked.inputs.declared
    names = raw.value.get("required") if raw is not None and isinstance(raw.value, dict) else None
    if raw is None or not isinstance(names, list) or declared is None or not inputs.properties:
        return
    for index, name in enumerate(names):
        if isinstance(name, str) and name not in declared:
            at = subject.location(*raw.pointer, "required", str(index))
            near = did_you_mean(name, [other for other in declared if other not in names])
            yield finding("ARZ616", f"the input '{name}' is required and not declared in properties", at, near)


def _defaults(subject: Subject, workflow: WorkflowSubject) -> Iterator[Diagnostic]:
    raw, inputs = workflow.model.inputs if workflow.model else None, workflow.linked.inputs
    if raw is None:
        return
    for name, default, pointer, schema in _declared(subject, raw.value, raw.pointer, inputs.schema, inputs, (), 0):
        for misfit in of_json_schema(schema, inputs.schema).problems(default) or ():
            whole = ".".join((*name, *misfit.path))
            at = subject.location(*pointer, *misfit.path)
            yield finding("ARZ616", f"the default of the input '{whole}' {misfit.reason}", at)


_Declared: TypeAlias = "tuple[tuple[str, ...], Any, tuple[str, ...], Any]"  # name, default, where it stands, its schema


def _declared(
    subject: Subject,
    written: Any,
    pointer: tuple[str, ...],
    schema: Any,
    inputs: InputsSchema,
    name: tuple[str, ...],
    depth: int,
) -> Iterator[_Declared]:
    """Every default, from the schema as it is written and as it was made self-contained, side by side."""
    if not isinstance(written, dict) or not isinstance(schema, dict) or depth > _DEPTH:
        return
    if "default" in written:
        yield name, written["default"], (*pointer, "default"), schema
    if isinstance(written.get("$ref"), str) and isinstance(schema.get("$ref"), str):
        target = _target(subject.description.document.root, written["$ref"])
        inner = _target(inputs.schema, schema["$ref"])
        if target is not None and inner is not None:
            yield from _declared(subject, target[1], target[0], inner[1], inputs, name, depth + 1)
    properties, copies = written.get("properties"), schema.get("properties")
    if isinstance(properties, dict) and isinstance(copies, dict):
        for key, member in properties.items():
            place = (*pointer, "properties", key)
            yield from _declared(subject, member, place, copies.get(key), inputs, (*name, key), depth + 1)


def _target(root: Any, reference: str) -> tuple[tuple[str, ...], Any] | None:
    """The pointer and the value of a reference inside a document."""
    if not reference.startswith("#/"):
        return None
    try:
        pointer = parse_pointer(reference[1:])
    except PointerSyntaxError:
        return None
    found = get_pointer(root, pointer)
    return None if found is MISSING else (pointer, found)

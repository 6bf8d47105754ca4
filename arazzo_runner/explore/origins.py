"""Where the value of an expression comes from: the answer to which step, or which input of the run.

Read from the plan: outputs, inputs handed to workflows and parameters are followed back as far as they are one
expression each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from ..expression import (
    BodyReference,
    Expression,
    HeaderReference,
    InputsReference,
    OutputsReference,
    PathReference,
    QueryReference,
    Request,
    Response,
    StatusCode,
    StepsReference,
    Tokens,
    WorkflowsReference,
    split,
)
from ..plan import (
    LinkedOutput,
    LinkedParameter,
    LinkedStep,
    LinkedWorkflow,
    OperationCall,
    Plan,
    Whole,
    WorkflowCall,
    Written,
)

_DEEPEST: Final = 12

StepKey: TypeAlias = "tuple[str, str]"
"""The key of a workflow and a stepId in it."""


@dataclass(frozen=True, slots=True)
class FromBody:
    """A place in the body of the answer to a step."""

    step: StepKey
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class FromHeader:
    """A header of the answer to a step."""

    step: StepKey
    name: str


@dataclass(frozen=True, slots=True)
class FromStatus:
    """The status of the answer to a step."""

    step: StepKey


@dataclass(frozen=True, slots=True)
class FromInput:
    """A place in the inputs of the run."""

    tokens: Tokens


Origin: TypeAlias = FromBody | FromHeader | FromStatus | FromInput


def step_of(plan: Plan, key: StepKey) -> LinkedStep | None:
    """The step of a key."""
    workflow = plan.workflows[key[0]]
    position = workflow.positions.get(key[1])
    return None if position is None else workflow.steps[position]


def origins(plan: Plan, place: StepKey, expression: Expression, tokens: Tokens = ()) -> tuple[Origin, ...]:
    """Where an expression of a step gets its value; () where that cannot be told."""
    return tuple(dict.fromkeys(_origins(plan, place, expression, tokens, 0)))


def _origins(plan: Plan, place: StepKey, expression: Expression, tokens: Tokens, depth: int) -> Iterator[Origin]:
    base, way = split(expression)
    tokens = (*way, *tokens)
    workflow = plan.workflows[place[0]]
    if depth > _DEEPEST:
        return
    match base:
        case StatusCode():
            yield FromStatus(place)
        case Response(source=BodyReference()):
            yield FromBody(place, tokens)
        case Response(source=HeaderReference(token=name)):
            yield FromHeader(place, name)
        case Request(source=source):
            yield from _sent(plan, place, source, tokens, depth)
        case StepsReference(step_id=step_id, output_name=name):
            step = step_of(plan, (place[0], step_id))
            yield from _output(plan, (place[0], step_id), step.outputs if step else (), name, tokens, depth)
        case OutputsReference(name=name):
            step = step_of(plan, place)
            if isinstance(step, WorkflowCall):
                yield from _workflow_output(plan, plan.workflows[step.workflow], name, tokens, depth)
        case WorkflowsReference(workflow_id=workflow_id, field="outputs", name=name):
            key = workflow.document.workflow_keys.get(workflow_id)
            if key is not None and key in plan.workflows:
                yield from _workflow_output(plan, plan.workflows[key], name, tokens, depth)
        case InputsReference(name=name):
            yield from _input(plan, workflow, name, tokens, depth)
        case _:
            return


def _workflow_output(plan: Plan, workflow: LinkedWorkflow, name: str, tokens: Tokens, depth: int) -> Iterator[Origin]:
    yield from _output(plan, (workflow.key, ""), workflow.outputs, name, tokens, depth)


def _output(
    plan: Plan, place: StepKey, outputs: tuple[LinkedOutput, ...], name: str, tokens: Tokens, depth: int
) -> Iterator[Origin]:
    for output in outputs:
        if output.name == name:
            yield from _written(plan, place, output.written, tokens, depth)


def _written(plan: Plan, place: StepKey, written: Written | None, tokens: Tokens, depth: int) -> Iterator[Origin]:
    if isinstance(written, Whole):
        yield from _origins(plan, place, written.expression, tokens, depth + 1)


def _input(plan: Plan, workflow: LinkedWorkflow, name: str, tokens: Tokens, depth: int) -> Iterator[Origin]:
    """An input of the run, or what the steps that call the workflow hand to it."""
    if workflow.key == plan.entry:
        yield FromInput((name, *tokens))
        return
    for caller in plan.workflows.values():
        for step in caller.steps:
            if isinstance(step, WorkflowCall) and step.workflow == workflow.key:
                place = (caller.key, step.step_id)
                yield from _parameter(plan, place, step.parameters, name, tokens, depth)


def _parameter(
    plan: Plan, place: StepKey, parameters: tuple[LinkedParameter, ...], name: str, tokens: Tokens, depth: int
) -> Iterator[Origin]:
    for parameter in parameters:
        if parameter.name == name:
            yield from _written(plan, place, parameter.written, tokens, depth)


def _sent(plan: Plan, place: StepKey, source: object, tokens: Tokens, depth: int) -> Iterator[Origin]:
    step = step_of(plan, place)
    if not isinstance(step, OperationCall):
        return
    match source:
        case QueryReference(name=name) | PathReference(name=name):
            yield from _parameter(plan, place, step.parameters, name, tokens, depth)
        case HeaderReference(token=name):
            yield from _parameter(plan, place, step.parameters, name, tokens, depth)
        case BodyReference() if step.body is not None:
            yield from _written(plan, place, step.body.written, tokens, depth)
        case _:
            return

"""What stands in the document and nothing uses: components, steps, inputs, sources.

Arazzo 1.1.0, "Components Object": they have no effect until something refers to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from ...diagnostics import Diagnostic
from ...model import OperationStep, Workflow
from ...plan import OperationCall, UnlinkedStep
from ...values import format_pointer, get_pointer, parse_pointer
from ..flow import Edge, Flow
from ..registry import rule
from ..subject import Subject, WorkflowSubject, finding

# A `$ref` to a parameter or an action is no reference, which reading says; the component is meant all the same.
_COMPONENT: Final = re.compile(r"(?:\$components\.|#/components/)(\w+)[./]([A-Za-z0-9._\-]+)")
_INPUT: Final = r"\$inputs\.{}(?![A-Za-z0-9_\-])"
_SOURCE: Final = re.compile(r"\$sourceDescriptions\.([A-Za-z0-9_\-]+)")
_ACTIONS: Final = re.compile(r"/(?:successActions|failureActions|onSuccess|onFailure)/")


@rule("ARZ230")
def unused_component(subject: Subject) -> Iterator[Diagnostic]:
    """A component has no effect until something refers to it: a parameter is not sent, an action never taken."""
    components = subject.description.components
    used = {match.groups() for text in _texts(subject) for match in _COMPONENT.finditer(text)}
    kinds: Mapping[str, Mapping[str, object]] = {
        "parameters": components.parameters,
        "successActions": components.success_actions,
        "failureActions": components.failure_actions,
    }
    for kind, members in kinds.items():
        if any(name not in members for referred, name in used if referred == kind):
            continue  # link has said so: which of them is meant is not known
        for name in members:
            if (kind, name) not in used:
                location = subject.location("components", kind, name, key=True)
                yield finding(
                    "ARZ230",
                    f"nothing refers to $components.{kind}.{name}",
                    location,
                    f"remove it, or write - reference: $components.{kind}.{name}",
                )
    yield from _unused_schemas(subject)


def _unused_schemas(subject: Subject) -> Iterator[Diagnostic]:
    """Schemas are referred to by `$ref`, by pointer or by a name of their own (Reusable Object, "reference")."""
    references = [text for text in _texts(subject) if "#" in text]
    for name, schema in subject.description.components.inputs.items():
        own = [str(schema[key]) for key in ("$id", "$anchor") if key in schema] if isinstance(schema, dict) else []
        pointer = format_pointer(("components", "inputs", name))
        if own or any(text.endswith(pointer) or f"{pointer}/" in text for text in references):
            continue
        yield finding(
            "ARZ230",
            f"no $ref in this document leads to the schema '{name}'",
            subject.location("components", "inputs", name, key=True),
            f"remove it, or write $ref: '#{pointer}'",
            severity="info",
        )


@rule("ARZ231")
def unreachable_step(subject: Subject) -> Iterator[Diagnostic]:
    """A step behind an action that always applies and leads elsewhere; nothing else leads to it (decision 5)."""
    astray = _workflows_with_lost_actions(subject)
    for workflow in subject.workflows:
        if workflow.model is None or workflow.linked.location.pointer in astray:
            continue
        for steps in _unreachable(workflow.flow):
            first = workflow.step(steps[0])
            if first is not None:
                names = ", ".join(f"'{name}'" for name in steps)
                what = f"step {names} is" if len(steps) == 1 else f"steps {names} are"
                yield finding(
                    "ARZ231",
                    f"{what} never reached: {_why(workflow.flow, steps[0])}",
                    first.step.location,
                    "give the action criteria, lead another one here, or remove the step",
                )


def _workflows_with_lost_actions(subject: Subject) -> set[str]:
    """The workflows of which an action leads nowhere: where it was to lead is not known."""
    pointers = [d.location.pointer for d in subject.plan.diagnostics if d.severity == "error" and d.location]
    return {pointer[: pointer.index("/", len("/workflows/"))] for pointer in pointers if _in_workflow(pointer)} | {
        workflow.linked.location.pointer
        for workflow in subject.workflows
        if any(pointer.startswith("/components/") for pointer in pointers)
    }


def _in_workflow(pointer: str) -> bool:
    return pointer.startswith("/workflows/") and _ACTIONS.search(pointer) is not None


def _unreachable(flow: Flow) -> Iterator[list[str]]:
    """The steps no way comes to, those that follow each other together."""
    together: list[str] = []
    for name in flow.steps:
        if name not in flow.reachable:
            together.append(name)
        elif together:
            yield together
            together = []
    if together:
        yield together


def _why(flow: Flow, step_id: str) -> str:
    """How the step before goes on instead."""
    names = list(flow.steps)
    before = names[names.index(step_id) - 1]
    ways = [edge for edge in flow.edges[before] if edge.outcome == "success" and edge.action is not None]
    if before not in flow.reachable or not ways:
        return "no way leads to it"
    return f"{_told(ways[-1])}, and nothing leads here"


def _told(edge: Edge) -> str:
    """An action that always applies when its turn comes."""
    assert edge.action is not None, "an action keeps from the next step"
    where = f"goes to '{edge.target}'" if edge.target else "ends the workflow"
    return f"after '{edge.source}' the action '{edge.action.name}' always {where}"


@rule("ARZ232")
def unused_input(subject: Subject) -> Iterator[Diagnostic]:
    """An input whose value makes no difference: no expression reads it, no workflow it depends on has one like it."""
    for workflow in subject.description.workflows:
        schema = workflow.inputs.value if workflow.inputs else None
        properties = schema.get("properties") if isinstance(schema, dict) else None
        if not isinstance(properties, dict) or not workflow.steps:
            continue
        if any(pointer.startswith(f"{workflow.location.pointer}/") for pointer in _unread(subject)):
            continue  # what an expression there was to read is not known
        written = _where_inputs_are_read(subject, workflow)
        shared = _inputs_of_dependencies(subject, workflow.workflow_id)
        for name in properties:
            if name not in shared and not re.search(_INPUT.format(re.escape(name)), written):
                yield finding(
                    "ARZ232",
                    f"nothing reads the input '{name}'",
                    subject.location(*parse_pointer(workflow.location.pointer), "inputs", "properties", name, key=True),
                    f"remove it, or read it with $inputs.{name}",
                )


def _unread(subject: Subject) -> set[str]:
    """The places of expressions and conditions that link could not read, or that name nothing."""
    codes = ("ARZ120", "ARZ301", "ARZ302", "ARZ401", "ARZ402")
    found = subject.plan.diagnostics
    return subject.once("unread", lambda: {d.location.pointer for d in found if d.code in codes and d.location})


def _where_inputs_are_read(subject: Subject, workflow: Workflow) -> str:
    """The texts in which `$inputs.` means an input of this workflow; `$workflows.<id>.inputs.` is written like it."""
    root = subject.description.document.root
    places = (parse_pointer(workflow.location.pointer), ("components",))
    own = [text for place in places for text in _strings(get_pointer(root, place))]
    elsewhere = f"$workflows.{workflow.workflow_id}.inputs."
    return "\0".join((*own, *(text.replace(elsewhere, "$inputs.") for text in _texts(subject) if elsewhere in text)))


def _inputs_of_dependencies(subject: Subject, workflow_id: str) -> set[str]:
    """The inputs a run hands on to the workflows that this one depends on (decision 11)."""
    found: set[str] = set()
    todo, seen = [workflow_id], {workflow_id}
    while todo:
        linked = subject.plan.workflows.get(todo.pop())
        for key in linked.depends_on if linked else ():
            other = subject.plan.workflows.get(key)
            if other is not None and key not in seen:
                seen.add(key)
                todo.append(key)
                found |= set(other.inputs.properties)
    return found


@rule("ARZ233")
def unused_source(subject: Subject) -> Iterator[Diagnostic]:
    """A source description that no step, action or expression means."""
    used = {name for text in _texts(subject) for name in _SOURCE.findall(text)}
    for workflow in subject.workflows:
        for step in workflow.steps:
            if isinstance(step.step, OperationCall):
                used.add(step.step.source)
            elif isinstance(step.step, UnlinkedStep) and _may_be_anywhere(workflow, step.step.step_id):
                return
    for source in subject.description.source_descriptions:
        if source.name and source.name not in used:
            yield finding(
                "ARZ233",
                f"nothing uses the source description '{source.name}'",
                source.location,
                "remove it",
            )


def _may_be_anywhere(workflow: WorkflowSubject, step_id: str) -> bool:
    """Whether a step that could not be linked names its operation without a source."""
    for step in workflow.model.steps if workflow.model else ():
        if step.step_id == step_id and isinstance(step, OperationStep):
            target = step.operation_id or step.operation_path
            return target is None or not _SOURCE.search(target.value)
    return False


def _texts(subject: Subject) -> list[str]:
    """Every text of the document."""
    return subject.once("texts", lambda: list(_strings(subject.description.document.root)))


def _strings(value: object) -> Iterator[str]:
    todo = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            todo.extend(item.values())
        elif isinstance(item, list):
            todo.extend(item)

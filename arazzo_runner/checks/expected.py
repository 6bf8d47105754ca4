"""What value a runtime expression can have at a place, as the OpenAPI descriptions and the inputs schemas tell.

Responses are those the operation documents; what nothing is said of is UNKNOWN, and None means that certainly nothing
is there: no documented response, output or input has it (decisions 24-27).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from ..expression import (
    Alternatives,
    BodyReference,
    ComponentsReference,
    Dereference,
    Expression,
    HeaderReference,
    InputsReference,
    Message,
    Method,
    OutputsReference,
    PathReference,
    QueryReference,
    Request,
    Response,
    Rewritten,
    Self,
    SourceReference,
    StatusCode,
    StepsReference,
    Url,
    WorkflowsReference,
    tokens_of,
)
from ..openapi import ResponseDeclaration, media_type
from ..plan import (
    Constant,
    Embedding,
    InputsSchema,
    Items,
    LinkedOutput,
    Members,
    Selected,
    Unreadable,
    Whole,
    WorkflowCall,
    Written,
)
from ..values import Missing
from .queries import result_shape
from .shapes import UNKNOWN, Shape, of_constant, of_json_schema, of_schema, of_types, union
from .subject import StepSubject, Subject, Which, WorkflowSubject

_TEXT = of_types("string")


class Expected:
    """The shapes of expressions and values in one workflow; what is asked twice is computed once."""

    def __init__(self, subject: Subject, workflow: WorkflowSubject) -> None:
        self.subject = subject
        self.workflow = workflow
        self._outputs: dict[tuple[str, str], Shape] = {}
        self._bodies: dict[tuple[str, Which], Shape | None] = {}

    def shape(self, expression: Expression, step: StepSubject | None, which: Which = "all") -> Shape | None:
        """The shape of an expression of a step (None: of the workflow); `which` responses it can be evaluated with."""
        match expression:
            case Url() | Method() | Self() | SourceReference():
                return _TEXT
            case StatusCode():
                return of_types("integer")
            case Response(source=source):
                return self._response(source, step, which)
            case Request(source=source):
                return self._request(source, step)
            case InputsReference(name=name, pointer=pointer):
                return _walk(self._input(self.workflow.linked.inputs, name), pointer)
            case StepsReference(step_id=step_id, output_name=name, pointer=pointer):
                return _walk(self._output(self.workflow.step(step_id), name), pointer)
            case OutputsReference(name=name, pointer=pointer):
                return _walk(self._child_output(step, name), pointer)
            case WorkflowsReference(workflow_id=workflow_id, field=field, name=name, pointer=pointer):
                return _walk(self._of_workflow(workflow_id, field, name), pointer)
            case Dereference(expression=inner, accessors=accessors):
                return _walk(self.shape(inner, step, which), tuple(map(str, accessors)))
            case Rewritten(expression=inner):
                return self.shape(inner, step, which)
            case Alternatives(candidates=candidates):
                found = [shape for each in candidates if (shape := self.shape(each, step, which)) is not None]
                return union(*found) if found else None
            case Message() | ComponentsReference():
                return UNKNOWN
            case _:
                assert_never(expression)

    def written(self, written: Written, step: StepSubject | None, which: Which = "all") -> Shape:
        """The shape of a value; UNKNOWN where an expression in it certainly has none (that is another finding)."""
        match written:
            case Constant(value=value):
                return UNKNOWN if isinstance(value, Missing) else of_constant(value)
            case Whole(expression=expression):
                return self.shape(expression, step, which) or UNKNOWN
            case Embedding():
                return _TEXT
            case Selected():
                return self._selected(written, step, which)
            case Members():
                return of_types("object")
            case Items():
                return of_types("array")
            case Unreadable():
                return UNKNOWN
            case _:
                assert_never(written)

    def body(self, step: StepSubject, which: Which = "all") -> Shape | None:
        """The shape of `$response.body`; None where documented responses have no content at all."""
        key = (step.step.step_id, which)
        if key not in self._bodies:
            self._bodies[key] = _body(self.responses(step, which).values())
        return self._bodies[key]

    def responses(self, step: StepSubject, which: Which = "all") -> Mapping[str, ResponseDeclaration]:
        """The documented responses an expression can be evaluated with."""
        match which:
            case "all":
                return step.responses
            case "success":
                return step.success_responses
            case "failure":
                return step.failure_responses
            case _:
                assert_never(which)

    # -- what expressions read ----------------------------------------------------------------------------------------

    def _response(self, source: object, step: StepSubject | None, which: Which) -> Shape | None:
        if step is None or step.call is None:
            return UNKNOWN
        match source:
            case BodyReference(pointer=pointer):
                return _walk(self.body(step, which), pointer)
            case HeaderReference():
                return _TEXT
            case _:
                return UNKNOWN

    def _request(self, source: object, step: StepSubject | None) -> Shape | None:
        if step is None or step.call is None:
            return UNKNOWN
        match source:
            case BodyReference(pointer=pointer):
                body = step.call.body
                if body is None or body.written is None or body.replacements or isinstance(body.written, Embedding):
                    return UNKNOWN
                return _walk_written(self, body.written, step, pointer or ())
            case HeaderReference(token=name) | QueryReference(name=name) | PathReference(name=name):
                for parameter in step.call.parameters:
                    if parameter.name == name:
                        return self.written(parameter.written, step)
                return UNKNOWN
            case _:
                return UNKNOWN

    def _input(self, schema: InputsSchema, name: str) -> Shape:
        properties = schema.properties
        return of_json_schema(properties[name], schema.schema) if name in properties else UNKNOWN

    def _output(self, step: StepSubject | None, name: str) -> Shape:
        """The shape of a step's output: with the responses it is successful with, since that is how others get it."""
        if step is None:
            return UNKNOWN
        key = (step.step.step_id, name)
        if key not in self._outputs:
            self._outputs[key] = UNKNOWN  # an output that reads itself, on a loop
            self._outputs[key] = self._declared(step.step.outputs, name, step)
        return self._outputs[key]

    def _declared(self, outputs: Iterable[LinkedOutput], name: str, step: StepSubject | None) -> Shape:
        for output in outputs:
            if output.name == name:
                return self.written(output.written, step, "success")
        return UNKNOWN

    def _child_output(self, step: StepSubject | None, name: str) -> Shape:
        if step is None or not isinstance(step.step, WorkflowCall):
            return UNKNOWN
        return self._output_of(self.subject.workflow(step.step.workflow), name)

    def _of_workflow(self, workflow_id: str, field: str, name: str) -> Shape:
        key = self.workflow.linked.document.workflow_keys.get(workflow_id)
        other = self.subject.workflow(key) if key else None
        if other is None:
            return UNKNOWN
        return self._input(other.linked.inputs, name) if field == "inputs" else self._output_of(other, name)

    def _output_of(self, workflow: WorkflowSubject | None, name: str) -> Shape:
        if workflow is None:
            return UNKNOWN
        key = ("", f"{workflow.linked.key}#{name}")
        if key not in self._outputs:
            self._outputs[key] = UNKNOWN  # workflows that call each other
            self._outputs[key] = self.subject.expected(workflow)._declared(workflow.linked.outputs, name, None)
        return self._outputs[key]

    def _selected(self, selected: Selected, step: StepSubject | None, which: Which) -> Shape:
        context = self.shape(selected.context, step, which) if selected.context is not None else None
        if context is None or not selected.query.is_literal:
            return UNKNOWN
        if selected.type == "jsonpath":
            return result_shape(selected.query.text, context)
        if selected.type == "jsonpointer":
            return _walk(context, tokens_of(selected.query.text)) or UNKNOWN
        return UNKNOWN


def _walk(shape: Shape | None, pointer: tuple[str, ...] | None) -> Shape | None:
    return shape if shape is None or not pointer else shape.walk(pointer)


def _walk_written(expected: Expected, written: Written, step: StepSubject, pointer: tuple[str, ...]) -> Shape | None:
    """The shape of what a pointer reaches in a payload that is made of parts."""
    if pointer and isinstance(written, Members):
        member = written.members.get(pointer[0])
        return None if member is None else _walk_written(expected, member, step, pointer[1:])
    if pointer and isinstance(written, Items) and pointer[0].isdecimal():
        index = int(pointer[0])
        return _walk_written(expected, written.items[index], step, pointer[1:]) if index < len(written.items) else None
    return _walk(expected.written(written, step), pointer)


def _body(responses: Iterable[ResponseDeclaration]) -> Shape | None:
    """The union over responses with content; UNKNOWN where one says nothing of its content, or none is documented."""
    declared = list(responses)
    if not declared:
        return UNKNOWN
    shapes = [shape for response in declared for shape in _contents(response)]
    return union(*shapes) if shapes else None


def _contents(response: ResponseDeclaration) -> Iterable[Shape]:
    for name, media in response.media_types.items():
        if media.schema is None:
            yield UNKNOWN
        elif media_type.is_json(media_type.essence(name)):
            yield of_schema(media.schema, "response", media.examples.values())
        elif "*" in name:
            yield UNKNOWN
        else:
            yield _TEXT

"""What a plan says of its secrets: `format: password` in its descriptions and inputs, and values used as secrets.

A value is used as one where a name says so: `token: $response.body#/data` makes `/data` of that response one, and
`X-API-Key: $steps.login.outputs.value` that output of `login`. Found once for all runs of a plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeVar

from ..expression import (
    Dereference,
    Expression,
    InputsReference,
    OutputsReference,
    Rewritten,
    StepsReference,
    WorkflowsReference,
)
from ..openapi import MediaType, Operation, SchemaView
from ..plan import (
    Embedding,
    InputsSchema,
    LinkedOutput,
    LinkedParameter,
    LinkedWorkflow,
    Members,
    OperationCall,
    Plan,
    Whole,
    WorkflowCall,
    Written,
    expressions_in,
)
from ..secrets import is_secret_name

_DEEPEST = 12  # levels of a schema
Place = tuple[str, str | None, str]  # a workflow's key; a step of it, or None; an output, or with "inputs" an input
_Found = TypeVar("_Found")


class PlanSecrets:
    """Which names of a plan's operations, inputs and outputs hold secrets."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._known: dict[tuple[str, int], Any] = {}

    def in_responses(self, operation: Operation) -> frozenset[str]:
        """The properties that the operation's responses declare as `format: password`; "" is a whole body."""
        return self._once("responses", operation, lambda: _names(_response_schemas(operation)))

    def in_request(self, operation: Operation) -> frozenset[str]:
        """The same for its request body."""
        body = operation.request_body
        schemas = [] if body is None else _schemas(body.media_types)
        return self._once("request", operation, lambda: _names(schemas))

    def response_headers(self, operation: Operation) -> frozenset[str]:
        """The response headers declared as `format: password`, in lower case."""
        return self._once("headers", operation, lambda: frozenset(_secret_headers(operation)))

    def parameters(self, operation: Operation, in_: str) -> frozenset[str]:
        """The parameters declared as `format: password`; those of headers in lower case."""
        found = self._once("parameters", operation, lambda: frozenset(_secret_parameters(operation)))
        return frozenset(name for place, name in found if place == in_)

    def _once(self, what: str, operation: Operation, find: Callable[[], _Found]) -> _Found:
        key = (what, id(operation))
        if key not in self._known:
            self._known[key] = find()
        found: _Found = self._known[key]
        return found

    # -- what is used as a secret -----------------------------------------------------------------------------------

    def used_inputs(self, workflow: str) -> frozenset[str]:
        """The inputs of a workflow that some step, or some workflow it calls, uses as a secret."""
        return frozenset(name for key, step, name in self._used if key == workflow and step == "")

    def used_outputs(self, workflow: str, step_id: str) -> tuple[LinkedOutput, ...]:
        """The outputs of a step that are used, or named, as secrets."""
        step = _step(self.plan.workflows[workflow], step_id)
        if step is None:
            return ()
        return tuple(o for o in step.outputs if is_secret_name(o.name) or (workflow, step_id, o.name) in self._used)

    @cached_property
    def _used(self) -> frozenset[Place]:
        return Uses(self).places


class Uses:
    """Follows the expressions under secret names to where their values come from."""

    def __init__(self, secrets: PlanSecrets) -> None:
        self._plan, self._secrets = secrets.plan, secrets
        self._places: set[Place] = set()
        for workflow in self._plan.workflows.values():
            self._workflow(workflow)

    @property
    def places(self) -> frozenset[Place]:
        """The inputs (their step is "") and the outputs (of a workflow, if their step is None) that hold secrets."""
        return frozenset(self._places)

    def _workflow(self, workflow: LinkedWorkflow) -> None:
        for name in _secret_inputs(workflow.inputs):
            self._input(workflow, name)
        for output in workflow.outputs:
            if is_secret_name(output.name):
                self._written(workflow, None, output.written)
        for step in workflow.steps:
            for output in step.outputs:
                if is_secret_name(output.name):
                    self._written(workflow, step.step_id, output.written)
            for parameter in step.parameters:
                if self._is_secret(step, parameter):
                    self._written(workflow, None, parameter.written)
            if isinstance(step, OperationCall) and step.body is not None and step.body.written is not None:
                self._body(workflow, step.body.written, self._secrets.in_request(step.operation), "")

    def _is_secret(self, step: OperationCall | WorkflowCall, parameter: LinkedParameter) -> bool:
        if is_secret_name(parameter.name) or not isinstance(step, OperationCall):
            return is_secret_name(parameter.name)
        name = parameter.name.lower() if parameter.in_ == "header" else parameter.name
        return name in self._secrets.parameters(step.operation, parameter.in_)

    def _body(self, workflow: LinkedWorkflow, written: Written, names: frozenset[str], name: str) -> None:
        if isinstance(written, Members):
            for member, inner in written.members.items():
                self._body(workflow, inner, names, member)
        elif name and (is_secret_name(name) or name in names):
            self._written(workflow, None, written)

    def _written(self, workflow: LinkedWorkflow, step_id: str | None, written: Written) -> None:
        """A whole expression, or one in a text such as `Bearer {...}`; where several make one, none is the secret."""
        found = list(expressions_in(written)) if isinstance(written, (Whole, Embedding)) else []
        if len(found) == 1:
            self._expression(workflow, step_id, found[0][0])

    def _expression(self, workflow: LinkedWorkflow, step_id: str | None, expression: Expression) -> None:
        match expression:
            case Dereference(expression=inner) | Rewritten(expression=inner):
                self._expression(workflow, step_id, inner)
            case InputsReference(name=name, pointer=pointer) if not pointer:
                self._input(workflow, name)
            case StepsReference(step_id=other, output_name=name, pointer=pointer) if not pointer:
                self._output(workflow, other, name)
            case OutputsReference(name=name) if step_id is not None:
                self._of_child(workflow, step_id, name)
            case WorkflowsReference(workflow_id=other, field="outputs", name=name, pointer=pointer) if not pointer:
                self._workflow_output(workflow.document.workflow_keys.get(other), name)
            case _:
                pass

    def _new(self, place: Place) -> bool:
        known = place in self._places
        self._places.add(place)
        return not known

    def _input(self, workflow: LinkedWorkflow, name: str) -> None:
        if not self._new((workflow.key, "", name)):
            return
        for caller in self._plan.workflows.values():
            for step in caller.steps:
                if isinstance(step, WorkflowCall) and step.workflow == workflow.key:
                    for parameter in step.parameters:
                        if parameter.name == name:
                            self._written(caller, None, parameter.written)

    def _output(self, workflow: LinkedWorkflow, step_id: str, name: str) -> None:
        step = _step(workflow, step_id)
        output = next((o for o in step.outputs if o.name == name), None) if step is not None else None
        if output is not None and self._new((workflow.key, step_id, name)):
            self._written(workflow, step_id, output.written)

    def _of_child(self, workflow: LinkedWorkflow, step_id: str, name: str) -> None:
        step = _step(workflow, step_id)
        if isinstance(step, WorkflowCall):
            self._workflow_output(step.workflow, name)

    def _workflow_output(self, key: str | None, name: str) -> None:
        workflow = self._plan.workflows.get(key or "")
        output = next((o for o in workflow.outputs if o.name == name), None) if workflow is not None else None
        if workflow is not None and output is not None and self._new((workflow.key, None, name)):
            self._written(workflow, None, output.written)


def _step(workflow: LinkedWorkflow, step_id: str) -> OperationCall | WorkflowCall | None:
    position = workflow.positions.get(step_id)
    return None if position is None else workflow.steps[position]


# -- `format: password` ---------------------------------------------------------------------------------------------


def is_password(schema: Mapping[str, Any]) -> bool:
    """Whether a schema declares a secret: `format: password` (OpenAPI 3.1.1, "Data Type Format"), or `writeOnly`."""
    return schema.get("format") == "password" or schema.get("writeOnly") is True


def declared_inputs(schema: InputsSchema, inputs: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What the inputs schema declares as secret, as deep as the inputs go: (label, value)."""
    if isinstance(schema.schema, dict):
        yield from _declared(schema, schema.schema, dict(inputs), "inputs", 0)


def _declared(root: InputsSchema, schema: Any, value: Any, label: str, depth: int) -> Iterator[tuple[str, Any]]:
    resolved = root.resolve(schema)
    if depth > _DEEPEST or not resolved:
        return
    if is_password(resolved):
        yield from _leaves(value, label)
    for key in ("allOf", "anyOf", "oneOf"):
        for part in _list(resolved.get(key)):
            yield from _declared(root, part, value, label, depth + 1)
    for key in ("if", "then", "else"):
        yield from _declared(root, resolved.get(key), value, label, depth + 1)
    if isinstance(value, dict):
        for name, member in value.items():
            for part in _member_schemas(resolved, name):
                yield from _declared(root, part, member, f"{label}.{name}", depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            for part in _item_schemas(resolved, index):
                yield from _declared(root, part, item, f"{label}.{index}", depth + 1)


def _member_schemas(schema: Mapping[str, Any], name: str) -> Iterator[Any]:
    properties = schema.get("properties")
    if isinstance(properties, dict) and name in properties:
        yield properties[name]
        return
    patterns = schema.get("patternProperties")
    yield from patterns.values() if isinstance(patterns, dict) else ()  # which of them fits: better too many
    yield schema.get("additionalProperties")


def _item_schemas(schema: Mapping[str, Any], index: int) -> Iterator[Any]:
    prefix = _list(schema.get("prefixItems"))
    yield prefix[index] if index < len(prefix) else schema.get("items")
    yield schema.get("contains")


def _leaves(value: Any, label: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _leaves(member, f"{label}.{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{label}.{index}")
    elif value is not None:
        yield label, value


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _secret_inputs(schema: InputsSchema) -> Iterator[str]:
    for name, declared in schema.properties.items():
        if is_secret_name(name) or is_password(schema.resolve(declared)):
            yield name


def _schemas(media_types: Mapping[str, MediaType]) -> list[SchemaView]:
    views = (view for media in media_types.values() for view in (media.schema, media.item_schema))
    return [view for view in views if view is not None]


def _response_schemas(operation: Operation) -> list[SchemaView]:
    return [view for response in operation.responses.values() for view in _schemas(response.media_types)]


def _secret_headers(operation: Operation) -> Iterator[str]:
    for response in operation.responses.values():
        for name, declared in response.headers.items():
            if declared.schema is not None and _says_password(declared.schema):
                yield name.lower()


def _secret_parameters(operation: Operation) -> Iterator[tuple[str, str]]:
    for parameter in operation.parameters:
        if parameter.schema is not None and _says_password(parameter.schema):
            yield parameter.key


def _says_password(view: SchemaView) -> bool:
    return bool(view.keyword("format") == "password")


def _names(views: Iterable[SchemaView]) -> frozenset[str]:
    return frozenset(name for view in views for name in _passwords(view, "", 0, set()))


def _passwords(view: SchemaView, name: str, depth: int, seen: set[str]) -> Iterator[str]:
    """The names under which a schema has `format: password`; `writeOnly` is nothing that an answer holds."""
    resolved = view.resolved()
    if resolved is None or depth > _DEEPEST:
        return
    if _says_password(resolved):
        yield name
    place = f"{resolved.document.uri}#{resolved.pointer}"
    if place in seen:
        return
    seen.add(place)
    for inner, schema in resolved.properties().items():
        yield from _passwords(schema, inner, depth + 1, seen)
    for part in _parts(resolved):
        yield from _passwords(part, name, depth + 1, seen)


def _parts(view: SchemaView) -> Iterator[SchemaView]:
    """Other schemas of the same value, of its items, and of its members without a name of their own."""
    for keyword in ("allOf", "anyOf", "oneOf"):
        for index in range(len(_list(view.value.get(keyword)) if isinstance(view.value, dict) else ())):
            part = view.child(keyword, str(index))
            if part is not None:
                yield part
    for keyword in ("items", "additionalProperties"):
        part = view.child(keyword)
        if part is not None and isinstance(part.value, dict):
            yield part

"""The marks of each event: which texts become secrets with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from ..errors import ExecutionError, UnresolvedExpression
from ..events import (
    Event,
    RequestResent,
    RequestSent,
    ResponseReceived,
    RunFinished,
    RunStarted,
    SecretMarked,
    StepFinished,
    StepStarted,
    WorkflowFinished,
    WorkflowStarted,
)
from ..interpreter.body import decode
from ..messages import Request, Response
from ..openapi import Operation
from ..plan import OperationCall
from ..secrets import is_secret_name
from ..values import MISSING, Value
from .bodies import Found, in_body, in_headers, in_path, in_query, in_value
from .declared import PlanSecrets, declared_inputs

_NONE: frozenset[str] = frozenset()


class Marker:
    """Finds the secrets of a plan's runs; one for each run, since it remembers which step is under way."""

    def __init__(self, secrets: PlanSecrets, known: Iterable[tuple[str, str]] = ()) -> None:
        """`known` are secrets that are there before the run, as (label, value): credentials, server variables."""
        self._secrets = secrets
        self._plan = secrets.plan
        self._known = tuple(known)
        self._told: set[str] = set()
        self._steps: dict[str, tuple[str, str]] = {}  # the workflow and the step of an attempt
        self._keys = {w.workflow_id: key for key, w in reversed(list(self._plan.workflows.items()))}

    def inputs(self, inputs: Mapping[str, Any]) -> Iterator[SecretMarked]:
        """What is known before the run, and the secrets among the inputs of the plan's workflow."""
        yield from self._marked(self._known)
        yield from self._marked(self._inputs(self._plan.entry, inputs))

    def marks(self, event: Event) -> Iterator[SecretMarked]:
        """What becomes a secret with this event."""
        match event:
            case RunStarted():
                yield from self.inputs(event.inputs)
            case WorkflowStarted():
                yield from self._marked(self._inputs(self._key(event.workflow_id), event.inputs))
            case StepStarted():
                self._steps[event.id] = (self._key(event.workflow_id), event.step_id)
            case RequestSent():
                yield from self._marked(self._request(event.id, event.request))
            case RequestResent():
                yield from self._marked(self._response(event.id, event.response))
                yield from self._marked(self._request(event.id, event.request))
            case ResponseReceived():
                yield from self._marked(self._response(event.id, event.response))
            case StepFinished():
                yield from self._marked(self._outputs(event))
            case WorkflowFinished() | RunFinished():
                yield from self._marked(in_value(dict(event.outputs), event.workflow_id, _NONE))
            case _:
                pass

    def _marked(self, found: Iterable[Found]) -> Iterator[SecretMarked]:
        """Each once: texts by value, of numbers and booleans the place (interface, "Secrets")."""
        for label, value in found:
            text = value if isinstance(value, str) else ""
            is_place = isinstance(value, (bool, int, float, Decimal)) and not is_secret_name(label.rpartition(".")[2])
            key = text or label
            if (text or is_place) and key not in self._told:
                self._told.add(key)
                yield SecretMarked(label, text)

    def _key(self, workflow_id: str) -> str:
        return self._keys.get(workflow_id, self._plan.entry)

    def _inputs(self, key: str, inputs: Mapping[str, Any]) -> Iterator[Found]:
        yield from in_value(dict(inputs), "inputs", _NONE)
        yield from declared_inputs(self._plan.workflows[key].inputs, inputs)
        for name in self._secrets.used_inputs(key):
            if isinstance(inputs.get(name), str):
                yield f"inputs.{name}", inputs[name]

    def _step(self, id_: str) -> tuple[str, Operation | None]:
        """The name of an attempt's step, and its operation."""
        key, step_id = self._steps.get(id_, ("", ""))
        workflow = self._plan.workflows.get(key)
        position = None if workflow is None else workflow.positions.get(step_id)
        step = None if workflow is None or position is None else workflow.steps[position]
        return step_id, step.operation if isinstance(step, OperationCall) else None

    def _request(self, id_: str, request: Request) -> Iterator[Found]:
        name, operation = self._step(id_)
        if operation is None:
            yield from in_headers(name, request.headers, _NONE)
            yield from in_query(name, request.url, _NONE)
            yield from in_body(name, request.body, request.headers, _NONE)
            return
        named = self._secrets.parameters
        yield from in_headers(name, request.headers, named(operation, "header"))
        yield from in_query(name, request.url, named(operation, "query"))
        yield from in_path(name, request.url, operation.path, named(operation, "path"))
        yield from in_body(name, request.body, request.headers, self._secrets.in_request(operation))

    def _response(self, id_: str, response: Response) -> Iterator[Found]:
        name, operation = self._step(id_)
        headers = _NONE if operation is None else self._secrets.response_headers(operation)
        names = _NONE if operation is None else self._secrets.in_responses(operation)
        # The value of a cookie is the secret: an output that holds the whole header is none by itself.
        self._told.update(value for header, value in response.headers if header.lower() == "set-cookie")
        yield from in_headers(name, response.headers, headers)
        yield from in_body(name, response.body, response.headers, names)
        if operation is not None:
            yield from self._minted(id_, response)

    def _minted(self, id_: str, response: Response) -> Iterator[Found]:
        """What the response has for outputs that are secrets, before any of it is shown."""
        key, step_id = self._steps[id_]
        answered = _Answered(response)
        for output in self._secrets.used_outputs(key, step_id):
            try:
                value = output.evaluate(answered)
            except ExecutionError:  # told where the step reads it
                continue
            if isinstance(value, str):
                yield f"{step_id}.{output.name}", value

    def _outputs(self, event: StepFinished) -> Iterator[Found]:
        yield from in_value(dict(event.outputs), event.step_id, _NONE)
        key, step_id = self._steps.get(event.id, ("", ""))
        for output in self._secrets.used_outputs(key, step_id) if key else ():
            value = event.outputs.get(output.name)
            if isinstance(value, str):
                yield f"{step_id}.{output.name}", value


class _Answered:
    """A scope that knows a response and nothing else."""

    def __init__(self, response: Response) -> None:
        self._response = response

    @property
    def status_code(self) -> Value:
        return self._response.status

    @property
    def response_body(self) -> Value:
        return decode(self._response)

    def response_header(self, name: str) -> Value:
        found = self._response.header(name)
        return MISSING if found is None else found

    def __getattr__(self, name: str) -> Any:
        raise UnresolvedExpression(f"{name} is not known here")

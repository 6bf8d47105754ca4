"""Where secrets enter a run, by name and by `format: password`: inputs, requests, responses, outputs (design, rule 9).

Reports ask for the marks of an event before they show it. Nothing here is needed to run, so a run that nobody reports
on pays nothing for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .events import (
    Event,
    RequestResent,
    RequestSent,
    ResponseReceived,
    RunStarted,
    SecretMarked,
    StepFinished,
    StepStarted,
    WorkflowFinished,
    WorkflowStarted,
)
from .messages import Headers, Request, Response
from .openapi import MediaType, Operation, SchemaView
from .plan import InputsSchema, OperationCall, Plan
from .secrets import is_secret_name, secret_values
from .values import loads


class Marker:
    """Finds the secrets of a plan's runs; one for each run, since it remembers which step is under way."""

    def __init__(self, plan: Plan, password_names: dict[int, frozenset[str]] | None = None) -> None:
        """`password_names` keeps what was found in the descriptions, for the next run of the same plan."""
        self._plan = plan
        self._steps: dict[str, OperationCall | None] = {}
        self._names: dict[str, str] = {}
        self._keys = {w.workflow_id: key for key, w in reversed(list(plan.workflows.items()))}
        self._passwords = {} if password_names is None else password_names

    def inputs(self, inputs: Mapping[str, Any]) -> Iterator[SecretMarked]:
        """The secrets among the inputs of the plan's workflow."""
        for label, value in self._inputs(self._plan.workflow.inputs, inputs):
            if isinstance(value, str) and value:
                yield SecretMarked(label, value)

    def marks(self, event: Event) -> Iterator[SecretMarked]:
        """What becomes a secret with this event."""
        for label, value in self._found(event):
            if isinstance(value, str) and value:
                yield SecretMarked(label, value)

    def _found(self, event: Event) -> Iterable[tuple[str, Any]]:
        match event:
            case RunStarted():
                return self._inputs(self._plan.workflow.inputs, event.inputs)
            case WorkflowStarted():
                key = self._keys.get(event.workflow_id, self._plan.entry)
                return self._inputs(self._plan.workflows[key].inputs, event.inputs)
            case StepStarted():
                self._start(event)
            case RequestSent():
                return self._request(self._names.get(event.id, ""), event.request)
            case RequestResent():
                return (
                    *self._response(event.id, event.response),
                    *self._request(self._names.get(event.id, ""), event.request),
                )
            case ResponseReceived():
                return self._response(event.id, event.response)
            case StepFinished():
                return secret_values(dict(event.outputs), event.step_id)
            case WorkflowFinished():
                return secret_values(dict(event.outputs), event.workflow_id)
            case _:
                pass
        return ()

    def _start(self, event: StepStarted) -> None:
        workflow = self._plan.workflows[self._keys.get(event.workflow_id, self._plan.entry)]
        position = workflow.positions.get(event.step_id)
        step = workflow.steps[position] if position is not None else None
        self._steps[event.id] = step if isinstance(step, OperationCall) else None
        self._names[event.id] = event.step_id

    def _inputs(self, schema: InputsSchema, inputs: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        yield from secret_values(dict(inputs), "inputs")
        for name, declared in schema.properties.items():
            if name in inputs and _is_password(schema.resolve(declared)):
                yield f"inputs.{name}", inputs[name]

    def _request(self, name: str, request: Request) -> Iterator[tuple[str, Any]]:
        yield from _headers(name, request.headers)
        yield from secret_values(_json(request.body), name)

    def _response(self, id_: str, response: Response) -> Iterator[tuple[str, Any]]:
        name = self._names.get(id_, "")
        yield from _headers(name, response.headers)
        body = _json(response.body)
        yield from secret_values(body, name)
        step = self._steps.get(id_)
        if step is not None and isinstance(body, (dict, list)):
            yield from _named(body, name, self._password_names(step.operation))

    def _password_names(self, operation: Operation) -> frozenset[str]:
        """The property names that the operation's responses declare as `format: password`."""
        if id(operation) not in self._passwords:
            views = [
                media.schema
                for response in operation.responses.values()
                for media in _media_types(response.media_types)
                if media.schema is not None
            ]
            names = frozenset(name for view in views for name in _passwords(view, 0))
            self._passwords[id(operation)] = names
        return self._passwords[id(operation)]


def _media_types(media_types: Mapping[str, MediaType]) -> Iterable[MediaType]:
    return media_types.values()


def _is_password(schema: Mapping[str, Any]) -> bool:
    return schema.get("format") == "password" or schema.get("writeOnly") is True


def _headers(name: str, headers: Headers) -> Iterator[tuple[str, str]]:
    for header, value in headers:
        if is_secret_name(header):
            _, space, credential = value.partition(" ")
            secret = credential if space and header.lower().endswith("authorization") else value
            yield f"{name}.{header.lower()}" if name else header.lower(), secret


def _json(body: bytes | None) -> Any:
    if not body or body[:1] not in b'{["' or len(body) > 4_000_000:
        return None
    try:
        return loads(body)
    except (ValueError, RecursionError):
        return None


def _named(value: Any, label: str, names: frozenset[str]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key in names:
                yield f"{label}.{key}", item
            yield from _named(item, f"{label}.{key}", names)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _named(item, f"{label}.{index}", names)


def _passwords(view: SchemaView, depth: int) -> Iterator[str]:
    if depth > 6:
        return
    for name, inner in view.properties().items():
        resolved = inner.resolved()
        if resolved is None:
            continue
        if isinstance(resolved.value, dict) and resolved.value.get("format") == "password":
            yield name
        yield from _passwords(resolved, depth + 1)
    items = view.items()
    if items is not None:
        yield from _passwords(items, depth + 1)

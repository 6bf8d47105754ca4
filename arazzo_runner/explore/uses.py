"""Where values are sent as they are: what the API asks of them there says how to make them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..expression import Expression, Tokens
from ..openapi import ParameterDeclaration
from ..openapi.media_type import find
from ..plan import LinkedBody, LinkedParameter, LinkedStep, Members, OperationCall, Plan, Whole
from ..plan.written import Items, Written, expressions_in
from ..sample.within import schemas_at
from .origins import FromBody, Origin, StepKey, origins


class Uses:
    """The schemas of the places in requests that a value goes to, by where it comes from."""

    def __init__(self, plan: Plan) -> None:
        self._places: dict[Origin, list[Any]] = {}
        for workflow in plan.workflows.values():
            for step in workflow.steps:
                if isinstance(step, OperationCall):
                    for expression, schema in _sent(step):
                        for origin in origins(plan, (workflow.key, step.step_id), expression):
                            self._places.setdefault(origin, []).append(schema)

    def read_in(self, step: StepKey) -> tuple[Tokens, ...]:
        """The places of the body of a step's answer that requests take values from, the deepest first."""
        found = [origin.tokens for origin in self._places if isinstance(origin, FromBody) and origin.step == step]
        return tuple(sorted(found, key=len, reverse=True))

    def of(self, origin: Origin) -> tuple[Any, ...]:
        """What is asked of a value, one JSON Schema for each place it is sent to."""
        return tuple(self._places.get(origin, ()))


def sent_by(step: LinkedStep) -> Iterator[Expression]:
    """The expressions in what a step sends: its parameters, then its body."""
    for parameter in step.parameters:
        yield from (expression for expression, _ in expressions_in(parameter.written))
    if isinstance(step, OperationCall) and step.body is not None and step.body.written is not None:
        yield from (expression for expression, _ in expressions_in(step.body.written))


def _sent(step: OperationCall) -> Iterator[tuple[Expression, Any]]:
    for parameter in step.parameters:
        if isinstance(parameter.written, Whole):
            schema = _schema_of(step, parameter)
            if schema is not None:
                yield parameter.written.expression, schema
    if step.body is not None:
        yield from _in_body(step, step.body)


def _schema_of(step: OperationCall, parameter: LinkedParameter) -> Any:
    """What a parameter has to be; a media type where it says of the body, or of the answer, what it is."""
    name = parameter.name.lower() if parameter.in_ == "header" else ""
    if name == "content-type":
        return _one_of(step.operation.request_body.media_types if step.operation.request_body else ())
    if name == "accept":
        return _one_of(name for answer in step.operation.responses.values() for name in answer.media_types)
    declared: ParameterDeclaration | None = step.operation.parameter(parameter.in_, parameter.name)
    return None if declared is None or declared.schema is None else declared.schema.bundle("request")


def _one_of(media_types: Any) -> Any:
    names = list(dict.fromkeys(media_types))
    return {"enum": names} if names else None


def _in_body(step: OperationCall, body: LinkedBody) -> Iterator[tuple[Expression, Any]]:
    declared = step.operation.request_body
    if declared is None or not declared.media_types or body.written is None:
        return
    media_type = find(declared.media_types, body.content_type or next(iter(declared.media_types)))
    if media_type is None or media_type.schema is None:
        return
    bundle = None
    for expression, tokens in _members(body.written, ()):
        bundle = bundle or media_type.schema.bundle("request")
        yield from ((expression, found) for found in schemas_at(bundle, tokens)[:1])


def _members(written: Written, tokens: Tokens) -> Iterator[tuple[Expression, Tokens]]:
    """The members of a body that are one expression each."""
    if isinstance(written, Whole):
        yield written.expression, tokens
    elif isinstance(written, Members):
        for key, member in written.members.items():
            yield from _members(member, (*tokens, key))
    elif isinstance(written, Items):
        for index, item in enumerate(written.items):
            yield from _members(item, (*tokens, str(index)))

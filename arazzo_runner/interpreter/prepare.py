"""prepare: what to send for an effect. Parameters and payload are evaluated, the request is built, nothing is sent."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from ..errors import ExecutionError, RequestError
from ..expression import Scope
from ..location import Location
from ..messages import Request, SecurityRequirement
from ..openapi import Argument, Body
from ..plan import LinkedBody, LinkedCredential, LinkedParameter, OperationCall, Plan
from ..values import MISSING, Value, dumps, loads
from .effects import Delay, Effect, Refused, Wait
from .scope import RunScope
from .state import Frame, State

# Printable, with a host, and nobody's name before it (RFC 3986, section 3.2).
_HTTP = re.compile(r"https?://[^\s/?#@\\]+(?:[/?#][\x21-\x7e]*)?")


class Unpreparable(ExecutionError):
    """A request that cannot be made, with the place of the document that is the reason."""

    def __init__(self, message: str, location: Location) -> None:
        super().__init__(message, location=location)
        self.at = location


def prepare(plan: Plan, state: State, effect: Effect) -> Request | Delay | Refused:
    """The request of a Call (credentials named, not filled in), or the delay of a Wait.

    What cannot be sent is a Refused, which the driver hands on to `conclude`: the step fails (decision 14).
    """
    if isinstance(effect, Wait):
        return Delay(effect.seconds)
    frame, step = current(plan, state)
    scope = RunScope(frame, plan.workflows[frame.workflow], state.completed)
    try:
        arguments, body = call_of(step, scope)
        request = request_of(step, scope, arguments, body, timeout=_timeout(state, step))
    except Unpreparable as error:
        return Refused(error.message, error.at)
    except RequestError as error:
        return Refused(error.message + (f" ({error.hint})" if error.hint else ""), error.location or step.location)
    return _within_contract(plan, step, request, arguments, body)


def current(plan: Plan, state: State) -> tuple[Frame, OperationCall]:
    """The frame on top and the step it stands at, which is an operation's."""
    frame = state.frames[-1]
    step = plan.workflows[frame.workflow].steps[frame.position]
    assert isinstance(step, OperationCall), "only operations have effects"
    return frame, step


def request_of(
    step: OperationCall, scope: Scope, arguments: tuple[Argument, ...], body: Body | None, *, timeout: float | None
) -> Request:
    """The request of a step with the document's own values for security schemes, not yet signed.

    Raises:
        Unpreparable, RequestError: it cannot be made.
    """
    request = step.builder.build(
        arguments, body, server=step.server, source=step.source, remote=step.remote, timeout=timeout
    )
    if step.url is not None:
        request = _at(request, step, step.url, scope)
    if step.credentials:
        request = replace(request, security=(tuple(_given(each, scope) for each in step.credentials),))
    return request


def _at(request: Request, step: OperationCall, url: LinkedParameter, scope: Scope) -> Request:
    """A request to a URL that an expression gives, with the query that it has of its own."""
    value = _evaluated(url, scope)
    if not isinstance(value, str) or not _HTTP.fullmatch(value):
        raise Unpreparable("the url of x-operation has no http(s) URL as its value", url.location)
    base, _, query = value.partition("#")[0].partition("?")
    own = request.url.removeprefix(f"{step.server}/").removeprefix("?")
    pairs = "&".join(filter(None, (query, own)))
    return replace(request, url=f"{base}?{pairs}" if pairs else base)


def _given(credential: LinkedCredential, scope: Scope) -> SecurityRequirement:
    """A requirement with its values as text; absent ones are left out, and then none is sent."""
    values = {}
    for parameter in credential.values:
        value = _evaluated(parameter, scope)
        if isinstance(value, (dict, list, bytes)):
            raise Unpreparable(f"x-security: '{parameter.name or 'the value'}' is no text", parameter.location)
        if value is not MISSING and value is not None:
            values[parameter.name] = value if isinstance(value, str) else dumps(value)
    return replace(credential.requirement, values=values)


def call_of(step: OperationCall, scope: Scope) -> tuple[tuple[Argument, ...], Body | None]:
    """The arguments and the body of a step: evaluated, typed, not yet serialized.

    Raises:
        Unpreparable: an invalid reference, or a required value that is absent (decision 17).
    """
    arguments = []
    for parameter in step.parameters:
        value = _evaluated(parameter, scope)
        if value is not MISSING:
            arguments.append(Argument(parameter.name, parameter.in_, value))
        elif parameter.required:
            raise Unpreparable(
                f"the required {parameter.in_} parameter '{parameter.name}' has no value", parameter.location
            )
    return tuple(arguments), _body(step.body, scope) if step.body else None


def inputs_of(parameters: tuple[LinkedParameter, ...], scope: Scope) -> dict[str, Any]:
    """The inputs that parameters pass to a workflow; absent values are left out (decisions 17, 41)."""
    values = ((parameter.name, _evaluated(parameter, scope)) for parameter in parameters)
    return {name: value for name, value in values if value is not MISSING}


def _evaluated(parameter: LinkedParameter, scope: Scope) -> Value:
    try:
        return parameter.evaluate(scope)
    except ExecutionError as error:
        raise Unpreparable(f"parameter '{parameter.name}': {error.message}", parameter.location) from None


def _body(body: LinkedBody, scope: Scope) -> Body | None:
    payload = _payload(body, scope)
    if body.replacements:
        payload = _replaced(body, payload, scope)
    if payload is MISSING:
        return None
    return Body(payload, body.content_type, body.literal and isinstance(payload, str))


def _payload(body: LinkedBody, scope: Scope) -> Value:
    if body.evaluate is None:
        return {} if body.replacements else MISSING
    try:
        return body.evaluate(scope)
    except ExecutionError as error:
        raise Unpreparable(f"requestBody: {error.message}", body.location) from None


def _replaced(body: LinkedBody, payload: Value, scope: Scope) -> Value:
    """The payload after its replacements, in list order (decision 45)."""
    if body.parse_text and isinstance(payload, str):
        try:
            payload = loads(payload)
        except (ValueError, RecursionError) as error:
            raise Unpreparable(
                f"requestBody: the payload is not JSON ({error}), so nothing can be replaced in it", body.location
            ) from None
    for replacement in body.replacements:
        try:
            value = replacement.evaluate(scope)
            if value is not MISSING and not isinstance(value, bytes):
                payload = replacement.apply(payload, value)
        except ExecutionError as error:
            raise Unpreparable(f"replacement: {error.message}", replacement.location) from None
    return payload


def _timeout(state: State, step: OperationCall) -> float | None:
    """The seconds this attempt may take: the step's own timeout, and what is left to the workflows around it."""
    bounds = [frame.deadline - state.now for frame in state.frames if frame.deadline is not None]
    if step.timeout is not None:
        bounds.append(step.timeout)
    return max(min(bounds), 0.001) if bounds else None


def _within_contract(
    plan: Plan, step: OperationCall, request: Request, arguments: tuple[Argument, ...], body: Body | None
) -> Request | Refused:
    if plan.contract is None or plan.contract.level != "error":
        return request
    violations = plan.contract.check_request(step, request, arguments, body)
    if violations:
        return Refused("the request breaks its contract: " + "; ".join(violations), step.location, contract=True)
    return request

"""Runtime expressions at run time: each is compiled once to a closure over a Scope.

Absent is MISSING; a reference that can never have a value here raises UnresolvedExpression (decision 17). Values keep
their type (Arazzo 1.1.0, "Runtime expressions preserve the type of the referenced value").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TypeAlias, assert_never

from ..errors import UnresolvedExpression
from ..values import JSON, MISSING, Value, array_index
from .nodes import (
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
    PayloadReference,
    Pointer,
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
)


class Scope(Protocol):
    """What expressions see at a point of a run. A member may raise UnresolvedExpression itself."""

    @property
    def inputs(self) -> Mapping[str, JSON]:
        """Inputs of the running workflow."""

    @property
    def outputs(self) -> Mapping[str, JSON] | None:
        """What `$outputs` means here (decision 26); None before it exists."""

    @property
    def steps(self) -> Mapping[str, Mapping[str, JSON]]:
        """Outputs of the steps that have run."""

    @property
    def workflows(self) -> Mapping[str, Mapping[str, Mapping[str, JSON]]]:
        """{"inputs": ..., "outputs": ...} of the workflows that have run."""

    @property
    def sources(self) -> Mapping[str, Mapping[str, str]]:
        """Fields of the source descriptions, by name."""

    @property
    def self_uri(self) -> str | None:
        """The resolved `$self` (decision 28)."""

    @property
    def url(self) -> Value:
        """MISSING before a request is built."""

    @property
    def method(self) -> Value:
        """MISSING before a request is built."""

    @property
    def status_code(self) -> Value:
        """int, or MISSING without a response."""

    @property
    def request_body(self) -> Value:
        """The payload that was sent."""

    @property
    def response_body(self) -> Value:
        """Parsed on first use (decision 25)."""

    @property
    def message_payload(self) -> Value:
        """The payload of the message that was sent or received."""

    def request_header(self, name: str) -> Value:
        """By name in any case."""

    def request_query(self, name: str) -> Value:
        """Before serialization (decision 24)."""

    def request_path(self, name: str) -> Value:
        """Before serialization (decision 24)."""

    def response_header(self, name: str) -> Value:
        """By name in any case."""

    def message_header(self, name: str) -> Value:
        """By name in any case."""


Evaluation: TypeAlias = "Callable[[Scope], Value]"


def evaluate(expression: Expression, scope: Scope) -> Value:
    """The value of an expression here, MISSING when absent.

    Raises:
        UnresolvedExpression: the reference has no meaning at this point of the run.
    """
    return compile_expression(expression)(scope)


def compile_expression(expression: Expression) -> Evaluation:
    """A closure that gives the value of an expression in a Scope."""
    match expression:
        case Url():
            return _url
        case Method():
            return _method
        case StatusCode():
            return _status_code
        case Self():
            return _self
        case Request():
            return _request(expression)
        case Response():
            return _response(expression)
        case Message():
            return _message(expression)
        case InputsReference(name=name, pointer=pointer):
            return _pointed(_inputs(name), pointer)
        case OutputsReference(name=name, pointer=pointer):
            return _pointed(_outputs(name), pointer)
        case StepsReference(step_id=step_id, output_name=name, pointer=pointer):
            return _pointed(_steps(step_id, name, str(expression)), pointer)
        case WorkflowsReference(pointer=pointer):
            return _pointed(_workflows(expression), pointer)
        case SourceReference(source_name=source_name, reference_id=reference_id):
            return _source(source_name, reference_id, str(expression))
        case ComponentsReference():
            return _unresolvable(expression)
        case Dereference():
            return _dereference(compile_expression(expression.expression), expression.accessors)
        case Alternatives():
            return _alternatives(tuple(map(compile_expression, expression.candidates)))
        case Rewritten():
            return compile_expression(expression.expression)
        case _:
            assert_never(expression)


def meaningless(expression: Expression) -> str | None:
    """Why an expression that derives from the grammar can never have a value (decision 23), or None."""
    match expression:
        case Request(source=PayloadReference()) | Response(source=PayloadReference()):
            return "'payload' belongs to $message; an HTTP exchange has a body"
        case Response(source=QueryReference() | PathReference()):
            return "a response has no query or path parameters"
        case Message(source=BodyReference() | QueryReference() | PathReference()):
            return "a message has header and payload only"
        case ComponentsReference():
            return "it names a component and has no value of its own"
        case Dereference() | Rewritten():
            return meaningless(expression.expression)
        case Alternatives():
            return meaningless(expression.candidates[0])
        case _:
            return None


def _unresolvable(expression: Expression) -> Evaluation:
    message = f"{expression} has no value: {meaningless(expression)}"

    def value(scope: Scope) -> Value:
        raise UnresolvedExpression(message)

    return value


# The exchange. --------------------------------------------------------------------------------------------------------


def _url(scope: Scope) -> Value:
    value = scope.url
    if value is MISSING:
        raise UnresolvedExpression("$url has no value: there is no request")
    return value


def _method(scope: Scope) -> Value:
    value = scope.method
    if value is MISSING:
        raise UnresolvedExpression("$method has no value: there is no request")
    return value


def _status_code(scope: Scope) -> Value:
    value = scope.status_code
    if value is MISSING:
        raise UnresolvedExpression("$statusCode has no value: there is no response")
    return value


def _self(scope: Scope) -> Value:
    uri = scope.self_uri
    return MISSING if uri is None else uri


def _request(expression: Request) -> Evaluation:
    text = str(expression)
    match expression.source:
        case HeaderReference(token=token):
            return _of_request(lambda scope: scope.request_header(token), text)
        case QueryReference(name=name):
            return _of_request(lambda scope: scope.request_query(name), text)
        case PathReference(name=name):
            return _of_request(lambda scope: scope.request_path(name), text)
        case BodyReference(pointer=pointer):
            return _pointed(_of_request(lambda scope: scope.request_body, text), pointer)
        case PayloadReference():
            return _unresolvable(expression)
        case _:
            assert_never(expression.source)


def _of_request(read: Evaluation, text: str) -> Evaluation:
    def value(scope: Scope) -> Value:
        found = read(scope)
        if found is MISSING and scope.method is MISSING:
            raise UnresolvedExpression(f"{text} has no value: there is no request")
        return found

    return value


def _response(expression: Response) -> Evaluation:
    text = str(expression)
    match expression.source:
        case HeaderReference(token=token):
            return _of_response(lambda scope: scope.response_header(token), text)
        case BodyReference(pointer=pointer):
            return _response_body(pointer, text)
        case QueryReference() | PathReference() | PayloadReference():
            return _unresolvable(expression)
        case _:
            assert_never(expression.source)


def _of_response(read: Evaluation, text: str) -> Evaluation:
    def value(scope: Scope) -> Value:
        found = read(scope)
        if found is MISSING and scope.status_code is MISSING:
            raise UnresolvedExpression(f"{text} has no value: there is no response")
        return found

    return value


def _response_body(pointer: Pointer, text: str) -> Evaluation:
    """The most frequent expression of all, in one closure."""
    walk = compile_pointer(pointer or ())

    def value(scope: Scope) -> Value:
        body = scope.response_body
        if body is MISSING:
            if scope.status_code is MISSING:
                raise UnresolvedExpression(f"{text} has no value: there is no response")
            return MISSING
        return walk(body)

    return value


def _message(expression: Message) -> Evaluation:
    match expression.source:
        case HeaderReference(token=token):
            return lambda scope: scope.message_header(token)
        case PayloadReference(pointer=pointer):
            return _pointed(lambda scope: scope.message_payload, pointer)
        case BodyReference() | QueryReference() | PathReference():
            return _unresolvable(expression)
        case _:
            assert_never(expression.source)


# What the workflow remembers. -----------------------------------------------------------------------------------------


def _inputs(name: str) -> Evaluation:
    return lambda scope: scope.inputs.get(name, MISSING)


def _outputs(name: str) -> Evaluation:
    def value(scope: Scope) -> Value:
        outputs = scope.outputs
        if outputs is None:
            raise UnresolvedExpression(f"$outputs.{name} has no value: the outputs are not computed yet")
        return outputs.get(name, MISSING)

    return value


def _steps(step_id: str, name: str, text: str) -> Evaluation:
    def value(scope: Scope) -> Value:
        outputs = scope.steps.get(step_id)
        if outputs is None:
            raise UnresolvedExpression(f"{text} has no value: step '{step_id}' has not run")
        return outputs.get(name, MISSING)

    return value


def _workflows(expression: WorkflowsReference) -> Evaluation:
    workflow_id, field, name = expression.workflow_id, expression.field, expression.name

    def value(scope: Scope) -> Value:
        workflow = scope.workflows.get(workflow_id)
        if workflow is None or field not in workflow:
            raise UnresolvedExpression(f"{expression} has no value: workflow '{workflow_id}' has not run")
        return workflow[field].get(name, MISSING)

    return value


def _source(source_name: str, reference_id: str, text: str) -> Evaluation:
    def value(scope: Scope) -> Value:
        fields = scope.sources.get(source_name)
        if fields is None or reference_id not in fields:
            raise UnresolvedExpression(f"{text} has no value: it names no field of a source description")
        return fields[reference_id]

    return value


# Parts of values. -----------------------------------------------------------------------------------------------------


def _pointed(read: Evaluation, pointer: Pointer) -> Evaluation:
    if not pointer:
        return read
    walk = compile_pointer(pointer)
    return lambda scope: walk(read(scope))


def compile_pointer(tokens: tuple[str, ...]) -> Callable[[Value], Value]:
    """A closure that walks a JSON Pointer (RFC 6901); MISSING where it leads nowhere."""
    if not tokens:
        return lambda value: value
    path = tuple((token, array_index(token)) for token in tokens)

    def walk(value: Value) -> Value:
        for token, index in path:
            if isinstance(value, dict):
                if token not in value:
                    return MISSING
                value = value[token]
            elif isinstance(value, list) and index is not None and index < len(value):
                value = value[index]
            else:
                return MISSING
        return value

    return walk


def _dereference(read: Evaluation, accessors: tuple[str | int, ...]) -> Evaluation:
    def value(scope: Scope) -> Value:
        return access(read(scope), accessors)

    return value


def access(value: Value, accessors: tuple[str | int, ...]) -> Value:
    """What `.name` and `[n]` reach: names only in objects, indices only in arrays; else MISSING."""
    for accessor in accessors:
        if isinstance(accessor, str):
            if not isinstance(value, dict) or accessor not in value:
                return MISSING
            value = value[accessor]
        elif isinstance(value, list) and accessor < len(value):
            value = value[accessor]
        else:
            return MISSING
    return value


def _alternatives(reads: tuple[Evaluation, ...]) -> Evaluation:
    def value(scope: Scope) -> Value:
        for read in reads:
            found = read(scope)
            if found is not MISSING:
                return found
        return MISSING

    return value

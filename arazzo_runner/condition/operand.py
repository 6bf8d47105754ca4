"""Where a runtime expression ends inside a condition, and what follows it (decision 22).

In simple conditions `.name` and `[n]` are operators, applied after the longest valid expression whose name is
declared. Where only the value can tell (a member of a body, an input that is not declared because nothing is), the
readings are kept as Alternatives, longest expression first.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..expression import (
    Alternatives,
    BodyReference,
    Bound,
    Dereference,
    Expression,
    ExpressionSyntaxError,
    InputsReference,
    Message,
    Names,
    OutputsReference,
    PathReference,
    PayloadReference,
    QueryReference,
    Reading,
    Request,
    Response,
    StepsReference,
    UndeclaredName,
    WorkflowsReference,
    bind,
    derive,
    parse,
    parse_and_bind,
    split_accessors,
)

_MOST_ACCESSORS = 64


def read_operand(text: str, reading: Reading, names: Names) -> Bound:
    """The expression a condition means by this text.

    Raises:
        ExpressionSyntaxError, UndeclaredName: no part of the text is an expression with a declared name.
    """
    readings, undeclared = _readings(text, reading, names)
    if readings:
        return Bound(readings[0] if len(readings) == 1 else Alternatives(tuple(readings)))
    tolerated = _tolerated(text, reading, names)
    if tolerated is not None:
        return tolerated
    if undeclared is not None:
        raise undeclared
    parse(text, reading.version)
    raise ExpressionSyntaxError("this is not a runtime expression")


def _readings(text: str, reading: Reading, names: Names) -> tuple[list[Expression], UndeclaredName | None]:
    exact = Reading(reading.version)
    found: list[Expression] = []
    undeclared: UndeclaredName | None = None
    for cut, accessors in _cuts(text):
        expression = derive(text[:cut], reading.version)
        if expression is None:
            continue
        try:
            bound = bind(expression, names, exact).expression
        except UndeclaredName as error:
            undeclared = undeclared or error
            continue
        found.append(Dereference(bound, accessors) if accessors else bound)
        if _is_certain(bound, names):
            break
    return found, undeclared


def _cuts(text: str) -> Iterator[tuple[int, tuple[str | int, ...]]]:
    """Every place where only accessors follow, the end of the text first."""
    yield len(text), ()
    at = len(text)
    for _ in range(_MOST_ACCESSORS):
        at = max(text.rfind(".", 0, at), text.rfind("[", 0, at))
        accessors = split_accessors(text[at:]) if at > 0 else None
        if accessors is None:
            return
        yield at, accessors


def _is_certain(expression: Expression, names: Names) -> bool:
    """Whether the expression ends here beyond doubt, so that accessors cannot begin earlier."""
    match expression:
        case Request(source=source) | Response(source=source) | Message(source=source):
            return not (
                isinstance(source, QueryReference | PathReference)
                or (isinstance(source, BodyReference | PayloadReference) and source.pointer)
            )
        case InputsReference(pointer=pointer):
            return names.inputs is not None and not pointer
        case OutputsReference(pointer=pointer):
            return names.outputs is not None and not pointer
        case StepsReference(step_id=step_id, pointer=pointer):
            return names.steps is not None and names.steps[step_id] is not None and not pointer
        case WorkflowsReference(workflow_id=workflow_id, field=field, pointer=pointer):
            if names.workflows is None:
                return False
            inputs, outputs = names.workflows[workflow_id]
            return (inputs if field == "inputs" else outputs) is not None and not pointer
        case _:
            return True


def _tolerated(text: str, reading: Reading, names: Names) -> Bound | None:
    if not reading.tolerant:
        return None
    try:
        return parse_and_bind(text, reading, names)
    except (ExpressionSyntaxError, UndeclaredName):
        return None

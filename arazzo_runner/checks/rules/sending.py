"""What a step could never send: replacements that lead nowhere, a query string that is no text.

Arazzo 1.1.0, "Payload Replacement Object" and "Parameter Object"; decisions 43, 45.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ...diagnostics import Diagnostic
from ...errors import Overrun, SelectorError
from ...location import Location
from ...openapi import media_type
from ...plan import (
    Constant,
    Items,
    LinkedBody,
    LinkedParameter,
    LinkedReplacement,
    Members,
    WorkflowCall,
    Written,
)
from ...selector import DEFAULT_SELECTORS
from ...values import JSON, Missing, array_index, format_pointer, loads, parse_pointer
from ..misfits import NOUNS, type_of
from ..payload_text import is_json
from ..registry import rule
from ..subject import StepSubject, Subject, finding


@rule("ARZ619")
def replacement_leads_nowhere(subject: Subject) -> Iterator[Diagnostic]:
    """A replacement sets what is there, or adds a last member; where its target is in nothing, the step fails (45)."""
    for workflow in subject.workflows:
        for step in workflow.steps:
            body = None if isinstance(step.step, WorkflowCall) else step.step.body
            for replacement, reason in _lost(body) if body else ():
                yield finding(
                    "ARZ619",
                    f"the target '{replacement.target}' is not in the payload: {reason}",
                    subject.below(replacement.location, "target"),
                    "name a place of the payload; a replacement adds no more than the last member",
                )


def _lost(body: LinkedBody) -> Iterator[tuple[LinkedReplacement, str]]:
    """The replacements that certainly fail, as long as it is known what they are applied to."""
    payload = _parsed(body)
    changed: list[tuple[str, ...]] = []
    for replacement in body.replacements if payload is not None else ():
        if replacement.target_type != "jsonpointer":
            reason = _applied(payload, replacement) if isinstance(payload, Constant) and not changed else None
            if reason is not None:
                yield replacement, reason
            return  # what it selects, and so what is there for the next one, is not followed
        target = tuple(parse_pointer(replacement.target))
        if not any(target[: len(other)] == other for other in changed):
            reason = _missing(payload, target, 0)
            if reason is not None:
                yield replacement, reason
        changed.append(target)


def _parsed(body: LinkedBody) -> Written | None:
    """The payload; a literal JSON text is what it says. None where nothing is known, or there is none."""
    written = body.written
    if not (isinstance(written, Constant) and isinstance(written.value, str) and body.parse_text):
        return written
    try:
        return Constant(loads(written.value), written.location)
    except (ValueError, RecursionError):
        return None


def _applied(payload: Constant, replacement: LinkedReplacement) -> str | None:
    try:
        replacement.apply(payload.value, None)
    except Overrun:
        return None
    except SelectorError as error:
        return error.message
    return None


def _missing(written: Written | None, target: tuple[str, ...], depth: int) -> str | None:
    """Why nothing can be set at a pointer; None where it can, or depends on the run."""
    if depth == len(target):
        return None
    match written:
        case Constant(value=value):
            return _set_in(value, target, depth)
        case Members(members=members) if target[depth] in members:
            return _missing(members[target[depth]], target, depth + 1)
        case Members() if depth + 1 < len(target):
            return f"nothing is at {format_pointer(target[: depth + 1])}"
        case Items(items=items):
            index = len(items) if target[depth] == "-" else array_index(target[depth])
            if index is None or index > len(items) or (index == len(items) and depth + 1 < len(target)):
                return f"the list at {format_pointer(target[:depth]) or 'the root'} has no such item"
            return _missing(items[index], target, depth + 1) if index < len(items) else None
        case _:
            return None


def _set_in(value: JSON | Missing, target: tuple[str, ...], depth: int) -> str | None:
    root: Any = value
    for token in reversed(target[:depth]):
        root = {token: root}
    pointer = DEFAULT_SELECTORS.compile("jsonpointer", None, format_pointer(target))
    try:
        pointer.set(root, None)
    except SelectorError as error:
        return error.message
    return None


@rule("ARZ620")
def query_string_of_another_kind(subject: Subject) -> Iterator[Diagnostic]:
    """A querystring parameter is the whole query, as one text, in the media type the operation declares (43)."""
    told: set[Location] = set()
    for workflow in subject.workflows:
        for step in workflow.steps:
            parameters = () if isinstance(step.step, WorkflowCall) else step.step.parameters
            for parameter in parameters:
                wrong = _wrong_query(parameter, step) if parameter.in_ == "querystring" else None
                if wrong is not None and parameter.location not in told:
                    told.add(parameter.location)
                    message, hint = wrong
                    location = subject.below(parameter.location, "value")
                    yield finding("ARZ620", f"the querystring parameter '{parameter.name}' {message}", location, hint)


def _wrong_query(parameter: LinkedParameter, step: StepSubject) -> tuple[str, str] | None:
    """What is wrong with a query string, and what to write."""
    kind = _kind(parameter.written)
    if kind is not None:
        hint = "write it as it stands behind the '?', or give parameters in query"
        return f"is {kind}, and has to be the query as one text", hint
    declared = step.call.operation.parameter("querystring", parameter.name) if step.call else None
    content = declared.content[0] if declared is not None and declared.content is not None else ""
    if not media_type.is_json(media_type.essence(content)):
        return None
    match parameter.written:
        case Constant(value=str() as text) if not is_json(text):
            return f"is no JSON, which {step.step.target} declares it to be", f"write a text in {content}"
        case _:
            return None


def _kind(written: Written) -> str | None:
    """What a value is that is certainly no text."""
    match written:
        case Constant(value=dict() | list() | bool() | int() | float() | Decimal() as value):
            return NOUNS[type_of(value)]
        case Members():
            return NOUNS["object"]
        case Items():
            return NOUNS["array"]
        case _:
            return None

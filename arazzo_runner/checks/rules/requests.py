"""What a step sends: parameters and bodies that its operation cannot take, and those it needs.

OpenAPI 3.1.1, "Parameter Object", "Request Body Object" and "Media Type Object"; Arazzo 1.1.0, "Parameter Object" and
"Request Body Object"; decisions 21, 43-45. A schema is taken at its word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ...diagnostics import Diagnostic, Severity, did_you_mean
from ...location import Location
from ...openapi import ParameterDeclaration, media_type
from ...plan import Constant, LinkedParameter, OperationCall
from ...values import format_pointer
from ..bodies import is_sent, mismatches, sent_type
from ..matching import Kind, Matching, Mismatch
from ..registry import rule
from ..shapes import of_schema, of_types
from ..subject import StepSubject, Subject, finding
from ..words import conjoined, misspelt, quoted


@rule("ARZ605")
def parameter_of_another_kind(subject: Subject) -> Iterator[Diagnostic]:
    """A value becomes text by its style: a structure where a scalar belongs, or `true` for a number, never fits."""
    told: set[Location] = set()  # steps can share a parameter
    for step, call in _calls(subject):
        for parameter in call.parameters:
            place = f"the {parameter.in_} parameter '{parameter.name}' of {call.target}"
            for mismatch in _of_parameter(subject, step, call, parameter):
                if mismatch.kind == "value" and mismatch.location not in told:
                    told.add(mismatch.location)
                    where = f"'{format_pointer(mismatch.path)}' in {place}" if mismatch.path else place
                    yield finding("ARZ605", f"{where} {mismatch.what}", mismatch.location, mismatch.hint)


@rule("ARZ606")
def body_value_of_another_kind(subject: Subject) -> Iterator[Diagnostic]:
    """In JSON a value keeps its type: `'{$inputs.count}'` is a text, `$inputs.count` what the input is (19, 20)."""
    for step, mismatch in _in_bodies(subject, "value"):
        where = f"'{format_pointer(mismatch.path)}' in the body" if mismatch.path else "the body"
        message = f"{where} of {step.step.target} {mismatch.what}"
        yield finding("ARZ606", message, mismatch.location, mismatch.hint)


@rule("ARZ607")
def text_that_is_no_json(subject: Subject) -> Iterator[Diagnostic]:
    """Expressions are put into a JSON text as they are, and the result has to be JSON before it is sent (21)."""
    for _, mismatch in _in_bodies(subject, "syntax"):
        where = f"'{format_pointer(mismatch.path)}' of the payload" if mismatch.path else "the payload"
        severity: Severity | None = "error" if mismatch.certain else None
        yield finding("ARZ607", f"{where} {mismatch.what}", mismatch.location, mismatch.hint, severity=severity)


@rule("ARZ608")
def required_parameter_missing(subject: Subject) -> Iterator[Diagnostic]:
    """A required parameter that the step does not give; credentials come from elsewhere."""
    for step, call in _calls(subject):
        missing = [each for each in call.builder.missing if not call.operation.is_implied(each.in_, each.name)]
        meant = _meant([p.name for p in call.parameters if call.operation.parameter(p.in_, p.name) is None], missing)
        names = [f"'{each.name}' ({each.in_})" for each in missing if each.name not in meant]
        if names:
            message = f"{call.target} requires {conjoined(names)}, which the step does not give"
            hint = f"add {'it' if len(names) == 1 else 'them'} to the parameters of the step"
            yield finding("ARZ608", message, step.named_at, hint)


@rule("ARZ609")
def required_property_missing(subject: Subject) -> Iterator[Diagnostic]:
    """A member that the schema requires, and the payload, with its replacements, does not have."""
    for step, mismatch in _in_bodies(subject, "missing"):
        near = _near_misses(subject, step, mismatch.path)
        names = quoted(name for name in mismatch.names if name not in near)
        if names:
            where = f"'{format_pointer(mismatch.path)}' of the body" if mismatch.path else "the body"
            message = f"{step.step.target} requires {conjoined(names)} in {where}, which the step does not give"
            yield finding("ARZ609", message, mismatch.location)


@rule("ARZ610")
def undeclared_property(subject: Subject) -> Iterator[Diagnostic]:
    """A member that the schema does not declare is ignored, refused where it allows no others, or misspelt."""
    for step, mismatch in _in_bodies(subject, "undeclared"):
        *way, name = mismatch.path
        where = f"'{format_pointer(tuple(way))}' of the body" if way else "the body"
        verb = "allows no" if mismatch.forbidden else "declares no"
        near = misspelt(name, mismatch.names) or did_you_mean(name, _missing_beside(subject, step, mismatch))
        severity: Severity = "warning" if mismatch.forbidden or near else "info"
        message = f"{step.step.target} {verb} '{name}' in {where}"
        yield finding("ARZ610", message, mismatch.location, near, severity=severity)


@rule("ARZ611")
def content_type_not_taken(subject: Subject) -> Iterator[Diagnostic]:
    """A content type that the operation does not declare, by essence and ranges (decision 44)."""
    for _, call in _calls(subject):
        declared = call.operation.request_body
        kind = sent_type(subject, call) if is_sent(call.body) else None
        names = tuple(declared.media_types) if declared is not None else ()
        if kind is not None and kind.given_by is not None and names and not _takes(call, kind.name):
            yield finding(
                "ARZ611",
                f"{call.target} takes {conjoined(names, 'or')}, not {media_type.essence(kind.name)}",
                kind.given_by,
                severity="info" if _all_json([kind.name, *names]) else None,
            )


@rule("ARZ612")
def required_body_missing(subject: Subject) -> Iterator[Diagnostic]:
    """A body that the operation requires and the step does not send."""
    for step, call in _calls(subject):
        declared = call.operation.request_body
        if declared is not None and declared.required and not is_sent(call.body):
            kinds = conjoined(list(declared.media_types), "or")
            message = f"{call.target} requires a request body, which the step does not send"
            hint = f"add a requestBody ({kinds})" if kinds else "add a requestBody"
            yield finding("ARZ612", message, step.named_at, hint)


@rule("ARZ618")
def deprecated_operation(subject: Subject) -> Iterator[Diagnostic]:
    """A deprecated operation may go away (Operation Object)."""
    for step, call in _calls(subject):
        if call.operation.deprecated:
            yield finding("ARZ618", f"{call.target} is deprecated", step.named_at)


def _calls(subject: Subject) -> Iterator[tuple[StepSubject, OperationCall]]:
    """The steps that call operations."""
    for workflow in subject.workflows:
        yield from ((step, step.call) for step in workflow.steps if step.call is not None)


# Parameters -----------------------------------------------------------------------------------------------------------


def _of_parameter(
    subject: Subject, step: StepSubject, call: OperationCall, parameter: LinkedParameter
) -> Iterator[Mismatch]:
    nothing = _sends_nothing(parameter)
    if nothing is not None:
        yield Mismatch("value", (), parameter.written.location, nothing)
        return
    expected = subject.expected(step.workflow)
    judge = Matching(shape_of=lambda written: expected.written(written, step), below=subject.below)
    declared = call.operation.parameter(parameter.in_, parameter.name)
    if parameter.in_ == "querystring":  # the whole query, as one text (Parameter Object)
        yield from judge.mismatches(parameter.written, of_types("string"))
    elif declared is not None and declared.content is None:
        joined = not declared.explode or parameter.in_ in ("path", "header")
        wanted = of_schema(declared.schema, "request", declared.examples.values())
        yield from replace(judge, as_text=True, joined=joined).mismatches(parameter.written, wanted)
    elif declared is not None and declared.content is not None and not _is_text(parameter):
        name, media = declared.content
        if media_type.is_json(media_type.essence(name)):
            yield from judge.mismatches(parameter.written, of_schema(media.schema, "request"))


def _sends_nothing(parameter: LinkedParameter) -> str | None:
    """Why a value leaves out a parameter that is required (decisions 43, 112)."""
    if not parameter.required or not isinstance(parameter.written, Constant):
        return None
    if parameter.written.value is None:
        return "is null, which is not sent, and it is required"
    if parameter.written.value == "" and parameter.in_ == "path":
        return "is empty, which leaves out a part of the path"
    return None


def _is_text(parameter: LinkedParameter) -> bool:
    """A text in the place of JSON may be a structure that is written out already."""
    return isinstance(parameter.written, Constant) and isinstance(parameter.written.value, str)


def _meant(given: Iterable[str], missing: Iterable[ParameterDeclaration]) -> set[str]:
    """The missing parameters that an undeclared one was likely meant to be, which is a finding of its own."""
    names = [each.name for each in missing]
    return {name for word in given for name in names if did_you_mean(word, [name])}


# Bodies ---------------------------------------------------------------------------------------------------------------


def _in_bodies(subject: Subject, kind: Kind) -> Iterator[tuple[StepSubject, Mismatch]]:
    for step, _ in _calls(subject):
        for mismatch in mismatches(subject, step):
            if mismatch.kind == kind:
                yield step, mismatch


def _missing_beside(subject: Subject, step: StepSubject, undeclared: Mismatch) -> tuple[str, ...]:
    """The members that are missing where an undeclared one stands."""
    way = undeclared.path[:-1]
    return tuple(n for m in mismatches(subject, step) if m.kind == "missing" and m.path == way for n in m.names)


def _near_misses(subject: Subject, step: StepSubject, way: tuple[str, ...]) -> set[str]:
    """The missing members that an undeclared one beside them was likely meant to be: one finding tells both."""
    found: set[str] = set()
    for mismatch in mismatches(subject, step):
        if mismatch.kind == "undeclared" and mismatch.path[:-1] == way:
            found.update(name for name in mismatch.names if did_you_mean(mismatch.path[-1], [name]))
    return found


# Content types --------------------------------------------------------------------------------------------------------


def _takes(call: OperationCall, content_type: str) -> bool:
    """Whether an operation takes a content type, as far as it says which it takes."""
    operation = call.operation
    if operation.description.version == "2.0" and not (
        operation.node.get("consumes") or operation.description.root.get("consumes")
    ):
        return True
    declared = operation.request_body.media_types if operation.request_body else {}
    return media_type.is_range(content_type) or media_type.find(declared, content_type) is not None


def _all_json(names: Iterable[str]) -> bool:
    return all(media_type.is_json(media_type.essence(name)) for name in names)

"""Names: what an expression refers to must be declared where it stands (decisions 17, 22 and 27).

`bind` checks a parsed expression against the declared names. A name with dots is matched whole first; only a tolerant
reading then takes what follows the longest declared name as a dereference, and reports the portable rewrite.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias, assert_never

from ..diagnostics import did_you_mean
from ..errors import LanguageSyntaxError
from ..values import format_pointer
from .grammar import split_accessors
from .nodes import (
    Alternatives,
    ComponentsReference,
    Dereference,
    Expression,
    InputsReference,
    Message,
    Method,
    OutputsReference,
    Pointer,
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
from .parse import ExpressionSyntaxError, Reading, parse, starts_like_expression

NameKind = Literal["input", "output", "step", "workflow", "source description"]


class Names(Protocol):
    """What is declared at a place of a document; None means unknown: any name will do."""

    @property
    def inputs(self) -> Collection[str] | None:
        """Inputs of the running workflow."""

    @property
    def outputs(self) -> Collection[str] | None:
        """What `$outputs` may name here (decision 26)."""

    @property
    def steps(self) -> Mapping[str, Collection[str] | None] | None:
        """Steps of the running workflow, each with its outputs."""

    @property
    def likely_steps(self) -> Collection[str] | None:
        """Those of `steps` that may be meant here, because they come before; None for all."""

    @property
    def workflows(self) -> Mapping[str, tuple[Collection[str] | None, Collection[str] | None]] | None:
        """Workflows of the document, each with its inputs and outputs."""

    @property
    def sources(self) -> Collection[str] | None:
        """Names of source descriptions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredNames:
    """Names as plain data; without arguments everything is unknown."""

    inputs: Collection[str] | None = None
    outputs: Collection[str] | None = None
    steps: Mapping[str, Collection[str] | None] | None = None
    likely_steps: Collection[str] | None = None
    workflows: Mapping[str, tuple[Collection[str] | None, Collection[str] | None]] | None = None
    sources: Collection[str] | None = None


class UndeclaredName(LanguageSyntaxError):
    """An expression names something that is not declared: certainly not what was meant (decision 17).

    `rewrite` is the whole text in its portable form, where a tolerant reading knows what was meant (decision 0).
    """

    def __init__(
        self,
        message: str,
        *,
        kind: NameKind,
        name: str,
        offset: int = 0,
        meant: str | None = None,
        hint: str | None = None,
        rewrite: str | None = None,
    ) -> None:
        super().__init__(message, offset=offset, meant=meant)
        self.kind = kind
        self.name = name
        self.hint = self.hint or hint
        self.rewrite = rewrite


class TolerableForm(ExpressionSyntaxError):
    """A text that only a tolerant reading takes; `rewrite` is the whole of it in its portable form (decision 0)."""

    def __init__(self, message: str, *, offset: int = 0, meant: str | None = None, rewrite: str) -> None:
        super().__init__(message, offset=offset, meant=meant)
        self.rewrite = rewrite


@dataclass(frozen=True, slots=True)
class Tolerated:
    """A place that is read as its author meant although the text is not the specification's (decision 0).

    `rewrite` is the whole text in its portable form, None if there is none that is certain: then `hint` may say what to
    write. `offset` counts code points.
    """

    form: str
    message: str
    rewrite: str | None
    offset: int
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """An expression whose names are declared, and what had to be tolerated to read it."""

    expression: Expression
    tolerated: tuple[Tolerated, ...] = ()


_FORMS = {
    "headers": "'headers' is 'header' in a runtime expression",
    "body-name": "a JSON Pointer starts with '/'",
    "dereference": "outside conditions, members and items are reached with '#' and a JSON Pointer",
}


def parse_and_bind(text: str, reading: Reading, names: Names) -> Bound:
    """Parse a whole expression and check its names.

    Raises:
        ExpressionSyntaxError, UndeclaredName.
    """
    try:
        return bind(parse(text, reading), names, reading)
    except (ExpressionSyntaxError, UndeclaredName) as error:
        if reading.tolerant or not starts_like_expression(text):
            raise
        meant = _as_meant(text, reading, names)
        raise with_rewrite(error, meant.tolerated if meant else ()) from None


def _as_meant(text: str, reading: Reading, names: Names) -> Bound | None:
    try:
        return parse_and_bind(text, Reading(reading.version, tolerant=True), names)
    except (ExpressionSyntaxError, UndeclaredName):
        return None


def with_rewrite(
    error: ExpressionSyntaxError | UndeclaredName, tolerated: Iterable[Tolerated]
) -> ExpressionSyntaxError | UndeclaredName:
    """An exact reading's error, with the portable form of the text where a tolerant reading has one."""
    rewrite = next((place.rewrite for place in tolerated if place.rewrite), None)
    if rewrite is None:
        return error
    if isinstance(error, UndeclaredName):
        error.rewrite = rewrite
        return error
    return TolerableForm(error.message, offset=error.offset, meant=error.meant, rewrite=rewrite)


def bind(expression: Expression, names: Names, reading: Reading) -> Bound:
    """Check the names of an expression against what is declared.

    Raises:
        UndeclaredName: with what was meant, or the nearest declared name.
    """
    match expression:
        case Rewritten():
            inner = bind(expression.expression, names, reading)
            tolerated = Tolerated(expression.form, _FORMS[expression.form], str(inner.expression), expression.offset)
            return Bound(inner.expression, (tolerated,))
        case Dereference():
            inner = bind(expression.expression, names, reading)
            return Bound(Dereference(inner.expression, expression.accessors), inner.tolerated)
        case Alternatives():
            bounds = [bind(candidate, names, reading) for candidate in expression.candidates]
            return Bound(
                Alternatives(tuple(b.expression for b in bounds)), tuple(t for b in bounds for t in b.tolerated)
            )
        case InputsReference() | OutputsReference() | StepsReference() | WorkflowsReference():
            _check_owner(expression, names)
            return _bind_name(expression, _declared(expression, names), reading)
        case SourceReference():
            _check(expression.source_name, names.sources, "source description", len("$sourceDescriptions."))
            return Bound(expression)
        case Url() | Method() | StatusCode() | Self() | Request() | Response() | Message() | ComponentsReference():
            return Bound(expression)
        case _:
            assert_never(expression)


_Named: TypeAlias = "InputsReference | OutputsReference | StepsReference | WorkflowsReference"


def _check_owner(expression: _Named, names: Names) -> None:
    if isinstance(expression, StepsReference):
        _check(expression.step_id, names.steps, "step", len("$steps."), names.likely_steps)
    elif isinstance(expression, WorkflowsReference):
        _check(expression.workflow_id, names.workflows, "workflow", len("$workflows."))


def _check(
    name: str, declared: Collection[str] | None, kind: NameKind, offset: int, likely: Collection[str] | None = None
) -> None:
    if declared is not None and name not in declared:
        where = "in this workflow" if kind == "step" else "in this document"
        raise UndeclaredName(
            f"there is no {kind} '{name}' {where}",
            kind=kind,
            name=name,
            offset=offset,
            hint=did_you_mean(name, declared if likely is None else likely),
        )


def _declared(expression: _Named, names: Names) -> Collection[str] | None:
    match expression:
        case InputsReference():
            return names.inputs
        case OutputsReference():
            return names.outputs
        case StepsReference():
            return None if names.steps is None else names.steps[expression.step_id]
        case WorkflowsReference():
            if names.workflows is None:
                return None
            inputs, outputs = names.workflows[expression.workflow_id]
            return inputs if expression.field == "inputs" else outputs
        case _:
            assert_never(expression)


def _name(expression: _Named) -> str:
    return expression.output_name if isinstance(expression, StepsReference) else expression.name


def _rename(expression: _Named, name: str, pointer: Pointer) -> Expression:
    match expression:
        case InputsReference():
            return InputsReference(name, pointer)
        case OutputsReference():
            return OutputsReference(name, pointer)
        case StepsReference():
            return StepsReference(expression.step_id, name, pointer)
        case WorkflowsReference():
            return WorkflowsReference(expression.workflow_id, expression.field, name, pointer)
        case _:
            assert_never(expression)


def _bind_name(expression: _Named, declared: Collection[str] | None, reading: Reading) -> Bound:
    name = _name(expression)
    if declared is None:
        return _bind_unknown(expression, reading)
    if name in declared:
        return Bound(expression)
    if reading.version == "1.0" and expression.pointer is not None:
        whole = f"{name}#{format_pointer(expression.pointer)}"
        if whole in declared:
            return Bound(_rename(expression, whole, None))
    dereferenced = _dereference(expression, longest_declared(name, declared))
    if dereferenced is not None and reading.tolerant:
        return dereferenced
    raise _undeclared(expression, declared, dereferenced)


def _bind_unknown(expression: _Named, reading: Reading) -> Bound:
    """Nothing says which names there are: a name with dots is one name, one with an index is not."""
    name = _name(expression)
    if reading.tolerant and "[" in name:
        dereferenced = _dereference(expression, name.partition("[")[0])
        if dereferenced is not None:
            return dereferenced
    return Bound(expression)


def longest_declared(name: str, declared: Collection[str]) -> str | None:
    """The longest declared name that `name` begins with, up to a `.` or `[`."""
    starts = [
        known
        for known in declared
        if known and name.startswith(known) and name[len(known) : len(known) + 1] in (".", "[")
    ]
    return max(starts, key=len, default=None)


def _dereference(expression: _Named, known: str | None) -> Bound | None:
    if not known:
        return None
    name = _name(expression)
    accessors = split_accessors(name[len(known) :])
    if accessors is None:
        return None
    rewritten = _rename(expression, known, (*map(str, accessors), *(expression.pointer or ())))
    offset = _name_offset(expression) + len(known)
    return Bound(rewritten, (Tolerated("dereference", _FORMS["dereference"], str(rewritten), offset),))


def _name_offset(expression: _Named) -> int:
    return len(str(_rename(expression, "", None)))


def _undeclared(expression: _Named, declared: Collection[str], dereferenced: Bound | None) -> UndeclaredName:
    name = _name(expression)
    kind: NameKind = "output"
    if isinstance(expression, InputsReference) or (
        isinstance(expression, WorkflowsReference) and expression.field == "inputs"
    ):
        kind = "input"
    return UndeclaredName(
        f"there is no {kind} '{name}'{_owner(expression)}",
        kind=kind,
        name=name,
        offset=_name_offset(expression),
        meant=str(dereferenced.expression) if dereferenced else None,
        hint=did_you_mean(name, declared),
    )


def _owner(expression: _Named) -> str:
    match expression:
        case StepsReference():
            return f" of step '{expression.step_id}'"
        case WorkflowsReference():
            return f" of workflow '{expression.workflow_id}'"
        case _:
            return ""

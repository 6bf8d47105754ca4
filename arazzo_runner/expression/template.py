"""Text with embedded expressions: `https://{$inputs.host}/pets` (Arazzo 1.1.0, "Runtime Expressions").

An embedded expression starts at `{$` and ends at the next `}`, and only if what is inside derives from `expression`;
every other brace is literal (decision 20). Scalars become JSON text, strings stand verbatim, structures become JSON
(decision 21).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from ..errors import ExpressionError, LanguageSyntaxError
from ..values import MISSING, text_of
from .evaluate import Evaluation, Scope, compile_expression
from .names import Bound, Names, TolerableForm, Tolerated, UndeclaredName, bind, parse_and_bind, with_rewrite
from .nodes import Expression, InputsReference, OutputsReference, StepsReference, WorkflowsReference
from .parse import ExpressionSyntaxError, Reading, parse, starts_like_expression


@dataclass(frozen=True, slots=True)
class Template:
    """Literal texts and expressions in the order of the text; `str()` gives the text back."""

    parts: tuple[str | Expression, ...]
    text: str
    tolerated: tuple[Tolerated, ...] = ()

    @property
    def is_literal(self) -> bool:
        """Whether nothing is embedded."""
        return all(isinstance(part, str) for part in self.parts)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The embedded expressions, in order."""
        return tuple(part for part in self.parts if not isinstance(part, str))

    def __str__(self) -> str:
        return self.text


def parse_value(text: str, reading: Reading, names: Names) -> Bound | Template:
    """Read a field that is `Any | {expression}`: a whole expression, else text with embedded ones (decision 19).

    Raises:
        ExpressionSyntaxError: the text begins like an expression and is none, or an embedded one is malformed.
        UndeclaredName: a name that is not declared.
    """
    try:
        return bind(parse(text, reading), names, reading)
    except ExpressionSyntaxError as error:
        return _not_whole(text, reading, names, error if starts_like_expression(text) else None)
    except UndeclaredName as error:
        return _not_whole(text, reading, names, error)


def _not_whole(text: str, reading: Reading, names: Names, error: LanguageSyntaxError | None) -> Template:
    """A text that begins with an expression goes on: tolerated as expressions without braces, else refused."""
    if error is None:
        return parse_template(text, reading, names)
    if not reading.tolerant:
        _refuse_as_meant(text, reading, names)
    template = parse_template(text, Reading(reading.version, tolerant=True), names)
    if template.is_literal or isinstance(template.parts[0], str):
        raise error
    if not reading.tolerant:
        _refuse(template.tolerated)
    return template


def _refuse_as_meant(text: str, reading: Reading, names: Names) -> None:
    """Refuse a whole expression in a form that is only tolerated elsewhere, with what its author meant."""
    try:
        meant = parse_and_bind(text, Reading(reading.version, tolerant=True), names)
    except (ExpressionSyntaxError, UndeclaredName):
        return
    _refuse(meant.tolerated)


def _refuse(forms: tuple[Tolerated, ...]) -> None:
    for form in forms[:1]:
        assert form.rewrite is not None, "the forms of expressions have a portable one"
        raise TolerableForm(form.message, offset=form.offset, meant=form.rewrite, rewrite=form.rewrite)


def parse_template(text: str, reading: Reading, names: Names) -> Template:
    """Read text with embedded expressions; a text that is itself an expression is literal here.

    Raises:
        ExpressionSyntaxError, UndeclaredName: offsets count from the start of `text`.
    """
    if "$" not in text:
        return Template((text,), text)
    try:
        return _template(text, reading, names)
    except (ExpressionSyntaxError, UndeclaredName) as error:
        if reading.tolerant:
            raise
        raise with_rewrite(error, _meant_forms(text, reading, names)) from None


def _meant_forms(text: str, reading: Reading, names: Names) -> tuple[Tolerated, ...]:
    """What a tolerant reading finds in a text that an exact one refuses; () where it refuses it too."""
    try:
        return _template(text, Reading(reading.version, tolerant=True), names).tolerated
    except (ExpressionSyntaxError, UndeclaredName):
        return ()


def _template(text: str, reading: Reading, names: Names) -> Template:
    pieces = [
        piece
        for embedded in _embedded(text, reading, names)
        for piece in (_unbraced(embedded, names) if reading.tolerant and embedded.bound is None else (embedded,))
    ]
    parts = tuple(piece.text if piece.bound is None else piece.bound.expression for piece in pieces if piece.text)
    return Template(parts, text, _tolerated(pieces))


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of the text: literal without `bound`; `braced` is false for a tolerated expression without braces."""

    text: str
    offset: int
    bound: Bound | None = None
    braced: bool = True


def _embedded(text: str, reading: Reading, names: Names) -> Iterator[_Piece]:
    """embedded-expression = "{" expression "}" """
    literal = at = 0
    while (start := text.find("{$", at)) >= 0 and (end := text.find("}", start)) >= 0:
        at = start + 1
        bound = _inside(text[at:end], at, reading, names)
        if bound is None:
            continue
        yield _Piece(text[literal:start], literal)
        yield _Piece(text[start : end + 1], start, bound)
        literal = at = end + 1
    yield _Piece(text[literal:], literal)


def _inside(inside: str, offset: int, reading: Reading, names: Names) -> Bound | None:
    try:
        return bind(parse(inside, reading), names, reading)
    except ExpressionSyntaxError as error:
        if not starts_like_expression(inside):
            return None
        error.offset += offset
        raise
    except UndeclaredName as error:
        error.offset += offset
        raise


def _unbraced(piece: _Piece, names: Names) -> Iterator[_Piece]:
    """Split a literal text at expressions without braces: only declared names, the longest of them (decision 0)."""
    text = piece.text
    literal = at = 0
    while (start := text.find("$", at)) >= 0:
        at = start + 1
        found = _declared_at(text, start, names)
        if found is None:
            continue
        expression, end = found
        yield _Piece(text[literal:start], piece.offset + literal)
        yield _Piece(text[start:end], piece.offset + start, Bound(expression), braced=False)
        literal = at = end
    yield _Piece(text[literal:], piece.offset + literal)


_Found: TypeAlias = "tuple[Expression, int] | None"


def _declared_at(text: str, start: int, names: Names) -> _Found:
    if text.startswith("$inputs.", start):
        return _named(text, start + 8, names.inputs, InputsReference)
    if text.startswith("$outputs.", start):
        return _named(text, start + 9, names.outputs, OutputsReference)
    if text.startswith("$steps.", start):
        return _step_output(text, start + 7, names)
    if text.startswith("$workflows.", start):
        return _workflow_field(text, start + 11, names)
    return None


def _named(text: str, at: int, declared: Collection[str] | None, node: Callable[[str], Expression]) -> _Found:
    name = _longest(text, at, declared or ())
    return (node(name), at + len(name)) if name else None


def _longest(text: str, at: int, declared: Collection[str]) -> str | None:
    found = [name for name in declared if name and text.startswith(name, at) and _ends_at(text, at + len(name))]
    return max(found, key=len, default=None)


def _ends_at(text: str, end: int) -> bool:
    """A declared `token` is not the beginning of `tokenizer`."""
    return end == len(text) or not (text[end].isalnum() or text[end] == "_")


def _step_output(text: str, at: int, names: Names) -> _Found:
    for step_id, outputs in (names.steps or {}).items():
        found = _output_of(text, at, step_id, outputs)
        if found is not None:
            return found
    return None


def _output_of(text: str, at: int, step_id: str, declared: Collection[str] | None) -> _Found:
    tail = f"{step_id}.outputs."
    if not text.startswith(tail, at):
        return None
    return _named(text, at + len(tail), declared, lambda name: StepsReference(step_id, name))


def _workflow_field(text: str, at: int, names: Names) -> _Found:
    for workflow_id, (inputs, outputs) in (names.workflows or {}).items():
        found = _field_of(text, at, workflow_id, "inputs", inputs) or _field_of(
            text, at, workflow_id, "outputs", outputs
        )
        if found is not None:
            return found
    return None


def _field_of(
    text: str, at: int, workflow_id: str, field: Literal["inputs", "outputs"], declared: Collection[str] | None
) -> _Found:
    tail = f"{workflow_id}.{field}."
    if not text.startswith(tail, at):
        return None
    return _named(text, at + len(tail), declared, lambda name: WorkflowsReference(workflow_id, field, name))


def _tolerated(pieces: list[_Piece]) -> tuple[Tolerated, ...]:
    """What was tolerated; each carries the whole text with every place rewritten."""
    found: list[Tolerated] = []
    for piece in pieces:
        if piece.bound is None:
            continue
        if not piece.braced:
            message = f"an expression inside text stands in braces: {{{piece.bound.expression}}}"
            found.append(Tolerated("unbraced", message, None, piece.offset))
        found.extend(replace(item, offset=item.offset + piece.offset + 1) for item in piece.bound.tolerated)
    if not found:
        return ()
    rewrite = "".join(piece.text if piece.bound is None else f"{{{piece.bound.expression}}}" for piece in pieces)
    return tuple(replace(item, rewrite=rewrite) for item in found)


def compile_template(template: Template) -> Callable[[Scope], str]:
    """A closure that renders the text in a Scope.

    It raises ExpressionError for an absent value (decision 17), UnresolvedExpression for an invalid reference.
    """
    if template.is_literal:
        text = "".join(part for part in template.parts if isinstance(part, str))
        return lambda scope: text
    parts = tuple(part if isinstance(part, str) else render_expression(part) for part in template.parts)

    def render(scope: Scope) -> str:
        return "".join([part if isinstance(part, str) else part(scope) for part in parts])

    return render


def render_expression(expression: Expression) -> Callable[[Scope], str]:
    """A closure that gives the text of a value that stands inside text (decision 21)."""
    read = compile_expression(expression)

    def render(scope: Scope) -> str:
        value = read(scope)
        if isinstance(value, str):
            return value
        if value is MISSING:
            raise ExpressionError(f"{expression} is absent, and the text it stands in needs its value")
        return text_of(value)

    return render


def compile_value(value: Bound | Template) -> Evaluation:
    """A closure for what `parse_value` read: the typed value of a whole expression, or the rendered text."""
    return compile_expression(value.expression) if isinstance(value, Bound) else compile_template(value)

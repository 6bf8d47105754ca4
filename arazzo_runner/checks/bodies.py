"""What a step sends as its body, read against the Media Type Object of its operation (decisions 44, 45)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from ..expression import Template
from ..location import Location
from ..openapi import MediaType, media_type
from ..openapi.content import FORM
from ..plan import Constant, Embedding, LinkedBody, LinkedReplacement, Members, OperationCall, Written
from ..values import PointerSyntaxError, parse_pointer
from .matching import Matching, Mismatch, Path
from .payload_text import NotJson, form_of, json_of
from .shapes import Shape, of_schema
from .subject import StepSubject, Subject

_NEVER_JSON: Final = "never becomes JSON: "


@dataclass(frozen=True, slots=True)
class SentType:
    """The content type of a body, and where the document gives it (None: the operation decides)."""

    name: str
    given_by: Location | None


def is_sent(body: LinkedBody | None) -> bool:
    """Whether a step has a body to send."""
    return body is not None and (body.evaluate is not None or bool(body.replacements))


def sent_type(subject: Subject, call: OperationCall) -> SentType | None:
    """The content type a step sends its body in; None where only a run knows (decisions 44, 114)."""
    body = call.body
    if body is not None and body.content_type is not None:
        return SentType(body.content_type, subject.below(body.location, "contentType"))
    for parameter in call.parameters:
        if parameter.in_ == "header" and parameter.name.lower() == "content-type":
            written = parameter.written
            if isinstance(written, Constant) and isinstance(written.value, str):
                return SentType(written.value, written.location)
            return None
    literal = body is not None and body.literal
    chosen = media_type.choose_content_type(call.operation, None, "" if literal else {}, literal)
    return None if chosen is None else SentType(chosen, None)


def mismatches(subject: Subject, step: StepSubject) -> tuple[Mismatch, ...]:
    """Everything in a step's body that its operation does not want."""
    return subject.once(("body", id(step.step)), lambda: tuple(_mismatches(subject, step)))


def _mismatches(subject: Subject, step: StepSubject) -> Iterator[Mismatch]:
    call = step.call
    kind = sent_type(subject, call) if call else None
    if call is None or call.body is None or kind is None or not is_sent(call.body):
        return
    declared = call.operation.request_body
    media = media_type.find(declared.media_types, kind.name) if declared is not None else None
    yield from _Judge(subject, step, call.body, media or MediaType(None), media_type.essence(kind.name)).all()


@dataclass(frozen=True)
class _Judge:
    """A body and what is declared for its media type, whose essence is `name`."""

    subject: Subject
    step: StepSubject
    body: LinkedBody
    media: MediaType
    name: str

    def all(self) -> Iterator[Mismatch]:
        wanted = of_schema(self.media.schema, "request", self.media.examples.values())
        matching = self._matching()
        if matching is None:
            return
        pointers = [_pointer(replacement) for replacement in self.body.replacements]
        places = frozenset(pointer for pointer in pointers if pointer is not None)
        whole = replace(matching, replaced=places, partial=None in pointers or () in places)
        yield from self._payload(whole, wanted)
        for replacement, pointer in zip(self.body.replacements, pointers, strict=True):
            if pointer:
                yield from self._replacement(matching, replacement, pointer, wanted)

    def _matching(self) -> Matching | None:
        expected = self.subject.expected(self.step.workflow)
        judge = Matching(shape_of=lambda written: expected.written(written, self.step), below=self.subject.below)
        if media_type.is_json(self.name):
            return judge
        if self.name == FORM or self.name == "multipart/form-data":
            return replace(judge, as_text=True, as_json_text=True)
        return None

    def _payload(self, matching: Matching, wanted: Shape) -> Iterator[Mismatch]:
        written = self.body.written
        if written is None:
            yield from matching.mismatches(Members({}, self.body.location), wanted)
        elif not self.body.literal:
            yield from matching.mismatches(written, wanted)
        elif media_type.is_json(self.name):
            yield from self._json_text(matching, written, wanted)
        elif self.name == FORM and (form := form_of(_template(written), written.location)) is not None:
            yield from replace(matching, below=_here).mismatches(form, wanted)

    def _json_text(self, matching: Matching, written: Written, wanted: Shape) -> Iterator[Mismatch]:
        try:
            value = json_of(_template(written), written.location)
        except NotJson as error:
            yield Mismatch("syntax", (), written.location, f"{_NEVER_JSON}{error}", certain=True)
            return
        if value is not None:
            yield from replace(matching, below=_here, template=True).mismatches(value, wanted)

    def _replacement(
        self, matching: Matching, replacement: LinkedReplacement, pointer: Path, wanted: Shape
    ) -> Iterator[Mismatch]:
        shape = wanted
        for index, token in enumerate(pointer):
            child = shape.items if token == "-" else shape.member(token)
            if child is None:
                at, names = self.subject.below(replacement.location, "target"), tuple(shape.properties)
                yield Mismatch("undeclared", pointer[: index + 1], at, names=names)
                return
            shape = child
        yield from matching.mismatches(replacement.written, shape, pointer)


def _template(written: Written) -> Template:
    if isinstance(written, Embedding):
        return written.template
    text = str(written.value) if isinstance(written, Constant) else ""
    return Template((text,), text)


def _here(location: Location, token: str) -> Location:
    """What is inside a text has no place of its own."""
    return location


def _pointer(replacement: LinkedReplacement) -> Path | None:
    """The place a replacement sets; None where its target is a query."""
    if replacement.target_type != "jsonpointer":
        return None
    try:
        return parse_pointer(replacement.target)
    except PointerSyntaxError:
        return None

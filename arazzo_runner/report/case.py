"""A case: what an `.arazzo-test.yaml` file says (docs/case.schema.json).

A transcript (`--record`) is a case: one schema, one format (interface, "Options of a run"). A case written by hand
needs `arazzo-test` and `document` only: what it leaves out is not compared, and answered as the description says.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args
from urllib.parse import urlsplit

from ..diagnostics import Diagnostic, did_you_mean
from ..errors import DocumentError, Phase, TransportKind
from ..location import Location
from ..messages import Headers, Response, TransportFailure
from ..values import JSON, MISSING, Missing, as_float, dumps, format_pointer, text_of
from .media import Content, charset_of, content_type_of

CASE_VERSION = 1

Outcome = Literal["success", "failure", "rejected"]
_Path: TypeAlias = "tuple[str | int, ...]"


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """What was sent, or is expected; None, or an absent header, is not compared.

    `url` is absolute, or a path that the URL ends with. `contains` is JSON whose members the body has among others.
    """

    method: str | None
    url: str | None
    headers: Headers = ()
    content: Content | None = None
    query: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    contains: JSON | Missing = MISSING


@dataclass(frozen=True, slots=True)
class DocumentedResponse:
    """An answer whose body stands in the description: that of a status (None: of success), or a named example."""

    status: int | None = None
    headers: Headers = ()
    example: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a criterion was decided. One that read a secret (`secret`), or was stopped at its bound (`overrun`), is
    replayed from here, not computed again.

    `action` is the name of the action whose criterion it is, None for a success criterion.
    """

    condition: str
    passed: bool
    secret: bool = False
    overrun: bool = False
    action: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class RecordedExchange:
    """One attempt of a step. A workflow's step has verdicts only, and is recorded where a replay needs one of them.

    `step` is its id with those of the steps it runs in (`login/getToken`); `id` is the structural effect id. `attempt`
    counts the requests of the step over all of its visits, from 1. `at` is when the answer came, in seconds since the
    epoch, and `duration` how long it took, in seconds. `place` is its JSON Pointer in the case.
    """

    step: str
    id: str | None = None
    request: RecordedRequest | None = None
    response: Response | None = None
    failure: TransportFailure | None = None
    at: float | None = None
    duration: float = 0.0
    verdicts: tuple[Verdict, ...] = ()
    attempt: int | None = None
    documented: DocumentedResponse | None = None
    place: str = ""

    @property
    def is_sent(self) -> bool:
        """Whether it is about a request; else it holds the verdicts of a step that calls a workflow."""
        return bool(self.request or self.response or self.documented or self.failure) or not self.verdicts


@dataclass(frozen=True, slots=True)
class ExpectedStep:
    """What is expected of a step over all of its attempts; `outputs` are those of the last one."""

    outcome: Literal["success", "failure"] | None = None
    attempts: int | None = None
    outputs: Mapping[str, JSON] | None = None
    outputs_contain: Mapping[str, JSON] | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of the run; None is not compared. `rejected` is refused before the first request."""

    outcome: Outcome | None = None
    reason: str | None = None
    ended_by: str | None = None
    outputs: Mapping[str, JSON] | None = None
    outputs_contain: Mapping[str, JSON] | None = None
    steps: Mapping[str, ExpectedStep] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """A run to repeat and what is expected of it. `document` and `sources` are relative to the case's own file.

    A `complete` case lists every request: any other is a difference. One that is not `live` simulates what the real
    server cannot be asked for.
    """

    document: str
    workflow: str | None = None
    description: str | None = None
    inputs: Mapping[str, JSON] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    servers: Mapping[str, str] = field(default_factory=dict)
    exchanges: tuple[RecordedExchange, ...] = ()
    expect: Expectation = Expectation()
    complete: bool = False
    live: bool = True


def read_case(root: JSON, locate: Callable[[str], Location] | None = None) -> Case:
    """Read the tree of a case; `locate` gives the place of a JSON Pointer, such as `Document.location`.

    Raises:
        DocumentError: it is not a case; `diagnostics` has every finding.
    """
    reader = _Reader(locate or (lambda pointer: Location("case", pointer=pointer)))
    case = reader.case(root)
    if reader.findings:
        raise DocumentError(
            reader.findings[0].message,
            location=reader.findings[0].location,
            hint=reader.findings[0].hint,
            diagnostics=reader.findings,
        )
    return case


class _Reader:
    """One pass that yields findings and goes on."""

    def __init__(self, locate: Callable[[str], Location]) -> None:
        self._locate = locate
        self.findings: list[Diagnostic] = []

    def case(self, root: JSON) -> Case:
        fields = self._object(
            root,
            (),
            required=("arazzo-test", "document"),
            optional=(
                *("description", "workflow", "inputs", "sources", "servers"),
                *("complete", "live", "exchanges", "expect"),
            ),
        )
        if fields.get("arazzo-test", CASE_VERSION) != CASE_VERSION:
            self._wrong(("arazzo-test",), f"this reader knows version {CASE_VERSION} of cases")
        return Case(
            document=self._text(fields, "document", ()) or "",
            workflow=self._text(fields, "workflow", ()),
            description=self._text(fields, "description", ()),
            inputs=self._mapping(fields, "inputs", ()),
            sources=self._texts(fields, "sources", ()),
            servers=self._texts(fields, "servers", ()),
            exchanges=tuple(
                self._exchange(item, ("exchanges", index))
                for index, item in enumerate(self._list(fields, "exchanges", ()))
            ),
            expect=self._expectation(fields["expect"], ("expect",)) if "expect" in fields else Expectation(),
            complete=self._flag(fields, "complete", ()),
            live=self._flag(fields, "live", (), default=True),
        )

    # -- exchanges --------------------------------------------------------------------------------------------------

    def _exchange(self, value: JSON, path: _Path) -> RecordedExchange:
        fields = self._object(
            value,
            path,
            required=("step",),
            optional=("id", "attempt", "request", "response", "failure", "at", "duration", "verdicts"),
        )
        if "response" in fields and "failure" in fields:
            self._wrong(path, "an exchange has a response or a failure, not both")
        verdicts = enumerate(self._list(fields, "verdicts", path))
        answer = self._response(fields["response"], (*path, "response")) if "response" in fields else None
        return RecordedExchange(
            step=self._text(fields, "step", path) or "",
            id=self._text(fields, "id", path),
            request=self._request(fields["request"], (*path, "request")) if "request" in fields else None,
            response=answer if isinstance(answer, Response) else None,
            failure=self._failure(fields["failure"], (*path, "failure")) if "failure" in fields else None,
            at=self._number(fields, "at", path),
            duration=self._number(fields, "duration", path) or 0.0,
            verdicts=tuple(self._verdict(item, (*path, "verdicts", index)) for index, item in verdicts),
            attempt=self._count(fields, "attempt", path, least=1),
            documented=answer if isinstance(answer, DocumentedResponse) else None,
            place=format_pointer(path),
        )

    def _request(self, value: JSON, path: _Path) -> RecordedRequest:
        optional = ("method", "url", "query", "headers", "body", "bodyContains", "text", "base64")
        fields = self._object(value, path, optional=optional)
        url = self._text(fields, "url", path)
        if url is not None and not _is_url(url):
            self._wrong((*path, "url"), "a URL is absolute, or the path it ends with: /pets/7")
        return RecordedRequest(
            method=self._text(fields, "method", path),
            url=url,
            headers=self._headers(fields, path),
            content=self._content(fields, path, "bodyContains"),
            query=self._query(fields, path),
            contains=fields.get("bodyContains", MISSING),
        )

    def _query(self, fields: Mapping[str, JSON], path: _Path) -> Mapping[str, tuple[str, ...]]:
        """A value, or a list of them for a parameter that is repeated; numbers and booleans as a URL writes them."""
        query: dict[str, tuple[str, ...]] = {}
        for name, value in self._mapping(fields, "query", path).items():
            items = value if isinstance(value, list) else [value]
            if any(item is None or isinstance(item, (list, dict)) for item in items):
                self._wrong((*path, "query", name), "the value of a parameter is a text, or a list of texts")
            query[name] = tuple(text_of(item) for item in items)
        return query

    def _response(self, value: JSON, path: _Path) -> Response | DocumentedResponse:
        """With a body it is the whole answer; without one the description has the rest."""
        fields = self._object(value, path, optional=("status", "headers", "example", "body", "text", "base64"))
        status = fields.get("status", 200)
        if isinstance(status, bool) or not isinstance(status, int) or not 100 <= status <= 599:
            self._wrong((*path, "status"), "a status is a number from 100 to 599")
            status = 200
        headers, content = self._headers(fields, path), self._content(fields, path, "example")
        if content is None:
            given = int(status) if "status" in fields else None
            example = self._text(fields, "example", path)
            if example == "":
                self._wrong((*path, "example"), "'example' is the name of an example")
            return DocumentedResponse(given, headers, example)
        if content.kind == "json" and content_type_of(headers) is None:
            headers = (*headers, ("Content-Type", "application/json"))
        try:
            return Response(status, headers, body_bytes(content, content_type_of(headers)))
        except UnicodeEncodeError as error:
            self._wrong((*path, "text"), f"this text cannot be written in {error.encoding}")
            return Response(status, headers)

    def _failure(self, value: JSON, path: _Path) -> TransportFailure:
        fields = self._object(value, path, required=("kind",), optional=("message", "phase"))
        kind: TransportKind = self._choice(fields, "kind", path, get_args(TransportKind)) or "connect"
        phase: Phase = self._choice(fields, "phase", path, get_args(Phase)) or "not_sent"
        return TransportFailure(kind, self._text(fields, "message", path) or kind, phase)

    def _verdict(self, value: JSON, path: _Path) -> Verdict:
        optional = ("secret", "overrun", "action", "reason")
        fields = self._object(value, path, required=("condition", "passed"), optional=optional)
        return Verdict(
            condition=self._text(fields, "condition", path) or "",
            passed=self._flag(fields, "passed", path),
            secret=self._flag(fields, "secret", path),
            overrun=self._flag(fields, "overrun", path),
            action=self._text(fields, "action", path),
            reason=self._text(fields, "reason", path),
        )

    def _headers(self, fields: Mapping[str, JSON], path: _Path) -> Headers:
        """A value, or a list of them for a header that is repeated."""
        pairs: list[tuple[str, str]] = []
        for name, value in self._mapping(fields, "headers", path).items():
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, str):
                    pairs.append((name, item))
                else:
                    self._wrong((*path, "headers", name), "the value of a header is a text, or a list of texts")
        return tuple(pairs)

    def _content(self, fields: Mapping[str, JSON], path: _Path, other: str) -> Content | None:
        given = [name for name in ("body", "text", "base64", other) if name in fields]
        if len(given) > 1:
            self._wrong(path, f"a body is given once, here as {' and '.join(given)}")
        if not given or given[0] == other:
            return None
        if given[0] == "body":
            return Content("json", fields["body"])
        text = self._text(fields, given[0], path) or ""
        if given[0] == "text":
            return Content("text", text)
        try:
            base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            self._wrong((*path, "base64"), "this is not base64")
            text = ""
        return Content("base64", text)

    # -- expectations -----------------------------------------------------------------------------------------------

    def _expectation(self, value: JSON, path: _Path) -> Expectation:
        optional = ("outcome", "reason", "endedBy", "outputs", "outputsContain", "steps")
        fields = self._object(value, path, optional=optional)
        steps = self._mapping(fields, "steps", path)
        return Expectation(
            outcome=self._choice(fields, "outcome", path, get_args(Outcome)),
            reason=self._text(fields, "reason", path),
            ended_by=self._text(fields, "endedBy", path),
            outputs=self._mapping(fields, "outputs", path) if "outputs" in fields else None,
            outputs_contain=self._part_of_outputs(fields, path),
            steps={name: self._expected_step(step, (*path, "steps", name)) for name, step in steps.items()},
        )

    def _expected_step(self, value: JSON, path: _Path) -> ExpectedStep:
        fields = self._object(value, path, optional=("outcome", "attempts", "outputs", "outputsContain"))
        return ExpectedStep(
            outcome=self._choice(fields, "outcome", path, ("success", "failure")),
            attempts=self._count(fields, "attempts", path),
            outputs=self._mapping(fields, "outputs", path) if "outputs" in fields else None,
            outputs_contain=self._part_of_outputs(fields, path),
        )

    def _part_of_outputs(self, fields: Mapping[str, JSON], path: _Path) -> Mapping[str, JSON] | None:
        if "outputsContain" not in fields:
            return None
        if "outputs" in fields:
            self._wrong(path, "outputs are given once, here as outputs and outputsContain")
        return self._mapping(fields, "outputsContain", path)

    # -- values -----------------------------------------------------------------------------------------------------

    def _object(
        self, value: JSON, path: _Path, *, required: Collection[str] = (), optional: Collection[str] = ()
    ) -> Mapping[str, JSON]:
        if not isinstance(value, dict):
            self._wrong(path, "an object is expected here")
            return {}
        for name in required:
            if name not in value:
                self._wrong(path, f"the field '{name}' is missing")
        known = (*required, *optional)
        for name in value:
            if name not in known and not name.startswith("x-"):
                self._wrong((*path, name), f"unknown field '{name}'", did_you_mean(name, known))
        return value

    def _mapping(self, fields: Mapping[str, JSON], name: str, path: _Path) -> Mapping[str, JSON]:
        value = fields.get(name, {})
        if isinstance(value, dict):
            return value
        self._wrong((*path, name), f"'{name}' is an object")
        return {}

    def _texts(self, fields: Mapping[str, JSON], name: str, path: _Path) -> Mapping[str, str]:
        values = self._mapping(fields, name, path)
        for key, value in values.items():
            if not isinstance(value, str):
                self._wrong((*path, name, key), "a text is expected here")
        return {key: value for key, value in values.items() if isinstance(value, str)}

    def _list(self, fields: Mapping[str, JSON], name: str, path: _Path) -> list[JSON]:
        value = fields.get(name, [])
        if isinstance(value, list):
            return value
        self._wrong((*path, name), f"'{name}' is a list")
        return []

    def _text(self, fields: Mapping[str, JSON], name: str, path: _Path) -> str | None:
        value = fields.get(name)
        if name in fields and not isinstance(value, str):
            self._wrong((*path, name), f"'{name}' is a text")
        return value if isinstance(value, str) else None

    def _flag(self, fields: Mapping[str, JSON], name: str, path: _Path, *, default: bool = False) -> bool:
        value = fields.get(name, default)
        if not isinstance(value, bool):
            self._wrong((*path, name), f"'{name}' is true or false")
        return value is True

    def _count(self, fields: Mapping[str, JSON], name: str, path: _Path, *, least: int = 0) -> int | None:
        value = fields.get(name)
        if name not in fields:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self._wrong((*path, name), f"'{name}' is a whole number, {least} or more")
            return None
        return value

    def _number(self, fields: Mapping[str, JSON], name: str, path: _Path) -> float | None:
        value = fields.get(name)
        if name not in fields:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
            self._wrong((*path, name), f"'{name}' is a number of seconds")
            return None
        return as_float(value)

    def _choice(self, fields: Mapping[str, JSON], name: str, path: _Path, choices: tuple[Any, ...]) -> Any:
        value = fields.get(name)
        if name in fields and value not in choices:
            self._wrong((*path, name), f"'{name}' is one of {', '.join(choices)}")
            return None
        return value

    def _wrong(self, path: _Path, message: str, hint: str | None = None) -> None:
        location = self._locate(format_pointer(path))
        self.findings.append(Diagnostic("ARZ950", "error", message, location, hint))


def _is_url(text: str) -> bool:
    try:
        return bool(urlsplit(text).scheme) if "://" in text else text.startswith("/")
    except ValueError:
        return False


def body_bytes(content: Content | None, content_type: str | None) -> bytes:
    """The octets of a body as it was recorded.

    Raises:
        UnicodeEncodeError: a text has characters that its charset has not.
    """
    if content is None:
        return b""
    if content.kind == "json":
        return dumps(content.value).encode("utf-8")
    text = content.value
    assert isinstance(text, str)
    if content.kind == "base64":
        return base64.b64decode(text)
    return text.encode(charset_of(content_type), "surrogateescape")

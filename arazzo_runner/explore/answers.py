"""The answers an operation documents: a status, and values its schema allows; changed values are judged by it."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ..expression import Tokens
from ..messages import Headers, Response
from ..mock.answers import Bodies, choose_media_type, content_type_of, documented_success, has_body
from ..mock.bodies import write_body
from ..mock.schemas import Schemas
from ..openapi import MediaType, Operation
from ..openapi.media_type import is_json
from ..openapi.schema import SchemaView
from ..sample.within import is_closed_at, is_foreseen, listed_at, schemas_at
from ..values import JSON, MISSING, Missing, loads

_SEEDS = 2  # values made from a schema alone, beside its examples


@dataclass(frozen=True, slots=True)
class Answer:
    """One documented answer. `value` is that of its body, MISSING without one; `changes` how many places of it were
    changed; `media_type` is what the description says of it, by its name there. What is `assumed` is not documented."""

    status: int
    headers: Headers = ()
    media_type: tuple[str, MediaType] | None = None
    value: JSON | Missing = MISSING
    changes: int = 0
    assumed: bool = False

    @property
    def schema(self) -> SchemaView | None:
        """The schema of the body."""
        return None if self.media_type is None else self.media_type[1].schema

    def response(self, url: str) -> Response:
        """The answer as it is received."""
        if self.media_type is None or isinstance(self.value, Missing):
            return Response(self.status, self.headers, b"", url=url)
        name, declared = self.media_type
        content_type = content_type_of(name, self.value)
        body = write_body(content_type, self.value, declared)
        return Response(self.status, (("Content-Type", content_type), *self.headers), body, url=url)

    def changed(self, value: JSON, changes: int) -> Answer:
        """The same with another value."""
        return replace(self, value=value, changes=self.changes + changes)

    def with_header(self, name: str, value: str) -> Answer:
        """The same with another value of a header."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() != name.lower())
        return replace(self, headers=(*kept, (name, value)), changes=self.changes + 1)


class Declared:
    """What a schema says of one place in a body, found when it is asked for."""

    def __init__(self, schema: Any, tokens: Tokens) -> None:
        self._schema = schema
        self._tokens = tokens

    @cached_property
    def schemas(self) -> tuple[dict[str, Any], ...]:
        """See `schemas_at`."""
        return schemas_at(self._schema, self._tokens)

    @cached_property
    def listed(self) -> tuple[JSON, ...]:
        """See `listed_at`."""
        return listed_at(self._schema, self._tokens)

    @cached_property
    def closed(self) -> bool:
        """See `is_closed_at`."""
        return bool(self.listed) and is_closed_at(self._schema, self._tokens)

    @cached_property
    def foreseen(self) -> bool:
        """See `is_foreseen`."""
        return is_foreseen(self._schema, self._tokens)


class Answers:
    """The answers of operations; what is made once is kept. For one thread."""

    def __init__(self) -> None:
        self._schemas = Schemas()
        self._bodies = Bodies(self._schemas)
        self._known: dict[tuple[int, int, str | None], tuple[Operation, tuple[Answer, ...]]] = {}
        self._declared: dict[tuple[int, Tokens], tuple[Any, Declared]] = {}

    def at(self, operation: Operation, status: int, accept: str | None) -> tuple[Answer, ...]:
        """The answers with a status: its examples, then values made from the schema; () for an undocumented one."""
        key = (id(operation), status, accept)
        if key not in self._known:
            # The operation is kept beside them, so that its id stays taken.
            self._known[key] = operation, tuple(self._made(operation, status, accept))
        return self._known[key][1]

    def allows(self, answer: Answer) -> bool:
        """Whether the description allows the value."""
        if answer.schema is None or isinstance(answer.value, Missing):
            return True
        return self._schemas.compiled(answer.schema, "response").accepts(answer.value)

    def declared(self, answer: Answer, tokens: Tokens) -> Declared:
        """What is said of a place in the body of an answer; everything may stand there without a schema."""
        schema: Any = True if answer.schema is None else self.bundle(answer.schema)
        key = id(schema), tokens
        if key not in self._declared:
            self._declared[key] = schema, Declared(schema, tokens)  # kept beside it, so that its id stays taken
        return self._declared[key][1]

    def bundle(self, view: SchemaView) -> dict[str, Any]:
        """The schema of a response as one self-contained JSON Schema."""
        return self._schemas.compiled(view, "response").schema

    def read(self, operation: Operation, response: Response) -> Answer:
        """An answer that was received, so that it can be changed."""
        declared = operation.response(response.status)
        headers = tuple(pair for pair in response.headers if pair[0].lower() != "content-type")
        content_type = response.header("content-type") or ""
        if declared is None or not declared.media_types or not response.body:
            return Answer(response.status, headers)
        name = choose_media_type(dict(declared.media_types), content_type or None)
        assert name is not None, "there is a media type"
        return Answer(response.status, headers, (name, declared.media_types[name]), _value(content_type, response.body))

    def _made(self, operation: Operation, status: int, accept: str | None) -> Iterator[Answer]:
        declared = operation.response(status)
        if declared is None and operation.responses:
            return
        headers = self._bodies.headers(dict(declared.headers), 0) if declared is not None else ()
        media_types = dict(declared.media_types) if declared is not None else {}
        name = choose_media_type(media_types, accept)
        if name is None or not has_body(operation.method, status):
            yield Answer(status, headers)
            return
        answer = Answer(status, headers, (name, media_types[name]))
        for value in self._values(media_types[name], operation.path.rpartition("/")[2]):
            yield replace(answer, value=value)

    def _values(self, media_type: MediaType, name: str) -> Iterator[JSON]:
        """As the mock would answer, then what else is documented."""
        yield self._bodies.value(media_type, 0, name)
        for example in list(media_type.examples.values())[1:]:
            if self._bodies.accepts(media_type.schema, example):
                yield copy.deepcopy(example)
        if media_type.schema is not None:
            for seed in range(_SEEDS):
                yield self._bodies.fresh(media_type.schema, seed, name)


def _value(content_type: str, body: bytes) -> JSON:
    if is_json(content_type.partition(";")[0].strip().lower()):
        try:
            return loads(body)  # type: ignore[no-any-return]
        except (ValueError, RecursionError):
            pass
    return body.decode("utf-8", "replace")


def statuses(operation: Operation, mentioned: Collection[int]) -> tuple[int, ...]:
    """The statuses an operation documents: successes first; of ranges and `default` those that are mentioned, else one.

    `mentioned` are the statuses the step's conditions tell apart.
    """
    found = {documented_success(operation)[0]: None} if operation.responses else {200: None}
    for key in operation.responses:
        found.update(dict.fromkeys(_of(key, operation.responses, mentioned)))
    return tuple(sorted(found, key=lambda status: (not 200 <= status < 300, list(found).index(status))))


def _of(key: str, responses: Mapping[str, object], mentioned: Collection[int]) -> tuple[int, ...]:
    if key.isdigit():
        return (int(key),) if 100 <= int(key) <= 599 else ()
    if key[:1].isdigit() and key[1:].upper() == "XX":
        first = int(key[0]) * 100
        inside = [status for status in mentioned if first <= status < first + 100 and str(status) not in responses]
        return tuple(inside) or ((first,) if str(first) not in responses else ())
    if key != "default":
        return ()
    left = [s for s in mentioned if 100 <= s <= 599 and not {str(s), f"{s // 100}XX", f"{s // 100}xx"} & set(responses)]
    return (*left, *(() if any(k[:1] in "45" for k in responses) else (500,)))

"""Read values that may hold expressions: constants, whole expressions, texts with embedded ones, Selector Objects.

A string is an expression only if the whole string is one (decision 19); results are never evaluated again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

from ..diagnostics import Fix, Quote
from ..document import Document
from ..errors import LanguageSyntaxError
from ..expression import (
    Bound,
    Expression,
    Names,
    Reading,
    Template,
    parse,
    parse_and_bind,
    parse_template,
    parse_value,
)
from ..location import Location
from ..model import Raw, is_unquoted
from ..selector import Selectors
from .findings import Findings
from .written import Constant, Embedding, Items, Members, Selected, Unreadable, Whole, Written

_SELECTOR_TYPES = ("jsonpath", "xpath", "jsonpointer")


class ValueReader:
    """Reads the values of one workflow: its names, its document's version and the findings are fixed."""

    def __init__(
        self,
        document: Document,
        reading: Reading,
        names: Names,
        selectors: Selectors,
        findings: Findings,
        limit_s: float,
    ) -> None:
        self.document = document
        self.reading = reading
        self.names = names
        self.selectors = selectors
        self.findings = findings
        self.limit_s = limit_s
        self.references: list[tuple[Expression, Location]] = []

    def value(self, raw: Raw) -> Written:
        """A parameter's value, a payload, a replacement's or an output's value."""
        return self._any(raw.value, raw.pointer, raw.location)

    def is_literal_text(self, value: Any) -> bool:
        """Whether a string is a text to be sent as written (after embedding), not one whole expression."""
        if not isinstance(value, str):
            return False
        try:
            return isinstance(parse_value(value, self.reading, self.names), Template)
        except LanguageSyntaxError:
            return False

    def _any(self, value: Any, pointer: tuple[str, ...], location: Location) -> Written:
        if isinstance(value, str):
            return self._text(value, location)
        if isinstance(value, dict):
            if self.is_unquoted(value):
                return self._refuse_unquoted(value, location)
            if self.reading.version == "1.1" and "selector" in value:
                if is_selector(value, self.reading.version):
                    return self._selector(value, location)
                self._near_miss(value, location)
            return self._object(value, pointer, location)
        if isinstance(value, list):
            return self._list(value, pointer, location)
        return Constant(value, location)

    def is_unquoted(self, value: Mapping[str, Any]) -> bool:
        """Whether an object is what YAML makes of `{$inputs.x}` without quotes (decision 56)."""
        return self.document.format == "yaml" and is_unquoted(value) and not self.is_literal_text(next(iter(value)))

    def _refuse_unquoted(self, value: Mapping[str, Any], location: Location) -> Written:
        name = next(iter(value))
        self.findings.add(
            "ARZ120",
            f"{{{name}}} without quotes is a YAML mapping, not a text",
            location,
            f'quote it: "{{{name}}}"',
            fix=Fix((Quote(location),)),
        )
        return Unreadable(None, location)

    def _object(self, value: Mapping[str, Any], pointer: tuple[str, ...], location: Location) -> Written:
        members = {
            key: self._any(item, (*pointer, key), self.document.location((*pointer, key)))
            for key, item in value.items()
        }
        if all(isinstance(member, Constant) for member in members.values()):
            return Constant(dict(value), location)
        return Members(members, location)

    def _list(self, value: list[Any], pointer: tuple[str, ...], location: Location) -> Written:
        items = tuple(
            self._any(item, (*pointer, str(i)), self.document.location((*pointer, str(i))))
            for i, item in enumerate(value)
        )
        if all(isinstance(item, Constant) for item in items):
            return Constant(list(value), location)
        return Items(items, location)

    def _text(self, text: str, location: Location) -> Written:
        try:
            value = parse_value(text, self.reading, self.names)
        except LanguageSyntaxError as error:
            self.findings.syntax("ARZ301", error, location)
            return Unreadable(text, location)
        if isinstance(value, Bound):
            return Whole(self._bound(value, location), location)
        self._embedded(value, location)
        return Constant(text, location) if value.is_literal else Embedding(value, location)

    def _bound(self, bound: Bound, location: Location) -> Expression:
        self.findings.tolerated(bound.tolerated, location)
        self.references.append((bound.expression, location))
        return bound.expression

    def _embedded(self, template: Template, location: Location) -> None:
        self.findings.tolerated(template.tolerated, location)
        self.references.extend((expression, location) for expression in template.expressions)

    def _selector(self, value: Mapping[str, Any], location: Location) -> Written:
        kind, version = selector_type(value["type"])
        if not self.selectors.supports(kind, version):
            self.findings.add("ARZ403", f"no engine for {kind} {version or ''}".rstrip(), location)
            return Unreadable(None, location)
        context = self.context(value["context"], location)
        try:
            query = parse_template(value["selector"], self.reading, self.names)
            if query.is_literal:
                self.selectors.compile(kind, version, value["selector"], limit_s=self.limit_s)
        except LanguageSyntaxError as error:
            self.findings.syntax("ARZ402", error, location)
            return Unreadable(None, location)
        self._embedded(query, location)
        return Selected(type=kind, version=version, query=query, context=context, location=location)

    def context(self, text: str, location: Location) -> Expression | None:
        """The expression a query is applied to; None (and a finding) for what is none."""
        try:
            return self._bound(parse_and_bind(text, self.reading, self.names), location)
        except LanguageSyntaxError as error:
            self.findings.syntax("ARZ301", error, location)
            return None

    def _near_miss(self, value: Mapping[str, Any], location: Location) -> None:
        """An object with `selector` that is no Selector Object."""
        if "context" in value or "type" in value:
            self.findings.add(
                "ARZ305",
                "this looks like a Selector Object but is sent as a plain object",
                location,
                "a Selector Object has exactly context, selector and type",
                "warning",
            )


def selector_type(value: Any) -> tuple[str, str | None]:
    """Type and version of a Selector Object's or replacement's `type`."""
    if isinstance(value, dict):
        return str(value.get("type")), value.get("version")
    return str(value), None


def is_selector(value: Mapping[str, Any], version: str) -> TypeGuard[dict[str, Any]]:
    """Whether an object of a 1.1 document is a Selector Object (decision 40)."""
    keys = {key for key in value if not key.startswith("x-")}
    if keys != {"context", "selector", "type"} or not isinstance(value["selector"], str):
        return False
    if not isinstance(value["context"], str) or selector_type(value["type"])[0] not in _SELECTOR_TYPES:
        return False
    try:
        parse(value["context"], version)  # type: ignore[arg-type]
    except LanguageSyntaxError:
        return False
    return True

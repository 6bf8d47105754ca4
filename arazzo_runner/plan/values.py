"""Values that may hold expressions: constants, whole expressions, texts with embedded ones, Selector Objects.

A string is an expression only if the whole string is one (decision 19); results are never evaluated again. Absent
members of an object are left out, absent items of a list are null (decision 17).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

from ..document import Document
from ..errors import ExecutionError, LanguageSyntaxError
from ..expression import (
    Bound,
    Expression,
    Names,
    Reading,
    Scope,
    Template,
    compile_expression,
    compile_template,
    parse,
    parse_and_bind,
    parse_template,
    parse_value,
)
from ..location import Location
from ..model import Raw
from ..selector import Selectors
from ..values import MISSING, Value
from .findings import Findings
from .objects import Evaluator

_SELECTOR_TYPES = ("jsonpath", "xpath", "jsonpointer")


class ValueCompiler:
    """Compiles the values of one workflow: its names, its document's version and the findings are fixed."""

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

    def value(self, raw: Raw) -> Evaluator:
        """A parameter's value, a payload, a replacement's or an output's value."""
        return self._any(raw.value, raw.pointer, raw.location)

    def expression(self, text: str, location: Location) -> Evaluator | None:
        """A text that has to be an expression; None (and a finding) when it is not."""
        try:
            return self._bound(parse_and_bind(text, self.reading, self.names), location)
        except LanguageSyntaxError as error:
            self.findings.syntax("ARZ301", error, location)
            return None

    def is_literal_text(self, value: Any) -> bool:
        """Whether a string is a text to be sent as written (after embedding), not one whole expression."""
        if not isinstance(value, str):
            return False
        try:
            return isinstance(parse_value(value, self.reading, self.names), Template)
        except LanguageSyntaxError:
            return False

    def _any(self, value: Any, pointer: tuple[str, ...], location: Location) -> Evaluator:
        if isinstance(value, str):
            return self._text(value, location)
        if isinstance(value, dict):
            if self._unquoted(value):
                return self._refuse_unquoted(value, location)
            if self.reading.version == "1.1" and "selector" in value:
                if is_selector(value, self.reading.version):
                    return self._selector(value, location)
                self._near_miss(value, location)
            return self._object(value, pointer)
        if isinstance(value, list):
            return self._list(value, pointer)
        return _constant(value)

    def _unquoted(self, value: Mapping[str, Any]) -> bool:
        """Whether an object is what YAML makes of `{$inputs.x}` without quotes (decision 56)."""
        if len(value) != 1 or self.document.format != "yaml":
            return False
        name, member = next(iter(value.items()))
        return member is None and name.startswith("$") and not self.is_literal_text(name)

    def _refuse_unquoted(self, value: Mapping[str, Any], location: Location) -> Evaluator:
        name = next(iter(value))
        self.findings.add(
            "ARZ120", f"{{{name}}} without quotes is a YAML mapping, not a text", location, f'quote it: "{{{name}}}"'
        )
        return _constant(None)

    def _object(self, value: Mapping[str, Any], pointer: tuple[str, ...]) -> Evaluator:
        members = [
            (key, self._any(item, (*pointer, key), self.document.location((*pointer, key))))
            for key, item in value.items()
        ]
        if all(is_constant(evaluate) for _, evaluate in members):
            return _constant(dict(value))

        def evaluate(scope: Scope) -> Value:
            result = {}
            for key, member in members:
                item = member(scope)
                if item is not MISSING:
                    result[key] = item
            return result

        return evaluate

    def _list(self, value: list[Any], pointer: tuple[str, ...]) -> Evaluator:
        items = [
            self._any(item, (*pointer, str(i)), self.document.location((*pointer, str(i))))
            for i, item in enumerate(value)
        ]
        if all(is_constant(evaluate) for evaluate in items):
            return _constant(list(value))

        def evaluate(scope: Scope) -> Value:
            return [None if (result := item(scope)) is MISSING else result for item in items]

        return evaluate

    def _text(self, text: str, location: Location) -> Evaluator:
        try:
            value = parse_value(text, self.reading, self.names)
        except LanguageSyntaxError as error:
            self.findings.syntax("ARZ301", error, location)
            return _constant(text)
        if isinstance(value, Bound):
            return self._bound(value, location)
        return self._template(value, location) or _constant(text)

    def _bound(self, bound: Bound, location: Location) -> Evaluator:
        self.findings.tolerated(bound.tolerated, location)
        self.references.append((bound.expression, location))
        return compile_expression(bound.expression)

    def _template(self, template: Template, location: Location) -> Callable[[Scope], str] | None:
        """The compiled text, or None where nothing is embedded in it."""
        self.findings.tolerated(template.tolerated, location)
        self.references.extend((expression, location) for expression in template.expressions)
        return None if template.is_literal else compile_template(template)

    def _selector(self, value: Mapping[str, Any], location: Location) -> Evaluator:
        kind, version = selector_type(value["type"])
        if not self.selectors.supports(kind, version):
            self.findings.add("ARZ403", f"no engine for {kind} {version or ''}".rstrip(), location)
            return _constant(None)
        context = self.expression(value["context"], location)
        try:
            text = self._template(parse_template(value["selector"], self.reading, self.names), location)
            if text is not None:
                return self._templated_selector(kind, version, text, context)
            selector = self.selectors.compile(kind, version, value["selector"], limit_s=self.limit_s)
        except LanguageSyntaxError as error:
            self.findings.syntax("ARZ402", error, location)
            return _constant(None)
        if context is None:
            return _constant(None)
        read = context
        return lambda scope: selector.value(read(scope))

    def _templated_selector(
        self, kind: str, version: str | None, text: Callable[[Scope], str], context: Evaluator | None
    ) -> Evaluator:
        def evaluate(scope: Scope) -> Value:
            try:
                selector = self.selectors.compile(kind, version, text(scope), limit_s=self.limit_s)
            except LanguageSyntaxError as error:
                raise ExecutionError(error.message) from None
            return selector.value(context(scope) if context else MISSING)

        return evaluate

    def _near_miss(self, value: Mapping[str, Any], location: Location) -> None:
        if "context" in value or "type" in value:
            self.findings.add(
                "ARZ305",
                "this looks like a Selector Object but is sent as a plain object",
                location,
                "a Selector Object has exactly context, selector and type",
                "warning",
            )


def _constant(value: Any) -> Evaluator:
    def evaluate(scope: Scope) -> Value:
        return value  # type: ignore[no-any-return]

    evaluate.constant = True  # type: ignore[attr-defined]
    return evaluate


def is_constant(evaluate: Evaluator) -> bool:
    """Whether a compiled value depends on nothing."""
    return getattr(evaluate, "constant", False)


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

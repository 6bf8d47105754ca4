"""What a selector is: a compiled query of one language that selects from a value, or sets values in it.

Arazzo 1.1.0, "Selector Object", "Criterion Object", "Payload Replacement Object"; decisions 36, 38, 39, 45 and 59.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from ..errors import LanguageSyntaxError, SelectorError
from ..values import JSON, MISSING, Value


class SelectorSyntaxError(LanguageSyntaxError):
    """A query outside the grammar of its language, or of a language nobody here reads."""


class Selector(Protocol):
    """A compiled query; immutable, usable from any thread."""

    @property
    def query(self) -> str:
        """The text it was compiled from."""

    def value(self, context: Value) -> Value:
        """What the query selects (decision 59): one value, an array, or MISSING.

        Raises:
            SelectorError: the context cannot be queried, or the query fails or takes too long.
        """

    def matches(self, context: Value) -> bool:
        """Whether a criterion with this query passes (1.1.0, "Condition Evaluation").

        Raises:
            SelectorError: as for `value`; the criterion then fails with this reason.
        """

    def set(self, document: Value, value: JSON, *, create_parents: bool = False) -> Value:
        """A copy of the document with the value at every selected place (decision 45).

        `create_parents` is for a request body without payload: a JSON Pointer creates the objects it misses.

        Raises:
            SelectorError: nothing is selected, or the place cannot hold the value.
        """


Compile: TypeAlias = Callable[[str, float], Selector]
"""Compiles a query; the number bounds each evaluation, in seconds. Raises SelectorSyntaxError."""


def structured(context: Value, language: str) -> JSON:
    """The context of a JSON selector, which is an object or an array (1.1.0, "Selector Object"; decision 59)."""
    if isinstance(context, dict | list):
        return context
    raise SelectorError(f"{language} selects from an object or an array, not from {kind_of(context)}")


def kind_of(value: Value) -> str:
    """What a value is, in a person's words."""
    if value is MISSING:
        return "an absent value"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, str):
        return "text"
    if isinstance(value, bytes):
        return "bytes"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "an array"
    return "a number"

"""The condition languages by type and version, and a place to plug in others (Arazzo 1.1.0, "Criterion Object")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from ..diagnostics import did_you_mean
from ..expression import Names, Reading, Tolerated
from ..selector import Selectors
from .pattern import compile_regex
from .query import compile_query
from .simple import compile_simple
from .verdict import Compiled, ConditionSyntaxError, Criterion, broken

Compile: TypeAlias = "Callable[[Criterion], Compiled]"


@dataclass(frozen=True, slots=True)
class Conditions:
    """An immutable table of languages; `register` returns the next one."""

    _languages: Mapping[tuple[str, str | None], Compile] = field(default_factory=dict)

    def supports(self, type: str, version: str | None = None) -> bool:
        """Whether a language is registered for this type and version."""
        return (type, version) in self._languages or (type, None) in self._languages

    def register(self, type: str, version: str | None, compile: Compile) -> Conditions:
        """These languages and one more; with version None it takes every version that has no language of its own."""
        return Conditions(MappingProxyType({**self._languages, (type, version): compile}))

    def compile(
        self,
        type: str,
        version: str | None,
        condition: str,
        context: str | None,
        *,
        reading: Reading,
        names: Names,
        selectors: Selectors,
        limit_s: float = 1.0,
    ) -> Compiled:
        """Compile a criterion. `limit_s` bounds each evaluation of a regex or a query, in seconds.

        A pattern or query outside its language is in `problems`, with a condition that can only fail.

        Raises:
            ConditionSyntaxError: a simple condition outside its grammar; as ContextSyntaxError, about the context.
            ExpressionSyntaxError, UndeclaredName: an expression in the condition is malformed or names nothing.
            Unavailable: the language needs a library that is not installed.
        """
        language = self._languages.get((type, version)) or self._languages.get((type, None))
        if language is None:
            return broken(self._unknown(type))
        return language(
            Criterion(
                type=type,
                version=version,
                condition=condition,
                context=context,
                reading=reading,
                names=names,
                selectors=selectors,
                limit_s=limit_s,
            )
        )

    def _unknown(self, type: str) -> ConditionSyntaxError:
        known = dict.fromkeys(known for known, _ in self._languages)
        hint = did_you_mean(type, known) or f"known are {', '.join(known)}"
        return ConditionSyntaxError(f"'{type}' is not a type of condition; {hint}")


def _simple(criterion: Criterion) -> Compiled:
    """A simple condition has no use for a context (decision 34)."""
    compiled = compile_simple(criterion)
    if criterion.context is None or not criterion.reading.tolerant:
        return compiled
    message = "a simple condition does not use its context; for a query, say type: jsonpath"
    unused = Tolerated("unused-context", message, None, 0)
    return Compiled(compiled.condition, compiled.tolerated, compiled.problems, (unused,))


DEFAULT_CONDITIONS = (
    Conditions()
    .register("simple", None, _simple)
    .register("regex", None, compile_regex)
    .register("jsonpath", None, compile_query)
    .register("xpath", None, compile_query)
)

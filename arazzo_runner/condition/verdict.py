"""What a criterion comes to: pass or fail, never a third state (Arazzo 1.1.0, "Condition Evaluation")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ..errors import LanguageSyntaxError
from ..expression import Names, Reading, Scope, Tolerated
from ..selector import Selectors
from ..values import MISSING, Operand, Value, dumps


class ConditionSyntaxError(LanguageSyntaxError):
    """A condition outside the grammar of its type."""


class ContextSyntaxError(ConditionSyntaxError):
    """The `context` of a criterion is missing or wrong; `offset` counts from the start of the context."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one check: every operand that was evaluated, why it failed, and what was read leniently.

    `overrun` says that it failed because it was stopped at its bound, of time or memory.
    """

    passed: bool
    operands: tuple[Operand, ...] = ()
    reason: str | None = None
    note: str | None = None
    overrun: bool = False


class Condition(Protocol):
    """A compiled criterion; immutable, usable from any thread."""

    def check(self, scope: Scope) -> Verdict:
        """Decide; what cannot be evaluated fails with a reason (1.1.0, "Evaluation Errors"; decision 39)."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A condition, the forms of decision 0 found in it, and why it can only fail, if so.

    `context_tolerated` are those of the `context`: their offsets and rewrites are the context's.
    """

    condition: Condition
    tolerated: tuple[Tolerated, ...] = ()
    problems: tuple[LanguageSyntaxError, ...] = ()
    context_tolerated: tuple[Tolerated, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """What a Criterion Object says and how to read it: the argument of a condition language."""

    type: str
    version: str | None
    condition: str
    context: str | None
    reading: Reading
    names: Names
    selectors: Selectors
    limit_s: float


@dataclass(frozen=True, slots=True)
class AlwaysFails:
    """A condition with a syntax error evaluates to fail (1.1.0, "Evaluation Errors")."""

    problem: LanguageSyntaxError

    def check(self, scope: Scope) -> Verdict:
        return Verdict(False, reason=str(self.problem))


def broken(problem: LanguageSyntaxError) -> Compiled:
    """A condition that can only fail, and why."""
    return Compiled(AlwaysFails(problem), problems=(problem,))


_LONGEST_SHOWN = 200


def show(value: Value) -> str:
    """A value in a sentence: whole or only described, because reports mask secrets by value, and would miss a part."""
    if value is MISSING:
        return "absent"
    if isinstance(value, str):
        return f"'{value}'" if len(value) <= _LONGEST_SHOWN else f"text of {len(value)} characters"
    if isinstance(value, bytes):
        return f"{len(value)} bytes that are not text"
    if isinstance(value, dict | list):
        text = dumps(value)
        if len(text) <= _LONGEST_SHOWN:
            return text
        return f"an object of {len(value)} members" if isinstance(value, dict) else f"an array of {len(value)} items"
    return dumps(value)

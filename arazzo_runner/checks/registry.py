"""The rules of the analysis: one function for each, registered under its code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from ..diagnostics import Diagnostic
from .catalogue import RULES
from .subject import Subject

Rule: TypeAlias = Callable[[Subject], Iterator[Diagnostic]]

_RULES: dict[str, Rule] = {}


def rule(code: str) -> Callable[[Rule], Rule]:
    """Register the function that finds a code's places; every one of its findings has that code."""
    if code not in RULES:
        raise KeyError(f"{code} is not in the catalogue")

    def register(function: Rule) -> Rule:
        _RULES[code] = function
        return function

    return register


def analyse(subject: Subject) -> Iterator[Diagnostic]:
    """What all rules find, in the order of their codes."""
    from . import rules  # noqa: F401  importing the rules registers them

    for _, function in sorted(_RULES.items()):
        yield from function(subject)

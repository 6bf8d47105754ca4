"""The functions of XPath 2.0 and later that take regular expressions, within the time of the evaluation.

elementpath translates their patterns and gives them to `re`, which nothing interrupts; here its own functions run with
the `regex` package in the place of `re` (XPath Functions 3.1, section 5.6).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import FunctionType
from typing import Any

from .bounded import Deadline, too_slow

FUNCTIONS = ("matches", "replace", "tokenize", "analyze-string")

deadline = Deadline()


def bounded_parser(parser: Any) -> Any:
    """A parser class whose functions keep to the deadline; the library's own class stays as it is."""
    table = dict(parser.symbol_table)
    for name in FUNCTIONS:
        if name in table:
            table[name] = _bounded(table[name])
    return type(parser)(parser.__name__, (parser,), {"symbol_table": table})


def _bounded(token: Any) -> Any:
    plain = token.evaluate
    evaluate = FunctionType(
        plain.__code__, {**plain.__globals__, "re": _Re()}, plain.__name__, plain.__defaults__, plain.__closure__
    )
    return type(token)(token.__name__, (token,), {"evaluate": evaluate})


class _Re:
    """What those functions use of the module `re`."""

    def __init__(self) -> None:
        import regex

        self._regex: Any = regex
        self.error = regex.error
        self.escape = regex.escape
        self.S, self.M, self.I, self.X = regex.S, regex.M, regex.I, regex.X

    def compile(self, pattern: str, flags: int = 0) -> _Pattern:
        return _Pattern(self._regex.compile(pattern, flags=flags))

    def search(self, pattern: str, text: str, flags: int = 0) -> Any:
        return self.compile(pattern, flags).search(text)

    def sub(self, pattern: str, replacement: str, text: str) -> Any:
        return self.compile(pattern).sub(replacement, text)

    def split(self, pattern: str, text: str) -> Any:
        return self.compile(pattern).split(text)


class _Pattern:
    """A compiled pattern of which every use ends at the deadline."""

    def __init__(self, compiled: Any) -> None:
        self.groups = compiled.groups
        self.pattern = compiled.pattern
        self.search, self.match, self.sub, self.split = (
            partial(_in_time, getattr(compiled, name)) for name in ("search", "match", "sub", "split")
        )


def _in_time(use: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return use(*arguments, timeout=deadline.remaining())
    except TimeoutError:
        raise too_slow(deadline.limit_s) from None

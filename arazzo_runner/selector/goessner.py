"""JSONPath as in draft-goessner-dispatch-jsonpath-00: the RFC engine where it reads the query, else jsonpath-ng.

Decision 39: script expressions are limited to `(@.length-n)`, and whatever needs a host language is a syntax error.
jsonpath-ng's own additions (`` `len` ``, `=~`, arithmetic, sorting) are in no draft, so they are refused as well.
"""

from __future__ import annotations

import re
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..errors import SelectorError, Unavailable
from ..values import JSON, MISSING, Value
from .bounded import Job, evaluate_apart, in_helper
from .jsonpath import JsonPath, Location, compile_jsonpath
from .replacement import set_at
from .selector import SelectorSyntaxError, kind_of, structured

VERSION = "draft-goessner-dispatch-jsonpath-00"
_DIRECT_STEPS = 100_000  # visits that take far less than the limit

# What jsonpath-ng may raise beside its own errors: its operators do not look at the types of what they are given.
_LEAKS = (TypeError, ValueError, LookupError, AttributeError, RecursionError, NotImplementedError, ArithmeticError)


@lru_cache(maxsize=256)
def compile_goessner(query: str, limit_s: float = 1.0) -> Goessner:
    """Compile a query of Goessner's dialect.

    Raises:
        SelectorSyntaxError: neither engine reads it, or it needs a host language.
    """
    try:
        return Goessner(query, compile_jsonpath(query, limit_s))
    except SelectorSyntaxError as refused:
        plain = _without_scripts(query)
        try:
            return Goessner(query, compile_jsonpath(plain, limit_s))
        except SelectorSyntaxError:
            return Goessner(query, _compile_with_ng(query, plain, limit_s, refused))


@dataclass(frozen=True, slots=True)
class Goessner:
    """A query of Goessner's dialect, in the engine that reads it."""

    query: str
    engine: JsonPath | NgPath

    @property
    def is_singular(self) -> bool:
        """Whether it reaches at most one value, step by step."""
        return self.engine.is_singular

    def value(self, context: Value) -> Value:
        """As for RFC 9535 (decision 59)."""
        return self.engine.value(context)

    def matches(self, context: Value) -> bool:
        """Whether there is a result, other than a single `false` (decision 39)."""
        if context is MISSING or context is None or isinstance(context, str | bytes):
            raise SelectorError(f"JSONPath is not applied to {kind_of(context)}")
        first_two = [value for _, value in zip(range(2), self.engine.values(context), strict=False)]
        return bool(first_two) and not (len(first_two) == 1 and first_two[0] is False)

    def set(self, document: Value, value: JSON, *, create_parents: bool = False) -> Value:
        """A copy with every match set (decision 45)."""
        return self.engine.set(document, value)


# --- script expressions -------------------------------------------------------------------------------------------

_QUOTED_OR_SCRIPT = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|\(\s*@\.length\s*-\s*([0-9]+)\s*\)""")


def _without_scripts(query: str) -> str:
    """The query with `(@.length-n)` as the index -n; `(@.length-0)`, behind the last item, as one that is nowhere."""
    return _QUOTED_OR_SCRIPT.sub(_plain_index, query)


def _plain_index(found: re.Match[str]) -> str:
    if found[1] is None:
        return found[0]
    distance = found[1].lstrip("0")
    return f"-{distance}" if distance else str(2**53 - 1)


# --- jsonpath-ng --------------------------------------------------------------------------------------------------

_parsing = threading.Lock()  # warnings.catch_warnings changes the filters of the whole process


def _compile_with_ng(query: str, plain: str, limit_s: float, refused: SelectorSyntaxError) -> NgPath:
    try:
        from jsonpath_ng.exceptions import JSONPathError
        from jsonpath_ng.ext.parser import parse
    except ImportError as error:
        raise Unavailable(f"{VERSION} needs jsonpath-ng: pip install 'jsonpath-ng<2'") from error
    try:
        with _parsing, warnings.catch_warnings():
            warnings.simplefilter("error", DeprecationWarning)
            path = parse(plain)
        _require_draft(path)
        singular, wide = _is_singular(path), _wide_steps(path)
    except DeprecationWarning as warning:
        raise SelectorSyntaxError(f"{query!r} is not in {VERSION}: {str(warning).split('.')[0]}") from None
    except (JSONPathError, _Foreign, *_LEAKS) as error:
        reason = error if isinstance(error, _Foreign) else refused.message
        raise SelectorSyntaxError(f"{query!r} is not in {VERSION}: {reason}", offset=refused.offset) from error
    return NgPath(query, limit_s, path, singular, wide)


@dataclass(frozen=True, slots=True)
class NgPath:
    """A query in jsonpath-ng; a helper process evaluates it where it may visit very many nodes."""

    query: str
    limit_s: float
    path: Any
    is_singular: bool
    wide: int

    def value(self, context: Value) -> Value:
        structured(context, "JSONPath")
        if self._may_be_slow(context):
            return self._apart(Job("jsonpath", VERSION, self.query, "value", context))
        values = list(self.values(context))
        result: Value = (values[0] if values else MISSING) if self.is_singular else values
        return result

    def values(self, context: Value) -> Iterator[Any]:
        """The values of its nodelist."""
        if self._may_be_slow(context):
            found = self._apart(Job("jsonpath", VERSION, self.query, "value", context))
            return iter(found if isinstance(found, list) else [])
        return iter([datum.value for datum in self._find(context)])

    def set(self, document: Value, value: JSON) -> Value:
        structured(document, "JSONPath")
        if self._may_be_slow(document):
            return self._apart(Job("jsonpath", VERSION, self.query, "set", document, value))
        locations = [_location(datum) for datum in self._find(document)]
        if not locations:
            raise SelectorError(f"{self.query} selects nothing to set")
        return set_at(document, locations, value)

    def _find(self, context: Value) -> list[Any]:
        try:
            found: list[Any] = self.path.find(context)
        except _LEAKS as error:
            raise SelectorError(f"{self.query} cannot be applied: {error}") from error
        return found

    def _may_be_slow(self, context: Value) -> bool:
        if self.is_singular or in_helper():
            return False
        visits: int = _count(context, _DIRECT_STEPS) ** self.wide
        return visits > _DIRECT_STEPS

    def _apart(self, job: Job) -> Value:
        result: Value = evaluate_apart(job, self.limit_s)
        return result


class _Foreign(Exception):
    """A node of jsonpath-ng's grammar that is not in the draft."""


def _require_draft(path: Any) -> None:
    """Refuse what only jsonpath-ng has: named operators, regular expressions, arithmetic, sorting, unions of paths."""
    import jsonpath_ng
    from jsonpath_ng.ext import filter as filters

    match path:
        case jsonpath_ng.Child() | jsonpath_ng.Descendants():
            _require_draft(path.left)
            _require_draft(path.right)
        case filters.Filter():
            for expression in path.expressions:
                _require_draft(expression)
        case filters.And() | filters.Or():
            for operand in path.operands:
                _require_draft(operand)
        case filters.Expression():
            if path.op == "=~":
                raise _Foreign("'=~' needs a host language")
            _require_draft(path.target)
            if isinstance(path.value, jsonpath_ng.JSONPath):
                _require_draft(path.value)
        case _ if type(path).__name__ not in ("Root", "This", "Fields", "Wildcard", "Index", "Slice"):
            raise _Foreign(f"'{path}' is an addition of jsonpath-ng")


def _is_singular(path: Any) -> bool:
    """Whether it is made of single names and indices only, as a singular query of RFC 9535 is."""
    match type(path).__name__:
        case "Root" | "This":
            return True
        case "Fields":
            return len(path.fields) == 1
        case "Index":
            return len(path.indices) == 1
        case "Child":
            return _is_singular(path.left) and _is_singular(path.right)
        case _:
            return False


def _wide_steps(path: Any) -> int:
    """How often a step may visit all nodes again: an exponent of the cost."""
    inner = [getattr(path, name, None) for name in ("left", "right", "target", "value")]
    inner += [*getattr(path, "expressions", ()), *getattr(path, "operands", ())]
    narrow = type(path).__name__ in ("Root", "This", "Child", "Expression", "And", "Or") or _is_singular(path)
    return (0 if narrow else 1) + sum(_wide_steps(part) for part in inner if hasattr(part, "find"))


def _location(datum: Any) -> Location:
    """The normalized path of what jsonpath-ng found."""
    keys: list[str | int] = []
    while datum.context is not None:
        size = len(datum.context.value)
        keys += [datum.path.fields[0]] if hasattr(datum.path, "fields") else [datum.path.indices[0] % size]
        datum = datum.context
    return tuple(reversed(keys))


def _count(value: Any, limit: int) -> int:
    """The number of nodes of a value, or the limit."""
    count, rest = 0, [value]
    while rest and count < limit:
        item = rest.pop()
        count += 1
        if isinstance(item, dict):
            rest.extend(item.values())
        elif isinstance(item, list):
            rest.extend(item)
    return max(count, 2)

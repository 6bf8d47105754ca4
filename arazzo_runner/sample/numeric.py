"""Numbers within minimum, maximum, exclusive bounds and multipleOf, computed without rounding."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from ..values import MAX_DIGITS
from .strings import split_name

_MOST = Fraction(sys.float_info.max)
_LARGEST = 10**MAX_DIGITS  # what can be written
_FORMATS = {"int32": 31, "int64": 63}
_EPOCH = 1_768_469_400  # 2026-01-15T09:30:00Z
_TIME_WORDS = frozenset({"at", "timestamp", "time", "expires", "created", "updated"})


def numbers(schema: dict[str, Any], name: str, variant: int, *, integer: bool) -> Iterator[int | float]:
    """Candidates, the most natural first; none where the bounds leave no number that can be written."""
    yield from (number for number in _candidates(schema, name, variant, integer) if abs(number) < _LARGEST)


def _candidates(schema: dict[str, Any], name: str, variant: int, integer: bool) -> Iterator[int | float]:
    low, high = _bounds(schema, integer)
    for step in _steps(schema, integer, low is not None and high is not None):
        first = None if low is None else _first_multiple(low[0], step, low[1])
        last = None if high is None else -_first_multiple(-high[0], step, high[1])
        if first is not None and last is not None and first > last:
            continue
        preferred = _preferred(schema, name, integer, step)
        for extra in (variant, 0):
            yield _number(_clamp(preferred + extra, first, last) * step, integer)
        for edge in (first, last):
            if edge is not None:
                yield _number(edge * step, integer)
        if first is None and last is None:
            yield _number(-step, integer)
            yield _number(Fraction(0), integer)
        return


def _bounds(schema: dict[str, Any], integer: bool) -> tuple[tuple[Fraction, bool] | None, tuple[Fraction, bool] | None]:
    """The greatest lower and the least upper bound, each with whether it is itself excluded."""
    lower = [(value, False) for value in _exact(schema, "minimum")]
    lower += [(value, True) for value in _exact(schema, "exclusiveMinimum")]
    upper = [(value, False) for value in _exact(schema, "maximum")]
    upper += [(value, True) for value in _exact(schema, "exclusiveMaximum")]
    bits = _FORMATS.get(str(schema.get("format"))) if integer else None
    if bits and (lower or upper):
        lower.append((Fraction(-(2**bits)), False))
        upper.append((Fraction(2**bits - 1), False))
    return max(lower, default=None), min(upper, key=lambda bound: (bound[0], not bound[1]), default=None)


def _exact(schema: dict[str, Any], keyword: str) -> list[Fraction]:
    value = schema.get(keyword)
    if value is None or isinstance(value, bool | str | list | dict):
        return []
    return [Fraction(str(value))]


def _steps(schema: dict[str, Any], integer: bool, bounded: bool) -> list[Fraction]:
    multiples = [value for value in _exact(schema, "multipleOf") if value > 0]
    if multiples:
        return [Fraction(multiples[0].numerator) if integer else multiples[0]]
    if integer:
        return [Fraction(1)]
    return [Fraction(1, 2), *(Fraction(1, 10**digits) for digits in range(1, 13))] if bounded else [Fraction(1, 2)]


def _first_multiple(bound: Fraction, step: Fraction, excluded: bool) -> int:
    count = math.ceil(bound / step)
    return count + 1 if excluded and count * step == bound else count


def _preferred(schema: dict[str, Any], name: str, integer: bool, step: Fraction) -> int:
    words = split_name(name)
    if integer and step == 1:
        whole_time = words and words[-1] in _TIME_WORDS and schema.get("format") != "int32" and "maximum" not in schema
        return _EPOCH if whole_time else 1
    return max(1, round(Fraction(1 if integer else Fraction(3, 2)) / step))


def _clamp(count: int, first: int | None, last: int | None) -> int:
    if first is not None and last is not None and count > last:
        return first + (count - first) % (last - first + 1)
    if first is not None and count < first:
        return first if last is None else min(first, last)
    if last is not None and count > last:
        return last
    return count


def _number(value: Fraction, integer: bool) -> int | float:
    if integer or (value.denominator == 1 and abs(value) > 2**53) or abs(value) > _MOST:
        return int(value)
    return float(value)

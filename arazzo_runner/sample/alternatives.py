"""The alternatives of a schema: each a plain schema without $ref, allOf, oneOf, anyOf or if, made lazily.

A schema is a formula; this reads it in disjunctive form, first choices first. What a merge cannot express exactly
(`not`, two patterns, the "exactly one" of oneOf) is left to the referee.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..values import same

_MOST_LOOKED_AT = 5_000
_LONGEST_CHAIN = 100  # of references
_COMBINATORS = frozenset({"$ref", "$dynamicRef", "allOf", "oneOf", "anyOf", "if", "then", "else", "dependentSchemas"})


@dataclass(frozen=True, slots=True)
class Plain:
    """One alternative: a schema without combinators, and the references it was read through."""

    schema: dict[str, Any]
    references: frozenset[str] = frozenset()


class _Patience:
    """How many schemas are still looked at: references can lead to the same one a million times over."""

    def __init__(self) -> None:
        self.left = _MOST_LOOKED_AT


def alternatives(schema: Any, resolve: Callable[[str], Any]) -> Iterator[Plain]:
    """Every alternative of a schema, lazily; none for `false`, and no more where it takes too many references."""
    return _alternatives(schema, resolve, frozenset(), _Patience())


def _alternatives(
    schema: Any, resolve: Callable[[str], Any], through: frozenset[str], patience: _Patience
) -> Iterator[Plain]:
    patience.left -= 1
    if patience.left < 0 or len(through) > _LONGEST_CHAIN:
        return
    if not isinstance(schema, dict):
        if schema is not False:
            yield Plain({}, through)
        return
    base = {key: value for key, value in schema.items() if key not in _COMBINATORS}
    yield from _combined(Plain(base, through), _choices(schema, resolve, through, patience))


_Choice = Callable[[], Iterator[Plain]]


def _choices(
    schema: dict[str, Any], resolve: Callable[[str], Any], through: frozenset[str], patience: _Patience
) -> list[_Choice]:
    """One entry for each combinator that has to be decided."""
    choices: list[_Choice] = []

    def one_of(options: list[Any], through: frozenset[str] = through) -> _Choice:
        return _one_of(options, resolve, through, patience)

    for keyword in ("$ref", "$dynamicRef"):
        reference = schema.get(keyword)
        if isinstance(reference, str) and reference not in through:
            choices.append(one_of([resolve(reference)], through | {reference}))
    members = schema.get("allOf")
    if isinstance(members, list):
        partial = len(members) > 1 or "properties" in schema
        choices += [one_of([_spread_example(item) if partial else item]) for item in members]
    for keyword in ("oneOf", "anyOf"):
        if isinstance(schema.get(keyword), list):
            choices.append(one_of(schema[keyword]))
    if "if" in schema:
        met = {"allOf": [schema["if"], schema.get("then", True)]}
        choices.append(one_of([met, schema.get("else", True)]))
    dependent = schema.get("dependentSchemas")
    if isinstance(dependent, dict):
        choices += [one_of([item, True]) for item in dependent.values()]
    return choices


def _one_of(options: list[Any], resolve: Callable[[str], Any], through: frozenset[str], patience: _Patience) -> _Choice:
    def choose() -> Iterator[Plain]:
        for option in options:
            yield from _alternatives(option, resolve, through, patience)

    return choose


def _combined(base: Plain, choices: list[_Choice]) -> Iterator[Plain]:
    if not choices:
        yield base
        return
    for chosen in choices[0]():
        merged = merge(base.schema, chosen.schema)
        if merged is not None:
            yield from _combined(Plain(merged, base.references | chosen.references), choices[1:])


def _spread_example(schema: Any) -> Any:
    """A part of an allOf whose object example covers only its own properties gives it to each of them."""
    if not isinstance(schema, dict) or not isinstance(schema.get("example"), dict):
        return schema
    properties = dict(schema.get("properties") or {})
    for name, value in schema["example"].items():
        if isinstance(properties.get(name), dict):
            properties[name] = {"example": value, **properties[name]}
    return {key: value for key, value in schema.items() if key != "example"} | {"properties": properties}


def merge(left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any] | None:
    """A schema that demands both, or None where they contradict each other by type or enum."""
    if not left or not right:
        return left or right
    result = {**right, **left}
    for keyword in left.keys() & right.keys():
        rule = _RULES.get(keyword)
        if rule is not None:
            result[keyword] = rule(left[keyword], right[keyword])
    if left.get("pattern", right.get("pattern")) != right.get("pattern", left.get("pattern")):
        result["patterns"] = [*left.get("patterns", [left["pattern"]]), *right.get("patterns", [right["pattern"]])]
    _close(result, left, right)
    if result.get("type") == [] or result.get("enum") == []:
        return None
    return result


def _close(result: dict[str, Any], left: dict[str, Any], right: dict[str, Any]) -> None:
    """`additionalProperties: false` of one side removes the properties only the other side declares."""
    properties = result.get("properties")
    if not isinstance(properties, dict):
        return
    for closed in (left, right):
        if closed.get("additionalProperties") is False and not closed.get("patternProperties"):
            own = closed.get("properties") or {}
            properties = {name: value if name in own else False for name, value in properties.items()}
    result["properties"] = properties


def _both(left: Any, right: Any) -> Any:
    if left is False or right is False:
        return False
    if left is True or left == {}:
        return right
    if right is True or right == {} or left is right or left == right:
        return left
    return {"allOf": [left, right]}


def _each(left: Any, right: Any) -> Any:
    if not isinstance(left, dict) or not isinstance(right, dict):
        return left
    return {
        name: _both(left[name], right[name]) if name in left and name in right else left.get(name, right.get(name))
        for name in [*left, *(name for name in right if name not in left)]
    }


def _types(left: Any, right: Any) -> Any:
    ours, theirs = types_in(left), types_in(right)
    shared = [name for name in ours if name in theirs]
    if "integer" in ours + theirs and "integer" not in shared and "number" in ours + theirs:
        shared.append("integer")
    return shared[0] if len(shared) == 1 else shared


def types_in(value: Any) -> list[str]:
    """The `type` keyword as a list."""
    return [value] if isinstance(value, str) else list(value) if isinstance(value, list) else []


def _common_multiple(left: Any, right: Any) -> Any:
    a, b = Fraction(str(left)), Fraction(str(right))
    scale = math.lcm(a.denominator, b.denominator)
    common = Fraction(math.lcm(int(a * scale), int(b * scale)), scale)
    return int(common) if common.denominator == 1 or abs(common) > 2**53 else float(common)


def _union(left: Any, right: Any) -> Any:
    return [*left, *(item for item in right if item not in left)]


def _union_of_each(left: Any, right: Any) -> Any:
    return {name: _union(left.get(name, []), right.get(name, [])) for name in {**left, **right}}


def _examples(left: Any, right: Any) -> Any:
    return {**right, **left} if isinstance(left, dict) and isinstance(right, dict) else left


_RULES: dict[str, Callable[[Any, Any], Any]] = {
    "type": _types,
    "enum": lambda left, right: [item for item in left if any(same(item, other) for other in right)],
    "required": _union,
    "properties": _each,
    "patternProperties": _each,
    "dependentRequired": _union_of_each,
    "additionalProperties": _both,
    "propertyNames": _both,
    "items": _both,
    "contains": _both,
    "prefixItems": lambda left, right: left if len(left) >= len(right) else right,
    "not": lambda left, right: {"anyOf": [left, right]},
    "multipleOf": _common_multiple,
    "example": _examples,
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains"), min),
    "uniqueItems": lambda left, right: bool(left or right),
}

"""Why a constant value does not fit a schema, told without the value, which may be a secret or hold one.

JSON Schema 2020-12; formats are annotations (decision 55). What published schemas contradict themselves in is no
misfit: values that fit several alternatives of a `oneOf`, and an `enum` written with another type than its values have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final, TypeAlias

from ..document.tangle import is_tangled
from ..values import JSON, dumps, text_of

Fits: TypeAlias = "Callable[[JSON], tuple[Misfit, ...]]"

NOUNS: Final[Mapping[str, str]] = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "a boolean",
    "array": "an array",
    "object": "an object",
    "null": "null",
}
CLOSING: Final = ("additionalProperties", "unevaluatedProperties")
_LISTED = 6


@dataclass(frozen=True, slots=True)
class Misfit:
    """One reason, at a place inside the value: `reason` goes on after its name, "is a number, not a string"."""

    path: tuple[str, ...]
    keyword: str
    reason: str

    @property
    def is_closed(self) -> bool:
        """Whether a member is not declared where no others are allowed."""
        return self.keyword in CLOSING

    def under(self, token: str) -> Misfit:
        """The same, seen from the value around it."""
        return replace(self, path=(token, *self.path))


def type_of(value: JSON) -> str:
    """The JSON Schema type of a value; 1.0 is an integer (2020-12 Core, section 4.2.3)."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "string"
        case list():
            return "array"
        case dict():
            return "object"
        case float() | Decimal():
            return "integer" if value == int(value) else "number"
        case _:
            return "integer"


def is_of(value: JSON, types: frozenset[str]) -> bool:
    """Whether a value is of one of these types."""
    own = type_of(value)
    return own in types or (own == "integer" and "number" in types)


def misfit_of_type(value: JSON, types: frozenset[str]) -> Misfit:
    """The misfit of a value that is of none of these types."""
    return Misfit((), "type", f"is {NOUNS[type_of(value)]}, not {named(types)}")


def named(types: frozenset[str]) -> str:
    """Types in words: "a string, an integer or null"."""
    words = [noun for name, noun in NOUNS.items() if name in types]
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def listed(values: tuple[JSON, ...]) -> str:
    """Values in words, the first few of many: "one of 'a', 'b'"."""
    words = [f"'{value}'" if isinstance(value, str) else dumps(value) for value in values[:_LISTED]]
    if len(values) == 1:
        return words[0]
    return "one of " + ", ".join(words) + (f", ... ({len(values)} values)" if len(values) > _LISTED else "")


def fitting(schema: dict[str, Any]) -> Fits | None:
    """What is wrong with a value by a self-contained schema; None where that is no schema, or a tangled one."""
    import jsonschema_rs

    if is_tangled(schema):
        return None
    try:
        validator = jsonschema_rs.Draft202012Validator(schema, mask="the value", offline=True)
    except (ValueError, jsonschema_rs.ReferencingError):
        return None
    return lambda value: tuple(_misfits(validator, value))


def _misfits(validator: Any, value: JSON) -> Iterator[Misfit]:
    for error in validator.iter_errors(value):
        path = tuple(map(str, error.instance_path))
        kind = error.kind
        match kind.name:
            case "type":
                yield replace(misfit_of_type(error.instance, frozenset(kind.types)), path=path)
            case "required":
                yield Misfit(path, "required", f"has no '{kind.property}'")
            case "enum":
                if text_of(error.instance) not in map(text_of, kind.options):
                    yield Misfit(path, "enum", f"is not {listed(tuple(kind.options))}")
            case "oneOf" if any(not errors for errors in kind.context):
                pass
            case "oneOf" | "anyOf":
                yield Misfit(path, kind.name, f"fits none of the {len(kind.context)} alternatives of its schema")
            case closing if closing in CLOSING:
                for name in kind.unexpected:
                    yield Misfit((*path, name), kind.name, "is not declared")
            case _:
                yield Misfit(path, kind.name, error.message.removeprefix("the value ").splitlines()[0])

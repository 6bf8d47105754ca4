"""From the error tree of a JSON Schema validator to sentences: (JSON Pointer, message)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from ...diagnostics import did_you_mean
from ...values import dumps, format_pointer, same

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

Tokens = tuple[str | int, ...]
Finding = tuple[Tokens, str]

_TYPES = {
    "string": "a string",
    "object": "an object",
    "array": "a list",
    "number": "a number",
    "integer": "an integer",
    "boolean": "true or false",
    "null": "null",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One failed keyword: the subschema it is in, the value it failed for, and the faults of its alternatives."""

    path: Tokens
    keyword: str
    argument: Any  # what the keyword says
    schema: Any
    instance: Any
    of_a_name: bool  # the instance is a property's name
    branch: int | str  # which alternative of its parent it belongs to
    message: str
    alternatives: tuple[Fault, ...]


def explain(root: object, errors: Iterable[ValidationError]) -> list[tuple[str, str]]:
    """Every finding once, in the order of the document."""
    findings = dict.fromkeys(finding for error in errors for finding in _findings(_fault(error)))
    ordered = sorted(findings, key=lambda finding: _place(root, finding[0]))
    return [(format_pointer(tokens), message) for tokens, message in ordered]


def _place(root: Any, tokens: Tokens) -> tuple[int, ...]:
    """Where the value stands among its siblings, level by level."""
    places = []
    for token in tokens:
        if isinstance(root, dict):
            places.append(list(root).index(str(token)))
            root = root[token]
        else:
            places.append(int(token))
            root = root[int(token)]
    return tuple(places)


def _fault(error: ValidationError) -> Fault:
    return Fault(
        path=tuple(error.absolute_path),
        keyword=str(error.validator),
        argument=error.validator_value,
        schema=error.schema,
        instance=error.instance,
        of_a_name="propertyNames" in error.absolute_schema_path,
        branch=error.schema_path[0],
        message=error.message,
        alternatives=tuple(map(_fault, error.context or ())),
    )


def _findings(fault: Fault) -> Iterator[Finding]:
    if fault.of_a_name:
        yield (*fault.path, fault.instance), _describe(fault)
    elif fault.keyword == "additionalProperties":
        for name in _unknown(fault):
            hint = did_you_mean(name, fault.schema["properties"])
            yield (*fault.path, name), f"unknown field '{name}'" + (f", {hint}" if hint else "")
    elif fault.keyword in ("anyOf", "oneOf") and not _only_required(fault):
        for inner in _nearest(fault.alternatives):
            yield from _findings(inner)
    elif fault.keyword == "oneOf" and not isinstance(fault.instance, dict):
        return  # that it is no object is a fault of its own
    else:
        yield fault.path, _describe(fault)


def _unknown(fault: Fault) -> list[str]:
    known = fault.schema["properties"]
    return [name for name in fault.instance if name not in known and not name.startswith("x-")]


def _only_required(fault: Fault) -> bool:
    return all(branch.keys() == {"required"} for branch in fault.argument)


def _nearest(alternatives: Iterable[Fault]) -> list[Fault]:
    """The faults of the alternative that was meant: the one that fails deepest, else the one of the right type."""
    branches: dict[int | str, list[Fault]] = {}
    for fault in alternatives:
        branches.setdefault(fault.branch, []).append(fault)

    def fit(faults: list[Fault]) -> tuple[int, bool, int]:
        depth = max(len(fault.path) for fault in faults)
        return depth, all(fault.keyword != "type" for fault in faults), -len(faults)

    return max(branches.values(), key=fit)


def _describe(fault: Fault) -> str:
    describe = _MESSAGES.get(fault.keyword)
    return describe(fault) if describe else f"does not satisfy '{fault.keyword}': {fault.message}"


def _required(fault: Fault) -> str:
    # One fault comes for each absent name, and only its text says which.
    name = next(name for name in fault.argument if fault.message.startswith(f"{name!r} "))
    return f"'{name}' is missing"


def _dependent_required(fault: Fault) -> str:
    for name, needed in fault.argument.items():
        absent = [other for other in needed if name in fault.instance and other not in fault.instance]
        if absent:
            return f"'{name}' needs '{absent[0]}' beside it"
    return fault.message


def _type(fault: Fault) -> str:
    expected = fault.argument
    names = [expected] if isinstance(expected, str) else expected
    return f"must be {_either([_TYPES[name] for name in names])}, not {_kind(fault.instance)}"


def _enum(fault: Fault) -> str:
    allowed = fault.argument
    hint = did_you_mean(fault.instance, map(str, allowed)) if isinstance(fault.instance, str) else None
    expected = _either([_shown(value) for value in allowed])
    return f"must be {expected}, not {_shown(fault.instance)}" + (f", {hint}" if hint else "")


def _const(fault: Fault) -> str:
    return f"must be {_shown(fault.argument)}, not {_shown(fault.instance)}"


def _pattern(fault: Fault) -> str:
    expected = fault.schema.get("title", f"a match for {fault.argument}")
    return f"{_shown(fault.instance)} is not {expected}"


def _min_items(fault: Fault) -> str:
    return f"must have at least {_counted(fault.argument)}"


def _unique_items(fault: Fault) -> str:
    pairs = combinations(enumerate(fault.instance), 2)
    first, second = next((i, j) for (i, left), (j, right) in pairs if same(left, right))
    return f"must not have duplicates: entries {first} and {second} are equal"


def _minimum(fault: Fault) -> str:
    return f"must be at least {_shown(fault.argument)}, not {_shown(fault.instance)}"


def _not(fault: Fault) -> str:
    if "description" in fault.schema:
        return str(fault.schema["description"])
    return f"{_both(fault.argument['required'])} exclude each other"


def _one_of(fault: Fault) -> str:
    """Exactly one of several fields is needed."""
    choices = [name for branch in fault.argument for name in branch["required"]]
    present = [name for name in choices if name in fault.instance]
    if present:
        return f"{_both(present)} exclude each other"
    return f"needs {_either([_shown(name) for name in choices])}"


_MESSAGES: dict[str, Callable[[Fault], str]] = {
    "required": _required,
    "dependentRequired": _dependent_required,
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "minItems": _min_items,
    "uniqueItems": _unique_items,
    "minimum": _minimum,
    "not": _not,
    "oneOf": _one_of,
}


def _kind(value: object) -> str:
    """What a value is, in words; a mapping {"$inputs.x": null} is what YAML makes of an unquoted {$inputs.x}."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return "a string"
        case dict():
            names = list(value)
            quote = len(names) == 1 and value[names[0]] is None and names[0].startswith("$")
            return f"an object (quote '{{{names[0]}}}')" if quote else "an object"
        case list():
            return "a list"
        case _:
            return f"the number {_shown(value)}"


def _shown(value: object) -> str:
    if isinstance(value, str):
        return f"'{value if len(value) <= 60 else value[:57] + '...'}'"
    if isinstance(value, (dict, list)):
        return _kind(value)
    return dumps(value)


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _both(names: list[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _counted(number: int) -> str:
    return "one entry" if number == 1 else f"{number} entries"

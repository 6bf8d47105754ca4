"""Judging a value by a bundled schema: jsonschema-rs says whether, jsonschema says what.

JSON Schema 2020-12; patterns are ECMA-262 (JSON Schema Core, section 6.4).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ..document.tangle import is_tangled
from ..values import JSON, dumps, format_pointer, loads, text_of

_LONGEST = 300


@dataclass(frozen=True, slots=True)
class JudgedSchema:
    """A bundled schema and its validator."""

    schema: dict[str, Any]
    validator: Any

    @staticmethod
    def compile(schema: dict[str, Any]) -> JudgedSchema | None:
        import jsonschema_rs

        if is_tangled(schema):
            return None
        try:
            return JudgedSchema(schema, jsonschema_rs.Draft202012Validator(schema, validate_formats=True, offline=True))
        except (ValueError, jsonschema_rs.ReferencingError):
            return None

    def explain(self, value: JSON) -> list[tuple[str, str]]:
        """What breaks the schema as (message, pointer), in the words of jsonschema where it sees it too."""
        from jsonschema import Draft202012Validator

        try:
            found = [told(error) for error in exact_validator(Draft202012Validator)(self.schema).iter_errors(value)]
        except ways_to_fail():
            found = []
        return found or [
            (_shortened(error.message, error.instance), format_pointer(list(error.instance_path)))
            for error in self.validator.iter_errors(value)
        ]


def told(error: Any) -> tuple[str, str]:
    """The most telling part of an error of jsonschema, as (message, pointer)."""
    from jsonschema.exceptions import best_match

    best = best_match([error]) or error
    return _shortened(best.message, best.instance), format_pointer(list(best.absolute_path))


def ways_to_fail() -> tuple[type[Exception], ...]:
    """How jsonschema and openapi-core fail over a description that is not well-formed, or that they cannot read."""
    import jsonschema.exceptions
    import referencing.exceptions
    from openapi_core.exceptions import OpenAPIError

    return (
        OpenAPIError,
        referencing.exceptions.Unresolvable,
        jsonschema.exceptions.SchemaError,
        jsonschema.exceptions.UnknownType,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
        AssertionError,
        RecursionError,
    )


def exact_validator(validator: Any) -> Any:
    """A validator class of jsonschema without its traps.

    Patterns are ECMA-262 with bounded backtracking and multiples are exact, both by jsonschema-rs; readOnly and
    writeOnly are no violations: such properties "SHOULD NOT" be sent (3.0.4, Schema Object), but may.
    """
    from jsonschema import validators

    extend: Any = validators.extend  # its annotations are incomplete
    return extend(
        validator,
        {
            "pattern": _judged_by("pattern", "does not match the pattern"),
            "multipleOf": _judged_by("multipleOf", "is not a multiple of"),
            "patternProperties": _pattern_properties,
            "additionalProperties": _additional_properties(validator.VALIDATORS["additionalProperties"]),
            "readOnly": _no_violation,
            "writeOnly": _no_violation,
        },
    )


def _judged_by(keyword: str, words: str) -> Callable[..., Iterator[Any]]:
    def check(_validator: Any, wanted: Any, instance: Any, _schema: Any) -> Iterator[Any]:
        from jsonschema.exceptions import ValidationError

        known = JudgedSchema.compile({keyword: wanted})
        if known is not None and not known.validator.is_valid(instance):
            yield ValidationError(f"{instance!r} {words} {wanted!r}")

    return check


def _matching(pattern: Any, names: Iterable[str]) -> set[str]:
    known = JudgedSchema.compile({"pattern": pattern})
    return {name for name in names if known is not None and known.validator.is_valid(name)}


def _pattern_properties(validator: Any, wanted: Any, instance: Any, _schema: Any) -> Iterator[Any]:
    if not isinstance(instance, dict):
        return
    for pattern, schema in wanted.items():
        for name in sorted(_matching(pattern, instance)):
            yield from validator.descend(instance[name], schema, path=name, schema_path=pattern)


def _additional_properties(plainly: Callable[..., Any]) -> Callable[..., Iterator[Any]]:
    def check(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[Any]:
        patterns = schema.get("patternProperties")
        if not patterns or not isinstance(instance, dict):
            yield from plainly(validator, wanted, instance, schema) or ()
            return
        known = {*schema.get("properties", {}), *(name for each in patterns for name in _matching(each, instance))}
        rest = {name: value for name, value in instance.items() if name not in known}
        yield from plainly(validator, wanted, rest, {}) or ()

    return check


def _no_violation(*_: Any) -> Iterator[Any]:
    return iter(())


def _shortened(message: str, value: JSON) -> str:
    """A message of some length; a value goes whole or not at all, since nothing masks the first half of a secret."""
    if len(message) <= _LONGEST:
        return message
    message = message.replace(repr(value), "the value").replace(dumps(value), "the value")
    return message if len(message) <= _LONGEST else message[: _LONGEST - 3] + "..."


def as_on_the_wire(validator: Any, value: JSON) -> tuple[JSON, list[Any]]:
    """The value as its schema reads it, and what is wrong with it all the same.

    A parameter or form field is text when it is sent, so "5" and 5 are one: each leaf the validator (of jsonschema-rs)
    complains about is read the other way, once.
    """
    errors = list(validator.iter_errors(value))
    if not errors:
        return value, []
    mended = copy.deepcopy(value)
    for path in _paths(errors):
        mended = _replaced(mended, path, _other_reading(_at(mended, path)))
    # What is wrong either way is told as it was given, unless the other reading at least has the right type.
    typed = set(_paths(_of_type(errors)))
    left = list(validator.iter_errors(mended))
    still = set(_paths(_of_type(left)))
    for path in _paths(left):
        if path in still or path not in typed:
            mended = _replaced(mended, path, _at(value, path))
    return mended, list(validator.iter_errors(mended))


def _of_type(errors: Iterable[Any]) -> Iterator[Any]:
    return (error for error in errors if list(error.schema_path)[-1:] == ["type"])


def _paths(errors: Iterable[Any]) -> list[tuple[str | int, ...]]:
    return list(dict.fromkeys(tuple(error.instance_path) for error in errors))


def _at(value: JSON, path: tuple[str | int, ...]) -> JSON:
    found: Any = value
    for step in path:
        found = found[step]
    return found  # type: ignore[no-any-return]


def _replaced(value: JSON, path: tuple[str | int, ...], replacement: JSON) -> JSON:
    if not path:
        return replacement
    parent: Any = _at(value, path[:-1])
    parent[path[-1]] = replacement
    return value


def _other_reading(value: JSON) -> JSON:
    if not isinstance(value, str):
        return value if isinstance(value, dict | list) or value is None else text_of(value)
    try:
        read: JSON = loads(value)
    except ValueError:
        return value
    return value if isinstance(read, dict | list) else read

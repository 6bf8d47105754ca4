"""Workflow inputs: defaults applied, then validated, before the first request (Workflow Object, `inputs`; decision 55).

Defaults are applied to absent properties, nested ones too; nothing is coerced and nothing stripped. Formats are
annotations, except int32 and int64, whose range is checked.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any

from ..document.tangle import is_tangled
from ..errors import DocumentError
from ..openapi.contract_schema import exact_validator
from ..values import MISSING, get_pointer, parse_pointer


class InputsSchema:
    """The JSON Schema of a workflow's inputs, made self-contained; the validator is made at its first use."""

    def __init__(self, schema: Any) -> None:
        """`schema` is a self-contained JSON Schema (see `bundle`), or MISSING where any inputs are accepted."""
        self.schema = schema
        self._valid: Callable[[Any], bool] | None = None
        self._defaults = _has_default(schema)

    @classmethod
    def of_names(cls, schema: Any) -> InputsSchema:
        """What is left of a schema that is none, or of which a part is not to be had: the names it declares."""
        properties = schema.get("properties") if isinstance(schema, dict) else None
        if not isinstance(properties, dict) or _is_open(schema) or "$ref" in schema or "allOf" in schema:
            return cls(MISSING)
        return cls({"properties": {name: {} for name in properties}})

    def __repr__(self) -> str:
        return f"InputsSchema({self.schema!r})"

    @property
    def properties(self) -> Mapping[str, Any]:
        """The declared inputs by name, through `$ref` and allOf."""
        if not isinstance(self.schema, dict):
            return {}
        return _properties(self.schema, self.schema)

    @property
    def required(self) -> tuple[str, ...]:
        """Names that have to be given: required and without default."""
        if not isinstance(self.schema, dict):
            return ()
        properties = self.properties
        names = _required(self.schema, self.schema)
        return tuple(n for n in names if "default" not in self.resolve(properties.get(n, {})))

    @property
    def declared(self) -> Collection[str] | None:
        """The names an expression may use; None where other names may be given as well."""
        if not isinstance(self.schema, dict):
            return None
        properties = self.properties
        parts = list(_parts(self.schema, self.schema, set()))
        closed = any(part.get("additionalProperties") is False for part in parts)
        if any(map(_is_open, parts)) or (not properties and not closed):
            return None
        return properties.keys()

    def resolve(self, schema: Any) -> dict[str, Any]:
        """A schema of this bundle with its `$ref` followed."""
        return _follow(schema, self.schema)

    def with_defaults(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs with the defaults of absent properties; the argument is not changed."""
        if not self._defaults:
            return dict(inputs)
        result: dict[str, Any] = copy.deepcopy(dict(inputs))
        _apply_defaults(self.schema, self.schema, result, ())
        return result

    def problems(self, inputs: Mapping[str, Any]) -> tuple[str, ...]:
        """One line for each violation; () for valid inputs."""
        if self.schema is MISSING or self._validator()(inputs):
            return ()
        return tuple(_describe(inputs, self.schema)) or ("the inputs do not fit their schema",)

    def check(self) -> None:
        """Make the validator now.

        Raises:
            DocumentError: this is no JSON Schema.
        """
        if self.schema is not MISSING:
            self._validator()

    def _validator(self) -> Callable[[Any], bool]:
        if self._valid is None:
            self._valid = _validator(self.schema)
        return self._valid


def _follow(schema: Any, root: Any) -> dict[str, Any]:
    seen = 0
    while isinstance(schema, dict) and isinstance(schema.get("$ref"), str) and seen < 50:
        target = get_pointer(root, parse_pointer(schema["$ref"].removeprefix("#")))
        rest = {k: v for k, v in schema.items() if k != "$ref"}
        schema = {**target, **rest} if isinstance(target, dict) else rest
        seen += 1
    return schema if isinstance(schema, dict) else {}


def _parts(schema: Any, root: Any, seen: set[int]) -> Iterator[dict[str, Any]]:
    """What applies to the same value: the schemas of allOf, then the schema itself, with `$ref`s followed."""
    schema = _follow(schema, root)
    inner = schema.get("allOf")
    for part in inner if isinstance(inner, list) else ():
        if id(part) not in seen:
            seen.add(id(part))
            yield from _parts(part, root, seen)
    yield schema


def _is_open(schema: Mapping[str, Any]) -> bool:
    """Whether other names than those of `properties` are foreseen."""
    if schema.get("additionalProperties", False) is not False:
        return True
    return any(key in schema for key in ("patternProperties", "anyOf", "oneOf", "if", "dependentSchemas"))


def _properties(schema: Any, root: Any) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for part in _parts(schema, root, set()):
        properties = part.get("properties")
        result.update(properties if isinstance(properties, dict) else {})
    return result


def _required(schema: Any, root: Any) -> list[str]:
    names: dict[str, None] = {}
    for part in _parts(schema, root, set()):
        listed = part.get("required")
        names.update((n, None) for n in (listed if isinstance(listed, list) else ()) if isinstance(n, str))
    return list(names)


def _has_default(value: Any) -> bool:
    """Whether the key `default` stands anywhere: a schema without it needs no copy of the inputs."""
    if isinstance(value, dict):
        return "default" in value or any(map(_has_default, value.values()))
    return isinstance(value, list) and any(map(_has_default, value))


def _apply_defaults(schema: Any, root: Any, value: Any, path: tuple[int, ...]) -> None:
    """Fill absent properties of `value` in place, as deep as the value goes (a default's own inside included)."""
    schema = _follow(schema, root)
    if len(path) > 100:
        return
    if isinstance(value, dict):
        for name, inner in _properties(schema, root).items():
            default = _follow(inner, root).get("default", MISSING)
            if name not in value and default is not MISSING:
                value[name] = copy.deepcopy(default)
            if name in value:
                _apply_defaults(inner, root, value[name], (*path, 0))
    elif isinstance(value, list):
        items = [part["items"] for part in _parts(schema, root, set()) if "items" in part]
        for item in value:
            for inner in items:
                _apply_defaults(inner, root, item, (*path, 0))


def _validator(schema: Any) -> Callable[[Any], bool]:
    import jsonschema_rs

    if is_tangled(schema):
        raise InvalidSchema("the references of the inputs' JSON Schema lead to its parts along a million ways", ())
    try:
        compiled = jsonschema_rs.validator_for(_plain(schema))
    except (ValueError, jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError) as error:
        raise InvalidSchema(*_fault(error)) from None
    return lambda inputs: bool(compiled.is_valid(_plain(inputs)))


class InvalidSchema(DocumentError):
    """A schema that is none; `path` leads to the keyword that is wrong."""

    def __init__(self, message: str, path: tuple[str, ...]) -> None:
        super().__init__(message)
        self.path = path


_TYPE_NAMES = ("string", "number", "integer", "boolean", "object", "array", "null")


def _fault(error: Any) -> tuple[str, tuple[str, ...]]:
    """What is wrong with a schema, in our words, and where in it."""
    path = tuple(map(str, getattr(error, "instance_path", ())))
    written = getattr(error, "instance", None)
    if path[-1:] == ("type",):
        what = f"'{written}' is no type" if isinstance(written, str) else "'type' is a name, or a list of names"
        return f"{what} of JSON Schema: {', '.join(_TYPE_NAMES)}", path
    if path:
        wanted = str(error).splitlines()[0].partition(" is not ")[2].replace('of type "', "").strip('"')
        return f"'{path[-1]}' is {_shown(written)} here" + (f", not {_article(wanted)}" if wanted else ""), path
    return f"the inputs' JSON Schema is not valid: {str(error).splitlines()[0]}", path


def _article(noun: str) -> str:
    return noun if " " in noun else f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def _plain(value: Any) -> Any:
    """The value with Decimals as floats: the validator's own numbers (ranges of int64 and beyond stay exact ints)."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _describe(inputs: Mapping[str, Any], schema: Any) -> list[str]:
    from jsonschema import Draft202012Validator

    validator = exact_validator(Draft202012Validator)(_plain(schema))
    errors = sorted(validator.iter_errors(_plain(dict(inputs))), key=lambda e: list(map(str, e.absolute_path)))
    return list(dict.fromkeys(_line(error) for error in errors))


def _line(error: Any) -> str:
    path = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in error.absolute_path).lstrip(".")
    if error.validator == "required":
        names = [n for n in error.validator_value if n not in error.instance]
        where = f" of '{path}'" if path else ""
        return f"required input{where} is missing: {', '.join(names)}"
    if error.validator == "type":
        wanted = error.validator_value
        wanted = " or ".join(wanted) if isinstance(wanted, list) else wanted
        return f"input '{path}' is {_shown(error.instance)}, not of type {wanted}"
    if error.validator == "additionalProperties":
        return f"{'input ' + repr(path) + ': ' if path else ''}{error.message}"
    subject = f"input '{path}'" if path else "the inputs"
    return subject + _complaint(error)


def _complaint(error: Any) -> str:
    """The validator's message without the value, which may be a secret or hold one."""
    message, value = str(error.message), repr(error.instance)
    if message.startswith(value):
        return message.removeprefix(value)
    return ": " + message.replace(value, "the value")


def _shown(value: Any) -> str:
    names: Mapping[type, str] = {dict: "an object", list: "a list", str: "a string", bool: "a boolean"}
    return names.get(type(value), "null" if value is None else "a number")

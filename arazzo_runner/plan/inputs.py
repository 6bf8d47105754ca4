"""Workflow inputs: defaults applied, then validated, before the first request (Workflow Object, `inputs`; decision 55).

Defaults are applied to absent properties, nested ones too; nothing is coerced and nothing stripped. Formats are
annotations, except int32 and int64, whose range is checked.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any

from ..document import Document, resolve_uri
from ..errors import DocumentError
from ..values import MISSING, Missing, format_pointer, get_pointer, parse_pointer

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_RANGES = {"int32": 2**31, "int64": 2**63}
_SCHEMA_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_SCHEMA_MAPS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_SCHEMAS = (
    "items",
    "additionalProperties",
    "unevaluatedProperties",
    "unevaluatedItems",
    "contains",
    "not",
    "if",
    "then",
    "else",
    "propertyNames",
)


class InputsSchema:
    """The JSON Schema of a workflow's inputs, made self-contained; the validator is made at its first use."""

    def __init__(self, schema: Any) -> None:
        """`schema` is a self-contained JSON Schema (see `bundle`), or MISSING where any inputs are accepted."""
        self.schema = schema
        self._valid: Callable[[Any], bool] | None = None
        self._defaults = schema is not MISSING and _has_default(schema, schema, ())

    def __repr__(self) -> str:
        return f"InputsSchema({self.schema!r})"

    @property
    def properties(self) -> Mapping[str, Any]:
        """The declared inputs by name, through `$ref` and allOf."""
        if not isinstance(self.schema, dict):
            return {}
        return _properties(self.schema, self.schema, ())

    @property
    def required(self) -> tuple[str, ...]:
        """Names that have to be given: required and without default."""
        if not isinstance(self.schema, dict):
            return ()
        properties = self.properties
        names = _required(self.schema, self.schema, ())
        return tuple(n for n in names if "default" not in self.resolve(properties.get(n, {})))

    @property
    def declared(self) -> Collection[str] | None:
        """The names an expression may use; None where other names may be given as well."""
        if not isinstance(self.schema, dict):
            return None
        properties = self.properties
        open_ = self.schema.get("additionalProperties", False) not in (False,) or "patternProperties" in self.schema
        composed = any(k in self.schema for k in ("anyOf", "oneOf", "if", "dependentSchemas"))
        if open_ or composed or (not properties and self.schema.get("additionalProperties") is not False):
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
        if self.schema is MISSING or self._is_valid(inputs):
            return ()
        return tuple(_describe(inputs, self.schema)) or ("the inputs do not fit their schema",)

    def _is_valid(self, inputs: Mapping[str, Any]) -> bool:
        if self._valid is None:
            self._valid = _validator(self.schema)
        return self._valid(inputs)


def bundle(schema: Any, pointer: tuple[str, ...], document: Document, load: Callable[[str], Document]) -> Any:
    """A self-contained copy of a schema: what its `$ref`s reach (pointers, `$anchor`s, other documents) is in `$defs`.

    Raises:
        DocumentError: a `$ref` that reaches nothing, with its location.
    """
    return _Bundler(document, load).bundle(schema, pointer)


class _Bundler:
    def __init__(self, document: Document, load: Callable[[str], Document]) -> None:
        self.document = document
        self.load = load
        self.names: dict[tuple[str, str], str] = {}
        self.definitions: dict[str, Any] = {}

    def bundle(self, schema: Any, pointer: tuple[str, ...]) -> Any:
        root = self._copy(schema, self.document, pointer)
        if isinstance(root, dict):
            root.setdefault("$schema", _DIALECT)
            if self.definitions:
                root["$defs"] = {**root.get("$defs", {}), **self.definitions}
        return root

    def _copy(self, schema: Any, document: Document, pointer: tuple[str, ...]) -> Any:
        if not isinstance(schema, dict):
            return schema
        result: dict[str, Any] = {}
        for key, value in schema.items():
            here = (*pointer, key)
            if key == "$ref" and isinstance(value, str):
                result[key] = self._reference(value, document, here)
            elif key in _SCHEMA_MAPS and isinstance(value, dict):
                result[key] = {n: self._copy(s, document, (*here, n)) for n, s in value.items()}
            elif key in _SCHEMA_LISTS and isinstance(value, list):
                result[key] = [self._copy(s, document, (*here, str(i))) for i, s in enumerate(value)]
            elif key in _SCHEMAS:
                result[key] = self._copy(value, document, here)
            elif key not in ("$id", "$anchor"):
                result[key] = value
        limit = _RANGES.get(str(schema.get("format")))
        if limit:
            result["allOf"] = [*result.get("allOf", []), {"minimum": -limit, "maximum": limit - 1}]
        return result

    def _reference(self, reference: str, document: Document, pointer: tuple[str, ...]) -> str:
        uri, _, fragment = reference.partition("#")
        target = document
        if uri:
            target = self.load(resolve_uri(uri, document.base_uri))
        found = self._target(target, fragment)
        if found is None:
            raise DocumentError(
                f"'$ref: {reference}' reaches nothing",
                location=document.location(pointer),
                hint="inputs are referred to as '#/components/inputs/<name>'",
            )
        where, value = found
        key = (target.uri, format_pointer(where))
        if key not in self.names:
            name = f"r{len(self.names)}"
            self.names[key] = name
            self.definitions[name] = True
            self.definitions[name] = self._copy(value, target, where)
        return f"#/$defs/{self.names[key]}"

    def _target(self, document: Document, fragment: str) -> tuple[tuple[str, ...], Any] | None:
        if not fragment or fragment.startswith("/"):
            for text in (fragment, _percent_decoded(fragment)):
                tokens = parse_pointer(text)
                value = get_pointer(document.root, tokens)
                if value is not MISSING:
                    return tokens, value
            return None
        return _find_anchor(document.root, fragment, ())


def _percent_decoded(text: str) -> str:
    from urllib.parse import unquote

    return unquote(text)


def _find_anchor(value: Any, anchor: str, pointer: tuple[str, ...]) -> tuple[tuple[str, ...], Any] | None:
    if isinstance(value, dict):
        if value.get("$anchor") == anchor:
            return pointer, value
        children: list[tuple[str, Any]] = list(value.items())
    elif isinstance(value, list):
        children = [(str(i), item) for i, item in enumerate(value)]
    else:
        return None
    for key, child in children:
        found = _find_anchor(child, anchor, (*pointer, key))
        if found:
            return found
    return None


def _follow(schema: Any, root: Any) -> dict[str, Any]:
    seen = 0
    while isinstance(schema, dict) and isinstance(schema.get("$ref"), str) and seen < 50:
        target = get_pointer(root, parse_pointer(schema["$ref"].removeprefix("#")))
        rest = {k: v for k, v in schema.items() if k != "$ref"}
        schema = {**target, **rest} if isinstance(target, dict) else rest
        seen += 1
    return schema if isinstance(schema, dict) else {}


def _properties(schema: Any, root: Any, seen: tuple[int, ...]) -> dict[str, Any]:
    schema = _follow(schema, root)
    result: dict[str, Any] = {}
    for part in schema.get("allOf", []):
        if id(part) not in seen:
            result.update(_properties(part, root, (*seen, id(part))))
    properties = schema.get("properties")
    if isinstance(properties, dict):
        result.update(properties)
    return result


def _required(schema: Any, root: Any, seen: tuple[int, ...]) -> list[str]:
    schema = _follow(schema, root)
    names = [n for n in schema.get("required", []) if isinstance(n, str)]
    for part in schema.get("allOf", []):
        if id(part) not in seen:
            names += [n for n in _required(part, root, (*seen, id(part))) if n not in names]
    return names


def _has_default(schema: Any, root: Any, seen: tuple[str, ...]) -> bool:
    if isinstance(schema, dict):
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference not in seen:
            target = get_pointer(root, parse_pointer(reference.removeprefix("#")))
            if _has_default(target, root, (*seen, reference)):
                return True
        return "default" in schema or any(_has_default(v, root, seen) for v in schema.values())
    if isinstance(schema, list):
        return any(_has_default(item, root, seen) for item in schema)
    return False


def _apply_defaults(schema: Any, root: Any, value: Any, path: tuple[int, ...]) -> None:
    """Fill absent properties of `value` in place, as deep as the value goes (a default's own inside included)."""
    schema = _follow(schema, root)
    if len(path) > 100:
        return
    for part in schema.get("allOf", []):
        _apply_defaults(part, root, value, (*path, 0))
    if isinstance(value, dict):
        properties = schema.get("properties")
        for name, inner in properties.items() if isinstance(properties, dict) else ():
            default = _follow(inner, root).get("default", MISSING)
            if name not in value and default is not MISSING:
                value[name] = copy.deepcopy(default)
            if name in value:
                _apply_defaults(inner, root, value[name], (*path, 0))
    elif isinstance(value, list) and "items" in schema:
        for item in value:
            _apply_defaults(schema["items"], root, item, (*path, 0))


def _validator(schema: Any) -> Callable[[Any], bool]:
    import jsonschema_rs

    try:
        compiled = jsonschema_rs.validator_for(_plain(schema))
    except (ValueError, jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError) as error:
        raise DocumentError(f"the inputs' JSON Schema is not valid: {str(error).splitlines()[0]}") from None
    return lambda inputs: bool(compiled.is_valid(_plain(inputs)))


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
    import jsonschema

    validator = jsonschema.Draft202012Validator(_plain(schema))
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
    return f"input '{path}': {error.message}" if path else error.message


def _shown(value: Any) -> str:
    names: Mapping[type, str] = {dict: "an object", list: "a list", str: "a string", bool: "a boolean"}
    return names.get(type(value), "null" if value is None else f"the number {value}")


NO_SCHEMA: Missing = MISSING

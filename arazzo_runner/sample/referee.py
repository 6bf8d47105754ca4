"""The referee: jsonschema-rs says whether a candidate is valid by its schema, formats included."""

from __future__ import annotations

from typing import Any

from ..document.tangle import is_tangled
from ..values import JSON, MISSING, Value, get_pointer, parse_pointer

ROOT = "urn:arazzo-run:sample"
_MOST_KEPT = 2000  # validators
_DATA_KEYWORDS = frozenset({"example", "examples", "default", "const", "enum"})


class Referee:
    """Judges values by the root schema and by any schema inside it or merged from it."""

    def __init__(self, root: Any) -> None:
        self.written = root
        self.root = absolute_references(root)
        self._tangled = is_tangled(root)
        self._registry: Any = None
        self._validators: dict[int, tuple[Any, Any]] = {}
        self._anchors: dict[str, Any] | None = None

    def resolve(self, reference: str) -> Any:
        """The schema a $ref of this root names: a pointer, an $anchor or "#"; True where there is none."""
        fragment = reference.removeprefix(ROOT).removeprefix("#")
        if not fragment:
            return self.root
        if fragment.startswith("/"):
            found: Value = get_pointer(self.root, parse_pointer(_unquote(fragment)))
            return True if found is MISSING else found
        if self._anchors is None:
            self._anchors = dict(_anchors(self.root))
        return self._anchors.get(fragment, True)

    def accepts(self, schema: Any, value: JSON) -> bool:
        """Whether the value is valid; a schema that cannot be compiled, or is tangled, accepts everything."""
        validator = self._validator(schema)
        return True if validator is None else bool(validator.is_valid(value))

    def _validator(self, schema: Any) -> Any:
        known = self._validators.get(id(schema))
        if known is None:
            if len(self._validators) > _MOST_KEPT:  # what was merged for one sample is not met again
                self._validators.clear()
            # The schema is kept beside its validator, so that its id stays taken.
            known = self._validators[id(schema)] = (schema, self._compile(schema))
        return known[1]

    def _compile(self, schema: Any) -> Any:
        import jsonschema_rs

        if self._tangled:
            return None
        try:
            if self._registry is None:
                self._registry = jsonschema_rs.Registry([(ROOT, self.root)])
            subject = {"$ref": ROOT} if schema is self.root else schema
            return jsonschema_rs.Draft202012Validator(
                subject, registry=self._registry, validate_formats=True, offline=True
            )
        except (ValueError, jsonschema_rs.ReferencingError):
            return None


def absolute_references(schema: Any) -> Any:
    """A copy in which every local $ref names the root, so that any part of it can be judged alone."""
    if isinstance(schema, list):
        return [absolute_references(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    copy: dict[str, Any] = {}
    for key, value in schema.items():
        if key in ("$ref", "$dynamicRef") and isinstance(value, str) and value.startswith("#"):
            copy[key] = ROOT + value
        elif key in _DATA_KEYWORDS:
            copy[key] = value
        else:
            copy[key] = absolute_references(value)
    return copy


def _unquote(fragment: str) -> str:
    from urllib.parse import unquote

    return unquote(fragment)


def _anchors(schema: Any) -> list[tuple[str, Any]]:
    if isinstance(schema, list):
        return [pair for item in schema for pair in _anchors(item)]
    if not isinstance(schema, dict):
        return []
    pairs = [pair for value in schema.values() for pair in _anchors(value)]
    for keyword in ("$anchor", "$dynamicAnchor"):
        if isinstance(schema.get(keyword), str):
            pairs.append((schema[keyword], schema))
    return pairs

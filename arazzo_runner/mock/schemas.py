"""Compiled schemas, kept for as long as the mock lives: bundled once, judged by jsonschema-rs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from ..document.tangle import is_tangled
from ..openapi import Description, SchemaView
from ..openapi.contract_core import OpenApiCore
from ..openapi.reference import Tokens
from ..sample import Prepared, prepare, sample
from ..values import JSON, format_pointer

Direction = Literal["request", "response"]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A self-contained schema and its validator, None where the schema itself is not one."""

    schema: dict[str, Any]
    validator: Any
    _prepared: list[Prepared] = field(default_factory=list)

    def sample(self, *, seed: int = 0, examples: bool = True, name: str = "", leave_out: str = "") -> JSON:
        """A value that keeps the schema, as `sample.sample` makes it."""
        if not self._prepared:
            self._prepared.append(prepare(self.schema))
        return sample(self._prepared[0], seed=seed, examples=examples, name=name, leave_out=leave_out)

    def accepts(self, value: JSON) -> bool:
        return self.validator is None or bool(self.validator.is_valid(value))

    def can_be_met(self) -> bool:
        """Whether a value that keeps the schema is known: nothing is refused for the sake of one that nobody can keep.

        Published schemas ask for properties that another part of their allOf forbids, or have oneOf with alternatives
        that differ in optional properties only.
        """
        return self.accepts(self.sample())


def problem_text(error: Any) -> str:
    """One validation error of jsonschema-rs as a line: where, and what."""
    where = format_pointer(list(error.instance_path))
    return f"{where}: {error.message}" if where else str(error.message)


class Schemas:
    """Compiles each Schema Object once for each direction."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, Tokens, Direction], Compiled] = {}
        self._cores: dict[int, tuple[Description, OpenApiCore]] = {}

    def core(self, description: Description) -> OpenApiCore:
        """openapi-core over a description, read when something is to be explained."""
        return self._cores.setdefault(id(description), (description, OpenApiCore(description)))[1]

    def compiled(self, view: SchemaView, direction: Direction) -> Compiled:
        """Formats are checked in what the mock sends, and are annotations in what it receives (decision 55)."""
        key = (*view.node.identity, direction)
        known = self._known.get(key)
        if known is None:
            schema = view.bundle(direction)
            validator = compile_schema(schema, formats=direction == "response")
            known = self._known[key] = Compiled(schema, validator)
        return known


def compile_schema(schema: dict[str, Any], *, formats: bool) -> Any:
    """A validator, or None where the schema is broken or tangled."""
    import jsonschema_rs

    if is_tangled(schema):
        return None
    try:
        return jsonschema_rs.Draft202012Validator(schema, validate_formats=formats, offline=True)
    except (ValueError, jsonschema_rs.ReferencingError):
        return None

"""Deterministic values from a JSON Schema (draft 2020-12): realistic, obviously made up, valid where that is possible.

    sample(schema, seed=0) -> JSON

The order of preference: example and examples, default, const and enum, the merged allOf, the first alternative of
oneOf and anyOf that can be satisfied, then type, format and pattern. jsonschema-rs is the referee.
"""

from __future__ import annotations

from .sampler import Prepared, prepare, sample

__all__ = ["Prepared", "prepare", "sample"]

"""How much each kind of violation weighs: it fails the case, is told, or is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias, cast

from ..diagnostics import did_you_mean
from ..errors import UsageError

Level = Literal["error", "warn", "off"]
Severities: TypeAlias = Mapping[str, Level]

LEVELS: tuple[Level, ...] = ("error", "warn", "off")
# A response whose status, header, media type or body is not as described; a request that is not; an answer whose
# structure is no longer that of the record.
DEFAULTS: Severities = {
    "status": "error",
    "header": "error",
    "media-type": "error",
    "body": "error",
    "request": "error",
    "drift": "warn",
}


def severities_of(given: Mapping[str, str] | None) -> Severities:
    """The severities in force, those given over the defaults.

    Raises:
        UsageError: no such kind, or no such level.
    """
    for name, level in (given or {}).items():
        if name not in DEFAULTS:
            hint = did_you_mean(name, DEFAULTS) or f"kinds: {', '.join(DEFAULTS)}"
            raise UsageError(f"there is no kind of violation '{name}'", hint=hint)
        if level not in LEVELS:
            raise UsageError(f"the severity of '{name}' is one of {', '.join(LEVELS)}, not '{level}'")
    return {**DEFAULTS, **cast("Severities", given or {})}

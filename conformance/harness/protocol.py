"""The protocol: JSON lines between the harness and an adapter, every one checked against protocol.schema.json."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from .scenario import ROOT

VERSION = 1


class Junk(Exception):
    """A line that is none of the protocol."""


@cache
def _validator(name: str) -> Any:
    from jsonschema import Draft202012Validator

    schema = json.loads((ROOT / "protocol.schema.json").read_text("utf-8"))
    return Draft202012Validator({**schema, "$ref": f"#/$defs/{name}"})


def encode(command: dict[str, Any]) -> bytes:
    """A command as a line."""
    _validator("command").validate(command)
    return json.dumps(command, ensure_ascii=False).encode() + b"\n"


def decode(line: bytes, kind: str) -> dict[str, Any]:
    """A line of an adapter as `started` or `reply`. Raises: Junk."""
    try:
        value = json.loads(line)
    except ValueError:
        raise Junk(f"this is no JSON: {line[:200]!r}") from None
    error = next(iter(_validator(kind).iter_errors(value)), None)
    if error is not None:
        raise Junk(f"this is no {kind}: {line[:200]!r} ({error.message[:200]})")
    return dict(value)

"""Workflow commands of a hosted run: lines of a log that are shown as annotations of the files they name."""

from __future__ import annotations

from typing import Final, Literal

from ..location import Location
from .diagnostics import shown_path

_OF_DATA: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_OF_PROPERTY: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def annotation(
    command: Literal["error", "warning", "notice"], message: str, *, file: str, location: Location | None, title: str
) -> str:
    """`::error file=...,line=...,col=...,title=...::message`; `file` where there is no location."""
    properties = {"file": shown_path(location.document if location else file)}
    if location is not None and location.line:
        properties |= {"line": str(location.line), "col": str(location.column)}
    properties["title"] = title
    told = ",".join(f"{name}={value.translate(_OF_PROPERTY)}" for name, value in properties.items())
    return f"::{command} {told}::{message.translate(_OF_DATA)}"

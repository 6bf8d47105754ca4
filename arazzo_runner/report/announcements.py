"""Secrets announced to the log of a hosted run, so that it masks them too (`::add-mask::`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO

from ..events import Event, SecretMarked
from .redaction import SHORTEST


class SecretAnnouncer:
    """Writes `::add-mask::VALUE` for each secret before anything else can show it, if GITHUB_ACTIONS is `true`."""

    def __init__(self, stream: TextIO, environ: Mapping[str, str]) -> None:
        self._stream = stream
        self._active = environ.get("GITHUB_ACTIONS") == "true"
        self._announced: set[str] = set()

    def observe(self, event: Event) -> None:
        """Announce a secret once; each line of one with several lines, as logs are masked line by line."""
        if not self._active or not isinstance(event, SecretMarked):
            return
        for line in event.value.splitlines():
            if len(line) >= SHORTEST and line not in self._announced:
                self._announced.add(line)
                self._stream.write(f"::add-mask::{line.replace('%', '%25')}\n")
        self._stream.flush()

    def finish(self) -> None:
        """Nothing is left to do."""

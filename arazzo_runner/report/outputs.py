"""The outputs of a run as JSON on stdout: real in a pipe, masked on a terminal (interface, "Secrets")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TextIO

from ..events import Event, RunFinished, RunStarted
from ..values import dumps, jsonable
from .destination import encodable
from .redaction import Redactor

HINT = "masked; pipe it or use --show-secrets"


class OutputsReport:
    """Writes the outputs object at every end of a run that started, `{}` included."""

    def __init__(self, stream: TextIO, *, redactor: Redactor) -> None:
        self._stream = stream
        self._redactor = redactor
        self._outputs: Mapping[str, Any] | None = None

    def observe(self, event: Event) -> None:
        """Keep the outputs."""
        self._redactor.observe(event)
        match event:
            case RunStarted():
                self._outputs = {}
            case RunFinished():
                self._outputs = event.outputs
            case _:
                pass

    def finish(self) -> None:
        """Write them."""
        if self._outputs is None:
            return
        real = jsonable(dict(self._outputs))
        shown = self._redactor.mapping(real) if self._stream.isatty() else real
        self._stream.write(encodable(dumps(shown, indent=2), self._stream) + "\n")
        if shown != real:
            self._stream.write(HINT + "\n")
        self._stream.flush()

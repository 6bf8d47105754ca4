"""`--json`: the whole result as one JSON object (interface, "Result"; `docs/result.schema.json`)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TextIO

from ..diagnostics import Diagnostic
from ..events import Event
from ..values import dumps
from .destination import destination
from .redaction import Redactor
from .result import ResultBuilder


class JsonReport:
    """Writes `Result.to_dict()` at the end of a run."""

    def __init__(
        self,
        target: str | os.PathLike[str] | TextIO,
        *,
        redactor: Redactor,
        diagnostics: Sequence[Diagnostic] = (),
    ) -> None:
        self._show_secrets = redactor.show_secrets
        self._builder = ResultBuilder(diagnostics=diagnostics, redactor=redactor)
        self._destination = destination(target, private=redactor.show_secrets)

    def observe(self, event: Event) -> None:
        """Add one event."""
        self._builder.observe(event)

    def finish(self) -> None:
        """Write the report."""
        report = self._builder.result().to_dict(show_secrets=self._show_secrets)
        self._destination.write(dumps(report, indent=2) + "\n")
        self._destination.close()

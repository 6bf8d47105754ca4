"""`run --check`: the whole analysis before the first request."""

from __future__ import annotations

import argparse

from ..api import Loaded
from ..checks.suppression import suppress
from ..diagnostics import Diagnostic
from ..errors import DocumentError
from .arguments import configurations, selected_codes


def check_first(given: argparse.Namespace, loaded: Loaded, workflow: str) -> tuple[Diagnostic, ...]:
    """What `check` finds, as far as it is looked for and no comment silences it.

    Raises:
        DocumentError: an error that concerns the workflow; a remote source that is missing is left to link to tell.
    """
    selected = selected_codes(configurations(given.file, given.root))
    document, documents = loaded.description.document, loaded.registry.documents
    found = suppress(document, loaded.check(), selected, others=documents)
    findings = tuple(finding for finding in found if finding.code in selected)
    errors = [finding for finding in findings if finding.severity == "error" and finding.code != "ARZ220"]
    unreached = _unreached(loaded, workflow)
    refusing = [error for error in errors if not _is_inside(error, document.name, unreached)]
    if refusing:
        told = tuple(finding for finding in findings if finding.severity != "info" or given.verbose)
        raise DocumentError(refusing[0].message, location=refusing[0].location, diagnostics=told)
    return findings


def _unreached(loaded: Loaded, workflow: str) -> tuple[str, ...]:
    """The pointers of the workflows that a run cannot reach."""
    reached = {linked.location for linked in loaded.link(workflow).workflows.values()}
    return tuple(each.location.pointer for each in loaded.workflows if each.location not in reached)


def _is_inside(finding: Diagnostic, document: str, pointers: tuple[str, ...]) -> bool:
    where = finding.location
    if where is None or where.document != document:
        return False
    return any(f"{where.pointer}/".startswith(f"{pointer}/") for pointer in pointers)

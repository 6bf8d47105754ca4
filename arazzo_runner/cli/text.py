"""What errors look like on a terminal: one line each, where, what, what to do."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import ArazzoError, DocumentError, InputError


def error_lines(error: ArazzoError) -> Iterator[str]:
    """The lines of an error that ended a command."""
    if isinstance(error, DocumentError) and error.diagnostics:
        for diagnostic in error.diagnostics:
            yield str(diagnostic)
        count = sum(d.severity == "error" for d in error.diagnostics)
        yield f"arazzo-run: refused, {count} error{'s' if count != 1 else ''}; nothing was sent"
    elif isinstance(error, InputError):
        for problem in error.problems:
            yield f"arazzo-run: {problem}"
        if error.hint or not error.problems:
            yield f"arazzo-run: {error.hint if error.problems else error}"
    elif error.location is not None:
        yield f"{error.location}: error: {error.message}" + (f" ({error.hint})" if error.hint else "")
    else:
        yield f"arazzo-run: {error}"

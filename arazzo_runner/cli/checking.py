"""One file checked, and mended where that is asked for; many of them in parallel processes."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..api import Checked, check_with
from ..diagnostics import Diagnostic
from ..document import Document
from ..errors import Unavailable, UsageError
from ..options import Options
from ..report.diagnostics import CheckedFile, Finding, Replacement
from ..retrieval import find_root
from .arguments import options_of
from .text import error_lines

if TYPE_CHECKING:
    from ..config import Configuration

STDIN: Final = "<stdin>"
_BREAK: Final = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Task:
    """One file to check. `selected` are the codes, `failing` the severities that make the exit code 1.

    `data` is the text of standard input.
    """

    given: argparse.Namespace
    configured: tuple[Configuration, Configuration]
    selected: frozenset[str]
    failing: tuple[str, ...]
    data: bytes | None = None

    @property
    def name(self) -> str:
        """What reports call it."""
        return str(self.given.file) if self.data is None else STDIN


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task.

    `problem` says why there is nothing to report; `diff` is what mending would change; `sources` are the names of its
    source descriptions, None where they are not known.
    """

    exit_code: int
    file: CheckedFile | None = None
    problem: tuple[str, ...] = ()
    diff: str = ""
    sources: tuple[str, ...] | None = None


def outcome_of(task: Task) -> Outcome:
    """Check one file, and mend it or say what mending would change.

    Raises:
        UsageError: it cannot be read or written.
    """
    options = _options(task)
    source = task.given.file if task.data is None else task.data
    try:
        checked = _selected(task, check_with(source, options, selected=task.selected))
    except Unavailable as error:
        return Outcome(error.exit_code, problem=tuple(error_lines(error)))
    if task.given.diff:
        return _diff(task, checked, options)
    mended: tuple[Diagnostic, ...] = ()
    if task.given.fix:
        checked, mended = _mended(task, checked, options)
        if mended:
            _write(task.given.file, checked.documents[checked.name])
    file = CheckedFile(task.name, checked.readable, tuple(_findings(task, checked)), mended)
    return Outcome(_exit_code(task, checked), file, sources=_sources(checked))


def _options(task: Task) -> Options:
    options = options_of(task.given, task.configured)
    if task.data is not None:
        here = Path.cwd()
        return replace(options, root=options.root or here, base_uri=here.as_uri() + "/stdin", name=STDIN)
    if "://" not in task.given.file:
        # A mended text is checked as a Document, which has no path to find the root by.
        return replace(options, root=options.root or find_root(Path(task.given.file)))
    return options


def _selected(task: Task, checked: Checked) -> Checked:
    """With the findings that are looked for; what makes a file unreadable is always told."""
    if not checked.readable:
        return checked
    return replace(checked, diagnostics=tuple(d for d in checked.diagnostics if d.code in task.selected))


def _exit_code(task: Task, checked: Checked) -> int:
    if not checked.readable:
        return 3
    failing = [d for d in checked.diagnostics if d.severity in task.failing]
    if failing and all(d.code == "ARZ220" for d in failing):
        return Unavailable.exit_code
    return 1 if failing else 0


def _sources(checked: Checked) -> tuple[str, ...] | None:
    """The names of all source descriptions; None where other documents, perhaps not loaded, may have more."""
    document = checked.documents.get(checked.name)
    root: Any = document.root if document is not None else None
    declared = root.get("sourceDescriptions") if isinstance(root, dict) else None
    if not isinstance(declared, list) or not all(isinstance(source, dict) for source in declared):
        return None
    if any(source.get("type") not in ("openapi", "asyncapi") for source in declared):
        return None
    return tuple(str(source.get("name")) for source in declared)


# -- findings with their lines ----------------------------------------------------------------------------------------


def _findings(task: Task, checked: Checked) -> Iterator[Finding]:
    lines: dict[str, list[str]] = {}
    for diagnostic in checked.diagnostics:
        where = diagnostic.location
        if where is not None and where.document not in lines:
            lines[where.document] = _BREAK.split(_text(task, checked, where.document))
        within = where is not None and 0 < where.line <= len(lines[where.document])
        line = lines[where.document][where.line - 1] if where is not None and within else None
        yield Finding(diagnostic, line, _replacement(task, checked, diagnostic))


def _text(task: Task, checked: Checked, name: str) -> str:
    """The text of a document; of one that was not read, as much as can be shown."""
    document = checked.documents.get(name)
    if document is not None:
        return document.text
    try:
        data = task.data if name == STDIN else Path(name).read_bytes()
    except (OSError, ValueError):
        data = None
    return (data or b"").decode("utf-8-sig", "replace")


def _replacement(task: Task, checked: Checked, diagnostic: Diagnostic) -> Replacement | None:
    """The fix as a change of the text, for the format that wants it so."""
    document = checked.documents.get(checked.name)
    if task.given.format != "sarif" or diagnostic.fix is None or document is None or not checked.readable:
        return None
    from ..checks.fixing import change

    changed = change(document, diagnostic.fix)
    if changed is None:
        return None
    start, end = document.line_and_column(changed.start), document.line_and_column(changed.end)
    return Replacement(start, end, changed.text)


# -- mending ----------------------------------------------------------------------------------------------------------


def _mended(task: Task, checked: Checked, options: Options) -> tuple[Checked, tuple[Diagnostic, ...]]:
    """The document after all its fixes, with what is still found, and what they mended."""
    document = checked.documents.get(checked.name)
    if document is None or not checked.readable or all(d.fix is None for d in checked.diagnostics):
        return checked, ()
    from ..checks.fixing import fix_text

    def check(version: Document) -> tuple[Diagnostic, ...]:
        if version is document:
            return checked.diagnostics
        return _selected(task, check_with(version, options, selected=task.selected)).diagnostics

    fixed = fix_text(check, document)
    documents = {**checked.documents, checked.name: fixed.document}
    return replace(checked, diagnostics=fixed.remaining, documents=documents), fixed.applied


def _write(file: str, document: Document) -> None:
    try:
        Path(file).write_bytes(document.data)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from None


def _diff(task: Task, checked: Checked, options: Options) -> Outcome:
    if not checked.readable:
        lines = tuple(str(d) for d in checked.diagnostics if d.severity == "error")
        return Outcome(3, problem=lines, sources=_sources(checked))
    after, mended = _mended(task, checked, options)
    old, new = checked.documents[checked.name], after.documents[checked.name]
    diff = unified_diff(old.text, new.text, task.name)
    file = CheckedFile(task.name, True, mended=mended)
    return Outcome(1 if diff else 0, file, diff=diff, sources=_sources(checked))


def unified_diff(old: str, new: str, name: str) -> str:
    """What changes, as `patch -p1` and `git apply` take it."""
    import difflib

    if old == new:
        return ""
    place = name if os.path.isabs(name) else Path(name).as_posix()
    prefixes = ("", "") if os.path.isabs(name) else ("a/", "b/")
    end = "\t" if " " in place else ""  # without it a name ends at its first space
    before, after = (re.findall(r"[^\n]*\n|[^\n]+", text) for text in (old, new))
    lines = difflib.unified_diff(before, after, prefixes[0] + place + end, prefixes[1] + place + end)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)

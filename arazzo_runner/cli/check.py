"""`arazzo-run check FILE|FOLDER...`: what is wrong with descriptions, without sending anything."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from ..errors import UsageError
from ..report.diagnostics import CheckedFile, DiagnosticsReport, Finding
from ..retrieval import find_root
from .arguments import (
    Parser,
    add_reading_options,
    check_source_names,
    configurations,
    options_of,
    selected_codes,
)
from .checking import Outcome, Task, outcome_of
from .files import named_files
from .pool import parallel

if TYPE_CHECKING:
    from ..config import Configuration

FORMATS: Final = ("text", "json", "sarif", "github", "junit")

# What is configured for a file: everything, the selected codes, and the severities that make the exit code 1.
_Judged: TypeAlias = "tuple[tuple[Configuration, Configuration], frozenset[str], tuple[str, ...]]"


def check_parser() -> Parser:
    """The parser of `arazzo-run check`."""
    parser = Parser(
        prog="arazzo-run check",
        description="Say what is wrong with Arazzo descriptions, where, and how to mend it. Nothing is sent.",
        epilog="Exit codes: 0 nothing that fails; 1 an error (with --fail-on warning: or a warning), with --diff"
        " something to mend; 2 usage; 3 a file that is no Arazzo description; 4 a remote source that cannot be had."
        " A comment '# arazzo-run: ignore=CODE reason' silences one place.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "files", nargs="*", metavar="FILE|FOLDER", help="descriptions, or folders of them; - for standard input"
    )
    _add_findings(parser)
    _add_fixes(parser)
    add_reading_options(parser)
    parser.add_argument("--fetch", action="store_true", help="load remote sources, which are not checked otherwise")
    return parser


def _add_findings(parser: Parser) -> None:
    group = parser.add_argument_group("findings")
    group.add_argument("--format", choices=FORMATS, default="text", help="how they are told (text)")
    group.add_argument(
        "--select", action="append", default=[], metavar="CODE,..", help="only these; ARZ5 is all that begin with it"
    )
    group.add_argument("--ignore", action="append", default=[], metavar="CODE,..", help="all but these")
    group.add_argument("--fail-on", choices=("warning", "error"), help="what makes the exit code 1 (error)")
    group.add_argument("--explain", metavar="CODE", help="what a code means, with examples, and nothing else")
    group.add_argument("-v", "--verbose", action="store_true", help="tell infos too")
    group.add_argument("-q", "--quiet", action="store_true", help="tell only what makes the exit code 1")


def _add_fixes(parser: Parser) -> None:
    group = parser.add_argument_group("mending").add_mutually_exclusive_group()
    group.add_argument("--fix", action="store_true", help="mend what is certain to mean the same, in the files")
    group.add_argument("--diff", action="store_true", help="show what --fix would change, and change nothing")


def main(arguments: Sequence[str]) -> int:
    """Check, and report; the exit code is that of the interface's table."""
    given = check_parser().parse_args(list(arguments))
    if given.explain is not None:
        from . import explain

        return explain.main(given.explain)
    _refuse_contradictions(given)
    tasks = _tasks(given)
    report: DiagnosticsReport = _DiffReport(quiet=given.quiet) if given.diff else _report(given, tasks)
    places = frozenset(os.path.realpath(task.name) for task in tasks)
    outcomes = []
    with parallel(outcome_of, tasks) as results:
        for outcome in results:
            outcomes.append(outcome)
            for line in outcome.problem:
                print(line, file=sys.stderr)
            if outcome.file is not None:
                report.observe(_own(outcome.file, places))
                sys.stdout.write(outcome.diff)
    _refuse_undeclared(tasks[0], outcomes)
    report.finish()
    return max(outcome.exit_code for outcome in outcomes)


def _refuse_contradictions(given: argparse.Namespace) -> None:
    """Raises: UsageError: options that have nothing to do together."""
    if not all(given.files or [""]):  # an empty name is a variable that was not set, and not this folder
        raise UsageError("name a file or a folder to check, or - for standard input")
    if given.files.count("-") > 1:
        raise UsageError("standard input can be read once only")
    if given.fix and "-" in given.files:
        raise UsageError("standard input cannot be mended in place", hint="--diff shows what would change")
    if given.diff and given.format != "text":
        raise UsageError(f"--diff writes a diff, not --format {given.format}")
    for file in given.files:
        if "://" in file and not given.fetch:
            raise UsageError(f"{file} is remote, and check opens no connection", hint="--fetch allows it")
        if "://" in file and given.fix:
            raise UsageError(f"{file} is remote, and cannot be mended in place", hint="--diff shows what would change")


# -- what to check ----------------------------------------------------------------------------------------------------


def _tasks(given: argparse.Namespace) -> list[Task]:
    """A task for each file, each file once.

    Raises:
        UsageError: no such file, a folder without descriptions, a code that is none, configuration that cannot be read.
    """
    configured: dict[Path | None, _Judged] = {}
    tasks = []
    for file in named_files(given.files):
        root = given.root or (None if file == "-" or "://" in file else find_root(Path(file)))
        if root not in configured:
            configured[root] = _judged(given, file)
        data = sys.stdin.buffer.read() if file == "-" else None
        own = argparse.Namespace(**{**vars(given), "file": file, "files": None})
        tasks.append(Task(own, *configured[root], data=data))
    return tasks


def _judged(given: argparse.Namespace, file: str) -> _Judged:
    project, user = found = configurations(file, given.root)
    selected = selected_codes(found, select=_listed(given.select), ignore=_listed(given.ignore))
    fail_on = given.fail_on or project.fail_on or user.fail_on
    return found, selected, ("error", "warning") if fail_on == "warning" else ("error",)


def _listed(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(code.strip() for text in texts for code in text.split(","))


# -- what to tell -----------------------------------------------------------------------------------------------------


def _report(given: argparse.Namespace, tasks: Sequence[Task]) -> DiagnosticsReport:
    from ..checks.catalogue import RULES

    match given.format:
        case "json":
            from ..report.diagnostics.json_ import JsonReport

            return JsonReport(sys.stdout)
        case "sarif":
            from ..report.diagnostics.sarif import SarifReport

            return SarifReport(sys.stdout, rules=RULES)
        case "github":
            from ..report.diagnostics.github import GithubReport

            return GithubReport(sys.stdout, infos=given.verbose)
        case "junit":
            from ..report.diagnostics.junit import JunitReport

            return JunitReport(sys.stdout, rules=RULES)
    from ..report.diagnostics.text import TextReport

    return TextReport(
        sys.stdout,
        environ=os.environ,
        verbosity="quiet" if given.quiet else "verbose" if given.verbose else "normal",
        failing=max((task.failing for task in tasks), key=len),
    )


class _DiffReport:
    """Beside diffs on stdout, a line on stderr that says how much they mend."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._mended = self._files = 0

    def observe(self, file: CheckedFile) -> None:
        self._mended += len(file.mended)
        self._files += bool(file.mended)

    def finish(self) -> None:
        if not self._quiet:
            files = "1 file" if self._files == 1 else f"{self._files} files"
            said = f"--fix would mend {self._mended} in {files}" if self._mended else "nothing to mend with --fix"
            print(said, file=sys.stderr)


def _own(file: CheckedFile, places: Collection[str]) -> CheckedFile:
    """Without what stands in another one of the checked files, and is told there."""

    def is_told_there(finding: Finding) -> bool:
        where = finding.diagnostic.location
        return where is not None and where.document != file.name and os.path.realpath(where.document) in places

    return replace(file, findings=tuple(finding for finding in file.findings if not is_told_there(finding)))


def _refuse_undeclared(task: Task, outcomes: Sequence[Outcome]) -> None:
    """Raises: UsageError: an option for a source that no checked file declares."""
    declared = {name for outcome in outcomes for name in outcome.sources or ()}
    if all(outcome.sources is not None for outcome in outcomes):
        check_source_names(options_of(task.given, task.configured), sorted(declared))

"""`arazzo-run test FILE|FOLDER...`: whether descriptions work against the APIs they name, without those APIs."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..errors import UsageError
from .arguments import Parser, add_reading_options, add_sending_options, check_source_names, configurations, options_of
from .counterexamples import Counterexamples
from .files import named_files
from .pool import parallel
from .run import check_targets
from .trying import Outcome, Task, outcome_of

if TYPE_CHECKING:
    from ..report.verdicts import VerdictsReport

_REPORTS: Final = ("json", "junit", "html")


def test_parser() -> Parser:
    """The parser of `arazzo-run test`."""
    parser = Parser(
        prog="arazzo-run test",
        description="Try every workflow against the descriptions of its API, and run the cases beside it. Nothing is"
        " sent without --live.",
        epilog="For each workflow: the straight run, every branch that some documented answer takes, every documented"
        " error, dropped connections and time-outs. Exit codes: 0 all passed; 1 a failure; 2 usage; 3 a workflow or"
        " a file that cannot be run; 4 a remote source that is missing (--fetch), with --live no answer.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "files", nargs="*", metavar="FILE|FOLDER", help="descriptions, cases (*.arazzo-test.yaml), or folders of them"
    )
    parser.add_argument("-w", "--workflow", metavar="ID", help="only this workflow")
    _add_trying(parser)
    add_reading_options(parser)
    parser.add_argument("--fetch", action="store_true", help="load remote sources")
    _add_live(parser)
    _add_reports(parser)
    return parser


def _add_trying(parser: Parser) -> None:
    group = parser.add_argument_group("what is tried")
    group.add_argument("-i", "--input", action="append", default=[], metavar="NAME=VALUE", help="an input, not made up")
    group.add_argument("--inputs", metavar="FILE", help="inputs as a JSON or YAML object")
    group.add_argument("--straight", action="store_true", help="the straight run only, no branches and no failures")
    group.add_argument("--thorough", action="store_true", help="also inputs at the bounds of their schema")
    group.add_argument("--seed", type=int, default=0, metavar="N", help="another number makes other values (0)")
    group.add_argument("--no-cases", action="store_true", help="workflows only, without the cases beside them")
    group.add_argument("--jobs", type=int, metavar="N", help="parallel processes, from 8 files on (as many as cores)")
    group.add_argument("--save", type=Path, metavar="DIR", help="where transcripts of failures go (the cache)")


def _add_live(parser: Parser) -> None:
    group = parser.add_argument_group("cases against the real server")
    group.add_argument("--live", action="store_true", help="send the requests of cases, check every response")
    group.add_argument(
        "--severity",
        action="append",
        default=[],
        metavar="KIND=LEVEL",
        help="error, warn or off for status, header, media-type, body, request, drift",
    )
    group.add_argument("--auth", action="append", default=[], metavar="SCHEME[.FIELD]=VALUE", help="a credential")
    group.add_argument("--env-file", type=Path, metavar="FILE", help="read variables from here instead of .env")
    group.add_argument("--insecure", action="store_true", help="do not check TLS certificates")
    group.add_argument("--proxy", metavar="URL", help="send everything through this proxy")
    add_sending_options(group)
    group.add_argument("--timeout", type=float, metavar="S", help="seconds for one request in total (30)")


def _add_reports(parser: Parser) -> None:
    group = parser.add_argument_group("reports")
    group.add_argument("--format", choices=("text", "github"), default="text", help="what goes to stdout (text)")
    group.add_argument("--json", metavar="FILE|-", help="every verdict as JSON; - puts it on stdout")
    group.add_argument("--junit", metavar="FILE", help="JUnit XML")
    group.add_argument("--html", metavar="FILE", help="one page with graphs, runs and coverage")
    group.add_argument("-v", "--verbose", action="store_true", help="tell every aim, reached or not, and why")
    group.add_argument("-q", "--quiet", action="store_true", help="tell failures only")


def main(arguments: Sequence[str]) -> int:
    """Test, and report; the exit code is that of the interface's table."""
    given = test_parser().parse_args(list(arguments))
    _refuse_contradictions(given)
    tasks = list(_tasks(given))
    reports = _reports(given)
    counterexamples = Counterexamples(given)
    outcomes = []
    with _finishing(reports):
        with parallel(outcome_of, tasks, processes=given.jobs) as results, _progress(given, len(tasks)) as advance:
            for outcome in results:
                outcomes.append(outcome)
                _tell(outcome, reports, counterexamples)
                advance()
        _refuse_unused(given, outcomes)
    return max(outcome.exit_code for outcome in outcomes if not outcome.unknown_workflow)


@contextmanager
def _finishing(reports: Sequence[VerdictsReport]) -> Iterator[None]:
    """Reports are finished however it ends, unless nothing that was asked for could be meant."""
    try:
        yield
    except UsageError:
        raise
    except BaseException:
        _finish(reports)
        raise
    _finish(reports)


def _finish(reports: Sequence[VerdictsReport]) -> None:
    for report in reports:
        report.finish()


def _tell(outcome: Outcome, reports: Sequence[VerdictsReport], counterexamples: Counterexamples) -> None:
    if not outcome.unknown_workflow:
        for line in outcome.problem:
            print(line, file=sys.stderr)
    for verdict in outcome.verdicts:
        kept = counterexamples.kept(verdict)
        for report in reports:
            report.observe(kept)


def _refuse_contradictions(given: argparse.Namespace) -> None:
    """Raises: UsageError: options that have nothing to do together, reports that cannot be written."""
    if not given.files or not all(given.files):
        raise UsageError("name a file or a folder to test", hint="arazzo-run test FILE|FOLDER ...")
    for file in given.files:
        if file == "-":
            raise UsageError("test reads files, not standard input")
        if "://" in file and not given.fetch:
            raise UsageError(f"{file} is remote, and test opens no connection", hint="--fetch allows it")
    if given.jobs is not None and given.jobs < 1:
        raise UsageError(f"--jobs {given.jobs}: at least one process is needed")
    if given.severity and not given.live:
        raise UsageError("--severity is for the responses of --live")
    check_targets(given, _REPORTS)
    if given.save is not None:
        _check_folder(given.save)


def _check_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise UsageError(f"--save {folder} cannot be made: {error.strerror}") from None
    if not os.access(folder, os.W_OK):
        raise UsageError(f"--save {folder} cannot be written: no permission")


def _tasks(given: argparse.Namespace) -> Iterator[Task]:
    """A task for each description and each case, each once.

    Raises:
        UsageError: no such file, a folder with nothing to test, configuration that cannot be read.
    """
    for file in named_files(given.files, cases=not given.no_cases):
        own = argparse.Namespace(**{**vars(given), "file": file, "files": None})
        yield Task(own, configurations(file, given.root))


def _reports(given: argparse.Namespace) -> list[VerdictsReport]:
    reports: list[VerdictsReport] = []
    if given.json is not None:
        from ..report.verdicts.json_ import JsonReport

        reports.append(JsonReport(sys.stdout if given.json == "-" else given.json))
    if given.junit is not None:
        from ..report.verdicts.junit import JunitReport

        reports.append(JunitReport(given.junit))
    if given.html is not None:
        from ..report.page.html import VerdictsPage
        from ..report.redaction import Redactor

        reports.append(VerdictsPage(given.html, redactor=Redactor()))
    if given.json != "-":
        reports.append(_on_stdout(given))
    return reports


def _on_stdout(given: argparse.Namespace) -> VerdictsReport:
    if given.format == "github":
        from ..report.verdicts.github import GithubReport

        return GithubReport(sys.stdout, notices=given.verbose)
    from ..report.verdicts.text import TextReport

    verbosity: Any = "quiet" if given.quiet else "verbose" if given.verbose else "normal"
    return TextReport(sys.stdout, environ=os.environ, verbosity=verbosity)


@contextmanager
def _progress(given: argparse.Namespace, total: int) -> Iterator[Any]:
    """A bar over many files, on a terminal; what is given advances it."""
    from ..report.screen import is_plain

    if total < 2 or given.quiet or is_plain(sys.stderr, os.environ):
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

    console = Console(stderr=True)
    with Progress(BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda: bar.advance(task)


def _refuse_unused(given: argparse.Namespace, outcomes: Sequence[Outcome]) -> None:
    """Raises: UsageError: an option for what no file has."""
    declared = {name for outcome in outcomes for name in outcome.sources or ()}
    if all(outcome.sources is not None for outcome in outcomes):
        check_source_names(options_of(argparse.Namespace(**{**vars(given), "file": given.files[0]})), sorted(declared))
    if given.workflow is not None and all(outcome.unknown_workflow for outcome in outcomes):
        raise UsageError(_unknown(given.workflow, outcomes))
    if given.live and not any(v.kind == "case" for outcome in outcomes for v in outcome.verdicts):
        raise UsageError(
            "--live runs cases, and there are none", hint="make one with run --record FILE.arazzo-test.yaml"
        )


def _unknown(workflow: str, outcomes: Sequence[Outcome]) -> str:
    """Of one file what it has instead."""
    if len(outcomes) == 1 and outcomes[0].problem:
        return outcomes[0].problem[0].removeprefix("arazzo-run: ")
    return f"no file has a workflow '{workflow}'"

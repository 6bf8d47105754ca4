"""`arazzo-run [run] FILE`: run a workflow."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..api import Loaded, Runner, load_with
from ..document import read
from ..errors import InputError, UsageError
from ..plan import is_made
from .arguments import check_source_names, is_terminal, options_of, run_parser
from .inputs import ask_for_missing, missing_line, read_inputs
from .interrupt import interruptible

if TYPE_CHECKING:
    from ..drivers.interaction import Browser
    from ..report.console import Console


_REPORTS = ("json", "events", "har", "junit", "html", "record")


def main(arguments: Sequence[str]) -> int:
    """Run, and report; the exit code is that of the interface's table."""
    parser = run_parser()
    given = parser.parse_args(arguments)
    check_targets(given)
    if given.fault and not given.mock:
        raise UsageError("--fault is for the mock", hint="add --mock")
    if given.replay is not None:
        from . import replay

        return replay.main(given)
    if given.file == "-" and given.inputs == "-":
        raise UsageError("standard input cannot be FILE and --inputs at once")
    loaded = load_file(given)
    runner = runner_of(given, loaded, given.workflow)
    check_names(runner)
    inputs = _inputs(given, arguments, runner)
    if given.dry_run:
        from . import dry_run

        return dry_run.main(runner, inputs, verbose=given.verbose)
    return report(given, runner, inputs)


def check_targets(given: argparse.Namespace, reports: Sequence[str] = _REPORTS) -> None:
    """Refuse reports that cannot be written, before anything else is done.

    Raises:
        UsageError: two reports on stdout, a report of a run that does not take place, a place that is not writable.
    """
    targets = {name: target for name in reports if (target := getattr(given, name)) is not None}
    if targets.get("json") == targets.get("events") == "-":
        raise UsageError("--json - and --events - cannot both write to stdout", hint="name a file for one of them")
    for name, target in targets.items():
        if getattr(given, "dry_run", False):
            raise UsageError(f"--{name} has nothing to report on with --dry-run")
        if target != "-":
            _check_writable(Path(target))
        elif name not in ("json", "events"):
            raise UsageError(f"--{name} does not go to stdout", hint="name a file")


def _check_writable(path: Path) -> None:
    folder = path.parent
    if path.is_dir() or not folder.is_dir() or not os.access(path if path.exists() else folder, os.W_OK):
        why = "it is a folder" if path.is_dir() else "no permission" if folder.is_dir() else f"no folder {folder}"
        raise UsageError(f"{path} cannot be written: {why}")


def load_file(given: argparse.Namespace) -> Loaded:
    """The description FILE names; - is standard input."""
    options = replace(options_of(given), interaction=_interaction(given))
    if given.file == "-":
        options = replace(options, root=options.root or Path.cwd())
        uri = Path.cwd().as_uri() + "/stdin"
        return load_with(read(sys.stdin.buffer.read(), uri=uri, name="<stdin>", limits=options.limits), options)
    return load_with(given.file, options)


def _interaction(given: argparse.Namespace) -> Browser | None:
    """Who is asked to sign in: somebody at a terminal, as for missing inputs; nobody where nothing is run."""
    if vars(given).get("no_input", True) or not is_terminal():
        return None
    from ..drivers.interaction import Browser

    return Browser(sys.stderr)


def runner_of(given: argparse.Namespace, loaded: Loaded, workflow: str | None) -> Runner:
    """The runner; with `--check` it tells all findings of the analysis in place of those of link.

    Raises:
        DocumentError: an error refuses the run; one in a workflow that the run cannot reach does not.
    """
    if not given.check:
        return Runner(loaded, workflow=workflow)
    from .first import check_first

    findings = check_first(given, loaded, loaded.select(workflow))
    runner = Runner(loaded, workflow=workflow)
    runner.plan = replace(runner.plan, diagnostics=findings)
    return runner


def check_names(runner: Runner) -> None:
    """Refuse names that nothing declares, and a server without a name where there are several to replace.

    Raises:
        UsageError: `-s`, `--source` or `--auth` with such a name.
    """
    options = runner.options
    used, declared = tuple(name for name in runner.plan.descriptions if not is_made(name)), _sources(runner)
    if "" in options.servers and len(used) > 1:
        raise UsageError(
            f"-s {options.servers['']}: the workflow uses {len(used)} sources: {', '.join(used)}", hint="-s NAME=URL"
        )
    if declared is not None:
        check_source_names(options, declared)
    for name in runner.unknown_auth():
        raise UsageError(f"--auth {name}: no description declares a scheme of that name", hint=runner.schemes_hint())
    for name in runner.unknown_fields():
        from ..credentials.grants import FIELDS

        raise UsageError(f"--auth {name}: a credential has no such field", hint=f"fields: {', '.join(FIELDS)}")


def _sources(runner: Runner) -> tuple[str, ...] | None:
    """The names of all source descriptions; None where other documents, perhaps not loaded, may have more."""
    declared = runner.loaded.description.source_descriptions
    if any(source.type not in ("openapi", "asyncapi") for source in declared):
        return None
    return tuple(source.name for source in declared)


def _inputs(given: argparse.Namespace, arguments: Sequence[str], runner: Runner) -> dict[str, Any]:
    schema = runner.plan.workflow.inputs
    inputs = read_inputs(given.inputs, given.input, schema)
    line = missing_line(arguments, inputs, schema)
    if line is not None and is_terminal() and not given.no_input:
        ask_for_missing(inputs, schema)
    try:
        return runner.admit(inputs)
    except InputError as error:
        raise InputError(error.message, problems=error.problems, hint=f"type: {line}" if line else None) from None


def report(given: argparse.Namespace, runner: Runner, inputs: dict[str, Any]) -> int:
    """Run with the reports a command line asks for."""
    from ..report.announcements import SecretAnnouncer
    from ..report.redaction import Redactor
    from ..report.tee import Tee

    redactor = Redactor(show_secrets=given.show_secrets)
    console = _console(given, runner, redactor)
    for diagnostic in runner.plan.diagnostics:
        if diagnostic.severity != "info" or given.verbose:
            console.diagnostic(diagnostic)
    for note in runner.notes() if given.verbose else ():
        console.note(note)
    tee = Tee(redactor, SecretAnnouncer(sys.stderr, os.environ), console, *reports(given, runner, redactor))
    try:
        with interruptible(runner.close):
            result = runner.run(inputs, observers=(tee.observe,))
    finally:
        tee.finish()
        runner.close()
    return result.exit_code


def _console(given: argparse.Namespace, runner: Runner, redactor: Any) -> Console:
    from ..report.console import Console

    return Console(
        sys.stderr,
        redactor=redactor,
        environ=os.environ,
        verbosity="quiet" if given.quiet else "verbose" if given.verbose else "normal",
        advice=lambda request, response: runner.advice(request),
    )


def reports(given: argparse.Namespace, runner: Runner, redactor: Any) -> list[Any]:
    """The reports in the order they are written; the outputs go to stdout unless `--json -` takes their place."""
    found: list[Any] = []
    diagnostics = runner.plan.diagnostics
    if given.json is not None:
        from ..report.json_report import JsonReport

        found.append(JsonReport(_target(given.json), redactor=redactor, diagnostics=diagnostics))
    if given.events is not None:
        from ..report.ndjson import EventsReport

        found.append(EventsReport(_target(given.events), redactor=redactor))
    if given.har is not None:
        from ..report.har import HarReport

        found.append(HarReport(given.har, redactor=redactor))
    if given.junit is not None:
        from ..report.junit import JunitReport

        found.append(JunitReport(given.junit, redactor=redactor))
    if given.html is not None:
        from ..report.page.html import HtmlReport

        found.append(HtmlReport(given.html, redactor=redactor))
    if given.record is not None:
        from ..report.transcript import TranscriptReport

        sources, servers = runner.options.sources, runner.replaced_servers()
        found.append(TranscriptReport(given.record, redactor=redactor, sources=sources, servers=servers))
    if "-" not in (given.json, given.events):
        from ..report.outputs import OutputsReport

        found.append(OutputsReport(sys.stdout, redactor=redactor))
    return found


def _target(text: str) -> Any:
    return sys.stdout if text == "-" else text

"""`--replay FILE`: run against a record, without a network, and say where the run now differs."""

from __future__ import annotations

import argparse
import os
import sys

from ..api import case_options, load_with, read_case_file, replay_case
from ..errors import UsageError
from ..report.announcements import SecretAnnouncer
from ..report.console import Console
from ..report.redaction import Redactor
from ..report.tee import Tee
from .arguments import options_of
from .run import check_names, reports, runner_of


def main(given: argparse.Namespace) -> int:
    """Replay; exit 1 where the run differs from its record."""
    if given.input or given.inputs is not None:
        raise UsageError("the inputs of a replay come from its record", hint="leave out -i and --inputs")
    options = options_of(given)
    file = read_case_file(given.replay, options)
    case = file.case
    loaded = load_with(given.file, case_options(file, options))
    runner = runner_of(given, loaded, given.workflow or case.workflow)
    check_names(runner)
    redactor = Redactor(show_secrets=True)
    console = Console(
        sys.stderr,
        redactor=redactor,
        environ=os.environ,
        verbosity="quiet" if given.quiet else "verbose" if given.verbose else "normal",
    )
    tee = Tee(SecretAnnouncer(sys.stderr, os.environ), console, *reports(given, runner, redactor))
    try:
        result, differences = replay_case(runner, case, observers=(tee.observe,))
    finally:
        tee.finish()
    for difference in differences:
        print(f"differs: {difference}", file=sys.stderr)
    if differences:
        places = f"{len(differences)} place{'' if len(differences) == 1 else 's'}"
        print(f"arazzo-run: the run differs from {given.replay} in {places}", file=sys.stderr)
        return 1
    print(f"arazzo-run: the same as {given.replay}", file=sys.stderr)
    return 0 if case.expect.outcome is not None else result.exit_code

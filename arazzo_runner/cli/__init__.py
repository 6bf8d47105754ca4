"""The command `arazzo-run`: parse, call the library, hand events to reports, return the exit code.

Nothing but argparse is loaded before a command is known; each command is a module of its own.
"""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Sequence

COMMANDS = ("run", "check", "test", "show", "mock", "auth")


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out a command line; the exit code is that of the interface's table."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    atexit.register(gc.freeze)  # a process that ends need not look for circles in what it leaves: 20 ms
    try:
        return _dispatch(arguments)
    except SystemExit as done:  # argparse's own way to end after --help and --version
        return done.code if isinstance(done.code, int) else 0
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        _close_stdout()
        return 0
    except Exception as error:  # noqa: BLE001  the one place that answers for everything
        return _fail(error, verbose="-v" in arguments or "--verbose" in arguments)


def _dispatch(arguments: list[str]) -> int:
    if arguments == ["--version"]:
        from .._version import __version__

        print(f"arazzo-run {__version__}")
        return 0
    command, rest = _command(arguments)
    if command == "run" and (not rest or not {"-h", "--help"}.isdisjoint(rest)):
        return _help(asked=bool(rest))
    if command == "check":
        from . import check

        return check.main(rest)
    if command == "test":
        from . import test

        return test.main(rest)
    if command == "show":
        from . import show

        return show.main(rest)
    if command == "mock":
        from . import mock

        return mock.main(rest)
    if command == "auth":
        from . import auth

        return auth.main(rest)
    from . import run

    return run.main(rest)


def _help(*, asked: bool) -> int:
    """The options of a run, without loading what a run needs; to stderr, exit 2, where nobody asked."""
    from .arguments import run_parser

    run_parser().print_help(sys.stdout if asked else sys.stderr)
    return 0 if asked else 2


def _command(arguments: list[str]) -> tuple[str, list[str]]:
    """`arazzo-run FILE` is `arazzo-run run FILE`; a first word that is a command is the command."""
    first = arguments[0] if arguments else ""
    if first in COMMANDS:
        return first, arguments[1:]
    return "run", arguments


def _fail(error: Exception, *, verbose: bool) -> int:
    from ..errors import ArazzoError
    from .text import error_lines

    if isinstance(error, ArazzoError):
        for line in error_lines(error):
            print(line, file=sys.stderr)
        return error.exit_code
    import traceback

    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{last.filename.rpartition('/')[2]}:{last.lineno}"
    print(
        f"arazzo-run: internal error: {type(error).__name__}: {error} ({where})"
        " - this is our bug; please report it" + ("" if verbose else ", with the output of -v"),
        file=sys.stderr,
    )
    if verbose:
        traceback.print_exception(error)
    return 70


def _close_stdout() -> None:
    """The reader went away: leave without a second error when Python flushes."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

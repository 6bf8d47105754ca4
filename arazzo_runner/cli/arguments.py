"""The options of a command line, as the interface names them, and what they mean for the library."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from .._version import __version__
from ..diagnostics import did_you_mean
from ..errors import UsageError
from ..limits import Limits

if TYPE_CHECKING:
    from ..config import Configuration
    from ..credentials import ProfileTokens
    from ..options import Compat, Options


class Parser(argparse.ArgumentParser):
    """argparse whose complaints are one line, exit code 2."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint=f"{self.prog} --help lists the options")


def run_parser() -> Parser:
    """The parser of `arazzo-run [run] FILE`."""
    parser = Parser(
        prog="arazzo-run",
        usage="arazzo-run [run] FILE [-w WORKFLOW] [-i NAME=VALUE ...] [options]\n"
        "       arazzo-run check FILE|FOLDER ... [options]\n"
        "       arazzo-run test FILE|FOLDER ... [options]\n"
        "       arazzo-run show FILE [-w WORKFLOW] [--credentials]\n"
        "       arazzo-run mock FILE ... [--port N] [options]\n"
        "       arazzo-run auth login FILE [SCHEME] | list | logout SCHEME",
        description="Run a workflow of an Arazzo description. Outputs go to stdout as JSON, everything else to stderr.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"arazzo-run {__version__}")
    add_document_options(parser)
    _add_inputs(parser)
    _add_credentials(parser)
    _add_ways(parser)
    _add_reports(parser)
    _add_limits(parser)
    _add_network(parser)
    return parser


def add_document_options(parser: argparse.ArgumentParser) -> None:
    """FILE, a workflow of it, and what decides how it is read: of every command that takes one file."""
    parser.add_argument("file", metavar="FILE", help="an Arazzo description: a path, a URL, or - for standard input")
    parser.add_argument("-w", "--workflow", metavar="ID", help="the workflow; not needed where there is only one")
    add_reading_options(parser)


def add_reading_options(parser: argparse.ArgumentParser) -> None:
    """What decides how descriptions are read: shared by every command."""
    group = parser.add_argument_group("documents")
    group.add_argument(
        "--source",
        action="append",
        default=[],
        metavar="NAME=PATH|URL",
        help="where a source description is, in place of its url",
    )
    group.add_argument(
        "-s",
        "--server",
        action="append",
        default=[],
        metavar="[NAME=]URL",
        help="the server of a source, or NAME.VAR=VALUE for a server variable",
    )
    group.add_argument("--root", type=Path, metavar="DIR", help="the folder local sources may be read from")
    group.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="HOST",
        help="send to these hosts only (HOST, HOST:PORT, *.DOMAIN), private ones too, and give them credentials",
    )
    group.add_argument(
        "--deny-private", action="store_true", help="refuse loopback and private addresses unless their host is named"
    )
    group.add_argument("--no-cache", action="store_true", help="do not keep parsed descriptions")
    compat = group.add_mutually_exclusive_group()
    compat.add_argument(
        "--strict",
        action="store_const",
        const="strict",
        dest="compat",
        default="auto",
        help="read every document exactly as the specification says",
    )
    compat.add_argument(
        "--lenient",
        action="store_const",
        const="lenient",
        dest="compat",
        help="read common forms outside the specification as their author meant them",
    )


def _add_inputs(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("inputs")
    group.add_argument(
        "-i",
        "--input",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an input; NAME=@FILE and NAME=env:VAR keep it out of the shell history",
    )
    group.add_argument("--inputs", metavar="FILE|-", help="inputs as a JSON or YAML object")
    group.add_argument("--no-input", action="store_true", help="never ask for missing inputs")


def _add_credentials(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("credentials")
    group.add_argument(
        "--auth",
        action="append",
        default=[],
        metavar="SCHEME[.FIELD]=VALUE",
        help="the value of a security scheme, or env:NAME, file:PATH, keyring:NAME; also ARAZZO_AUTH_<SCHEME> in the "
        "environment or .env, or `arazzo-run auth login`",
    )
    add_value_options(group)
    group.add_argument("--show-secrets", action="store_true", help="mask nothing")


def add_value_options(group: argparse._ActionsContainer) -> None:
    """Where the values of credentials may come from, beside the command line."""
    group.add_argument("--env-file", type=Path, metavar="FILE", help="read variables from here instead of .env")
    group.add_argument("--allow-commands", action="store_true", help="run the command of a value cmd:COMMAND")


def _add_ways(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("ways to run")
    way = group.add_mutually_exclusive_group()
    way.add_argument("--mock", action="store_true", help="answer from the descriptions, in process; nothing is sent")
    way.add_argument("--dry-run", action="store_true", help="show what each request would be; nothing is sent")
    way.add_argument("--replay", type=Path, metavar="FILE", help="answer from a record, and say where the run differs")
    group.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="STEP[#N]=FAULT",
        help="with --mock: 503, 503x2 (twice), delay=2s, drop or malformed for the requests of a step, or its Nth",
    )
    group.add_argument("--check", action="store_true", help="the whole analysis of `arazzo-run check` first")
    group.add_argument("--contract", choices=("warn", "error"), help="check requests and responses against OpenAPI")


def _add_reports(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("reports")
    group.add_argument("--json", metavar="FILE|-", help="the whole result as JSON; - puts it in place of the outputs")
    group.add_argument("--events", metavar="FILE|-", help="every event as a line of JSON")
    group.add_argument("--har", metavar="FILE", help="requests and responses as HAR 1.2")
    group.add_argument("--junit", metavar="FILE", help="JUnit XML")
    group.add_argument("--html", metavar="FILE", help="one self-contained page: graph, timeline, steps, coverage")
    group.add_argument("--record", metavar="FILE", help="a transcript for --replay")
    group.add_argument("-v", "--verbose", action="store_true", help="show headers and bodies, masked")
    group.add_argument("-q", "--quiet", action="store_true", help="show errors only")


def _add_limits(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("limits")
    group.add_argument("--timeout", type=seconds, metavar="S", help="seconds for one request in total (30)")
    group.add_argument("--max-time", type=seconds, metavar="S", help="seconds for the whole run (no bound)")
    group.add_argument("--max-steps", type=whole(1), metavar="N", help="executed steps, retries included (1000)")


def _add_network(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("network")
    group.add_argument("--follow-redirects", action="store_true", help="follow redirects; credentials stay behind")
    group.add_argument("--cookies", action="store_true", help="keep cookies within the run")
    group.add_argument("--insecure", action="store_true", help="do not check TLS certificates")
    group.add_argument("--proxy", metavar="URL", help="send everything through this proxy")
    group.add_argument(
        "--cert",
        action="append",
        default=[],
        metavar="[HOST=]FILE[,KEY]",
        help="a client certificate, for every host or for one (repeatable)",
    )
    add_sending_options(group)


def add_sending_options(group: Any) -> None:
    """What narrows or widens what is sent: of every command that sends the requests of steps."""
    group.add_argument("--read-only", action="store_true", help="send GET, HEAD, OPTIONS, TRACE and QUERY only")
    group.add_argument("--allow-http", action="store_true", help="send credentials without TLS to other machines too")


def seconds(text: str) -> float:
    """A time given by an option, more than nothing and less than for ever."""
    with suppress(ValueError):
        if 0 < (value := float(text)) < float("inf"):
            return value
    raise argparse.ArgumentTypeError(f"'{text}' is no number of seconds above 0")


def whole(least: int, most: int | None = None) -> Callable[[str], int]:
    """Reads a whole number within bounds."""

    def read(text: str) -> int:
        with suppress(ValueError):
            value = int(text)
            if least <= value and (most is None or value <= most):
                return value
        bounds = f"from {least} on" if most is None else f"from {least} to {most}"
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number {bounds}")

    return read


def configurations(file: str, root: Path | None) -> tuple[Configuration, Configuration]:
    """What the project's and the user's files say, for one FILE under `--root`.

    Raises:
        UsageError: a file that cannot be read, or says what it may not.
    """
    from ..config import project_configuration, user_configuration
    from ..retrieval import find_root

    path = None if file == "-" or "://" in file else Path(file)
    return project_configuration(root or (find_root(path) if path else None)), user_configuration()


def selected_codes(
    configured: tuple[Configuration, Configuration], *, select: Sequence[str] = (), ignore: Sequence[str] = ()
) -> frozenset[str]:
    """The codes that a check looks for, with what is configured.

    Raises:
        UsageError: one that there is not.
    """
    from ..checks.selection import selection

    project, user = configured
    return selection(
        select=select,
        ignore=ignore,
        configured_select=project.select or user.select,
        configured_ignore=(*user.ignore, *project.ignore),
        configured_in=project.source if project.select or project.ignore else user.source,
    )


def options_of(given: argparse.Namespace, configured: tuple[Configuration, Configuration] | None = None) -> Options:
    """The library's options for a command line, with what is configured in files (`configurations`).

    Raises:
        UsageError: an option that cannot be read.
    """
    from ..config import allowed_hosts, allowed_methods, is_on, is_set, tightened
    from ..options import Options
    from ..policy import Policy

    project, user = configured or configurations(given.file, given.root)
    values = vars(given)
    limits, named = _limits(values)
    servers, variables = _servers(given.server)
    return Options(
        compat=_compat(given.compat, project, user),
        servers=servers,
        server_variables=variables,
        sources=dict(_pair(text, "--source NAME=PATH") for text in given.source),
        auth=dict(_pair(text, "--auth SCHEME=VALUE") for text in values.get("auth", ())),
        env_file=values.get("env_file"),
        allow_commands=is_on("allow_commands", bool(values.get("allow_commands")), project, user),
        token_store=_tokens() if "auth" in values else None,
        mock=values.get("mock", False),
        faults=tuple(values.get("fault") or ()) if values.get("mock") else (),
        contract=values.get("contract") or ("error" if project.contract == "error" else user.contract),
        limits=tightened(limits, project, user, named),
        follow_redirects=is_on("follow_redirects", bool(values.get("follow_redirects")), project, user),
        cookies=is_on("cookies", bool(values.get("cookies")), project, user),
        insecure=values.get("insecure", False),
        proxy=values.get("proxy"),
        cert=_certificates(values.get("cert") or ()),
        allow_hosts=allowed_hosts(values.get("allow_host") or (), project, user),
        trusted_hosts=tuple(values.get("allow_host") or user.allow_hosts),
        policy=Policy(
            deny_private=is_set("deny_private", bool(values.get("deny_private")), project, user),
            read_only=is_set("read_only", bool(values.get("read_only")), project, user),
            methods=allowed_methods(project, user),
            allow_http=is_on("allow_http", bool(values.get("allow_http")), project, user),
        ),
        root=given.root,
        fetch=values.get("fetch", True),
        cache=not given.no_cache,
        show_secrets=values.get("show_secrets", False),
        speed=True,
    )


@cache
def _tokens() -> ProfileTokens:
    """The tokens of this process, whatever it runs: several files make one request for a token that they share.

    Those of schemes that somebody has logged in for are there in the next process as well.
    """
    from ..config import user_folder
    from ..credentials import Profiles, ProfileTokens

    return ProfileTokens(Profiles(user_folder()))


def check_source_names(options: Options, declared: Collection[str]) -> None:
    """Refuse options for sources that nothing declares.

    Raises:
        UsageError: `-s` or `--source` with such a name.
    """
    for option, names in (("-s", options.servers), ("-s", options.server_variables), ("--source", options.sources)):
        for name in names:
            if name and name not in declared:
                hint = did_you_mean(name, declared) or f"sources: {', '.join(declared)}"
                raise UsageError(f"{option} {name}: no source description has that name", hint=hint)


def _compat(given: Compat, project: Configuration, user: Configuration) -> Compat:
    """Strict tightens, so the project may say so."""
    if given != "auto":
        return given
    return "strict" if project.compat == "strict" else user.compat or "auto"


def _limits(values: dict[str, Any]) -> tuple[Limits, dict[str, Any]]:
    named = {n: values[n] for n in ("timeout", "max_time", "max_steps") if values.get(n) is not None}
    return replace(Limits(), **named), named


def _pair(text: str, form: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        shown = "what was given" if form.startswith("--auth") else f"'{text}'"  # it may be the credential itself
        raise UsageError(f"{shown} is not of the form {form}")
    return name, value


def _servers(texts: Sequence[str]) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """`-s URL`, `-s NAME=URL` and `-s NAME.VAR=VALUE`."""
    servers: dict[str, str] = {}
    variables: dict[str, dict[str, str]] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or "://" in name:
            servers[""] = _url(text)
        elif "." in name and "://" not in value:
            source, _, variable = name.rpartition(".")
            variables.setdefault(source, {})[variable] = value
        else:
            servers[name] = _url(value)
    return servers, variables


def _url(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise UsageError(f"'{text}' is not an http(s) URL", hint="-s [NAME=]http://host/base, or -s NAME.VAR=VALUE")
    return text


def _certificates(texts: Sequence[str]) -> dict[str, str | tuple[str, str]] | None:
    """By host; a name before `=` that is a path, or an option without one, is for every host."""
    found: dict[str, str | tuple[str, str]] = {}
    for text in texts:
        host, equals, rest = text.partition("=")
        if not equals or "/" in host or "," in host or os.path.exists(text.partition(",")[0]):
            host, rest = "", text
        file, comma, key = rest.partition(",")
        found[host] = (file, key) if comma else file
    return found or None


def is_terminal() -> bool:
    """Whether a person can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()

"""`arazzo-run auth login|list|logout`: a person's own credentials, each for one origin, for later runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from .arguments import Parser, add_reading_options, is_terminal

if TYPE_CHECKING:
    from ..credentials import Profile, Profiles, Scheme

_UNKNOWN: Mapping[str, Any] = {}  # a scheme that no description is at hand for
_PLACES = {"keyring": "the system keyring", "file": "a file that only you can read"}


@dataclass(frozen=True)
class Question:
    """A field of a scheme as a person is asked for it; "" is the value as a whole."""

    field: str
    words: str
    secret: bool = True
    optional: bool = False


def main(arguments: Sequence[str]) -> int:
    """Keep, list or forget credentials."""
    parser = _parser()
    given = parser.parse_args(list(arguments))
    if given.action is None:
        parser.print_help(sys.stderr)
        return 2
    from ..config import user_folder
    from ..credentials import Profiles

    profiles = Profiles(user_folder())
    if given.action == "login":
        return _login(given, profiles)
    if given.action == "list":
        return _list(profiles)
    return _logout(given, profiles)


def _parser() -> Parser:
    parser = Parser(
        prog="arazzo-run auth",
        description="Keep credentials for later runs, each for one origin: in the system keyring, or in a file.",
        allow_abbrev=False,
    )
    actions = parser.add_subparsers(dest="action", metavar="login|list|logout", parser_class=Parser)
    login = actions.add_parser(
        "login",
        usage="arazzo-run auth login FILE [SCHEME] [options]\n"
        "       arazzo-run auth login --host HOST SCHEME [options]",
        help="ask for the values of a security scheme, and keep them",
        allow_abbrev=False,
    )
    login.add_argument("names", nargs="+", metavar="FILE|SCHEME", help="a description whose steps need it; the scheme")
    login.add_argument("--host", metavar="HOST", help="to whom the values may go: a host, or an origin with http://")
    login.add_argument("--field", action="append", default=[], metavar="FIELD", help="ask for this field of the scheme")
    login.add_argument("--with-token", action="store_true", help="read the one value from standard input")
    login.add_argument("-w", "--workflow", metavar="ID", help="what this workflow of FILE needs")
    add_reading_options(login)
    actions.add_parser("list", help="what is kept, without values", allow_abbrev=False)
    logout = actions.add_parser("logout", help="forget what is kept", allow_abbrev=False)
    logout.add_argument("scheme", nargs="?", metavar="SCHEME")
    logout.add_argument("--host", metavar="HOST")
    logout.add_argument("--all", action="store_true", help="everything")
    return parser


# -- login ----------------------------------------------------------------------------------------------------------


def _login(given: argparse.Namespace, profiles: Profiles) -> int:
    from ..credentials import origin_of

    host = origin_of(given.host) if given.host else None
    if len(given.names) > 2:
        hint = "auth login FILE SCHEME, or --host HOST SCHEME"
        raise UsageError(f"'{given.names[2]}' is one name too many", hint=hint)
    if host is not None and len(given.names) == 1:
        origin, name, scheme = host, given.names[0], _UNKNOWN
    else:
        file, name = (*given.names, None)[:2]
        origin, name, scheme = _needed(given, file, name, host)
    values = _values(given, name, scheme)
    kept = profiles.keep(origin, name, values)
    print(f"'{name}' for {origin} is kept in {_PLACES[kept.kept]}", file=sys.stderr)
    return 0


def _needed(
    given: argparse.Namespace, file: str, name: str | None, host: str | None
) -> tuple[str, str, Mapping[str, Any]]:
    """Origin, name and Security Scheme Object of what the steps of FILE need."""
    schemes = _schemes(given, file)
    found = [scheme for scheme in schemes if name in (None, scheme.requirement.name)]
    names = list(dict.fromkeys(scheme.requirement.name for scheme in found))
    if not found:
        there = ", ".join(dict.fromkeys(scheme.requirement.name for scheme in schemes)) or "none"
        raise UsageError(f"no step of {file} needs the scheme '{name}'", hint=f"schemes: {there}")
    if len(names) > 1:
        raise UsageError(f"the steps of {file} need {len(names)} schemes: {', '.join(names)}", hint="name one")
    origins = sorted({origin for scheme in found for origin in scheme.origins if origin})
    if host is None and len(origins) != 1:
        there = ", ".join(origins) or "no server that is known"
        raise UsageError(f"'{names[0]}' goes to {there}", hint="name one with --host")
    origin = host or origins[0]
    declared = next((s for s in found if origin in s.origins), found[0])
    return origin, names[0], declared.requirement.scheme


def _schemes(given: argparse.Namespace, file: str) -> list[Scheme]:
    from ..api import refused
    from ..needs import schemes_of
    from .run import load_file

    given.file = file
    loaded = load_file(given)
    ids = [loaded.select(given.workflow)] if given.workflow else [w.workflow_id for w in loaded.workflows]
    plans = [loaded.link(workflow_id) for workflow_id in ids if workflow_id]
    schemes = [scheme for plan in plans for scheme in schemes_of(plan)]
    if not schemes:
        problems = [d for plan in plans for d in plan.diagnostics if d.severity == "error"]
        if problems:
            raise refused(problems, file)
        raise UsageError(f"no step of {file} needs a credential")
    return schemes


def _values(given: argparse.Namespace, name: str, scheme: Mapping[str, Any]) -> dict[str, str]:
    questions = list(_questions(scheme) if not given.field else map(_question, given.field))
    if not questions:
        raise UsageError(f"'{name}' has no value to keep: it is the client's certificate", hint="--cert FILE[,KEY]")
    if given.with_token:
        field = questions[0].field if given.field and len(questions) == 1 else ""
        text = sys.stdin.read().removesuffix("\n").removesuffix("\r")
        if not text:
            raise UsageError("standard input is empty")
        return {field: text}
    if not is_terminal():
        raise UsageError("there is no terminal to ask on", hint="--with-token reads the value from standard input")
    answers = {question.field: _asked(question) for question in questions}
    values = {field: answer for field, answer in answers.items() if answer}
    missing = [q.words for q in questions if not q.optional and q.field not in values]
    if missing or not values:
        raise UsageError(f"no {missing[0] if missing else 'value'} was given; nothing is kept")
    return values


def _questions(scheme: Mapping[str, Any]) -> Iterator[Question]:
    """What a scheme has to be given; of OAuth whatever its flows can use."""
    kind = str(scheme.get("type", "")).lower()
    if kind == "http" and str(scheme.get("scheme", "")).lower() in ("basic", "digest"):
        yield Question("username", "user name", secret=False)
        yield Question("password", "password", optional=True)
    elif kind in ("oauth2", "openidconnect"):
        yield Question("clientId", "client id", secret=False, optional=True)
        yield Question("clientSecret", "client secret", optional=True)
        flows = scheme.get("flows")
        if isinstance(flows, dict) and "password" in flows:
            yield Question("username", "user name", secret=False, optional=True)
            yield Question("password", "password", optional=True)
        yield Question("", "access token, if you have one", optional=True)
    elif kind == "apikey":
        yield Question("", f"key (sent in {scheme.get('in', 'header')} {scheme.get('name', '')})")
    elif kind != "mutualtls":
        yield Question("", "token")


def _question(field: str) -> Question:
    return Question(field, field, secret=field.lower() not in ("username", "clientid", "client_id"))


def _asked(question: Question) -> str:
    words = f"{question.words}{' (may be empty)' if question.optional else ''}: "
    if question.secret:
        import getpass

        try:
            return getpass.getpass(words, stream=sys.stderr)
        except EOFError:
            return ""
    sys.stderr.write(words)
    sys.stderr.flush()
    return sys.stdin.readline().rstrip("\n")


# -- list and logout ------------------------------------------------------------------------------------------------


def _list(profiles: Profiles) -> int:
    rows = [(each.origin, each.scheme, _fields(each), each.kept) for each in _all(profiles)]
    if not rows:
        print("nothing is kept", file=sys.stderr)
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return 0


def _all(profiles: Profiles) -> tuple[Profile, ...]:
    return (*profiles.entries(), *profiles.entries("token"))


def _fields(profile: Profile) -> str:
    if profile.kind == "token":
        return "granted token"
    return ", ".join(field or "value" for field in profile.fields)


def _logout(given: argparse.Namespace, profiles: Profiles) -> int:
    from ..credentials import origin_of

    if not (given.all or given.scheme or given.host):
        raise UsageError("nothing is named to forget", hint="auth logout SCHEME, --host HOST or --all")
    host = origin_of(given.host) if given.host else None
    gone = [
        each
        for each in _all(profiles)
        if host in (None, each.origin) and (given.scheme is None or _is_of(each, given.scheme))
    ]
    if not gone:
        raise UsageError("nothing of that name is kept", hint="arazzo-run auth list shows what is")
    profiles.remove(gone)
    for each in gone:
        print(f"'{each.scheme}' for {each.origin} is forgotten", file=sys.stderr)
    return 0


def _is_of(profile: Profile, scheme: str) -> bool:
    """Tokens are kept under the scheme's name and whatever else tells them apart."""
    return profile.scheme == scheme or (profile.kind == "token" and profile.scheme.startswith(f"{scheme} "))

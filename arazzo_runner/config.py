"""What is configured outside of the command line: `.env`, the project's file, the user's file.

Order: option, environment, project file (which may only tighten), user file (interface, "Secrets").
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

from .errors import UsageError
from .limits import Limits
from .location import Location

_LINE = re.compile(r"[ \t]*(?:export[ \t]+)?([^\s=#'\"]+)[ \t]*=[ \t]*(.*)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "$": "$"}


def read_env_file(path: Path) -> dict[str, str]:
    """The variables of a `.env` file: NAME=value lines, quotes (over several lines too), `export`, comments.

    Nothing is expanded.

    Raises:
        UsageError: the file cannot be read, or a line is not NAME=value.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} cannot be read: it is not UTF-8") from None
    variables = {}
    lines = text.splitlines(keepends=True)
    number = 0
    while number < len(lines):
        line, location = lines[number], Location(str(path), number + 1, 1)
        number += 1
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise UsageError("this line is not NAME=value", location=location)
        value = match[2]
        while value[:1] in ("'", '"') and _closing(value, value[0]) < 0 and number < len(lines):
            value += lines[number]
            number += 1
        variables[match[1]] = _env_value(value.strip(), location)
    return variables


def _env_value(text: str, location: Location) -> str:
    if text[:1] in ("'", '"'):
        quote = text[0]
        end = _closing(text, quote)
        if end < 0:
            raise UsageError(f"the quote {quote} is not closed", location=location)
        inner = text[1:end]
        return inner if quote == "'" else re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[0]), inner)
    return "" if text.startswith("#") else re.split(r"\s#", text, maxsplit=1)[0].strip()


def _closing(text: str, quote: str) -> int:
    at = 1
    while at < len(text):
        if text[at] == "\\" and quote == '"':
            at += 2
            continue
        if text[at] == quote:
            return at
        at += 1
    return -1


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialVariables:
    """The `ARAZZO_AUTH_...` variables of the environment and of a file, and everything else the file says.

    `named` says that the file was named with `--env-file`; one that just lies in the working directory was perhaps
    written by whoever made the folder.
    """

    environment: Mapping[str, str] = field(default_factory=dict)
    file: Mapping[str, str] = field(default_factory=dict)
    whole_file: Mapping[str, str] = field(default_factory=dict)
    file_name: str = ".env"
    named: bool = True


def credential_variables(env: Mapping[str, str] | None, env_file: Path | None) -> CredentialVariables:
    """The environment's variables, and those of `--env-file` or else of the `.env` right here."""
    path = env_file if env_file is not None else Path(".env") if env is None and Path(".env").is_file() else None
    whole = read_env_file(path) if path is not None else {}
    return CredentialVariables(
        environment=_of_credentials(os.environ if env is None else env),
        file=_of_credentials(whole),
        whole_file=whole,
        file_name=str(path or ".env"),
        named=env_file is not None,
    )


def _of_credentials(variables: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in variables.items() if name.startswith("ARAZZO_AUTH_") and value}


def user_folder() -> Path:
    """`$XDG_CONFIG_HOME/arazzo-run`: the person's own configuration and profiles."""
    home = os.environ.get("XDG_CONFIG_HOME")
    return (Path(home) if home else Path(os.path.expanduser("~")) / ".config") / "arazzo-run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What the files say: names of `Limits` in `limits`, the rest as on the command line.

    `select`, `ignore` and `fail_on` are those of `check`, which knows the codes; `severities` those of `test --live`,
    which knows the kinds of violations.
    """

    limits: Mapping[str, float] = field(default_factory=dict)
    compat: Literal["auto", "strict", "lenient"] | None = None
    contract: Literal["warn", "error"] | None = None
    allow_hosts: tuple[str, ...] = ()
    follow_redirects: bool | None = None
    cookies: bool | None = None
    deny_private: bool | None = None
    read_only: bool | None = None
    allow_http: bool | None = None
    methods: tuple[str, ...] = ()
    allow_commands: bool | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: Literal["warning", "error"] | None = None
    severities: Mapping[str, str] = field(default_factory=dict)
    source: str = ""


def project_configuration(root: Path | None) -> Configuration:
    """`[tool.arazzo-run]` of pyproject.toml, or `.arazzo-run.toml`, at the root.

    Raises:
        UsageError: unreadable TOML, an unknown name or a value of the wrong type.
    """
    if root is None:
        return Configuration()
    own = root / ".arazzo-run.toml"
    if own.is_file():
        return _configuration(_toml(own), own)
    pyproject = root / "pyproject.toml"
    if pyproject.is_file():
        table = _toml(pyproject).get("tool", {}).get("arazzo-run")
        if isinstance(table, dict):
            return _configuration(table, pyproject)
    return Configuration()


def user_configuration() -> Configuration:
    """`$XDG_CONFIG_HOME/arazzo-run/config.toml`, which may loosen as well. Raises: as `project_configuration`."""
    path = user_folder() / "config.toml"
    return _configuration(_toml(path), path) if path.is_file() else Configuration()


def tightened(limits: Limits, project: Configuration, user: Configuration, given: Mapping[str, Any]) -> Limits:
    """The limits in force: given on the command line, else the smaller of the project's and the user's."""
    changes: dict[str, Any] = {}
    for item in fields(Limits):
        if item.name in given:
            continue
        value = user.limits.get(item.name, getattr(limits, item.name))
        bound = project.limits.get(item.name)
        if bound is not None:
            value = bound if value is None else min(value, bound)
        if value != getattr(limits, item.name):
            changes[item.name] = value
    return replace(limits, **changes)


def allowed_hosts(given: Sequence[str], project: Configuration, user: Configuration) -> tuple[str, ...]:
    """The only hosts to send to: those given, else the user's as far as the project allows them; () is every host.

    Raises:
        UsageError: the project allows none of the user's.
    """
    if given or not project.allow_hosts:
        return tuple(given or user.allow_hosts)
    if not user.allow_hosts:
        return project.allow_hosts
    common = tuple(host for host in user.allow_hosts if host in project.allow_hosts)
    if not common:
        raise UsageError(f"{project.source} allows none of the hosts in {user.source}", hint="--allow-host HOST")
    return common


def allowed_methods(project: Configuration, user: Configuration) -> tuple[str, ...]:
    """The only methods to send: the user's as far as the project allows them; () is every method.

    Raises:
        UsageError: the project allows none of the user's.
    """
    if not (project.methods and user.methods):
        return project.methods or user.methods
    common = tuple(method for method in user.methods if method in project.methods)
    if not common:
        raise UsageError(f"{project.source} allows none of the methods in {user.source}")
    return common


def is_set(
    name: Literal["deny_private", "read_only"], given: bool, project: Configuration, user: Configuration
) -> bool:
    """Whether something that tightens the policy is on: whoever says so is heeded."""
    return given or getattr(project, name) is True or getattr(user, name) is True


def is_on(
    name: Literal["follow_redirects", "cookies", "allow_http", "allow_commands"],
    given: bool,
    project: Configuration,
    user: Configuration,
) -> bool:
    """Whether something that loosens the policy is on: given, or the user's unless the project forbids it."""
    return given or (getattr(user, name) is True and getattr(project, name) is not False)


def _toml(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not TOML: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None


_CHOICES = {
    "compat": ("auto", "strict", "lenient"),
    "contract": ("warn", "error"),
    "fail_on": ("warning", "error"),
}
_FLAGS = ("follow_redirects", "cookies", "allow_commands")
_POLICY_FLAGS = ("follow_redirects", "cookies", "deny_private", "read_only", "allow_http")
_POLICY_LISTS = ("allow_hosts", "methods")
_LISTS = ("allow_hosts", "select", "ignore")


def _configuration(table: Mapping[str, Any], path: Path) -> Configuration:
    limits: dict[str, float] = {}
    rest: dict[str, Any] = {}
    for written, value in table.items():
        name = written.replace("-", "_")
        if _is_limit(name, value):
            limits[name] = value
        elif (name in _CHOICES and value in _CHOICES[name]) or (name in _FLAGS and isinstance(value, bool)):
            rest[name] = value
        elif name in _LISTS and isinstance(value, list) and all(isinstance(item, str) for item in value):
            rest[name] = tuple(value)
        elif name == "severities" and isinstance(value, dict) and all(isinstance(item, str) for item in value.values()):
            rest[name] = value
        elif name == "policy" and isinstance(value, dict):
            policy = _policy(value, path)
            twice = next((key for key in policy if key in table or key.replace("_", "-") in table), None)
            if twice is not None:
                raise UsageError(f"{path}: '{twice.replace('_', '-')}' stands in the policy and outside of it")
            rest.update(policy)
        else:
            raise _no_setting(path, written, value)
    return Configuration(limits=limits, source=str(path), **rest)


def _policy(table: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """`[tool.arazzo-run.policy]`, or `[policy]` in a file of its own."""
    found: dict[str, Any] = {}
    for written, value in table.items():
        name = written.replace("-", "_")
        if name in _POLICY_FLAGS and isinstance(value, bool):
            found[name] = value
        elif name in _POLICY_LISTS and isinstance(value, list) and all(isinstance(item, str) for item in value):
            found[name] = tuple(value if name == "allow_hosts" else (item.upper() for item in value))
        else:
            raise _no_setting(path, f"policy.{written}", value)
    return found


def _no_setting(path: Path, written: str, value: Any) -> UsageError:
    return UsageError(f"{path}: '{written} = {value!r}' is not a setting of arazzo-run")


def _is_limit(name: str, value: Any) -> bool:
    """Whether this is a bound of `Limits`: a count where the default is one, else seconds; never below or at zero."""
    default = {item.name: item.default for item in fields(Limits)}.get(name, "")
    if default == "" or isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    if isinstance(default, int) and not isinstance(value, int):
        return False
    return 0 < value < float("inf") or (isinstance(default, int) and value == 0)

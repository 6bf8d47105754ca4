"""A value that says where the value is: `env:NAME`, `file:PATH`, `keyring:NAME`, `cmd:COMMAND`; `literal:TEXT` is TEXT.

Resolved when a request needs the value, once, and kept. What is resolved is a secret; the reference is not.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from ..errors import TransportError

Trust: TypeAlias = Literal["person", "folder"]
"""Who wrote a value: the person who runs (a call, an option, a variable, a profile), or whoever made the folder."""

MAX_VALUE: Final = 65_536  # bytes: no header is longer (`docs/limits.md`)
COMMAND_TIME: Final = 60.0  # seconds; somebody may have to unlock a vault
SERVICE: Final = "arazzo-run"  # in the system keyring
KINDS: Final = ("env", "file", "keyring", "cmd")
_EXTRA: Final = "pip install 'arazzo-run[keyring]'"


def kind_of(text: str) -> str | None:
    """Which kind of reference a value is, None for a value that stands for itself."""
    kind, colon, _ = text.partition(":")
    return kind if colon and kind in KINDS else None


class References:
    """What the references of one host mean."""

    def __init__(
        self,
        *,
        env: Mapping[str, str] | None = None,
        file_env: Mapping[str, str] | None = None,
        folder: Path | None = None,
        allow_commands: bool = False,
    ) -> None:
        """`env` are the variables of the process; `file_env` those of `.env`, which lies in `folder`."""
        self._env = os.environ if env is None else env
        self._file_env = file_env or {}
        self._folder = folder
        self._allow_commands = allow_commands
        self._known: dict[tuple[str, Trust], str] = {}
        self._lock = threading.Lock()  # a vault asks once, however many runs wait

    def resolve(self, text: str, where: str, trust: Trust = "person") -> str:
        """The value behind a text; `where` says for errors where the text stands.

        Raises:
            TransportError: it is not there, or may not be read; nothing of a value is told.
        """
        kind = kind_of(text)
        if kind is None:
            return text.removeprefix("literal:")
        with self._lock:
            key = (text, trust)
            if key not in self._known:
                self._known[key] = self._value(kind, text.partition(":")[2], where, trust)
            return self._known[key]

    def known(self, text: str) -> str | None:
        """The value behind a text as far as that is known without looking: None for a reference nobody resolved yet."""
        if kind_of(text) is None:
            return text.removeprefix("literal:")
        with self._lock:
            return next((value for (known, _), value in self._known.items() if known == text), None)

    def _value(self, kind: str, name: str, where: str, trust: Trust) -> str:
        if trust == "folder":
            self._check_folder(kind, name, where)
        match kind:
            case "env":
                found = self._variable(name, where, trust)
            case "file":
                found = self._file(name, where)
            case "keyring":
                found = _from_keyring(name, where)
            case _:
                found = self._output(name, where)
        if not found:
            raise _error(f"{where}: {kind}:{name} is empty")
        return found

    def _check_folder(self, kind: str, name: str, where: str) -> None:
        """Whoever made the folder reads nothing of the person's: no variable, no file elsewhere, no keyring."""
        inside = kind == "file" and self._folder is not None and _is_within(self._folder, Path(name))
        if not inside and not (kind == "env" and name in self._file_env):
            raise _error(
                f"{where}: {kind}:{name} reaches out of the folder of a .env that nobody named",
                hint="--env-file .env trusts it",
            )

    def _variable(self, name: str, where: str, trust: Trust) -> str:
        places = (self._file_env,) if trust == "folder" else (self._env, self._file_env)
        for variables in places:
            if name in variables:
                return variables[name]
        raise _error(f"{where}: the variable {name} is not set")

    def _file(self, name: str, where: str) -> str:
        path = Path(name).expanduser()
        try:
            with path.open("rb") as stream:
                data = stream.read(MAX_VALUE + 1)
        except OSError as error:
            raise _error(f"{where}: {path} cannot be read: {error.strerror}") from None
        return _text(data, f"{where}: {path}")

    def _output(self, command: str, where: str) -> str:
        """What a command prints: an argument list, no shell; its complaints go where ours go."""
        import shlex
        import subprocess

        if not self._allow_commands:
            raise _error(f"{where}: commands are not run unless allowed", hint="--allow-commands")
        try:
            words = shlex.split(command)
        except ValueError as error:
            raise _error(f"{where}: the command cannot be read: {error}") from None
        if not words:
            raise _error(f"{where}: there is no command after cmd:")
        try:
            ran = subprocess.run(
                words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=COMMAND_TIME, check=False
            )
        except OSError as error:
            raise _error(f"{where}: {words[0]} cannot be run: {error.strerror}") from None
        except subprocess.TimeoutExpired:
            raise _error(f"{where}: {words[0]} did not end within {COMMAND_TIME:g} s") from None
        if ran.returncode != 0:
            raise _error(f"{where}: {words[0]} ended with {ran.returncode}")
        return _text(ran.stdout, f"{where}: the output of {words[0]}")


def usable_keyring() -> Any | None:
    """The `keyring` module where it is installed and has a keyring to talk to."""
    try:
        import keyring
    except ImportError:
        return None
    from keyring.backends.fail import Keyring as NoKeyring

    return None if isinstance(keyring.get_keyring(), NoKeyring) else keyring


def keyring_lacking() -> TransportError:
    """What to do where there is no keyring."""
    try:
        import keyring  # noqa: F401
    except ImportError:
        return _error("the system keyring needs the extra [keyring]", hint=_EXTRA)
    return _error("there is no system keyring here that can be used")


def _from_keyring(name: str, where: str) -> str:
    keyring = usable_keyring()
    if keyring is None:
        lacking = keyring_lacking()
        raise _error(f"{where}: {lacking.message}", hint=lacking.hint)
    from keyring.errors import KeyringError

    try:
        found = keyring.get_password(SERVICE, name)
    except KeyringError as error:
        raise _error(f"{where}: the keyring refuses: {error}") from None
    if found is None:
        raise _error(f"{where}: the keyring has no '{name}'", hint=f"keyring set {SERVICE} {name}")
    return str(found)


def _is_within(folder: Path, path: Path) -> bool:
    return (folder / path.expanduser()).resolve().is_relative_to(folder.resolve())


def _text(data: bytes, what: str) -> str:
    """UTF-8, without the newline at its end."""
    if len(data) > MAX_VALUE:
        raise _error(f"{what} is longer than {MAX_VALUE} bytes")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise _error(f"{what} is not UTF-8") from None
    return text.removesuffix("\n").removesuffix("\r")


def _error(message: str, *, hint: str | None = None) -> TransportError:
    return TransportError(message, kind="credential", hint=hint)

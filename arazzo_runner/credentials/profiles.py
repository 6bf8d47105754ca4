"""What a person keeps for later runs, each value for one origin: `arazzo-run auth login`, `list`, `logout`.

The values are in the system keyring where there is one and its extra is installed, else in the file, mode 0600. The
file is also the list of what there is, because a keyring has none.
"""

from __future__ import annotations

import json
import os
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import urlsplit

from ..errors import UsageError
from ..messages import SecurityRequirement
from .references import SERVICE, keyring_lacking, usable_keyring
from .tokens import MemoryTokens, Token, TokenKey
from .values import Found

FILE: Final = "credentials.json"
Place: TypeAlias = Literal["keyring", "file"]
Kind: TypeAlias = Literal["scheme", "token"]


@dataclass(frozen=True, slots=True)
class Profile:
    """What is kept for a scheme at an origin: its fields, "" for the value as a whole."""

    origin: str
    scheme: str
    fields: tuple[str, ...]
    kept: Place
    kind: Kind = "scheme"
    values: Mapping[str, str] | None = field(default=None, repr=False)  # None: in the keyring

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from others."""
        return self.kind, self.origin, self.scheme


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL; a host alone is one of https (RFC 6454, section 4).

    Raises:
        UsageError: it is no http(s) URL and no host.
    """
    text = url if "://" in url else f"https://{url}"
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if not host or parts.scheme not in ("http", "https") or parts.username is not None or "\\" in text:
        raise UsageError(f"'{url}' is no host", hint="api.example.com, or https://api.example.com:8443")
    shown = f"[{host}]" if ":" in host else host
    usual = 443 if parts.scheme == "https" else 80
    return f"{parts.scheme}://{shown}" + (f":{port}" if port not in (None, usual) else "")


class Profiles:
    """The profiles in a folder: a provider of values, and what the command `auth` edits."""

    def __init__(self, folder: Path, *, use_keyring: bool = True) -> None:
        self.path = folder / FILE
        self._use_keyring = use_keyring
        self._known: dict[tuple[str, str, str], Profile] | None = None
        self._values: dict[tuple[str, str, str], Mapping[str, str]] = {}
        self._lock = threading.RLock()

    def find(self, requirement: SecurityRequirement, field: str | None, url: str) -> Found | None:
        """As `Provider.find`: only for the very origin that it was kept for; "" is any.

        Raises:
            UsageError: the file or the keyring cannot be read.
        """
        for profile in self.entries():
            if profile.scheme != requirement.name or (url and profile.origin != _origin_or_none(url)):
                continue
            if (field or "") in profile.fields:
                values = {} if not url else self.values(profile)
                return Found(values.get(field or "", ""), f"the profile of {profile.origin}")
        return None

    def entries(self, kind: Kind = "scheme") -> tuple[Profile, ...]:
        """What is kept, in order of origin and scheme.

        Raises:
            UsageError: the file cannot be read, or others can read it.
        """
        with self._lock:
            if self._known is None:
                self._known = {profile.key: profile for profile in _read(self.path)}
            return tuple(each for key, each in sorted(self._known.items()) if each.kind == kind)

    def values(self, profile: Profile) -> Mapping[str, str]:
        """The values of a profile by field.

        Raises:
            UsageError: they are in a keyring that is not to be had.
        """
        if profile.kept == "file":
            return profile.values or {}
        with self._lock:
            if profile.key not in self._values:
                self._values[profile.key] = self._from_keyring(profile)
            return self._values[profile.key]

    def keep(self, origin: str, scheme: str, values: Mapping[str, str], kind: Kind = "scheme") -> Profile:
        """Keep values in place of those of the same scheme and origin; tells where.

        Raises:
            UsageError: the file cannot be written.
        """
        with self._changed() as known:
            keyring = usable_keyring() if self._use_keyring else None
            kept: Place = "file"
            if keyring is not None and _stored(keyring, (kind, origin, scheme), values):
                kept = "keyring"
            profile = Profile(
                origin, scheme, tuple(sorted(values)), kept, kind, values=dict(values) if kept == "file" else None
            )
            known[profile.key] = profile
            self._values.pop(profile.key, None)
        return profile

    def remove(self, profiles: Sequence[Profile]) -> None:
        """Forget profiles, and what the keyring has of them.

        Raises:
            UsageError: the file cannot be written.
        """
        with self._changed() as known:
            for profile in profiles:
                if profile.kept == "keyring":
                    _forget(profile.key)
                known.pop(profile.key, None)
                self._values.pop(profile.key, None)

    @contextmanager
    def _changed(self) -> Iterator[dict[tuple[str, str, str], Profile]]:
        """The profiles as they are now, written back at the end."""
        with self._lock:
            known = {profile.key: profile for profile in _read(self.path)}
            yield known
            _write(self.path, [profile for _, profile in sorted(known.items())])
            self._known = known

    def _from_keyring(self, profile: Profile) -> Mapping[str, str]:
        keyring = usable_keyring()
        where = f"the profile of {profile.origin} for '{profile.scheme}'"
        if keyring is None:
            lacking = keyring_lacking()
            raise UsageError(f"{where} is in the system keyring: {lacking.message}", hint=lacking.hint)
        from keyring.errors import KeyringError

        try:
            text = keyring.get_password(SERVICE, _entry(profile.key))
            values = json.loads(text) if text else None
        except KeyringError as error:
            raise UsageError(f"{where}: the keyring refuses: {error}") from None
        except ValueError:
            values = None
        if not isinstance(values, dict):
            raise UsageError(f"{where} is gone from the system keyring", hint="arazzo-run auth login keeps it anew")
        return {str(name): str(value) for name, value in values.items()}


class ProfileTokens:
    """Tokens that outlive a process, for the schemes that somebody has logged in for; all others are in memory only."""

    def __init__(self, profiles: Profiles) -> None:
        self._profiles = profiles
        self._memory = MemoryTokens()

    def get(self, key: TokenKey, scopes: frozenset[str]) -> Token | None:
        """As `TokenStore.get`; what cannot be read is not there."""
        token = self._memory.get(key, scopes)
        if token is not None:
            return token
        with suppress(UsageError, ValueError, TypeError, KeyError):
            for profile in self._profiles.entries("token"):
                if (profile.origin, profile.scheme) == (key.origin, _label(key)):
                    kept = _token(json.loads(self._profiles.values(profile)[""]))
                    return kept if scopes <= kept.scopes else None
        return None

    def put(self, key: TokenKey, token: Token) -> None:
        """As `TokenStore.put`; the last one is kept, and where nothing can be written it is in memory."""
        self._memory.put(key, token)
        with suppress(UsageError):
            if any(profile.scheme == key.scheme for profile in self._profiles.entries()):
                text = {**asdict(token), "scopes": sorted(token.scopes)}
                self._profiles.keep(key.origin, _label(key), {"": json.dumps(text)}, "token")


def _label(key: TokenKey) -> str:
    """The scheme, and what else tells tokens apart: `logout SCHEME` finds it by its start."""
    rest = (key.source, key.grant, key.client_id, key.subject, key.audience)
    return " ".join((key.scheme, *map(json.dumps, rest)))


def _token(written: Mapping[str, Any]) -> Token:
    return Token(
        value=str(written["value"]),
        scopes=frozenset(map(str, written["scopes"])),
        renew_at=None if written["renew_at"] is None else float(written["renew_at"]),
        refresh_token=written["refresh_token"],
    )


def _origin_or_none(url: str) -> str | None:
    try:
        return origin_of(url)
    except UsageError:
        return None


def _entry(key: tuple[str, str, str]) -> str:
    return " ".join(key)


def _stored(keyring: Any, key: tuple[str, str, str], values: Mapping[str, str]) -> bool:
    """Whether the keyring took the values; one that does not leaves them to the file."""
    from keyring.errors import KeyringError

    try:
        keyring.set_password(SERVICE, _entry(key), json.dumps(dict(values)))
    except KeyringError:
        return False
    return True


def _forget(key: tuple[str, str, str]) -> None:
    keyring = usable_keyring()
    if keyring is None:
        return
    from keyring.errors import KeyringError

    with suppress(KeyringError):
        keyring.delete_password(SERVICE, _entry(key))


def _read(path: Path) -> list[Profile]:
    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            if os.name == "posix" and mode & 0o077:
                raise UsageError(f"{path} can be read by others", hint=f"chmod 600 {path}")
            document = json.loads(stream.read())
        return [_profile(each) for each in document["profiles"]]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(f"{path} is not a list of profiles", hint="remove it, and log in again") from None


def _profile(written: Mapping[str, Any]) -> Profile:
    values = written.get("values")
    if values is not None:
        values = {str(name): str(value) for name, value in values.items()}
    return Profile(
        origin=str(written["origin"]),
        scheme=str(written["scheme"]),
        fields=tuple(str(name) for name in written["fields"]),
        kept="keyring" if values is None else "file",
        kind="token" if written.get("kind") == "token" else "scheme",
        values=values,
    )


def _write(path: Path, profiles: Sequence[Profile]) -> None:
    """Whole or not at all, and never readable by others."""
    entries = [
        {"kind": p.kind, "origin": p.origin, "scheme": p.scheme, "fields": p.fields}
        | ({} if p.values is None else {"values": dict(p.values)})
        for p in profiles
    ]
    text = json.dumps({"version": 1, "profiles": entries}, indent=1)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{FILE}.")  # mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(text)
            os.replace(name, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(name)
            raise
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None

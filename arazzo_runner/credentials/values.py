"""Where the values of security schemes come from: one provider after the other, the first that has one.

The document itself (Respect's `x-security`), the call or `--auth`, the environment, `.env`, the profiles (interface,
"Secrets"). Nothing is resolved before a request needs it.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from ..errors import TransportError, UsageError
from ..messages import SecurityRequirement
from ..openapi import variable_names
from ..secrets import is_secret_name
from .grants import FIELDS as OAUTH_FIELDS
from .references import References, Trust

_PAIR: Final = ("username", "password")


@dataclass(frozen=True, slots=True)
class Found:
    """A value as written, perhaps a reference, and where it stands, in words to act on.

    `shared` says that another scheme of that name, of another source, would find it as well.
    """

    text: str = field(repr=False)
    where: str
    trust: Trust = "person"
    shared: bool = False


class Provider(Protocol):
    """One place that values come from."""

    def find(self, requirement: SecurityRequirement, field: str | None, url: str) -> Found | None:
        """The value of a scheme, or of one field of it, for requests to the origin of `url` ("" is any)."""


@dataclass(frozen=True, slots=True)
class Given:
    """By `SCHEME[.FIELD]`, or `SOURCE.SCHEME[.FIELD]`, which is first; in any case where none is exact."""

    values: Mapping[str, str] = field(repr=False)

    def find(self, requirement: SecurityRequirement, field: str | None, url: str) -> Found | None:
        """As `Provider.find`."""
        for name, shared in _names(requirement):
            written = _written(self.values, name, field)
            if written is not None:
                return Found(self.values[written], f"--auth {shlex.quote(written)}", shared=shared)
        return None

    def unknown(self, schemes: Iterable[str]) -> tuple[str, ...]:
        """The names that no scheme answers to; each of `schemes` is `SCHEME` or `SOURCE.SCHEME`."""
        known = {name.lower() for name in schemes}
        return tuple(n for n in self.values if not known & {n.lower(), n.lower().rpartition(".")[0]})

    def unknown_fields(self, schemes: Iterable[str]) -> tuple[str, ...]:
        """The names whose field no scheme has."""
        known, fields = {name.lower() for name in schemes}, {plain_field(field) for field in OAUTH_FIELDS}
        return tuple(
            name
            for name in self.values
            if name.lower() not in known
            and name.lower().rpartition(".")[0] in known
            and plain_field(name.rpartition(".")[2]) not in fields
        )


@dataclass(frozen=True, slots=True)
class Variables:
    """`ARAZZO_AUTH_<SOURCE>__<SCHEME>[_<FIELD>]`, then `ARAZZO_AUTH_<SCHEME>[_<FIELD>]`; each of the environment first.

    `file` is `.env` or another file of that kind; `trust` says who named it.
    """

    environment: Mapping[str, str] = field(repr=False)
    file: Mapping[str, str] = field(default_factory=dict, repr=False)
    file_name: str = ".env"
    trust: Trust = "person"

    def find(self, requirement: SecurityRequirement, field: str | None, url: str) -> Found | None:
        """As `Provider.find`."""
        spellings = (None,) if field is None else _spellings(field)
        names = [variable_names(requirement.source, requirement.name, each) for each in spellings]
        general = {each[-1] for each in names}
        for name in (name for level in zip(*names, strict=True) for name in level):
            if self.environment.get(name):
                return Found(self.environment[name], name, shared=name in general)
            if self.file.get(name):
                return Found(self.file[name], f"{name} in {self.file_name}", self.trust, shared=name in general)
        return None


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme as one source of a plan has it, and the origins that its requests go to."""

    requirement: SecurityRequirement
    origins: frozenset[str] = frozenset()

    @property
    def long_variable(self) -> str:
        """The variable that only this one reads."""
        return variable_names(self.requirement.source, self.requirement.name, None)[0]

    def is_same(self, other: Scheme) -> bool:
        """Whether a value for one is a value for the other: the same description, asked for by the same servers."""
        mine, theirs = self.requirement, other.requirement
        if mine.name != theirs.name:
            return False
        return mine.source == theirs.source or (mine.scheme == theirs.scheme and self.origins == other.origins)


class Values:
    """What one host has, in order."""

    def __init__(self, providers: Sequence[Provider], references: References | None = None) -> None:
        self._providers = tuple(providers)
        self._references = references or References()

    def lookup(self, requirement: SecurityRequirement, field: str | None, *, url: str) -> str | None:
        """The value for a request to `url`, references resolved; None where there is none.

        Raises:
            TransportError: a reference that cannot be resolved, a profile that cannot be read.
        """
        if requirement.values is not None:  # of the document itself, for its own request; never a reference
            return requirement.values.get(field or "")
        try:
            found = self.find(requirement, field, url=url)
        except UsageError as error:
            raise TransportError(error.message, kind="credential", hint=error.hint) from None
        return None if found is None else self._references.resolve(found.text, found.where, found.trust)

    def find(self, requirement: SecurityRequirement, field: str | None, *, url: str = "") -> Found | None:
        """The first value there is, unresolved."""
        for provider in self._providers:
            found = provider.find(requirement, field, url)
            if found is not None:
                return found
        return None

    def held(self, requirement: SecurityRequirement, *, url: str = "") -> str | None:
        """Where a value for the scheme is, or for a field of it."""
        for name in (None, *OAUTH_FIELDS):
            found = self.find(requirement, name, url=url)
            if found is not None:
                return found.where
        return None

    def secrets(self, requirements: Iterable[SecurityRequirement]) -> Iterator[tuple[str, str]]:
        """The secrets among the values for these schemes as (label, text); references as far as they are resolved."""
        for requirement in requirements:
            for name in fields_of(requirement.scheme):
                if name is None or is_secret_name(name):
                    found = self.find(requirement, name)
                    value = self._references.known(found.text) if found is not None else None
                    if value:
                        yield requirement.name, value

    def unknown(self, schemes: Iterable[str]) -> tuple[str, ...]:
        """The names given to a call that no scheme answers to."""
        known = tuple(schemes)
        return tuple(n for each in self._providers if isinstance(each, Given) for n in each.unknown(known))

    def unknown_fields(self, schemes: Iterable[str]) -> tuple[str, ...]:
        """The names given to a call whose field no scheme has."""
        known = tuple(schemes)
        return tuple(n for each in self._providers if isinstance(each, Given) for n in each.unknown_fields(known))

    def check(self, schemes: Sequence[Scheme]) -> None:
        """Refuse a value that more than one scheme of a plan would be sent.

        Raises:
            UsageError: with the name that only each of them reads.
        """
        takers: dict[str, list[Scheme]] = {}
        for scheme in schemes:
            for where in dict.fromkeys(self._shared(scheme)):
                takers.setdefault(where, []).append(scheme)
        for where, several in takers.items():
            other = next((scheme for scheme in several[1:] if not scheme.is_same(several[0])), None)
            if other is not None:
                raise _ambiguous(where, several[0], other)

    def _shared(self, scheme: Scheme) -> Iterator[str]:
        for name in fields_of(scheme.requirement.scheme):
            for origin in sorted(scheme.origins) or [""]:
                found = self.find(scheme.requirement, name, url=origin)
                if found is not None and found.shared:
                    yield found.where


def fields_of(scheme: Mapping[str, Any]) -> tuple[str | None, ...]:
    """The fields that a scheme reads beside the value as a whole, which is None."""
    kind = str(scheme.get("type", "")).lower()
    if kind in ("oauth2", "openidconnect"):
        return (None, *OAUTH_FIELDS)
    if kind == "http" and str(scheme.get("scheme", "")).lower() in ("basic", "digest"):
        return (None, *_PAIR)
    return (None,)


def _names(requirement: SecurityRequirement) -> Iterator[tuple[str, bool]]:
    if requirement.source:
        yield f"{requirement.source}.{requirement.name}", False
    yield requirement.name, True


def _spellings(field: str) -> tuple[str, ...]:
    """`clientId` is `CLIENT_ID` or `CLIENTID` as part of a variable."""
    return tuple(dict.fromkeys((field, field.lower())))


def plain_field(field: str) -> str:
    """How fields are compared: `clientId`, `client_id` and `client-id` are one."""
    return field.lower().replace("_", "").replace("-", "")


def _written(values: Mapping[str, str], scheme: str, field: str | None) -> str | None:
    """The name that a value is given by: exactly, else in any case."""
    key = scheme if field is None else f"{scheme}.{field}"
    if key in values:
        return key
    if field is None:
        return next((name for name in values if name.lower() == scheme.lower()), None)
    pairs = ((name, name.rpartition(".")) for name in values)
    wanted = scheme.lower(), plain_field(field)
    return next((name for name, (s, _, f) in pairs if (s.lower(), plain_field(f)) == wanted), None)


def _ambiguous(where: str, one: Scheme, other: Scheme) -> UsageError:
    first, second = one.requirement, other.requirement
    message = (
        f"{where} could be for two security schemes: '{first.name}' of {first.source or 'the description'}"
        f" and '{second.name}' of {second.source or 'the description'}"
    )
    if one.long_variable != other.long_variable:
        return UsageError(message, hint=f"set {one.long_variable} or {other.long_variable}")
    ways = (f"--auth {shlex.quote(f'{each.name}=VALUE')}" for each in (first, second))
    return UsageError(message, hint=" or ".join(ways))

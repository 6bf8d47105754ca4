"""How a person supplies what a security scheme wants: the option, and the variables (interface, "Secrets")."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from ..messages import Security, SecurityRequirement

_OTHER: Final = re.compile(r"[^A-Z0-9]")
_CASE: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")  # a field: clientId is CLIENT_ID


# What each flow of OAuth 2.0 takes; docs/credentials.md has all fields.
_FLOW_FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    "clientCredentials": {"clientId": "ID", "clientSecret": "SECRET"},
    "password": {"username": "USER", "password": "PASSWORD"},
    "deviceAuthorization": {"clientId": "ID"},
    "authorizationCode": {"clientId": "ID"},
}


@lru_cache(maxsize=1024)
def variable_names(source: str, scheme: str, field: str | None) -> tuple[str, ...]:
    """The variables a value may come from, the more specific one first (interface, "Secrets")."""
    tail = _variable(scheme) + (f"_{_variable(_CASE.sub('_', field))}" if field else "")
    general = f"ARAZZO_AUTH_{tail}"
    return (f"ARAZZO_AUTH_{_variable(source)}__{tail}", general) if source else (general,)


def _variable(text: str) -> str:
    return _OTHER.sub("_", text.upper())


def advice(security: Security) -> str | None:
    """Which schemes an operation declares and how to supply them: the line a 401 prints.

    Nothing can be supplied for a scheme that is not declared: nobody knows where it goes (decision 119).
    """
    named = [alternative for alternative in security if alternative]
    declared = [alternative for alternative in named if all(requirement.scheme for requirement in alternative)]
    if declared or not named:
        return " or ".join(map(_ways, declared)) or None
    name = next(requirement.name for requirement in named[0] if not requirement.scheme)
    return f"the description does not declare the security scheme '{name}'; send the credential as a parameter"


def _ways(alternative: tuple[SecurityRequirement, ...]) -> str:
    return " and ".join(_way(requirement) for requirement in alternative)


def _way(requirement: SecurityRequirement) -> str:
    variable = variable_names("", requirement.name, None)[0]
    kind = _kind(requirement.scheme)
    if kind.lower() == "mutualtls":
        return f"'{requirement.name}' ({kind}): --cert FILE[,KEY]"
    if kind.lower() in ("oauth2", "openidconnect"):
        return _grant_way(requirement, kind, variable)
    value = "USER:PASSWORD" if kind in ("http basic", "http digest") else "TOKEN" if "apiKey" not in kind else "KEY"
    option = f"--auth {shlex.quote(f'{requirement.name}={value}')}"
    return f"'{requirement.name}' ({kind}): {option} or {variable}={value}"


def _grant_way(requirement: SecurityRequirement, kind: str, variable: str) -> str:
    """What gets a token, for the flow that wants least of a person; and a token that is there already."""
    flows = requirement.scheme.get("flows")
    names = [name for name in _FLOW_FIELDS if isinstance(flows, dict) and name in flows]
    fields = _FLOW_FIELDS[names[0]] if names else {} if kind == "oauth2" else _FLOW_FIELDS["authorizationCode"]
    options = [f"--auth {shlex.quote(f'{requirement.name}.{field}={value}')}" for field, value in fields.items()]
    token = f"--auth {shlex.quote(f'{requirement.name}=TOKEN')} or {variable}=TOKEN"
    shown = f"{kind} {names[0]}" if names else kind
    fetched = f"{' '.join(options)}, or a token: " if options else ""
    return f"'{requirement.name}' ({shown}): {fetched}{token}"


def _kind(scheme: Mapping[str, Any]) -> str:
    kind = str(scheme.get("type", "unknown"))
    if kind == "http":
        return f"http {scheme.get('scheme', '')}".strip().lower()
    if kind == "apiKey":
        return f"apiKey in {scheme.get('in', 'header')} {scheme.get('name', '')}"
    return kind

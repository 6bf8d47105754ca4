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


# What each flow of OAuth 2.0 takes; docs/auth.md has all fields.
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
    return " and ".join(f"'{each.name}' ({_shown(each.scheme)}): {way(each)}" for each in alternative)


def way(requirement: SecurityRequirement, *, of_source: bool = False) -> str:
    """The option and the variable for a scheme; `of_source` those that no scheme of another source reads."""
    kind, name = kind_of(requirement.scheme), requirement.name
    if kind.lower() == "mutualtls":
        return "--cert FILE[,KEY]"
    variables = variable_names(requirement.source, name, None)
    variable = variables[0 if of_source else -1]
    if of_source and requirement.source:
        name = f"{requirement.source}.{name}"
    if kind.lower() in ("oauth2", "openidconnect"):
        return _grant_way(requirement.scheme, name, variable)
    value = "USER:PASSWORD" if kind in ("http basic", "http digest") else "KEY" if "apiKey" in kind else "TOKEN"
    return f"--auth {shlex.quote(f'{name}={value}')} or {variable}={value}"


def _grant_way(scheme: Mapping[str, Any], name: str, variable: str) -> str:
    """What gets a token, for the flow that wants least of a person; and a token that is there already."""
    flow, kind = _flow(scheme), kind_of(scheme)
    fields = _FLOW_FIELDS[flow] if flow else {} if kind == "oauth2" else _FLOW_FIELDS["authorizationCode"]
    options = [f"--auth {shlex.quote(f'{name}.{field}={value}')}" for field, value in fields.items()]
    token = f"--auth {shlex.quote(f'{name}=TOKEN')} or {variable}=TOKEN"
    return f"{' '.join(options)}, or a token: {token}" if options else token


def _flow(scheme: Mapping[str, Any]) -> str | None:
    flows = scheme.get("flows")
    return next((name for name in _FLOW_FIELDS if isinstance(flows, dict) and name in flows), None)


def _shown(scheme: Mapping[str, Any]) -> str:
    flow = _flow(scheme)
    return f"{kind_of(scheme)} {flow}" if flow else kind_of(scheme)


def kind_of(scheme: Mapping[str, Any]) -> str:
    """What a scheme is, in two or three words."""
    kind = str(scheme.get("type", "unknown"))
    if kind == "http":
        return f"http {scheme.get('scheme', '')}".strip().lower()
    if kind == "apiKey":
        return f"apiKey in {scheme.get('in', 'header')} {scheme.get('name', '')}"
    return kind

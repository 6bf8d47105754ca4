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
    value = "USER:PASSWORD" if kind == "http basic" else "TOKEN" if "apiKey" not in kind else "KEY"
    option = f"--auth {shlex.quote(f'{requirement.name}={value}')}"
    return f"'{requirement.name}' ({kind}): {option} or {variable}={value}"


def _kind(scheme: Mapping[str, Any]) -> str:
    kind = str(scheme.get("type", "unknown"))
    if kind == "http":
        return f"http {scheme.get('scheme', '')}".strip().lower()
    if kind == "apiKey":
        return f"apiKey in {scheme.get('in', 'header')} {scheme.get('name', '')}"
    return kind

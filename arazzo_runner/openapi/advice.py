"""How a person supplies what a security scheme wants: the option, and the variables (interface, "Secrets")."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Any, Final

from ..messages import Security, SecurityRequirement

_OTHER: Final = re.compile(r"[^A-Z0-9]")


def variable_names(source: str, scheme: str, field: str | None) -> tuple[str, ...]:
    """The variables a value may come from, the more specific one first (interface, "Secrets")."""
    tail = _variable(scheme) + (f"_{_variable(field)}" if field else "")
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
    return " and ".join(f"'{each.name}' ({kind_of(each.scheme)}): {way(each)}" for each in alternative)


def way(requirement: SecurityRequirement, *, of_source: bool = False) -> str:
    """The option and the variable for a scheme; `of_source` those that no scheme of another source reads."""
    kind, name = kind_of(requirement.scheme), requirement.name
    if kind.lower() == "mutualtls":
        return "--cert FILE[,KEY]"
    variables = variable_names(requirement.source, name, None)
    if of_source and requirement.source:
        name = f"{requirement.source}.{name}"
    value = "USER:PASSWORD" if kind in ("http basic", "http digest") else "KEY" if "apiKey" in kind else "TOKEN"
    return f"--auth {shlex.quote(f'{name}={value}')} or {variables[0 if of_source else -1]}={value}"


def kind_of(scheme: Mapping[str, Any]) -> str:
    """What a scheme is, in two or three words."""
    kind = str(scheme.get("type", "unknown"))
    if kind == "http":
        return f"http {scheme.get('scheme', '')}".strip().lower()
    if kind == "apiKey":
        return f"apiKey in {scheme.get('in', 'header')} {scheme.get('name', '')}"
    return kind

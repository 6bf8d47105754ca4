"""The rules, by what they look at; importing a module registers its rules."""

from . import (
    actions,
    conditions,
    criteria,
    document,
    expressions,
    inputs,
    jsonpath,
    literals,
    loops,
    requests,
    responses,
    security,
    sending,
    unused,
)

__all__ = [
    "actions",
    "conditions",
    "criteria",
    "document",
    "expressions",
    "inputs",
    "jsonpath",
    "literals",
    "loops",
    "requests",
    "responses",
    "security",
    "sending",
    "unused",
]

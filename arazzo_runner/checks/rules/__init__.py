"""The rules, by what they look at; importing a module registers its rules."""

from . import conditions, document, expressions, inputs, literals, loops, requests, responses, security, unused

__all__ = [
    "conditions",
    "document",
    "expressions",
    "inputs",
    "literals",
    "loops",
    "requests",
    "responses",
    "security",
    "unused",
]

"""The rules, by what they look at; importing a module registers its rules."""

from . import document, expressions, inputs, literals, requests, responses, security, unused

__all__ = ["document", "expressions", "inputs", "literals", "requests", "responses", "security", "unused"]

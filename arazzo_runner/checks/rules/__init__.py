"""The rules, by what they look at; importing a module registers its rules."""

from . import expressions, responses

__all__ = ["expressions", "responses"]

"""Credentials: where values come from, bound to origins, and how a request is signed."""

from ..openapi import advice, variable_names
from .credentials import Credentials, Signed, is_allowed
from .profiles import KeptTexts, Profile, Profiles, origin_of
from .references import References
from .values import Given, Scheme, Values, Variables, fields_of

__all__ = [
    "Credentials",
    "Given",
    "KeptTexts",
    "Profile",
    "Profiles",
    "References",
    "Scheme",
    "Signed",
    "Values",
    "Variables",
    "advice",
    "fields_of",
    "is_allowed",
    "origin_of",
    "variable_names",
]

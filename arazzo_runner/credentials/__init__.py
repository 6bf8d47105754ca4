"""Credentials: where values come from, bound to origins, and how a request is signed."""

from ..openapi import advice, kind_of, variable_names, way
from ..policy import is_allowed
from .credentials import Credentials, Signed
from .profiles import Profile, Profiles, ProfileTokens, origin_of
from .references import References
from .tokens import MemoryTokens, Token, TokenKey, TokenStore
from .values import Given, Scheme, Values, Variables, fields_of

__all__ = [
    "Credentials",
    "Given",
    "MemoryTokens",
    "Profile",
    "ProfileTokens",
    "Profiles",
    "References",
    "Scheme",
    "Signed",
    "Token",
    "TokenKey",
    "TokenStore",
    "Values",
    "Variables",
    "advice",
    "fields_of",
    "is_allowed",
    "kind_of",
    "origin_of",
    "variable_names",
    "way",
]

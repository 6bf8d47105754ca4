"""Credentials: where values come from, bound to origins, and how a request is signed."""

from ..openapi import advice, variable_names
from .credentials import Credentials, Signed, is_allowed
from .tokens import MemoryTokens, Token, TokenKey, TokenStore

__all__ = [
    "Credentials",
    "MemoryTokens",
    "Signed",
    "Token",
    "TokenKey",
    "TokenStore",
    "advice",
    "is_allowed",
    "variable_names",
]

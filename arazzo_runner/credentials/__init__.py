"""Credentials: where values come from, bound to origins, and how a request is signed."""

from .credentials import Credentials, Signed, advice, is_allowed, variable_names

__all__ = ["Credentials", "Signed", "advice", "is_allowed", "variable_names"]

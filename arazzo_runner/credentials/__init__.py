"""Credentials: where values come from, bound to origins, and how a request is signed."""

from .credentials import Credentials, Signed, advice, variable_names

__all__ = ["Credentials", "Signed", "advice", "variable_names"]

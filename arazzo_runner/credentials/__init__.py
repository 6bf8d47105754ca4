"""Credentials: where values come from, bound to origins, and how a request is signed."""

from ..openapi import advice, variable_names
from ..policy import is_allowed
from .credentials import Credentials, Signed

__all__ = ["Credentials", "Signed", "advice", "is_allowed", "variable_names"]

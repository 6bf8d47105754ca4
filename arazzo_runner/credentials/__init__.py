"""Credentials: where values come from, bound to origins, and how a request is signed."""

from ..openapi import advice, variable_names
from .credentials import Credentials, Signed, is_allowed

__all__ = ["Credentials", "Signed", "advice", "is_allowed", "variable_names"]

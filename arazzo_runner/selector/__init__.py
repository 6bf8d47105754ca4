"""Selectors: JSONPath (two dialects), XPath (four versions) and JSON Pointer, to select from a value and to set in it.

Arazzo 1.1.0, "Selector Object", "Expression Type Object", "Payload Replacement Object"; one file for each language
behind one registry, so that a user can plug in another.
"""

from __future__ import annotations

from .registry import DEFAULT_SELECTORS, Selectors
from .selector import Compile, Selector, SelectorSyntaxError

__all__ = ["DEFAULT_SELECTORS", "Compile", "Selector", "SelectorSyntaxError", "Selectors"]

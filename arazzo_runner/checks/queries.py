"""What a JSONPath can find in values of a shape (RFC 9535; Goessner's draft where it reads the same).

The answers are proofs: `False` where no value of the shape has what a query looks for. Filters are decided for every
child a value can have, as true, false, or it depends (RFC 9535, section 2.3.5.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from ..errors import Unavailable
from ..selector import DEFAULT_SELECTORS, SelectorSyntaxError
from ..values import JSON
from .shapes import UNKNOWN, Shape, array_of, conflict, of_constant, of_types, union

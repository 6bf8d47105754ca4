"""A point of a run as plain data, for tests of expressions."""

from __future__ import annotations

import pytest
from points import Point


@pytest.fixture
def point() -> type[Point]:
    """The class of scopes."""
    return Point

"""A point of a run as plain data, and criteria compiled and checked over it."""

from __future__ import annotations

import pytest
from points import Point

from arazzo_runner.condition import DEFAULT_CONDITIONS
from arazzo_runner.expression import DeclaredNames, Reading
from arazzo_runner.selector import DEFAULT_SELECTORS


@pytest.fixture
def point() -> type[Point]:
    """The class of scopes."""
    return Point


EXACT = Reading("1.1")


def compile_criterion(condition, *, type="simple", version=None, context=None, reading=EXACT, names=None, limit_s=1.0):
    """Compile a criterion with the engine's own languages; everything is declared unless `names` says otherwise."""
    return DEFAULT_CONDITIONS.compile(
        type,
        version,
        condition,
        context,
        reading=reading,
        names=names or DeclaredNames(),
        selectors=DEFAULT_SELECTORS,
        limit_s=limit_s,
    )


@pytest.fixture(name="compile_criterion")
def _compile_criterion():
    """The function that compiles a criterion."""
    return compile_criterion


@pytest.fixture
def check():
    """Compile a criterion and check it: the Verdict."""

    def run(condition, scope, **options):
        return compile_criterion(condition, **options).condition.check(scope)

    return run


@pytest.fixture
def over(check):
    """Check a criterion over a response: status 200 and this body."""

    def run(condition, body=None, *, headers=None, inputs=None, **options):
        scope = Point(
            method="GET",
            status_code=200,
            response_body=body,
            response_headers=headers or {},
            inputs=inputs or {},
        )
        return check(condition, scope, **options)

    return run

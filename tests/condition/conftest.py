"""A point of a run as plain data, for tests of conditions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from arazzo_runner.condition import DEFAULT_CONDITIONS
from arazzo_runner.expression import DeclaredNames, Reading
from arazzo_runner.selector import DEFAULT_SELECTORS
from arazzo_runner.values import MISSING, Value


@dataclass
class Point:
    """What expressions see; header names in lower case."""

    inputs: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] | None = None
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    workflows: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    sources: dict[str, dict[str, str]] = field(default_factory=dict)
    self_uri: str | None = None
    url: Value = MISSING
    method: Value = MISSING
    status_code: Value = MISSING
    request_body: Value = MISSING
    response_body: Value = MISSING
    message_payload: Value = MISSING
    request_headers: dict[str, Any] = field(default_factory=dict)
    response_headers: dict[str, str] = field(default_factory=dict)
    message_headers: dict[str, str] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    path: dict[str, Any] = field(default_factory=dict)

    def request_header(self, name: str) -> Value:
        return self.request_headers.get(name.lower(), MISSING)

    def request_query(self, name: str) -> Value:
        return self.query.get(name, MISSING)

    def request_path(self, name: str) -> Value:
        return self.path.get(name, MISSING)

    def response_header(self, name: str) -> Value:
        return self.response_headers.get(name.lower(), MISSING)

    def message_header(self, name: str) -> Value:
        return self.message_headers.get(name.lower(), MISSING)


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

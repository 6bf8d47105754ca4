"""A point of a run as plain data, for tests of expressions and conditions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

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

"""Queries of documents nobody vouches for: whatever they cost, the worker process evaluates them (bounded.py)."""

from __future__ import annotations

from dataclasses import dataclass

from ..values import JSON, Value
from .bounded import Job, Operation, evaluate_apart


@dataclass(frozen=True, slots=True)
class Apart:
    """A selector of ours whose evaluations take place in the worker process; it was compiled here, for its syntax."""

    type: str
    version: str
    query: str
    limit_s: float

    def value(self, context: Value) -> Value:
        """As for the selector."""
        return self._evaluated("value", context)

    def matches(self, context: Value) -> bool:
        """As for the selector."""
        return bool(self._evaluated("matches", context))

    def set(self, document: Value, value: JSON, *, create_parents: bool = False) -> Value:
        """As for the selector."""
        return self._evaluated("set", document, value, create_parents=create_parents)

    def _evaluated(
        self, operation: Operation, context: Value, value: JSON = None, *, create_parents: bool = False
    ) -> Value:
        job = Job(self.type, self.version, self.query, operation, context, value, create_parents)
        result: Value = evaluate_apart(job, self.limit_s)
        return result

"""Every bound of the engine, in one table (interface, "Limits"; `docs/limits.md` is tested against it)."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Times in seconds, sizes in bytes; None is no bound. An overrun says which option raises it."""

    timeout: float = 30.0  # one request in total
    connect_timeout: float = 10.0
    max_time: float | None = None  # the whole run
    max_delay: float = 3600.0  # sum of the delays before retries
    max_retry_after: float = 300.0  # a longer Retry-After exhausts the retry
    max_steps: int = 1000  # executed steps, retries included
    max_nesting: int = 32  # workflows called by workflows
    max_body: int = 64 * MIB  # a response body after decompression
    max_headers: int = 64 * 1024
    max_document: int = 64 * MIB
    max_depth: int = 200  # of a document
    max_aliases: int = 1_000_000  # nodes after expanding YAML aliases
    max_redirects: int = 10
    max_evaluation: float = 1.0  # one regex, XPath or JSONPath

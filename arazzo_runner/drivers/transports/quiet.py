"""What httpcore logs of our own requests is left out: it holds the headers of responses, and nothing masks a log.

Its loggers are everybody's, so that only records made while we send are dropped. A client that is given logs as ever.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

_LOGGERS = tuple(f"httpcore.{name}" for name in ("connection", "http11", "http2", "proxy", "socks"))
_ours: ContextVar[bool] = ContextVar("sending", default=False)


@contextmanager
def unlogged(ours: bool) -> Iterator[None]:
    """Nothing is logged inside, if the request is sent by a client of ours."""
    if not ours:
        yield
        return
    _filter_loggers()
    token = _ours.set(True)
    try:
        yield
    finally:
        _ours.reset(token)


@cache
def _filter_loggers() -> None:
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(lambda record: not _ours.get())

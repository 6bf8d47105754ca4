"""What a session asks of its driver, and what it is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..credentials.conversation import Join, ShowCode, SignIn
from ..errors import TransportError
from ..messages import Request, Response, TransportFailure


@dataclass(frozen=True, slots=True)
class Send:
    """Send this request; the answer is a Response or a TransportFailure. `timeout` is in seconds, in total."""

    id: str
    request: Request
    timeout: float


@dataclass(frozen=True, slots=True)
class Sleep:
    """Let this many seconds pass."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Work:
    """Compute this and send the result back: it depends on nothing outside, and may take as long as a query may."""

    compute: Callable[[], Any]


Ask: TypeAlias = Send | Sleep | Join | SignIn | ShowCode
Answer: TypeAlias = Response | TransportFailure | str | None


def failure_of(error: TransportError) -> TransportFailure:
    """What the interpreter is told of a client's error."""
    hint = f" ({error.hint})" if error.hint else ""
    return TransportFailure(error.kind, error.message + hint, error.phase)


def nobody(ask: SignIn) -> TransportFailure:
    """What a driver says that has nobody to ask."""
    return TransportFailure("credential", f"the credential '{ask.scheme}' needs somebody to sign in at {ask.url}")

"""What the interpreter asks a driver to do. An id is structural, so that a journal describes itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from ..location import Location
from ..messages import Request, Response, TransportFailure


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Send the request of a step; `id` is `<frame path>/<step>#<visit>.<attempt>`."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Let `seconds` pass before the next attempt."""

    id: str
    seconds: float


Effect: TypeAlias = Call | Wait


@dataclass(frozen=True, slots=True)
class Delay:
    """What `prepare` says of a Wait."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing can be sent: an expression without value, a parameter that is missing, a contract broken."""

    reason: str
    location: Location
    contract: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What came of a Call: a response, a failure of the transport, or nothing sent (`refused`). Times in seconds."""

    request: Request | None
    sent_at: float
    received_at: float
    response: Response | None = None
    failure: TransportFailure | None = None
    refused: Refused | None = None

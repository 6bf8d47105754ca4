"""How requests leave: a small protocol, and one implementation for each client.

A transport sends exactly the request it is given: no redirects followed, no cookies kept, no credentials added. Those
are `policy`'s and the driver's business, so that every client behaves the same.
"""

from __future__ import annotations

from .options import ClientOptions
from .protocol import (
    AsyncTransport,
    DeferredTransport,
    Supports,
    Transport,
    check_request,
    proxy_of,
    reaching,
    supports_of,
)
from .select import (
    async_transport_for,
    default_async_transport,
    default_transport,
    is_application,
    transport_for,
    why_httpx,
)

__all__ = [
    "AsyncTransport",
    "ClientOptions",
    "DeferredTransport",
    "Supports",
    "Transport",
    "async_transport_for",
    "check_request",
    "default_async_transport",
    "default_transport",
    "is_application",
    "proxy_of",
    "reaching",
    "supports_of",
    "transport_for",
    "why_httpx",
]

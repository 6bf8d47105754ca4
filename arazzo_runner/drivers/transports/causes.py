"""Why there is no connection: read from the exceptions beneath a client's error, not from its words."""

from __future__ import annotations

import socket
from collections.abc import Iterator

from ...errors import TransportError
from ...messages import Request
from .protocol import not_connected, origin, refused, tls_failed, unknown_host


def connect_error(request: Request, error: BaseException) -> TransportError:
    """A failed connection as one of our errors."""
    import ssl

    causes = list(chain(error))
    asked = wants_certificate(request, error)
    if asked is not None:
        return asked
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return tls_failed(request, f"the certificate is not trusted ({cause.verify_message})")
        if isinstance(cause, ssl.SSLError):
            return tls_failed(request, str(cause.reason or cause).lower().replace("_", " "))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return unknown_host(request)
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return refused(request)
    return not_connected(request, str(error) or type(error).__name__)


def wants_certificate(request: Request, error: BaseException) -> TransportError | None:
    """In TLS 1.3 a server that misses a client certificate says so after the handshake, and answers nothing."""
    reasons = (str(getattr(cause, "reason", "") or "") for cause in chain(error))
    if any("CERTIFICATE_REQUIRED" in reason for reason in reasons):
        return TransportError(
            f"{origin(request.url)} asks for a client certificate", kind="tls", hint="--cert [HOST=]FILE[,KEY]"
        )
    return None


def chain(error: BaseException) -> Iterator[BaseException]:
    """An exception and everything it was raised from or during, groups opened."""
    todo: list[BaseException | None] = [error]
    seen: set[int] = set()
    while todo:
        one = todo.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        todo += [one.__context__, one.__cause__]
        if isinstance(one, BaseExceptionGroup):
            todo += one.exceptions

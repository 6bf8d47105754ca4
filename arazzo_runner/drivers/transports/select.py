"""Which transport fits what a caller gave: a client, an application, a transport, or nothing."""

from __future__ import annotations

import importlib.util
import inspect
from typing import Any, cast

from ...errors import UsageError
from .bridge import AsyncToSync, SyncToAsync
from .options import ClientOptions
from .protocol import AsyncTransport, Transport


def default_transport(options: ClientOptions, *, speed: bool = False) -> Transport:
    """The transport of our own: pyreqwest where it is wanted and installed (extra `speed`), else httpx."""
    if speed and importlib.util.find_spec("pyreqwest") is not None:
        from .pyreqwest_ import PyreqwestTransport

        return PyreqwestTransport(options=options)
    from .httpx_ import HttpxTransport

    return HttpxTransport(options=options)


def transport_for(client: Any, options: ClientOptions) -> Transport:
    """A blocking transport for a Client, an AsyncClient, an ASGI or WSGI application, or a transport.

    Raises:
        UsageError: it is none of these.
    """
    if _is_transport(client):
        return cast(Transport, client)
    kind = _client_kind(client)
    if kind == "sync":
        from .httpx_ import HttpxTransport

        return HttpxTransport(client)
    return AsyncToSync(async_transport_for(client, options)) if kind == "async" else _application(client)


def async_transport_for(client: Any, options: ClientOptions) -> AsyncTransport:
    """The same for asyncio; None gives an AsyncClient of our own."""
    from .httpx_ import AsyncHttpxTransport

    if client is None:
        return AsyncHttpxTransport(options=options)
    if _is_transport(client):
        if inspect.iscoroutinefunction(client.send):
            return cast(AsyncTransport, client)
        return SyncToAsync(client)
    match _client_kind(client):
        case "async":
            return AsyncHttpxTransport(client)
        case "sync":
            return SyncToAsync(transport_for(client, options))
        case _:
            return _async_application(client)


def _is_transport(client: Any) -> bool:
    if _client_kind(client) is not None or not hasattr(client, "send"):
        return False
    try:
        parameters = inspect.signature(client.send).parameters
    except (TypeError, ValueError):
        return False
    return {"timeout", "limits"} <= set(parameters)


def _client_kind(client: Any) -> str | None:
    names = {base.__name__ for base in type(client).__mro__ if base.__module__.partition(".")[0] in ("httpx", "httpx2")}
    if "AsyncClient" in names:
        return "async"
    return "sync" if "Client" in names else None


def _application(app: Any) -> Transport:
    """An application in process: ASGI in a background loop, WSGI in the calling thread."""
    from .httpx_ import AsyncHttpxTransport, HttpxTransport, import_httpx

    httpx = import_httpx()
    if _is_asgi(app):
        return AsyncToSync(AsyncHttpxTransport(httpx.AsyncClient(transport=httpx.ASGITransport(app=app))))
    if callable(app):
        return HttpxTransport(httpx.Client(transport=httpx.WSGITransport(app=app)))
    raise _unknown(app)


def _async_application(app: Any) -> AsyncTransport:
    from .httpx_ import AsyncHttpxTransport, HttpxTransport, import_httpx

    httpx = import_httpx()
    if _is_asgi(app):
        return AsyncHttpxTransport(httpx.AsyncClient(transport=httpx.ASGITransport(app=app)))
    if callable(app):
        return SyncToAsync(HttpxTransport(httpx.Client(transport=httpx.WSGITransport(app=app))))
    raise _unknown(app)


def _is_asgi(app: Any) -> bool:
    call = app if inspect.isfunction(app) or inspect.ismethod(app) else getattr(type(app), "__call__", None)
    return inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(call)


def _unknown(client: Any) -> UsageError:
    return UsageError(
        f"{type(client).__name__} is no client",
        hint="give an httpx.Client or AsyncClient, an ASGI or WSGI application, or a Transport",
    )


__all__ = ["ClientOptions", "async_transport_for", "default_transport", "transport_for"]

"""Which transport fits what a caller gave: a client, an application, a transport, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast

from ...errors import UsageError
from .options import ClientOptions
from .protocol import AsyncTransport, Transport

if TYPE_CHECKING:
    import inspect

_Kind = Literal["client", "async client", "transport", "async transport", "asgi", "wsgi"]


def default_transport(options: ClientOptions, *, speed: bool = False) -> Transport:
    """The transport of our own: pyreqwest where it is wanted, installed (extra `speed`) and can do it, else httpx."""
    if speed and _is_installed("pyreqwest") and not lacking(options):
        from .pyreqwest_ import PyreqwestTransport

        return PyreqwestTransport(options=options)
    from .httpx_ import HttpxTransport

    return HttpxTransport(options=options)


def default_async_transport(options: ClientOptions, *, speed: bool = False) -> AsyncTransport:
    """The same for asyncio."""
    if speed and _is_installed("pyreqwest") and not lacking(options):
        from .pyreqwest_async import AsyncPyreqwestTransport

        return AsyncPyreqwestTransport(options=options)
    from .httpx_async import AsyncHttpxTransport

    return AsyncHttpxTransport(options=options)


def lacking(options: ClientOptions) -> tuple[str, ...]:
    """What these options need that pyreqwest does not do, in words."""
    from .pyreqwest_ import SUPPORTS

    missing = []
    if options.cert is not None and not SUPPORTS.certificate:
        missing.append("client certificates")
    if not SUPPORTS.socks and any(_is_socks(proxy) for proxy in options.proxies()):
        missing.append("SOCKS proxies")
    return tuple(missing)


def _is_socks(proxy: str) -> bool:
    return "://" in proxy and not proxy.startswith(("http://", "https://"))


def why_httpx(options: ClientOptions, *, speed: bool = False) -> str | None:
    """Why httpx is used although another client was wanted and is there; None where it is not."""
    missing = lacking(options) if speed and _is_installed("pyreqwest") else ()
    return f"requests are sent by httpx: pyreqwest does no {' or '.join(missing)}" if missing else None


def transport_for(client: Any, options: ClientOptions, *, speed: bool = False) -> Transport:
    """A blocking transport for a Client, an AsyncClient, an ASGI or WSGI application, a transport, or None.

    Raises:
        UsageError: it is none of these.
    """
    if client is None:
        return default_transport(options, speed=speed)
    from .httpx_ import HttpxTransport

    match _kind(client):
        case "transport":
            return cast(Transport, client)
        case "client":
            return HttpxTransport(client)
        case "wsgi":
            return HttpxTransport(_wsgi_client(client), owned=True, network=False)
        case _:
            from .bridge import AsyncToSync

            return AsyncToSync(async_transport_for(client, options))


def async_transport_for(client: Any, options: ClientOptions, *, speed: bool = False) -> AsyncTransport:
    """The same for asyncio."""
    if client is None:
        return default_async_transport(options, speed=speed)
    from .httpx_async import AsyncHttpxTransport

    match _kind(client):
        case "async transport":
            return cast(AsyncTransport, client)
        case "async client":
            return AsyncHttpxTransport(client)
        case "asgi":
            return AsyncHttpxTransport(_asgi_client(client), owned=True, network=False)
        case _:
            from .bridge import SyncToAsync

            return SyncToAsync(transport_for(client, options))


def is_application(client: Any) -> bool:
    """Whether a client is an ASGI or WSGI application, which is reached without a network.

    Raises:
        UsageError: it is no client at all.
    """
    return _kind(client) in ("asgi", "wsgi")


def _is_installed(name: str) -> bool:
    from importlib.util import find_spec

    return find_spec(name) is not None


def _kind(client: Any) -> _Kind:
    import inspect

    names = {base.__name__ for base in type(client).__mro__ if base.__module__.partition(".")[0] in ("httpx", "httpx2")}
    if "AsyncClient" in names:
        return "async client"
    if "Client" in names:
        return "client"
    if {"timeout", "limits"} <= _parameters(getattr(client, "send", None)).keys():
        return "async transport" if inspect.iscoroutinefunction(client.send) else "transport"
    if callable(client) and not isinstance(client, type):
        return "asgi" if _is_asgi(client) else "wsgi"
    raise UsageError(
        f"{type(client).__name__} is no client",
        hint="give an httpx.Client or AsyncClient, an ASGI or WSGI application, or a Transport",
    )


def _is_asgi(app: Any) -> bool:
    """ASGI: an asynchronous callable, or one of (scope, receive, send); WSGI: one of (environ, start_response)."""
    import functools
    import inspect

    called = app
    while isinstance(called, functools.partial):
        called = called.func
    if any(map(inspect.iscoroutinefunction, (called, getattr(called, "__call__", None)))):  # noqa: B004
        return True
    needed = [
        p
        for p in _parameters(app).values()
        if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    return len(needed) == 3


def _parameters(function: Any) -> dict[str, inspect.Parameter]:
    import inspect

    try:
        return dict(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return {}


def _wsgi_client(app: Any) -> Any:
    from .httpx_ import import_httpx

    httpx = import_httpx()
    return httpx.Client(transport=httpx.WSGITransport(app=app))


def _asgi_client(app: Any) -> Any:
    """As a server would have it, an error within the application is an answer with status 500."""
    from .httpx_ import import_httpx

    httpx = import_httpx()
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app, raise_app_exceptions=False))

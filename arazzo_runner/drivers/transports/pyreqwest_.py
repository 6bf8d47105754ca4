"""pyreqwest as a transport (extra `speed`): a client in Rust, a tenth of the processor time of httpx."""

from __future__ import annotations

import datetime
import threading
import time
from typing import Any

from ...errors import TransportError
from ...limits import Limits
from ...messages import Request, Response
from .httpx_ import USER_AGENT, connect_error
from .options import ClientOptions
from .protocol import check_headers, check_request, origin, timed_out, too_large

_CHUNK = 64 * 1024


class PyreqwestTransport:
    """A blocking transport over pyreqwest; connections are pooled and shared by threads."""

    def __init__(self, *, options: ClientOptions | None = None) -> None:
        self._options = options or ClientOptions()
        self._clients: dict[float, Any] = {}
        self._lock = threading.Lock()

    def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
        """As `Transport.send`."""
        from pyreqwest import exceptions

        check_request(request)
        client = self._client(limits.connect_timeout)
        deadline = time.monotonic() + timeout
        try:
            built = self._build(client, request, timeout)
            with built as response:
                body = self._read(response, request, timeout, deadline, limits)
                return Response(
                    status=response.status,
                    headers=tuple((str(n), str(v)) for n, v in response.headers.items()),
                    body=body,
                    url=request.url,
                    http_version=str(response.version),
                )
        except exceptions.ConnectTimeoutError:
            raise timed_out(request, min(timeout, limits.connect_timeout), sent=False) from None
        except exceptions.RequestTimeoutError:
            raise timed_out(request, timeout, sent=True) from None
        except exceptions.ConnectError as error:
            raise connect_error(request, _causes(error), error) from None
        except exceptions.BodyDecodeError as error:
            raise TransportError(
                f"the response of {origin(request.url)} cannot be decompressed: {error}",
                kind="protocol",
                phase="answered",
            ) from None
        except exceptions.PyreqwestError as error:
            raise TransportError(
                f"{origin(request.url)} broke off: {_causes(error)}", kind="protocol", phase="maybe_sent"
            ) from None

    def _build(self, client: Any, request: Request, timeout: float) -> Any:
        builder = client.request(request.method, request.url).timeout(datetime.timedelta(seconds=timeout))
        if request.headers:
            builder = builder.headers(list(request.headers))
        if request.body is not None:
            builder = builder.body_bytes(request.body)
        return builder.build_streamed()

    def _read(self, response: Any, request: Request, timeout: float, deadline: float, limits: Limits) -> bytes:
        check_headers(tuple((str(n), str(v)) for n, v in response.headers.items()), limits)
        chunks, size = [], 0
        while chunk := response.body_reader.read(_CHUNK):
            data = bytes(chunk)
            size += len(data)
            if size > limits.max_body:
                raise too_large(limits)
            chunks.append(data)
            if time.monotonic() > deadline:
                raise timed_out(request, timeout, sent=True)
        return b"".join(chunks)

    def _client(self, connect_timeout: float) -> Any:
        with self._lock:
            if connect_timeout not in self._clients:
                self._clients[connect_timeout] = self._make(connect_timeout)
            return self._clients[connect_timeout]

    def _make(self, connect_timeout: float) -> Any:
        from pyreqwest.client import SyncClientBuilder

        builder = (
            SyncClientBuilder()
            .follow_redirects(False)
            .user_agent(USER_AGENT)
            .connect_timeout(datetime.timedelta(seconds=connect_timeout))
        )
        if self._options.insecure:
            builder = builder.danger_accept_invalid_certs(True)
        if self._options.proxy:
            from pyreqwest.proxy import ProxyBuilder

            builder = builder.proxy(ProxyBuilder.all(self._options.proxy))
        return builder.build()

    def close(self) -> None:
        """Close the clients."""
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()


def _causes(error: BaseException) -> str:
    """The innermost message: what pyreqwest says is a chain."""
    details = getattr(error, "details", None)
    causes = (details or {}).get("causes") if isinstance(details, dict) else None
    return str(causes[-1]) if causes else str(error)

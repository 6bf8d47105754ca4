"""The mock on a port: HTTP/1.1 over the standard library's server, one thread for each connection.

RFC 9112 as far as a mock needs it: kept connections, HEAD, chunked request bodies, `Expect: 100-continue`, bounds on
what a client sends. Every request is told to an observer with the operation it was for and what was wrong with it.
"""

from __future__ import annotations

import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import quote, urlsplit

from ..errors import UsageError
from ..limits import MIB
from ..messages import Headers, Request, Response
from ..openapi import Description, Operation
from .checks import Refusal
from .faults import Fault, Faults
from .pace import Latency, RateLimit
from .refusals import make_response, phrase, refuse
from .routing import base_path
from .server import Answered, Mock

MAX_BODY = 64 * MIB
_MAX_LINE = 65_536  # of a chunk's head and of trailers
_IDLE = 75.0  # seconds a connection may be silent
_HOST = re.compile(r"[\w.\-]+(?::[0-9]+)?|\[[0-9A-Fa-f:.]+\](?::[0-9]+)?")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "[::1]"}  # where this machine reaches it
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Handled:
    """A request that was handled. `response` None is a connection that was dropped; `at` is seconds since the epoch."""

    at: float
    request: Request
    response: Response | None
    source: str
    operation: Operation | None
    problems: tuple[str, ...]
    fault: Fault | None
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What a server does beside answering."""

    faults: Faults = field(default_factory=lambda: Faults(()))
    rate: RateLimit | None = None
    latency: Latency | None = None


def names_of(source: str, operation: Operation) -> tuple[str, ...]:
    """The names a fault may call an operation by: operationId, `GET /things`, and both after the name of the source."""
    names = [f"{operation.method} {operation.path}"]
    if operation.operation_id is not None:
        names += [operation.operation_id, f"{source}.{operation.operation_id}"]
    return tuple(names)


class MockServer:
    """Serves descriptions on loopback, each under `/NAME`, or at the root where there is one only.

    `urls` are the servers to name with `-s`. Port 0 takes a free one.

    Raises:
        UsageError: the port is in use, or the address is none of this machine.
    """

    def __init__(
        self,
        mock: Mock,
        descriptions: Mapping[str, Description],
        *,
        bases: Mapping[str, str] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        behaviour: Behaviour | None = None,
        observe: Callable[[Handled], None] = lambda handled: None,
    ) -> None:
        self.mock = mock
        self.observe = observe
        self.behaviour = behaviour or Behaviour()
        self.prefixes = {f"/{quote(name, safe='')}": name for name in descriptions} if len(descriptions) > 1 else {}
        self.only = next(iter(descriptions)) if len(descriptions) == 1 else ""
        self.numbers = count(1)
        self._server = _listen(host, port, self)
        where = _EVERYWHERE.get(host, f"[{host}]" if ":" in host else host)
        self.url = f"http://{where}:{self._server.server_address[1]}"
        own = {name: prefix for prefix, name in self.prefixes.items()}
        paths = bases or {}
        self.urls = {
            name: f"{self.url}{own.get(name, '')}{paths.get(name, base_path(description))}"
            for name, description in descriptions.items()
        }

    def serve_forever(self) -> None:
        """Serve until `stop`, or until Ctrl-C raises KeyboardInterrupt."""
        threading.Thread(target=_warm_up, name="arazzo-run-mock-imports", daemon=True).start()
        self._server.serve_forever(poll_interval=0.1)

    def start(self) -> MockServer:
        """Serve in a thread of its own."""
        threading.Thread(target=self.serve_forever, name="arazzo-run-mock", daemon=True).start()
        return self

    def stop(self) -> None:
        """End `serve_forever`, from another thread."""
        self._server.shutdown()

    def close(self) -> None:
        """Close the port."""
        self._server.server_close()

    def __enter__(self) -> MockServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.close()

    # One request

    def handle(self, request: Request) -> Handled:
        """Answer one request as it came in, after the delay it gets."""
        at, started = time.time(), time.perf_counter()
        prefix, inner = self._inner(request)
        done = partial(self._handled, at, started, request)
        if inner is None:
            return done(self._unknown_source(request))
        wait = self.behaviour.rate.wait() if self.behaviour.rate is not None else None
        if wait is not None:
            refusal = Refusal(429, f"more than {self.behaviour.rate} were sent")
            return done(self.mock.refused(inner, refusal, (("Retry-After", str(wait)),)))
        fault = self._fault(inner)
        latency = self.behaviour.latency
        time.sleep((latency.of(next(self.numbers)) if latency else 0.0) + (fault.delay_s if fault else 0.0))
        answered = self.mock.answer(inner, fault) if fault is None or not fault.drop else self._dropped(inner)
        if prefix:
            answered = replace(answered, response=_relocated(answered.response, inner.url, prefix))
        return done(answered, fault)

    def _handled(
        self, at: float, started: float, request: Request, answered: Answered, fault: Fault | None = None
    ) -> Handled:
        response = None if fault is not None and fault.drop else answered.response
        duration = time.perf_counter() - started
        return Handled(at, request, response, answered.source, answered.operation, answered.problems, fault, duration)

    def _inner(self, request: Request) -> tuple[str, Request | None]:
        """The prefix of a request's source, and the request without it; None for a prefix that no source has."""
        if not self.prefixes:
            return "", replace(request, source=self.only)
        parts = urlsplit(request.url)
        first = "/" + parts.path[1:].partition("/")[0]
        name = self.prefixes.get(first)
        if name is None:
            return "", None
        path = parts.path[len(first) :] or "/"
        return first, replace(request, url=parts._replace(path=path).geturl(), source=name)

    def _unknown_source(self, request: Request) -> Answered:
        known = ", ".join(self.prefixes)
        refusal = Refusal(404, f"no source is at this path; there are {known}")
        return Answered(_problem(request, refusal), refusal=refusal)

    def _fault(self, request: Request) -> Fault | None:
        found = self.mock.operation_of(request)
        return self.behaviour.faults.next(*names_of(*found)) if found is not None else None

    def _dropped(self, request: Request) -> Answered:
        """What is known of a request that gets no answer."""
        found = self.mock.operation_of(request)
        source, operation = found or ("", None)
        return Answered(make_response(request, 500, (), b""), source, operation)


def _warm_up() -> None:
    """Load what the first request would wait for: the judge of bodies, and the one that explains."""
    import jsonschema_rs
    import openapi_core

    del jsonschema_rs, openapi_core


def _relocated(response: Response, url: str, prefix: str) -> Response:
    """A Location that the mock made lies below the prefix too."""
    origin = "/".join(url.split("/", 3)[:3]) + "/"
    return replace(
        response,
        headers=tuple(
            (name, origin[:-1] + prefix + "/" + value.removeprefix(origin))
            if name.lower() == "location" and value.startswith(origin)
            else (name, value)
            for name, value in response.headers
        ),
    )


def _problem(request: Request, refusal: Refusal) -> Response:
    return refuse(None, None, request, refusal)


def _listen(host: str, port: int, owner: MockServer) -> _Server:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        kind = type("_Server", (_Server,), {"address_family": family})
        return kind((host, port), partial(_Handler, owner))  # type: ignore[no-any-return]
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        hint = "--port 0 takes a free one" if "in use" in reason.lower() else None
        raise UsageError(f"cannot listen on {host} port {port}: {reason}", hint=hint) from None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def server_bind(self) -> None:
        """Without looking up the name of the host, which may take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """One line for what should not happen; none where the client went away."""
        error = sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, TimeoutError)):
            print(f"arazzo-run: internal error: {type(error).__name__}: {error} - please report it", file=sys.stderr)


class _Refused(Exception):
    """A message that is not taken: the connection ends with this answer."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.refusal = Refusal(status, detail)


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "arazzo-run-mock"
    sys_version = ""
    timeout = _IDLE
    disable_nagle_algorithm = True
    wbufsize = -1

    def __init__(self, owner: MockServer, *args: Any) -> None:
        self._owner = owner
        super().__init__(*args)

    def __getattr__(self, name: str) -> Any:
        """Every method is served: what a path has is for the description to say."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _serve(self) -> None:
        request = Request(self.command, self._url(), tuple(self.headers.items()))
        try:
            request = replace(request, body=self._body())
        except _Refused as error:
            self.close_connection = True
            response = _problem(request, error.refusal)
            self._write(response)
            handled = Handled(time.time(), request, response, "", None, (error.refusal.detail,), None, 0.0)
        else:
            handled = self._owner.handle(request)
            if handled.response is None:
                self.close_connection = True
            else:
                self._write(handled.response)
        self._owner.observe(handled)

    def _url(self) -> str:
        """The URL as the client meant it; a Host that is none is not taken over."""
        target = self.path
        if not target.startswith("/"):
            absolute = re.match(r"https?://[^/?#]*", target, re.IGNORECASE)
            target = "/" + target[absolute.end() :].lstrip("/") if absolute else "/" + target
        host = self.headers.get("Host", "")
        if _HOST.fullmatch(host) is None:
            host = self._owner.url.removeprefix("http://")
        return f"http://{host}{quote(target, safe=_URL_CHARACTERS, encoding='latin-1')}"

    # Bodies

    def _body(self) -> bytes | None:
        length, coding = self.headers.get("Content-Length"), self.headers.get("Transfer-Encoding")
        if self.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise _Refused(415, "the mock takes no Content-Encoding")
        if coding is not None:
            if length is not None:
                raise _Refused(400, "Content-Length and Transfer-Encoding exclude each other")
            if coding.strip().lower() != "chunked":
                raise _Refused(501, f"the mock does not know the transfer coding {coding}")
            return self._chunks()
        if length is None:
            return None
        return self._exactly(self._checked_length(length))

    def _checked_length(self, text: str) -> int:
        if not (text.isascii() and text.isdigit()):
            raise _Refused(400, "the Content-Length is no number")
        if len(text) > 15 or int(text) > MAX_BODY:
            raise _Refused(413, f"the body is larger than {MAX_BODY} bytes")
        return int(text)

    def _exactly(self, length: int) -> bytes:
        data = self.rfile.read(length)
        if len(data) < length:
            raise ConnectionResetError("the client went away")
        return data

    def _chunks(self) -> bytes:
        """A chunked body (RFC 9112, section 7.1); trailers are read and dropped."""
        parts: list[bytes] = []
        total = 0
        while size := self._chunk_size():
            total += size
            if total > MAX_BODY:
                raise _Refused(413, f"the body is larger than {MAX_BODY} bytes")
            parts.append(self._exactly(size))
            if self.rfile.readline(3) not in (b"\r\n", b"\n"):
                raise _Refused(400, "a chunk is longer than it says")
        for _ in range(100):
            if self.rfile.readline(_MAX_LINE) in (b"\r\n", b"\n", b""):
                return b"".join(parts)
        raise _Refused(400, "there are too many trailers")

    def _chunk_size(self) -> int:
        line = self.rfile.readline(_MAX_LINE).partition(b";")[0].strip()
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,12}", line):
            raise _Refused(400, "a chunk has no size")
        return int(line, 16)

    def handle_expect_100(self) -> bool:
        """Go on, unless the body would be refused anyway."""
        try:
            self._checked_length(self.headers.get("Content-Length", "0"))
        except _Refused as error:
            self.close_connection = True
            self._write(_problem(Request(self.command, self._url()), error.refusal))
            return False
        ready = super().handle_expect_100()
        self.wfile.flush()
        return ready

    # Answers

    def _write(self, response: Response) -> None:
        self.send_response(response.status, response.reason)
        for name, value in _writable(response.headers):
            self.send_header(name, value)
        if response.status >= 200 and response.status not in (204, 304) and self.command != "HEAD":
            self.send_header("Content-Length", str(len(response.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(response.body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What is no HTTP is answered as a problem too."""
        self.close_connection = True
        self.command = getattr(self, "command", None) or ""
        self.request_version = self.protocol_version  # whatever it was: HTTP/0.9 has no headers
        refusal = Refusal(int(code), message or phrase(int(code)))
        self._write(_problem(Request("GET", self._owner.url + "/"), refusal))

    def log_message(self, format: str, *args: Any) -> None:
        """The observer is told instead."""


_URL_CHARACTERS = "!#$%&'()*+,/:;=?@[]~-._|{}^`\"<>\\"


def _writable(headers: Headers) -> list[tuple[str, str]]:
    """The headers that can stand in a message: descriptions name them."""
    return [
        (name, re.sub(r"[^\t\x20-\x7e\xa0-\xff]", "?", value))
        for name, value in headers
        if _TOKEN.fullmatch(name) is not None
    ]


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    return host in _LOOPBACK or host.startswith("127.")

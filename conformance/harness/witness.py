"""The witness: a server on loopback that plays a conversation and keeps what it saw."""

from __future__ import annotations

import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from .compare import Received
from .conversation import Answer, Conversation
from .scenario import Place

_METHODS = ("GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "QUERY", "COPY", "PURGE", "LINK")


class Witness:
    """One scripted server with a port of its own; a context manager. `place` is where it listens."""

    def __init__(self) -> None:
        self.conversation: Conversation | None = None
        self._closed = threading.Event()
        self._silent = socket.socket()  # bound, so that nobody else gets the port, and not listening
        self._silent.bind(("127.0.0.1", 0))
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        self.place = Place(
            f"http://127.0.0.1:{self._server.server_address[1]}", f"http://127.0.0.1:{self._silent.getsockname()[1]}"
        )

    def answer(self, received: Received) -> tuple[Answer, Any]:
        """What goes back."""
        if self.conversation is None:
            return Answer(503), None
        return self.conversation.receive(received)

    def wait(self, seconds: float) -> bool:
        """Wait before an answer; false if the witness was closed meanwhile."""
        return not self._closed.wait(seconds) if seconds else True

    def close(self) -> None:
        """Stop at once; answers that are still due are not given."""
        self._closed.set()
        self._server.shutdown()
        self._server.server_close()
        self._silent.close()
        self._thread.join()

    def __enter__(self) -> Witness:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, owner: Witness) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), _Requests)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news."""


class _Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20
    server: _Server

    def handle_one(self) -> None:
        """Read, answer, close: a connection for each request, so that no client repeats one on its own."""
        self.close_connection = True
        owner = self.server.owner
        received = Received(self.command, self.path, tuple(self.headers.items()), self._body(), time.monotonic())
        answer, seen = owner.answer(received)
        if not owner.wait(answer.delay):
            return
        try:
            if not answer.drop:
                self._send(answer)
        except OSError:
            return  # the client did not wait
        finally:
            if seen is not None:
                seen.answered_at = time.monotonic()

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return b"".join(iter(self._chunk, b""))
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _chunk(self) -> bytes:
        size = int(self.rfile.readline().partition(b";")[0], 16)
        chunk = self.rfile.read(size)
        self.rfile.readline()
        return chunk

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status not in (204, 304):
            self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD" and answer.status not in (204, 304):
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed."""


for _method in _METHODS:
    setattr(_Requests, f"do_{_method}", _Requests.handle_one)

"""Asking a person to sign in: the browser, and a listener on this machine that it is redirected to (RFC 8252)."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Protocol, TextIO
from urllib.parse import parse_qs, urlsplit

from ..credentials.conversation import ShowCode, SignIn
from ..messages import TransportFailure

_LOOK = 0.2  # seconds between looks at whether anybody still waits
_DONE = "You are signed in. You can close this window and go back to where you came from.\n"
_REFUSED = "You are not signed in: the reason stands where you came from. You can close this window.\n"


class Interaction(Protocol):
    """How a person is asked. Both may be called from any thread."""

    def sign_in(self, ask: SignIn, cancelled: threading.Event) -> str | TransportFailure:
        """Open `ask.url_for(redirect URI)` and wait for the redirect: the URL it went to.

        Returns soon after `cancelled` is set, whatever then.
        """

    def show_code(self, ask: ShowCode) -> None:
        """Show the code and where to enter it, and return at once."""


class Browser:
    """Opens the person's browser, and says on a stream what is going on."""

    def __init__(self, stream: TextIO, *, open: Callable[[str], object] | None = None) -> None:
        """`open` opens a URL; the browser that `webbrowser` finds (variable BROWSER) where it is None."""
        self._stream = stream
        self._open = open

    def sign_in(self, ask: SignIn, cancelled: threading.Event) -> str | TransportFailure:
        """As `Interaction.sign_in`."""
        try:
            listener = _Listener(ask)
        except (OSError, ValueError) as error:
            return TransportFailure(
                "credential", f"the credential '{ask.scheme}': {ask.redirect_uri} cannot be listened at ({error})"
            )
        with listener:
            url = ask.url_for(listener.redirect_uri)
            self._say(f"{ask.scheme}: sign in with your browser; if it does not open, here:\n  {url}")
            threading.Thread(target=self._show, args=(url,), daemon=True, name="arazzo-run-browser").start()
            answer = listener.wait(ask.seconds, cancelled)
        if answer is None:
            return TransportFailure(
                "credential", f"the credential '{ask.scheme}': nobody signed in within {ask.seconds:g} s at {ask.url}"
            )
        return answer

    def show_code(self, ask: ShowCode) -> None:
        """As `Interaction.show_code`."""
        also = f"\n  or go to {ask.complete_url}" if ask.complete_url else ""
        self._say(f"{ask.scheme}: go to {ask.url} and enter the code {ask.code}{also}")

    def _show(self, url: str) -> None:
        if self._open is not None:
            self._open(url)
            return
        import webbrowser

        webbrowser.open(url)

    def _say(self, text: str) -> None:
        self._stream.write(text + "\n")
        self._stream.flush()


class _Listener(socketserver.TCPServer):
    """Waits for one redirect; anything else that comes is told so, and goes unheard."""

    allow_reuse_address = True
    timeout = _LOOK

    def __init__(self, ask: SignIn) -> None:
        wanted = urlsplit(ask.redirect_uri or "http://127.0.0.1:0/")
        if wanted.scheme != "http" or wanted.hostname not in ("127.0.0.1", "localhost"):
            raise ValueError("a redirect URI is http://127.0.0.1[:PORT][/PATH] or http://localhost[:PORT][/PATH]")
        super().__init__(("127.0.0.1", wanted.port or 0), _Redirect)
        port = self.server_address[1]
        self.path = wanted.path or "/"
        self.redirect_uri = f"http://{wanted.hostname}:{port}{self.path}"
        self.state = ask.state
        self.query: str | None = None

    def wait(self, seconds: float, cancelled: threading.Event) -> str | None:
        """The URL that the browser was redirected to, or None."""
        end = time.monotonic() + seconds
        while self.query is None and time.monotonic() < end and not cancelled.is_set():
            self.handle_request()
        return None if self.query is None else f"{self.redirect_uri}?{self.query}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that broke off is nobody's answer."""


class _Redirect(BaseHTTPRequestHandler):
    server: _Listener
    timeout = 5  # seconds a connection may keep the listener busy

    def do_GET(self) -> None:
        """Take the answer to what was asked; RFC 6749, section 10.12: another state is no answer."""
        path, _, query = self.path.partition("?")
        fields = parse_qs(query)
        if path != self.server.path or fields.get("state") != [self.server.state]:
            self._reply(404, "This is not what is waited for here.\n")
            return
        self.server.query = query
        self._reply(200, _DONE if "code" in fields else _REFUSED)

    def _reply(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in (
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Connection", "close"),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged."""

"""A server on loopback that wants HTTP Digest as RFC 7616 has it, written from its section 3.4 and on its own."""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

USER, PASSWORD = "Jäsøn", "Circle: of Life"


def hashed(algorithm: str, data: bytes) -> str:
    name = algorithm.upper().removesuffix("-SESS")
    names = {"MD5": "md5", "SHA-256": "sha256", "SHA-512-256": "sha512_256", "SHA-512": "sha512"}
    return hashlib.new(names[name], data).hexdigest()


def expected(fields: dict[str, str], user: str, password: str, method: str, body: bytes) -> str:
    """The response that RFC 7616, section 3.4.1 asks for."""
    algorithm = fields.get("algorithm", "MD5")
    ha1 = hashed(algorithm, f"{user}:{fields['realm']}:{password}".encode())
    if algorithm.upper().endswith("-SESS"):
        ha1 = hashed(algorithm, f"{ha1}:{fields['nonce']}:{fields['cnonce']}".encode())
    a2 = f"{method}:{fields['uri']}"
    if fields.get("qop") == "auth-int":
        a2 += ":" + hashed(algorithm, body)
    ha2 = hashed(algorithm, a2.encode())
    if "qop" in fields:
        middle = f"{fields['nonce']}:{fields['nc']}:{fields['cnonce']}:{fields['qop']}"
    else:
        middle = fields["nonce"]
    return hashed(algorithm, f"{ha1}:{middle}:{ha2}".encode())


def read_fields(text: str) -> dict[str, str]:
    found = re.findall(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))', text)
    return {name: re.sub(r"\\(.)", r"\1", quoted) or bare for name, quoted, bare in found}


class DigestServer:
    """Challenges with each of `algorithms`; `qop` None is RFC 2069. A nonce is good for `uses` requests."""

    def __init__(self) -> None:
        self.algorithms = ["MD5"]
        self.qop: str | None = "auth"
        self.uses = 1000
        self.realm = "things of mine"
        self.lines: list[str] = []  # method, path, the outcome
        self.counts: list[str] = []  # nc of what was accepted
        self._nonces: dict[str, int] = {}
        self._seen: set[tuple[str, str]] = set()
        self._lock = threading.Lock()
        self.url = ""

    def judge(self, method: str, path: str, authorization: str | None, body: bytes) -> tuple[int, list[str]]:
        """The status, and the challenges of a 401."""
        with self._lock:
            outcome = self._outcome(method, path, authorization, body)
            self.lines.append(f"{method} {path} {outcome}")
            if outcome == "accepted":
                return 200, []
            return 401, [self._challenge(a, stale=outcome == "stale") for a in self.algorithms]

    def _outcome(self, method: str, path: str, authorization: str | None, body: bytes) -> str:
        if not authorization or not authorization.startswith("Digest "):
            return "challenged"
        fields = read_fields(authorization)
        allowed = {None: (None,)}.get(self.qop, tuple((self.qop or "").split(", ")))
        right = fields.get("qop") in allowed and fields["uri"] == path and fields["realm"] == self.realm
        if not right or fields["response"] != expected(fields, USER, PASSWORD, method, body):
            return "wrong"
        if self._nonces.get(fields["nonce"], 0) <= 0:
            return "stale"
        if self.qop is not None and (fields["nonce"], fields["nc"]) in self._seen:
            return "replayed"
        self._nonces[fields["nonce"]] -= 1
        self._seen.add((fields["nonce"], fields.get("nc", "")))
        self.counts.append(fields.get("nc", ""))
        return "accepted"

    def _challenge(self, algorithm: str, *, stale: bool) -> str:
        nonce = secrets.token_hex(8)
        self._nonces[nonce] = self.uses
        realm = self.realm.replace('"', '\\"')
        qop = f', qop="{self.qop}"' if self.qop else ""
        named = f", algorithm={algorithm}" if algorithm else ""
        return f'Digest realm="{realm}"{qop}{named}, nonce="{nonce}", opaque="op,aque"{", stale=true" if stale else ""}'


@contextmanager
def running_digest_server() -> Iterator[DigestServer]:
    owner = DigestServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, challenges = owner.judge(self.command, self.path, self.headers.get("Authorization"), body)
            self.send_response(status)
            for challenge in challenges:
                self.send_header("WWW-Authenticate", challenge)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_GET = do_POST = _any

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    owner.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield owner
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

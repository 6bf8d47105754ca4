"""`arazzo-run mock FILE...`: the APIs of descriptions on loopback."""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import parse_qsl, urlsplit

from ..errors import UsageError
from ..mocking import Handled, Mocked, MockOptions, MockServer, is_loopback, mock_server, read_mocked
from ..report.redaction import Redactor
from ..secrets import is_secret_name, secret_values
from ..values import dumps, loads
from .arguments import Parser, add_reading_options, check_source_names, configurations, options_of

if TYPE_CHECKING:
    from ..messages import Headers

_SHOWN = 4096  # bytes of a body, with -v


def mock_parser() -> Parser:
    """The parser of `arazzo-run mock`."""
    parser = Parser(
        prog="arazzo-run mock",
        description="Serve the OpenAPI descriptions of a workflow, or those named, on this machine: answers from their"
        " examples and schemas, with a memory. Ctrl-C ends it.",
        epilog="Exit codes: 0 ended by SIGTERM; 130 by Ctrl-C; 2 usage, no such FILE, port in use; 3 nothing to serve;"
        " 4 a remote description that cannot be had.",
        allow_abbrev=False,
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="Arazzo or OpenAPI descriptions: paths or URLs")
    _add_server(parser)
    _add_answers(parser)
    _add_trouble(parser)
    _add_log(parser)
    add_reading_options(parser)
    return parser


def _add_server(parser: Parser) -> None:
    group = parser.add_argument_group("server")
    group.add_argument("--port", type=_port, default=0, metavar="N", help="the port (a free one)")
    group.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="the address to listen on (127.0.0.1)")


def _add_answers(parser: Parser) -> None:
    group = parser.add_argument_group("answers")
    group.add_argument("--seed", type=int, default=0, metavar="N", help="other values, the same each time (0)")
    group.add_argument(
        "--stateful",
        choices=("lenient", "strict"),
        default="lenient",
        help="whether an id that was never created answers as if it existed (lenient) or is 404 (strict)",
    )
    group.add_argument("--require-auth", action="store_true", help="401 without the credentials an operation asks for")


def _add_trouble(parser: Parser) -> None:
    group = parser.add_argument_group("trouble")
    group.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="OPERATION[#N]=FAULT",
        help="503, 503x2 (twice), delay=2s, drop or malformed: for an operationId or 'METHOD /path', or its Nth",
    )
    group.add_argument("--rate-limit", metavar="N/TIME", help="429 with Retry-After beyond this, such as 10/1s")
    group.add_argument("--latency", metavar="TIME", help="what every answer takes, such as 50ms or 50ms-200ms")


def _add_log(parser: Parser) -> None:
    group = parser.add_argument_group("log")
    group.add_argument("--log", metavar="FILE|-", help="every request as a line of JSON")
    group.add_argument("--show-secrets", action="store_true", help="mask nothing")
    group.add_argument("-v", "--verbose", action="store_true", help="show headers and bodies, masked")
    group.add_argument("-q", "--quiet", action="store_true", help="show no requests")


def _port(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 65_535:
        raise ValueError
    return value


def main(arguments: Sequence[str]) -> int:
    """Serve until somebody ends it; the exit code is that of the interface's table."""
    given = mock_parser().parse_args(list(arguments))
    options = options_of(given, configurations(given.files[0], given.root))
    mocked = read_mocked(given.files, options)
    check_source_names(options, [*mocked.declared, *mocked.descriptions])
    if "" in options.servers and len(mocked.descriptions) > 1:
        names = ", ".join(mocked.descriptions)
        raise UsageError(f"-s {options.servers['']}: there are {len(mocked.descriptions)} sources: {names}")
    with _log(given.log, private=given.show_secrets) as stream:
        watch = _Watch(given, stream)
        server = mock_server(mocked, options, _mock_options(given), watch.observe)
        try:
            _tell(given, mocked, server, watch)
            return _serve(server)
        finally:
            server.close()


def _mock_options(given: argparse.Namespace) -> MockOptions:
    return MockOptions(
        host=given.host,
        port=given.port,
        seed=given.seed,
        strict=given.stateful == "strict",
        require_auth=given.require_auth,
        faults=given.fault,
        rate_limit=given.rate_limit,
        latency=given.latency,
    )


@contextmanager
def _log(target: str | None, *, private: bool) -> Iterator[TextIO | None]:
    """Where `--log` goes; a file is written to as requests come, so that it can be followed.

    A `private` one (with secrets shown) is readable by its owner only.
    """
    if target is None or target == "-":
        yield sys.stdout if target else None
        return
    try:
        mode = 0o600 if private else 0o666
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        stream = os.fdopen(descriptor, "w", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--log {target} cannot be written: {error.strerror}") from None
    with stream:
        yield stream


def _serve(server: MockServer) -> int:
    """Until SIGTERM, which is 0, or Ctrl-C, which `cli.main` answers with 130."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.stop).start())
    server.serve_forever()
    return 0


def _tell(given: argparse.Namespace, mocked: Mocked, server: MockServer, watch: _Watch) -> None:
    """What is served, what is not, and how to run workflows against it."""
    for finding in mocked.left_out:
        print(finding, file=sys.stderr)
    if not is_loopback(given.host):
        print(f"warning: {given.host} is reachable from other machines", file=sys.stderr)
    for name, description in mocked.descriptions.items():
        print(f"serving {name} ({description.document.name}) at {server.urls[name]}", file=sys.stderr)
    for file, names in mocked.workflows.items():
        servers = " ".join(f"-s {shlex.quote(f'{name}={server.urls[name]}')}" for name in names)
        sources = " ".join(f"--source {shlex.quote(source)}" for source in given.source)
        line = " ".join(part for part in ("arazzo-run", shlex.quote(file), sources, servers) if part)
        print(f"run it with: {line}", file=sys.stderr)
    watch.listening(server)
    sys.stderr.flush()


class _Watch:
    """Tells every request, to the terminal and to the log. Safe to share between threads."""

    def __init__(self, given: argparse.Namespace, log: TextIO | None) -> None:
        self._quiet, self._verbose = given.quiet, given.verbose
        self._log = log
        self._redactor = Redactor(show_secrets=given.show_secrets)
        self._lock = threading.Lock()

    def listening(self, server: MockServer) -> None:
        """The first line of the log: where the server is."""
        self._write({"type": "listening", "url": server.url, "sources": dict(server.urls)})

    def observe(self, handled: Handled) -> None:
        """Tell one request."""
        with self._lock:
            self._learn(handled)
            self._write(self._entry(handled))
            if not self._quiet:
                for line in self._lines(handled):
                    print(line, file=sys.stderr, flush=True)

    def _learn(self, handled: Handled) -> None:
        """The secrets of an exchange: a problem may quote one."""
        request, response = handled.request, handled.response
        pairs = [*request.headers, *parse_qsl(urlsplit(request.url).query)]
        for body in (request.body or b"", response.body if response is not None else b""):
            if body[:1] in (b"{", b"["):
                with suppress(ValueError, RecursionError):
                    for label, secret in secret_values(loads(body), ""):
                        self._redactor.mark(label, secret)
            elif b"=" in body[:200]:
                pairs.extend(parse_qsl(body.decode("utf-8", "replace")))
        for name, text in pairs:
            if is_secret_name(name):
                self._redactor.mark(name, text.rpartition(" ")[2] if name.lower() == "authorization" else text)

    def _entry(self, handled: Handled) -> dict[str, Any]:
        operation = handled.operation
        return {
            "type": "request",
            "time": datetime.fromtimestamp(handled.at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "method": handled.request.method,
            "url": self._redactor.url(handled.request.url),
            "source": handled.source or None,
            "operationId": operation.operation_id if operation is not None else None,
            "path": operation.path if operation is not None else None,
            "status": handled.response.status if handled.response is not None else None,
            "problems": [self._redactor.text(problem) for problem in handled.problems],
            "fault": str(handled.fault) if handled.fault is not None else None,
            "durationMs": round(handled.duration_s * 1000, 3),
        }

    def _write(self, entry: dict[str, Any]) -> None:
        if self._log is not None:
            self._log.write(dumps(entry) + "\n")
            self._log.flush()

    def _lines(self, handled: Handled) -> Iterator[str]:
        operation, request, response = handled.operation, handled.request, handled.response
        status = str(response.status) if response is not None else "dropped"
        name = f" {operation.operation_id or f'{operation.method} {operation.path}'}" if operation is not None else ""
        fault = f" (fault: {handled.fault})" if handled.fault is not None else ""
        url = self._redactor.url(request.url)
        yield f"{request.method} {url} -> {status}{name}{fault}, {handled.duration_s * 1000:.1f} ms"
        yield from (f"  {self._redactor.text(problem)}" for problem in handled.problems)
        if self._verbose:
            yield from self._message("> ", request.headers, request.body or b"")
            yield from self._message("< ", response.headers, response.body) if response is not None else ()

    def _message(self, sign: str, headers: Headers, body: bytes) -> Iterator[str]:
        shown = self._redactor.headers(headers)
        yield from (f"  {sign}{name}: {value}" for name, value in shown)
        kind = next((value for name, value in headers if name.lower() == "content-type"), None)
        masked = self._redactor.body(body, kind)[:_SHOWN].decode("utf-8", "replace")
        yield from (f"  {sign}{line}" for line in masked.splitlines())

"""A scripted HTTP server on loopback, small descriptions, and a bench that runs one against the other."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import dumps, loads
from typing import Any


class Answer:
    """One scripted answer: status, JSON or raw body, headers, seconds to wait first, or a dropped connection."""

    def __init__(
        self,
        status: int = 200,
        json: Any = None,
        *,
        body: bytes | str | None = None,
        headers: dict[str, str] | None = None,
        delay: float = 0.0,
        drop: bool = False,
    ) -> None:
        self.status = status
        self.headers = dict(headers or {})
        if body is None and json is not None:
            body = dumps(json)
            self.headers.setdefault("Content-Type", "application/json")
        self.body = body.encode() if isinstance(body, str) else (body or b"")
        self.delay = delay
        self.drop = drop


@dataclass(frozen=True)
class Received:
    """What the server saw."""

    method: str
    path: str  # with the query, exactly as on the wire
    headers: dict[str, str]  # lower-case names
    body: bytes
    at: float

    @property
    def json(self) -> Any:
        return loads(self.body)


class ScriptedServer:
    """A real HTTP server on loopback: answers in order for each `METHOD /path`, the last one again and again."""

    def __init__(self) -> None:
        self.requests: list[Received] = []
        self._answers: dict[str, list[Answer]] = {}
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                received = Received(
                    self.command,
                    self.path,
                    {k.lower(): v for k, v in self.headers.items()},
                    self.rfile.read(length),
                    time.monotonic(),
                )
                owner.requests.append(received)
                answer = owner._next(f"{self.command} {self.path.partition('?')[0]}")
                time.sleep(answer.delay)
                if answer.drop:
                    self.close_connection = True
                    self.connection.close()
                    return
                try:
                    self.send_response(answer.status)
                    for name, value in answer.headers.items():
                        self.send_header(name, value)
                    if answer.status not in (204, 304):
                        self.send_header("Content-Length", str(len(answer.body)))
                    self.end_headers()
                    if self.command != "HEAD":
                        self.wfile.write(answer.body)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = do_QUERY = _any

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def lines(self) -> list[str]:
        """`METHOD /path?query` of every request, in order."""
        return [f"{r.method} {r.path}" for r in self.requests]

    def on(self, line: str, *answers: Answer | int | dict[str, Any] | list[Any]) -> ScriptedServer:
        """Script the answers of `METHOD /path`: a status, a JSON body of a 200, or an Answer."""
        self._answers[line] = [
            a if isinstance(a, Answer) else Answer(a) if isinstance(a, int) else Answer(json=a) for a in answers
        ]
        return self

    def _next(self, line: str) -> Answer:
        answers = self._answers.get(line)
        if not answers:
            return Answer(404, {"error": f"nothing scripted for {line}"})
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def openapi_of(*lines: str, version: str = "3.1.0", **parts: Any) -> dict[str, Any]:
    """An OpenAPI description with one operation for each `operationId METHOD /path`, path parameters declared."""
    paths: dict[str, Any] = {}
    for line in lines:
        operation_id, method, path = line.split(" ")
        parameters = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in re.findall(r"\{([^}]+)\}", path)
        ]
        operation: dict[str, Any] = {"operationId": operation_id, "responses": {"200": {"description": "ok"}}}
        if parameters:
            operation["parameters"] = parameters
        paths.setdefault(path, {})[method.lower()] = operation
    return {
        "openapi": version,
        "info": {"title": "test", "version": "1"},
        "servers": [{"url": "http://127.0.0.1:9/unused"}],
        "paths": paths,
        **parts,
    }


def arazzo_of(*workflows: dict[str, Any], version: str = "1.0.1", **parts: Any) -> dict[str, Any]:
    """An Arazzo description over one source `api`; a workflow without id is `main`."""
    return {
        "arazzo": version,
        "info": {"title": "test", "version": "1"},
        "sourceDescriptions": [{"name": "api", "url": "memory:/openapi.json", "type": "openapi"}],
        "workflows": [{"workflowId": "main", **workflow} for workflow in workflows],
        **parts,
    }


class Bench:
    """Runs a description against the scripted server: `bench.run(arazzo, openapi)`."""

    def __init__(self, server: ScriptedServer) -> None:
        self.server = server

    def load(self, arazzo: Any, openapi: Any, **options: Any) -> Any:
        """The loaded description, with the OpenAPI supplied from memory."""
        import arazzo_runner
        from arazzo_runner.document import read

        text = openapi if isinstance(openapi, bytes) else dumps(openapi).encode()
        document = read(text, uri="memory:/openapi.json", name="openapi.json")
        source = arazzo.encode() if isinstance(arazzo, str) else arazzo
        options.setdefault("servers", {"": self.server.url})
        options.setdefault("env", {})
        return arazzo_runner.load(source, documents=(document,), cache=False, **options)

    def runner(self, arazzo: Any, openapi: Any, *, workflow: str | None = None, **options: Any) -> Any:
        """A Runner of it (a context manager)."""
        import arazzo_runner

        return arazzo_runner.Runner(self.load(arazzo, openapi, **options), workflow=workflow)

    def run(
        self,
        arazzo: Any,
        openapi: Any,
        inputs: dict[str, Any] | None = None,
        *,
        workflow: str | None = None,
        **options: Any,
    ) -> Any:
        """The Result of one run."""
        with self.runner(arazzo, openapi, workflow=workflow, **options) as runner:
            return runner.run(inputs)

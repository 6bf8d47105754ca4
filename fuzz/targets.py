"""What an input is given to. A target returns where all is well; anything it raises is a finding."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from arazzo_runner.cli import main
from arazzo_runner.condition import DEFAULT_CONDITIONS
from arazzo_runner.document import read
from arazzo_runner.errors import DocumentError, ExecutionError, LanguageSyntaxError
from arazzo_runner.expression import DeclaredNames, Reading, compile_value, parse_value
from arazzo_runner.limits import Limits
from arazzo_runner.selector import DEFAULT_SELECTORS
from arazzo_runner.values import MISSING

Case: TypeAlias = "dict[str, Any]"
ENDS = (0, 1, 2, 3, 4)


class Broken(AssertionError):
    """A command that ended as none may."""


def command(case: Case) -> None:
    """`arazzo-run` in this process, in a folder with the files of the case."""
    before, streams = Path.cwd(), (sys.stdin, sys.stdout, sys.stderr)
    with tempfile.TemporaryDirectory(prefix="fuzz") as folder:
        os.chdir(folder)
        try:
            for name, text in case["files"].items():
                Path(name).write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
            out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="replace") for _ in range(2))
            sys.stdin = io.TextIOWrapper(io.BytesIO())
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = main([*case["argv"], "-v"] if case["argv"][0] == "run" else case["argv"])
            err.seek(0)
            told = err.read()
        finally:
            os.chdir(before)
            sys.stdin, sys.stdout, sys.stderr = streams
    if code not in ENDS or "Traceback" in told or "internal error" in told:
        raise Broken(f"exit code {code}: {_last_frames(told)}")


def _last_frames(told: str) -> str:
    """Where it happened, the same for the same fault: the last places of a traceback, and its last line."""
    lines = told.strip().splitlines()
    places = [line.strip() for line in lines if line.lstrip().startswith('File "')]
    places = [_short(place).replace('", line ', ":") for place in places]
    return " < ".join(reversed(places[-3:])) + " | " + (lines[-1][:200] if lines else "")


def _short(place: str) -> str:
    """A place below our own folder, else the file's name alone: findings are kept, and other machines read them."""
    _, inside, rest = place.rpartition("/arazzo_runner/")
    return rest if inside else place.rpartition("/")[2]


def reading(case: Case) -> None:
    """The readers of YAML and JSON, with and without places, and going on after what is wrong."""
    data = case["octets"].encode("latin-1")
    for name in ("a.yaml", "a.json"):
        for more in ({"positions": True}, {"positions": False}, {"problems": []}):
            with contextlib.suppress(DocumentError):
                document = read(data, uri=f"file:///{name}", name=name, limits=Limits(max_depth=60), **more)
                document.location(("a", "0"))
                json.dumps(document.root, default=str)


class Scope:
    """What expressions read: an exchange with this body."""

    def __init__(self, body: Any) -> None:
        self.inputs = {"id": "7", "n": 3, "tags": ["a"], "secret": body}
        self.outputs = {"id": body}
        self.self_uri = "https://example.com/"
        self.steps = {"put": {"id": body}}
        self.workflows = {"first": {"inputs": {}, "outputs": {"id": body}}}
        self.sources = {"api": {"name": "api", "url": "openapi.json", "type": "openapi"}}
        self.url, self.method, self.status_code = "https://example.com/a", "GET", 200
        self.request_body = self.response_body = self.message_payload = body

    def request_header(self, name: str) -> Any:
        return name if name == "X-Rate" else MISSING

    request_query = request_path = response_header = message_header = request_header


def expression(case: Case) -> None:
    """A value that may be an expression or hold some: read, written, evaluated."""
    reading_as = Reading(case["version"], case["tolerant"])
    try:
        value = parse_value(case["text"], reading_as, DeclaredNames())
        compile_value(value)(Scope(case["body"]))
    except (LanguageSyntaxError, ExecutionError):
        return


def condition(case: Case) -> None:
    """A criterion: compiled, and checked against a body. What cannot be evaluated fails with a reason."""
    try:
        compiled = DEFAULT_CONDITIONS.compile(
            case["type"],
            case["language"],
            case["text"],
            "$response.body",
            reading=Reading(case["version"], case["tolerant"]),
            names=DeclaredNames(),
            selectors=DEFAULT_SELECTORS,
            limit_s=0.5,
        )
    except LanguageSyntaxError:
        return
    verdict = compiled.condition.check(Scope(case["body"]))
    if verdict.passed is not (verdict.reason is None):
        raise Broken(f"passed is {verdict.passed}, and the reason {verdict.reason!r}")


def selector(case: Case) -> None:
    """A query: compiled, selecting, setting."""
    try:
        query = DEFAULT_SELECTORS.compile(case["type"], case["language"], case["text"], limit_s=0.5)
    except LanguageSyntaxError:
        return
    for operation in (
        lambda: query.value(case["body"]),
        lambda: query.matches(case["body"]),
        lambda: query.set(case["body"], {"new": [1]}),
        lambda: query.set(case["body"], "new", create_parents=True),
    ):
        with contextlib.suppress(ExecutionError):
            operation()


TARGETS: dict[str, Callable[[Case], None]] = {
    "command": command,
    "reading": reading,
    "expression": expression,
    "condition": condition,
    "selector": selector,
}


def signature(error: BaseException) -> str:
    """Where a finding comes from: what two inputs with the same fault have in common."""
    if isinstance(error, Broken):
        return str(error).partition(" | ")[0]
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "hypothesis" not in frame.filename]
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames[-3:]]
    return f"{type(error).__name__} {' < '.join(reversed(places))}"

"""Runs as event lists, made by hand: the reports are folds, and need no engine to be tested."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from arazzo_runner.diagnostics import Diagnostic
from arazzo_runner.events import (
    ActionTaken,
    CriterionChecked,
    Event,
    RequestFailed,
    RequestSent,
    ResponseReceived,
    RunFinished,
    RunStarted,
    SecretMarked,
    StepFinished,
    StepOutline,
    StepStarted,
    Waiting,
    Warned,
    WorkflowFinished,
    WorkflowOutline,
    WorkflowStarted,
)
from arazzo_runner.location import Location
from arazzo_runner.messages import Request, Response, TransportFailure
from arazzo_runner.values import MISSING, Operand

DOCUMENT = "workflows/airbyte-application-token-bootstrap-workflow.yml"
SECRET = "s3cr3t/Value+with=signs"
TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ0ZXN0In0.c2ln"
BASE = "http://127.0.0.1:8000/v1"
START = 1_700_000_000.0


def at(line: int) -> Location:
    return Location(DOCUMENT, line, 7, "/workflows/0")


def sent(id: str, method: str, path: str, body: Any = None, at: float = START, **headers: str) -> RequestSent:
    pairs = [(name.replace("_", "-"), value) for name, value in headers.items()]
    octets = None
    if body is not None:
        pairs.append(("Content-Type", "application/json"))
        octets = json.dumps(body).encode()
    return RequestSent(id, Request(method, BASE + path, tuple(pairs), octets), at=at)


def received(id: str, status: int, body: Any, *headers: tuple[str, str], at: float = START) -> ResponseReceived:
    reason = {200: "OK", 403: "Forbidden", 404: "Not Found", 503: "Service Unavailable"}[status]
    fields = (("Content-Type", "application/json"), *headers)
    response = Response(status, fields, json.dumps(body).encode(), reason=reason)
    return ResponseReceived(id, response, duration_s=0.012, at=at + 0.012)


def status_is_200(id: str, status: int, line: int) -> CriterionChecked:
    operands = (Operand("$statusCode", status), Operand("200", 200))
    return CriterionChecked(id, "$statusCode == 200", "simple", status == 200, operands, None, at(line))


def started(id: str, target: str, line: int, path: str = "", workflow: str = "") -> StepStarted:
    step, _, counts = id.rpartition("/")[2].partition("#")
    visit, _, attempt = counts.partition(".")
    workflow = workflow or "bootstrap-application-token"
    return StepStarted(id, step, path, workflow, int(visit), int(attempt), at(line), target=target, at=START)


def finished(
    id: str, outputs: dict[str, Any] | None = None, reason: Any = None, message: str | None = None, path: str = ""
) -> StepFinished:
    step = id.rpartition("/")[2].partition("#")[0]
    status = "failed" if reason else "succeeded"
    return StepFinished(id, step, path, status, reason, outputs or {}, message=message, duration_s=0.013)


def run_started() -> RunStarted:
    targets = {
        "createApplication": "POST /applications",
        "getApplication": "GET /applications/{applicationId}",
        "createAccessToken": "POST /applications/token",
    }
    steps = tuple(StepOutline(step, "operation", target, None, at(30)) for step, target in targets.items())
    outline = WorkflowOutline("bootstrap-application-token", "Create an application", steps, at(20))
    inputs = {"applicationName": "demo"}
    return RunStarted("bootstrap-application-token", inputs, (outline,), at(20), DOCUMENT, at=START)


def run_finished(reason: Any = None, **more: Any) -> RunFinished:
    more = {"ended_by": None, "at": START + 0.4, **more}
    return RunFinished("bootstrap-application-token", "failed" if reason else "succeeded", reason, **more)


APPLICATION = {"id": "app-1", "name": "demo", "clientId": "client-1", "clientSecret": SECRET, "createdAt": 1.5}


def create_application(id: str = "createApplication#1.1") -> list[Event]:
    return [
        started(id, "POST /applications", 30),
        SecretMarked("airbyteApi.bearerAuth.token", TOKEN),
        sent(id, "POST", "/applications", {"name": "demo"}, Authorization=f"Bearer {TOKEN}"),
        SecretMarked("createApplication.clientSecret", SECRET),
        received(id, 200, APPLICATION, ("Set-Cookie", "sid=abcdef123; Path=/; HttpOnly")),
        status_is_200(id, 200, 39),
        finished(id, {"applicationId": "app-1", "clientId": "client-1", "clientSecret": SECRET}),
    ]


def get_application(id: str = "getApplication#1.1") -> list[Event]:
    return [
        started(id, "GET /applications/{applicationId}", 45),
        sent(id, "GET", "/applications/app-1", Authorization=f"Bearer {TOKEN}"),
        received(id, 200, APPLICATION),
        status_is_200(id, 200, 53),
        finished(id, {"applicationId": "app-1", "name": "demo"}),
    ]


def create_token(id: str = "createAccessToken#1.1") -> list[Event]:
    asked = {"client_id": "client-1", "client_secret": SECRET, "grant-type": "client_credentials"}
    return [
        started(id, "POST /applications/token", 58),
        sent(id, "POST", "/applications/token", asked),
        SecretMarked("createAccessToken.access_token", "issued-token-0001"),
        received(id, 200, {"access_token": "issued-token-0001", "token_type": "Bearer", "expires_in": 900}),
        status_is_200(id, 200, 70),
        finished(id, {"accessToken": "issued-token-0001", "tokenType": "Bearer", "expiresIn": 900}),
    ]


def bootstrap() -> list[Event]:
    outputs = {"applicationId": "app-1", "clientId": "client-1", "accessToken": "issued-token-0001"}
    steps = [*create_application(), *get_application(), *create_token()]
    return [run_started(), *steps, run_finished(outputs=outputs)]


def failing() -> list[Event]:
    id = "getApplication#1.1"
    reads = (Operand("$response.body#/clientSecret", SECRET), Operand("$response.body#/missing", MISSING))
    secret_check = "$response.body#/clientSecret == $response.body#/missing"
    return [
        run_started(),
        Warned(Diagnostic("ARZ514", "warning", "an array was compared with a text", at(12), "compare its length")),
        *create_application(),
        started(id, "GET /applications/{applicationId}", 45),
        sent(id, "GET", "/applications/app-1"),
        received(id, 404, {"message": "no such application", "clientSecret": SECRET}),
        status_is_200(id, 404, 53),
        CriterionChecked(id, secret_check, "simple", False, reads, None, at(54)),
        finished(id, reason="criteria", message=f"{at(53)}: '$statusCode == 200' does not hold"),
        ActionTaken(id, None, "break", reason="no action applies"),
        run_finished(
            "criteria",
            outputs={"applicationId": "app-1"},
            missing_outputs=("accessToken",),
            message=f"getApplication: {at(53)}: '$statusCode == 200' does not hold",
        ),
    ]


def retried() -> list[Event]:
    first, second = "createApplication#1.1", "createApplication#1.2"
    retry = ActionTaken(first, "again", "retry", None, at(41), 2.0, 1, 3, "the status is 503")
    return [
        run_started(),
        started(first, "POST /applications", 30),
        sent(first, "POST", "/applications", {"name": "demo"}),
        received(first, 503, {"message": "busy"}, ("Retry-After", "2")),
        status_is_200(first, 503, 39),
        CriterionChecked(first, "$statusCode == 503", "simple", True, (), None, at(42), action="again"),
        finished(first, reason="criteria", message="the status is 503"),
        retry,
        Waiting(first, 2.0, at=START + 0.1),
        *create_application(second),
        run_finished(outputs={}),
    ]


def nested() -> list[Event]:
    frame = "callLogin#1.1"
    id = f"{frame}/getToken#1.1"
    login = at(90)
    return [
        run_started(),
        started(frame, "login", 30),
        WorkflowStarted(frame, "login", {"user": "demo"}, "step", login),
        started(id, "POST /token", 92, frame, "login"),
        sent(id, "POST", "/token", {"user": "demo"}),
        SecretMarked("getToken.token", "nested-token-77"),
        received(id, 200, {"token": "nested-token-77"}),
        status_is_200(id, 200, 95),
        finished(id, {"token": "nested-token-77"}, path=frame),
        WorkflowFinished(frame, "login", "succeeded", None, {"token": "nested-token-77"}),
        CriterionChecked(
            frame, "$outputs.token != ''", "simple", True, (Operand("$outputs.token", "nested-token-77"),), None, at(33)
        ),
        finished(frame, {"token": "nested-token-77"}),
        run_finished(outputs={"token": "nested-token-77"}),
    ]


def transport() -> list[Event]:
    id = "createApplication#1.1"
    request = sent(id, "POST", "/applications", {"name": "demo"})
    failure = TransportFailure("connect", "127.0.0.1:8000 refused the connection", "not_sent")
    return [
        run_started(),
        started(id, "POST /applications", 30),
        request,
        RequestFailed(id, request.request, failure, failure.message, at=START + 0.003),
        finished(id, reason="transport", message=failure.message),
        ActionTaken(id, None, "break", reason=failure.message),
        run_finished("transport", message=f"createApplication: {failure.message}", phase="not_sent"),
    ]


def handled_transport() -> list[Event]:
    """No answer, but the document's own action ended the run: exit code 1, not 4."""
    *events, action, end = transport()
    assert isinstance(action, ActionTaken)
    assert isinstance(end, RunFinished)
    end_action = ActionTaken(action.id, "giveUp", "end", location=at(44))
    return [*events, end_action, run_finished("action", ended_by="giveUp", message="given up", phase="not_sent")]


def interrupted() -> list[Event]:
    """Stopped while the second request was under way: no StepFinished, no RunFinished."""
    id = "getApplication#1.1"
    return [
        run_started(),
        *create_application(),
        started(id, "GET /applications/{applicationId}", 45),
        sent(id, "GET", "/applications/app-1"),
    ]


RUNS: dict[str, Callable[[], list[Event]]] = {
    "bootstrap": bootstrap,
    "failing": failing,
    "retried": retried,
    "nested": nested,
    "transport": transport,
    "handled_transport": handled_transport,
    "interrupted": interrupted,
}


@pytest.fixture
def events() -> Callable[[str], list[Event]]:
    """The events of a run, by its name."""
    return lambda name: RUNS[name]()


@pytest.fixture(params=RUNS)
def any_run(request: pytest.FixtureRequest) -> list[Event]:
    """Each of the runs."""
    return RUNS[request.param]()


@pytest.fixture
def feed() -> Callable[[Any, Iterable[Event]], None]:
    """Gives events to a report and finishes it."""

    def feed(report: Any, events: Iterable[Event]) -> None:
        for event in events:
            report.observe(event)
        report.finish()

    return feed


@pytest.fixture
def secret() -> str:
    """The client secret of the runs."""
    return SECRET

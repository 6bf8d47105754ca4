"""The result of a run: what a caller gets, and what `--json` writes (interface, "Result")."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from ..diagnostics import Diagnostic, location_dict
from ..errors import WorkflowFailed
from ..events import CriterionChecked, Event, Reason, RunFinished, RunStarted, Status, Warned
from ..location import Location
from ..messages import Request, Response
from ..values import MISSING, Operand, jsonable
from .attempts import Attempt, Attempts
from .media import content, content_type_of
from .redaction import Redactor, place_of

SCHEMA_VERSION = 1

_EXIT_CODES: Mapping[str | None, int] = {"transport": 4, "interrupted": 130}


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """One success criterion of a step, with what its operands were."""

    condition: str
    passed: bool
    operands: tuple[Operand, ...] = field(repr=False)
    reason: str | None = field(repr=False)
    location: Location


@dataclass(frozen=True, slots=True)
class ActionResult:
    """Where the run went after a step; `name` is None for the default. `reason` says why, where the step failed."""

    name: str | None
    type: Literal["end", "goto", "retry", "next", "break"]
    target: str | None
    delay_s: float
    retry: int | None
    retry_limit: int | None
    reason: str | None = field(repr=False)
    location: Location | None


@dataclass(frozen=True, slots=True)
class StepResult:
    """One attempt of a step; `path` is that of its workflow's frame, "" in the workflow that was run."""

    step_id: str
    path: str
    visit: int
    attempt: int
    status: Status
    location: Location
    request: Request | None = field(repr=False)
    response: Response | None = field(repr=False)
    criteria: tuple[CriterionResult, ...]
    outputs: Mapping[str, Any] = field(repr=False)
    action: ActionResult | None
    duration_s: float


@dataclass(frozen=True, slots=True, repr=False)
class Result:
    """How a run ended. `outputs` and `steps` hold what really was; `repr`, `to_dict` and errors are masked."""

    workflow_id: str
    status: Status
    reason: Reason | None
    ended_by: str | None
    outputs: Mapping[str, Any]
    missing_outputs: tuple[str, ...]
    steps: tuple[StepResult, ...]
    diagnostics: tuple[Diagnostic, ...]
    schema_version: int = SCHEMA_VERSION
    message: str | None = None  # why it failed, one line; part of the error, not of the report
    learn: Callable[[], Redactor] = field(default=Redactor, compare=False)  # made when something is shown

    @property
    def redactor(self) -> Redactor:
        """What masks the secrets of this run."""
        return self.learn()

    @property
    def exit_code(self) -> int:
        """The code a command ends with (interface, "Exit codes")."""
        return 0 if self.status == "succeeded" else _EXIT_CODES.get(self.reason, 1)

    def raise_for_status(self) -> Result:
        """This result.

        Raises:
            WorkflowFailed: the run failed.
        """
        if self.status == "succeeded":
            return self
        why = self.redactor.text(self.message or "") or self.reason or "no reason was given"
        raise WorkflowFailed(f"workflow '{self.workflow_id}' failed: {why}", result=self)

    def to_dict(self, show_secrets: bool = False) -> dict[str, Any]:
        """The report: names in camelCase, secrets masked unless asked; `docs/result.schema.json` describes it."""
        view = _View(Redactor(show_secrets=True) if show_secrets else self.redactor)
        return view.result(self)

    def __repr__(self) -> str:
        return (
            f"Result(workflow_id={self.workflow_id!r}, status={self.status!r}, reason={self.reason!r}, "
            f"ended_by={self.ended_by!r}, outputs={self.redactor.mapping(self.outputs)!r}, "
            f"missing_outputs={self.missing_outputs!r}, steps=<{len(self.steps)}>, "
            f"diagnostics=<{len(self.diagnostics)}>)"
        )


class ResultBuilder:
    """The fold that makes a Result. A run without an end was interrupted."""

    def __init__(
        self,
        *,
        diagnostics: Sequence[Diagnostic] = (),
        redactor: Redactor | None = None,
        learn: Callable[[], Redactor] | None = None,
    ) -> None:
        """`redactor` learns from the events; `learn` gives one that knows the secrets, when it is first asked."""
        self._redactor = redactor or (None if learn else Redactor())
        self._learn = learn
        self._attempts = Attempts()
        self._diagnostics = list(diagnostics)
        self._started: RunStarted | None = None
        self._finished: RunFinished | None = None

    @property
    def started(self) -> bool:
        """Whether there is anything to report on."""
        return self._started is not None

    def observe(self, event: Event) -> None:
        """Add one event."""
        if self._redactor is not None:
            self._redactor.observe(event)
        self._attempts.observe(event)
        match event:
            case RunStarted():
                self._started = event
            case RunFinished():
                self._finished = event
            case Warned():
                self._diagnostics.append(event.diagnostic)
            case _:
                pass

    def finish(self) -> None:
        """Nothing is left to do."""

    def result(self) -> Result:
        """The result so far."""
        workflow_id = self._started.workflow_id if self._started else ""
        end = self._finished or RunFinished(workflow_id, "failed", "interrupted", None, message="interrupted")
        return Result(
            workflow_id=end.workflow_id,
            status=end.status,
            reason=end.reason,
            ended_by=end.ended_by,
            outputs=dict(end.outputs),
            missing_outputs=end.missing_outputs,
            steps=tuple(_step(attempt) for attempt in self._attempts),
            diagnostics=tuple(self._diagnostics),
            message=end.message or (self._last_failure() if end.status == "failed" else None),
            learn=self._learner(),
        )

    def _learner(self) -> Callable[[], Redactor]:
        redactor = self._redactor
        if redactor is not None:
            return lambda: redactor
        return cache(self._learn or Redactor)

    def _last_failure(self) -> str | None:
        failed = [attempt for attempt in self._attempts if not attempt.succeeded]
        return f"{failed[-1].name}: {failed[-1].message}" if failed and failed[-1].message else None


def _step(attempt: Attempt) -> StepResult:
    started, finished = attempt.started, attempt.finished
    return StepResult(
        step_id=started.step_id,
        path=started.path,
        visit=started.visit,
        attempt=started.attempt,
        status=finished.status if finished else "failed",
        location=started.location,
        request=attempt.request,
        response=attempt.response,
        criteria=tuple(_criterion(check) for check in attempt.criteria),
        outputs=dict(finished.outputs) if finished else {},
        action=_action(attempt),
        duration_s=attempt.duration_s,
    )


def _criterion(check: CriterionChecked) -> CriterionResult:
    return CriterionResult(check.condition, check.passed, check.operands, check.reason, check.location)


def _action(attempt: Attempt) -> ActionResult | None:
    action = attempt.action
    if action is None:
        return None
    return ActionResult(
        name=action.name,
        type=action.type,
        target=action.target,
        delay_s=action.delay_s,
        retry=action.retry,
        retry_limit=action.retry_limit,
        reason=action.reason or attempt.message,
        location=action.location,
    )


class _View:
    """The camelCase form of a result, seen through a redactor."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    def result(self, result: Result) -> dict[str, Any]:
        return {
            "schemaVersion": result.schema_version,
            "workflowId": result.workflow_id,
            "status": result.status,
            "reason": result.reason,
            "endedBy": result.ended_by,
            "outputs": jsonable(self._redactor.mapping(result.outputs)),
            "missingOutputs": list(result.missing_outputs),
            "steps": [self._step(step) for step in result.steps],
            "diagnostics": [diagnostic_dict(item, self._redactor) for item in result.diagnostics],
        }

    def _step(self, step: StepResult) -> dict[str, Any]:
        return {
            "stepId": step.step_id,
            "path": step.path,
            "visit": step.visit,
            "attempt": step.attempt,
            "status": step.status,
            "location": location_dict(step.location),
            "request": request_dict(step.request, self._redactor) if step.request else None,
            "response": response_dict(step.response, self._redactor) if step.response else None,
            "criteria": [self._criterion(criterion) for criterion in step.criteria],
            "outputs": jsonable(self._redactor.mapping(step.outputs)),
            "action": self._action(step.action) if step.action else None,
            "durationS": step.duration_s,
        }

    def _criterion(self, criterion: CriterionResult) -> dict[str, Any]:
        return {
            "condition": self._redactor.text(criterion.condition),
            "passed": criterion.passed,
            "operands": [operand_dict(operand, self._redactor) for operand in criterion.operands],
            "reason": optional_text(criterion.reason, self._redactor),
            "location": location_dict(criterion.location),
        }

    def _action(self, action: ActionResult) -> dict[str, Any]:
        return {
            "name": action.name,
            "type": action.type,
            "target": action.target,
            "delayS": action.delay_s,
            "retry": action.retry,
            "retryLimit": action.retry_limit,
            "reason": optional_text(action.reason, self._redactor),
            "location": location_dict(action.location) if action.location else None,
        }


def diagnostic_dict(diagnostic: Diagnostic, redactor: Redactor) -> dict[str, Any]:
    """A Diagnostic for a report; a fix is for `check` and its `--fix`, not for a run."""
    masked = redactor.json({key: value for key, value in diagnostic.to_dict().items() if key != "fix"})
    assert isinstance(masked, dict)
    return masked


def request_dict(request: Request, redactor: Redactor) -> dict[str, Any]:
    """A Request for a report; a body as JSON value, text or base64, `bodyEncoding` says which."""
    return {
        "method": request.method,
        "url": redactor.url(request.url),
        "headers": _headers(request.headers, redactor),
        **_body(request.body or b"", content_type_of(request.headers), redactor),
    }


def response_dict(response: Response, redactor: Redactor) -> dict[str, Any]:
    """A Response for a report."""
    return {
        "status": response.status,
        "headers": _headers(response.headers, redactor),
        **_body(response.body, content_type_of(response.headers), redactor),
    }


def operand_dict(operand: Operand, redactor: Redactor) -> dict[str, Any]:
    """An operand of a condition; one without a value has no `value`."""
    shown: dict[str, Any] = {"expression": redactor.text(operand.expression)}
    if operand.value is not MISSING:
        shown["value"] = jsonable(redactor.named(place_of(operand.expression), operand.value))
    return shown


def optional_text(text: str | None, redactor: Redactor) -> str | None:
    return None if text is None else redactor.text(text)


def _headers(headers: Sequence[tuple[str, str]], redactor: Redactor) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in redactor.headers(tuple(headers))]


def _body(body: bytes, content_type: str | None, redactor: Redactor) -> dict[str, Any]:
    """Absent is not null: an empty body has no member at all."""
    if not body:
        return {}
    kind, value = content(redactor.body(body, content_type), content_type)
    return {"body": value, "bodyEncoding": kind}

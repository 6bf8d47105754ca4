"""What happened in a run, as data. Every report is a fold over these (design, rule 8).

`at` is seconds since the epoch (float), from the driver; `id` is the structural effect id
`<frame path>/<step>#<visit>.<attempt>`, the same for all events of one attempt of a step. What may hold a secret is not
part of their `repr` (interface, "Secrets").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from .diagnostics import Diagnostic
from .location import Location
from .messages import Request, Response, TransportFailure
from .values import Operand

Status = Literal["succeeded", "failed"]
Reason = Literal["criteria", "action", "transport", "timeout", "limit-exceeded", "contract", "interrupted"]


@dataclass(frozen=True, slots=True)
class ActionOutline:
    """An action as planned. Its target is `step_id` of the same workflow, or `workflow`, the `key` of another one.

    `retry_after` is in seconds; a retry's target is what runs first.
    """

    name: str
    on: Literal["success", "failure"]
    type: Literal["end", "goto", "retry"]
    location: Location
    step_id: str | None = None
    workflow: str | None = None
    criteria: tuple[str, ...] = ()
    retry_after: float = 0.0
    retry_limit: int | None = None


@dataclass(frozen=True, slots=True)
class PrerequisiteOutline:
    """A step that has to have completed; `workflow` is the `key` of another workflow, None for the same one."""

    step_id: str
    workflow: str | None = None


@dataclass(frozen=True, slots=True)
class StepOutline:
    """A step as planned, for reports that draw what was not taken; `unknown` is one whose target is not at hand.

    `workflow` is the `key` of the workflow it calls, `timeout` is in seconds, `outputs` are names.
    """

    step_id: str
    kind: Literal["operation", "workflow", "channel", "unknown"]
    target: str  # "POST /applications", or the workflow's id
    description: str | None
    location: Location
    workflow: str | None = None
    criteria: tuple[str, ...] = ()
    actions: tuple[ActionOutline, ...] = ()  # those after success first, each in order
    depends_on: tuple[PrerequisiteOutline, ...] = ()
    timeout: float | None = None
    outputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkflowOutline:
    """A workflow as planned. `key` tells it from others of that id: `<document>#<workflowId>` in another document."""

    workflow_id: str
    summary: str | None
    steps: tuple[StepOutline, ...]
    location: Location
    key: str = ""
    depends_on: tuple[str, ...] = ()  # keys
    outputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunStarted:
    workflow_id: str
    inputs: Mapping[str, Any] = field(repr=False)
    outline: tuple[WorkflowOutline, ...]  # the selected workflow first, then those it reaches
    location: Location
    document: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class WorkflowStarted:
    """A frame was pushed: a sub-workflow, a dependency, a goto target, or the workflow of a retry."""

    path: str
    workflow_id: str
    inputs: Mapping[str, Any] = field(repr=False)
    purpose: Literal["run", "step", "dependency", "goto", "retry"]
    location: Location


@dataclass(frozen=True, slots=True)
class WorkflowFinished:
    path: str
    workflow_id: str
    status: Status
    reason: Reason | None
    outputs: Mapping[str, Any] = field(repr=False)
    missing_outputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepStarted:
    id: str
    step_id: str
    path: str  # of the frame, "" at the top
    workflow_id: str
    visit: int
    attempt: int
    location: Location
    description: str | None = None
    target: str = ""  # "POST /applications", or the workflow's id
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class RequestSent:
    """The request as signed and handed to the transport."""

    id: str
    request: Request
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class RequestResent:
    """The request went out once more: `response` was a 401 that `reason` mends. It counts as no attempt of the step.

    `request` is what is sent now, in place of that of RequestSent; what it is answered with follows.
    """

    id: str
    request: Request
    response: Response
    reason: str
    duration_s: float  # of the first answer
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class TokenRequested:
    """A credential's own server is asked: for a token, for a device code, or to describe itself.

    `grant` is the OAuth 2.0 grant_type, "" with `discovery`; `url` has no query.
    """

    id: str
    scheme: str
    grant: str
    purpose: Literal["discovery", "device-code", "token"]
    url: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class TokenReceived:
    """A token came for a scheme, good for `expires_in` seconds (None: the server did not say)."""

    id: str
    scheme: str
    grant: str
    expires_in: float | None
    scopes: tuple[str, ...] = ()
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class TokenRefused:
    """A token could not be had, and the run goes on another way: by another grant, or with the 401 as it is."""

    id: str
    message: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class SignInAsked:
    """A person is asked to sign in at `url` within `seconds`; `code` is what to enter there (device code)."""

    id: str
    scheme: str
    url: str
    seconds: float
    code: str | None = None
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class ResponseReceived:
    id: str
    response: Response
    duration_s: float
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class RequestFailed:
    """No answer, or (request None) nothing could be built to send: `failure.kind` and `.message` say why."""

    id: str
    request: Request | None
    failure: TransportFailure | None
    reason: str = field(repr=False)
    location: Location | None = None
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class CriterionChecked:
    """One criterion, of the step's successCriteria or (`action` set) of an action.

    `overrun`: it failed because its evaluation was stopped at the bound of time or memory.
    """

    id: str
    condition: str
    type: str  # simple, regex, jsonpath, xpath, contract
    passed: bool
    operands: tuple[Operand, ...] = field(repr=False)
    reason: str | None = field(repr=False)
    location: Location
    action: str | None = None
    context: str | None = None
    overrun: bool = False


@dataclass(frozen=True, slots=True)
class ActionTaken:
    """Where the run goes next and why; `name` is None for the default (next step, or break)."""

    id: str
    name: str | None
    type: Literal["end", "goto", "retry", "next", "break"]
    target: str | None = None  # stepId or workflowId
    location: Location | None = None
    delay_s: float = 0.0
    retry: int | None = None  # this is retry number n ...
    retry_limit: int | None = None  # ... of this many
    reason: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delay before a retry begins."""

    id: str
    seconds: float
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class StepFinished:
    id: str
    step_id: str
    path: str
    status: Status
    reason: Reason | None
    outputs: Mapping[str, Any] = field(repr=False)
    missing_outputs: tuple[str, ...] = ()
    message: str | None = field(default=None, repr=False)  # why it failed, one line
    duration_s: float = 0.0


@dataclass(frozen=True, slots=True)
class SecretMarked:
    """From here on this text is a secret; `label` is a stable name: `createApplication.clientSecret`."""

    label: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Warned:
    """A diagnostic found while running."""

    diagnostic: Diagnostic = field(repr=False)
    id: str | None = None


@dataclass(frozen=True, slots=True)
class RunFinished:
    workflow_id: str
    status: Status
    reason: Reason | None
    ended_by: str | None  # name of the action that ended the run
    outputs: Mapping[str, Any] = field(default_factory=dict, repr=False)
    missing_outputs: tuple[str, ...] = ()
    message: str | None = field(default=None, repr=False)
    phase: str | None = None  # of the last failed request: not_sent, maybe_sent
    at: float = 0.0


Event: TypeAlias = (
    RunStarted
    | WorkflowStarted
    | WorkflowFinished
    | StepStarted
    | RequestSent
    | RequestResent
    | TokenRequested
    | TokenReceived
    | TokenRefused
    | SignInAsked
    | ResponseReceived
    | RequestFailed
    | CriterionChecked
    | ActionTaken
    | Waiting
    | StepFinished
    | SecretMarked
    | Warned
    | RunFinished
)

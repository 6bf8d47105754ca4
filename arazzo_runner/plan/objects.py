"""The plan: what a run needs, looked up and compiled once (design, rule 2). Immutable, shared by any number of runs.

A workflow's `key` names it in the whole description: its workflowId in the entry document, `<uri>#<workflowId>` in
another one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

from ..condition import Condition
from ..diagnostics import Diagnostic
from ..location import Location
from ..messages import Request, Response, SecurityRequirement
from ..openapi import Argument, Body, Description, Operation, RequestBuilder
from ..values import JSON, Value
from .inputs import InputsSchema
from .written import Evaluator, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedCriterion:
    condition: Condition
    text: str
    context: str | None
    type: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedOutput:
    name: str
    evaluate: Evaluator
    text: str
    written: Written
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedParameter:
    """A parameter with its value compiled. `required` is what the operation says of it."""

    name: str
    in_: str
    evaluate: Evaluator
    written: Written
    location: Location
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedCredential:
    """A security scheme that the document has values for (Respect's `x-security`); their names are fields, "" all."""

    requirement: SecurityRequirement
    values: tuple[LinkedParameter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    name: str
    criteria: tuple[LinkedCriterion, ...]
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class GotoStep:
    name: str
    criteria: tuple[LinkedCriterion, ...]
    location: Location
    step_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GotoWorkflow:
    name: str
    criteria: tuple[LinkedCriterion, ...]
    location: Location
    workflow: str  # a key
    parameters: tuple[LinkedParameter, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """`retry_after` in seconds; the step or the workflow is what runs first (decision 9)."""

    name: str
    criteria: tuple[LinkedCriterion, ...]
    location: Location
    retry_after: float = 0.0
    retry_limit: int = 1
    step_id: str | None = None
    workflow: str | None = None
    parameters: tuple[LinkedParameter, ...] = ()


LinkedAction: TypeAlias = End | GotoStep | GotoWorkflow | Retry


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedReplacement:
    """Set `evaluate`'s value where the target selects; `apply(payload, value)` returns the changed payload.

    `target` is the text of a selector of type `target_type`.
    """

    apply: Callable[[Value, JSON], Value]
    evaluate: Evaluator
    target: str
    target_type: str
    written: Written
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedBody:
    content_type: str | None
    evaluate: Evaluator | None  # None: no payload, start from {}
    literal: bool
    written: Written | None  # the payload
    replacements: tuple[LinkedReplacement, ...]
    location: Location
    parse_text: bool = False  # JSON text is parsed before replacements are applied (decision 45)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prerequisite:
    """A step that has to have completed: in this workflow, or (`workflow` set) in another one, earlier in the run."""

    step_id: str
    workflow: str | None
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class _LinkedStep:
    step_id: str
    location: Location
    description: str | None
    target: str
    criteria: tuple[LinkedCriterion, ...]
    outputs: tuple[LinkedOutput, ...]
    success_actions: tuple[LinkedAction, ...]
    failure_actions: tuple[LinkedAction, ...]
    timeout: float | None  # seconds
    depends_on: tuple[Prerequisite, ...]
    parameters: tuple[LinkedParameter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationCall(_LinkedStep):
    """A step that calls an OpenAPI operation.

    Where there are `credentials` they are what the request is signed with, in place of the operation's security. `url`
    is where it goes, in place of server and path, where only a run knows (Respect's `x-operation`).
    """

    operation: Operation
    builder: RequestBuilder = field(repr=False)
    body: LinkedBody | None
    server: str = field(repr=False)  # its variables may be secrets
    source: str
    remote: bool
    reads_request: bool  # some expression of the step reads $request
    credentials: tuple[LinkedCredential, ...] = ()
    url: LinkedParameter | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowCall(_LinkedStep):
    """A step that calls a workflow; its parameters are the inputs."""

    workflow: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlinkedStep(_LinkedStep):
    """A step whose target cannot be called: wrongly named, asynchronous, or of a source that is not at hand.

    It is analysed and never run: what is wrong with it is an error, or the plan is not for running.
    """

    body: LinkedBody | None


LinkedStep: TypeAlias = OperationCall | WorkflowCall
ListedStep: TypeAlias = OperationCall | WorkflowCall | UnlinkedStep


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedDocument:
    """What expressions see of the document a workflow stands in."""

    name: str
    uri: str
    self_uri: str | None
    sources: Mapping[str, Mapping[str, str]]
    workflow_keys: Mapping[str, str]  # workflowId -> key


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedWorkflow:
    """`steps` stand in the order of execution: list order, or the topological order of dependsOn (decision 12).

    `listed` are all of them, in that order: also those that no run can reach, because nothing is there to call.
    """

    key: str
    workflow_id: str
    summary: str | None
    location: Location
    document: LinkedDocument
    inputs: InputsSchema
    steps: tuple[LinkedStep, ...]
    listed: tuple[ListedStep, ...]
    positions: Mapping[str, int]  # stepId -> index in steps
    depends_on: tuple[str, ...]
    outputs: tuple[LinkedOutput, ...]


class Contract(Protocol):
    """Checks requests and responses against their descriptions (`--contract`); answers are one-line violations."""

    level: Literal["warn", "error"]

    def check_request(
        self, step: OperationCall, request: Request, arguments: tuple[Argument, ...], body: Body | None
    ) -> tuple[str, ...]:
        """What the description forbids in this request."""

    def check_response(self, step: OperationCall, response: Response) -> tuple[str, ...]:
        """What the description forbids in this response."""

    def not_checked(self, step: OperationCall) -> tuple[str, ...]:
        """What could not be judged since the last call, one line each; never a violation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What bounds a run from inside: steps, nesting, time and delays (seconds); `timeout` is that of one request."""

    max_steps: int = 1000
    max_nesting: int = 32
    timeout: float = 30.0
    max_time: float | None = None
    max_delay: float = 3600.0
    max_retry_after: float = 300.0


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class Plan:
    entry: str  # the key of the selected workflow
    workflows: Mapping[str, LinkedWorkflow]
    descriptions: Mapping[str, Description]  # by source name, qualified `<document uri>#<name>` outside the entry
    diagnostics: tuple[Diagnostic, ...]
    bounds: Bounds = field(default_factory=Bounds)
    contract: Contract | None = None
    has_queries: bool = False  # something of it may take as long as a regular expression or a query may
    # Verdicts taken from a record instead of being computed: (effect id, condition, action) -> (passed, reason).
    recorded: Mapping[tuple[str, str, str | None], tuple[bool, str | None]] = field(default_factory=dict)
    # The same for every verdict of the record: taken where this machine is too slow for what another one evaluated.
    remembered: Mapping[tuple[str, str, str | None], tuple[bool, str | None]] = field(default_factory=dict)

    @property
    def workflow(self) -> LinkedWorkflow:
        """The selected workflow."""
        return self.workflows[self.entry]


Inputs: TypeAlias = Mapping[str, Any]

"""The Arazzo description as data: one frozen dataclass per Object of the specification (1.0.1 and 1.1.0, "Schema").

Fields carry the specification's names in snake_case. Texts that hold an expression, a condition or a reference keep
their Location; nothing is parsed or looked up here, that is `plan`'s work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from ..document import Document
from ..location import Location
from ..values import JSON, MISSING, Missing

Version = Literal["1.0", "1.1"]
Pointer = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A string of the document and where it stands."""

    value: str
    location: Location

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Raw:
    """Any value of the document, with the pointer its parts are located by."""

    value: JSON | Missing
    pointer: Pointer
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    title: str = ""
    version: str = ""
    summary: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDescription:
    name: str
    url: str
    type: Literal["openapi", "asyncapi", "arazzo"] | None
    location: Location
    url_location: Location
    type_location: Location
    server_url: Text | None = None  # Respect's x-serverUrl


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionType:
    """Expression Type Object, or its shorthand: a type without a version is the default one; "" what is no type."""

    type: str
    version: str | None
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """It is not `readable` where a finding says that it has no condition, or one of no known type."""

    condition: Text
    context: Text | None
    type: ExpressionType | None
    location: Location
    readable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reusable:
    reference: Text
    value: Raw | None
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """`in_` is "" where it is none of the places there are, which a finding says."""

    name: str
    in_: str | None
    value: Raw
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class PayloadReplacement:
    target: Text | None
    target_selector_type: ExpressionType | None
    value: Raw
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestBody:
    content_type: Text | None
    payload: Raw | None
    replacements: tuple[PayloadReplacement, ...]
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    name: str
    value: Raw
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessAction:
    """`type` is end or goto, "" for what is neither; retry where decision 0 tolerates it, with the retry fields."""

    name: str
    type: str
    location: Location
    workflow_id: Text | None = None
    step_id: Text | None = None
    parameters: tuple[Parameter | Reusable, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    retry_after: float = 0.0
    retry_limit: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureAction:
    """`retry_after` in seconds (default 0), `retry_limit` in retries after the first try (default 1, decision 7)."""

    name: str
    type: str
    location: Location
    workflow_id: Text | None = None
    step_id: Text | None = None
    parameters: tuple[Parameter | Reusable, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    retry_after: float = 0.0
    retry_limit: int = 1


Action: TypeAlias = SuccessAction | FailureAction


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityValues:
    """An entry of Respect's `x-security`: a scheme, by its name in the description or written out, and its values."""

    scheme_name: Text | None
    scheme: Mapping[str, Any] | None
    values: Mapping[str, Raw]
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectOperation:
    """Respect's `x-operation`: a URL, or an expression of one, and a method in upper case."""

    url: Raw
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    step_id: str
    location: Location
    description: str | None = None
    parameters: tuple[Parameter | Reusable, ...] = ()
    request_body: RequestBody | None = None
    success_criteria: tuple[Criterion, ...] = ()
    on_success: tuple[SuccessAction | Reusable, ...] = ()
    on_failure: tuple[FailureAction | Reusable, ...] = ()
    outputs: tuple[Output, ...] = ()
    timeout: int | None = None  # milliseconds
    depends_on: tuple[Text, ...] = ()
    extensions: Mapping[str, Any] = field(default_factory=dict)
    security: tuple[SecurityValues, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationStep(_Step):
    """A step that calls an operation: by operationId or operationPath. `action` means an AsyncAPI operation."""

    operation_id: Text | None = None
    operation_path: Text | None = None
    direct: DirectOperation | None = None
    action: Text | None = None
    correlation_id: Raw | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowStep(_Step):
    workflow_id: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelStep(_Step):
    channel_path: Text
    action: Text | None = None
    correlation_id: Raw | None = None


Step: TypeAlias = OperationStep | WorkflowStep | ChannelStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    workflow_id: str
    location: Location
    steps: tuple[Step, ...]
    summary: str | None = None
    description: str | None = None
    inputs: Raw | None = None  # a JSON Schema
    depends_on: tuple[Text, ...] = ()
    success_actions: tuple[SuccessAction | Reusable, ...] = ()
    failure_actions: tuple[FailureAction | Reusable, ...] = ()
    outputs: tuple[Output, ...] = ()
    parameters: tuple[Parameter | Reusable, ...] = ()
    security: tuple[SecurityValues, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    inputs: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    success_actions: Mapping[str, SuccessAction] = field(default_factory=dict)
    failure_actions: Mapping[str, FailureAction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArazzoDescription:
    """The root object. `version` is the feature set (major.minor); `arazzo` the field as written.

    `unread_sources` says that the list of sources has entries that are no objects.
    """

    arazzo: str
    version: Version
    document: Document
    info: Info
    source_descriptions: tuple[SourceDescription, ...]
    workflows: tuple[Workflow, ...]
    components: Components
    self_: str | None = None
    unread_sources: bool = False

    def workflow(self, workflow_id: str) -> Workflow | None:
        """The first workflow with this id (case-sensitive), or None."""
        for workflow in self.workflows if workflow_id else ():
            if workflow.workflow_id == workflow_id:
                return workflow
        return None

    def source(self, name: str) -> SourceDescription | None:
        """The source description with this name, or None."""
        for source in self.source_descriptions:
            if source.name == name:
                return source
        return None


NO_VALUE = Raw(MISSING, (), Location(""))

"""Runtime expressions as values, named after the rules of the ABNF (Arazzo 1.1.0, "Runtime Expressions").

`str(node)` is the text of the expression.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ..values import format_pointer

Pointer: TypeAlias = "tuple[str, ...] | None"  # None: no "#"; (): "#" with an empty pointer


def _fragment(pointer: Pointer) -> str:
    return "" if pointer is None else "#" + format_pointer(pointer)


@dataclass(frozen=True, slots=True)
class Url:
    """`$url`"""

    def __str__(self) -> str:
        return "$url"


@dataclass(frozen=True, slots=True)
class Method:
    """`$method`"""

    def __str__(self) -> str:
        return "$method"


@dataclass(frozen=True, slots=True)
class StatusCode:
    """`$statusCode`"""

    def __str__(self) -> str:
        return "$statusCode"


@dataclass(frozen=True, slots=True)
class Self:
    """`$self` (1.1)"""

    def __str__(self) -> str:
        return "$self"


@dataclass(frozen=True, slots=True)
class HeaderReference:
    """`header.<token>`; tokens are compared without regard to case."""

    token: str

    def __str__(self) -> str:
        return f"header.{self.token}"


@dataclass(frozen=True, slots=True)
class QueryReference:
    """`query.<name>`; `written` keeps the escapes of 1.1."""

    name: str
    written: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"query.{self.written or self.name}"


@dataclass(frozen=True, slots=True)
class PathReference:
    """`path.<name>`; `written` keeps the escapes of 1.1."""

    name: str
    written: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"path.{self.written or self.name}"


@dataclass(frozen=True, slots=True)
class BodyReference:
    """`body` or `body#<pointer>`"""

    pointer: Pointer = None

    def __str__(self) -> str:
        return "body" + _fragment(self.pointer)


@dataclass(frozen=True, slots=True)
class PayloadReference:
    """`payload` or `payload#<pointer>` (1.1)"""

    pointer: Pointer = None

    def __str__(self) -> str:
        return "payload" + _fragment(self.pointer)


Source: TypeAlias = "HeaderReference | QueryReference | PathReference | BodyReference | PayloadReference"


@dataclass(frozen=True, slots=True)
class Request:
    """`$request.<source>`"""

    source: Source

    def __str__(self) -> str:
        return f"$request.{self.source}"


@dataclass(frozen=True, slots=True)
class Response:
    """`$response.<source>`"""

    source: Source

    def __str__(self) -> str:
        return f"$response.{self.source}"


@dataclass(frozen=True, slots=True)
class Message:
    """`$message.<source>` (1.1)"""

    source: Source

    def __str__(self) -> str:
        return f"$message.{self.source}"


@dataclass(frozen=True, slots=True)
class InputsReference:
    """`$inputs.<input-name>`"""

    name: str
    pointer: Pointer = None

    def __str__(self) -> str:
        return f"$inputs.{self.name}{_fragment(self.pointer)}"


@dataclass(frozen=True, slots=True)
class OutputsReference:
    """`$outputs.<output-name>`"""

    name: str
    pointer: Pointer = None

    def __str__(self) -> str:
        return f"$outputs.{self.name}{_fragment(self.pointer)}"


@dataclass(frozen=True, slots=True)
class StepsReference:
    """`$steps.<step-id>.outputs.<output-name>`"""

    step_id: str
    output_name: str
    pointer: Pointer = None

    def __str__(self) -> str:
        return f"$steps.{self.step_id}.outputs.{self.output_name}{_fragment(self.pointer)}"


@dataclass(frozen=True, slots=True)
class WorkflowsReference:
    """`$workflows.<workflow-id>.<workflow-field>.<workflow-field-name>`"""

    workflow_id: str
    field: Literal["inputs", "outputs"]
    name: str
    pointer: Pointer = None

    def __str__(self) -> str:
        return f"$workflows.{self.workflow_id}.{self.field}.{self.name}{_fragment(self.pointer)}"


@dataclass(frozen=True, slots=True)
class SourceReference:
    """`$sourceDescriptions.<source-name>.<source-reference-id>`: an operationId, a workflowId or a field."""

    source_name: str
    reference_id: str

    def __str__(self) -> str:
        return f"$sourceDescriptions.{self.source_name}.{self.reference_id}"


@dataclass(frozen=True, slots=True)
class ComponentsReference:
    """`$components.<component-type>.<component-name>`"""

    component_type: str
    component_name: str

    def __str__(self) -> str:
        return f"$components.{self.component_type}.{self.component_name}"


@dataclass(frozen=True, slots=True)
class Dereference:
    """The operators `.name` and `[n]` of simple conditions, applied to a value (decision 22)."""

    expression: Expression
    accessors: tuple[str | int, ...]

    def __str__(self) -> str:
        return str(self.expression) + "".join(
            f"[{item}]" if isinstance(item, int) else f".{item}" for item in self.accessors
        )


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Readings of one text in a simple condition, longest expression first: the first that is not absent holds.

    `#/items[0]` is the member "items[0]", and where there is none, the first of the items (decision 22).
    """

    candidates: tuple[Expression, ...]

    def __str__(self) -> str:
        return str(self.candidates[0])


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A text outside the grammar that a tolerant reading takes as `expression` (decision 0); `bind` unwraps it."""

    expression: Expression
    written: str
    form: str
    offset: int

    def __str__(self) -> str:
        return self.written


Expression: TypeAlias = (
    "Url | Method | StatusCode | Self | Request | Response | Message | InputsReference | OutputsReference"
    " | StepsReference | WorkflowsReference | SourceReference | ComponentsReference | Dereference | Alternatives"
    " | Rewritten"
)


def parts(expression: Expression) -> Iterator[Expression]:
    """The expression and those inside it."""
    yield expression
    match expression:
        case Dereference() | Rewritten():
            yield from parts(expression.expression)
        case Alternatives():
            for each in expression.candidates:
                yield from parts(each)
        case _:
            return

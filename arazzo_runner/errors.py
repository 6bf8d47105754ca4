"""The tree of errors. Each knows its exit code (interface, "Exit codes") and says where, what, and what to do.

    ArazzoError
    ├── UsageError ......................... 2   an option or a call that cannot be carried out
    │   ├── FileMissing .................... 2   no such FILE
    │   └── UnknownWorkflow ................ 2
    ├── InputError ......................... 2   inputs missing or invalid
    ├── DocumentError ...................... 3   error diagnostics refused the run; nothing was sent
    │   ├── UnreadableDocument ............. 3   not YAML or JSON, too deep, too big, duplicate keys
    │   └── SourceMissing .................. 3   a local source that is not there
    ├── Unavailable ........................ 4   a remote source, an extra or a credential's value is missing
    ├── ExecutionError ..................... 1   inside a run: the step fails (decisions 14, 17)
    │   ├── ExpressionError ................     an expression that has no value here
    │   │   └── UnresolvedExpression .......
    │   ├── SelectorError ..................     a JSONPath, XPath or JSON Pointer that cannot be applied
    │   │   └── Overrun ....................     a pattern or query that took longer, or more memory, than it may
    │   ├── ConditionError .................     a condition that cannot be evaluated
    │   └── RequestError ...................     a request that cannot be built
    ├── TransportError ..................... 4   no answer: refused, TLS, DNS, time-out, policy, too large
    └── WorkflowFailed ..................... 1   raised by Result.raise_for_status() only

Syntax errors of the small languages (expressions, conditions, selectors) are `LanguageSyntaxError`s: facts with an
offset, which `model` and `plan` turn into Diagnostics.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from .diagnostics import Diagnostic
from .location import Location

Phase = Literal["not_sent", "maybe_sent", "answered"]


class ArazzoError(Exception):
    """Anything the engine raises on purpose; `str()` is one line for a person."""

    exit_code = 1

    def __init__(self, message: str, *, location: Location | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.location = location
        self.hint = hint

    def __str__(self) -> str:
        where = f"{self.location}: " if self.location else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where}{self.message}{hint}"


class UsageError(ArazzoError):
    """A call or a command line that cannot be carried out."""

    exit_code = 2


class FileMissing(UsageError):
    """The file named on the command line or in a call does not exist or cannot be read."""


class UnknownWorkflow(UsageError):
    """No workflow has this id, or several are there and none was named."""


class InputError(ArazzoError):
    """Inputs missing or invalid; `problems` has one line for each."""

    exit_code = 2

    def __init__(self, message: str, *, problems: Sequence[str] = (), hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.problems = tuple(problems)


class DocumentError(ArazzoError):
    """Error diagnostics refused the run before the first request."""

    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        location: Location | None = None,
        hint: str | None = None,
        diagnostics: Sequence[Diagnostic] = (),
    ) -> None:
        super().__init__(message, location=location, hint=hint)
        self.diagnostics = tuple(diagnostics)


class UnreadableDocument(DocumentError):
    """A text that is not the YAML or JSON it should be; `code` is that of the finding it makes (ARZ100 ...)."""

    def __init__(
        self, message: str, *, location: Location | None = None, hint: str | None = None, code: str = "ARZ100"
    ) -> None:
        super().__init__(message, location=location, hint=hint)
        self.code = code

    @property
    def diagnostic(self) -> Diagnostic:
        """The finding."""
        return Diagnostic(self.code, "error", self.message, self.location, self.hint)


class SourceMissing(DocumentError):
    """A local source description that is not there."""


class Unavailable(ArazzoError):
    """Something outside the documents is missing: a remote source, an extra, a credential's value."""

    exit_code = 4


class ExecutionError(ArazzoError):
    """Something inside a run that cannot be carried out: the step fails with this reason, nothing is sent."""


class ExpressionError(ExecutionError):
    """A runtime expression that has no value at this point of the run."""


class UnresolvedExpression(ExpressionError):
    """An invalid reference: an undeclared name, or a step that has not run (decision 17)."""


class SelectorError(ExecutionError):
    """A JSONPath, XPath or JSON Pointer that cannot be applied to its context."""


class Overrun(SelectorError):
    """A regular expression or query that was stopped at its bound: another machine may have evaluated it."""


class ConditionError(ExecutionError):
    """A condition that cannot be evaluated: it fails, with this reason."""


class RequestError(ExecutionError):
    """A request that cannot be built from the step and the operation."""


class LanguageSyntaxError(ArazzoError, ValueError):
    """A text outside its grammar: `offset` counts code points from its start, `meant` is a form that is inside."""

    def __init__(self, message: str, *, offset: int = 0, meant: str | None = None) -> None:
        super().__init__(message, hint=f"write {meant}" if meant else None)
        self.offset = offset
        self.meant = meant


TransportKind = Literal[
    "connect", "dns", "tls", "timeout", "policy", "protocol", "too-large", "redirect", "credential", "closed"
]


class TransportError(ArazzoError):
    """No answer. `phase` says whether the request may have reached the server (not_sent is always safe to repeat)."""

    exit_code = 4

    def __init__(
        self, message: str, *, kind: TransportKind, phase: Phase = "not_sent", hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.kind = kind
        self.phase = phase


class WorkflowFailed(ArazzoError):
    """The run ended failed; `result` is the Result."""

    def __init__(self, message: str, *, result: object) -> None:
        super().__init__(message)
        self.result = result

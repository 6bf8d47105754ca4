"""What a test came to: a workflow tried against the descriptions of its API, or a case of one's own.

Made by `explore/` and `casing`, told by `report/`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from .events import Event
from .location import Location

# What a problem is about: the analysis before; the inputs; a criterion that the straight run cannot meet; a request
# the API does not accept; a response that is not as described (live); an output that is absent or of another type;
# a run that does not end by itself; a difference between a case and its run; an error of ours.
ProblemKind = Literal[
    "check", "inputs", "criterion", "request", "response", "output", "bounds", "difference", "crash", "transport"
]
CoverageKind = Literal["step", "criterion", "action", "exhausted", "timeout", "output"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One reason why a test failed.

    `transcript` is the text of a case (`.arazzo-test.yaml`) that shows it with `--replay`, None where nothing was sent;
    `command` is the line to type.
    """

    kind: ProblemKind
    message: str
    step: str | None = None
    location: Location | None = None
    transcript: str | None = None
    command: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """One thing a test tries to bring about in a workflow, and whether it came about.

    `name` says which: the condition with its wanted verdict ("$statusCode == 200 is false"), the action's name, the
    output's. `action` is the action whose criterion it is. Where it was not reached, `reason` says why, and `proven`
    whether no documented response can bring it about; else none was found.
    """

    kind: CoverageKind
    workflow_id: str
    step_id: str | None
    name: str
    reached: bool
    location: Location | None = None
    action: str | None = None
    reason: str | None = None
    proven: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a test of one workflow, or of one case, came to.

    `name` is the workflowId, or the case's file; `document` the file of the description. `events` are those of the
    straight run, or of the case. `runs` is how many runs were made; `notes` are lines for a person, such as a branch
    that nothing reaches. `code` is the exit code of what kept the test from being judged, 0 where nothing did.
    """

    name: str
    document: str
    kind: Literal["workflow", "case"]
    status: Literal["passed", "failed", "skipped"]
    problems: tuple[Problem, ...] = ()
    coverage: tuple[Aim, ...] = ()
    notes: tuple[str, ...] = ()
    events: Sequence[Event] = field(default=(), repr=False)
    runs: int = 0
    duration_s: float = 0.0
    code: int = 0

    @property
    def exit_code(self) -> int:
        """`code`, else 1 where the test failed."""
        return self.code or int(self.status == "failed")

    @property
    def reached(self) -> int:
        """How many aims came about."""
        return sum(aim.reached for aim in self.coverage)

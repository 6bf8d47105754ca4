"""What a rule gets: the description, its plan, and what the analysis knows of every workflow, computed once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeVar, cast

from ..condition import operand_expressions
from ..diagnostics import Diagnostic, Fix, Severity
from ..expression import Expression
from ..location import Location
from ..messages import SecurityRequirement
from ..model import ArazzoDescription, ChannelStep, Compat, OperationStep, Workflow, WorkflowStep
from ..openapi import ResponseDeclaration
from ..plan import (
    GotoWorkflow,
    LinkedAction,
    LinkedCriterion,
    LinkedWorkflow,
    ListedStep,
    OperationCall,
    Plan,
    Retry,
    WorkflowCall,
    Written,
    expressions_in,
)
from ..values import parse_pointer
from .cases import Case, cases_of, reads_status, succeeds
from .catalogue import RULES
from .flow import Flow, Outcome, actions_of
from .verdicts import NO_ANSWER, Status, statuses_of

if TYPE_CHECKING:
    from .expected import Expected

T = TypeVar("T")
Which = Literal["all", "success", "failure"]  # responses


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One description under analysis. `servers` are what the host put in place of a source's servers, by name.

    `held` tells whether a configured credential has a value for a security scheme.
    """

    description: ArazzoDescription
    plan: Plan
    held: Callable[[SecurityRequirement], bool]
    compat: Compat = "auto"
    servers: Mapping[str, str] = field(default_factory=dict)
    workflows: tuple[WorkflowSubject, ...] = ()
    _expected: dict[str, Expected] = field(default_factory=dict)
    _kept: dict[Hashable, object] = field(default_factory=dict)

    @property
    def tolerant(self) -> bool:
        """Whether decision 0's forms are read as their author meant."""
        return self.compat == "lenient" or (self.compat == "auto" and self.description.version == "1.0")

    def workflow(self, key: str) -> WorkflowSubject | None:
        """The workflow with this key in the plan, those of other documents included."""
        for subject in self.workflows:
            if subject.linked.key == key:
                return subject
        linked = self.plan.workflows.get(key)
        return WorkflowSubject(linked=linked, model=None) if linked else None

    def expected(self, workflow: WorkflowSubject) -> Expected:
        """The shapes of the expressions of a workflow."""
        from .expected import Expected

        known = self._expected.get(workflow.linked.key)
        if known is None:
            known = self._expected[workflow.linked.key] = Expected(self, workflow)
        return known

    def location(self, *tokens: str, key: bool = False) -> Location:
        """Where a value of the entry document stands."""
        return self.description.document.location(tokens, key=key)

    def below(self, location: Location, token: str) -> Location:
        """Where a member or an item of the value at `location` stands; that itself in a document not at hand."""
        document = self.description.document
        if location.document != document.name:
            return location
        return document.location((*parse_pointer(location.pointer), token))

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, kept under `key` for other rules."""
        if key not in self._kept:
            self._kept[key] = make()
        return cast(T, self._kept[key])


@dataclass(frozen=True, slots=True)
class Read:
    """An expression of a step and where it stands: evaluated before its call, or after with `which` responses."""

    expression: Expression
    location: Location
    before: bool
    which: Which = "all"


class WorkflowSubject:
    """One linked workflow; `model` is what the document says of it (None: it stands in another document)."""

    def __init__(self, *, linked: LinkedWorkflow, model: Workflow | None) -> None:
        self.linked = linked
        self.model = model

    @cached_property
    def steps(self) -> tuple[StepSubject, ...]:
        """In the order they are carried out."""
        return tuple(StepSubject(step, self) for step in self.linked.listed)

    def step(self, step_id: str) -> StepSubject | None:
        return self._by_id.get(step_id)

    @cached_property
    def _by_id(self) -> Mapping[str, StepSubject]:
        return {subject.step.step_id: subject for subject in self.steps}

    @cached_property
    def flow(self) -> Flow:
        """Which step can follow which."""
        return Flow(
            self.linked.listed, lambda step, action, outcome: self._by_id[step.step_id].applies(action, outcome)
        )


class StepSubject:
    """One step, linked or not."""

    def __init__(self, step: ListedStep, workflow: WorkflowSubject) -> None:
        self.step = step
        self.workflow = workflow

    @property
    def call(self) -> OperationCall | None:
        """The step, if it calls an operation that was found."""
        return self.step if isinstance(self.step, OperationCall) else None

    @cached_property
    def named_at(self) -> Location:
        """Where the step says what it calls."""
        for written in self.workflow.model.steps if self.workflow.model else ():
            if written.location == self.step.location:
                match written:
                    case OperationStep():
                        target = written.operation_id or written.operation_path
                        return target.location if target else written.location
                    case WorkflowStep():
                        return written.workflow_id.location
                    case ChannelStep():
                        return written.channel_path.location
        return self.step.location

    @cached_property
    def statuses(self) -> tuple[int, ...]:
        """Statuses that stand for all (see `verdicts.statuses_of`), the documented ones included."""
        documented = [s for key in self.responses if (s := _status(key)) is not None]
        return tuple(sorted({*statuses_of(self.step), *documented}))

    @cached_property
    def responses(self) -> Mapping[str, ResponseDeclaration]:
        """The documented responses by status ("200", "2XX", "default"); empty where the operation is not known."""
        return self.call.operation.responses if self.call else {}

    def documents(self, status: int) -> bool | None:
        """Whether the operation documents a status, by itself, its range or `default`; None where nothing is known."""
        if not self.responses:
            return None
        return self.call.operation.response(status) is not None if self.call else None

    @cached_property
    def success_statuses(self) -> tuple[int, ...]:
        """Those of `statuses` with which the step is meant to be successful: 2xx where its criteria do not say."""
        found = tuple(status for status in self.statuses if succeeds(self.step, Case(status)) is not False)
        if any(map(reads_status, self.step.criteria)):
            return found
        return tuple(status for status in found if 200 <= status <= 299)

    @cached_property
    def failure_statuses(self) -> tuple[Status, ...]:
        """Those of `statuses` with which the step may fail; NO_ANSWER is among them."""
        return (NO_ANSWER, *(status for status in self.statuses if succeeds(self.step, Case(status)) is not True))

    @cached_property
    def success_responses(self) -> Mapping[str, ResponseDeclaration]:
        """The documented responses with which the step may be successful."""
        return {
            key: declared
            for key, declared in self.responses.items()
            if any(_stands_for(key, status, self.responses) for status in self.success_statuses)
        }

    @cached_property
    def failure_responses(self) -> Mapping[str, ResponseDeclaration]:
        """The documented responses with which the step may fail."""
        return {
            key: declared
            for key, declared in self.responses.items()
            if any(_stands_for(key, s, self.responses) for s in self.failure_statuses if isinstance(s, int))
        }

    def applies(self, action: LinkedAction, outcome: Outcome) -> bool | None:
        """Whether an action's criteria pass after this outcome: always, never, or it depends."""
        if not action.criteria:
            return True
        verdicts = {case.passes_all(action.criteria) for case in cases_of(self.step, outcome, action.criteria)}
        if verdicts == {False}:
            return False
        return True if verdicts == {True} else None

    @cached_property
    def reads(self) -> tuple[Read, ...]:
        """Every expression of the step, in the order they are evaluated."""
        return tuple(self._reads())

    def _reads(self) -> Iterator[Read]:
        step = self.step
        for written in self.sent():
            yield from (Read(e, at, True) for e, at in expressions_in(written))
        for criterion in step.criteria:
            yield from _operands(criterion, "all")
        for output in step.outputs:
            yield from (Read(e, at, False) for e, at in expressions_in(output.written))
        for outcome, action in self.actions():
            for criterion in action.criteria:
                yield from _operands(criterion, outcome)
            if isinstance(action, (GotoWorkflow, Retry)):
                for parameter in action.parameters:
                    yield from (Read(e, at, False, outcome) for e, at in expressions_in(parameter.written))

    def sent(self) -> Iterator[Written]:
        """What goes into the request, or into the inputs of the workflow that is called."""
        yield from (parameter.written for parameter in self.step.parameters)
        if isinstance(self.step, OperationCall):
            yield from (value.written for each in self.step.credentials for value in each.values)
            yield from (self.step.url.written,) if self.step.url is not None else ()
        body = None if isinstance(self.step, WorkflowCall) else self.step.body
        if body is not None:
            if body.written is not None:
                yield body.written
            yield from (replacement.written for replacement in body.replacements)

    def actions(self) -> Iterator[tuple[Outcome, LinkedAction]]:
        """Every action of the step, those after success first."""
        for outcome, listed in actions_of(self.step):
            yield from ((outcome, action) for action in listed)

    def retries(self) -> Iterator[Retry]:
        for _, action in self.actions():
            if isinstance(action, Retry):
                yield action


def _operands(criterion: LinkedCriterion, which: Which) -> Iterator[Read]:
    for expression in operand_expressions(criterion.condition):
        yield Read(expression, criterion.location, False, which)


def _status(key: str) -> int | None:
    """A status of the responses a key of `responses` stands for; None for `default`."""
    if key.isdecimal():
        return int(key)
    return int(key[0]) * 100 if key[:1].isdecimal() else None


def _stands_for(key: str, status: int, responses: Mapping[str, ResponseDeclaration]) -> bool:
    """Whether `key` is what documents a status: exactly, by range where nothing is exact, by default."""
    if key.isdecimal():
        return key == str(status)
    if str(status) in responses:
        return False
    if key != "default":
        return key[:1] == str(status)[0]
    return not any(name[:1] == str(status)[0] and not name.isdecimal() for name in responses)


def finding(
    code: str,
    message: str,
    location: Location,
    hint: str | None = None,
    *,
    severity: Severity | None = None,
    fix: Fix | None = None,
) -> Diagnostic:
    """A Diagnostic with the severity the catalogue gives its rule, unless this place calls for another."""
    return Diagnostic(code, severity or RULES[code].severity, message, location, hint, fix)

"""Where criteria and actions stand, and for which steps: several steps can share those of a workflow or a component."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..diagnostics import Diagnostic
from ..location import Location
from ..plan import LinkedAction, LinkedCriterion
from .cases import Case, cases, cases_of
from .flow import Outcome, actions_of
from .subject import StepSubject, Subject, Which


@dataclass(frozen=True, slots=True)
class CriterionPlace:
    """A criterion of a step: of its success, or of an action after an `outcome`; `beside` is the list it is in."""

    step: StepSubject
    criterion: LinkedCriterion
    beside: tuple[LinkedCriterion, ...]
    action: LinkedAction | None = None
    outcome: Outcome | None = None

    @property
    def is_own(self) -> bool:
        """Whether it is written at the step, not at the workflow or in components, for any step."""
        return self.action is None or self.action.location.pointer.startswith(self.step.step.location.pointer + "/")

    @property
    def which(self) -> Which:
        """The responses it is evaluated with: those that fail a step do so whatever the other criteria say."""
        return self.outcome or "success"

    @property
    def is_foreseen(self) -> bool:
        """Whether the operation documents a response with which the criteria beside this one may pass."""
        step = self.step
        statuses = step.failure_statuses if self.outcome == "failure" else step.success_statuses
        return any(
            isinstance(status, int) and step.documents(status) and Case(status).passes_all(self.beside) is not False
            for status in statuses
        )

    def cases(self) -> tuple[Case, ...]:
        """The cases this criterion tells apart."""
        return cases(self.step.step, (self.criterion,), unanswered=self.outcome == "failure")


@dataclass(frozen=True, slots=True)
class ActionPlace:
    """An action of a step, and those that are tried before it."""

    step: StepSubject
    action: LinkedAction
    outcome: Outcome
    before: tuple[LinkedAction, ...]

    def cases(self) -> tuple[Case, ...]:
        """The cases in which the action's turn may come."""
        earlier = (criterion for action in self.before for criterion in action.criteria)
        return cases_of(self.step.step, self.outcome, (*earlier, *self.action.criteria))


def criteria(subject: Subject) -> Iterator[CriterionPlace]:
    """Every criterion, as often as a step has it."""
    for workflow in subject.workflows:
        for step in workflow.steps:
            yield from (CriterionPlace(step, each, step.step.criteria) for each in step.step.criteria)
            for outcome, action in step.actions():
                listed = action.criteria
                yield from (CriterionPlace(step, each, listed, action, outcome) for each in listed)


def actions(subject: Subject) -> Iterator[ActionPlace]:
    """Every action, as often as a step has it."""
    for workflow in subject.workflows:
        for step in workflow.steps:
            for outcome, listed in actions_of(step.step):
                for index, action in enumerate(listed):
                    yield ActionPlace(step, action, outcome, listed[:index])


def of_criteria(
    subject: Subject, judge: Callable[[CriterionPlace], Iterable[tuple[str, Diagnostic]]]
) -> Iterator[Diagnostic]:
    """What is found of a criterion for every step that has it; `judge` names each thing it finds, to compare them."""
    yield from _agreed((place.criterion.location, dict(judge(place))) for place in criteria(subject))


def of_actions(subject: Subject, judge: Callable[[ActionPlace], Diagnostic | None]) -> Iterator[Diagnostic]:
    """What is found of an action for every step that has it."""
    judged = ((place.action.location, judge(place)) for place in actions(subject))
    yield from _agreed((location, {"": found} if found is not None else {}) for location, found in judged)


def _agreed(judged: Iterable[tuple[Location, Mapping[str, Diagnostic]]]) -> Iterator[Diagnostic]:
    by_place: dict[Location, list[Mapping[str, Diagnostic]]] = {}
    for location, found in judged:
        by_place.setdefault(location, []).append(found)
    for each in by_place.values():
        yield from (finding for name, finding in each[0].items() if all(name in found for found in each))

"""What earlier answers and inputs would have to be, so that a later condition comes out as wanted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import combinations, islice, product
from typing import Any, Final, TypeAlias

from ..expression import Expression, Tokens
from ..openapi import Operation
from ..plan import LinkedCriterion, LinkedStep, OperationCall, Plan
from ..sample import sample
from ..sample.within import listed_at, schemas_at
from ..values import JSON, MISSING, Missing
from .aims import Target
from .answers import Answers
from .candidates import Hints
from .origins import FromBody, FromHeader, FromInput, FromStatus, Origin, StepKey, origins, step_of
from .runs import Run
from .uses import Uses, sent_by
from .wants import Look, wants

_VALUES: Final = 8  # values tried for one origin
_COMBINATIONS: Final = 60

_Options: TypeAlias = "dict[Origin, list[JSON | Missing]]"


class Needs:
    """Proposes values for what conditions of a plan read from elsewhere."""

    def __init__(self, plan: Plan, answers: Answers) -> None:
        self._plan = plan
        self._answers = answers

    def of_failure(self, run: Run, hints: Hints) -> Iterator[Hints]:
        """Values with which the step that ended a run may succeed, or its request can be made."""
        if run.trouble is None:
            return
        key, failed = run.trouble
        step = step_of(self._plan, key)
        if step is None:
            return
        options: _Options = {}
        for criterion in step.criteria:
            if not failed or criterion.text in failed:
                self._of_criterion(options, key, criterion, None)
        if not failed:
            self._of_request(options, key, step, run)
        yield from ({**hints, **found} for found in _combined(options))

    def of_requests(self, keys: Collection[StepKey], hints: Hints, uses: Uses) -> dict[Origin, JSON | Missing]:
        """Earlier values with which the API may accept the requests of steps: as their places in these ask for them."""
        found: dict[Origin, JSON | Missing] = {}
        for key in keys:
            step = step_of(self._plan, key)
            for expression in sent_by(step) if step is not None else ():
                for origin in origins(self._plan, key, expression):
                    if origin not in hints and isinstance(origin, FromBody | FromHeader):
                        for schema in uses.of(origin)[:1]:
                            found[origin] = sample(schema, name=_name_of(origin))
        return found

    def of_target(self, target: Target, run: Run | None) -> Iterator[Hints]:
        """Values that may bring an aim about; `run` stands at the step, if one came there."""
        key = target.key.step
        criteria: list[LinkedCriterion] = [target.criterion] if target.criterion is not None else []
        if target.of_action is not None:
            criteria += [each for each in target.of_action.criteria if each is not target.criterion]
        step = step_of(self._plan, key)
        if target.key.kind in ("step", "action", "exhausted") and step is not None:
            criteria += step.criteria
        options: _Options = {}
        for criterion in criteria:
            self._of_criterion(options, key, criterion, run)
        yield from _combined(options)

    def _of_criterion(self, options: _Options, key: StepKey, criterion: LinkedCriterion, run: Run | None) -> None:
        for want in wants(criterion.condition):
            values: list[JSON | Missing] = []
            if isinstance(want, Look) and not want.counted:
                values += want.values
                values += [value for other in want.others for value in _values_of(run, other)]
            for origin in origins(self._plan, key, want.expression, want.tokens):
                if not self._is_own(origin, key):
                    self._add(options, origin, [*values, *self._listed(origin)])

    def _of_request(self, options: _Options, key: StepKey, step: LinkedStep, run: Run) -> None:
        """What has no value in a request that could not be made."""
        for expression in sent_by(step):
            for origin in origins(self._plan, key, expression):
                if not self._is_own(origin, key):
                    self._add(options, origin, self._made(origin))

    def _is_own(self, origin: Origin, key: StepKey) -> bool:
        return not isinstance(origin, FromInput) and origin.step == key

    def _add(self, options: _Options, origin: Origin, values: Iterable[JSON | Missing]) -> None:
        if isinstance(origin, FromStatus):
            return
        known = options.setdefault(origin, [])
        for value in values:
            if len(known) < _VALUES and not any(type(each) is type(value) and each == value for each in known):
                known.append(value)

    def _listed(self, origin: Origin) -> tuple[JSON, ...]:
        return tuple(value for schema, tokens in self._schemas(origin) for value in listed_at(schema, tokens))

    def _made(self, origin: Origin) -> Iterator[JSON]:
        for schema, tokens in self._schemas(origin):
            for found in schemas_at(schema, tokens)[:1]:
                yield sample(found, name=tokens[-1] if tokens else "")

    def _schemas(self, origin: Origin) -> Iterator[tuple[Any, Tokens]]:
        match origin:
            case FromInput(tokens=tokens):
                yield self._plan.workflow.inputs.schema, tokens
            case FromBody(step=key, tokens=tokens):
                step = step_of(self._plan, key)
                if isinstance(step, OperationCall):
                    yield from ((schema, tokens) for schema in self._success_schemas(step.operation))
            case FromHeader() | FromStatus():
                return

    def _success_schemas(self, operation: Operation) -> Iterator[dict[str, Any]]:
        for status, declared in operation.responses.items():
            if status.startswith("2"):
                for media_type in declared.media_types.values():
                    if media_type.schema is not None:
                        yield self._answers.bundle(media_type.schema)


def _name_of(origin: FromBody | FromHeader) -> str:
    return origin.name if isinstance(origin, FromHeader) else (origin.tokens or ("",))[-1]


def _values_of(run: Run | None, expression: Expression) -> Iterator[JSON | Missing]:
    value = run.evaluated(expression) if run is not None and run.state.frames else MISSING
    if not isinstance(value, bytes | Missing):
        yield value


def _combined(options: _Options) -> Iterator[Hints]:
    """One origin at a time, then two."""
    found = (
        dict(zip((origin for origin, _ in chosen), values, strict=True))
        for count in (1, 2)
        for chosen in combinations(options.items(), count)
        for values in product(*(values for _, values in chosen))
    )
    yield from islice(found, _COMBINATIONS)

"""A workflow tried against the descriptions of its API: what `arazzo-run test` and `verify` come to, as a Verdict.

Nothing is sent: the explorer answers as the descriptions document. Cases of one's own are in `casing`.
"""

from __future__ import annotations

import io
import shlex
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .diagnostics import Diagnostic
from .drivers.replay import Replay, Scripted, step_of
from .drivers.session import Session
from .events import CriterionChecked, Event
from .explore import (
    Answer,
    Explorer,
    Invalid,
    Run,
    StepKey,
    Target,
    Unbounded,
    Uses,
    Walked,
    boundary_inputs,
    reason,
    sampled_inputs,
    unmade,
    wrong_output,
)
from .explore import step_of as step_at
from .expression import StepsReference, split
from .location import Location
from .marking import Marker, PlanSecrets
from .messages import Response
from .mock import Mock
from .plan import NO_SERVER, OperationCall, Plan
from .plan.written import expressions_in
from .report.redaction import Redactor
from .report.transcript import TranscriptReport
from .verdict import Aim, Problem, Verdict

_LONGEST_TRANSCRIPT = 200  # exchanges


@dataclass(frozen=True, slots=True, kw_only=True)
class Tryout:
    """How to try a workflow.

    `given` are inputs in place of made ones. With `assume` the straight run goes beyond what is documented where it
    needs to; `thorough` tries inputs at their bounds as well; without `branches` there is the straight run only.
    `options` are the words of a command line that repeats it.
    """

    given: Mapping[str, Any] = field(default_factory=dict)
    servers: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0
    assume: bool = False
    thorough: bool = False
    branches: bool = True
    options: tuple[str, ...] = ()


def try_workflow(plan: Plan, tryout: Tryout, findings: Sequence[Diagnostic] = ()) -> Verdict:
    """Try the plan's workflow: the straight run, every branch, everything that fails. `findings` are those of check."""
    return _Try(plan, tryout, findings).verdict()


def refusal_verdict(name: str, document: str, diagnostics: Sequence[Diagnostic], code: int) -> Verdict:
    """The verdict on a workflow that cannot be run at all."""
    errors = [d for d in diagnostics if d.severity == "error"]
    problems = tuple(
        Problem(
            kind="check", message=f"{d.code}: {d.message}" + (f" ({d.hint})" if d.hint else ""), location=d.location
        )
        for d in errors
    )
    return Verdict(name=name, document=document, kind="workflow", status="failed", problems=problems, code=code)


class _Try:
    """One workflow under trial."""

    def __init__(self, plan: Plan, tryout: Tryout, findings: Sequence[Diagnostic]) -> None:
        self._plan = plan
        self._tryout = tryout
        self._findings = findings
        self._uses = Uses(plan)
        self._secrets = PlanSecrets(plan)
        self._told: dict[Run, tuple[Event, ...]] = {}
        self._mock = Mock(plan.descriptions, servers={k: v for k, v in tryout.servers.items() if k}, seed=tryout.seed)
        self._began = time.perf_counter()

    def verdict(self) -> Verdict:
        plan = self._plan
        inputs = sampled_inputs(plan, self._uses, self._tryout.given, seed=self._tryout.seed)
        wrong = plan.workflow.inputs.problems(inputs)
        if wrong:
            return self._verdict(tuple(self._inputs_problems(wrong)))
        explorer = self._explorer(inputs)
        first = explorer.straight()
        problems = list(self._of_straight(first))
        if self._tryout.branches:
            explorer.branches(first)
            problems += self._of_failures(explorer, first)
        runs = explorer.runs
        if self._tryout.thorough and first.succeeded:
            for other in boundary_inputs(plan, inputs, self._tryout.given):
                bounded = self._explorer(other)
                problems += self._of_straight(bounded.straight())
                runs += bounded.runs
        coverage = tuple(self._aims(explorer))
        problems += [*self._of_outputs(explorer, first), *self._of_types(first)]
        return replace(
            self._verdict(_distinct(problems)),
            coverage=coverage if self._tryout.branches else (),
            notes=(*self._notes(first), *(self._leniently(inputs) if problems else ())),
            events=self._events(first.run),
            runs=runs,
        )

    def _explorer(self, inputs: Mapping[str, Any]) -> Explorer:
        return Explorer(self._plan, self._mock, inputs, uses=self._uses, assume=self._tryout.assume)

    def _verdict(self, problems: tuple[Problem, ...]) -> Verdict:
        workflow = self._plan.workflow
        return Verdict(
            name=workflow.workflow_id,
            document=workflow.document.name,
            kind="workflow",
            status="failed" if problems else "passed",
            problems=problems,
            duration_s=time.perf_counter() - self._began,
            code=2 if self._tryout.given and any(problem.kind == "inputs" for problem in problems) else 0,
        )

    # -- problems -----------------------------------------------------------------------------------------------------

    def _inputs_problems(self, wrong: Sequence[str]) -> Iterator[Problem]:
        for line in wrong:
            yield Problem(kind="inputs", message=f"{line} (give it with -i NAME=VALUE)", location=self._location)

    @property
    def _location(self) -> Location:
        return self._plan.workflow.location

    def _of_straight(self, walked: Walked) -> Iterator[Problem]:
        expected = {key for key, status in _accepted(walked) if status >= 400}
        for invalid in walked.invalid:
            if invalid.key not in expected:
                message = f"the API does not accept the request: {invalid.detail}"
                yield self._problem(walked.run, "request", message, invalid.key, self._place_of(invalid))
        if walked.succeeded:
            return
        end = walked.run.state.end
        message = (end.message if end is not None else None) or "the run does not end"
        if not walked.is_bounded:
            yield self._problem(
                walked.run, "bounds", f"the run does not end by itself: {message}", None, self._location
            )
            return
        yield self._why_failed(walked, message)

    def _why_failed(self, walked: Walked, message: str) -> Problem:
        trouble = walked.run.trouble
        key = trouble[0] if trouble is not None else None
        refused = unmade(walked.run, key, self._findings)
        if refused is not None:
            text, location = refused
            return self._problem(walked.run, "request", f"the request cannot be made: {text}", key, location)
        check = self._failed_check(walked.run, key)
        if check is None:
            return self._problem(walked.run, "criterion", f"the run fails: {message}", key, self._step_location(key))
        found = [f"{d.message} ({d.code})" for d in self._findings if d.location == check.location]
        why = "; ".join([check.reason or "it is false", *found])
        text = f"no documented answer was found with which '{check.condition}' holds: {why}"
        return self._problem(walked.run, "criterion", text, key, check.location)

    def _failed_check(self, run: Run, key: StepKey | None) -> CriterionChecked | None:
        """The last success criterion that did not hold."""
        events = [
            event
            for event in self._events(run)
            if isinstance(event, CriterionChecked) and event.action is None and not event.passed
        ]
        own = [event for event in events if key is None or step_of(event.id) == key[1]]
        return own[-1] if own else None

    def _of_failures(self, explorer: Explorer, first: Walked) -> Iterator[Problem]:
        """The shortest run for each step that makes a workflow go on without end."""
        shortest: dict[StepKey, Unbounded] = {}
        for unbounded in explorer.failures(first):
            known = shortest.get(unbounded.key)
            if known is None or len(unbounded.run.exchanged) < len(known.run.exchanged):
                shortest[unbounded.key] = unbounded
        for key, unbounded in shortest.items():
            end = unbounded.run.state.end
            message = f"with {unbounded.what} from now on the run does not end by itself: {end.message if end else ''}"
            yield self._problem(unbounded.run, "bounds", message, key, self._step_location(key))

    def _of_outputs(self, explorer: Explorer, first: Walked) -> Iterator[Problem]:
        """Outputs of steps that succeeded, and of the workflow, to which no run gave a value."""
        succeeded = {key for key, _ in _accepted(first)}
        absent = [target for target in explorer.missing() if target.key.kind == "output"]
        told = {(target.key.step, target.key.name) for target in absent}
        for target in absent if first.succeeded else ():
            key = target.key
            if (key.step[1] and key.step not in succeeded) or told & set(self._read_by(target)):
                continue
            why = reason(self._plan, target, explorer.seen, self._findings).text
            whose = f"the output '{key.name}'" if key.step[1] else f"the workflow's output '{key.name}'"
            yield self._problem(first.run, "output", f"{whose} has no value: {why}", key.step, target.location)

    def _read_by(self, target: Target) -> Iterator[tuple[StepKey, str]]:
        """The outputs that an output of a workflow reads: what is wrong with them is told there."""
        workflow = self._plan.workflows[target.key.step[0]]
        for output in workflow.outputs if not target.key.step[1] else ():
            if output.name == target.key.name:
                for expression, _ in expressions_in(output.written):
                    base, _ = split(expression)
                    if isinstance(base, StepsReference):
                        yield (workflow.key, base.step_id), base.output_name

    def _of_types(self, first: Walked) -> Iterator[Problem]:
        """Outputs that are not as the schema of their place says: an example that breaks its schema, say."""
        assumed = {key for key, _ in first.assumed}
        for fork, exchanged in zip(first.forks, first.run.exchanged, strict=False):
            outputs = first.run.outputs_of(exchanged.id) if fork.point.key not in assumed else {}
            for output in fork.point.step.outputs if outputs else ():
                wrong = wrong_output(fork.point.step, exchanged.received, output, outputs)
                if wrong is not None:
                    yield self._problem(first.run, "output", wrong, fork.point.key, output.location)

    def _problem(self, run: Run, kind: Any, message: str, key: StepKey | None, location: Location | None) -> Problem:
        transcript = self._transcript(run) if 0 < len(run.exchanged) <= _LONGEST_TRANSCRIPT else None
        step = key[1] if key is not None and key[1] else None
        return Problem(
            kind=kind,
            message=self._masked(run, message),
            step=step,
            location=location,
            transcript=transcript,
            command=self._command(),
        )

    def _masked(self, run: Run, text: str) -> str:
        """A text without the secrets of a run: inputs that were given may be real ones."""
        redactor = Redactor()
        for event in self._events(run):
            redactor.observe(event)
        return redactor.text(text)

    def _command(self) -> str:
        workflow = self._plan.workflow
        words = ("arazzo-run", "test", workflow.document.name, "-w", workflow.workflow_id, *self._tryout.options)
        return shlex.join(words)

    def _place_of(self, invalid: Invalid) -> Location:
        """The parameter or the body that is not accepted; the step where it is not written there."""
        step = step_at(self._plan, invalid.key)
        parameters = step.parameters if step is not None else ()
        named = (p.location for p in parameters if invalid.detail.startswith(f"the {p.in_} parameter '{p.name}'"))
        body = step.body if isinstance(step, OperationCall) and invalid.detail.startswith("the body") else None
        return next(named, body.location if body is not None else self._step_location(invalid.key))

    def _step_location(self, key: StepKey | None) -> Location:
        step = step_at(self._plan, key) if key is not None else None
        return step.location if step is not None else self._location

    # -- what was seen ------------------------------------------------------------------------------------------------

    def _aims(self, explorer: Explorer) -> Iterator[Aim]:
        for target in explorer.targets:
            is_reached = target.key in explorer.seen.keys
            why = None if is_reached else reason(self._plan, target, explorer.seen, self._findings)
            yield Aim(
                kind=target.key.kind,
                workflow_id=self._plan.workflows[target.key.step[0]].workflow_id,
                step_id=target.key.step[1] or None,
                name=target.text,
                reached=is_reached,
                location=target.location,
                action=target.action,
                reason=why.text if why is not None else None,
                proven=why.proven if why is not None else False,
            )

    def _notes(self, first: Walked) -> Iterator[str]:
        yield from (f"assumed: {text}" for text in self._assumptions(first))

    def _assumptions(self, walked: Walked) -> Iterator[str]:
        told = set()
        for key, answer in walked.assumed:
            step = step_at(self._plan, key)
            if isinstance(step, OperationCall) and key not in told:
                told.add(key)
                yield _assumed(step, answer)

    def _leniently(self, inputs: Mapping[str, Any]) -> Iterator[str]:
        """Whether the straight run gets through where the description may say too little."""
        if self._tryout.assume:
            return
        explorer = Explorer(self._plan, self._mock, inputs, uses=self._uses, assume=True)
        first = explorer.straight()
        if first.succeeded and first.assumed and not first.invalid:
            yield "--lenient gets through, which assumes: " + "; ".join(self._assumptions(first))

    def _events(self, run: Run) -> tuple[Event, ...]:
        """A run that has ended once more, as a driver tells it, with what is secret in it."""
        if run not in self._told:
            marker, happened = Marker(self._secrets), list[Event]()
            Replay(_Explored(run)).run(Session(self._plan, run.inputs, happened.append))
            self._told[run] = tuple(told for event in happened for told in (*marker.marks(event), event))
        return self._told[run]

    def _transcript(self, run: Run) -> str:
        target = io.StringIO()
        servers = {**_made_up(self._plan), **self._tryout.servers}
        report = TranscriptReport(target, redactor=Redactor(), sources=self._tryout.sources, servers=servers)
        for event in self._events(run):
            report.observe(event)
        report.finish()
        return target.getvalue()


class _Explored:
    """The answers of an explored run, for a driver."""

    def __init__(self, run: Run) -> None:
        self._left = {exchanged.id: exchanged for exchanged in run.exchanged}
        self._begins = min((each.at - each.duration_s for each in run.exchanged), default=None)

    def take(self, effect_id: str) -> Scripted | None:
        """The answer of an attempt."""
        found = self._left.pop(effect_id, None)
        if found is None:
            return None
        return Scripted(step_of(effect_id), None, found.received, found.duration_s, found.at)

    def left(self) -> tuple[Scripted, ...]:
        """Every answer was taken: it is the same run."""
        return ()

    def begins(self) -> float | None:
        """When the first request was sent."""
        return self._begins


def _made_up(plan: Plan) -> dict[str, str]:
    """The servers that stand for relative ones, so that a replay needs no option."""
    steps = (step for workflow in plan.workflows.values() for step in workflow.steps)
    return {
        step.source: step.server
        for step in steps
        if isinstance(step, OperationCall) and step.server.startswith(NO_SERVER)
    }


def _accepted(walked: Walked) -> Iterator[tuple[StepKey, int]]:
    """The steps that succeeded with an answer, and its status."""
    for fork, exchanged in zip(walked.forks, walked.run.exchanged, strict=False):
        if fork.taken[0] and isinstance(exchanged.received, Response):
            yield fork.point.key, exchanged.received.status


def _assumed(step: OperationCall, answer: Answer) -> str:
    operation = f"{step.operation.method} {step.operation.path}"
    if step.operation.response(answer.status) is None and step.operation.responses:
        return f"{operation} answers {answer.status} (documented: {', '.join(step.operation.responses)})"
    return f"the answer of {operation} has what '{step.step_id}' reads, which is not documented"


def _distinct(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Each problem once: inputs at other bounds bring about the same ones."""
    found: dict[tuple[str, str, str | None], Problem] = {}
    for problem in problems:
        found.setdefault((problem.kind, str(problem.location), problem.step), problem)
    return tuple(found.values())

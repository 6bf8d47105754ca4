"""The paths of a plan: a straight run, then every branch that some documented answer takes, then everything that fails.

Answers are tried on the interpreter itself, which is pure: what an answer comes to is seen without sending anything.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, Final, TypeAlias

from ..events import CriterionChecked
from ..interpreter import State
from ..messages import Response, TransportFailure
from ..mock import Mock
from ..plan import OperationCall, Plan, Retry
from ..values import JSON, MISSING, Missing, dumps, get_pointer
from .aims import Reached, Target, targets
from .answers import Answer
from .candidates import Candidates, Hints, changed_value
from .origins import FromInput, StepKey
from .runs import Concluded, Point, Received, Run, start
from .solving import Needs
from .uses import Uses

_RUNS: Final = 400  # runs of one workflow, the straight one included
_SOLVED: Final = 24  # attempts to bring one aim about from earlier answers and inputs
DROPPED: Final = TransportFailure("closed", "the connection was closed without an answer", "maybe_sent")
TIMED_OUT: Final = TransportFailure("timeout", "no answer in time", "maybe_sent")

# What an answer comes to as far as the way of a run goes: success, verdicts of criteria, actions that apply.
Signature: TypeAlias = "tuple[bool, tuple[tuple[str, bool], ...], tuple[int, ...], str]"
# The rank of a way on: the higher the better.
_Rank: TypeAlias = "tuple[bool, int, bool, int, int, int, int]"


@dataclass(frozen=True, slots=True)
class Way:
    """One of the ways on from a request: an answer of each signature is enough."""

    signature: Signature
    answer: Answer | TransportFailure
    concluded: Concluded


@dataclass(frozen=True, slots=True)
class Fork:
    """A run that stands at a request, the way it went there, and how it had strayed from the straight one."""

    run: Run
    point: Point
    taken: Signature
    strayed: tuple[tuple[StepKey, Signature], ...]


@dataclass(frozen=True, slots=True)
class Invalid:
    """A request that the API does not accept."""

    key: StepKey
    detail: str


@dataclass(slots=True)
class Walked:
    """A run to its end, with the forks on its way."""

    run: Run
    forks: list[Fork] = field(default_factory=list)
    invalid: list[Invalid] = field(default_factory=list)
    hints: Hints = field(default_factory=dict)
    assumed: list[tuple[StepKey, Answer]] = field(default_factory=list)

    @property
    def succeeded(self) -> bool:
        """Whether the workflow succeeded."""
        return self.run.state.end is not None and self.run.state.end.status == "succeeded"

    @property
    def is_bounded(self) -> bool:
        """Whether it ended by itself, not by a limit of the engine."""
        return self.run.state.end is not None and self.run.state.end.reason != "limit-exceeded"


@dataclass(frozen=True, slots=True)
class Unbounded:
    """A run that only a limit of the engine ended: the answer a step always got, and the run."""

    key: StepKey
    what: str
    run: Run


class Explorer:
    """Explores one plan. `seen` is what was reached in all of its runs, `runs` how many there were."""

    def __init__(
        self,
        plan: Plan,
        mock: Mock,
        inputs: Mapping[str, Any],
        *,
        uses: Uses | None = None,
        assume: bool = False,
        most: int = _RUNS,
    ) -> None:
        """With `assume`, a straight run that documented answers do not allow gets those the workflow reads."""
        self.plan = plan
        self.inputs = inputs
        self.seen = Reached()
        self.targets: tuple[Target, ...] = targets(plan)
        self.runs = 0
        self._mock = mock
        self._most = most
        self._assume = assume
        self._fills = False  # whether assumed answers have all that later requests take from them
        self._candidates = Candidates(uses or Uses(plan))
        self._tried: set[tuple[tuple[StepKey, Signature] | None, StepKey, Signature]] = set()
        self._needs = Needs(plan, self._candidates.answers)

    # -- the straight run ---------------------------------------------------------------------------------------------

    def straight(self) -> Walked:
        """The run that succeeds and leaves nothing out, as far as documented answers allow it."""
        best = self._walk({})
        asked: set[str] = set()
        while not best.succeeded and self.runs < self._most:
            better = self._solved(best, asked)
            if better is None:
                break
            best = better
        if self._assume and not best.succeeded:
            self._fills = True
            filled = self._walk(best.hints)
            best = filled if filled.succeeded or _length(filled) > _length(best) else best
        return self._accepted(best)

    def _accepted(self, best: Walked) -> Walked:
        """Another run in which the API accepts more requests, because earlier values are as these ask for them."""
        wanted = self._needs.of_requests({invalid.key for invalid in best.invalid}, best.hints, self._candidates.uses)
        proposed = [wanted, *({origin: value} for origin, value in wanted.items())] if wanted else []
        for hints in proposed[:_SOLVED]:
            if best.invalid and self.runs < self._most:
                walked = self._walk({**best.hints, **hints})
                goes_on = walked.succeeded or not best.succeeded
                if goes_on and _length(walked) >= _length(best) and len(walked.invalid) < len(best.invalid):
                    best = walked
        return best

    def _solved(self, failed: Walked, asked: set[str]) -> Walked | None:
        """Another run that comes further, because an earlier answer or an input is as a later criterion needs it."""
        for hints in self._needs.of_failure(failed.run, failed.hints):
            mark = _mark(hints)
            if mark in asked or len(asked) > _SOLVED * 4:
                continue
            asked.add(mark)
            walked = self._walk(hints)
            if walked.succeeded or _length(walked) > _length(failed):
                return walked
        return None

    def _walk(self, hints: Hints) -> Walked:
        self.runs += 1
        run = start(self.plan, _with_inputs(self.plan, self.inputs, hints), self._mock.anew(), self.seen)
        walked = Walked(run, hints=hints)
        self._go_on(walked, (), {})
        return walked

    def _go_on(
        self,
        walked: Walked,
        strayed: tuple[tuple[StepKey, Signature], ...],
        sticky: Mapping[StepKey, Signature],
        always: Mapping[StepKey, Received] | None = None,
    ) -> None:
        """Straight on to the end; a step of `sticky` goes its way again, one of `always` gets its answer again."""
        run = walked.run
        while (point := run.point()) is not None:
            if always and point.key in always:
                run.give(point, run.conclude(point, _for(point, always[point.key])))
                continue
            before = run.fork()
            way = self._best(walked, point, sticky.get(point.key))
            walked.forks.append(Fork(before, point, way.signature, strayed))
            run.give(point, way.concluded)

    def _best(self, walked: Walked, point: Point, wanted: Signature | None) -> Way:
        run = walked.run
        usual = self._usual(walked, point)
        if usual is not None and not walked.hints and wanted is None:
            way = _way(run, point, usual)
            if _rank(run, way) >= _STRAIGHT_ON and not self._unfilled(point, way):
                return way
        ways = list(self._ways(run, point, usual, walked.hints))
        again = next((way for way in ways if way.signature == wanted), None)
        if again is not None:
            return again
        best = max(ways, key=lambda way: _rank(run, way))
        if not best.concluded.outcome.succeeded:
            best = max((best, *self._met(run, point, best)), key=lambda way: _rank(run, way))
        if wanted is None:
            best = self._with_outputs(run, point, best)
        if self._assume and wanted is None and (_lacks(best) or self._unfilled(point, best)):
            documented = best.answer if isinstance(best.answer, Answer) else usual
            assumed = self._candidates.assumed(run, point, documented, any_status=True)
            ways = [best, *(_way(run, point, answer) for answer in assumed)]
            best = max(ways, key=lambda way: (_rank(run, way)[:4], -self._unfilled(point, way), _rank(run, way)))
        if isinstance(best.answer, Answer) and best.answer.assumed:
            walked.assumed.append((point.key, best.answer))
        return best

    def _with_outputs(self, run: Run, point: Point, way: Way) -> Way:
        """The same way by an answer that gives values to more outputs, as far as documented ones do."""
        for output in point.step.outputs:
            absent = len(way.concluded.outcome.missing_outputs)
            if not isinstance(way.answer, Answer) or not way.concluded.outcome.succeeded or not absent:
                break
            for answer in self._candidates.for_output(run, point, way.answer, output):
                other = _way(run, point, answer)
                fewer = len(other.concluded.outcome.missing_outputs) < absent
                if fewer and other.signature == way.signature and self._allows(answer):
                    way = other
                    break
        return way

    def _unfilled(self, point: Point, way: Way) -> int:
        """How many places later requests take values from that an answer lacks."""
        value = way.answer.value if isinstance(way.answer, Answer) else MISSING
        read = self._candidates.uses.read_in(point.key) if self._fills else ()
        return sum(get_pointer(value, tokens) is MISSING for tokens in read)

    def _met(self, run: Run, point: Point, way: Way) -> Iterator[Way]:
        """A way that meets one criterion after the other, keeping those that are met."""
        for position, criterion in enumerate(point.step.criteria):
            met = _verdicts(way)
            if not isinstance(way.answer, Answer) or len(met) <= position or met[position]:
                continue
            for answer in self._candidates.for_criterion(run, point, way.answer, criterion):
                other = _way(run, point, answer)
                now = _verdicts(other)
                kept = all(now[index] for index, passed in enumerate(met) if passed)
                if kept and now[position] and (answer.assumed or self._allows(answer)):
                    way = other
                    break
        yield way

    def _usual(self, walked: Walked, point: Point) -> Answer | None:
        """The answer of the mock, which knows what was created; None where it refuses the request."""
        mock = walked.run.mock
        refusal = mock.refusal(point.request)
        if refusal is not None:
            walked.invalid.append(Invalid(point.key, refusal.detail))
            return None
        return self._candidates.answers.read(point.step.operation, mock.respond(point.request))

    def _ways(self, run: Run, point: Point, usual: Answer | None, hints: Hints) -> Iterator[Way]:
        """A way for each signature, by the answer that was changed least."""
        seen: set[Signature] = set()
        answers = self._candidates.all(run, point, usual, hints)
        if self._assume:
            answers = chain(answers, self._candidates.assumed(run, point, usual, any_status=False))
        for answer in answers:
            way = _way(run, point, answer)
            if way.signature not in seen and (answer.assumed or not answer.changes or self._allows(answer)):
                seen.add(way.signature)
                yield way
        for failure in (DROPPED, TIMED_OUT):
            way = _way(run, point, failure)
            if way.signature not in seen:
                seen.add(way.signature)
                yield way

    def _allows(self, answer: Answer) -> bool:
        return self._candidates.answers.allows(answer)

    # -- every branch -------------------------------------------------------------------------------------------------

    def branches(self, first: Walked) -> None:
        """Go every way from every request of a run, and of the runs that come of it: one deviation, then pairs."""
        waiting = deque(first.forks)
        while waiting and self.runs < self._most and self.missing():
            waiting += self._expanded(waiting.popleft(), first.hints)
        for target in self.missing():
            waiting += self._aimed(target, first)
            while waiting and self.runs < self._most and self.missing():
                waiting += self._expanded(waiting.popleft(), first.hints)

    def missing(self) -> list[Target]:
        """The aims that no run has reached."""
        return [target for target in self.targets if target.key not in self.seen.keys]

    def _expanded(self, fork: Fork, hints: Hints) -> Iterator[Fork]:
        last = fork.strayed[-1] if fork.strayed else None
        usual = self._usual(Walked(fork.run.fork()), fork.point)
        for way in self._ways(fork.run, fork.point, usual, hints):
            mark = (last, fork.point.key, way.signature)
            if way.signature == fork.taken or mark in self._tried or self.runs >= self._most:
                continue
            self._tried.add(mark)
            strayed = (*fork.strayed, (fork.point.key, way.signature))
            walked = self._from(fork, way, strayed, hints, {})
            if len(strayed) < 2:
                yield from walked.forks
            if _is_retried(fork.point.step, way):
                self._from(fork, way, strayed, hints, {fork.point.key: way.signature})

    def _from(
        self,
        fork: Fork,
        way: Way,
        strayed: tuple[tuple[StepKey, Signature], ...],
        hints: Hints,
        sticky: Mapping[StepKey, Signature],
    ) -> Walked:
        self.runs += 1
        walked = Walked(fork.run.fork(), hints=hints)
        if way.concluded.outcome.succeeded:
            self._usual(walked, fork.point)  # so that the mock remembers what was created
        walked.run.give(fork.point, way.concluded)
        self._go_on(walked, strayed, sticky)
        return walked

    def _aimed(self, target: Target, first: Walked) -> Iterator[Fork]:
        """Runs in which earlier answers and inputs are as an aim needs them."""
        at_step = next((fork.run for fork in first.forks if fork.point.key == target.key.step), None)
        for count, hints in enumerate(self._needs.of_target(target, at_step)):
            if count >= _SOLVED or self.runs >= self._most or target.key in self.seen.keys:
                return
            walked = self._walk({**first.hints, **hints})
            yield from walked.forks

    # -- everything that fails ----------------------------------------------------------------------------------------

    def failures(self, first: Walked) -> Iterator[Unbounded]:
        """Each documented error, a dropped connection and a time-out, at each step and from then on.

        Yields:
            The runs that do not end by themselves.
        """
        done: set[StepKey] = set()
        for fork in first.forks:
            if fork.point.key in done:
                continue
            done.add(fork.point.key)
            for what, received in self._failing(fork):
                self.runs += 1
                walked = Walked(fork.run.fork(), hints=first.hints)
                walked.run.give(fork.point, walked.run.conclude(fork.point, received))
                self._go_on(walked, (), {}, {fork.point.key: received})
                if not walked.is_bounded:
                    yield Unbounded(fork.point.key, what, walked.run)

    def _failing(self, fork: Fork) -> Iterator[tuple[str, Received]]:
        point = fork.point
        for status in self._candidates.statuses(point.key, point.step):
            if not 200 <= status < 400:
                for answer in self._candidates.answers.at(point.step.operation, status, None)[:1]:
                    yield str(status), answer.response(point.request.url)
        yield "a dropped connection", DROPPED
        yield "a time-out", TIMED_OUT


def _verdicts(way: Way) -> tuple[bool, ...]:
    return tuple(passed for passed, _ in way.concluded.outcome.verdicts)


def _lacks(way: Way) -> bool:
    outcome = way.concluded.outcome
    return not outcome.succeeded or bool(outcome.missing_outputs)


def _for(point: Point, received: Received) -> Received:
    return replace(received, url=point.request.url) if isinstance(received, Response) else received


def _way(run: Run, point: Point, answer: Answer | TransportFailure) -> Way:
    received = answer if isinstance(answer, TransportFailure) else answer.response(point.request.url)
    concluded = run.conclude(point, received)
    outcome = concluded.outcome
    checked = tuple(
        (f"{event.location}|{event.action}", event.passed)
        for event in concluded.events
        if isinstance(event, CriterionChecked)
    )
    kind = received.kind if isinstance(received, TransportFailure) else ""
    actions = tuple(action.index for action in outcome.actions)
    return Way((outcome.succeeded, checked, actions, kind), answer, concluded)


# Success, to the next step, answered, with every output, as the mock answers.
_STRAIGHT_ON: Final[_Rank] = (True, 3, True, 0, 0, 0, 0)


def _rank(run: Run, way: Way) -> _Rank:
    outcome = way.concluded.outcome
    answered = isinstance(way.answer, Answer)
    changes = way.answer.changes + 100 * way.answer.assumed if isinstance(way.answer, Answer) else 0
    status = 0 if outcome.succeeded else outcome.status or 0
    failed = 0 if outcome.succeeded else sum(not passed for passed, _ in outcome.verdicts)
    absent = len(outcome.missing_outputs)
    return outcome.succeeded, _forward(run, way), answered, -failed, -absent, -changes, -status


def _forward(run: Run, way: Way) -> int:
    """How a run goes on: 3 to the next step or the end after the last, 2 ahead, 1 to an early end, 0 not ahead."""
    before, after = run.state, run.after(way.concluded)
    frame = before.frames[-1]
    steps = run.plan.workflows[frame.workflow].steps
    if after.end is not None and after.end.status == "failed":
        return 0
    if len(after.frames) < len(before.frames) or after.end is not None:
        return 3 if frame.position == len(steps) - 1 else 1
    return _ahead(before, after)


def _ahead(before: State, after: State) -> int:
    frame, now = before.frames[-1], after.frames[len(before.frames) - 1]
    if now.workflow != frame.workflow or now.path != frame.path:
        return 2
    if now.position <= frame.position:
        return 0
    return 3 if now.position == frame.position + 1 or len(after.frames) > len(before.frames) else 2


def _is_retried(step: OperationCall, way: Way) -> bool:
    outcome = way.concluded.outcome
    actions = step.success_actions if outcome.succeeded else step.failure_actions
    return any(isinstance(actions[matched.index], Retry) for matched in outcome.actions)


def _length(walked: Walked) -> int:
    """How far a run came: the steps that succeeded, each once."""
    frames = walked.run.state.frames
    return len(walked.run.exchanged) + sum(sum(frame.done.values()) for frame in frames)


def _with_inputs(plan: Plan, inputs: Mapping[str, Any], hints: Hints) -> Mapping[str, Any]:
    """The inputs with the values that are asked for, as far as the inputs schema allows them."""
    result: Any = dict(inputs)
    for origin, value in hints.items():
        if isinstance(origin, FromInput):
            changed = changed_value(result, origin.tokens, value)
            if isinstance(changed, dict) and not plan.workflow.inputs.problems(changed):
                result = changed
    return result  # type: ignore[no-any-return]


def _mark(hints: Hints) -> str:
    return "; ".join(f"{origin}={_shown(value)}" for origin, value in hints.items())


def _shown(value: JSON | Missing) -> str:
    return "absent" if value is MISSING else dumps(value)

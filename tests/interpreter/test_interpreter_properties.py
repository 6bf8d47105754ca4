"""The interpreter is pure, its state is a value that JSON can hold, every run ends within its bounds (rule 1)."""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import arazzo_of, openapi_of
from workflow_parts import VirtualTime, call, end, goto, retry, step

import arazzo_runner
from arazzo_runner import Limits
from arazzo_runner.document import read
from arazzo_runner.drivers import sync
from arazzo_runner.drivers.session import Session
from arazzo_runner.errors import TransportError
from arazzo_runner.events import Event, RunFinished, StepFinished, StepStarted
from arazzo_runner.interpreter import (
    Outcome,
    State,
    Waited,
    advance,
    begin,
    from_json,
    interrupt,
    outcome_from_json,
    outcome_to_json,
    to_json,
)
from arazzo_runner.interpreter.state import MatchedAction
from arazzo_runner.messages import Request, Response
from arazzo_runner.plan import Plan

IMPURE = {
    "asyncio", "contextvars", "ctypes", "getpass", "http", "io", "locale", "logging", "multiprocessing", "os",
    "pathlib", "platform", "queue", "random", "secrets", "selectors", "shutil", "signal", "socket", "ssl", "subprocess",
    "sys", "tempfile", "threading", "time", "urllib", "uuid", "warnings",
}  # fmt: skip
INTERPRETER = Path(arazzo_runner.__file__).parent / "interpreter"


# -- purity -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", sorted(INTERPRETER.glob("*.py")), ids=lambda file: file.name)
def test_no_module_of_the_interpreter_imports_a_clock_chance_or_a_way_out(file: Path):
    tree = ast.parse(file.read_text("utf-8"))

    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and node.level == 0
            else []
        )
    }

    assert imported & IMPURE == set()


@pytest.mark.parametrize("file", sorted(INTERPRETER.glob("*.py")), ids=lambda file: file.name)
def test_no_module_of_the_interpreter_opens_prints_or_waits(file: Path):
    tree = ast.parse(file.read_text("utf-8"))

    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    waits = [node for node in ast.walk(tree) if isinstance(node, (ast.AsyncFunctionDef, ast.Await, ast.Global))]

    assert called & {"open", "print", "input", "eval", "exec", "__import__"} == set()
    assert waits == []


# -- values -----------------------------------------------------------------------------------------------------------

names = st.sampled_from(["a", "b", "$bytes", "$decimal", "$object", "$", "x y", ""])
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4)
    | st.binary(max_size=4)
    | st.decimals(allow_nan=False, allow_infinity=False)
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3))
outcomes = st.builds(
    Outcome,
    effect=st.just("s#1.1"),
    succeeded=st.booleans(),
    phase=st.sampled_from(["not_sent", "maybe_sent", "answered"]),
    received_at=st.floats(0, 2e9),
    status=st.none() | st.integers(100, 599),
    reason=st.none() | st.just("criteria"),
    message=st.none() | st.text(max_size=5),
    verdicts=st.lists(st.tuples(st.booleans(), st.none() | st.text(max_size=5)), max_size=2).map(tuple),
    outputs=st.none() | st.dictionaries(names, values, max_size=3),
    missing_outputs=st.lists(st.text(max_size=3), max_size=2).map(tuple),
    actions=st.lists(
        st.builds(
            MatchedAction,
            index=st.integers(0, 5),
            inputs=st.none() | st.dictionaries(names, values, max_size=3),
            error=st.none() | st.text(max_size=3),
        ),
        max_size=2,
    ).map(tuple),
    retry_after=st.none() | st.floats(0, 1e6),
    duration_s=st.floats(0, 1e3),
)


def through_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


def same_types(left: Any, right: Any) -> bool:
    """Equal, and of the same types all the way down (1, 1.0 and True are equal to Python)."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same_types(left[key], right[key]) for key in left)
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same_types, left, right))
    if isinstance(left, Decimal):
        return str(left) == str(right)
    return bool(left == right)


@settings(max_examples=40, deadline=None)
@given(outcomes)
def test_an_outcome_comes_back_from_json_as_it_was(outcome: Outcome):
    back = outcome_from_json(through_json(outcome_to_json(outcome)))

    assert isinstance(back, Outcome)
    assert back == outcome
    assert same_types(back.outputs, outcome.outputs)
    assert same_types([a.inputs for a in back.actions], [a.inputs for a in outcome.actions])


def test_a_wait_comes_back_from_json_as_it_was():
    waited = Waited(effect="a/b#1.2", received_at=12.5)

    assert outcome_from_json(through_json(outcome_to_json(waited))) == waited


# -- runs -------------------------------------------------------------------------------------------------------------

OPENAPI = openapi_of("get GET /get", "post POST /post")
STEPS = ("s0", "s1", "s2")
BODIES = [
    b"",
    b'{"v": 1}',
    b'{"v": {"$bytes": "QQ==", "$object": {"$decimal": "x"}}}',
    b'{"v": 0.12345678901234567890123456789, "w": [1e400, null, 123456789012345678901234567890]}',
    b'{"v": "\xc3\xa9\\ud83d\\ude00"}',
    b"not json",
]
ANSWERS = st.one_of(
    st.builds(
        Response,
        status=st.sampled_from([200, 200, 401, 503]),
        headers=st.sampled_from(
            [
                (),
                (("content-type", "application/json"),),
                (("retry-after", "2"),),
                (("retry-after", "9999"),),
                (("content-type", "application/octet-stream"),),
            ]
        ),
        body=st.sampled_from([*BODIES, b"\xff\xfe"]),
    ),
    st.sampled_from(["maybe_sent", "not_sent"]).map(lambda phase: TransportError("down", kind="connect", phase=phase)),
)


def actions(*, failure: bool) -> st.SearchStrategy[list[dict[str, Any]]]:
    criteria = st.none() | st.sampled_from(["$statusCode == 503", "$statusCode < 400", "$response.body#/v == 1"]).map(
        lambda condition: [{"condition": condition}]
    )
    parameters = st.sampled_from([{}, {"parameters": [{"name": "v", "value": "$response.body#/v"}]}])
    kinds: list[st.SearchStrategy[dict[str, Any]]] = [
        st.just(end()),
        st.sampled_from(STEPS).map(goto),
        st.builds(lambda more: goto(workflow="other", **more), parameters),
    ]
    if failure:
        after = st.sampled_from([{}, {"after": 1.5}, {"limit": 2}, {"limit": 0}, {"after": 1, "limit": 3}])
        kinds += [
            st.builds(lambda more: retry(**more), after),
            st.builds(lambda more, step_id: retry(step=step_id, **more), after, st.sampled_from(STEPS)),
            st.builds(lambda more, given: retry(workflow="other", **more, **given), after, parameters),
        ]
    one = st.builds(lambda action, c: {**action, **({"criteria": c} if c else {})}, st.one_of(kinds), criteria)
    return st.lists(one, max_size=2).map(lambda found: [{**a, "name": f"{i}"} for i, a in enumerate(found)])


def a_step(step_id: str) -> st.SearchStrategy[dict[str, Any]]:
    lists = {"onSuccess": actions(failure=False), "onFailure": actions(failure=True)}
    timeout = st.sampled_from([{}, {}, {"timeout": 3000}])
    call_operation = st.builds(
        lambda on, more: step(step_id, "get", outputs={"v": "$response.body#/v", "b": "$response.body"}, **on, **more),
        st.fixed_dictionaries(lists),
        timeout,
    )
    call_workflow = st.builds(
        lambda on, more, target: call(step_id, target, outputs={"v": "$outputs.v"}, **on, **more),
        st.fixed_dictionaries({"onFailure": actions(failure=True).map(_without_response)}),
        timeout,
        st.sampled_from(["other", "main"]),
    )
    return call_operation | call_operation | call_workflow


def _without_response(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The actions of a step that calls a workflow: there is no response to refer to."""
    return [{k: v for k, v in action.items() if k not in ("criteria", "parameters")} for action in found]


outputs = {"v": "$steps.s0.outputs.v"}
workflows = st.builds(
    lambda steps, more, depends: [
        {
            "workflowId": "main",
            "steps": list(steps),
            "outputs": outputs,
            **({"dependsOn": ["base"]} if depends else {}),
        },
        {"workflowId": "other", "steps": list(more), "outputs": outputs, "inputs": {"type": "object"}},
        {"workflowId": "base", "steps": [step("s0", "get", outputs={"v": "$response.body#/v"})], "outputs": outputs},
    ],
    st.tuples(*map(a_step, STEPS)),
    st.tuples(*map(a_step, STEPS)),
    st.booleans(),
)
LIMITS = Limits(max_steps=25, max_nesting=4, max_delay=12.0, max_time=40.0, max_retry_after=5.0)


@dataclass
class Drawn:
    """A transport that gives drawn answers in turn; each takes a quarter of a second."""

    answers: Sequence[Response | TransportError]
    time: VirtualTime
    sent: list[Request] = field(default_factory=list)

    def send(self, request: Request, *, timeout: float, limits: Limits) -> Response:
        self.time.now += min(0.25, timeout)
        answer = self.answers[len(self.sent) % len(self.answers)]
        self.sent.append(request)
        if isinstance(answer, TransportError):
            raise answer
        return answer

    def close(self) -> None:
        pass


def plan_of(parts: list[dict[str, Any]]) -> Plan:
    document = read(json.dumps(OPENAPI).encode(), uri="memory:/openapi.json", name="openapi.json")
    loaded = arazzo_runner.load(
        json.dumps(arazzo_of(*parts, version="1.1.0")).encode(),
        documents=(document,),
        cache=False,
        env={},
        servers={"": "http://x.invalid"},
        limits=LIMITS,
    )
    return loaded.plan("main")


@dataclass
class Lived:
    """A run as it happened: the states before each outcome, the outcomes, the events."""

    plan: Plan
    states: list[State]
    outcomes: list[Outcome | Waited]
    events: list[Event]
    drawn: Drawn
    end: State


def live(parts: list[dict[str, Any]], answers: Sequence[Response | TransportError]) -> Lived:
    time = VirtualTime()
    plan = plan_of(parts)
    states: list[State] = []
    happened: list[Outcome | Waited] = []
    events: list[Event] = []
    drawn = Drawn(answers, time)

    def keep(outcome: Outcome | Waited) -> None:
        states.append(session.state)
        happened.append(outcome)

    session = Session(plan, {}, events.append, limits=LIMITS, clock=time, outcomes=keep)
    final = sync.run(session, drawn, limits=LIMITS, sleep=time.sleep)
    return Lived(plan, states, happened, events, drawn, final)


@settings(max_examples=150, deadline=None)
@given(workflows, st.lists(ANSWERS, min_size=1, max_size=6))
def test_every_run_ends_within_its_bounds_and_its_state_is_a_value(
    parts: list[dict[str, Any]], answers: list[Response | TransportError]
):
    lived = live(parts, answers)

    check_the_end(lived)
    check_the_bounds(lived)
    check_the_states(lived)
    check_the_fold(lived)
    check_an_interruption(lived)


def check_the_end(lived: Lived) -> None:
    """The run has ended, once, and every step that began has finished (but for those a limit stopped)."""
    assert lived.end.end is not None
    assert (lived.end.frames, lived.end.outstanding) == ((), ())
    assert isinstance(lived.events[-1], RunFinished)
    assert sum(isinstance(event, RunFinished) for event in lived.events) == 1
    started = [event.id for event in lived.events if isinstance(event, StepStarted)]
    finished = [event.id for event in lived.events if isinstance(event, StepFinished)]
    assert len(set(started)) == len(started) == lived.end.executed
    assert len(set(finished)) == len(finished)
    assert set(finished) <= set(started)
    aborted = any(isinstance(event, StepFinished) and event.reason == "timeout" for event in lived.events)
    if lived.end.end.reason != "limit-exceeded" and not aborted:
        assert set(started) == set(finished)


def check_the_bounds(lived: Lived) -> None:
    assert lived.end.executed <= LIMITS.max_steps
    assert len(lived.drawn.sent) <= LIMITS.max_steps
    assert sum(lived.drawn.time.slept) <= LIMITS.max_delay
    assert all(len(state.frames) <= LIMITS.max_nesting for state in lived.states)
    assert lived.end.now - 1_900_000_000 <= (LIMITS.max_time or 0) + 0.25


def check_the_states(lived: Lived) -> None:
    """Serialising and reading back changes nothing, after every outcome."""
    for state in [*lived.states, lived.end]:
        assert from_json(through_json(to_json(state))) == state


def check_the_fold(lived: Lived) -> None:
    """The recorded outcomes, folded over the first state, give every later one."""
    state, effects, _ = begin(lived.plan, {}, now=1_900_000_000.0)
    for before, outcome in zip(lived.states, lived.outcomes, strict=True):
        assert state == before
        assert [effect.id for effect in effects] == [outcome.effect]
        recorded = outcome_from_json(through_json(outcome_to_json(outcome)))
        assert recorded == outcome
        state, effects, _ = advance(lived.plan, from_json(through_json(to_json(state))), recorded)
    assert state == lived.end


def check_an_interruption(lived: Lived) -> None:
    """From any state a run can be ended; it has an end then, and nothing left to do."""
    for state in lived.states:
        ended, events = interrupt(lived.plan, state, now=state.now, message="enough")
        assert ended.end is not None
        assert (ended.end.status, ended.end.reason) == ("failed", "interrupted")
        assert (ended.frames, ended.outstanding) == ((), ())
        assert isinstance(events[-1], RunFinished)


def test_advancing_never_changes_the_state_it_is_given():
    parts = [
        {"workflowId": "main", "steps": [step("s0", "get", outputs={"v": "$response.body#/v"}, onFailure=[retry()])]}
    ]
    lived = live(parts, [Response(503), Response(200, body=b'{"v": 1}')])
    before = [to_json(state) for state in lived.states]

    for state, outcome in zip(lived.states, lived.outcomes, strict=True):
        advance(lived.plan, state, outcome)
        advance(lived.plan, state, outcome)

    assert [to_json(state) for state in lived.states] == before

"""The judge: what the server saw comes first, then the outcome, then outputs and steps if the engine shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .compare import same, shown
from .conversation import Conversation
from .scenario import Scenario

Verdict = Literal["pass", "fail", "error", "skip", "compared"]
_ABSENT = object()
_TOLD = 20  # problems of one run


@dataclass(frozen=True)
class Reply:
    """What an engine says of a run; None is what it cannot show."""

    outcome: Literal["success", "failure", "rejected"]
    outputs: Mapping[str, Any] | None = None
    steps: Mapping[str, Mapping[str, Any]] | None = None
    message: str | None = None


@dataclass(frozen=True)
class Judgement:
    """The verdict, and in lines for a person what is not as expected."""

    verdict: Verdict
    problems: tuple[str, ...] = ()


def judge(scenario: Scenario, conversation: Conversation, reply: Reply) -> Judgement:
    """Compare one run with what the scenario permits; where it expects nothing there is nothing to judge."""
    if not scenario.expectations:
        return Judgement("compared")
    problems = [list(_problems(expectation, conversation, reply)) for expectation in scenario.expectations]
    best = min(problems, key=len)
    return Judgement("fail", tuple(_shortened(best))) if best else Judgement("pass")


def _shortened(problems: list[str]) -> list[str]:
    """An engine that runs away does not fill the record."""
    more = len(problems) - _TOLD
    return [*problems[:_TOLD], f"and {more} more"] if more > 0 else problems


def _problems(expectation: Mapping[str, Any], conversation: Conversation, reply: Reply) -> Iterator[str]:
    yield from _wire(expectation, conversation)
    yield from _outcome(expectation, conversation, reply)
    if reply.outputs is not None:
        yield from _values("output", expectation, reply.outputs)
    if reply.steps is not None:
        for step_id, wanted in expectation.get("steps", {}).items():
            yield from _step(step_id, wanted, reply.steps.get(step_id))


def _wire(expectation: Mapping[str, Any], conversation: Conversation) -> Iterator[str]:
    for number, seen in enumerate(conversation.seen, 1):
        line = f"{seen.received.method} {seen.received.target}"
        if seen.exchange is None:
            yield f"request {number}, {line}, is not expected here"
        yield from (f"request {number}, {line}: {difference}" for difference in seen.differences)
    wanted, taken = expectation["exchanges"], len(conversation.matched)
    if taken < wanted:
        missing = [e.request for e in conversation.missing[: wanted - taken]]
        yield from (f"{request['method']} {request['path']} is expected and not sent" for request in missing)
    if taken > wanted:
        yield f"{wanted or 'no'} request{'s' * (wanted != 1)} expected, {taken} seen"


def _outcome(expectation: Mapping[str, Any], conversation: Conversation, reply: Reply) -> Iterator[str]:
    wanted = expectation["outcome"]
    if wanted == reply.outcome or (wanted != "success" and reply.outcome != "success" and _silent(conversation)):
        return
    if wanted == "rejected" and reply.outcome == "failure":
        return  # the requests it has sent are told already
    told = f" ({reply.message})" if reply.message else ""
    yield f"the outcome {wanted} is expected, {reply.outcome} is reported{told}"


def _silent(conversation: Conversation) -> bool:
    """Nothing was sent: to refuse a document and to fail at once look the same."""
    return not conversation.seen


def _values(what: str, expectation: Mapping[str, Any], seen: Mapping[str, Any]) -> Iterator[str]:
    for name, wanted in expectation.get("outputs", {}).items():
        value = seen.get(name, _ABSENT)
        if value is _ABSENT:
            yield f"{what} {name}: {shown(wanted)} is expected, there is none"
        elif not same(wanted, value):
            yield f"{what} {name}: {shown(wanted)} is expected, {shown(value)} is reported"
    for name in expectation.get("absentOutputs", ()):
        if name in seen:
            yield f"{what} {name}: none is expected, {shown(seen[name])} is reported"


def _step(step_id: str, wanted: Mapping[str, Any], seen: Mapping[str, Any] | None) -> Iterator[str]:
    if seen is None:
        yield f"step {step_id} is expected to run, it is not reported"
        return
    for name in ("outcome", "attempts"):
        if name in wanted and seen.get(name) is not None and seen[name] != wanted[name]:
            yield f"step {step_id}: {name} {wanted[name]} is expected, {seen[name]} is reported"
    if seen.get("outputs") is not None:
        yield from _values(f"step {step_id}, output", wanted, seen["outputs"])

"""What a run's end means, and what to do about it: the last lines of the console."""

from __future__ import annotations

from ..events import RunFinished
from .attempts import Attempt, Attempts


def summary(end: RunFinished, attempts: Attempts, seconds: float) -> str:
    """One line: how it ended, and why."""
    ran = [attempt for attempt in attempts if attempt.finished]
    if end.reason == "interrupted":
        return f"interrupted: {_what_ran(attempts)}"
    if end.status == "succeeded":
        by = f", ended by action '{end.ended_by}'" if end.ended_by else ""
        return f"succeeded: {_counted(len(ran), 'step')} in {duration(seconds)}{by}"
    by = f" (ended by action '{end.ended_by}')" if end.ended_by else ""
    return f"failed: {end.message or _last_message(ran) or end.reason or 'no reason was given'}{by}"


def what_to_do(end: RunFinished, attempts: Attempts, *, verbose: bool) -> str | None:
    """What a person can do about a failed run, or None."""
    match end.reason:
        case "transport":
            return _after_no_answer(end, attempts)
        case "timeout":
            return "the document's own timeout ended it: raise the timeout of the step, or look at the server"
        case "contract":
            return "the answer differs from its description; --contract warn reports it and goes on"
        case "interrupted":
            return _after_interrupt(attempts)
        case "criteria" | "action" if not verbose:
            return "-v shows the headers and bodies of every request and response"
        case _:
            return None


def _after_no_answer(end: RunFinished, attempts: Attempts) -> str | None:
    failures = [attempt.failure for attempt in attempts if attempt.failure]
    if failures and failures[-1].kind == "credential":  # the reason says what to do
        return None
    if end.phase == "answered":  # redirects without end, a body beyond its bound: the reason says what to do
        return None
    if end.phase == "maybe_sent":
        return "the request may have been carried out: look before you run it again; --timeout allows more time"
    return "nothing reached the server with this request: check that it runs, and its address (-s URL)"


def _after_interrupt(attempts: Attempts) -> str | None:
    under_way = [attempt for attempt in attempts if attempt.sent and not (attempt.received or attempt.refused)]
    if not under_way:
        return None
    return f"the request of {under_way[-1].name} may have been carried out: look before you run it again"


def _what_ran(attempts: Attempts) -> str:
    ran = [f"{attempt.name}{'' if attempt.succeeded else ' (failed)'}" for attempt in attempts if _is_done(attempt)]
    under_way = [attempt.name for attempt in attempts if not _is_done(attempt)]
    told = f"ran {', '.join(ran)}" if ran else "no step was finished"
    return f"{told}; {', '.join(under_way)} was under way" if under_way else told


def _is_done(attempt: Attempt) -> bool:
    """A run that is interrupted may still conclude the step that was under way, as interrupted."""
    return attempt.finished is not None and attempt.finished.reason != "interrupted"


def _last_message(ran: list[Attempt]) -> str | None:
    failed = [attempt for attempt in ran if not attempt.succeeded]
    return f"{failed[-1].name}: {failed[-1].message}" if failed and failed[-1].message else None


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def duration(seconds: float) -> str:
    """`12 ms`, `1.25 s`, `2 min 5 s`."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.2f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"

"""A recorded case (report/case.py) as what the replay driver needs, and what counts as a difference."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from urllib.parse import unquote

from .drivers.replay import Difference, Recorded, step_of
from .messages import Headers, Request, Response, TransportFailure, header
from .report.case import Case, Expectation, RecordedExchange, body_bytes
from .report.result import Result
from .secrets import is_secret_name
from .values import dumps, jsonable, loads, same

_BOUNDARY = "multipart/"
_PLACEHOLDER = re.compile("«secret:[^»]*»")


def recorded_of(case: Case) -> Iterator[Recorded]:
    """The exchanges of a case that have an answer."""
    for exchange in case.exchanges:
        answer = exchange.response or exchange.failure
        if isinstance(answer, (Response, TransportFailure)):
            step = exchange.step.rpartition("/")[2]
            yield Recorded(step, exchange.id, _request(exchange), answer, exchange.duration, exchange.at)


def _request(exchange: RecordedExchange) -> Request | None:
    recorded = exchange.request
    if recorded is None or recorded.method is None or recorded.url is None:
        return None
    content_type = header(recorded.headers, "content-type")
    body = body_bytes(recorded.content, content_type) if recorded.content is not None else None
    return Request(recorded.method, recorded.url, recorded.headers, body)


def verdicts_of(
    case: Case, conditions: Collection[tuple[str, str | None, str]]
) -> Mapping[tuple[str, str, str | None], tuple[bool, str | None]]:
    """The verdicts that read a secret, by effect, condition and action.

    `conditions` are those of the plan, as (stepId, action, text): a secret within a recorded one is a placeholder.
    """
    return {
        (exchange.id, text, verdict.action): (verdict.passed, verdict.reason)
        for exchange in case.exchanges
        if exchange.id is not None
        for verdict in exchange.verdicts
        if verdict.secret
        for text in _texts(verdict.condition, (step_of(exchange.id), verdict.action), conditions)
    }


def _texts(
    recorded: str, place: tuple[str, str | None], conditions: Collection[tuple[str, str | None, str]]
) -> Iterator[str]:
    """The conditions at a place that a recorded one may stand for: itself, and with anything for its placeholders."""
    yield recorded
    if _PLACEHOLDER.search(recorded):
        pattern = re.compile(".+".join(map(re.escape, _PLACEHOLDER.split(recorded))), re.DOTALL)
        yield from (text for *at, text in conditions if tuple(at) == place and pattern.fullmatch(text))


def compare(recorded: Request, sent: Request) -> Iterable[tuple[str, str, str]]:
    """What differs between two requests: method, URL, headers the record has, body by value."""
    if recorded.method != sent.method:
        yield "method", recorded.method, sent.method
    url = _without_credentials(recorded.url, sent.url)
    if unquote(url) != unquote(sent.url):
        yield "URL", url, sent.url
    yield from _headers(recorded.headers, sent.headers)
    if not _same_body(recorded, sent):
        yield "body", _shown(recorded.body), _shown(sent.body)


def _without_credentials(recorded: str, sent: str) -> str:
    """The recorded URL without the secrets in its query that are not sent: a replay does not sign its requests."""
    head, mark, query = recorded.partition("?")
    names = {pair.partition("=")[0] for pair in sent.partition("?")[2].split("&")}
    kept = [p for p in query.split("&") if p.partition("=")[0] in names or not _is_placeholder(p.partition("=")[2])]
    return head + (mark + "&".join(kept) if kept else "")


def _is_placeholder(text: str) -> bool:
    return unquote(text).startswith("«secret:")


def _headers(recorded: Headers, sent: Headers) -> Iterator[tuple[str, str, str]]:
    for name, value in recorded:
        now = header(sent, name)
        if is_secret_name(name) or value.startswith(_BOUNDARY) or (now is None and _is_placeholder(value)):
            continue
        if now is None:
            yield f"header {name}", value, "absent"
        elif now != header(recorded, name):
            yield f"header {name}", value, now


def _same_body(recorded: Request, sent: Request) -> bool:
    left, right = recorded.body, sent.body
    if left == right or recorded.body is None or (header(sent.headers, "content-type") or "").startswith(_BOUNDARY):
        return True
    try:
        return same(loads(left or b""), loads(right or b""))
    except (ValueError, RecursionError):
        return unquote((left or b"").decode("utf-8", "replace")) == unquote((right or b"").decode("utf-8", "replace"))


def _shown(body: bytes | None) -> str:
    return "empty" if not body else body[:200].decode("utf-8", "replace")


def outcome_differences(case: Case, result: Result) -> Iterator[Difference]:
    """What the case expects of the run and did not come."""
    expect: Expectation = case.expect
    outcome = "success" if result.status == "succeeded" else "failure"
    if expect.outcome is not None and expect.outcome != outcome:
        yield Difference("run", "the outcome", expect.outcome, outcome)
    if expect.reason is not None and expect.reason != result.reason:
        yield Difference("run", "the reason", expect.reason, str(result.reason))
    if expect.ended_by is not None and expect.ended_by != result.ended_by:
        yield Difference("run", "the action that ended it", expect.ended_by, str(result.ended_by))
    outputs = jsonable(dict(result.outputs))
    if expect.outputs is not None and not same(dict(expect.outputs), outputs):
        yield Difference("run", "outputs", dumps(dict(expect.outputs)), dumps(outputs))
    for name, step in expect.steps.items():
        attempts = [s for s in result.steps if _name(s.path, s.step_id) == name]
        if step.attempts is not None and step.attempts != len(attempts):
            yield Difference(name, "attempts", str(step.attempts), str(len(attempts)))
        if step.outcome is not None and attempts:
            now = "success" if attempts[-1].status == "succeeded" else "failure"
            if now != step.outcome:
                yield Difference(name, "the outcome", step.outcome, now)


def _name(path: str, step_id: str) -> str:
    """The name of a step with those of the steps it runs in (`login/getToken`)."""
    parts = [step_of(part.partition(":")[0]) for part in path.split("/") if part]
    return "/".join([*parts, step_id])

"""When each request was under way, and when the run waited."""

from __future__ import annotations

from collections.abc import Mapping

from ..attempts import Attempt
from .markup import Builder, Markup, lasted
from .run_view import RunView, state_of

_WIDTH = 1000.0


def timeline(view: RunView, ids: Mapping[str, str], build: Builder) -> Markup:
    """A row for each request; bars are to scale."""
    if view.started is None:
        return build("p", "nothing was sent", class_="empty")
    zero, total = view.started.at, max(view.seconds, 0.001)
    waits = {wait.id: (wait.at, wait.seconds) for wait in view.waits}
    rows: list[Markup] = []
    for attempt in view.attempts:
        if attempt.sent is not None:
            rows += _row(attempt, waits.get(attempt.started.id), zero, total, ids, build)
    if not rows:
        return build("p", "nothing was sent", class_="empty")
    axis = build(
        "div", build("span", "0"), build("span", lasted(total / 2)), build("span", lasted(total)), class_="axis"
    )
    return build(
        "div",
        build("span", ""),
        axis,
        build("span", ""),
        *rows,
        class_="timeline",
        tabindex=0,
        role="group",
        aria_label="timeline",
    )


def _row(
    attempt: Attempt,
    wait: tuple[float, float] | None,
    zero: float,
    total: float,
    ids: Mapping[str, str],
    build: Builder,
) -> list[Markup]:
    assert attempt.sent is not None, "only requests have a row"
    begin, took = attempt.sent.at - zero, _seconds(attempt, zero + total)
    again = f" (attempt {attempt.started.attempt})" if attempt.started.attempt > 1 else ""
    visit = f" (visit {attempt.started.visit})" if attempt.started.visit > 1 else ""
    told = f"{attempt.name}{visit}{again}: after {lasted(begin)}, took {lasted(took)}"
    bars = [_bar(begin, took, total, f"t-{state_of(attempt)}", build)]
    if wait is not None:
        bars.append(_bar(wait[0] - zero, wait[1], total, "t-wait", build))
        told += f", and a wait of {lasted(wait[1])} before"
    return [
        build("a", attempt.name + visit + again, href=f"#{ids[attempt.started.id]}", title=told),
        build(
            "svg",
            build("title", told),
            *bars,
            viewBox=f"0 0 {_WIDTH:g} 14",
            preserveAspectRatio="none",
            role="img",
            aria_label=told,
        ),
        build("span", lasted(took), class_="took"),
    ]


def _seconds(attempt: Attempt, end: float) -> float:
    assert attempt.sent is not None, "only requests have a row"
    if attempt.received:
        return max(0.0, attempt.received.duration_s)
    return max(0.0, (attempt.refused.at if attempt.refused else end) - attempt.sent.at)


def _bar(begin: float, took: float, total: float, class_: str, build: Builder) -> Markup:
    x = min(max(begin / total, 0.0), 1.0) * (_WIDTH - 4)
    width = max(4.0, min(took / total * _WIDTH, _WIDTH - x))
    return build("rect", x=round(x, 1), y=2, width=round(width, 1), height=10, rx=2, class_=class_)

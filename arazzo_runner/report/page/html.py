"""`--html`: one self-contained page of a run; that of tests is `VerdictsPage`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TextIO

from ...events import Event
from ..advice import summary, what_to_do
from ..destination import destination
from ..redaction import Redactor
from .drawing import BESIDE
from .frame import page
from .markup import Builder, Markup, lasted
from .run_parts import RunParts
from .run_view import RunView
from .svg import width_of_graph
from .values import Values
from .verdicts import VerdictsPage

__all__ = ["HtmlReport", "VerdictsPage", "run_page"]


class HtmlReport:
    """The page of a run, written at its end; nothing is written of a run that did not start."""

    def __init__(self, target: str | os.PathLike[str] | TextIO, *, redactor: Redactor) -> None:
        self._redactor = redactor
        self._view = RunView()
        self._destination = destination(target, private=redactor.show_secrets)

    def observe(self, event: Event) -> None:
        """Add one event."""
        self._redactor.observe(event)
        self._view.observe(event)

    def finish(self) -> None:
        """Write the page."""
        if self._view.started is not None:
            self._destination.write(run_page(self._view, Builder(self._redactor)))
            self._destination.close()


def run_page(view: RunView, build: Builder) -> str:
    """The whole page of a run that started."""
    assert view.started is not None, "a run that started"
    parts = RunParts(view, build, Values(build), "r")
    graph = view.graph()
    beside = width_of_graph(graph, build) <= BESIDE
    drawing, rest = parts.drawing(graph), [parts.steps(), parts.coverage(view.aims())]
    body = [
        *parts.warnings(),
        parts.values(),
        build(
            "div",
            build("div", drawing, class_="drawing"),
            build("div", parts.timeline(), *rest, class_="stack"),
            class_="columns beside" if beside else "columns",
        ),
    ]
    sections = [("graph", "Graph"), ("timeline", "Timeline"), ("steps", "Steps"), ("coverage", "Coverage")]
    sections = [("values", "Inputs and outputs"), *sections]
    return page(view.started.workflow_id, _run_head(view, build), sections, body, build)


def _run_head(view: RunView, build: Builder) -> Iterator[Markup]:
    started, end = view.started, view.finished
    assert started is not None, "a run that started"
    status = end.status if end else "interrupted"
    yield build(
        "div", build("h1", started.workflow_id), build("span", status, class_=f"badge {status}"), class_="title"
    )
    told = started.outline[0].summary if started.outline else None
    if told:
        yield build("p", told, class_="lead")
    if end is not None:
        yield build("p", summary(end, view.attempts, view.seconds), class_=f"outcome {status}")
        advice = what_to_do(end, view.attempts, verbose=True) if status == "failed" else None
        if advice:
            yield build("p", advice, class_="lead")
    yield build("ul", *_run_facts(view, build), class_="facts")


def _run_facts(view: RunView, build: Builder) -> Iterator[Markup]:
    assert view.started is not None, "a run that started"
    begun = datetime.fromtimestamp(view.started.at, UTC)
    sent = sum(attempt.sent is not None for attempt in view.attempts)
    retries = sum(attempt.started.attempt > 1 for attempt in view.attempts)
    facts = [
        ("took", lasted(view.seconds)),
        ("steps run", str(len(view.attempts))),
        ("requests", str(sent)),
        ("retries", str(retries) if retries else ""),
        ("started", begun.strftime("%Y-%m-%d %H:%M:%S UTC")),
        ("document", view.started.document),
        ("ended by action", (view.finished and view.finished.ended_by) or ""),
    ]
    return (build("li", f"{name} ", build("b", value)) for name, value in facts if value)

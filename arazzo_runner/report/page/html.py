"""The page: one self-contained file for a run, for tests, or for what a description holds.

It loads nothing and runs nothing but its own script, which a Content-Security-Policy pins by its hash; without the
script everything is there but the filter.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, TextIO

from ..._version import __version__
from ...events import Event, WorkflowOutline
from ...verdict import Aim, Problem, Verdict
from ..advice import summary, what_to_do
from ..destination import destination
from ..redaction import Redactor
from .coverage import coverage_table, figures
from .graph import ExitKind, Graph, State, exits, graph_of, show_coverage
from .markup import Builder, Content, Markup, lasted
from .plan_steps import planned_steps
from .run_view import RunView
from .steps import Steps
from .svg import svg_of, width_of_graph
from .timeline import timeline
from .values import Values

_BESIDE = 640  # pixels: wider drawings stand above the steps, not beside them
_TEST_BODY = 8_000  # characters of a body on a page of many tests
_TEST_ROOM = 20_000_000  # characters of bodies on such a page


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


class VerdictsPage:
    """The page of a test of several workflows and cases: an index, and each verdict with its run.

    What `redactor` knows as a secret is masked, and in each verdict what its own events mark as one: the secrets of
    hundreds of runs are not looked for in each of them.
    """

    def __init__(self, target: str | os.PathLike[str] | TextIO, *, redactor: Redactor) -> None:
        self._redactor = redactor
        self._room = _TEST_ROOM
        self._rows: list[Markup] = []
        self._articles: list[Markup] = []
        self._counts: Counter[str] = Counter()
        self._destination = destination(target, private=redactor.show_secrets)

    def observe(self, verdict: Verdict) -> None:
        """Add one verdict."""
        build = Builder(self._knowing(verdict.events))
        values = Values(build, body_shown=_TEST_BODY, room=self._room)
        prefix = f"v{len(self._rows) + 1}"
        self._counts[verdict.status] += 1
        self._rows.append(_index_row(verdict, prefix, build))
        self._articles.append(_Article(verdict, prefix, build, values).markup())
        self._room = values.room

    def _knowing(self, events: Iterable[Event]) -> Redactor:
        given = self._redactor
        own = Redactor(show_secrets=given.show_secrets, redact=given.redact).learned_from(given)
        for event in events:
            own.observe(event)
        return own

    def finish(self) -> None:
        """Write the page."""
        build, total = Builder(self._redactor), sum(self._counts.values())
        told = [
            f"{self._counts[status]} {status}" for status in ("passed", "failed", "skipped") if self._counts[status]
        ]
        failed = self._counts["failed"]
        status = "failed" if failed else "passed" if total else "skipped"
        head = [
            build(
                "div", build("h1", "Workflow tests"), build("span", status, class_=f"badge {status}"), class_="title"
            ),
            build("p", ", ".join(told) or "no workflow was tested", class_=f"outcome {status}"),
        ]
        titles = ("", "Test", "Description", "Reached", "Runs", "Time")
        classes = {"Description": "wide", "Runs": "number wide", "Reached": "number", "Time": "number"}
        columns = [build("th", title, class_=classes.get(title)) for title in titles]
        index = build("table", build("thead", build("tr", *columns)), build("tbody", *self._rows), class_="index")
        body = [
            build("section", build("h2", "Tests"), index, class_="panel", id="tests"),
            build("div", *self._articles, id="verdicts"),
        ]
        text = _page(
            f"{failed} of {total} failed" if failed else f"{total} passed", head, [("tests", "Tests")], body, build
        )
        self._destination.write(text)
        self._destination.close()


# -- a run ----------------------------------------------------------------------------------------------------------


def run_page(view: RunView, build: Builder) -> str:
    """The whole page of a run that started."""
    assert view.started is not None, "a run that started"
    parts = _RunParts(view, build, Values(build), "r")
    graph = view.graph()
    beside = width_of_graph(graph, build) <= _BESIDE
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
    return _page(view.started.workflow_id, _run_head(view, build), sections, body, build)


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


class _RunParts:
    """The parts of a page that tell a run."""

    def __init__(self, view: RunView, build: Builder, values: Values, prefix: str) -> None:
        self._view = view
        self._build = build
        self._values = values
        self._prefix = prefix
        self._ids = {a.started.id: f"{prefix}-step-{number}" for number, a in enumerate(view.attempts, 1)}

    def warnings(self) -> Iterator[Markup]:
        for diagnostic in self._view.warnings:
            yield self._build("p", str(diagnostic), class_="notice")

    def values(self) -> Markup:
        build, started, end = self._build, self._view.started, self._view.finished
        given = self._values.mapping(started.inputs if started else {}, empty="no inputs")
        made = self._values.mapping(end.outputs if end else {}, end.missing_outputs if end else (), empty="no outputs")
        sides = (build("div", build("h3", "Inputs"), given), build("div", build("h3", "Outputs"), made))
        return build("section", build("div", *sides, class_="two"), class_="panel", id=self._id("values"))

    def drawing(self, graph: Graph) -> Markup:
        self._view.link(self._ids)
        return drawing(graph, self._build, self._prefix, anchor=self._id("graph"))

    def timeline(self) -> Markup:
        return self._section("timeline", "Timeline", timeline(self._view, self._ids, self._build))

    def steps(self) -> Markup:
        steps = Steps(self._view, self._ids, self._build, self._values).list()
        return self._section("steps", "Steps", steps)

    def coverage(self, aims: Sequence[Aim]) -> Markup:
        build = self._build
        note = build("p", f"What this run reached: {figures(aims)}.", class_="empty")
        folded = build(
            "details",
            build("summary", "each step, its criteria, actions and outputs"),
            build("div", coverage_table(aims, build), class_="inside"),
            class_="more",
        )
        return self._section("coverage", "Coverage", note, folded)

    def _section(self, name: str, title: str, *content: Content) -> Markup:
        return self._build("section", self._build("h2", title), *content, class_="panel", id=self._id(name))

    def _id(self, name: str) -> str:
        return name if self._prefix == "r" else f"{self._prefix}-{name}"


def drawing(graph: Graph, build: Builder, prefix: str, *, anchor: str) -> Markup:
    """The graph in its panel, with what its colours mean."""
    svg = svg_of(graph, build, title="The workflow as a graph", prefix=prefix)
    return build(
        "section",
        build("h2", "Graph"),
        build("ul", *_legend(graph, build), class_="legend"),
        build("div", svg, class_="scroll", tabindex=0, role="group", aria_label="graph"),
        class_="panel",
        id=anchor,
    )


def _legend(graph: Graph, build: Builder) -> Iterator[Markup]:
    """What the colours and signs mean that are there."""
    states, kinds = _shown(graph)
    for state, text in _STATES.items():
        if state in states:
            line = build("g", build("path", d="M0 4H26", class_="line"), class_=f"s-{state}")
            yield build("li", build("svg", line, class_="graph", viewBox="0 0 26 8", aria_hidden="true"), text)
    for kind, text in _KINDS.items():
        if kind in kinds:
            yield build("li", text)
    if any(node.waits_for for lane in graph.lanes for node in lane.nodes):
        line = build("path", d="M0 4H26", class_="line waits")
        yield build("li", build("svg", line, class_="graph", viewBox="0 0 26 8", aria_hidden="true"), "dependsOn")


_STATES: dict[State, str] = {
    "succeeded": "taken",
    "handled": "after a failure",
    "failed": "failed",
    "reached": "reached",
    "untaken": "not reached",
}
_KINDS: dict[ExitKind, str] = {
    "end": "■ end",
    "goto": "→ goto",
    "retry": "↻ retry",
    "call": "» runs a workflow",
    "needs": "« needs a workflow first",
}


def _shown(graph: Graph) -> tuple[set[State], set[ExitKind]]:
    ways = [each for lane in graph.lanes for each in exits(lane)]
    nodes = [node for lane in graph.lanes for node in lane.nodes]
    states = {*(each.state for each in ways), *(node.state for node in nodes), *(node.on_state for node in nodes)}
    return states, {each.kind for each in ways}


# -- tests ----------------------------------------------------------------------------------------------------------


def _index_row(verdict: Verdict, prefix: str, build: Builder) -> Markup:
    good = "good" if verdict.status != "failed" else "bad"
    total = len(verdict.coverage)
    reached: list[Content] = [_meter(verdict.reached, total, build), f"{verdict.reached}/{total}"] if total else ["–"]
    problems = (
        f" {len(verdict.problems)} problem{'s' if len(verdict.problems) != 1 else ''}" if verdict.problems else ""
    )
    return build(
        "tr",
        build("td", build("span", verdict.status, class_=f"badge {verdict.status}")),
        build("th", build("a", verdict.name, href=f"#{prefix}"), build("span", problems, class_="where"), scope="row"),
        build("td", verdict.document, class_="where wide"),
        build("td", *reached, class_="number"),
        build("td", str(verdict.runs), class_="number wide"),
        build("td", lasted(verdict.duration_s), class_="number"),
        data_row_of=prefix,
        class_=good,
    )


def _meter(met: int, total: int, build: Builder) -> Markup:
    return build(
        "svg",
        build("rect", class_="m-all", width=100, height=8, rx=4),
        build("rect", class_="m-met", width=round(100 * met / total, 1), height=8, rx=4),
        class_="meter",
        viewBox="0 0 100 8",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


class _Article:
    """One verdict."""

    def __init__(self, verdict: Verdict, prefix: str, build: Builder, values: Values) -> None:
        self._verdict = verdict
        self._prefix = prefix
        self._build = build
        self._parts = _RunParts(RunView.of(verdict.events), build, values, prefix)
        self._view = self._parts._view

    def markup(self) -> Markup:
        build, verdict = self._build, self._verdict
        facts = [
            figures(verdict.coverage),
            f"{verdict.runs} run{'' if verdict.runs == 1 else 's'}",
            lasted(verdict.duration_s),
        ]
        return build(
            "details",
            build(
                "summary",
                build("span", verdict.status, class_=f"badge {verdict.status}"),
                build("h2", verdict.name),
                build("span", " · ".join(fact for fact in facts if fact), class_="where"),
            ),
            build("div", *self._inside(), class_="inside stack"),
            class_=f"verdict {verdict.status}",
            id=self._prefix,
            open=verdict.status == "failed",
            data_filter="bad" if verdict.status == "failed" else "good",
        )

    def _inside(self) -> Iterator[Content]:
        build, verdict = self._build, self._verdict
        yield build("p", verdict.document, class_="where")
        if verdict.problems:
            problems = [self._problem(number, problem) for number, problem in enumerate(verdict.problems, 1)]
            yield build("section", build("h2", "Problems"), *problems, class_="panel")
        for note in verdict.notes:
            yield build("p", note, class_="notice info")
        if self._view.started is not None:
            graph = self._view.graph()
            if verdict.coverage:
                show_coverage(graph, verdict.coverage)
            yield build("div", self._parts.drawing(graph), class_="drawing")
        if verdict.coverage:
            yield self._coverage()
        if self._view.started is not None:
            yield self._run()

    def _problem(self, number: int, problem: Problem) -> Markup:
        build = self._build
        places = (f"step {problem.step}" if problem.step else "", str(problem.location or ""))
        at = " ".join(place for place in places if place)
        parts: list[Content] = [
            build("p", build("span", problem.kind, class_="chip bad"), " ", build("span", at, class_="where")),
            build("p", problem.message, class_="line-of"),
        ]
        if problem.command:
            parts.append(build("div", build("pre", problem.command, tabindex=0), class_="copyable"))
        if problem.transcript:
            pre = build("div", build("pre", problem.transcript, tabindex=0), class_="copyable")
            told = build("summary", "the run that shows it, for --replay")
            parts.append(build("details", told, build("div", pre, class_="inside"), class_="more"))
        return build("div", *parts, class_="problem", id=f"{self._prefix}-problem-{number}")

    def _coverage(self) -> Markup:
        build, aims = self._build, self._verdict.coverage
        note = build("p", f"Reached: {figures(aims)}.", class_="empty")
        return build("section", build("h2", "Coverage"), note, coverage_table(aims, build), class_="panel")

    def _run(self) -> Markup:
        build, parts = self._build, self._parts
        told = build("summary", "the straight run: its requests, criteria and outputs")
        inside = build("div", *parts.warnings(), parts.values(), parts.timeline(), parts.steps(), class_="inside stack")
        return build("details", told, inside, class_="more")


# -- a description --------------------------------------------------------------------------------------------------


def plan_page(outline: Sequence[WorkflowOutline], build: Builder, *, document: str) -> str:
    """What could happen: the graph, and each step as planned."""
    graph = graph_of(outline)
    anchors = {}
    for number, lane in enumerate(graph.lanes):
        for place, node in enumerate(lane.nodes):
            anchors[id(node)] = node.href = f"#p-{number}-{place}"
    steps = sum(len(workflow.steps) for workflow in outline)
    title = outline[0].workflow_id if len(outline) == 1 else Path(document).name
    lead = [build("p", outline[0].summary, class_="lead")] if len(outline) == 1 and outline[0].summary else []
    facts = [("workflows", str(len(outline))), ("steps", str(steps)), ("document", document)]
    head = [
        build("div", build("h1", title), build("span", "not run", class_="badge plain"), class_="title"),
        *lead,
        build("ul", *(build("li", f"{name} ", build("b", value)) for name, value in facts), class_="facts"),
    ]
    beside = width_of_graph(graph, build) <= _BESIDE
    listed = build("section", build("h2", "Steps"), planned_steps(graph, build), class_="panel", id="steps")
    body = build(
        "div",
        build("div", drawing(graph, build, "p", anchor="graph"), class_="drawing"),
        build("div", listed, class_="stack"),
        class_="columns beside" if beside else "columns",
    )
    return _page(title, head, [("graph", "Graph"), ("steps", "Steps")], [body], build, judged=False)


# -- the frame ------------------------------------------------------------------------------------------------------


def _page(
    title: str,
    head: Any,
    sections: Sequence[tuple[str, str]],
    body: Sequence[Content],
    build: Builder,
    *,
    judged: bool = True,
) -> str:
    style, script = _asset("page.css"), _asset("page.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}';"
        " base-uri 'none'; form-action 'none'"
    )
    links = [build("a", text, href=f"#{name}") for name, text in sections]
    document = build(
        "html",
        build(
            "head",
            Markup('<meta charset="utf-8">'),
            build("meta", http_equiv="Content-Security-Policy", content=policy),
            build("meta", name_="viewport", content="width=device-width, initial-scale=1"),
            build("meta", name_="referrer", content="no-referrer"),
            build("title", f"{title} · arazzo-run"),
            build("style", Markup(style)),
        ),
        build(
            "body",
            build("a", "to the content", href="#content", class_="skip"),
            build("header", build("div", *head, class_="wrap"), class_="top"),
            build("div", build("div", build("nav", *links), _tools(build, judged), class_="wrap"), class_="bar"),
            build("main", build("div", *body, class_="wrap stack"), id="content"),
            build("footer", build("div", f"arazzo-run {__version__}", class_="wrap")),
            _help(build),
            build("script", Markup(script)),
        ),
        lang="en",
    )
    return f"<!doctype html>\n{document}\n"


def _tools(build: Builder, judged: bool) -> Markup:
    only_failed = build("button", "failed only", type="button", id="only-failed", aria_pressed="false")
    return build(
        "div",
        build("input", type="search", id="filter", placeholder="filter  ( / )", aria_label="filter"),
        build("span", "", id="count", class_="where", role="status"),
        only_failed if judged else None,
        build("button", "open all", type="button", id="open-all"),
        build("button", "◐", type="button", id="theme", title="light or dark (t)", aria_label="light or dark"),
        build("button", "?", type="button", id="help-button", title="keys (?)", aria_label="keys"),
        class_="tools scripted",
    )


_KEYS = (
    ("j k", "the next step, the one before; arrows too, on a step"),
    ("Enter", "open or close it"),
    ("o c", "open, close all"),
    ("/", "filter; Enter goes to the first, Esc clears"),
    ("f", "failed only"),
    ("t", "light or dark"),
    ("?", "this help"),
)


def _help(build: Builder) -> Markup:
    keys = [
        part
        for names, told in _KEYS
        for part in (build("dt", *(build("kbd", name) for name in names.split())), build("dd", told))
    ]
    close = build("button", "close", type="button", id="help-close")
    return build("dialog", build("h2", "Keys"), build("dl", *keys), close, id="help", aria_label="keys")


@cache
def _asset(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")

"""The page of tests: an index, and for each workflow or case its problems, coverage and run."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TextIO

from ...events import Event
from ...verdict import Problem, Verdict
from ..destination import destination
from ..redaction import Redactor
from .coverage import coverage_table, figures
from .frame import page
from .graph import show_coverage
from .markup import Builder, Content, Markup, lasted
from .run_parts import RunParts
from .run_view import RunView
from .values import Values

_TEST_BODY = 8_000  # characters of a body on a page of many tests
_TEST_ROOM = 20_000_000  # characters of bodies on such a page


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
        build, total, failed = Builder(self._redactor), sum(self._counts.values()), self._counts["failed"]
        title = f"{failed} of {total} failed" if failed else f"{total} passed"
        body = [
            build("section", build("h2", "Tests"), self._index(build), class_="panel", id="tests"),
            build("div", *self._articles, id="verdicts"),
        ]
        self._destination.write(page(title, self._head(build), [("tests", "Tests")], body, build))
        self._destination.close()

    def _head(self, build: Builder) -> Iterator[Markup]:
        counts = self._counts
        told = [f"{counts[status]} {status}" for status in ("passed", "failed", "skipped") if counts[status]]
        status = "failed" if counts["failed"] else "passed" if counts["passed"] else "skipped"
        badge = build("span", status, class_=f"badge {status}")
        yield build("div", build("h1", "Workflow tests"), badge, class_="title")
        yield build("p", ", ".join(told) or "no workflow was tested", class_=f"outcome {status}")

    def _index(self, build: Builder) -> Markup:
        columns = [build("th", title, class_=classes) for title, classes in _COLUMNS]
        return build("table", build("thead", build("tr", *columns)), build("tbody", *self._rows), class_="index")


_COLUMNS = (
    ("", None),
    ("Test", None),
    ("Description", "wide"),
    ("Reached", "number"),
    ("Runs", "number wide"),
    ("Time", "number"),
)


def _index_row(verdict: Verdict, prefix: str, build: Builder) -> Markup:
    good = "good" if verdict.status != "failed" else "bad"
    total = len(verdict.coverage)
    reached: list[Content] = [_meter(verdict.reached, total, build), f"{verdict.reached}/{total}"] if total else ["–"]
    problems = len(verdict.problems)
    told = f" {problems} problem{'s' if problems != 1 else ''}" if problems else ""
    return build(
        "tr",
        build("td", build("span", verdict.status, class_=f"badge {verdict.status}")),
        build("th", build("a", verdict.name, href=f"#{prefix}"), build("span", told, class_="where"), scope="row"),
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
        self._view = RunView.of(verdict.events)
        self._parts = RunParts(self._view, build, values, prefix)

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

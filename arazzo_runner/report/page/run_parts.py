"""The parts of a page that tell a run: warnings, values, graph, timeline, steps, coverage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...verdict import Aim
from .coverage import coverage_table, figures
from .drawing import drawing
from .graph import Graph
from .markup import Builder, Content, Markup
from .run_view import RunView
from .steps import Steps
from .timeline import timeline
from .values import Values


class RunParts:
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

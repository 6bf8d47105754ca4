"""The graph in its panel, with what its colours and signs mean."""

from __future__ import annotations

from collections.abc import Iterator

from .graph import ExitKind, Graph, State, exits
from .markup import Builder, Markup
from .svg import svg_of

BESIDE = 640  # pixels: wider drawings stand above the steps, not beside them


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

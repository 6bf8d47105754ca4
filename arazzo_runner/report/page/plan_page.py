"""The page of a description that was not run: its graph, and each step as planned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ...events import WorkflowOutline
from .drawing import BESIDE, drawing
from .frame import page
from .graph import Graph, Lane, Node, action_title, graph_of
from .markup import Builder, Content, Markup
from .svg import width_of_graph


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
    beside = width_of_graph(graph, build) <= BESIDE
    listed = build("section", build("h2", "Steps"), _planned_steps(graph, build), class_="panel", id="steps")
    body = build(
        "div",
        build("div", drawing(graph, build, "p", anchor="graph"), class_="drawing"),
        build("div", listed, class_="stack"),
        class_="columns beside" if beside else "columns",
    )
    return page(title, head, [("graph", "Graph"), ("steps", "Steps")], [body], build, judged=False)


def _planned_steps(graph: Graph, build: Builder) -> Markup:
    """A folded entry for each step, under its workflow."""
    parts: list[Markup] = []
    for number, lane in enumerate(graph.lanes):
        parts.append(build("h3", lane.outline.workflow_id, class_="workflow"))
        if lane.outline.summary:
            parts.append(build("p", lane.outline.summary, class_="lead"))
        parts += _steps(number, lane, build)
    return build("div", *parts)


def _steps(number: int, lane: Lane, build: Builder) -> Iterator[Markup]:
    for place, node in enumerate(lane.nodes):
        step = node.step
        yield build(
            "details",
            build(
                "summary",
                build("span", str(place + 1), class_="mark"),
                build("span", step.step_id, class_="name"),
                build("span", *_figures(node), class_="figures"),
                build("span", build("code", step.target), class_="what"),
            ),
            build("div", *_inside(node, build), class_="inside"),
            class_="step planned",
            id=f"p-{number}-{place}",
            data_filter="good",
        )


def _figures(node: Node) -> Iterator[str]:
    actions = len(node.step.actions)
    if actions:
        yield f"{actions} action{'' if actions == 1 else 's'}"


def _inside(node: Node, build: Builder) -> Iterator[Content]:
    step = node.step
    if step.description:
        yield build("p", step.description, class_="lead")
    waits = [p.step_id if p.workflow is None else f"{p.workflow}/{p.step_id}" for p in step.depends_on]
    lists = (
        ("Depends on", waits),
        ("Criteria", step.criteria),
        ("Actions", [action_title(action) for action in step.actions]),
        ("Outputs", step.outputs),
        ("Timeout", [f"{step.timeout:g} s"] if step.timeout is not None else []),
    )
    for title, texts in lists:
        if texts:
            yield build("h3", title)
            yield build("ul", *(build("li", build("code", text)) for text in texts), class_="plain")
    yield build("p", str(step.location), class_="where")

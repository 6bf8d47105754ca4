"""Each step as planned, for the page of a description that was not run."""

from __future__ import annotations

from collections.abc import Iterator

from .graph import Graph, Lane, Node, action_title
from .markup import Builder, Content, Markup


def planned_steps(graph: Graph, build: Builder) -> Markup:
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

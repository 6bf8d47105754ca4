"""A graph as SVG: alone with its own style, or inside the page, where the page's style colours it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from .graph import Graph, Lane, State
from .layout import NODE_WIDTH, PADDING, SPINE, Box, Layout, PlacedExit, PlacedLane, PlacedNode, layout_of
from .markup import Builder, Content, Markup, fitted, width_of

_ROUND = 7.0  # the radius of corners
_ICONS = {"call": "»", "needs": "«", "end": "■", "goto": "→", "retry": "↻", "break": "✕"}
_MARKS: dict[State, str] = {"succeeded": "✓", "failed": "✗", "handled": "!", "reached": "✓"}
_SAID: dict[State, str] = {
    "plain": "",
    "untaken": "not reached",
    "succeeded": "succeeded",
    "failed": "failed",
    "handled": "failed, and an action went on",
    "reached": "reached",
}


def svg_of(graph: Graph, build: Builder, *, title: str, prefix: str, alone: bool = False) -> Markup:
    """The drawing; `prefix` keeps its ids apart from others of a page. `alone` makes a document of it."""
    layout = layout_of(graph, build.text)
    attributes = {"xmlns": "http://www.w3.org/2000/svg"} if alone else {}
    return build(
        "svg",
        build("title", title, id=f"{prefix}-title"),
        build("desc", _description(graph), id=f"{prefix}-desc"),
        build("style", Markup(standalone_style())) if alone else None,
        build("rect", class_="paper", width="100%", height="100%") if alone else None,
        *_Drawing(build, prefix).lanes(layout),
        class_=f"graph {graph.mode}",
        role="group",
        aria_labelledby=f"{prefix}-title {prefix}-desc",
        viewBox=f"0 0 {layout.width:g} {layout.height:g}",
        width=layout.width,
        height=layout.height,
        **attributes,
    )


def width_of_graph(graph: Graph, build: Builder) -> float:
    return layout_of(graph, build.text).width


@cache
def standalone_style() -> str:
    """The colours of both themes and the rules for drawings, from the page's own style sheet."""
    text = Path(__file__).with_name("page.css").read_text("utf-8")
    colours = text[text.index("/* colours */") : text.index("/* page */")]
    drawing = text[text.index("/* drawing */") : text.index("/* end of drawing */")]
    return colours + drawing


def _description(graph: Graph) -> str:
    steps = sum(len(lane.nodes) for lane in graph.lanes)
    reached = sum(node.state not in ("plain", "untaken") for lane in graph.lanes for node in lane.nodes)
    told = "" if graph.mode == "plain" else f"; {reached} of them reached"
    return f"{len(graph.lanes)} workflow(s) with {steps} step(s), from top to bottom{told}."


class _Drawing:
    def __init__(self, build: Builder, prefix: str) -> None:
        self._build = build
        self._prefix = prefix

    def lanes(self, layout: Layout) -> Iterator[Markup]:
        """Frames first, then ways (untaken ones below taken ones), then what stands on them."""
        ways: list[tuple[bool, Markup]] = []
        for lane in layout.lanes:
            yield self._frame(lane)
            ways += self._ways(lane)
        yield from (way for taken, way in ways if not taken)
        yield from (way for taken, way in ways if taken)
        for number, lane in enumerate(layout.lanes):
            yield self._build("g", *self._content(lane), id=f"{self._prefix}-lane-{number}")

    def _frame(self, placed: PlacedLane) -> Markup:
        outline, box = placed.lane.outline, placed.box
        room = box.width - 2 * PADDING
        name = fitted(self._build.text(outline.workflow_id), room, 14.5, bold=True)
        summary = fitted(self._build.text(outline.summary or ""), room, 12)
        return self._build(
            "g",
            self._build("title", outline.workflow_id + (f": {outline.summary}" if outline.summary else "")),
            self._rect(box, 12, "frame"),
            self._text(box.x + PADDING, box.y + 25, name, "lane-name"),
            self._text(box.x + PADDING, box.y + 43, summary, "lane-summary"),
            class_=f"lane s-{placed.lane.state}",
        )

    # -- ways -------------------------------------------------------------------------------------------------------

    def _ways(self, placed: PlacedLane) -> Iterator[tuple[bool, Markup]]:
        lane = placed.lane
        tops = [(node.box.x + SPINE, node.box.y) for node in placed.nodes]
        start = (placed.start[0], placed.start[1] + 7)
        if tops:
            yield self._way((start, tops[0]), "way", lane.state)
        else:
            yield self._way((start, (placed.end[0], placed.end[1] - 8)), "way", lane.state)
        for number, node in enumerate(placed.nodes):
            below = tops[number + 1] if number + 1 < len(tops) else (placed.end[0], placed.end[1] - 8)
            if node.node.goes_on:
                source = (node.box.x + SPINE, node.box.bottom)
                yield self._way((source, below), "way", node.node.on_state, count=node.node.on)
            for route in node.waits:
                yield self._way(route, "waits", "plain")
            for each in node.exits:
                yield from self._exit_ways((node.box.right, node.box.middle), each)
        for each in placed.needs:
            yield from self._exit_ways((placed.start[0] + 7, placed.start[1]), each)

    def _exit_ways(self, source: tuple[float, float], placed: PlacedExit) -> Iterator[tuple[bool, Markup]]:
        exit, box = placed.exit, placed.box
        target = (box.x, box.middle)
        bend = source[0] + (12 if source[0] + 40 > box.x else box.x - 18 - source[0])
        route = (source, (bend, source[1]), (bend, target[1]), target)
        kind = f"to-exit {exit.kind} {exit.on or ''}".strip()
        yield self._way(route, kind, exit.state, tip=False)
        if exit.kind == "retry":
            yield self._way(_back(source, box), kind, exit.state)
        if placed.route:
            yield self._way(placed.route, f"{exit.kind} {exit.on or ''}".strip(), exit.state)

    def _way(
        self, corners: Sequence[tuple[float, float]], kind: str, state: State, *, tip: bool = True, count: int = 0
    ) -> tuple[bool, Markup]:
        parts = [self._build("path", d=_path(corners), class_=f"line {kind}")]
        if tip:
            parts.append(self._build("path", d=_tip_path(corners[-1], corners[-2]), class_=f"tip {kind}"))
        if count > 1:
            (x, y), (_, below) = corners[0], corners[-1]
            parts.append(self._text(x + 8, (y + below) / 2 + 4, f"×{count}", "count"))
        taken = state not in ("plain", "untaken")
        return taken, self._build("g", *parts, class_=f"s-{state}")

    # -- what stands on them ----------------------------------------------------------------------------------------

    def _content(self, placed: PlacedLane) -> Iterator[Markup]:
        lane = placed.lane
        x, y = placed.start
        yield self._build("circle", cx=x, cy=y, r=6.0, class_=f"start s-{lane.state}")
        yield from map(self._exit, placed.needs)
        for node in placed.nodes:
            yield self._node(node)
            yield from map(self._exit, node.exits)
        if lane.has_end:
            yield self._end(placed, lane)

    def _end(self, placed: PlacedLane, lane: Lane) -> Markup:
        x, y = placed.end
        names = ", ".join(lane.outline.outputs)
        room = placed.box.right - x - 16 - PADDING
        label = fitted(self._build.text(f"outputs: {names}" if names else "end"), room, 11.5)
        return self._build(
            "g",
            self._build("title", f"end of {lane.outline.workflow_id}" + (f"; outputs {names}" if names else "")),
            self._build("circle", cx=x, cy=y, r=8.0, class_="end-ring"),
            self._build("circle", cx=x, cy=y, r=4.0, class_="end-dot"),
            self._text(x + 16, y + 4, label, "faint"),
            class_=f"end s-{lane.end_state}",
        )

    def _node(self, placed: PlacedNode) -> Markup:
        node, box, build = placed.node, placed.box, self._build
        mark = _MARKS.get(node.state, "")
        note = build.text(node.note) + (f"  ×{node.runs}" if node.runs > 1 else "")
        name_room = box.width - 24 - width_of(note, 11) - 8 - (14 if mark else 0)
        parts: list[Content] = [
            build("title", self._told(placed)),
            self._rect(box, 9, "box"),
            self._text(box.x + 12, box.y + 20, (f"{mark} " if mark else ""), "mark") if mark else None,
            self._text(
                box.x + (27 if mark else 12),
                box.y + 20,
                fitted(build.text(node.step.step_id), name_room, 13.5, bold=True),
                "step-name",
            ),
            self._text(box.right - 12, box.y + 20, note, "note", anchor="end") if note else None,
            self._target(placed),
        ]
        group = build("g", *parts, class_=f"node {node.step.kind} s-{node.state}", tabindex=None if node.href else 0)
        return build("a", group, href=node.href, aria_label=self._told(placed)) if node.href else group

    def _target(self, placed: PlacedNode) -> Markup:
        """Method and path, or the workflow; what it waits for elsewhere takes some of the room."""
        node, box, build = placed.node, placed.box, self._build
        target = build.text(node.step.target).removeprefix("$sourceDescriptions.")
        method, space, path = target.partition(" ")
        after = f"after {', '.join(node.waits_elsewhere)}" if node.waits_elsewhere else ""
        waits = fitted(build.text(after), 90, 11) if after else ""
        room = NODE_WIDTH - 24 - (width_of(waits, 11) + 8 if waits else 0)
        if node.step.kind == "operation" and space and method.isalpha():
            shown: Content = (
                build("tspan", method, class_=f"method m-{method.lower()}"),
                build("tspan", f" {fitted(path, room - 7 * (len(method) + 1), 11, mono=True)}"),
            )
        else:
            kind = {"workflow": "workflow ", "channel": "channel "}.get(node.step.kind, "")
            shown = fitted(kind + target, room, 11, mono=True)
        line = build("text", shown, x=box.x + 12, y=box.y + 38, class_="target")
        right = self._text(box.right - 12, box.y + 38, waits, "faint", anchor="end") if waits else None
        return build.markup([line, right or Markup("")])

    def _told(self, placed: PlacedNode) -> str:
        node = placed.node
        parts = [f"{node.step.step_id}: {node.step.target}", node.step.description or "", _SAID[node.state], node.note]
        if node.runs > 1:
            parts.append(f"{node.runs} times")
        if node.step.timeout is not None:
            parts.append(f"timeout {node.step.timeout:g} s")
        return "; ".join(" ".join(part.split()) for part in parts if part)

    def _exit(self, placed: PlacedExit) -> Markup:
        exit, box = placed.exit, placed.box
        taken = f", taken {exit.taken} time(s)" if exit.taken else ""
        lead = f"{_icon(placed)} "
        return self._build(
            "g",
            self._build("title", exit.title + taken),
            self._rect(box, 11, "pill"),
            self._text(box.x + 10, box.y + 15.5, lead, "icon"),
            self._text(box.x + 25, box.y + 15.5, placed.label, "exit-name"),
            class_=f"exit {exit.kind} {exit.on or ''} s-{exit.state}".replace("  ", " "),
        )

    def _rect(self, box: Box, radius: float, class_: str) -> Markup:
        return self._build(
            "rect", x=box.x, y=box.y, width=box.width, height=box.height, rx=radius, ry=radius, class_=class_
        )

    def _text(self, x: float, y: float, text: str, class_: str, *, anchor: str | None = None) -> Markup:
        return self._build("text", text, x=x, y=y, class_=class_, text_anchor=anchor)


def _icon(placed: PlacedExit) -> str:
    if placed.exit.kind == "goto" and placed.route:
        return "↑" if placed.route[-1][1] < placed.route[0][1] and placed.exit.step is not None else "→"
    return _ICONS[placed.exit.kind]


def _back(source: tuple[float, float], box: Box) -> tuple[tuple[float, float], ...]:
    """From a retry to the step it repeats, below the way out."""
    end = (source[0], source[1] + 15)
    if abs(box.middle - source[1]) < 1:
        return (box.x + 10, box.bottom), (box.x + 10, end[1]), end
    return (box.x, box.middle + 4), (source[0] + 20, box.middle + 4), (source[0] + 20, end[1]), end


def _path(corners: Sequence[tuple[float, float]]) -> str:
    """Straight pieces with rounded corners."""
    pieces = [f"M{corners[0][0]:g} {corners[0][1]:g}"]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        near, far = _towards(corner, before), _towards(corner, after)
        pieces.append(f"L{near[0]:g} {near[1]:g}Q{corner[0]:g} {corner[1]:g} {far[0]:g} {far[1]:g}")
    return "".join(pieces) + f"L{corners[-1][0]:g} {corners[-1][1]:g}"


def _towards(corner: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """The point on the way from a corner where its rounding ends."""
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    length = abs(dx) + abs(dy)  # one of them is 0
    reach = min(_ROUND, length / 2)
    return (corner[0] + dx / length * reach, corner[1] + dy / length * reach) if length else corner


def _tip_path(end: tuple[float, float], before: tuple[float, float]) -> str:
    (x, y), (bx, by) = end, before
    if abs(x - bx) > abs(y - by):
        back = -7 if x > bx else 7
        return f"M{x + back:g} {y - 4:g}L{x:g} {y:g}L{x + back:g} {y + 4:g}z"
    back = -7 if y > by else 7
    return f"M{x - 4:g} {y + back:g}L{x:g} {y:g}L{x + 4:g} {y + back:g}z"

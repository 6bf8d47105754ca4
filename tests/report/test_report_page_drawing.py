"""Drawings: where everything of a graph stands, SVG on its own, and Mermaid."""

from __future__ import annotations

import itertools
from typing import Any
from xml.etree import ElementTree

import orders
import pytest
from scripted import Bench, ScriptedServer, arazzo_of, openapi_of

from arazzo_runner.drivers.outline import outline
from arazzo_runner.events import ActionOutline, PrerequisiteOutline, StepOutline, WorkflowOutline
from arazzo_runner.location import Location
from arazzo_runner.report.page.graph import Graph, graph_of
from arazzo_runner.report.page.layout import Box, Layout, PlacedExit, layout_of
from arazzo_runner.report.page.markup import Builder, fitted, width_of
from arazzo_runner.report.page.mermaid import mermaid_of
from arazzo_runner.report.page.svg import svg_of
from arazzo_runner.report.redaction import Redactor

HERE = Location("w.yaml", 1, 1)


def step(name: str, *actions: ActionOutline, after: tuple[str, ...] = (), calls: str | None = None) -> StepOutline:
    return StepOutline(
        name,
        "workflow" if calls else "operation",
        calls or f"GET /{name}",
        None,
        HERE,
        workflow=calls,
        actions=actions,
        depends_on=tuple(PrerequisiteOutline(each) for each in after),
    )


def goto(target: str, on: Any = "success", *criteria: str) -> ActionOutline:
    return ActionOutline(f"to-{target}", on, "goto", HERE, step_id=target, criteria=criteria or ("$statusCode == 1",))


def workflow(*steps: StepOutline, name: str = "w", needs: tuple[str, ...] = ()) -> WorkflowOutline:
    return WorkflowOutline(name, None, steps, HERE, depends_on=needs)


def thirty() -> WorkflowOutline:
    """Thirty steps with loops that are nested, cross and share a target."""
    leads = {3: 20, 5: 9, 12: 2, 14: 2, 15: 13, 25: 2, 28: 29, 7: 29}
    waits = {10: ("s4", "s5"), 20: ("s10",)}
    steps = [
        step(f"s{n}", *([goto(f"s{leads[n]}"), goto("s0", "failure")] if n in leads else []), after=waits.get(n, ()))
        for n in range(30)
    ]
    return workflow(*steps)


def placed(*outlines: WorkflowOutline) -> Layout:
    return layout_of(graph_of(outlines), lambda text: text)


def overlap(one: Box, other: Box) -> bool:
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom


def exits_of(layout: Layout) -> list[PlacedExit]:
    return [e for lane in layout.lanes for e in (*lane.needs, *(e for node in lane.nodes for e in node.exits))]


def planned(server: ScriptedServer) -> Layout:
    with Bench(server).runner(
        {**orders.description(), "sourceDescriptions": arazzo_of()["sourceDescriptions"]},
        orders.OPENAPI,
        workflow="placeOrder",
    ) as runner:
        return placed(*outline(runner.plan))


# -- places ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["thirty", "orders"])
def test_nothing_stands_on_anything_else(server: ScriptedServer, which: str):
    layout = placed(thirty()) if which == "thirty" else planned(server)

    boxes = [node.box for lane in layout.lanes for node in lane.nodes] + [each.box for each in exits_of(layout)]
    assert not [pair for pair in itertools.combinations(boxes, 2) if overlap(*pair)]
    assert not [pair for pair in itertools.combinations([lane.box for lane in layout.lanes], 2) if overlap(*pair)]


@pytest.mark.parametrize("which", ["thirty", "orders"])
def test_everything_of_a_workflow_stands_in_its_lane(server: ScriptedServer, which: str):
    layout = placed(thirty()) if which == "thirty" else planned(server)

    for lane in layout.lanes:
        own = [node.box for node in lane.nodes] + [each.box for node in lane.nodes for each in node.exits]
        assert all(lane.box.x < box.x and box.right < lane.box.right for box in own)
        assert all(lane.box.y < box.y and box.bottom < lane.box.bottom for box in own)
    assert all(lane.box.right <= layout.width and lane.box.bottom <= layout.height for lane in layout.lanes)


def test_steps_stand_in_order_from_top_to_bottom_and_thirty_are_no_wall():
    (lane,) = placed(thirty()).lanes

    tops = [node.box.y for node in lane.nodes]
    assert tops == sorted(tops)
    assert all(node.box.x == lane.nodes[0].box.x for node in lane.nodes)
    assert lane.box.height < 30 * 110
    assert lane.box.width < 700


def test_ways_to_different_steps_do_not_run_in_one_track():
    layout = placed(thirty())

    vertical: dict[float, list[tuple[float, float, float]]] = {}
    for each in exits_of(layout):
        if each.route and each.exit.step is not None:
            (x, start), (_, end) = each.route[1:3]
            vertical.setdefault(x, []).append((min(start, end), max(start, end), each.route[-1][1]))
    for ways in vertical.values():
        for (a, b, target), (c, d, other) in itertools.combinations(ways, 2):
            assert target == other or b < c or d < a


def test_a_goto_arrives_at_the_top_of_its_target():
    layout = placed(workflow(step("a", goto("c")), step("b"), step("c", goto("a"))))

    nodes = layout.lanes[0].nodes
    (forward,), (back,) = nodes[0].exits, nodes[2].exits
    assert forward.route is not None
    assert back.route is not None
    assert forward.route[-1][1] == nodes[2].box.y
    assert back.route[-1][1] == nodes[0].box.y
    assert nodes[2].box.x < forward.route[-1][0] < nodes[2].box.right


def test_a_called_workflow_has_its_lane_in_the_next_column_and_a_way_leads_to_it():
    layout = placed(workflow(step("a"), step("b", calls="sub")), workflow(step("c"), name="sub"))

    main, sub = layout.lanes
    (call,) = main.nodes[1].exits
    assert sub.box.x > main.box.right
    assert call.route is not None
    assert call.route[-1] == (sub.box.x, call.route[-2][1])
    assert sub.box.y < call.route[-1][1] < sub.box.bottom


def test_workflows_that_call_each_other_in_a_circle_are_placed():
    layout = placed(
        workflow(step("a", calls="two"), name="one"),
        workflow(step("b", calls="one"), step("c", calls="two"), name="two"),
        workflow(name="empty", needs=("empty", "gone")),
    )

    assert len(layout.lanes) == 3
    assert layout.lanes[1].box.x > layout.lanes[0].box.x


def test_no_workflow_is_a_drawing_too():
    assert layout_of(Graph([]), str).lanes == ()


def test_a_text_is_cut_where_its_room_ends():
    assert fitted("a\n  b", 100, 12) == "a b"
    assert fitted("x" * 100, 60, 12).endswith("…")
    assert width_of(fitted("漢字" * 30, 60, 12), 12) <= 60


# -- SVG ------------------------------------------------------------------------------------------------------------


def test_a_drawing_alone_is_a_document_with_its_own_style_and_steps_that_can_be_focused():
    text = svg_of(graph_of([thirty()]), Builder(Redactor()), title="w.yaml", prefix="g", alone=True)

    root = ElementTree.fromstring(text)
    name = "{http://www.w3.org/2000/svg}"
    assert root.tag == f"{name}svg"
    assert root.findtext(f"{name}title") == "w.yaml"
    assert "prefers-color-scheme: dark" in (root.findtext(f"{name}style") or "")
    assert len([g for g in root.iter(f"{name}g") if g.get("tabindex") == "0"]) == 30
    assert {g.get("class", "").split()[-1] for g in root.iter(f"{name}g") if "node" in g.get("class", "")} == {
        "s-plain"
    }


def test_a_drawing_takes_no_text_for_markup():
    canary = "\"'><script>alert(1)</script>]]>\x00\u202e"
    action = ActionOutline(canary, "failure", "end", HERE, criteria=(canary,))
    drawn = WorkflowOutline(canary, canary, (step(canary, action),), HERE, outputs=(canary,))

    text = svg_of(graph_of([drawn]), Builder(Redactor()), title=canary, prefix="g", alone=True)

    root = ElementTree.fromstring(text)
    assert not [each for each in root.iter() if each.tag.endswith("script")]
    assert "\u202e" not in text


def test_a_step_that_always_leaves_has_no_way_to_the_next():
    always = ActionOutline("done", "success", "end", HERE)

    graph = graph_of([workflow(step("a", always), step("b"))])

    assert [node.goes_on for node in graph.lanes[0].nodes] == [False, True]


# -- Mermaid --------------------------------------------------------------------------------------------------------


def test_mermaid_has_every_step_and_way():
    again = ActionOutline("again", "failure", "retry", HERE, retry_limit=3)
    stop = ActionOutline("stop", "failure", "end", HERE)
    main = workflow(step("a", again, stop), step("b", goto("a"), after=("a",), calls="sub"), needs=("sub",))

    lines = [line.strip() for line in mermaid_of(graph_of([main, workflow(step("c"), name="sub")])).splitlines()]

    assert lines[0] == "flowchart TD"
    assert 'w0_s0["a<br/>GET /a"]' in lines
    assert "w0_start --> w0_s0" in lines
    assert "w0_s0 --> w0_s1" in lines
    assert 'w0_s0 -.->|"retry again (max 3)"| w0_s0' in lines
    assert 'w0_s0 -.->|"stop"| w0_s0_x1' in lines
    assert 'w0_s1 -->|"to-a"| w0_s0' in lines
    assert 'w0_s0 -. "dependsOn" .-> w0_s1' in lines
    assert 'w0_s1 -.->|"runs"| w1_start' in lines
    assert 'w0_start -. "needs" .-> w1_start' in lines


def test_mermaid_labels_hold_nothing_that_means_something_there():
    canary = 'end"] --> x["<img src=x>`#quot;{}|\\\n%%{init}%%'

    text = mermaid_of(graph_of([workflow(step(canary, goto(canary)), name=canary)]))

    labels = text.replace("<br/>", "")
    assert not set("<>`\\{}") & set(labels.replace("-->", "").replace("-.->", ""))
    assert all(line.count('"') % 2 == 0 for line in text.splitlines())
    assert "%" not in text
    assert len(text.splitlines()) == 11


# -- outlines -------------------------------------------------------------------------------------------------------


def test_the_outline_of_a_plan_tells_actions_prerequisites_and_called_workflows(server: ScriptedServer):
    with Bench(server).runner(
        {**orders.description(), "sourceDescriptions": arazzo_of()["sourceDescriptions"]},
        orders.OPENAPI,
        workflow="placeOrder",
    ) as runner:
        place_order, *others = outline(runner.plan)
        again = outline(runner.plan)

    steps = {each.step_id: each for each in place_order.steps}
    assert again[0] is place_order  # made once for a plan
    assert {each.key for each in others} == {"signIn", "warmUp", "giveBack"}
    assert place_order.depends_on == ("warmUp",)
    assert place_order.outputs == ("orderId", "receipt")
    assert steps["signIn"].workflow == "signIn"
    assert steps["waitForIt"].timeout == 5.0
    assert steps["ship"].depends_on == (PrerequisiteOutline("pay"),)
    busy, sold_out = steps["createOrder"].actions
    assert (busy.type, busy.on, busy.retry_after, busy.retry_limit) == ("retry", "failure", 0.05, 3)
    assert (sold_out.type, sold_out.step_id, sold_out.criteria) == ("goto", "notify", ("$statusCode == 409",))
    assert steps["waitForIt"].actions[1].workflow == "giveBack"
    assert steps["ship"].actions[1].step_id == "waitForIt"


def test_the_outline_of_a_short_workflow_has_nothing_it_does_not_need(server: ScriptedServer):
    with Bench(server).runner(
        arazzo_of({"steps": [{"stepId": "get", "operationId": "get"}]}), openapi_of("get GET /x")
    ) as r:
        (only,) = outline(r.plan)

    assert only.steps[0].actions == only.steps[0].criteria == only.steps[0].depends_on == ()

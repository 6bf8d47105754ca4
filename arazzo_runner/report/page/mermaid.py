"""A graph as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html).

Texts of a description are quoted labels; what means something there is written as an entity (`#35;`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .graph import Exit, Graph, Lane, Node
from .markup import visible

_SPECIAL = {code: f"#{code};" for code in map(ord, '#"&<>`\\{}|%')}


def mermaid_of(graph: Graph, say: Callable[[str], str] = lambda text: text) -> str:
    """The text of the chart; `say` masks texts."""
    return "\n".join(_lines(graph, say)) + "\n"


def _lines(graph: Graph, say: Callable[[str], str]) -> Iterator[str]:
    def label(*texts: str) -> str:
        return "<br/>".join(_escaped(say(text)) for text in texts if text)

    yield "flowchart TD"
    for number, lane in enumerate(graph.lanes):
        yield f'  subgraph w{number}["{label(lane.outline.workflow_id)}"]'
        yield "    direction TB"
        yield f'    w{number}_start(("start"))'
        for place, node in enumerate(lane.nodes):
            box = ("[[", "]]") if node.step.kind == "workflow" else ("[", "]")
            yield f'    w{number}_s{place}{box[0]}"{label(node.step.step_id, node.step.target)}"{box[1]}'
        if lane.has_end:
            yield f'    w{number}_end((("end")))'
        yield from (f"    {line}" for line in _flow(number, lane, label))
        yield "  end"
    for number, lane in enumerate(graph.lanes):
        yield from (f"  {line}" for line in _calls(number, lane, label))
    yield "  classDef failure stroke:#c33,stroke-dasharray:4 3"
    ends = [
        f"w{number}_s{place}_x{index}"
        for number, lane in enumerate(graph.lanes)
        for place, node in enumerate(lane.nodes)
        for index, each in enumerate(node.exits)
        if each.kind == "end" and each.on == "failure"
    ]
    if ends:
        yield f"  class {','.join(ends)} failure"


def _flow(number: int, lane: Lane, label: Callable[..., str]) -> Iterator[str]:
    names = [f"w{number}_s{place}" for place in range(len(lane.nodes))]
    yield f"w{number}_start --> {names[0] if names else f'w{number}_end'}"
    for place, node in enumerate(lane.nodes):
        if node.goes_on:
            yield f"{names[place]} --> {names[place + 1] if place + 1 < len(names) else f'w{number}_end'}"
        for index, each in enumerate(node.exits):
            yield from _exit(names[place], names, index, each, label)
        yield from _waits(names, place, node)


def _exit(name: str, names: list[str], index: int, each: Exit, label: Callable[..., str]) -> Iterator[str]:
    arrow = "-.->" if each.on == "failure" else "-->"
    match each.kind:
        case "end":
            yield f'{name}_x{index}(["end"])'
            yield f'{name} {arrow}|"{label(each.label)}"| {name}_x{index}'
        case "retry":
            yield f'{name} {arrow}|"{label(f"retry {each.text}")}"| {name}'
        case "goto" if each.step is not None:
            yield f'{name} {arrow}|"{label(each.label)}"| {names[each.step]}'
        case _:
            pass


def _waits(names: list[str], place: int, node: Node) -> Iterator[str]:
    for prerequisite in node.waits_for:
        yield f'{names[prerequisite]} -. "dependsOn" .-> {names[place]}'


def _calls(number: int, lane: Lane, label: Callable[..., str]) -> Iterator[str]:
    for each in lane.needs:
        if each.lane is not None:
            yield f'w{number}_start -. "needs" .-> w{each.lane}_start'
    for place, node in enumerate(lane.nodes):
        for each in node.exits:
            if each.lane is not None:
                arrow = "-->" if each.kind == "goto" and each.on == "success" else "-.->"
                text = "runs" if each.kind == "call" else f"{each.kind} {each.label}"
                yield f'w{number}_s{place} {arrow}|"{label(text)}"| w{each.lane}_start'


def _escaped(text: str) -> str:
    return " ".join(visible(text).translate(_SPECIAL).split())

"""Where everything of a graph stands, in pixels: workflows as lanes, steps from top to bottom, ways out at the right.

A goto leaves through a track at the right of its lane and enters its target from above; all that lead to one step
share a track. What dependsOn asks for stands at the left. A workflow that is called has its lane in the next column,
near the first step that calls it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from .graph import Exit, Graph, Lane, Node, exits
from .markup import fitted, width_of

NODE_WIDTH = 262.0
NODE_HEIGHT = 48.0
GAP = 30.0  # between rows
EXIT_HEIGHT = 22.0
EXIT_STEP = 27.0
EXIT_MOST = 230.0  # the widest exit
EXIT_SIZE = 11.5  # its font
EXIT_ROOM = 34.0  # of its icon and padding
REACH = 30.0  # from a step to its exits
TRACK = 11.0
PADDING = 18.0
HEADER = 52.0
SPINE = 30.0  # of the way to the next step, from the left of a step
ENTRY = 34.0  # of arriving gotos, from the right of a step
ARRIVAL = 12.0  # above a step
BETWEEN = 26.0  # lanes of one column
MARGIN = 8.0

_Route: TypeAlias = "tuple[tuple[float, float], ...]"


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class PlacedExit:
    exit: Exit
    box: Box
    label: str
    route: tuple[tuple[float, float], ...] | None  # to a step or a lane; its corners


@dataclass(frozen=True, slots=True)
class PlacedNode:
    node: Node
    box: Box
    row_bottom: float
    exits: tuple[PlacedExit, ...]
    waits: tuple[tuple[tuple[float, float], ...], ...]  # the routes from what it depends on


@dataclass(frozen=True, slots=True)
class PlacedLane:
    lane: Lane
    box: Box
    start: tuple[float, float]
    end: tuple[float, float]
    needs: tuple[PlacedExit, ...]
    nodes: tuple[PlacedNode, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    lanes: tuple[PlacedLane, ...]  # in the order of the graph
    width: float
    height: float


def layout_of(graph: Graph, say: Callable[[str], str]) -> Layout:
    """Place a graph; `say` masks a text before it is measured and cut."""
    sketches = [_Sketch(lane, say) for lane in graph.lanes]
    columns = _columns(graph)
    doors = [_entered_from(graph, columns, depth) for depth in range(len(columns))]
    lefts = _lefts(columns, doors, sketches)
    tops = _tops(graph, columns, sketches)
    placed: dict[int, PlacedLane] = {}
    for depth, column in enumerate(columns):
        for number in column:
            ways = _doors(doors[depth + 1], lefts[depth + 1], tops) if depth + 1 < len(columns) else {}
            placed[number] = sketches[number].placed(lefts[depth], tops[number], ways)
    lanes = tuple(placed[number] for number in range(len(sketches)))
    width = max((lane.box.right for lane in lanes), default=0.0) + MARGIN
    return Layout(lanes, width, max((lane.box.bottom for lane in lanes), default=0.0) + MARGIN)


# -- columns --------------------------------------------------------------------------------------------------------


def _columns(graph: Graph) -> list[list[int]]:
    """Lanes by how many calls they are away from the selected workflow, or from one that nobody calls."""
    leads = [[each.lane for each in exits(lane) if each.lane is not None] for lane in graph.lanes]
    called = {target for number, targets in enumerate(leads) for target in targets if target != number}
    depths: dict[int, int] = {}
    for root in (*(n for n in range(len(leads)) if n == 0 or n not in called), *range(len(leads))):
        waiting = [] if root in depths else [root]
        depths.setdefault(root, 0)
        for number in waiting:
            for target in leads[number]:
                if target not in depths:
                    depths[target] = depths[number] + 1
                    waiting.append(target)
    columns: list[list[int]] = [[] for _ in range(max(depths.values(), default=-1) + 1)]
    for number, depth in depths.items():
        columns[depth].append(number)
    return columns


def _entered_from(graph: Graph, columns: Sequence[Sequence[int]], depth: int) -> list[int]:
    """The lanes of a column that one of the column before leads to."""
    before = columns[depth - 1] if depth else ()
    led = {each.lane for number in before for each in exits(graph.lanes[number])}
    return [number for number in columns[depth] if number in led]


def _lefts(
    columns: Sequence[Sequence[int]], doors: Sequence[Sequence[int]], sketches: Sequence[_Sketch]
) -> list[float]:
    lefts: list[float] = []
    left = MARGIN
    for column, entered in zip(columns, doors, strict=True):
        left += 2 * PADDING + TRACK * len(entered) if lefts else 0.0
        lefts.append(left)
        left += max(sketches[number].width for number in column)
    return lefts


def _tops(graph: Graph, columns: Sequence[Sequence[int]], sketches: Sequence[_Sketch]) -> dict[int, float]:
    """A called lane stands no higher than its first caller, where there is room."""
    tops: dict[int, float] = {}
    for column in columns:
        bottom = MARGIN
        for number in column:
            wanted = [
                tops[caller] + y
                for caller in tops
                if caller not in column
                for each, y in sketches[caller].exit_rows()
                if each.lane == number
            ]
            tops[number] = max(bottom, min(wanted, default=0.0) - HEADER / 2)
            bottom = tops[number] + sketches[number].height + BETWEEN
    return tops


def _doors(entered: Sequence[int], left: float, tops: dict[int, float]) -> dict[int, _Route]:
    """How a lane is reached from the column before: down a track of its own, then in at its head."""
    return {
        number: (
            (left - PADDING - TRACK * place, tops[number] + HEADER / 2),
            (left, tops[number] + HEADER / 2),
        )
        for place, number in enumerate(reversed(entered))
    }


# -- one lane -------------------------------------------------------------------------------------------------------


class _Sketch:
    """A lane with its own corner as the origin."""

    def __init__(self, lane: Lane, say: Callable[[str], str]) -> None:
        self.lane = lane
        self._labels = {id(each): fitted(say(each.text), EXIT_MOST - EXIT_ROOM, EXIT_SIZE) for each in exits(lane)}
        self._tracks = _tracks(
            {node: [source for source, each in _gotos(lane) if each.step == node] for node in range(len(lane.nodes))}
        )
        self._left_tracks = _tracks({number: list(node.waits_for) for number, node in enumerate(lane.nodes)})
        self._node_left = PADDING + TRACK * _count(self._left_tracks)
        exit_widths = [self._exit_width(each) for each in exits(lane)]
        right = self._node_left + NODE_WIDTH + (REACH + max(exit_widths) if exit_widths else 0.0)
        self._track_left = right + PADDING
        self.width = right + PADDING + TRACK * _count(self._tracks)
        self._place_rows()

    def _place_rows(self) -> None:
        y = HEADER + PADDING
        self._start = y
        y += max(GAP + 4, EXIT_STEP * len(self.lane.needs) + GAP / 2)
        self._rows: list[tuple[float, float]] = []
        for node in self.lane.nodes:
            bottom = y + max(NODE_HEIGHT, (NODE_HEIGHT - EXIT_HEIGHT) / 2 + EXIT_STEP * len(node.exits))
            self._rows.append((y, bottom))
            y = bottom + GAP
        self._end = y + 4
        self.height = y + (4 + PADDING + 6 if self.lane.has_end else 0.0)

    def exit_rows(self) -> Iterator[tuple[Exit, float]]:
        """Every way out with the height of its middle."""
        for place, each in enumerate(self.lane.needs):
            yield each, self._start + EXIT_STEP * place
        for node, (top, _) in zip(self.lane.nodes, self._rows, strict=True):
            for place, each in enumerate(node.exits):
                yield each, top + NODE_HEIGHT / 2 + EXIT_STEP * place

    def placed(self, left: float, top: float, doors: dict[int, _Route]) -> PlacedLane:
        middles = {id(each): top + y for each, y in self.exit_rows()}
        spine = left + self._node_left + SPINE
        boxes = [Box(left + self._node_left, top + y, NODE_WIDTH, NODE_HEIGHT) for y, _ in self._rows]

        def place(each: Exit) -> PlacedExit:
            width = self._exit_width(each)
            x = left + self._node_left + NODE_WIDTH + REACH
            box = Box(x, middles[id(each)] - EXIT_HEIGHT / 2, width, EXIT_HEIGHT)
            return PlacedExit(each, box, self._labels[id(each)], self._route(each, box, left, boxes, doors))

        nodes = tuple(
            PlacedNode(node, box, top + bottom, tuple(map(place, node.exits)), tuple(self._waits(number, left, boxes)))
            for number, (node, box, (_, bottom)) in enumerate(zip(self.lane.nodes, boxes, self._rows, strict=True))
        )
        return PlacedLane(
            self.lane,
            Box(left, top, self.width, self.height),
            (spine, top + self._start),
            (spine, top + self._end),
            tuple(map(place, self.lane.needs)),
            nodes,
        )

    def _exit_width(self, each: Exit) -> float:
        return width_of(self._labels[id(each)], EXIT_SIZE) + EXIT_ROOM

    def _route(
        self, each: Exit, box: Box, left: float, boxes: Sequence[Box], doors: dict[int, _Route]
    ) -> _Route | None:
        start = (box.right, box.middle)
        if each.lane is not None:
            door = doors.get(each.lane)
            return (start, (door[0][0], box.middle), *door) if door else None
        if each.step is None or each.kind != "goto":
            return None
        target, track = boxes[each.step], left + self._track_left + TRACK * self._tracks[each.step]
        above, entry = target.y - ARRIVAL, target.right - ENTRY
        return start, (track, box.middle), (track, above), (entry, above), (entry, target.y)

    def _waits(self, number: int, left: float, boxes: Sequence[Box]) -> Iterator[_Route]:
        for prerequisite in self.lane.nodes[number].waits_for:
            track = left + self._node_left - TRACK * (1 + self._left_tracks[number])
            source, target = boxes[prerequisite], boxes[number]
            yield (source.x, source.middle), (track, source.middle), (track, target.middle), (target.x, target.middle)


def _gotos(lane: Lane) -> Iterator[tuple[int, Exit]]:
    for number, node in enumerate(lane.nodes):
        for each in node.exits:
            if each.kind == "goto" and each.step is not None:
                yield number, each


def _tracks(sources: dict[int, list[int]]) -> dict[int, int]:
    """A track for each target that something leads to; ways that overlap get different ones, short ways first."""
    spans = sorted(
        (max(target, *found) - min(target, *found), min(target, *found), max(target, *found), target)
        for target, found in sources.items()
        if found
    )
    taken: list[list[tuple[int, int]]] = []
    tracks = {}
    for _, start, end, target in spans:
        place = next((n for n, held in enumerate(taken) if all(end < s or e < start for s, e in held)), len(taken))
        if place == len(taken):
            taken.append([])
        taken[place].append((start, end))
        tracks[target] = place
    return tracks


def _count(tracks: dict[int, int]) -> int:
    return max(tracks.values(), default=-1) + 1

"""Which step of a workflow can follow which (Arazzo 1.1.0, "Success Action Object", "Failure Action Object").

A workflow is a graph: its steps, an edge for each action that can apply and for the default ways (the next step after
success, the end after failure; decision 2). What has certainly run before a step is what stands on every way to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from ..plan import End, GotoStep, GotoWorkflow, LinkedAction, ListedStep, Retry

Outcome = Literal["success", "failure"]
Applies: TypeAlias = Callable[[ListedStep, LinkedAction, Outcome], bool | None]


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from a step: to another step, or (`target` None) to the end of the workflow.

    `action` is None for the default way. `between` are the steps that run on the way: those a retry runs first.
    """

    source: str
    target: str | None
    outcome: Outcome
    action: LinkedAction | None = None
    between: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f"'{self.target}'" if self.target else "the end"
        how = f"by '{self.action.name}' " if self.action else ""
        after = "when it fails" if self.outcome == "failure" else "when it succeeds"
        return f"'{self.source}' goes {how}to {where} {after}"


def actions_of(step: ListedStep) -> tuple[tuple[Outcome, tuple[LinkedAction, ...]], ...]:
    """The actions of a step after each outcome, its own and the workflow's, in the order they are tried."""
    return ("success", step.success_actions), ("failure", step.failure_actions)


class Flow:
    """The graph of one workflow; `steps` are in the order they are carried out.

    `applies(step, action, outcome)` tells of an action: True it always applies when its turn comes, False it never
    does, None it may.
    """

    def __init__(self, steps: Sequence[ListedStep], applies: Applies) -> None:
        self.steps = {step.step_id: step for step in steps}
        self._order = list(self.steps)
        self.edges: Mapping[str, tuple[Edge, ...]] = {
            step.step_id: tuple(self._edges_of(step, applies)) for step in steps
        }

    def _edges_of(self, step: ListedStep, applies: Applies) -> Iterable[Edge]:
        index = self._order.index(step.step_id)
        following = self._order[index + 1] if index + 1 < len(self._order) else None
        for outcome, actions in actions_of(step):
            for action in actions:
                verdict = applies(step, action, outcome)
                if verdict is False:
                    continue
                yield self._edge(step, action, outcome)
                if verdict is True and not isinstance(action, Retry):
                    break
            else:
                yield Edge(step.step_id, following if outcome == "success" else None, outcome)

    def _edge(self, step: ListedStep, action: LinkedAction, outcome: Outcome) -> Edge:
        match action:
            case GotoStep(step_id=target):
                return Edge(step.step_id, target, outcome, action)
            case Retry(step_id=helper):
                return Edge(step.step_id, step.step_id, outcome, action, (helper,) if helper else ())
            case End() | GotoWorkflow():
                return Edge(step.step_id, None, outcome, action)

    @cached_property
    def reachable(self) -> frozenset[str]:
        """The steps that some way from the first one comes to, those that a retry runs first included."""
        found: set[str] = set()
        todo = self._order[:1]
        while todo:
            name = todo.pop()
            if name in found or name not in self.steps:
                continue
            found.add(name)
            for edge in self.edges[name]:
                todo.extend([edge.target] if edge.target else [])
                found.update(helper for helper in edge.between if helper in self.steps)
        return frozenset(found)

    @cached_property
    def certain(self) -> Mapping[str, frozenset[str]]:
        """For each reachable step the steps that have run on every way to it (itself only after an earlier visit)."""
        everything = frozenset(self._order)
        known: dict[str, frozenset[str]] = dict.fromkeys(self._order, everything)
        if self._order:
            known[self._order[0]] = frozenset()
        changed = True
        while changed:
            changed = False
            for name in self._order:
                for edge in self.edges[name] if name in self.reachable else ():
                    changed |= self._narrow(known, edge)
        return {name: known[name] for name in self._order if name in self.reachable}

    def _narrow(self, known: dict[str, frozenset[str]], edge: Edge) -> bool:
        before = known[edge.source] | {edge.source}
        changed = False
        for helper in edge.between:
            if helper in known and not known[helper] <= before:
                known[helper] &= before
                changed = True
        arriving = before.union(edge.between)
        if edge.target in known and not known[edge.target] <= arriving:
            known[edge.target] &= arriving
            changed = True
        return changed

    def way_without(self, step_id: str, avoided: str) -> tuple[Edge, ...] | None:
        """A shortest way from the first step to `step_id` on which `avoided` does not run; None where there is none."""
        if not self._order or self._order[0] == avoided:
            return None
        ways: dict[str, tuple[Edge, ...]] = {self._order[0]: ()}
        todo = [self._order[0]]
        while todo:
            name = todo.pop(0)
            if name == step_id:
                return ways[name]
            for edge in self.edges[name]:
                if avoided in edge.between:
                    continue
                if edge.target in self.steps and edge.target not in ways and edge.target != avoided:
                    ways[edge.target] = (*ways[name], edge)
                    todo.append(edge.target)
                if step_id in edge.between:
                    return (*ways[name], edge)
        return None

    @cached_property
    def loops(self) -> tuple[frozenset[str], ...]:
        """The steps that can come back to themselves by goto, grouped: each group's steps reach each other."""
        if not self._goes_back:
            return ()
        after = {name: self._after(name) for name in self._order if name in self.reachable}
        groups: list[frozenset[str]] = []
        for name in after:
            group = frozenset(other for other in after[name] if name in after.get(other, ()))
            if name in group and group not in groups:
                groups.append(group)
        return tuple(groups)

    @property
    def _goes_back(self) -> bool:
        place = {name: index for index, name in enumerate(self._order)}
        edges = (edge for name in self._order for edge in self.edges[name] if edge.target)
        return any(place.get(edge.target or "", len(place)) <= place[edge.source] for edge in edges)

    def _after(self, start: str) -> set[str]:
        found: set[str] = set()
        todo = [e.target for e in self.edges[start] if e.target and not isinstance(e.action, Retry)]
        while todo:
            name = todo.pop()
            if name in found or name not in self.steps:
                continue
            found.add(name)
            todo.extend(e.target for e in self.edges[name] if e.target and not isinstance(e.action, Retry))
        return found

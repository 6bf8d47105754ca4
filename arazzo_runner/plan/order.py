"""The order of steps: list order, or a stable topological order where a step declares dependsOn (decision 12).

Also which step can have run before which, for forward references.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def topological(names: Sequence[str], before: Mapping[str, Sequence[str]]) -> tuple[list[str], list[str]]:
    """A stable topological order of `names`, and the names on a cycle ([] when there is none)."""
    done: list[str] = []
    waiting = list(names)
    while waiting:
        ready = next((n for n in waiting if all(b in done or b not in names for b in before.get(n, ()))), None)
        if ready is None:
            return [*done, *waiting], _on_cycle(waiting, before)
        done.append(ready)
        waiting.remove(ready)
    return done, []


def _on_cycle(waiting: Sequence[str], before: Mapping[str, Sequence[str]]) -> list[str]:
    path: list[str] = []
    name = waiting[0]
    while name not in path:
        path.append(name)
        name = next(b for b in before.get(name, ()) if b in waiting)
    return path[path.index(name) :]


def reachable(start: str, edges: Mapping[str, Sequence[str]]) -> set[str]:
    """What can come after `start` along the edges (`start` itself only on a loop)."""
    found: set[str] = set()
    todo = list(edges.get(start, ()))
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(edges.get(name, ()))
    return found

"""What there was to reach, and what was reached: a row for each step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...verdict import Aim, CoverageKind
from .markup import Builder, Markup

_COLUMNS: tuple[tuple[str, tuple[CoverageKind, ...]], ...] = (
    ("Criteria, both ways", ("criterion",)),
    ("Actions", ("action", "exhausted", "timeout")),
    ("Outputs", ("output",)),
)


def figures(aims: Sequence[Aim]) -> str:
    """`3 of 3 steps, 4 of 6 verdicts, 1 of 2 actions`."""
    names = {"step": "steps", "criterion": "verdicts", "action": "actions", "output": "outputs"}
    parts = []
    for kind, name in names.items():
        own = [aim for aim in aims if aim.kind == kind]
        if own:
            parts.append(f"{sum(aim.reached for aim in own)} of {len(own)} {name}")
    return ", ".join(parts)


def coverage_table(aims: Sequence[Aim], build: Builder) -> Markup:
    """The aims of each step in one row; those not reached say why, where that is known."""
    rows: list[Markup] = []
    steps = dict.fromkeys((aim.workflow_id, aim.step_id) for aim in aims)
    several = len({workflow for workflow, _ in steps}) > 1
    for workflow_id, step_id in steps:
        own = [aim for aim in aims if (aim.workflow_id, aim.step_id) == (workflow_id, step_id)]
        name = f"{workflow_id}/{step_id}" if several and step_id else step_id or f"{workflow_id} (outputs)"
        rows.append(_row(name, own, build))
    if not rows:
        return build("p", "nothing to reach", class_="empty")
    head = build("tr", build("th", "Step"), *(build("th", title) for title, _ in _COLUMNS))
    return build("table", build("thead", head), build("tbody", *rows), class_="coverage")


def _row(name: str, aims: Sequence[Aim], build: Builder) -> Markup:
    step = [aim for aim in aims if aim.kind == "step"]
    met = not step or any(aim.reached for aim in step)
    cell = build("th", f"{name} ", *([] if met else [build("span", "not reached", class_="chip off")]), scope="row")
    why = next((aim.reason for aim in step if not aim.reached and aim.reason), None)
    first = cell if why is None else build("th", name, build("span", why, class_="why"), scope="row")
    columns = [build("td", *_chips([aim for aim in aims if aim.kind in kinds], build)) for _, kinds in _COLUMNS]
    return build("tr", first, *columns)


def _chips(aims: Sequence[Aim], build: Builder) -> Iterator[Markup]:
    for aim in aims:
        of = f"{aim.action}: " if aim.action else ""
        name = f"{'✓' if aim.reached else '·'} {of}{aim.name}"
        told = "reached" if aim.reached else _why(aim)
        yield build("span", name, class_=f"chip {'ok' if aim.reached else 'off'}", title=told)
        if not aim.reached and aim.reason:
            yield build("span", _why(aim), class_="why")


def _why(aim: Aim) -> str:
    if not aim.reason:
        return "not reached"
    return aim.reason if aim.proven else f"none was found: {aim.reason}"

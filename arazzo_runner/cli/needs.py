"""`arazzo-run show --credentials FILE`: what each workflow needs, whether it is there, and the line to set it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..api import credentials_of
from ..credentials import kind_of, way
from ..credentials.grants import grant_for
from ..errors import TransportError
from ..messages import Request, SecurityRequirement
from ..needs import Need, needs_of, schemes_of
from ..plan import Plan

if TYPE_CHECKING:
    from ..credentials import Credentials
    from ..options import Options

_HEAD = ("source", "scheme", "kind", "steps", "value")


@dataclass
class Row:
    """A scheme of a source in one workflow; `value` says where it is, None that it is missing."""

    requirement: SecurityRequirement
    steps: list[str] = field(default_factory=list)
    values: dict[str | None, None] = field(default_factory=dict)
    needed: bool = False  # and not there, for a step that has no other way

    @property
    def cells(self) -> tuple[str, ...]:
        asked, lacking = self.requirement, "missing" if self.needed else "none; there is another way"
        value = "; ".join(lacking if each is None else each for each in self.values)
        return asked.source, asked.name, kind_of(asked.scheme), ", ".join(dict.fromkeys(self.steps)), value


def show(plans: Sequence[Plan], options: Options) -> int:
    """Print a table for each workflow, never a value; 0 where everything is there, else 4.

    Raises:
        UsageError: a value that is for several schemes.
    """
    credentials = credentials_of(options)
    missing = False
    for number, plan in enumerate(plans):
        rows = _rows(plan, credentials, has_certificate=options.cert is not None)
        missing = missing or any(row.needed for row in rows)
        print(("\n" if number else "") + "\n".join(_lines(plan, rows)))
    for plan in plans:
        credentials.values.check(schemes_of(plan))
    return 4 if missing else 0


def _rows(plan: Plan, credentials: Credentials, *, has_certificate: bool) -> list[Row]:
    rows: dict[tuple[str, str], Row] = {}
    for need in needs_of(plan):
        states = {
            requirement.name: _state(need, requirement, credentials, has_certificate)
            for alternative in need.security
            for requirement in alternative
        }
        satisfied = any(all(states[r.name] is not None for r in alternative) for alternative in need.security)
        for requirement in (r for alternative in need.security for r in alternative):
            row = rows.setdefault((requirement.source, requirement.name), Row(requirement))
            row.steps.append(need.step.step_id)
            row.values[states[requirement.name]] = None
            row.needed = row.needed or (not satisfied and states[requirement.name] is None)
    return list(rows.values())


def _state(need: Need, requirement: SecurityRequirement, credentials: Credentials, has_certificate: bool) -> str | None:
    """Where the value for a step's request comes from; None where there is none, or where it is not sent."""
    if requirement.values is not None:
        return "the document's own"
    if place_of(requirement) in {
        (p.in_, p.name.lower() if p.in_ == "header" else p.name) for p in need.step.parameters
    }:
        return "the step's own"
    if kind_of(requirement.scheme).lower() == "mutualtls":
        return "--cert" if has_certificate else None
    if not credentials.is_sent(need.origin, remote=need.step.remote):
        return None
    return credentials.held(requirement, need.origin) if _is_whole(requirement, credentials, need.origin) else None


def _is_whole(requirement: SecurityRequirement, credentials: Credentials, origin: str) -> bool:
    """Whether no part of what there is for a scheme is missing; nothing is resolved for that."""

    def is_there(name: str | None) -> bool:
        return credentials.values.find(requirement, name, url=origin) is not None

    kind = kind_of(requirement.scheme)
    if kind in ("http basic", "http digest"):
        return is_there(None) or (is_there("username") and is_there("password"))
    if kind.lower() not in ("oauth2", "openidconnect") or is_there(None) or is_there("token"):
        return True
    asking = Request("GET", origin)
    try:
        grant = grant_for(requirement, asking, lambda name: "there" if is_there(name) else None, lambda url: True)
    except TransportError:
        return False
    return grant is not None


def place_of(requirement: SecurityRequirement) -> tuple[str, str]:
    """Where a scheme puts its value."""
    scheme = requirement.scheme
    if str(scheme.get("type", "")).lower() != "apikey":
        return "header", "authorization"
    return _place(str(scheme.get("in", "header")), str(scheme.get("name", "")))


def _place(in_: str, name: str) -> tuple[str, str]:
    return in_, name.lower() if in_ == "header" else name


def _lines(plan: Plan, rows: Sequence[Row]) -> Iterator[str]:
    yield plan.workflow.workflow_id + ("" if rows else ": no credentials")
    table = [_HEAD, *(row.cells for row in rows)] if rows else []
    widths = [max(len(row[column]) for row in table) for column in range(len(_HEAD))] if table else []
    for cells in table:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
    names = [row.requirement.name for row in rows]
    for row in rows:
        if row.needed:
            yield from _ways(plan, row.requirement, of_source=names.count(row.requirement.name) > 1)


def _ways(plan: Plan, requirement: SecurityRequirement, *, of_source: bool) -> Iterator[str]:
    if not requirement.scheme:
        yield f"  {requirement.name}: the description does not declare it; send the credential as a parameter"
        return
    yield f"  {requirement.name}: {way(requirement, of_source=of_source)}"
    for host in dict.fromkeys(
        urlsplit(need.origin).netloc
        for need in needs_of(plan)
        if need.step.remote and any(requirement in alternative for alternative in need.security)
    ):
        yield f"  {requirement.name}: --allow-host {host}, which only a document that came by URL names"

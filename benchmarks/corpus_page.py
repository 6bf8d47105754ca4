"""The survey of the corpus as a page of Markdown: counts, a table by provider, and a line for each cause."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .corpus import MODES, Surveyed, Tried, Trouble

_HEAD: Final = """\
# The corpus

Published and example Arazzo documents, tried offline: each is loaded, checked and linked, and each workflow is tried
against the descriptions of its API, with answers made from them; nothing is sent. Written by `make corpus`; the
documents themselves are not part of the project.

A workflow *completes* where its straight run succeeds on documented answers (in lenient mode also on such as the
workflow reads, where the description says too little), and *passes* where nothing is found wrong on the way: every
request is one that the API accepts, every output has a value of its type, nothing runs without end.
"""
_KINDS: Final = ("step", "criterion", "action", "exhausted", "timeout", "output")


@dataclass(frozen=True, slots=True)
class _Line:
    """What is wrong with workflows of one document, for one cause."""

    file: str
    workflows: tuple[str, ...]
    of: int
    modes: tuple[str, ...]
    cause: str
    first: Trouble
    count: int


def page(surveyed: Sequence[Surveyed]) -> str:
    """The page."""
    tried = [each for document in surveyed for each in document.tried]
    modes = [mode for mode in MODES if any(each.mode == mode for each in tried)]
    parts = [_HEAD, *_counts(surveyed, modes), *_aims(tried, modes), *_providers(surveyed, modes)]
    parts += _causes(surveyed, modes)
    lines = {title: [line for document in surveyed for line in _lines(document, told)] for title, told in _SECTIONS}
    for title, own in lines.items():
        parts += _section(title, [line for line in own if line.modes != ("strict",)])
    for title, own in lines.items():
        parts += _section(f"{title}: in strict mode only", [line for line in own if line.modes == ("strict",)])
    return "\n".join(parts) + "\n"


def _counts(surveyed: Sequence[Surveyed], modes: Sequence[str]) -> Iterator[str]:
    read = [each for each in surveyed if each.unreadable is None]
    yield "## Counts\n"
    yield f"- {len(surveyed)} documents, of which {len(read)} load"
    yield (
        f"- check finds {sum(each.errors for each in surveyed):,} errors and"
        f" {sum(each.warnings for each in surveyed):,} warnings; {sum(not each.errors for each in surveyed)} documents"
        " have no error"
    )
    yield f"- {_workflow_count(surveyed)} workflows\n"
    yield "| | " + " | ".join(modes) + " |"
    yield "|---|" + "---:|" * len(modes)
    for name, holds in _STATES:
        yield f"| {name} | " + " | ".join(str(_number(surveyed, mode, holds)) for mode in modes) + " |"
    yield ""


_STATES: Final[tuple[tuple[str, Callable[[Tried], bool]], ...]] = (
    ("link", lambda each: each.links),
    ("complete the straight run", lambda each: each.completes),
    ("pass", lambda each: each.passes),
)


def _workflow_count(surveyed: Iterable[Surveyed]) -> int:
    return sum(each.mode == document.tried[0].mode for document in surveyed for each in document.tried)


def _number(surveyed: Iterable[Surveyed], mode: str, holds: Callable[[Tried], bool]) -> int:
    return sum(each.mode == mode and holds(each) for document in surveyed for each in document.tried)


def _aims(tried: Sequence[Tried], modes: Sequence[str]) -> Iterator[str]:
    """Aims by kind: how many were reached, and how many of the others nothing documented brings about."""
    by_mode: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for each in tried:
        by_mode[each.mode] += each.aims
    if not any(by_mode.values()):
        return
    yield "## Explored\n"
    yield "Aims that some run of a workflow reached, of how many; in brackets those proven to be out of reach.\n"
    yield "| | " + " | ".join(modes) + " |"
    yield "|---|" + "---:|" * len(modes)
    for kind in _KINDS:
        yield f"| {kind} | " + " | ".join(_reached(by_mode[mode], (kind,)) for mode in modes) + " |"
    yield "| all | " + " | ".join(_reached(by_mode[mode], _KINDS) for mode in modes) + " |"
    yield ""


def _reached(aims: Counter[tuple[str, str]], kinds: Sequence[str]) -> str:
    reached, proven, missed = (sum(aims[kind, became] for kind in kinds) for became in ("reached", "proven", "missed"))
    return f"{reached:,} / {reached + proven + missed:,}" + (f" ({proven:,})" if proven else "")


def _providers(surveyed: Sequence[Surveyed], modes: Sequence[str]) -> Iterator[str]:
    grouped: dict[str, list[Surveyed]] = defaultdict(list)
    for each in surveyed:
        grouped[each.provider].append(each)
    yield "## By provider\n"
    yield "Errors of check; then workflows: how many link, complete and pass in each mode.\n"
    yield "| | documents | errors | workflows | " + " | ".join(modes) + " |"
    yield "|---|---:|---:|---:|" + "---:|" * len(modes)
    for provider, documents in sorted(grouped.items()):
        figures = [" / ".join(str(_number(documents, mode, holds)) for _, holds in _STATES) for mode in modes]
        cells = [provider, len(documents), sum(each.errors for each in documents), _workflow_count(documents), *figures]
        yield "| " + " | ".join(map(str, cells)) + " |"
    yield ""


def _causes(surveyed: Sequence[Surveyed], modes: Sequence[str]) -> Iterator[str]:
    """Workflows by cause and mode; one with two causes counts for each."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for document in surveyed:
        for each in document.tried:
            for cause in {_named(trouble) for trouble in each.troubles}:
                found[cause][each.mode] += 1
    yield "## By cause\n"
    yield "Workflows with a cause that keeps them from running, or from passing; one that has two counts for each.\n"
    yield "| | " + " | ".join(modes) + " |"
    yield "|---|" + "---:|" * len(modes)
    for cause, numbers in sorted(found.items(), key=lambda pair: (-sum(pair[1].values()), pair[0])):
        yield f"| {cause} | " + " | ".join(str(numbers[mode]) for mode in modes) + " |"
    yield ""


def _named(trouble: Trouble) -> str:
    return f"{trouble.cause} ({trouble.code})" if trouble.code else trouble.cause


_SECTIONS: Final[tuple[tuple[str, Callable[[Tried], bool]], ...]] = (
    ("Refused before the first request", lambda each: not each.links),
    ("Link, and do not complete", lambda each: each.links and not each.completes),
    ("Complete, and do not pass", lambda each: each.completes and not each.passes),
)


def _lines(document: Surveyed, told: Callable[[Tried], bool]) -> Iterator[_Line]:
    """One line for each cause, and each set of modes in which it is found."""
    if document.unreadable is not None and told is _SECTIONS[0][1]:
        yield _Line(document.file, (), 0, MODES, _named(document.unreadable), document.unreadable, 1)
    modes: dict[tuple[str, str], list[str]] = defaultdict(list)
    troubles: dict[tuple[str, str], dict[Trouble, None]] = defaultdict(dict)
    for each in document.tried:
        for cause in dict.fromkeys(map(_named, each.troubles)) if told(each) else ():
            modes[cause, each.workflow_id].append(each.mode)
            troubles[cause, each.workflow_id].update(dict.fromkeys(t for t in each.troubles if _named(t) == cause))
    grouped: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for (cause, workflow), found in modes.items():
        grouped[cause, tuple(found)].append(workflow)
    of = len({each.workflow_id for each in document.tried})
    for (cause, found_in), workflows in grouped.items():
        own = dict.fromkeys(trouble for workflow in workflows for trouble in troubles[cause, workflow])
        yield _Line(document.file, tuple(workflows), of, found_in, cause, next(iter(own)), len(own))


def _section(title: str, lines: Sequence[_Line]) -> Iterator[str]:
    if not lines:
        return
    yield f"## {title}\n"
    by_cause: dict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        by_cause[line.cause].append(line)
    for cause, own in sorted(by_cause.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        yield f"### {cause}\n"
        yield "| place | workflows | modes | diagnostic |"
        yield "|---|---|---|---|"
        yield from map(_row, own)
        yield ""


def _row(line: _Line) -> str:
    more = f" (and {line.count - 1} more)" if line.count > 1 else ""
    modes = "all" if len(line.modes) == len(MODES) else ", ".join(line.modes)
    cells = (line.first.place, _workflows(line), modes, line.first.message + more)
    return "| " + " | ".join(map(_cell, cells)) + " |"


def _workflows(line: _Line) -> str:
    if len(line.workflows) == line.of and line.of > 1:
        return f"all {line.of}"
    shown = ", ".join(line.workflows[:3])
    return shown + (f" and {len(line.workflows) - 3} more" if len(line.workflows) > 3 else "")


def _cell(text: Any) -> str:
    """A text that stays inside its cell."""
    return str(text).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")

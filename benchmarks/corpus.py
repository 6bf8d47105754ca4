"""Published descriptions tried, offline: which load, link and complete the straight run in each mode, and why not.

`make corpus` (or `python -m benchmarks.corpus`) writes docs/corpus.md. The documents stay where they are
(`ARAZZO_SHARED`/corpus); a workflow that takes too long or raises is told like any other that does not complete.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from arazzo_runner.api import Loaded, check_with, load_with, verify_with
from arazzo_runner.checks import RULES
from arazzo_runner.cli.pool import parallel
from arazzo_runner.diagnostics import Diagnostic
from arazzo_runner.document import find_arazzo_files
from arazzo_runner.errors import ArazzoError, DocumentError
from arazzo_runner.events import RunFinished
from arazzo_runner.options import Compat, Options
from arazzo_runner.testing import Tryout
from arazzo_runner.verdict import Verdict

ROOT: Final = Path(__file__).parents[1]
MODES: Final[tuple[Compat, ...]] = ("strict", "auto", "lenient")
BOUND_S: Final = 60.0  # seconds for one workflow in one mode: far more than any needs
PROCESSES: Final = 2

_CAUSES: Final = {
    "inputs": "no inputs that its schema allows",
    "bounds": "a run without end",
    "output": "an output without value, or of another type",
}
_UNMADE: Final = "the request cannot be made"
_REFUSED: Final = "the API does not accept the request"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One reason why a workflow is not carried out, or not as described. `place` is relative to the corpus."""

    cause: str
    message: str
    place: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """One workflow in one mode. `completes` is whether the straight run succeeds; `aims` counts them by kind and by
    what became of them: "reached", "proven" (nothing documented brings it about), "missed"."""

    workflow_id: str
    mode: Compat
    links: bool = False
    completes: bool = False
    troubles: tuple[Trouble, ...] = ()
    aims: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def passes(self) -> bool:
        """Whether nothing at all is wrong with it."""
        return self.completes and not self.troubles


@dataclass(frozen=True, slots=True)
class Surveyed:
    """One document."""

    file: str
    unreadable: Trouble | None = None
    errors: int = 0
    warnings: int = 0
    tried: tuple[Tried, ...] = ()

    @property
    def provider(self) -> str:
        """The folder it stands in."""
        return self.file.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Task:
    """One document to survey."""

    corpus: Path
    file: Path
    modes: tuple[Compat, ...]
    branches: bool = True
    checked: bool = True
    bound_s: float = BOUND_S


def survey(
    corpus: Path,
    *,
    modes: Sequence[Compat] = MODES,
    branches: bool = True,
    checked: bool = True,
    bound_s: float = BOUND_S,
    processes: int = PROCESSES,
) -> list[Surveyed]:
    """Every Arazzo document below a folder, by name.

    Without `branches` the straight runs only; without `checked` nothing is counted that check finds.
    """
    files = sorted(find_arazzo_files(corpus))
    tasks = [Task(corpus, file, tuple(modes), branches, checked, bound_s) for file in files]
    with parallel(surveyed, tasks, processes=processes) as results:
        return list(results)


def surveyed(task: Task) -> Surveyed:
    """One document, checked and tried in each mode."""
    file = task.file.relative_to(task.corpus).as_posix()
    found = check_with(task.file, Options(fetch=False)).diagnostics if task.checked else ()
    severities = Counter(each.severity for each in found)
    try:
        loaded = load_with(task.file, Options(fetch=False))
    except DocumentError as error:
        wrong = next((d for d in error.diagnostics if d.severity == "error"), None)
        wrong = wrong or Diagnostic("ARZ100", "error", error.message, error.location)
        return Surveyed(file, _of_diagnostic(task, wrong), severities["error"], severities["warning"])
    ids = [each.workflow_id for each in loaded.workflows if each.workflow_id]
    tried = tuple(each for mode in task.modes for each in _in_mode(task, ids, mode))
    return Surveyed(file, None, severities["error"], severities["warning"], tried)


def _in_mode(task: Task, ids: Sequence[str], mode: Compat) -> Iterator[Tried]:
    loaded = load_with(task.file, Options(fetch=False, compat=mode))
    for workflow_id in ids:
        yield _tried(task, loaded, workflow_id, mode)


def _tried(task: Task, loaded: Loaded, workflow_id: str, mode: Compat) -> Tried:
    """One workflow in one mode, within its time; whatever it raises is told."""
    try:
        with _within(task.bound_s):
            tryout = Tryout(assume=mode == "lenient", branches=task.branches)
            verdict = next(iter(verify_with(loaded, tryout, workflow_id)))
            return _of_verdict(task, loaded, verdict, mode)
    except TimeoutError:
        trouble = Trouble("a hang", f"not done within {task.bound_s:g} s", str(task.file.relative_to(task.corpus)))
    except ArazzoError as error:
        trouble = Trouble("refused", error.message, _place(task, error.location))
    except Exception as error:  # noqa: BLE001  to find what raises is what this is for
        last = traceback.extract_tb(error.__traceback__)[-1]
        message = f"{type(error).__name__}: {error} ({Path(last.filename).name}:{last.lineno})"
        trouble = Trouble("a crash", message, str(task.file.relative_to(task.corpus)))
    return Tried(workflow_id, mode, troubles=(trouble,))


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Raises: TimeoutError: what it holds takes longer. The pool's processes work in their main thread."""

    def late(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _of_verdict(task: Task, loaded: Loaded, verdict: Verdict, mode: Compat) -> Tried:
    if any(problem.kind == "check" for problem in verdict.problems):
        plan = replace(loaded, options=replace(loaded.options, mock=True)).link(verdict.name)
        errors = [each for each in plan.diagnostics if each.severity == "error"]
        return Tried(verdict.name, mode, troubles=tuple(_of_diagnostic(task, each) for each in errors))
    troubles = tuple(
        Trouble(_cause(problem.kind, problem.message), _short(task, problem.message), _place(task, problem.location))
        for problem in verdict.problems
    )
    completes = any(isinstance(event, RunFinished) and event.status == "succeeded" for event in verdict.events)
    aims = Counter((aim.kind, _became(aim.reached, aim.proven)) for aim in verdict.coverage)
    return Tried(verdict.name, mode, True, completes, troubles, aims)


def _became(reached: bool, proven: bool) -> str:
    return "reached" if reached else "proven" if proven else "missed"


def _cause(kind: str, message: str) -> str:
    if kind in _CAUSES:
        return _CAUSES[kind]
    if kind == "request":
        return _UNMADE if message.startswith(_UNMADE) else _REFUSED
    return "no documented answer meets a criterion" if kind == "criterion" else kind


def _of_diagnostic(task: Task, diagnostic: Diagnostic) -> Trouble:
    rule = RULES[diagnostic.code]
    return Trouble(rule.title, _short(task, diagnostic.message), _place(task, diagnostic.location), diagnostic.code)


def _place(task: Task, location: Any) -> str:
    return _relative(task, str(location)) if location is not None else str(task.file.relative_to(task.corpus))


_LONGEST: Final = 240  # characters of a message: of a value that it shows, the beginning is enough


def _short(task: Task, message: str) -> str:
    text = " ".join(_relative(task, message).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _relative(task: Task, text: str) -> str:
    return text.replace(f"file://{task.corpus}/", "").replace(f"{task.corpus}/", "")


def corpus_folder() -> Path | None:
    """The published documents of this machine, None where there are none."""
    folder = Path(os.environ.get("ARAZZO_SHARED", ROOT.parent / "shared")).resolve() / "corpus"
    return folder if folder.is_dir() else None


@contextmanager
def cold_cache() -> Iterator[None]:
    """A cache of one's own, empty at first, for this process and those it starts."""
    before = os.environ.get("XDG_CACHE_HOME")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ["XDG_CACHE_HOME"]
            else:
                os.environ["XDG_CACHE_HOME"] = before


def main(arguments: Sequence[str] | None = None) -> int:
    """Survey the corpus, write the table; exit code 1 where something crashed or hung."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="another folder of documents")
    parser.add_argument("--output", type=Path, metavar="FILE", help="where the table goes (stdout)")
    parser.add_argument("--straight", action="store_true", help="the straight runs only")
    given = parser.parse_args(arguments)
    folder = given.folder.resolve() if given.folder else corpus_folder()
    if folder is None or not folder.is_dir():
        print("the corpus is not here: set ARAZZO_SHARED to the folder that holds it", file=sys.stderr)
        return 1 if given.folder else 0
    from .corpus_page import page

    with cold_cache():
        found = survey(folder, branches=not given.straight)
    text = page(found)
    if given.output is not None:
        given.output.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return int(any(t.cause in ("a crash", "a hang") for each in found for tried in each.tried for t in tried.troubles))


if __name__ == "__main__":
    sys.exit(main())

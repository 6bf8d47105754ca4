"""One description tried, or one case run."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..api import Loaded, is_case, load_with, run_case, verify_with
from ..diagnostics import Diagnostic
from ..errors import DocumentError, InputError, Unavailable, UnknownWorkflow, UsageError
from ..options import Options
from ..plan import InputsSchema
from ..testing import Tryout, refusal_verdict
from ..verdict import Problem, Verdict
from .arguments import options_of
from .counterexamples import reading_words
from .inputs import read_inputs
from .text import error_lines

if TYPE_CHECKING:
    from ..config import Configuration


@dataclass(frozen=True, slots=True)
class Task:
    """One file to test: a description with the cases beside it, or a case."""

    given: argparse.Namespace
    configured: tuple[Configuration, Configuration]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task; `problem` says why there is no verdict.

    `sources` are the names of its source descriptions, None where they are not known.
    """

    exit_code: int
    verdicts: tuple[Verdict, ...] = ()
    problem: tuple[str, ...] = ()
    unknown_workflow: bool = False
    sources: tuple[str, ...] | None = None


def outcome_of(task: Task) -> Outcome:
    """Test one file.

    Raises:
        UsageError: options that cannot be meant, inputs that cannot be read.
    """
    options = options_of(task.given, task.configured)
    try:
        if is_case(task.given.file):
            return _outcome(task, tuple(_case(task, options)), None)
        loaded = load_with(task.given.file, options)
        return _outcome(task, () if task.given.live else tuple(_workflows(task, loaded)), _sources(loaded))
    except UnknownWorkflow as error:
        return Outcome(error.exit_code, problem=tuple(error_lines(error)), unknown_workflow=True)
    except DocumentError as error:
        return _outcome(task, (_refused(task.given.file, error),), None)
    except Unavailable as error:
        return Outcome(error.exit_code, problem=tuple(error_lines(error)))


def _outcome(task: Task, verdicts: tuple[Verdict, ...], sources: tuple[str, ...] | None) -> Outcome:
    code = max((verdict.exit_code for verdict in verdicts), default=0)
    return Outcome(code, tuple(map(_lean(task), verdicts)), sources=sources)


def _sources(loaded: Loaded) -> tuple[str, ...] | None:
    declared = loaded.description.source_descriptions
    if any(source.type not in ("openapi", "asyncapi") for source in declared):
        return None
    return tuple(source.name for source in declared)


def _refused(file: str, error: DocumentError) -> Verdict:
    found = error.diagnostics or [Diagnostic("ARZ100", "error", error.message, error.location, error.hint)]
    return refusal_verdict(file, file, found, error.exit_code)


def _lean(task: Task) -> Any:
    """Without what no report needs: the events of every run would cross a process for nothing."""
    return lambda verdict: verdict if task.given.html is not None else replace(verdict, events=())


def _workflows(task: Task, loaded: Loaded) -> Iterator[Verdict]:
    given = task.given
    tryout = Tryout(
        seed=given.seed,
        assume=loaded.options.compat == "lenient",
        thorough=given.thorough,
        branches=not given.straight,
        options=tuple(reading_words(given)),
    )
    unused = {pair.partition("=")[0] for pair in given.input}

    def inputs(schema: InputsSchema) -> Mapping[str, Any]:
        found = _inputs(given, schema)
        unused.difference_update(found)
        return found

    yield from verify_with(loaded, tryout, given.workflow, inputs=inputs)
    if unused:
        raise UsageError(f"no workflow of {given.file} has an input '{min(unused)}'")


def _inputs(given: argparse.Namespace, schema: InputsSchema) -> Mapping[str, Any]:
    """Those of the given inputs that a workflow declares."""
    if given.inputs is None and not given.input:
        return {}
    declared: Collection[str] | None = schema.declared
    pairs = [pair for pair in given.input if declared is None or pair.partition("=")[0] in declared]
    found = read_inputs(given.inputs, pairs, schema)
    return {name: value for name, value in found.items() if declared is None or name in declared}


def _case(task: Task, options: Options) -> Iterator[Verdict]:
    given, file = task.given, Path(task.given.file)
    project, user = task.configured
    severities = {**user.severities, **project.severities, **dict(_severity(text) for text in given.severity)}
    inputs = read_inputs(given.inputs, given.input, InputsSchema({}))
    words = ["arazzo-run", "test", str(file), *reading_words(given), *(["--live"] if given.live else [])]
    words += [word for text in given.severity for word in ("--severity", text)]
    try:
        yield run_case(
            file, options, live=given.live, inputs=inputs or None, severities=severities, command=shlex.join(words)
        )
    except DocumentError as error:
        yield replace(_refused(str(file), error), kind="case")
    except InputError as error:
        problems = tuple(Problem(kind="inputs", message=line) for line in error.problems or (error.message,))
        yield Verdict(
            name=file.name, document=str(file), kind="case", status="failed", problems=problems, code=error.exit_code
        )


def _severity(text: str) -> tuple[str, str]:
    kind, equals, level = text.partition("=")
    if not equals:
        raise UsageError(f"'{text}' is not of the form KIND=LEVEL", hint="--severity status=warn")
    return kind, level

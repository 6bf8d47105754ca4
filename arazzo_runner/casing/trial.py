"""What a case came to: differences, violations and refusals as the problems of a Verdict."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..diagnostics import Diagnostic, did_you_mean
from ..drivers.replay import Difference
from ..errors import ArazzoError, DocumentError, InputError, Unavailable, UnknownWorkflow, UsageError
from ..events import Event
from ..location import Location
from ..plan import Plan
from ..report.attempts import qualified
from ..report.result import Result
from ..values import JSON, dumps, jsonable
from ..verdict import Problem, ProblemKind, Verdict
from .files import CaseFile
from .live import Found
from .script import name_of
from .severities import Severities
from .values import PLACEHOLDER

_FAILURES: Mapping[str | None, ProblemKind] = {"limit-exceeded": "bounds", "transport": "transport"}
_VALIDITY = frozenset({"status", "header", "media-type", "body", "drift"})


class Trial:
    """One case on its way to its Verdict. `command` is the line that repeats it."""

    def __init__(self, file: CaseFile, *, live: bool, severities: Severities, command: str | None = None) -> None:
        self.file = file
        self._live = live
        self._severities = severities
        self._command = command or f"arazzo-run test {shlex.quote(str(file.path))}{' --live' if live else ''}"
        self._started = time.perf_counter()
        self._problems: list[Problem] = []
        self._notes: list[str] = []

    # -- before it begins -------------------------------------------------------------------------------------------

    @property
    def why_not_live(self) -> str | None:
        """Why the real server cannot be asked for this case, None where it can."""
        case = self.file.case
        if not case.live:
            return f"{self.file.location('/live')}: the case is not for a live server"
        failing = next((exchange for exchange in case.exchanges if exchange.failure is not None), None)
        if failing is not None:
            return f"{self.file.location(failing.place)}: no server can be asked for a request without an answer"
        return None

    def inputs(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs of the case, those given in their place.

        Raises:
            InputError: a live case has the placeholder of a secret, and the secret is not given.
        """
        inputs = {**self.file.case.inputs, **given}
        masked = [name for name, value in inputs.items() if self.has_placeholders(value)]
        if masked and self._live:
            names = ", ".join(masked)
            raise InputError(
                f"{self.file.location('/inputs')}: the secrets of a live case have to be given: {names}",
                problems=tuple(f"{name} is a placeholder" for name in masked),
                hint=" ".join(f"-i {name}=..." for name in masked) + " (library: inputs={...})",
            )
        return inputs

    @staticmethod
    def has_placeholders(value: Any) -> bool:
        """Whether there is the placeholder of a secret in a value."""
        return PLACEHOLDER.search(dumps(jsonable(value))) is not None

    def check_names(self, declared: Collection[str]) -> None:
        """Refuse sources and servers of a name that the document does not declare.

        Raises:
            DocumentError: with the place of each in the case.
        """
        case = self.file.case
        findings = [
            Diagnostic(
                "ARZ950",
                "error",
                f"{case.document} has no source '{name}'",
                self.file.text.location((member, name), key=True),
                did_you_mean(name, declared) or f"sources: {', '.join(declared)}",
            )
            for member, names in (("sources", case.sources), ("servers", case.servers))
            for name in names
            if name and name not in declared
        ]
        if findings:
            first = findings[0]
            raise DocumentError(first.message, location=first.location, hint=first.hint, diagnostics=findings)

    def skipped(self, why: str) -> Verdict:
        """It was not tried."""
        self._notes.append(why)
        return self._verdict("skipped")

    def refused(self, error: ArazzoError) -> Verdict:
        """Nothing was sent; which the case may expect of its document and its inputs."""
        expect = self.file.case.expect
        kind: ProblemKind = "inputs" if isinstance(error, InputError) else "check"
        of_case = self._is_of_case(error)
        if expect.outcome == "rejected" and isinstance(error, (DocumentError, InputError)) and not of_case:
            codes = [item.code for item in _errors(error)] or [kind]
            if expect.reason is not None and expect.reason not in codes:
                self._add(
                    "difference", f"the reason: expected {expect.reason}, got {', '.join(codes)}", "/expect/reason"
                )
            return self._verdict("failed" if self._problems else "passed")
        for message, location in self._reasons(error):
            self._problems.append(Problem(kind=kind, message=message, location=location, command=self._command))
        return self._verdict("failed", code=DocumentError.exit_code if of_case else error.exit_code)

    def _is_of_case(self, error: ArazzoError) -> bool:
        """Whether it is the case that names what is not there: a document, a workflow, a source."""
        return isinstance(error, UsageError) or (
            error.location is not None and error.location.document == self.file.text.name
        )

    def _reasons(self, error: ArazzoError) -> Iterator[tuple[str, Location | None]]:
        if findings := _errors(error):
            yield from ((_with_hint(f"{item.code}: {item.message}", item.hint), item.location) for item in findings)
        elif isinstance(error, InputError):
            yield from ((problem, self.file.location("/inputs")) for problem in error.problems)
        else:
            place = "/workflow" if isinstance(error, UnknownWorkflow) else "/document"
            yield _with_hint(error.message, error.hint), error.location or self.file.location(place)

    # -- after it ended ---------------------------------------------------------------------------------------------

    def finished(
        self,
        plan: Plan,
        result: Result,
        events: Sequence[Event],
        differences: Iterable[Difference],
        found: Iterable[Found] = (),
        notes: Iterable[str] = (),
    ) -> Verdict:
        """The verdict of a run."""
        telling = _Telling(self.file, plan, result)
        for difference in _without_echoes(differences):
            self._tell(telling, difference)
        for item in found:
            self._weigh(telling, item)
        self._end(telling, result)
        self._notes.extend(map(telling.mask, notes))
        status = "failed" if self._problems else "passed"
        return self._verdict(status, plan=plan, events=events, runs=1, code=self._code(result))

    def _code(self, result: Result) -> int:
        """The exit code of what kept it from being judged: somebody interrupted it, the real server did not answer."""
        if result.reason == "interrupted":
            return 130
        return Unavailable.exit_code if self._live and self._problems and result.reason == "transport" else 0

    def _tell(self, telling: _Telling, difference: Difference) -> None:
        message = telling.message(difference)
        if difference.kind == "refused" and difference.what == "the request":
            self._weigh(telling, Found("request", difference.step, message, difference.place))
        elif self._live and difference.what == "attempts" and "0" not in (difference.recorded, difference.now):
            self._notes.append(f"{difference.step}: {message}")  # how often a server is asked is for it to say
        else:
            kind = telling.failure if telling.is_failure(difference) else "difference"
            step, location = telling.step_of(difference), telling.location(difference.step, difference.place)
            self._problems.append(
                Problem(kind=kind, message=message, step=step, location=location, command=self._command)
            )

    def _weigh(self, telling: _Telling, item: Found) -> None:
        level = self._severities[item.severity]
        message = telling.mask(item.message)
        step, location = name_of(item.effect_id), telling.location(item.effect_id, item.place)
        if level == "error":
            kind: ProblemKind = "response" if item.severity in _VALIDITY else "request"
            self._problems.append(
                Problem(kind=kind, message=message, step=step, location=location, command=self._command)
            )
        elif level == "warn":
            self._notes.append(f"{location or step}: {message}")

    def _end(self, telling: _Telling, result: Result) -> None:
        """A failure that nobody expects is a problem, where no difference has told it."""
        expect = self.file.case.expect
        if result.status == "succeeded" or expect.outcome is not None or expect.reason is not None:
            return
        message = f"the run failed: {telling.mask(result.message or result.reason or '')}"
        location = self.file.location("/expect") if "expect" in self._written else None
        self._problems.append(Problem(kind=telling.failure, message=message, location=location, command=self._command))

    @property
    def _written(self) -> Mapping[str, JSON]:
        root = self.file.text.root
        return root if isinstance(root, dict) else {}

    def _add(self, kind: ProblemKind, message: str, place: str) -> None:
        location = self.file.location(place)
        self._problems.append(Problem(kind=kind, message=message, location=location, command=self._command))

    def _verdict(
        self,
        status: Any,
        *,
        plan: Plan | None = None,
        events: Sequence[Event] = (),
        runs: int = 0,
        code: int = 0,
    ) -> Verdict:
        return Verdict(
            name=str(self.file.path),
            document=plan.workflow.document.name if plan is not None else self.file.document,
            kind="case",
            status=status,
            problems=tuple(self._problems),
            notes=tuple(self._notes),
            events=events,
            runs=runs,
            duration_s=time.perf_counter() - self._started,
            code=code,
        )


def _without_echoes(differences: Iterable[Difference]) -> list[Difference]:
    """Without what follows from another one that is told: no attempts of a step that was not sent, and what a run or a
    step that ended otherwise has not brought.
    """
    found = list(differences)
    absent = {name_of(item.step) for item in found if item.kind == "missing"}
    ended = {item.place.rpartition("/")[0] for item in found if item.what == "the outcome"}

    def follows(item: Difference) -> bool:
        if item.what == "attempts":
            return item.now == "0" and item.step in absent
        told, _, member = item.place.partition("/outputs")
        if not member and item.place in ("/expect/reason", "/expect/endedBy"):
            told = "/expect"
        return told in ended and told != item.place

    return [item for item in found if not follows(item)]


def _errors(error: ArazzoError) -> list[Diagnostic]:
    found = error.diagnostics if isinstance(error, DocumentError) else ()
    return [item for item in found if item.severity == "error"]


def _with_hint(message: str, hint: str | None) -> str:
    return f"{message} ({hint})" if hint else message


class _Telling:
    """Differences in words, with their places; secrets of the run are masked."""

    def __init__(self, file: CaseFile, plan: Plan, result: Result) -> None:
        self._file = file
        self._ids = {step.step_id for workflow in plan.workflows.values() for step in workflow.steps}
        self._places = {qualified(step.path, step.step_id): step.location for step in result.steps}
        self.mask: Callable[[str], str] = result.redactor.text
        self._why = f" ({self.mask(result.message)})" if result.message else ""
        self.failure: ProblemKind = _FAILURES.get(result.reason, "difference")

    def message(self, difference: Difference) -> str:
        what, recorded, now = difference.what, self.mask(difference.recorded), self.mask(difference.now)
        match difference.kind:
            case "missing":
                shown = f" ({recorded})" if recorded not in ("sent", "carried out") else ""
                was = "sent" if what == "the request" else "carried out"
                return f"{what} was not {was}{shown}{self._unknown(difference.step)}"
            case "unexpected":
                return f"a request that the case does not list was sent: {now}"
            case "refused":
                return now
            case _:
                why = self._why if self.is_failure(difference) else ""
                return f"{what}: expected {recorded}, got {now}{why}"

    def _unknown(self, step: str) -> str:
        """What to say where a document has no such step."""
        name = name_of(step).rpartition("/")[2]
        if name in self._ids:
            return ""
        hint = did_you_mean(name, self._ids)
        return f": there is no step '{name}'" + (f", {hint}" if hint else "")

    def is_failure(self, difference: Difference) -> bool:
        """Whether it is that the run failed and was expected not to."""
        return difference.place == "/expect/outcome" and difference.now == "failure"

    def step_of(self, difference: Difference) -> str | None:
        """The step it is about, None for the run; a step may be called `run`, too."""
        of_run = difference.step == "run" and not difference.place.startswith("/expect/steps/")
        return None if of_run else name_of(difference.step)

    def location(self, name: str, place: str) -> Location | None:
        """In the case where it says something of it, else that of the step."""
        return self._file.location(place) if place else self._places.get(name_of(name))

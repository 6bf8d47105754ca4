"""Every attempt of a step: its request, response, criteria with operands, the action taken, and outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ...events import ActionTaken, CriterionChecked
from ...messages import Request, Response
from ..attempts import Attempt, frames_of
from .markup import Builder, Content, Markup, lasted
from .run_view import RunView, state_of
from .values import Values

_MARKS = {"succeeded": "✓", "failed": "✗", "handled": "!", "interrupted": "…"}
_PURPOSES = {"dependency": "needed first", "goto": "goto", "retry": "before the retry", "step": "called", "run": ""}


class Steps:
    """The steps of one run, folded; those that failed are open."""

    def __init__(self, view: RunView, ids: Mapping[str, str], build: Builder, values: Values) -> None:
        self._view = view
        self._ids = ids
        self._build = build
        self._values = values

    def list(self) -> Markup:
        """All of them, in the order in which they started."""
        build, told = self._build, set()
        parts: list[Markup] = []
        for attempt in self._view.attempts:
            path = attempt.started.path
            if path and path not in told:
                told.add(path)
                parts += self._frame(path)
            parts.append(self._attempt(attempt))
        return build("div", *parts) if parts else build("p", "no step was started", class_="empty")

    def _frame(self, path: str) -> Iterator[Markup]:
        entered = self._view.entered.get(path)
        if entered is None:
            return
        why = _PURPOSES[entered.purpose]
        said = f"→ workflow {entered.workflow_id}" + (f" ({why})" if why else "")
        yield self._build("p", said, class_=f"frame depth-{_depth(path)}")

    def _attempt(self, attempt: Attempt) -> Markup:
        build, state = self._build, state_of(attempt)
        name = attempt.started.step_id
        return build(
            "details",
            build(
                "summary",
                build("span", _MARKS[state], class_="mark", aria_label=state),
                build("span", name, " ", *self._counts(attempt), class_="name"),
                build("span", *self._figures(attempt), class_="figures"),
                build("span", build("code", self._what(attempt)), class_="what"),
            ),
            build("div", *self._inside(attempt), class_="inside"),
            class_=f"step {state} depth-{_depth(attempt.started.path)}",
            id=self._ids[attempt.started.id],
            open=state in ("failed", "interrupted"),
            data_filter="good" if state == "succeeded" else "bad",
        )

    def _counts(self, attempt: Attempt) -> Iterator[Markup]:
        if attempt.started.visit > 1:
            yield self._build("span", f"visit {attempt.started.visit}", class_="chip")
        if attempt.started.attempt > 1:
            yield self._build("span", f"attempt {attempt.started.attempt}", class_="chip")

    def _figures(self, attempt: Attempt) -> Iterator[Content]:
        if attempt.response:
            kind = "ok" if attempt.succeeded else "bad"
            yield self._build("span", str(attempt.response.status), class_=f"status {kind}")
            yield " "
        elif attempt.refused:
            yield self._build("span", "no answer" if attempt.failure else "not sent", class_="status bad")
            yield " "
        if attempt.duration_s:
            yield lasted(attempt.duration_s)

    def _what(self, attempt: Attempt) -> str:
        if attempt.request:
            return f"{attempt.request.method} {self._build.redactor.url(attempt.request.url)}"
        called = attempt.started.id in self._view.entered
        return f"workflow {attempt.started.target}" if called else attempt.started.target

    def _inside(self, attempt: Attempt) -> Iterator[Content]:
        build = self._build
        if attempt.started.description:
            yield build("p", attempt.started.description, class_="lead")
        if attempt.message:
            yield build("p", attempt.message, class_="notice failed")
        yield from self._exchange(attempt)
        yield from self._called(attempt)
        yield from self._criteria(attempt)
        if attempt.action:
            yield build("h3", "Where it went on")
            yield build("p", action_line(attempt.action))
        if attempt.finished and (attempt.finished.outputs or attempt.finished.missing_outputs):
            yield build("h3", "Outputs")
            yield self._values.mapping(attempt.finished.outputs, attempt.finished.missing_outputs)
        yield build("p", f"{attempt.started.location}", class_="where")

    # -- what was sent and what came --------------------------------------------------------------------------------

    def _exchange(self, attempt: Attempt) -> Iterator[Content]:
        build = self._build
        sides: list[Content] = []
        if attempt.request:
            sides.append(build("div", build("h3", "Request"), *self._request(attempt.request)))
        if attempt.response:
            sides.append(build("div", build("h3", "Response"), *self._response(attempt.response, attempt.succeeded)))
        elif attempt.failure:
            told = f"no answer ({attempt.failure.kind}): {attempt.failure.message}"
            sides.append(build("div", build("h3", "Response"), build("p", told, class_="line-of")))
        if sides:
            yield build("div", *sides, class_="two")

    def _request(self, request: Request) -> Iterator[Content]:
        line = f"{request.method} {self._build.redactor.url(request.url)}"
        yield self._build("p", self._build("code", line), class_="line-of")
        yield self._values.headers(request.headers)
        yield self._values.body(request.body or b"", request.headers)

    def _response(self, response: Response, succeeded: bool) -> Iterator[Content]:
        line = f"{response.status} {response.reason}".rstrip()
        yield self._build("p", self._build("code", line), class_=f"line-of status {'ok' if succeeded else 'bad'}")
        yield self._values.headers(response.headers)
        yield self._values.body(response.body, response.headers)

    def _called(self, attempt: Attempt) -> Iterator[Content]:
        """The workflow a step called: what it was given, and what it gave."""
        entered, left = self._view.entered.get(attempt.started.id), self._view.left.get(attempt.started.id)
        if entered is None:
            return
        build = self._build
        sides = [build("div", build("h3", f"Inputs of {entered.workflow_id}"), self._values.mapping(entered.inputs))]
        if left is not None:
            given = self._values.mapping(left.outputs, left.missing_outputs)
            sides.append(build("div", build("h3", f"Outputs of {entered.workflow_id}"), given))
        yield build("div", *sides, class_="two")

    # -- criteria ---------------------------------------------------------------------------------------------------

    def _criteria(self, attempt: Attempt) -> Iterator[Content]:
        groups: dict[str | None, list[CriterionChecked]] = {}
        for check in attempt.checks:
            groups.setdefault(check.action, []).append(check)
        for action, checks in groups.items():
            yield self._build("h3", "Criteria" if action is None else f"Criteria of action {action}")
            yield self._checks(checks)

    def _checks(self, checks: Sequence[CriterionChecked]) -> Markup:
        build = self._build
        head = build(
            "tr",
            build("th", build("span", "", aria_label="verdict")),
            build("th", "Condition"),
            build("th", "Operands"),
        )
        rows = [self._check(check) for check in checks]
        return build("table", build("thead", head), build("tbody", *rows), class_="criteria")

    def _check(self, check: CriterionChecked) -> Markup:
        build = self._build
        kind = "ok" if check.passed else "bad"
        condition: list[Content] = [build("code", check.condition)]
        if check.context or check.type != "simple":
            of = f"{check.type} of {check.context}" if check.context else check.type
            condition += [" ", build("span", of, class_="chip")]
        condition.append(build("div", str(check.location), class_="where"))
        operands: list[Content] = [self._values.operand(operand) for operand in check.operands]
        if check.reason:
            operands.append(build("span", check.reason, class_="operand"))
        return build(
            "tr",
            build(
                "td",
                "✓" if check.passed else "✗",
                class_=f"tick {kind}",
                title="holds" if check.passed else "does not hold",
            ),
            build("td", *condition),
            build("td", *operands),
        )


def action_line(action: ActionTaken) -> str:
    """Where the run went, and by which action."""
    by = f" (action {action.name})" if action.name else ""
    match action.type:
        case "retry":
            first = f", after {action.target}" if action.target else ""
            wait = f", {lasted(action.delay_s)} later" if action.delay_s else ""
            return f"↻ retry {action.retry} of {action.retry_limit}{wait}{first}{by}"
        case "goto":
            return f"→ goto {action.target}{by}"
        case "end":
            return f"■ the workflow ends here{by}"
        case "break":
            return "✕ no action applies: the workflow stops here, failed"
        case _:
            return f"↓ the next step{by}"


def _depth(path: str) -> int:
    return min(len(frames_of(path)), 4)

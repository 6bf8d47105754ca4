"""A case against the real server: its requests compared, every response held against its description, and drift."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from ..drivers.replay import Difference, Scripted, not_listed, not_sent
from ..events import Event, RequestSent, ResponseReceived, StepStarted, Warned
from ..messages import Request, Response
from ..openapi import Argument, Body, Description, Operation
from ..openapi.contract import ContractChecker
from ..plan import OperationCall, Plan
from ..plan.contract import DescribedContract
from ..report.case import RecordedExchange
from .drift import drift
from .files import CaseFile
from .requests import Before, ExpectedRequest
from .script import Exchanges, is_step, name_of, placeholders_of


@dataclass(frozen=True, slots=True)
class Found:
    """What is wrong with an exchange: which severity decides, and the JSON Pointer in the case, "" for none."""

    severity: str
    effect_id: str
    message: str
    place: str = ""


class RequestContract:
    """The contract of a live run: requests are judged and sent all the same; responses are the watch's."""

    def __init__(self) -> None:
        self.level: Literal["warn", "error"] = "warn"
        self._described = DescribedContract("warn")

    def check_request(
        self, step: OperationCall, request: Request, arguments: tuple[Argument, ...], body: Body | None
    ) -> tuple[str, ...]:
        return self._described.check_request(step, request, arguments, body)

    def check_response(self, step: OperationCall, response: Response) -> tuple[str, ...]:
        return ()

    def not_checked(self, step: OperationCall) -> tuple[str, ...]:
        return ()


class Watch:
    """Watches a live run. `differences` are those from the case, `found` what breaks the contract or has drifted.

    `before` are the requests that the case's own answers made, by the place of their exchange: what was right there
    and is not here is the server's data.
    """

    def __init__(self, file: CaseFile, plan: Plan, before: Mapping[str, Request]) -> None:
        self._file = file
        self._plan = plan
        self._before = before
        self._brought = placeholders_of(file.case)
        self._exchanges = Exchanges(file.case)
        self._keys = {w.workflow_id: key for key, w in reversed(list(plan.workflows.items()))}
        self._operations: dict[str, Operation] = {}
        self._taken: dict[str, RecordedExchange] = {}
        self._checkers: dict[int, tuple[Description, ContractChecker]] = {}
        self.differences: list[Difference] = []
        self.found: list[Found] = []
        self.not_checked: list[str] = []

    def observe(self, event: Event) -> None:
        """Look at one event."""
        match event:
            case StepStarted():
                self._start(event)
            case RequestSent():
                self._compare(event.id, event.request)
            case ResponseReceived():
                self._judge(event.id, event.response)
            case Warned(diagnostic=diagnostic, id=str(effect_id)) if diagnostic.code == "ARZ810":
                self.found.append(Found("request", effect_id, diagnostic.message, self._place(effect_id)))
            case _:
                pass

    def finish(self) -> None:
        """Steps of the case that sent nothing; of the others another number of attempts says nothing."""
        for exchange in self._exchanges.left():
            if not self._exchanges.was_sent(exchange.step):
                self.differences.append(not_sent(self._scripted(exchange)))

    def _start(self, event: StepStarted) -> None:
        workflow = self._plan.workflows[self._keys.get(event.workflow_id, self._plan.entry)]
        position = workflow.positions.get(event.step_id)
        step = workflow.steps[position] if position is not None else None
        if isinstance(step, OperationCall):
            self._operations[event.id] = step.operation

    def _place(self, effect_id: str) -> str:
        return self._taken[effect_id].place if effect_id in self._taken else ""

    # -- the request ------------------------------------------------------------------------------------------------

    def _compare(self, effect_id: str, request: Request) -> None:
        exchange = self._exchanges.take(effect_id)
        if exchange is None:
            if self._file.case.complete and not self._is_listed(effect_id):
                self.differences.append(not_listed(effect_id, request))
            return
        self._taken[effect_id] = exchange
        expected = self._expected(exchange, effect_id)
        if expected is not None:
            self.differences.extend(expected.differences(effect_id, request))

    def _is_listed(self, effect_id: str) -> bool:
        name = name_of(effect_id)
        return any(is_step(exchange.step, name) for exchange in self._file.case.exchanges)

    def _expected(self, exchange: RecordedExchange, effect_id: str) -> ExpectedRequest | None:
        if exchange.request is None:
            return None
        operation = self._operations.get(effect_id)
        path = operation.path.partition("?")[0].partition("#")[0] if operation is not None else ""
        depth = len([segment for segment in path.split("/") if segment])
        before = Before(self._before.get(exchange.place), depth)
        return ExpectedRequest(exchange.request, f"{exchange.place}/request", self._brought, before)

    def _scripted(self, exchange: RecordedExchange) -> Scripted:
        step = exchange.id or exchange.step
        return Scripted(step, self._expected(exchange, ""), Response(200), place=exchange.place)

    # -- the response -----------------------------------------------------------------------------------------------

    def _judge(self, effect_id: str, response: Response) -> None:
        operation = self._operations.get(effect_id)
        if operation is None:
            return
        checker = self._checker(operation.description)
        for violation in checker.check_response(operation, response):
            self.found.append(Found(violation.kind, effect_id, str(violation), self._place(effect_id)))
        self.not_checked.extend(str(item) for item in checker.take_not_checked())
        self.found.extend(self._drift(effect_id, operation, response))

    def _checker(self, description: Description) -> ContractChecker:
        if id(description) not in self._checkers:
            self._checkers[id(description)] = (description, ContractChecker(description))
        return self._checkers[id(description)][1]

    def _drift(self, effect_id: str, operation: Operation, response: Response) -> Iterator[Found]:
        exchange = self._taken.get(effect_id)
        if exchange is None:
            return
        place = f"{exchange.place}/response"
        wanted = exchange.documented.status if exchange.documented is not None else None
        if exchange.response is not None:
            before = str(self._file.location(place))
            lines = drift(exchange.response, response, operation, before=before, after=response.url or "live")
            if lines:
                yield Found("drift", effect_id, "\n".join(("the answer has another structure", *lines)), place)
        elif wanted is not None and wanted != response.status:
            yield Found("drift", effect_id, f"the status was {wanted} and is {response.status}", place)

"""The exchanges of a case, one for each attempt of a step; what it leaves open is answered by the mock."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from ..drivers.replay import Difference, Scripted, step_of
from ..messages import Headers, Request, Response
from ..mock import Mock
from ..report.attempts import qualified
from ..report.case import Case, DocumentedResponse, RecordedExchange
from ..values import dumps, loads
from .requests import ExpectedRequest
from .values import PLACEHOLDER


class Exchanges:
    """Which exchange of a case an attempt is: by its id, by its number, else in order for each step."""

    def __init__(self, case: Case) -> None:
        sent = [exchange for exchange in case.exchanges if exchange.is_sent]
        self._by_id = {exchange.id: exchange for exchange in sent if exchange.id is not None}
        self._others = [exchange for exchange in sent if exchange.id is None]
        self._names: list[str] = []

    def take(self, effect_id: str) -> RecordedExchange | None:
        """The exchange of this attempt; each is taken once."""
        name = name_of(effect_id)
        self._names.append(name)
        if effect_id in self._by_id:
            return self._by_id.pop(effect_id)
        own = [exchange for exchange in self._others if is_step(exchange.step, name)]
        numbered = (exchange for exchange in own if exchange.attempt == self._number(exchange.step))
        found = next(numbered, None) or next((exchange for exchange in own if exchange.attempt is None), None)
        if found is not None:
            self._others.remove(found)
        return found

    def _number(self, step: str) -> int:
        """How many requests of a step were sent, this one included."""
        return sum(is_step(step, name) for name in self._names)

    def left(self) -> list[RecordedExchange]:
        """Those that nobody took."""
        return [*self._by_id.values(), *self._others]

    def was_sent(self, step: str) -> bool:
        """Whether any request of a step was sent."""
        return any(is_step(step, name) for name in self._names)


def name_of(effect_id: str) -> str:
    """A step's id with those of the steps it runs in: `login/getToken`."""
    path, _, _ = effect_id.rpartition("/")
    return qualified(path, step_of(effect_id))


def is_step(step: str, name: str) -> bool:
    """Whether a step as a case writes it is this one: `getToken` is `login/getToken`, too."""
    return step == name or name.endswith("/" + step)


class CaseScript:
    """Answers from a case, and from the mock where the case has none and is not complete.

    `refused` are the requests that the description does not allow, among those that the mock answered; `taken` the
    place of its exchange for each attempt.
    """

    def __init__(self, case: Case, mock: Mock) -> None:
        self._case = case
        self._exchanges = Exchanges(case)
        self._mock = mock
        self._brought = placeholders_of(case)
        self.refused: list[Difference] = []
        self.taken: dict[str, str] = {}

    def take(self, effect_id: str) -> Scripted | None:
        exchange = self._exchanges.take(effect_id)
        if exchange is not None:
            self.taken[effect_id] = exchange.place
        elif self._case.complete:
            return None
        else:
            exchange = RecordedExchange(step_of(effect_id))
        return self._scripted(exchange, effect_id)

    def left(self) -> Iterator[Scripted]:
        return (self._scripted(exchange, exchange.id or exchange.step) for exchange in self._exchanges.left())

    def begins(self) -> float | None:
        times = (exchange.at - exchange.duration for exchange in self._case.exchanges if exchange.at is not None)
        return min(times, default=None)

    def _scripted(self, exchange: RecordedExchange, effect_id: str) -> Scripted:
        request = exchange.request
        expected = None
        if request is not None:
            expected = ExpectedRequest(request, f"{exchange.place}/request", brought=self._brought)
        answer = exchange.response or exchange.failure
        return Scripted(
            effect_id,
            expected,
            answer or (lambda sent: self._documented(effect_id, exchange, sent)),
            exchange.duration,
            exchange.at,
            exchange.place,
        )

    # -- from the description ---------------------------------------------------------------------------------------

    def _documented(self, effect_id: str, exchange: RecordedExchange, sent: Request) -> Response:
        wanted = exchange.documented or DocumentedResponse()
        if wanted.status is None or wanted.status < 400:
            self._judge(effect_id, exchange, sent)
        if wanted.status is None and wanted.example is None:
            response = self._mock.respond(sent)
        else:
            response = self._preferred(effect_id, exchange, wanted, sent)
        return replace(response, headers=_over(response.headers, wanted.headers))

    def _judge(self, effect_id: str, exchange: RecordedExchange, sent: Request) -> None:
        refusal = self._mock.refusal(sent)
        if refusal is not None:
            why = "; ".join(refusal.errors) or refusal.detail
            now = f"the description does not allow the request: {why}"
            self._refuse(effect_id, "the request", "as described", now, exchange.place)

    def _preferred(
        self, effect_id: str, exchange: RecordedExchange, wanted: DocumentedResponse, sent: Request
    ) -> Response:
        """The answer of a status or by the name of an example; without one documented, that status and no body."""
        response = self._mock.respond(replace(sent, headers=(*_without(sent.headers, "prefer"), _prefer(wanted))))
        if response.header("preference-applied") is not None:
            return replace(response, headers=_without(response.headers, "preference-applied"))
        if wanted.example is not None and self._mock.refusal(sent) is None:
            place = f"{exchange.place}/response/example"
            self._refuse(effect_id, "the example", wanted.example, _detail(response), place)
        return Response(wanted.status or 200, (), b"", url=sent.url)

    def _refuse(self, effect_id: str, what: str, recorded: str, now: str, place: str) -> None:
        self.refused.append(Difference(effect_id, what, recorded, now, place, "refused"))


def placeholders_of(case: Case) -> frozenset[str]:
    """The placeholders of secrets that come into a run of a case: by its inputs, by the answers it has."""
    return frozenset(PLACEHOLDER.findall("".join(_incoming(case))))


def _incoming(case: Case) -> Iterator[str]:
    yield dumps(dict(case.inputs))
    for exchange in case.exchanges:
        if exchange.response is not None:
            yield exchange.response.body.decode("utf-8", "replace")
            yield from (value for _, value in exchange.response.headers)


def _prefer(wanted: DocumentedResponse) -> tuple[str, str]:
    said = [f"code={wanted.status}"] if wanted.status is not None else []
    if wanted.example is not None:
        quoted = wanted.example.replace("\\", "\\\\").replace('"', '\\"')
        said.append(f'example="{quoted}"')
    return "Prefer", ", ".join(said)


def _without(headers: Headers, name: str) -> Headers:
    return tuple((key, value) for key, value in headers if key.lower() != name)


def _over(headers: Headers, given: Headers) -> Headers:
    """The headers with those that a case gives in the place of the documented ones."""
    names = {name.lower() for name, _ in given}
    return (*((name, value) for name, value in headers if name.lower() not in names), *given)


def _detail(problem: Response) -> str:
    """The reason in a problem of the mock's."""
    return str(loads(problem.body).get("detail", "")).removeprefix("Prefer: ")


# -- recorded verdicts ------------------------------------------------------------------------------------------------


def verdicts_of(
    case: Case, conditions: Collection[tuple[str, str | None, str]], *, every: bool = False
) -> Mapping[tuple[str, str, str | None], tuple[bool, str | None]]:
    """The verdicts that a replay cannot compute (they read a secret, or overran), or all; by effect, condition, action.

    `conditions` are those of the plan, as (stepId, action, text): a secret within a recorded one is a placeholder.
    """
    return {
        (exchange.id, text, verdict.action): (verdict.passed, verdict.reason)
        for exchange in case.exchanges
        if exchange.id is not None
        for verdict in exchange.verdicts
        if every or verdict.secret or verdict.overrun
        for text in _texts(verdict.condition, (step_of(exchange.id), verdict.action), conditions)
    }


def _texts(
    recorded: str, place: tuple[str, str | None], conditions: Collection[tuple[str, str | None, str]]
) -> Iterator[str]:
    """The conditions at a place that a recorded one may stand for: itself, and with anything for its placeholders."""
    yield recorded
    if PLACEHOLDER.search(recorded):
        pattern = re.compile(".+".join(map(re.escape, PLACEHOLDER.split(recorded))), re.DOTALL)
        yield from (text for *at, text in conditions if tuple(at) == place and pattern.fullmatch(text))

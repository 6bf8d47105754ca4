"""Answers that tell a step's conditions apart: documented ones, with values put where the conditions look."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations, islice, pairwise, product
from typing import Any, Final, TypeAlias

from ..expression import BodyReference, Expression, HeaderReference, Response, Tokens, split
from ..messages import header
from ..openapi import MediaType
from ..plan import LinkedCriterion, LinkedOutput, OperationCall, Whole
from ..plan.written import Selected
from ..values import JSON, MISSING, Missing, array_index, get_pointer, text_of
from .answers import Answer, Answers, statuses
from .origins import FromBody, FromHeader, Origin, StepKey
from .runs import Point, Run
from .uses import Uses
from .wants import Look, Search, Want, mentioned_statuses, presence, wants

_TOGETHER: Final = 3  # places changed at once
_PLACES: Final = 6  # places looked at in one answer
_VALUES: Final = 8  # values for one place
_MOST: Final = 500  # changed answers for one documented answer
_NODES: Final = 300  # values of a body that a query may mean
_LISTED: Final = 3  # values of an enumeration that come before what nobody documents
_LARGEST: Final = 20  # items that a list is made to have

Hints: TypeAlias = "Mapping[Origin, JSON | Missing]"
"""Values that a later condition needs, by where they come from."""

Place: TypeAlias = "tuple[str, Tokens]"
"""`("body", pointer)` or `("header", (name,))`."""


@dataclass(slots=True)
class Candidates:
    """Makes the answers of steps; what a step looks at is read once. For one thread."""

    uses: Uses
    answers: Answers = field(default_factory=Answers)
    _wants: dict[StepKey, tuple[Want, ...]] = field(default_factory=dict)
    _statuses: dict[StepKey, tuple[int, ...]] = field(default_factory=dict)

    def statuses(self, key: StepKey, step: OperationCall) -> tuple[int, ...]:
        """The statuses of the step's operation that matter."""
        if key not in self._statuses:
            mentioned = frozenset[int]().union(*(mentioned_statuses(each.condition) for each in criteria_of(step)))
            self._statuses[key] = statuses(step.operation, sorted(mentioned))
        return self._statuses[key]

    def all(self, run: Run, point: Point, usual: Answer | None, hints: Hints) -> Iterator[Answer]:
        """Every answer, those that were changed least first for each status; `usual` is what the mock says."""
        accept = header(point.request.headers, "accept")
        for status in self.statuses(point.key, point.step):
            documented = self.answers.at(point.step.operation, status, accept)
            if usual is not None and usual.status == status:
                documented = (usual, *documented)
            hinted = [made for answer in documented for made in self.hinted(point.key, answer, hints)]
            yield from hinted
            for answer in hinted:
                yield from self._changed(run, point, answer)

    def assumed(self, run: Run, point: Point, usual: Answer | None, *, any_status: bool) -> Iterator[Answer]:
        """Answers nobody documents: with members as the workflow reads them, of any status that its conditions name."""
        accept = header(point.request.headers, "accept")
        documented = self.statuses(point.key, point.step)
        named = frozenset[int]().union(*(mentioned_statuses(each.condition) for each in criteria_of(point.step)))
        for status in dict.fromkeys((*documented, *(sorted(named) if any_status else ()))):
            if 100 <= status <= 599:
                known = self.answers.at(point.step.operation, status, accept)[:1]
                if usual is not None and (usual.status == status or not known):
                    known = (replace(usual, status=status),)
                yield from self._as_read(run, point, replace(known[0] if known else Answer(status), assumed=True))

    def _as_read(self, run: Run, point: Point, answer: Answer) -> Iterator[Answer]:
        if isinstance(answer.value, Missing) and answer.status != 204:
            answer = replace(answer, media_type=("application/json", MediaType(None)), value=self._made_up(point.key))
        filled = answer
        for tokens in self.uses.read_in(point.key):
            if get_pointer(filled.value, tokens) is MISSING:
                filled = _put(filled, ("body", tokens), self._for_place(filled, point.key, tokens)) or filled
        for want in self._wanted(point):
            place = place_of(want.expression, want.tokens)
            if place is not None and isinstance(want, Look) and place[0] == "body":
                filled = self._filled(filled, point.key, place, want)
        yield answer
        yield filled
        yield from self._changed(run, point, filled, foreseen=False)

    def _filled(self, answer: Answer, key: StepKey, place: Place, want: Look) -> Answer:
        """With a value where the workflow reads one and none is there."""
        tokens = place[1]
        if not tokens or want.counted or get_pointer(answer.value, tokens) is not MISSING:
            return answer
        wanted = [value for value in want.values if not isinstance(value, Missing)]
        value = wanted[0] if wanted else self._for_place(answer, key, tokens)
        return _put(answer, place, value) or answer

    def _made_up(self, key: StepKey) -> JSON:
        """The body of an answer that is documented without one."""
        return self._for_use(key, ()) if self.uses.read_in(key) == ((),) else {}

    def _for_place(self, answer: Answer, key: StepKey, tokens: Tokens) -> JSON:
        """A value as the description of an answer declares it, else as it is used."""
        declared = self.answers.declared(answer, tokens).schemas[:1]
        return _sampled(declared[0], tokens) if declared else self._for_use(key, tokens)

    def _for_use(self, key: StepKey, tokens: Tokens) -> JSON:
        """A value as the places want it that it is sent to; a text where none says so."""
        return _sampled(next(iter(self.uses.of(FromBody(key, tokens))), {"type": "string"}), tokens)

    def hinted(self, key: StepKey, answer: Answer, hints: Hints) -> Iterator[Answer]:
        """An answer with the values that are asked for, where its schema allows them; then as it is."""
        changed = answer
        for origin, value in hints.items():
            match origin:
                case FromBody(step=step, tokens=tokens) if step == key and answer.media_type is not None:
                    changed = _put(changed, ("body", tokens), value) or changed
                case FromHeader(step=step, name=name) if step == key and not isinstance(value, Missing):
                    changed = changed.with_header(name, text_of(value))
                case _:
                    pass
        if changed is not answer and self.answers.allows(changed):
            yield changed
        yield answer

    def for_criterion(self, run: Run, point: Point, answer: Answer, criterion: LinkedCriterion) -> Iterator[Answer]:
        """An answer with other values where one criterion looks."""
        foreseen = not answer.assumed
        yield from self._changed(run, point, answer, wanted=tuple(wants(criterion.condition)), foreseen=foreseen)

    def for_output(self, run: Run, point: Point, answer: Answer, output: LinkedOutput) -> Iterator[Answer]:
        """An answer with other values where one output looks."""
        yield from self._changed(run, point, answer, wanted=tuple(_outputs_look(output)), foreseen=not answer.assumed)

    def _changed(
        self,
        run: Run,
        point: Point,
        answer: Answer,
        *,
        wanted: tuple[Want, ...] | None = None,
        foreseen: bool = True,
    ) -> Iterator[Answer]:
        places = self._places(run, point, answer, self._wanted(point) if wanted is None else wanted, foreseen)
        made = (
            changed
            for count in range(1, min(_TOGETHER, len(places)) + 1)
            for chosen in combinations(places.items(), count)
            for values in product(*(values for _, values in chosen))
            if (changed := _with(answer, zip((place for place, _ in chosen), values, strict=True))) is not None
        )
        yield from islice(made, _MOST)

    def _places(
        self, run: Run, point: Point, answer: Answer, wanted: tuple[Want, ...], foreseen: bool
    ) -> dict[Place, list[JSON | Missing]]:
        """The places of an answer that the step looks at, with the values to try there."""
        places: dict[Place, list[JSON | Missing]] = {}
        for want in wanted:
            for place, values in self._of_want(run, point, answer, want, foreseen):
                known = places.setdefault(place, [])
                known += [value for value in values if not _has(known, value)]
        return {
            place: found
            for place, values in islice(places.items(), _PLACES)
            if (found := [value for value in values if not _is_there(answer, place, value)][:_VALUES])
        }

    def _wanted(self, point: Point) -> tuple[Want, ...]:
        if point.key not in self._wants:
            step = point.step
            found: list[Want] = [want for each in criteria_of(step) for want in wants(each.condition)]
            found += [look for output in step.outputs for look in _outputs_look(output)]
            self._wants[point.key] = tuple(found)
        return self._wants[point.key]

    def _of_want(
        self, run: Run, point: Point, answer: Answer, want: Want, foreseen: bool
    ) -> Iterator[tuple[Place, list[JSON | Missing]]]:
        place = place_of(want.expression, want.tokens)
        if place is None or (foreseen and not self._is_foreseen(answer, place)):
            return
        if isinstance(want, Search):
            yield from _of_search(answer, place, want)
            return
        values = [*want.values, *self._others(run, point, want)]
        if want.counted:
            values = _sized(answer, place, want.values)
        elif place[0] == "body":
            values = self._with_listed(answer, place[1], values, foreseen)
        if place[0] == "body" and not want.counted and get_pointer(answer.value, place[1]) is MISSING:
            values.append(self._for_place(answer, point.key, place[1]))
        yield place, values

    def _is_foreseen(self, answer: Answer, place: Place) -> bool:
        """Whether something may stand there: what the description does not declare is not there (decision 127)."""
        if place[0] == "header":
            return any(name.lower() == place[1][0].lower() for name, _ in answer.headers)
        if isinstance(answer.value, Missing):
            return False
        if answer.schema is None or get_pointer(answer.value, place[1]) is not MISSING:
            return True
        return self.answers.declared(answer, place[1]).foreseen

    def _others(self, run: Run, point: Point, want: Look) -> Iterator[JSON | Missing]:
        """The values of what an operand is compared with."""
        for expression in want.others:
            value = run.evaluated(expression)
            if not isinstance(value, bytes | Missing):
                yield value
                yield from _beside(value)

    def _with_listed(
        self, answer: Answer, tokens: Tokens, values: list[JSON | Missing], foreseen: bool
    ) -> list[JSON | Missing]:
        """Values for a place with those its schema lists; where these are all there are, the others come last."""
        declared = self.answers.declared(answer, tokens)
        listed: list[JSON | Missing] = list(declared.listed)
        if not declared.closed:
            return [*values, *listed]
        inside = [value for value in values if _has(listed, value) or isinstance(value, Missing)]
        outside = [] if foreseen else [value for value in values if not _has(inside, value)]
        return [*inside, *listed[:_LISTED], *outside, *listed[_LISTED:]]


def criteria_of(step: OperationCall) -> Iterator[LinkedCriterion]:
    """The criteria of a step and of its actions."""
    yield from step.criteria
    for action in (*step.success_actions, *step.failure_actions):
        yield from action.criteria


def place_of(expression: Expression, tokens: Tokens) -> Place | None:
    """The place in an answer that an expression reads, None for anything else."""
    match expression:
        case Response(source=BodyReference()):
            return "body", tokens
        case Response(source=HeaderReference(token=name)):
            return "header", (name,)
        case _:
            return None


def _beside(value: JSON) -> Iterator[JSON]:
    """Values on either side of one; of anything but numbers, another."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield from (int(value) + 1, int(value) - 1)
    else:
        yield f"{value}x" if isinstance(value, str) else None


def _outputs_look(output: LinkedOutput) -> Iterator[Want]:
    written = output.written
    if isinstance(written, Whole):
        yield from presence(written.expression)
    elif isinstance(written, Selected) and written.context is not None:
        base, tokens = split(written.context)
        yield Search(base, tokens, frozenset(), ())


def _sampled(schema: dict[str, Any], tokens: Tokens) -> JSON:
    from ..sample import sample

    return sample(schema, name=next((token for token in reversed(tokens) if array_index(token) is None), ""))


def _sized(answer: Answer, place: Place, counts: Iterable[JSON | Missing]) -> list[JSON | Missing]:
    """The list or the text that is there, with another number of items or characters."""
    present = get_pointer(answer.value, place[1])
    found: list[JSON | Missing] = []
    for count in counts:
        if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= _LARGEST:
            continue
        if isinstance(present, list):
            found.append([copy.deepcopy(present[index % len(present)]) for index in range(count)] if present else [])
        elif isinstance(present, str):
            found.append((present * count + "x" * count)[:count])
    return found


def _of_search(answer: Answer, place: Place, search: Search) -> Iterator[tuple[Place, list[JSON | Missing]]]:
    """Places below what a query looks into that it may mean: members it names, and lists."""
    if place[0] != "body":
        return
    root = get_pointer(answer.value, place[1])
    nodes = list(islice(_walk(root, place[1]), _NODES))
    for tokens, value in sorted(nodes, key=lambda node: -_named(node[0], search.names)):
        if isinstance(value, list):
            sizes = sorted({0, 1, *(n for n in search.constants if isinstance(n, int) and 0 < n <= _LARGEST)})
            yield ("body", tokens), _sized(answer, ("body", tokens), [*sizes, *(size + 1 for size in sizes)])
        elif tokens and tokens[-1] in search.names and not isinstance(value, dict):
            yield ("body", tokens), [*search.constants, MISSING, *_unlike(search.constants)]


def _named(tokens: Tokens, names: frozenset[str]) -> int:
    """How many names at the end of a way the query has, indices apart."""
    own = [token for token in reversed(tokens) if array_index(token) is None]
    return next((count for count, token in enumerate(own) if token not in names), len(own))


def _unlike(constants: Iterable[JSON]) -> Iterator[JSON]:
    for value in constants:
        if isinstance(value, bool):
            yield not value
        elif isinstance(value, int):
            yield from (value + 1, value - 1)
        elif isinstance(value, str):
            yield value + "x"


def _walk(value: JSON | bytes | Missing, tokens: Tokens) -> Iterator[tuple[Tokens, JSON]]:
    if isinstance(value, bytes | Missing):
        return
    yield tokens, value
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _walk(member, (*tokens, key))
    elif isinstance(value, list):
        for index, item in enumerate(value[:2]):
            yield from _walk(item, (*tokens, str(index)))


# -- changing a value --------------------------------------------------------------------------------------------------


def _with(answer: Answer, changes: Iterable[tuple[Place, JSON | Missing]]) -> Answer | None:
    changed: Answer | None = answer
    for place, value in changes:
        changed = None if changed is None else _put(changed, place, value)
    return changed


def _put(answer: Answer, place: Place, value: JSON | Missing) -> Answer | None:
    """The answer with a value at a place, None where there is no such place."""
    kind, tokens = place
    if kind == "header":
        return None if isinstance(value, Missing) else answer.with_header(tokens[0], text_of(value))
    if isinstance(answer.value, Missing):
        return None
    changed = changed_value(answer.value, tokens, value)
    return None if isinstance(changed, Missing) else answer.changed(changed, 1)


def changed_value(root: JSON, tokens: Tokens, value: JSON | Missing) -> JSON | Missing:
    """A copy with a value set or taken away at a pointer; MISSING where there is no such place."""
    if not tokens:
        return value
    changed = copy.deepcopy(root)
    return changed if _set(changed, tokens, value) else MISSING


def _set(root: JSON, tokens: Tokens, value: JSON | Missing) -> bool:
    """Set or take away, in place; members and items that are missing on the way are made."""
    holder: Any = root
    for token, following in pairwise(tokens):
        inner = _child(holder, token)
        if not isinstance(inner, dict | list):
            if isinstance(value, Missing):
                return False
            inner = [] if array_index(following) is not None else {}
            if not _assign(holder, token, inner):
                return False
        holder = inner
    if isinstance(value, Missing):
        return _remove(holder, tokens[-1])
    return _assign(holder, tokens[-1], value)


def _child(holder: Any, token: str) -> Any:
    found = get_pointer(holder, (token,))
    return None if found is MISSING else found


def _assign(holder: Any, token: str, value: Any) -> bool:
    if isinstance(holder, dict):
        holder[token] = value
        return True
    index = array_index(token)
    if not isinstance(holder, list) or index is None or index > len(holder):
        return False
    holder[index : index + 1] = [value]
    return True


def _remove(holder: Any, token: str) -> bool:
    if isinstance(holder, dict) and token in holder:
        del holder[token]
        return True
    index = array_index(token)
    if isinstance(holder, list) and index is not None and index < len(holder):
        del holder[index:]
        return True
    return False


def _is_there(answer: Answer, place: Place, value: JSON | Missing) -> bool:
    if place[0] == "header":
        return header(answer.headers, place[1][0]) == value
    present = get_pointer(answer.value, place[1])
    return type(present) is type(value) and present == value


def _has(values: list[JSON | Missing], value: JSON | Missing) -> bool:
    return any(type(each) is type(value) and each == value for each in values)

"""Inputs to try a workflow with: what its schema gives, made so that the API accepts them where they are sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ..condition import operand_expressions
from ..expression import Expression, InputsReference, split
from ..mock.schemas import compile_schema
from ..plan import InputsSchema, LinkedWorkflow, Plan
from ..plan.written import expressions_in
from ..sample import sample
from ..sample.within import listed_at
from ..values import JSON, Missing, text_of
from .origins import FromInput
from .uses import Uses, sent_by

_SEEDS: Final = 3  # values made for one place of a request
_PLACES: Final = 8  # places looked at for one input
_AUTHOR_SAYS: Final = ("default", "example", "examples", "enum", "const")


def sampled_inputs(plan: Plan, uses: Uses, given: Mapping[str, Any], *, seed: int = 0) -> dict[str, Any]:
    """Valid inputs of the plan's workflow where some could be made: those given, then examples and defaults, else made.

    An input of which the workflow says no more than a type is made for the parameter or the body it goes to.
    """
    schema = plan.workflow.inputs
    made: Any = {} if isinstance(schema.schema, Missing) else sample(schema.schema, seed=seed)
    inputs: dict[str, Any] = {**(made if isinstance(made, dict) else {}), **given}
    for name in _names(plan, schema):
        if name not in given:
            _fit(inputs, name, schema, uses.of(FromInput((name,))), seed)
    return schema.with_defaults(inputs)


def boundary_inputs(plan: Plan, usual: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The inputs at the bounds of their schema, one input changed at a time, then only what is required."""
    schema = plan.workflow.inputs
    for name, declared in schema.properties.items():
        if name in given:
            continue
        for value in _bounds(schema.resolve(declared)):
            changed = {**usual, name: value}
            if value != usual.get(name) and not schema.problems(changed):
                yield changed
    least = {name: value for name, value in usual.items() if name in schema.required or name in given}
    if least.keys() != usual.keys() and not schema.problems(least):
        yield schema.with_defaults(least)


def _bounds(schema: Mapping[str, Any]) -> Iterator[JSON]:
    yield from listed_at(dict(schema), ())
    for keyword in ("minimum", "maximum"):
        if isinstance(schema.get(keyword), int | float):
            yield schema[keyword]
    for keyword in ("minLength", "maxLength"):
        length = schema.get(keyword)
        if isinstance(length, int) and 0 <= length <= 10_000:
            yield sample({**schema, "minLength": length, "maxLength": length}, examples=False)
    for keyword in ("minItems", "maxItems"):
        length = schema.get(keyword)
        if isinstance(length, int) and 0 <= length <= 100:
            yield sample({**schema, "minItems": length, "maxItems": length}, examples=False)


def _names(plan: Plan, schema: InputsSchema) -> Iterator[str]:
    """The inputs there are; where the schema lists none, those that expressions read."""
    yield from schema.properties
    if schema.declared is None:
        read = dict.fromkeys(name for expression in _expressions(plan.workflow) for name in _input_of(expression))
        yield from (name for name in read if name not in schema.properties)


def _fit(inputs: dict[str, Any], name: str, schema: InputsSchema, places: tuple[Any, ...], seed: int) -> None:
    """Another value for one input, which fits where it is sent, unless its author said what it is."""
    declared = schema.resolve(schema.properties.get(name, {}))
    if any(keyword in declared for keyword in _AUTHOR_SAYS):
        return
    if name not in inputs and not places and name not in schema.properties:
        inputs[name] = sample({"type": "string"}, name=name, seed=seed)
        return
    best = -1
    for value in _fitting(name, places, seed):
        fits = sum(_accepts(place, value) for place in places)
        for reading in _readings(value) if fits > best else ():
            if not schema.problems({**inputs, name: reading}):
                inputs[name], best = reading, fits
                break
        if best == len(places):
            return


def _fitting(name: str, places: tuple[Any, ...], seed: int) -> Iterator[JSON]:
    """Values for an input, made for each of the places it is sent to."""
    for place in places[:_PLACES]:
        for variant in range(_SEEDS):
            yield sample(place, seed=seed + variant, name=name)


def _accepts(place: Any, value: JSON) -> bool:
    if not isinstance(place, dict):
        return True
    validator = compile_schema(place, formats=True)
    return validator is None or bool(validator.is_valid(value))


def _readings(value: JSON) -> Iterator[JSON]:
    """A value, and the text of it: what is declared as a text may be sent as a number, or as the items of an array."""
    yield value
    if isinstance(value, list) and not any(isinstance(item, list | dict) for item in value):
        yield ",".join(map(text_of, value))
    yield text_of(value)


def _expressions(workflow: LinkedWorkflow) -> Iterator[Expression]:
    for step in workflow.steps:
        yield from sent_by(step)
        for criterion in step.criteria:
            yield from operand_expressions(criterion.condition)
        for output in step.outputs:
            yield from (expression for expression, _ in expressions_in(output.written))


def _input_of(expression: Expression) -> Iterator[str]:
    base, _ = split(expression)
    if isinstance(base, InputsReference):
        yield base.name

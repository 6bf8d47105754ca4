"""What a JSONPath can find in values of a shape, against what the engine finds."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from published import response_schemas

from arazzo_runner.checks.misfits import is_of
from arazzo_runner.checks.queries import leading_filter_over_object, reaches, result_shape
from arazzo_runner.checks.shapes import (
    UNKNOWN,
    Shape,
    array_of,
    of_constant,
    of_json_schema,
    of_schema,
    of_types,
    union,
)
from arazzo_runner.selector import DEFAULT_SELECTORS, SelectorSyntaxError

GOESSNER = "draft-goessner-dispatch-jsonpath-00"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "pets": {"type": "array", "items": {"$ref": "#/$defs/Pet"}},
        "owner": {"$ref": "#/$defs/Owner"},
        "total": {"type": "integer"},
        "pair": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False},
    },
    "$defs": {
        "Pet": {
            "type": "object",
            "properties": {
                "id": {"type": "integer"},
                "name": {"type": ["string", "null"]},
                "status": {"enum": ["sold", "free"]},
                "tags": {"type": "array", "items": {"type": "string"}},
                "mother": {"$ref": "#/$defs/Pet"},
            },
        },
        "Owner": {"type": "object", "properties": {"email": {"type": "string"}}},
    },
}
ANSWER = of_json_schema(SCHEMA, SCHEMA)
SOME = of_json_schema({"properties": {"extra": {"type": "object"}}}, {})
PETS = ANSWER.member("pets") or UNKNOWN


@pytest.mark.parametrize(
    "query",
    [
        "$",
        "$.pets",
        "$.pets[0].name",
        "$.pets[-1].tags[*]",
        "$['owner']['email']",
        "$.*.email",
        "$[*][0]",
        "$.pets[1:3].id",
        "$..email",
        "$.pets..mother",
        "$.pets[0, 'x'].id",
        "$.pets[?@.status == 'sold']",
        "$.pets[?@.id == 1.5]",
        "$.pets[?@.name == null]",
        "$.pets[?@.name].id",
        "$.pets[?!@.nothing]",
        "$.pets[?@.nothing != 1]",
        "$.pets[?@.nothing == $.nothing]",
        "$.pets[?@.id == $.total]",
        "$.pets[?@.id < 3 && @.name == 'x']",
        "$.pets[?@.nothing || @.id]",
        "$.pets[?count(@.tags) > 0]",
        "$.pets[?count(@.tags[*]) > 5]",
        "$.pets[?length(@.name) > 5]",
        "$.pets[?match(@.name, 'a.*')]",
        "$.pets[?value(@..email) == $.owner.email || @.id]",
        "$.pets[?@.tags[?@ == 'x']]",
        "$.pets[*].tags[?search(@, 'x')]",
        "$[?@.email]",
        "$[?@ == 1]",
        "$.pair[1]",
    ],
)
def test_a_query_for_what_is_declared_can_find_something(query: str) -> None:
    assert reaches(query, ANSWER) is True


@pytest.mark.parametrize(
    "query",
    [
        "$.pet",
        "$.pets.name",
        "$.pets[*].nam",
        "$.owner[0]",
        "$.total.value",
        "$.total[*]",
        "$.total[0:1]",
        "$.owner[:1]",
        "$.pets[0:1:0]",
        "$.pair[2]",
        "$.pets..telephone",
        "$.owner..id",
        "$.pets[?@.nothing]",
        "$.pets[?@.nothing == 1]",
        "$.pets[?1 == @.nothing]",
        "$.pets[?@.nothing < 1]",
        "$.pets[?@.nothing >= 1]",
        "$.pets[?@.id == 'x']",
        "$.pets[?@.id < 'x']",
        "$.pets[?@.name > 1]",
        "$.pets[?@.status == 'solt']",
        "$.pets[?@.status > 'z']",
        "$.pets[?@.id && @.nothing]",
        "$.pets[?@.nothing || @.nowhere == 1]",
        "$.pets[?!(@.nothing != 1)]",
        "$.pets[?!@]",
        "$.pets[?count(@.nothing) > 0]",
        "$.pets[?count(@.tags) > 1]",
        "$.pets[?count(@) != 1]",
        "$.pets[?length(@.id) > 0]",
        "$.pets[?length(@.nothing) > 0]",
        "$.pets[?match(@.id, 'a.*')]",
        "$.pets[?search(@.nothing, 'a')]",
        "$.pets[?value(@..email) == 'x']",
        "$.pets[?$.nothing == 1]",
        "$.pets[?@.tags[?@ == 1]]",
        "$.total[?@ == 1]",
        "$.owner[?@.email]",
        "$.owner[?@ == 1].x",
        "$[?@.nothing]",
        "$[?count(@.pets) > 0]",
    ],
)
def test_a_query_for_what_nothing_declares_finds_nothing(query: str) -> None:
    assert reaches(query, ANSWER) is False


@pytest.mark.parametrize(
    ("query", "shape"),
    [
        ("$.a", UNKNOWN),
        ("$..a", UNKNOWN),
        ("$.extra.a", SOME),
        ("$.extra[?@.a == 1].b", SOME),
        ("$.extra[0].b", union(SOME, UNKNOWN)),
        ("$.status == 'running'", ANSWER),
        ("$[", ANSWER),
        ("status", ANSWER),
    ],
)
def test_nothing_is_known_of_what_is_not_declared_or_no_query(query: str, shape: Shape) -> None:
    assert reaches(query, shape) is None


def test_a_shape_with_too_many_parts_proves_nothing() -> None:
    inner = {"properties": {f"b{n}": {"type": "string"} for n in range(40)}}
    schema = {"properties": {f"a{n}": inner for n in range(40)}}
    shape = of_json_schema(schema, schema)

    assert reaches("$..nothing", shape) is None
    assert result_shape("$..nothing", shape) == array_of(UNKNOWN)
    assert reaches("$.a1.nothing", shape) is False


def test_another_dialect_is_judged_where_it_reads_the_same() -> None:
    assert reaches("$.pets[(@.length-1)].id", ANSWER, GOESSNER) is True
    assert reaches("$.pets[(@.length-1)].size", ANSWER, GOESSNER) is False
    assert reaches("$.pets[?(@.nothing == 1)]", ANSWER, GOESSNER) is False
    assert reaches("$.pets[(@.length-1)].size", ANSWER) is None
    assert reaches("$.pets.size", ANSWER, "1.0") is None


# A leading filter -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "shape", "over_object"),
    [
        ("$[?count(@.pets) > 0]", ANSWER, True),
        ("$[?(@.total == 1)].x", ANSWER, True),
        ("$[?@.total == 1]", union(ANSWER, of_types("null")), True),
        ("$[?@.id == 1]", PETS, False),
        ("$[?@.id == 1]", union(PETS, ANSWER), False),
        ("$[?@.id == 1]", UNKNOWN, False),
        ("$..[?@.id == 1]", ANSWER, False),
        ("$.pets[?@.id == 1]", ANSWER, False),
        ("$", ANSWER, False),
        ("$[?", ANSWER, False),
    ],
)
def test_a_leading_filter_over_an_object_is_seen(query: str, shape: Shape, over_object: bool) -> None:
    assert leading_filter_over_object(query, shape) is over_object


def test_a_leading_filter_is_proven_false_on_the_object_and_not_on_a_list_of_it() -> None:
    query = "$[?@.total == 1]"

    assert reaches(query, ANSWER) is False
    assert reaches(query, array_of(ANSWER)) is True


# Results --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("$", "an object"),
        ("$.total", "an integer"),
        ("$.pets[0].name", "a string or null"),
        ("$.pets[0].status", "one of 'sold', 'free'"),
        ("$.pets", "an array of objects"),
        ("$.pets[*].id", "an array of integers"),
        ("$.pets[?@.status == 'sold'].tags", "an array of arrays"),
        ("$..email", "an array of strings"),
        ("$.*", "an array"),
        ("$.nothing", "any value"),
        ("$.pets[*].nothing", "an array"),
        ("no query", "any value"),
    ],
)
def test_a_query_gives_its_value_or_an_array_of_values(query: str, words: str) -> None:
    assert result_shape(query, ANSWER).describe() == words


def test_what_a_query_gives_can_be_walked_and_queried_further() -> None:
    shape = result_shape("$.pets[?@.id == 1]", ANSWER)

    assert shape.walk(["0", "mother", "nam"]) is None
    assert reaches("$[0].mother.name", shape) is True


# Against the engine ---------------------------------------------------------------------------------------------------

_NAMES = st.sampled_from(["a", "b", "c"])
_LITERALS = st.sampled_from(["1", "0", "2.5", "'a'", "'x'", "null", "true", "false"])
_STEPS = st.one_of(
    _NAMES.map(lambda name: f".{name}"),
    st.integers(-2, 2).map(lambda index: f"[{index}]"),
    st.sampled_from(["[*]", "..a", "..[*]", "[0:2]", "[::-1]"]),
)
_SINGULAR = st.lists(
    st.one_of(_NAMES.map(lambda name: f".{name}"), st.integers(-2, 2).map(lambda index: f"[{index}]")), max_size=2
).map("".join)
_OPERANDS = st.one_of(
    _LITERALS,
    _SINGULAR.map(lambda path: f"@{path}"),
    _SINGULAR.map(lambda path: f"${path}"),
    _SINGULAR.map(lambda path: f"length(@{path})"),
    st.lists(_STEPS, max_size=2).map(lambda path: f"count(@{''.join(path)})"),
    st.lists(_STEPS, max_size=2).map(lambda path: f"value(@{''.join(path)})"),
)
_TESTS = st.recursive(
    st.one_of(
        st.lists(_STEPS, max_size=2).map(lambda path: f"@{''.join(path)}"),
        st.tuples(_OPERANDS, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), _OPERANDS).map(" ".join),
        _SINGULAR.map(lambda path: f"match(@{path}, 'a')"),
    ),
    lambda inner: st.one_of(
        inner.map(lambda test: f"!({test})"),
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda test: f"@[?{test}]"),
    ),
    max_leaves=4,
)
_QUERIES = st.lists(st.one_of(_STEPS, _TESTS.map(lambda test: f"[?{test}]")), max_size=4).map(
    lambda steps: "$" + "".join(steps)
)
_VALUES = st.recursive(
    st.sampled_from([None, True, False, 0, 1, 2.5, "a", "x", ""]),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_NAMES, inner, max_size=3)),
    max_leaves=10,
).filter(lambda value: isinstance(value, dict | list))


def _generalised(value: Any) -> dict[str, Any]:
    """A schema that a value fits, with the types of what is in it."""
    if isinstance(value, dict):
        if not value:
            return {"type": "object", "additionalProperties": False}
        return {"type": "object", "properties": {name: _generalised(item) for name, item in value.items()}}
    if isinstance(value, list):
        return {"type": "array", "items": {"anyOf": [_generalised(item) for item in value]} if value else False}
    if isinstance(value, bool) or value is None:
        return {"enum": [value]}
    return {"type": "string" if isinstance(value, str) else "number"}


@given(_QUERIES, _VALUES)
@example("$[?@.a == @.b]", [{}])
@example("$[?count(@..*) > 1]", [[1, 2]])
@example("$[?@.a <= @.b]", [1])
def test_what_is_proven_is_what_the_engine_finds(query: str, value: Any) -> None:
    try:
        selector = DEFAULT_SELECTORS.compile("jsonpath", "rfc9535", query)
    except SelectorSyntaxError:
        return
    schema = _generalised(value)

    for shape in (of_constant(value), of_json_schema(schema, schema), union(of_types("string"), of_constant(value))):
        found = selector.matches(value)
        result, given_shape = selector.value(value), result_shape(query, shape)

        assert not (found and reaches(query, shape) is False)
        assert not found or given_shape.types is None or is_of(result, given_shape.types)  # type: ignore[arg-type]
        if isinstance(result, list) and given_shape.items is not None and given_shape.items.types is not None:
            assert all(is_of(item, given_shape.items.types) for item in result)


_SIDES = (
    "@",
    "@.a",
    "@.b",
    "@[0]",
    "1",
    "'a'",
    "null",
    "count(@.*)",
    "count(@.a)",
    "length(@.a)",
    "value(@..a)",
    "$[0].a",
)
_SOME = (1, "a", None, {"a": 1}, {"a": "x", "b": 1}, {"a": [1]}, {}, [1, 2])


@pytest.mark.parametrize("operator", ["==", "!=", "<", "<=", ">", ">="])
def test_comparisons_are_proven_for_one_value_and_for_one_of_many(operator: str) -> None:
    wrong = []
    for left, right, form in product(_SIDES, _SIDES, ("{}", "!({})")):
        query = f"$[?{form.format(f'{left} {operator} {right}')}]"
        selector = DEFAULT_SELECTORS.compile("jsonpath", "rfc9535", query)
        found = [bool(selector.matches([value])) for value in _SOME]
        proven = [reaches(query, array_of(of_constant(value))) is not False for value in _SOME]
        together = reaches(query, union(*(of_constant([value]) for value in _SOME))) is not False
        if any(f and not p for f, p in zip(found, proven, strict=True)) or (any(found) and not together):
            wrong.append(query)

    assert wrong == []


def test_queries_over_every_published_response_end(shared: Path) -> None:
    answers = []
    for _, schema in response_schemas(shared / "corpus"):
        shape = of_schema(schema)
        answers.append((reaches("$.no_such_name", shape), reaches("$..*[?@.no_such_name == 1]", shape)))

    if not answers:
        pytest.skip("the corpus holds no descriptions")
    assert sum(shallow is False for shallow, _ in answers) > len(answers) / 2
    assert sum(deep is False for _, deep in answers) > len(answers) / 4

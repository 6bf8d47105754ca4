"""What an expression is worth at a point of a run: a typed value, MISSING, or an unresolved reference."""

from __future__ import annotations

from decimal import Decimal

import pytest

from arazzo_runner.errors import UnresolvedExpression
from arazzo_runner.expression import Dereference, evaluate, meaningless, parse
from arazzo_runner.values import MISSING


def value(text, scope, version="1.1"):
    return evaluate(parse(text, version), scope)


@pytest.mark.requirement("expr.type-preserved")
@pytest.mark.requirement("expr.response.body")
@pytest.mark.parametrize("item", [True, False, None, 0, 3, 1.5, Decimal("1e400"), "", "text", [], [1], {}, {"a": 1}])
def test_a_value_keeps_its_type(point, item):
    scope = point(status_code=200, response_body={"x": item})

    found = value("$response.body#/x", scope)

    assert found is item


@pytest.mark.requirement("expr.response.array-index")
@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("/items/0/id", 7),
        ("/items/1/id", 8),
        ("/items/9", MISSING),
        ("/items/-", MISSING),
        ("/items/00", MISSING),
        ("/items/x", MISSING),
        ("/items/0/id/deeper", MISSING),
        ("/nope/at/all", MISSING),
        ("/0", "by name"),
    ],
)
def test_a_numeric_token_is_an_index_of_an_array_and_a_name_of_an_object(point, pointer, expected):
    scope = point(status_code=200, response_body={"items": [{"id": 7}, {"id": 8}], "0": "by name"})

    assert value(f"$response.body#{pointer}", scope) == expected


@pytest.mark.requirement("abnf10.json-pointer")
def test_an_empty_pointer_is_the_whole_body(point):
    body = {"a": 1}

    assert value("$response.body#", point(status_code=200, response_body=body)) is body


@pytest.mark.requirement("expr.response.body")
def test_a_text_body_is_one_string_and_has_no_parts(point):
    scope = point(status_code=200, response_body="plain text")

    assert value("$response.body", scope) == "plain text"
    assert value("$response.body#/0", scope) is MISSING


@pytest.mark.requirement("expr.method")
@pytest.mark.requirement("expr.url")
@pytest.mark.requirement("expr.statusCode")
@pytest.mark.requirement("apiurl.url-evaluated-at-runtime")
def test_the_exchange_is_seen_with_its_types(point):
    scope = point(url="https://api.test/pets?q=1", method="GET", status_code=404)

    assert [value(text, scope) for text in ("$url", "$method", "$statusCode")] == [
        "https://api.test/pets?q=1",
        "GET",
        404,
    ]


@pytest.mark.requirement("expr.request.header")
@pytest.mark.requirement("expr.response.header")
@pytest.mark.requirement("abnf.name-case-sensitive-token-not")
def test_headers_are_found_in_any_case(point):
    scope = point(method="GET", status_code=200, request_headers={"x-a": 1}, response_headers={"content-type": "a/b"})

    assert value("$request.header.X-A", scope) == 1
    assert value("$response.header.Content-Type", scope) == value("$response.header.content-type", scope) == "a/b"
    assert value("$response.header.X-None", scope) is MISSING


@pytest.mark.requirement("expr.request.declared-parameters")
@pytest.mark.requirement("abnf10.query-reference")
@pytest.mark.requirement("abnf10.path-reference")
@pytest.mark.requirement("abnf11.name")
def test_only_parameters_of_the_request_have_a_value(point):
    scope = point(method="GET", query={"filter[name]": "x", "limit": 5}, path={"id": 9})

    assert value("$request.query.filter[name]", scope) == "x"
    assert value("$request.query.limit", scope) == 5
    assert value("$request.path.id", scope) == 9
    assert value("$request.query.undeclared", scope) is MISSING


@pytest.mark.requirement("expr.request.body")
def test_the_request_body_is_the_value_that_was_sent(point):
    assert value("$request.body#/petId", point(method="POST", request_body={"petId": 4})) == 4


@pytest.mark.requirement("abnf11.payload-reference")
def test_a_message_has_header_and_payload(point):
    scope = point(message_payload={"status": "ok"}, message_headers={"correlation-id": "7"})

    assert value("$message.payload#/status", scope) == "ok"
    assert value("$message.header.Correlation-Id", scope) == "7"


@pytest.mark.requirement("expr.inputs")
def test_an_input_that_was_not_supplied_is_absent(point):
    scope = point(inputs={"q": [1, {"a": 2}]})

    assert value("$inputs.q#/1/a", scope) == 2
    assert value("$inputs.optional", scope) is MISSING
    assert value("$inputs.optional#/x", scope) is MISSING


@pytest.mark.requirement("expr.workflows.inputs")
def test_outputs_and_workflows_are_seen_once_they_exist(point):
    scope = point(
        outputs={"bar": 1},
        steps={"s": {"y": 2}},
        workflows={"w": {"inputs": {"a": 3}, "outputs": {"o": {"name": 4}}}},
    )

    assert value("$outputs.bar", scope) == 1
    assert value("$steps.s.outputs.y", scope) == 2
    assert value("$steps.s.outputs.other", scope) is MISSING
    assert value("$workflows.w.inputs.a", scope) == 3
    assert value("$workflows.w.outputs.o#/name", scope) == 4


@pytest.mark.requirement("expr.sourceDescriptions.field")
@pytest.mark.requirement("expr.self")
def test_the_description_knows_its_sources_and_itself(point):
    scope = point(sources={"p": {"url": "./p.yaml"}}, self_uri="https://a.test/w.yaml")

    assert value("$sourceDescriptions.p.url", scope) == "./p.yaml"
    assert value("$self", scope) == "https://a.test/w.yaml"
    assert value("$self", point()) is MISSING


@pytest.mark.parametrize(
    "text",
    [
        "$url",
        "$method",
        "$statusCode",
        "$request.body",
        "$request.header.A",
        "$request.query.q",
        "$request.path.p",
        "$response.body#/x",
        "$response.header.A",
        "$outputs.x",
        "$steps.s.outputs.x",
        "$workflows.w.outputs.x",
        "$sourceDescriptions.p.getPet",
    ],
)
def test_a_reference_without_its_exchange_or_step_is_unresolved_and_named(point, text):
    with pytest.raises(UnresolvedExpression, match=r"has no value") as caught:
        value(text, point())

    assert text in str(caught.value)


@pytest.mark.requirement("abnf11.source")
@pytest.mark.parametrize(
    "text",
    [
        "$response.query.q",
        "$response.path.p",
        "$response.payload",
        "$request.payload",
        "$message.body",
        "$message.query.q",
        "$components.parameters.p",
    ],
)
def test_what_the_grammar_allows_without_a_meaning_is_unresolved(point, text):
    scope = point(method="GET", status_code=200, response_body={}, message_payload={})

    assert meaningless(parse(text, "1.1"))
    with pytest.raises(UnresolvedExpression):
        value(text, scope)


def test_accessors_reach_members_of_objects_and_items_of_arrays(point):
    scope = point(status_code=200, response_body={"a": [{"b-c": 1}]})
    body = parse("$response.body", "1.1")

    assert evaluate(Dereference(body, ("a", 0, "b-c")), scope) == 1
    assert evaluate(Dereference(body, ("a", 1)), scope) is MISSING
    assert evaluate(Dereference(body, ("a", "0")), scope) is MISSING
    assert evaluate(Dereference(body, (0,)), scope) is MISSING
    assert str(Dereference(body, ("a", 0, "b-c"))) == "$response.body.a[0].b-c"

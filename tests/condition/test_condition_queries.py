"""Criteria of type jsonpath and xpath, and the published forms of decision 0."""

from __future__ import annotations

import pytest

from arazzo_runner.condition import (
    AlwaysFails,
    BareComparison,
    ContextSyntaxError,
    QueryCondition,
    operand_expressions,
)
from arazzo_runner.expression import DeclaredNames, Reading
from arazzo_runner.selector import SelectorSyntaxError
from arazzo_runner.values import MISSING, Operand

AUTO_1_0 = Reading("1.0", tolerant=True)
XML = "<root><pets><pet/></pets><a>false</a><b></b><n>0</n><items><price>12</price></items></root>"


@pytest.fixture
def jsonpath(over):
    """Check a jsonpath criterion over a body."""

    def run(condition, body, **options):
        return over(condition, body, type="jsonpath", **{"context": "$response.body", **options})

    return run


@pytest.fixture
def xpath(over):
    """Check an xpath criterion over a body."""

    def run(condition, body=XML, **options):
        return over(condition, body, type="xpath", **{"context": "$response.body", **options})

    return run


@pytest.mark.requirement("criterion.type.jsonpath-conforms")
@pytest.mark.requirement("criterion.jsonpath.non-empty-passes")
@pytest.mark.requirement("criterion.jsonpath.empty-fails")
@pytest.mark.requirement("criterion.jsonpath.filter-nodes")
@pytest.mark.requirement("exprType.default.jsonpath")
@pytest.mark.parametrize(
    ("condition", "body", "passed"),
    [
        ("$.pets[*]", {"pets": [{}]}, True),
        ("$.pets[*]", {"pets": []}, False),
        ("$.flag", {"flag": False}, True),
        ("$.nothing", {"nothing": None}, True),
        ("$[?@.id == 2]", [{"id": 1}, {"id": 2}], True),
        ("$[?@.id == 2]", [{"id": 1}], False),
        ("$.a[?@.b == 1]", {"a": [{"b": 1}]}, True),
        ("$[?length(@.name) > 2]", [{"name": "ann"}], True),
    ],
)
def test_a_jsonpath_criterion_passes_where_it_finds_something(jsonpath, condition, body, passed):
    assert jsonpath(condition, body).passed is passed


@pytest.mark.requirement("criterion.context.runtime-expression")
def test_the_context_is_the_root_of_the_query(jsonpath):
    verdict = jsonpath("$[0]", {"items": [1]}, context="$response.body#/items")

    assert verdict.passed
    assert verdict.operands == (Operand("$response.body#/items", [1]),)


@pytest.mark.requirement("criterion.jsonpath.valid-query")
@pytest.mark.requirement("criterion.type.jsonpath-conforms")
@pytest.mark.requirement("criterion.errors.fail")
@pytest.mark.parametrize("condition", ["$.[", "$.a == 1", "pets"])
def test_an_invalid_query_is_a_problem_and_fails(compile_criterion, point, condition):
    compiled = compile_criterion(condition, type="jsonpath", context="$response.body")

    verdict = compiled.condition.check(point(status_code=200, response_body={"a": 1}))

    assert isinstance(compiled.condition, AlwaysFails)
    assert [type(problem) for problem in compiled.problems] == [SelectorSyntaxError]
    assert not verdict.passed
    assert verdict.reason


@pytest.mark.requirement("criterion.jsonpath.null-or-invalid-fails")
@pytest.mark.requirement("criterion.errors.fail")
@pytest.mark.parametrize("body", [None, "plain text", b"\xff"])
def test_a_context_that_is_no_structure_fails_with_a_reason(jsonpath, body):
    verdict = jsonpath("$", body)

    assert not verdict.passed
    assert verdict.reason


@pytest.mark.requirement("criterion.jsonpath.null-or-invalid-fails")
def test_an_absent_body_fails(check, point):
    verdict = check("$", point(status_code=204), type="jsonpath", context="$response.body")

    assert (verdict.passed, verdict.reason) == (False, "the context $response.body is absent")


@pytest.mark.requirement("criterion.jsonpath.valid-query")
@pytest.mark.requirement("criterion.xpath.valid-expression")
@pytest.mark.parametrize("type", ["jsonpath", "xpath"])
def test_a_query_needs_a_context(compile_criterion, type):
    with pytest.raises(ContextSyntaxError, match="needs a context"):
        compile_criterion("$", type=type)


@pytest.mark.requirement("criterion.embedded.braces-required")
@pytest.mark.requirement("criterion.embedded.evaluated-first")
@pytest.mark.requirement("criterion.embedded.conversion-rules")
def test_embedded_expressions_are_inserted_as_text_and_the_author_writes_the_quotes(jsonpath):
    body = [{"status": "ok"}]
    condition = '$[?(@.status == "{$inputs.s}")]'

    assert jsonpath(condition, body, inputs={"s": "ok"}).passed
    assert not jsonpath(condition, body, inputs={"s": "no"}).passed
    assert jsonpath("$[?@.n == {$inputs.n}]", [{"n": 5}], inputs={"n": 5}).passed
    assert not jsonpath("$[?@.status == {$inputs.s}]", body, inputs={"s": "ok"}).passed


@pytest.mark.requirement("criterion.errors.reported")
@pytest.mark.parametrize(
    ("inputs", "reason"),
    [({"s": '"'}, "with its expressions inserted the query is not valid"), ({}, "$inputs.s is absent")],
)
def test_a_query_that_turns_out_unusable_fails_with_a_reason(jsonpath, inputs, reason):
    verdict = jsonpath('$[?@.s == "{$inputs.s}"]', [{"s": 1}], inputs=inputs)

    assert not verdict.passed
    assert reason in verdict.reason


@pytest.mark.requirement("criterion.embedded.evaluated-first")
def test_xpath_criteria_take_embedded_expressions_too(xpath):
    condition = "/root/items[price > {$inputs.min}]"

    assert xpath(condition, inputs={"min": 10}).passed
    assert not xpath(condition, inputs={"min": 20}).passed


@pytest.mark.requirement("criterion.xpath.boolean")
@pytest.mark.requirement("criterion.xpath.number")
@pytest.mark.requirement("criterion.xpath.string")
@pytest.mark.requirement("criterion.xpath.node-set")
@pytest.mark.requirement("criterion.xpath.ebv")
@pytest.mark.requirement("criterion.type.xpath-conforms")
@pytest.mark.requirement("exprType.default.xpath")
@pytest.mark.parametrize(
    ("condition", "passed"),
    [
        ("count(/root/pets/*) > 0", True),
        ("count(/root/cats/*) > 0", False),
        ("count(/root/pets/*)", True),
        ("count(/root/cats/*)", False),
        ("number('x')", False),
        ("string(/root/a)", True),
        ("string(/root/b)", False),
        ("/root/pets", True),
        ("/root/cats", False),
        ("(1, 2)", False),
        ("'a' => upper-case() = 'A'", True),
        ("map{'a': 1}('a') = 1", True),
    ],
)
def test_an_xpath_criterion_goes_by_its_effective_boolean_value(xpath, condition, passed):
    assert xpath(condition).passed is passed


@pytest.mark.requirement("criterion.xpath.valid-expression")
@pytest.mark.requirement("criterion.type.xpath-conforms")
@pytest.mark.parametrize(
    ("condition", "version"),
    [("/root[", None), ("if (1) then 2 else 3", "xpath-10"), ("'a' => upper-case()", "xpath-20"), ("/a", "xpath-99")],
)
def test_an_expression_outside_its_xpath_version_is_a_problem(compile_criterion, condition, version):
    compiled = compile_criterion(condition, type="xpath", version=version, context="$response.body")

    assert compiled.problems
    assert isinstance(compiled.condition, AlwaysFails)


@pytest.mark.requirement("criterion.xpath.null-or-invalid-fails")
@pytest.mark.parametrize("body", [None, {"a": 1}, "no xml"])
def test_a_context_that_is_no_xml_fails(xpath, body):
    verdict = xpath("/root", body)

    assert not verdict.passed
    assert verdict.reason


@pytest.mark.requirement("exprType.semantics-of-version")
@pytest.mark.requirement("exprType.ebv-per-version")
def test_each_version_has_its_own_semantics(compile_criterion, xpath):
    assert xpath("/root/n = 0", version="xpath-10").passed
    assert not xpath("(1, 2)", version="xpath-20").passed
    goessner = {"type": "jsonpath", "context": "$response.body"}
    draft = compile_criterion("$..book[(@.length-1)]", version="draft-goessner-dispatch-jsonpath-00", **goessner)
    assert not draft.problems
    assert compile_criterion("$..book[(@.length-1)]", **goessner).problems


# Published forms. -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reading", [AUTO_1_0, Reading("1.1", tolerant=True)])
@pytest.mark.parametrize(
    ("condition", "passed"),
    [
        ("$.status == 'running'", True),
        ("$.status == 'RUNNING'", True),
        ('$.status == "running"', True),
        ("$.status != 'running'", False),
        ("$.items.length > 0", True),
        ("$.items.length == 2", True),
        ("$.name.length == 3", True),
        ("$.box.length == 'own'", True),
        ("$.items[0].id == 7", True),
        ("$.items[9].id == null", True),
        ("$['status'] == 'running'", True),
        ("$.status == 'running' && $.items.length > 5", False),
        ("$.a <= $inputs.limit || $.b <= $inputs.limit", True),
        ("$.name == '{$inputs.name}'", True),
        ("$.a == {$inputs.limit}", False),
        ("!$.missing", True),
        ("$statusCode == 200 && $.a == 1", True),
    ],
)
def test_a_bare_comparison_is_read_as_a_simple_condition_over_the_context(jsonpath, reading, condition, passed):
    body = {"status": "running", "items": [{"id": 7}, 2], "name": "ann", "box": {"length": "own"}, "a": 1, "b": 9}

    verdict = jsonpath(condition, body, inputs={"limit": 5, "name": "ann"}, reading=reading)

    assert verdict.passed is passed
    assert verdict.operands[0] == Operand("$response.body", body)


def test_a_bare_comparison_is_reported_with_its_form(compile_criterion):
    compiled = compile_criterion("$.a == $inputs.b", type="jsonpath", context="$response.body", reading=AUTO_1_0)

    assert isinstance(compiled.condition, BareComparison)
    assert [item.form for item in compiled.tolerated] == ["bare-comparison"]
    assert [str(item) for item in operand_expressions(compiled.condition)] == ["$response.body", "$inputs.b"]


PORTABLE = [
    ("$response.body", "$.a == 1", "$response.body#/a == 1"),
    ("$response.body", "$.items[0].id == 'x'", "$response.body#/items/0/id == 'x'"),
    ("$response.body", '$.s == "it\'s"', "$response.body#/s == 'it''s'"),
    ("$response.body", "$['a~b'].c=='x'||$.d>=1.50", "$response.body#/a~0b/c == 'x' || $response.body#/d >= 1.50"),
    ("$response.body", "($.a == 1) && !($.b == 2)", "($response.body#/a == 1) && !($response.body#/b == 2)"),
    ("$response.body#/data", "$.a > $inputs.n", "$response.body#/data/a > $inputs.n"),
    ("$response.body.data", "$.a == true", "$response.body#/data/a == true"),
    ("$response.headers.X", "$ == 'x'", "$response.header.X == 'x'"),
    ("$steps.s.outputs.o", "$ > {$inputs.n}", "$steps.s.outputs.o > $inputs.n"),
    (
        "$inputs.box",
        "$.a == null || $.b == 1",
        "$inputs.box != null && ($inputs.box#/a == null || $inputs.box#/b == 1)",
    ),
    ("$response.body", "$.a != 'x' && $.b == 1", "$response.body#/a != 'x' && $response.body#/b == 1"),
    ("$response.body", "$.a != 'x'", "$response.body != null && $response.body#/a != 'x'"),
    ("$response.body", "!$.a", "$response.body != null && !$response.body#/a"),
    ("$response.body", "$.a == $inputs.n", "$response.body != null && $response.body#/a == $inputs.n"),
]


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize(("context", "condition", "rewrite"), PORTABLE)
def test_the_portable_form_of_a_bare_comparison_decides_the_same_also_without_a_context(
    compile_criterion, point, version, context, condition, rewrite
):
    tolerant = Reading(version, tolerant=True)
    bodies = [MISSING, None, {}, [], "text", {"a": 1}, {"a": "x", "b": 1}, {"items": [{"id": "x"}]}, {"s": "it's"}]
    bodies += [{"data": {"a": 3}}, {"data": {"a": True}}, {"a~b": {"c": "x"}}, {"d": 1.5}, {"a": False}]

    bare = compile_criterion(condition, type="jsonpath", context=context, reading=tolerant)
    simple = compile_criterion(rewrite, reading=Reading(version))

    assert [item.rewrite for item in bare.tolerated] == [rewrite]
    for body in bodies:
        scope = point(
            status_code=200,
            response_body=body,
            response_headers={"x": "X"},
            inputs={} if body is MISSING else {"n": 1, "box": body},
            steps={"s": {"o": 2}},
        )
        assert bare.condition.check(scope).passed is simple.condition.check(scope).passed, body


@pytest.mark.parametrize(
    ("context", "condition", "instead"),
    [
        ("$response.body", "$.items.length > 0", "$response.body#/items/0 != null"),
        ("$response.body", "$.length == 0", "$response.body#/0 == null"),
        ("$response.body", "$.a.length == 2", "$response.body#/a/1 != null && $response.body#/a/2 == null"),
        ("$response.body", "$.a.length >= 2", "$response.body#/a/1 != null"),
        ("$response.body", "$.a.length <= 2", "$response.body#/a/2 == null"),
        ("$response.body", "$.a.length != 2", "a query that finds something"),
        ("$response.body", "$.a.length > $inputs.n", "a query that finds something"),
        ("$response.header.X", "$.a == 1", "a query that finds something"),
        ("$response.body", "$.a.0 == 1", "a query that finds something"),
        ("$response.body", "$.a == '{$inputs.n}'", "a query that finds something"),
    ],
)
def test_a_bare_comparison_without_a_certain_rewrite_says_what_to_write(compile_criterion, context, condition, instead):
    compiled = compile_criterion(condition, type="jsonpath", context=context, reading=AUTO_1_0)

    (form,) = compiled.tolerated
    assert form.rewrite is None
    assert instead in form.hint


def test_a_failed_bare_comparison_says_why(jsonpath):
    verdict = jsonpath("$.items.length > 0", {"items": []}, reading=AUTO_1_0)

    assert verdict.reason == "$.items.length is 0, not > 0"


def test_a_bare_comparison_over_an_absent_context_fails(check, point):
    scope = point(status_code=204)

    verdict = check("$.a == null", scope, type="jsonpath", context="$response.body", reading=AUTO_1_0)

    assert (verdict.passed, verdict.reason) == (False, "the context $response.body is absent")


@pytest.mark.requirement("criterion.type.jsonpath-conforms")
@pytest.mark.parametrize("condition", ["$.status in ['a']", "$.a ==", "'a' == 'b'", "$.items[*] > 0"])
def test_what_is_neither_query_nor_comparison_stays_a_problem(compile_criterion, condition):
    assert compile_criterion(condition, type="jsonpath", context="$response.body", reading=AUTO_1_0).problems


def test_a_valid_query_is_never_read_as_a_comparison(compile_criterion):
    compiled = compile_criterion("$[?@.a == 'x']", type="jsonpath", context="$response.body", reading=AUTO_1_0)

    assert isinstance(compiled.condition, QueryCondition)
    assert compiled.tolerated == ()


@pytest.mark.parametrize(
    ("body", "passed", "noted"),
    [
        ({"pets": [{}]}, True, True),
        ({"cats": []}, False, True),
        ([{"pets": []}], True, False),
    ],
)
def test_a_leading_filter_that_finds_nothing_in_an_object_is_tried_on_the_object(jsonpath, body, passed, noted):
    verdict = jsonpath("$[?count(@.pets) > 0]", body, reading=AUTO_1_0)

    assert verdict.passed is passed
    assert (verdict.note is not None) is noted


@pytest.mark.parametrize("reading", [Reading("1.0"), Reading("1.1")])
def test_an_exact_reading_leaves_a_leading_filter_alone(jsonpath, reading):
    verdict = jsonpath("$[?count(@.pets) > 0]", {"pets": [{}]}, reading=reading)

    assert not verdict.passed
    assert verdict.note is None


def test_declared_names_without_braces_are_inserted_by_a_tolerant_reading(jsonpath):
    names = DeclaredNames(inputs=["id"])

    verdict = jsonpath("$[?@.id == $inputs.id]", [{"id": 3}], inputs={"id": 3}, names=names, reading=AUTO_1_0)

    assert verdict.passed

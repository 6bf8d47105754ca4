"""The published forms of simple conditions (decision 0), and a registry one can add to."""

from __future__ import annotations

import pytest

from arazzo_runner.condition import DEFAULT_CONDITIONS, Compiled, ConditionSyntaxError, Verdict
from arazzo_runner.expression import DeclaredNames, Reading
from arazzo_runner.selector import DEFAULT_SELECTORS

AUTO_1_0 = Reading("1.0", tolerant=True)


@pytest.mark.parametrize("reading", [AUTO_1_0, Reading("1.1", tolerant=True)])
@pytest.mark.parametrize(
    ("condition", "forms", "rewrite"),
    [
        ('$response.body#/s == "it\'s"', ["double-quotes"], "$response.body#/s == 'it''s'"),
        ("{$statusCode == 200}", ["braces"], "$statusCode == 200"),
        (" { $statusCode == 200 } ", ["braces"], "$statusCode == 200"),
        ("$response.headers.X == '1'", ["headers"], "$response.header.X == '1'"),
        ("$response.body#s == 'it''s'", ["body-name"], "$response.body#/s == 'it''s'"),
        (
            '{$response.headers.X == "1" && $response.body#s == "it\'s"}',
            ["braces", "headers", "double-quotes", "body-name", "double-quotes"],
            "$response.header.X == '1' && $response.body#/s == 'it''s'",
        ),
    ],
)
def test_a_tolerant_reading_takes_the_form_and_rewrites_the_whole_condition(
    compile_criterion, point, reading, condition, forms, rewrite
):
    scope = point(status_code=200, response_body={"s": "it's"}, response_headers={"x": "1"})

    compiled = compile_criterion(condition, reading=reading)

    assert compiled.condition.check(scope).passed
    assert sorted(item.form for item in compiled.tolerated) == sorted(forms)
    assert {item.rewrite for item in compiled.tolerated} == {rewrite}
    assert compile_criterion(rewrite).condition.check(scope).passed


@pytest.mark.requirement("criterion.literal.string-single-quotes")
@pytest.mark.parametrize("reading", [Reading("1.0"), Reading("1.1")])
@pytest.mark.parametrize(
    "condition",
    ['$response.body#/s == "x"', "{$statusCode == 200}", "$response.headers.X == 1", "$response.body#s == 1"],
)
def test_an_exact_reading_refuses_them(compile_criterion, reading, condition):
    with pytest.raises(ConditionSyntaxError) as caught:
        compile_criterion(condition, reading=reading)

    assert caught.value.meant
    compile_criterion(caught.value.meant, reading=reading)


def test_a_context_without_use_is_reported_about_the_context(compile_criterion):
    compiled = compile_criterion("$statusCode == 200", context="$response.body", reading=AUTO_1_0)

    assert [item.form for item in compiled.context_tolerated] == ["unused-context"]


def test_members_and_items_in_conditions_are_the_specifications_own(compile_criterion):
    assert compile_criterion("$response.body.items[0].id == 1", reading=AUTO_1_0).tolerated == ()


def test_another_language_can_be_plugged_in(point):
    class Always:
        def check(self, scope):
            return Verdict(True)

    extended = DEFAULT_CONDITIONS.register("always", None, lambda criterion: Compiled(Always()))

    compiled = extended.compile(
        "always", "1", "", None, reading=AUTO_1_0, names=DeclaredNames(), selectors=DEFAULT_SELECTORS
    )

    assert compiled.condition.check(point()).passed
    assert extended.supports("always", "1")
    assert not DEFAULT_CONDITIONS.supports("always")


@pytest.mark.parametrize("type", ["jsonpointer", "regexp"])
def test_an_unknown_type_is_a_problem_that_names_the_known_ones(compile_criterion, point, type):
    compiled = compile_criterion("x", type=type)

    assert "is not a type of condition" in str(compiled.problems[0])
    assert not compiled.condition.check(point()).passed


def test_the_languages_load_no_third_party_module_until_they_are_used():
    import subprocess
    import sys

    code = (
        "import sys, arazzo_runner.condition as c, arazzo_runner.expression as e, arazzo_runner.selector as s;"
        "c.DEFAULT_CONDITIONS.compile('simple', None, '$statusCode == 200', None, reading=e.Reading('1.1'),"
        " names=e.DeclaredNames(), selectors=s.DEFAULT_SELECTORS);"
        "print(sorted({'regex', 'lxml', 'elementpath', 'jsonpath_rfc9535', 'yaml', 'httpx'} & set(sys.modules)))"
    )

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "[]"

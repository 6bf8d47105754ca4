"""Criteria of type regex: ECMA-262 patterns, searched in the text of the context."""

from __future__ import annotations

import pytest

from arazzo_runner.condition import ConditionSyntaxError, ContextSyntaxError, operand_expressions
from arazzo_runner.condition.pattern import compile_pattern
from arazzo_runner.expression import DeclaredNames, Reading, UndeclaredName
from arazzo_runner.values import Operand


def found(pattern, text):
    return compile_pattern(pattern)(text, 1.0)


@pytest.mark.requirement("criterion.regex.match")
@pytest.mark.requirement("criterion.regex.valid-pattern")
@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"^2\d{2}$", "204", True),
        (r"^2\d{2}$", "404", False),
        ("ann", "Joanna", True),
        ("Ann", "Joanna", False),
        ("^a$", "a\n", False),
        ("^b", "a\nb", False),
        ("a.c", "a\nc", False),
        ("a.c", "a\u2028c", False),
        ("a.c", "a😀c", True),
        (r"^\d$", "٣", False),
        (r"^\w+$", "é", False),
        (r"^\w+$", "a_9", True),
        (r"\bcafé\b", "café", False),
        (r"\bcat\b", "a cat.", True),
        (r"^\s$", "\ufeff", True),
        (r"^\s$", "\x1c", False),
        (r"^\S+$", "a\u00a0b", False),
        (r"^[^\d\s]+$", "ab", True),
        (r"^[\W]$", "é", True),
        (r"^(?<year>\d{4})-\k<year>$", "2024-2024", True),
        (r"(?<a$1>x)", "x", True),
        (r"^(a)?b\1$", "b", True),
        (r"^(.)\1$", "aa", True),
        (r"^\u{1F600}$", "😀", True),
        (r"^\uD83D\uDE00$", "😀", True),
        (r"^\u0041\x42\cJ\0\t$", "AB\n\0\t", True),
        ("[]", "anything", False),
        ("^[^]$", "\n", True),
        ("^[^]{2}$", "ab", True),
        (r"(?<=\$)\d+", "$42", True),
        (r"(?<!\$)\b\d+", "$42", False),
        (r"a(?=b)", "ab", True),
        (r"a(?!b)", "ab", False),
        (r"^a\/b/c$", "a/b/c", True),
        (r"^\p{Lu}\P{Lu}$", "Éa", True),
        ("^[a-c]+$", "abc", True),
        ("^[a-]$", "-", True),
        (r"^[\d-x]$", "-", True),
        (r"^[\b]$", "\b", True),
        (r"^[[a]$", "[", True),
        (r"^[a&&b]+$", "&", True),
        (r"^[a--b]$", "a", None),
        ("^{$", "{", True),
        ("^a{,2}$", "a{,2}", True),
        ("^a{2,}?$", "aaa", True),
        ("^a}]$", "a}]", True),
        ("a|", "", True),
        ("^(?:a|b)+$", "abab", True),
        ("/a/i", "A", False),
        ("/a/i", "x/a/i", True),
        ("a #b", "a #b", True),
        (r"\-\@\ \_", "-@ _", True),
    ],
)
def test_a_pattern_means_what_ecma_262_says(pattern, text, expected):
    if expected is None:
        with pytest.raises(ConditionSyntaxError):
            compile_pattern(pattern)
        return
    assert found(pattern, text) is expected


@pytest.mark.requirement("criterion.regex.valid-pattern")
@pytest.mark.parametrize(
    ("pattern", "offset"),
    [
        ("[", 0),
        ("(", 0),
        ("a(b", 1),
        ("a)", 1),
        ("*a", 0),
        ("a|+", 2),
        ("a**", 2),
        ("a++", 2),
        ("a{2}{3}", 4),
        ("^*", 1),
        (r"\b+", 2),
        ("(?=a)*", 5),
        ("(?i)a", 0),
        ("(?P<n>a)", 0),
        ("(?>a)", 0),
        ("(?#x)", 0),
        ("(?<1>a)", 0),
        ("(?<n>a)(?<n>b)", 7),
        (r"\Aa", 0),
        (r"a\Z", 1),
        (r"\8", 0),
        (r"(a)\2", 3),
        (r"\k<n>", 0),
        (r"\u12", 0),
        (r"\u{110000}", 0),
        (r"\x1", 0),
        (r"\c1", 0),
        (r"\01", 0),
        (r"\p{Nope}", 0),
        (r"\pL", 0),
        ("a\\", 1),
        ("[b-a]", 1),
        ("a{3,2}", 1),
        ("a{9999999999}", 1),
        ("(" * 200 + ")" * 200, 100),
        ("a" * 40_000, 10_000),
        ("a((b{1000}){1000}){1000}", 2),
        ("a{60000}", 0),
    ],
)
def test_what_is_no_ecma_262_pattern_is_refused_at_its_place(pattern, offset):
    with pytest.raises(ConditionSyntaxError) as caught:
        compile_pattern(pattern)

    assert caught.value.offset == offset


@pytest.mark.requirement("criterion.context.runtime-expression")
@pytest.mark.requirement("criterion.regex.match")
@pytest.mark.parametrize(
    ("context", "pattern", "passed"),
    [
        ("$statusCode", r"^2\d{2}$", True),
        ("$statusCode", "^404$", False),
        ("$response.body#/name", "ann", True),
        ("$response.body#/ok", "^true$", True),
        ("$response.body#/list", r"^\[1,2\]$", True),
        ("$response.header.Content-Type", "^application/json", True),
    ],
)
def test_the_context_is_searched_as_text(over, context, pattern, passed):
    body = {"name": "Joanna", "ok": True, "list": [1, 2]}

    verdict = over(pattern, body, headers={"content-type": "application/json"}, type="regex", context=context)

    assert verdict.passed is passed
    assert verdict.operands[0].expression == context


@pytest.mark.requirement("criterion.regex.null-context-fails")
@pytest.mark.parametrize("context", ["$response.header.X-None", "$response.body#/nothing", "$response.body#/absent"])
def test_a_null_or_absent_context_fails(over, context):
    verdict = over(".*", {"nothing": None}, type="regex", context=context)

    assert not verdict.passed
    assert context in verdict.reason


@pytest.mark.requirement("criterion.embedded.braces-required")
@pytest.mark.requirement("criterion.embedded.evaluated-first")
@pytest.mark.requirement("criterion.embedded.conversion-rules")
def test_embedded_expressions_are_inserted_raw_before_the_search(over):
    verdict = over(
        "^({$inputs.pattern})$", {"s": "b"}, inputs={"pattern": "a|b"}, type="regex", context="$response.body#/s"
    )

    assert verdict.passed
    assert verdict.operands == (Operand("$inputs.pattern", "a|b"), Operand("$response.body#/s", "b"))


@pytest.mark.requirement("criterion.embedded.braces-required")
def test_an_expression_without_braces_is_literal_text(over):
    verdict = over("$inputs.s", {"s": "ok"}, inputs={"s": "ok"}, type="regex", context="$response.body#/s")

    assert not verdict.passed


@pytest.mark.requirement("criterion.errors.fail")
@pytest.mark.requirement("criterion.errors.reported")
def test_an_invalid_pattern_is_a_problem_and_fails(compile_criterion, point):
    compiled = compile_criterion("(", type="regex", context="$statusCode")

    verdict = compiled.condition.check(point(status_code=200))

    assert [type(problem) for problem in compiled.problems] == [ConditionSyntaxError]
    assert not verdict.passed
    assert verdict.reason == "this group is not closed"


@pytest.mark.requirement("criterion.errors.fail")
@pytest.mark.parametrize(
    ("inputs", "reason"),
    [({"p": "("}, "with its expressions inserted"), ({}, "$inputs.p is absent")],
)
def test_a_pattern_that_turns_out_unusable_fails(over, inputs, reason):
    verdict = over("{$inputs.p}", {}, inputs=inputs, type="regex", context="$statusCode")

    assert not verdict.passed
    assert reason in verdict.reason


def test_an_overrun_fails_with_its_limit(over):
    text = "a" * 40 + "b"

    verdict = over("^(a|a|aa)+$", {"s": text}, type="regex", context="$response.body#/s", limit_s=0.05)

    assert not verdict.passed
    assert verdict.reason == "the search took longer than 0.05 s"


@pytest.mark.requirement("criterion.regex.valid-pattern")
@pytest.mark.parametrize(
    ("context", "offset", "meant"),
    [
        (None, 0, None),
        ("statusCode", 0, "$statusCode"),
        ("$response.body.status", 14, "$response.body#/status"),
        ("$inputs.nope", 8, None),
    ],
)
def test_a_missing_or_wrong_context_is_told_apart(compile_criterion, context, offset, meant):
    with pytest.raises(ContextSyntaxError) as caught:
        compile_criterion("x", type="regex", context=context, names=DeclaredNames(inputs=["a"]))

    assert (caught.value.offset, caught.value.meant) == (offset, meant)


def test_a_tolerant_reading_of_the_context_is_reported_apart(compile_criterion):
    compiled = compile_criterion("^a$", type="regex", context="$response.body.s", reading=Reading("1.0", tolerant=True))

    assert [(item.form, item.rewrite) for item in compiled.context_tolerated] == [("dereference", "$response.body#/s")]
    assert compiled.tolerated == ()


def test_an_undeclared_embedded_name_is_refused(compile_criterion):
    with pytest.raises(UndeclaredName):
        compile_criterion("{$inputs.b}", type="regex", context="$statusCode", names=DeclaredNames(inputs=["a"]))


def test_its_expressions_are_known_without_running_it(compile_criterion):
    compiled = compile_criterion("^{$inputs.a}$", type="regex", context="$response.body")

    assert [str(expression) for expression in operand_expressions(compiled.condition)] == [
        "$response.body",
        "$inputs.a",
    ]

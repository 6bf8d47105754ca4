"""Text with embedded expressions: where they start and end, and how values become text."""

from __future__ import annotations

from decimal import Decimal

import pytest

from arazzo_runner.errors import ExpressionError, LanguageSyntaxError, UnresolvedExpression
from arazzo_runner.expression import (
    Bound,
    DeclaredNames,
    ExpressionSyntaxError,
    InputsReference,
    Reading,
    StepsReference,
    Template,
    TolerableForm,
    UndeclaredName,
    WorkflowsReference,
    compile_template,
    compile_value,
    parse_template,
    parse_value,
)

EXACT = Reading("1.1")
AUTO_1_0 = Reading("1.0", tolerant=True)
UNKNOWN = DeclaredNames()
NAMES = DeclaredNames(
    inputs=["token", "token-v2", "first", "last"],
    steps={"login": ["token"]},
    workflows={"auth": (["user"], ["token"])},
)


def render(text, scope, reading=EXACT, names=UNKNOWN):
    return compile_template(parse_template(text, reading, names))(scope)


@pytest.mark.requirement("expr.embedding.braces")
@pytest.mark.requirement("abnf11.expression-string")
@pytest.mark.requirement("abnf11.embedded-expression")
def test_several_expressions_stand_in_one_text(point):
    scope = point(inputs={"host": "api.test"}, steps={"create": {"id": 7}})

    assert (
        render("https://{$inputs.host}/api/{$steps.create.outputs.id}/status", scope) == "https://api.test/api/7/status"
    )


@pytest.mark.requirement("expr.embedding.scalars-to-string")
@pytest.mark.requirement("expr.embedding.strings-as-is")
@pytest.mark.requirement("expr.embedding.structures-as-json")
@pytest.mark.requirement("expr.embedding.content-type-decides")
@pytest.mark.parametrize(
    ("item", "text"),
    [
        (3, "3"),
        (1.5, "1.5"),
        (Decimal("12345678901234567890.5"), "12345678901234567890.5"),
        (True, "true"),
        (False, "false"),
        (None, "null"),
        ('say "hi"', 'say "hi"'),
        ("<a>é</a>", "<a>é</a>"),
        ([1, 2], "[1,2]"),
        ({"a": "é"}, '{"a":"é"}'),
        (b"bytes", "bytes"),
    ],
)
def test_scalars_become_text_strings_stand_and_structures_become_json(point, item, text):
    assert render("-{$inputs.x}-", point(inputs={"x": item})) == f"-{text}-"


@pytest.mark.requirement("abnf11.embedded-expression")
@pytest.mark.parametrize(
    "text",
    [
        "{ $inputs.x }",
        "{x}",
        "{}",
        "{$foo}",
        "$5.00",
        "$.items[0]",
        "{$inputs.x",
        "^2\\d{2}$",
        "/pets/{petId}",
        "Bearer $inputs.x",
    ],
)
def test_everything_else_is_literal(point, text):
    template = parse_template(text, EXACT, UNKNOWN)

    assert template.is_literal
    assert compile_template(template)(point()) == text


def test_braces_of_json_are_literal_around_expressions(point):
    text = '{"petOrder": {"petId": "{$inputs.id}", "list": {$inputs.list}}}'

    assert render(text, point(inputs={"id": 5, "list": [1]})) == '{"petOrder": {"petId": "5", "list": [1]}}'


def test_an_embedded_expression_ends_at_the_next_brace_even_in_1_0(point):
    assert render("{$inputs.a}}", point(inputs={"a": 1}), Reading("1.0")) == "1}"


@pytest.mark.parametrize("text", ["x {$inputs.} y", "{$inputs.a b}", "{$steps.a.b}", "{$response.body.x}"])
def test_a_malformed_embedded_expression_is_an_error_at_its_place(text):
    with pytest.raises(LanguageSyntaxError) as caught:
        parse_template(text, EXACT, UNKNOWN)

    assert caught.value.offset > text.index("{$")


def test_results_are_not_evaluated_again(point):
    scope = point(inputs={"a": "{$inputs.b} $inputs.b", "b": "secret"})

    assert render("{$inputs.a}", scope) == "{$inputs.b} $inputs.b"


def test_an_absent_value_cannot_be_rendered_and_is_named(point):
    with pytest.raises(ExpressionError, match=r"\$inputs\.x is absent"):
        render("a {$inputs.x}", point())
    with pytest.raises(UnresolvedExpression, match="has not run"):
        render("a {$steps.s.outputs.x}", point())


def test_a_whole_expression_keeps_its_type_and_an_embedded_one_does_not(point):
    scope = point(inputs={"n": 3})

    whole, embedded = parse_value("$inputs.n", EXACT, UNKNOWN), parse_value("{$inputs.n}", EXACT, UNKNOWN)

    assert isinstance(whole, Bound)
    assert isinstance(embedded, Template)
    assert (compile_value(whole)(scope), compile_value(embedded)(scope)) == (3, "3")


@pytest.mark.parametrize("text", ["$inputs.", "$inputs.a b", "$steps.x", "$response", "$url/pets"])
def test_a_value_that_begins_like_an_expression_is_never_literal(text):
    with pytest.raises(LanguageSyntaxError):
        parse_value(text, EXACT, UNKNOWN)


@pytest.mark.requirement("expr.embedding.braces")
@pytest.mark.parametrize(
    ("text", "parts", "rewrite"),
    [
        ("Bearer $inputs.token", ("Bearer ", InputsReference("token")), "Bearer {$inputs.token}"),
        ("$inputs.token-v2!", (InputsReference("token-v2"), "!"), "{$inputs.token-v2}!"),
        (
            "$inputs.first $inputs.last",
            (InputsReference("first"), " ", InputsReference("last")),
            "{$inputs.first} {$inputs.last}",
        ),
        ("T $steps.login.outputs.token", ("T ", StepsReference("login", "token")), "T {$steps.login.outputs.token}"),
        (
            "{$inputs.first}='$inputs.last'",
            (InputsReference("first"), "='", InputsReference("last"), "'"),
            "{$inputs.first}='{$inputs.last}'",
        ),
        (
            "B $workflows.auth.outputs.token",
            ("B ", WorkflowsReference("auth", "outputs", "token")),
            "B {$workflows.auth.outputs.token}",
        ),
    ],
)
def test_a_tolerant_reading_takes_declared_names_without_braces(text, parts, rewrite):
    template = parse_value(text, AUTO_1_0, NAMES)

    assert isinstance(template, Template)
    assert template.parts == parts
    assert {item.rewrite for item in template.tolerated} == {rewrite}
    assert {item.form for item in template.tolerated} == {"unbraced"}


@pytest.mark.parametrize(
    "text", ["Bearer $inputs.unknown", "Bearer $inputs.tokenizer", "$ inputs.token", "a $statusCode b"]
)
def test_other_names_without_braces_stay_literal(text):
    assert parse_template(text, AUTO_1_0, NAMES).is_literal
    assert parse_template("Bearer $inputs.token", AUTO_1_0, UNKNOWN).is_literal


@pytest.mark.requirement("expr.embedding.braces")
@pytest.mark.parametrize("reading", [EXACT, Reading("1.0")])
def test_an_exact_reading_sends_them_as_they_stand(point, reading):
    assert render("Bearer $inputs.token", point(inputs={"token": "x"}), reading, NAMES) == "Bearer $inputs.token"


def test_tolerated_forms_inside_braces_are_rewritten_in_the_whole_text():
    template = parse_template("a {$response.headers.X} $inputs.token", AUTO_1_0, NAMES)

    assert [(item.form, item.offset) for item in template.tolerated] == [("headers", 13), ("unbraced", 24)]
    assert {item.rewrite for item in template.tolerated} == {"a {$response.header.X} {$inputs.token}"}


@pytest.mark.parametrize(
    ("text", "rewrite"),
    [
        ("$response.body.x", "$response.body#/x"),
        ("$inputs.token/$inputs.token", "{$inputs.token}/{$inputs.token}"),
        ("a {$response.headers.X} $inputs.token", "a {$response.header.X} {$inputs.token}"),
    ],
)
def test_an_exact_reading_refuses_with_the_portable_form_of_the_whole_text(text, rewrite):
    with pytest.raises(TolerableForm) as caught:
        parse_value(text, EXACT, NAMES)

    assert caught.value.rewrite == rewrite


@pytest.mark.parametrize("text", ["a {$response.headers.X} {$inputs.nope}", "$response.body.", "{$inputs.nope.x}"])
def test_what_a_tolerant_reading_refuses_too_has_no_portable_form(text):
    with pytest.raises((ExpressionSyntaxError, UndeclaredName)) as caught:
        parse_value(text, EXACT, NAMES)

    assert getattr(caught.value, "rewrite", None) is None


def test_an_undeclared_name_in_a_template_is_told_in_offsets_of_the_text():
    with pytest.raises(UndeclaredName) as caught:
        parse_template("a {$inputs.nope}", EXACT, NAMES)

    assert caught.value.offset == 11

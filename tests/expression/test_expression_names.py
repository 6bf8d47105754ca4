"""Names are matched whole first; what is not declared is refused, or dereferenced by a tolerant reading."""

from __future__ import annotations

import pytest

from arazzo_runner.expression import (
    BodyReference,
    DeclaredNames,
    ExpressionSyntaxError,
    HeaderReference,
    InputsReference,
    Reading,
    Response,
    StepsReference,
    UndeclaredName,
    WorkflowsReference,
    parse_and_bind,
)

NAMES = DeclaredNames(
    inputs=["a", "a.b", "token", "pair#/x"],
    outputs=["bar"],
    steps={"s": ["y", "p.q"], "open": None},
    workflows={"w": (["i"], ["o"])},
    sources=["p"],
)
EXACT = Reading("1.1")
AUTO_1_0 = Reading("1.0", tolerant=True)
LENIENT_1_1 = Reading("1.1", tolerant=True)


@pytest.mark.requirement("abnf11.identifier")
@pytest.mark.parametrize("reading", [EXACT, AUTO_1_0, LENIENT_1_1])
def test_a_declared_name_with_dots_is_one_name(reading):
    bound = parse_and_bind("$inputs.a.b", reading, NAMES)

    assert bound.expression == InputsReference("a.b")
    assert bound.tolerated == ()


def test_in_1_0_a_declared_name_may_even_hold_a_pointer():
    assert parse_and_bind("$inputs.pair#/x", Reading("1.0"), NAMES).expression == InputsReference("pair#/x")


@pytest.mark.requirement("abnf.name-case-sensitive-token-not")
@pytest.mark.parametrize(
    ("text", "kind", "name", "offset"),
    [
        ("$inputs.Token", "input", "Token", 8),
        ("$inputs.nope", "input", "nope", 8),
        ("$outputs.nope", "output", "nope", 9),
        ("$steps.nope.outputs.y", "step", "nope", 7),
        ("$steps.s.outputs.nope", "output", "nope", 17),
        ("$workflows.nope.outputs.o", "workflow", "nope", 11),
        ("$workflows.w.inputs.o", "input", "o", 20),
        ("$workflows.w.outputs.i", "output", "i", 21),
        ("$sourceDescriptions.nope.url", "source description", "nope", 20),
    ],
)
def test_an_undeclared_name_is_refused_with_its_kind_and_place(text, kind, name, offset):
    with pytest.raises(UndeclaredName) as caught:
        parse_and_bind(text, EXACT, NAMES)

    assert (caught.value.kind, caught.value.name, caught.value.offset) == (kind, name, offset)


def test_an_undeclared_name_comes_with_the_nearest_declared_one():
    with pytest.raises(UndeclaredName, match=r"did you mean 'token'\?"):
        parse_and_bind("$inputs.tokn", EXACT, NAMES)


def test_without_declarations_any_name_will_do():
    assert parse_and_bind("$inputs.x.y", EXACT, DeclaredNames()).expression == InputsReference("x.y")
    assert parse_and_bind("$steps.open.outputs.any", EXACT, NAMES).expression == StepsReference("open", "any")
    assert parse_and_bind("$steps.other.outputs.x", EXACT, DeclaredNames()).expression == StepsReference("other", "x")


@pytest.mark.parametrize("reading", [AUTO_1_0, LENIENT_1_1])
@pytest.mark.parametrize(
    ("text", "expression", "form", "rewrite"),
    [
        ("$steps.s.outputs.y.z", StepsReference("s", "y", ("z",)), "dereference", "$steps.s.outputs.y#/z"),
        ("$steps.s.outputs.y[0].z", StepsReference("s", "y", ("0", "z")), "dereference", "$steps.s.outputs.y#/0/z"),
        ("$steps.s.outputs.p.q.r", StepsReference("s", "p.q", ("r",)), "dereference", "$steps.s.outputs.p.q#/r"),
        ("$steps.s.outputs.y.z#/w", StepsReference("s", "y", ("z", "w")), "dereference", "$steps.s.outputs.y#/z/w"),
        ("$steps.open.outputs.y[1]", StepsReference("open", "y", ("1",)), "dereference", "$steps.open.outputs.y#/1"),
        ("$inputs.a.c", InputsReference("a", ("c",)), "dereference", "$inputs.a#/c"),
        (
            "$workflows.w.outputs.o.x",
            WorkflowsReference("w", "outputs", "o", ("x",)),
            "dereference",
            "$workflows.w.outputs.o#/x",
        ),
        ("$response.body.x", Response(BodyReference(("x",))), "dereference", "$response.body#/x"),
        ("$response.body[0].x", Response(BodyReference(("0", "x"))), "dereference", "$response.body#/0/x"),
        ("$response.body#name", Response(BodyReference(("name",))), "body-name", "$response.body#/name"),
        (
            "$response.body#name/first",
            Response(BodyReference(("name", "first"))),
            "body-name",
            "$response.body#/name/first",
        ),
        ("$response.headers.X-A", Response(HeaderReference("X-A")), "headers", "$response.header.X-A"),
    ],
)
def test_a_tolerant_reading_takes_the_published_forms_and_says_how_to_write_them(
    reading, text, expression, form, rewrite
):
    bound = parse_and_bind(text, reading, NAMES)

    assert bound.expression == expression
    assert [(item.form, item.rewrite) for item in bound.tolerated] == [(form, rewrite)]


@pytest.mark.requirement("abnf10.body-reference")
@pytest.mark.parametrize("reading", [EXACT, Reading("1.0")])
@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("$steps.s.outputs.y.z", "$steps.s.outputs.y#/z"),
        ("$inputs.a.c", "$inputs.a#/c"),
        ("$response.body.x", "$response.body#/x"),
        ("$response.body#name", "$response.body#/name"),
        ("$response.headers.X-A", "$response.header.X-A"),
    ],
)
def test_an_exact_reading_refuses_them_and_says_what_was_meant(reading, text, meant):
    with pytest.raises((ExpressionSyntaxError, UndeclaredName)) as caught:
        parse_and_bind(text, reading, NAMES)

    assert (caught.value.meant, caught.value.rewrite) == (meant, meant)


def test_tolerance_ends_where_no_declared_name_begins_the_text():
    with pytest.raises(UndeclaredName):
        parse_and_bind("$steps.s.outputs.unknown.z", AUTO_1_0, NAMES)
    with pytest.raises(ExpressionSyntaxError):
        parse_and_bind("$response.body.x > 0", AUTO_1_0, NAMES)

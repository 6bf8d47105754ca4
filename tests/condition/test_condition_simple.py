"""Simple conditions: literals, operators, precedence, where expressions end, and why a check failed."""

from __future__ import annotations

import pytest

from arazzo_runner.condition import (
    And,
    Comparison,
    ConditionSyntaxError,
    ExpressionOperand,
    Literal,
    Not,
    Or,
    expressions_of,
    operand_expressions,
    parse_simple,
)
from arazzo_runner.errors import LanguageSyntaxError
from arazzo_runner.expression import (
    Alternatives,
    BodyReference,
    DeclaredNames,
    Dereference,
    InputsReference,
    Reading,
    Response,
    StatusCode,
    StepsReference,
    UndeclaredName,
    parse,
)
from arazzo_runner.values import MISSING, Operand

EXACT = Reading("1.1")
ANY = DeclaredNames()


def tree(text, names=ANY, reading=EXACT):
    return parse_simple(text, reading, names).root


@pytest.mark.requirement("criterion.type.default-simple")
@pytest.mark.requirement("criterion.operator.eq")
@pytest.mark.requirement("criterion.operator.ne")
@pytest.mark.requirement("criterion.operator.lt")
@pytest.mark.requirement("criterion.operator.le")
@pytest.mark.requirement("criterion.operator.gt")
@pytest.mark.requirement("criterion.operator.ge")
@pytest.mark.requirement("criterion.simple.pass")
@pytest.mark.requirement("criterion.simple.fail")
@pytest.mark.parametrize(
    ("condition", "passed"),
    [
        ("$statusCode == 200", True),
        ("$statusCode == 201", False),
        ("$statusCode != 404", True),
        ("$statusCode != 200", False),
        ("$statusCode < 300", True),
        ("$statusCode < 200", False),
        ("$statusCode <= 200", True),
        ("$statusCode <= 199", False),
        ("$statusCode > 199", True),
        ("$statusCode > 200", False),
        ("$statusCode >= 200", True),
        ("$statusCode >= 201", False),
        ("200 == $statusCode", True),
        ("$statusCode==200", True),
        ("  $statusCode\t==\n200  ", True),
    ],
)
def test_comparison_operators_compare(over, condition, passed):
    assert over(condition).passed is passed


@pytest.mark.requirement("criterion.literal.boolean")
@pytest.mark.requirement("criterion.literal.null")
@pytest.mark.requirement("criterion.literal.number")
@pytest.mark.requirement("criterion.literal.string-single-quotes")
@pytest.mark.requirement("criterion.literal.string-quote-escape")
@pytest.mark.parametrize(
    "condition",
    [
        "$response.body#/ok == true",
        "$response.body#/no == false",
        "$response.body#/nothing == null",
        "$response.body#/p == 1.5e1",
        "$response.body#/p == 15.0",
        "$response.body#/t < -3",
        "$response.body#/t == -40E-1",
        "$response.body#/big == 12345678901234567890123",
        "$response.body#/s == 'ok'",
        "$response.body#/n == 'O''Brien'",
        "$response.body#/empty == ''",
        "$response.body#/q == '\"'",
    ],
)
def test_literals_of_every_type_are_read(over, condition):
    body = {
        "ok": True,
        "no": False,
        "nothing": None,
        "p": 15,
        "t": -4,
        "big": 12345678901234567890123,
        "s": "ok",
        "n": "O'Brien",
        "empty": "",
        "q": '"',
    }

    assert over(condition, body).passed


@pytest.mark.requirement("criterion.operator.not")
@pytest.mark.requirement("criterion.operator.and")
@pytest.mark.requirement("criterion.operator.or")
@pytest.mark.requirement("criterion.operator.grouping")
@pytest.mark.parametrize(
    ("condition", "passed"),
    [
        ("!($statusCode == 500)", True),
        ("!($statusCode == 200)", False),
        ("!$response.body#/error", True),
        ("!$response.body#/ok", False),
        ("!$response.body#/absent", True),
        ("!$response.body#/nothing", True),
        ("!!$response.body#/ok", True),
        ("!$response.body#/text", False),
        ("$statusCode == 200 && $response.body#/ok == true", True),
        ("$statusCode == 200 && $response.body#/error == true", False),
        ("$statusCode == 201 || $statusCode == 200", True),
        ("$statusCode == 201 || $statusCode == 202", False),
        ("true || false && false", True),
        ("(true || false) && false", False),
        ("false && false || true", True),
        ("($statusCode == 200 || $statusCode == 201) && $response.body#/error == true", False),
        ("!$response.body#/error == true", True),
        ("($response.body).ok", True),
        ("($response.body#/list)[0] == 1", True),
        ("('x' || true) && !(false || null)", True),
    ],
)
def test_logical_operators_group_and_bind(over, condition, passed):
    body = {"ok": True, "error": False, "nothing": None, "text": "yes", "list": [1]}

    assert over(condition, body).passed is passed


def test_and_binds_tighter_than_or_and_not_tighter_than_comparison():
    a, b, c = (Literal(value) for value in (True, False, None))

    assert tree("true || false && null") == Or((a, And((b, c))))
    assert tree("!true == false") == Comparison("==", Not(a), b)


@pytest.mark.requirement("criterion.simple.pass")
@pytest.mark.requirement("criterion.simple.fail")
@pytest.mark.parametrize(
    ("condition", "passed"),
    [
        ("true", True),
        ("false", False),
        ("null", False),
        ("'text'", False),
        ("1", False),
        ("$response.body#/ok", True),
        ("$response.body#/no", False),
        ("$response.body#/nothing", False),
        ("$response.body#/absent", False),
        ("$response.body#/text", False),
        ("$response.body#/one", False),
        ("$response.body", False),
    ],
)
def test_only_true_passes(over, condition, passed):
    body = {"ok": True, "no": False, "nothing": None, "text": "true", "one": 1}

    assert over(condition, body).passed is passed


@pytest.mark.requirement("criterion.operator.index")
@pytest.mark.requirement("criterion.operator.dereference")
@pytest.mark.parametrize(
    ("condition", "passed"),
    [
        ("$response.body.count > 3", True),
        ("$response.body.data != null", True),
        ("$response.body.items[0].id == 7", True),
        ("$response.body#/items[0].id == 7", True),
        ("$response.body#/items/0.id == 7", True),
        ("$response.body#/names[1] == 'b'", True),
        ("$response.body#/names[9] == 'b'", False),
        ("$response.body#/names[9] == null", True),
        ("$response.body.a-b == 1", True),
        ("$response.body#/literal[0] == 'whole name'", True),
        ("$response.body#/with.dot == 'whole name'", True),
        ("$response.body.count.deeper == null", True),
        ("$response.body.items.length == null", True),
        ("$inputs.user.name == 'ann'", True),
    ],
)
def test_members_and_items_are_reached_in_simple_conditions(over, condition, passed):
    body = {
        "count": 4,
        "data": {},
        "items": [{"id": 7}],
        "names": ["a", "b"],
        "a-b": 1,
        "literal[0]": "whole name",
        "literal": ["item"],
        "with.dot": "whole name",
        "with": {"dot": "member"},
    }

    assert over(condition, body, inputs={"user": {"name": "ann"}}).passed is passed


def test_the_longest_declared_name_ends_an_expression():
    names = DeclaredNames(inputs=["a", "a.b"], steps={"s": ["y", "p.q"]})

    assert tree("$inputs.a.b.c", names).expression == Dereference(InputsReference("a.b"), ("c",))
    assert tree("$inputs.a.c", names).expression == Dereference(InputsReference("a"), ("c",))
    assert tree("$steps.s.outputs.y[0].z", names).expression == Dereference(StepsReference("s", "y"), (0, "z"))
    assert tree("$steps.s.outputs.p.q", names).expression == StepsReference("s", "p.q")


def test_where_nothing_is_declared_the_value_decides_longest_first():
    assert tree("$inputs.a.b").expression == Alternatives(
        (InputsReference("a.b"), Dereference(InputsReference("a"), ("b",)))
    )
    assert tree("$response.body#/a[0]").expression == Alternatives(
        (Response(BodyReference(("a[0]",))), Dereference(Response(BodyReference(("a",))), (0,)))
    )


@pytest.mark.requirement("abnf11.name")
@pytest.mark.requirement("abnf11.token")
@pytest.mark.parametrize(
    ("condition", "texts"),
    [
        ("$response.body#/a==1", ["$response.body#/a"]),
        ("$response.body#/a=b == 1", ["$response.body#/a=b"]),
        ("($response.body#/a)", ["$response.body#/a"]),
        ("$response.body#/a<$inputs.b", ["$response.body#/a", "$inputs.b"]),
        ("$response.body#/a&&$response.body#/b||$inputs.c", ["$response.body#/a", "$response.body#/b", "$inputs.c"]),
        ("$request.query.filter[a b] == 1", ["$request.query.filter[a b]"]),
        ("$request.query.f[a == b] == 1", ["$request.query.f[a == b]"]),
        ("$response.header.X-A!B|C& == 1", ["$response.header.X-A!B|C&"]),
        ("$response.header.X!='1'", ["$response.header.X"]),
        ("$request.query.a[b == 1", ["$request.query.a[b"]),
    ],
)
def test_an_expression_ends_at_whitespace_or_an_operator_outside_brackets(condition, texts):
    assert [str(expression) for expression in expressions_of(tree(condition))] == texts


@pytest.mark.requirement("criterion.simple.direct-expressions")
def test_expressions_stand_on_both_sides(over):
    verdict = over("$response.body#/n > $inputs.threshold", {"n": 6}, inputs={"threshold": 5})

    assert verdict.passed
    assert verdict.operands == (Operand("$response.body#/n", 6), Operand("$inputs.threshold", 5))


def test_evaluation_stops_as_soon_as_the_outcome_is_known(over):
    assert [o.expression for o in over("$statusCode == 500 && $response.body#/a == 1").operands] == ["$statusCode"]
    assert [o.expression for o in over("$statusCode == 200 || $response.body#/a == 1").operands] == ["$statusCode"]


@pytest.mark.requirement("criterion.simple.expression-required")
@pytest.mark.requirement("criterion.literal.string-single-quotes")
@pytest.mark.parametrize(
    ("condition", "offset", "meant"),
    [
        ("", 0, None),
        ("hello world", 0, "'hello' world"),
        ("$statusCode", None, None),
        ("$statusCode ==", 14, None),
        ("== 200", 0, None),
        ("$statusCode 200", 12, None),
        ("$statusCode = 200", 12, "$statusCode == 200"),
        ("$statusCode === 200", 12, "$statusCode == 200"),
        ("$statusCode !== 200", 12, "$statusCode != 200"),
        ("$statusCode == 200 and true", 19, "$statusCode == 200 && true"),
        ("true & false", 5, "true && false"),
        ("$response.body#/ok == True", 22, "$response.body#/ok == true"),
        ('$response.body#/s == "it\'s"', 21, "$response.body#/s == 'it''s'"),
        ("$response.body#/s == 'open", 21, None),
        ("$response.body#/s == pending", 21, "$response.body#/s == 'pending'"),
        ("1 < 2 < 3", 6, None),
        ("(true", 0, None),
        ("true)", 4, None),
        ("()", 1, None),
        ("$statusCode == 05", 15, None),
        ("$statusCode == +5", 15, None),
        ("$statusCode == 2xx", 15, None),
        ("$.status == 'ok'", 0, None),
        ("$statuscode == 200", 0, "$statusCode == 200"),
        ("$steps.s == 1", 8, None),
        ("$response.headers.X == 1", 10, "$response.header.X == 1"),
        ("{$statusCode == 401}", 0, "$statusCode == 401"),
        ("$statusCode == 200 || || true", 22, None),
        ("a[0]", 0, "'a[0]'"),
        ("(true).", 6, None),
    ],
)
def test_what_is_no_condition_is_refused_at_its_place_with_what_was_meant(condition, offset, meant):
    if offset is None:
        assert tree(condition) == ExpressionOperand(StatusCode(), condition)
        return
    with pytest.raises(ConditionSyntaxError) as caught:
        tree(condition)

    assert (caught.value.offset, caught.value.meant) == (offset, meant)


def test_undeclared_names_are_refused_in_offsets_of_the_condition():
    with pytest.raises(UndeclaredName, match="did you mean 'token'") as caught:
        tree("$statusCode == 200 && $inputs.tokn == 1", DeclaredNames(inputs=["token"]))

    assert caught.value.offset == 30


def test_nesting_has_a_bound():
    for text in ("(" * 5000 + "true" + ")" * 5000, "!" * 5000 + "true"):
        with pytest.raises(ConditionSyntaxError, match="nested deeper"):
            tree(text)
    assert tree(" && ".join(["true"] * 5000))


@pytest.mark.requirement("criterion.errors.reported")
@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ("$statusCode == 404", "$statusCode is 200, not 404"),
        ("404 == $statusCode", "$statusCode is 200, not 404"),
        ("$statusCode != 200", "$statusCode is 200, just what it must not be"),
        ("$statusCode > 299", "$statusCode is 200, not > 299"),
        ("300 <= $statusCode", "$statusCode is 200, not >= 300"),
        ("$response.body#/s == 'done'", "$response.body#/s is 'open', not 'done'"),
        ("$response.body.s > 3", "$response.body.s is 'open', which has no order with 3"),
        ("$response.body#/x == 1", "$response.body#/x is absent, not 1"),
        ("$response.body#/x", "$response.body#/x is absent"),
        ("$response.body#/n", "$response.body#/n is null"),
        ("$response.body#/s", "$response.body#/s is 'open', and only true passes"),
        ("$response.body#/s == $inputs.s", "$response.body#/s is 'open', not 'shut' ($inputs.s)"),
        ("!($statusCode == 200)", "$statusCode == 200 is true"),
        ("$statusCode == 200 && $response.body#/l == 3", "$response.body#/l is [1,2], not 3"),
        ("$statusCode == 1 || $statusCode == 2", "$statusCode is 200, not 1 and $statusCode is 200, not 2"),
        ("!$response.body#/s", "'!' needs true, false or null, and $response.body#/s is 'open'"),
        ("'10' < 9", "'10' < 9 is false"),
        ("false", "the condition is the literal false"),
        ("$response.body#/long == 1", "$response.body#/long is text of 500 characters, not 1"),
        ("($response.body).s == 1", "($response.body).s is 'open', not 1"),
    ],
)
def test_a_failed_check_says_why(over, condition, reason):
    body = {"s": "open", "n": None, "l": [1, 2], "long": "x" * 500}

    verdict = over(condition, body, inputs={"s": "shut"})

    assert not verdict.passed
    assert verdict.reason == reason


@pytest.mark.requirement("criterion.result.boolean")
@pytest.mark.requirement("criterion.errors.fail")
@pytest.mark.requirement("criterion.errors.reported")
@pytest.mark.parametrize(
    ("condition", "named"),
    [
        ("$steps.later.outputs.x == 1", "step 'later' has not run"),
        ("$outputs.x == null", "$outputs.x has no value"),
        ("$response.payload == null", "payload"),
        ("$workflows.w.outputs.x != 1", "workflow 'w' has not run"),
    ],
)
def test_a_reference_that_cannot_be_resolved_fails_with_its_reason(over, condition, named):
    verdict = over(condition)

    assert not verdict.passed
    assert named in verdict.reason


def test_without_a_response_every_condition_over_it_fails(check, point):
    for condition in ("$statusCode != 200", "$response.body == null", "!$response.header.X"):
        verdict = check(condition, point(method="GET", url="https://a.test/"))

        assert not verdict.passed
        assert "there is no response" in verdict.reason


def test_absent_operands_are_recorded_as_absent(over):
    assert over("$response.body#/x == null", {}).operands == (Operand("$response.body#/x", MISSING),)


def test_the_operand_expressions_of_a_condition_are_known_without_running_it(compile_criterion):
    compiled = compile_criterion("$statusCode == 200 && ($inputs.a || !$steps.s.outputs.b.c)")

    assert [str(expression) for expression in operand_expressions(compiled.condition)] == [
        "$statusCode",
        "$inputs.a",
        "$steps.s.outputs.b.c",
    ]


def test_the_context_of_a_simple_condition_is_ignored(over):
    assert over("$statusCode == 200", context="$response.body").passed


def test_a_condition_knows_nothing_of_braces_in_its_strings(over):
    assert over("$response.body#/s == '{$inputs.s}'", {"s": "{$inputs.s}"}, inputs={"s": "x"}).passed


def test_each_version_has_its_own_names():
    with pytest.raises(LanguageSyntaxError):
        tree("$steps.a.b.outputs.c == 1")

    assert tree("$steps.a.b.outputs.c", reading=Reading("1.0")).expression == parse("$steps.a.b.outputs.c", "1.0")

"""Loose comparison: the table of decision 32, null (33) and absent values (18)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from arazzo_runner.condition.comparison import COMPARE
from arazzo_runner.values import MISSING

EQUAL = [
    (1, 1),
    (1, 1.0),
    (1, Decimal("1.00")),
    (0.1, Decimal("0.1")),
    (5, "5"),
    ("1e1", 10),
    ("-0.5", -0.5),
    (12345678901234567890, "12345678901234567890"),
    ("ACTIVE", "active"),
    ("straße", "STRASSE"),
    (True, True),
    (None, None),
    (MISSING, None),
    (MISSING, MISSING),
    ([1, {"a": 2.0}], [1.0, {"a": 2}]),
    ({"a": 1, "b": None}, {"b": None, "a": 1}),
    (b"\xff", b"\xff"),
]

UNEQUAL = [
    (1, 2),
    (5, "05"),
    (5, " 5"),
    (5, "5 "),
    (5, "0x5"),
    (5, "five"),
    ("5", "5.0"),
    (True, 1),
    (True, "true"),
    (False, 0),
    (False, None),
    (None, 0),
    (None, ""),
    (None, False),
    (None, []),
    (MISSING, 0),
    (MISSING, ""),
    (MISSING, False),
    ([1], [1, 2]),
    ([1], 1),
    ({"a": 1}, {"A": 1}),
    ({"a": "x"}, {"a": "X"}),
    ([], {}),
    ("[1]", [1]),
    (b"a", "a"),
]


@pytest.mark.requirement("criterion.string-comparison.case-insensitive")
@pytest.mark.requirement("criterion.comparison.loose")
@pytest.mark.requirement("criterion.simple.numeric-coercion")
@pytest.mark.requirement("criterion.simple.null-rule")
@pytest.mark.requirement("criterion.literal.boolean")
@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_these_are_equal_either_way_round(left, right):
    assert COMPARE["=="](left, right)
    assert COMPARE["=="](right, left)
    assert not COMPARE["!="](left, right)


@pytest.mark.requirement("criterion.comparison.loose")
@pytest.mark.requirement("criterion.simple.null-rule")
@pytest.mark.requirement("criterion.literal.boolean")
@pytest.mark.requirement("criterion.operator.ne")
@pytest.mark.parametrize(("left", "right"), UNEQUAL)
def test_these_are_unequal_either_way_round(left, right):
    assert not COMPARE["=="](left, right)
    assert not COMPARE["=="](right, left)
    assert COMPARE["!="](left, right)


@pytest.mark.requirement("criterion.operator.lt")
@pytest.mark.requirement("criterion.operator.gt")
@pytest.mark.requirement("criterion.simple.numeric-coercion")
@pytest.mark.parametrize(
    ("smaller", "bigger"),
    [
        (1, 2),
        (-4, -3),
        (9, "10"),
        ("9", 10),
        (0.1, Decimal("0.11")),
        (10**400, Decimal("1e999")),
        ("a", "B"),
        ("A", "b"),
        (0, "9" * 5000),
        ("1e400", "1e999"),
    ],
)
def test_numbers_numeric_strings_and_texts_have_an_order(smaller, bigger):
    assert COMPARE["<"](smaller, bigger)
    assert COMPARE["<="](smaller, bigger)
    assert COMPARE[">"](bigger, smaller)
    assert COMPARE[">="](bigger, smaller)
    assert not COMPARE["<"](bigger, smaller)
    assert not COMPARE[">="](smaller, bigger)


@pytest.mark.requirement("criterion.comparison.loose")
def test_equal_values_are_ordered_by_the_inclusive_operators_only():
    for left, right in ((1, 1.0), ("A", "a"), (0.1, Decimal("0.1")), ("3", 3)):
        assert COMPARE["<="](left, right)
        assert COMPARE[">="](left, right)
        assert not COMPARE["<"](left, right)
        assert not COMPARE[">"](left, right)


@pytest.mark.requirement("criterion.simple.null-rule")
@pytest.mark.parametrize(
    ("left", "right"),
    [(None, None), (None, 0), (MISSING, 1), (True, False), (True, 0), ([1], [2]), ({}, {}), (1, "x"), (b"a", b"b")],
)
def test_everything_else_has_no_order(left, right):
    for operator in ("<", "<=", ">", ">="):
        assert not COMPARE[operator](left, right)
        assert not COMPARE[operator](right, left)


@pytest.mark.requirement("criterion.string-comparison.case-insensitive")
@pytest.mark.requirement("criterion.simple.numeric-coercion")
@pytest.mark.requirement("criterion.simple.null-rule")
@pytest.mark.parametrize(
    ("condition", "passed"),
    [
        ("$response.body#/s == 'ACTIVE'", True),
        ("$response.body#/s != 'ACTIVE'", False),
        ("$response.header.X-Count > 9", True),
        ("'10' < 9", False),
        ("$response.body#/n == '5'", True),
        ("null == null", True),
        ("$response.body#/zero == null", False),
        ("$response.body#/empty == null", False),
        ("$response.body#/data != null", True),
        ("$response.body#/gone == null", True),
        ("$response.body#/gone != null", False),
        ("$response.body#/gone < 1", False),
        ("$response.header.X-None == null", True),
    ],
)
def test_the_examples_of_the_specification_come_out_as_it_says(over, condition, passed):
    body = {"s": "active", "n": 5, "zero": 0, "empty": "", "data": {"a": 1}}

    assert over(condition, body, headers={"x-count": "10"}).passed is passed

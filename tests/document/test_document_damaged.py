"""Reading on: what is wrong with a text and leaves a sensible reading is collected, and the rest is read."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from arazzo_runner.diagnostics import Diagnostic
from arazzo_runner.document import Document, read
from arazzo_runner.errors import UnreadableDocument
from arazzo_runner.limits import Limits

ROOT_OF_ALL = {"a": 2, "b": {"c": 3}}


def on(text: str, name: str = "flow.yaml", **options: Any) -> tuple[Any, list[str]]:
    """The value that is read, and `line:column CODE` of each problem."""
    document, problems = reading(text, name, **options)
    return document.root, [place(problem) for problem in problems]


def reading(text: str, name: str = "flow.yaml", **options: Any) -> tuple[Document, list[Diagnostic]]:
    problems: list[Diagnostic] = []
    document = read(text.encode(), uri=f"file:///w/{name}", name=name, problems=problems, **options)
    return document, problems


def place(problem: Diagnostic) -> str:
    assert problem.location is not None
    return f"{problem.location.line}:{problem.location.column} {problem.code}"


def ended(text: str, name: str = "flow.yaml", **options: Any) -> tuple[str, list[str]]:
    """What ended the reading, and what was found before."""
    problems: list[Diagnostic] = []
    with pytest.raises(UnreadableDocument) as caught:
        read(text.encode(), uri=f"file:///w/{name}", name=name, problems=problems, **options)
    return place(caught.value.diagnostic), [place(problem) for problem in problems]


# Keys -----------------------------------------------------------------------------------------------------------------


def test_of_a_key_that_stands_twice_the_last_value_is_kept() -> None:
    assert on("a: 1\nb: 2\na: 3\n") == ({"a": 3, "b": 2}, ["3:1 ARZ105"])


def test_every_duplicate_is_told_with_the_place_of_the_first() -> None:
    _, problems = reading("a: 1\na: 2\nb: {c: 1, c: 2}\na: 3\n")

    assert [(place(p), p.message.partition("; ")[2]) for p in problems] == [
        ("2:1 ARZ105", "the first one is at 1:1"),
        ("3:11 ARZ105", "the first one is at 3:5"),
        ("4:1 ARZ105", "the first one is at 1:1"),
    ]


def test_the_value_that_is_kept_has_its_own_place() -> None:
    document, _ = reading("a: {x: 1}\na: {x: 2}\n")

    assert (document.location("/a/x").line, document.location("/a", key=True).line) == (2, 2)


@pytest.mark.parametrize(
    ("text", "problem"),
    [("? [1, 2]\n: x\nb: 1\n", "1:3"), ("{$x}: x\nb: 1\n", "1:1"), ("k:\n  ? \n  : x\n  b: 1\n", "2:4")],
)
def test_what_is_no_key_is_left_out_with_its_value(text: str, problem: str) -> None:
    root, problems = on(text)

    assert (root.get("k", root), problems) == ({"b": 1}, [f"{problem} ARZ104"])


# Values ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [("!seconds 2", 2), ("!ref name", "name"), ("!ref '2'", "2"), ("!!int abc", "abc"), ("!set {a: 1}", {"a": 1})],
)
def test_a_tag_of_another_schema_is_told_and_taken_away(text: str, value: Any) -> None:
    assert on(f"v: {text}\n") == ({"v": value}, ["1:4 ARZ104"])


def test_an_alias_without_an_anchor_is_a_text() -> None:
    assert on("a: *b\nc: 1\n") == ({"a": "*b", "c": 1}, ["1:4 ARZ104"])


def test_an_anchor_that_holds_itself_is_told() -> None:
    assert on("a: &b [*b, 1]\n") == ({"a": ["*b", 1]}, ["1:8 ARZ104"])


def test_a_number_nobody_can_hold_is_a_text() -> None:
    assert on("a: 1e999999999999999999999\nb: 1\n") == ({"a": "1e999999999999999999999", "b": 1}, ["1:4 ARZ104"])


def test_a_merge_of_something_else_is_left_out() -> None:
    assert on("b: 1\n<<: [3, {c: 2}]\n") == ({"b": 1, "c": 2}, ["2:1 ARZ104"])


def test_the_first_of_several_documents_is_read() -> None:
    assert on("a: 1\n---\na: 2\n") == ({"a": 1}, ["2:1 ARZ104"])


# Syntax ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "value", "column"),
    [
        ("{$statusCode} == 200", "{$statusCode} == 200", 18),
        ("{$inputs.a}/{$inputs.b}  # note", "{$inputs.a}/{$inputs.b}", 15),
        ("{$inputs.items[0]}", "{$inputs.items[0]}", 18),
        ("one: two", "one: two", 7),
        ("it's: here", "it's: here", 8),
        ("@me", "@me", 4),
        ("`code`", "`code`", 4),
        ("%20", "%20", 4),
        ("\"a\" + 'b'", "\"a\" + 'b'", 8),
    ],
)
def test_a_text_that_needed_quotes_is_read_as_it_was_meant(line: str, value: str, column: int) -> None:
    assert on(f"a: {line}\nb: 2\n") == ({"a": value, "b": 2}, [f"1:{column} ARZ103"])


def test_items_of_a_list_are_mended_too_and_whatever_follows_is_read() -> None:
    text = "- {$a} b\n- c: d: e\n  f: @g\n- x: 1\n  x: 2\n"

    root, problems = on(text)

    assert root == ["{$a} b", {"c": "d: e", "f": "@g"}, {"x": 2}]
    assert problems == ["1:8 ARZ103", "2:7 ARZ103", "3:6 ARZ103", "5:3 ARZ105"]


def test_places_are_those_of_the_text_as_it_is_written() -> None:
    document, _ = reading("a: it's: b\nc: {$x} 'y' z\nd: {e: 1}\n")

    assert str(document.location("/d/e")) == "flow.yaml:3:8"
    scalar = document.scalar("/c")
    assert scalar is not None
    assert document.text[scalar.start : scalar.end] == "{$x} 'y' z"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\nb\nc: 2\n", "2:1"),  # nothing says what was meant
        ("a: b: c\n  d\nx: 1\n", "1:5"),  # the value goes on
        ("a: {b: 1\nc: 2\n", "2:2"),
        ("a: {b: 1} c\nd: 1\n", "1:11"),  # a damaged collection is no text
        ("a: 'b\nc: 1\n", "1:4"),
        ('a: "b\nc: 1\n', "1:4"),
        ("a: 1\n\tb: 2\n", "2:1"),
        ("a: [1, 2\nb: 3\n", "2:2"),
    ],
)
def test_what_is_not_certain_to_be_a_text_ends_the_reading(text: str, problem: str) -> None:
    assert ended(text) == (f"{problem} ARZ103", [])


def test_what_was_found_before_the_end_is_told() -> None:
    assert ended("a: 1\na: 2\nb: @c\nd\n") == ("4:1 ARZ103", ["2:1 ARZ105", "3:4 ARZ103"])


@pytest.mark.parametrize(
    ("text", "options", "problem"),
    [
        ("", {}, "1:1"),
        ("a: [[[1]]]\n", {"limits": Limits(max_depth=3)}, "1:6"),
        ("a: &a [1, 2]\nb: [*a, *a]\n", {"limits": Limits(max_aliases=4)}, "2:9"),
        ("a: 12345\n", {"limits": Limits(max_document=3)}, "0:0"),
    ],
)
def test_bounds_are_bounds(text: str, options: Any, problem: str) -> None:
    assert ended(text, **options) == (f"{problem} ARZ100", [])


def test_without_a_list_for_them_the_first_problem_ends_the_reading() -> None:
    with pytest.raises(UnreadableDocument) as caught:
        read(b"a: 1\na: 2\nb: @c\n", uri="file:///w/flow.yaml", name="flow.yaml")

    assert place(caught.value.diagnostic) == "2:1 ARZ105"


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab:{}[]$'\"#-&*!|>%@`,? \n\t", max_size=60))
@example("!\n>")
def test_any_text_is_read_or_refused(text: str) -> None:
    problems: list[Diagnostic] = []
    try:
        document = read(text.encode(), uri="file:///w/flow.yaml", name="flow.yaml", problems=problems)
    except UnreadableDocument:
        return
    first = text.partition("\n")[0]
    is_begun_below = not re.sub(r"[!&]\S*", "", first).strip()  # a tag or an anchor on a line of its own
    assert document.location("").line == 1 or is_begun_below or text.startswith((" ", "#", "-", "\t", "%"))
    assert all(problem.location is not None and problem.location.line > 0 for problem in problems)


# JSON -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["flow.json", "flow"])
def test_duplicate_keys_of_json_are_all_told(name: str) -> None:
    text = '{"a": 1, "a": 2, "b": {"c": 1, "c": 3}}'

    assert on(text, name) == (ROOT_OF_ALL, ["1:10 ARZ105", "1:32 ARZ105"])


def test_a_comma_too_many_does_not_hide_what_else_is_wrong() -> None:
    text = '{"a": 1, "a": 2, "b": {"c": 3,},}'

    assert on(text, "flow.json") == (ROOT_OF_ALL, ["1:31 ARZ103", "1:10 ARZ105"])


def test_yaml_that_starts_with_a_brace_is_no_damaged_json() -> None:
    assert on("{a: 2, b: {c: 3,},}") == (ROOT_OF_ALL, [])


def test_a_number_that_json_does_not_have_is_a_text() -> None:
    assert on('{"a": NaN}', "flow.json") == ({"a": "NaN"}, ["1:7 ARZ103"])


@pytest.mark.parametrize("text", ['{"a": 1, // one\n"b": 2}', '{"a": "\\ud800"}', '{"a" 1}'])
def test_other_damages_of_json_end_the_reading(text: str) -> None:
    assert ended(text, "flow.json")[1] == []

"""How fixes are made in a text: every style of scalar, members that go, comments, line endings, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mending import comments, document, mended

from arazzo_runner.checks.fixing import Fixed, apply, change, fix_text
from arazzo_runner.diagnostics import Diagnostic, Edit, Fix, Quote, Remove, SetText, Wrap
from arazzo_runner.document import Document
from arazzo_runner.location import Location
from arazzo_runner.values import get_pointer, parse_pointer


def at(pointer: str, name: str = "w.arazzo.yaml") -> Location:
    return Location(name, 1, 1, pointer)


def edited(text: str, *edits: Edit, name: str = "w.arazzo.yaml") -> str:
    """The text after one fix with these edits."""
    return apply(document(text, name), [Fix(edits)])


# -- texts ------------------------------------------------------------------------------------------------------------

TEXTS: list[Any] = [
    pytest.param("a: $x.y  # c\nb: 1\n", "$x#/y", "a: $x#/y  # c\nb: 1\n", id="plain stays plain"),
    pytest.param("a: Bearer $t  # c\n", "Bearer {$t}", "a: 'Bearer {$t}'  # c\n", id="plain with braces"),
    pytest.param("a: x\n", "it's {$t}", 'a: "it\'s {$t}"\n', id="plain with braces and a quote"),
    pytest.param("a: x\n", "k: v", "a: 'k: v'\n", id="a colon"),
    pytest.param("a: x\n", "v #1", "a: 'v #1'\n", id="a hash"),
    pytest.param("a: x\n", "true", "a: 'true'\n", id="a boolean"),
    pytest.param("a: x\n", "1_000", "a: '1_000'\n", id="a number of YAML 1.1"),
    pytest.param("a: x\n", "no", "a: 'no'\n", id="a boolean of YAML 1.1"),
    pytest.param("a: x\n", "", "a: ''\n", id="nothing"),
    pytest.param("a: x\n", " x", "a: ' x'\n", id="a space in front"),
    pytest.param("a: x\n", "a, b", "a: 'a, b'\n", id="a comma, which ends a text in a flow collection"),
    pytest.param("a: x\n", "a\nb\t\u0007", 'a: "a\\nb\\t\\x07"\n', id="several lines and a control character"),
    pytest.param("[a: x, b]\n", "{$t}", "[a: '{$t}', b]\n", id="in a flow collection"),
    pytest.param("a: 'x''y'\n", "it's", "a: 'it''s'\n", id="single quotes stay"),
    pytest.param('a: "x"  # c\n', 'say "é" \\', 'a: "say \\"é\\" \\\\"  # c\n', id="double quotes stay"),
    pytest.param("a: !!str x\n", "{y}", "a: !!str '{y}'\n", id="behind a tag"),
    pytest.param("a: &n x\nb: 1\n", "w", "a: &n w\nb: 1\n", id="behind an anchor that nothing names"),
    pytest.param("a:\n  x\nb: 1\n", "w", "a:\n  w\nb: 1\n", id="on a line of its own"),
    pytest.param(
        "a: one\n  two $x.y\n  three\nb: 1\n",
        "one two $x#/y three",
        "a: one\n  two $x#/y\n  three\nb: 1\n",
        id="plain on several lines",
    ),
    pytest.param(
        "a: 'one\n  it''s $x.y\n  three'\n",
        "one it's $x#/y three",
        "a: 'one\n  it''s $x#/y\n  three'\n",
        id="single quotes on several lines",
    ),
    pytest.param(
        'a: "one\n  \\"two\\" $x.y\n  three"\n',
        'one "two" {$x} three',
        'a: "one\n  \\"two\\" {$x}\n  three"\n',
        id="double quotes on several lines",
    ),
    pytest.param(
        'a: |  # c\n  {\n    "t": "$x"\n  }\n\nb: 1\n',
        '{\n  "t": "{$x}"\n}\n',
        'a: |  # c\n  {\n    "t": "{$x}"\n  }\n\nb: 1\n',
        id="literal lines",
    ),
    pytest.param("a: |-\n  x\n", "y\nz", "a: |-\n  y\n  z\n", id="literal lines, stripped"),
    pytest.param("a: |+\n  x\n\nb: 1\n", "y\n\n", "a: |+\n  y\n\nb: 1\n", id="literal lines, kept"),
    pytest.param("a: |\n  x\n", "y", "a: |-\n  y\n", id="literal lines that lose the last line break"),
    pytest.param("a: |2\n    x\n", "  y\n", "a: |2\n    y\n", id="literal lines with an indicator of their own"),
    pytest.param("a: |\n  x\n", "  y\n", "a: |2\n    y\n", id="literal lines that need an indicator"),
    pytest.param("a: |\n  x", "y", "a: |\n  y", id="literal lines at the end of the file"),
    pytest.param(
        "a: >-\n  $s == 1 &&\n  $x == \"a b\"\n\n# c\nb: 1\n",
        "$s == 1 && $x == 'a b'",
        "a: >-\n  $s == 1 &&\n  $x == 'a b'\n\n# c\nb: 1\n",
        id="folded lines",
    ),
    pytest.param("a: >\n  { $s }\n", "$s\n", "a: >\n  $s\n", id="folded lines that lose words"),
    pytest.param("a: >\n  x\n", "y\n z\n", "a: |\n  y\n   z\n", id="folded lines that cannot be"),
    pytest.param("- - k: |\n      x\n", "y\n", "- - k: |\n      y\n", id="literal lines in nested lists"),
]  # fmt: skip


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(("before", "text", "after"), TEXTS)
def test_a_text_keeps_the_style_it_has_where_it_can(before: str, text: str, after: str, newline: str) -> None:
    before, after = before.replace("\n", newline), after.replace("\n", newline)
    pointer = {"[": "/0/a", "-": "/0/0/k"}.get(before[0], "/a")

    result = edited(before, SetText(at(pointer), text))

    assert result == after
    assert get_pointer(document(result).root, parse_pointer(pointer)) == text


JSON_TEXTS: list[Any] = [
    pytest.param('{"a": "x\\u00e9", "b": 1}', 'é "$t"', '{"a": "\\u00e9 \\"$t\\"", "b": 1}', id="escapes stay escapes"),
    pytest.param('{\n "a": "xé" }\n', "é\n/", '{\n "a": "é\\n/" }\n', id="characters stay characters"),
]


@pytest.mark.parametrize(("before", "text", "after"), JSON_TEXTS)
def test_json_stays_json(before: str, text: str, after: str) -> None:
    result = edited(before, SetText(at("/a", "w.arazzo.json"), text), name="w.arazzo.json")

    assert result == after
    assert json.loads(result)["a"] == text


STYLES = {
    "plain": "old $text",
    "plain on two lines": "old\n      $text",
    "single": "'old $text'",
    "single on two lines": "'old\n      $text'",
    "double": '"old $text"',
    "double on two lines": '"old\n      $text"',
    "literal": "|-\n      old $text",
    "literal with an end": "|\n      old $text",
    "kept": "|+\n      old $text\n",
    "folded": ">-\n      old\n      $text",
}
# No surrogates, which no file holds.
ANY_TEXT = st.text(
    st.one_of(st.sampled_from("a$ {}[]#:,'\"\\\n\t-?&*!|>%@`=~0.é\u2028\ufeff"), st.characters(codec="utf-8"))
)


@settings(max_examples=150, deadline=None)
@given(text=ANY_TEXT, style=st.sampled_from(sorted(STYLES)), indent=st.sampled_from(["", "  "]))
def test_any_text_can_stand_in_the_place_of_any_scalar(text: str, style: str, indent: str) -> None:
    head, tail = (
        f"# c1\n{indent}- k:  # c2\n{indent}  - {{a: 'x, y'}}  # c3\n{indent}  v: ",
        f"\n{indent}  z: [1, 2]  # c4\n",
    )
    before = document(head + STYLES[style] + tail)

    result = apply(before, [Fix((SetText(at("/0/v"), text),))])

    assert document(result).root == [{**before.root[0], "v": text}]
    assert result.startswith(head)
    assert result.endswith(tail)


@settings(max_examples=100, deadline=None)
@given(text=ANY_TEXT, style=st.sampled_from(["x", "'x y'", '"x y"']))
def test_any_text_can_stand_in_a_flow_collection(text: str, style: str) -> None:
    result = edited(f"a: {{k: {style}, l: [{style}]}}\n", SetText(at("/a/l/0"), text))

    assert document(result).root["a"]["l"] == [text]
    assert result.startswith(f"a: {{k: {style}, l: [")


# -- members that go --------------------------------------------------------------------------------------------------

REMOVALS: list[Any] = [
    pytest.param("a: 1\nx: 2\nb: 3\n", "a: 1\nb: 3\n", id="in the middle"),
    pytest.param("a: 1\nx: 2\n", "a: 1\n", id="the last one"),
    pytest.param("a: 1\nx: 2", "a: 1", id="the last one of a file without a last line break"),
    pytest.param("a: 1\nx: 2  # c", "a: 1\n# c", id="the same, with a comment"),
    pytest.param("x: 2\na: 1\n", "a: 1\n", id="the first one"),
    pytest.param("a: 1\nx: 2  # c\nb: 3\n", "a: 1\n# c\nb: 3\n", id="with a comment behind it"),
    pytest.param("a: 1\n# c\nx: 2\n# d\nb: 3\n", "a: 1\n# c\n# d\nb: 3\n", id="between comments"),
    pytest.param("a: 1\n\nx: 2\n\nb: 3\n", "a: 1\n\n\nb: 3\n", id="between empty lines"),
    pytest.param(
        "a: 1\nx:  # c\n  # d\n  y: 'a # b'  # e\n  z: 2\nb: 3\n", "a: 1\n# c\n  # d\n# e\nb: 3\n", id="a mapping"
    ),
    pytest.param("a: 1\nx: |  # c\n  # d\n  y\nb: 3\n", "a: 1\n# c\nb: 3\n", id="literal lines"),
    pytest.param("a: 1\nx:\nb: 3\n", "a: 1\nb: 3\n", id="nothing"),
    pytest.param("a: 1\n'x' : 2\nb: 3\n", "a: 1\nb: 3\n", id="a key in quotes"),
    pytest.param("{a: 1, x: 2, b: 3}\n", "{a: 1, b: 3}\n", id="flow, in the middle"),
    pytest.param("{a: 1, x: 2}\n", "{a: 1}\n", id="flow, the last one"),
    pytest.param("{x: 2, a: 1}\n", "{a: 1}\n", id="flow, the first one"),
    pytest.param("{a: 1, x: 2,}\n", "{a: 1,}\n", id="flow, before a last comma"),
    pytest.param(
        "{ a: 1,\n  x: [2],  # c\n  b: 3 }\n", "{ a: 1,\n  # c\n  b: 3 }\n", id="flow, with a comment behind it"
    ),
    pytest.param("{x: 2, # c\n a: 1}\n", "{ # c\n a: 1}\n", id="flow, the first one with a comment"),
    pytest.param("{a: 1,  # c\n x: 2  # d\n}\n", "{a: 1  # c\n   # d\n}\n", id="flow, the last one between comments"),
    pytest.param("{a: 1,  # c\n x: 2\n}\n", "{a: 1  # c\n}\n", id="flow, the last one behind a comment"),
]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(("before", "after"), REMOVALS)
def test_a_member_goes_and_its_comments_stay(before: str, after: str, newline: str) -> None:
    before, after = before.replace("\n", newline), after.replace("\n", newline)

    result = edited(before, Remove(at("/x")))

    assert result == after
    assert comments(result) == comments(before)


ITEMS: list[Any] = [
    pytest.param("- x: 2\n  a: 1\n- b\n", "- a: 1\n- b\n", id="the dash stays"),
    pytest.param("  -   x: 2\n      a: 1\n", "  -   a: 1\n", id="with its spaces"),
    pytest.param("- x: 2  # c\n  # d\n  a: 1\n", "# c\n  # d\n- a: 1\n", id="behind the comments"),
    pytest.param("-\n  x: 2\n  a: 1\n", "-\n  a: 1\n", id="alone on its line"),
    pytest.param("- a: 1\n  x: 2\n", "- a: 1\n", id="the last member"),
]


@pytest.mark.parametrize(("before", "after"), ITEMS)
def test_the_first_member_of_an_item_goes(before: str, after: str) -> None:
    result = edited(before, Remove(at("/0/x")))

    assert result == after
    assert comments(result) == comments(before)


def test_a_member_of_a_json_object_goes_with_its_comma() -> None:
    first, middle, last = (
        '{\n  "x": 1,\n  "a": 2\n}',
        '{"a": 2, "x": {"b": 1}, "c": 3}',
        '{\n  "a": "# ,",\n  "x": 1\n}\n',
    )

    results = [edited(text, Remove(at("/x", "w.arazzo.json")), name="w.arazzo.json") for text in (first, middle, last)]

    assert results == ['{\n  "a": 2\n}', '{"a": 2, "c": 3}', '{\n  "a": "# ,"\n}\n']


def test_several_members_of_one_mapping_go() -> None:
    result = edited("- x: 1\n  y: 2  # c\n  a: 3\n", Remove(at("/0/y")), Remove(at("/0/x")), SetText(at("/0/a"), "b"))

    assert result == "- x: 1\n  y: 2  # c\n  a: 3\n"  # `a` is no text
    assert edited(
        "- x: 1\n  y: 2  # c\n  a: b\n", Remove(at("/0/y")), Remove(at("/0/x")), SetText(at("/0/a"), "c")
    ) == ("  # c\n- a: c\n")


# -- texts that become members ----------------------------------------------------------------------------------------

WRAPPED: list[Any] = [
    pytest.param("- $s == 1  # c\n- x\n", "- condition: $s == 1  # c\n- x\n", id="plain"),
    pytest.param('- "$s == 1"\n', '- condition: "$s == 1"\n', id="quoted"),
    pytest.param("- $s == 1 &&\n  $t == 2\n", "- condition: $s == 1 &&\n    $t == 2\n", id="on two lines"),
    pytest.param(
        "-  >-  # c\n  $s == 1 &&\n\n  $t\n", "-  condition: >-  # c\n     $s == 1 &&\n\n     $t\n", id="folded"
    ),
    pytest.param("- |1\n $s\n", "- condition: |1\n   $s\n", id="literal, with an indicator"),
    pytest.param("[$s == 1, x]\n", "[{condition: $s == 1}, x]\n", id="flow"),
    pytest.param("-\n  # c\n  $s == 1\n", "-\n  # c\n  condition: $s == 1\n", id="below its dash"),
]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(("before", "after"), WRAPPED)
def test_an_item_becomes_a_member_written_as_it_was(before: str, after: str, newline: str) -> None:
    before, after = before.replace("\n", newline), after.replace("\n", newline)
    text = document(before).root[0]

    result = edited(before, Wrap(at("/0"), "condition"))

    assert result == after
    assert document(result).root[0] == {"condition": text}


def test_an_item_of_a_json_array_becomes_a_member() -> None:
    result = edited('["a\\u00e9"]', Wrap(at("/0", "w.arazzo.json"), "condition"), name="w.arazzo.json")

    assert result == '[{"condition": "a\\u00e9"}]'


QUOTED: list[Any] = [
    pytest.param("a: {$inputs.x}  # c\n", 'a: "{$inputs.x}"  # c\n', id="in a block"),
    pytest.param("a: { $inputs.x }\n", 'a: "{$inputs.x}"\n', id="with spaces"),
    pytest.param("{b: [1], a: {$inputs.x}}\n", '{b: [1], a: "{$inputs.x}"}\n', id="in a flow mapping"),
    pytest.param('a: {$inputs.x"y}\n', "a: '{$inputs.x\"y}'\n", id="with a double quote"),
]


@pytest.mark.parametrize(("before", "after"), QUOTED)
def test_an_expression_that_yaml_took_for_a_mapping_is_quoted(before: str, after: str) -> None:
    assert edited(before, Quote(at("/a"))) == after


# -- what is not done -------------------------------------------------------------------------------------------------

REFUSED: list[Any] = [
    pytest.param("a: &n x\nb: *n\n", SetText(at("/a"), "y"), id="a text that an alias repeats"),
    pytest.param("a: &n x\nb: *n\n", SetText(at("/b"), "y"), id="an alias"),
    pytest.param("a: &n\n- {k: x}\nb: *n\n", SetText(at("/a/0/k"), "y"), id="inside of what an alias repeats"),
    pytest.param("a: &n {k: x, l: 1}\nb:\n  <<: *n\n", SetText(at("/b/k"), "y"), id="what a merge key brings"),
    pytest.param("a: &n {k: x}\nb:\n  <<: *n\n  k: y\n", Remove(at("/b/k")), id="what a merge key would bring back"),
    pytest.param("a: 1\n", SetText(at("/a"), "y"), id="a number"),
    pytest.param("a: [x]\n", SetText(at("/a"), "y"), id="a list"),
    pytest.param("a: x\n", SetText(at("/b"), "y"), id="what is not there"),
    pytest.param("a: x\n", SetText(at("/a", "other.yaml"), "y"), id="another document"),
    pytest.param("x\n", SetText(at(""), "y"), id="the whole document"),
    pytest.param("a: x\n", Remove(at("/a")), id="the only member"),
    pytest.param("a: [x, y]\n", Remove(at("/a/0")), id="an item"),
    pytest.param("- &n a: 1\n  b: 2\n", Remove(at("/0/a")), id="a key with an anchor"),
    pytest.param("a: {x: 1}\n", Quote(at("/a")), id="a mapping"),
    pytest.param("a:\n  $inputs.x:\n", Quote(at("/a")), id="a mapping in a block"),
    pytest.param("a: {$inputs.x: }\n", Quote(at("/a")), id="a mapping with a colon"),
    pytest.param("a: x\n", Wrap(at("/a"), "condition"), id="a member to wrap"),
    pytest.param("- [x]\n", Wrap(at("/0"), "condition"), id="a list to wrap"),
    pytest.param("- &n x\n", Wrap(at("/0"), "condition"), id="an item with an anchor to wrap"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "edit"), REFUSED)
def test_what_cannot_be_edited_here_alone_stays(text: str, edit: Edit) -> None:
    assert edited(text, edit) == text
    assert change(document(text), Fix((edit,))) is None


def test_a_fix_is_made_whole_or_not_at_all() -> None:
    text = "a: x\nb: &n y\nc: *n\n"

    assert edited(text, SetText(at("/a"), "z"), SetText(at("/b"), "z")) == text


def test_of_two_fixes_that_disagree_the_first_is_made_and_the_same_twice_is_made_once() -> None:
    fixes = [
        Fix((SetText(at("/a"), "one"), Remove(at("/c")))),
        Fix((SetText(at("/a"), "two"), SetText(at("/b"), "two"))),
        Fix((SetText(at("/a"), "one"),)),
        Fix((Remove(at("/c")),)),
        Fix((SetText(at("/b"), "three"),)),
    ]

    assert apply(document("a: x\nb: y\nc: z\n"), fixes) == "a: one\nb: three\n"


def test_what_stands_inside_of_another_edit_waits() -> None:
    fixes = [Fix((Remove(at("/a")),)), Fix((SetText(at("/a/b"), "w"),))]

    assert apply(document("a: {b: x}\nc: z\n"), fixes) == "c: z\n"
    assert apply(document("a: {b: x}\nc: z\n"), fixes[::-1]) == "a: {b: w}\nc: z\n"


def test_one_fix_that_cannot_be_made_does_not_hinder_the_others() -> None:
    text = "a: x\nb:\n  k: |\n    text\n  y: 1  # c\nm:\n  <<: {y: 2}\n  y: 3\n"
    fixes = [Fix((SetText(at("/a"), "z"),)), Fix((Remove(at("/m/y")),)), Fix((Remove(at("/b/y")),))]

    assert apply(document(text), fixes) == "a: z\nb:\n  k: |\n    text\n  # c\nm:\n  <<: {y: 2}\n  y: 3\n"


def test_a_byte_order_mark_and_the_encoding_stay() -> None:
    for encoding in ("utf-8-sig", "utf-16"):
        before = document("a: é $x.y\r\n".encode(encoding))

        after = before.edited(apply(before, [Fix((SetText(at("/a"), "é $x#/y"),))]))

        assert after.data == "a: é $x#/y\r\n".encode(encoding)


def test_a_fix_is_told_as_one_stretch_of_the_text() -> None:
    text = "- context: x\n  condition: $.a == 1\n  type: jsonpath\n"
    fix = Fix((SetText(at("/0/condition"), "$x#/a == 1"), Remove(at("/0/type")), Remove(at("/0/context"))))

    found = change(document(text), fix)

    assert found is not None
    assert text[: found.start] + found.text + text[found.end :] == "- condition: $x#/a == 1\n"
    assert (text[found.start : found.end].count("\n"), text[: found.start]) == (2, "- con")


# -- again and again --------------------------------------------------------------------------------------------------


def finding(text: str, pointer: str, severity: Any = "warning") -> Diagnostic:
    return Diagnostic("ARZ503", severity, "m", at(pointer), None, Fix((SetText(at(pointer), text),)))


def test_a_document_is_checked_again_until_nothing_changes() -> None:
    def check(version: Document) -> list[Diagnostic]:
        text = str(version.root["a"])
        return [finding(text[1:], "/a"), finding(text + "!", "/a")] if text.startswith("x") else []

    fixed = fix_text(check, document("a: xxw\n"))

    assert fixed.document.text == "a: w\n"
    assert [len(fixed.applied), fixed.remaining] == [2, ()]


def test_a_check_that_is_never_satisfied_is_asked_ten_times() -> None:
    asked = []

    def check(version: Document) -> list[Diagnostic]:
        asked.append(version)
        return [finding(str(version.root["a"]) + "x", "/a")]

    fixed = fix_text(check, document("a: x\n"))

    assert fixed.document.text == f"a: {'x' * 11}\n"
    assert len(asked) == 11
    assert len(fixed.remaining) == 1


def test_a_fix_after_which_its_place_is_an_error_is_taken_back() -> None:
    def check(version: Document) -> list[Diagnostic]:
        wrong = version.root["a"] == "bad"
        found = [] if wrong else [finding("bad", "/a")]
        found += [] if version.root["b"] == "good" else [finding("good", "/b")]
        return [*found, Diagnostic("ARZ302", "error", "m", at("/a"))] if wrong else found

    fixed = fix_text(check, document("a: x\nb: y\n"))

    assert fixed.document.text == "a: x\nb: good\n"
    assert [d.location.pointer for d in fixed.applied if d.location] == ["/b"]
    assert [d.location.pointer for d in fixed.remaining if d.location] == ["/a"]


def test_a_component_that_two_workflows_read_differently_is_left() -> None:
    text = """\
arazzo: 1.0.1
info: {title: t, version: 1.0.0}
sourceDescriptions:
- {name: api, url: ./openapi.json, type: openapi}
workflows:
- workflowId: one
  inputs: {type: object, properties: {token: {type: string}}}
  steps:
  - stepId: a
    operationId: listPets
    parameters:
    - reference: $components.parameters.auth
- workflowId: two
  inputs: {type: object, properties: {other: {type: string}}}
  steps:
  - stepId: a
    operationId: listPets
    parameters:
    - reference: $components.parameters.auth
components:
  parameters:
    auth: {name: Authorization, in: header, value: Bearer $inputs.token}
"""

    fixed: Fixed = mended(text)

    assert fixed.document.text == text
    assert [d.code for d in fixed.remaining if d.fix] == ["ARZ502"]


def test_a_fix_reads_the_same_in_a_report() -> None:
    fix = Fix((SetText(at("/a"), "t"), Remove(at("/b")), Quote(at("/c")), Wrap(at("/d"), "k")))

    told = Diagnostic("ARZ501", "warning", "m", at("/a"), None, fix).to_dict()["fix"]

    location = {"document": "w.arazzo.yaml", "line": 1, "column": 1}
    assert told == {
        "edits": [
            {"kind": "setText", "location": {**location, "pointer": "/a"}, "text": "t"},
            {"kind": "remove", "location": {**location, "pointer": "/b"}},
            {"kind": "quote", "location": {**location, "pointer": "/c"}},
            {"kind": "wrap", "location": {**location, "pointer": "/d"}, "key": "k"},
        ]
    }

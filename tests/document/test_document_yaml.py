"""YAML read as JSON values: scalars, keys, tags, aliases, merge keys, and what is refused, with its place."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from arazzo_runner.document import Document, read
from arazzo_runner.errors import UnreadableDocument
from arazzo_runner.limits import Limits


def load(text: str | bytes, **options: Any) -> Document:
    data = text.encode() if isinstance(text, str) else text
    return read(data, uri="file:///w/flow.yaml", name="flow.yaml", **options)


def value_of(text: str) -> Any:
    root = load(f"v: {text}\n").root
    assert isinstance(root, dict)
    return root["v"]


def refusal(text: str | bytes, *, positions: bool = False, **options: Any) -> UnreadableDocument:
    with pytest.raises(UnreadableDocument) as caught:
        load(text, positions=positions, **options)
    assert caught.value.location is not None
    assert caught.value.location.document == "flow.yaml"
    return caught.value


def place(error: UnreadableDocument) -> tuple[int, int]:
    assert error.location is not None
    return error.location.line, error.location.column


@pytest.mark.requirement("format.yaml-1-2")
@pytest.mark.parametrize(
    "word", ["yes", "no", "on", "off", "y", "NO", "On", "nUll", "tRue", "012", "-007", "00", "01.5"]
)
def test_words_that_only_yaml_1_1_converts_stay_text(word: str) -> None:
    assert value_of(word) == word


@pytest.mark.requirement("format.yaml-1-2")
@pytest.mark.parametrize(
    "text", ["1_000", "12:30:45", "1:30", "0b11", "0o8", "0xg", "+-1", "1.2.3", "1e", ".", "+", "=", "-x"]
)
def test_texts_that_are_no_numbers_in_yaml_1_2_stay_text(text: str) -> None:
    assert value_of(text) == text


@pytest.mark.requirement("format.yaml-json-schema-tags-only")
@pytest.mark.parametrize("text", ["2024-01-01", "2024-01-01T10:00:00Z", "2001-12-14 21:59:43.10 -5"])
def test_dates_stay_text(text: str) -> None:
    assert value_of(text) == text


@pytest.mark.parametrize("text", [".inf", "-.inf", "+.INF", ".nan", ".NaN"])
def test_numbers_that_json_does_not_have_stay_text(text: str) -> None:
    assert value_of(text) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None), ("~", None), ("null", None), ("Null", None), ("NULL", None),
        ("true", True), ("True", True), ("TRUE", True), ("false", False), ("False", False), ("FALSE", False),
        ("0", 0), ("-0", 0), ("12", 12), ("+12", 12), ("-12", -12), ("0o17", 15), ("0xfF", 255),
        ("123456789012345678901234567890", 123456789012345678901234567890),
        ("1.5", 1.5), ("+1.5", 1.5), ("-.5", -0.5), (".5", 0.5), ("1.", 1.0), ("1e3", 1000.0), ("1.E+3", 1000.0),
        ("0.1", 0.1), ("0.10", 0.1), ("1.00000000000000000001", Decimal("1.00000000000000000001")),
        ("1e400", Decimal("1e400")),
        ("'12'", "12"), ('"true"', "true"), ("''", ""), ("hello world", "hello world"), ("- ", [None]),
    ],
)  # fmt: skip
def test_core_scalars_become_json_values(text: str, value: Any) -> None:
    found = value_of("\n" + text if text == "- " else text)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.requirement("format.yaml-scalar-string-keys")
def test_keys_are_text_as_written() -> None:
    root = load("200: ok\ntrue: x\nnull: y\n1.50: z\non: w\n? quoted key\n: v\n").root

    assert root == {"200": "ok", "true": "x", "null": "y", "1.50": "z", "on": "w", "quoted key": "v"}


@pytest.mark.requirement("format.yaml-scalar-string-keys")
@pytest.mark.parametrize(
    ("text", "at"),
    [("? [a, b]\n: 1\n", (1, 3)), ("a: 1\n? {b: c}\n: 1\n", (2, 3)), ("{{a: 1}: 2}", (1, 2)), (": 1", (1, 1))],
)
def test_a_key_that_is_no_text_is_refused(text: str, at: tuple[int, int]) -> None:
    assert place(refusal(text)) == at


@pytest.mark.requirement("format.yaml-scalar-string-keys")
def test_an_unquoted_expression_stays_a_mapping_for_the_model_to_tell() -> None:
    assert load("value: {$inputs.x}\n").root == {"value": {"$inputs.x": None}}


@pytest.mark.requirement("format.map-keys-case-sensitive")
def test_keys_that_differ_in_case_are_two() -> None:
    assert load("Id: 1\nid: 2\n").root == {"Id": 1, "id": 2}


@pytest.mark.parametrize("positions", [True, False])
def test_a_duplicate_key_is_refused_with_both_places(positions: bool) -> None:
    error = refusal("a: 1\nb:\n  c: {}\n  d: 2\n  'c': 3\n", positions=positions)

    assert place(error) == (5, 3)
    assert "'c'" in error.message
    assert "3:3" in error.message


def test_keys_that_become_the_same_text_are_duplicates() -> None:
    assert place(refusal("200: a\n'200': b\n")) == (2, 1)


@pytest.mark.requirement("format.yaml-json-schema-tags-only")
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!!str 200", "200"), ("!!str", ""), ("! 12", "12"), ("!!int 012", 12), ('!!int "3"', 3), ("!!int 0x10", 16),
        ("!!float 1", 1.0), ("!!float 1e3", 1000.0), ("!!bool 'true'", True), ("!!null ''", None),
        ("!!map {a: 1}", {"a": 1}), ("!!seq [1]", [1]), ("!<tag:yaml.org,2002:str> 1", "1"),
    ],
)  # fmt: skip
def test_the_tags_of_json_are_honoured(text: str, value: Any) -> None:
    found = value_of(text)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.requirement("format.yaml-json-schema-tags-only")
@pytest.mark.parametrize(
    "text",
    ["!!timestamp 2024-01-01", "!!python/object:os.system x", "!!binary aGk=", "!custom x", "!!set {a}",
     "!!omap [a: 1]", "!!int x", "!!int true", "!!bool 1", "!!null x", "!!float .nan",
     "!!str {a: 1}", "!!map [1]", "!!seq {a: 1}"],
)  # fmt: skip
def test_other_tags_and_tags_that_do_not_fit_are_refused(text: str) -> None:
    assert place(refusal(f"v: {text}\n")) == (1, 4)


def test_a_tag_on_a_key_is_held_to_the_same_rule() -> None:
    assert load("!!str 1: a\n").root == {"1": "a"}
    assert place(refusal("!custom k: a\n")) == (1, 1)


def test_aliases_stand_for_what_their_anchor_names() -> None:
    root = load("a: &x {k: [1, 2]}\nb: *x\nc: &s 12\n*s : d\ne: *s\n").root

    assert root == {"a": {"k": [1, 2]}, "b": {"k": [1, 2]}, "c": 12, "12": "d", "e": 12}


def test_an_anchor_may_be_named_again() -> None:
    assert load("a: &x 1\nb: *x\nc: &x 2\nd: *x\n").root == {"a": 1, "b": 1, "c": 2, "d": 2}


def test_an_alias_without_anchor_is_refused_with_a_hint_for_globs() -> None:
    error = refusal("a: *.yaml\n")

    assert place(error) == (1, 4)
    assert "quote" in (error.hint or "")


@pytest.mark.parametrize("text", ["&a [*a]", "a: &x\n  b: {c: *x}\n", "&a {b: &c [*a]}"])
def test_an_anchor_that_holds_itself_is_refused(text: str) -> None:
    assert "inside of" in refusal(text).message


def laughs(levels: int) -> str:
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(lines) + "\n"


def test_a_billion_laughs_are_refused() -> None:
    error = refusal(laughs(10))

    assert "1,000,000" in error.message
    assert "max_aliases" in (error.hint or "")


def test_as_many_aliases_as_the_bound_allows_are_read() -> None:
    text = "a: &a [1, 2, 3]\nb: [*a, *a]\n"

    assert load(text, limits=Limits(max_aliases=8)).root == {"a": [1, 2, 3], "b": [[1, 2, 3], [1, 2, 3]]}
    assert place(refusal(text, limits=Limits(max_aliases=7))) == (2, 9)


def test_a_long_text_behind_aliases_counts_by_its_length() -> None:
    text = f"a: &a {'x' * 100_000}\nb: [{', '.join(['*a'] * 100)}]\n"

    assert "aliases" in refusal(text, limits=Limits(max_aliases=5000)).message


def test_a_large_document_without_aliases_is_no_matter_of_the_alias_bound() -> None:
    text = "".join(f"- {n}\n" for n in range(100))

    assert len(load(text, limits=Limits(max_aliases=10)).root) == 100  # type: ignore[arg-type]


def nested(depth: int) -> str:
    return "a: " + "[" * (depth - 1) + "]" * (depth - 1) + "\n"


def test_nesting_is_bounded() -> None:
    load(nested(200))

    assert "200 levels" in refusal(nested(201)).message


def test_aliases_do_not_get_round_the_bound_of_nesting() -> None:
    chain = "a0: &a0 []\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 250))

    assert "levels deep" in refusal(chain).message


def test_brackets_by_the_hundred_thousand_are_refused_and_crash_nothing() -> None:
    assert "levels deep" in refusal("a: " + "[" * 100_000).message
    assert "levels deep" in refusal("[" * 100_000).message
    assert "levels deep" in refusal("- " * 100_000).message


def test_merge_keys_are_applied_and_own_members_win() -> None:
    text = "base: &b {x: 1, y: 2}\nd:\n  y: 3\n  <<: *b\n  z: 4\n"

    assert load(text).root == {"base": {"x": 1, "y": 2}, "d": {"y": 3, "z": 4, "x": 1}}


def test_of_several_merged_mappings_the_first_wins() -> None:
    text = "- &a {x: 1}\n- &b {x: 2, y: 2}\n- {<<: [*a, *b], z: 3}\n"

    assert load(text).root[2] == {"z": 3, "x": 1, "y": 2}  # type: ignore[index]


def test_a_member_after_the_merge_key_wins_too() -> None:
    assert load("- &a {x: 1}\n- <<: *a\n  x: 2\n").root == [{"x": 1}, {"x": 2}]


def test_merges_of_merges_and_mappings_in_place() -> None:
    text = "a: &a {<<: {x: 1}, y: 2}\nb: {<<: *a, z: 3}\n"

    assert load(text).root == {"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 2, "z": 3}}


def test_a_quoted_merge_key_is_an_ordinary_key() -> None:
    assert load("'<<': {x: 1}\n").root == {"<<": {"x": 1}}


@pytest.mark.parametrize("text", ["<<: 1\n", "<<: [1]\n", "<<:\n", "<<: [[{a: 1}]]\n"])
def test_a_merge_of_something_else_is_refused(text: str) -> None:
    assert place(refusal("a:\n  b: 1\n  " + text)) == (3, 3)


def test_two_merge_keys_in_a_mapping_are_refused_because_readers_differ() -> None:
    assert place(refusal("a: &a {}\nb:\n  <<: *a\n  <<: *a\n")) == (4, 3)


def test_a_stream_of_several_documents_is_refused() -> None:
    assert place(refusal("a: 1\n---\nb: 2\n")) == (2, 1)


def test_document_markers_and_directives_are_fine() -> None:
    assert load("%YAML 1.2\n---\na: 1\n...\n").root == {"a": 1}


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n", "\ufeff"])
def test_an_empty_document_is_refused(text: str) -> None:
    assert "empty" in refusal(text).message


def test_a_number_nobody_can_hold_is_refused_with_its_place() -> None:
    assert place(refusal(f"a: 1\nb: {'9' * 5000}\n")) == (2, 4)
    assert place(refusal("b: 1e9999999999999999999\n")) == (1, 4)
    assert place(refusal(f"b: !!int {'9' * 5000}\n")) == (1, 4)


@pytest.mark.parametrize(
    ("text", "at", "words", "hint"),
    [
        ("a:\n\tb: 1\n", (2, 1), "tab", "spaces"),
        ("a: @x\n", (1, 4), "'@'", "quote"),
        ("a: `x`\n", (1, 4), "'`'", "quote"),
        ("a: %x\n", (1, 4), "'%'", "quote"),
        ("a: b: c\n", (1, 5), "': '", "quote"),
        ("a: 'x\n", (1, 4), "not closed", "quote"),
        ('a: "\\q"\n', None, "escape", "single quotes"),
        ("a: {b\n", None, "'}' is missing", "quote"),
        ("a: [b\n", None, "']' is missing", "quote"),
        ("- a\nb: 1\n", (2, 1), "", "indent"),
        ("a:\n  - b\n c: d\n", (3, 2), "fit", "indent"),
        ("a: 1\nb\nc: 1\n", (2, 1), "", ""),
        ("a: !h!x 1\n", (1, 4), "tag", "'!'"),
        ("a: &\n", None, "name", "'&'"),
        ("url: {$inputs.host}/pets\nb: 1\n", (1, 20), "{$inputs.host}", "quote"),
        ("a: \x07\n", (1, 4), "U+0007", "escape"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("parser")
def test_what_is_wrong_is_said_in_our_words(text: str, at: tuple[int, int] | None, words: str, hint: str) -> None:
    error = refusal(text)

    assert words in error.message
    assert hint in (error.hint or "")
    assert at is None or place(error) == at
    for jargon in ("token", "indicator", "scanning", "<block", "expected", "context"):
        assert jargon not in str(error)


@pytest.fixture(params=["libyaml", "python"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the two parsers of PyYAML; without libyaml it has only its own."""
    import yaml

    if request.param == "python":
        monkeypatch.delattr(yaml, "CBaseLoader", raising=False)
    elif not yaml.__with_libyaml__:
        pytest.skip("PyYAML is here without libyaml")


@pytest.mark.usefixtures("parser")
def test_both_parsers_give_the_same_tree_and_places() -> None:
    text = "é: &a !!str 12\n😀:\n- *a\n- {x: |\n  }\n".replace("{x: |\n  }", "x: |\n    t\n  y: >-\n    u\n    v\n")
    document = load(text)

    assert document.root == {"é": "12", "😀": ["12", {"x": "t\n", "y": "u v"}]}
    assert str(document.location("/😀/1/y")) == "flow.yaml:6:6"
    assert document.scalar("/é").start == text.index("12")  # type: ignore[union-attr]


def test_the_bound_of_size_is_refused_before_reading() -> None:
    error = refusal(b"a: " + b"x" * 100, limits=Limits(max_document=100))

    assert "103" in error.message
    assert "max_document" in (error.hint or "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_every_unicode_encoding_with_its_mark_is_read(encoding: str) -> None:
    document = load("clé: 'é😀'\nb: 1\n".encode(encoding))

    assert document.root == {"clé": "é😀", "b": 1}
    assert str(document.location("/b")) == "flow.yaml:2:4"
    assert str(document.location("")) == "flow.yaml:1:1"


@pytest.mark.parametrize(
    ("data", "at"),
    [
        (b"a: 1\nb: \xff\n", (2, 4)),
        ("é: 1\n".encode() + b"k: caf\xe9\n", (2, 7)),
        ("a: 1\nb".encode("utf-16") + b"x", (2, 2)),
    ],
)
def test_bytes_that_are_no_text_are_refused_with_their_place(data: bytes, at: tuple[int, int]) -> None:
    error = refusal(data)

    assert place(error) == at
    assert "UTF-8" in (error.hint or "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"])
def test_another_text_keeps_the_encoding_and_its_mark(encoding: str) -> None:
    mark = "\ufeff" if encoding.startswith("utf-16") else ""
    document = load((mark + "a: é\r\n").encode(encoding))

    changed = document.with_text(document.text.replace("é", "ü"))

    assert changed == (mark + "a: ü\r\n").encode(encoding)


def test_a_lone_scalar_or_list_is_a_document_of_no_kind() -> None:
    assert load("just text").root == "just text"
    assert load("- a\n- b\n").root == ["a", "b"]
    assert load("- a\n").kind is None


def test_the_garbage_collector_is_left_as_it_was() -> None:
    import gc

    load("- text\n" * 50_000, positions=False)
    assert gc.isenabled()

    gc.disable()
    try:
        load("- text\n" * 50_000, positions=False)
        assert not gc.isenabled()
    finally:
        gc.enable()

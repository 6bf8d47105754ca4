"""JSON read by the engine's codec, with places of our own scan."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from arazzo_runner.document import Document, read
from arazzo_runner.errors import UnreadableDocument


def load(text: str, *, uri: str = "file:///w/api.json", positions: bool = True) -> Document:
    return read(text.encode(), uri=uri, name="api.json", positions=positions)


def refusal(text: str, **options: Any) -> UnreadableDocument:
    with pytest.raises(UnreadableDocument) as caught:
        load(text, **options)
    return caught.value


def place(error: UnreadableDocument) -> tuple[int, int]:
    assert error.location is not None
    return error.location.line, error.location.column


@pytest.mark.requirement("format.json-or-yaml")
def test_json_and_yaml_of_one_document_give_one_tree() -> None:
    as_json = load('{"arazzo": "1.0.1", "n": [1, 2.5, null, true, "on"], "o": {"200": {}}}')
    as_yaml = load("arazzo: 1.0.1\nn: [1, 2.5, ~, true, on]\no:\n  200: {}\n", uri="file:///w/api.yaml")

    assert as_json.root == as_yaml.root
    assert (as_json.format, as_yaml.format) == ("json", "yaml")


@pytest.mark.parametrize("uri", ["file:///w/a.json", "https://h/a.JSON?x=1#f", "file:///w/a.yaml", "https://h/openapi"])
def test_json_is_known_by_its_content_whatever_its_name(uri: str) -> None:
    assert load('\n {"a":\t[1]}', uri=uri).format == "json"


def test_json_needs_no_yaml_library() -> None:
    program = (
        "import sys; from arazzo_runner.document import read\n"
        "d = read(b'{\"a\": [1]}', uri='a.json', name='a'); d.location('/a/0')\n"
        "assert 'yaml' not in sys.modules"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_yaml_in_flow_style_is_not_mistaken_for_json() -> None:
    document = load("{arazzo: 1.0.1, list: [a, b,], text: NaN}", uri="file:///w/a.yaml")

    assert document.root == {"arazzo": "1.0.1", "list": ["a", "b"], "text": "NaN"}
    assert document.format == "yaml"


@pytest.mark.parametrize("positions", [True, False])
@pytest.mark.parametrize("uri", ["file:///w/a.json", "file:///w/a.yaml"])
def test_a_duplicate_key_is_refused_with_both_places(positions: bool, uri: str) -> None:
    error = refusal('{\n "a": {"x": 1},\n "b": 2,\n "\\u0061": 3}', positions=positions, uri=uri)

    assert place(error) == (4, 2)
    assert "2:2" in error.message


def test_the_same_key_in_two_objects_is_no_duplicate() -> None:
    assert load('[{"a": 1}, {"a": {"a": 2}}]').root == [{"a": 1}, {"a": {"a": 2}}]


@pytest.mark.parametrize("positions", [True, False])
def test_nesting_is_bounded(positions: bool) -> None:
    load("[" * 200 + "]" * 200, positions=positions)

    error = refusal("[" * 201 + "]" * 201, positions=positions)

    assert "200 levels" in error.message
    assert place(error) == (1, 201)


def test_nesting_by_the_hundred_thousand_is_refused() -> None:
    assert "levels" in refusal("[" * 100_000 + "]" * 100_000).message
    assert "levels" in refusal('{"a":' * 100_000).message


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ('{"a": 1,\n}', (2, 1), "comma"),
        ("[1, 2,\n]", (2, 1), "comma"),
        ('{"a": 1\n "b": 2}', (2, 2), "','"),
        ('{"a" 1}', (1, 6), "':'"),
        ('{"a": }', (1, 7), "a value"),
        ("{'a': 1}", (1, 2), "a name in double quotes"),
        ('{"a": "x\n"}', (1, 9), "U+000A"),
        ('{"a": "\\q"}', (1, 8), "escape"),
        ('{"a": "x}', (1, 7), "not closed"),
        ('{"a": 1} x', (1, 10), "after the end"),
        ('{"a": 1, // note\n "b": 2}', (1, 10), "comments"),
        ('{"a": [NaN]}', (1, 8), "NaN"),
        ('{"a": -Infinity}', (1, 7), "-Infinity"),
        ('{"a": "\\ud800"}', (1, 7), "surrogate"),
        ('{"\\udc00x": 1}', (1, 2), "surrogate"),
        ('{"a": 1e9999999999999999999}', (1, 7), "too l"),
        ('{"a": ' + "9" * 5000 + "}", (1, 7), "too l"),
        ("", (1, 1), "a value"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(text: str, at: tuple[int, int], words: str) -> None:
    error = refusal(text)

    assert words in error.message
    if "Illegal" not in words and sys.version_info < (3, 13):
        assert place(error) == at


def test_a_broken_json_text_without_the_name_is_told_in_terms_of_json() -> None:
    error = refusal('{"a": 1,\n "b" 2}', uri="https://h/openapi")

    assert place(error) == (2, 6)
    assert "JSON" in error.message


def test_surrogate_pairs_are_characters() -> None:
    assert load('{"\\ud83d\\ude00": "\\ud83d\\ude00"}').root == {"😀": "😀"}


TEXT = '{\n  "😀": [1, {"k\\n": "a\\"b"}],\r\n\t"e": {}, "t":true\n}'


def test_every_value_and_key_has_its_place() -> None:
    document = load(TEXT)

    assert str(document.location("")) == "api.json:1:1"
    assert str(document.location("/😀")) == "api.json:2:8"
    assert str(document.location("/😀", key=True)) == "api.json:2:3"
    assert str(document.location("/😀/0")) == "api.json:2:9"
    assert str(document.location(("😀", "1", "k\n"))) == "api.json:2:20"
    assert str(document.location(("😀", "1", "k\n"), key=True)) == "api.json:2:13"
    assert str(document.location("/e")) == "api.json:3:7"
    assert str(document.location("/t")) == "api.json:3:15"


def test_a_scalar_is_written_between_its_offsets() -> None:
    document = load(TEXT)

    scalar, key = document.scalar(("😀", "1", "k\n")), document.scalar(("😀", "1", "k\n"), key=True)

    assert scalar is not None
    assert scalar.style == "json"
    assert document.text[scalar.start : scalar.end] == '"a\\"b"'
    assert key is not None
    assert document.text[key.start : key.end] == '"k\\n"'
    assert document.scalar("/e") is None


def test_the_tree_equals_what_the_standard_library_reads() -> None:
    text = json.dumps({"a": [1, -2, 0.1, 1e300, True, None, "é\n\t"], "": {"x" * 2000: {}}})

    assert load(text).root == json.loads(text)

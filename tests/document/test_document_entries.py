"""How members and items are written: where they begin and end, and what stands beside them."""

from __future__ import annotations

from typing import Any

import pytest

from arazzo_runner.document import Document, Entry, read
from arazzo_runner.errors import UnreadableDocument

TEXT = """\
steps:
- &one
  context: $x   # c1
  condition: |  # c2
    line
    line

  # c3
  type:
    type: jsonpath
    version: rfc9535  # c4
- {a, b: [1], "c": 'x # y'}  # c5
- *one
- !!str text
empty:
last: 1
"""


def load(text: str = TEXT) -> Document:
    return read(text.encode(), uri="file:///w/flow.yaml", name="flow.yaml")


def found(pointer: str, text: str = TEXT) -> Entry:
    entry = load(text).entry(pointer)
    assert entry is not None
    return entry


ENTRIES: list[Any] = [
    pytest.param("/steps/1", "{a, b: [1], \"c\": 'x # y'}", None, id="an item in braces"),
    pytest.param("/steps/1/a", "a", "", id="a key without a value"),
    pytest.param("/steps/1/b", "b: [1]", "[1]", id="a member in braces"),
    pytest.param("/steps/1/c", "\"c\": 'x # y'", "'x # y'", id="a member with quotes"),
    pytest.param("/steps/2", "*one", None, id="an alias"),
    pytest.param("/steps/3", "text", None, id="an item behind its tag"),
    pytest.param("/empty", "empty:", "", id="a member without a value"),
    pytest.param("/last", "last: 1", "1", id="the last member"),
]


@pytest.mark.parametrize(("pointer", "written", "value"), ENTRIES)
def test_an_entry_goes_from_its_key_to_the_end_of_its_value(pointer: str, written: str, value: str | None) -> None:
    entry = found(pointer)

    assert TEXT[entry.start : entry.end] == written
    assert TEXT[entry.value : entry.end] == (written if value is None else value)


def test_the_end_of_a_block_is_that_of_its_last_value() -> None:
    text = TEXT.replace("- *one\n", "").replace("&one\n  ", "")

    entries = [found(f"/steps/0/{key}", text) for key in ("context", "condition", "type")]

    assert [text[e.start : e.end] for e in entries] == [
        "context: $x",
        "condition: |  # c2\n    line\n    line",
        "type:\n    type: jsonpath\n    version: rfc9535",
    ]
    assert [e.flow for e in entries] == [False] * 3
    assert {text[e.parent :][:8] for e in entries} == {"context:"}
    assert [e.before for e in entries] == [None, entries[0].end, entries[1].end]
    assert [e.after for e in entries] == [entries[1].start, entries[2].start, None]


def test_the_texts_of_an_entry_are_its_keys_and_scalars() -> None:
    entry = found("/steps/1")

    assert [TEXT[start:end] for start, end in entry.texts] == ["a", "", "b", "1", '"c"', "'x # y'"]
    assert (entry.flow, TEXT[entry.parent]) == (False, "-")
    assert found("/steps/1/b").flow


@pytest.mark.parametrize(
    "pointer", ["", "/none", "/steps/9", "/steps/0", "/steps/0/context", "/steps/2/context", "/last/x"]
)
def test_what_is_not_there_and_what_an_alias_reaches_or_repeats_has_no_entry(pointer: str) -> None:
    assert load().entry(pointer) is None


def test_an_edited_document_is_read_anew() -> None:
    before = load("a: 1\n")

    after = before.edited("a: 2\n")

    assert (after.root, after.name, after.uri) == ({"a": 2}, before.name, before.uri)
    with pytest.raises(UnreadableDocument, match=r"flow\.yaml:2:1"):
        before.edited("a: [\n")

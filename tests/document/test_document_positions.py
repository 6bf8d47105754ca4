"""Where keys and values stand in YAML, and how scalars are written."""

from __future__ import annotations

import pytest

from arazzo_runner.document import Document, read
from arazzo_runner.location import Location

TEXT = """\
# a comment
arazzo: 1.1.0
info: {title: "T é", version: '1'}
steps:
- stepId: one
  text: |
    line
    line
- &two
  stepId: !!str 2
  nothing:
alias: *two
merged:
  <<: [*two, {own: in place}]
  last: &l >-
    folded
    text
"""


def load(text: str = TEXT, *, positions: bool = True) -> Document:
    return read(text.encode(), uri="file:///w/flow.yaml", name="flow.yaml", positions=positions)


@pytest.fixture(params=[True, False], ids=["read with positions", "read again for them"])
def document(request: pytest.FixtureRequest) -> Document:
    return load(positions=request.param)


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("", "2:1"), ("/arazzo", "2:9"), ("/info", "3:7"), ("/info/title", "3:15"), ("/info/version", "3:31"),
        ("/steps", "5:1"), ("/steps/0", "5:3"), ("/steps/0/stepId", "5:11"), ("/steps/0/text", "6:9"),
        ("/steps/1/stepId", "10:17"), ("/steps/1/nothing", "11:11"), ("/merged/last", "15:12"),
    ],
)  # fmt: skip
def test_a_value_has_a_line_and_a_column(document: Document, pointer: str, place: str) -> None:
    location = document.location(pointer)

    assert str(location) == f"flow.yaml:{place}"
    assert location.pointer == pointer


@pytest.mark.parametrize(
    ("pointer", "place"),
    [("/arazzo", "2:1"), ("/info/version", "3:22"), ("/steps/0/text", "6:3"), ("/steps/0", "5:3"), ("", "2:1")],
)
def test_a_key_has_its_own_place_and_an_item_that_of_its_value(document: Document, pointer: str, place: str) -> None:
    assert str(document.location(pointer, key=True)) == f"flow.yaml:{place}"


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("/info/summary", "3:7"),
        ("/steps/7/stepId", "5:1"),
        ("/steps/00", "5:1"),
        ("/nope/nope", "2:1"),
        ("/arazzo/x", "2:9"),
    ],
)
def test_what_is_absent_has_the_place_of_its_nearest_ancestor(document: Document, pointer: str, place: str) -> None:
    assert str(document.location(pointer)) == f"flow.yaml:{place}"
    assert str(document.location(pointer, key=True)) == f"flow.yaml:{place}"


def test_a_pointer_may_be_its_tokens(document: Document) -> None:
    assert document.location(("steps", "0", "stepId")) == Location("flow.yaml", 5, 11, "/steps/0/stepId")


@pytest.mark.parametrize(
    ("pointer", "place"),
    [("/alias", "12:8"), ("/alias/stepId", "10:17"), ("/merged/stepId", "10:17"), ("/merged/own", "14:20")],
)
def test_what_an_alias_or_merge_key_brings_stands_where_it_is_written(
    document: Document, pointer: str, place: str
) -> None:
    assert str(document.location(pointer)) == f"flow.yaml:{place}"


@pytest.mark.parametrize(
    ("pointer", "style", "written"),
    [
        ("/arazzo", "plain", "1.1.0"), ("/info/title", "double", '"T é"'), ("/info/version", "single", "'1'"),
        ("/steps/0/text", "literal", "|\n    line\n    line\n"), ("/steps/1/stepId", "plain", "2"),
        ("/merged/last", "folded", ">-\n    folded\n    text\n"), ("/steps/1/nothing", "plain", ""),
    ],
)  # fmt: skip
def test_a_scalar_knows_its_style_and_its_offsets(document: Document, pointer: str, style: str, written: str) -> None:
    scalar = document.scalar(pointer)

    assert scalar is not None
    assert scalar.style == style
    assert document.text[scalar.start : scalar.end] == written


def test_a_key_is_a_scalar_too(document: Document) -> None:
    scalar = document.scalar("/info/title", key=True)

    assert scalar is not None
    assert document.text[scalar.start : scalar.end] == "title"
    assert document.scalar("/steps/0", key=True) is None


@pytest.mark.parametrize("pointer", ["/alias/stepId", "/merged/stepId", "/alias", "/steps", "/nope", ""])
def test_what_cannot_be_edited_alone_is_no_scalar(document: Document, pointer: str) -> None:
    assert document.scalar(pointer) is None


def test_offsets_count_code_points_of_the_text_with_its_line_endings() -> None:
    text = "😀: 'é'\r\nb: \"x\u2028y\"\r\nc: z\r\n"
    document = load(text)

    scalar = document.scalar("/c")

    assert scalar is not None
    assert document.text[scalar.start : scalar.end] == "z"
    assert str(document.location("/c")) == "flow.yaml:3:4"


def test_lines_may_end_in_a_carriage_return() -> None:
    assert str(load("a: 1\rb: 2\r").location("/b")) == "flow.yaml:2:4"


def test_an_edit_by_offsets_changes_that_scalar_only() -> None:
    document = load("a: &x 'one' # note\r\nb: *x\r\n")
    scalar = document.scalar("/a")
    assert scalar is not None

    edited = document.text[: scalar.start] + '"two"' + document.text[scalar.end :]

    assert edited == 'a: &x "two" # note\r\nb: *x\r\n'
    assert load(edited).root == {"a": "two", "b": "two"}

"""No input crashes the reader, and what it reads is what was written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from arazzo_runner.document import Document, TreeCache, read, resolve_uri
from arazzo_runner.document.find import _has_root_key
from arazzo_runner.document.uri import comparable
from arazzo_runner.errors import UnreadableDocument
from arazzo_runner.limits import Limits
from arazzo_runner.location import Location
from arazzo_runner.values import dumps, loads

PIECES = st.sampled_from(
    ["a", "b: ", ": ", "- ", "\n", "\n  ", "\n    ", "{", "}", "[", "]", ",", "'", '"', "\\", "\t", "#", "&a ", "*a",
     "!", "!!str ", "!!int ", "<<: ", "? ", "|", ">-", "---\n", "...\n", "%YAML 1.2\n", "1", "0.5", "e999", "~", "null",
     "é", "😀", "\0", "\r\n", "\u2028", "\ufeff", "\x85", "@", "`", "\\ud800", "true", "$inputs.x", "arazzo: 1.1.0\n",
     "$self: x\n"]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=25).map("".join)
NAMES = st.sampled_from(["x.yaml", "x.json", "x"])
WORDS = st.text(st.characters(codec="utf-8"), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        WORDS, inner, max_size=4
    ),
    max_leaves=12,
)  # fmt: skip


def attempt(data: bytes, name: str, *, positions: bool) -> Document | str:
    try:
        return read(data, uri=name, name=name, positions=positions, limits=Limits(max_aliases=500, max_depth=20))
    except UnreadableDocument as error:
        return f"{_place(error)} {error}"


def _place(error: UnreadableDocument) -> Location:
    assert error.location is not None
    return error.location


def check_places(document: Document, value: Any, pointer: tuple[str, ...] = ()) -> None:
    """Every value has a place inside of the text, and every scalar that is written alone reads as its value."""
    location = document.location(pointer)
    assert location.line >= 1
    assert location.column >= 1
    scalar = document.scalar(pointer)
    if scalar is not None:
        assert 0 <= scalar.start <= scalar.end <= len(document.text)
        assert not isinstance(value, dict | list)
    if isinstance(value, dict):
        for key, item in value.items():
            check_places(document, item, (*pointer, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            check_places(document, item, (*pointer, str(index)))


@settings(max_examples=400, deadline=None)
@given(text=TEXTS, name=NAMES)
@example(text="&a [*a]", name="x")
@example(text='{"a": 1, "a": 2}', name="x.json")
@example(text="a: &x !!str\n*x : b", name="x.yaml")
@example(text="<<: &a {}\n? *a\n", name="x.yaml")
@example(text="&a a: *a", name="x.yaml")
def test_a_text_is_read_or_refused_with_a_place(text: str, name: str) -> None:
    plain = attempt(text.encode(), name, positions=False)
    located = attempt(text.encode(), name, positions=True)

    if isinstance(plain, Document) and isinstance(located, Document):
        assert dumps(plain.root) == dumps(located.root)
        check_places(plain, plain.root)
    else:
        assert plain == located


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=60), name=NAMES)
def test_bytes_are_read_or_refused_with_a_place(data: bytes, name: str) -> None:
    attempt(data, name, positions=True)


@settings(max_examples=150, deadline=None)
@given(value=VALUES, indent=st.sampled_from([None, 1]), ascii_only=st.booleans())
def test_json_is_read_as_the_standard_library_reads_it(value: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)

    document = read(text.encode(), uri="x.json", name="x")

    assert document.root == loads(text)
    assert document.format == "json"
    check_written(document, value)


def check_written(document: Document, value: Any, pointer: tuple[str, ...] = ()) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            written = document.scalar((*pointer, key), key=True)
            assert written is not None
            assert json.loads(document.text[written.start : written.end]) == key
            check_written(document, item, (*pointer, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            check_written(document, item, (*pointer, str(index)))
    else:
        scalar = document.scalar(pointer)
        assert scalar is not None
        assert json.loads(document.text[scalar.start : scalar.end]) == value


@pytest.mark.requirement("format.json-or-yaml")
@settings(max_examples=100, deadline=None)
@given(value=VALUES, flow=st.booleans())
def test_yaml_written_by_another_library_gives_the_values_back(value: Any, flow: bool) -> None:
    import yaml

    # Everything quoted and tagged (!!int "1"): unquoted, PyYAML writes YAML 1.1.
    text = yaml.safe_dump({"v": value}, default_flow_style=flow, default_style='"')

    assert read(text.encode(), uri="x.yaml", name="x").root == {"v": value}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=VALUES)
def test_the_cache_gives_back_what_it_was_given(value: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp() / "trees"
    text = "v: " + dumps(value) + "\nfill: " + "x" * 40_000 + "\n"
    try:
        first = TreeCache(folder).read(text.encode(), uri="x.yaml", name="x")
    except UnreadableDocument:
        return  # JSON that YAML does not allow: a control character, say
    second = TreeCache(folder).read(text.encode(), uri="x.yaml", name="x")

    assert dumps(first.root) == dumps(second.root)
    assert first.root == second.root


@settings(max_examples=200, deadline=None)
@given(reference=st.text(max_size=30), base=st.text(max_size=30))
@example(reference="//", base="a:b")
@example(reference="/.//x", base="a:/b")
@example(reference="\ud800", base="a:b/")
def test_every_reference_resolves(reference: str, base: str) -> None:
    resolved = resolve_uri(reference, base)

    assert comparable(comparable(resolved)) == comparable(resolved)


@settings(max_examples=200, deadline=None)
@given(text=TEXTS)
def test_the_look_at_a_file_never_fails(text: str) -> None:
    assert isinstance(_has_root_key(text), bool)

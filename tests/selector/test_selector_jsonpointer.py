"""JSON Pointer: select, and set by decision 45; the registry of languages."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_runner.errors import SelectorError, Unavailable
from arazzo_runner.selector import DEFAULT_SELECTORS, Selector, Selectors, SelectorSyntaxError
from arazzo_runner.selector.jsonpointer import JsonPointer, compile_jsonpointer
from arazzo_runner.values import MISSING

BODY = {"a/b": 1, "m~n": 2, "items": [{"qty": 1}], "": 0, "none": None}


def pointer(query: str) -> JsonPointer:
    return compile_jsonpointer(query)


@pytest.mark.requirement("exprType.default.jsonpointer")
@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("", BODY),
        ("/a~1b", 1),
        ("/m~0n", 2),
        ("/", 0),
        ("/items/0/qty", 1),
        ("/items/1", MISSING),
        ("/items/-", MISSING),
        ("/items/00", MISSING),
        ("/none", None),
        ("/none/x", MISSING),
    ],
)
def test_a_pointer_reaches_a_value_or_nothing(query: str, value: Any) -> None:
    assert pointer(query).value(BODY) == value
    assert pointer(query).matches(BODY) is (value is not MISSING)


@pytest.mark.parametrize("query", ["a", "/~2", "/~", "#/a"])
def test_what_is_not_a_pointer_is_a_syntax_error(query: str) -> None:
    with pytest.raises(SelectorSyntaxError):
        pointer(query)


@pytest.mark.requirement("selector.context.structured-data")
@pytest.mark.parametrize("context", [MISSING, None, "text", b"bytes", 200])
def test_a_pointer_needs_structured_data(context: Any) -> None:
    with pytest.raises(SelectorError):
        pointer("/a").value(context)
    with pytest.raises(SelectorError):
        pointer("/a").set(context, 1)


@pytest.mark.requirement("replacement.target.json-pointer")
@pytest.mark.requirement("replacement.value.constant")
@pytest.mark.parametrize(
    ("query", "document", "changed"),
    [
        ("", {"a": 1}, 10),
        ("/a", {"a": 1}, {"a": 10}),
        ("/b", {"a": 1}, {"a": 1, "b": 10}),
        ("/items/0/qty", {"items": [{"qty": 1}, {}]}, {"items": [{"qty": 10}, {}]}),
        ("/items/-", {"items": [1]}, {"items": [1, 10]}),
        ("/items/1", {"items": [1]}, {"items": [1, 10]}),
        ("/0", {}, {"0": 10}),
        ("/-", {}, {"-": 10}),
        ("/1", [1, 2], [1, 10]),
    ],
)
def test_a_value_is_replaced_added_or_appended(query: str, document: Any, changed: Any) -> None:
    before = repr(document)

    assert pointer(query).set(document, 10) == changed
    assert repr(document) == before


@pytest.mark.requirement("replacement.target.resolved-against-body")
@pytest.mark.parametrize(
    ("query", "document"),
    [
        ("/a/b", {}),
        ("/a/b/c", {"a": {}}),
        ("/items/2", {"items": [1]}),
        ("/items/x", {"items": [1]}),
        ("/items/-/x", {"items": [1]}),
        ("/a/b", {"a": "text"}),
        ("/a/b", {"a": None}),
    ],
)
def test_a_missing_parent_fails(query: str, document: Any) -> None:
    with pytest.raises(SelectorError):
        pointer(query).set(document, 10)


def test_without_payload_objects_are_created_on_the_way() -> None:
    body = pointer("/a/b/c").set(MISSING, 1, create_parents=True)

    assert body == {"a": {"b": {"c": 1}}}
    assert pointer("/a/d").set(body, 2, create_parents=True) == {"a": {"b": {"c": 1}, "d": 2}}
    assert pointer("").set(MISSING, 3, create_parents=True) == 3


@pytest.mark.parametrize("query", ["/0", "/items/0", "/items/-", "/items/0/a"])
def test_without_payload_a_number_does_not_say_whether_an_array_is_meant(query: str) -> None:
    with pytest.raises(SelectorError, match="may mean an array's item"):
        pointer(query).set(MISSING, 1, create_parents=True)


@given(st.text(max_size=8))
def test_no_text_of_a_pointer_crashes(query: str) -> None:
    try:
        pointer(query).value(BODY)
        pointer(query).set(BODY, 1)
    except (SelectorSyntaxError, SelectorError):
        return


# --- the registry -------------------------------------------------------------------------------------------------


@pytest.mark.requirement("selector.type.values")
@pytest.mark.parametrize(
    ("type_", "version", "supported"),
    [
        ("jsonpath", None, True),
        ("jsonpath", "rfc9535", True),
        ("jsonpath", "draft-goessner-dispatch-jsonpath-00", True),
        ("jsonpath", "rfc6901", False),
        ("xpath", None, True),
        ("xpath", "xpath-31", True),
        ("xpath", "xpath-30", True),
        ("xpath", "xpath-20", True),
        ("xpath", "xpath-10", True),
        ("xpath", "xpath-40", False),
        ("jsonpointer", None, True),
        ("jsonpointer", "rfc6901", True),
        ("jsonpointer", "rfc9535", False),
        ("regex", None, False),
    ],
)
def test_the_languages_are_those_of_the_expression_type_object(
    type_: str, version: str | None, supported: bool
) -> None:
    assert DEFAULT_SELECTORS.supports(type_, version) is supported
    if not supported:
        with pytest.raises(SelectorSyntaxError):
            DEFAULT_SELECTORS.compile(type_, version, "")


def test_the_default_version_comes_first() -> None:
    assert DEFAULT_SELECTORS.versions("xpath")[0] == "xpath-31"
    assert DEFAULT_SELECTORS.versions("jsonpath")[0] == "rfc9535"


def test_another_language_is_registered_in_a_new_registry() -> None:
    def compile_length(query: str, limit_s: float) -> Selector:
        return compile_jsonpointer("/" + query, limit_s)

    extended = DEFAULT_SELECTORS.register("members", "v1", compile_length)

    assert extended.compile("members", None, "a").value({"a": 1}) == 1
    assert extended.supports("jsonpath")
    assert not DEFAULT_SELECTORS.supports("members")
    assert not Selectors().supports("jsonpath")


def test_importing_the_room_imports_no_other_library() -> None:
    script = (
        "import sys, pkgutil, importlib, arazzo_runner.selector as room\n"
        "for module in pkgutil.iter_modules(room.__path__, 'arazzo_runner.selector.'):\n"
        "    importlib.import_module(module.name)\n"
        "print([n for n in ('lxml', 'elementpath', 'jsonpath_ng', 'jsonpath_rfc9535', 'regex') if n in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("library", "type_", "version", "query"),
    [
        ("jsonpath_rfc9535", "jsonpath", "rfc9535", "$.a"),
        ("jsonpath_ng", "jsonpath", "draft-goessner-dispatch-jsonpath-00", "$.a-b"),
        ("lxml", "xpath", "xpath-10", "/a"),
        ("elementpath", "xpath", "xpath-31", "/a"),
    ],
)
def test_a_library_that_is_not_there_is_named_in_one_line(library: str, type_: str, version: str, query: str) -> None:
    script = (
        f"import sys; sys.modules[{library!r}] = None\n"
        "from arazzo_runner.selector import DEFAULT_SELECTORS\n"
        "from arazzo_runner.errors import Unavailable\n"
        f"try: DEFAULT_SELECTORS.compile({type_!r}, {version!r}, {query!r})\n"
        "except Unavailable as error: print(error)"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert Unavailable.exit_code == 4
    assert library.replace("_", "-") in done.stdout
    assert done.stdout.count("\n") == 1

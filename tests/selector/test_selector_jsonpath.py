"""JSONPath, RFC 9535: the compliance suite, decision 59, numbers, replacements, the time bound."""

from __future__ import annotations

import json
import threading
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arazzo_runner.errors import SelectorError
from arazzo_runner.selector import DEFAULT_SELECTORS, SelectorSyntaxError
from arazzo_runner.selector.jsonpath import JsonPath, compile_jsonpath
from arazzo_runner.values import MISSING, loads, same

BODY = {"user": {"profile": {"email": "a@b"}}, "pets": [{"id": 1, "tag": "x"}, {"id": 2}], "flag": False, "none": None}


def path(query: str, limit_s: float = 1.0) -> JsonPath:
    return compile_jsonpath(query, limit_s)


def canonical(location: tuple[str | int, ...]) -> str:
    from jsonpath_rfc9535 import JSONPathNode

    return JSONPathNode(value=None, location=location, parent=None, root=None).path()


def suite_cases(shared: Path) -> list[dict[str, Any]]:
    return json.loads((shared / "reference" / "jsonpath-cts.json").read_text(encoding="utf-8"))["tests"]


def follows_the_suite(case: dict[str, Any]) -> bool:
    if case.get("invalid_selector"):
        try:
            path(case["selector"])
        except SelectorSyntaxError:
            return True
        return False
    nodes = list(path(case["selector"]).nodes(case["document"]))
    results = case.get("results", [case.get("result")])
    paths = case.get("results_paths", [case.get("result_paths")])
    locations = [canonical(location) for location, _ in nodes]
    return any(same([value for _, value in nodes], result) for result in results) and locations in paths


@pytest.mark.requirement("selector.type.jsonpath-conforms")
@pytest.mark.requirement("exprType.default.jsonpath")
def test_all_703_cases_of_the_compliance_suite_pass(shared: Path) -> None:
    cases = suite_cases(shared)

    failed = [case["name"] for case in cases if not follows_the_suite(case)]

    assert len(cases) == 703
    assert failed == []


def test_the_value_of_a_singular_query_agrees_with_its_nodelist_in_every_suite_case(shared: Path) -> None:
    disagree = []
    for case in suite_cases(shared):
        if case.get("invalid_selector") or not isinstance(case["document"], dict | list):
            continue
        selector = path(case["selector"])
        values = [value for _, value in selector.nodes(case["document"])]
        expected: Any = values if selector.keys is None else (values or [MISSING])[0]
        if selector.value(case["document"]) != expected or selector.matches(case["document"]) != bool(values):
            disagree.append(case["name"])

    assert disagree == []


@pytest.mark.requirement("selector.type.jsonpath-conforms")
@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("$.user.profile.email", "a@b"),
        ("$['pets'][-1]['id']", 2),
        ("$.user.nickname", MISSING),
        ("$.pets[7]", MISSING),
        ("$.none", None),
        ("$.flag", False),
        ("$", BODY),
        ("$.pets[*].id", [1, 2]),
        ("$.pets[?@.id == 2].id", [2]),
        ("$.pets[?@.id == 9]", []),
        ("$.pets[0, 1].id", [1, 2]),
        ("$.pets[0:1].id", [1]),
        ("$..email", ["a@b"]),
        ("$.none.deeper", MISSING),
    ],
)
def test_a_singular_query_gives_its_value_and_any_other_an_array(query: str, value: Any) -> None:
    assert path(query).value(BODY) == value


@pytest.mark.requirement("criterion.jsonpath.non-empty-passes")
@pytest.mark.requirement("criterion.jsonpath.empty-fails")
@pytest.mark.requirement("criterion.jsonpath.filter-nodes")
@pytest.mark.parametrize(
    ("query", "passes"),
    [
        ("$.pets[*]", True),
        ("$.flag", True),
        ("$.none", True),
        ("$.absent", False),
        ("$.pets[?@.id == 2]", True),
        ("$.pets[?@.id == 3]", False),
        ("$[?count(@.pets) > 0]", False),
        ("$[?length(@) == 2]", True),
    ],
)
def test_a_criterion_passes_when_the_nodelist_is_not_empty(query: str, passes: bool) -> None:
    assert path(query).matches(BODY) is passes


@pytest.mark.requirement("criterion.jsonpath.null-or-invalid-fails")
@pytest.mark.parametrize("context", [MISSING, None, "text", b"bytes"])
def test_an_absent_context_or_text_cannot_be_queried(context: Any) -> None:
    with pytest.raises(SelectorError):
        path("$").matches(context)
    with pytest.raises(SelectorError):
        path("$[*]").value(context)


@pytest.mark.requirement("selector.context.structured-data")
@pytest.mark.parametrize("context", [200, 1.5, True, None, "text", MISSING])
def test_a_selector_needs_structured_data(context: Any) -> None:
    with pytest.raises(SelectorError, match="from an object or an array, not from"):
        path("$").value(context)


@pytest.mark.requirement("criterion.jsonpath.valid-query")
@pytest.mark.requirement("replacement.targetSelectorType.jsonpath-conforms")
@pytest.mark.parametrize(
    "query",
    [
        "$.a == 1",
        "$.[",
        "",
        "a",
        "$.a[(@.length-1)]",
        "$[?@.a == 1",
        "$[?match(@, 'a') == true]",
        "$['\\",
        "$[?" + "(" * 3000,
        "$[" + "9" * 5000 + "]",
        "$[?@ == " + "9" * 5000 + "]",
    ],
)
def test_what_is_not_rfc_9535_is_a_syntax_error(query: str) -> None:
    with pytest.raises(SelectorSyntaxError):
        path(query)


def test_a_syntax_error_says_where() -> None:
    with pytest.raises(SelectorSyntaxError) as caught:
        path("$.status == 'running'")

    assert caught.value.offset == 9


def test_an_existence_test_passes_for_zero_false_and_the_empty_string() -> None:
    assert path("$[?@]").value([0, False, "", None, 1]) == [0, False, "", None, 1]


def test_true_does_not_equal_one_inside_arrays() -> None:
    assert path("$[?@.a == @.b]").value([{"a": [True], "b": [1]}, {"a": [1.0], "b": [1]}]) == [{"a": [1.0], "b": [1]}]


def test_the_root_of_a_nested_filter_is_the_root_of_the_whole_value() -> None:
    assert path("$.a[?@.b[?@ == $.x]].n").value({"x": 1, "a": [{"b": [1, 2], "n": 7}, {"b": [2], "n": 8}]}) == [7]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("$[?@ == 9007199254740993]", ["9007199254740993"]),
        ("$[?@ > 9007199254740993]", ["12345678901234567890123", "1e400"]),
        ("$[?@ < 0.2]", ["0.1", "0.10000000000000000001"]),
        ("$[?@ == 0.10000000000000000001]", ["0.10000000000000000001"]),
        ("$[?@ == 1e-1]", ["0.1"]),
        ("$[?@ >= 1.0e400]", ["1e400"]),
    ],
)
def test_big_integers_and_decimals_compare_exactly(query: str, found: list[str]) -> None:
    document = loads("[0.1, 0.10000000000000000001, 9007199254740993, 12345678901234567890123, 1e400]")

    assert path(query).value(document) == [loads(text) for text in found]


def test_a_value_of_depth_400_is_searched_and_one_without_end_is_refused() -> None:
    deep: Any = {"leaf": 1}
    for _ in range(400):
        deep = [deep]
    deeper = deep
    for _ in range(400):
        deeper = [deeper]

    assert path("$..leaf").value(deep) == [1]
    with pytest.raises(SelectorError):
        path("$..leaf").value(deeper)


# --- replacements -------------------------------------------------------------------------------------------------


@pytest.mark.requirement("replacement.target.jsonpath")
def test_only_the_matching_items_are_changed_and_the_input_is_not() -> None:
    order = {"items": [{"sku": "A", "qty": 1}, {"sku": "B", "qty": 1}]}

    changed = path("$.items[?(@.sku=='A')].qty").set(order, 5)

    assert changed == {"items": [{"sku": "A", "qty": 5}, {"sku": "B", "qty": 1}]}
    assert order == {"items": [{"sku": "A", "qty": 1}, {"sku": "B", "qty": 1}]}


@pytest.mark.requirement("replacement.target.resolved-against-body")
@pytest.mark.parametrize("query", ["$.absent", "$.items[?@.sku == 'C'].qty", "$.items[9]"])
def test_a_target_that_matches_nothing_fails(query: str) -> None:
    with pytest.raises(SelectorError, match="selects nothing to set"):
        path(query).set({"items": [{"sku": "A"}]}, 5)


@pytest.mark.parametrize(
    ("query", "document", "value", "changed"),
    [
        ("$", {"a": 1}, [1], [1]),
        ("$.a[1]", {"a": [1, 2]}, [7, 8], {"a": [1, [7, 8]]}),
        ("$.a[*]", {"a": [1, 2]}, [7, 8], {"a": [[7, 8], [7, 8]]}),
        ("$.a[0]", {"a": [1]}, None, {"a": [None]}),
        ("$['*']", {"*": 1, "b": 2}, 3, {"*": 3, "b": 2}),
        ("$[?@.on]", {"x": {"on": 1}, "y": {}}, 3, {"x": 3, "y": {}}),
        ("$['a.b', 'it\\'s']", {"a.b": 1, "it's": 2, "a": {"b": 3}}, 0, {"a.b": 0, "it's": 0, "a": {"b": 3}}),
        ("$..a", {"a": {"a": 1}, "b": [{"a": 2}]}, {"n": 1}, {"a": {"n": 1}, "b": [{"a": {"n": 1}}]}),
        ("$.a[-1]", {"a": [1, 2]}, Decimal("0.5"), {"a": [1, Decimal("0.5")]}),
    ],
)
def test_every_match_is_set_to_exactly_the_value(query: str, document: Any, value: Any, changed: Any) -> None:
    assert path(query).set(document, value) == changed


keys = st.sampled_from(["a", "b", "*", "a.b", "it's", '"', "$", "", "0", "`this`", "a b", "é"])
documents = st.recursive(
    st.integers() | st.none() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=12,
).filter(lambda value: isinstance(value, dict | list))


@settings(max_examples=60, deadline=None)
@given(document=documents, value=documents | st.none() | st.booleans())
def test_whatever_is_found_is_set_and_nothing_else_changes(document: Any, value: Any) -> None:
    for location, _ in path("$..*").nodes(document):
        selector = path(canonical(location))

        changed = selector.set(document, value)

        assert selector.value(changed) == value
        assert selector.set(changed, selector.value(document)) == document


# --- the time bound, and texts that are no queries ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "context"),
    [
        ("$[?match(@, '(a|aa)+b')]", ["a" * 60]),
        ("$[?search(@, '(a|aa)+b')]", ["a" * 60]),
        ("$" + "[0,0]" * 60, None),
        ("$..*..*..*..*..*..*", None),
        ("$[?count($..*..*..*..*..*) > 1]", None),
    ],
)
def test_an_evaluation_ends_at_its_limit_in_any_thread(query: str, context: Any) -> None:
    nested: Any = 1
    for _ in range(100):
        nested = [nested, nested] if not isinstance(nested, int) else [nested]
    raised: list[BaseException] = []

    def evaluate() -> None:
        try:
            path(query, 0.2).value(context or nested)
        except SelectorError as error:
            raised.append(error)

    began = time.monotonic()
    thread = threading.Thread(target=evaluate)
    thread.start()
    thread.join()

    assert [str(error) for error in raised] == ["it was not evaluated within 0.2 s"]
    assert time.monotonic() - began < 2


FRAGMENTS = (
    "$ @ . .. [ ] ( ) ? * , : ' \" == != < >= && || ! a b 0 1 -1 1e5 1e400 true null \\ \\u0041 "
    "length( count( match( value( \ud800"
)
fragments = st.sampled_from([*FRAGMENTS.split(), " "])


@settings(max_examples=300, deadline=None)
@given(query=st.lists(fragments, max_size=12).map("".join).map(lambda text: "$" + text) | st.text(max_size=12))
def test_no_text_of_a_query_crashes(query: str) -> None:
    for version in ("rfc9535", "draft-goessner-dispatch-jsonpath-00"):
        try:
            selector = DEFAULT_SELECTORS.compile("jsonpath", version, query)
            selector.matches(BODY)
            selector.value(BODY)
            selector.set(BODY, [1])
        except (SelectorSyntaxError, SelectorError):
            continue

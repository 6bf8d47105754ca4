"""The dialect draft-goessner-dispatch-jsonpath-00 (decision 39)."""

from __future__ import annotations

import time
from typing import Any

import pytest

from arazzo_runner.errors import SelectorError
from arazzo_runner.selector import DEFAULT_SELECTORS, Selector, SelectorSyntaxError
from arazzo_runner.values import MISSING

STORE = {
    "store": {
        "book": [
            {"category": "reference", "author": "Rees", "title": "Sayings", "price": 8.95},
            {"category": "fiction", "author": "Waugh", "title": "Sword", "price": 12.99},
            {"category": "fiction", "author": "Melville", "title": "Moby", "isbn": "0-553", "price": 8.99},
        ],
        "bicycle": {"color": "red", "price": 19.95},
    },
    "on-sale": False,
}


def goessner(query: str, limit_s: float = 1.0) -> Selector:
    return DEFAULT_SELECTORS.compile("jsonpath", "draft-goessner-dispatch-jsonpath-00", query, limit_s=limit_s)


@pytest.mark.requirement("exprType.semantics-of-version")
@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("$.store.book[*].author", ["Rees", "Waugh", "Melville"]),
        ("$..book[2].title", ["Moby"]),
        ("$..book[(@.length-1)].title", ["Moby"]),
        ("$.store.book[(@.length - 2)].title", "Sword"),
        ("$.store.book[(@.length-1),0].title", ["Moby", "Sayings"]),
        ("$.store.book[(@.length-0)]", MISSING),
        ("$.store.book[(@.length-9)]", MISSING),
        ("$..book[-1:].title", ["Moby"]),
        ("$..book[?(@.isbn)].title", ["Moby"]),
        ("$..book[?(@.price<10)].title", ["Sayings", "Moby"]),
        ("$..book[0][title,price]", ["Sayings", 8.95]),
        ("$.on-sale", False),
        ("$.store[bicycle].color", "red"),
        ("$['(@.length-1)']", MISSING),
        ("$.no-such", MISSING),
    ],
)
def test_the_queries_of_the_draft_are_read(query: str, value: Any) -> None:
    assert goessner(query).value(STORE) == value


@pytest.mark.requirement("exprType.semantics-of-version")
def test_a_script_expression_is_not_rfc_9535() -> None:
    with pytest.raises(SelectorSyntaxError):
        DEFAULT_SELECTORS.compile("jsonpath", "rfc9535", "$..book[(@.length-1)]")


@pytest.mark.parametrize(
    "query",
    [
        "$..book[(@.price+1)]",
        "$..book[?(@.title.match(/x/))]",
        "$..book[?(@.price===5)]",
        "$..book[?(@.title =~ '(a+)+$')]",
        "$.store.book.`len`",
        "$.store.book[0].price + 1",
        "$.store.book[\\price]",
        "$.store.book[*].price.`parent`",
        "$.(store|x)",
        "$.store where book",
        "$..book[?(@.price < 10 & @.isbn)]",
        "$[?(@.a == word)]",
        "",
        "$.",
    ],
)
def test_what_needs_a_host_language_or_is_in_no_draft_is_refused(query: str) -> None:
    with pytest.raises(SelectorSyntaxError):
        goessner(query)


@pytest.mark.parametrize(
    ("query", "passes"),
    [
        ("$.store", True),
        ("$.on-sale", False),
        ("$['on-sale']", False),
        ("$..price", True),
        ("$.no-such", False),
        ("$..book[(@.length-1)]", True),
    ],
)
def test_a_criterion_passes_with_a_result_other_than_false(query: str, passes: bool) -> None:
    assert goessner(query).matches(STORE) is passes


@pytest.mark.parametrize("context", [MISSING, None, "text", b"bytes"])
def test_an_absent_context_or_text_cannot_be_queried(context: Any) -> None:
    for query in ("$.a", "$.on-sale"):
        with pytest.raises(SelectorError):
            goessner(query).matches(context)


def test_every_match_is_set_in_a_copy() -> None:
    document = {"lines": [{"on-sale": 1}, {"on-sale": 2}, {}]}

    changed = goessner("$.lines[*].on-sale").set(document, [0])

    assert changed == {"lines": [{"on-sale": [0]}, {"on-sale": [0]}, {}]}
    assert document == {"lines": [{"on-sale": 1}, {"on-sale": 2}, {}]}
    with pytest.raises(SelectorError):
        goessner("$.no-such").set(document, 1)


def test_the_last_item_is_set_by_a_script_expression() -> None:
    assert goessner("$.a[(@.length-1)]").set({"a": [1, 2]}, 9) == {"a": [1, 9]}


def test_a_query_that_only_jsonpath_ng_reads_ends_at_its_limit() -> None:
    nested: Any = {"a": 1}
    for _ in range(150):
        nested = {"a": nested, "b": [nested] if len(str(nested)) < 200 else 1}
    began = time.monotonic()

    with pytest.raises(SelectorError, match=r"not evaluated within 0\.2 s"):
        goessner("$..*..*..*..*..*[a,b]", 0.2).value(nested)

    assert time.monotonic() - began < 5


def test_a_large_value_gives_the_same_result_in_the_helper_process() -> None:
    document = {"rows": [{"a-b": index} for index in range(40_000)], "more": list(range(70_000))}

    assert goessner("$..a-b").value(document) == list(range(40_000))
    assert goessner("$..a-b").matches(document)

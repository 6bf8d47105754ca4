"""XPath in four versions: values, effective boolean values, namespaces, replacements, hostile documents and queries."""

from __future__ import annotations

import threading
import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arazzo_runner.errors import SelectorError
from arazzo_runner.selector import DEFAULT_SELECTORS, Selector, SelectorSyntaxError
from arazzo_runner.values import MISSING

ALL = ["xpath-10", "xpath-20", "xpath-30", "xpath-31"]
LATER = ALL[1:]

ORDER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<order id="7" xmlns:p="urn:p"><!-- note --><item price="5"><name>Rex</name></item>'
    '<item price="12.50"><name>Tom</name></item><p:total>17.50</p:total><n>0</n><empty/><f>false</f></order>'
)


def xpath(query: str, version: str | None = None, limit_s: float = 1.0) -> Selector:
    return DEFAULT_SELECTORS.compile("xpath", version, query, limit_s=limit_s)


# --- values -------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("selector.type.xpath-conforms")
@pytest.mark.parametrize("version", ALL)
@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("/order/item[1]/name", "Rex"),
        ("/order/@id", "7"),
        ("/order/item/name", ["Rex", "Tom"]),
        ("/order/item[1]/name/text()", "Rex"),
        ("/order/item", ["Rex", "Tom"]),
        ("//item[@price > 6]/name", "Tom"),
        ("/order/absent", MISSING),
        ("count(//item)", 2),
        ("sum(//item/@price)", 17.5),
        ("string(/order/absent)", ""),
        ("count(//item) > 1", True),
        ("concat(/order/@id, '-')", "7-"),
        ("/order/p:total", "17.50"),
        ("//p:*", "17.50"),
        ("/order/comment()", " note "),
        ("/order/empty", ""),
        ("string(/)", "RexTom17.500false"),
    ],
)
def test_one_result_is_a_value_several_are_an_array_and_none_is_absent(version: str, query: str, value: Any) -> None:
    result = xpath(query, version).value(ORDER)

    assert result == value
    assert type(result) is type(value)


@pytest.mark.requirement("exprType.default.xpath")
@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("1.50", 1.5),
        ("3.0", 3),
        ("0.10000000000000000001", Decimal("0.10000000000000000001")),
        ("1e0", 1),
        ("xs:integer('12345678901234567890123')", 12345678901234567890123),
        ("xs:date('2026-01-02')", "2026-01-02"),
        ("//item/@price ! number(.)", [5, 12.5]),
        ("map { 'a': 1, 'b': (1, 2), 'c': () }", {"a": 1, "b": [1, 2], "c": None}),
        ("[1, 'x', [true()]]", [1, "x", [True]]),
        ("//name => string-join(',')", "Rex,Tom"),
        ("parse-json('{\"a\": [1, null]}')?a?1", 1),
        ("let $n := 2 return $n * 3", 6),
        ("true()", True),
        ("data(/order/@id)", "7"),
        ("()", MISSING),
        ("for $i in 1 to 3 return $i", [1, 2, 3]),
        ("matches(/order/@id, '^[0-9]+$')", True),
    ],
)
def test_the_default_is_xpath_3_1_and_keeps_the_types_of_json(query: str, value: Any) -> None:
    result = xpath(query).value(ORDER)

    assert result == value
    assert type(result) is type(value)


@pytest.mark.requirement("selector.type.variants-need-type-object")
@pytest.mark.parametrize(
    ("query", "versions"),
    [
        ("if (/order) then 1 else 2", LATER),
        ("for $i in (1, 2) return $i", LATER),
        ("//name ! string(.)", ["xpath-30", "xpath-31"]),
        ("let $n := 2 return $n", ["xpath-30", "xpath-31"]),
        ("map { 'a': 1 }?a", ["xpath-31"]),
        ("//name => string-join(',')", ["xpath-31"]),
        ("/order[", []),
        ("1 +", []),
        ("", []),
        ("element()*", []),
    ],
)
def test_each_version_has_its_own_grammar(query: str, versions: list[str]) -> None:
    def compiles(version: str) -> bool:
        try:
            xpath(query, version)
        except SelectorSyntaxError:
            return False
        return True

    assert [version for version in ALL if compiles(version)] == versions


@pytest.mark.parametrize("query", ["number('x')", "1 div 0e0", "function($x) { $x }"])
def test_a_result_that_json_has_no_value_for_fails(query: str) -> None:
    with pytest.raises(SelectorError):
        xpath(query).value(ORDER)


@pytest.mark.parametrize("version", ALL)
def test_an_unprefixed_name_is_in_no_namespace(version: str) -> None:
    document = '<a xmlns="urn:d" xmlns:q="urn:d"><b>1</b></a>'

    assert xpath("/a/b", version).value(document) is MISSING
    assert xpath("/q:a/q:b", version).value(document) == "1"


@pytest.mark.parametrize("version", ALL)
def test_a_prefix_that_the_document_element_does_not_declare_fails(version: str) -> None:
    selector = xpath("/a/z:b", version)

    with pytest.raises(SelectorError):
        selector.value('<a><z:b xmlns:z="urn:z"/></a>')
    assert selector.value('<a xmlns:z="urn:z"><z:b>1</z:b></a>') == "1"
    assert selector.value('<a xmlns:z="urn:y"><z:b>2</z:b></a>') == "2"


@pytest.mark.requirement("criterion.xpath.null-or-invalid-fails")
@pytest.mark.parametrize("version", ["xpath-10", "xpath-31"])
@pytest.mark.parametrize(
    "context", [MISSING, None, {"a": 1}, [1], 200, True, "", "{}", "<a>", b"\xff\xfe", "\ud800<a/>"]
)
def test_a_context_that_is_not_xml_fails_with_a_reason(version: str, context: Any) -> None:
    for query in ("/a", "count(1 to 5)" if version != "xpath-10" else "//a[//b]"):
        with pytest.raises(SelectorError, match="XML"):
            xpath(query, version).matches(context)


@pytest.mark.requirement("selector.context.structured-data")
@pytest.mark.parametrize("version", ALL)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_bytes_are_read_in_their_declared_encoding(version: str, encoding: str) -> None:
    document = f'<?xml version="1.0" encoding="{encoding}"?><a>é</a>'

    assert xpath("/a", version).value(document.encode(encoding)) == "é"
    assert xpath("/a", version).value(document) == "é"


# --- effective boolean values -------------------------------------------------------------------------------------


@pytest.mark.requirement("exprType.ebv-per-version")
@pytest.mark.requirement("criterion.xpath.boolean")
@pytest.mark.requirement("criterion.xpath.number")
@pytest.mark.requirement("criterion.xpath.string")
@pytest.mark.requirement("criterion.xpath.node-set")
@pytest.mark.parametrize("version", ALL)
@pytest.mark.parametrize(
    ("query", "passes"),
    [
        ("count(//item) > 0", True),
        ("count(//absent) > 0", False),
        ("count(//item)", True),
        ("count(//absent)", False),
        ("number('x')", False),
        ("-1", True),
        ("0.0", False),
        ("string(/order/f)", True),
        ("string(/order/empty)", False),
        ("''", False),
        ("/order", True),
        ("/order/f", True),
        ("/order/empty", True),
        ("//item", True),
        ("/order/absent", False),
        ("/order/@id", True),
        ("/order/n = 0", True),
        ("not(/order/absent)", True),
    ],
)
def test_a_criterion_passes_by_its_effective_boolean_value(version: str, query: str, passes: bool) -> None:
    assert xpath(query, version).matches(ORDER) is passes


@pytest.mark.requirement("criterion.xpath.ebv")
@pytest.mark.parametrize("version", LATER)
@pytest.mark.parametrize("query", ["(1, 2)", "('a', 'b')", "xs:date('2026-01-02')", "(1, /order)"])
def test_what_has_no_effective_boolean_value_fails(version: str, query: str) -> None:
    with pytest.raises(SelectorError, match="FORG0006"):
        xpath(query, version).matches(ORDER)


@pytest.mark.requirement("exprType.semantics-of-version")
def test_a_sequence_that_starts_with_a_node_is_true_and_an_empty_one_false() -> None:
    assert xpath("(/order, 1, 2)").matches(ORDER)
    assert not xpath("()").matches(ORDER)
    assert xpath("xs:untypedAtomic('0')").matches(ORDER)


# --- replacements -------------------------------------------------------------------------------------------------


@pytest.mark.requirement("replacement.target.xpath")
@pytest.mark.requirement("replacement.targetSelectorType.variants-need-type-object")
@pytest.mark.parametrize("version", ALL)
@pytest.mark.parametrize(
    ("query", "value", "before", "after"),
    [
        ("/order/petId", 10, "<order><petId>1</petId>t</order>", "<order><petId>10</petId>t</order>"),
        ("/order/@id", "a<b", '<order id="1"/>', '<order id="a&lt;b"/>'),
        ("//n", True, "<a><n>1</n><n/></a>", "<a><n>true</n><n>true</n></a>"),
        ("/a/b", "x", "<a><b>1<c/>2</b></a>", "<a><b>x</b></a>"),
        ("/a/text()[2]", "x", "<a>1<b/>2</a>", "<a>1<b/>x</a>"),
        ("/a/text()[1]", "x", "<a>1<b/>2</a>", "<a>x<b/>2</a>"),
        ("/a/p:b", {"n": [1]}, '<a xmlns:p="urn:p"><p:b/></a>', '<a xmlns:p="urn:p"><p:b>{"n":[1]}</p:b></a>'),
        ("/a", "é", '<?xml version="1.0" encoding="latin1"?>\n<!--c--><a/>', None),
    ],
)
def test_every_selected_place_is_set_in_the_text(
    version: str, query: str, value: Any, before: str, after: str | None
) -> None:
    expected = after or '<?xml version="1.0" encoding="latin1"?>\n<!--c--><a>é</a>'

    assert xpath(query, version).set(before, value) == expected


@pytest.mark.parametrize("version", ["xpath-10", "xpath-31"])
def test_bytes_keep_their_encoding_and_declaration(version: str) -> None:
    before = "<?xml version='1.0' encoding='ISO-8859-1'?>\n<a>é</a>".encode("iso-8859-1")

    after = xpath("/a", version).set(before, "ü")

    assert after == "<?xml version='1.0' encoding='ISO-8859-1'?>\n<a>ü</a>".encode("iso-8859-1")


@pytest.mark.requirement("replacement.target.resolved-against-body")
@pytest.mark.parametrize("version", ["xpath-10", "xpath-31"])
@pytest.mark.parametrize(
    ("query", "value"),
    [("/a/absent", 1), ("count(/a)", 1), ("/a/comment()", 1), ("/", 1), ("/a", "\x00"), ("/a/@id", "\x01")],
)
def test_a_place_that_is_none_fails(version: str, query: str, value: Any) -> None:
    with pytest.raises(SelectorError):
        xpath(query, version).set('<a id="1"><!--c--></a>', value)


@pytest.mark.requirement("replacement.targetSelectorType.xpath-conforms")
def test_a_target_that_is_not_xpath_is_a_syntax_error() -> None:
    with pytest.raises(SelectorSyntaxError):
        xpath("/a[")


# --- hostile documents and queries --------------------------------------------------------------------------------

LAUGHS = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;">]><a x="&d;">&d;</a>'
XXE = '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/hostname">]><a>&f;</a>'


@pytest.mark.parametrize("version", ["xpath-10", "xpath-31"])
@pytest.mark.parametrize(
    "document",
    [
        LAUGHS,
        XXE,
        "<!DOCTYPE a><a/>",
        '<?xml version="1.0"?><!-- c --> <?p i?>\n' + XXE,
        XXE.encode(),
        b"\xef\xbb\xbf" + XXE.encode(),
        XXE.encode("utf-16"),
        '<?xml version="1.0" encoding="utf-16"?>'.encode("utf-16") + XXE.encode("utf-16-le"),
    ],
)
def test_a_document_with_a_doctype_is_refused(version: str, document: Any) -> None:
    with pytest.raises(SelectorError, match="DOCTYPE"):
        xpath("string(/a)", version).value(document)


def test_the_word_doctype_inside_the_content_is_only_text() -> None:
    assert xpath("/a").value("<a><![CDATA[<!DOCTYPE html>]]></a>") == "<!DOCTYPE html>"


@pytest.mark.parametrize(
    "query",
    [
        "doc('file:///etc/hostname')",
        "unparsed-text('file:///etc/hostname')",
        "json-doc('file:///etc/hostname')",
        "collection('file:///etc')",
        "doc('http://127.0.0.1:9/')",
        "parse-xml('" + XXE.replace("'", "''") + "')",
        "error()",
        "$undeclared",
        "document('file:///etc/hostname')",
    ],
)
def test_nothing_outside_the_document_is_read(query: str) -> None:
    with pytest.raises((SelectorError, SelectorSyntaxError)):
        xpath(query).value("<a/>")


def test_the_environment_is_empty() -> None:
    assert xpath("environment-variable('PATH')").value("<a/>") is MISSING


def test_regular_expressions_of_exslt_are_not_xpath_1() -> None:
    document = '<a xmlns:re="http://exslt.org/regular-expressions">aaa</a>'

    with pytest.raises(SelectorError):
        xpath("re:test(/a, 'a')", "xpath-10").matches(document)


DEEP = "<a>" * 200 + "</a>" * 200
WIDE = "<a>" + "<b><c/></b>" * 4000 + "</a>"


@pytest.mark.parametrize(
    ("version", "query", "document"),
    [
        ("xpath-31", "count(1 to 100000000) > 0", "<a/>"),
        ("xpath-31", "matches('" + "a" * 60 + "b', '^(a|a)+(a|a)+(a|a)+$')", "<a/>"),
        ("xpath-20", "replace('" + "a" * 60 + "b', '^(a|a)+(a|a)+(a|a)+$', 'x')", "<a/>"),
        ("xpath-31", "fold-left(1 to 100000000, 0, function($a, $b) { $a + $b })", "<a/>"),
        ("xpath-31", "count(//a[count(.//a[count(.//a[count(.//a) > 0]) > 0]) > 0])", DEEP),
        ("xpath-30", "//b[count(//b[count(//b) > 0]) > 0]", WIDE),
        ("xpath-10", "//b[count(//b[count(//b) > 0]) > 0]", WIDE),
    ],
)
def test_an_evaluation_ends_at_its_limit_in_any_thread(version: str, query: str, document: str) -> None:
    raised: list[str] = []

    def evaluate() -> None:
        try:
            xpath(query, version, 0.2).matches(document)
        except SelectorError as error:
            raised.append(str(error))

    began = time.monotonic()
    thread = threading.Thread(target=evaluate)
    thread.start()
    thread.join()

    # A range of 100 million integers may meet the bound of memory before that of time.
    assert raised in (["it was not evaluated within 0.2 s"], ["it needs too much memory"])
    assert time.monotonic() - began < 5


def test_a_query_that_takes_all_memory_fails() -> None:
    with pytest.raises(SelectorError, match="memory"):
        xpath("string-length(fold-left(1 to 40, 'a', function($s, $i) { concat($s, $s) }))", limit_s=5).value("<a/>")


def test_a_query_gives_the_result_of_each_document_it_is_applied_to() -> None:
    for query in ("map { 'a': string(/a) }?a", "[string(/a)]?1", "for-each(/a, function($x) { string($x) })"):
        selector = xpath(query)

        assert [selector.value(f"<a>{number}</a>") for number in (1, 2, 3)] == ["1", "2", "3"]


def test_after_a_query_that_was_ended_others_are_evaluated() -> None:
    with pytest.raises(SelectorError):
        xpath("count(1 to 100000000)", limit_s=0.1).value("<a/>")

    assert xpath("count(1 to 1000)").value("<a/>") == 1000
    assert xpath("replace('abc', 'b', 'x')").value("<a/>") == "axc"


def test_helper_processes_answer_several_threads_at_once() -> None:
    results: dict[int, Any] = {}

    def evaluate(number: int) -> None:
        results[number] = xpath(f"sum(1 to {number})").value("<a/>")

    threads = [threading.Thread(target=evaluate, args=(number,)) for number in (10, 20, 30, 40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results == {10: 55, 20: 210, 30: 465, 40: 820}


def test_a_slow_query_is_set_in_the_helper_process_as_well() -> None:
    assert xpath("/a/b[matches(., '^x')]").set("<a><b>x1</b><b>y</b></a>", None) == "<a><b>null</b><b>y</b></a>"
    assert xpath("/a/b[matches(., '^x')]").set(b"<a><b>x1</b></a>", 2) == b"<a><b>2</b></a>"


@pytest.mark.parametrize("version", ALL)
@pytest.mark.parametrize(
    "query", ["/order/item/name", "//item[@price > 5]/name/text()", "count(/order/item) > 0", "/order/p:total = 17.5"]
)
def test_an_ordinary_query_needs_no_helper_process(version: str, query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a helper process was asked")

    monkeypatch.setattr("arazzo_runner.selector.xpath.evaluate_apart", refuse)

    assert xpath(query, version).matches(ORDER)


FRAGMENTS = (
    "/ // . .. @ * a order item p:total q:x [ ] ( ) 1 0 'x' \" + - div mod = != < > and or | , :: child::a text() "
    "count( string( not( last() $x { } ! => map if then else to for in return let := eq is instance of function( ?"
)
fragments = st.sampled_from(FRAGMENTS.split())


@settings(max_examples=150, deadline=None)
@given(query=st.lists(fragments, max_size=7).map(" ".join) | st.text(max_size=10), version=st.sampled_from(ALL))
def test_no_text_of_a_query_crashes(query: str, version: str) -> None:
    try:
        selector = xpath(query, version, 0.3)
        selector.matches(ORDER)
        selector.value(ORDER)
        selector.set(ORDER, 1)
    except (SelectorSyntaxError, SelectorError):
        return

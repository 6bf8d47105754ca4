"""Properties of conditions: parsing is total, writing and reading back is the identity, checks never raise."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from arazzo_runner.condition import DEFAULT_CONDITIONS, parse_simple
from arazzo_runner.condition.comparison import COMPARE
from arazzo_runner.condition.pattern import compile_pattern
from arazzo_runner.errors import LanguageSyntaxError
from arazzo_runner.expression import DeclaredNames, Reading
from arazzo_runner.selector import DEFAULT_SELECTORS
from arazzo_runner.values import MISSING

ANY = DeclaredNames()
OPERANDS = [
    "$statusCode",
    "$response.body",
    "$response.body#/a",
    "$response.body.a[0].b",
    "$inputs.a.b",
    "$steps.s.outputs.x",
]
OPERANDS += [
    "$response.header.X",
    "true",
    "false",
    "null",
    "0",
    "-1.5e3",
    "'it''s'",
    "''",
    "$response.payload",
    "$.a",
    '"d"',
]
SIGNS = [
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "!",
    "&&",
    "||",
    "(",
    ")",
    "[0]",
    ".a",
    "{",
    "}",
    " ",
    "=",
    "&",
    "'",
    "[",
    "$",
    "é",
]
pieces = st.lists(st.sampled_from(OPERANDS + SIGNS), max_size=10)
texts = st.one_of(st.text(max_size=30), pieces.map("".join), pieces.map(" ".join))
readings = st.builds(Reading, st.sampled_from(["1.0", "1.1"]), st.booleans())
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.text(max_size=6),
    st.from_regex(r"-?[0-9]{1,3}(\.[0-9])?([eE][0-9]{1,3})?", fullmatch=True),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)


class Exchange:
    """A response with this body and nothing else."""

    def __init__(self, body):
        self.inputs = {"a": {"b": body}}
        self.outputs = self.self_uri = None
        self.steps = self.workflows = self.sources = {}
        self.url = self.method = self.request_body = self.message_payload = MISSING
        self.status_code = 200
        self.response_body = body

    def response_header(self, name):
        return MISSING

    request_header = request_query = request_path = message_header = response_header


@settings(max_examples=300)
@given(texts, readings)
def test_a_text_is_a_condition_that_reads_back_or_a_syntax_error_inside_the_text(text, reading):
    refused = None
    try:
        root = parse_simple(text, reading, ANY).root
        assert parse_simple(str(root), reading, ANY).root == root
    except LanguageSyntaxError as error:
        refused = error
    assert refused is None or 0 <= refused.offset <= len(text)


@settings(max_examples=200)
@given(texts, readings, values, st.sampled_from(["simple", "jsonpath"]))
def test_a_check_passes_or_fails_with_a_reason_and_never_raises(text, reading, body, type):
    try:
        compiled = DEFAULT_CONDITIONS.compile(
            type, None, text, "$response.body", reading=reading, names=ANY, selectors=DEFAULT_SELECTORS
        )
    except LanguageSyntaxError:
        return

    verdict = compiled.condition.check(Exchange(body))

    assert verdict.passed is (verdict.reason is None)


@settings(max_examples=300)
@given(values, values)
def test_comparison_is_total_symmetric_and_consistent(left, right):
    equal = COMPARE["=="](left, right)

    assert equal is COMPARE["=="](right, left)
    assert equal is not COMPARE["!="](left, right)
    assert COMPARE["=="](left, left)
    assert COMPARE["<"](left, right) is COMPARE[">"](right, left)
    assert not (COMPARE["<"](left, right) and COMPARE[">="](left, right))


PATTERN_PIECES = [
    *"abc019()[]{}*+?|^$.\\-,:=!<> ",
    "(?:",
    "(?<n>",
    "\\d",
    "\\W",
    "\\b",
    "\\1",
    "\\k<n>",
    "\\u{61}",
    "{2,3}",
    "[^",
]


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(st.text(max_size=15), st.lists(st.sampled_from(PATTERN_PIECES), max_size=10).map("".join)),
    st.text(max_size=8),
)
def test_a_pattern_compiles_and_searches_or_is_refused(pattern, text):
    try:
        search = compile_pattern(pattern)
    except LanguageSyntaxError:
        return

    assert search(text, 1.0) in (True, False)

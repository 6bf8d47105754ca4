"""Properties of the readers: total, and faithful to the text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from arazzo_runner.errors import ExecutionError, LanguageSyntaxError
from arazzo_runner.expression import (
    DeclaredNames,
    Reading,
    compile_expression,
    compile_value,
    derive,
    parse,
    parse_and_bind,
    parse_template,
    parse_value,
    starts_like_expression,
)
from arazzo_runner.values import MISSING

ROOTS = ["$url", "$method", "$statusCode", "$self", "$request.", "$response.", "$message.", "$inputs.", "$outputs."]
ROOTS += ["$steps.", "$workflows.", "$sourceDescriptions.", "$components."]
SOURCES = ["header.", "headers.", "query.", "path.", "body", "payload", ".outputs.", ".inputs.", "parameters."]
SIGNS = [
    "#",
    "/",
    "~0",
    "~1",
    "~",
    "a",
    "b.c",
    "d-e",
    "[0]",
    "[x]",
    "{",
    "}",
    "{$",
    "\\u0041",
    "\\",
    '"',
    "'",
    "é",
    "😀",
    "0",
    "-",
]
PIECES = ROOTS + SOURCES + SIGNS
texts = st.one_of(st.text(max_size=30), st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
readings = st.builds(Reading, st.sampled_from(["1.0", "1.1"]), st.booleans())
names = st.sampled_from(
    [
        DeclaredNames(),
        DeclaredNames(
            inputs=["a", "b.c"], outputs=[], steps={"a": ["b", "b.c"]}, workflows={"a": (["a"], None)}, sources=["a"]
        ),
    ]
)


class Empty:
    """A scope in which nothing has happened yet."""

    def __init__(self):
        self.inputs = {"a": {"b": [1]}}
        self.outputs = self.self_uri = None
        self.steps = {"a": {"b": "x"}}
        self.workflows = self.sources = {}
        self.url = self.method = self.status_code = MISSING
        self.request_body = self.response_body = self.message_payload = MISSING

    def request_header(self, name):
        return MISSING

    request_query = request_path = response_header = message_header = request_header


@settings(max_examples=300)
@given(texts, readings)
def test_parse_gives_an_expression_that_writes_its_text_or_a_syntax_error(text, reading):
    refused = None
    try:
        assert str(parse(text, reading)) == text
    except LanguageSyntaxError as error:
        refused = error
    if refused is not None:
        assert 0 <= refused.offset <= len(text)
        assert refused.meant is None or derive(refused.meant, reading.version) is not None


@settings(max_examples=200)
@given(texts, readings, names)
def test_a_bound_expression_derives_from_the_grammar_and_evaluates(text, reading, declared):
    try:
        bound = parse_and_bind(text, reading, declared)
    except LanguageSyntaxError:
        return
    for tolerated in bound.tolerated:
        assert tolerated.rewrite == str(bound.expression)
        assert derive(tolerated.rewrite, reading.version) is not None
    try:
        compile_expression(bound.expression)(Empty())
    except ExecutionError:
        return


@settings(max_examples=200)
@given(texts, readings, names)
def test_a_template_keeps_its_text(text, reading, declared):
    try:
        template = parse_template(text, reading, declared)
    except LanguageSyntaxError:
        return
    if template.is_literal:
        assert "".join(template.parts) == text
    elif not template.tolerated:
        assert "".join(part if isinstance(part, str) else f"{{{part}}}" for part in template.parts) == text


@settings(max_examples=200)
@given(texts, readings, names)
def test_every_value_is_an_expression_a_template_or_an_error_and_evaluates(text, reading, declared):
    try:
        value = parse_value(text, reading, declared)
    except LanguageSyntaxError:
        return
    if starts_like_expression(text):
        assert compile_value(value) is not None
    try:
        compile_value(value)(Empty())
    except ExecutionError:
        return

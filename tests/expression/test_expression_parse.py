"""The grammars of 1.0.1 and 1.1.0: what derives, what does not, and what was meant."""

from __future__ import annotations

import pytest

from arazzo_runner.expression import (
    BodyReference,
    ComponentsReference,
    ExpressionSyntaxError,
    HeaderReference,
    InputsReference,
    Message,
    Method,
    OutputsReference,
    PathReference,
    PayloadReference,
    QueryReference,
    Request,
    Response,
    Self,
    SourceReference,
    StatusCode,
    StepsReference,
    Url,
    WorkflowsReference,
    derive,
    parse,
    starts_like_expression,
)

BOTH = [
    ("$url", Url()),
    ("$method", Method()),
    ("$statusCode", StatusCode()),
    ("$request.header.accept", Request(HeaderReference("accept"))),
    ("$request.query.limit", Request(QueryReference("limit"))),
    ("$request.path.id", Request(PathReference("id"))),
    ("$request.body", Request(BodyReference())),
    ("$request.body#/user/uuid", Request(BodyReference(("user", "uuid")))),
    ("$response.header.Server", Response(HeaderReference("Server"))),
    ("$response.body", Response(BodyReference())),
    ("$response.body#", Response(BodyReference(()))),
    ("$response.body#/", Response(BodyReference(("",)))),
    ("$response.body#/a/0", Response(BodyReference(("a", "0")))),
    ("$inputs.username", InputsReference("username")),
    ("$inputs.a.b", InputsReference("a.b")),
    ("$inputs.customer#/firstName", InputsReference("customer", ("firstName",))),
    ("$outputs.bar", OutputsReference("bar")),
    ("$outputs.bar#/0", OutputsReference("bar", ("0",))),
    ("$steps.s1.outputs.id", StepsReference("s1", "id")),
    ("$steps.a-b_1.outputs.pets#/0/id", StepsReference("a-b_1", "pets", ("0", "id"))),
    ("$workflows.foo.inputs.username", WorkflowsReference("foo", "inputs", "username")),
    ("$workflows.foo.outputs.r#/name", WorkflowsReference("foo", "outputs", "r", ("name",))),
    ("$sourceDescriptions.p.url", SourceReference("p", "url")),
    ("$sourceDescriptions.p.get.pet/by id", SourceReference("p", "get.pet/by id")),
    ("$components.parameters.page", ComponentsReference("parameters", "page")),
    ("$components.successActions.bar", ComponentsReference("successActions", "bar")),
    ("$components.failureActions.baz", ComponentsReference("failureActions", "baz")),
]


@pytest.mark.requirement("abnf10.expression")
@pytest.mark.requirement("abnf10.request-response-source")
@pytest.mark.requirement("abnf10.inputs-outputs-name")
@pytest.mark.requirement("abnf10.steps-workflows-name")
@pytest.mark.requirement("abnf10.source-components-name")
@pytest.mark.requirement("abnf10.header-reference")
@pytest.mark.requirement("abnf10.query-reference")
@pytest.mark.requirement("abnf10.path-reference")
@pytest.mark.requirement("abnf10.body-reference")
@pytest.mark.parametrize(("text", "node"), BOTH)
def test_a_text_of_the_1_0_grammar_is_read_as_its_node_and_written_back(text, node):
    parsed = parse(text, "1.0")

    assert parsed == node
    assert str(parsed) == text


@pytest.mark.requirement("abnf11.expression")
@pytest.mark.requirement("abnf11.source")
@pytest.mark.requirement("abnf11.header-reference")
@pytest.mark.requirement("abnf11.query-reference")
@pytest.mark.requirement("abnf11.path-reference")
@pytest.mark.requirement("abnf11.body-reference")
@pytest.mark.requirement("abnf11.payload-reference")
@pytest.mark.requirement("abnf11.inputs-reference")
@pytest.mark.requirement("abnf11.outputs-reference")
@pytest.mark.requirement("abnf11.steps-reference")
@pytest.mark.requirement("abnf11.workflows-reference")
@pytest.mark.requirement("abnf11.source-reference")
@pytest.mark.requirement("abnf11.components-reference")
@pytest.mark.requirement("abnf11.identifier-strict")
@pytest.mark.requirement("abnf11.identifier")
@pytest.mark.parametrize(
    ("text", "node"),
    [
        *BOTH,
        ("$self", Self()),
        ("$message.header.correlation-id", Message(HeaderReference("correlation-id"))),
        ("$message.payload", Message(PayloadReference())),
        ("$message.payload#/status", Message(PayloadReference(("status",)))),
        ("$response.payload", Response(PayloadReference())),
        ("$request.query.filter[name]", Request(QueryReference("filter[name]"))),
    ],
)
def test_a_text_of_the_1_1_grammar_is_read_as_its_node_and_written_back(text, node):
    parsed = parse(text, "1.1")

    assert parsed == node
    assert str(parsed) == text


@pytest.mark.requirement("abnf10.message-absent")
@pytest.mark.parametrize("text", ["$message.payload", "$message.header.X", "$self"])
def test_what_1_1_added_is_refused_in_1_0(text):
    with pytest.raises(ExpressionSyntaxError, match=r"part of Arazzo 1\.1"):
        parse(text, "1.0")


@pytest.mark.requirement("abnf10.expression")
@pytest.mark.requirement("abnf10.request-response-source")
@pytest.mark.requirement("abnf10.body-reference")
@pytest.mark.requirement("abnf10.name")
@pytest.mark.requirement("abnf10.token")
@pytest.mark.parametrize(
    ("text", "offset", "meant"),
    [
        ("", 0, None),
        ("$", 0, None),
        ("$foo.bar", 0, None),
        ("$inputs.", 8, None),
        ("$inputs", 7, None),
        ("$statuscode", 0, "$statusCode"),
        ("$STATUSCODE", 0, "$statusCode"),
        ("$statusCode.x", 11, None),
        ("$input.x", 0, "$inputs.x"),
        ("$Inputs.x", 0, "$inputs.x"),
        ("inputs.x", 0, "$inputs.x"),
        ("${inputs.x}", 0, "$inputs.x"),
        ("{{inputs.x}}", 0, "$inputs.x"),
        ("{$inputs.x}", 0, "$inputs.x"),
        (" $url", 0, "$url"),
        ("$response.headers.X-Rate", 10, "$response.header.X-Rate"),
        ("$response.header.", 17, None),
        ("$response.header.a b", 18, None),
        ("$response.cookie.x", 10, None),
        ("$response.status", 10, "$statusCode"),
        ("$request.url", 9, "$url"),
        ("$response.body.items[0].id", 14, "$response.body#/items/0/id"),
        ("$response.body[0]", 14, "$response.body#/0"),
        ("$response.body#name", 15, "$response.body#/name"),
        ("$response.body/name", 14, "$response.body#/name"),
        ("$response.payload", 10, "$response.body"),
        ("$body.x", 0, "$response.body#/x"),
        ("$steps.a.b", 8, "$steps.a.outputs.b"),
        ("$steps.a.output.b", 8, "$steps.a.outputs.b"),
        ("$steps.a.outputs", 8, None),
        ("$steps.a.response.body", 8, None),
        ("$workflows.w.total", 12, "$workflows.w.outputs.total"),
        ("$workflows.w.steps.s", 12, None),
        ("$sourceDescriptions.p", 21, "$sourceDescriptions.p.url"),
        ("$components.foo", 12, None),
        ("$response.body#/a~2", 17, None),
    ],
)
def test_a_text_outside_the_grammar_is_refused_with_its_place_and_what_was_meant(text, offset, meant):
    with pytest.raises(ExpressionSyntaxError) as caught:
        parse(text, "1.0")

    assert (caught.value.offset, caught.value.meant) == (offset, meant)
    assert caught.value.message


@pytest.mark.requirement("abnf11.expression")
@pytest.mark.requirement("abnf11.token")
@pytest.mark.requirement("abnf11.inputs-reference")
@pytest.mark.requirement("abnf11.steps-reference")
@pytest.mark.requirement("abnf11.workflows-reference")
@pytest.mark.requirement("abnf11.source-reference")
@pytest.mark.requirement("abnf11.components-reference")
@pytest.mark.requirement("abnf11.identifier-strict")
@pytest.mark.requirement("abnf11.payload-reference")
@pytest.mark.requirement("abnf11.json-pointer")
@pytest.mark.parametrize(
    ("text", "offset", "meant"),
    [
        ("$message", 8, None),
        ("$message.payload.status", 16, "$message.payload#/status"),
        ("$inputs.first name", 13, None),
        ("$inputs.", 8, None),
        ("$response.header.", 17, None),
        ("$request.query.", 15, None),
        ("$steps.s1.response.body", 9, None),
        ("$steps.a.b.outputs.x", 8, None),
        ("$steps.s.outputs.y[0].z", 18, "$steps.s.outputs.y#/0/z"),
        ("$workflows.foo.steps.s", 14, None),
        ("$sourceDescriptions.p", 21, "$sourceDescriptions.p.url"),
        ("$components.inputs.foo", 12, None),
        ("$components.foo", 12, None),
        ("$response.body#/a{b}", 17, None),
    ],
)
def test_1_1_refuses_what_its_stricter_names_do_not_allow(text, offset, meant):
    with pytest.raises(ExpressionSyntaxError) as caught:
        parse(text, "1.1")

    assert (caught.value.offset, caught.value.meant) == (offset, meant)


@pytest.mark.requirement("abnf10.json-pointer")
@pytest.mark.requirement("abnf11.json-pointer")
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_pointer_tokens_are_unescaped_once_and_never_percent_decoded(version):
    parsed = parse("$response.body#/a~1b/m~0n/~01/x%20y//é", version)

    assert parsed == Response(BodyReference(("a/b", "m~n", "~1", "x%20y", "", "é")))


def test_1_0_pointers_and_names_take_braces_and_spaces():
    assert parse("$response.body#/a{b} c", "1.0") == Response(BodyReference(("a{b} c",)))
    assert parse("$inputs.first name", "1.0") == InputsReference("first name")
    assert parse("$inputs.a#b", "1.0") == InputsReference("a#b")


@pytest.mark.requirement("abnf10.steps-workflows-name")
def test_a_1_0_step_id_may_hold_dots():
    assert parse("$steps.a.b.outputs.x", "1.0") == StepsReference("a.b", "x")


@pytest.mark.requirement("abnf10.token")
def test_a_header_token_may_hold_dots_and_every_tchar():
    assert parse("$response.header.X_A~b", "1.0") == Response(HeaderReference("X_A~b"))
    assert parse("$response.header.X.Y!#$%&'*+^`|", "1.1") == Response(HeaderReference("X.Y!#$%&'*+^`|"))


@pytest.mark.requirement("abnf11.char")
@pytest.mark.requirement("abnf11.name")
def test_1_1_query_and_path_names_take_the_escapes_of_json():
    parsed = parse(r"$request.query.a\u0020b\\c\/", "1.1")

    assert parsed == Request(QueryReference("a b\\c/"))
    assert str(parsed) == r"$request.query.a\u0020b\\c\/"


@pytest.mark.requirement("abnf11.char")
@pytest.mark.parametrize(
    "text", ['$request.query.a"b', r"$request.query.a\x", "$request.path.a{b}", "$request.path.a\nb"]
)
def test_1_1_query_and_path_names_exclude_quotes_braces_and_controls(text):
    assert derive(text, "1.1") is None


def test_1_0_knows_no_escapes():
    assert derive(r"$request.query.a\u0020b", "1.0") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$inputs.x", True),
        ("$inputs. and so on", True),
        ("$steps.", True),
        ("$response", True),
        ("$url", True),
        ("$url/pets", True),
        ("$.items", False),
        ("$5.00", False),
        ("$urls", False),
        ("$inputsX", False),
        ("$foo.bar", False),
        (" $inputs.x", False),
        ("", False),
    ],
)
def test_only_a_known_root_makes_a_text_look_like_an_expression(text, expected):
    assert starts_like_expression(text) is expected

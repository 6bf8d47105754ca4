"""Parameters on the wire: style, explode and content for every place; what is percent-encoded where."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arazzo_runner.errors import RequestError
from arazzo_runner.messages import header
from arazzo_runner.openapi.percent import (
    encode_cookie,
    encode_form,
    encode_path_text,
    encode_query_text,
    encode_reserved_query,
    encode_value,
)
from arazzo_runner.values import MISSING

ARRAY = ["blue", "black", "brown"]
OBJECT = {"R": 100, "G": 200, "B": 150}
NESTED = {"a": {"b": 1, "c": ["x", "y"]}, "d": None}


def _declared(in_, name="color", **fields):
    return {"parameters": [{"name": name, "in": in_, "schema": {}, **fields}]}


def _path(send, value, path="/x/{color}", **fields):
    request = send(("color", "path", value), path=path, operation=_declared("path", required=True, **fields))
    return request.url.removeprefix("https://h/x/")


def _query(send, value, name="color", version="3.1.1", **fields):
    request = send((name, "query", value), operation=_declared("query", name, **fields), version=version)
    return request.url.removeprefix("https://h/x").removeprefix("?")


# OpenAPI 3.1.1, "Style Examples" (and 3.0.4): the table, row by row.
@pytest.mark.parametrize(
    ("style", "explode", "string", "array", "object_"),
    [
        ("matrix", False, ";color=blue", ";color=blue,black,brown", ";color=R,100,G,200,B,150"),
        ("matrix", True, ";color=blue", ";color=blue;color=black;color=brown", ";R=100;G=200;B=150"),
        ("label", False, ".blue", ".blue,black,brown", ".R,100,G,200,B,150"),
        ("label", True, ".blue", ".blue.black.brown", ".R=100.G=200.B=150"),
        ("simple", False, "blue", "blue,black,brown", "R,100,G,200,B,150"),
        ("simple", True, "blue", "blue,black,brown", "R=100,G=200,B=150"),
    ],
)
def test_path_styles_are_written_as_the_specification_shows(send, style, explode, string, array, object_):
    written = [_path(send, value, style=style, explode=explode) for value in ("blue", ARRAY, OBJECT)]

    assert written == [string, array, object_]


@pytest.mark.requirement("parameter.value.constant")
@pytest.mark.parametrize(
    ("style", "explode", "empty", "string", "array", "object_"),
    [
        ("form", False, "color=", "color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150"),
        ("form", True, "color=", "color=blue", "color=blue&color=black&color=brown", "R=100&G=200&B=150"),
        (
            "spaceDelimited",
            False,
            "color=",
            "color=blue",
            "color=blue%20black%20brown",
            "color=R%20100%20G%20200%20B%20150",
        ),
        (
            "pipeDelimited",
            False,
            "color=",
            "color=blue",
            "color=blue%7Cblack%7Cbrown",
            "color=R%7C100%7CG%7C200%7CB%7C150",
        ),
        # 3.0.4: with explode these are the same as form.
        ("spaceDelimited", True, "color=", "color=blue", "color=blue&color=black&color=brown", "R=100&G=200&B=150"),
        (
            "deepObject",
            True,
            "color=",
            "color=blue",
            "color%5B0%5D=blue&color%5B1%5D=black&color%5B2%5D=brown",
            "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150",
        ),
    ],
)
def test_query_styles_are_written_as_the_specification_shows(send, style, explode, empty, string, array, object_):
    written = [_query(send, value, style=style, explode=explode) for value in ("", "blue", ARRAY, OBJECT)]

    assert written == [empty, string, array, object_]


def test_form_is_exploded_unless_it_says_otherwise_and_other_styles_are_not(send):
    assert _query(send, ARRAY) == "color=blue&color=black&color=brown"
    assert _query(send, ARRAY, style="pipeDelimited") == "color=blue%7Cblack%7Cbrown"
    assert _path(send, OBJECT) == "R,100,G,200,B,150"


def test_an_empty_string_in_matrix_and_label(send):
    assert _path(send, "", style="matrix") == ";color"
    assert _path(send, "", style="label") == "%2E"  # A segment of one dot would be resolved away.


def test_structures_inside_a_deep_object_add_brackets(send):
    written = _query(send, NESTED, style="deepObject", explode=True)

    assert parse_qsl(written) == [("color[a][b]", "1"), ("color[a][c][0]", "x"), ("color[a][c][1]", "y")]


def test_structures_inside_other_styles_are_json(send):
    assert parse_qsl(_query(send, [{"a": 1}, [True]])) == [("color", '{"a":1}'), ("color", "[true]")]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, "true"),
        (False, "false"),
        (10, "10"),
        (12345678901234567890123, "12345678901234567890123"),
        (Decimal("0.1234567890123456789012345"), "0.1234567890123456789012345"),
        (1.5, "1.5"),
        (1e300, "1e%2B300"),
        ("", ""),
    ],
)
def test_scalars_are_written_by_their_json_text(send, value, expected):
    assert _query(send, value) == f"color={expected}"


@pytest.mark.parametrize("value", [None, MISSING])
def test_null_and_absent_are_not_sent_and_fail_in_a_path(send, value):
    request = send(("q", "query", value), ("X-H", "header", value), ("c", "cookie", value))

    assert (request.url, request.headers, request.supplied) == ("https://h/x", (), frozenset())
    with pytest.raises(RequestError, match="'color' has no value"):
        _path(send, value)


def test_members_that_are_null_are_left_out(send):
    assert _query(send, ["a", None, "b"]) == "color=a&color=b"
    assert _query(send, {"a": None, "b": 1}, explode=False) == "color=b,1"


def test_an_empty_array_is_not_sent_unless_empty_values_are_allowed(send):
    assert _query(send, []) == ""
    assert _query(send, [], allowEmptyValue=True) == "color="
    with pytest.raises(RequestError, match="has no value"):
        _path(send, [])


@pytest.mark.requirement("parameter.path-substitution")
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a b", "a%20b"),
        ("a/b?c#d%e", "a%2Fb%3Fc%23d%25e"),
        ("%41", "%2541"),
        ("ü€😀", "%C3%BC%E2%82%AC%F0%9F%98%80"),
        ("a-._~b", "a-._~b"),
        (".", "%2E"),
        ("..", "%2E%2E"),
        ("...", "..."),
        (".hidden", ".hidden"),
        ("a:b@c;d=e+f", "a%3Ab%40c%3Bd%3De%2Bf"),
        ("{x}", "%7Bx%7D"),
    ],
)
def test_path_values_are_percent_encoded(send, value, expected):
    assert _path(send, value) == expected


def test_an_empty_path_segment_is_refused_since_it_is_another_resource(send):
    with pytest.raises(RequestError, match="'color' is empty"):
        _path(send, "")


def test_several_variables_in_one_segment_are_filled(send):
    request = send(("a", "path", "x"), ("b", "path", ""), ("c", "path", 3), path="/files/{a}.{b}/v{c}")

    assert request.url == "https://h/files/x./v3"


def test_text_of_the_server_that_looks_like_a_variable_is_left_alone(send):
    request = send(("id", "path", 1), path="/x/{id}", server="https://h/{id}")

    assert request.url == "https://h/{id}/x/1"


@pytest.mark.parametrize("arguments", [(), (("other", "path", 1), ("id", "path", 1))])
def test_a_path_variable_without_argument_and_an_argument_without_variable_are_refused(send, arguments):
    with pytest.raises(RequestError):
        send(*arguments, path="/x/{id}")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/x?action=list", "https://h/x?action=list&q=1"),
        ("/x?a=b c&d={e}", "https://h/x?a=b%20c&q=1"),
        ("/x#create", "https://h/x?q=1"),
        ("/a b/ü%20(1)", "https://h/a%20b/%C3%BC%20(1)?q=1"),
    ],
)
def test_a_query_in_a_path_is_kept_and_a_fragment_is_not(send, path, expected):
    assert send(("q", "query", 1), path=path).url == expected


def test_a_variable_in_the_query_of_a_path_is_filled_from_a_path_parameter(send):
    assert send(("e", "path", "a&b"), ("q", "query", 1), path="/x?d={e}").url == "https://h/x?d=a%26b&q=1"


def test_a_query_in_a_server_is_kept(send):
    assert send(("q", "query", 1), server="https://h/v1?key=k").url == "https://h/v1/x?key=k&q=1"


@pytest.mark.requirement("parameter.query-appended")
def test_query_names_and_values_are_percent_encoded(send):
    request = send(("a[b]&c", "query", "d&e=f+g h#i"), ("two", "query", "2"))

    assert request.url == "https://h/x?a%5Bb%5D%26c=d%26e%3Df%2Bg%20h%23i&two=2"


@pytest.mark.requirement("parameter.name.case-sensitive")
def test_query_names_differ_by_case(send):
    assert send(("Limit", "query", 1), ("limit", "query", 2)).url == "https://h/x?Limit=1&limit=2"


def test_allow_reserved_keeps_what_the_query_can_hold(send):
    assert _query(send, "/a?b:c@d,[e]", allowReserved=True) == "color=/a?b:c@d,[e]"
    assert _query(send, "a#b c%20d%", allowReserved=True) == "color=a%23b%20c%20d%25"


@pytest.mark.requirement("parameter.header-sent")
def test_header_values_are_not_percent_encoded(send):
    operation = {
        "parameters": [
            {"name": "X-Array", "in": "header", "schema": {}},
            {"name": "X-Object", "in": "header", "schema": {}, "explode": True},
        ]
    }

    request = send(
        ("X-Array", "header", ["a b", "c/d"]),
        ("X-Object", "header", {"R": 1, "ü": "é"}),
        ("Authorization", "header", " Bearer abc== "),
        operation=operation,
    )

    assert request.headers == (("X-Array", "a b,c/d"), ("X-Object", "R=1,ü=é"), ("Authorization", "Bearer abc=="))


@pytest.mark.requirement("parameter.header-name-case-insensitive")
def test_a_header_is_bound_to_its_declaration_in_any_case(send):
    request = send(("x-KEY", "header", OBJECT), operation=_declared("header", "X-Key", explode=True))

    assert request.headers == (("X-Key", "R=100,G=200,B=150"),)
    assert request.supplied == {("header", "x-key")}


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\x00b", ["a", "b\r"]])
def test_a_header_value_with_a_line_break_is_refused(send, value):
    with pytest.raises(RequestError, match="line break"):
        send(("X-H", "header", value))


@pytest.mark.parametrize("name", ["", "X H", "X:H", "X\r\nH", "Ü", "Transfer-Encoding", "connection", "Upgrade", "TE"])
def test_a_header_that_is_none_or_breaks_the_framing_is_refused(send, name):
    with pytest.raises(RequestError):
        send((name, "header", "x"))


def test_a_content_length_is_only_refused_when_it_lies(send):
    assert header(send(("Content-Length", "header", 0)).headers, "content-length") is None
    with pytest.raises(RequestError, match="Content-Length"):
        send(("Content-Length", "header", 5))


@pytest.mark.parametrize("name", ["Host", "Accept", "User-Agent", "Cookie"])
def test_other_headers_of_http_are_sent_when_given(send, name):
    operation = {"responses": {"200": {"content": {"text/csv": {}}}}}

    assert send((name, "header", "x"), operation=operation).headers[0] == (name, "x")


def test_what_the_responses_can_be_is_asked_for(send):
    responses = {
        "200": {"content": {"text/event-stream": {}, "application/json": {}}},
        "4XX": {"content": {"application/problem+json": {}, "*/*": {}}},
    }

    accept = header(send(operation={"responses": responses}).headers, "accept")

    assert accept == "application/json, application/problem+json, */*;q=0.1"


@pytest.mark.requirement("parameter.cookie-sent")
def test_cookies_are_sent_in_one_header(send):
    request = send(("a", "cookie", "1"), ("b", "cookie", "x; y=ü%"), ("Cookie", "header", "z=0"))

    assert request.headers == (("Cookie", "z=0; a=1; b=x%3B%20y=%C3%BC%25"),)


@pytest.mark.parametrize(
    ("value", "explode", "expected"),
    [
        ("abc/d+e==", True, "color=abc/d+e=="),
        (ARRAY, False, "color=blue,black,brown"),
        (ARRAY, True, "color=blue; color=black; color=brown"),
        (OBJECT, False, "color=R,100,G,200,B,150"),
        (OBJECT, True, "R=100; G=200; B=150"),
    ],
)
@pytest.mark.parametrize("style", ["form", "cookie"])
def test_cookie_styles(send, style, value, explode, expected):
    request = send(("color", "cookie", value), operation=_declared("cookie", style=style, explode=explode))

    assert request.headers == (("Cookie", expected),)


def test_the_cookie_style_does_not_encode_and_so_refuses_what_a_cookie_cannot_hold(send):
    operation = _declared("cookie", style="cookie")

    assert send(("color", "cookie", "50%25"), operation=operation).headers == (("Cookie", "color=50%25"),)
    for value in ("a;b", "a b", "a\r\nb", ["a", "b;c"]):
        with pytest.raises(RequestError, match="cookie"):
            send(("color", "cookie", value), operation=operation)


@pytest.mark.parametrize(
    ("in_", "expected"),
    [
        ("query", "https://h/x?color=%7B%22a%22%3A%5B1%2Ctrue%5D%7D"),
        ("path", "https://h/x/%7B%22a%22%3A%5B1%2Ctrue%5D%7D"),
    ],
)
def test_content_parameters_are_written_in_their_media_type_and_encoded(send, in_, expected):
    operation = {"parameters": [{"name": "color", "in": in_, "content": {"application/json": {}}}]}

    request = send(("color", in_, {"a": [1, True]}), path="/x/{color}" if in_ == "path" else "/x", operation=operation)

    assert request.url == expected


def test_content_parameters_in_headers_and_cookies(send):
    content = {"content": {"application/json; charset=utf-8": {"schema": {"type": "object"}}}}
    operation = {"parameters": [{"name": "X-H", "in": "header", **content}, {"name": "c", "in": "cookie", **content}]}

    request = send(("X-H", "header", {"a": "b"}), ("c", "cookie", '{"a": 1}'), operation=operation)

    assert request.headers == (("X-H", '{"a":"b"}'), ("Cookie", "c={%22a%22:%201}"))


def test_a_string_in_a_json_content_parameter_is_encoded_unless_a_structure_is_declared(send):
    def query(schema):
        parameter = {"name": "q", "in": "query", "content": {"application/json": schema}}
        return parse_qsl(send(("q", "query", "[1]"), operation={"parameters": [parameter]}).url.partition("?")[2])

    assert query({}) == [("q", '"[1]"')]
    assert query({"schema": {"type": "string"}}) == [("q", '"[1]"')]
    assert query({"schema": {"type": "array"}}) == [("q", "[1]")]


@pytest.mark.requirement("parameter.querystring.whole-query")
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("filter=active&sort=desc", "?filter=active&sort=desc"),
        ("?q=a b&r=%20ü#", "?q=a%20b&r=%20%C3%BC%23"),
        ("", ""),
    ],
)
def test_a_querystring_is_the_whole_query(send, value, expected):
    assert send(("all", "querystring", value), version="3.2.0").url == f"https://h/x{expected}"


@pytest.mark.requirement("parameter.querystring.media-type")
def test_a_querystring_is_in_the_declared_media_type(send):
    operation = {"parameters": [{"name": "all", "in": "querystring", "content": {"application/json": {}}}]}

    request = send(("any", "querystring", '{"a": 1}'), operation=operation, version="3.2.0")

    assert request.url == "https://h/x?%7B%22a%22%3A%201%7D"
    with pytest.raises(RequestError, match="well-formed JSON"):
        send(("all", "querystring", "{"), operation=operation, version="3.2.0")


@pytest.mark.requirement("parameter.querystring.string-value")
@pytest.mark.parametrize("value", [{"a": 1}, 1, ["a"]])
def test_a_querystring_that_is_no_string_is_refused(send, value):
    with pytest.raises(RequestError, match="complete query string"):
        send(("all", "querystring", value))


def test_a_querystring_beside_query_parameters_is_refused(send):
    with pytest.raises(RequestError, match="together"):
        send(("all", "querystring", "a=1"), ("b", "query", 2))


def test_undeclared_parameters_are_sent_with_the_default_style_and_known(describe):
    description = describe(
        {"openapi": "3.0.0", "paths": {"/x": {"get": {"parameters": [{"name": "a", "in": "query", "required": True}]}}}}
    )

    builder = next(description.operations()).builder((("b", "query"), ("A", "query")))

    assert builder.undeclared == (("b", "query"), ("A", "query"))
    assert [declared.name for declared in builder.missing] == ["a"]


def test_the_one_querystring_parameter_is_given_under_any_name(describe):
    parameter = {"name": "all", "in": "querystring", "required": True, "content": {}}
    description = describe({"openapi": "3.2.0", "paths": {"/x": {"get": {"parameters": [parameter]}}}})

    builder = next(description.operations()).builder((("query", "querystring"),))

    assert (builder.undeclared, builder.missing) == ((), ())


@pytest.mark.requirement("step.parameters.must-be-passed")
def test_what_a_step_fills_is_listed_for_the_signer(send):
    request = send(("q", "query", 1), ("X-Key", "header", "k"), ("c", "cookie", "v"), ("n", "query", None))

    assert request.supplied == {("query", "q"), ("header", "x-key"), ("cookie", "c")}


def test_an_unknown_place_is_refused(send):
    with pytest.raises(RequestError, match="'body'"):
        send(("q", "body", 1))


@pytest.mark.parametrize("in_", ["path", "query", "header", "cookie"])
def test_half_of_a_surrogate_pair_is_no_text_of_a_request(send, in_):
    with pytest.raises(RequestError):
        send(("a", in_, "\ud800"), path="/x/{a}" if in_ == "path" else "/x")


# OpenAPI 2.0, "Parameter Object", collectionFormat.
@pytest.mark.parametrize(
    ("collection", "in_", "expected"),
    [
        (None, "query", "?color=a,b%2Cc"),
        ("csv", "query", "?color=a,b%2Cc"),
        ("ssv", "query", "?color=a%20b%2Cc"),
        ("tsv", "query", "?color=a%09b%2Cc"),
        ("pipes", "query", "?color=a%7Cb%2Cc"),
        ("multi", "query", "?color=a&color=b%2Cc"),
        ("csv", "path", "/a,b%2Cc"),
        ("pipes", "path", "/a%7Cb%2Cc"),
    ],
)
def test_collection_formats_of_2_0(send, collection, in_, expected):
    parameter = {"name": "color", "in": in_, "type": "array", "items": {"type": "string"}}
    if collection is not None:
        parameter["collectionFormat"] = collection

    request = send(
        ("color", in_, ["a", "b,c"]),
        path="/x/{color}" if in_ == "path" else "/x",
        operation={"parameters": [parameter]},
        version="2.0",
    )

    assert request.url == f"https://h/x{expected}"


def test_arrays_in_arrays_of_2_0_have_their_own_collection_format(send):
    parameter = {
        "name": "m",
        "in": "query",
        "type": "array",
        "items": {"type": "array", "collectionFormat": "pipes", "items": {"type": "integer"}},
    }

    request = send(("m", "query", [[1, 2], [3]]), operation={"parameters": [parameter]}, version="2.0")

    assert request.url == "https://h/x?m=1%7C2,3"


def test_header_arrays_of_2_0(send):
    parameter = {"name": "X-H", "in": "header", "type": "array", "collectionFormat": "pipes"}

    request = send(("X-H", "header", ["a", "b"]), operation={"parameters": [parameter]}, version="2.0")

    assert request.headers == (("X-H", "a|b"),)


_TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(_TEXT)
@settings(max_examples=200)
def test_encoded_values_decode_to_what_they_were(text):
    encoded = encode_value(text)

    assert unquote(encoded) == text
    assert not set(encoded) & set("/?#[]@!$&'()*+,;= \"<>\\^`{|}")


@given(_TEXT, _TEXT)
@settings(max_examples=200)
def test_encoded_form_fields_decode_to_what_they_were(name, value):
    pair = f"{encode_form(name)}={encode_form(value)}"

    assert parse_qsl(pair, keep_blank_values=True) == [(name, value)]


@given(_TEXT)
@settings(max_examples=200)
def test_encoded_cookie_values_decode_and_hold_no_separator(text):
    encoded = encode_cookie(text)

    assert unquote(encoded) == text
    assert not set(encoded) & set(' ",;\\')


@given(_TEXT)
@settings(max_examples=200)
def test_text_that_may_be_encoded_already_is_encoded_once(text):
    for encode in (encode_path_text, encode_query_text, encode_reserved_query):
        once = encode(text)

        assert encode(once) == once
        assert "#" not in once

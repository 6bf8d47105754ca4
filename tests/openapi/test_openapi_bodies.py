"""Bodies on the wire: JSON, forms, multipart, text, XML, bytes; which content type is chosen (decision 44)."""

from __future__ import annotations

import json
from decimal import Decimal
from email import message_from_bytes
from email.policy import HTTP
from urllib.parse import parse_qsl

import pytest

from arazzo_runner.errors import RequestError
from arazzo_runner.messages import header
from arazzo_runner.openapi import Body, choose_content_type
from arazzo_runner.values import MISSING

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


def _declared(*names, schema=None, encoding=None):
    media_type = {}
    if schema is not None:
        media_type["schema"] = schema
    if encoding is not None:
        media_type["encoding"] = encoding
    return {"requestBody": {"content": dict.fromkeys(names, media_type)}}


def _body(send, payload, content_type=None, *, literal=False, declared=None, version="3.1.1", root=None):
    request = send(body=Body(payload, content_type, literal), operation=declared, version=version, root=root)
    return header(request.headers, "content-type"), request.body


@pytest.mark.requirement("requestBody.contentType.omitted")
@pytest.mark.parametrize(
    ("declared", "payload", "literal", "expected"),
    [
        ((FORM,), {"a": 1}, False, FORM),
        (("text/csv", "application/json"), {"a": 1}, False, "application/json"),
        (("text/csv", "application/json; charset=utf-8"), {}, False, "application/json; charset=utf-8"),
        (("application/vnd.a+json", "application/xml"), {"a": 1}, False, "application/vnd.a+json"),
        ((), {"a": 1}, False, "application/json"),
        ((), [1], False, "application/json"),
        ((), 3, False, "application/json"),
        ((), None, False, "application/json"),
        ((), "text", False, "text/plain"),
        ((), "text", True, "text/plain"),
        ((), b"\x00", False, "application/octet-stream"),
        ((), MISSING, False, None),
        (("*/*",), {"a": 1}, False, "application/json"),
        (("*/*",), "a", False, "text/plain"),
        (("application/*",), {"a": 1}, False, "application/json"),
        (("text/*",), "a", False, "text/plain"),
        (("image/*",), b"\x89PNG", False, "application/octet-stream"),
    ],
)
def test_the_content_type_is_chosen_from_what_is_declared(describe, declared, payload, literal, expected):
    root = {"openapi": "3.1.0", "paths": {"/x": {"post": _declared(*declared)}}}
    operation = next(describe(root).operations())

    assert choose_content_type(operation, None, payload, literal) == expected


@pytest.mark.requirement("requestBody.contentType.used")
@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;version=2",
        "application/vnd.api+json",
        'application/problem+json; profile="a;b"',
        "Application/JSON",
    ],
)
def test_a_json_content_type_is_sent_as_written(send, content_type):
    assert _body(send, {"a": 1}, content_type) == (content_type, b'{"a":1}')


@pytest.mark.requirement("requestBody.payload.any")
@pytest.mark.parametrize(
    "payload", [{"a": [1, None, {"b": True}]}, [], 3, "text", "", None, False, {"k-y.~/": "ü\n\u2028😀"}]
)
def test_any_value_is_a_json_body(send, payload):
    _, body = _body(send, payload, "application/json")

    assert json.loads(body) == payload


def test_numbers_survive_in_json(send):
    payload = {"big": 12345678901234567890123, "exact": Decimal("1.10"), "tiny": Decimal("1E-400")}

    _, body = _body(send, payload, "application/json")

    assert body == b'{"big":12345678901234567890123,"exact":1.10,"tiny":1e-400}'


def test_half_of_a_surrogate_pair_is_escaped_in_json(send):
    assert _body(send, {"a": "\ud800"}, "application/json")[1] == b'{"a":"\\ud800"}'


@pytest.mark.parametrize("payload", [{"a": b"\x00"}, {"a": float("nan")}])
def test_what_has_no_json_is_refused(send, payload):
    with pytest.raises(RequestError, match="cannot be written as JSON"):
        _body(send, payload, "application/json")


@pytest.mark.requirement("requestBody.payload.json-template")
def test_a_literal_json_text_is_sent_as_written(send):
    text = '{ "petId": "7",\n "items": [1, 2] }'

    assert _body(send, text, "application/json", literal=True) == ("application/json", text.encode())


@pytest.mark.parametrize("text", ['{"products": "[{"a":1}]"}', "", "{", "plain", "NaN"])
def test_a_literal_that_is_not_json_is_refused(send, text):
    with pytest.raises(RequestError, match="not well-formed JSON"):
        _body(send, text, "application/json", literal=True)


def test_a_string_that_is_the_value_of_an_expression_is_json_encoded(send):
    assert _body(send, '{"a": 1}', "application/json")[1] == b'"{\\"a\\": 1}"'


def test_an_absent_payload_is_no_body(send):
    request = send(body=Body(MISSING))

    assert (request.body, request.headers) == (None, ())


@pytest.mark.requirement("step.requestBody.passed")
@pytest.mark.parametrize("method", ["get", "delete", "put", "patch"])
def test_a_body_is_sent_with_any_method(send, method):
    assert send(body=Body({"a": 1}), method=method).body == b'{"a":1}'


@pytest.mark.requirement("requestBody.payload.form-object")
def test_an_object_is_written_as_a_form(send):
    payload = {"grant_type": "client_credentials", "scope": "a b", "n": 3, "t": True, "x": None, "k&=": "ü~*"}

    assert _body(send, payload, FORM) == (
        FORM,
        b"grant_type=client_credentials&scope=a+b&n=3&t=true&k%26%3D=%C3%BC%7E*",
    )


@pytest.mark.requirement("requestBody.payload.form-string")
def test_a_string_under_a_form_is_sent_as_it_is(send):
    assert _body(send, "a=1&b=x%20y", FORM, literal=True)[1] == b"a=1&b=x%20y"


def test_arrays_in_forms_repeat_the_name_and_structures_are_json(send):
    _, body = _body(send, {"a": ["x", 1], "o": {"b": 1}, "l": [{"c": 2}], "e": []}, FORM)

    assert parse_qsl(body.decode()) == [("a", "x"), ("a", "1"), ("o", '{"b":1}'), ("l", '{"c":2}')]


@pytest.mark.parametrize(
    ("encoding", "value", "expected"),
    [
        ({"style": "deepObject", "explode": True}, {"a": {"b": [1]}}, "f%5Ba%5D%5Bb%5D%5B0%5D=1"),
        ({"style": "form", "explode": False}, ["x", "y z"], "f=x,y+z"),
        ({"explode": True}, {"a": 1, "b": 2}, "a=1&b=2"),
        ({"style": "spaceDelimited"}, ["x", "y"], "f=x+y"),
        ({"style": "pipeDelimited", "explode": False}, ["x", "y"], "f=x%7Cy"),
        ({"allowReserved": True}, "a/b&c=d", "f=a/b%26c%3Dd"),
        ({"contentType": "application/json"}, ["x", "y"], "f=%5B%22x%22%2C%22y%22%5D"),
        ({"contentType": "application/json"}, "x", "f=%22x%22"),
        ({"contentType": "text/plain"}, "x", "f=x"),
        ({"contentType": "application/json", "style": "form"}, ["x"], "f=x"),
    ],
)
def test_form_fields_follow_their_encoding(send, encoding, value, expected):
    assert _body(send, {"f": value}, declared=_declared(FORM, encoding={"f": encoding}))[1].decode() == expected


@pytest.mark.parametrize("payload", [[1], 3, None, {"f": b"\x00"}])
def test_what_is_no_form_is_refused(send, payload):
    with pytest.raises(RequestError):
        _body(send, payload, FORM)


def _parts(content_type, body):
    message = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body, policy=HTTP)
    return [
        (
            part.get_param("name", header="content-disposition"),
            part.get_filename(),
            part.get("content-type"),
            part.get_payload(decode=True),
        )
        for part in message.iter_parts()
    ]


def test_multipart_parts_follow_the_values(send):
    payload = {"name": "ü", "n": 3, "tags": ["a", "b"], "o": {"x": 1}, "file": b"\x89PNG\r\n", "gone": None}

    parts = _parts(*_body(send, payload, MULTIPART))

    assert parts == [
        ("name", None, None, "ü".encode()),
        ("n", None, None, b"3"),
        ("tags", None, None, b"a"),
        ("tags", None, None, b"b"),
        ("o", None, "application/json", b'{"x":1}'),
        ("file", "file", "application/octet-stream", b"\x89PNG\r\n"),
    ]


def test_multipart_files_and_content_types_are_declared_by_schema_and_encoding(send):
    schema = {
        "properties": {
            "avatar": {"type": "string", "contentMediaType": "image/png"},
            "old": {"type": "string", "format": "binary"},
            "images": {"type": "array", "items": {"type": "string", "format": "binary"}},
            "coded": {"type": "string", "contentEncoding": "base64"},
            "meta": {"type": "array"},
            "doc": {"type": "object"},
        }
    }
    encoding = {
        "images": {"contentType": "image/png, image/jpeg"},
        "meta": {"contentType": "application/json"},
        "doc": {"contentType": "application/json; charset=utf-8", "headers": {"X-Kind": {"schema": {"const": "d"}}}},
    }
    payload = {
        "avatar": "png",
        "old": "text",
        "images": [b"1", b"2"],
        "coded": b"\x00\x01",
        "meta": [1, 2],
        "doc": '{"a": 1}',
    }

    content_type, body = _body(send, payload, declared=_declared(MULTIPART, schema=schema, encoding=encoding))

    assert _parts(content_type, body) == [
        ("avatar", "avatar", "image/png", b"png"),
        ("old", "old", "application/octet-stream", b"text"),
        ("images", "images", "image/png", b"1"),
        ("images", "images", "image/png", b"2"),
        ("coded", None, None, b"AAE="),
        ("meta", None, "application/json", b"[1,2]"),
        ("doc", None, 'application/json; charset="utf-8"', b'{"a": 1}'),  # The quotes are the test's reader's.
    ]
    assert b"X-Kind: d\r\n" in body


def test_the_boundary_depends_on_the_content_only(send):
    first, again, other = (_body(send, {"a": value}, MULTIPART) for value in ("1", "1", "2"))

    assert first == again
    assert first[0] != other[0]


def test_a_boundary_that_is_named_is_used(send):
    content_type, body = _body(send, {"a": "1"}, f"{MULTIPART}; boundary=xyz")

    assert content_type == f"{MULTIPART}; boundary=xyz"
    assert body == b'--xyz\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--xyz--\r\n'


def test_names_of_parts_cannot_break_out_of_their_header(send):
    _, body = _body(send, {'a"\r\nX: y': "1"}, MULTIPART)

    assert b'name="a%22%0D%0AX: y"' in body


def test_a_multipart_text_brings_its_own_boundary(send):
    text = '--b1\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b1--\r\n'

    assert _body(send, text, MULTIPART, literal=True) == (f"{MULTIPART}; boundary=b1", text.encode())
    with pytest.raises(RequestError, match="no boundary"):
        _body(send, "hello", MULTIPART, literal=True)


@pytest.mark.requirement("requestBody.payload.non-json-as-string")
def test_text_is_sent_as_it_is(send):
    assert _body(send, "a;b\n1;2", "text/csv") == ("text/csv", b"a;b\n1;2")
    assert _body(send, 3, "text/plain") == ("text/plain", b"3")


@pytest.mark.parametrize(
    ("content_type", "expected_type", "expected"),
    [
        ("text/plain; charset=iso-8859-1", "text/plain; charset=iso-8859-1", b"\xfc"),
        ("text/plain; charset=UTF-16LE", "text/plain; charset=UTF-16LE", b"\xfc\x00"),
        ("text/plain", "text/plain; charset=utf-8", b"\xc3\xbc"),
        ("text/plain;charset=utf-8", "text/plain;charset=utf-8", b"\xc3\xbc"),
    ],
)
def test_the_charset_of_text_is_kept_and_named_when_it_matters(send, content_type, expected_type, expected):
    assert _body(send, "ü", content_type) == (expected_type, expected)


@pytest.mark.parametrize(
    ("payload", "content_type"),
    [
        ("€", "text/plain; charset=iso-8859-1"),
        ("a", "text/plain; charset=nonsense"),
        ({"a": 1}, "text/csv"),
        ({"a": 1}, "application/octet-stream"),
        (None, "text/plain"),
        ([1], "image/png"),
        ({"a": 1}, "text/plain\r\nX-Evil: 1"),
    ],
)
def test_what_has_no_text_in_its_media_type_is_refused(send, payload, content_type):
    with pytest.raises(RequestError):
        _body(send, payload, content_type)


def test_bytes_are_sent_as_they_are(send):
    assert _body(send, b"\x00\xff", "application/octet-stream") == ("application/octet-stream", b"\x00\xff")
    assert _body(send, b"\x00\xff", "image/png") == ("image/png", b"\x00\xff")
    assert _body(send, "text", "application/octet-stream")[1] == b"text"
    assert _body(send, b'{"a":1}', "application/json")[1] == b'{"a":1}'


def test_json_lines_are_one_item_a_line(send):
    assert _body(send, [{"a": 1}, 2], "application/jsonl")[1] == b'{"a":1}\n2\n'
    assert _body(send, [1], "application/json-seq")[1] == b"\x1e1\n"


def test_yaml_is_written_as_json(send):
    assert _body(send, {"a": 1}, "application/yaml")[1] == b'{"a":1}'


@pytest.mark.requirement("requestBody.payload.xml-template")
def test_a_literal_xml_text_is_sent_as_written(send):
    assert _body(send, "<petId>7</petId>", "application/xml", literal=True) == ("application/xml", b"<petId>7</petId>")
    text = '<?xml version="1.0" encoding="ISO-8859-1"?><a>ü</a>'
    assert _body(send, text, "text/xml", literal=True)[1] == text.encode("latin-1")


@pytest.mark.parametrize(
    "text",
    ["<a>", "", "plain", "<a>&b</a>", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "<a>\ud800</a>"],
)
def test_a_literal_that_is_not_xml_is_refused(send, text):
    with pytest.raises(RequestError):
        _body(send, text, "application/soap+xml", literal=True)


def _xml(send, value, schema, version="3.1.1", **schemas):
    declared = _declared("application/xml", schema=schema)
    _, body = _body(send, value, declared=declared, version=version, root={"components": {"schemas": schemas}})
    return body.decode()


# OpenAPI 3.1.1, "XML Object Examples".
@pytest.mark.parametrize(
    ("properties", "value", "expected"),
    [
        ({"name": {"type": "string"}}, {"name": "x"}, "<name>x</name>"),
        ({"name": {"xml": {"name": "n"}}}, {"name": "x"}, "<n>x</n>"),
        ({"animals": {"items": {}}}, {"animals": ["a", "b"]}, "<animals>a</animals><animals>b</animals>"),
        ({"animals": {"items": {"xml": {"name": "animal"}}}}, {"animals": ["a"]}, "<animal>a</animal>"),
        (
            {"animals": {"items": {"xml": {"name": "animal"}}, "xml": {"name": "aliens"}}},
            {"animals": ["a"]},
            "<animal>a</animal>",
        ),
        (
            {"animals": {"items": {}, "xml": {"wrapped": True}}},
            {"animals": ["a"]},
            "<animals><animals>a</animals></animals>",
        ),
        (
            {"animals": {"items": {"xml": {"name": "animal"}}, "xml": {"name": "aliens", "wrapped": True}}},
            {"animals": ["a", "b"]},
            "<aliens><animal>a</animal><animal>b</animal></aliens>",
        ),
        (
            {"animals": {"items": {}, "xml": {"name": "aliens", "wrapped": True}}},
            {"animals": ["a"]},
            "<aliens><aliens>a</aliens></aliens>",
        ),
        (
            {"name": {"xml": {"namespace": "https://e.x/s", "prefix": "s"}}},
            {"name": "x"},
            '<s:name xmlns:s="https://e.x/s">x</s:name>',
        ),
    ],
)
def test_xml_elements_follow_the_xml_object(send, properties, value, expected):
    schema = {"type": "object", "properties": properties, "xml": {"name": "r"}}

    assert _xml(send, value, schema) == f"<r>{expected}</r>"


def test_xml_attributes_and_the_name_of_a_component(send):
    person = {
        "type": "object",
        "properties": {"id": {"type": "integer", "xml": {"attribute": True}}, "name": {"type": "string"}},
    }

    written = _xml(send, {"id": 1, "name": 'a<b>&"', "x": None}, {"$ref": "#/components/schemas/Person"}, Person=person)

    assert written == '<Person id="1"><name>a&lt;b&gt;&amp;"</name></Person>'


def test_xml_attributes_are_escaped(send):
    schema = {"properties": {"id": {"xml": {"attribute": True}}}, "xml": {"name": "r"}}

    assert _xml(send, {"id": 'a"\n<&'}, schema) == '<r id="a&quot;&#10;&lt;&amp;"/>'


def test_xml_node_types_of_3_2(send):
    schema = {
        "properties": {
            "a": {"xml": {"nodeType": "attribute"}},
            "t": {"xml": {"nodeType": "text"}},
            "c": {"xml": {"nodeType": "cdata"}},
        },
        "xml": {"name": "r"},
    }

    written = _xml(send, {"a": 1, "t": "x<", "c": "y]]>z"}, schema, version="3.2.0")

    assert written == '<r a="1">x&lt;<![CDATA[y]]]]><![CDATA[>z]]></r>'


def test_xml_without_a_schema_takes_its_root_from_the_only_member(send):
    assert (
        _body(send, {"order": {"id": 1, "ok": True}}, "application/xml")[1] == b"<order><id>1</id><ok>true</ok></order>"
    )


@pytest.mark.parametrize("value", [{"a": 1, "b": 2}, [1], {"a b": 1}, {"a": "\x00"}, {"a": b"x"}, {"a": {"1": 2}}])
def test_what_has_no_xml_is_refused(send, value):
    with pytest.raises(RequestError):
        _body(send, value, "application/xml")


def test_a_content_type_parameter_is_what_is_sent(send):
    request = send(("Content-Type", "header", "application/vnd.x+json"), body=Body({"a": 1}, None))

    assert request.headers == (("Content-Type", "application/vnd.x+json"),)
    assert request.body == b'{"a":1}'


def test_a_content_type_parameter_decides_the_serialization_when_nothing_else_does(send):
    assert send(("content-type", "header", FORM), body=Body({"a": "b c"}, None)).body == b"a=b+c"


def test_a_multipart_content_type_parameter_is_given_the_boundary(send):
    request = send(("Content-Type", "header", MULTIPART), body=Body({"a": "b"}, MULTIPART))

    content_type = header(request.headers, "content-type")
    assert _parts(content_type, request.body) == [("a", None, None, b"b")]


def test_the_media_type_is_found_by_essence_and_range(send):
    encoding = {"f": {"style": "deepObject"}}

    for name in ("application/x-www-form-urlencoded; charset=utf-8", "application/*", "*/*"):
        _, body = _body(send, {"f": {"a": 1}}, FORM, declared=_declared(name, encoding=encoding))
        assert body == b"f%5Ba%5D=1"


def _swagger(*parameters, **fields):
    return {"parameters": list(parameters), **fields}


def test_a_body_parameter_of_2_0_is_the_body(send):
    declared = _swagger(
        {"name": "b", "in": "body", "schema": {"type": "object"}}, consumes=["application/xml", "application/json"]
    )

    assert _body(send, {"a": 1}, declared=declared, version="2.0") == ("application/json", b'{"a":1}')


def test_the_consumes_of_a_2_0_description_is_the_default(send):
    declared = _swagger({"name": "b", "in": "body", "schema": {}})

    request = send(
        body=Body({"a": 1}), operation=declared, version="2.0", root={"consumes": ["application/vnd.x+json"]}
    )

    assert request.headers == (("Content-Type", "application/vnd.x+json"),)


def test_form_data_of_2_0_is_a_form(send):
    array = {"name": "a", "in": "formData", "type": "array", "items": {"type": "string"}}
    declared = _swagger(
        array, {**array, "name": "m", "collectionFormat": "multi"}, {"name": "s", "in": "formData", "type": "string"}
    )

    content_type, body = _body(send, {"a": ["x", "y"], "m": ["x", "y"], "s": "z"}, declared=declared, version="2.0")

    assert (content_type, body) == (FORM, b"a=x,y&m=x&m=y&s=z")


def test_form_data_of_2_0_with_a_file_is_multipart(send):
    declared = _swagger(
        {"name": "f", "in": "formData", "type": "file"},
        {"name": "a", "in": "formData", "type": "array", "items": {}, "collectionFormat": "pipes"},
        consumes=[FORM, MULTIPART],
    )

    parts = _parts(*_body(send, {"f": "content", "a": [1, 2]}, declared=declared, version="2.0"))

    assert parts == [("f", "f", "application/octet-stream", b"content"), ("a", None, None, b"1|2")]

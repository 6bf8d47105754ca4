"""Secrets are masked where they leave: by value in every encoding, by place, as stable placeholders in transcripts."""

from __future__ import annotations

import base64
import html
import json
import time
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from canaries import leaks
from hypothesis import given, settings
from hypothesis import strategies as st

from arazzo_runner.errors import UsageError
from arazzo_runner.events import SecretMarked
from arazzo_runner.report.redaction import Redactor, place_of

SECRET = 's3cr3t/Value+with=signs & "quotes" <ü>\''
SHOWN = "«secret:create.clientSecret»"


def knowing(secret: str = SECRET, label: str = "create.clientSecret", **options: bool) -> Redactor:
    redactor = Redactor(**options)
    redactor.observe(SecretMarked(label, secret))
    return redactor


def _lower_hex(text: str) -> str:
    return quote(text, safe="").replace("%2F", "%2f").replace("%C3%BC", "%c3%bc")


ENCODERS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "url": lambda text: quote(text, safe=""),
    "url path": quote,
    "url form": quote_plus,
    "url reserved": lambda text: quote(text, safe="!$&'()*+,/:;=?@[]"),
    "url lower-case": _lower_hex,
    "json": lambda text: json.dumps(text)[1:-1],
    "json readable": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "json with escaped slashes": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "json for html": lambda text: json.dumps(text)[1:-1].replace("<", "\\u003c").replace("&", "\\u0026"),
    "html": html.escape,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 of the web": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
}


@pytest.mark.requirement("security.password-hint")
@pytest.mark.parametrize("encoder", ENCODERS)
def test_a_marked_value_is_masked_in_every_encoding(encoder: str):
    encoded = ENCODERS[encoder](SECRET)

    assert knowing().text(f"before [{encoded}] after") == "before [***] after"


@pytest.mark.parametrize("before", ["", "a", "ab", "user:", "client-1:"])
@pytest.mark.parametrize("after", ["", "!", "?!", "\n"])
def test_a_secret_inside_base64_is_masked_at_any_offset(before: str, after: str):
    token = base64.b64encode((before + SECRET + after).encode()).decode()

    masked = knowing().text(f"x {token} y")

    assert "***" in masked
    core = base64.b64encode(SECRET.encode()[:30]).decode()
    assert core[8:24] not in masked
    assert len(masked) < len(token)


@given(
    secret=st.text(st.characters(exclude_categories=["Cs"]), min_size=4, max_size=24),
    before=st.text("abc :/", max_size=4),
    encoder=st.sampled_from(sorted(set(ENCODERS) - {"json for html", "url lower-case"})),
)
@settings(max_examples=200, deadline=None)
def test_no_encoding_of_any_secret_leaves(secret: str, before: str, encoder: str):
    encoded = ENCODERS[encoder](secret)

    masked = knowing(secret).text(f"{before}|{encoded}|")

    assert encoded not in masked or set(encoded) == {"*"}


NESTED: dict[str, Callable[[str], str]] = {
    "json in a url": lambda text: quote(json.dumps({"a": text}), safe=""),
    "json in json": lambda text: json.dumps(json.dumps({"a": text})),
    "json in html": lambda text: html.escape(json.dumps({"a": text})),
    "json in base64": lambda text: base64.b64encode(json.dumps({"a": text}).encode()).decode(),
    "html in html": lambda text: html.escape(html.escape(text)),
    "a url in a url": lambda text: quote(quote(text, safe=""), safe=""),
    "base64 in a url": lambda text: quote(base64.b64encode(text.encode()).decode(), safe=""),
}


@pytest.mark.parametrize("encoder", NESTED)
def test_a_secret_in_two_encodings_is_masked(encoder: str):
    encoded = NESTED[encoder](SECRET)

    assert leaks(knowing().text(f"<{encoded}>"), {"secret": SECRET}) == []
    assert "***" in knowing().text(f"<{encoded}>")


@pytest.mark.parametrize("odd", ["\\", "%", "&", '\\"', "%25", "&amp;", "\\n"])
def test_what_a_server_answers_cannot_make_the_search_slow(odd: str):
    redactor = knowing(odd * 40 + "xyz")
    started = time.perf_counter()

    redactor.text(odd * 60 + "xyw xyz")
    redactor.text(json.dumps(odd * 40) + "xyw xyz")

    assert time.perf_counter() - started < 2


def test_the_longest_secret_is_masked_first():
    redactor = knowing("abcdef")
    redactor.mark("long", "abcdef-ghijkl")

    assert redactor.text("abcdef-ghijkl abcdef") == "*** ***"


def test_overlapping_secrets_leave_nothing_behind():
    redactor = knowing("abcdef")
    redactor.mark("other", "defghi")

    assert redactor.text("<abcdefghi>") == "<***>"


def test_values_shorter_than_four_characters_are_masked_by_place_only():
    redactor = knowing("abc", "inputs.code")

    assert redactor.text("abc is the alphabet") == "abc is the alphabet"
    assert redactor.json({"code": "abc", "name": "abc"}) == {"code": "***", "name": "abc"}


def test_numbers_and_booleans_are_masked_by_place_only():
    redactor = knowing("1234", "inputs.pin")

    assert redactor.json({"pin": 1234, "count": 1234, "password": True}) == {
        "pin": "***",
        "count": 1234,
        "password": "***",
    }


def test_a_secret_name_hides_its_value_even_if_nobody_marked_it():
    value = {"client_secret": "abc", "items": [{"token": {"value": "xyz", "kind": "Bearer"}}], "tokenType": "Bearer"}

    assert Redactor().json(value) == {
        "client_secret": "***",
        "items": [{"token": {"value": "***", "kind": "Bearer"}}],
        "tokenType": "Bearer",
    }


def test_null_and_empty_are_no_secrets():
    assert Redactor().json({"token": None, "secret": ""}) == {"token": None, "secret": ""}


def test_headers_keep_what_is_not_secret():
    basic = base64.b64encode(f"client-1:{SECRET}".encode()).decode()
    headers = (
        ("Authorization", f"Basic {basic}"),
        ("Proxy-Authorization", "Bearer something"),
        ("X-API-Key", "k"),
        ("Cookie", "sid=1; theme=dark"),
        ("Set-Cookie", "sid=1; Path=/; HttpOnly"),
        ("Location", "https://h.test/cb?access_token=abc&state=1"),
        ("Content-Type", "application/json"),
    )

    assert knowing().headers(headers) == (
        ("Authorization", "Basic ***"),
        ("Proxy-Authorization", "Bearer ***"),
        ("X-API-Key", "***"),
        ("Cookie", "sid=***; theme=***"),
        ("Set-Cookie", "sid=***; Path=/; HttpOnly"),
        ("Location", "https://h.test/cb?access_token=***&state=1"),
        ("Content-Type", "application/json"),
    )


def test_a_url_is_masked_by_value_and_by_the_names_of_its_parameters():
    url = f"https://me:pw@h.test/{quote(SECRET, safe='')}/x?api_key=abc&q={quote_plus(SECRET)}&sig=1&page=2#token=x"

    assert knowing().url(url) == "https://me:***@h.test/***/x?api_key=***&q=***&sig=***&page=2#token=***"


@pytest.mark.parametrize(
    ("content_type", "body", "masked"),
    [
        ("application/json", '{"password": "x", "n": 1.50}', '{"password":"***","n":1.5}'),
        ("application/vnd.api+json; charset=utf-8", '[{"token":"t"}]', '[{"token":"***"}]'),
        (None, '{"password": "x"}', '{"password":"***"}'),
        ("application/x-www-form-urlencoded", "client_secret=x&grant-type=y", "client_secret=***&grant-type=y"),
        (
            "application/xml",
            '<a apiKey="k"><password>x</password><b>x</b></a>',
            '<a apiKey="***"><password>***</password><b>x</b></a>',
        ),
        ("text/plain", "the password is x", "the password is x"),
        (
            "multipart/form-data; boundary=b",
            '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nx\r\n--b--\r\n',
            '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n***\r\n--b--\r\n',
        ),
    ],
)  # fmt: skip
def test_a_body_is_masked_by_its_media_type(content_type: str | None, body: str, masked: str):
    assert Redactor().body(body.encode(), content_type) == masked.encode()


def test_a_body_without_secrets_comes_back_octet_for_octet():
    body = b'{ "a" : 1.00 }'

    assert knowing().body(body, "application/json") == body
    assert knowing().body(b"\x89PNG\x00\xff", "image/png") == b"\x89PNG\x00\xff"


def test_a_secret_in_a_binary_body_is_masked_and_the_rest_survives():
    assert knowing("plainsecret").body(b"\xff\x00plainsecret\xfe", "application/octet-stream") == b"\xff\x00***\xfe"


def test_a_placeholder_is_encoded_as_its_secret_was():
    redactor = knowing(placeholders=True)
    basic = base64.b64encode(f"client-1:{SECRET}".encode()).decode()

    ((_, authorization),) = redactor.headers((("Authorization", f"Basic {basic}"),))
    form = redactor.body(f"client_secret={quote_plus(SECRET)}".encode(), "application/x-www-form-urlencoded")

    assert redactor.json({"clientSecret": SECRET}) == {"clientSecret": SHOWN}
    assert base64.b64decode(authorization.removeprefix("Basic ")).decode() == f"client-1:{SHOWN}"
    assert form.decode() == "client_secret=" + quote(SHOWN, safe="")
    assert redactor.url(f"http://h.test/{quote(SECRET, safe='')}") == "http://h.test/" + quote(SHOWN, safe="")


def test_a_placeholder_of_a_secret_without_special_characters_is_encoded_in_a_url():
    redactor = knowing("simple-secret", placeholders=True)

    assert redactor.url("http://h.test/?q=simple-secret") == "http://h.test/?q=" + quote(SHOWN, safe="")
    assert redactor.text("simple-secret") == SHOWN


def test_two_secrets_never_share_a_placeholder_and_one_always_keeps_its_own():
    redactor = knowing("first-token", "login.token", placeholders=True)
    redactor.mark("login.token", "second-token")
    redactor.mark("again.token", "first-token")

    assert redactor.text("first-token second-token") == "«secret:login.token» «secret:login.token-2»"


def test_what_is_masked_by_place_keeps_one_placeholder_wherever_it_goes_and_its_type():
    redactor = Redactor(placeholders=True)

    assert redactor.json({"token": "abc"}, "first") == {"token": "«secret:first.token»"}
    assert redactor.json({"password": "abc", "pin": 123}, "second") == {"password": "«secret:first.token»", "pin": 0}


def test_places_of_the_users_own_are_masked_too():
    redactor = Redactor(redact=["$..card.number", "$.people[*].name"])
    value = {"card": {"number": 4111, "kind": "visa"}, "people": [{"name": "A"}, {"name": "B"}]}

    assert redactor.json(value) == {
        "card": {"number": "***", "kind": "visa"},
        "people": [{"name": "***"}, {"name": "***"}],
    }
    assert value["card"] == {"number": 4111, "kind": "visa"}


def test_a_query_that_is_no_jsonpath_is_told_before_the_run():
    with pytest.raises(UsageError, match="not a JSONPath"):
        Redactor(redact=["$..["])


def test_nothing_is_masked_when_secrets_are_shown():
    redactor = knowing(show_secrets=True)

    assert redactor.text(SECRET) == SECRET
    assert redactor.json({"token": "x"}) == {"token": "x"}
    assert redactor.url("http://h.test/?token=x") == "http://h.test/?token=x"
    assert redactor.body(b'{"token": "x"}', "application/json") == b'{"token": "x"}'


def test_the_place_of_an_operand_is_the_last_name_of_its_expression():
    assert place_of("$response.body#/clientSecret") == "clientSecret"
    assert place_of("$steps.a.outputs.token") == "token"
    assert place_of("$response.header.X-API-Key") == "X-API-Key"
    assert place_of("$response.body#/secrets/0") == "secrets"
    assert place_of("'token'") == ""

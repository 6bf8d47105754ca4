"""Credentials: every scheme and place, where values come from, to whom they go (OpenAPI Security; decision 47)."""

from __future__ import annotations

import base64
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arazzo_runner.credentials import Credentials, advice, is_allowed, variable_names
from arazzo_runner.errors import TransportError
from arazzo_runner.messages import Request, SecurityRequirement

BEARER = {"type": "http", "scheme": "bearer"}
BASIC = {"type": "http", "scheme": "Basic"}
URL = "https://api.example.com/things"


def scheme(name: str = "s", source: str = "", **fields: Any) -> SecurityRequirement:
    return SecurityRequirement(name, fields, source=source)


def key(name: str = "s", in_: str = "header", field: str = "X-Key") -> SecurityRequirement:
    return SecurityRequirement(name, {"type": "apiKey", "in": in_, "name": field})


def request(*alternatives: tuple[SecurityRequirement, ...], **fields: Any) -> Request:
    return Request("GET", fields.pop("url", URL), security=alternatives, **fields)


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


# -- schemes and places ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("requirement", "values", "header"),
    [
        (key(), {"s": "v"}, ("X-Key", "v")),
        (scheme(**BEARER), {"s": "v"}, ("Authorization", "Bearer v")),
        (scheme(type="http", scheme="BEARER"), {"s": "v"}, ("Authorization", "Bearer v")),
        (scheme(type="http", scheme="Digest"), {"s": "v"}, ("Authorization", "Digest v")),
        (scheme(type="oauth2", flows={}), {"s": "v"}, ("Authorization", "Bearer v")),
        (scheme(type="openIdConnect"), {"s": "v"}, ("Authorization", "Bearer v")),
        (scheme(**BASIC), {"s": "me:pass:word"}, ("Authorization", f"Basic {encoded('me:pass:word')}")),
        (scheme(**BASIC), {"s.username": "me", "s.password": "ü"}, ("Authorization", f"Basic {encoded('me:ü')}")),
        (scheme(**BASIC), {"s.username": "me", "s.password": ""}, ("Authorization", f"Basic {encoded('me:')}")),
        (key(in_="cookie", field="sid"), {"s": "v"}, ("Cookie", "sid=v")),
    ],
)
def test_a_scheme_fills_its_header(requirement: SecurityRequirement, values: dict[str, str], header: tuple[str, str]):
    signed = Credentials(values).sign(request((requirement,)))

    assert signed.request.headers == (header,)
    assert signed.request.url == URL
    assert signed.unsatisfied == ()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (URL, f"{URL}?api%20key=a%26b%20%2B"),
        (f"{URL}?x=1", f"{URL}?x=1&api%20key=a%26b%20%2B"),
        (f"{URL}#part", f"{URL}?api%20key=a%26b%20%2B#part"),
    ],
)
def test_a_key_in_the_query_is_encoded_and_added(url: str, expected: str):
    signed = Credentials({"s": "a&b +"}).sign(request((key(in_="query", field="api key"),), url=url))

    assert signed.request.url == expected
    assert signed.request.headers == ()


def test_a_cookie_joins_those_of_the_step():
    own = (("Accept", "x"), ("Cookie", "a=1"))

    signed = Credentials({"s": "v"}).sign(request((key(in_="cookie", field="sid"),), headers=own))

    assert signed.request.headers == (("Accept", "x"), ("Cookie", "a=1; sid=v"))


def test_a_certificate_of_the_client_needs_nothing_in_the_request():
    signed = Credentials({"k": "v"}).sign(request((scheme("tls", type="mutualTLS"), key("k"))))

    assert signed.request.headers == (("X-Key", "v"),)
    assert signed.unsatisfied == ()


@pytest.mark.parametrize("fields", [{"type": "unheard-of"}, {}, {"type": "http"}])
def test_a_scheme_that_is_not_understood_and_has_no_value_is_unsatisfied(fields: dict[str, Any]):
    signed = Credentials().sign(request((scheme(**fields),)))

    assert signed.unsatisfied == ("s",)


@pytest.mark.parametrize(
    ("values", "word"),
    [({"s.username": "me"}, "password"), ({"s.password": "x"}, "user name"), ({"s": "only"}, "password")],
)
def test_half_of_a_credential_sends_nothing(values: dict[str, str], word: str):
    with pytest.raises(TransportError) as caught:
        Credentials(values).sign(request((scheme(**BASIC),)))

    assert (caught.value.kind, caught.value.phase, caught.value.exit_code) == ("credential", "not_sent", 4)
    assert word in str(caught.value)
    assert "--auth s=USER:PASSWORD" in str(caught.value)
    assert "only" not in str(caught.value)


# -- alternatives ---------------------------------------------------------------------------------------------------


def test_the_first_alternative_with_all_values_is_taken():
    alternatives = ((key("a", field="A"), key("b", field="B")), (key("c", field="C"),), (key("d", field="D"),))

    signed = Credentials({"a": "1", "c": "3", "d": "4"}).sign(request(*alternatives))

    assert signed.request.headers == (("C", "3"),)


def test_all_schemes_of_an_alternative_are_applied():
    signed = Credentials({"a": "1", "b": "2"}).sign(request((key("a", field="A"), key("b", in_="query", field="b"))))

    assert signed.request.headers == (("A", "1"),)
    assert signed.request.url == f"{URL}?b=2"


@pytest.mark.parametrize("security", [(), ((),)])
def test_without_security_nothing_is_added(security: tuple[Any, ...]):
    signed = Credentials({"s": "v"}, env={"ARAZZO_AUTH_S": "v"}).sign(request(*security))

    assert signed.request == request(*security)
    assert signed.secrets == signed.unsatisfied == ()


@pytest.mark.parametrize("alternatives", [((), (key(),)), ((key(),), ())])
def test_an_optional_credential_is_sent_where_there_is_one(alternatives: tuple[Any, ...]):
    with_value = Credentials({"s": "v"}).sign(request(*alternatives))
    without = Credentials().sign(request(*alternatives))

    assert with_value.request.headers == (("X-Key", "v"),)
    assert (without.request.headers, without.unsatisfied) == ((), ())


def test_without_a_value_the_request_goes_as_it_is_and_the_scheme_is_named():
    signed = Credentials().sign(request((key("a"), key("b")), (key("c"), key("a"))))

    assert signed.request.headers == ()
    assert signed.unsatisfied == ("a", "b", "c")


@pytest.mark.parametrize(
    ("requirement", "supplied"),
    [
        (key(), ("header", "x-key")),
        (key(in_="query", field="q"), ("query", "q")),
        (key(in_="cookie", field="sid"), ("cookie", "sid")),
        (scheme(**BEARER), ("header", "authorization")),
        (scheme(**BASIC), ("header", "authorization")),
        (scheme(type="oauth2"), ("header", "authorization")),
    ],
)
def test_what_a_step_fills_itself_is_never_replaced(requirement: SecurityRequirement, supplied: tuple[str, str]):
    asked = request((requirement,), supplied=frozenset((supplied,)))

    with_value = Credentials({"s": "user:password"}).sign(asked)
    without = Credentials().sign(asked)

    assert with_value.request == without.request == asked
    assert with_value.secrets == ()
    assert without.unsatisfied == ()


# -- where values come from -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "name", "field", "names"),
    [
        ("", "key", None, ["ARAZZO_AUTH_KEY"]),
        ("petStore", "bearerAuth", None, ["ARAZZO_AUTH_PETSTORE__BEARERAUTH", "ARAZZO_AUTH_BEARERAUTH"]),
        ("a-b", "my key.v2", "username", ["ARAZZO_AUTH_A_B__MY_KEY_V2_USERNAME", "ARAZZO_AUTH_MY_KEY_V2_USERNAME"]),
    ],
)
def test_variables_are_named_after_scheme_and_source(source: str, name: str, field: str | None, names: list[str]):
    assert list(variable_names(source, name, field)) == names


@given(st.text(alphabet=string.printable, min_size=1), st.text(alphabet=string.printable, min_size=1))
def test_the_name_of_a_variable_can_be_written_in_any_shell(source: str, name: str):
    allowed = set(string.ascii_uppercase + string.digits + "_")

    assert all(set(variable) <= allowed for variable in variable_names(source, name, None))


def test_an_option_wins_over_a_variable_and_a_source_over_none():
    asked = request((SecurityRequirement("s", {**BEARER}, source="api"),))
    general, specific = {"ARAZZO_AUTH_S": "general"}, {"ARAZZO_AUTH_API__S": "specific"}

    sent = [
        Credentials(values, env=env).sign(asked).request.headers[0][1]
        for values, env in [({}, general), ({}, {**general, **specific}), ({"s": "option"}, {**general, **specific})]
    ]

    assert sent == ["Bearer general", "Bearer specific", "Bearer option"]


def test_the_fields_of_basic_come_from_variables():
    env = {"ARAZZO_AUTH_S_USERNAME": "me", "ARAZZO_AUTH_S_PASSWORD": "x"}

    signed = Credentials(env=env).sign(request((scheme(**BASIC),)))

    assert signed.request.headers == (("Authorization", f"Basic {encoded('me:x')}"),)


def test_an_empty_variable_is_no_value():
    signed = Credentials(env={"ARAZZO_AUTH_S": ""}).sign(request((key(),)))

    assert signed.request.headers == ()
    assert signed.unsatisfied == ("s",)


def test_schemes_are_found_in_any_case():
    assert Credentials({"BearerAuth": "v"}).sign(request((scheme("bearerAuth", **BEARER),))).unsatisfied == ()


@pytest.mark.parametrize(
    ("given_name", "known", "unknown"),
    [
        ("s", True, False),
        ("S.username", True, False),
        ("com.example.auth", True, False),
        ("com.example.auth.password", True, False),
        ("t", False, True),
        ("com", False, True),
    ],
)
def test_a_name_nobody_declares_is_unknown(given_name: str, known: bool, unknown: bool):
    assert bool(Credentials({given_name: "v"}).unknown_names(["s", "com.example.auth"])) is unknown


# -- to whom they go ------------------------------------------------------------------------------------------------


def test_a_description_that_came_by_url_gets_nothing_from_the_environment():
    signed = Credentials(env={"ARAZZO_AUTH_S": "v"}).sign(request((key(),), remote=True))

    assert signed.request.headers == ()
    assert signed.unsatisfied == ("s",)


@pytest.mark.parametrize("host", ["api.example.com", "API.example.COM", "*.example.com"])
def test_it_does_once_its_host_is_named(host: str):
    credentials = Credentials(env={"ARAZZO_AUTH_S": "v"}, allow_hosts=(host,))

    assert credentials.sign(request((key(),), remote=True)).request.headers == (("X-Key", "v"),)


@pytest.mark.parametrize(
    "url",
    ["https://evil.com/api.example.com", "https://api.example.com.evil.com/", "https://api.example.com@evil.com/"],
)
def test_a_host_that_only_looks_like_the_named_one_gets_nothing(url: str):
    credentials = Credentials(env={"ARAZZO_AUTH_S": "v"}, allow_hosts=("api.example.com",))

    assert credentials.sign(request((key(),), remote=True, url=url)).request.headers == ()


def test_an_option_is_bound_to_origins_as_well():
    remote = request((key(),), remote=True)

    assert Credentials({"s": "v"}).sign(remote).request.headers == ()
    assert Credentials({"s": "v"}, allow_hosts=["*"]).sign(remote).unsatisfied == ("s",)
    assert "--auth s was not sent" in (Credentials({"s": "v"}).advice(remote) or "")


def test_a_port_belongs_to_a_host():
    assert is_allowed("http://h:81/", ["h:81"])
    assert is_allowed("http://h:81/", ["h"])
    assert not is_allowed("http://h/", ["h:81"])
    assert not is_allowed("http://h/", [])


# -- what reports are told ------------------------------------------------------------------------------------------


def test_secrets_are_told_with_the_scheme_as_label():
    bearer = Credentials({"s": "token"}).sign(request((scheme(**BEARER),)))
    basic = Credentials({"s": "me:word"}).sign(request((scheme(**BASIC),)))
    query = Credentials({"s": "a&b"}).sign(request((key(in_="query"),)))

    assert bearer.secrets == (("s", "token"),)
    assert basic.secrets == (("s.password", "word"), ("s", encoded("me:word")))
    assert query.secrets == (("s", "a&b"),)


def test_advice_names_each_way_with_the_line_to_type():
    basic, mutual = scheme("login", **BASIC), scheme("tls", type="mutualTLS")

    line = advice(((scheme("bearerAuth", **BEARER),), (key("my key"), basic), (), (mutual,)))

    assert line == (
        "'bearerAuth' (http bearer): --auth bearerAuth=TOKEN or ARAZZO_AUTH_BEARERAUTH=TOKEN"
        " or 'my key' (apiKey in header X-Key): --auth 'my key=KEY' or ARAZZO_AUTH_MY_KEY=KEY"
        " and 'login' (http basic): --auth login=USER:PASSWORD or ARAZZO_AUTH_LOGIN=USER:PASSWORD"
        " or 'tls' (mutualTLS): --cert FILE[,KEY]"
    )


@pytest.mark.parametrize("security", [(), ((),)])
def test_there_is_no_advice_where_nothing_is_declared(security: Any):
    assert advice(security) is None

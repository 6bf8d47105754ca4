"""Where values come from, in which order, and to which origins (interface, "Secrets"; docs/auth.md)."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from keyrings_of_tests import MemoryKeyring

from arazzo_runner.credentials import (
    Credentials,
    Given,
    Profiles,
    ProfileTokens,
    Scheme,
    Token,
    TokenKey,
    Values,
    Variables,
    origin_of,
)
from arazzo_runner.errors import TransportError, UsageError
from arazzo_runner.messages import Request, SecurityRequirement

URL = "https://api.example.com/things"
HOST = "https://api.example.com"
BEARER = {"type": "http", "scheme": "bearer"}


def scheme(name: str = "key", source: str = "pets", **fields: Any) -> SecurityRequirement:
    return SecurityRequirement(name, fields or BEARER, source=source)


def lookup(*providers: Any, requirement: SecurityRequirement | None = None, field: str | None = None) -> str | None:
    return Values(providers).lookup(requirement or scheme(), field, url=URL)


# -- order ----------------------------------------------------------------------------------------------------------

AUTH = {"key": "auth"}
LONG_AUTH = {"pets.key": "auth of the source"}
ENV = {"ARAZZO_AUTH_KEY": "environment"}
LONG_ENV = {"ARAZZO_AUTH_PETS__KEY": "environment of the source"}
FILE = {"ARAZZO_AUTH_KEY": "file"}
LONG_FILE = {"ARAZZO_AUTH_PETS__KEY": "file of the source"}


@pytest.mark.parametrize(
    ("auth", "env", "file", "profile", "expected"),
    [
        ({}, {}, {}, False, None),
        ({}, {}, {}, True, "profile"),
        ({}, {}, FILE, True, "file"),
        ({}, {}, {**FILE, **LONG_FILE}, True, "file of the source"),
        ({}, ENV, FILE, True, "environment"),
        ({}, ENV, {**FILE, **LONG_FILE}, True, "file of the source"),
        ({}, {**ENV, **LONG_ENV}, FILE, True, "environment of the source"),
        (AUTH, {**ENV, **LONG_ENV}, FILE, True, "auth"),
        ({**AUTH, **LONG_AUTH}, LONG_ENV, FILE, True, "auth of the source"),
        ({"KEY": "other case"}, ENV, {}, False, "other case"),
        ({"KEY": "other case", "key": "exact"}, ENV, {}, False, "exact"),
        ({"other": "x"}, {"ARAZZO_AUTH_OTHER": "x"}, {"ARAZZO_AUTH_CATS__KEY": "x"}, False, None),
        ({}, {"ARAZZO_AUTH_KEY": ""}, FILE, False, "file"),
    ],
)
def test_the_first_place_that_has_a_value_gives_it(
    tmp_path: Path, auth: Any, env: Any, file: Any, profile: bool, expected: str | None, no_keyring: None
):
    profiles = Profiles(tmp_path)
    if profile:
        profiles.keep(HOST, "key", {"": "profile"})

    assert lookup(Given(auth), Variables(env, file), profiles) == expected


@pytest.mark.parametrize(
    "providers",
    [
        (Given({"key.clientId": "me"}),),
        (Given({"key.client_id": "me"}),),
        (Given({"pets.key.clientId": "me"}),),
        (Variables({"ARAZZO_AUTH_KEY_CLIENTID": "me"}),),
        (Variables({"ARAZZO_AUTH_KEY_CLIENT_ID": "me"}),),
        (Variables({"ARAZZO_AUTH_PETS__KEY_CLIENT_ID": "me"}),),
    ],
)
def test_a_field_may_be_written_in_snake_case(providers: Any):
    assert lookup(*providers, field="clientId") == "me"


def test_fields_may_come_from_different_places():
    credentials = Credentials(
        Values((Given({"s.username": "me"}), Variables({"ARAZZO_AUTH_S_PASSWORD": "pw"}))),
    )
    basic = SecurityRequirement("s", {"type": "http", "scheme": "basic"})

    signed = credentials.sign(Request("GET", URL, security=((basic,),)))

    assert signed.request.headers == (("Authorization", "Basic bWU6cHc="),)


def test_a_reference_is_resolved_where_the_value_is_needed(tmp_path: Path):
    (tmp_path / "token").write_text("from the file\n")
    values = Values((Given({"key": f"file:{tmp_path / 'token'}"}),))

    found = values.find(scheme(), None)

    assert found is not None
    assert (found.where, values.lookup(scheme(), None, url=URL)) == ("--auth key", "from the file")
    assert "file:" not in repr(found)


def test_what_the_document_itself_gives_is_no_reference_and_nothing_replaces_it():
    given = SecurityRequirement("key", BEARER, values={"": "env:HOME"})

    assert lookup(Given(AUTH), requirement=given) == "env:HOME"
    assert lookup(Given({"key.username": "x"}), requirement=given, field="username") is None
    assert "env:HOME" not in repr(given)


# -- two schemes, one name ------------------------------------------------------------------------------------------


def of(source: str, name: str = "key", origin: str = HOST, **fields: Any) -> Scheme:
    return Scheme(scheme(name, source, **fields), frozenset({origin}))


KEY = {"type": "apiKey", "in": "header"}


@pytest.mark.parametrize(
    ("schemes", "values"),
    [
        ((of("a"), of("b", origin="https://other")), {"ARAZZO_AUTH_KEY": "x"}),
        ((of("a"), of("b", **KEY)), {"ARAZZO_AUTH_KEY": "x"}),
        ((of("a", "api-key"), of("b", "api_key")), {"ARAZZO_AUTH_API_KEY": "x"}),
        ((of("a"), of("b"), of("c", **KEY)), {"ARAZZO_AUTH_KEY": "x"}),
        (
            (of("a", type="http", scheme="basic"), of("b", type="http", scheme="digest")),
            {"ARAZZO_AUTH_KEY_PASSWORD": "x"},
        ),
    ],
)
def test_a_variable_for_two_schemes_is_refused_with_both_long_names(schemes: Any, values: dict[str, str]):
    with pytest.raises(UsageError) as caught:
        Values((Variables(values),)).check(schemes)

    first, last = schemes[0].long_variable, schemes[-1].long_variable
    assert next(iter(values)) in caught.value.message
    assert caught.value.hint == f"set {first} or {last}"


def test_an_option_for_two_schemes_is_refused_as_well():
    with pytest.raises(UsageError, match="--auth key could be for two security schemes: 'key' of a and 'key' of b"):
        Values((Given(AUTH),)).check((of("a"), of("b", **KEY)))


def test_where_the_long_names_are_one_the_option_tells_the_schemes_apart():
    with pytest.raises(UsageError) as caught:
        Values((Variables({"ARAZZO_AUTH_A__API_KEY": "x", "ARAZZO_AUTH_API_KEY": "x"}),)).check(
            (of("", "api-key"), of("", "api_key"))
        )

    assert caught.value.hint == "--auth api-key=VALUE or --auth api_key=VALUE"


@pytest.mark.parametrize(
    ("schemes", "values"),
    [
        ((of("a"), of("b")), {"ARAZZO_AUTH_KEY": "x"}),  # one API in two descriptions
        ((of("a"), of("a", "other")), {"ARAZZO_AUTH_KEY": "x"}),
        ((of("a"), of("b", **KEY)), {}),
        ((of("a"), of("b", **KEY)), {"ARAZZO_AUTH_A__KEY": "x", "ARAZZO_AUTH_B__KEY": "y"}),
        ((of("a"), of("b", **KEY)), {"ARAZZO_AUTH_A__KEY": "x", "ARAZZO_AUTH_KEY": "y"}),
        ((of("a"), of("b", **KEY)), {"ARAZZO_AUTH_KEY_PASSWORD": "x"}),  # which neither reads
    ],
)
def test_a_value_that_one_scheme_takes_is_no_question(schemes: Any, values: dict[str, str]):
    Values((Variables(values),)).check(schemes)


# -- profiles -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("api.example.com", HOST),
        ("API.example.com:443", HOST),
        ("https://api.example.com/v1?x=1", HOST),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("http://x:80", "http://x"),
        ("https://[::1]:8443", "https://[::1]:8443"),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, origin: str):
    assert origin_of(url) == origin


@pytest.mark.parametrize("url", ["", "ftp://x", "https://", "https://me@x", "x:port", "https://a\\@b"])
def test_what_is_no_origin_is_refused(url: str):
    with pytest.raises(UsageError, match="is no host"):
        origin_of(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com/",
        "https://api.example.com:8443/",
        "https://api.example.com.evil.test/",
        "https://evil.test/api.example.com",
        "https://api.example.com@evil.test/",
    ],
)
def test_a_profile_is_for_its_origin_only(tmp_path: Path, url: str, no_keyring: None):
    profiles = Profiles(tmp_path)
    profiles.keep(HOST, "key", {"": "secret"})
    values = Values((profiles,))

    assert values.lookup(scheme(), None, url=URL) == "secret"
    assert values.lookup(scheme(), None, url=url) is None
    assert values.lookup(scheme("other"), None, url=URL) is None


def test_without_a_keyring_profiles_are_in_a_file_for_the_person_alone(tmp_path: Path, no_keyring: None):
    folder = tmp_path / "config" / "arazzo-run"

    kept = Profiles(folder).keep(HOST, "key", {"username": "me", "password": "pw"})

    file = folder / "credentials.json"
    assert kept.kept == "file"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["credentials.json"]
    assert json.loads(file.read_text())["profiles"][0]["values"] == {"username": "me", "password": "pw"}


def test_with_a_keyring_the_file_has_no_values(tmp_path: Path, memory_keyring: MemoryKeyring):
    kept = Profiles(tmp_path).keep(HOST, "key", {"": "s3cret"})

    assert kept.kept == "keyring"
    assert "s3cret" not in (tmp_path / "credentials.json").read_text()
    assert memory_keyring.entries == {("arazzo-run", f"scheme {HOST} key"): '{"": "s3cret"}'}
    assert Values((Profiles(tmp_path),)).lookup(scheme(), None, url=URL) == "s3cret"


def test_a_keyring_that_refuses_leaves_the_value_to_the_file(tmp_path: Path, memory_keyring: MemoryKeyring):
    memory_keyring.locked = True

    kept = Profiles(tmp_path).keep(HOST, "key", {"": "s3cret"})

    assert kept.kept == "file"
    assert Values((Profiles(tmp_path),)).lookup(scheme(), None, url=URL) == "s3cret"


def test_a_profile_that_is_removed_is_gone_from_the_keyring(tmp_path: Path, memory_keyring: MemoryKeyring):
    profiles = Profiles(tmp_path)
    profiles.keep(HOST, "key", {"": "s3cret"})

    profiles.remove(profiles.entries())

    assert (memory_keyring.entries, profiles.entries(), Profiles(tmp_path).entries()) == ({}, (), ())


def test_a_value_in_a_keyring_that_is_gone_is_told_and_sends_nothing(tmp_path: Path, memory_keyring: MemoryKeyring):
    Profiles(tmp_path).keep(HOST, "key", {"": "s3cret"})
    memory_keyring.entries.clear()

    with pytest.raises(TransportError, match="gone from the system keyring"):
        Values((Profiles(tmp_path),)).lookup(scheme(), None, url=URL)


@pytest.mark.skipif(os.name != "posix", reason="modes of files are those of POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int, no_keyring: None):
    Profiles(tmp_path).keep(HOST, "key", {"": "s3cret"})
    (tmp_path / "credentials.json").chmod(mode)

    with pytest.raises(TransportError) as caught:
        Values((Profiles(tmp_path),)).lookup(scheme(), None, url=URL)

    assert "can be read by others" in caught.value.message
    assert caught.value.hint == f"chmod 600 {tmp_path / 'credentials.json'}"


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"profiles": 7}', '{"profiles": [{}]}', "\xff", '{"profiles": [[]]}']
)
def test_a_file_that_is_no_list_of_profiles_is_one_line(tmp_path: Path, text: str):
    file = tmp_path / "credentials.json"
    file.write_text(text, encoding="latin-1")
    file.chmod(0o600)

    with pytest.raises(UsageError, match="is not a list of profiles"):
        Profiles(tmp_path).entries()


TOKEN = Token(value="t0ken", scopes=frozenset({"read", "write"}), renew_at=7.5, refresh_token="r")
TOKEN_KEY = TokenKey(origin="https://login.example", scheme="key", source="pets", grant="password", client_id="me")


def test_tokens_of_a_scheme_that_somebody_logged_in_for_outlive_a_process(tmp_path: Path, no_keyring: None):
    Profiles(tmp_path).keep(HOST, "key", {"clientId": "me"})

    ProfileTokens(Profiles(tmp_path)).put(TOKEN_KEY, TOKEN)

    later = ProfileTokens(Profiles(tmp_path))
    assert later.get(TOKEN_KEY, frozenset({"read"})) == TOKEN
    assert later.get(TOKEN_KEY, frozenset({"admin"})) is None
    for other in ({"origin": "https://x"}, {"client_id": "you"}, {"source": "cats"}, {"subject": "s"}, {"scheme": "k"}):
        assert later.get(replace(TOKEN_KEY, **other), frozenset()) is None
    assert [profile.scheme for profile in Profiles(tmp_path).entries()] == ["key"]


def test_tokens_of_other_schemes_are_in_memory_only(tmp_path: Path, no_keyring: None):
    tokens = ProfileTokens(Profiles(tmp_path))

    tokens.put(TOKEN_KEY, TOKEN)

    assert tokens.get(TOKEN_KEY, frozenset()) == TOKEN
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"value": "x"}', "7"])
def test_a_kept_token_that_is_none_is_not_there(tmp_path: Path, text: str, no_keyring: None):
    profiles = Profiles(tmp_path)
    profiles.keep(HOST, "key", {"clientId": "me"})
    ProfileTokens(profiles).put(TOKEN_KEY, TOKEN)
    (kept,) = profiles.entries("token")
    profiles.keep(kept.origin, kept.scheme, {"": text}, "token")

    assert ProfileTokens(Profiles(tmp_path)).get(TOKEN_KEY, frozenset()) is None


def test_tokens_that_cannot_be_kept_are_in_memory(tmp_path: Path, no_keyring: None):
    (tmp_path / "file").write_text("in the way")
    tokens = ProfileTokens(Profiles(tmp_path / "file"))

    tokens.put(TOKEN_KEY, TOKEN)

    assert tokens.get(TOKEN_KEY, frozenset()) == TOKEN

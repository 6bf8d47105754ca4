"""Servers and security (decision 47)."""

from __future__ import annotations

import pytest

from arazzo_runner.errors import RequestError


def _operation(describe, *, root=None, item=None, operation=None, uri="https://api.example.com/docs/openapi.yaml"):
    paths = {"/x": {**(item or {}), "get": {"responses": {}, **(operation or {})}}}
    version = {} if root and ("swagger" in root or "openapi" in root) else {"openapi": "3.1.0"}
    return next(describe({**version, **(root or {}), "paths": paths}, uri=uri).operations())


def _servers(*urls):
    return {"servers": [{"url": url} for url in urls]}


@pytest.mark.requirement("apiurl.server-from-source")
def test_the_first_server_counts_and_loses_its_trailing_slash(describe):
    assert _operation(describe, root=_servers("https://a/v1/", "https://b")).server_url() == "https://a/v1"


def test_the_operation_wins_over_the_path_item_and_that_over_the_root(describe):
    root, item, operation = _servers("https://root"), _servers("https://item"), _servers("https://operation")

    assert _operation(describe, root=root, item=item).server_url() == "https://item"
    assert _operation(describe, root=root, item=item, operation=operation).server_url() == "https://operation"
    assert _operation(describe, root=root, item={"servers": []}).server_url() == "https://root"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/v2", "https://api.example.com/v2"),
        ("v2", "https://api.example.com/docs/v2"),
        (".", "https://api.example.com/docs"),
        ("../v2/", "https://api.example.com/v2"),
        ("//other.example/v2", "https://other.example/v2"),
        ("https://h/a b", "https://h/a%20b"),
    ],
)
def test_a_relative_server_is_relative_to_the_description(describe, url, expected):
    assert _operation(describe, root=_servers(url)).server_url() == expected


def test_a_description_without_servers_is_at_its_own_origin(describe):
    assert _operation(describe).server_url() == "https://api.example.com"


def test_self_does_not_move_the_api(describe):
    root = {"openapi": "3.2.0", "$self": "https://elsewhere.example/api.yaml", **_servers("/v1")}

    assert _operation(describe, root=root).server_url() == "https://api.example.com/v1"


@pytest.mark.parametrize("root", [None, _servers("/v1"), {"swagger": "2.0", "basePath": "/v1"}])
def test_a_relative_server_of_a_local_file_is_refused_with_the_option_to_use(describe, root):
    with pytest.raises(RequestError) as caught:
        _operation(describe, root=root, uri="file:///project/openapi.yaml").server_url()

    assert "-s" in caught.value.hint


def _with_variables(describe):
    server = {
        "url": "https://{region}.example.com:{port}/{base}",
        "variables": {
            "region": {"default": "eu", "enum": ["eu", "us"]},
            "port": {"default": 443},
            "base": {"default": "v1"},
        },
    }
    return _operation(describe, root={"servers": [server]})


def test_server_variables_have_defaults_and_can_be_replaced(describe):
    assert _with_variables(describe).server_url() == "https://eu.example.com:443/v1"
    assert _with_variables(describe).server_url(None, {"region": "us"}) == "https://us.example.com:443/v1"


def test_a_value_outside_the_enum_of_a_server_variable_is_refused(describe):
    with pytest.raises(RequestError, match="'mars' is not a value") as caught:
        _with_variables(describe).server_url(None, {"region": "mars"})

    assert caught.value.hint == "one of eu, us"


def test_an_unknown_server_variable_is_refused_with_a_suggestion(describe):
    with pytest.raises(RequestError) as caught:
        _with_variables(describe).server_url(None, {"regoin": "us"})

    assert "region" in caught.value.hint


def test_a_server_variable_without_a_value_is_refused(describe):
    with pytest.raises(RequestError, match="'tenant' of the server"):
        _operation(describe, root=_servers("https://{tenant}.example.com")).server_url()


def test_a_named_server_replaces_the_whole_base(describe):
    operation = _operation(describe, operation=_servers("https://a/v1"))

    assert operation.server_url("http://127.0.0.1:8080/") == "http://127.0.0.1:8080"
    with pytest.raises(RequestError, match="not an absolute"):
        operation.server_url("127.0.0.1:8080")


@pytest.mark.parametrize(
    ("root", "operation", "expected"),
    [
        ({"host": "h.example:81", "basePath": "/v1/", "schemes": ["http"]}, {}, "http://h.example:81/v1"),
        ({"host": "h.example", "schemes": ["https", "http"]}, {}, "https://h.example"),
        ({"host": "h.example", "schemes": ["http"]}, {"schemes": ["wss", "https"]}, "https://h.example"),
        ({"host": "h.example", "basePath": "v1"}, {}, "https://h.example/v1"),
        ({"basePath": "/v1"}, {}, "https://api.example.com/v1"),
        ({}, {}, "https://api.example.com"),
    ],
)
def test_the_server_of_2_0_is_scheme_host_and_base_path(describe, root, operation, expected):
    assert _operation(describe, root={"swagger": "2.0", **root}, operation=operation).server_url() == expected


_SCHEMES = {"components": {"securitySchemes": {"key": {"type": "apiKey"}, "oauth": {"type": "oauth2"}}}}


def _names(security):
    return [[requirement.name for requirement in alternative] for alternative in security]


@pytest.mark.parametrize(
    ("root", "operation", "expected"),
    [
        ([{"key": []}], {}, [["key"]]),
        ([{"key": []}], {"security": []}, []),
        ([{"key": []}], {"security": [{"oauth": ["read"]}, {}]}, [["oauth"], []]),
        ([{"key": [], "oauth": []}], {}, [["key", "oauth"]]),
        (None, {}, []),
        ([{"unknown": []}], {}, [["unknown"]]),
    ],
)
def test_security_is_the_operations_or_the_default(describe, root, operation, expected):
    given = {} if root is None else {"security": root}

    assert _names(_operation(describe, root={**_SCHEMES, **given}, operation=operation).security) == expected


def test_a_requirement_carries_its_scheme_and_scopes(describe):
    operation = _operation(describe, root=_SCHEMES, operation={"security": [{"oauth": ["read", "write"]}]})

    (requirement,) = operation.security[0]

    assert requirement.scheme == {"type": "oauth2"}
    assert requirement.scopes == ("read", "write")


def test_a_request_names_the_source_and_resolves_the_urls_of_its_schemes(describe):
    flow = {"tokenUrl": "/oauth/token", "scopes": {}}
    schemes = {"oauth": {"type": "oauth2", "flows": {"clientCredentials": flow}}}
    root = {"components": {"securitySchemes": schemes}, "security": [{"oauth": []}]}

    request = _operation(describe, root=root).builder(()).build((), None, server="https://h/v1", source="pets")

    (requirement,) = request.security[0]
    assert requirement.source == "pets"
    assert requirement.scheme["flows"]["clientCredentials"]["tokenUrl"] == "https://h/oauth/token"


def test_security_definitions_of_2_0_become_schemes_of_3_x(describe):
    definitions = {
        "basic": {"type": "basic"},
        "key": {"type": "apiKey", "name": "k", "in": "query"},
        "app": {"type": "oauth2", "flow": "application", "tokenUrl": "https://t", "scopes": {"a": "A"}},
        "code": {"type": "oauth2", "flow": "accessCode", "authorizationUrl": "https://a", "tokenUrl": "https://t"},
    }
    root = {"swagger": "2.0", "host": "h", "securityDefinitions": definitions}

    security = _operation(describe, root=root, operation={"security": [{name: []} for name in definitions]}).security

    assert [alternative[0].scheme for alternative in security] == [
        {"type": "http", "scheme": "basic"},
        {"type": "apiKey", "name": "k", "in": "query"},
        {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "https://t", "scopes": {"a": "A"}}}},
        {
            "type": "oauth2",
            "flows": {
                "authorizationCode": {"authorizationUrl": "https://a", "tokenUrl": "https://t", "scopes": {}},
            },
        },
    ]

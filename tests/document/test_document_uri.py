"""URI references (RFC 3986, section 5) and the base URI of a document (1.1.0, "Establishing the Base URI")."""

from __future__ import annotations

import pytest

from arazzo_runner.document import Document, read, resolve_uri
from arazzo_runner.document.uri import comparable

# RFC 3986, 5.4.1 and 5.4.2
RFC_BASE = "http://a/b/c/d;p?q"
RFC_EXAMPLES = {
    "g:h": "g:h", "g": "http://a/b/c/g", "./g": "http://a/b/c/g", "g/": "http://a/b/c/g/", "/g": "http://a/g",
    "//g": "http://g", "?y": "http://a/b/c/d;p?y", "g?y": "http://a/b/c/g?y", "#s": "http://a/b/c/d;p?q#s",
    "g#s": "http://a/b/c/g#s", "g?y#s": "http://a/b/c/g?y#s", ";x": "http://a/b/c/;x", "g;x": "http://a/b/c/g;x",
    "g;x?y#s": "http://a/b/c/g;x?y#s", "": "http://a/b/c/d;p?q", ".": "http://a/b/c/", "./": "http://a/b/c/",
    "..": "http://a/b/", "../": "http://a/b/", "../g": "http://a/b/g", "../..": "http://a/", "../../": "http://a/",
    "../../g": "http://a/g", "../../../g": "http://a/g", "../../../../g": "http://a/g", "/./g": "http://a/g",
    "/../g": "http://a/g", "g.": "http://a/b/c/g.", ".g": "http://a/b/c/.g", "g..": "http://a/b/c/g..",
    "..g": "http://a/b/c/..g", "./../g": "http://a/b/g", "./g/.": "http://a/b/c/g/", "g/./h": "http://a/b/c/g/h",
    "g/../h": "http://a/b/c/h", "g;x=1/./y": "http://a/b/c/g;x=1/y", "g;x=1/../y": "http://a/b/c/y",
    "g?y/./x": "http://a/b/c/g?y/./x", "g?y/../x": "http://a/b/c/g?y/../x", "g#s/./x": "http://a/b/c/g#s/./x",
    "g#s/../x": "http://a/b/c/g#s/../x", "http:g": "http:g",
}  # fmt: skip


@pytest.mark.requirement("uri.base-rfc3986-5-1")
@pytest.mark.parametrize(("reference", "expected"), RFC_EXAMPLES.items())
def test_the_examples_of_the_rfc(reference: str, expected: str) -> None:
    assert resolve_uri(reference, RFC_BASE) == expected


@pytest.mark.requirement("uri.relative-references-allowed")
@pytest.mark.parametrize(
    ("reference", "base", "expected"),
    [
        ("../specs/y.yaml", "file:///p/workflows/x.yaml", "file:///p/specs/y.yaml"),
        ("/abs/y.yaml", "file:///p/x.yaml", "file:///abs/y.yaml"),
        ("y.yaml", "http://h", "http://h/y.yaml"),
        ("../y.yaml", "workflows/x.yaml", "y.yaml"),
        ("../../y.yaml", "workflows/x.yaml", "../y.yaml"),
        ("./y.yaml", "x.yaml", "y.yaml"),
        ("../y.yaml", "/p/w/x.yaml", "/p/y.yaml"),
        ("my specs/é.yaml", "file:///p/x.yaml", "file:///p/my%20specs/%C3%A9.yaml"),
        ("my%20specs/a.yaml", "file:///p/x.yaml", "file:///p/my%20specs/a.yaml"),
        ("my specs/é.yaml", "p/x.yaml", "p/my specs/é.yaml"),
        ("#/components/schemas/É", "file:///p/x.yaml", "file:///p/x.yaml#/components/schemas/É"),
        ("a{b}", "https://h/x/", "https://h/x/a{b}"),
        ("urn:example:pets", "file:///p/x.yaml", "urn:example:pets"),
        ("..", "a/b/c.yaml", "a/"),
    ],
)
def test_files_paths_and_characters_outside_of_uris(reference: str, base: str, expected: str) -> None:
    assert resolve_uri(reference, base) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HTTPS://Example.COM/a", "https://example.com/a"), ("https://h", "https://h/"),
        ("file:/p/x", "file:///p/x"), ("file://localhost/p/x", "file:///p/x"),
        ("https://h/%7euser/%c3%a9", "https://h/~user/%C3%A9"), ("https://h/a#f", "https://h/a"),
        ("file:///p/é x", "file:///p/%C3%A9%20x"),
    ],
)  # fmt: skip
def test_spellings_of_one_uri_compare_equal(one: str, other: str) -> None:
    assert comparable(one) == comparable(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("https://h/a", "http://h/a"), ("https://h/a", "https://h/A"), ("https://h/a%2Fb", "https://h/a/b")],
)
def test_other_uris_do_not(one: str, other: str) -> None:
    assert comparable(one) != comparable(other)


def arazzo(version: str, self_: str | None, uri: str) -> Document:
    line = f"$self: {self_}\n" if self_ is not None else ""
    return read(f"arazzo: {version}\n{line}".encode(), uri=uri, name="x")


@pytest.mark.requirement("uri.base-self-absolute")
@pytest.mark.requirement("root.self.is-base-uri")
def test_an_absolute_self_is_the_base_wherever_the_document_came_from() -> None:
    document = arazzo("1.1.0", "https://api.example.com/workflows/p.yaml", "file:///home/me/p.yaml")

    assert resolve_uri("../specs/petstore.yaml", document.base_uri) == "https://api.example.com/specs/petstore.yaml"


@pytest.mark.requirement("uri.base-self-relative")
def test_a_relative_self_is_resolved_first() -> None:
    document = arazzo("1.1.0", "workflows/purchase.arazzo.yaml", "https://api.example.com/v2/api-description.yaml")

    assert document.base_uri == "https://api.example.com/v2/workflows/purchase.arazzo.yaml"
    assert resolve_uri("../specs/petstore.yaml", document.base_uri) == "https://api.example.com/v2/specs/petstore.yaml"


@pytest.mark.requirement("uri.base-without-self")
def test_without_self_the_base_is_where_the_document_was_retrieved() -> None:
    document = arazzo("1.1.0", None, "file:///p/workflows/x.yaml")

    assert document.self_uri is None
    assert resolve_uri("../specs/y.yaml", document.base_uri) == "file:///p/specs/y.yaml"


@pytest.mark.requirement("uri.base-application-default")
def test_a_text_without_a_place_has_the_base_it_is_given() -> None:
    document = arazzo("1.1.0", None, "https://w.example.com/abc")

    assert resolve_uri("specs/p.yaml", document.base_uri) == "https://w.example.com/specs/p.yaml"


@pytest.mark.requirement("uri.base-is-referring-document")
@pytest.mark.requirement("root.self.absent-in-1-0")
def test_a_1_0_document_has_no_identity_but_its_place() -> None:
    document = arazzo("1.0.1", "https://elsewhere.test/x.yaml", "http://h/a/b.yaml")

    assert document.self_uri is None
    assert resolve_uri("../c.yaml", document.base_uri) == "http://h/c.yaml"


@pytest.mark.parametrize(("version", "has_self"), [("3.0.3", False), ("3.1.1", False), ("3.2.0", True)])
def test_openapi_has_self_since_3_2(version: str, has_self: bool) -> None:
    text = f"openapi: {version}\n$self: https://id.test/api.yaml\n"
    document = read(text.encode(), uri="file:///p/api.yaml", name="api.yaml")

    assert document.base_uri == ("https://id.test/api.yaml" if has_self else "file:///p/api.yaml")


@pytest.mark.parametrize("self_", ["", "12", "[a]"])
def test_a_self_that_is_no_reference_is_none(self_: str) -> None:
    assert arazzo("1.1.0", self_, "file:///p/x.yaml").self_uri is None


def test_a_fragment_of_self_names_no_document() -> None:
    assert arazzo("1.1.0", "https://id.test/a.yaml#x", "file:///p/x.yaml").base_uri == "https://id.test/a.yaml"


@pytest.mark.parametrize(
    ("text", "kind"),
    [("arazzo: 1.0.1", "arazzo"), ("openapi: 3.1.0", "openapi"), ('swagger: "2.0"', "swagger"),
     ("asyncapi: 3.0.0", "asyncapi"), ("a: {arazzo: 1}", None), ("- arazzo", None), ("Arazzo: 1.0.1", None)],
)  # fmt: skip
@pytest.mark.requirement("format.field-names-case-sensitive")
def test_a_document_is_what_its_root_key_says(text: str, kind: str | None) -> None:
    assert read(text.encode(), uri="x", name="x").kind == kind

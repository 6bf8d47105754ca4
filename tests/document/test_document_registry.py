"""Documents by URI: identity before location, each retrieved and read once (decision 51)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from arazzo_runner.document import Document, Registry, Retrieved, read
from arazzo_runner.errors import DocumentError, SourceMissing, Unavailable, UnreadableDocument


def arazzo(uri: str, self_: str | None = None, *, version: str = "1.1.0", title: str = "t") -> Document:
    return read(source(self_, version=version, title=title), uri=uri, name=uri.rpartition("/")[2])


def source(self_: str | None = None, *, version: str = "1.1.0", title: str = "t") -> bytes:
    line = f"$self: {self_}\n" if self_ else ""
    return f"arazzo: {version}\n{line}info: {{title: {title}}}\n".encode()


class Web:
    """Retrieval from a dictionary, which remembers what was asked."""

    def __init__(self, files: dict[str, bytes], moved: dict[str, str] | None = None) -> None:
        self.files = files
        self.moved = moved or {}
        self.asked: list[str] = []

    def __call__(self, uri: str) -> Retrieved:
        self.asked.append(uri)
        final = self.moved.get(uri, uri)
        if final not in self.files:
            raise Unavailable(f"nothing at {uri}")
        return Retrieved(self.files[final], final, final.rpartition("/")[2])


@pytest.mark.requirement("identity.examine-candidates")
@pytest.mark.requirement("parsing.reference-targets")
def test_of_the_supplied_documents_the_one_with_that_self_is_found() -> None:
    web = Web({})
    registry = Registry(web)
    documents = [arazzo(f"file:///p/{n}.yaml", f"https://id.test/{n}") for n in "abc"]
    for document in documents:
        registry.add(document)

    assert registry.load("https://id.test/b") is documents[1]
    assert registry.load("https://id.test/c#/workflows/0") is documents[2]
    assert web.asked == []
    assert registry.notes == ()


@pytest.mark.requirement("identity.absolute-url-resolved-by-identity")
def test_a_supplied_document_wins_by_identity_over_what_stands_at_that_url() -> None:
    web = Web({"https://id.test/a": source(title="served")})
    registry = Registry(web)
    supplied = arazzo("file:///p/a.yaml", "https://id.test/a", title="supplied")
    registry.add(supplied)

    assert registry.load("https://id.test/a") is supplied
    assert web.asked == []


@pytest.mark.requirement("identity.absolute-url-resolved-by-identity")
def test_identity_wins_over_the_retrieval_uri_of_another_document() -> None:
    registry = Registry(None)
    there, named = arazzo("https://id.test/a", title="there"), arazzo("file:///p/b.yaml", "https://id.test/a")
    registry.add(there)
    registry.add(named)

    assert registry.load("https://id.test/a") is named


@pytest.mark.requirement("identity.other-identifiers-optional")
def test_a_document_without_self_is_found_by_its_retrieval_uri() -> None:
    registry = Registry(None)
    document = arazzo("file:///p/a.yaml")
    registry.add(document)

    assert registry.load("file:/p/a.yaml") is document
    assert registry.notes == ()


@pytest.mark.requirement("identity.reference-by-self")
def test_a_reference_by_location_to_a_document_with_another_self_is_noted() -> None:
    web = Web({"https://h/a.yaml": source("https://id.test/a")})
    registry = Registry(web)

    document = registry.load("https://h/a.yaml")
    registry.load("https://h/a.yaml")

    assert document.self_uri == "https://id.test/a"
    assert registry.load("https://id.test/a") is document
    assert web.asked == ["https://h/a.yaml"]
    [note] = registry.notes
    assert (note.code, note.severity) == ("ARZ221", "warning")
    assert "https://id.test/a" in note.message
    assert str(note.location) == "a.yaml:2:8"


def test_a_reference_by_location_to_a_supplied_document_is_noted_too() -> None:
    registry = Registry(None)
    registry.add(arazzo("file:///p/a.yaml", "https://id.test/a"))

    registry.load("file:///p/a.yaml")

    assert [note.code for note in registry.notes] == ["ARZ221"]


def test_two_documents_with_one_self_are_an_error() -> None:
    registry = Registry(None)
    registry.add(arazzo("file:///p/a.yaml", "https://id.test/a", title="one"))

    with pytest.raises(DocumentError, match="same \\$self") as caught:
        registry.add(arazzo("file:///p/b.yaml", "https://id.test/a", title="two"))

    assert str(caught.value.location) == "b.yaml:2:8"
    assert "a.yaml" in (caught.value.hint or "")


def test_a_fetched_document_may_not_take_the_self_of_another() -> None:
    registry = Registry(Web({"https://h/b": source("https://id.test/a", title="two")}))
    registry.add(arazzo("file:///p/a.yaml", "https://id.test/a", title="one"))

    with pytest.raises(DocumentError, match="same \\$self"):
        registry.load("https://h/b")


def test_one_document_from_two_places_is_one_document() -> None:
    registry = Registry(Web({"https://h/a": source("https://id.test/a")}))
    supplied = arazzo("file:///p/a.yaml", "https://id.test/a")
    registry.add(supplied)
    registry.add(supplied)
    registry.add(arazzo("file:///copy/a.yaml", "https://id.test/a"))

    assert registry.load("https://h/a") is supplied
    assert registry.documents == (supplied,)


def test_1_0_documents_with_one_self_are_two_documents() -> None:
    registry = Registry(None)
    one, two = (arazzo(f"file:///p/{n}.yaml", "https://id.test/a", version="1.0.1", title=n) for n in "ab")
    registry.add(one)
    registry.add(two)

    assert registry.load("file:///p/b.yaml") is two
    with pytest.raises(Unavailable):
        registry.load("https://id.test/a")


@pytest.mark.requirement("parsing.no-early-unresolvable")
def test_the_order_in_which_documents_are_supplied_does_not_matter() -> None:
    registry = Registry(None)
    first, second = arazzo("file:///p/1.yaml", "https://id.test/1"), arazzo("file:///p/2.yaml", "https://id.test/2")
    registry.add(first)
    registry.add(second)

    assert registry.load("https://id.test/2") is second
    assert registry.load("https://id.test/1") is first


def test_each_document_is_retrieved_once() -> None:
    web = Web({"https://h/a": source()}, moved={"https://h/old": "https://h/a"})
    registry = Registry(web)

    loaded = [registry.load(uri) for uri in ("https://h/old", "https://h/old#x", "https://H/a", "https://h/a")]

    assert all(document is loaded[0] for document in loaded)
    assert loaded[0].uri == "https://h/a"
    assert web.asked == ["https://h/old"]


def test_another_spelling_of_a_retrieved_document_is_asked_for_and_still_one() -> None:
    web = Web({"https://h/a": source()}, moved={"https://h/old": "https://h/a"})
    registry = Registry(web)

    document = registry.load("https://h/a")

    assert registry.load("https://h/old") is document


def test_a_document_loaded_without_positions_still_has_locations() -> None:
    registry = Registry(Web({"https://h/a.yaml": b"openapi: 3.1.0\npaths:\n  /x: {}\n"}))

    assert str(registry.load("https://h/a.yaml").location("/paths/~1x")) == "a.yaml:3:7"


def test_without_retrieval_only_supplied_documents_are_found() -> None:
    registry = Registry(None)

    with pytest.raises(SourceMissing):
        registry.load("file:///p/x.yaml")
    with pytest.raises(Unavailable):
        registry.load("https://h/x.yaml")


@pytest.mark.parametrize("error", [SourceMissing("not there"), Unavailable("no network")])
def test_what_retrieval_raises_reaches_the_caller(error: Exception) -> None:
    def fail(uri: str) -> Retrieved:
        raise error

    retrieve: Callable[[str], Retrieved] = fail
    with pytest.raises(type(error)):
        Registry(retrieve).load("file:///p/x.yaml")


def test_an_unreadable_document_is_told_with_its_place() -> None:
    registry = Registry(Web({"https://h/a.yaml": b"a: b: c"}))

    with pytest.raises(UnreadableDocument, match=r"a\.yaml:1:5"):
        registry.load("https://h/a.yaml")

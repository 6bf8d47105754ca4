"""Comments that silence a finding where it stands, and what is wrong with such a comment."""

from __future__ import annotations

from collections.abc import Collection
from textwrap import dedent

import pytest
from checking import at

from arazzo_runner.checks.suppression import suppress
from arazzo_runner.diagnostics import Diagnostic
from arazzo_runner.document import Document, read
from arazzo_runner.location import Location

NAME = "main.arazzo.yaml"


def document_of(text: str, name: str = NAME) -> Document:
    return read(text.encode(), uri=f"file:///{name}", name=name)


def finding(code: str, line: int, name: str = NAME, column: int = 3) -> Diagnostic:
    return Diagnostic(code, "warning", "wrong", Location(name, line, column))


def told(text: str, *diagnostics: Diagnostic, selected: Collection[str] | None = None) -> list[str]:
    """`line:column CODE` of what is left."""
    left = suppress(document_of(text), diagnostics, selected)
    return [f"{d.location.line}:{d.location.column} {d.code}" for d in left if d.location]


# -- what a comment is about ----------------------------------------------------------------------------------------


def test_a_comment_at_the_end_of_a_line_silences_its_code_on_that_line():
    text = "a: 1 # arazzo-run: ignore=ARZ502 as the gateway wants it\nb: 2\n"

    assert told(text, finding("ARZ502", 1), finding("ARZ503", 1), finding("ARZ502", 2)) == ["1:3 ARZ503", "2:3 ARZ502"]


def test_every_finding_of_the_code_on_the_line_is_silenced():
    text = "a: 1 # arazzo-run: ignore=ARZ502 why\n"

    assert told(text, finding("ARZ502", 1, column=1), finding("ARZ502", 1, column=9)) == []


def test_a_comment_of_its_own_is_about_the_next_line_that_holds_something():
    text = "# arazzo-run: ignore=ARZ502 why\n\n  # another comment\na: 1\nb: 2\n"

    assert told(text, finding("ARZ502", 4), finding("ARZ502", 5)) == ["5:3 ARZ502"]


def test_comments_may_be_stacked():
    text = "# arazzo-run: ignore=ARZ502 why\n# arazzo-run: ignore=ARZ503 because\na: 1 # arazzo-run: ignore=ARZ504 so\n"

    assert told(text, finding("ARZ502", 3), finding("ARZ503", 3), finding("ARZ504", 3)) == []


@pytest.mark.parametrize(
    "comment",
    [
        "# arazzo-run: ignore=ARZ502,ARZ503 why",
        "# arazzo-run: ignore=ARZ502, ARZ503 why",
        "# arazzo-run: ignore = arz502,arz503, for a reason",
        "#arazzo-run:ignore=ARZ502,ARZ503: why",
        "# see above  # arazzo-run: ignore=ARZ503,ARZ502 -- 42",
    ],
)
def test_a_comment_may_name_several_codes(comment: str):
    assert told(f"a: 1 {comment}\n", finding("ARZ502", 1), finding("ARZ503", 1)) == []


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_line_endings_do_not_matter(ending: str):
    text = ending.join(
        ["a: 1", "# arazzo-run: ignore=ARZ502 why", "", "b: 1", "c: 2 # arazzo-run: ignore=ARZ503 why", ""]
    )

    assert told(text, finding("ARZ502", 4), finding("ARZ503", 5)) == []


def test_a_finding_without_a_line_is_not_silenced():
    text = "# arazzo-run: ignore=ARZ502 why\na: 1\n"
    nowhere, unknown = Diagnostic("ARZ502", "warning", "wrong"), finding("ARZ502", 0)

    left = suppress(document_of(text), [nowhere, unknown, finding("ARZ502", 2)])

    assert [d.code for d in left] == ["ARZ502", "ARZ502"]


# -- what is a comment ----------------------------------------------------------------------------------------------

BLOCK = dedent("""\
    a: |
      text # arazzo-run: ignore=ARZ502 why
    b: >-
      more
      # arazzo-run: ignore=ARZ502 why
    """)


@pytest.mark.parametrize(
    "text",
    [
        "a: 'x # arazzo-run: ignore=ARZ502 why'\n",
        'a: "x # arazzo-run: ignore=ARZ502 why"\n',
        'a: "x\n  # arazzo-run: ignore=ARZ502 why"\nb: 1\n',
        "a: x#arazzo-run: ignore=ARZ502 why\n".replace(": ignore", ":ignore"),
        "'# arazzo-run: ignore=ARZ502 why': 1\n",
        BLOCK,
        '{"a": "# arazzo-run: ignore=ARZ502 why"}\n',
    ],
)
def test_text_that_looks_like_a_comment_is_text(text: str):
    findings = [finding("ARZ502", line) for line in range(1, 6)]

    assert told(text, *findings) == [f"{line}:3 ARZ502" for line in range(1, 6)]


@pytest.mark.parametrize(
    "text",
    [
        "a: | # arazzo-run: ignore=ARZ502 why\n  text\n",
        "a: 'it''s # quoted' # arazzo-run: ignore=ARZ502 why\n",
        "a: [1, # arazzo-run: ignore=ARZ502 why\n  2]\n",
        "a: {b: x} # arazzo-run: ignore=ARZ502 why\n",
        "- # arazzo-run: ignore=ARZ502 why\n  x\n",
        "a: &anchor x # arazzo-run: ignore=ARZ502 why\n",
        "a:\t1\t# arazzo-run: ignore=ARZ502 why\n",
    ],
)
def test_a_comment_is_found_wherever_yaml_allows_one(text: str):
    assert told(text, finding("ARZ502", 1)) == []


def test_a_comment_below_a_block_scalar_is_none_of_its_lines():
    text = "a: |\n  text\n# arazzo-run: ignore=ARZ502 why\nb: 1\n"

    assert told(text, finding("ARZ502", 4)) == []


def test_a_document_without_such_comments_keeps_its_findings_as_they_are():
    findings = (finding("ARZ503", 2), finding("ARZ502", 1))

    assert suppress(document_of("a: 1\n"), findings) == findings


def test_comments_of_other_documents_silence_and_are_judged_elsewhere():
    other = document_of("x: 1 # arazzo-run: ignore=ARZ502 why\ny: 1 # arazzo-run: ignore=ARZ502\n", "other.yaml")

    left = suppress(document_of("a: 1\n"), [finding("ARZ502", 1, "other.yaml"), finding("ARZ502", 1)], others=[other])

    assert [d.location.document for d in left if d.location] == [NAME]


# -- what is wrong with a comment -----------------------------------------------------------------------------------


def test_a_comment_without_a_reason_silences_nothing_and_is_told():
    text = "a: 1 # arazzo-run: ignore=ARZ502 ---\n"

    left = suppress(document_of(text), [finding("ARZ502", 1)])

    assert [d.code for d in left] == ["ARZ502", "ARZ140"]
    assert left[1].severity == "warning"
    assert left[1].location == Location(NAME, 1, 6)
    assert left[1].hint == "say why: # arazzo-run: ignore=ARZ502 because ..."


def test_a_comment_that_silences_nothing_is_told():
    text = "a: 1\n# arazzo-run: ignore=ARZ502,ARZ503 why\nb: 2\n"

    left = suppress(document_of(text), [finding("ARZ502", 1)])

    assert [d.code for d in left] == ["ARZ502", "ARZ141"]
    assert left[1].location == Location(NAME, 2, 1)
    assert left[1].message == "this comment silences nothing: line 3 has no ARZ502 or ARZ503"


def test_a_comment_at_the_end_of_a_document_silences_nothing():
    assert told("a: 1\n# arazzo-run: ignore=ARZ502 why\n", finding("ARZ502", 1)) == ["1:3 ARZ502", "2:1 ARZ141"]


def test_a_comment_that_silences_one_of_its_codes_has_its_use():
    assert told("a: 1 # arazzo-run: ignore=ARZ502,ARZ301 why\n", finding("ARZ502", 1)) == []


def test_a_comment_about_a_code_that_is_not_looked_for_is_not_called_useless():
    text = "a: 1 # arazzo-run: ignore=ARZ502 why\n"

    assert told(text, selected={"ARZ503"}) == []
    assert told(text, selected={"ARZ502"}) == ["1:6 ARZ141"]


@pytest.mark.parametrize("code", ["ARZ201", "ARZ220", "ARZ224"])
def test_no_comment_is_called_useless_where_a_source_was_not_read(code: str):
    text = "a: 1\nb: 2 # arazzo-run: ignore=ARZ601 why\n"

    assert told(text, finding(code, 1)) == [f"1:3 {code}"]


def test_an_unknown_code_is_told_with_the_one_that_may_be_meant():
    text = "a: 1 # arazzo-run: ignore=ARZ502,ARZ999,unbraced why\n"

    left = suppress(document_of(text), [finding("ARZ502", 1)])

    assert [(d.code, d.message) for d in left] == [
        ("ARZ142", "there is no code ARZ999"),
        ("ARZ142", "there is no code unbraced"),
    ]
    assert [f"{d.location.line}:{d.location.column}" for d in left if d.location] == [
        at(text, "ARZ999"),
        at(text, "unb"),
    ]
    assert left[1].hint == "did you mean 'ARZ502'?"


@pytest.mark.parametrize(
    "comment", ["# arazzo-run: ignore", "# arazzo-run: ignore ARZ502 why", "# arazzo-run: ignore= "]
)
def test_a_comment_that_names_no_code_is_told_how_to_name_one(comment: str):
    left = suppress(document_of(f"a: 1 {comment}\n"), [finding("ARZ502", 1)])

    assert [(d.code, d.hint) for d in left] == [
        ("ARZ502", None),
        ("ARZ142", "write # arazzo-run: ignore=CODE and the reason"),
    ]


def test_other_comments_to_the_tool_are_none_of_its_business():
    assert told("# arazzo-run: ignored by us\n# see arazzo-run: check\na: 1\n", finding("ARZ502", 3)) == ["3:3 ARZ502"]

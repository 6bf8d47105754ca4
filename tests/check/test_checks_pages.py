"""The catalogue, and the pages of docs/rules with the examples in them."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from rule_pages import PAGES, REWRITE, Example, facts, findings, heading, index, read_page

from arazzo_runner.checks import RULES
from arazzo_runner.diagnostics import Diagnostic

PACKAGE = PAGES.parent.parent / "arazzo_runner"
WRITTEN = sorted(code for code in RULES if (PAGES / f"{code}.md").is_file())
EXAMPLES = [each for code in WRITTEN for each in read_page(code).examples if "skipped" not in each.words]
BAD = [example for example in EXAMPLES if example.bad]
GOOD = [example for example in EXAMPLES if not example.bad]
CHECKED = sorted({example.code for example in BAD})


def codes_in(module: Path) -> set[str]:
    """The texts of a module that are a code; docstrings and comments do not count."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"ARZ\d{3}", node.value)
    }


def of_code(example: Example) -> list[Diagnostic]:
    return [finding for finding in findings(example) if finding.code == example.code]


# The catalogue --------------------------------------------------------------------------------------------------------


def test_every_code_of_the_package_is_in_the_catalogue_and_the_other_way_round() -> None:
    modules = [module for module in PACKAGE.rglob("*.py") if module.name != "catalogue.py"]

    emitted = set().union(*map(codes_in, modules))

    assert sorted(emitted - RULES.keys()) == []
    assert sorted(RULES.keys() - emitted) == []


def test_rules_stand_in_the_order_of_their_codes() -> None:
    assert list(RULES) == sorted(RULES)
    assert all(code == rule.code for code, rule in RULES.items())


def test_names_are_unique_and_in_kebab_case() -> None:
    names = Counter(rule.name for rule in RULES.values())

    assert [name for name, times in names.items() if times > 1] == []
    assert [name for name in names if not re.fullmatch(r"[a-z]+(-[a-z]+)*", name)] == []


def test_titles_are_fragments_of_a_sentence() -> None:
    assert [rule.code for rule in RULES.values() if not rule.title or rule.title.endswith(".")] == []
    assert [rule.code for rule in RULES.values() if rule.title[0].isupper()] == []


def test_every_rule_names_what_says_so() -> None:
    assert [rule.code for rule in RULES.values() if not rule.source.strip()] == []


# The pages ------------------------------------------------------------------------------------------------------------


def test_there_is_a_page_for_every_rule_and_no_other() -> None:
    assert sorted(page.stem for page in PAGES.glob("ARZ*.md")) == sorted(RULES)


@pytest.mark.parametrize("code", WRITTEN)
def test_a_page_begins_with_what_the_catalogue_says(code: str) -> None:
    page = read_page(code)

    assert (page.heading, page.facts) == (heading(RULES[code]), facts(RULES[code])), REWRITE


@pytest.mark.parametrize("code", WRITTEN)
def test_a_page_has_a_bad_and_a_good_example(code: str) -> None:
    examples = read_page(code).examples

    assert {example.bad for example in examples} == {True, False}


@pytest.mark.parametrize("code", WRITTEN)
def test_a_page_says_why_no_test_reads_an_example(code: str) -> None:
    page = read_page(code)

    skipped = any("skipped" in example.words for example in page.examples)

    assert ("No test reads" in page.prose) == skipped


@pytest.mark.parametrize("page", [*WRITTEN, "README"])
def test_the_links_of_a_page_lead_somewhere(page: str) -> None:
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8")

    targets = [target for target in re.findall(r"\]\(([^)#\s]+)", text) if not target.startswith("https:")]

    assert [target for target in targets if not (PAGES / target).exists()] == []


def test_the_readme_lists_every_rule() -> None:
    readme = (PAGES / "README.md").read_text(encoding="utf-8")

    assert readme == index(readme), REWRITE


# The examples ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("example", BAD, ids=str)
def test_a_bad_example_is_found_where_it_is_marked(example: Example) -> None:
    found = of_code(example)

    places = {(d.location.document, d.location.line, d.code) for d in found if d.location and d.location.line}
    assert found
    assert places == example.marks


@pytest.mark.parametrize("example", GOOD, ids=str)
def test_a_good_example_has_nothing_of_the_kind_and_no_error(example: Example) -> None:
    found = findings(example)

    assert [str(d) for d in found if d.code == example.code or d.severity == "error"] == []


@pytest.mark.parametrize("code", CHECKED)
def test_the_severity_of_the_catalogue_is_one_that_is_seen(code: str) -> None:
    seen = {d.severity for example in read_page(code).examples if example.bad for d in of_code(example)}

    assert RULES[code].severity in seen


@pytest.mark.parametrize("code", CHECKED)
def test_a_rule_is_fixable_if_an_example_of_it_can_be_mended(code: str) -> None:
    mended = any(d.fix for example in read_page(code).examples if example.bad for d in of_code(example))

    assert mended == RULES[code].fixable


def test_a_code_of_no_page_is_not_marked() -> None:
    marked = {code for example in BAD for _, _, code in example.marks}

    assert marked <= set(WRITTEN)

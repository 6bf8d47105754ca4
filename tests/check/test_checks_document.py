"""The text of the document: what other YAML readers read differently, and expressions that lack their quotes."""

from __future__ import annotations

import pytest
from checking import at, check, description, found, of_steps

requirement = pytest.mark.requirement


def payload(value: str) -> str:
    """A text with one member `value` in the payload of its only step."""
    return of_steps(
        f"""
        - stepId: a
          operationId: createPet
          requestBody:
            contentType: application/json
            payload:
              value: {value}
        """
    )


VALUE = "13:16"  # where the value of the payload's member stands


def traps(text: str) -> list[str]:
    return found(text, "ARZ13")


# Booleans -------------------------------------------------------------------------------------------------------------


@requirement("format.yaml-1-2")
@pytest.mark.parametrize(
    "word", ["yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF", "y", "N"]
)
def test_a_word_that_is_a_boolean_in_yaml_1_1_is_told(word: str) -> None:
    text = payload(word)

    assert traps(text) == [f"{VALUE} ARZ130"]


@pytest.mark.parametrize("word", ["yEs", "oN", "nope", "online", "true", "False", "'no'", '"on"', "[yes please]", "~"])
def test_other_words_and_words_in_quotes_are_the_same_for_all(word: str) -> None:
    assert traps(payload(word)) == []


def test_a_key_is_read_differently_too() -> None:
    text = payload("{on: 1, 'off': 2, x: no}")

    assert traps(text) == [f"{at(text, 'on: 1,')} ARZ130", f"{at(text, 'no}')} ARZ130"]


def test_a_block_of_text_is_a_text() -> None:
    assert traps(payload("|\n                no")) == []


def test_a_word_in_a_description_is_no_text_elsewhere_either() -> None:
    text = of_steps("- {stepId: a, operationId: listPets}", fields="description: no")

    assert traps(text) == [f"{at(text, 'no')} ARZ130"]


def test_one_letter_is_an_info_because_many_readers_leave_it_alone() -> None:
    severities = {d.message[1:2]: d.severity for d in check(payload("[y, no]")) if d.code == "ARZ130"}

    assert severities == {"y": "info", "n": "warning"}


def test_the_message_says_what_the_word_is_elsewhere() -> None:
    (finding,) = [d for d in check(payload("Off")) if d.code == "ARZ130"]

    assert finding.message == "'Off' is a text here and false in YAML 1.1"
    assert finding.hint == "quote it: 'Off'"


def test_json_has_quotes_around_every_text() -> None:
    text = """
        {"arazzo": "1.0.1", "info": {"title": "no", "version": "012"}, "sourceDescriptions": [],
        "workflows": [{"workflowId": "y", "steps": [{"stepId": "on", "operationId": "listPets"}]}]}
    """

    assert traps(text) == []


# Numbers --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("012", "'012' is a text here and octal in YAML 1.1 and decimal in YAML 1.2"),
        ("-07", "'-07' is a text here and octal in YAML 1.1 and decimal in YAML 1.2"),
        ("089", "'089' is a text here and a number in YAML 1.2"),
        ("01.5", "'01.5' is a text here and a number in YAML 1.2"),
        ("0o14", "'0o14' is an octal number here and a text in YAML 1.1"),
        ("0b101", "'0b101' is a text here and a binary number in YAML 1.1"),
        ("1:30", "'1:30' is a text here and a number to the base of 60 in YAML 1.1"),
        ("10:30:00", "'10:30:00' is a text here and a number to the base of 60 in YAML 1.1"),
        ("1:30.5", "'1:30.5' is a text here and a number to the base of 60 in YAML 1.1"),
        ("1_000", "'1_000' is a text here and a number in YAML 1.1"),
        ("0x1_F", "'0x1_F' is a text here and a number in YAML 1.1"),
        ("-0x1F", "'-0x1F' is a text here and a number in YAML 1.1"),
        (".inf", "'.inf' is a text here and a number elsewhere, and JSON has none like it"),
        (".NaN", "'.NaN' is a text here and a number elsewhere, and JSON has none like it"),
        ("1e3", "'1e3' is a number here and a text in YAML 1.1"),
        ("1.5e3", "'1.5e3' is a number here and a text in YAML 1.1"),
        ("12e-5", "'12e-5' is a number here and a text in YAML 1.1"),
    ],
)
def test_a_number_that_readers_do_not_agree_about_is_told(number: str, message: str) -> None:
    text = payload(number)

    findings = [d for d in check(text) if d.code.startswith("ARZ13")]

    assert [(d.code, d.message) for d in findings] == [("ARZ131", message)]
    assert traps(text) == [f"{VALUE} ARZ131"]


@pytest.mark.parametrize(
    "number",
    ["0", "-1", "12", "1.5", ".5", "1.", "1.5e+3", "1.5E-3", "0x1F", "1.0.1", "12:60", "1:2:x", "_1", "10-30", "'012'"],
)
def test_numbers_that_all_readers_read_alike_are_left_alone(number: str) -> None:
    assert traps(payload(number)) == []


@requirement("format.yaml-1-2")
def test_a_version_of_leading_zeros_is_told() -> None:
    text = description("- workflowId: w\n  steps: [{stepId: a, operationId: listPets}]").replace(
        "version: 1.0.0", "version: 01"
    )

    assert traps(text) == [f"{at(text, '01}')} ARZ131"]


# Dates ----------------------------------------------------------------------------------------------------------------


@requirement("format.yaml-json-schema-tags-only")
@pytest.mark.parametrize(
    "date", ["2024-01-31", "2024-01-31T10:00:00Z", "2024-1-1 10:00:00", "2001-12-14t21:59:43.10-05:00"]
)
def test_a_date_without_quotes_is_told(date: str) -> None:
    text = payload(date)

    assert traps(text) == [f"{VALUE} ARZ132"]


@pytest.mark.parametrize("text", ["2024-1-31", "'2024-01-31'", "2024-01", "24-01-31", "2024-01-31-x", "20240131"])
def test_what_only_looks_like_a_date_is_left_alone(text: str) -> None:
    assert traps(payload(text)) == []


# Expressions without quotes -------------------------------------------------------------------------------------------


def unquoted(text: str) -> list[str]:
    return [
        line for line in found(text, "ARZ") if line.split()[1] in ("ARZ120", "ARZ103", "ARZ104", "ARZ111", "ARZ110")
    ]


@requirement("format.yaml-scalar-string-keys", "criterion.embedded.condition-quoted")
@pytest.mark.parametrize("version", ["1.0.1", "1.1.0"])
@pytest.mark.parametrize(
    "field",
    [
        "parameters: [{name: limit, in: query, value: {$inputs.x}}]",
        "parameters: [{name: limit, in: query, value: { $inputs.x }}]",
        "parameters: [{$inputs.x}]",
        "requestBody: {payload: {$inputs.x}}",
        "requestBody: {payload: {a: {b: {$inputs.x}}}}",
        "requestBody: {payload: [{$inputs.x}]}",
        "requestBody: {payload: {a: 1}, replacements: [{target: /a, value: {$inputs.x}}]}",
        "requestBody: {payload: {a: 1}, replacements: [{target: {$inputs.x}, value: 1}]}",
        "requestBody: {contentType: {$inputs.x}, payload: 1}",
        "successCriteria: [{condition: {$inputs.x}}]",
        "successCriteria: [{context: {$inputs.x}, condition: x, type: regex}]",
        "successCriteria: [{$inputs.x}]",
        "onSuccess: [{name: a, type: end, criteria: [{condition: {$inputs.x}}]}]",
        "onFailure: [{$inputs.x}]",
        "outputs: {a: {$inputs.x}}",
    ],
)
def test_an_expression_in_braces_needs_quotes_wherever_it_stands(field: str, version: str) -> None:
    text = of_steps(f"- stepId: a\n  operationId: listPets\n  {field}\n", version=version)

    assert unquoted(text) == [f"{at(text, '{$inputs.x}' if '{$' in field else '{ $inputs.x }')} ARZ120"]


@pytest.mark.parametrize("payload", ["{$type: }", "{$type: , a: 1}", "{$inputs.x: 1}", "{inputs.x}"])
def test_an_object_whose_members_only_look_like_it_is_an_object(payload: str) -> None:
    text = of_steps(f"- {{stepId: a, operationId: createPet, requestBody: {{payload: {payload}}}}}")

    assert unquoted(text) == []

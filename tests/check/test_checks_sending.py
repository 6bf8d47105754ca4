"""What a step could never send: replacements that lead nowhere, a query string that is no text."""

from __future__ import annotations

from typing import Any

import pytest
from checking import at, check, found, of_steps
from linking import API, PETS
from scripted import openapi_of


def body(payload: str, *targets: str, content_type: str = "application/json", version: str = "1.1.0") -> str:
    """A step whose payload has these targets replaced; a target may be followed by more fields of its object."""
    replacements = "\n".join(f"              - {{target: {target}, value: 1}}" for target in targets)
    return of_steps(
        f"""
        - stepId: a
          operationId: createPet
          requestBody:
            contentType: {content_type}
            payload: {payload}
            replacements:
{replacements}
        """.replace("              - {", "            - {"),
        fields="inputs: {type: object, properties: {it: {}}}",
        version=version,
    )


def lost(text: str) -> list[str]:
    return found(text, "ARZ619")


@pytest.mark.parametrize(
    ("payload", "target", "reason"),
    [
        ("{a: 1}", "/b/c", "nothing is at /b, so 'c' cannot be set in it"),
        ("{a: {b: 1}}", "/a/b/c", "/a/b is a number, which has no member 'c'"),
        ("{a: [1, 2]}", "/a/3", "the array at /a has 2 items, none at 3"),
        ("{a: [1, 2]}", "/a/x", "'x' is not an index of the array at /a"),
        ("{a: $inputs.it}", "/b/c", "nothing is at /b"),
        ("{a: $inputs.it, b: {d: {}}}", "/b/c/e", "nothing is at /b/c, so 'e' cannot be set in it"),
        ("[$inputs.it]", "/2", "the list at the root has no such item"),
        ("[$inputs.it]", "/1/a", "the list at the root has no such item"),
        ("'{\"a\": {}}'", "/b/c", "nothing is at /b, so 'c' cannot be set in it"),
    ],
)
def test_a_target_that_is_in_nothing_is_told(payload: str, target: str, reason: str) -> None:
    text = body(payload, target)

    (told,) = [d for d in check(text) if d.code == "ARZ619"]

    assert f"{told.location.line}:{told.location.column}" == at(text, f"{target}, value")  # type: ignore[union-attr]
    assert (told.severity, told.message) == ("warning", f"the target '{target}' is not in the payload: {reason}")


@pytest.mark.parametrize(
    ("payload", "target"),
    [
        ("{a: 1}", "/a"),
        ("{a: 1}", "/b"),  # the last member is added
        ("{a: {}}", "/a/b"),
        ("{a: [1]}", "/a/1"),
        ("{a: [1]}", "/a/-"),
        ("{a: $inputs.it}", "/a/b/c"),  # only a run knows
        ("$inputs.it", "/a/b"),
        ("[$inputs.it]", "/-"),
        ("[$inputs.it]", "/0/a/b"),
        ("'{\"a\": {$inputs.it}}'", "/b/c"),
        ("{a: 1}", "''"),
    ],
)
def test_a_target_that_is_there_or_may_be_is_left_alone(payload: str, target: str) -> None:
    assert lost(body(payload, target)) == []


def test_what_an_earlier_replacement_sets_is_there_for_a_later_one() -> None:
    text = body("{a: 1}", "/b", "/b/c/d", "/e/f")

    assert lost(text) == [f"{at(text, '/e/f')} ARZ619"]


def test_without_a_payload_the_containers_are_made() -> None:
    text = body("{a: 1}", "/b/c").replace("      payload: {a: 1}\n", "")

    assert lost(text) == []


def test_a_query_that_selects_nothing_of_a_constant_payload_is_told() -> None:
    text = body("{a: 1}", "$.b, targetSelectorType: jsonpath")

    assert lost(text) == [f"{at(text, '$.b')} ARZ619"]
    assert lost(body("{a: 1}", "$.a, targetSelectorType: jsonpath")) == []
    assert lost(body("{a: $inputs.it}", "$.b, targetSelectorType: jsonpath")) == []


# ARZ620: the query string ---------------------------------------------------------------------------------------------


def query(value: str) -> str:
    fields = f"parameters: [{{name: q, in: querystring, value: {value}}}]"
    return of_steps(
        f"- {{stepId: a, operationId: listPets, {fields}}}",
        fields="inputs: {type: object, properties: {it: {}}}",
        version="1.1.0",
    )


def declaring(media_type: str) -> dict[str, Any]:
    described = openapi_of(*PETS, version="3.2.0")
    described["paths"]["/pets"]["get"]["parameters"] = [{"name": "q", "in": "querystring", "content": {media_type: {}}}]
    return {API: described}


@pytest.mark.parametrize(
    ("value", "kind"),
    [("{a: 1}", "an object"), ("{a: $inputs.it}", "an object"), ("[1]", "an array"), ("5", "an integer")],
)
def test_a_query_string_that_is_no_text_is_told(value: str, kind: str) -> None:
    text = query(value)

    (told,) = [d for d in check(text) if d.code == "ARZ620"]

    assert f"{told.location.line}:{told.location.column}" == at(text, f"{value}}}]")  # type: ignore[union-attr]
    assert told.message == f"the querystring parameter 'q' is {kind}, and has to be the query as one text"


@pytest.mark.parametrize("value", ["a=1&b=2", "'a={$inputs.it}'", "$inputs.it", "'5'"])
def test_a_text_or_what_may_be_one_is_left_alone(value: str) -> None:
    assert found(query(value), "ARZ620") == []
    assert found(query(value), "ARZ620", declaring("application/x-www-form-urlencoded")) == []


def test_a_query_string_is_of_the_media_type_that_is_declared() -> None:
    text = query("a=1")

    assert found(text, "ARZ620", declaring("application/json")) == [f"{at(text, 'a=1')} ARZ620"]
    assert found(query("'{\"a\": 1}'"), "ARZ620", declaring("application/json")) == []

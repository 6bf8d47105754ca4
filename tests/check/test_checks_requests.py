"""What a step sends, against what its operation takes."""

from __future__ import annotations

from typing import Any

import pytest
from checking import at, of_steps
from shop import INTEGER, OPENAPI, STRING, check, json, operation, places, step

from arazzo_runner.diagnostics import Diagnostic

# ARZ605: parameters ---------------------------------------------------------------------------------------------------


def query(name: str, value: str, version: str = "1.0.1") -> str:
    return step(f"parameters: [{{name: {name}, in: query, value: {value}}}]", version=version)


def body(payload: str, operation_id: str = "createPet") -> str:
    return step(f"requestBody:\n  payload: {payload}", operation_id)


def of_pet(value: str) -> str:
    return step(f"parameters: [{{name: id, in: path, value: {value}}}]", "getPet")


def test_a_value_that_a_parameter_cannot_have_is_found_where_it_stands() -> None:
    text = query("limit", "$inputs.flag")

    (finding,) = check(text, "ARZ605")

    assert f"{finding.location.line}:{finding.location.column}" == at(text, "$inputs.flag")  # type: ignore[union-attr]
    assert finding.message == ("the query parameter 'limit' of GET /pets is $inputs.flag, a boolean, not an integer")
    assert finding.severity == "warning"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "many"),
        ("limit", "'many-{$inputs.name}'"),
        ("limit", "true"),
        ("limit", "500"),
        ("limit", "'500'"),
        ("limit", "[1]"),
        ("limit", "{a: 1}"),
        ("limit", "$inputs.list"),
        ("limit", "$inputs.pet"),
        ("sold", "1"),
        ("sold", "$inputs.count"),
        ("status", "gone"),
        ("status", "'un{$inputs.name}'"),
        ("status", "$inputs.count"),
        ("tags", "$inputs.pet"),
        ("tags", "'{$inputs.list}'"),
        ("ages", "[one]"),
        ("ages", "'1,two'"),
        ("ids", "$inputs.pet"),
        ("near", "5"),
        ("near", "{lat: north}"),
        ("near", "$inputs.list"),
        ("filter", "{code: one}"),
    ],
)
def test_no_text_of_this_value_is_one_of_the_parameter(name: str, value: str) -> None:
    assert len(check(query(name, value), "ARZ605")) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "5"),
        ("limit", "'5'"),
        ("limit", "$inputs.count"),
        ("limit", "$inputs.name"),
        ("limit", "'{$inputs.count}'"),
        ("limit", "'1{$inputs.count}'"),
        ("limit", "null"),
        ("sold", "true"),
        ("sold", "'false'"),
        ("sold", "$inputs.flag"),
        ("status", "free"),
        ("status", "'fr{$inputs.name}'"),
        ("tags", "red"),
        ("tags", "[red, blue]"),
        ("tags", "'{$inputs.name}'"),
        ("tags", "$inputs.list"),
        ("tags", "$inputs.name"),
        ("ages", "'1,2'"),
        ("ages", "[1, '2']"),
        ("ages", "$inputs.list"),
        ("ids", "[a, b]"),
        ("ids", "$inputs.list"),
        ("ids", "5"),
        ("near", "{lat: 1.5}"),
        ("near", "{lat: '1.5'}"),
        ("near", "'lat,1'"),
        ("filter", "{code: 1}"),
        ("filter", "'{\"code\": 1}'"),
    ],
)
def test_a_text_of_this_value_may_be_one_of_the_parameter(name: str, value: str) -> None:
    assert places(query(name, value), "ARZ605") == []


def test_a_path_parameter_that_is_null_or_empty_leaves_nothing_to_call() -> None:
    null, empty = of_pet("null"), of_pet("''")

    assert places(null, "ARZ605") == [at(null, "null")]
    assert places(empty, "ARZ605") == [at(empty, "''")]
    assert places(of_pet("'0'"), "ARZ605") == []


def test_a_response_that_is_an_object_is_no_text_for_a_path() -> None:
    text = step(
        "outputs: {pet: $response.body#/0, id: $response.body#/0/id}",
        more="""
        - stepId: b
          operationId: getPet
          parameters: [{name: id, in: path, value: $steps.a.outputs.pet}]
        - stepId: c
          operationId: getPet
          parameters: [{name: id, in: path, value: $steps.a.outputs.id}]
        """,
    )

    (finding,) = check(text, "ARZ605")

    assert f"{finding.location.line}:{finding.location.column}" == at(text, "$steps.a.outputs.pet")  # type: ignore[union-attr]
    assert finding.message.endswith("is $steps.a.outputs.pet, an object, not a string")


def test_a_querystring_is_one_text() -> None:
    text = step("parameters: [{name: q, in: querystring, value: {a: 1}}]", "any", version="1.1.0")

    assert places(text, "ARZ605") == [at(text, "{a: 1}")]
    assert places(text.replace("{a: 1}", "'a={$inputs.count}'"), "ARZ605") == []


def test_a_parameter_that_steps_share_is_one_finding() -> None:
    text = of_steps(
        "- {stepId: a, operationId: listPets}\n- {stepId: b, operationId: listPets}",
        fields="parameters: [{name: limit, in: query, value: many}]",
    )

    assert places(text, "ARZ605") == [at(text, "many")]


def test_the_value_of_a_constant_is_not_told() -> None:
    (finding,) = check(query("limit", "hunter2"), "ARZ605")

    assert "hunter2" not in f"{finding.message}{finding.hint}"


# ARZ606: values in the body -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("member", "what"),
    [
        ("age: $inputs.name", "'/age' in the body of POST /pets is $inputs.name, a string, not an integer"),
        ("age: '5'", "'/age' in the body of POST /pets is a string, not an integer"),
        ("age: -1", "'/age' in the body of POST /pets is less than the minimum of 0"),
        ("age: '{$inputs.count}'", "'/age' in the body of POST /pets is a string, not an integer"),
        ("vaccinated: '{$inputs.flag}'", "'/vaccinated' in the body of POST /pets is a string, not a boolean"),
        ("status: gone", "'/status' in the body of POST /pets is not one of 'free', 'sold'"),
        ("status: 'un{$inputs.name}'", "'/status' in the body of POST /pets is never one of 'free', 'sold'"),
        ("tags: red", "'/tags' in the body of POST /pets is a string, not an array of strings"),
        ("tags: [red, 5]", "'/tags/1' in the body of POST /pets is an integer, not a string"),
        ("tags: $inputs.flag", "'/tags' in the body of POST /pets is $inputs.flag, a boolean, not an array of strings"),
        ("owner: [1]", "'/owner' in the body of POST /pets is an array, not an object"),
        ("owner: {email: $inputs.list}",
         "'/owner/email' in the body of POST /pets is $inputs.list, an array of strings, not a string"),
    ],
)  # fmt: skip
def test_a_member_keeps_its_type_in_json(member: str, what: str) -> None:
    (finding,) = check(body(f"{{name: Rex, {member}}}"), "ARZ606")

    assert finding.message == what


@pytest.mark.parametrize(
    "member",
    [
        "age: 5",
        "age: $inputs.count",
        "age: 5.0",
        "vaccinated: $inputs.flag",
        "status: sold",
        "status: $inputs.name",
        "status: '{$inputs.name}'",
        "tags: $inputs.list",
        "tags: [red, $inputs.name]",
        "owner: {email: 'x@{$inputs.name}'}",
        "owner: $inputs.pet",
        "unknown: {anything: [1]}",
    ],
)
def test_a_member_that_fits_or_may_fit_is_no_finding(member: str) -> None:
    assert places(body(f"{{name: Rex, {member}}}"), "ARZ606") == []


@pytest.mark.parametrize(
    ("member", "hint"),
    [
        ("age: '{$inputs.count}'", "write $inputs.count without braces, which keeps its type"),
        ("age: '5'", "write 5 without quotes"),
        ("name: 5", "write '5' in quotes"),
        ("age: old", None),
    ],
)
def test_what_to_write_instead(member: str, hint: str | None) -> None:
    (finding,) = check(body(f"{{name: Rex, {member}}}" if "name" not in member else f"{{{member}}}"), "ARZ606")

    assert finding.hint == hint


def test_the_place_is_that_of_the_member() -> None:
    text = body("\n    name: Rex\n    tags:\n    - red\n    - 5\n    owner:\n      email: true")

    assert places(text, "ARZ606") == [at(text, "5\n"), at(text, "true")]


def test_a_whole_payload_is_judged_by_its_type() -> None:
    text = body("$inputs.list")

    assert places(text, "ARZ606") == [at(text, "$inputs.list")]
    assert places(body("$inputs.pet"), "ARZ606") == []


def test_alternatives_of_a_schema_are_all_allowed() -> None:
    schema = {
        "oneOf": [
            {"type": "object", "required": ["a"], "properties": {"a": INTEGER, "c": STRING}},
            {"type": "object", "required": ["b"], "properties": {"b": STRING, "c": INTEGER}},
        ]
    }
    openapi = {**OPENAPI, "paths": {"/x": {"post": operation("createPet", requestBody=json(schema))}}}

    assert [d.code for d in _all(body("{a: 1, c: 2}"), openapi)] == []
    assert [d.code for d in _all(body("{b: x, c: y}"), openapi)] == []
    assert [d.code for d in _all(body("{c: true}"), openapi)] == ["ARZ606"]


def _all(text: str, openapi: dict[str, Any]) -> list[Diagnostic]:
    return [d for code in ("ARZ606", "ARZ609", "ARZ610") for d in check(text, code, openapi)]


def form(payload: str) -> str:
    return body(payload, "token")


@pytest.mark.parametrize("seconds", ["5", "'5'", "$inputs.count", "'{$inputs.count}'", "$inputs.name"])
def test_scalars_in_a_form_are_texts(seconds: str) -> None:
    assert places(form(f"{{grant: x, seconds: {seconds}}}"), "ARZ606") == []


@pytest.mark.parametrize("seconds", ["soon", "true", "$inputs.flag", "[5]", "$inputs.pet"])
def test_a_text_in_a_form_still_has_to_be_what_the_field_is(seconds: str) -> None:
    assert len(check(form(f"{{grant: x, seconds: {seconds}}}"), "ARZ606")) == 1


def test_a_structure_in_a_form_can_be_json_text() -> None:
    assert places(form("{grant: x, extra: {a: 1}}"), "ARZ606") == []


def test_a_form_that_is_written_out_is_read() -> None:
    good = form("'grant=x&seconds={$inputs.count}'")
    bad = form("'grant=x&seconds=soon'")

    assert places(good, "ARZ60") == []
    assert places(bad, "ARZ606") == [at(bad, "'grant")]


def test_parts_of_a_multipart_body_are_texts_too() -> None:
    schema = {"type": "object", "required": ["file"], "properties": {"file": STRING, "size": INTEGER}}
    body_of = {"content": {"multipart/form-data": {"schema": schema}}}
    openapi = {**OPENAPI, "paths": {"/x": {"post": operation("createPet", requestBody=body_of)}}}

    assert [d.code for d in _all(body("{file: x, size: '5'}"), openapi)] == []
    assert [d.code for d in _all(body("{size: big, fiel: x}"), openapi)] == ["ARZ606", "ARZ610"]


def test_a_pattern_is_for_constants() -> None:
    schema = {"type": "object", "properties": {"code": {"type": "string", "pattern": "^[A-Z]+$"}}}
    openapi = {**OPENAPI, "paths": {"/x": {"post": operation("createPet", requestBody=json(schema))}}}

    assert [d.code for d in _all(body("{code: abc}"), openapi)] == ["ARZ606"]
    assert [d.code for d in _all(body("{code: ABC}"), openapi)] == []
    assert [d.code for d in _all(body("{code: $inputs.name}"), openapi)] == []


def test_another_media_type_is_not_judged() -> None:
    text = step("requestBody: {contentType: text/plain, payload: {a: 1}}", "patch")

    assert places(text, "ARZ606") == []


def test_replacements_are_judged_in_their_places_and_what_they_replace_is_not() -> None:
    text = step(
        """
        requestBody:
          payload: {name: Rex, age: later, status: later}
          replacements:
          - {target: /age, value: 5}
          - {target: /status, value: gone}
          - {target: /owner, value: {email: 7}}
        """,
        "createPet",
    )

    assert places(text, "ARZ606") == [at(text, "gone"), at(text, "7}")]


def test_a_replacement_by_a_query_leaves_constants_open() -> None:
    text = step(
        """
        requestBody:
          payload: {age: later}
          replacements: [{target: '$.*', targetSelectorType: jsonpath, value: 5}]
        """,
        "createPet",
        version="1.1.0",
    )

    assert places(text, "ARZ606") == []
    assert places(text, "ARZ609") == []


# ARZ607: JSON that is written as text ---------------------------------------------------------------------------------


def template(text: str) -> str:
    return step("requestBody:\n  payload: |\n    " + text.replace("\n", "\n    "), "createPet", version="1.1.0")


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "{$inputs.name}",}',
        '{"name": {$inputs.name}, "age" {$inputs.count}}',
        "name: {$inputs.name}",
        '{"name": "Rex"',
    ],
)
def test_a_text_that_never_becomes_json_is_an_error(text: str) -> None:
    whole = template(text)

    (finding,) = check(whole, "ARZ607")

    assert finding.severity == "error"
    assert f"{finding.location.line}:{finding.location.column}" == at(whole, "|\n")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "{$inputs.name}", "age": {$inputs.count}}',
        '{"name": "Rex", "tags": {$inputs.list}}',
        '{"name": "Rex" {$inputs.name}}',  # the rest of it may come from there
        '{"name": "R\\"{$inputs.name}"}',
        "{$inputs.name}",
        '{"{$inputs.name}": 1, "name": "x"}',
        '{"name": "Rex", "owner": {$inputs.name}}',  # JSON in a string
    ],
)
def test_a_text_that_can_become_json_is_no_finding(text: str) -> None:
    assert places(template(text), "ARZ607") == []


def test_a_text_is_read_where_the_operation_declares_no_body() -> None:
    text = step("requestBody:\n  contentType: application/json\n  payload: '{\"a\": '", "silent", version="1.1.0")

    assert len(check(text, "ARZ607")) == 1


def test_quotes_around_a_structure_break_the_text() -> None:
    (finding,) = check(template('{"name": "Rex",\n "tags": "{$inputs.list}"}'), "ARZ607")

    assert finding.severity == "warning"
    assert finding.message == (
        "'/tags' of the payload has quotes around $inputs.list, an array of strings, which makes no JSON"
    )
    assert finding.hint == "write {$inputs.list} without the quotes around it"


def test_a_string_without_quotes_breaks_the_text_where_a_string_is_wanted() -> None:
    (finding,) = check(template('{"name": {$inputs.name}}'), "ARZ607")

    assert finding.hint == 'write "{$inputs.name}"'


def test_values_in_a_text_are_judged_like_others() -> None:
    text = template('{"name": "Rex", "age": "{$inputs.count}", "statsu": "free", "owner": {}}')

    assert [(d.code, d.hint) for code in ("ARZ606", "ARZ609", "ARZ610") for d in check(text, code)] == [
        ("ARZ606", "write {$inputs.count} without the quotes around it, which keeps its type"),
        ("ARZ609", None),
        ("ARZ610", "did you mean 'status'?"),
    ]


def test_an_expression_without_quotes_keeps_its_type_in_a_text() -> None:
    text = template('{"name": "Rex", "age": {$inputs.count}, "vaccinated": {$inputs.count}}')

    (finding,) = check(text, "ARZ606")

    assert finding.message.startswith("'/vaccinated' in the body of POST /pets is $inputs.count, an integer")


# ARZ608: required parameters ------------------------------------------------------------------------------------------


def test_required_parameters_that_are_not_given_are_told_at_the_operation() -> None:
    text = step("", "search")

    (finding,) = check(text, "ARZ608")

    assert f"{finding.location.line}:{finding.location.column}" == at(text, "search")  # type: ignore[union-attr]
    assert finding.message == "GET /search requires 'q' (query) and 'X-Tenant' (header), which the step does not give"


def test_given_parameters_credentials_and_optional_ones_are_not_missing() -> None:
    text = step("parameters: [{name: q, in: query, value: x}, {name: x-tenant, in: header, value: x}]", "search")

    assert places(text, "ARZ608") == []


def test_a_parameter_of_the_workflow_counts() -> None:
    text = of_steps(
        "- {stepId: a, operationId: search, parameters: [{name: q, in: query, value: x}]}",
        fields="parameters: [{name: X-Tenant, in: header, value: x}]",
    )

    assert places(text, "ARZ608") == []


def test_a_parameter_that_is_misspelt_is_one_finding() -> None:
    text = step("parameters: [{name: q, in: query, value: x}, {name: X-Tenants, in: header, value: x}]", "search")

    assert places(text, "ARZ608") == []
    assert len(check(text, "ARZ212")) == 1


# ARZ609: required members ---------------------------------------------------------------------------------------------


def test_required_members_that_are_not_given_are_told_at_their_object() -> None:
    text = body("{age: 5, owner: {phone: '1'}}")

    found = check(text, "ARZ609")

    assert [f"{d.location.line}:{d.location.column}" for d in found if d.location] == [
        at(text, "{age"),
        at(text, "{phone"),
    ]
    assert [d.message for d in found] == [
        "POST /pets requires 'name' in the body, which the step does not give",
        "POST /pets requires 'email' in '/owner' of the body, which the step does not give",
    ]


def test_what_only_responses_have_is_not_required() -> None:
    assert places(body("{name: Rex}"), "ARZ609") == []  # `id` is readOnly


def test_an_object_that_is_computed_is_not_judged() -> None:
    assert places(body("{name: Rex, owner: $inputs.pet}"), "ARZ609") == []


def test_replacements_add_members() -> None:
    fields = "requestBody:\n  payload: {age: 5}\n  replacements: [{target: /name, value: Rex}]"
    nothing = "requestBody:\n  replacements: [{target: /age, value: 5}]"

    assert places(step(fields, "createPet"), "ARZ609") == []
    assert len(check(step(nothing, "createPet"), "ARZ609")) == 1


def test_a_null_field_of_a_form_is_not_sent() -> None:
    assert len(check(form("{grant: null}"), "ARZ609")) == 1


# ARZ610: undeclared members -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("member", "severity", "hint"),
    [
        ("vaccinatd: true", "warning", "did you mean 'vaccinated'?"),
        ("Age: 5", "warning", "did you mean 'age'?"),
        ("colour: red", "info", None),
    ],
)
def test_a_member_that_is_not_declared(member: str, severity: str, hint: str | None) -> None:
    text = body(f"{{name: Rex, {member}}}")

    (finding,) = check(text, "ARZ610")

    assert f"{finding.location.line}:{finding.location.column}" == at(text, member.partition(": ")[2] + "}")  # type: ignore[union-attr]
    assert (finding.severity, finding.hint) == (severity, hint)


def test_a_member_that_the_schema_forbids_is_a_warning() -> None:
    text = step("parameters: [{name: id, in: path, value: x}]\nrequestBody: {payload: {nick: Rex}}", "rename")

    (finding,) = check(text, "ARZ610")

    assert (finding.severity, finding.message) == ("warning", "PUT /pets/{id}/name allows no 'nick' in the body")


def test_a_misspelt_member_is_one_finding() -> None:
    text = body("{nmae: Rex}")

    assert places(text, "ARZ609") == []
    assert [d.hint for d in check(text, "ARZ610")] == ["did you mean 'name'?"]


def test_brackets_in_the_name_of_a_field_are_a_part_of_it() -> None:
    assert places(form("{grant: x, 'scopes[0]': a, 'extra[a][b]': 1}"), "ARZ610") == []


def test_the_target_of_a_replacement_is_declared_too() -> None:
    text = step("requestBody:\n  payload: {name: Rex}\n  replacements: [{target: /owner/mail, value: x}]", "createPet")

    (finding,) = check(text, "ARZ610")

    assert f"{finding.location.line}:{finding.location.column}" == at(text, "/owner/mail")  # type: ignore[union-attr]
    assert finding.hint == "did you mean 'email'?"


# ARZ611: content types ------------------------------------------------------------------------------------------------


def of_type(content_type: str) -> str:
    return step(f"requestBody: {{contentType: {content_type}, payload: x}}", "patch")


def test_a_content_type_that_is_not_taken_is_found_at_its_field() -> None:
    text = of_type("application/xml")

    (finding,) = check(text, "ARZ611")

    assert f"{finding.location.line}:{finding.location.column}" == at(text, "application/xml")  # type: ignore[union-attr]
    assert finding.message == "POST /patch takes application/merge-patch+json or text/*, not application/xml"


@pytest.mark.parametrize(
    "content_type", ["application/merge-patch+json", "'Application/Merge-Patch+JSON; charset=utf-8'", "text/markdown"]
)
def test_parameters_case_and_ranges_are_taken_into_account(content_type: str) -> None:
    assert places(of_type(content_type), "ARZ611") == []


def test_json_in_the_place_of_json_is_an_info() -> None:
    text = step("requestBody: {contentType: application/vnd.pet+json, payload: {name: x}}", "createPet")

    assert [d.severity for d in check(text, "ARZ611")] == ["info"]


def test_a_content_type_header_is_a_content_type() -> None:
    text = step(
        "parameters: [{name: content-type, in: header, value: application/xml}]\nrequestBody: {payload: x}", "createPet"
    )

    assert places(text, "ARZ611") == [at(text, "application/xml")]


def test_a_2_0_description_that_does_not_say_what_it_consumes_takes_anything() -> None:
    fields = {"name": "body", "in": "body", "schema": {"type": "object"}}
    swagger = {
        "swagger": "2.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/x": {"post": {"operationId": "patch", "parameters": [fields], "responses": {}}}},
    }

    assert places(of_type("text/plain"), "ARZ611", swagger) == []
    assert len(check(of_type("text/plain"), "ARZ611", {**swagger, "consumes": ["application/json"]})) == 1


# ARZ612: required bodies ----------------------------------------------------------------------------------------------


def test_a_required_body_that_is_not_sent_is_told_at_the_operation() -> None:
    text = step("", "createPet")

    (finding,) = check(text, "ARZ612")

    assert f"{finding.location.line}:{finding.location.column}" == at(text, "createPet")  # type: ignore[union-attr]
    assert finding.hint == "add a requestBody (application/json)"


def test_a_body_without_payload_is_none_and_replacements_make_one() -> None:
    assert len(check(step("requestBody: {contentType: application/json}", "createPet"), "ARZ612")) == 1
    assert places(step("requestBody:\n  replacements: [{target: /name, value: x}]", "createPet"), "ARZ612") == []


def test_a_body_that_is_not_required_may_be_left_out() -> None:
    assert places(step("", "token"), "ARZ612") == []


# ARZ618 ---------------------------------------------------------------------------------------------------------------


def test_a_deprecated_operation_is_an_info() -> None:
    text = step("", "old")

    (finding,) = check(text, "ARZ618")

    assert f"{finding.location.line}:{finding.location.column}" == at(text, "old\n")  # type: ignore[union-attr]
    assert finding.severity == "info"
    assert places(step(""), "ARZ618") == []


# ARZ212: credentials may be given -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "place", "found"),
    [
        ("Authorization", "header", 0),
        ("X-Api-Key", "header", 0),
        ("Private-Token", "header", 0),
        ("key", "query", 0),  # of the security scheme
        ("token", "query", 1),
        ("X-Trace", "header", 1),
    ],
)
def test_a_credential_needs_no_declaration(name: str, place: str, found: int) -> None:
    text = step(f"parameters: [{{name: {name}, in: {place}, value: x}}]")

    assert len(check(text, "ARZ212")) == found


def test_an_api_key_of_2_0_needs_no_declaration() -> None:
    swagger = {
        "swagger": "2.0",
        "info": {"title": "t", "version": "1"},
        "securityDefinitions": {"k": {"type": "apiKey", "in": "header", "name": "X-Shop"}, "b": {"type": "basic"}},
        "paths": {"/x": {"get": {"operationId": "listPets", "responses": {}}}},
    }

    assert check(step("parameters: [{name: x-shop, in: header, value: x}]"), "ARZ212", swagger) == []


def test_a_path_parameter_without_a_place_is_not_said_to_be_sent() -> None:
    text = step("parameters: [{name: idd, in: path, value: x}]", "getPet")

    (finding,) = check(text, "ARZ212")

    assert finding.message == "GET /pets/{id} declares no path parameter 'idd'"
    assert finding.hint == "did you mean 'id'?"

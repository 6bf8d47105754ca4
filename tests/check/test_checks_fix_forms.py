"""Every form of decision 0 that has a certain rewrite: its text before and after, and runs that do the same."""

from __future__ import annotations

from json import dumps, loads
from pathlib import Path
from typing import Any

import pytest
from checking import HEAD, description, of_steps
from linking import API, loaded
from mending import codes, comments, document, mended, ran
from scripted import openapi_of
from test_corpus import PROVIDERS

import arazzo_runner
from arazzo_runner.checks.fixing import fix_text
from arazzo_runner.diagnostics import Diagnostic
from arazzo_runner.document import Document, read
from arazzo_runner.errors import DocumentError
from arazzo_runner.retrieval import find_root

SHOP = {"memory:/shop.json": openapi_of("buy POST /shop", "listPets GET /shop/pets")}
TWO_SOURCES = HEAD + "- {{name: shop, url: ./shop.json, type: openapi}}\n"


def with_step(fields: str, *, inputs: str = "token: {type: string}, box: {type: object}, n: {type: integer}") -> str:
    """A description whose last step has these lines; the one before it has an output `o`."""
    lines = "".join(f"  {line}\n" if line else "\n" for line in fields.split("\n"))
    return of_steps(
        "- stepId: first\n  operationId: listPets\n  outputs: {o: $response.body}\n"
        f"- stepId: last\n{'' if 'operation' in fields else '  operationId: listPets'}\n" + lines,
        fields=f"inputs: {{type: object, properties: {{{inputs}}}}}",
    )


FORMS: list[Any] = [
    pytest.param(
        "ARZ501",
        "successCriteria:\n- context: $response.body  # c1\n  condition: $.a[0].b == \"x\"  # c2\n  type: jsonpath",
        "successCriteria:\n# c1\n- condition: $response.body#/a/0/b == 'x'  # c2",
        id="a bare comparison",
    ),
    pytest.param(
        "ARZ501",
        "successCriteria:\n- condition: $ > $inputs.n\n  context: $steps.first.outputs.o\n"
        "  type: jsonpath",
        "successCriteria:\n- condition: $steps.first.outputs.o > $inputs.n",
        id="a bare comparison over an output",
    ),
    pytest.param(
        "ARZ501",
        "onFailure:\n- name: f\n  type: end\n  criteria: "
        "[{context: $response.body, condition: $.a != 'x', type: jsonpath}]",
        "onFailure:\n- name: f\n  type: end\n"
        "  criteria: [{condition: $response.body != null && $response.body#/a != 'x'}]",
        id="a bare comparison that an absent context fails",
    ),
    pytest.param(
        "ARZ502",
        "parameters:\n- {name: Authorization, in: header, value: Bearer $inputs.token}\n"
        '- name: X\n  in: header\n  value: "$inputs.token and $inputs.n"',
        "parameters:\n- {name: Authorization, in: header, value: 'Bearer {$inputs.token}'}\n"
        '- name: X\n  in: header\n  value: "{$inputs.token} and {$inputs.n}"',
        id="expressions without braces",
    ),
    pytest.param(
        "ARZ502",
        "operationId: createPet\nrequestBody:\n  contentType: application/json\n"
        '  payload: |  # c\n    {\n      "t": "$inputs.token"\n    }',
        "operationId: createPet\nrequestBody:\n  contentType: application/json\n"
        '  payload: |  # c\n    {\n      "t": "{$inputs.token}"\n    }',
        id="in the lines of a template",
    ),
    pytest.param(
        "ARZ502",
        "successCriteria:\n- {context: $response.body, condition: '^$inputs.token', type: regex}",
        "successCriteria:\n- {context: $response.body, condition: '^{$inputs.token}', type: regex}",
        id="in a regular expression",
    ),
    pytest.param(
        "ARZ503",
        "outputs:\n  a: $steps.first.outputs.o.data[0].id\n  b: $response.body.x  # c\n  c: $inputs.box.k",
        "outputs:\n  a: $steps.first.outputs.o#/data/0/id\n  b: $response.body#/x  # c\n  c: $inputs.box#/k",
        id="dots and brackets",
    ),
    pytest.param(
        "ARZ503",
        "successCriteria:\n- context: $response.body.x\n  condition: $[?@.a == 1]\n  type: jsonpath",
        "successCriteria:\n- context: $response.body#/x\n  condition: $[?@.a == 1]\n  type: jsonpath",
        id="dots in a context",
    ),
    pytest.param(
        "ARZ504",
        "outputs: {a: $response.body#x, b: '$response.body#x.y'}",
        "outputs: {a: $response.body#/x, b: '$response.body#/x/y'}",
        id="a pointer without a slash",
    ),
    pytest.param(
        "ARZ505",
        "outputs: {a: $response.headers.X-Y}\nsuccessCriteria:\n- condition: $response.headers.X != 'a'",
        "outputs: {a: $response.header.X-Y}\nsuccessCriteria:\n- condition: $response.header.X != 'a'",
        id="headers",
    ),
    pytest.param(
        "ARZ506",
        "operationPath: api#/paths/~1pets/get",
        "operationPath: '{$sourceDescriptions.api.url}#/paths/~1pets/get'",
        id="source and pointer",
    ),
    pytest.param(
        "ARZ506",
        'operationPath: "$sourceDescriptions.api.url#/paths/~1pets/get"',
        'operationPath: "{$sourceDescriptions.api.url}#/paths/~1pets/get"',
        id="a path without braces",
    ),
    pytest.param(
        "ARZ506",
        "operationPath: GET /pets",
        "operationPath: '{$sourceDescriptions.api.url}#/paths/~1pets/get'",
        id="method and path",
    ),
    pytest.param(
        "ARZ506",
        "operationPath: /pets/{id}\nparameters:\n- {name: id, in: path, value: '1'}",
        "operationPath: '{$sourceDescriptions.api.url}#/paths/~1pets~1{id}/get'\n"
        "parameters:\n- {name: id, in: path, value: '1'}",
        id="path of one method",
    ),
    pytest.param(
        "ARZ507",
        "operationId: api.listPets",
        "operationId: $sourceDescriptions.api.listPets",
        id="source and operationId",
    ),
    pytest.param(
        "ARZ508",
        "successCriteria:\n- condition: $response.body#/a == \"it's\" || $response.body#/b == \"x, y\"",
        "successCriteria:\n- condition: \"$response.body#/a == 'it''s' || $response.body#/b == 'x, y'\"",
        id="double quotes",
    ),
    pytest.param(
        "ARZ508",
        'successCriteria:\n- condition: >-\n    $statusCode == 200 &&\n    $response.body#/a == "x"',
        "successCriteria:\n- condition: >-\n    $statusCode == 200 &&\n    $response.body#/a == 'x'",
        id="double quotes on several lines",
    ),
    pytest.param(
        "ARZ509",
        "successCriteria:\n- $statusCode == 200  # c\n- '$response.body#/a != \"x\"'",
        "successCriteria:\n- condition: $statusCode == 200  # c\n- condition: '$response.body#/a != ''x'''",
        id="a text as a criterion",
    ),
    pytest.param(
        "ARZ511",
        "successCriteria:\n- condition: '{ $statusCode == 200 }'",
        "successCriteria:\n- condition: '$statusCode == 200'",
        id="braces",
    ),
    pytest.param(
        "ARZ512",
        "successCriteria:\n- context: $response.body  # c\n  condition: $statusCode == 200\n  type: simple",
        "successCriteria:\n# c\n- condition: $statusCode == 200",
        id="a context without use",
    ),
    pytest.param(
        "ARZ512",
        "successCriteria:\n- condition: $statusCode == 200\n  context: x.y\n- condition: $statusCode < 300",
        "successCriteria:\n- condition: $statusCode == 200\n- condition: $statusCode < 300",
        id="a context without use that is no expression",
    ),
    pytest.param(
        "ARZ120",
        "parameters:\n- name: X\n  in: header\n  value: {$inputs.token}  # c",
        'parameters:\n- name: X\n  in: header\n  value: "{$inputs.token}"  # c',
        id="an expression that YAML took for a mapping",
    ),
    pytest.param(
        "ARZ120",
        "requestBody: {contentType: {$inputs.token}, payload: x}\noperationId: createPet",
        'requestBody: {contentType: "{$inputs.token}", payload: x}\noperationId: createPet',
        id="the same where a text is expected",
    ),
]  # fmt: skip


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(("code", "before", "after"), FORMS)
def test_a_form_is_rewritten_in_place(code: str, before: str, after: str, newline: str) -> None:
    old, new = (with_step(fields).replace("\n", newline) for fields in (before, after))

    fixed = mended(old)

    assert fixed.document.text == new
    assert code in codes(fixed)
    assert comments(fixed.document.text) == comments(old)
    assert [d.code for d in fixed.remaining if d.fix] == []


@pytest.mark.parametrize(("code", "before", "after"), FORMS)
def test_running_it_again_changes_nothing_and_strict_finds_none_of_the_codes(
    code: str, before: str, after: str
) -> None:
    fixed = mended(with_step(before))

    again, strict = mended(fixed.document.data), mended(fixed.document.data, compat="strict")

    assert (again.applied, strict.applied) == ((), ())
    assert fixed.document.data == again.document.data == strict.document.data
    assert [str(d) for d in strict.remaining if d.severity == "error" or d.code.startswith("ARZ5")] == []


# Those that an exact reading refuses. It takes an expression without braces for text (ARZ311 says so), and says nothing
# of a context beside type simple, which the schema asks for.
EXACT = [p for p in FORMS if p.values[0] not in ("ARZ502", "ARZ512")]


@pytest.mark.parametrize(("compat", "version"), [("strict", "1.0.1"), ("auto", "1.1.0")])
@pytest.mark.parametrize(("code", "before", "after"), EXACT)
def test_where_the_form_is_an_error_the_error_has_the_same_rewrite(
    code: str, before: str, after: str, compat: str, version: str
) -> None:
    old, new = (with_step(fields).replace("arazzo: 1.0.1", f"arazzo: {version}") for fields in (before, after))

    fixed = mended(old, compat=compat)

    assert fixed.document.text == new
    assert [str(d) for d in fixed.remaining if d.severity == "error"] == []


def test_strict_removes_a_type_simple_that_has_no_context() -> None:
    old = with_step("successCriteria:\n- condition: $statusCode == 200\n  type: simple  # c")

    fixed = mended(old, compat="strict")

    assert fixed.document.text == old.replace("    type: simple  # c\n", "    # c\n")
    assert codes(fixed) == ["ARZ110"]


def test_a_text_that_begins_with_an_expression_is_an_error_in_1_1_and_is_mended() -> None:
    old = with_step("outputs: {a: $inputs.token-$inputs.n}").replace("1.0.1", "1.1.0")

    fixed = mended(old)

    assert fixed.document.text == old.replace("$inputs.token-$inputs.n", "'{$inputs.token}-{$inputs.n}'")
    assert codes(fixed) == ["ARZ301"]


def test_a_braced_expression_in_another_form_is_mended_where_the_whole_text_can_be_read() -> None:
    good = "parameters:\n- {name: X, in: header, value: 'a {$inputs.box.k} {$response.headers.Y}'}"
    old = with_step(good.replace("$response.headers.Y", "$steps.first.outputs.o.x"))

    fixed = mended(old, compat="strict")

    assert "value: 'a {$inputs.box#/k} {$steps.first.outputs.o#/x}'" in fixed.document.text
    assert codes(fixed) == ["ARZ302"]
    assert mended(with_step(good.replace("$response.headers.Y", "$inputs.none")), compat="strict").applied == ()


# -- operations -------------------------------------------------------------------------------------------------------

OPERATIONS: list[Any] = [
    pytest.param("operationId: buy", "operationId: $sourceDescriptions.shop.buy", id="bare, one source has it"),
    pytest.param(
        "operationId: shop.listPets", "operationId: $sourceDescriptions.shop.listPets", id="source and operationId"
    ),
    pytest.param(
        "operationPath: POST /shop", "operationPath: '{$sourceDescriptions.shop.url}#/paths/~1shop/post'", id="path"
    ),
]


@pytest.mark.parametrize("compat", ["auto", "strict"])
@pytest.mark.parametrize(("before", "after"), OPERATIONS)
def test_an_operation_of_several_sources_is_qualified(before: str, after: str, compat: str) -> None:
    workflow = "workflows:\n- workflowId: w\n  steps:\n  - {{stepId: a, {}}}\n"
    old, new = (TWO_SOURCES.format(version="1.0.1") + workflow.format(line) for line in (before, after))

    assert mended(old, SHOP, compat=compat).document.text == new


UNCERTAIN: list[Any] = [
    pytest.param("operationId: listPets", id="two sources have it"),
    pytest.param("operationId: nothing", id="no source has it"),
    pytest.param("operationId: shop.nothing", id="the source does not have it"),
    pytest.param("operationPath: /nothing", id="no source has the path"),
    pytest.param("operationPath: none#/paths/~1pets/get", id="there is no such source"),
]


@pytest.mark.parametrize("compat", ["auto", "strict"])
@pytest.mark.parametrize("step", UNCERTAIN)
def test_an_operation_that_is_not_certain_is_left(step: str, compat: str) -> None:
    text = TWO_SOURCES.format(version="1.0.1") + f"workflows:\n- workflowId: w\n  steps:\n  - {{stepId: a, {step}}}\n"

    assert mended(text, SHOP, compat=compat).document.text == text


@pytest.mark.parametrize("step", ["operationId: buy", "operationPath: POST /shop", "operationId: far.get"])
def test_what_depends_on_a_source_that_was_not_read_is_left(step: str) -> None:
    head = TWO_SOURCES.format(version="1.0.1") + "- {name: far, url: https://far.invalid/openapi.json, type: openapi}\n"
    text = head + f"workflows:\n- workflowId: w\n  steps:\n  - {{stepId: a, {step}}}\n"

    fixed = mended(text, SHOP)

    assert fixed.document.text == text
    assert {"ARZ224"} <= {d.code for d in fixed.remaining}


def test_the_form_of_a_path_does_not_depend_on_its_source() -> None:
    head = HEAD.format(version="1.0.1").replace("./openapi.json", "https://far.invalid/openapi.json")
    text = head + "workflows:\n- workflowId: w\n  steps:\n  - {stepId: a, operationPath: api#/paths/~1pets/get}\n"

    fixed = mended(text)

    assert "operationPath: '{$sourceDescriptions.api.url}#/paths/~1pets/get'" in fixed.document.text


# -- what has no rewrite ----------------------------------------------------------------------------------------------

LEFT: list[Any] = [
    pytest.param(
        "ARZ501",
        "successCriteria:\n- {context: $response.body, condition: $.items.length > 0, type: jsonpath}",
        "of a list, write condition: $response.body#/items/0 != null, without type and context",
        id="the size of a list",
    ),
    pytest.param(
        "ARZ510",
        "onSuccess:\n- {name: again, type: retry}",
        "goto with the step's own stepId and criteria",
        id="retry on success",
    ),
]


@pytest.mark.parametrize(("code", "fields", "hint"), LEFT)
def test_a_form_without_a_certain_rewrite_is_reported_with_what_to_write(code: str, fields: str, hint: str) -> None:
    text = with_step(fields)

    fixed = mended(text)

    assert fixed.document.text == text
    (left,) = (d for d in fixed.remaining if d.code == code)
    assert hint in (left.hint or "")


# -- the whole --------------------------------------------------------------------------------------------------------

BOX = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "servers": [{"url": "http://server.invalid"}],
    "paths": {
        "/pets": {
            "get": {
                "operationId": "listPets",
                "responses": {
                    "200": {
                        "description": "ok",
                        "headers": {"X-Next": {"schema": {"type": "string"}, "example": "n1"}},
                        "content": {
                            "application/json": {
                                "example": {
                                    "status": "Running",
                                    "items": [{"id": 7, "name": "ann"}],
                                    "next": {"id": "q"},
                                }
                            }
                        },
                    }
                },
            },
            "post": {
                "operationId": "createPet",
                "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
                "responses": {"201": {"description": "made"}},
            },
        },
        "/pets/{id}": {
            "get": {
                "operationId": "getPet",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {"200": {"description": "ok", "content": {"application/json": {"example": {"ok": True}}}}},
            }
        },
    },
}  # fmt: skip

EVERYTHING = description(
    """
- workflowId: w
  inputs:
    type: object
    properties: {token: {type: string}, box: {type: object}, n: {type: integer}}
  steps:
  - stepId: list
    operationId: api.listPets
    parameters:
    - {name: Authorization, in: header, value: Bearer $inputs.token}
    - {name: q, in: query, value: $inputs.box.k}
    successCriteria:
    - $statusCode == 200  # a text
    - condition: '{$statusCode == 200}'
    - context: $response.body  # why
      condition: $.status == "running" && $.items[0].id >= $inputs.n
      type: jsonpath
    - context: $response.body
      condition: $response.body#/items/0/name == "ann"
    - context: $response.body
      condition: $.none != 'x'
      type: jsonpath
    onSuccess:
    - name: skip
      type: goto
      stepId: get
      criteria:
      - {context: $response.body, condition: $.status == 'done', type: jsonpath}
    onFailure:
    - name: all the same
      type: goto
      stepId: get
      criteria:
      - {context: $response.body, condition: $.status != 'done', type: jsonpath}
    outputs:
      items: $response.body.items
      next: $response.body#next
      header: $response.headers.X-Next
  - stepId: create
    operationPath: api#/paths/~1pets/post
    requestBody:
      contentType: application/json
      payload: |
        {"name": "$steps.list.outputs.header", "n": {$inputs.n}}
    successCriteria:
    - {context: $response.body, condition: $.made == true, type: jsonpath}
    onFailure:
    - name: not without a body
      type: end
      criteria:
      - context: $response.body
        condition: $.status != 'x'
        type: jsonpath
    - {name: anyway, type: goto, stepId: get}
  - stepId: get
    operationPath: GET /pets/{id}
    parameters:
    - name: id
      in: path
      value: $inputs.token
    outputs: {ok: $response.body.ok}
  outputs:
    first: $steps.list.outputs.items[0].name
    next: $steps.list.outputs.next.id
    header: $steps.list.outputs.header
    ok: $steps.get.outputs.ok
"""
)
INPUTS = {"token": "secret-token", "box": {"k": "v"}, "n": 3}


RUNS: list[Any] = [
    pytest.param(INPUTS, ["list", "create", "get"], id="every step"),
    pytest.param({**INPUTS, "n": 9}, ["list", "get"], id="by way of a failure"),
    pytest.param({"token": "t"}, ["list", "get"], id="inputs that are not given"),
]


@pytest.mark.parametrize(("inputs", "steps"), RUNS)
def test_a_run_after_the_fixes_does_what_the_lenient_one_did_before(inputs: dict[str, Any], steps: list[str]) -> None:
    documents = {API: BOX}
    fixed = mended(EVERYTHING, documents)

    before, first = ran(EVERYTHING, documents, inputs, compat="lenient")
    strictly, second = ran(fixed.document, documents, inputs, compat="strict")
    default, third = ran(fixed.document, documents, inputs)

    assert before == strictly == default
    assert [s.step_id for s in first.steps] == steps
    assert len(before) == len(steps)
    for result in (second, third):
        assert (result.status, result.reason, result.outputs) == (first.status, first.reason, first.outputs)
        assert [(s.step_id, s.status, s.outputs) for s in result.steps] == [
            (s.step_id, s.status, s.outputs) for s in first.steps
        ]
        assert [[c.passed for c in s.criteria] for s in result.steps] == [
            [c.passed for c in s.criteria] for s in first.steps
        ]


def test_everything_is_mended_in_one_go() -> None:
    fixed = mended(EVERYTHING, {API: BOX})

    assert codes(fixed) == [f"ARZ5{n:02}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12)]
    assert comments(fixed.document.text) == comments(EVERYTHING)
    assert [str(d) for d in loaded(fixed.document, {API: BOX}, compat="strict").check() if d.severity == "error"] == []


def test_json_is_mended_and_stays_json() -> None:
    text = dumps(document(EVERYTHING).root, indent=1)
    documents = {API: BOX}

    fixed = mended(text, documents, name="w.arazzo.json")

    assert loads(fixed.document.text) == mended(EVERYTHING, documents).document.root
    assert [d for d in fixed.remaining if d.fix] == []
    before, after = (line for line in (text.splitlines(), fixed.document.text.splitlines()))
    assert sum(line in before for line in after) > len(before) / 2


def test_flow_style_is_mended_and_stays_flow_style() -> None:
    text = "# one line\n" + dumps(document(EVERYTHING).root)
    documents = {API: BOX}

    fixed = mended(text, documents)

    assert fixed.document.root == mended(EVERYTHING, documents).document.root
    assert fixed.document.text.count("\n") == 1


# -- published descriptions -------------------------------------------------------------------------------------------


def findings(path: Path, version: Document, compat: Any = "auto") -> list[Diagnostic]:
    """What linking each workflow finds; nothing is fetched."""
    description = arazzo_runner.load(version, cache=False, fetch=False, root=find_root(path), env={}, compat=compat)
    return [d for workflow in description.workflows for d in description.link(workflow.workflow_id).diagnostics]


@pytest.mark.skipif(not PROVIDERS, reason="the corpus is not here (set ARAZZO_SHARED)")
@pytest.mark.parametrize("provider", sorted(PROVIDERS) or ["none"])
def test_published_descriptions_are_mended_once_and_for_all(provider: str) -> None:
    for path in PROVIDERS[provider][:4]:
        before = read(path.read_bytes(), uri=path.as_uri(), name=str(path))
        try:
            fixed = fix_text(lambda version, path=path: findings(path, version), before)  # type: ignore[misc]
        except DocumentError:
            continue

        mended_at = {(d.code, d.location.pointer) for d in fixed.applied if d.location}
        left = {(d.code, d.location.pointer) for d in findings(path, fixed.document, "strict") if d.location}
        again = fix_text(lambda version, path=path: findings(path, version), fixed.document)  # type: ignore[misc]
        assert (again.applied, again.document.data) == ((), fixed.document.data), path
        assert not mended_at & left, path
        assert not [d for d in fixed.remaining if d.fix and d.location and d.location.document == str(path)], path
        if before.format == "yaml":
            assert comments(fixed.document.text) == comments(before.text), path

"""Descriptions of several documents: base URIs, identity before location, what is fetched (1.1.0, "Parsing Documents").

Nothing is retrieved in these tests unless a server of the test serves it: what resolves was supplied.
"""

from __future__ import annotations

from json import dumps
from pathlib import Path
from typing import Any

import pytest
from linking import API, errors, hints, lines, link, loaded, sources, step, steps, supplied, warnings
from scripted import Answer, ScriptedServer, arazzo_of, openapi_of

import arazzo_runner
from arazzo_runner import Runner

requirement = pytest.mark.requirement
S = "/workflows/0/steps/0"
PETS = openapi_of("listPets GET /pets")
OTHER = "memory:/other.arazzo.json"


def over(url: str, *, version: str = "1.1.0", **parts: Any) -> dict[str, Any]:
    """A description whose source `api` has this url."""
    return arazzo_of(steps(), version=version, sourceDescriptions=sources(api=url), **parts)


BASES: list[Any] = [
    pytest.param(
        {},
        "https://h.invalid/p/workflows/x.yaml",
        "../specs/y.yaml",
        "https://h.invalid/p/specs/y.yaml",
        marks=requirement("uri.base-without-self", "uri.relative-references-allowed"),
        id="no $self: retrieval URI",
    ),
    pytest.param(
        {"$self": "https://api.invalid/workflows/p.yaml"},
        "file:///home/me/p.yaml",
        "../specs/pets.yaml",
        "https://api.invalid/specs/pets.yaml",
        marks=requirement("uri.base-self-absolute", "uri.base-rfc3986-5-1", "root.self.is-base-uri"),
        id="absolute $self",
    ),
    pytest.param(
        {"$self": "workflows/purchase.arazzo.yaml"},
        "https://api.invalid/v2/api-description.yaml",
        "../specs/petstore.yaml",
        "https://api.invalid/v2/specs/petstore.yaml",
        marks=requirement("uri.base-self-relative"),
        id="relative $self",
    ),
    pytest.param(
        {},
        "https://w.invalid/abc",
        "specs/p.yaml",
        "https://w.invalid/specs/p.yaml",
        marks=requirement("uri.base-application-default", "uri.base-encapsulating-entity"),
        id="a base that the host gives",
    ),
]


@pytest.mark.parametrize(("parts", "base", "url", "meant"), BASES)
def test_a_relative_source_is_resolved_against_the_base_uri(
    parts: dict[str, Any], base: str, url: str, meant: str
) -> None:
    assert errors(over(url, **parts), {meant: PETS}, base_uri=base) == []


def test_self_is_no_base_in_1_0() -> None:
    description = over("pets.yaml", version="1.0.1", **{"$self": "https://api.invalid/p.yaml"})

    found = errors(description, {"https://w.invalid/pets.yaml": PETS}, base_uri="https://w.invalid/p.yaml")

    assert found == ["ARZ114 /$self"]


@requirement("uri.base-is-referring-document")
def test_a_document_by_url_has_its_sources_beside_it(server: ScriptedServer) -> None:
    server.on("GET /a/b.yaml", Answer(body=dumps(over("../c.yaml", version="1.0.1"))))
    server.on("GET /c.yaml", Answer(body=dumps(PETS)))

    plan = arazzo_runner.load(f"{server.url}/a/b.yaml", cache=False, servers={"": server.url}).link()

    assert lines(plan, "error") == []
    assert server.lines == ["GET /a/b.yaml", "GET /c.yaml"]


MEDIA_TYPES: list[Any] = [
    pytest.param(
        "application/vnd.oai.workflows+json;version=1.1.0", "json", marks=requirement("iana.media-types"), id="JSON"
    ),
    pytest.param(
        "application/vnd.oai.workflows+yaml;version=1.1.0", "yaml", marks=requirement("iana.media-types"), id="YAML"
    ),
    pytest.param(
        "application/vnd.oai.workflows", "yaml", marks=requirement("iana.default-may-be-yaml"), id="no suffix"
    ),
]
YAML = """\
arazzo: 1.0.1
info: {title: test, version: '1'}
sourceDescriptions: [{name: api, url: /openapi.json, type: openapi}]
workflows:
- workflowId: main
  steps:
  - {stepId: a, operationId: listPets}
"""


@pytest.mark.parametrize(("media_type", "written"), MEDIA_TYPES)
def test_a_description_is_read_whatever_media_type_it_has(
    server: ScriptedServer, media_type: str, written: str
) -> None:
    body = YAML if written == "yaml" else dumps(over("/openapi.json"))
    server.on("GET /flow", Answer(body=body, headers={"Content-Type": media_type}))
    server.on("GET /openapi.json", Answer(body=dumps(PETS)))

    plan = arazzo_runner.load(f"{server.url}/flow", cache=False, servers={"": server.url}).link("main")

    assert lines(plan, "error") == []


# -- identity ---------------------------------------------------------------------------------------------------------

IDENTITY = "https://names.invalid/other.yaml"


def other(self_: str | None = IDENTITY, **workflow: Any) -> dict[str, Any]:
    parts = {"$self": self_} if self_ else {}
    return arazzo_of({"workflowId": "child", **steps(), **workflow}, version="1.1.0", **parts)


def calls_other(url: str) -> dict[str, Any]:
    described = [*sources(api=API), {"name": "other", "url": url, "type": "arazzo"}]
    called = step(workflowId="$sourceDescriptions.other.child")
    return arazzo_of(steps(called), version="1.1.0", sourceDescriptions=described)


@requirement(
    "parsing.reference-targets",
    "parsing.no-early-unresolvable",
    "identity.reference-by-self",
    "identity.examine-candidates",
)
def test_a_supplied_document_is_found_by_its_self() -> None:
    documents = {"memory:/x.json": arazzo_of(steps()), "memory:/y.json": other(), "memory:/z.json": arazzo_of(steps())}

    plan = link(calls_other(IDENTITY), documents)

    assert lines(plan, "error") == []
    assert lines(plan, "warning") == []
    assert [call.target for call in plan.workflow.steps] == ["child"]


@requirement("identity.reference-by-self")
def test_a_reference_by_location_to_a_document_with_another_self_is_noted() -> None:
    assert warnings(calls_other("memory:/y.json"), {"memory:/y.json": other()}) == ["ARZ221 /$self"]


@requirement("identity.absolute-url-resolved-by-identity")
def test_a_supplied_document_wins_over_what_is_served_at_its_self(server: ScriptedServer) -> None:
    identity = f"{server.url}/other.yaml"
    server.on("GET /other.yaml", Answer(body=dumps(other(None, workflowId="notThisOne"))))

    found = errors(calls_other(identity), {"memory:/y.json": other(identity)})

    assert found == []
    assert server.lines == []


@requirement("identity.other-identifiers-optional")
def test_a_document_without_self_is_found_by_its_retrieval_uri() -> None:
    assert warnings(calls_other(OTHER), {OTHER: other(None)}) == []


def test_two_documents_with_one_self_are_refused() -> None:
    with pytest.raises(arazzo_runner.DocumentError, match="same \\$self"):
        loaded(calls_other(IDENTITY), {"memory:/a.json": other(), "memory:/b.json": other(summary="another")})


@requirement("parsing.full-parse-before-resolution")
def test_two_documents_may_refer_to_each_other() -> None:
    entry = "memory:/entry.arazzo.json"
    back = step(workflowId="$sourceDescriptions.entry.last")
    child = arazzo_of({"workflowId": "child", "steps": [back]}, sourceDescriptions=sources(api=API, entry=entry))
    description = arazzo_of(
        steps(step(workflowId="$sourceDescriptions.other.child")),
        {"workflowId": "last", "steps": [step()]},
        sourceDescriptions=sources(api=API, other=OTHER),
    )

    plan = link(supplied(entry, description), {OTHER: child})

    assert lines(plan, "error") == []
    assert len(plan.workflows) == 3


@requirement(
    "structure.multi-document-allowed",
    "workflow.dependsOn.external-runtime-expression",
    "step.workflowId.external-runtime-expression",
)
def test_workflows_of_another_document_run(server: ScriptedServer) -> None:
    server.on("GET /pets", [])
    server.on("POST /pets", {"id": 1})
    child = arazzo_of(
        {"workflowId": "child", **steps(step(operationId="createPet"), outputs={"n": "$steps.a.outputs.n"})},
        {"workflowId": "first", **steps(step())},
    )
    child["workflows"][0]["steps"][0]["outputs"] = {"n": "$response.body#/id"}
    called = step(workflowId="$sourceDescriptions.other.child", outputs={"n": "$outputs.n"})
    description = arazzo_of(
        steps(called, dependsOn=["$sourceDescriptions.other.first"], outputs={"n": "$steps.a.outputs.n"}),
        sourceDescriptions=sources(api=API, other=OTHER),
    )

    with Runner(loaded(description, {OTHER: child}, servers={"": server.url})) as runner:
        result = runner.run()

    assert server.lines == ["GET /pets", "POST /pets"]
    assert result.outputs == {"n": 1}


@requirement(
    "successAction.workflowId.external-runtime-expression", "failureAction.workflowId.external-runtime-expression"
)
@pytest.mark.parametrize(("where", "status"), [("onSuccess", 200), ("onFailure", 500)])
def test_control_moves_to_a_workflow_of_another_document(server: ScriptedServer, where: str, status: int) -> None:
    server.on("GET /pets", status)
    server.on("POST /pets", 200)
    child = arazzo_of({"workflowId": "child", **steps(step(operationId="createPet"))})
    action = {"name": "go", "type": "goto", "workflowId": "$sourceDescriptions.other.child"}
    called = step(successCriteria=[{"condition": "$statusCode == 200"}], **{where: [action]})
    description = arazzo_of(steps(called), sourceDescriptions=sources(api=API, other=OTHER))

    with Runner(loaded(description, {OTHER: child}, servers={"": server.url})) as runner:
        runner.run()

    assert server.lines == ["GET /pets", "POST /pets"]


@requirement("step.workflowId.components-scope")
def test_a_workflow_of_another_document_uses_its_own_components(server: ScriptedServer) -> None:
    server.on("GET /pets", [])

    def components(value: str) -> dict[str, Any]:
        return {"parameters": {"p": {"name": "x", "in": "query", "value": value}}}

    reuse = step(parameters=[{"reference": "$components.parameters.p"}])
    child = arazzo_of({"workflowId": "child", **steps(reuse)}, components=components("theirs"))
    description = arazzo_of(
        steps(step(workflowId="$sourceDescriptions.other.child")),
        sourceDescriptions=sources(api=API, other=OTHER),
        components=components("ours"),
    )

    with Runner(loaded(description, {OTHER: child}, servers={"": server.url})) as runner:
        runner.run()

    assert server.lines == ["GET /pets?x=theirs"]


# -- sources ----------------------------------------------------------------------------------------------------------


@requirement("source.type.optional")
def test_the_type_of_a_source_is_found_by_looking() -> None:
    untyped = [{"name": "api", "url": API}, {"name": "other", "url": OTHER}]
    called = step("b", workflowId="$sourceDescriptions.other.child")

    found = errors(arazzo_of(steps(step(), called), sourceDescriptions=untyped), {OTHER: other(None)})

    assert found == []


WRONG_SOURCES: list[Any] = [
    pytest.param({"url": API, "type": "arazzo"}, "ARZ202 /sourceDescriptions/0/type", id="declared as another type"),
    pytest.param({"url": "memory:/plain.json"}, "ARZ202 /sourceDescriptions/0/url", id="no description at all"),
    pytest.param({"url": "memory:/old.json"}, "ARZ202 /openapi", id="an OpenAPI version there is not"),
    pytest.param({"url": "memory:/none.json"}, "ARZ201 /sourceDescriptions/0/url", id="not there"),
]


@pytest.mark.parametrize(("source", "expected"), WRONG_SOURCES)
def test_a_source_that_is_not_what_it_should_be_is_named(source: dict[str, str], expected: str) -> None:
    called = step(operationId="$sourceDescriptions.api.listPets")
    description = arazzo_of(steps(called), sourceDescriptions=[{"name": "api", **source}])

    found = errors(description, {"memory:/plain.json": {"a": 1}, "memory:/old.json": {"openapi": "9.9.9", "paths": {}}})

    assert found == [expected]


def test_a_source_that_no_step_needs_is_not_loaded() -> None:
    description = arazzo_of(steps(step(operationId="$sourceDescriptions.api.listPets")))
    description["sourceDescriptions"].append({"name": "gone", "url": "memory:/gone.json", "type": "openapi"})

    assert errors(description) == []


def test_a_remote_source_that_cannot_be_had_is_told_apart(server: ScriptedServer) -> None:
    description = over(f"{server.url}/gone.yaml", version="1.0.1")

    plan = link(description)

    assert lines(plan, "error") == ["ARZ220 /sourceDescriptions/0/url"]


def test_a_missing_local_source_is_answered_with_the_file_that_has_its_operations(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "flow.yaml").write_text(dumps(over("./gone.yaml", version="1.0.1")))
    (tmp_path / "pets.json").write_text(dumps(PETS))

    plan = arazzo_runner.load(tmp_path / "flow.yaml", cache=False).link()

    (error,) = [d for d in plan.diagnostics if d.severity == "error"]
    assert error.code == "ARZ201"
    assert "--source api=" in (error.hint or "")
    assert (error.hint or "").endswith("pets.json defines 1 of 1")


@requirement("structure.entry-file-name")
@pytest.mark.parametrize("name", ["arazzo.yaml", "arazzo.json", "flow.yaml"])
def test_the_entry_document_may_have_any_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(dumps(over("openapi.json", version="1.0.1")))
    (tmp_path / "openapi.json").write_text(dumps(PETS))

    plan = arazzo_runner.load(tmp_path / name, cache=False, servers={"": "http://s.invalid"}).link()

    assert plan.diagnostics == ()


@requirement("uri.source-internal-references")
def test_references_inside_of_a_source_follow_that_source() -> None:
    api = openapi_of("listPets GET /pets")
    api["paths"]["/pets"]["get"]["parameters"] = [{"$ref": "./parts/parameters.json#/limit"}]
    part = {"limit": {"name": "limit", "in": "query", "required": True, "schema": {"type": "integer"}}}
    description = over("memory:/specs/api.json")
    description["workflows"][0]["steps"][0]["parameters"] = [{"name": "limit", "in": "query", "value": 3}]

    found = warnings(description, {"memory:/specs/api.json": api, "memory:/specs/parts/parameters.json": part})

    assert found == []


@requirement("parsing.no-fragmentary-parsing")
def test_the_self_of_a_source_is_the_base_of_its_references() -> None:
    api = openapi_of("listPets GET /pets", version="3.2.0", **{"$self": "https://names.invalid/specs/api.json"})
    api["paths"]["/pets"]["get"]["parameters"] = [{"$ref": "parameters.json#/limit"}]
    part = {"limit": {"name": "limit", "in": "query", "schema": {"type": "integer"}}}
    called = step(
        operationPath="{$sourceDescriptions.api.url}#/paths/~1pets/get",
        parameters=[{"name": "limit", "in": "query", "value": 3}],
    )
    description = over("https://names.invalid/specs/api.json")
    description["workflows"] = [{"workflowId": "main", "steps": [called]}]

    found = warnings(description, {"memory:/elsewhere.json": api, "https://names.invalid/specs/parameters.json": part})

    assert found == []


NOWHERE = {"$ref": "#/components/none"}
DANGLING: list[Any] = [
    pytest.param({"parameters": [NOWHERE]}, [], id="parameter"),
    pytest.param({"parameters": [{"$ref": "gone.json#/x"}]}, [], id="parameter in a file that is not there"),
    pytest.param({"responses": {"200": NOWHERE}}, [], id="response"),
    pytest.param({"requestBody": NOWHERE}, [], id="request body"),
    pytest.param({"security": [{"none": []}]}, [], id="security scheme"),
]


@pytest.mark.parametrize(("parts", "expected"), DANGLING)
def test_a_broken_reference_of_a_source_is_no_crash(parts: dict[str, Any], expected: list[str]) -> None:
    api = openapi_of("listPets GET /pets")
    api["paths"]["/pets"]["get"].update(parts)
    called = step(requestBody={"payload": {"a": 1}}, successCriteria=[{"condition": "$response.body#/a == 1"}])

    assert errors(steps(called), {API: api}) == expected


def test_a_path_item_that_cannot_be_read_is_named_where_its_operation_is_missed() -> None:
    api = openapi_of("other GET /other")
    api["paths"]["/pets"] = {"$ref": "gone.json#/pets"}

    assert errors(steps(), {API: api}) == [f"ARZ203 {S}/operationId"]
    assert "/pets" in (hints(steps(), {API: api})[0] or "")


# -- fragments --------------------------------------------------------------------------------------------------------

POINTERS: list[Any] = [
    pytest.param("#/paths/~1a~0b/get", "/a~b", marks=requirement("uri.fragment-json-pointer"), id="~1 and ~0"),
    pytest.param("#/paths/~1pets/get", "/pets", marks=requirement("uri.fragment-per-target"), id="~1"),
]


@pytest.mark.parametrize(("fragment", "path"), POINTERS)
def test_a_fragment_is_a_json_pointer_into_the_source(fragment: str, path: str) -> None:
    called = step(operationPath=f"{{$sourceDescriptions.api.url}}{fragment}")

    plan = link(steps(called), {API: openapi_of("x GET /a~b", "y GET /pets")}, version="1.1.0")

    assert [call.target for call in plan.workflow.steps] == [f"GET {path}"]


REFERENCES: list[Any] = [
    pytest.param(
        "#/components/inputs/page",
        True,
        marks=requirement("uri.fragment-schema-pointer-and-anchor", "workflow.inputs.ref-to-components"),
        id="JSON Pointer",
    ),
    pytest.param(
        "#pageInput",
        True,
        marks=requirement("uri.fragment-schema-pointer-and-anchor", "parsing.json-schema-requirements"),
        id="$anchor",
    ),
    pytest.param(
        "https://schemas.invalid/page",
        True,
        marks=requirement("parsing.json-schema-requirements"),
        id="$id",
    ),
    pytest.param("https://schemas.invalid/page#size", True, id="$anchor of an $id"),
    pytest.param("https://schemas.invalid/page#/$defs/size", True, id="JSON Pointer into an $id"),
    pytest.param("schemas.json#/page", True, id="another document"),
    pytest.param("#/components/inputs/none", False, id="nothing"),
    pytest.param("#/components/inputs/a~2", False, id="no JSON Pointer"),
    pytest.param("#none", False, id="no anchor"),
    pytest.param("#size", False, id="an anchor of another resource"),
]


@pytest.mark.parametrize(("reference", "resolves"), REFERENCES)
def test_inputs_refer_to_schemas_as_json_schema_does(reference: str, resolves: bool) -> None:
    page = {"type": "object", "properties": {"page": {"type": "integer"}}, "required": ["page"]}
    size = {"$anchor": "size", **page}
    components = {
        "inputs": {
            "page": {"$anchor": "pageInput", **page},
            "named": {"$id": "https://schemas.invalid/page", "$defs": {"size": size}, "$ref": "#size"},
        }
    }
    description = arazzo_of(steps(inputs={"$ref": reference}), version="1.1.0", components=components)

    plan = link(description, {"memory:/schemas.json": {"page": page}})

    if resolves:
        assert lines(plan, "error") == []
        assert plan.workflow.inputs.problems({"page": "x"}) == ("input 'page' is a string, not of type integer",)
        assert list(plan.workflow.inputs.properties) == ["page"]
    else:
        assert lines(plan, "error") == ["ARZ219 /workflows/0/inputs/$ref"]


def test_inputs_that_are_no_json_schema_are_refused_at_their_place() -> None:
    assert errors(steps(inputs={"type": "strin"})) == ["ARZ219 /workflows/0/inputs/type"]


def test_a_schema_may_hold_itself() -> None:
    tree = {"type": "object", "properties": {"left": {"$ref": "#/components/inputs/tree"}}}
    description = arazzo_of(steps(inputs={"$ref": "#/components/inputs/tree"}), components={"inputs": {"tree": tree}})

    inputs = link(description).workflow.inputs

    assert inputs.problems({"left": {"left": {}}}) == ()
    assert inputs.problems({"left": {"left": 1}}) != ()


@requirement("uri.commonmark-relative-links")
def test_links_in_descriptions_are_nobodys_business_here() -> None:
    description = over(API, info={"title": "t", "version": "1", "description": "[more](./missing.md)"})

    assert errors(description) == []


# -- $sourceDescriptions as an operation and as a value ---------------------------------------------------------------

TAILS: list[Any] = [
    pytest.param(
        "getPetById",
        marks=requirement("expr.sourceDescriptions.priority-ids"),
        id="an operationId",
    ),
    pytest.param("url", marks=requirement("expr.sourceDescriptions.id-wins-conflict"), id="named as a field"),
]


@pytest.mark.parametrize("operation_id", TAILS)
def test_the_name_after_a_source_is_an_operation_id_first(server: ScriptedServer, operation_id: str) -> None:
    server.on("GET /called", 200)
    called = step(operationId=f"$sourceDescriptions.api.{operation_id}")
    api = openapi_of(f"{operation_id} GET /called")

    with Runner(loaded(arazzo_of(steps(called), version="1.1.0"), {API: api}, servers={"": server.url})) as runner:
        runner.run()

    assert server.lines == ["GET /called"]


@requirement("expr.sourceDescriptions.priority-fields")
def test_the_name_after_a_source_is_a_field_where_no_id_has_it(server: ScriptedServer) -> None:
    server.on("GET /pets", 200)
    values = {"type": "$sourceDescriptions.api.type", "url": "$sourceDescriptions.api.url"}
    called = step(parameters=[{"name": name, "in": "header", "value": value} for name, value in values.items()])

    with Runner(loaded(arazzo_of(steps(called), version="1.1.0"), servers={"": server.url})) as runner:
        runner.run()

    assert server.requests[0].headers["type"] == "openapi"
    assert server.requests[0].headers["url"] == API

"""The library's front: what it takes, what it gives, and the languages a user can plug in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from scripted import Answer, Bench, ScriptedServer, arazzo_of, openapi_of

import arazzo_runner
from arazzo_runner import DocumentError, InputError, Runner, UsageError, WorkflowFailed
from arazzo_runner.condition import DEFAULT_CONDITIONS, Compiled, Verdict
from arazzo_runner.selector import DEFAULT_SELECTORS

ROOT = Path(__file__).resolve().parent.parent
AIRBYTE = ROOT / "workflows" / "airbyte-application-token-bootstrap-workflow.yml"
ONE_STEP = {"steps": [{"stepId": "get", "operationId": "get", "outputs": {"body": "$response.body"}}]}
OPENAPI = openapi_of("get GET /x")


def test_the_bundled_workflow_runs_on_the_embedded_mock():
    result = arazzo_runner.run(AIRBYTE, inputs={"applicationName": "demo"}, mock=True)

    assert result.status == "succeeded"
    assert list(result.outputs) == ["applicationId", "clientId", "accessToken"]
    assert [step.step_id for step in result.steps] == ["createApplication", "getApplication", "createAccessToken"]


def test_the_bundled_workflow_is_the_published_one_byte_for_byte(shared: Path):
    assert AIRBYTE.read_bytes() == (shared / "seed" / AIRBYTE.name).read_bytes()


def test_a_description_comes_from_a_path_bytes_a_mapping_or_a_url(bench: Bench, server: ScriptedServer):
    server.on("GET /x", {"a": 1})
    server.on("GET /openapi.json", OPENAPI)
    server.on(
        "GET /arazzo.json", {**arazzo_of(ONE_STEP), "sourceDescriptions": [{"name": "api", "url": "openapi.json"}]}
    )
    description = arazzo_of(ONE_STEP)

    for source in (description, json.dumps(description).encode()):
        assert bench.run(source, OPENAPI).status == "succeeded"
    by_url = arazzo_runner.run(f"{server.url}/arazzo.json", servers={"": server.url}, cache=False)

    assert by_url.status == "succeeded"


def test_nothing_is_sent_when_inputs_are_not_valid(bench: Bench, server: ScriptedServer):
    workflow = {**ONE_STEP, "inputs": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}}

    with pytest.raises(InputError) as missing:
        bench.run(arazzo_of(workflow), OPENAPI)
    with pytest.raises(InputError) as wrong:
        bench.run(arazzo_of(workflow), OPENAPI, {"n": "x"})

    assert missing.value.problems == ("required input is missing: n",)
    assert wrong.value.problems == ("input 'n' is a string, not of type integer",)
    assert server.requests == []


def test_errors_of_the_document_are_data(bench: Bench):
    broken = {"steps": [{"stepId": "get", "operationId": "got"}]}

    with pytest.raises(DocumentError) as refused:
        bench.run(arazzo_of(broken), OPENAPI)

    (finding,) = refused.value.diagnostics
    assert finding.code == "ARZ203"
    assert finding.hint is not None
    assert "get" in finding.hint


def test_several_workflows_need_a_name(bench: Bench):
    description = arazzo_of({**ONE_STEP, "workflowId": "a"}, {**ONE_STEP, "workflowId": "b"})

    with pytest.raises(UsageError, match="2 workflows: a, b"):
        bench.run(description, OPENAPI)


def test_a_failed_run_raises_only_when_asked(bench: Bench, server: ScriptedServer):
    server.on("GET /x", 500)

    result = bench.run(arazzo_of(ONE_STEP), OPENAPI)

    assert result.status == "failed"
    with pytest.raises(WorkflowFailed, match="500"):
        result.raise_for_status()


def test_a_runner_links_once_and_runs_many_times(bench: Bench, server: ScriptedServer):
    server.on("GET /x", {"a": 1})

    with bench.runner(arazzo_of(ONE_STEP), OPENAPI) as runner:
        results = [runner.run() for _ in range(3)]

    assert [r.status for r in results] == ["succeeded"] * 3
    assert len(server.requests) == 3


def test_a_user_can_plug_in_a_condition_language(bench: Bench, server: ScriptedServer):
    class Even:
        def check(self, scope: object) -> Verdict:
            return Verdict(scope.status_code % 2 == 0)  # type: ignore[attr-defined]

    conditions = DEFAULT_CONDITIONS.register("regex", None, lambda criterion: Compiled(Even()))
    server.on("GET /x", Answer(201))
    step = {
        **ONE_STEP["steps"][0],
        "successCriteria": [{"context": "$statusCode", "condition": "even", "type": "regex"}],
    }

    result = bench.run(arazzo_of({"steps": [step]}), OPENAPI, conditions=conditions)

    assert result.status == "failed"


def test_a_user_can_plug_in_a_selector_language(bench: Bench, server: ScriptedServer):
    class Upper:
        query = "upper"

        def value(self, context: object) -> object:
            return context["name"].upper()  # type: ignore[index]

    selectors = DEFAULT_SELECTORS.register("jsonpath", "rfc9535", lambda query, limit_s: Upper(), default=True)
    server.on("GET /x", {"name": "ann"})
    outputs = {"n": {"context": "$response.body", "selector": "name", "type": "jsonpath"}}
    workflow = {
        "steps": [{"stepId": "get", "operationId": "get", "outputs": outputs}],
        "outputs": {"n": "$steps.get.outputs.n"},
    }

    result = bench.run(arazzo_of(workflow, version="1.1.0"), OPENAPI, selectors=selectors)

    assert result.outputs == {"n": "ANN"}


def test_secrets_are_real_in_outputs_and_masked_in_everything_else(bench: Bench, server: ScriptedServer):
    server.on("GET /x", {"access_token": "s3cr3t-value"})
    workflow = {
        "steps": [{"stepId": "get", "operationId": "get", "outputs": {"token": "$response.body#/access_token"}}],
        "outputs": {"token": "$steps.get.outputs.token"},
    }

    result = bench.run(arazzo_of(workflow), OPENAPI)

    assert result.outputs == {"token": "s3cr3t-value"}
    assert "s3cr3t-value" not in repr(result)
    assert "s3cr3t-value" not in json.dumps(result.to_dict())
    assert "s3cr3t-value" in json.dumps(result.to_dict(show_secrets=True))


def test_asyncapi_steps_are_refused_by_name_before_the_first_request(bench: Bench, server: ScriptedServer):
    async_step = {"stepId": "wait", "channelPath": "{$sourceDescriptions.api.url}#/channels/x", "action": "receive"}
    description = arazzo_of({"steps": [ONE_STEP["steps"][0], async_step]}, version="1.1.0")

    with pytest.raises(DocumentError) as refused:
        bench.run(description, OPENAPI)

    (finding,) = [d for d in refused.value.diagnostics if d.code == "ARZ211"]
    assert "'wait'" in finding.message
    assert finding.location is not None
    assert server.requests == []


def test_a_runner_takes_a_loaded_description(bench: Bench, server: ScriptedServer):
    server.on("GET /x", {})
    loaded = bench.load(arazzo_of(ONE_STEP), OPENAPI)

    with Runner(loaded) as runner:
        assert runner.run().status == "succeeded"


# check -------------------------------------------------------------------------------------------------------


def test_check_gives_what_is_wrong_as_data(tmp_path: Path):
    (tmp_path / "openapi.json").write_text(json.dumps(OPENAPI))
    (tmp_path / "w.json").write_text(
        json.dumps({**arazzo_of(ONE_STEP), "sourceDescriptions": [{"name": "api", "url": "openapi.json"}]}).replace(
            '"get"', '"gte"', 2
        )
    )

    findings = arazzo_runner.check(tmp_path / "w.json", cache=False)

    assert [(d.code, d.severity) for d in findings if d.severity == "error"] == [("ARZ203", "error")]
    assert findings[0].location is not None


def test_check_of_what_is_no_arazzo_description_is_a_finding_and_no_exception():
    assert [d.code for d in arazzo_runner.check(b"openapi: 3.0.0\n")] == ["ARZ101"]
    assert [d.severity for d in arazzo_runner.check(b"{a: [")] == ["error"]


def test_check_fetches_nothing_unless_it_is_told_to(server: ScriptedServer):
    server.on("GET /openapi.json", OPENAPI)
    description = {
        **arazzo_of(ONE_STEP),
        "sourceDescriptions": [{"name": "api", "url": f"{server.url}/openapi.json"}],
    }

    unread = arazzo_runner.check(description, cache=False)

    assert [(d.code, d.severity) for d in unread if d.code == "ARZ224"] == [("ARZ224", "info")]
    assert server.requests == []
    assert [d for d in arazzo_runner.check(description, cache=False, fetch=True) if d.code == "ARZ224"] == []
    assert len(server.requests) == 1

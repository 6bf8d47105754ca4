"""What a server may answer, and what an author may write, without breaking the engine: charsets, half characters."""

from __future__ import annotations

import json
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from scripted import Answer, Bench, ScriptedServer, arazzo_of, openapi_of
from workflow_parts import step

from arazzo_runner import DocumentError
from arazzo_runner.api import replay_case
from arazzo_runner.document import read
from arazzo_runner.events import RunFinished, RunStarted
from arazzo_runner.location import Location
from arazzo_runner.report.case import read_case
from arazzo_runner.report.outputs import OutputsReport
from arazzo_runner.report.redaction import Redactor
from arazzo_runner.report.transcript import TranscriptReport

OPENAPI = openapi_of("a POST /a", "b POST /b")
NO_TEXT = ["hex", "base64", "rot13", "zlib", "undefined", "nonsense", "utf-8"]


@pytest.mark.parametrize("charset", NO_TEXT)
def test_a_charset_that_is_no_charset_of_text_is_read_as_utf_8(bench: Bench, server: ScriptedServer, charset: str):
    server.on("POST /a", Answer(body="grün", headers={"Content-Type": f"text/plain; charset={charset}"}))
    main = {"steps": [step("a", outputs={"v": "$response.body"})], "outputs": {"v": "$steps.a.outputs.v"}}

    result = bench.run(arazzo_of(main), OPENAPI)

    assert result.outputs == {"v": "grün"}
    assert json.dumps(result.to_dict())


def test_the_contract_is_named_as_reason_only_where_it_is_the_reason(
    bench: Bench, server: ScriptedServer, tmp_path: Path
):
    server.on("POST /a", 500)
    path = tmp_path / "contract.arazzo.json"
    source = {"name": "api", "url": "api.json", "type": "openapi"}
    (tmp_path / "api.json").write_text(json.dumps(OPENAPI))
    steps = [step("a", successCriteria=[{"condition": "$statusCode == 200"}])]
    path.write_text(json.dumps({**arazzo_of({"steps": steps}), "sourceDescriptions": [source]}))

    import arazzo_runner

    result = arazzo_runner.run(path, servers={"": server.url}, root=tmp_path, env={}, cache=False)

    assert result.reason == "criteria"


def _stdout(value: Any, encoding: str) -> bytes:
    octets = BytesIO()
    stream = TextIOWrapper(octets, encoding=encoding)
    report = OutputsReport(stream, redactor=Redactor())
    here = Location("w.yaml", 1, 1)
    report.observe(RunStarted(workflow_id="w", inputs={}, outline=(), location=here, document="w.yaml", at=0.0))
    ended = RunFinished(
        workflow_id="w",
        status="succeeded",
        reason=None,
        ended_by=None,
        outputs={"v": value},
        missing_outputs=(),
        message=None,
        phase=None,
        at=0.0,
    )
    report.observe(ended)
    report.finish()
    return octets.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
@pytest.mark.parametrize("value", ["\ud800", "grün", "日本", "\U0001f600", "plain"])
def test_outputs_are_json_on_a_stream_of_any_charset(value: str, encoding: str):
    assert json.loads(_stdout(value, encoding).decode(encoding)) == {"v": value}


def test_a_replay_compares_outputs_that_are_octets(bench: Bench, server: ScriptedServer, tmp_path: Path):
    server.on("POST /a", Answer(body=b"\xff\xfe\x00", headers={"Content-Type": "application/octet-stream"}))
    main = {"steps": [step("a", outputs={"v": "$response.body"})], "outputs": {"v": "$steps.a.outputs.v"}}
    with bench.runner(arazzo_of(main), OPENAPI) as runner:
        record = TranscriptReport(tmp_path / "case.yaml", redactor=Redactor(), sources={}, servers={})
        runner.run({}, observers=(record.observe,))
        record.finish()

        case = read_case(read((tmp_path / "case.yaml").read_bytes(), uri="memory:/case.yaml", name="case.yaml").root)
        result, differences = replay_case(runner, case)

    assert result.outputs == {"v": b"\xff\xfe\x00"}
    assert differences == ()


@pytest.mark.parametrize("url", ["http://[::1", "//[", "http://[z]/api.yaml"])
def test_a_source_whose_url_is_none_is_refused_with_its_place(bench: Bench, url: str):
    description = arazzo_of({"steps": [step("a")]})
    description["sourceDescriptions"][0]["url"] = url

    with pytest.raises(DocumentError, match="is not a URL") as caught:
        bench.run(description, OPENAPI)

    assert caught.value.location is not None


def test_an_output_without_value_is_named_by_its_selector(bench: Bench, server: ScriptedServer):
    server.on("POST /a", {"x": 1})
    selector = {"context": "$response.body", "selector": "/nowhere", "type": "jsonpointer"}

    result = bench.run(arazzo_of({"steps": [step("a", outputs={"v": selector})]}, version="1.1.0"), OPENAPI)

    assert "/nowhere in $response.body is absent" in str(result.diagnostics[0])


@pytest.mark.parametrize("version", ["1.0.1", "1.1.0"])
def test_where_a_form_is_not_tolerated_the_hint_is_what_its_author_meant(bench: Bench, version: str):
    main = {"steps": [step("a", outputs={"o": "$response.body"})], "outputs": {"v": "$steps.a.outputs.o.d[0]"}}

    with pytest.raises(DocumentError) as caught:
        bench.run(arazzo_of(main, version=version), OPENAPI, compat="strict")

    assert "$steps.a.outputs.o#/d/0" in str(caught.value)


@pytest.mark.parametrize("secret", ['it\'s "q" \\ é', "a'b\n\tc", "x\x1fy'\"", "t" * 1000])
def test_a_secret_that_breaks_the_contract_is_not_told(bench: Bench, server: ScriptedServer, secret: str):
    server.on("POST /a", {"access_token": secret})
    token = {"type": "object", "properties": {"access_token": {"type": "string", "maxLength": 2}}}
    described = openapi_of("a POST /a")
    response = {"description": "ok", "content": {"application/json": {"schema": token}}}
    described["paths"]["/a"]["post"]["responses"] = {"200": response}
    steps = [step("a", parameters=[{"name": "token", "in": "query", "value": "$inputs.password"}])]

    with bench.runner(arazzo_of({"steps": steps}), described, contract="warn") as runner:
        told = json.dumps(runner.run({"password": secret}).to_dict()["diagnostics"])

    assert "is too long" in told
    assert "access_token" in told
    assert secret[:20] not in told.replace("\\\\", "\\")
    assert repr(secret)[1:-1][:20] not in json.loads(f'"{json.dumps(told)[1:-1]}"')


def test_a_redirect_that_cannot_be_followed_tells_no_part_of_a_secret(bench: Bench, server: ScriptedServer):
    token = "t0k3n" * 100
    server.on("POST /a", Answer(302, {"access_token": token}, headers={"Location": f"ftp://elsewhere/{token}"}))

    result = bench.run(arazzo_of({"steps": [step("a")]}), OPENAPI, {"password": token}, follow_redirects=True)

    assert result.reason == "transport"
    assert "t0k3n" not in json.dumps(result.to_dict())

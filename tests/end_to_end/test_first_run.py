"""The shortest way through the whole engine, over a real loopback server."""

from __future__ import annotations

from scripted import Answer, Bench, ScriptedServer, arazzo_of, openapi_of


def test_a_later_step_sends_what_an_earlier_one_received(bench: Bench, server: ScriptedServer):
    server.on("POST /things", Answer(201, {"id": "a/b c"}))
    server.on("GET /things/a%2Fb%20c", {"name": "x"})
    arazzo = arazzo_of(
        {
            "inputs": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
            "steps": [
                {
                    "stepId": "create",
                    "operationId": "create",
                    "requestBody": {"payload": {"name": "$inputs.name"}},
                    "successCriteria": [{"condition": "$statusCode == 201"}],
                    "outputs": {"id": "$response.body#/id"},
                },
                {
                    "stepId": "read",
                    "operationId": "read",
                    "parameters": [{"name": "id", "in": "path", "value": "$steps.create.outputs.id"}],
                    "outputs": {"name": "$response.body#/name"},
                },
            ],
            "outputs": {"name": "$steps.read.outputs.name"},
        }
    )

    result = bench.run(arazzo, openapi_of("create POST /things", "read GET /things/{id}"), {"name": "x"})

    assert server.lines == ["POST /things", "GET /things/a%2Fb%20c"]
    assert server.requests[0].json == {"name": "x"}
    assert result.status == "succeeded"
    assert result.outputs == {"name": "x"}

"""What is mutated: descriptions that use everything there is, and cases about them."""

from __future__ import annotations

from typing import Any

_SCHEMAS: dict[str, Any] = {
    "Order": {
        "type": "object",
        "required": ["id", "lines"],
        "properties": {
            "id": {"type": "string", "format": "uuid", "example": "7d0e1f3e-8f4f-4f39-9d57-1c0b3a3c2b11"},
            "total": {"type": "number", "minimum": 0.5, "exclusiveMaximum": 1000, "multipleOf": 0.01},
            "count": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 9, "default": 2},
            "name": {"type": "string", "pattern": "^[a-z]{2,5}(-[0-9]+)?$", "minLength": 2, "maxLength": 9},
            "state": {"enum": ["open", "done", None]},
            "token": {"type": "string", "format": "password"},
            "at": {"type": "string", "format": "date-time"},
            "lines": {"type": "array", "items": {"$ref": "#/components/schemas/Line"}, "minItems": 1, "maxItems": 3},
            "parent": {"oneOf": [{"$ref": "#/components/schemas/Order"}, {"type": "null"}]},
            "extra": {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 1},
        },
    },
    "Line": {
        "allOf": [
            {"type": "object", "properties": {"sku": {"type": "string", "const": "a-1"}}, "required": ["sku"]},
            {"if": {"properties": {"sku": {"const": "x"}}}, "then": {"required": ["n"]}, "else": {"minProperties": 1}},
            {"properties": {"n": {"anyOf": [{"type": "integer"}, {"type": "string"}], "not": {"const": 0}}}},
        ]
    },
    "Error": {"type": "object", "properties": {"message": {"type": "string"}}, "patternProperties": {"^x-": {}}},
}


def _parameters() -> list[dict[str, Any]]:
    return [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
        {"name": "q", "in": "query", "style": "form", "explode": False, "schema": {"type": "array", "items": {}}},
        {"name": "deep", "in": "query", "style": "deepObject", "explode": True, "schema": {"type": "object"}},
        {"name": "X-H", "in": "header", "schema": {"type": "integer", "minimum": 1}, "example": 3},
        {"name": "c", "in": "cookie", "schema": {"type": "boolean"}},
        {"name": "j", "in": "query", "content": {"application/json": {"schema": {"type": "object"}}}},
        {"$ref": "#/components/parameters/Page"},
    ]


def _bodies() -> dict[str, Any]:
    order = {"$ref": "#/components/schemas/Order"}
    return {
        "application/json": {"schema": order, "examples": {"one": {"value": {"id": "1", "lines": [{"sku": "a-1"}]}}}},
        "application/x-www-form-urlencoded": {
            "schema": order,
            "encoding": {"lines": {"style": "spaceDelimited", "explode": False}, "extra": {"contentType": "text/csv"}},
        },
        "multipart/form-data": {
            "schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}, "o": order}},
            "encoding": {"o": {"contentType": "application/json", "headers": {"X-P": {"schema": {"type": "string"}}}}},
        },
        "application/xml": {"schema": {**order, "xml": {"name": "order", "namespace": "urn:o", "prefix": "o"}}},
        "text/plain": {"schema": {"type": "string"}},
    }


def openapi3() -> dict[str, Any]:
    """An OpenAPI 3.1 description."""
    answer = {"description": "an order", "content": {"application/json": {"schema": _SCHEMAS["Order"]}}}
    xml = {"application/xml": {"example": "<o><id a='1'>7</id><id>8</id></o>"}}
    error = {"description": "wrong", "content": {"application/problem+json": {"schema": _SCHEMAS["Error"]}}}
    put = {
        "operationId": "put",
        "parameters": _parameters(),
        "requestBody": {"required": True, "content": _bodies()},
        "responses": {
            "200": {**answer, "headers": {"X-Rate": {"schema": {"type": "integer"}}, "Link": {"example": "<a>"}}},
            "4XX": {"$ref": "#/components/responses/Error"},
            "default": error,
        },
        "security": [{"key": []}, {"basic": [], "oauth": ["read"]}],
    }
    listed = {
        "operationId": "list",
        "security": [],
        "responses": {"200": {"description": "xml", "content": xml}, "204": {"description": "nothing"}},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "orders", "version": "1"},
        "servers": [{"url": "https://{host}.example.com/v1", "variables": {"host": {"default": "a", "enum": ["a"]}}}],
        "paths": {
            "/orders/{id}": {"parameters": [{"$ref": "#/components/parameters/Page"}], "put": put},
            "/orders": {"get": listed, "post": {"operationId": "make", "responses": {"201": answer}}},
        },
        "components": {
            "schemas": _SCHEMAS,
            "parameters": {"Page": {"name": "page", "in": "query", "schema": {"type": "integer", "default": 1}}},
            "responses": {"Error": error},
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
                "basic": {"type": "http", "scheme": "basic"},
                "oauth": {
                    "type": "oauth2",
                    "flows": {"clientCredentials": {"tokenUrl": "/token", "scopes": {"read": "to read"}}},
                },
            },
        },
    }


def openapi2() -> dict[str, Any]:
    """The same API, smaller, in OpenAPI 2.0."""
    order = {"type": "object", "properties": {"id": {"type": "string"}, "lines": {"type": "array", "items": {}}}}
    return {
        "swagger": "2.0",
        "info": {"title": "orders", "version": "1"},
        "host": "api.example.com",
        "basePath": "/v1",
        "schemes": ["https"],
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "paths": {
            "/orders/{id}": {
                "put": {
                    "operationId": "put",
                    "parameters": [
                        {"name": "id", "in": "path", "required": True, "type": "string"},
                        {"name": "q", "in": "query", "type": "array", "collectionFormat": "pipes", "items": {}},
                        {"name": "order", "in": "body", "schema": {"$ref": "#/definitions/Order"}},
                    ],
                    "responses": {"200": {"description": "ok", "schema": {"$ref": "#/definitions/Order"}}},
                }
            },
            "/orders": {
                "get": {"operationId": "list", "responses": {"200": {"description": "ok", "examples": {"a/b": 1}}}},
                "post": {
                    "operationId": "make",
                    "parameters": [{"name": "file", "in": "formData", "type": "file"}],
                    "responses": {"201": {"description": "ok"}},
                },
            },
        },
        "definitions": {"Order": order},
        "securityDefinitions": {"basic": {"type": "basic"}},
    }


_INPUTS = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string", "default": "7", "pattern": "^[0-9a-f-]+$"},
        "n": {"type": "integer", "format": "int32", "default": 3},
        "secret": {"type": "string", "format": "password", "default": "canary-canary"},
        "tags": {"type": "array", "items": {"type": "string"}, "default": ["a", "b"]},
    },
}


def _actions() -> dict[str, Any]:
    return {
        "onSuccess": [
            {"name": "on", "type": "goto", "stepId": "list", "criteria": [{"condition": "$statusCode == 200"}]},
            {"reference": "$components.successActions.stop"},
        ],
        "onFailure": [
            {"name": "again", "type": "retry", "retryAfter": 0.5, "retryLimit": 2, "criteria": [{"condition": "true"}]},
            {"name": "other", "type": "goto", "workflowId": "second"},
        ],
    }


def _steps(second: str) -> list[dict[str, Any]]:
    return [
        {
            "stepId": "put",
            "operationId": "put",
            "parameters": [
                {"name": "id", "in": "path", "value": "$inputs.id"},
                {"name": "q", "in": "query", "value": ["$inputs.n", "x{$inputs.id}"]},
                {"name": "deep", "in": "query", "value": {"a": {"b": "$inputs.tags"}}},
                {"reference": "$components.parameters.header", "value": 5},
            ],
            "requestBody": {
                "contentType": "application/json",
                "payload": {"id": "$inputs.id", "lines": [{"sku": "a-1", "n": "$inputs.n"}], "name": "n-{$inputs.id}"},
                "replacements": [{"target": "/lines/0/sku", "value": "$inputs.id"}],
            },
            "successCriteria": [
                {"condition": "$statusCode == 200 && ($response.body#/lines/0/sku == 'a-1' || !$response.body.state)"},
                {"context": "$response.body", "type": "jsonpath", "condition": "$.lines[?@.n > 0 || @.sku == 'a-1']"},
                {"context": "$response.body#/id", "type": "regex", "condition": "^[0-9a-f{$inputs.n}-]+$"},
            ],
            "outputs": {"id": "$response.body#/id", "rate": "$response.header.X-Rate", "sent": "$request.body#/id"},
            **_actions(),
        },
        {
            "stepId": "list",
            "operationId": "$sourceDescriptions.api.list",
            "successCriteria": [
                {
                    "context": "$response.body",
                    "condition": "count(//id) = 2",
                    "type": {"type": "xpath", "version": "xpath-10"},
                }
            ],
        },
        {
            "stepId": "make",
            "operationPath": "{$sourceDescriptions.api.url}#/paths/~1orders/post",
            "requestBody": {"contentType": "text/plain", "payload": "order {$steps.put.outputs.id}"},
        },
        {
            "stepId": "call",
            "workflowId": second,
            "parameters": [{"name": "id", "value": "$steps.put.outputs.id"}],
            "outputs": {"id": "$outputs.id"},
        },
    ]


def arazzo(version: str = "1.0.1") -> dict[str, Any]:
    """A description with two workflows and components."""
    document: dict[str, Any] = {
        "arazzo": version,
        "info": {"title": "orders", "version": "1", "summary": "s"},
        "sourceDescriptions": [{"name": "api", "url": "openapi.json", "type": "openapi"}],
        "workflows": [
            {
                "workflowId": "first",
                "summary": "s",
                "inputs": _INPUTS,
                "parameters": [{"name": "page", "in": "query", "value": 2}],
                "steps": _steps("second"),
                "outputs": {"id": "$steps.put.outputs.id", "all": "$steps.call.outputs.id"},
            },
            {
                "workflowId": "second",
                "inputs": {"$ref": "#/components/inputs/id"},
                "dependsOn": [],
                "steps": [{"stepId": "list", "operationId": "list", "outputs": {"b": "$response.body"}}],
                "outputs": {"id": "$inputs.id"},
                "failureActions": [{"name": "end", "type": "end"}],
            },
        ],
        "components": {
            "inputs": {"id": {"type": "object", "properties": {"id": {"type": "string", "default": "x"}}}},
            "parameters": {"header": {"name": "X-H", "in": "header", "value": 4}},
            "successActions": {"stop": {"name": "stop", "type": "end"}},
            "failureActions": {"stop": {"name": "stop", "type": "end"}},
        },
    }
    return _newer(document) if version.startswith("1.1") else document


def _newer(document: dict[str, Any]) -> dict[str, Any]:
    """What 1.1 adds."""
    document["$self"] = "orders.arazzo.json"
    put = document["workflows"][0]["steps"][0]
    put["timeout"] = 500
    put["outputs"]["sku"] = {"context": "$response.body", "selector": "$..sku", "type": "jsonpath"}
    put["outputs"]["first"] = {"context": "$response.body", "selector": "/lines/0", "type": "jsonpointer"}
    put["requestBody"]["replacements"].append({"target": "$.lines[*].n", "targetSelectorType": "jsonpath", "value": 1})
    document["workflows"][0]["steps"][2]["dependsOn"] = ["put"]
    return document


def case() -> dict[str, Any]:
    """A record of the first workflow, answers and all."""
    body = {"id": "7", "lines": [{"sku": "a-1", "n": 2}], "total": 1.5}
    return {
        "arazzo-test": 1,
        "document": "main.json",
        "workflow": "first",
        "inputs": {"id": "7"},
        "exchanges": [
            {
                "step": "put",
                "request": {"method": "PUT", "url": "/orders/7", "headers": {"X-H": "5"}, "bodyContains": {"id": "7"}},
                "response": {"status": 200, "headers": {"Content-Type": "application/json"}, "body": body},
            },
            {
                "step": "list",
                "id": "first/list#1.1",
                "at": 1790000000.5,
                "duration": 0.25,
                "response": {
                    "status": 200,
                    "headers": {"Content-Type": "application/xml"},
                    "text": "<o><id/><id/></o>",
                },
                "verdicts": [{"condition": "count(//id) = 2", "passed": True, "secret": True}],
            },
            {"step": "make", "failure": {"kind": "timeout", "message": "late", "phase": "maybe_sent"}},
            {"step": "call/list", "response": {"status": 429, "headers": {"Retry-After": "3"}, "base64": "AAECAw=="}},
        ],
        "expect": {"outcome": "success", "outputsContain": {"id": "7"}, "steps": {"put": {"attempts": 1}}},
    }

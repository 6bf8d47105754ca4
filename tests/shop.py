"""A description with something for every rule of the data flow, and findings of checks against it."""

from __future__ import annotations

from textwrap import dedent, indent
from typing import Any

import checking
from linking import API

from arazzo_runner.diagnostics import Diagnostic

STRING, INTEGER, BOOLEAN = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
PET = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {**STRING, "readOnly": True},
        "name": STRING,
        "age": {"type": "integer", "minimum": 0},
        "status": {"type": "string", "enum": ["free", "sold"]},
        "vaccinated": BOOLEAN,
        "tags": {"type": "array", "items": STRING},
        "owner": {"type": "object", "required": ["email"], "properties": {"email": STRING, "phone": STRING}},
    },
}
PETS = {"type": "array", "items": PET}
PAGE = {"type": "object", "properties": {"data": PETS, "total": INTEGER}}
ERROR = {"type": "object", "properties": {"code": INTEGER, "message": STRING}}


def json(schema: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A Response or Request Body Object with this schema."""
    return {"description": "", "content": {"application/json": {"schema": schema}}, **fields}


def parameter(name: str, in_: str, schema: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A Parameter Object."""
    return {"name": name, "in": in_, "schema": schema, **({"required": True} if in_ == "path" else {}), **fields}


def operation(operation_id: str, *responses: tuple[str, dict[str, Any]], **fields: Any) -> dict[str, Any]:
    """An Operation Object with responses by status."""
    return {"operationId": operation_id, "responses": dict(responses or [("200", json(PET))]), **fields}


ID = parameter("id", "path", STRING)
FILTERS = [
    parameter("limit", "query", {"type": "integer", "maximum": 100}),
    parameter("sold", "query", BOOLEAN),
    parameter("status", "query", {"type": "string", "enum": ["free", "sold"]}),
    parameter("tags", "query", {"type": "array", "items": STRING}),
    parameter("ages", "query", {"type": "array", "items": INTEGER}, explode=False),
    parameter("ids", "query", STRING, explode=False),
    parameter("near", "query", {"type": "object", "properties": {"lat": {"type": "number"}}}, style="deepObject"),
    {"name": "filter", "in": "query", "content": {"application/json": {"schema": ERROR}}},
]
FORM = {
    "type": "object",
    "required": ["grant"],
    "properties": {"grant": STRING, "seconds": INTEGER, "scopes": {"type": "array", "items": STRING}, "extra": STRING},
}
CLOSED = {"type": "object", "properties": {"name": STRING}, "additionalProperties": False}
OPENAPI: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1"},
    "paths": {
        "/pets": {
            "get": operation("listPets", ("200", json(PETS, headers={"X-Total": {"schema": INTEGER}})),
                             ("400", json(ERROR)), parameters=FILTERS),
            "post": operation("createPet", ("201", json(PET)), ("409", json(ERROR)),
                              requestBody={**json(PET), "required": True}),
        },
        "/pages": {"get": operation("getPage", ("200", json(PAGE)), ("404", json(ERROR)))},
        "/pets/{id}": {
            "parameters": [ID],
            "get": operation("getPet", ("200", json(PET)), ("404", json(ERROR))),
            "delete": operation("deletePet", ("204", {"description": ""})),
        },
        "/pets/{id}/name": {
            "parameters": [ID],
            "put": operation("rename", requestBody=json(CLOSED)),
        },
        "/pets/{id}/photo": {"get": operation("photo", ("200", {"description": "", "content": {"image/png": {}}}),
                                              parameters=[ID])},
        "/export": {"get": operation("export", ("200", {"description": "", "content": {
            "text/csv": {"schema": STRING}}}))},
        "/any": {"get": operation("any", ("200", json({})))},
        "/silent": {"get": operation("silent", ("200", {"description": "OK"}))},
        "/search": {
            "get": operation("search", parameters=[
                parameter("q", "query", STRING, required=True),
                parameter("X-Tenant", "header", STRING, required=True),
                parameter("Authorization", "header", STRING, required=True),
                parameter("key", "query", STRING, required=True),
                parameter("page", "query", {"type": "integer", "default": 1}),
            ]),
        },
        "/token": {"post": operation("token", requestBody={"content": {
            "application/x-www-form-urlencoded": {"schema": FORM}}})},
        "/patch": {"post": operation("patch", requestBody={"content": {
            "application/merge-patch+json": {"schema": PET}, "text/*": {"schema": STRING}}})},
        "/old": {"get": operation("old", deprecated=True)},
    },
    "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "key"}}},
}  # fmt: skip


def check(text: str, code: str, openapi: dict[str, Any] | None = None, **options: Any) -> list[Diagnostic]:
    """The findings of one code on a text."""
    documents = {API: OPENAPI if openapi is None else openapi}
    return [found for found in checking.check(text, documents, **options) if found.code == code]


def places(text: str, code: str, openapi: dict[str, Any] | None = None, **options: Any) -> list[str]:
    """`line:column` of the findings of one code."""
    return [f"{d.location.line}:{d.location.column}" for d in check(text, code, openapi, **options) if d.location]


INPUTS = (
    "{name: {type: string}, count: {type: integer}, flag: {type: boolean}, list: {type: array, items: {type: string}}, "
    "pet: {type: object, properties: {name: {type: string}}}}"
)


def step(fields: str, operation_id: str = "listPets", *, version: str = "1.0.1", more: str = "") -> str:
    """An Arazzo text with a step `a` of these fields, and further steps; the inputs are INPUTS."""
    head = f"- stepId: a\n  operationId: {operation_id}\n" + indent(dedent(fields).strip("\n"), "  ")
    inputs = f"inputs: {{type: object, properties: {INPUTS}}}"
    return checking.of_steps(f"{head.rstrip()}\n{dedent(more)}", fields=inputs, version=version)

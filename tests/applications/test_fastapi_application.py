"""A workflow against a FastAPI application, in process, with the description that FastAPI makes of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("fastapi")

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from arazzo_runner.document import Document, read
from arazzo_runner.pytest_plugin import Runners


class Arrival(BaseModel):
    name: str


class Owner(BaseModel):
    owner: str


class Pet(BaseModel):
    id: int
    name: str
    owner: str | None = None


def application() -> FastAPI:
    app = FastAPI()
    pets: dict[int, Pet] = {}

    @app.post("/pets", status_code=201, operation_id="addPet")
    def add(arrival: Arrival) -> Pet:
        pets[7] = Pet(id=7, name=arrival.name)
        return pets[7]

    @app.get("/pets/{id}", operation_id="getPet")
    async def get(id: int) -> Pet:
        if id not in pets:
            raise HTTPException(404)
        return pets[id]

    @app.put("/pets/{id}/owner", operation_id="adoptPet")
    async def adopt(id: int, owner: Owner) -> Pet:
        pets[id].owner = owner.owner
        return pets[id]

    return app


def description_of(app: FastAPI) -> Document:
    """What the application says of itself, in the place that the workflow names."""
    place = Path(__file__).with_name("openapi.yml")
    return read(json.dumps(app.openapi()).encode(), uri=place.as_uri(), name="the application's openapi.json")


def test_a_pet_finds_an_owner(arazzo: Runners) -> None:
    app = application()
    runner = arazzo("adoption.yml", client=app, documents=[description_of(app)], contract="error")

    result = runner.run({"name": "Rex"}).raise_for_status()

    assert result.outputs == {"pet": {"id": 7, "name": "Rex", "owner": "Zoë"}}

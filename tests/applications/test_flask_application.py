"""A workflow against a Flask application, in process."""

from __future__ import annotations

from typing import Any

import pytest

import arazzo_runner
from arazzo_runner.pytest_plugin import Runners


@pytest.fixture
def app() -> Any:
    flask = pytest.importorskip("flask")
    app = flask.Flask("pets")
    pets: dict[int, dict[str, Any]] = {}

    @app.post("/api/pets")
    def add() -> Any:
        pets[7] = {"id": 7, "name": flask.request.get_json()["name"], "owner": None}
        return pets[7], 201

    @app.get("/api/pets/<int:identity>")
    def get(identity: int) -> Any:
        return pets.get(identity, ("", 404))

    @app.put("/api/pets/<int:identity>/owner")
    def adopt(identity: int) -> Any:
        if flask.request.get_json()["owner"] == "nobody":
            return "", 409
        pets[identity] |= flask.request.get_json()
        return pets[identity]

    return app


def test_a_pet_finds_an_owner(arazzo: Runners, app: Any) -> None:
    runner = arazzo("adoption.yml", client=app, contract="error")

    result = runner.run({"name": "Rex"}).raise_for_status()

    assert result.outputs == {"pet": {"id": 7, "name": "Rex", "owner": "Zoë"}}


def test_what_the_application_refuses_is_told_in_a_line(arazzo: Runners, app: Any) -> None:
    result = arazzo("adoption.yml", client=app).run({"name": "Rex", "owner": "nobody"})

    with pytest.raises(arazzo_runner.WorkflowFailed) as failed:
        result.raise_for_status()

    assert str(failed.value).startswith("workflow 'adopt' failed: ")
    assert str(failed.value).endswith(
        "adoption.yml:26:19: '$statusCode == 200' does not hold: $statusCode is 409, not 200"
    )

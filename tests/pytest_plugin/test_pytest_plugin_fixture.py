"""The fixture `arazzo`: Runners for a test, against an application in process (docs/pytest.md)."""

from __future__ import annotations

from pathlib import Path

import pytest
from plugged import Project

pytest.importorskip("flask")

APPLICATIONS = Path(__file__).resolve().parent.parent / "applications"
CONFTEST = """
import flask
import pytest

@pytest.fixture
def app():
    app = flask.Flask("pets")

    @app.post("/api/pets")
    def add():
        return {"id": 7, "name": "Rex"}, 201

    @app.route("/api/pets/7")
    @app.put("/api/pets/7/owner")
    def get():
        return {"id": 7, "name": "Rex", "owner": "Zoë"}

    return app
"""
RUNS = """
def test_adoption(arazzo, app):
    result = arazzo("NAME", client=app).run({"name": "Rex"}).raise_for_status()
    assert result.outputs["pet"]["owner"] == "Zoë"
"""


@pytest.fixture
def pets(project: Project) -> Project:
    """A project with a Flask application."""
    project.write("conftest.py", CONFTEST)
    return project


def with_workflow(project: Project, folder: str) -> None:
    for name in ("adoption.yml", "openapi.yml"):
        project.write(f"{folder}/{name}", (APPLICATIONS / name).read_text("utf-8"))


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("tests", "adoption.yml"),
        ("tests/flows", "flows/adoption.yml"),
        ("flows", "flows/adoption.yml"),
        ("flows", "../flows/adoption.yml"),
    ],
)
def test_a_path_is_relative_to_the_test_else_to_the_root(pets: Project, folder: str, name: str) -> None:
    with_workflow(pets, folder)
    pets.write("tests/test_a.py", RUNS.replace("NAME", name))

    pets.run().assert_outcomes(passed=1)


def test_the_file_beside_the_test_goes_first(pets: Project) -> None:
    with_workflow(pets, "tests")
    pets.write("adoption.yml", "arazzo: 9.0.0\n")
    pets.write("tests/test_a.py", RUNS.replace("NAME", "adoption.yml"))

    pets.run("tests").assert_outcomes(passed=1)


def test_parsed_values_are_taken_as_well(pets: Project) -> None:
    with_workflow(pets, "tests")
    pets.write(
        "tests/test_a.py",
        """
        import pathlib, yaml

        HERE = pathlib.Path(__file__)

        def test_adoption(arazzo, app):
            description = yaml.safe_load(HERE.with_name("adoption.yml").read_text("utf-8"))
            runner = arazzo(description, client=app, base_uri=HERE.as_uri(), root=HERE.parent)
            assert runner.run({"name": "Rex"}).status == "succeeded"
        """,
    )

    pets.run().assert_outcomes(passed=1)


def test_a_run_that_fails_says_in_the_summary_where_and_why(pets: Project) -> None:
    with_workflow(pets, "tests")
    pets.write("tests/test_a.py", RUNS.replace("NAME", "adoption.yml").replace('"Rex"}', '"Rex", "owner": "Max"}'))

    ran = pets.run()

    ran.assert_outcomes(failed=1)
    why = "workflow 'adopt' failed: tests/adoption.yml:27:19: '$response.body#/owner == $inputs.owner' does not hold: *"
    ran.stdout.fnmatch_lines(
        [f"E *WorkflowFailed: {why}", f"FAILED tests/test_a.py::test_adoption - *WorkflowFailed: {why}"]
    )


def test_a_file_that_is_not_there_is_looked_for_beside_the_test(pets: Project) -> None:
    pets.write("tests/test_a.py", RUNS.replace("NAME", "adoption.yml"))

    ran = pets.run()

    ran.stdout.fnmatch_lines(["E *FileMissing: there is no file tests/adoption.yml"])


def test_a_runner_is_closed_at_the_end_of_its_test(pets: Project) -> None:
    with_workflow(pets, "tests")
    pets.write(
        "tests/test_a.py",
        """
        runners = []

        class Transport:
            closed = False

            def send(self, request, *, timeout, limits):
                from arazzo_runner.messages import Response

                assert not self.closed
                return Response(404, (), b"")

            def close(self):
                self.closed = True

        def test_one(arazzo):
            transport = Transport()
            runner = arazzo("adoption.yml", client=transport, servers={"pets": "http://pets.test"})
            assert runner.run({"name": "Rex"}).status == "failed"
            runners.append(transport)
            assert not transport.closed

        def test_two():
            assert runners[0].closed
        """,
    )

    pets.run().assert_outcomes(passed=2)


def test_a_test_may_have_several_runners_and_mock_and_workflow_are_options(pets: Project) -> None:
    with_workflow(pets, "tests")
    pets.write(
        "tests/test_a.py",
        """
        def test_both(arazzo, app):
            real = arazzo("adoption.yml", client=app, workflow="adopt")
            mocked = arazzo("adoption.yml", mock=True)
            for runner in (real, mocked):
                runner.run({"name": "Rex"}).raise_for_status()
        """,
    )

    pets.run().assert_outcomes(passed=1)


def test_the_fixture_is_listed_with_what_it_does(pets: Project) -> None:
    listed = pets.run("--fixtures")

    listed.stdout.fnmatch_lines(["arazzo -- *", "    Runs workflows: *"])

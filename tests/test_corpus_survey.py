"""`make corpus`: what it says of documents, and what it says of the published ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from benchmarks.corpus import Surveyed, corpus_folder, survey
from benchmarks.corpus_page import page

API = """\
openapi: 3.1.0
info: {title: Pets, version: 1.0.0}
servers: [{url: https://pets.example}]
paths:
  /pets/{id}:
    get:
      operationId: getPet
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        "200":
          description: ""
          content:
            application/json:
              schema: {type: object, required: [name], properties: {name: {type: string}}}
"""
DOCUMENT = """\
arazzo: 1.0.1
info: {{title: Pets, version: 1.0.0}}
sourceDescriptions: [{{name: pets, url: {url}, type: openapi}}]
workflows:
- workflowId: read-pet
  inputs: {{type: object, required: [id], properties: {{id: {{type: string}}}}}}
  steps:
  - stepId: get
    operationId: {operation}
    parameters: [{{name: id, in: path, value: $inputs.id}}]
    successCriteria: [{{condition: "{condition}"}}]
    outputs: {{name: $response.body#/name}}
"""


def document(url: str = "pets.openapi.yaml", operation: str = "getPet", condition: str = "$statusCode == 200") -> str:
    return DOCUMENT.format(url=url, operation=operation, condition=condition)


@pytest.fixture
def made(tmp_path: Path) -> list[Surveyed]:
    """A corpus with one document of each kind."""
    documents = {
        "right/pets.yaml": document(),
        "right/created.yaml": document(condition="$statusCode == 201"),
        "wrong/operation.yaml": document(operation="getPets"),
        "wrong/remote.yaml": document(url="https://pets.example/openapi.yaml"),
        "wrong/version.yaml": document().replace("1.0.1", "2.0.0"),
    }
    for name, text in documents.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        (file.parent / "pets.openapi.yaml").write_text(API, encoding="utf-8")
    return survey(tmp_path)


def test_a_survey_tells_what_loads_links_completes_and_passes(made: list[Surveyed]) -> None:
    found = {
        document.file: {each.mode: (each.links, each.completes, each.passes) for each in document.tried}
        for document in made
    }

    assert found["right/pets.yaml"] == dict.fromkeys(("strict", "auto", "lenient"), (True, True, True))
    assert found["right/created.yaml"] == {
        "strict": (True, False, False),
        "auto": (True, False, False),
        "lenient": (True, True, True),
    }
    assert found["wrong/operation.yaml"]["auto"] == (False, False, False)
    assert found["wrong/version.yaml"] == {}


def test_what_is_wrong_is_told_by_cause_with_its_place(made: list[Surveyed]) -> None:
    text = page(made)

    assert "- 5 documents, of which 4 load" in text
    assert "| complete the straight run | 1 | 1 | 2 |" in text
    assert "### an operation that no source defines (ARZ203)" in text
    assert "| wrong/operation.yaml:9:18 | read-pet | all |" in text
    assert "| right/created.yaml:11:35 | read-pet | strict, auto | no documented answer was found with which" in text
    assert "### a remote source that cannot be fetched (ARZ220)" in text
    assert "wrong/version.yaml" in text


def test_aims_are_counted(made: list[Surveyed]) -> None:
    right = next(each for each in made if each.file == "right/pets.yaml")
    aims = next(each.aims for each in right.tried if each.mode == "auto")

    assert aims["step", "reached"] == 1
    assert aims["output", "reached"] == 1


def test_a_workflow_that_takes_too_long_is_told(tmp_path: Path) -> None:
    (tmp_path / "pets.yaml").write_text(document(), encoding="utf-8")
    (tmp_path / "pets.openapi.yaml").write_text(API, encoding="utf-8")

    found = survey(tmp_path, modes=("auto",), bound_s=1e-6)

    assert [trouble.cause for trouble in found[0].tried[0].troubles] == ["a hang"]


def test_without_a_corpus_one_line_says_so(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.corpus"],
        env={"ARAZZO_SHARED": str(tmp_path), "PATH": ""},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.stdout == ""
    assert ended.stderr == "the corpus is not here: set ARAZZO_SHARED to the folder that holds it\n"


# What does not complete its straight run although every operation resolves, even leniently, and why.
INCOMPLETE = {
    # The answer is XML, which a JSON Pointer does not read.
    "start-and-abort-multipart-upload": "the request cannot be made",
    "multipart-upload": "the request cannot be made",
    "enable-versioning-and-put-object": "no documented answer meets a criterion",
    # The answer of an x-operation is text/html, which nothing describes.
    "xml": "no documented answer meets a criterion",
    # An object as application/octet-stream; a member of an array.
    "worker-check-in-process": "the request cannot be made",
    "emergency-response-and-monitoring": "the request cannot be made",
    "invite-user-to-team": "the request cannot be made",
    # A filter over the members of an object, which tests each member; three times the same document.
    "events-crud": "no documented answer meets a criterion",
    "client-registration": "no documented answer meets a criterion",
    # A Content-Type is expected of a request without a body.
    "implicit-content-type": "no documented answer meets a criterion",
    # Slashes and flags around a pattern are part of it.
    "createAndActivateRobot": "no documented answer meets a criterion",
}


@pytest.mark.skipif(corpus_folder() is None, reason="the corpus is not here (set ARAZZO_SHARED)")
def test_of_the_published_workflows_just_the_named_ones_do_not_complete_leniently() -> None:
    folder = corpus_folder()
    assert folder is not None, "else the test is skipped"

    tried = [
        each
        for document in survey(folder, modes=("lenient",), branches=False, checked=False, processes=2)
        for each in document.tried
    ]

    incomplete = {
        each.workflow_id: {trouble.cause for trouble in each.troubles}
        for each in tried
        if each.links and not each.completes
    }
    assert incomplete.keys() == INCOMPLETE.keys()
    assert all(INCOMPLETE[workflow] in causes for workflow, causes in incomplete.items())
    assert not [each for each in tried for trouble in each.troubles if trouble.cause in ("a crash", "a hang")]

"""The format of scenarios: what is read, what the lint finds, how documents are written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance.harness import yaml12
from conformance.harness.lint import features, lint, requirements, uncovered, untestable
from conformance.harness.scenario import BadScenario, Place, Scenario, load, read, write_documents

PLACE = Place("http://127.0.0.1:4001", "http://127.0.0.1:4002")


def tree(**fields: Any) -> dict[str, Any]:
    return {
        "description": "a step sends its request",
        "requirements": ["step.operationId.invoked"],
        "features": ["smoke.run"],
        "arazzo": ["1.0.1"],
        "level": "required",
        "documents": {"arazzo.yaml": {"arazzo": "$version", "workflows": []}},
        "run": {"workflowId": "list-pets"},
        "exchanges": [{"request": {"method": "GET", "path": "/pets"}, "response": {"status": 200}}],
        "expect": {"outcome": "success"},
        **fields,
    }


def written(folder: Path, name: str = "smoke/a", **fields: Any) -> Path:
    """A scenario in a folder of its own."""
    file = folder / f"{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({k: v for k, v in tree(**fields).items() if v is not None}))
    return file


def test_every_scenario_of_the_suite_is_well_made() -> None:
    problems = list(lint())

    assert problems == []


def test_every_untestable_requirement_is_one_and_has_no_scenario() -> None:
    shown = {id_ for scenario in load() for id_ in scenario.requirements}

    assert untestable().keys() <= requirements().keys()
    assert untestable().keys() & shown == set()
    assert all(reason.strip() for reason in untestable().values())


@pytest.mark.parametrize("level", ["MUST", "SHOULD"])
def test_every_requirement_has_a_scenario_or_is_untestable(level: str) -> None:
    missing = uncovered(load(), level)

    assert missing == []


def test_every_feature_has_a_scenario() -> None:
    used = {feature for scenario in load() for feature in scenario.features}

    assert features() - used == set()


def test_a_third_of_the_scenarios_and_more_are_negative() -> None:
    by_path = {scenario.path: scenario for scenario in load()}
    judged = [s for s in by_path.values() if s.expectations]

    negative = [s for s in judged if not any(e["outcome"] == "success" for e in s.expectations)]

    assert len(negative) * 3 >= len(judged)


def test_a_file_is_one_scenario_for_each_of_its_versions(tmp_path: Path) -> None:
    file = written(tmp_path, arazzo=["1.0.1", "1.1.0"])

    scenarios = read(file, tmp_path)

    assert [s.id for s in scenarios] == ["smoke/a@1.0", "smoke/a@1.1"]
    assert yaml.safe_load(scenarios[1].documents()["arazzo.yaml"])["arazzo"] == "1.1.0"


def test_scenarios_are_selected_by_area_claim_version_pattern_and_file(tmp_path: Path) -> None:
    written(tmp_path, "smoke/a", arazzo=["1.0.1", "1.1.0"])
    file = written(tmp_path, "retry/b")

    assert [s.id for s in load(["smoke/a@1.1"], tmp_path)] == ["smoke/a@1.1"]
    assert [s.id for s in load(["retry"], tmp_path)] == ["retry/b@1.0"]
    assert [s.id for s in load(["*/b"], tmp_path)] == ["retry/b@1.0"]
    assert [s.id for s in load([str(file)], tmp_path)] == ["retry/b@1.0"]
    assert [s.id for s in load([], tmp_path)] == ["smoke/a@1.0", "smoke/a@1.1", "retry/b@1.0"]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"expect": None}, "'expect' is a required property"),
        ({"level": "unspecified"}, "should not be valid under"),
        ({"description": "x" * 101}, "is too long"),
        ({"extra": 1}, "Additional properties are not allowed ('extra' was unexpected)"),
        ({"documents": {"../arazzo.yaml": {}}}, "does not match"),
        (
            {
                "exchanges": [
                    {"request": {"method": "GET", "path": "/a", "body": 1, "text": "1"}, "response": {"status": 200}}
                ]
            },
            "is valid under each of",
        ),
        (
            {"exchanges": [{"request": {"method": "GET", "path": "/a"}, "response": {"drop": True, "status": 200}}]},
            "exchanges[0]",
        ),
    ],
)
def test_what_the_format_does_not_allow_is_no_scenario(tmp_path: Path, fields: dict[str, Any], problem: str) -> None:
    file = written(tmp_path, **fields)

    with pytest.raises(BadScenario) as caught:
        read(file, tmp_path)

    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"description": "a step should send its request"}, "the description says 'should'"),
        ({"description": "a step sends its request."}, "the description ends with a full stop"),
        ({"features": ["retry.limit"]}, "the first feature is retry.limit, so the folder is retry/"),
        ({"features": ["smoke.run", "smoke.fire"]}, "features.yaml has no smoke.fire"),
        ({"requirements": ["step.of.dance"]}, "requirements.yaml has no step.of.dance"),
        ({"requirements": ["step.timeout.fails-step"]}, "step.timeout.fails-step is no requirement of 1.0"),
        ({"run": {"workflowId": "a", "entry": "b.yaml"}}, "the documents have no b.yaml"),
        (
            {"documents": {"arazzo.yaml": "servers: https://api.airbyte.com"}},
            "arazzo.yaml: https://api.airbyte.com is neither http://api.test nor http://down.test nor an example",
        ),
        (
            {"arazzo": ["1.0.0", "1.0.1"]},
            "two of the versions are the same but for the patch; a scenario has one of each",
        ),
        ({"expect": {"outcome": "failure", "exchanges": 2}}, "an expectation counts 2 exchanges, there are 1"),
    ],
)
def test_the_lint_finds_what_the_format_cannot_say(tmp_path: Path, fields: dict[str, Any], problem: str) -> None:
    written(tmp_path, **fields)

    problems = list(lint(root=tmp_path))

    assert [p for p in problems if p.startswith(f"smoke/a.yaml: {problem}")], problems


def test_two_scenarios_with_one_description_are_found(tmp_path: Path) -> None:
    written(tmp_path, "smoke/a")
    written(tmp_path, "smoke/b")

    assert list(lint(root=tmp_path)) == ["smoke/a.yaml, smoke/b.yaml: the same description: a step sends its request"]


def test_reserved_addresses_become_real_ones_and_back() -> None:
    scenario = Scenario("smoke/a", "1.0.1", tree(run={"workflowId": "w", "inputs": {"url": "http://api.test/x"}}))

    placed = scenario.placed(PLACE)

    assert placed.inputs == {"url": "http://127.0.0.1:4001/x"}
    assert PLACE.put("http://down.test/") == "http://127.0.0.1:4002/"
    assert PLACE.take({"Host": "127.0.0.1:4001"}) == {"Host": "api.test"}


def test_documents_lie_in_the_folder_or_are_served(tmp_path: Path) -> None:
    documents = {"a/b.json": b"1", "http://127.0.0.1:4001/c.yaml": b"2"}

    served = write_documents(documents, tmp_path)

    assert served == {"/c.yaml": b"2"}
    assert (tmp_path / "a" / "b.json").read_bytes() == b"1"


def test_texts_and_octets_are_written_as_they_stand() -> None:
    documents = {"arazzo.yaml": "arazzo: $version\n\tx: 1\n", "b.yaml": {"$base64": "/w=="}, "c.json": {"on": [1, "1"]}}
    scenario = Scenario("smoke/a", "1.0.1", tree(documents=documents))

    octets = scenario.documents()

    assert octets["arazzo.yaml"] == b"arazzo: 1.0.1\n\tx: 1\n"
    assert octets["b.yaml"] == b"\xff"
    assert json.loads(octets["c.json"]) == {"on": [1, "1"]}


def test_yaml_is_read_as_version_1_2() -> None:
    read_ = yaml12.load("{a: on, b: NO, c: 012, d: 1e3, e: 2024-01-01, f: true, g: ~, h: 7, i: 1:30, j: 0.5}")

    assert read_["a"] == "on"
    assert read_["b"] == "NO"
    assert read_["c"] == "012"
    assert [read_[key] for key in "defg"] == [1000.0, "2024-01-01", True, None]
    assert [read_[key] for key in "hij"] == [7, "1:30", 0.5]


def test_a_key_that_stands_twice_or_is_no_text_is_refused() -> None:
    with pytest.raises(yaml12.DuplicateKey, match="line 2: the key 'a' stands here twice"):
        yaml12.load("a: 1\na: 2\n")
    with pytest.raises(yaml12.DuplicateKey, match="the key 200 is not text; quote it"):
        yaml12.load("200: x\n")


@pytest.mark.parametrize(
    "text",
    [
        "on",
        "no",
        "012",
        "1e3",
        "0x1f",
        "2024-01-01",
        "1:30",
        "",
        "~",
        "null",
        "=",
        "a: b",
        " a",
        "a\nb\n",
        "{$inputs.x}",
    ],
)
def test_texts_are_written_so_that_every_reader_sees_them(text: str) -> None:
    dumped = yaml12.dump({"key": text})

    assert yaml.safe_load(dumped) == {"key": text}
    assert yaml12.load(dumped) == {"key": text}

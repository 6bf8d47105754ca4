"""Our schemas beside the published ones: every deliberate difference is listed here, and there is no other.

The specification says that its text prevails over the schemas published beside it; decision 54 lists where they
depart. `DIFFERENCES` says which files are judged differently, `PROBES` shows each rule by the smallest description.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from arazzo_runner.document import read
from arazzo_runner.document.schemas import VERSIONS, Version, is_valid, violations

Verdict = Literal["accepts", "rejects"]


@dataclass(frozen=True)
class Difference:
    """What ours does with these files; theirs does the opposite."""

    ours: Verdict
    reason: str
    files: tuple[str, ...]


DIFFERENCES = (
    Difference(
        "accepts",
        "1.0.1, Failure Action Object: a retry needs no target and no retryAfter; the published 1.0 schema wants both",
        (
            "corpus/airtable/arazzo/airtable-export-audit-logs-workflow.yml",
            "corpus/jentic-arazzo-engine/arazzo/generator/examples/workflows/discord/workflows.arazzo.json",
            "corpus/jentic__devopness.com/arazzo/workflows.arazzo.json",
            "corpus/jentic__gitlab.com/arazzo/workflows.arazzo.json",
            "corpus/jentic__instagram.com/arazzo/workflows.arazzo.json",
            "corpus/jentic__kubernetes.io/arazzo/workflows.arazzo.json",
            "corpus/jentic__loket.nl/arazzo/workflows.arazzo.json",
            "corpus/jentic__slmonitor.com/arazzo/workflows.arazzo.json",
            "corpus/jentic__soundcloud.com/arazzo/workflows.arazzo.json",
            "corpus/jentic__stripe.com/arazzo/workflows.arazzo.json",
            "corpus/jentic__svix.com/arazzo/workflows.arazzo.json",
            "corpus/jentic__tfl.gov.uk/arazzo/workflows.arazzo.json",
            "corpus/jentic__vimeo.com/arazzo/workflows.arazzo.json",
            "corpus/jentic__whatsapp.local/arazzo/whatsapp.arazzo.json",
            "corpus/redocly-cli-tests/arazzo/tests/e2e/respect/step-on-failure-type-end-action/"
            "step-on-failure-type-end-action.arazzo.yaml",
            "corpus/redocly-cli-tests/arazzo/tests/e2e/respect/workflow-failure-actions/"
            "workflow-failure-actions.arazzo.yaml",
            "corpus/svix/arazzo/svix-recover-failed-webhooks-workflow.yml",
            "corpus/svix/arazzo/svix-send-message-and-confirm-delivery-workflow.yml",
            "corpus/svix/arazzo/svix-stream-sink-and-poll-events-workflow.yml",
            "corpus/wso2-arazzo-tools/arazzo/examples/go-runner-test/petstore/03-retry-action.arazzo.yaml",
            "corpus/wso2-arazzo-tools/arazzo/examples/go-runner-test/toolshop/03-retry-action.arazzo.yaml",
            "corpus/wso2-arazzo-tools/arazzo/examples/vizualiser_only/complex-branching.arazzo.yaml",
            "corpus/wso2-arazzo-tools/arazzo/examples/vizualiser_only/failure-path-conditions.arazzo.yaml",
            "corpus/wso2-arazzo-tools/arazzo/examples/vizualiser_only/real-world.arazzo.yaml",
            "corpus/wso2-arazzo-tools/arazzo/examples/vizualiser_only/retry-step-with-goto.arazzo.yaml",
            "corpus/wso2-arazzo-tools/arazzo/examples/vizualiser_only/retry-step.arazzo.yaml",
        ),
    ),
    Difference(
        "accepts",
        "1.0.1, Criterion Object: the type may be an object; the published schema cannot express it (decision 34)",
        (
            "corpus/redocly-cli-tests/arazzo/resources/museum-api.arazzo.yaml",
            "corpus/redocly-cli-tests/arazzo/tests/e2e/respect/severity-error-level/severity-level.arazzo.yaml",
            "corpus/redocly-cli-tests/arazzo/tests/e2e/respect/severity-off-level/severity-level.arazzo.yaml",
            "corpus/redocly-cli-tests/arazzo/tests/e2e/respect/severity-warn-level/severity-level.arazzo.yaml",
            "corpus/redocly-cli-tests/arazzo/tests/e2e/respect/workflow-success-actions/"
            "workflow-success-actions.arazzo.yaml",
        ),
    ),
    Difference(
        "accepts",
        "1.0.1, Payload Replacement Object: the value is Any; the published schema wants a string (decision 54)",
        ("corpus/redocly-cli-tests/arazzo/tests/e2e/respect/replacements/replacements.arazzo.yaml",),
    ),
    Difference(
        "rejects",
        "Step and Workflow Objects: names of outputs MUST match the pattern; the published schema checks none",
        ("corpus/jentic-arazzo-engine/arazzo/runner/tests/fixtures/newyork_times/newyork_times.arazzo.yaml",),
    ),
)


@dataclass(frozen=True)
class Probe:
    """The smallest description that shows one difference: the fields of its only step, workflow or root."""

    rule: str
    versions: tuple[Version, ...]
    ours: Verdict
    step: dict[str, Any] | None = None
    workflow: dict[str, Any] | None = None
    root: dict[str, Any] | None = None


BOTH: tuple[Version, ...] = ("1.0", "1.1")
OLD: tuple[Version, ...] = ("1.0",)
NEW: tuple[Version, ...] = ("1.1",)
CALL = {"operationId": "findPet"}
PARAMETER = {"name": "a", "in": "query", "value": 1}
CRITERION = {"condition": "$statusCode == 200"}
CONTEXT = {"context": "$response.body", "condition": "$.a"}
REPLACEMENT = {"target": "/a", "value": "b"}
GOTO_WORKFLOW = {"name": "a", "type": "goto", "workflowId": "w"}

PROBES = (
    # Accepted by ours: the text says so, or says nothing and no published test says otherwise (decision 101).
    Probe("a number is put into a payload", BOTH, "accepts",
          {"requestBody": {"replacements": [{**REPLACEMENT, "value": 10}]}}),
    Probe("an object is the value of a parameter", NEW, "accepts", {"parameters": [{**PARAMETER, "value": {"a": 1}}]}),
    Probe("more beside a reference is ignored", BOTH, "accepts",
          {"parameters": [{"reference": "$components.parameters.a", "note": 1}]}),
    Probe("a retry needs a name and a type", OLD, "accepts", {"onFailure": [{"name": "a", "type": "retry"}]}),
    Probe("a criterion may have a type object", OLD, "accepts",
          {"successCriteria": [{**CONTEXT, "type": {"type": "xpath", "version": "xpath-10"}}]}),
    Probe("no minimum of steps is stated", BOTH, "accepts", workflow={"steps": []}),
    Probe("no minimum of criteria is stated in 1.0", OLD, "accepts", {"successCriteria": []}),
    Probe("no minimum of criteria of an action is stated", BOTH, "accepts",
          {"onSuccess": [{"name": "a", "type": "end", "criteria": []}]}),
    Probe("nothing forbids a criterion twice", BOTH, "accepts", {"successCriteria": [CRITERION, CRITERION]}),
    Probe("nothing forbids a criterion of an action twice", BOTH, "accepts",
          {"onFailure": [{"name": "a", "type": "end", "criteria": [CRITERION, CRITERION]}]}),
    Probe("nothing forbids a replacement twice", BOTH, "accepts", {"requestBody": {"replacements": [REPLACEMENT] * 2}}),
    Probe("nothing forbids a workflow to depend on twice", BOTH, "accepts", workflow={"dependsOn": ["a", "a"]}),
    Probe("the pattern of a source's name is a SHOULD", BOTH, "accepts",
          root={"sourceDescriptions": [{"name": "pet store", "url": "a"}]}),
    Probe("an action beside operationPath, as in the text's first example", NEW, "accepts",
          {"operationPath": "a", "operationId": None, "action": "send"}),
    Probe("the action of a correlated step may follow from its operation", NEW, "accepts",
          {"correlationId": "$inputs.a"}),
    # Rejected by ours: the text says MUST or lists the values.
    Probe("names of outputs have a pattern", BOTH, "rejects", {"outputs": {"a b": "$url"}}),
    Probe("names of outputs of a workflow have a pattern", BOTH, "rejects", workflow={"outputs": {"a b": "$url"}}),
    Probe("channel is no place of a parameter", NEW, "rejects", {"parameters": [{**PARAMETER, "in": "channel"}]}),
    Probe("a retry has one target", NEW, "rejects",
          {"onFailure": [{"name": "a", "type": "retry", "stepId": "s", "workflowId": "w"}]}),
    Probe("an end has at most one target", BOTH, "rejects",
          {"onSuccess": [{"name": "a", "type": "end", "stepId": "s", "workflowId": "w"}]}),
    Probe("parameters of actions have no place", NEW, "rejects",
          {"onSuccess": [{**GOTO_WORKFLOW, "parameters": [PARAMETER]}]}),
    Probe("parameters of actions are parameters", NEW, "rejects",
          {"onSuccess": [{**GOTO_WORKFLOW, "parameters": ["a"]}]}),
    Probe("a timeout is at least a millisecond", NEW, "rejects", {"timeout": -1}),
    Probe("a correlation is a string", NEW, "rejects", {"correlationId": 5, "action": "receive"}),
    Probe("a criterion is not evaluated by JSON Pointer", NEW, "rejects",
          {"successCriteria": [{**CONTEXT, "type": {"type": "jsonpointer", "version": "rfc6901"}}]}),
    Probe("a type object has no other fields", NEW, "rejects",
          {"successCriteria": [{**CONTEXT, "type": {"type": "xpath", "version": "xpath-10", "flags": "i"}}]}),
    Probe("a reference names a component of the list's kind", BOTH, "rejects",
          {"parameters": [{"reference": "$components.successActions.a"}]}),
    Probe("a reference has a kind", BOTH, "rejects", {"onFailure": [{"reference": "$components.a"}]}),
    Probe("a url is a URI-reference", BOTH, "rejects",
          root={"sourceDescriptions": [{"name": "a", "url": "ht tp://x"}]}),
    Probe("$self is a URI-reference", NEW, "rejects", root={"$self": "my file.yaml"}),
    Probe("a querystring is a string", NEW, "rejects",
          {"parameters": [{"name": "a", "in": "querystring", "value": 5}]}),
    Probe("a querystring stands alone", NEW, "rejects",
          {"parameters": [PARAMETER, {"name": "q", "in": "querystring", "value": "b=1"}]}),
    Probe("inputs are a schema object", BOTH, "rejects", workflow={"inputs": True}),
    Probe("reusable inputs are schema objects", BOTH, "rejects", root={"components": {"inputs": {"a": True}}}),
)  # fmt: skip


def shown(probe: Probe, version: Version) -> dict[str, Any]:
    step = {"stepId": "find", **CALL, **(probe.step or {})}
    workflow = {
        "workflowId": "buy",
        "steps": [{name: value for name, value in step.items() if value is not None}],
        **(probe.workflow or {}),
    }
    return {
        "arazzo": f"{version}.0",
        "info": {"title": "Pets", "version": "1"},
        "sourceDescriptions": [{"name": "pets", "url": "./pets.yaml"}],
        "workflows": [workflow],
        **(probe.root or {}),
    }


@functools.cache
def published(folder: Path, version: Version) -> Any:
    """Their validator."""
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(load(folder / f"official-schema-{version}.yaml"))


def load(path: Path) -> Any:
    return read(path.read_bytes(), uri=path.as_uri(), name=path.name, positions=False).root


def version_of(root: Any) -> Version:
    """The version a file is judged by: 1.0 if it says so, else 1.1."""
    said = root.get("arazzo") if isinstance(root, dict) else None
    return "1.0" if isinstance(said, str) and said.startswith("1.0") else "1.1"


def arazzo_files(shared: Path) -> Iterator[Path]:
    """The published tests and examples, and every Arazzo file of the corpus."""
    arazzo = shared / "reference" / "arazzo"
    yield from sorted((arazzo / "schema-tests").rglob("*.yaml"))
    for folder in (arazzo / "examples", shared / "corpus"):
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".yaml", ".yml", ".json") and says_arazzo(path):
                yield path


def says_arazzo(path: Path) -> bool:
    with path.open("rb") as file:
        return re.search(rb"""^[ {]*["']?arazzo["']?\s*:""", file.read(4096), re.MULTILINE) is not None


def test_the_schemas_differ_on_the_listed_files_and_on_no_other(shared: Path) -> None:
    listed = {file: difference.ours for difference in DIFFERENCES for file in difference.files}
    differing: dict[str, Verdict] = {}
    explained: dict[str, list[tuple[str, str]]] = {}
    seen = 0

    for path in arazzo_files(shared):
        root = load(path)
        version = version_of(root)
        ours = is_valid(root, version)
        theirs = published(shared / "reference" / "arazzo", version).is_valid(root)
        seen += 1
        if ours is not theirs:
            name = path.relative_to(shared).as_posix()
            differing[name] = "accepts" if ours else "rejects"
            explained[name] = violations(root, version)

    assert seen > 500
    assert {name: explained[name] for name in differing.keys() - listed.keys()} == {}
    assert listed == differing


@pytest.mark.parametrize("folder", ["pass", "fail"])
def test_the_published_tests_end_as_their_folder_says(shared: Path, folder: str) -> None:
    files = sorted((shared / "reference" / "arazzo" / "schema-tests" / folder).glob("*.yaml"))

    roots = {path: load(path) for path in files}
    valid = {path.name for path, root in roots.items() if is_valid(root, version_of(root))}

    assert roots
    assert valid == ({path.name for path in files} if folder == "pass" else set())


@pytest.mark.parametrize(
    ("probe", "version"),
    [pytest.param(probe, version, id=f"{probe.rule} ({version})") for probe in PROBES for version in probe.versions],
)
def test_the_schemas_differ_by_rule(shared: Path, probe: Probe, version: Version) -> None:
    root = shown(probe, version)

    ours = is_valid(root, version)
    theirs = published(shared / "reference" / "arazzo", version).is_valid(root)

    assert (ours, theirs) == (probe.ours == "accepts", probe.ours == "rejects"), violations(root, version)


@pytest.mark.parametrize("version", VERSIONS)
def test_they_agree_on_the_description_the_probes_start_from(shared: Path, version: Version) -> None:
    root = shown(Probe("nothing", (version,), "accepts"), version)

    assert is_valid(root, version)
    assert published(shared / "reference" / "arazzo", version).is_valid(root)


@pytest.mark.parametrize(("version", "file"), [("1.0", "spec-1.0.1.md"), ("1.1", "spec-1.1.0.md")])
def test_the_first_example_of_the_specification_is_accepted(shared: Path, version: Version, file: str) -> None:
    text = (shared / "reference" / "arazzo" / file).read_text("utf-8")
    example = next(block for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if block.startswith("arazzo:"))

    root = read(example.encode(), uri="urn:example", name=file).root

    assert violations(root, version) == []

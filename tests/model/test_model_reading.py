"""Reading a description into the model: one pass, every finding with its code and place."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linking import step, steps, supplied
from scripted import arazzo_of

from arazzo_runner.errors import DocumentError
from arazzo_runner.model import ArazzoDescription, Compat, read
from arazzo_runner.values import parse_pointer

requirement = pytest.mark.requirement
GONE = object()
W = "/workflows/0"
S = "/workflows/0/steps/0"
END = {"name": "stop", "type": "end"}


def reading(description: Any, compat: Compat = "auto") -> tuple[ArazzoDescription, list[str]]:
    """The model, and `CODE pointer` of each finding; those of warnings in lower case."""
    result, found = read(supplied("memory:/flow.json", description), compat=compat)
    return result, [
        f"{d.code if d.severity == 'error' else d.code.lower()} {d.location.pointer if d.location else ''}"
        for d in found
    ]


def findings(description: Any, compat: Compat = "auto") -> list[str]:
    return reading(description, compat)[1]


def changed(pointer: str, value: Any, version: str = "1.1.0") -> dict[str, Any]:
    """A right description with one value replaced, added or (GONE) left out."""
    root = arazzo_of(steps(step()), version=version)
    *parents, last = parse_pointer(pointer)
    holder: Any = root
    for token in parents:
        holder = holder[int(token)] if isinstance(holder, list) else holder[token]
    if value is GONE:
        del holder[last]
    else:
        holder[int(last) if isinstance(holder, list) else last] = value
    return root


def action(**fields: Any) -> Any:
    return ("/workflows/0/steps/0/onFailure", [{**END, **fields}])


NAMES: list[Any] = [
    pytest.param(
        "/sourceDescriptions",
        [{"name": "a", "url": "x"}, {"name": "a", "url": "y"}],
        ["ARZ118 /sourceDescriptions/1"],
        marks=requirement("source.name.unique"),
        id="two sources with one name",
    ),
    pytest.param("/sourceDescriptions", [{"name": "a", "url": "x"}, {"name": "A", "url": "y"}], [], id="a and A"),
    pytest.param(
        "/workflows",
        [{"workflowId": "w", **steps()}, {"workflowId": "w", **steps()}],
        ["ARZ118 /workflows/1"],
        marks=requirement("workflow.workflowId.unique"),
        id="two workflows with one id",
    ),
    pytest.param(
        "/workflows/0/steps",
        [step("s1"), step("s1")],
        [f"ARZ118 {W}/steps/1"],
        marks=requirement("step.stepId.unique-in-workflow"),
        id="two steps with one id",
    ),
    pytest.param(
        "/workflows",
        [{"workflowId": "a", **steps(step("s1"))}, {"workflowId": "b", **steps(step("s1"))}],
        [],
        marks=requirement("step.stepId.unique-in-workflow"),
        id="one stepId in two workflows",
    ),
    pytest.param(
        "/workflows/0/workflowId",
        "my.flow",
        [f"arz119 {W}/workflowId"],
        marks=requirement("workflow.workflowId.regex"),
        id="workflowId with a dot",
    ),
    pytest.param(
        f"{S}/stepId",
        "get pet",
        [f"arz119 {S}/stepId"],
        marks=requirement("step.stepId.regex"),
        id="stepId with a blank",
    ),
    pytest.param(
        f"{S}/stepId", "get.pet", [f"arz119 {S}/stepId"], marks=requirement("step.stepId.regex"), id="stepId with a dot"
    ),
    pytest.param("/sourceDescriptions/0/name", "my api", ["arz119 /sourceDescriptions/0/name"], id="source name"),
    pytest.param(f"{S}/outputs", {"a b": "$statusCode"}, [f"ARZ119 {S}/outputs/a b"], id="output's name"),
    pytest.param(f"{S}/outputs", {"a.b-c_1": "$statusCode"}, [], id="output's name with all it may have"),
    pytest.param(
        "/components",
        {"parameters": {"my p": {"name": "x", "value": 1}}},
        ["ARZ119 /components/parameters/my p"],
        id="component's name",
    ),
    pytest.param(f"{S}/onSuccess", [END, END], [f"ARZ118 {S}/onSuccess/1"], id="two actions with one name"),
    pytest.param(f"{W}/dependsOn", ["main2", "main2"], [f"ARZ118 {W}/dependsOn/1"], id="one dependency twice"),
]


@pytest.mark.parametrize(("pointer", "value", "expected"), NAMES)
def test_names_are_unique_and_of_their_pattern(pointer: str, value: Any, expected: list[str]) -> None:
    assert findings(changed(pointer, value)) == expected


SHAPES: list[Any] = [
    ("/info", GONE, ["ARZ110 "]),
    ("/info/title", GONE, ["ARZ110 /info"]),
    ("/sourceDescriptions", [], ["ARZ115 /sourceDescriptions"]),
    ("/sourceDescriptions", {}, ["ARZ111 /sourceDescriptions"]),
    ("/sourceDescriptions/0/type", "openApi", ["ARZ116 /sourceDescriptions/0/type"]),
    ("/workflows", GONE, ["ARZ110 "]),
    ("/workflows", [], ["ARZ115 /workflows"]),
    ("/workflows/0", "main", ["ARZ111 /workflows/0"]),
    ("/workflows/0/workflowId", GONE, ["ARZ110 /workflows/0"]),
    ("/workflows/0/steps", GONE, ["ARZ110 /workflows/0"]),
    ("/workflows/0/steps", [], [f"ARZ115 {W}/steps"]),
    ("/workflows/0/inputs", "none", [f"ARZ111 {W}/inputs"]),
    (f"{S}/stepId", GONE, [f"ARZ110 {S}"]),
    (f"{S}/stepId", 5, [f"ARZ111 {S}/stepId"]),
    (f"{S}/operationId", GONE, [f"ARZ110 {S}"]),
    (f"{S}/workflowId", "main", [f"ARZ117 {S}/workflowId"]),
    (f"{S}/timeout", 0, [f"ARZ121 {S}/timeout"]),
    (f"{S}/timeout", "1", [f"ARZ111 {S}/timeout"]),
    (f"{S}/timeout", True, [f"ARZ111 {S}/timeout"]),
    (f"{S}/dependsOn", [], [f"ARZ115 {S}/dependsOn"]),
    (f"{S}/dependsOn", [5], [f"ARZ111 {S}/dependsOn/0"]),
    (f"{S}/successCriteria", [], [f"ARZ115 {S}/successCriteria"]),
    (f"{S}/successCriteria", [{"type": "regex", "condition": "a"}], [f"ARZ110 {S}/successCriteria/0"]),
    (f"{S}/successCriteria", [{"context": "$url"}], [f"ARZ110 {S}/successCriteria/0"]),
    (
        f"{S}/successCriteria",
        [{"condition": "a", "type": "js", "context": "$url"}],
        [f"ARZ116 {S}/successCriteria/0/type"],
    ),
    (f"{S}/parameters", [{"name": "a", "in": "form", "value": 1}], [f"ARZ116 {S}/parameters/0/in"]),
    (f"{S}/parameters", [{"name": "a", "in": "query"}], [f"ARZ110 {S}/parameters/0"]),
    (f"{S}/requestBody", [], [f"ARZ111 {S}/requestBody"]),
    (f"{S}/requestBody", {"replacements": [{"target": "/a"}]}, [f"ARZ110 {S}/requestBody/replacements/0"]),
    (f"{S}/outputs", {"a": ["$url"]}, [f"ARZ111 {S}/outputs/a"]),
    (f"{S}/outputs", {"a": True, "b": 1, "c": None}, []),
    (*action(type="retri"), [f"ARZ116 {S}/onFailure/0/type"]),
    (*action(type="retry", retryAfter=-1), [f"ARZ121 {S}/onFailure/0/retryAfter"]),
    (*action(type="retry", retryLimit=1.5), [f"ARZ111 {S}/onFailure/0/retryLimit"]),
    (*action(type="goto"), [f"ARZ110 {S}/onFailure/0"]),
    (*action(type="goto", stepId="a", workflowId="b"), [f"ARZ117 {S}/onFailure/0/stepId"]),
    (
        *action(type="goto", workflowId="b", parameters=[{"name": "a", "in": "query", "value": 1}]),
        [f"ARZ116 {S}/onFailure/0/parameters/0/in"],
    ),
    (
        "/components",
        {"parameters": {"p": {"reference": "$components.parameters.q"}}},
        ["ARZ116 /components/parameters/p"],
    ),
    ("/$self", "https://x.invalid/a#b", ["ARZ116 /$self"]),
]


@pytest.mark.parametrize(
    ("pointer", "value", "expected"), SHAPES, ids=lambda v: str(v)[:40] if isinstance(v, str) else ""
)
def test_a_wrong_value_is_one_finding_at_its_place(pointer: str, value: Any, expected: list[str]) -> None:
    assert findings(changed(pointer, value)) == expected


FIELDS: list[Any] = [
    pytest.param(f"{S}/sucessCriteria", [], f"ARZ113 {S}/sucessCriteria", id="one letter missing"),
    pytest.param(f"{S}/onSucces", [], f"ARZ113 {S}/onSucces", id="another one"),
    pytest.param(f"{S}/retries", 2, f"arz112 {S}/retries", id="a field of nobody"),
    pytest.param(f"{S}/operationid", "x", f"arz112 {S}/operationid", id="near a field that is there"),
    pytest.param(f"{S}/x-anything", 2, None, id="an extension"),
    pytest.param("/workflow", [], "arz112 /workflow", id="near a field of the root that is there"),
    pytest.param("/component", {}, "ARZ113 /component", id="a misspelt field of the root"),
    pytest.param("/info/contact", {}, "arz112 /info/contact", id="a field of OpenAPI"),
]


@pytest.mark.parametrize(("pointer", "value", "expected"), FIELDS)
def test_a_misspelt_field_is_an_error_and_an_unknown_one_a_warning(
    pointer: str, value: Any, expected: str | None
) -> None:
    assert findings(changed(pointer, value)) == ([expected] if expected else [])


def test_a_misspelt_field_is_told_where_its_key_stands_and_what_was_meant() -> None:
    text = b"arazzo: 1.0.1\ninfo: {title: t, version: '1'}\nsourceDescriptions: [{name: a, url: b}]\n" + (
        b"workflows:\n- workflowId: w\n  steps:\n  - stepId: s\n    operatonId: x\n"
    )

    _, (finding,) = read(supplied("memory:/flow.yaml", text))

    assert finding.hint == "did you mean 'operationId'?"
    assert finding.location is not None
    assert (finding.location.line, finding.location.column) == (8, 5)


NEW_FIELDS: list[Any] = [
    (f"{S}/timeout", 5),
    (f"{S}/dependsOn", ["a"]),
    (f"{S}/channelPath", "x"),
    (f"{S}/action", "send"),
    (f"{S}/correlationId", "x"),
    ("/$self", "https://x.invalid/a"),
]


@pytest.mark.parametrize(("pointer", "value"), NEW_FIELDS)
def test_fields_of_1_1_are_errors_in_1_0(pointer: str, value: Any) -> None:
    assert f"ARZ114 {pointer}" in findings(changed(pointer, value, version="1.0.1"))
    assert f"ARZ114 {pointer}" not in findings(changed(pointer, value))


VERSIONS: list[Any] = [
    ("1.0.0", "1.0", []),
    ("1.0.99", "1.0", []),
    ("1.1.3", "1.1", []),
    ("1.1.0-rc1", "1.1", ["arz102 /arazzo"]),
]


@pytest.mark.parametrize(("written", "version", "expected"), VERSIONS)
def test_the_minor_version_selects_the_features(written: str, version: str, expected: list[str]) -> None:
    description, found = reading(changed("/arazzo", written))

    assert description.version == version
    assert found == expected


@pytest.mark.parametrize("written", ["1.2.0", "2.0.0", "0.9.0", "1.0", "1", "one", "", 1.0, 1, None, [], "1.0.1\n"])
def test_other_versions_are_refused(written: Any) -> None:
    with pytest.raises(DocumentError) as refused:
        findings(changed("/arazzo", written))

    assert refused.value.diagnostics[0].code == "ARZ102"


def test_lenient_reads_a_later_minor_version_as_1_1() -> None:
    description, found = reading(changed("/arazzo", "1.2.0"), "lenient")

    assert description.version == "1.1"
    assert found == ["arz102 /arazzo"]


@pytest.mark.parametrize("root", [[], "text", 5, None, {}, {"openapi": "3.1.0"}, {"info": {}}])
def test_what_is_no_arazzo_description_says_so(root: Any) -> None:
    with pytest.raises(DocumentError) as refused:
        findings(root)

    assert refused.value.diagnostics[0].code == "ARZ101"


def test_a_wrong_output_is_still_declared_so_that_its_uses_are_no_findings() -> None:
    description, _ = reading(changed(f"{S}/outputs", {"a b": "$url", "c": ["$url"]}))

    assert [output.name for output in description.workflows[0].steps[0].outputs] == ["a b", "c"]


def test_one_pass_finds_what_is_wrong_everywhere() -> None:
    description = changed("/info", {})
    description["workflows"][0]["steps"][0] = {"operationId": 5, "parameters": [{}], "onSuccess": {}}

    assert findings(description) == [
        "ARZ110 /info",
        "ARZ110 /info",
        f"ARZ110 {S}",
        f"ARZ111 {S}/operationId",
        f"ARZ110 {S}/parameters/0",
        f"ARZ110 {S}/parameters/0",
        f"ARZ111 {S}/onSuccess",
    ]


def whole() -> dict[str, Any]:
    """A description that uses every Object."""
    criterion = {"context": "$response.body", "condition": "$.a", "type": {"type": "jsonpath", "version": "rfc9535"}}
    everything = step(
        description="d",
        timeout=5,
        dependsOn=["b"],
        parameters=[{"name": "a", "in": "query", "value": 1}, {"reference": "$components.parameters.p", "value": 2}],
        requestBody={
            "contentType": "a/b",
            "payload": {"a": 1},
            "replacements": [{"target": "/a", "targetSelectorType": "jsonpointer", "value": 1}],
        },
        successCriteria=[{"condition": "$statusCode == 200"}, criterion],
        onSuccess=[{"name": "g", "type": "goto", "stepId": "b", "criteria": [criterion]}],
        onFailure=[{"name": "r", "type": "retry", "retryAfter": 1.5, "retryLimit": 2}],
        outputs={"x": "$response.body", "y": {"context": "$response.body", "selector": "$.a", "type": "jsonpath"}},
    )
    return arazzo_of(
        steps(everything, step("b"), inputs={"type": "object"}, outputs={"z": "$steps.a.outputs.x"}),
        version="1.1.0",
        components={"parameters": {"p": {"name": "p", "in": "query", "value": 1}}},
    )


def places(value: Any, pointer: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [p for k, v in children for p in [(*pointer, k), *places(v, (*pointer, k))]]


def test_a_description_that_uses_every_object_has_no_findings() -> None:
    assert findings(whole()) == []


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_value_anywhere_is_a_finding_at_worst(data: st.DataObject) -> None:
    """One value of a right description is replaced by another of any type: reading and linking raise nothing."""
    root = copy.deepcopy(whole())
    *parents, last = data.draw(st.sampled_from([p for p in places(root) if p != ("arazzo",)]))
    holder: Any = root
    for token in parents:
        holder = holder[token]
    scalars = st.one_of(
        st.none(), st.booleans(), st.integers(-2, 2), st.sampled_from(["", "$inputs.a", "{$", "$ref", "a b"])
    )
    holder[last] = data.draw(
        st.one_of(
            scalars, st.lists(scalars, max_size=2), st.dictionaries(st.sampled_from(["a", "type", "$ref"]), scalars)
        )
    )

    document = supplied("memory:/flow.json", root)
    description, found = read(document)

    assert all(d.location is not None and d.location.line > 0 for d in found)
    link_all(document, description)


def link_all(document: Any, description: ArazzoDescription) -> None:
    from linking import link

    for workflow in description.workflows:
        if not workflow.workflow_id:
            continue
        plan = link(document, workflow=workflow.workflow_id)
        assert all(d.location is not None and d.location.line > 0 for d in plan.diagnostics)

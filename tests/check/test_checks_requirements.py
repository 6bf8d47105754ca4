"""Every requirement that a description can violate: a small one that does, and what `check` finds of it.

Requirements that no description can violate stand in NOT_OF_A_DESCRIPTION, each under the reason.
"""

# ruff: noqa: E501  a case is a line
from __future__ import annotations

import copy
from json import dumps
from typing import Any

import pytest
from linking import API, PETS, step, steps, supplied
from scripted import arazzo_of, openapi_of
from test_requirements import catalogue

from arazzo_runner.api import check_with
from arazzo_runner.diagnostics import Diagnostic
from arazzo_runner.options import Options
from arazzo_runner.values import parse_pointer

W = "/workflows/0"
S = "/workflows/0/steps/0"
GONE: Any = "(left out)"
LIMIT = {"name": "limit", "in": "query", "value": 1}
END = {"name": "stop", "type": "end"}
GOTO = {"name": "on", "type": "goto"}
marked = pytest.mark.requirement


def described(*changes: tuple[str, Any], version: str = "1.1.0") -> dict[str, Any]:
    """A right description with some values replaced, added or (GONE) left out."""
    root: Any = copy.deepcopy(arazzo_of(steps(step()), version=version))
    for pointer, value in copy.deepcopy(changes):
        *parents, last = parse_pointer(pointer)
        holder = root
        for token in parents:
            holder = holder[int(token)] if isinstance(holder, list) else holder.setdefault(token, {})
        if value == GONE:
            del holder[last]
        elif isinstance(holder, list) and int(last) == len(holder):
            holder.append(value)
        else:
            holder[int(last) if isinstance(holder, list) else last] = value
    return root  # type: ignore[no-any-return]


def old(*changes: tuple[str, Any]) -> dict[str, Any]:
    """The same in a document of 1.0."""
    return described(*changes, version="1.0.1")


def stepped(version: str = "1.1.0", **fields: Any) -> dict[str, Any]:
    """A description whose only step has these fields."""
    return described((S, step(**fields)), version=version)


def requirement(id_: str, *, of: Any, finds: str, documents: dict[str, Any] | None = None) -> Any:
    """A case: of a description (or a text) `check` finds `CODE pointer`."""
    return pytest.param(of, finds, documents, marks=marked(id_), id=f"{id_} {finds}")


def found(of: Any, documents: dict[str, Any] | None = None) -> tuple[Diagnostic, ...]:
    given = {API: openapi_of(*PETS), **(documents or {})}
    options = Options(
        documents=[supplied(uri, value) for uri, value in given.items()],
        servers={"": "http://server.invalid"},
        fetch=False,
        env={},
        cache=False,
    )
    return check_with((of if isinstance(of, str) else dumps(of)).encode(), options).diagnostics


def told(of: Any, documents: dict[str, Any] | None = None) -> list[str]:
    """`CODE pointer` of every error and warning."""
    return [
        f"{d.code} {d.location.pointer if d.location else ''}".rstrip()
        for d in found(of, documents)
        if d.severity != "info"
    ]


OTHER = {"memory:/other.json": openapi_of("listPets GET /pets", "getOther GET /other")}
FLOWS = {
    "memory:/flows.arazzo.json": {
        "arazzo": "1.1.0",
        "info": {"title": "flows", "version": "1"},
        "sourceDescriptions": [{"name": "api", "url": API, "type": "openapi"}],
        "workflows": [{"workflowId": "imported", "steps": [{"stepId": "s", "operationId": "listPets"}]}],
    }
}
EVENTS = {
    "memory:/events.json": {
        "asyncapi": "3.0.0",
        "info": {"title": "events", "version": "1"},
        "channels": {"orders": {}},
        "operations": {"onOrder": {"action": "receive", "channel": {"$ref": "#/channels/orders"}}},
    }
}
TAKING_JSON = {API: openapi_of(*PETS)}
TAKING_JSON[API]["paths"]["/pets"]["post"]["requestBody"] = {"content": {"application/json": {}}}
TWO_SOURCES = ("/sourceDescriptions/1", {"name": "other", "url": "memory:/other.json", "type": "openapi"})
WITH_FLOWS = ("/sourceDescriptions/1", {"name": "flows", "url": "memory:/flows.arazzo.json", "type": "arazzo"})
WITH_EVENTS = ("/sourceDescriptions/1", {"name": "ev", "url": "memory:/events.json", "type": "asyncapi"})
COMPONENTS = (
    "/components",
    {
        "parameters": {"p": {"name": "limit", "in": "query", "value": 1}, "q": {"name": "x", "value": 1}},
        "successActions": {"done": END},
        "failureActions": {"stop": END},
        "inputs": {"i": {"type": "object"}},
    },
)
POST = {"operationId": "createPet"}
CHILD = ("/workflows/1", {"workflowId": "child", "steps": [step("c")]})


def payload(value: Any, **more: Any) -> dict[str, Any]:
    """A step that sends this payload."""
    return step(**POST, requestBody={"contentType": "application/json", "payload": value, **more})


def criterion(**fields: Any) -> tuple[str, Any]:
    return (f"{S}/successCriteria", [fields])


DOCUMENT = [
    requirement("description.minimum-content", of={"arazzo": "1.1.0", "info": {"title": "t", "version": "1"}}, finds="ARZ110"),
    requirement("version.major-minor-selects-features", of=old((f"{S}/timeout", 5)), finds=f"ARZ114 {S}/timeout"),
    requirement("version.arazzo-field-drives-interpretation", of=described(("/arazzo", "2.0.0")), finds="ARZ102 /arazzo"),
    requirement("version.arazzo-field-drives-interpretation", of=described(("/arazzo", GONE)), finds="ARZ101"),
    requirement("format.json-object", of="- a\n- b\n", finds="ARZ101"),
    requirement("format.json-object", of='"text"', finds="ARZ101"),
    requirement("format.field-names-case-sensitive", of=described((f"{S}/stepId", GONE), (f"{S}/StepId", "a")), finds=f"ARZ113 {S}/StepId"),
    requirement("format.field-names-case-sensitive", of=described(("/Workflows", [])), finds="ARZ112 /Workflows"),
    requirement("format.map-keys-case-sensitive", of=described(("/components", {"parameters": {"Page": LIMIT}}), (f"{S}/parameters", [{"reference": "$components.parameters.page"}])), finds=f"ARZ208 {S}/parameters/0/reference"),
    requirement("format.yaml-1-2", of="arazzo: 1.1.0\ninfo: {title: on, version: v}\n", finds="ARZ130 /info/title"),
    requirement("format.yaml-1-2", of="arazzo: 1.1.0\ninfo: {title: t, version: 012}\n", finds="ARZ131 /info/version"),
    requirement("format.yaml-json-schema-tags-only", of="arazzo: 1.1.0\ninfo: {title: !!python/name:os.system x, version: v}\n", finds="ARZ104"),
    requirement("format.yaml-json-schema-tags-only", of="arazzo: 1.1.0\ninfo: {title: !!timestamp 2024-01-01, version: v}\n", finds="ARZ104"),
    requirement("format.yaml-scalar-string-keys", of="arazzo: 1.1.0\n? [a, b]\n: 1\n", finds="ARZ104"),
    requirement("format.yaml-scalar-string-keys", of="arazzo: 1.1.0\ninfo: {title: {$inputs.x}, version: v}\n", finds="ARZ120 /info/title"),
    requirement("datatypes.json-schema-2020-12", of=described((f"{W}/inputs", {"type": "object", "properties": {"n": {"type": "integer", "default": 3.5}}})), finds=f"ARZ616 {W}/inputs/properties/n/default"),
    requirement("root.arazzo.required", of=described(("/arazzo", GONE)), finds="ARZ101"),
    requirement("root.arazzo.required", of=described(("/arazzo", 1.0)), finds="ARZ102 /arazzo"),
    requirement("root.self.uri-reference", of=described(("/$self", "http://a b/c")), finds="ARZ116 /$self"),
    requirement("root.self.no-fragment", of=described(("/$self", "https://e.com/a.yaml#x")), finds="ARZ116 /$self"),
    requirement("root.self.no-fragment", of=described(("/$self", "https://e.com/a.yaml#")), finds="ARZ116 /$self"),
    requirement("root.self.absent-in-1-0", of=old(("/$self", "https://e.com/a.yaml")), finds="ARZ114 /$self"),
    requirement("root.info.required", of=described(("/info", GONE)), finds="ARZ110"),
    requirement("root.sourceDescriptions.required", of=described(("/sourceDescriptions", GONE)), finds="ARZ110"),
    requirement("root.sourceDescriptions.min-one", of=described(("/sourceDescriptions", [])), finds="ARZ115 /sourceDescriptions"),
    requirement("root.workflows.required", of=described(("/workflows", GONE)), finds="ARZ110"),
    requirement("root.workflows.min-one", of=described(("/workflows", [])), finds="ARZ115 /workflows"),
    requirement("root.extensions", of=described(("/owner", "team")), finds="ARZ112 /owner"),
    requirement("info.title.required", of=described(("/info/title", GONE)), finds="ARZ110 /info"),
    requirement("info.version.required", of=described(("/info/version", GONE)), finds="ARZ110 /info"),
    requirement("info.optional-text", of=described(("/info/summary", {})), finds="ARZ111 /info/summary"),
    requirement("source.name.required", of=described(("/sourceDescriptions/0/name", GONE)), finds="ARZ110 /sourceDescriptions/0"),
    requirement("source.name.unique", of=described(("/sourceDescriptions/1", {"name": "api", "url": "x.json"})), finds="ARZ118 /sourceDescriptions/1"),
    requirement("source.name.regex", of=described(("/sourceDescriptions/0/name", "pet store")), finds="ARZ119 /sourceDescriptions/0/name"),
    requirement("source.url.required", of=described(("/sourceDescriptions/0/url", GONE)), finds="ARZ110 /sourceDescriptions/0"),
    requirement("source.url.uri-reference", of=described(("/sourceDescriptions/0/url", "ht tp://x")), finds="ARZ116 /sourceDescriptions/0/url"),
    requirement("source.type.values-1-0", of=old(("/sourceDescriptions/0/type", "asyncapi")), finds="ARZ116 /sourceDescriptions/0/type"),
    requirement("source.type.values-1-0", of=old(("/sourceDescriptions/0/type", "graphql")), finds="ARZ116 /sourceDescriptions/0/type"),
    requirement("source.type.values-1-1", of=described(("/sourceDescriptions/0/type", "OpenAPI")), finds="ARZ116 /sourceDescriptions/0/type"),
    requirement("source.type.optional", of=described(("/sourceDescriptions/0", {"name": "api", "url": "memory:/none.json"}), ), finds="ARZ202 /sourceDescriptions/0/url", documents={"memory:/none.json": {"other": 1}}),
    requirement("workflow.workflowId.required", of=described((f"{W}/workflowId", GONE)), finds=f"ARZ110 {W}"),
    requirement("workflow.workflowId.unique", of=described(("/workflows/1", {"workflowId": "main", "steps": [step()]})), finds="ARZ118 /workflows/1"),
    requirement("workflow.workflowId.regex", of=described((f"{W}/workflowId", "my.flow")), finds=f"ARZ119 {W}/workflowId"),
    requirement("workflow.summary-description", of=described((f"{W}/summary", 5)), finds=f"ARZ111 {W}/summary"),
    requirement("workflow.inputs.json-schema", of=described((f"{W}/inputs", {"type": "objekt"})), finds=f"ARZ219 {W}/inputs/type"),
    requirement("workflow.dependsOn.values-are-workflowIds", of=described((f"{W}/dependsOn", ["missing"])), finds=f"ARZ207 {W}/dependsOn/0"),
    requirement("workflow.dependsOn.values-are-workflowIds", of=described((f"{W}/dependsOn", ["a"])), finds=f"ARZ207 {W}/dependsOn/0"),
    requirement("workflow.steps.required", of=described((f"{W}/steps", GONE)), finds=f"ARZ110 {W}"),
    requirement("workflow.steps.required", of=described((f"{W}/steps", [])), finds=f"ARZ115 {W}/steps"),
    requirement("workflow.steps.single-target-each", of=described((f"{S}/operationId", GONE)), finds=f"ARZ110 {S}"),
    requirement("workflow.successActions.no-duplicates", of=described((f"{W}/successActions", [END, {**END, "type": "end"}])), finds=f"ARZ118 {W}/successActions/1"),
    requirement("workflow.failureActions.no-duplicates", of=described(COMPONENTS, (f"{W}/failureActions", [{"reference": "$components.failureActions.stop"}] * 2)), finds=f"ARZ118 {W}/failureActions/1"),
    requirement("workflow.outputs.key-regex", of=described((f"{W}/outputs", {"my id": "$steps.a.outputs.x"})), finds=f"ARZ119 {W}/outputs/my id"),
    requirement("workflow.parameters.no-duplicates", of=described((f"{W}/parameters", [LIMIT, {**LIMIT, "value": 2}])), finds=f"ARZ218 {W}/parameters/1"),
    requirement("step.stepId.required", of=described((f"{S}/stepId", GONE)), finds=f"ARZ110 {S}"),
    requirement("step.stepId.unique-in-workflow", of=described((f"{W}/steps/1", step())), finds=f"ARZ118 {W}/steps/1"),
    requirement("step.stepId.regex", of=described((f"{S}/stepId", "get pet")), finds=f"ARZ119 {S}/stepId"),
    requirement("step.stepId.regex", of=described((f"{S}/stepId", "get.pet")), finds=f"ARZ119 {S}/stepId"),
    requirement("step.description", of=described((f"{S}/description", ["a"])), finds=f"ARZ111 {S}/description"),
    requirement("step.target.mutually-exclusive-1-0", of=old(CHILD, (f"{S}/workflowId", "child")), finds=f"ARZ117 {S}/workflowId"),
    requirement("step.target.mutually-exclusive-1-0", of=old((f"{S}/operationPath", "{$sourceDescriptions.api.url}#/paths/~1pets/get")), finds=f"ARZ117 {S}/operationPath"),
    requirement("step.target.mutually-exclusive-1-1", of=described(WITH_EVENTS, (f"{S}/channelPath", "{$sourceDescriptions.ev.url}#/channels/orders")), finds=f"ARZ117 {S}/channelPath", documents=EVENTS),
    requirement("step.target.one-required", of=described((f"{S}/operationId", GONE)), finds=f"ARZ110 {S}"),
    requirement("step.parameters.no-duplicates", of=stepped(parameters=[LIMIT, {**LIMIT, "value": 2}]), finds=f"ARZ218 {S}/parameters/1"),
    requirement("step.parameters.no-duplicates", of=described(COMPONENTS, (f"{S}/parameters", [LIMIT, {"reference": "$components.parameters.p"}])), finds=f"ARZ218 {S}/parameters/1"),
    requirement("step.successCriteria.min-one", of=stepped(successCriteria=[]), finds=f"ARZ115 {S}/successCriteria"),
    requirement("step.onSuccess.no-duplicates", of=stepped(onSuccess=[END, END]), finds=f"ARZ118 {S}/onSuccess/1"),
    requirement("step.onFailure.no-duplicates", of=described(COMPONENTS, (f"{S}/onFailure", [{"reference": "$components.failureActions.stop"}] * 2)), finds=f"ARZ118 {S}/onFailure/1"),
    requirement("step.outputs.key-regex", of=stepped(outputs={"a/b": "$statusCode"}), finds=f"ARZ119 {S}/outputs/a~1b"),
    requirement("step.correlationId.receive-only", of=stepped(correlationId="x"), finds=f"ARZ211 {S}/correlationId"),
    requirement("step.action.values", of=stepped(action="publish"), finds=f"ARZ116 {S}/action"),
    requirement("step.action.asyncapi-only", of=stepped(action="send"), finds=f"ARZ211 {S}/action"),
    requirement("step.action.asyncapi-only", of=described(CHILD, (S, step(workflowId="child", action="send"))), finds=f"ARZ117 {S}/action"),
    requirement("step.dependsOn.values-are-stepIds", of=stepped(dependsOn=["missing"]), finds=f"ARZ209 {S}/dependsOn/0"),
    requirement("step.dependsOn.values-are-stepIds", of=described((f"{W}/steps/1", step("b", dependsOn=["$steps.a"]))), finds=f"ARZ209 {W}/steps/1/dependsOn/0"),
    requirement("deps.forward-reference-error", of=described((f"{S}/parameters", [{**LIMIT, "value": "$steps.b.outputs.x"}]), (f"{W}/steps/1", step("b", outputs={"x": "$statusCode"}))), finds=f"ARZ303 {S}/parameters/0/value"),
    requirement("parameter.name.required", of=stepped(parameters=[{"in": "query", "value": 1}]), finds=f"ARZ110 {S}/parameters/0"),
    requirement("parameter.in.values-1-0", of=old((f"{S}/parameters", [{**LIMIT, "in": "body"}])), finds=f"ARZ116 {S}/parameters/0/in"),
    requirement("parameter.in.values-1-0", of=old((f"{S}/parameters", [{**LIMIT, "in": "querystring"}])), finds=f"ARZ116 {S}/parameters/0/in"),
    requirement("parameter.in.values-1-1", of=stepped(parameters=[{**LIMIT, "in": "matrix"}]), finds=f"ARZ116 {S}/parameters/0/in"),
    requirement("parameter.in.required-for-operations", of=stepped(parameters=[{"name": "x", "value": 1}]), finds=f"ARZ213 {S}/parameters/0"),
    requirement("parameter.in.required-for-operations", of=described(COMPONENTS, (f"{S}/parameters", [{"reference": "$components.parameters.q"}])), finds=f"ARZ213 {S}/parameters/0"),
    requirement("parameter.value.required", of=stepped(parameters=[{"name": "x", "in": "query"}]), finds=f"ARZ110 {S}/parameters/0"),
    requirement("parameter.querystring.not-with-query", of=stepped(parameters=[LIMIT, {"name": "q", "in": "querystring", "value": "a=1"}]), finds=f"ARZ214 {S}/parameters/1"),
    requirement("successAction.name.required", of=stepped(onSuccess=[{"type": "end"}]), finds=f"ARZ110 {S}/onSuccess/0"),
    requirement("successAction.type.required", of=stepped(onSuccess=[{"name": "x"}]), finds=f"ARZ110 {S}/onSuccess/0"),
    requirement("successAction.type.values", of=stepped(onSuccess=[{"name": "x", "type": "retry"}]), finds=f"ARZ116 {S}/onSuccess/0/type"),
    requirement("successAction.goto.target-required", of=stepped(onSuccess=[GOTO]), finds=f"ARZ110 {S}/onSuccess/0"),
    requirement("successAction.target.mutually-exclusive", of=described(CHILD, (f"{S}/onSuccess", [{**GOTO, "stepId": "a", "workflowId": "child"}])), finds=f"ARZ117 {S}/onSuccess/0/stepId"),
    requirement("successAction.target.relevance", of=stepped(onSuccess=[{**END, "stepId": "a"}]), finds=f"ARZ122 {S}/onSuccess/0/stepId"),
    requirement("successAction.parameters.no-in", of=described(CHILD, (f"{S}/onSuccess", [{**GOTO, "workflowId": "child", "parameters": [LIMIT]}])), finds=f"ARZ116 {S}/onSuccess/0/parameters/0/in"),
    requirement("successAction.parameters.no-duplicates", of=described(CHILD, (f"{S}/onSuccess", [{**GOTO, "workflowId": "child", "parameters": [{"name": "x", "value": 1}, {"name": "x", "value": 2}]}])), finds=f"ARZ218 {S}/onSuccess/0/parameters/1"),
    requirement("successAction.parameters.only-with-workflowId", of=stepped(onSuccess=[{**GOTO, "stepId": "a", "parameters": [{"name": "x", "value": 1}]}]), finds=f"ARZ122 {S}/onSuccess/0/parameters"),
    requirement("successAction.parameters.absent-in-1-0", of=old(CHILD, (f"{S}/onSuccess", [{**GOTO, "workflowId": "child", "parameters": []}])), finds=f"ARZ114 {S}/onSuccess/0/parameters"),
    requirement("failureAction.name.required", of=stepped(onFailure=[{"type": "end"}]), finds=f"ARZ110 {S}/onFailure/0"),
    requirement("failureAction.type.required", of=stepped(onFailure=[{"name": "x"}]), finds=f"ARZ110 {S}/onFailure/0"),
    requirement("failureAction.type.values", of=stepped(onFailure=[{"name": "x", "type": "skip"}]), finds=f"ARZ116 {S}/onFailure/0/type"),
    requirement("failureAction.goto.target-required", of=stepped(onFailure=[GOTO]), finds=f"ARZ110 {S}/onFailure/0"),
    requirement("failureAction.target.mutually-exclusive", of=described(CHILD, (f"{S}/onFailure", [{"name": "x", "type": "retry", "stepId": "a", "workflowId": "child"}])), finds=f"ARZ117 {S}/onFailure/0/stepId"),
    requirement("failureAction.target.relevance", of=stepped(onFailure=[{**END, "stepId": "a"}]), finds=f"ARZ122 {S}/onFailure/0/stepId"),
    requirement("failureAction.parameters.no-in", of=described(CHILD, (f"{S}/onFailure", [{**GOTO, "workflowId": "child", "parameters": [LIMIT]}])), finds=f"ARZ116 {S}/onFailure/0/parameters/0/in"),
    requirement("failureAction.parameters.no-duplicates", of=described(CHILD, (f"{S}/onFailure", [{**GOTO, "workflowId": "child", "parameters": [{"name": "x", "value": 1}, {"name": "x", "value": 2}]}])), finds=f"ARZ218 {S}/onFailure/0/parameters/1"),
    requirement("failureAction.parameters.only-with-workflowId", of=stepped(onFailure=[{**GOTO, "stepId": "a", "parameters": [{"name": "x", "value": 1}]}]), finds=f"ARZ122 {S}/onFailure/0/parameters"),
    requirement("failureAction.parameters.absent-in-1-0", of=old(CHILD, (f"{S}/onFailure", [{**GOTO, "workflowId": "child", "parameters": []}])), finds=f"ARZ114 {S}/onFailure/0/parameters"),
    requirement("failureAction.retryAfter.non-negative", of=stepped(onFailure=[{"name": "x", "type": "retry", "retryAfter": -1}]), finds=f"ARZ121 {S}/onFailure/0/retryAfter"),
    requirement("failureAction.retryAfter.only-for-retry", of=stepped(onFailure=[{**END, "retryAfter": 1}]), finds=f"ARZ122 {S}/onFailure/0/retryAfter"),
    requirement("failureAction.retryLimit.non-negative-integer", of=stepped(onFailure=[{"name": "x", "type": "retry", "retryLimit": -1}]), finds=f"ARZ121 {S}/onFailure/0/retryLimit"),
    requirement("failureAction.retryLimit.non-negative-integer", of=stepped(onFailure=[{"name": "x", "type": "retry", "retryLimit": 1.5}]), finds=f"ARZ111 {S}/onFailure/0/retryLimit"),
    requirement("failureAction.retryLimit.only-for-retry", of=stepped(onFailure=[{**GOTO, "stepId": "a", "retryLimit": 1}]), finds=f"ARZ122 {S}/onFailure/0/retryLimit"),
    requirement("components.field-types", of=described(("/components", {"parameters": {"p": {"name": "x", "in": "query"}}})), finds="ARZ110 /components/parameters/p"),
    requirement("components.field-types", of=described(("/components", {"steps": {}})), finds="ARZ112 /components/steps"),
    requirement("components.field-types", of=described(("/components", {"parameters": [LIMIT]})), finds="ARZ111 /components/parameters"),
    requirement("components.field-types", of=described(("/components", {"inputs": {"i": 5}})), finds="ARZ111 /components/inputs/i"),
    requirement("components.key-regex", of=described(("/components", {"parameters": {"my param": LIMIT}})), finds="ARZ119 /components/parameters/my param"),
    requirement("reusable.reference.required", of=stepped(parameters=[{"value": 1}]), finds=f"ARZ110 {S}/parameters/0"),
    requirement("reusable.value.parameters-only", of=described(COMPONENTS, (f"{S}/onSuccess", [{"reference": "$components.successActions.done", "value": 1}])), finds=f"ARZ122 {S}/onSuccess/0/value"),
    requirement("reusable.extra-properties-ignored", of=described(COMPONENTS, (f"{S}/parameters", [{"reference": "$components.parameters.p", "in": "query"}])), finds=f"ARZ112 {S}/parameters/0/in"),
    requirement("reusable.allowed-locations", of=described(COMPONENTS, (f"{S}/successCriteria", [{"reference": "$components.parameters.p"}])), finds=f"ARZ110 {S}/successCriteria/0"),
    requirement("criterion.condition.required", of=described(criterion(context="$response.body")), finds=f"ARZ110 {S}/successCriteria/0"),
    requirement("criterion.condition.required", of=described(criterion(condition=200)), finds=f"ARZ111 {S}/successCriteria/0/condition"),
    requirement("criterion.context.required-with-type", of=described(criterion(condition="x", type="regex")), finds=f"ARZ110 {S}/successCriteria/0"),
    requirement("criterion.type.values", of=described(criterion(condition="x", context="$response.body", type="jsonata")), finds=f"ARZ116 {S}/successCriteria/0/type"),
    requirement("criterion.type.variants-need-type-object", of=described(criterion(condition="x", context="$response.body", type="xpath-10")), finds=f"ARZ116 {S}/successCriteria/0/type"),
    requirement("criterion.regex-jsonpath.need-context-and-type", of=described(criterion(condition="$.a", type="jsonpath")), finds=f"ARZ110 {S}/successCriteria/0"),
    requirement("criterion.embedded.condition-quoted", of="arazzo: 1.1.0\nworkflows:\n- workflowId: w\n  steps:\n  - stepId: a\n    successCriteria:\n    - condition: {$inputs.x}\n", finds=f"ARZ120 {S}/successCriteria/0/condition"),
    requirement("exprType.type.required", of=described(criterion(condition="/a", context="$response.body", type={"version": "xpath-10"})), finds=f"ARZ110 {S}/successCriteria/0/type"),
    requirement("exprType.type.values-1-0", of=old(criterion(condition="/a", context="$response.body", type={"type": "jsonpointer", "version": "rfc6901"})), finds=f"ARZ116 {S}/successCriteria/0/type/type"),
    requirement("exprType.type.values-1-1", of=described(criterion(condition="/a", context="$response.body", type={"type": "jmespath", "version": "1"})), finds=f"ARZ116 {S}/successCriteria/0/type/type"),
    requirement("exprType.version.required", of=described(criterion(condition="$.a", context="$response.body", type={"type": "jsonpath"})), finds=f"ARZ110 {S}/successCriteria/0/type"),
    requirement("exprType.version.jsonpath-1-0", of=old(criterion(condition="$.a", context="$response.body", type={"type": "jsonpath", "version": "rfc9536"})), finds=f"ARZ116 {S}/successCriteria/0/type/version"),
    requirement("exprType.version.jsonpath-1-1", of=described(criterion(condition="$.a", context="$response.body", type={"type": "jsonpath", "version": "rfc6901"})), finds=f"ARZ116 {S}/successCriteria/0/type/version"),
    requirement("exprType.version.xpath-1-0", of=old(criterion(condition="/a", context="$response.body", type={"type": "xpath", "version": "xpath-40"})), finds=f"ARZ116 {S}/successCriteria/0/type/version"),
    requirement("exprType.version.xpath-1-1", of=described(criterion(condition="/a", context="$response.body", type={"type": "xpath", "version": "xpath-40"})), finds=f"ARZ116 {S}/successCriteria/0/type/version"),
    requirement("exprType.version.jsonpointer", of=described((S, payload({"a": 1}, replacements=[{"target": "/a", "value": 1, "targetSelectorType": {"type": "jsonpointer", "version": "rfc9535"}}]))), finds=f"ARZ116 {S}/requestBody/replacements/0/targetSelectorType/version"),
    requirement("selector.context.required", of=stepped(outputs={"x": {"selector": "$.a", "type": "jsonpath"}}), finds=f"ARZ304 {S}/outputs/x"),
    requirement("selector.selector.required", of=stepped(outputs={"x": {"context": "$response.body", "type": "xpath"}}), finds=f"ARZ304 {S}/outputs/x"),
    requirement("selector.type.required", of=stepped(outputs={"x": {"context": "$response.body", "selector": "$.a"}}), finds=f"ARZ304 {S}/outputs/x"),
    requirement("selector.type.values", of=stepped(outputs={"x": {"context": "$response.body", "selector": "a", "type": "regex"}}), finds=f"ARZ304 {S}/outputs/x"),
    requirement("selector.type.variants-need-type-object", of=stepped(outputs={"x": {"context": "$response.body", "selector": "a", "type": "xpath-30"}}), finds=f"ARZ304 {S}/outputs/x"),
    requirement("replacement.target.required", of=described((S, payload({}, replacements=[{"value": 1}]))), finds=f"ARZ110 {S}/requestBody/replacements/0"),
    requirement("replacement.value.required", of=described((S, payload({}, replacements=[{"target": "/a"}]))), finds=f"ARZ110 {S}/requestBody/replacements/0"),
    requirement("replacement.targetSelectorType.values", of=described((S, payload({}, replacements=[{"target": "/a", "value": 1, "targetSelectorType": "jmespath"}]))), finds=f"ARZ116 {S}/requestBody/replacements/0/targetSelectorType"),
    requirement("replacement.targetSelectorType.variants-need-type-object", of=described((S, payload({}, replacements=[{"target": "/a", "value": 1, "targetSelectorType": "xpath-30"}]))), finds=f"ARZ116 {S}/requestBody/replacements/0/targetSelectorType"),
    requirement("extensions.prefix", of=stepped(foo=1), finds=f"ARZ112 {S}/foo"),
    requirement("extensions.prefix", of=stepped(**{"X-foo": 1}), finds=f"ARZ112 {S}/X-foo"),
    requirement("extensions.extensible-objects", of=described(COMPONENTS, (f"{S}/parameters", [{"reference": "$components.parameters.p", "x-a": 1}])), finds=f"ARZ112 {S}/parameters/0/x-a"),
    requirement("extensions.reserved-prefixes", of=stepped(**{"x-oai-foo": 1}), finds=f"ARZ123 {S}/x-oai-foo"),
    requirement("security.json-yaml-considerations", of="arazzo: 1.1.0\ninfo: !!python/object:os.system {}\n", finds="ARZ104"),
    requirement("security.json-yaml-considerations", of="a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(f"{name}: &{name} [{', '.join(['*' + before] * 10)}]\n" for before, name in zip("abcdef", "bcdefg", strict=True)), finds="ARZ100"),
]  # fmt: skip

REFERENCES = [
    requirement("structure.external-workflow-needs-source", of=stepped(workflowId="$sourceDescriptions.other.wf"), finds=f"ARZ201 {S}/workflowId"),
    requirement("parsing.json-schema-requirements", of=described((f"{W}/inputs", {"$ref": "#petInput"})), finds=f"ARZ219 {W}/inputs/$ref"),
    requirement("identity.reference-by-self", of=described(WITH_FLOWS, (S, step(workflowId="$sourceDescriptions.flows.imported"))), finds="ARZ221 /$self", documents={"memory:/flows.arazzo.json": {**FLOWS["memory:/flows.arazzo.json"], "$self": "https://e.com/flows.json"}}),
    requirement("uri.fragment-json-pointer", of=described((S, {"stepId": "a", "operationPath": "{$sourceDescriptions.api.url}#/paths/~1a~0b/get"})), finds=f"ARZ203 {S}/operationPath"),
    requirement("uri.fragment-schema-pointer-and-anchor", of=described((f"{W}/inputs", {"$ref": "#/components/inputs/page"})), finds=f"ARZ219 {W}/inputs/$ref"),
    requirement("uri.fragment-in-source-is-json-pointer", of=described(WITH_EVENTS, (S, {"stepId": "a", "channelPath": "{$sourceDescriptions.ev.url}#orders", "action": "send"})), finds=f"ARZ203 {S}/channelPath", documents=EVENTS),
    requirement("uri.source-internal-references", of=described(), finds=f"ARZ203 {S}/operationId", documents={API: {**openapi_of(*PETS), "paths": {"/pets": {"$ref": "other.json#/nowhere"}}}}),
    requirement("workflow.workflowId.case-sensitive", of=described(CHILD, (S, step(workflowId="CHILD"))), finds=f"ARZ207 {S}/workflowId"),
    requirement("workflow.inputs.ref-to-components", of=described(COMPONENTS, (f"{W}/inputs", {"reference": "$components.inputs.i"})), finds=f"ARZ122 {W}/inputs/reference"),
    requirement("workflow.dependsOn.external-source-defined", of=described((f"{W}/dependsOn", ["$sourceDescriptions.x.w"])), finds=f"ARZ201 {W}/dependsOn/0"),
    requirement("workflow.dependsOn.external-runtime-expression", of=described(WITH_FLOWS, (f"{W}/dependsOn", ["imported"])), finds=f"ARZ207 {W}/dependsOn/0", documents=FLOWS),
    requirement("workflow.successActions.reusable-links-to-components", of=described(COMPONENTS, (f"{W}/successActions", [{"reference": "$components.parameters.p"}])), finds=f"ARZ208 {W}/successActions/0/reference"),
    requirement("workflow.failureActions.reusable-links-to-components", of=described(COMPONENTS, (f"{W}/failureActions", [{"reference": "$components.failureActions.none"}])), finds=f"ARZ208 {W}/failureActions/0/reference"),
    requirement("workflow.parameters.reusable-links-to-components", of=described(COMPONENTS, (f"{W}/parameters", [{"reference": "$components.successActions.done"}])), finds=f"ARZ208 {W}/parameters/0/reference"),
    requirement("step.stepId.case-sensitive", of=stepped(onSuccess=[{**GOTO, "stepId": "A"}]), finds=f"ARZ210 {S}/onSuccess/0/stepId"),
    requirement("step.operationId.resolvable", of=stepped(operationId="listPet"), finds=f"ARZ203 {S}/operationId"),
    requirement("step.operationId.qualified-when-multiple-sources", of=described(TWO_SOURCES), finds=f"ARZ205 {S}/operationId", documents=OTHER),
    requirement("step.operationPath.source-plus-pointer", of=described((S, {"stepId": "a", "operationPath": "{$sourceDescriptions.api.url}"})), finds=f"ARZ206 {S}/operationPath"),
    requirement("step.operationPath.runtime-expression", of=described((S, {"stepId": "a", "operationPath": "api#/paths/~1pets/get"})), finds=f"ARZ206 {S}/operationPath"),
    requirement("step.operationPath.runtime-expression", of=described((S, {"stepId": "a", "operationPath": "https://x/y.yaml#/paths/~1pets/get"})), finds=f"ARZ206 {S}/operationPath"),
    requirement("step.operationPath.described-operation", of=described((S, {"stepId": "a", "operationPath": "{$sourceDescriptions.api.url}#/paths/~1none/get"})), finds=f"ARZ203 {S}/operationPath"),
    requirement("step.operationPath.described-operation", of=described((S, {"stepId": "a", "operationPath": "{$sourceDescriptions.api.url}#/paths/~1pets"})), finds=f"ARZ203 {S}/operationPath"),
    requirement("step.operationPath.pointer-escapes", of=described((S, {"stepId": "a", "operationPath": "{$sourceDescriptions.api.url}#/paths/pets/get"})), finds=f"ARZ203 {S}/operationPath"),
    requirement("step.channelPath.runtime-expression", of=described(WITH_EVENTS, (S, {"stepId": "a", "channelPath": "orders", "action": "send"})), finds=f"ARZ206 {S}/channelPath", documents=EVENTS),
    requirement("step.channelPath.described", of=described(WITH_EVENTS, (S, {"stepId": "a", "channelPath": "{$sourceDescriptions.ev.url}#/channels/none", "action": "send"})), finds=f"ARZ203 {S}/channelPath", documents=EVENTS),
    requirement("step.workflowId.existing", of=stepped(workflowId="nope"), finds=f"ARZ207 {S}/workflowId"),
    requirement("step.workflowId.external-runtime-expression", of=described(WITH_FLOWS, (S, step(workflowId="imported"))), finds=f"ARZ207 {S}/workflowId", documents=FLOWS),
    requirement("step.parameters.reusable-links-to-components", of=stepped(parameters=[{"reference": "$components.parameters.p"}]), finds=f"ARZ208 {S}/parameters/0/reference"),
    requirement("step.onSuccess.reusable-links-to-components", of=described(COMPONENTS, (f"{S}/onSuccess", [{"reference": "$components.failureActions.stop"}])), finds=f"ARZ208 {S}/onSuccess/0/reference"),
    requirement("step.onFailure.reusable-links-to-components", of=described(COMPONENTS, (f"{S}/onFailure", [{"reference": "$components.successActions.done"}])), finds=f"ARZ208 {S}/onFailure/0/reference"),
    requirement("step.dependsOn.case-sensitive", of=described((f"{W}/steps/1", step("b", dependsOn=["A"]))), finds=f"ARZ209 {W}/steps/1/dependsOn/0"),
    requirement("step.dependsOn.local-form", of=described((f"{W}/steps/1", step("b", dependsOn=["$workflows.main.a"]))), finds=f"ARZ209 {W}/steps/1/dependsOn/0"),
    requirement("step.dependsOn.other-workflow-form", of=described(CHILD, (f"{S}/dependsOn", ["$workflows.child.steps.missing"])), finds=f"ARZ209 {S}/dependsOn/0"),
    requirement("step.dependsOn.other-document-form", of=stepped(dependsOn=["$sourceDescriptions.none.w.steps.s"]), finds=f"ARZ201 {S}/dependsOn/0"),
    requirement("successAction.workflowId.existing", of=stepped(onSuccess=[{**GOTO, "workflowId": "nope"}]), finds=f"ARZ207 {S}/onSuccess/0/workflowId"),
    requirement("successAction.workflowId.external-runtime-expression", of=described(WITH_FLOWS, (f"{S}/onSuccess", [{**GOTO, "workflowId": "imported"}])), finds=f"ARZ207 {S}/onSuccess/0/workflowId", documents=FLOWS),
    requirement("successAction.stepId.current-workflow", of=described(CHILD, (f"{S}/onSuccess", [{**GOTO, "stepId": "c"}])), finds=f"ARZ210 {S}/onSuccess/0/stepId"),
    requirement("successAction.parameters.reusable-links-to-components", of=described(COMPONENTS, CHILD, (f"{S}/onSuccess", [{**GOTO, "workflowId": "child", "parameters": [{"reference": "$components.successActions.done"}]}])), finds=f"ARZ208 {S}/onSuccess/0/parameters/0/reference"),
    requirement("successAction.parameters.reusable-links-to-components", of=described(COMPONENTS, CHILD, (f"{S}/onSuccess", [{**GOTO, "workflowId": "child", "parameters": [{"reference": "$components.parameters.p"}]}])), finds=f"ARZ216 {S}/onSuccess/0/parameters/0"),
    requirement("failureAction.workflowId.existing", of=stepped(onFailure=[{**GOTO, "workflowId": "nope"}]), finds=f"ARZ207 {S}/onFailure/0/workflowId"),
    requirement("failureAction.workflowId.external-runtime-expression", of=described(WITH_FLOWS, (f"{S}/onFailure", [{**GOTO, "workflowId": "imported"}])), finds=f"ARZ207 {S}/onFailure/0/workflowId", documents=FLOWS),
    requirement("failureAction.stepId.current-workflow", of=described(CHILD, (f"{S}/onFailure", [{**GOTO, "stepId": "c"}])), finds=f"ARZ210 {S}/onFailure/0/stepId"),
    requirement("failureAction.parameters.reusable-links-to-components", of=described(COMPONENTS, CHILD, (f"{S}/onFailure", [{**GOTO, "workflowId": "child", "parameters": [{"reference": "$components.parameters.none"}]}])), finds=f"ARZ208 {S}/onFailure/0/parameters/0/reference"),
    requirement("components.no-effect-unless-referenced", of=described(("/components", {"parameters": {"p": LIMIT}})), finds="ARZ230 /components/parameters/p"),
    requirement("components.document-scope", of=described(WITH_FLOWS, (S, step(workflowId="$sourceDescriptions.flows.imported")), COMPONENTS), finds=f"ARZ208 {S}/parameters/0/reference", documents={"memory:/flows.arazzo.json": {**FLOWS["memory:/flows.arazzo.json"], "workflows": [{"workflowId": "imported", "steps": [step(parameters=[{"reference": "$components.parameters.p"}])]}]}}),
    requirement("reusable.reference.runtime-expression", of=described(COMPONENTS, (f"{S}/parameters", [{"reference": "#/components/parameters/p"}])), finds=f"ARZ208 {S}/parameters/0/reference"),
    requirement("reusable.inputs-use-ref", of=described(COMPONENTS, (f"{S}/parameters", [{"$ref": "#/components/parameters/p"}])), finds=f"ARZ110 {S}/parameters/0"),
    requirement("expr.components.parameter", of=described(COMPONENTS, (f"{S}/parameters", [{"reference": "$components.parameters.none"}])), finds=f"ARZ208 {S}/parameters/0/reference"),
    requirement("expr.components.action", of=described(COMPONENTS, (f"{S}/onFailure", [{"reference": "$components.failureActions.none"}])), finds=f"ARZ208 {S}/onFailure/0/reference"),
    requirement("expr.sourceDescriptions.priority-ids", of=stepped(operationId="$sourceDescriptions.api.nothing"), finds=f"ARZ203 {S}/operationId"),
    requirement("expr.sourceDescriptions.priority-fields", of=stepped(outputs={"x": "$sourceDescriptions.api.nothing"}), finds=f"ARZ312 {S}/outputs/x"),
]  # fmt: skip


INPUTS = (f"{W}/inputs", {"type": "object", "properties": {"user": {"type": "string"}, "list": {"type": "array"}}})
BODY = "$response.body"


def out(expression: Any, version: str = "1.1.0") -> dict[str, Any]:
    """A description with an output of the step."""
    return described(INPUTS, (f"{S}/outputs", {"x": expression}), version=version)


X = f"{S}/outputs/x"
C = f"{S}/successCriteria/0/condition"
V = f"{S}/parameters/0/value"


def simple(condition: str) -> dict[str, Any]:
    return described(INPUTS, criterion(condition=condition))


def query(condition: str, type_: Any, version: str = "1.1.0") -> dict[str, Any]:
    return described(INPUTS, criterion(condition=condition, context=BODY, type=type_), version=version)


EXPRESSIONS = [
    requirement("apiurl.url-evaluated-at-runtime", of=stepped(parameters=[{**LIMIT, "value": "$url"}]), finds=f"ARZ306 {V}"),
    requirement("criterion.context.runtime-expression", of=described(criterion(condition="x", context="body", type="regex")), finds=f"ARZ401 {S}/successCriteria/0/context"),
    requirement("exprType.default.jsonpointer", of=out({"context": BODY, "selector": "a", "type": "jsonpointer"}), finds=f"ARZ402 {X}"),
    requirement("selector.context.structured-data", of=out({"context": "$statusCode", "selector": "$.a", "type": "jsonpath"}), finds=f"ARZ601 {X}"),
    requirement("selector.type.jsonpath-conforms", of=out({"context": BODY, "selector": "$.[", "type": "jsonpath"}), finds=f"ARZ402 {X}"),
    requirement("selector.type.xpath-conforms", of=out({"context": BODY, "selector": "/a[", "type": "xpath"}), finds=f"ARZ402 {X}"),
    requirement("abnf10.expression", of=old((f"{S}/successCriteria", [{"condition": "x", "context": "$foo.bar", "type": "regex"}])), finds=f"ARZ401 {S}/successCriteria/0/context"),
    requirement("abnf10.request-response-source", of=out("$response.cookie.x", "1.0.1"), finds=f"ARZ301 {X}"),
    requirement("abnf10.message-absent", of=out("$message.payload", "1.0.1"), finds=f"ARZ301 {X}"),
    requirement("abnf10.inputs-outputs-name", of=out("$inputs.", "1.0.1"), finds=f"ARZ301 {X}"),
    requirement("abnf10.steps-workflows-name", of=out("$steps.a.response.body", "1.0.1"), finds=f"ARZ301 {X}"),
    requirement("abnf10.source-components-name", of=old(COMPONENTS, (f"{S}/parameters", [{"reference": "$components.inputs.i"}])), finds=f"ARZ208 {S}/parameters/0/reference"),
    requirement("abnf10.header-reference", of=out("$response.header.", "1.0.1"), finds=f"ARZ301 {X}"),
    requirement("abnf10.query-reference", of=out("$request.query.", "1.0.1"), finds=f"ARZ301 {X}"),
    requirement("abnf10.path-reference", of=out("$request.path.", "1.0.1"), finds=f"ARZ301 {X}"),
    requirement("abnf10.body-reference", of=out("$response.body.a", "1.0.1"), finds=f"ARZ503 {X}"),
    requirement("abnf10.json-pointer", of=out("$response.body#a", "1.0.1"), finds=f"ARZ504 {X}"),
    requirement("abnf10.json-pointer", of=out("$response.body#/a~2", "1.0.1"), finds=f"ARZ301 {X}"),
    requirement("abnf10.name", of=out("$outputs.", "1.0.1"), finds=f"ARZ301 {X}"),
    requirement("abnf10.token", of=out("$response.header.a b", "1.0.1"), finds=f"ARZ301 {X}"),
    requirement("abnf11.expression", of=out("$message"), finds=f"ARZ301 {X}"),
    requirement("abnf11.source", of=out("$response.payload"), finds=f"ARZ312 {X}"),
    requirement("abnf11.header-reference", of=out("$response.header."), finds=f"ARZ301 {X}"),
    requirement("abnf11.query-reference", of=out("$request.query."), finds=f"ARZ301 {X}"),
    requirement("abnf11.path-reference", of=out("$request.path."), finds=f"ARZ301 {X}"),
    requirement("abnf11.body-reference", of=out("$response.body.a"), finds=f"ARZ301 {X}"),
    requirement("abnf11.payload-reference", of=out("$message.payload.status"), finds=f"ARZ301 {X}"),
    requirement("abnf11.inputs-reference", of=out("$inputs.first name"), finds=f"ARZ301 {X}"),
    requirement("abnf11.outputs-reference", of=out("$outputs.b c"), finds=f"ARZ301 {X}"),
    requirement("abnf11.steps-reference", of=out("$steps.a.response.body"), finds=f"ARZ301 {X}"),
    requirement("abnf11.workflows-reference", of=out("$workflows.main.steps.a"), finds=f"ARZ301 {X}"),
    requirement("abnf11.source-reference", of=out("$sourceDescriptions.api"), finds=f"ARZ301 {X}"),
    requirement("abnf11.components-reference", of=out("$components.foo"), finds=f"ARZ301 {X}"),
    requirement("abnf11.identifier-strict", of=described((S, step("a.b", outputs={"x": "$statusCode"})), (f"{W}/outputs", {"x": "$steps.a.b.outputs.x"})), finds=f"ARZ301 {W}/outputs/x"),
    requirement("abnf11.identifier", of=out("$inputs.user.name"), finds=f"ARZ301 {X}"),
    requirement("abnf11.name", of=out("$request.query.a{b}"), finds=f"ARZ301 {X}"),
    requirement("abnf11.json-pointer", of=out("$response.body#/a{b}"), finds=f"ARZ301 {X}"),
    requirement("abnf11.token", of=out("$response.header.a b"), finds=f"ARZ301 {X}"),
    requirement("abnf11.char", of=out("$request.query.a\\x"), finds=f"ARZ301 {X}"),
    requirement("abnf11.expression-string", of=stepped(parameters=[{**LIMIT, "value": "a{$inputs.}b"}]), finds=f"ARZ301 {V}"),
    requirement("abnf11.embedded-expression", of=stepped(parameters=[{**LIMIT, "value": "x{ $inputs.user }"}]), finds=f"ARZ311 {V}"),
    requirement("abnf.name-case-sensitive-token-not", of=out("$inputs.User"), finds=f"ARZ302 {X}"),
    requirement("expr.request.declared-parameters", of=out("$request.query.undeclared"), finds=f"ARZ315 {X}"),
    requirement("expr.response.body", of=described((f"{S}/outputs", {"x": "$response.body#/none"})), finds=f"ARZ601 {X}", documents={API: {**openapi_of(*PETS), "paths": {"/pets": {"get": {"operationId": "listPets", "responses": {"200": {"description": "", "content": {"application/json": {"schema": {"type": "object", "properties": {"id": {}}, "additionalProperties": False}}}}}}}}}}),
    requirement("expr.inputs", of=out("$inputs.undeclared"), finds=f"ARZ302 {X}"),
    requirement("expr.workflows.inputs", of=out("$workflows.none.inputs.a"), finds=f"ARZ302 {X}"),
    requirement("expr.sourceDescriptions.field", of=out("$sourceDescriptions.none.url"), finds=f"ARZ302 {X}"),
    requirement("expr.embedding.braces", of=stepped(parameters=[{"name": "Authorization", "in": "header", "value": "Bearer $inputs.token"}]), finds=f"ARZ311 {V}"),
    requirement("expr.embedding.braces", of=old(INPUTS, (f"{S}/parameters", [{"name": "Authorization", "in": "header", "value": "Bearer $inputs.user"}])), finds=f"ARZ502 {V}"),
]  # fmt: skip

CRITERIA = [
    requirement("criterion.type.default-simple", of=simple("$.pets[*]"), finds=f"ARZ401 {C}"),
    requirement("criterion.type.jsonpath-conforms", of=query("$.a == 1", "jsonpath"), finds=f"ARZ401 {C}"),
    requirement("criterion.type.xpath-conforms", of=query("/a[", "xpath"), finds=f"ARZ401 {C}"),
    requirement("criterion.errors.reported", of=query("$[", "jsonpath"), finds=f"ARZ401 {C}"),
    requirement("criterion.literal.number", of=simple("$statusCode == 2xx"), finds=f"ARZ401 {C}"),
    requirement("criterion.literal.string-single-quotes", of=simple('$response.body#/a == "ok"'), finds=f"ARZ401 {C}"),
    requirement("criterion.literal.string-quote-escape", of=simple("$response.body#/a == 'O'Brien'"), finds=f"ARZ401 {C}"),
    requirement("criterion.operator.lt", of=simple("$statusCode <"), finds=f"ARZ401 {C}"),
    requirement("criterion.operator.le", of=simple("$statusCode =< 3"), finds=f"ARZ401 {C}"),
    requirement("criterion.operator.gt", of=simple("> 3"), finds=f"ARZ401 {C}"),
    requirement("criterion.operator.ge", of=simple("$statusCode => 3"), finds=f"ARZ401 {C}"),
    requirement("criterion.operator.eq", of=simple("$statusCode = 200"), finds=f"ARZ401 {C}"),
    requirement("criterion.operator.ne", of=simple("$statusCode <> 200"), finds=f"ARZ401 {C}"),
    requirement("criterion.operator.not", of=simple("$statusCode == !"), finds=f"ARZ401 {C}"),
    requirement("criterion.operator.and", of=simple("$statusCode == 200 and $statusCode == 201"), finds=f"ARZ401 {C}"),
    requirement("criterion.operator.or", of=simple("$statusCode == 200 | $statusCode == 201"), finds=f"ARZ401 {C}"),
    requirement("criterion.operator.grouping", of=simple("($statusCode == 200"), finds=f"ARZ401 {C}"),
    requirement("criterion.operator.index", of=simple("$inputs.list[0 == 1"), finds=f"ARZ401 {C}"),
    requirement("criterion.operator.dereference", of=simple("$response.body..a == 1"), finds=f"ARZ401 {C}"),
    requirement("criterion.simple.direct-expressions", of=simple("$inputs.none > 3"), finds=f"ARZ302 {C}"),
    requirement("criterion.simple.expression-required", of=simple("hello world"), finds=f"ARZ401 {C}"),
    requirement("criterion.embedded.braces-required", of=query("$inputs.user", "regex"), finds=f"ARZ311 {C}"),
    requirement("criterion.regex.valid-pattern", of=query("[", "regex"), finds=f"ARZ401 {C}"),
    requirement("criterion.jsonpath.valid-query", of=query("$.[", "jsonpath"), finds=f"ARZ401 {C}"),
    requirement("criterion.xpath.valid-expression", of=query("if (1) then 1 else 2", {"type": "xpath", "version": "xpath-10"}), finds=f"ARZ401 {C}"),
    requirement("exprType.default.jsonpath", of=query("$..b[(@.length-1)]", "jsonpath"), finds=f"ARZ401 {C}"),
    requirement("exprType.default.xpath", of=query("///", "xpath"), finds=f"ARZ401 {C}"),
    requirement("exprType.semantics-of-version", of=query("$..b[(@.length-1)]", {"type": "jsonpath", "version": "rfc9535"}), finds=f"ARZ401 {C}"),
]  # fmt: skip

REQUESTS = [
    requirement("workflow.parameters.must-be-passed", of=described((f"{W}/parameters", [LIMIT])), finds=f"ARZ212 {W}/parameters/0"),
    requirement("step.parameters.must-be-passed", of=stepped(parameters=[LIMIT]), finds=f"ARZ212 {S}/parameters/0"),
    requirement("step.requestBody.get-head-delete", of=stepped(requestBody={"payload": 1}), finds=f"ARZ215 {S}/requestBody"),
    requirement("step.requestBody.methods", of=stepped(operationId="createPet", requestBody={"payload": 1}), finds=f"ARZ215 {S}/requestBody"),
    requirement("step.requestBody.passed", of=described(CHILD, (S, step(workflowId="child", requestBody={"payload": 1}))), finds=f"ARZ216 {S}/requestBody"),
    requirement("parameter.in.workflow-step-maps-to-inputs", of=described(CHILD, (S, step(workflowId="child", parameters=[LIMIT]))), finds=f"ARZ216 {S}/parameters/0"),
    requirement("parameter.in.workflow-action-maps-to-inputs", of=described(COMPONENTS, CHILD, (f"{S}/onFailure", [{**GOTO, "workflowId": "child", "parameters": [{"reference": "$components.parameters.p"}]}])), finds=f"ARZ216 {S}/onFailure/0/parameters/0"),
    requirement("parameter.value.expression", of=stepped(parameters=[{**LIMIT, "value": "$inputs."}]), finds=f"ARZ301 {V}"),
    requirement("parameter.value.selector", of=stepped(parameters=[{**LIMIT, "value": {"context": BODY, "selector": "$.id"}}]), finds=f"ARZ305 {V}"),
    requirement("parameter.path-substitution", of=stepped(operationId="getPet"), finds=f"ARZ222 {S}/operationId"),
    requirement("requestBody.payload.expressions-evaluated-first", of=described((S, payload({"a": "$inputs."}))), finds=f"ARZ301 {S}/requestBody/payload/a"),
    requirement("requestBody.payload.whole-expression", of=described(INPUTS, (S, payload("$inputs.none"))), finds=f"ARZ302 {S}/requestBody/payload"),
    requirement("requestBody.payload.selectors", of=described((S, payload({"a": {"context": "$inputs.x", "selector": "$.["  , "type": "jsonpath"}}))), finds=f"ARZ402 {S}/requestBody/payload/a"),
    requirement("requestBody.payload.json-template", of=described(INPUTS, (S, payload('{"a": {$inputs.user}'))), finds=f"ARZ607 {S}/requestBody/payload", documents=TAKING_JSON),
    requirement("replacement.target.json-pointer", of=described((S, payload({}, replacements=[{"target": "a", "value": 1}]))), finds=f"ARZ402 {S}/requestBody/replacements/0/target"),
    requirement("replacement.target.xpath", of=described((S, step(**POST, requestBody={"contentType": "application/xml", "payload": "<a/>", "replacements": [{"target": "/a[", "value": 1}]}))), finds=f"ARZ402 {S}/requestBody/replacements/0/target"),
    requirement("replacement.target.jsonpath", of=described((S, payload({}, replacements=[{"target": "$.[", "value": 1, "targetSelectorType": "jsonpath"}]))), finds=f"ARZ402 {S}/requestBody/replacements/0/target"),
    requirement("replacement.targetSelectorType.jsonpath-conforms", of=described((S, payload({}, replacements=[{"target": "a b", "value": 1, "targetSelectorType": "jsonpath"}]))), finds=f"ARZ402 {S}/requestBody/replacements/0/target"),
    requirement("replacement.targetSelectorType.xpath-conforms", of=described((S, payload({}, replacements=[{"target": "/a[", "value": 1, "targetSelectorType": "xpath"}]))), finds=f"ARZ402 {S}/requestBody/replacements/0/target"),
    requirement("replacement.target.resolved-against-body", of=described((S, payload({"a": 1}, replacements=[{"target": "/b/c", "value": 1}]))), finds=f"ARZ619 {S}/requestBody/replacements/0/target"),
    requirement("replacement.default.json-pointer", of=described((S, payload({}, replacements=[{"target": "$.a", "value": 1}]))), finds=f"ARZ402 {S}/requestBody/replacements/0/target"),
    requirement("replacement.default.xpath", of=described((S, step(**POST, requestBody={"contentType": "text/csv", "payload": "a", "replacements": [{"target": "/a", "value": 1}]}))), finds=f"ARZ403 {S}/requestBody/replacements/0"),
    requirement("replacement.value.expression", of=described((S, payload({}, replacements=[{"target": "/a", "value": "$inputs."}]))), finds=f"ARZ301 {S}/requestBody/replacements/0/value"),
    requirement("replacement.value.selector", of=described((S, payload({}, replacements=[{"target": "/a", "value": {"context": BODY, "selector": "$"}}]))), finds=f"ARZ305 {S}/requestBody/replacements/0/value"),
    requirement("reusable.value.overrides-parameter", of=described(COMPONENTS, (f"{S}/parameters", [{"reference": "$components.parameters.p", "value": "$inputs."}])), finds=f"ARZ301 {V}"),
    requirement("parameter.querystring.string-value", of=stepped(parameters=[{"name": "q", "in": "querystring", "value": {"a": 1}}]), finds=f"ARZ620 {V}"),
    requirement("requestBody.contentType.used", of=described((S, payload({"a": 1}))), finds=f"ARZ611 {S}/requestBody/contentType", documents={API: {**openapi_of(*PETS), "paths": {"/pets": {"post": {"operationId": "createPet", "requestBody": {"content": {"text/csv": {}}}, "responses": {"200": {"description": ""}}}}}}}),
]  # fmt: skip

FLOW = [
    requirement("workflow.dependsOn.completed-first", of=described((f"{W}/dependsOn", ["main"])), finds=f"ARZ209 {W}"),
    requirement("step.timeout.milliseconds", of=stepped(timeout="200"), finds=f"ARZ111 {S}/timeout"),
    requirement("step.timeout.milliseconds", of=stepped(timeout=0), finds=f"ARZ121 {S}/timeout"),
    requirement("step.dependsOn.completed-first", of=described((f"{S}/dependsOn", ["b"]), (f"{W}/steps/1", step("b", dependsOn=["a"]))), finds=f"ARZ209 {W}"),
    requirement("step.dependsOn.no-trigger", of=described((f"{S}/onSuccess", [{**GOTO, "stepId": "c", "criteria": [{"condition": "$response.body#/x == 1"}]}]), (f"{W}/steps/1", step("b")), (f"{W}/steps/2", step("c", dependsOn=["b"]))), finds=f"ARZ310 {W}/steps/2/dependsOn/0"),
    requirement("deps.implicit-from-outputs", of=described((f"{S}/parameters", [{**LIMIT, "value": "$steps.b.outputs.x"}]), (f"{W}/steps/1", step("b", dependsOn=["a"], outputs={"x": "$statusCode"}))), finds=f"ARZ209 {W}"),
    requirement("deps.sequential-tools-order", of=described((f"{S}/dependsOn", ["a"])), finds=f"ARZ209 {W}"),
    requirement("deps.respect-declared", of=described((f"{S}/dependsOn", ["none"])), finds=f"ARZ209 {S}/dependsOn/0"),
    requirement("successAction.goto.one-way", of=described((f"{S}/onSuccess", [{**GOTO, "stepId": "c"}]), (f"{W}/steps/1", step("b")), (f"{W}/steps/2", step("c"))), finds=f"ARZ231 {W}/steps/1"),
    requirement("successAction.end", of=described((f"{S}/onSuccess", [END]), (f"{W}/steps/1", step("b"))), finds=f"ARZ231 {W}/steps/1"),
    requirement("failureAction.goto.one-way", of=stepped(onFailure=[{**GOTO, "stepId": "none"}]), finds=f"ARZ210 {S}/onFailure/0/stepId"),
    requirement("failureAction.retry.with-reference", of=stepped(onFailure=[{"name": "x", "type": "retry", "workflowId": "none"}]), finds=f"ARZ207 {S}/onFailure/0/workflowId"),
    requirement("action.goto.workflow-result", of=described(("/workflows/1", {"workflowId": "child", "inputs": {"type": "object", "required": ["x"], "properties": {"x": {"type": "string"}}}, "steps": [step("c")]}), (f"{S}/onSuccess", [{**GOTO, "workflowId": "child"}])), finds=f"ARZ613 {S}/onSuccess/0"),
]  # fmt: skip

OUTPUTS = [
    requirement("workflow.outputs.expression-values", of=old((f"{W}/outputs", {"x": "text"})), finds=f"ARZ304 {W}/outputs/x"),
    requirement("workflow.outputs.expression-or-selector", of=described((f"{W}/outputs", {"x": {"a": 1}})), finds=f"ARZ304 {W}/outputs/x"),
    requirement("step.outputs.expression-values", of=old((f"{S}/outputs", {"x": {"a": 1}})), finds=f"ARZ111 {X}"),
    requirement("step.outputs.expression-or-selector", of=out({"context": BODY, "type": "jsonpath"}), finds=f"ARZ304 {X}"),
    requirement("outputs.step.visible-to-later-steps", of=described((f"{S}/parameters", [{**LIMIT, "value": "$steps.b.outputs.x"}]), (f"{W}/steps/1", step("b", outputs={"x": "$statusCode"}))), finds=f"ARZ303 {V}"),
    requirement("outputs.step.only-declared-names", of=described((f"{W}/outputs", {"x": "$steps.a.outputs.undeclared"})), finds=f"ARZ302 {W}/outputs/x"),
    requirement("outputs.step.scope-is-its-workflow", of=described(CHILD, (f"{W}/outputs", {"x": "$steps.c.outputs.y"})), finds=f"ARZ302 {W}/outputs/x"),
    requirement("outputs.names-with-dots", of=described((f"{S}/outputs", {"a.b": "$statusCode"}), (f"{W}/outputs", {"x": "$steps.a.outputs.a.c"})), finds=f"ARZ302 {W}/outputs/x"),
    requirement("expr.steps.outputs", of=described((f"{W}/outputs", {"x": "$steps.none.outputs.y"})), finds=f"ARZ302 {W}/outputs/x"),
    requirement("expr.outputs", of=described(CHILD, (S, step(workflowId="child", outputs={"x": "$outputs.none"}))), finds=f"ARZ302 {X}"),
    requirement("expr.workflows.outputs", of=described(CHILD, (f"{S}/parameters", [{**LIMIT, "value": "$workflows.child.outputs.y"}]), ("/workflows/1/outputs", {"y": "$steps.c.outputs.z"}), ("/workflows/1/steps/0/outputs", {"z": "$statusCode"})), finds=f"ARZ314 {V}"),
    requirement("outputs.workflow.returned-to-caller", of=described(CHILD, (S, step(workflowId="child", outputs={"x": "$outputs.y"}))), finds=f"ARZ302 {X}"),
]  # fmt: skip


ONE_OR_OTHER = [{"condition": "$statusCode == 200"}, {"condition": "$statusCode == 201"}]
DECLARING_LIMIT = {API: openapi_of(*PETS)}
DECLARING_LIMIT[API]["paths"]["/pets"]["get"]["parameters"] = [{"name": "limit", "in": "query", "schema": {}}]
JSON_QUERY = {API: openapi_of(*PETS, version="3.2.0")}
JSON_QUERY[API]["paths"]["/pets"]["get"]["parameters"] = [
    {"name": "q", "in": "querystring", "content": {"application/json": {"schema": {"type": "object"}}}}
]

MORE = [
    requirement("parameter.name.case-sensitive", of=stepped(parameters=[{**LIMIT, "name": "Limit"}]), finds=f"ARZ212 {S}/parameters/0", documents=DECLARING_LIMIT),
    requirement("parameter.querystring.media-type", of=stepped(parameters=[{"name": "q", "in": "querystring", "value": "a=1"}]), finds=f"ARZ620 {V}", documents=JSON_QUERY),
    requirement("step.successCriteria.all-must-hold", of=stepped(successCriteria=ONE_OR_OTHER), finds=f"ARZ414 {S}/successCriteria/1/condition"),
    requirement("criterion.multiple.and", of=stepped(successCriteria=ONE_OR_OTHER), finds=f"ARZ414 {S}/successCriteria/1/condition"),
    requirement("step.onSuccess.first-match", of=stepped(onSuccess=[END, {**GOTO, "stepId": "a"}]), finds=f"ARZ416 {S}/onSuccess/1"),
    requirement("step.onFailure.first-match", of=stepped(onFailure=[END, {**GOTO, "stepId": "a"}]), finds=f"ARZ416 {S}/onFailure/1"),
    requirement("action.goto.backward-allowed", of=stepped(onSuccess=[{**GOTO, "stepId": "a"}]), finds=f"ARZ421 {S}/onSuccess/0"),
    requirement("security.consumer-responsibility", of=stepped(onSuccess=[{**GOTO, "stepId": "a"}]), finds=f"ARZ421 {S}/onSuccess/0"),
    requirement("step.channelPath.source-plus-pointer", of=described(WITH_EVENTS, (S, {"stepId": "a", "channelPath": "{$sourceDescriptions.ev.url}/channels/orders", "action": "send"})), finds=f"ARZ206 {S}/channelPath", documents=EVENTS),
]  # fmt: skip

CASES = [*DOCUMENT, *REFERENCES, *EXPRESSIONS, *CRITERIA, *REQUESTS, *FLOW, *OUTPUTS, *MORE]


@pytest.mark.parametrize(("of", "finds", "documents"), CASES)
def test_what_violates_a_requirement_is_found(of: Any, finds: str, documents: dict[str, Any] | None) -> None:
    assert finds in told(of, documents)


# What is only recommended: an info ------------------------------------------------------------------------------------

RECOMMENDED = [
    requirement("step.operationPath.prefer-operationId", of=described((S, {"stepId": "a", "operationPath": "{$sourceDescriptions.api.url}#/paths/~1pets/get"})), finds=f"ARZ223 {S}/operationPath"),
    requirement("step.channelPath.prefer-operationId", of=described(WITH_EVENTS, (S, {"stepId": "a", "channelPath": "{$sourceDescriptions.ev.url}#/channels/orders", "action": "send"})), finds=f"ARZ223 {S}/channelPath", documents=EVENTS),
    requirement("datatypes.formats", of=described((f"{W}/inputs", {"type": "object", "properties": {"token": {"type": "string"}}})), finds=f"ARZ706 {W}/inputs/properties/token"),
    requirement("security.password-hint", of=described((f"{W}/inputs", {"type": "object", "properties": {"password": {"type": "string"}}})), finds=f"ARZ706 {W}/inputs/properties/password"),
]  # fmt: skip


@pytest.mark.parametrize(("of", "finds", "documents"), RECOMMENDED)
def test_what_is_against_a_recommendation_is_an_info(of: Any, finds: str, documents: dict[str, Any] | None) -> None:
    infos = [f"{d.code} {d.location.pointer}" for d in found(of, documents) if d.severity == "info" and d.location]

    assert finds in infos


# What no description can violate --------------------------------------------------------------------------------------

NOT_OF_A_DESCRIPTION = {
    "it allows something, and any use of it is right": """
        version.patch-ignored format.json-or-yaml structure.entry-file-name schema.optional-by-default
        root.components.optional parameter.identity-name-and-in failureAction.retry.reference-optional
        extensions.any-value extensions.may-be-unsupported structure.multi-document-allowed
        identity.other-identifiers-optional uri.relative-references-allowed uri.commonmark-relative-links
        workflow.dependsOn.local-id parameter.value.constant requestBody.payload.any replacement.value.constant
        deps.sync-ordering-recommended successAction.name.case-sensitive failureAction.name.case-sensitive
        async.receive-criteria-may-be-omitted security.no-mechanism-mandated
    """,
    "it says how documents are found and what their references are relative to; where that leads is another entry": """
        parsing.full-parse-before-resolution parsing.no-early-unresolvable parsing.reference-targets
        parsing.no-fragmentary-parsing identity.examine-candidates identity.absolute-url-resolved-by-identity
        uri.base-is-referring-document uri.base-rfc3986-5-1 uri.base-self-absolute uri.base-self-relative
        uri.base-without-self uri.base-encapsulating-entity uri.base-application-default uri.fragment-per-target
        root.self.is-base-uri step.workflowId.components-scope reusable.reference.resolved-object-used
        expr.sourceDescriptions.id-wins-conflict iana.media-types iana.default-may-be-yaml
    """,
    "it says what value an expression has in a run": """
        selector.evaluated-where-allowed expr.method expr.url expr.statusCode expr.request.header expr.request.body
        expr.response.array-index expr.response.header expr.self expr.type-preserved expr.embedding.scalars-to-string
        expr.embedding.strings-as-is expr.embedding.structures-as-json expr.embedding.content-type-decides
        security.embedding-is-raw
    """,
    "it says how a condition is decided in a run": """
        successAction.criteria.all-must-hold successAction.criteria.step-context failureAction.criteria.all-must-hold
        failureAction.criteria.step-context criterion.result.boolean criterion.errors.fail criterion.literal.boolean
        criterion.literal.null criterion.string-comparison.case-insensitive criterion.comparison.loose
        criterion.embedded.evaluated-first criterion.embedded.conversion-rules criterion.simple.pass
        criterion.simple.fail criterion.simple.numeric-coercion criterion.simple.null-rule criterion.regex.match
        criterion.regex.null-context-fails criterion.jsonpath.non-empty-passes criterion.jsonpath.empty-fails
        criterion.jsonpath.null-or-invalid-fails criterion.jsonpath.filter-nodes criterion.xpath.boolean
        criterion.xpath.number criterion.xpath.string criterion.xpath.node-set criterion.xpath.null-or-invalid-fails
        criterion.xpath.ebv exprType.ebv-per-version
    """,
    "it says what is sent": """
        apiurl.server-from-source workflow.parameters.apply-to-all-steps workflow.parameters.override-not-remove
        step.operationId.invoked step.parameters.override-workflow parameter.query-appended parameter.header-sent
        parameter.header-name-case-insensitive parameter.cookie-sent parameter.querystring.whole-query
        successAction.parameters.passed failureAction.parameters.passed requestBody.contentType.omitted
        requestBody.payload.type-preserved requestBody.payload.xml-template requestBody.payload.form-object
        requestBody.payload.form-string requestBody.payload.non-json-as-string requestBody.replacements.applied
        request.redirects
    """,
    "it says where a run goes, when, and what it keeps": """
        workflow.steps.ordered workflow.successActions.apply-to-all-steps workflow.successActions.override-not-remove
        workflow.failureActions.apply-to-all-steps workflow.failureActions.override-not-remove
        step.workflowId.child-execution step.successCriteria.absent step.onSuccess.default-next-step
        step.onSuccess.no-match-default step.onSuccess.override-workflow step.onFailure.default-break
        step.onFailure.no-match-default step.onFailure.override-workflow step.timeout.fails-step
        step.timeout.fails-workflow-unless-handled successAction.criteria.absent-is-unconditional failureAction.end
        failureAction.criteria.absent-is-unconditional failureAction.retry.current-step failureAction.retry.constrained
        failureAction.retry.context-returns failureAction.retryAfter.seconds
        failureAction.retryAfter.http-retry-after-overrules failureAction.retryLimit.counts-retries
        failureAction.retryLimit.default-one failureAction.retryLimit.exhausted-before-next
        failureAction.retry.fails-step-after-limit action.goto.continues-in-list-order action.goto.state-kept
        step.transport-error outputs.step.latest-execution outputs.step.failed-step outputs.workflow.evaluated-at-end
        outputs.workflow.unresolvable
    """,
    "steps over AsyncAPI are refused as a whole (ARZ211)": """
        step.correlationId.in-sync step.action.intent step.dependsOn.async-outputs deps.async-declare
        async.message-exchange async.send-completes-immediately async.no-delivery-confirmation
        async.receive-completes-on-message async.receive-criteria-recommended async.no-criteria-any-matching-message
        async.correlation-filter async.timeout-no-match-fails expr.message.header expr.message.payload
        async.send.payload-from-requestBody async.send.header-parameters async.receive.outputs-from-message
    """,
    "it is a duty of the host: which machines a run may reach": "security.untrusted-descriptions",
}


def test_every_requirement_is_shown_violated_or_has_a_reason_why_it_cannot_be() -> None:
    shown = {mark.args[0] for case in (*CASES, *RECOMMENDED) for mark in case.marks}
    excused = [id_ for ids in NOT_OF_A_DESCRIPTION.values() for id_ in ids.split()]
    known = {entry["id"] for entry in catalogue()}

    assert sorted(shown & set(excused)) == []
    assert sorted(id_ for id_ in excused if excused.count(id_) > 1) == []
    assert known == shown | set(excused)

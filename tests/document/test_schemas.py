"""Our JSON Schemas say what the text of the specification says, and a violation says it in words."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arazzo_runner.document import schemas
from arazzo_runner.document.schemas import VERSIONS, is_valid, schema, violations
from arazzo_runner.values import parse_pointer

requirement = pytest.mark.requirement
BOTH = ("1.0", "1.1")
OLD = ("1.0",)
NEW = ("1.1",)
GONE = object()
W = "/workflows/0"
S = "/workflows/0/steps/0"
EXTENSION = {"x-note": None, "x-list": [1]}
SELECTOR = {"context": "$response.body", "selector": "$.a", "type": "jsonpath"}
CRITERION = {"condition": "$statusCode == 200"}
END = {"name": "stop", "type": "end"}
RETRY = {"name": "again", "type": "retry"}
GOTO = {"name": "go", "type": "goto"}
Changes = dict[str, Any]


def smallest(version: str) -> dict[str, Any]:
    return {
        "arazzo": f"{version}.0",
        "info": {"title": "Pets", "version": "1"},
        "sourceDescriptions": [{"name": "pets", "url": "./pets.yaml"}],
        "workflows": [{"workflowId": "buy", "steps": [{"stepId": "find", "operationId": "findPet"}]}],
    }


def changed(version: str, changes: Changes) -> dict[str, Any]:
    root = smallest(version)
    for pointer, value in changes.items():
        *parents, last = parse_pointer(pointer)
        holder: Any = root
        for token in parents:
            holder = holder[int(token)] if isinstance(holder, list) else holder[token]
        if value is GONE:
            del holder[last]
        elif isinstance(holder, list):
            holder[int(last)] = value
        else:
            holder[last] = value
    return root


def cases(rows: list[Any]) -> list[Any]:
    """One test per row and version: (sentence, versions, ..., marks)."""
    return [
        pytest.param(version, *row[2:-1], id=f"{row[0]} ({version})", marks=row[-1])
        for row in rows
        for version in row[1]
    ]


def target(**fields: Any) -> dict[str, Any]:
    return {"stepId": "find", **fields}


def operation(**fields: Any) -> dict[str, Any]:
    return target(operationId="findPet", **fields)


REJECTED: list[Any] = [
    # Arazzo Specification Object, Versions, Specification Extensions
    ("no arazzo", BOTH, {"/arazzo": GONE}, "", "'arazzo' is missing", requirement("root.arazzo.required")),
    ("version as a number", BOTH, {"/arazzo": 1.0}, "/arazzo", "must be a string", requirement("root.arazzo.required")),
    (
        "another version",
        BOTH,
        {"/arazzo": "2.0.0"},
        "/arazzo",
        "'2.0.0' is not a version 1.",
        requirement("version.arazzo-field-drives-interpretation"),
    ),
    ("no info", BOTH, {"/info": GONE}, "", "'info' is missing", requirement("root.info.required")),
    (
        "no sources",
        BOTH,
        {"/sourceDescriptions": GONE},
        "",
        "'sourceDescriptions' is missing",
        requirement("root.sourceDescriptions.required"),
    ),
    (
        "an empty list of sources",
        BOTH,
        {"/sourceDescriptions": []},
        "/sourceDescriptions",
        "at least one entry",
        requirement("root.sourceDescriptions.min-one"),
    ),
    ("no workflows", BOTH, {"/workflows": GONE}, "", "'workflows' is missing", requirement("root.workflows.required")),
    (
        "an empty list of workflows",
        BOTH,
        {"/workflows": []},
        "/workflows",
        "at least one entry",
        requirement("root.workflows.min-one"),
    ),
    ("$self in 1.0", OLD, {"/$self": "a.yaml"}, "/$self", "unknown field", requirement("root.self.absent-in-1-0")),
    (
        "$self with a space",
        NEW,
        {"/$self": "my file.yaml"},
        "/$self",
        "not a URI-reference",
        requirement("root.self.uri-reference"),
    ),
    (
        "$self with a fragment",
        NEW,
        {"/$self": "https://e.com/a#b"},
        "/$self",
        "without a fragment",
        requirement("root.self.no-fragment"),
    ),
    (
        "$self with an empty fragment",
        NEW,
        {"/$self": "https://e.com/a#"},
        "/$self",
        "without a fragment",
        requirement("root.self.no-fragment"),
    ),
    ("an unknown root field", BOTH, {"/owner": "t"}, "/owner", "unknown field", requirement("root.extensions")),
    (
        "a prefix in capitals",
        BOTH,
        {f"{S}/X-foo": 1},
        f"{S}/X-foo",
        "unknown field 'X-foo'",
        requirement("extensions.prefix"),
    ),
    (
        "a field in other letters",
        BOTH,
        {f"{S}/StepId": "find", f"{S}/stepId": GONE},
        f"{S}/StepId",
        "did you mean 'stepId'?",
        requirement("format.field-names-case-sensitive"),
    ),
    # Info Object
    ("no title", BOTH, {"/info/title": GONE}, "/info", "'title' is missing", requirement("info.title.required")),
    (
        "no version of the document",
        BOTH,
        {"/info/version": GONE},
        "/info",
        "'version' is missing",
        requirement("info.version.required"),
    ),
    ("a summary that is no text", BOTH, {"/info/summary": {}}, "/info/summary", "", requirement("info.optional-text")),
    # Source Description Object
    (
        "a source without a name",
        BOTH,
        {"/sourceDescriptions/0/name": GONE},
        "/sourceDescriptions/0",
        "'name'",
        requirement("source.name.required"),
    ),
    (
        "a source without a url",
        BOTH,
        {"/sourceDescriptions/0/url": GONE},
        "/sourceDescriptions/0",
        "'url'",
        requirement("source.url.required"),
    ),
    (
        "a url with a space",
        BOTH,
        {"/sourceDescriptions/0/url": "ht tp://x"},
        "/sourceDescriptions/0/url",
        "'ht tp://x' is not a URI-reference",
        requirement("source.url.uri-reference"),
    ),
    (
        "an asyncapi source in 1.0",
        OLD,
        {"/sourceDescriptions/0/type": "asyncapi"},
        "/sourceDescriptions/0/type",
        "must be 'openapi' or 'arazzo', not 'asyncapi'",
        requirement("source.type.values-1-0"),
    ),
    (
        "a type in capitals",
        NEW,
        {"/sourceDescriptions/0/type": "OpenAPI"},
        "/sourceDescriptions/0/type",
        "'openapi'",
        requirement("source.type.values-1-1"),
    ),
    # Workflow Object
    (
        "a workflow without an id",
        BOTH,
        {f"{W}/workflowId": GONE},
        W,
        "'workflowId' is missing",
        requirement("workflow.workflowId.required"),
    ),
    (
        "a number as summary",
        BOTH,
        {f"{W}/summary": 5},
        f"{W}/summary",
        "must be a string, not the number 5",
        requirement("workflow.summary-description"),
    ),
    (
        "inputs that are no schema",
        BOTH,
        {f"{W}/inputs": {"type": "objekt"}},
        f"{W}/inputs/type",
        "did you mean 'object'?",
        requirement("workflow.inputs.json-schema"),
    ),
    ("no steps", BOTH, {f"{W}/steps": GONE}, W, "'steps' is missing", requirement("workflow.steps.required")),
    (
        "a space in the name of an output",
        BOTH,
        {f"{W}/outputs": {"my id": "$inputs.a"}},
        f"{W}/outputs/my id",
        "'my id' is not a name",
        requirement("workflow.outputs.key-regex"),
    ),
    (
        "an action listed twice",
        BOTH,
        {f"{W}/successActions": [END, END]},
        f"{W}/successActions",
        "entries 0 and 1",
        requirement("workflow.successActions.no-duplicates"),
    ),
    (
        "a reference listed twice",
        BOTH,
        {f"{W}/failureActions": [{"reference": "$components.failureActions.a"}] * 2},
        f"{W}/failureActions",
        "duplicates",
        requirement("workflow.failureActions.no-duplicates"),
    ),
    # Step Object
    (
        "a step without an id",
        BOTH,
        {f"{S}/stepId": GONE},
        S,
        "'stepId' is missing",
        requirement("step.stepId.required"),
    ),
    ("a list as description", BOTH, {f"{S}/description": []}, f"{S}/description", "", requirement("step.description")),
    (
        "a step without a target",
        OLD,
        {S: target()},
        S,
        "needs 'operationId', 'operationPath' or 'workflowId'",
        requirement("step.target.one-required"),
    ),
    (
        "a step without a target",
        NEW,
        {S: target()},
        S,
        "needs 'operationId', 'operationPath', 'channelPath' or 'workflowId'",
        requirement("workflow.steps.single-target-each"),
    ),
    (
        "an operation and a workflow",
        BOTH,
        {S: operation(workflowId="other")},
        S,
        "'operationId' and 'workflowId' exclude each other",
        requirement("step.target.mutually-exclusive-1-0"),
    ),
    (
        "a channel and an operation",
        NEW,
        {S: operation(channelPath="c", action="send")},
        S,
        "'operationId' and 'channelPath' exclude",
        requirement("step.target.mutually-exclusive-1-1"),
    ),
    (
        "a channel and an operation's path",
        NEW,
        {S: target(operationPath="p", channelPath="c", action="send")},
        S,
        "exclude each other",
        requirement("step.target.mutually-exclusive-1-1"),
    ),
    (
        "a channel without an action",
        NEW,
        {S: target(channelPath="c")},
        S,
        "'action' is missing",
        requirement("step.action.values"),
    ),
    (
        "an unknown action",
        NEW,
        {f"{S}/action": "publish"},
        f"{S}/action",
        "must be 'send' or 'receive', not 'publish'",
        requirement("step.action.values"),
    ),
    (
        "an action on a workflow",
        NEW,
        {S: target(workflowId="buy", action="send")},
        f"{S}/action",
        "not for a step that calls a workflow",
        requirement("step.action.asyncapi-only"),
    ),
    (
        "a correlation on a workflow",
        NEW,
        {S: target(workflowId="buy", correlationId="c")},
        f"{S}/correlationId",
        "not for a step that calls a workflow",
        requirement("step.correlationId.receive-only"),
    ),
    (
        "a correlation of what is sent",
        NEW,
        {S: operation(action="send", correlationId="c")},
        f"{S}/action",
        "only for a step that receives",
        requirement("step.correlationId.receive-only"),
    ),
    ("a correlation that is no text", NEW, {f"{S}/correlationId": 5}, f"{S}/correlationId", "must be a string", ()),
    ("a timeout of zero", NEW, {f"{S}/timeout": 0}, f"{S}/timeout", "must be at least 1, not 0", ()),
    ("a negative timeout", NEW, {f"{S}/timeout": -1}, f"{S}/timeout", "must be at least 1, not -1", ()),
    (
        "a timeout in 1.0",
        OLD,
        {f"{S}/timeout": 5},
        f"{S}/timeout",
        "unknown field 'timeout'",
        requirement("version.major-minor-selects-features"),
    ),
    (
        "no success criteria in the list",
        NEW,
        {f"{S}/successCriteria": []},
        f"{S}/successCriteria",
        "at least one entry",
        requirement("step.successCriteria.min-one"),
    ),
    (
        "a dependency written as an expression",
        NEW,
        {f"{S}/dependsOn": ["$steps.a"]},
        f"{S}/dependsOn/0",
        "'$steps.a' is not a stepId",
        requirement("step.dependsOn.values-are-stepIds"),
    ),
    (
        "a space in the name of an output of a step",
        BOTH,
        {f"{S}/outputs": {"a b": "$url"}},
        f"{S}/outputs/a b",
        "is not a name",
        requirement("step.outputs.key-regex"),
    ),
    (
        "a slash in the name of an output of a step",
        BOTH,
        {f"{S}/outputs": {"a/b": "$url"}},
        f"{S}/outputs/a~1b",
        "is not a name",
        requirement("step.outputs.key-regex"),
    ),
    (
        "one action twice on success",
        BOTH,
        {f"{S}/onSuccess": [END, END]},
        f"{S}/onSuccess",
        "duplicates",
        requirement("step.onSuccess.no-duplicates"),
    ),
    (
        "one reference twice on failure",
        BOTH,
        {f"{S}/onFailure": [{"reference": "$components.failureActions.a"}] * 2},
        f"{S}/onFailure",
        "duplicates",
        requirement("step.onFailure.no-duplicates"),
    ),
    # Parameter Object
    (
        "a parameter without a name",
        BOTH,
        {f"{S}/parameters": [{"in": "query", "value": 1}]},
        f"{S}/parameters/0",
        "'name' is missing",
        requirement("parameter.name.required"),
    ),
    (
        "a parameter without a value",
        BOTH,
        {f"{S}/parameters": [{"name": "a", "in": "query"}]},
        f"{S}/parameters/0",
        "'value' is missing",
        requirement("parameter.value.required"),
    ),
    (
        "an operation's parameter without a place",
        BOTH,
        {f"{S}/parameters": [{"name": "a", "value": 1}]},
        f"{S}/parameters/0",
        "'in' is missing",
        requirement("parameter.in.required-for-operations"),
    ),
    (
        "a parameter in the body",
        OLD,
        {f"{S}/parameters": [{"name": "a", "in": "body", "value": 1}]},
        f"{S}/parameters/0/in",
        "must be 'path', 'query', 'header' or 'cookie', not 'body'",
        requirement("parameter.in.values-1-0"),
    ),
    (
        "a parameter in the querystring",
        OLD,
        {f"{S}/parameters": [{"name": "a", "in": "querystring", "value": "b"}]},
        f"{S}/parameters/0/in",
        "",
        requirement("parameter.in.values-1-0"),
    ),
    (
        "a parameter in the matrix",
        NEW,
        {f"{S}/parameters": [{"name": "a", "in": "matrix", "value": 1}]},
        f"{S}/parameters/0/in",
        "",
        requirement("parameter.in.values-1-1"),
    ),
    (
        "a parameter in the channel",
        NEW,
        {f"{S}/parameters": [{"name": "a", "in": "channel", "value": 1}]},
        f"{S}/parameters/0/in",
        "",
        requirement("parameter.in.values-1-1"),
    ),
    (
        "one parameter twice",
        BOTH,
        {f"{S}/parameters": [{"name": "a", "in": "query", "value": 1}] * 2},
        f"{S}/parameters",
        "entries 0 and 1",
        requirement("step.parameters.no-duplicates"),
    ),
    (
        "one workflow parameter twice",
        BOTH,
        {f"{W}/parameters": [{"name": "a", "in": "query", "value": 1}] * 2},
        f"{W}/parameters",
        "entries 0 and 1",
        requirement("workflow.parameters.no-duplicates"),
    ),
    (
        "a querystring beside a query parameter",
        NEW,
        {
            f"{S}/parameters": [
                {"name": "q", "in": "querystring", "value": "a=1"},
                {"name": "b", "in": "query", "value": 2},
            ]
        },
        f"{S}/parameters/1/in",
        "takes no 'query' parameters",
        requirement("parameter.querystring.not-with-query"),
    ),
    (
        "a querystring that is a number",
        NEW,
        {f"{S}/parameters": [{"name": "q", "in": "querystring", "value": 5}]},
        f"{S}/parameters/0/value",
        "must be a string, not the number 5",
        (),
    ),
    # Success and Failure Action Objects
    (
        "a success action without a name",
        BOTH,
        {f"{S}/onSuccess": [{"type": "end"}]},
        f"{S}/onSuccess/0",
        "'name'",
        requirement("successAction.name.required"),
    ),
    (
        "a success action without a type",
        BOTH,
        {f"{S}/onSuccess": [{"name": "a"}]},
        f"{S}/onSuccess/0",
        "'type'",
        requirement("successAction.type.required"),
    ),
    (
        "a retry on success",
        BOTH,
        {f"{S}/onSuccess": [RETRY]},
        f"{S}/onSuccess/0/type",
        "must be 'end' or 'goto', not 'retry'",
        requirement("successAction.type.values"),
    ),
    (
        "a goto to nowhere on success",
        BOTH,
        {f"{S}/onSuccess": [GOTO]},
        f"{S}/onSuccess/0",
        "needs 'workflowId' or 'stepId'",
        requirement("successAction.goto.target-required"),
    ),
    (
        "a goto to a step and a workflow on success",
        BOTH,
        {f"{S}/onSuccess": [{**GOTO, "stepId": "a", "workflowId": "b"}]},
        f"{S}/onSuccess/0",
        "'workflowId' and 'stepId' exclude each other",
        requirement("successAction.target.mutually-exclusive"),
    ),
    (
        "an end with a step and a workflow on success",
        BOTH,
        {f"{S}/onSuccess": [{**END, "stepId": "a", "workflowId": "b"}]},
        f"{S}/onSuccess/0",
        "'workflowId' and 'stepId' exclude each other",
        requirement("successAction.target.mutually-exclusive"),
    ),
    (
        "a placed parameter of a success action",
        NEW,
        {f"{S}/onSuccess": [{**GOTO, "workflowId": "b", "parameters": [{"name": "a", "in": "query", "value": 1}]}]},
        f"{S}/onSuccess/0/parameters/0/in",
        "'in' is not for the parameters of an action",
        requirement("successAction.parameters.no-in"),
    ),
    (
        "one parameter twice in a success action",
        NEW,
        {f"{S}/onSuccess": [{**GOTO, "workflowId": "b", "parameters": [{"name": "a", "value": 1}] * 2}]},
        f"{S}/onSuccess/0/parameters",
        "duplicates",
        requirement("successAction.parameters.no-duplicates"),
    ),
    (
        "parameters for a step of a success action",
        NEW,
        {f"{S}/onSuccess": [{**GOTO, "stepId": "b", "parameters": [{"name": "a", "value": 1}]}]},
        f"{S}/onSuccess/0",
        "'parameters' needs 'workflowId' beside it",
        requirement("successAction.parameters.only-with-workflowId"),
    ),
    (
        "parameters of a success action in 1.0",
        OLD,
        {f"{S}/onSuccess": [{**GOTO, "workflowId": "b", "parameters": []}]},
        f"{S}/onSuccess/0/parameters",
        "unknown field 'parameters'",
        requirement("successAction.parameters.absent-in-1-0"),
    ),
    (
        "a failure action without a name",
        BOTH,
        {f"{S}/onFailure": [{"type": "end"}]},
        f"{S}/onFailure/0",
        "'name'",
        requirement("failureAction.name.required"),
    ),
    (
        "a failure action without a type",
        BOTH,
        {f"{S}/onFailure": [{"name": "a"}]},
        f"{S}/onFailure/0",
        "'type'",
        requirement("failureAction.type.required"),
    ),
    (
        "an unknown failure action",
        BOTH,
        {f"{S}/onFailure": [{"name": "a", "type": "skip"}]},
        f"{S}/onFailure/0/type",
        "must be 'end', 'retry' or 'goto', not 'skip'",
        requirement("failureAction.type.values"),
    ),
    (
        "a goto to nowhere on failure",
        BOTH,
        {f"{S}/onFailure": [GOTO]},
        f"{S}/onFailure/0",
        "needs 'workflowId' or 'stepId'",
        requirement("failureAction.goto.target-required"),
    ),
    (
        "a goto to a step and a workflow on failure",
        BOTH,
        {f"{S}/onFailure": [{**GOTO, "stepId": "a", "workflowId": "b"}]},
        f"{S}/onFailure/0",
        "exclude each other",
        requirement("failureAction.target.mutually-exclusive"),
    ),
    (
        "a retry with a step and a workflow",
        BOTH,
        {f"{S}/onFailure": [{**RETRY, "stepId": "a", "workflowId": "b"}]},
        f"{S}/onFailure/0",
        "exclude each other",
        requirement("failureAction.target.mutually-exclusive"),
    ),
    (
        "a placed parameter of a failure action",
        NEW,
        {f"{S}/onFailure": [{**RETRY, "workflowId": "b", "parameters": [{"name": "a", "in": "query", "value": 1}]}]},
        f"{S}/onFailure/0/parameters/0/in",
        "'in' is not for the parameters of an action",
        requirement("failureAction.parameters.no-in"),
    ),
    (
        "one parameter twice in a failure action",
        NEW,
        {f"{S}/onFailure": [{**RETRY, "workflowId": "b", "parameters": [{"name": "a", "value": 1}] * 2}]},
        f"{S}/onFailure/0/parameters",
        "duplicates",
        requirement("failureAction.parameters.no-duplicates"),
    ),
    (
        "parameters for a step of a failure action",
        NEW,
        {f"{S}/onFailure": [{**RETRY, "stepId": "b", "parameters": [{"name": "a", "value": 1}]}]},
        f"{S}/onFailure/0",
        "'parameters' needs 'workflowId' beside it",
        requirement("failureAction.parameters.only-with-workflowId"),
    ),
    (
        "parameters of a failure action in 1.0",
        OLD,
        {f"{S}/onFailure": [{**RETRY, "workflowId": "b", "parameters": []}]},
        f"{S}/onFailure/0/parameters",
        "unknown field 'parameters'",
        requirement("failureAction.parameters.absent-in-1-0"),
    ),
    (
        "a negative delay",
        BOTH,
        {f"{S}/onFailure": [{**RETRY, "retryAfter": -1}]},
        f"{S}/onFailure/0/retryAfter",
        "must be at least 0, not -1",
        requirement("failureAction.retryAfter.non-negative"),
    ),
    (
        "a negative number of retries",
        BOTH,
        {f"{S}/onFailure": [{**RETRY, "retryLimit": -1}]},
        f"{S}/onFailure/0/retryLimit",
        "must be at least 0, not -1",
        requirement("failureAction.retryLimit.non-negative-integer"),
    ),
    (
        "one and a half retries",
        BOTH,
        {f"{S}/onFailure": [{**RETRY, "retryLimit": 1.5}]},
        f"{S}/onFailure/0/retryLimit",
        "must be an integer, not the number 1.5",
        requirement("failureAction.retryLimit.non-negative-integer"),
    ),
    # Components and Reusable Objects
    (
        "a component without a value",
        BOTH,
        {"/components": {"parameters": {"a": {"name": "a", "in": "query"}}}},
        "/components/parameters/a",
        "'value' is missing",
        requirement("components.field-types"),
    ),
    (
        "an unknown kind of components",
        BOTH,
        {"/components": {"steps": {}}},
        "/components/steps",
        "unknown field 'steps'",
        requirement("components.field-types"),
    ),
    (
        "a space in the name of a component",
        BOTH,
        {"/components": {"inputs": {"my param": {}}}},
        "/components/inputs/my param",
        "is not a name",
        requirement("components.key-regex"),
    ),
    (
        "neither a parameter nor a reference",
        BOTH,
        {f"{S}/parameters": [{"value": 1}]},
        f"{S}/parameters/0",
        "'name' is missing",
        requirement("reusable.reference.required"),
    ),
    (
        "a reference among success criteria",
        BOTH,
        {f"{S}/successCriteria": [{"reference": "$components.parameters.a"}]},
        f"{S}/successCriteria/0",
        "'condition' is missing",
        requirement("reusable.allowed-locations"),
    ),
    (
        "a reference to another kind of component",
        BOTH,
        {f"{S}/onFailure": [{"reference": "$components.successActions.a"}]},
        f"{S}/onFailure/0/reference",
        "is not a reference to a failure action",
        (),
    ),
    # Criterion and Expression Type Objects
    (
        "a criterion without a condition",
        BOTH,
        {f"{S}/successCriteria": [{"context": "$url"}]},
        f"{S}/successCriteria/0",
        "'condition' is missing",
        requirement("criterion.condition.required"),
    ),
    (
        "a condition that is a number",
        BOTH,
        {f"{S}/successCriteria": [{"condition": 200}]},
        f"{S}/successCriteria/0/condition",
        "must be a string, not the number 200",
        requirement("criterion.condition.required"),
    ),
    (
        "a regex without a context",
        BOTH,
        {f"{S}/successCriteria": [{"condition": "^2", "type": "regex"}]},
        f"{S}/successCriteria/0",
        "'type' needs 'context' beside it",
        requirement("criterion.context.required-with-type"),
    ),
    (
        "a JSONPath without a context",
        BOTH,
        {f"{S}/successCriteria": [{"condition": "$.a", "type": "jsonpath"}]},
        f"{S}/successCriteria/0",
        "'type' needs 'context' beside it",
        requirement("criterion.regex-jsonpath.need-context-and-type"),
    ),
    (
        "an unknown kind of condition",
        BOTH,
        {f"{S}/successCriteria": [{"condition": "a", "context": "$url", "type": "jsonata"}]},
        f"{S}/successCriteria/0/type",
        "must be 'simple', 'regex', 'jsonpath' or 'xpath'",
        requirement("criterion.type.values"),
    ),
    (
        "a kind of XPath as a word",
        BOTH,
        {f"{S}/successCriteria": [{"condition": "a", "context": "$url", "type": "xpath-10"}]},
        f"{S}/successCriteria/0/type",
        "did you mean 'xpath'?",
        requirement("criterion.type.variants-need-type-object"),
    ),
    (
        "an unquoted condition that starts with a brace",
        BOTH,
        {f"{S}/successCriteria": [{"condition": {"$inputs.a": None}}]},
        f"{S}/successCriteria/0/condition",
        "quote '{$inputs.a}'",
        requirement("criterion.embedded.condition-quoted"),
    ),
]


def criterion_of(type_: Any) -> Changes:
    return {f"{S}/successCriteria": [{"condition": "a", "context": "$response.body", "type": type_}]}


def output_of(type_: Any) -> Changes:
    return {f"{S}/outputs": {"a": {**SELECTOR, "type": type_}}}


def replacement_of(**fields: Any) -> Changes:
    return {f"{S}/requestBody": {"payload": {}, "replacements": [fields]}}


C = f"{S}/successCriteria/0/type"
O = f"{S}/outputs/a"  # noqa: E741
R = f"{S}/requestBody/replacements/0"

REJECTED += [
    (
        "a dialect without a type",
        BOTH,
        criterion_of({"version": "xpath-10"}),
        C,
        "'type' is missing",
        requirement("exprType.type.required"),
    ),
    (
        "a dialect without a version",
        BOTH,
        criterion_of({"type": "jsonpath"}),
        C,
        "'version' is missing",
        requirement("exprType.version.required"),
    ),
    (
        "JSON Pointer in 1.0",
        OLD,
        criterion_of({"type": "jsonpointer", "version": "rfc6901"}),
        f"{C}/type",
        "",
        requirement("exprType.type.values-1-0"),
    ),
    (
        "RFC 9535 in 1.0",
        OLD,
        criterion_of({"type": "jsonpath", "version": "rfc9535"}),
        f"{C}/version",
        "",
        requirement("exprType.version.jsonpath-1-0"),
    ),
    (
        "XPath 3.1 in 1.0",
        OLD,
        criterion_of({"type": "xpath", "version": "xpath-31"}),
        f"{C}/version",
        "",
        requirement("exprType.version.xpath-1-0"),
    ),
    (
        "an unknown language",
        NEW,
        criterion_of({"type": "jmespath", "version": "1"}),
        f"{C}/type",
        "must be 'jsonpath', 'xpath' or 'jsonpointer'",
        requirement("exprType.type.values-1-1"),
    ),
    (
        "a JSON Pointer as a criterion",
        NEW,
        criterion_of({"type": "jsonpointer", "version": "rfc6901"}),
        f"{C}/type",
        "not evaluated by JSON Pointer",
        requirement("criterion.type.values"),
    ),
    (
        "an unknown JSONPath",
        NEW,
        output_of({"type": "jsonpath", "version": "rfc6901"}),
        f"{O}/type/version",
        "",
        requirement("exprType.version.jsonpath-1-1"),
    ),
    (
        "an unknown XPath",
        NEW,
        output_of({"type": "xpath", "version": "xpath-40"}),
        f"{O}/type/version",
        "must be 'xpath-31', 'xpath-30', 'xpath-20' or 'xpath-10', not 'xpath-40'",
        requirement("exprType.version.xpath-1-1"),
    ),
    (
        "an unknown JSON Pointer",
        NEW,
        output_of({"type": "jsonpointer", "version": "rfc9535"}),
        f"{O}/type/version",
        "must be 'rfc6901'",
        requirement("exprType.version.jsonpointer"),
    ),
    (
        "a selector without a context",
        NEW,
        {O.removesuffix("/a"): {"a": {"selector": "$.a", "type": "jsonpath"}}},
        O,
        "'context' is missing",
        requirement("selector.context.required"),
    ),
    (
        "a selector without a selector",
        NEW,
        {O.removesuffix("/a"): {"a": {"context": "$url", "type": "jsonpath"}}},
        O,
        "'selector' is missing",
        requirement("selector.selector.required"),
    ),
    (
        "a selector without a type",
        NEW,
        {O.removesuffix("/a"): {"a": {"context": "$url", "selector": "$.a"}}},
        O,
        "'type' is missing",
        requirement("selector.type.required"),
    ),
    (
        "a selector by regex",
        NEW,
        output_of("regex"),
        f"{O}/type",
        "must be 'jsonpath', 'xpath' or 'jsonpointer', not 'regex'",
        requirement("selector.type.values"),
    ),
    (
        "a kind of XPath as the word of a selector",
        NEW,
        output_of("xpath-30"),
        f"{O}/type",
        "did you mean 'xpath'?",
        requirement("selector.type.variants-need-type-object"),
    ),
    ("a selector in 1.0", OLD, output_of("jsonpath"), O, "must be a string, not an object", ()),
    (
        "a replacement without a target",
        BOTH,
        replacement_of(value=1),
        R,
        "'target' is missing",
        requirement("replacement.target.required"),
    ),
    (
        "a replacement without a value",
        BOTH,
        replacement_of(target="/a"),
        R,
        "'value' is missing",
        requirement("replacement.value.required"),
    ),
    (
        "a replacement by JMESPath",
        NEW,
        replacement_of(target="a", value=1, targetSelectorType="jmespath"),
        f"{R}/targetSelectorType",
        "must be 'jsonpath'",
        requirement("replacement.targetSelectorType.values"),
    ),
    (
        "a kind of XPath as the word of a replacement",
        NEW,
        replacement_of(target="a", value=1, targetSelectorType="xpath-30"),
        f"{R}/targetSelectorType",
        "did you mean 'xpath'?",
        requirement("replacement.targetSelectorType.variants-need-type-object"),
    ),
]

ACCEPTED: list[Any] = [
    ("the smallest description", BOTH, {}, requirement("description.minimum-content")),
    ("no optional fields", BOTH, {}, requirement("schema.optional-by-default")),
    ("no components", BOTH, {}, requirement("root.components.optional")),
    ("another patch number", ("1.0",), {"/arazzo": "1.0.7"}, requirement("version.patch-ignored")),
    ("another patch number", ("1.1",), {"/arazzo": "1.1.42"}, requirement("version.patch-ignored")),
    ("a root extension", BOTH, {"/x-owner": "team"}, requirement("root.extensions")),
    ("extensions of any value", BOTH, {f"{S}/x-a": None, f"{S}/x-b": [1]}, requirement("extensions.any-value")),
    ("its own version", BOTH, {"/info/version": "9.9.9"}, requirement("info.version.required")),
    ("a long description", BOTH, {"/info/description": "# A\n\ntext"}, requirement("info.optional-text")),
    ("an absolute $self", NEW, {"/$self": "https://example.com/a.yaml"}, requirement("root.self.uri-reference")),
    (
        "an asyncapi source",
        NEW,
        {"/sourceDescriptions/0/type": "asyncapi"},
        requirement("source.type.values-1-1"),
    ),
    ("a timeout", NEW, {f"{S}/timeout": 5}, requirement("version.major-minor-selects-features")),
    (
        "a source name outside the recommended pattern",
        BOTH,
        {"/sourceDescriptions/0/name": "pet store"},
        requirement("source.name.regex"),
    ),
    (
        "inputs with definitions",
        BOTH,
        {f"{W}/inputs": {"$defs": {"a": {}}, "$ref": "#/$defs/a"}},
        requirement("workflow.inputs.json-schema"),
    ),
    ("names of outputs", BOTH, {f"{W}/outputs": {"a.b-c_1": "$inputs.a"}}, requirement("workflow.outputs.key-regex")),
    (
        "outputs that differ in case",
        BOTH,
        {f"{S}/outputs": {"Id": "$url", "id": "$method"}},
        requirement("format.map-keys-case-sensitive"),
    ),
    (
        "one name in two places",
        BOTH,
        {
            f"{S}/parameters": [
                {"name": "id", "in": "path", "value": 1},
                {"name": "id", "in": "query", "value": 1},
            ]
        },
        requirement("parameter.identity-name-and-in"),
    ),
    (
        "null as a value",
        BOTH,
        {f"{S}/parameters": [{"name": "a", "in": "query", "value": None}]},
        requirement("parameter.value.required"),
    ),
    (
        "an object as a value",
        BOTH,
        {f"{S}/parameters": [{"name": "a", "in": "query", "value": {"a": 1}}]},
        requirement("parameter.value.required"),
    ),
    (
        "a querystring",
        NEW,
        {f"{S}/parameters": [{"name": "q", "in": "querystring", "value": "a={$inputs.a}"}]},
        requirement("parameter.in.values-1-1"),
    ),
    (
        "a selector as a querystring",
        NEW,
        {f"{S}/parameters": [{"name": "q", "in": "querystring", "value": SELECTOR}]},
        (),
    ),
    (
        "an input of a called workflow",
        BOTH,
        {S: target(workflowId="buy", parameters=[{"name": "a", "value": 1}])},
        requirement("parameter.in.required-for-operations"),
    ),
    ("a bare retry", BOTH, {f"{S}/onFailure": [RETRY]}, requirement("failureAction.retry.reference-optional")),
    (
        "a fraction of a second",
        BOTH,
        {f"{S}/onFailure": [{**RETRY, "retryAfter": 0.5}]},
        requirement("failureAction.retryAfter.non-negative"),
    ),
    (
        "no retries",
        BOTH,
        {f"{S}/onFailure": [{**RETRY, "retryLimit": 0}]},
        requirement("failureAction.retryLimit.non-negative-integer"),
    ),
    (
        "a key with dots",
        BOTH,
        {"/components": {"parameters": {"my.org.User": {"name": "a", "value": 1}}}},
        requirement("components.key-regex"),
    ),
    (
        "a number for a referenced parameter",
        BOTH,
        {f"{S}/parameters": [{"reference": "$components.parameters.page", "value": 1}]},
        requirement("reusable.reference.required"),
    ),
    (
        "more beside a reference",
        BOTH,
        {f"{S}/parameters": [{"reference": "$components.parameters.page", "in": "query", "note": "a"}]},
        requirement("reusable.extra-properties-ignored"),
    ),
    (
        "references where actions and parameters stand",
        BOTH,
        {
            f"{W}/parameters": [{"reference": "$components.parameters.a"}],
            f"{W}/successActions": [{"reference": "$components.successActions.a"}],
            f"{S}/onFailure": [{"reference": "$components.failureActions.a"}],
        },
        requirement("reusable.allowed-locations"),
    ),
    (
        "a reference among the parameters of an action",
        NEW,
        {f"{S}/onSuccess": [{**GOTO, "workflowId": "b", "parameters": [{"reference": "$components.parameters.a"}]}]},
        requirement("reusable.allowed-locations"),
    ),
    (
        "a dialect of XPath",
        BOTH,
        criterion_of({"type": "xpath", "version": "xpath-10"}),
        requirement("criterion.type.variants-need-type-object"),
    ),
    (
        "the only JSONPath of 1.0",
        OLD,
        criterion_of({"type": "jsonpath", "version": "draft-goessner-dispatch-jsonpath-00"}),
        requirement("exprType.version.jsonpath-1-0"),
    ),
    (
        "RFC 9535",
        NEW,
        criterion_of({"type": "jsonpath", "version": "rfc9535"}),
        requirement("exprType.version.jsonpath-1-1"),
    ),
    (
        "XPath 3.1, which the table lists",
        NEW,
        criterion_of({"type": "xpath", "version": "xpath-31"}),
        requirement("exprType.version.xpath-1-1"),
    ),
    (
        "a JSON Pointer as a selector",
        NEW,
        output_of({"type": "jsonpointer", "version": "rfc6901"}),
        requirement("exprType.type.values-1-1"),
    ),
    (
        "a replacement by XPath 3.0",
        NEW,
        replacement_of(target="/a", value=SELECTOR, targetSelectorType={"type": "xpath", "version": "xpath-30"}),
        requirement("replacement.targetSelectorType.variants-need-type-object"),
    ),
    ("a number to put into a payload", BOTH, replacement_of(target="/quantity", value=10), ()),
    (
        "a workflow, a step and a definition to depend on",
        NEW,
        {f"{S}/dependsOn": ["first", "$workflows.w.steps.s", "$sourceDescriptions.o.w.steps.s"]},
        requirement("step.dependsOn.values-are-stepIds"),
    ),
    ("no minimum of steps (decision 54)", BOTH, {f"{W}/steps": []}, ()),
    ("actions without criteria (decision 2)", BOTH, {f"{S}/onSuccess": [{**END, "criteria": []}]}, ()),
]

EXTENSIBLE: dict[str, tuple[tuple[str, ...], Changes]] = {
    "Arazzo Specification Object": (BOTH, {f"/{name}": value for name, value in EXTENSION.items()}),
    "Info Object": (BOTH, {"/info": {"title": "a", "version": "1", **EXTENSION}}),
    "Source Description Object": (BOTH, {"/sourceDescriptions": [{"name": "a", "url": "a", **EXTENSION}]}),
    "Workflow Object": (BOTH, {f"{W}/{name}": value for name, value in EXTENSION.items()}),
    "Step Object": (BOTH, {S: operation(**EXTENSION)}),
    "Parameter Object": (BOTH, {f"{S}/parameters": [{"name": "a", "in": "query", "value": 1, **EXTENSION}]}),
    "Success Action Object": (BOTH, {f"{S}/onSuccess": [{**END, **EXTENSION}]}),
    "Failure Action Object": (BOTH, {f"{S}/onFailure": [{**RETRY, **EXTENSION}]}),
    "Components Object": (BOTH, {"/components": EXTENSION}),
    "Criterion Object": (BOTH, {f"{S}/successCriteria": [{**CRITERION, **EXTENSION}]}),
    "Expression Type Object": (BOTH, criterion_of({"type": "xpath", "version": "xpath-30", **EXTENSION})),
    "Request Body Object": (BOTH, {f"{S}/requestBody": {"payload": 1, **EXTENSION}}),
    "Payload Replacement Object": (BOTH, replacement_of(target="/a", value=1, **EXTENSION)),
    "Selector Object": (NEW, {f"{S}/outputs": {"a": {**SELECTOR, **EXTENSION}}}),
}


@pytest.mark.parametrize(("version", "changes", "where", "message"), cases(REJECTED))
def test_the_schema_rejects(version: schemas.Version, changes: Changes, where: str, message: str) -> None:
    root = changed(version, changes)

    found = violations(root, version)

    assert any(pointer == where and message in text for pointer, text in found), found


@pytest.mark.parametrize(("version", "changes"), cases(ACCEPTED))
def test_the_schema_accepts(version: schemas.Version, changes: Changes) -> None:
    root = changed(version, changes)

    found = violations(root, version)

    assert found == []


@requirement("extensions.extensible-objects")
@requirement("extensions.may-be-unsupported")
@pytest.mark.parametrize(
    ("version", "changes"),
    [
        pytest.param(version, changes, id=f"{name} ({version})")
        for name, (versions, changes) in EXTENSIBLE.items()
        for version in versions
    ],
)
def test_an_object_takes_extensions(version: schemas.Version, changes: Changes) -> None:
    root = changed(version, changes)

    found = violations(root, version)

    assert found == []


@requirement("description.minimum-content")
@pytest.mark.parametrize("version", VERSIONS)
def test_everything_that_is_missing_is_named(version: schemas.Version) -> None:
    root = {"arazzo": f"{version}.0", "info": {"title": "a", "version": "1"}}

    found = violations(root, version)

    assert found == [("", "'sourceDescriptions' is missing"), ("", "'workflows' is missing")]


@requirement("format.json-object")
@pytest.mark.parametrize(("root", "kind"), [([], "a list"), ("text", "a string"), (None, "null"), (3, "the number 3")])
def test_a_description_is_an_object(root: object, kind: str) -> None:
    found = violations(root, "1.1")

    assert found == [("", f"must be an object, not {kind}")]


def test_violations_come_in_the_order_of_the_document() -> None:
    root = changed("1.1", {"/workflows/0/summary": 1, "/info/summary": 2, f"{S}/timeout": 0})

    found = [pointer for pointer, _ in violations(root, "1.1")]

    assert found == ["/info/summary", f"{S}/timeout", f"{W}/summary"]


def test_a_fault_that_breaks_two_rules_of_one_keyword_is_told_once() -> None:
    root = changed("1.1", {S: target(operationId="a", operationPath="b", parameters=[{"name": "a", "value": 1}])})

    found = violations(root, "1.1")

    assert found == [
        (S, "'operationId' and 'operationPath' exclude each other"),
        (f"{S}/parameters/0", "'in' is missing"),
    ]


def test_a_step_that_is_no_object_is_told_only_that() -> None:
    found = violations(changed("1.1", {S: "find"}), "1.1")

    assert found == [(S, "must be an object, not a string")]


def test_the_meant_alternative_of_a_schema_keyword_is_explained() -> None:
    root = changed("1.1", {f"{W}/inputs": {"type": ["string", "nul"], "properties": {"a": {"required": True}}}})

    found = violations(root, "1.1")

    assert found == [
        (
            f"{W}/inputs/type/1",
            "must be 'array', 'boolean', 'integer', 'null', 'number', 'object' or 'string', not 'nul', "
            "did you mean 'null'?",
        ),
        (f"{W}/inputs/properties/a/required", "must be a list, not true"),
    ]


def test_the_caller_may_change_its_copy_of_a_schema() -> None:
    schema("1.1").clear()

    assert schema("1.1")["$defs"]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_schemas_are_themselves_valid_and_use_each_definition(version: schemas.Version) -> None:
    import jsonschema

    ours = schema(version)

    jsonschema.Draft202012Validator.check_schema(ours)
    text = json.dumps(ours)
    assert [name for name in ours["$defs"] if f'"#/$defs/{name}"' not in text] == []


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_says_where_the_specification_describes_it(version: schemas.Version) -> None:
    objects = {name: part for name, part in schema(version)["$defs"].items() if name.endswith("Object")}

    assert objects
    assert [name for name, part in objects.items() if not part["$comment"].startswith(f"Arazzo {version}.")] == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(place=st.sampled_from(["/info", "/sourceDescriptions", W, S, f"{S}/parameters", f"{W}/inputs"]), value=JSON)
def test_a_description_has_violations_exactly_when_it_is_not_valid(place: str, value: Any) -> None:
    root = changed("1.1", {place: value})
    before = copy.deepcopy(root)

    found = violations(root, "1.1")

    assert bool(found) is not is_valid(root, "1.1")
    assert root == before

"""Read a located tree into the model: structure is checked in one pass, findings are yielded as Diagnostics.

The only place that knows camelCase keys and what differs between 1.0 and 1.1 (design, "model/"). Reading goes on after
a finding, so that one pass finds them all: an Object of which something is missing or wrong stays, with "" in its
place, for what else there is to say of it. Its finding is an error, and no run gets there.

Codes: ARZ101 not an Arazzo description; ARZ102 version; ARZ110 missing field; ARZ111 wrong type; ARZ112 unknown field;
ARZ113 misspelt field; ARZ114 field of a later version; ARZ115 empty list; ARZ116 value not allowed; ARZ117 mutually
exclusive fields; ARZ118 duplicate; ARZ119 name pattern; ARZ120 unquoted expression; ARZ121 out of range; ARZ122 field
without effect; ARZ123 reserved prefix of an extension.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple, TypeVar, cast
from urllib.parse import quote

from ..diagnostics import Diagnostic, Fix, Quote, Remove, Severity, Wrap, did_you_mean, edit_distance
from ..document import Document
from ..errors import DocumentError
from ..location import Location
from ..values import MISSING, as_float
from . import respect
from .objects import (
    NO_VALUE,
    ArazzoDescription,
    ChannelStep,
    Components,
    Criterion,
    ExpressionType,
    FailureAction,
    Info,
    OperationStep,
    Output,
    Parameter,
    PayloadReplacement,
    Pointer,
    Raw,
    RequestBody,
    Reusable,
    SourceDescription,
    Step,
    SuccessAction,
    Text,
    Version,
    Workflow,
    WorkflowStep,
)

T = TypeVar("T")
Compat = Literal["auto", "strict", "lenient"]

_NAME = re.compile(r"[A-Za-z0-9_\-]+")
_KEY = re.compile(r"[a-zA-Z0-9.\-_]+")
_RESERVED = ("x-oai-", "x-oas-", "x-arazzo")
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)(-.+)?")
_URI = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*")  # the characters of RFC 3986
_LIKE_A_VERSION = re.compile(r"v?(\d+)(?:\.(\d+))?.*", re.DOTALL)

# The fixed fields of each Object; a value of "1.1" marks a field that 1.0 does not have.
FIELDS: Mapping[str, Mapping[str, str]] = {
    "Arazzo Specification Object": {
        "arazzo": "",
        "$self": "1.1",
        "info": "",
        "sourceDescriptions": "",
        "workflows": "",
        "components": "",
    },
    "Info Object": {"title": "", "summary": "", "description": "", "version": ""},
    "Source Description Object": {"name": "", "url": "", "type": ""},
    "Workflow Object": {
        "workflowId": "",
        "summary": "",
        "description": "",
        "inputs": "",
        "dependsOn": "",
        "steps": "",
        "successActions": "",
        "failureActions": "",
        "outputs": "",
        "parameters": "",
    },
    "Step Object": {
        "description": "",
        "stepId": "",
        "operationId": "",
        "operationPath": "",
        "channelPath": "1.1",
        "workflowId": "",
        "parameters": "",
        "requestBody": "",
        "successCriteria": "",
        "onSuccess": "",
        "onFailure": "",
        "outputs": "",
        "timeout": "1.1",
        "correlationId": "1.1",
        "action": "1.1",
        "dependsOn": "1.1",
    },
    "Parameter Object": {"name": "", "in": "", "value": ""},
    "Success Action Object": {
        "name": "",
        "type": "",
        "workflowId": "",
        "stepId": "",
        "parameters": "1.1",
        "criteria": "",
    },
    "Failure Action Object": {
        "name": "",
        "type": "",
        "workflowId": "",
        "stepId": "",
        "parameters": "1.1",
        "retryAfter": "",
        "retryLimit": "",
        "criteria": "",
    },
    "Components Object": {"inputs": "", "parameters": "", "successActions": "", "failureActions": ""},
    "Reusable Object": {"reference": "", "value": ""},
    "Criterion Object": {"context": "", "condition": "", "type": ""},
    "Expression Type Object": {"type": "", "version": ""},
    "Request Body Object": {"contentType": "", "payload": "", "replacements": ""},
    "Payload Replacement Object": {"target": "", "targetSelectorType": "1.1", "value": ""},
    **respect.FIELDS,
}

VERSIONS: Mapping[str, tuple[str, ...]] = {
    "jsonpath": ("rfc9535", "draft-goessner-dispatch-jsonpath-00"),
    "xpath": ("xpath-31", "xpath-30", "xpath-20", "xpath-10"),
    "jsonpointer": ("rfc6901",),
}
VERSIONS_1_0: Mapping[str, tuple[str, ...]] = {
    "jsonpath": ("draft-goessner-dispatch-jsonpath-00",),
    "xpath": ("xpath-30", "xpath-20", "xpath-10"),
}
_KINDS = {
    "string": str,
    "object": dict,
    "list": list,
    "integer": int,
    "number": (int, float, Decimal),
}


def read(
    document: Document, *, compat: Compat = "auto", go_on: bool = False
) -> tuple[ArazzoDescription, tuple[Diagnostic, ...]]:
    """Read an Arazzo document into the model, with every structural finding.

    Args:
        go_on: For checking: a version that is missing, malformed or later is a finding, and what is written is read as
            the nearest version that we know. What only another version could tell is not said then.

    Raises:
        DocumentError: the root is not an Arazzo description, or its version is not one we run (decision 52).
    """
    reader = _Reader(document, compat, go_on)
    return reader.description(), tuple(reader.diagnostics)


MOST_WORKFLOWS: Final = 1_000
MOST_STEPS: Final = 2_000


class _Reader:
    """One pass over one document; the state is the list of findings."""

    def __init__(self, document: Document, compat: Compat, go_on: bool) -> None:
        self.document = document
        self.compat = compat
        self.go_on = go_on
        self.guessed = False  # the version is not one that the document names
        self.later = False  # it names a later one, which may have other fields
        self.diagnostics: list[Diagnostic] = []
        self.version: Version = "1.0"

    def _in_proportion(self, root: dict[str, Any]) -> None:
        """What is said of a step may depend on every other step: their number is bounded."""
        workflows = _entries(root, "workflows")
        for count, most, what in (
            (len(workflows), MOST_WORKFLOWS, "workflows"),
            (_counted(workflows), MOST_STEPS, "steps"),
        ):
            if count > most:
                message = f"the description has {count:,} {what}, and at most {most:,} are read"
                raise self._refused("ARZ101", message, ("workflows",), "split it into several descriptions")

    # -- root ---------------------------------------------------------------------------------------------------------

    def description(self) -> ArazzoDescription:
        root = self.document.root
        if not isinstance(root, dict):
            raise self._refused("ARZ101", "an Arazzo description is an object", (), "start it with 'arazzo: 1.0.1'")
        self._in_proportion(root)
        self.version = self._version_of(root)
        node = _Node(self, (), root, "Arazzo Specification Object")
        self_ = node.text("$self")
        if self_ and "#" in self_.value:
            self.report("ARZ116", "'$self' holds no fragment", ("$self",), "remove '#' and what follows it")
        if self_:
            self._uri_reference(self_.value, ("$self",))
        info = self._info(node.child("info", "object", required=True))
        sources = node.items("sourceDescriptions", self._source, required=True, at_least_one=True)
        workflows = node.items("workflows", self._workflow, required=True, at_least_one=True)
        components = self._components(node.child("components", "object"))
        node.known()
        self._unique("source description name", [(s.name, s.location) for s in sources])
        unread = len(sources) < len(_entries(root, "sourceDescriptions"))
        self._unique("workflowId", [(w.workflow_id, w.location) for w in workflows])
        return ArazzoDescription(
            arazzo=str(root.get("arazzo", "")),
            version=self.version,
            document=self.document,
            info=info,
            source_descriptions=sources,
            unread_sources=unread,
            workflows=workflows,
            components=components,
            self_=self_.value if self_ else None,
        )

    def _version_of(self, root: dict[str, Any]) -> Version:
        if "arazzo" in root:
            return self._version(root["arazzo"])
        hint = f"this is an {self.document.kind} description" if self.document.kind else "add 'arazzo: 1.0.1'"
        refused = self._refused("ARZ101", "this is not an Arazzo description: it has no field 'arazzo'", (), hint)
        if self.document.kind or not {"workflows", "sourceDescriptions"} & root.keys():
            raise refused
        return self._guess("1.0", refused)

    def _version(self, written: Any) -> Version:
        match = _VERSION.fullmatch(written) if isinstance(written, str) else None
        if match is None:
            nearest = _nearest(written)
            is_number = isinstance(written, (int, float)) and not isinstance(written, bool)
            hint = f"quote it: arazzo: '{nearest}.0'" if is_number and nearest else "write 'arazzo: 1.0.1'"
            message = f"'arazzo' is a version such as 1.0.1, not {_shown(written)}"
            return self._guess(nearest, self._refused("ARZ102", message, ("arazzo",), hint))
        if match[4]:
            self.report("ARZ102", f"'{written}' is read as {match[1]}.{match[2]}", ("arazzo",), None, "warning")
        major, minor = int(match[1]), int(match[2])
        if major == 1 and minor <= 1:
            return "1.1" if minor else "1.0"
        if major == 1 and self.compat == "lenient":
            self.report("ARZ102", f"'{written}' is read as 1.1", ("arazzo",), None, "warning")
            return "1.1"
        hint = "--lenient reads it as 1.1" if major == 1 else "versions 1.0 and 1.1 can be run"
        refused = self._refused("ARZ102", f"Arazzo {written} is not supported", ("arazzo",), hint)
        self.later = True
        return self._guess("1.1" if major == 1 else None, refused)

    def _guess(self, nearest: Version | None, refused: DocumentError) -> Version:
        """The version to check as, where the document names none that we know."""
        if nearest is None or not self.go_on:
            raise refused
        self.diagnostics += refused.diagnostics
        self.guessed = True
        return nearest

    def _refused(self, code: str, message: str, pointer: Pointer, hint: str | None) -> DocumentError:
        location = self.document.location(pointer)
        finding = Diagnostic(code, "error", message, location, hint)
        return DocumentError(message, location=location, hint=hint, diagnostics=(finding,))

    # -- objects, in the order of the specification -------------------------------------------------------------------

    def _info(self, node: _Node | None) -> Info:
        if node is None:
            return Info()
        node.object = "Info Object"
        title, version = node.string("title", required=True), node.string("version", required=True)
        summary, description = node.string("summary"), node.string("description")
        node.known()
        return Info(title=title or "", version=version or "", summary=summary, description=description)

    def _source(self, node: _Node) -> SourceDescription:
        node.object = "Source Description Object"
        name, url = node.string("name", required=True), node.string("url", required=True)
        if url is not None:
            self._uri_reference(url, (*node.pointer, "url"))
        kind = node.choice(
            "type", ("openapi", "arazzo") if self.version == "1.0" else ("openapi", "asyncapi", "arazzo")
        )
        node.known()
        if name is not None:
            self._pattern(_NAME, name, (*node.pointer, "name"), "a source description's name")
        return SourceDescription(
            name=name or "",
            url=url or "",
            type=cast(Any, kind),
            location=node.location,
            url_location=node.at("url"),
            type_location=node.at("type"),
            server_url=respect.read_server_url(node) if self._tolerant else None,
        )

    def _workflow(self, node: _Node) -> Workflow:
        node.object = "Workflow Object"
        workflow_id = node.string("workflowId", required=True)
        steps: tuple[Step, ...] = node.items("steps", self._step, required=True, at_least_one=True)
        result = Workflow(
            workflow_id=workflow_id or "",
            location=node.location,
            steps=steps,
            summary=node.string("summary"),
            description=node.string("description"),
            inputs=self._inputs(node),
            depends_on=node.texts("dependsOn"),
            success_actions=node.items("successActions", self._or_reusable(self._success_action, valued=False)),
            failure_actions=node.items("failureActions", self._or_reusable(self._failure_action, valued=False)),
            outputs=self._outputs(node),
            parameters=node.items("parameters", self._or_reusable(self._parameter)),
            security=respect.read_security(node) if self._tolerant else (),
        )
        node.known()
        self._unique("stepId", [(s.step_id, s.location) for s in steps])
        self._unique_actions(result.success_actions, result.failure_actions)
        self._unique("dependsOn entry", [(t.value, t.location) for t in result.depends_on])
        if workflow_id is not None:
            self._pattern(_NAME, workflow_id, (*node.pointer, "workflowId"), "a workflowId", soft=True)
        return result

    def _inputs(self, node: _Node) -> Raw | None:
        """Inputs reuse a component by JSON Schema's `$ref`, not by a Reusable Object (Reusable Object, "reference")."""
        inputs = node.schema("inputs")
        reference = inputs.value.get("reference") if inputs and isinstance(inputs.value, dict) else None
        if isinstance(reference, str) and reference.startswith("$components."):
            name = reference.rpartition(".")[2]
            self.report(
                "ARZ122",
                "'reference' has no effect in a JSON Schema",
                (*node.pointer, "inputs", "reference"),
                f"write $ref: '#/components/inputs/{name}'",
                "warning",
            )
        return inputs

    def _step(self, node: _Node) -> Step:
        node.object = "Step Object"
        step_id = node.string("stepId", required=True)
        targets = _Targets(*(node.text(f) for f in ("operationId", "operationPath", "workflowId", "channelPath")))
        action, correlation_id = self._message_action(node), node.raw("correlationId")
        common = {"step_id": step_id or f"#{int(node.pointer[-1]) + 1}", **self._common_fields(node)}
        node.known()
        self._unique("dependsOn entry", [(t.value, t.location) for t in common["depends_on"]])
        self._unique_actions(common["on_success"], common["on_failure"])
        self._one_target(node, f"step '{step_id}'" if step_id else "this step")
        if step_id is not None:
            self._pattern(_NAME, step_id, (*node.pointer, "stepId"), "a stepId", soft=True)
        return self._step_of_kind(node, targets, action, correlation_id, common)

    def _message_action(self, node: _Node) -> Text | None:
        action = node.text("action")
        if action and action.value not in ("send", "receive"):
            self.report("ARZ116", f"'action' is send or receive, not '{action.value}'", (*node.pointer, "action"))
        if action and action.value == "send" and "correlationId" in node.value:
            message = "'correlationId' is for steps that receive; this one sends"
            self.report("ARZ117", message, (*node.pointer, "correlationId"), "remove it, or write 'action: receive'")
        return action

    def _common_fields(self, node: _Node) -> dict[str, Any]:
        """What every kind of step has."""
        return {
            "location": node.location,
            "description": node.string("description"),
            "parameters": node.items("parameters", self._or_reusable(self._parameter)),
            "request_body": self._request_body(node.child("requestBody", "object")),
            "success_criteria": node.items("successCriteria", self._criterion, at_least_one=True),
            "on_success": node.items("onSuccess", self._or_reusable(self._success_action, valued=False)),
            "on_failure": node.items("onFailure", self._or_reusable(self._failure_action, valued=False)),
            "outputs": self._outputs(node),
            "timeout": self._timeout(node),
            "depends_on": node.texts("dependsOn", at_least_one=True),
            "extensions": {k: v for k, v in node.value.items() if k.startswith("x-")},
            "security": respect.read_security(node) if self._tolerant else (),
        }

    def _step_of_kind(
        self, node: _Node, targets: _Targets, action: Text | None, correlation_id: Raw | None, common: dict[str, Any]
    ) -> Step:
        """The variant its target makes a step; one that names nothing to call has no target."""
        if targets.workflow_id is not None:
            self._refuse_message_fields(node, action, correlation_id)
            return WorkflowStep(workflow_id=targets.workflow_id, **common)
        messages: dict[str, Any] = {"action": action, "correlation_id": correlation_id}
        if targets.channel_path is not None:
            if action is None:
                message = f"step '{common['step_id']}' has a channelPath and needs 'action'"
                self.report("ARZ110", message, node.pointer, "add 'action: send' or 'action: receive'")
            return ChannelStep(channel_path=targets.channel_path, **messages, **common)
        return OperationStep(
            operation_id=targets.operation_id,
            operation_path=targets.operation_path,
            direct=respect.read_operation(node) if self._tolerant else None,
            **messages,
            **common,
        )

    def _refuse_message_fields(self, node: _Node, action: Text | None, correlation_id: Raw | None) -> None:
        if action or correlation_id:
            field = "action" if action else "correlationId"
            message = f"'{field}' belongs to AsyncAPI steps, not to one that calls a workflow"
            self.report("ARZ117", message, (*node.pointer, field))

    def _one_target(self, node: _Node, step: str) -> None:
        names = ("operationId", "operationPath", "channelPath", "workflowId")
        targets = [f for f in (*names, *(("x-operation",) if self._tolerant else ())) if f in node.value]
        if len(targets) > 1:
            self.report(
                "ARZ117",
                f"{step} has {' and '.join(targets)}, which exclude each other",
                (*node.pointer, targets[1]),
                f"keep one of {', '.join(targets)}",
            )
        elif not targets and not node.misspelt:
            known = "operationId, operationPath or workflowId"
            self.report("ARZ110", f"{step} names nothing to call", node.pointer, f"add {known}")

    def _timeout(self, node: _Node) -> int | None:
        timeout = node.integer("timeout")
        if timeout is not None and timeout < 1:
            self.report("ARZ121", f"'timeout' is at least 1 millisecond, not {timeout}", (*node.pointer, "timeout"))
            return None
        return timeout

    def _parameter(self, node: _Node) -> Parameter:
        node.object = "Parameter Object"
        name = node.string("name", required=True)
        places: tuple[str, ...] = ("path", "query", "header", "cookie")
        if self.version == "1.1":
            places = ("path", "query", "querystring", "header", "cookie", "channel")
        in_ = None
        if node.value.get("in") == "body":
            self.report(
                "ARZ116",
                "'in: body' is not a parameter location",
                (*node.pointer, "in"),
                "move the value to requestBody.payload",
            )
        else:
            in_ = node.choice("in", places)
        value = node.raw("value", required=True)
        node.known()
        return Parameter(
            name=name or "",
            in_=in_ or ("" if "in" in node.value else None),
            value=value or NO_VALUE,
            location=node.location,
        )

    def _success_action(self, node: _Node) -> SuccessAction:
        node.object = "Success Action Object"
        return self._action(node, SuccessAction, ("end", "goto"))

    def _failure_action(self, node: _Node) -> FailureAction:
        node.object = "Failure Action Object"
        return self._action(node, FailureAction, ("end", "retry", "goto"))

    def _action(self, node: _Node, of: Callable[..., T], types: tuple[str, ...]) -> T:
        name = node.string("name", required=True)
        if node.value.get("type") == "retry" and "retry" not in types and self._tolerant:
            self.report(
                "ARZ510",
                "'retry' is not a success action; the step is repeated, then the run goes on",
                (*node.pointer, "type"),
                "write instead: goto with the step's own stepId and criteria",
                "warning",
            )
            types = (*types, "retry")
            node.extra = ("retryAfter", "retryLimit")
        kind = node.choice("type", types, required=True)
        workflow_id, step_id = node.text("workflowId"), node.text("stepId")
        retry_after, retry_limit = self._retry_fields(node, kind)
        action = of(
            name=name or "",
            type=kind or "",
            location=node.location,
            workflow_id=workflow_id,
            step_id=step_id,
            parameters=node.items("parameters", self._or_reusable(self._action_parameter)),
            criteria=node.items("criteria", self._criterion),
            retry_after=retry_after,
            retry_limit=retry_limit,
        )
        node.known()
        self._action_target(node, kind, workflow_id, step_id)
        return action

    def _retry_fields(self, node: _Node, kind: str | None) -> tuple[float, int]:
        if node.object == "Success Action Object" and not node.extra:
            return 0.0, 1
        after, limit = node.number("retryAfter"), node.integer("retryLimit")
        for field, value in (("retryAfter", after), ("retryLimit", limit)):
            if value is not None and value < 0:
                self.report("ARZ121", f"'{field}' is not negative", (*node.pointer, field))
            if value is not None and kind in ("end", "goto"):
                self.report("ARZ122", f"'{field}' has no effect on '{kind}'", (*node.pointer, field), None, "warning")
        return max(after or 0.0, 0.0), max(1 if limit is None else limit, 0)

    def _action_target(self, node: _Node, kind: str | None, workflow_id: Text | None, step_id: Text | None) -> None:
        if workflow_id and step_id:
            self.report("ARZ117", "'workflowId' and 'stepId' exclude each other", (*node.pointer, "stepId"), "keep one")
        if kind == "goto" and not workflow_id and not step_id:
            self.report("ARZ110", "a goto needs a target", node.pointer, "add stepId or workflowId")
        if kind == "end" and (workflow_id or step_id):
            field = "workflowId" if workflow_id else "stepId"
            self.report("ARZ122", f"'{field}' has no effect on 'end'", (*node.pointer, field), None, "warning")
        if "parameters" in node.value and not workflow_id and self.version == "1.1":
            self.report(
                "ARZ122",
                "'parameters' of an action go to a workflow; there is no workflowId",
                (*node.pointer, "parameters"),
                None,
                "warning",
            )

    def _action_parameter(self, node: _Node) -> Parameter:
        parameter = self._parameter(node)
        if "in" in node.value:
            self.report("ARZ116", "a parameter of an action has no 'in'", (*node.pointer, "in"), "remove it")
        return parameter

    def _components(self, node: _Node | None) -> Components:
        if node is None:
            return Components()
        node.object = "Components Object"
        inputs = node.child("inputs", "object")
        result = Components(
            inputs=inputs.value if inputs else {},
            parameters=node.members("parameters", self._parameter),
            success_actions=node.members("successActions", self._success_action),
            failure_actions=node.members("failureActions", self._failure_action),
        )
        if inputs:
            for key, schema in inputs.value.items():
                self._pattern(_KEY, key, (*inputs.pointer, key), "a component's name", key=True)
                if not isinstance(schema, (dict, bool)):
                    self._wrong_type((*inputs.pointer, key), schema, "a JSON Schema")
        node.known()
        return result

    def _or_reusable(
        self, of: Callable[[_Node], T | None], *, valued: bool = True
    ) -> Callable[[_Node], T | Reusable | None]:
        def read_either(node: _Node) -> T | Reusable | None:
            return self._reusable(node, valued) if "reference" in node.value else of(node)

        return read_either

    def _reusable(self, node: _Node, valued: bool) -> Reusable | None:
        node.object = "Reusable Object"
        reference = node.text("reference", required=True)
        value = node.raw("value")
        if value and not valued:
            self.report(
                "ARZ122",
                "'value' is for references to parameters; an action has none",
                value.pointer,
                "remove it",
                "warning",
            )
        for key in node.value:
            if key not in ("reference", "value"):
                self.report("ARZ112", f"'{key}' beside 'reference' is ignored", (*node.pointer, key), None, "warning")
        return Reusable(reference=reference, value=value, location=node.location) if reference else None

    def _criterion(self, node: _Node) -> Criterion:
        node.object = "Criterion Object"
        condition = node.text("condition", required=True)
        context = node.text("context")
        kind = self._expression_type(node, "type", ("simple", "regex", "jsonpath", "xpath"), ("jsonpath", "xpath"))
        node.known()
        needed = kind is not None and kind.type not in ("simple", "") and "context" not in node.value
        if kind is not None and needed:
            self.report(
                "ARZ110", f"a {kind.type} criterion needs a 'context'", node.pointer, "add 'context: $response.body'"
            )
        if kind is not None and kind.type == "simple" and "context" not in node.value and self.compat == "strict":
            fix = Fix((Remove(node.at("type")),))
            self.report(
                "ARZ110", "'type' is given, so 'context' is needed", node.pointer, "remove 'type: simple'", fix=fix
            )
        readable = condition is not None and (kind is None or kind.type != "")
        condition = condition or Text("", node.location)
        return Criterion(condition=condition, context=context, type=kind, location=node.location, readable=readable)

    def _expression_type(
        self, node: _Node, field: str, short: tuple[str, ...], long: tuple[str, ...]
    ) -> ExpressionType | None:
        value = node.value.get(field, MISSING)
        if value is MISSING:
            return None
        if not isinstance(value, dict) or is_unquoted(value):
            chosen = node.choice(field, short)
            return ExpressionType(type=chosen or "", version=None, location=node.at(field))
        inner = _Node(self, (*node.pointer, field), value, "Expression Type Object")
        kind = inner.choice("type", long, required=True)
        allowed = (VERSIONS_1_0 if self.version == "1.0" else VERSIONS).get(kind or "", ())
        version = inner.choice("version", allowed, required=True) if allowed else inner.string("version", required=True)
        inner.known()
        readable = kind is not None and version is not None
        return ExpressionType(type=kind if kind and readable else "", version=version, location=inner.location)

    def _request_body(self, node: _Node | None) -> RequestBody | None:
        if node is None:
            return None
        node.object = "Request Body Object"
        content_type, payload = node.text("contentType"), node.raw("payload")
        replacements = node.items("replacements", self._replacement)
        node.known()
        return RequestBody(
            content_type=content_type, payload=payload, replacements=replacements, location=node.location
        )

    def _replacement(self, node: _Node) -> PayloadReplacement:
        node.object = "Payload Replacement Object"
        target, value = node.text("target", required=True), node.raw("value", required=True)
        types = ("jsonpath", "xpath", "jsonpointer")
        kind = self._expression_type(node, "targetSelectorType", types, types) if self.version == "1.1" else None
        node.known()
        return PayloadReplacement(
            target=target, target_selector_type=kind, value=value or NO_VALUE, location=node.location
        )

    def _outputs(self, node: _Node) -> tuple[Output, ...]:
        inner = node.child("outputs", "object")
        if inner is None:
            return ()
        outputs = []
        for name, value in inner.value.items():
            pointer = (*inner.pointer, name)
            location = self.document.location(pointer)
            self._pattern(_KEY, name, pointer, "an output's name", key=True)
            if isinstance(value, list) or (isinstance(value, dict) and self.version == "1.0"):
                self._wrong_type(pointer, value, "an expression")
            # A constant is kept as it is (decision 57); a wrong output is still declared: one finding, not one per use.
            outputs.append(Output(name=name, value=Raw(value, pointer, location), location=location))
        return tuple(outputs)

    # -- findings -----------------------------------------------------------------------------------------------------

    @property
    def _tolerant(self) -> bool:
        return self.compat == "lenient" or (self.compat == "auto" and self.version == "1.0")

    def report(
        self,
        code: str,
        message: str,
        pointer: Pointer,
        hint: str | None = None,
        severity: Severity = "error",
        *,
        key: bool = False,
        fix: Fix | None = None,
    ) -> None:
        location = self.document.location(pointer, key=key)
        self.diagnostics.append(Diagnostic(code, severity, message, location, hint, fix))

    def _wrong_type(self, pointer: Pointer, value: Any, wanted: str, fix: Fix | None = None) -> None:
        if is_unquoted(value):
            name = next(iter(value))
            self.report(
                "ARZ120",
                f"{{{name}}} without quotes is a YAML mapping, not a text",
                pointer,
                f"""quote it: "{{{name}}}" """.strip(),
                fix=Fix((Quote(self.document.location(pointer)),)),
            )
            return
        self.report("ARZ111", f"{_what(pointer)} is {_a(value)}, not {wanted}", pointer, fix=fix)

    def _pattern(
        self,
        pattern: re.Pattern[str],
        name: str,
        pointer: Pointer,
        what: str,
        *,
        soft: bool = False,
        key: bool = False,
    ) -> None:
        if pattern.fullmatch(name):
            return
        allowed = "letters, digits, '-' and '_'" if pattern is _NAME else "letters, digits, '.', '-' and '_'"
        severity: Severity = "warning" if soft or pattern is _NAME else "error"
        self.report(
            "ARZ119",
            f"{what} has {allowed} only: '{name}'",
            pointer,
            "no expression can refer to it",
            severity,
            key=key,
        )

    def _uri_reference(self, text: str, pointer: Pointer) -> None:
        """A text that "MUST be in the form of a URI-reference" (RFC 3986); decision 103."""
        good = _URI.match(text)
        end = good.end() if good else 0
        if end < len(text):
            hint = f"write '{quote(text[end])}' instead of it"
            self.report("ARZ116", f"'{pointer[-1]}' is no URI-reference: it holds '{text[end]}'", pointer, hint)

    def _unique(self, what: str, named: list[tuple[str, Location]]) -> None:
        seen: dict[str, Location] = {}
        for name, location in named:
            if name and name in seen:
                self.diagnostics.append(
                    Diagnostic("ARZ118", "error", f"duplicate {what} '{name}'", location, f"first at {seen[name]}")
                )
            seen.setdefault(name, location)

    def _unique_actions(self, *lists: tuple[SuccessAction | FailureAction | Reusable, ...]) -> None:
        for actions in lists:
            self._unique("action", [(a.name, a.location) for a in actions if not isinstance(a, Reusable)])
            self._unique("reference", [(a.reference.value, a.location) for a in actions if isinstance(a, Reusable)])


class _Targets(NamedTuple):
    """What a step may call; the specification allows one of them."""

    operation_id: Text | None
    operation_path: Text | None
    workflow_id: Text | None
    channel_path: Text | None


class _Node:
    """An object of the document under reading: its fields are asked for once, then `known()` reports the others."""

    def __init__(self, reader: _Reader, pointer: Pointer, value: dict[str, Any], object_: str) -> None:
        self.reader = reader
        self.pointer = pointer
        self.value = value
        self.object = object_
        self.extra: tuple[str, ...] = ()
        self._location: Location | None = None

    @property
    def location(self) -> Location:
        if self._location is None:
            self._location = self.reader.document.location(self.pointer)
        return self._location

    def at(self, field: str) -> Location:
        return self.reader.document.location((*self.pointer, field))

    def _typed(self, field: str, kind: str, required: bool = False) -> Any:
        value = self.value.get(field, MISSING)
        if value is MISSING:
            if required:
                self._missing(field)
            return None
        python = _KINDS[kind]
        if not isinstance(value, python) or (isinstance(value, bool) and kind in ("integer", "number")):  # type: ignore[arg-type]
            article = "an" if kind[0] in "aeiou" else "a"
            self.reader._wrong_type((*self.pointer, field), value, f"{article} {kind}")
            return None
        return value

    def _missing(self, field: str) -> None:
        near = [k for k in self.value if edit_distance(k, field) <= 2 and k not in FIELDS[self.object]]
        if not near:
            self.reader.report("ARZ110", f"the {self.object} has no '{field}'", self.pointer, f"add '{field}'")

    def string(self, field: str, *, required: bool = False) -> str | None:
        value = self._typed(field, "string", required)
        return cast("str | None", value)

    def text(self, field: str, *, required: bool = False) -> Text | None:
        value = self._typed(field, "string", required)
        return None if value is None else Text(value, self.at(field))

    def integer(self, field: str) -> int | None:
        return cast("int | None", self._typed(field, "integer"))

    def number(self, field: str) -> float | None:
        value = self._typed(field, "number")
        return None if value is None else as_float(value)

    def raw(self, field: str, *, required: bool = False) -> Raw | None:
        if field not in self.value:
            if required:
                self._missing(field)
            return None
        return Raw(self.value[field], (*self.pointer, field), self.at(field))

    def schema(self, field: str) -> Raw | None:
        value = self.value.get(field, MISSING)
        if value is MISSING:
            return None
        if not isinstance(value, (dict, bool)):
            self.reader._wrong_type((*self.pointer, field), value, "a JSON Schema")
            return None
        return self.raw(field)

    def choice(self, field: str, allowed: tuple[str, ...], *, required: bool = False) -> str | None:
        value = self.string(field, required=required)
        if value is None or value in allowed:
            return value
        hint = did_you_mean(value, allowed)
        options = ", ".join(allowed[:-1]) + " or " + allowed[-1] if len(allowed) > 1 else allowed[0]
        self.reader.report("ARZ116", f"'{field}' is {options}, not '{value}'", (*self.pointer, field), hint)
        return None

    def child(self, field: str, kind: str, *, required: bool = False) -> _Node | None:
        value = self._typed(field, kind, required)
        return None if value is None else _Node(self.reader, (*self.pointer, field), value, self.object)

    def texts(self, field: str, *, at_least_one: bool = False) -> tuple[Text, ...]:
        value = self._typed(field, "list")
        texts = []
        for index, item in enumerate(value or ()):
            pointer = (*self.pointer, field, str(index))
            if isinstance(item, str) and item:
                texts.append(Text(item, self.reader.document.location(pointer)))
            else:
                self.reader._wrong_type(pointer, item, "a name")
        if at_least_one and value == []:
            self.reader.report("ARZ115", f"'{field}' is empty", (*self.pointer, field), "remove it or add an entry")
        return tuple(texts)

    def items(
        self, field: str, of: Callable[[_Node], T | None], *, required: bool = False, at_least_one: bool = False
    ) -> tuple[T, ...]:
        value = self._typed(field, "list", required)
        if value is None:
            return ()
        if at_least_one and not value:
            self.reader.report("ARZ115", f"'{field}' has at least one entry", (*self.pointer, field))
        return tuple(result for node in self._nodes(field, value) if (result := of(node)) is not None)

    def _nodes(self, field: str, values: list[Any]) -> Iterator[_Node]:
        for index, item in enumerate(values):
            pointer = (*self.pointer, field, str(index))
            if isinstance(item, dict) and not is_unquoted(item):
                yield _Node(self.reader, pointer, item, "")
                continue
            wrap = None
            if isinstance(item, str) and field in ("successCriteria", "criteria"):
                wrap = Fix((Wrap(self.reader.document.location(pointer), "condition"),))
            if wrap is not None and self.reader._tolerant:
                self.reader.report(
                    "ARZ509",
                    "a criterion is an object; this text is read as its condition",
                    pointer,
                    f"portable form: - condition: {item}",
                    "warning",
                    fix=wrap,
                )
                yield _Node(self.reader, pointer, {"condition": item}, "")
            else:
                self.reader._wrong_type(pointer, item, "an object", wrap)

    def members(self, field: str, of: Callable[[_Node], T | None]) -> dict[str, T]:
        inner = self.child(field, "object")
        result: dict[str, T] = {}
        for key, item in (inner.value if inner else {}).items():
            pointer = (*self.pointer, field, key)
            self.reader._pattern(_KEY, key, pointer, "a component's name", key=True)
            if not isinstance(item, dict) or is_unquoted(item):
                self.reader._wrong_type(pointer, item, "an object")
            elif "reference" in item:
                self.reader.report("ARZ116", "a component cannot itself be a Reusable Object", pointer)
            elif (read_item := of(_Node(self.reader, pointer, item, ""))) is not None:
                result[key] = read_item
        return result

    @property
    def misspelt(self) -> bool:
        fields = FIELDS[self.object]
        return any(self._near(key) for key in self.value if key not in fields and not key.startswith("x-"))

    def _near(self, key: str) -> str | None:
        fields = FIELDS[self.object]
        absent = [f for f in fields if f not in self.value and self._in_version(f)]
        near = sorted((edit_distance(key, f), f) for f in absent)
        return near[0][1] if near and near[0][0] <= 2 else None

    def _in_version(self, field: str) -> bool:
        return FIELDS[self.object][field] <= self.reader.version

    def known(self) -> None:
        """Report the fields this Object does not have (decision 0: a near miss is an error, all else a warning)."""
        fields = FIELDS[self.object]
        for key in self.value:
            pointer = (*self.pointer, key)
            if key.startswith(_RESERVED):
                self.reader.report(
                    "ARZ123",
                    f"the prefix of '{key}' is reserved for the OpenAPI Initiative",
                    pointer,
                    "choose another name that starts with 'x-'",
                    "warning",
                    key=True,
                )
            if key.startswith("x-") or key in self.extra:
                continue
            if key in fields:
                if not self._in_version(key) and not self.reader.guessed:
                    self.reader.report(
                        "ARZ114",
                        f"'{key}' came with Arazzo 1.1; this document says {self.reader.version}",
                        pointer,
                        "write 'arazzo: 1.1.0'",
                        key=True,
                    )
            elif self.reader.later:
                continue
            elif near := self._near(key):
                self.reader.report(
                    "ARZ113", f"the {self.object} has no field '{key}'", pointer, f"did you mean '{near}'?", key=True
                )
            else:
                hint = did_you_mean(key, [f for f in fields if self._in_version(f)]) or "extensions start with 'x-'"
                self.reader.report(
                    "ARZ112",
                    f"the {self.object} has no field '{key}'; it is ignored",
                    pointer,
                    hint,
                    "warning",
                    key=True,
                )


def _counted(workflows: list[Any]) -> int:
    """The steps of all workflows."""
    listed = (workflow.get("steps") for workflow in workflows if isinstance(workflow, dict))
    return sum(len(steps) for steps in listed if isinstance(steps, list))


def _entries(root: dict[str, Any], field: str) -> list[Any]:
    entries = root.get(field)
    return entries if isinstance(entries, list) else []


def _nearest(written: Any) -> Version | None:
    """The version that something is nearest to which should be one; 1.0 where it says nothing of the kind."""
    match = _LIKE_A_VERSION.fullmatch(str(written))
    if match is None:
        return "1.0"
    if match[1] != "1":
        return None
    return "1.0" if int(match[2] or 0) == 0 else "1.1"


def _shown(value: Any) -> str:
    return repr(value) if isinstance(value, str) else _a(value)


def is_unquoted(value: Any) -> bool:
    """Whether this is what YAML makes of `{$inputs.x}` without quotes (decision 56)."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    name, member = next(iter(value.items()))
    return str(name).startswith("$") and member is None


def _what(pointer: Pointer) -> str:
    """How a message names a value: by its field, an entry of a list by its place in it."""
    if pointer[-1].isdigit() and len(pointer) > 1:
        return f"entry {int(pointer[-1]) + 1} of '{pointer[-2]}'"
    return f"'{pointer[-1]}'"


def _a(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return f"the boolean {str(value).lower()}"
        case int() | float() | Decimal():
            return f"the number {value}"
        case str():
            return "a string"
        case list():
            return "a list"
        case _:
            return "an object"

"""Link: a description becomes a plan, with a Diagnostic for everything that cannot be carried out.

Reusable Objects, operations, workflows and the order of steps are resolved; expressions, conditions and requests are
compiled. One finder: what refuses a run is found here and nowhere else (interface, "What refuses a run").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final, cast

from ..condition import DEFAULT_CONDITIONS, Conditions
from ..diagnostics import Diagnostic, Severity, did_you_mean
from ..document import Registry
from ..errors import DocumentError, RequestError
from ..expression import Reading
from ..location import Location
from ..model import ArazzoDescription, Compat, OperationStep, Text, Workflow, read
from ..openapi import Description
from ..selector import DEFAULT_SELECTORS, Selectors
from ..values import MISSING
from .bundle import bundle
from .findings import Findings
from .inputs import InputsSchema, InvalidSchema
from .objects import (
    Bounds,
    Contract,
    GotoWorkflow,
    LinkedDocument,
    LinkedStep,
    LinkedWorkflow,
    OperationCall,
    Plan,
    Retry,
)
from .operations import Operations
from .sources import Sources, load_referred
from .workflow import WorkflowLinker
from .written import Written, selectors_in

NO_SERVER: Final = "http://mock.invalid"
"""Stands for a server that a run would need a name for, where nothing is sent (RFC 6761, section 6.4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOptions:
    """What the host decides about a link.

    `sources` replaces locations (absolute URIs) and `servers` base URLs, by source name; `server_variables` holds
    OpenAPI server variables by source name. Relative servers of local descriptions are relative to `base_server` (an
    application in process); `default_server` stands in where a description has no usable server (a mock). An
    `analysis_only` plan is not for running: that a server has to be named is a warning there, and with `offline` a
    remote source that is not at hand is left unchecked, an info. `suggest` says where a missing source might be, given
    its name and the operations the workflow needs. Queries of `untrusted` documents
    (None: of those that came by URL) are evaluated in a process of their own, whatever they cost.
    """

    compat: Compat = "auto"
    sources: Mapping[str, str] = field(default_factory=dict)
    servers: Mapping[str, str] = field(default_factory=dict)
    server_variables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    base_server: str | None = None
    default_server: str | None = None
    analysis_only: bool = False
    offline: bool = False
    selectors: Selectors = DEFAULT_SELECTORS
    conditions: Conditions = DEFAULT_CONDITIONS
    bounds: Bounds = field(default_factory=Bounds)
    contract: Contract | None = None
    limit_s: float = 1.0
    untrusted: bool | None = None
    suggest: Callable[[str, tuple[str, ...]], str | None] | None = None


def link(
    description: ArazzoDescription,
    registry: Registry,
    *,
    workflow: str,
    options: LinkOptions | None = None,
    findings: Iterable[Diagnostic] = (),
) -> Plan:
    """The plan of one workflow and all it reaches; `findings` are those of reading the entry document.

    Nothing is raised for what is wrong with a document: `plan.diagnostics` has it, and errors among them refuse a run.
    """
    return link_workflows(description, registry, workflows=(workflow,), options=options, findings=findings)


def link_workflows(
    description: ArazzoDescription,
    registry: Registry,
    *,
    workflows: tuple[str, ...] | None = None,
    options: LinkOptions | None = None,
    findings: Iterable[Diagnostic] = (),
) -> Plan:
    """The plan of several workflows of the entry document; the first is the plan's entry.

    Without `workflows` it is of all, those included that no name can reach: for analysis.
    """
    linker = Linker(description, registry, options or LinkOptions(), tuple(findings))
    if workflows is None:
        return linker.plan(description.workflows)
    named = (description.workflow(workflow_id) for workflow_id in workflows)
    return linker.plan(tuple(workflow for workflow in named if workflow is not None))


class Linker:
    """One link over a set of documents: workflows are linked as they are reached."""

    def __init__(
        self,
        description: ArazzoDescription,
        registry: Registry,
        options: LinkOptions,
        read_findings: tuple[Diagnostic, ...],
    ) -> None:
        self.registry = registry
        self.options = options
        self.findings = Findings()
        self.workflows: dict[str, LinkedWorkflow] = {}
        self.descriptions: dict[str, Description] = {}
        self._documents: dict[str, DocumentLinker] = {}
        self._waiting: list[tuple[DocumentLinker, Workflow, str]] = []
        self._asked: dict[str, Workflow] = {}
        self._read_findings: list[tuple[ArazzoDescription, tuple[Diagnostic, ...]]] = []
        self.entry = self._document(description, read_findings, is_entry=True)

    def plan(self, workflows: tuple[Workflow, ...]) -> Plan:
        keys = [self.reach(self.entry, workflow) for workflow in workflows]
        while self._waiting:
            document, workflow, key = self._waiting.pop(0)
            self.workflows[key] = WorkflowLinker(document, workflow, key).link()
        self._check_dependencies()
        self._keep_reached_findings()
        self.findings.extend(self.registry.notes)
        return Plan(
            entry=keys[0] if keys else "",
            workflows=self.workflows,
            descriptions=self.descriptions,
            diagnostics=self.findings.all(),
            bounds=self.options.bounds,
            contract=self.options.contract,
            has_queries=any(map(_has_queries, self.workflows.values())),
        )

    def reach(self, document: DocumentLinker, workflow: Workflow) -> str:
        """The key of a workflow, which will be linked too."""
        key = document.key(workflow.workflow_id)
        if self._asked.get(key, workflow) is not workflow:
            key += f" at {workflow.location}"  # another one has this id: what there is to find in it is found
        if key not in self._asked:
            self._asked[key] = workflow
            self._waiting.append((document, workflow, key))
        return key

    def arazzo_document(self, sources: Sources, name: str, location: Location) -> DocumentLinker | None:
        """The Arazzo document behind a source of type arazzo."""
        source = sources.get(name, location)
        if source is None:
            return None
        if source.type != "arazzo":
            self.findings.add(
                "ARZ207",
                f"source '{name}' is {source.type} and has no workflows",
                location,
                "declare an Arazzo description as a source of type arazzo",
            )
            return None
        uri = source.document.uri
        if uri not in self._documents:
            try:
                description, findings = read(
                    source.document, compat=self.options.compat, go_on=self.options.analysis_only
                )
            except DocumentError as error:
                self.findings.extend(error.diagnostics)
                return None
            self._document(description, findings)
        return self._documents[uri]

    def _document(
        self, description: ArazzoDescription, findings: tuple[Diagnostic, ...], *, is_entry: bool = False
    ) -> DocumentLinker:
        linker = DocumentLinker(self, description, is_entry=is_entry)
        self._documents[description.document.uri] = linker
        self._read_findings.append((description, findings))
        return linker

    def _check_dependencies(self) -> None:
        """Workflow dependsOn: a cycle can never be satisfied (decision 11)."""
        for key, workflow in self.workflows.items():
            seen, todo = set(), list(workflow.depends_on)
            while todo:
                name = todo.pop()
                if name == key:
                    self.findings.add(
                        "ARZ209",
                        f"workflow '{workflow.workflow_id}' depends on itself",
                        workflow.location,
                        "break the cycle of dependsOn",
                    )
                    break
                if name not in seen:
                    seen.add(name)
                    todo.extend(self.workflows[name].depends_on if name in self.workflows else ())

    def _keep_reached_findings(self) -> None:
        """Structural findings count where the run can get to: errors elsewhere never refuse it."""
        linked = self.findings.all()
        self.findings = Findings()
        for description, findings in self._read_findings:
            prefixes = [
                f"/workflows/{index}"
                for index, workflow in enumerate(_positions(description))
                if workflow is None or self._documents[description.document.uri].key(workflow) in self._asked
            ]
            self.findings.extend(f for f in findings if _counts(f, prefixes))
        self.findings.extend(self.registry.notes)
        self.findings.extend(linked)


def _has_queries(workflow: LinkedWorkflow) -> bool:
    """Whether something in it may take as long as a regular expression or a query may."""
    outputs = [output.written for output in workflow.outputs]
    return any(map(_selects, outputs)) or any(map(_step_has_queries, workflow.steps))


def _step_has_queries(step: LinkedStep) -> bool:
    actions = (*step.success_actions, *step.failure_actions)
    criteria = [*step.criteria, *(criterion for action in actions for criterion in action.criteria)]
    if any(criterion.type != "simple" for criterion in criteria):
        return True
    written = [output.written for output in step.outputs]
    written += [parameter.written for parameter in step.parameters]
    calling = (action for action in actions if isinstance(action, (GotoWorkflow, Retry)))
    written += [each.written for action in calling for each in action.parameters]
    body = step.body if isinstance(step, OperationCall) else None
    if body is not None:
        written += [body.written] if body.written is not None else []
        if any(each.target_type != "jsonpointer" for each in body.replacements):
            return True
        written += [each.written for each in body.replacements]
    return any(map(_selects, written))


def _selects(written: Written) -> bool:
    return any(True for _ in selectors_in(written))


def _for_document(options: LinkOptions, uri: str) -> LinkOptions:
    came_by_url = uri.lower().startswith(("http://", "https://"))
    untrusted = came_by_url if options.untrusted is None else options.untrusted
    return replace(options, selectors=options.selectors.apart()) if untrusted else options


def _positions(description: ArazzoDescription) -> list[str | None]:
    """The workflowIds by place in the document; None where there is none to reach it by."""
    root = description.document.root
    workflows = root.get("workflows") if isinstance(root, dict) else None
    return [
        w.get("workflowId") if isinstance(w, dict) and isinstance(w.get("workflowId"), str) else None
        for w in (workflows if isinstance(workflows, list) else ())
    ]


def _counts(finding: Diagnostic, prefixes: list[str]) -> bool:
    pointer = finding.location.pointer if finding.location else ""
    if not pointer.startswith("/workflows/"):
        return True
    return any(pointer == prefix or pointer.startswith(prefix + "/") for prefix in prefixes)


class DocumentLinker:
    """What the workflows of one document share: its version, its sources, its workflows by id."""

    def __init__(self, linker: Linker, description: ArazzoDescription, *, is_entry: bool) -> None:
        options = _for_document(linker.options, description.document.uri)
        self.linker = linker
        self.options = options
        self.findings = linker.findings
        self.description = description
        self.is_entry = is_entry
        tolerant = options.compat == "lenient" or (options.compat == "auto" and description.version == "1.0")
        self.reading = Reading(version=description.version, tolerant=tolerant)
        self.sources = Sources(
            description,
            linker.registry,
            linker.findings,
            replaced=dict(options.sources) if is_entry else {},
            offline=options.offline,
            suggest=self._suggest,
        )
        self.operations = Operations(self.sources, linker.findings, tolerant=tolerant, compat=options.compat)
        self.inputs: dict[str, InputsSchema] = {}
        self._without_server: set[tuple[str, str]] = set()
        self.linked = LinkedDocument(
            name=description.document.name,
            uri=description.document.uri,
            self_uri=description.document.base_uri if description.self_ else None,
            sources={s.name: _fields(s.name, s.url, s.type) for s in description.source_descriptions},
            workflow_keys={w.workflow_id: self.key(w.workflow_id) for w in description.workflows},
        )

    def key(self, workflow_id: str) -> str:
        """How the plan names a workflow of this document."""
        return workflow_id if self.is_entry else f"{self.description.document.uri}#{workflow_id}"

    def inputs_of(self, workflow: Workflow) -> InputsSchema:
        """The inputs schema of a workflow, self-contained; one that cannot be read accepts anything."""
        known = self.inputs.get(workflow.workflow_id)
        if known is None:
            try:
                known = self._bundled(workflow)
            except DocumentError:
                known = InputsSchema.of_names(workflow.inputs.value if workflow.inputs else MISSING)
            self.inputs[workflow.workflow_id] = known
        return known

    def checked_inputs(self, workflow: Workflow) -> InputsSchema:
        """`inputs_of` a workflow that may run: what is wrong with the schema is a finding."""
        try:
            schema = self._bundled(workflow)
            schema.check()
        except DocumentError as error:
            self.findings.add("ARZ219", error.message, error.location or self._fault_at(workflow, error), error.hint)
            schema = InputsSchema.of_names(workflow.inputs.value if workflow.inputs else MISSING)
        self.inputs[workflow.workflow_id] = schema
        return schema

    def _fault_at(self, workflow: Workflow, error: DocumentError) -> Location:
        """The keyword that is wrong, as far as it stands in the inputs themselves."""
        if workflow.inputs is None:
            return workflow.location
        path = error.path if isinstance(error, InvalidSchema) else ()
        return self.description.document.location((*workflow.inputs.pointer, *path))

    def _bundled(self, workflow: Workflow) -> InputsSchema:
        raw = workflow.inputs
        if raw is None:
            return InputsSchema(MISSING)
        document = self.description.document
        load = partial(load_referred, self.linker.registry, document.uri)
        return InputsSchema(bundle(raw.value, raw.pointer, document, load))

    def workflow(self, text: Text) -> tuple[DocumentLinker, Workflow] | None:
        """The workflow a workflowId means: local, or `$sourceDescriptions.<name>.<workflowId>`."""
        value = text.value
        if not value.startswith("$"):
            return self._named(value, text.location)
        prefix = "$sourceDescriptions."
        name, dot, workflow_id = value.removeprefix(prefix).partition(".")
        if not value.startswith(prefix) or not dot:
            self.findings.add(
                "ARZ207", f"'{value}' names no workflow", text.location, "write $sourceDescriptions.<name>.<workflowId>"
            )
            return None
        other = self.linker.arazzo_document(self.sources, name, text.location)
        return other._named(workflow_id, text.location) if other else None

    def _named(self, workflow_id: str, location: Location) -> tuple[DocumentLinker, Workflow] | None:
        workflow = self.description.workflow(workflow_id)
        if workflow is None:
            ids = [w.workflow_id for w in self.description.workflows]
            hint = did_you_mean(workflow_id, ids) or f"workflows: {', '.join(ids)}"
            self.findings.add("ARZ207", f"no workflow is named '{workflow_id}'", location, hint)
            return None
        return self, workflow

    def server(self, source_name: str) -> str | None:
        """The base URL the host put in place of a source's servers."""
        servers = self.options.servers
        return servers.get(source_name) or servers.get("")

    def declared_server(self, source_name: str) -> str | None:
        """The base URL that the document puts in their place (Respect's `x-serverUrl`); none for a mock."""
        declared = self.description.source(source_name)
        if declared is None or declared.server_url is None or self.options.default_server is not None:
            return None
        return declared.server_url.value

    def no_server(self, source_name: str, error: RequestError, location: Location) -> None:
        """Once for each source and reason. A plan that is only analysed needs no server: whoever runs it names one."""
        if (source_name, error.message) in self._without_server:
            return
        self._without_server.add((source_name, error.message))
        hint = error.hint or f"name one with -s {source_name}=URL"
        severity: Severity = "warning" if self.options.analysis_only else "error"
        self.findings.add("ARZ217", error.message, location, hint, severity)

    def _suggest(self, source_name: str) -> str | None:
        suggest = self.options.suggest
        if suggest is None:
            return None
        prefix = f"$sourceDescriptions.{source_name}."
        ids = [
            step.operation_id.value.removeprefix(prefix)
            for workflow in self.description.workflows
            for step in workflow.steps
            if isinstance(step, OperationStep) and step.operation_id is not None
        ]
        return suggest(source_name, tuple(dict.fromkeys(i for i in ids if not i.startswith("$"))))


def _fields(name: str, url: str, type_: str | None) -> Mapping[str, str]:
    fields = {"name": name, "url": url}
    if type_ is not None:
        fields["type"] = type_
    return cast("Mapping[str, str]", fields)

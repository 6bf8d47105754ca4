"""Link one workflow: its steps, their requests and criteria, actions and outputs, and the order they run in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar

from ..condition import AlwaysFails, Compiled, ContextSyntaxError, operand_expressions
from ..diagnostics import Fix, Remove, SetText, did_you_mean
from ..errors import LanguageSyntaxError, RequestError
from ..expression import DeclaredNames, Expression, Reading, StatusCode, Tolerated, parts
from ..location import Location
from ..model import (
    NO_VALUE,
    Action,
    ChannelStep,
    Criterion,
    FailureAction,
    OperationStep,
    Output,
    Parameter,
    PayloadReplacement,
    Raw,
    RequestBody,
    Reusable,
    Step,
    SuccessAction,
    Text,
    Workflow,
    WorkflowStep,
)
from ..openapi import Operation, ParameterDeclaration
from ..secrets import is_secret_name
from ..values import JSON, Value
from .findings import rewrite_of
from .objects import (
    End,
    GotoStep,
    GotoWorkflow,
    LinkedAction,
    LinkedBody,
    LinkedCredential,
    LinkedCriterion,
    LinkedOutput,
    LinkedParameter,
    LinkedReplacement,
    LinkedWorkflow,
    ListedStep,
    OperationCall,
    Prerequisite,
    Retry,
    UnlinkedStep,
    WorkflowCall,
)
from .operations import Found
from .order import reachable, topological
from .references import OF_HTTP, WITHOUT_RESPONSE, reads_request, steps_read
from .respect import Given, field_of, found_directly, given_security, is_made, is_open
from .values import ValueReader, is_selector
from .written import Constant, Embedding, Evaluator, Unreadable, Written, compile_written

if TYPE_CHECKING:
    from .link import DocumentLinker

T = TypeVar("T", Parameter, SuccessAction, FailureAction)

_BODILESS = ("GET", "HEAD", "DELETE", "TRACE")


class WorkflowLinker:
    """Links the workflow; what expressions of each step refer to is kept, for the order of steps."""

    def __init__(self, document: DocumentLinker, workflow: Workflow, key: str) -> None:
        self.document = document
        self.workflow = workflow
        self.key = key
        self.findings = document.findings
        self.inputs = document.checked_inputs(workflow)
        self._read_before: dict[str, list[tuple[str, Location]]] = {}
        self._linked_before: tuple[str, ...] | None = None
        self._unplaced: set[str] = set()  # the steps with a parameter of which name or place cannot be read

    def link(self) -> LinkedWorkflow:
        depends_on = tuple(key for text in self.workflow.depends_on if (key := self._workflow_key(text)))
        self._unique(self._parameter_list(self.workflow.parameters), with_in=True)
        listed = self._in_order([self._step(step) for step in self._one_by_one()])
        steps = tuple(step for step in listed if not isinstance(step, UnlinkedStep))
        outputs = self._outputs(self.workflow.outputs, self._reader(()))
        return LinkedWorkflow(
            key=self.key,
            workflow_id=self.workflow.workflow_id,
            summary=self.workflow.summary,
            location=self.workflow.location,
            document=self.document.linked,
            inputs=self.inputs,
            steps=steps,
            listed=tuple(listed),
            positions={step.step_id: index for index, step in enumerate(steps)},
            depends_on=depends_on,
            outputs=outputs,
        )

    # -- steps --------------------------------------------------------------------------------------------------------

    def _step(self, step: Step) -> ListedStep:
        match step:
            case OperationStep():
                return self._operation_step(step)
            case WorkflowStep():
                return self._workflow_step(step)
            case ChannelStep():
                self.document.operations.check_channel(step.channel_path)
                return self._asynchronous(step, "a channel", step.channel_path)

    def _asynchronous(self, step: OperationStep | ChannelStep, what: str, target: Text | None) -> UnlinkedStep:
        self._refuse_async(step.step_id, what, target.location if target else step.location)
        reader = self._reader(())
        for parameter in self._parameter_list(step.parameters):
            reader.value(parameter.value)
        if step.request_body is not None and step.request_body.payload is not None:
            reader.value(step.request_body.payload)
        return self._unlinked(step, target, (), None, self._common(step, reader, reader))

    def _unlinked(
        self,
        step: Step,
        target: Text | None,
        parameters: tuple[LinkedParameter, ...],
        body: LinkedBody | None,
        common: _Parts,
    ) -> UnlinkedStep:
        return UnlinkedStep(**_fields(step, target.value if target else "", parameters, common), body=body)

    def _refuse_async(self, step_id: str, what: str, location: Location) -> None:
        self.findings.add(
            "ARZ211",
            f"step '{step_id}' calls {what} of an AsyncAPI description, which this version does not carry out",
            location,
            "only steps over HTTP and steps that call workflows run",
        )

    def _operation_step(self, step: OperationStep) -> OperationCall | UnlinkedStep:
        found = self._found(step)
        target = step.operation_id or step.operation_path
        if found is not None and found.operation is None:
            return self._asynchronous(step, "an operation", target)
        reader = self._reader(())
        if found is not None and step.action is not None:
            self.findings.add(
                "ARZ211",
                f"step '{step.step_id}' has 'action' but calls an OpenAPI operation",
                step.action.location,
                "remove 'action'",
            )
        if found is not None and step.correlation_id is not None:
            self.findings.add(
                "ARZ211",
                f"step '{step.step_id}' has 'correlationId' but calls an OpenAPI operation",
                step.correlation_id.location,
                "remove 'correlationId'",
            )
        operation = found.operation if found else None
        given = self._given(step, found)
        parameters = self._operation_parameters(step, operation, reader, given)
        body = self._body(step.request_body, operation, reader) if step.request_body else None
        credentials = tuple(self._credential(each, reader) for each in given)
        url = self._open_url(step, reader)
        self._check_roots(reader, "before the step's own call", WITHOUT_RESPONSE)
        common = self._common(step, reader, reader)
        call = None
        if found is not None and operation is not None:
            call = self._call(step, found, operation, parameters, body, common, reader)
        if call is not None and (credentials or url):
            call = replace(call, credentials=credentials, url=url)
        return call or self._unlinked(step, target, parameters, body, common)

    def _found(self, step: OperationStep) -> Found | None:
        if step.direct is not None:
            return found_directly(step, self.workflow.workflow_id, self.document.linked.uri, self.findings)
        return self.document.operations.find(step)

    def _given(self, step: OperationStep, found: Found | None) -> tuple[Given, ...]:
        """The schemes that the workflow and the step have values for."""
        entries = (*self.workflow.security, *step.security)
        if not entries:
            return ()
        name, operation = (found.source.name, found.operation) if found else ("", None)
        return given_security(entries, operation, name, self.document.linked.uri, self.findings)

    def _credential(self, given: Given, reader: ValueReader) -> LinkedCredential:
        values = tuple(self._named(field_of(name), raw, reader) for name, raw in given.entry.values.items())
        return LinkedCredential(requirement=given.requirement, values=values)

    def _open_url(self, step: OperationStep, reader: ValueReader) -> LinkedParameter | None:
        """Where a step goes, if only a run knows."""
        if step.direct is None or not is_open(step.direct):
            return None
        return self._named("url", step.direct.url, reader)

    def _named(self, name: str, raw: Raw, reader: ValueReader) -> LinkedParameter:
        written = reader.value(raw)
        return LinkedParameter(
            name=name, in_="", evaluate=self._compiled(written), written=written, location=raw.location
        )

    def _call(
        self,
        step: OperationStep,
        found: Found,
        operation: Operation,
        parameters: tuple[LinkedParameter, ...],
        body: LinkedBody | None,
        common: _Parts,
        reader: ValueReader,
    ) -> OperationCall | None:
        at = step.operation_id or step.operation_path
        location = at.location if at else step.location
        description = found.source.openapi
        server = self._server(operation, found.source.name, location)
        try:
            builder = operation.builder(tuple((p.name, p.in_) for p in parameters), body.content_type if body else None)
        except RequestError as error:
            if step.step_id not in self._unplaced:
                message = f"step '{step.step_id}' cannot be sent: {error.message}"
                self.findings.add("ARZ222", message, error.location or location, error.hint)
            return None
        if description is not None:
            self.document.linker.descriptions.setdefault(self._source_key(found.source.name), description)
        documents = (found.source.document, operation.node.document)  # a path may be in another one
        by_url = any(document.uri.startswith(("http:", "https:")) for document in documents)
        return OperationCall(
            **_fields(step, f"{operation.method} {operation.path}", parameters, common),
            operation=operation,
            builder=builder,
            body=body,
            server=server,
            source=found.source.name,
            remote=by_url and self.document.server(found.source.name) is None,
            reads_request=any(reads_request(e) for e, _ in reader.references),
        )

    def _source_key(self, name: str) -> str:
        return name if self.document.is_entry else f"{self.document.linked.uri}#{name}"

    def _server(self, operation: Operation, source: str, location: Location) -> str:
        options = self.document.options
        variables = {**options.server_variables.get("", {}), **options.server_variables.get(source, {})}
        override = None
        if not is_made(source):
            override = self.document.server(source) or self.document.declared_server(source)
        try:
            return operation.server_url(override, variables, base=options.base_server)
        except RequestError as error:
            if options.default_server is not None:
                return options.default_server
            self.document.no_server(source, error, location)
            return ""

    def _workflow_step(self, step: WorkflowStep) -> WorkflowCall | UnlinkedStep:
        found = self.document.workflow(step.workflow_id)
        before = self._reader(())
        child_outputs = tuple(o.name for o in found[1].outputs) if found else None
        after = self._reader(child_outputs, of_workflow=True)
        child_inputs = found[0].inputs_of(found[1]).properties if found else {}
        parameters = self._workflow_parameters(step, child_inputs, before)
        if step.request_body is not None:
            self.findings.add(
                "ARZ216",
                "a step that calls a workflow sends no requestBody; it is ignored",
                step.request_body.location,
                None,
                "warning",
            )
        common = self._common(step, before, after)
        self._check_roots(before, "before the step's own call", WITHOUT_RESPONSE)
        self._check_roots(after, "on a step that calls a workflow", OF_HTTP)
        self._note_status_code(after)
        if found is None:
            return self._unlinked(step, step.workflow_id, parameters, None, common)
        child, workflow = found
        return WorkflowCall(
            **_fields(step, workflow.workflow_id, parameters, common),
            workflow=self.document.linker.reach(child, workflow),
        )

    def _common(self, step: Step, before: ValueReader, after: ValueReader) -> _Parts:
        """What every step has; `before` compiles what is read before the call, `after` the rest."""
        self._note_reads(step.step_id, before.references, own=False)
        seen = len(after.references)
        criteria = tuple(self._criterion(c, after) for c in step.success_criteria)
        outputs = self._outputs(step.outputs, after)
        success = self._actions(step.on_success, self.workflow.success_actions, "successActions", after)
        failure = self._actions(step.on_failure, self.workflow.failure_actions, "failureActions", after)
        self._note_reads(step.step_id, after.references[seen if after is before else 0 :], own=True)
        return _Parts(criteria, outputs, success, failure, self._prerequisites(step))

    def _check_roots(self, reader: ValueReader, where: str, roots: tuple[type, ...]) -> None:
        """Roots that can have no value where they stand (decisions 15, 17, 63)."""
        for expression, location in reader.references:
            for part in parts(expression):
                if isinstance(part, roots):
                    hint = "keep it as an output of the step that has it, and read $steps.<stepId>.outputs.<name>"
                    self.findings.add("ARZ306", f"{part} has no value {where}", location, hint)

    def _note_status_code(self, reader: ValueReader) -> None:
        """`$statusCode` of a step that calls a workflow: its last operation's, where tolerated (decision 15)."""
        for expression, location in reader.references:
            if not any(isinstance(part, StatusCode) for part in parts(expression)):
                continue
            if self.document.reading.tolerant:
                self.findings.add(
                    "ARZ513",
                    "$statusCode on a step that calls a workflow is read as the status of the child's last operation",
                    location,
                    "write instead: map it to an output of the child",
                    "warning",
                )
            else:
                self.findings.add(
                    "ARZ306",
                    "$statusCode has no value on a step that calls a workflow",
                    location,
                    "map it to an output of the child workflow",
                )

    def _note_reads(self, step_id: str, references: list[tuple[Expression, Location]], *, own: bool) -> None:
        noted = self._read_before.setdefault(step_id, [])
        for expression, location in references:
            noted.extend((other, location) for other in steps_read(expression) if not (own and other == step_id))

    def _prerequisites(self, step: Step) -> tuple[Prerequisite, ...]:
        return tuple(p for text in step.depends_on if (p := self._prerequisite(text)) is not None)

    def _prerequisite(self, text: Text) -> Prerequisite | None:
        """`stepId`, `$workflows.<id>.steps.<stepId>` or `$sourceDescriptions.<n>.<id>.steps.<stepId>` (decision 12)."""
        value = text.value
        if not value.startswith("$"):
            return self._known_step(self.workflow, value, None, text.location)
        workflow, dot, step_id = value.rpartition(".steps.")
        if value.startswith("$workflows.") and dot:
            workflow = workflow.removeprefix("$workflows.")
        elif not (value.startswith("$sourceDescriptions.") and dot):
            hint = "write the stepId, or $workflows.<workflowId>.steps.<stepId>"
            self.findings.add("ARZ209", f"'{value}' names no step", text.location, hint)
            return None
        found = self.document.workflow(Text(workflow, text.location))
        if found is None:
            return None
        return self._known_step(found[1], step_id, found[0].key(found[1].workflow_id), text.location)

    def _known_step(self, workflow: Workflow, step_id: str, key: str | None, location: Location) -> Prerequisite | None:
        ids = [s.step_id for s in workflow.steps]
        if step_id not in ids:
            self.findings.add(
                "ARZ209",
                f"dependsOn names the step '{step_id}', which '{workflow.workflow_id}' does not have",
                location,
                did_you_mean(step_id, ids) or f"steps: {', '.join(ids)}",
            )
            return None
        return Prerequisite(step_id=step_id, workflow=key, location=location)

    # -- order --------------------------------------------------------------------------------------------------------

    def _in_order(self, steps: list[ListedStep]) -> list[ListedStep]:
        """List order; with dependsOn a stable topological order; a forward reference otherwise is an error."""
        ids = [step.step_id for step in steps]
        if not any(step.depends_on for step in self.workflow.steps):
            self._check_forward_references(ids, steps)
            return steps
        before = {
            step.step_id: [p.step_id for p in step.depends_on if p.workflow in (None, self.key)]
            + [other for other, _ in self._read_before.get(step.step_id, ()) if other != step.step_id]
            for step in steps
        }
        order, cycle = topological(ids, before)
        if cycle:
            self.findings.add(
                "ARZ209",
                f"the steps {', '.join(cycle)} wait for each other",
                self.workflow.location,
                "break the cycle of dependsOn and references to outputs",
            )
        by_id = {step.step_id: step for step in steps}
        return [by_id[name] for name in order]

    def _check_forward_references(self, ids: list[str], steps: list[ListedStep]) -> None:
        edges = {step.step_id: _successors(step, ids) for step in steps}
        after = {step_id: reachable(step_id, edges) for step_id in ids}
        for step_id in ids:
            for other, location in self._read_before.get(step_id, ()):
                if other in after and step_id not in after[other]:
                    what = "itself" if other == step_id else f"'{other}', which runs later"
                    self.findings.add(
                        "ARZ303",
                        f"step '{step_id}' reads an output of {what}",
                        location,
                        f"move '{other}' before it" if other != step_id else None,
                    )

    # -- names --------------------------------------------------------------------------------------------------------

    def _one_by_one(self) -> Iterator[Step]:
        """The steps to link; meanwhile those before the current one are what a wrong name may mean."""
        for index, step in enumerate(self.workflow.steps):
            self._linked_before = tuple(s.step_id for s in self.workflow.steps[:index])
            yield step
        self._linked_before = None

    @cached_property
    def _declared_outputs(self) -> Mapping[str, tuple[str, ...]]:
        return {s.step_id: tuple(o.name for o in s.outputs) for s in self.workflow.steps}

    def _reader(self, outputs: Collection[str] | None, *, of_workflow: bool = False) -> ValueReader:
        names = DeclaredNames(
            inputs=self.inputs.declared,
            outputs=outputs,
            steps=self._declared_outputs,
            likely_steps=self._linked_before,
            workflows={
                w.workflow_id: (self.document.inputs_of(w).declared, tuple(o.name for o in w.outputs))
                for w in self.document.description.workflows
            },
            sources=tuple(self.document.linked.sources),
        )
        return ValueReader(
            self.document.description.document,
            self.document.reading,
            names,
            self.document.options.selectors,
            self.findings,
            self.document.options.limit_s,
        )

    def _compiled(self, written: Written) -> Evaluator:
        options = self.document.options
        return compile_written(written, options.selectors, options.limit_s)

    def _workflow_key(self, text: Text) -> str | None:
        found = self.document.workflow(text)
        return self.document.linker.reach(*found) if found else None

    # -- Reusable Objects ---------------------------------------------------------------------------------------------

    def _component(self, reusable: Reusable, kind: str, of: Mapping[str, T]) -> T | None:
        """The component a Reusable Object refers to; it has to be of the list's own kind (decision 46)."""
        text = reusable.reference.value
        prefix = f"$components.{kind}."
        name = text.removeprefix(prefix)
        if not text.startswith(prefix) or name not in of:
            known = ", ".join(f"{prefix}{key}" for key in of) or "none"
            hint = did_you_mean(text, [prefix + key for key in of]) or f"there are: {known}"
            self.findings.add(
                "ARZ208", f"'{text}' is none of the {kind} in components", reusable.reference.location, hint
            )
            return None
        return of[name]

    def _parameter_list(self, items: tuple[Parameter | Reusable, ...]) -> list[Parameter]:
        components = self.document.description.components.parameters
        result = []
        for item in items:
            if isinstance(item, Parameter):
                result.append(item)
            elif (parameter := self._component(item, "parameters", components)) is not None:
                value = item.value or parameter.value
                result.append(Parameter(name=parameter.name, in_=parameter.in_, value=value, location=item.location))
        return result

    # -- parameters ---------------------------------------------------------------------------------------------------

    def _operation_parameters(
        self, step: OperationStep, operation: Operation | None, reader: ValueReader, given: tuple[Given, ...]
    ) -> tuple[LinkedParameter, ...]:
        """A place that `x-security` fills is no parameter's, as Respect has it."""
        own, shared = self._parameter_list(step.parameters), self._parameter_list(self.workflow.parameters)
        self._unique(own, with_in=True)
        keys = {_key(p) for p in own}
        places = {each.place for each in given}
        merged = [p for p in shared if _key(p) not in keys] + own
        merged = [p for p in merged if _key(p) not in places]
        declaring = operation if step.direct is None else None  # nothing describes what x-operation takes
        linked = [self._located(p, declaring, reader) for p in merged if self._has_place(p, step, reader)]
        self._check_query(linked)
        return tuple(linked)

    def _has_place(self, parameter: Parameter, step: OperationStep, reader: ValueReader) -> bool:
        if not parameter.name or not parameter.in_:
            reader.value(parameter.value)
            self._unplaced.add(step.step_id)
        if parameter.in_ == "channel":
            self.findings.add(
                "ARZ213", f"parameter '{parameter.name}': 'channel' is a place of AsyncAPI steps", parameter.location
            )
        if parameter.in_ is None and (parameter.name or parameter.value is not NO_VALUE):
            name = f"parameter '{parameter.name}'" if parameter.name else "a parameter"
            self.findings.add(
                "ARZ213",
                f"{name} of step '{step.step_id}' has no 'in'",
                parameter.location,
                "add in: path, query, header or cookie",
            )
        return bool(parameter.name and parameter.in_)

    def _located(self, parameter: Parameter, operation: Operation | None, reader: ValueReader) -> LinkedParameter:
        in_ = parameter.in_ or ""
        declared = _declaration(operation, parameter.name, in_) if operation else None
        if operation is not None and declared is None and not _goes_without_saying(operation, in_, parameter.name):
            self._undeclared(parameter, operation)
        written = reader.value(parameter.value)
        return LinkedParameter(
            name=parameter.name,
            in_=in_,
            evaluate=self._compiled(written),
            written=written,
            location=parameter.location,
            required=in_ == "path" or bool(declared and declared.required),
        )

    def _undeclared(self, parameter: Parameter, operation: Operation) -> None:
        """Sent all the same (decision 43), except in a path that has no place for it."""
        names = [declared.name for declared in operation.parameters if declared.in_ == parameter.in_]
        lost = parameter.in_ == "path" and f"{{{parameter.name}}}" not in operation.path
        self.findings.add(
            "ARZ212",
            f"{operation.method} {operation.path} declares no {parameter.in_} parameter '{parameter.name}'"
            + ("" if lost else "; it is sent all the same"),
            parameter.location,
            did_you_mean(parameter.name, names),
            "warning",
        )

    def _check_query(self, parameters: list[LinkedParameter]) -> None:
        whole = [p for p in parameters if p.in_ == "querystring"]
        if whole and any(p.in_ == "query" for p in parameters):
            self.findings.add(
                "ARZ214",
                "querystring is the whole query; query parameters cannot stand beside it",
                whole[0].location,
                "keep one of them",
            )

    def _unique(self, parameters: list[Parameter], *, with_in: bool) -> None:
        seen: dict[object, Location] = {}
        for parameter in parameters:
            key = _key(parameter) if with_in else parameter.name
            if not parameter.name or (with_in and parameter.in_ == ""):
                continue  # reading has said what is wrong with it
            if key in seen:
                place = f" in {parameter.in_}" if with_in and parameter.in_ else ""
                self.findings.add(
                    "ARZ218",
                    f"duplicate parameter '{parameter.name}'{place}",
                    parameter.location,
                    f"first at {seen[key]}",
                )
            seen.setdefault(key, parameter.location)

    def _workflow_parameters(
        self, step: WorkflowStep, declared: Mapping[str, object], reader: ValueReader
    ) -> tuple[LinkedParameter, ...]:
        own, shared = self._parameter_list(step.parameters), self._parameter_list(self.workflow.parameters)
        self._unique(own, with_in=False)
        self._warn_of_places(own)
        names = {p.name for p in own}
        shared = [p for p in shared if p.name not in names and (p.in_ is None or p.name in declared)]
        return self._inputs_of(shared + own, reader)

    def _inputs_of(self, parameters: list[Parameter], reader: ValueReader) -> tuple[LinkedParameter, ...]:
        linked = []
        for parameter in parameters:
            written = reader.value(parameter.value)
            evaluate = self._compiled(written)
            if not parameter.name:
                continue
            linked.append(
                LinkedParameter(
                    name=parameter.name, in_="", evaluate=evaluate, written=written, location=parameter.location
                )
            )
        return tuple(linked)

    # -- the body -----------------------------------------------------------------------------------------------------

    def _body(self, body: RequestBody, operation: Operation | None, reader: ValueReader) -> LinkedBody:
        if operation is not None:
            self._check_body(body, operation)
        payload = body.payload
        content_type = body.content_type.value if body.content_type else None
        written = reader.value(payload) if payload else None
        return LinkedBody(
            content_type=content_type,
            evaluate=self._compiled(written) if written else None,
            written=written,
            literal=payload is not None and reader.is_literal_text(payload.value),
            replacements=tuple(
                linked
                for r in body.replacements
                if (linked := self._replacement(r, _media_type(content_type, operation), payload is None, reader))
            ),
            location=body.location,
            parse_text=_is_json(_media_type(content_type, operation)),
        )

    def _check_body(self, body: RequestBody, operation: Operation) -> None:
        if operation.method in _BODILESS:
            self.findings.add(
                "ARZ215",
                f"{operation.method} has no defined meaning for a request body; it is sent",
                body.location,
                None,
                "warning",
            )
        elif operation.request_body is None:
            self.findings.add(
                "ARZ215",
                f"{operation.method} {operation.path} declares no request body; it is sent",
                body.location,
                None,
                "warning",
            )

    def _replacement(
        self, replacement: PayloadReplacement, media_type: str, from_nothing: bool, reader: ValueReader
    ) -> LinkedReplacement | None:
        kind = replacement.target_selector_type
        type_ = kind.type if kind else _default_selector(media_type)
        version = kind.version if kind else None
        if replacement.target is None or type_ == "":
            reader.value(replacement.value)
            return None
        if type_ is None:
            reader.value(replacement.value)
            self.findings.add(
                "ARZ403",
                f"the target of a replacement in {media_type} needs a targetSelectorType",
                replacement.location,
                "add targetSelectorType: jsonpointer, jsonpath or xpath",
            )
            return None
        selectors = self.document.options.selectors
        written = reader.value(replacement.value)
        try:
            selector = selectors.compile(
                type_, version, replacement.target.value, limit_s=self.document.options.limit_s
            )
        except LanguageSyntaxError as error:
            self.findings.syntax("ARZ402", error, replacement.target.location)
            return None

        def apply(payload: Value, value: JSON) -> Value:
            if from_nothing and type_ == "jsonpointer":
                return selector.set(payload, value, create_parents=True)
            return selector.set(payload, value)

        return LinkedReplacement(
            apply=apply,
            evaluate=self._compiled(written),
            target=replacement.target.value,
            target_type=type_,
            written=written,
            location=replacement.location,
        )

    # -- criteria, actions, outputs -----------------------------------------------------------------------------------

    def _criterion(self, criterion: Criterion, reader: ValueReader) -> LinkedCriterion:
        if not criterion.readable:
            return self._unreadable(criterion, reader)
        kind, version = (criterion.type.type, criterion.type.version) if criterion.type else ("simple", None)
        context = criterion.context.value if criterion.context else None
        compiled = self._condition(criterion, kind, version, context, reader, self.document.reading)
        self._tolerated(compiled.tolerated, criterion, criterion.condition)
        if criterion.context:
            self._tolerated(compiled.context_tolerated, criterion, criterion.context)
        for problem in self._problems_of(compiled, criterion, kind, version, reader):
            self._problem(problem, criterion, self._as_meant(criterion, kind, version, context, reader))
        reads = operand_expressions(compiled.condition)
        reader.references.extend((expression, criterion.condition.location) for expression in reads)
        return LinkedCriterion(
            condition=compiled.condition,
            text=criterion.condition.value,
            context=context,
            type=kind,
            location=criterion.condition.location,
        )

    def _problems_of(
        self, compiled: Compiled, criterion: Criterion, kind: str, version: str | None, reader: ValueReader
    ) -> tuple[LanguageSyntaxError, ...]:
        """What is wrong with a criterion: a context outside the grammar hides nothing of the condition."""
        if not any(isinstance(problem, ContextSyntaxError) for problem in compiled.problems):
            return compiled.problems
        other = self._condition(criterion, kind, version, "$response.body", reader, self.document.reading)
        return tuple(dict.fromkeys((*compiled.problems, *other.problems)))

    def _unreadable(self, criterion: Criterion, reader: ValueReader) -> LinkedCriterion:
        """A criterion without a condition that could be compiled: reading has said so; its context is looked at."""
        text, context = criterion.condition, criterion.context
        if context is not None:
            some = replace(criterion, condition=Text("", text.location))
            for problem in self._condition(some, "regex", None, context.value, reader, self.document.reading).problems:
                self._problem(problem, criterion, None)
        return LinkedCriterion(
            condition=AlwaysFails(LanguageSyntaxError("the criterion cannot be read")),
            text=text.value,
            context=context.value if context else None,
            type=criterion.type.type if criterion.type else "simple",
            location=text.location,
        )

    def _tolerated(self, forms: tuple[Tolerated, ...], criterion: Criterion, text: Text) -> None:
        self.findings.tolerated(forms, text.location, partial(_fix, criterion, text))

    def _as_meant(
        self, criterion: Criterion, kind: str, version: str | None, context: str | None, reader: ValueReader
    ) -> Compiled | None:
        """What a tolerant reading makes of a criterion that the exact one refuses; None where it refuses it too."""
        reading = self.document.reading
        if reading.tolerant:
            return None
        meant = self._condition(criterion, kind, version, context, reader, replace(reading, tolerant=True))
        return None if meant.problems else meant

    def _condition(
        self,
        criterion: Criterion,
        kind: str,
        version: str | None,
        context: str | None,
        reader: ValueReader,
        reading: Reading,
    ) -> Compiled:
        try:
            return self.document.options.conditions.compile(
                kind,
                version,
                criterion.condition.value,
                context,
                reading=reading,
                names=reader.names,
                selectors=self.document.options.selectors,
                limit_s=self.document.options.limit_s,
            )
        except LanguageSyntaxError as error:
            return Compiled(AlwaysFails(error), problems=(error,))

    def _problem(self, problem: LanguageSyntaxError, criterion: Criterion, meant: Compiled | None) -> None:
        text, forms = criterion.condition, meant.tolerated if meant else ()
        if isinstance(problem, ContextSyntaxError):
            if criterion.context is None:
                return  # reading the document has said so
            text, forms = criterion.context, meant.context_tolerated if meant else ()
        fix = next((fix for form in forms if (fix := _fix(criterion, text, form))), None)
        self.findings.syntax("ARZ401", problem, text.location, fix)

    def _outputs(self, outputs: tuple[Output, ...], reader: ValueReader) -> tuple[LinkedOutput, ...]:
        return tuple(self._output(output, reader) for output in outputs)

    def _output(self, output: Output, reader: ValueReader) -> LinkedOutput:
        value = output.value
        if self._is_no_output(value.value, reader):
            self.findings.add(
                "ARZ304",
                f"the output '{output.name}' is an object, and no Selector Object",
                output.location,
                "an output is an expression, or an object of exactly context, selector and type",
            )
            written: Written = Unreadable(None, output.location)
        else:
            written = reader.value(value)
        what = self._unusual(written)
        if what:
            self.findings.add(
                "ARZ304",
                f"the output '{output.name}' is {what}, not an expression; it is kept as it is",
                output.location,
                None,
                "warning",
            )
        return LinkedOutput(
            name=output.name,
            evaluate=self._compiled(written),
            text=_shown(value.value),
            written=written,
            location=output.location,
        )

    def _unusual(self, written: Written) -> str | None:
        """What an output is that is no expression (decision 57); what can be none is a finding of reading."""
        match written:
            case Constant(value=str()):
                return "a text"
            case Constant(value=None | bool() | int() | float() | Decimal()):
                return "a constant"
            case Embedding():
                return "a text with embedded expressions"
            case _:
                return None

    def _is_no_output(self, value: object, reader: ValueReader) -> bool:
        """Whether an output of a 1.1 document is an object other than a Selector Object; the text allows no literal."""
        return (
            self.document.reading.version == "1.1"
            and isinstance(value, dict)
            and not reader.is_unquoted(value)
            and not is_selector(value, "1.1")
        )

    def _actions(
        self,
        own: tuple[SuccessAction | Reusable, ...] | tuple[FailureAction | Reusable, ...],
        shared: tuple[SuccessAction | Reusable, ...] | tuple[FailureAction | Reusable, ...],
        kind: str,
        reader: ValueReader,
    ) -> tuple[LinkedAction, ...]:
        """The step's actions first, then the workflow's that no step action overrides by name (decision 3)."""
        own_actions, shared_actions = self._action_list(own, kind), self._action_list(shared, kind)
        names = {a.name for a in own_actions if a.name}
        merged = own_actions + [a for a in shared_actions if a.name not in names]
        return tuple(linked for action in merged if (linked := self._action(action, reader)) is not None)

    def _action_list(
        self, items: tuple[SuccessAction | Reusable, ...] | tuple[FailureAction | Reusable, ...], kind: str
    ) -> list[Action]:
        components = self.document.description.components
        of: Mapping[str, Action] = (
            components.success_actions if kind == "successActions" else components.failure_actions
        )
        result: list[Action] = []
        for item in items:
            if not isinstance(item, Reusable):
                result.append(item)
            elif (action := self._component(item, kind, of)) is not None:  # type: ignore[type-var]
                result.append(action)
        self._unique_actions(result, items)
        return result

    def _unique_actions(self, actions: list[Action], items: tuple[object, ...]) -> None:
        seen: set[str] = set()
        for action in actions:
            if action.name and action.name in seen and any(isinstance(i, Reusable) for i in items):
                self.findings.add("ARZ118", f"duplicate action '{action.name}'", action.location)
            seen.add(action.name)

    def _action(self, action: Action, reader: ValueReader) -> LinkedAction | None:
        criteria = tuple(self._criterion(c, reader) for c in action.criteria)
        step_id = self._target_step(action.step_id) if action.step_id else None
        workflow = self._workflow_key(action.workflow_id) if action.workflow_id else None
        inputs = self._action_inputs(action, reader)
        if action.type == "end":
            return End(name=action.name, criteria=criteria, location=action.location)
        if action.type == "retry":
            return Retry(
                name=action.name,
                criteria=criteria,
                location=action.location,
                retry_after=action.retry_after,
                retry_limit=action.retry_limit,
                step_id=step_id,
                workflow=workflow,
                parameters=inputs,
            )
        if step_id is not None:
            return GotoStep(name=action.name, criteria=criteria, location=action.location, step_id=step_id)
        if workflow is not None:
            return GotoWorkflow(
                name=action.name, criteria=criteria, location=action.location, workflow=workflow, parameters=inputs
            )
        return None

    def _action_inputs(self, action: Action, reader: ValueReader) -> tuple[LinkedParameter, ...]:
        """The parameters of an action are inputs of its workflow: by name, whatever a component's `in` says."""
        parameters = self._parameter_list(action.parameters)
        self._unique(parameters, with_in=False)
        if any(isinstance(item, Reusable) for item in action.parameters):
            self._warn_of_places(parameters)
        return self._inputs_of(parameters, reader)

    def _warn_of_places(self, parameters: list[Parameter]) -> None:
        for parameter in parameters:
            if parameter.in_ is not None:
                self.findings.add(
                    "ARZ216",
                    f"'in' has no meaning for the workflow input '{parameter.name}'",
                    parameter.location,
                    "remove it",
                    "warning",
                )

    def _target_step(self, text: Text) -> str | None:
        ids = [s.step_id for s in self.workflow.steps]
        if text.value in ids:
            return text.value
        step_id = text.value.removeprefix("$steps.")
        hint = did_you_mean(step_id, ids) or f"steps: {', '.join(ids)}"
        self.findings.add(
            "ARZ210", f"no step of '{self.workflow.workflow_id}' is named '{text.value}'", text.location, hint
        )
        return None


def _fix(criterion: Criterion, text: Text, form: Tolerated) -> Fix | None:
    """The rewrite of a form that a criterion has in a text, its condition or its context."""
    without = tuple(Remove(part.location) for part in (criterion.context, criterion.type) if part is not None)
    match form.form:
        case "bare-comparison":
            return Fix((SetText(text.location, form.rewrite), *without)) if form.rewrite else None
        case "unused-context":
            return Fix(without) if without else None
        case _:
            return rewrite_of(form, text.location)


@dataclass(frozen=True, slots=True)
class _Parts:
    criteria: tuple[LinkedCriterion, ...]
    outputs: tuple[LinkedOutput, ...]
    success: tuple[LinkedAction, ...]
    failure: tuple[LinkedAction, ...]
    depends_on: tuple[Prerequisite, ...]


def _fields(step: Step, target: str, parameters: tuple[LinkedParameter, ...], common: _Parts) -> dict[str, Any]:
    """What every linked step has."""
    return {
        "step_id": step.step_id,
        "location": step.location,
        "description": step.description,
        "target": target,
        "criteria": common.criteria,
        "outputs": common.outputs,
        "success_actions": common.success,
        "failure_actions": common.failure,
        "timeout": None if step.timeout is None else step.timeout / 1000,
        "depends_on": common.depends_on,
        "parameters": parameters,
    }


def _shown(value: object) -> str:
    """An output's value as messages name it: its text, or a Selector Object's query."""
    if isinstance(value, dict) and "selector" in value and "context" in value:
        return f"{value['selector']} in {value['context']}"
    return str(value)


def _key(parameter: Parameter) -> tuple[str | None, str]:
    name = parameter.name.lower() if parameter.in_ == "header" else parameter.name
    return parameter.in_, name


def _goes_without_saying(operation: Operation, in_: str, name: str) -> bool:
    """Whether an undeclared parameter is none to wonder at: a credential, a header that is said elsewhere."""
    return operation.is_implied(in_, name) or (in_ == "header" and is_secret_name(name))


def _declaration(operation: Operation, name: str, in_: str) -> ParameterDeclaration | None:
    for declared in operation.parameters:
        if declared.in_ == in_ and (
            declared.name == name or (in_ == "header" and declared.name.lower() == name.lower())
        ):
            return declared
        if in_ == declared.in_ == "querystring":
            return declared
    return None


def _successors(step: ListedStep, ids: list[str]) -> list[str]:
    """The steps that can follow: the next one, and the targets of goto and retry."""
    index = ids.index(step.step_id)
    targets = ids[index + 1 : index + 2]
    for action in (*step.success_actions, *step.failure_actions):
        if isinstance(action, GotoStep) or (isinstance(action, Retry) and action.step_id):
            targets.append(str(action.step_id))
        if isinstance(action, Retry):
            targets.append(step.step_id)
    return targets


def _media_type(content_type: str | None, operation: Operation | None) -> str:
    if content_type:
        return content_type.partition(";")[0].strip().lower()
    body = operation.request_body if operation else None
    declared = list(body.media_types) if body else []
    if "application/json" in declared or not declared:
        return "application/json"
    return declared[0].partition(";")[0].strip().lower()


def _is_json(media_type: str) -> bool:
    return media_type == "application/json" or media_type.endswith("+json")


def _default_selector(media_type: str) -> str | None:
    """JSON Pointer for JSON and forms, XPath for XML (Payload Replacement Object; decision 45)."""
    if _is_json(media_type) or media_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return "jsonpointer"
    if media_type in ("application/xml", "text/xml") or media_type.endswith("+xml"):
        return "xpath"
    return None

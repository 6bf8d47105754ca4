"""Credentials in URLs, connections without encryption, operations without a credential, secrets nobody marked.

Arazzo 1.1.0, "Security Considerations"; decision 47.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from ...diagnostics import Diagnostic, Severity
from ...expression import (
    BodyReference,
    Expression,
    InputsReference,
    OutputsReference,
    Response,
    StepsReference,
    WorkflowsReference,
    parts,
)
from ...messages import Security, SecurityRequirement
from ...openapi import advice
from ...plan import LinkedParameter, OperationCall, WorkflowCall, Written, expressions_in
from ...secrets import is_secret_name
from ...values import JSON
from ..registry import rule
from ..subject import StepSubject, Subject, WorkflowSubject, finding

_RESERVED: Final = re.compile(r"(?:^|\.)(?:localhost|test|example|invalid|example\.(?:com|net|org))$")


@rule("ARZ702")
def credential_in_url(subject: Subject) -> Iterator[Diagnostic]:
    """A URL is kept in logs and histories; where the API declares the parameter, that is its choice (RFC 6750, 2.3)."""
    for workflow in subject.workflows:
        for step in workflow.steps:
            if isinstance(step.step, WorkflowCall):
                continue
            for parameter in step.step.parameters:
                if parameter.in_ in ("query", "querystring", "path") and _is_credential(parameter, workflow):
                    yield _in_url(parameter, step)


def _in_url(parameter: LinkedParameter, step: StepSubject) -> Diagnostic:
    message = f"a credential is sent in the URL, as the {parameter.in_} parameter '{parameter.name}'"
    if step.call is not None and not _is_declared(parameter, step.call):
        return finding("ARZ702", message, parameter.location, "send it in a header, or in the body")
    hint = "the operation wants it there; keep the URL out of logs"
    if step.call is None:
        hint = "send it in a header or in the body, if the API takes it there"
    elif other := _way_outside_the_url(parameter, step.call):
        hint = f"the operation also takes '{other}', which is not in the URL"
    return finding("ARZ702", message, parameter.location, hint, severity="info")


def _is_credential(parameter: LinkedParameter, workflow: WorkflowSubject) -> bool:
    expressions = [expression for expression, _ in expressions_in(parameter.written)]
    if not expressions:
        return False
    return is_secret_name(parameter.name) or any(_holds_secret(e, workflow) for e in expressions)


def _holds_secret(expression: Expression, workflow: WorkflowSubject) -> bool:
    """Whether an expression reads what is a secret by its name or its format."""
    for part in parts(expression):
        match part:
            case InputsReference(name=name):
                schema = workflow.linked.inputs.properties.get(name)
                marked = isinstance(schema, dict) and schema.get("format") == "password"
                pointer = part.pointer
            case StepsReference(output_name=name) | WorkflowsReference(name=name) | OutputsReference(name=name):
                marked, pointer = False, part.pointer
            case Response(source=BodyReference(pointer=pointer)):
                marked, name = False, ""
            case _:
                continue
        if marked or is_secret_name(pointer[-1] if pointer else name):
            return True
    return False


def _is_declared(parameter: LinkedParameter, call: OperationCall) -> bool:
    """Whether an operation asks for it there, as a parameter or as an API key."""
    if parameter.in_ == "path" or call.operation.parameter(parameter.in_, parameter.name) is not None:
        return True
    schemes = [requirement.scheme for alternative in call.operation.security for requirement in alternative]
    return any(s.get("in") == parameter.in_ and s.get("name") == parameter.name for s in schemes)


def _way_outside_the_url(parameter: LinkedParameter, call: OperationCall) -> str | None:
    """The scheme that an operation takes in place of an API key in its URL, alone and elsewhere."""
    if parameter.in_ == "path" or call.operation.parameter(parameter.in_, parameter.name) is not None:
        return None
    alone = [alternative[0] for alternative in call.operation.security if len(alternative) == 1]
    return next((r.name for r in alone if r.scheme and _place(r.scheme)[0] != "query"), None)


@rule("ARZ703")
def plain_http(subject: Subject) -> Iterator[Diagnostic]:
    """Without TLS everyone on the way reads and changes what is sent; loopback does not leave the machine."""
    for source in subject.description.source_descriptions:
        if _leaves_in_plain(source.url):
            message = f"the source description '{source.name}' is fetched without encryption"
            yield finding("ARZ703", message, source.url_location, "write https://")
    for server, steps in _plain_servers(subject).items():
        secret = next((step for step in steps if _sends_credential(step)), None)
        severity: Severity = "warning" if secret else "info"
        what = "a credential is sent" if secret else "requests are sent"
        hint = "name a server with https:// in the description, or with -s"
        message = f"{what} to {server} without encryption"
        yield finding("ARZ703", message, (secret or steps[0]).named_at, hint, severity=severity)


def _plain_servers(subject: Subject) -> dict[str, list[StepSubject]]:
    found: dict[str, list[StepSubject]] = {}
    for workflow in subject.workflows:
        for step in workflow.steps:
            if step.call and _leaves_in_plain(step.call.server) and not _replaced(subject, step.call):
                found.setdefault(step.call.server, []).append(step)
    return found


def _replaced(subject: Subject, call: OperationCall) -> bool:
    return bool(subject.servers.get(call.source) or subject.servers.get(""))


def _leaves_in_plain(url: str) -> bool:
    """Whether a URL is of the scheme http and leads to another machine; reserved names (RFC 2606, 6761) do not."""
    try:
        split = urlsplit(url)
        host = (split.hostname or "").rstrip(".").lower()
    except ValueError:
        return False
    if split.scheme.lower() != "http" or not host or "{" in host:
        return False
    try:
        address = ip_address(host)
    except ValueError:
        return not _RESERVED.search(host)
    return not (address.is_loopback or address.is_unspecified)


def _sends_credential(step: StepSubject) -> bool:
    """Whether an operation is secured, or a step sends what is a secret by its name."""
    call = step.call
    if call is None:
        return False
    if call.operation.security and () not in call.operation.security:
        return True
    if any(is_secret_name(p.name) and p.in_ != "path" for p in call.parameters):
        return True
    return any(_holds_secret(e, step.workflow) for written in step.sent() for e, _ in expressions_in(written))


@rule("ARZ704")
def no_credential(subject: Subject) -> Iterator[Diagnostic]:
    """An operation that is secured, and neither the step nor the host has a credential: it will answer 401."""
    for workflow in subject.workflows:
        told: set[object] = set()
        for step in workflow.steps:
            call = step.call
            lacking = _lacking(subject, step, call) if call else ()
            if call is None or not lacking or not all(lacking):
                continue
            schemes = frozenset(r.name for alternative in call.operation.security for r in alternative)
            if (call.source, schemes) not in told:
                told.add((call.source, schemes))
                yield finding(
                    "ARZ704",
                    f"{call.operation.method} {call.operation.path} needs a credential, and none is configured",
                    step.named_at,
                    advice(lacking),
                )


def _lacking(subject: Subject, step: StepSubject, call: OperationCall) -> Security:
    """What of each alternative neither the step gives nor the host has."""
    if call.credentials:
        return ()
    given = {(p.in_, p.name.lower() if p.in_ == "header" else p.name) for p in call.parameters}
    if ("header", "cookie") in given:
        given |= {("cookie", str(r.scheme.get("name"))) for a in call.operation.security for r in a}
    sends = any(p.in_ != "path" and _is_credential(p, step.workflow) for p in call.parameters)

    def has(requirement: SecurityRequirement) -> bool:
        scheme = requirement.scheme
        if not scheme:  # not declared: any credential may be the one that is meant, and a configured one is not sent
            return sends
        return _place(scheme) in given or scheme.get("type") == "mutualTLS" or subject.held(requirement)

    return tuple(tuple(r for r in alternative if not has(r)) for alternative in call.operation.security)


def _place(scheme: Mapping[str, Any]) -> tuple[str, str]:
    """Where a credential of this scheme goes in a request."""
    if scheme.get("type") != "apiKey":
        return "header", "authorization"
    where, name = str(scheme.get("in", "header")), str(scheme.get("name", ""))
    return where, name.lower() if where == "header" else name


@rule("ARZ706")
def unmarked_secret(subject: Subject) -> Iterator[Diagnostic]:
    """`format: password` says that an input is a secret: it is asked for without echo, and shown nowhere."""
    for workflow in subject.workflows:
        raw = workflow.model.inputs if workflow.model else None
        if raw is None or not isinstance(raw.value, dict):
            continue
        sent = _inputs_sent_as_credentials(workflow)
        yield from _unmarked(subject, raw.value, raw.pointer, sent)
    for name, schema in subject.description.components.inputs.items():
        if isinstance(schema, dict):
            yield from _unmarked(subject, schema, ("components", "inputs", name), set())


def _unmarked(
    subject: Subject, schema: dict[str, Any], pointer: tuple[str, ...], sent: set[str]
) -> Iterator[Diagnostic]:
    properties = schema.get("properties")
    for name, inner in properties.items() if isinstance(properties, dict) else ():
        if (name in sent or is_secret_name(name)) and _may_be_marked(inner):
            what = "is sent as a credential" if name in sent else "is a secret by its name"
            yield finding(
                "ARZ706",
                f"the input '{name}' {what} and does not say so",
                subject.location(*pointer, "properties", name, key=True),
                "add 'format: password'",
            )


def _may_be_marked(schema: JSON) -> bool:
    """Whether a schema is that of a text, and has no format."""
    if not isinstance(schema, dict) or schema.get("type", "string") != "string":
        return False
    return not {"format", "$ref", "enum", "const"} & schema.keys()


def _inputs_sent_as_credentials(workflow: WorkflowSubject) -> set[str]:
    """The inputs that go into the place of a credential as they are, or behind the name of a scheme."""
    found: set[str] = set()
    for step in workflow.steps:
        if isinstance(step.step, WorkflowCall):
            continue
        keys = _api_keys(step)
        for parameter in step.step.parameters:
            key = (parameter.in_, parameter.name.lower() if parameter.in_ == "header" else parameter.name)
            if key in keys or key == ("header", "authorization"):
                found |= _inputs_in(parameter.written)
    return found


def _api_keys(step: StepSubject) -> set[tuple[str, str]]:
    if step.call is None:
        return set()
    return {_place(r.scheme) for alternative in step.call.operation.security for r in alternative}


def _inputs_in(written: Written) -> set[str]:
    return {
        part.name
        for expression, _ in expressions_in(written)
        for part in parts(expression)
        if isinstance(part, InputsReference)
    }

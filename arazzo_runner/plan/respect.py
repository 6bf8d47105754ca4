"""What Respect's extensions come to: an operation that no description has, and values for security schemes.

A step with `x-operation` calls an operation of a description made for it: one path, one method, any response.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from ..diagnostics import did_you_mean
from ..document import read
from ..errors import DocumentError
from ..location import Location
from ..messages import SecurityRequirement
from ..model import DirectOperation, OperationStep, SecurityValues
from ..openapi import Description, Operation
from .findings import Findings
from .operations import Found
from .sources import Source

PREFIX = "x-operation."  # of the names of sources that no document declares
_WHOLE = ("token", "apiKey", "accessToken")  # Respect's names for a value as a whole
_ANYWHERE = "http://x-operation.invalid"  # RFC 6761, section 6.4; the run knows the URL


@dataclass(frozen=True, slots=True)
class Given:
    """A security scheme of a request, and the document's own values for it by field."""

    requirement: SecurityRequirement
    entry: SecurityValues

    @property
    def place(self) -> tuple[str, str]:
        """Where it goes: one place takes one value, that of the last entry."""
        scheme = self.requirement.scheme
        if str(scheme.get("type", "")).lower() != "apikey":
            return "header", "authorization"
        in_, name = str(scheme.get("in", "header")), str(scheme.get("name", ""))
        return in_, name.lower() if in_ == "header" else name


def field_of(name: str) -> str:
    """Our field for a name of Respect's: "" for the value as a whole."""
    return "" if name in _WHOLE else name


def given_security(
    entries: tuple[SecurityValues, ...], operation: Operation | None, source: str, document: str, findings: Findings
) -> tuple[Given, ...]:
    """The schemes of `x-security`, the workflow's entries first; a later one takes the place of an earlier one."""
    given: dict[tuple[str, str], Given] = {}
    for number, entry in enumerate(entries, 1):
        scheme = entry.scheme if entry.scheme_name is None else _named(entry, operation, findings)
        if not scheme:
            continue
        name = entry.scheme_name.value if entry.scheme_name else f"x-security.{number}"
        declared_in = document if entry.scheme_name is None or operation is None else operation.description.document.uri
        remote = declared_in.startswith(("http:", "https:"))
        one = Given(SecurityRequirement(name=name, scheme=scheme, source=source, remote=remote), entry)
        given.pop(one.place, None)
        given[one.place] = one
    return tuple(given.values())


def _named(entry: SecurityValues, operation: Operation | None, findings: Findings) -> Mapping[str, Any] | None:
    assert entry.scheme_name is not None, "the entry names its scheme"
    if operation is None:
        return None  # what is wrong with the step has been said
    name, schemes = entry.scheme_name.value, operation.description.security_schemes
    if name not in schemes:
        hint = did_you_mean(name, schemes) or f"schemes: {', '.join(schemes) or 'none'}"
        message = f"{operation.description.document.name} declares no security scheme '{name}'"
        findings.add("ARZ203", message, entry.scheme_name.location, hint)
        return None
    return schemes[name]


def found_directly(step: OperationStep, workflow_id: str, document: str, findings: Findings) -> Found | None:
    """The operation of a step that names a URL, or the expression of one."""
    assert step.direct is not None, "the step names a URL"
    direct, text = step.direct, str(step.direct.url.value)
    server, path = (_ANYWHERE, "/") if is_open(direct) else _split(text)
    if not server:
        findings.add("ARZ116", f"'url' is an http(s) URL, not '{text}'", direct.url.location, "http://host/path")
        return None
    name = f"{PREFIX}{workflow_id}.{step.step_id}"
    description = _made(direct.method, server, path, f"{document}#{quote(name, safe='')}")
    (operation,) = description.operations()
    return Found(Source(name, "openapi", description.document, description), operation)


def is_made(source: str) -> bool:
    """Whether a name is that of a source which no document declares."""
    return source.startswith(PREFIX)


def is_open(direct: DirectOperation) -> bool:
    """Whether the URL is known in a run only."""
    return "$" in str(direct.url.value)


def _split(url: str) -> tuple[str, str]:
    """Origin, and path with query; "" for what is no URL to send to."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return "", ""
    if not host or parts.scheme not in ("http", "https") or "@" in parts.netloc:
        return "", ""
    return f"{parts.scheme}://{parts.netloc}", (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _made(method: str, server: str, path: str, uri: str) -> Description:
    operation: dict[str, Any] = {
        "responses": {"default": {"description": "x-operation describes none", "content": {"application/json": {}}}}
    }
    if method in ("POST", "PUT", "PATCH", "DELETE"):
        operation["requestBody"] = {"content": {"*/*": {}}}
    root = {
        "openapi": "3.1.0",
        "info": {"title": "x-operation", "version": "1"},
        "servers": [{"url": server}],
        "paths": {path: {method.lower(): operation}},
    }
    return Description(read(json.dumps(root).encode(), uri=uri, name="x-operation"), _nothing_else)


def _nothing_else(uri: str) -> Any:
    raise DocumentError(f"x-operation refers to nothing: {uri}", location=Location(uri))

"""Security: an operation's requirements resolved to `messages.Security`.

OpenAPI 3.1.1, "Security Requirement Object" and "Security Scheme Object"; 2.0 definitions become 3.x schemes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..document import resolve_uri
from ..messages import Security, SecurityRequirement
from .reference import DanglingReference, Node

_FLOWS = {"application": "clientCredentials", "accessCode": "authorizationCode"}
_SCHEMES = ("securitySchemes", "securityDefinitions")  # the latter in 2.0
_URLS = frozenset(
    {"authorizationUrl", "tokenUrl", "refreshUrl", "deviceAuthorizationUrl", "openIdConnectUrl", "oauth2MetadataUrl"}
)


def read_security(operation: Node, root: Node, version: str) -> Security:
    """The operation's `security`, else the description's: `[]` takes the default away, `{}` is anonymous."""
    requirements = operation.get("security")
    if not isinstance(requirements, list):
        requirements = root.get("security")
    if not isinstance(requirements, list):
        return ()
    return tuple(
        tuple(_requirement(str(name), scopes, root, version) for name, scopes in requirement.items())
        for requirement in requirements
        if isinstance(requirement, dict)
    )


def read_schemes(root: Node, version: str) -> dict[str, Mapping[str, Any]]:
    """The security schemes that a description declares, by name."""
    parent = root if version == "2.0" else root.child("components")
    names = [name for name, _ in parent.members(_SCHEMES[version == "2.0"])] if parent is not None else []
    return {name: _scheme(name, root, version) for name in names}


def read_api_keys(root: Node, version: str) -> frozenset[tuple[str, str]]:
    """Place and name of the API keys that any security scheme declares; header names in lower case."""
    keys: set[tuple[str, str]] = set()
    for scheme in read_schemes(root, version).values():
        place, name = scheme.get("in"), scheme.get("name")
        if scheme.get("type") == "apiKey" and isinstance(place, str) and isinstance(name, str):
            keys.add((place, name.lower() if place == "header" else name))
    return frozenset(keys)


def _requirement(name: str, scopes: Any, root: Node, version: str) -> SecurityRequirement:
    """One scheme; one that is not declared stays, with an empty object, so that nobody takes it for anonymous."""
    names = tuple(str(scope) for scope in scopes) if isinstance(scopes, list) else ()
    return SecurityRequirement(name=name, scheme=_scheme(name, root, version), scopes=names)


def _scheme(name: str, root: Node, version: str) -> Mapping[str, Any]:
    node = root.child(*(() if version == "2.0" else ("components",)), _SCHEMES[version == "2.0"], name)
    try:
        if node is None and version >= "3.2":
            node = root.references.follow(root, name)  # 3.2: a requirement may name its scheme by URI.
        scheme = None if node is None else node.resolve().value
    except DanglingReference:
        return {}
    if not isinstance(scheme, dict):
        return {}
    return _modern(scheme) if version == "2.0" else scheme


def _modern(scheme: Mapping[str, Any]) -> Mapping[str, Any]:
    """A 2.0 Security Scheme Object as 3.x writes it."""
    kind = scheme.get("type")
    if kind == "basic":
        return {"type": "http", "scheme": "basic"}
    if kind != "oauth2":
        return scheme
    flow = scheme.get("flow")
    details = {key: scheme[key] for key in ("authorizationUrl", "tokenUrl") if key in scheme}
    details["scopes"] = scheme.get("scopes") or {}
    return {"type": "oauth2", "flows": {_FLOWS.get(str(flow), str(flow)): details}}


def with_source(security: Security, source: str, server: str, *, remote: bool = False) -> Security:
    """The same requirements, with the source's name, and relative URLs of schemes resolved against the server.

    OpenAPI 3.1.1, "Relative References in API URLs". `remote` says that the description came by URL.
    """
    return tuple(
        tuple(
            SecurityRequirement(
                name=requirement.name,
                scheme=_absolute(requirement.scheme, server),
                scopes=requirement.scopes,
                source=source,
                remote=remote,
            )
            for requirement in alternative
        )
        for alternative in security
    )


def scheme_urls(scheme: Mapping[str, Any]) -> Iterator[str]:
    """Where tokens of a scheme come from: authorization, token, refresh, device and discovery URLs."""
    for key, value in scheme.items():
        if key in _URLS and isinstance(value, str):
            yield value
        elif key == "flows" and isinstance(value, dict):
            for flow in value.values():
                if isinstance(flow, dict):
                    yield from scheme_urls(flow)


def _absolute(scheme: Mapping[str, Any], server: str) -> Mapping[str, Any]:
    resolved: dict[str, Any] = {}
    for key, value in scheme.items():
        if key in _URLS and isinstance(value, str) and "://" not in value:
            resolved[key] = resolve_uri(value, server + "/")
        elif key == "flows" and isinstance(value, dict):
            resolved[key] = {
                name: _absolute(flow, server) if isinstance(flow, dict) else flow for name, flow in value.items()
            }
        else:
            resolved[key] = value
    return resolved

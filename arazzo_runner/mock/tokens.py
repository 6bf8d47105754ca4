"""Tokens that operations minted, and which bearer tokens are accepted: those, and what came before any was minted."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ..messages import Request, SecurityRequirement, header
from ..openapi import Operation
from ..secrets import is_secret_name
from ..values import JSON
from .checks import Refusal, refusal_of
from .parameters import Sent
from .things import plain

_NO_BEARER = ("refresh", "csrf", "xsrf", "reset", "verification")


class Tokens:
    """What was minted, by source. Once a source has minted a token, its operations accept a bearer token only if some
    operation minted it, if it was accepted before, or if it is one of `known`."""

    def __init__(self, known: Collection[str] = ()) -> None:
        self._minted: dict[str, set[str]] = {}
        self._accepted = set(known)

    def copy(self) -> Tokens:
        other = Tokens(self._accepted)
        other._minted = {source: set(tokens) for source, tokens in self._minted.items()}
        return other

    def learn(self, source: str, answered: JSON) -> None:
        """Take the tokens from what an operation answered."""
        for token in _tokens_in(answered):
            self._minted.setdefault(source, set()).add(token)

    def accept(self, request: Request) -> None:
        """Remember the token of a request that was let in."""
        token = _bearer(request)
        if token:
            self._accepted.add(token)

    def refusal(self, operation: Operation, request: Request, source: str) -> Refusal | None:
        """A refusal unless one alternative has all its credentials, and a bearer token is one that is accepted."""
        alternatives, sent = operation.security, Sent(request, {})
        if not alternatives:
            return None
        present = [one for one in alternatives if all(_present(item, sent) for item in one)]
        if not present:
            wanted = " or ".join(" and ".join(item.name for item in one) for one in alternatives)
            return refusal_of(operation, "credentials", f"the request has no credentials for {wanted}")
        if any(not any(map(_is_bearer, one)) for one in present) or self._accepts(request, source):
            return None
        return refusal_of(operation, "credentials", "the bearer token is none that an operation of this mock answered")

    def _accepts(self, request: Request, source: str) -> bool:
        token = _bearer(request)
        if token is None or not self._minted.get(source):
            return True
        return token in self._accepted or any(token in minted for minted in self._minted.values())


def _tokens_in(value: JSON) -> Iterator[str]:
    if isinstance(value, dict):
        for name, member in value.items():
            if isinstance(member, str) and member and _is_token_name(name):
                yield member
            else:
                yield from _tokens_in(member)
    elif isinstance(value, list):
        for item in value:
            yield from _tokens_in(item)


def _is_token_name(name: str) -> bool:
    short = plain(name)
    return is_secret_name(name) and short.endswith(("token", "jwt")) and not short.startswith(_NO_BEARER)


def _bearer(request: Request) -> str | None:
    scheme, _, token = (header(request.headers, "authorization") or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _is_bearer(requirement: SecurityRequirement) -> bool:
    kind, scheme = requirement.scheme.get("type"), str(requirement.scheme.get("scheme", "")).lower()
    return kind in ("oauth2", "openIdConnect") or (kind == "http" and scheme == "bearer")


def _present(requirement: SecurityRequirement, sent: Sent) -> bool:
    scheme = requirement.scheme
    authorization = header(sent.request.headers, "authorization") or ""
    match scheme.get("type"):
        case "apiKey":
            return any(sent.values(str(scheme.get("in")), str(scheme.get("name"))))
        case "mutualTLS":
            return True
        case "http":
            return authorization.lower().startswith(f"{str(scheme.get('scheme', '')).lower()} ")
        case "basic":
            return authorization.lower().startswith("basic ")
        case _:
            return bool(authorization)


def challenge(operation: Operation) -> str:
    """What WWW-Authenticate asks for."""
    for alternative in operation.security:
        for requirement in alternative:
            if "basic" in (requirement.scheme.get("type"), str(requirement.scheme.get("scheme", "")).lower()):
                return 'Basic realm="mock"'
    return 'Bearer realm="mock"'

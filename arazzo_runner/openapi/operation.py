"""One operation: its parameters, body, responses, security and server, read when somebody asks.

OpenAPI 3.1.1, "Operation Object" and "Path Item Object".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..errors import DocumentError
from ..location import Location
from ..messages import Security
from ..values import format_pointer
from . import oas3, swagger
from .declarations import ParameterDeclaration, RequestBodyDeclaration, ResponseDeclaration
from .reference import DanglingReference, Node, Tokens
from .security import read_security
from .server import overriding_server, server_url, swagger_url

if TYPE_CHECKING:
    from .description import Description
    from .request import RequestBuilder

_SAID_ELSEWHERE = ("accept", "authorization", "content-type", "cookie")


class Operation:
    """An Operation Object at its path and method. Immutable; what is read once is kept."""

    def __init__(
        self, description: Description, path: str, method: str, tokens: Tokens, node: Node, items: tuple[Node, ...]
    ) -> None:
        """`items` is the Path Item, then what its `$ref` leads to; `tokens` the way to the operation under `paths`."""
        self.description = description
        self.path = path
        self.method = method
        self.node = node
        self._tokens = tokens
        self._items = items

    def __repr__(self) -> str:
        return f"<Operation {self.method} {self.path}>"

    @property
    def operation_id(self) -> str | None:
        identifier = self.node.get("operationId")
        return identifier if isinstance(identifier, str) else None

    @property
    def pointer(self) -> str:
        return format_pointer(self._tokens)

    @property
    def location(self) -> Location:
        return self.node.location

    @property
    def summary(self) -> str | None:
        """`summary`, else `description`."""
        text = self.node.get("summary") or self.node.get("description")
        return text if isinstance(text, str) else None

    @property
    def deprecated(self) -> bool:
        return self.node.get("deprecated") is True

    @cached_property
    def parameters(self) -> tuple[ParameterDeclaration, ...]:
        """Those of the path item and the operation, whose own win; what cannot be read is left out (see `dangling`)."""
        merged: dict[tuple[str, str], ParameterDeclaration] = {}
        for node in self._resolved_parameters[0]:
            version = self.description.version
            declared = swagger.read_parameter(node) if version == "2.0" else oas3.read_parameter(node, version)
            if declared is not None:
                merged[declared.key] = declared
        return tuple(merged.values())

    @cached_property
    def dangling(self) -> tuple[DanglingReference, ...]:
        """References of the parameters and the request body that reach nothing; what they mean counts as undeclared."""
        found = list(self._resolved_parameters[1])
        body = self.node.child("requestBody")
        if body is not None:
            try:
                body.resolve()
            except DanglingReference as error:
                found.append(error)
        return tuple(found)

    def parameter(self, in_: str, name: str) -> ParameterDeclaration | None:
        """The declaration of a parameter; header names in any case, the one querystring parameter by any name."""
        if in_ == "querystring":
            return next((declared for declared in self.parameters if declared.in_ == in_), None)
        return self._parameters_by_key.get((in_, name.lower() if in_ == "header" else name))

    def is_implied(self, in_: str, name: str) -> bool:
        """Whether a request may have a parameter that nothing declares as one.

        Headers that are said elsewhere (3.1.1, Parameter Object, `name`), and API keys of security schemes.
        """
        name = name.lower() if in_ == "header" else name
        return (in_ == "header" and name in _SAID_ELSEWHERE) or (in_, name) in self.description.api_keys

    @cached_property
    def request_body(self) -> RequestBodyDeclaration | None:
        if self.description.version == "2.0":
            return swagger.read_request_body(self._form_and_body(), self._media_types("consumes"))
        body = self.node.child("requestBody")
        if body is None:
            return None
        try:
            return oas3.read_request_body(body.resolve(), self.description.version)
        except DanglingReference:
            return None

    @cached_property
    def responses(self) -> Mapping[str, ResponseDeclaration]:
        """The declared responses by status ("200", "2XX", "default"); a dangling one is left out."""
        responses: dict[str, ResponseDeclaration] = {}
        for status, node in self.node.members("responses"):
            if status.startswith("x-"):
                continue
            try:
                responses[status] = self._response(node.resolve())
            except DanglingReference:
                continue
        return responses

    def response(self, status: int) -> ResponseDeclaration | None:
        """What is declared for a status: exactly, by range (`2XX`), by default."""
        for key in (str(status), f"{status // 100}XX", f"{status // 100}xx", "default"):
            declared = self.responses.get(key)
            if declared is not None:
                return declared
        return None

    @cached_property
    def security(self) -> Security:
        return read_security(self.node, self.description.root, self.description.version)

    def server_url(
        self, override: str | None = None, variables: Mapping[str, str] | None = None, *, base: str | None = None
    ) -> str:
        """The absolute base URL without a trailing slash (decision 47); `override` replaces all of it.

        `base` is what relative servers of a local description are relative to.

        Raises:
            RequestError: there is none, because it is relative and the description a local file, say.
        """
        if override is not None:
            return overriding_server(override)
        root = self.description.root
        if self.description.version == "2.0":
            return swagger_url(self.node, root, variables or {}, base)
        return server_url((self.node, *self._items, root), variables or {}, base)

    def builder(self, argument_keys: tuple[tuple[str, str], ...], content_type: str | None = None) -> RequestBuilder:
        """Prepare requests: `argument_keys` are the (name, in) of the arguments that will come.

        Raises:
            RequestError: no request can come of it: a path variable without an argument, a header that breaks framing.
        """
        from .request import RequestBuilder

        return RequestBuilder(self, argument_keys, content_type)

    @cached_property
    def _parameters_by_key(self) -> Mapping[tuple[str, str], ParameterDeclaration]:
        return {declared.key: declared for declared in self.parameters}

    @cached_property
    def _resolved_parameters(self) -> tuple[tuple[Node, ...], tuple[DanglingReference, ...]]:
        nodes: list[Node] = []
        dangling: list[DanglingReference] = []
        for node in self._parameter_nodes():
            try:
                nodes.append(node.resolve())
            except DanglingReference as error:
                dangling.append(error)
        return tuple(nodes), tuple(dangling)

    def _parameter_nodes(self) -> Iterator[Node]:
        for item in reversed(self._items):
            yield from item.items("parameters")
        yield from self.node.items("parameters")

    def _form_and_body(self) -> Iterator[Node]:
        merged: dict[tuple[Any, Any], Node] = {}
        for node in self._resolved_parameters[0]:
            in_, name = node.get("in"), node.get("name")
            if in_ in ("body", "formData"):
                merged[in_, name if isinstance(name, str) else repr(name)] = node
        return iter(merged.values())

    def _media_types(self, key: str) -> tuple[str, ...]:
        """`consumes` or `produces` of 2.0: the operation's, else the description's."""
        for scope in (self.node, self.description.root):
            names = scope.get(key)
            if isinstance(names, list):
                return tuple(name for name in names if isinstance(name, str))
        return ()

    def _response(self, node: Node) -> ResponseDeclaration:
        if self.description.version == "2.0":
            return swagger.read_response(node, self._media_types("produces"))
        return oas3.read_response(node, self.description.version)


class UnknownOperation(DocumentError):
    """No operation has this operationId, or none stands where a pointer leads."""


class AmbiguousOperation(DocumentError):
    """Several operations have one operationId; `locations` says where."""

    def __init__(self, operation_id: str, locations: tuple[Location, ...]) -> None:
        super().__init__(
            f"operationId '{operation_id}' is declared {len(locations)} times: "
            + ", ".join(str(location) for location in locations),
            location=locations[0],
            hint="an operationId is unique in its description; use operationPath",
        )
        self.operation_id = operation_id
        self.locations = locations

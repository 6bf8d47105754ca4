"""Requests: an operation, arguments and a body become a `messages.Request`.

OpenAPI 3.1.1, "Paths Object", "Parameter Object"; Arazzo 1.1.0, "Parameter Object", "Request Body Object". Whatever
depends on the description alone is prepared in the constructor; `build` only fills in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..errors import RequestError
from ..messages import Request, Security
from ..values import MISSING
from .arguments import Argument, Writer, writer
from .body import Body, WriteBody, body_writer
from .media_type import choose_content_type, essence, find, is_json, is_range, parameter
from .percent import encode_path_text, encode_query_text
from .security import with_source

if TYPE_CHECKING:
    from .declarations import ParameterDeclaration
    from .operation import Operation

_VARIABLE = re.compile(r"\{([^{}]+)\}")
_DOTS = re.compile(r"(?<=/)\.{1,2}(?=/|$)")
_Key = tuple[str, str]


class _Written(NamedTuple):
    """The arguments of one request, each written for its place."""

    path: dict[str, str]
    query: list[str]
    whole_query: list[str]
    headers: list[tuple[str, str]]
    cookies: list[str]
    supplied: list[_Key]


class RequestBuilder:
    """Builds the requests of one step. Immutable but for its caches; shared by any number of runs.

    `argument_keys` are the (name, in) of the arguments to come; others may come all the same. `undeclared` are those
    that the operation does not declare, `missing` the required parameters that no key names: facts for whoever warns.

    Raises:
        RequestError: no request can come of it: a path variable without an argument, or an argument without a place.
    """

    def __init__(self, operation: Operation, argument_keys: Sequence[_Key], content_type: str | None) -> None:
        self.operation = operation
        self._method = operation.method
        self._content_type = content_type
        self._path, self._query = _path_template(operation.path)
        self._variables = frozenset(name for _, name in self._path if name is not None)
        self._query_variables = frozenset(_VARIABLE.findall(self._query))
        self._writers: dict[_Key, Writer] = {}
        self._bodies: dict[str, WriteBody] = {}
        self._securities: dict[tuple[str, str], Security] = {}
        self._accept = _accept(operation)
        self._keys = tuple(dict.fromkeys((in_, name) for name, in_ in argument_keys))
        self._supplied = frozenset(map(_supplied_key, self._keys))
        self.undeclared = tuple((name, in_) for in_, name in self._keys if operation.parameter(in_, name) is None)
        self.missing = _missing(operation, self._supplied)
        for key in self._keys:
            self._prepare(key)
        self._check_path({name for in_, name in self._keys if in_ == "path"})
        if content_type is not None and not is_range(content_type):
            self._body_writer(content_type)

    def build(
        self,
        arguments: Sequence[Argument],
        body: Body | None,
        *,
        server: str,
        source: str = "",
        remote: bool = False,
        timeout: float | None = None,
    ) -> Request:
        """One request; `server` is what `Operation.server_url` gives.

        Raises:
            RequestError: a path variable has no value, a value has no text in its place, the body none in its type.
        """
        try:
            return self._build(arguments, body, server, source, remote, timeout)
        except UnicodeEncodeError as error:
            raise RequestError("a value holds half of a surrogate pair, which has no place in a request") from error
        except RequestError as error:
            message = f"{self._method} {self.operation.path}: {error.message}"
            raise RequestError(message, location=error.location, hint=error.hint) from error

    def _build(
        self,
        arguments: Sequence[Argument],
        body: Body | None,
        server: str,
        source: str,
        remote: bool,
        timeout: float | None,
    ) -> Request:
        written = self._write(arguments)
        url = self._url(server, written)
        headers = written.headers
        if written.cookies:
            _add_cookies(headers, written.cookies)
        content = None
        if body is not None and body.payload is not MISSING:
            content = self._add_body(headers, body)
        if self._accept is not None and not _has(headers, "accept"):
            headers.append(self._accept)
        supplied = tuple(written.supplied)
        return Request(
            self._method,
            url,
            tuple(_without_length(headers, content) if _has(headers, "content-length") else headers),
            content,
            self._security(source, server),
            self._supplied if supplied == self._keys else frozenset(map(_supplied_key, supplied)),
            source,
            remote,
            timeout,
        )

    def _write(self, arguments: Sequence[Argument]) -> _Written:
        """Each argument as text for its place; null and absent ones are not sent (decision 43)."""
        written = _Written({}, [], [], [], [], [])
        for name, in_, value in arguments:
            if value is MISSING or value is None:
                continue
            key = (in_, name)
            prepared = self._writers.get(key) or self._prepare(key)
            text = prepared.write(value)
            if text is None:
                continue
            written.supplied.append(key)
            if in_ == "query":
                written.query.append(text)
            elif in_ == "path":
                written.path[name] = text
            elif in_ == "header":
                written.headers.append((prepared.name, text))
            elif in_ == "cookie":
                written.cookies.append(text)
            else:
                written.whole_query.append(text)
        return written

    def _url(self, server: str, written: _Written) -> str:
        base, mark, fixed = server.partition("?")
        path = written.path
        if path.keys() != self._variables:
            self._check_path(path.keys())
        filled = "".join([literal if name is None else path[name] for literal, name in self._path])
        if self._variables:
            filled = self._checked_path(filled, path)
        query = written.query
        if written.whole_query:
            if query:
                raise RequestError("a querystring parameter and query parameters cannot be sent together")
            query = [text for text in written.whole_query if text]
        if mark or self._query:
            query = [*filter(None, (fixed, *self._fixed_query(path))), *query]
        return f"{base}{filled}?{'&'.join(query)}" if query else base + filled

    def _fixed_query(self, path: dict[str, str]) -> Iterator[str]:
        """The query that the path is written with; `a={a}` counts only if `a` is given as a path parameter."""
        for pair in self._query.split("&"):
            if self._query_variables.intersection(_VARIABLE.findall(pair)) <= path.keys():
                yield encode_query_text(_VARIABLE.sub(lambda variable: path[variable[1]], pair))

    def _check_path(self, path: Collection[str]) -> None:
        for _, name in self._path:
            if name is not None and name not in path:
                raise RequestError(
                    f"the path parameter '{name}' has no value", hint=f"add {{name: {name}, in: path, value: ...}}"
                )
        for name in path:
            if name not in self._variables and name not in self._query_variables:
                raise RequestError(f"the path {self.operation.path} has no place for the parameter '{name}'")

    def _checked_path(self, written: str, path: dict[str, str]) -> str:
        """A segment of dots would be resolved away (RFC 3986, 5.2.4); an empty one would be another resource."""
        if "/." in written:
            written = _DOTS.sub(lambda dots: dots[0].replace(".", "%2E"), written)
        if "" in path.values() and ("//" in written or written.endswith("/")) and not self.operation.path.endswith("/"):
            empty = next(name for name, value in path.items() if not value)
            raise RequestError(f"the path parameter '{empty}' is empty: {written} is the path of something else")
        return written

    def _add_body(self, headers: list[tuple[str, str]], body: Body) -> bytes:
        """Write the body and its Content-Type; a Content-Type parameter of the step is what is sent (decision 43)."""
        content_type = body.content_type or self._content_type
        given = next((value for name, value in headers if name.lower() == "content-type"), None)
        if content_type is None:
            content_type = given
        if content_type is None or is_range(content_type):
            content_type = choose_content_type(self.operation, content_type, body.payload, body.literal)
            assert content_type is not None
        content, written_type = self._body_writer(content_type)(body.payload, body.literal)
        if given is None:
            headers.append(("Content-Type", written_type))
        elif essence(given).startswith("multipart/") and parameter(given, "boundary") is None:
            # The boundary is in the body, so the header has to name it.
            boundary = parameter(written_type, "boundary")
            if boundary is not None:
                place = next(index for index, (name, _) in enumerate(headers) if name.lower() == "content-type")
                headers[place] = (headers[place][0], f"{given}; boundary={boundary}")
        return content

    def _body_writer(self, content_type: str) -> WriteBody:
        known = self._bodies.get(content_type)
        if known is None:
            from .arguments import field_value

            declared = self.operation.request_body
            media_type = find(declared.media_types, content_type) if declared is not None else None
            known = self._bodies[content_type] = body_writer(field_value("Content-Type", content_type), media_type)
        return known

    def _prepare(self, key: _Key) -> Writer:
        prepared = self._writers[key] = writer(*key, self.operation.parameter(*key))
        return prepared

    def _security(self, source: str, server: str) -> Security:
        key = (source, server)
        known = self._securities.get(key)
        if known is None:
            if len(self._securities) > 64:
                self._securities.clear()
            remote = self.operation.description.document.uri.startswith(("http:", "https:"))
            known = self._securities[key] = with_source(self.operation.security, source, server, remote=remote)
        return known


def _path_template(path: str) -> tuple[tuple[tuple[str, str | None], ...], str]:
    """Literals (text, None) and variables ("", name) of a path in turn, and the query it is written with."""
    if not path.startswith("/"):
        path = "/" + path
    # A fragment only keeps two keys apart ("/pets#create"): it is never sent.
    text, _, query = path.partition("#")[0].partition("?")
    parts: list[tuple[str, str | None]] = []
    for index, piece in enumerate(_VARIABLE.split(text)):
        if index % 2:
            parts.append(("", piece))
        elif piece:
            parts.append((encode_path_text(piece), None))
    return tuple(parts), query


def _accept(operation: Operation) -> tuple[str, str] | None:
    """What the declared responses can be: JSON where any is JSON, and anything else rather than nothing."""
    names: dict[str, None] = {}
    for response in operation.responses.values():
        names.update(dict.fromkeys(name for name in response.media_types if not is_range(name)))
    preferred = [name for name in names if is_json(essence(name))] or list(names)
    return ("Accept", ", ".join((*preferred, "*/*;q=0.1"))) if preferred else None


def _missing(operation: Operation, supplied: frozenset[_Key]) -> tuple[ParameterDeclaration, ...]:
    places = {in_ for in_, _ in supplied}
    return tuple(
        declared
        for declared in operation.parameters
        if declared.required
        and declared.key not in supplied
        and not (declared.in_ == "querystring" and "querystring" in places)
    )


def _supplied_key(key: _Key) -> _Key:
    return (key[0], key[1].lower()) if key[0] == "header" else key


def _has(headers: list[tuple[str, str]], wanted: str) -> bool:
    return any(name.lower() == wanted for name, _ in headers)


def _without_length(headers: list[tuple[str, str]], content: bytes | None) -> list[tuple[str, str]]:
    """A Content-Length that tells the truth is left to the connection; any other would break the message's framing."""
    for name, value in headers:
        if name.lower() == "content-length" and value != str(len(content or b"")):
            raise RequestError(f"the header Content-Length says {value}, the body has {len(content or b'')} bytes")
    return [header for header in headers if header[0].lower() != "content-length"]


def _add_cookies(headers: list[tuple[str, str]], cookies: list[str]) -> None:
    """One Cookie header (RFC 6265, section 5.4), after what a Cookie header parameter says."""
    for index, (name, value) in enumerate(headers):
        if name.lower() == "cookie":
            headers[index] = (name, "; ".join((value, *cookies)))
            return
    headers.append(("Cookie", "; ".join(cookies)))

"""Which operation a request is for: server base paths, path templates, concrete paths first.

OpenAPI 3.1.1, "Path Templating Matching"; the host is irrelevant for a mock and only decides between equals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from ..openapi import Description, Operation
from ..openapi.reference import DanglingReference, Node

_PARAMETER = re.compile(r"\{([^{}]+)\}")
_SCHEME_HOST = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]*:)?//([^/?#]*)")


@dataclass(frozen=True, slots=True)
class Base:
    """One server: a pattern of its host (None for any) and of its path."""

    host: re.Pattern[str] | None
    path: re.Pattern[str]


_ANYWHERE = Base(None, re.compile(""))


@dataclass(frozen=True, slots=True)
class Template:
    """A path template: a pattern for each segment, its parameters, and the query a key such as `/x?a=b` asks for."""

    segments: tuple[re.Pattern[str] | str, ...]
    names: tuple[str, ...]
    query: tuple[tuple[str, str], ...]

    @property
    def ends_with_parameter(self) -> bool:
        return bool(self.segments) and not isinstance(self.segments[-1], str)

    def match(self, segments: tuple[str, ...], query: tuple[tuple[str, str], ...]) -> dict[str, str] | None:
        """The values of the parameters; segments come percent-decoded, one by one."""
        if len(segments) != len(self.segments) or not set(self.query) <= set(query):
            return None
        return self.values(segments)

    def values(self, segments: tuple[str, ...]) -> dict[str, str] | None:
        """As `match`, whatever the query; the lengths are the same."""
        values: list[str] = []
        for pattern, segment in zip(self.segments, segments, strict=True):
            if isinstance(pattern, str):
                if pattern != segment:
                    return None
                continue
            found = pattern.fullmatch(segment)
            if found is None:
                return None
            values.extend(found.groups())
        return dict(zip(self.names, values, strict=True))

    @property
    def rank(self) -> tuple[int, ...]:
        """A demanded query before none; then, from the left, concrete segments, partly concrete ones, parameters."""
        return (len(self.query), *map(_concreteness, self.segments))


def _concreteness(segment: re.Pattern[str] | str) -> int:
    if isinstance(segment, str):
        return 2
    return 0 if segment.pattern == "(.+?)" else 1


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """An operation of a source, and the template of its path."""

    source: str
    operation: Operation
    template: Template


@dataclass(frozen=True, slots=True)
class Found:
    """A route and what the path said: the values of its parameters, its decoded segments, and both as they came."""

    route: Route
    values: dict[str, str]
    segments: tuple[str, ...]
    raw_segments: tuple[str, ...]

    @property
    def raw_values(self) -> dict[str, str]:
        """The values as they came, percent-encoded; an encoded delimiter is not one."""
        return self.route.template.values(self.raw_segments) or self.values


@dataclass(frozen=True, slots=True)
class NotFound:
    """No operation; `allow` are the methods the path has."""

    allow: tuple[str, ...] = ()


class Routes:
    """All operations of all descriptions, by server and path."""

    def __init__(self, descriptions: Mapping[str, Description], servers: Mapping[str, str]) -> None:
        self._groups: dict[str, list[tuple[tuple[Base, ...], dict[int, list[Route]]]]] = {}
        self._items: dict[Route, Route | None] = {}
        self._beside: dict[tuple[Route, int, str], Route | None] = {}
        for source, description in descriptions.items():
            self._groups[source] = _grouped(source, description, servers.get(source))

    def find(self, method: str, url: str, source: str = "") -> Found | NotFound:
        """The operation for a request; its source is looked into first."""
        parts = urlsplit(url)
        query = tuple(parse_qsl(parts.query, keep_blank_values=True))
        near = {source: self._groups[source]} if source in self._groups else self._groups
        allow: set[str] = set()
        for groups in (near, self._groups):
            matches = sorted(self._matches(groups, parts.netloc, parts.path or "/", query), key=lambda item: item[0])
            for _, found in reversed(matches):
                if found.route.operation.method == method:
                    return found
            allow.update(found.route.operation.method for _, found in matches)
            if matches:
                break
        if method == "HEAD" and "GET" in allow:
            return self.find("GET", url, source)
        return NotFound(tuple(sorted(allow)))

    def items_of(self, route: Route) -> Route | None:
        """The route of one thing in the collection this route is: the same path and one parameter more."""
        if route not in self._items:
            routes = self._of_length(route, len(route.template.segments) + 1)
            ends = (other for other in routes if other.template.ends_with_parameter)
            self._items[route] = _first(ends, route.template.segments, method=None)
        return self._items[route]

    def beside(self, route: Route, method: str) -> Route | None:
        """The route of another method of the same path."""
        return self.at(route, len(route.template.segments), method)

    def at(self, route: Route, length: int, method: str) -> Route | None:
        """The route of a method at the first segments of a path."""
        key = (route, length, method)
        if key not in self._beside:
            wanted = route.template.segments[:length]
            self._beside[key] = _first(self._of_length(route, length), wanted, method)
        return self._beside[key]

    def _of_length(self, route: Route, length: int) -> Iterator[Route]:
        return (other for _, by_length in self._groups[route.source] for other in by_length.get(length, ()))

    def _matches(
        self,
        groups: Mapping[str, list[tuple[tuple[Base, ...], dict[int, list[Route]]]]],
        host: str,
        path: str,
        query: tuple[tuple[str, str], ...],
    ) -> Iterator[tuple[tuple[tuple[int, ...], int, str], Found]]:
        count = 0
        for source_groups in groups.values():
            for bases, by_length in source_groups:
                for rank, rest in _remainders(bases, host, path):
                    raw = tuple(rest.split("/")[1:])
                    segments = tuple(map(unquote, raw))
                    for route in by_length.get(len(segments), ()):
                        values = route.template.match(segments, query)
                        if values is not None:
                            count += 1
                            found = Found(route, values, segments, raw)
                            # Of equals the first declared wins: a smaller count has to sort later.
                            yield ((*rank, *route.template.rank), -count, route.source), found


def _remainders(bases: tuple[Base, ...], host: str, path: str) -> Iterator[tuple[tuple[int, ...], str]]:
    """What is left of a path after each server's base, with how well that server fits; the path alone comes last."""
    for base in (*bases, _ANYWHERE):
        found = base.path.match(path)
        if found is None:
            continue
        rest = path[found.end() :] or "/"
        if rest.startswith("/"):
            host_fits = base.host is not None and base.host.fullmatch(host) is not None
            yield (int(base is not _ANYWHERE), int(host_fits), found.end()), rest


def _grouped(
    source: str, description: Description, override: str | None
) -> list[tuple[tuple[Base, ...], dict[int, list[Route]]]]:
    groups: dict[tuple[Base, ...], dict[int, list[Route]]] = {}
    known: dict[tuple[str, ...], tuple[Base, ...]] = {}
    # Whoever names a server names one for all operations, those too that have a server of their own.
    common = base_path(description)
    for operation in description.operations():
        urls = (override,) if override is not None else tuple(dict.fromkeys((*_server_urls(operation), common)))
        if urls not in known:
            known[urls] = tuple(_base(url) for url in urls)
        route = Route(source, operation, read_template(operation.path))
        by_length = groups.setdefault(known[urls], {})
        by_length.setdefault(len(route.template.segments), []).append(route)
    return list(groups.items())


def base_path(description: Description, variables: Mapping[str, str] | None = None) -> str:
    """The path of the first server of a description, without a slash at its end."""
    root = description.root
    if description.version == "2.0":
        url = str(root.get("basePath") or "")
    else:
        server = next((server for server in root.items("servers") if isinstance(server.get("url"), str)), None)
        url = _with_defaults(server, variables or {}) if server is not None else ""
    path = _SCHEME_HOST.sub("", url).partition("?")[0].partition("#")[0].rstrip("/")
    return "/" + path.removeprefix("./").lstrip("/") if path else ""


def _with_defaults(server: Node, variables: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        declared = server.child("variables", match[1])
        default = declared.get("default") if declared is not None else None
        return variables.get(match[1]) or str(default or match[1])

    return _PARAMETER.sub(value, str(server.get("url")))


def read_template(path: str) -> Template:
    """Read a path template, such as `/pets/{petId}/photo.{format}`."""
    path, _, query = path.partition("#")[0].partition("?")
    names: list[str] = []
    segments: list[re.Pattern[str] | str] = []
    for segment in path.split("/")[1:]:
        parts = _PARAMETER.split(segment)
        if len(parts) == 1:
            segments.append(unquote(segment))
            continue
        names += parts[1::2]
        segments.append(re.compile("(.+?)".join(map(re.escape, parts[::2])), re.DOTALL))
    return Template(tuple(segments), tuple(names), tuple(parse_qsl(query, keep_blank_values=True)))


def _server_urls(operation: Operation) -> Iterator[str]:
    """All servers of an operation, with variables as patterns between braces; relative ones are paths."""
    root = operation.description.root
    if operation.description.version == "2.0":
        host, base = root.get("host"), root.get("basePath")
        yield (f"//{host}" if isinstance(host, str) else "") + (base if isinstance(base, str) else "")
        return
    item = root.child("paths", operation.path)
    for scope in (operation.node, *_with_target(item), root):
        servers = [server for server in scope.items("servers") if isinstance(server.get("url"), str)]
        if servers:
            yield from (_with_values(server) for server in servers)
            return


def _with_target(item: Node | None) -> Iterable[Node]:
    if item is None:
        return ()
    try:
        return (item, item.resolve())
    except DanglingReference:
        return (item,)


def _with_values(server: Node) -> str:
    """The URL with each variable as the alternation of its values: `{=api|dev}`, or `{}` where any value will do."""

    def values(match: re.Match[str]) -> str:
        variable = server.child("variables", match[1])
        allowed = variable.get("enum") if variable is not None else None
        return "{=" + "|".join(map(str, allowed)) + "}" if isinstance(allowed, list) and allowed else "{}"

    return _PARAMETER.sub(values, str(server.get("url")))


def _base(url: str) -> Base:
    host = _SCHEME_HOST.match(url)
    path = (url[host.end() :] if host else url).partition("?")[0].partition("#")[0].rstrip("/")
    if path and not path.startswith("/") and not host:
        path = "/" + path.removeprefix("./")
    return Base(_pattern(host[1]) if host else None, _pattern(path))


def _pattern(text: str) -> re.Pattern[str]:
    parts = re.split(r"\{(=[^{}]*)?\}", text)
    pattern = re.escape(parts[0])
    for values, literal in zip(parts[1::2], parts[2::2], strict=True):
        chosen = "|".join(map(re.escape, values[1:].split("|"))) if values else "[^/]+"
        pattern += f"(?:{chosen})" + re.escape(literal)
    return re.compile(pattern)


def _first(routes: Iterable[Route], segments: tuple[re.Pattern[str] | str, ...], method: str | None) -> Route | None:
    for other in routes:
        fits = method is None or other.operation.method == method
        if fits and _same_segments(other.template.segments[: len(segments)], segments):
            return other
    return None


def _same_segments(left: tuple[re.Pattern[str] | str, ...], right: tuple[re.Pattern[str] | str, ...]) -> bool:
    def kind(segment: re.Pattern[str] | str) -> str:
        return segment if isinstance(segment, str) else "\x00" + segment.pattern

    return [kind(segment) for segment in left] == [kind(segment) for segment in right]

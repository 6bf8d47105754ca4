"""One success on its way: which thing it is about, what it echoes, what is remembered of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from ..messages import Request, header
from ..openapi import SchemaView
from ..openapi.media_type import essence, is_json
from ..values import JSON, Missing
from .answers import Bodies
from .echo import echo, put
from .routing import Found, Route, Routes
from .things import Path, Thing, Things, id_field, id_text, plain, subject

_TRIES = 50  # ids that are tried for a new thing
_TOTALS = frozenset({"total", "count", "totalcount", "totalitems", "totalresults", "totalrecords", "totalsize"})
_LIMITS = frozenset({"limit", "pagesize", "perpage", "maxresults", "size"})
_OFFSETS = frozenset({"offset", "skip"})
_PAGES = frozenset({"page", "pagenumber"})


class Exchange:
    """A success; `finish` is called last, and remembers. With `strict` nothing exists that was not created."""

    def __init__(
        self,
        routes: Routes,
        bodies: Bodies,
        things: Things,
        request: Request,
        found: Found,
        sent: JSON | Missing,
        *,
        strict: bool = False,
    ) -> None:
        self._bodies = bodies
        self._things = things
        self._request = request
        self._found = found
        self._method = "GET" if request.method == "HEAD" else request.method
        self._source: str = found.route.source
        self._path: Path = found.segments
        self._fields: Mapping[str, JSON] = sent if isinstance(sent, dict) else {}
        self._items = routes.items_of(found.route)
        self._creator = routes.beside(found.route, "POST")
        self._strict = strict
        self.creates = self._method == "POST" and _is_collection(found.route, self._items)
        self.number = things.next_number(self._source, self._path) if self.creates else 0
        self.location: str | None = None

    @property
    def collection_name(self) -> str:
        """What the last concrete segment of the path calls things."""
        names = [segment for segment in self._found.route.template.segments if isinstance(segment, str) and segment]
        return names[-1] if names else ""

    @property
    def _is_item(self) -> bool:
        return self._found.route.template.ends_with_parameter

    @property
    def _parameter(self) -> str:
        """The path parameter that names one thing."""
        template = self._items.template if self._items is not None else self._found.route.template
        return template.names[-1] if template.ends_with_parameter and template.names else ""

    def echoed(self, value: JSON, schema: SchemaView | None) -> JSON:
        """The value with what is known of its thing, then what the request says."""
        if self._method == "GET" and not self._is_item:
            value = self._listed(value, schema)
        target = subject(value)
        if not isinstance(value, dict) or target is None:
            return value
        known = self._known()
        inner = _schema_of(value, target, schema)
        for fields in (known or {}, self._fields, self._path_fields(target)):
            self._echo(value, value, fields, schema, schema)
            if target is not value:
                self._echo(value, target, {k: v for k, v in fields.items() if k not in value}, inner, schema)
        if self.creates:
            self._tell_apart(value, target, inner, schema)
        return value

    def _echo(
        self,
        body: dict[str, Any],
        target: dict[str, Any],
        fields: Mapping[str, JSON],
        inner: SchemaView | None,
        whole: SchemaView | None,
    ) -> None:
        echo(body, target, fields, inner, lambda value: self._bodies.accepts(whole, value))

    def _known(self) -> Thing | None:
        """The thing a path is about: the one there, or the one an action such as `/things/7/activate` is below."""
        if self.creates:
            return None
        if self._is_item:
            thing = self._things.at(self._source, self._path)
        else:
            thing = self._things.exactly_at(self._source, self._path)
            template = self._found.route.template.segments
            if thing is None and self._method != "GET" and len(template) > 1 and not isinstance(template[-2], str):
                thing = self._things.at(self._source, self._path[:-1])
        return self._outside_of_body(thing) if thing is not None and self._method == "PUT" else thing

    def _outside_of_body(self, thing: Thing) -> Thing:
        """What a PUT leaves of a thing: all that its body cannot say."""
        declared = self._found.route.operation.request_body
        media_types = declared.media_types.items() if declared is not None else ()
        schema = next((value.schema for name, value in media_types if is_json(essence(name))), None)
        if schema is None:
            return thing
        said = {name for name, view in schema.properties().items() if view.keyword("readOnly") is not True}
        return {name: value for name, value in thing.items() if name not in said}

    def _path_fields(self, target: Thing) -> dict[str, JSON]:
        """Path values by name; the last one, when it ends the path, is also the id of the thing."""
        fields: dict[str, JSON] = {}
        for name, value in self._found.values.items():
            fields[next((key for key in target if plain(key) == plain(name)), name)] = value
        if self._is_item and self._found.values:
            name, value = list(self._found.values.items())[-1]
            identity = id_field(target, name)
            if identity is not None and plain(name) not in map(plain, target):
                fields[identity] = value
        return fields

    def _tell_apart(
        self, body: dict[str, Any], target: Thing, inner: SchemaView | None, schema: SchemaView | None
    ) -> None:
        """Give a new thing an id that no other of its collection has, unless the request named one."""
        identity = id_field(target, self._parameter, self.collection_name)
        if identity is None or identity in self._fields:
            return
        present = target[identity]
        if not self.number and not self._is_taken(present):
            return
        declared = inner.properties().get(identity) if inner is not None else None
        for candidate in self._other_ids(identity, present, declared):
            if self._is_taken(candidate):
                continue
            if put(body, target, identity, candidate, lambda value: self._bodies.accepts(schema, value)):
                return

    def _is_taken(self, identity: JSON) -> bool:
        return self._things.is_taken(self._source, (*self._path, id_text(identity)))

    def _other_ids(self, identity: str, present: JSON, declared: SchemaView | None) -> Iterator[JSON]:
        usable = declared is not None and self._bodies.accepts(declared, present)
        for number in range(max(self.number, 1), self.number + _TRIES):
            if declared is not None and usable:
                yield self._bodies.fresh(declared, number, identity)
            if isinstance(present, int | float) and not isinstance(present, bool):
                yield present + number
            elif isinstance(present, str):
                yield f"{present}-{number + 1}"

    # Lists

    def _listed(self, value: JSON, schema: SchemaView | None) -> JSON:
        """A list shows what there is: what it showed before, and what was created."""
        holder = _list_in(value)
        if holder is None:
            return value
        member, present = holder
        view = schema if member is None or schema is None else schema.properties().get(member)
        if not self._things.is_used(self._source, self._path) and not self._show(present):
            return value
        things = self._things.below(self._source, self._path)
        items = self._items_of(present, self._page(things), view.items() if view is not None else None)
        if not isinstance(value, dict) or member is None:
            return items if self._bodies.accepts(schema, items) else value
        put(value, value, member, items, lambda changed: self._bodies.accepts(schema, changed))
        for name, item in value.items():
            if plain(name) in _TOTALS and isinstance(item, int) and not isinstance(item, bool):
                put(value, value, name, len(things), lambda changed: self._bodies.accepts(schema, changed))
        return value

    def _show(self, present: list[Any]) -> bool:
        """Remember what a list shows for the first time; False where it is none of things that can be found again."""
        if self._items is None and self._creator is None:
            return False
        if self._strict and self._creator is not None:
            self._things.use(self._source, self._path)
            return True
        identities = [
            id_field(item, self._parameter, self.collection_name) if isinstance(item, dict) else None
            for item in present
        ]
        if None in identities:
            return False
        self._things.use(self._source, self._path)
        for item, identity in zip(present, identities, strict=True):
            path = (*self._path, id_text(item[identity]))
            self._things.remember(self._source, path, {**item, **(self._things.exactly_at(self._source, path) or {})})
        return True

    def _page(self, things: list[Thing]) -> list[Thing]:
        """The page that the query asks for, by the usual names."""
        said: dict[str, int] = {}
        for name, text in parse_qsl(urlsplit(self._request.url).query):
            for kind, names in (("limit", _LIMITS), ("offset", _OFFSETS), ("page", _PAGES)):
                if plain(name) in names and text.isascii() and text.isdigit():
                    said[kind] = int(text[:12])
        limit = said.get("limit") or len(things)
        start = said.get("offset", limit * max(said.get("page", 1) - 1, 0))
        return things[start : start + limit]

    def _items_of(self, present: list[Any], things: list[Thing], schema: SchemaView | None) -> list[Any]:
        """Each thing as the list writes it: as it is where that is valid, else the fields the list knows."""
        declared = schema.properties() if schema is not None else {}
        template = present[0] if present and isinstance(present[0], dict) else None
        items: list[Any] = []
        for thing in things:
            item = {name: thing[name] for name in thing if not declared or name in declared}
            if not self._bodies.accepts(schema, item) and template is not None:
                item = dict(template)
                self._echo(item, item, thing, schema, schema)
            items.append(item)
        return items

    # Memory

    def finish(self, value: JSON) -> None:
        """Remember or forget the thing, and say where it is."""
        target = subject(value)
        if self._method == "DELETE":
            if self._is_item or (self._items is None and self._creator is None):
                self._things.delete(self._source, self._path)
            else:
                self._things.empty(self._source, self._path)
        elif self.creates:
            self._created({**self._fields, **(target or {})})
        elif self._is_item or (self._items is None and self._creator is None and self._method in ("PUT", "PATCH")):
            self._kept(target)

    def _created(self, thing: Thing) -> None:
        identity = id_field(thing, self._parameter, self.collection_name)
        if identity is not None:
            text = id_text(thing[identity])
        elif self._items is not None:
            text = str(self.number + 1)  # nobody says its id but the Location header
        else:
            return
        self._things.remember(self._source, (*self._path, text), thing)
        self.location = _item_url(self._request.url, text)

    def _kept(self, target: Thing | None) -> None:
        """What a thing is after a GET, PUT, PATCH or POST of it; what a PUT makes stands in lists."""
        path = self._things.place(self._source, self._path) if self._is_item else self._path
        known = self._known() or {}
        if self._method == "GET" and (known or not target):
            return
        thing = {**known, **self._fields, **(target or {})}
        if "merge-patch" in (header(self._request.headers, "content-type") or ""):
            thing = {name: value for name, value in thing.items() if value is not None}  # RFC 7396
        self._things.remember(self._source, path, thing, listed=self._method == "PUT" and self._is_item)


def _list_in(value: JSON) -> tuple[str | None, list[Any]] | None:
    """The list that a body is (None), or that stands in it under a name."""
    if isinstance(value, list):
        return None, value
    for name, item in value.items() if isinstance(value, dict) else ():
        if isinstance(item, list) and (not item or isinstance(item[0], dict)):
            return name, item
    return None


def _is_collection(route: Route, items: Route | None) -> bool:
    """Whether a POST makes a thing: its path has items, or ends in a plural, or is about nothing yet."""
    if route.template.ends_with_parameter:
        return False
    if items is not None or not route.template.names or "201" in route.operation.responses:
        return True
    last = route.template.segments[-1] if route.template.segments else ""
    return isinstance(last, str) and last.endswith("s")


def _schema_of(value: dict[str, Any], target: Thing, schema: SchemaView | None) -> SchemaView | None:
    if schema is None or target is value:
        return schema
    name = next((name for name, member in value.items() if member is target), "")
    return schema.properties().get(name)


def _item_url(url: str, identity: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, f"{parts.path.rstrip('/')}/{quote(identity, safe='')}", "", ""))

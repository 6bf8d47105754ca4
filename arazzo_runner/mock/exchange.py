"""One success on its way: which thing it is about, what it echoes, what is remembered of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from ..messages import Request
from ..openapi import SchemaView
from ..values import JSON, Missing
from .answers import Bodies
from .echo import echo, put
from .routing import Found, Route, Routes
from .things import Thing, Things, id_field, id_text, plain, subject


class Exchange:
    """One success on its way: which thing it is about, what it echoes, what is remembered of it."""

    def __init__(
        self, routes: Routes, bodies: Bodies, things: Things, request: Request, found: Found, sent: JSON | Missing
    ) -> None:
        self._bodies = bodies
        self._things = things
        self._request = request
        self._found = found
        self._fields: Mapping[str, JSON] = sent if isinstance(sent, dict) else {}
        self._items = routes.items_of(found.route)
        self.creates = request.method == "POST" and _is_collection(found.route, self._items)
        self.number = things.next_number(found.route.source, found.segments) if self.creates else 0
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
        if isinstance(value, list) or (self._request.method == "GET" and not self._is_item):
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
        if self.creates and self.number:
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
        source, path = self._found.route.source, self._found.segments
        if self.creates:
            return None
        if self._is_item:
            return self._things.at(source, path)
        template = self._found.route.template.segments
        if self._request.method != "GET" and len(path) > 1 and not isinstance(template[-2], str):
            return self._things.at(source, path[:-1])
        return None

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
        """Give a thing that is not the first of its collection an id of its own, unless the request named it."""
        identity = id_field(target, self._parameter, self.collection_name)
        if identity is None or identity in self._fields:
            return
        declared = inner.properties().get(identity) if inner is not None else None
        present = target[identity]
        candidates: list[JSON] = []
        if declared is not None and self._bodies.accepts(declared, present):
            candidates.append(self._bodies.fresh(declared, self.number, identity))
        if isinstance(present, int | float) and not isinstance(present, bool):
            candidates.append(present + self.number)
        elif isinstance(present, str):
            candidates.append(f"{present}-{self.number + 1}")
        for candidate in candidates:
            if candidate != present and put(
                body, target, identity, candidate, lambda value: self._bodies.accepts(schema, value)
            ):
                return

    def _listed(self, value: JSON, schema: SchemaView | None) -> JSON:
        """A list with the things of its collection in place of the example, once any was created."""
        source, path = self._found.route.source, self._found.segments
        if self._request.method != "GET" or not self._things.was_used(source, path):
            return value
        things = self._things.below(source, path)
        if isinstance(value, list):
            listed = self._items_of(value, things, schema.items() if schema is not None else None)
            return listed if self._bodies.accepts(schema, listed) else value
        if isinstance(value, dict):
            for name, member in value.items():
                if isinstance(member, list) and (not member or isinstance(member[0], dict)):
                    view = schema.properties().get(name) if schema is not None else None
                    listed = self._items_of(member, things, view.items() if view is not None else None)
                    put(value, value, name, listed, lambda changed: self._bodies.accepts(schema, changed))
                    break
        return value

    def _items_of(self, present: list[Any], things: list[Thing], schema: SchemaView | None) -> list[Any]:
        items: list[Any] = []
        for thing in things:
            item = dict(present[0]) if present and isinstance(present[0], dict) else dict(thing)
            self._echo(item, item, thing, schema, schema)
            items.append(item)
        return items

    def finish(self, value: JSON) -> None:
        """Remember or forget the thing, and say where it is."""
        source, path, method = self._found.route.source, self._found.segments, self._request.method
        if method == "DELETE":
            self._things.delete(source, path)
            return
        target = subject(value)
        if self.creates and target is not None:
            identity = id_field(target, self._parameter, self.collection_name)
            if identity is not None:
                text = id_text(target[identity])
                self._things.remember(source, (*path, text), {**self._fields, **target})
                self.location = _item_url(self._request.url, text)
        elif self._is_item and method in ("PUT", "PATCH", "POST"):
            known = self._things.at(source, path) or {}
            if known or target is not None:
                self._things.remember(source, path, {**known, **self._fields, **(target or {})})


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

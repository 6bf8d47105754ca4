"""Things that were created: where they live, which field is their id, which object of a body they are."""

from __future__ import annotations

import re
from typing import Any

from ..values import JSON, text_of

_SPELLED_ID = re.compile(r"(?:[a-z0-9](?:Id|ID)|[_-][iI][dD])$")
_ID_NAMES = ("id", "uuid", "guid", "identifier", "key", "sid", "slug", "code")

Thing = dict[str, Any]
Path = tuple[str, ...]


class Things:
    """What was created and not deleted, by source and decoded path."""

    def __init__(self) -> None:
        self._things: dict[tuple[str, Path], Thing] = {}
        self._deleted: set[tuple[str, Path]] = set()
        self._created: dict[tuple[str, Path], int] = {}

    def copy(self) -> Things:
        """The same things in another place; a thing that is remembered is never changed, so none is copied."""
        other = Things()
        other._things, other._deleted, other._created = dict(self._things), set(self._deleted), dict(self._created)
        return other

    def next_number(self, source: str, collection: Path) -> int:
        """How many things were created in a collection before; counts this one."""
        number = self._created.get((source, collection), 0)
        self._created[source, collection] = number + 1
        return number

    def was_used(self, source: str, collection: Path) -> bool:
        """Whether anything was ever created in a collection."""
        return (source, collection) in self._created

    def remember(self, source: str, path: Path, thing: Thing) -> None:
        self._things[source, path] = thing
        self._deleted.discard((source, path))

    def at(self, source: str, path: Path) -> Thing | None:
        """The thing at this path; else the only thing of the source with this id, made through another path."""
        found = self._things.get((source, path))
        if found is not None or not path:
            return found
        same_id = [
            thing
            for (other, where), thing in self._things.items()
            if other == source and where[-1] == path[-1] and len(path[-1]) > 3
        ]
        return same_id[0] if len(same_id) == 1 and (source, path) not in self._deleted else None

    def below(self, source: str, collection: Path) -> list[Thing]:
        """The things of a collection, in the order they were created."""
        return [thing for (other, where), thing in self._things.items() if other == source and where[:-1] == collection]

    def delete(self, source: str, path: Path) -> None:
        if self._things.pop((source, path), None) is not None:
            self._deleted.add((source, path))

    def is_deleted(self, source: str, path: Path) -> bool:
        return (source, path) in self._deleted


def subject(value: JSON) -> Thing | None:
    """The object a body is about: itself, or the one inside a wrapper such as `{"data": {...}}`."""
    if not isinstance(value, dict):
        return None
    if id_field(value) is not None:
        return value
    inner = [member for member in value.values() if isinstance(member, dict)]
    return next((member for member in inner if id_field(member) is not None), inner[0] if len(inner) == 1 else value)


def id_field(thing: Thing, parameter: str = "", collection: str = "") -> str | None:
    """The field that identifies a thing: that of the path parameter, `id`, or the id named after the collection."""
    names = {plain(name): name for name in reversed(list(thing)) if not isinstance(thing[name], dict | list)}
    wanted = plain(parameter)
    if wanted in names:
        return names[wanted]
    for name in _ID_NAMES:
        if name in names:
            return names[name]
    singular = plain(collection).removesuffix("s")
    if singular and singular + "id" in names:
        return names[singular + "id"]
    return next((name for name in thing if _SPELLED_ID.search(name) and plain(name) in names), None)


def plain(name: str) -> str:
    """A name without case and separators: petId, pet_id and pet-id are one."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def id_text(value: JSON) -> str:
    """An id as a path writes it."""
    return text_of(value)
